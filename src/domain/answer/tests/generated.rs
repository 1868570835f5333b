//! Surveys out of nowhere: whatever a survey asks, forms are taken or refused, and what is taken lasts.

use crate::domain::answer::{Answers, decimal, measurements, values};
use crate::domain::language::{Language, Texts};
use crate::domain::survey::{
    Body, Choice, ContactPart, Definition, Display, ItemMeasure, NOT_APPLICABLE, Page, Polarity, Question, Scale,
    SurveyKind,
};
use chrono::NaiveDate;
use proptest::prelude::*;

fn texts() -> impl Strategy<Value = Texts> {
    ("[a-z<>&\"' {}=é]{1,12}", "[a-z中文“”<&]{1,8}").prop_map(|(en, zh)| Texts::from([("en", &*en), ("zh-CN", &*zh)]))
}

fn scale() -> impl Strategy<Value = Scale> {
    (-3..4_i64, 2..12_i64, texts(), texts()).prop_map(|(from, points, low, high)| Scale {
        from,
        points,
        low,
        high,
        labels: Vec::new(),
        top: 1,
    })
}

/// Choices, of which the last may be special where the kind of question knows such.
fn choices(special: bool) -> impl Strategy<Value = Vec<Choice>> {
    (prop::collection::vec((texts(), texts()), 2..6), any::<bool>(), any::<bool>()).prop_map(
        move |(all, other, exclusive)| {
            let last = all.len() - 1;
            let one = |(n, (text, about))| Choice {
                key: format!("c{n}"),
                text,
                about,
                other: special && other && n == last,
                exclusive: special && exclusive && n == last - 1,
            };
            all.into_iter().enumerate().map(one).collect()
        },
    )
}

fn day() -> impl Strategy<Value = NaiveDate> {
    (0..20_000_i32).prop_map(|n| NaiveDate::from_num_days_from_ce_opt(730_000 + n).unwrap())
}

fn body() -> impl Strategy<Value = Body> {
    let display = prop::sample::select(Display::ALL.to_vec());
    let limits = (1..4_usize, 0..4_usize);
    prop_oneof![
        scale().prop_map(|scale| Body::Recommend { scale }),
        (scale(), any::<bool>(), display).prop_map(|(scale, not_applicable, display)| Body::Rating {
            scale,
            not_applicable,
            display
        }),
        (scale(), any::<bool>()).prop_map(|(scale, not_applicable)| Body::Differential { scale, not_applicable }),
        (choices(true), any::<bool>()).prop_map(|(mut choices, random)| {
            choices.iter_mut().for_each(|choice| choice.exclusive = false);
            Body::Single { choices, random }
        }),
        (choices(true), limits.clone(), any::<bool>()).prop_map(|(choices, (least, more), random)| {
            let together = choices.iter().filter(|choice| !choice.exclusive).count();
            let most = (least + more).min(together);
            Body::Multiple { choices, least: Some(least.min(most)), most: Some(most), random }
        }),
        (choices(false), limits, any::<bool>()).prop_map(|(choices, (least, more), random)| {
            let most = (least + more).min(choices.len());
            Body::Ranking { choices, least: least.min(most), most, random }
        }),
        (choices(false), 1..1000_i64, texts(), any::<bool>())
            .prop_map(|(choices, total, unit, random)| Body::ConstantSum { choices, total, unit, random }),
        (texts(), texts(), any::<bool>(), any::<bool>()).prop_map(|(yes, no, own, not_applicable)| {
            let (yes, no) = if own { (yes, no) } else { Default::default() };
            Body::YesNo { yes, no, not_applicable }
        }),
        (prop::option::of(-9000..9000_i64), 0..50_000_i64, 1..3000_i64, texts())
            .prop_map(|(min, width, step, unit)| { Body::Number { min, max: min.map(|min| min + width), step, unit } }),
        (prop::option::of(day()), prop::option::of(day())).prop_map(|(one, other)| match (one, other) {
            (Some(one), Some(other)) => Body::Date { min: Some(one.min(other)), max: Some(one.max(other)) },
            (min, max) => Body::Date { min, max },
        }),
        (0..4_usize, 4..40_usize, any::<bool>(), texts(), texts()).prop_map(
            |(least, most, bound, expected, placeholder)| {
                let pattern = bound.then(|| "[a-z ]*|[^a]+".to_owned());
                Body::Line { least, most, pattern, expected, placeholder }
            }
        ),
        (0..4_usize, 4..60_usize, texts()).prop_map(|(least, most, placeholder)| Body::Text {
            least,
            most,
            lines: 3,
            placeholder
        }),
        (prop::sample::subsequence(ContactPart::ALL.to_vec(), 1..=3), any::<bool>()).prop_map(|(ask, needs)| {
            let need = if needs { ask[..1].to_vec() } else { Vec::new() };
            Body::Contact { ask, need }
        }),
        (texts(), 1..5_i64).prop_map(|(statement, statement_version)| Body::Consent { statement, statement_version }),
        Just(Body::Information),
    ]
}

