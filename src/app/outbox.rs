//! The outbox: taking mails that are due, handing them over, and recording what became of them.
//!
//! Each step of `domain::delivery` is one committed unit of work. The only mails whose fate nobody can
//! know are those that were committed as `Sending` and whose outcome was not: at most one for each
//! connection to the mail server. A mail that was claimed but never begun goes back to the queue.

use super::{App, Change};
use crate::config::{Config, Transport};
use crate::domain::contact::EmailAddress;
use crate::domain::delivery::{Delivery, Event, Failure, Outcome, Settings, State, step};
use crate::domain::ident::LetterId;
use crate::domain::permission::{Action, Actor, Module, reach};
use crate::error::{Code, Error, Fault, Place, Result};
use crate::mail::{Composed, Draft, Folder, ListHeaders, Mailbox, Mailer, Sending, Smtp, SmtpSettings, compose};
use crate::store::letters::{self, Head, Letter};
use crate::store::mails::{self, Mail};
use crate::store::suppressions::{self, Reason};
use crate::store::{Conn, invitations};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::{Mutex, PoisonError};

/// How long a process may hold a mail that it has not begun to send.
const CLAIM: TimeDelta = TimeDelta::minutes(10);
/// How long a conversation with the server may take; the answer to the last dot alone may take ten minutes.
const SENDING: TimeDelta = TimeDelta::minutes(15);
/// How long a mail stays in doubt before the policy decides: a slow answer may still arrive.
const DOUBT: TimeDelta = TimeDelta::minutes(10);
/// After so many troubles in a row sending rests.
const TROUBLES: u32 = 10;
/// For so long.
const REST: TimeDelta = TimeDelta::minutes(5);
/// How many mails one unit of housekeeping looks at.
const CHUNK: i64 = 500;

/// What a mail's template is filled with, and what its headers say beside it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Payload {
    /// The data of the template `mail/<purpose>`; its `subject` is the mail's.
    pub view: serde_json::Value,
    /// For mails that one can leave: the name of the series, and what receivers count complaints by.
    pub list: Option<List>,
}

#[derive(Debug, Serialize, Deserialize)]
pub struct List {
    pub series: String,
    pub campaign: String,
    pub unsubscribe_url: String,
}

/// A mail as its reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// Makes the way out of the settings.
///
/// # Errors
/// `SettingFaulty` naming the setting: a mail server needs a sender, and its readers the postal address
/// and the privacy page of who writes to them.
pub(super) fn mailer(config: &Config) -> Result<Mailer> {
    let mail = &config.mail;
    match mail.transport {
        Transport::Mailbox => Ok(Mailer::Mailbox),
        Transport::Folder => Ok(Mailer::Folder(Folder::open(&mail.folder)?)),
        Transport::Smtp => {
            let missing: Vec<Fault> = [
                ("mail.host", mail.host.is_none()),
                ("mail.from", mail.from.is_none()),
                ("organisation.postal_address", config.organisation.postal_address.is_none()),
                ("organisation.privacy_url", config.organisation.privacy_url.is_none()),
            ]
            .into_iter()
            .filter(|(_, missing)| *missing)
            .map(|(name, _)| {
                Fault::new(Place::Setting(name.into()), Code::SettingFaulty)
                    .with("setting", name)
                    .with("reason", "needed to send by SMTP")
            })
            .collect();
            if !missing.is_empty() {
                return Err(Error::faulty(missing));
            }
            Ok(Mailer::Smtp(Box::new(Smtp::new(smtp_settings(config))?)))
        }
    }
}

/// How the mail server is spoken to, by the settings.
pub fn smtp_settings(config: &Config) -> SmtpSettings {
    let mail = &config.mail;
    SmtpSettings {
        tls: mail.tls,
        user: mail.user.clone(),
        password: mail.password.clone(),
        keep: mail.concurrency as usize,
        ..SmtpSettings::new(mail.host.clone().unwrap_or_default(), mail.port, config.base_url.host())
    }
}

