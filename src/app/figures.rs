//! Figures: indices per slice and period, read from the tallies.
//!
//! No page reads responses. The tallies of a month and measure are read once and kept in memory as a flat
//! [`Block`]; a stamp in the database says whether they still hold, so that what is shown is current on
//! every node. A period's figures are sums over some blocks, which takes microseconds.

mod breaks;
mod shelf;
pub mod view;

pub use breaks::Break;
pub(in crate::app) use breaks::Series;
pub use shelf::Shelf;

use super::App;
use crate::domain::account::AccountKind;
use crate::domain::day::{Month, Period};
use crate::domain::ident::UserId;
use crate::domain::index::cluster::Source;
use crate::domain::index::compare::{Finding, benjamini_hochberg, change};
use crate::domain::index::{Figure, figure};
use crate::domain::language::Language;
use crate::domain::measure::Measure;
use crate::domain::permission::{Action, Actor, Module, Reach, reach};
use crate::domain::survey::SurveyKind;
use crate::domain::tally::Segment;
use crate::error::Result;
use crate::store::responses::Channel;
use crate::store::responses::doubts::{self, Counts, Figured};
use crate::store::{Conn, accounts};
use shelf::{Picked, Sheets};
use std::collections::BTreeMap;

/// How many months a point of a trend takes in: it and the two before.
pub const TREND_WINDOW: i32 = 3;

/// How many points a trend has.
pub const TREND_MONTHS: i32 = 24;

/// The fewest responses of a point that a line is drawn through; fewer stand by themselves. Under thirty, one answer
/// moves the score by more than three points, and the course of a small tier would be that of its few answers.
pub const TREND_FOUNDED: i64 = 30;

/// What figures are narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    pub period: Period,
    /// What it is compared with.
    pub before: Period,
    /// Where the account was when it answered.
    pub region: Option<String>,
    pub product_line: Option<String>,
    /// Who owns the account today.
    pub manager: Option<UserId>,
    /// Kind of survey programme; none: all in which customers speak.
    pub kind: Option<String>,
    /// Whose answers: those of accounts of one kind. None: of customers, in the surveys in which they speak.
    pub audience: Option<AccountKind>,
}

impl Slice {
    /// Everything, over the months up to one.
    pub fn ending(last: Month, months: i32) -> Self {
        let period = Period::ending(last, months);
        Self {
            period,
            before: period.before(),
            region: None,
            product_line: None,
            manager: None,
            kind: None,
            audience: None,
        }
    }

    /// The accounts that it is about today. Its figures are those of answers, which stay where the account
    /// stood when it gave them.
    pub fn accounts(&self) -> accounts::Filter {
        let kinds = match (self.audience, &self.kind) {
            (Some(kind), _) => vec![kind],
            (None, Some(kind)) if !SurveyKind::parse(kind).is_some_and(SurveyKind::is_of_customers) => Vec::new(),
            (None, _) => AccountKind::ALL.into_iter().filter(|kind| kind.is_buyer()).collect(),
        };
        accounts::Filter {
            kinds,
            region: self.region.clone(),
            product_line: self.product_line.clone(),
            manager: self.manager,
            ..accounts::Filter::default()
        }
    }
}

/// A figure now and before, and what may be said of the change.
#[derive(Debug, Clone)]
pub struct Compared {
    pub measure: Measure,
    pub now: Option<Figure>,
    pub before: Option<Figure>,
    /// Adjusted for all changes that are tested on the same page (Benjamini-Hochberg).
    pub p: Option<f64>,
    pub finding: Finding,
}

/// The figures of one tier.
#[derive(Debug, Clone)]
pub struct TierFigures {
    /// Key of the tier in the settings; empty: all tiers together.
    pub tier: String,
    /// Accounts that are in it today.
    pub accounts: i64,
    /// In the order of [`MEASURES`].
    pub measures: Vec<Compared>,
}

impl TierFigures {
    pub fn of(&self, measure: &Measure) -> Option<&Compared> {
        self.measures.iter().find(|c| c.measure == *measure)
    }
}

