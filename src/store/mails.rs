//! The outbox: mails that wait, are on their way, or are settled.
//!
//! A mail is claimed by one conditional update, which is safe on both engines and across shards: the
//! outer condition holds when two claimers have chosen the same rows. Every later step is saved on the
//! condition that the mail still is where it was read; see [`save`].

use super::batches;
use super::conn::{Conn, Wire, with_conn};
use super::reach::within;
use super::schema::{accounts, invitations, mails, waves};
use super::types::{Instant, word};
use crate::domain::delivery::{Delivery, Failure, State};
use crate::domain::ident::{AccountId, InvitationId, MailId, UserId, WaveId};
use crate::domain::language::Language;
use crate::domain::permission::Reach;
use crate::domain::wave::WaveState;
use crate::error::{Code, Error, Result};
use crate::store::invitations::State as InvitationState;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text, Timestamp};
use std::collections::BTreeMap;

/// What a mail is for; also the name of its template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    Invitation,
    Digest,
}

impl Purpose {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Digest => "digest",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Invitation, Self::Digest].into_iter().find(|p| p.as_str() == text)
    }
}

/// One mail of the outbox.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail {
    /// Whom it is about; nobody's (zeros) for a digest.
    pub account: AccountId,
    pub id: MailId,
    pub purpose: Purpose,
    pub invitation: Option<InvitationId>,
    pub wave: Option<WaveId>,
    pub user: Option<UserId>,
    pub to_address: String,
    pub to_name: String,
    pub language: Language,
    /// What the template is filled with, as JSON.
    pub payload: String,
    /// No account has two mails with the same key, whoever asks for them and how often.
    pub once_key: String,
    pub delivery: Delivery,
    /// The process that has taken it.
    pub claimed_by: Option<String>,
    /// What stands under Date: when it was first handed over, so that a second try is the same mail.
    pub dated_at: Option<DateTime<Utc>>,
    /// What the server said last.
    pub reply: Option<String>,
    pub created_at: DateTime<Utc>,
}

#[derive(Queryable, QueryableByName, Insertable, Clone)]
#[diesel(table_name = mails, treat_none_as_default_value = false)]
struct Row {
    account_id: AccountId,
    id: MailId,
    purpose: String,
    invitation_id: Option<InvitationId>,
    wave_id: Option<WaveId>,
    user_id: Option<UserId>,
    to_address: String,
    to_name: String,
    language: String,
    payload: String,
    once_key: String,
    state: String,
    state_at: Instant,
    why: Option<String>,
    attempt: i32,
    doubts: i32,
    due_at: Instant,
    too_late_at: Instant,
    claimed_by: Option<String>,
    claimed_until: Option<Instant>,
    dated_at: Option<Instant>,
    reply: Option<String>,
    created_at: Instant,
}

impl Row {
    /// `now` is since when the mail is in its state.
    fn of(mail: &Mail, now: DateTime<Utc>) -> Self {
        let state = &mail.delivery.state;
        let due = if let State::Scheduled { due } = state { *due } else { now };
        let until = if let State::Claimed { until } | State::Sending { until } = state { Some(*until) } else { None };
        Self {
            account_id: mail.account,
            id: mail.id,
            purpose: mail.purpose.as_str().into(),
            invitation_id: mail.invitation,
            wave_id: mail.wave,
            user_id: mail.user,
            to_address: mail.to_address.clone(),
            to_name: mail.to_name.clone(),
            language: mail.language.as_str().into(),
            payload: mail.payload.clone(),
            once_key: mail.once_key.clone(),
            state: state.as_str().into(),
            state_at: now.into(),
            why: state.failure().map(|why| why.as_str().into()),
            attempt: count(mail.delivery.attempts),
            doubts: count(mail.delivery.doubts),
            due_at: due.into(),
            too_late_at: mail.delivery.not_after.into(),
            claimed_by: mail.claimed_by.clone(),
            claimed_until: until.map(Into::into),
            dated_at: mail.dated_at.map(Into::into),
            reply: mail.reply.clone(),
            created_at: mail.created_at.into(),
        }
    }
}

fn count(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

impl TryFrom<Row> for Mail {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let time = match row.state.as_str() {
            "scheduled" => row.due_at,
            "claimed" | "sending" => row.claimed_until.unwrap_or(row.state_at),
            _ => row.state_at,
        };
        let why = row.why.as_deref().map(|why| word(why, Failure::parse)).transpose()?;
        let state = State::parse(&row.state, time.into(), why)
            .ok_or_else(|| Error::new(Code::SchemaMismatch).with("value", &row.state))?;
        Ok(Self {
            account: row.account_id,
            id: row.id,
            purpose: word(&row.purpose, Purpose::parse)?,
            invitation: row.invitation_id,
            wave: row.wave_id,
            user: row.user_id,
            to_address: row.to_address,
            to_name: row.to_name,
            language: Language::parse(&row.language)?,
            payload: row.payload,
            once_key: row.once_key,
            delivery: Delivery {
                state,
                attempts: u32::try_from(row.attempt).unwrap_or(0),
                doubts: u32::try_from(row.doubts).unwrap_or(0),
                not_after: row.too_late_at.into(),
            },
            claimed_by: row.claimed_by,
            dated_at: row.dated_at.map(Into::into),
            reply: row.reply,
            created_at: row.created_at.into(),
        })
    }
}

