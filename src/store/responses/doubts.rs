//! Responses that are flagged or excluded. Of all others no row is read.

use super::{Response, Row, State};
use crate::domain::ident::{AccountId, ResponseId, VersionId, WaveId};
use crate::domain::permission::Reach;
use crate::domain::tally::Segment;
use crate::error::Result;
use crate::store::accounts::{self as book, narrowed};
use crate::store::conn::{Conn, with_conn};
use crate::store::reach::reached;
use crate::store::schema::{accounts, open_links, responses, segments, waves};
use crate::store::types::word;
use chrono::NaiveDate;
use diesel::dsl::count_star;
use diesel::prelude::*;

/// What a list of doubtful responses is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// A kind of flag, as it is kept.
    pub flag: Option<&'static str>,
    /// Of these versions of surveys alone.
    pub versions: Option<Vec<VersionId>>,
    pub wave: Option<WaveId>,
    /// Kept or excluded; none: both.
    pub state: Option<State>,
}

/// One of them, with what it stands under.
#[derive(Debug, Clone, PartialEq)]
pub struct Doubtful {
    pub response: Response,
    pub account_name: String,
    /// Where the account, or the pseudo-account, stands.
    pub place: Segment,
    pub wave: Option<String>,
    pub link: Option<String>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Flagged, and counted in all figures.
    pub counted: i64,
    /// Counted in no figure.
    pub excluded: i64,
}

impl Counts {
    fn of(rows: Vec<(String, i64)>) -> Result<Self> {
        let mut counts = Self::default();
        for (state, n) in rows {
            match word(&state, State::parse)? {
                State::Kept => counts.counted += n,
                State::Excluded => counts.excluded += n,
                State::Erased => {}
            }
        }
        Ok(counts)
    }
}

type Joined = (Row, String, String, String, String, Option<String>, Option<String>);

fn doubtful(joined: Joined) -> Result<Doubtful> {
    let (row, account_name, tier, region, product_line, wave, link) = joined;
    let place = Segment { tier, region, product_line };
    Ok(Doubtful { response: row.try_into()?, account_name, place, wave, link })
}

/// Responses with the account, wave and link that they stand under.
macro_rules! joined {
    () => {
        responses::table
            .inner_join(accounts::table.on(accounts::id.eq(responses::account_id)))
            .left_join(waves::table.on(waves::id.nullable().eq(responses::wave_id)))
            .left_join(open_links::table.on(open_links::id.nullable().eq(responses::link_id)))
            .select((
                Row::as_select(),
                accounts::name,
                accounts::tier,
                accounts::region,
                accounts::product_line,
                waves::name.nullable(),
                open_links::name.nullable(),
            ))
    };
}

/// Narrows a boxed query to the doubtful responses that fit a filter.
macro_rules! fitting {
    ($query:expr, $filter:expr) => {{
        let mut query = $query.filter(responses::doubtful);
        if let Some(flag) = $filter.flag {
            query = query.filter(responses::flags.like(format!("%\"kind\":\"{flag}\"%")));
        }
        if let Some(versions) = &$filter.versions {
            query = query.filter(responses::version_id.eq_any(versions));
        }
        if let Some(wave) = $filter.wave {
            query = query.filter(responses::wave_id.eq(wave));
        }
        if let Some(state) = $filter.state {
            query = query.filter(responses::state.eq(state.as_str()));
        }
        query
    }};
}

/// Doubtful responses within reach, those of pseudo-accounts among them: the latest first, from behind `after` on.
pub fn list(
    conn: &mut Conn,
    reach: &Reach,
    filter: &Filter,
    after: Option<(NaiveDate, ResponseId)>,
    limit: i64,
) -> Result<Vec<Doubtful>> {
    let rows: Vec<Joined> = with_conn!(conn, |c, B| {
        let query = joined!().order((responses::day.desc(), responses::id.desc())).limit(limit).into_boxed::<B>();
        let mut query = fitting!(query, filter);
        if let Some((day, id)) = after {
            query = query.filter(responses::day.lt(day).or(responses::day.eq(day).and(responses::id.lt(id))));
        }
        reached!(query, reach, |query| query.load(c))
    })?;
    rows.into_iter().map(doubtful).collect()
}

/// One response within reach, doubtful or not.
pub fn find(conn: &mut Conn, reach: &Reach, account: AccountId, id: ResponseId) -> Result<Doubtful> {
    let row: Joined = with_conn!(conn, |c, B| {
        let of = responses::account_id.eq(account).and(responses::id.eq(id));
        let query = joined!().filter(of).into_boxed::<B>();
        reached!(query, reach, |query| query.first(c))
    })?;
    doubtful(row)
}

/// How many there are within reach.
pub fn count(conn: &mut Conn, reach: &Reach, filter: &Filter) -> Result<Counts> {
    let rows = with_conn!(conn, |c, B| {
        let query = responses::table
            .inner_join(accounts::table.on(accounts::id.eq(responses::account_id)))
            .group_by(responses::state)
            .select((responses::state, count_star()))
            .into_boxed::<B>();
        let query = fitting!(query, filter);
        reached!(query, reach, |query| query.load(c))
    })?;
    Counts::of(rows)
}

/// Which responses some figures are made of.
#[derive(Debug, Clone)]
pub struct Figured<'a> {
    pub from: NaiveDate,
    pub before: NaiveDate,
    /// Kinds of survey programmes.
    pub kinds: Vec<&'a str>,
    /// Where the account stood when it answered.
    pub tier: Option<&'a str>,
    pub region: Option<&'a str>,
    pub product_line: Option<&'a str>,
    /// The accounts as they are today; none: all, and the pseudo-accounts.
    pub accounts: Option<(&'a Reach, &'a book::Filter)>,
}

/// How many doubtful responses stand beside figures.
pub fn beside(conn: &mut Conn, of: &Figured<'_>) -> Result<Counts> {
    let rows = with_conn!(conn, |c, B| {
        let days = responses::day.ge(of.from).and(responses::day.lt(of.before));
        let mut query = responses::table
            .inner_join(accounts::table.on(accounts::id.eq(responses::account_id)))
            .inner_join(segments::table.on(segments::id.eq(responses::segment_id)))
            .filter(responses::doubtful.and(days).and(responses::kind.eq_any(of.kinds.clone())))
            .group_by(responses::state)
            .select((responses::state, count_star()))
            .into_boxed::<B>();
        if let Some(tier) = of.tier {
            query = query.filter(segments::tier.eq(tier));
        }
        if let Some(region) = of.region {
            query = query.filter(segments::region.eq(region));
        }
        if let Some(line) = of.product_line {
            query = query.filter(segments::product_line.eq(line));
        }
        if let Some((reach, filter)) = of.accounts {
            query = narrowed!(query, reach, filter);
        }
        query.load(c)
    })?;
    Counts::of(rows)
}
