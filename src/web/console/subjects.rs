//! Sites, teams and employees: the list, one of them, its checks, and trainings.

use super::desk::{At, Sheet};
use crate::app::subjects::{
    self as book, CHANGE, CHECK, CREATE, Checklist, Filled, MONTHS, Outcome, SubjectForm, VIEW,
};
use crate::app::{self, App};
use crate::domain::day::Month;
use crate::domain::ident::{ResponseId, SubjectId, UserId, VersionId};
use crate::domain::index::Figure;
use crate::domain::language::Language;
use crate::domain::measure::Sums;
use crate::domain::permission::{Actor, may};
use crate::domain::subject::SubjectKind;
use crate::domain::survey::fill;
use crate::error::{Code, Error, Fault, Result};
use crate::render::chart::{Check as DrawnCheck, Checks, Figure as Drawing, Grade};
use crate::render::survey::{Extra, above};
use crate::text::error::describe;
use crate::text::figure::{Change, change, figure};
use crate::text::{Reader, figure::Told};
use crate::web::Shared;
use crate::web::admission::Signed;
use crate::web::errors::status;
use crate::web::form::{Fields, Posted};
use crate::web::page::{Answer, html, html_with, render, see_other};
use crate::web::routes::{Access, Route, get, post};
use actix_web::web::{self, Path, Query};
use chrono::NaiveDate;
use serde_json::{Value, json};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/subjects", Access::Signed(VIEW), || web::get().to(list)),
        get("/subjects/new", Access::Signed(CREATE), || web::get().to(new)),
        post("/subjects/new", Access::Signed(CREATE), || web::post().to(create)),
        get("/subjects/{id}", Access::Signed(VIEW), || web::get().to(one)),
        get("/subjects/{id}/edit", Access::Signed(CHANGE), || web::get().to(edit)),
        post("/subjects/{id}/edit", Access::Signed(CHANGE), || web::post().to(save)),
        post("/subjects/{id}/trainings", Access::Signed(CHANGE), || web::post().to(train)),
        get("/subjects/{id}/check", Access::Signed(CHECK), || web::get().to(check)),
        post("/subjects/{id}/check", Access::Signed(CHECK), || web::post().to(keep)),
    ]
}

fn known(id: &str) -> Result<SubjectId> {
    SubjectId::parse(id).ok_or_else(|| Error::new(Code::NotFound))
}

fn kind_name(reader: &Reader, kind: SubjectKind) -> String {
    reader.text(&format!("subjects-kind-{}", kind.as_str()), &[])
}

/// The mean of scores with the number of checks; a dash where there are none.
fn score(reader: &Reader, sums: Sums) -> Value {
    let (n, sum, _) = sums.as_f64();
    if sums.n == 0 {
        return Value::Null;
    }
    json!({ "value": reader.number(sum / n, 1), "n": reader.text("subjects-checks", &[("count", sums.n.into())]) })
}

async fn list(shared: Shared, signed: Signed, query: Query<Vec<(String, String)>>) -> Answer {
    let fields = Fields(query.into_inner());
    let body = app::run(&shared, move |app| {
        let reader = app.reader(&signed.actor);
        let kind = fields.get("kind").and_then(SubjectKind::parse);
        let lines = book::list(app, &signed.actor, kind, fields.get("q"))?;
        let may_check = may(&signed.actor, CHECK, None);
        let rows: Vec<Value> = lines
            .iter()
            .map(|line| {
                let one = &line.subject;
                json!({
                    "href": format!("/subjects/{}", one.id), "name": one.name, "number": one.number,
                    "kind": kind_name(&reader, one.kind), "region": one.region, "active": one.active,
                    "score": score(&reader, line.checks),
                    "grade": line.latest.as_ref().map(|(_, _, grade)| grade),
                    "day": line.latest.as_ref().map(|(day, ..)| reader.date(*day)),
                    "check": (may_check && one.active && one.kind.is_checked()).then(|| format!("/subjects/{}/check", one.id)),
                })
            })
            .collect();
        let kinds: Vec<Value> = SubjectKind::ALL
            .into_iter()
            .map(|one| json!({ "key": one.as_str(), "name": kind_name(&reader, one), "chosen": kind == Some(one) }))
            .collect();
        let data = json!({
            "rows": rows, "kinds": kinds, "q": fields.get("q"), "may_create": may(&signed.actor, CREATE, None),
            "lede": reader.text("subjects-lede", &[("months", i64::from(MONTHS).into())]),
            "grades": reader.text("subjects-grades", &[("grades", app.config.figures.grades.to_string().into())]),
        });
        render(app, &signed, "console/subjects", "subjects", &data)
    })
    .await?;
    Ok(html(body))
}

