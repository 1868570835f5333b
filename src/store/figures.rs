//! What pages of figures need beside the tallies.

use super::conn::{Conn, with_conn};
use super::schema::{survey_versions, waves};
use super::types::Instant;
use crate::domain::survey::SurveyKind;
use crate::error::Result;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// When waves of one kind of survey started that really went out, within a span of time.
pub fn wave_starts(
    conn: &mut Conn,
    kind: SurveyKind,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    let starts: Vec<Option<Instant>> = with_conn!(conn, |c| waves::table
        .inner_join(survey_versions::table.on(survey_versions::id.eq(waves::version_id)))
        .filter(survey_versions::kind.eq(kind.as_str()))
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