/// What is shown of every tier.
pub const MEASURES: [Measure; 6] = [
    Measure::Response,
    Measure::Asked,
    Measure::Recommend,
    Measure::Satisfied,
    Measure::SatisfactionIndex,
    Measure::LoyaltyIndex,
];

/// The course of one tier: a point a month, each of [`TREND_WINDOW`] months.
#[derive(Debug, Clone)]
pub struct Course {
    pub tier: String,
    pub points: Vec<Option<Figure>>,
}

/// The tiers side by side.
#[derive(Debug, Clone)]
pub struct Overview {
    pub slice: Slice,
    pub tiers: Vec<TierFigures>,
    pub all: TierFigures,
    /// Of the recommendation.
    pub first_month: Month,
    pub courses: Vec<Course>,
    /// Aspects by key, all tiers together, or the one tier asked for; the one that fell furthest first.
    pub aspects: Vec<(String, Compared)>,
    /// How many of the responses of the period came another way than by the page; all tiers together, or the one asked
    /// for.
    pub came: Vec<(Channel, i64)>,
    /// Where series break, by day.
    pub breaks: Vec<Break>,
    /// Responses of the period that are flagged or excluded; of all tiers together, or of the one asked for.
    pub doubts: Counts,
    /// Where an anonymous survey is among those that are counted: the fewest people of a group. What has no figure then may
    /// still have answers, and nothing may tell whether it has.
    pub fewest: Option<u32>,
}

/// The indices of every tier for a period, each tested against the period before, and their course.
///
/// # Errors
/// `Forbidden` for who may see no figures.
pub fn overview(app: &App, actor: &Actor, slice: &Slice, aspects_of: Option<&str>) -> Result<Overview> {
    let reach = reach(actor, Action::view(Module::Figures))?;
    let last = slice.period.last;
    let first_month = last.plus(1 - TREND_MONTHS);
    let before = slice.before;
    let from = first_month.plus(1 - TREND_WINDOW).min(before.first);
    let picked = pick(app, &reach, slice, from, last)?;
    let tiers: Vec<String> = app.config.tiers.iter().map(|t| t.key.clone()).collect();

    let mut rows: Vec<TierFigures> = tiers
        .iter()
        .map(|tier| TierFigures {
            tier: tier.clone(),
            accounts: picked.accounts.get(tier).copied().unwrap_or(0),
            measures: Vec::new(),
        })
        .collect();
    let mut all =
        TierFigures { tier: String::new(), accounts: rows.iter().map(|r| r.accounts).sum(), measures: Vec::new() };
    for measure in MEASURES {
        let now = picked.sheets.figures(&measure, slice.period);
        let then = picked.sheets.figures(&measure, before);
        for (position, row) in rows.iter_mut().enumerate() {
            row.measures.push(untested(&measure, now.of(Some(position)), then.of(Some(position))));
        }
        all.measures.push(untested(&measure, now.of(None), then.of(None)));
    }
    let aspect_tier = aspects_of.and_then(|tier| tiers.iter().position(|t| t == tier));
    let mut aspects: Vec<(String, Compared)> = picked
        .aspects
        .iter()
        .map(|key| {
            let measure = Measure::Aspect(key.clone());
            let now = picked.sheets.figures(&measure, slice.period);
            let then = picked.sheets.figures(&measure, before);
            (key.clone(), untested(&measure, now.of(aspect_tier), then.of(aspect_tier)))
        })
        .filter(|(_, c)| c.now.is_some())
        .collect();
    let breaks = app.db.read(|conn| breaks::all(app, conn, slice.kind.as_deref()))?;
    test_together(app, rows.iter_mut().chain([&mut all]), &mut aspects, &|measure| {
        breaks.iter().any(|one| one.measure == *measure && one.parts(before, slice.period))
    });
    let fall = |c: &Compared| match (&c.now, &c.before) {
        (Some(now), Some(before)) => now.value - before.value,
        _ => 0.0,
    };
    aspects.sort_by(|a, b| fall(&a.1).total_cmp(&fall(&b.1)).then_with(|| a.0.cmp(&b.0)));

    let mut courses: Vec<Course> = tiers.iter().map(|tier| Course { tier: tier.clone(), points: Vec::new() }).collect();
    for month in first_month.through(last) {
        // A point takes in no answers from before the words were changed.
        let changed = breaks.iter().filter(|one| one.measure == Measure::Recommend).map(Break::month);
        let since = changed.filter(|since| *since <= month).max();
        let mut window = Period::ending(month, TREND_WINDOW);
        window.first = since.map_or(window.first, |since| window.first.max(since));
        let window = picked.sheets.figures(&Measure::Recommend, window);
        for (position, course) in courses.iter_mut().enumerate() {
            course.points.push(window.of(Some(position)));
        }
    }
    let came = Channel::ALL
        .into_iter()
        .filter_map(|channel| {
            let measure = Measure::Came(channel.as_str().to_owned());
            let found = picked.sheets.figures(&measure, slice.period).of(aspect_tier)?;
            (found.n > 0).then_some((channel, found.n))
        })
        .collect();
    let (doubts, fewest) = app.db.read(|conn| {
        let anonymous =
            app.surveys.all(conn)?.iter().any(|one| one.definition.anonymous && counts(slice, &one.version.kind));
        Ok((beside(conn, &reach, slice, aspects_of)?, anonymous.then_some(app.config.figures.anonymity_minimum)))
    })?;
    Ok(Overview { slice: slice.clone(), tiers: rows, all, first_month, courses, aspects, came, breaks, doubts, fewest })
}

