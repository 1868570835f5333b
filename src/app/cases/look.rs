//! Looking at cases: the queue, and one case with all that belongs to it.

use super::{CHANGE, CREATE, VIEW, is_under_way};
use crate::app::App;
use crate::domain::account::Account;
use crate::domain::day;
use crate::domain::ident::{AccountId, CaseId, UserId};
use crate::domain::permission::{Actor, may, reach, require};
use crate::domain::warning::Evidence;
use crate::domain::winback::state::{Ground, Since, propose};
use crate::domain::winback::{Outcome, State, next_step, sort_key};
use crate::error::Result;
use crate::store::cases::{self, Case, Event, Filter, Step, Touch};
use crate::store::users::User;
use crate::store::{Conn, accounts, orders, users};
use std::collections::BTreeMap;

/// One line of the queue.
#[derive(Debug, Clone)]
pub struct Line {
    pub case: Case,
    pub account: Account,
    /// The step that is due first, and by how many days it is late.
    pub next: Option<(Step, i64)>,
}

/// The cases within reach that the filter names, ordered by expected net value.
///
/// # Errors
/// `permission.denied`.
pub fn queue(app: &App, actor: &Actor, filter: &Filter) -> Result<Vec<Line>> {
    let reach = reach(actor, VIEW)?;
    let zone = app.config.organisation.reporting_zone;
    app.db.read(|conn| {
        let found = cases::list(conn, &reach, filter)?;
        let mut ids: Vec<AccountId> = found.iter().map(|c| c.account).collect();
        ids.sort_unstable();
        ids.dedup();
        let accounts: BTreeMap<AccountId, Account> =
            accounts::find_many(conn, &ids)?.into_iter().map(|a| (a.id, a)).collect();
        let mut steps = cases::open_steps(conn, &found)?;
        let mut lines: Vec<Line> = found
            .into_iter()
            .filter_map(|case| {
                let account = accounts.get(&case.account)?.clone();
                let open = steps.remove(&case.id).unwrap_or_default();
                let planned: Vec<_> = open.iter().map(|s| s.planned(zone)).collect();
                let next = next_step(&planned, app.today())
                    .and_then(|(step, late)| Some((open.iter().find(|s| s.id == step.id)?.clone(), late)));
                Some(Line { case, account, next })
            })
            .collect();
        lines.sort_by_cached_key(|l| sort_key(l.case.arithmetic.gate.net, l.next.as_ref().map(|n| n.0.due), l.case.id));
        Ok(lines)
    })
}

/// How a case seems to have ended; a person confirms it.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    pub outcome: Outcome,
    pub ground: Ground,
}

/// One case with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Dossier {
    pub case: Case,
    pub account: Account,
    pub steps: Vec<Step>,
    pub touches: Vec<Touch>,
    pub events: Vec<Event>,
    pub proposal: Option<Proposal>,
    /// Who may take the case or a step of it.
    pub people: Vec<User>,
    /// The names of all who have a part in it.
    pub names: BTreeMap<UserId, String>,
    pub may_change: bool,
}

/// One case, if the person may see it.
///
/// # Errors
/// `record.not-found` where there is none for them.
pub fn dossier(app: &App, actor: &Actor, account: AccountId, id: CaseId) -> Result<Dossier> {
    app.db.read(|conn| {
        let account = accounts::find(conn, account)?;
        let standing = account.standing();
        require(actor, VIEW, Some(&standing))?;
        let case = cases::find(conn, account.id, id)?;
        let everybody = users::all(conn)?;
        let people = everybody.iter().filter(|u| u.active && may(&u.actor(), CHANGE, Some(&standing)));
        Ok(Dossier {
            steps: cases::steps_of(conn, account.id, id)?,
            touches: cases::touches_of(conn, account.id, id)?,
            events: cases::events_of(conn, account.id, id)?,
            proposal: proposal(app, conn, &case)?,
            people: people.cloned().collect(),
            names: everybody.iter().map(|u| (u.id, u.name.clone())).collect(),
            may_change: may(actor, CHANGE, Some(&standing)) && case.state != State::Closed,
            case,
            account,
        })
    })
}

/// The account of a case that is to be opened by hand, and the case that it has already, if any.
///
/// # Errors
/// `record.not-found`, `permission.denied`.
pub fn may_open(app: &App, actor: &Actor, account: AccountId) -> Result<(Account, Option<Case>)> {
    app.db.read(|conn| {
        let account = accounts::find(conn, account)?;
        require(actor, CREATE, Some(&account.standing()))?;
        let under_way = cases::of_account(conn, account.id)?.into_iter().find(is_under_way);
        Ok((account, under_way))
    })
}

/// What later orders and responses say about the end of an open case.
pub(super) fn proposal(app: &App, conn: &mut Conn, case: &Case) -> Result<Option<Proposal>> {
    if case.state != State::Open {
        return Ok(None);
    }
    let opened_on = day::day_of(case.opened_at, app.config.organisation.reporting_zone);
    let evidence = match case.warning {
        Some(warning) => cases::evidence(conn, case.account, warning)?,
        None => None,
    };
    let old_level = match evidence {
        Some(Evidence::Decline { level_then, .. }) => Some(level_then),
        _ => None,
    };
    let since = Since {
        opened_on,
        orders: orders::of_account(conn, case.account, opened_on)?.into_iter().map(|o| o.ordered_on).collect(),
        responses: cases::satisfaction_since(conn, case.account, opened_on)?,
        old_level,
    };
    let found = propose(case.purpose, &since, app.today(), &app.config.cases.proposal);
    Ok(found.map(|(outcome, ground)| Proposal { outcome, ground }))
}
