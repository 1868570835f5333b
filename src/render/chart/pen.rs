//! Pens: what a shape in a chart stands for.
//!
//! A plotters style carries a colour and nothing else, but a chart of ours must carry none: the style
//! sheet colours it, in light and dark. So a pen is sent through plotters *as* a colour (its number is
//! written into red, green and blue) and read back by the [`SemanticSvg`](super::svg::SemanticSvg),
//! which writes the class that it stands for. No state is shared, and every element of plotters works.

use plotters::style::{RGBColor, ShapeStyle};

macro_rules! parts {
    ($($(#[doc = $doc:literal])+ $name:ident = $class:literal;)+) => {
        /// A kind of shape or text, and the class it is drawn with.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Part { $($(#[doc = $doc])+ $name,)+ }

        impl Part {
            pub(crate) const ALL: &'static [Part] = &[$(Part::$name,)+];

            pub(crate) fn class(self) -> &'static str {
                match self { $(Part::$name => $class,)+ }
            }
        }
    };
}

parts! {
    /// A line of the grid.
    Grid = "grid-l";
    /// The zero line, and the ticks under the axis.
    Axis = "axis-l";
    /// A dotted line that marks a day or a reference.
    Mark = "mark-l";
    /// The line of a series.
    Line = "ln";
    /// An interval.
    Band = "band";
    /// The wider of two intervals.
    OuterBand = "band outer";
    /// A stem, or an interval drawn as a line.
    Whisker = "whisker";
    /// The interval of an earlier period.
    ThinWhisker = "whisker thin";
    /// The interval of the present period.
    ThickWhisker = "whisker thick";
    /// A filled point.
    Point = "pt";
    /// A ring.
    Ring = "pt hollow";
    /// From the end of a line to its label.
    Leader = "leader";
    /// A bar.
    Bar = "bar";
    /// A bar that stands for what is left out.
    FaintBar = "bar faint";
    /// A bar that adds.
    UpBar = "bar up";
    /// A bar that takes away.
    DownBar = "bar down";
    /// A bar that sums up.
    TotalBar = "bar total";
    /// The groove that a bar lies in.
    Track = "grid-f";
    /// An interval drawn over a bar.
    Over = "over";
    /// A stretch of time that is set apart.
    Shade = "shade";
    /// A stretch of time in which something is overdue.
    Overdue = "wash-red";
    /// The share of an answer; its series is the tone, from 0 (worst) to 4 (best).
    Answer = "answer";
    /// The triangle of a wave.
    Wave = "mark-w";
    /// The disc behind a number.
    Badge = "badge";
    /// Text: an axis label.
    Label = "label";
    /// Text: one step stronger than an axis label.
    Soft = "soft";
    /// Text: strong.
    Strong = "strong";
    /// Text in the colour of its series.
    Mine = "mine";
    /// Text over lines.
    HaloLabel = "halo";
    /// Soft text over lines.
    HaloSoft = "soft halo";
    /// Strong text over shapes.
    HaloStrong = "strong halo";
    /// Text over lines in the colour of its series.
    HaloMine = "mine halo";
    /// The number in a badge.
    BadgeNumber = "badge-t";
}

/// The classes of the colours that there are for series; further series take them again, marked `again`.
const COLOURS: u8 = 4;

/// What a shape stands for: its [`Part`], and the series that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pen {
    part: Part,
    series: Option<u8>,
    /// Whether the shape also carries the number of its series, so that one can be brought into focus.
    numbered: bool,
}

impl Pen {
    pub const fn new(part: Part) -> Self {
        Self { part, series: None, numbered: false }
    }

    /// A shape of the series with this index (from 0).
    pub fn of(part: Part, series: usize) -> Self {
        Self { part, series: Some(u8::try_from(series).unwrap_or(u8::MAX - 1)), numbered: false }
    }

    /// The same, with the number of the series as a class of its own (`t1`, `t2`, …).
    pub fn numbered(part: Part, series: usize) -> Self {
        Self { numbered: true, ..Self::of(part, series) }
    }

    pub(crate) fn part(self) -> Part {
        self.part
    }

    /// The classes this pen writes, separated by spaces.
    pub fn class(self) -> String {
        let mut class = self.part.class().to_owned();
        if let Some(series) = self.series {
            if self.part == Part::Answer {
                class.push_str(&format!(" a-{}", series.min(4) + 1));
            } else {
                class.push_str(&format!(" c{}", series % COLOURS + 1));
                if series >= COLOURS {
                    class.push_str(" again");
                }
            }
            if self.numbered {
                class.push_str(&format!(" t{}", u16::from(series) + 1));
            }
        }
        class
    }

    /// The colour that carries this pen through plotters.
    pub(crate) fn colour(self) -> RGBColor {
        RGBColor(self.part as u8, self.series.map_or(0, |s| s + 1), u8::from(self.numbered))
    }

    /// Reads a pen back from its colour; a colour that is no pen's is taken for the first part's.
    pub(crate) fn read((part, series, numbered): (u8, u8, u8)) -> Self {
        Self {
            part: Part::ALL.get(usize::from(part)).copied().unwrap_or(Part::Grid),
            series: series.checked_sub(1),
            numbered: numbered != 0,
        }
    }
}

impl From<Pen> for ShapeStyle {
    fn from(pen: Pen) -> Self {
        ShapeStyle::from(pen.colour()).filled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pen_survives_its_colour() {
        for &part in Part::ALL {
            for pen in [Pen::new(part), Pen::of(part, 0), Pen::numbered(part, 5), Pen::of(part, 9_999)] {
                let RGBColor(r, g, b) = pen.colour();
                assert_eq!(Pen::read((r, g, b)), pen);
            }
        }
    }

    #[test]
    fn series_beyond_the_colours_take_them_again() {
        assert_eq!(Pen::of(Part::Line, 3).class(), "ln c4");
        assert_eq!(Pen::of(Part::Line, 4).class(), "ln c1 again");
        assert_eq!(Pen::numbered(Part::Band, 1).class(), "band c2 t2");
        assert_eq!(Pen::of(Part::Answer, 4).class(), "answer a-5");
    }
}
