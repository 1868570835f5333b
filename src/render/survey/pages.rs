//! The pages around a survey: thanks, unsubscribing, and what can go wrong. Few people see them at
//! once, so they are written anew each time.

use super::private::{After, asked_of_all, promise};
use super::{Said, Site, WRONG, escape, head, header, marked, own, privacy, said, sent_by};
use crate::domain::answer::Answers;
use crate::domain::language::Language;
use crate::domain::survey::{Definition, ScoreGroup, SurveyKind, fill, logic};
use crate::text::Reader;

const TICK: &str = r#"<svg class="tick" viewBox="0 0 44 44" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"><circle cx="22" cy="22" r="19"/><path d="M13.5 22.5l6 6 11.5-12.5"/></svg>"#;

/// What the page of thanks says.
pub struct Thanks<'a> {
    pub definition: &'a Definition,
    pub answers: &'a Answers,
    pub language: &'a Language,
    /// Where the page is.
    pub path: &'a str,
    /// Where the mails are stopped; nothing where none are sent.
    pub stop: Option<&'a str>,
    /// Whether nobody invited the person, so that their device alone is known.
    pub open: bool,
    /// How the person is addressed.
    pub name: Option<&'a str>,
    pub manager: Option<&'a str>,
    /// The last day for changes, in words; nothing when that is over.
    pub until: Option<&'a str>,
    /// Whether the survey itself is over.
    pub closed: bool,
    /// Whose usual words are said besides the survey's own.
    pub group: Option<ScoreGroup>,
    /// What comes of the answers, where they are somebody's.
    pub after: Option<After<'a>>,
}

/// The page that answers the form, and the link from then on.
pub fn thanks(site: &Site<'_>, reader: &Reader, page: &Thanks<'_>) -> String {
    let title = match page.name {
        Some(name) => reader.text("respond-thanks-name", &[("name", name.into())]),
        None => reader.text("respond-thanks", &[]),
    };
    // The mark lets the script forget what the device has kept.
    let mut body = format!("<section class=\"step done last current\" data-sent><div class=\"sheet\">\n{TICK}\n");
    body.push_str(&format!("<div role=\"status\"><h1>{}</h1>\n", escape(&title)));
    let own = fill(page.definition.thanks.for_reader(page.language), site.company);
    if !own.is_empty() {
        body.push_str(&format!("<p{}>{}</p>\n", of(page.language, &reader.language), escape(&own)));
    }
    if let Some(group) = page.group {
        let words = reader.text(&format!("respond-thanks-{}", group.as_str()), &[]);
        body.push_str(&format!("<p>{}</p>\n", escape(&words)));
    }
    body.push_str("</div>\n");
    let until = match page.until {
        Some(day) if page.open => reader.text("respond-change-until-here", &[("date", day.into())]),
        Some(day) => reader.text("respond-change-until", &[("date", day.into())]),
        None if page.closed => reader.text("respond-change-over", &[]),
        None => reader.text("respond-change-late", &[]),
    };
    body.push_str(&format!("<p>{}</p>\n", escape(&until)));
    if let Some(after) = &page.after {
        body.push_str(&promise(reader, after));
    }
    body.push_str(&said_back(site, reader, page));
    body.push_str(&what_happens(reader, page));
    if let Some(after) = &page.after {
        body.push_str(&asked_of_all(site, reader, page.definition, page.language, after));
    }
    if page.until.is_some() {
        body.push_str(&format!(
            "<div class=\"go\"><a class=\"btn\" href=\"{}?change=1&amp;lang={}\">{}</a></div>\n",
            page.path,
            escape(page.language.as_str()),
            escape(&reader.text("respond-change", &[]))
        ));
    }
    body.push_str("</div></section>\n");
    let others: Vec<&Language> = page.definition.languages.iter().filter(|l| *l != page.language).collect();
    frame(site, reader, page.language, &title, &others, &body, page.stop)
}

