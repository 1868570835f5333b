//! Doubtful responses: which they are and why, and taking them out of all figures or letting them count again.

use crate::app::doubts::{self as book, Asked, CHANGE, VIEW};
use crate::app::figures::tier_name;
use crate::app::{self, App, responses};
use crate::domain::answer::quality::Flag;
use crate::domain::ident::{AccountId, ResponseId, VersionId, WaveId};
use crate::domain::permission::Actor;
use crate::domain::survey::fill;
use crate::domain::tally::Segment;
use crate::error::{Code, Error, Result};
use crate::store::responses::State;
use crate::store::responses::doubts::Doubtful;
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::{Query, Signed};
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web::{self, Path};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};

/// What one may choose to see.
const STATES: [State; 2] = [State::Kept, State::Excluded];

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/doubts", Access::Signed(VIEW), || web::get().to(list)),
        post("/doubts/{account}/{response}/exclude", Access::Signed(CHANGE), || web::post().to(exclude)),
        post("/doubts/{account}/{response}/restore", Access::Signed(CHANGE), || web::post().to(restore)),
    ]
}

/// What is asked for, as it stands in the address and, hidden, in the forms of the page.
#[derive(Deserialize, Default)]
struct Words {
    flag: Option<String>,
    survey: Option<String>,
    wave: Option<String>,
    state: Option<String>,
    after: Option<String>,
}

impl Words {
    fn of(fields: &Fields) -> Self {
        let get = |name: &str| fields.get(name).map(ToOwned::to_owned);
        Self { flag: get("flag"), survey: get("survey"), wave: get("wave"), state: get("state"), after: get("after") }
    }

