//! What is promised to customers, what we reply to them, and who would speak for us.

use super::accounts::narrowed;
use super::conn::{Conn, with_conn};
use super::schema::{accounts, contacts, follow_ups, reference_answers, replies, responses};
use super::types::{Instant, word};
use crate::domain::follow_up::{FollowUp, State, Wish};
use crate::domain::ident::{AccountId, ContactId, EventId, ResponseId, UserId};
use crate::domain::permission::Reach;
use crate::error::{Code, Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

#[derive(Queryable, Insertable, Selectable, Clone)]
#[diesel(table_name = follow_ups, treat_none_as_default_value = false)]
struct Row {
    account_id: AccountId,
    response_id: ResponseId,
    contact_id: Option<ContactId>,
    owner_id: UserId,
    due_on: NaiveDate,
    state: String,
    wish: Option<String>,
    promised_at: Instant,
    closed_at: Option<Instant>,
    closed_by: Option<UserId>,
    note: Option<String>,
    told: bool,
    revision: i64,
}

impl From<&FollowUp> for Row {
    fn from(one: &FollowUp) -> Self {
        Self {
            account_id: one.account,
            response_id: one.response,
            contact_id: one.contact,
            owner_id: one.owner,
            due_on: one.due,
            state: one.state.as_str().into(),
            wish: one.wish.map(|wish| wish.as_str().into()),
            promised_at: one.promised_at.into(),
            closed_at: one.closed_at.map(Into::into),
            closed_by: one.closed_by,
            note: one.note.clone(),
            told: one.told,
            revision: one.revision,
        }
    }
}

impl TryFrom<Row> for FollowUp {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            account: row.account_id,
            response: row.response_id,
            contact: row.contact_id,
            owner: row.owner_id,
            due: row.due_on,
            state: word(&row.state, State::parse)?,
            wish: row.wish.as_deref().map(|wish| word(wish, Wish::parse)).transpose()?,
            promised_at: row.promised_at.into(),
            closed_at: row.closed_at.map(Into::into),
            closed_by: row.closed_by,
            note: row.note,
            told: row.told,
            revision: row.revision,
        })
    }
}

pub fn insert(conn: &mut Conn, new: &FollowUp) -> Result<()> {
    let row = Row::from(new);
    with_conn!(conn, |c| diesel::insert_into(follow_ups::table).values(&row).execute(c))?;
    Ok(())
}

/// What was promised about a response, if anything was.
pub fn find(conn: &mut Conn, account: AccountId, response: ResponseId) -> Result<Option<FollowUp>> {
    let row: Option<Row> = with_conn!(conn, |c| follow_ups::table.find((account, response)).first(c).optional())?;
    row.map(FollowUp::try_from).transpose()
}

/// Saves a promise as it now is; its revision grows by one.
///
/// # Errors
/// `ChangedMeanwhile` if somebody else has changed it since it was read.
pub fn update(conn: &mut Conn, one: &FollowUp) -> Result<()> {
    let row = Row::from(one);
    let saved = with_conn!(conn, |c| {
        diesel::update(
            follow_ups::table.find((one.account, one.response)).filter(follow_ups::revision.eq(one.revision)),
        )
        .set((
            follow_ups::owner_id.eq(row.owner_id),
            follow_ups::due_on.eq(row.due_on),
            follow_ups::state.eq(&row.state),
            follow_ups::wish.eq(row.wish.as_ref()),
            follow_ups::closed_at.eq(row.closed_at),
            follow_ups::closed_by.eq(row.closed_by),
            follow_ups::note.eq(row.note.as_ref()),
            follow_ups::told.eq(row.told),
            follow_ups::revision.eq(one.revision + 1),
        ))
        .execute(c)
    })?;
    if saved == 0 { Err(Error::new(Code::ChangedMeanwhile).with("what", one.response)) } else { Ok(()) }
}

/// Forgets all that hangs on a response whose person asked us to.
pub fn forget(conn: &mut Conn, account: AccountId, response: ResponseId) -> Result<()> {
    with_conn!(conn, |c| diesel::delete(follow_ups::table.find((account, response))).execute(c))?;
    with_conn!(conn, |c| diesel::delete(reference_answers::table.find((account, response))).execute(c))?;
    with_conn!(conn, |c| {
        diesel::delete(replies::table.filter(replies::account_id.eq(account).and(replies::response_id.eq(response))))
            .execute(c)
    })?;
    Ok(())
}

/// A promise with the names that a list shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub follow_up: FollowUp,
    pub account_name: String,
    pub tier: String,
    pub contact_name: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
}

