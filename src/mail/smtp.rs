//! Mails to a server, one conversation a mail, over connections that are kept.
//!
//! The conversation is held command by command rather than through the library's transport, because the
//! outbox has to know *how far it got*: a connection that breaks before the last dot means the mail was
//! not sent, one that breaks after it means nobody knows.

use crate::config::MailTls;
use crate::domain::delivery::{Outcome, Reply, Stage};
use crate::error::{Code, Error, Fault, Place};
use crate::mail::Composed;
use lettre::Address;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret, SecretString};
use std::cell::Cell;
use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Where the server is and how it is spoken to.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub tls: MailTls,
    pub user: Option<String>,
    pub password: Option<SecretString>,
    /// Our own name in the greeting; servers look it up.
    pub hello: String,
    /// How long a connection, and each answer, may take.
    pub timeout: Duration,
    /// How long the answer to the last dot may take. Giving up early here makes mails of unknown fate;
    /// RFC 5321 section 4.5.3.2.6 asks for ten minutes.
    pub final_timeout: Duration,
    /// Idle connections that are kept at most.
    pub keep: usize,
    /// Idle connections are not trusted for longer than this; servers hang up without a word.
    pub keep_for: Duration,
    /// Mails after which a connection is closed; many servers have a limit of their own.
    pub mails_per_connection: u32,
    /// A certificate authority in PEM to be trusted beside the system's.
    pub root_certificate: Option<Vec<u8>>,
}

impl SmtpSettings {
    /// Settings with the usual patience: STARTTLS, nobody signed in, thirty seconds an answer.
    pub fn new(host: impl Into<String>, port: u16, hello: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port,
            tls: MailTls::StartTls,
            user: None,
            password: None,
            hello: hello.into(),
            timeout: Duration::from_secs(30),
            final_timeout: Duration::from_secs(600),
            keep: 4,
            keep_for: Duration::from_secs(20),
            mails_per_connection: 100,
            root_certificate: None,
        }
    }

    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

/// A mail server, and the connections to it that wait for the next mail.
pub struct Smtp {
    settings: SmtpSettings,
    hello: ClientId,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    idle: Mutex<Vec<Kept>>,
}

struct Kept {
    connection: SmtpConnection,
    mails: u32,
    since: Instant,
}

/// How one conversation ended, and whether the connection can carry another.
struct Ending {
    outcome: Outcome,
    usable: bool,
}

