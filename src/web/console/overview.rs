//! The overview: indices per tier, and their course.

mod cards;

use crate::app::figures::{self, Slice, view};
use crate::app::{self, App};
use crate::domain::account::AccountKind;
use crate::domain::day::{Month, Span, start_of};
use crate::domain::ident::UserId;
use crate::domain::permission::{Action, Module, Role, may, reach};
use crate::domain::survey::SurveyKind;
use crate::error::Result;
use crate::store::figures::wave_starts;
use crate::store::{accounts, surveys, users};
use crate::text::Reader;
use crate::web::Shared;
use crate::web::admission::{Query, Signed};
use crate::web::page::{Answer, html, render};
use crate::web::routes::{Access, Route, get};
use actix_web::web;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const VIEW: Action = Action::view(Module::Figures);
/// The longest period that is shown, in months.
const MOST_MONTHS: i32 = 36;
/// The lengths one may choose from, in months.
const LENGTHS: [i32; 5] = [1, 3, 6, 12, 24];

pub(super) fn routes() -> Vec<Route> {
    vec![get("/", Access::Signed(VIEW), || web::get().to(overview))]
}

#[derive(Deserialize)]
struct Asked {
    to: Option<String>,
    months: Option<String>,
    region: Option<String>,
    line: Option<String>,
    kind: Option<String>,
    manager: Option<String>,
    of: Option<String>,
    focus: Option<usize>,
}

async fn overview(shared: Shared, signed: Signed, query: Query<Asked>) -> Answer {
    let asked = query.into_inner();
    let body = app::run(&shared, move |app| page(app, &signed, &asked)).await?;
    Ok(html(body))
}

fn page(app: &App, signed: &Signed, asked: &Asked) -> Result<String> {
    let reader = app.reader(&signed.actor);
    let given = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
    let to = asked.to.as_deref().and_then(Month::parse).unwrap_or_else(|| Month::of(app.today()));
    let usual = Span::Months(i32::try_from(app.config.figures.period_months).unwrap_or(MOST_MONTHS));
    let span = match asked.months.as_deref().and_then(Span::parse).unwrap_or(usual) {
        Span::Months(months) => Span::Months(months.clamp(1, MOST_MONTHS)),
        span => span,
    };
    let (period, before) = span.periods(to, app.config.organisation.fiscal_year_start);
    let last = period.last;
    let slice = Slice {
        region: given(&asked.region),
        product_line: given(&asked.line),
        manager: asked.manager.as_deref().and_then(UserId::parse),
        kind: given(&asked.kind),
        audience: asked.of.as_deref().and_then(AccountKind::parse).filter(|kind| *kind != AccountKind::Customer),
        period,
        before,
    };
    let overview = figures::overview(app, &signed.actor, &slice, None)?;
    let zone = app.config.organisation.reporting_zone;
    let (reached, of) = (reach(&signed.actor, VIEW)?, slice.accounts());
    let (marks, aspects, kinds, (regions, lines), people, cards) = app.db.read(|conn| {
        Ok((
            // Surveys after an event run all the time; what is asked of everybody at once has a date.
            wave_starts(
                conn,
                SurveyKind::Relationship,
                &reached,
                &of,
                start_of(overview.first_month.first_day(), zone),
                start_of(last.plus(1).first_day(), zone),
            )?,
            app.surveys.all(conn)?,
            surveys::kinds(conn)?,
            accounts::dimension_values(conn, &reached)?,
            if signed.actor.role == Role::AccountManager { Vec::new() } else { users::all(conn)? },
            cards::cards(app, conn, &reader, &signed.actor, &of)?,
        ))
    })?;
    let names = view::aspect_names(&aspects, &reader);
    let name = |key: &str| names.get(key).cloned().unwrap_or_else(|| key.to_owned());
    let focus = asked.focus.unwrap_or(1).clamp(1, app.config.tiers.len().max(1)) - 1;
    let view = view::view(app, &reader, &overview, &numbered(app, marks), focus, name)?;
    let choices = |values: Vec<String>, chosen: &Option<String>| -> Vec<Value> {
        values.into_iter().map(|v| json!({ "chosen": Some(&v) == chosen.as_ref(), "name": v })).collect()
    };
    let responses = view.few.clone().unwrap_or_else(|| reader.text("responses", &[("count", view.responses.into())]));
    let delivered = reader.integer(view.delivered);
    let as_of = reader.text(
        "overview-as-of",
        &[
            ("instant", reader.instant(app.now()).as_str().into()),
            ("responses", responses.as_str().into()),
            ("delivered", delivered.as_str().into()),
        ],
    );
    let page = json!({
        "as_of": as_of,
        "to": to.to_string(),
        "spans": spans(app, &reader, span, to),
        "kinds": kinds.into_iter().map(|k| json!({
            "chosen": Some(&k) == slice.kind.as_ref(),
            "name": reader.text(&format!("surveys-kind-{}", k.replace('_', "-")), &[]),
            "key": k,
        })).collect::<Vec<_>>(),
        "audiences": AccountKind::ALL.into_iter().filter(|k| *k != AccountKind::Customer).map(|k| json!({
            "chosen": Some(k) == slice.audience,
            "name": reader.text(&format!("surveys-asks-{}", k.as_str()), &[]),
            "key": k.as_str(),
        })).collect::<Vec<_>>(),
        "regions": choices(regions, &slice.region),
        "lines": choices(lines, &slice.product_line),
        "managers": people.into_iter().filter(|u| u.role == Role::AccountManager).map(|u| json!({
            "id": u.id.to_string(), "name": u.name, "chosen": Some(u.id) == slice.manager,
        })).collect::<Vec<_>>(),
        "may_report": may(&signed.actor, Action::view(Module::Reports), None),
        "may_doubt": may(&signed.actor, Action::view(Module::Responses), None),
        "view": view,
        "warnings": cards.warnings,
        "cases": cards.cases,
        "comments": cards.comments,
    });
    render(app, signed, "console/overview", "overview", &page)
}

/// The periods one may choose from: some months, and those of the business year with the months they are.
fn spans(app: &App, reader: &Reader, chosen: Span, to: Month) -> Vec<Value> {
    // A length that somebody has asked for otherwise, or that the settings name, is among them.
    let lengths: BTreeSet<i32> = match chosen {
        Span::Months(months) => LENGTHS.into_iter().chain([months]).collect(),
        _ => LENGTHS.into(),
    };
    let months = lengths
        .into_iter()
        .map(|months| (Span::Months(months), reader.text("overview-months", &[("months", i64::from(months).into())])));
    let business = Span::BUSINESS.into_iter().map(|span| {
        let (period, _) = span.periods(to, app.config.organisation.fiscal_year_start);
        let told = view::period(reader, period);
        (span, reader.text(&format!("overview-span-{span}"), &[("period", told.as_str().into())]))
    });
    let told =
        |(span, name): (Span, String)| json!({ "span": span.to_string(), "name": name, "chosen": span == chosen });
    months.chain(business).map(told).collect()
}

/// Waves as the course marks them: one mark a month, named W1, W2 … in their order.
fn numbered(app: &App, starts: Vec<chrono::DateTime<chrono::Utc>>) -> Vec<view::Mark> {
    let months: BTreeSet<Month> = starts.into_iter().map(|t| Month::of(app.day_of(t))).collect();
    months.into_iter().enumerate().map(|(i, month)| view::Mark { month, name: format!("W{}", i + 1) }).collect()
}
