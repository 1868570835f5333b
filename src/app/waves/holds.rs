//! Holding contacts back from a wave that has not started: by whom, why, and how many may be.

use super::{Asking, HOLD, VIEW, examine};
use crate::app::{App, Change};
use crate::domain::account::Account;
use crate::domain::contact::Contact;
use crate::domain::ident::{AccountId, ContactId, WaveId};
use crate::domain::permission::{Actor, reach, require};
use crate::domain::wave::WhyNot;
use crate::error::{Code, Error, Fault, Result};
use crate::store::holds::{self, Hold};
use crate::store::{accounts, contacts, users, waves};
use serde_json::json;
use std::collections::BTreeMap;

/// The most characters of a reason.
const LONGEST_REASON: usize = 500;

/// One contact who is held back, by name.
#[derive(Debug, Clone)]
pub struct Held {
    pub hold: Hold,
    pub account: Account,
    /// None once the contact is gone.
    pub contact: Option<Contact>,
    /// The name of who held them back.
    pub by: String,
}

/// Holds a contact back from a wave that has not started: it is not asked, and counts as somebody who did
/// not answer. Who is held back already stays so.
///
/// # Errors
/// `NotFound` for an account that one does not see, `Forbidden` for a step that is not one's own;
/// `ValueMissing` or `ValueTooLong` on `reason`; `WaveState` once the wave has started; `NotAsked` if the
/// wave would not ask this contact anyway; `HeldBackEnough` at the cap.
pub fn hold(app: &App, actor: &Actor, id: WaveId, account: AccountId, contact: ContactId, reason: &str) -> Result<()> {
    let Some(user) = actor.user else { return Err(Error::new(Code::SignInNeeded)) };
    let wave = app.db.read(|conn| {
        require(actor, HOLD, Some(&accounts::find(conn, account)?.standing()))?;
        contacts::find(conn, account, contact)?;
        waves::find(conn, id)
    })?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(Fault::field("reason", Code::ValueMissing).into());
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(Fault::field("reason", Code::ValueTooLong).with("max", LONGEST_REASON).into());
    }
    if !wave.state.may_hold_back() {
        return Err(Error::new(Code::WaveState).with("state", wave.state.as_str()));
    }
    // The cap is a share of all whom the wave looks at, whoever asks.
    let mut verdict = None;
    let summary = examine(app, &app.service(), Asking::of(&wave), &mut |one| {
        if (one.account.id, one.contact.id) == (account, contact) {
            verdict = Some(one.verdict);
        }
        Ok(())
    })?;
    match verdict {
        Some(Err(WhyNot::HeldBack)) => return Ok(()),
        Some(Ok(())) => {}
        _ => return Err(Error::new(Code::NotAsked)),
    }
    app.db.write(|conn| {
        let state = holds::lock(conn, id)?;
        if !state.may_hold_back() {
            return Err(Error::new(Code::WaveState).with("state", state.as_str()));
        }
        let held = holds::count(conn, id)? + 1;
        app.config.fatigue.rules().check_held_back(held, summary.considered)?;
        let hold = Hold { account, wave: id, contact, reason: reason.to_owned(), by: user, at: app.now() };
        if holds::insert(conn, &hold)? {
            let after = json!({ "contact": contact, "reason": reason });
            app.note(conn, actor, Change::new("held back", "wave", &id).of_account(account).to(after))?;
        }
        Ok(())
    })
}

/// Lets a contact who was held back be asked again; who is not held back is asked as it is.
///
/// # Errors
/// As [`hold`], for account and wave.
pub fn release(app: &App, actor: &Actor, id: WaveId, account: AccountId, contact: ContactId) -> Result<()> {
    app.db.write(|conn| {
        require(actor, HOLD, Some(&accounts::find(conn, account)?.standing()))?;
        let state = holds::lock(conn, id)?;
        if !state.may_hold_back() {
            return Err(Error::new(Code::WaveState).with("state", state.as_str()));
        }
        if holds::delete(conn, account, id, contact)? {
            let after = json!({ "contact": contact });
            app.note(conn, actor, Change::new("released", "wave", &id).of_account(account).to(after))?;
        }
        Ok(())
    })
}

/// Who is held back from a wave at accounts within reach, by name.
pub fn held(app: &App, actor: &Actor, id: WaveId) -> Result<Vec<Held>> {
    let reach = reach(actor, VIEW)?;
    app.db.read(|conn| {
        let holds = holds::of_wave(conn, id, &reach)?;
        let ids: Vec<AccountId> = holds.iter().map(|h| h.account).collect();
        let known: BTreeMap<AccountId, Account> =
            accounts::find_many(conn, &ids)?.into_iter().map(|a| (a.id, a)).collect();
        let names: BTreeMap<_, _> = users::all(conn)?.into_iter().map(|u| (u.id, u.name)).collect();
        let people = contacts::of_accounts(conn, &known.keys().copied().collect::<Vec<_>>())?;
        let mut people: BTreeMap<_, _> = people.into_iter().map(|c| ((c.account_id, c.id), c)).collect();
        let mut found = Vec::with_capacity(holds.len());
        for hold in holds {
            let Some(account) = known.get(&hold.account).cloned() else { continue };
            let contact = people.remove(&(hold.account, hold.contact));
            let by = names.get(&hold.by).cloned().unwrap_or_default();
            found.push(Held { hold, account, contact, by });
        }
        Ok(found)
    })
}
