//! Bringing in files by the console: the text of a CSV file in a form, with every fault by row and column.

use crate::app::imports::{self, Feed, Kind, Options, Report};
use crate::app::{self, App, surveys};
use crate::domain::permission::{Action, Module, Reach, reach};
use crate::error::{Code, Error, Fault, Result};
use crate::store::responses::Channel;
use crate::text::error::describe_fault;
use crate::text::{Reader, Value as Said};
use crate::web::Shared;
use crate::web::admission::Signed;
use crate::web::errors::status;
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, html_with, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web;
use serde_json::{Value, json};
use std::io::Cursor;

const CREATE: Action = Action::create(Module::Responses);
/// How many faults a page lists.
const LISTED: usize = 200;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/imports", Access::Signed(CREATE), || web::get().to(show)),
        post("/imports", Access::Signed(CREATE), || web::post().to(bring)),
    ]
}

async fn show(shared: Shared, signed: Signed) -> Answer {
    Ok(html(app::run(&shared, move |app| page(app, &signed, &Fields::default(), None)).await?))
}

fn page(app: &App, signed: &Signed, fields: &Fields, found: Option<(&Report, bool)>) -> Result<String> {
    // A file is of all accounts.
    if reach(&signed.actor, CREATE)? != Reach::All {
        return Err(Error::new(Code::Forbidden));
    }
    let reader = app.reader(&signed.actor);
    let kinds = ["responses", "subjects", "accounts", "contacts", "orders"];
    let kinds: Vec<Value> = kinds
        .iter()
        .map(|kind| json!({ "key": kind, "name": reader.text(&format!("imports-kind-{kind}"), &[]), "chosen": fields.get("kind") == Some(kind) }))
        .collect();
    let mut names: Vec<Value> = Vec::new();
    for one in surveys::list(app, &signed.actor)?.iter().filter(|one| !one.definition.asks().is_empty()) {
        let title = one.definition.title.for_reader(&reader.language);
        let title = crate::domain::survey::fill(title, &app.config.organisation.name);
        names.push(
            json!({ "key": one.name(), "name": title, "chosen": fields.get("survey") == Some(one.name().as_str()) }),
        );
    }
    let channels: Vec<Value> = [Channel::ThirdParty, Channel::Telephone, Channel::Paper]
        .iter()
        .map(|channel| {
            let name = reader.text(&format!("channel-{}", channel.as_str().replace('_', "-")), &[]);
            json!({ "key": channel.as_str(), "name": name, "chosen": fields.get("channel") == Some(channel.as_str()) })
        })
        .collect();
    let data = json!({
        "kinds": kinds, "surveys": names, "channels": channels,
        "agency": fields.get("agency"), "create": fields.get("create_accounts").is_some(),
        "csv": fields.0.iter().find(|(name, _)| name == "csv").map(|(_, text)| text),
        "limit": app.config.web.body_limit_kb,
        "report": found.map(|(report, dry)| told(&reader, report, dry)),
    });
    render(app, signed, "console/imports", "imports", &data)
}

fn told(reader: &Reader, report: &Report, dry_run: bool) -> Value {
    let count = |n: usize| Said::from(i64::try_from(n).unwrap_or(i64::MAX));
    let counts = [
        ("rows", count(report.rows)),
        ("added", count(report.added)),
        ("changed", count(report.changed)),
        ("unchanged", count(report.unchanged)),
    ];
    let faulty = report.faults_total > 0;
    let text = match (faulty, dry_run) {
        (true, _) => reader.text("imports-faulty", &[("count", count(report.faults_total))]),
        (false, true) => reader.text("imports-would", &counts),
        (false, false) => reader.text("imports-done", &counts),
    };
    let faults: Vec<String> = report.faults.iter().take(LISTED).map(|fault| describe_fault(reader, fault)).collect();
    let more = report.faults_total - faults.len();
    json!({
        "faulty": faulty, "text": text, "faults": faults,
        "more": (more > 0).then(|| reader.text("imports-more-faults", &[("count", count(more))])),
    })
}

async fn bring(shared: Shared, posted: Posted) -> Answer {
    let (signed, fields, fresh) = posted.parts();
    let (status, body) = app::run(&shared, move |app| {
        let dry_run = fields.get("do") != Some("save");
        let done = if fresh { import(app, &signed, &fields, dry_run) } else { Err(Code::FormStale.into()) };
        match done {
            Ok(report) => {
                let status = if report.faults_total > 0 { 422 } else { 200 };
                Ok((status, page(app, &signed, &fields, Some((&report, dry_run)))?))
            }
            Err(error) => {
                let text = page(app, &signed, &fields, None)?;
                Ok((status(error.kind()), crate::web::form::refused(app, &signed, "/imports", &fields, &error, &text)))
            }
        }
    })
    .await?;
    Ok(html_with(status, body))
}

fn import(app: &App, signed: &Signed, fields: &Fields, dry_run: bool) -> Result<Report> {
    let csv = fields.require("csv")?.to_owned();
    let options = Options { dry_run, create_accounts: fields.get("create_accounts").is_some() };
    let (actor, file, input) = (&signed.actor, "form.csv", Cursor::new(csv.into_bytes()));
    match fields.require("kind")? {
        "responses" => {
            let channel = fields.get("channel").and_then(Channel::parse).unwrap_or(Channel::ThirdParty);
            let feed = Feed {
                survey: fields.require("survey")?.to_owned(),
                agency: fields.require("agency")?.to_owned(),
                channel,
            };
            imports::import_responses(app, actor, &feed, input, file, options)
        }
        "subjects" => imports::import(app, actor, Kind::Subjects, input, file, options),
        "accounts" => imports::import(app, actor, Kind::Accounts, input, file, options),
        "contacts" => imports::import(app, actor, Kind::Contacts, input, file, options),
        "orders" => imports::import(app, actor, Kind::Orders, input, file, options),
        other => Err(Fault::field("kind", Code::ValueUnknown).with("value", other).into()),
    }
}
