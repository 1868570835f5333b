//! Contacts whom somebody holds back from a wave, and where they count as asked.

use super::batches;
use super::conn::{Conn, Wire, with_conn};
use super::reach::within;
use super::schema::{accounts, wave_holds, waves};
use super::tallies;
use super::types::{Instant, word};
use crate::domain::ident::{AccountId, ContactId, SegmentId, UserId, WaveId};
use crate::domain::permission::Reach;
use crate::domain::tally::{self, Fold};
use crate::domain::wave::WaveState;
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use std::collections::HashSet;

/// One contact who is not to be asked by a wave, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    pub account: AccountId,
    pub wave: WaveId,
    pub contact: ContactId,
    pub reason: String,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

type Row = (AccountId, ContactId, String, UserId, Instant);

/// Reads the state of a wave and lets nobody else hold or release until the transaction ends, so that no
/// two of them pass the cap together. SQLite lets only one write at a time anyway.
pub fn lock(conn: &mut Conn, wave: WaveId) -> Result<WaveState> {
    let query = waves::table.find(wave).select(waves::state);
    let state: String = match &mut conn.held {
        Wire::Sqlite(c) => query.first::<String>(&mut **c as &mut SqliteConnection)?,
        Wire::Postgres(c) => query.for_update().first::<String>(&mut **c as &mut PgConnection)?,
    };
    word(&state, WaveState::parse)
}

/// Holds a contact back; who was held back already stays so for the first reason. Returns whether it is new.
pub fn insert(conn: &mut Conn, hold: &Hold) -> Result<bool> {
    let row = (
        wave_holds::account_id.eq(hold.account),
        wave_holds::wave_id.eq(hold.wave),
        wave_holds::contact_id.eq(hold.contact),
        wave_holds::reason.eq(&hold.reason),
        wave_holds::held_by.eq(hold.by),
        wave_holds::held_at.eq(Instant::from(hold.at)),
    );
    let new = with_conn!(conn, |c| {
        diesel::insert_into(wave_holds::table).values(row).on_conflict_do_nothing().execute(c)
    })?;
    Ok(new > 0)
}

/// Lets a contact be asked again. Returns whether there was a hold.
pub fn delete(conn: &mut Conn, account: AccountId, wave: WaveId, contact: ContactId) -> Result<bool> {
    let gone = with_conn!(conn, |c| diesel::delete(wave_holds::table.find((account, wave, contact))).execute(c))?;
    Ok(gone > 0)
}

/// How many contacts are held back from a wave.
pub fn count(conn: &mut Conn, wave: WaveId) -> Result<u64> {
    let n: i64 = with_conn!(conn, |c| wave_holds::table.filter(wave_holds::wave_id.eq(wave)).count().get_result(c))?;
    Ok(u64::try_from(n).unwrap_or(0))
}

/// How many of those count as asked, by wave, at accounts within reach.
pub fn count_asked(conn: &mut Conn, waves: &[WaveId], reach: &Reach) -> Result<Vec<(WaveId, i64)>> {
    Ok(with_conn!(conn, |c| {
        let query = wave_holds::table
            .inner_join(accounts::table.on(accounts::id.eq(wave_holds::account_id)))
            .filter(wave_holds::wave_id.eq_any(waves).and(wave_holds::counted_day.is_not_null()))
            .group_by(wave_holds::wave_id)
            .select((wave_holds::wave_id, diesel::dsl::count_star()));
        within!(query, reach, |q| q.load(c))
    })?)
}

/// Who of some accounts is held back from a wave.
pub fn among(conn: &mut Conn, wave: WaveId, accounts: &[AccountId]) -> Result<HashSet<ContactId>> {
    let mut found = HashSet::new();
    for some in batches(accounts, 1) {
        let rows: Vec<ContactId> = with_conn!(conn, |c| wave_holds::table
            .filter(wave_holds::wave_id.eq(wave).and(wave_holds::account_id.eq_any(some)))
            .select(wave_holds::contact_id)
            .load(c))?;
        found.extend(rows);
    }
    Ok(found)
}

/// All who are held back from a wave at accounts within reach, the latest last.
pub fn of_wave(conn: &mut Conn, wave: WaveId, reach: &Reach) -> Result<Vec<Hold>> {
    let rows: Vec<Row> = with_conn!(conn, |c, B| {
        let query = wave_holds::table
            .inner_join(accounts::table.on(accounts::id.eq(wave_holds::account_id)))
            .filter(wave_holds::wave_id.eq(wave))
            .into_boxed::<B>();
        within!(query, reach)
            .order((wave_holds::held_at, wave_holds::contact_id))
            .select((
                wave_holds::account_id,
                wave_holds::contact_id,
                wave_holds::reason,
                wave_holds::held_by,
                wave_holds::held_at,
            ))
            .load(c)
    })?;
    let hold = |(account, contact, reason, by, at): Row| Hold { account, wave, contact, reason, by, at: at.into() };
    Ok(rows.into_iter().map(hold).collect())
}

/// From this day on a contact who was held back counts as asked, so that figures cannot be groomed.
pub fn count_as_asked(
    conn: &mut Conn,
    wave: WaveId,
    (account, contact): (AccountId, ContactId),
    segment: SegmentId,
    kind: &str,
    day: NaiveDate,
) -> Result<()> {
    let marked = with_conn!(conn, |c| {
        diesel::update(wave_holds::table.find((account, wave, contact)).filter(wave_holds::counted_day.is_null()))
            .set((wave_holds::segment_id.eq(segment), wave_holds::kind.eq(kind), wave_holds::counted_day.eq(day)))
            .execute(c)
    })?;
    if marked > 0 {
        tallies::fold(conn, [tally::delivered(account, segment, kind, day)])?;
    }
    Ok(())
}

/// Takes that back for a wave that has asked nobody in the end.
pub fn uncount(conn: &mut Conn, wave: WaveId) -> Result<()> {
    let folds = counted(conn, Some(wave))?;
    with_conn!(conn, |c| {
        diesel::update(wave_holds::table.filter(wave_holds::wave_id.eq(wave)))
            .set(wave_holds::counted_day.eq(None::<NaiveDate>))
            .execute(c)
    })?;
    tallies::fold_back(conn, folds)
}

/// What everybody who was held back, from one wave or from all, adds to the tallies: for their recount. A
/// small share of those who were asked, by the cap.
pub fn counted(conn: &mut Conn, wave: Option<WaveId>) -> Result<Vec<Fold>> {
    type Found = (AccountId, Option<SegmentId>, Option<String>, Option<NaiveDate>);
    let rows: Vec<Found> = with_conn!(conn, |c, B| {
        let mut query = wave_holds::table
            .filter(wave_holds::counted_day.is_not_null())
            .select((wave_holds::account_id, wave_holds::segment_id, wave_holds::kind, wave_holds::counted_day))
            .into_boxed::<B>();
        if let Some(wave) = wave {
            query = query.filter(wave_holds::wave_id.eq(wave));
        }
        query.load(c)
    })?;
    let fold = |(account, segment, kind, day): Found| Some(tally::delivered(account, segment?, &kind?, day?));
    Ok(rows.into_iter().filter_map(fold).collect())
}
