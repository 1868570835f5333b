//! A logo: a drawing of moderate size that does nothing.

use crate::error::{Code, Error};

/// The most bytes a logo may have: it is loaded with the first page of a survey, on the road.
pub const MOST_BYTES: usize = 64 * 1024;

/// What a logo is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    Png,
    Svg,
}

impl Drawing {
    /// The ending of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }

    /// What browsers are told that it is.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// A logo that may be handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub drawing: Drawing,
    pub bytes: Vec<u8>,
}

/// What an SVG may not hold. In the page it is a picture, in which nothing runs and nothing is loaded; these
/// would come alive where somebody opens the file by itself, or takes it elsewhere.
const FORBIDDEN: [&str; 17] = [
    ":script",
    ":foreignobject",
    ":handler",
    "<script",
    "<foreignobject",
    "<iframe",
    "<embed",
    "<object",
    "<handler",
    "<!doctype",
    "<!entity",
    "<?xml-stylesheet",
    "javascript:",
    "@import",
    "http-equiv",
    "base64",
    "<animate",
];

impl Logo {
    /// Looks at the bytes of a file.
    ///
    /// # Errors
    /// [`Code::LogoFaulty`] with `reason`: `size` (with `max`), `kind`, or what an SVG holds that it may not.
    pub fn read(bytes: Vec<u8>) -> Result<Self, Error> {
        let refused = |reason: &str| Error::new(Code::LogoFaulty).with("reason", reason);
        if bytes.len() > MOST_BYTES {
            return Err(refused("size").with("max", MOST_BYTES));
        }
        // The signature of PNG (ISO/IEC 15948, 5.2).
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Ok(Self { drawing: Drawing::Png, bytes });
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| refused("kind"))?.to_ascii_lowercase();
        let starts = text.trim_start_matches('\u{feff}').trim_start();
        if !(starts.starts_with("<svg") || starts.starts_with("<?xml") || starts.starts_with("<!--"))
            || !text.contains("<svg")
        {
            return Err(refused("kind"));
        }
        // With a list of entities one could spell what is looked for here.
        if let Some(found) = FORBIDDEN.iter().find(|one| text.contains(**one)) {
            return Err(refused(found));
        }
        if let Some(found) = handler(&text).or_else(|| reference(&text)) {
            return Err(refused(&found));
        }
        Ok(Self { drawing: Drawing::Svg, bytes })
    }
}

/// An attribute whose name begins with `on`: a program that waits for something to happen.
fn handler(text: &str) -> Option<String> {
    let gaps = |c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'');
    text.match_indices("on").find_map(|(at, _)| {
        let opens = text.get(..at)?.chars().next_back().is_some_and(gaps);
        let name: String = text.get(at..)?.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let after = text.get(at + name.len()..)?.trim_start();
        (opens && name.len() > 2 && after.starts_with('=')).then_some(name)
    })
}

/// A reference to something that is not in the drawing itself.
fn reference(text: &str) -> Option<String> {
    let leads_out = |value: &str| {
        let value = value.trim_start().trim_start_matches(['"', '\'']).trim_start();
        !value.is_empty() && !value.starts_with('#')
    };
    for name in ["href", "src"] {
        for (at, _) in text.match_indices(name) {
            let after = text.get(at + name.len()..).unwrap_or_default().trim_start();
            if after.strip_prefix('=').is_some_and(leads_out) {
                return Some(name.to_owned());
            }
        }
    }
    text.match_indices("url(")
        .any(|(at, _)| leads_out(text.get(at + 4..).unwrap_or_default()))
        .then(|| "url(".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Option<String> {
        let error = Logo::read(text.as_bytes().to_vec()).err()?;
        assert_eq!(error.code(), Code::LogoFaulty);
        error.args().iter().find(|(name, _)| *name == "reason").map(|(_, reason)| reason.clone())
    }

    #[test]
    fn a_drawing_is_taken() {
        for svg in [
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0h10v10z" fill="#0f5c4f"/></svg>"##,
            r##"<?xml version="1.0"?><!-- on = off --><svg xmlns="http://www.w3.org/2000/svg"><defs><linearGradient id="a"/></defs><use href="#b"/><rect fill="url(#a)" id="b"/></svg>"##,
        ] {
            assert_eq!(refused(svg), None, "{svg}");
        }
        let png = Logo::read(b"\x89PNG\r\n\x1a\nrest".to_vec()).unwrap();
        assert_eq!((png.drawing, png.drawing.ending(), png.drawing.media_type()), (Drawing::Png, "png", "image/png"));
    }

    #[test]
    fn what_lives_or_leads_outside_is_refused() {
        for (inner, reason) in [
            ("<script>alert(1)</script>", "<script"),
            ("<SCRIPT/>", "<script"),
            ("<s:script xmlns:s='http://www.w3.org/2000/svg'/>", ":script"),
            ("<g onload=\"x()\"/>", "onload"),
            ("<g\nONCLICK = 'x()'/>", "onclick"),
            ("<a href=\"javascript:x()\"/>", "javascript:"),
            ("<image href=\"https://elsewhere.example/x.png\"/>", "href"),
            ("<use xlink:href = 'other.svg#a'/>", "href"),
            ("<image href=\"data:image/png;base64,AAAA\"/>", "base64"),
            ("<rect fill=\"url(https://elsewhere.example/#a)\"/>", "url("),
            ("<foreignObject/>", "<foreignobject"),
            ("<style>@import 'x'</style>", "@import"),
            ("<animate attributeName=\"href\"/>", "<animate"),
        ] {
            assert_eq!(refused(&format!("<svg>{inner}</svg>")).as_deref(), Some(reason), "{inner}");
        }
        assert_eq!(refused("<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>").as_deref(), Some("kind"));
        assert_eq!(refused("<?xml version='1.0'?><!DOCTYPE svg><svg/>").as_deref(), Some("<!doctype"));
    }

    #[test]
    fn what_is_no_drawing_or_too_large_is_refused() {
        for other in ["", "GIF89a", "<html><svg/></html>", "plain words"] {
            assert_eq!(refused(other).as_deref(), Some("kind"), "{other}");
        }
        assert_eq!(refused(&format!("<svg>{}</svg>", " ".repeat(MOST_BYTES))).as_deref(), Some("size"));
        assert!(Logo::read(vec![0xff; 10]).is_err());
    }
}
