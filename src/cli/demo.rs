//! `bellwether demo`: the whole service on invented customers, on this machine alone.
//!
//! Of the operator's settings only what `--set` says reaches it, and not even that where it would leave the
//! machine or meet other data: it has a database, a key and a mailbox of its own, in a directory that it
//! marks as its own and of which it deletes nothing else.

use super::{reader, serve, unwritable};
use crate::app::open_links::{self, Binding, LinkForm};
use crate::app::{App, surveys};
use crate::chance::Chance;
use crate::clock::{Clock, FixedClock, SystemClock};
use crate::config::{Config, DatabaseUrl, Log, LogLevel, Transport, WebUrl};
use crate::demo::seed::{self, Seeded};
use crate::demo::{Demo, REGIONS};
use crate::domain::contact::EmailAddress;
use crate::domain::language::Language;
use crate::domain::permission::{Reach, Role};
use crate::domain::tally::Segment;
use crate::domain::theme::{Colour, Theme};
use crate::error::{Code, Error, Fault, Place, Result};
use crate::store::users::User;
use crate::store::{Db, surveys as versions, users, warnings};
use crate::telemetry;
use crate::text::Reader;
use chrono::{DateTime, Duration, Utc};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// The same data every time, for the same day.
const SEED: u64 = 2026;
/// The line of progress has a dot for so many weeks.
const WEEKS_A_DOT: i64 = 4;
/// No secret: it is printed, and the demo listens on this machine alone.
const PASSWORD: &str = "bellwether";
/// What says that a directory is ours. It holds the word of what was done.
const MARKER: &str = ".bellwether-demo";
const WHOLE: &str = "seeded\n";
/// So far back people have worked, week by week: as far as the data reach.
const WEEKS: i64 = 104;
/// So far back the accounts were looked at every week, so that warnings have a past.
const WEEKS_OF_LOOKS: i64 = 26;
/// So long ago the open links were drawn up.
const HANGING_FOR: Duration = Duration::days(40);
/// What hangs where: the survey, the region that its responses count for, then name and source in English and Chinese.
const LINKS: [(&str, (&str, &str), [&str; 2], [&str; 2]); 2] = [
    ("short", REGIONS[0], ["Spare parts counter", "Counter, Wuxi"], ["备件服务柜台", "无锡柜台"]),
    ("effort", REGIONS[3], ["Delivery note", "Delivery notes, Hamburg depot"], ["随货单据", "汉堡仓库送货单"]),
];
/// An older digest is no news.
const LATEST_DIGEST: Duration = Duration::days(35);

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Forgets what was done with the demo and invents its data anew
    #[arg(long)]
    reset: bool,
    /// Listens on this port of this machine; 0 takes any that is free
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// The language of the organisation: en or zh-CN
    #[arg(long, value_name = "LANGUAGE", default_value = "en", value_parser = ["en", "zh-CN"])]
    lang: String,
    /// Where the demo keeps its data
    #[arg(long, value_name = "DIRECTORY", default_value = "data/demo")]
    dir: PathBuf,
}

impl Args {
    /// The language of the demo's company.
    pub(super) fn language(&self) -> Result<Language> {
        Language::parse(&self.lang)
    }
}

pub(super) fn run(given: &Config, args: &Args, flags: &[(String, String)], out: &mut dyn Write) -> Result<()> {
    let port = free_port(args.port)?;
    let config = Arc::new(settings(given, args, flags, port)?);
    telemetry::start(&config.log)?;
    let words = {
        let catalogue = Arc::new(crate::text::Catalogue::load(None)?);
        catalogue.reader(&config.organisation.language, config.organisation.reporting_zone)
    };
    let kept = prepare(args)?;
    draw_logos(&config, &args.dir)?;
    let db = Db::open(config.database_url.expose(), config.database_pool)?;
    let claim = db.claim_to_serve()?;
    if kept {
        let outdated = |e: Error| match e.code() {
            Code::SchemaMismatch => Error::new(Code::DemoOutdated).with("file", args.dir.display()).because(e),
            _ => e,
        };
        db.migrate().and_then(|_| db.check_schema_words()).map_err(outdated)?;
        say(out, &words.text("demo-kept", &[]))?;
    } else {
        say(out, &words.text("demo-seeding", &[]))?;
        let began = Instant::now();
        // What the nights of two years have done is in the pages; the terminal shows how far it has come.
        let silent = tracing::subscriber::NoSubscriber::default();
        let invented = tracing::subscriber::with_default(silent, || invent(&config, &db, &mut || dot(out)));
        say(out, "")?;
        let (seeded, open) = invented?;
        write(&args.dir.join(MARKER), WHOLE)?;
        say(out, &told(&words, seeded, open, began.elapsed().as_secs_f64()))?;
    }
    let app = Arc::new(App::build(config, db, Arc::new(SystemClock), Chance::from_system())?);
    surveys::publish_shipped(&app)?;
    let greeting = greeting(&app)?;
    serve::serve(&app, claim, &greeting, out)
}

