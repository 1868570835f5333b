//! Warnings, what happened to them, and the flat figures that the nightly look walks through.

use super::accounts::narrowed;
use super::batches;
use super::conn::{Conn, with_conn};
use super::reach::within;
use super::schema::{accounts, invitations, measurements, responses, tier_models, warning_events, warnings};
use super::types::{Instant, from_json, to_json, word};
use crate::domain::ident::{AccountId, ContactId, EventId, ResponseId, UserId, VersionId, WarningId, WaveId};
use crate::domain::measure::{Measure, Milli};
use crate::domain::permission::Reach;
use crate::domain::trend::{Level, TierModel};
use crate::domain::warning::reconcile::Closed;
use crate::domain::warning::{Below, Cause, Evidence, Rung, State, Trend, Warning};
use crate::error::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A warning with what people have made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub warning: Warning,
    /// When the nightly look last saw it.
    pub seen_at: DateTime<Utc>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    /// Whom it was last escalated to; several quality managers are told, the first of them stands here.
    pub escalated_to: Option<UserId>,
    pub escalated_at: Option<DateTime<Utc>>,
    pub owner: Option<UserId>,
    /// The last day on which the remedy is in time.
    pub due_on: Option<NaiveDate>,
    /// What a person found to be behind it.
    pub real_cause: Option<String>,
    pub remedy: Option<Remedy>,
    pub closed_at: Option<DateTime<Utc>>,
    /// Grows with every step and every change of level: who acts on an older one is told.
    pub revision: i64,
}

/// What is done about a warning, and who owes it: departments or people by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    pub text: String,
    pub owing: Vec<String>,
}

impl Kept {
    pub fn new(warning: Warning) -> Self {
        Self {
            seen_at: warning.raised_at,
            warning,
            acknowledged_at: None,
            escalated_to: None,
            escalated_at: None,
            owner: None,
            due_on: None,
            real_cause: None,
            remedy: None,
            closed_at: None,
            revision: 1,
        }
    }
}

/// What an event is called whose words the people of the customer read.
pub const TOLD: &str = "told";

/// One thing that happened to a warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub account: AccountId,
    pub id: EventId,
    pub warning: WarningId,
    pub at: DateTime<Utc>,
    /// None where the service did it by itself.
    pub actor: Option<UserId>,
    /// `raised`, `rose`, `fell`, `lapsed`, `escalated`, `stepped`, `assigned`, `told`.
    pub what: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub note: Option<String>,
}

/// What a warning rests on, kept as one document.
#[derive(Serialize, Deserialize)]
struct Grounds {
    now: Evidence,
    then: Evidence,
    /// The level that is still held while the evidence is below.
    held: Option<Level>,
    rung: Option<Rung>,
}

#[derive(Queryable, Insertable, Selectable, AsChangeset, Clone)]
#[diesel(table_name = warnings, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    account_id: AccountId,
    id: WarningId,
    cause: String,
    level: String,
    state: String,
    open: bool,
    trend: String,
    evidence: String,
    raised_at: Instant,
    level_since: Instant,
    seen_at: Instant,
    below_since: Option<Instant>,
    acknowledged_at: Option<Instant>,
    escalated_to: Option<UserId>,
    escalated_at: Option<Instant>,
    owner_id: Option<UserId>,
    due_on: Option<NaiveDate>,
    real_cause: Option<String>,
    remedy: Option<String>,
    closed_at: Option<Instant>,
    revision: i64,
}

