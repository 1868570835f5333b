//! The trail: who changed what, when; and, apart from it and erasable, from what to what.

use super::conn::{Conn, with_conn};
use super::reach::reached;
use super::schema::{accounts, audit, audit_details, users};
use super::types::Instant;
use crate::domain::ident::{AccountId, AuditId, UserId};
use crate::domain::permission::Reach;
use crate::error::Result;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// One change to be written into the trail.
#[derive(Debug, Clone)]
pub struct NewEntry {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    pub actor: Option<UserId>,
    pub action: &'static str,
    /// The noun: account, contact, wave, warning, case, …
    pub record: &'static str,
    pub record_id: String,
    pub account: Option<AccountId>,
    pub before: Option<serde_json::Value>,
    pub after: Option<serde_json::Value>,
}

/// One line of the trail as it is shown.
#[derive(Debug, Clone)]
pub struct Entry {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    pub actor: Option<String>,
    pub action: String,
    pub record: String,
    pub record_id: String,
    pub account: Option<(AccountId, String)>,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// Writes one line; belongs into the unit of work that makes the change.
pub fn write(conn: &mut Conn, entry: &NewEntry) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::insert_into(audit::table)
            .values((
                audit::id.eq(entry.id),
                audit::at.eq(Instant::from(entry.at)),
                audit::actor_id.eq(entry.actor),
                audit::action.eq(entry.action),
                audit::record.eq(entry.record),
                audit::record_id.eq(&entry.record_id),
                audit::account_id.eq(entry.account),
            ))
            .execute(c)?;
        if entry.before.is_some() || entry.after.is_some() {
            diesel::insert_into(audit_details::table)
                .values((
                    audit_details::audit_id.eq(entry.id),
                    audit_details::before_json.eq(entry.before.as_ref().map(ToString::to_string)),
                    audit_details::after_json.eq(entry.after.as_ref().map(ToString::to_string)),
                ))
                .execute(c)?;
        }
        Ok::<_, diesel::result::Error>(())
    })?;
    Ok(())
}

/// The latest lines first, of accounts within reach; lines without an account are for those who see all.
pub fn list(conn: &mut Conn, reach: &Reach, before: Option<AuditId>, limit: i64) -> Result<Vec<Entry>> {
    type Row = (
        AuditId,
        Instant,
        Option<String>,
        String,
        String,
        String,
        Option<AccountId>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let rows: Vec<Row> = with_conn!(conn, |c, B| {
        let mut query = audit::table
            .left_join(users::table.on(audit::actor_id.eq(users::id.nullable())))
            .left_join(accounts::table.on(audit::account_id.eq(accounts::id.nullable())))
            .left_join(audit_details::table.on(audit_details::audit_id.eq(audit::id)))
            .select((
                audit::id,
                audit::at,
                users::name.nullable(),
                audit::action,
                audit::record,
                audit::record_id,
                audit::account_id,
                accounts::name.nullable(),
                audit_details::before_json.nullable(),
                audit_details::after_json.nullable(),
            ))
            .order((audit::at.desc(), audit::id.desc()))
            .limit(limit)
            .into_boxed::<B>();
        query = reached!(query, reach, |query| query);
        if let Some(before) = before {
            query = query.filter(audit::id.lt(before));
        }
        query.load(c)
    })?;
    Ok(rows
        .into_iter()
        .map(|(id, at, actor, action, record, record_id, account, name, before, after)| Entry {
            id,
            at: at.into(),
            actor,
            action,
            record,
            record_id,
            account: account.zip(name),
            before,
            after,
        })
        .collect())
}
