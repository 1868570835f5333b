//! Pages of the console: the frame around each, and how it is sent.

use super::admission::Signed;
use super::errors::Failure;
use crate::app::App;
use crate::domain::permission::{Action, Module, may, reach};
use crate::error::Result;
use crate::store::{accounts, cases, warnings};
use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use serde_json::{Value, json};

/// One entry of the side.
#[derive(Serialize)]
struct Entry {
    key: &'static str,
    href: &'static str,
    icon: &'static str,
    text: &'static str,
    count: Option<String>,
    current: bool,
}

/// The entries of the side in their order: what they lead to and who has them.
const SIDE: &[(&str, &str, Module)] = &[
    ("overview", "/", Module::Figures),
    ("accounts", "/accounts", Module::Accounts),
    ("warnings", "/warnings", Module::Warnings),
    ("cases", "/cases", Module::Cases),
    ("waves", "/waves", Module::Waves),
    ("surveys", "/surveys", Module::Surveys),
    ("reports", "/reports", Module::Reports),
    ("mailbox", "/mailbox", Module::Mailbox),
    ("users", "/users", Module::Users),
    ("audit", "/audit", Module::Audit),
];

/// Renders a console page: the template gets `page` (its own data) and `shell` (the frame's).
///
/// # Errors
/// What the database or the template fails with.
pub(super) fn render(app: &App, signed: &Signed, template: &str, current: &str, page: &impl Serialize) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let counts = app.db.read(|conn| {
        let of = |module| reach(&signed.actor, Action::view(module)).ok();
        let accounts = of(Module::Accounts)
            .map(|r| accounts::list(conn, &r, &accounts::Filter::default(), 0, 0).map(|(_, n)| n))
            .transpose()?;
        let warnings = of(Module::Warnings).map(|r| warnings::count_open(conn, &r)).transpose()?;
        let cases = of(Module::Cases).map(|r| cases::count_open(conn, &r)).transpose()?;
        Ok([("accounts", accounts), ("warnings", warnings), ("cases", cases)])
    })?;
    let side: Vec<Entry> = SIDE
        .iter()
        .filter(|(_, _, module)| may(&signed.actor, Action::view(*module), None))
        .map(|&(key, href, _)| Entry {
            key,
            href,
            icon: key,
            text: key,
            count: counts
                .iter()
                .find(|(k, _)| *k == key)
                .and_then(|(_, n)| *n)
                .map(|n| reader.integer(n)),
            current: key == current,
        })
        .collect();
    let data = json!({
        "page": serde_json::to_value(page).unwrap_or(Value::Null),
        "shell": {
            "side": side,
            "who": signed.actor.name,
            "role": signed.actor.role.as_str(),
            "form": signed.form_key,
            "css": super::assets::console_css_path(),
            "js": super::assets::console_js_path(),
            "organisation": app.config.organisation.name,
        },
    });
    app.templates.render(template, &data, &reader)
}

/// Sends a page that a person reads, and no one else keeps.
pub(super) fn html(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}

/// After a step: the page to look at now.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

pub(super) type Answer = std::result::Result<HttpResponse, Failure>;
