//! Puts the invented customers into an empty database, as if they had been served for two years.
//!
//! What the model says is kept by the same use cases and queries that keep what real people say: answers
//! are checked against the published survey, and every response is folded into the tallies.

use super::{Account, Contact, Demo, Invitation, PRODUCT_LINES, REGIONS, Response};
use crate::app::outbox::address_hash;
use crate::app::responses::{self, Import};
use crate::app::{App, sign_in};
use crate::domain::account::{self, AccountKind, CustomerNumber};
use crate::domain::answer::Answers;
use crate::domain::contact::{self, EmailAddress};
use crate::domain::ident::{AccountId, ContactId, InvitationId, SegmentId, UserId, VersionId, WaveId};
use crate::domain::language::Language;
use crate::domain::permission::Role;
use crate::domain::survey::Definition;
use crate::domain::tally;
use crate::domain::wave::{Audience, WaveState};
use crate::error::{Code, Error, Result};
use crate::store::invitations::{self, State};
use crate::store::responses::Channel;
use crate::store::{accounts, contacts, orders, suppressions, surveys, tallies, users, waves};
use chrono::{DateTime, Days, NaiveDateTime, NaiveTime, TimeZone, Utc};
use std::collections::BTreeMap;

/// How many responses share one unit of work.
const TOGETHER: usize = 2_000;

/// What was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seeded {
    pub accounts: usize,
    pub contacts: usize,
    pub orders: usize,
    pub invitations: usize,
    pub responses: usize,
}

/// Puts the model's data, up to the present moment, into a database that holds nothing but the published
/// surveys. `language` is that of the names of regions and product lines; everybody gets `password`.
///
/// # Errors
/// `SurveyUnknown` if a survey of the model is not published; else what the database fails with.
pub fn seed(app: &App, demo: &Demo, language: &Language, password: &str) -> Result<Seeded> {
    let mut house = House::new(app, demo, language);
    house.put_people(password)?;
    house.put_accounts()?;
    house.put_waves()?;
    let invited = house.put_invitations()?;
    let responses = house.put_responses(&invited)?;
    Ok(Seeded {
        accounts: demo.accounts.len(),
        contacts: demo.contacts.len(),
        orders: demo.orders.len(),
        invitations: invited.iter().flatten().count(),
        responses,
    })
}

/// A published survey of the model.
struct Instrument {
    id: VersionId,
    kind: String,
    definition: Definition,
}

/// What has come into being so far, by its place in the model.
struct House<'a> {
    app: &'a App,
    demo: &'a Demo,
    now: DateTime<Utc>,
    chinese: bool,
    users: Vec<UserId>,
    accounts: Vec<account::Account>,
    contacts: Vec<ContactId>,
    waves: Vec<WaveId>,
    instruments: BTreeMap<&'static str, Instrument>,
}

impl<'a> House<'a> {
    fn new(app: &'a App, demo: &'a Demo, language: &Language) -> Self {
        Self {
            app,
            demo,
            now: app.now(),
            chinese: language.is_chinese(),
            users: Vec::new(),
            accounts: Vec::new(),
            contacts: Vec::new(),
            waves: Vec::new(),
            instruments: BTreeMap::new(),
        }
    }

    /// A civil time at the supplier.
    fn instant(&self, civil: NaiveDateTime) -> DateTime<Utc> {
        let zone = self.app.config.organisation.reporting_zone;
        zone.from_local_datetime(&civil).earliest().map_or_else(|| civil.and_utc(), |t| t.to_utc())
    }

    fn put_people(&mut self, password: &str) -> Result<()> {
        // One hash serves all: hashing is slow on purpose, and the password is no secret.
        let hash = sign_in::hash_password(self.app, password)?;
        let since = self.instant(self.first_day().and_time(NaiveTime::MIN));
        self.app.db.write(|conn| {
            for person in &self.demo.users {
                let role = Role::parse(&person.role.replace('-', "_"));
                let user = users::User {
                    id: self.app.chance.id(since),
                    email: EmailAddress::parse(&person.email)?.folded(),
                    name: person.name.clone(),
                    role: role.ok_or_else(|| Error::new(Code::ValueUnknown).with("value", person.role))?,
                    language: person.language.clone(),
                    zone: self.app.config.organisation.reporting_zone,
                    region: None,
                    active: true,
                    revision: 1,
                };
                users::insert(conn, &user, Some(&hash), since)?;
                self.users.push(user.id);
            }
            Ok(())
        })
    }

    fn first_day(&self) -> chrono::NaiveDate {
        self.demo.accounts.iter().map(|a| a.customer_since).min().unwrap_or(self.demo.end)
    }

