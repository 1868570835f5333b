//! Invitations: one contact in one wave.

use super::batches;
use super::conn::{Conn, Wire, with_conn};
use super::kept::Kept;
use super::schema::{accounts, contacts, invitations, users};
use super::tallies;
use super::types::{Instant, word};
use crate::domain::ident::{AccountId, ContactId, InvitationId, SegmentId, VersionId, WaveId};
use crate::domain::language::Language;
use crate::domain::tally;
use crate::error::{Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Its mail is not accepted yet.
    Planned,
    /// A mail server has taken it; whether it is answered is another matter.
    Delivered,
    /// It could not be delivered.
    Failed,
    Cancelled,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Planned, Self::Delivered, Self::Failed, Self::Cancelled].into_iter().find(|s| s.as_str() == text)
    }
}

/// One contact in one wave.
#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    pub account: AccountId,
    pub id: InvitationId,
    pub wave: WaveId,
    pub version: VersionId,
    pub contact: ContactId,
    /// Where the account stood when it was asked.
    pub segment: SegmentId,
    /// Kind of survey programme.
    pub kind: String,
    pub language: Language,
    pub state: State,
    pub created_at: DateTime<Utc>,
    pub delivered_at: Option<DateTime<Utc>>,
    /// The day of delivery in the reporting zone: what the response rate dates it by.
    pub delivered_day: Option<NaiveDate>,
    pub answered_at: Option<DateTime<Utc>>,
    pub closes_at: DateTime<Utc>,
}

#[derive(Queryable, Insertable, Clone)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
struct Row {
    account_id: AccountId,
    id: InvitationId,
    wave_id: WaveId,
    version_id: VersionId,
    contact_id: ContactId,
    segment_id: SegmentId,
    kind: String,
    language: String,
    state: String,
    created_at: Instant,
    delivered_at: Option<Instant>,
    delivered_day: Option<NaiveDate>,
    answered_at: Option<Instant>,
    closes_at: Instant,
}

impl From<&Invitation> for Row {
    fn from(i: &Invitation) -> Self {
        Self {
            account_id: i.account,
            id: i.id,
            wave_id: i.wave,
            version_id: i.version,
            contact_id: i.contact,
            segment_id: i.segment,
            kind: i.kind.clone(),
            language: i.language.as_str().into(),
            state: i.state.as_str().into(),
            created_at: i.created_at.into(),
            delivered_at: i.delivered_at.map(Into::into),
            delivered_day: i.delivered_day,
            answered_at: i.answered_at.map(Into::into),
            closes_at: i.closes_at.into(),
        }
    }
}

impl TryFrom<Row> for Invitation {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            account: row.account_id,
            id: row.id,
            wave: row.wave_id,
            version: row.version_id,
            contact: row.contact_id,
            segment: row.segment_id,
            kind: row.kind,
            language: Language::parse(&row.language)?,
            state: word(&row.state, State::parse)?,
            created_at: row.created_at.into(),
            delivered_at: row.delivered_at.map(Into::into),
            delivered_day: row.delivered_day,
            answered_at: row.answered_at.map(Into::into),
            closes_at: row.closes_at.into(),
        })
    }
}

pub fn insert(conn: &mut Conn, new: &[Invitation]) -> Result<()> {
    let rows: Vec<Row> = new.iter().map(Row::from).collect();
    for some in batches(&rows, 14) {
        with_conn!(conn, |c| diesel::insert_into(invitations::table).values(some).execute(c))?;
    }
    Ok(())
}

pub fn find(conn: &mut Conn, account: AccountId, id: InvitationId) -> Result<Invitation> {
    let row: Row = with_conn!(conn, |c| invitations::table.find((account, id)).get_result(c))?;
    row.try_into()
}

/// An invitation with the people it is about: all that the customer's page says by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub invitation: Invitation,
    pub contact_name: Option<String>,
    pub salutation: Option<String>,
    pub role: Option<String>,
    pub account_name: String,
    /// Where the account stands today.
    pub segment: tally::Segment,
    pub manager: Option<String>,
}

/// Reads an invitation and its people with one query: this is what every click on a link asks for. It
/// names the one row by its key, without a limit: for a limit that is bound as a value SQLite would
/// prepare the query anew each time.
///
/// # Errors
/// `NotFound` if there is no such invitation.
pub fn with_people(conn: &mut Conn, account: AccountId, id: InvitationId) -> Result<Asked> {
    type Person = (Option<String>, Option<String>, Option<String>);
    type Found = (Row, Person, (String, String, String, String), Option<String>);
    let (row, (contact_name, salutation, role), (account_name, tier, region, product_line), manager): Found =
        with_conn!(conn, |c| invitations::table
            .inner_join(accounts::table.on(accounts::id.eq(invitations::account_id)))
            .left_join(
                contacts::table
                    .on(contacts::account_id.eq(invitations::account_id).and(contacts::id.eq(invitations::contact_id))),
            )
            .left_join(users::table.on(accounts::manager_id.eq(users::id.nullable())))
            .filter(invitations::account_id.eq(account).and(invitations::id.eq(id)))
            .select((
                invitations::all_columns,
                (contacts::name.nullable(), contacts::salutation.nullable(), contacts::role.nullable()),
                (accounts::name, accounts::tier, accounts::region, accounts::product_line),
                users::name.nullable(),
            ))
            .get_result(c))?;
    Ok(Asked {
        invitation: row.try_into()?,
        contact_name,
        salutation,
        role,
        account_name,
        segment: tally::Segment { tier, region, product_line },
        manager,
    })
}

