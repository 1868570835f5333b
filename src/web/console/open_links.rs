//! Open links: the list, one link with its code, the forms by which they are drawn up, and what is printed.

use crate::app::figures::tier_name;
use crate::app::open_links::{self, Binding, CHANGE, CREATE, LinkForm, Listed, VIEW};
use crate::app::{self, App};
use crate::domain::answer::Answer as Answered;
use crate::domain::ident::{OpenLinkId, VersionId};
use crate::domain::language::Language;
use crate::domain::open_link::{LinkState, Standing};
use crate::domain::permission::{Actor, may, reach};
use crate::domain::survey::fill;
use crate::domain::tally::Segment;
use crate::error::{Code, Error, Fault, Result};
use crate::render::qr::{Correction, Qr};
use crate::store::accounts;
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::{Query, Signed};
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Path};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Value, json};

/// The sizes of codes on a print sheet, in millimetres, and how many of each fit on a page of A4.
const SIZES: [(u32, usize); 3] = [(30, 20), (45, 12), (80, 4)];
/// The most pixels to a module of a downloaded picture: 41 modules of 40 are wider than a screen.
const LARGEST_SCALE: usize = 40;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/open-links", Access::Signed(VIEW), || web::get().to(list)),
        get("/open-links/new", Access::Signed(CREATE), || web::get().to(new)),
        post("/open-links/new", Access::Signed(CREATE), || web::post().to(create)),
        get("/open-links/{id}", Access::Signed(VIEW), || web::get().to(show)),
        get("/open-links/{id}/edit", Access::Signed(CHANGE), || web::get().to(edit)),
        post("/open-links/{id}/edit", Access::Signed(CHANGE), || web::post().to(alter)),
        post("/open-links/{id}/close", Access::Signed(CHANGE), || web::post().to(close)),
        post("/open-links/{id}/reopen", Access::Signed(CHANGE), || web::post().to(reopen)),
        get("/open-links/{id}/code.svg", Access::Signed(VIEW), || web::get().to(svg)),
        get("/open-links/{id}/code.png", Access::Signed(VIEW), || web::get().to(png)),
        get("/open-links/{id}/sheet", Access::Signed(VIEW), || web::get().to(sheet)),
    ]
}

fn known(id: &str) -> Result<OpenLinkId> {
    OpenLinkId::parse(id).ok_or_else(|| Error::new(Code::NotFound))
}

/// Where the responses of a link count, in words.
fn place(app: &App, reader: &Reader, one: &Listed) -> String {
    if !one.link.of_segment {
        return one.account.name.clone();
    }
    let account = &one.account;
    let tier = if account.tier.is_empty() { String::new() } else { tier_name(app, &account.tier, &reader.language) };
    let parts: Vec<&str> =
        [tier.as_str(), &account.region, &account.product_line].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { reader.text("open-links-anybody", &[]) } else { parts.join(" · ") }
}

fn head(app: &App, reader: &Reader, one: &Listed) -> Value {
    let definition = &one.survey.definition;
    json!({
        "id": one.link.id,
        "name": one.link.name,
        "source": one.link.source,
        "survey": fill(definition.title.for_reader(&reader.language), &app.config.organisation.name),
        "version": one.survey.name(),
        "place": place(app, reader, one),
        "account": (!one.link.of_segment).then(|| one.link.account.to_string()),
        "standing": reader.text(&format!("open-links-standing-{}", one.standing.as_str()), &[]),
        "is_open": one.standing == Standing::Open,
        "n": one.counts.responses,
        "last": one.last.map(|at| at.to_rfc3339()),
        "asks_nps": one.asks_nps,
        "nps": one.nps.as_ref().map(|figure| json!({
            "value": figure.value, "low": figure.low, "high": figure.high, "n": figure.n,
        })),
    })
}

async fn list(shared: Shared, signed: Signed) -> Answer {
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let all = open_links::list(app, &signed.actor)?;
        let links: Vec<_> = all.iter().map(|one| head(app, &reader, one)).collect();
        let page = json!({ "links": links, "may_create": may(&signed.actor, CREATE, None) });
        render(app, &signed, "console/open_links", "open-links", &page)
    })
    .await?;
    Ok(html(body))
}

async fn show(shared: Shared, signed: Signed, id: Path<String>) -> Answer {
    let id = known(&id)?;
    Ok(html(app::run(&shared, move |app| one_page(app, &signed, id)).await?))
}

