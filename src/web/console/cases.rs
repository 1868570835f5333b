//! The queue of cases, and one case.

mod words;

use crate::app::cases::{self, At, Contact, Line, NewCase, NewStep, Numbers};
use crate::app::{self, App};
use crate::domain::ident::{AccountId, CaseId, StepId, UserId};
use crate::domain::permission::{Action, Actor, Module, may};
use crate::domain::winback::{CaseCause, Outcome, Purpose, State};
use crate::error::{Code, Error, Fault, Result};
use crate::store::cases::{Case, Filter};
use crate::store::{accounts, users};
use crate::web::Shared;
use crate::web::admission::{Query, Signed};
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web;
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

const VIEW: Action = Action::view(Module::Cases);
const CHANGE: Action = Action::change(Module::Cases);
const CREATE: Action = Action::create(Module::Cases);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/cases", Access::Signed(VIEW), || web::get().to(queue)),
        get("/cases/new", Access::Signed(CREATE), || web::get().to(new)),
        post("/cases", Access::Signed(CREATE), || web::post().to(open)),
        get("/cases/{account}/{case}", Access::Signed(VIEW), || web::get().to(one)),
        post("/cases/{account}/{case}/cause", Access::Signed(CHANGE), || web::post().to(set_cause)),
        post("/cases/{account}/{case}/figures", Access::Signed(CHANGE), || web::post().to(set_numbers)),
        post("/cases/{account}/{case}/ask", Access::Signed(CHANGE), || web::post().to(ask)),
        post("/cases/{account}/{case}/steps", Access::Signed(CHANGE), || web::post().to(add_step)),
        post("/cases/{account}/{case}/steps/{step}/done", Access::Signed(CHANGE), || web::post().to(finish_step)),
        post("/cases/{account}/{case}/steps/{step}/move", Access::Signed(CHANGE), || web::post().to(move_step)),
        post("/cases/{account}/{case}/contacts", Access::Signed(CHANGE), || web::post().to(touch)),
        post("/cases/{account}/{case}/owner", Access::Signed(CHANGE), || web::post().to(hand_to)),
        post("/cases/{account}/{case}/end", Access::Signed(CHANGE), || web::post().to(end)),
        post("/cases/{account}/{case}/reopen", Access::Signed(CHANGE), || web::post().to(reopen)),
    ]
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    state: String,
    purpose: String,
    owner: String,
    tier: String,
    cause: String,
}

impl Asked {
    /// Words that are none of ours narrow nothing.
    fn filter(&self) -> Filter {
        let states = match self.state.as_str() {
            "deferred" => vec![State::Deferred],
            "closed" => vec![State::Closed],
            _ => vec![State::Open, State::Refused],
        };
        Filter {
            states,
            purpose: Purpose::parse(&self.purpose),
            owner: UserId::parse(&self.owner),
            accounts: accounts::Filter {
                tier: (!self.tier.is_empty()).then(|| self.tier.clone()),
                ..accounts::Filter::default()
            },
            cause: CaseCause::parse(&self.cause),
        }
    }
}

async fn queue(shared: Shared, signed: Signed, asked: Query<Asked>) -> Answer {
    let asked = asked.into_inner();
    let body = app::run(&shared, move |app| {
        let filter = asked.filter();
        let lines = cases::queue(app, &signed.actor, &filter)?;
        let owners = app.db.read(users::all)?;
        let words = words::Words::new(app, &signed.actor);
        let name = |id: Option<UserId>| id.and_then(|id| owners.iter().find(|u| u.id == id)).map(|u| u.name.clone());
        let (below, above): (Vec<&Line>, Vec<&Line>) = lines.iter().partition(|l| l.case.state == State::Refused);
        let net: i64 = above.iter().map(|l| l.case.arithmetic.gate.net).fold(0, i64::saturating_add);
        let tab = match filter.states.as_slice() {
            [State::Deferred] => "deferred",
            [State::Closed] => "closed",
            _ => "open",
        };
        let tabs: Vec<Value> = ["open", "deferred", "closed"]
            .into_iter()
            .map(|key| json!({ "key": key, "text": words.text(&format!("case-tab-{key}")), "current": key == tab }))
            .collect();
        let page = json!({
            "tab": tab,
            "tabs": tabs,
            "summary": words.summary(tab, above.len(), net, below.len()),
            "purposes": options(Purpose::ALL.map(|p| (p.as_str().to_owned(), words.purpose(p))), &asked.purpose),
            "owners": options(owners.iter().filter(|u| u.active).map(|u| (u.id.to_string(), u.name.clone())), &asked.owner),
            "tiers": options(app.config.tiers.iter().map(|t| (t.key.clone(), words.tier(&t.key))), &asked.tier),
            "causes": options(CaseCause::ALL.map(|c| (c.as_str().to_owned(), words.cause(c))), &asked.cause),
            "lines": above.iter().enumerate().map(|(i, l)| words.line(l, Some(i + 1), name(next_owner(l)))).collect::<Vec<_>>(),
            "below": below.iter().map(|l| words.line(l, None, name(next_owner(l)))).collect::<Vec<_>>(),
            "gate": app.config.cases.gate.threshold,
            "currency": app.config.organisation.currency,
        });
        render(app, &signed, "console/cases", "cases", &page)
    })
    .await?;
    Ok(html(body))
}

