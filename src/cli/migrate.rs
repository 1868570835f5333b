//! `bellwether migrate`

use super::unwritable;
use crate::config::Config;
use crate::error::Result;
use crate::store::Db;
use crate::text::Catalogue;
use std::io::Write;
use std::sync::Arc;

pub(super) fn run(config: &Config, out: &mut dyn Write) -> Result<()> {
    let catalogue = Arc::new(Catalogue::load(config.locales_dir.as_deref())?);
    let reader = catalogue.reader(&config.organisation.language, config.organisation.reporting_zone);
    let applied = Db::open(config.database_url.expose(), 1)?.migrate()?;
    for name in &applied {
        writeln!(out, "{}", reader.text("cli-migrated", &[("name", name.as_str().into())])).map_err(unwritable)?;
    }
    if applied.is_empty() {
        writeln!(out, "{}", reader.text("cli-migrated-nothing", &[])).map_err(unwritable)?;
    }
    Ok(())
}