async fn new(shared: Shared, signed: Signed) -> Answer {
    Ok(html(app::run(&shared, move |app| form(app, &signed, None)).await?))
}

async fn edit(shared: Shared, signed: Signed, id: Path<String>) -> Answer {
    let id = known(&id)?;
    Ok(html(app::run(&shared, move |app| form(app, &signed, Some(id))).await?))
}

fn form(app: &App, signed: &Signed, id: Option<SubjectId>) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let found = book::for_form(app, &signed.actor, id)?;
    let now = found.subject.as_ref();
    let kinds: Vec<Value> = SubjectKind::ALL
        .into_iter()
        .map(|kind| json!({ "key": kind.as_str(), "name": kind_name(&reader, kind), "chosen": now.is_some_and(|s| s.kind == kind) }))
        .collect();
    let sites: Vec<Value> = found
        .sites
        .iter()
        .filter(|site| Some(site.id) != id)
        .map(|site| json!({ "id": site.id, "name": site.name, "chosen": now.is_some_and(|s| s.site == Some(site.id)) }))
        .collect();
    let people: Vec<Value> = found
        .people
        .iter()
        .map(|user| json!({ "id": user.id, "name": user.name, "chosen": now.is_some_and(|s| s.user == Some(user.id)) }))
        .collect();
    let data = json!({
        "id": id, "kinds": kinds, "sites": sites, "people": people,
        "kind_name": now.map(|s| kind_name(&reader, s.kind)),
        "number": now.map(|s| s.number.as_str()), "name": now.map(|s| s.name.as_str()),
        "region": now.map_or("", |s| s.region.as_str()), "active": now.is_none_or(|s| s.active),
        "of_site": now.is_none_or(|s| s.kind != SubjectKind::Site),
        "of_person": now.is_none_or(|s| s.kind == SubjectKind::Employee),
        "revision": now.map_or(1, |s| s.revision),
    });
    render(app, signed, "console/subject_edit", "subjects", &data)
}

fn filled(fields: &Fields) -> Result<SubjectForm> {
    let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let bad = |name: &'static str| Error::from(Fault::field(name, Code::ValueUnknown));
    Ok(SubjectForm {
        kind: text("kind"),
        number: text("number"),
        name: text("name"),
        site: fields.get("site").map(|id| SubjectId::parse(id).ok_or_else(|| bad("site"))).transpose()?,
        region: text("region"),
        user: fields.get("user").map(|id| UserId::parse(id).ok_or_else(|| bad("user"))).transpose()?,
        active: fields.get("active").is_some(),
        revision: fields.parse("revision")?.unwrap_or(0),
    })
}

async fn create(shared: Shared, posted: Posted) -> Answer {
    let step = |app: &App, actor: &Actor, fields: &Fields| {
        let subject = book::save(app, actor, None, &SubjectForm { active: true, ..filled(fields)? })?;
        Ok(format!("/subjects/{}", subject.id))
    };
    posted.submit(&shared, step, |app, signed, _| form(app, signed, None)).await
}

async fn save(shared: Shared, id: Path<String>, posted: Posted) -> Answer {
    let id = known(&id)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        book::save(app, actor, Some(id), &filled(fields)?).map(|_| format!("/subjects/{id}"))
    };
    posted.submit(&shared, step, move |app, signed, _| form(app, signed, Some(id))).await
}

