//! Waves: who would be asked, who not and why; starting, pausing, ending them.
//!
//! A wave is drawn up as a draft, looked at ([`preview`]), and started. Its invitations are then planned
//! in units of work, a chunk of accounts each ([`plan`]): a unit holds whole accounts, their invitations
//! and mails, and who was left out and why, so that a plan that was broken off goes on where it stopped.

mod holds;
mod invitation;
mod planning;

pub use holds::{Held, held, hold, release};
pub use planning::{Considered, plan};

use super::surveys::{self, Instrument};
use super::{App, Change};
use crate::domain::account::Account;
use crate::domain::contact::Contact;
use crate::domain::day;
use crate::domain::delivery::State;
use crate::domain::ident::{VersionId, WaveId};
use crate::domain::language::Language;
use crate::domain::permission::{Action, Actor, Module, Reach, reach, require};
use crate::domain::survey::SurveyKind;
use crate::domain::wave::{Approach, Audience, Summary, WaveState, WhyNot, due_state};
use crate::error::{Code, Error, Fault, Result};
use crate::store::holds as kept_holds;
use crate::store::invitations::{self, WaveCounts};
use crate::store::mails::{self, Mail};
use crate::store::waves::{self, Skip, Wave};
use crate::store::{accounts, contacts};
use crate::text::Reader;
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Utc};
use planning::Planner;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;

const VIEW: Action = Action::view(Module::Waves);
const CREATE: Action = Action::create(Module::Waves);
const CHANGE: Action = Action::change(Module::Waves);
/// Holding contacts back from a wave, and releasing them.
pub const HOLD: Action = Action::change(Module::Holds);

/// How many of those left out a preview names; a list of all of them is exported.
pub const NAMED: usize = 200;
const LONGEST_NAME: usize = 200;

/// What somebody wants to field.
#[derive(Debug, Clone)]
pub struct NewWave {
    pub name: String,
    pub version: VersionId,
    pub audience: Audience,
    /// The last day on which answers are taken, in the reporting zone.
    pub last_day: NaiveDate,
}

fn approach(kind: SurveyKind) -> Approach {
    match kind {
        SurveyKind::Relationship => Approach::Relationship,
        SurveyKind::Transactional => Approach::Transactional,
        _ => Approach::Other,
    }
}

/// Who is bound to a region asks there alone.
fn bounded(audience: &Audience, reach: &Reach) -> Result<Audience> {
    let mut audience = audience.clone();
    match reach {
        Reach::All => {}
        Reach::Region(own) if audience.regions.iter().all(|r| r == own) => {
            audience.regions = [own.clone()].into();
        }
        Reach::Region(_) | Reach::Own(_) => return Err(Error::new(Code::Forbidden)),
    }
    Ok(audience)
}

fn checked(app: &App, audience: &Audience) -> Result<()> {
    match audience.tiers.iter().find(|key| !app.config.tiers.iter().any(|tier| tier.key == **key)) {
        Some(unknown) => {
            let known: Vec<&str> = app.config.tiers.iter().map(|tier| tier.key.as_str()).collect();
            let fault = Fault::field("tier", Code::ValueUnknown).with("value", unknown);
            Err(fault.with("known", known.join(", ")).into())
        }
        None => Ok(()),
    }
}

/// Draws up a wave. Nothing is sent before it is started.
///
/// # Errors
/// The field that is missing or wrong; `SurveyNotSent` for a survey that is not answered by mail; `Forbidden`
/// for an audience beyond one's region.
pub fn create(app: &App, actor: &Actor, new: NewWave) -> Result<Wave> {
    let audience = bounded(&new.audience, &reach(actor, CREATE)?)?;
    checked(app, &audience)?;
    let name = new.name.trim().to_owned();
    if name.is_empty() {
        return Err(Fault::field("name", Code::ValueMissing).into());
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Fault::field("name", Code::ValueTooLong).with("max", LONGEST_NAME).into());
    }
    let (now, today) = (app.now(), app.today());
    if new.last_day < today {
        return Err(Fault::field("closes", Code::ValueOutOfRange)
            .with("value", new.last_day)
            .with("min", today)
            .into());
    }
    let after = new.last_day.checked_add_days(Days::new(1)).unwrap_or(new.last_day);
    let published = surveys::version(app, new.version)?;
    let kind = published.definition.kind;
    if !kind.is_sent() {
        return Err(Fault::field("survey", Code::SurveyNotSent).with("kind", kind.as_str()).into());
    }
    let wave = Wave {
        id: app.chance.id(now),
        name,
        version: published.version.id,
        state: WaveState::Draft,
        audience,
        start_at: None,
        closes_at: day::start_of(after, app.config.organisation.reporting_zone),
        planned_at: None,
        created_by: actor.user,
        created_at: now,
        revision: 1,
    };
    let after = json!({
        "name": wave.name,
        "survey": published.name(),
        "audience": wave.audience,
        "closes_at": wave.closes_at,
    });
    app.db.write(|conn| {
        waves::insert(conn, &wave)?;
        app.note(conn, actor, Change::new("created", "wave", &wave.id).to(after))
    })?;
    Ok(wave)
}

