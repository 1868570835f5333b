//! Counting the tallies anew from what they are made of, and comparing.

use super::super::{App, Change, anonymous};
use super::{counted, measured};
use crate::domain::ident::VersionId;
use crate::domain::measure::Sums;
use crate::domain::permission::{Action, Actor, Module, Operation, require};
use crate::domain::tally::{AccountKey, DayKey, SubjectKey};
use crate::error::Result;
use crate::store::anonymous as kept;
use crate::store::responses::Response;
use crate::store::tallies::{self, Standing};
use crate::store::{Conn, holds, invitations, responses};
use serde_json::json;
use std::collections::BTreeMap;

/// How many rows are read at once.
const CHUNK: i64 = 2_000;

/// Where the tallies are not what a recount finds: as they stand, and as they should.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Differences {
    pub days: Vec<(DayKey, i64, i64)>,
    pub accounts: Vec<(AccountKey, Sums, Sums)>,
    pub subjects: Vec<(SubjectKey, Sums, Sums)>,
    /// How many responses were counted.
    pub responses: usize,
    /// How many tallies there should be.
    pub tallies: usize,
}

impl Differences {
    pub fn is_none(&self) -> bool {
        self.days.is_empty() && self.accounts.is_empty() && self.subjects.is_empty()
    }

    pub fn count(&self) -> usize {
        self.days.len() + self.accounts.len() + self.subjects.len()
    }
}

/// Counts all responses, delivered invitations and those held back anew and compares with the tallies. Changes nothing.
pub fn recount(app: &App) -> Result<Differences> {
    app.db.write(|conn| {
        responses::hold_still(conn, false)?;
        Ok(compare(app, conn)?.0)
    })
}

/// Counts anew and puts the result in the place of the tallies, if they differ.
///
/// # Errors
/// `Forbidden` to whom the service does not belong.
pub fn mend_tallies(app: &App, actor: &Actor) -> Result<Differences> {
    require(actor, Action::new(Module::Responses, Operation::Delete), None)?;
    app.db.write(|conn| {
        responses::hold_still(conn, true)?;
        let (differences, found) = compare(app, conn)?;
        if !differences.is_none() {
            tallies::replace(conn, found)?;
            let after = json!({ "differences": differences.count(), "responses": differences.responses });
            app.note(conn, actor, Change::new("recounted", "tallies", &"all").to(after))?;
        }
        Ok(differences)
    })
}

fn compare(app: &App, conn: &mut Conn) -> Result<(Differences, Standing)> {
    let (found, responses) = count(app, conn)?;
    let stored = tallies::standing(conn)?;
    let tallies = found.days.len() + found.accounts.len() + found.subjects.len();
    let days = unequal(&stored.days, &found.days);
    let accounts = unequal(&stored.accounts, &found.accounts);
    let subjects = unequal(&stored.subjects, &found.subjects);
    Ok((Differences { days, accounts, subjects, responses, tallies }, found))
}

fn count(app: &App, conn: &mut Conn) -> Result<(Standing, usize)> {
    let mut standing = Standing::default();
    let mut responses = 0;
    let mut grouped: BTreeMap<VersionId, Vec<Response>> = BTreeMap::new();
    let mut after = None;
    loop {
        let chunk = responses::counting_after(conn, after, CHUNK)?;
        let Some((last, _)) = chunk.last() else { break };
        after = Some((last.account, last.id));
        responses += chunk.len();
        for (response, answers_to) in chunk {
            let instrument = app.surveys.get(conn, response.version)?;
            if response.account.is_anonymous() {
                grouped.entry(response.version).or_default().push(response);
                continue;
            }
            let measured = measured(&instrument.definition, &response);
            for fold in counted(&instrument.definition, &response, measured, answers_to).folds() {
                standing.add(fold);
            }
        }
    }
    for (version, group) in grouped {
        let instrument = app.surveys.get(conn, version)?;
        let openings = kept::openings(conn, version)?;
        anonymous::folds_of(&instrument.definition, group.iter(), &openings)
            .into_iter()
            .for_each(|fold| standing.add(fold));
    }
    for instrument in app.surveys.all(conn)?.iter().filter(|one| one.definition.anonymous) {
        let mut after = None;
        loop {
            let chunk = invitations::used_after(conn, instrument.version.id, after, CHUNK)?;
            let Some(last) = chunk.last() else { break };
            after = Some((last.account, last.id));
            let folds = chunk.iter().filter_map(|one| Some(anonymous::answered(one, one.delivered_day?)));
            folds.for_each(|fold| standing.add(fold));
        }
    }
    let mut after = None;
    loop {
        let chunk = invitations::delivered_after(conn, after, CHUNK)?;
        let Some((last, _)) = chunk.last() else { break };
        after = Some(*last);
        for (_, fold) in chunk {
            standing.add(fold);
        }
    }
    for fold in holds::counted(conn, None)? {
        standing.add(fold);
    }
    Ok((standing.without_zeros(), responses))
}

/// The keys at which two maps differ; what is not there is zero.
fn unequal<K: Ord + Clone, V: PartialEq + Copy + Default>(
    stored: &BTreeMap<K, V>,
    found: &BTreeMap<K, V>,
) -> Vec<(K, V, V)> {
    let keys: std::collections::BTreeSet<&K> = stored.keys().chain(found.keys()).collect();
    keys.into_iter()
        .filter_map(|key| {
            let (is, should) =
                (stored.get(key).copied().unwrap_or_default(), found.get(key).copied().unwrap_or_default());
            (is != should).then(|| (key.clone(), is, should))
        })
        .collect()
}
