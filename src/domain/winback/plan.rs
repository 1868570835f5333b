//! The plan of a case: plays, steps, and which comes next.

use crate::domain::ident::{StepId, UserId};
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// How an account is won back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "play", rename_all = "snake_case")]
pub enum Play {
    /// Listen, come with a plan, keep what was promised.
    Quick,
    /// An agreement with a rival still runs, until this day: rebuild trust, and be there on it.
    LongTerm { agreement_ends: NaiveDate },
}

impl Play {
    /// An agreement that runs for longer than a quick play takes makes the case a long one.
    pub fn choose(rival_agreement_ends: Option<NaiveDate>, today: NaiveDate) -> Self {
        let quick_until = today.checked_add_days(Days::new(QUICK_DAYS)).unwrap_or(today);
        match rival_agreement_ends {
            Some(agreement_ends) if agreement_ends > quick_until => Self::LongTerm { agreement_ends },
            _ => Self::Quick,
        }
    }
}

const QUICK_DAYS: u64 = 60;

/// What a step of a play is; its words are in the readers' languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// Listen, and find the real need.
    Listen,
    /// Have the plan ready before going there.
    PreparePlan,
    Visit,
    /// Give more choice and time.
    OfferChoice,
    /// Keep what was promised.
    KeepPromise,
    /// Find out why it was lost, and what is needed now.
    FindReason,
    /// A plan to rebuild trust, with the right channel and frequency.
    RebuildTrust,
    /// Regular contact while the rival's agreement runs.
    StayInTouch,
    /// Weigh what has been learned, and whether to go on.
    Evaluate,
    /// The offer, before the rival's agreement ends.
    OfferForReturn,
    /// Written by a person.
    Other,
}

impl StepKind {
    pub const ALL: [Self; 11] = [
        Self::Listen,
        Self::PreparePlan,
        Self::Visit,
        Self::OfferChoice,
        Self::KeepPromise,
        Self::FindReason,
        Self::RebuildTrust,
        Self::StayInTouch,
        Self::Evaluate,
        Self::OfferForReturn,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Listen => "listen",
            Self::PreparePlan => "prepare_plan",
            Self::Visit => "visit",
            Self::OfferChoice => "offer_choice",
            Self::KeepPromise => "keep_promise",
            Self::FindReason => "find_reason",
            Self::RebuildTrust => "rebuild_trust",
            Self::StayInTouch => "stay_in_touch",
            Self::Evaluate => "evaluate",
            Self::OfferForReturn => "offer_for_return",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }
}

/// A step that a play proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    pub kind: StepKind,
    pub due: NaiveDate,
}

/// A step of a case's plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub id: StepId,
    pub kind: StepKind,
    /// The person's own words, if they wrote any.
    pub title: Option<String>,
    /// None while nobody has taken it.
    pub owner: Option<UserId>,
    pub due: NaiveDate,
    pub done_on: Option<NaiveDate>,
}

/// The steps a play proposes, for a person to change. Due days fall on working days (Monday to Friday).
pub fn default_plan(play: Play, today: NaiveDate) -> Vec<Planned> {
    let after = |days: u64| working_day(today.checked_add_days(Days::new(days)).unwrap_or(today));
    let planned = |kind, due| Planned { kind, due };
    match play {
        Play::Quick => vec![
            planned(StepKind::Listen, after(3)),
            planned(StepKind::PreparePlan, after(10)),
            planned(StepKind::Visit, after(14)),
            planned(StepKind::OfferChoice, after(21)),
            planned(StepKind::KeepPromise, after(QUICK_DAYS)),
        ],
        Play::LongTerm { agreement_ends } => {
            let offer = agreement_ends.checked_sub_months(Months::new(3)).unwrap_or(agreement_ends).max(today);
            let mut steps = vec![planned(StepKind::FindReason, after(14)), planned(StepKind::RebuildTrust, after(30))];
            let quarters = (1..=MOST_QUARTERS).map_while(|q| today.checked_add_months(Months::new(3 * q)));
            for (q, day) in (1_u32..).zip(quarters.take_while(|day| *day < offer)) {
                // Once a year the question is whether to go on.
                let kind = if q % 4 == 0 { StepKind::Evaluate } else { StepKind::StayInTouch };
                steps.push(planned(kind, working_day(day)));
            }
            steps.push(planned(StepKind::OfferForReturn, working_day(offer)));
            steps.push(planned(StepKind::KeepPromise, working_day(agreement_ends)));
            steps.sort_by_key(|s| s.due);
            steps
        }
    }
}

