//! Entering what a contact has said by telephone or on paper.

use super::desk::{At, Sheet};
use crate::app::entries::{self, CREATE, Entry, Opened, Outcome};
use crate::app::{self, App};
use crate::domain::ident::{AccountId, ContactId, InvitationId, ResponseId, VersionId};
use crate::domain::language::Language;
use crate::domain::survey::fill;
use crate::error::{Code, Error, Fault, Kind, Result};
use crate::render::survey::{Extra, above};
use crate::store::responses::Channel;
use crate::text::error::describe;
use crate::web::Shared;
use crate::web::admission::{Signed, encoded};
use crate::web::errors::status;
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, html_with, render, see_other};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web::{self, Path, Query};
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/accounts/{id}/enter", Access::Signed(CREATE), || web::get().to(choose)),
        get("/accounts/{id}/enter/form", Access::Signed(CREATE), || web::get().to(show)),
        post("/accounts/{id}/enter/form", Access::Signed(CREATE), || web::post().to(keep)),
    ]
}

fn known(id: &str) -> Result<AccountId> {
    AccountId::parse(id).ok_or_else(|| Error::new(Code::NotFound))
}

async fn choose(shared: Shared, signed: Signed, id: Path<String>, query: Query<Vec<(String, String)>>) -> Answer {
    let id = known(&id)?;
    let fields = Fields(query.into_inner());
    Ok(html(app::run(&shared, move |app| choices(app, &signed, id, &fields, None)).await?))
}

/// The page on which one says who has said it, when, how, and by which questionnaire.
fn choices(app: &App, signed: &Signed, id: AccountId, fields: &Fields, error: Option<&Error>) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let found = entries::choices(app, &signed.actor, id)?;
    let chosen = |name: &str, value: &str| fields.get(name) == Some(value);
    let contacts: Vec<Value> = found
        .contacts
        .iter()
        .map(|c| json!({ "id": c.id, "name": c.name, "role": c.role, "chosen": chosen("contact", &c.id.to_string()) }))
        .collect();
    let title = |one: &crate::app::surveys::Instrument| {
        fill(one.definition.title.for_reader(&reader.language), &app.config.organisation.name)
    };
    let surveys: Vec<Value> = found
        .instruments
        .iter()
        .map(|one| json!({ "id": one.version.id, "name": title(one), "chosen": chosen("survey", &one.version.id.to_string()) }))
        .collect();
    let mut invitations = Vec::new();
    for (invitation, name) in &found.invitations {
        let said = [
            ("name", name.clone().unwrap_or_else(|| reader.text("accounts-a-contact", &[])).into()),
            ("survey", title(&*crate::app::surveys::version(app, invitation.version)?).into()),
            ("day", reader.date(app.day_of(invitation.created_at)).into()),
        ];
        let text = reader.text("entries-invitation-of", &said);
        invitations.push(
            json!({ "id": invitation.id, "name": text, "chosen": chosen("invitation", &invitation.id.to_string()) }),
        );
    }
    let data = json!({
        "id": id, "name": found.account.name, "number": found.account.number.as_str(),
        "contacts": contacts, "surveys": surveys, "invitations": invitations,
        "paper": chosen("channel", "paper"),
        "day": fields.get("day").map_or_else(|| app.today().to_string(), ToOwned::to_owned),
        "today": app.today().to_string(),
        "error": error.map(|error| describe(&reader, error)),
    });
    render(app, signed, "console/entry", "accounts", &data)
}

/// What the address, or the form, says is to be entered.
fn entry(app: &App, account: AccountId, fields: &Fields, mark: &str) -> Result<Entry> {
    let field = |name: &str| fields.get(&format!("{mark}{name}"));
    let bad = |name: &'static str| Error::from(Fault::field(name, Code::ValueMalformed));
    let invitation =
        field("invitation").map(|text| InvitationId::parse(text).ok_or_else(|| bad("invitation"))).transpose()?;
    Ok(Entry {
        account,
        id: field("once").and_then(ResponseId::parse).unwrap_or_else(|| app.chance.id(app.now())),
        contact: field("contact").map(|text| ContactId::parse(text).ok_or_else(|| bad("contact"))).transpose()?,
        invitation,
        version: field("survey").map(|text| VersionId::parse(text).ok_or_else(|| bad("survey"))).transpose()?,
        channel: field("channel").and_then(Channel::parse).unwrap_or(Channel::Telephone),
        day: field("day").map_or(Ok(app.today()), |text| text.parse().map_err(|_| bad("day")))?,
    })
}

async fn show(shared: Shared, signed: Signed, id: Path<String>, query: Query<Vec<(String, String)>>) -> Answer {
    let id = known(&id)?;
    let fields = Fields(query.into_inner());
    let (status, body) = app::run(&shared, move |app| {
        let made = entry(app, id, &fields, "").and_then(|entry| {
            let opened = entries::open(app, &signed.actor, &entry)?;
            Ok((entry, opened))
        });
        match made {
            Ok((entry, opened)) => {
                let wish = fields.get("lang").and_then(|tag| Language::parse(tag).ok());
                let sheet = Desk { app, signed: &signed, entry: &entry, opened: &opened, error: None };
                Ok((200, sheet.page(wish.as_ref(), &[], &At::First)))
            }
            // What does not hold together is told where it is chosen.
            Err(error) if !matches!(error.kind(), Kind::NotFound | Kind::Forbidden) => {
                Ok((status(error.kind()), choices(app, &signed, id, &fields, Some(&error))?))
            }
            Err(error) => Err(error),
        }
    })
    .await?;
    Ok(html_with(status, body))
}

