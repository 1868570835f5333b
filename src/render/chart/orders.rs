//! The orders of one account as stems, when the next was expected, and since when it is overdue.

use super::course::months;
use super::pen::{Part, Pen};
use super::place::{Scale, month_ticks, text_width};
use super::plane::{Anchor, Margins, Plane, TEXT, left_of, sheet};
use super::{Figure, Form, Table, Words};
use crate::domain::day::Month;
use crate::error::Result;
use chrono::{Datelike, NaiveDate};

/// One order.
#[derive(Debug, Clone)]
pub struct Order {
    pub day: NaiveDate,
    /// In the unit that the chart's subtitle names.
    pub value: f64,
    /// For the pointer that rests on it.
    pub title: String,
}

/// Since when an order is overdue, and in which words.
#[derive(Debug, Clone)]
pub struct Overdue {
    pub since: NaiveDate,
    /// Such as `overdue` and `72 days`.
    pub words: [String; 2],
}

/// What the chart of the orders shows.
pub struct Orders<'a> {
    pub label: &'a str,
    pub first: NaiveDate,
    pub last: NaiveDate,
    pub orders: &'a [Order],
    /// The day the next order was expected on, and the words for it.
    pub expected: Option<(NaiveDate, String)>,
    pub overdue: Option<Overdue>,
    pub decimals: usize,
    /// The head of the table: day, value.
    pub head: [&'a str; 2],
}

impl Orders<'_> {
    /// Draws the chart.
    ///
    /// # Errors
    /// Only where the program itself is at fault.
    pub fn draw(&self, words: &dyn Words) -> Result<Figure> {
        let row = |o: &Order| {
            let month = words.month_of_year(Month::of(o.day));
            vec![format!("{}, {month}", words.day(o.day)), words.number(o.value, self.decimals)]
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

    fn shown(&self) -> impl Iterator<Item = &Order> {
        self.orders.iter().filter(|o| o.value.is_finite() && self.covers(o.day))
    }

    fn covers(&self, day: NaiveDate) -> bool {
        self.first <= day && day <= self.last
    }

    fn svg(&self, form: Form, words: &dyn Words) -> Result<String> {
        let scale = Scale::amounts(self.shown().map(|o| o.value));
        let margins = Margins {
            left: left_of(scale, 170.0, if form.wide() { 34.0 } else { 28.0 }, words),
            right: if form.wide() { 12.0 } else { 6.0 },
            top: 26.0,
            bottom: 30.0,
        };
        let day = |day: NaiveDate| f64::from(day.num_days_from_ce());
        let mut out = String::new();
        let across = day(self.first)..day(self.last);
        let plane = Plane::new(&mut out, sheet(form, (640, 262), (342, 220)), self.label, margins, across, scale);
        plane.grid(words)?;
        let shade = self.overdue.as_ref().filter(|o| self.covers(o.since)).map(|o| (plane.x(day(o.since)), o));
        if let Some((from, _)) = shade {
            plane.paper.rect((from, plane.top), (plane.right, plane.base), Pen::new(Part::Overdue))?;
        }
        if let Some((expected, text)) = self.expected.as_ref().filter(|(e, _)| self.covers(*e)) {
            let x = plane.x(day(*expected));
            plane.paper.line(&[(x, plane.top), (x, plane.base)], Pen::new(Part::Mark))?;
            let fits = x - 5.0 - text_width(text, TEXT) >= plane.left;
            let (x, anchor) = if fits { (x - 5.0, Anchor::End) } else { (x + 5.0, Anchor::Start) };
            plane.paper.text((x, plane.top - 8.0), anchor, Pen::new(Part::Soft), text)?;
        }
        for order in self.shown() {
            let (x, y) = (plane.x(day(order.day)), plane.y(order.value));
            plane.paper.line(&[(x, plane.y(0.0)), (x, y)], Pen::of(Part::Whisker, 0))?;
            plane.paper.titled_dot((x, y), 4.5, Pen::of(Part::Point, 0), &order.title)?;
        }
        if let Some((from, overdue)) = shade {
            let [strong, plain] = &overdue.words;
            let wide = text_width(strong, TEXT * 1.06).max(text_width(plain, TEXT)) + 8.0;
            let inside = plane.right - from >= wide;
            let (x, anchor, parts) = if inside {
                ((from + plane.right) / 2.0, Anchor::Middle, [Part::Strong, Part::Label])
            } else {
                (plane.right, Anchor::End, [Part::HaloStrong, Part::HaloLabel])
            };
            let y = plane.top + (plane.base - plane.top) / 2.0;
            plane.paper.text((x, y - 4.0), anchor, Pen::new(parts[0]), strong)?;
            plane.paper.text((x, y + 12.0), anchor, Pen::new(parts[1]), plain)?;
        }
        if self.shown().next().is_none() && shade.is_none() {
            plane.nothing(words)?;
        }
        plane.ticks(&month_ticks(&months(&plane, self.first, self.last), TEXT, words))?;
        plane.finish()?;
        Ok(out)
    }
}
