//! `bellwether wave`: who would be asked, starting a wave, and how the waves go.

use crate::app::waves::{self, NewWave};
use crate::app::{App, surveys};
use crate::domain::permission::Actor;
use crate::domain::wave::{Audience, Summary, WhyNot};
use crate::error::{Code, Error, Result};
use crate::text::Reader;
use chrono::{Days, NaiveDate};
use std::io::Write;

/// Waves: one fielding of a survey to an audience.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// Shows who would be asked, who not, and why. Changes nothing.
    Preview(Whom),
    /// Starts a wave; a running service plans and sends it.
    Start {
        #[command(flatten)]
        whom: Whom,
        /// The name of the wave.
        #[arg(long)]
        name: String,
        /// When it starts, in the reporting zone ("2027-01-11 09:30"); now if not said.
        #[arg(long)]
        at: Option<String>,
        /// The last day on which answers are taken; three weeks after the start if not said.
        #[arg(long)]
        closes: Option<NaiveDate>,
    },
    /// Lists all waves, the latest first.
    List,
}

#[derive(Debug, clap::Args)]
struct Whom {
    /// The survey, as in relationship@1; without a number the newest version.
    #[arg(long)]
    survey: String,
    /// Only accounts of this tier; may be said several times.
    #[arg(long)]
    tier: Vec<String>,
    /// Only accounts of this region; may be said several times.
    #[arg(long)]
    region: Vec<String>,
    /// Only accounts of this product line; may be said several times.
    #[arg(long)]
    line: Vec<String>,
}

impl Whom {
    fn audience(&self) -> Audience {
        Audience {
            tiers: self.tier.iter().cloned().collect(),
            regions: self.region.iter().cloned().collect(),
            product_lines: self.line.iter().cloned().collect(),
            ..Audience::default()
        }
    }
}

/// Runs the command; who may run it on the machine may do all.
///
/// # Errors
/// As the use cases; `FileUnwritable` if the output cannot be written.
pub fn run(app: &App, args: &Args, out: &mut dyn Write) -> Result<()> {
    let actor = app.service();
    let reader = app.reader(&actor);
    let lines = match &args.step {
        Step::Preview(whom) => preview(app, &actor, &reader, whom)?,
        Step::Start { whom, name, at, closes } => {
            vec![start(app, &actor, &reader, whom, name, at.as_deref(), *closes)?]
        }
        Step::List => list(app, &actor, &reader)?,
    };
    for line in lines {
        writeln!(out, "{line}").map_err(|e| Error::new(Code::FileUnwritable).with("file", "-").because(e))?;
    }
    Ok(())
}

fn n(x: u64) -> i64 {
    i64::try_from(x).unwrap_or(i64::MAX)
}

fn preview(app: &App, actor: &Actor, reader: &Reader, whom: &Whom) -> Result<Vec<String>> {
    surveys::publish_shipped(app)?;
    let version = surveys::named(app, &whom.survey)?.version.id;
    let preview = waves::preview(app, actor, version, &whom.audience())?;
    let summary: &Summary = &preview.summary;
    let mut lines = vec![reader.text(
        "waves-cli-preview",
        &[
            ("considered", n(summary.considered).into()),
            ("accounts", n(summary.accounts).into()),
            ("asked", n(summary.asked).into()),
            ("left", n(summary.considered - summary.asked).into()),
        ],
    )];
    for rule in WhyNot::RULES {
        let count = n(summary.left_out_by(rule));
        if count > 0 {
            let name = reader.text(&format!("waves-rule-{}", rule.replace('_', "-")), &[]);
            lines.push(reader.text("waves-cli-rule", &[("rule", name.into()), ("count", count.into())]));
        }
    }
    for tier in &app.config.tiers {
        if let Some(count) = preview.asked_by_tier.get(&tier.key) {
            let name = tier.names.for_reader(&reader.language);
            lines.push(reader.text("waves-cli-tier", &[("tier", name.into()), ("count", n(*count).into())]));
        }
    }
    for (language, count) in &summary.asked_by_language {
        let name = app.reader_of(language).text("language-name", &[]);
        lines.push(reader.text("waves-cli-language", &[("language", name.into()), ("count", n(*count).into())]));
    }
    Ok(lines)
}

fn start(
    app: &App,
    actor: &Actor,
    reader: &Reader,
    whom: &Whom,
    name: &str,
    at: Option<&str>,
    closes: Option<NaiveDate>,
) -> Result<String> {
    surveys::publish_shipped(app)?;
    let version = surveys::named(app, &whom.survey)?.version.id;
    let at = at.map(|text| waves::instant_in(actor.zone, text)).transpose()?;
    let first = app.day_of(at.unwrap_or_else(|| app.now()));
    let last_day = closes.or(first.checked_add_days(Days::new(21))).unwrap_or(first);
    let audience = whom.audience();
    let asked = waves::preview(app, actor, version, &audience)?.summary.asked;
    let wave = waves::create(app, actor, NewWave { name: name.to_owned(), version, audience, last_day })?;
    let wave = waves::start(app, actor, wave.id, at)?;
    Ok(reader.text(
        "waves-cli-started",
        &[
            ("id", wave.id.to_string().into()),
            ("name", wave.name.as_str().into()),
            ("state", reader.text(&format!("waves-state-{}", wave.state.as_str()), &[]).into()),
            ("asked", n(asked).into()),
        ],
    ))
}

fn list(app: &App, actor: &Actor, reader: &Reader) -> Result<Vec<String>> {
    let shown = waves::list(app, actor)?;
    let line = |one: &waves::Shown| {
        let counts = &one.invitations;
        let asked = counts.planned + counts.delivered + counts.failed + counts.cancelled;
        reader.text(
            "waves-cli-line",
            &[
                ("id", one.wave.id.to_string().into()),
                ("name", one.wave.name.as_str().into()),
                ("state", reader.text(&format!("waves-state-{}", one.wave.state.as_str()), &[]).into()),
                ("asked", asked.into()),
                ("delivered", counts.delivered.into()),
                ("answered", counts.answered.into()),
            ],
        )
    };
    Ok(shown.iter().map(line).collect())
}