fn next_owner(line: &Line) -> Option<UserId> {
    line.next.as_ref().map_or(line.case.owner, |(step, _)| step.owner)
}

fn options(all: impl IntoIterator<Item = (String, String)>, chosen: &str) -> Vec<Value> {
    all.into_iter()
        .map(|(key, text)| {
            let selected = key == chosen;
            json!({ "key": key, "text": text, "selected": selected })
        })
        .collect()
}

#[derive(Deserialize)]
struct OfAccount {
    account: String,
}

async fn new(shared: Shared, signed: Signed, query: Query<OfAccount>) -> Answer {
    let account = AccountId::parse(&query.account).ok_or(Code::NotFound)?;
    Ok(html(app::run(&shared, move |app| new_page(app, &signed, account)).await?))
}

fn new_page(app: &App, signed: &Signed, account: AccountId) -> Result<String> {
    let (account, under_way) = cases::may_open(app, &signed.actor, account)?;
    let words = words::Words::new(app, &signed.actor);
    let page = json!({
        "account": { "id": account.id.to_string(), "name": account.name, "tier": words.tier(&account.tier) },
        "under_way": under_way.map(|case| path(case.account, case.id)),
        "purposes": options(Purpose::ALL.map(|p| (p.as_str().to_owned(), words.purpose(p))), Purpose::WinBack.as_str()),
        "causes": options(CaseCause::ALL.map(|c| (c.as_str().to_owned(), words.cause(c))), ""),
    });
    render(app, signed, "console/case-new", "cases", &page)
}

async fn open(shared: Shared, posted: Posted) -> Answer {
    let step = |app: &App, actor: &Actor, fields: &Fields| {
        let new = NewCase {
            account: choice(fields, "account", AccountId::parse)?,
            purpose: choice(fields, "purpose", Purpose::parse)?,
            cause: choice(fields, "cause", CaseCause::parse)?,
            reason: fields.get("reason").unwrap_or_default().to_owned(),
            bound_until: fields.parse("bound_until")?,
        };
        let case = cases::open_by_hand(app, actor, new)?;
        Ok(path(case.account, case.id))
    };
    let page = |app: &App, signed: &Signed, fields: &Fields| {
        new_page(app, signed, choice(fields, "account", AccountId::parse)?)
    };
    posted.submit(&shared, step, page).await
}

async fn one(shared: Shared, signed: Signed, at: web::Path<(String, String)>) -> Answer {
    let (account, case) = ids(&at.0, &at.1)?;
    Ok(html(app::run(&shared, move |app| one_page(app, &signed, account, case)).await?))
}

fn one_page(app: &App, signed: &Signed, account: AccountId, case: CaseId) -> Result<String> {
    let dossier = cases::dossier(app, &signed.actor, account, case)?;
    let mut page = words::Words::new(app, &signed.actor).dossier(&dossier);
    if let Value::Object(page) = &mut page {
        page.insert("may_open".into(), may(&signed.actor, CREATE, Some(&dossier.account.standing())).into());
    }
    render(app, signed, "console/case", "cases", &page)
}

fn path(account: AccountId, case: CaseId) -> String {
    format!("/cases/{account}/{case}")
}

fn ids(account: &str, case: &str) -> Result<(AccountId, CaseId)> {
    let account = AccountId::parse(account).ok_or(Code::NotFound)?;
    Ok((account, CaseId::parse(case).ok_or(Code::NotFound)?))
}

fn choice<T>(fields: &Fields, name: &'static str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T> {
    let text = fields.require(name)?;
    parse(text).ok_or_else(|| Fault::field(name, Code::ValueUnknown).with("value", text).into())
}

/// One deed at the case of an address; then the case again.
async fn deed(
    shared: Shared,
    posted: Posted,
    at: (String, String),
    work: impl FnOnce(&App, &Actor, At, &Fields) -> Result<Case> + Send + 'static,
) -> Answer {
    let (account, case) = ids(&at.0, &at.1)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let revision = fields.parse("revision")?.ok_or_else(|| Error::new(Code::FormStale))?;
        work(app, actor, At { account, case, revision }, fields).map(|_| path(account, case))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, account, case)).await
}

