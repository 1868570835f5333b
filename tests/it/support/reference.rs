//! Reference figures that other programs have computed. Some may not be handed on with the project, so they
//! stand outside it; whether a case ran is counted, and `scripts/test` prints both counts.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Where the figures are, if BELLWETHER_REFERENCE_DIR says so. A directory that is named and not there is an error.
pub fn dir() -> Option<PathBuf> {
    let dir = PathBuf::from(std::env::var_os("BELLWETHER_REFERENCE_DIR").filter(|dir| !dir.is_empty())?);
    assert!(dir.is_dir(), "BELLWETHER_REFERENCE_DIR names {}, which is no directory", dir.display());
    Some(dir)
}

/// A file of the reference figures for this case, which is counted: as run if the figures are here, else as
/// not run. A directory that lacks the file is an error.
pub fn file(case: &str, path: &str) -> Option<PathBuf> {
    let found = dir().map(|dir| dir.join(path));
    if let Some(file) = &found {
        assert!(file.is_file(), "{}: no such file, for the reference case {case}", file.display());
    }
    count(case, found.is_some());
    found
}

/// Notes that a reference case ran, or that it could not since the figures are not here.
pub fn count(case: &str, ran: bool) {
    let line = format!("{} {case}\n", if ran { "ran" } else { "missed" });
    match std::env::var_os("BELLWETHER_REFERENCE_COUNT").filter(|file| !file.is_empty()) {
        // One write of one short line: lines of tests that run side by side do not mix.
        Some(file) => OpenOptions::new()
            .create(true)
            .append(true)
            .open(&file)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .expect("the file of BELLWETHER_REFERENCE_COUNT can be written"),
        None => eprint!("reference case {line}"),
    }
}
