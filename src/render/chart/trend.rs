//! The course of one index over the months, a line for each tier.

use super::pen::{Part, Pen};
use super::place::{Scale, fit, month_ticks, spread, text_width, two_lines};
use super::plane::{Anchor, Margins, Plane, TEXT, left_of, sheet};
use super::{Estimate, Figure, Form, KeyEntry, Table, Words};
use crate::domain::day::Month;
use crate::error::Result;

/// What is known of one month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    pub estimate: Estimate,
    /// How many responses it was made of.
    pub n: i64,
    /// Whether they are enough to draw a line through. What is not well founded is a ring by itself, so
    /// that the chance of a few answers does not look like a course.
    pub founded: bool,
}

impl Point {
    /// The figures of the point as a table and a title say them.
    fn told(&self, decimals: usize, words: &dyn Words) -> String {
        format!("{} · n {}", words.estimate(&self.estimate, decimals), words.number(self.n as f64, 0))
    }
}

/// One line: a tier and what is known of it in each month; a month without anything is a gap in the line.
#[derive(Debug, Clone)]
pub struct Series {
    pub name: String,
    pub values: Vec<Option<Point>>,
}

/// The axis of a Net Promoter Score that holds all that is well founded, with its intervals. A ring
/// beyond it is drawn as an arrow at its end: a handful of answers must not flatten everything else.
pub fn nps_scale<'a>(series: impl Iterator<Item = &'a Series> + Clone) -> Scale {
    let points = || series.clone().flat_map(|s| s.values.iter().flatten());
    let founded: Vec<f64> =
        points().filter(|p| p.founded).flat_map(|p| [p.estimate.value, p.estimate.low, p.estimate.high]).collect();
    if founded.is_empty() { Scale::nps(points().map(|p| p.estimate.value)) } else { Scale::nps(founded) }
}

/// A wave of the survey: a small triangle under the axis.
#[derive(Debug, Clone)]
pub struct Wave {
    pub month: Month,
    pub name: String,
}

/// An improvement action: a dotted line with its name.
#[derive(Debug, Clone)]
pub struct Action {
    pub month: Month,
    pub name: String,
}

/// What the chart of the tiers shows.
pub struct Trend<'a> {
    /// What a screen reader says instead of the drawing.
    pub label: &'a str,
    pub first: Month,
    /// The tiers in their order; the order chooses the colour.
    pub series: &'a [Series],
    pub waves: &'a [Wave],
    /// What stands beside the triangles, such as `wave`.
    pub wave_word: &'a str,
    pub actions: &'a [Action],
    /// From which month on something else is asked: no line leads across, and a mark says so.
    pub breaks: &'a [Action],
    pub scale: Scale,
    pub decimals: usize,
    /// What a point is, as the head of the table's first column, such as `Three months to`.
    pub point: &'a str,
}

impl Trend<'_> {
    /// Draws the chart.
    ///
    /// # Errors
    /// Only where the program itself is at fault.
    pub fn draw(&self, words: &dyn Words) -> Result<Figure> {
        let wide = Drawing::of(self, Form::Wide, words);
        let narrow = Drawing::of(self, Form::Narrow, words);
        let key_always = wide.names.is_none() && !wide.actions.is_empty();
        let key = wide.actions.iter().enumerate();
        Ok(Figure {
            key: key.map(|(i, action)| KeyEntry { number: i + 1, text: action.name.clone() }).collect(),
            key_always,
            table: self.table(words),
            svg_wide: wide.svg()?,
            svg_narrow: narrow.svg()?,
        })
    }

    fn shows(&self, month: Month) -> bool {
        month >= self.first && month.0 - self.first.0 < self.months() as i32
    }

    /// The places at which the lines begin anew.
    fn cuts(&self) -> Vec<usize> {
        let cuts = self.breaks.iter().filter(|b| self.shows(b.month));
        cuts.filter_map(|b| usize::try_from(b.month.0 - self.first.0).ok()).collect()
    }

    fn months(&self) -> usize {
        self.series.iter().map(|s| s.values.len()).max().unwrap_or(0)
    }

    fn table(&self, words: &dyn Words) -> Table {
        let head = std::iter::once(self.point.to_owned()).chain(self.series.iter().map(|s| s.name.clone())).collect();
        let row = |i: usize| {
            let cells = self.series.iter().map(|s| match s.values.get(i).copied().flatten() {
                Some(point) => point.told(self.decimals, words),
                None => "–".to_owned(),
            });
            std::iter::once(words.month_of_year(self.first.plus(i as i32))).chain(cells).collect()
        };
        let notes = self
            .breaks
            .iter()
            .filter(|b| self.shows(b.month))
            .map(|b| format!("{} · {}", words.month_of_year(b.month), b.name));
        Table { head, rows: (0..self.months()).map(row).collect(), notes: notes.collect() }
    }
}

