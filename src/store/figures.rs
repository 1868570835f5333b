//! What pages of figures need beside the tallies.

use super::accounts::{Filter, narrowed};
use super::conn::{Conn, with_conn};
use super::schema::{accounts, invitations, survey_versions, waves};
use super::types::Instant;
use crate::domain::ident::WaveId;
use crate::domain::permission::Reach;
use crate::domain::survey::SurveyKind;
use crate::error::Result;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// When waves of one kind of survey started that really went out, within a span of time, and that asked
/// anybody at the accounts that are asked for and within reach.
pub fn wave_starts(
    conn: &mut Conn,
    kind: SurveyKind,
    reach: &Reach,
    of: &Filter,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> Result<Vec<DateTime<Utc>>> {
    let all: Vec<(WaveId, Option<Instant>)> = with_conn!(conn, |c| waves::table
        .inner_join(survey_versions::table.on(survey_versions::id.eq(waves::version_id)))
        .filter(survey_versions::kind.eq(kind.as_str()))
        .filter(
            waves::start_at
                .between(Instant::from(from), Instant::from(to))
                .and(waves::state.eq_any(["running", "paused", "finished"])),
        )
        .select((waves::id, waves::start_at))
        .order(waves::start_at)
        .load(c))?;
    let mut starts = Vec::new();
    let everywhere = *reach == Reach::All && *of == Filter::default();
    for (wave, at) in all {
        if everywhere {
            starts.extend(at.map(DateTime::from));
            continue;
        }
        let asked: Option<WaveId> = with_conn!(conn, |c, B| {
            let query = invitations::table
                .inner_join(accounts::table.on(accounts::id.eq(invitations::account_id)))
                .filter(invitations::wave_id.eq(wave))
                .select(invitations::wave_id)
                .limit(1)
                .into_boxed::<B>();
            narrowed!(query, reach, of).first(c).optional()
        })?;
        if asked.is_some() {
            starts.extend(at.map(DateTime::from));
        }
    }
    Ok(starts)
}
