//! The customer's page: answering, and stopping the mails. Reading a page never records anything.

mod branching;
mod reply;

use super::errors::Failure;
use super::page::Answer;
use super::routes::{Access, Route, get, post};
use super::{Shared, assets};
use crate::app::App;
use crate::app::responses::{self, Opened, Outcome};
use crate::domain::answer::{Answers, Rejected};
use crate::domain::language::Language;
use crate::domain::token::{Purpose, Token};
use crate::error::{Code, Error, Kind};
use crate::render::survey::{self, Fill, Site, Variant, Wrong};
use crate::text::{self, Reader};
use actix_web::web::{self, Path, Payload, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use reply::{page, refused, see_other};
use serde::Deserialize;

/// What the page can do more where scripts run.
pub(super) const SCRIPT: &str = include_str!("../../assets/survey.js");
/// Which questions a survey that branches asks.
pub(super) const FLOW: &str = include_str!("../../assets/flow.js");

/// The largest form that is read, in bytes: many times the longest survey filled to the brim.
const LARGEST_FORM: usize = 256 * 1024;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/r/{token}", Access::Public, || web::route().to(show)),
        post("/r/{token}", Access::Public, || web::post().to(keep)),
        get("/u/{token}", Access::Public, || web::route().to(ask_to_stop)),
        post("/u/{token}", Access::Public, || web::post().to(stop)),
    ]
}

/// What an address may say beside the token.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    /// The language to read in.
    lang: Option<String>,
    /// A score that was clicked in the mail: filled in, never recorded.
    s: Option<String>,
    /// Shows the form to somebody who has answered.
    change: Option<String>,
}

impl Asked {
    fn language(&self) -> Option<Language> {
        self.lang.as_deref().and_then(|tag| Language::parse(tag).ok())
    }
}

fn site(app: &App) -> Site<'_> {
    let organisation = &app.config.organisation;
    Site {
        company: &organisation.name,
        postal_address: organisation.postal_address.as_deref(),
        privacy_url: organisation.privacy_url.as_ref().map(|url| url.as_str()),
        css: assets::survey_css_path(),
        js: assets::survey_js_path(),
        flow_js: assets::flow_js_path(),
    }
}

fn token(app: &App, purpose: Purpose, text: &str) -> Result<Token, Failure> {
    Token::read(app.seal_key(), purpose, text).ok_or_else(|| Error::new(Code::LinkUnknown).into())
}

async fn show(app: Shared, link: Path<String>, asked: Query<Asked>) -> Answer {
    let token = token(&app, Purpose::Answer, &link)?;
    let opened = responses::open(&app, token).await?;
    let (status, body) = shown(&app, token, &opened, &asked);
    Ok(page(status, body))
}

/// What a click on a link shows: the form, the thanks, or that it is over.
fn shown(app: &App, token: Token, opened: &Opened, asked: &Asked) -> (u16, String) {
    let wish = asked.language();
    let is_open = opened.is_open(app.now());
    match &opened.response {
        Some(response) if response.state == crate::store::responses::State::Erased => {
            closed(app, opened, wish.as_ref(), Code::ResponseFinal)
        }
        Some(_) if asked.change.is_none() || !is_open => (200, thanks(app, token, opened, wish.as_ref())),
        Some(response) => {
            let values = response.answers.to_form();
            (200, form(app, token, opened, wish.as_ref(), &values, &[], false, branching::At::First))
        }
        None if !is_open => closed(app, opened, wish.as_ref(), Code::LinkClosed),
        None if opened.closed_by().is_some() => branching::full(app, opened, wish.as_ref()),
        None => {
            let definition = &opened.instrument.definition;
            let clicked: Vec<(String, String)> = (definition.recommendation().zip(asked.s.as_ref()))
                .map(|(question, s)| (question.key.clone(), s.clone()))
                .into_iter()
                .collect();
            let values = Answers::partial(definition, &clicked).to_form();
            let prefilled = !values.is_empty();
            (200, form(app, token, opened, wish.as_ref(), &values, &[], prefilled, branching::At::First))
        }
    }
}

/// The language in which somebody sees a survey: the one they ask for, else the invitation's.
fn language(opened: &Opened, wish: Option<&Language>) -> Language {
    let answered = opened.response.as_ref().map(|response| &response.language);
    opened.instrument.definition.language_for(wish.or(answered).unwrap_or(&opened.asked.invitation.language))
}

fn until(app: &App, reader: &Reader, closes_at: DateTime<Utc>) -> String {
    // A survey that closes at midnight is open for the whole of the day before.
    reader.date_long(app.day_of(closes_at - chrono::Duration::seconds(1)))
}