/// What an address is kept as where it is suppressed: an HMAC of the folded address under a key of its
/// own, so that nobody can look addresses up in the list who has not the installation's secret.
pub fn address_hash(app: &App, address: &EmailAddress) -> Vec<u8> {
    let key = Sha256::new().chain_update(b"bellwether addresses 1\0").chain_update(app.secret()).finalize();
    let mut block = [0; 64];
    for (to, from) in block.iter_mut().zip(key) {
        *to = from;
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(address.folded().as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// How patient the outbox is, by the settings.
pub fn settings(app: &App) -> Settings {
    let mail = &app.config.mail;
    Settings {
        max_attempts: mail.max_attempts,
        send_within: TimeDelta::hours(i64::from(mail.too_late_hours)),
        unknown: mail.unknown_policy,
        ..Settings::default()
    }
}

/// Takes mails that are due for one process.
pub fn claim(app: &App, by: &str, limit: i64) -> Result<Vec<Mail>> {
    let now = app.now();
    app.db.write(|conn| mails::claim(conn, by, now + CLAIM, now, limit))
}

/// Sends one claimed mail and records what became of it. `None`: it was not begun, since its wave is
/// halted or over, its recipient wants no mail any more, or it is too late.
///
/// # Errors
/// What the database fails with; then the mail comes back, or is in doubt, when its lease is over.
pub fn deliver(app: &App, mail: &Mail) -> Result<Option<Outcome>> {
    // Rendered before the first word to the server: a template that fails must not leave a doubt behind.
    let rendered = match render(app, mail) {
        Ok(rendered) => Ok(rendered),
        Err(error) => match mail.wave {
            Some(wave) => {
                release_one(app, mail)?;
                super::waves::halt(app, wave, &error)?;
                return Ok(None);
            }
            None => Err(error),
        },
    };
    let Some(sending) = hand_over(app, mail)? else { return Ok(None) };
    let composed = rendered.and_then(|rendered| Ok((composed(app, &sending, &rendered)?, rendered)));
    let (outcome, rendered) = match composed {
        Ok((composed, rendered)) => (app.mailer.send(&composed), Some(rendered)),
        Err(error) => (Outcome::Unsendable { why: error.to_string() }, None),
    };
    app.brake.note(&outcome, app.now());
    settle(app, &sending, &outcome, rendered.as_ref())?;
    Ok(Some(outcome))
}

/// Fills a mail's templates in.
///
/// # Errors
/// `TemplateFaulty` with the name of what is missing.
pub fn render(app: &App, mail: &Mail) -> Result<Rendered> {
    let payload: Payload = serde_json::from_str(&mail.payload).map_err(Error::internal)?;
    render_view(app, mail.purpose, &mail.language, &payload.view)
}

pub(super) fn render_view(
    app: &App,
    purpose: mails::Purpose,
    language: &crate::domain::language::Language,
    view: &serde_json::Value,
) -> Result<Rendered> {
    let reader = app.reader_of(language);
    let name = purpose.as_str();
    let subject = view.get("subject").and_then(|s| s.as_str()).unwrap_or_default().to_owned();
    // The theme as it is when the mail goes out, not as it was when it was written.
    let mut view = view.clone();
    if let Some(fields) = view.as_object_mut() {
        let brand = app.look.of_mails(app.config.base_url.as_str());
        let brand: serde_json::Map<_, _> = brand.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        fields.insert("brand".into(), brand.into());
    }
    let view = &view;
    Ok(Rendered {
        subject,
        html: app.templates.render(&format!("mail/{name}.html"), view, &reader)?,
        text: app.templates.render(&format!("mail/{name}.txt"), view, &reader)?,
    })
}

fn composed(app: &App, mail: &Mail, rendered: &Rendered) -> Result<Composed> {
    let payload: Payload = serde_json::from_str(&mail.payload).map_err(Error::internal)?;
    let from = sender(app)?;
    let mailboxes = &app.config.mail;
    let draft = Draft {
        mail_id: mail.id,
        reply_to: mailboxes.reply_to.clone().map(|email| Mailbox { name: None, email }),
        to: Mailbox::new(mail.to_name.clone(), EmailAddress::parse(&mail.to_address)?),
        subject: rendered.subject.clone(),
        html: rendered.html.clone(),
        text: rendered.text.clone(),
        language: mail.language.clone(),
        list: payload.list.map(|list| ListHeaders {
            unsubscribe_url: list.unsubscribe_url,
            unsubscribe_by_mail: mailboxes.bounce_domain.is_some(),
            series: list.series,
            campaign: list.campaign,
        }),
        auto_submitted: true,
        sent_at: mail.dated_at.unwrap_or(mail.created_at),
        from: from.clone(),
    };
    let sending =
        Sending { domain: from.email.domain(), bounce_domain: mailboxes.bounce_domain.as_deref(), key: app.seal_key() };
    compose(&draft, &sending)
}

/// Whom mails come from. Without a mail server the address is of no consequence, and may be missing.
pub fn sender(app: &App) -> Result<Mailbox> {
    let email = match &app.config.mail.from {
        Some(from) => from.clone(),
        None => EmailAddress::parse(&format!("survey@{}", app.config.base_url.host()))
            .or_else(|_| EmailAddress::parse("survey@bellwether.invalid"))?,
    };
    Ok(Mailbox::new(app.config.sender_name(), email))
}

/// Commits that the server is about to be spoken to, just before it is. `None`: it must not be.
pub fn hand_over(app: &App, mail: &Mail) -> Result<Option<Mail>> {
    let now = app.now();
    app.db.write(|conn| {
        let running = match mail.wave {
            Some(wave) => mails::hold_wave(conn, wave)?,
            None => crate::domain::wave::WaveState::Running,
        };
        let unwanted = match EmailAddress::parse(&mail.to_address) {
            Ok(address) => mail.user.is_none() && suppressions::contains(conn, &address_hash(app, &address))?,
            Err(_) => false,
        };
        let event = if unwanted {
            Event::Cancel
        } else if running.sends() {
            Event::HandOver { until: now + SENDING }
        } else if running.takes_answers() {
            Event::Release
        } else {
            Event::Cancel
        };
        let after = stepped(app, mail, &event, now)?;
        let mut after = Mail { dated_at: mail.dated_at.or(Some(now)), ..after };
        if !matches!(after.delivery.state, State::Sending { .. }) {
            after.dated_at = mail.dated_at;
        }
        // Somebody else has it by now: the wave was ended, or our lease was over.
        if !mails::save(conn, mail, &after, now)? {
            return Ok(None);
        }
        note_end(conn, &after, now, app)?;
        Ok(matches!(after.delivery.state, State::Sending { .. }).then_some(after))
    })
}

/// Records how a try went, together with all that follows from it: the invitation is delivered and
/// counted, a dead address suppressed, the letter put into the built-in mailbox.
pub fn settle(app: &App, sending: &Mail, outcome: &Outcome, rendered: Option<&Rendered>) -> Result<Mail> {
    let now = app.now();
    let settled = app.db.write(|conn| {
        // It may have come to be in doubt meanwhile; what we have heard ends the doubt.
        let current = mails::find(conn, sending.account, sending.id)?;
        let ours = current.delivery.attempts == sending.delivery.attempts
            && match current.delivery.state {
                State::Sending { .. } => current.claimed_by == sending.claimed_by,
                State::Unknown { .. } => true,
                _ => false,
            };
        if !ours {
            tracing::warn!(mail = %sending.id, outcome = %outcome.text(), "a mail was settled before its answer came");
            return Ok(current);
        }
        let mut after = stepped(app, &current, &Event::Tried(outcome.clone()), now)?;
        after.reply = Some(outcome.text());
        if !mails::save(conn, &current, &after, now)? {
            return Err(Error::new(Code::ChangedMeanwhile).with("what", "mail"));
        }
        note_end(conn, &after, now, app)?;
        if let (State::Sent { .. }, true, Some(rendered)) =
            (&after.delivery.state, app.mailer.keeps_letters(), rendered)
        {
            let letter = Letter {
                account: after.account,
                id: app.chance.id::<LetterId>(now),
                mail: after.id,
                to_address: after.to_address.to_lowercase(),
                subject: rendered.subject.clone(),
                html: rendered.html.clone(),
                text: rendered.text.clone(),
                received_at: now,
            };
            letters::insert(conn, &letter)?;
        }
        Ok(after)
    })?;
    metrics::counter!("bellwether_mails_total", "outcome" => outcome.as_str()).increment(1);
    Ok(settled)
}

/// What the end of a mail means for its invitation and its address.
fn note_end(conn: &mut Conn, mail: &Mail, now: DateTime<Utc>, app: &App) -> Result<()> {
    if let State::Failed { why, .. } = mail.delivery.state
        && why.suppresses()
        && let Ok(address) = EmailAddress::parse(&mail.to_address)
        && suppressions::add(conn, &address_hash(app, &address), Reason::Bounced, now)?
    {
        let change = Change::new("suppressed", "address", &mail.id).of_account(mail.account);
        app.note(conn, &app.service(), change)?;
    }
    let Some(id) = mail.invitation else { return Ok(()) };
    match mail.delivery.state {
        State::Sent { at } => {
            let invitation = invitations::find(conn, mail.account, id)?;
            invitations::mark_delivered(conn, &invitation, at, app.day_of(at))
        }
        // It may have arrived: the invitation keeps counting as an asking, and an answer is welcome.
        State::Failed { why: Failure::GivenUp, .. } => Ok(()),
        State::Failed { .. } if mail.delivery.doubts == 0 => {
            invitations::mark_undelivered(conn, mail.account, id, invitations::State::Failed)
        }
        State::Cancelled { .. } | State::TooLate { .. } if mail.delivery.doubts == 0 => {
            invitations::mark_undelivered(conn, mail.account, id, invitations::State::Cancelled)
        }
        _ => Ok(()),
    }
}

fn stepped(app: &App, mail: &Mail, event: &Event, now: DateTime<Utc>) -> Result<Mail> {
    let delivery: Delivery = step(&mail.delivery, event, &settings(app), now, app.chance.unit())?;
    let held = matches!(delivery.state, State::Claimed { .. } | State::Sending { .. });
    Ok(Mail { delivery, claimed_by: mail.claimed_by.clone().filter(|_| held), ..mail.clone() })
}

/// Gives one mail back untried.
pub fn release_one(app: &App, mail: &Mail) -> Result<()> {
    let now = app.now();
    app.db.write(|conn| {
        let after = stepped(app, mail, &Event::Release, now)?;
        mails::save(conn, mail, &after, now).map(|_| ())
    })
}

/// Gives back all that a process has taken and not begun to send: it shuts down, or the sender rests.
pub fn release(app: &App, by: &str) -> Result<usize> {
    let held = app.db.read(|conn| mails::claimed_by(conn, by))?;
    for mail in &held {
        release_one(app, mail)?;
    }
    Ok(held.len())
}

/// What dead or silent processes have left behind: what they had only claimed goes back to the queue,
/// what they were sending is in doubt, and on what has been in doubt long enough the policy decides.
///
/// `alone`: no other process can be sending, so what others hold need not wait for its lease to end.
pub fn reap(app: &App, alone: Option<&str>) -> Result<usize> {
    let now = app.now();
    let mut touched = 0;
    let left = app.db.read(|conn| mails::abandoned(conn, now, alone, CHUNK))?;
    let doubted = app.db.read(|conn| mails::unknown_since(conn, now - DOUBT, CHUNK))?;
    let events = left.iter().map(|m| (m, Event::LeaseOver)).chain(doubted.iter().map(|m| (m, Event::Settle)));
    for (mail, event) in events {
        let after = stepped(app, mail, &event, now)?;
        let saved = app.db.write(|conn| {
            let saved = mails::save(conn, mail, &after, now)?;
            if saved {
                note_end(conn, &after, now, app)?;
            }
            Ok(saved)
        })?;
        if saved {
            touched += 1;
            if matches!(after.delivery.state, State::Unknown { .. }) {
                tracing::warn!(mail = %mail.id, "nobody knows whether this mail was taken");
            }
        }
    }
    Ok(touched)
}

/// Sending rests after many troubles in a row, so that a server that is down or refuses us is not beaten
/// on, and says so on the page of a wave.
#[derive(Debug, Default)]
pub struct Brake(Mutex<Streak>);

#[derive(Debug, Default)]
struct Streak {
    troubles: u32,
    rest: Option<Rest>,
}

/// Until when sending rests, and what the server said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    pub until: DateTime<Utc>,
    pub why: String,
}

impl Brake {
    /// The rest that is being taken now, if any.
    pub fn resting(&self, now: DateTime<Utc>) -> Option<Rest> {
        let streak = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        streak.rest.clone().filter(|rest| now < rest.until)
    }

    /// Takes the outcome of a try into account. After a rest one more trouble is enough for the next.
    pub fn note(&self, outcome: &Outcome, now: DateTime<Utc>) {
        let mut streak = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !outcome.is_trouble() {
            *streak = Streak::default();
            return;
        }
        streak.troubles = streak.troubles.saturating_add(1);
        let resting = streak.rest.as_ref().is_some_and(|rest| now < rest.until);
        if streak.troubles >= TROUBLES && !resting {
            let why = outcome.text();
            tracing::warn!(troubles = streak.troubles, why, minutes = REST.num_minutes(), "sending rests");
            streak.rest = Some(Rest { until: now + REST, why });
        }
    }
}

const VIEW_MAILBOX: Action = Action::view(Module::Mailbox);

/// A page of the built-in mailbox, the latest letter first, and how many there are.
pub fn mailbox(app: &App, actor: &Actor, address: Option<&str>, page: i64, size: i64) -> Result<(Vec<Head>, i64)> {
    let reach = reach(actor, VIEW_MAILBOX)?;
    app.db.read(|conn| letters::list(conn, &reach, address, page.max(0) * size, size))
}

/// One letter of the built-in mailbox.
pub fn letter(app: &App, actor: &Actor, account: crate::domain::ident::AccountId, id: LetterId) -> Result<Letter> {
    let reach = reach(actor, VIEW_MAILBOX)?;
    app.db.read(|conn| letters::find(conn, &reach, account, id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sending_rests_after_troubles_in_a_row_and_only_then() {
        let brake = Brake::default();
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let trouble = Outcome::Unreachable { why: "refused".into() };
        for _ in 1..TROUBLES {
            brake.note(&trouble, now);
        }
        assert_eq!(brake.resting(now), None);
        brake.note(&Outcome::Unsendable { why: String::new() }, now);
        brake.note(&trouble, now);
        assert_eq!(brake.resting(now), None, "a mail that is no trouble ends the streak");
        for _ in 1..TROUBLES {
            brake.note(&trouble, now);
        }
        assert_eq!(brake.resting(now).unwrap().why, "refused");
        let after = now + REST;
        assert_eq!(brake.resting(after), None);
        brake.note(&trouble, after);
        assert!(brake.resting(after).is_some(), "after a rest one trouble is enough");
    }
}
