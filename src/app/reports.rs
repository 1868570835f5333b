//! The monthly report: one page that stands for itself, to be read, printed and passed on.

use super::figures::view::{self, View};
use super::figures::{self, Overview, Slice};
use super::{App, Change};
use crate::domain::day::Month;
use crate::domain::language::Language;
use crate::domain::permission::{Action, Actor, Module, Reach, reach};
use crate::domain::trend::Level;
use crate::error::{Code, Error, Fault, Result};
use crate::render::style;
use crate::store::{Conn, accounts, reports, responses};
use crate::text::Reader;
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

/// A report of a month takes in that month and the five before.
pub const MONTHS: i32 = 6;

/// What stands on one page; more would not fit, and nobody would read it.
const MOST_ASPECTS: usize = 5;
const MOST_ACTIONS: i64 = 6;
const MOST_QUOTED: usize = 220;
/// Comments that are looked through for one to quote.
const SOME_COMMENTS: i64 = 60;

const VIEW: Action = Action::view(Module::Reports);

/// Which report is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Key of a tier in the settings; without one, all tiers side by side.
    pub tier: Option<String>,
    pub month: Month,
    pub language: Language,
}

impl Request {
    /// Reads what somebody typed; what is left out is all tiers, the last month that is over, and the
    /// language of the reader.
    ///
    /// # Errors
    /// A fault that names the field: `tier`, `period` or `lang`.
    pub fn read(
        app: &App,
        actor: &Actor,
        tier: Option<&str>,
        period: Option<&str>,
        lang: Option<&str>,
    ) -> Result<Self> {
        let mut faults = Vec::new();
        let given = |text: Option<&str>| text.map(str::trim).filter(|t| !t.is_empty()).map(ToOwned::to_owned);
        let tier = given(tier);
        if let Some(tier) = tier.as_ref().filter(|key| !app.config.tiers.iter().any(|t| t.key == **key)) {
            faults.push(Fault::field("tier", Code::ValueUnknown).with("value", tier));
        }
        let this_month = Month::of(app.today());
        let month = match given(period) {
            None => this_month.plus(-1),
            Some(text) => Month::parse(&text).unwrap_or_else(|| {
                faults.push(
                    Fault::field("period", Code::ValueMalformed).with("value", &text).with("expected", this_month),
                );
                this_month
            }),
        };
        if month > this_month {
            faults.push(Fault::field("period", Code::ValueOutOfRange).with("value", month).with("max", this_month));
        }
        let language = match given(lang) {
            None => actor.language.clone(),
            Some(text) => match Language::parse(&text) {
                Ok(language) if app.catalogue.languages().contains(&language) => language,
                _ => {
                    faults.push(Fault::field("lang", Code::ValueUnknown).with("value", &text));
                    actor.language.clone()
                }
            },
        };
        if faults.is_empty() { Ok(Self { tier, month, language }) } else { Err(Error::faulty(faults)) }
    }

    /// What a file of this report is called.
    pub fn file_name(&self) -> String {
        let tier = self.tier.as_ref().map(|t| format!("-{t}")).unwrap_or_default();
        format!("report-{}{tier}-{}.html", self.month, self.language.as_str())
    }

    fn key(&self) -> reports::Key {
        let tier = self.tier.clone().unwrap_or_default();
        reports::Key { tier, month: self.month, language: self.language.clone() }
    }
}