/// The port to listen at, found out before anything is invented: nobody waits for that in vain.
fn free_port(wished: u16) -> Result<u16> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, wished));
    let taken = |e| Error::new(Code::AddressUnavailable).with("address", address).with("setting", "--port").because(e);
    TcpListener::bind(address).and_then(|listener| listener.local_addr()).map(|found| found.port()).map_err(taken)
}

/// The colour of the invented company, on light and on dark pages.
const ACCENTS: [&str; 2] = ["#0b5c63", "#63c3cc"];
/// Its logo, with holes for the name and the colours.
const LOGO: &str = include_str!("../../assets/demo-logo.svg");
/// The files that it becomes, for a light and for a dark ground.
const LOGOS: [(&str, bool); 2] = [("logo.svg", false), ("logo-dark.svg", true)];

/// Writes the company's logos into the demo's directory, where its settings look for them.
fn draw_logos(config: &Config, dir: &Path) -> Result<()> {
    let name = &config.organisation.name;
    let length: usize = name.chars().map(|c| if c.is_ascii() { 10 } else { 20 }).sum();
    // The company may have been given another name, which need not be one that stands in a drawing as it is.
    let name = name.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let colours = Theme::new(&config.theme.wishes()).unwrap_or_default();
    for (file, dark) in LOGOS {
        let palette = if dark { colours.dark } else { colours.light };
        let drawn = LOGO
            .replace("WIDTH", &(length + 46).to_string())
            .replace("LENGTH", &length.to_string())
            .replace("ACCENT", &palette.accent.to_string())
            .replace("INK", &palette.ink.to_string())
            .replace("NAME", &name);
        write(&dir.join(file), &drawn)?;
    }
    Ok(())
}

/// What keeps the demo to itself, and is not set by flags.
const FIXED: [&str; 6] = ["base_url", "database_url", "listen", "mail.transport", "secret_file", "secret_key"];

/// The demo's own settings, and over them the flags. Of the operator's settings only how the log is written
/// reaches it, from warnings on if they do not say.
fn settings(given: &Config, args: &Args, flags: &[(String, String)], port: u16) -> Result<Config> {
    if let Some((name, _)) = flags.iter().find(|(name, _)| FIXED.contains(&name.as_str())) {
        let fault = Fault::new(Place::Setting(format!("--set {name}")), Code::SettingContradiction);
        return Err(fault.with("setting", name).with("other", "bellwether demo").into());
    }
    let address = format!("http://localhost:{port}/");
    let database = format!("sqlite://{}", args.dir.join("bellwether.db").display());
    let mut log = given.log.clone();
    if log.level.targets() == Log::default().level.targets() {
        log.level = LogLevel::parse("warn").map_err(Error::internal)?;
    }
    let mut config = Config {
        log,
        base_url: WebUrl::parse(&address)?,
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        database_url: DatabaseUrl::parse(&database)?,
        database_pool: 4,
        secret_file: args.dir.join("secret.key"),
        ..Config::default()
    };
    config.organisation.language = args.language()?;
    config.organisation.name =
        if config.organisation.language.is_chinese() { "科望轴承".into() } else { "Corvane Bearings".into() };
    let address = if config.organisation.language.is_chinese() {
        "上海市示例路 1 号"
    } else {
        "1 Example Road, Shanghai, China"
    };
    config.organisation.postal_address = Some(address.into());
    config.organisation.privacy_url = Some(WebUrl::parse("https://www.corvane.example/privacy")?);
    config.organisation.reporting_zone = chrono_tz::Asia::Shanghai;
    let [accent, accent_dark] = ACCENTS.map(Colour::parse);
    (config.theme.accent, config.theme.accent_dark) = (accent, accent_dark);
    let [logo, logo_dark] = LOGOS.map(|(name, _)| Some(args.dir.join(name)));
    (config.theme.logo, config.theme.logo_dark) = (logo, logo_dark);
    config.mail.transport = Transport::Mailbox;
    config.mail.from = Some(EmailAddress::parse("survey@corvane.example")?);
    config.mail.concurrency = 1;
    config.with_flags(flags)
}

/// Makes the directory ours; true if its data can be used as they are.
fn prepare(args: &Args) -> Result<bool> {
    let dir = &args.dir;
    let marker = dir.join(MARKER);
    let unwritable = |e| Error::new(Code::FileUnwritable).with("file", dir.display()).because(e);
    if dir.exists() {
        let mut inside = std::fs::read_dir(dir).map_err(unwritable)?;
        let ours = marker.is_file();
        if !ours && inside.next().is_some() {
            return Err(Error::new(Code::DirectoryForeign).with("file", dir.display()));
        }
        if ours && !args.reset && std::fs::read_to_string(&marker).is_ok_and(|text| text == WHOLE) {
            return Ok(true);
        }
        if ours {
            // Not under the feet of one that is running.
            let database = dir.join("bellwether.db");
            if database.exists() {
                drop(Db::open(&format!("sqlite://{}", database.display()), 1)?.claim_to_serve()?);
            }
            std::fs::remove_dir_all(dir).map_err(unwritable)?;
        }
    }
    std::fs::create_dir_all(dir).map_err(unwritable)?;
    write(&marker, "begun\n")?;
    Ok(false)
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).map_err(|e| Error::new(Code::FileUnwritable).with("file", file.display()).because(e))
}

