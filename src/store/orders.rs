//! The feed of orders, keyed by the feed's own order id.

use super::batches;
use super::conn::{Conn, with_conn};
use super::schema::orders;
use super::types::Instant;
use crate::domain::ident::{AccountId, OrderId};
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use std::collections::BTreeMap;

/// One order of an account, or one row of a feed that has no order ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    pub account: AccountId,
    /// The feed's own id; where it has none, file fingerprint and row.
    pub feed_key: String,
    pub number: Option<String>,
    pub ordered_on: NaiveDate,
    /// In minor units of the organisation's currency (fen, cents).
    pub amount: i64,
    pub promised_on: Option<NaiveDate>,
    pub delivered_on: Option<NaiveDate>,
}

#[derive(Queryable, Insertable, Clone)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
struct Row {
    account_id: AccountId,
    id: OrderId,
    feed_key: String,
    number: Option<String>,
    ordered_on: NaiveDate,
    amount: i64,
    promised_on: Option<NaiveDate>,
    delivered_on: Option<NaiveDate>,
    created_at: Instant,
}

impl From<Row> for Order {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            account: row.account_id,
            feed_key: row.feed_key,
            number: row.number,
            ordered_on: row.ordered_on,
            amount: row.amount,
            promised_on: row.promised_on,
            delivered_on: row.delivered_on,
        }
    }
}

/// What an import of orders did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Saved {
    pub added: usize,
    pub changed: usize,
    pub unchanged: usize,
}

/// Which fields of known orders stay as they are, since the feed says nothing about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keep {
    pub promised: bool,
    pub delivered: bool,
}

/// Adds orders, or brings known ones up to date by their feed key; the same feed again changes nothing.
pub fn upsert(conn: &mut Conn, new: &[Order], now: DateTime<Utc>) -> Result<Saved> {
    merge(conn, new, Keep::default(), now)
}

/// What [`merge`] would do.
pub fn compare(conn: &mut Conn, new: &[Order], keep: Keep) -> Result<Saved> {
    let mut saved = Saved::default();
    for some in batches(new, 11) {
        sift(conn, some, keep, &mut saved)?;
    }
    Ok(saved)
}

/// [`upsert`] for feeds that do not say everything. No feed key may occur twice.
pub fn merge(conn: &mut Conn, new: &[Order], keep: Keep, now: DateTime<Utc>) -> Result<Saved> {
    let mut saved = Saved::default();
    for some in batches(new, 11) {
        let rows: Vec<Row> = sift(conn, some, keep, &mut saved)?
            .into_iter()
            .map(|order| Row {
                account_id: order.account,
                id: order.id,
                feed_key: order.feed_key,
                number: order.number,
                ordered_on: order.ordered_on,
                amount: order.amount,
                promised_on: order.promised_on,
                delivered_on: order.delivered_on,
                created_at: now.into(),
            })
            .collect();
        if rows.is_empty() {
            continue;
        }
        with_conn!(conn, |c| {
            diesel::insert_into(orders::table)
                .values(&rows)
                .on_conflict((orders::account_id, orders::feed_key))
                .do_update()
                .set((
                    orders::number.eq(excluded(orders::number)),
                    orders::ordered_on.eq(excluded(orders::ordered_on)),
                    orders::amount.eq(excluded(orders::amount)),
                    orders::promised_on.eq(excluded(orders::promised_on)),
                    orders::delivered_on.eq(excluded(orders::delivered_on)),
                ))
                .execute(c)
        })?;
    }
    Ok(saved)
}

/// Counts what is new, changed and unchanged, and returns what has to be written.
fn sift(conn: &mut Conn, some: &[Order], keep: Keep, saved: &mut Saved) -> Result<Vec<Order>> {
    let keys: Vec<&str> = some.iter().map(|o| o.feed_key.as_str()).collect();
    let mut accounts: Vec<AccountId> = some.iter().map(|o| o.account).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let known: Vec<Row> = with_conn!(conn, |c| orders::table
        .filter(orders::account_id.eq_any(accounts).and(orders::feed_key.eq_any(keys)))
        .load(c))?;
    let known: BTreeMap<(AccountId, String), Order> =
        known.into_iter().map(|r| ((r.account_id, r.feed_key.clone()), r.into())).collect();
    let mut write = Vec::new();
    for order in some {
        let mut order = order.clone();
        match known.get(&(order.account, order.feed_key.clone())) {
            Some(old) => {
                order.id = old.id;
                if keep.promised {
                    order.promised_on = old.promised_on;
                }
                if keep.delivered {
                    order.delivered_on = old.delivered_on;
                }
                if order == *old {
                    saved.unchanged += 1;
                    continue;
                }
                saved.changed += 1;
            }
            None => saved.added += 1,
        }
        write.push(order);
    }
    Ok(write)
}

/// An account's orders since a day, the oldest first.
pub fn of_account(conn: &mut Conn, account: AccountId, since: NaiveDate) -> Result<Vec<Order>> {
    let rows: Vec<Row> = with_conn!(conn, |c| orders::table
        .filter(orders::account_id.eq(account).and(orders::ordered_on.ge(since)))
        .order((orders::ordered_on, orders::id))
        .load(c))?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// What the nightly look needs of every order since a day, in the order of accounts and days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brief {
    pub account: AccountId,
    pub id: OrderId,
    pub ordered_on: NaiveDate,
    pub amount: i64,
    pub promised_on: Option<NaiveDate>,
    pub delivered_on: Option<NaiveDate>,
}

pub fn briefs_since(conn: &mut Conn, since: NaiveDate) -> Result<Vec<Brief>> {
    type Found = (AccountId, OrderId, NaiveDate, i64, Option<NaiveDate>, Option<NaiveDate>);
    let rows: Vec<Found> = with_conn!(conn, |c| orders::table
        .filter(orders::ordered_on.ge(since))
        .order((orders::account_id, orders::ordered_on))
        .select((
            orders::account_id,
            orders::id,
            orders::ordered_on,
            orders::amount,
            orders::promised_on,
            orders::delivered_on
        ))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(account, id, ordered_on, amount, promised_on, delivered_on)| Brief {
            account,
            id,
            ordered_on,
            amount,
            promised_on,
            delivered_on,
        })
        .collect())
}

pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(with_conn!(conn, |c| orders::table.count().get_result(c))?)
}
