//! Pages of the console: the frame around each, and how it is sent.

use super::admission::Signed;
use super::errors::Failure;
use crate::app::App;
use crate::domain::permission::{Action, Module, may, reach};
use crate::error::Result;
use crate::store::{accounts, cases, follow_ups, warnings};
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use serde::Serialize;
use serde_json::{Value, json};

/// One entry of the side.
#[derive(Serialize)]
struct Entry {
    href: &'static str,
    icon: &'static str,
    text: String,
    count: Option<String>,
    current: bool,
}

/// The entries of the side in their order: what they lead to and who has them.
const SIDE: &[(&str, &str, &str, Module)] = &[
    ("overview", "/", "i-overview", Module::Figures),
    ("accounts", "/accounts", "i-accounts", Module::Accounts),
    ("warnings", "/warnings", "i-warnings", Module::Warnings),
    ("follow-ups", "/follow-ups", "i-tick", Module::Warnings),
    ("cases", "/cases", "i-winback", Module::Cases),
    ("waves", "/waves", "i-waves", Module::Waves),
    ("surveys", "/surveys", "i-surveys", Module::Surveys),
    ("subjects", "/subjects", "i-sites", Module::Subjects),
    ("open-links", "/open-links", "i-code", Module::OpenLinks),
    ("doubts", "/doubts", "i-doubt", Module::Responses),
    ("reports", "/reports", "i-reports", Module::Reports),
    ("mailbox", "/mailbox", "i-mailbox", Module::Mailbox),
    ("users", "/users", "i-people", Module::Users),
    ("audit", "/audit", "i-journal", Module::Audit),
];

/// Renders a console page: the template gets `page` (its own data) and `shell` (the frame's).
///
/// # Errors
/// What the database or the template fails with.
pub(super) fn render(
    app: &App,
    signed: &Signed,
    template: &str,
    current: &str,
    page: &impl Serialize,
) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let counts = app.db.read(|conn| {
        let of = |module| reach(&signed.actor, Action::view(module)).ok();
        let accounts = of(Module::Accounts)
            .map(|r| accounts::list(conn, &r, &accounts::Filter::default(), 0, 0).map(|(_, n)| n))
            .transpose()?;
        let warnings = of(Module::Warnings).map(|r| warnings::count_open(conn, &r)).transpose()?;
        let cases = of(Module::Cases).map(|r| cases::count_open(conn, &r)).transpose()?;
        let promises = of(Module::Warnings).map(|r| follow_ups::count_open(conn, &r)).transpose()?;
        Ok([("accounts", accounts), ("warnings", warnings), ("cases", cases), ("follow-ups", promises)])
    })?;
    let side: Vec<Entry> = SIDE
        .iter()
        .filter(|(_, _, _, module)| may(&signed.actor, Action::view(*module), None))
        .map(|&(key, href, icon, _)| Entry {
            href,
            icon,
            text: reader.text(&format!("nav-{key}"), &[]),
            count: counts.iter().find(|(k, _)| *k == key).and_then(|(_, n)| *n).map(|n| reader.integer(n)),
            current: key == current,
        })
        .collect();
    let role = reader.text(&format!("role-{}", signed.actor.role.as_str()), &[]);
    let role = match &signed.actor.region {
        Some(region) => {
            reader.text("role-in-region", &[("role", role.as_str().into()), ("region", region.as_str().into())])
        }
        None => role,
    };
    let data = json!({
        "page": serde_json::to_value(page).unwrap_or(Value::Null),
        "shell": {
            "side": side,
            "who": signed.actor.name,
            "role": role,
            "form": signed.form_key,
            "css": super::assets::console_css_path(),
            "theme": app.look.sheet(),
            "js": super::assets::console_js_path(),
            "organisation": app.config.organisation.name,
        },
    });
    app.templates.render(template, &data, &reader)
}

/// Sends a page that a person reads, and no one else keeps.
pub(super) fn html(body: String) -> HttpResponse {
    html_with(200, body)
}

/// The same with another status.
pub(super) fn html_with(status: u16, body: String) -> HttpResponse {
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}

/// After a step: the page to look at now.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}

pub(super) type Answer = std::result::Result<HttpResponse, Failure>;