async fn train(shared: Shared, id: Path<String>, posted: Posted) -> Answer {
    let id = known(&id)?;
    let step = move |app: &App, actor: &Actor, fields: &Fields| {
        let day =
            fields.parse::<NaiveDate>("day")?.ok_or_else(|| Error::from(Fault::field("day", Code::ValueMissing)))?;
        book::add_training(app, actor, id, fields.require("name")?, day).map(|_| format!("/subjects/{id}"))
    };
    posted.submit(&shared, step, move |app, signed, _| one_page(app, signed, id)).await
}

async fn one(shared: Shared, signed: Signed, id: Path<String>) -> Answer {
    let id = known(&id)?;
    Ok(html(app::run(&shared, move |app| one_page(app, &signed, id)).await?))
}

fn one_page(app: &App, signed: &Signed, id: SubjectId) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let found = book::page(app, &signed.actor, id)?;
    let subject = &found.subject;
    let who = |id: Option<UserId>| found.people.iter().find(|u| Some(u.id) == id).map(|u| u.name.as_str());
    let checks: Vec<Value> = found
        .checks
        .iter()
        .map(|one| {
            let check = &one.check;
            let regraded = check.grade_before.as_ref().map(|before| match *before == check.grade {
                true => reader.text("subjects-grade-same", &[]),
                false => reader.text("subjects-grade-was", &[("grade", before.as_str().into())]),
            });
            json!({
                "day": reader.date(check.day), "score": reader.number(check.score as f64 / 1000.0, 1),
                "grade": check.grade, "regraded": regraded, "counts": one.counts, "who": who(one.entered_by),
                "href": format!("/accounts/{}#response-{}", check.account, check.response),
            })
        })
        .collect();
    let latest = found.checks.iter().find(|one| one.counts);
    let data = json!({
        "id": id, "name": subject.name, "number": subject.number, "kind": kind_name(&reader, subject.kind),
        "region": subject.region, "active": subject.active, "site": found.site.as_ref().map(|s| json!({ "id": s.id, "name": s.name })),
        "user": found.user.as_ref().map(|u| u.name.as_str()), "employee": subject.kind == SubjectKind::Employee,
        "grade": latest.map(|one| one.check.grade.as_str()), "graded": latest.map(|one| reader.date(one.check.day)),
        "year": score(&reader, found.year), "checks": checks, "course": course(app, &reader, &found)?,
        "grades": reader.text("subjects-grades", &[("grades", app.config.figures.grades.to_string().into())]),
        "may_change": found.may_change, "may_check": found.may_check,
        "ratings": found.ratings.as_ref().map(|ratings| rated(app, &reader, ratings)),
    });
    render(app, signed, "console/subject", "subjects", &data)
}

/// The scores of the last two years as a drawing; nothing where nothing was checked.
fn course(app: &App, reader: &Reader, found: &book::Page) -> Result<Option<Drawing>> {
    let checks: Vec<DrawnCheck> = found
        .checks
        .iter()
        .rev()
        .filter(|one| one.counts)
        .map(|one| {
            let (day, score) = (reader.date(one.check.day), one.check.score as f64 / 1000.0);
            let title = format!("{day} · {} · {}", reader.number(score, 1), one.check.grade);
            DrawnCheck { day: one.check.day, score, title }
        })
        .collect();
    let Some(first) = checks.first() else { return Ok(None) };
    let grades: Vec<Grade> = app
        .config
        .figures
        .grades
        .all()
        .map(|(name, from)| Grade { name: name.to_owned(), from: from as f64 / 1000.0 })
        .collect();
    let months: Vec<(Month, f64, i64)> = found
        .months
        .iter()
        .map(|(month, sums)| {
            let (n, sum, _) = sums.as_f64();
            (*month, sum / n, sums.n)
        })
        .collect();
    let (label, today) = (reader.text("subjects-course", &[]), app.today());
    let drawing = Checks {
        label: &label,
        // A single check stands in the middle of something.
        first: Month::of(first.day).first_day().min(Month::of(today).plus(-5).first_day()),
        last: today,
        checks: &checks,
        grades: &grades,
        months: &months,
        decimals: 1,
        head: [&reader.text("subjects-month", &[]), &reader.text("subjects-score", &[]), "n"],
    };
    drawing.draw(reader).map(Some)
}

