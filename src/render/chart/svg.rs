//! An own back end for plotters that writes semantic SVG: classes instead of colours, titles, labels.
//!
//! Plotters counts in whole pixels; this back end counts in tenths of one, so that lines are smooth and
//! numbers have one decimal. Text is left to the reader's own fonts; its width is only estimated.

use super::pen::{Part, Pen};
use super::place::text_width;
use plotters::element::{Drawable, PointCollection};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};
use std::fmt::{self, Write};

/// How many units of plotters a pixel, or a percent, has.
pub(crate) const UNITS: f64 = 10.0;

/// Turns pixels (or percents) into the units that plotters counts in.
pub(crate) fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

/// What the drawing is laid on.
#[derive(Debug, Clone, Copy)]
pub enum Sheet<'a> {
    /// A drawing with a fixed shape that scales as a whole, with the class that says when it is shown.
    Scaled { class: &'a str, width: u32, height: u32 },
    /// A strip of fixed height that stretches across: x is counted in percent.
    Stretched { height: u32 },
}

/// Why a shape cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SvgError {
    /// A polygon has no form in which its points could be percentages.
    PolygonStretched,
}

impl fmt::Display for SvgError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PolygonStretched => f.write_str("a polygon cannot be drawn on a sheet that stretches"),
        }
    }
}

impl std::error::Error for SvgError {}

type Drawn = Result<(), DrawingErrorKind<SvgError>>;

/// Writes an `<svg>` element into a string. See the module's text.
pub struct SemanticSvg<'a> {
    out: &'a mut String,
    sheet: Sheet<'a>,
    /// What a screen reader says instead of the drawing; without it the drawing is hidden from it.
    label: Option<&'a str>,
    /// The title of the next shape.
    title: Option<String>,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Blank,
    Open,
    Closed,
}

impl<'a> SemanticSvg<'a> {
    pub fn new(out: &'a mut String, sheet: Sheet<'a>, label: Option<&'a str>) -> Self {
        Self { out, sheet, label, title: None, state: State::Blank }
    }

    fn stretched(&self) -> bool {
        matches!(self.sheet, Sheet::Stretched { .. })
    }

    /// An attribute that lies across: in pixels, or in percent where the sheet stretches.
    fn across(&mut self, name: &str, value: i32) {
        let unit = if self.stretched() { "%" } else { "" };
        put(self.out, format_args!(" {name}=\"{}{unit}\"", Tenths(value)));
    }

    fn down(&mut self, name: &str, value: i32) {
        put(self.out, format_args!(" {name}=\"{}\"", Tenths(value)));
    }

    fn open(&mut self, element: &str, pen: Pen) {
        put(self.out, format_args!("<{element} class=\"{}\"", pen.class()));
    }

    /// Ends an element that has no content but perhaps a title.
    fn close(&mut self, element: &str) {
        match self.title.take() {
            Some(title) => put(self.out, format_args!("><title>{}</title></{element}>", Escaped(&title))),
            None => self.out.push_str("/>"),
        }
        self.out.push('\n');
    }

    fn points(&mut self, element: &str, points: &[BackendCoord], pen: Pen) {
        self.open(element, pen);
        self.out.push_str(" points=\"");
        let mut last = None;
        for (x, y) in points.iter().filter(|p| last.replace(**p) != Some(**p)) {
            put(self.out, format_args!("{},{} ", Tenths(*x), Tenths(*y)));
        }
        self.out.truncate(self.out.trim_end().len());
        self.out.push('"');
        self.close(element);
    }

    /// Writes the mark of a level, from the page's symbols, centred on a point.
    fn symbol(&mut self, level: Level, (x, y): BackendCoord) {
        const SIZE: i32 = 120;
        put(self.out, format_args!("<use class=\"lvl-{0}\" href=\"#lv-{0}\"", level.name()));
        self.across("x", x - SIZE / 2);
        self.down("y", y - SIZE / 2);
        self.down("width", SIZE);
        self.down("height", SIZE);
        self.close("use");
    }
}

fn pen(style: &impl BackendStyle) -> Pen {
    Pen::read(style.color().rgb)
}