    fn put_accounts(&mut self) -> Result<()> {
        for place in 0..self.demo.accounts.len() {
            let account = self.account(at(&self.demo.accounts, place)?)?;
            self.accounts.push(account);
        }
        let mut people = Vec::with_capacity(self.demo.contacts.len());
        for person in &self.demo.contacts {
            people.push((self.contact(person)?, person));
        }
        self.contacts = people.iter().map(|(contact, _)| contact.id).collect();
        let mut bought = Vec::with_capacity(self.demo.orders.len());
        for order in &self.demo.orders {
            bought.push(orders::Order {
                id: self.app.chance.id(self.instant(order.ordered.and_time(NaiveTime::MIN))),
                account: at(&self.accounts, order.account)?.id,
                feed_key: order.number.clone(),
                number: Some(order.number.clone()),
                ordered_on: order.ordered,
                amount: order.value * 100,
                promised_on: Some(order.promised),
                delivered_on: order.delivered,
            });
        }
        let (app, now) = (self.app, self.now);
        app.db.write(|conn| {
            for (account, model) in self.accounts.iter().zip(&self.demo.accounts) {
                let since = self.instant(model.customer_since.and_time(NaiveTime::MIN));
                accounts::insert(conn, std::slice::from_ref(account), None, since, model.customer_since)?;
            }
            let known: Vec<contact::Contact> = people.iter().map(|(contact, _)| contact.clone()).collect();
            contacts::insert(conn, &known, now)?;
            for (contact, model) in &people {
                if let Some(day) = model.bounces_from {
                    let hash = address_hash(app, &contact.email);
                    let since = self.instant(day.and_time(NaiveTime::MIN));
                    suppressions::add(conn, &hash, suppressions::Reason::Bounced, since)?;
                }
            }
            orders::upsert(conn, &bought, now)?;
            Ok(())
        })
    }

    fn account(&self, model: &Account) -> Result<account::Account> {
        let name = |names: &[(&str, &str)], place: usize| {
            let (english, chinese) = at(names, place)?;
            Ok::<String, Error>((if self.chinese { *chinese } else { *english }).to_owned())
        };
        let number = CustomerNumber::parse(&model.number);
        Ok(account::Account {
            id: self.app.chance.id::<AccountId>(self.instant(model.customer_since.and_time(NaiveTime::MIN))),
            number: number.ok_or_else(|| Error::new(Code::ValueMalformed).with("value", &model.number))?,
            name: model.name.clone(),
            kind: AccountKind::Customer,
            parent: None,
            tier: model.tier.to_owned(),
            region: name(&REGIONS, model.region)?,
            product_line: name(&PRODUCT_LINES, model.product_line)?,
            manager: Some(*at(&self.users, model.manager)?),
            deputy: Some(*at(&self.users, model.deputy)?),
            active: true,
            revision: 1,
        })
    }

    fn contact(&self, model: &Contact) -> Result<contact::Contact> {
        Ok(contact::Contact {
            id: self.app.chance.id(self.instant(model.from.and_time(NaiveTime::MIN))),
            account_id: at(&self.accounts, model.account)?.id,
            email: EmailAddress::parse(&model.email)?,
            name: model.name.clone(),
            salutation: model.salutation.clone(),
            phone: Some(model.phone.clone()),
            language: model.language.clone(),
            role: Some(model.role.to_owned()),
            consent: model.consent,
            active: model.until.is_none_or(|until| until > self.demo.end),
            revision: 1,
        })
    }

    fn put_waves(&mut self) -> Result<()> {
        let quality = self.demo.users.iter().position(|u| u.role == "quality-manager");
        let by = quality.and_then(|place| self.users.get(place).copied());
        self.app.db.write(|conn| {
            for wave in &self.demo.waves {
                if !self.instruments.contains_key(wave.survey) {
                    let unknown = || Error::new(Code::SurveyUnknown).with("survey", wave.survey);
                    let version = surveys::by_key(conn, wave.survey, 1)?.ok_or_else(unknown)?;
                    let definition = Definition::from_json(&version.definition)?;
                    let instrument = Instrument { id: version.id, kind: version.kind, definition };
                    self.instruments.insert(wave.survey, instrument);
                }
                let opens = self.instant(wave.opens.and_time(NaiveTime::MIN));
                let closes = self.instant((wave.closes + Days::new(1)).and_time(NaiveTime::MIN));
                let kept = waves::Wave {
                    id: self.app.chance.id(opens),
                    name: wave.name.clone(),
                    version: self.instrument(wave.survey)?.id,
                    state: if closes <= self.now { WaveState::Finished } else { WaveState::Running },
                    audience: Audience::default(),
                    start_at: Some(opens),
                    closes_at: closes,
                    planned_at: Some(opens),
                    created_by: by,
                    created_at: opens,
                    revision: 1,
                };
                waves::insert(conn, &kept)?;
                self.waves.push(kept.id);
            }
            Ok(())
        })
    }