fn rated(app: &App, reader: &Reader, ratings: &book::Ratings) -> Value {
    let few = || reader.text("subjects-too-few", &[("minimum", ratings.minimum.into())]);
    let told = |found: &Option<Figure>| found.as_ref().map_or_else(few, |one| figure(reader, &Told::from(one)));
    let trainings: Vec<Value> = ratings
        .trainings
        .iter()
        .map(|one| {
            let sides = one.after.as_ref().zip(one.before.as_ref());
            let said = match (&one.difference, sides) {
                (Some(found), Some((after, before))) => {
                    let interval = match found.low.is_finite() && found.high.is_finite() {
                        true => reader.text(
                            "subjects-difference",
                            &[
                                ("difference", reader.signed(found.change.difference, 1).into()),
                                ("interval", reader.interval(found.low, found.high, 1).into()),
                            ],
                        ),
                        false => reader.text("subjects-difference-unknown", &[]),
                    };
                    let words = change(reader, &Change::of(&one.finding, after.value, before.value), 1);
                    json!({ "words": words, "interval": interval })
                }
                _ => json!({ "words": few(), "interval": Value::Null }),
            };
            json!({
                "name": one.training.name, "day": reader.date(one.training.day),
                "before": told(&one.before), "after": told(&one.after), "said": said,
            })
        })
        .collect();
    json!({
        "figure": told(&ratings.figure), "trainings": trainings,
        "sub": reader.text("subjects-ratings-sub", &[("months", i64::from(MONTHS).into()), ("minimum", ratings.minimum.into())]),
        "caveat": reader.text("subjects-training-caveat", &[("days", i64::from(app.config.figures.training_days).into())]),
    })
}

async fn check(shared: Shared, signed: Signed, id: Path<String>, query: Query<Vec<(String, String)>>) -> Answer {
    let id = known(&id)?;
    let fields = Fields(query.into_inner());
    let body = app::run(&shared, move |app| {
        let all = book::checklists(app, &signed.actor)?;
        let chosen = fields.get("survey").and_then(VersionId::parse);
        let version = match (chosen, all.as_slice()) {
            (Some(version), _) => version,
            (None, [only]) => only.version.id,
            (None, _) => {
                let reader = app.reader(&signed.actor);
                let name = |texts: &crate::domain::language::Texts| {
                    fill(texts.for_reader(&reader.language), &app.config.organisation.name)
                };
                let lists: Vec<Value> = all
                    .iter()
                    .map(|one| json!({ "id": one.version.id, "name": name(&one.definition.title) }))
                    .collect();
                let found = book::page(app, &signed.actor, id)?;
                let data = json!({ "id": id, "name": found.subject.name, "lists": lists });
                return render(app, &signed, "console/subject_check", "subjects", &data);
            }
        };
        let open = book::open_check(app, &signed.actor, id, version)?;
        let wish = fields.get("lang").and_then(|tag| Language::parse(tag).ok());
        let desk = Desk {
            app,
            signed: &signed,
            open: &open,
            once: app.chance.id(app.now()),
            day: app.today().to_string(),
            error: None,
        };
        Ok(desk.with(wish.as_ref(), |sheet| sheet.write(app, &[], &[], &At::First)))
    })
    .await?;
    Ok(html(body))
}

struct Desk<'a> {
    app: &'a App,
    signed: &'a Signed,
    open: &'a Checklist,
    once: ResponseId,
    day: String,
    error: Option<&'a Error>,
}

