//! `bellwether link`: open links from the command line.

use crate::app::open_links::{self, Binding, LinkForm};
use crate::app::{App, surveys};
use crate::domain::ident::OpenLinkId;
use crate::domain::language::Language;
use crate::domain::open_link::LinkState;
use crate::domain::tally::Segment;
use crate::error::{Code, Error, Result};
use crate::render::qr::{Correction, Qr};
use crate::text::Reader;
use chrono::NaiveDate;
use std::io::Write;
use std::path::PathBuf;

/// Open links: a survey that anybody may answer who has its address.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// Draws up a link; prints it with its address.
    Add(Box<New>),
    /// Lists all links, the latest first.
    List,
    /// Closes a link.
    Close {
        /// The link, by its identifier.
        id: String,
    },
    /// Writes the code of a link as a picture.
    Qr {
        /// The link, by its identifier.
        id: String,
        /// The file; what it ends in says what it becomes: svg or png.
        #[arg(long)]
        out: PathBuf,
        /// Pixels to a module of a PNG.
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=40))]
        scale: u16,
    },
}

#[derive(Debug, clap::Args)]
struct New {
    /// The survey, as in relationship@1; without a number the newest version.
    #[arg(long)]
    survey: String,
    /// What the link is called.
    #[arg(long)]
    name: String,
    /// Where it hangs, such as "counter Hamburg"; kept with each response.
    #[arg(long)]
    source: String,
    /// The customer number of the one account that it counts for.
    #[arg(long, conflicts_with_all = ["tier", "region", "line"])]
    account: Option<String>,
    /// The tier of those who answer, as far as it is known.
    #[arg(long)]
    tier: Option<String>,
    /// Their region.
    #[arg(long)]
    region: Option<String>,
    /// Their product line.
    #[arg(long)]
    line: Option<String>,
    /// The language of visitors whose browser has none of the survey's.
    #[arg(long)]
    language: Option<String>,
    /// The first day.
    #[arg(long)]
    opens: Option<NaiveDate>,
    /// The last day.
    #[arg(long)]
    closes: Option<NaiveDate>,
    /// The most responses that it takes.
    #[arg(long)]
    most: Option<i64>,
    /// A password that visitors are asked for.
    #[arg(long, env = "BELLWETHER_LINK_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

/// Runs the command; who may run it on the machine may do all.
///
/// # Errors
/// As the use cases; `FileUnwritable` if the output or the picture cannot be written.
pub fn run(app: &App, args: &Args, out: &mut dyn Write) -> Result<()> {
    let actor = app.service();
    let reader = app.reader(&actor);
    let lines = match &args.step {
        Step::Add(new) => {
            let link = add(app, new)?;
            vec![line(app, &reader, &open_links::view(app, &actor, link)?)]
        }
        Step::List => open_links::list(app, &actor)?.iter().map(|one| line(app, &reader, one)).collect(),
        Step::Close { id } => {
            let one = open_links::view(app, &actor, known(id)?)?;
            let closed = open_links::set_state(app, &actor, one.link.id, one.link.revision, LinkState::Closed)?;
            vec![reader.text("open-links-cli-closed", &[("name", closed.name.as_str().into())])]
        }
        Step::Qr { id, out, scale } => {
            let one = open_links::view(app, &actor, known(id)?)?;
            let address = open_links::address(app, &one.link);
            let code = Qr::of(&address, Correction::Medium)?;
            let name = out.display().to_string();
            let file = match out.extension().and_then(|ending| ending.to_str()) {
                Some("svg") => code.svg(&one.link.name).into_bytes(),
                Some("png") => code.png(usize::from(*scale))?,
                _ => return Err(Error::new(Code::FileUnwritable).with("file", name)),
            };
            let unwritable = |e| Error::new(Code::FileUnwritable).with("file", &name).because(e);
            std::fs::write(out, file).map_err(unwritable)?;
            let said = [("file", name.as_str().into()), ("address", address.as_str().into())];
            vec![reader.text("open-links-cli-written", &said)]
        }
    };
    for line in lines {
        writeln!(out, "{line}").map_err(super::unwritable)?;
    }
    Ok(())
}

fn known(id: &str) -> Result<OpenLinkId> {
    OpenLinkId::parse(id).ok_or_else(|| Error::new(Code::NotFound))
}

fn add(app: &App, new: &New) -> Result<OpenLinkId> {
    surveys::publish_shipped(app)?;
    let form = LinkForm {
        name: new.name.clone(),
        source: new.source.clone(),
        version: surveys::named(app, &new.survey)?.version.id,
        language: new.language.as_deref().map(Language::parse).transpose().map_err(|e| e.at_field("language"))?,
        password: new.password.clone().unwrap_or_default(),
        without_password: false,
        opens: new.opens,
        last_day: new.closes,
        most: new.most,
    };
    let text = |given: &Option<String>| given.clone().unwrap_or_default();
    let binding = match &new.account {
        Some(number) => Binding::Account(number.clone()),
        None => Binding::Segment(Segment {
            tier: text(&new.tier),
            region: text(&new.region),
            product_line: text(&new.line),
        }),
    };
    Ok(open_links::create(app, &app.service(), &form, &binding)?.id)
}

fn line(app: &App, reader: &Reader, one: &open_links::Listed) -> String {
    let state = reader.text(&format!("open-links-standing-{}", one.standing.as_str()), &[]);
    reader.text(
        "open-links-cli-line",
        &[
            ("id", one.link.id.to_string().into()),
            ("name", one.link.name.as_str().into()),
            ("source", one.link.source.as_str().into()),
            ("state", state.into()),
            ("count", one.counts.responses.into()),
            ("address", open_links::address(app, &one.link).into()),
        ],
    )
}
