//! Warnings: the board, and one warning with its evidence and its next steps.

use crate::app::figures::{tier_name, tier_position};
use crate::app::warnings::{self as book, CHANGE, Settings, Step, VIEW, words};
use crate::app::{self, App};
use crate::domain::account::Account;
use crate::domain::contact::Contact;
use crate::domain::day::day_of;
use crate::domain::ident::{AccountId, UserId, WarningId};
use crate::domain::permission::{Actor, may, reach, require};
use crate::domain::trend::Level;
use crate::domain::warning::{Cause, Evidence, Rung, State};
use crate::error::{Code, Error, Fault, Result};
use crate::store::users::User;
use crate::store::warnings::{self, Event, Kept};
use crate::store::{accounts, contacts, users};
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::{Query, Signed, encoded};
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web::{self, Path};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Warnings on one page of the board.
const PAGE: i64 = 50;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/warnings", Access::Signed(VIEW), || web::get().to(board)),
        get("/warnings/{account}/{id}", Access::Signed(VIEW), || web::get().to(one)),
        post("/warnings/{account}/{id}/step", Access::Signed(CHANGE), || web::post().to(step)),
        post("/warnings/{account}/{id}/owner", Access::Signed(CHANGE), || web::post().to(assign)),
    ]
}

#[derive(Deserialize)]
struct Asked {
    level: Option<String>,
    cause: Option<String>,
    tier: Option<String>,
    manager: Option<String>,
    show: Option<String>,
    page: Option<i64>,
}

async fn board(shared: Shared, signed: Signed, query: Query<Asked>) -> Answer {
    let asked = query.into_inner();
    let body = app::run(&shared, move |app| board_page(app, &signed, &asked)).await?;
    Ok(html(body))
}

fn board_page(app: &App, signed: &Signed, asked: &Asked) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let within = reach(&signed.actor, VIEW)?;
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let closed = asked.show.as_deref() == Some("closed");
    let filter = warnings::Filter {
        open: Some(!closed),
        level: given(&asked.level).and_then(|l| Level::parse(&l).ok()),
        cause: given(&asked.cause).and_then(|c| Cause::parse(&c)),
        accounts: accounts::Filter {
            tier: given(&asked.tier),
            manager: asked.manager.as_deref().and_then(UserId::parse),
            ..accounts::Filter::default()
        },
        state: None,
    };
    let page = asked.page.unwrap_or(1).clamp(1, 100_000);
    let offset = (page - 1) * PAGE;
    let (found, total, counts, known, people) = app.db.read(|conn| {
        let (found, total) = warnings::list(conn, &within, &filter, offset, PAGE)?;
        let ids: Vec<AccountId> = found.iter().map(|k| k.warning.account_id).collect();
        let known = accounts::find_many(conn, &ids)?;
        Ok((
            found,
            total,
            warnings::count_by_level(conn, &within, &accounts::Filter::default())?,
            known,
            users::all(conn)?,
        ))
    })?;
    let known: BTreeMap<AccountId, Account> = known.into_iter().map(|a| (a.id, a)).collect();
    let names = Names::of(&people);
    let rows: Vec<Value> =
        found.iter().filter_map(|k| Some(row(app, &reader, k, known.get(&k.warning.account_id)?, &names))).collect();
    let open: i64 = counts.values().map(|c| c.open).sum();
    let levels: Vec<Value> = counts
        .iter()
        .rev()
        .map(|(level, count)| {
            json!({
                "key": level.as_str(), "name": words::level_alone(&reader, *level), "open": count.open,
                "waiting": reader.text("warning-waiting", &[("count", count.waiting.into())]),
                "chosen": filter.level == Some(*level),
            })
        })
        .collect();
    let causes: Vec<Value> = Cause::ALL
        .iter()
        .map(|c| json!({ "key": c.as_str(), "name": words::cause(&reader, *c), "chosen": filter.cause == Some(*c) }))
        .collect();
    let tiers: Vec<Value> = app
        .config
        .tiers
        .iter()
        .map(|t| json!({ "key": t.key, "name": tier_name(app, &t.key, &reader.language), "chosen": filter.accounts.tier.as_ref() == Some(&t.key) }))
        .collect();
    let managers: Vec<Value> = people
        .iter()
        .filter(|u| u.active && u.role == crate::domain::permission::Role::AccountManager)
        .map(|u| json!({ "id": u.id, "name": u.name, "chosen": filter.accounts.manager == Some(u.id) }))
        .collect();
    let address = |page: i64| {
        let part =
            |name: &str, value: Option<&str>| value.map(|v| format!("&{name}={}", encoded(v))).unwrap_or_default();
        format!(
            "/warnings?page={page}{}{}{}{}{}",
            part("level", filter.level.map(Level::as_str)),
            part("cause", filter.cause.map(Cause::as_str)),
            part("tier", filter.accounts.tier.as_deref()),
            part("manager", filter.accounts.manager.map(|m| m.to_string()).as_deref()),
            part("show", closed.then_some("closed")),
        )
    };
    let shown = i64::try_from(rows.len()).unwrap_or(0);
    let data = json!({
        "headline": reader.text("warning-headline", &[("count", open.into())]),
        "levels": levels, "rows": rows, "causes": causes, "tiers": tiers, "managers": managers,
        "level": filter.level.map(Level::as_str), "closed": closed,
        "count": reader.text("warning-count-of", &[("from", (offset + 1).into()), ("to", (offset + shown).into()), ("total", total.into())]),
        "newer": (page > 1).then(|| address(page - 1)),
        "older": (offset + shown < total).then(|| address(page + 1)),
    });
    render(app, signed, "console/warnings", "warnings", &data)
}

