//! The built-in mailbox: letters that would have been sent if a mail server were set.

use super::conn::{Conn, with_conn};
use super::schema::{accounts, letters};
use super::types::Instant;
use crate::domain::ident::{AccountId, LetterId, MailId};
use crate::domain::permission::Reach;
use crate::error::Result;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// One letter.
#[derive(Debug, Clone, PartialEq)]
pub struct Letter {
    pub account: AccountId,
    pub id: LetterId,
    pub mail: MailId,
    pub to_address: String,
    pub subject: String,
    pub html: String,
    pub text: String,
    pub received_at: DateTime<Utc>,
}

#[derive(Queryable, Insertable, Clone)]
#[diesel(table_name = letters, treat_none_as_default_value = false)]
struct Row {
    account_id: AccountId,
    id: LetterId,
    mail_id: MailId,
    to_address: String,
    subject: String,
    html: String,
    text: String,
    received_at: Instant,
}

impl From<Row> for Letter {
    fn from(row: Row) -> Self {
        Self {
            account: row.account_id,
            id: row.id,
            mail: row.mail_id,
            to_address: row.to_address,
            subject: row.subject,
            html: row.html,
            text: row.text,
            received_at: row.received_at.into(),
        }
    }
}

pub fn insert(conn: &mut Conn, letter: &Letter) -> Result<()> {
    let row = Row {
        account_id: letter.account,
        id: letter.id,
        mail_id: letter.mail,
        to_address: letter.to_address.clone(),
        subject: letter.subject.clone(),
        html: letter.html.clone(),
        text: letter.text.clone(),
        received_at: letter.received_at.into(),
    };
    with_conn!(conn, |c| diesel::insert_into(letters::table).values(&row).execute(c))?;
    Ok(())
}

/// Letters of accounts within reach; those about no account only for who reaches all.
macro_rules! within {
    ($reach:expr, $backend:ident) => {{
        let query = letters::table
            .left_join(accounts::table.on(accounts::id.eq(letters::account_id)))
            .select(letters::all_columns)
            .into_boxed::<$backend>();
        match $reach {
            Reach::All => query,
            Reach::Region(region) => query.filter(accounts::region.nullable().eq(region)),
            Reach::Own(user) => query.filter(accounts::manager_id.eq(user).or(accounts::deputy_id.eq(user))),
        }
    }};
}

/// What is in the head of a letter: what a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    pub account: AccountId,
    pub id: LetterId,
    pub to_address: String,
    pub subject: String,
    pub received_at: DateTime<Utc>,
}

/// A page of the mailbox, the latest first, and how many letters there are in all; `address` narrows to
/// recipients that hold the text.
pub fn list(
    conn: &mut Conn,
    reach: &Reach,
    address: Option<&str>,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Head>, i64)> {
    let pattern = address
        .map(|a| format!("%{}%", a.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_").to_lowercase()));
    type Found = (AccountId, LetterId, String, String, Instant);
    let (rows, total): (Vec<Found>, i64) = with_conn!(conn, |c, B| {
        let narrowed = || {
            let query = within!(reach, B);
            // Addresses are kept folded in this table, so that both engines search alike.
            match &pattern {
                Some(pattern) => query.filter(letters::to_address.like(pattern.clone()).escape('\\')),
                None => query,
            }
        };
        let total = narrowed().count().get_result(c)?;
        let rows = narrowed()
            .order((letters::received_at.desc(), letters::id.desc()))
            .offset(offset)
            .limit(limit)
            .select((letters::account_id, letters::id, letters::to_address, letters::subject, letters::received_at))
            .load(c)?;
        Ok::<_, diesel::result::Error>((rows, total))
    })?;
    let head = |(account, id, to_address, subject, at): Found| Head {
        account,
        id,
        to_address,
        subject,
        received_at: at.into(),
    };
    Ok((rows.into_iter().map(head).collect(), total))
}

/// One letter, if it is within reach.
pub fn find(conn: &mut Conn, reach: &Reach, account: AccountId, id: LetterId) -> Result<Letter> {
    let row: Row = with_conn!(conn, |c, B| within!(reach, B)
        .filter(letters::account_id.eq(account).and(letters::id.eq(id)))
        .first(c))?;
    Ok(row.into())
}

/// Every letter to an address, the latest first.
pub fn to(conn: &mut Conn, address: &str) -> Result<Vec<Letter>> {
    let rows: Vec<Row> = with_conn!(conn, |c| letters::table
        .filter(letters::to_address.eq(address.to_lowercase()))
        .order((letters::received_at.desc(), letters::id.desc()))
        .load(c))?;
    Ok(rows.into_iter().map(Letter::from).collect())
}
