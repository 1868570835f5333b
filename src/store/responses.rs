//! Responses and the measurements derived from them.
//!
//! Measurements stand here for responses that count, and for no others; that a response counts at all
//! is said by its own row.

pub mod doubts;

use super::accounts::narrowed;
use super::conn::{Conn, Wire, with_conn};
use super::schema::{accounts, contacts, invitations, measurements, responses};
use super::types::{Instant, from_json, to_json, word};
use crate::domain::answer::Answers;
use crate::domain::answer::quality::Flag;
use crate::domain::ident::{
    AccountId, ContactId, InvitationId, OpenLinkId, ResponseId, SegmentId, SubjectId, UserId, VersionId, WaveId,
};
use crate::domain::language::Language;
use crate::domain::measure::{Measure, Measurement, Milli};
use crate::domain::permission::Reach;
use crate::domain::survey::SurveyKind;
use crate::error::{Code, Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use std::collections::BTreeMap;

/// The way a response came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    Web,
    Import,
    Telephone,
    Paper,
    ThirdParty,
    /// By a link that anybody may use.
    OpenLink,
    /// By our own people, about a place or a group of ours.
    SpotCheck,
}

impl Channel {
    pub const ALL: [Self; 7] =
        [Self::Web, Self::Import, Self::Telephone, Self::Paper, Self::ThirdParty, Self::OpenLink, Self::SpotCheck];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Import => "import",
            Self::Telephone => "telephone",
            Self::Paper => "paper",
            Self::ThirdParty => "third_party",
            Self::OpenLink => "open_link",
            Self::SpotCheck => "spot_check",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == text)
    }
}

/// Whether a response counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Kept,
    /// Somebody has said, with a reason, that it shall not count; it can be restored.
    Excluded,
    /// Its content is gone for good.
    Erased,
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Excluded => "excluded",
            Self::Erased => "erased",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Kept, Self::Excluded, Self::Erased].into_iter().find(|s| s.as_str() == text)
    }
}

/// One filled-in form.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    pub account: AccountId,
    pub id: ResponseId,
    pub invitation: Option<InvitationId>,
    pub contact: Option<ContactId>,
    pub wave: Option<WaveId>,
    pub version: VersionId,
    /// Where the account stood when it answered; a later change of the answers does not move it.
    pub segment: SegmentId,
    /// Kind of survey programme.
    pub kind: String,
    pub channel: Channel,
    pub state: State,
    pub why_excluded: Option<String>,
    pub answers: Answers,
    pub language: Language,
    pub received_at: DateTime<Utc>,
    /// The day it came in, in the reporting zone.
    pub day: NaiveDate,
    pub changed_at: DateTime<Utc>,
    /// Grows with every change; a change that starts from an older one is refused.
    pub revision: i64,
    /// From the page to its first sending, where that is known.
    pub took_seconds: Option<i64>,
    /// Why it is doubtful; it counts all the same until somebody excludes it.
    pub flags: Vec<Flag>,
    /// Where it came from within its channel: the agency, the place of a link.
    pub source: Option<String>,
    /// The site, team or person it is about.
    pub subject: Option<SubjectId>,
    /// Who of us wrote it down, where that was not the contact.
    pub entered_by: Option<UserId>,
    /// The open link that it came in by.
    pub link: Option<OpenLinkId>,
}

#[derive(Queryable, Insertable, Selectable, Clone)]
#[diesel(table_name = responses, treat_none_as_default_value = false)]
struct Row {
    account_id: AccountId,
    id: ResponseId,
    invitation_id: Option<InvitationId>,
    contact_id: Option<ContactId>,
    wave_id: Option<WaveId>,
    version_id: VersionId,
    segment_id: SegmentId,
    kind: String,
    channel: String,
    state: String,
    why_excluded: Option<String>,
    answers: String,
    /// Counts, and holds own words: so that quotes are found without reading everything.
    quotable: bool,
    language: String,
    received_at: Instant,
    day: NaiveDate,
    changed_at: Instant,
    revision: i64,
    took_seconds: Option<i64>,
    flags: String,
    source: Option<String>,
    subject_id: Option<SubjectId>,
    entered_by: Option<UserId>,
    link_id: Option<OpenLinkId>,
    /// Flagged or excluded: so that those are found without reading everything.
    doubtful: bool,
}

