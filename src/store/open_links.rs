//! Open links, and what came in by them. Few rows: who opens a link finds it by its code.

use super::conn::{Conn, Wire, with_conn};
use super::reach::reached;
use super::schema::{accounts, open_links, responses, tally_days};
use super::types::{Instant, from_json, word};
use crate::domain::answer::Answers;
use crate::domain::ident::{AccountId, OpenLinkId, SubjectId, UserId, VersionId};
use crate::domain::language::Language;
use crate::domain::open_link::{LINK, LinkCounts, LinkState, OpenLink};
use crate::domain::permission::Reach;
use crate::domain::token::LinkCode;
use crate::error::{Code, Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use std::collections::BTreeMap;

#[derive(Queryable, Insertable, Selectable, Clone)]
#[diesel(table_name = open_links, treat_none_as_default_value = false)]
struct Row {
    id: OpenLinkId,
    code: Vec<u8>,
    name: String,
    source: String,
    version_id: VersionId,
    language: String,
    password_hash: Option<String>,
    account_id: AccountId,
    of_segment: bool,
    subject_id: Option<SubjectId>,
    opens_at: Option<Instant>,
    closes_at: Option<Instant>,
    state: String,
    most: Option<i64>,
    created_by: Option<UserId>,
    created_at: Instant,
    revision: i64,
}

impl From<&OpenLink> for Row {
    fn from(link: &OpenLink) -> Self {
        Self {
            id: link.id,
            code: link.code.0.to_vec(),
            name: link.name.clone(),
            source: link.source.clone(),
            version_id: link.version,
            language: link.language.as_str().into(),
            password_hash: link.password_hash.clone(),
            account_id: link.account,
            of_segment: link.of_segment,
            subject_id: link.subject,
            opens_at: link.opens_at.map(Into::into),
            closes_at: link.closes_at.map(Into::into),
            state: link.state.as_str().into(),
            most: link.most,
            created_by: link.created_by,
            created_at: link.created_at.into(),
            revision: link.revision,
        }
    }
}

impl TryFrom<Row> for OpenLink {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let code =
            row.code.as_slice().try_into().map_err(|_| Error::new(Code::SchemaMismatch).with("value", row.id))?;
        Ok(Self {
            id: row.id,
            code: LinkCode(code),
            name: row.name,
            source: row.source,
            version: row.version_id,
            language: Language::parse(&row.language)?,
            password_hash: row.password_hash,
            account: row.account_id,
            of_segment: row.of_segment,
            subject: row.subject_id,
            opens_at: row.opens_at.map(Into::into),
            closes_at: row.closes_at.map(Into::into),
            state: word(&row.state, LinkState::parse)?,
            most: row.most,
            created_by: row.created_by,
            created_at: row.created_at.into(),
            revision: row.revision,
        })
    }
}

pub fn insert(conn: &mut Conn, link: &OpenLink) -> Result<()> {
    with_conn!(conn, |c| diesel::insert_into(open_links::table).values(Row::from(link)).execute(c))?;
    Ok(())
}

/// Saves a changed link, if nobody else changed it since it was read; its revision grows by one. Where its
/// responses count stays what it was.
///
/// # Errors
/// `ChangedMeanwhile`.
pub fn update(conn: &mut Conn, link: &OpenLink) -> Result<()> {
    let row = Row::from(link);
    let saved = with_conn!(conn, |c| {
        diesel::update(open_links::table.find(link.id).filter(open_links::revision.eq(link.revision)))
            .set((
                open_links::name.eq(&row.name),
                open_links::source.eq(&row.source),
                open_links::version_id.eq(row.version_id),
                open_links::language.eq(&row.language),
                open_links::password_hash.eq(row.password_hash.as_ref()),
                open_links::subject_id.eq(row.subject_id),
                open_links::opens_at.eq(row.opens_at),
                open_links::closes_at.eq(row.closes_at),
                open_links::state.eq(&row.state),
                open_links::most.eq(row.most),
                open_links::revision.eq(link.revision + 1),
            ))
            .execute(c)
    })?;
    if saved == 0 { Err(Error::new(Code::ChangedMeanwhile).with("what", &link.name)) } else { Ok(()) }
}

