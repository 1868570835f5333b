//! Doubtful responses: which there are, and the few steps that may be taken with them. Whether one counts is decided in
//! [`super::responses`].

use super::App;
use super::surveys::Instrument;
use crate::domain::answer::quality::Flag;
use crate::domain::ident::{AccountId, ResponseId, VersionId, WaveId};
use crate::domain::permission::{Action, Actor, Module, may, reach};
use crate::error::Result;
use crate::store::responses::State;
use crate::store::responses::doubts::{self, Counts, Doubtful, Filter};
use crate::store::waves;
use chrono::NaiveDate;
use std::sync::Arc;

pub const VIEW: Action = Action::view(Module::Responses);
pub const CHANGE: Action = Action::change(Module::Responses);

/// How many are shown at once.
const PAGE: usize = 50;
/// Of how many waves one may be chosen.
const WAVES: i64 = 200;

/// What of them is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub flag: Option<String>,
    /// Key of a survey.
    pub survey: Option<String>,
    pub wave: Option<WaveId>,
    pub state: Option<State>,
    /// Those behind this one.
    pub after: Option<(NaiveDate, ResponseId)>,
}

/// Doubtful responses, and what they may be narrowed to.
pub struct Board {
    pub rows: Vec<Doubtful>,
    /// Of all that are asked for, whether counted or excluded, on whatever page.
    pub counts: Counts,
    /// Where the next page begins.
    pub next: Option<(NaiveDate, ResponseId)>,
    /// The newest version of each survey.
    pub surveys: Vec<Arc<Instrument>>,
    pub waves: Vec<(WaveId, String)>,
    pub may_change: bool,
}

/// The board of those who look after the truth of responses. `in_hand` is a response that stands on top, wherever it would
/// stand else: a step with it was refused.
///
/// # Errors
/// `Forbidden` for who may see no responses; `NotFound` if what is in hand is out of reach.
pub fn board(app: &App, actor: &Actor, asked: &Asked, in_hand: Option<(AccountId, ResponseId)>) -> Result<Board> {
    let reach = reach(actor, VIEW)?;
    app.db.read(|conn| {
        let mut surveys = app.surveys.all(conn)?;
        let versions = asked.survey.as_ref().map(|key| {
            let of = surveys.iter().filter(|one| one.version.survey == *key);
            of.map(|one| one.version.id).collect::<Vec<VersionId>>()
        });
        let flag = asked.flag.as_ref().and_then(|flag| Flag::KINDS.into_iter().find(|kind| kind == flag));
        let filter = Filter { flag, versions, wave: asked.wave, state: asked.state };
        let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let mut rows = doubts::list(conn, &reach, &filter, asked.after, limit)?;
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let next = rows.last().filter(|_| more).map(|one| (one.response.day, one.response.id));
        if let Some((account, id)) = in_hand {
            let first = doubts::find(conn, &reach, account, id)?;
            rows.retain(|one| one.response.id != id);
            rows.insert(0, first);
        }
        surveys.dedup_by(|later, first| later.version.survey == first.version.survey);
        Ok(Board {
            rows,
            counts: doubts::count(conn, &reach, &Filter { state: None, ..filter })?,
            next,
            surveys,
            waves: waves::all(conn, WAVES)?.into_iter().map(|wave| (wave.id, wave.name)).collect(),
            may_change: may(actor, CHANGE, None),
        })
    })
}