/// What the link of an anonymous survey shows once it was used: no answer, for nobody can tell which are theirs.
pub fn used(
    site: &Site<'_>,
    reader: &Reader,
    definition: &Definition,
    language: &Language,
    stop_token: &str,
) -> String {
    let title = reader.text("respond-thanks", &[]);
    let mut body = format!("<section class=\"step done last current\"><div class=\"sheet\">\n{TICK}\n");
    body.push_str(&format!("<div role=\"status\"><h1>{}</h1>\n", escape(&title)));
    // An own text that repeats an answer has none to repeat.
    let own = fill(&logic::unpiped(definition.thanks.for_reader(language)), site.company);
    if !own.is_empty() {
        body.push_str(&format!("<p>{}</p>\n", escape(&own)));
    }
    body.push_str(&format!("</div>\n<p>{}</p>\n", escape(&reader.text("respond-anonymous-used", &[]))));
    body.push_str("</div></section>\n");
    let others: Vec<&Language> = definition.languages.iter().filter(|l| *l != language).collect();
    frame(site, reader, language, &title, &others, &body, Some(stop_token))
}

fn said_back(site: &Site<'_>, reader: &Reader, page: &Thanks<'_>) -> String {
    let said = said(page.definition, page.answers, page.language, site.company, reader);
    let lines = listed(reader, &said);
    format!("<div class=\"said\"><h2>{}</h2>\n{lines}</div>\n", escape(&reader.text("respond-said", &[])))
}

/// Answers as a list, own words below it.
pub(super) fn listed(reader: &Reader, said: &[Said]) -> String {
    let mut lines = String::new();
    let mut words = String::new();
    for one in said {
        match one {
            Said::Line(label, value) => {
                lines.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escape(label), escape(value)));
            }
            Said::Words(text) => {
                let quoted = reader.text("respond-quoted", &[("words", text.as_str().into())]);
                words.push_str(&format!("<blockquote>{}</blockquote>\n", escape(&quoted).replace('\n', "<br>")));
            }
        }
    }
    if !lines.is_empty() {
        lines = format!("<dl>\n{lines}</dl>\n");
    }
    lines + &words
}

fn what_happens(reader: &Reader, page: &Thanks<'_>) -> String {
    // Where it is said who calls and when, it is not said again.
    let promised = page.after.as_ref().is_some_and(|after| after.promise.is_some());
    let wants = page.answers.permits_contact(page.definition) && !promised;
    let who = page.manager.map(|manager| ("manager", manager));
    let reads = match (who, wants) {
        _ if page.definition.kind == SurveyKind::Internal => reader.text("respond-next-reads-internal", &[]),
        (Some((name, manager)), true) => reader.text("respond-next-contact", &[(name, manager.into())]),
        (Some((name, manager)), _) => reader.text("respond-next-reads", &[(name, manager.into())]),
        (None, true) => reader.text("respond-next-contact-team", &[]),
        // Whom we do not know has no account with us that anybody could be responsible for.
        (None, _) if page.open => reader.text("respond-next-reads-internal", &[]),
        (None, _) => reader.text("respond-next-reads-team", &[]),
    };
    let added = reader.text("respond-next-added", &[]);
    format!(
        "<div class=\"next\"><h2>{}</h2>\n<ol><li>{}</li>\n<li>{}</li></ol>{}</div>\n",
        escape(&reader.text("respond-now", &[])),
        escape(&reads),
        escape(&added),
        page.after.as_ref().map_or_else(String::new, |after| own_page(reader, page.language, after))
    )
}

fn own_page(reader: &Reader, language: &Language, after: &After<'_>) -> String {
    format!(
        "<p class=\"own\"><a href=\"/p/{}?lang={}\">{}</a></p>",
        after.token,
        escape(language.as_str()),
        escape(&reader.text("private-link", &[]))
    )
}

