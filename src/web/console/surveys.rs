//! Surveys: what has been published, and what each version asks.

use crate::app::surveys::{self, Instrument, words};
use crate::app::{self, App};
use crate::domain::answer::Answers;
use crate::domain::ident::VersionId;
use crate::domain::language::{Language, Texts};
use crate::domain::permission::{Action, Actor, Module, may};
use crate::domain::survey::logic::{Expr, unpiped};
use crate::domain::survey::{Body, Definition, SurveyKind, comparison, fill};
use crate::error::{Code, Error, Result};
use crate::render::survey::{Fill, Form, Preview, Variant};
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::Signed;
use crate::web::page::{Answer, html, render};
use crate::web::respond;
use crate::web::routes::{Access, Route, get};
use actix_web::web;
use serde_json::{Value, json};
use std::sync::Arc;

const VIEW: Action = Action::view(Module::Surveys);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/surveys", Access::Signed(VIEW), || web::get().to(list)),
        get("/surveys/{id}", Access::Signed(VIEW), || web::get().to(show)),
        get("/surveys/{id}/preview", Access::Signed(VIEW), || web::get().to(preview)),
    ]
}

fn head(app: &App, reader: &Reader, published: &Instrument) -> Value {
    let (version, definition) = (&published.version, &published.definition);
    // What is published has every text in all of its languages; a mail can be written in those alone that
    // the service speaks.
    let spoken = app.catalogue.languages();
    let name = |l: &Language| match spoken.contains(l) {
        true => app.reader_of(l).text("language-name", &[]),
        false => l.as_str().to_owned(),
    };
    json!({
        "id": version.id,
        "heading": fill(definition.title.for_reader(&reader.language), &app.config.organisation.name),
        "name": published.name(),
        "kind": kind_name(reader, definition.kind),
        "questions": definition.asked().count(),
        "minutes": reader.text("surveys-minutes", &[("minutes", i64::from(definition.minutes()).into())]),
        "asks": asks(reader, published),
        "sent": definition.kind.is_sent(),
        "anonymous": definition.anonymous.then_some(app.config.figures.anonymity_minimum),
        "purpose": definition.purpose.for_reader(&reader.language),
        "source": definition.source.for_reader(&reader.language),
        "licence": definition.licence.for_reader(&reader.language),
        "languages": definition.languages.iter().map(name).collect::<Vec<_>>().join(" · "),
        "complete": definition.languages.iter().all(|l| spoken.contains(l)),
        "unspoken": definition.languages.iter().filter(|l| app.catalogue.lacks(l)).map(Language::as_str).collect::<Vec<_>>().join(" · "),
        "published": version.published_at.to_rfc3339(),
    })
}

/// The name of a kind of survey.
pub(super) fn kind_name(reader: &Reader, kind: SurveyKind) -> String {
    reader.text(&format!("surveys-kind-{}", kind.as_str().replace('_', "-")), &[])
}

/// Whose contacts a wave of it asks, in words.
pub(super) fn asks(reader: &Reader, published: &Instrument) -> String {
    let kinds = published.definition.asks().iter();
    let names: Vec<String> = kinds.map(|kind| reader.text(&format!("surveys-asks-{}", kind.as_str()), &[])).collect();
    names.join(&reader.text("respond-list-gap", &[]))
}

async fn list(shared: Shared, signed: Signed) -> Answer {
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let all = surveys::list(app, &signed.actor)?;
        let of = |kind: SurveyKind| -> Vec<Value> {
            all.iter().filter(|one| one.definition.kind == kind).map(|one| head(app, &reader, one)).collect()
        };
        let kinds: Vec<_> = SurveyKind::ALL
            .iter()
            .map(|&kind| (kind, of(kind)))
            .filter(|(_, surveys)| !surveys.is_empty())
            .map(|(kind, surveys)| {
                let word = kind.as_str().replace('_', "-");
                let about = reader.text(&format!("surveys-about-{word}"), &[]);
                json!({ "kind": kind_name(&reader, kind), "about": about, "surveys": surveys })
            })
            .collect();
        render(app, &signed, "console/surveys", "surveys", &json!({ "kinds": kinds }))
    })
    .await?;
    Ok(html(body))
}

