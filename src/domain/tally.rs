//! Tallies: what figures are read from, so that no page reads all responses.
//!
//! A response is *folded* into the tallies in the transaction that keeps it, and folded back, with
//! every sign turned, when it is changed, excluded or erased. All numbers are whole, so folding back is
//! exact. This module says which tallies one response touches; the store adds them up.

use crate::domain::day::Month;
use crate::domain::ident::{AccountId, SegmentId, SubjectId, VersionId};
use crate::domain::measure::{Measure, Measurement, Sums};
use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The as-of dimensions of a response: where the account stood when it answered. Kept for ever, so
/// that history does not move when an account does. All are of low cardinality.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Segment {
    pub tier: String,
    pub region: String,
    pub product_line: String,
}

impl Segment {
    /// The identifier follows from the content: two nodes that meet a segment first agree on it
    /// without asking.
    pub fn id(&self) -> SegmentId {
        let mut hash = Sha256::new();
        for part in [&self.tier, &self.region, &self.product_line] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
        SegmentId(Uuid::from_bytes(bytes))
    }
}

/// How often one value of one question was given on one day.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DayKey {
    pub version: VersionId,
    pub question: String,
    pub day: NaiveDate,
    pub value: String,
    pub segment: SegmentId,
}

/// One measure of one account in one month.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountKey {
    pub month: Month,
    pub measure: String,
    pub account: AccountId,
    pub segment: SegmentId,
    /// Kind of survey programme: relationship, transactional, …
    pub kind: String,
}

/// One measure of one site, team or employee in one month.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubjectKey {
    pub subject: SubjectId,
    pub month: Month,
    pub measure: String,
}

/// One thing to add to the tallies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fold {
    Day(DayKey, i64),
    Account(AccountKey, Sums),
    Subject(SubjectKey, Sums),
}

impl Fold {
    /// The same fold taken back.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Day(key, n) => Self::Day(key, -n),
            Self::Account(key, sums) => Self::Account(key, -sums),
            Self::Subject(key, sums) => Self::Subject(key, -sums),
        }
    }
}

/// All that the tallies need to know of one response that counts.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub account: AccountId,
    pub version: VersionId,
    pub segment: SegmentId,
    pub kind: String,
    pub day: NaiveDate,
    /// Question and the value given, as `answer::values` lists them.
    pub values: Vec<(String, String)>,
    pub measurements: Vec<Measurement>,
    /// The delivered invitation this answers: its day and its segment when it was sent.
    pub answers: Option<(NaiveDate, SegmentId)>,
    /// The site, team or employee that it is about.
    pub subject: Option<SubjectId>,
}

impl Counted {
    pub fn folds(&self) -> Vec<Fold> {
        let days = self.values.iter().map(|(question, value)| {
            let key = DayKey {
                version: self.version,
                question: question.clone(),
                day: self.day,
                value: value.clone(),
                segment: self.segment,
            };
            Fold::Day(key, 1)
        });
        let measures = self
            .measurements
            .iter()
            .map(|m| Fold::Account(self.key(Month::of(self.day), &m.measure, self.segment), Sums::of(m.x)));
        let answered = self.answers.iter().map(|(delivered, segment)| {
            let answered = Sums { n: 0, ..Sums::of(1000) };
            Fold::Account(self.key(Month::of(*delivered), &Measure::Asked, *segment), answered)
        });
        let month = Month::of(self.day);
        let about = self.subject.iter().flat_map(|subject| {
            self.measurements.iter().map(|m| {
                let key = SubjectKey { subject: *subject, month, measure: m.measure.key() };
                Fold::Subject(key, Sums::of(m.x))
            })
        });
        days.chain(measures).chain(answered).chain(about).collect()
    }

    fn key(&self, month: Month, measure: &Measure, segment: SegmentId) -> AccountKey {
        AccountKey { month, measure: measure.key(), account: self.account, segment, kind: self.kind.clone() }
    }
}

/// What one delivered invitation adds: it was asked, and has not answered yet.
pub fn delivered(account: AccountId, segment: SegmentId, kind: &str, day: NaiveDate) -> Fold {
    let key =
        AccountKey { month: Month::of(day), measure: Measure::Asked.key(), account, segment, kind: kind.to_owned() };
    Fold::Account(key, Sums::of(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_do_not_run_into_each_other() {
        let of = |a: &str, b: &str, c: &str| Segment { tier: a.into(), region: b.into(), product_line: c.into() }.id();
        assert_eq!(of("key", "north", ""), of("key", "north", ""));
        assert_ne!(of("key", "north", ""), of("keyn", "orth", ""));
        assert_ne!(of("key", "", "north"), of("key", "north", ""));
    }

    #[test]
    fn an_answer_is_dated_by_itself_and_its_asking_by_delivery() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let segment = Segment { tier: "key".into(), region: String::new(), product_line: String::new() }.id();
        let counted = Counted {
            account: AccountId::default(),
            version: VersionId::default(),
            segment,
            kind: "relationship".into(),
            day: day("2026-10-02"),
            values: vec![("recommend".into(), "9".into())],
            measurements: vec![Measurement { measure: Measure::Recommend, x: 1000 }],
            answers: Some((day("2026-09-28"), segment)),
            subject: Some(SubjectId::default()),
        };
        let about = Fold::Subject(
            SubjectKey { subject: SubjectId::default(), month: Month::of(counted.day), measure: "recommend".into() },
            Sums::of(1000),
        );
        assert!(counted.folds().contains(&about));
        let months: Vec<_> = counted
            .folds()
            .into_iter()
            .filter_map(|f| match f {
                Fold::Account(key, sums) => Some((key.month.to_string(), key.measure, sums.n, sums.sum)),
                Fold::Day(..) | Fold::Subject(..) => None,
            })
            .collect();
        assert_eq!(
            months,
            [("2026-10".into(), "recommend".into(), 1, 1000), ("2026-09".into(), "asked".into(), 0, 1000)]
        );
    }
}
