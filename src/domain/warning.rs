//! Warnings: what was found at an account, how grave it is, and how it is dealt with.
//!
//! Every night the [`detect`] functions look at plain figures and state a [`Finding`], and [`reconcile`]
//! compares it with the one open warning of that account and cause. People move the warning through its
//! [`state`]s; what they leave lying is [`escalate`]d.

pub mod detect;
pub mod escalate;
pub mod evidence;
pub mod reconcile;
pub mod state;

pub use escalate::{Escalation, Rung, escalate};
pub use evidence::{Contribution, Evidence, Trend};
pub use reconcile::{Below, Change, Closed, reconcile};
pub use state::{State, Transition, may_step, step};

use crate::domain::ident::{AccountId, WarningId};
use crate::domain::trend::Level;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

macro_rules! causes {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal;)+) => {
        /// What a warning is about. An account has at most one open warning of each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Cause { $($(#[doc = $doc])+ $name,)+ }

        impl Cause {
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name it is stored under.
            pub fn as_str(self) -> &'static str { match self { $(Self::$name => $text,)+ } }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|c| c.as_str() == text)
            }
        }
    };
}

causes! {
    /// A response with a low score.
    LowScore = "low_score";
    /// Satisfaction has fallen.
    Decline = "decline";
    /// Somebody who used to answer has stopped.
    Silence = "silence";
    /// A response names a competitor.
    CompetitorNamed = "competitor_named";
    /// Orders are fulfilled late or short 订单兑现.
    OrderLate = "order_late";
    /// Less is bought than before.
    PurchaseDecline = "purchase_decline";
    /// No order has come, though by the account's own rhythm one should have.
    OrderOverdue = "order_overdue";
    /// The rhythm of buying has become irregular.
    RhythmUnstable = "rhythm_unstable";
    /// Transport and delivery 物流运输.
    Logistics = "logistics";
    /// Quality objections 产品质量.
    ProductQuality = "product_quality";
    /// A complaint is open too long, or comes again 用户投诉.
    Complaint = "complaint";
    /// A request that we have not answered.
    RequestUnanswered = "request_unanswered";
    /// Payments are late.
    PaymentLate = "payment_late";
    /// The purchase model takes the account for gone.
    ProbableChurn = "probable_churn";
    /// The contact who matters has bounced or left.
    ContactLost = "contact_lost";
}

/// What a night's look has found at one account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The level that the evidence reaches: enough to raise a warning to. `None` if it reaches none.
    pub reaches: Option<Level>,
    /// The level that the evidence still holds an open warning at: by lower thresholds, so never less
    /// than `reaches`.
    pub holds: Level,
    pub evidence: Evidence,
}

impl Finding {
    pub fn cause(&self) -> Cause {
        self.evidence.cause()
    }

    /// A finding with raising and holding level; none where it would not even hold a yellow one.
    pub fn graded(reaches: Option<Level>, holds: Option<Level>, evidence: Evidence) -> Option<Self> {
        Some(Self { reaches, holds: holds.max(reaches)?, evidence })
    }
}

/// A warning as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    pub id: WarningId,
    pub account_id: AccountId,
    pub cause: Cause,
    pub level: Level,
    pub state: State,
    pub raised_at: DateTime<Utc>,
    /// When the level was last set.
    pub level_since: DateTime<Utc>,
    /// Set while the evidence does not hold the level.
    pub below: Option<Below>,
    /// By when the remedy is due, once one is under way.
    pub remedy_due: Option<DateTime<Utc>>,
    /// How far up it has been escalated.
    pub escalated_to: Option<Rung>,
    /// The evidence when the level was last set: what trends are read against.
    pub evidence_then: Evidence,
    pub evidence: Evidence,
    pub trend: Trend,
}

impl Warning {
    /// A new warning, as [`Change::Raise`] asks for.
    pub fn raise(id: WarningId, account_id: AccountId, level: Level, evidence: Evidence, now: DateTime<Utc>) -> Self {
        Self {
            id,
            account_id,
            cause: evidence.cause(),
            level,
            state: State::Open,
            raised_at: now,
            level_since: now,
            below: None,
            remedy_due: None,
            escalated_to: None,
            evidence_then: evidence.clone(),
            evidence,
            trend: Trend::Same,
        }
    }

