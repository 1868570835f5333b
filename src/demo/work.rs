//! What the people of the model do about warnings and cases, week by week, through the use cases that
//! the pages call. They know what anybody in their place would know: what customers told them.

use super::past::Episode;
use super::seed::House;
use super::{Demo, Trouble, Truth, notes};
use crate::app::cases::{self, At, NewCase, NewStep, Numbers};
use crate::app::{App, warnings};
use crate::clock::FixedClock;
use crate::domain::day;
use crate::domain::ident::{AccountId, CaseId, UserId, WarningId};
use crate::domain::permission::{Actor, Reach};
use crate::domain::trend::Level;
use crate::domain::value::Source;
use crate::domain::warning::{Rung, State as Stand};
use crate::domain::winback::plan::StepKind;
use crate::domain::winback::{CaseCause, Outcome, Purpose, State};
use crate::error::{Code, Error, Result};
use crate::store::cases::{Case, Filter};
use crate::store::warnings::Kept;
use crate::store::{cases as kept_cases, users, warnings as kept_warnings};
use chrono::{DateTime, Datelike, Days, Duration, Utc, Weekday};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// Apart from the streams that draw what customers do.
const STREAM: u64 = 0x0ff1_ce00;
/// More than the model ever has open at once.
const MANY: i64 = 10_000;
/// Days after which a case that only looked like one is let go.
const LOOKED_INTO: i64 = 14;
/// Days that a case runs at least, whatever comes in.
const AT_LEAST: i64 = 50;

/// The people of the model at their desks.
pub(super) struct Desk<'a> {
    app: &'a App,
    clock: &'a FixedClock,
    demo: &'a Demo,
    people: BTreeMap<UserId, Actor>,
    accounts: Vec<AccountId>,
    /// The place in the model of each account.
    places: BTreeMap<AccountId, usize>,
    quality: Actor,
    rng: ChaCha8Rng,
}

/// What somebody takes from the pile.
#[derive(Debug, Clone, Copy)]
enum Task {
    Open(Episode),
    Warning(AccountId, WarningId),
    Case(AccountId, CaseId),
}

impl<'a> Desk<'a> {
    pub(super) fn new(app: &'a App, clock: &'a FixedClock, demo: &'a Demo, house: &House<'_>) -> Result<Self> {
        let everybody = app.db.read(users::all)?;
        let role = crate::domain::permission::Role::QualityManager;
        let quality = everybody.iter().find(|u| u.role == role).map(users::User::actor);
        Ok(Self {
            app,
            clock,
            demo,
            people: everybody.iter().map(|u| (u.id, u.actor())).collect(),
            accounts: house.accounts.iter().map(|a| a.id).collect(),
            places: house.accounts.iter().enumerate().map(|(place, a)| (a.id, place)).collect(),
            quality: quality.ok_or_else(|| Error::internal("a model without a quality manager"))?,
            rng: ChaCha8Rng::seed_from_u64(demo.seed ^ STREAM),
        })
    }

    /// The work between one look and the next.
    pub(super) fn work(&mut self, from: DateTime<Utc>, until: DateTime<Utc>) -> Result<()> {
        let mut pile = Vec::new();
        let (first, last) = (self.app.day_of(from), self.app.day_of(until));
        pile.extend(
            self.demo.episodes.iter().filter(|e| first < e.opened && e.opened <= last).copied().map(Task::Open),
        );
        let (open, waiting) = self.app.db.read(|conn| {
            let open = kept_warnings::Filter { open: Some(true), ..kept_warnings::Filter::default() };
            let (open, _) = kept_warnings::list(conn, &Reach::All, &open, 0, MANY)?;
            let states = Filter { states: vec![State::Open, State::Refused], ..Filter::default() };
            Ok((open, kept_cases::list(conn, &Reach::All, &states)?))
        })?;
        pile.extend(open.iter().map(|k| Task::Warning(k.warning.account_id, k.warning.id)));
        pile.extend(waiting.iter().map(|c| Task::Case(c.account, c.id)));
        // Each at an hour of its own; the order of the draws is that of the lists, which is always the same.
        let mut hours: Vec<(DateTime<Utc>, usize, Task)> =
            pile.into_iter().enumerate().map(|(place, task)| (self.hour(from), place, task)).collect();
        hours.sort_by_key(|(hour, place, _)| (*hour, *place));
        for (hour, _, task) in hours.into_iter().filter(|(hour, ..)| *hour < until) {
            self.clock.set(hour);
            match task {
                Task::Open(episode) => self.open(&episode)?,
                Task::Warning(account, id) => self.see_to(account, id)?,
                Task::Case(account, id) => self.handle(account, id)?,
            }
        }
        Ok(())
    }

