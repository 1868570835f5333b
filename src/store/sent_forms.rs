//! Forms that were taken, by the key that the page gave each sending. Where an acknowledgement was lost on
//! its way, the same sending comes again, and changes nothing.

use super::conn::{Conn, with_conn};
use super::schema::sent_forms;
use super::types::Instant;
use crate::domain::ident::{AccountId, InvitationId};
use crate::error::Result;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

#[derive(Insertable)]
#[diesel(table_name = sent_forms)]
struct Row<'a> {
    account_id: AccountId,
    invitation_id: InvitationId,
    once: &'a str,
    taken_at: Instant,
}

/// Notes a sending that was taken.
pub fn note(
    conn: &mut Conn,
    account: AccountId,
    invitation: InvitationId,
    once: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let row = Row { account_id: account, invitation_id: invitation, once, taken_at: at.into() };
    with_conn!(conn, |c| diesel::insert_into(sent_forms::table).values(&row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Whether this sending was taken before.
pub fn is_known(conn: &mut Conn, account: AccountId, invitation: InvitationId, once: &str) -> Result<bool> {
    let found: Vec<String> =
        with_conn!(conn, |c| sent_forms::table.find((account, invitation, once)).select(sent_forms::once).load(c))?;
    Ok(!found.is_empty())
}

/// Forgets the sendings of an invitation.
pub fn forget(conn: &mut Conn, account: AccountId, invitation: InvitationId) -> Result<()> {
    let of = sent_forms::account_id.eq(account).and(sent_forms::invitation_id.eq(invitation));
    with_conn!(conn, |c| diesel::delete(sent_forms::table.filter(of)).execute(c))?;
    Ok(())
}

/// Forgets what was sent so long ago that nobody tries it again.
pub fn forget_before(conn: &mut Conn, before: DateTime<Utc>) -> Result<()> {
    let old = sent_forms::taken_at.lt(Instant::from(before));
    with_conn!(conn, |c| diesel::delete(sent_forms::table.filter(old)).execute(c))?;
    Ok(())
}
