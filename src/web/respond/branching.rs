//! A survey that branches, where the server leads from page to page: what is typed stays in the form,
//! and nothing is recorded on the way.

use super::{Filled, closed, form, language, site, wrong};
use crate::app::App;
use crate::app::responses::{Opened, SHOWN};
use crate::domain::answer::{Answers, Rejected};
use crate::domain::language::Language;
use crate::domain::survey::logic::{self, ANSWER, Step};
use crate::domain::survey::{Definition, ScoreGroup, fill};
use crate::domain::token::Token;
use crate::error::Code;
use crate::render::survey::{self, Branch, Variant, Wrong};
use crate::text::Reader;

/// Which page of the survey is open.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum At<'a> {
    #[default]
    First,
    /// The one that the form names; the end, if it names none.
    Page(Option<&'a str>),
    /// The first on which something is wrong; else the end.
    Wrong,
    /// The last on which something is filled in.
    Furthest,
}

/// What is seen of a survey, given what is typed.
pub(super) fn branch(
    opened: &Opened,
    at: At<'_>,
    values: &[(String, String)],
    wrong: &[Wrong],
    variant: &Variant,
    company: &str,
    reader: &Reader,
) -> Branch {
    let definition = &opened.instrument.definition;
    let answers = Answers::partial(definition, values);
    let flow = logic::flow(definition, &opened.setting, &answers);
    let open = |key: &str| flow.page(key).map(|shown| Step::Page(&shown.page.key));
    let step = match at {
        At::First => flow.first(),
        At::Page(None | Some("")) => Step::Close,
        At::Page(Some(key)) => open(key).unwrap_or(flow.first()),
        At::Furthest => {
            let is_given = |page: &&logic::Shown<'_>| page.questions.iter().any(|one| answers.get(&one.key).is_some());
            flow.pages.iter().rev().find(is_given).map_or(flow.first(), |shown| Step::Page(&shown.page.key))
        }
        At::Wrong => {
            let is_wrong = |key: &str| wrong.iter().any(|one| one.question == key);
            let page = flow.pages.iter().find(|shown| shown.questions.iter().any(|one| is_wrong(&one.key)));
            page.map_or(Step::Close, |shown| Step::Page(&shown.page.key))
        }
    };
    Branch::new(definition, &flow, step, &answers, variant, company, reader)
}

/// The page before or after the one that was sent; the same again where something on it is wrong.
pub(super) fn go(
    app: &App,
    token: Token,
    opened: &Opened,
    shown: Option<&Language>,
    typed: &[(String, String)],
    forward: bool,
) -> (u16, String) {
    if !opened.is_open(app.now()) {
        return closed(app, opened, shown, Code::LinkClosed);
    }
    if opened.closed_by().is_some() {
        return full(app, opened, shown);
    }
    let definition = &opened.instrument.definition;
    let since = typed.iter().find(|(one, _)| one == SHOWN).map(|(_, value)| value.as_str());
    let field = |name: &str| typed.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value.as_str());
    let answers = Answers::partial(definition, typed);
    let flow = logic::flow(definition, &opened.setting, &answers);
    let order = logic::arranged(definition, opened.setting.seed);
    let place = order.iter().position(|(page, _)| page.key == field("_page")).unwrap_or(order.len());
    let seen: Vec<&str> = field("_seen").split(' ').collect();
    let faults = if forward { faults(opened, place, typed, &seen, &language(opened, shown)) } else { Vec::new() };
    if !faults.is_empty() {
        let rejected = Rejected { typed: typed.to_vec(), faults };
        let wrong = wrong(app, definition, &language(opened, shown), &rejected);
        let filled = Filled { values: typed, wrong: &wrong, since, at: At::Wrong, ..Filled::default() };
        return (422, form(app, token, opened, shown, &filled));
    }
    let step = if forward { flow.after(place, |question| seen.contains(&question)) } else { flow.before(place) };
    let to = match step {
        Step::Page(key) => Some(key),
        Step::Close => None,
    };
    let filled = Filled { values: typed, since, at: At::Page(to), ..Filled::default() };
    (200, form(app, token, opened, shown, &filled))
}

/// What is wrong on one page. A question that its answers have only just called forth was not seen, and
/// a form that is empty so far is no fault on the way.
fn faults(
    opened: &Opened,
    place: usize,
    typed: &[(String, String)],
    seen: &[&str],
    language: &Language,
) -> Vec<crate::error::Fault> {
    let definition = &opened.instrument.definition;
    let Err(rejected) = Answers::parse_shown(definition, &opened.setting, typed, language) else { return Vec::new() };
    let order = logic::arranged(definition, opened.setting.seed);
    let here = order.get(place).map_or(&[][..], |(_, questions)| questions.as_slice());
    let counts = |fault: &crate::error::Fault| {
        let place = fault.place.to_string();
        let question = here.iter().find(|question| question.key == place);
        question.is_some_and(|question| {
            seen.contains(&question.key.as_str()) && (fault.code != Code::ValueMissing || question.required)
        })
    };
    rejected.faults.into_iter().filter(counts).collect()
}

/// Says that enough others have answered.
pub(super) fn full(app: &App, opened: &Opened, wish: Option<&Language>) -> (u16, String) {
    let (status, page) = closed(app, opened, wish, Code::LinkClosed);
    let Some(quota) = opened.closed_by() else { return (status, page) };
    let language = language(opened, wish);
    let own = logic::personal(&opened.instrument.definition, &opened.setting.attributes, &|pipe| {
        pipe.fallback.unwrap_or_default().to_owned()
    });
    let message = own.quotas.iter().find(|one| one.key == quota.key).map(|one| &one.message);
    let site = site(app);
    let text = message.map_or_else(String::new, |texts| fill(texts.for_reader(&language), site.company));
    (status, survey::closed(&site, &app.reader_of(&language), &text, ""))
}

/// The survey with the thanks that belong to these answers, and names and answers put in.
pub(super) fn thanks(
    opened: &Opened,
    answers: &Answers,
    language: &Language,
    reader: &Reader,
    app: &App,
) -> (Definition, Option<ScoreGroup>) {
    let mut definition = opened.instrument.definition.clone();
    let thanks = opened.instrument.definition.thanks_for(&opened.setting, answers);
    definition.thanks = thanks.own.clone();
    let words = survey::spoken(reader);
    let company = &app.config.organisation.name;
    let own = logic::personal(&definition, &opened.setting.attributes, &|pipe| {
        let question = pipe.name.strip_prefix(ANSWER).and_then(|key| opened.instrument.definition.question(key));
        let said = question.and_then(|question| logic::said(question, answers, language, company, &words));
        said.unwrap_or_else(|| pipe.fallback.unwrap_or_default().to_owned())
    });
    (own, thanks.group)
}
