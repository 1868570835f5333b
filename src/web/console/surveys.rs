//! Surveys: what has been published, and what each version asks.

use crate::app::surveys::{self, Instrument};
use crate::app::{self, App};
use crate::domain::ident::VersionId;
use crate::domain::language::Texts;
use crate::domain::permission::{Action, Module, may};
use crate::domain::survey::{Body, fill};
use crate::error::{Code, Error};
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::Signed;
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get};
use actix_web::web;
use serde_json::{Value, json};

const VIEW: Action = Action::view(Module::Surveys);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/surveys", Access::Signed(VIEW), || web::get().to(list)),
        get("/surveys/{id}", Access::Signed(VIEW), || web::get().to(show)),
    ]
}

fn head(app: &App, reader: &Reader, published: &Instrument) -> Value {
    let (version, definition) = (&published.version, &published.definition);
    // What is published has every text in all of its languages; a mail can be written in those alone that
    // the service speaks.
    let spoken = app.catalogue.languages();
    let name = |l: &crate::domain::language::Language| match spoken.contains(l) {
        true => app.reader_of(l).text("language-name", &[]),
        false => l.as_str().to_owned(),
    };
    json!({
        "id": version.id,
        "heading": fill(definition.title.for_reader(&reader.language), &app.config.organisation.name),
        "name": published.name(),
        "kind": reader.text(&format!("surveys-kind-{}", definition.kind.as_str().replace('_', "-")), &[]),
        "questions": definition.asked().count(),
        "languages": definition.languages.iter().map(name).collect::<Vec<_>>().join(" · "),
        "complete": definition.languages.iter().all(|l| spoken.contains(l)),
        "published": version.published_at.to_rfc3339(),
    })
}

async fn list(shared: Shared, signed: Signed) -> Answer {
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let surveys: Vec<_> = surveys::list(app, &signed.actor)?.iter().map(|one| head(app, &reader, one)).collect();
        render(app, &signed, "console/surveys", "surveys", &json!({ "surveys": surveys }))
    })
    .await?;
    Ok(html(body))
}

/// What a question puts before people beside its text: choices, a statement, what a line should look like.
fn offered(body: &Body) -> Vec<&Texts> {
    match body {
        Body::YesNo { yes, no, .. } => vec![yes, no],
        Body::Number { unit, .. } => vec![unit],
        Body::Line { expected, .. } => vec![expected],
        Body::Consent { statement, .. } => vec![statement],
        body => body.choices().iter().map(|choice| &choice.text).collect(),
    }
}

async fn show(shared: Shared, signed: Signed, id: web::Path<String>) -> Answer {
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let id = VersionId::parse(&id).ok_or_else(|| Error::new(Code::SurveyUnknown))?;
        let published = surveys::view(app, &signed.actor, id)?;
        let company = &app.config.organisation.name;
        let definition = &published.definition;
        let all = |texts: &Texts| -> Vec<Value> {
            let one = |l: &crate::domain::language::Language| {
                texts.0.get(l).map(|t| json!({ "lang": l, "text": fill(t, company) }))
            };
            definition.languages.iter().filter_map(one).collect()
        };
        let pages: Vec<_> = definition
            .pages
            .iter()
            .map(|page| {
                let questions: Vec<_> = page
                    .questions
                    .iter()
                    .map(|q| {
                        let kind = q.body.kind().replace('_', "-");
                        let measure = q.measure.map(|m| m.as_str().replace('_', "-"));
                        let scale = q.scale().map(
                            |s| json!({ "from": s.from, "last": s.last(), "low": all(&s.low), "high": all(&s.high) }),
                        );
                        json!({
                            "key": q.key,
                            "texts": all(&q.text),
                            "kind": reader.text(&format!("surveys-question-{kind}"), &[]),
                            "measure": measure.map(|m| reader.text(&format!("surveys-measure-{m}"), &[])),
                            "aspect": q.aspect,
                            "scale": scale,
                            "choices": offered(&q.body).into_iter().map(all).filter(|words| !words.is_empty()).collect::<Vec<_>>(),
                            "required": q.required,
                        })
                    })
                    .collect();
                json!({ "titles": all(&page.title), "questions": questions })
            })
            .collect();
        let may_ask = may(&signed.actor, Action::create(Module::Waves), None);
        let page = json!({
            "survey": head(app, &reader, &published),
            "intro": all(&definition.intro),
            "pages": pages,
            "may_ask": may_ask,
        });
        render(app, &signed, "console/survey", "surveys", &page)
    })
    .await?;
    Ok(html(body))
}
