//! Working a case: cause, figures, steps, contacts, owner and end. Every deed leaves an event and a
//! line in the audit trail, and asks first whether anybody else was at the case meanwhile.

use super::{CHANGE, Entered, act, arithmetic, ask, checked, is_under_way, summary, tell};
use crate::app::{App, Change};
use crate::domain::account::Account;
use crate::domain::ident::{AccountId, CaseId, StepId, UserId};
use crate::domain::permission::{Action, Actor, Module, may, require};
use crate::domain::value::{Cents, Source, Sourced};
use crate::domain::winback::plan::StepKind;
use crate::domain::winback::{CaseCause, Chance, Outcome, State, state};
use crate::error::{Code, Error, Fault, Result};
use crate::store::cases::{self, Case, Step, Touch};
use crate::store::{Conn, accounts, users};
use chrono::{Months, NaiveDate};

/// Which case, as it was when the person read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct At {
    pub account: AccountId,
    pub case: CaseId,
    pub revision: i64,
}

/// What happened, for the case's own record.
pub(super) struct Told {
    pub(super) what: &'static str,
    pub(super) from: Option<String>,
    pub(super) to: Option<String>,
    pub(super) note: Option<String>,
}

impl Told {
    pub(super) fn new(what: &'static str) -> Self {
        Self { what, from: None, to: None, note: None }
    }

    pub(super) fn between(self, from: impl ToString, to: impl ToString) -> Self {
        Self { from: Some(from.to_string()), to: Some(to.to_string()), ..self }
    }

    pub(super) fn to(self, to: impl ToString) -> Self {
        Self { to: Some(to.to_string()), ..self }
    }

    pub(super) fn noted(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }
}

/// One deed at one case, in one unit of work: may they, is it still as they read it, is it not over;
/// then the deed, its event, and its line in the trail.
pub(super) fn change(
    app: &App,
    actor: &Actor,
    at: At,
    deed: impl FnOnce(&mut Conn, &Account, &mut Case) -> Result<Told>,
) -> Result<Case> {
    app.db.write(|conn| {
        let account = accounts::find(conn, at.account)?;
        require(actor, CHANGE, Some(&account.standing()))?;
        let mut case = cases::find(conn, at.account, at.case)?;
        if case.revision != at.revision {
            return Err(Error::new(Code::ChangedMeanwhile).with("what", &account.name));
        }
        if case.state == State::Closed {
            return Err(Error::new(Code::StepImpossible).with("from", case.state.as_str()).with("to", ""));
        }
        let before = summary(&case);
        let told = deed(conn, &account, &mut case)?;
        cases::update(conn, &mut case)?;
        let action = told.what;
        tell(app, conn, actor, &case, told)?;
        let change = Change::new(action, "case", &case.id).of_account(case.account);
        app.note(conn, actor, change.was(before).to(summary(&case)))?;
        Ok(case)
    })
}

/// Names the cause. Probability and cost are those of the new cause; what a person had entered for the
/// old one no longer holds.
///
/// # Errors
/// As every deed; `value.too-long`.
pub fn set_cause(app: &App, actor: &Actor, at: At, cause: CaseCause, note: &str) -> Result<Case> {
    let note = checked("note", note)?;
    change(app, actor, at, |conn, account, case| {
        let before = case.cause;
        case.cause = cause;
        case.cause_note.clone_from(&note);
        let kept = Entered::of(&case.arithmetic.gate);
        let kept = if before == cause { kept } else { Entered { value: kept.value, ..Entered::default() } };
        ask(app, conn, actor, account, case, kept)?;
        Ok(Told::new("cause").between(before.as_str(), cause.as_str()).noted(note))
    })
}

/// Figures that a person puts in the place of computed ones; what is left out is computed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Numbers {
    /// Mean, low and high end of the probability of return, 0 to 1.
    pub chance: Option<(f64, f64, f64)>,
    pub value: Option<Cents>,
    pub cost: Option<Cents>,
    pub reason: String,
}

/// Puts a person's own figures on the case, with their reason, and asks the gate again.
///
/// # Errors
/// As every deed; `value.missing` for the reason, `value.out-of-range` for a probability or an amount.
pub fn set_numbers(app: &App, actor: &Actor, at: At, numbers: &Numbers) -> Result<Case> {
    let any = numbers.chance.is_some() || numbers.value.is_some() || numbers.cost.is_some();
    let reason = checked("reason", &numbers.reason)?;
    if any && reason.is_none() {
        return Err(Fault::field("reason", Code::ValueMissing).into());
    }
    let why = reason.clone().unwrap_or_default();
    let chance =
        numbers.chance.map(|(mean, low, high)| Chance::entered(mean, low, high, &actor.name, &why)).transpose()?;
    let amount = |field: &'static str, amount: Option<Cents>| {
        if amount.is_some_and(|a| a < 0) {
            return Err(Error::from(Fault::field(field, Code::ValueOutOfRange).with("min", 0)));
        }
        let source = || Source::Entered { by: actor.name.clone(), reason: why.clone() };
        Ok(amount.map(|a| Sourced::new(a, source())))
    };
    let entered = Entered { chance, value: amount("value", numbers.value)?, cost: amount("cost", numbers.cost)? };
    change(app, actor, at, |conn, account, case| {
        let before = case.arithmetic.gate.net;
        ask(app, conn, actor, account, case, entered)?;
        Ok(Told::new("numbers").between(before, case.arithmetic.gate.net).noted(reason))
    })
}

