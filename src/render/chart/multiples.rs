//! Small drawings side by side on paper: one tier each, all on the same scale.

use super::Words;
use super::pen::{Part, Pen};
use super::place::{Scale, Tick, fit};
use super::plane::{Anchor, Margins, Plane, TEXT};
use super::trend::{Point, loose, runs};
use crate::domain::day::Month;
use crate::error::Result;

/// One tier of a row of small drawings.
pub struct Multiple<'a> {
    pub label: &'a str,
    pub name: &'a str,
    /// The place of the tier among the tiers, from 0: it chooses the colour.
    pub series: usize,
    pub first: Month,
    pub values: &'a [Option<Point>],
    /// The places at which the line begins anew, since something else is asked from there on.
    pub cuts: &'a [usize],
    /// The same for every drawing of the row.
    pub scale: Scale,
    pub decimals: usize,
}

impl Multiple<'_> {
    /// Draws the one drawing there is: paper has one width.
    ///
    /// # Errors
    /// Only where the program itself is at fault.
    pub fn draw(&self, words: &dyn Words) -> Result<String> {
        const SIZE: (u32, u32) = (166, 152);
        let margins = Margins { left: 26.0, right: 6.0, top: 20.0, bottom: 20.0 };
        let mut out = String::new();
        let last = self.values.len().max(1) - 1;
        let plane = Plane::new(&mut out, ("", SIZE.0, SIZE.1), self.label, margins, 0.0..last as f64, self.scale);
        plane.grid_with(words, 5.0, 3.5)?;
        let years: Vec<Tick> = (0..self.values.len() as i32)
            .map(|i| self.first.plus(i))
            .filter(|m| m.number() == 1)
            .map(|m| Tick { x: plane.x(f64::from(m.0 - self.first.0)), label: m.year().to_string() })
            .collect();
        let step = (years.len() as f64 * 30.0 / 134.0).ceil().max(1.0) as usize;
        for tick in years.iter().step_by(step) {
            plane.paper.line(&[(tick.x, plane.base), (tick.x, plane.base + 3.0)], Pen::new(Part::Axis))?;
            plane.paper.text((tick.x, plane.base + 14.0), Anchor::Middle, Pen::new(Part::Label), &tick.label)?;
        }
        for cut in self.cuts {
            let x = plane.x(*cut as f64);
            plane.paper.line(&[(x, plane.top), (x, plane.base)], Pen::new(Part::Mark))?;
        }
        for run in runs(self.values, self.cuts) {
            match run.as_slice() {
                &[(x, estimate)] => {
                    plane.line(&[(x, estimate.low), (x, estimate.high)], Pen::of(Part::ThinWhisker, self.series))?;
                    plane.paper.dot((plane.x(x), plane.y(estimate.value)), 2.5, Pen::of(Part::Point, self.series))?;
                }
                points => {
                    let band: Vec<_> = points.iter().map(|(x, e)| (*x, e.low, e.high)).collect();
                    plane.band(&band, Pen::of(Part::Band, self.series))?;
                    let line: Vec<_> = points.iter().map(|(x, e)| (*x, e.value)).collect();
                    plane.line(&line, Pen::of(Part::Line, self.series))?;
                }
            }
        }
        for (i, point) in loose(self.values) {
            let (x, estimate) = (i as f64, point.estimate);
            plane.line(&[(x, estimate.low), (x, estimate.high)], Pen::of(Part::ThinWhisker, self.series))?;
            plane.paper.dot((plane.x(x), plane.y(estimate.value)), 2.0, Pen::of(Part::Ring, self.series))?;
        }
        let drawable = self.values.iter().map(|v| v.and_then(Point::drawable)).enumerate();
        let end = drawable.rev().find_map(|(i, point)| Some((i as f64, point?)));
        let title = match end {
            Some((x, Point { estimate, founded, .. })) => {
                let part = if founded { Part::Point } else { Part::Ring };
                plane.paper.dot((plane.x(x), plane.y(estimate.value)), 3.5, Pen::of(part, self.series))?;
                let value = words.number(estimate.value, self.decimals);
                format!("{} {value}", fit(self.name, TEXT, 104.0))
            }
            None => {
                plane.nothing(words)?;
                fit(self.name, TEXT, 130.0)
            }
        };
        plane.paper.text((plane.left, 10.0), Anchor::Start, Pen::of(Part::Mine, self.series), &title)?;
        plane.finish()?;
        Ok(out)
    }
}
