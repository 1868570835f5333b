//! Links as pictures that phones read (QR code, ISO/IEC 18004), on pages and on paper.

use crate::error::{Error, Result};
use qrcode::{Color, EcLevel, QrCode};

/// The light edge that the standard asks for around a code, in modules.
pub const QUIET: usize = 4;

/// How much of a code may be lost and it can still be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// About 15 %: for screens and clean paper.
    Medium,
    /// About 25 %: for what hangs outside or is handled.
    Quartile,
}

/// A code as squares, dark or light.
#[derive(Debug, Clone)]
pub struct Qr {
    dark: Vec<bool>,
    width: usize,
}

impl Qr {
    /// The smallest code that holds a text.
    ///
    /// # Errors
    /// `Internal` for a text that fits into no code: more than 1663 bytes.
    pub fn of(text: &str, correction: Correction) -> Result<Self> {
        let level = match correction {
            Correction::Medium => EcLevel::M,
            Correction::Quartile => EcLevel::Q,
        };
        let code = QrCode::with_error_correction_level(text, level).map_err(|e| Error::internal(e.to_string()))?;
        let width = code.width();
        Ok(Self { dark: code.into_colors().into_iter().map(|color| color == Color::Dark).collect(), width })
    }

    /// Modules on each side, without the edge.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Modules on each side with the edge.
    pub fn side(&self) -> usize {
        self.width + 2 * QUIET
    }

    /// The runs of dark modules of each row: row, first column, and how many.
    fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for (y, row) in self.dark.chunks(self.width.max(1)).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    runs.push((y, x, run.len()));
                }
                x += run.len();
            }
        }
        runs
    }

    /// The code as a drawing of its own, black on white whatever the page around it: a code that follows a
    /// dark page is not read by every phone.
    pub fn svg(&self, title: &str) -> String {
        let side = self.side();
        let path: String = self
            .runs()
            .into_iter()
            .map(|(y, x, length)| format!("M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET))
            .collect();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"qr\" viewBox=\"0 0 {side} {side}\" role=\"img\" \
             aria-label=\"{}\" shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/>\
             <path fill=\"#000\" d=\"{path}\"/></svg>",
            handlebars::html_escape(title)
        )
    }

    /// The code as a picture with so many pixels to a module, at least one.
    ///
    /// # Errors
    /// `Internal` if the picture cannot be written.
    pub fn png(&self, scale: usize) -> Result<Vec<u8>> {
        let scale = scale.max(1);
        let side = self.side() * scale;
        let mut light = vec![u8::MAX; side * side];
        for (y, x, length) in self.runs() {
            for line in (y + QUIET) * scale..(y + QUIET + 1) * scale {
                let from = line * side + (x + QUIET) * scale;
                light.iter_mut().skip(from).take(length * scale).for_each(|pixel| *pixel = 0);
            }
        }
        let pixels = u32::try_from(side).map_err(Error::internal)?;
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, pixels, pixels);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(Error::internal)?;
        writer.write_image_data(&light).map_err(Error::internal)?;
        writer.finish().map_err(Error::internal)?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://survey.corvane.example/o/aebagbafa36q5cjfnwgzpvzl";

    /// What somebody else's program reads in a picture.
    fn read(file: &[u8]) -> Vec<String> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut pixels = vec![0; decoder.output_buffer_size().unwrap()];
        let info = decoder.next_frame(&mut pixels).unwrap();
        let (width, height) = (info.width as usize, info.height as usize);
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
        image.detect_grids().into_iter().map(|grid| grid.decode().unwrap().1).collect()
    }

    #[test]
    fn pictures_of_every_size_are_read_by_another_program() {
        for correction in [Correction::Medium, Correction::Quartile] {
            let code = Qr::of(LINK, correction).unwrap();
            for scale in [2, 4, 10, 24] {
                let file = code.png(scale).unwrap();
                assert_eq!(read(&file), [LINK], "{correction:?} at {scale}");
            }
        }
    }

    #[test]
    fn a_link_of_usual_length_makes_a_small_code_with_its_edge() {
        let code = Qr::of(LINK, Correction::Medium).unwrap();
        assert_eq!((code.width(), code.side()), (33, 41));
        let svg = code.svg("A <link>");
        assert!(svg.contains("viewBox=\"0 0 41 41\"") && svg.contains("aria-label=\"A &lt;link&gt;\""));
        // The first finder pattern begins where the edge ends.
        assert!(svg.contains("M4 4h7v1h-7z"));
        let first = |row: usize| code.runs().into_iter().find(|(y, ..)| *y == row).unwrap();
        assert_eq!(first(0), (0, 0, 7));
    }

    #[test]
    fn half_a_code_under_a_thumb_is_too_much_and_a_corner_is_not() {
        let code = Qr::of(LINK, Correction::Quartile).unwrap();
        let mut spoiled = code.clone();
        // A spot of four by four modules in the data.
        for y in 20..24 {
            for x in 20..24 {
                let at = y * spoiled.width + x;
                spoiled.dark[at] = !spoiled.dark[at];
            }
        }
        assert_eq!(read(&spoiled.png(6).unwrap()), [LINK]);
    }

    #[test]
    fn what_fits_into_no_code_is_an_error() {
        assert!(Qr::of(&"a".repeat(3000), Correction::Medium).is_err());
    }
}
