//! Accounts: the list, one account, and the forms by which they and their people are changed.

mod dossier;

use crate::app::accounts::{self as book, AccountForm, CHANGE, CREATE, Choices, ContactForm, VIEW};
use crate::app::figures::{tier_name, tier_position};
use crate::app::warnings::words;
use crate::app::{self, App, follow_ups, responses, visits};
use crate::domain::account::{Account, AccountKind};
use crate::domain::ident::{AccountId, ContactId, ResponseId, UserId};
use crate::domain::permission::{Action, Actor, Module, Role, may};
use crate::error::{Code, Error, Fault, Result};
use crate::store::accounts::Filter;
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::{Query, Signed, encoded};
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web::{self, Path};
use serde::Deserialize;
use serde_json::{Value, json};

/// Accounts on one page of the list.
const PAGE: i64 = 50;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/accounts", Access::Signed(VIEW), || web::get().to(list)),
        get("/accounts/new", Access::Signed(CREATE), || web::get().to(new)),
        post("/accounts/new", Access::Signed(CREATE), || web::post().to(create)),
        get("/accounts/{id}", Access::Signed(VIEW), || web::get().to(one)),
        get("/accounts/{id}/edit", Access::Signed(CHANGE), || web::get().to(edit)),
        post("/accounts/{id}/edit", Access::Signed(CHANGE), || web::post().to(change)),
        post("/accounts/{id}/contacts", Access::Signed(Action::create(Module::Contacts)), || {
            web::post().to(add_contact)
        }),
        post("/accounts/{id}/responses/{response}/exclude", Access::Signed(visits::VIEW), || web::post().to(exclude)),
        post("/accounts/{id}/responses/{response}/restore", Access::Signed(visits::VIEW), || web::post().to(restore)),
        post("/accounts/{id}/responses/{response}/reply", Access::Signed(follow_ups::CHANGE), || web::post().to(reply)),
        post("/accounts/{id}/contacts/{contact}", Access::Signed(Action::change(Module::Contacts)), || {
            web::post().to(change_contact)
        }),
    ]
}

#[derive(Deserialize)]
struct Asked {
    q: Option<String>,
    tier: Option<String>,
    region: Option<String>,
    manager: Option<String>,
    page: Option<i64>,
}

async fn list(shared: Shared, signed: Signed, query: Query<Asked>) -> Answer {
    let asked = query.into_inner();
    let body = app::run(&shared, move |app| list_page(app, &signed, &asked)).await?;
    Ok(html(body))
}

fn list_page(app: &App, signed: &Signed, asked: &Asked) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let given = |text: &Option<String>| text.as_ref().map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let filter = Filter {
        text: given(&asked.q),
        tier: given(&asked.tier),
        region: given(&asked.region),
        manager: asked.manager.as_deref().and_then(UserId::parse),
        ..Filter::default()
    };
    let page = asked.page.unwrap_or(1).clamp(1, 100_000);
    let offset = (page - 1) * PAGE;
    let found = book::list(app, &signed.actor, &filter, offset, PAGE)?;
    let name = |id: Option<UserId>| found.people.iter().find(|u| Some(u.id) == id).map(|u| u.name.as_str());
    let rows: Vec<Value> = found
        .lines
        .iter()
        .map(|line| {
            let a = &line.account;
            json!({
                "href": format!("/accounts/{}", a.id), "name": a.name, "number": a.number.as_str(), "active": a.active,
                "tier": tier(app, &reader, a), "region": a.region, "line": a.product_line, "manager": name(a.manager),
                "level": line.worst.map(|l| l.as_str()),
                "level_name": line.worst.map(|l| words::level_alone(&reader, l)),
                "warnings": reader.text("accounts-warnings", &[("count", line.open_warnings.into())]),
            })
        })
        .collect();
    let tiers: Vec<Value> = tier_choices(app, &reader, filter.tier.as_deref());
    let regions: Vec<Value> =
        found.regions.iter().map(|r| json!({ "name": r, "chosen": filter.region.as_ref() == Some(r) })).collect();
    let own = signed.actor.role == Role::AccountManager;
    let managers: Vec<Value> = found
        .people
        .iter()
        .filter(|u| !own && u.active && u.role == Role::AccountManager)
        .map(|u| json!({ "id": u.id, "name": u.name, "chosen": filter.manager == Some(u.id) }))
        .collect();
    let address = |page: i64| {
        let part =
            |name: &str, value: Option<&str>| value.map(|v| format!("&{name}={}", encoded(v))).unwrap_or_default();
        format!(
            "/accounts?page={page}{}{}{}{}",
            part("q", filter.text.as_deref()),
            part("tier", filter.tier.as_deref()),
            part("region", filter.region.as_deref()),
            part("manager", filter.manager.map(|m| m.to_string()).as_deref()),
        )
    };
    let shown = i64::try_from(rows.len()).unwrap_or(0);
    let narrowed =
        filter.text.is_some() || filter.tier.is_some() || filter.region.is_some() || filter.manager.is_some();
    let data = json!({
        "headline": reader.text("accounts-headline", &[("count", found.total.into())]),
        "q": filter.text, "tiers": tiers, "regions": regions, "managers": managers, "rows": rows, "narrowed": narrowed,
        "count": reader.text("accounts-count-of", &[("from", (offset + 1).into()), ("to", (offset + shown).into()), ("total", found.total.into())]),
        "newer": (page > 1).then(|| address(page - 1)),
        "older": (offset + shown < found.total).then(|| address(page + 1)),
        "may_create": may(&signed.actor, CREATE, None),
    });
    render(app, signed, "console/accounts", "accounts", &data)
}

