//! `check`: are survey files valid, and are the tallies what the responses add up to?

use crate::app::App;
use crate::app::responses::{self, Differences};
use crate::app::surveys::words;
use crate::domain::measure::Sums;
use crate::domain::survey::{Definition, comparison};
use crate::error::{Code, Error, Result};
use crate::text::{self, Reader, Value};
use std::io::Write;
use std::path::{Path, PathBuf};

/// How many differences are listed one by one.
const LISTED: usize = 50;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// Counts all responses anew and compares with the tallies that figures are read from.
    #[arg(long)]
    tallies: bool,
    /// Puts the recount in the place of tallies that differ from it.
    #[arg(long, requires = "tallies")]
    mend: bool,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Checks survey files; tells every fault with its line and column.
    Surveys {
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
}

/// Runs the check and writes what it finds.
///
/// # Errors
/// `InputFaulty` or the one fault there is when a file is not valid; `InputFaulty`, too, when the
/// tallies differ and are left so.
pub fn run(app: &App, args: &Args, out: &mut dyn Write) -> Result<()> {
    let reader = app.reader(&app.service());
    match &args.what {
        Some(What::Surveys { files }) => check_surveys(app, &reader, files, out),
        None if args.tallies => check_tallies(app, &reader, args.mend, out),
        None => Ok(()),
    }
}

fn check_surveys(app: &App, reader: &Reader, files: &[PathBuf], out: &mut dyn Write) -> Result<()> {
    let mut faults = Vec::new();
    let mut valid: Vec<Definition> = Vec::new();
    for file in files {
        let name = file.display().to_string();
        match read(file).and_then(|text| Definition::parse_with_warnings(&name, &text)) {
            Ok((definition, warnings)) => {
                let questions = i64::try_from(definition.asked().count()).unwrap_or(i64::MAX);
                let facts: [(&str, Value<'_>); 4] = [
                    ("file", name.as_str().into()),
                    ("survey", definition.key.as_str().into()),
                    ("version", definition.version.to_string().into()),
                    ("questions", questions.into()),
                ];
                say(out, &reader.text("check-survey-valid", &facts))?;
                for warning in &warnings {
                    let told = text::error::describe_fault(reader, warning);
                    say(out, &reader.text("check-survey-warning", &[("text", told.as_str().into())]))?;
                }
                for (language, count) in definition.gaps_by_language() {
                    let facts = [("language", language.as_str().into()), ("count", count.into())];
                    say(out, &reader.text("check-survey-gaps", &facts))?;
                }
                untold(app, reader, &definition, out)?;
                valid.push(definition);
            }
            Err(error) if error.faults().is_empty() => return Err(error),
            Err(error) => {
                for fault in error.faults() {
                    say(out, &text::error::describe_fault(reader, fault))?;
                }
                faults.extend(error.faults().iter().cloned());
            }
        }
    }
    // Versions of one survey are held against each other, as publishing them would.
    valid.sort_by(|a, b| (&a.key, a.version).cmp(&(&b.key, b.version)));
    for two in valid.windows(2) {
        if let [earlier, later] = two
            && earlier.key == later.key
            && earlier.version < later.version
        {
            differences(reader, earlier, later, out)?;
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::new(Code::InputFaulty).with("count", faults.len())) }
}

/// The languages of a survey in which the program itself, its mails and its pages, has no texts, or not all.
fn untold(app: &App, reader: &Reader, definition: &Definition, out: &mut dyn Write) -> Result<()> {
    let partly = app.catalogue.missing_by_language();
    for language in &definition.languages {
        let tag = ("language", language.as_str().into());
        if app.catalogue.lacks(language) {
            say(out, &reader.text("check-survey-unspoken", &[tag]))?;
        } else if let Some(count) = partly.get(language) {
            say(out, &reader.text("check-survey-spoken-partly", &[tag, ("count", (*count).into())]))?;
        }
    }
    Ok(())
}

/// What has changed from one version to the next, and which series break there.
pub fn differences(reader: &Reader, earlier: &Definition, later: &Definition, out: &mut dyn Write) -> Result<()> {
    let versions = [
        ("survey", later.key.as_str().into()),
        ("from", earlier.version.to_string().into()),
        ("to", later.version.to_string().into()),
    ];
    say(out, &reader.text("check-survey-versions", &versions))?;
    for one in comparison::compare(earlier, later).iter().filter(|one| !one.changes.is_empty()) {
        let words = words::changes(reader, one);
        say(out, &reader.text("check-survey-changed", &[("question", one.key.into()), ("changes", words.into())]))?;
    }
    let broken: Vec<String> =
        comparison::breaks(earlier, later).iter().map(|one| words::measure(reader, one)).collect();
    if broken.is_empty() {
        return say(out, &reader.text("check-survey-unbroken", &[]));
    }
    let broken = broken.join(&reader.text("respond-list-gap", &[]));
    say(out, &reader.text("check-survey-broken", &[("measures", broken.into())]))
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).map_err(|e| Error::new(Code::FileUnreadable).with("file", file.display()).because(e))
}

fn check_tallies(app: &App, reader: &Reader, mend: bool, out: &mut dyn Write) -> Result<()> {
    let found = if mend { responses::mend_tallies(app, &app.service())? } else { responses::recount(app)? };
    list(reader, &found, out)?;
    let count = |n: usize| Value::from(i64::try_from(n).unwrap_or(i64::MAX));
    let facts = [
        ("responses", count(found.responses)),
        ("tallies", count(found.tallies)),
        ("differences", count(found.count())),
    ];
    say(out, &reader.text(if found.is_none() { "check-tallies-equal" } else { "check-tallies-differ" }, &facts))?;
    if found.is_none() {
        return Ok(());
    }
    if mend {
        return say(out, &reader.text("check-tallies-mended", &[]));
    }
    say(out, &reader.text("check-tallies-how", &[]))?;
    Err(Error::new(Code::InputFaulty).with("count", found.count()))
}

/// One line for each difference: where, what stands there, what should.
fn list(reader: &Reader, found: &Differences, out: &mut dyn Write) -> Result<()> {
    let sums = |s: &Sums| format!("n {} sum {} squares {}", s.n, s.sum, s.sum_sq);
    let days = found.days.iter().map(|(key, is, should)| {
        let place = format!("{} {} {}={} {}", key.day, key.version, key.question, key.value, key.segment);
        (place, is.to_string(), should.to_string())
    });
    let accounts = found.accounts.iter().map(|(key, is, should)| {
        let place = format!("{} {} {} {} {}", key.month, key.account, key.measure, key.kind, key.segment);
        (place, sums(is), sums(should))
    });
    let subjects = found
        .subjects
        .iter()
        .map(|(key, is, should)| (format!("{} {} {}", key.month, key.subject, key.measure), sums(is), sums(should)));
    for (place, is, should) in days.chain(accounts).chain(subjects).take(LISTED) {
        let facts = [("place", place.as_str().into()), ("is", is.as_str().into()), ("should", should.as_str().into())];
        say(out, &reader.text("check-difference", &facts))?;
    }
    Ok(())
}

fn say(out: &mut dyn Write, line: &str) -> Result<()> {
    writeln!(out, "{line}").map_err(Error::internal)
}
