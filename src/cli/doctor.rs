//! `bellwether doctor`: is everything there that the service needs?

use super::unwritable;
use crate::app::App;
use crate::app::outbox::smtp_settings;
use crate::chance::Chance;
use crate::clock::SystemClock;
use crate::config::{Config, Engine, Transport};
use crate::domain::language::Language;
use crate::error::{Code, Error, Result};
use crate::mail::{Folder, Smtp};
use crate::store::{Db, accounts, contacts, users};
use crate::text::{Reader, Value, error as words};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

/// How one thing stands.
enum Standing {
    Good,
    /// It works, but perhaps not as was meant.
    Note,
    Bad,
}

struct Findings<'a> {
    reader: Reader,
    out: &'a mut dyn Write,
    bad: usize,
}

impl Findings<'_> {
    fn say(&mut self, standing: Standing, text: &str) -> Result<()> {
        let mark = match standing {
            Standing::Good => '✓',
            Standing::Note => '!',
            Standing::Bad => '✗',
        };
        self.bad += usize::from(matches!(standing, Standing::Bad));
        writeln!(self.out, "{mark} {text}").map_err(unwritable)
    }

    fn tell(&mut self, standing: Standing, id: &str, args: &[(&str, Value<'_>)]) -> Result<()> {
        let text = self.reader.text(id, args);
        self.say(standing, &text)
    }

    fn fault(&mut self, error: &Error) -> Result<()> {
        let mut text = words::describe(&self.reader, error);
        if let Some(cause) = std::error::Error::source(error) {
            text.push_str(&format!(" ({})", cause.to_string().replace(['\n', '\r'], " ")));
        }
        self.say(Standing::Bad, &text)
    }
}

/// Looks at one thing after the other; true if nothing is missing. What cannot be looked at because
/// something before it is missing is left out.
///
/// # Errors
/// Only what keeps the findings from being told.
pub(super) fn run(config: Config, out: &mut dyn Write) -> Result<bool> {
    let config = Arc::new(config);
    let catalogue = Arc::new(crate::text::Catalogue::load(config.locales_dir.as_deref())?);
    let reader = catalogue.reader(&config.organisation.language, config.organisation.reporting_zone);
    let mut findings = Findings { reader, out, bad: 0 };
    findings.tell(Standing::Good, "doctor-settings", &[])?;
    let host = config.base_url.host();
    if host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback()) {
        let value = config.base_url.as_str().to_owned();
        findings.tell(Standing::Note, "doctor-base-url-local", &[("value", value.into())])?;
    }
    database(&config, &mut findings)?;
    mail(&config, &mut findings)?;
    match config.metrics.listen {
        Some(listen) => {
            findings.tell(Standing::Good, "doctor-metrics", &[("address", listen.to_string().into())])?;
        }
        None => findings.tell(Standing::Good, "doctor-metrics-off", &[])?,
    }
    let end = if findings.bad == 0 { "doctor-end-well" } else { "doctor-end-faults" };
    let text = findings.reader.text(end, &[]);
    writeln!(findings.out, "{text}").map_err(unwritable)?;
    Ok(findings.bad == 0)
}

fn database(config: &Arc<Config>, findings: &mut Findings<'_>) -> Result<()> {
    // Looking must not make a database where there is none.
    let db = match Db::open_existing(config.database_url.expose(), 1) {
        Ok(db) => db,
        Err(error) => return findings.fault(&error),
    };
    let engine = match config.database_url.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    findings.tell(Standing::Good, "doctor-database", &[("engine", engine.into())])?;
    match db.claim_to_serve() {
        Ok(claim) => drop(claim),
        Err(error) if error.code() == Code::AlreadyServed => {
            findings.tell(Standing::Good, "doctor-database-beside", &[])?;
        }
        Err(error) => findings.fault(&error)?,
    }
    match db.check_schema() {
        Ok(()) => findings.tell(Standing::Good, "doctor-schema", &[])?,
        Err(error) if error.code() == Code::SchemaMismatch => {
            return findings.tell(Standing::Bad, "doctor-schema-older", &[]);
        }
        Err(error) => return findings.fault(&error),
    }
    match App::build(Arc::clone(config), db.clone(), Arc::new(SystemClock), Chance::from_system()) {
        Ok(app) => {
            findings.tell(Standing::Good, "doctor-house", &[])?;
            languages(&app, findings)?;
        }
        Err(error) => findings.fault(&error)?,
    }
    let (people, customers) =
        db.read(|conn| Ok((users::all(conn)?.iter().filter(|u| u.active).count(), accounts::count(conn)?)))?;
    if people == 0 {
        findings.tell(Standing::Note, "doctor-users-none", &[])?;
    } else {
        findings.tell(Standing::Good, "doctor-users", &[("count", people.into())])?;
    }
    findings.tell(Standing::Good, "doctor-accounts", &[("count", customers.into())])
}

/// Languages that people read, or surveys speak, and the program does not: something is said in another one there.
fn languages(app: &App, findings: &mut Findings<'_>) -> Result<()> {
    for (language, count) in app.catalogue.missing_by_language() {
        let facts = [("language", language.as_str().into()), ("count", count.into())];
        findings.tell(Standing::Note, "doctor-language-partly", &facts)?;
    }
    let (surveys, contacts) = app.db.read(|conn| Ok((app.surveys.all(conn)?, contacts::languages(conn)?)))?;
    let mut spoken: BTreeMap<&Language, Vec<String>> = BTreeMap::new();
    for survey in &surveys {
        for language in survey.definition.languages.iter().filter(|one| app.catalogue.lacks(one)) {
            spoken.entry(language).or_default().push(survey.name());
        }
    }
    let gap = findings.reader.text("respond-list-gap", &[]);
    for (language, surveys) in spoken {
        let facts = [("language", language.as_str().into()), ("surveys", surveys.join(&gap).into())];
        findings.tell(Standing::Note, "doctor-language-survey", &facts)?;
    }
    // Somebody who reads another sort of a language that we speak is served in that.
    for (language, count) in contacts.iter().filter(|(one, _)| one.choose(&app.catalogue.languages()).is_none()) {
        let facts = [("language", language.as_str().into()), ("count", (*count).into())];
        findings.tell(Standing::Note, "doctor-language-contacts", &facts)?;
    }
    Ok(())
}

fn mail(config: &Config, findings: &mut Findings<'_>) -> Result<()> {
    match config.mail.transport {
        Transport::Mailbox => findings.tell(Standing::Note, "doctor-mail-mailbox", &[]),
        Transport::Folder => match Folder::open(&config.mail.folder) {
            Ok(folder) => {
                let folder = folder.path().display().to_string();
                findings.tell(Standing::Note, "doctor-mail-folder", &[("folder", folder.into())])
            }
            Err(error) => findings.fault(&error),
        },
        Transport::Smtp => {
            let host = config.mail.host.clone().unwrap_or_default();
            match Smtp::new(smtp_settings(config)).and_then(|smtp| smtp.check()) {
                Ok(()) => findings.tell(Standing::Good, "doctor-mail-smtp", &[("host", host.into())]),
                Err(error) => findings.fault(&error),
            }
        }
    }
}
