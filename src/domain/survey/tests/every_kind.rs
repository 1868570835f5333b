//! The survey with a question of each kind: what it is read as, and which faults its kinds have.

use super::super::*;
use crate::domain::language::Language;

/// The file that the tests of all floors share.
pub(in crate::domain) const EVERY_KIND: &str = include_str!("../../../../tests/surveys/every_kind.toml");

pub(crate) fn every_kind() -> Definition {
    Definition::parse("every_kind.toml", EVERY_KIND).unwrap()
}

/// The faults after an edit, as `line:column reason`.
fn faults_after(from: &str, to: &str) -> Vec<String> {
    assert!(EVERY_KIND.contains(from), "nothing to edit: {from}");
    let error = Definition::parse("e.toml", &EVERY_KIND.replacen(from, to, 1)).expect_err("the edit is a fault");
    error
        .faults()
        .iter()
        .map(|fault| {
            let place = fault.place.to_string();
            let reason = Reason::parse(&fault.args[0].1).unwrap();
            let names: Vec<&str> = fault.args[1..].iter().map(|(name, _)| *name).collect();
            assert_eq!(names, reason.args(), "{reason:?} tells what its text needs");
            let (_, column) = place.rsplit_once(':').unwrap();
            format!("{column} {}", reason.as_str())
        })
        .collect()
}

#[test]
fn there_is_one_of_each_kind() {
    let whole = every_kind();
    let kinds: std::collections::BTreeSet<&str> = whole.questions().map(|question| question.body.kind()).collect();
    // Effort and matrix are ways to write ratings.
    let all: std::collections::BTreeSet<&str> =
        parsing::KINDS.iter().copied().filter(|kind| !matches!(*kind, "effort" | "matrix")).collect();
    assert_eq!(kinds, all);
    assert_eq!(Definition::from_json(&whole.to_json().unwrap()).unwrap(), whole);
    let easy = whole.question("easy").unwrap();
    assert_eq!((easy.body.kind(), easy.measure), ("rating", Some(ItemMeasure::Effort)));
    let manner = whole.question("manner").unwrap().scale().unwrap();
    assert_eq!((manner.from, manner.points, manner.low.for_reader(&Language::chinese())), (1, 5, "迟缓"));
    assert_eq!(whole.question("distance").unwrap().scale().unwrap().points, 7, "unless the file says five");
    assert_eq!(whole.asked().count() + 1, whole.questions().count(), "information asks nothing");
    assert_eq!(
        whole.question("call").unwrap().fields(),
        ["call.name", "call.email", "call.telephone"],
        "each line has its field"
    );
}

#[test]
fn a_matrix_is_a_group_written_short() {
    let whole = every_kind();
    let page = &whole.pages[0];
    let group = page.groups.iter().find(|group| group.key == "aspects").unwrap();
    assert_eq!(group.text.for_reader(&Language::english()), "How satisfied are you with these?");
    let (delivery, advice) = (whole.question("delivery").unwrap(), whole.question("advice").unwrap());
    assert!(whole.question("aspects").is_none(), "the matrix itself is no question");
    for row in [delivery, advice] {
        assert_eq!((row.group.as_deref(), row.measure), (Some("aspects"), Some(ItemMeasure::Satisfaction)));
        assert!(row.allows_not_applicable());
    }
    assert_eq!((delivery.weight, advice.weight), (1000, 2000), "a row may say otherwise");
    assert_eq!(
        whole.aspects().iter().map(|(aspect, _)| *aspect).collect::<Vec<_>>(),
        ["account_manager", "delivery", "technical_advice"]
    );

    // The same, written long, is the same to the last word.
    let start = EVERY_KIND.find("[[page.question]]\nkey = \"aspects\"").unwrap();
    let end = EVERY_KIND.find("[[page.group]]\nkey = \"style\"").unwrap();
    let row = |key: &str, more: &str| {
        format!(
            "[[page.question]]\nkey = \"{key}\"\nkind = \"rating\"\ngroup = \"aspects\"\nscale = \"satisfaction\"\n\
             measure = \"satisfaction\"\nnot_applicable = true\n{more}\n\n"
        )
    };
    let long = format!(
        "[[page.group]]\nkey = \"aspects\"\ntext.en = \"How satisfied are you with these?\"\ntext.zh-CN = \"您对以下方面满意吗？\"\n\n{}{}",
        row("delivery", "aspect = \"delivery\"\ntext.en = \"Delivery\"\ntext.zh-CN = \"交付\""),
        row(
            "advice",
            "aspect = \"technical_advice\"\nweight = 2\ntext.en = \"Technical advice\"\ntext.zh-CN = \"技术咨询\"\n\
             about.en = \"by telephone and on site\"\nabout.zh-CN = \"电话与现场\""
        )
    );
    let mut written_long = EVERY_KIND.to_owned();
    written_long.replace_range(start..end, &long);
    let mut written_long = Definition::parse("long.toml", &written_long).unwrap();
    // Tables of one name have an order of their own in the file: the matrix comes after the group.
    written_long.pages[0].groups.sort_by_key(|group| group.key != "style");
    assert_eq!(written_long, whole);
}

