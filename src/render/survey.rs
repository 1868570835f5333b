//! The customer's pages. The page of a survey is built once for each version and language, as pieces of
//! finished HTML with slots between them; a request only fills the slots. Every text that comes from
//! people or from survey files is escaped when it enters a page.

mod branching;
mod choices;
mod complaint;
mod desk;
mod inputs;
mod keeping;
mod pages;
mod private;
mod questions;
mod said;
mod scales;

pub use branching::{Branch, spoken};
pub use complaint::{complaint, missing};
pub use desk::{Extra, above};
pub use pages::{Door, Resend, Thanks, closed, door, recorded, resend, stop, stopped, thanks, used};
pub use private::{After, Entry, Private, Promise, private};
pub use said::{Said, said, said_where};

use crate::domain::language::Language;
use crate::domain::survey::{Choice, Definition, arrange, fill};
use crate::render::look::Look;
use crate::text::Reader;
use handlebars::html_escape as escape;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Encloses a slot while a page is built; neither surveys nor our own texts can hold it.
const EDGE: char = '\u{1}';
/// Stands between the parts of a slot.
const PART: char = '\u{2}';

/// The sign beside what is wrong.
const WRONG: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"><path d="M10 2.5l8 14.5H2zM10 8v4.5M10 14.8v.1"/></svg>"#;
/// The sign beside what is worth knowing.
const KNOW: &str = r#"<svg viewBox="0 0 20 20" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"><circle cx="10" cy="10" r="8"/><path d="M10 9v5M10 6v.1"/></svg>"#;

/// Who asks, and where the files of the page lie.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    pub company: &'a str,
    pub postal_address: Option<&'a str>,
    pub privacy_url: Option<&'a str>,
    pub css: &'a str,
    /// The script that runs before anything is painted.
    pub first_js: &'a str,
    pub js: &'a str,
    /// What the script needs besides on a survey that branches.
    pub flow_js: &'a str,
    /// The organisation's own colours and logo.
    pub look: &'a Look,
}

/// Which page of a survey.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variant {
    /// One of the survey's.
    pub language: Language,
    /// Whether an account manager is named on it.
    pub manager: bool,
    /// Whether it is for those whom nobody invited.
    pub open: bool,
}

/// The page of a survey in one language, but for what belongs to one person.
#[derive(Debug)]
pub struct Form {
    pieces: Vec<Piece>,
    /// The step that each question stands on.
    steps: BTreeMap<String, usize>,
    /// The keys of the pages, in the order of the steps.
    pages: Vec<String>,
    /// What is said of keeping.
    words: keeping::Words,
    /// About how long the page gets.
    length: usize,
}

/// Begins what stands below every form.
const FOOT: &str = "<footer class=\"survey-foot\">";

#[derive(Debug)]
enum Piece {
    Html(String),
    /// Where the form goes, and how.
    Target,
    /// The link by which the mails are stopped, where any are sent.
    Stop {
        text: String,
    },
    /// That this is a preview, where it is one.
    Notice,
    /// The sealed time of the page.
    Shown,
    /// What of the answers may be told and kept before they are sent.
    Begins,
    /// What was kept so far and how to be rid of it, before the form; behind it, what is said while a form
    /// waits for a connection.
    Kept {
        before: bool,
    },
    /// That what is filled in is kept.
    Keeps,
    Manager,
    /// Until when the survey is open, where that is known.
    Until {
        before: String,
        after: String,
    },
    Checked {
        field: String,
        value: String,
    },
    Selected {
        field: String,
        value: String,
    },
    /// Choices in an order of each person's own, the pieces of each in the order of the survey.
    Mixed {
        question: String,
        choices: Vec<Choice>,
        parts: Vec<Vec<Piece>>,
    },
    /// Where such choices begin, where the next one does, and where they end: while a page is built.
    Mix {
        question: String,
    },
    Part,
    Unmix,
    Typed {
        field: String,
    },
    Wrong {
        question: String,
    },
    Described {
        question: String,
        hint: String,
    },
    Prefilled {
        question: String,
    },
    Current {
        step: usize,
    },
    Summary,
    // What only a survey that branches has.
    Hidden {
        question: String,
    },
    HiddenGroup {
        questions: Vec<String>,
    },
    HiddenStep {
        step: usize,
    },
    OpenPage,
    Seen,
    Go,
    Pipe {
        question: String,
        fallback: String,
    },
}

