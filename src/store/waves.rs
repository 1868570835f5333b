//! Waves, who was left out of them, and what planning asks of the roster.

use super::batches;
use super::conn::{Conn, with_conn};
use super::reach::within;
use super::schema::{accounts, contacts, invitations, wave_skips, waves};
use super::types::{Instant, from_json, to_json, word};
use crate::domain::ident::{AccountId, ContactId, UserId, VersionId, WaveId};
use crate::domain::permission::Reach;
use crate::domain::wave::{Audience, WaveState, WhyNot};
use crate::error::{Code, Error, Result};
use crate::store::holds;
use crate::store::invitations::{State as InvitationState, WaveCounts};
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use std::collections::{BTreeMap, HashSet};

/// One fielding of a survey to an audience.
#[derive(Debug, Clone, PartialEq)]
pub struct Wave {
    pub id: WaveId,
    pub name: String,
    pub version: VersionId,
    pub state: WaveState,
    pub audience: Audience,
    /// When invitations begin to leave; none for a draft.
    pub start_at: Option<DateTime<Utc>>,
    pub closes_at: DateTime<Utc>,
    /// When everybody of the audience was decided on; none until then.
    pub planned_at: Option<DateTime<Utc>>,
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    /// Grows with every change: who saves an older one is told.
    pub revision: i64,
}

#[derive(Queryable, Insertable, Clone)]
#[diesel(table_name = waves, treat_none_as_default_value = false)]
struct Row {
    id: WaveId,
    name: String,
    version_id: VersionId,
    state: String,
    audience: String,
    start_at: Option<Instant>,
    closes_at: Instant,
    planned_at: Option<Instant>,
    created_by: Option<UserId>,
    created_at: Instant,
    revision: i64,
}

impl TryFrom<Row> for Wave {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            name: row.name,
            version: row.version_id,
            state: word(&row.state, WaveState::parse)?,
            audience: from_json(&row.audience)?,
            start_at: row.start_at.map(Into::into),
            closes_at: row.closes_at.into(),
            planned_at: row.planned_at.map(Into::into),
            created_by: row.created_by,
            created_at: row.created_at.into(),
            revision: row.revision,
        })
    }
}

pub fn insert(conn: &mut Conn, wave: &Wave) -> Result<()> {
    let row = Row {
        id: wave.id,
        name: wave.name.clone(),
        version_id: wave.version,
        state: wave.state.as_str().into(),
        audience: to_json(&wave.audience)?,
        start_at: wave.start_at.map(Into::into),
        closes_at: wave.closes_at.into(),
        planned_at: wave.planned_at.map(Into::into),
        created_by: wave.created_by,
        created_at: wave.created_at.into(),
        revision: wave.revision,
    };
    with_conn!(conn, |c| diesel::insert_into(waves::table).values(&row).execute(c))?;
    Ok(())
}

pub fn find(conn: &mut Conn, id: WaveId) -> Result<Wave> {
    let row: Row = with_conn!(conn, |c| waves::table.find(id).get_result(c))?;
    row.try_into()
}

/// All waves, the latest first.
pub fn all(conn: &mut Conn, limit: i64) -> Result<Vec<Wave>> {
    let rows: Vec<Row> =
        with_conn!(conn, |c| waves::table.order((waves::created_at.desc(), waves::id.desc())).limit(limit).load(c))?;
    rows.into_iter().map(Wave::try_from).collect()
}

/// The waves that time can do something to: those scheduled, running or paused.
pub fn alive(conn: &mut Conn) -> Result<Vec<Wave>> {
    let states = [WaveState::Scheduled, WaveState::Running, WaveState::Paused].map(WaveState::as_str);
    let rows: Vec<Row> =
        with_conn!(conn, |c| waves::table.filter(waves::state.eq_any(states)).order(waves::id).load(c))?;
    rows.into_iter().map(Wave::try_from).collect()
}