#[test]
fn each_fault_of_a_kind_has_its_place() {
    let mut wrong = Vec::new();
    for (from, to, expected) in [
        ("display = \"stars\"", "display = \"hearts\"", "11 display-unknown"),
        ("scale = \"agreement\"", "scale = \"satisfaction\"", "8 scale-unused, 1 effort-scale"),
        ("points = 5\ntext", "points = 6\ntext", "10 differential-points"),
        ("left.en = \"slow\"\nleft.zh-CN = \"迟缓\"\n", "", "1 key-missing"),
        (
            "kind = \"differential\"\ngroup = \"style\"\nleft",
            "kind = \"differential\"\npoints = 5\ngroup = \"style\"\nleft",
            "1 group-mixed",
        ),
        (
            "scale = \"satisfaction\"\nmeasure = \"satisfaction\"\nnot_app",
            "scale = \"satisfaction\"\nnot_app",
            "3 measure-missing, 3 measure-missing",
        ),
        ("key = \"advice\", aspect = \"technical_advice\",", "key = \"advice\",", "3 aspect-missing"),
        ("key = \"advice\"", "key = \"delivery\"", "5 question-key-twice"),
        ("key = \"advice\"", "choices = [], key = \"advice\"", "5 key-unknown"),
        ("key = \"style\"", "key = \"aspects\"", "1 group-key-twice, 1 group-unknown, 1 group-unknown"),
        ("rows = [", "rowsen = [", "1 key-missing, 1 key-unknown"),
        ("key = \"buys\"", "exclusive = true, key = \"buys\"", "5 key-unfit"),
        ("least = 1", "least = 3", "9 number-out-of-range"),
        ("most = 3", "most = 9", "8 number-out-of-range"),
        ("{ key = \"price\"", "{ other = true, key = \"price\"", "5 key-unfit"),
        ("max = 72", "max = -1", "1 range-empty"),
        ("max = 2030-12-31", "max = 1999-12-31", "1 range-empty"),
        ("max = 2030-12-31", "max = 2030-12-31T10:00:00Z", "7 type-wrong"),
        ("step = 0.5", "step = 0.0001", "8 number-out-of-range"),
        ("[A-Z]{2}", "([A-Z]{2}", "11 pattern-malformed"),
        ("pattern = \"[A-Z]{2}-[0-9]{4,6}\"\n", "", "1 key-missing"),
        ("\"name\", \"email\"", "\"name\", \"fax\"", "16 contact-part-unknown"),
        ("\"name\", \"email\"", "\"name\", \"name\"", "16 contact-part-twice"),
        ("need = [\"telephone\"]", "need = [\"telephone\"]\nask_all = true", "1 key-unknown"),
        ("\"email\", \"telephone\"]", "\"email\"]", "1 contact-part-unasked"),
        ("ask = [\"name\", \"email\", \"telephone\"]\nneed = [\"telephone\"]", "ask = []", "1 list-empty"),
        ("statement_version = 2", "", "1 key-missing"),
        ("kind = \"information\"", "kind = \"information\"\nrequired = true", "1 key-unfit"),
        ("measure = \"improvement\"", "measure = \"satisfaction\"\naspect = \"price\"", "11 measure-unfit"),
        ("kind = \"effort\"", "kind = \"effort\"\nmeasure = \"ideal\"", "11 measure-unfit"),
    ] {
        let faults = faults_after(from, to);
        if faults.join(", ") != expected {
            wrong.push(format!("{from} -> {to}: {faults:?}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_survey_that_asks_nothing_is_told_so() {
    let head = EVERY_KIND.split("[scale.likelihood]").next().unwrap();
    let text = format!(
        "{head}[[page]]\nkey = \"p\"\ntitle = {{ en = \"P\", zh-CN = \"P\" }}\n\n[[page.question]]\nkey = \"q\"\n\
         kind = \"information\"\ntext = {{ en = \"Q\", zh-CN = \"Q\" }}\n"
    );
    let error = Definition::parse("e.toml", &text).unwrap_err();
    let reasons: Vec<&str> = error.faults().iter().map(|fault| fault.args[0].1.as_str()).collect();
    assert_eq!(reasons, [Reason::NothingAsked.as_str()]);
}