/// A step to be done.
#[derive(Debug, Clone)]
pub struct NewStep {
    pub title: String,
    pub due: NaiveDate,
    /// The case's owner if nobody is named.
    pub owner: Option<UserId>,
}

/// Adds a step to the plan.
///
/// # Errors
/// As every deed; `value.missing` without a title, `value.out-of-range` for a day in the past or more
/// than ten years ahead, `value.unknown` for a person who may not see the case.
pub fn add_step(app: &App, actor: &Actor, at: At, new: &NewStep) -> Result<Case> {
    let title = checked("title", &new.title)?.ok_or_else(|| Fault::field("title", Code::ValueMissing))?;
    let due = ahead(app, new.due)?;
    change(app, actor, at, |conn, account, case| {
        if let Some(owner) = new.owner {
            known(conn, account, owner)?;
        }
        let now = app.now();
        let step = Step {
            id: app.chance.id(now),
            case: case.id,
            account: case.account,
            kind: StepKind::Other,
            title: Some(title.clone()),
            due,
            owner: new.owner.or(case.owner),
            done_at: None,
            done_by: None,
            created_at: now,
        };
        cases::add_steps(conn, std::slice::from_ref(&step))?;
        Ok(Told::new("step_added").to(due).noted(Some(title)))
    })
}

/// Records that a step is done, by the acting person and now.
///
/// # Errors
/// As every deed; `record.state` if it is done already.
pub fn finish_step(app: &App, actor: &Actor, at: At, step: StepId) -> Result<Case> {
    change(app, actor, at, |conn, _, case| {
        let mut step = open_step(conn, case, step)?;
        step.done_at = Some(app.now());
        step.done_by = actor.user;
        cases::save_step(conn, &step)?;
        Ok(Told::new("step_done").to(step.due).noted(Some(words(step))))
    })
}

/// Moves a step to another day.
///
/// # Errors
/// As every deed; `record.state` if it is done already, `value.out-of-range` for a day in the past.
pub fn postpone_step(app: &App, actor: &Actor, at: At, step: StepId, due: NaiveDate) -> Result<Case> {
    let due = ahead(app, due)?;
    change(app, actor, at, |conn, _, case| {
        let mut step = open_step(conn, case, step)?;
        let before = std::mem::replace(&mut step.due, due);
        cases::save_step(conn, &step)?;
        Ok(Told::new("step_moved").between(before, due).noted(Some(words(step))))
    })
}

/// A contact made with the account.
#[derive(Debug, Clone)]
pub struct Contact {
    /// One of [`Contact::CHANNELS`].
    pub channel: String,
    pub note: String,
    /// What was offered, if anything was.
    pub offer: String,
}

