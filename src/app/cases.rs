//! Cases: the gate, the queue, and working them.
//!
//! A case stands on figures that can be traced: the account's own orders, the settings by cause, what
//! closed cases of that cause have taught, or a person who gave a reason. Whenever one of them changes,
//! the gate is asked again with all of them.

mod look;
mod work;

pub use look::{Dossier, Line, Proposal, dossier, may_open, queue};
pub use work::{
    At, Contact, NewStep, Numbers, add_step, close, defer, finish_step, hand_to, postpone_step, reopen, set_cause,
    set_numbers, touch,
};

use super::{App, Change};
use crate::domain::account::Account;
use crate::domain::day;
use crate::domain::ident::{AccountId, CaseId, WarningId};
use crate::domain::permission::{Action, Actor, Module, Reach, require};
use crate::domain::trend::Level;
use crate::domain::value::second_lifetime::SecondLifetime;
use crate::domain::value::{Cents, Purchase, Source, Sourced};
use crate::domain::warning::{self, Evidence};
use crate::domain::winback::gate::{Gate, admit};
use crate::domain::winback::state::{self, Act};
use crate::domain::winback::{CaseCause, Chance, Play, Purpose, Record, State, default_plan, gate};
use crate::error::{Code, Error, Fault, Result};
use crate::store::cases::{self, Arithmetic, Case, Event, Filter, Step};
use crate::store::{Conn, accounts, orders};
use chrono::{Days, Months};
use serde_json::json;

pub(super) const VIEW: Action = Action::view(Module::Cases);
pub(super) const CHANGE: Action = Action::change(Module::Cases);
pub(super) const CREATE: Action = Action::create(Module::Cases);

/// The most characters of a note or a reason.
const LONGEST_NOTE: usize = 4_000;

/// Asks, for a warning that was just raised or rose, whether the account becomes a case. One that does
/// not pass the gate is kept as refused, with its arithmetic.
///
/// `None` where the settings open no case for such a warning, where the account has an open or deferred
/// case, or where this warning had one already.
///
/// # Errors
/// What the database fails with; faulty settings.
pub fn consider(
    app: &App,
    conn: &mut Conn,
    account: &Account,
    warning: WarningId,
    cause: warning::Cause,
    level: Level,
) -> Result<Option<CaseId>> {
    let Some(purpose) = app.config.cases.opening.purpose(cause, level, tier_of(app, account)) else {
        return Ok(None);
    };
    let known = cases::of_account(conn, account.id)?;
    if known.iter().any(|c| is_under_way(c) || c.warning == Some(warning)) {
        return Ok(None);
    }
    let new = New { purpose, cause: likely_cause(cause), note: None, warning: Some(warning) };
    // A savepoint: if a person opens a case at this very moment, theirs stands and the look goes on.
    match conn.transaction(|conn| enter(app, conn, &app.service(), account, new)) {
        Ok(case) => Ok(Some(case.id)),
        Err(error) if error.code() == Code::ChangedMeanwhile => Ok(None),
        Err(error) => Err(error),
    }
}

/// A case that a person asks for.
#[derive(Debug, Clone)]
pub struct NewCase {
    pub account: AccountId,
    pub purpose: Purpose,
    pub cause: CaseCause,
    /// Why; needed for accounts that we gave up or that left without anybody's doing.
    pub reason: String,
    /// Until when the account is bound to a rival, as far as known: the plan goes by it.
    pub bound_until: Option<chrono::NaiveDate>,
}

/// Opens a case by hand, through the same gate: one below it is recorded as refused.
///
/// # Errors
/// `permission.denied`; `record.state` if the account has an open or deferred case; `value.too-long`.
pub fn open_by_hand(app: &App, actor: &Actor, new: NewCase) -> Result<Case> {
    app.db.write(|conn| {
        let account = accounts::find(conn, new.account)?;
        require(actor, CREATE, Some(&account.standing()))?;
        if let Some(other) = cases::of_account(conn, account.id)?.iter().find(|c| is_under_way(c)) {
            return Err(Error::new(Code::StepImpossible).with("from", other.state.as_str()).with("to", "open"));
        }
        let note = checked("reason", &new.reason)?;
        let play = Play::choose(new.bound_until, app.today());
        let new = New { purpose: new.purpose, cause: new.cause, note, warning: None };
        enter_with(app, conn, actor, &account, new, play)
    })
}

