//! The figures a warning rests on: all that is needed to explain it in words, kept as they were found.

use super::Cause;
use crate::domain::ident::{ContactId, OrderId, ResponseId};
use crate::domain::value::rhythm::Overdue;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What one response has moved in an account's level.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    pub response: ResponseId,
    pub contact: Option<ContactId>,
    pub day: NaiveDate,
    /// What was answered, 0 to 100.
    pub score: f64,
    /// How much it counts, 0 to 1.
    pub weight: f64,
    /// By how many points it has moved the level.
    pub points: f64,
}

/// The scale of a score that was found low.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Recommendation, 0 to 10.
    Recommend,
    /// Satisfaction index, 0 to 100.
    Satisfaction,
}

/// Why a warning stands, by cause.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "snake_case")]
pub enum Evidence {
    /// The worst of the low scores that still count.
    LowScore {
        response: ResponseId,
        contact: Option<ContactId>,
        day: NaiveDate,
        scale: Scale,
        score: f64,
        /// The score at or under which this tier's warning reaches its lowest level.
        low_from: f64,
        /// How many contacts have last answered as low.
        contacts: u32,
    },
    /// A fall of the level, with the chance that it is more than chance.
    Decline {
        level_then: f64,
        then_day: NaiveDate,
        level_now: f64,
        /// 95 % interval of the level now.
        low: f64,
        high: f64,
        /// The fall asked about, in points.
        fall: f64,
        /// The chance that the level fell by that much or more.
        probability: f64,
        contributions: Vec<Contribution>,
    },
    /// Rounds of asking that nobody answered.
    Silence {
        /// Unanswered rounds in a row, up to the latest.
        rounds: u32,
        /// Invitations in them that arrived, and contacts they went to.
        invitations: u32,
        contacts: u32,
        /// Of those invitations, how many bounced.
        bounced: u32,
        /// The first round of the silence.
        since: NaiveDate,
        /// The last day anybody answered.
        last_answer: NaiveDate,
        /// Rounds before the silence, and how many of them were answered.
        rounds_before: u32,
        answered_before: u32,
        /// The chance of a silence as long, if the account answers as it used to.
        chance: f64,
    },
    /// Deliveries of our own that came after the promised day.
    OrderLate {
        first: NaiveDate,
        last: NaiveDate,
        /// Orders that were due in those days, and how many of them were late.
        n: u32,
        late: u32,
        late_share: f64,
        /// Mean lateness of the late ones, in days.
        mean_days: f64,
        worst_order: OrderId,
        worst_days: i64,
        /// Of the late ones, how many are still not delivered.
        undelivered: u32,
    },
    /// An order of theirs that should have come.
    OrderOverdue(Overdue),
}

impl Evidence {
    pub fn cause(&self) -> Cause {
        match self {
            Self::LowScore { .. } => Cause::LowScore,
            Self::Decline { .. } => Cause::Decline,
            Self::Silence { .. } => Cause::Silence,
            Self::OrderLate { .. } => Cause::OrderLate,
            Self::OrderOverdue(_) => Cause::OrderOverdue,
        }
    }

    /// How bad it is in the cause's own unit, and which difference in it is worth a word: points of
    /// satisfaction, rounds, shares of orders, limits of the own rhythm.
    fn severity(&self) -> (f64, f64) {
        match self {
            Self::LowScore { scale: Scale::Recommend, score, .. } => (-score * 10.0, 20.0),
            Self::LowScore { scale: Scale::Satisfaction, score, .. } => (-score, 20.0),
            Self::Decline { level_now, .. } => (-level_now, 5.0),
            Self::Silence { rounds, .. } => (f64::from(*rounds), 1.0),
            Self::OrderLate { late_share, .. } => (*late_share, 0.1),
            Self::OrderOverdue(overdue) => (overdue.days_since as f64 / overdue.limit_gap.max(1.0), 0.5),
        }
    }
}

/// Where a warning is heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    Worse,
    Same,
    Better,
}

impl Trend {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Worse => "worse",
            Self::Same => "same",
            Self::Better => "better",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Worse, Self::Same, Self::Better].into_iter().find(|t| t.as_str() == text)
    }

    /// Compares evidence of one cause with what it was; differences too small to matter are none.
    pub fn between(then: &Evidence, now: &Evidence) -> Self {
        let ((before, margin), (after, _)) = (then.severity(), now.severity());
        if then.cause() != now.cause() {
            Self::Same
        } else if after >= before + margin {
            Self::Worse
        } else if after <= before - margin {
            Self::Better
        } else {
            Self::Same
        }
    }
}

#[cfg(test)]
pub(crate) mod examples {
    use super::*;

    pub(crate) fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    pub(crate) fn decline(level_now: f64, probability: f64) -> Evidence {
        Evidence::Decline {
            level_then: 80.5,
            then_day: day("2026-05-28"),
            level_now,
            low: level_now - 11.0,
            high: level_now + 12.0,
            fall: 8.0,
            probability,
            contributions: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::examples::{day, decline};
    use super::*;

    #[test]
    fn trends_need_a_difference_that_matters() {
        for (then, now, expected) in [
            (decline(60.0, 0.8), decline(56.0, 0.9), Trend::Same),
            (decline(60.0, 0.8), decline(55.0, 0.9), Trend::Worse),
            (decline(60.0, 0.8), decline(65.0, 0.6), Trend::Better),
        ] {
            assert_eq!(Trend::between(&then, &now), expected);
        }
    }

    #[test]
    fn evidence_is_stored_with_its_cause() {
        let overdue = Evidence::OrderOverdue(Overdue {
            last_day: day("2026-08-21"),
            next_expected: day("2026-09-14"),
            days_since: 101,
            usual_gap: 24.0,
            limit_gap: 29.0,
            days_overdue: 72,
            chance: 0.001,
            false_alarms_a_year: 0.015,
            gaps: 14,
        });
        for evidence in [overdue, decline(48.1, 0.97)] {
            let text = serde_json::to_string(&evidence).unwrap();
            assert!(text.contains(&format!("\"cause\":\"{}\"", evidence.cause().as_str())), "{text}");
            assert_eq!(serde_json::from_str::<Evidence>(&text).unwrap(), evidence);
        }
    }
}