/// Somebody who would be left out, by name.
#[derive(Debug, Clone)]
pub struct LeftOut {
    pub account: Arc<Account>,
    pub contact: Contact,
    pub why: WhyNot,
}

/// Who would be asked if the wave started now.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    pub summary: Summary,
    pub asked_by_tier: BTreeMap<String, u64>,
    /// The first [`NAMED`] of those left out.
    pub left_out: Vec<LeftOut>,
    /// The first person who would be asked in each language.
    pub samples: BTreeMap<Language, (Arc<Account>, Contact)>,
    /// How many would be asked who read a language in which the program has no mail, with the one in which its words go
    /// out.
    pub unspoken: BTreeMap<(Language, Language), u64>,
    /// Accounts with somebody to ask and nobody who looks after them.
    pub without_manager: u64,
    /// The first [`NAMED`] of those who would be asked, where they are of the acting person's own accounts.
    pub own: Vec<(Arc<Account>, Contact)>,
}

/// What is to be asked of whom.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    pub version: VersionId,
    pub audience: &'a Audience,
    /// The wave, if it was drawn up already: some may be held back from it.
    pub wave: Option<WaveId>,
}

impl<'a> Asking<'a> {
    pub fn of(wave: &'a Wave) -> Self {
        Self { version: wave.version, audience: &wave.audience, wave: Some(wave.id) }
    }

    /// A survey to an audience, before there is a wave.
    pub fn new(version: VersionId, audience: &'a Audience) -> Self {
        Self { version, audience, wave: None }
    }
}

/// Who would be asked, who not, and why.
pub fn preview(app: &App, actor: &Actor, asking: Asking<'_>) -> Result<Preview> {
    let mut preview = Preview::default();
    let is_own = matches!(reach(actor, HOLD), Ok(Reach::Own(_)));
    let mut unmanaged = None;
    preview.summary = examine(app, actor, asking, &mut |one| {
        match &one.verdict {
            Ok(()) => {
                *preview.asked_by_tier.entry(one.account.tier.clone()).or_default() += 1;
                if is_own && preview.own.len() < NAMED {
                    preview.own.push((Arc::clone(&one.account), one.contact.clone()));
                }
                if one.account.manager.is_none() && unmanaged != Some(one.account.id) {
                    unmanaged = Some(one.account.id);
                    preview.without_manager += 1;
                }
                let words = app.catalogue.nearest(&one.language);
                if one.contact.language.choose([words]).is_none() {
                    let both = (one.contact.language.clone(), words.clone());
                    *preview.unspoken.entry(both).or_default() += 1;
                }
                if !preview.samples.contains_key(&one.language) {
                    let sample = (Arc::clone(&one.account), one.contact.clone());
                    preview.samples.insert(one.language.clone(), sample);
                }
            }
            Err(why) if preview.left_out.len() < NAMED => preview.left_out.push(LeftOut {
                account: Arc::clone(&one.account),
                contact: one.contact.clone(),
                why: *why,
            }),
            Err(_) => {}
        }
        Ok(())
    })?;
    Ok(preview)
}

/// Decides on every contact of an audience, as if the wave started now, and hands each to `each`.
pub fn examine(
    app: &App,
    actor: &Actor,
    asking: Asking<'_>,
    each: &mut dyn FnMut(&Considered) -> Result<()>,
) -> Result<Summary> {
    let reach = reach(actor, VIEW)?;
    checked(app, asking.audience)?;
    let published = surveys::version(app, asking.version)?;
    let mut planner = Planner::new(app, &published, asking.audience, reach, asking.wave);
    while let Some(considered) = app.db.read(|conn| planner.next(conn))? {
        for one in &considered {
            each(one)?;
        }
    }
    Ok(planner.summary().clone())
}

