//! Checks that have a short form for every run and a long one for `scripts/test --long`, which writes what it has
//! found into `docs/long-checks.md`.

use std::sync::{Mutex, PoisonError};

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/long-checks.md");

/// Is this the long form?
pub fn long() -> bool {
    std::env::var_os("BELLWETHER_LONG").is_some()
}

/// How often something is done: in every run, and at length.
pub fn times(short: usize, at_length: usize) -> usize {
    if long() { at_length } else { short }
}

fn parts(document: &str, section: &str) -> (String, String, String) {
    let (begin, end) = (format!("<!-- {section} -->\n"), format!("<!-- /{section} -->"));
    let found = document.split_once(&begin).and_then(|(before, rest)| {
        let (inside, after) = rest.split_once(&end)?;
        Some((format!("{before}{begin}"), inside.to_owned(), format!("{end}{after}")))
    });
    found.unwrap_or_else(|| panic!("docs/long-checks.md has a section {section}"))
}

/// What the document says in a section.
pub fn documented(section: &str) -> String {
    parts(&std::fs::read_to_string(DOCUMENT).unwrap(), section).1
}

/// Writes what the long form has found; the short one changes nothing.
pub fn record(section: &str, found: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    if !long() {
        return;
    }
    let _held = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let (before, _, after) = parts(&std::fs::read_to_string(DOCUMENT).unwrap(), section);
    std::fs::write(DOCUMENT, format!("{before}{}\n{after}", found.trim_end())).unwrap();
}