    /// What cannot be read narrows nothing.
    fn read(self) -> Asked {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let after = |text: &str| {
            let (day, id) = text.split_once('_')?;
            Some((day.parse::<NaiveDate>().ok()?, ResponseId::parse(id)?))
        };
        Asked {
            flag: given(self.flag).filter(|flag| Flag::KINDS.contains(&flag.as_str())),
            survey: given(self.survey)
                .filter(|key| key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')),
            wave: self.wave.as_deref().and_then(WaveId::parse),
            state: self.state.as_deref().and_then(State::parse).filter(|state| STATES.contains(state)),
            after: self.after.as_deref().and_then(after),
        }
    }
}

/// The fields of what is asked for: all are of plain letters, so that they stand in an address as they are.
fn fields(asked: &Asked) -> Vec<(&'static str, String)> {
    let fields = [
        ("flag", asked.flag.clone()),
        ("survey", asked.survey.clone()),
        ("wave", asked.wave.map(|wave| wave.to_string())),
        ("state", asked.state.map(|state| state.as_str().to_owned())),
        ("after", asked.after.map(|(day, id)| format!("{day}_{id}"))),
    ];
    fields.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

fn address(asked: &Asked) -> String {
    let fields: Vec<String> = fields(asked).into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    if fields.is_empty() { "/doubts".to_owned() } else { format!("/doubts?{}", fields.join("&")) }
}

async fn list(shared: Shared, signed: Signed, query: Query<Words>) -> Answer {
    let asked = query.into_inner().read();
    Ok(html(app::run(&shared, move |app| page(app, &signed, &asked, None)).await?))
}

fn page(app: &App, signed: &Signed, asked: &Asked, in_hand: Option<(AccountId, ResponseId)>) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let board = book::board(app, &signed.actor, asked, in_hand)?;
    let company = &app.config.organisation.name;
    let rows: Vec<Value> = board.rows.iter().map(|one| row(app, &reader, one, board.may_change)).collect();
    let flags: Vec<Value> = Flag::KINDS
        .into_iter()
        .map(|kind| {
            let name = reader.text(&format!("doubts-flag-{}", kind.replace('_', "-")), &[]);
            json!({ "key": kind, "name": name, "chosen": asked.flag.as_deref() == Some(kind) })
        })
        .collect();
    let surveys: Vec<Value> = board
        .surveys
        .iter()
        .map(|one| {
            let name = fill(one.definition.title.for_reader(&reader.language), company);
            let key = &one.version.survey;
            json!({ "key": key, "name": name, "chosen": asked.survey.as_ref() == Some(key) })
        })
        .collect();
    let waves: Vec<Value> = board
        .waves
        .iter()
        .map(|(id, name)| json!({ "key": id, "name": name, "chosen": asked.wave == Some(*id) }))
        .collect();
    let states: Vec<Value> = STATES
        .into_iter()
        .map(|state| {
            let name = reader.text(&format!("doubts-state-{}", state.as_str()), &[]);
            json!({ "key": state.as_str(), "name": name, "chosen": asked.state == Some(state) })
        })
        .collect();
    let kept: Vec<Value> =
        fields(asked).into_iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let counts = [("excluded", board.counts.excluded.into()), ("counted", board.counts.counted.into())];
    let data = json!({
        "headline": reader.text("overview-doubts", &counts),
        "rows": rows, "flags": flags, "surveys": surveys, "waves": waves, "states": states, "kept": kept,
        "first": asked.after.is_some().then(|| address(&Asked { after: None, ..asked.clone() })),
        "next": board.next.map(|after| address(&Asked { after: Some(after), ..asked.clone() })),
    });
    render(app, signed, "console/doubts", "doubts", &data)
}

fn row(app: &App, reader: &Reader, one: &Doubtful, may_change: bool) -> Value {
    let response = &one.response;
    let (account, id) = (response.account, response.id);
    let step = |name: &str| format!("/doubts/{account}/{id}/{name}");
    let published = app.surveys.find(&app.db, response.version).ok();
    let survey =
        published.map(|one| fill(one.definition.title.for_reader(&reader.language), &app.config.organisation.name));
    // Of who answered an anonymous survey, or by an open link, nothing is known but the segment.
    let (name, href) = match account.is_nobody() {
        true => (place(app, reader, &one.place), None),
        false => (one.account_name.clone(), Some(format!("/accounts/{account}#response-{id}"))),
    };
    let came = match (account.is_anonymous(), &one.link, &one.wave) {
        (true, ..) => Some(reader.text("doubts-anonymous", &[])),
        (_, Some(link), _) => Some(reader.text("doubts-by-link", &[("name", link.as_str().into())])),
        (_, None, wave) => wave.clone(),
    };
    let took = response.took_seconds.map(|seconds| reader.text("doubts-took", &[("seconds", seconds.into())]));
    let excluded = response.state == State::Excluded;
    json!({
        "id": id, "name": name, "href": href, "day": reader.date(response.day), "survey": survey, "came": came,
        "took": took, "excluded": excluded, "why": response.why_excluded,
        "doubts": response.flags.iter().map(|flag| doubt(app, reader, response.version, flag)).collect::<Vec<_>>(),
        "exclude": (may_change && response.state == State::Kept).then(|| step("exclude")),
        "restore": (may_change && excluded).then(|| step("restore")),
    })
}

/// A segment in words.
fn place(app: &App, reader: &Reader, place: &Segment) -> String {
    let tier = if place.tier.is_empty() { String::new() } else { tier_name(app, &place.tier, &reader.language) };
    let parts: Vec<&str> =
        [tier.as_str(), &place.region, &place.product_line].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { reader.text("open-links-anybody", &[]) } else { parts.join(" · ") }
}

/// Why a response is doubtful, in words.
pub(super) fn doubt(app: &App, reader: &Reader, version: VersionId, flag: &Flag) -> String {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    match flag {
        Flag::TooFast { seconds, least } => {
            reader.text("visits-too-fast", &[("seconds", (*seconds).into()), ("least", (*least).into())])
        }
        Flag::NoSign => reader.text("visits-no-sign", &[]),
        Flag::StraightLine { group, items, point } => {
            let named = group.as_ref().and_then(|key| {
                let published = app.surveys.find(&app.db, version).ok()?;
                let mut groups = published.definition.pages.iter().flat_map(|page| &page.groups);
                let group = groups.find(|one| one.key == *key)?;
                Some(fill(group.text.for_reader(&reader.language), &app.config.organisation.name))
            });
            let said = [("point", (*point).into()), ("items", count(*items).into())];
            match named.or_else(|| group.clone()) {
                Some(group) => {
                    let [point, items] = said;
                    reader.text("visits-line-group", &[point, items, ("group", group.into())])
                }
                None => reader.text("visits-line-all", &said),
            }
        }
        Flag::Contradiction { rule } => reader.text(&format!("visits-{}", rule.as_str().replace('_', "-")), &[]),
    }
}

/// The response that an address names, and whose it is.
fn named(path: Path<(String, String)>) -> Result<(AccountId, ResponseId)> {
    let (account, response) = path.into_inner();
    let missing = || Error::new(Code::NotFound);
    Ok((AccountId::parse(&account).ok_or_else(missing)?, ResponseId::parse(&response).ok_or_else(missing)?))
}

async fn exclude(shared: Shared, path: Path<(String, String)>, posted: Posted) -> Answer {
    let (account, response) = named(path)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let why = fields.get("why").unwrap_or_default();
        responses::exclude(app, actor, account, response, why).map(|_| address(&Words::of(fields).read()))
    };
    posted.submit(&shared, step, again(account, response)).await
}

async fn restore(shared: Shared, path: Path<(String, String)>, posted: Posted) -> Answer {
    let (account, response) = named(path)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        responses::restore(app, actor, account, response).map(|_| address(&Words::of(fields).read()))
    };
    posted.submit(&shared, step, again(account, response)).await
}

/// The page after a step that was refused, with its response on top.
fn again(account: AccountId, response: ResponseId) -> impl FnOnce(&App, &Signed, &Fields) -> Result<String> {
    move |app, signed, fields| page(app, signed, &Words::of(fields).read(), Some((account, response)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_as_it_was_written_and_nothing_else_is() {
        let id = ResponseId::from(uuid::Uuid::from_u128(9));
        let asked = Asked {
            flag: Some("too_fast".into()),
            survey: Some("relationship".into()),
            wave: Some(WaveId::from(uuid::Uuid::from_u128(7))),
            state: Some(State::Excluded),
            after: NaiveDate::from_ymd_opt(2026, 11, 22).map(|day| (day, id)),
        };
        let written = fields(&asked).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        assert_eq!(Words::of(&Fields(written)).read(), asked);
        let odd = ["flag", "survey", "wave", "state", "after"].map(|name| (name.to_owned(), "x&y=\"_".to_owned()));
        assert_eq!(Words::of(&Fields(odd.into())).read(), Asked::default());
        assert_eq!(address(&Asked::default()), "/doubts");
    }
}
