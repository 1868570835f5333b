//! What is not acknowledged or not done in time goes to the next in line.

use super::Warning;
use crate::domain::ident::UserId;
use crate::domain::trend::Level;
use crate::error::{Code, Error, Fault};
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

/// Who a warning is with: the account manager first, without a rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    Deputy,
    QualityManager,
}

impl Rung {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deputy => "deputy",
            Self::QualityManager => "quality_manager",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Deputy, Self::QualityManager].into_iter().find(|r| r.as_str() == text)
    }
}

/// The days a warning may wait to be acknowledged, by level; none waits for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patience {
    pub yellow: Option<u32>,
    pub orange: Option<u32>,
    pub red: Option<u32>,
}

/// In days.
const LONGEST_PATIENCE: u32 = 365;

impl Default for Patience {
    fn default() -> Self {
        Self { yellow: None, orange: Some(2), red: Some(1) }
    }
}

impl Patience {
    pub fn days(&self, level: Level) -> Option<u32> {
        match level {
            Level::Yellow => self.yellow,
            Level::Orange => self.orange,
            Level::Red => self.red,
        }
    }

    /// Is there a day at least to acknowledge in, and no more than a year?
    ///
    /// # Errors
    /// `ValueOutOfRange` on the level.
    pub fn check(&self) -> Result<(), Error> {
        let wrong = Level::ALL.into_iter().find_map(|level| {
            let days = self.days(level).filter(|days| !(1..=LONGEST_PATIENCE).contains(days))?;
            Some(Fault::field(level.as_str(), Code::ValueOutOfRange).with("value", days))
        });
        wrong.map_or(Ok(()), |fault| Err(fault.with("min", 1).with("max", LONGEST_PATIENCE).into()))
    }

    /// By when the warning must be acknowledged, wherever it is with now.
    pub fn acknowledge_by(&self, warning: &Warning) -> Option<DateTime<Utc>> {
        if !warning.state.awaits_acknowledgement() {
            return None;
        }
        self.due(warning, warning.level_since)
    }

    /// Each rung has as many days as the one before.
    fn due(&self, warning: &Warning, from: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let rungs = match warning.escalated_to {
            None => 1,
            Some(Rung::Deputy) => 2,
            Some(Rung::QualityManager) => return None,
        };
        from.checked_add_signed(Duration::days(i64::from(self.days(warning.level)?) * rungs))
    }
}

/// Who comes next, for one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    pub deputy: Option<UserId>,
    pub quality_managers: Vec<UserId>,
}

/// What was left lying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Neglect {
    NotAcknowledged,
    NotDone,
}

/// A warning goes up; to be recorded, and told to those it goes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    pub rung: Rung,
    pub to: Vec<UserId>,
    pub neglect: Neglect,
    pub was_due: DateTime<Utc>,
    pub at: DateTime<Utc>,
}

/// Does a warning go to the next in line now? One rung at a time; rungs that nobody stands on are
/// passed over, and above the quality managers there is nobody.
pub fn escalate(warning: &Warning, line: &Line, now: DateTime<Utc>, patience: &Patience) -> Option<Escalation> {
    if !warning.is_open() {
        return None;
    }
    let (neglect, was_due) = if let Some(due) = patience.acknowledge_by(warning) {
        (Neglect::NotAcknowledged, due)
    } else {
        let promised = warning.remedy_due.filter(|_| warning.state == super::State::RemedyUnderWay)?;
        // The promised day itself is the first date; only further rungs get days of their own.
        let due = match warning.escalated_to {
            None => promised,
            Some(Rung::Deputy) => {
                promised.checked_add_signed(Duration::days(i64::from(patience.days(warning.level)?)))?
            }
            Some(Rung::QualityManager) => return None,
        };
        (Neglect::NotDone, due)
    };
    if now <= was_due {
        return None;
    }
    let next = match (warning.escalated_to, line.deputy) {
        (None, Some(deputy)) => (Rung::Deputy, vec![deputy]),
        _ => (Rung::QualityManager, line.quality_managers.clone()),
    };
    let (rung, to) = next;
    (!to.is_empty()).then_some(Escalation { rung, to, neglect, was_due, at: now })
}

#[cfg(test)]
mod tests {
    use super::super::evidence::examples::decline;
    use super::super::{State, Warning};
    use super::*;
    use uuid::Uuid;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn user(n: u128) -> UserId {
        UserId(Uuid::from_u128(n))
    }

    #[test]
    fn neglect_climbs_one_rung_at_a_time() {
        let patience = Patience::default();
        let line = Line { deputy: Some(user(1)), quality_managers: vec![user(2), user(3)] };
        let mut warning = Warning::raise(
            Default::default(),
            Default::default(),
            Level::Red,
            decline(48.0, 0.97),
            at("2026-11-30T03:00:00Z"),
        );
        assert_eq!(patience.acknowledge_by(&warning), Some(at("2026-12-01T03:00:00Z")));
        assert_eq!(escalate(&warning, &line, at("2026-12-01T03:00:00Z"), &patience), None);
        let first = escalate(&warning, &line, at("2026-12-01T03:00:01Z"), &patience).unwrap();
        assert_eq!((first.rung, first.to, first.neglect), (Rung::Deputy, vec![user(1)], Neglect::NotAcknowledged));
        warning.escalated_to = Some(Rung::Deputy);
        assert_eq!(escalate(&warning, &line, at("2026-12-02T02:00:00Z"), &patience), None, "the deputy has a day, too");
        let second = escalate(&warning, &line, at("2026-12-02T04:00:00Z"), &patience).unwrap();
        assert_eq!((second.rung, second.to), (Rung::QualityManager, vec![user(2), user(3)]));
        warning.escalated_to = Some(Rung::QualityManager);
        assert_eq!(escalate(&warning, &line, at("2027-12-02T04:00:00Z"), &patience), None);
    }

    #[test]
    fn what_is_taken_on_or_yellow_does_not_climb() {
        let patience = Patience::default();
        let line = Line { deputy: None, quality_managers: vec![user(2)] };
        let raised = at("2026-11-01T03:00:00Z");
        let mut warning =
            Warning::raise(Default::default(), Default::default(), Level::Yellow, decline(70.0, 0.6), raised);
        let later = at("2026-11-30T03:00:00Z");
        assert_eq!(escalate(&warning, &line, later, &patience), None);
        warning.level = Level::Orange;
        assert_eq!(
            escalate(&warning, &line, later, &patience).unwrap().rung,
            Rung::QualityManager,
            "there is no deputy"
        );
        assert_eq!(escalate(&warning, &Line::default(), later, &patience), None, "there is nobody at all");
        warning.state = State::Acknowledged;
        assert_eq!(escalate(&warning, &line, later, &patience), None);
        warning.state = State::RemedyUnderWay;
        warning.remedy_due = Some(at("2026-11-27T00:00:00Z"));
        assert_eq!(escalate(&warning, &line, later, &patience).unwrap().neglect, Neglect::NotDone);
        warning.state = State::Lapsed;
        assert_eq!(escalate(&warning, &line, later, &patience), None);
    }
}
