//! The states of a case, how it may end, and what is proposed as its end.

use super::Purpose;
use crate::domain::ident::{CaseId, UserId};
use crate::error::{Code, Error, Fault, Result};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    /// Did not pass the gate; asked again when a figure changes.
    Refused,
    /// Put off until a day.
    Deferred,
    Closed,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Open, Self::Refused, Self::Deferred, Self::Closed];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Deferred => "deferred",
            Self::Closed => "closed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// The states it may move to.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Open => &[Self::Deferred, Self::Closed],
            Self::Refused => &[Self::Open, Self::Closed],
            Self::Deferred => &[Self::Open, Self::Closed],
            Self::Closed => &[],
        }
    }
}

pub fn may_step(from: State, to: State) -> bool {
    from.next().contains(&to)
}

/// How a case ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    WonBack,
    Kept,
    Lost,
    Deferred,
    NotPursued,
}

impl Outcome {
    pub const ALL: [Self; 5] = [Self::WonBack, Self::Kept, Self::Lost, Self::Deferred, Self::NotPursued];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::WonBack => "won_back",
            Self::Kept => "kept",
            Self::Lost => "lost",
            Self::Deferred => "deferred",
            Self::NotPursued => "not_pursued",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.as_str() == text)
    }

    /// Did trying succeed? None where it was not tried to the end.
    pub fn succeeded(self) -> Option<bool> {
        match self {
            Self::WonBack | Self::Kept => Some(true),
            Self::Lost => Some(false),
            Self::Deferred | Self::NotPursued => None,
        }
    }

    /// The state a case is in after it.
    pub fn state(self) -> State {
        if self == Self::Deferred { State::Deferred } else { State::Closed }
    }

    /// Can a case of this purpose end so? What was never gone cannot be won back.
    pub fn fits(self, purpose: Purpose) -> bool {
        match self {
            Self::WonBack => purpose == Purpose::WinBack,
            Self::Kept => purpose == Purpose::Retention,
            Self::Lost | Self::Deferred | Self::NotPursued => true,
        }
    }

    /// Ends that others will want explained.
    pub fn needs_reason(self) -> bool {
        matches!(self, Self::Lost | Self::Deferred | Self::NotPursued)
    }

    pub fn offered(purpose: Purpose) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |o| o.fits(purpose))
    }
}

/// A step in the life of a case, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub case: CaseId,
    pub from: State,
    pub to: State,
    pub outcome: Option<Outcome>,
    /// The day a deferred case comes back on.
    pub until: Option<NaiveDate>,
    /// None where the service did it by itself.
    pub by: Option<UserId>,
    pub at: DateTime<Utc>,
    pub reason: String,
}

/// Who acts on a case, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    pub case: CaseId,
    /// None for the service itself.
    pub by: Option<UserId>,
    pub at: DateTime<Utc>,
    /// The day it is in the reporting zone.
    pub today: NaiveDate,
}

/// Opens a refused or deferred case again.
///
/// # Errors
/// `record.state` if it is neither.
pub fn reopen(act: Act, from: State, reason: &str) -> Result<Transition> {
    if !may_step(from, State::Open) {
        return Err(impossible(from, State::Open));
    }
    Ok(Transition {
        case: act.case,
        from,
        to: State::Open,
        outcome: None,
        until: None,
        by: act.by,
        at: act.at,
        reason: reason.trim().to_owned(),
    })
}

