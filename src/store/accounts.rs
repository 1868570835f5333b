//! Accounts, their tiers through time, and finding them.

use super::conn::{Conn, with_conn};
use super::reach::named;
use super::schema::{account_tiers, accounts};
use super::tallies::ensure_segment;
use super::types::{Instant, word};
use super::{MOST_BINDS, batches};
use crate::domain::account::{Account, AccountKind, CustomerNumber, folded};
use crate::domain::ident::{AccountId, UserId};
use crate::domain::permission::Reach;
use crate::domain::tally::Segment;
use crate::error::{Code, Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Queryable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = accounts, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    id: AccountId,
    number: String,
    name: String,
    folded: String,
    kind: String,
    parent_id: Option<AccountId>,
    tier: String,
    region: String,
    product_line: String,
    manager_id: Option<UserId>,
    deputy_id: Option<UserId>,
    active: bool,
    created_at: Instant,
    changed_at: Instant,
    revision: i64,
}

impl Row {
    fn of(account: &Account, now: DateTime<Utc>) -> Self {
        Self {
            id: account.id,
            number: account.number.as_str().to_owned(),
            name: account.name.clone(),
            folded: format!("{} {}", folded(&account.name), folded(account.number.as_str())),
            kind: account.kind.as_str().to_owned(),
            parent_id: account.parent,
            tier: account.tier.clone(),
            region: account.region.clone(),
            product_line: account.product_line.clone(),
            manager_id: account.manager,
            deputy_id: account.deputy,
            active: account.active,
            created_at: now.into(),
            changed_at: now.into(),
            revision: account.revision,
        }
    }
}

impl TryFrom<Row> for Account {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            number: CustomerNumber::stored(&row.number)
                .ok_or_else(|| Error::new(Code::SchemaMismatch).with("value", &row.number))?,
            name: row.name,
            kind: word(&row.kind, AccountKind::stored)?,
            parent: row.parent_id,
            tier: row.tier,
            region: row.region,
            product_line: row.product_line,
            manager: row.manager_id,
            deputy: row.deputy_id,
            active: row.active,
            revision: row.revision,
        })
    }
}

/// How many accounts there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(with_conn!(conn, |c| accounts::table.filter(named!()).count().get_result(c))?)
}

/// The pseudo-account of a segment, which is made if it is not there: see [`Account::nobody`]. Belongs into the unit of
/// work that keeps something under it.
pub fn nobody_of(conn: &mut Conn, segment: &Segment, now: DateTime<Utc>, today: NaiveDate) -> Result<AccountId> {
    ensure(conn, &Account::nobody(segment), now, today)
}

/// The same for anonymous surveys: see [`Account::anonymous`]. Its row says that it was there all along.
pub fn anonymous_of(conn: &mut Conn, segment: &Segment, today: NaiveDate) -> Result<AccountId> {
    ensure(conn, &Account::anonymous(segment), DateTime::UNIX_EPOCH, today)
}

fn ensure(conn: &mut Conn, nobody: &Account, now: DateTime<Utc>, today: NaiveDate) -> Result<AccountId> {
    ensure_segment(conn, &nobody.segment())?;
    let row = Row::of(nobody, now);
    let made =
        with_conn!(conn, |c| diesel::insert_into(accounts::table).values(&row).on_conflict_do_nothing().execute(c))?;
    if made > 0 {
        set_tier(conn, nobody.id, &nobody.tier, None, now, today)?;
    }
    Ok(nobody.id)
}

/// One account, whoever may see it: the use case decides that. Not for pseudo-accounts.
///
/// # Errors
/// `NotFound` if there is none, or it is a pseudo-account.
pub fn find(conn: &mut Conn, id: AccountId) -> Result<Account> {
    if id.is_nobody() { Err(Error::new(Code::NotFound)) } else { find_any(conn, id) }
}

/// One account or pseudo-account: for who has a response in hand.
pub fn find_any(conn: &mut Conn, id: AccountId) -> Result<Account> {
    let row: Row = with_conn!(conn, |c| accounts::table.find(id).get_result(c))?;
    row.try_into()
}

/// The first of a kind that is in use.
pub fn first_of_kind(conn: &mut Conn, kind: AccountKind) -> Result<Option<Account>> {
    let row: Option<Row> = with_conn!(conn, |c| accounts::table
        .filter(accounts::kind.eq(kind.as_str()).and(accounts::active))
        .order((accounts::created_at, accounts::id))
        .first(c)
        .optional())?;
    row.map(Account::try_from).transpose()
}

pub fn find_many(conn: &mut Conn, ids: &[AccountId]) -> Result<Vec<Account>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MOST_BINDS) {
        let named = accounts::id.eq_any(some).and(named!());
        let rows: Vec<Row> = with_conn!(conn, |c| accounts::table.filter(named).load(c))?;
        for row in rows {
            found.push(row.try_into()?);
        }
    }
    Ok(found)
}

