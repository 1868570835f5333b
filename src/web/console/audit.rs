//! The audit trail.

use crate::app;
use crate::domain::ident::AuditId;
use crate::domain::permission::{Action, Module, reach};
use crate::store::audit;
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::{Query, Signed};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get};
use actix_web::web;
use serde::Deserialize;
use serde_json::json;

const VIEW: Action = Action::view(Module::Audit);
const PAGE: i64 = 100;

pub(super) fn routes() -> Vec<Route> {
    vec![get("/audit", Access::Signed(VIEW), || web::get().to(list))]
}

#[derive(Deserialize)]
struct Before {
    before: Option<String>,
}

async fn list(shared: Shared, signed: Signed, query: Query<Before>) -> Answer {
    let before = query.into_inner().before.and_then(|id| AuditId::parse(&id));
    let body = app::run(&shared, move |app| {
        let reach = reach(&signed.actor, VIEW)?;
        let reader = app.reader(&signed.actor);
        let found = app.db.read(|conn| audit::list(conn, &reach, before, PAGE))?;
        let next = (found.len() as i64 == PAGE).then(|| found.last().map(|e| e.id.to_string())).flatten();
        let entries: Vec<_> = found
            .into_iter()
            .map(|e| {
                json!({
                    "at": e.at.to_rfc3339(),
                    "who": e.actor.unwrap_or_else(|| reader.text("audit-service", &[])),
                    "action": word(&reader, "action", &e.action),
                    "record": word(&reader, "record", &e.record),
                    "account": e.account.map(|(id, name)| json!({ "id": id.to_string(), "name": name })),
                    "detail": e.before.is_some() || e.after.is_some(),
                    "before": e.before.unwrap_or_default(),
                    "after": e.after.unwrap_or_default(),
                })
            })
            .collect();
        render(app, &signed, "console/audit", "audit", &json!({ "entries": entries, "next": next }))
    })
    .await?;
    Ok(html(body))
}

/// What was done, or to what, in the reader's words; what has none stands as it was written.
fn word(reader: &Reader, what: &str, written: &str) -> String {
    let id = format!("audit-{what}-{}", written.replace([' ', '_'], "-"));
    if reader.catalogue().has(&reader.language, &id) { reader.text(&id, &[]) } else { written.to_owned() }
}
