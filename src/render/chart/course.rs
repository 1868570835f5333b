//! The level of one account over time, as it was known on each day.

use super::pen::{Part, Pen};
use super::place::{Scale, month_ticks, spread, text_width};
use super::plane::{Anchor, Margins, Plane, TEXT, left_of, sheet};
use super::svg::Level;
use super::{Figure, Form, Table, Words};
use crate::domain::day::Month;
use crate::error::Result;
use chrono::{Datelike, NaiveDate};

/// The level as known on a day, with a narrower and a wider interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    pub day: NaiveDate,
    pub level: f64,
    pub inner: (f64, f64),
    pub outer: (f64, f64),
}

/// One response: a ring.
#[derive(Debug, Clone)]
pub struct Response {
    pub day: NaiveDate,
    pub value: f64,
    /// Who answered and what, for the pointer that rests on the ring.
    pub title: String,
}

/// A day on which a warning rose to a level.
#[derive(Debug, Clone)]
pub struct Turn {
    pub day: NaiveDate,
    pub level: Level,
    pub title: String,
}

/// A value to compare with, such as the mean of the tier: a dotted line with its words.
#[derive(Debug, Clone)]
pub struct Reference {
    pub value: f64,
    pub text: String,
}

/// What the chart of one account shows.
pub struct Course<'a> {
    pub label: &'a str,
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// In order of time. Between two of them the level stays and the intervals widen; on the day of a
    /// response both jump.
    pub known: &'a [Known],
    pub responses: &'a [Response],
    pub turns: &'a [Turn],
    /// From which day on something else is asked, and what is said of it: no line leads across.
    pub breaks: &'a [(NaiveDate, String)],
    /// What the marks of the warnings are, such as `warning: yellow, orange, red`.
    pub turn_words: &'a str,
    pub reference: Option<Reference>,
    /// What the level is called, such as `level`.
    pub level_word: &'a str,
    pub scale: Scale,
    pub decimals: usize,
    /// The head of the table: day, level with interval.
    pub head: [&'a str; 2],
}

