//! Cases: keeping an account that is still ours (retention 保持), and winning one back (赢回).
//!
//! A case passes a [`Gate`] before money is spent on it, is planned in [`plan::Step`]s, and ends in an
//! [`Outcome`] that teaches the next case's probability ([`prior`]).

pub mod gate;
pub mod plan;
pub mod prior;
pub mod state;

pub use gate::{Gate, GateSettings, gate};
pub use plan::{Play, default_plan, next_step};
pub use prior::{Chance, PriorTable, Record};
pub use state::{Outcome, State, may_step, step};

use crate::domain::ident::CaseId;
use crate::domain::trend::Level;
use crate::domain::value::Cents;
use crate::domain::warning;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// Why an account leaves, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseCause {
    /// Not found out yet.
    Unknown,
    Price,
    /// Function or performance of the product.
    Product,
    /// Late or short delivery.
    Delivery,
    /// Passive or late service contact.
    Service,
    Competitor,
    /// We gave the account up on purpose.
    GivenUp,
    /// It moved, closed, changed its trade or went bankrupt.
    Involuntary,
}

impl CaseCause {
    pub const ALL: [Self; 8] = [
        Self::Unknown,
        Self::Price,
        Self::Product,
        Self::Delivery,
        Self::Service,
        Self::Competitor,
        Self::GivenUp,
        Self::Involuntary,
    ];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Price => "price",
            Self::Product => "product",
            Self::Delivery => "delivery",
            Self::Service => "service",
            Self::Competitor => "competitor",
            Self::GivenUp => "given_up",
            Self::Involuntary => "involuntary",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }

    /// Nobody drove these accounts away, or we did so ourselves: pursuing them wants a reason.
    pub fn needs_reason(self) -> bool {
        matches!(self, Self::GivenUp | Self::Involuntary)
    }
}

/// What a case is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A high-value account that is still ours.
    Retention,
    /// An account in danger or gone.
    WinBack,
}

impl Purpose {
    pub const ALL: [Self; 2] = [Self::Retention, Self::WinBack];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::WinBack => "win_back",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == text)
    }
}

/// Which warnings open cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Opening {
    pub causes: Vec<warning::Cause>,
    pub from: Level,
    /// This many tiers, from the highest, are of high value: theirs may be retention cases.
    pub high_value_tiers: usize,
}

impl Default for Opening {
    fn default() -> Self {
        Self {
            causes: vec![warning::Cause::Decline, warning::Cause::OrderOverdue],
            from: Level::Orange,
            high_value_tiers: 2,
        }
    }
}

impl Opening {
    /// Does a warning that was just raised or rose call for a case, and for which purpose? Orange at an
    /// account of high value is a matter of keeping it; red is danger, and so is orange elsewhere.
    ///
    /// An account that has an open or deferred case gets no second one: the caller asks for that first.
    pub fn purpose(&self, cause: warning::Cause, level: Level, tier: usize) -> Option<Purpose> {
        if level < self.from || !self.causes.contains(&cause) {
            return None;
        }
        let keep = tier < self.high_value_tiers && level < Level::Red;
        Some(if keep { Purpose::Retention } else { Purpose::WinBack })
    }
}

/// Orders the queue: largest expected net value first; of equals, the one whose next step is due first;
/// then by age, so that the order is the same on every page.
pub fn sort_key(net: Cents, next_due: Option<NaiveDate>, id: CaseId) -> impl Ord + Copy {
    (Reverse(net), next_due.unwrap_or(NaiveDate::MAX), id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn names_read_back() {
        for cause in CaseCause::ALL {
            assert_eq!(CaseCause::parse(cause.as_str()), Some(cause));
            assert_eq!(serde_json::to_string(&cause).unwrap(), format!("\"{}\"", cause.as_str()));
        }
        for purpose in Purpose::ALL {
            assert_eq!(Purpose::parse(purpose.as_str()), Some(purpose));
        }
    }

    #[test]
    fn which_warnings_open_a_case() {
        use warning::Cause::{Decline, LowScore, OrderOverdue};
        let opening = Opening::default();
        for (cause, level, tier, expected) in [
            (Decline, Level::Yellow, 0, None),
            (Decline, Level::Orange, 0, Some(Purpose::Retention)),
            (Decline, Level::Orange, 2, Some(Purpose::WinBack)),
            (Decline, Level::Red, 0, Some(Purpose::WinBack)),
            (OrderOverdue, Level::Red, 1, Some(Purpose::WinBack)),
            (LowScore, Level::Red, 0, None),
        ] {
            assert_eq!(opening.purpose(cause, level, tier), expected, "{cause:?} {level} {tier}");
        }
    }

    #[test]
    fn the_queue_is_ordered_by_net_value() {
        let id = |n| CaseId(Uuid::from_u128(n));
        let day = |d: &str| Some(d.parse().unwrap());
        let mut queue = [
            (100, None, id(1)),
            (300, day("2026-12-05"), id(2)),
            (100, day("2026-12-04"), id(3)),
            (-5, day("2026-01-01"), id(4)),
            (100, None, id(0)),
        ];
        queue.sort_by_key(|&(net, due, id)| sort_key(net, due, id));
        assert_eq!(queue.map(|(.., id)| id.0.as_u128()), [2, 3, 0, 1, 4]);
    }
}