/// Promises within reach: the open ones by the day they are due, or those that are closed, the latest
/// first. Those of one owner alone, where one is named.
pub fn list(conn: &mut Conn, reach: &Reach, owner: Option<UserId>, open: bool, limit: i64) -> Result<Vec<Listed>> {
    let filter = super::accounts::Filter::default();
    type Person = (Option<String>, Option<String>, Option<String>);
    let rows: Vec<(Row, String, String, Person)> = with_conn!(conn, |c, B| {
        let query = follow_ups::table
            .inner_join(accounts::table.on(accounts::id.eq(follow_ups::account_id)))
            .left_join(contacts::table.on(
                contacts::account_id.eq(follow_ups::account_id).and(contacts::id.nullable().eq(follow_ups::contact_id)),
            ))
            .select((
                Row::as_select(),
                accounts::name,
                accounts::tier,
                (contacts::name.nullable(), contacts::phone.nullable(), contacts::email.nullable()),
            ))
            .limit(limit)
            .into_boxed::<B>();
        let mut query = narrowed!(query, reach, &filter);
        if let Some(owner) = owner {
            query = query.filter(follow_ups::owner_id.eq(owner));
        }
        if open {
            query = query.filter(follow_ups::state.eq("open")).order((follow_ups::due_on, follow_ups::response_id));
        } else {
            query = query
                .filter(follow_ups::state.ne("open"))
                .order((follow_ups::closed_at.desc(), follow_ups::response_id));
        }
        query.load(c)
    })?;
    rows.into_iter()
        .map(|(row, account_name, tier, (contact_name, phone, email))| {
            Ok(Listed { follow_up: row.try_into()?, account_name, tier, contact_name, phone, email })
        })
        .collect()
}

/// How many promises within reach are open.
pub fn count_open(conn: &mut Conn, reach: &Reach) -> Result<i64> {
    let filter = super::accounts::Filter::default();
    Ok(with_conn!(conn, |c, B| {
        let query = follow_ups::table
            .inner_join(accounts::table.on(accounts::id.eq(follow_ups::account_id)))
            .filter(follow_ups::state.eq("open"))
            .into_boxed::<B>();
        narrowed!(query, reach, &filter).count().get_result(c)
    })?)
}

/// All promises to people of one account.
pub fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<FollowUp>> {
    let rows: Vec<Row> = with_conn!(conn, |c| follow_ups::table
        .filter(follow_ups::account_id.eq(account))
        .order((follow_ups::due_on.desc(), follow_ups::response_id))
        .load(c))?;
    rows.into_iter().map(FollowUp::try_from).collect()
}

/// What we say to a customer about what they said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    pub account: AccountId,
    pub id: EventId,
    pub response: ResponseId,
    pub words: String,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

pub fn add_reply(conn: &mut Conn, reply: &Reply) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::insert_into(replies::table)
            .values((
                replies::account_id.eq(reply.account),
                replies::id.eq(reply.id),
                replies::response_id.eq(reply.response),
                replies::words.eq(&reply.words),
                replies::written_by.eq(reply.by),
                replies::written_at.eq(Instant::from(reply.at)),
            ))
            .execute(c)
    })?;
    Ok(())
}

/// All replies to people of one account, the oldest first.
pub fn replies_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Reply>> {
    let rows: Vec<(EventId, ResponseId, String, UserId, Instant)> = with_conn!(conn, |c| replies::table
        .filter(replies::account_id.eq(account))
        .order((replies::written_at, replies::id))
        .select((replies::id, replies::response_id, replies::words, replies::written_by, replies::written_at))
        .load(c))?;
    let reply = |(id, response, words, by, at): (_, _, _, _, Instant)| Reply {
        account,
        id,
        response,
        words,
        by,
        at: at.into(),
    };
    Ok(rows.into_iter().map(reply).collect())
}

/// Whether the person behind a response would speak for us, as they said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Willing {
    pub account: AccountId,
    pub response: ResponseId,
    pub contact: Option<ContactId>,
    pub willing: bool,
    pub at: DateTime<Utc>,
}

pub fn say_willing(conn: &mut Conn, said: &Willing) -> Result<()> {
    let at = Instant::from(said.at);
    with_conn!(conn, |c| {
        diesel::insert_into(reference_answers::table)
            .values((
                reference_answers::account_id.eq(said.account),
                reference_answers::response_id.eq(said.response),
                reference_answers::contact_id.eq(said.contact),
                reference_answers::willing.eq(said.willing),
                reference_answers::said_at.eq(at),
            ))
            .on_conflict((reference_answers::account_id, reference_answers::response_id))
            .do_update()
            .set((reference_answers::willing.eq(said.willing), reference_answers::said_at.eq(at)))
            .execute(c)
    })?;
    Ok(())
}

/// What people of one account have said to that, the latest first.
pub fn willing_of(conn: &mut Conn, account: AccountId) -> Result<Vec<Willing>> {
    let rows: Vec<(ResponseId, Option<ContactId>, bool, Instant)> = with_conn!(conn, |c| reference_answers::table
        .filter(reference_answers::account_id.eq(account))
        .order((reference_answers::said_at.desc(), reference_answers::response_id))
        .select((
            reference_answers::response_id,
            reference_answers::contact_id,
            reference_answers::willing,
            reference_answers::said_at,
        ))
        .load(c))?;
    let said = |(response, contact, willing, at): (_, _, _, Instant)| Willing {
        account,
        response,
        contact,
        willing,
        at: at.into(),
    };
    Ok(rows.into_iter().map(said).collect())
}

/// What one person has answered and counts, the latest first.
pub fn responses_of(conn: &mut Conn, account: AccountId, contact: ContactId, limit: i64) -> Result<Vec<ResponseId>> {
    Ok(with_conn!(conn, |c| responses::table
        .filter(
            responses::account_id.eq(account).and(responses::contact_id.eq(contact)).and(responses::state.eq("kept")),
        )
        .order((responses::received_at.desc(), responses::id.desc()))
        .select(responses::id)
        .limit(limit)
        .load(c))?)
}
