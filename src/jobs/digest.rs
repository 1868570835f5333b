//! Mails the digests.

use crate::app::{App, digests};
use crate::error::Result;
use chrono::{DateTime, Duration, Utc};

/// A digest never tells of more than so long.
const LONGEST: Duration = Duration::days(35);

/// Puts the digests of a slot into the outbox: what has happened since the slot before it. Safe to run
/// again: nobody gets two of one slot.
///
/// # Errors
/// What the database fails with.
pub fn run(app: &App, slot: DateTime<Utc>) -> Result<()> {
    let zone = app.config.organisation.reporting_zone;
    let before = app.config.jobs.digest.last_until(slot - Duration::seconds(1), LONGEST, zone);
    let since = before.unwrap_or(slot - LONGEST);
    let sent = digests::send(app, since, app.day_of(slot))?;
    tracing::info!(sent, %slot, "wrote the digests");
    Ok(())
}
