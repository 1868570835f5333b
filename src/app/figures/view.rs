//! Figures as pages and reports show them: in words, with charts.

use super::{Compared, Overview, TREND_FOUNDED, TREND_WINDOW, TierFigures, tier_name, tier_position};
use crate::app::App;
use crate::app::surveys::Instrument;
use crate::domain::index::Figure;
use crate::domain::index::compare::{Direction, Finding};
use crate::domain::measure::Measure;
use crate::error::Result;
use crate::render::chart::{self, Estimate, Multiple, Point, Scale, Series, Strip, Trend, nps_scale, strip};
use crate::store::responses::doubts::Counts;
use crate::text::figure::{Change, Told, Unit, change};
use crate::text::{self, Reader};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One figure in one tier, in words.
#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    pub key: String,
    pub name: String,
    pub value: String,
    pub interval: String,
    pub change: String,
    /// `better`, `worse` or empty: only what is beyond chance has a side.
    pub side: &'static str,
    /// `up` or `down`, where it has one.
    pub arrow: &'static str,
    pub n: String,
    pub n_eff: String,
    pub method: String,
    pub p: String,
}

/// One tier.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub key: String,
    pub name: String,
    /// Its colour: `c1` to `c4`.
    pub class: String,
    /// Its number, from 1.
    pub number: usize,
    pub accounts: i64,
    pub responses: i64,
    pub effective: i64,
    pub answered: bool,
    /// What stands for the number of responses, where it must not be told.
    pub few: Option<String>,
    pub nps: Cell,
    pub strip: String,
    pub measures: Vec<Cell>,
}

/// One service aspect.
#[derive(Debug, Clone, Serialize)]
pub struct Aspect {
    pub name: String,
    pub cell: Cell,
    pub bar: String,
}

/// What a page of figures is filled with.
#[derive(Debug, Clone, Serialize)]
pub struct View {
    pub lede: String,
    /// How many of the responses came how, where any did not come by the page.
    pub came: Option<String>,
    /// How many responses are excluded, and how many are doubtful and counted, where there are any.
    pub doubts: Option<String>,
    /// What stands for a figure that there is not, where an anonymous survey may have answers that are too few.
    pub few: Option<String>,
    pub title: String,
    /// What a point of the course is, and which are too little for a line.
    pub trend_sub: String,
    pub period: String,
    pub before: String,
    pub responses: i64,
    pub delivered: i64,
    pub rows: Vec<Row>,
    pub trend: chart::Figure,
    pub focus: usize,
    pub multiples: Vec<String>,
    pub aspects: Vec<Aspect>,
    pub aspects_title: String,
    pub empty: bool,
}

/// A wave that is marked under the course.
pub struct Mark {
    pub month: crate::domain::day::Month,
    pub name: String,
}