/// The mail as one contact would get it, with links that open nothing.
pub fn sample(
    app: &App,
    published: &Instrument,
    wave: &Wave,
    account: &Account,
    contact: &Contact,
) -> Result<super::outbox::Rendered> {
    let managers = app.db.read(planning::manager_names)?;
    let language = invitation::language(app, &published.definition, &contact.language);
    let manager = account.manager.and_then(|m| managers.get(&m)).map(String::as_str);
    let token = crate::domain::token::Token { account_id: account.id, invitation_id: Default::default() };
    let view = invitation::view(app, published, wave, account, contact, &language, manager, token);
    let view = serde_json::to_value(view).map_err(Error::internal)?;
    super::outbox::render_view(app, mails::Purpose::Invitation, &language, &view)
}

/// One wave as somebody may look at it.
#[derive(Debug, Clone)]
pub struct Shown {
    pub wave: Wave,
    pub survey: Arc<Instrument>,
    /// Its invitations at accounts within reach.
    pub invitations: WaveCounts,
}

/// All waves, the latest first; the figures are those of accounts within reach.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<Shown>> {
    let reach = reach(actor, VIEW)?;
    app.db.read(|conn| {
        let listed = waves::all(conn, 200)?;
        let ids: Vec<WaveId> = listed.iter().map(|wave| wave.id).collect();
        let mut counts = waves::counts(conn, &ids, &reach)?;
        let mut shown = Vec::new();
        for wave in listed {
            let survey = app.surveys.get(conn, wave.version)?;
            let invitations = counts.remove(&wave.id).unwrap_or_default();
            shown.push(Shown { wave, survey, invitations });
        }
        Ok(shown)
    })
}

pub fn view(app: &App, actor: &Actor, id: WaveId) -> Result<Shown> {
    let reach = reach(actor, VIEW)?;
    app.db.read(|conn| {
        let wave = waves::find(conn, id)?;
        let survey = app.surveys.get(conn, wave.version)?;
        let invitations = waves::counts(conn, &[id], &reach)?.remove(&id).unwrap_or_default();
        Ok(Shown { wave, survey, invitations })
    })
}

/// How far a started wave has come, at accounts within reach.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Mails by the name of their state.
    pub mails: BTreeMap<String, i64>,
    /// Contacts left out, by rule.
    pub left_out: BTreeMap<String, i64>,
    /// Mails of which it was not known at some time whether they had been taken.
    pub doubted: i64,
    /// Mails that failed or were in doubt, the latest first.
    pub troubled: Vec<Mail>,
}

pub fn progress(app: &App, actor: &Actor, id: WaveId) -> Result<Progress> {
    let reach = reach(actor, VIEW)?;
    app.db.read(|conn| {
        let mails = mails::counts_of_wave(conn, id, &reach)?;
        let left_out = waves::skip_counts(conn, id, &reach)?;
        let (doubted, troubled) = mails::troubled(conn, id, &reach, 100)?;
        Ok(Progress { mails, left_out, doubted, troubled })
    })
}

/// Those whom a started wave has left out, by name.
pub fn left_out(app: &App, actor: &Actor, id: WaveId, offset: i64, limit: i64) -> Result<Vec<LeftOut>> {
    let reach = reach(actor, VIEW)?;
    app.db.read(|conn| {
        let skips = waves::skips(conn, id, &reach, offset, limit)?;
        let ids: Vec<_> = skips.iter().map(|s| s.account).collect();
        let found = accounts::find_many(conn, &ids)?;
        let by_id: BTreeMap<_, _> = found.into_iter().map(|a| (a.id, Arc::new(a))).collect();
        let mut left = Vec::with_capacity(skips.len());
        for Skip { account, contact, why } in skips {
            if let Some(known) = by_id.get(&account) {
                let contact = contacts::find(conn, account, contact)?;
                left.push(LeftOut { account: Arc::clone(known), contact, why });
            }
        }
        Ok(left)
    })
}

/// A wave that the acting person may change: who is bound to a region, those of that region alone.
fn changeable(app: &App, actor: &Actor, id: WaveId) -> Result<Wave> {
    let reach = reach(actor, CHANGE)?;
    let wave = app.db.read(|conn| waves::find(conn, id))?;
    bounded(&wave.audience, &reach)
        .and_then(|b| if b == wave.audience { Ok(()) } else { Err(Error::new(Code::Forbidden)) })?;
    Ok(wave)
}

