//! Waves: the list, drawing one up, its preview, and how it goes.

use crate::app::waves::{self, Asking, LeftOut, NewWave, Preview, Shown};
use crate::app::{self, App};
use crate::domain::delivery::UnknownPolicy;
use crate::domain::ident::{AccountId, ContactId, VersionId, WaveId};
use crate::domain::language::Language;
use crate::domain::permission::{Action, Actor, Module, may, reach};
use crate::domain::survey::SurveyKind;
use crate::domain::visit::Sign;
use crate::domain::wave::{Audience, WaveState, WhyNot};
use crate::error::{Code, Error, Fault, Result};
use crate::store::accounts;
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::Signed;
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const VIEW: Action = Action::view(Module::Waves);
const CREATE: Action = Action::create(Module::Waves);
const CHANGE: Action = Action::change(Module::Waves);

/// What a page that shows a letter may do: nothing but be looked at; its links open elsewhere.
pub(super) const LETTER_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/waves", Access::Signed(VIEW), || web::get().to(list)),
        get("/waves/new", Access::Signed(CREATE), || web::get().to(new)),
        post("/waves", Access::Signed(CREATE), || web::post().to(create)),
        get("/waves/{id}", Access::Signed(VIEW), || web::get().to(show)),
        get("/waves/{id}/mail/{language}", Access::Signed(VIEW), || web::get().to(mail)),
        get(
            "/waves/{id}/people.csv",
            Access::Signed(Action::new(Module::Waves, crate::domain::permission::Operation::Export)),
            || web::get().to(people),
        ),
        post("/waves/{id}/holds/{account}/{contact}", Access::Signed(waves::HOLD), || web::post().to(hold)),
        post("/waves/{id}/holds/{account}/{contact}/release", Access::Signed(waves::HOLD), || web::post().to(release)),
        post("/waves/{id}/start", Access::Signed(CHANGE), || web::post().to(start)),
        post("/waves/{id}/{step}", Access::Signed(CHANGE), || web::post().to(step)),
    ]
}

fn known(id: &str) -> Result<WaveId> {
    WaveId::parse(id).ok_or_else(|| Error::new(Code::NotFound))
}

/// The name of a tier as the reader says it.
fn tier_name(app: &App, key: &str, language: &Language) -> String {
    let tier = app.config.tiers.iter().find(|t| t.key == key);
    tier.map_or_else(|| key.to_owned(), |t| t.names.for_reader(language).to_owned())
}

fn head(app: &App, reader: &Reader, shown: &Shown) -> Value {
    let Shown { wave, survey, invitations } = shown;
    let asked = invitations.planned + invitations.delivered + invitations.failed + invitations.cancelled;
    let company = &app.config.organisation.name;
    json!({
        "id": wave.id,
        "name": wave.name,
        "survey": crate::domain::survey::fill(survey.definition.title.for_reader(&reader.language), company),
        "version": survey.name(),
        "version_id": survey.version.id,
        "anonymous": survey.definition.anonymous.then_some(app.config.figures.anonymity_minimum),
        "state": reader.text(&format!("waves-state-{}", wave.state.as_str()), &[]),
        "starts": wave.start_at.map(|t| t.to_rfc3339()),
        "last_day": app.day_of(wave.closes_at - chrono::TimeDelta::microseconds(1)),
        "asked": asked,
        "delivered": invitations.delivered,
        "answered": invitations.answered,
        "rate": invitations.rate(),
        "holdable": wave.state.may_hold_back(),
    })
}

async fn list(shared: Shared, signed: Signed) -> Answer {
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let waves: Vec<_> = waves::list(app, &signed.actor)?.iter().map(|w| head(app, &reader, w)).collect();
        let page = json!({ "waves": waves, "may_create": may(&signed.actor, CREATE, None) });
        render(app, &signed, "console/waves", "waves", &page)
    })
    .await?;
    Ok(html(body))
}

async fn new(shared: Shared, signed: Signed) -> Answer {
    Ok(html(app::run(&shared, move |app| new_page(app, &signed)).await?))
}

