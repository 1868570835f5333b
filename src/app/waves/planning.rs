//! Deciding on every contact of an audience, a chunk of accounts at a time.

use super::{approach, invitation};
use crate::app::outbox::{self, List, Payload};
use crate::app::surveys::{self, Instrument};
use crate::app::{App, Change};
use crate::domain::account::Account;
use crate::domain::contact::Contact;
use crate::domain::delivery::Delivery;
use crate::domain::ident::{AccountId, InvitationId, MailId, UserId, WaveId};
use crate::domain::language::Language;
use crate::domain::permission::Reach;
use crate::domain::token::{Purpose, Token};
use crate::domain::wave::{AddressState, Approach, Audience, Candidate, Facts, Plan, Summary, WhyNot};
use crate::error::{Error, Result};
use crate::store::invitations::{self, Invitation, State};
use crate::store::mails::{self, Mail};
use crate::store::suppressions::{self, Reason};
use crate::store::waves::{self, Skip, Wave};
use crate::store::{Conn, accounts, contacts, holds, users};
use chrono::{Days, NaiveDate};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

/// Accounts of one unit of work: long enough to be quick, short enough to let others write between.
const ACCOUNTS: i64 = 100;

/// One contact, and what was decided.
#[derive(Debug, Clone)]
pub struct Considered {
    pub account: Arc<Account>,
    pub contact: Contact,
    /// The language in which the mail would be written.
    pub language: Language,
    pub verdict: Result<(), WhyNot>,
}

/// Walks through the roster. What grows with it is one number for each account and sixteen bytes for
/// each person who is asked.
pub(super) struct Planner<'a> {
    app: &'a App,
    published: &'a Instrument,
    audience: &'a Audience,
    reach: Reach,
    wave: Option<WaveId>,
    plan: Plan,
    cursor: Option<AccountId>,
    /// Who is asked already, by address: one person at two accounts is one person.
    asked: HashSet<[u8; 16]>,
    today: NaiveDate,
}

/// The last days on which a person was asked.
#[derive(Default)]
struct Asked {
    relationship: Option<NaiveDate>,
    transactional: Option<NaiveDate>,
    any: Option<NaiveDate>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
        app: &'a App,
        published: &'a Instrument,
        audience: &'a Audience,
        reach: Reach,
        wave: Option<WaveId>,
    ) -> Self {
        let today = app.today();
        let plan = Plan::new(approach(published.definition.kind), today, app.config.fatigue.rules());
        Self { app, published, audience, reach, wave, plan, cursor: None, asked: HashSet::new(), today }
    }

    pub(super) fn summary(&self) -> &Summary {
        self.plan.summary()
    }

    /// Decides on the contacts of the next accounts; nothing when there are no more.
    pub(super) fn next(&mut self, conn: &mut Conn) -> Result<Option<Vec<Considered>>> {
        let ids = waves::accounts_after(
            conn,
            self.audience,
            self.published.definition.asks(),
            &self.reach,
            self.cursor,
            ACCOUNTS,
        )?;
        let Some(last) = ids.last() else { return Ok(None) };
        self.cursor = Some(*last);
        let known: HashMap<AccountId, Arc<Account>> =
            accounts::find_many(conn, &ids)?.into_iter().map(|a| (a.id, Arc::new(a))).collect();
        let people = contacts::of_accounts(conn, &ids)?;
        let addresses: Vec<String> = people.iter().map(|c| c.email.folded()).collect();
        let hashes: Vec<Vec<u8>> = people.iter().map(|c| outbox::address_hash(self.app, &c.email)).collect();
        let suppressed = suppressions::reasons_among(conn, &hashes)?;
        let asked = self.asked_before(conn, &addresses)?;
        let invited = match self.wave {
            Some(wave) => waves::invited(conn, wave, &addresses)?,
            None => HashSet::new(),
        };
        let held = match self.wave {
            Some(wave) => holds::among(conn, wave, &ids)?,
            None => HashSet::new(),
        };
        let none = BTreeMap::new();
        let mut considered = Vec::with_capacity(people.len());
        for ((contact, address), hash) in people.into_iter().zip(addresses).zip(hashes) {
            let Some(account) = known.get(&contact.account_id) else { continue };
            let candidate = Candidate {
                account: account.id,
                tier: &account.tier,
                region: Some(account.region.as_str()).filter(|t| !t.is_empty()),
                product_line: Some(account.product_line.as_str()).filter(|t| !t.is_empty()),
                dimensions: &none,
                language: &contact.language,
                role: contact.role.as_deref(),
            };
            if !self.audience.takes(&candidate) {
                continue;
            }
            let person = short(&hash);
            let last = asked.get(&address);
            let reason = suppressed.get(&hash);
            let facts = Facts {
                contact: contact.id,
                account: account.id,
                // Who has left is no more to be asked than who belongs to an account that has.
                account_active: account.active && contact.active,
                consent: contact.consent,
                suppressed: reason.is_some_and(|r| *r != Reason::Bounced),
                address: if reason == Some(&Reason::Bounced) { AddressState::Bounced } else { AddressState::Good },
                asked_relationship: last.and_then(|a| a.relationship),
                asked_transactional: last.and_then(|a| a.transactional),
                asked_any: last.and_then(|a| a.any),
                invited: self.asked.contains(&person) || invited.contains(&address),
                held_back: held.contains(&contact.id),
            };
            let language = invitation::language(self.app, &self.published.definition, &contact.language);
            let verdict = self.plan.consider(&facts, &language);
            if verdict.is_ok() {
                self.asked.insert(person);
            }
            considered.push(Considered { account: Arc::clone(account), contact, language, verdict });
        }
        Ok(Some(considered))
    }

    fn asked_before(&self, conn: &mut Conn, addresses: &[String]) -> Result<HashMap<String, Asked>> {
        let rules = self.app.config.fatigue.rules();
        let longest = rules.relationship_days.max(rules.transactional_days).max(rules.any_days);
        let since = self.today.checked_sub_days(Days::new(u64::from(longest) + 1)).unwrap_or_default();
        let since = crate::domain::day::start_of(since, self.app.config.organisation.reporting_zone);
        let mut asked: HashMap<String, Asked> = HashMap::new();
        for (address, kind, at) in waves::asked_since(conn, addresses, since)? {
            let day = Some(self.app.day_of(at));
            let last = asked.entry(address).or_default();
            match Approach::parse(&kind) {
                Some(Approach::Relationship) => last.relationship = last.relationship.max(day),
                Some(Approach::Transactional) => last.transactional = last.transactional.max(day),
                _ => {}
            }
            last.any = last.any.max(day);
        }
        Ok(asked)
    }
}