/// Asks before the mails are stopped: a click on a link, or a scanner that follows it, stops nothing.
pub fn stop(site: &Site<'_>, reader: &Reader, token: &str) -> String {
    let title = reader.text("respond-stop", &[]);
    let body = format!(
        "<section class=\"step done last current\"><div class=\"sheet\">\n<h1>{}</h1>\n<p>{}</p>\n\
         <form method=\"post\" action=\"/u/{token}?lang={}\"><div class=\"go\">\
         <button class=\"btn main\" type=\"submit\">{}</button></div></form>\n</div></section>\n",
        escape(&title),
        escape(&reader.text("respond-stop-text", &[("company", site.company.into())])),
        escape(reader.language.as_str()),
        escape(&reader.text("respond-stop-button", &[]))
    );
    frame(site, reader, &reader.language, &title, &others(reader), &body, None)
}

/// Says that the mails are stopped.
pub fn stopped(site: &Site<'_>, reader: &Reader) -> String {
    let title = reader.text("respond-stopped", &[]);
    let body = format!(
        "<section class=\"step done last current\" role=\"status\"><div class=\"sheet\">\n{TICK}\n<h1>{}</h1>\n<p>{}</p>\n</div></section>\n",
        escape(&title),
        escape(&reader.text("respond-stopped-text", &[("company", site.company.into())]))
    );
    frame::<Language>(site, reader, &reader.language, &title, &[], &body, None)
}

/// Says why a link leads nowhere any more: what happened in large letters, what can be done below it.
pub fn closed(site: &Site<'_>, reader: &Reader, text: &str, code: &str) -> String {
    let (title, rest) = first_sentence(text);
    let rest = if rest.is_empty() { String::new() } else { format!("<p>{}</p>\n", escape(rest)) };
    let code =
        if code.is_empty() { String::new() } else { format!("<p class=\"small quiet code\">{}</p>\n", escape(code)) };
    let body = format!(
        "<section class=\"step done last current\"><div class=\"sheet\">\n<h1>{}</h1>\n{rest}{code}</div></section>\n",
        escape(title)
    );
    frame(site, reader, &reader.language, title, &others(reader), &body, None)
}

/// A text after its first sentence, which ends at a full stop before a space, or at a Chinese one.
fn first_sentence(text: &str) -> (&str, &str) {
    let latin = text.find(". ").map(|at| at + 1);
    let chinese = text.find('。').map(|at| at + '。'.len_utf8());
    let end = latin.into_iter().chain(chinese).min();
    end.and_then(|at| text.split_at_checked(at)).map_or((text, ""), |(first, rest)| (first, rest.trim_start()))
}

/// Says that answers are recorded to whom we do not know again: their browser keeps no cookies.
pub fn recorded(site: &Site<'_>, reader: &Reader) -> String {
    let title = reader.text("respond-thanks", &[]);
    let body = format!(
        "<section class=\"step done last current\" role=\"status\"><div class=\"sheet\">\n{TICK}\n<h1>{}</h1>\n<p>{}</p>\n</div></section>\n",
        escape(&title),
        escape(&reader.text("respond-next-added", &[]))
    );
    frame::<Language>(site, reader, &reader.language, &title, &[], &body, None)
}

/// What is asked before a survey that has a password.
pub struct Door<'a> {
    pub title: &'a str,
    /// Where the password is sent.
    pub action: &'a str,
    /// The sealed paper of the visit.
    pub pass: &'a str,
    /// What is wrong with the password that was given.
    pub wrong: Option<&'a str>,
}

