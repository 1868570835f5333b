//! Makes the monthly reports.

use crate::app::{App, reports};
use crate::domain::day::Month;
use crate::error::Result;
use chrono::{DateTime, Utc};

/// Makes the reports of the month before the slot's: the last one that was over then. Running it again
/// makes the same reports anew.
///
/// # Errors
/// What making a report fails with.
pub fn run(app: &App, slot: DateTime<Utc>) -> Result<()> {
    let month = Month::of(app.day_of(slot)).plus(-1);
    let made = reports::keep(app, month)?;
    tracing::info!(%month, made, "reports made");
    Ok(())
}
