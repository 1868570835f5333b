//! Reports that were made and kept, and what a report asks for beside the tallies.

use super::conn::{Conn, with_conn};
use super::reach::within;
use super::schema::{accounts, case_steps, cases, reports, users, warnings};
use super::types::{Instant, word};
use crate::domain::day::Month;
use crate::domain::ident::ReportId;
use crate::domain::language::Language;
use crate::domain::permission::Reach;
use crate::domain::trend::Level;
use crate::domain::winback::plan::StepKind;
use crate::error::Result;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use std::collections::BTreeMap;

/// Which report it is: there is one of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Of one tier; empty: of all.
    pub tier: String,
    pub month: Month,
    pub language: Language,
}

/// A report that is kept, without its page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub key: Key,
    pub made_at: DateTime<Utc>,
}

/// Keeps a report in the place of the one made before, if there is one.
pub fn save(conn: &mut Conn, id: ReportId, key: &Key, html: &str, now: DateTime<Utc>) -> Result<()> {
    use reports::dsl;
    with_conn!(conn, |c| diesel::insert_into(reports::table)
        .values((
            dsl::id.eq(id),
            dsl::tier.eq(&key.tier),
            dsl::month.eq(key.month.0),
            dsl::language.eq(key.language.as_str()),
            dsl::html.eq(html),
            dsl::made_at.eq(Instant::from(now)),
        ))
        .on_conflict((dsl::tier, dsl::month, dsl::language))
        .do_update()
        .set((dsl::html.eq(excluded(dsl::html)), dsl::made_at.eq(excluded(dsl::made_at))))
        .execute(c))?;
    Ok(())
}

/// The page of a kept report.
///
/// # Errors
/// `NotFound` if none was made.
pub fn html(conn: &mut Conn, key: &Key) -> Result<String> {
    Ok(with_conn!(conn, |c| reports::table
        .filter(
            reports::tier
                .eq(&key.tier)
                .and(reports::month.eq(key.month.0))
                .and(reports::language.eq(key.language.as_str())),
        )
        .select(reports::html)
        .first(c))?)
}

/// The kept reports, the newest month first.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<Kept>> {
    let rows: Vec<(String, i32, String, Instant)> = with_conn!(conn, |c| reports::table
        .order((reports::month.desc(), reports::language, reports::tier))
        .limit(limit)
        .select((reports::tier, reports::month, reports::language, reports::made_at))
        .load(c))?;
    rows.into_iter()
        .map(|(tier, month, language, made_at)| {
            let language = word(&language, |tag| Language::parse(tag).ok())?;
            Ok(Kept { key: Key { tier, month: Month(month), language }, made_at: made_at.into() })
        })
        .collect()
}

/// How many warnings of each level are open, at accounts within reach; of one tier, where one is asked for.
pub fn open_by_level(conn: &mut Conn, reach: &Reach, tier: Option<&str>) -> Result<BTreeMap<Level, i64>> {
    let levels: Vec<String> = with_conn!(conn, |c, B| {
        let mut query = warnings::table
            .inner_join(accounts::table.on(accounts::id.eq(warnings::account_id)))
            .filter(warnings::open.eq(true))
            .select(warnings::level)
            .into_boxed::<B>();
        query = within!(query, reach);
        if let Some(tier) = tier {
            query = query.filter(accounts::tier.eq(tier));
        }
        query.load(c)
    })?;
    let mut counts: BTreeMap<Level, i64> = Level::ALL.into_iter().map(|level| (level, 0)).collect();
    for level in levels {
        *counts.entry(Level::parse(&level)?).or_default() += 1;
    }
    Ok(counts)
}

/// A step of a case, as a report tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub kind: StepKind,
    /// The person's own words, if they wrote any.
    pub title: Option<String>,
    pub account: String,
    pub owner: Option<String>,
    pub due: NaiveDate,
    pub done: bool,
}

/// The steps that are due within some days, of cases that are still open or where they were done; the
/// earliest first.
pub fn actions(
    conn: &mut Conn,
    reach: &Reach,
    tier: Option<&str>,
    days: (NaiveDate, NaiveDate),
    limit: i64,
) -> Result<Vec<Action>> {
    type Row = (String, Option<String>, String, Option<String>, NaiveDate, Option<Instant>);
    let rows: Vec<Row> = with_conn!(conn, |c, B| {
        let mut query = case_steps::table
            .inner_join(
                cases::table.on(cases::account_id.eq(case_steps::account_id).and(cases::id.eq(case_steps::case_id))),
            )
            .inner_join(accounts::table.on(accounts::id.eq(case_steps::account_id)))
            .left_join(users::table.on(users::id.nullable().eq(case_steps::owner_id)))
            .filter(case_steps::due_on.between(days.0, days.1))
            .filter(cases::state.eq("open").or(case_steps::done_at.is_not_null()))
            .select((
                case_steps::kind,
                case_steps::title,
                accounts::name,
                users::name.nullable(),
                case_steps::due_on,
                case_steps::done_at,
            ))
            .order((case_steps::due_on, accounts::name, case_steps::id))
            .limit(limit)
            .into_boxed::<B>();
        query = within!(query, reach);
        if let Some(tier) = tier {
            query = query.filter(accounts::tier.eq(tier));
        }
        query.load(c)
    })?;
    rows.into_iter()
        .map(|(kind, title, account, owner, due, done_at)| {
            Ok(Action { kind: word(&kind, StepKind::parse)?, title, account, owner, due, done: done_at.is_some() })
        })
        .collect()
}
