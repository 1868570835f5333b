//! What visits of links leave behind beside responses: signs of machines, and answers that were filled in
//! and not sent. Neither is ever read for a figure.

use super::conn::{Conn, with_conn};
use super::reach::within;
use super::schema::{accounts, invitations, machine_visits, provisional_answers};
use super::types::{Instant, from_json, to_json, word};
use crate::domain::answer::Answers;
use crate::domain::ident::{AccountId, InvitationId, WaveId};
use crate::domain::permission::Reach;
use crate::domain::visit::{Agent, HumanSign, Sign};
use crate::error::Result;
use chrono::{DateTime, Utc};
use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use diesel::upsert::excluded;
use std::collections::{BTreeMap, BTreeSet};

/// How many waiting answers are looked at in one go.
const CHUNK: i64 = 500;

/// Fetches of one invitation's links that look like a machine's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub account: AccountId,
    pub invitation: InvitationId,
    pub sign: Sign,
    pub agent: Agent,
    pub times: i64,
    pub first_at: DateTime<Utc>,
    pub last_at: DateTime<Utc>,
}

/// What has become of a provisional answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It may still be sent.
    Waiting,
    /// The form was sent; the response says what counts.
    Confirmed,
    /// It was never sent; what it said is gone.
    Discarded,
}

impl Fate {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Confirmed => "confirmed",
            Self::Discarded => "discarded",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Waiting, Self::Confirmed, Self::Discarded].into_iter().find(|one| one.as_str() == text)
    }
}

/// What somebody has filled in and not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisional {
    pub account: AccountId,
    pub invitation: InvitationId,
    pub answers: Answers,
    pub sign: HumanSign,
    pub fate: Fate,
    pub given_at: DateTime<Utc>,
    /// The fields as they were filled in, whether they make answers or not: to be shown again.
    pub typed: Vec<(String, String)>,
    /// When the page was given out on which it was begun; earlier by the time spent on pages before it.
    pub begun_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = machine_visits, treat_none_as_default_value = false)]
struct MarkRow {
    account_id: AccountId,
    invitation_id: InvitationId,
    sign: String,
    agent: String,
    times: i64,
    first_at: Instant,
    last_at: Instant,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = provisional_answers, treat_none_as_default_value = false)]
struct ProvisionalRow {
    account_id: AccountId,
    invitation_id: InvitationId,
    answers: String,
    sign: String,
    state: String,
    given_at: Instant,
    typed: Option<String>,
    begun_at: Option<Instant>,
}

/// Adds fetches to those of the same sign and class of program.
pub fn add(conn: &mut Conn, mark: &Mark) -> Result<()> {
    let row = MarkRow {
        account_id: mark.account,
        invitation_id: mark.invitation,
        sign: mark.sign.as_str().into(),
        agent: mark.agent.as_str().into(),
        times: mark.times,
        first_at: mark.first_at.into(),
        last_at: mark.last_at.into(),
    };
    with_conn!(conn, |c| {
        diesel::insert_into(machine_visits::table)
            .values(&row)
            .on_conflict((
                machine_visits::account_id,
                machine_visits::invitation_id,
                machine_visits::sign,
                machine_visits::agent,
            ))
            .do_update()
            .set((
                machine_visits::times.eq(machine_visits::times + excluded(machine_visits::times)),
                machine_visits::last_at.eq(excluded(machine_visits::last_at)),
            ))
            .execute(c)
    })?;
    Ok(())
}

/// Keeps what was filled in, in place of what was filled in before.
pub fn put(conn: &mut Conn, provisional: &Provisional) -> Result<()> {
    let row = ProvisionalRow {
        account_id: provisional.account,
        invitation_id: provisional.invitation,
        answers: to_json(&provisional.answers)?,
        sign: provisional.sign.as_str().into(),
        state: provisional.fate.as_str().into(),
        given_at: provisional.given_at.into(),
        typed: Some(to_json(&provisional.typed)?).filter(|_| !provisional.typed.is_empty()),
        begun_at: provisional.begun_at.map(Into::into),
    };
    with_conn!(conn, |c| {
        diesel::insert_into(provisional_answers::table)
            .values(&row)
            .on_conflict((provisional_answers::account_id, provisional_answers::invitation_id))
            .do_update()
            .set((
                provisional_answers::answers.eq(excluded(provisional_answers::answers)),
                provisional_answers::sign.eq(excluded(provisional_answers::sign)),
                provisional_answers::state.eq(excluded(provisional_answers::state)),
                provisional_answers::given_at.eq(excluded(provisional_answers::given_at)),
                provisional_answers::typed.eq(excluded(provisional_answers::typed)),
                provisional_answers::begun_at.eq(excluded(provisional_answers::begun_at)),
            ))
            .execute(c)
    })?;
    Ok(())
}

/// The provisional answer to an invitation, if there is one.
pub fn provisional(conn: &mut Conn, account: AccountId, invitation: InvitationId) -> Result<Option<Provisional>> {
    // By its key and without a limit: one that is bound as a value lets SQLite prepare the query anew.
    let row: Option<ProvisionalRow> =
        with_conn!(conn, |c| provisional_answers::table.find((account, invitation)).get_result(c).optional())?;
    row.map(|row| {
        Ok(Provisional {
            account: row.account_id,
            invitation: row.invitation_id,
            answers: from_json(&row.answers)?,
            sign: word(&row.sign, HumanSign::parse)?,
            fate: word(&row.state, Fate::parse)?,
            given_at: row.given_at.into(),
            typed: row.typed.as_deref().map(from_json).transpose()?.unwrap_or_default(),
            begun_at: row.begun_at.map(Into::into),
        })
    })
    .transpose()
}

