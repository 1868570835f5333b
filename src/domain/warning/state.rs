//! The states of a warning, and who may move it where.

use crate::domain::ident::{UserId, WarningId};
use crate::error::{Code, Error, Fault, Result};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// How far a warning has been dealt with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Open,
    Acknowledged,
    CauseFound,
    RemedyUnderWay,
    Done,
    /// Checked: the remedy worked. Closed.
    Verified,
    /// The check failed, or it came back.
    Reopened,
    /// The evidence went away before anybody had begun a remedy. Closed.
    Lapsed,
}

impl State {
    pub const ALL: [Self; 8] = [
        Self::Open,
        Self::Acknowledged,
        Self::CauseFound,
        Self::RemedyUnderWay,
        Self::Done,
        Self::Verified,
        Self::Reopened,
        Self::Lapsed,
    ];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Acknowledged => "acknowledged",
            Self::CauseFound => "cause_found",
            Self::RemedyUnderWay => "remedy_under_way",
            Self::Done => "done",
            Self::Verified => "verified",
            Self::Reopened => "reopened",
            Self::Lapsed => "lapsed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    pub fn is_open(self) -> bool {
        !matches!(self, Self::Verified | Self::Lapsed)
    }

    /// Has nobody taken it on yet?
    pub fn awaits_acknowledgement(self) -> bool {
        matches!(self, Self::Open | Self::Reopened)
    }

    /// Has work begun that only a person may call finished?
    pub fn has_work(self) -> bool {
        matches!(self, Self::CauseFound | Self::RemedyUnderWay | Self::Done)
    }

    /// The states a person may move it to.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Open | Self::Reopened => &[Self::Acknowledged],
            Self::Acknowledged => &[Self::CauseFound],
            Self::CauseFound => &[Self::RemedyUnderWay],
            Self::RemedyUnderWay => &[Self::Done, Self::CauseFound],
            Self::Done => &[Self::Verified, Self::Reopened],
            Self::Verified => &[Self::Reopened],
            Self::Lapsed => &[],
        }
    }

    /// Moves that say something: what the cause is, what is done about it, why it is not over.
    pub fn needs_note(self) -> bool {
        matches!(self, Self::CauseFound | Self::RemedyUnderWay | Self::Reopened)
    }
}

/// May a person move a warning from one state to another?
pub fn may_step(from: State, to: State) -> bool {
    from.next().contains(&to)
}

/// A step in the life of a warning, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    pub warning: WarningId,
    pub from: State,
    pub to: State,
    /// None where the service did it by itself.
    pub by: Option<UserId>,
    pub at: DateTime<Utc>,
    pub note: String,
}

/// A person moves a warning on.
///
/// # Errors
/// `record.state` where the table does not allow it; `value.missing` where the step needs a note.
pub fn step(
    warning: WarningId,
    from: State,
    to: State,
    by: UserId,
    at: DateTime<Utc>,
    note: &str,
) -> Result<Transition> {
    if !may_step(from, to) {
        return Err(Error::new(Code::StepImpossible).with("from", from.as_str()).with("to", to.as_str()));
    }
    let note = note.trim();
    if to.needs_note() && note.is_empty() {
        return Err(Fault::field("note", Code::ValueMissing).with("to", to.as_str()).into());
    }
    Ok(Transition { warning, from, to, by: Some(by), at, note: note.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let allowed = [
            "open acknowledged",
            "acknowledged cause_found",
            "cause_found remedy_under_way",
            "remedy_under_way done",
            "remedy_under_way cause_found",
            "done verified",
            "done reopened",
            "verified reopened",
            "reopened acknowledged",
        ];
        for from in State::ALL {
            assert_eq!(State::parse(from.as_str()), Some(from));
            for to in State::ALL {
                let name = format!("{} {}", from.as_str(), to.as_str());
                assert_eq!(may_step(from, to), allowed.contains(&name.as_str()), "{name}");
            }
        }
    }

    #[test]
    fn steps_are_refused_with_a_reason() {
        let (id, user, now) = (WarningId::default(), UserId::default(), DateTime::UNIX_EPOCH);
        let error = step(id, State::Open, State::Done, user, now, "x").unwrap_err();
        assert_eq!(error.code(), Code::StepImpossible);
        let error = step(id, State::Acknowledged, State::CauseFound, user, now, "  ").unwrap_err();
        assert_eq!(error.code(), Code::ValueMissing);
        let done = step(id, State::Acknowledged, State::CauseFound, user, now, " depot moved ").unwrap();
        assert_eq!((done.note.as_str(), done.by), ("depot moved", Some(user)));
        assert!(step(id, State::Open, State::Acknowledged, user, now, "").is_ok());
    }
}
