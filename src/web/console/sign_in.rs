//! Signing in, out, and how one reads.

use crate::app::{self, App, digests, sign_in};
use crate::domain::language::Language;
use crate::domain::permission::{Action, Actor, Module};
use crate::error::{Code, Error, Fault, Kind, Result};
use crate::store::users;
use crate::text;
use crate::web::Shared;
use crate::web::admission::{Query, SESSION_COOKIE, Signed, ended_cookie, own_path, same_site, session_cookie};
use crate::web::errors::reader;
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render, see_other};
use crate::web::routes::{Access, Route, get, post};
use actix_web::{HttpRequest, HttpResponse, web};
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
    let password = fields.0.iter().find(|(n, _)| n == "password").map(|(_, v)| v.clone()).unwrap_or_default();
    let next = own_path(fields.get("next").unwrap_or("/")).to_owned();
    let address = email.clone();
    match app::run(&shared, move |app| sign_in::sign_in(app, &address, &password)).await {
        Ok(signed) => {
            let mut response = see_other(&next);
            let cookie = session_cookie(signed.token, shared.config.secure_cookies());
            response.add_cookie(&cookie).map_err(Error::internal)?;
            Ok(response)
        }
        Err(error) if matches!(error.kind(), Kind::SignIn | Kind::TooMany) => {
            let body = page(&req, &shared, &next, &email, Some(&error))?;
            let status = crate::web::errors::status(error.kind());
            let status = actix_web::http::StatusCode::from_u16(status).map_err(Error::internal)?;
            Ok(HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body))
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
    let body = app::run(&shared, move |app| {
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
        render(app, &signed, "console/me", "me", &page)
    })
    .await?;
    Ok(html(body))
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
    let language = Language::parse(posted.fields.require("language")?)
        .map_err(|_| Error::from(Fault::field("language", Code::ValueUnknown)))?;
    let zone = posted.fields.parse("zone")?.ok_or_else(|| Error::from(Fault::field("zone", Code::ValueMissing)))?;
    let actor = posted.signed.actor.clone();
    let user = actor.user;
    let fields = posted.fields;
    app::run(&shared, move |app| {
        if let (Some(user), Some(_)) = (user, fields.get("password")) {
            let password = fields.0.iter().find(|(n, _)| n == "password").map(|(_, v)| v.as_str()).unwrap_or_default();
            sign_in::set_password(app, &actor, user, password)?;
        }
        // Who has no digest is not asked for it.
        match fields.get("digest") {
            Some("yes") => sign_in::set_digest(app, &actor, true)?,
            Some("no") => sign_in::set_digest(app, &actor, false)?,
            _ => {}
        }
        sign_in::set_preferences(app, &actor, language, zone)
    })
    .await?;
    Ok(see_other("/me"))
}
