//! `bellwether user`: the first person has to come from somewhere, and a lost password, too.

use super::{reader, unwritable};
use crate::app::App;
use crate::app::sign_in::{self, NewUser};
use crate::domain::language::Language;
use crate::domain::permission::Role;
use crate::error::{Code, Error, Fault, Result};
use crate::store::users;
use chrono_tz::Tz;
use clap::Subcommand;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// Adds somebody who may sign in
    Add {
        email: String,
        #[arg(long)]
        name: String,
        /// administrator, quality_manager, account_manager, executive or auditor
        #[arg(long)]
        role: String,
        /// Sees this region's accounts alone
        #[arg(long)]
        region: Option<String>,
        /// Reads in this language, such as zh-CN; else in the organisation's
        #[arg(long)]
        language: Option<String>,
        /// Reads times in this zone, such as Asia/Shanghai; else in the reporting zone
        #[arg(long)]
        zone: Option<String>,
        #[command(flatten)]
        password: Password,
    },
    /// Sets somebody's password, and ends their sessions
    Password {
        email: String,
        #[command(flatten)]
        password: Password,
    },
    /// Lists who may sign in
    List,
}

/// A password never stands on the command line, where every process of the machine can read it.
#[derive(Debug, clap::Args)]
// Its group would bear the name of the command `password`, and no two groups may share one.
#[group(skip)]
struct Password {
    /// Reads the password from the first line of this file, or of standard input for `-`; without
    /// it, one is made and printed
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

pub(super) fn run(app: &App, args: &Args, out: &mut dyn Write) -> Result<()> {
    match &args.step {
        Step::Add { email, name, role, region, language, zone, password } => {
            let own = app.service();
            let (password, made) = password.read(app)?;
            let new = NewUser {
                email: email.clone(),
                name: name.clone(),
                role: parse_role(role)?,
                password: password.clone(),
                region: region.clone(),
                language: language.as_deref().map_or(Ok(own.language.clone()), parse_language)?,
                zone: zone.as_deref().map_or(Ok(own.zone), parse_zone)?,
            };
            let user = sign_in::add_user(app, &own, new)?;
            say(app, out, "cli-user-added", &user.email, &user.name)?;
            print_if_made(app, out, made, &password)
        }
        Step::Password { email, password } => {
            let known = app.db.read(|conn| users::by_email(conn, email.trim()))?;
            let unknown = || Error::from(Fault::field("email", Code::ValueUnknown).with("value", email.trim()));
            let user = known.ok_or_else(unknown)?.user;
            let (password, made) = password.read(app)?;
            sign_in::set_password(app, &app.service(), user.id, &password)?;
            say(app, out, "cli-password-set", &user.email, &user.name)?;
            print_if_made(app, out, made, &password)
        }
        Step::List => {
            for user in app.db.read(users::all)? {
                let mark = if user.active { ' ' } else { '-' };
                let role = user.role.as_str();
                writeln!(out, "{mark} {:<40} {role:<16} {}", user.email, user.name).map_err(unwritable)?;
            }
            Ok(())
        }
    }
}

impl Password {
    /// The password, and whether we made it.
    fn read(&self, app: &App) -> Result<(String, bool)> {
        let Some(file) = &self.password_file else {
            return Ok((data_encoding::BASE32_NOPAD.encode(&app.chance.bytes::<15>()).to_lowercase(), true));
        };
        let unreadable = |e| Error::new(Code::FileUnreadable).with("file", file.display()).because(e);
        let mut text = String::new();
        if file == Path::new("-") {
            std::io::stdin().read_to_string(&mut text).map_err(unreadable)?;
        } else {
            text = std::fs::read_to_string(file).map_err(unreadable)?;
        }
        Ok((text.lines().next().unwrap_or_default().to_owned(), false))
    }
}

fn parse_role(text: &str) -> Result<Role> {
    let known = || Role::ALL.map(Role::as_str).join(", ");
    Role::parse(&text.replace('-', "_"))
        .ok_or_else(|| Fault::field("role", Code::ValueUnknown).with("value", text).with("known", known()).into())
}

fn parse_language(text: &str) -> Result<Language> {
    Language::parse(text).map_err(|error| error.at_field("language"))
}

fn parse_zone(text: &str) -> Result<Tz> {
    text.parse().map_err(|_| {
        Fault::field("zone", Code::ValueMalformed).with("value", text).with("expected", "Asia/Shanghai").into()
    })
}

fn say(app: &App, out: &mut dyn Write, id: &str, email: &str, name: &str) -> Result<()> {
    let text = reader(app).text(id, &[("email", email.into()), ("name", name.into())]);
    writeln!(out, "{text}").map_err(unwritable)
}

fn print_if_made(app: &App, out: &mut dyn Write, made: bool, password: &str) -> Result<()> {
    if !made {
        return Ok(());
    }
    let text = reader(app).text("cli-password-made", &[("password", password.into())]);
    writeln!(out, "{text}").map_err(unwritable)
}
