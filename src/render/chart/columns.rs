//! Amounts by day as upright bars, such as the mails of a wave; stretches set apart are shaded and named.

use super::pen::{Part, Pen};
use super::place::{Scale, text_width, two_lines};
use super::plane::{Anchor, Margins, Plane, TEXT, left_of, sheet};
use super::{Figure, Form, Table, Words};
use crate::domain::day::Month;
use crate::error::Result;
use chrono::{Datelike, NaiveDate, Weekday};

/// The amount of a day.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub day: NaiveDate,
    pub value: f64,
}

/// What the chart of the days shows.
pub struct Columns<'a> {
    pub label: &'a str,
    pub columns: &'a [Column],
    /// Days on which nothing happens, both ends within, and why.
    pub pauses: &'a [(NaiveDate, NaiveDate, String)],
    pub decimals: usize,
    /// The head of the table: day, amount.
    pub head: [&'a str; 2],
}

impl Columns<'_> {
    /// Draws the chart.
    ///
    /// # Errors
    /// Only where the program itself is at fault.
    pub fn draw(&self, words: &dyn Words) -> Result<Figure> {
        let row = |c: &Column| {
            let month = words.month_of_year(Month::of(c.day));
            vec![format!("{}, {month}", words.day(c.day)), words.number(c.value, self.decimals)]
        };
        Ok(Figure {
            svg_wide: self.svg(Form::Wide, words)?,
            svg_narrow: self.svg(Form::Narrow, words)?,
            key: Vec::new(),
            key_always: false,
            table: Table {
                head: self.head.map(str::to_owned).to_vec(),
                rows: self.shown().map(row).collect(),
                notes: Vec::new(),
            },
        })
    }

    fn shown(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|c| c.value.is_finite())
    }

    fn svg(&self, form: Form, words: &dyn Words) -> Result<String> {
        let scale = Scale::amounts(self.shown().map(|c| c.value));
        let margins = Margins { left: left_of(scale, 140.0, 30.0, words), right: 6.0, top: 24.0, bottom: 30.0 };
        let sheet = sheet(form, (600, 200), (342, 190));
        let days = self.shown().map(|c| c.day).chain(self.pauses.iter().flat_map(|p| [p.0, p.1]));
        let (first, last) = days
            .fold(None, |seen: Option<(NaiveDate, NaiveDate)>, day| match seen {
                None => Some((day, day)),
                Some((a, b)) => Some((a.min(day), b.max(day))),
            })
            .unwrap_or_default();
        let number = |day: NaiveDate| f64::from(day.num_days_from_ce());
        let mut out = String::new();
        let across = number(first)..number(last) + 1.0;
        let plane = Plane::new(&mut out, sheet, self.label, margins, across, scale);
        plane.grid(words)?;
        if self.shown().next().is_none() {
            plane.nothing(words)?;
            plane.finish()?;
            return Ok(out);
        }
        for (from, to, name) in self.pauses {
            let (left, right) = (plane.x(number(*from)), plane.x(number(*to) + 1.0));
            plane.paper.titled_rect((left, plane.top), (right, plane.base), Pen::new(Part::Shade), name)?;
            let lines = two_lines(name, TEXT, (right - left - 6.0).max(0.0));
            if lines.iter().all(|l| text_width(l, TEXT) <= right - left && !l.starts_with('…')) {
                for (i, line) in lines.iter().enumerate() {
                    let point = ((left + right) / 2.0, plane.top + 22.0 + 15.0 * i as f64);
                    plane.paper.text(point, Anchor::Middle, Pen::new(Part::Soft), line)?;
                }
            }
        }
        let width = plane.x(number(first) + 1.0) - plane.x(number(first));
        let air = (width * 0.08).min(1.0);
        let mut free = 0.0;
        for column in self.shown() {
            let x = plane.x(number(column.day));
            let title = format!("{}: {}", words.day(column.day), words.number(column.value, self.decimals));
            let (from, to) = ((x + air, plane.y(column.value)), (x + width - air, plane.y(0.0)));
            plane.paper.titled_rect(from, to, Pen::of(Part::Bar, 0), &title)?;
        }
        for column in self.shown().filter(|c| c.day.weekday() == Weekday::Mon || c.day == first) {
            let text = words.day(column.day);
            let wide = text_width(&text, TEXT);
            let x = (plane.x(number(column.day)) + 1.0).min(plane.right - wide);
            if x >= free {
                plane.paper.text((x, plane.base + 18.0), Anchor::Start, Pen::new(Part::Label), &text)?;
                free = x + wide + 8.0;
            }
        }
        plane.finish()?;
        Ok(out)
    }
}
