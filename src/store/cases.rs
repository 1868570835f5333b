//! Cases: retention and win-back.

use super::conn::{Conn, with_conn};
use super::schema::{accounts, cases};
use crate::domain::permission::Reach;
use crate::error::Result;
use diesel::prelude::*;

/// How many cases are open at accounts within reach.
pub fn count_open(conn: &mut Conn, reach: &Reach) -> Result<i64> {
    Ok(with_conn!(conn, |c, B| {
        let query = cases::table
            .inner_join(accounts::table.on(accounts::id.eq(cases::account_id)))
            .filter(cases::state.eq("open"))
            .into_boxed::<B>();
        match reach {
            Reach::All => query,
            Reach::Region(region) => query.filter(accounts::region.eq(region)),
            Reach::Own(user) => query.filter(accounts::manager_id.eq(user).or(accounts::deputy_id.eq(user))),
        }
        .count()
        .get_result(c)
    })?)
}
