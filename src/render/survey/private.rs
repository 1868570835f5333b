//! What comes of answers, as the person who gave them reads it: the promise to call, what everybody is
//! asked, and the person's own page.

use super::pages::{frame, listed};
use super::{Said, Site, escape};
use crate::domain::follow_up::{State, Wish};
use crate::domain::language::Language;
use crate::domain::survey::{Definition, fill};
use crate::text::Reader;

/// What comes of one response.
#[derive(Debug, Clone)]
pub struct After<'a> {
    /// Opens the person's own page.
    pub token: String,
    pub response: String,
    pub promise: Option<Promise<'a>>,
    /// Whether they would speak for us, where they have said so.
    pub willing: Option<bool>,
    /// Where a form leads back to: the page of thanks, else the person's own.
    pub from_thanks: bool,
}

/// What is promised, in words.
#[derive(Debug, Clone)]
pub struct Promise<'a> {
    /// Who gets in touch.
    pub name: &'a str,
    /// By which day; once it was done, on which.
    pub day: String,
    pub state: State,
    pub wish: Option<Wish>,
    /// What came of it, where that is told.
    pub note: Option<&'a str>,
}

/// One response on the person's own page.
pub struct Entry<'a> {
    pub title: String,
    pub day: String,
    pub definition: &'a Definition,
    /// The scores that say most, and own words.
    pub main: Vec<Said>,
    pub rest: Vec<Said>,
    pub after: After<'a>,
    /// What we wrote: the words, who wrote them, and the day.
    pub replies: Vec<(&'a str, &'a str, String)>,
}

/// The person's own page.
pub struct Private<'a> {
    pub language: &'a Language,
    pub others: &'a [Language],
    pub name: &'a str,
    pub account: &'a str,
    pub entries: Vec<Entry<'a>>,
    /// What was done at the account, as somebody chose to tell: the words, who wrote them, and the day.
    pub done: Vec<(&'a str, &'a str, String)>,
    pub stop_token: &'a str,
    /// Whether they get no more mails.
    pub stopped: bool,
}

/// Who gets in touch and by when, with the ways to say how, and not to.
pub(super) fn promise(reader: &Reader, after: &After<'_>) -> String {
    let Some(promise) = &after.promise else { return String::new() };
    let wish = promise.wish.map_or("any", Wish::as_str);
    let known = [("name", promise.name.into()), ("date", promise.day.as_str().into()), ("wish", wish.into())];
    let id = match promise.state {
        State::Open => "private-promise-open",
        State::Done => "private-promise-done",
        State::Declined => "private-promise-declined",
        State::Withdrawn => return String::new(),
    };
    let mut html = format!("<div class=\"promise\"><p><strong>{}</strong></p>\n", escape(&reader.text(id, &known)));
    if let Some(note) = promise.note {
        let quoted = reader.text("respond-quoted", &[("words", note.into())]);
        html.push_str(&format!("<p>{}</p>\n", lines(&quoted)));
    }
    let answers: &[&str] = match promise.state {
        State::Open => &["telephone", "mail", "meeting", "none"],
        State::Declined => &["telephone", "mail"],
        State::Done | State::Withdrawn => &[],
    };
    let offered: Vec<(&str, String)> = answers
        .iter()
        .filter(|answer| promise.wish.map(Wish::as_str) != Some(**answer))
        .map(|answer| (*answer, reader.text(&format!("private-wish-{answer}"), &[])))
        .collect();
    if !offered.is_empty() {
        html.push_str(&form(reader, after, "follow-up", "wish", &offered));
    }
    html.push_str("</div>\n");
    html
}

/// The invitation to a review and the question about a reference: the same for everybody who has answered.
pub(super) fn asked_of_all(
    site: &Site<'_>,
    reader: &Reader,
    definition: &Definition,
    language: &Language,
    after: &After<'_>,
) -> String {
    review(site, reader, definition, language) + &reference(site, reader, definition, language, after)
}

fn review(site: &Site<'_>, reader: &Reader, definition: &Definition, language: &Language) -> String {
    let Some(review) = &definition.review else { return String::new() };
    format!(
        "<div class=\"promise review\"><p>{}</p>\n<div class=\"go\"><a class=\"btn\" href=\"{}\" rel=\"noreferrer noopener\">{}</a></div></div>\n",
        escape(&fill(review.text.for_reader(language), site.company)),
        escape(&review.url),
        escape(&reader.text("private-review", &[]))
    )
}

fn reference(
    site: &Site<'_>,
    reader: &Reader,
    definition: &Definition,
    language: &Language,
    after: &After<'_>,
) -> String {
    let Some(reference) = &definition.reference else { return String::new() };
    format!(
        "<div class=\"promise reference\"><p>{}</p>\n{}</div>\n",
        escape(&fill(reference.text.for_reader(language), site.company)),
        reference_form(reader, after)
    )
}