fn new_page(app: &App, signed: &Signed) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let company = &app.config.organisation.name;
    let within = reach(&signed.actor, CREATE)?;
    let (regions, lines) = app.db.read(|conn| accounts::dimension_values(conn, &within))?;
    let regions: Vec<_> = match &signed.actor.region {
        Some(own) => regions.into_iter().filter(|r| r == own).collect(),
        None => regions,
    };
    let all = app::surveys::list(app, &signed.actor)?;
    let of = |kind: SurveyKind| -> Vec<Value> {
        let some = all.iter().filter(|s| s.definition.kind == kind);
        some.map(|s| {
            json!({
                "id": s.version.id,
                "heading": crate::domain::survey::fill(s.definition.title.for_reader(&reader.language), company),
                "version": s.name(),
                "questions": s.definition.asked().count(),
                "first": s.version.survey == "relationship",
            })
        })
        .collect()
    };
    // What is not sent by mail is not offered.
    let kinds: Vec<_> = SurveyKind::ALL
        .iter()
        .filter(|kind| kind.is_sent())
        .map(|&kind| json!({ "name": super::surveys::kind_name(&reader, kind), "surveys": of(kind) }))
        .filter(|kind| kind["surveys"].as_array().is_some_and(|some| !some.is_empty()))
        .collect();
    let tiers: Vec<_> = app
        .config
        .tiers
        .iter()
        .map(|t| json!({ "key": t.key, "name": t.names.for_reader(&reader.language) }))
        .collect();
    let today = app.today();
    let last_day = today.checked_add_days(chrono::Days::new(21)).unwrap_or(today);
    let page = json!({
        "kinds": kinds, "tiers": tiers, "regions": regions, "lines": lines,
        "today": today, "last_day": last_day,
    });
    render(app, signed, "console/wave_new", "waves", &page)
}

fn set(fields: &Fields, name: &str) -> std::collections::BTreeSet<String> {
    fields.all(name).into_iter().map(ToOwned::to_owned).collect()
}

async fn create(shared: Shared, posted: Posted) -> Answer {
    let step = |app: &App, actor: &Actor, fields: &Fields| {
        let version = VersionId::parse(fields.require("survey")?)
            .ok_or_else(|| Error::from(Fault::field("survey", Code::ValueUnknown)))?;
        let last_day =
            fields.parse::<NaiveDate>("closes")?.ok_or_else(|| Fault::field("closes", Code::ValueMissing))?;
        let audience = Audience {
            tiers: set(fields, "tier"),
            regions: set(fields, "region"),
            product_lines: set(fields, "line"),
            ..Audience::default()
        };
        let new = NewWave { name: fields.require("name")?.to_owned(), version, audience, last_day };
        waves::create(app, actor, new).map(|wave| format!("/waves/{}", wave.id))
    };
    posted.submit(&shared, step, |app, signed, _| new_page(app, signed)).await
}

async fn show(shared: Shared, signed: Signed, id: web::Path<String>, query: web::Query<Shows>) -> Answer {
    let id = known(&id)?;
    Ok(html(app::run(&shared, move |app| one_page(app, &signed, id, query.lang.as_deref())).await?))
}

fn one_page(app: &App, signed: &Signed, id: WaveId, lang: Option<&str>) -> Result<String> {
    let shown = waves::view(app, &signed.actor, id)?;
    match shown.wave.state {
        WaveState::Draft | WaveState::Scheduled => draft(app, signed, &shown, lang),
        _ => started(app, signed, &shown),
    }
}

#[derive(serde::Deserialize)]
struct Shows {
    lang: Option<String>,
}

/// A person and the reason, in the reader's words.
fn named(app: &App, reader: &Reader, one: &LeftOut) -> Value {
    json!({
        "name": one.contact.name,
        "role": one.contact.role,
        "account": one.account.name,
        "account_id": one.account.id,
        "tier": tier_name(app, &one.account.tier, &reader.language),
        "rule": waves::rule(app, reader, one.why.rule()),
        "then": then(reader, &one.why),
    })
}

/// What it means for the person.
fn then(reader: &Reader, why: &WhyNot) -> String {
    match why {
        WhyNot::AskedRecently { last, until, .. } => reader
            .text("waves-then-asked", &[("last", reader.date(*last).into()), ("until", reader.date(*until).into())]),
        WhyNot::AccountAskedEnough { most } => reader.text("waves-then-enough", &[("most", i64::from(*most).into())]),
        WhyNot::AddressBounced | WhyNot::InvalidAddress | WhyNot::NoAddress => reader.text("waves-then-mend", &[]),
        WhyNot::HeldBack => reader.text("waves-then-held", &[]),
        WhyNot::NoConsent | WhyNot::Suppressed => reader.text("waves-then-out", &[]),
        WhyNot::InactiveAccount | WhyNot::AlreadyInvited => String::new(),
    }
}

