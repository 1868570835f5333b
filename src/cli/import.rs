//! `bellwether import`: customers, the people there and what they bought, from CSV files.

use super::{reader, unwritable};
use crate::app::App;
use crate::app::imports::{self, Feed, Kind, Options, Report};
use crate::error::{Code, Error, Result};
use crate::store::responses::Channel;
use crate::text::error::describe_fault;
use crate::text::{Reader, Value};
use clap::ValueEnum;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the file holds
    #[arg(value_enum)]
    kind: What,
    /// A CSV file in UTF-8 whose first row names the columns
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Says what would be done and lists every fault; writes nothing
    #[arg(long)]
    dry_run: bool,
    /// Makes accounts of customer numbers that nobody has, in the lowest tier
    #[arg(long)]
    create_accounts: bool,
    /// Of responses: the survey that was answered, such as relationship or relationship@1
    #[arg(long, value_name = "KEY[@VERSION]", required_if_eq("kind", "responses"))]
    survey: Option<String>,
    /// Of responses: who gathered them
    #[arg(long, value_name = "NAME", required_if_eq("kind", "responses"))]
    agency: Option<String>,
    /// Of responses: how they were gathered
    #[arg(long, value_enum, default_value = "third_party")]
    channel: Way,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Way {
    ThirdParty,
    Telephone,
    Paper,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum What {
    Accounts,
    Contacts,
    Orders,
    Subjects,
    Responses,
}

/// Imports one file and says what came of it. Fails where the file has any fault; then nothing is saved.
pub(super) fn run(app: &App, args: &Args, out: &mut dyn Write) -> Result<()> {
    let kind = match args.kind {
        What::Accounts => Some(Kind::Accounts),
        What::Contacts => Some(Kind::Contacts),
        What::Orders => Some(Kind::Orders),
        What::Subjects => Some(Kind::Subjects),
        What::Responses => None,
    };
    let name = args.file.display().to_string();
    let file = File::open(&args.file).map_err(|e| Error::new(Code::FileUnreadable).with("file", &name).because(e))?;
    let options = Options { dry_run: args.dry_run, create_accounts: args.create_accounts };
    let short = args.file.file_name().map_or(name.clone(), |short| short.to_string_lossy().into_owned());
    let report = match kind {
        Some(kind) => imports::import(app, &app.service(), kind, file, &short, options)?,
        None => {
            let feed = Feed {
                survey: args.survey.clone().unwrap_or_default(),
                agency: args.agency.clone().unwrap_or_default(),
                channel: match args.channel {
                    Way::ThirdParty => Channel::ThirdParty,
                    Way::Telephone => Channel::Telephone,
                    Way::Paper => Channel::Paper,
                },
            };
            imports::import_responses(app, &app.service(), &feed, BufReader::new(file), &short, options)?
        }
    };
    for line in lines(&reader(app), &report, args.dry_run) {
        writeln!(out, "{line}").map_err(unwritable)?;
    }
    if report.faults_total > 0 {
        return Err(Error::new(Code::InputFaulty).with("count", report.faults_total));
    }
    Ok(())
}

/// The report as its reader reads it: the counts, what to know of them, and each fault.
fn lines(reader: &Reader, report: &Report, dry_run: bool) -> Vec<String> {
    let count = |n: usize| Value::from(i64::try_from(n).unwrap_or(i64::MAX));
    if report.faults_total > 0 {
        let mut lines: Vec<String> = report.faults.iter().map(|fault| describe_fault(reader, fault)).collect();
        let more = report.faults_total - report.faults.len();
        if more > 0 {
            lines.push(reader.text("imports-more-faults", &[("count", count(more))]));
        }
        return lines;
    }
    let id = if dry_run { "imports-would" } else { "imports-done" };
    let counts = [
        ("rows", count(report.rows)),
        ("added", count(report.added)),
        ("changed", count(report.changed)),
        ("unchanged", count(report.unchanged)),
    ];
    let mut lines = vec![reader.text(id, &counts)];
    for (id, n) in [("imports-accounts", report.accounts_added), ("imports-no-consent", report.without_consent)] {
        if n > 0 {
            lines.push(reader.text(id, &[("count", count(n))]));
        }
    }
    lines
}