impl Desk<'_> {
    fn with<T>(&self, wish: Option<&Language>, work: impl FnOnce(&Sheet<'_>) -> T) -> T {
        let (app, open) = (self.app, self.open);
        let reader = app.reader(&self.signed.actor);
        let language = open.instrument.definition.language_for(wish.unwrap_or(&reader.language));
        let extras = [
            Extra::Hidden("_form", self.signed.form_key.clone()),
            Extra::Hidden("_once", self.once.to_string()),
            Extra::Hidden("_survey", open.instrument.version.id.to_string()),
            Extra::Day("_day", self.day.clone(), reader.text("subjects-check-day", &[])),
        ];
        let path = format!("/subjects/{}", open.subject.id);
        let title = reader.text("subjects-check-of", &[("name", open.subject.name.as_str().into())]);
        let note = reader.text("subjects-check-note", &[("who", self.signed.actor.name.as_str().into())]);
        let wrong = self.error.map(|error| describe(&reader, error));
        let above = above(&title, &note, (&path, &reader.text("subjects-back", &[])), wrong.as_deref(), &extras);
        let until = app.reader_of(&language).date_long(app.today());
        let action = format!("{path}/check");
        work(&Sheet {
            instrument: &open.instrument,
            setting: &open.setting,
            language,
            action: &action,
            above: &above,
            until: &until,
        })
    }
}

async fn keep(shared: Shared, id: Path<String>, posted: Posted) -> Answer {
    let id = known(&id)?;
    let (signed, fields, fresh) = posted.parts();
    let (status, body) = app::run(&shared, move |app| {
        let version =
            fields.get("_survey").and_then(VersionId::parse).ok_or_else(|| Error::new(Code::SurveyUnknown))?;
        let once = fields.get("_once").and_then(ResponseId::parse).unwrap_or_else(|| app.chance.id(app.now()));
        let tag = |name: &str| fields.get(name).and_then(|tag| Language::parse(tag).ok());
        let (shown, typed) = (tag("_lang"), &fields.0);
        let day = fields.get("_day").unwrap_or_default().to_owned();
        let at = || At::Page(fields.get("_page").map(ToOwned::to_owned));
        let again = |error: Option<&Error>, wish: Option<&Language>, status: u16| -> Result<(u16, String)> {
            let open = book::open_check(app, &signed.actor, id, version)?;
            let desk = Desk { app, signed: &signed, open: &open, once, day: day.clone(), error };
            Ok((status, desk.with(wish, |sheet| sheet.write(app, typed, &[], &at()))))
        };
        if !fresh {
            let stale = Error::new(Code::FormStale);
            return again(Some(&stale), shown.as_ref(), self::status(stale.kind()));
        }
        if let Some(wish) = tag("_show") {
            return again(None, Some(&wish), 200);
        }
        if let Some(go) = fields.get("_go").filter(|go| ["next", "back"].contains(go)) {
            let open = book::open_check(app, &signed.actor, id, version)?;
            let desk = Desk { app, signed: &signed, open: &open, once, day, error: None };
            return Ok(desk.with(shown.as_ref(), |sheet| sheet.go(app, typed, go == "next")));
        }
        let language = shown.clone().unwrap_or_else(|| signed.actor.language.clone());
        let dated = day
            .parse::<NaiveDate>()
            .map_err(|_| Error::from(Fault::field("day", Code::ValueMalformed).with("value", &day)));
        let kept = dated.and_then(|day| {
            let filled = Filled { id: once, version, day, form: typed, shown: &language };
            book::keep_check(app, &signed.actor, id, &filled)
        });
        match kept {
            Ok(Outcome::Kept(_)) => Ok((303, format!("/subjects/{id}"))),
            Ok(Outcome::Rejected(open, rejected)) => {
                let desk = Desk { app, signed: &signed, open: &open, once, day: day.clone(), error: None };
                Ok((
                    422,
                    desk.with(shown.as_ref(), |sheet| {
                        let wrong = sheet.wrong(app, &rejected);
                        sheet.write(app, &rejected.typed, &wrong, &At::Wrong)
                    }),
                ))
            }
            Err(error) if !error.faults().is_empty() => again(Some(&error), shown.as_ref(), self::status(error.kind())),
            Err(error) => Err(error),
        }
    })
    .await?;
    Ok(if status == 303 { see_other(&body) } else { html_with(status, body) })
}
