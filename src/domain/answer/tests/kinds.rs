//! Each kind of question: what is taken, how it is kept, and what is refused.

use super::{codes, form, get, parse};
use crate::domain::answer::{Answer, Answers, decimal, measurements, values};
use crate::domain::language::Language;
use crate::domain::measure::Measure;
use crate::domain::survey::{NOT_APPLICABLE, every_kind};
use crate::error::Code;

/// A form in which every question of `every_kind.toml` is answered.
const WHOLE: &[(&str, &str)] = &[
    ("recommend", "9"),
    ("overall", "4"),
    ("visit", "na"),
    ("easy", "6"),
    ("manner", "2"),
    ("delivery", "5"),
    ("advice", "2"),
    ("distance", "7"),
    ("bureaucracy", "1"),
    ("role", "other"),
    ("role.other", "I pay"),
    ("channels", "portal"),
    ("channels", "hotline"),
    ("priorities.service", "1"),
    ("priorities.price", "3"),
    ("wallet.us", "60"),
    ("wallet.rest", "40"),
    ("solved", "no"),
    ("wait", "1,5"),
    ("last_visit", "2026-03-09"),
    ("order", " AB-1234 "),
    ("words", "Late."),
    ("call.name", "Jo  Berg"),
    ("call.email", "Jo@Example.COM"),
    ("call.telephone", "+47 (22) 12-34 x5"),
    ("agree", "yes"),
];

#[test]
fn every_kind_is_kept_in_a_form_of_its_own() {
    let answers = parse(&every_kind(), WHOLE).unwrap();
    let kept = serde_json::to_string_pretty(&answers).unwrap();
    assert_eq!(
        serde_json::from_str::<serde_json::Value>(&kept).unwrap(),
        serde_json::json!({
            "recommend": { "score": 9 },
            "overall": { "score": 4 },
            "visit": "not_applicable",
            "easy": { "score": 6 },
            "manner": { "score": 2 },
            "delivery": { "score": 5 },
            "advice": { "score": 2 },
            "distance": { "score": 7 },
            "bureaucracy": { "score": 1 },
            "role": { "choice": "other" },
            "role.other": { "text": "I pay" },
            "channels": { "choices": ["hotline", "portal"] },
            "priorities": { "ranking": ["service", "price"] },
            "wallet": { "shares": { "us": 60, "largest": 0, "rest": 40 } },
            "solved": { "choice": "no" },
            "wait": { "number": 1500 },
            "last_visit": { "date": "2026-03-09" },
            "order": { "line": "AB-1234" },
            "words": { "text": "Late." },
            "call": {
                "contact": { "name": "Jo Berg", "email": "Jo@example.com", "telephone": "+47 (22) 12-34 x5" }
            },
            "agree": { "consent": {
                "version": 2,
                "words": "{company} may call me about these answers. I can take this back at any time.",
            } },
        })
    );
    assert_eq!(serde_json::from_str::<Answers>(&kept).unwrap(), answers);
    assert_eq!(Answers::parse(&every_kind(), &answers.to_form(), &Language::english()).unwrap(), answers);
    assert!(answers.permits_contact(&every_kind()));
}

#[test]
fn consent_keeps_the_words_that_were_read() {
    let answers =
        Answers::parse(&every_kind(), &form(&[("recommend", "9"), ("agree", "yes")]), &Language::chinese()).unwrap();
    let Some(Answer::Consent { version: 2, words }) = answers.get("agree") else { panic!("{answers:?}") };
    assert_eq!(words, "我同意{company}就这些回答与我联系，并可随时撤回。");
}

#[test]
fn what_is_counted_of_every_kind() {
    let answers = parse(&every_kind(), WHOLE).unwrap();
    let counted = values(&answers);
    let of = |question: &str| -> Vec<&str> {
        counted.iter().filter(|(key, _)| key == question).map(|(_, value)| value.as_str()).collect()
    };
    assert_eq!(of("visit"), [NOT_APPLICABLE]);
    assert_eq!(of("channels"), ["hotline", "portal"]);
    assert_eq!(of("priorities"), ["service:1", "price:2"], "the gap between the places is closed");
    assert_eq!(of("wallet"), ["largest:0", "rest:40", "us:60"]);
    assert_eq!((of("solved"), of("wait"), of("last_visit")), (vec!["no"], vec!["1.5"], vec!["2026-03-09"]));
    assert_eq!((of("order"), of("call"), of("agree")), (vec!["text"], vec!["given"], vec!["given"]));
    let told = format!("{counted:?}");
    assert!(!told.contains("Berg") && !told.contains("Example"), "nobody is named in a count: {told}");
}