fn reference_form(reader: &Reader, after: &After<'_>) -> String {
    let said = match after.willing {
        Some(true) => format!("<p><strong>{}</strong></p>\n", escape(&reader.text("private-reference-yes", &[]))),
        Some(false) => format!("<p><strong>{}</strong></p>\n", escape(&reader.text("private-reference-no", &[]))),
        None => String::new(),
    };
    let offered = [
        (after.willing != Some(true)).then(|| ("yes", reader.text("respond-yes", &[]))),
        (after.willing != Some(false)).then(|| ("no", reader.text("respond-no", &[]))),
    ];
    let offered: Vec<_> = offered.into_iter().flatten().collect();
    said + &form(reader, after, "reference", "willing", &offered)
}

/// A form of plain buttons: each says one thing, and nothing else is asked.
fn form(reader: &Reader, after: &After<'_>, to: &str, name: &str, offered: &[(&str, String)]) -> String {
    let buttons: String = offered
        .iter()
        .map(|(value, words)| {
            format!(
                "<button class=\"btn\" type=\"submit\" name=\"{name}\" value=\"{}\">{}</button>\n",
                escape(value),
                escape(words)
            )
        })
        .collect();
    format!(
        "<form class=\"plain\" method=\"post\" action=\"/p/{}/{to}?lang={}\"><input type=\"hidden\" name=\"response\" value=\"{}\">{}<div class=\"go\">{buttons}</div></form>\n",
        after.token,
        escape(reader.language.as_str()),
        escape(&after.response),
        if after.from_thanks { "<input type=\"hidden\" name=\"from\" value=\"thanks\">" } else { "" }
    )
}

fn lines(text: &str) -> String {
    escape(text).replace('\n', "<br>")
}

/// What somebody told us and what became of it.
pub fn private(site: &Site<'_>, reader: &Reader, page: &Private<'_>) -> String {
    let title = reader.text("private-title", &[("name", page.name.into())]);
    let about = [("company", site.company.into()), ("account", page.account.into())];
    let mut body = format!(
        "<section class=\"step done last current private\"><div class=\"sheet\">\n<h1>{}</h1>\n<p>{}</p>\n",
        escape(&title),
        escape(&reader.text("private-about", &about))
    );
    if page.entries.is_empty() {
        body.push_str(&format!("<p>{}</p>\n", escape(&reader.text("private-nothing", &[]))));
    }
    for entry in &page.entries {
        body.push_str(&written(reader, entry));
    }
    if !page.done.is_empty() {
        let done: String = page.done.iter().map(|one| from_us(reader, one)).collect();
        let title = escape(&reader.text("private-done", &[]));
        body.push_str(&format!("<section class=\"said\"><h2>{title}</h2>\n{done}</section>\n"));
    }
    // Everybody is asked this, and once: after the latest answers to a survey that asks it.
    if let Some(entry) = page.entries.iter().find(|one| one.definition.review.is_some()) {
        body.push_str(&review(site, reader, entry.definition, page.language));
    }
    if let Some(entry) = page.entries.iter().find(|one| one.definition.reference.is_some()) {
        body.push_str(&reference(site, reader, entry.definition, page.language, &entry.after));
    }
    let mails = if page.stopped { "private-stopped" } else { "private-mails" };
    body.push_str(&format!(
        "<div class=\"said\"><h2>{}</h2>\n<p>{}</p>{}</div>\n",
        escape(&reader.text("private-mails-title", &[])),
        escape(&reader.text(mails, &about)),
        if page.stopped {
            String::new()
        } else {
            let stop = escape(&reader.text("respond-stop-link", &[]));
            format!("<p><a href=\"/u/{}?lang={}\">{stop}</a></p>\n", page.stop_token, escape(page.language.as_str()))
        }
    ));
    body.push_str("</div></section>\n");
    frame(site, reader, page.language, &title, page.others, &body, None)
}

/// Words of ours, with who wrote them and when.
fn from_us(reader: &Reader, (words, name, day): &(&str, &str, String)) -> String {
    let by = reader.text("private-reply-by", &[("name", (*name).into()), ("date", day.as_str().into())]);
    format!("<div class=\"promise\"><p>{}</p>\n<p class=\"day\">{}</p></div>\n", lines(words), escape(&by))
}

fn written(reader: &Reader, entry: &Entry<'_>) -> String {
    let mut html = format!(
        "<article class=\"said\"><h2>{}</h2>\n<p class=\"day\">{}</p>\n{}",
        escape(&entry.title),
        escape(&entry.day),
        listed(reader, &entry.main)
    );
    if !entry.rest.is_empty() {
        html.push_str(&format!(
            "<details><summary>{}</summary>{}</details>\n",
            escape(&reader.text("private-rest", &[("count", entry.rest.len().into())])),
            listed(reader, &entry.rest)
        ));
    }
    let became = promise(reader, &entry.after);
    let replies: String = entry.replies.iter().map(|one| from_us(reader, one)).collect();
    html.push_str(&format!("<h3>{}</h3>\n", escape(&reader.text("private-became", &[]))));
    if became.is_empty() && replies.is_empty() {
        html.push_str(&format!("<p class=\"day\">{}</p>\n", escape(&reader.text("private-became-added", &[]))));
    }
    html.push_str(&became);
    html.push_str(&replies);
    html.push_str("</article>\n");
    html
}