fn found(app: &App, actor: &Actor, id: &str) -> Result<Arc<Instrument>> {
    let id = VersionId::parse(id).ok_or_else(|| Error::new(Code::SurveyUnknown))?;
    surveys::view(app, actor, id)
}

/// What the address of a detail page says beside the survey.
#[derive(serde::Deserialize)]
struct Shows {
    /// The language of the preview.
    lang: Option<String>,
}

/// The survey's own page as customers see it. Its form asks for this page again, with all that was filled in:
/// what is wrong with it is told, and nothing is kept.
async fn preview(
    shared: Shared,
    signed: Signed,
    id: web::Path<String>,
    fields: web::Query<Vec<(String, String)>>,
) -> Answer {
    let body = app::run(&shared, move |app| {
        let published = found(app, &signed.actor, &id)?;
        let definition = &published.definition;
        let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
        let wish = field("_show").or(field("_lang")).or(field("lang")).and_then(|tag| Language::parse(tag).ok());
        let language = definition.language_for(wish.as_ref().unwrap_or(&signed.actor.language));
        let reader = app.reader_of(&language);
        let site = respond::site(app);
        let variant = Variant { language: language.clone(), manager: false, open: false };
        let form = published.form(variant, |definition, variant| Form::build(definition, variant, &site, &reader));
        let typed: Vec<(String, String)> =
            fields.iter().filter(|(name, _)| name != "lang" && !name.starts_with('_')).cloned().collect();
        let is_sent = field("_lang").is_some() && field("_show").is_none();
        let parsed = is_sent.then(|| Answers::parse(definition, &typed, &language));
        let (wrong, note) = match &parsed {
            None => (Vec::new(), reader.text("respond-preview", &[])),
            Some(Err(rejected)) => {
                (respond::wrong(app, definition, &language, rejected), reader.text("respond-preview", &[]))
            }
            Some(Ok(_)) => {
                let thanks = fill(definition.thanks.for_reader(&language), site.company);
                (Vec::new(), reader.text("respond-preview-sent", &[("thanks", thanks.into())]))
            }
        };
        let action = format!("/surveys/{}/preview", published.version.id);
        Ok(form.write(&Fill {
            until: &reader.date_long(app.today()),
            values: &typed,
            summary: &respond::summary(&reader, &wrong),
            wrong: &wrong,
            preview: Some(Preview { action: &action, note: &note }),
            ..Fill::default()
        }))
    })
    .await?;
    Ok(html(body))
}

/// The texts that are not translated, by language.
fn gaps(app: &App, reader: &Reader, definition: &Definition) -> Vec<Value> {
    let Some(fallback) = &definition.fallback else { return Vec::new() };
    let name = |language: &Language| match app.catalogue.languages().contains(language) {
        true => app.reader_of(language).text("language-name", &[]),
        false => language.as_str().to_owned(),
    };
    let of = |(language, count): (&Language, usize)| {
        let told = [("language", name(language).into()), ("count", count.into()), ("fallback", name(fallback).into())];
        let all = definition.gaps.iter().filter(|gap| gap.language == *language);
        json!({
            "heading": reader.text("surveys-gaps", &told),
            "rows": all.map(|gap| json!({ "of": gap.of, "key": gap.key, "line": gap.line })).collect::<Vec<_>>(),
        })
    };
    definition.gaps_by_language().into_iter().map(of).collect()
}

/// The versions of a survey, each with what has changed since the one before it.
fn versions(app: &App, reader: &Reader, steps: &[surveys::Step], shown: VersionId) -> Vec<Value> {
    let company = &app.config.organisation.name;
    let of = |step: &surveys::Step| {
        let (later, mut rows, mut broken) = (&step.later, Vec::new(), Vec::new());
        if let Some(earlier) = &step.earlier {
            let (was, now) = (&earlier.definition, &later.definition);
            let changed = comparison::compare(was, now);
            rows = changed
                .iter()
                .filter(|one| !one.changes.is_empty())
                .map(|one| {
                    json!({
                        "key": one.key, "text": fill(one.question.label().for_reader(&reader.language), company),
                        "changes": words::changes(reader, one), "series": words::series(reader, one),
                    })
                })
                .collect();
            broken = comparison::breaks(was, now).iter().map(|one| words::measure(reader, one)).collect();
        }
        json!({
            "id": later.version.id, "name": later.name(), "number": later.version.version,
            "published": later.version.published_at.to_rfc3339(), "current": later.version.id == shown,
            "first": step.earlier.is_none(), "rows": rows, "broken": broken.join(&reader.text("respond-list-gap", &[])),
        })
    };
    steps.iter().map(of).collect()
}