/// One of the two drawings, with what was found out before the first line is drawn.
struct Drawing<'a> {
    trend: &'a Trend<'a>,
    words: &'a dyn Words,
    form: Form,
    /// The actions within the months shown, in order of time.
    actions: Vec<&'a Action>,
    /// Where each action's name stands, if there is room for all of them.
    names: Option<Vec<Name>>,
    margins: Margins,
    labels: Vec<End>,
}

/// The name of an action in one or two lines.
struct Name {
    x: f64,
    anchor: Anchor,
    lines: Vec<String>,
}

/// The label at the end of a line.
struct End {
    series: usize,
    month: usize,
    point: Point,
    text: String,
    interval: String,
}

const WIDE: (u32, u32) = (740, 424);
const NARROW: (u32, u32) = (342, 320);
/// The room for one line of an action's name.
const NAME_ROOM: f64 = 112.0;

impl<'a> Drawing<'a> {
    fn of(trend: &'a Trend<'a>, form: Form, words: &'a dyn Words) -> Self {
        let count = trend.months();
        let last = trend.first.plus(count.max(1) as i32 - 1);
        let shown = |month: Month| month >= trend.first && month <= last;
        let mut actions: Vec<&Action> = trend.actions.iter().chain(trend.breaks).filter(|a| shown(a.month)).collect();
        actions.sort_by_key(|a| a.month);

        let room = if form.wide() { 150.0 } else { 96.0 };
        let labels: Vec<End> = trend
            .series
            .iter()
            .enumerate()
            .filter_map(|(series, s)| {
                let drawable = s.values.iter().map(|v| v.and_then(Point::drawable)).enumerate();
                let (month, point) = drawable.rev().find_map(|(i, v)| Some((i, v?)))?;
                let estimate = point.estimate;
                let value = words.number(estimate.value, trend.decimals);
                let name = fit(&s.name, TEXT, room - text_width(&value, TEXT) - 4.0);
                let interval = words.interval(estimate.low, estimate.high, trend.decimals);
                Some(End { series, month, point, text: format!("{name} {value}"), interval })
            })
            .collect();
        // Bold text is a little wider than the estimate for plain text.
        let widest = labels.iter().map(|l| text_width(&l.text, TEXT * 1.06).max(text_width(&l.interval, TEXT)));
        let widest = widest.fold(0.0, f64::max);
        let waves = trend.waves.iter().any(|w| shown(w.month));
        let margins = Margins {
            left: left_of(trend.scale, 220.0, if form.wide() { 38.0 } else { 28.0 }, words),
            right: (widest + if form.wide() { 27.0 } else { 12.0 }).max(if form.wide() { 60.0 } else { 16.0 }),
            top: if actions.is_empty() {
                12.0
            } else if form.wide() {
                44.0
            } else {
                40.0
            },
            bottom: if waves { 54.0 } else { 30.0 },
        };
        let mut drawing = Self { trend, words, form, actions, names: None, margins, labels };
        if form.wide() {
            let xs: Vec<f64> = drawing.actions.iter().map(|a| drawing.x_of(a.month)).collect();
            let lines: Vec<Vec<String>> = drawing.actions.iter().map(|a| two_lines(&a.name, TEXT, NAME_ROOM)).collect();
            drawing.names = place_names(&xs, lines, f64::from(WIDE.0));
        }
        drawing
    }

    /// Where a month stands, before there is a plane to ask.
    fn x_of(&self, month: Month) -> f64 {
        let last = self.trend.months().max(1) - 1;
        let room = f64::from(if self.form.wide() { WIDE.0 } else { NARROW.0 }) - self.margins.left - self.margins.right;
        let share = if last == 0 { 0.5 } else { f64::from(month.0 - self.trend.first.0) / last as f64 };
        self.margins.left + room * share
    }

    fn svg(&self) -> Result<String> {
        let mut out = String::new();
        let last = self.trend.months().max(1) - 1;
        let sheet = sheet(self.form, WIDE, NARROW);
        let plane = Plane::new(&mut out, sheet, self.trend.label, self.margins, 0.0..last as f64, self.trend.scale);
        plane.grid(self.words)?;
        let months: Vec<(Month, f64)> =
            (0..=last as i32).map(|i| (self.trend.first.plus(i), plane.x(f64::from(i)))).collect();
        plane.ticks(&month_ticks(&months, TEXT, self.words))?;
        self.waves(&plane)?;
        self.actions(&plane)?;
        self.lines(&plane)?;
        if self.labels.is_empty() {
            plane.nothing(self.words)?;
        }
        self.ends(&plane)?;
        plane.finish()?;
        Ok(out)
    }

