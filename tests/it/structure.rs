//! The plan of the house: which room may name which. Reads the sources and fails when an arrow points up.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and those it may name. `cli`, the door that opens all others, and `main` are free.
const ROOMS: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("clock", &[]),
    ("domain", &["error"]),
    ("chance", &["domain"]),
    ("config", &["domain", "error"]),
    ("telemetry", &["config", "error"]),
    ("text", &["domain", "error"]),
    ("render", &["domain", "error", "text"]),
    ("store", &["clock", "config", "domain", "error"]),
    ("mail", &["clock", "config", "domain", "error"]),
    ("app", &["chance", "clock", "config", "domain", "error", "mail", "render", "store", "text"]),
    ("demo", &["app", "chance", "clock", "config", "domain", "error", "mail", "render", "store", "text"]),
    ("jobs", &["app", "chance", "clock", "config", "domain", "error", "mail", "render", "store", "text"]),
    ("web", &["app", "chance", "clock", "config", "domain", "error", "mail", "render", "store", "text"]),
];
const FREE: &[&str] = &["cli", "main"];

/// Crates that one room keeps to itself, so that it can be changed for another.
const KEPT: &[(&str, &[&str])] = &[
    ("diesel", &["store"]),
    ("diesel_migrations", &["store"]),
    ("actix_web", &["web"]),
    ("lettre", &["mail"]),
    ("plotters", &["render"]),
    ("plotters_backend", &["render"]),
    ("handlebars", &["render", "mail"]),
    ("fluent_bundle", &["text"]),
    ("cron", &["domain"]),
    ("tracing_subscriber", &["telemetry", "config"]),
    ("clap", &["cli", "main"]),
];

/// What the rules of the trade never touch: the outside, the hour, their own chance. Threads that are joined
/// before a function returns are no more than a way to compute; others would outlive it.
const IMPURE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "thread::spawn",
    "thread::sleep",
    "Instant::now",
    "Utc::now",
    "SystemTime::now",
    "rand::rng",
    "thread_rng",
    "from_os_rng",
    "OsRng",
    "tokio::",
    "tracing::",
    "reqwest::",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a directory.
fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every source of the service: its path, its room, how deep it lies, and its code without comments and texts.
fn files() -> Vec<(String, String, usize, String)> {
    let src = root().join("src");
    sources(&src)
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&src).unwrap();
            let parts: Vec<String> =
                inside.iter().map(|p| p.to_str().unwrap().trim_end_matches(".rs").to_owned()).collect();
            (inside.display().to_string(), parts[0].clone(), parts.len(), bare(&fs::read_to_string(&path).unwrap()))
        })
        .collect()
}

/// The code with comments and the insides of texts blanked, so that what is only spoken of does not count.
fn bare(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let (mut out, mut i) = (String::with_capacity(source.len()), 0);
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let in_word = |i: usize| i > 0 && (at(i - 1).is_alphanumeric() || at(i - 1) == '_');
    while i < chars.len() {
        match at(i) {
            '/' if at(i + 1) == '/' => {
                while i < chars.len() && at(i) != '\n' {
                    i += 1;
                }
            }
            '/' if at(i + 1) == '*' => {
                let mut depth = 1;
                i += 2;
                while i < chars.len() && depth > 0 {
                    match (at(i), at(i + 1)) {
                        ('/', '*') => (depth, i) = (depth + 1, i + 2),
                        ('*', '/') => (depth, i) = (depth - 1, i + 2),
                        _ => i += 1,
                    }
                }
            }
            // A raw text ends at a quote with as many hashes as stood before its first one.
            'r' if matches!(at(i + 1), '"' | '#') && (!in_word(i) || at(i - 1) == 'b') => {
                let hashes = (i + 1..).take_while(|j| at(*j) == '#').count();
                i += 1 + hashes;
                if at(i) == '"' {
                    i += 1;
                    while i < chars.len() && !(at(i) == '"' && (1..=hashes).all(|h| at(i + h) == '#')) {
                        i += 1;
                    }
                    i += 1 + hashes;
                    out.push_str("\"\"");
                }
            }
            '"' => {
                i += 1;
                while i < chars.len() && at(i) != '"' {
                    i += if at(i) == '\\' { 2 } else { 1 };
                }
                i += 1;
                out.push_str("\"\"");
            }
            // A character, not a lifetime.
            '\'' if at(i + 1) == '\\' || at(i + 2) == '\'' => {
                i += if at(i + 1) == '\\' { 3 } else { 2 };
                while i < chars.len() && at(i) != '\'' {
                    i += 1;
                }
                i += 1;
            }
            c => {
                out.push(c);
                i += 1;
            }
        }
    }
    out
}

