//! `bellwether report`: reports as files.

use super::unwritable;
use crate::app::App;
use crate::app::reports::{self, Request};
use crate::error::{Code, Error, Result};
use std::io::Write;
use std::path::PathBuf;

/// Which report.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    report: Report,
}

#[derive(Debug, clap::Subcommand)]
enum Report {
    /// The report of a month: one page, six months against the six before
    Monthly {
        /// One tier by its key, such as "key"; else all side by side
        #[arg(long)]
        tier: Option<String>,
        /// The month, such as 2026-09; else the last one that is over
        #[arg(long, value_name = "MONTH")]
        period: Option<String>,
        /// The language, such as zh-CN; else that of the organisation
        #[arg(long)]
        lang: Option<String>,
        /// The file to write; else the page goes to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// # Errors
/// A fault naming the argument that is wrong; `FileUnwritable`.
pub fn run(app: &App, args: &Args, out: &mut dyn Write) -> Result<()> {
    let Report::Monthly { tier, period, lang, out: file } = &args.report;
    let service = app.service();
    let request = Request::read(app, &service, tier.as_deref(), period.as_deref(), lang.as_deref())?;
    let html = reports::monthly(app, &service, &request)?;
    match file {
        None => out.write_all(html.as_bytes()).map_err(unwritable),
        Some(file) => {
            let name = file.display().to_string();
            std::fs::write(file, html).map_err(|e| Error::new(Code::FileUnwritable).with("file", &name).because(e))?;
            writeln!(out, "{}", app.reader(&service).text("report-written", &[("file", name.as_str().into())]))
                .map_err(unwritable)
        }
    }
}
