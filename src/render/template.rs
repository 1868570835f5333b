//! Pages and mails from Handlebars templates.
//!
//! Templates are files inside the program (`web-templates/`, `report-templates/`); a folder of the
//! operator's may replace any of them by the same name or add some. They are compiled and checked when
//! they are loaded: a helper, a partial or a text that does not exist, or a text that lacks a value, is
//! found then, with its line, and not when the first mail of a wave should leave.
//!
//! | written | gives |
//! | --- | --- |
//! | `{{name}}` | a value; a missing one is an error, never an empty place |
//! | `{{{svg}}}` | the same, not escaped |
//! | `{{t "id" count=n}}` | a text of the catalogue; null reaches it as "absent" |
//! | `{{number x decimals=1}}` `{{integer n}}` `{{signed x decimals=1}}` | a number |
//! | `{{percent share decimals=0}}` `{{chance p}}` | a share or a probability (0.48) as percent |
//! | `{{interval low high decimals=1}}` | "13 to 34" |
//! | `{{date d form="long"}}` | a day ("2026-09-30"); forms: long, short, weekday |
//! | `{{month m form="axis"}}` | a month ("2026-09") |
//! | `{{instant i form="time"}}` | an instant (RFC 3339) in the reader's zone; forms: date, time |
//! | `{{money minor currency form="full"}}` | an amount in minor units; forms: full, exact (full, without noughts after the point) |
//! | `{{days n}}` | "72 days" |
//! | `{{#if x}}` | takes a missing value for false, so that a partial may have parameters of choice |
//! | `{{#if (eq a b)}}` | comparisons as Handlebars has them: eq ne gt gte lt lte and or not |
//!
//! A null where a figure or a date should stand is written as an en dash. `lang` and `zone` of the
//! reader are in the data of every template. Names are paths without `.hbs`: `console/overview`,
//! `mail/invitation.txt`; what ends in `.txt` is plain text and not escaped, everything else is HTML.

mod check;
mod helper;

use crate::error::{Code, Error, Fault, Place, Result};
use crate::text::{Catalogue, Reader};
use handlebars::{Context, Handlebars, RenderError, RenderErrorReason};
use include_dir::{Dir, include_dir};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

static SHIPPED: [(&str, Dir<'_>); 2] = [
    ("web-templates", include_dir!("$CARGO_MANIFEST_DIR/web-templates")),
    ("report-templates", include_dir!("$CARGO_MANIFEST_DIR/report-templates")),
];

/// A page or mail larger than this is a mistake of its template.
const MOST_BYTES: usize = 16 * 1024 * 1024;

/// Folders within folders deeper than this are not searched for templates.
const MOST_DEPTH: usize = 8;

/// All templates, compiled. Cheap to clone and shared by everybody.
#[derive(Clone)]
pub struct Templates(Arc<Inner>);

struct Inner {
    html: Handlebars<'static>,
    text: Handlebars<'static>,
    most_bytes: usize,
}

/// A template as it was found.
struct Source {
    file: String,
    text: String,
}

impl Templates {
    /// Loads the templates inside the program and, over them, those of a folder. All mistakes of all
    /// templates are told at once, each with file and line.
    pub fn load(override_dir: Option<&Path>, catalogue: &Arc<Catalogue>) -> Result<Self> {
        let mut sources = shipped()?;
        if let Some(dir) = override_dir {
            let mut own = BTreeMap::new();
            search(dir, "", MOST_DEPTH, &mut own)?;
            sources.extend(own);
        }
        Self::compile(sources, catalogue, MOST_BYTES)
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.of(name).has_template(name)
    }

    /// The names of all templates, in order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> =
            [&self.0.html, &self.0.text].iter().flat_map(|r| r.get_templates().keys()).map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Fills a template in for one reader. `data` must serialise to an object; `lang` and `zone` are set
    /// in it. A missing value is [`Code::TemplateFaulty`] with `template`, `line` and `variable`.
    pub fn render(&self, name: &str, data: &impl Serialize, reader: &Reader) -> Result<String> {
        let mut data = match serde_json::to_value(data).map_err(Error::internal)? {
            serde_json::Value::Object(map) => map,
            serde_json::Value::Null => serde_json::Map::new(),
            _ => return Err(Error::internal(format!("the data of the template {name} are no object"))),
        };
        data.insert("lang".into(), reader.language.as_str().into());
        data.insert("zone".into(), reader.zone.name().into());
        let context = Context::from(serde_json::Value::Object(data));
        let mut page = Page { bytes: Vec::new(), most: self.0.most_bytes };
        self.0.of(name).render_with_context_to_write(name, &context, &mut page).map_err(|e| faulty(name, &e))?;
        String::from_utf8(page.bytes).map_err(Error::internal)
    }

    fn compile(sources: BTreeMap<String, Source>, catalogue: &Arc<Catalogue>, most_bytes: usize) -> Result<Self> {
        let registry = || {
            let mut registry = Handlebars::new();
            registry.set_strict_mode(true);
            helper::register(&mut registry, catalogue);
            registry
        };
        let mut inner = Inner { html: registry(), text: registry(), most_bytes };
        inner.text.register_escape_fn(handlebars::no_escape);
        let mut faults = Vec::new();
        for (name, source) in &sources {
            if let Err(error) = inner.of_mut(name).register_template_string(name, &source.text) {
                let (line, column) = error.pos().unwrap_or((1, 1));
                let place = Place::Line { file: source.file.clone(), line, column };
                // The parser draws a picture of several lines; its last one says what it expected.
                let reason = error.reason().to_string();
                let reason = reason.lines().next_back().unwrap_or_default().trim_matches(['=', ' ']);
                faults.push(Fault::new(place, Code::TemplateFaulty).with("template", name).with("reason", reason));
            }
        }
        let file_of = |name: &str| sources.get(name).map_or_else(|| name.to_owned(), |s| s.file.clone());
        for (registry, is_html) in [(&inner.html, true), (&inner.text, false)] {
            faults.extend(check::check(registry, catalogue, is_html, &file_of));
        }
        if faults.is_empty() { Ok(Self(Arc::new(inner))) } else { Err(Error::faulty(faults)) }
    }
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Templates").field(&self.names()).finish()
    }
}