/// The rules as a waterfall: each bar begins where the one above it ended.
fn waterfall(app: &App, reader: &Reader, considered: i64, count: impl Fn(&str) -> i64) -> (Vec<Value>, i64) {
    let whole = considered.max(1) as f64;
    let mut left = considered;
    let mut rows = Vec::new();
    for name in WhyNot::RULES {
        let n = count(name);
        if n > 0 {
            left -= n;
            let percent = |x: i64| format!("{:.2}", x as f64 / whole * 100.0);
            rows.push(
                json!({ "rule": waves::rule(app, reader, name), "n": -n, "x": percent(left), "width": percent(n) }),
            );
        }
    }
    (rows, left)
}

/// A language as its readers call it; its tag, where we do not speak it.
pub(super) fn named_language(app: &App, language: &Language) -> String {
    match app.catalogue.lacks(language) {
        true => language.as_str().to_owned(),
        false => app.reader_of(language).text("language-name", &[]),
    }
}

fn draft(app: &App, signed: &Signed, shown: &Shown, lang: Option<&str>) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let wave = &shown.wave;
    let preview: Preview = waves::preview(app, &signed.actor, Asking::of(wave))?;
    let summary = &preview.summary;
    let n = |x: u64| i64::try_from(x).unwrap_or(i64::MAX);
    let (rules, _) = waterfall(app, &reader, n(summary.considered), |rule| n(summary.left_out_by(rule)));
    let by_language: Vec<_> = summary
        .asked_by_language
        .iter()
        .map(|(l, count)| json!({ "name": named_language(app, l), "n": n(*count) }))
        .collect();
    let by_tier: Vec<_> = preview
        .asked_by_tier
        .iter()
        .map(|(key, count)| json!({ "name": tier_name(app, key, &reader.language), "n": n(*count) }))
        .collect();
    let chosen = lang.and_then(|l| Language::parse(l).ok()).filter(|l| preview.samples.contains_key(l));
    let chosen = chosen.or_else(|| preview.samples.keys().next().cloned());
    let languages: Vec<_> = preview
        .samples
        .keys()
        .map(|l| json!({ "tag": l, "name": named_language(app, l), "current": Some(l) == chosen.as_ref() }))
        .collect();
    let sample = chosen
        .as_ref()
        .and_then(|l| preview.samples.get(l).map(|s| (l, s)))
        .map(|(language, (account, contact))| (language, waves::sample(app, &shown.survey, wave, account, contact)));
    let fits = sample.as_ref().is_none_or(|(_, mail)| mail.is_ok());
    let mail = sample.and_then(|(language, mail)| {
        let mail = mail.ok()?;
        Some(json!({ "language": language, "subject": mail.subject }))
    });
    let percent = |x: u64| format!("{:.2}", x as f64 / summary.considered.max(1) as f64 * 100.0);
    let missing: Vec<_> =
        shown.survey.definition.languages.iter().filter(|l| !app.catalogue.languages().contains(l)).collect();
    let unspoken: Vec<_> = preview
        .unspoken
        .iter()
        .map(|((wish, words), count)| {
            let told = [
                ("count", n(*count).into()),
                ("language", named_language(app, wish).into()),
                ("words", named_language(app, words).into()),
            ];
            reader.text("waves-unspoken", &told)
        })
        .collect();
    let waits = wave.state == WaveState::Scheduled;
    let page = json!({
        "wave": head(app, &reader, shown),
        "asks": super::surveys::asks(&reader, &shown.survey),
        "considered": summary.considered,
        "accounts": summary.accounts,
        "asked": summary.asked,
        "asked_width": percent(summary.asked),
        "left": summary.considered - summary.asked,
        "rules": rules,
        "by_language": by_language,
        "by_tier": by_tier,
        "languages": languages,
        "mail": mail,
        "sender": app::outbox::sender(app)?.name,
        "left_out": preview.left_out.iter().map(|one| named(app, &reader, one)).collect::<Vec<_>>(),
        "named_most": waves::NAMED,
        "more": summary.considered - summary.asked > waves::NAMED as u64,
        "check": {
            "somebody": summary.asked > 0,
            "mail": fits,
            "languages": missing.is_empty(),
            "unspoken": unspoken,
            "managers": preview.without_manager == 0,
            "without_manager": preview.without_manager,
            "transport": reader.text(&format!("waves-transport-{}", app.mailer.as_str()), &[]),
            "hours": app.config.mail.too_late_hours,
        },
        "waits": waits,
        "holds": holds(app, signed, &reader, shown)?,
        "own": preview.own.iter().map(|(account, contact)| json!({
            "name": contact.name,
            "role": contact.role,
            "account": account.name,
            "account_id": account.id,
            "path": format!("/waves/{}/holds/{}/{}", wave.id, account.id, contact.id),
        })).collect::<Vec<_>>(),
        "own_more": preview.own.len() == waves::NAMED,
        "may_start": may(&signed.actor, CHANGE, None) && summary.asked > 0 && fits && !waits,
        "may_change": may(&signed.actor, CHANGE, None),
        "may_export": may(&signed.actor, EXPORT, None),
        "now": app.now().with_timezone(&signed.actor.zone).format("%Y-%m-%dT%H:%M").to_string(),
        "zone": signed.actor.zone.name(),
    });
    render(app, signed, "console/wave_draft", "waves", &page)
}

