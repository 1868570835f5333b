//! Mails the digests.

use crate::app::{App, digests};
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};

/// Puts the digests of a slot into the outbox: what has happened since the last one. Safe to run again:
/// nobody gets two of one slot.
///
/// # Errors
/// What the database fails with.
pub fn run(app: &App, since: DateTime<Utc>, slot: NaiveDate) -> Result<()> {
    let sent = digests::send(app, since, slot)?;
    tracing::info!(sent, %slot, "wrote the digests");
    Ok(())
}
