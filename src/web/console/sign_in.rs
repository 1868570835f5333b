//! Signing in, out, and how one reads.

use crate::app::{self, App, digests, sign_in};
use crate::domain::language::Language;
use crate::domain::permission::{Action, Actor, Module};
use crate::error::{Code, Error, Fault, Kind, Result};
use crate::store::users;
use crate::text;
use crate::web::admission::{Query, SESSION_COOKIE, Signed, ended_cookie, own_path, same_site, session_cookie};
use crate::web::errors::reader;
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, html_with, render, see_other};
use crate::web::routes::{Access, Route, get, post};
use crate::web::{Shared, client};
use actix_web::{HttpRequest, web};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    let myself = Access::Signed(Action::view(Module::Myself));
    vec![
        get("/sign-in", Access::Public, || web::get().to(form)),
        post("/sign-in", Access::Public, || web::post().to(enter)),
        post("/sign-out", myself, || web::post().to(leave)),
        get("/me", myself, || web::get().to(preferences)),
        post("/me", Access::Signed(Action::change(Module::Myself)), || web::post().to(save_preferences)),
    ]
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn form(req: HttpRequest, shared: Shared, query: Query<Next>) -> Answer {
    let next = query.into_inner().next.unwrap_or_default();
    Ok(html(page(&req, &shared, own_path(&next), "", None)?))
}

fn page(req: &HttpRequest, shared: &Shared, next: &str, email: &str, error: Option<&Error>) -> Result<String> {
    let reader = reader(req, shared);
    let data = json!({
        "next": next,
        "email": email,
        "error": error.map(|e| text::error::describe(&reader, e)),
        "css": crate::web::assets::console_css_path(),
        "organisation": shared.config.organisation.name,
    });
    shared.templates.render("sign-in", &data, &reader)
}

async fn enter(req: HttpRequest, shared: Shared, fields: Fields) -> Answer {
    if !same_site(&req) {
        return Err(Code::FormStale.into());
    }
    let email = fields.get("email").unwrap_or_default().to_owned();
    let password = fields.secret("password").to_owned();
    let next = own_path(fields.get("next").unwrap_or("/")).to_owned();
    let address = email.clone();
    let place = client::address(&req, &shared.config.web.trusted_proxies);
    match app::run(&shared, move |app| sign_in::sign_in(app, place, &address, &password)).await {
        Ok(signed) => {
            let mut response = see_other(&next);
            let cookie = session_cookie(signed.token, shared.config.secure_cookies());
            response.add_cookie(&cookie).map_err(Error::internal)?;
            Ok(response)
        }
        Err(error) if matches!(error.kind(), Kind::SignIn | Kind::TooMany) => {
            let body = page(&req, &shared, &next, &email, Some(&error))?;
            Ok(html_with(crate::web::errors::status(error.kind()), body))
        }
        Err(error) => Err(error.into()),
    }
}

async fn leave(req: HttpRequest, shared: Shared, _form: Posted) -> Answer {
    if let Some(cookie) = req.cookie(SESSION_COOKIE) {
        let token = cookie.value().to_owned();
        app::run(&shared, move |app| sign_in::sign_out(app, &token)).await?;
    }
    let mut response = see_other("/sign-in");
    response.add_cookie(&ended_cookie(shared.config.secure_cookies())).map_err(Error::internal)?;
    Ok(response)
}

async fn preferences(shared: Shared, signed: Signed) -> Answer {
    Ok(html(app::run(&shared, move |app| preferences_page(app, &signed)).await?))
}

fn preferences_page(app: &App, signed: &Signed) -> Result<String> {
    let languages: Vec<_> = app
        .catalogue
        .languages()
        .into_iter()
        .map(|l| {
            let name = app.catalogue.text(&l, "language-name", &[]);
            json!({ "tag": l.as_str(), "name": name, "chosen": l == signed.actor.language })
        })
        .collect();
    let page = json!({
        "languages": languages, "zone": signed.actor.zone.name(), "digest": digest(app, &signed.actor)?,
    });
    render(app, signed, "console/me", "me", &page)
}

/// Whether the person wants the digest, and when the next one comes; null for a role that has none.
fn digest(app: &App, actor: &Actor) -> Result<Value> {
    let Some(user) = actor.user.filter(|_| digests::is_told(actor.role)) else { return Ok(Value::Null) };
    let wanted = app.db.read(|conn| users::find(conn, user))?.digest;
    let reader = app.reader(actor);
    let next = digests::next(app, &reader).map(|next| {
        let told = [
            ("weekday", next.weekday.as_str().into()),
            ("date", next.date.as_str().into()),
            ("time", next.time.as_str().into()),
        ];
        reader.text("mail-digest-when", &told)
    });
    Ok(json!({ "wanted": wanted, "next": next }))
}

async fn save_preferences(shared: Shared, posted: Posted) -> Answer {
    let step = |app: &App, actor: &Actor, fields: &Fields| {
        let language = Language::parse(fields.require("language")?)
            .map_err(|_| Error::from(Fault::field("language", Code::ValueUnknown)))?;
        let zone = fields.parse("zone")?.ok_or_else(|| Error::from(Fault::field("zone", Code::ValueMissing)))?;
        if let (Some(user), Some(_)) = (actor.user, fields.get("password")) {
            sign_in::set_password(app, actor, user, fields.secret("password"))?;
        }
        // Who has no digest is not asked for it.
        match fields.get("digest") {
            Some("yes") => sign_in::set_digest(app, actor, true)?,
            Some("no") => sign_in::set_digest(app, actor, false)?,
            _ => {}
        }
        sign_in::set_preferences(app, actor, language, zone).map(|()| "/me".to_owned())
    };
    posted.submit(&shared, step, |app, signed, _| preferences_page(app, signed)).await
}
