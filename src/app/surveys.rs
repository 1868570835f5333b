//! Surveys: publishing versions, and finding what a version asks.

mod shelf;
pub mod words;

pub use shelf::{Instrument, Shelf};

use super::{App, Change};
use crate::domain::ident::VersionId;
use crate::domain::permission::{Action, Actor, Module, require};
use crate::domain::survey::{Definition, comparison, library};
use crate::error::{Code, Error, Result};
use crate::store::Conn;
use crate::store::surveys::{self, Version};
use serde_json::json;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const VIEW: Action = Action::view(Module::Surveys);

/// Publishes the instruments that come with the program, and those of the operator's directory. What is
/// published already stays; returns the names of what is new, such as `relationship@1`.
///
/// # Errors
/// Every fault of every file with its line; `VersionChanged` where a file says something else under a
/// number that is published already.
pub fn publish_shipped(app: &App) -> Result<Vec<String>> {
    let mut definitions = library()?;
    if let Some(dir) = &app.config.surveys_dir {
        definitions.extend(read_dir(dir)?);
    }
    publish(app, &definitions)
}

/// Publishes versions that are not published yet, and returns their names.
///
/// # Errors
/// `VersionChanged` as for [`publish_shipped`].
pub(crate) fn publish(app: &App, definitions: &[Definition]) -> Result<Vec<String>> {
    let now = app.now();
    app.db.write(|conn| {
        let mut new = Vec::new();
        for definition in definitions {
            let known = surveys::by_key(conn, &definition.key, definition.version)?.is_some();
            let version = Version {
                id: app.chance.id(now),
                survey: definition.key.clone(),
                version: definition.version,
                kind: definition.kind.as_str().to_owned(),
                definition: definition.to_json()?,
                hash: definition.fingerprint()?.to_vec(),
                published_at: now,
            };
            let version = surveys::publish(conn, version)?;
            if !known {
                let name = format!("{}@{}", version.survey, version.version);
                // What breaks with it stands in the trail, and in the log of who publishes.
                let broken = broken_by(conn, definition)?;
                if !broken.is_empty() {
                    tracing::warn!(survey = %name, measures = %broken.join(", "), "series break with this version");
                }
                let gaps = definition.gaps.len();
                let after = json!({
                    "survey": version.survey, "version": version.version, "kind": version.kind,
                    "breaks": broken, "untranslated": gaps,
                });
                let change = Change::new("published", "survey", &version.id).to(after);
                app.note(conn, &app.service(), change)?;
                new.push(name);
            }
        }
        Ok(new)
    })
}

/// The measures whose series break with a version that is published after others.
fn broken_by(conn: &mut Conn, definition: &Definition) -> Result<Vec<String>> {
    let all = surveys::all(conn)?;
    let before = all.into_iter().find(|one| one.survey == definition.key && one.version < definition.version);
    let Some(before) = before else { return Ok(Vec::new()) };
    let before = Definition::from_json(&before.definition)?;
    Ok(comparison::breaks(&before, definition).iter().map(ToString::to_string).collect())
}

fn read_dir(dir: &Path) -> Result<Vec<Definition>> {
    let unreadable =
        |path: &Path, e: std::io::Error| Error::new(Code::FileUnreadable).with("file", path.display()).because(e);
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| unreadable(dir, e))? {
        let path = entry.map_err(|e| unreadable(dir, e))?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            files.push(path);
        }
    }
    files.sort_unstable();
    let read = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).map_err(|e| unreadable(path, e))?;
        Definition::parse(&path.display().to_string(), &text)
    };
    files.iter().map(read).collect()
}

/// A published version, whoever asks: waves, answers and figures need it.
///
/// # Errors
/// `SurveyUnknown` if there is none.
pub fn version(app: &App, id: VersionId) -> Result<Arc<Instrument>> {
    app.surveys.find(&app.db, id)
}

/// A version by its name: `relationship@1`, or `relationship` for the newest.
///
/// # Errors
/// `SurveyUnknown` with the name.
pub fn named(app: &App, name: &str) -> Result<Arc<Instrument>> {
    let (survey, number) = match name.split_once('@') {
        Some((survey, number)) => (survey, number.parse::<i32>().ok()),
        None => (name, None),
    };
    let newest = !name.contains('@');
    let all = app.db.read(surveys::all)?;
    let found = all.into_iter().find(|v| v.survey == survey && (newest || Some(v.version) == number));
    match found {
        Some(found) => version(app, found.id),
        None => Err(Error::new(Code::SurveyUnknown).with("value", name)),
    }
}

/// All published versions, by survey and with the newest first.
pub fn list(app: &App, actor: &Actor) -> Result<Vec<Arc<Instrument>>> {
    require(actor, VIEW, None)?;
    app.db.read(|conn| app.surveys.all(conn))
}

/// A version beside the one before it.
pub struct Step {
    pub later: Arc<Instrument>,
    /// None before the first.
    pub earlier: Option<Arc<Instrument>>,
}

/// All versions of the survey that a version belongs to, the newest first, each with the one before it.
///
/// # Errors
/// `SurveyUnknown`, `Forbidden`.
pub fn versions(app: &App, actor: &Actor, id: VersionId) -> Result<Vec<Step>> {
    require(actor, VIEW, None)?;
    let of = version(app, id)?;
    let all = app.db.read(|conn| app.surveys.all(conn))?;
    let same: Vec<Arc<Instrument>> = all.into_iter().filter(|one| one.definition.key == of.definition.key).collect();
    let earlier = same.iter().skip(1).cloned().map(Some).chain([None]);
    Ok(same.iter().cloned().zip(earlier).map(|(later, earlier)| Step { later, earlier }).collect())
}

/// One version, for who may look at surveys.
pub fn view(app: &App, actor: &Actor, id: VersionId) -> Result<Arc<Instrument>> {
    require(actor, VIEW, None)?;
    version(app, id)
}
