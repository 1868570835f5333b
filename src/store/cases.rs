//! Cases: retention and win-back, with their steps, the contacts made, and what happened when.

use super::MOST_BINDS;
use super::accounts::narrowed;
use super::conn::{Conn, with_conn};
use super::schema::{accounts, case_events, case_steps, case_touches, cases, measurements, responses, warnings};
use super::types::{Instant, from_json, to_json, word};
use crate::domain::day;
use crate::domain::ident::{AccountId, CaseId, EventId, StepId, TouchId, UserId, WarningId};
use crate::domain::measure::Measure;
use crate::domain::permission::Reach;
use crate::domain::value::Cents;
use crate::domain::value::second_lifetime::SecondLifetime;
use crate::domain::warning::Evidence;
use crate::domain::winback::gate::{Gate, Refusal};
use crate::domain::winback::plan::{self, StepKind};
use crate::domain::winback::{CaseCause, Outcome, Purpose, State};
use crate::error::{Code, Error, Result};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A case's figures with the source of each, as the gate last saw them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arithmetic {
    /// How the second lifetime value was worked out; none where no orders were there to tell, or a
    /// person entered the value.
    pub second: Option<SecondLifetime>,
    /// The account's turnover of a year, which the cost of an attempt goes by.
    pub turnover: Cents,
    pub gate: Gate,
    /// Why the gate would not let it in.
    pub refusal: Option<Refusal>,
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub id: CaseId,
    pub account: AccountId,
    pub purpose: Purpose,
    pub state: State,
    pub cause: CaseCause,
    /// The cause in words, or the reason to pursue an account that left without our doing.
    pub cause_note: Option<String>,
    pub warning: Option<WarningId>,
    pub arithmetic: Arithmetic,
    pub owner: Option<UserId>,
    pub outcome: Option<Outcome>,
    pub outcome_note: Option<String>,
    pub deferred_until: Option<NaiveDate>,
    pub opened_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub revision: i64,
}

#[derive(Queryable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = cases, treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    account_id: AccountId,
    id: CaseId,
    purpose: String,
    state: String,
    cause: String,
    cause_note: Option<String>,
    warning_id: Option<WarningId>,
    probability: f64,
    probability_low: f64,
    probability_high: f64,
    value: i64,
    cost: i64,
    net: i64,
    net_low: i64,
    net_high: i64,
    threshold: i64,
    arithmetic: String,
    owner_id: Option<UserId>,
    outcome: Option<String>,
    outcome_note: Option<String>,
    deferred_until: Option<NaiveDate>,
    opened_at: Instant,
    closed_at: Option<Instant>,
    revision: i64,
}

impl Row {
    fn of(case: &Case) -> Result<Self> {
        let gate = &case.arithmetic.gate;
        let share = |percent: u8| f64::from(percent) / 100.0;
        Ok(Self {
            account_id: case.account,
            id: case.id,
            purpose: case.purpose.as_str().into(),
            state: case.state.as_str().into(),
            cause: case.cause.as_str().into(),
            cause_note: case.cause_note.clone(),
            warning_id: case.warning,
            probability: share(gate.probability.value),
            probability_low: share(gate.probability_low),
            probability_high: share(gate.probability_high),
            value: gate.value.value,
            cost: gate.cost.value,
            net: gate.net,
            net_low: gate.net_low,
            net_high: gate.net_high,
            threshold: gate.threshold,
            arithmetic: to_json(&case.arithmetic)?,
            owner_id: case.owner,
            outcome: case.outcome.map(|o| o.as_str().into()),
            outcome_note: case.outcome_note.clone(),
            deferred_until: case.deferred_until,
            opened_at: case.opened_at.into(),
            closed_at: case.closed_at.map(Into::into),
            revision: case.revision,
        })
    }
}

impl TryFrom<Row> for Case {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            id: row.id,
            account: row.account_id,
            purpose: word(&row.purpose, Purpose::parse)?,
            state: word(&row.state, State::parse)?,
            cause: word(&row.cause, CaseCause::parse)?,
            cause_note: row.cause_note,
            warning: row.warning_id,
            arithmetic: from_json(&row.arithmetic)?,
            owner: row.owner_id,
            outcome: row.outcome.map(|o| word(&o, Outcome::parse)).transpose()?,
            outcome_note: row.outcome_note,
            deferred_until: row.deferred_until,
            opened_at: row.opened_at.into(),
            closed_at: row.closed_at.map(Into::into),
            revision: row.revision,
        })
    }
}

