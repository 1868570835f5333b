//! From the sources to settings that are known to go together.

use super::setting::{Given, Group, Wrong};
use super::{Config, Engine, MailTls, Transport, database_url, secret_key};
use crate::domain::contact::EmailAddress;
use crate::domain::language::Language;
use crate::domain::spelling::distance;
use crate::domain::theme::Theme;
use crate::error::{Code, Error, Fault, Place};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where settings come from; later ones win: file, environment, flags.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// The settings file. If none is named, BELLWETHER_CONFIG may name one.
    pub file: Option<PathBuf>,
    /// The variables of the environment, handed in so that only `main` reads the real one.
    pub environment: BTreeMap<String, String>,
    /// Dotted names and values, such as `("mail.host", "smtp.example.com")`.
    pub flags: Vec<(String, String)>,
}

const PREFIX: &str = "BELLWETHER_";
/// Variables with our prefix that are no settings: the file's own, and those of the checks.
const NO_SETTINGS: [&str; 3] = ["BELLWETHER_CONFIG", "BELLWETHER_BLESS", "BELLWETHER_LONG"];
const NO_SETTINGS_PREFIXES: [&str; 2] = ["BELLWETHER_TEST_", "BELLWETHER_REFERENCE_"];

pub(super) fn load(sources: &Sources) -> Result<Config, Error> {
    let named = sources.environment.get("BELLWETHER_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
    let mut loading = Loading::default();
    if let Some(path) = sources.file.clone().or(named) {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Error::new(Code::FileUnreadable).with("file", &file).because(error))?;
        loading.take_file(&file, &text);
    }
    loading.take_environment(&sources.environment);
    loading.take_flags(&sources.flags);
    // What did not get in would only bring up faults that are none.
    if loading.faults.is_empty() {
        loading.check(&sources.environment);
    }
    if loading.faults.is_empty() { Ok(loading.config) } else { Err(Error::faulty(loading.faults)) }
}

/// Lays flags over settings that are there already, and checks the whole.
pub(super) fn over(config: Config, flags: &[(String, String)]) -> Result<Config, Error> {
    let mut loading = Loading { config, ..Loading::default() };
    loading.take_flags(flags);
    if loading.faults.is_empty() {
        loading.check(&BTreeMap::new());
    }
    if loading.faults.is_empty() { Ok(loading.config) } else { Err(Error::faulty(loading.faults)) }
}

#[derive(Default)]
struct Loading {
    config: Config,
    /// Where each setting that was given comes from, by dotted name.
    origins: BTreeMap<String, Place>,
    faults: Vec<Fault>,
}