/// The page of the survey, filled in.
fn form(
    app: &App,
    token: Token,
    opened: &Opened,
    wish: Option<&Language>,
    values: &[(String, String)],
    wrong: &[Wrong],
    prefilled: bool,
    at: branching::At<'_>,
) -> String {
    let site = site(app);
    let language = language(opened, wish);
    let reader = app.reader_of(&language);
    let manager = opened.asked.manager.as_deref();
    let variant = Variant { language, manager: manager.is_some() };
    let branch =
        opened.instrument.varies.then(|| branching::branch(opened, at, values, wrong, &variant, site.company, &reader));
    let built = if branch.is_some() {
        let definition = &opened.instrument.definition;
        std::sync::Arc::new(survey::Form::branching(definition, &opened.setting, &variant, &site, &reader))
    } else {
        opened.instrument.form(variant, |definition, variant| survey::Form::build(definition, variant, &site, &reader))
    };
    let clicked = values
        .first()
        .filter(|_| prefilled)
        .map(|(question, x)| (question.as_str(), reader.text("respond-prefilled", &[("x", x.as_str().into())])));
    let summary = match wrong {
        [] => String::new(),
        some => reader.text("respond-wrong", &[("count", i64::try_from(some.len()).unwrap_or(i64::MAX).into())]),
    };
    built.write(&Fill {
        token: &token.seal(app.seal_key(), Purpose::Answer),
        stop_token: &token.seal(app.seal_key(), Purpose::Unsubscribe),
        manager: manager.unwrap_or_default(),
        until: &until(app, &reader, opened.asked.invitation.closes_at),
        values,
        wrong,
        summary: &summary,
        prefilled: clicked.as_ref().map(|(question, text)| (*question, text.as_str())),
        seed: token.invitation_id.0.as_u128(),
        branch: branch.as_ref(),
    })
}

fn thanks(app: &App, token: Token, opened: &Opened, wish: Option<&Language>) -> String {
    let language = language(opened, wish);
    let reader = app.reader_of(&language);
    let day = until(app, &reader, opened.asked.invitation.closes_at);
    let none = Answers::default();
    let asked = &opened.asked;
    let answers = opened.response.as_ref().map_or(&none, |response| &response.answers);
    let own = opened.instrument.varies.then(|| branching::thanks(opened, answers, &language, &reader, app));
    survey::thanks(
        &site(app),
        &reader,
        &survey::Thanks {
            definition: own.as_ref().unwrap_or(&opened.instrument.definition),
            answers,
            language: &language,
            token: &token.seal(app.seal_key(), Purpose::Answer),
            stop_token: &token.seal(app.seal_key(), Purpose::Unsubscribe),
            name: asked.salutation.as_deref().or(asked.contact_name.as_deref()),
            manager: asked.manager.as_deref(),
            until: opened.is_open(app.now()).then_some(day.as_str()),
        },
    )
}

fn closed(app: &App, opened: &Opened, wish: Option<&Language>, code: Code) -> (u16, String) {
    refused(app, &app.reader_of(&language(opened, wish)), &Error::new(code))
}

async fn keep(app: Shared, link: Path<String>, asked: Query<Asked>, mut body: Payload) -> Answer {
    let token = token(&app, Purpose::Answer, &link)?;
    let form = super::body::fields(&mut body, LARGEST_FORM).await?;
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let tag = |text: &str| Language::parse(text).ok();
    let shown = field("_lang").and_then(tag).or_else(|| asked.language());
    if let Some(wish) = field("_show").and_then(tag) {
        // Another language was asked for, with what is typed already; nothing is recorded.
        let opened = match responses::open(&app, token).await {
            Ok(opened) => opened,
            Err(error) => return Ok(not_kept(&app, token, &form, Some(&wish), error)),
        };
        let (status, body) = if opened.is_open(app.now()) {
            (200, self::form(&app, token, &opened, Some(&wish), &form, &[], false, branching::At::Page(field("_page"))))
        } else {
            closed(&app, &opened, Some(&wish), Code::LinkClosed)
        };
        return Ok(page(status, body));
    }
    if let Some(go) = field("_go").filter(|go| ["next", "back"].contains(go)) {
        let opened = responses::open(&app, token).await?;
        let (status, body) = branching::go(&app, token, &opened, shown.as_ref(), &form, go == "next");
        return Ok(page(status, body));
    }
    match responses::keep(&app, token, form.clone(), shown.clone()).await {
        Ok(Outcome::Kept(response)) => {
            Ok(see_other(&token.seal(app.seal_key(), Purpose::Answer), response.language.as_str()))
        }
        Ok(Outcome::Rejected(opened, rejected)) => {
            let wrong = wrong(&app, &opened, shown.as_ref(), &rejected);
            let body =
                self::form(&app, token, &opened, shown.as_ref(), &rejected.typed, &wrong, false, branching::At::Wrong);
            Ok(page(422, body))
        }
        Ok(Outcome::Full(opened)) => {
            let (status, body) = branching::full(&app, &opened, shown.as_ref());
            Ok(page(status, body))
        }
        Err(error) => Ok(not_kept(&app, token, &form, shown.as_ref(), error)),
    }
}