/// What a list of cases is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub states: Vec<State>,
    pub purpose: Option<Purpose>,
    pub owner: Option<UserId>,
    /// Of which accounts.
    pub accounts: super::accounts::Filter,
    pub cause: Option<CaseCause>,
}

/// How many cases are open at accounts within reach.
pub fn count_open(conn: &mut Conn, reach: &Reach) -> Result<i64> {
    Ok(with_conn!(conn, |c, B| {
        let query = cases::table
            .inner_join(accounts::table.on(accounts::id.eq(cases::account_id)))
            .filter(cases::state.eq("open"))
            .into_boxed::<B>();
        match reach {
            Reach::All => query,
            Reach::Region(region) => query.filter(accounts::region.eq(region)),
            Reach::Own(user) => query.filter(accounts::manager_id.eq(user).or(accounts::deputy_id.eq(user))),
        }
        .count()
        .get_result(c)
    })?)
}

/// Cases at accounts within reach, the largest expected net value first.
pub fn list(conn: &mut Conn, reach: &Reach, filter: &Filter) -> Result<Vec<Case>> {
    let states: Vec<&str> = filter.states.iter().map(|s| s.as_str()).collect();
    let rows: Vec<Row> = with_conn!(conn, |c, B| {
        let query = cases::table
            .inner_join(accounts::table.on(accounts::id.eq(cases::account_id)))
            .filter(cases::state.eq_any(states))
            .into_boxed::<B>();
        let mut query = narrowed!(query, reach, &filter.accounts);
        if let Some(purpose) = filter.purpose {
            query = query.filter(cases::purpose.eq(purpose.as_str()));
        }
        if let Some(owner) = filter.owner {
            query = query.filter(cases::owner_id.eq(owner));
        }
        if let Some(cause) = filter.cause {
            query = query.filter(cases::cause.eq(cause.as_str()));
        }
        query.order((cases::net.desc(), cases::id)).select(cases::all_columns).load(c)
    })?;
    rows.into_iter().map(Case::try_from).collect()
}

/// One case, whoever may see it: the use case decides that.
pub fn find(conn: &mut Conn, account: AccountId, id: CaseId) -> Result<Case> {
    let row: Row = with_conn!(conn, |c| cases::table.find((account, id)).first(c))?;
    row.try_into()
}

/// All cases there ever were at an account, the latest first.
pub fn of_account(conn: &mut Conn, account: AccountId) -> Result<Vec<Case>> {
    let rows: Vec<Row> = with_conn!(conn, |c| cases::table
        .filter(cases::account_id.eq(account))
        .order((cases::opened_at.desc(), cases::id.desc()))
        .load(c))?;
    rows.into_iter().map(Case::try_from).collect()
}

/// How cases of a cause have ended: what the next one's probability is learned from.
pub fn outcomes(conn: &mut Conn, cause: CaseCause) -> Result<Vec<Outcome>> {
    let words: Vec<Option<String>> = with_conn!(conn, |c| cases::table
        .filter(cases::cause.eq(cause.as_str()).and(cases::state.eq("closed")).and(cases::outcome.is_not_null()))
        .select(cases::outcome)
        .load(c))?;
    words.into_iter().flatten().map(|w| word(&w, Outcome::parse)).collect()
}

/// Adds a case. A second open one at the same account is `ChangedMeanwhile`, whoever was first.
pub fn insert(conn: &mut Conn, case: &Case) -> Result<()> {
    let row = Row::of(case)?;
    with_conn!(conn, |c| diesel::insert_into(cases::table).values(&row).execute(c))?;
    Ok(())
}

/// Saves a changed case, if nobody else changed it since it was read; its revision grows by one.
pub fn update(conn: &mut Conn, case: &mut Case) -> Result<()> {
    let row = Row { revision: case.revision + 1, ..Row::of(case)? };
    let saved = with_conn!(conn, |c| {
        diesel::update(cases::table.filter(
            cases::account_id.eq(case.account).and(cases::id.eq(case.id)).and(cases::revision.eq(case.revision)),
        ))
        .set(&row)
        .execute(c)
    })?;
    if saved == 0 {
        return Err(Error::new(Code::ChangedMeanwhile).with("what", "case"));
    }
    case.revision += 1;
    Ok(())
}