fn question() -> impl Strategy<Value = Question> {
    (body(), texts(), texts(), texts(), any::<(bool, bool, bool, bool)>()).prop_map(
        |(body, text, about, hint, (required, positive, aspect, measured))| {
            let scored = body.scale().is_some();
            let measure = if aspect { ItemMeasure::Satisfaction } else { ItemMeasure::Effort };
            Question {
                logic: crate::domain::survey::logic::Rules::default(),
                key: String::new(),
                text,
                short: Texts::default(),
                about,
                hint,
                required: required && body != Body::Information,
                measure: (scored && measured).then_some(measure),
                aspect: (scored && aspect).then(|| "delivery".to_owned()),
                polarity: if positive { Polarity::Positive } else { Polarity::Negative },
                weight: 1000,
                group: None,
                same_as: None,
                body,
            }
        },
    )
}

/// Any survey with a few questions of any kinds.
pub(crate) fn definition() -> impl Strategy<Value = Definition> {
    (prop::collection::vec(question(), 1..7), texts(), any::<bool>()).prop_map(|(mut questions, title, split)| {
        // A file that asks nothing is refused.
        if !questions.iter().any(Question::is_asked) {
            questions[0].body = Body::YesNo { yes: Texts::default(), no: Texts::default(), not_applicable: false };
        }
        let named = questions.into_iter().enumerate().map(|(n, one)| Question { key: format!("q{n}"), ..one });
        let mut first: Vec<Question> = named.collect();
        let second = if split { first.split_off(first.len() / 2) } else { Vec::new() };
        let page = |key: &str, questions| Page {
            key: key.into(),
            title: title.clone(),
            groups: Vec::new(),
            questions,
            logic: crate::domain::survey::logic::PageRules::default(),
        };
        let pages = [page("one", first), page("two", second)].into_iter().filter(|page| !page.questions.is_empty());
        Definition {
            quotas: Vec::new(),
            key: "any".into(),
            version: 1,
            kind: SurveyKind::Thematic,
            languages: vec![Language::english(), Language::chinese()],
            title: title.clone(),
            intro: Texts::default(),
            thanks: Texts::default(),
            thanks_when: Vec::new(),
            review: None,
            reference: None,
            fallback: None,
            gaps: Vec::new(),
            accounts: Vec::new(),
            anonymous: false,
            purpose: Texts::default(),
            source: Texts::default(),
            licence: Texts::default(),
            aspect_names: std::collections::BTreeMap::new(),
            pages: pages.collect(),
        }
    })
}

