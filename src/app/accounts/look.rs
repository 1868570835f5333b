//! Looking at accounts: the list, and one account with all that is known of it.

use super::{CHANGE, VIEW};
use crate::app::App;
use crate::app::figures::Series;
use crate::app::warnings::{Settings, observations};
use crate::domain::account::Account;
use crate::domain::contact::Contact;
use crate::domain::follow_up::FollowUp;
use crate::domain::ident::{AccountId, ContactId, InvitationId, ResponseId};
use crate::domain::measure::Measure;
use crate::domain::permission::{Action, Actor, Module, may, reach, require};
use crate::domain::trend::{CoursePoint, Level, TierModel, course_of_parts, day_number};
use crate::domain::value::rhythm::{Rhythm, Standing};
use crate::error::Result;
use crate::store::accounts::Filter;
use crate::store::cases::{self, Case};
use crate::store::follow_ups::{self, Reply, Willing};
use crate::store::orders::{self, Order};
use crate::store::responses::{self, Response};
use crate::store::users::{self, User};
use crate::store::visits::{self, Mark};
use crate::store::warnings::{self, Event, Kept, Score};
use crate::store::{accounts, contacts, invitations};
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

/// How far back answers make up the level: as far as the nightly look goes.
const YEARS_OF_ANSWERS: u64 = 3;
/// How far back orders make up the rhythm: as far as the nightly look goes.
const YEARS_OF_ORDERS: u64 = 6;
/// Between answers the level is drawn every so many days.
const COURSE_STEP: i32 = 14;
/// Responses and events that one page takes.
const MOST_RESPONSES: i64 = 40;
const MOST_EVENTS: i64 = 200;
const MOST_MARKS: i64 = 40;

/// One line of the list.
#[derive(Debug, Clone)]
pub struct Line {
    pub account: Account,
    /// The level of its gravest open warning, where the person may see warnings.
    pub worst: Option<Level>,
    pub open_warnings: usize,
}

/// A page of the list, and what it can be narrowed to.
#[derive(Debug, Clone)]
pub struct Listed {
    pub lines: Vec<Line>,
    pub total: i64,
    pub regions: Vec<String>,
    pub people: Vec<User>,
}

/// A page of the accounts within reach, in the order of their names.
///
/// # Errors
/// `Forbidden` for who may see no accounts.
pub fn list(app: &App, actor: &Actor, filter: &Filter, offset: i64, limit: i64) -> Result<Listed> {
    let within = reach(actor, VIEW)?;
    app.db.read(|conn| {
        let (found, total) = accounts::list(conn, &within, filter, offset, limit)?;
        let ids: Vec<AccountId> = found
            .iter()
            .filter(|a| may(actor, Action::view(Module::Warnings), Some(&a.standing())))
            .map(|a| a.id)
            .collect();
        let mut levels: BTreeMap<AccountId, Vec<Level>> = BTreeMap::new();
        for kept in warnings::open_of(conn, &ids)? {
            levels.entry(kept.warning.account_id).or_default().push(kept.warning.level);
        }
        let lines = found
            .into_iter()
            .map(|account| {
                let open = levels.remove(&account.id).unwrap_or_default();
                Line { worst: open.iter().max().copied(), open_warnings: open.len(), account }
            })
            .collect();
        let (regions, _) = accounts::dimension_values(conn, &within)?;
        Ok(Listed { lines, total, regions, people: users::all(conn)? })
    })
}

/// The two scores of a response that say most.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scores {
    /// 0 to 10.
    pub recommend: Option<f64>,
    /// 0 to 100.
    pub satisfaction: Option<f64>,
}

/// What somebody may do with an account that they see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    pub change: bool,
    pub see_contacts: bool,
    pub add_contact: bool,
    pub change_contact: bool,
    pub open_case: bool,
    /// To decide whether a response counts, and to see what speaks against it.
    pub decide: bool,
    /// To enter what was said by telephone or on paper.
    pub enter: bool,
    /// To keep promises, and to write to its people.
    pub reply: bool,
}