/// Ends a case, or puts it off.
///
/// # Errors
/// `record.state` where the state does not allow it, or a refused case is given another outcome than
/// not pursued; `value.unknown` for an outcome that does not fit the purpose; `value.missing` without
/// the reason or day that the outcome needs; `value.out-of-range` for a day that is not ahead.
pub fn step(
    act: Act,
    from: State,
    purpose: Purpose,
    outcome: Outcome,
    until: Option<NaiveDate>,
    reason: &str,
) -> Result<Transition> {
    let to = outcome.state();
    let untried = from == State::Refused && outcome != Outcome::NotPursued;
    if !may_step(from, to) || untried {
        return Err(impossible(from, to).with("outcome", outcome.as_str()));
    }
    if !outcome.fits(purpose) {
        return Err(Fault::field("outcome", Code::ValueUnknown)
            .with("value", outcome.as_str())
            .with("purpose", purpose.as_str())
            .into());
    }
    let reason = reason.trim();
    let mut faults = Vec::new();
    if outcome.needs_reason() && reason.is_empty() {
        faults.push(Fault::field("reason", Code::ValueMissing));
    }
    let until = until.filter(|_| to == State::Deferred);
    match until {
        None if to == State::Deferred => faults.push(Fault::field("until", Code::ValueMissing)),
        Some(day) if day <= act.today => {
            faults.push(Fault::field("until", Code::ValueOutOfRange).with("value", day).with("min", act.today));
        }
        _ => {}
    }
    if !faults.is_empty() {
        return Err(Error::faulty(faults));
    }
    Ok(Transition {
        case: act.case,
        from,
        to,
        outcome: Some(outcome),
        until,
        by: act.by,
        at: act.at,
        reason: reason.to_owned(),
    })
}

fn impossible(from: State, to: State) -> Error {
    Error::new(Code::StepImpossible).with("from", from.as_str()).with("to", to.as_str())
}

/// When an end is proposed; a person confirms it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProposalSettings {
    /// Orders since the case opened that speak for success.
    pub orders: usize,
    /// Within how many days.
    pub days: u64,
    /// How far under the old level a response may lie and still be at it, in points.
    pub near_old_level: f64,
}

impl Default for ProposalSettings {
    fn default() -> Self {
        Self { orders: 2, days: 120, near_old_level: 5.0 }
    }
}

/// What has happened since a case opened.
#[derive(Debug, Clone, PartialEq)]
pub struct Since {
    pub opened_on: NaiveDate,
    /// Days of orders, in any order.
    pub orders: Vec<NaiveDate>,
    /// Responses with their satisfaction, 0 to 100.
    pub responses: Vec<(NaiveDate, f64)>,
    /// The account's level before it declined.
    pub old_level: Option<f64>,
}

/// What speaks for a proposed end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "ground", rename_all = "snake_case")]
pub enum Ground {
    Orders {
        count: usize,
        last: NaiveDate,
    },
    ResponseAtOldLevel {
        day: NaiveDate,
        score: f64,
        old_level: f64,
    },
    /// The time is over, without an order.
    NothingCame {
        since: NaiveDate,
        days: u64,
    },
}