/// Who is held back, by whom and why, and how many by each; and what the rule is.
fn holds(app: &App, signed: &Signed, reader: &Reader, shown: &Shown) -> Result<Value> {
    let wave = &shown.wave;
    let held = waves::held(app, &signed.actor, wave.id)?;
    let mut by: std::collections::BTreeMap<&str, i64> = std::collections::BTreeMap::new();
    for one in &held {
        *by.entry(one.by.as_str()).or_default() += 1;
    }
    let by: Vec<_> = by.into_iter().map(|(name, n)| json!({ "name": name, "n": n })).collect();
    let rows: Vec<_> = held
        .iter()
        .map(|one| {
            let hold = &one.hold;
            let releases = wave.state.may_hold_back() && may(&signed.actor, waves::HOLD, Some(&one.account.standing()));
            let path = format!("/waves/{}/holds/{}/{}/release", wave.id, hold.account, hold.contact);
            json!({
                "name": one.contact.as_ref().map(|c| c.name.as_str()),
                "account": one.account.name,
                "account_id": one.account.id,
                "by": one.by,
                "reason": hold.reason,
                "since": hold.at.to_rfc3339(),
                "path": releases.then_some(path),
            })
        })
        .collect();
    let share = f64::from(app.config.fatigue.held_back_permille) / 1000.0;
    let whole = app.config.fatigue.held_back_permille.is_multiple_of(10);
    Ok(json!({
        "rows": rows,
        "by": by,
        "rule": reader.text("waves-holds-rule", &[("share", reader.percent(share, u8::from(!whole)).into())]),
        "may": app.config.fatigue.held_back_permille > 0,
    }))
}

/// What an address of a hold names.
fn whom(path: &(String, String, String)) -> Result<(WaveId, AccountId, ContactId)> {
    let (wave, account, contact) = path;
    let unknown = || Error::new(Code::NotFound);
    let account = AccountId::parse(account).ok_or_else(unknown)?;
    Ok((known(wave)?, account, ContactId::parse(contact).ok_or_else(unknown)?))
}

async fn hold(shared: Shared, posted: Posted, path: web::Path<(String, String, String)>) -> Answer {
    let (wave, account, contact) = whom(&path)?;
    let work = move |app: &App, actor: &Actor, fields: &Fields| {
        waves::hold(app, actor, wave, account, contact, fields.get("reason").unwrap_or_default())?;
        Ok(format!("/waves/{wave}"))
    };
    posted.submit(&shared, work, move |app, signed, _| one_page(app, signed, wave, None)).await
}

async fn release(shared: Shared, posted: Posted, path: web::Path<(String, String, String)>) -> Answer {
    let (wave, account, contact) = whom(&path)?;
    let work = move |app: &App, actor: &Actor, _: &Fields| {
        waves::release(app, actor, wave, account, contact)?;
        Ok(format!("/waves/{wave}"))
    };
    posted.submit(&shared, work, move |app, signed, _| one_page(app, signed, wave, None)).await
}