struct Desk<'a> {
    app: &'a App,
    signed: &'a Signed,
    entry: &'a Entry,
    opened: &'a Opened,
    error: Option<&'a Error>,
}

impl Desk<'_> {
    fn with<T>(&self, wish: Option<&Language>, work: impl FnOnce(&Sheet<'_>) -> T) -> T {
        let (app, entry, opened) = (self.app, self.entry, self.opened);
        let reader = app.reader(&self.signed.actor);
        let of_contact = opened.contact.as_ref().map(|c| &c.language);
        let language = opened.instrument.definition.language_for(wish.or(of_contact).unwrap_or(&reader.language));
        let text = |id: Option<String>| id.unwrap_or_default();
        let extras = [
            Extra::Hidden("_form", self.signed.form_key.clone()),
            Extra::Hidden("_once", entry.id.to_string()),
            Extra::Hidden("_survey", opened.instrument.version.id.to_string()),
            Extra::Hidden("_contact", text(opened.contact.as_ref().map(|c| c.id.to_string()))),
            Extra::Hidden("_invitation", text(opened.invitation.as_ref().map(|i| i.id.to_string()))),
            Extra::Hidden("_channel", entry.channel.as_str().to_owned()),
            Extra::Hidden("_day", entry.day.to_string()),
        ];
        let who = opened.contact.as_ref().map_or_else(|| reader.text("entries-nobody-named", &[]), |c| c.name.clone());
        let said = [
            ("who", who.into()),
            ("channel", reader.text(&format!("channel-{}", entry.channel.as_str().replace('_', "-")), &[]).into()),
            ("day", reader.date(entry.day).into()),
        ];
        let title = reader.text("entries-for", &[("account", opened.account.name.as_str().into())]);
        let back = format!("/accounts/{}/enter", entry.account);
        let wrong = self.error.map(|error| describe(&reader, error));
        let above = above(
            &title,
            &reader.text("entries-note", &said),
            (&back, &reader.text("entries-back", &[])),
            wrong.as_deref(),
            &extras,
        );
        let action = format!("/accounts/{}/enter/form", entry.account);
        let until = app.reader_of(&language).date_long(entry.day);
        work(&Sheet {
            instrument: &opened.instrument,
            setting: &opened.setting,
            language,
            action: &action,
            above: &above,
            until: &until,
        })
    }

    fn page(&self, wish: Option<&Language>, values: &[(String, String)], at: &At) -> String {
        self.with(wish, |sheet| sheet.write(self.app, values, &[], at))
    }
}

async fn keep(shared: Shared, id: Path<String>, posted: Posted) -> Answer {
    let id = known(&id)?;
    let (signed, fields, fresh) = posted.parts();
    let (status, body) = app::run(&shared, move |app| {
        let entry = entry(app, id, &fields, "_")?;
        let tag = |name: &str| fields.get(name).and_then(|tag| Language::parse(tag).ok());
        let typed = &fields.0;
        let stale = Error::new(Code::FormStale);
        let again = |error: Option<&Error>, wish: Option<&Language>, status: u16| -> Result<(u16, String)> {
            let opened = entries::open(app, &signed.actor, &entry)?;
            let desk = Desk { app, signed: &signed, entry: &entry, opened: &opened, error };
            Ok((status, desk.page(wish, typed, &At::Page(fields.get("_page").map(ToOwned::to_owned)))))
        };
        let shown = tag("_lang");
        if !fresh {
            return again(Some(&stale), shown.as_ref(), self::status(stale.kind()));
        }
        if let Some(wish) = tag("_show") {
            return again(None, Some(&wish), 200);
        }
        if let Some(go) = fields.get("_go").filter(|go| ["next", "back"].contains(go)) {
            let opened = entries::open(app, &signed.actor, &entry)?;
            let desk = Desk { app, signed: &signed, entry: &entry, opened: &opened, error: None };
            return Ok(desk.with(shown.as_ref(), |sheet| sheet.go(app, typed, go == "next")));
        }
        let language = shown.clone().unwrap_or_else(|| signed.actor.language.clone());
        match entries::keep(app, &signed.actor, &entry, typed, &language)? {
            Outcome::Kept(response) => {
                Ok((303, format!("/accounts/{}#response-{}", response.account, encoded(&response.id.to_string()))))
            }
            Outcome::Rejected(opened, rejected) => {
                let desk = Desk { app, signed: &signed, entry: &entry, opened: &opened, error: None };
                Ok((
                    422,
                    desk.with(shown.as_ref(), |sheet| {
                        let wrong = sheet.wrong(app, &rejected);
                        sheet.write(app, &rejected.typed, &wrong, &At::Wrong)
                    }),
                ))
            }
        }
    })
    .await?;
    Ok(if status == 303 { see_other(&body) } else { html_with(status, body) })
}
