//! Open links: drawing them up, closing them, and what came in by each. Answering by one stands with the
//! responses.

mod doors;

pub use doors::Doors;

use super::surveys::Instrument;
use super::{App, Change, sign_in, surveys};
use crate::domain::account::Account;
use crate::domain::day;
use crate::domain::ident::{OpenLinkId, ResponseId, VersionId};
use crate::domain::index::cluster::Source;
use crate::domain::index::{Figure, figure};
use crate::domain::language::Language;
use crate::domain::measure::{Measure, Sums};
use crate::domain::open_link::{LinkCounts, LinkState, OpenLink, Standing};
use crate::domain::permission::{Action, Actor, Module, may, reach, require};
use crate::domain::survey::ItemMeasure;
use crate::domain::tally::Segment;
use crate::domain::token::{LinkCode, Pass};
use crate::error::{Code, Error, Fault, Result};
use crate::store::open_links::Said;
use crate::store::{Conn, accounts, open_links};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

pub const VIEW: Action = Action::view(Module::OpenLinks);
pub const CREATE: Action = Action::create(Module::OpenLinks);
pub const CHANGE: Action = Action::change(Module::OpenLinks);

/// The longest name or source, in characters.
const LONGEST: usize = 120;
/// The fewest characters of a password: it is typed on a phone, read from a wall, and guards a form, not data.
const LEAST_PASSWORD: usize = 6;
/// The most that a link may be told to take.
const MOST: i64 = 1_000_000;
/// Of how many responses the words are quoted.
const QUOTED: i64 = 6;

/// Under whom the responses of a link count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Binding {
    /// One account, by its customer number.
    Account(String),
    /// Nobody that we know, of a segment; what is not known of it is empty.
    Segment(Segment),
}

/// A link as a form gives it.
#[derive(Debug, Clone)]
pub struct LinkForm {
    pub name: String,
    pub source: String,
    pub version: VersionId,
    pub language: Option<Language>,
    /// A new password; empty leaves things as they are.
    pub password: String,
    /// No password any more.
    pub without_password: bool,
    pub opens: Option<NaiveDate>,
    pub last_day: Option<NaiveDate>,
    pub most: Option<i64>,
}

/// A link, and what came in by it.
pub struct Listed {
    pub link: OpenLink,
    pub survey: Arc<Instrument>,
    /// Under whom its responses count; of a segment, a pseudo-account.
    pub account: Account,
    pub counts: LinkCounts,
    /// Where the survey asks for a recommendation. Each response is taken for one person's, and them for strangers.
    pub nps: Option<Figure>,
    /// Whether the survey asks for it at all.
    pub asks_nps: bool,
    pub last: Option<DateTime<Utc>>,
    /// All that came in, whether or not it counts.
    pub taken: i64,
    pub standing: Standing,
}

/// The address that a link is opened by.
pub fn address(app: &App, link: &OpenLink) -> String {
    link.code.link(app.seal_key(), app.config.base_url.as_str())
}

/// All links of accounts and segments within reach, the latest first.
///
/// # Errors
/// `Forbidden`.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<Listed>> {
    let within = reach(actor, VIEW)?;
    app.db.read(|conn| {
        let links = open_links::list(conn, &within)?;
        links.into_iter().map(|link| listed(app, conn, link)).collect::<Result<Vec<_>>>().and_then(|mut all| {
            with_counts(conn, &mut all)?;
            Ok(all)
        })
    })
}

/// One link.
///
/// # Errors
/// `NotFound`, also for who may not see it; `Forbidden`.
pub fn view(app: &App, actor: &Actor, id: OpenLinkId) -> Result<Listed> {
    require(actor, VIEW, None)?;
    app.db.read(|conn| {
        let link = open_links::find(conn, id)?;
        let mut one = [listed(app, conn, link)?];
        require(actor, VIEW, Some(&one[0].account.standing()))?;
        with_counts(conn, &mut one)?;
        let [one] = one;
        Ok(one)
    })
}

/// What people who answered by a link wrote last; nothing for who may see no responses.
///
/// # Errors
/// What the database fails with.
pub fn said(app: &App, actor: &Actor, one: &Listed) -> Result<Vec<Said>> {
    match may(actor, Action::view(Module::Responses), Some(&one.account.standing())) {
        true => app.db.read(|conn| open_links::latest_words(conn, &one.link, QUOTED)),
        false => Ok(Vec::new()),
    }
}

fn listed(app: &App, conn: &mut Conn, link: OpenLink) -> Result<Listed> {
    let survey = app.surveys.get(conn, link.version)?;
    let account = accounts::find_any(conn, link.account)?;
    let (last, taken) = (open_links::last_response(conn, &link)?, open_links::taken(conn, &link)?);
    let asks_nps = survey.definition.questions().any(|q| q.measure == Some(ItemMeasure::Recommendation));
    let standing = link.standing(app.now(), taken);
    Ok(Listed { link, survey, account, counts: LinkCounts::default(), nps: None, asks_nps, last, taken, standing })
}