    pub fn is_open(&self) -> bool {
        self.state.is_open()
    }
}

/// How a warning appears in a digest, compared with the digest before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    New,
    Worse,
    Better,
    /// Closed since, by evidence or by a person.
    Over,
}

/// What a digest says of a warning: the level at the digest before (none if it was not open then), the
/// level now (none if it is closed), and its trend. `None` where there is nothing to tell.
pub fn news(before: Option<Level>, now: Option<Level>, trend: Trend) -> Option<News> {
    match (before, now) {
        (None, None) => None,
        (None, Some(_)) => Some(News::New),
        (Some(_), None) => Some(News::Over),
        (Some(before), Some(now)) if now > before => Some(News::Worse),
        (Some(before), Some(now)) if now < before => Some(News::Better),
        _ => match trend {
            Trend::Worse => Some(News::Worse),
            Trend::Better => Some(News::Better),
            Trend::Same => None,
        },
    }
}

/// A value for each tier, from the highest down; tiers beyond the last take the last one's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    try_from = "Vec<T>",
    into = "Vec<T>",
    bound(serialize = "T: Clone + Serialize", deserialize = "T: Deserialize<'de>")
)]
pub struct ByTier<T> {
    first: T,
    rest: Vec<T>,
}

impl<T> ByTier<T> {
    pub fn new(first: T, rest: impl Into<Vec<T>>) -> Self {
        Self { first, rest: rest.into() }
    }

    /// The value for the tier at a position, 0 being the highest.
    pub fn at(&self, position: usize) -> &T {
        match position {
            0 => &self.first,
            _ => self.rest.get(position - 1).or(self.rest.last()).unwrap_or(&self.first),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.first).chain(&self.rest)
    }
}

impl<T> TryFrom<Vec<T>> for ByTier<T> {
    type Error = &'static str;
    fn try_from(values: Vec<T>) -> Result<Self, Self::Error> {
        let mut values = values.into_iter();
        let first = values.next().ok_or("at least the highest tier needs a value")?;
        Ok(Self { first, rest: values.collect() })
    }
}

impl<T> From<ByTier<T>> for Vec<T> {
    fn from(values: ByTier<T>) -> Self {
        std::iter::once(values.first).chain(values.rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_read_back() {
        for cause in Cause::ALL {
            assert_eq!(Cause::parse(cause.as_str()), Some(*cause));
            assert_eq!(serde_json::to_string(cause).unwrap(), format!("\"{}\"", cause.as_str()));
        }
        assert_eq!(Cause::parse("flood"), None);
    }

    #[test]
    fn lower_tiers_take_the_last_value() {
        let values = ByTier::new(1, [2, 3]);
        assert_eq!([0, 1, 2, 3, 99].map(|p| *values.at(p)), [1, 2, 3, 3, 3]);
        assert_eq!(*ByTier::new(7, []).at(5), 7);
        assert_eq!(serde_json::from_str::<ByTier<i32>>("[1,2,3]").unwrap(), values);
        assert!(serde_json::from_str::<ByTier<i32>>("[]").is_err());
    }

    #[test]
    fn a_digest_tells_what_is_new() {
        use Level::{Orange, Red, Yellow};
        for (before, now, trend, expected) in [
            (None, None, Trend::Same, None),
            (None, Some(Yellow), Trend::Better, Some(News::New)),
            (Some(Yellow), None, Trend::Same, Some(News::Over)),
            (Some(Yellow), Some(Red), Trend::Better, Some(News::Worse)),
            (Some(Red), Some(Orange), Trend::Worse, Some(News::Better)),
            (Some(Red), Some(Red), Trend::Same, None),
            (Some(Red), Some(Red), Trend::Worse, Some(News::Worse)),
            (Some(Red), Some(Red), Trend::Better, Some(News::Better)),
        ] {
            assert_eq!(news(before, now, trend), expected, "{before:?} {now:?} {trend:?}");
        }
    }
}
