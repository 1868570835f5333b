//! Which measures a kind of question can feed.

use super::{At, Source, Table, word};
use crate::domain::survey::{ItemMeasure, Reason};
use std::fmt::Display;

/// The kinds whose answer is a point on a scale of their own.
const RATINGS: &[&str] = &["rating", "effort", "differential", "matrix"];

/// Reads the measure of a question or of a row of a matrix.
pub(super) fn read(source: &mut Source<'_>, table: &mut Table<'_>) -> Option<At<ItemMeasure>> {
    word(source, table, "measure", Reason::MeasureUnknown, ItemMeasure::ALL, ItemMeasure::as_str)
}

/// A question whose measure is looked at.
pub(super) struct Of<'a> {
    /// Where it begins.
    pub at: usize,
    pub question: &'a str,
    pub kind: &'a str,
    /// Whether it names a measure at all, be it a wrong one.
    pub named: bool,
    pub has_aspect: bool,
}

impl Of<'_> {
    /// What the question measures, if it says so rightly. A recommendation and effort say it by their kind.
    pub fn measure(&self, source: &mut Source<'_>, given: Option<At<ItemMeasure>>) -> Option<ItemMeasure> {
        let question = self.question;
        let Some(found) = given else {
            return match self.kind {
                "rating" | "matrix" if !self.named => {
                    source.fault(self.at, Reason::MeasureMissing, &[("question", &question)]);
                    None
                }
                "recommend" => Some(ItemMeasure::Recommendation),
                "effort" => Some(ItemMeasure::Effort),
                _ => None,
            };
        };
        if !fits(found.value, self.kind) {
            let args: &[(&'static str, &dyn Display)] =
                &[("question", &question), ("measure", &found.value.as_str()), ("kind", &self.kind)];
            source.fault(found.at, Reason::MeasureUnfit, args);
        } else if found.value == ItemMeasure::Satisfaction && !self.has_aspect {
            source.fault(self.at, Reason::AspectMissing, &[("question", &question)]);
        }
        Some(found.value)
    }
}

/// Which measures each kind of question can feed: a number is needed for what becomes an index, and
/// the recommendation is asked in one way only, since its classes are defined on 0 to 10.
fn fits(measure: ItemMeasure, kind: &str) -> bool {
    use ItemMeasure as M;
    let rates = RATINGS.contains(&kind);
    match measure {
        M::Recommendation => kind == "recommend",
        M::Effort => rates,
        // What is called effort measures nothing else.
        _ if kind == "effort" => false,
        M::Satisfaction
        | M::Expectation
        | M::Ideal
        | M::Value
        | M::Repurchase
        | M::CrossPurchase
        | M::PriceTolerance
        | M::SwitchingCost
        | M::Employee => rates,
        M::ShareOfWallet => rates || matches!(kind, "number" | "constant_sum"),
        M::Competition | M::Outcome => !matches!(kind, "recommend" | "contact" | "consent"),
        M::Reason | M::Improvement => {
            matches!(kind, "single" | "multiple" | "ranking" | "constant_sum" | "line" | "text")
        }
        M::Contact => matches!(kind, "single" | "yes_no" | "consent"),
    }
}