/// A page that only shows what a survey looks like.
#[derive(Clone, Copy)]
pub struct Preview<'a> {
    /// Where the page itself is: its form asks for it again.
    pub action: &'a str,
    /// What is said above the questions.
    pub note: &'a str,
}

/// For those of the house who fill it in for somebody: where the form goes, and what stands above it.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    pub action: &'a str,
    /// Finished HTML; fields in it name the form [`DESK_FORM`].
    pub above: &'a str,
}

/// The identifier of the form at a [`Desk`].
pub const DESK_FORM: &str = "entry";

/// What belongs to one person and one request.
#[derive(Default)]
pub struct Fill<'a> {
    /// Where the page is, and where it is sent.
    pub action: &'a str,
    /// Where the mails are stopped; empty where none are sent.
    pub stop: &'a str,
    /// The sealed time at which the page was first given out.
    pub shown: &'a str,
    /// Whether the script may tell what was begun before the button is pressed.
    pub begins: bool,
    /// What the device keeps follows on: see [`Keeping`]. Nothing, where nothing may be kept.
    pub keeping: Option<Keeping<'a>>,
    /// For those of the house who only look: nothing is sent to where answers are taken.
    pub preview: Option<Preview<'a>>,
    pub desk: Option<Desk<'a>>,
    pub manager: &'a str,
    /// The last day on which the survey is open, in words; empty where it has none.
    pub until: &'a str,
    /// What is filled in, by field.
    pub values: &'a [(String, String)],
    /// What is wrong, by question, in words; the first of a question is shown.
    pub wrong: &'a [Wrong],
    /// What is said above the first question if something is wrong.
    pub summary: &'a str,
    /// A question whose answer came with the link, and what is said about it.
    pub prefilled: Option<(&'a str, &'a str)>,
    /// What the order of choices hangs on that are shown at random: the same for one person each time.
    pub seed: u128,
    /// Which part of a survey that branches is shown.
    pub branch: Option<&'a Branch>,
}

/// How what is filled in is kept before it is sent.
#[derive(Clone, Copy)]
pub struct Keeping<'a> {
    /// The state that is shown here: the script puts what the device has kept over it only where that went
    /// on from the same one. `*` is what has been typed just now, over which nothing goes.
    pub state: &'a str,
    /// What is said of answers that the service has kept, where it has any.
    pub note: Option<&'a str>,
}

/// Something wrong with one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub question: String,
    /// The question in a few words.
    pub label: String,
    pub text: String,
}

impl Form {
    /// Builds the page of a survey. `reader` speaks the variant's language or the nearest there is.
    pub fn build(definition: &Definition, variant: &Variant, site: &Site<'_>, reader: &Reader) -> Self {
        Self::build_with(definition, variant, site, reader, None)
    }

