//! The people who work with the service.

use crate::app::{self, App, sign_in};
use crate::domain::permission::{Action, Actor, Module, Role, may, require};
use crate::error::{Code, Error, Fault, Result};
use crate::store::users;
use crate::web::Shared;
use crate::web::admission::Signed;
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web;
use serde_json::json;

const VIEW: Action = Action::view(Module::Users);
const ADD: Action = Action::create(Module::Users);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/users", Access::Signed(VIEW), || web::get().to(list)),
        post("/users", Access::Signed(ADD), || web::post().to(add)),
    ]
}

async fn list(shared: Shared, signed: Signed) -> Answer {
    Ok(html(app::run(&shared, move |app| page(app, &signed)).await?))
}

fn page(app: &App, signed: &Signed) -> Result<String> {
    require(&signed.actor, VIEW, None)?;
    let reader = app.reader(&signed.actor);
    let role = |role: Role| reader.text(&format!("role-{}", role.as_str()), &[]);
    let users: Vec<_> = app
        .db
        .read(users::all)?
        .into_iter()
        .map(|u| json!({ "name": u.name, "email": u.email, "role": role(u.role), "region": u.region, "active": u.active }))
        .collect();
    let roles: Vec<_> = Role::ALL.into_iter().map(|r| json!({ "key": r.as_str(), "name": role(r) })).collect();
    let page = json!({ "users": users, "roles": roles, "may_add": may(&signed.actor, ADD, None) });
    render(app, signed, "console/users", "users", &page)
}

async fn add(shared: Shared, posted: Posted) -> Answer {
    let step = |app: &App, actor: &Actor, fields: &Fields| {
        let role = Role::parse(fields.require("role")?)
            .ok_or_else(|| Error::from(Fault::field("role", Code::ValueUnknown)))?;
        let new = sign_in::NewUser {
            email: fields.require("email")?.to_owned(),
            name: fields.require("name")?.to_owned(),
            role,
            password: fields.secret("password").to_owned(),
            region: fields.get("region").map(ToOwned::to_owned),
            language: app.config.organisation.language.clone(),
            zone: app.config.organisation.reporting_zone,
        };
        sign_in::add_user(app, actor, new).map(|_| "/users".to_owned())
    };
    posted.submit(&shared, step, |app, signed, _| page(app, signed)).await
}