/// Starts a wave now, or at a set instant.
///
/// # Errors
/// `WaveState` if it was started before; `WaveEmpty` if nobody would be asked; `TemplateFaulty` if its
/// mail cannot be filled in in one of its languages; `ValueOutOfRange` on `at` if it is after the end.
pub fn start(app: &App, actor: &Actor, id: WaveId, at: Option<DateTime<Utc>>) -> Result<Wave> {
    require(actor, CHANGE, None)?;
    let wave = changeable(app, actor, id)?;
    let scheduled = wave.state.step(WaveState::Scheduled)?;
    let now = app.now();
    let start_at = at.unwrap_or(now).max(now);
    if start_at >= wave.closes_at {
        return Err(Fault::field("at", Code::ValueOutOfRange)
            .with("max", app.day_of(wave.closes_at - TimeDelta::microseconds(1)))
            .into());
    }
    let preview = preview(app, actor, Asking::of(&wave))?;
    preview.summary.check(&app.config.fatigue.rules())?;
    try_mails(app, &wave, &preview)?;
    let state = if start_at <= now { scheduled.step(WaveState::Running)? } else { scheduled };
    let started = Wave { state, start_at: Some(start_at), ..wave.clone() };
    let verb = if state == WaveState::Running { "started" } else { "scheduled" };
    let asked = json!({ "asked": preview.summary.asked, "considered": preview.summary.considered });
    save(app, actor, &wave, started, verb, Some(asked))
}

/// Fills the mail in for somebody in every language of the survey, so that a fault is found before the
/// first mail and not at the thousandth.
fn try_mails(app: &App, wave: &Wave, preview: &Preview) -> Result<()> {
    let published = surveys::version(app, wave.version)?;
    let Some((account, contact)) = preview.samples.values().next() else { return Ok(()) };
    for language in &published.definition.languages {
        let (account, contact) = preview.samples.get(language).map_or((account, contact), |(a, c)| (a, c));
        let contact = Contact { language: language.clone(), ..contact.clone() };
        sample(app, &published, wave, account, &contact)?;
    }
    Ok(())
}

/// Takes an approval back, as long as nothing went out.
pub fn unschedule(app: &App, actor: &Actor, id: WaveId) -> Result<Wave> {
    let wave = changeable(app, actor, id)?;
    let state = wave.state.step(WaveState::Draft)?;
    let draft = Wave { state, start_at: None, ..wave.clone() };
    save(app, actor, &wave, draft, "unscheduled", None)
}

/// Halts a wave: once this has returned no further mail begins to leave. What has arrived can be answered.
pub fn pause(app: &App, actor: &Actor, id: WaveId) -> Result<Wave> {
    let wave = changeable(app, actor, id)?;
    let state = wave.state.step(WaveState::Paused)?;
    save(app, actor, &wave, Wave { state, ..wave.clone() }, "paused", None)
}

/// Lets a halted wave go on: the mails that were left go out, none a second time.
pub fn resume(app: &App, actor: &Actor, id: WaveId) -> Result<Wave> {
    let wave = changeable(app, actor, id)?;
    if wave.state != WaveState::Paused {
        return Err(state_error(wave.state));
    }
    let state = wave.state.step(WaveState::Running)?;
    save(app, actor, &wave, Wave { state, ..wave.clone() }, "resumed", None)
}

/// Gives a wave up for good: mails that have not left never will. Who has one already may answer until the
/// survey closes; [`close`] ends that, too.
pub fn cancel(app: &App, actor: &Actor, id: WaveId) -> Result<Wave> {
    let wave = changeable(app, actor, id)?;
    let state = wave.state.step(WaveState::Cancelled)?;
    save(app, actor, &wave, Wave { state, ..wave.clone() }, "cancelled", None)
}

/// Closes the survey of a wave before its time: from now on nobody answers by its links or changes an
/// answer, and mails that have not left never will.
///
/// # Errors
/// `WaveState` where nobody was asked yet, or the survey is closed; `Forbidden`, `NotFound`.
pub fn close(app: &App, actor: &Actor, id: WaveId) -> Result<Wave> {
    let (wave, now) = (changeable(app, actor, id)?, app.now());
    if !is_open(&wave, now) {
        return Err(state_error(wave.state));
    }
    let state = if wave.state.may_step(WaveState::Finished) { WaveState::Finished } else { wave.state };
    let was_open_until = json!({ "was_open_until": wave.closes_at });
    let closed = Wave { state, closes_at: now, ..wave.clone() };
    save(app, actor, &wave, closed, "closed", Some(was_open_until))
}

/// May those who were asked still answer?
pub fn is_open(wave: &Wave, now: DateTime<Utc>) -> bool {
    !matches!(wave.state, WaveState::Draft | WaveState::Scheduled) && now < wave.closes_at
}

fn state_error(state: WaveState) -> Error {
    Error::new(Code::WaveState).with("state", state.as_str())
}