    /// The same; `script` is what the script has to know of a survey that branches.
    fn build_with(
        definition: &Definition,
        variant: &Variant,
        site: &Site<'_>,
        reader: &Reader,
        script: Option<&str>,
    ) -> Self {
        let language = &variant.language;
        let title = fill(definition.title.for_reader(language), site.company);
        let words = keeping::Words::new(language, reader);
        let mut html = head(site, language, &title, script.is_some());
        let others = definition.languages.iter().filter(|other| *other != language);
        html.push_str(&header(site, reader, others));
        html.push_str("<main>\n");
        html.push_str(&slot(&["notice"]));
        html.push_str(&slot(&["kept", "before"]));
        html.push_str("<form ");
        html.push_str(&slot(&["target"]));
        if let Some(script) = script {
            html.push_str(&format!(" class=\"branching\" data-flow=\"{}\"", escape(script)));
        }
        if !words.ours.is_empty() {
            html.push_str(&format!(" data-words=\"{}\"", escape(reader.language.as_str())));
        }
        html.push_str(&format!(
            " novalidate{}>\n<input type=\"hidden\" name=\"_lang\" value=\"{}\">\n\
             <input type=\"hidden\" name=\"_shown\" value=\"{}\">\n",
            slot(&["begins"]),
            escape(language.as_str()),
            slot(&["shown"])
        ));
        questions::write(&mut html, definition, variant, site, reader, script.is_some());
        html.push_str("</form>\n");
        html.push_str(&slot(&["kept"]));
        html.push_str("</main>\n");
        html.push_str(&foot(site, reader, language, &title));
        let steps = definition
            .pages
            .iter()
            .enumerate()
            .flat_map(|(at, page)| page.questions.iter().map(move |question| (question.key.clone(), at)))
            .collect();
        let pieces = nest(cut(&html), definition);
        let pages = definition.pages.iter().map(|page| page.key.clone()).collect();
        Self { length: html.len() + 2048, pieces, steps, pages, words }
    }

    /// The page for one person.
    pub fn write(&self, fill: &Fill<'_>) -> String {
        let mut page = String::with_capacity(self.length);
        self.write_pieces(&mut page, &self.pieces, fill);
        // No mail has brought the page at a desk, and nobody who fills it in wants to stop any.
        if fill.desk.is_some()
            && let Some(foot) = page.rfind(FOOT)
        {
            page.truncate(foot);
            page.push_str("</body>\n</html>\n");
        }
        page
    }