    fn waves(&self, plane: &Plane<'_>) -> Result<()> {
        let last = self.trend.first.plus(self.trend.months().max(1) as i32 - 1);
        let mut waves: Vec<&Wave> =
            self.trend.waves.iter().filter(|w| w.month >= self.trend.first && w.month <= last).collect();
        waves.sort_by_key(|w| w.month);
        let y = plane.base + 26.0;
        let mut free = 0.0;
        if self.form.wide() && !waves.is_empty() {
            plane.paper.text((plane.left - 8.0, y + 9.0), Anchor::End, Pen::new(Part::Label), self.trend.wave_word)?;
            free = plane.left - 4.0;
        }
        for (i, wave) in waves.iter().enumerate() {
            let x = plane.x(f64::from(wave.month.0 - self.trend.first.0));
            plane.paper.triangle((x, y), &wave.name)?;
            // A name that would touch its neighbours is left to the triangle's title.
            let end = x + 9.0 + text_width(&wave.name, TEXT);
            let next = waves
                .get(i + 1)
                .map_or(plane.right + self.margins.right, |w| plane.x(f64::from(w.month.0 - self.trend.first.0)) - 8.0);
            if x >= free && end <= next {
                plane.paper.text((x + 9.0, y + 9.0), Anchor::Start, Pen::new(Part::Soft), &wave.name)?;
                free = end;
            }
        }
        Ok(())
    }

    fn actions(&self, plane: &Plane<'_>) -> Result<()> {
        let top = plane.top - 14.0;
        let xs: Vec<f64> = self.actions.iter().map(|a| self.x_of(a.month)).collect();
        for (action, &x) in self.actions.iter().zip(&xs) {
            plane.paper.titled_line(&[(x, top), (x, plane.base)], Pen::new(Part::Mark), &action.name)?;
        }
        if let Some(names) = &self.names {
            for name in names {
                let above = name.lines.len() as f64 - 1.0;
                for (i, line) in name.lines.iter().enumerate() {
                    let y = plane.top - 12.0 - 14.0 * (above - i as f64);
                    plane.paper.text((name.x, y), name.anchor, Pen::new(Part::Soft), line)?;
                }
            }
            return Ok(());
        }
        let right = plane.right + self.margins.right - 9.0;
        for (i, (&x, badge)) in xs.iter().zip(spread(&xs, 19.0, 9.0, right)).enumerate() {
            if (badge - x).abs() > 0.5 {
                plane.paper.line(&[(badge, top), (x, top + 8.0)], Pen::new(Part::Mark))?;
            }
            plane.paper.dot((badge, top - 8.0), 8.0, Pen::new(Part::Badge))?;
            let number = (i + 1).to_string();
            plane.paper.text((badge, top - 4.0), Anchor::Middle, Pen::new(Part::BadgeNumber), &number)?;
        }
        Ok(())
    }