impl Row {
    fn of(response: &Response) -> Result<Self> {
        Ok(Self {
            account_id: response.account,
            id: response.id,
            invitation_id: response.invitation,
            contact_id: response.contact,
            wave_id: response.wave,
            version_id: response.version,
            segment_id: response.segment,
            kind: response.kind.clone(),
            channel: response.channel.as_str().into(),
            state: response.state.as_str().into(),
            why_excluded: response.why_excluded.clone(),
            answers: to_json(&response.answers)?,
            quotable: response.state == State::Kept && response.answers.has_words(),
            language: response.language.as_str().into(),
            received_at: response.received_at.into(),
            day: response.day,
            changed_at: response.changed_at.into(),
            revision: response.revision,
            took_seconds: response.took_seconds,
            flags: to_json(&response.flags)?,
            source: response.source.clone(),
            subject_id: response.subject,
            entered_by: response.entered_by,
            link_id: response.link,
            doubtful: match response.state {
                State::Kept => !response.flags.is_empty(),
                State::Excluded => true,
                State::Erased => false,
            },
        })
    }
}

impl TryFrom<Row> for Response {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            account: row.account_id,
            id: row.id,
            invitation: row.invitation_id,
            contact: row.contact_id,
            wave: row.wave_id,
            version: row.version_id,
            segment: row.segment_id,
            kind: row.kind,
            channel: word(&row.channel, Channel::parse)?,
            state: word(&row.state, State::parse)?,
            why_excluded: row.why_excluded,
            answers: from_json(&row.answers)?,
            language: Language::parse(&row.language)?,
            received_at: row.received_at.into(),
            day: row.day,
            changed_at: row.changed_at.into(),
            revision: row.revision,
            took_seconds: row.took_seconds,
            flags: from_json(&row.flags)?,
            source: row.source,
            subject: row.subject_id,
            entered_by: row.entered_by,
            link: row.link_id,
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = measurements, treat_none_as_default_value = false)]
struct MeasurementRow {
    account_id: AccountId,
    response_id: ResponseId,
    measure: String,
    day: NaiveDate,
    x: Milli,
}

/// Keeps a new response with what is measured by it.
///
/// # Errors
/// `ChangedMeanwhile` if the invitation has a response already.
pub fn insert(conn: &mut Conn, response: &Response, measured: &[Measurement]) -> Result<()> {
    let row = Row::of(response)?;
    with_conn!(conn, |c| diesel::insert_into(responses::table).values(&row).execute(c))?;
    insert_measurements(conn, response, measured)
}

/// Row by row on SQLite, where the prepared statement is kept; together on PostgreSQL, where the way
/// there costs more than the statement.
fn insert_measurements(conn: &mut Conn, response: &Response, measured: &[Measurement]) -> Result<()> {
    let rows: Vec<MeasurementRow> = measured
        .iter()
        .filter(|m| !matches!(m.measure, Measure::Response | Measure::Came(_)))
        .map(|m| MeasurementRow {
            account_id: response.account,
            response_id: response.id,
            measure: m.measure.key(),
            day: response.day,
            x: m.x,
        })
        .collect();
    match &mut conn.held {
        Wire::Sqlite(c) => {
            let c: &mut SqliteConnection = c;
            for row in &rows {
                diesel::insert_into(measurements::table).values(row).execute(c)?;
            }
        }
        Wire::Postgres(c) => {
            let c: &mut PgConnection = c;
            diesel::insert_into(measurements::table).values(&rows).execute(c)?;
        }
    }
    Ok(())
}

fn delete_measurements(conn: &mut Conn, account: AccountId, id: ResponseId) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::delete(
            measurements::table.filter(measurements::account_id.eq(account).and(measurements::response_id.eq(id))),
        )
        .execute(c)
    })?;
    Ok(())
}

pub fn find(conn: &mut Conn, account: AccountId, id: ResponseId) -> Result<Response> {
    let row: Row = with_conn!(conn, |c| responses::table.find((account, id)).get_result(c))?;
    row.try_into()
}