type CasePath = web::Path<(String, String)>;
type StepPath = web::Path<(String, String, String)>;

async fn set_cause(shared: Shared, posted: Posted, at: CasePath) -> Answer {
    deed(shared, posted, at.into_inner(), |app, actor, at, fields| {
        let cause = choice(fields, "cause", CaseCause::parse)?;
        cases::set_cause(app, actor, at, cause, fields.get("note").unwrap_or_default())
    })
    .await
}

async fn set_numbers(shared: Shared, posted: Posted, at: CasePath) -> Answer {
    deed(shared, posted, at.into_inner(), |app, actor, at, fields| {
        let chance = match (fields.parse("probability")?, fields.parse("low")?, fields.parse("high")?) {
            (None, None, None) => None,
            (mean, low, high) => Some((
                mean.ok_or_else(|| Fault::field("probability", Code::ValueMissing))?,
                low.ok_or_else(|| Fault::field("low", Code::ValueMissing))?,
                high.ok_or_else(|| Fault::field("high", Code::ValueMissing))?,
            )),
        };
        let currency = &app.config.organisation.currency;
        let numbers = Numbers {
            chance,
            value: words::amount(fields, "value", currency)?,
            cost: words::amount(fields, "cost", currency)?,
            reason: fields.get("reason").unwrap_or_default().to_owned(),
        };
        cases::set_numbers(app, actor, at, &numbers)
    })
    .await
}

async fn ask(shared: Shared, posted: Posted, at: CasePath) -> Answer {
    deed(shared, posted, at.into_inner(), |app, actor, at, _| cases::reconsider(app, actor, at)).await
}

async fn add_step(shared: Shared, posted: Posted, at: CasePath) -> Answer {
    deed(shared, posted, at.into_inner(), |app, actor, at, fields| {
        let step = NewStep { title: fields.require("title")?.to_owned(), due: due(fields)?, owner: owner(fields)? };
        cases::add_step(app, actor, at, &step)
    })
    .await
}

async fn finish_step(shared: Shared, posted: Posted, at: StepPath) -> Answer {
    let (account, case, step) = at.into_inner();
    let step = StepId::parse(&step).ok_or(Code::NotFound)?;
    deed(shared, posted, (account, case), move |app, actor, at, _| cases::finish_step(app, actor, at, step)).await
}

async fn move_step(shared: Shared, posted: Posted, at: StepPath) -> Answer {
    let (account, case, step) = at.into_inner();
    let step = StepId::parse(&step).ok_or(Code::NotFound)?;
    deed(shared, posted, (account, case), move |app, actor, at, fields| {
        cases::postpone_step(app, actor, at, step, due(fields)?)
    })
    .await
}

async fn touch(shared: Shared, posted: Posted, at: CasePath) -> Answer {
    deed(shared, posted, at.into_inner(), |app, actor, at, fields| {
        let contact = Contact {
            channel: fields.require("channel")?.to_owned(),
            note: fields.require("note")?.to_owned(),
            offer: fields.get("offer").unwrap_or_default().to_owned(),
        };
        cases::touch(app, actor, at, &contact)
    })
    .await
}

async fn hand_to(shared: Shared, posted: Posted, at: CasePath) -> Answer {
    deed(shared, posted, at.into_inner(), |app, actor, at, fields| {
        cases::hand_to(app, actor, at, choice(fields, "owner", UserId::parse)?)
    })
    .await
}

async fn end(shared: Shared, posted: Posted, at: CasePath) -> Answer {
    deed(shared, posted, at.into_inner(), |app, actor, at, fields| {
        let outcome = choice(fields, "outcome", Outcome::parse)?;
        let reason = fields.get("reason").unwrap_or_default();
        match outcome {
            Outcome::Deferred => cases::defer(app, actor, at, fields.parse("until")?, reason),
            outcome => cases::close(app, actor, at, outcome, reason),
        }
    })
    .await
}

async fn reopen(shared: Shared, posted: Posted, at: CasePath) -> Answer {
    deed(shared, posted, at.into_inner(), |app, actor, at, fields| {
        cases::reopen(app, actor, at, fields.get("reason").unwrap_or_default())
    })
    .await
}

fn due(fields: &Fields) -> Result<NaiveDate> {
    fields.parse("due")?.ok_or_else(|| Fault::field("due", Code::ValueMissing).into())
}

fn owner(fields: &Fields) -> Result<Option<UserId>> {
    fields.get("owner").map(|_| choice(fields, "owner", UserId::parse)).transpose()
}
