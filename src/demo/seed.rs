//! Puts the invented customers into an empty database, as if they had been served for two years.
//!
//! What the model says is kept by the same use cases and queries that keep what real people say: answers
//! are checked against the published survey, and every response is folded into the tallies.

use super::programme::Programme;
use super::work::Desk;
use super::{Account, Contact, Demo, Invitation, PRODUCT_LINES, REGIONS, Response, Wave};
use crate::app::outbox::{self, address_hash};
use crate::app::responses::{self, Import};
use crate::app::{App, entries, follow_ups, sign_in};
use crate::clock::FixedClock;
use crate::domain::account::{self, AccountKind, CustomerNumber};
use crate::domain::answer::Answers;
use crate::domain::contact::{self, EmailAddress};
use crate::domain::delivery::{self, Delivery, Failure};
use crate::domain::ident::{AccountId, ContactId, InvitationId, SegmentId, UserId, VersionId, WaveId};
use crate::domain::language::Language;
use crate::domain::permission::Role;
use crate::domain::survey::Definition;
use crate::domain::tally;
use crate::domain::wave::{Audience, WaveState};
use crate::error::{Code, Error, Result};
use crate::store::invitations::{self, State};
use crate::store::mails::{self, Mail};
use crate::store::responses::Channel;
use crate::store::{accounts, contacts, orders, suppressions, surveys, tallies, users, waves};
use chrono::{DateTime, Days, Duration, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use std::collections::BTreeMap;

/// So many days before the end the house begins to promise calls, and to take down answers.
const PROMISED: i64 = 182;
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

/// Puts the model's data into a database that holds nothing but the published surveys: day by day as
/// `stops` say, and at each of them `look` is taken at what was known then, and in the days until the next
/// one the people of the model work. The last stop is the present.
/// `clock` is the one of `app`. `language` is that of the names of regions and product lines; everybody
/// gets `password`.
///
/// # Errors
/// `SurveyUnknown` if a survey of the model is not published; else what the database or `look` fails with.
pub fn seed(
    app: &App,
    clock: &FixedClock,
    demo: &Demo,
    language: &Language,
    password: &str,
    stops: &[DateTime<Utc>],
    look: &mut dyn FnMut(&App) -> Result<()>,
) -> Result<Seeded> {
    let mut house = House::new(app, demo, language);
    house.put_people(password)?;
    house.put_accounts()?;
    house.put_waves()?;
    let mut seeded = Seeded { accounts: demo.accounts.len(), contacts: demo.contacts.len(), ..Seeded::default() };
    let mut desk = Desk::new(app, clock, demo, &house)?;
    let mut programme = Programme::new(app, clock, demo, &house)?;
    let mut before = DateTime::UNIX_EPOCH;
    for (place, stop) in stops.iter().enumerate() {
        clock.set(*stop);
        seeded.orders += house.put_orders(before, *stop)?;
        seeded.invitations += house.put_invitations(before, *stop)?;
        seeded.responses += house.put_responses(before, *stop)?;
        programme.week(before, *stop)?;
        look(app)?;
        if let Some(next) = stops.get(place + 1) {
            desk.work(*stop, *next)?;
        }
        before = *stop;
    }
    Ok(seeded)
}

/// A published survey of the model.
struct Instrument {
    id: VersionId,
    kind: String,
    definition: Definition,
}

/// What has come into being so far, by its place in the model.
pub(super) struct House<'a> {
    app: &'a App,
    demo: &'a Demo,
    now: DateTime<Utc>,
    chinese: bool,
    pub(super) users: Vec<UserId>,
    pub(super) accounts: Vec<account::Account>,
    contacts: Vec<ContactId>,
    /// By the place in the model and the period within it, with the moment at which it closes.
    waves: BTreeMap<(usize, i64), (WaveId, DateTime<Utc>)>,
    /// By the place of the invitation in the model.
    invited: Vec<Option<InvitationId>>,
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
            waves: BTreeMap::new(),
            invited: vec![None; demo.invitations.len()],
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
                    digest: true,
                    revision: 1,
                };
                users::insert(conn, &user, Some(&hash), since)?;
                self.users.push(user.id);
            }
            Ok(())
        })
    }

    fn first_day(&self) -> NaiveDate {
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
            Ok(())
        })
    }

    /// The orders that were placed or delivered in a span, as they were known at its end. Returns how
    /// many are new.
    fn put_orders(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<usize> {
        let (first, last) = (self.app.day_of(after), self.app.day_of(until));
        let in_span = |day: NaiveDate| first < day && day <= last;
        let mut bought = Vec::new();
        for model in &self.demo.orders {
            let delivered = model.delivered.filter(|day| *day <= last);
            if !in_span(model.ordered) && !delivered.is_some_and(in_span) {
                continue;
            }
            bought.push(orders::Order {
                id: self.app.chance.id(self.instant(model.ordered.and_time(NaiveTime::MIN))),
                account: at(&self.accounts, model.account)?.id,
                feed_key: model.number.clone(),
                number: Some(model.number.clone()),
                ordered_on: model.ordered,
                amount: model.value * 100,
                promised_on: Some(model.promised),
                delivered_on: delivered,
            });
        }
        let saved = self.app.db.write(|conn| orders::upsert(conn, &bought, until))?;
        Ok(saved.added)
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
            for (place, wave) in self.demo.waves.iter().enumerate() {
                if !self.instruments.contains_key(wave.survey) {
                    let unknown = || Error::new(Code::SurveyUnknown).with("survey", wave.survey);
                    let version = surveys::by_key(conn, wave.survey, 1)?.ok_or_else(unknown)?;
                    let definition = Definition::from_json(&version.definition)?;
                    let instrument = Instrument { id: version.id, kind: version.kind, definition };
                    self.instruments.insert(wave.survey, instrument);
                }
                for period in 0..=period_of(wave, wave.closes.min(self.demo.end)) {
                    let first = wave.opens + Duration::days(period * PERIOD);
                    let last = if wave.survey == "relationship" { wave.closes } else { first + Duration::days(60) };
                    let opens = self.instant(first.and_time(NaiveTime::MIN));
                    let closes = self.instant((last + Days::new(1)).and_time(NaiveTime::MIN));
                    let name = wave.name.split('-').next().unwrap_or_default();
                    let kept = waves::Wave {
                        id: self.app.chance.id(opens),
                        name: if period == 0 {
                            wave.name.clone()
                        } else {
                            first.format(&format!("{name}-%F")).to_string()
                        },
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
                    self.waves.insert((place, period), (kept.id, closes));
                }
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

    /// The invitations that were sent in a span; returns how many.
    fn put_invitations(&mut self, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<usize> {
        let mut new = Vec::new();
        let mut letters = Vec::new();
        for (place, model) in self.demo.invitations.iter().enumerate() {
            let sent = self.instant(model.sent);
            if after < sent && sent <= until {
                let kept = self.invitation(model, sent)?;
                letters.push(self.mail(&kept, at(&self.demo.contacts, model.contact)?));
                if let Some(known) = self.invited.get_mut(place) {
                    *known = Some(kept.id);
                }
                new.push(kept);
            }
        }
        for some in new.chunks(TOGETHER) {
            self.app.db.write(|conn| {
                invitations::insert(conn, some)?;
                let delivered =
                    some.iter().filter_map(|i| Some(tally::delivered(i.account, i.segment, &i.kind, i.delivered_day?)));
                tallies::fold(conn, delivered)
            })?;
        }
        for some in letters.chunks(TOGETHER) {
            self.app.db.write(|conn| mails::insert(conn, some))?;
        }
        Ok(new.len())
    }

    /// The mail that brought an invitation, or came back with it. What it said is not kept.
    fn mail(&self, invitation: &invitations::Invitation, to: &Contact) -> Mail {
        let at = invitation.created_at;
        let (state, reply) = match invitation.delivered_at {
            Some(_) => (delivery::State::Sent { at }, "250 2.0.0 accepted"),
            None => (delivery::State::Failed { at, why: Failure::Hard }, "550 5.1.1 no such user"),
        };
        let not_after = outbox::settings(self.app).deadline(at).min(invitation.closes_at);
        Mail {
            account: invitation.account,
            id: self.app.chance.id(at),
            purpose: mails::Purpose::Invitation,
            invitation: Some(invitation.id),
            wave: Some(invitation.wave),
            user: None,
            to_address: to.email.clone(),
            to_name: to.name.clone(),
            language: invitation.language.clone(),
            payload: "{}".to_owned(),
            once_key: format!("wave {} {}", invitation.wave, invitation.contact),
            delivery: Delivery { state, attempts: 1, ..Delivery::scheduled(at, not_after) },
            claimed_by: None,
            dated_at: Some(at),
            reply: Some(reply.to_owned()),
            created_at: at,
        }
    }

    fn invitation(&self, model: &Invitation, sent: DateTime<Utc>) -> Result<invitations::Invitation> {
        let wave = at(&self.demo.waves, model.wave)?;
        let person = at(&self.demo.contacts, model.contact)?;
        let instrument = self.instrument(wave.survey)?;
        let period = period_of(wave, model.sent.date());
        let known = self.waves.get(&(model.wave, period)).copied();
        let (fielded, closes_at) = known.ok_or_else(|| Error::internal("an invitation without a wave"))?;
        Ok(invitations::Invitation {
            account: at(&self.accounts, person.account)?.id,
            id: self.app.chance.id(sent),
            wave: fielded,
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
            closes_at,
        })
    }

    /// The responses that were given in a span; returns how many.
    fn put_responses(&self, after: DateTime<Utc>, until: DateTime<Utc>) -> Result<usize> {
        let mut new = Vec::new();
        let mut dictated = 0;
        for model in &self.demo.responses {
            let received_at = self.instant(model.completed);
            if after < received_at && received_at <= until {
                let import = self.response(model, received_at)?;
                if self.is_dictated(model, until) {
                    dictated += 1;
                    self.take_down(import, dictated % 3 == 0)?;
                } else {
                    new.push(import);
                }
            }
        }
        let count = new.len() + dictated;
        // A house that has begun to promise calls does so with each answer.
        let promises = (self.demo.end - self.app.day_of(until)).num_days() < PROMISED;
        let mut new = new.into_iter().peekable();
        while new.peek().is_some() {
            self.app.db.write(|conn| {
                for import in new.by_ref().take(TOGETHER) {
                    let version = import.version;
                    let kept = responses::import_one(self.app, conn, import)?;
                    if promises {
                        let instrument = self.app.surveys.get(conn, version)?;
                        follow_ups::settle(self.app, conn, &instrument.definition, &kept)?;
                    }
                }
                Ok(())
            })?;
        }
        Ok(count)
    }

    /// Whether an answer to the relationship survey came by telephone or on paper.
    fn is_dictated(&self, model: &Response, until: DateTime<Utc>) -> bool {
        let wave = self.demo.invitations.get(model.invitation).and_then(|i| self.demo.waves.get(i.wave));
        let late = (self.demo.end - self.app.day_of(until)).num_days() < PROMISED;
        late && model.invitation % 8 == 3 && wave.is_some_and(|wave| wave.survey == "relationship")
    }

    /// The quality manager enters what was said on the telephone, or stands on paper.
    fn take_down(&self, import: Import, paper: bool) -> Result<()> {
        let quality = self.demo.users.iter().position(|u| u.role == "quality-manager");
        let by = quality.and_then(|place| self.users.get(place).copied());
        let by = by.ok_or_else(|| Error::internal("a model without a quality manager"))?;
        let actor = self.app.db.read(|conn| users::find(conn, by))?.actor();
        let entry = entries::Entry {
            account: import.account,
            id: self.app.chance.id(import.received_at),
            contact: import.contact,
            invitation: import.invitation,
            version: Some(import.version),
            channel: if paper { Channel::Paper } else { Channel::Telephone },
            day: self.app.day_of(import.received_at),
        };
        let form = import.answers.to_form();
        match entries::keep(self.app, &actor, &entry, &form, &import.language)? {
            entries::Outcome::Kept(_) => Ok(()),
            entries::Outcome::Rejected(_, rejected) => Err(Error::faulty(rejected.faults)),
        }
    }

    fn response(&self, model: &Response, received_at: DateTime<Utc>) -> Result<Import> {
        let invitation = *at(&self.invited, model.invitation)?;
        let survey = at(&self.demo.waves, at(&self.demo.invitations, model.invitation)?.wave)?.survey;
        let instrument = self.instrument(survey)?;
        let language = at(&self.demo.contacts, model.contact)?.language.clone();
        // What the model says passes through the form that people's answers pass through.
        let answers = Answers::parse(&instrument.definition, &model.answers.to_form(), &language)
            .map_err(|rejected| Error::faulty(rejected.faults))?;
        let account = at(&self.accounts, model.account)?;
        Ok(Import {
            account: account.id,
            contact: Some(*at(&self.contacts, model.contact)?),
            version: instrument.id,
            invitation,
            answers,
            received_at,
            channel: Channel::Web,
            language,
            segment: Some(account.segment()),
        })
    }
}

/// One wave asks a person once. Those who get goods often are asked after some of their deliveries, with
/// three weeks of rest between: so a wave of deliveries lasts for three weeks.
const PERIOD: i64 = 21;

/// The period of a wave of the model that a day falls into.
fn period_of(wave: &Wave, day: NaiveDate) -> i64 {
    if wave.survey == "relationship" { 0 } else { (day - wave.opens).num_days().max(0) / PERIOD }
}

/// The model refers to its own lists only; a place that is not there would be its fault.
fn at<T>(list: &[T], place: usize) -> Result<&T> {
    list.get(place).ok_or_else(|| Error::internal(format!("the model has no number {place}")))
}
