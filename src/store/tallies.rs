//! Tallies in the store: folding them, reading them back, and counting them anew.

use super::batches;
use super::conn::{Conn, Wire, with_conn};
use super::kept::Kept;
use super::schema::{tally_accounts, tally_days, tally_measures, tally_stamps};
use crate::domain::day::Month;
use crate::domain::ident::{AccountId, SegmentId, VersionId};
use crate::domain::measure::Sums;
use crate::domain::tally::{AccountKey, DayKey, Fold};
use crate::error::Result;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;
use std::collections::BTreeMap;

/// How many rows share the writes on one tally where many write at once. SQLite has one writer.
const POSTGRES_SLOTS: i32 = 16;

/// The folds of the open transaction, in the order they came: a savepoint that fails forgets its own.
#[derive(Default)]
pub(super) struct Folds(Vec<Fold>);

impl Folds {
    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    pub(super) fn forget_since(&mut self, mark: usize) {
        self.0.truncate(mark);
    }
}

/// Adds to the tallies with the open transaction. Written just before it commits, so that responses
/// which share a commit share the rows; reads within the same transaction do not see them yet.
pub fn fold(conn: &mut Conn, folds: impl IntoIterator<Item = Fold>) -> Result<()> {
    conn.folds.0.extend(folds);
    if conn.in_transaction() { Ok(()) } else { conn.transaction(|_| Ok(())) }
}

/// Takes away what [`fold`] added.
pub fn fold_back(conn: &mut Conn, folds: impl IntoIterator<Item = Fold>) -> Result<()> {
    fold(conn, folds.into_iter().map(Fold::reversed))
}

#[derive(Insertable, Queryable, Clone)]
#[diesel(table_name = tally_days, treat_none_as_default_value = false)]
struct DayRow {
    day: NaiveDate,
    version_id: VersionId,
    question: String,
    value: String,
    segment_id: SegmentId,
    slot: i32,
    n: i64,
}

#[derive(Insertable, Queryable, Clone)]
#[diesel(table_name = tally_accounts, treat_none_as_default_value = false)]
struct AccountRow {
    month: i32,
    measure: String,
    account_id: AccountId,
    segment_id: SegmentId,
    kind: String,
    n: i64,
    sum: i64,
    sum_sq: i64,
}

#[derive(Insertable, Clone)]
#[diesel(table_name = tally_stamps, treat_none_as_default_value = false)]
struct StampRow {
    month: i32,
    slot: i32,
    stamp: i64,
}

#[derive(Insertable, Clone, PartialEq)]
#[diesel(table_name = tally_measures, treat_none_as_default_value = false)]
struct MeasureRow {
    month: i32,
    measure: String,
}

/// Writes the folds of the transaction that is about to commit. Rows are written in the order of their
/// keys, so that two writers never wait for each other in a circle.
pub(super) fn flush(conn: &mut Conn) -> Result<()> {
    if conn.folds.0.is_empty() {
        return Ok(());
    }
    let mut days: BTreeMap<DayKey, i64> = BTreeMap::new();
    let mut accounts: BTreeMap<AccountKey, Sums> = BTreeMap::new();
    let mut spread = 0_u8;
    for fold in std::mem::take(&mut conn.folds.0) {
        match fold {
            Fold::Day(key, n) => *days.entry(key).or_default() += n,
            Fold::Account(key, sums) => {
                spread ^= key.account.as_bytes().last().copied().unwrap_or_default();
                *accounts.entry(key).or_default() += sums;
            }
        }
    }
    let slot = match &conn.held {
        Wire::Sqlite(_) => 0,
        Wire::Postgres(_) => i32::from(spread) % POSTGRES_SLOTS,
    };
    let mut months: Vec<Month> = accounts.keys().map(|k| k.month).collect();
    months.sort_unstable();
    months.dedup();
    let days: Vec<DayRow> = days
        .into_iter()
        .filter(|(_, n)| *n != 0)
        .map(|(k, n)| DayRow {
            day: k.day,
            version_id: k.version,
            question: k.question,
            value: k.value,
            segment_id: k.segment,
            slot,
            n,
        })
        .collect();
    let accounts: Vec<AccountRow> = accounts
        .into_iter()
        .filter(|(_, s)| !s.is_zero())
        .map(|(k, s)| AccountRow {
            month: k.month.0,
            measure: k.measure,
            account_id: k.account,
            segment_id: k.segment,
            kind: k.kind,
            n: s.n,
            sum: s.sum,
            sum_sq: s.sum_sq,
        })
        .collect();
    let mut measures: Vec<MeasureRow> =
        accounts.iter().map(|a| MeasureRow { month: a.month, measure: a.measure.clone() }).collect();
    measures.dedup();
    let stamps: Vec<StampRow> = months.into_iter().map(|m| StampRow { month: m.0, slot, stamp: 1 }).collect();
    add_days(conn, &days)?;
    add_accounts(conn, &accounts)?;
    add_measures(conn, &measures)?;
    add_stamps(conn, &stamps)
}

