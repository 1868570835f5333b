//! What tonight's finding does to the warning of last night.
//!
//! A warning rises at once: risk does not wait. It falls, and closes, only when the evidence has stayed
//! below the level's lower threshold for a whole cool-down; evidence that swings from night to night so
//! leaves the level where it is. After closing, the same cause stays quiet for a cool-down, unless it
//! comes back at a higher level.

use super::{Cause, Evidence, Finding, State, Trend, Warning};
use crate::domain::ident::WarningId;
use crate::domain::trend::Level;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How long evidence must stay away before it counts as gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    pub cool_down_days: u32,
    /// Other cool-downs for single causes.
    pub cool_down_by_cause: BTreeMap<Cause, u32>,
}

impl Default for Settings {
    fn default() -> Self {
        // An order that has come is a fact, not a figure that swings.
        Self { cool_down_days: 14, cool_down_by_cause: BTreeMap::from([(Cause::OrderOverdue, 1)]) }
    }
}

impl Settings {
    pub fn cool_down(&self, cause: Cause) -> Duration {
        let days = self.cool_down_by_cause.get(&cause).copied().unwrap_or(self.cool_down_days);
        Duration::days(i64::from(days.min(LONGEST_COOL_DOWN)))
    }
}

/// Ten years, in days: a setting beyond that is a slip of the pen, and must not run out of dates.
const LONGEST_COOL_DOWN: u32 = 3650;

/// The evidence is below what holds the warning's level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Below {
    pub since: DateTime<Utc>,
    /// The highest level it would have held at any time since: the one the warning falls to.
    pub held: Option<Level>,
}

/// The latest closed warning of the same account and cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed {
    pub id: WarningId,
    /// Its level when it closed.
    pub level: Level,
    pub at: DateTime<Utc>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// No warning, and none to raise.
    Nothing,
    /// Raise a new warning; `follows` is the one that closed within the cool-down, at a lower level.
    Raise {
        level: Level,
        evidence: Evidence,
        follows: Option<WarningId>,
    },
    Rise {
        from: Level,
        to: Level,
        evidence: Evidence,
    },
    /// The level falls; without evidence where nothing is found any more, but work goes on.
    Fall {
        from: Level,
        to: Level,
        evidence: Option<Evidence>,
        below: Option<Below>,
    },
    /// The level stays; fresh evidence, if there is any, replaces the last.
    Keep {
        evidence: Option<Evidence>,
        below: Option<Below>,
        trend: Trend,
    },
    /// The evidence is gone and nobody had begun a remedy: the warning lapses.
    Close {
        level: Level,
    },
}

/// Compares tonight's finding of one account and cause with its open warning.
///
/// `closed` matters only where none is open. Once a cause was found or a remedy is under way, missing
/// evidence lowers the warning to yellow but does not close it: a person checks whether it worked.
pub fn reconcile(
    open: Option<&Warning>,
    closed: Option<&Closed>,
    finding: Option<&Finding>,
    now: DateTime<Utc>,
    settings: &Settings,
) -> Change {
    match open {
        Some(warning) => reconsider(warning, finding, now, settings),
        None => finding.map_or(Change::Nothing, |finding| consider(closed, finding, now, settings)),
    }
}

fn consider(closed: Option<&Closed>, finding: &Finding, now: DateTime<Utc>, settings: &Settings) -> Change {
    let Some(level) = finding.reaches else { return Change::Nothing };
    let recent = closed.filter(|c| now < c.at + settings.cool_down(finding.cause()));
    match recent {
        Some(closed) if level <= closed.level => Change::Nothing,
        _ => Change::Raise { level, evidence: finding.evidence.clone(), follows: recent.map(|c| c.id) },
    }
}

fn reconsider(warning: &Warning, finding: Option<&Finding>, now: DateTime<Utc>, settings: &Settings) -> Change {
    let finding = finding.filter(|f| f.cause() == warning.cause);
    let evidence = finding.map(|f| f.evidence.clone());
    if let (Some(to), Some(evidence)) = (finding.and_then(|f| f.reaches), &evidence)
        && to > warning.level
    {
        return Change::Rise { from: warning.level, to, evidence: evidence.clone() };
    }
    let holds = finding.map(|f| f.holds);
    let trend = match &evidence {
        Some(evidence) => Trend::between(&warning.evidence_then, evidence),
        None => Trend::Better,
    };
    if holds >= Some(warning.level) {
        return Change::Keep { evidence, below: None, trend };
    }
    let below = match warning.below {
        Some(below) => Below { held: below.held.max(holds), ..below },
        None => Below { since: now, held: holds },
    };
    if now < below.since + settings.cool_down(warning.cause) {
        return Change::Keep { evidence, below: Some(below), trend };
    }
    let worked_on = warning.state.has_work() || warning.state == State::Reopened;
    match below.held.or(worked_on.then_some(Level::Yellow)) {
        None => Change::Close { level: warning.level },
        Some(to) if to < warning.level => {
            let still_below = (holds < Some(to)).then_some(Below { since: now, held: holds });
            Change::Fall { from: warning.level, to, evidence, below: still_below }
        }
        Some(_) => Change::Keep { evidence, below: Some(below), trend },
    }
}