/// A step of a case's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub id: StepId,
    pub case: CaseId,
    pub account: AccountId,
    pub kind: StepKind,
    /// The person's own words, if they wrote any.
    pub title: Option<String>,
    pub due: NaiveDate,
    pub owner: Option<UserId>,
    pub done_at: Option<DateTime<Utc>>,
    pub done_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
}

impl Step {
    /// The step as the domain plans with it.
    pub fn planned(&self, zone: Tz) -> plan::Step {
        plan::Step {
            id: self.id,
            kind: self.kind,
            title: self.title.clone(),
            owner: self.owner,
            due: self.due,
            done_on: self.done_at.map(|at| day::day_of(at, zone)),
        }
    }
}

#[derive(Queryable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = case_steps, treat_none_as_default_value = false, treat_none_as_null = true)]
struct StepRow {
    account_id: AccountId,
    id: StepId,
    case_id: CaseId,
    kind: String,
    title: Option<String>,
    due_on: NaiveDate,
    owner_id: Option<UserId>,
    done_at: Option<Instant>,
    done_by: Option<UserId>,
    created_at: Instant,
}

impl StepRow {
    fn of(step: &Step) -> Self {
        Self {
            account_id: step.account,
            id: step.id,
            case_id: step.case,
            kind: step.kind.as_str().into(),
            title: step.title.clone(),
            due_on: step.due,
            owner_id: step.owner,
            done_at: step.done_at.map(Into::into),
            done_by: step.done_by,
            created_at: step.created_at.into(),
        }
    }
}

impl TryFrom<StepRow> for Step {
    type Error = Error;
    fn try_from(row: StepRow) -> Result<Self> {
        Ok(Self {
            id: row.id,
            case: row.case_id,
            account: row.account_id,
            kind: word(&row.kind, StepKind::parse)?,
            title: row.title,
            due: row.due_on,
            owner: row.owner_id,
            done_at: row.done_at.map(Into::into),
            done_by: row.done_by,
            created_at: row.created_at.into(),
        })
    }
}

pub fn add_steps(conn: &mut Conn, steps: &[Step]) -> Result<()> {
    let rows: Vec<StepRow> = steps.iter().map(StepRow::of).collect();
    if !rows.is_empty() {
        with_conn!(conn, |c| diesel::insert_into(case_steps::table).values(&rows).execute(c))?;
    }
    Ok(())
}

pub fn save_step(conn: &mut Conn, step: &Step) -> Result<()> {
    let row = StepRow::of(step);
    with_conn!(conn, |c| diesel::update(case_steps::table.find((step.account, step.id))).set(&row).execute(c))?;
    Ok(())
}

/// The steps of a case in the order in which they are due.
pub fn steps_of(conn: &mut Conn, account: AccountId, case: CaseId) -> Result<Vec<Step>> {
    let rows: Vec<StepRow> = with_conn!(conn, |c| case_steps::table
        .filter(case_steps::account_id.eq(account).and(case_steps::case_id.eq(case)))
        .order((case_steps::due_on, case_steps::id))
        .load(c))?;
    rows.into_iter().map(Step::try_from).collect()
}

/// The steps that are still to be done, by case.
pub fn open_steps(conn: &mut Conn, cases: &[Case]) -> Result<BTreeMap<CaseId, Vec<Step>>> {
    let mut found: BTreeMap<CaseId, Vec<Step>> = BTreeMap::new();
    for some in cases.chunks(MOST_BINDS / 2) {
        let (at, ids): (Vec<AccountId>, Vec<CaseId>) = some.iter().map(|c| (c.account, c.id)).unzip();
        let rows: Vec<StepRow> = with_conn!(conn, |c| case_steps::table
            .filter(case_steps::account_id.eq_any(at).and(case_steps::case_id.eq_any(ids)))
            .filter(case_steps::done_at.is_null())
            .order((case_steps::due_on, case_steps::id))
            .load(c))?;
        for row in rows {
            found.entry(row.case_id).or_default().push(row.try_into()?);
        }
    }
    Ok(found)
}

/// A contact that was made with the account for a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Touch {
    pub id: TouchId,
    pub case: CaseId,
    pub account: AccountId,
    pub at: DateTime<Utc>,
    pub user: UserId,
    pub channel: String,
    pub note: String,
    /// What was offered, if anything was.
    pub offer: Option<String>,
}

