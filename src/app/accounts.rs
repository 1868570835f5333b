//! Accounts and the people there: finding, opening, changing.

mod look;

pub use look::{Choices, Dossier, Line, Listed, Rights, Scores, dossier, for_form, list};

use super::{App, Change};
use crate::domain::account::{Account, AccountKind, CustomerNumber};
use crate::domain::contact::{Contact, EmailAddress};
use crate::domain::ident::{AccountId, ContactId, UserId};
use crate::domain::language::Language;
use crate::domain::permission::{Action, Actor, Module, require};
use crate::error::{Code, Error, Fault, Result};
use crate::store::{Conn, accounts, contacts, users};
use serde_json::{Value, json};

pub const VIEW: Action = Action::view(Module::Accounts);
pub const CREATE: Action = Action::create(Module::Accounts);
pub const CHANGE: Action = Action::change(Module::Accounts);

/// The longest name, in characters.
const LONGEST: usize = 200;

/// An account as a form gives it.
#[derive(Debug, Clone, Default)]
pub struct AccountForm {
    /// Given once; a number never changes.
    pub number: String,
    pub name: String,
    pub kind: String,
    pub tier: String,
    pub region: String,
    pub product_line: String,
    pub manager: Option<UserId>,
    pub deputy: Option<UserId>,
    pub active: bool,
    pub revision: i64,
}

/// A person at an account as a form gives it.
#[derive(Debug, Clone, Default)]
pub struct ContactForm {
    /// None for a new one.
    pub id: Option<ContactId>,
    pub email: String,
    pub name: String,
    pub salutation: Option<String>,
    pub phone: Option<String>,
    pub language: String,
    pub role: Option<String>,
    pub consent: bool,
    pub active: bool,
    pub revision: i64,
}

/// Opens an account.
///
/// # Errors
/// `Forbidden`; every faulty field by its name; `ValueTaken` for a number that is taken.
pub fn create(app: &App, actor: &Actor, form: &AccountForm) -> Result<Account> {
    require(actor, CREATE, None)?;
    let (now, today) = (app.now(), app.today());
    let number = CustomerNumber::parse(&form.number)
        .ok_or_else(|| Error::from(Fault::field("number", Code::ValueMalformed).with("value", &form.number)))?;
    let blank = Account {
        id: app.chance.id::<AccountId>(now),
        number,
        name: String::new(),
        kind: AccountKind::Customer,
        parent: None,
        tier: String::new(),
        region: String::new(),
        product_line: String::new(),
        manager: None,
        deputy: None,
        active: true,
        revision: 1,
    };
    app.db.write(|conn| {
        let account = filled(app, conn, blank, form)?;
        // Who is bound to a region opens accounts there alone.
        require(actor, CREATE, Some(&account.standing()))?;
        let taken = accounts::by_numbers(conn, &[account.number.as_str().to_owned()].into())?;
        if !taken.is_empty() {
            return Err(Fault::field("number", Code::ValueTaken).with("value", &account.number).into());
        }
        accounts::insert(conn, std::slice::from_ref(&account), actor.user, now, today)?;
        let change = Change::new("created", "account", &account.id).of_account(account.id);
        app.note(conn, actor, change.to(told(&account)))?;
        Ok(account)
    })
}

/// Changes an account; a new tier takes effect today and stays in its history.
///
/// # Errors
/// As [`create`]; `ChangedMeanwhile` if somebody else was first.
pub fn change(app: &App, actor: &Actor, id: AccountId, form: &AccountForm) -> Result<Account> {
    let (now, today) = (app.now(), app.today());
    app.db.write(|conn| {
        let before = accounts::find(conn, id)?;
        require(actor, CHANGE, Some(&before.standing()))?;
        let after = Account { revision: form.revision, ..filled(app, conn, before.clone(), form)? };
        require(actor, CHANGE, Some(&after.standing()))?;
        accounts::update(conn, &after, actor.user, now, today)?;
        let change = Change::new("changed", "account", &id).of_account(id);
        app.note(conn, actor, change.was(told(&before)).to(told(&after)))?;
        Ok(after)
    })
}