/// The tier of an account: its name, and its colour by its place.
fn tier(app: &App, reader: &Reader, account: &Account) -> Value {
    let class = format!("c{}", tier_position(app, &account.tier).min(3) + 1);
    json!({ "name": tier_name(app, &account.tier, &reader.language), "class": class })
}

fn tier_choices(app: &App, reader: &Reader, chosen: Option<&str>) -> Vec<Value> {
    let choice =
        |key: &str| json!({ "key": key, "name": tier_name(app, key, &reader.language), "chosen": chosen == Some(key) });
    app.config.tiers.iter().map(|t| choice(&t.key)).collect()
}

fn known(id: &str) -> Result<AccountId> {
    AccountId::parse(id).ok_or_else(|| Error::new(Code::NotFound))
}

#[derive(Deserialize)]
struct Person {
    contact: Option<String>,
}

async fn one(shared: Shared, signed: Signed, id: Path<String>, query: Query<Person>) -> Answer {
    let id = known(&id)?;
    let contact = query.contact.as_deref().and_then(ContactId::parse);
    Ok(html(app::run(&shared, move |app| one_page(app, &signed, id, contact)).await?))
}

fn one_page(app: &App, signed: &Signed, id: AccountId, contact: Option<ContactId>) -> Result<String> {
    let found = book::dossier(app, &signed.actor, id)?;
    let data = dossier::page(app, &app.reader(&signed.actor), &found, contact)?;
    render(app, signed, "console/account", "accounts", &data)
}

async fn new(shared: Shared, signed: Signed) -> Answer {
    Ok(html(app::run(&shared, move |app| form(app, &signed, None)).await?))
}

async fn edit(shared: Shared, signed: Signed, id: Path<String>) -> Answer {
    let id = known(&id)?;
    Ok(html(app::run(&shared, move |app| form(app, &signed, Some(id))).await?))
}

fn form(app: &App, signed: &Signed, id: Option<AccountId>) -> Result<String> {
    let (account, choices) = book::for_form(app, &signed.actor, id)?;
    let data = form_page(app, &app.reader(&signed.actor), account.as_ref(), &choices);
    render(app, signed, "console/account_edit", "accounts", &data)
}

fn form_page(app: &App, reader: &Reader, account: Option<&Account>, choices: &Choices) -> Value {
    let person = |chosen: Option<UserId>| -> Vec<Value> {
        choices.people.iter().map(|u| json!({ "id": u.id, "name": u.name, "chosen": Some(u.id) == chosen })).collect()
    };
    let kind_now = account.map_or(AccountKind::Customer, |a| a.kind);
    let kinds: Vec<Value> = AccountKind::ALL
        .into_iter()
        .map(|k| {
            let name = reader.text(&format!("accounts-kind-{}", k.as_str()), &[]);
            json!({ "key": k.as_str(), "name": name, "chosen": k == kind_now })
        })
        .collect();
    json!({
        "id": account.map(|a| a.id), "name": account.map(|a| a.name.as_str()),
        "number": account.map(|a| a.number.as_str()),
        "kinds": kinds, "tiers": tier_choices(app, reader, account.map(|a| a.tier.as_str())),
        "region": account.map_or("", |a| &a.region), "line": account.map_or("", |a| &a.product_line),
        "regions": choices.regions, "lines": choices.product_lines,
        "managers": person(account.and_then(|a| a.manager)), "deputies": person(account.and_then(|a| a.deputy)),
        "active": account.is_none_or(|a| a.active), "revision": account.map_or(1, |a| a.revision),
    })
}