impl DrawingBackend for SemanticSvg<'_> {
    type ErrorType = SvgError;

    fn get_size(&self) -> (u32, u32) {
        match self.sheet {
            Sheet::Scaled { width, height, .. } => (width * UNITS as u32, height * UNITS as u32),
            Sheet::Stretched { height } => (100 * UNITS as u32, height * UNITS as u32),
        }
    }

    fn ensure_prepared(&mut self) -> Drawn {
        if self.state == State::Blank {
            self.state = State::Open;
            match self.sheet {
                Sheet::Scaled { class, width, height } => {
                    self.out.push_str("<svg");
                    if !class.is_empty() {
                        put(self.out, format_args!(" class=\"{}\"", Escaped(class)));
                    }
                    put(self.out, format_args!(" viewBox=\"0 0 {width} {height}\""));
                }
                Sheet::Stretched { height } => put(self.out, format_args!("<svg height=\"{height}\"")),
            }
            match self.label {
                Some(label) => put(self.out, format_args!(" role=\"img\" aria-label=\"{}\">\n", Escaped(label))),
                None => self.out.push_str(" aria-hidden=\"true\">\n"),
            }
        }
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        self.ensure_prepared()?;
        if self.state == State::Open {
            self.state = State::Closed;
            self.out.push_str("</svg>");
        }
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, colour: BackendColor) -> Drawn {
        self.draw_rect((x, y), (x + 1, y + 1), &colour, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.open("line", pen(style));
        self.across("x1", from.0);
        self.across("x2", to.0);
        self.down("y1", from.1);
        self.down("y2", to.1);
        self.close("line");
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, _fill: bool) -> Drawn {
        let (left, right) = (from.0.min(to.0), from.0.max(to.0));
        let (top, bottom) = (from.1.min(to.1), from.1.max(to.1));
        let pen = pen(style);
        self.open("rect", pen);
        self.across("x", left);
        self.down("y", top);
        self.across("width", right - left);
        self.down("height", bottom - top);
        let round = match pen.part() {
            Part::Bar | Part::FaintBar | Part::UpBar | Part::DownBar | Part::TotalBar | Part::Track => {
                let thin = if bottom - top <= units(8.0) { (bottom - top) / 2 } else { units(2.0) };
                if self.stretched() { thin } else { thin.min((right - left) / 4) }
            }
            _ => 0,
        };
        if round > 0 {
            self.down("rx", round);
        }
        self.close("rect");
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        match points.as_slice() {
            [] | [_] => {
                self.title = None;
                Ok(())
            }
            [from, to] => self.draw_line(*from, *to, style),
            many if self.stretched() => many.windows(2).try_for_each(|pair| match pair {
                [from, to] => self.draw_line(*from, *to, style),
                _ => Ok(()),
            }),
            many => {
                self.points("polyline", many, pen(style));
                Ok(())
            }
        }
    }

    fn draw_circle<S: BackendStyle>(&mut self, centre: BackendCoord, radius: u32, style: &S, _fill: bool) -> Drawn {
        self.open("circle", pen(style));
        self.across("cx", centre.0);
        self.down("cy", centre.1);
        self.down("r", i32::try_from(radius).unwrap_or(i32::MAX));
        self.close("circle");
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        if self.stretched() {
            return Err(DrawingErrorKind::DrawingError(SvgError::PolygonStretched));
        }
        let points: Vec<BackendCoord> = vert.into_iter().collect();
        self.points("polygon", &points, pen(style));
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, text: &str, style: &T, (x, y): BackendCoord) -> Drawn {
        let pen = Pen::read(style.color().rgb);
        match pen.part() {
            // The plain label is what every text is; it needs no class.
            Part::Label => self.out.push_str("<text"),
            _ => self.open("text", pen),
        }
        let anchor = style.anchor();
        self.across("x", x);
        self.down(
            "y",
            y + match anchor.v_pos {
                VPos::Bottom => 0,
                VPos::Center => units(style.size() / 3.0),
                VPos::Top => units(style.size() * 0.8),
            },
        );
        match anchor.h_pos {
            HPos::Left => {}
            HPos::Center => self.out.push_str(" text-anchor=\"middle\""),
            HPos::Right => self.out.push_str(" text-anchor=\"end\""),
        }
        self.title = None;
        put(self.out, format_args!(">{}</text>\n", Escaped(text)));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        text: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<SvgError>> {
        let size = style.size();
        Ok(((text_width(text, size) * UNITS).ceil() as u32, (size * 1.2 * UNITS).ceil() as u32))
    }
}

/// Writing into a string cannot fail, so the result says nothing.
fn put(out: &mut String, text: fmt::Arguments<'_>) {
    out.write_fmt(text).unwrap_or_default();
}

/// A number of tenths, written with a decimal only where it has one.
struct Tenths(i32);

impl fmt::Display for Tenths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        match size % 10 {
            0 => write!(f, "{sign}{}", size / 10),
            tenth => write!(f, "{sign}{}.{tenth}", size / 10),
        }
    }
}

/// Text made safe between tags and in quoted attributes; characters that XML forbids are left out.
pub(crate) struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\t' | '\n' | '\r' => f.write_char(' ')?,
                '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {}
                other => f.write_char(other)?,
            }
        }
        Ok(())
    }
}

/// The title of the next shape: what a pointer that rests on it, and a screen reader, is told.
pub(crate) struct Title(pub String);

impl<'a> PointCollection<'a, BackendCoord> for &'a Title {
    type Point = &'a BackendCoord;
    type IntoIter = std::iter::Empty<&'a BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::empty()
    }
}

impl<'s> Drawable<SemanticSvg<'s>> for Title {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        _at: I,
        backend: &mut SemanticSvg<'s>,
        _parent: (u32, u32),
    ) -> Drawn {
        backend.title = Some(self.0.clone());
        Ok(())
    }
}