/// Puts mails into the outbox. One whose key is there already is no news. Returns how many were new.
pub fn insert(conn: &mut Conn, new: &[Mail]) -> Result<usize> {
    let rows: Vec<Row> = new.iter().map(|mail| Row::of(mail, mail.created_at)).collect();
    let mut added = 0;
    for some in batches(&rows, 23) {
        added +=
            with_conn!(conn, |c| diesel::insert_into(mails::table).values(some).on_conflict_do_nothing().execute(c))?;
    }
    Ok(added)
}

pub fn find(conn: &mut Conn, account: AccountId, id: MailId) -> Result<Mail> {
    let row: Row = with_conn!(conn, |c| mails::table.find((account, id)).get_result(c))?;
    row.try_into()
}

/// Takes mails that are due, the longest due first, for one process; mails of a wave only while the wave
/// runs. No two claimers ever get the same mail.
pub fn claim(conn: &mut Conn, by: &str, until: DateTime<Utc>, now: DateTime<Utc>, limit: i64) -> Result<Vec<Mail>> {
    // Both engines count these parameters in the order in which they first appear.
    const CLAIM: &str = "UPDATE mails SET state = 'claimed', claimed_by = $1, claimed_until = $2, state_at = $3 \
         WHERE state = 'scheduled' AND (account_id, id) IN ( \
           SELECT m.account_id, m.id FROM mails m LEFT JOIN waves w ON w.id = m.wave_id \
           WHERE m.state = 'scheduled' AND m.due_at <= $4 AND (m.wave_id IS NULL OR w.state = 'running') \
           ORDER BY m.due_at, m.id LIMIT $5) \
         RETURNING *";
    let rows: Vec<Row> = with_conn!(conn, |c| diesel::sql_query(CLAIM)
        .bind::<Text, _>(by)
        .bind::<Timestamp, _>(Instant::from(until))
        .bind::<Timestamp, _>(Instant::from(now))
        .bind::<Timestamp, _>(Instant::from(now))
        .bind::<BigInt, _>(limit)
        .load(c))?;
    rows.into_iter().map(Mail::try_from).collect()
}

/// Saves what became of a mail, if it still is in the state in which it was read and in the same hands.
/// `false`: somebody else was first, and nothing was saved.
pub fn save(conn: &mut Conn, before: &Mail, after: &Mail, now: DateTime<Utc>) -> Result<bool> {
    let row = Row::of(after, now);
    let saved = with_conn!(conn, |c| {
        diesel::update(
            mails::table.find((before.account, before.id)).filter(
                mails::state
                    .eq(before.delivery.state.as_str())
                    // What is claimed or being sent always has a holder; what is not has none.
                    .and(mails::claimed_by.is_null().or(mails::claimed_by.eq(before.claimed_by.as_deref())))
                    .and(mails::attempt.eq(count(before.delivery.attempts))),
            ),
        )
        .set((
            mails::state.eq(&row.state),
            mails::state_at.eq(row.state_at),
            mails::why.eq(row.why.as_deref()),
            mails::attempt.eq(row.attempt),
            mails::doubts.eq(row.doubts),
            mails::due_at.eq(row.due_at),
            mails::claimed_by.eq(row.claimed_by.as_deref()),
            mails::claimed_until.eq(row.claimed_until),
            mails::dated_at.eq(row.dated_at),
            mails::reply.eq(row.reply.as_deref()),
        ))
        .execute(c)
    })?;
    Ok(saved > 0)
}

/// Reads the state of a wave and keeps it from changing until the transaction ends, so that whoever
/// pauses a wave knows, when that is done, that no further mail begins to leave.
pub fn hold_wave(conn: &mut Conn, wave: WaveId) -> Result<WaveState> {
    let query = waves::table.find(wave).select(waves::state);
    let state: String = match &mut conn.held {
        // The transaction has the one write lock there is.
        Wire::Sqlite(c) => query.first::<String>(&mut **c as &mut diesel::sqlite::SqliteConnection)?,
        Wire::Postgres(c) => query.for_share().first::<String>(&mut **c as &mut diesel::pg::PgConnection)?,
    };
    word(&state, WaveState::parse)
}

/// Mails whose lease is over, or all that some other process holds, where there can be no other.
pub fn abandoned(conn: &mut Conn, now: DateTime<Utc>, alone: Option<&str>, limit: i64) -> Result<Vec<Mail>> {
    let rows: Vec<Row> = with_conn!(conn, |c, B| {
        let mut query = mails::table.filter(mails::state.eq_any(["claimed", "sending"])).into_boxed::<B>();
        query = match alone {
            Some(me) => query.filter(mails::claimed_by.ne(me)),
            None => query.filter(mails::claimed_until.lt(Instant::from(now))),
        };
        query.order(mails::claimed_until).limit(limit).load(c)
    })?;
    rows.into_iter().map(Mail::try_from).collect()
}

