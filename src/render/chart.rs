//! Charts: plain figures in, SVG that the style sheet colours out.
//!
//! Every chart is drawn with plotters onto [`svg::SemanticSvg`], an own back end that writes classes,
//! titles and labels and no colour, so that one drawing serves light, dark and paper. A chart is drawn
//! twice, wide and narrow, so that its text keeps its size on a desk and on a phone, and carries the
//! figures it shows as a [`Table`] for those who cannot see it. Charts know no domain and no language:
//! numbers and months are put into words by the caller's [`Words`].

pub mod checks;
mod columns;
pub mod course;
#[cfg(test)]
pub(crate) mod gallery;
pub mod multiples;
pub mod orders;
pub mod pen;
pub mod place;
mod plane;
pub mod rows;
pub mod svg;
pub mod trend;

pub use checks::{Check, Checks, Grade};
pub use columns::{Column, Columns};
pub use course::{Course, Known, Reference, Response, Turn};
pub use multiples::Multiple;
pub use orders::{Order, Orders, Overdue};
pub use place::Scale;
pub use rows::{Bar, BarKind, Share, Strip, bar_row, distribution, strip, tone};
pub use svg::Level;
pub use trend::{Action, Point, Series, Trend, Wave, nps_scale};

use crate::domain::day::Month;
use chrono::NaiveDate;
use serde::Serialize;

/// How the reader's language writes what a chart says. Texts made of more than numbers and dates are
/// given to each chart as they are to be read.
pub trait Words {
    /// A number with so many decimals, with a real minus sign.
    fn number(&self, value: f64, decimals: usize) -> String;
    /// An interval, such as `0 to 30`.
    fn interval(&self, low: f64, high: f64, decimals: usize) -> String;
    /// A month of a year that is told elsewhere, such as `Apr`.
    fn month(&self, month: Month) -> String;
    /// A month with its year, such as `Jan 2025`.
    fn month_of_year(&self, month: Month) -> String;
    /// A day of a year that is told elsewhere, such as `11 Jan`.
    fn day(&self, day: NaiveDate) -> String;
    /// What stands where there is no figure, such as `no responses`.
    fn nothing(&self) -> String;

    /// An estimate with its interval, as in a table: `41 (25 to 54)`.
    fn estimate(&self, estimate: &Estimate, decimals: usize) -> String {
        let Estimate { value, low, high } = *estimate;
        format!("{} ({})", self.number(value, decimals), self.interval(low, high, decimals))
    }
}

/// A figure with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Estimate {
    /// A figure that is not a number is no figure; the interval is made to hold the value.
    pub(crate) fn drawable(self) -> Option<Self> {
        let Self { value, low, high } = self;
        let sound = value.is_finite() && low.is_finite() && high.is_finite();
        sound.then(|| Self { value, low: low.min(value), high: high.max(value) })
    }
}

/// A chart as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The drawing for a desk; its class is `wide`.
    pub svg_wide: String,
    /// The drawing for a phone; its class is `narrow`.
    pub svg_narrow: String,
    /// What the numbered marks in a drawing mean; shown with the narrow drawing.
    pub key: Vec<KeyEntry>,
    /// Whether the wide drawing had no room for the words either, and needs the key too.
    pub key_always: bool,
    /// The same figures as a table.
    pub table: Table,
}

/// A numbered mark and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyEntry {
    pub number: usize,
    pub text: String,
}

/// The figures of a chart as text: a row for each point of the axis.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Table {
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// What else is to be known of the figures: where a series breaks.
    pub notes: Vec<String>,
}

/// Which of the two drawings is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Wide,
    Narrow,
}

impl Form {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
        }
    }

    pub(crate) fn wide(self) -> bool {
        self == Self::Wide
    }
}
