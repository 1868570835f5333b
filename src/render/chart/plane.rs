//! A sheet with two ways to measure: in pixels, and by the values of its axes.

use super::pen::{Part, Pen};
use super::place::{LINE_GAP, Scale};
use super::svg::{Level, LevelMark, SemanticSvg, Sheet, SvgError, Title, units};
use super::{Form, Words};
use crate::error::{Error, Result};
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Circle, Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, TextStyle};
use plotters_backend::BackendCoord;
use std::ops::Range;

/// The size of text in every chart, in pixels.
pub(crate) const TEXT: f64 = 12.0;

/// A drawing has failed: the program asked for a shape that cannot be written.
fn failed(error: DrawingAreaErrorKind<SvgError>) -> Error {
    Error::internal(error)
}

/// The room around the plot, in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Margins {
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub bottom: f64,
}

/// The left margin: the numbers of the scale, a gap to the plot, and never less than `least`.
pub(crate) fn left_of(scale: Scale, height: f64, least: f64, words: &dyn Words) -> f64 {
    least.max(scale.numbers_width(height, TEXT, words) + 9.0)
}

/// Where a text holds on to its point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// What is drawn with pens in pixels: a whole sheet.
pub(crate) struct Paper<'a> {
    area: DrawingArea<SemanticSvg<'a>, Shift>,
}

fn at((x, y): (f64, f64)) -> BackendCoord {
    (units(x), units(y))
}

impl<'a> Paper<'a> {
    pub fn new(out: &'a mut String, sheet: Sheet<'a>, label: Option<&'a str>) -> Self {
        Self { area: SemanticSvg::new(out, sheet, label).into_drawing_area() }
    }

    fn draw<E>(&self, element: E) -> Result<()>
    where
        for<'e> &'e E: PointCollection<'e, BackendCoord>,
        E: Drawable<SemanticSvg<'a>>,
    {
        self.area.draw(&element).map_err(failed)
    }

    fn entitle(&self, title: &str) -> Result<()> {
        self.draw(Title(title.to_owned()))
    }

    pub fn line(&self, points: &[(f64, f64)], pen: Pen) -> Result<()> {
        self.draw(PathElement::new(points.iter().copied().map(at).collect::<Vec<_>>(), pen))
    }

    pub fn titled_line(&self, points: &[(f64, f64)], pen: Pen, title: &str) -> Result<()> {
        self.entitle(title)?;
        self.line(points, pen)
    }

    pub fn rect(&self, from: (f64, f64), to: (f64, f64), pen: Pen) -> Result<()> {
        self.draw(Rectangle::new([at(from), at(to)], pen))
    }

    pub fn titled_rect(&self, from: (f64, f64), to: (f64, f64), pen: Pen, title: &str) -> Result<()> {
        self.entitle(title)?;
        self.rect(from, to, pen)
    }

    pub fn dot(&self, centre: (f64, f64), radius: f64, pen: Pen) -> Result<()> {
        self.draw(Circle::new(at(centre), units(radius), pen))
    }

    pub fn titled_dot(&self, centre: (f64, f64), radius: f64, pen: Pen, title: &str) -> Result<()> {
        self.entitle(title)?;
        self.dot(centre, radius, pen)
    }

    /// The triangle of a wave, standing with its tip at a point.
    pub fn triangle(&self, tip: (f64, f64), title: &str) -> Result<()> {
        let (x, y) = tip;
        let corners = vec![at((x, y)), at((x + 5.0, y + 8.0)), at((x - 5.0, y + 8.0))];
        self.entitle(title)?;
        self.draw(Polygon::new(corners, Pen::new(Part::Wave)))
    }

    /// A small arrow whose tip lies on the end of an axis: what it stands for lies beyond.
    pub fn arrow(&self, tip: (f64, f64), way: Beyond, pen: Pen, title: &str) -> Result<()> {
        let (x, y) = tip;
        let foot = match way {
            Beyond::Above => y + 7.0,
            Beyond::Below => y - 7.0,
        };
        self.entitle(title)?;
        self.draw(Polygon::new(vec![at((x, y)), at((x + 4.0, foot)), at((x - 4.0, foot))], pen))
    }

    pub fn level(&self, centre: (f64, f64), level: Level, title: &str) -> Result<()> {
        self.entitle(title)?;
        self.draw(LevelMark { at: at(centre), level })
    }

    /// Writes a text whose baseline starts, has its middle or ends at a point.
    pub fn text(&self, point: (f64, f64), anchor: Anchor, pen: Pen, text: &str) -> Result<()> {
        let h_pos = match anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let style = TextStyle {
            font: FontDesc::new(FontFamily::SansSerif, TEXT, FontStyle::Normal),
            color: pen.colour().to_backend_color(),
            pos: Pos::new(h_pos, VPos::Bottom),
        };
        self.draw(Text::new(text.to_owned(), at(point), style))
    }

    /// Ends the drawing.
    pub fn finish(self) -> Result<()> {
        self.area.present().map_err(failed)
    }
}

/// On which side of its axis a value lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Beyond {
    Above,
    Below,
}