/// Adds what the tallies know.
fn with_counts(conn: &mut Conn, links: &mut [Listed]) -> Result<()> {
    let counts = open_links::counts(conn)?;
    for one in links {
        one.counts = counts.get(&one.link.id).copied().unwrap_or_default();
        one.nps = nps(&one.counts);
    }
    Ok(())
}

/// The recommendation of those who came by one link.
fn nps(counts: &LinkCounts) -> Option<Figure> {
    let LinkCounts { promoters, passives, detractors, .. } = *counts;
    let sums = Sums {
        n: promoters + passives + detractors,
        sum: 1_000 * (promoters - detractors),
        sum_sq: 1_000_000 * (promoters + detractors),
    };
    figure(&Measure::Recommend, [Source::Apart(sums)])
}

/// Draws up a link; it is open from its first day on.
///
/// # Errors
/// The field that is missing or wrong; `SurveyNotSent` for a survey that nobody answers by themselves;
/// `Forbidden`, also for accounts and regions out of reach.
pub fn create(app: &App, actor: &Actor, form: &LinkForm, binding: &Binding) -> Result<OpenLink> {
    require(actor, CREATE, None)?;
    let (now, today) = (app.now(), app.today());
    let hash = password(app, form)?;
    app.db.write(|conn| {
        let account = match binding {
            Binding::Account(number) => named(conn, number)?,
            Binding::Segment(segment) => Account::nobody(&known(app, segment)?),
        };
        require(actor, CREATE, Some(&account.standing())).map_err(|error| match binding {
            // Who may not see an account is told what who mistypes its number is told.
            Binding::Account(number) => unknown_account(number),
            Binding::Segment(_) => error.at_field("region"),
        })?;
        let of_segment = matches!(binding, Binding::Segment(_));
        if of_segment {
            accounts::nobody_of(conn, &account.segment(), now, today)?;
        }
        let blank = OpenLink {
            id: app.chance.id(now),
            code: LinkCode(app.chance.bytes()),
            name: String::new(),
            source: String::new(),
            version: form.version,
            language: Language::english(),
            password_hash: None,
            account: account.id,
            of_segment,
            subject: None,
            opens_at: None,
            closes_at: None,
            state: LinkState::Open,
            most: None,
            created_by: actor.user,
            created_at: now,
            revision: 1,
        };
        let link = OpenLink { password_hash: hash.clone(), ..filled(app, conn, blank, form)? };
        open_links::insert(conn, &link)?;
        app.note(conn, actor, change("created", &link, &link.id).to(told(&link)))?;
        Ok(link)
    })
}

/// Changes a link, if nobody else has since `revision`. Where its responses count cannot be changed: for
/// that there is another link.
///
/// # Errors
/// As [`create`]; `ChangedMeanwhile`, `NotFound`.
pub fn alter(app: &App, actor: &Actor, id: OpenLinkId, revision: i64, form: &LinkForm) -> Result<OpenLink> {
    let hash = password(app, form)?;
    save(app, actor, id, revision, |conn, link| {
        let password_hash = match (&hash, form.without_password) {
            (Some(new), _) => Some(new.clone()),
            (None, true) => None,
            (None, false) => link.password_hash.clone(),
        };
        Ok(OpenLink { password_hash, ..filled(app, conn, link, form)? })
    })
}

/// Closes a link, or opens it again.
///
/// # Errors
/// `StepImpossible` if it is so already; `ChangedMeanwhile`, `Forbidden`, `NotFound`.
pub fn set_state(app: &App, actor: &Actor, id: OpenLinkId, revision: i64, state: LinkState) -> Result<OpenLink> {
    save(app, actor, id, revision, |_, link| match link.state == state {
        true => Err(Error::new(Code::StepImpossible).with("state", state.as_str())),
        false => Ok(OpenLink { state, ..link }),
    })
}

fn save(
    app: &App,
    actor: &Actor,
    id: OpenLinkId,
    revision: i64,
    step: impl Fn(&mut Conn, OpenLink) -> Result<OpenLink>,
) -> Result<OpenLink> {
    require(actor, CHANGE, None)?;
    app.db.write(|conn| {
        let before = open_links::find(conn, id)?;
        require(actor, CHANGE, Some(&accounts::find_any(conn, before.account)?.standing()))?;
        let after = OpenLink { revision, ..step(conn, before.clone())? };
        open_links::update(conn, &after)?;
        app.note(conn, actor, change("changed", &before, &id).was(told(&before)).to(told(&after)))?;
        Ok(OpenLink { revision: revision + 1, ..after })
    })
}

fn change<'a>(verb: &'static str, link: &OpenLink, id: &'a OpenLinkId) -> Change<'a> {
    let change = Change::new(verb, "open link", id);
    if link.of_segment { change } else { change.of_account(link.account) }
}