    fn lines(&self, plane: &Plane<'_>) -> Result<()> {
        let runs: Vec<Vec<Vec<(f64, Estimate)>>> =
            self.trend.series.iter().map(|s| runs(&s.values, &self.trend.cuts())).collect();
        for (series, runs) in runs.iter().enumerate() {
            for run in runs {
                let mut band: Vec<(f64, f64, f64)> = run.iter().map(|(x, e)| (*x, e.low, e.high)).collect();
                if let [(x, low, high)] = *band.as_slice() {
                    // A month alone still has an interval: a narrow one to look at.
                    band = vec![(x - 0.12, low, high), (x + 0.12, low, high)];
                }
                plane.band(&band, Pen::numbered(Part::Band, series))?;
            }
        }
        for (series, s) in self.trend.series.iter().enumerate() {
            self.rings(plane, series, &s.values)?;
        }
        // The first tier lies on top.
        for (series, runs) in runs.iter().enumerate().rev() {
            for run in runs {
                match run.as_slice() {
                    [(x, e)] => {
                        let pen = Pen::numbered(Part::Point, series);
                        plane.paper.dot((plane.x(*x), plane.y(e.value)), 3.0, pen)?;
                    }
                    many => {
                        let points: Vec<(f64, f64)> = many.iter().map(|(x, e)| (*x, e.value)).collect();
                        plane.line(&points, Pen::numbered(Part::Line, series))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The months that no line goes through, each by itself with its interval.
    fn rings(&self, plane: &Plane<'_>, series: usize, values: &[Option<Point>]) -> Result<()> {
        for (i, point) in loose(values) {
            let Estimate { value, low, high } = point.estimate;
            let month = self.words.month_of_year(self.trend.first.plus(i as i32));
            let title = format!("{month} · {}", point.told(self.trend.decimals, self.words));
            plane.line(&[(i as f64, low), (i as f64, high)], Pen::numbered(Part::ThinWhisker, series))?;
            let at = (plane.x(i as f64), plane.y(value));
            let pen = Pen::numbered(Part::Ring, series);
            match plane.beyond(value) {
                None => plane.paper.titled_dot(at, 3.0, pen, &title)?,
                Some(way) => plane.paper.arrow(at, way, pen, &title)?,
            }
        }
        Ok(())
    }

    fn ends(&self, plane: &Plane<'_>) -> Result<()> {
        let heights: Vec<f64> = self.labels.iter().map(|l| plane.y(l.point.estimate.value)).collect();
        let room = plane.base - plane.top;
        // The interval is told under the name where there is room for it.
        let tall = self.form.wide() && 34.0 * (self.labels.len() as f64) <= room + 14.0;
        let (gap, below) = if tall { (34.0, 20.0) } else { (16.0, 4.0) };
        let places = spread(&heights, gap, plane.top + 6.0, plane.base - below);
        for (label, (&height, place)) in self.labels.iter().zip(heights.iter().zip(places)) {
            let pen = |part| Pen::numbered(part, label.series);
            let x = plane.x(label.month as f64);
            let title = format!("{} ({})", label.text, label.interval);
            let part = if label.point.founded { Part::Point } else { Part::Ring };
            plane.paper.titled_dot((x, height), 4.5, pen(part), &title)?;
            if self.form.wide() {
                plane.paper.line(&[(x + 7.0, height), (plane.right + 20.0, place)], pen(Part::Leader))?;
                let text = if tall { place + 1.0 } else { place + 4.0 };
                plane.paper.text((plane.right + 25.0, text), Anchor::Start, pen(Part::Mine), &label.text)?;
                if tall {
                    let point = (plane.right + 25.0, place + 15.0);
                    plane.paper.text(point, Anchor::Start, Pen::new(Part::Label), &label.interval)?;
                }
            } else {
                plane.paper.text((plane.right + 10.0, place + 4.0), Anchor::Start, pen(Part::Mine), &label.text)?;
            }
        }
        Ok(())
    }
}

impl Point {
    pub(crate) fn drawable(self) -> Option<Self> {
        Some(Self { estimate: self.estimate.drawable()?, ..self })
    }
}

/// The unbroken stretches of what is well founded, with the index of each month. At a cut a new one begins.
pub(crate) fn runs(values: &[Option<Point>], cuts: &[usize]) -> Vec<Vec<(f64, Estimate)>> {
    let mut runs: Vec<Vec<(f64, Estimate)>> = Vec::new();
    let mut broken = true;
    for (i, value) in values.iter().enumerate() {
        let point = value.and_then(Point::drawable).filter(|p| p.founded);
        match (point, runs.last_mut()) {
            (Some(point), Some(run)) if !broken && !cuts.contains(&i) => run.push((i as f64, point.estimate)),
            (Some(point), _) => runs.push(vec![(i as f64, point.estimate)]),
            (None, _) => {}
        }
        broken = point.is_none();
    }
    runs
}

/// What is too little for a line, with the index of each month.
pub(crate) fn loose(values: &[Option<Point>]) -> Vec<(usize, Point)> {
    let points = values.iter().map(|v| v.and_then(Point::drawable)).enumerate();
    points.filter_map(|(i, point)| Some((i, point.filter(|p| !p.founded)?))).collect()
}

/// Stands every name left or right of its line so that none touches another; left is preferred.
/// Tries all ways (few actions fit into two years), and gives up where there is none.
fn place_names(xs: &[f64], lines: Vec<Vec<String>>, width: f64) -> Option<Vec<Name>> {
    const OFF: f64 = 6.0;
    const AIR: f64 = 8.0;
    if xs.len() > 12 {
        return None;
    }
    let widths: Vec<f64> = lines.iter().map(|l| l.iter().map(|t| text_width(t, TEXT)).fold(0.0, f64::max)).collect();
    fn left_or_right(rest: &[(f64, f64)], free: f64, width: f64) -> Option<Vec<bool>> {
        let Some((&(x, w), rest)) = rest.split_first() else { return Some(Vec::new()) };
        for right in [false, true] {
            let (start, end) = if right { (x + OFF, x + OFF + w) } else { (x - OFF - w, x - OFF) };
            if start >= free
                && end <= width
                && let Some(mut others) = left_or_right(rest, end + AIR, width)
            {
                others.insert(0, right);
                return Some(others);
            }
        }
        None
    }
    let boxes: Vec<(f64, f64)> = xs.iter().copied().zip(widths).collect();
    let sides = left_or_right(&boxes, 0.0, width)?;
    let names = lines.into_iter().zip(boxes.iter().zip(sides)).map(|(lines, (&(x, _), right))| Name {
        x: if right { x + OFF } else { x - OFF },
        anchor: if right { Anchor::Start } else { Anchor::End },
        lines,
    });
    Some(names.collect())
}
