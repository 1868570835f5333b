//! The command line: one program, and a command for each thing an operator does.
//!
//! Settings come from the file, over it the environment, over that the flags; see [`crate::config`].
//! Whoever may run a command on the machine acts as the service itself and may do all. What goes wrong
//! is said once, on standard error, in the language of the organisation, each fault with its place; the
//! exit code is then 1, or 2 where the command line itself was not understood.

pub mod check;
mod demo;
mod doctor;
mod import;
mod link;
mod migrate;
mod report;
mod serve;
mod user;
pub mod wave;

use crate::app::App;
use crate::chance::Chance;
use crate::clock::SystemClock;
use crate::config::{self, Config, Sources};
use crate::domain::language::Language;
use crate::error::{Error, Result};
use crate::store::Db;
use crate::text::{Catalogue, Reader, error as words};
use clap::{Parser, Subcommand};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Tells a company, early and honestly, which of its customers it is about to lose.
#[derive(Debug, Parser)]
#[command(name = "bellwether", version, disable_help_subcommand = true)]
struct Cli {
    /// The settings file [environment: BELLWETHER_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Sets one setting, such as mail.host=smtp.example.com
    #[arg(long = "set", global = true, value_name = "NAME=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the pages, sends what is due and does the nightly work
    Serve,
    /// Shows the whole service on invented customers, on this machine alone
    Demo(demo::Args),
    /// Brings the database up to this program; running it again changes nothing
    Migrate,
    /// Checks survey files, or whether the tallies are what the responses add up to
    Check(check::Args),
    /// Shows whom a wave would ask, starts it, lists what there is
    Wave(wave::Args),
    /// Draws up open links, lists and closes them, writes their codes
    Link(link::Args),
    /// Adds people, sets passwords, lists who may sign in
    User(user::Args),
    /// Brings in accounts, contacts, orders, sites and staff, or responses from a CSV file
    Import(import::Args),
    /// Makes reports as files
    Report(report::Args),
    /// Looks whether everything the service needs is there
    Doctor,
    /// Prints an example of the settings file
    #[command(subcommand)]
    Config(ConfigCommand),
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Every setting with its meaning and its default
    Example,
}

/// Exit code: the command did what it should.
const DONE: u8 = 0;
/// Exit code: it did not, and has said why.
const FAILED: u8 = 1;
/// Exit code: the command line was not understood.
const MISUSED: u8 = 2;

/// Runs one command to its end; returns the exit code.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    environment: BTreeMap<String, String>,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(usage) => {
            // Where not even this can be written, the exit code alone has to tell it.
            let told = if usage.use_stderr() { write!(err, "{usage}") } else { write!(out, "{usage}") };
            return if usage.use_stderr() || told.is_err() { MISUSED } else { DONE };
        }
    };
    let wish = language_of(&environment);
    let sources = Sources { file: cli.config, environment, flags: cli.set };
    let loaded = Config::load(&sources);
    let language = match &cli.command {
        // The demo has a company of its own, and so the language that it is asked to speak.
        Command::Demo(args) => args.language().unwrap_or(wish),
        _ => loaded.as_ref().map_or(wish, |config| config.organisation.language.clone()),
    };
    let done = loaded.and_then(|config| dispatch(cli.command, config, &sources.flags, out));
    match done {
        Ok(code) => code,
        Err(error) => {
            tell(&language, &error, err);
            FAILED
        }
    }
}

fn dispatch(command: Command, config: Config, flags: &[(String, String)], out: &mut dyn Write) -> Result<u8> {
    match command {
        Command::Serve => serve::run(config, out),
        Command::Demo(args) => demo::run(&config, &args, flags, out),
        Command::Migrate => migrate::run(&config, out),
        Command::Check(args) => check::run(&house(config)?, &args, out),
        Command::Wave(args) => wave::run(&house(config)?, &args, out),
        Command::Link(args) => link::run(&house(config)?, &args, out),
        Command::User(args) => user::run(&house(config)?, &args, out),
        Command::Import(args) => import::run(&house(config)?, &args, out),
        Command::Report(args) => report::run(&house(config)?, &args, out),
        Command::Doctor => return doctor::run(config, out).map(|well| if well { DONE } else { FAILED }),
        Command::Config(ConfigCommand::Example) => write!(out, "{}", config::example()).map_err(unwritable),
    }?;
    Ok(DONE)
}

/// The house for one command beside, or without, a running service. Its schema has to be this program's.
fn house(config: Config) -> Result<App> {
    let db = Db::open_existing(config.database_url.expose(), 2)?;
    db.check_schema()?;
    App::build(Arc::new(config), db, Arc::new(SystemClock), Chance::from_system())
}

/// How a command speaks to whoever runs it.
fn reader(app: &App) -> Reader {
    app.reader(&app.service())
}

/// A line that could not be written: who reads it has gone.
fn unwritable(error: std::io::Error) -> Error {
    Error::new(crate::error::Code::FileUnwritable).with("file", "stdout").because(error)
}

fn setting(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("it needs a form such as mail.port=587".to_owned()),
    }
}

/// What the terminal speaks: for what goes wrong before the organisation's language is known.
fn language_of(environment: &BTreeMap<String, String>) -> Language {
    let set =
        ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| environment.get(*name).filter(|v| !v.is_empty()));
    if set.is_some_and(|locale| locale.starts_with("zh")) { Language::chinese() } else { Language::english() }
}

/// Says what went wrong, and of an input with many faults each with its place.
fn tell(language: &Language, error: &Error, err: &mut dyn Write) {
    let mut lines = match Catalogue::load(None) {
        Ok(catalogue) => {
            let reader = Arc::new(catalogue).reader(language, chrono_tz::UTC);
            let mut lines = vec![words::describe(&reader, error)];
            if error.faults().len() > 1 {
                lines.extend(error.faults().iter().map(|fault| format!("  {}", words::describe_fault(&reader, fault))));
            }
            lines
        }
        Err(_) => vec![error.to_string()],
    };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        lines.push(format!("  ({})", cause.to_string().replace(['\n', '\r'], " ")));
        source = cause.source();
    }
    // Where not even this can be written, the exit code alone has to tell it.
    let _ = writeln!(err, "bellwether: {}", lines.join("\n"));
}
