//! Do the pages of the project say what is so? Links lead somewhere, files that are named are there, commands
//! that are shown are understood, and nothing speaks of a machine that only we know.

use bellwether::cli;
use bellwether::domain::language::{Language, Texts};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All pages, with what stands on them.
fn pages() -> Vec<(PathBuf, String)> {
    let mut pages = Vec::new();
    for folder in [root().to_owned(), root().join("docs")] {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "md") {
                let text = fs::read_to_string(&path).unwrap();
                pages.push((path, text));
            }
        }
    }
    pages.sort();
    assert!(pages.len() >= 10, "{}", pages.len());
    pages
}

/// A page in two: its prose, and the lines of its code blocks (fenced or indented).
fn parts(page: &str) -> (String, Vec<String>) {
    let (mut prose, mut code, mut fenced, mut after_blank) = (String::new(), Vec::new(), false, true);
    let mut indented = false;
    for line in page.lines() {
        let is_fence = line.trim_start().starts_with("```");
        indented = line.starts_with("    ") && (after_blank || indented);
        if is_fence {
            fenced = !fenced;
        } else if fenced || indented {
            code.push(line.trim().to_owned());
        } else {
            prose.push_str(line);
            prose.push('\n');
        }
        after_blank = line.trim().is_empty();
    }
    assert!(!fenced, "a code block that does not end");
    (prose, code)
}

/// The targets of all links in a text.
fn links(prose: &str) -> Vec<&str> {
    prose.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(target, _)| target)).collect()
}

/// What is set between single backticks.
fn quoted(prose: &str) -> impl Iterator<Item = &str> {
    prose.split('`').skip(1).step_by(2)
}

