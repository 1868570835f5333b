//! Published versions in memory: they never change, so they are read once.

use crate::domain::ident::VersionId;
use crate::domain::survey::Definition;
use crate::error::Result;
use crate::render::survey::{Form, Variant};
use crate::store::{Conn, surveys};
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A published version: what it asks, and its pages as far as somebody has asked for them.
#[derive(Debug)]
pub struct Instrument {
    pub definition: Definition,
    forms: RwLock<HashMap<Variant, Arc<Form>>>,
}

impl Instrument {
    fn new(definition: Definition) -> Self {
        Self { definition, forms: RwLock::default() }
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

/// All versions that were needed so far.
#[derive(Debug, Default)]
pub struct Instruments(RwLock<HashMap<VersionId, Arc<Instrument>>>);

impl Instruments {
    /// A version by its identifier.
    ///
    /// # Errors
    /// `NotFound` if there is no such version.
    pub fn get(&self, conn: &mut Conn, version: VersionId) -> Result<Arc<Instrument>> {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&version) {
            return Ok(Arc::clone(known));
        }
        let read = Definition::from_json(&surveys::find(conn, version)?.definition)?;
        let instrument = Arc::new(Instrument::new(read));
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(all.entry(version).or_insert(instrument)))
    }
}
