//! The settings: a file, over it the environment, over that the flags of the command line.
//!
//! There is no global: whoever needs a setting is handed the [`Config`] or the part that concerns it.
//! `config.example.toml` is printed from this code by [`example`], and a test holds the two equal.
//!
//! ```
//! use bellwether::config::{Config, Sources};
//! let environment = [("BELLWETHER_MAIL_CONCURRENCY".to_owned(), "2".to_owned())].into();
//! let config = Config::load(&Sources { environment, ..Sources::default() })?;
//! assert_eq!(config.mail.concurrency, 2);
//! assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
//! # Ok::<(), bellwether::error::Error>(())
//! ```

mod cases;
mod database_url;
mod load;
mod network;
mod secret_key;
mod setting;
mod warnings;
mod web_url;

pub use cases::Cases;
pub use database_url::{DatabaseUrl, Engine};
pub use load::Sources;
pub use network::Network;
pub use secret_key::LEAST_BYTES as SECRET_KEY_LEAST_BYTES;
pub use warnings::Warnings;
pub use web_url::WebUrl;

use crate::domain::contact::EmailAddress;
use crate::domain::delivery::UnknownPolicy;
use crate::domain::language::{Language, Texts};
use crate::domain::schedule::Schedule;
use crate::domain::subject::Grades;
use crate::domain::theme::{self, Colour};
use crate::domain::warning::ByTier;
use crate::domain::wave;
use crate::error::{Code, Error, Fault};
use chrono_tz::Tz;
use secrecy::{SecretSlice, SecretString};
use serde::{Deserialize, Serialize};
use setting::{Group, Setting, Wrong, choices, quote, read_parts, settings};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use toml::de::DeValue;
use toml::{Spanned, Value};

settings! {
    /// Bellwether reads its settings from this file, over it from the environment, over that from flags.
    /// A setting `name` of a table `[table]` is BELLWETHER_TABLE_NAME in the environment and
    /// `--set table.name=value` as a flag. All that is commented out shows the default or, where there
    /// is none, an example.
    pub struct Config {
        /// Where people reach the service, as it stands in every link that is mailed. Behind https,
        /// cookies are sent over https alone.
        base_url: WebUrl = preset("http://localhost:8080", WebUrl::parse);
        /// The address and port to listen on. Put a proxy that speaks TLS before it.
        listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
        /// The database: `sqlite://path` (one process serves) or `postgres://user:password@host/database`.
        /// DATABASE_URL in the environment is read, too. This build speaks no TLS to PostgreSQL.
        database_url: DatabaseUrl = preset("sqlite://data/bellwether.db", DatabaseUrl::parse);
        /// How many connections to the database are kept open at most.
        database_pool: u32 = 8, within 1..=200;
        /// The key that signs links and hashes suppressed addresses: 32 bytes or more, hexadecimal or
        /// base64. Every node needs the same. Whoever changes it breaks every link that was mailed.
        secret_key: Option<SecretString> = None, such_as "\"(what `openssl rand -hex 32` prints)\"";
        /// Where the key is kept if `secret_key` is not set. Made at the first start; back it up.
        secret_file: PathBuf = "data/secret.key".into();
        /// A directory with further survey definitions, beside those that come with the program.
        surveys_dir: Option<PathBuf> = None, such_as "\"surveys\"";
        /// A directory whose templates stand in for those of the program that have the same name.
        templates_dir: Option<PathBuf> = None, such_as "\"templates\"";
        /// A directory with texts in further languages, or other words for those there are.
        locales_dir: Option<PathBuf> = None, such_as "\"locales\"";
        /// The tiers of customers, highest first: a key that never changes, and names in the languages
        /// people read. At most six, since more cannot be told apart in a chart.
        tiers: Vec<Tier> = Tier::defaults();
    }
    tables {
        /// Who sends the surveys and reads the figures.
        organisation: Organisation,
        /// How the pages and mails look that customers see.
        theme: Theme,
        /// How mails leave.
        mail: Mail,
        /// The pages.
        web: Web,
        /// How customers answer.
        answering: Answering,
        /// What is counted about the service itself.
        metrics: Metrics,
        /// What happens without anybody asking.
        jobs: Jobs,
        /// How figures are read.
        figures: Figures,
        /// From when on an account is warned of.
        warnings: Warnings,
        /// How soon somebody gets in touch with customers who are not content.
        follow_up: FollowUp,
        /// How often people may be asked.
        fatigue: Fatigue,
        /// Which cases of retention and win-back are worth their cost.
        cases: Cases,
        /// What is written about running the service.
        log: Log,
    }
}

