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

/// The sources that may raise errors, below `src`.
fn sources() -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            let name = entry.to_string_lossy().into_owned();
            if entry.is_dir() {
                open.push(entry);
            } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && !name.ends_with("src/error.rs") {
                found.push(std::fs::read_to_string(entry).unwrap());
            }
        }
    }
    found
}

/// The variables that the text of a message takes.
fn variables(text: &str) -> BTreeSet<&str> {
    let name = |rest: &str| rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
    text.match_indices('$').map(|(at, _)| &text[at + 1..at + 1 + name(&text[at + 1..])]).collect()
}

#[test]
fn what_a_text_tells_is_said_where_the_error_is_raised() {
    let sources = sources();
    for language in ["en", "zh-CN"] {
        let path = format!("{}/locales/{language}/errors.ftl", env!("CARGO_MANIFEST_DIR"));
        let texts = std::fs::read_to_string(path).unwrap();
        for code in Code::ALL {
            let start = format!("\nerror-{} =", code.as_str().replace('.', "-"));
            let Some((_, rest)) = texts.split_once(&start) else { panic!("{language}: no text of {}", code.as_str()) };
            // A message ends where a line begins without a space.
            let ends = |(at, _): &(usize, &str)| rest[at + 1..].starts_with(|c: char| !c.is_whitespace() && c != '}');
            let text = rest.match_indices('\n').find(ends).map_or(rest, |(at, _)| &rest[..at]);
            let raised = format!("Code::{code:?}");
            // The whole name, not one that begins with it.
            let raises = |source: &String| {
                source
                    .match_indices(&raised)
                    .any(|(at, _)| !source[at + raised.len()..].starts_with(|c: char| c.is_ascii_alphanumeric()))
            };
            let told: Vec<&String> = sources.iter().filter(|s| raises(s)).collect();
            for variable in variables(text) {
                let named = format!("\"{variable}\"");
                // What is wrong with a cell always carries its value.
                let says = |s: &&String| s.contains(&named) || (variable == "value" && s.contains("Wrong::of("));
                assert!(
                    told.is_empty() || told.iter().any(says),
                    "{language}: the text of {} tells ${variable}, which nothing that raises it passes",
                    code.as_str()
                );
            }
        }
    }
}
