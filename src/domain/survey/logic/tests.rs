use super::*;
use crate::domain::answer::{Answer, Answers};
use crate::domain::survey::{Definition, Reason};
use crate::error::Place;
use proptest::prelude::*;

/// The reasons of faults in rules; each has a case here.
pub(super) const REASONS: &[Reason] = &[
    Reason::ExpressionSyntax,
    Reason::ExpressionTooLong,
    Reason::ExpressionTooDeep,
    Reason::ExpressionNameUnknown,
    Reason::ExpressionType,
    Reason::ExpressionChoiceUnknown,
    Reason::ExpressionLater,
    Reason::ExpressionCircle,
    Reason::ExpressionNever,
    Reason::TargetUnknown,
    Reason::SkipBackward,
    Reason::SkipIntoBlock,
    Reason::EndAlways,
    Reason::BlockScattered,
    Reason::BlockMixed,
    Reason::QuotaKeyTwice,
    Reason::PlaceholderFallback,
    Reason::PlaceholderUnfit,
    Reason::PlaceholderLater,
];

/// A survey that branches in every way.
pub(super) const BRANCHING: &str = r#"key = "branching"
version = 1
kind = "thematic"
languages = ["en"]
title.en = "Branching"
thanks.en = "Thanks, {contact.name|friend}."

[scale.likely]
from = 0
points = 11
low.en = "no"
high.en = "yes"

[[quota]]
key = "north"
most = 2
group = "region == \"north\""
closes = "colours"

[[page]]
key = "one"
title.en = "One"

[[page.question]]
key = "recommend"
kind = "recommend"
scale = "likely"
required = true
skip_to = [{ if = "recommend >= 9", to = "words" }]
end_if = [{ if = "recommend == 0", thanks.en = "Sorry about the {answer.recommend|low score}." }]
text.en = "Recommend?"

[[page.question]]
key = "colours"
kind = "multiple"
show_if = 'recommend <= 6 and tier in ["key", "strategic"]'
text.en = "Which?"
choices = [
  { key = "red", text.en = "Red" },
  { key = "blue", text.en = "Blue" },
  { key = "else", other = true, text.en = "Other" },
]

[[page]]
key = "two"
title.en = "Two"
show_if = "answered(recommend)"

[[page.question]]
key = "why"
kind = "text"
block = "mixed"
required = true
text.en = "Why {answer.recommend|your score}, {contact.name|friend}?"

[[page.question]]
key = "how"
kind = "single"
block = "mixed"
text.en = "How?"
choices = [{ key = "well", text.en = "Well" }, { key = "ill", text.en = "Ill" }]

[[page.question]]
key = "what"
kind = "text"
block = "mixed"
show_if = "chosen(colours, \"red\", \"else\")"
text.en = "What?"

[[page]]
key = "three"
title.en = "Three"

[[page.question]]
key = "words"
kind = "text"
text.en = "Words?"
"#;

fn branching() -> Definition {
    Definition::parse("b.toml", BRANCHING).unwrap()
}

fn setting(tier: &str, seed: u128) -> Setting {
    let attributes =
        Attributes::default().with_text("account.tier", Some(tier)).with_text("contact.name", Some("A. <b>"));
    Setting { attributes, seed, ..Setting::default() }
}

fn words() -> Words {
    Words { gap: ", ".into(), yes: "Yes".into(), no: "No".into() }
}

fn answers(all: &[(&str, Answer)]) -> Answers {
    Answers(all.iter().map(|(key, answer)| ((*key).to_owned(), answer.clone())).collect())
}

fn shown(definition: &Definition, setting: &Setting, given: &[(&str, Answer)]) -> Vec<String> {
    let mut keys: Vec<String> =
        flow(definition, setting, &answers(given)).questions().map(|question| question.key.clone()).collect();
    keys.sort();
    keys
}