/// Asks the gate again with the figures of today. A refused case that passes now is opened.
///
/// # Errors
/// `permission.denied`, `record.changed`, `record.state` for a closed case.
pub fn reconsider(app: &App, actor: &Actor, at: At) -> Result<Case> {
    work::change(app, actor, at, |conn, account, case| {
        let before = case.arithmetic.gate.net;
        ask(app, conn, actor, account, case, Entered::of(&case.arithmetic.gate))?;
        Ok(work::Told::new("asked").between(before, case.arithmetic.gate.net))
    })
}

/// What a night's round through the waiting cases has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Round {
    /// Refused cases whose figures have changed.
    pub changed: usize,
    /// Refused ones that pass the gate now.
    pub opened: usize,
    /// Deferred ones whose day has come.
    pub returned: usize,
}

/// Goes through the cases that wait: refused ones are asked again where a figure has changed, deferred
/// ones come back on their day. Each is a unit of work of its own; running it again changes nothing.
///
/// # Errors
/// What the database fails with.
pub fn ask_waiting(app: &App) -> Result<Round> {
    let filter = Filter { states: vec![State::Refused, State::Deferred], ..Filter::default() };
    let waiting = app.db.read(|conn| cases::list(conn, &Reach::All, &filter))?;
    let service = app.service();
    let mut round = Round::default();
    for case in waiting {
        let at = At { account: case.account, case: case.id, revision: case.revision };
        let done = if case.state == State::Deferred {
            if case.deferred_until.is_none_or(|day| day > app.today()) {
                continue;
            }
            reopen(app, &service, at, "").map(|_| round.returned += 1)
        } else {
            let fresh = app.db.read(|conn| {
                let latest = cases::of_account(conn, case.account)?.first().map(|c| c.id);
                let entered = Entered::of(&case.arithmetic.gate);
                let fresh = arithmetic(app, conn, &case, entered)?;
                Ok((latest == Some(case.id) && fresh.gate != case.arithmetic.gate).then_some(fresh))
            })?;
            if fresh.is_none() {
                continue;
            }
            reconsider(app, &service, at).map(|asked| {
                round.changed += 1;
                round.opened += usize::from(asked.state == State::Open);
            })
        };
        match done {
            // A person was faster; tomorrow is another night.
            Err(error) if matches!(error.code(), Code::ChangedMeanwhile | Code::StepImpossible) => {}
            other => other?,
        }
    }
    Ok(round)
}

/// Is somebody at work on it, or will be on a day that is set?
pub(super) fn is_under_way(case: &Case) -> bool {
    matches!(case.state, State::Open | State::Deferred)
}

/// The position of an account's tier, 0 for the highest; an unknown tier is below all.
fn tier_of(app: &App, account: &Account) -> usize {
    app.config.tiers.iter().position(|t| t.key == account.tier).unwrap_or(app.config.tiers.len())
}

/// What a warning says about the cause, until a person knows better.
fn likely_cause(cause: warning::Cause) -> CaseCause {
    use warning::Cause as W;
    match cause {
        W::CompetitorNamed => CaseCause::Competitor,
        W::OrderLate | W::Logistics => CaseCause::Delivery,
        W::ProductQuality => CaseCause::Product,
        W::Complaint | W::RequestUnanswered => CaseCause::Service,
        _ => CaseCause::Unknown,
    }
}

struct New {
    purpose: Purpose,
    cause: CaseCause,
    note: Option<String>,
    warning: Option<WarningId>,
}

fn enter(app: &App, conn: &mut Conn, actor: &Actor, account: &Account, new: New) -> Result<Case> {
    enter_with(app, conn, actor, account, new, Play::Quick)
}

