//! The people who work with the service, and their sessions.

use super::conn::{Conn, with_conn};
use super::schema::{sessions, users};
use super::types::{Instant, word};
use crate::domain::ident::UserId;
use crate::domain::language::Language;
use crate::domain::permission::{Actor, Role};
use crate::error::{Code, Error, Result};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;

/// One of our own people.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub id: UserId,
    /// Folded: it is what one signs in with.
    pub email: String,
    pub name: String,
    pub role: Role,
    pub language: Language,
    pub zone: Tz,
    pub region: Option<String>,
    pub active: bool,
    /// Whether they want the digest, where their role has one.
    pub digest: bool,
    pub revision: i64,
}

impl User {
    pub fn actor(&self) -> Actor {
        Actor {
            user: Some(self.id),
            name: self.name.clone(),
            role: self.role,
            region: self.region.clone(),
            language: self.language.clone(),
            zone: self.zone,
        }
    }
}

/// What sign-in looks at.
#[derive(Debug, Clone)]
pub struct Credentials {
    pub user: User,
    pub password_hash: Option<String>,
    pub failures: i32,
    pub locked_until: Option<DateTime<Utc>>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = users, treat_none_as_default_value = false)]
struct Row {
    id: UserId,
    email: String,
    name: String,
    role: String,
    language: String,
    zone: String,
    region: Option<String>,
    password_hash: Option<String>,
    active: bool,
    digest: bool,
    failures: i32,
    locked_until: Option<Instant>,
    created_at: Instant,
    revision: i64,
}

impl TryFrom<Row> for Credentials {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            user: User {
                id: row.id,
                email: row.email,
                name: row.name,
                role: word(&row.role, Role::parse)?,
                language: Language::parse(&row.language)?,
                zone: word(&row.zone, |z| z.parse().ok())?,
                region: row.region,
                active: row.active,
                digest: row.digest,
                revision: row.revision,
            },
            password_hash: row.password_hash,
            failures: row.failures,
            locked_until: row.locked_until.map(Into::into),
        })
    }
}

pub fn insert(conn: &mut Conn, user: &User, password_hash: Option<&str>, now: DateTime<Utc>) -> Result<()> {
    let row = Row {
        id: user.id,
        email: user.email.clone(),
        name: user.name.clone(),
        role: user.role.as_str().into(),
        language: user.language.as_str().into(),
        zone: user.zone.name().into(),
        region: user.region.clone(),
        password_hash: password_hash.map(Into::into),
        active: user.active,
        digest: user.digest,
        failures: 0,
        locked_until: None,
        created_at: now.into(),
        revision: user.revision,
    };
    with_conn!(conn, |c| diesel::insert_into(users::table).values(&row).execute(c))?;
    Ok(())
}

/// Saves a changed person, if nobody else changed them since they were read.
pub fn update(conn: &mut Conn, user: &User) -> Result<()> {
    let saved = with_conn!(conn, |c| {
        diesel::update(users::table.filter(users::id.eq(user.id).and(users::revision.eq(user.revision))))
            .set((
                users::email.eq(&user.email),
                users::name.eq(&user.name),
                users::role.eq(user.role.as_str()),
                users::language.eq(user.language.as_str()),
                users::zone.eq(user.zone.name()),
                users::region.eq(user.region.as_ref()),
                users::active.eq(user.active),
                users::digest.eq(user.digest),
                users::revision.eq(user.revision + 1),
            ))
            .execute(c)
    })?;
    if saved == 0 { Err(Error::new(Code::ChangedMeanwhile).with("what", &user.name)) } else { Ok(()) }
}

pub fn set_password(conn: &mut Conn, id: UserId, hash: &str) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::update(users::table.find(id))
            .set((users::password_hash.eq(hash), users::failures.eq(0), users::locked_until.eq(None::<Instant>)))
            .execute(c)
    })?;
    Ok(())
}

pub fn note_failure(conn: &mut Conn, id: UserId, failures: i32, locked_until: Option<DateTime<Utc>>) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::update(users::table.find(id))
            .set((users::failures.eq(failures), users::locked_until.eq(locked_until.map(Instant::from))))
            .execute(c)
    })?;
    Ok(())
}

pub fn find(conn: &mut Conn, id: UserId) -> Result<User> {
    let row: Row = with_conn!(conn, |c| users::table.find(id).get_result(c))?;
    Ok(Credentials::try_from(row)?.user)
}

pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Credentials>> {
    let row: Option<Row> =
        with_conn!(conn, |c| users::table.filter(users::email.eq(email.to_lowercase())).first(c).optional())?;
    row.map(Credentials::try_from).transpose()
}

/// Everybody, in the order of their names.
pub fn all(conn: &mut Conn) -> Result<Vec<User>> {
    let rows: Vec<Row> = with_conn!(conn, |c| users::table.order((users::name, users::id)).load(c))?;
    rows.into_iter().map(|row| Ok(Credentials::try_from(row)?.user)).collect()
}

/// A signed-in browser. The token itself is in the browser alone; we keep its hash.
#[derive(Debug, Clone)]
pub struct Session {
    pub token_hash: Vec<u8>,
    pub user: UserId,
    /// Stands in every form, so that nobody else's page can send one.
    pub form_key: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

pub fn open_session(conn: &mut Conn, session: &Session) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::insert_into(sessions::table)
            .values((
                sessions::token_hash.eq(&session.token_hash),
                sessions::user_id.eq(session.user),
                sessions::form_key.eq(&session.form_key),
                sessions::created_at.eq(Instant::from(session.created_at)),
                sessions::expires_at.eq(Instant::from(session.expires_at)),
            ))
            .execute(c)
    })?;
    Ok(())
}

/// The session and its person, if it has not ended and they may still work here.
pub fn session(conn: &mut Conn, token_hash: &[u8], now: DateTime<Utc>) -> Result<Option<(Session, User)>> {
    type Found = ((Vec<u8>, UserId, String, Instant, Instant), Row);
    let found: Option<Found> = with_conn!(conn, |c| {
        sessions::table
            .inner_join(users::table.on(users::id.eq(sessions::user_id)))
            .filter(
                sessions::token_hash
                    .eq(token_hash)
                    .and(sessions::expires_at.gt(Instant::from(now)))
                    .and(users::active.eq(true)),
            )
            .select((sessions::all_columns, users::all_columns))
            .first(c)
            .optional()
    })?;
    found
        .map(|((token_hash, user, form_key, created_at, expires_at), row)| {
            let session =
                Session { token_hash, user, form_key, created_at: created_at.into(), expires_at: expires_at.into() };
            Ok((session, Credentials::try_from(row)?.user))
        })
        .transpose()
}

pub fn close_session(conn: &mut Conn, token_hash: &[u8]) -> Result<()> {
    with_conn!(conn, |c| diesel::delete(sessions::table.find(token_hash)).execute(c))?;
    Ok(())
}

/// Ends every session of a person: after a change of password or role.
pub fn close_sessions_of(conn: &mut Conn, user: UserId) -> Result<()> {
    with_conn!(conn, |c| diesel::delete(sessions::table.filter(sessions::user_id.eq(user))).execute(c))?;
    Ok(())
}

/// Forgets sessions that have ended.
pub fn forget_ended_sessions(conn: &mut Conn, now: DateTime<Utc>) -> Result<usize> {
    Ok(with_conn!(conn, |c| {
        diesel::delete(sessions::table.filter(sessions::expires_at.le(Instant::from(now)))).execute(c)
    })?)
}