const EXPORT: Action = Action::new(Module::Waves, crate::domain::permission::Operation::Export);

/// How the mails went of a wave whose mails are not kept here, such as one brought in from before: as its
/// invitations tell it.
fn without_mails(shown: &Shown) -> BTreeMap<String, i64> {
    let Shown { invitations, .. } = shown;
    let told = [
        ("sent", invitations.delivered),
        ("failed", invitations.failed),
        ("scheduled", invitations.planned),
        ("cancelled", invitations.cancelled),
    ];
    told.into_iter().filter(|(_, n)| *n > 0).map(|(name, n)| (name.to_owned(), n)).collect()
}

fn started(app: &App, signed: &Signed, shown: &Shown) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let wave = &shown.wave;
    let progress = waves::progress(app, &signed.actor, wave.id)?;
    let mails = if progress.mails.is_empty() { without_mails(shown) } else { progress.mails.clone() };
    let total: i64 = mails.values().sum();
    let states: Vec<_> = crate::domain::delivery::State::NAMES
        .iter()
        .filter_map(|name| {
            let n = *mails.get(*name)?;
            let width = format!("{:.2}", n as f64 / total.max(1) as f64 * 100.0);
            Some(json!({
                "name": reader.text(&format!("waves-mail-{}", name.replace('_', "-")), &[]),
                "n": n, "width": width, "good": *name == "sent",
            }))
        })
        .collect();
    let left: i64 = progress.left_out.values().sum();
    let count = |rule: &str| progress.left_out.get(rule).copied().unwrap_or(0);
    let (rules, _) = waterfall(app, &reader, left + total, count);
    let troubled: Vec<_> = progress
        .troubled
        .iter()
        .map(|mail| {
            let why = mail.delivery.state.failure().map(|f| f.as_str().replace('_', "-"));
            json!({
                "name": mail.to_name,
                "account_id": mail.account,
                "state": reader.text(&format!("waves-mail-{}", mail.delivery.state.as_str().replace('_', "-")), &[]),
                "why": why.map(|why| reader.text(&format!("waves-failure-{why}"), &[])),
                "doubted": mail.delivery.doubts > 0,
                "reply": mail.reply,
                "tries": mail.delivery.attempts,
                "since": mail.delivery.state.time().to_rfc3339(),
            })
        })
        .collect();
    let left_out = waves::left_out(app, &signed.actor, wave.id, 0, waves::NAMED as i64)?;
    let rest = app.brake.resting(app.now()).map(|r| json!({ "until": r.until.to_rfc3339(), "why": r.why }));
    let may_change = may(&signed.actor, CHANGE, None);
    let page = json!({
        "wave": head(app, &reader, shown),
        "states": states,
        "total": total,
        "rules": rules,
        "left": left,
        "more": left > waves::NAMED as i64,
        "named_most": waves::NAMED,
        "left_out": left_out.iter().map(|one| named(app, &reader, one)).collect::<Vec<_>>(),
        "holds": holds(app, signed, &reader, shown)?,
        "troubled": troubled,
        "visits": visits(app, signed, &reader, wave.id)?,
        "doubted": progress.doubted,
        "gives_up": app.config.mail.unknown_policy == UnknownPolicy::GiveUp,
        "rest": rest,
        "planning": wave.planned_at.is_none() && wave.state == WaveState::Running,
        "running": wave.state == WaveState::Running,
        "may_pause": may_change && wave.state.may_step(WaveState::Paused),
        "may_resume": may_change && wave.state == WaveState::Paused,
        "may_cancel": may_change && wave.state.may_step(WaveState::Cancelled),
        "may_close": may_change && waves::is_open(wave, app.now()),
        "may_export": may(&signed.actor, EXPORT, None),
    });
    render(app, signed, "console/wave", "waves", &page)
}