/// One account with all that is known of it. What the person may not see is empty.
#[derive(Debug, Clone)]
pub struct Dossier {
    pub account: Account,
    pub parent: Option<Account>,
    /// Since when it was in which tier, the oldest first.
    pub tiers: Vec<(NaiveDate, String)>,
    pub contacts: Vec<Contact>,
    pub warnings: Vec<Kept>,
    pub events: Vec<Event>,
    pub cases: Vec<Case>,
    /// The latest first.
    pub responses: Vec<Response>,
    pub scores: BTreeMap<ResponseId, Scores>,
    /// Visits to links that look like a machine's, the latest first, with whose link it was.
    pub marks: Vec<(Mark, Option<ContactId>)>,
    /// The satisfaction that the course is made of, in the order of days.
    pub answers: Vec<Score>,
    /// The level as known on each day; empty without answers.
    pub course: Vec<CoursePoint>,
    /// From which day on something else is asked, with the version of the survey.
    pub breaks: Vec<(NaiveDate, i32)>,
    /// What is usual in its tier; the prior before the first nightly look.
    pub model: TierModel,
    /// The oldest first.
    pub orders: Vec<Order>,
    pub rhythm: Option<Rhythm>,
    pub standing: Option<Standing>,
    pub people: Vec<User>,
    pub rights: Rights,
    /// What is promised to its people, what we have written to them, and who would speak for us.
    pub promises: Vec<FollowUp>,
    pub replies: Vec<Reply>,
    pub willing: Vec<Willing>,
}

impl Dossier {
    /// The level of the gravest open warning.
    pub fn worst(&self) -> Option<Level> {
        self.warnings.iter().filter(|k| k.warning.is_open()).map(|k| k.warning.level).max()
    }
}