impl Row {
    fn of(kept: &Kept) -> Result<Self> {
        let warning = &kept.warning;
        let grounds = Grounds {
            now: warning.evidence.clone(),
            then: warning.evidence_then.clone(),
            held: warning.below.and_then(|b| b.held),
            rung: warning.escalated_to,
        };
        Ok(Self {
            account_id: warning.account_id,
            id: warning.id,
            cause: warning.cause.as_str().into(),
            level: warning.level.as_str().into(),
            state: warning.state.as_str().into(),
            open: warning.is_open(),
            trend: warning.trend.as_str().into(),
            evidence: to_json(&grounds)?,
            raised_at: warning.raised_at.into(),
            level_since: warning.level_since.into(),
            seen_at: kept.seen_at.into(),
            below_since: warning.below.map(|b| b.since.into()),
            acknowledged_at: kept.acknowledged_at.map(Into::into),
            escalated_to: kept.escalated_to,
            escalated_at: kept.escalated_at.map(Into::into),
            owner_id: kept.owner,
            due_on: kept.due_on,
            real_cause: kept.real_cause.clone(),
            remedy: kept.remedy.as_ref().map(to_json).transpose()?,
            closed_at: kept.closed_at.map(Into::into),
            revision: kept.revision,
        })
    }
}

impl TryFrom<Row> for Kept {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let grounds: Grounds = from_json(&row.evidence)?;
        Ok(Self {
            warning: Warning {
                id: row.id,
                account_id: row.account_id,
                cause: word(&row.cause, Cause::parse)?,
                level: Level::parse(&row.level)?,
                state: word(&row.state, State::parse)?,
                raised_at: row.raised_at.into(),
                level_since: row.level_since.into(),
                below: row.below_since.map(|since| Below { since: since.into(), held: grounds.held }),
                remedy_due: None,
                escalated_to: grounds.rung,
                evidence_then: grounds.then,
                evidence: grounds.now,
                trend: word(&row.trend, Trend::parse)?,
            },
            seen_at: row.seen_at.into(),
            acknowledged_at: row.acknowledged_at.map(Into::into),
            escalated_to: row.escalated_to,
            escalated_at: row.escalated_at.map(Into::into),
            owner: row.owner_id,
            due_on: row.due_on,
            real_cause: row.real_cause,
            remedy: row.remedy.as_deref().map(from_json).transpose()?,
            closed_at: row.closed_at.map(Into::into),
            revision: row.revision,
        })
    }
}

/// What a list of warnings is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub open: Option<bool>,
    pub level: Option<Level>,
    pub cause: Option<Cause>,
    /// Of which accounts.
    pub accounts: super::accounts::Filter,
    pub state: Option<State>,
}

macro_rules! filtered {
    ($reach:expr, $filter:expr, $backend:ident) => {{
        let filter: &Filter = &$filter;
        let query = warnings::table
            .inner_join(accounts::table.on(accounts::id.eq(warnings::account_id)))
            .into_boxed::<$backend>();
        let mut query = narrowed!(query, $reach, &filter.accounts);
        if let Some(open) = filter.open {
            query = query.filter(warnings::open.eq(open));
        }
        if let Some(level) = filter.level {
            query = query.filter(warnings::level.eq(level.as_str()));
        }
        if let Some(cause) = filter.cause {
            query = query.filter(warnings::cause.eq(cause.as_str()));
        }
        if let Some(state) = filter.state {
            query = query.filter(warnings::state.eq(state.as_str()));
        }
        query
    }};
}
/// How many warnings are open at accounts within reach.
pub fn count_open(conn: &mut Conn, reach: &Reach) -> Result<i64> {
    let filter = Filter { open: Some(true), ..Filter::default() };
    Ok(with_conn!(conn, |c, B| filtered!(reach, filter, B).count().get_result(c))?)
}

/// Adds a warning, unless its account has an open one of the same cause already: then nothing happens,
/// and the answer is no. The database itself sees to it, whoever else is looking at the same time.
pub fn insert(conn: &mut Conn, kept: &Kept) -> Result<bool> {
    let row = Row::of(kept)?;
    let added =
        with_conn!(conn, |c| diesel::insert_into(warnings::table).values(&row).on_conflict_do_nothing().execute(c))?;
    Ok(added > 0)
}

/// Saves a warning if nobody else has changed it since it was read; its revision grows by one. Answers
/// whether it was saved.
pub fn save(conn: &mut Conn, kept: &Kept) -> Result<bool> {
    put(conn, kept, kept.revision + 1)
}

/// Saves fresh evidence of a warning that otherwise stands as it stood: who has its page open may still act.
pub fn refresh(conn: &mut Conn, kept: &Kept) -> Result<bool> {
    put(conn, kept, kept.revision)
}