/// The invitations to a version that nobody is known to have used, a chunk at a time, in the order of accounts and
/// identifiers.
pub fn unused_after(
    conn: &mut Conn,
    version: VersionId,
    after: Option<(AccountId, InvitationId)>,
    limit: i64,
) -> Result<Vec<Invitation>> {
    of_version_after(conn, version, false, after, limit)
}

/// Those that were used, likewise.
pub fn used_after(
    conn: &mut Conn,
    version: VersionId,
    after: Option<(AccountId, InvitationId)>,
    limit: i64,
) -> Result<Vec<Invitation>> {
    of_version_after(conn, version, true, after, limit)
}

fn of_version_after(
    conn: &mut Conn,
    version: VersionId,
    used: bool,
    after: Option<(AccountId, InvitationId)>,
    limit: i64,
) -> Result<Vec<Invitation>> {
    let rows: Vec<Row> = with_conn!(conn, |c, B| {
        let mut query = invitations::table
            .filter(invitations::version_id.eq(version))
            .order((invitations::account_id, invitations::id))
            .limit(limit)
            .into_boxed::<B>();
        query = match used {
            true => query.filter(invitations::answered_at.is_not_null()),
            false => query.filter(invitations::answered_at.is_null()),
        };
        if let Some((account, id)) = after {
            query = query.filter(
                invitations::account_id.gt(account).or(invitations::account_id.eq(account).and(invitations::id.gt(id))),
            );
        }
        query.load(c)
    })?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// Makes others who want to answer the same invitation wait until the open transaction ends. SQLite lets
/// only one write at a time anyway.
pub fn hold(conn: &mut Conn, account: AccountId, id: InvitationId) -> Result<()> {
    if let Wire::Postgres(c) = &mut conn.held {
        let c: &mut PgConnection = c;
        let _found: Option<InvitationId> =
            invitations::table.find((account, id)).select(invitations::id).for_update().first(c).optional()?;
    }
    Ok(())
}

/// What every delivered invitation adds to the tallies, a chunk at a time, in the order of accounts and
/// identifiers: for their recount.
pub fn delivered_after(
    conn: &mut Conn,
    after: Option<(AccountId, InvitationId)>,
    limit: i64,
) -> Result<Vec<((AccountId, InvitationId), tally::Fold)>> {
    type Found = (AccountId, InvitationId, SegmentId, String, Option<NaiveDate>);
    let rows: Vec<Found> = with_conn!(conn, |c, B| {
        let mut query = invitations::table
            .filter(invitations::delivered_day.is_not_null())
            .order((invitations::account_id, invitations::id))
            .select((
                invitations::account_id,
                invitations::id,
                invitations::segment_id,
                invitations::kind,
                invitations::delivered_day,
            ))
            .limit(limit)
            .into_boxed::<B>();
        if let Some((account, id)) = after {
            query = query.filter(
                invitations::account_id.gt(account).or(invitations::account_id.eq(account).and(invitations::id.gt(id))),
            );
        }
        query.load(c)
    })?;
    Ok(rows
        .into_iter()
        .filter_map(|(account, id, segment, kind, day)| {
            Some(((account, id), tally::delivered(account, segment, &kind, day?)))
        })
        .collect())
}

/// The first delivery counts: the invitation is asked from now on, and the tally of askings grows by
/// one. A second delivery of the same invitation changes nothing.
pub fn mark_delivered(conn: &mut Conn, invitation: &Invitation, at: DateTime<Utc>, day: NaiveDate) -> Result<()> {
    let marked = with_conn!(conn, |c| {
        diesel::update(
            invitations::table.find((invitation.account, invitation.id)).filter(invitations::delivered_at.is_null()),
        )
        .set((
            invitations::state.eq(State::Delivered.as_str()),
            invitations::delivered_at.eq(Instant::from(at)),
            invitations::delivered_day.eq(day),
        ))
        .execute(c)
    })?;
    if marked > 0 {
        tallies::fold(conn, [tally::delivered(invitation.account, invitation.segment, &invitation.kind, day)])?;
    }
    Ok(())
}

/// Records that an invitation that was not delivered never will be.
pub fn mark_undelivered(conn: &mut Conn, account: AccountId, id: InvitationId, state: State) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::update(invitations::table.find((account, id)).filter(invitations::delivered_at.is_null()))
            .set(invitations::state.eq(state.as_str()))
            .execute(c)
    })?;
    Ok(())
}