/// Forgets what was filled in for an invitation.
pub fn forget(conn: &mut Conn, account: AccountId, invitation: InvitationId) -> Result<()> {
    with_conn!(conn, |c| diesel::delete(provisional_answers::table.find((account, invitation))).execute(c))?;
    Ok(())
}

/// How many provisional answers were settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Settled {
    pub confirmed: usize,
    pub discarded: usize,
    /// Whether there may be more of them.
    pub more: bool,
}

/// Settles some provisional answers: those whose form was sent, and those that were given before
/// `stale_before` or whose survey has closed. Of each nothing but its fate is kept.
pub fn settle(conn: &mut Conn, now: DateTime<Utc>, stale_before: DateTime<Utc>) -> Result<Settled> {
    use provisional_answers as p;
    let closed = invitations::closes_at.le(Instant::from(now));
    let due = invitations::answered_at.is_not_null().or(closed).or(p::given_at.le(Instant::from(stale_before)));
    let found: Vec<(AccountId, InvitationId, Option<Instant>)> = with_conn!(conn, |c| p::table
        .inner_join(
            invitations::table.on(invitations::account_id.eq(p::account_id).and(invitations::id.eq(p::invitation_id))),
        )
        .filter(p::state.eq(Fate::Waiting.as_str()).and(due))
        .select((p::account_id, p::invitation_id, invitations::answered_at))
        .order((p::account_id, p::invitation_id))
        .limit(CHUNK)
        .load(c))?;
    let mut settled = Settled { more: found.len() as i64 == CHUNK, ..Settled::default() };
    let nothing = to_json(&Answers::default())?;
    for (account, invitation, answered) in found {
        let fate = if answered.is_some() { Fate::Confirmed } else { Fate::Discarded };
        let n = with_conn!(conn, |c| {
            diesel::update(p::table.find((account, invitation)).filter(p::state.eq(Fate::Waiting.as_str())))
                .set((p::state.eq(fate.as_str()), p::answers.eq(&nothing), p::typed.eq(None::<String>)))
                .execute(c)
        })?;
        match fate {
            Fate::Confirmed => settled.confirmed += n,
            _ => settled.discarded += n,
        }
    }
    Ok(settled)
}

/// What is known of the visits to a wave's links beside its responses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WaveVisits {
    /// Filled in and not sent so far.
    pub waiting: i64,
    /// Filled in, and sent.
    pub confirmed: i64,
    /// Filled in and never sent.
    pub discarded: i64,
    /// Invitations with any sign of a machine.
    pub marked: i64,
    /// By sign: how many invitations bear it, and how many fetches.
    pub signs: Vec<(Sign, i64, i64)>,
}

/// Counts them, at accounts within reach.
pub fn of_wave(conn: &mut Conn, wave: WaveId, reach: &Reach) -> Result<WaveVisits> {
    use {machine_visits as m, provisional_answers as p};
    let mut visits = WaveVisits::default();
    let fates: Vec<(String, i64, i64)> = with_conn!(conn, |c| {
        let query = p::table
            .inner_join(accounts::table.on(accounts::id.eq(p::account_id)))
            .inner_join(
                invitations::table
                    .on(invitations::account_id.eq(p::account_id).and(invitations::id.eq(p::invitation_id))),
            )
            .filter(invitations::wave_id.eq(wave))
            .group_by(p::state)
            .select((p::state, count_star(), count(invitations::answered_at)));
        within!(query, reach, |q| q.load(c))
    })?;
    for (state, n, answered) in fates {
        match word(&state, Fate::parse)? {
            // The night that settles them has not come yet.
            Fate::Waiting => {
                visits.waiting += n - answered;
                visits.confirmed += answered;
            }
            Fate::Confirmed => visits.confirmed += n,
            Fate::Discarded => visits.discarded += n,
        }
    }
    let marks: Vec<(InvitationId, String, i64)> = with_conn!(conn, |c| {
        let query = m::table
            .inner_join(accounts::table.on(accounts::id.eq(m::account_id)))
            .inner_join(
                invitations::table
                    .on(invitations::account_id.eq(m::account_id).and(invitations::id.eq(m::invitation_id))),
            )
            .filter(invitations::wave_id.eq(wave))
            .select((m::invitation_id, m::sign, m::times));
        within!(query, reach, |q| q.load(c))
    })?;
    let mut by_sign: BTreeMap<Sign, (BTreeSet<InvitationId>, i64)> = BTreeMap::new();
    let mut marked = BTreeSet::new();
    for (invitation, sign, times) in marks {
        let of = by_sign.entry(word(&sign, Sign::parse)?).or_default();
        of.0.insert(invitation);
        of.1 += times;
        marked.insert(invitation);
    }
    let size = |set: &BTreeSet<InvitationId>| i64::try_from(set.len()).unwrap_or(i64::MAX);
    visits.marked = size(&marked);
    visits.signs = by_sign.iter().map(|(sign, (of, times))| (*sign, size(of), *times)).collect();
    Ok(visits)
}

/// The signs of machines at an account's invitations, the latest first.
pub fn of_account(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<Mark>> {
    let rows: Vec<MarkRow> = with_conn!(conn, |c| machine_visits::table
        .filter(machine_visits::account_id.eq(account))
        .order((machine_visits::last_at.desc(), machine_visits::sign))
        .limit(limit)
        .load(c))?;
    rows.into_iter()
        .map(|row| {
            Ok(Mark {
                account: row.account_id,
                invitation: row.invitation_id,
                sign: word(&row.sign, Sign::parse)?,
                agent: word(&row.agent, Agent::parse)?,
                times: row.times,
                first_at: row.first_at.into(),
                last_at: row.last_at.into(),
            })
        })
        .collect()
}