impl Smtp {
    /// Takes the settings. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`Code::SettingFaulty`] with the name of the setting and a `reason`.
    pub fn new(settings: SmtpSettings) -> Result<Self, Error> {
        let fault = |setting: &str, reason: &str| {
            let place = Place::Setting(format!("mail.{setting}"));
            Error::from(Fault::new(place, Code::SettingFaulty).with("reason", reason))
        };
        let host_name = |text: &str| {
            !text.is_empty()
                && text.len() <= 253
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]_".contains(&b))
        };
        if !host_name(&settings.host) {
            return Err(fault("host", "not a host name"));
        }
        if !host_name(&settings.hello) {
            return Err(fault("hello", "not a host name"));
        }
        if settings.tls == MailTls::None && settings.password.is_some() && !settings.is_loopback() {
            return Err(fault("tls", "the password would cross the network unencrypted: use starttls or tls"));
        }
        for (name, time) in [("timeout", settings.timeout), ("final_timeout", settings.final_timeout)] {
            if time.is_zero() {
                return Err(fault(name, "no time at all"));
            }
        }
        let credentials = match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.expose_secret().to_owned())),
            (None, None) => None,
            (Some(_), None) => return Err(fault("password", "a user without a password")),
            (None, Some(_)) => return Err(fault("user", "a password without a user")),
        };
        let tls = match settings.tls {
            MailTls::None => None,
            MailTls::StartTls | MailTls::Tls => {
                let mut builder = TlsParameters::builder(settings.host.clone());
                if let Some(pem) = &settings.root_certificate {
                    // The library takes a text without any certificate for an empty list of them.
                    if !String::from_utf8_lossy(pem).contains("-----BEGIN CERTIFICATE-----") {
                        return Err(fault("root_certificate", "no certificate in PEM"));
                    }
                    let certificate =
                        Certificate::from_pem(pem).map_err(|e| fault("root_certificate", &e.to_string()))?;
                    builder = builder.add_root_certificate(certificate);
                }
                Some(builder.build().map_err(|e| fault("tls", &words(&e)))?)
            }
        };
        let hello = ClientId::Domain(settings.hello.clone());
        Ok(Self { settings, hello, tls, credentials, idle: Mutex::new(Vec::new()) })
    }

    /// Connects and signs in, for those who want to know whether the settings are right.
    ///
    /// # Errors
    ///
    /// [`Code::MailUnavailable`] with `why`.
    pub fn check(&self) -> Result<(), Error> {
        let mut kept = self.connect().map_err(|why| Error::new(Code::MailUnavailable).with("why", why))?;
        leave(&mut kept.connection);
        Ok(())
    }

    /// Hands one mail over, on a connection that waits or a new one.
    pub(super) fn send(&self, mail: &Composed) -> Outcome {
        if let Some(mut kept) = self.take() {
            let ending = converse(&mut kept.connection, mail, &self.settings);
            // A connection that waited may have been closed at the other end in the meantime. That shows
            // with the first words, says nothing about this mail, and is mended by a new connection.
            let stale = match &ending.outcome {
                Outcome::ConnectionLost { after_data, .. } => !after_data,
                Outcome::Deferred { stage: Stage::Sender, reply } => reply.code == 421,
                _ => false,
            };
            if !stale {
                self.keep(kept, ending.usable);
                return ending.outcome;
            }
        }
        match self.connect() {
            Ok(mut kept) => {
                let ending = converse(&mut kept.connection, mail, &self.settings);
                self.keep(kept, ending.usable);
                ending.outcome
            }
            Err(why) => Outcome::Unreachable { why },
        }
    }

    /// Says goodbye on every waiting connection.
    pub(super) fn close(&self) {
        let idle = std::mem::take(&mut *self.lock());
        for mut kept in idle {
            leave(&mut kept.connection);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Kept>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Kept> {
        let mut idle = self.lock();
        idle.retain(|kept| kept.since.elapsed() < self.settings.keep_for);
        idle.pop()
    }

    fn keep(&self, mut kept: Kept, usable: bool) {
        kept.mails += 1;
        kept.since = Instant::now();
        if usable && kept.mails < self.settings.mails_per_connection {
            let mut idle = self.lock();
            if idle.len() < self.settings.keep {
                idle.push(kept);
                return;
            }
        }
        if usable {
            leave(&mut kept.connection);
        }
    }

    /// Opens a connection: greeting, TLS, sign-in. Whatever fails here is about the server or our access
    /// to it, never about a mail.
    fn connect(&self) -> Result<Kept, String> {
        let SmtpSettings { host, port, timeout, .. } = &self.settings;
        let at = |doing: &str, error: &SmtpError| format!("{host}:{port}: {doing}: {}", words(error));
        let wrapped = self.tls.as_ref().filter(|_| self.settings.tls == MailTls::Tls);
        let address = (host.trim_matches(['[', ']']), *port);
        let mut connection = SmtpConnection::connect(address, Some(*timeout), &self.hello, wrapped, None)
            .map_err(|e| at("connecting", &e))?;
        if let (MailTls::StartTls, Some(tls)) = (self.settings.tls, &self.tls) {
            if !connection.can_starttls() {
                leave(&mut connection);
                return Err(format!(
                    "{host}:{port}: the server does not offer STARTTLS, and without TLS nothing is sent; \
                     set tls = \"tls\" if it speaks TLS from the start"
                ));
            }
            connection.starttls(tls, &self.hello).map_err(|e| at("STARTTLS", &e))?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).map_err(|e| at("signing in", &e))?;
        }
        Ok(Kept { connection, mails: 0, since: Instant::now() })
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Drop for Smtp {
    fn drop(&mut self) {
        self.close();
    }
}

/// The conversation about one mail: MAIL, RCPT, DATA, the text, the last dot.
fn converse(connection: &mut SmtpConnection, mail: &Composed, settings: &SmtpSettings) -> Ending {
    let (sender, recipient) = match (address(mail.sender.as_str()), address(mail.recipient.as_str())) {
        (Ok(sender), Ok(recipient)) => (sender, recipient),
        (Err(why), _) | (_, Err(why)) => return Ending { outcome: Outcome::Unsendable { why }, usable: true },
    };
    let mut parameters = Vec::new();
    let offers = |extension| connection.server_info().supports_feature(extension);
    if !(mail.sender.as_str().is_ascii() && mail.recipient.as_str().is_ascii()) {
        // RFC 6531 section 3.4: such an address may only be shown to a server that knows what to do with it.
        if !offers(Extension::SmtpUtfEight) {
            let why = format!("{}: the mail server does not take addresses outside ASCII (SMTPUTF8)", mail.recipient);
            return Ending { outcome: Outcome::Unsendable { why }, usable: true };
        }
        parameters.push(MailParameter::SmtpUtfEight);
    }
    if !mail.bytes.is_ascii() {
        if !offers(Extension::EightBitMime) {
            let why = "the mail server does not take bytes outside ASCII (8BITMIME)".to_owned();
            return Ending { outcome: Outcome::Unsendable { why }, usable: true };
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }

    if let Err(error) = connection.command(Mail::new(Some(sender), parameters)) {
        return before_the_text(connection, &error, Stage::Sender);
    }
    if let Err(error) = connection.command(Rcpt::new(recipient, Vec::new())) {
        return before_the_text(connection, &error, Stage::Recipient);
    }
    match connection.command(Data) {
        Ok(response) if response.has_code(354) => {}
        Ok(response) => {
            let why = format!("the server answered DATA with {}", reply_of(&response));
            return Ending { outcome: Outcome::ConnectionLost { after_data: false, why }, usable: false };
        }
        Err(error) => return before_the_text(connection, &error, Stage::Content),
    }
    hand_over(connection, mail, settings)
}

/// Sends the text and the last dot. Once the dot may have gone out, only an answer tells what became of it.
fn hand_over(connection: &mut SmtpConnection, mail: &Composed, settings: &SmtpSettings) -> Ending {
    // The library asks for the next piece when it has written the one before, and writes the dot when
    // there is no more: that question is the moment from which on the mail may have been taken.
    let mut text = Some(mail.bytes.as_slice());
    let dot = Cell::new(false);
    let pieces = std::iter::from_fn(|| {
        let piece = text.take();
        dot.set(piece.is_none());
        piece
    });
    let patient = connection.set_timeout(Some(settings.final_timeout)).is_ok();
    let answer = connection.message_iter(pieces);
    let usable = patient && connection.set_timeout(Some(settings.timeout)).is_ok();
    match answer {
        Ok(response) => Ending { outcome: Outcome::Accepted { reply: reply_of(&response) }, usable },
        Err(error) => match judge(&error, Stage::Content) {
            Some(outcome) => Ending { usable: usable && !hangs_up(&outcome), outcome },
            None => {
                let outcome = Outcome::ConnectionLost { after_data: dot.get(), why: words(&error) };
                Ending { outcome, usable: false }
            }
        },
    }
}

/// A command before the text failed: a refusal ends this mail, anything else the connection.
fn before_the_text(connection: &mut SmtpConnection, error: &SmtpError, stage: Stage) -> Ending {
    match judge(error, stage) {
        Some(outcome) => {
            let usable = !hangs_up(&outcome) && connection.command(Rset).is_ok();
            Ending { outcome, usable }
        }
        None => Ending { outcome: Outcome::ConnectionLost { after_data: false, why: words(error) }, usable: false },
    }
}

/// The server's answer in an error, if it is one.
fn judge(error: &SmtpError, stage: Stage) -> Option<Outcome> {
    let code = u16::from(error.status()?);
    let reply = Reply::new(code, &error.source().map(ToString::to_string).unwrap_or_default());
    Some(if error.is_permanent() { Outcome::Refused { stage, reply } } else { Outcome::Deferred { stage, reply } })
}

/// With 421 the server announces that it closes the connection (RFC 5321 section 3.8).
fn hangs_up(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Deferred { reply, .. } if reply.code == 421)
}

fn reply_of(response: &Response) -> Reply {
    let lines: Vec<_> = response.message().collect();
    Reply::new(u16::from(response.code()), &lines.join(" "))
}

fn address(text: &str) -> Result<Address, String> {
    let (local, domain) = text.rsplit_once('@').unwrap_or_default();
    Address::new(local, domain).map_err(|error| format!("{text}: {error}"))
}

/// An error with its causes, as one line.
fn words(error: &SmtpError) -> String {
    // The library's own text ends with its direct cause; what lies deeper is added where it says more.
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        cause = error.source();
    }
    Reply::new(0, &line).text
}

/// QUIT, without waiting long for the answer.
fn leave(connection: &mut SmtpConnection) {
    if connection.set_timeout(Some(Duration::from_secs(2))).is_ok() {
        let _ = connection.quit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting_at_fault(settings: SmtpSettings) -> String {
        let error = Smtp::new(settings).unwrap_err();
        assert_eq!(error.code(), Code::SettingFaulty);
        error.faults()[0].place.to_string()
    }

    #[test]
    fn a_password_crosses_no_network_in_clear() {
        let open = |host: &str| SmtpSettings { tls: MailTls::None, ..SmtpSettings::new(host, 25, "here.example") };
        let signed = |host: &str| SmtpSettings {
            user: Some("u".into()),
            password: Some(SecretString::from("secret")),
            ..open(host)
        };
        for host in ["mail.example.org", "127.0.0.1.example.org", "10.0.0.1"] {
            assert_eq!(setting_at_fault(signed(host)), "mail.tls", "{host}");
            assert!(Smtp::new(open(host)).is_ok(), "a relay that asks for no password");
        }
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert!(Smtp::new(signed(host)).is_ok(), "{host}");
        }
        assert_eq!(SmtpSettings::new("h", 587, "h").tls, MailTls::StartTls, "the choice of who chooses nothing");
    }

    #[test]
    fn settings_that_cannot_be_are_named() {
        let good = || SmtpSettings { tls: MailTls::None, ..SmtpSettings::new("localhost", 25, "here.example") };
        let some = || Some(SecretString::from("secret"));
        for (settings, name) in [
            (SmtpSettings { host: "a b".into(), ..good() }, "mail.host"),
            (SmtpSettings { hello: "x\r\nMAIL FROM:<a@b.c>".into(), ..good() }, "mail.hello"),
            (SmtpSettings { user: Some("u".into()), ..good() }, "mail.password"),
            (SmtpSettings { password: some(), ..good() }, "mail.user"),
            (SmtpSettings { timeout: Duration::ZERO, ..good() }, "mail.timeout"),
            (
                SmtpSettings { tls: MailTls::Tls, root_certificate: Some(b"nonsense".to_vec()), ..good() },
                "mail.root_certificate",
            ),
        ] {
            assert_eq!(setting_at_fault(settings), name);
        }
        let smtp = Smtp::new(SmtpSettings { user: Some("u".into()), password: some(), ..good() }).unwrap();
        assert!(!format!("{smtp:?}").contains("secret"));
    }
}
