//! Drawings that lie in a row of text and stretch with it: intervals, bars, shares of answers.
//! Across they are counted in percent, so one drawing fits every width.

use super::pen::{Part, Pen};
use super::place::Scale;
use super::plane::{Anchor, Paper};
use super::svg::Sheet;
use super::{Estimate, Words};
use crate::error::Result;

/// Where a value lies on a scale, in percent of the width.
fn percent(scale: Scale, value: f64) -> f64 {
    let span = scale.high - scale.low;
    if span > 0.0 && value.is_finite() { ((value - scale.low) / span * 100.0).clamp(0.0, 100.0) } else { 0.0 }
}

/// The interval of a tier now, and before.
pub struct Strip<'a> {
    pub label: &'a str,
    /// The place of the tier among the tiers, from 0: it chooses the colour.
    pub series: usize,
    pub now: Option<Estimate>,
    pub before: Option<Estimate>,
    /// The same for all tiers.
    pub scale: Scale,
}

/// Draws an interval now and before over a common scale.
///
/// # Errors
/// Only where the program itself is at fault.
pub fn strip(strip: &Strip<'_>, words: &dyn Words) -> Result<String> {
    let mut out = String::new();
    let paper = Paper::new(&mut out, Sheet::Stretched { height: 40 }, Some(strip.label));
    let at = |value: f64| percent(strip.scale, value);
    paper.line(&[(0.0, 14.0), (100.0, 14.0)], Pen::new(Part::Grid))?;
    let Scale { low, high, .. } = strip.scale;
    if low < 0.0 && high > 0.0 {
        paper.line(&[(at(0.0), 2.0), (at(0.0), 26.0)], Pen::new(Part::Axis))?;
        // Near an end the zero would touch that end's number.
        if (12.0..=88.0).contains(&at(0.0)) {
            paper.text((at(0.0), 38.0), Anchor::Middle, Pen::new(Part::Label), &words.number(0.0, 0))?;
        }
    }
    paper.text((0.0, 38.0), Anchor::Start, Pen::new(Part::Label), &words.number(low, 0))?;
    paper.text((100.0, 38.0), Anchor::End, Pen::new(Part::Label), &words.number(high, 0))?;
    if let Some(before) = strip.before.and_then(Estimate::drawable) {
        paper.line(&[(at(before.low), 8.0), (at(before.high), 8.0)], Pen::of(Part::ThinWhisker, 3))?;
        paper.dot((at(before.value), 8.0), 3.5, Pen::of(Part::Ring, 3))?;
    }
    if let Some(now) = strip.now.and_then(Estimate::drawable) {
        paper.line(&[(at(now.low), 20.0), (at(now.high), 20.0)], Pen::of(Part::ThickWhisker, strip.series))?;
        paper.dot((at(now.value), 20.0), 5.0, Pen::of(Part::Point, strip.series))?;
    }
    paper.finish()?;
    Ok(out)
}

/// What a bar stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarKind {
    /// A part of a whole, in a groove.
    Share,
    /// An amount.
    Amount,
    /// An amount that is left out.
    LeftOut,
    /// An amount that adds.
    Plus,
    /// An amount that takes away.
    Minus,
    /// A sum.
    Total,
}

/// A bar from one value to another; bars of amounts start at 0, those of a running sum where the last ended.
#[derive(Debug, Clone, Copy)]
pub struct Bar {
    pub kind: BarKind,
    pub from: f64,
    pub to: f64,
    /// The interval of its end.
    pub interval: Option<(f64, f64)>,
    /// Where a thin line leads down to the next row: the running sum.
    pub step: Option<f64>,
    pub scale: Scale,
}

/// Draws one bar of a row. The row's text says the same, so the drawing is hidden from screen readers.
///
/// # Errors
/// Only where the program itself is at fault.
pub fn bar_row(bar: &Bar) -> Result<String> {
    let share = bar.kind == BarKind::Share;
    let height = if share { 16 } else { 24 };
    let mut out = String::new();
    let paper = Paper::new(&mut out, Sheet::Stretched { height }, None);
    let at = |value: f64| percent(bar.scale, value);
    let (top, bottom) = if share { (5.0, 11.0) } else { (4.0, 20.0) };
    if share {
        paper.rect((0.0, top), (100.0, bottom), Pen::new(Part::Track))?;
    }
    if let Some(step) = bar.step {
        paper.line(&[(at(step), 4.0), (at(step), 40.0)], Pen::new(Part::Grid))?;
    }
    let part = match bar.kind {
        BarKind::Share | BarKind::Amount => Part::Bar,
        BarKind::LeftOut => Part::FaintBar,
        BarKind::Plus => Part::UpBar,
        BarKind::Minus => Part::DownBar,
        BarKind::Total => Part::TotalBar,
    };
    let (left, right) = (at(bar.from.min(bar.to)), at(bar.from.max(bar.to)));
    // An amount too small to see still leaves a trace; nothing leaves none.
    if bar.from != bar.to && bar.from.is_finite() && bar.to.is_finite() {
        let right = right.max(left + 0.6).min(100.0);
        paper.rect((left.min(right - 0.6), top), (right, bottom), Pen::new(part))?;
    }
    if let Some((low, high)) = bar.interval {
        paper.line(&[(at(low), (top + bottom) / 2.0), (at(high), (top + bottom) / 2.0)], Pen::new(Part::Over))?;
    }
    paper.finish()?;
    Ok(out)
}

/// How many gave an answer.
#[derive(Debug, Clone)]
pub struct Share {
    pub count: u64,
    /// From 0 (worst) to 4 (best); see [`tone`].
    pub tone: usize,
    /// For the pointer that rests on it, such as `4: 35 %`.
    pub title: String,
}

/// The tone of an answer on a scale from `low` to `high`: on 1 to 5 its own, on 0 to 10 brown for 0 to 6,
/// grey for 7 and 8, blue for 9 and 10, the groups of the Net Promoter Score.
pub fn tone(value: i64, low: i64, high: i64) -> usize {
    if (low, high) == (0, 10) {
        return match value {
            ..=4 => 0,
            5..=6 => 1,
            7..=8 => 2,
            9 => 3,
            10.. => 4,
        };
    }
    let place = (value.clamp(low, high) - low) as f64 / (high - low).max(1) as f64;
    (place * 4.0).round() as usize
}

/// Draws the shares of the answers to one question side by side; they fill the width exactly.
///
/// # Errors
/// Only where the program itself is at fault.
pub fn distribution(label: &str, shares: &[Share], words: &dyn Words) -> Result<String> {
    let mut out = String::new();
    let paper = Paper::new(&mut out, Sheet::Stretched { height: 20 }, Some(label));
    let total: u64 = shares.iter().map(|s| s.count).sum();
    if total == 0 {
        paper.rect((0.0, 7.0), (100.0, 13.0), Pen::new(Part::Track))?;
        paper.text((50.0, 14.0), Anchor::Middle, Pen::new(Part::HaloSoft), &words.nothing())?;
    }
    // The edges are rounded, not the widths: so nothing is lost or gained at the end.
    let mut before = 0;
    for share in shares.iter().filter(|s| s.count > 0) {
        let edge = |count: u64| count as f64 / total as f64 * 100.0;
        let (left, right) = (edge(before), edge(before + share.count));
        before += share.count;
        paper.titled_rect((left, 2.0), (right, 18.0), Pen::of(Part::Answer, share.tone), &share.title)?;
    }
    paper.finish()?;
    Ok(out)
}
