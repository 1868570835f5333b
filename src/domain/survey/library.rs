//! The instruments that come with the service.

use super::Definition;
use crate::error::Error;
use include_dir::{Dir, include_dir};

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/surveys");

/// The shipped instruments, by file name.
///
/// # Errors
/// None in a program that has passed its tests, which read them all.
pub fn library() -> Result<Vec<Definition>, Error> {
    library_files().map(|(file, text)| Definition::parse(file, text)).collect()
}

/// The shipped files as they are: name and text.
pub fn library_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    let mut files: Vec<_> = FILES
        .files()
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "toml"))
        .filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)))
        .collect();
    files.sort_unstable();
    files.into_iter()
}
