//! Discards what customers have begun and never sent.

use crate::app::{App, visits};
use crate::error::Result;

/// Settles provisional answers. Safe to run again: what is settled stays so.
///
/// # Errors
/// What the database fails with.
pub fn run(app: &App) -> Result<()> {
    let settled = visits::settle(app)?;
    tracing::info!(confirmed = settled.confirmed, discarded = settled.discarded, "settled provisional answers");
    metrics::counter!("bellwether_provisional_answers_total", "outcome" => "confirmed")
        .increment(settled.confirmed as u64);
    metrics::counter!("bellwether_provisional_answers_total", "outcome" => "discarded")
        .increment(settled.discarded as u64);
    Ok(())
}