impl Contact {
    pub const CHANNELS: [&'static str; 5] = ["visit", "telephone", "mail", "meeting", "letter"];
}

/// Records a contact that was made.
///
/// # Errors
/// As every deed; `value.unknown` for the channel, `value.missing` without a note; `permission.denied`
/// for the service itself, which speaks with nobody.
pub fn touch(app: &App, actor: &Actor, at: At, contact: &Contact) -> Result<Case> {
    let Some(user) = actor.user else { return Err(Error::new(Code::Forbidden)) };
    if !Contact::CHANNELS.contains(&contact.channel.as_str()) {
        return Err(Fault::field("channel", Code::ValueUnknown).with("value", &contact.channel).into());
    }
    let note = checked("note", &contact.note)?.ok_or_else(|| Fault::field("note", Code::ValueMissing))?;
    let offer = checked("offer", &contact.offer)?;
    change(app, actor, at, |conn, _, case| {
        let now = app.now();
        let touch = Touch {
            id: app.chance.id(now),
            case: case.id,
            account: case.account,
            at: now,
            user,
            channel: contact.channel.clone(),
            note: note.clone(),
            offer,
        };
        cases::add_touch(conn, &touch)?;
        Ok(Told::new("touch").to(&touch.channel).noted(Some(note)))
    })
}

/// Hands the case to another owner, with the steps that were the old owner's to do.
///
/// # Errors
/// As every deed; `value.unknown` for a person who may not work on the account's cases.
pub fn hand_to(app: &App, actor: &Actor, at: At, owner: UserId) -> Result<Case> {
    change(app, actor, at, |conn, account, case| {
        let name = known(conn, account, owner)?;
        let before = case.owner.replace(owner);
        for mut step in cases::steps_of(conn, case.account, case.id)? {
            if step.done_at.is_none() && step.owner == before {
                step.owner = Some(owner);
                cases::save_step(conn, &step)?;
            }
        }
        let from = before.map(|b| users::find(conn, b)).transpose()?.map(|u| u.name).unwrap_or_default();
        Ok(Told::new("owner").between(from, name))
    })
}

/// Ends a case. What was proposed is recorded beside what the person decided.
///
/// # Errors
/// As every deed, and those of [`state::step`].
pub fn close(app: &App, actor: &Actor, at: At, outcome: Outcome, note: &str) -> Result<Case> {
    end(app, actor, at, outcome, None, note)
}

/// Puts a case off until a day, on which it comes back by itself.
///
/// # Errors
/// As every deed, and those of [`state::step`].
pub fn defer(app: &App, actor: &Actor, at: At, until: Option<NaiveDate>, reason: &str) -> Result<Case> {
    end(app, actor, at, Outcome::Deferred, until, reason)
}

fn end(app: &App, actor: &Actor, at: At, outcome: Outcome, until: Option<NaiveDate>, note: &str) -> Result<Case> {
    let note = checked("reason", note)?;
    change(app, actor, at, |conn, _, case| {
        let proposed = super::look::proposal(app, conn, case)?.map(|p| p.outcome);
        let until = until.filter(|day| *day <= horizon(app));
        let act = act(app, actor, case);
        let ended = state::step(act, case.state, case.purpose, outcome, until, note.as_deref().unwrap_or_default())?;
        case.state = ended.to;
        case.outcome = ended.outcome;
        case.outcome_note.clone_from(&note);
        case.deferred_until = ended.until;
        case.closed_at = (ended.to == State::Closed).then_some(ended.at);
        let told = Told { from: proposed.map(|p| p.as_str().to_owned()), ..Told::new("ended") };
        let told = match ended.until {
            Some(day) => Told { what: "deferred", from: None, ..told }.to(day),
            None => told.to(outcome.as_str()),
        };
        Ok(told.noted(note))
    })
}

/// Takes a deferred case up again, with the figures of today.
///
/// # Errors
/// As every deed; `record.state` if the case is not deferred, or another one is open at the account.
pub fn reopen(app: &App, actor: &Actor, at: At, reason: &str) -> Result<Case> {
    let note = checked("reason", reason)?;
    change(app, actor, at, |conn, account, case| {
        let wrong = || Error::new(Code::StepImpossible).with("from", case.state.as_str()).with("to", "open");
        if case.state != State::Deferred {
            return Err(wrong());
        }
        if cases::of_account(conn, account.id)?.iter().any(|c| c.id != case.id && is_under_way(c)) {
            return Err(wrong());
        }
        let again = state::reopen(act(app, actor, case), case.state, note.as_deref().unwrap_or_default())?;
        case.state = again.to;
        case.outcome = None;
        case.outcome_note = None;
        case.deferred_until = None;
        case.arithmetic = arithmetic(app, conn, case, Entered::of(&case.arithmetic.gate))?;
        Ok(Told::new("reopened").noted(note))
    })
}

fn horizon(app: &App) -> NaiveDate {
    app.today().checked_add_months(Months::new(120)).unwrap_or(NaiveDate::MAX)
}

/// A day from today on, within ten years.
fn ahead(app: &App, day: NaiveDate) -> Result<NaiveDate> {
    if day < app.today() || day > horizon(app) {
        let fault = Fault::field("due", Code::ValueOutOfRange).with("value", day);
        return Err(fault.with("min", app.today()).with("max", horizon(app)).into());
    }
    Ok(day)
}

/// What a step is called in the record: a person's own words, else the name of its kind.
fn words(step: Step) -> String {
    step.title.unwrap_or_else(|| step.kind.as_str().to_owned())
}

fn open_step(conn: &mut Conn, case: &Case, id: StepId) -> Result<Step> {
    let step = cases::steps_of(conn, case.account, case.id)?.into_iter().find(|s| s.id == id);
    let step = step.ok_or_else(|| Error::new(Code::NotFound))?;
    if step.done_at.is_some() {
        return Err(Error::new(Code::StepImpossible).with("from", "done").with("to", ""));
    }
    Ok(step)
}

/// The name of a person who may work on the account's cases.
fn known(conn: &mut Conn, account: &Account, id: UserId) -> Result<String> {
    let unknown = || Error::from(Fault::field("owner", Code::ValueUnknown).with("value", id));
    let user = users::find(conn, id).map_err(|e| if e.code() == Code::NotFound { unknown() } else { e })?;
    let works = may(&user.actor(), Action::change(Module::Cases), Some(&account.standing()));
    if user.active && works { Ok(user.name) } else { Err(unknown()) }
}