/// One account, if the person may see it.
///
/// # Errors
/// `NotFound` where there is none for them.
pub fn dossier(app: &App, actor: &Actor, id: AccountId) -> Result<Dossier> {
    let today = app.today();
    let back = |years: u64| today.checked_sub_days(Days::new(365 * years)).unwrap_or_default();
    let settings = Settings::of(&app.config);
    app.db.read(|conn| {
        let account = accounts::find(conn, id)?;
        let standing = account.standing();
        require(actor, VIEW, Some(&standing))?;
        let allowed = |action: Action| may(actor, action, Some(&standing));
        let sees = |module: Module| allowed(Action::view(module));
        let rights = Rights {
            change: allowed(CHANGE),
            see_contacts: sees(Module::Contacts),
            add_contact: allowed(Action::create(Module::Contacts)),
            change_contact: allowed(Action::change(Module::Contacts)),
            open_case: allowed(Action::create(Module::Cases)),
            decide: allowed(crate::app::visits::VIEW),
            enter: crate::app::entries::may_enter(actor, &account),
            reply: allowed(crate::app::follow_ups::CHANGE),
        };
        let parent = match account.parent {
            Some(parent) => Some(accounts::find(conn, parent)?).filter(|p| may(actor, VIEW, Some(&p.standing()))),
            None => None,
        };
        let mut scores: BTreeMap<ResponseId, Scores> = BTreeMap::new();
        let (mut responses, mut answers) = (Vec::new(), Vec::new());
        if sees(Module::Responses) {
            responses = responses::of_account(conn, id, MOST_RESPONSES)?;
            for reading in responses::readings_of_account(conn, id)? {
                let x = reading.x as f64 / 1000.0;
                let both = scores.entry(reading.response).or_default();
                match reading.measure {
                    Measure::RecommendScore => both.recommend = Some(x),
                    Measure::SatisfactionIndex => both.satisfaction = Some(x),
                    _ => {}
                }
            }
            let since = back(YEARS_OF_ANSWERS);
            answers = warnings::scores_since(conn, &Measure::SatisfactionIndex, since, Some(id))?;
        }
        let mut marks = Vec::new();
        if rights.decide {
            let mut whose: BTreeMap<InvitationId, Option<ContactId>> = BTreeMap::new();
            for mark in visits::of_account(conn, id, MOST_MARKS)? {
                let contact = match whose.get(&mark.invitation) {
                    Some(known) => *known,
                    None => {
                        let found = invitations::find(conn, id, mark.invitation).ok().map(|i| i.contact);
                        *whose.entry(mark.invitation).or_insert(found)
                    }
                };
                marks.push((mark, contact));
            }
        }
        let model = warnings::model_of(conn, &account.tier)?.unwrap_or_default();
        let seen = observations(&answers);
        let series = Series::of(app, conn, &Measure::SatisfactionIndex, &answers.iter().collect::<Vec<_>>())?;
        let parts = series.parts(&answers);
        let course = course_of_parts(&seen, &parts, &model, &settings.decline, day_number(today), COURSE_STEP);
        let begins = parts.iter().skip(1).filter_map(|part| answers.get(*part.first()?));
        let breaks = begins.map(|score| (score.day, series.version(score))).collect();
        let orders =
            if sees(Module::Orders) { orders::of_account(conn, id, back(YEARS_OF_ORDERS))? } else { Vec::new() };
        let days: Vec<NaiveDate> = orders.iter().map(|o| o.ordered_on).filter(|day| *day <= today).collect();
        let rhythm = Rhythm::of(&days, &settings.rhythm);
        let (mut found, mut events) = (Vec::new(), Vec::new());
        if sees(Module::Warnings) {
            found = warnings::of_account(conn, id)?;
            events = warnings::events_of_account(conn, id, MOST_EVENTS)?;
        }
        let (mut promises, mut replies, mut willing) = (Vec::new(), Vec::new(), Vec::new());
        if sees(Module::Warnings) && sees(Module::Responses) {
            promises = follow_ups::of_account(conn, id)?;
            replies = follow_ups::replies_of(conn, id)?;
            willing = follow_ups::willing_of(conn, id)?;
        }
        Ok(Dossier {
            parent,
            tiers: accounts::tiers_of(conn, id)?,
            contacts: if rights.see_contacts { contacts::of_account(conn, id)? } else { Vec::new() },
            warnings: found,
            events,
            cases: if sees(Module::Cases) { cases::of_account(conn, id)? } else { Vec::new() },
            responses,
            scores,
            marks,
            answers,
            course,
            breaks,
            model,
            orders,
            standing: rhythm.as_ref().map(|r| r.standing(today)),
            rhythm,
            people: users::all(conn)?,
            rights,
            promises,
            replies,
            willing,
            account,
        })
    })
}

/// What the form of an account offers to choose from.
#[derive(Debug, Clone)]
pub struct Choices {
    pub regions: Vec<String>,
    pub product_lines: Vec<String>,
    /// Who may look after an account: those who are active, and whoever does already.
    pub people: Vec<User>,
}

/// The account that is to be changed (`None`: to be opened), and what its form offers.
///
/// # Errors
/// `NotFound` or `Forbidden` by the account's standing.
pub fn for_form(app: &App, actor: &Actor, id: Option<AccountId>) -> Result<(Option<Account>, Choices)> {
    let action = if id.is_some() { CHANGE } else { super::CREATE };
    let within = reach(actor, action)?;
    app.db.read(|conn| {
        let account = id.map(|id| accounts::find(conn, id)).transpose()?;
        if let Some(account) = &account {
            require(actor, action, Some(&account.standing()))?;
        }
        let (regions, product_lines) = accounts::dimension_values(conn, &within)?;
        let mut people = users::all(conn)?;
        let has_it = |user: &User| account.as_ref().is_some_and(|a| [a.manager, a.deputy].contains(&Some(user.id)));
        people.retain(|u| (u.active && may(&u.actor(), Action::change(Module::Contacts), None)) || has_it(u));
        Ok((account, Choices { regions, product_lines, people }))
    })
}