fn one_page(app: &App, signed: &Signed, id: OpenLinkId) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let one = open_links::view(app, &signed.actor, id)?;
    let address = open_links::address(app, &one.link);
    let code = Qr::of(&address, Correction::Medium)?;
    let title = reader.text("open-links-code-of", &[("name", one.link.name.as_str().into())]);
    let day = |at: chrono::DateTime<chrono::Utc>| app.day_of(at).to_string();
    let sizes: Vec<_> = SIZES
        .iter()
        .map(|&(size, n)| {
            let n = i64::try_from(n).unwrap_or(i64::MAX);
            let text = reader.text("open-links-sheet-size", &[("size", i64::from(size).into()), ("count", n.into())]);
            json!({ "size": size, "text": text })
        })
        .collect();
    let words: Vec<_> = open_links::said(app, &signed.actor, &one)?
        .into_iter()
        .map(|said| {
            let texts = said.answers.0.into_values().filter_map(|answer| match answer {
                Answered::Text(text) if !text.trim().is_empty() => Some(text),
                _ => None,
            });
            let texts: Vec<String> = texts.collect();
            json!({ "texts": texts, "lang": said.language.as_str(), "day": reader.date(said.day) })
        })
        .collect();
    let page = json!({
        "words": words,
        "link": head(app, &reader, &one),
        "address": address,
        "code": code.svg(&title),
        "language": language_name(app, &one.link.language),
        "password": one.link.password_hash.is_some(),
        "opens": one.link.opens_at.map(day),
        "last_day": one.link.closes_at.map(|at| day(at - TimeDelta::microseconds(1))),
        "most": one.link.most,
        "taken": one.taken,
        "created": one.link.created_at.to_rfc3339(),
        "closed": one.link.state == LinkState::Closed,
        "revision": one.link.revision,
        "sizes": sizes,
        "may_change": may(&signed.actor, CHANGE, Some(&one.account.standing())),
    });
    render(app, signed, "console/open_link", "open-links", &page)
}

/// What a language calls itself, if we speak it.
fn language_name(app: &App, language: &Language) -> String {
    match app.catalogue.languages().contains(language) {
        true => app.reader_of(language).text("language-name", &[]),
        false => language.as_str().to_owned(),
    }
}

async fn new(shared: Shared, signed: Signed) -> Answer {
    Ok(html(app::run(&shared, move |app| form(app, &signed, None)).await?))
}

async fn edit(shared: Shared, signed: Signed, id: Path<String>) -> Answer {
    let id = known(&id)?;
    Ok(html(app::run(&shared, move |app| form(app, &signed, Some(id))).await?))
}

fn form(app: &App, signed: &Signed, id: Option<OpenLinkId>) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let one = id.map(|id| open_links::view(app, &signed.actor, id)).transpose()?;
    let link = one.as_ref().map(|one| &one.link);
    let all = open_links::surveys_for(app, &signed.actor)?;
    let company = &app.config.organisation.name;
    let surveys: Vec<_> = all
        .iter()
        .map(|s| {
            json!({
                "id": s.version.id,
                "heading": fill(s.definition.title.for_reader(&reader.language), company),
                "version": s.name(),
                "chosen": link.map_or(s.version.survey == "short", |link| link.version == s.version.id),
            })
        })
        .collect();
    let offered: std::collections::BTreeSet<&Language> = all.iter().flat_map(|s| &s.definition.languages).collect();
    let languages: Vec<_> = offered
        .into_iter()
        .map(|language| {
            let chosen = link.is_some_and(|link| link.language == *language);
            json!({ "tag": language, "name": language_name(app, language), "chosen": chosen })
        })
        .collect();
    let within = reach(&signed.actor, CREATE)?;
    let (regions, lines) = app.db.read(|conn| accounts::dimension_values(conn, &within))?;
    let tiers: Vec<_> = app
        .config
        .tiers
        .iter()
        .map(|t| json!({ "key": t.key, "name": t.names.for_reader(&reader.language) }))
        .collect();
    let day = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| app.day_of(at).to_string()).unwrap_or_default();
    let page = json!({
        "id": link.map(|link| link.id),
        "name": link.map_or("", |link| &link.name),
        "source": link.map_or("", |link| &link.source),
        "surveys": surveys,
        "languages": languages,
        "tiers": tiers,
        "regions": regions,
        "lines": lines,
        "place": one.as_ref().map(|one| place(app, &reader, one)),
        "password": link.is_some_and(|link| link.password_hash.is_some()),
        "opens": day(link.and_then(|link| link.opens_at)),
        "closes": day(link.and_then(|link| link.closes_at).map(|at| at - TimeDelta::microseconds(1))),
        "most": link.and_then(|link| link.most).map(|most| most.to_string()).unwrap_or_default(),
        "revision": link.map_or(1, |link| link.revision),
        "own_region": signed.actor.region,
    });
    render(app, signed, "console/open_link_edit", "open-links", &page)
}

fn filled(fields: &Fields) -> Result<LinkForm> {
    let version = VersionId::parse(fields.require("survey")?)
        .ok_or_else(|| Error::from(Fault::field("survey", Code::ValueUnknown)))?;
    let language = fields.get("language").map(Language::parse).transpose().map_err(|e| e.at_field("language"))?;
    Ok(LinkForm {
        name: fields.get("name").unwrap_or_default().to_owned(),
        source: fields.get("source").unwrap_or_default().to_owned(),
        version,
        language,
        password: fields.secret("password").to_owned(),
        without_password: fields.get("without_password").is_some(),
        opens: fields.parse("opens")?,
        last_day: fields.parse("closes")?,
        most: fields.parse("most")?,
    })
}

