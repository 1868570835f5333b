//! Promises to customers who are not content: made with the response, kept by the people of the account,
//! and told on the customer's own page.

use super::responses::After;
use super::{App, Change};
use crate::domain::account::Account;
use crate::domain::follow_up::{self, Colleague, FollowUp, Rule, State, Wish};
use crate::domain::ident::{AccountId, ResponseId, UserId};
use crate::domain::permission::{Action, Actor, Module, may, reach, require};
use crate::domain::survey::Definition;
use crate::domain::token::Token;
use crate::error::{Code, Error, Fault, Result};
use crate::store::follow_ups::{self, Listed, Reply, Willing};
use crate::store::responses::{self, Response};
use crate::store::users::User;
use crate::store::{Conn, accounts, contacts, users};
use serde_json::json;

/// A promise is a duty like a warning: who may see and handle the one may see and handle the other.
pub const VIEW: Action = Action::view(Module::Warnings);
pub const CHANGE: Action = Action::change(Module::Warnings);

/// The most characters of what is written about a promise, or to a customer.
pub const LONGEST_NOTE: usize = 2000;
/// Promises on one page.
const MOST: i64 = 500;

/// The promise that a new response makes, if it makes one: nothing where nobody could keep it.
pub(super) fn owed(
    app: &App,
    conn: &mut Conn,
    definition: &Definition,
    response: &Response,
) -> Result<Option<FollowUp>> {
    // Only who has seen our page of thanks was promised anything.
    let on_our_page = matches!(response.channel, responses::Channel::Web | responses::Channel::OpenLink);
    let today = app.day_of(response.changed_at);
    let low_in_any_tier =
        || (0..app.config.tiers.len().max(1)).any(|tier| due(app, tier, definition, response, today).is_some());
    if response.contact.is_none() || response.state != responses::State::Kept || !on_our_page || !low_in_any_tier() {
        return Ok(None);
    }
    let account = accounts::find(conn, response.account)?;
    let tier = super::figures::tier_position(app, &account.tier);
    let Some(due) = due(app, tier, definition, response, today) else { return Ok(None) };
    let Some(owner) = follow_up::owner(&account, &colleagues(conn)?) else { return Ok(None) };
    Ok(Some(FollowUp {
        account: response.account,
        response: response.id,
        contact: response.contact,
        owner,
        due,
        state: State::Open,
        wish: None,
        promised_at: response.changed_at,
        closed_at: None,
        closed_by: None,
        note: None,
        told: false,
        revision: 1,
    }))
}

fn due(
    app: &App,
    tier: usize,
    definition: &Definition,
    response: &Response,
    today: chrono::NaiveDate,
) -> Option<chrono::NaiveDate> {
    let rules = app.config.warnings.rules();
    let settings = &app.config.follow_up;
    let rule = Rule { score: i64::from(settings.score), days: &settings.days, low_score: &rules.low_score };
    rule.due(definition, &response.answers, tier, today)
}

fn colleagues(conn: &mut Conn) -> Result<Vec<Colleague>> {
    let works = |user: &User| user.active;
    let colleague = |user: User| Colleague { id: user.id, role: user.role, region: user.region };
    Ok(users::all(conn)?.into_iter().filter(works).map(colleague).collect())
}

/// Brings the promise of a response up to what the response has become, in the unit that changes it.
pub(crate) fn settle(app: &App, conn: &mut Conn, definition: &Definition, response: &Response) -> Result<()> {
    let known = follow_ups::find(conn, response.account, response.id)?;
    if response.state == responses::State::Erased {
        return follow_ups::forget(conn, response.account, response.id);
    }
    let owed = owed(app, conn, definition, response)?;
    let Some(known) = known else {
        return owed.map_or(Ok(()), |new| follow_ups::insert(conn, &new));
    };
    let now = app.now();
    let after = match response.state {
        responses::State::Excluded => known.clone().withdrawn(now),
        _ => known.clone().after_change(owed.is_some(), owed.as_ref().map_or(known.due, |one| one.due), now),
    };
    if after == known { Ok(()) } else { follow_ups::update(conn, &after) }
}