/// Puts an overview into the words of one reader.
///
/// # Errors
/// Only where a chart cannot be drawn, which is the program's own fault.
pub fn view(
    app: &App,
    reader: &Reader,
    overview: &Overview,
    marks: &[Mark],
    focus: usize,
    aspect_name: impl Fn(&str) -> String,
) -> Result<View> {
    let names: Vec<String> = overview.tiers.iter().map(|t| tier_name(app, &t.tier, &reader.language)).collect();
    let course_names: Vec<String> =
        overview.courses.iter().map(|c| tier_name(app, &c.tier, &reader.language)).collect();
    let scale = Scale::nps(overview.tiers.iter().flat_map(|t| {
        let nps = t.of(&Measure::Recommend);
        let ends = |f: &Option<Figure>| f.iter().flat_map(|f| [f.low, f.high]).collect::<Vec<_>>();
        nps.map(|c| [ends(&c.now), ends(&c.before)].concat()).unwrap_or_default()
    }));
    let few = overview.fewest.map(|least| reader.text("overview-few", &[("count", i64::from(least).into())]));
    let nothing = few.clone().unwrap_or_else(|| reader.text("chart-nothing", &[]));
    let mut rows = Vec::new();
    for (tier, name) in overview.tiers.iter().zip(&names) {
        let mut row = row(reader, tier, name, tier_position(app, &tier.tier), scale, &nothing)?;
        row.few = few.clone().filter(|_| row.responses == 0);
        rows.push(row);
    }
    let series: Vec<Series> = overview
        .courses
        .iter()
        .zip(&course_names)
        .map(|(course, name)| Series {
            name: name.clone(),
            values: course.points.iter().map(|p| p.as_ref().map(point)).collect(),
        })
        .collect();
    let trend_scale = nps_scale(series.iter());
    let waves: Vec<chart::Wave> = marks.iter().map(|m| chart::Wave { month: m.month, name: m.name.clone() }).collect();
    let broken = broken(reader, overview);
    let cuts: Vec<usize> =
        broken.iter().filter_map(|b| usize::try_from(b.month.0 - overview.first_month.0).ok()).collect();
    let last = reader.month(overview.slice.period.last);
    let label = reader.text("overview-trend-label", &[("month", last.as_str().into())]);
    let trend = Trend {
        label: &label,
        first: overview.first_month,
        series: &series,
        waves: &waves,
        wave_word: &reader.text("overview-wave-word", &[]),
        actions: &[],
        breaks: &broken,
        scale: trend_scale,
        decimals: 0,
        point: &reader.text("overview-trend-point", &[("months", TREND_WINDOW.into())]),
    }
    .draw(reader)?;
    let mut multiples = Vec::new();
    for (position, (series, name)) in series.iter().zip(&course_names).enumerate() {
        let label = reader.text("overview-multiple-label", &[("tier", name.as_str().into())]);
        let drawing = Multiple {
            label: &label,
            name,
            series: position,
            first: overview.first_month,
            values: &series.values,
            cuts: &cuts,
            scale: trend_scale,
            decimals: 0,
        };
        multiples.push(drawing.draw(reader)?);
    }
    let index_scale = Scale { low: 0.0, high: 100.0, step: 20.0 };
    let mut aspects = Vec::new();
    for (key, compared) in &overview.aspects {
        let Some(now) = &compared.now else { continue };
        let bar = chart::bar_row(&chart::Bar {
            kind: chart::BarKind::Share,
            from: 0.0,
            to: now.value,
            interval: Some((now.low, now.high)),
            step: None,
            scale: index_scale,
        })?;
        aspects.push(Aspect { name: aspect_name(key), cell: cell(reader, compared, &nothing), bar });
    }
    let all_count = |m: &Measure| overview.all.of(m).and_then(|c| c.now.as_ref()).map_or(0, |f| f.n);
    Ok(View {
        lede: lede(reader, overview, &names),
        came: came(reader, overview, all_count(&Measure::Response)),
        doubts: doubts(reader, overview),
        few: few.filter(|_| all_count(&Measure::Response) == 0),
        title: trend_title(reader, overview, &names),
        trend_sub: reader
            .text("overview-trend-sub", &[("months", TREND_WINDOW.into()), ("least", TREND_FOUNDED.into())]),
        period: period(reader, overview.slice.period),
        before: period(reader, overview.slice.before),
        responses: all_count(&Measure::Response),
        delivered: all_count(&Measure::Asked),
        empty: all_count(&Measure::Response) == 0,
        rows,
        trend,
        focus: focus + 1,
        multiples,
        aspects_title: aspects_title(reader, overview, &aspect_name),
        aspects,
    })
}

/// Where the course of the recommendation breaks, a mark for each month.
fn broken(reader: &Reader, overview: &Overview) -> Vec<chart::Action> {
    let mut marks: Vec<chart::Action> = Vec::new();
    for one in overview.breaks.iter().filter(|one| one.measure == Measure::Recommend) {
        let known = marks.iter_mut().find(|mark| mark.month == one.month());
        match known {
            Some(mark) => mark.name = reader.text("overview-break-many", &[]),
            None => {
                let version = one.version.to_string();
                let name = reader.text("overview-break", &[("version", version.as_str().into())]);
                marks.push(chart::Action { month: one.month(), name });
            }
        }
    }
    marks
}

/// The names of service aspects as the newest definitions give them.
pub fn aspect_names(newest_first: &[Arc<Instrument>], reader: &Reader) -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for instrument in newest_first {
        for (key, texts) in instrument.definition.aspects() {
            names.entry(key.to_owned()).or_insert_with(|| texts.for_reader(&reader.language).to_owned());
        }
    }
    names
}