pub fn add_touch(conn: &mut Conn, touch: &Touch) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::insert_into(case_touches::table)
            .values((
                case_touches::account_id.eq(touch.account),
                case_touches::id.eq(touch.id),
                case_touches::case_id.eq(touch.case),
                case_touches::at.eq(Instant::from(touch.at)),
                case_touches::user_id.eq(touch.user),
                case_touches::channel.eq(&touch.channel),
                case_touches::note.eq(&touch.note),
                case_touches::offer.eq(touch.offer.as_ref()),
            ))
            .execute(c)
    })?;
    Ok(())
}

/// The contacts made for a case, the latest first.
pub fn touches_of(conn: &mut Conn, account: AccountId, case: CaseId) -> Result<Vec<Touch>> {
    type Found = (AccountId, TouchId, CaseId, Instant, UserId, String, String, Option<String>);
    let rows: Vec<Found> = with_conn!(conn, |c| case_touches::table
        .filter(case_touches::account_id.eq(account).and(case_touches::case_id.eq(case)))
        .order((case_touches::at.desc(), case_touches::id.desc()))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(account, id, case, at, user, channel, note, offer)| Touch {
            id,
            case,
            account,
            at: at.into(),
            user,
            channel,
            note,
            offer,
        })
        .collect())
}

/// One thing that happened to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub id: EventId,
    pub case: CaseId,
    pub account: AccountId,
    pub at: DateTime<Utc>,
    /// None where the service did it by itself.
    pub actor: Option<UserId>,
    pub what: String,
    pub from: Option<String>,
    pub to: Option<String>,
    pub note: Option<String>,
}

pub fn add_event(conn: &mut Conn, event: &Event) -> Result<()> {
    with_conn!(conn, |c| {
        diesel::insert_into(case_events::table)
            .values((
                case_events::account_id.eq(event.account),
                case_events::id.eq(event.id),
                case_events::case_id.eq(event.case),
                case_events::at.eq(Instant::from(event.at)),
                case_events::actor_id.eq(event.actor),
                case_events::what.eq(&event.what),
                case_events::from_value.eq(event.from.as_ref()),
                case_events::to_value.eq(event.to.as_ref()),
                case_events::note.eq(event.note.as_ref()),
            ))
            .execute(c)
    })?;
    Ok(())
}

/// What happened to a case, the latest first.
pub fn events_of(conn: &mut Conn, account: AccountId, case: CaseId) -> Result<Vec<Event>> {
    type Found =
        (AccountId, EventId, CaseId, Instant, Option<UserId>, String, Option<String>, Option<String>, Option<String>);
    let rows: Vec<Found> = with_conn!(conn, |c| case_events::table
        .filter(case_events::account_id.eq(account).and(case_events::case_id.eq(case)))
        .order((case_events::at.desc(), case_events::id.desc()))
        .load(c))?;
    Ok(rows
        .into_iter()
        .map(|(account, id, case, at, actor, what, from, to, note)| Event {
            id,
            case,
            account,
            at: at.into(),
            actor,
            what,
            from,
            to,
            note,
        })
        .collect())
}

/// The evidence of the warning behind a case, where it is one that this program reads.
pub fn evidence(conn: &mut Conn, account: AccountId, warning: WarningId) -> Result<Option<Evidence>> {
    let text: Option<String> =
        with_conn!(conn, |c| warnings::table.find((account, warning)).select(warnings::evidence).first(c).optional())?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// The satisfaction index of each kept response of an account since a day, 0 to 100.
pub fn satisfaction_since(conn: &mut Conn, account: AccountId, since: NaiveDate) -> Result<Vec<(NaiveDate, f64)>> {
    let rows: Vec<(NaiveDate, i64)> =
        with_conn!(conn, |c| responses::table
            .inner_join(measurements::table.on(
                measurements::account_id.eq(responses::account_id).and(measurements::response_id.eq(responses::id))
            ),)
            .filter(
                responses::account_id
                    .eq(account)
                    .and(responses::day.ge(since))
                    .and(responses::state.eq("kept"))
                    .and(measurements::measure.eq(Measure::SatisfactionIndex.key())),
            )
            .order(responses::day)
            .select((responses::day, measurements::x))
            .load(c))?;
    Ok(rows.into_iter().map(|(day, x)| (day, x as f64 / 1000.0)).collect())
}
