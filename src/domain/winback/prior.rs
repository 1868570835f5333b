//! How likely an account returns, and what trying costs, by cause: a settings table, and what closed
//! cases have taught since.

use super::{CaseCause, Outcome};
use crate::domain::value::{Cents, Source, Sourced, to_cents};
use crate::error::{Code, Error, Fault, Result};
use serde::{Deserialize, Serialize};
use statrs::function::beta::beta_reg;
use std::collections::BTreeMap;

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CauseRow {
    /// Cases won and lost that the expectation is worth, before any has closed: a Beta distribution.
    pub won: f64,
    pub lost: f64,
    /// What an attempt costs at any account.
    pub cost_fixed: Cents,
    /// What it costs besides, as a share of the yearly turnover at stake.
    pub cost_share: f64,
}

impl CauseRow {
    const fn new(won: f64, lost: f64, cost_fixed: Cents, cost_share: f64) -> Self {
        Self { won, lost, cost_fixed, cost_share }
    }
}

/// The table by cause; causes left out keep their defaults.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<CaseCause, CauseRow>", into = "BTreeMap<CaseCause, CauseRow>")]
pub struct PriorTable(BTreeMap<CaseCause, CauseRow>);

/// Weighs about five cases, so that a dozen closed ones outvote it.
fn default_row(cause: CaseCause) -> CauseRow {
    match cause {
        CaseCause::Unknown => CauseRow::new(1.5, 3.5, 500_000, 0.01),
        CaseCause::Price => CauseRow::new(1.5, 3.5, 500_000, 0.03),
        CaseCause::Product => CauseRow::new(1.5, 3.5, 1_000_000, 0.02),
        CaseCause::Delivery => CauseRow::new(2.5, 2.5, 800_000, 0.02),
        CaseCause::Service => CauseRow::new(2.5, 2.5, 500_000, 0.01),
        CaseCause::Competitor => CauseRow::new(1.0, 4.0, 1_000_000, 0.03),
        CaseCause::GivenUp => CauseRow::new(0.5, 4.5, 500_000, 0.01),
        CaseCause::Involuntary => CauseRow::new(0.25, 4.75, 500_000, 0.01),
    }
}

impl Default for PriorTable {
    fn default() -> Self {
        Self(CaseCause::ALL.into_iter().map(|c| (c, default_row(c))).collect())
    }
}

impl From<BTreeMap<CaseCause, CauseRow>> for PriorTable {
    fn from(rows: BTreeMap<CaseCause, CauseRow>) -> Self {
        let mut table = Self::default();
        table.0.extend(rows);
        table
    }
}

impl From<PriorTable> for BTreeMap<CaseCause, CauseRow> {
    fn from(table: PriorTable) -> Self {
        table.0
    }
}

impl PriorTable {
    pub fn row(&self, cause: CaseCause) -> CauseRow {
        self.0.get(&cause).copied().unwrap_or_else(|| default_row(cause))
    }

    /// # Errors
    /// `value.out-of-range` for each figure outside its range, as `cause.figure`.
    pub fn check(&self) -> Result<()> {
        let mut faults = Vec::new();
        for (cause, row) in &self.0 {
            let weight = |x: f64| x > 0.0 && x <= 10_000.0;
            for (name, good, value) in [
                ("won", weight(row.won), row.won),
                ("lost", weight(row.lost), row.lost),
                ("cost_fixed", row.cost_fixed >= 0, row.cost_fixed as f64),
                ("cost_share", (0.0..=10.0).contains(&row.cost_share), row.cost_share),
            ] {
                if !good {
                    let field = format!("{}.{name}", cause.as_str());
                    faults.push(Fault::field(field, Code::ValueOutOfRange).with("value", value));
                }
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::faulty(faults)) }
    }

    /// The chance of return at a cause, after what closed cases of that cause have taught.
    pub fn chance(&self, cause: CaseCause, record: Record) -> Chance {
        let row = self.row(cause);
        Chance::beta(cause, row.won, row.lost, record)
    }

    /// What the attempt will cost, by the cause's row and the yearly turnover at stake.
    pub fn cost(&self, cause: CaseCause, yearly_turnover: Cents) -> Sourced<Cents> {
        let row = self.row(cause);
        let cost = row.cost_fixed.saturating_add(to_cents(row.cost_share * yearly_turnover.max(0) as f64));
        Sourced::new(cost, Source::setting(format!("cases.causes.{}", cause.as_str())))
    }
}

/// Closed cases of one cause that ended one way or the other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub won: u32,
    pub lost: u32,
}

impl Record {
    /// Counts outcomes; those that say nothing about the chance (deferred, not pursued) teach nothing.
    pub fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        outcomes.into_iter().fold(Self::default(), |mut record, outcome| {
            match outcome.succeeded() {
                Some(true) => record.won += 1,
                Some(false) => record.lost += 1,
                None => {}
            }
            record
        })
    }
}

/// The chance of return with its 90 % interval.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
    pub source: Source,
}