fn filled(fields: &Fields) -> Result<AccountForm> {
    let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    Ok(AccountForm {
        number: text("number"),
        name: text("name"),
        kind: text("kind"),
        tier: text("tier"),
        region: text("region"),
        product_line: text("product_line"),
        manager: somebody(fields, "manager")?,
        deputy: somebody(fields, "deputy")?,
        active: fields.get("active").is_some(),
        revision: fields.parse("revision")?.unwrap_or(0),
    })
}

fn somebody(fields: &Fields, name: &'static str) -> Result<Option<UserId>> {
    let unknown = |text: &str| Error::from(Fault::field(name, Code::ValueUnknown).with("value", text));
    fields.get(name).map(|text| UserId::parse(text).ok_or_else(|| unknown(text))).transpose()
}

async fn create(shared: Shared, posted: Posted) -> Answer {
    let step = |app: &App, actor: &Actor, fields: &Fields| {
        // A new account is there to be worked with.
        let account = book::create(app, actor, &AccountForm { active: true, ..filled(fields)? })?;
        Ok(format!("/accounts/{}", account.id))
    };
    posted.submit(&shared, step, |app, signed, _| form(app, signed, None)).await
}

async fn change(shared: Shared, id: Path<String>, posted: Posted) -> Answer {
    let id = known(&id)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        book::change(app, actor, id, &filled(fields)?).map(|_| format!("/accounts/{id}"))
    };
    posted.submit(&shared, step, move |app, signed, _| form(app, signed, Some(id))).await
}

async fn add_contact(shared: Shared, id: Path<String>, posted: Posted) -> Answer {
    save_contact(shared, known(&id)?, None, posted).await
}

async fn change_contact(shared: Shared, path: Path<(String, String)>, posted: Posted) -> Answer {
    let (id, contact) = path.into_inner();
    let contact = ContactId::parse(&contact).ok_or_else(|| Error::new(Code::NotFound))?;
    save_contact(shared, known(&id)?, Some(contact), posted).await
}

async fn save_contact(shared: Shared, account: AccountId, contact: Option<ContactId>, posted: Posted) -> Answer {
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let given = |name: &str| fields.get(name).map(ToOwned::to_owned);
        let form = ContactForm {
            id: contact,
            email: fields.require("email")?.to_owned(),
            name: fields.require("name")?.to_owned(),
            salutation: given("salutation"),
            phone: given("phone"),
            language: fields.require("language")?.to_owned(),
            role: given("role"),
            consent: fields.get("consent").is_some(),
            // Who is added works there; who is changed may have left.
            active: contact.is_none() || fields.get("active").is_some(),
            revision: fields.parse("revision")?.unwrap_or(0),
        };
        book::save_contact(app, actor, account, &form).map(|_| format!("/accounts/{account}#contacts"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, account, contact)).await
}

/// The response that an address names, and whose it is.
fn answered(path: &(String, String)) -> Result<(AccountId, ResponseId)> {
    let response = ResponseId::parse(&path.1).ok_or_else(|| Error::new(Code::NotFound))?;
    Ok((known(&path.0)?, response))
}

async fn exclude(shared: Shared, path: Path<(String, String)>, posted: Posted) -> Answer {
    let (account, response) = answered(&path)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let why = fields.get("why").unwrap_or_default();
        responses::exclude(app, actor, account, response, why).map(|_| format!("/accounts/{account}"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, account, None)).await
}

async fn reply(shared: Shared, path: Path<(String, String)>, posted: Posted) -> Answer {
    let (account, response) = answered(&path)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let words = fields.get("reply").unwrap_or_default();
        follow_ups::reply(app, actor, account, response, words).map(|()| format!("/accounts/{account}"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, account, None)).await
}

async fn restore(shared: Shared, path: Path<(String, String)>, posted: Posted) -> Answer {
    let (account, response) = answered(&path)?;
    let step = move |app: &App, actor: &Actor, _: &Fields| {
        responses::restore(app, actor, account, response).map(|_| format!("/accounts/{account}"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, account, None)).await
}