/// Saves a changed wave, if nobody else changed it since it was read; its revision grows by one.
pub fn update(conn: &mut Conn, wave: &Wave) -> Result<()> {
    let audience = to_json(&wave.audience)?;
    let saved = with_conn!(conn, |c| {
        diesel::update(waves::table.find(wave.id).filter(waves::revision.eq(wave.revision)))
            .set((
                waves::name.eq(&wave.name),
                waves::state.eq(wave.state.as_str()),
                waves::audience.eq(&audience),
                waves::start_at.eq(wave.start_at.map(Instant::from)),
                waves::closes_at.eq(Instant::from(wave.closes_at)),
                waves::planned_at.eq(wave.planned_at.map(Instant::from)),
                waves::revision.eq(wave.revision + 1),
            ))
            .execute(c)
    })?;
    if saved == 0 { Err(Error::new(Code::ChangedMeanwhile).with("what", &wave.name)) } else { Ok(()) }
}

/// The next active accounts that an audience may hold, in the order of their identifiers: a roster of any
/// size is walked through a chunk at a time.
pub fn accounts_after(
    conn: &mut Conn,
    audience: &Audience,
    reach: &Reach,
    after: Option<AccountId>,
    limit: i64,
) -> Result<Vec<AccountId>> {
    Ok(with_conn!(conn, |c, B| {
        let mut query = accounts::table.filter(accounts::active.eq(true)).into_boxed::<B>();
        query = within!(query, reach);
        if let Some(after) = after {
            query = query.filter(accounts::id.gt(after));
        }
        if !audience.tiers.is_empty() {
            query = query.filter(accounts::tier.eq_any(&audience.tiers));
        }
        if !audience.regions.is_empty() {
            query = query.filter(accounts::region.eq_any(&audience.regions));
        }
        if !audience.product_lines.is_empty() {
            query = query.filter(accounts::product_line.eq_any(&audience.product_lines));
        }
        query.select(accounts::id).order(accounts::id).limit(limit).load(c)
    })?)
}

/// Every asking of the people behind some addresses since a moment, at whichever account: address, kind
/// of survey, when. What was called off or could not be delivered is no asking.
pub fn asked_since(
    conn: &mut Conn,
    addresses: &[String],
    since: DateTime<Utc>,
) -> Result<Vec<(String, String, DateTime<Utc>)>> {
    let mut found = Vec::new();
    for some in batches(addresses, 1) {
        let rows: Vec<(String, String, Instant)> = with_conn!(conn, |c| contacts::table
            .inner_join(
                invitations::table
                    .on(invitations::account_id.eq(contacts::account_id).and(invitations::contact_id.eq(contacts::id))),
            )
            .filter(
                contacts::email_folded
                    .eq_any(some)
                    .and(invitations::created_at.ge(Instant::from(since)))
                    .and(invitations::state.ne(InvitationState::Cancelled.as_str()))
                    .and(invitations::state.ne(InvitationState::Failed.as_str())),
            )
            .select((contacts::email_folded, invitations::kind, invitations::created_at))
            .load(c))?;
        found.extend(rows.into_iter().map(|(address, kind, at)| (address, kind, at.into())));
    }
    Ok(found)
}

/// Which of these addresses a wave has invited, at whichever account.
pub fn invited(conn: &mut Conn, wave: WaveId, addresses: &[String]) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for some in batches(addresses, 1) {
        let rows: Vec<String> = with_conn!(conn, |c| contacts::table
            .inner_join(
                invitations::table
                    .on(invitations::account_id.eq(contacts::account_id).and(invitations::contact_id.eq(contacts::id))),
            )
            .filter(contacts::email_folded.eq_any(some).and(invitations::wave_id.eq(wave)))
            .select(contacts::email_folded)
            .load(c))?;
        found.extend(rows);
    }
    Ok(found)
}

/// One contact that a wave leaves out.
#[derive(Debug, Clone, PartialEq)]
pub struct Skip {
    pub account: AccountId,
    pub contact: ContactId,
    pub why: WhyNot,
}

#[derive(Insertable)]
#[diesel(table_name = wave_skips)]
struct SkipRow {
    account_id: AccountId,
    wave_id: WaveId,
    contact_id: ContactId,
    why: &'static str,
    detail: String,
}

pub fn insert_skips(conn: &mut Conn, wave: WaveId, skips: &[Skip]) -> Result<()> {
    let rows: Vec<SkipRow> = skips
        .iter()
        .map(|skip| {
            Ok(SkipRow {
                account_id: skip.account,
                wave_id: wave,
                contact_id: skip.contact,
                why: skip.why.rule(),
                detail: to_json(&skip.why)?,
            })
        })
        .collect::<Result<_>>()?;
    for some in batches(&rows, 5) {
        with_conn!(conn, |c| diesel::insert_into(wave_skips::table).values(some).execute(c))?;
    }
    Ok(())
}