/// Writes rows one by one on SQLite, where the prepared statement is kept, and in batches on
/// PostgreSQL, where the way there costs more than the statement.
macro_rules! upsert {
    ($conn:expr, $rows:expr, $columns:expr, |$table:ident, $values:ident| $statement:expr) => {
        match &mut $conn.held {
            Wire::Sqlite(c) => {
                let c: &mut diesel::sqlite::SqliteConnection = c;
                for $values in $rows {
                    Kept::<$table::table, _, _>::new($statement).run(c)?;
                }
            }
            Wire::Postgres(c) => {
                let c: &mut diesel::pg::PgConnection = c;
                for $values in batches($rows, $columns) {
                    $statement.execute(c)?;
                }
            }
        }
    };
}

fn add_days(conn: &mut Conn, rows: &[DayRow]) -> Result<()> {
    use tally_days::dsl::{day, n, question, segment_id, slot, value, version_id};
    upsert!(conn, rows, 7, |tally_days, values| diesel::insert_into(tally_days::table)
        .values(values)
        .on_conflict((version_id, question, day, value, segment_id, slot))
        .do_update()
        .set(n.eq(n + excluded(n))));
    Ok(())
}

fn add_accounts(conn: &mut Conn, rows: &[AccountRow]) -> Result<()> {
    use tally_accounts::dsl::{account_id, kind, measure, month, n, segment_id, sum, sum_sq};
    upsert!(conn, rows, 8, |tally_accounts, values| diesel::insert_into(tally_accounts::table)
        .values(values)
        .on_conflict((month, measure, account_id, segment_id, kind))
        .do_update()
        .set((n.eq(n + excluded(n)), sum.eq(sum + excluded(sum)), sum_sq.eq(sum_sq + excluded(sum_sq)))));
    Ok(())
}

/// Remembers which measures a month has, so that nobody has to look through its tallies to know.
fn add_measures(conn: &mut Conn, rows: &[MeasureRow]) -> Result<()> {
    upsert!(conn, rows, 2, |tally_measures, values| diesel::insert_into(tally_measures::table)
        .values(values)
        .on_conflict_do_nothing());
    Ok(())
}

fn add_stamps(conn: &mut Conn, rows: &[StampRow]) -> Result<()> {
    use tally_stamps::dsl::{month, slot, stamp};
    upsert!(conn, rows, 3, |tally_stamps, values| diesel::insert_into(tally_stamps::table)
        .values(values)
        .on_conflict((month, slot))
        .do_update()
        .set(stamp.eq(stamp + excluded(stamp))));
    Ok(())
}

/// The stamp of each month that has tallies: it differs as soon as one of them has changed.
pub fn stamps(conn: &mut Conn, first: Month, last: Month) -> Result<BTreeMap<Month, i64>> {
    let rows: Vec<(i32, i64)> = with_conn!(conn, |c| {
        tally_stamps::table
            .filter(tally_stamps::month.between(first.0, last.0))
            .select((tally_stamps::month, tally_stamps::stamp))
            .load(c)
    })?;
    let mut stamps = BTreeMap::new();
    for (month, stamp) in rows {
        *stamps.entry(Month(month)).or_default() += stamp;
    }
    Ok(stamps)
}

