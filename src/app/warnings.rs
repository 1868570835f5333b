//! Warnings: the nightly look that raises them, and the steps by which people deal with them.

mod look;
pub mod words;

pub(in crate::app) use look::observations;
pub use look::{Look, Settings, look};

use super::{App, Change};
use crate::domain::day;
use crate::domain::ident::{AccountId, EventId, UserId, WarningId};
use crate::domain::permission::{Action, Actor, Module, may, require};
use crate::domain::trend::Level;
use crate::domain::warning::{self, State, Warning};
use crate::error::{Code, Error, Fault, Result};
use crate::store::warnings::{self, Event, Kept, Remedy};
use crate::store::{Conn, accounts, users};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;

pub const VIEW: Action = Action::view(Module::Warnings);
pub const CHANGE: Action = Action::change(Module::Warnings);

/// Words of a person are no longer than this many characters.
const LONGEST_NOTE: usize = 4000;

/// What a person asks of a warning.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// The cause that was found, the remedy, or why it is not over.
    pub note: String,
    /// For a remedy: the departments or people who owe it.
    pub owing: Vec<String>,
    /// For a remedy: the last day on which it is in time.
    pub due: Option<NaiveDate>,
    /// For what is verified: what the people of the customer read of it on their own pages; nothing, if empty.
    pub told: String,
    /// The revision that the person has seen.
    pub revision: i64,
}

/// Moves a warning on: acknowledge, cause found, remedy under way, done, verified, reopened.
///
/// # Errors
/// `Forbidden` or `NotFound` by the account's standing; `ChangedMeanwhile` if somebody else was first;
/// `StepImpossible` where the table of states has no such step; `ValueMissing` for words or a day that
/// the step needs.
pub fn step(app: &App, actor: &Actor, account: AccountId, id: WarningId, to: State, step: &Step) -> Result<Kept> {
    let Some(user) = actor.user else { return Err(Error::new(Code::SignInNeeded)) };
    let (now, today) = (app.now(), app.today());
    for (field, words) in [("note", &step.note), ("told", &step.told)] {
        if words.chars().count() > LONGEST_NOTE {
            return Err(Fault::field(field, Code::ValueTooLong).with("max", LONGEST_NOTE).into());
        }
    }
    let told = Some(step.told.trim()).filter(|told| to == State::Verified && !told.is_empty());
    app.db.write(|conn| {
        let mut kept = load_for_change(conn, actor, account, id, step.revision)?;
        let from = kept.warning.state;
        let taken = warning::step(id, from, to, user, now, &step.note)?;
        let note = (!taken.note.is_empty()).then(|| taken.note.clone());
        match to {
            State::Acknowledged => {
                kept.acknowledged_at = Some(now);
                kept.owner = kept.owner.or(Some(user));
                // Somebody has taken it on: whatever is neglected later starts at the first rung again.
                kept.warning.escalated_to = None;
                kept.escalated_to = None;
                kept.escalated_at = None;
            }
            State::CauseFound => kept.real_cause = note.clone(),
            State::RemedyUnderWay => {
                let due = step.due.ok_or_else(|| Fault::field("due", Code::ValueMissing))?;
                if due < today {
                    return Err(Fault::field("due", Code::ValueOutOfRange)
                        .with("value", due)
                        .with("min", today)
                        .into());
                }
                if step.owing.is_empty() {
                    return Err(Fault::field("owing", Code::ValueMissing).into());
                }
                kept.due_on = Some(due);
                kept.remedy = Some(Remedy { text: taken.note.clone(), owing: step.owing.clone() });
            }
            State::Verified => kept.closed_at = Some(now),
            State::Reopened => {
                kept.closed_at = None;
                kept.acknowledged_at = None;
                kept.due_on = None;
                // Those who must acknowledge it have their days from now on.
                kept.warning.level_since = now;
            }
            State::Open | State::Done | State::Lapsed => {}
        }
        kept.warning.state = to;
        save(conn, &kept)?;
        let event = happened(app, &kept.warning, now, Some(user), "stepped");
        warnings::add_events(
            conn,
            &[Event { from: Some(from.as_str().into()), to: Some(to.as_str().into()), note, ..event }],
        )?;
        if let Some(told) = told {
            let event = happened(app, &kept.warning, now, Some(user), warnings::TOLD);
            warnings::add_events(conn, &[Event { note: Some(told.to_owned()), ..event }])?;
        }
        let change = Change::new("stepped", "warning", &id)
            .of_account(account)
            .was(json!({ "state": from.as_str() }))
            .to(json!({ "state": to.as_str(), "note": taken.note, "told": told }));
        app.note(conn, actor, change)?;
        kept.revision += 1;
        Ok(kept)
    })
}

