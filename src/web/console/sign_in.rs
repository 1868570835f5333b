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
    Ok(html(page(&req, &shared, own_path(&next), "", None, &Kept::default())?))
}

/// A form that came when its session had ended, on its way through signing in: where it was sent, and what
/// was typed. Passwords are not handed back, nor are they typed twice by mistake.
#[derive(Default)]
struct Kept {
    action: Option<String>,
    fields: Vec<(String, String)>,
}

impl Kept {
    /// Of the form itself.
    fn of(action: &str, fields: &Fields) -> Self {
        let typed = |name: &str| name != "_form" && !name.contains("password");
        let fields = fields.0.iter().filter(|(name, _)| typed(name)).cloned().collect();
        Self { action: Some(own_path(action).to_owned()), fields }
    }

    /// Back from the page of signing in.
    fn returned(fields: &Fields) -> Self {
        let kept = |(name, value): &(String, String)| Some((name.strip_prefix(KEPT)?.to_owned(), value.clone()));
        Self {
            action: fields.get("again").map(|action| own_path(action).to_owned()),
            fields: fields.0.iter().filter_map(kept).collect(),
        }
    }

    fn view(&self, prefix: &str) -> Value {
        let fields =
            self.fields.iter().map(|(name, value)| json!({ "name": format!("{prefix}{name}"), "value": value }));
        json!({ "action": self.action, "fields": fields.collect::<Vec<_>>() })
    }
}

/// What stands before the names of kept fields, so that they are not taken for those of signing in.
const KEPT: &str = "kept.";

/// The page of signing in that a form is answered with whose session has ended: it keeps what was typed.
///
/// # Errors
/// What the template fails with.
pub(in crate::web) fn instead_of(req: &HttpRequest, shared: &Shared, fields: Option<&Fields>) -> Result<String> {
    let kept = fields.map(|fields| Kept::of(req.path(), fields)).unwrap_or_default();
    page(req, shared, "/", "", Some(&Code::SignInNeeded.into()), &kept)
}

fn page(
    req: &HttpRequest,
    shared: &Shared,
    next: &str,
    email: &str,
    error: Option<&Error>,
    kept: &Kept,
) -> Result<String> {
    let reader = reader(req, shared);
    let data = json!({
        "next": next,
        "email": email,
        "error": error.map(|e| text::error::describe(&reader, e)),
        "kept": kept.view(KEPT),
        "css": crate::web::assets::console_css_path(),
        "theme": shared.look.sheet(),
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
    let kept = Kept::returned(&fields);
    match app::run(&shared, move |app| sign_in::sign_in(app, place, &address, &password)).await {
        Ok(signed) => {
            let mut response = match &kept.action {
                Some(_) => html(resume_page(&req, &shared, &kept)?),
                None => see_other(&next),
            };
            let cookie = session_cookie(signed.token, shared.config.secure_cookies());
            response.add_cookie(&cookie).map_err(Error::internal)?;
            Ok(response)
        }
        Err(error) if matches!(error.kind(), Kind::SignIn | Kind::TooMany) => {
            let body = page(&req, &shared, &next, &email, Some(&error), &kept)?;
            Ok(html_with(crate::web::errors::status(error.kind()), body))
        }
        Err(error) => Err(error.into()),
    }
}

/// Between signing in again and the form that was being sent. The form comes back filled in, to be looked
/// through: it has no key of the new session, so nothing is done yet.
fn resume_page(req: &HttpRequest, shared: &Shared, kept: &Kept) -> Result<String> {
    let data = json!({
        "kept": kept.view(""),
        "resume": true,
        "css": crate::web::assets::console_css_path(),
        "theme": shared.look.sheet(),
        "organisation": shared.config.organisation.name,
    });
    shared.templates.render("sign-in", &data, &reader(req, shared))
}

async fn leave(req: HttpRequest, shared: Shared, form: Posted) -> Answer {
    form.fresh()?;
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
