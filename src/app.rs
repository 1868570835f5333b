//! The use cases. Each takes the acting person, asks whether they may, loads, asks the domain, and saves
//! in one unit of work together with its line in the audit trail.
//!
//! A use case is a function over [`App`]; a file for each noun, named as in the store.

pub mod accounts;
pub mod anonymous;
pub mod cases;
pub mod digests;
pub mod doubts;
pub mod entries;
pub mod figures;
pub mod follow_ups;
pub mod imports;
pub mod open_links;
pub mod outbox;
pub mod private;
pub mod reports;
pub mod responses;
pub mod sign_in;
pub mod subjects;
pub mod surveys;
mod theme;
pub mod visits;
pub mod warnings;
pub mod waves;

use crate::chance::Chance;
use crate::clock::SharedClock;
use crate::config::Config;
use crate::domain::anonymity::sealed::BoxKey;
use crate::domain::day;
use crate::domain::ident::AccountId;
use crate::domain::language::Language;
use crate::domain::permission::Actor;
use crate::domain::token::SealKey;
use crate::error::{Error, Result};
use crate::mail::Mailer;
use crate::render::look::Look;
use crate::render::template::Templates;
use crate::store::audit::{self, NewEntry};
use crate::store::{Conn, Db};
use crate::text::{Catalogue, Reader};
use chrono::{DateTime, NaiveDate, Utc};
use secrecy::{ExposeSecret, SecretSlice};
use std::sync::Arc;

/// All that a use case may need. One for a process, shared by everybody in it.
pub struct App {
    pub db: Db,
    pub clock: SharedClock,
    pub chance: Chance,
    pub config: Arc<Config>,
    pub catalogue: Arc<Catalogue>,
    pub templates: Arc<Templates>,
    /// Tallies kept in memory while they hold.
    pub figures: figures::Shelf,
    pub mailer: Mailer,
    /// The organisation's own colours and logo.
    pub look: Look,
    /// Published versions of surveys, read once.
    pub surveys: surveys::Shelf,
    /// Whether sending rests because the mail server is in trouble.
    pub brake: outbox::Brake,
    /// Sign-ins that have failed lately.
    pub tries: sign_in::Tries,
    /// How often links have been used lately.
    pub limits: visits::Limits,
    /// Passwords of open links that were tried lately.
    pub doors: open_links::Doors,
    /// Takes down what visits to links leave behind.
    pub witness: visits::Witness,
    secret: SecretSlice<u8>,
    seal: SealKey,
    box_key: BoxKey,
}

impl App {
    /// Puts the house together; the database is opened and migrated by the caller.
    ///
    /// # Errors
    /// A settings, text or template file with a fault, or a secret key that cannot be kept.
    pub fn build(config: Arc<Config>, db: Db, clock: SharedClock, chance: Chance) -> Result<Self> {
        let catalogue = Arc::new(Catalogue::load(config.locales_dir.as_deref())?);
        let templates = Arc::new(Templates::load(config.templates_dir.as_deref(), &catalogue)?);
        let mailer = outbox::mailer(&config)?;
        let look = theme::look(&config.theme)?;
        let secret = config.secret(chance.bytes())?;
        let seal = SealKey::derive(secret.expose_secret())?;
        let box_key = BoxKey::derive(secret.expose_secret())?;
        Ok(Self {
            db,
            clock,
            chance,
            config,
            catalogue,
            templates,
            figures: figures::Shelf::default(),
            mailer,
            look,
            surveys: surveys::Shelf::default(),
            brake: outbox::Brake::default(),
            tries: sign_in::Tries::default(),
            limits: visits::Limits::default(),
            doors: open_links::Doors::default(),
            witness: visits::Witness::default(),
            secret,
            seal,
            box_key,
        })
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Today, where the organisation reports.
    pub fn today(&self) -> NaiveDate {
        self.day_of(self.now())
    }

    /// The reporting day of an instant.
    pub fn day_of(&self, instant: DateTime<Utc>) -> NaiveDate {
        day::day_of(instant, self.config.organisation.reporting_zone)
    }

    /// The key that signs links and hashes suppressed addresses.
    pub fn secret(&self) -> &[u8] {
        self.secret.expose_secret()
    }

    /// What links and envelope addresses are sealed with.
    pub fn seal_key(&self) -> &SealKey {
        &self.seal
    }

    /// What anonymous answers are sealed with.
    pub fn box_key(&self) -> &BoxKey {
        &self.box_key
    }

    /// The service itself as the acting person.
    pub fn service(&self) -> Actor {
        Actor::service(self.config.organisation.language.clone(), self.config.organisation.reporting_zone)
    }

    /// How one person reads.
    pub fn reader(&self, actor: &Actor) -> Reader {
        self.catalogue.reader(&actor.language, actor.zone)
    }

    /// How somebody reads of whom we know only the language: in the reporting zone.
    pub fn reader_of(&self, language: &Language) -> Reader {
        self.catalogue.reader(language, self.config.organisation.reporting_zone)
    }

    /// Writes the line of a change into the trail; belongs into the unit of work that makes it.
    pub(crate) fn note(&self, conn: &mut Conn, actor: &Actor, change: Change<'_>) -> Result<()> {
        let now = self.now();
        let entry = NewEntry {
            id: self.chance.id(now),
            at: now,
            actor: actor.user,
            action: change.action,
            record: change.record,
            record_id: change.id.to_string(),
            account: change.account,
            before: change.before,
            after: change.after,
        };
        audit::write(conn, &entry)
    }
}

/// Runs a use case on a thread that may wait for the database.
///
/// # Errors
/// What the use case fails with; `Internal` if it panicked.
pub async fn run<T: Send + 'static>(
    app: &Arc<App>,
    work: impl FnOnce(&App) -> Result<T> + Send + 'static,
) -> Result<T> {
    let app = Arc::clone(app);
    tokio::task::spawn_blocking(move || work(&app)).await.map_err(Error::internal)?
}

/// One change, as the audit trail tells it.
pub(crate) struct Change<'a> {
    /// What was done: created, changed, started, acknowledged, …
    pub action: &'static str,
    /// To what noun.
    pub record: &'static str,
    pub id: &'a dyn std::fmt::Display,
    pub account: Option<AccountId>,
    pub before: Option<serde_json::Value>,
    pub after: Option<serde_json::Value>,
}

impl<'a> Change<'a> {
    pub(crate) fn new(action: &'static str, record: &'static str, id: &'a dyn std::fmt::Display) -> Self {
        Self { action, record, id, account: None, before: None, after: None }
    }

    pub(crate) fn of_account(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }

    /// What it was before.
    pub(crate) fn was(mut self, before: impl Into<Option<serde_json::Value>>) -> Self {
        self.before = before.into();
        self
    }

    /// What it is now.
    pub(crate) fn to(mut self, after: impl Into<Option<serde_json::Value>>) -> Self {
        self.after = after.into();
        self
    }
}