/// Asks the gate and records the case, open with its plan or refused.
fn enter_with(app: &App, conn: &mut Conn, actor: &Actor, account: &Account, new: New, play: Play) -> Result<Case> {
    let now = app.now();
    let basis = Basis { account: account.id, cause: new.cause, note: new.note.as_deref(), warning: new.warning };
    let arithmetic = work_out(app, conn, basis, Entered::default())?;
    let case = Case {
        id: app.chance.id(now),
        account: account.id,
        purpose: new.purpose,
        state: if arithmetic.refusal.is_some() { State::Refused } else { State::Open },
        cause: new.cause,
        cause_note: new.note,
        warning: new.warning,
        arithmetic,
        owner: account.manager,
        outcome: None,
        outcome_note: None,
        deferred_until: None,
        opened_at: now,
        closed_at: None,
        revision: 1,
    };
    cases::insert(conn, &case)?;
    if case.state == State::Open {
        plan(app, conn, &case, play)?;
    }
    let what = if case.state == State::Open { "opened" } else { "refused" };
    let told = work::Told::new(what).between(case.arithmetic.gate.threshold, case.arithmetic.gate.net);
    tell(app, conn, actor, &case, told.noted(case.cause_note.clone()))?;
    let change = Change::new("created", "case", &case.id).of_account(account.id);
    app.note(conn, actor, change.to(summary(&case)))?;
    Ok(case)
}

/// The steps that a play proposes; the owner may change them.
fn plan(app: &App, conn: &mut Conn, case: &Case, play: Play) -> Result<()> {
    let now = app.now();
    let steps: Vec<Step> = default_plan(play, app.today())
        .into_iter()
        .map(|planned| Step {
            id: app.chance.id(now),
            case: case.id,
            account: case.account,
            kind: planned.kind,
            title: None,
            due: planned.due,
            owner: case.owner,
            done_at: None,
            done_by: None,
            created_at: now,
        })
        .collect();
    cases::add_steps(conn, &steps)
}

/// Figures that a person has put in the place of computed ones.
#[derive(Default)]
struct Entered {
    chance: Option<Chance>,
    value: Option<Sourced<Cents>>,
    cost: Option<Sourced<Cents>>,
}

impl Entered {
    /// Those that stand in a gate already: they stay until a person changes them.
    fn of(gate: &Gate) -> Self {
        let by_person = |source: &Source| matches!(source, Source::Entered { .. });
        let share = |percent: u8| f64::from(percent) / 100.0;
        Self {
            chance: by_person(&gate.probability.source).then(|| Chance {
                mean: share(gate.probability.value),
                low: share(gate.probability_low),
                high: share(gate.probability_high),
                source: gate.probability.source.clone(),
            }),
            value: by_person(&gate.value.source).then(|| gate.value.clone()),
            cost: by_person(&gate.cost.source).then(|| gate.cost.clone()),
        }
    }
}

struct Basis<'a> {
    account: AccountId,
    cause: CaseCause,
    note: Option<&'a str>,
    warning: Option<WarningId>,
}

fn arithmetic(app: &App, conn: &mut Conn, case: &Case, entered: Entered) -> Result<Arithmetic> {
    let basis =
        Basis { account: case.account, cause: case.cause, note: case.cause_note.as_deref(), warning: case.warning };
    work_out(app, conn, basis, entered)
}

/// How far back orders are read: further than any year that can be the healthy one.
const HISTORY_YEARS: u32 = 10;

