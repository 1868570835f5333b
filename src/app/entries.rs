//! What a contact has said by telephone or on paper, entered on their behalf.
//!
//! Who looks after an account does not enter what is said there: they would be writing down their own marks.

use super::responses::{Entered, keep_entered, rated_employee};
use super::surveys::Instrument;
use super::{App, Change};
use crate::domain::account::Account;
use crate::domain::answer::{Answers, Rejected};
use crate::domain::contact::Contact;
use crate::domain::day::start_of;
use crate::domain::ident::{AccountId, ContactId, InvitationId, ResponseId, VersionId};
use crate::domain::language::Language;
use crate::domain::permission::{Action, Actor, Module, may, require};
use crate::domain::survey::SurveyKind;
use crate::domain::survey::logic::{Attributes, Setting};
use crate::error::{Code, Error, Fault, Result};
use crate::store::invitations::{self, Invitation, State};
use crate::store::responses::{self, Channel, Response};
use crate::store::{Conn, accounts, contacts, tallies, users};
use chrono::{Months, NaiveDate, TimeDelta};
use serde_json::json;
use std::sync::Arc;

pub const CREATE: Action = Action::create(Module::Responses);

/// How far back a talk may lie, in months.
const EARLIEST: Months = Months::new(12);
/// Invitations of an account that are looked through.
const MOST_INVITATIONS: i64 = 200;

/// What is to be entered, and where it came from.
#[derive(Debug, Clone)]
pub struct Entry {
    pub account: AccountId,
    /// Given out with the page, so that a form that is sent twice is kept once.
    pub id: ResponseId,
    pub contact: Option<ContactId>,
    /// The invitation that it answers; it says contact and survey then.
    pub invitation: Option<InvitationId>,
    pub version: Option<VersionId>,
    pub channel: Channel,
    /// The day of the talk, or that the paper bears.
    pub day: NaiveDate,
}

/// What one may choose from.
pub struct Choices {
    pub account: Account,
    pub contacts: Vec<Contact>,
    /// The surveys that accounts of this kind are asked, the newest version of each.
    pub instruments: Vec<Arc<Instrument>>,
    /// Invitations that are not answered, with the name of whom they ask.
    pub invitations: Vec<(Invitation, Option<String>)>,
}

/// A form that lies open at somebody's desk.
pub struct Opened {
    pub account: Account,
    pub contact: Option<Contact>,
    pub invitation: Option<Invitation>,
    pub instrument: Arc<Instrument>,
    pub setting: Setting,
}

/// What became of it.
pub enum Outcome {
    Kept(Box<Response>),
    Rejected(Box<Opened>, Rejected),
}

/// Whether somebody may enter responses of an account.
pub fn may_enter(actor: &Actor, account: &Account) -> bool {
    may(actor, CREATE, Some(&account.standing())) && !is_own(actor, account)
}

fn is_own(actor: &Actor, account: &Account) -> bool {
    actor.user.is_some() && (account.manager == actor.user || account.deputy == actor.user)
}

fn allowed(conn: &mut Conn, actor: &Actor, id: AccountId) -> Result<Account> {
    require(actor, CREATE, None)?;
    let account = accounts::find(conn, id)?;
    require(actor, CREATE, Some(&account.standing()))?;
    if is_own(actor, &account) { Err(Error::new(Code::OwnAccount)) } else { Ok(account) }
}

/// What can be entered for an account.
///
/// # Errors
/// `Forbidden`, `NotFound`, `OwnAccount`.
pub fn choices(app: &App, actor: &Actor, id: AccountId) -> Result<Choices> {
    let now = app.now();
    app.db.read(|conn| {
        let account = allowed(conn, actor, id)?;
        let contacts = contacts::of_account(conn, id)?;
        let mut instruments: Vec<Arc<Instrument>> = Vec::new();
        for one in app.surveys.all(conn)? {
            let newest = !instruments.iter().any(|known| known.version.survey == one.version.survey);
            if newest && one.definition.asks().contains(&account.kind) {
                instruments.push(one);
            }
        }
        let open = |i: &Invitation| i.answered_at.is_none() && i.state != State::Cancelled && i.closes_at > now;
        let name = |i: &Invitation| contacts.iter().find(|c| c.id == i.contact).map(|c| c.name.clone());
        let invitations = invitations::of_account(conn, id, MOST_INVITATIONS)?
            .into_iter()
            .filter(open)
            .map(|i| {
                let name = name(&i);
                (i, name)
            })
            .collect();
        Ok(Choices { account, contacts: contacts.into_iter().filter(|c| c.active).collect(), instruments, invitations })
    })
}

/// The form of an entry.
///
/// # Errors
/// As [`choices`]; a fault at its field where the entry does not hold together; `StepImpossible` if the invitation is
/// answered already, `LinkClosed` if its survey was closed on that day.
pub fn open(app: &App, actor: &Actor, entry: &Entry) -> Result<Opened> {
    app.db.read(|conn| opened(app, conn, actor, entry))
}

