//! Where a series breaks: from which day on answers come from a version that asks something else.
//!
//! What differs is found in the published versions, and the day in the tallies of days: no response is
//! read, and a survey of one version costs nothing.

use crate::app::App;
use crate::app::surveys::Instrument;
use crate::domain::day::{Month, Period};
use crate::domain::ident::VersionId;
use crate::domain::measure::Measure;
use crate::domain::survey::{Definition, comparison};
use crate::domain::trend;
use crate::error::Result;
use crate::store::warnings::Score;
use crate::store::{Conn, tallies};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One series breaks at one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    pub measure: Measure,
    /// The first day with answers to the newer version.
    pub day: NaiveDate,
    pub survey: String,
    pub version: i32,
}

impl Break {
    /// The month of that day counts to the newer version.
    pub fn month(&self) -> Month {
        Month::of(self.day)
    }

    /// Whether it lies between what two periods tell.
    pub fn parts(&self, before: Period, now: Period) -> bool {
        before.first < self.month() && self.month() <= now.last
    }
}

/// All breaks of the surveys of a kind; of those in which customers speak, where none is asked for. By day.
pub(super) fn all(app: &App, conn: &mut Conn, kind: Option<&str>) -> Result<Vec<Break>> {
    let mut versions = app.surveys.all(conn)?;
    versions.retain(|one| match kind {
        Some(kind) => one.definition.kind.as_str() == kind,
        None => one.definition.kind.is_of_customers(),
    });
    let mut found = Vec::new();
    for survey in versions.chunk_by(|one, next| one.definition.key == next.definition.key) {
        // The newest stands first.
        let inorder: Vec<&Arc<Instrument>> = survey.iter().rev().collect();
        if inorder.len() > 1 {
            of_survey(conn, &inorder, &mut found)?;
        }
    }
    found.sort_by_key(|one: &Break| one.day);
    Ok(found)
}

fn of_survey(conn: &mut Conn, versions: &[&Arc<Instrument>], found: &mut Vec<Break>) -> Result<()> {
    let newest = versions.last().map(|one| comparison::measures(&one.definition)).unwrap_or_default();
    for (measure, _) in newest {
        // A version that nobody has answered is no part of the series.
        let mut before: Option<&Definition> = None;
        for version in versions {
            let fed = comparison::measures(&version.definition);
            let Some((_, questions)) = fed.iter().find(|(one, _)| *one == measure) else { continue };
            let mut first: Option<NaiveDate> = None;
            for question in questions {
                let day = tallies::first_day(conn, version.version.id, question)?;
                first = first.into_iter().chain(day).min();
            }
            let Some(day) = first else { continue };
            if before.is_some_and(|before| comparison::breaks(before, &version.definition).contains(&measure)) {
                let (survey, number) = (version.definition.key.clone(), version.definition.version);
                found.push(Break { measure: measure.clone(), day, survey, version: number });
            }
            before = Some(&version.definition);
        }
    }
    Ok(())
}

/// Which versions break with each other in one measure: found once, and asked for each answer.
pub(in crate::app) struct Series {
    known: BTreeMap<VersionId, Arc<Instrument>>,
    /// Survey, earlier and later version.
    broken: BTreeSet<(String, i32, i32)>,
}

impl Series {
    /// Of the surveys that these scores come from. No response is read.
    pub fn of(app: &App, conn: &mut Conn, measure: &Measure, scores: &[&Score]) -> Result<Self> {
        let versions: BTreeSet<VersionId> = scores.iter().map(|one| one.version).collect();
        let mut known = BTreeMap::new();
        for version in versions {
            known.insert(version, app.surveys.get(conn, version)?);
        }
        let mut broken = BTreeSet::new();
        for was in known.values().map(|one| &one.definition) {
            let later = known.values().map(|one| &one.definition);
            for now in later.filter(|now| now.key == was.key && now.version > was.version) {
                if comparison::breaks(was, now).contains(measure) {
                    broken.insert((was.key.clone(), was.version, now.version));
                }
            }
        }
        Ok(Self { known, broken })
    }

    /// The scores of one account in the parts of its series, by their places.
    pub fn parts(&self, scores: &[Score]) -> Vec<Vec<usize>> {
        if self.broken.is_empty() {
            return if scores.is_empty() { Vec::new() } else { vec![(0..scores.len()).collect()] };
        }
        let asked: Vec<(&str, i32)> = scores
            .iter()
            .map(|one| {
                let definition = self.known.get(&one.version).map(|one| &one.definition);
                definition.map_or(("", 0), |definition| (definition.key.as_str(), definition.version))
            })
            .collect();
        trend::parts(&asked, |survey, was, now| self.broken.contains(&(survey.to_owned(), was, now)))
    }

    /// The version that an answer is to.
    pub fn version(&self, score: &Score) -> i32 {
        self.known.get(&score.version).map_or(0, |one| one.definition.version)
    }
}
