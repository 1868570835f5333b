//! A refused form comes back as the page that it stands on, filled in with what was typed, and what is
//! wrong stands at its field.
//!
//! The page is drawn as ever and then rewritten: the form is found by the address it is sent to, its
//! fields by their names. So no template has to know of refusals, an operator's own no more than ours,
//! and a form that is added tomorrow comes back filled in without another line.

mod markup;

use super::Fields;
use crate::error::{Code, Error, Fault, Place};
use crate::text::{self, Reader};
use markup::{Piece, Tag, escaped};
use std::collections::{BTreeMap, BTreeSet};

/// A form that was not taken.
pub(super) struct Refused<'a> {
    /// The path that it was sent to.
    pub action: &'a str,
    pub fields: &'a Fields,
    pub error: &'a Error,
    pub reader: &'a Reader,
}

/// Fields of every form that are ours and not the person's.
const OURS: [&str; 2] = ["_form", "revision"];

/// The page with the refused form filled in. A form that is no longer on the page (somebody else was
/// quicker, and the step is no longer possible) leaves its message and what was written at the top.
pub(super) fn refill(page: &str, refused: &Refused<'_>) -> String {
    let mut pieces = markup::pieces(page);
    match find(&pieces, refused) {
        Some(form) => {
            open_folds(&mut pieces, form.start);
            fill(&pieces, form, refused)
        }
        None => {
            let lost = lost(refused);
            put_on_top(&pieces, &top(refused, &[], &lost))
        }
    }
}

/// Where a form stands among the pieces: from its first tag to its last.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

/// The form with this address whose fixed fields are those that came.
fn find(pieces: &[Piece<'_>], refused: &Refused<'_>) -> Option<Span> {
    let mut start = None;
    let mut fits = false;
    for (i, tag) in tags(pieces) {
        match (tag.name.as_str(), tag.end) {
            ("form", false) => {
                start = Some(i);
                fits = tag.get("action") == Some(refused.action)
                    && tag.get("method").is_some_and(|m| m.eq_ignore_ascii_case("post"));
            }
            ("input", false) if tag.kind() == "hidden" => {
                let name = tag.get("name").unwrap_or_default();
                fits &= OURS.contains(&name) || came(refused.fields, name, tag.get("value").unwrap_or_default());
            }
            ("form", true) => {
                if let Some(start) = start.filter(|_| fits) {
                    return Some(Span { start, end: i });
                }
                start = None;
                fits = false;
            }
            _ => {}
        }
    }
    None
}

fn tags<'p, 'a>(pieces: &'p [Piece<'a>]) -> impl Iterator<Item = (usize, &'p Tag<'a>)> {
    pieces.iter().enumerate().filter_map(|(i, piece)| match piece {
        Piece::Tag(tag) => Some((i, tag)),
        Piece::Text(_) => None,
    })
}

fn came(fields: &Fields, name: &str, value: &str) -> bool {
    fields.0.iter().any(|(n, v)| n == name && v.trim() == value.trim())
}