/// The names under which the headings of a page can be linked to.
fn anchors(page: &str) -> Vec<String> {
    let slug = |heading: &str| -> String {
        let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    parts(page).0.lines().filter(|l| l.starts_with('#')).map(|l| slug(l.trim_start_matches('#'))).collect()
}

/// The words of a shell command, up to where its output goes.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), false);
    for c in line.chars() {
        match c {
            '"' => quote = !quote,
            ' ' if !quote => words.push(std::mem::take(&mut word)),
            '>' | '#' if !quote && word.is_empty() => break,
            c => word.push(c),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

/// A line as arguments of the program, where it calls it.
fn called(line: &str) -> Option<Vec<String>> {
    let mut words = words(line);
    // Variables that are set for one command stand before it.
    while words.first()?.starts_with("BELLWETHER_") {
        words.remove(0);
    }
    if words.first()? == "cargo" {
        if words.get(1)? != "run" {
            return None;
        }
        let from = words.iter().position(|word| word == "--")?;
        // What else can be run with cargo has a command line of its own.
        if words.iter().take(from).any(|word| word == "--example") {
            return None;
        }
        words.drain(..=from);
    } else if words.remove(0) != "bellwether" {
        return None;
    }
    // The settings that are named are on another machine.
    while let Some(at) = words.iter().position(|word| word == "--config") {
        words.drain(at..at + 2);
    }
    Some(words)
}

/// Whether the command line takes these arguments. The settings file is missing, so nothing is done: what is
/// understood fails at the settings, with another exit code than what is not.
fn is_understood(arguments: &[String]) -> bool {
    let missing = root().join("no-such-settings.toml");
    let given = ["bellwether".into(), "--config".into(), missing.into_os_string()];
    let arguments = given.into_iter().chain(arguments.iter().map(OsString::from));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    cli::run(arguments, BTreeMap::new(), &mut out, &mut err) == 1
}

#[test]
fn links_lead_somewhere() {
    let mut seen = 0;
    for (path, page) in pages() {
        let (prose, _) = parts(&page);
        for target in links(&prose) {
            if target.starts_with("http://") || target.starts_with("https://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let there = if file.is_empty() { path.clone() } else { path.parent().unwrap().join(file) };
            assert!(there.exists(), "{}: {target}", path.display());
            if !anchor.is_empty() {
                let known = anchors(&fs::read_to_string(&there).unwrap());
                assert!(known.iter().any(|known| known == anchor), "{}: {target}: {known:?}", path.display());
            }
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn files_that_are_named_are_there() {
    let folders =
        ["src/", "docs/", "tests/", "scripts/", "surveys/", "locales/", "migrations/", "assets/", "examples/"];
    let mut seen = 0;
    for (path, page) in pages() {
        for name in quoted(&parts(&page).0).filter(|name| folders.iter().any(|folder| name.starts_with(folder))) {
            // `tests/it/docs.rs`, not `locales/<language>/*.ftl` and not `scripts/test --long`.
            if !name.contains(|c: char| " <>{}*,…:".contains(c)) {
                assert!(root().join(name).exists(), "{}: {name}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn every_instrument_stands_in_the_table() {
    let page = fs::read_to_string(root().join("docs/instruments.md")).unwrap();
    let rows: Vec<Vec<&str>> = (page.lines().filter(|line| line.starts_with("| `surveys/")))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let library = bellwether::domain::survey::library().unwrap();
    assert_eq!(rows.len(), library.len());
    for one in library {
        let file = format!("`surveys/{}.toml`", one.key);
        let row = rows.iter().find(|row| row[0] == file).unwrap_or_else(|| panic!("{file}"));
        let english = |texts: &Texts| texts.for_reader(&Language::english()).to_owned();
        let told = [english(&one.purpose), one.questions().count().to_string(), one.minutes().to_string()];
        assert_eq!(row[2..5], told.each_ref().map(String::as_str), "{file}");
        assert_eq!(row[5], english(&one.source), "{file}");
    }
}

#[test]
fn commands_that_are_shown_are_understood() {
    let mut seen = 0;
    for (path, page) in pages() {
        for arguments in parts(&page).1.iter().filter_map(|line| called(line)) {
            assert!(is_understood(&arguments), "{}: bellwether {}", path.display(), arguments.join(" "));
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
    for wrong in ["wave begin", "user add a@example.com", "import orders", "serve --loud", "report monthly --period"] {
        let wrong: Vec<String> = wrong.split(' ').map(ToOwned::to_owned).collect();
        assert!(!is_understood(&wrong), "{wrong:?}");
    }
}

/// Every text file that is handed on with the project.
fn handed_on(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            let is_made = [".git", "target", "data", "proptest-regressions"].contains(&name.as_str());
            if !is_made {
                handed_on(&path, found);
            }
        } else if name != ".git"
            && let Ok(text) = fs::read_to_string(&path)
        {
            found.push((path, text));
        }
    }
}

#[test]
fn nothing_speaks_of_a_machine_that_only_we_know() {
    // Paths of people and of their workshops, and things that lie there and not here.
    let strange = ["/home/", "/Users/", "/root/", "/work/", "/tmp/", "mockup", "mock-up"];
    let mut files = Vec::new();
    handed_on(root(), &mut files);
    assert!(files.len() > 200, "{}", files.len());
    for (path, text) in files.iter().filter(|(path, _)| !path.ends_with("tests/it/docs.rs")) {
        for (number, line) in (1..).zip(text.lines()) {
            let folded = line.to_lowercase();
            let is_workshop = folded.split(|c: char| !c.is_alphanumeric()).any(|word| word == "farm");
            let named = strange.iter().find(|word| line.contains(*word));
            assert!(named.is_none() && !is_workshop, "{}:{number}: {named:?}", path.display());
        }
    }
}

mod reader {
    use super::*;

    #[test]
    fn tells_prose_from_code() {
        let (prose, code) =
            parts("a [b](c.md)\n    still prose\n\n    bellwether serve\n    more\n\n```toml\nx = 1\n```\nend");
        assert_eq!(code, ["bellwether serve", "more", "x = 1"]);
        assert_eq!(links(&prose), ["c.md"]);
        assert!(prose.contains("still prose") && prose.contains("end"));
    }

    #[test]
    fn reads_commands_as_a_shell_does() {
        let line = "BELLWETHER_CONFIG=x bellwether --config y.toml wave list --name \"a b\" > out.txt";
        assert_eq!(called(line).unwrap(), ["wave", "list", "--name", "a b"]);
        assert_eq!(called("cargo run --release -- demo  # at once").unwrap(), ["demo"]);
        assert_eq!(called("cargo build --release"), None);
        assert_eq!(called("scripts/test"), None);
    }

    #[test]
    fn names_headings_as_they_are_linked_to() {
        assert_eq!(
            anchors("# A page\n\n## NPS, 0 to 10\n\n    # no heading\n\n## 中文\n"),
            ["a-page", "nps-0-to-10", "中文"]
        );
    }
}