/// Adds or changes a person at an account.
///
/// # Errors
/// `Forbidden` or `NotFound` by the account's standing; every faulty field by its name; `ValueTaken` for
/// an address the account has already.
pub fn save_contact(app: &App, actor: &Actor, account: AccountId, form: &ContactForm) -> Result<Contact> {
    let now = app.now();
    let action = if form.id.is_some() { Action::change(Module::Contacts) } else { Action::create(Module::Contacts) };
    let name = bounded("name", &form.name)?;
    for (field, text) in [("salutation", &form.salutation), ("phone", &form.phone), ("role", &form.role)] {
        if text.as_ref().is_some_and(|t| t.chars().count() > LONGEST) {
            return Err(Fault::field(field, Code::ValueTooLong).with("max", LONGEST).into());
        }
    }
    let email = EmailAddress::parse(&form.email).map_err(|e| e.at_field("email"))?;
    let language = Language::parse(&form.language).map_err(|e| e.at_field("language"))?;
    app.db.write(|conn| {
        require(actor, action, Some(&accounts::find(conn, account)?.standing()))?;
        let before = form.id.map(|id| contacts::find(conn, account, id)).transpose()?;
        let after = Contact {
            id: form.id.unwrap_or_else(|| app.chance.id::<ContactId>(now)),
            account_id: account,
            email: email.clone(),
            name: name.clone(),
            salutation: form.salutation.clone(),
            phone: form.phone.clone(),
            language: language.clone(),
            role: form.role.clone(),
            consent: form.consent,
            active: form.active,
            revision: if form.id.is_some() { form.revision } else { 1 },
        };
        let twice = contacts::by_email(conn, &email)?.iter().any(|c| c.account_id == account && c.id != after.id);
        if twice {
            return Err(Fault::field("email", Code::ValueTaken).with("value", email.as_str()).into());
        }
        match &before {
            Some(_) => contacts::update(conn, &after)?,
            None => contacts::insert(conn, std::slice::from_ref(&after), now)?,
        }
        let verb = if before.is_some() { "changed" } else { "created" };
        let change = Change::new(verb, "contact", &after.id).of_account(account);
        app.note(conn, actor, change.was(before.as_ref().map(told_contact)).to(told_contact(&after)))?;
        Ok(after)
    })
}

/// The account with what the form says, every field checked.
fn filled(app: &App, conn: &mut Conn, account: Account, form: &AccountForm) -> Result<Account> {
    let kind = AccountKind::parse(&form.kind)
        .ok_or_else(|| Fault::field("kind", Code::ValueUnknown).with("value", &form.kind))?;
    if !app.config.tiers.iter().any(|t| t.key == form.tier) {
        return Err(Fault::field("tier", Code::ValueUnknown).with("value", &form.tier).into());
    }
    for (field, user) in [("manager", form.manager), ("deputy", form.deputy)] {
        if let Some(user) = user
            && users::find(conn, user).is_err()
        {
            return Err(Fault::field(field, Code::ValueUnknown).with("value", user).into());
        }
    }
    Ok(Account {
        name: bounded("name", &form.name)?,
        kind,
        tier: form.tier.clone(),
        region: form.region.trim().to_owned(),
        product_line: form.product_line.trim().to_owned(),
        manager: form.manager,
        deputy: form.deputy,
        active: form.active,
        ..account
    })
}

fn bounded(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Fault::field(field, Code::ValueMissing).into()),
        n if n > LONGEST => Err(Fault::field(field, Code::ValueTooLong).with("max", LONGEST).into()),
        _ => Ok(text.to_owned()),
    }
}

fn told(account: &Account) -> Value {
    json!({
        "name": account.name, "kind": account.kind.as_str(), "tier": account.tier, "region": account.region,
        "product_line": account.product_line, "manager": account.manager, "deputy": account.deputy,
        "active": account.active,
    })
}

fn told_contact(contact: &Contact) -> Value {
    json!({
        "name": contact.name, "email": contact.email.as_str(), "role": contact.role, "consent": contact.consent,
        "active": contact.active,
    })
}