/// The response to an invitation, if it was answered.
pub fn by_invitation(conn: &mut Conn, account: AccountId, invitation: InvitationId) -> Result<Option<Response>> {
    let row: Option<Row> = with_conn!(conn, |c| responses::table
        .filter(responses::account_id.eq(account).and(responses::invitation_id.eq(invitation)))
        .get_result(c)
        .optional())?;
    row.map(Response::try_from).transpose()
}

/// Saves a response as it now is in place of what it was: answers, state, contact, language, flags. `measured`
/// is what is measured by it now; nothing where it does not count. Its revision grows by one.
///
/// # Errors
/// `ChangedMeanwhile` if somebody else has changed it since it was read; nothing is saved then.
pub fn replace(conn: &mut Conn, response: &Response, measured: &[Measurement]) -> Result<()> {
    let row = Row::of(response)?;
    let saved = with_conn!(conn, |c| {
        diesel::update(
            responses::table.find((response.account, response.id)).filter(responses::revision.eq(response.revision)),
        )
        .set((
            responses::contact_id.eq(row.contact_id),
            responses::state.eq(&row.state),
            responses::why_excluded.eq(row.why_excluded.as_ref()),
            responses::answers.eq(&row.answers),
            responses::quotable.eq(row.quotable),
            responses::language.eq(&row.language),
            responses::changed_at.eq(row.changed_at),
            responses::took_seconds.eq(row.took_seconds),
            responses::flags.eq(&row.flags),
            responses::doubtful.eq(row.doubtful),
            responses::revision.eq(response.revision + 1),
        ))
        .execute(c)
    })?;
    if saved == 0 {
        return Err(Error::new(Code::ChangedMeanwhile).with("what", response.id));
    }
    delete_measurements(conn, response.account, response.id)?;
    insert_measurements(conn, response, measured)
}

/// An account's responses in every state, the latest first.
pub fn of_account(conn: &mut Conn, account: AccountId, limit: i64) -> Result<Vec<Response>> {
    let rows: Vec<Row> = with_conn!(conn, |c| responses::table
        .filter(responses::account_id.eq(account))
        .order((responses::received_at.desc(), responses::id.desc()))
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(Response::try_from).collect()
}

/// The responses of an account to a version that came in on a day, in every state.
pub fn of_day(conn: &mut Conn, account: AccountId, version: VersionId, day: NaiveDate) -> Result<Vec<Response>> {
    let rows: Vec<Row> = with_conn!(conn, |c| responses::table
        .filter(responses::account_id.eq(account).and(responses::version_id.eq(version)).and(responses::day.eq(day)))
        .select(Row::as_select())
        .order(responses::id)
        .load(c))?;
    rows.into_iter().map(Response::try_from).collect()
}

/// How many responses that count came in at each account since a day.
pub fn counts_since(conn: &mut Conn, since: NaiveDate) -> Result<BTreeMap<AccountId, i64>> {
    use diesel::dsl::count_star;
    let rows: Vec<(AccountId, i64)> = with_conn!(conn, |c| responses::table
        .filter(responses::state.eq(State::Kept.as_str()).and(responses::day.ge(since)))
        .group_by(responses::account_id)
        .select((responses::account_id, count_star()))
        .load(c))?;
    Ok(rows.into_iter().collect())
}

pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(with_conn!(conn, |c| responses::table.count().get_result(c))?)
}

/// A response with own words in it, and who wrote them.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    pub response: Response,
    pub account_name: String,
    pub contact_name: Option<String>,
}

/// The kinds of surveys in which customers speak.
fn of_customers() -> impl Iterator<Item = &'static str> {
    SurveyKind::ALL.iter().filter(|kind| kind.is_of_customers()).map(|kind| kind.as_str())
}

/// The latest responses of customers that hold own words, of the accounts that are asked for and within reach, the latest
/// first. What is asked of accounts is asked of them as they are today.
pub fn latest_comments(
    conn: &mut Conn,
    reach: &Reach,
    of: &super::accounts::Filter,
    limit: i64,
) -> Result<Vec<Comment>> {
    let rows: Vec<(Row, String, Option<String>)> = with_conn!(conn, |c, B| {
        let query = responses::table
            .inner_join(accounts::table.on(accounts::id.eq(responses::account_id)))
            .left_join(contacts::table.on(
                contacts::account_id.eq(responses::account_id).and(contacts::id.nullable().eq(responses::contact_id)),
            ))
            .filter(responses::quotable.and(responses::kind.eq_any(of_customers())))
            .select((Row::as_select(), accounts::name, contacts::name.nullable()))
            .order((responses::day.desc(), responses::received_at.desc(), responses::id.desc()))
            .limit(limit)
            .into_boxed::<B>();
        narrowed!(query, reach, of).load(c)
    })?;
    rows.into_iter()
        .map(|(row, account_name, contact_name)| Ok(Comment { response: row.try_into()?, account_name, contact_name }))
        .collect()
}