/// Gives a warning to somebody.
///
/// # Errors
/// As [`step`]; `ValueUnknown` for somebody who may not deal with warnings of this account.
pub fn assign(
    app: &App,
    actor: &Actor,
    account: AccountId,
    id: WarningId,
    owner: UserId,
    revision: i64,
) -> Result<Kept> {
    let now = app.now();
    app.db.write(|conn| {
        let mut kept = load_for_change(conn, actor, account, id, revision)?;
        let standing = accounts::find(conn, account)?.standing();
        let stranger = || Error::from(Fault::field("owner", Code::ValueUnknown));
        let user = users::find(conn, owner).map_err(|_| stranger())?;
        if !user.active || !may(&user.actor(), CHANGE, Some(&standing)) {
            return Err(stranger());
        }
        let before = kept.owner.replace(owner);
        save(conn, &kept)?;
        let event = happened(app, &kept.warning, now, actor.user, "assigned");
        let from = before.map(|b| b.to_string());
        warnings::add_events(conn, &[Event { from: from.clone(), to: Some(owner.to_string()), ..event }])?;
        let change = Change::new("assigned", "warning", &id)
            .of_account(account)
            .was(json!({ "owner": from }))
            .to(json!({ "owner": owner }));
        app.note(conn, actor, change)?;
        kept.revision += 1;
        Ok(kept)
    })
}

/// The warnings that were raised or rose after a moment and are still open, at all accounts: for what
/// follows from a warning, such as a case.
pub fn worse_since(conn: &mut Conn, since: DateTime<Utc>) -> Result<Vec<Kept>> {
    let reach = crate::domain::permission::Reach::All;
    let mut worse: Vec<(AccountId, WarningId)> = warnings::events_since(conn, &reach, since)?
        .into_iter()
        .filter(|e| matches!(e.what.as_str(), "raised" | "rose"))
        .map(|e| (e.account, e.warning))
        .collect();
    worse.sort_unstable();
    worse.dedup();
    let mut found = Vec::with_capacity(worse.len());
    for (account, id) in worse {
        found.push(warnings::find(conn, account, id)?);
    }
    found.retain(|k| k.warning.is_open());
    Ok(found)
}

/// By when somebody has to do something about an open warning, and what, as its state says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    Acknowledge(DateTime<Utc>),
    Remedy(NaiveDate),
}

/// What is due next, if anything has a date.
pub fn due(kept: &Kept, settings: &Settings) -> Option<Due> {
    match kept.warning.state {
        State::RemedyUnderWay => kept.due_on.map(Due::Remedy),
        _ => settings.patience.acknowledge_by(&kept.warning).map(Due::Acknowledge),
    }
}

/// The place of a tier in the order of the settings; one that is not among them counts as the last.
pub fn tier_position(app: &App, tier: &str) -> usize {
    let tiers = &app.config.tiers;
    tiers.iter().position(|t| t.key == tier).unwrap_or(tiers.len().saturating_sub(1))
}

/// The name of a tier as somebody reads it.
pub fn tier_name(app: &App, tier: &str, language: &crate::domain::language::Language) -> String {
    app.config.tiers.iter().find(|t| t.key == tier).map_or(tier, |t| t.names.for_reader(language)).to_owned()
}

/// The first moment at which a remedy that is due on a day is late.
fn end_of(app: &App, day: NaiveDate) -> DateTime<Utc> {
    day::start_of(day.succ_opt().unwrap_or(day), app.config.organisation.reporting_zone)
}

fn load_for_change(conn: &mut Conn, actor: &Actor, account: AccountId, id: WarningId, revision: i64) -> Result<Kept> {
    let standing = accounts::find(conn, account)?.standing();
    require(actor, CHANGE, Some(&standing))?;
    let kept = warnings::find(conn, account, id)?;
    if kept.revision != revision {
        return Err(Error::new(Code::ChangedMeanwhile).with("what", "warning"));
    }
    Ok(kept)
}

fn save(conn: &mut Conn, kept: &Kept) -> Result<()> {
    if warnings::save(conn, kept)? { Ok(()) } else { Err(Error::new(Code::ChangedMeanwhile).with("what", "warning")) }
}

/// An event of a warning, still without what it was from and to.
fn happened(app: &App, warning: &Warning, at: DateTime<Utc>, actor: Option<UserId>, what: &str) -> Event {
    Event {
        account: warning.account_id,
        id: app.chance.id::<EventId>(at),
        warning: warning.id,
        at,
        actor,
        what: what.into(),
        from: None,
        to: None,
        note: None,
    }
}

/// The steps of level in an event, as text.
fn told(level: Level) -> Option<String> {
    Some(level.as_str().into())
}