/// "Jun to Nov 2026".
pub fn period(reader: &Reader, period: crate::domain::day::Period) -> String {
    let first = reader.month(period.first);
    let last = reader.month(period.last);
    reader.text("overview-period", &[("first", first.as_str().into()), ("last", last.as_str().into())])
}

fn estimate(figure: &Figure) -> Estimate {
    Estimate { value: figure.value, low: figure.low, high: figure.high }
}

fn point(figure: &Figure) -> Point {
    Point { estimate: estimate(figure), n: figure.n, founded: figure.n >= TREND_FOUNDED }
}

fn row(
    reader: &Reader,
    tier: &TierFigures,
    name: &str,
    position: usize,
    scale: Scale,
    nothing_words: &str,
) -> Result<Row> {
    let nps = tier.of(&Measure::Recommend);
    let (now, before) = nps.map_or((None, None), |c| (c.now.as_ref(), c.before.as_ref()));
    let label = match now {
        Some(now) => text::figure::figure(reader, &Told::from(now)),
        None => nothing_words.to_owned(),
    };
    let strip = strip(
        &Strip { label: &label, series: position, now: now.map(estimate), before: before.map(estimate), scale },
        reader,
    )?;
    let shown = [Measure::SatisfactionIndex, Measure::LoyaltyIndex, Measure::Satisfied, Measure::Asked];
    let responses = tier.of(&Measure::Response).and_then(|c| c.now.as_ref()).map_or(0, |f| f.n);
    Ok(Row {
        key: tier.tier.clone(),
        name: name.to_owned(),
        class: format!("c{}", position % 4 + 1),
        number: position + 1,
        accounts: tier.accounts,
        responses,
        effective: now.map_or(0, |f| f.n_eff.round() as i64),
        answered: now.is_some(),
        few: None,
        nps: nps
            .map_or_else(|| nothing(reader, &Measure::Recommend, nothing_words), |c| cell(reader, c, nothing_words)),
        strip,
        measures: shown
            .iter()
            .map(|m| tier.of(m).map_or_else(|| nothing(reader, m, nothing_words), |c| cell(reader, c, nothing_words)))
            .collect(),
    })
}

/// The name of a measure as one reads it.
fn measure_name(reader: &Reader, measure: &Measure) -> String {
    match measure {
        Measure::Aspect(key) => key.clone(),
        other => reader.text(&format!("measure-{}", other.key().replace('_', "-")), &[]),
    }
}

fn nothing(reader: &Reader, measure: &Measure, words: &str) -> Cell {
    // Of mails we know all, whatever the survey.
    let none = || reader.text("chart-nothing", &[]);
    let words = if *measure == Measure::Asked { none() } else { words.to_owned() };
    Cell {
        key: measure.key(),
        name: measure_name(reader, measure),
        value: "–".into(),
        interval: String::new(),
        change: words,
        side: "",
        arrow: "",
        n: reader.integer(0),
        n_eff: String::new(),
        method: String::new(),
        p: String::new(),
    }
}

/// One figure with its interval, its n and its change; `nothing_words` say that there is none.
pub fn cell(reader: &Reader, compared: &Compared, nothing_words: &str) -> Cell {
    let Some(now) = &compared.now else { return nothing(reader, &compared.measure, nothing_words) };
    let unit = Unit::of(&compared.measure);
    let told = match &compared.before {
        Some(before) => change(reader, &Change::of(&compared.finding, now.value, before.value), unit.decimals()),
        None => reader.text("overview-nothing-before", &[]),
    };
    let (side, arrow) = match compared.finding {
        Finding::BeyondChance { direction: Direction::Higher, .. } => ("better", "up"),
        Finding::BeyondChance { direction: Direction::Lower, .. } => ("worse", "down"),
        _ => ("", ""),
    };
    Cell {
        key: compared.measure.key(),
        name: measure_name(reader, &compared.measure),
        value: unit.write(reader, now.value),
        interval: match unit {
            Unit::Percent => reader.percent_interval(now.low / 100.0, now.high / 100.0, 0),
            Unit::Points(decimals) => reader.interval(now.low, now.high, decimals),
        },
        change: told,
        side,
        arrow,
        n: reader.integer(now.n),
        n_eff: reader.integer(now.n_eff.round() as i64),
        method: now.method.name().to_owned(),
        p: compared.p.map_or_else(String::new, |p| reader.number(p, 3)),
    }
}