    /// An hour of a working day within a week.
    fn hour(&mut self, from: DateTime<Utc>) -> DateTime<Utc> {
        let zone = self.app.config.organisation.reporting_zone;
        let mut day = self.app.day_of(from) + Days::new(self.rng.random_range(1..5));
        while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
            day = day + Days::new(1);
        }
        day::start_of(day, zone) + Duration::minutes(self.rng.random_range(9 * 60..17 * 60))
    }

    fn chance(&mut self, share: f64) -> bool {
        self.rng.random_bool(share)
    }

    fn truth(&self, account: AccountId) -> Option<&Truth> {
        self.places.get(&account).and_then(|place| self.demo.truth(*place))
    }

    fn person(&self, user: Option<UserId>) -> Actor {
        user.and_then(|id| self.people.get(&id)).unwrap_or(&self.quality).clone()
    }

    fn open(&mut self, episode: &Episode) -> Result<()> {
        let account = self.accounts.get(episode.account).copied();
        let account = account.ok_or_else(|| Error::internal("an episode without an account"))?;
        let manager = self.app.db.read(|conn| crate::store::accounts::find(conn, account))?.manager;
        let actor = self.person(manager);
        let reason = notes::opening(episode.cause, &actor.language).to_owned();
        let bound = episode.end == Outcome::Deferred;
        let new = NewCase {
            account,
            purpose: episode.purpose,
            cause: episode.cause,
            reason,
            bound_until: bound.then(|| self.demo.end + Days::new(120)),
        };
        match cases::open_by_hand(self.app, &actor, new) {
            // The nightly look was faster.
            Err(error) if error.code() == Code::StepImpossible => Ok(()),
            other => other.map(drop),
        }
    }

    /// Somebody looks at a warning, and takes the next step if there is one to take.
    fn see_to(&mut self, account: AccountId, id: WarningId) -> Result<()> {
        let kept = self.app.db.read(|conn| kept_warnings::find(conn, account, id))?;
        let (warning, today) = (&kept.warning, self.app.today());
        if !warning.is_open() {
            return Ok(());
        }
        let owner = self.person(kept.owner);
        let waited = |since: DateTime<Utc>| (today - self.app.day_of(since)).num_days();
        let trouble = self.truth(account).map(|t| t.trouble);
        match warning.state {
            Stand::Open | Stand::Reopened => {
                let ready = match warning.level {
                    Level::Red => 0.7,
                    Level::Orange => 0.6,
                    Level::Yellow if waited(warning.level_since) >= 7 => 0.35,
                    Level::Yellow => 0.0,
                };
                let who = match warning.escalated_to {
                    None => owner,
                    Some(Rung::Deputy) => self.person(kept.escalated_to),
                    Some(Rung::QualityManager) => self.quality.clone(),
                };
                if self.chance(ready) {
                    self.step(&kept, &who, Stand::Acknowledged, warnings::Step::default())?;
                }
            }
            Stand::Acknowledged => {
                let since = kept.acknowledged_at.map_or(0, waited);
                if since >= 5 && self.chance(0.45) {
                    let note = notes::found(warning.cause, trouble, &owner.language);
                    self.step(&kept, &owner, Stand::CauseFound, warnings::Step { note: note.into(), ..blank() })?;
                }
            }
            Stand::CauseFound => {
                if self.chance(0.5) {
                    let (note, owing) = notes::remedy(warning.cause, trouble, &owner.language);
                    let due = today + Days::new(self.rng.random_range(14..36));
                    let step =
                        warnings::Step { note: note.into(), owing: vec![owing.to_owned()], due: Some(due), ..blank() };
                    self.step(&kept, &owner, Stand::RemedyUnderWay, step)?;
                }
            }
            Stand::RemedyUnderWay => {
                if kept.due_on.is_some_and(|due| due <= today + Days::new(4)) && self.chance(0.7) {
                    self.step(&kept, &owner, Stand::Done, warnings::Step::default())?;
                }
            }
            Stand::Done => {
                // Whether it has worked, the later answers and orders say.
                if warning.below.is_some() {
                    let by = if warning.level == Level::Yellow { owner } else { self.quality.clone() };
                    self.step(&kept, &by, Stand::Verified, warnings::Step::default())?;
                } else if trouble.is_some_and(Trouble::is_decline) && self.chance(0.12) {
                    let by = self.quality.clone();
                    let note = notes::not_over(&by.language).into();
                    self.step(&kept, &by, Stand::Reopened, warnings::Step { note, ..blank() })?;
                }
            }
            Stand::Verified | Stand::Lapsed => {}
        }
        Ok(())
    }

    fn step(&self, kept: &Kept, by: &Actor, to: Stand, step: warnings::Step) -> Result<()> {
        let step = warnings::Step { revision: kept.revision, ..step };
        warnings::step(self.app, by, kept.warning.account_id, kept.warning.id, to, &step).map(drop)
    }

    /// The owner of a case does what is next.
    fn handle(&mut self, account: AccountId, id: CaseId) -> Result<()> {
        let case = self.app.db.read(|conn| kept_cases::find(conn, account, id))?;
        let owner = self.person(case.owner);
        let place = self.places.get(&account).copied();
        let episode = self.demo.episodes.iter().find(|e| Some(e.account) == place).copied();
        let truth = self.truth(account).copied();
        let age = (self.app.today() - self.app.day_of(case.opened_at)).num_days();
        match case.state {
            State::Refused if age >= 21 && self.chance(0.05) => {
                self.close(&case, &owner, Outcome::NotPursued, notes::refused(&owner.language))
            }
            State::Open => {
                if case.cause == CaseCause::Unknown {
                    return if age >= 6 { self.find_cause(&case, &owner, truth, episode) } else { Ok(()) };
                }
                let looked_alike = truth.filter(|t| !t.trouble.is_decline());
                if let Some(truth) = looked_alike.filter(|_| age >= LOOKED_INTO) {
                    return self.close(
                        &case,
                        &owner,
                        Outcome::NotPursued,
                        notes::alike(truth.trouble, &owner.language),
                    );
                }
                if episode.is_some_and(|e| e.end == Outcome::Deferred) && age >= 25 {
                    let until = Some(self.demo.end + Days::new(90));
                    let reason = notes::deferred(&owner.language);
                    return cases::defer(self.app, &owner, at(&case), until, reason).map(drop);
                }
                if truth.is_none() && age >= AT_LEAST && self.conclude(&case, &owner)? {
                    return Ok(());
                }
                self.go_on(case, &owner, truth)
            }
            _ => Ok(()),
        }
    }

    /// What the customer said when asked.
    fn find_cause(&mut self, case: &Case, owner: &Actor, truth: Option<Truth>, episode: Option<Episode>) -> Result<()> {
        let cause = match truth.map(|t| t.trouble) {
            Some(Trouble::LateDelivery) => CaseCause::Delivery,
            Some(Trouble::ProductQuality) => CaseCause::Product,
            Some(Trouble::CompetitorPrice) => CaseCause::Price,
            // Nothing was wrong; where something was said at all, it was about service.
            Some(Trouble::StrictPerson | Trouble::Season | Trouble::Silence) => CaseCause::Service,
            None => episode.map(|e| e.cause).filter(|c| !c.needs_reason()).unwrap_or(CaseCause::Service),
        };
        let note = notes::cause(cause, truth.map(|t| t.trouble), &owner.language);
        let case = cases::set_cause(self.app, owner, at(case), cause, note)?;
        if truth.is_none_or(|t| !t.trouble.is_decline()) || case.state != State::Open {
            return Ok(());
        }
        let title = notes::own_step(cause, &owner.language).to_owned();
        let due = self.app.today() + Days::new(self.rng.random_range(18..32));
        cases::add_step(self.app, owner, at(&case), &NewStep { title, due, owner: None }).map(drop)
    }

    /// Closes the case if what came in since says how it ended.
    fn conclude(&mut self, case: &Case, owner: &Actor) -> Result<bool> {
        let found = cases::dossier(self.app, owner, case.account, case.id)?.proposal;
        let Some(outcome) = found.map(|p| p.outcome) else { return Ok(false) };
        let note = notes::ended(outcome, case.cause, &owner.language);
        self.close(case, owner, outcome, note)?;
        Ok(true)
    }

    fn close(&self, case: &Case, owner: &Actor, outcome: Outcome, note: &str) -> Result<()> {
        cases::close(self.app, owner, at(case), outcome, note).map(drop)
    }

    /// Does the steps that are due, but now and then puts one off by a week.
    fn go_on(&mut self, mut case: Case, owner: &Actor, truth: Option<Truth>) -> Result<()> {
        let today = self.app.today();
        let steps = self.app.db.read(|conn| kept_cases::steps_of(conn, case.account, case.id))?;
        for step in steps.into_iter().filter(|s| s.done_at.is_none() && s.due <= today + Days::new(2)) {
            if self.chance(0.3) {
                continue;
            }
            if let Some(contact) = contact(step.kind, case.cause, &owner.language) {
                case = cases::touch(self.app, owner, at(&case), &contact)?;
            }
            case = cases::finish_step(self.app, owner, at(&case), step.id)?;
            if step.kind == StepKind::Visit {
                case = self.judge(case, owner, truth)?;
            }
        }
        Ok(())
    }

    /// After the visit an owner of a large account knows better than the table.
    fn judge(&self, case: Case, owner: &Actor, truth: Option<Truth>) -> Result<Case> {
        let large = case.purpose == Purpose::Retention || truth.is_some_and(|t| t.points > 30.0);
        let computed = !matches!(case.arithmetic.gate.probability.source, Source::Entered { .. });
        if !(truth.is_some_and(|t| t.trouble == Trouble::LateDelivery) && large && computed) {
            return Ok(case);
        }
        let reason = notes::own_chance(&owner.language).to_owned();
        let numbers = Numbers { chance: Some((0.6, 0.4, 0.75)), reason, ..Numbers::default() };
        cases::set_numbers(self.app, owner, at(&case), &numbers)
    }
}

/// A step of a warning without words.
fn blank() -> warnings::Step {
    warnings::Step::default()
}

fn at(case: &Case) -> At {
    At { account: case.account, case: case.id, revision: case.revision }
}

/// The contact that a step was, if it was one.
fn contact(kind: StepKind, cause: CaseCause, language: &crate::domain::language::Language) -> Option<cases::Contact> {
    let channel = match kind {
        StepKind::Listen | StepKind::StayInTouch | StepKind::FindReason => "telephone",
        StepKind::Visit | StepKind::RebuildTrust => "visit",
        StepKind::OfferChoice | StepKind::OfferForReturn => "mail",
        StepKind::KeepPromise | StepKind::Evaluate => "meeting",
        StepKind::PreparePlan | StepKind::Other => return None,
    };
    let (note, offer) = notes::said(kind, cause, language);
    Some(cases::Contact { channel: channel.to_owned(), note: note.to_owned(), offer: offer.to_owned() })
}
