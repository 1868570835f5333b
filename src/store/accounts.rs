//! Accounts.
use super::conn::{Conn, with_conn};
use super::schema::accounts;
use crate::error::Result;
use diesel::prelude::*;

/// How many accounts there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(with_conn!(conn, |c| accounts::table.count().get_result(c))?)
}
