//! Published versions in memory: they never change, so each is read once, for as long as the process lives.

use crate::domain::ident::VersionId;
use crate::domain::survey::Definition;
use crate::error::{Code, Error, Result};
use crate::render::survey::{Form, Variant};
use crate::store::surveys::{self, Version};
use crate::store::{Conn, Db};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A published version: what it asks, and its pages as far as somebody has asked for them.
#[derive(Debug)]
pub struct Instrument {
    pub version: Version,
    pub definition: Definition,
    /// Whether its pages differ from person to person: then none is kept.
    pub varies: bool,
    forms: RwLock<HashMap<Variant, Arc<Form>>>,
}

impl Instrument {
    fn new(version: Version) -> Result<Self> {
        let definition = Definition::from_json(&version.definition)?;
        let varies = definition.branches() || definition.pipes();
        Ok(Self { version, definition, varies, forms: RwLock::default() })
    }

    /// Its name with its number, such as `relationship@1`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.version.survey, self.version.version)
    }

    /// The page of a variant; `build` makes it the first time.
    pub fn form(&self, variant: Variant, build: impl FnOnce(&Definition, &Variant) -> Form) -> Arc<Form> {
        if let Some(form) = self.forms.read().unwrap_or_else(PoisonError::into_inner).get(&variant) {
            return Arc::clone(form);
        }
        let form = Arc::new(build(&self.definition, &variant));
        let mut forms = self.forms.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(forms.entry(variant).or_insert(form))
    }
}

/// All versions that were needed so far. Every page that a customer opens passes here: one look under a
/// lock that readers share.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<HashMap<VersionId, Arc<Instrument>>>);

impl Shelf {
    /// A version by its identifier, within a unit of work that has a connection already.
    ///
    /// # Errors
    /// `SurveyUnknown` if there is none.
    pub fn get(&self, conn: &mut Conn, id: VersionId) -> Result<Arc<Instrument>> {
        match self.known(id) {
            Some(known) => Ok(known),
            None => self.keep(surveys::find(conn, id).map_err(|error| unknown(error, id))?),
        }
    }

    /// The same; what is known already takes no connection.
    ///
    /// # Errors
    /// `SurveyUnknown` if there is none.
    pub fn find(&self, db: &Db, id: VersionId) -> Result<Arc<Instrument>> {
        self.known(id).map_or_else(|| db.read(|conn| self.get(conn, id)), Ok)
    }

    /// Everything that is published, by survey and with the newest first.
    pub fn all(&self, conn: &mut Conn) -> Result<Vec<Arc<Instrument>>> {
        surveys::ids(conn)?.into_iter().map(|id| self.get(conn, id)).collect()
    }

    /// A version that was read elsewhere.
    ///
    /// # Errors
    /// `Internal` if what is stored cannot be read.
    pub fn keep(&self, version: Version) -> Result<Arc<Instrument>> {
        let id = version.id;
        if let Some(known) = self.known(id) {
            return Ok(known);
        }
        let instrument = Arc::new(Instrument::new(version)?);
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Two may have read it at once: both go on with the same one, and its pages are built once.
        Ok(Arc::clone(all.entry(id).or_insert(instrument)))
    }

    fn known(&self, id: VersionId) -> Option<Arc<Instrument>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }
}

fn unknown(error: Error, id: VersionId) -> Error {
    match error.code() {
        Code::NotFound => Error::new(Code::SurveyUnknown).with("value", id),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::survey::library;

    #[test]
    fn a_version_is_read_once() {
        let definition = library().unwrap().remove(0);
        let version = Version {
            id: VersionId::default(),
            survey: definition.key.clone(),
            version: 1,
            kind: definition.kind.as_str().to_owned(),
            definition: definition.to_json().unwrap(),
            hash: Vec::new(),
            published_at: chrono::DateTime::UNIX_EPOCH,
        };
        let shelf = Shelf::default();
        let first = shelf.keep(version.clone()).unwrap();
        // A text that could not be read shows that it is not read again.
        let again = shelf.keep(Version { definition: "no definition".into(), ..version.clone() }).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(again.name(), format!("{}@1", definition.key));
        let other = VersionId::from(uuid::Uuid::from_u128(1));
        assert!(shelf.keep(Version { id: other, definition: "no definition".into(), ..version }).is_err());
    }
}