impl Chance {
    /// The posterior of a Beta prior after `record`: Beta(won + w, lost + l), by conjugacy; the mean, and
    /// the interval between its 5 % and 95 % points. Figures not above 0 are taken as a thousandth.
    fn beta(cause: CaseCause, won: f64, lost: f64, record: Record) -> Self {
        let a = won.max(1e-3) + f64::from(record.won);
        let b = lost.max(1e-3) + f64::from(record.lost);
        Self {
            mean: a / (a + b),
            low: quantile(a, b, 0.05),
            high: quantile(a, b, 0.95),
            source: Source::ClosedCases {
                cause: cause.as_str().to_owned(),
                won: record.won,
                closed: record.won + record.lost,
            },
        }
    }

    /// A person's own estimate, as an interval whose middle is not asked for.
    ///
    /// # Errors
    /// `value.out-of-range` unless 0 ≤ low ≤ mean ≤ high ≤ 1; `value.missing` without a reason.
    pub fn entered(mean: f64, low: f64, high: f64, by: &str, reason: &str) -> Result<Self> {
        if !(0.0 <= low && low <= mean && mean <= high && high <= 1.0) {
            return Err(Fault::field("probability", Code::ValueOutOfRange).with("min", 0).with("max", 1).into());
        }
        if reason.trim().is_empty() {
            return Err(Fault::field("reason", Code::ValueMissing).into());
        }
        let source = Source::Entered { by: by.to_owned(), reason: reason.trim().to_owned() };
        Ok(Self { mean, low, high, source })
    }
}

/// The point below which a share of Beta(a, b) lies; by bisection on the regularised incomplete beta
/// function, which is certain where both parameters are small and Newton steps leave the interval.
fn quantile(a: f64, b: f64, share: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if beta_reg(a, b, middle) < share {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low + high) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn quantiles_where_they_are_known() {
        for share in [0.05, 0.5, 0.95_f64] {
            assert!((quantile(1.0, 1.0, share) - share).abs() < 1e-12, "uniform");
            assert!((quantile(3.0, 1.0, share) - share.cbrt()).abs() < 1e-10, "x^3");
            assert!((quantile(1.0, 4.0, share) - (1.0 - (1.0 - share).powf(0.25))).abs() < 1e-10, "1 - (1-x)^4");
        }
    }

    #[test]
    fn closed_cases_teach() {
        let table = PriorTable::default();
        let fresh = table.chance(CaseCause::Delivery, Record::default());
        assert_eq!(fresh.mean, 0.5);
        use Outcome::{Deferred, Kept, Lost, NotPursued, WonBack};
        let record = Record::of([WonBack, Kept, WonBack, Lost, Deferred, NotPursued, Lost]);
        assert_eq!(record, Record { won: 3, lost: 2 });
        let taught = table.chance(CaseCause::Delivery, record);
        assert!((taught.mean - 5.5 / 10.0).abs() < 1e-12);
        assert!(taught.high - taught.low < fresh.high - fresh.low, "more is known");
        assert_eq!(taught.source, Source::ClosedCases { cause: "delivery".into(), won: 3, closed: 5 });
        assert!(table.chance(CaseCause::Involuntary, Record::default()).mean < 0.1);
    }

    #[test]
    fn costs_follow_the_table() {
        let table: PriorTable =
            serde_json::from_str(r#"{"price":{"won":1,"lost":1,"cost_fixed":1000,"cost_share":0.5}}"#).unwrap();
        let cost = table.cost(CaseCause::Price, 10_001);
        assert_eq!((cost.value, cost.source), (6_001, Source::setting("cases.causes.price")));
        assert_eq!(table.cost(CaseCause::Price, -5).value, 1_000, "credit notes do not make it cheaper");
        assert_eq!(table.row(CaseCause::Service), default_row(CaseCause::Service));
        assert!(table.check().is_ok());
        let bad = PriorTable::from(BTreeMap::from([(CaseCause::Price, CauseRow::new(0.0, f64::NAN, -1, 0.0))]));
        assert_eq!(bad.check().unwrap_err().faults().len(), 3);
    }

    #[test]
    fn own_estimates_want_a_reason() {
        assert!(Chance::entered(0.4, 0.2, 0.6, "marta", "spoke with purchasing").is_ok());
        assert_eq!(Chance::entered(0.4, 0.2, 0.6, "marta", " ").unwrap_err().code(), Code::ValueMissing);
        for (mean, low, high) in
            [(0.1, 0.2, 0.6), (0.7, 0.2, 0.6), (0.5, -0.1, 0.6), (0.5, 0.1, 1.1), (f64::NAN, 0.0, 1.0)]
        {
            assert_eq!(Chance::entered(mean, low, high, "x", "y").unwrap_err().code(), Code::ValueOutOfRange);
        }
    }

    proptest! {
        #[test]
        fn intervals_hold_their_share(a in 0.05_f64..50.0, b in 0.05_f64..50.0) {
            let (low, high) = (quantile(a, b, 0.05), quantile(a, b, 0.95));
            prop_assert!(0.0 <= low && low < high && high <= 1.0);
            let inside = beta_reg(a, b, high.min(1.0)) - if low > 0.0 { beta_reg(a, b, low) } else { 0.0 };
            // Parameters near 0 press the mass against the ends, nearer than numbers can tell.
            if a > 0.3 && b > 0.3 {
                prop_assert!((inside - 0.9).abs() < 1e-6, "{inside}");
            }
        }
    }
}