/// The first day on which a question of a version has answers that count. Days whose answers were all taken
/// back stay in the table with nothing in them.
pub fn first_day(conn: &mut Conn, version: VersionId, question: &str) -> Result<Option<NaiveDate>> {
    use diesel::dsl::sql;
    use diesel::sql_types::Bool;
    let day: Option<NaiveDate> = with_conn!(conn, |c| {
        tally_days::table
            .filter(tally_days::version_id.eq(version).and(tally_days::question.eq(question)))
            .group_by(tally_days::day)
            .having(sql::<Bool>("SUM(n) > 0"))
            .select(tally_days::day)
            .order(tally_days::day)
            .first(c)
            .optional()
    })?;
    Ok(day)
}

/// The measures that have tallies in a range of months.
pub fn measures_between(conn: &mut Conn, first: Month, last: Month) -> Result<Vec<String>> {
    Ok(with_conn!(conn, |c| {
        tally_measures::table
            .filter(tally_measures::month.between(first.0, last.0))
            .select(tally_measures::measure)
            .distinct()
            .order(tally_measures::measure)
            .load(c)
    })?)
}

/// What every account gave to a measure in one month, by the segment it was in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountMonth {
    pub account: AccountId,
    pub segment: SegmentId,
    pub kind: String,
    pub sums: Sums,
}

/// The tallies of all accounts in one month, by measure.
pub fn month(conn: &mut Conn, month: Month) -> Result<BTreeMap<String, Vec<AccountMonth>>> {
    type Row = (String, AccountId, SegmentId, String, i64, i64, i64);
    let rows: Vec<Row> = with_conn!(conn, |c| {
        tally_accounts::table
            .filter(tally_accounts::month.eq(month.0))
            .select((
                tally_accounts::measure,
                tally_accounts::account_id,
                tally_accounts::segment_id,
                tally_accounts::kind,
                tally_accounts::n,
                tally_accounts::sum,
                tally_accounts::sum_sq,
            ))
            .load(c)
    })?;
    let mut measures: BTreeMap<String, Vec<AccountMonth>> = BTreeMap::new();
    for (measure, account, segment, kind, n, sum, sum_sq) in rows {
        let sums = Sums { n, sum, sum_sq };
        if !sums.is_zero() {
            measures.entry(measure).or_default().push(AccountMonth { account, segment, kind, sums });
        }
    }
    Ok(measures)
}

/// How often each value of each question of a version was given, for a range of days, by segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueCount {
    pub question: String,
    pub value: String,
    pub segment: SegmentId,
    pub n: i64,
}

pub fn values_of_version(
    conn: &mut Conn,
    version: VersionId,
    first: NaiveDate,
    last: NaiveDate,
) -> Result<Vec<ValueCount>> {
    let rows: Vec<(String, String, SegmentId, i64)> = with_conn!(conn, |c| {
        tally_days::table
            .filter(tally_days::version_id.eq(version).and(tally_days::day.between(first, last)))
            .select((tally_days::question, tally_days::value, tally_days::segment_id, tally_days::n))
            .load(c)
    })?;
    let mut counts: BTreeMap<(String, String, SegmentId), i64> = BTreeMap::new();
    for (question, value, segment, n) in rows {
        *counts.entry((question, value, segment)).or_default() += n;
    }
    Ok(counts
        .into_iter()
        .filter(|(_, n)| *n != 0)
        .map(|((question, value, segment), n)| ValueCount { question, value, segment, n })
        .collect())
}

/// All tallies as they stand, slots added up and zeros left out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub days: BTreeMap<DayKey, i64>,
    pub accounts: BTreeMap<AccountKey, Sums>,
}

impl Standing {
    /// Adds what a recount has found.
    pub fn add(&mut self, fold: Fold) {
        match fold {
            Fold::Day(key, n) => *self.days.entry(key).or_default() += n,
            Fold::Account(key, sums) => *self.accounts.entry(key).or_default() += sums,
        }
    }