type Values = Cartesian2d<RangedCoordf64, RangedCoordf64>;

/// A sheet with a plot on it: what is drawn by value goes through the axes.
pub(crate) struct Plane<'a> {
    pub paper: Paper<'a>,
    plot: DrawingArea<SemanticSvg<'a>, Values>,
    /// The edges of the plot in pixels.
    pub left: f64,
    pub right: f64,
    pub top: f64,
    pub base: f64,
    across: Range<f64>,
    scale: Scale,
}

impl<'a> Plane<'a> {
    pub fn new(
        out: &'a mut String,
        (class, width, height): (&'a str, u32, u32),
        label: &'a str,
        margins: Margins,
        across: Range<f64>,
        scale: Scale,
    ) -> Self {
        let paper = Paper::new(out, Sheet::Scaled { class, width, height }, Some(label));
        let (left, top) = (margins.left, margins.top);
        let (right, base) = (f64::from(width) - margins.right, f64::from(height) - margins.bottom);
        // An axis without extent has its one value in the middle.
        let across = if across.end > across.start { across } else { across.start - 0.5..across.start + 0.5 };
        let scale = if scale.high > scale.low { scale } else { Scale { high: scale.low + 1.0, ..scale } };
        let values =
            Values::new(across.clone(), scale.low..scale.high, (units(left)..units(right), units(base)..units(top)));
        let plot = paper.area.apply_coord_spec(values);
        Self { paper, plot, left, right, top, base, across, scale }
    }

    pub fn x(&self, value: f64) -> f64 {
        self.left + (self.right - self.left) * (value - self.across.start) / (self.across.end - self.across.start)
    }

    /// The height of a value in pixels; a value beyond the axis lies on its end.
    pub fn y(&self, value: f64) -> f64 {
        let value = value.clamp(self.scale.low, self.scale.high);
        self.base - (self.base - self.top) * (value - self.scale.low) / (self.scale.high - self.scale.low)
    }

    /// Where a value lies that has no room on the axis.
    pub fn beyond(&self, value: f64) -> Option<Beyond> {
        if value > self.scale.high {
            Some(Beyond::Above)
        } else if value < self.scale.low {
            Some(Beyond::Below)
        } else {
            None
        }
    }

    fn held(&self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        points.iter().map(|&(x, y)| (x, y.clamp(self.scale.low, self.scale.high))).collect()
    }

    /// A line through points given by value.
    pub fn line(&self, points: &[(f64, f64)], pen: Pen) -> Result<()> {
        self.plot.draw(&PathElement::new(self.held(points), pen)).map_err(failed)
    }

    /// The area between two lines over the same points: `(x, low, high)`.
    pub fn band(&self, points: &[(f64, f64, f64)], pen: Pen) -> Result<()> {
        let upper = points.iter().map(|&(x, _, high)| (x, high));
        let lower = points.iter().rev().map(|&(x, low, _)| (x, low));
        let outline: Vec<(f64, f64)> = upper.chain(lower).collect();
        self.plot.draw(&Polygon::new(self.held(&outline), pen)).map_err(failed)
    }

    /// The lines of the scale with their numbers; the zero line is darker.
    pub fn grid(&self, words: &dyn Words) -> Result<()> {
        self.grid_with(words, 8.0, 4.0)
    }

    pub fn grid_with(&self, words: &dyn Words, gap: f64, drop: f64) -> Result<()> {
        let decimals = self.scale.decimals();
        for value in self.scale.lines(self.base - self.top, LINE_GAP) {
            let y = self.y(value);
            let zero = value.abs() < self.scale.step * 1e-6;
            let part = if zero { Part::Axis } else { Part::Grid };
            self.paper.line(&[(self.left, y), (self.right, y)], Pen::new(part))?;
            let value = if zero { 0.0 } else { value };
            let number = words.number(value, decimals);
            self.paper.text((self.left - gap, y + drop), Anchor::End, Pen::new(Part::Label), &number)?;
        }
        Ok(())
    }

    /// Short lines under the axis with their labels.
    pub fn ticks(&self, ticks: &[super::place::Tick]) -> Result<()> {
        for tick in ticks {
            self.paper.line(&[(tick.x, self.base), (tick.x, self.base + 4.0)], Pen::new(Part::Axis))?;
            self.paper.text((tick.x, self.base + 18.0), Anchor::Middle, Pen::new(Part::Label), &tick.label)?;
        }
        Ok(())
    }

    /// What stands in the middle of a plot without figures.
    pub fn nothing(&self, words: &dyn Words) -> Result<()> {
        let middle = ((self.left + self.right) / 2.0, (self.top + self.base) / 2.0);
        self.paper.text(middle, Anchor::Middle, Pen::new(Part::HaloSoft), &words.nothing())
    }

    pub fn finish(self) -> Result<()> {
        self.paper.finish()
    }
}

/// The size of the two drawings of a chart, with their classes.
pub(crate) fn sheet(form: Form, wide: (u32, u32), narrow: (u32, u32)) -> (&'static str, u32, u32) {
    let (width, height) = if form.wide() { wide } else { narrow };
    (form.class(), width, height)
}