    fn write_pieces(&self, page: &mut String, pieces: &[Piece], fill: &Fill<'_>) {
        let first_wrong = || fill.wrong.iter().filter_map(|w| self.steps.get(&w.question)).min().copied().unwrap_or(0);
        // Who comes back finds the last step on which something is filled in.
        let goes_on = fill.wrong.is_empty()
            && fill.prefilled.is_none()
            && fill.keeping.is_some_and(|keeping| keeping.note.is_some());
        let furthest = || {
            let step = |field: &str| self.steps.get(field.split('.').next().unwrap_or(field)).copied();
            fill.values.iter().filter_map(|(field, _)| step(field)).max().unwrap_or(0)
        };
        let without_branches = || if goes_on { furthest() } else { first_wrong() };
        let current = fill.branch.map_or_else(without_branches, |branch| self.step_of(branch));
        let wrong = |question: &str| fill.wrong.iter().find(|w| w.question == question);
        for piece in pieces {
            match piece {
                Piece::Html(html) => page.push_str(html),
                Piece::Shown => page.push_str(fill.shown),
                Piece::Begins => {
                    if fill.begins {
                        page.push_str(&format!(" data-begin=\"{}/begin\"", fill.action));
                    }
                    if let Some(keeping) = fill.keeping {
                        page.push_str(&format!(" data-keep=\"{}\"", escape(keeping.state)));
                    }
                }
                Piece::Keeps => {
                    if fill.keeping.is_some() {
                        page.push_str(&self.words.keeps);
                    }
                }
                Piece::Kept { before } => {
                    if let Some(keeping) = fill.keeping {
                        page.push_str(&self.keeping(fill, &keeping, *before));
                    }
                }
                Piece::Target => match (fill.desk, fill.preview) {
                    (Some(desk), _) => {
                        let action = escape(desk.action);
                        page.push_str(&format!("id=\"{DESK_FORM}\" method=\"post\" action=\"{action}\""));
                    }
                    (None, None) => page.push_str(&format!("method=\"post\" action=\"{}\"", fill.action)),
                    (None, Some(preview)) => {
                        page.push_str(&format!("method=\"get\" action=\"{}\"", escape(preview.action)));
                    }
                },
                Piece::Stop { text } => {
                    let to = if fill.preview.is_some() { "#" } else { fill.stop };
                    if !to.is_empty() {
                        page.push_str(&format!("<a href=\"{to}\">{text}</a>"));
                    }
                }
                Piece::Notice => {
                    page.push_str(fill.desk.map_or("", |desk| desk.above));
                    if let Some(preview) = fill.preview {
                        let note = note("preview", KNOW, &escape(preview.note));
                        page.push_str(&format!("<div class=\"sheet\">{note}</div>\n"));
                    }
                }
                Piece::Manager => page.push_str(&escape(fill.manager)),
                Piece::Until { before, after } => {
                    if !fill.until.is_empty() {
                        page.push_str(&format!("{before}{}{after}", escape(fill.until)));
                    }
                }
                Piece::Checked { field, value } => {
                    if fill.values.iter().any(|(f, v)| f == field && v == value) {
                        page.push_str(" checked");
                    }
                }
                Piece::Selected { field, value } => {
                    if fill.values.iter().any(|(f, v)| f == field && v == value) {
                        page.push_str(" selected");
                    }
                }
                Piece::Mixed { question, choices, parts } => {
                    for at in arrange(fill.seed, question, choices) {
                        self.write_pieces(page, parts.get(at).map_or(&[], Vec::as_slice), fill);
                    }
                }
                Piece::Mix { .. } | Piece::Part | Piece::Unmix => {}
                Piece::Typed { field } => {
                    if let Some((_, typed)) = fill.values.iter().find(|(f, _)| f == field) {
                        page.push_str(&escape(typed));
                    }
                }
                Piece::Wrong { question } => {
                    if let Some(wrong) = wrong(question) {
                        page.push_str(&format!(
                            "<p class=\"note wrong\" id=\"wrong-{}\">{WRONG}<span{}>{}</span></p>\n",
                            escape(question),
                            self.words.ours,
                            escape(&wrong.text)
                        ));
                    }
                }
                Piece::Described { question, hint } => describe(page, question, hint, wrong(question).is_some()),
                Piece::Prefilled { question } => {
                    if let Some((_, text)) = fill.prefilled.filter(|(q, _)| q == question) {
                        page.push_str(&note("prefilled", KNOW, &escape(text)));
                    }
                }
                Piece::Current { step } => {
                    if *step == current {
                        page.push_str(" current");
                    }
                }
                Piece::Summary => summarise(page, fill),
                piece => self.write_branch(page, piece, fill),
            }
        }
    }
}

fn describe(page: &mut String, question: &str, hint: &str, wrong: bool) {
    let wrong = if wrong { format!("wrong-{}", escape(question)) } else { String::new() };
    let ids: Vec<&str> = [wrong.as_str(), hint].into_iter().filter(|id| !id.is_empty()).collect();
    if !ids.is_empty() {
        page.push_str(&format!(" aria-describedby=\"{}\"", ids.join(" ")));
    }
}

fn summarise(page: &mut String, fill: &Fill<'_>) {
    if fill.wrong.is_empty() {
        return;
    }
    let links: String = fill
        .wrong
        .iter()
        .map(|w| format!("<li><a href=\"#q-{}\">{}</a></li>", escape(&w.question), escape(&w.label)))
        .collect();
    page.push_str(&format!(
        "<div class=\"sheet\"><div class=\"note wrong summary\" role=\"alert\">{WRONG}<div><p>{}</p><ul>{links}</ul></div></div></div>\n",
        escape(fill.summary)
    ));
}

fn note(class: &str, icon: &str, html: &str) -> String {
    format!("<p class=\"note {class}\">{icon}<span>{html}</span></p>\n")
}

/// A place that a request fills.
fn slot(parts: &[&str]) -> String {
    format!("{EDGE}{}{EDGE}", parts.join(&PART.to_string()))
}