/// Names of our own people.
pub(super) struct Names<'a>(BTreeMap<UserId, &'a User>);

impl<'a> Names<'a> {
    pub(super) fn of(people: &'a [User]) -> Self {
        Self(people.iter().map(|u| (u.id, u)).collect())
    }

    pub(super) fn name(&self, id: Option<UserId>) -> Option<&'a str> {
        self.0.get(&id?).map(|u| u.name.as_str())
    }
}

/// A warning as a line of a list.
pub(super) fn row(app: &App, reader: &Reader, kept: &Kept, account: &Account, names: &Names<'_>) -> Value {
    let settings = Settings::of(&app.config);
    let w = &kept.warning;
    let since = day_of(w.raised_at, reader.zone);
    let when = match kept.closed_at {
        Some(at) => reader.text("warning-closed-on", &[("day", reader.date(day_of(at, reader.zone)).into())]),
        None => reader.text(
            "warning-since",
            &[("day", reader.date(since).into()), ("trend", words::trend(reader, w.trend).into())],
        ),
    };
    let late = match book::due(kept, &settings) {
        Some(book::Due::Acknowledge(at)) => at < app.now(),
        Some(book::Due::Remedy(day)) => day < app.today(),
        None => false,
    };
    let position = tier_position(app, &account.tier);
    json!({
        "href": format!("/warnings/{}/{}", w.account_id, w.id),
        "level": w.level.as_str(),
        "level_name": words::level_alone(reader, w.level),
        "account": account.name, "account_id": account.id,
        "tier": tier_name(app, &account.tier, &reader.language), "tier_class": format!("c{}", position + 1),
        "manager": names.name(account.manager),
        "cause": words::cause(reader, w.cause),
        "sentence": words::sentence(reader, &w.evidence, w.level, position, &settings),
        "when": when,
        "state": words::state(reader, w.state),
        "open": w.is_open(),
        "escalated": w.escalated_to.map(|r| words::rung(reader, r)),
        "owner": names.name(kept.owner),
        "due": book::due(kept, &settings).map(|d| words::due(reader, d)),
        "late": late,
    })
}

type Named = Path<(String, String)>;

fn named(path: Named) -> Result<(AccountId, WarningId)> {
    let (account, id) = path.into_inner();
    let missing = || Error::new(Code::NotFound);
    Ok((AccountId::parse(&account).ok_or_else(missing)?, WarningId::parse(&id).ok_or_else(missing)?))
}

async fn one(shared: Shared, signed: Signed, path: Named) -> Answer {
    let (account, id) = named(path)?;
    let body = app::run(&shared, move |app| one_page(app, &signed, account, id)).await?;
    Ok(html(body))
}