/// Seeds an empty database, and looks at all accounts as of every week of the last half year, so that
/// what is shown has come about as it would have.
fn invent(config: &Arc<Config>, db: &Db, progress: &mut dyn FnMut() -> Result<()>) -> Result<(Seeded, i64)> {
    db.migrate()?;
    let now = SystemClock.now();
    // The key of the demo's links is nobody else's, although all the rest is the same everywhere.
    drop(config.secret(Chance::from_system().bytes())?);
    let clock = Arc::new(FixedClock::new(now));
    let app = App::build(Arc::clone(config), db.clone(), Arc::clone(&clock) as _, Chance::seeded(SEED))?;
    let stops = stops(now);
    clock.set(now - Duration::days(760));
    surveys::publish_shipped(&app)?;
    let model = Demo::generate(SEED, app.day_of(now));
    clock.set(now);
    let language = &config.organisation.language;
    let first_look = now - Duration::weeks(WEEKS_OF_LOOKS);
    let mut weeks = 0;
    let mut look = |app: &App| {
        weeks += 1;
        if weeks % WEEKS_A_DOT == 0 {
            progress()?;
        }
        if app.now() < first_look {
            return Ok(());
        }
        crate::jobs::nightly::run(app).map(drop)
    };
    let seeded = seed::seed(&app, &clock, &model, language, PASSWORD, &stops, &mut look)?;
    clock.set(now - HANGING_FOR);
    hang_links(&app)?;
    clock.set(now);
    write_digests(&app)?;
    let open = db.read(|conn| warnings::count_open(conn, &Reach::All))?;
    Ok((seeded, open))
}

/// Draws up open links, so that one can be tried: nothing is known of those who come by them.
fn hang_links(app: &App) -> Result<()> {
    let chinese = app.config.organisation.language.is_chinese();
    let all = app.db.read(users::all)?;
    let by = all.iter().find(|user| user.role == Role::QualityManager).map_or_else(|| app.service(), User::actor);
    for (survey, region, english, ours) in LINKS {
        let unknown = || Error::new(Code::SurveyUnknown).with("survey", survey);
        let version = app.db.read(|conn| versions::by_key(conn, survey, 1))?.ok_or_else(unknown)?;
        let [name, source] = if chinese { ours } else { english }.map(str::to_owned);
        let form = LinkForm {
            name,
            source,
            version: version.id,
            language: None,
            password: String::new(),
            without_password: false,
            opens: None,
            last_day: None,
            most: None,
        };
        let (in_english, in_chinese) = region;
        let region = if chinese { in_chinese } else { in_english }.to_owned();
        let segment = Segment { tier: String::new(), region, product_line: String::new() };
        open_links::create(app, &by, &form, &Binding::Segment(segment))?;
    }
    Ok(())
}

/// Leaves the latest digests in the outbox, so that the mailbox has them as soon as the demo serves.
fn write_digests(app: &App) -> Result<()> {
    let zone = app.config.organisation.reporting_zone;
    let slot = app.config.jobs.digest.last_until(app.now(), LATEST_DIGEST, zone);
    slot.map_or(Ok(()), |slot| crate::jobs::digest::run(app, slot))
}

/// Every week at this hour, the last one now.
fn stops(now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
    (0..=WEEKS).rev().map(|weeks| now - Duration::weeks(weeks)).collect()
}

fn told(words: &Reader, seeded: Seeded, open: i64, seconds: f64) -> String {
    words.text(
        "demo-seeded",
        &[
            ("accounts", seeded.accounts.into()),
            ("contacts", seeded.contacts.into()),
            ("orders", seeded.orders.into()),
            ("invitations", seeded.invitations.into()),
            ("responses", seeded.responses.into()),
            ("warnings", open.into()),
            ("seconds", words.number(seconds, 1).into()),
        ],
    )
}

/// Who can sign in, and where mails are.
fn greeting(app: &App) -> Result<Vec<String>> {
    let words = reader(app);
    let address = app.config.base_url.join("/");
    let mut lines = vec![
        String::new(),
        words.text("demo-open", &[("address", address.into())]),
        words.text("demo-sign-in", &[("password", PASSWORD.into())]),
        String::new(),
    ];
    let people = app.db.read(users::all)?;
    for role in Role::ALL {
        let name = words.text(&format!("role-{}", role.as_str()), &[]);
        lines.push(format!("  {name}"));
        let theirs = people.iter().filter(|user| user.active && user.role == role);
        lines.extend(theirs.map(|user| format!("    {:<32} {}", user.email, user.name)));
    }
    let mailbox = app.config.base_url.join("/mailbox");
    lines.push(String::new());
    lines.push(words.text("demo-mailbox", &[("address", mailbox.into())]));
    Ok(lines)
}

fn dot(out: &mut dyn Write) -> Result<()> {
    write!(out, "·").and_then(|()| out.flush()).map_err(unwritable)
}

fn say(out: &mut dyn Write, line: &str) -> Result<()> {
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(unwritable)
}
