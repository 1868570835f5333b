//! The scores of checks of one place: each is what a checklist came to, so it is a point without an interval.

use super::course::months;
use super::pen::{Part, Pen};
use super::place::{Scale, month_ticks, text_width};
use super::plane::{Anchor, Margins, Plane, TEXT, left_of, sheet};
use super::{Figure, Form, Table, Words};
use crate::domain::day::Month;
use crate::error::Result;
use chrono::{Datelike, NaiveDate};

/// One check.
#[derive(Debug, Clone)]
pub struct Check {
    pub day: NaiveDate,
    pub score: f64,
    /// Day, score and grade, for the pointer that rests on the point.
    pub title: String,
}

/// The lowest score of a grade: a dotted line with its name.
#[derive(Debug, Clone)]
pub struct Grade {
    pub name: String,
    pub from: f64,
}

/// What the chart of one place shows.
pub struct Checks<'a> {
    pub label: &'a str,
    pub first: NaiveDate,
    pub last: NaiveDate,
    /// In order of time.
    pub checks: &'a [Check],
    pub grades: &'a [Grade],
    /// By month: the mean and of how many checks, for the table.
    pub months: &'a [(Month, f64, i64)],
    pub decimals: usize,
    /// The head of the table: month, mean, number.
    pub head: [&'a str; 3],
}

impl Checks<'_> {
    /// Draws the chart.
    ///
    /// # Errors
    /// Only where the program itself is at fault.
    pub fn draw(&self, words: &dyn Words) -> Result<Figure> {
        let row = |(month, mean, n): &(Month, f64, i64)| {
            vec![words.month_of_year(*month), words.number(*mean, self.decimals), words.number(*n as f64, 0)]
        };
        Ok(Figure {
            svg_wide: self.svg(Form::Wide, words)?,
            svg_narrow: self.svg(Form::Narrow, words)?,
            key: Vec::new(),
            key_always: false,
            table: Table {
                head: self.head.map(str::to_owned).to_vec(),
                rows: self.months.iter().map(row).collect(),
                notes: Vec::new(),
            },
        })
    }

    fn shown(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|c| c.score.is_finite() && self.first <= c.day && c.day <= self.last)
    }

    fn svg(&self, form: Form, words: &dyn Words) -> Result<String> {
        let scale = Scale::index(self.shown().map(|c| c.score));
        let named = || self.grades.iter().filter(|g| g.from > scale.low && g.from <= scale.high);
        let widest = named().map(|g| text_width(&g.name, TEXT)).fold(0.0, f64::max);
        let left = left_of(scale, 170.0, if form.wide() { 34.0 } else { 28.0 }, words);
        let margins = Margins { left, right: widest + 16.0, top: 14.0, bottom: 30.0 };
        let x = |day: NaiveDate| f64::from(day.num_days_from_ce());
        let mut out = String::new();
        let across = x(self.first)..x(self.last);
        let plane = Plane::new(&mut out, sheet(form, (640, 300), (342, 220)), self.label, margins, across, scale);
        plane.grid(words)?;
        plane.ticks(&month_ticks(&months(&plane, self.first, self.last), TEXT, words))?;
        for grade in named() {
            let y = plane.y(grade.from);
            plane.paper.line(&[(plane.left, y), (plane.right, y)], Pen::new(Part::Mark))?;
            // The name of a grade stands on its side of the line.
            plane.paper.text((plane.right + 8.0, y - 3.0), Anchor::Start, Pen::new(Part::Soft), &grade.name)?;
        }
        if self.shown().next().is_none() {
            plane.nothing(words)?;
        }
        let line: Vec<(f64, f64)> = self.shown().map(|c| (x(c.day), c.score)).collect();
        if line.len() > 1 {
            plane.line(&line, Pen::of(Part::Line, 0))?;
        }
        for check in self.shown() {
            let centre = (plane.x(x(check.day)), plane.y(check.score));
            plane.paper.titled_dot(centre, 4.0, Pen::of(Part::Point, 0), &check.title)?;
        }
        plane.finish()?;
        Ok(out)
    }
}