impl Course<'_> {
    /// Draws the chart.
    ///
    /// # Errors
    /// Only where the program itself is at fault.
    pub fn draw(&self, words: &dyn Words) -> Result<Figure> {
        Ok(Figure {
            svg_wide: self.svg(Form::Wide, words)?,
            svg_narrow: self.svg(Form::Narrow, words)?,
            key: Vec::new(),
            key_always: false,
            table: self.table(words),
        })
    }

    /// The days with a response, and the last day: between them nothing becomes known.
    fn table(&self, words: &dyn Words) -> Table {
        let last = self.sound().last().map(|k| k.day);
        let told = self.sound().filter(|k| Some(k.day) == last || self.responses.iter().any(|r| r.day == k.day));
        let row = |k: &Known| {
            let level = words.number(k.level, self.decimals);
            let interval = words.interval(k.outer.0, k.outer.1, self.decimals);
            let month = words.month_of_year(Month::of(k.day));
            vec![format!("{}, {month}", words.day(k.day)), format!("{level} ({interval})")]
        };
        let notes = self
            .cuts()
            .map(|(day, name)| format!("{}, {} · {name}", words.day(*day), words.month_of_year(Month::of(*day))));
        Table { head: self.head.map(str::to_owned).to_vec(), rows: told.map(row).collect(), notes: notes.collect() }
    }

    fn cuts(&self) -> impl Iterator<Item = &(NaiveDate, String)> {
        self.breaks.iter().filter(|(day, _)| *day > self.first && *day <= self.last)
    }

    fn sound(&self) -> impl Iterator<Item = &Known> {
        self.known.iter().filter(|k| {
            let figures = [k.level, k.inner.0, k.inner.1, k.outer.0, k.outer.1];
            figures.iter().all(|f| f.is_finite()) && k.day >= self.first && k.day <= self.last
        })
    }

    fn svg(&self, form: Form, words: &dyn Words) -> Result<String> {
        let now = self.sound().last().copied();
        let end = now.map(|now| {
            let level = words.number(now.level, self.decimals);
            (format!("{} {level}", self.level_word), words.interval(now.outer.0, now.outer.1, self.decimals), level)
        });
        let ends = end.iter().map(|(name, interval, _)| text_width(name, TEXT * 1.06).max(text_width(interval, TEXT)));
        let widest = ends.chain(self.reference.iter().map(|r| text_width(&r.text, TEXT)));
        let left = left_of(self.scale, 220.0, if form.wide() { 34.0 } else { 28.0 }, words);
        let margins = if form.wide() {
            let right = (widest.fold(0.0, f64::max) + 18.0).max(24.0);
            Margins { left, right, top: 30.0, bottom: 30.0 }
        } else {
            Margins { left, right: 12.0, top: 30.0, bottom: 30.0 }
        };
        let mut out = String::new();
        let x = |day: NaiveDate| f64::from(day.num_days_from_ce());
        let across = x(self.first)..x(self.last);
        let plane = Plane::new(&mut out, sheet(form, (740, 462), (342, 280)), self.label, margins, across, self.scale);

        plane.grid(words)?;
        if let Some(reference) = self.reference.as_ref().filter(|r| r.value.is_finite()) {
            let y = plane.y(reference.value);
            plane.paper.line(&[(plane.left, y), (plane.right, y)], Pen::new(Part::Mark))?;
        }
        plane.ticks(&month_ticks(&months(&plane, self.first, self.last), TEXT, words))?;
        self.turns(&plane, form)?;
        for (day, name) in self.cuts() {
            let at = plane.x(x(*day));
            plane.paper.titled_line(&[(at, plane.top), (at, plane.base)], Pen::new(Part::Mark), name)?;
            // The words stand on the side that has more room.
            let right = at < (plane.left + plane.right) / 2.0;
            let (from, anchor) = if right { (at + 5.0, Anchor::Start) } else { (at - 5.0, Anchor::End) };
            plane.paper.text((from, plane.base - 6.0), anchor, Pen::new(Part::HaloLabel), name)?;
        }
        self.level(&plane, x)?;
        if let Some(reference) = self.reference.as_ref().filter(|r| r.value.is_finite()) {
            let text = |at, anchor| plane.paper.text(at, anchor, Pen::new(Part::HaloLabel), &reference.text);
            let base = plane.y(reference.value) + 4.0;
            let apart = now.is_none_or(|now| (base - plane.y(now.level)).abs() > 34.0);
            let width = text_width(&reference.text, TEXT);
            let sample = [(plane.left, plane.top - 16.0), (plane.left + 18.0, plane.top - 16.0)];
            let marks = self.turns.iter().filter(|t| t.day >= self.first).map(|t| plane.x(x(t.day)));
            let clear = marks.fold(f64::INFINITY, f64::min) > plane.left + width + 38.0;
            if form.wide() && apart {
                text((plane.right + 12.0, base), Anchor::Start)?;
            } else if !form.wide() && clear {
                // Above the plot, behind a piece of the line: between the rings there is no room for it.
                plane.paper.line(&sample, Pen::new(Part::Mark))?;
                text((plane.left + 23.0, plane.top - 12.0), Anchor::Start)?;
            } else {
                text(self.beside(&plane, reference), Anchor::Start)?;
            }
        }
        for response in
            self.responses.iter().filter(|r| r.value.is_finite() && r.day >= self.first && r.day <= self.last)
        {
            let centre = (plane.x(x(response.day)), plane.y(response.value));
            plane.paper.titled_dot(centre, 4.0, Pen::of(Part::Ring, 3), &response.title)?;
        }
        match (now, end) {
            (Some(now), Some((name, interval, level))) => {
                let (at, y) = (plane.x(x(now.day)), plane.y(now.level));
                plane.paper.dot((at, y), 5.0, Pen::of(Part::Point, 0))?;
                if form.wide() {
                    plane.paper.text((at + 12.0, y - 1.0), Anchor::Start, Pen::of(Part::Mine, 0), &name)?;
                    plane.paper.text((at + 12.0, y + 14.0), Anchor::Start, Pen::new(Part::Label), &interval)?;
                } else {
                    // Above the interval, where no ring of the last days stands in the way.
                    let highest =
                        self.responses.iter().filter(|r| plane.x(x(r.day)) > at - 24.0).map(|r| plane.y(r.value));
                    let above = highest.fold(plane.y(now.outer.1), f64::min).max(plane.top + 18.0) - 8.0;
                    let at = at.max(plane.left + text_width(&level, TEXT * 1.06) + 4.0);
                    plane.paper.text((at, above), Anchor::End, Pen::of(Part::HaloMine, 0), &level)?;
                }
            }
            _ => plane.nothing(words)?,
        }
        plane.finish()?;
        Ok(out)
    }

    /// Where the name of the reference stands: above or below its line, where the least lies in its way.
    fn beside(&self, plane: &Plane<'_>, reference: &Reference) -> (f64, f64) {
        let width = text_width(&reference.text, TEXT);
        let x = |day: NaiveDate| plane.x(f64::from(day.num_days_from_ce()));
        let line = plane.y(reference.value);
        let touched = |left: f64, base: f64| -> usize {
            let within = |day: NaiveDate, value: f64, air: f64| {
                let (x, y) = (x(day), plane.y(value));
                x > left - air && x < left + width + air && y > base - TEXT - air && y < base + 3.0 + air
            };
            let rings = self.responses.iter().filter(|r| within(r.day, r.value, 5.0)).count();
            // The name and the interval of the level stand at its end.
            let ends = self.sound().last().is_some_and(|now| {
                let (end, level) = (x(now.day), plane.y(now.level));
                left + width > end - 30.0 && left < end + 130.0 && (base - level).abs() < 34.0
            });
            usize::from(ends) * 1000 + rings * 8 + self.sound().filter(|k| within(k.day, k.level, 2.0)).count()
        };
        let room = (plane.right - plane.left - width - 8.0).max(0.0);
        let lefts = (0..=12).map(|i| plane.left + 4.0 + room * f64::from(i) / 12.0);
        let spots = lefts.flat_map(|left| [(left, line + 14.0), (left, line - 5.0)]);
        let inside = spots.filter(|(_, base)| *base < plane.base - 2.0 && *base > plane.top + TEXT);
        inside.min_by_key(|&(left, base)| touched(left, base)).unwrap_or((plane.left + 4.0, line - 5.0))
    }

    /// The marks of the warnings stand above the plot, each tied to its day.
    fn turns(&self, plane: &Plane<'_>, form: Form) -> Result<()> {
        let mut turns: Vec<&Turn> = self.turns.iter().filter(|t| t.day >= self.first && t.day <= self.last).collect();
        turns.sort_by_key(|t| (t.day, t.level));
        let days: Vec<f64> = turns.iter().map(|t| plane.x(f64::from(t.day.num_days_from_ce()))).collect();
        let marks = spread(&days, 16.0, plane.left, plane.right + 6.0);
        for ((turn, &day), &mark) in turns.iter().zip(&days).zip(&marks) {
            let path = [(mark, plane.top - 10.0), (day, plane.top + 4.0), (day, plane.base)];
            plane.paper.line(&path, Pen::new(Part::Mark))?;
            plane.paper.level((mark, plane.top - 18.0), turn.level, &turn.title)?;
        }
        if let Some(first) = marks.iter().copied().reduce(f64::min)
            && form.wide()
        {
            let room = first - 12.0;
            if text_width(self.turn_words, TEXT) <= room {
                plane.paper.text((room, plane.top - 14.0), Anchor::End, Pen::new(Part::Soft), self.turn_words)?;
            }
        }
        Ok(())
    }

    /// What is known, cut where something else is asked.
    fn pieces(&self) -> Vec<Vec<&Known>> {
        let mut pieces: Vec<Vec<&Known>> = Vec::new();
        for k in self.sound() {
            let before = pieces.last().and_then(|piece| piece.last()).map(|before| before.day);
            let cut = |before: NaiveDate| self.cuts().any(|(day, _)| before < *day && k.day >= *day);
            match pieces.last_mut().filter(|_| !before.is_some_and(cut)) {
                Some(piece) => piece.push(k),
                None => pieces.push(vec![k]),
            }
        }
        pieces
    }

    fn level(&self, plane: &Plane<'_>, x: impl Fn(NaiveDate) -> f64) -> Result<()> {
        let pieces = self.pieces();
        let band = |piece: &[&Known], of: fn(&Known) -> (f64, f64)| -> Vec<(f64, f64, f64)> {
            let mut points = Vec::with_capacity(piece.len() + self.responses.len());
            let mut last: Option<(f64, f64)> = None;
            for k in piece {
                let (low, high) = of(k);
                if let Some((low, high)) = last.filter(|_| self.responses.iter().any(|r| r.day == k.day)) {
                    points.push((x(k.day), low, high));
                }
                points.push((x(k.day), low, high));
                last = Some((low, high));
            }
            points
        };
        // All bands lie below all lines.
        for piece in &pieces {
            if let [only] = piece.as_slice() {
                let at = x(only.day);
                plane.line(&[(at, only.outer.0), (at, only.outer.1)], Pen::of(Part::ThinWhisker, 0))?;
                continue;
            }
            plane.band(&band(piece, |k| k.outer), Pen::of(Part::OuterBand, 0))?;
            plane.band(&band(piece, |k| k.inner), Pen::of(Part::Band, 0))?;
        }
        for piece in pieces.iter().filter(|piece| piece.len() > 1) {
            let mut line: Vec<(f64, f64)> = Vec::with_capacity(piece.len());
            for k in piece {
                if let Some(&(_, level)) = line.last()
                    && level != k.level
                {
                    line.push((x(k.day), level));
                }
                line.push((x(k.day), k.level));
            }
            plane.line(&line, Pen::of(Part::Line, 0))?;
        }
        Ok(())
    }
}

/// The first day of each month between two days, and where it stands.
pub(super) fn months(plane: &Plane<'_>, first: NaiveDate, last: NaiveDate) -> Vec<(Month, f64)> {
    let all = Month::of(first).through(Month::of(last)).map(|month| (month, month.first_day()));
    all.filter(|(_, day)| *day >= first).map(|(m, day)| (m, plane.x(f64::from(day.num_days_from_ce())))).collect()
}