fn short(hash: &[u8]) -> [u8; 16] {
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(hash) {
        *to = *from;
    }
    short
}

/// The names of those who look after accounts.
pub(super) fn manager_names(conn: &mut Conn) -> Result<HashMap<UserId, String>> {
    Ok(users::all(conn)?.into_iter().map(|u| (u.id, u.name)).collect())
}

/// Plans a running wave to its end, or goes on where planning was broken off: invitations, their mails,
/// and who is left out. Stops when the wave is paused or given up; returns whether all is planned.
///
/// # Errors
/// What the database fails with. Every unit that was committed stays, and none is done twice.
pub fn plan(app: &App, id: WaveId) -> Result<bool> {
    let wave = app.db.read(|conn| waves::find(conn, id))?;
    if wave.planned_at.is_some() {
        return Ok(true);
    }
    let published = surveys::version(app, wave.version)?;
    let managers = app.db.read(manager_names)?;
    let mut planner = Planner::new(app, &published, &wave.audience, Reach::All, Some(id));
    planner.cursor = app.db.read(|conn| waves::planned_through(conn, id))?;
    loop {
        let more = app.db.write(|conn| {
            if !mails::hold_wave(conn, id)?.sends() {
                return Ok(None);
            }
            match planner.next(conn)? {
                Some(considered) => {
                    record(app, conn, &wave, &published, &managers, &considered)?;
                    Ok(Some(true))
                }
                None => {
                    finish(app, conn, id)?;
                    Ok(Some(false))
                }
            }
        })?;
        match more {
            None => return Ok(false),
            Some(false) => return Ok(true),
            Some(true) => {}
        }
    }
}

fn finish(app: &App, conn: &mut Conn, id: WaveId) -> Result<()> {
    let wave = waves::find(conn, id)?;
    waves::update(conn, &Wave { planned_at: Some(app.now()), ..wave })?;
    let counts = invitations::counts_of_wave(conn, id)?;
    let after = json!({ "asked": counts.planned + counts.delivered + counts.failed });
    app.note(conn, &app.service(), Change::new("planned", "wave", &id).to(after))
}

/// Writes one chunk of the plan: an invitation and its mail in the same unit of work, or a reason.
fn record(
    app: &App,
    conn: &mut Conn,
    wave: &Wave,
    published: &Instrument,
    managers: &HashMap<UserId, String>,
    considered: &[Considered],
) -> Result<()> {
    let now = app.now();
    let (mut asked, mut letters, mut skips) = (Vec::new(), Vec::new(), Vec::new());
    for Considered { account, contact, language, verdict } in considered {
        if let Err(why) = verdict {
            if *why == WhyNot::HeldBack {
                let kind = published.definition.kind.as_str();
                let segment = account.segment().id();
                holds::count_as_asked(conn, wave.id, (account.id, contact.id), segment, kind, app.today())?;
            }
            skips.push(Skip { account: account.id, contact: contact.id, why: *why });
            continue;
        }
        let invitation = app.chance.id::<InvitationId>(now);
        let token = Token { account_id: account.id, invitation_id: invitation };
        let manager = account.manager.and_then(|m| managers.get(&m)).map(String::as_str);
        let view = invitation::view(app, published, wave, account, contact, language, manager, token);
        let payload = Payload {
            view: serde_json::to_value(view).map_err(Error::internal)?,
            list: Some(List {
                series: published.version.survey.clone(),
                campaign: wave.id.to_string(),
                unsubscribe_url: token.link(app.seal_key(), Purpose::Unsubscribe, app.config.base_url.as_str()),
            }),
        };
        asked.push(Invitation {
            account: account.id,
            id: invitation,
            wave: wave.id,
            version: published.version.id,
            contact: contact.id,
            segment: account.segment().id(),
            kind: published.definition.kind.as_str().to_owned(),
            language: language.clone(),
            state: State::Planned,
            created_at: now,
            delivered_at: None,
            delivered_day: None,
            answered_at: None,
            closes_at: wave.closes_at,
        });
        letters.push(Mail {
            account: account.id,
            id: app.chance.id::<MailId>(now),
            purpose: mails::Purpose::Invitation,
            invitation: Some(invitation),
            wave: Some(wave.id),
            user: None,
            to_address: contact.email.as_str().to_owned(),
            to_name: contact.name.clone(),
            language: language.clone(),
            payload: serde_json::to_string(&payload).map_err(Error::internal)?,
            once_key: format!("wave {} {}", wave.id, contact.id),
            delivery: Delivery::scheduled(now, outbox::settings(app).deadline(now).min(wave.closes_at)),
            claimed_by: None,
            dated_at: None,
            reply: None,
            created_at: now,
        });
    }
    invitations::insert(conn, &asked)?;
    mails::insert(conn, &letters)?;
    waves::insert_skips(conn, wave.id, &skips)
}
