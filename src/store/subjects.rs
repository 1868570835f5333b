//! Sites, teams and employees: what checks and ratings are about; their grades, and the trainings of people.

use super::accounts::like;
use super::conn::{Conn, with_conn};
use super::schema::{accounts, measurements, responses, subject_checks, subjects, trainings};
use super::types::{Instant, word};
use crate::domain::account::folded;
use crate::domain::ident::{AccountId, ResponseId, SubjectId, TrainingId, UserId};
use crate::domain::measure::{Measure, Milli};
use crate::domain::subject::{Subject, SubjectKind};
use crate::error::{Code, Error, Result};
use crate::store::responses::State;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use std::collections::BTreeMap;

#[derive(Queryable, Insertable, Clone)]
#[diesel(table_name = subjects, treat_none_as_default_value = false)]
struct Row {
    id: SubjectId,
    kind: String,
    number: String,
    name: String,
    folded: String,
    site_id: Option<SubjectId>,
    region: String,
    user_id: Option<UserId>,
    active: bool,
    created_at: Instant,
    revision: i64,
}

impl TryFrom<Row> for Subject {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            kind: word(&row.kind, SubjectKind::parse)?,
            number: row.number,
            name: row.name,
            site: row.site_id,
            region: row.region,
            user: row.user_id,
            active: row.active,
            revision: row.revision,
        })
    }
}

fn searched(subject: &Subject) -> String {
    format!("{} {}", folded(&subject.name), folded(&subject.number))
}

/// Adds a new one.
///
/// # Errors
/// `ChangedMeanwhile` if its number, or its person, is taken.
pub fn insert(conn: &mut Conn, subject: &Subject, now: DateTime<Utc>) -> Result<()> {
    let row = Row {
        id: subject.id,
        kind: subject.kind.as_str().into(),
        number: subject.number.clone(),
        name: subject.name.clone(),
        folded: searched(subject),
        site_id: subject.site,
        region: subject.region.clone(),
        user_id: subject.user,
        active: subject.active,
        created_at: now.into(),
        revision: subject.revision,
    };
    with_conn!(conn, |c| diesel::insert_into(subjects::table).values(&row).execute(c))?;
    Ok(())
}

/// Saves a changed one, if nobody else changed it since it was read; its revision grows by one. Kind and number stay.
///
/// # Errors
/// `ChangedMeanwhile`.
pub fn update(conn: &mut Conn, subject: &Subject) -> Result<()> {
    let saved = with_conn!(conn, |c| {
        diesel::update(subjects::table.filter(subjects::id.eq(subject.id).and(subjects::revision.eq(subject.revision))))
            .set((
                subjects::name.eq(&subject.name),
                subjects::folded.eq(searched(subject)),
                subjects::site_id.eq(subject.site),
                subjects::region.eq(&subject.region),
                subjects::user_id.eq(subject.user),
                subjects::active.eq(subject.active),
                subjects::revision.eq(subject.revision + 1),
            ))
            .execute(c)
    })?;
    if saved == 0 { Err(Error::new(Code::ChangedMeanwhile).with("what", &subject.name)) } else { Ok(()) }
}

pub fn find(conn: &mut Conn, id: SubjectId) -> Result<Subject> {
    let row: Row = with_conn!(conn, |c| subjects::table.find(id).get_result(c))?;
    row.try_into()
}

/// All of them in the order of their names: there are as many as a company has places and people who look after
/// customers, not as many as it has customers.
pub fn all(conn: &mut Conn) -> Result<Vec<Subject>> {
    listed(conn, None)
}

/// Those whose name or number has a text in it.
pub fn listed(conn: &mut Conn, text: Option<&str>) -> Result<Vec<Subject>> {
    let rows: Vec<Row> = with_conn!(conn, |c, B| {
        let mut query = subjects::table.order((subjects::folded, subjects::id)).into_boxed::<B>();
        if let Some(text) = text {
            query = query.filter(subjects::folded.like(like(text)).escape('\\'));
        }
        query.load(c)
    })?;
    rows.into_iter().map(Subject::try_from).collect()
}

/// The employee who looks after an account today, where that is somebody whom ratings are kept of.
pub fn manager_of(conn: &mut Conn, account: AccountId) -> Result<Option<SubjectId>> {
    Ok(with_conn!(conn, |c| accounts::table
        .inner_join(subjects::table.on(subjects::user_id.eq(accounts::manager_id)))
        .filter(accounts::id.eq(account).and(subjects::active).and(subjects::kind.eq("employee")))
        .select(subjects::id)
        .first(c)
        .optional())?)
}

/// The grade that one check gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub subject: SubjectId,
    pub response: ResponseId,
    pub account: AccountId,
    pub day: NaiveDate,
    /// 0 to 100, in thousandths.
    pub score: Milli,
    pub grade: String,
    /// The grade that it took the place of.
    pub grade_before: Option<String>,
    pub entered_at: DateTime<Utc>,
}

/// A check with who entered it, and whether it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub check: Check,
    pub entered_by: Option<UserId>,
    pub counts: bool,
    /// How many points were looked at, and how many do not apply, are told from the answers.
    pub answers: String,
}

