//! Reports: choosing one, reading it, taking it along.

use crate::app::reports::{self, Request};
use crate::app::{self, App, figures};
use crate::domain::day::Month;
use crate::domain::permission::{Action, Module};
use crate::error::{Error, Result};
use crate::web::Shared;
use crate::web::admission::{Query, Signed};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get};
use actix_web::http::header;
use actix_web::web;
use data_encoding::BASE64;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const VIEW: Action = Action::view(Module::Reports);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/reports", Access::Signed(VIEW), || web::get().to(list)),
        get("/reports/monthly", Access::Signed(VIEW), || web::get().to(monthly)),
        get("/reports/kept", Access::Signed(VIEW), || web::get().to(kept)),
    ]
}

#[derive(Deserialize)]
struct Asked {
    tier: Option<String>,
    period: Option<String>,
    lang: Option<String>,
    /// Anything: the page is to be taken along as a file.
    download: Option<String>,
}

impl Asked {
    fn request(&self, app: &App, signed: &Signed) -> Result<Request> {
        Request::read(app, &signed.actor, self.tier.as_deref(), self.period.as_deref(), self.lang.as_deref())
    }
}

async fn list(shared: Shared, signed: Signed) -> Answer {
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let tier_name = |key: &str| match key {
            "" => reader.text("report-all-tiers", &[]),
            key => figures::tier_name(app, key, &reader.language),
        };
        let language_name = |tag: &crate::domain::language::Language| {
            app.catalogue.reader(tag, signed.actor.zone).text("language-name", &[])
        };
        let kept: Vec<Value> = reports::kept(app, &signed.actor)?
            .into_iter()
            .map(|k| {
                let lang = k.key.language.as_str();
                let href = format!("/reports/kept?tier={}&period={}&lang={lang}", k.key.tier, k.key.month);
                json!({
                    "download": format!("{href}&download=1"),
                    "href": href,
                    "month": k.key.month.to_string(),
                    "tier": tier_name(&k.key.tier),
                    "lang": lang,
                    "language": language_name(&k.key.language),
                    "made": k.made_at.to_rfc3339(),
                })
            })
            .collect();
        let last = Month::of(app.today()).plus(-1);
        let page = json!({
            "kept": kept,
            "period": last.to_string(),
            "latest": Month::of(app.today()).to_string(),
            "tiers": app.config.tiers.iter().map(|t| json!({ "key": t.key, "name": tier_name(&t.key) })).collect::<Vec<_>>(),
            "languages": app.catalogue.languages().iter().map(|l| json!({
                "key": l.as_str(), "name": language_name(l), "chosen": *l == reader.language,
            })).collect::<Vec<_>>(),
        });
        render(app, &signed, "console/reports", "reports", &page)
    })
    .await?;
    Ok(html(body))
}

async fn monthly(shared: Shared, signed: Signed, query: Query<Asked>) -> Answer {
    page(shared, signed, query.into_inner(), reports::monthly).await
}

async fn kept(shared: Shared, signed: Signed, query: Query<Asked>) -> Answer {
    page(shared, signed, query.into_inner(), reports::kept_page).await
}

/// A report as it is made or was made: to be read, or as a file.
async fn page(
    shared: Shared,
    signed: Signed,
    asked: Asked,
    make: fn(&App, &crate::domain::permission::Actor, &Request) -> Result<String>,
) -> Answer {
    let download = asked.download.is_some();
    let (name, body) = app::run(&shared, move |app| {
        let request = asked.request(app, &signed)?;
        Ok((request.file_name(), make(app, &signed.actor, &request)?))
    })
    .await?;
    let policy = policy(&body);
    let mut answer = html(body);
    answer
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, header::HeaderValue::from_str(&policy).map_err(Error::internal)?);
    if download {
        let value = header::HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, value.map_err(Error::internal)?);
    }
    Ok(answer)
}

/// A report is a file that holds its own style, so that it can be taken along. On our pages that style
/// is let through by its digest, and no other.
fn policy(report: &str) -> String {
    let style =
        report.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map_or("", |(css, _)| css);
    let digest = BASE64.encode(&Sha256::digest(style.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}
