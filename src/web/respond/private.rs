//! The contact's own page, and what they say there: how they would like to be reached, and whether they
//! would speak for us. Reading it records nothing.

use super::reply::{page, quiet};
use super::{Asked, LARGEST_FORM, Refused, admitted, site};
use crate::app::follow_ups::{self, Answer as Said};
use crate::app::private::{self, Page, Told};
use crate::app::visits::Use;
use crate::app::{self, App};
use crate::domain::follow_up::{FollowUp, State};
use crate::domain::ident::ResponseId;
use crate::domain::language::Language;
use crate::domain::survey::{Body, Question, fill};
use crate::domain::token::{Purpose, Token};
use crate::error::{Code, Error, Fault, Result};
use crate::render::survey::{self, After, Entry, Private, Promise};
use crate::text::Reader;
use crate::web::page::Answer;
use crate::web::routes::{Access, Route, get, post};
use crate::web::{Shared, body};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::{self, Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    for path in ["/p/{token}", "/P/{token}"] {
        routes.push(get(path, Access::Public, || web::route().to(show)));
    }
    routes.extend([
        post("/p/{token}/follow-up", Access::Public, || web::post().to(wish)),
        post("/p/{token}/reference", Access::Public, || web::post().to(reference)),
    ]);
    routes
}

/// The promise as its person reads it: by whom, and by when, or on which day it was kept.
pub(super) fn promise<'a>(app: &App, reader: &Reader, kept: &'a FollowUp, name: &'a str) -> Promise<'a> {
    let day = kept.closed_at.filter(|_| kept.state == State::Done).map_or(kept.due, |at| app.day_of(at));
    Promise {
        name,
        day: reader.date_long(day),
        state: kept.state,
        wish: kept.wish,
        note: kept.note.as_deref().filter(|_| kept.told),
    }
}

fn written(app: &App, page: &Page, token: Token, language: &Language) -> String {
    let reader = app.reader_of(language);
    let site = site(app);
    let seal = |purpose: Purpose| token.seal(app.seal_key(), purpose);
    let others: Vec<Language> =
        reader.catalogue().languages().into_iter().filter(|one| *one != reader.language).collect();
    let entries = page.told.iter().map(|told| entry(app, page, told, token, &reader)).collect();
    survey::private(
        &site,
        &reader,
        &Private {
            language: &reader.language,
            others: &others,
            name: page.contact.salutation.as_deref().unwrap_or(&page.contact.name),
            account: &page.asked.account_name,
            entries,
            done: page
                .done
                .iter()
                .map(|one| {
                    let by = one.actor.map_or("", |user| page.name(user));
                    (one.note.as_deref().unwrap_or_default(), by, reader.date_long(app.day_of(one.at)))
                })
                .collect(),
            stop_token: &seal(Purpose::Unsubscribe),
            stopped: page.stopped,
        },
    )
}

fn entry<'a>(app: &App, page: &'a Page, told: &'a Told, token: Token, reader: &Reader) -> Entry<'a> {
    let definition = &told.instrument.definition;
    let language = definition.language_for(&reader.language);
    let company = &app.config.organisation.name;
    let is_main = |one: &Question| {
        one.is_overall()
            || definition.recommendation().is_some_and(|asked| asked.key == one.key)
            || matches!(one.body, Body::Text { .. })
    };
    let said = |which: &dyn Fn(&Question) -> bool| {
        survey::said_where(definition, &told.response.answers, &language, company, reader, which)
    };
    let name = told.follow_up.as_ref().map_or("", |kept| page.name(kept.closed_by.unwrap_or(kept.owner)));
    let replies = told.replies.iter();
    Entry {
        title: fill(definition.title.for_reader(&language), company),
        day: reader.date_long(told.response.day),
        definition,
        main: said(&is_main),
        rest: said(&|one| !is_main(one)),
        after: After {
            token: token.seal(app.seal_key(), Purpose::Private),
            response: told.response.id.to_string(),
            promise: told.follow_up.as_ref().map(|kept| promise(app, reader, kept, name)),
            willing: told.willing,
            from_thanks: false,
        },
        replies: replies
            .map(|one| (one.words.as_str(), page.name(one.by), reader.date_long(app.day_of(one.at))))
            .collect(),
    }
}

async fn show(app: Shared, link: Path<String>, req: HttpRequest) -> Answer {
    let token = match admitted(&app, &req, Purpose::Private, &link, Use::Open) {
        Ok(token) => token,
        Err(refused) => return refused.page(&app, &req),
    };
    let asked = Asked::of(&req);
    let shown = app::run(&app, move |app| {
        let page = private::open(app, token)?;
        let language = asked.language().unwrap_or_else(|| page.contact.language.clone());
        Ok(written(app, &page, token, &language))
    })
    .await;
    match shown {
        Ok(shown) => Ok(page(200, shown)),
        Err(error) => gone(&app, &req, error),
    }
}

/// A page that is closed says so in the look of the survey: customers read it.
fn gone(app: &App, req: &HttpRequest, error: Error) -> Answer {
    if !matches!(error.code(), Code::LinkClosed | Code::LinkUnknown) {
        return Err(error.into());
    }
    let (status, text) = super::refused(app, &crate::web::errors::reader(req, app), &error);
    Ok(page(status, text))
}

async fn wish(app: Shared, link: Path<String>, req: HttpRequest, payload: Payload) -> Answer {
    step(app, link, req, payload, "wish", |app, token, response, value| {
        let said = Said::parse(value).ok_or_else(|| Fault::field("wish", Code::ValueMissing))?;
        follow_ups::answer(app, token, response, said)
    })
    .await
}

async fn reference(app: Shared, link: Path<String>, req: HttpRequest, payload: Payload) -> Answer {
    step(app, link, req, payload, "willing", |app, token, response, value| {
        let willing = match value {
            "yes" => true,
            "no" => false,
            _ => return Err(Fault::field("willing", Code::ValueMissing).into()),
        };
        follow_ups::say_willing(app, token, response, willing)
    })
    .await
}

/// Takes one button of the page, and leads back to where it stood.
async fn step(
    app: Shared,
    link: Path<String>,
    req: HttpRequest,
    mut payload: Payload,
    name: &'static str,
    take: impl FnOnce(&App, Token, ResponseId, &str) -> Result<()> + Send + 'static,
) -> Answer {
    let token = match admitted(&app, &req, Purpose::Private, &link, Use::Send) {
        Ok(token) => token,
        Err(refused @ Refused { .. }) => return refused.page(&app, &req),
    };
    let form = body::fields(&mut payload, LARGEST_FORM).await?;
    let field = |name: &str| form.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value.as_str()).to_owned();
    let (response, value, from_thanks) = (field("response"), field(name), field("from") == "thanks");
    let language = Asked::of(&req).language();
    let taken = app::run(&app, move |app| {
        let response = ResponseId::parse(&response).ok_or_else(|| Error::new(Code::NotFound))?;
        take(app, token, response, &value)
    })
    .await;
    if let Err(error) = taken {
        return gone(&app, &req, error);
    }
    let purpose = if from_thanks { Purpose::Answer } else { Purpose::Private };
    let tag = language.map_or_else(String::new, |language| format!("?lang={}", language.as_str()));
    let to = format!("/{}/{}{tag}", purpose.path(), token.seal(app.seal_key(), purpose));
    Ok::<HttpResponse, _>(quiet(StatusCode::SEE_OTHER).insert_header((header::LOCATION, to)).finish())
}