/// Proposes how a case has ended, from later orders and responses; none while it is open.
pub fn propose(
    purpose: Purpose,
    since: &Since,
    today: NaiveDate,
    settings: &ProposalSettings,
) -> Option<(Outcome, Ground)> {
    let end = since.opened_on.checked_add_days(Days::new(settings.days))?;
    let counts = |day: NaiveDate| day > since.opened_on && day <= end && day <= today;
    let success = if purpose == Purpose::WinBack { Outcome::WonBack } else { Outcome::Kept };
    let mut orders: Vec<NaiveDate> = since.orders.iter().copied().filter(|d| counts(*d)).collect();
    orders.sort_unstable();
    orders.dedup();
    if orders.len() >= settings.orders.max(1) {
        let last = orders.last().copied()?;
        return Some((success, Ground::Orders { count: orders.len(), last }));
    }
    let latest = since.responses.iter().filter(|(day, _)| counts(*day)).max_by_key(|(day, _)| *day);
    if let (Some(&(day, score)), Some(old_level)) = (latest, since.old_level)
        && score >= old_level - settings.near_old_level
    {
        return Some((success, Ground::ResponseAtOldLevel { day, score, old_level }));
    }
    (today > end && orders.is_empty())
        .then_some((Outcome::Lost, Ground::NothingCame { since: since.opened_on, days: settings.days }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn act() -> Act {
        Act { case: CaseId::default(), by: Some(UserId::default()), at: DateTime::UNIX_EPOCH, today: day("2026-11-30") }
    }

    #[test]
    fn the_whole_table() {
        let allowed =
            ["open deferred", "open closed", "refused open", "refused closed", "deferred open", "deferred closed"];
        for from in State::ALL {
            assert_eq!(State::parse(from.as_str()), Some(from));
            for to in State::ALL {
                let name = format!("{} {}", from.as_str(), to.as_str());
                assert_eq!(may_step(from, to), allowed.contains(&name.as_str()), "{name}");
            }
            assert_eq!(
                reopen(act(), from, "figures changed").is_ok(),
                matches!(from, State::Refused | State::Deferred)
            );
        }
    }

    #[test]
    fn ends_and_what_they_need() {
        use Outcome::{Deferred, Kept, Lost, NotPursued, WonBack};
        use Purpose::{Retention, WinBack};
        let ahead = Some(day("2027-06-30"));
        for (from, purpose, outcome, until, reason, expected) in [
            (State::Open, WinBack, WonBack, None, "", Ok(State::Closed)),
            (State::Open, Retention, WonBack, None, "", Err(Code::ValueUnknown)),
            (State::Open, Retention, Kept, None, "", Ok(State::Closed)),
            (State::Open, WinBack, Kept, None, "", Err(Code::ValueUnknown)),
            (State::Open, WinBack, Lost, None, " ", Err(Code::ValueMissing)),
            (State::Open, WinBack, Lost, None, "rival at half the price", Ok(State::Closed)),
            (State::Open, WinBack, Deferred, ahead, "rival's agreement", Ok(State::Deferred)),
            (State::Open, WinBack, Deferred, None, "rival's agreement", Err(Code::ValueMissing)),
            (State::Open, WinBack, Deferred, None, "", Err(Code::InputFaulty)),
            (State::Open, WinBack, Deferred, Some(day("2026-11-30")), "x", Err(Code::ValueOutOfRange)),
            (State::Deferred, WinBack, Deferred, ahead, "x", Err(Code::StepImpossible)),
            (State::Deferred, WinBack, NotPursued, None, "closed its works", Ok(State::Closed)),
            (State::Refused, WinBack, WonBack, None, "", Err(Code::StepImpossible)),
            (State::Refused, WinBack, NotPursued, None, "newsletter care", Ok(State::Closed)),
            (State::Closed, WinBack, Lost, None, "x", Err(Code::StepImpossible)),
        ] {
            let found = step(act(), from, purpose, outcome, until, reason).map(|t| t.to).map_err(|e| e.code());
            assert_eq!(found, expected, "{from:?} {outcome:?} {reason}");
        }
        assert_eq!(Outcome::offered(Retention).collect::<Vec<_>>(), [Kept, Lost, Deferred, NotPursued]);
    }

    #[test]
    fn ends_are_proposed_from_what_came_later() {
        let settings = ProposalSettings::default();
        let base =
            Since { opened_on: day("2026-06-01"), orders: Vec::new(), responses: Vec::new(), old_level: Some(80.0) };
        let orders = |days: &[&str]| Since { orders: days.iter().map(|d| day(d)).collect(), ..base.clone() };
        let responses = |list: &[(&str, f64)]| Since {
            responses: list.iter().map(|(d, s)| (day(d), *s)).collect(),
            ..base.clone()
        };
        for (since, today, expected) in [
            (base.clone(), "2026-07-01", None),
            (base.clone(), "2026-10-01", Some(Outcome::Lost)),
            (orders(&["2026-07-01"]), "2026-08-01", None),
            (orders(&["2026-07-01", "2026-07-01"]), "2026-08-01", None),
            (orders(&["2026-07-09", "2026-07-01"]), "2026-08-01", Some(Outcome::WonBack)),
            (orders(&["2026-05-01", "2026-06-01"]), "2026-08-01", None),
            (orders(&["2026-07-01", "2027-07-01"]), "2027-08-01", None),
            (orders(&["2026-07-01"]), "2027-08-01", None),
            (responses(&[("2026-07-01", 75.0)]), "2026-08-01", Some(Outcome::WonBack)),
            (responses(&[("2026-07-01", 75.0), ("2026-07-20", 60.0)]), "2026-08-01", None),
            (responses(&[("2026-05-01", 90.0)]), "2026-08-01", None),
        ] {
            let found = propose(Purpose::WinBack, &since, day(today), &settings).map(|(o, _)| o);
            assert_eq!(found, expected, "{since:?} {today}");
        }
        let kept = propose(Purpose::Retention, &orders(&["2026-07-09", "2026-07-01"]), day("2026-08-01"), &settings);
        assert_eq!(kept, Some((Outcome::Kept, Ground::Orders { count: 2, last: day("2026-07-09") })));
    }
}
