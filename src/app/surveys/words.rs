//! Differences between versions of a survey, in words.

use crate::domain::measure::Measure;
use crate::domain::survey::comparison::{Change, Compared};
use crate::text::Reader;

/// What has changed of one question; with the author's reason where its words mean what they meant.
pub fn changes(reader: &Reader, one: &Compared<'_>) -> String {
    let gap = reader.text("respond-list-gap", &[]);
    let languages: Vec<String> = one
        .languages
        .iter()
        .map(|language| match reader.catalogue().languages().contains(language) {
            true => reader.catalogue().text(language, "language-name", &[]),
            false => language.as_str().to_owned(),
        })
        .collect();
    let told: Vec<String> = one
        .changes
        .iter()
        .map(|change| {
            let languages = languages.join(&gap);
            reader.text(&format!("surveys-change-{}", change.as_str()), &[("languages", languages.into())])
        })
        .collect();
    let told = told.join(&gap);
    match one.same_because {
        Some(reason) => reader.text("surveys-change-same", &[("changes", told.into()), ("reason", reason.into())]),
        None => told,
    }
}

/// A measure as one reads it; an aspect by its key.
pub fn measure(reader: &Reader, measure: &Measure) -> String {
    match measure {
        Measure::Aspect(key) => reader.text("surveys-aspect", &[("aspect", key.as_str().into())]),
        other => reader.text(&format!("measure-{}", other.key().replace('_', "-")), &[]),
    }
}

/// What becomes of the series that a question feeds, for one of which something has changed.
pub fn series(reader: &Reader, one: &Compared<'_>) -> Option<String> {
    one.question.scale()?;
    one.question.measure?;
    let word = match one.changes.as_slice() {
        [Change::New] => "begins",
        [Change::Gone] => "ends",
        _ if one.is_comparable() => "goes-on",
        _ => "broken",
    };
    Some(reader.text(&format!("surveys-version-{word}"), &[]))
}