/// The rules of a survey that branches, in the order of the form: each with what it is about.
fn rules(reader: &Reader, definition: &Definition, company: &str) -> Vec<Value> {
    let mut rows = Vec::new();
    let name = |key: &str| {
        let page = || definition.pages.iter().find(|page| page.key == key).map(|page| &page.title);
        let words = definition.question(key).map(|question| question.label()).or_else(page);
        let words = words.map(|texts| fill(&unpiped(texts.for_reader(&reader.language)), company));
        (key.to_owned(), words.unwrap_or_default())
    };
    let mut row = |of: &str, rule: &str, args: &[(&str, crate::text::Value<'_>)], when: Option<&Expr>| {
        let (key, words) = name(of);
        let rule = reader.text(&format!("surveys-rule-{rule}"), args);
        rows.push(json!({ "key": key, "text": words, "rule": rule, "when": when.map(Expr::to_string) }));
    };
    for page in &definition.pages {
        if let Some(when) = &page.logic.show_if {
            row(&page.key, "show-page", &[], Some(when));
        }
        if let Some(block) = &page.logic.block {
            row(&page.key, "block-pages", &[("block", block.as_str().into())], None);
        }
        for question in &page.questions {
            let rules = &question.logic;
            if let Some(when) = &rules.show_if {
                row(&question.key, "show", &[], Some(when));
            }
            if let Some(block) = &rules.block {
                row(&question.key, "block", &[("block", block.as_str().into())], None);
            }
            for end in &rules.end_if {
                row(&question.key, "end", &[], Some(&end.when));
            }
            for skip in &rules.skip_to {
                row(&question.key, "skip", &[("to", skip.to.as_str().into())], Some(&skip.when));
            }
        }
    }
    for quota in &definition.quotas {
        let args = [("most", quota.most.into()), ("quota", quota.key.as_str().into())];
        let closes = quota.closes.as_deref();
        row(
            closes.unwrap_or_default(),
            if closes.is_some() { "quota" } else { "quota-survey" },
            &args,
            quota.group.as_ref(),
        );
    }
    for thanks in &definition.thanks_when {
        row("", "thanks", &[], Some(&thanks.when));
    }
    rows
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

async fn show(shared: Shared, signed: Signed, id: web::Path<String>, shows: web::Query<Shows>) -> Answer {
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let published = found(app, &signed.actor, &id)?;
        let company = &app.config.organisation.name;
        let definition = &published.definition;
        // The reader's own language stands first.
        let mut languages: Vec<_> = definition.languages.iter().collect();
        languages.sort_by_key(|language| **language != reader.language);
        let all = |texts: &Texts| -> Vec<Value> {
            let one = |l: &Language| texts.0.get(l).map(|t| json!({ "lang": l, "text": fill(t, company) }));
            languages.iter().copied().filter_map(one).collect()
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
        let may_ask = may(&signed.actor, Action::create(Module::Waves), None) && definition.kind.is_sent();
        let wish = shows.lang.as_deref().and_then(|tag| Language::parse(tag).ok());
        let shown = definition.language_for(wish.as_ref().unwrap_or(&reader.language));
        let tongues: Vec<_> = definition
            .languages
            .iter()
            .map(|l| {
                let spoken = app.catalogue.languages().contains(l);
                let name = if spoken { app.reader_of(l).text("language-name", &[]) } else { l.as_str().to_owned() };
                json!({ "tag": l, "name": name, "current": *l == shown })
            })
            .collect();
        let page = json!({
            "survey": head(app, &reader, &published),
            "intro": all(&definition.intro),
            "pages": pages,
            "may_ask": may_ask,
            "tongues": tongues,
            "gaps": gaps(app, &reader, definition),
            "rules": rules(&reader, definition, company),
            "versions": versions(app, &reader, &surveys::versions(app, &signed.actor, published.version.id)?, published.version.id),
            "shown": shown,
        });
        render(app, &signed, "console/survey", "surveys", &page)
    })
    .await?;
    Ok(html(body))
}