/// "Of 246 responses, 40 came by an agency, 12 by telephone."
fn came(reader: &Reader, overview: &Overview, n: i64) -> Option<String> {
    let ways: Vec<String> = overview
        .came
        .iter()
        .map(|(channel, count)| {
            let way = reader.text(&format!("channel-{}", channel.as_str().replace('_', "-")), &[]);
            reader.text("overview-came-way", &[("count", (*count).into()), ("way", way.into())])
        })
        .collect();
    let ways = ways.join(&reader.text("list-comma", &[]));
    (!ways.is_empty()).then(|| reader.text("overview-came", &[("responses", n.into()), ("ways", ways.into())]))
}

/// "12 excluded, 30 doubtful counted."
fn doubts(reader: &Reader, overview: &Overview) -> Option<String> {
    let Counts { counted, excluded } = overview.doubts;
    let said = [("excluded", excluded.into()), ("counted", counted.into())];
    (counted + excluded > 0).then(|| reader.text("overview-doubts", &said))
}

/// The tiers of which a change may be said, by direction.
fn moved<'a>(overview: &Overview, names: &'a [String], measure: &Measure) -> (Vec<&'a str>, Vec<&'a str>) {
    let side = |wanted: Direction| {
        overview
            .tiers
            .iter()
            .zip(names)
            .filter(|(t, _)| {
                matches!(t.of(measure).map(|c| c.finding), Some(Finding::BeyondChance { direction, .. }) if direction == wanted)
            })
            .map(|(_, name)| name.as_str())
            .collect()
    };
    (side(Direction::Lower), side(Direction::Higher))
}

fn listed(reader: &Reader, names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => {
            let first = first.join(&reader.text("list-comma", &[]));
            reader.text("list-and", &[("first", first.as_str().into()), ("last", (*last).into())])
        }
    }
}

/// The finding in words: who recommends us less, who is less satisfied, who has gained; what fell furthest.
fn lede(reader: &Reader, overview: &Overview, names: &[String]) -> String {
    let mut sentences = Vec::new();
    let mut say = |id: &str, tiers: &[&str]| {
        if !tiers.is_empty() {
            let tiers = listed(reader, tiers);
            sentences.push(reader.text(id, &[("tiers", tiers.as_str().into())]));
        }
    };
    let (less, more) = moved(overview, names, &Measure::Recommend);
    let (sad, glad) = moved(overview, names, &Measure::SatisfactionIndex);
    say("overview-lede-recommend-less", &less);
    say("overview-lede-satisfied-less", &sad);
    say("overview-lede-recommend-more", &more);
    say("overview-lede-satisfied-more", &glad);
    if sentences.is_empty() {
        sentences.push(match names {
            [one] => reader.text("overview-lede-one-none", &[("tier", one.as_str().into())]),
            _ => reader.text("overview-lede-none", &[]),
        });
    }
    sentences.join(&reader.text("sentence-gap", &[]))
}

fn trend_title(reader: &Reader, overview: &Overview, names: &[String]) -> String {
    let (less, more) = moved(overview, names, &Measure::Recommend);
    match (less.is_empty(), more.is_empty()) {
        (false, _) => reader.text("overview-title-less", &[("tiers", listed(reader, &less).as_str().into())]),
        (true, false) => reader.text("overview-title-more", &[("tiers", listed(reader, &more).as_str().into())]),
        (true, true) => match names {
            [one] => reader.text("overview-title-one-none", &[("tier", one.as_str().into())]),
            _ => reader.text("overview-title-none", &[]),
        },
    }
}

fn aspects_title(reader: &Reader, overview: &Overview, name: impl Fn(&str) -> String) -> String {
    let fell = overview
        .aspects
        .iter()
        .find(|(_, c)| matches!(c.finding, Finding::BeyondChance { direction: Direction::Lower, .. }));
    match fell {
        Some((key, _)) => reader.text("overview-aspects-fell", &[("aspect", name(key).as_str().into())]),
        None => reader.text("overview-aspects-none", &[]),
    }
}