fn holds(text: &str, given: &[(&str, Answer)]) -> bool {
    let attributes = Attributes::default()
        .with_text("account.tier", Some("key"))
        .with_date("invitation.day", NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
    Expr::parse(text).unwrap().holds(Facts { attributes: &attributes, answers: &answers(given) })
}

#[test]
fn nothing_compares_with_nothing() {
    let five = [("x", Answer::Score(5))];
    for (text, with, without) in [
        ("answer.x <= 6", true, false),
        ("answer.x != 6", true, false),
        ("answer.x == 6", false, false),
        ("not answer.x == 6", true, true),
        ("answer.x in [5, 6]", true, false),
        ("answer.x not in [6]", true, false),
        ("not answer.x in [6]", true, true),
        ("answered(answer.x)", true, false),
        ("answer.x == answer.x", true, false),
        ("answer.x < 5.001 and 4.999 < answer.x", true, false),
        ("false or answer.x > 4 and true", true, false),
        ("account.tier == \"key\"", true, true),
        ("account.region != \"north\"", false, false),
        ("invitation.day >= 2026-11-22 and invitation.day < 2026-12-01", true, true),
    ] {
        assert_eq!(holds(text, &five), with, "{text} with an answer");
        assert_eq!(holds(text, &[]), without, "{text} without one");
    }
    let na = [("x", Answer::NotApplicable)];
    assert!(holds("answered(answer.x) and chosen(answer.x, \"na\")", &na));
    assert!(!holds("answer.x != 1 or answer.x not in [1] or chosen(answer.x, \"one\")", &na));
    let chosen = [("x", Answer::Choices(vec!["a".into(), "b".into()])), ("y", Answer::Choice("a".into()))];
    assert!(holds("chosen(answer.x, \"b\") and chosen(answer.y, \"c\", \"a\") and answer.y == 'a'", &chosen));
    assert!(!holds("chosen(answer.x, \"c\") or answer.y in ['b']", &chosen));
}

#[test]
fn what_is_no_condition_is_told_with_its_place() {
    for (text, at, found) in [
        ("", 0, "∎"),
        ("a <", 3, "∎"),
        ("a = 1", 2, "="),
        ("a < 1 b", 6, "b"),
        ("a in []", 6, "]"),
        ("(a < 1", 6, "∎"),
        ("a < 1.2345", 4, "1.2345"),
        ("a < 2026-02-30", 4, "2026-02-30"),
        ("a < \"x", 4, "\"x"),
        ("a == \"\\q\"", 6, "\\q"),
        ("é < 1", 0, "é"),
        ("and < 1", 0, "and"),
        ("chosen(a)", 8, ")"),
        ("a", 1, "∎"),
    ] {
        let trouble = Expr::parse(text).unwrap_err();
        assert_eq!((trouble.reason, trouble.at), (Reason::ExpressionSyntax, at), "{text}");
        assert_eq!(trouble.args[0].1, found, "{text}");
    }
    let nested = |n: usize| format!("{}true{}", "(".repeat(n), ")".repeat(n));
    assert!(Expr::parse(&nested(DEEPEST - 1)).is_ok());
    assert_eq!(Expr::parse(&nested(DEEPEST)).unwrap_err().reason, Reason::ExpressionTooDeep);
    assert_eq!(Expr::parse(&"not ".repeat(200)).unwrap_err().reason, Reason::ExpressionTooDeep);
    assert_eq!(Expr::parse(&"(".repeat(100_000)).unwrap_err().reason, Reason::ExpressionTooLong);
}

#[test]
fn a_branching_survey_asks_what_its_rules_say() {
    let definition = branching();
    let key = setting("key", 1);
    let score = |x| ("recommend", Answer::Score(x));
    assert_eq!(shown(&definition, &key, &[]), ["recommend", "words"]);
    assert_eq!(shown(&definition, &key, &[score(7)]), ["how", "recommend", "why", "words"]);
    assert_eq!(shown(&definition, &key, &[score(5)]), ["colours", "how", "recommend", "why", "words"]);
    assert_eq!(shown(&definition, &setting("general", 1), &[score(5)]), ["how", "recommend", "why", "words"]);
    assert_eq!(shown(&definition, &key, &[score(9)]), ["recommend", "words"]);
    assert_eq!(shown(&definition, &key, &[score(0)]), ["recommend"]);
    let red = ("colours", Answer::Choices(vec!["red".into()]));
    assert!(shown(&definition, &key, &[score(5), red.clone()]).contains(&"what".to_owned()));
    // The answer to a question that is hidden now is as if it had never been given.
    assert!(!shown(&definition, &key, &[score(8), red.clone()]).contains(&"what".to_owned()));
    let full = Setting { full: ["north".to_owned()].into(), ..key.clone() };
    assert!(!shown(&definition, &full, &[score(5), red]).contains(&"colours".to_owned()));
    let given = answers(&[score(0)]);
    let ended = flow(&definition, &key, &given);
    assert!(ended.end.unwrap().thanks.for_reader(&crate::domain::language::Language::english()).starts_with("Sorry"));
    assert_eq!(ended.after(0, |_| true), Step::Close);
    let given = answers(&[score(5)]);
    let asked = flow(&definition, &key, &given);
    assert_eq!(asked.after(0, |key| key == "recommend"), Step::Page("one"), "a question was called forth");
    assert_eq!(asked.after(0, |_| true), Step::Page("two"));
    assert_eq!(asked.before(2), Step::Page("two"));
    assert_eq!(asked.before(0), Step::Page("one"));
}

#[test]
fn the_order_of_a_block_is_drawn_once_for_each_seed() {
    let definition = branching();
    let order = |seed: u128| -> Vec<String> {
        arranged(&definition, seed).into_iter().flat_map(|(_, all)| all).map(|one| one.key.clone()).collect()
    };
    let mut counts = std::collections::BTreeMap::new();
    for seed in 0..6000 {
        let drawn = order(seed);
        assert_eq!(drawn, order(seed));
        assert_eq!(
            (&drawn[0][..], &drawn[1][..], &drawn[5][..]),
            ("recommend", "colours", "words"),
            "none leaves its place"
        );
        *counts.entry(drawn).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 6);
    // A thousand each; five standard deviations are 145.
    assert!(counts.values().all(|n| (855..=1145).contains(n)), "{counts:?}");
}

/// The faults after one edit, as `line:column reason`.
fn faults_after(from: &str, to: &str) -> Vec<String> {
    assert!(BRANCHING.contains(from), "nothing to edit: {from}");
    let error = Definition::parse("b.toml", &BRANCHING.replacen(from, to, 1)).expect_err(to);
    let told = |fault: &crate::error::Fault| {
        let Place::Line { line, column, .. } = &fault.place else { panic!("{fault:?}") };
        let reason = Reason::parse(&fault.args[0].1).unwrap();
        let names: Vec<&str> = fault.args[1..].iter().map(|(name, _)| *name).collect();
        assert_eq!(names, reason.args(), "{reason:?} tells what its text needs");
        format!("{line}:{column} {}", reason.as_str())
    };
    error.faults().iter().map(told).collect()
}

#[test]
fn faults_of_rules_name_line_and_column_inside_the_text() {
    let (mut wrong, mut seen) = (Vec::new(), vec![Reason::EndAlways]);
    let show = r#"show_if = 'recommend <= 6 and tier in ["key", "strategic"]'"#;
    for (from, to, faults) in [
        (show, "show_if = 'recommend <= '", "36:25 expression-syntax"),
        (show, "show_if = 'recommend <= 6 and teir == \"key\"'", "36:31 expression-name-unknown"),
        (show, "show_if = \"tier == \\\"k\\\" and teir == 1\"", "36:30 expression-name-unknown"),
        (show, "show_if = '''\nrecommend <= 6\nand how == \"well\"'''", "38:5 expression-later"),
        (show, "show_if = 'recommend <= \"6\"'", "36:25 expression-type"),
        (show, "show_if = 'tier <= \"key\"'", "36:12 expression-type"),
        (show, "show_if = 'recommend > 10'", "36:11 expression-never"),
        (show, "show_if = 'recommend < 3 and recommend > 3'", "36:11 expression-never"),
        (show, "show_if = 'not answered(recommend) and recommend == 3'", "36:11 expression-never"),
        (show, "show_if = 'false'", "36:11 expression-never"),
        (show, "show_if = 'answered(colours)'", "36:21 expression-circle"),
        (show, "show_if = 'answered(what)'", "36:21 expression-circle"),
        (
            r#"chosen(colours, \"red\", \"else\")"#,
            r#"chosen(colours, \"red\", \"green\")"#,
            "67:37 expression-choice-unknown",
        ),
        (r#"chosen(colours, \"red\", \"else\")"#, "colours == 1", "67:12 expression-type"),
        (r#"chosen(colours, \"red\", \"else\")"#, "answered(how)", "67:21 expression-later"),
        ("show_if = \"answered(recommend)\"", "show_if = \"answered(why)\"", "47:21 expression-later"),
        ("to = \"words\"", "to = \"recommend\"", "29:42 skip-backward"),
        ("to = \"words\"", "to = \"one\"", "29:42 skip-backward"),
        ("to = \"words\"", "to = \"how\"", "29:42 skip-into-block"),
        ("to = \"words\"", "to = \"wrods\"", "29:42 target-unknown"),
        ("closes = \"colours\"", "closes = \"color\"", "18:10 target-unknown"),
        ("group = \"region ==", "group = \"role ==", "17:10 expression-name-unknown"),
        ("closes = \"colours\"", "", "14:1 key-missing"),
        ("block = \"mixed\"\ntext.en = \"How?\"", "text.en = \"How?\"", "65:9 block-scattered"),
        ("{answer.recommend|your score}", "{answer.recommend}", "54:11 placeholder-fallback"),
        ("{answer.recommend|your score}", "{answer.words|x}", "54:11 placeholder-later"),
        ("{answer.recommend|your score}", "{answer.wrods|x}", "54:11 placeholder-unknown"),
        ("{answer.recommend|your score}", "{account.tier|x}", "54:11 placeholder-unknown"),
        ("title.en = \"Three\"", "title.en = \"{answer.how|x}\"", "72:12 placeholder-unfit"),
    ] {
        let found = faults_after(from, to);
        if found != [faults] {
            wrong.push(format!("{to}: {found:?}, not {faults}"));
        }
        seen.extend(found.into_iter().filter_map(|one| Reason::parse(one.split(' ').nth(1)?)));
    }
    let deep = format!("show_if = '{}true'", "not ".repeat(DEEPEST));
    let long = format!("show_if = '{}true'", " ".repeat(LONGEST));
    let quota = "[[quota]]\nkey = \"north\"\nmost = 1\nmessage.en = \"Full\"\n\n[[page]]\nkey = \"one\"";
    let group = "block = \"mixed\"\n[[page.question]]\nkey = \"z\"\nkind = \"rating\"\nmeasure = \"effort\"\ngroup = \"g\"\nscale = \"likely\"\ntext.en = \"Z\"\nblock = \"mixed\"\n\n[[page.group]]\nkey = \"g\"\ntext.en = \"G\"\n\n";
    for (from, to) in [(show, deep.as_str()), (show, &long), ("[[page]]\nkey = \"one\"", quota)] {
        seen.extend(faults_after(from, to).into_iter().filter_map(|one| Reason::parse(one.split(' ').nth(1)?)));
    }
    let mixed = "text.en = \"How?\"\nchoices = [{ key = \"well\", text.en = \"Well\" }, { key = \"ill\", text.en = \"Ill\" }]\n";
    seen.extend(
        faults_after(mixed, &format!("{mixed}{}", &group["block = \"mixed\"\n".len()..]))
            .into_iter()
            .filter_map(|one| Reason::parse(one.split(' ').nth(1)?)),
    );
    assert!(wrong.is_empty(), "{wrong:#?}");
    let unseen: Vec<_> = REASONS.iter().filter(|one| !seen.contains(one)).collect();
    assert!(unseen.is_empty(), "no case for {unseen:?}");
    let always = BRANCHING
        .replacen("recommend == 0", "recommend >= 0 or not answered(recommend)", 1)
        .replacen("skip_to", "# skip_to", 1)
        .replacen(
            "[[quota]]\nkey = \"north\"\nmost = 2\ngroup = \"region == \\\"north\\\"\"\ncloses = \"colours\"\n",
            "",
            1,
        );
    let error = Definition::parse("b.toml", &always).unwrap_err();
    assert_eq!(error.faults()[0].args[0].1, "end-always");
}

#[test]
fn answers_to_what_is_hidden_are_dropped_and_not_required() {
    let definition = branching();
    let english = crate::domain::language::Language::english();
    let parse = |tier: &str, fields: &[(&str, &str)]| {
        let form: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Answers::parse_shown(&definition, &setting(tier, 3), &form, &english)
    };
    let kept = parse("key", &[("recommend", "9"), ("why", "hidden"), ("colours", "nonsense"), ("colours.other", "x")])
        .unwrap();
    assert_eq!(kept, answers(&[("recommend", Answer::Score(9))]));
    let faults = parse("key", &[("recommend", "5")]).unwrap_err().faults;
    assert_eq!(faults.len(), 1, "why is required now: {faults:?}");
    assert!(
        parse("key", &[("recommend", "5"), ("why", "a"), ("colours", "red"), ("what", "b")])
            .unwrap()
            .get("what")
            .is_some()
    );
    assert!(parse("key", &[("recommend", "5"), ("why", "a"), ("unknown", "b")]).is_err(), "no field of ours");
}

#[test]
fn a_published_definition_reads_back_with_its_rules() {
    let definition = branching();
    let again = Definition::from_json(&definition.to_json().unwrap()).unwrap();
    assert_eq!(again, definition);
    assert!(definition.branches() && definition.pipes());
    for one in crate::domain::survey::library().unwrap() {
        assert!(!one.branches() && !one.pipes(), "{} is one page for everybody", one.key);
    }
}

#[test]
fn the_script_learns_nothing_of_the_account() {
    let definition = branching();
    let english = crate::domain::language::Language::english();
    let told = |tier: &str| script(&definition, &setting(tier, 1), &english, "Corvane", &words()).to_string();
    assert!(!told("key").contains("strategic") && !told("key").contains("tier"));
    assert!(told("key").contains("colours\""));
    assert!(!told("general").contains("\"key\":\"colours\""), "what can never be shown is not on the page");
}

#[test]
fn yes_and_no_are_repeated_in_the_words_of_the_survey_or_the_program() {
    let file = |more: &str| {
        let asks = format!(
            "[[page.question]]\nkey = \"settled\"\nkind = \"yes_no\"\ntext.en = \"Settled?\"\n{more}\n[[page]]\nkey = \"two\""
        );
        let text = BRANCHING.replacen("[[page]]\nkey = \"two\"", &asks, 1);
        Definition::parse("b.toml", &text.replacen("your score}", "your score} {answer.settled|—}", 1)).unwrap()
    };
    let english = crate::domain::language::Language::english();
    let repeated = |definition: &Definition, answer: &str| {
        let given = answers(&[("settled", Answer::Choice(answer.into()))]);
        said(definition.question("settled").unwrap(), &given, &english, "Corvane", &words())
    };
    let plain = file("");
    assert_eq!(repeated(&plain, "yes").as_deref(), Some("Yes"));
    assert_eq!(repeated(&plain, "no").as_deref(), Some("No"));
    let own = file("yes.en = \"Yes, {company} did\"\nno.en = \"Not yet\"\nnot_applicable = true");
    assert_eq!(repeated(&own, "yes").as_deref(), Some("Yes, Corvane did"));
    assert_eq!(repeated(&own, "no").as_deref(), Some("Not yet"));
    let na = answers(&[("settled", Answer::NotApplicable)]);
    assert_eq!(said(own.question("settled").unwrap(), &na, &english, "Corvane", &words()), None);
    let told = script(&own, &setting("key", 1), &english, "Corvane", &words());
    assert_eq!(told["says"]["settled"], serde_json::json!({ "yes": "Yes, Corvane did", "no": "Not yet" }));
}

fn rounds() -> u32 {
    if std::env::var_os("BELLWETHER_LONG").is_some() { 200_000 } else { 256 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(rounds()))]

    #[test]
    fn what_is_printed_reads_back_equal(expr in generate::expr()) {
        let text = expr.to_string();
        match Expr::parse(&text) {
            Ok(again) => prop_assert_eq!(again, expr),
            Err(trouble) => prop_assert_eq!(trouble.reason, Reason::ExpressionTooLong, "{}", text),
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(expr) = Expr::parse(&text) {
            prop_assert_eq!(Expr::parse(&expr.to_string()).unwrap(), expr);
        }
    }

    #[test]
    fn any_row_of_words_is_read_or_refused(words in prop::collection::vec(prop::sample::select(vec![
        "a", "answer.b", "and", "or", "not", "in", "(", ")", "[", "]", ",", "1", "-2.5", "\"x\"", "2026-01-31", "==", "<",
        "answered", "chosen", "true", "∎", "'", "\\", ".", "-",
    ]), 0..60)) {
        if let Ok(expr) = Expr::parse(&words.join(" ")) {
            prop_assert_eq!(Expr::parse(&expr.to_string()).unwrap(), expr.clone());
            let facts = (Attributes::default(), Answers::default());
            let bound = expr.bind(&facts.0);
            let facts = Facts { attributes: &facts.0, answers: &facts.1 };
            prop_assert_eq!(expr.holds(facts), bound.holds(facts));
        }
    }

    #[test]
    fn texts_with_open_places_never_fail(text in any::<String>(), more in "[{}|.a-z ]{0,60}") {
        for text in [text, more] {
            let _closed = unpiped(&text);
            for pipe in pipes(&text) {
                let inside = &text[pipe.from..pipe.to];
                let (open, close) = ('{', '}');
                prop_assert!(inside.starts_with(open) && inside.ends_with(close), "{}", inside);
            }
        }
    }
}