impl Loading {
    fn take_file(&mut self, file: &str, text: &str) {
        let at = |span: Range<usize>| place_in(file, text, span.start);
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            for error in errors {
                let place = at(error.span().unwrap_or_default());
                self.faults.push(Fault::new(place, Code::SettingFaulty).with("reason", error.message()));
            }
            return;
        }
        for (key, value) in table.into_inner() {
            let is_table = self.config.section(key.get_ref()).is_some();
            let (key_place, value_place) = (at(key.span()), at(value.span()));
            match (is_table, value) {
                (true, value) if value.get_ref().is_table() => {
                    let DeValue::Table(inner) = value.into_inner() else { continue };
                    for (name, value) in inner {
                        let path = format!("{}.{}", key.get_ref(), name.get_ref());
                        self.take_value(path, &at(name.span()), value, &at);
                    }
                }
                (true, _) => {
                    let fault = Fault::new(value_place, Code::ValueMalformed);
                    self.faults.push(fault.with("expected", format!("[{}]", key.get_ref())));
                }
                (false, value) => self.take_value(key.get_ref().to_string(), &key_place, value, &at),
            }
        }
    }

    fn take_value(
        &mut self,
        path: String,
        key: &Place,
        value: Spanned<DeValue<'_>>,
        at: &impl Fn(Range<usize>) -> Place,
    ) {
        let place = at(value.span());
        match set(&mut self.config, &path, Given::File(value)) {
            Some(Ok(())) => {
                self.origins.insert(path, place);
            }
            Some(Err(wrong)) => {
                let place = wrong.span.clone().map_or(place, at);
                self.refuse(place, &path, wrong);
            }
            None => self.unknown(key.clone(), &path),
        }
    }

    fn take_environment(&mut self, environment: &BTreeMap<String, String>) {
        let paths = paths(&self.config);
        let names: BTreeMap<String, &String> = paths.iter().map(|path| (variable(path), path)).collect();
        // The name that hosting platforms use; our own name wins over it.
        if let Some(url) = environment.get("DATABASE_URL")
            && !environment.contains_key(&variable("database_url"))
        {
            self.take_text(Place::Setting("DATABASE_URL".into()), "database_url", url);
        }
        for (name, value) in environment.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
            let is_ours =
                !NO_SETTINGS.contains(&name.as_str()) && !NO_SETTINGS_PREFIXES.iter().any(|p| name.starts_with(p));
            match names.get(name) {
                Some(path) => self.take_text(Place::Setting(name.clone()), path, value),
                None if is_ours => self.unknown(Place::Setting(name.clone()), name),
                None => {}
            }
        }
    }

    fn take_flags(&mut self, flags: &[(String, String)]) {
        for (path, value) in flags {
            self.take_text(Place::Setting(format!("--set {path}")), path, value);
        }
    }

    fn take_text(&mut self, place: Place, path: &str, value: &str) {
        match set(&mut self.config, path, Given::Text(value)) {
            Some(Ok(())) => {
                self.origins.insert(path.to_owned(), place);
            }
            Some(Err(wrong)) => self.refuse(place, path, wrong),
            None => self.unknown(place, path),
        }
    }

    fn refuse(&mut self, place: Place, path: &str, wrong: Wrong) {
        let mut fault = Fault::new(place, wrong.code).with("setting", path);
        fault.args.extend(wrong.args);
        self.faults.push(fault);
    }

    fn unknown(&mut self, place: Place, name: &str) {
        let mut fault = Fault::new(place, Code::SettingUnknown).with("setting", name);
        let folded = name.to_ascii_lowercase();
        let paths = paths(&self.config);
        let candidates = if name.starts_with(PREFIX) { paths.iter().map(|p| variable(p)).collect() } else { paths };
        let near = candidates.into_iter().map(|c| (distance(&folded, &c.to_ascii_lowercase()), c)).min();
        if let Some((_, near)) = near.filter(|(far, _)| *far <= 3) {
            fault = fault.with("near", near);
        }
        self.faults.push(fault);
    }

    /// A fault of a setting that was read well, at the place it came from.
    fn fault(&mut self, path: &str, code: Code) -> &mut Fault {
        let place = self.origins.get(path).cloned().unwrap_or_else(|| Place::Setting(path.to_owned()));
        self.faults.push(Fault::new(place, code).with("setting", path));
        let last = self.faults.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "an element was pushed just above")]
        &mut self.faults[last]
    }

    fn missing(&mut self, path: &str, because_of: &str) {
        self.fault(path, Code::ValueMissing).args.push(("because", because_of.to_owned()));
    }

    fn contradiction(&mut self, path: &str, other: &str) {
        self.fault(path, Code::SettingContradiction).args.push(("other", other.to_owned()));
    }

    fn check(&mut self, environment: &BTreeMap<String, String>) {
        let config = self.config.clone();
        if !config.base_url.is_base() {
            self.fault("base_url", Code::ValueMalformed).args.push(("expected", "https://survey.example.com".into()));
        }
        if let Some(key) = &config.secret_key
            && let Err(error) = secret_key::parse(key)
        {
            self.fault("secret_key", error.code()).args.extend(error.args().iter().cloned());
        }
        // libpq reads this variable where the URL says nothing.
        let mode = environment.get("PGSSLMODE").filter(|mode| !mode.is_empty());
        if let (Engine::Postgres, Some(mode)) = (config.database_url.engine(), mode)
            && let Err(error) = database_url::check_sslmode(mode)
        {
            let mut fault = Fault::new(Place::Setting("PGSSLMODE".into()), error.code());
            fault.args = error.args().to_vec();
            self.faults.push(fault);
        }
        let currency = &config.organisation.currency;
        if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
            self.fault("organisation.currency", Code::ValueMalformed).args.push(("expected", "CNY".into()));
        }
        if config.organisation.name.trim().is_empty() {
            self.missing("organisation.name", "organisation");
        }
        if config.metrics.listen.is_some_and(|address| !address.ip().is_loopback()) && config.metrics.token.is_none() {
            self.missing("metrics.token", "metrics.listen");
        }
        self.check_theme(&config);
        self.check_mail(&config);
        self.check_tiers(&config);
        self.check_parts(&config);
    }

    /// Colours that cannot be read are refused with the figure, and with what would do.
    fn check_theme(&mut self, config: &Config) {
        for wrong in Theme::new(&config.theme.wishes()).err().unwrap_or_default() {
            let fault = self.fault(&format!("theme.{}", wrong.wish), Code::ContrastTooLow);
            // Cut off rather than rounded: what is too little never reads as enough.
            let ratio = (wrong.ratio * 100.0).floor() / 100.0;
            fault.args.extend([
                ("what", wrong.what.as_str().to_owned()),
                ("over", wrong.over.to_string()),
                ("under", wrong.under.to_string()),
                ("ratio", format!("{ratio:.2}")),
                ("least", wrong.least.to_string()),
            ]);
            fault.args.extend(wrong.near.map(|near| ("near", near.to_string())));
        }
    }

    fn check_mail(&mut self, config: &Config) {
        let mail = &config.mail;
        if mail.transport == Transport::Smtp {
            for (path, is_missing) in [
                ("mail.host", mail.host.as_deref().is_none_or(|host| host.trim().is_empty())),
                ("mail.from", mail.from.is_none()),
                ("organisation.postal_address", config.organisation.postal_address.is_none()),
                ("organisation.privacy_url", config.organisation.privacy_url.is_none()),
            ] {
                if is_missing {
                    self.missing(path, "mail.transport");
                }
            }
        }
        match (&mail.user, &mail.password) {
            (Some(_), None) => self.missing("mail.password", "mail.user"),
            (None, Some(_)) => self.missing("mail.user", "mail.password"),
            _ => {}
        }
        let host = mail.host.as_deref().unwrap_or_default();
        let is_here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        if mail.password.is_some() && mail.tls == MailTls::None && !is_here {
            self.contradiction("mail.tls", "mail.password");
        }
        if mail.per_hour == Some(0) {
            self.fault("mail.per_hour", Code::ValueOutOfRange)
                .args
                .extend([("min", "1".into()), ("max", u32::MAX.to_string())]);
        }
        if let Some(domain) = &mail.bounce_domain
            && EmailAddress::parse(&format!("bounce@{domain}")).is_err()
        {
            self.fault("mail.bounce_domain", Code::ValueMalformed).args.push(("expected", "bounce.example.com".into()));
        }
        // A name ends up in a header of every mail.
        for (path, name) in [
            ("mail.from_name", mail.from_name.as_deref()),
            ("organisation.name", Some(config.organisation.name.as_str())),
        ] {
            if name.is_some_and(|name| name.chars().any(char::is_control)) {
                self.fault(path, Code::ValueMalformed).args.push(("expected", "Example Steel".into()));
            }
        }
    }

    /// Settings of several parts, which may not go together.
    fn check_parts(&mut self, config: &Config) {
        let cases = &config.cases;
        let checked = [
            ("cases.gate", cases.gate.check()),
            ("cases.second_lifetime", cases.second_lifetime.check()),
            ("cases.causes", cases.causes.check()),
            ("follow_up.days", config.follow_up.check()),
        ];
        for (path, checked) in checked.into_iter().chain(config.warnings.checks()) {
            for wrong in checked.err().iter().flat_map(Error::faults) {
                let fault = self.fault(path, wrong.code);
                fault.args.push(("because", wrong.place.to_string()));
                fault.args.extend(wrong.args.iter().cloned());
            }
        }
    }

    fn check_tiers(&mut self, config: &Config) {
        if !(1..=6).contains(&config.tiers.len()) {
            self.fault("tiers", Code::ValueOutOfRange).args.extend([("min", "1".into()), ("max", "6".into())]);
        }
        let mut keys = BTreeSet::new();
        for tier in &config.tiers {
            let is_key = (1..=40).contains(&tier.key.len())
                && tier.key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !is_key {
                self.fault("tiers", Code::ValueMalformed).args.push(("expected", "key = \"strategic\"".into()));
            }
            if !keys.insert(&tier.key) {
                self.fault("tiers", Code::ValueTwice).args.push(("value", tier.key.clone()));
            }
            let english = tier.names.0.get(&Language::english());
            if english.is_none() || tier.names.0.values().any(|name| name.trim().is_empty()) {
                self.fault("tiers", Code::ValueMissing).args.push(("because", format!("{}.names.en", tier.key)));
            }
        }
    }
}

fn set(config: &mut Config, path: &str, given: Given<'_>) -> Option<Result<(), Wrong>> {
    match path.split_once('.') {
        Some((table, name)) => config.section(table)?.set(name, given),
        None => config.set(path, given),
    }
}

/// The dotted names of all settings.
pub(super) fn paths(config: &Config) -> Vec<String> {
    let mut paths: Vec<String> = config.describe().into_iter().map(|setting| setting.name.to_owned()).collect();
    for (table, group) in config.sections() {
        paths.extend(group.describe().into_iter().map(|setting| format!("{table}.{}", setting.name)));
    }
    paths
}

/// The variable of the environment that stands for a setting.
pub(super) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "_").to_ascii_uppercase())
}

/// Line and column (both from 1, in characters) of a byte of the file.
fn place_in(file: &str, text: &str, byte: usize) -> Place {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place::Line { file: file.to_owned(), line, column }
}