/// How many contacts a wave leaves out by which rule, at accounts within reach.
pub fn skip_counts(conn: &mut Conn, wave: WaveId, reach: &Reach) -> Result<BTreeMap<String, i64>> {
    use diesel::dsl::count_star;
    let rows: Vec<(String, i64)> = with_conn!(conn, |c| {
        let query = wave_skips::table
            .inner_join(accounts::table.on(accounts::id.eq(wave_skips::account_id)))
            .filter(wave_skips::wave_id.eq(wave))
            .group_by(wave_skips::why)
            .select((wave_skips::why, count_star()));
        within!(query, reach, |q| q.load(c))
    })?;
    Ok(rows.into_iter().collect())
}

/// The contacts that a wave leaves out, at accounts within reach.
pub fn skips(conn: &mut Conn, wave: WaveId, reach: &Reach, offset: i64, limit: i64) -> Result<Vec<Skip>> {
    let rows: Vec<(AccountId, ContactId, String)> = with_conn!(conn, |c, B| {
        let query = wave_skips::table
            .inner_join(accounts::table.on(accounts::id.eq(wave_skips::account_id)))
            .filter(wave_skips::wave_id.eq(wave))
            .into_boxed::<B>();
        let query = within!(query, reach);
        query
            .order((wave_skips::why, wave_skips::account_id, wave_skips::contact_id))
            .offset(offset)
            .limit(limit)
            .select((wave_skips::account_id, wave_skips::contact_id, wave_skips::detail))
            .load(c)
    })?;
    rows.into_iter().map(|(account, contact, why)| Ok(Skip { account, contact, why: from_json(&why)? })).collect()
}

/// The last account that a wave has decided on. Accounts are decided on whole and in order, so that
/// planning goes on after it when it was broken off.
pub fn planned_through(conn: &mut Conn, wave: WaveId) -> Result<Option<AccountId>> {
    let asked: Option<AccountId> = with_conn!(conn, |c| invitations::table
        .filter(invitations::wave_id.eq(wave))
        .select(invitations::account_id)
        .order(invitations::account_id.desc())
        .first(c)
        .optional())?;
    let left_out: Option<AccountId> = with_conn!(conn, |c| wave_skips::table
        .filter(wave_skips::wave_id.eq(wave))
        .select(wave_skips::account_id)
        .order(wave_skips::account_id.desc())
        .first(c)
        .optional())?;
    Ok(asked.max(left_out))
}

/// How many invitations of each wave stand where, at accounts within reach; nothing for a wave without any.
pub fn counts(conn: &mut Conn, waves: &[WaveId], reach: &Reach) -> Result<BTreeMap<WaveId, WaveCounts>> {
    use diesel::dsl::{count, count_star};
    let rows: Vec<(WaveId, String, i64, i64)> = with_conn!(conn, |c| {
        let counted = (invitations::wave_id, invitations::state, count_star(), count(invitations::answered_at));
        let query = invitations::table
            .filter(invitations::wave_id.eq_any(waves))
            .group_by((invitations::wave_id, invitations::state))
            .select(counted);
        match reach {
            // Who sees all accounts need not have each of them looked up.
            Reach::All => query.load(c),
            narrower => {
                let query = invitations::table
                    .inner_join(accounts::table.on(accounts::id.eq(invitations::account_id)))
                    .filter(invitations::wave_id.eq_any(waves))
                    .group_by((invitations::wave_id, invitations::state))
                    .select(counted);
                within!(query, narrower, |q| q.load(c))
            }
        }
    })?;
    let mut all: BTreeMap<WaveId, WaveCounts> = BTreeMap::new();
    for (wave, state, n, answered) in rows {
        let counts = all.entry(wave).or_default();
        match word(&state, InvitationState::parse)? {
            InvitationState::Planned => counts.planned += n,
            InvitationState::Delivered => counts.delivered += n,
            InvitationState::Failed => counts.failed += n,
            InvitationState::Cancelled => counts.cancelled += n,
        }
        counts.answered += answered;
    }
    for (wave, held_back) in holds::count_asked(conn, waves, reach)? {
        all.entry(wave).or_default().held_back = held_back;
    }
    Ok(all)
}