fn one_page(app: &App, signed: &Signed, account: AccountId, id: WarningId) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let (account, kept, events, people, contacts) = app.db.read(|conn| {
        let known = accounts::find(conn, account)?;
        require(&signed.actor, VIEW, Some(&known.standing()))?;
        let kept = warnings::find(conn, account, id)?;
        let events = warnings::events_of(conn, account, id)?;
        Ok((known, kept, events, users::all(conn)?, contacts::of_account(conn, account)?))
    })?;
    let standing = account.standing();
    let names = Names::of(&people);
    let may_change = may(&signed.actor, CHANGE, Some(&standing));
    let owners: Vec<Value> = people
        .iter()
        .filter(|u| u.active && may(&u.actor(), CHANGE, Some(&standing)))
        .map(|u| json!({ "id": u.id, "name": u.name, "chosen": kept.owner == Some(u.id) }))
        .collect();
    let w = &kept.warning;
    let steps: Vec<Value> = w
        .state
        .next()
        .iter()
        .map(|to| {
            let back = w.state == State::RemedyUnderWay && *to == State::CauseFound;
            let id = if back { "warning-back-cause_found".into() } else { format!("warning-step-{}", to.as_str()) };
            json!({
                "to": to.as_str(), "name": reader.text(&id, &[]),
                "note": reader.text(&format!("warning-note-{}", to.as_str()), &[]),
                "needs_note": to.needs_note(), "remedy": *to == State::RemedyUnderWay,
                "tells": *to == State::Verified,
                "main": !back && *to != State::Reopened,
            })
        })
        .collect();
    let settings = Settings::of(&app.config);
    let data = json!({
        "row": row(app, &reader, &kept, &account, &names),
        "number": account.number.as_str(),
        "why": reader.text("warning-why", &[("level", words::level(&reader, w.level).into())]),
        "box": reader.text("warning-of-level", &[("level", words::level_alone(&reader, w.level).into())]),
        "false_alarms": words::false_alarms(&reader, &w.evidence, w.level, &settings),
        "waterfall": waterfall(&reader, &w.evidence, &contacts),
        "flow": flow(&reader, w.state),
        "real_cause": kept.real_cause, "remedy": kept.remedy, "due_on": kept.due_on,
        "events": events.iter().map(|e| event(&reader, e, &names)).collect::<Vec<_>>(),
        "steps": steps, "owners": owners, "may_change": may_change, "revision": kept.revision,
        "today": app.today(),
    });
    render(app, signed, "console/warning", "warnings", &data)
}

/// So many responses of a decline stand by themselves.
const MOST_TERMS: usize = 6;

/// How a decline is made of single responses; what is printed adds up.
pub(super) fn waterfall(reader: &Reader, evidence: &Evidence, contacts: &[Contact]) -> Value {
    let Evidence::Decline { level_then, then_day, level_now, low, high, contributions, .. } = evidence else {
        return Value::Null;
    };
    let mut terms = vec![*level_then];
    terms.extend(contributions.iter().map(|c| c.points));
    let printed = words::rounded_terms(&terms);
    let who = |c: &crate::domain::warning::Contribution| {
        let known = c.contact.and_then(|id| contacts.iter().find(|k| k.id == id));
        match known {
            Some(k) => k.role.as_ref().map_or(k.name.clone(), |role| {
                reader.text("accounts-person", &[("name", k.name.as_str().into()), ("role", role.as_str().into())])
            }),
            None => reader.text("warning-somebody", &[]),
        }
    };
    let rows: Vec<Value> = contributions
        .iter()
        .zip(printed.iter().skip(1))
        .map(|(c, points)| {
            let how = [
                ("day", reader.date_short(c.day).into()),
                ("score", reader.number(c.score, 0).into()),
                ("weight", reader.number(c.weight, 2).into()),
            ];
            json!({ "who": who(c), "how": reader.text("warning-gave", &how), "points": reader.signed(*points, 1) })
        })
        .collect();
    // The latest tell what is going on; a long history before them is one term of the sum.
    let split = if rows.len() > MOST_TERMS + 2 { rows.len() - MOST_TERMS } else { 0 };
    let (before, latest) = rows.split_at(split);
    let count = [("count", split.into())];
    let earlier = (split > 0).then(|| {
        json!({
            "name": reader.text("warning-earlier", &count),
            "points": reader.signed(printed.iter().skip(1).take(split).sum::<f64>(), 1),
            "open": reader.text("warning-earlier-open", &count),
            "rows": before,
        })
    });
    json!({
        "then": reader.text("warning-level-then", &[("day", reader.date(*then_day).into())]),
        "then_value": reader.number(printed.first().copied().unwrap_or(*level_then), 1),
        "earlier": earlier,
        "rows": latest,
        "now_value": reader.number(*level_now, 1),
        "now_note": reader.text("warning-level-now-note", &[("interval", reader.interval(*low, *high, 0).into())]),
    })
}