pub fn insert_check(conn: &mut Conn, check: &Check) -> Result<()> {
    use subject_checks::dsl;
    with_conn!(conn, |c| diesel::insert_into(dsl::subject_checks)
        .values((
            dsl::subject_id.eq(check.subject),
            dsl::response_id.eq(check.response),
            dsl::account_id.eq(check.account),
            dsl::day.eq(check.day),
            dsl::score.eq(check.score),
            dsl::grade.eq(&check.grade),
            dsl::grade_before.eq(check.grade_before.as_ref()),
            dsl::entered_at.eq(Instant::from(check.entered_at)),
        ))
        .execute(c))?;
    Ok(())
}

type CheckRow = (
    SubjectId,
    ResponseId,
    AccountId,
    NaiveDate,
    Milli,
    String,
    Option<String>,
    Instant,
    Option<UserId>,
    String,
    String,
);

/// The checks of one site or team, the latest first; those that do not count among them.
pub fn checks_of(conn: &mut Conn, subject: SubjectId, limit: i64) -> Result<Vec<Checked>> {
    use subject_checks::dsl;
    let rows: Vec<CheckRow> = with_conn!(conn, |c| dsl::subject_checks
        .inner_join(
            responses::table.on(responses::account_id.eq(dsl::account_id).and(responses::id.eq(dsl::response_id)))
        )
        .filter(dsl::subject_id.eq(subject))
        .order((dsl::day.desc(), dsl::entered_at.desc(), dsl::response_id.desc()))
        .limit(limit)
        .select((
            dsl::subject_id,
            dsl::response_id,
            dsl::account_id,
            dsl::day,
            dsl::score,
            dsl::grade,
            dsl::grade_before,
            dsl::entered_at,
            responses::entered_by,
            responses::state,
            responses::answers,
        ))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(subject, response, account, day, score, grade, grade_before, at, entered_by, state, answers)| Checked {
            check: Check { subject, response, account, day, score, grade, grade_before, entered_at: at.into() },
            entered_by,
            counts: state == State::Kept.as_str(),
            answers,
        })
        .collect())
}

/// The latest check that counts of each site and team.
pub fn latest_checks(conn: &mut Conn) -> Result<BTreeMap<SubjectId, (NaiveDate, Milli, String)>> {
    use subject_checks::dsl;
    let rows: Vec<(SubjectId, NaiveDate, Milli, String)> = with_conn!(conn, |c| dsl::subject_checks
        .inner_join(
            responses::table.on(responses::account_id.eq(dsl::account_id).and(responses::id.eq(dsl::response_id)))
        )
        .filter(responses::state.eq(State::Kept.as_str()))
        .order((dsl::subject_id, dsl::day, dsl::entered_at, dsl::response_id))
        .select((dsl::subject_id, dsl::day, dsl::score, dsl::grade))
        .load(c))?;
    // The later of one subject stands in the place of the earlier.
    Ok(rows.into_iter().map(|(subject, day, score, grade)| (subject, (day, score, grade))).collect())
}

/// A training that somebody took part in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Training {
    pub id: TrainingId,
    pub subject: SubjectId,
    pub name: String,
    pub day: NaiveDate,
}

pub fn insert_training(conn: &mut Conn, training: &Training, by: Option<UserId>, now: DateTime<Utc>) -> Result<()> {
    use trainings::dsl;
    with_conn!(conn, |c| diesel::insert_into(dsl::trainings)
        .values((
            dsl::id.eq(training.id),
            dsl::subject_id.eq(training.subject),
            dsl::name.eq(&training.name),
            dsl::day.eq(training.day),
            dsl::created_by.eq(by),
            dsl::created_at.eq(Instant::from(now)),
        ))
        .execute(c))?;
    Ok(())
}

/// The trainings of one person, the latest first.
pub fn trainings_of(conn: &mut Conn, subject: SubjectId) -> Result<Vec<Training>> {
    let rows: Vec<(TrainingId, SubjectId, String, NaiveDate)> = with_conn!(conn, |c| trainings::table
        .filter(trainings::subject_id.eq(subject))
        .order((trainings::day.desc(), trainings::id.desc()))
        .select((trainings::id, trainings::subject_id, trainings::name, trainings::day))
        .load(c))?;
    Ok(rows.into_iter().map(|(id, subject, name, day)| Training { id, subject, name, day }).collect())
}

/// One measure of what was said about one subject between two days, both within: the account, the day and the score.
/// For comparing single days; whoever wants months reads the tallies.
pub fn readings_of(
    conn: &mut Conn,
    subject: SubjectId,
    measure: &Measure,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<(AccountId, NaiveDate, Milli)>> {
    Ok(with_conn!(conn, |c| responses::table
        .inner_join(
            measurements::table.on(measurements::account_id
                .eq(responses::account_id)
                .and(measurements::response_id.eq(responses::id))),
        )
        .filter(responses::subject_id.eq(subject).and(responses::day.between(first, last)))
        .filter(measurements::measure.eq(measure.key()))
        .order((responses::day, responses::id))
        .select((responses::account_id, responses::day, measurements::x))
        .load(c))?)
}