/// A form as a person might fill it in: mostly as the survey wants it.
pub(crate) fn filled(definition: &Definition, numbers: &[u32], words: &str) -> Vec<(String, String)> {
    let mut numbers = numbers.iter().map(|n| *n as usize).cycle();
    let mut form = Vec::new();
    for question in definition.questions() {
        let number = numbers.next().unwrap_or_default();
        if number % 5 == 0 && !question.required {
            continue;
        }
        let mut put = |field: String, value: String| form.push((field, value));
        let key = question.key.clone();
        match &question.body {
            body if body.allows_not_applicable() && number % 7 == 0 => put(key, NOT_APPLICABLE.into()),
            Body::Recommend { scale } | Body::Rating { scale, .. } | Body::Differential { scale, .. } => {
                put(key, (scale.from + number as i64 % scale.points).to_string());
            }
            Body::Single { choices, .. } => {
                let choice = &choices[number % choices.len()];
                if choice.other {
                    put(question.other_field(), words.to_owned());
                }
                put(key, choice.key.clone());
            }
            Body::Multiple { choices, least, .. } => {
                let plain = choices.iter().filter(|choice| !choice.exclusive).take(least.unwrap_or(1));
                plain.for_each(|choice| put(key.clone(), choice.key.clone()));
            }
            Body::Ranking { choices, most, .. } => {
                for (n, choice) in choices.iter().cycle().skip(number % choices.len()).take(*most).enumerate() {
                    put(question.part_field(&choice.key), (n + 1).to_string());
                }
            }
            Body::ConstantSum { choices, total, .. } => {
                let some = number as i64 % (total + 1);
                put(question.part_field(&choices[0].key), some.to_string());
                put(question.part_field(&choices[1].key), (total - some).to_string());
            }
            Body::YesNo { .. } => put(key, if number % 2 == 0 { "yes" } else { "no" }.into()),
            Body::Number { min, max, step, .. } => {
                let start = min.unwrap_or(0);
                let steps = max.map_or(100, |max| (max - start) / step);
                put(key, decimal(start + number as i64 % (steps + 1) * step));
            }
            Body::Date { min, max } => {
                let day = min.or(*max).unwrap_or_else(|| NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
                put(key, day.to_string());
            }
            Body::Line { .. } | Body::Text { .. } => put(key, words.to_owned()),
            Body::Contact { ask, .. } => {
                for part in ask {
                    let text = match part {
                        ContactPart::Name => "Jo <Berg>",
                        ContactPart::Email => "jo@example.com",
                        ContactPart::Telephone => "＋47 22 12 34",
                    };
                    put(question.part_field(part.as_str()), text.into());
                }
            }
            Body::Consent { .. } => put(key, "yes".into()),
            Body::Information => {}
        }
    }
    form
}

/// Values that somebody could send who does not use our page.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        "-?[0-9]{1,20}([.,][0-9]{1,5})?",
        prop::sample::select(vec![
            "c0",
            "c1",
            "na",
            "yes",
            "no",
            "1",
            "2",
            "3",
            "0",
            "2026-02-29",
            "2024-02-29",
            "+262142-12-31",
            "\u{0}",
            "jo@example.com",
            "+1",
            "１２",
            "a\nb",
            "9999999999999999999",
            "-1",
            "100",
        ])
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_kept_of_any_survey_reads_back_equal(
        definition in definition(),
        numbers in prop::collection::vec(any::<u32>(), 6..12),
        words in "[a-c é中]{1,12}",
    ) {
        prop_assert_eq!(&Definition::from_json(&definition.to_json().unwrap()).unwrap(), &definition);
        for language in [Language::english(), Language::chinese()] {
            let Ok(answers) = Answers::parse(&definition, &filled(&definition, &numbers, &words), &language) else {
                continue;
            };
            let kept: Answers = serde_json::from_str(&serde_json::to_string(&answers).unwrap()).unwrap();
            prop_assert_eq!(&kept, &answers);
            prop_assert_eq!(&Answers::parse(&definition, &answers.to_form(), &language).unwrap(), &answers);
            for one in measurements(&definition, &answers) {
                prop_assert!((-1000..=100_000).contains(&one.x), "{:?}", one);
            }
            prop_assert!(values(&answers).iter().all(|(question, _)| definition.question(question).is_some()));
        }
    }

    #[test]
    fn most_filled_forms_are_taken(
        definition in definition(),
        numbers in prop::collection::vec(any::<u32>(), 6..12),
    ) {
        // Words that fit every line and text: what is refused then is an empty form alone.
        match Answers::parse(&definition, &filled(&definition, &numbers, "good"), &Language::english()) {
            Ok(answers) => prop_assert!(!answers.is_empty()),
            Err(rejected) => {
                let empty = filled(&definition, &numbers, "good").is_empty();
                prop_assert!(empty, "{:?}", rejected);
            }
        }
    }

    #[test]
    fn any_form_for_any_survey_is_taken_or_refused(
        definition in definition(),
        values in prop::collection::vec((any::<prop::sample::Index>(), hostile()), 0..24),
        strange in prop::collection::vec(("\\PC{0,6}", hostile()), 0..3),
    ) {
        let fields: Vec<String> = definition.questions().flat_map(Question::fields).collect();
        let mut form: Vec<(String, String)> = strange;
        form.extend(values.into_iter().map(|(at, value)| (at.get(&fields).clone(), value)));
        let partial = Answers::partial(&definition, &form);
        prop_assert_eq!(&Answers::partial(&definition, &partial.to_form()), &partial, "what was taken is taken again");
        match Answers::parse(&definition, &form, &Language::english()) {
            Ok(answers) => prop_assert_eq!(&answers, &partial),
            Err(rejected) => prop_assert!(!rejected.faults.is_empty()),
        }
    }
}