/// One typed score of one response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub response: ResponseId,
    pub measure: Measure,
    pub day: NaiveDate,
    pub x: Milli,
}

/// What is measured by an account's responses, in the order of days.
pub fn readings_of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Reading>> {
    let rows: Vec<(ResponseId, String, NaiveDate, Milli)> = with_conn!(conn, |c| measurements::table
        .filter(measurements::account_id.eq(account))
        .order((measurements::day, measurements::response_id, measurements::measure))
        .select((measurements::response_id, measurements::measure, measurements::day, measurements::x))
        .load(c))?;
    rows.into_iter()
        .map(|(response, measure, day, x)| Ok(Reading { response, measure: word(&measure, Measure::parse)?, day, x }))
        .collect()
}

/// One score of one account: the account, the day, who gave it, and the score.
pub type AccountReading = (AccountId, NaiveDate, Option<ContactId>, Milli);

/// One measure over all accounts since a day, in the order of accounts and days: what the nightly look
/// walks through.
pub fn readings_since(conn: &mut Conn, measure: &Measure, since: NaiveDate) -> Result<Vec<AccountReading>> {
    Ok(with_conn!(conn, |c| measurements::table
        .inner_join(
            responses::table.on(responses::account_id
                .eq(measurements::account_id)
                .and(responses::id.eq(measurements::response_id))),
        )
        .filter(measurements::measure.eq(measure.key()).and(measurements::day.ge(since)))
        .order((measurements::account_id, measurements::day, measurements::response_id))
        .select((measurements::account_id, measurements::day, responses::contact_id, measurements::x))
        .load(c))?)
}

/// A response that counts, with the day and the segment of the delivered invitation that it answers.
pub type Counting = (Response, Option<(NaiveDate, SegmentId)>);

/// The responses that count, a chunk at a time, in the order of accounts and identifiers: for the
/// recount of tallies.
pub fn counting_after(conn: &mut Conn, after: Option<(AccountId, ResponseId)>, limit: i64) -> Result<Vec<Counting>> {
    let rows: Vec<(Row, Option<NaiveDate>, Option<SegmentId>)> = with_conn!(conn, |c, B| {
        let mut query = responses::table
            .left_join(
                invitations::table.on(invitations::account_id
                    .eq(responses::account_id)
                    .and(invitations::id.nullable().eq(responses::invitation_id))),
            )
            .filter(responses::state.eq(State::Kept.as_str()))
            .select((Row::as_select(), invitations::delivered_day.nullable(), invitations::segment_id.nullable()))
            .order((responses::account_id, responses::id))
            .limit(limit)
            .into_boxed::<B>();
        if let Some((account, id)) = after {
            query = query.filter(
                responses::account_id.gt(account).or(responses::account_id.eq(account).and(responses::id.gt(id))),
            );
        }
        query.load(c)
    })?;
    rows.into_iter().map(|(row, day, segment)| Ok((row.try_into()?, day.zip(segment)))).collect()
}

/// Makes the open transaction see one moment of the database. With `alone`, nobody else writes
/// responses, invitations or tallies until it ends; SQLite has one writer anyway.
///
/// # Errors
/// `DatabaseUnavailable` if the locks cannot be had.
pub fn hold_still(conn: &mut Conn, alone: bool) -> Result<()> {
    if let Wire::Postgres(c) = &mut conn.held {
        let c: &mut PgConnection = c;
        let statement = if alone {
            "LOCK TABLE responses, invitations, tally_days, tally_accounts, subject_tallies, tally_stamps IN SHARE ROW EXCLUSIVE MODE"
        } else {
            "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        };
        diesel::sql_query(statement).execute(c)?;
    }
    Ok(())
}
