//! The nightly look at all accounts.

use crate::app::warnings::{self, Look, Settings};
use crate::app::{App, cases};
use crate::error::Result;

/// Looks at all accounts as the service itself. Safe to run again: what was saved stays as it is.
///
/// # Errors
/// What the database fails with.
pub fn run(app: &App) -> Result<Look> {
    let look = warnings::look(app, &app.service(), &Settings::of(&app.config))?;
    tracing::info!(
        accounts = look.accounts,
        raised = look.raised,
        risen = look.risen,
        fallen = look.fallen,
        closed = look.closed,
        escalated = look.escalated,
        cases = look.cases,
        "looked at all accounts"
    );
    // Cases that were refused, or put off to a day, are asked again with the figures of tonight.
    cases::ask_waiting(app)?;
    Ok(look)
}