/// How many doubtful responses stand beside the figures of a slice.
fn beside(conn: &mut Conn, reach: &Reach, slice: &Slice, tier: Option<&str>) -> Result<Counts> {
    let (within, region) = bounds(reach, slice);
    let kinds = SurveyKind::ALL.iter().map(|kind| kind.as_str()).filter(|kind| counts(slice, kind)).collect();
    let of = Figured {
        from: slice.period.first.first_day(),
        before: slice.period.last.plus(1).first_day(),
        kinds,
        tier,
        region: region.as_deref(),
        product_line: slice.product_line.as_deref(),
        accounts: within.as_ref().map(|filter| (reach, filter)),
    };
    doubts::beside(conn, &of)
}

/// The indices of some accounts taken together: what a digest tells a manager of their own.
///
/// # Errors
/// As [`overview`].
pub fn by_tier(app: &App, actor: &Actor, slice: &Slice, measure: &Measure) -> Result<Vec<(String, Option<Figure>)>> {
    let reach = reach(actor, Action::view(Module::Figures))?;
    let picked = pick(app, &reach, slice, slice.period.first, slice.period.last)?;
    let figures = picked.sheets.figures(measure, slice.period);
    Ok(app.config.tiers.iter().enumerate().map(|(i, t)| (t.key.clone(), figures.of(Some(i)))).collect())
}

/// The name of a tier as one reads it; a tier that is no longer in the settings shows its key.
pub fn tier_name(app: &App, key: &str, language: &Language) -> String {
    app.config
        .tiers
        .iter()
        .find(|t| t.key == key)
        .map_or_else(|| key.to_owned(), |t| t.names.for_reader(language).to_owned())
}

/// The place of a tier among the tiers, from 0: it chooses its colour and its thresholds.
pub fn tier_position(app: &App, key: &str) -> usize {
    app.config.tiers.iter().position(|t| t.key == key).unwrap_or(app.config.tiers.len())
}

/// The accounts as they are today that figures are narrowed to, if they are, and the region in which accounts stood.
fn bounds(reach: &Reach, slice: &Slice) -> (Option<accounts::Filter>, Option<String>) {
    let within = match (reach, slice.manager, slice.audience) {
        (Reach::All | Reach::Region(_), None, None) => None,
        _ => {
            let kinds = slice.audience.into_iter().collect();
            Some(accounts::Filter { manager: slice.manager, kinds, ..accounts::Filter::default() })
        }
    };
    // A person bound to a region sees the answers that accounts gave while they were in it.
    let region = match reach {
        Reach::Region(region) if slice.region.as_ref().is_none_or(|r| r == region) => Some(region.clone()),
        Reach::Region(_) => Some(String::from("\u{0}none")),
        _ => slice.region.clone(),
    };
    (within, region)
}