/// Cuts finished HTML at its slots.
fn cut(html: &str) -> Vec<Piece> {
    html.split(EDGE)
        .enumerate()
        .filter(|(at, text)| at % 2 == 1 || !text.is_empty())
        .map(|(at, text)| {
            if at % 2 == 0 {
                return Piece::Html(text.to_owned());
            }
            let mut parts = text.split(PART);
            let kind = parts.next().unwrap_or_default();
            let mut part = || parts.next().unwrap_or_default().to_owned();
            match kind {
                "target" => Piece::Target,
                "stop" => Piece::Stop { text: part() },
                "notice" => Piece::Notice,
                "shown" => Piece::Shown,
                "begins" => Piece::Begins,
                "keeps" => Piece::Keeps,
                "kept" => Piece::Kept { before: part() == "before" },
                "manager" => Piece::Manager,
                "until" => Piece::Until { before: part(), after: part() },
                "checked" => Piece::Checked { field: part(), value: part() },
                "selected" => Piece::Selected { field: part(), value: part() },
                "mix" => Piece::Mix { question: part() },
                "part" => Piece::Part,
                "unmix" => Piece::Unmix,
                "typed" => Piece::Typed { field: part() },
                "wrong" => Piece::Wrong { question: part() },
                "described" => Piece::Described { question: part(), hint: part() },
                "prefilled" => Piece::Prefilled { question: part() },
                "current" => Piece::Current { step: part().parse().unwrap_or_default() },
                "summary" => Piece::Summary,
                "hidden" => Piece::Hidden { question: part() },
                "hidden-group" => Piece::HiddenGroup { questions: part().split(' ').map(str::to_owned).collect() },
                "hidden-step" => Piece::HiddenStep { step: part().parse().unwrap_or_default() },
                "open-page" => Piece::OpenPage,
                "seen" => Piece::Seen,
                "go" => Piece::Go,
                "pipe" => Piece::Pipe { question: part(), fallback: part() },
                other => Piece::Html(other.to_owned()),
            }
        })
        .collect()
}

/// Puts the pieces of choices that are shown at random into one piece each time.
fn nest(pieces: Vec<Piece>, definition: &Definition) -> Vec<Piece> {
    let mut pieces = pieces.into_iter();
    let mut nested = Vec::new();
    while let Some(piece) = pieces.next() {
        let Piece::Mix { question } = piece else {
            nested.push(piece);
            continue;
        };
        let choices = definition.question(&question).map_or_else(Vec::new, |one| one.choices().to_vec());
        let mut parts: Vec<Vec<Piece>> = Vec::new();
        for piece in pieces.by_ref() {
            match piece {
                Piece::Unmix => break,
                Piece::Part => parts.push(Vec::new()),
                piece => match parts.last_mut() {
                    Some(part) => part.push(piece),
                    None => nested.push(piece),
                },
            }
        }
        nested.push(Piece::Mixed { question, choices, parts });
    }
    nested
}

/// A text of ours, escaped; marked as what it is where the page is in a language that we do not speak.
fn own(reader: &Reader, language: &Language, text: &str) -> String {
    marked(reader, language, escape(text))
}

/// The same for what is escaped already.
fn marked(reader: &Reader, language: &Language, html: String) -> String {
    let ours = &reader.language;
    if html.is_empty() || ours.primary() == language.primary() {
        return html;
    }
    let direction = if ours.is_right_to_left() { "rtl" } else { "ltr" };
    format!("<bdi lang=\"{}\" dir=\"{direction}\">{html}</bdi>", escape(ours.as_str()))
}

/// A text of ours with one value left open as a slot.
fn with_slot(reader: &Reader, id: &str, name: &str, open: &str) -> String {
    let text = reader.text(id, &[(name, EDGE.to_string().into())]);
    escape(&text).replacen(EDGE, &slot(&[open]), 1)
}

/// The sign of the house within the page, which saves a phone a request; it holds nothing that would have to be quoted
/// but the quotes and the sign of the colour.
static ICON: LazyLock<String> = LazyLock::new(|| {
    let drawing = include_str!("../../assets/icon.svg").trim();
    let quoted = drawing.replace('"', "'").replace('#', "%23").replace('<', "%3C").replace('>', "%3E");
    format!("data:image/svg+xml,{quoted}")
});