/// What comes of a response, for the page of thanks; nothing for somebody who is not with the account any more.
pub(super) fn after(conn: &mut Conn, response: &Response) -> Result<Option<After>> {
    let Some(contact) = response.contact else { return Ok(None) };
    match contacts::find(conn, response.account, contact) {
        Ok(contact) if contact.active => {}
        Ok(_) => return Ok(None),
        Err(error) if error.code() == Code::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let promise = match follow_ups::find(conn, response.account, response.id)? {
        Some(known) => {
            let name = users::find(conn, known.closed_by.unwrap_or(known.owner))?.name;
            Some((known, name))
        }
        None => None,
    };
    let said = follow_ups::willing_of(conn, response.account)?;
    let willing = said.into_iter().find(|one| one.response == response.id).map(|one| one.willing);
    Ok(Some(After { promise, willing }))
}

/// A list of promises, and who of us there is.
pub struct Board {
    pub rows: Vec<Listed>,
    pub people: Vec<User>,
    pub closed: Vec<Listed>,
}

/// The promises within reach: those that are open by the day they are due, and those closed last.
///
/// # Errors
/// `Forbidden`.
pub fn board(app: &App, actor: &Actor, mine: bool) -> Result<Board> {
    let within = reach(actor, VIEW)?;
    let owner = actor.user.filter(|_| mine);
    app.db.read(|conn| {
        Ok(Board {
            rows: follow_ups::list(conn, &within, owner, true, MOST)?,
            closed: follow_ups::list(conn, &within, owner, false, 20)?,
            people: users::all(conn)?,
        })
    })
}

/// One promise with the response that it is about.
pub struct Opened {
    pub follow_up: FollowUp,
    pub account: Account,
    pub response: Response,
    pub people: Vec<User>,
    pub may_change: bool,
}

/// # Errors
/// `NotFound`, `Forbidden`.
pub fn view(app: &App, actor: &Actor, account: AccountId, response: ResponseId) -> Result<Opened> {
    app.db.read(|conn| {
        let account = accounts::find(conn, account)?;
        require(actor, VIEW, Some(&account.standing()))?;
        let follow_up = follow_ups::find(conn, account.id, response)?.ok_or_else(|| Error::new(Code::NotFound))?;
        let response = responses::find(conn, account.id, response)?;
        let may_change = may(actor, CHANGE, Some(&account.standing()));
        Ok(Opened { follow_up, response, people: users::all(conn)?, may_change, account })
    })
}

fn words(text: &str, field: &'static str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::field(field, Code::ValueMissing).into());
    }
    if text.chars().count() > LONGEST_NOTE {
        return Err(Fault::field(field, Code::ValueTooLong).with("max", LONGEST_NOTE).into());
    }
    Ok(text.to_owned())
}

/// Notes that somebody has been in touch, and what came of it; `told` puts the note on the customer's page.
///
/// # Errors
/// `ValueMissing` without a note; `StepImpossible` unless it is open; `ChangedMeanwhile`; `Forbidden`, `NotFound`.
pub fn close(app: &App, actor: &Actor, account: AccountId, response: ResponseId, note: &str, told: bool) -> Result<()> {
    let note = words(note, "note")?;
    app.db.write(|conn| {
        let standing = accounts::find(conn, account)?.standing();
        require(actor, CHANGE, Some(&standing))?;
        let known = follow_ups::find(conn, account, response)?.ok_or_else(|| Error::new(Code::NotFound))?;
        if known.state != State::Open {
            return Err(Error::new(Code::StepImpossible).with("state", known.state.as_str()));
        }
        let after = FollowUp {
            state: State::Done,
            closed_at: Some(app.now()),
            closed_by: actor.user,
            note: Some(note.clone()),
            told,
            ..known.clone()
        };
        follow_ups::update(conn, &after)?;
        let change = Change::new("closed", "follow_up", &response).of_account(account);
        let of = |one: &FollowUp| json!({ "state": one.state.as_str(), "note": one.note, "told": one.told });
        app.note(conn, actor, change.was(of(&known)).to(of(&after)))
    })
}

/// Hands a promise on to somebody else who works at the account.
///
/// # Errors
/// `ValueUnknown` for somebody who may not; `StepImpossible`, `Forbidden`, `NotFound`.
pub fn hand_on(app: &App, actor: &Actor, account: AccountId, response: ResponseId, to: UserId) -> Result<()> {
    app.db.write(|conn| {
        let standing = accounts::find(conn, account)?.standing();
        require(actor, CHANGE, Some(&standing))?;
        let user = users::all(conn)?.into_iter().find(|user| user.id == to && user.active);
        if !user.is_some_and(|user| may(&user.actor(), CHANGE, Some(&standing))) {
            return Err(Fault::field("owner", Code::ValueUnknown).with("known", "").into());
        }
        let known = follow_ups::find(conn, account, response)?.ok_or_else(|| Error::new(Code::NotFound))?;
        if known.state != State::Open {
            return Err(Error::new(Code::StepImpossible).with("state", known.state.as_str()));
        }
        follow_ups::update(conn, &FollowUp { owner: to, ..known.clone() })?;
        let change = Change::new("handed on", "follow_up", &response).of_account(account);
        app.note(conn, actor, change.was(json!({ "owner": known.owner })).to(json!({ "owner": to })))
    })
}