/// Whether a kind of survey programme is counted. Employees, suppliers and checks of our own sites are asked for by name, or
/// not counted.
fn counts(slice: &Slice, known: &str) -> bool {
    match (&slice.kind, slice.audience) {
        (Some(kind), _) => known == kind,
        (None, Some(_)) => SurveyKind::parse(known).is_none_or(|kind| !kind.asks().is_empty()),
        (None, None) => SurveyKind::parse(known).is_none_or(SurveyKind::is_of_customers),
    }
}

fn pick(app: &App, reach: &Reach, slice: &Slice, first: Month, last: Month) -> Result<Picked> {
    let (within, region) = bounds(reach, slice);
    let counted = |known: &str| counts(slice, known);
    app.db.read(|conn| {
        let ids = match &within {
            Some(filter) => Some(accounts::ids_within(conn, reach, filter)?),
            None => None,
        };
        let standing = accounts::count_by_tier(conn, reach, &slice.accounts())?;
        let wanted = |segment: &Segment| {
            let fits = region.as_ref().is_none_or(|r| *r == segment.region)
                && slice.product_line.as_ref().is_none_or(|l| *l == segment.product_line);
            fits.then(|| tier_position(app, &segment.tier))
        };
        let (sheets, aspects) =
            app.figures.sheets(conn, first, last, app.config.tiers.len(), wanted, ids.as_deref(), counted)?;
        Ok(Picked { sheets, aspects, accounts: standing })
    })
}

fn untested(measure: &Measure, now: Option<Figure>, before: Option<Figure>) -> Compared {
    Compared { measure: measure.clone(), now, before, p: None, finding: Finding::NoChange }
}

/// Tests every change of a page and adjusts them together: of twenty changes that are none, one would
/// otherwise look like one.
fn test_together<'a>(
    app: &App,
    rows: impl Iterator<Item = &'a mut TierFigures>,
    aspects: &'a mut [(String, Compared)],
    is_broken: &dyn Fn(&Measure) -> bool,
) {
    let threshold = i64::from(app.config.figures.minimum_n_significance);
    let mut tested: Vec<(&mut Compared, f64, f64, i64)> = Vec::new();
    let cells = rows.flat_map(|r| r.measures.iter_mut()).chain(aspects.iter_mut().map(|(_, c)| c));
    for cell in cells {
        let (Some(now), Some(before)) = (&cell.now, &cell.before) else {
            cell.finding = Finding::TooFew;
            continue;
        };
        if is_broken(&cell.measure) {
            cell.finding = Finding::NotComparable;
            continue;
        }
        if let Some(found) = change(now, before) {
            let (difference, p, n) = (found.difference, found.p, found.n);
            tested.push((cell, difference, p, n));
        }
    }
    let adjusted = benjamini_hochberg(&tested.iter().map(|(_, _, p, _)| *p).collect::<Vec<_>>());
    for ((cell, difference, _, n), p) in tested.into_iter().zip(adjusted) {
        cell.p = Some(p);
        cell.finding = Finding::of(difference, p, n, threshold);
    }
}

/// The figures of one measure and period: by tier, and of all together.
pub(crate) struct Figures {
    by_tier: Vec<Option<Figure>>,
    all: Option<Figure>,
}

impl Figures {
    fn of(&self, tier: Option<usize>) -> Option<Figure> {
        match tier {
            Some(position) => self.by_tier.get(position).cloned().flatten(),
            None => self.all.clone(),
        }
    }
}

impl Sheets {
    fn figures(&self, measure: &Measure, period: Period) -> Figures {
        let (by_tier, all) = self.sums(measure, period);
        let of = |sources: Vec<Source>| figure(measure, sources);
        Figures { by_tier: by_tier.into_iter().map(of).collect(), all: of(all) }
    }
}

/// Accounts by tier as they stand today.
pub(crate) type AccountCounts = BTreeMap<String, i64>;