/// Saves a step with its line in the audit trail, and ends the mails of a wave that is over.
fn save(
    app: &App,
    actor: &Actor,
    before: &Wave,
    after: Wave,
    verb: &'static str,
    detail: Option<serde_json::Value>,
) -> Result<Wave> {
    let now = app.now();
    app.db.write(|conn| {
        waves::update(conn, &after)?;
        if after.closes_at != before.closes_at {
            invitations::close_wave(conn, after.id, after.closes_at)?;
        }
        let mut told = json!({ "state": after.state.as_str(), "start_at": after.start_at });
        if let (Some(told), Some(detail)) = (told.as_object_mut(), detail) {
            told.insert("detail".into(), detail);
        }
        match after.state {
            WaveState::Cancelled => {
                let ended = mails::end_wave(conn, after.id, &State::Cancelled { at: now }, now)?;
                // Where nobody was asked in the end, nobody was held back from anything.
                if invitations::counts_of_wave(conn, after.id)?.delivered == 0 {
                    kept_holds::uncount(conn, after.id)?;
                }
                if let Some(told) = told.as_object_mut() {
                    told.insert("mails_called_off".into(), ended.into());
                }
            }
            WaveState::Finished => {
                mails::end_wave(conn, after.id, &State::TooLate { at: now }, now)?;
            }
            _ => {}
        }
        let was = json!({ "state": before.state.as_str() });
        app.note(conn, actor, Change::new(verb, "wave", &after.id).was(was).to(told))
    })?;
    Ok(Wave { revision: after.revision + 1, ..after })
}

/// Halts a wave by itself because its mail cannot be made.
pub(super) fn halt(app: &App, id: WaveId, error: &Error) -> Result<()> {
    tracing::error!(wave = %id, cause = ?error, "a wave is halted: its mail cannot be made");
    let wave = app.db.read(|conn| waves::find(conn, id))?;
    if wave.state != WaveState::Running {
        return Ok(());
    }
    let why = json!({ "error": error.code().as_str(), "why": error.to_string() });
    let halted = Wave { state: WaveState::Paused, ..wave.clone() };
    match save(app, &app.service(), &wave, halted, "halted", Some(why)) {
        // Another thread has met the same fault.
        Err(e) if e.code() == Code::ChangedMeanwhile => Ok(()),
        other => other.map(|_| ()),
    }
}

/// What time does to waves: scheduled ones start, started ones are planned, ended ones finish.
///
/// A wave that is over finishes once none of its mails is on its way or in doubt.
pub fn tick(app: &App) -> Result<()> {
    for wave in app.db.read(waves::alive)? {
        let due = due_state(wave.state, wave.start_at.unwrap_or(wave.created_at), Some(wave.closes_at), app.now());
        let running = match due {
            Some(WaveState::Finished) => {
                finish(app, &wave)?;
                continue;
            }
            Some(state) => {
                let verb = if state == WaveState::Running { "started" } else { "cancelled" };
                save(app, &app.service(), &wave, Wave { state, ..wave.clone() }, verb, None)?
            }
            None => wave,
        };
        if running.state == WaveState::Running && running.planned_at.is_none() {
            plan(app, running.id)?;
        }
    }
    Ok(())
}

fn finish(app: &App, wave: &Wave) -> Result<()> {
    let now = app.now();
    let open = app.db.write(|conn| {
        mails::end_wave(conn, wave.id, &State::TooLate { at: now }, now)?;
        mails::open_of_wave(conn, wave.id)
    })?;
    if open == 0 {
        let finished = Wave { state: WaveState::Finished, ..wave.clone() };
        save(app, &app.service(), wave, finished, "finished", None)?;
    }
    Ok(())
}

/// A rule that leaves somebody out, by [`WhyNot::rule`], in the reader's words.
pub fn rule(app: &App, reader: &Reader, rule: &str) -> String {
    let fatigue = &app.config.fatigue;
    let days = match rule {
        "asked_recently_relationship" => fatigue.relationship_days,
        "asked_recently_transactional" => fatigue.transactional_days,
        _ => fatigue.any_days,
    };
    reader.text(&format!("waves-rule-{}", rule.replace('_', "-")), &[("days", i64::from(days).into())])
}

/// Reads "2027-01-11T09:30" or "2027-01-11 09:30" as a person in a time zone means it.
///
/// # Errors
/// `ValueMalformed` on `at`.
pub fn instant_in(zone: chrono_tz::Tz, text: &str) -> Result<DateTime<Utc>> {
    let bad = || Error::from(Fault::field("at", Code::ValueMalformed).with("value", text));
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return Ok(instant.to_utc());
    }
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .ok_or_else(bad)?;
    // An hour that the clock skips is taken for the one after it.
    [local, local + TimeDelta::hours(1)]
        .into_iter()
        .find_map(|local| zone.from_local_datetime(&local).earliest())
        .map(|t| t.to_utc())
        .ok_or_else(bad)
}