fn opened(app: &App, conn: &mut Conn, actor: &Actor, entry: &Entry) -> Result<Opened> {
    let account = allowed(conn, actor, entry.account)?;
    if !matches!(entry.channel, Channel::Telephone | Channel::Paper) {
        return Err(Fault::field("channel", Code::ValueUnknown).with("known", "telephone, paper").into());
    }
    let (first, today) = (app.today().checked_sub_months(EARLIEST).unwrap_or(app.today()), app.today());
    if !(first..=today).contains(&entry.day) {
        let out = Fault::field("day", Code::ValueOutOfRange).with("value", entry.day);
        return Err(out.with("min", first).with("max", today).into());
    }
    let answered = || Error::new(Code::StepImpossible).with("state", "answered");
    let invitation = match (entry.invitation, entry.contact, entry.version) {
        (Some(id), ..) => Some(invitations::find(conn, account.id, id)?),
        // Who was asked for this by mail and answers on the telephone has answered that mail.
        (None, Some(contact), Some(version)) => {
            let all = invitations::of_account(conn, account.id, MOST_INVITATIONS)?;
            let fits = |i: &&Invitation| {
                i.contact == contact && i.version == version && i.state != State::Cancelled && i.closes_at > app.now()
            };
            all.iter().find(fits).cloned()
        }
        _ => None,
    };
    if let Some(invitation) = &invitation {
        if invitation.answered_at.is_some() {
            return Err(answered());
        }
        let closed = start_of(entry.day, app.config.organisation.reporting_zone) >= invitation.closes_at;
        if closed || invitation.state == State::Cancelled {
            return Err(Error::new(Code::LinkClosed));
        }
    }
    let version = invitation.as_ref().map(|i| i.version).or(entry.version);
    let version = version.ok_or_else(|| Error::from(Fault::field("survey", Code::ValueMissing)))?;
    let instrument = app.surveys.get(conn, version)?;
    if !instrument.definition.asks().contains(&account.kind) {
        let fault = Fault::field("survey", Code::AccountKindNotAsked).with("value", account.number.as_str());
        return Err(fault.with("kind", account.kind.as_str()).into());
    }
    let contact = invitation.as_ref().map(|i| i.contact).or(entry.contact);
    let contact = match contact {
        Some(id) => Some(contacts::find(conn, account.id, id).map_err(|error| error.at_field("contact"))?),
        None => None,
    };
    let manager = match account.manager {
        Some(id) => Some(users::find(conn, id)?.name),
        None => None,
    };
    let language = contact.as_ref().map_or(&app.config.organisation.language, |c| &c.language);
    let (name, greeted) = match &contact {
        Some(c) => (Some(c.name.as_str()), c.salutation.as_deref().or(Some(c.name.as_str()))),
        None => (None, None),
    };
    let attributes = Attributes::default()
        .with_text("account.tier", Some(&account.tier))
        .with_text("account.region", Some(&account.region))
        .with_text("account.product_line", Some(&account.product_line))
        .with_text("account.name", Some(&account.name))
        .with_text("account.manager", manager.as_deref())
        .with_text("contact.name", name)
        .with_text("contact.salutation", greeted)
        .with_text("contact.role", contact.as_ref().and_then(|c| c.role.as_deref()))
        .with_text("contact.language", Some(language.as_str()))
        .with_date("invitation.day", entry.day);
    let seed = invitation.as_ref().map_or(entry.id.0, |i| i.id.0).as_u128();
    let setting = Setting { attributes, seed, ..Setting::default() };
    Ok(Opened { account, contact, invitation, instrument, setting })
}

/// Keeps what was entered; the form that comes a second time is the response that it made.
///
/// # Errors
/// As [`open`].
pub fn keep(app: &App, actor: &Actor, entry: &Entry, form: &[(String, String)], shown: &Language) -> Result<Outcome> {
    app.db.write(|conn| {
        if let Ok(kept) = responses::find(conn, entry.account, entry.id) {
            allowed(conn, actor, entry.account)?;
            return Ok(Outcome::Kept(Box::new(kept)));
        }
        if let Some(invitation) = entry.invitation {
            invitations::hold(conn, entry.account, invitation)?;
        }
        let opened = opened(app, conn, actor, entry)?;
        let language = opened.instrument.definition.language_for(shown);
        let parsed = Answers::parse_shown(&opened.instrument.definition, &opened.setting, form, &language);
        let answers = match parsed {
            Ok(answers) => answers,
            Err(rejected) => return Ok(Outcome::Rejected(Box::new(opened), rejected)),
        };
        let tiers = accounts::tiers_of(conn, entry.account)?;
        let segment = super::imports::as_of(&opened.account, Some(&tiers), entry.day);
        let noon = start_of(entry.day, app.config.organisation.reporting_zone) + TimeDelta::hours(12);
        let mut entered = Entered {
            id: Some(entry.id),
            instrument: &opened.instrument,
            account: entry.account,
            contact: opened.contact.as_ref().map(|c| c.id),
            invitation: opened.invitation.as_ref(),
            segment: tallies::ensure_segment(conn, &segment)?,
            answers,
            language,
            received_at: noon.min(app.now()),
            channel: entry.channel,
            source: None,
            subject: None,
            entered_by: actor.user,
        };
        entered.subject = rated_employee(conn, &opened.instrument.definition, None, entry.account)?;
        let response = keep_entered(app, conn, entered)?;
        let after = json!({
            "channel": response.channel.as_str(), "day": response.day, "survey": opened.instrument.name(),
            "invitation": response.invitation, "contact": response.contact,
        });
        let change = Change::new("entered", "response", &response.id).of_account(response.account);
        app.note(conn, actor, change.to(after))?;
        Ok(Outcome::Kept(Box::new(response)))
    })
}

/// Whether a survey is one that our own people fill in about a site or team.
pub fn is_checklist(kind: SurveyKind) -> bool {
    matches!(kind, SurveyKind::SpotCheck | SurveyKind::MysteryVisit)
}