/// Makes the report of a month as one may see it: one HTML page without links to anything outside.
///
/// # Errors
/// `Forbidden` for who may see no reports.
pub fn monthly(app: &App, actor: &Actor, request: &Request) -> Result<String> {
    let reach = reach(actor, VIEW)?;
    let reader = app.catalogue.reader(&request.language, app.config.organisation.reporting_zone);
    let slice = Slice::ending(request.month, MONTHS);
    let tier = request.tier.as_deref();
    let overview = figures::overview(app, actor, &slice, tier)?;
    let tested = tested(&overview);
    let shown = match tier {
        Some(tier) => only(overview, tier),
        None => overview,
    };
    let focus = tier.map_or(0, |tier| figures::tier_position(app, tier));
    let last_day = request.month.last_day().min(app.today());
    let (names, comment, levels, actions) = app.db.read(|conn| {
        let names = view::aspect_names(&app.surveys.all(conn)?, &reader);
        let days = (request.month.first_day(), last_day + Days::new(90));
        Ok((
            names,
            comment(conn, app, &reader, &reach, tier, &shown)?,
            reports::open_by_level(conn, &reach, tier)?,
            reports::actions(conn, &reach, tier, days, MOST_ACTIONS)?,
        ))
    })?;
    let name = |key: &str| names.get(key).cloned().unwrap_or_else(|| key.to_owned());
    let mut view = view::view(app, &reader, &shown, &[], focus, name)?;
    view.aspects.truncate(MOST_ASPECTS);
    let open: i64 = levels.values().sum();
    let actions: Vec<Value> = actions.iter().map(|a| told(app, &reader, a)).collect();
    let levels: Vec<Value> = Level::ALL
        .into_iter()
        .rev()
        .map(|level| {
            json!({
                "mark": mark(level),
                "count": levels.get(&level).copied().unwrap_or(0),
                "name": reader.text(&format!("level-{}", level.as_str()), &[]),
            })
        })
        .collect();
    let data = json!({
        "css": style::console_css(),
        "organisation": app.config.organisation.name,
        "month": request.month.to_string(),
        "one_tier": tier.map(|t| figures::tier_name(app, t, &reader.language)),
        "last_day": last_day.to_string(),
        "running": request.month == Month::of(app.today()),
        "months": MONTHS,
        "rows": rows(&reader, &view),
        "view": view,
        "comment": comment,
        "open": open,
        "levels": levels,
        "actions": actions,
        "tested": tested,
        "made": app.now().to_rfc3339(),
    });
    app.templates.render("report/monthly", &data, &reader)
}

/// Makes and keeps the reports of a month: of all tiers together and of each, in every language there is.
/// Made again, a report takes the place of the earlier one.
///
/// # Errors
/// What making one fails with; those made before are kept.
pub fn keep(app: &App, month: Month) -> Result<usize> {
    let service = app.service();
    let tiers: Vec<Option<String>> =
        std::iter::once(None).chain(app.config.tiers.iter().map(|t| Some(t.key.clone()))).collect();
    let mut made = 0;
    for language in app.catalogue.languages() {
        for tier in &tiers {
            let request = Request { tier: tier.clone(), month, language: language.clone() };
            let html = monthly(app, &service, &request)?;
            let now = app.now();
            app.db.write(|conn| reports::save(conn, app.chance.id(now), &request.key(), &html, now))?;
            made += 1;
        }
    }
    let note = Change::new("made", "report", &month).to(json!({ "reports": made }));
    app.db.write(|conn| app.note(conn, &service, note))?;
    Ok(made)
}

/// The reports that are kept. They tell of all customers, so they are for those who may see all.
///
/// # Errors
/// `Forbidden` for who may see no reports.
pub fn kept(app: &App, actor: &Actor) -> Result<Vec<reports::Kept>> {
    match reach(actor, VIEW)? {
        Reach::All => app.db.read(|conn| reports::list(conn, 240)),
        Reach::Region(_) | Reach::Own(_) => Ok(Vec::new()),
    }
}

/// The page of a report that is kept.
///
/// # Errors
/// `NotFound` where there is none, or for who may not see all customers.
pub fn kept_page(app: &App, actor: &Actor, request: &Request) -> Result<String> {
    match reach(actor, VIEW)? {
        Reach::All => app.db.read(|conn| reports::html(conn, &request.key())),
        Reach::Region(_) | Reach::Own(_) => Err(Code::NotFound.into()),
    }
}

/// One tier alone, and the course of all for comparison.
fn only(mut overview: Overview, tier: &str) -> Overview {
    overview.tiers.retain(|t| t.tier == tier);
    if let [one] = overview.tiers.as_slice() {
        overview.all = one.clone();
    }
    overview
}

