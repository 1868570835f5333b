//! Jobs: what is to be done at a time, once, whichever node does it.

use super::conn::{Conn, with_conn};
use super::schema::jobs;
use super::types::{Instant, word};
use crate::domain::ident::JobId;
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Scheduled,
    /// Somebody works on it, and says so again and again.
    Claimed,
    Done,
    /// Tried as often as it is worth.
    Failed,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Claimed => "claimed",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Scheduled, Self::Claimed, Self::Done, Self::Failed].into_iter().find(|s| s.as_str() == text)
    }
}

/// One job. Its name and its slot (the time it is for) tell it from all others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    pub id: JobId,
    pub name: String,
    pub slot: String,
    pub due_at: DateTime<Utc>,
    pub state: State,
    /// How often it was begun.
    pub attempt: i32,
    pub claimed_by: Option<String>,
    pub claimed_until: Option<DateTime<Utc>>,
    /// Why it did not succeed, the last time it did not.
    pub error: Option<String>,
    pub finished_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
struct Row {
    id: JobId,
    name: String,
    slot: String,
    payload: String,
    due_at: Instant,
    state: String,
    attempt: i32,
    claimed_by: Option<String>,
    claimed_until: Option<Instant>,
    error: Option<String>,
    finished_at: Option<Instant>,
}

impl TryFrom<Row> for Job {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            slot: row.slot,
            due_at: row.due_at.into(),
            state: word(&row.state, State::parse)?,
            attempt: row.attempt,
            claimed_by: row.claimed_by,
            claimed_until: row.claimed_until.map(Into::into),
            error: row.error,
            finished_at: row.finished_at.map(Into::into),
        })
    }
}

/// Puts a job on the list, unless one of that name and slot stands there; true if it was put there.
pub fn enqueue(conn: &mut Conn, id: JobId, name: &str, slot: &str, due_at: DateTime<Utc>) -> Result<bool> {
    let row = Row {
        id,
        name: name.to_owned(),
        slot: slot.to_owned(),
        payload: "{}".to_owned(),
        due_at: due_at.into(),
        state: State::Scheduled.as_str().to_owned(),
        attempt: 0,
        claimed_by: None,
        claimed_until: None,
        error: None,
        finished_at: None,
    };
    let put = with_conn!(conn, |c| {
        diesel::insert_into(jobs::table).values(&row).on_conflict((jobs::name, jobs::slot)).do_nothing().execute(c)
    })?;
    Ok(put > 0)
}

/// Takes the job that has been due longest: one that waits, or one whose worker has not been heard of
/// since its claim ran out.
///
/// One conditional update: of two nodes that see the same job, the second finds the condition no longer
/// met. That works on both engines, and where rows are spread over several servers.
pub fn claim(conn: &mut Conn, node: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Option<Job>> {
    let now = Instant::from(now);
    let claimable = || {
        let waiting = jobs::state.eq(State::Scheduled.as_str()).and(jobs::due_at.le(now));
        let orphaned = jobs::state.eq(State::Claimed.as_str()).and(jobs::claimed_until.lt(now).assume_not_null());
        waiting.or(orphaned)
    };
    let next: Option<JobId> = with_conn!(conn, |c| jobs::table
        .filter(claimable())
        .order((jobs::due_at, jobs::id))
        .select(jobs::id)
        .first(c)
        .optional())?;
    let Some(next) = next else { return Ok(None) };
    let claimed: Option<Row> = with_conn!(conn, |c| {
        diesel::update(jobs::table.filter(jobs::id.eq(next).and(claimable())))
            .set((
                jobs::state.eq(State::Claimed.as_str()),
                jobs::attempt.eq(jobs::attempt + 1),
                jobs::claimed_by.eq(node),
                jobs::claimed_until.eq(Instant::from(until)),
            ))
            .returning(jobs::all_columns)
            .get_result(c)
            .optional()
    })?;
    claimed.map(Job::try_from).transpose()
}

/// Says that the worker is alive; false if the job is no longer its own.
pub fn prolong(conn: &mut Conn, id: JobId, node: &str, until: DateTime<Utc>) -> Result<bool> {
    let prolonged = with_conn!(conn, |c| {
        diesel::update(own(id, node)).set(jobs::claimed_until.eq(Instant::from(until))).execute(c)
    })?;
    Ok(prolonged > 0)
}

/// The job is done; false if it was no longer the worker's own.
pub fn finish(conn: &mut Conn, id: JobId, node: &str, now: DateTime<Utc>) -> Result<bool> {
    let finished = with_conn!(conn, |c| {
        diesel::update(own(id, node))
            .set((
                jobs::state.eq(State::Done.as_str()),
                jobs::finished_at.eq(Instant::from(now)),
                jobs::claimed_by.eq(None::<String>),
                jobs::claimed_until.eq(None::<Instant>),
            ))
            .execute(c)
    })?;
    Ok(finished > 0)
}

/// The job did not succeed: it is tried again at `retry_at`, or given up if there is no such time.
pub fn fail(
    conn: &mut Conn,
    id: JobId,
    node: &str,
    why: &str,
    now: DateTime<Utc>,
    retry_at: Option<DateTime<Utc>>,
) -> Result<bool> {
    let state = if retry_at.is_some() { State::Scheduled } else { State::Failed };
    let finished = retry_at.is_none().then(|| Instant::from(now));
    let failed = with_conn!(conn, |c| {
        diesel::update(own(id, node))
            .set((
                jobs::state.eq(state.as_str()),
                jobs::due_at.eq(Instant::from(retry_at.unwrap_or(now))),
                jobs::error.eq(why),
                jobs::finished_at.eq(finished),
                jobs::claimed_by.eq(None::<String>),
                jobs::claimed_until.eq(None::<Instant>),
            ))
            .execute(c)
    })?;
    Ok(failed > 0)
}

/// The latest jobs, by the time they are due.
pub fn latest(conn: &mut Conn, limit: i64) -> Result<Vec<Job>> {
    let rows: Vec<Row> =
        with_conn!(conn, |c| jobs::table.order((jobs::due_at.desc(), jobs::id.desc())).limit(limit).load(c))?;
    rows.into_iter().map(Job::try_from).collect()
}

/// Forgets jobs that ended before a moment: nobody puts their slots on the list again.
pub fn forget_ended(conn: &mut Conn, before: DateTime<Utc>) -> Result<usize> {
    Ok(with_conn!(conn, |c| {
        diesel::delete(jobs::table.filter(jobs::finished_at.lt(Instant::from(before)).assume_not_null())).execute(c)
    })?)
}

/// The job, as long as this worker holds it.
#[diesel::dsl::auto_type(no_type_alias)]
fn own<'a>(id: JobId, node: &'a str) -> _ {
    let state: &'static str = "claimed";
    jobs::table.filter(jobs::id.eq(id).and(jobs::claimed_by.assume_not_null().eq(node)).and(jobs::state.eq(state)))
}