    fn instrument(&self, survey: &str) -> Result<&Instrument> {
        self.instruments.get(survey).ok_or_else(|| Error::new(Code::SurveyUnknown).with("survey", survey))
    }

    /// The segment an account stands in; the model moves nobody.
    fn segment(&self, account: usize) -> Result<SegmentId> {
        Ok(at(&self.accounts, account)?.segment().id())
    }

    /// Each invitation of the model that was sent before now, by its place.
    fn put_invitations(&self) -> Result<Vec<Option<InvitationId>>> {
        let mut kept = Vec::with_capacity(self.demo.invitations.len());
        for model in &self.demo.invitations {
            kept.push(self.invitation(model)?);
        }
        for some in kept.chunks(TOGETHER) {
            self.app.db.write(|conn| {
                let new: Vec<invitations::Invitation> = some.iter().flatten().cloned().collect();
                invitations::insert(conn, &new)?;
                let delivered = new.iter().filter_map(|i| {
                    Some(tally::delivered(i.account, i.segment, &i.kind, i.delivered_day?))
                });
                tallies::fold(conn, delivered)
            })?;
        }
        Ok(kept.iter().map(|i| i.as_ref().map(|i| i.id)).collect())
    }

    fn invitation(&self, model: &Invitation) -> Result<Option<invitations::Invitation>> {
        let sent = self.instant(model.sent);
        if sent > self.now {
            return Ok(None);
        }
        let wave = at(&self.demo.waves, model.wave)?;
        let person = at(&self.demo.contacts, model.contact)?;
        let instrument = self.instrument(wave.survey)?;
        Ok(Some(invitations::Invitation {
            account: at(&self.accounts, person.account)?.id,
            id: self.app.chance.id(sent),
            wave: *at(&self.waves, model.wave)?,
            version: instrument.id,
            contact: *at(&self.contacts, model.contact)?,
            segment: self.segment(person.account)?,
            kind: instrument.kind.clone(),
            language: person.language.clone(),
            state: if model.bounced { State::Failed } else { State::Delivered },
            created_at: sent,
            delivered_at: (!model.bounced).then_some(sent),
            delivered_day: (!model.bounced).then(|| self.app.day_of(sent)),
            answered_at: None,
            closes_at: self.instant((wave.closes + Days::new(1)).and_time(NaiveTime::MIN)),
        }))
    }

    fn put_responses(&self, invited: &[Option<InvitationId>]) -> Result<usize> {
        let mut kept = 0;
        for some in self.demo.responses.chunks(TOGETHER) {
            kept += self.app.db.write(|conn| {
                let mut kept = 0;
                for model in some {
                    if let Some(import) = self.response(model, invited)? {
                        responses::import_one(self.app, conn, import)?;
                        kept += 1;
                    }
                }
                Ok(kept)
            })?;
        }
        Ok(kept)
    }

    /// A response of the model, if it was given before now.
    fn response(&self, model: &Response, invited: &[Option<InvitationId>]) -> Result<Option<Import>> {
        let received_at = self.instant(model.completed);
        let Some(invitation) = at(invited, model.invitation)?.filter(|_| received_at <= self.now) else {
            return Ok(None);
        };
        let survey = at(&self.demo.waves, at(&self.demo.invitations, model.invitation)?.wave)?.survey;
        let instrument = self.instrument(survey)?;
        let language = at(&self.demo.contacts, model.contact)?.language.clone();
        // What the model says passes through the form that people's answers pass through.
        let answers = Answers::parse(&instrument.definition, &model.answers.to_form(), &language)
            .map_err(|rejected| Error::faulty(rejected.faults))?;
        let account = at(&self.accounts, model.account)?;
        Ok(Some(Import {
            account: account.id,
            contact: Some(*at(&self.contacts, model.contact)?),
            version: instrument.id,
            invitation: Some(invitation),
            answers,
            received_at,
            channel: Channel::Web,
            language,
            segment: Some(account.segment()),
        }))
    }
}

/// The model refers to its own lists only; a place that is not there would be its fault.
fn at<T>(list: &[T], place: usize) -> Result<&T> {
    list.get(place).ok_or_else(|| Error::internal(format!("the model has no number {place}")))
}