/// What folds around the form is opened, so that the message is seen.
fn open_folds(pieces: &mut [Piece<'_>], form: usize) {
    let mut around = Vec::new();
    for (i, tag) in tags(pieces).take_while(|(i, _)| *i < form).filter(|(_, tag)| tag.name == "details") {
        if tag.end {
            around.pop();
        } else {
            around.push(i);
        }
    }
    for i in around {
        if let Some(Piece::Tag(tag)) = pieces.get_mut(i) {
            tag.set("open", "");
        }
    }
}

/// One name in the form: where it is written last, and what is told there.
#[derive(Default)]
struct Told {
    last: usize,
    wrong: Vec<String>,
    /// What stands in the record now, when somebody else was quicker.
    now: Option<String>,
}

fn fill(pieces: &[Piece<'_>], form: Span, refused: &Refused<'_>) -> String {
    let inside = || tags(pieces).filter(|(i, _)| *i > form.start && *i < form.end);
    let mut told: BTreeMap<&str, Told> = BTreeMap::new();
    for (i, tag) in inside().filter(|(_, tag)| tag.is_control()) {
        if let Some(name) = tag.get("name") {
            told.entry(name).or_default().last = i;
        }
    }
    let mut elsewhere = Vec::new();
    for fault in refused.error.faults() {
        match told.get_mut(place(fault)) {
            Some(told) => told.wrong.push(text::error::fault_text(refused.reader, fault)),
            None => elsewhere.push(fault),
        }
    }
    if refused.error.code() == Code::ChangedMeanwhile {
        for (i, tag) in inside().filter(|(_, tag)| tag.is_control()) {
            if let Some(told) = tag.get("name").and_then(|name| told.get_mut(name)) {
                told.now = now(pieces, i, tag, refused);
            }
        }
    }
    let any_control = !told.is_empty();
    let whole = refused.error.faults().is_empty() || refused.error.faults().len() > 1 || !elsewhere.is_empty();
    let message = if whole { top(refused, &elsewhere, &[]) } else { String::new() };
    let first_wrong = told.values().filter(|t| !t.wrong.is_empty()).map(|t| t.last).min();

    let mut out = String::new();
    let mut label = false;
    // Between the two tags of a field.
    let mut within = false;
    let mut choosing: Option<String> = None;
    let mut writing: Option<String> = None;
    // What is told after the field, or after the label around it.
    let mut pending = String::new();
    for (i, piece) in pieces.iter().enumerate() {
        let tag = match piece {
            Piece::Tag(tag) if i >= form.start && i <= form.end => tag,
            Piece::Text(text) if writing.is_none() => {
                out.push_str(text);
                continue;
            }
            Piece::Text(_) => continue,
            Piece::Tag(tag) => {
                out.push_str(&tag.write());
                continue;
            }
        };
        let name = tag.get("name").unwrap_or_default();
        let mut tag = tag.clone();
        match (tag.name.as_str(), tag.end) {
            ("label", end) => label = !end,
            ("details", false) => tag.set("open", ""),
            ("option", false) => {
                if let Some(select) = &choosing {
                    let value = tag.get("value").map_or_else(|| words(pieces, i), ToOwned::to_owned);
                    tag.mark("selected", came(refused.fields, select, &value));
                }
            }
            ("select", true) => {
                choosing = None;
                within = false;
            }
            ("textarea", true) => {
                within = false;
                if let Some(typed) = writing.take() {
                    // A browser drops the first line break of a text.
                    out.push('\n');
                    out.push_str(&escaped(&typed));
                }
            }
            _ if tag.is_control() => {
                within = tag.has_end();
                match tag.kind() {
                    "select" if has(refused.fields, name) => choosing = Some(name.to_owned()),
                    "textarea" => writing = typed(refused.fields, name).map(ToOwned::to_owned),
                    "checkbox" | "radio" => {
                        let checked = came(refused.fields, name, tag.get("value").unwrap_or("on"));
                        tag.mark("checked", checked);
                    }
                    // A password is never sent back.
                    "password" | "file" | "select" => {}
                    _ => {
                        if let Some(typed) = typed(refused.fields, name) {
                            tag.set("value", typed);
                        }
                    }
                }
                if let Some((key, told)) = tag.get("name").and_then(|name| told.get_key_value(name)) {
                    describe(&mut tag, key, told);
                    if first_wrong == Some(i) {
                        tag.set("autofocus", "");
                    }
                    if told.last == i {
                        pending.push_str(&notes(key, told, refused.reader));
                    }
                }
            }
            _ => {}
        }
        out.push_str(&tag.write());
        if !label && !within {
            out.push_str(&std::mem::take(&mut pending));
        }
        if i == form.start && any_control {
            out.push_str(&message);
        }
    }
    if any_control || message.is_empty() { out } else { put_on_top(&markup::pieces(&out), &message) }
}

fn place(fault: &Fault) -> &str {
    match &fault.place {
        Place::Field(name) => name,
        _ => "",
    }
}

fn has(fields: &Fields, name: &str) -> bool {
    fields.0.iter().any(|(n, _)| n == name)
}

/// What was typed, blanks and all.
fn typed<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

/// The words behind a tag.
fn words(pieces: &[Piece<'_>], at: usize) -> String {
    match pieces.get(at + 1) {
        Some(Piece::Text(text)) => markup::unescaped(text.trim()),
        _ => String::new(),
    }
}

/// What the record has now in a field where something else was typed.
fn now(pieces: &[Piece<'_>], at: usize, tag: &Tag<'_>, refused: &Refused<'_>) -> Option<String> {
    let name = tag.get("name")?;
    let came_in = typed(refused.fields, name);
    let (value, shown) = match tag.kind() {
        "radio" | "password" | "file" => return None,
        "checkbox" => {
            let stands = tag.get("checked").is_some();
            let wanted = came(refused.fields, name, tag.get("value").unwrap_or("on"));
            let word = if stands { "form-ticked" } else { "form-not-ticked" };
            return (stands != wanted).then(|| refused.reader.text(word, &[]));
        }
        "select" => {
            let options = || {
                tags(pieces)
                    .skip_while(|(i, _)| *i <= at)
                    .take_while(|(_, t)| t.name != "select")
                    .filter(|(_, t)| !t.end)
            };
            let (i, option) = options().find(|(_, t)| t.get("selected").is_some()).or_else(|| options().next())?;
            let shown = words(pieces, i);
            (option.get("value").map_or_else(|| shown.clone(), ToOwned::to_owned), shown)
        }
        "textarea" => {
            let text = words(pieces, at);
            (text.clone(), text)
        }
        _ => {
            let value = tag.get("value").unwrap_or_default().to_owned();
            (value.clone(), value)
        }
    };
    let same = came_in.is_none_or(|typed| typed.trim() == value.trim());
    (!same).then(|| if shown.is_empty() { "–".to_owned() } else { shown })
}

/// Ties a field to what is told of it.
fn describe(tag: &mut Tag<'_>, name: &str, told: &Told) {
    let mut by: Vec<String> = tag.get("aria-describedby").map(ToOwned::to_owned).into_iter().collect();
    if !told.wrong.is_empty() {
        tag.set("aria-invalid", "true");
        by.push(format!("wrong-{name}"));
    }
    if told.now.is_some() {
        by.push(format!("now-{name}"));
    }
    if !by.is_empty() {
        tag.set("aria-describedby", &by.join(" "));
    }
}

const SIGN: &str = "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-wrong\"/></svg>";

/// What stands behind a field.
fn notes(name: &str, told: &Told, reader: &Reader) -> String {
    let name = escaped(name);
    let mut out = String::new();
    if !told.wrong.is_empty() {
        let text = escaped(&told.wrong.join(" "));
        out.push_str(&format!("<span class=\"error\" id=\"wrong-{name}\">{SIGN}<span>{text}</span></span>"));
    }
    if let Some(now) = &told.now {
        let text = escaped(&reader.text("form-stands-now", &[("value", now.as_str().into())]));
        out.push_str(&format!("<span class=\"hint\" id=\"now-{name}\">{text}</span>"));
    }
    out
}

/// What concerns the form as a whole.
fn top(refused: &Refused<'_>, elsewhere: &[&Fault], lost: &[&str]) -> String {
    let reader = refused.reader;
    let text = match refused.error.code() {
        Code::ChangedMeanwhile if lost.is_empty() => reader.text("form-changed-meanwhile", &[]),
        _ => text::error::describe(reader, refused.error),
    };
    let mut list: String = match refused.error.faults() {
        // The sentence says it already.
        [_] | [] => String::new(),
        _ => {
            elsewhere.iter().map(|f| format!("<li>{}</li>", escaped(&text::error::describe_fault(reader, f)))).collect()
        }
    };
    if !list.is_empty() {
        list = format!("<ul>{list}</ul>");
    }
    if !lost.is_empty() {
        let said: String =
            lost.iter().map(|text| format!("<blockquote class=\"wrap\">{}</blockquote>", escaped(text))).collect();
        list.push_str(&format!("<p>{}</p>{said}", escaped(&reader.text("form-typed", &[]))));
    }
    let text = escaped(&text);
    format!("<div class=\"flash wrong whole\" role=\"alert\">{SIGN}<div><p>{text}</p>{list}</div></div>")
}

/// What a person wrote, rather than chose: it has blanks or letters that no key of ours has.
fn lost<'a>(refused: &Refused<'a>) -> Vec<&'a str> {
    let secret = |name: &str| OURS.contains(&name) || name.contains("password");
    let written = |text: &str| text.chars().any(|c| c.is_whitespace() || !c.is_ascii());
    let mut seen = BTreeSet::new();
    let all = refused.fields.0.iter().filter(|(name, _)| !secret(name)).map(|(_, text)| text.trim());
    all.filter(|text| written(text) && seen.insert(*text)).collect()
}

fn put_on_top(pieces: &[Piece<'_>], message: &str) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Tag(tag) => {
                out.push_str(&tag.write());
                if tag.name == "main" && !tag.end {
                    out.push_str(message);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests;