/// What visits to the wave's links left behind, for who decides whether responses count.
fn visits(app: &App, signed: &Signed, reader: &Reader, wave: WaveId) -> Result<Value> {
    if !may(&signed.actor, app::visits::VIEW, None) {
        return Ok(Value::Null);
    }
    let found = app::visits::of_wave(app, &signed.actor, wave)?;
    let sign = |(sign, invitations, times): &(Sign, i64, i64)| {
        let id = format!("visits-sign-{}", sign.as_str().replace('_', "-"));
        json!({ "name": reader.text(&id, &[]), "invitations": invitations, "times": times })
    };
    Ok(json!({
        "waiting": found.waiting, "confirmed": found.confirmed, "discarded": found.discarded,
        "marked": found.marked, "signs": found.signs.iter().map(sign).collect::<Vec<_>>(),
    }))
}

/// The mail as one of those who would be asked in a language would get it.
async fn mail(shared: Shared, signed: Signed, path: web::Path<(String, String)>) -> Answer {
    let body = app::run(&shared, move |app| {
        let (id, language) = path.into_inner();
        let shown = waves::view(app, &signed.actor, known(&id)?)?;
        let language = Language::parse(&language)?;
        let preview = waves::preview(app, &signed.actor, Asking::of(&shown.wave))?;
        let (account, contact) = preview.samples.get(&language).ok_or_else(|| Error::new(Code::NotFound))?;
        waves::sample(app, &shown.survey, &shown.wave, account, contact).map(|mail| mail.html)
    })
    .await?;
    Ok(letter(&body))
}

/// A mail in a frame of ours.
pub(super) fn letter(body: &str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, LETTER_POLICY))
        .body(body.replacen("<head>", "<head><base target=\"_blank\">", 1))
}

/// A cell that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Everybody of a wave by name: who is (or would be) asked, who not, and why.
async fn people(shared: Shared, signed: Signed, id: web::Path<String>) -> Answer {
    let bytes = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let shown = waves::view(app, &signed.actor, known(&id)?)?;
        // Spreadsheets take a file for UTF-8 only if it says so.
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        let columns = ["contact", "account", "tier", "verdict", "then"];
        let names = columns.map(|c| reader.text(&format!("waves-column-{c}"), &[]));
        writer.write_record(&names).map_err(Error::internal)?;
        let mut row = |one: &LeftOut| {
            let tier = tier_name(app, &one.account.tier, &reader.language);
            let cells = [
                &one.contact.name,
                &one.account.name,
                &tier,
                &waves::rule(app, &reader, one.why.rule()),
                &then(&reader, &one.why),
            ];
            writer.write_record(cells.map(|c| cell(c))).map_err(Error::internal)
        };
        if matches!(shown.wave.state, WaveState::Draft | WaveState::Scheduled) {
            waves::examine(app, &signed.actor, Asking::of(&shown.wave), &mut |one| match &one.verdict {
                Ok(()) => Ok(()),
                Err(why) => row(&LeftOut { account: one.account.clone(), contact: one.contact.clone(), why: *why }),
            })?;
        } else {
            for offset in (0..).step_by(1000) {
                let some = waves::left_out(app, &signed.actor, shown.wave.id, offset, 1000)?;
                some.iter().try_for_each(&mut row)?;
                if some.len() < 1000 {
                    break;
                }
            }
        }
        writer.into_inner().map_err(|e| Error::internal(e.to_string()))
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"left-out.csv\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(bytes))
}

async fn start(shared: Shared, posted: Posted, id: web::Path<String>) -> Answer {
    let id = known(&id)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let at = fields.get("at").map(|text| waves::instant_in(actor.zone, text)).transpose()?;
        let later = fields.get("when") == Some("later");
        if later && at.is_none() {
            return Err(Fault::field("at", Code::ValueMissing).into());
        }
        waves::start(app, actor, id, at.filter(|_| later)).map(|_| format!("/waves/{id}"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, id, None)).await
}

async fn step(shared: Shared, posted: Posted, path: web::Path<(String, String)>) -> Answer {
    let (id, step) = path.into_inner();
    let id = known(&id)?;
    let work = move |app: &App, actor: &Actor, _: &Fields| {
        match step.as_str() {
            "pause" => waves::pause(app, actor, id),
            "resume" => waves::resume(app, actor, id),
            "cancel" => waves::cancel(app, actor, id),
            "close" => waves::close(app, actor, id),
            "unschedule" => waves::unschedule(app, actor, id),
            _ => Err(Error::new(Code::PageUnknown)),
        }
        .map(|_| format!("/waves/{id}"))
    };
    posted.submit(&shared, work, move |app, signed, _| one_page(app, signed, id, None)).await
}