fn put(conn: &mut Conn, kept: &Kept, revision: i64) -> Result<bool> {
    let row = Row { revision, ..Row::of(kept)? };
    let saved = with_conn!(conn, |c| {
        diesel::update(warnings::table.find((row.account_id, row.id)).filter(warnings::revision.eq(kept.revision)))
            .set(&row)
            .execute(c)
    })?;
    Ok(saved > 0)
}

pub fn find(conn: &mut Conn, account: AccountId, id: WarningId) -> Result<Kept> {
    let row: Row = with_conn!(conn, |c| warnings::table.find((account, id)).first(c))?;
    row.try_into()
}

/// The open warnings of some accounts.
pub fn open_of(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Kept>> {
    let mut found = Vec::new();
    for some in batches(ids, 1) {
        let rows: Vec<Row> = with_conn!(conn, |c| warnings::table
            .filter(warnings::account_id.eq_any(some).and(warnings::open.eq(true)))
            .order((warnings::account_id, warnings::cause))
            .load(c))?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// The latest warning of each cause of some accounts that closed since a moment.
pub fn closed_since(
    conn: &mut Conn,
    ids: &[AccountId],
    since: DateTime<Utc>,
) -> Result<BTreeMap<(AccountId, Cause), Closed>> {
    type Found = (AccountId, WarningId, String, String, Option<Instant>);
    let mut latest = BTreeMap::new();
    for some in batches(ids, 1) {
        let rows: Vec<Found> = with_conn!(conn, |c| warnings::table
            .filter(
                warnings::account_id
                    .eq_any(some)
                    .and(warnings::open.eq(false))
                    .and(warnings::closed_at.ge(Instant::from(since))),
            )
            .order((warnings::account_id, warnings::closed_at))
            .select((warnings::account_id, warnings::id, warnings::cause, warnings::level, warnings::closed_at))
            .load(c))?;
        for (account, id, cause, level, at) in rows {
            let Some(at) = at else { continue };
            let closed = Closed { id, level: Level::parse(&level)?, at: at.into() };
            latest.insert((account, word(&cause, Cause::parse)?), closed);
        }
    }
    Ok(latest)
}

/// All warnings an account ever had, the latest first.
pub fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Kept>> {
    let rows: Vec<Row> = with_conn!(conn, |c| warnings::table
        .filter(warnings::account_id.eq(account))
        .order((warnings::open.desc(), warnings::raised_at.desc(), warnings::id))
        .load(c))?;
    rows.into_iter().map(Kept::try_from).collect()
}

/// A page of warnings, the gravest first and of equal ones the oldest, and how many there are in all.
pub fn list(conn: &mut Conn, reach: &Reach, filter: &Filter, offset: i64, limit: i64) -> Result<(Vec<Kept>, i64)> {
    use diesel::dsl::case_when;
    use diesel::sql_types::Integer;
    let (rows, total): (Vec<Row>, i64) = with_conn!(conn, |c, B| {
        let total = filtered!(reach, *filter, B).count().get_result(c)?;
        let gravity = case_when(warnings::level.eq("red"), 0.into_sql::<Integer>())
            .when(warnings::level.eq("orange"), 1.into_sql::<Integer>())
            .otherwise(2.into_sql::<Integer>());
        let rows = filtered!(reach, *filter, B)
            .order((warnings::open.desc(), gravity, warnings::raised_at, warnings::id))
            .offset(offset)
            .limit(limit)
            .select(Row::as_select())
            .load(c)?;
        Ok::<_, diesel::result::Error>((rows, total))
    })?;
    Ok((rows.into_iter().map(Kept::try_from).collect::<Result<_>>()?, total))
}

/// How many warnings of a level are open, and how many of them nobody has taken on yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LevelCount {
    pub open: i64,
    pub waiting: i64,
}

/// Open warnings by level, at the accounts that are asked for and within reach; every level is there.
pub fn count_by_level(
    conn: &mut Conn,
    reach: &Reach,
    of: &super::accounts::Filter,
) -> Result<BTreeMap<Level, LevelCount>> {
    let rows: Vec<(String, String, i64)> = with_conn!(conn, |c, B| {
        let query = warnings::table
            .inner_join(accounts::table.on(accounts::id.eq(warnings::account_id)))
            .filter(warnings::open.eq(true))
            .group_by((warnings::level, warnings::state))
            .select((warnings::level, warnings::state, diesel::dsl::count_star()))
            .into_boxed::<B>();
        narrowed!(query, reach, of).load(c)
    })?;
    let mut counts: BTreeMap<Level, LevelCount> = Level::ALL.into_iter().map(|l| (l, LevelCount::default())).collect();
    for (level, state, n) in rows {
        let count = counts.entry(Level::parse(&level)?).or_default();
        count.open += n;
        if word(&state, State::parse)?.awaits_acknowledgement() {
            count.waiting += n;
        }
    }
    Ok(counts)
}

#[derive(Queryable, Insertable, Selectable, Clone)]
#[diesel(table_name = warning_events, treat_none_as_default_value = false)]
struct EventRow {
    account_id: AccountId,
    id: EventId,
    warning_id: WarningId,
    at: Instant,
    actor_id: Option<UserId>,
    what: String,
    from_value: Option<String>,
    to_value: Option<String>,
    note: Option<String>,
}

impl From<EventRow> for Event {
    fn from(row: EventRow) -> Self {
        Self {
            account: row.account_id,
            id: row.id,
            warning: row.warning_id,
            at: row.at.into(),
            actor: row.actor_id,
            what: row.what,
            from: row.from_value,
            to: row.to_value,
            note: row.note,
        }
    }
}

pub fn add_events(conn: &mut Conn, events: &[Event]) -> Result<()> {
    let rows: Vec<EventRow> = events
        .iter()
        .cloned()
        .map(|e| EventRow {
            account_id: e.account,
            id: e.id,
            warning_id: e.warning,
            at: e.at.into(),
            actor_id: e.actor,
            what: e.what,
            from_value: e.from,
            to_value: e.to,
            note: e.note,
        })
        .collect();
    for some in batches(&rows, 9) {
        with_conn!(conn, |c| diesel::insert_into(warning_events::table).values(some).execute(c))?;
    }
    Ok(())
}

/// What happened to one warning, the latest first.
pub fn events_of(conn: &mut Conn, account: AccountId, warning: WarningId) -> Result<Vec<Event>> {
    let rows: Vec<EventRow> = with_conn!(conn, |c| warning_events::table
        .filter(warning_events::account_id.eq(account).and(warning_events::warning_id.eq(warning)))
        .order((warning_events::at.desc(), warning_events::id.desc()))
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// What happened to all warnings of an account, the latest first.
pub fn events_of_account(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<Event>> {
    let rows: Vec<EventRow> = with_conn!(conn, |c| warning_events::table
        .filter(warning_events::account_id.eq(account))
        .order((warning_events::at.desc(), warning_events::id.desc()))
        .limit(limit)
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// What the people of an account were told of its warnings since a moment, the latest first.
pub fn told_to(conn: &mut Conn, account: AccountId, since: DateTime<Utc>, limit: i64) -> Result<Vec<Event>> {
    let rows: Vec<EventRow> = with_conn!(conn, |c| warning_events::table
        .filter(warning_events::account_id.eq(account).and(warning_events::what.eq(TOLD)))
        .filter(warning_events::at.ge(Instant::from(since)))
        .order((warning_events::at.desc(), warning_events::id.desc()))
        .limit(limit)
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// What happened to the warnings of accounts within reach after a moment, the oldest first.
pub fn events_since(conn: &mut Conn, reach: &Reach, since: DateTime<Utc>) -> Result<Vec<Event>> {
    let rows: Vec<EventRow> = with_conn!(conn, |c, B| {
        let query = warning_events::table
            .inner_join(accounts::table.on(accounts::id.eq(warning_events::account_id)))
            .filter(warning_events::at.gt(Instant::from(since)))
            .into_boxed::<B>();
        within!(query, reach).order((warning_events::at, warning_events::id)).select(EventRow::as_select()).load(c)
    })?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One score of one response, as the nightly look takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    pub account: AccountId,
    pub day: NaiveDate,
    pub response: ResponseId,
    /// None if anonymous.
    pub contact: Option<ContactId>,
    /// What was answered.
    pub version: VersionId,
    /// In thousandths.
    pub x: Milli,
}

/// All scores of a measure since a day, in the order of accounts, days and responses; of one account,
/// where one is asked for.
pub fn scores_since(
    conn: &mut Conn,
    measure: &Measure,
    since: NaiveDate,
    account: Option<AccountId>,
) -> Result<Vec<Score>> {
    type Found = (AccountId, NaiveDate, ResponseId, Option<ContactId>, VersionId, i64);
    let rows: Vec<Found> = with_conn!(conn, |c, B| {
        let mut query = measurements::table
            .inner_join(responses::table.on(
                responses::account_id.eq(measurements::account_id).and(responses::id.eq(measurements::response_id)),
            ))
            .filter(measurements::measure.eq(measure.key()).and(measurements::day.ge(since)))
            .into_boxed::<B>();
        if let Some(account) = account {
            query = query.filter(measurements::account_id.eq(account));
        }
        query
            .order((measurements::account_id, measurements::day, measurements::response_id))
            .select((
                measurements::account_id,
                measurements::day,
                measurements::response_id,
                responses::contact_id,
                responses::version_id,
                measurements::x,
            ))
            .load(c)
    })?;
    Ok(rows
        .into_iter()
        .map(|(account, day, response, contact, version, x)| Score { account, day, response, contact, version, x })
        .collect())
}

/// One delivered invitation, as silence is told from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    pub account: AccountId,
    pub wave: WaveId,
    pub contact: ContactId,
    pub day: NaiveDate,
    pub failed: bool,
    pub answered_at: Option<DateTime<Utc>>,
}

/// All invitations delivered since a day, in the order of accounts and waves; none to the versions `but`.
pub fn askings_since(conn: &mut Conn, since: NaiveDate, but: &[VersionId]) -> Result<Vec<Asking>> {
    type Found = (AccountId, WaveId, ContactId, Option<NaiveDate>, String, Option<Instant>);
    let rows: Vec<Found> = with_conn!(conn, |c| invitations::table
        .filter(invitations::delivered_day.ge(since).and(invitations::version_id.ne_all(but)))
        .order((invitations::account_id, invitations::wave_id, invitations::id))
        .select((
            invitations::account_id,
            invitations::wave_id,
            invitations::contact_id,
            invitations::delivered_day,
            invitations::state,
            invitations::answered_at,
        ))
        .load(c))?;
    Ok(rows
        .into_iter()
        .filter_map(|(account, wave, contact, day, state, answered)| {
            let answered_at = answered.map(Into::into);
            Some(Asking { account, wave, contact, day: day?, failed: state == "failed", answered_at })
        })
        .collect())
}

/// Keeps the models that tonight's accounts were judged by.
pub fn save_models(conn: &mut Conn, models: &[(String, TierModel)], now: DateTime<Utc>) -> Result<()> {
    for (tier, model) in models {
        let model = to_json(model)?;
        with_conn!(conn, |c| {
            diesel::insert_into(tier_models::table)
                .values((
                    tier_models::tier.eq(tier),
                    tier_models::model.eq(&model),
                    tier_models::fitted_at.eq(Instant::from(now)),
                ))
                .on_conflict(tier_models::tier)
                .do_update()
                .set((
                    tier_models::model.eq(excluded(tier_models::model)),
                    tier_models::fitted_at.eq(excluded(tier_models::fitted_at)),
                ))
                .execute(c)
        })?;
    }
    Ok(())
}

/// The model of a tier as last fitted; none before the first nightly look.
pub fn model_of(conn: &mut Conn, tier: &str) -> Result<Option<TierModel>> {
    let model: Option<String> =
        with_conn!(conn, |c| tier_models::table.find(tier).select(tier_models::model).first(c).optional())?;
    model.as_deref().map(from_json).transpose()
}