impl Warning {
    /// The warning after a change. [`Change::Nothing`] and [`Change::Raise`] do not concern an open one,
    /// and leave it as it is.
    #[must_use]
    pub fn after(&self, change: &Change, now: DateTime<Utc>) -> Self {
        let mut next = self.clone();
        match change {
            Change::Nothing | Change::Raise { .. } => {}
            Change::Rise { to, evidence, .. } => {
                next.set_level(*to, Some(evidence), now);
                next.trend = Trend::Worse;
                next.below = None;
            }
            Change::Fall { to, evidence, below, .. } => {
                next.set_level(*to, evidence.as_ref(), now);
                next.trend = Trend::Better;
                next.below = *below;
            }
            Change::Keep { evidence, below, trend } => {
                if let Some(evidence) = evidence {
                    next.evidence = evidence.clone();
                }
                next.below = *below;
                next.trend = *trend;
            }
            Change::Close { .. } => next.state = State::Lapsed,
        }
        next
    }

    fn set_level(&mut self, level: Level, evidence: Option<&Evidence>, now: DateTime<Utc>) {
        self.level = level;
        self.level_since = now;
        if let Some(evidence) = evidence {
            self.evidence = evidence.clone();
        }
        self.evidence_then = self.evidence.clone();
    }
}

#[cfg(test)]
mod tests {
    use super::super::evidence::examples::decline;
    use super::*;
    use Level::{Orange, Red, Yellow};
    use proptest::prelude::*;

    fn night(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::days(20_000 + n)
    }

    fn found(reaches: Option<Level>, holds: Level) -> Finding {
        Finding::graded(reaches, Some(holds), decline(50.0, 0.9)).unwrap()
    }

    /// What a store would hold of one account and cause.
    #[derive(Default)]
    struct Record {
        open: Option<Warning>,
        closed: Option<Closed>,
        log: Vec<(i64, String)>,
    }

    impl Record {
        fn night(&mut self, n: i64, finding: Option<&Finding>) {
            let now = night(n);
            let change = reconcile(self.open.as_ref(), self.closed.as_ref(), finding, now, &Settings::default());
            match &change {
                Change::Raise { level, evidence, .. } => {
                    assert!(self.open.is_none(), "two open warnings of one cause");
                    let id = WarningId(uuid::Uuid::from_u128(n as u128 + 1));
                    self.open = Some(Warning::raise(id, Default::default(), *level, evidence.clone(), now));
                    self.log.push((n, format!("raise {level}")));
                }
                Change::Rise { to, .. } => self.log.push((n, format!("rise {to}"))),
                Change::Fall { to, .. } => self.log.push((n, format!("fall {to}"))),
                Change::Close { .. } => self.log.push((n, "close".into())),
                Change::Keep { .. } | Change::Nothing => {}
            }
            self.open = self.open.take().map(|w| w.after(&change, now));
            if let Some(warning) = self.open.take_if(|w| !w.is_open()) {
                self.closed = Some(Closed { id: warning.id, level: warning.level, at: now });
            }
        }

        fn log(&self) -> Vec<String> {
            self.log.iter().map(|(n, what)| format!("{n} {what}")).collect()
        }
    }

    #[test]
    fn a_warning_rises_at_once_and_falls_with_patience() {
        let mut record = Record::default();
        for n in 0..60 {
            let finding = match n {
                0 => Some(found(None, Yellow)),
                1..5 => Some(found(Some(Yellow), Yellow)),
                5..10 => Some(found(Some(Red), Red)),
                10..30 => Some(found(Some(Yellow), Orange)),
                _ => None,
            };
            record.night(n, finding.as_ref());
        }
        assert_eq!(record.log(), ["1 raise yellow", "5 rise red", "24 fall orange", "44 close"]);
    }

    #[test]
    fn swinging_evidence_changes_nothing() {
        let mut record = Record::default();
        for n in 0..200 {
            let finding = if n % 13 == 0 { found(Some(Orange), Orange) } else { found(Some(Yellow), Yellow) };
            record.night(n, Some(&finding));
        }
        assert_eq!(record.log(), ["0 raise orange"]);
    }

