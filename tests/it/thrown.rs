//! Conditions, survey files and forms thrown at the program at random, and what comes of mangling good ones: nothing
//! panics, nothing hangs, and every fault has its place inside the text. Half a second in every run; ten minutes
//! at length.

use crate::support::long::{long, record};
use bellwether::domain::answer::Answers;
use bellwether::domain::language::Language;
use bellwether::domain::survey::logic::{Attributes, DEEPEST, Expr, Facts, Setting, Step, flow};
use bellwether::domain::survey::{Definition, library_files};
use bellwether::error::Place;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// No single input may take longer, on a slow machine in a build without optimisation.
const LONGEST: Duration = Duration::from_secs(10);

const OURS: [&str; 4] = [
    include_str!("../surveys/branching.toml"),
    include_str!("../surveys/every_key.toml"),
    include_str!("../surveys/every_kind.toml"),
    include_str!("../surveys/right_to_left.toml"),
];

const WORDS: &[&str] = &[
    "recommend",
    "answer.recommend",
    "tier",
    "account.name",
    "invitation.day",
    "and",
    "or",
    "not",
    "in",
    "(",
    ")",
    "[",
    "]",
    ",",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "=",
    "1",
    "-2.5",
    "9999999999999999",
    "0.0001",
    "2026-02-30",
    "2026-01-31",
    "\"x\"",
    "'na'",
    "\"",
    "'",
    "\\",
    "\\u{0}",
    "answered(",
    "chosen(",
    "true",
    "false",
    "\u{0}",
    "é",
    "好",
    "\u{202e}",
    "\r\n",
    "\n",
    "{answer.recommend|x}",
    "{",
    "}",
    "[[page]]",
    "[[page.question]]",
    "[scale.x]",
    "show_if = ",
    "skip_to = [{ to = \"words\" }]",
    "block = \"b\"",
    "kind = ",
    "\"matrix\"",
    "points = ",
    "101",
    "[[quota]]",
    "#",
    "pattern = \"(a*)*$\"",
    "fallback = \"en\"",
    "languages = []",
    "same_as = {}",
    "anonymous = true",
];

fn counts() -> (Duration, usize) {
    // The bound on rounds keeps the short form short where the machine is busy.
    if long() { (Duration::from_secs(600), usize::MAX) } else { (Duration::from_millis(1500), 400) }
}

/// Any characters, or words of the language in any order.
fn nonsense(rng: &mut StdRng) -> String {
    if rng.random_bool(0.3) {
        let bytes: Vec<u8> = (0..rng.random_range(0..300)).map(|_| rng.random()).collect();
        return String::from_utf8_lossy(&bytes).into_owned();
    }
    let gap = *["", " ", "\n"].choose(rng).unwrap();
    let words: Vec<&str> = (0..rng.random_range(0..80)).map(|_| *WORDS.choose(rng).unwrap()).collect();
    words.join(gap)
}

