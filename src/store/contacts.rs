//! Contacts.

use super::conn::{Conn, with_conn};
use super::reach::named;
use super::schema::{accounts, contacts};
use super::types::Instant;
use super::{MOST_BINDS, batches};
use crate::domain::contact::{Contact, EmailAddress};
use crate::domain::ident::{AccountId, ContactId};
use crate::domain::language::Language;
use crate::error::{Code, Error, Result};
use chrono::{DateTime, Utc};
use diesel::prelude::*;

#[derive(Queryable, Insertable, Selectable, Clone)]
#[diesel(table_name = contacts, treat_none_as_default_value = false)]
struct Row {
    account_id: AccountId,
    id: ContactId,
    email: String,
    email_folded: String,
    name: String,
    salutation: Option<String>,
    phone: Option<String>,
    language: String,
    role: Option<String>,
    consent: bool,
    active: bool,
    created_at: Instant,
    revision: i64,
}

impl Row {
    fn of(contact: &Contact, now: DateTime<Utc>) -> Self {
        Self {
            account_id: contact.account_id,
            id: contact.id,
            email: contact.email.as_str().into(),
            email_folded: contact.email.folded(),
            name: contact.name.clone(),
            salutation: contact.salutation.clone(),
            phone: contact.phone.clone(),
            language: contact.language.as_str().into(),
            role: contact.role.clone(),
            consent: contact.consent,
            active: contact.active,
            created_at: now.into(),
            revision: contact.revision,
        }
    }
}

impl TryFrom<Row> for Contact {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account_id: row.account_id,
            email: EmailAddress::parse(&row.email)?,
            name: row.name,
            salutation: row.salutation,
            phone: row.phone,
            language: Language::parse(&row.language)?,
            role: row.role,
            consent: row.consent,
            active: row.active,
            revision: row.revision,
        })
    }
}

pub fn find(conn: &mut Conn, account: AccountId, id: ContactId) -> Result<Contact> {
    let row: Row = with_conn!(conn, |c| contacts::table.find((account, id)).get_result(c))?;
    row.try_into()
}

/// The people at an account, in the order of their names.
pub fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Contact>> {
    let rows: Vec<Row> = with_conn!(conn, |c| contacts::table
        .filter(contacts::account_id.eq(account))
        .order((contacts::name, contacts::id))
        .load(c))?;
    rows.into_iter().map(Contact::try_from).collect()
}

/// The people at some accounts; in the order of accounts.
pub fn of_accounts(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Contact>> {
    let mut found = Vec::new();
    for some in ids.chunks(MOST_BINDS) {
        let rows: Vec<Row> = with_conn!(conn, |c| contacts::table
            .filter(contacts::account_id.eq_any(some))
            .order((contacts::account_id, contacts::name, contacts::id))
            .load(c))?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// Contacts of all accounts that a wave may turn to, a chunk at a time: accounts after `after`, in order.
pub fn chunk_of_active(conn: &mut Conn, after: Option<AccountId>, limit: i64) -> Result<Vec<Contact>> {
    let mut ids: Vec<AccountId> = with_conn!(conn, |c, B| {
        let mut query = accounts::table.filter(accounts::active.eq(true).and(named!())).into_boxed::<B>();
        if let Some(after) = after {
            query = query.filter(accounts::id.gt(after));
        }
        query.select(accounts::id).order(accounts::id).limit(limit).load(c)
    })?;
    ids.sort_unstable();
    of_accounts(conn, &ids)
}

pub fn insert(conn: &mut Conn, new: &[Contact], now: DateTime<Utc>) -> Result<()> {
    let rows: Vec<Row> = new.iter().map(|contact| Row::of(contact, now)).collect();
    for some in batches(&rows, 13) {
        with_conn!(conn, |c| diesel::insert_into(contacts::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Saves a changed contact, if nobody else changed it since it was read; its revision grows by one.
pub fn update(conn: &mut Conn, contact: &Contact) -> Result<()> {
    let saved = with_conn!(conn, |c| {
        diesel::update(
            contacts::table.find((contact.account_id, contact.id)).filter(contacts::revision.eq(contact.revision)),
        )
        .set((
            contacts::email.eq(contact.email.as_str()),
            contacts::email_folded.eq(contact.email.folded()),
            contacts::name.eq(&contact.name),
            contacts::salutation.eq(contact.salutation.as_ref()),
            contacts::phone.eq(contact.phone.as_ref()),
            contacts::language.eq(contact.language.as_str()),
            contacts::role.eq(contact.role.as_ref()),
            contacts::consent.eq(contact.consent),
            contacts::active.eq(contact.active),
            contacts::revision.eq(contact.revision + 1),
        ))
        .execute(c)
    })?;
    if saved == 0 { Err(Error::new(Code::ChangedMeanwhile).with("what", &contact.name)) } else { Ok(()) }
}

/// The accounts at which an address turns up: consent is each contact's, suppression the address's.
pub fn by_email(conn: &mut Conn, email: &EmailAddress) -> Result<Vec<Contact>> {
    let rows: Vec<Row> =
        with_conn!(conn, |c| contacts::table.filter(contacts::email_folded.eq(email.folded())).load(c))?;
    rows.into_iter().map(Contact::try_from).collect()
}

/// How many contacts who are there read which language.
pub fn languages(conn: &mut Conn) -> Result<Vec<(Language, i64)>> {
    let rows: Vec<(String, i64)> = with_conn!(conn, |c| {
        contacts::table
            .filter(contacts::active.eq(true))
            .group_by(contacts::language)
            .order(contacts::language)
            .select((contacts::language, diesel::dsl::count_star()))
            .load(c)
    })?;
    rows.into_iter().map(|(language, count)| Ok((Language::parse(&language)?, count))).collect()
}

pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(with_conn!(conn, |c| contacts::table.count().get_result(c))?)
}
