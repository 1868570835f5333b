//! `docs/errors.md` says what the table of codes says.

use bellwether::error::Code;
use bellwether::web::errors::status;
use std::collections::BTreeSet;

fn page() -> String {
    let mut page = String::from(
        "# Errors\n\n\
         Every way a request, a file or a setting can fail. The code is stable: logs, programs and these pages\n\
         use it; the words that people read are made from it, in their language. The status is that of a reply\n\
         over HTTP.\n\n\
         This page is printed from the table in `src/error.rs`; `BELLWETHER_BLESS=1 cargo test --test it errors`\n\
         writes it anew.\n\n\
         | code | kind | status | meaning |\n| --- | --- | --- | --- |\n",
    );
    for code in Code::ALL {
        let meaning = code.explanation().replace('|', "\\|");
        page += &format!("| `{}` | {} | {} | {meaning} |\n", code.as_str(), code.kind().as_str(), status(code.kind()));
    }
    page
}

#[test]
fn the_page_is_what_the_table_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md");
    if std::env::var_os("BELLWETHER_BLESS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == page(), "docs/errors.md is out of date: run the tests with BELLWETHER_BLESS=1");
}

#[test]
fn codes_are_unique_and_explained() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), Code::ALL.len());
    for code in Code::ALL {
        let well_formed = |c: char| c.is_ascii_lowercase() || c == '.' || c == '-';
        assert!(code.as_str().chars().all(well_formed), "{}", code.as_str());
        assert!(code.explanation().ends_with('.'), "{}", code.as_str());
        assert!((400..600).contains(&status(code.kind())));
    }
}