/// Mails that one process has taken and not begun to send.
pub fn claimed_by(conn: &mut Conn, by: &str) -> Result<Vec<Mail>> {
    let rows: Vec<Row> =
        with_conn!(conn, |c| mails::table.filter(mails::state.eq("claimed").and(mails::claimed_by.eq(by))).load(c))?;
    rows.into_iter().map(Mail::try_from).collect()
}

/// Mails in doubt since before a moment.
pub fn unknown_since(conn: &mut Conn, before: DateTime<Utc>, limit: i64) -> Result<Vec<Mail>> {
    let rows: Vec<Row> = with_conn!(conn, |c| mails::table
        .filter(mails::state.eq("unknown").and(mails::state_at.le(Instant::from(before))))
        .order(mails::state_at)
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(Mail::try_from).collect()
}

/// How many mails of a wave are in which state, at accounts within reach.
pub fn counts_of_wave(conn: &mut Conn, wave: WaveId, reach: &Reach) -> Result<BTreeMap<String, i64>> {
    use diesel::dsl::count_star;
    let rows: Vec<(String, i64)> = with_conn!(conn, |c| {
        let query = mails::table
            .inner_join(accounts::table.on(accounts::id.eq(mails::account_id)))
            .filter(mails::wave_id.eq(wave))
            .group_by(mails::state)
            .select((mails::state, count_star()));
        within!(query, reach, |q| q.load(c))
    })?;
    Ok(rows.into_iter().collect())
}

/// How many mails of a wave were ever in doubt, whatever became of them, at accounts within reach; and
/// those mails and the failed ones, the latest first.
pub fn troubled(conn: &mut Conn, wave: WaveId, reach: &Reach, limit: i64) -> Result<(i64, Vec<Mail>)> {
    macro_rules! of_wave {
        ($backend:ident) => {{
            let query = mails::table
                .inner_join(accounts::table.on(accounts::id.eq(mails::account_id)))
                .filter(mails::wave_id.eq(wave))
                .into_boxed::<$backend>();
            within!(query, reach)
        }};
    }
    let (doubted, rows): (i64, Vec<Row>) = with_conn!(conn, |c, B| {
        let doubted = of_wave!(B).filter(mails::doubts.gt(0)).count().get_result(c)?;
        let rows = of_wave!(B)
            .filter(mails::doubts.gt(0).or(mails::state.eq_any(["failed", "unknown", "too_late"])))
            .order((mails::state_at.desc(), mails::id))
            .limit(limit)
            .select(mails::all_columns)
            .load(c)?;
        Ok::<_, diesel::result::Error>((doubted, rows))
    })?;
    Ok((doubted, rows.into_iter().map(Mail::try_from).collect::<Result<_>>()?))
}

/// Settles all mails of a wave that have not begun to leave, and their invitations: cancelled when the
/// wave is given up, too late when it has ended. What is being sent, or is in doubt, ends by itself.
pub fn end_wave(conn: &mut Conn, wave: WaveId, state: &State, now: DateTime<Utc>) -> Result<usize> {
    conn.transaction(|conn| {
        let ended = with_conn!(conn, |c| {
            diesel::update(
                mails::table.filter(mails::wave_id.eq(wave).and(mails::state.eq_any(["scheduled", "claimed"]))),
            )
            .set((
                mails::state.eq(state.as_str()),
                mails::state_at.eq(Instant::from(now)),
                mails::claimed_by.eq(None::<String>),
                mails::claimed_until.eq(None::<Instant>),
            ))
            .execute(c)
        })?;
        with_conn!(conn, |c| {
            // One that was in doubt may have arrived: its invitation keeps counting as an asking.
            let never_left = mails::table
                .filter(mails::wave_id.eq(wave).and(mails::state.eq(state.as_str())).and(mails::doubts.eq(0)))
                .select(mails::invitation_id);
            diesel::update(
                invitations::table.filter(
                    invitations::wave_id
                        .eq(wave)
                        .and(invitations::state.eq(InvitationState::Planned.as_str()))
                        .and(invitations::id.nullable().eq_any(never_left)),
                ),
            )
            .set(invitations::state.eq(InvitationState::Cancelled.as_str()))
            .execute(c)
        })?;
        Ok(ended)
    })
}

/// How many mails of a wave are not settled yet.
pub fn open_of_wave(conn: &mut Conn, wave: WaveId) -> Result<i64> {
    Ok(with_conn!(conn, |c| mails::table
        .filter(mails::wave_id.eq(wave).and(mails::state.eq_any(["scheduled", "claimed", "sending", "unknown"])),)
        .count()
        .get_result(c))?)
}