/// The accounts that feeds name, by customer number.
pub fn by_numbers(conn: &mut Conn, numbers: &BTreeSet<String>) -> Result<BTreeMap<String, Account>> {
    let numbers: Vec<&String> = numbers.iter().collect();
    let mut found = BTreeMap::new();
    for some in batches(&numbers, 1) {
        let some = some.to_vec();
        let rows: Vec<Row> =
            with_conn!(conn, |c| accounts::table.filter(accounts::number.eq_any(some).and(named!())).load(c))?;
        for row in rows {
            found.insert(row.number.clone(), row.try_into()?);
        }
    }
    Ok(found)
}

/// What a list of accounts is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Matches name or customer number, wherever it stands in them.
    pub text: Option<String>,
    pub tier: Option<String>,
    pub region: Option<String>,
    pub product_line: Option<String>,
    pub manager: Option<UserId>,
    pub active_only: bool,
    /// Of these kinds alone; empty: of any.
    pub kinds: Vec<AccountKind>,
}

/// `%` and `_` typed by a person mean themselves.
pub(super) fn like(text: &str) -> String {
    format!("%{}%", folded(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// Narrows a boxed query that accounts are part of to those within reach that fit a filter; the filter's
/// text and activity are the caller's.
macro_rules! narrowed {
    ($query:expr, $reach:expr, $filter:expr) => {{
        let (mut query, reach, filter): (_, &Reach, &$crate::store::accounts::Filter) = ($query, $reach, $filter);
        query = $crate::store::reach::within!(query, reach);
        if let Some(tier) = &filter.tier {
            query = query.filter(accounts::tier.eq(tier));
        }
        if let Some(region) = &filter.region {
            query = query.filter(accounts::region.eq(region));
        }
        if let Some(line) = &filter.product_line {
            query = query.filter(accounts::product_line.eq(line));
        }
        if let Some(manager) = filter.manager {
            query = query.filter(accounts::manager_id.eq(manager));
        }
        if !filter.kinds.is_empty() {
            let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
            query = query.filter(accounts::kind.eq_any(kinds));
        }
        query
    }};
}
pub(super) use narrowed;

macro_rules! filtered {
    ($reach:expr, $filter:expr, $backend:ident) => {{
        let mut query = narrowed!(accounts::table.into_boxed::<$backend>(), &$reach, &$filter);
        if let Some(text) = &$filter.text {
            query = query.filter(accounts::folded.like(like(text)).escape('\\'));
        }
        if $filter.active_only {
            query = query.filter(accounts::active.eq(true));
        }
        query
    }};
}

/// A page of accounts in the order of their names, and how many there are in all.
pub fn list(conn: &mut Conn, reach: &Reach, filter: &Filter, offset: i64, limit: i64) -> Result<(Vec<Account>, i64)> {
    let (rows, total): (Vec<Row>, i64) = with_conn!(conn, |c, B| {
        let total = filtered!(reach, filter, B).count().get_result(c)?;
        let rows =
            filtered!(reach, filter, B).order((accounts::folded, accounts::id)).offset(offset).limit(limit).load(c)?;
        Ok::<_, diesel::result::Error>((rows, total))
    })?;
    Ok((rows.into_iter().map(Account::try_from).collect::<Result<_>>()?, total))
}

/// The identifiers of all accounts within reach: what figures and warnings are narrowed to.
pub fn ids_within(conn: &mut Conn, reach: &Reach, filter: &Filter) -> Result<Vec<AccountId>> {
    Ok(with_conn!(conn, |c, B| filtered!(reach, filter, B).select(accounts::id).load(c))?)
}

/// How many active accounts each tier has, of those that are asked for and within reach.
pub fn count_by_tier(conn: &mut Conn, reach: &Reach, filter: &Filter) -> Result<BTreeMap<String, i64>> {
    use diesel::dsl::count_star;
    let counts: Vec<(String, i64)> = with_conn!(conn, |c, B| {
        let query = accounts::table
            .group_by(accounts::tier)
            .select((accounts::tier, count_star()))
            .filter(accounts::active.eq(true))
            .into_boxed::<B>();
        narrowed!(query, reach, filter).load(c)
    })?;
    Ok(counts.into_iter().collect())
}

/// The values that the as-of dimensions take today: for filters and audiences.
pub fn dimension_values(conn: &mut Conn, reach: &Reach) -> Result<(Vec<String>, Vec<String>)> {
    let filter = Filter::default();
    let regions: Vec<String> =
        with_conn!(conn, |c, B| filtered!(reach, filter, B).select(accounts::region).distinct().load(c))?;
    let lines: Vec<String> =
        with_conn!(conn, |c, B| filtered!(reach, filter, B).select(accounts::product_line).distinct().load(c))?;
    let sorted = |values: Vec<String>| {
        values.into_iter().filter(|v| !v.is_empty()).collect::<BTreeSet<_>>().into_iter().collect()
    };
    Ok((sorted(regions), sorted(lines)))
}

/// Adds accounts that are new; their tier begins today.
pub fn insert(
    conn: &mut Conn,
    new: &[Account],
    by: Option<UserId>,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<()> {
    let segments: BTreeSet<Segment> = new.iter().map(Account::segment).collect();
    for segment in &segments {
        ensure_segment(conn, segment)?;
    }
    let rows: Vec<Row> = new.iter().map(|a| Row::of(a, now)).collect();
    for some in batches(&rows, 15) {
        with_conn!(conn, |c| diesel::insert_into(accounts::table).values(some).execute(c))?;
    }
    for account in new {
        set_tier(conn, account.id, &account.tier, by, now, today)?;
    }
    Ok(())
}

/// Saves a changed account, if nobody else changed it since it was read; its revision grows by one.
pub fn update(
    conn: &mut Conn,
    account: &Account,
    by: Option<UserId>,
    now: DateTime<Utc>,
    today: NaiveDate,
) -> Result<()> {
    ensure_segment(conn, &account.segment())?;
    let before = find(conn, account.id)?;
    let row = Row::of(account, now);
    let saved = with_conn!(conn, |c| {
        diesel::update(accounts::table.filter(accounts::id.eq(account.id).and(accounts::revision.eq(account.revision))))
            .set((
                accounts::name.eq(&row.name),
                accounts::folded.eq(&row.folded),
                accounts::kind.eq(&row.kind),
                accounts::parent_id.eq(row.parent_id),
                accounts::tier.eq(&row.tier),
                accounts::region.eq(&row.region),
                accounts::product_line.eq(&row.product_line),
                accounts::manager_id.eq(row.manager_id),
                accounts::deputy_id.eq(row.deputy_id),
                accounts::active.eq(row.active),
                accounts::changed_at.eq(row.changed_at),
                accounts::revision.eq(account.revision + 1),
            ))
            .execute(c)
    })?;
    if saved == 0 {
        return Err(Error::new(Code::ChangedMeanwhile).with("what", &account.name));
    }
    if before.tier != account.tier {
        set_tier(conn, account.id, &account.tier, by, now, today)?;
    }
    Ok(())
}

/// A tier takes effect on a day and is history for ever after.
fn set_tier(
    conn: &mut Conn,
    id: AccountId,
    tier: &str,
    by: Option<UserId>,
    now: DateTime<Utc>,
    from: NaiveDate,
) -> Result<()> {
    use diesel::upsert::excluded;
    with_conn!(conn, |c| {
        diesel::insert_into(account_tiers::table)
            .values((
                account_tiers::account_id.eq(id),
                account_tiers::from_day.eq(from),
                account_tiers::tier.eq(tier),
                account_tiers::decided_by.eq(by),
                account_tiers::decided_at.eq(Instant::from(now)),
            ))
            .on_conflict((account_tiers::account_id, account_tiers::from_day))
            .do_update()
            .set((
                account_tiers::tier.eq(excluded(account_tiers::tier)),
                account_tiers::decided_by.eq(excluded(account_tiers::decided_by)),
                account_tiers::decided_at.eq(excluded(account_tiers::decided_at)),
            ))
            .execute(c)
    })?;
    Ok(())
}

/// The tiers that accounts were in, the oldest first.
pub fn tiers_of_many(conn: &mut Conn, ids: &[AccountId]) -> Result<HashMap<AccountId, Vec<(NaiveDate, String)>>> {
    let mut found: HashMap<AccountId, Vec<(NaiveDate, String)>> = HashMap::new();
    for some in ids.chunks(MOST_BINDS) {
        let rows: Vec<(AccountId, NaiveDate, String)> = with_conn!(conn, |c| account_tiers::table
            .filter(account_tiers::account_id.eq_any(some))
            .order((account_tiers::account_id, account_tiers::from_day))
            .select((account_tiers::account_id, account_tiers::from_day, account_tiers::tier))
            .load(c))?;
        for (account, day, tier) in rows {
            found.entry(account).or_default().push((day, tier));
        }
    }
    Ok(found)
}

/// The tiers an account was in, the oldest first.
pub fn tiers_of(conn: &mut Conn, id: AccountId) -> Result<Vec<(NaiveDate, String)>> {
    Ok(with_conn!(conn, |c| account_tiers::table
        .filter(account_tiers::account_id.eq(id))
        .order(account_tiers::from_day)
        .select((account_tiers::from_day, account_tiers::tier))
        .load(c))?)
}
