//! Published versions of surveys. A version never changes once it is published.

use super::conn::{Conn, with_conn};
use super::schema::survey_versions;
use super::types::Instant;
use crate::domain::ident::VersionId;
use crate::error::{Code, Error, Result};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// A published, unchanging state of a survey.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    pub id: VersionId,
    pub survey: String,
    pub version: i32,
    pub kind: String,
    /// The definition as JSON; `domain::survey` reads it.
    pub definition: String,
    pub hash: Vec<u8>,
    pub published_at: DateTime<Utc>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = survey_versions, treat_none_as_default_value = false)]
struct Row {
    id: VersionId,
    survey: String,
    version: i32,
    kind: String,
    definition: String,
    hash: Vec<u8>,
    published_at: Instant,
}

impl From<Row> for Version {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            survey: row.survey,
            version: row.version,
            kind: row.kind,
            definition: row.definition,
            hash: row.hash,
            published_at: row.published_at.into(),
        }
    }
}

/// Publishes a version. The same content again is no news; another content under the same number is
/// refused, since answers hang on what was asked.
pub fn publish(conn: &mut Conn, new: Version) -> Result<Version> {
    if let Some(known) = by_key(conn, &new.survey, new.version)? {
        return if known.hash == new.hash {
            Ok(known)
        } else {
            Err(Error::new(Code::VersionChanged).with("survey", &new.survey).with("version", new.version))
        };
    }
    let row = Row {
        id: new.id,
        survey: new.survey,
        version: new.version,
        kind: new.kind,
        definition: new.definition,
        hash: new.hash,
        published_at: new.published_at.into(),
    };
    with_conn!(conn, |c| diesel::insert_into(survey_versions::table).values(&row).execute(c))?;
    Ok(row.into())
}

pub fn find(conn: &mut Conn, id: VersionId) -> Result<Version> {
    let row: Row = with_conn!(conn, |c| survey_versions::table.find(id).get_result(c))?;
    Ok(row.into())
}

pub fn by_key(conn: &mut Conn, survey: &str, version: i32) -> Result<Option<Version>> {
    let row: Option<Row> = with_conn!(conn, |c| survey_versions::table
        .filter(survey_versions::survey.eq(survey).and(survey_versions::version.eq(version)))
        .first(c)
        .optional())?;
    Ok(row.map(Into::into))
}

/// All published versions, by survey and with the newest first.
pub fn all(conn: &mut Conn) -> Result<Vec<Version>> {
    let rows: Vec<Row> = with_conn!(conn, |c| survey_versions::table
        .order((survey_versions::survey, survey_versions::version.desc()))
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The identifiers of all versions, in the same order.
pub fn ids(conn: &mut Conn) -> Result<Vec<VersionId>> {
    Ok(with_conn!(conn, |c| survey_versions::table
        .select(survey_versions::id)
        .order((survey_versions::survey, survey_versions::version.desc()))
        .load(c))?)
}

/// The kinds of programme that anything has been published of.
pub fn kinds(conn: &mut Conn) -> Result<Vec<String>> {
    Ok(with_conn!(conn, |c| survey_versions::table
        .select(survey_versions::kind)
        .distinct()
        .order(survey_versions::kind)
        .load(c))?)
}