/// The code without its unit tests, which may lean on what the code itself must not.
fn without_tests<'a>(file: &str, code: &'a str) -> &'a str {
    if file.ends_with("tests.rs") { "" } else { code.split("#[cfg(test)]\nmod tests").next().unwrap_or(code) }
}

/// The rooms that a file names: through `crate::room`, through `crate::{room, …}` and through as many
/// `super::` as lead out of its own.
fn rooms_named(code: &str, depth: usize) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for start in ["crate::".to_owned(), "super::".repeat(depth)] {
        for (at, _) in code.match_indices(&start) {
            let is_longer = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if !is_longer {
                named.extend(heads(&code[at + start.len()..]));
            }
        }
    }
    named
}

/// The first name of a path, or of each path of a `{…}` group.
fn heads(path: &str) -> Vec<String> {
    let ident = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let path = path.trim_start();
    let Some(group) = path.strip_prefix('{') else { return vec![ident(path)] };
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in group.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => parts.push(String::new()),
            _ => {}
        }
        parts.last_mut().unwrap().push(c);
    }
    parts
        .iter()
        .map(|part| ident(part.trim_start_matches([',', ' ', '\n', '\t'])))
        .filter(|name| !name.is_empty())
        .collect()
}

/// Does the code name this crate or path? Not where it is the tail of a longer name.
fn names(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + path.len()..].chars().next();
        let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let ends = path.ends_with("::") || !joins(after);
        ends && !joins(before) && before != Some('.')
    })
}