/// A place between two characters.
fn cut(rng: &mut StdRng, text: &str) -> usize {
    let mut at = rng.random_range(0..=text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// A good text with some of it gone, doubled, moved, or something else in it.
fn mangled(rng: &mut StdRng, good: &[String]) -> String {
    let mut text = good.choose(rng).unwrap().clone();
    for _ in 0..rng.random_range(1..4) {
        let (one, other) = (cut(rng, &text), cut(rng, &text));
        let (from, to) = (one.min(other), one.max(other));
        // Mostly a few characters: a file with half of it gone is soon told to be no file.
        let near = (from..=to.min(from + 12)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(from);
        match rng.random_range(0..7) {
            0 => text.replace_range(from..near, ""),
            1 => text.insert_str(from, WORDS.choose(rng).unwrap()),
            2 => text.replace_range(from..near, WORDS.choose(rng).unwrap()),
            3 => {
                let mut lines: Vec<&str> = text.lines().collect();
                if !lines.is_empty() {
                    let line = lines.remove(rng.random_range(0..lines.len()));
                    lines.insert(rng.random_range(0..=lines.len()), line);
                }
                text = lines.join("\n");
            }
            4 => {
                let lines: Vec<&str> = text.lines().collect();
                let kept = lines.iter().filter(|_| rng.random_bool(0.98)).copied().collect::<Vec<_>>();
                text = kept.join("\n");
            }
            5 => {
                // A value of one line in another.
                let values: Vec<&str> =
                    text.lines().filter_map(|line| line.split_once(" = ")).map(|(_, v)| v).collect();
                if let (Some(one), Some(other)) = (values.choose(rng), values.choose(rng)) {
                    text = text.replacen(&format!(" = {one}"), &format!(" = {other}"), 1);
                }
            }
            _ => {
                let piece = text[from..to.min(near.max(from))].to_owned();
                text.insert_str(one, &piece);
            }
        }
    }
    text
}

fn a_condition_is_read_or_refused(text: &str) -> bool {
    match Expr::parse(text) {
        Ok(expr) => {
            assert_eq!(Expr::parse(&expr.to_string()).as_ref(), Ok(&expr), "it reads back as it was");
            let (attributes, answers) = (Attributes::default(), Answers::default());
            let facts = Facts { attributes: &attributes, answers: &answers };
            assert_eq!(expr.holds(facts), expr.bind(&attributes).holds(facts));
            true
        }
        Err(trouble) => {
            assert!(trouble.at <= text.len() && text.is_char_boundary(trouble.at), "{} of {}", trouble.at, text.len());
            false
        }
    }
}

/// Whether a place is one of a text: the end of a line counts to it.
fn is_inside(place: &Place, text: &str) -> bool {
    let Place::Line { line, column, .. } = place else { return false };
    let found = line.checked_sub(1).and_then(|nth| text.split('\n').nth(nth));
    found.is_some_and(|line| (1..=line.chars().count() + 1).contains(column))
}

fn a_file_is_read_or_refused(text: &str) -> Option<Definition> {
    match Definition::parse_with_warnings("thrown.toml", text) {
        Ok((definition, warnings)) => {
            assert!(warnings.iter().all(|one| is_inside(&one.place, text)), "{warnings:?}");
            let again = Definition::from_json(&definition.to_json().unwrap()).unwrap();
            assert_eq!(again, definition, "what is published reads back");
            Some(definition)
        }
        Err(error) => {
            assert!(!error.faults().is_empty(), "a fault without a place: {error}");
            let astray = error.faults().iter().find(|one| !is_inside(&one.place, text));
            assert!(astray.is_none(), "{astray:?}");
            None
        }
    }
}

/// Sends all sorts of forms to a survey, and goes through it.
fn a_form_is_taken_or_refused(rng: &mut StdRng, definition: &Definition) -> usize {
    let fields: Vec<String> = definition.questions().flat_map(|one| one.fields()).collect();
    let setting = Setting { seed: rng.random(), ..Setting::default() };
    let mut steps = 0;
    for _ in 0..3 {
        let mut form: Vec<(String, String)> = Vec::new();
        for field in &fields {
            for _ in 0..usize::from(rng.random_bool(0.7)) + usize::from(rng.random_bool(0.05)) {
                let value = match rng.random_range(0..4) {
                    0 => rng.random_range(-2..12).to_string(),
                    1 => ["yes", "no", "na", "other", "2026-03-01", "1,5", "x"].choose(rng).unwrap().to_string(),
                    2 => {
                        let choices: Vec<&str> =
                            definition.questions().flat_map(|one| one.choices()).map(|one| one.key.as_str()).collect();
                        choices.choose(rng).copied().unwrap_or("a").to_owned()
                    }
                    _ => nonsense(rng),
                };
                form.push((field.clone(), value));
            }
        }
        if rng.random_bool(0.1) {
            form.push((nonsense(rng), nonsense(rng)));
        }
        let _refused = Answers::parse_shown(definition, &setting, &form, &Language::english());
        let answers = Answers::partial(definition, &form);
        let asked = flow(definition, &setting, &answers);
        let _thanks = definition.thanks_for(&setting, &answers);
        let mut step = asked.first();
        let mut walked = 0;
        while let Step::Page(key) = step {
            let place = asked.page(key).expect("a page that is shown").at;
            let next = asked.after(place, |_| true);
            if let Step::Page(next) = next {
                assert!(asked.page(next).expect("a page that is shown").at > place, "the survey goes back to {next}");
            }
            walked += 1;
            assert!(walked <= definition.pages.len(), "a survey without an end");
            step = next;
        }
        steps += walked;
    }
    steps
}

/// What comes of it; a panic names what was thrown.
fn held<T>(thrown: &str, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(found) => {
            assert!(began.elapsed() < LONGEST, "it took {:?}:\n{thrown}", began.elapsed());
            found
        }
        Err(_) => panic!("this was thrown:\n{thrown}\n(as bytes: {:?})", thrown.as_bytes()),
    }
}

#[test]
fn whatever_is_thrown_is_read_or_refused_at_its_place() {
    let files: Vec<String> = library_files().map(|(_, text)| text).chain(OURS).map(str::to_owned).collect();
    let conditions: Vec<String> = files
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.split_once("if = ").map(|(_, rest)| rest.trim_matches(['"', '\'', ' ', '}', ']'])))
        .chain(["answered(a) and not (chosen(b, \"x\", 'y') or c in [1, 2.5]) and d >= 2026-01-31"])
        .map(str::to_owned)
        .collect();
    assert!(conditions.len() > 10, "{}", conditions.len());
    let mut rng = StdRng::seed_from_u64(if long() { 2027 } else { 2026 });
    let (time, rounds) = counts();
    let began = Instant::now();
    let (mut tried, mut read, mut tried_files, mut valid, mut steps) = (0u64, 0u64, 0u64, 0u64, 0usize);
    let mut round = 0;
    while began.elapsed() < time && round < rounds {
        round += 1;
        for _ in 0..20 {
            let mut text = if rng.random_bool(0.5) { nonsense(&mut rng) } else { mangled(&mut rng, &conditions) };
            if rng.random_bool(0.02) {
                text = ["(", "not ", "true and ("].choose(&mut rng).unwrap().repeat(rng.random_range(1..2 * DEEPEST));
            }
            tried += 1;
            read += u64::from(held(&text, || a_condition_is_read_or_refused(&text)));
        }
        let text = if rng.random_bool(0.1) { nonsense(&mut rng) } else { mangled(&mut rng, &files) };
        tried_files += 1;
        if let Some(definition) = held(&text, || a_file_is_read_or_refused(&text)) {
            valid += 1;
            steps += held(&text, || a_form_is_taken_or_refused(&mut rng, &definition));
        }
    }
    assert!(read > 0 && read < tried && valid > 0 && valid < tried_files && steps > 0, "all sorts come");
    record(
        "thrown",
        &format!(
            "- {} seconds: {tried} conditions, {read} of them valid; {tried_files} survey files, {valid} of them valid; {} forms \
             sent to these, {steps} steps walked; no panic, none longer than {} seconds, every fault at a place inside its text\n",
            began.elapsed().as_secs(),
            3 * valid,
            LONGEST.as_secs()
        ),
    );
}