settings! {
    /// Who sends the surveys and reads the figures.
    pub struct Organisation {
        /// The name as customers know it: in mails, on the survey page and on reports.
        name: String = "Bellwether".into();
        /// The postal address at the foot of every mail; the law of many countries asks for it.
        /// Mails are sent by SMTP only once it is set.
        postal_address: Option<String> = None, such_as "\"1 Example Road, 200000 Shanghai, China\"";
        /// The page that says what becomes of personal data. Mails are sent by SMTP only once it is set.
        privacy_url: Option<WebUrl> = None, such_as "\"https://www.example.com/privacy\"";
        /// Days and months of all figures are those of this time zone.
        reporting_zone: Tz = Tz::UTC;
        /// The language of people who have not chosen one.
        language: Language = Language::english();
        /// The currency of turnover and cost, as ISO 4217 writes it.
        currency: String = "CNY".into();
        /// The month that the business year begins with.
        fiscal_year_start: u32 = 1, within 1..=12;
    }
}

settings! {
    /// How the pages and mails look that customers see. Colours are written as `#0b5a94`. One that cannot be
    /// read where it is used is refused with its contrast (WCAG 2.2: 4.5:1 for text, 3:1 for edges and marks).
    pub struct Theme {
        /// The colour of buttons, links, chosen points and progress, and of the console's links.
        accent: Option<Colour> = None, such_as "\"#0f5c4f\"";
        /// The same where people have asked for dark pages; if it is not set, `accent` brightened until it can be read.
        accent_dark: Option<Colour> = None, such_as "\"#6fcbb8\"";
        /// The ground of the pages of surveys.
        ground: Option<Colour> = None, such_as "\"#f4f6f5\"";
        /// The same where people have asked for dark pages.
        ground_dark: Option<Colour> = None, such_as "\"#0f1413\"";
        /// A picture (SVG or PNG, at most 64 kB) in place of the organisation's name above surveys, which is then
        /// its alternative text. Mails show it if it is a PNG; programs for mail draw no SVG.
        logo: Option<PathBuf> = None, such_as "\"data/logo.svg\"";
        /// The same to be seen on a dark ground.
        logo_dark: Option<PathBuf> = None, such_as "\"data/logo-dark.svg\"";
    }
}

impl Theme {
    /// What is asked for in colours.
    pub fn wishes(&self) -> theme::Wishes {
        theme::Wishes {
            accent: self.accent,
            accent_dark: self.accent_dark,
            ground: self.ground,
            ground_dark: self.ground_dark,
        }
    }
}

settings! {
    /// How mails leave.
    pub struct Mail {
        /// `mailbox`: nothing leaves, mails are looked at in the console. `folder`: every mail becomes a
        /// file. `smtp`: mails are sent.
        transport: Transport = Transport::Mailbox;
        /// The mail server.
        host: Option<String> = None, such_as "\"smtp.example.com\"";
        /// Its port: commonly 587 with `starttls`, 465 with `tls`, 25 with `none`.
        port: u16 = 587, within 1..=65535;
        /// `starttls` (refused if the server has none), `tls` from the first byte, or `none`.
        tls: MailTls = MailTls::StartTls;
        /// The user name at the mail server, where it asks for one.
        user: Option<String> = None, such_as "\"survey@example.com\"";
        /// The password at the mail server. Never sent without TLS, except to this machine itself.
        password: Option<SecretString> = None, such_as "\"(better in BELLWETHER_MAIL_PASSWORD)\"";
        /// The address that mails come from.
        from: Option<EmailAddress> = None, such_as "\"survey@example.com\"";
        /// The name beside it; the organisation's if there is none.
        from_name: Option<String> = None, such_as "\"Example Steel, customer service\"";
        /// Where answers to a mail go, if not to `from`.
        reply_to: Option<EmailAddress> = None, such_as "\"service@example.com\"";
        /// The domain that bounces come back to, each to an address of its own; `from` takes them if there is none.
        bounce_domain: Option<String> = None, such_as "\"bounce.example.com\"";
        /// Where `folder` writes.
        folder: PathBuf = "data/mail".into();
        /// If the program dies between a server's yes and our own note of it, nobody can know whether
        /// the mail went out. `give-up` never sends twice, `ask-again` never forgets.
        unknown_policy: UnknownPolicy = UnknownPolicy::GiveUp;
        /// A mail that is this many hours overdue is not sent any more.
        too_late_hours: u32 = 72, within 1..=8760;
        /// How often a mail that the server puts off is tried.
        max_attempts: u32 = 8, within 1..=50;
        /// How many mails may leave in an hour; no limit of ours if it is not set.
        per_hour: Option<u32> = None, such_as "1000";
        /// How many connections to the mail server are used at once.
        concurrency: u32 = 4, within 1..=64;
    }
}

