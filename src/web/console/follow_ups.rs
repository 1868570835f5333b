//! Promises to customers who are not content: what is owed, and one of them with the answers it is about.

use crate::app::figures::tier_name;
use crate::app::follow_ups::{self as book, CHANGE, VIEW};
use crate::app::{self, App};
use crate::domain::follow_up::{FollowUp, State, Wish};
use crate::domain::ident::{AccountId, ResponseId, UserId};
use crate::domain::permission::{Actor, may};
use crate::domain::survey::{ItemMeasure, Question};
use crate::error::{Code, Error, Fault, Result};
use crate::render::survey::{Said, said_where};
use crate::store::follow_ups::Listed;
use crate::store::users::User;
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::{Query, Signed};
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web::{self, Path};
use serde::Deserialize;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/follow-ups", Access::Signed(VIEW), || web::get().to(board)),
        get("/follow-ups/{account}/{response}", Access::Signed(VIEW), || web::get().to(one)),
        post("/follow-ups/{account}/{response}/close", Access::Signed(CHANGE), || web::post().to(close)),
        post("/follow-ups/{account}/{response}/owner", Access::Signed(CHANGE), || web::post().to(hand_on)),
    ]
}

#[derive(Deserialize)]
struct Asked {
    show: Option<String>,
}

async fn board(shared: Shared, signed: Signed, query: Query<Asked>) -> Answer {
    let mine = query.show.as_deref() == Some("mine");
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let board = book::board(app, &signed.actor, mine)?;
        let rows = |all: &[Listed]| all.iter().map(|one| row(app, &reader, one, &board.people)).collect::<Vec<_>>();
        let overdue = board.rows.iter().filter(|one| one.follow_up.is_overdue(app.today())).count();
        let counts = [("count", board.rows.len().into()), ("overdue", overdue.into())];
        let data = json!({
            "headline": reader.text("follow-ups-headline", &counts),
            "rows": rows(&board.rows), "closed": rows(&board.closed), "mine": mine,
        });
        render(app, &signed, "console/follow_ups", "follow-ups", &data)
    })
    .await?;
    Ok(html(body))
}

/// The state of a promise in words, with the wish of the customer.
pub(super) fn state(reader: &Reader, one: &FollowUp) -> String {
    reader.text(&format!("follow-ups-state-{}", one.state.as_str()), &[])
}

/// A promise as a line of a list.
pub(super) fn line(app: &App, reader: &Reader, one: &FollowUp, people: &[User]) -> Value {
    let name = |id: UserId| people.iter().find(|user| user.id == id).map(|user| user.name.as_str());
    let late = one.is_overdue(app.today());
    let wish = one.wish.map_or("any", Wish::as_str);
    json!({
        "href": format!("/follow-ups/{}/{}", one.account, one.response),
        "owner": name(one.owner), "state": state(reader, one), "open": one.state == State::Open,
        "due": reader.date(one.due), "late": late,
        "due_words": reader.text("follow-ups-due", &[("date", reader.date(one.due).into()), ("late", late.to_string().into())]),
        "wish": reader.text(&format!("follow-ups-wish-{wish}"), &[]),
        "closed": one.closed_at.map(|at| reader.date(app.day_of(at))),
        "closed_by": one.closed_by.and_then(name), "note": one.note, "told": one.told,
    })
}

fn row(app: &App, reader: &Reader, one: &Listed, people: &[User]) -> Value {
    json!({
        "line": line(app, reader, &one.follow_up, people),
        "account": one.account_name, "account_id": one.follow_up.account,
        "tier": tier_name(app, &one.tier, &reader.language),
        "contact": one.contact_name, "phone": one.phone, "email": one.email,
    })
}

fn named(path: Path<(String, String)>) -> Result<(AccountId, ResponseId)> {
    let (account, response) = path.into_inner();
    let missing = || Error::new(Code::NotFound);
    Ok((AccountId::parse(&account).ok_or_else(missing)?, ResponseId::parse(&response).ok_or_else(missing)?))
}

async fn one(shared: Shared, signed: Signed, path: Path<(String, String)>) -> Answer {
    let (account, response) = named(path)?;
    let body = app::run(&shared, move |app| one_page(app, &signed, account, response)).await?;
    Ok(html(body))
}

fn one_page(app: &App, signed: &Signed, account: AccountId, response: ResponseId) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let found = book::view(app, &signed.actor, account, response)?;
    let published = app.surveys.find(&app.db, found.response.version)?;
    let company = &app.config.organisation.name;
    let (mut lines, mut words) = (Vec::new(), Vec::new());
    // How a colleague was rated is told where it may be seen, and from enough responses on.
    let told = |question: &Question| question.measure != Some(ItemMeasure::Employee);
    let answers = &found.response.answers;
    for one in said_where(&published.definition, answers, &reader.language, company, &reader, &told) {
        match one {
            Said::Line(label, value) => lines.push(json!({ "label": label, "value": value })),
            Said::Words(text) => words.push(text),
        }
    }
    let standing = found.account.standing();
    let owners: Vec<Value> = found
        .people
        .iter()
        .filter(|user| user.active && may(&user.actor(), CHANGE, Some(&standing)))
        .map(|user| json!({ "id": user.id, "name": user.name, "chosen": user.id == found.follow_up.owner }))
        .collect();
    let data = json!({
        "line": line(app, &reader, &found.follow_up, &found.people),
        "account": found.account.name, "account_id": found.account.id,
        "tier": tier_name(app, &found.account.tier, &reader.language),
        "day": reader.date(found.response.day), "lang": found.response.language,
        "lines": lines, "words": words, "owners": owners,
        "may_change": found.may_change && found.follow_up.state == State::Open,
    });
    render(app, signed, "console/follow_up", "follow-ups", &data)
}

async fn close(shared: Shared, path: Path<(String, String)>, posted: Posted) -> Answer {
    let (account, response) = named(path)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let (note, told) = (fields.get("note").unwrap_or_default(), fields.get("told").is_some());
        book::close(app, actor, account, response, note, told).map(|()| format!("/follow-ups/{account}/{response}"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, account, response)).await
}

async fn hand_on(shared: Shared, path: Path<(String, String)>, posted: Posted) -> Answer {
    let (account, response) = named(path)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let to = UserId::parse(fields.require("owner")?)
            .ok_or_else(|| Error::from(Fault::field("owner", Code::ValueUnknown)))?;
        book::hand_on(app, actor, account, response, to).map(|()| format!("/follow-ups/{account}/{response}"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, account, response)).await
}