/// Asks for the password of an open link.
pub fn door<L: std::borrow::Borrow<Language>>(
    site: &Site<'_>,
    reader: &Reader,
    languages: &[L],
    page: &Door<'_>,
) -> String {
    let wrong = page.wrong.map_or_else(String::new, |text| {
        format!("<p class=\"note wrong\" id=\"wrong\" role=\"alert\">{WRONG}<span>{}</span></p>\n", escape(text))
    });
    let described = if page.wrong.is_some() { " aria-describedby=\"wrong\" aria-invalid=\"true\"" } else { "" };
    let body = format!(
        "<section class=\"step done last current\"><div class=\"sheet\">\n<h1>{}</h1>\n<p>{}</p>\n\
         <form method=\"post\" action=\"{}\">\n<input type=\"hidden\" name=\"_door\" value=\"{}\">\n\
         <input type=\"hidden\" name=\"_lang\" value=\"{}\">\n\
         {wrong}<p class=\"ask\"><label for=\"password\">{}</label>\
         <input class=\"write line\" id=\"password\" name=\"password\" type=\"password\" autocomplete=\"off\" \
         autocapitalize=\"none\" maxlength=\"512\" required{described}></p>\n\
         <div class=\"go\"><button class=\"btn main\" type=\"submit\">{}</button></div></form>\n</div></section>\n",
        escape(page.title),
        escape(&reader.text("respond-door", &[("company", site.company.into())])),
        escape(page.action),
        escape(page.pass),
        escape(reader.language.as_str()),
        escape(&reader.text("respond-door-password", &[])),
        escape(&reader.text("respond-next", &[]))
    );
    frame(site, reader, &reader.language, page.title, languages, &body, None)
}

/// A form that could not be kept for reasons of ours.
pub struct Resend<'a> {
    /// Where it is sent again.
    pub action: &'a str,
    /// All that was typed.
    pub form: &'a [(String, String)],
    /// What went wrong.
    pub text: &'a str,
    pub code: &'a str,
}

/// Holds what was typed and lets it be sent again: while the database is away, the page itself is the
/// only place that still has it.
pub fn resend(site: &Site<'_>, reader: &Reader, page: &Resend<'_>) -> String {
    let fields: String = page
        .form
        .iter()
        .map(|(name, value)| {
            // A text area keeps line ends as they are; an input field would lose them.
            format!("<textarea name=\"{}\" hidden>\n{}</textarea>\n", escape(name), escape(value))
        })
        .collect();
    let title = reader.text("respond-resend", &[]);
    let body = format!(
        "<section class=\"step done last current\"><div class=\"sheet\">\n<h1>{}</h1>\n\
         <div class=\"note wrong\" role=\"alert\">{WRONG}<span>{} <span class=\"quiet\">({})</span></span></div>\n<p>{}</p>\n\
         <form method=\"post\" action=\"{}\">\n{fields}<div class=\"go\">\
         <button class=\"btn main\" type=\"submit\">{}</button></div></form>\n</div></section>\n",
        escape(&title),
        escape(page.text),
        escape(page.code),
        escape(&reader.text("respond-resend-text", &[])),
        escape(page.action),
        escape(&reader.text("respond-resend-button", &[]))
    );
    frame::<Language>(site, reader, &reader.language, &title, &[], &body, None)
}

/// The attributes of what is in another language than what is around it.
fn of(language: &Language, around: &Language) -> String {
    if language.primary() == around.primary() {
        return String::new();
    }
    let direction = if language.is_right_to_left() { "rtl" } else { "ltr" };
    format!(" lang=\"{}\" dir=\"{direction}\"", escape(language.as_str()))
}

fn others(reader: &Reader) -> Vec<Language> {
    reader.catalogue().languages().into_iter().filter(|language| *language != reader.language).collect()
}

pub(super) fn frame<L: std::borrow::Borrow<Language>>(
    site: &Site<'_>,
    reader: &Reader,
    language: &Language,
    title: &str,
    others: &[L],
    body: &str,
    stop: Option<&str>,
) -> String {
    let stop = stop.map_or_else(String::new, |path| {
        format!("<a href=\"{path}\">{}</a>", own(reader, language, &reader.text("respond-stop-link", &[])))
    });
    let mut page = head(site, language, title, false);
    page.push_str(&header(site, reader, others.iter().map(std::borrow::Borrow::borrow)));
    page.push_str(&format!(
        "<main{}>\n{body}</main>\n<footer class=\"survey-foot\"><div class=\"sheet\"><nav>{}{stop}</nav><p>{}</p></div></footer>\n</body>\n</html>\n",
        // Most words of these pages are ours.
        of(&reader.language, language),
        privacy(site, reader, language),
        marked(reader, language, sent_by(site, reader))
    ));
    page
}
