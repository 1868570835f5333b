//! What feeds call the responses that they have brought, so that each comes in once.

use super::batches;
use super::conn::{Conn, with_conn};
use super::schema::response_feeds;
use crate::domain::ident::{AccountId, ResponseId};
use crate::error::Result;
use diesel::prelude::*;
use std::collections::HashMap;

/// A response by the name that its feed gives it.
#[derive(Debug, Clone, PartialEq, Eq, Insertable)]
#[diesel(table_name = response_feeds, treat_none_as_default_value = false)]
pub struct Fed {
    #[diesel(column_name = account_id)]
    pub account: AccountId,
    pub feed_key: String,
    #[diesel(column_name = response_id)]
    pub response: ResponseId,
}

/// Remembers names.
pub fn insert(conn: &mut Conn, fed: &[Fed]) -> Result<()> {
    for some in batches(fed, 3) {
        with_conn!(conn, |c| diesel::insert_into(response_feeds::table).values(some).execute(c))?;
    }
    Ok(())
}

/// The responses that came under these names, at whatever account.
pub fn known(conn: &mut Conn, keys: &[String]) -> Result<HashMap<String, (AccountId, ResponseId)>> {
    let mut found = HashMap::new();
    for some in batches(keys, 1) {
        let rows: Vec<(String, AccountId, ResponseId)> = with_conn!(conn, |c| response_feeds::table
            .filter(response_feeds::feed_key.eq_any(some))
            .select((response_feeds::feed_key, response_feeds::account_id, response_feeds::response_id))
            .load(c))?;
        found.extend(rows.into_iter().map(|(key, account, response)| (key, (account, response))));
    }
    Ok(found)
}