#[test]
fn no_arrow_points_up() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (file, room, depth, code) in files() {
        if room == "lib" || FREE.contains(&room.as_str()) {
            continue;
        }
        let Some(may) = allowed.get(room.as_str()) else {
            wrong.push(format!("src/{file}: the room `{room}` is not on the plan"));
            continue;
        };
        for named in rooms_named(&code, depth) {
            let is_room = allowed.contains_key(named.as_str()) || FREE.contains(&named.as_str());
            if is_room && named != room && !may.contains(&named.as_str()) {
                wrong.push(format!("src/{file}: `{room}` must not name `{named}`"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_plan_has_no_circle() {
    // Rooms are listed from the ground up, so every room may only name those above it in the list.
    let mut seen = BTreeSet::new();
    for (room, may) in ROOMS {
        for named in *may {
            assert!(seen.contains(named), "{room} -> {named}");
        }
        seen.insert(*room);
    }
}

/// The names of all settings, read from the example file, in which a test of the settings holds each of them.
fn settings() -> Vec<String> {
    let example = fs::read_to_string(root().join("config.example.toml")).unwrap();
    let name = |line: &str| {
        let (name, _) = line.strip_prefix('#')?.split_once(" = ")?;
        name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_').then(|| name.to_owned())
    };
    example.lines().filter_map(name).collect()
}

#[test]
fn every_setting_is_used() {
    let settings = settings();
    assert!(settings.len() > 60, "{settings:?}");
    // The tables of rules are handed on by a function of the settings; what it reads must be handed on itself.
    let handed_on = ["config/warnings.rs", "config.rs", "config/database_url.rs"];
    let code: Vec<String> = files()
        .into_iter()
        .filter(|(file, ..)| !file.starts_with("config") || handed_on.contains(&file.as_str()))
        .map(|(file, _, _, code)| without_tests(&file, &code).to_owned())
        .collect();
    let is_read = |name: &str| {
        code.iter().any(|code| {
            let field = format!(".{name}");
            code.match_indices(&field).any(|(at, _)| {
                let after = code[at + field.len()..].chars().next();
                !after.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '(')
            })
        })
    };
    let unread: Vec<_> = settings.iter().filter(|name| !is_read(name)).collect();
    // The look and the planning are handed their rules by these.
    for method in ["warnings.rules()", "warnings.decline()", "warnings.reconcile()", "fatigue.rules()"] {
        let outside = files().into_iter().any(|(file, .., code)| !file.starts_with("config") && code.contains(method));
        assert!(outside, "nobody asks for {method}");
    }
    assert!(unread.is_empty(), "settings that nothing reads: {unread:?}");
}

#[test]
fn every_room_of_the_house_is_on_the_plan() {
    let library = bare(&fs::read_to_string(root().join("src/lib.rs")).unwrap());
    let rooms = library.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'));
    for room in rooms {
        assert!(ROOMS.iter().any(|(name, _)| *name == room) || FREE.contains(&room), "{room}");
    }
}

#[test]
fn what_one_room_keeps_no_other_names() {
    for (file, room, _, code) in files() {
        let code = without_tests(&file, &code);
        for (krate, keepers) in KEPT {
            let is_named = names(code, &format!("{krate}::")) || names(code, &format!("use {krate};"));
            assert!(
                !is_named || keepers.contains(&room.as_str()),
                "src/{file} names {krate}, which belongs to {keepers:?}"
            );
        }
    }
}

#[test]
fn the_domain_is_pure() {
    for (file, room, _, code) in files() {
        let code = without_tests(&file, &code);
        for path in IMPURE.iter().filter(|_| room == "domain") {
            assert!(!names(code, path), "src/{file} names {path}");
        }
    }
}

#[test]
fn modules_stand_beside_their_directories() {
    for (file, ..) in files() {
        assert!(!file.ends_with("mod.rs"), "src/{file}: write foo.rs beside foo/");
    }
}

#[test]
fn nothing_is_left_out_or_put_off() {
    let all = sources(&root().join("src")).into_iter().chain(sources(&root().join("tests")));
    for path in all {
        let code = bare(&fs::read_to_string(&path).unwrap());
        assert!(!code.contains("#[ignore"), "{}: a test that does not run proves nothing", path.display());
        for put_off in ["todo!", "unimplemented!", "dbg!"] {
            assert!(!names(&code, put_off), "{}: {put_off}", path.display());
        }
    }
}

mod reader {
    use super::*;

    fn named(code: &str, depth: usize) -> Vec<String> {
        rooms_named(&bare(code), depth).into_iter().collect()
    }

    #[test]
    fn finds_every_way_to_name_a_room() {
        assert_eq!(named("use crate::store::Db;", 1), ["store"]);
        assert_eq!(named("use crate::{\n    app::{a, b::{c}},\n    web, store as s,\n};", 1), ["app", "store", "web"]);
        assert_eq!(named("fn f() { crate::mail::send() }", 1), ["mail"]);
        assert_eq!(named("use super::super::web::x;", 2), ["web"]);
        assert_eq!(named("use super::{web::x, y};", 1), ["web", "y"]);
        assert_eq!(named("macro { $crate::jobs::x }", 1), ["jobs"]);
    }

    #[test]
    fn passes_over_what_is_only_spoken_of() {
        assert_eq!(named("// crate::web\n/* crate::web /* crate::web */ */ \"crate::web\"", 1), [""; 0]);
        assert_eq!(
            named("let a = r#\"\" crate::web \"#; let b = '\"'; use crate::store; let c = \"\\\"\";", 1),
            ["store"]
        );
        assert_eq!(named("fn f<'a>(x: &'a str) { crate::app::g('\\'', b'\\n') }", 1), ["app"]);
        assert_eq!(named("use othercrate::web;", 1), [""; 0]);
        assert_eq!(named("use super::web;", 2), [""; 0], "a module of the same room");
    }

    #[test]
    fn knows_a_name_from_its_tail() {
        assert!(names("use diesel::prelude::*;", "diesel::"));
        assert!(!names("use my_diesel::x;", "diesel::"));
        assert!(!names("self.std::env", "std::env"));
        assert!(names("std::env::vars()", "std::env"));
        assert!(!names("std::environment", "std::env"));
    }
}