settings! {
    /// The pages.
    pub struct Web {
        /// Proxies whose `X-Forwarded-For` is believed: addresses or ranges. Others' is ignored.
        trusted_proxies: Vec<Network> = Vec::new();
        /// The largest form of the console that is read, in kilobytes. What customers send has a limit of its own.
        body_limit_kb: u32 = 16_384, within 64..=1_048_576;
        /// This many hours after signing in, a person has to sign in again.
        session_hours: u32 = 12, within 1..=720;
    }
}

settings! {
    /// How customers answer.
    pub struct Answering {
        /// For so many days after answering, the same link changes the answers, unless the survey closes
        /// earlier. 0: what is sent stays.
        change_days: u32 = 30, within 0..=3650;
        /// In so many minutes after the mail server took a mail, nothing that is filled in counts as begun
        /// before the button is pressed: mail scanners look at links then, some with whole browsers.
        button_minutes: u32 = 5, within 0..=1440;
        /// After so many days, what was filled in and never sent is discarded.
        provisional_days: u32 = 7, within 1..=365;
        /// How often a minute one link may be opened.
        link_a_minute: u32 = 120, within 10..=10_000;
        /// How often a minute links may be opened from one address. A whole company can stand behind it,
        /// with a mail gateway that opens every link.
        address_a_minute: u32 = 30_000, within 100..=1_000_000;
    }
}

settings! {
    /// How soon somebody gets in touch with customers who are not content. The page of thanks says who, and
    /// by which day; both stand in a list of what is owed.
    pub struct FollowUp {
        /// A recommendation of so much or less promises it; so does every answer that is low enough for a
        /// warning.
        score: u32 = 6, within 0..=10;
        /// The days until then, by tier, from the highest down; what would end on a weekend ends on the
        /// Monday after. Tiers beyond the last one take that one; 0 promises nothing.
        days: ByTier<u32> = ByTier::new(2, [3, 5, 5]);
    }
}

impl FollowUp {
    fn check(&self) -> Result<(), Error> {
        let long = self.days.iter().position(|days| *days > LONGEST_PROMISE);
        long.map_or(Ok(()), |tier| {
            Err(Fault::field((tier + 1).to_string(), Code::ValueOutOfRange)
                .with("min", 0)
                .with("max", LONGEST_PROMISE)
                .into())
        })
    }
}

/// Nobody who waits longer than so many days believes that anybody will call.
const LONGEST_PROMISE: u32 = 60;

settings! {
    /// What is counted about the service itself, for Prometheus.
    pub struct Metrics {
        /// An address of its own for `/metrics`. Not served if it is not set.
        listen: Option<SocketAddr> = None, such_as "\"127.0.0.1:9090\"";
        /// The bearer token that is asked for. Needed where `listen` is not this machine alone.
        token: Option<SecretString> = None, such_as "\"(better in BELLWETHER_METRICS_TOKEN)\"";
    }
}

settings! {
    /// What happens without anybody asking. Times are written as in a crontab (minute, hour, day of the
    /// month, month, day of the week) and read in the reporting zone.
    pub struct Jobs {
        /// When all accounts are looked at for declines.
        nightly: Schedule = preset("30 2 * * *", Schedule::parse);
        /// When people are mailed what is new for them.
        digest: Schedule = preset("0 7 * * 1", Schedule::parse);
        /// When answers that were begun and never sent are discarded.
        settle: Schedule = preset("15 3 * * *", Schedule::parse);
        /// When the monthly report is made.
        report: Schedule = preset("0 6 1 * *", Schedule::parse);
    }
}