/// The level of a warning, by the shape that marks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Yellow,
    Orange,
    Red,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
        }
    }
}

/// The mark of a level, as an element of plotters.
pub(crate) struct LevelMark {
    pub at: BackendCoord,
    pub level: Level,
}

impl<'a> PointCollection<'a, BackendCoord> for &'a LevelMark {
    type Point = &'a BackendCoord;
    type IntoIter = std::iter::Once<&'a BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl<'s> Drawable<SemanticSvg<'s>> for LevelMark {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        mut at: I,
        backend: &mut SemanticSvg<'s>,
        _parent: (u32, u32),
    ) -> Drawn {
        if let Some(point) = at.next() {
            backend.symbol(self.level, point);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plotters::prelude::*;

    fn drawn(sheet: Sheet<'_>, draw: impl FnOnce(&DrawingArea<SemanticSvg<'_>, plotters::coord::Shift>)) -> String {
        let mut out = String::new();
        let area = SemanticSvg::new(&mut out, sheet, Some("a \"label\" <b>")).into_drawing_area();
        draw(&area);
        area.present().unwrap();
        area.present().unwrap();
        drop(area);
        out
    }

    const SHEET: Sheet<'static> = Sheet::Scaled { class: "wide", width: 100, height: 50 };

    #[test]
    fn elements_of_plotters_become_classes() {
        let svg = drawn(SHEET, |area| {
            area.draw(&PathElement::new(vec![(0, 0), (105, 200), (300, 10)], Pen::of(Part::Line, 1))).unwrap();
            area.draw(&PathElement::new(vec![(0, 0), (105, 200)], Pen::new(Part::Grid))).unwrap();
            area.draw(&Polygon::new(vec![(0, 0), (105, 200), (300, 10)], Pen::of(Part::Band, 0))).unwrap();
            area.draw(&Circle::new((55, 60), 45, Pen::of(Part::Point, 4))).unwrap();
            area.draw(&Rectangle::new([(0, 500), (100, 100)], Pen::new(Part::Bar))).unwrap();
        });
        assert_eq!(
            svg,
            "<svg class=\"wide\" viewBox=\"0 0 100 50\" role=\"img\" aria-label=\"a &quot;label&quot; &lt;b&gt;\">\n\
             <polyline class=\"ln c2\" points=\"0,0 10.5,20 30,1\"/>\n\
             <line class=\"grid-l\" x1=\"0\" x2=\"10.5\" y1=\"0\" y2=\"20\"/>\n\
             <polygon class=\"band c1\" points=\"0,0 10.5,20 30,1\"/>\n\
             <circle class=\"pt c1 again\" cx=\"5.5\" cy=\"6\" r=\"4.5\"/>\n\
             <rect class=\"bar\" x=\"0\" y=\"10\" width=\"10\" height=\"40\" rx=\"2\"/>\n\
             </svg>"
        );
    }

    #[test]
    fn titles_belong_to_one_shape() {
        let svg = drawn(SHEET, |area| {
            area.draw(&Title("</title><script>".into())).unwrap();
            area.draw(&Circle::new((10, 10), 40, Pen::new(Part::Ring))).unwrap();
            area.draw(&Circle::new((20, 20), 40, Pen::new(Part::Ring))).unwrap();
        });
        assert_eq!(svg.matches("<title>").count(), 1);
        assert!(svg.contains("<title>&lt;/title&gt;&lt;script&gt;</title></circle>"));
    }

    #[test]
    fn a_sheet_that_stretches_counts_across_in_percent() {
        let svg = drawn(Sheet::Stretched { height: 16 }, |area| {
            area.draw(&PathElement::new(vec![(413, 80), (678, 80)], Pen::new(Part::Over))).unwrap();
            area.draw(&Rectangle::new([(0, 50), (1000, 110)], Pen::new(Part::Track))).unwrap();
            let triangle = Polygon::new(vec![(0, 0), (1, 1), (2, 0)], Pen::new(Part::Wave));
            assert!(area.draw(&triangle).is_err());
        });
        assert!(svg.starts_with("<svg height=\"16\" role"), "{svg}");
        assert!(svg.contains("x1=\"41.3%\" x2=\"67.8%\" y1=\"8\" y2=\"8\""), "{svg}");
        assert!(svg.contains("width=\"100%\" height=\"6\" rx=\"3\""), "{svg}");
    }

    #[test]
    fn tenths() {
        let text: Vec<String> = [0, 5, 10, -5, -123, 1000].map(|n| Tenths(n).to_string()).into();
        assert_eq!(text, ["0", "0.5", "1", "-0.5", "-12.3", "100"]);
    }

    #[test]
    fn text_keeps_only_what_xml_allows() {
        assert_eq!(Escaped("a\u{0}\u{8}b\nc'\u{ffff}").to_string(), "ab c&#39;");
    }
}