#[test]
fn scales_of_every_kind_measure() {
    let found = measurements(&every_kind(), &parse(&every_kind(), WHOLE).unwrap());
    // 6 of 1 to 7 is 500/6, 1 of 1 to 7 the wrong way round is 100; the mean of both.
    assert_eq!(get(&found, &Measure::Effort), Some(91_667));
    assert_eq!(get(&found, &Measure::Aspect("delivery".into())), Some(100_000));
    assert_eq!(get(&found, &Measure::Aspect("technical_advice".into())), Some(25_000));
    assert_eq!(get(&found, &Measure::Aspect("account_manager".into())), None, "not applicable is no 0");
    // Row weights 1 and 2: (100 + 2 x 25) / 3.
    assert_eq!(get(&found, &Measure::SatisfactionIndex), Some(50_000));
    assert_eq!(get(&found, &Measure::Satisfied), Some(1000));
}

#[test]
fn what_does_not_fit_is_refused_at_its_question() {
    for (fields, question, code) in [
        (&[("easy", "8")][..], "easy", Code::ValueOutOfRange),
        (&[("manner", "na")], "manner", Code::ValueMalformed),
        (&[("channels", "none"), ("channels", "mail")], "channels", Code::ValueConflicting),
        (&[("channels", "portal"), ("channels", "mail"), ("channels", "hotline")], "channels", Code::ValueOutOfRange),
        (&[("priorities.price", "1"), ("priorities.service", "1")], "priorities", Code::ValueTwice),
        (&[("priorities.price", "1")], "priorities", Code::ValueOutOfRange),
        (&[("priorities.price", "0")], "priorities", Code::ValueOutOfRange),
        (&[("priorities.price", "first")], "priorities", Code::ValueMalformed),
        (&[("priorities.colour", "1")], "priorities.colour", Code::ValueUnknown),
        (&[("wallet.us", "60")], "wallet", Code::ValueOutOfRange),
        (&[("wallet.us", "-5"), ("wallet.rest", "105")], "wallet", Code::ValueMalformed),
        (&[("wallet.us", "99.5"), ("wallet.rest", "0.5")], "wallet", Code::ValueMalformed),
        (&[("wallet.us", "9223372036854775807"), ("wallet.rest", "101")], "wallet", Code::ValueOutOfRange),
        (&[("solved", "perhaps")], "solved", Code::ValueUnknown),
        (&[("wait", "73")], "wait", Code::ValueOutOfRange),
        (&[("wait", "-0.5")], "wait", Code::ValueOutOfRange),
        (&[("wait", "1.25")], "wait", Code::ValueMalformed),
        (&[("wait", "long")], "wait", Code::ValueMalformed),
        (&[("last_visit", "2026-02-30")], "last_visit", Code::ValueMalformed),
        (&[("last_visit", "9.3.2026")], "last_visit", Code::ValueMalformed),
        (&[("last_visit", "2019-12-31")], "last_visit", Code::ValueOutOfRange),
        (&[("order", "ab-1234")], "order", Code::ValueMalformed),
        (&[("order", "AB-1234567")], "order", Code::ValueTooLong),
        (&[("words", "No")], "words", Code::ValueTooShort),
        (&[("call.name", "Jo")], "call", Code::ValueMissing),
        (&[("call.telephone", "ring me")], "call", Code::ValueMalformed),
        (&[("call.telephone", "12")], "call", Code::ValueMalformed),
        (&[("call.telephone", "12345"), ("call.email", "jo at home")], "call", Code::ValueMalformed),
        (&[("agree", "no")], "agree", Code::ValueUnknown),
        (&[("before", "read")], "before", Code::ValueUnknown),
        (&[("aspects", "3")], "aspects", Code::ValueUnknown),
        (&[("wait", "1"), ("wait", "2")], "wait", Code::ValueTwice),
    ] {
        let fields = [&[("recommend", "9")], fields].concat();
        let rejected = parse(&every_kind(), &fields).expect_err(question);
        assert_eq!(codes(&rejected), [(question.to_owned(), code)], "{fields:?}");
        let lost: Vec<_> =
            fields.iter().filter(|(name, _)| !rejected.typed.iter().any(|(one, _)| one == name)).collect();
        assert_eq!(lost.is_empty(), code != Code::ValueUnknown || question == "solved" || question == "agree");
    }
}

#[test]
fn none_of_these_is_a_whole_answer() {
    let text = super::super::super::survey::every_kind().to_json().unwrap();
    let two = text.replacen("\"least\":1,\"most\":2", "\"least\":2,\"most\":3", 1);
    assert_ne!(two, text);
    let two = crate::domain::survey::Definition::from_json(&two).unwrap();
    let with = |chosen: &str| parse(&two, &[("recommend", "9"), ("channels", chosen)]);
    assert_eq!(with("none").unwrap().get("channels"), Some(&Answer::Choices(vec!["none".into()])));
    assert_eq!(codes(&with("mail").unwrap_err()), [("channels".to_owned(), Code::ValueOutOfRange)]);
}

#[test]
fn decimals_are_written_as_people_write_them() {
    for (x, text) in [(1500, "1.5"), (0, "0"), (-250, "-0.25"), (100_000, "100"), (1, "0.001")] {
        assert_eq!(decimal(x), text);
    }
}