settings! {
    /// How figures are read.
    pub struct Figures {
        /// With fewer responses than this, a change that is not significant is called "too few to tell".
        minimum_n_significance: u32 = 100, within 1..=100_000;
        /// The months of a period, unless a page asks for others.
        period_months: u32 = 6, within 1..=36;
        /// How a named employee is rated is shown from so many responses on.
        minimum_n_employee: u32 = 10, within 3..=1000;
        /// So many days before and after a training are compared.
        training_days: u32 = 180, within 7..=1095;
        /// The grades of checks of sites and teams, the best first, each with the lowest score that earns it.
        grades: Grades = preset("A 90, B 75, C 60, D 0", Grades::parse);
    }
}

settings! {
    /// How often people may be asked, whichever survey asks, and how many may be held back.
    pub struct Fatigue {
        /// Days between two relationship surveys to one person; 0 spares nobody.
        relationship_days: u32 = wave::Fatigue::default().relationship_days, within 0..=3650;
        /// Days between two transactional surveys to one person.
        transactional_days: u32 = wave::Fatigue::default().transactional_days, within 0..=3650;
        /// Days between any two surveys to one person.
        any_days: u32 = wave::Fatigue::default().any_days, within 0..=3650;
        /// How many persons of one account a wave asks at most; 0 sets no limit.
        persons_an_account: u32 = wave::Fatigue::default().persons_an_account.unwrap_or(0), within 0..=100_000;
        /// The share of a wave's audience that account managers may hold back, in thousandths. Who is
        /// held back counts as somebody who was asked and did not answer.
        held_back_permille: u32 = wave::Fatigue::default().held_back_permille, within 0..=1000;
    }
}

impl Fatigue {
    /// What planning goes by.
    pub fn rules(&self) -> wave::Fatigue {
        wave::Fatigue {
            relationship_days: self.relationship_days,
            transactional_days: self.transactional_days,
            any_days: self.any_days,
            persons_an_account: Some(self.persons_an_account).filter(|most| *most > 0),
            held_back_permille: self.held_back_permille,
        }
    }
}

settings! {
    /// What is written about running the service.
    pub struct Log {
        /// `text` for people, `json` for programs.
        format: LogFormat = LogFormat::Text;
        /// The least level that is written (error, warn, info, debug, trace), also by part:
        /// "info,bellwether::mail=debug".
        level: LogLevel = preset("info", LogLevel::parse);
    }
}

choices! {
    /// How mails leave.
    pub enum Transport {
        /// They stay here and are looked at in the console.
        Mailbox = "mailbox",
        /// To a mail server.
        Smtp = "smtp",
        /// Into files.
        Folder = "folder",
    }
}

choices! {
    /// How the way to the mail server is kept private.
    pub enum MailTls {
        /// In clear, then TLS on request; a server without it is refused.
        StartTls = "starttls",
        /// TLS from the first byte.
        Tls = "tls",
        /// In clear.
        None = "none",
    }
}

choices! {
    /// How the log is written.
    pub enum LogFormat {
        /// One line an event, for people.
        Text = "text",
        /// One JSON object an event.
        Json = "json",
    }
}

/// A class of customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// What it is stored under: lower-case letters, digits, hyphens.
    pub key: String,
    pub names: Texts,
}

impl Tier {
    fn defaults() -> Vec<Self> {
        [
            ("strategic", "Strategic", "战略"),
            ("key", "Key", "重点"),
            ("general", "General", "一般"),
            ("potential", "Potential", "潜在"),
        ]
        .into_iter()
        .map(|(key, en, zh)| Self { key: key.into(), names: Texts::from([("en", en), ("zh-CN", zh)]) })
        .collect()
    }
}

impl Setting for Tier {
    fn read(value: &Value) -> Result<Self, Wrong> {
        Self::deserialize(value.clone()).map_err(|error| {
            Wrong::malformed("{ key = \"key\", names = { en = \"Key\", zh-CN = \"重点\" } }")
                .with("reason", error.message())
        })
    }
    fn read_spanned(value: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
        read_parts(value)
    }
    fn print(&self) -> Option<String> {
        let names: Vec<String> =
            self.names.0.iter().map(|(language, name)| format!("{language} = {}", quote(name))).collect();
        Some(format!("{{ key = {}, names = {{ {} }} }}", quote(&self.key), names.join(", ")))
    }
}