async fn create(shared: Shared, posted: Posted) -> Answer {
    let step = |app: &App, actor: &Actor, fields: &Fields| {
        let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
        let binding = match fields.require("whose")? {
            "account" => Binding::Account(text("account")),
            "segment" => Binding::Segment(Segment {
                tier: text("tier"),
                region: text("region"),
                product_line: text("product_line"),
            }),
            other => return Err(Fault::field("whose", Code::ValueUnknown).with("value", other).into()),
        };
        open_links::create(app, actor, &filled(fields)?, &binding).map(|link| format!("/open-links/{}", link.id))
    };
    posted.submit(&shared, step, |app, signed, _| form(app, signed, None)).await
}

async fn alter(shared: Shared, posted: Posted, id: Path<String>) -> Answer {
    let id = known(&id)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let revision = revision(fields)?;
        open_links::alter(app, actor, id, revision, &filled(fields)?).map(|link| format!("/open-links/{}", link.id))
    };
    posted.submit(&shared, step, move |app, signed, _| form(app, signed, Some(id))).await
}

fn revision(fields: &Fields) -> Result<i64> {
    fields.parse("revision")?.ok_or_else(|| Fault::field("revision", Code::ValueMissing).into())
}

async fn close(shared: Shared, posted: Posted, id: Path<String>) -> Answer {
    turn(shared, posted, &id, LinkState::Closed).await
}

async fn reopen(shared: Shared, posted: Posted, id: Path<String>) -> Answer {
    turn(shared, posted, &id, LinkState::Open).await
}

async fn turn(shared: Shared, posted: Posted, id: &str, state: LinkState) -> Answer {
    let id = known(id)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        open_links::set_state(app, actor, id, revision(fields)?, state).map(|_| format!("/open-links/{id}"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, id)).await
}

#[derive(Deserialize)]
struct Size {
    /// Pixels to a module.
    scale: Option<usize>,
    /// Millimetres on paper.
    size: Option<u32>,
}

async fn svg(shared: Shared, signed: Signed, id: Path<String>) -> Answer {
    let id = known(&id)?;
    let file = app::run(&shared, move |app| {
        let one = open_links::view(app, &signed.actor, id)?;
        Ok(Qr::of(&open_links::address(app, &one.link), Correction::Medium)?.svg(&one.link.name))
    })
    .await?;
    Ok(download("image/svg+xml", &format!("open-link-{id}.svg"), file.into_bytes()))
}

async fn png(shared: Shared, signed: Signed, id: Path<String>, size: Query<Size>) -> Answer {
    let (id, scale) = (known(&id)?, size.scale.unwrap_or(20).clamp(1, LARGEST_SCALE));
    let file = app::run(&shared, move |app| {
        let one = open_links::view(app, &signed.actor, id)?;
        Qr::of(&open_links::address(app, &one.link), Correction::Medium)?.png(scale)
    })
    .await?;
    Ok(download("image/png", &format!("open-link-{id}.png"), file))
}

fn download(kind: &str, name: &str, file: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(file)
}

/// A page of A4 with as many codes as fit, to be cut: handled more than a screen, so with more correction.
async fn sheet(shared: Shared, signed: Signed, id: Path<String>, size: Query<Size>) -> Answer {
    let id = known(&id)?;
    let wish = size.size;
    let body = app::run(&shared, move |app| {
        let one = open_links::view(app, &signed.actor, id)?;
        let [first, ..] = SIZES;
        let (size, n) = SIZES.into_iter().find(|(size, _)| Some(*size) == wish).unwrap_or(first);
        let definition = &one.survey.definition;
        let spoken = app.catalogue.languages();
        // The link's own language stands first.
        let mut languages: Vec<&Language> = definition.languages.iter().filter(|l| spoken.contains(l)).collect();
        languages.sort_by_key(|language| **language != one.link.language);
        let minutes = i64::from(definition.minutes());
        let lines: Vec<_> = languages
            .into_iter()
            .map(|language| {
                let text = app.reader_of(language).text("open-links-sheet-say", &[("minutes", minutes.into())]);
                json!({ "lang": language, "text": text })
            })
            .collect();
        let address = open_links::address(app, &one.link);
        let reader = app.reader(&signed.actor);
        let page = json!({
            "name": one.link.name,
            "organisation": app.config.organisation.name,
            // Paper is light.
            "logo": app.look.logo().map(|(light, _)| light),
            "size": size,
            "places": vec![(); n],
            "code": Qr::of(&address, Correction::Quartile)?.svg(&one.link.name),
            "lines": lines,
            "css": crate::web::assets::console_css_path(),
        });
        app.templates.render("console/open_link_sheet", &page, &reader)
    })
    .await?;
    Ok(html(body))
}