/// Works a case's figures out from the account's orders, the settings and the closed cases.
fn work_out(app: &App, conn: &mut Conn, basis: Basis<'_>, entered: Entered) -> Result<Arithmetic> {
    let (today, settings) = (app.today(), &app.config.cases);
    let since = today.checked_sub_months(Months::new(12 * HISTORY_YEARS)).unwrap_or(today);
    let purchases: Vec<Purchase> = orders::of_account(conn, basis.account, since)?
        .into_iter()
        .filter(|o| o.ordered_on <= today)
        .map(|o| Purchase { day: o.ordered_on, amount: o.amount })
        .collect();
    let evidence = match basis.warning {
        Some(warning) => cases::evidence(conn, basis.account, warning)?,
        None => None,
    };
    // The last day that all was well: the one from which the decline is counted, else the last order's.
    let before_decline = match evidence {
        Some(Evidence::Decline { then_day, .. }) => Some(then_day.min(today)),
        _ => None,
    };
    let last_order = purchases.iter().map(|p| p.day).max();
    let second = [before_decline, last_order]
        .into_iter()
        .flatten()
        .find_map(|until| SecondLifetime::of(&purchases, until, &settings.second_lifetime));
    let turnover = second.as_ref().map_or(0, |s| s.turnover.value);
    let value = entered.value.unwrap_or_else(|| match &second {
        Some(second) => second.value.clone(),
        None => {
            let first = today.checked_sub_days(Days::new(364)).unwrap_or(today);
            Sourced::new(0, Source::Orders { first, last: today, count: 0 })
        }
    });
    let cost = entered.cost.unwrap_or_else(|| settings.causes.cost(basis.cause, turnover));
    let chance = match entered.chance {
        Some(chance) => chance,
        None => settings.causes.chance(basis.cause, Record::of(cases::outcomes(conn, basis.cause)?)),
    };
    let gate = gate::gate(&chance, value, cost, &settings.gate)?;
    let refusal = admit(&gate, basis.cause, basis.note).err();
    Ok(Arithmetic { second, turnover, gate, refusal })
}

/// Puts fresh figures on a case; a refused one that passes now is opened with its plan.
fn ask(app: &App, conn: &mut Conn, actor: &Actor, account: &Account, case: &mut Case, entered: Entered) -> Result<()> {
    case.arithmetic = arithmetic(app, conn, case, entered)?;
    if case.state != State::Refused || case.arithmetic.refusal.is_some() {
        return Ok(());
    }
    if cases::of_account(conn, account.id)?.iter().any(|c| c.id != case.id && is_under_way(c)) {
        return Ok(());
    }
    let passed = state::reopen(act(app, actor, case), case.state, "")?;
    case.state = passed.to;
    case.opened_at = passed.at;
    case.owner = case.owner.or(account.manager);
    plan(app, conn, case, Play::Quick)?;
    let told = work::Told::new("admitted").between(case.arithmetic.gate.threshold, case.arithmetic.gate.net);
    tell(app, conn, actor, case, told)
}

fn act(app: &App, actor: &Actor, case: &Case) -> Act {
    let at = app.now();
    Act { case: case.id, by: actor.user, at, today: day::day_of(at, app.config.organisation.reporting_zone) }
}

/// Records what happened to a case, by whom and when.
fn tell(app: &App, conn: &mut Conn, actor: &Actor, case: &Case, told: work::Told) -> Result<()> {
    let now = app.now();
    let event = Event {
        id: app.chance.id(now),
        case: case.id,
        account: case.account,
        at: now,
        actor: actor.user,
        what: told.what.to_owned(),
        from: told.from,
        to: told.to,
        note: told.note,
    };
    cases::add_event(conn, &event)
}

/// What the audit trail keeps of a case.
fn summary(case: &Case) -> serde_json::Value {
    let gate = &case.arithmetic.gate;
    json!({
        "state": case.state.as_str(),
        "cause": case.cause.as_str(),
        "probability": gate.probability.value,
        "value": gate.value.value,
        "cost": gate.cost.value,
        "net": gate.net,
        "refusal": case.arithmetic.refusal.map(|r| r.as_str()),
        "owner": case.owner.map(|o| o.to_string()),
        "outcome": case.outcome.map(|o| o.as_str()),
        "until": case.deferred_until,
    })
}

/// A text of a person, trimmed; nothing where it is empty.
fn checked(field: &'static str, text: &str) -> Result<Option<String>> {
    let text = text.trim();
    if text.chars().count() > LONGEST_NOTE {
        return Err(Fault::field(field, Code::ValueTooLong).with("max", LONGEST_NOTE).into());
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