    /// Two standings compare equal whether or not they hold zeros.
    pub fn without_zeros(mut self) -> Self {
        self.days.retain(|_, n| *n != 0);
        self.accounts.retain(|_, s| !s.is_zero());
        self
    }
}

/// Reads all tallies: for the recount and for tests, never for a page.
pub fn standing(conn: &mut Conn) -> Result<Standing> {
    let mut standing = Standing::default();
    let days: Vec<DayRow> = with_conn!(conn, |c| tally_days::table.load(c))?;
    for row in days {
        let key = DayKey {
            version: row.version_id,
            question: row.question,
            day: row.day,
            value: row.value,
            segment: row.segment_id,
        };
        standing.add(Fold::Day(key, row.n));
    }
    let accounts: Vec<AccountRow> = with_conn!(conn, |c| tally_accounts::table.load(c))?;
    for row in accounts {
        let key = AccountKey {
            month: Month(row.month),
            measure: row.measure,
            account: row.account_id,
            segment: row.segment_id,
            kind: row.kind,
        };
        standing.add(Fold::Account(key, Sums { n: row.n, sum: row.sum, sum_sq: row.sum_sq }));
    }
    Ok(standing.without_zeros())
}

/// Replaces all tallies by a recount.
pub fn replace(conn: &mut Conn, standing: Standing) -> Result<()> {
    conn.transaction(|conn| {
        with_conn!(conn, |c| {
            diesel::delete(tally_days::table).execute(c)?;
            diesel::delete(tally_accounts::table).execute(c)?;
            // Stamps only grow: a reader that remembers an old one must notice.
            diesel::update(tally_stamps::table).set(tally_stamps::stamp.eq(tally_stamps::stamp + 1)).execute(c)?;
        });
        let days = standing.days.into_iter().map(|(key, n)| Fold::Day(key, n));
        let accounts = standing.accounts.into_iter().map(|(key, sums)| Fold::Account(key, sums));
        fold(conn, days.chain(accounts))
    })
}

/// How many responses count for each quota of a version, by quota and where their accounts stood.
pub fn quota_counts(conn: &mut Conn, version: VersionId) -> Result<Vec<(String, crate::domain::tally::Segment, i64)>> {
    use super::schema::segments;
    type Found = (String, (String, String, String), i64);
    let rows: Vec<Found> = with_conn!(conn, |c| tally_days::table
        .inner_join(segments::table.on(segments::id.eq(tally_days::segment_id)))
        .filter(tally_days::version_id.eq(version).and(tally_days::question.eq(crate::domain::survey::logic::QUOTA)))
        .select((tally_days::value, (segments::tier, segments::region, segments::product_line), tally_days::n))
        .load(c))?;
    let told = |(quota, (tier, region, product_line), n)| {
        (quota, crate::domain::tally::Segment { tier, region, product_line }, n)
    };
    Ok(rows.into_iter().map(told).collect())
}

/// The segments by their identifiers.
pub fn segments(conn: &mut Conn) -> Result<BTreeMap<SegmentId, crate::domain::tally::Segment>> {
    use super::schema::segments;
    let rows: Vec<(SegmentId, String, String, String)> = with_conn!(conn, |c| segments::table.load(c))?;
    Ok(rows
        .into_iter()
        .map(|(id, tier, region, product_line)| (id, crate::domain::tally::Segment { tier, region, product_line }))
        .collect())
}

/// Makes sure that a segment is known; the identifier follows from its content.
pub fn ensure_segment(conn: &mut Conn, segment: &crate::domain::tally::Segment) -> Result<SegmentId> {
    use super::schema::segments::dsl;
    let id = segment.id();
    with_conn!(conn, |c| {
        diesel::insert_into(dsl::segments)
            .values((
                dsl::id.eq(id),
                dsl::tier.eq(&segment.tier),
                dsl::region.eq(&segment.region),
                dsl::product_line.eq(&segment.product_line),
            ))
            .on_conflict_do_nothing()
            .execute(c)
    })?;
    Ok(id)
}
