//! What pages of figures need beside the tallies.

use super::conn::{Conn, with_conn};
use super::schema::waves;
use super::types::Instant;
use crate::error::Result;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// When waves started that really went out, within a span of time.
pub fn wave_starts(conn: &mut Conn, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>> {
    let starts: Vec<Option<Instant>> = with_conn!(conn, |c| waves::table
        .filter(
            waves::start_at
                .between(Instant::from(from), Instant::from(to))
                .and(waves::state.eq_any(["running", "paused", "finished"])),
        )
        .select(waves::start_at)
        .order(waves::start_at)
        .load(c))?;
    Ok(starts.into_iter().flatten().map(Into::into).collect())
}