    #[test]
    fn the_lower_threshold_holds_a_level_for_ever() {
        let mut record = Record::default();
        record.night(0, Some(&found(Some(Red), Red)));
        for n in 1..100 {
            record.night(n, Some(&found(Some(Orange), Red)));
        }
        assert_eq!(record.log(), ["0 raise red"]);
    }

    #[test]
    fn it_falls_to_the_highest_level_held_meanwhile() {
        let mut record = Record::default();
        record.night(0, Some(&found(Some(Red), Red)));
        record.night(1, Some(&found(Some(Orange), Orange)));
        for n in 2..=29 {
            record.night(n, None);
        }
        assert_eq!(record.log(), ["0 raise red", "15 fall orange", "29 close"]);
    }

    #[test]
    fn after_closing_only_worse_speaks() {
        for (level, after, expected) in [(Yellow, 5, 0), (Orange, 5, 0), (Red, 5, 1), (Orange, 14, 1)] {
            let closed = Closed { id: WarningId::default(), level: Orange, at: night(0) };
            let mut record = Record { closed: Some(closed), ..Record::default() };
            record.night(after, Some(&found(Some(level), level)));
            assert_eq!(record.log.len(), expected, "{level} after {after}");
        }
        let closed = Closed { id: WarningId::default(), level: Orange, at: night(0) };
        let change = reconcile(None, Some(&closed), Some(&found(Some(Red), Red)), night(3), &Settings::default());
        assert!(matches!(change, Change::Raise { follows: Some(_), .. }));
    }

    #[test]
    fn begun_work_is_not_closed_by_silence() {
        for (state, expected) in [
            (State::Open, vec!["15 close"]),
            (State::Acknowledged, vec!["15 close"]),
            (State::RemedyUnderWay, vec!["15 fall yellow"]),
            (State::Done, vec!["15 fall yellow"]),
            (State::Reopened, vec!["15 fall yellow"]),
        ] {
            let mut warning =
                Warning::raise(Default::default(), Default::default(), Orange, decline(50.0, 0.9), night(0));
            warning.state = state;
            let mut record = Record { open: Some(warning), ..Record::default() };
            for n in 1..60 {
                record.night(n, None);
            }
            assert_eq!(record.log(), expected, "{state:?}");
        }
    }

    #[test]
    fn an_order_that_came_ends_the_wait_for_it() {
        let settings = Settings::default();
        assert_eq!(settings.cool_down(Cause::OrderOverdue), Duration::days(1));
        assert_eq!(settings.cool_down(Cause::Decline), Duration::days(14));
    }

    fn any_finding() -> impl Strategy<Value = Option<Finding>> {
        let levels = prop::option::of(prop::sample::select(&Level::ALL[..]));
        (levels.clone(), levels).prop_map(|(reaches, holds)| Finding::graded(reaches, holds, decline(50.0, 0.9)))
    }

    proptest! {
        #[test]
        fn nothing_gets_better_before_a_cool_down_has_passed(nights in prop::collection::vec(any_finding(), 1..120)) {
            let mut record = Record::default();
            for (n, finding) in nights.iter().enumerate() {
                let before = record.open.clone();
                record.night(n as i64, finding.as_ref());
                if let Some(warning) = &record.open {
                    prop_assert!(finding.as_ref().and_then(|f| f.reaches) <= Some(warning.level), "never under what is found");
                    prop_assert!(before.is_none_or(|b| b.id == warning.id), "one warning of a cause at a time");
                }
            }
            for pair in record.log.windows(2) {
                let ((before, _), (then, what)) = (&pair[0], &pair[1]);
                if what.starts_with("fall") || what == "close" {
                    prop_assert!(then - before >= 14, "{:?}", record.log);
                }
            }
        }

        #[test]
        fn alternating_evidence_never_flips_the_level(a in any_finding(), b in any_finding(), swing in 1_usize..14, nights in 20_usize..120) {
            let mut record = Record::default();
            for n in 0..nights {
                let finding = if (n / swing) % 2 == 0 { &a } else { &b };
                record.night(n as i64, finding.as_ref());
            }
            // Each half of a swing is shorter than the cool-down: the level only ever climbs to the
            // higher of the two, unless neither holds what it reached at first.
            let falls = record.log.iter().filter(|(_, what)| what.starts_with("fall") || what == "close").count();
            prop_assert_eq!(falls, 0, "{:?}", record.log);
        }
    }
}