/// Who answered without our knowing of the delivery has certainly got the invitation. Returns the day of
/// delivery: the one that was known, else today.
pub fn mark_answered(
    conn: &mut Conn,
    invitation: &Invitation,
    at: DateTime<Utc>,
    day: NaiveDate,
) -> Result<Option<NaiveDate>> {
    let delivered = match invitation.delivered_day {
        Some(day) => Some(day),
        None => {
            mark_delivered(conn, invitation, at, day)?;
            // The one who sends may have been first, with another day.
            find(conn, invitation.account, invitation.id)?.delivered_day
        }
    };
    let mark = diesel::update(invitations::table.find((invitation.account, invitation.id)))
        .set(invitations::answered_at.eq(Instant::from(at)));
    match &mut conn.held {
        Wire::Sqlite(c) => {
            /// The name of the statement.
            struct MarkAnswered;
            let c: &mut SqliteConnection = c;
            Kept::<MarkAnswered, _, _>::new(mark).run(c)?;
        }
        Wire::Postgres(c) => {
            let c: &mut PgConnection = c;
            mark.execute(c)?;
        }
    }
    Ok(delivered)
}

/// Notes the first answer to an invitation that was delivered on `delivered`, in one statement: false,
/// and nothing noted, if it was answered or cancelled, was closed by then, or has another day.
pub fn mark_first_answer(
    conn: &mut Conn,
    account: AccountId,
    id: InvitationId,
    at: DateTime<Utc>,
    delivered: NaiveDate,
) -> Result<bool> {
    let at = Instant::from(at);
    let open = invitations::answered_at
        .is_null()
        .and(invitations::state.ne(State::Cancelled.as_str()))
        .and(invitations::closes_at.gt(at))
        .and(invitations::delivered_day.eq(delivered));
    let mark = diesel::update(invitations::table.find((account, id)).filter(open))
        .set(invitations::answered_at.eq(at))
        .returning(invitations::id);
    let marked: Vec<InvitationId> = match &mut conn.held {
        Wire::Sqlite(c) => {
            /// The name of the statement.
            struct MarkFirstAnswer;
            let c: &mut SqliteConnection = c;
            Kept::<MarkFirstAnswer, _, _>::returning(mark).load(c)?
        }
        Wire::Postgres(c) => {
            let c: &mut PgConnection = c;
            mark.load(c)?
        }
    };
    Ok(!marked.is_empty())
}

/// An account's invitations, the latest first.
pub fn of_account(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<Invitation>> {
    let rows: Vec<Row> = with_conn!(conn, |c| invitations::table
        .filter(invitations::account_id.eq(account))
        .order((invitations::created_at.desc(), invitations::id.desc()))
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(Invitation::try_from).collect()
}

/// All invitations of a wave are answered until then.
pub fn close_wave(conn: &mut Conn, wave: WaveId, at: DateTime<Utc>) -> Result<()> {
    let at = Instant::from(at);
    with_conn!(conn, |c| diesel::update(invitations::table.filter(invitations::wave_id.eq(wave)))
        .set(invitations::closes_at.eq(at))
        .execute(c))?;
    Ok(())
}

/// How many invitations of a wave stand where: planned, delivered, answered, failed, cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaveCounts {
    pub planned: i64,
    pub delivered: i64,
    pub answered: i64,
    pub failed: i64,
    pub cancelled: i64,
    /// Held back and counted as asked.
    pub held_back: i64,
}

impl WaveCounts {
    /// The share of those asked who have answered; who was held back has not.
    pub fn rate(&self) -> Option<f64> {
        let asked = self.delivered + self.held_back;
        (asked > 0).then(|| self.answered as f64 / asked as f64)
    }
}

pub fn counts_of_wave(conn: &mut Conn, wave: WaveId) -> Result<WaveCounts> {
    use diesel::dsl::{count, count_star};
    let rows: Vec<(String, i64, i64)> = with_conn!(conn, |c| invitations::table
        .filter(invitations::wave_id.eq(wave))
        .group_by(invitations::state)
        .select((invitations::state, count_star(), count(invitations::answered_at)))
        .load(c))?;
    let mut counts = WaveCounts::default();
    for (state, n, answered) in rows {
        match word(&state, State::parse)? {
            State::Planned => counts.planned += n,
            State::Delivered => counts.delivered += n,
            State::Failed => counts.failed += n,
            State::Cancelled => counts.cancelled += n,
        }
        counts.answered += answered;
    }
    Ok(counts)
}