fn told(link: &OpenLink) -> Value {
    json!({
        "name": link.name, "source": link.source, "version": link.version, "language": link.language,
        "password": link.password_hash.is_some(), "opens_at": link.opens_at, "closes_at": link.closes_at,
        "state": link.state.as_str(), "most": link.most,
    })
}

fn unknown_account(number: &str) -> Error {
    Fault::field("account", Code::ValueUnknown).with("value", number).into()
}

fn named(conn: &mut Conn, number: &str) -> Result<Account> {
    let number = number.trim().to_owned();
    if number.is_empty() {
        return Err(Fault::field("account", Code::ValueMissing).into());
    }
    let found = accounts::by_numbers(conn, &BTreeSet::from([number.clone()]))?;
    found.into_values().next().ok_or_else(|| unknown_account(&number))
}

/// The segment, if its tier is one of ours.
fn known(app: &App, segment: &Segment) -> Result<Segment> {
    let tier = segment.tier.trim();
    if !tier.is_empty() && !app.config.tiers.iter().any(|one| one.key == tier) {
        return Err(Fault::field("tier", Code::ValueUnknown).with("value", tier).into());
    }
    let text = |field: &'static str, text: &str| bounded(field, text, true);
    Ok(Segment {
        tier: tier.to_owned(),
        region: text("region", &segment.region)?,
        product_line: text("product_line", &segment.product_line)?,
    })
}

fn password(app: &App, form: &LinkForm) -> Result<Option<String>> {
    if form.password.is_empty() {
        return Ok(None);
    }
    sign_in::hash_with(app, &form.password, LEAST_PASSWORD).map(Some)
}

fn bounded(field: &'static str, text: &str, may_be_empty: bool) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 if !may_be_empty => Err(Fault::field(field, Code::ValueMissing).into()),
        n if n > LONGEST => Err(Fault::field(field, Code::ValueTooLong).with("max", LONGEST).into()),
        _ if text.chars().any(char::is_control) => Err(Fault::field(field, Code::ValueMalformed).into()),
        _ => Ok(text.to_owned()),
    }
}

/// The link with what the form says, every field checked.
fn filled(app: &App, conn: &mut Conn, link: OpenLink, form: &LinkForm) -> Result<OpenLink> {
    let survey = app.surveys.get(conn, form.version).map_err(|error| error.at_field("survey"))?;
    let definition = &survey.definition;
    if !definition.kind.is_sent() {
        return Err(Fault::field("survey", Code::SurveyNotSent).with("kind", definition.kind.as_str()).into());
    }
    if definition.anonymous {
        return Err(Fault::field("survey", Code::SurveyNotOpen).into());
    }
    let language = match &form.language {
        None => definition.language_for(&app.config.organisation.language),
        Some(language) if definition.languages.contains(language) => language.clone(),
        Some(other) => return Err(Fault::field("language", Code::ValueUnknown).with("value", other.as_str()).into()),
    };
    let zone = app.config.organisation.reporting_zone;
    if let (Some(first), Some(last)) = (form.opens, form.last_day)
        && last < first
    {
        return Err(Fault::field("closes", Code::ValueOutOfRange).with("value", last).with("min", first).into());
    }
    if let Some(most) = form.most.filter(|most| !(1..=MOST).contains(most)) {
        return Err(Fault::field("most", Code::ValueOutOfRange)
            .with("value", most)
            .with("min", 1)
            .with("max", MOST)
            .into());
    }
    let after = |last: NaiveDate| last.checked_add_days(Days::new(1)).unwrap_or(last);
    Ok(OpenLink {
        name: bounded("name", &form.name, false)?,
        source: bounded("source", &form.source, false)?,
        version: form.version,
        language,
        opens_at: form.opens.map(|first| day::start_of(first, zone)),
        closes_at: form.last_day.map(|last| day::start_of(after(last), zone)),
        most: form.most,
        ..link
    })
}

/// The surveys that a link may ask, the newest of each first.
pub fn surveys_for(app: &App, actor: &Actor) -> Result<Vec<Arc<Instrument>>> {
    let all = surveys::list(app, actor)?;
    Ok(all.into_iter().filter(|one| one.definition.kind.is_sent() && !one.definition.anonymous).collect())
}

/// Tries the password of a link. `visit` is whose tries these are.
///
/// # Errors
/// `LinkPasswordWrong`; `LinkPasswordThrottled` after too many; `LinkUnknown`.
pub fn enter(app: &App, code: LinkCode, visit: Pass, place: Option<IpAddr>, password: &str) -> Result<ResponseId> {
    let link = app.db.read(|conn| open_links::by_code(conn, code))?;
    let Some(hash) = &link.password_hash else { return Ok(visit.id) };
    app.doors.begin(link.id, visit.id, place, app.now())?;
    // Nothing long is worked on for strangers.
    if password.len() > 512 || !sign_in::fits(hash, password) {
        return Err(Error::new(Code::LinkPasswordWrong));
    }
    app.doors.forgive(link.id, visit.id, place);
    Ok(visit.id)
}