/// Ten years: nobody plans further.
const MOST_QUARTERS: u32 = 40;

fn working_day(day: NaiveDate) -> NaiveDate {
    let ahead = match day.weekday() {
        Weekday::Sat => 2,
        Weekday::Sun => 1,
        _ => 0,
    };
    day.checked_add_days(Days::new(ahead)).unwrap_or(day)
}

/// The open step that is due first, and by how many days it is late (0 if it is not).
pub fn next_step(steps: &[Step], today: NaiveDate) -> Option<(&Step, i64)> {
    let step = steps.iter().filter(|s| s.done_on.is_none()).min_by_key(|s| (s.due, s.id))?;
    Some((step, (today - step.due).num_days().max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_running_agreement_makes_it_long() {
        let today = day("2026-11-30");
        assert_eq!(Play::choose(None, today), Play::Quick);
        assert_eq!(Play::choose(Some(day("2026-12-31")), today), Play::Quick);
        let ends = day("2027-06-30");
        assert_eq!(Play::choose(Some(ends), today), Play::LongTerm { agreement_ends: ends });
    }

    #[test]
    fn plans_are_in_order_and_on_working_days() {
        let today = day("2026-11-28");
        for play in [
            Play::Quick,
            Play::LongTerm { agreement_ends: day("2027-06-30") },
            Play::LongTerm { agreement_ends: day("2029-06-30") },
            Play::LongTerm { agreement_ends: day("2026-12-01") },
        ] {
            let plan = default_plan(play, today);
            assert!(plan.is_sorted_by_key(|s| s.due), "{plan:?}");
            assert!(plan.iter().all(|s| s.due >= today && !matches!(s.due.weekday(), Weekday::Sat | Weekday::Sun)));
        }
        let quick: Vec<String> = default_plan(Play::Quick, today).iter().map(|s| s.due.to_string()).collect();
        assert_eq!(quick, ["2026-12-01", "2026-12-08", "2026-12-14", "2026-12-21", "2027-01-27"]);
        let long = default_plan(Play::LongTerm { agreement_ends: day("2028-06-30") }, today);
        assert_eq!(long.iter().filter(|s| s.kind == StepKind::Evaluate).count(), 1);
        assert_eq!(long.last().unwrap(), &Planned { kind: StepKind::KeepPromise, due: day("2028-06-30") });
    }

    #[test]
    fn the_next_step_is_the_earliest_open_one() {
        let step = |n: u128, due: &str, done: bool| Step {
            id: StepId(Uuid::from_u128(n)),
            kind: StepKind::Other,
            title: Some("Depot visit".into()),
            owner: UserId::default(),
            due: day(due),
            done_on: done.then(|| day("2026-11-01")),
        };
        let steps = [step(1, "2026-11-10", true), step(2, "2026-12-02", false), step(3, "2026-11-27", false)];
        let (next, late) = next_step(&steps, day("2026-11-30")).unwrap();
        assert_eq!((next.id.0.as_u128(), late), (3, 3));
        assert_eq!(next_step(&steps, day("2026-11-20")).unwrap().1, 0);
        assert_eq!(next_step(&steps[..1], day("2026-11-30")), None);
        for kind in StepKind::ALL {
            assert_eq!(StepKind::parse(kind.as_str()), Some(kind));
        }
    }
}