fn tested(overview: &Overview) -> usize {
    let tiers = overview.tiers.iter().chain([&overview.all]).flat_map(|t| &t.measures);
    tiers.chain(overview.aspects.iter().map(|(_, c)| c)).filter(|c| c.p.is_some()).count()
}

/// The table's rows: the figures by name, since each has its column.
fn rows(reader: &Reader, view: &View) -> Vec<Value> {
    view.rows
        .iter()
        .map(|row| {
            let cell = |key: &str| row.measures.iter().find(|c| c.key == key);
            let satisfaction = cell("satisfaction_index");
            let change = satisfaction
                .filter(|_| row.answered)
                .map(|c| reader.text("report-satisfaction-change", &[("change", c.change.as_str().into())]));
            json!({
                "name": row.name,
                "class": row.class,
                "accounts": row.accounts,
                "responses": row.responses,
                "few": row.few,
                "effective": row.effective,
                "nps": row.nps,
                "satisfaction": satisfaction,
                "loyalty": cell("loyalty_index"),
                "asked": cell("asked"),
                "satisfaction_change": change,
            })
        })
        .collect()
}

/// The latest words of a customer from the period, without a name: where and when it was said is enough.
fn comment(
    conn: &mut Conn,
    app: &App,
    reader: &Reader,
    reach: &Reach,
    tier: Option<&str>,
    overview: &Overview,
) -> Result<Option<Value>> {
    let period = overview.slice.period;
    let of = accounts::Filter { tier: tier.map(Into::into), ..accounts::Filter::default() };
    let found = responses::latest_comments(conn, reach, &of, SOME_COMMENTS)?;
    let found = found.into_iter().filter(|c| period.contains(Month::of(c.response.day)));
    // Somebody's words in the reader's language come first; others are quoted as they were written.
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|c| c.response.language != reader.language);
    let segments = crate::store::tallies::segments(conn)?;
    for comment in found {
        let words = comment.response.answers.0.values().find_map(|answer| match answer {
            crate::domain::answer::Answer::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            _ => None,
        });
        let Some(words) = words else { continue };
        let tier = segments.get(&comment.response.segment).map(|s| s.tier.as_str()).unwrap_or_default();
        return Ok(Some(json!({
            "text": shortened(&words),
            "language": comment.response.language.as_str(),
            "tier": figures::tier_name(app, tier, &reader.language),
            "day": comment.response.day.to_string(),
        })));
    }
    Ok(None)
}

/// What is quoted of a long text: whole words where the script has spaces.
fn shortened(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = flat.char_indices().nth(MOST_QUOTED) else { return flat };
    let (head, _) = flat.split_at(end);
    let cut = head.rfind(' ').filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", head.split_at(cut).0)
}

fn told(app: &App, reader: &Reader, action: &reports::Action) -> Value {
    let step = action
        .title
        .clone()
        .unwrap_or_else(|| reader.text(&format!("report-step-{}", action.kind.as_str().replace('_', "-")), &[]));
    let state = match action.done {
        true => Some(reader.text("report-done", &[])),
        false if action.due < app.today() => Some(reader.text("report-late", &[])),
        false => None,
    };
    json!({ "day": when(reader, action.due), "step": step, "account": action.account, "owner": action.owner, "state": state })
}

fn when(reader: &Reader, day: NaiveDate) -> String {
    reader.date_short(day)
}

/// Shapes for paper: they hold on a grey copy.
fn mark(level: Level) -> &'static str {
    match level {
        Level::Yellow => "●",
        Level::Orange => "▲",
        Level::Red => "■",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_quotation_ends_at_a_word() {
        let long = "late again ".repeat(40);
        let short = shortened(&long);
        assert!(short.chars().count() <= MOST_QUOTED + 1 && short.ends_with('…'), "{short}");
        assert!(short.trim_end_matches('…').ends_with("late") || short.trim_end_matches('…').ends_with("again"));
        assert_eq!(shortened(" on\n time "), "on time");
        assert_eq!(shortened(&"迟".repeat(300)).chars().count(), MOST_QUOTED + 1);
    }
}
