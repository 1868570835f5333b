//! The organisation's theme: its settings and its files become what pages and mails are drawn with.

use crate::config;
use crate::domain::theme::{LOGO_MOST_BYTES, Logo, Theme};
use crate::error::{Code, Error, Fault, Place, Result};
use crate::render::look::Look;
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Makes the look of the house by its settings.
///
/// # Errors
/// `ContrastTooLow` for colours that cannot be read; `FileUnreadable` or `LogoFaulty` for a logo, with the
/// setting and the file.
pub(super) fn look(theme: &config::Theme) -> Result<Look> {
    let colours = Theme::new(&theme.wishes()).map_err(|faults| {
        let name = |wish: &str| Place::Setting(format!("theme.{wish}"));
        Error::faulty(faults.iter().map(|one| Fault::new(name(one.wish), Code::ContrastTooLow)).collect())
    })?;
    let logo = |name: &str, path: Option<&Path>| path.map(|path| read(name, path)).transpose();
    Ok(Look::new(
        &colours,
        logo("theme.logo", theme.logo.as_deref())?,
        logo("theme.logo_dark", theme.logo_dark.as_deref())?,
    ))
}

fn read(setting: &str, path: &Path) -> Result<Logo> {
    let file = path.display().to_string();
    let unreadable = |error: std::io::Error| {
        Error::new(Code::FileUnreadable).with("file", &file).with("setting", setting).because(error)
    };
    let mut bytes = Vec::new();
    // One byte more than is taken tells that there is more.
    File::open(path)
        .and_then(|opened| opened.take(LOGO_MOST_BYTES as u64 + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    Logo::read(bytes).map_err(|error| {
        let mut fault = Fault::new(Place::Setting(setting.to_owned()), Code::LogoFaulty).with("file", &file);
        fault.args.extend(error.args().iter().cloned());
        Error::faulty(vec![fault])
    })
}