/// What is wrong with a form, in words, at its questions. Fields that the survey does not have cannot
/// come from our page; what is said of them stands at the first question.
fn wrong(app: &App, opened: &Opened, shown: Option<&Language>, rejected: &Rejected) -> Vec<Wrong> {
    let definition = &opened.instrument.definition;
    let language = language(opened, shown);
    let reader = app.reader_of(&language);
    let first = definition.asked().next();
    rejected
        .faults
        .iter()
        .filter_map(|fault| {
            let place = fault.place.to_string();
            let known = definition.question(&place);
            let question = known.or(first)?;
            let company = &app.config.organisation.name;
            let text = match known {
                Some(question) => survey::complaint(&reader, question, fault, &language, company)
                    .unwrap_or_else(|| text::error::fault_text(&reader, fault)),
                None => text::error::describe_fault(&reader, fault),
            };
            let label = survey_label(question, &language, &app.config.organisation.name);
            Some(Wrong { question: question.key.clone(), label, text })
        })
        .collect()
}

fn survey_label(question: &crate::domain::survey::Question, language: &Language, company: &str) -> String {
    crate::domain::survey::fill(question.label().for_reader(language), company)
}

/// The answer to a form that was not kept. Where it is our trouble, the page gives back what was typed,
/// to be sent again.
fn not_kept(
    app: &App,
    token: Token,
    form: &[(String, String)],
    shown: Option<&Language>,
    error: Error,
) -> HttpResponse {
    let reader = app.reader_of(shown.unwrap_or(&app.config.organisation.language));
    let ours = matches!(error.kind(), Kind::Unavailable | Kind::Internal | Kind::Conflict);
    if !ours || error.code() == Code::ResponseFinal {
        let (status, body) = refused(app, &reader, &error);
        return page(status, body);
    }
    tracing::error!(code = error.code().as_str(), cause = ?error, "a response was not kept");
    let action = format!("/r/{}", token.seal(app.seal_key(), Purpose::Answer));
    let text = text::error::describe(&reader, &error);
    let resend = survey::Resend { action: &action, form, text: &text, code: error.code().as_str() };
    let mut response = page(super::errors::status(error.kind()), survey::resend(&site(app), &reader, &resend));
    response
        .headers_mut()
        .insert(actix_web::http::header::RETRY_AFTER, actix_web::http::header::HeaderValue::from_static("10"));
    response
}

/// The reader of a page about mails: in the language asked for, else the invitation's.
fn reader_of(app: &App, asked: &Asked, invitation: &Language) -> Reader {
    app.reader_of(asked.language().as_ref().unwrap_or(invitation))
}

async fn ask_to_stop(app: Shared, link: Path<String>, asked: Query<Asked>) -> Answer {
    let token = token(&app, Purpose::Unsubscribe, &link)?;
    let body = crate::app::run(&app, move |app| {
        let found = responses::open_unsubscribe(app, token)?;
        let reader = reader_of(app, &asked, &found.invitation.language);
        Ok(survey::stop(&site(app), &reader, &token.seal(app.seal_key(), Purpose::Unsubscribe)))
    })
    .await?;
    Ok(page(200, body))
}

/// Stops the mails, whoever presses the button: a person on our page, or their mail program for them
/// (RFC 8058), which sends `List-Unsubscribe=One-Click` in either form and follows no redirect. The
/// token says whose mails; the body says nothing more and is not looked into.
async fn stop(app: Shared, link: Path<String>, asked: Query<Asked>, _request: HttpRequest) -> Answer {
    let token = token(&app, Purpose::Unsubscribe, &link)?;
    let body = crate::app::run(&app, move |app| {
        let found = responses::unsubscribe(app, token)?;
        Ok(survey::stopped(&site(app), &reader_of(app, &asked, &found.invitation.language)))
    })
    .await?;
    Ok(page(200, body))
}