/// The way a warning goes, and where on it this one is.
pub(super) fn flow(reader: &Reader, state: State) -> Vec<Value> {
    const WAY: [State; 6] =
        [State::Open, State::Acknowledged, State::CauseFound, State::RemedyUnderWay, State::Done, State::Verified];
    let first = if state == State::Reopened { State::Reopened } else { State::Open };
    let at = WAY.iter().position(|s| *s == state).unwrap_or(0);
    WAY.iter()
        .enumerate()
        .map(|(i, s)| {
            let told = if i == 0 { first } else { *s };
            let class = if i < at {
                "past"
            } else if i == at {
                "now"
            } else {
                ""
            };
            json!({ "name": words::state(reader, told), "class": class })
        })
        .collect()
}

/// One thing that happened, in words.
pub(super) fn event(reader: &Reader, event: &Event, names: &Names<'_>) -> Value {
    let level = |text: &Option<String>| {
        text.as_deref().and_then(|t| Level::parse(t).ok()).map(|l| words::level(reader, l)).unwrap_or_default()
    };
    let (to, why, note) = match event.what.as_str() {
        "stepped" => {
            let state = event.to.as_deref().and_then(State::parse);
            (state.map(|s| words::state(reader, s)).unwrap_or_default(), String::new(), event.note.clone())
        }
        "assigned" => {
            let to = event.to.as_deref().and_then(UserId::parse);
            (names.name(to).unwrap_or_default().to_owned(), String::new(), None)
        }
        "escalated" => {
            let rung = event.to.as_deref().and_then(Rung::parse).map(|r| words::rung(reader, r)).unwrap_or_default();
            let why = event.note.as_deref().map(|n| reader.text(&format!("warning-neglect-{n}"), &[]));
            (rung, why.unwrap_or_default(), None)
        }
        _ => (level(&event.to), String::new(), None),
    };
    let text = reader.text(
        &format!("warning-event-{}", event.what),
        &[("from", level(&event.from).into()), ("to", to.into()), ("why", why.into())],
    );
    let service = || reader.text("warning-service", &[]);
    let tone = matches!(event.what.as_str(), "raised" | "rose").then(|| event.to.clone()).flatten();
    json!({
        "at": event.at, "what": text, "note": note,
        "who": names.name(event.actor).map_or_else(service, ToOwned::to_owned),
        "level": tone,
    })
}

async fn step(shared: Shared, path: Named, posted: Posted) -> Answer {
    let (account, id) = named(path)?;
    let work = move |app: &App, actor: &Actor, fields: &Fields| {
        let to =
            State::parse(fields.require("to")?).ok_or_else(|| Error::from(Fault::field("to", Code::ValueUnknown)))?;
        let owing = fields.get("owing").unwrap_or_default();
        let asked = Step {
            note: fields.get("note").unwrap_or_default().to_owned(),
            owing: owing.lines().map(str::trim).filter(|l| !l.is_empty()).map(ToOwned::to_owned).collect(),
            due: fields.parse("due")?,
            told: fields.get("told").unwrap_or_default().to_owned(),
            revision: fields.parse("revision")?.unwrap_or(0),
        };
        book::step(app, actor, account, id, to, &asked).map(|_| format!("/warnings/{account}/{id}"))
    };
    posted.submit(&shared, work, move |app, signed, _| one_page(app, signed, account, id)).await
}

async fn assign(shared: Shared, path: Named, posted: Posted) -> Answer {
    let (account, id) = named(path)?;
    let work = move |app: &App, actor: &Actor, fields: &Fields| {
        let owner = UserId::parse(fields.require("owner")?)
            .ok_or_else(|| Error::from(Fault::field("owner", Code::ValueUnknown)))?;
        book::assign(app, actor, account, id, owner, fields.parse("revision")?.unwrap_or(0))
            .map(|_| format!("/warnings/{account}/{id}"))
    };
    posted.submit(&shared, work, move |app, signed, _| one_page(app, signed, account, id)).await
}