impl Inner {
    fn of(&self, name: &str) -> &Handlebars<'static> {
        if is_text(name) { &self.text } else { &self.html }
    }

    fn of_mut(&mut self, name: &str) -> &mut Handlebars<'static> {
        if is_text(name) { &mut self.text } else { &mut self.html }
    }
}

fn is_text(name: &str) -> bool {
    name.ends_with(".txt")
}

/// What is wrong, out of the many ways in which rendering can fail.
fn faulty(name: &str, error: &RenderError) -> Error {
    let template = error.template_name.as_deref().unwrap_or(name);
    let mut told = Error::new(Code::TemplateFaulty).with("template", template);
    if let Some(line) = error.line_no {
        told = told.with("line", line);
    }
    match error.reason() {
        RenderErrorReason::MissingVariable(Some(variable)) => told.with("variable", variable),
        reason => told.with("reason", reason),
    }
}

/// Takes what is rendered, up to a limit.
struct Page {
    bytes: Vec<u8>,
    most: usize,
}

impl io::Write for Page {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + part.len() > self.most {
            return Err(io::Error::other(format!("the output is larger than {} bytes", self.most)));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn shipped() -> Result<BTreeMap<String, Source>> {
    let mut sources = BTreeMap::new();
    for (root, dir) in &SHIPPED {
        let mut open = vec![dir];
        while let Some(dir) = open.pop() {
            open.extend(dir.dirs());
            for file in dir.files() {
                let path = file.path().to_string_lossy().replace('\\', "/");
                let Some(name) = path.strip_suffix(".hbs") else { continue };
                let file_name = format!("{root}/{path}");
                let text =
                    file.contents_utf8().ok_or_else(|| Error::new(Code::FileUnreadable).with("file", &file_name))?;
                let source = Source { file: file_name, text: text.to_owned() };
                if let Some(other) = sources.insert(name.to_owned(), source) {
                    let place = Place::Line { file: other.file, line: 1, column: 1 };
                    return Err(Fault::new(place, Code::ValueTwice).with("value", name).into());
                }
            }
        }
    }
    Ok(sources)
}

/// The templates of a folder and of the folders in it, under their paths.
fn search(dir: &Path, prefix: &str, depth: usize, found: &mut BTreeMap<String, Source>) -> Result<()> {
    let unreadable = |path: &Path, error: io::Error| {
        Error::new(Code::FileUnreadable).with("file", path.display()).with("reason", &error).because(error)
    };
    for entry in fs::read_dir(dir).map_err(|e| unreadable(dir, e))? {
        let path = entry.map_err(|e| unreadable(dir, e))?.path();
        let file_name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if depth > 0 {
                search(&path, &format!("{prefix}{file_name}/"), depth - 1, found)?;
            }
        } else if let Some(name) = file_name.strip_suffix(".hbs") {
            let text = fs::read_to_string(&path).map_err(|e| unreadable(&path, e))?;
            found.insert(format!("{prefix}{name}"), Source { file: path.display().to_string(), text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
