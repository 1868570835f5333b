//! The built-in mailbox: the letters that would have left if a mail server were set.

use super::waves::letter as framed;
use crate::app::{self, outbox};
use crate::domain::ident::{AccountId, LetterId};
use crate::domain::permission::{Action, Module};
use crate::error::{Code, Error, Result};
use crate::store::letters::Letter;
use crate::web::Shared;
use crate::web::admission::{Signed, encoded};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get};
use actix_web::web;
use serde::Deserialize;
use serde_json::json;

const VIEW: Action = Action::view(Module::Mailbox);
/// Letters of one page.
const PAGE: i64 = 50;

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/mailbox", Access::Signed(VIEW), || web::get().to(list)),
        get("/mailbox/{account}/{letter}", Access::Signed(VIEW), || web::get().to(read)),
        get("/mailbox/{account}/{letter}/html", Access::Signed(VIEW), || web::get().to(body)),
    ]
}

#[derive(Deserialize, Default)]
struct Search {
    to: Option<String>,
    page: Option<i64>,
    view: Option<String>,
}

fn key(account: &str, letter: &str) -> Result<(AccountId, LetterId)> {
    AccountId::parse(account).zip(LetterId::parse(letter)).ok_or_else(|| Error::new(Code::NotFound))
}

async fn list(shared: Shared, signed: Signed, search: web::Query<Search>) -> Answer {
    show(shared, signed, search.into_inner(), None).await
}

async fn read(
    shared: Shared,
    signed: Signed,
    path: web::Path<(String, String)>,
    search: web::Query<Search>,
) -> Answer {
    show(shared, signed, search.into_inner(), Some(key(&path.0, &path.1)?)).await
}

async fn show(shared: Shared, signed: Signed, search: Search, open: Option<(AccountId, LetterId)>) -> Answer {
    let body = app::run(&shared, move |app| {
        let to = search.to.as_deref().map(str::trim).filter(|t| !t.is_empty());
        let page = search.page.unwrap_or(0).clamp(0, 1_000_000);
        let (heads, total) = outbox::mailbox(app, &signed.actor, to, page, PAGE)?;
        let chosen: Option<Letter> = match open {
            Some((account, id)) => Some(outbox::letter(app, &signed.actor, account, id)?),
            None => None,
        };
        let query = to.map(|t| format!("to={}&", encoded(t))).unwrap_or_default();
        let letters: Vec<_> = heads
            .iter()
            .map(|l| {
                json!({
                    "href": format!("/mailbox/{}/{}?{query}page={page}", l.account, l.id),
                    "to": l.to_address, "subject": l.subject, "at": l.received_at.to_rfc3339(),
                    "current": chosen.as_ref().is_some_and(|c| c.id == l.id),
                })
            })
            .collect();
        let plain = search.view.as_deref() == Some("text");
        let letter = chosen.map(|l| {
            let here = format!("/mailbox/{}/{}", l.account, l.id);
            json!({
                "to": l.to_address, "subject": l.subject, "at": l.received_at.to_rfc3339(), "text": l.text,
                "frame": format!("{here}/html"),
                "as_html": format!("{here}?{query}page={page}"),
                "as_text": format!("{here}?{query}page={page}&view=text"),
                "plain": plain,
            })
        });
        let link = |page: i64| format!("/mailbox?{query}page={page}");
        let page = json!({
            "letters": letters,
            "total": total,
            "to": to.unwrap_or_default(),
            "letter": letter,
            "newer": (page > 0).then(|| link(page - 1)),
            "older": ((page + 1) * PAGE < total).then(|| link(page + 1)),
            "real": !app.mailer.keeps_letters(),
        });
        render(app, &signed, "console/mailbox", "mailbox", &page)
    })
    .await?;
    Ok(html(body))
}

async fn body(shared: Shared, signed: Signed, path: web::Path<(String, String)>) -> Answer {
    let (account, id) = key(&path.0, &path.1)?;
    let letter = app::run(&shared, move |app| outbox::letter(app, &signed.actor, account, id)).await?;
    Ok(framed(&letter.html))
}