/// Writes to a customer about what they said; they read it on their own page.
///
/// # Errors
/// `ValueMissing`, `ValueTooLong`; `StepImpossible` where there is nobody to read it; `Forbidden`, `NotFound`.
pub fn reply(app: &App, actor: &Actor, account: AccountId, response: ResponseId, text: &str) -> Result<()> {
    let text = words(text, "reply")?;
    let by = actor.user.ok_or_else(|| Error::new(Code::Forbidden))?;
    app.db.write(|conn| {
        let standing = accounts::find(conn, account)?.standing();
        require(actor, CHANGE, Some(&standing))?;
        let about = responses::find(conn, account, response)?;
        if about.contact.is_none() || about.state != responses::State::Kept {
            return Err(Error::new(Code::StepImpossible).with("state", about.state.as_str()));
        }
        let at = app.now();
        let reply = Reply { account, id: app.chance.id(at), response, words: text.clone(), by, at };
        follow_ups::add_reply(conn, &reply)?;
        let change = Change::new("replied", "response", &response).of_account(account);
        app.note(conn, actor, change.to(json!({ "reply": text })))
    })
}

/// What a customer says to a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// How they would like to be reached.
    Wish(Wish),
    /// Rather not at all.
    Decline,
}

impl Answer {
    pub fn parse(text: &str) -> Option<Self> {
        if text == "none" { Some(Self::Decline) } else { Wish::parse(text).map(Self::Wish) }
    }
}

/// Takes what a customer says to a promise that is owed to them.
///
/// # Errors
/// `LinkUnknown`, `LinkClosed` as for the page; `NotFound` for a promise to somebody else; `StepImpossible`
/// where it is closed.
pub fn answer(app: &App, token: Token, response: ResponseId, answer: Answer) -> Result<()> {
    app.db.write(|conn| {
        let contact = super::private::person(conn, token)?.1;
        let known = follow_ups::find(conn, token.account_id, response)?
            .filter(|one| one.contact == Some(contact.id))
            .ok_or_else(|| Error::new(Code::NotFound))?;
        let after = match (known.state, answer) {
            (State::Open, Answer::Wish(wish)) => FollowUp { wish: Some(wish), ..known.clone() },
            (State::Open, Answer::Decline) => {
                FollowUp { state: State::Declined, wish: None, closed_at: Some(app.now()), ..known.clone() }
            }
            // Who has second thoughts is called after all.
            (State::Declined, Answer::Wish(wish)) => {
                FollowUp { state: State::Open, wish: Some(wish), closed_at: None, ..known.clone() }
            }
            (State::Declined, Answer::Decline) => return Ok(()),
            _ => return Err(Error::new(Code::StepImpossible).with("state", known.state.as_str())),
        };
        if after == known {
            return Ok(());
        }
        follow_ups::update(conn, &after)?;
        let of = |one: &FollowUp| json!({ "state": one.state.as_str(), "wish": one.wish.map(Wish::as_str) });
        let change = Change::new("answered by the customer", "follow_up", &response).of_account(token.account_id);
        app.note(conn, &app.service(), change.was(of(&known)).to(of(&after)))
    })
}

/// Takes whether somebody would speak for us.
///
/// # Errors
/// As [`answer`].
pub fn say_willing(app: &App, token: Token, response: ResponseId, willing: bool) -> Result<()> {
    app.db.write(|conn| {
        let contact = super::private::person(conn, token)?.1;
        let about = responses::find(conn, token.account_id, response)?;
        let asks = app.surveys.get(conn, about.version)?.definition.reference.is_some();
        if about.contact != Some(contact.id) || about.state != responses::State::Kept || !asks {
            return Err(Error::new(Code::NotFound));
        }
        let (account, at) = (token.account_id, app.now());
        follow_ups::say_willing(conn, &Willing { account, response, contact: about.contact, willing, at })?;
        let change = Change::new("answered about a reference", "response", &response).of_account(account);
        app.note(conn, &app.service(), change.to(json!({ "willing": willing })))
    })
}