/// Which events are logged: a level, or levels by part of the program.
#[derive(Clone)]
pub struct LogLevel {
    text: String,
    targets: tracing_subscriber::filter::Targets,
}

impl LogLevel {
    /// Reads `info` or `info,bellwether::mail=debug`.
    pub fn parse(text: &str) -> Result<Self, tracing_subscriber::filter::ParseError> {
        Ok(Self { text: text.to_owned(), targets: text.parse()? })
    }

    pub fn targets(&self) -> &tracing_subscriber::filter::Targets {
        &self.targets
    }
}

impl std::fmt::Debug for LogLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LogLevel({})", self.text)
    }
}

impl Setting for LogLevel {
    fn read(value: &Value) -> Result<Self, Wrong> {
        // A misspelt level would be taken for the name of a part, and silence everything else.
        let known = |part: &str| {
            let level = part.rsplit_once('=').map_or(part, |(_, level)| level).trim().to_ascii_lowercase();
            ["off", "error", "warn", "info", "debug", "trace"].contains(&level.as_str())
        };
        let text = value.as_str().filter(|text| text.split(',').all(known));
        text.and_then(|text| Self::parse(text).ok()).ok_or_else(|| Wrong::malformed("info,bellwether::mail=debug"))
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.text))
    }
}

impl Config {
    /// Reads the settings of all sources and checks that they go together.
    ///
    /// # Errors
    /// Every fault there is, each with its line in the file, its variable or its flag. Values are not
    /// repeated, since they may be secret.
    pub fn load(sources: &Sources) -> Result<Self, Error> {
        load::load(sources)
    }

    /// These settings with flags over them, as `--set` gives them.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn with_flags(self, flags: &[(String, String)]) -> Result<Self, Error> {
        load::over(self, flags)
    }

    /// The key that signs links: the one that is set, else the one in `secret_file`, which is made from
    /// `fresh` (thirty-two random bytes) if it is not there yet.
    ///
    /// # Errors
    /// `FileUnreadable`, `FileUnwritable` or `ValueMalformed`, with the file.
    pub fn secret(&self, fresh: [u8; SECRET_KEY_LEAST_BYTES]) -> Result<SecretSlice<u8>, Error> {
        match &self.secret_key {
            Some(text) => secret_key::parse(text),
            None => secret_key::load_or_create(&self.secret_file, fresh),
        }
    }

    /// Are cookies kept to https? So wherever people come by https.
    pub fn secure_cookies(&self) -> bool {
        self.base_url.is_https()
    }

    /// The name that mails come from.
    pub fn sender_name(&self) -> &str {
        self.mail.from_name.as_deref().unwrap_or(&self.organisation.name)
    }
}

/// The example file: every setting with what the code says about it, and its default.
pub fn example() -> String {
    let config = Config::default();
    let mut text = String::new();
    print_group(&mut text, &config);
    for (name, group) in config.sections() {
        text.push_str(&format!("\n[{name}]\n"));
        print_group(&mut text, group);
    }
    text
}

fn print_group(text: &mut String, group: &dyn Group) {
    for line in group.docs() {
        text.push_str(&format!("#{line}\n"));
    }
    for setting in group.describe() {
        text.push('\n');
        for line in setting.docs {
            text.push_str(&format!("#{line}\n"));
        }
        if let Some(range) = setting.range {
            text.push_str(&format!("# From {range}.\n"));
        }
        // A list of tables reads better with one to a line.
        let value = setting.value.replace("[{", "[\n#    {").replace("}, {", "},\n#    {").replace("}]", "},\n#]");
        text.push_str(&format!("#{} = {value}\n", setting.name));
    }
}

/// A default that is written as a text. Each is read by a test, so none can fail to be read.
#[expect(clippy::expect_used, reason = "the texts are constants, and a test reads every one of them")]
fn preset<T, E: std::fmt::Debug>(text: &str, read: impl FnOnce(&str) -> Result<T, E>) -> T {
    read(text).expect("a default is well-formed")
}

#[cfg(test)]
mod tests;