fn head(site: &Site<'_>, language: &Language, title: &str, branching: bool) -> String {
    let theme =
        site.look.sheet().map_or_else(String::new, |path| format!("<link rel=\"stylesheet\" href=\"{path}\">\n"));
    let flow =
        if branching { format!("<script defer src=\"{}\"></script>\n", escape(site.flow_js)) } else { String::new() };
    let direction = if language.is_right_to_left() { " dir=\"rtl\"" } else { "" };
    format!(
        "<!doctype html>\n<html lang=\"{}\"{direction}>\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{} · {}</title>\n<link rel=\"icon\" href=\"{}\">\n<link rel=\"stylesheet\" href=\"{}\">\n\
         {theme}<script src=\"{}\"></script>\n{flow}<script defer src=\"{}\"></script>\n</head>\n<body class=\"survey\">\n",
        escape(language.as_str()),
        escape(title),
        escape(site.company),
        *ICON,
        escape(site.css),
        escape(site.first_js),
        escape(site.js)
    )
}

fn header<'l>(site: &Site<'_>, reader: &Reader, others: impl Iterator<Item = &'l Language>) -> String {
    let links: String = others
        .map(|other| {
            let tag = escape(other.as_str());
            // Each language is called by its own name, if we speak it.
            let known = reader.catalogue().nearest(other) == other;
            let name = if known {
                reader.catalogue().text(other, "respond-this-language", &[])
            } else {
                other.own_name().map_or_else(|| tag.clone(), ToOwned::to_owned)
            };
            format!("<a class=\"lang\" href=\"?lang={tag}\" lang=\"{tag}\" hreflang=\"{tag}\">{}</a>", escape(&name))
        })
        .collect();
    format!(
        "<header class=\"survey-head\"><div class=\"sheet\"><span class=\"sender\">{}</span>{links}</div></header>\n",
        sender(site)
    )
}

/// Who asks: by name, or by a logo that is read as the name.
fn sender(site: &Site<'_>) -> String {
    let name = escape(site.company);
    let Some((logo, dark)) = site.look.logo() else { return name };
    let dark = dark
        .map_or_else(String::new, |dark| format!("<source srcset=\"{dark}\" media=\"(prefers-color-scheme: dark)\">"));
    format!("<picture>{dark}<img src=\"{logo}\" alt=\"{name}\"></picture>")
}

fn foot(site: &Site<'_>, reader: &Reader, language: &Language, title: &str) -> String {
    let sent = sent_by(site, reader);
    let open = reader.text("respond-open-until", &[("survey", title.into()), ("date", EDGE.to_string().into())]);
    let open = format!("{}{}", escape(&reader.text("mail-gap", &[])), escape(&open));
    let (before, after) = open.split_once(EDGE).unwrap_or((&open, ""));
    let until = slot(&["until", before, after]);
    let keeps = slot(&["keeps"]);
    let words = marked(reader, language, format!("{sent}{until}{keeps}"));
    format!(
        "{FOOT}<div class=\"sheet\"><nav>{}{}</nav>\
         <p>{words}</p></div></footer>\n</body>\n</html>\n",
        privacy(site, reader, language),
        slot(&["stop", &own(reader, language, &reader.text("respond-stop-link", &[]))]),
    )
}

fn privacy(site: &Site<'_>, reader: &Reader, language: &Language) -> String {
    site.privacy_url.map_or_else(String::new, |url| {
        let words = own(reader, language, &reader.text("respond-privacy", &[]));
        format!("<a href=\"{}\" rel=\"noreferrer\">{words}</a>", escape(url))
    })
}

fn sent_by(site: &Site<'_>, reader: &Reader) -> String {
    let company = ("company", site.company.into());
    escape(&match site.postal_address {
        Some(address) => reader.text("respond-sent-by-at", &[company, ("address", address.into())]),
        None => reader.text("respond-sent-by", &[company]),
    })
}

#[cfg(test)]
mod tests;
