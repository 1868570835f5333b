//! As much of HTML as our own pages are written in: tags with their attributes, and everything between.

use std::borrow::Cow;

/// A part of a page. All parts, written one after the other, are the page.
pub(super) enum Piece<'a> {
    Text(&'a str),
    Tag(Tag<'a>),
}

#[derive(Clone)]
pub(super) struct Tag<'a> {
    /// In small letters.
    pub name: String,
    pub end: bool,
    raw: &'a str,
    attributes: Vec<(String, String)>,
    changed: bool,
}

/// What has no tags inside, whatever it looks like.
const PLAIN: [&str; 4] = ["script", "style", "textarea", "title"];

/// Takes a page apart. Nothing is refused: what is no tag is text.
pub(super) fn pieces(page: &str) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let (text, from) = rest.split_at(at);
        if !text.is_empty() {
            all.push(Piece::Text(text));
        }
        let after = from.get(1..).unwrap_or_default();
        let (piece, behind) = if from.starts_with("<!--") {
            let (comment, behind) = from.split_at(from.find("-->").map_or(from.len(), |n| n + 3));
            (Piece::Text(comment), behind)
        } else if after.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
            let (raw, behind) = from.split_at(length(from));
            (Piece::Tag(Tag::read(raw)), behind)
        } else {
            let (text, behind) = from.split_at(1);
            (Piece::Text(text), behind)
        };
        rest = behind;
        let plain = match &piece {
            Piece::Tag(tag) if !tag.end && PLAIN.contains(&tag.name.as_str()) => Some(format!("</{}", tag.name)),
            _ => None,
        };
        all.push(piece);
        if let Some(end) = plain {
            let (text, behind) = rest.split_at(rest.find(&end).unwrap_or(rest.len()));
            if !text.is_empty() {
                all.push(Piece::Text(text));
            }
            rest = behind;
        }
    }
    if !rest.is_empty() {
        all.push(Piece::Text(rest));
    }
    all
}

/// How long the tag is that a text begins with; a ">" in quotation marks does not end it.
fn length(from: &str) -> usize {
    let mut quote = None;
    for (i, c) in from.char_indices() {
        match (quote, c) {
            (None, '>') => return i + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    from.len()
}

impl<'a> Tag<'a> {
    fn read(raw: &'a str) -> Self {
        let inner = raw.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
        let (end, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let (name, mut rest) = cut(inner, |c| c.is_whitespace() || c == '/');
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                break;
            }
            let (name, after) = cut(rest, |c| c.is_whitespace() || c == '=' || c == '/');
            let after = after.trim_start();
            let (value, after) = match after.strip_prefix('=').map(str::trim_start) {
                None => ("", after),
                Some(given) => match given.chars().next().filter(|c| matches!(c, '"' | '\'')) {
                    Some(quote) => given.get(1..).and_then(|g| g.split_once(quote)).unwrap_or((given, "")),
                    None => cut(given, char::is_whitespace),
                },
            };
            // A stray sign would be met again and again.
            if name.is_empty() && after.len() == rest.len() {
                break;
            }
            attributes.push((name.to_ascii_lowercase(), unescaped(value)));
            rest = after;
        }
        Self { name: name.to_ascii_lowercase(), end, raw, attributes, changed: false }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.changed = true;
        match self.attributes.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.attributes.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Sets an attribute that is there or not.
    pub fn mark(&mut self, name: &str, there: bool) {
        if there {
            self.set(name, "");
        } else {
            self.changed = true;
            self.attributes.retain(|(n, _)| n != name);
        }
    }

    /// A field that a person fills in.
    pub fn is_control(&self) -> bool {
        let filled = matches!(self.name.as_str(), "input" | "select" | "textarea");
        filled && !self.end && !matches!(self.kind(), "hidden" | "submit" | "button" | "reset" | "image")
    }

    /// A field that ends with a tag of its own.
    pub fn has_end(&self) -> bool {
        self.name != "input"
    }

    /// The type of an input; the name of what is none.
    pub fn kind(&self) -> &str {
        if self.name == "input" { self.get("type").unwrap_or("text") } else { &self.name }
    }

    pub fn write(&self) -> Cow<'a, str> {
        if !self.changed {
            return Cow::Borrowed(self.raw);
        }
        let mut out = format!("<{}", self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            if !value.is_empty() || name == "value" {
                out.push_str(&format!("=\"{}\"", escaped(value)));
            }
        }
        out.push('>');
        Cow::Owned(out)
    }
}

/// A text up to the first of some signs, and the rest.
fn cut(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Undoes what templates escape.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (plain, from) = rest.split_at(at);
        out.push_str(plain);
        let named = from.split_once(';').and_then(|(name, behind)| Some((sign(name)?, behind)));
        match named {
            Some((sign, behind)) => {
                out.push(sign);
                rest = behind;
            }
            None => {
                out.push('&');
                rest = from.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn sign(name: &str) -> Option<char> {
    match name {
        "&amp" => Some('&'),
        "&lt" => Some('<'),
        "&gt" => Some('>'),
        "&quot" => Some('"'),
        "&apos" => Some('\''),
        _ => {
            let number = name.strip_prefix("&#")?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