pub fn find(conn: &mut Conn, id: OpenLinkId) -> Result<OpenLink> {
    let row: Row = with_conn!(conn, |c| open_links::table.find(id).get_result(c))?;
    row.try_into()
}

/// The link with a code.
///
/// # Errors
/// `LinkUnknown` if there is none.
pub fn by_code(conn: &mut Conn, code: LinkCode) -> Result<OpenLink> {
    let row: Option<Row> =
        with_conn!(conn, |c| open_links::table.filter(open_links::code.eq(code.0.to_vec())).get_result(c).optional())?;
    row.ok_or_else(|| Error::new(Code::LinkUnknown))?.try_into()
}

/// Makes others who answer by the same link wait until the open transaction ends: where its responses are
/// numbered, none may slip through. SQLite lets only one write at a time anyway.
pub fn hold(conn: &mut Conn, id: OpenLinkId) -> Result<()> {
    if let Wire::Postgres(c) = &mut conn.held {
        let c: &mut PgConnection = c;
        let _found: Option<OpenLinkId> =
            open_links::table.find(id).select(open_links::id).for_update().first(c).optional()?;
    }
    Ok(())
}

/// All links of accounts and segments within reach, the latest first.
pub fn list(conn: &mut Conn, reach: &Reach) -> Result<Vec<OpenLink>> {
    let rows: Vec<Row> = with_conn!(conn, |c| {
        let query = open_links::table
            .inner_join(accounts::table.on(accounts::id.eq(open_links::account_id)))
            .select(Row::as_select())
            .order((open_links::created_at.desc(), open_links::id.desc()));
        reached!(query, reach, |some| some.load(c))
    })?;
    rows.into_iter().map(OpenLink::try_from).collect()
}

/// How many responses a link has taken in, whether or not they count by now.
pub fn taken(conn: &mut Conn, link: &OpenLink) -> Result<i64> {
    Ok(with_conn!(conn, |c| responses::table
        .filter(responses::account_id.eq(link.account).and(responses::link_id.eq(link.id)))
        .count()
        .get_result(c))?)
}

/// When the last response by a link came in.
pub fn last_response(conn: &mut Conn, link: &OpenLink) -> Result<Option<DateTime<Utc>>> {
    let last: Option<Instant> = with_conn!(conn, |c| responses::table
        .filter(responses::account_id.eq(link.account).and(responses::link_id.eq(link.id)))
        .order(responses::received_at.desc())
        .select(responses::received_at)
        .first(c)
        .optional())?;
    Ok(last.map(Into::into))
}

/// What somebody wrote who answered by a link.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub answers: Answers,
    pub language: Language,
    pub day: NaiveDate,
}

/// The latest responses by a link that count and hold own words.
pub fn latest_words(conn: &mut Conn, link: &OpenLink, limit: i64) -> Result<Vec<Said>> {
    let rows: Vec<(String, String, NaiveDate)> = with_conn!(conn, |c| responses::table
        .filter(responses::account_id.eq(link.account).and(responses::link_id.eq(link.id)).and(responses::quotable))
        .order(responses::received_at.desc())
        .select((responses::answers, responses::language, responses::day))
        .limit(limit)
        .load(c))?;
    rows.into_iter()
        .map(|(answers, language, day)| {
            Ok(Said { answers: from_json(&answers)?, language: Language::parse(&language)?, day })
        })
        .collect()
}

/// How many responses count for each link, from the tallies of the versions that were asked by links.
pub fn counts(conn: &mut Conn) -> Result<BTreeMap<OpenLinkId, LinkCounts>> {
    use diesel::dsl::sql;
    use diesel::sql_types::BigInt;
    let versions = super::surveys::ids(conn)?;
    let rows: Vec<(String, i64)> = with_conn!(conn, |c| tally_days::table
        .filter(tally_days::version_id.eq_any(&versions).and(tally_days::question.eq(LINK)))
        .group_by(tally_days::value)
        .select((tally_days::value, sql::<BigInt>("CAST(SUM(n) AS BIGINT)")))
        .load(c))?;
    let mut counts: BTreeMap<OpenLinkId, LinkCounts> = BTreeMap::new();
    for (value, n) in rows {
        if let Some((link, place)) = LinkCounts::read(&value) {
            *place(counts.entry(link).or_default()) += n;
        }
    }
    Ok(counts)
}
