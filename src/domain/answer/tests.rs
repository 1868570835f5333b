pub(crate) mod generated;
mod kinds;

use super::*;
use crate::domain::measure::{Measure, Measurement};
use crate::domain::survey::{Body, ItemMeasure, library};
use crate::error::Place;
use proptest::prelude::*;

fn relationship() -> Definition {
    library().unwrap().into_iter().find(|one| one.key == "relationship").unwrap()
}

fn shipped(key: &str) -> Definition {
    library().unwrap().into_iter().find(|one| one.key == key).unwrap()
}

fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn parse(definition: &Definition, fields: &[(&str, &str)]) -> Result<Answers, Rejected> {
    Answers::parse(definition, &form(fields), &Language::english())
}

fn codes(rejected: &Rejected) -> Vec<(String, Code)> {
    rejected.faults.iter().map(|fault| (fault.place.to_string(), fault.code)).collect()
}

fn get(measurements: &[Measurement], measure: &Measure) -> Option<i64> {
    measurements.iter().find(|one| one.measure == *measure).map(|one| one.x)
}

#[test]
fn a_form_becomes_answers() {
    let answers = parse(
        &relationship(),
        &[
            ("_token", "page's own"),
            ("recommend", "7"),
            ("recommend_why", "  Late,\r\ntwice.\u{0}\u{202e} "),
            ("overall", "4"),
            ("delivery", "na"),
            ("hotline", ""),
            ("competitor", "price"),
            ("improve", " \u{7} "),
        ],
    )
    .unwrap();
    assert_eq!(answers.score("recommend"), Some(7));
    assert_eq!(answers.text("recommend_why"), Some("Late,\ntwice."));
    assert_eq!(answers.get("delivery"), Some(&Answer::NotApplicable));
    assert_eq!(answers.choice("competitor"), Some("price"));
    assert_eq!((answers.get("hotline"), answers.get("improve")), (None, None), "nothing typed is no answer");
    assert_eq!(
        serde_json::to_string(&answers).unwrap(),
        r#"{"competitor":{"choice":"price"},"delivery":"not_applicable","overall":{"score":4},"recommend":{"score":7},"recommend_why":{"text":"Late,\ntwice."}}"#
    );
    let counted = values(&answers);
    let counted: Vec<(&str, &str)> = counted.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(
        counted,
        [("competitor", "price"), ("delivery", "na"), ("overall", "4"), ("recommend", "7"), ("recommend_why", "text")]
    );
}

#[test]
fn all_faults_come_back_with_what_was_typed() {
    let long = "长".repeat(2001);
    let fields = [
        ("recommend", "11"),
        ("recommend_why", long.as_str()),
        ("delivery", "five"),
        ("hotline", "+4"),
        ("ordering", "3"),
        ("ordering", "4"),
        ("repurchase", "na"),
        ("competitor", "Brand X"),
        ("admin", "1"),
        ("_token", "t"),
    ];
    let rejected = parse(&relationship(), &fields).unwrap_err();
    let expected = [
        ("recommend", Code::ValueOutOfRange),
        ("recommend_why", Code::ValueTooLong),
        ("overall", Code::ValueMissing),
        ("delivery", Code::ValueMalformed),
        ("hotline", Code::ValueMalformed),
        ("ordering", Code::ValueTwice),
        ("repurchase", Code::ValueMalformed),
        ("competitor", Code::ValueUnknown),
        ("admin", Code::ValueUnknown),
    ];
    assert_eq!(codes(&rejected), expected.map(|(place, code)| (place.to_owned(), code)));
    assert_eq!(rejected.typed, form(&fields[..8]), "nothing that was typed into the survey is lost");
    assert_eq!(rejected.typed_in("ordering").collect::<Vec<_>>(), ["3", "4"]);
    let out = rejected.faults_of("recommend").next().unwrap();
    let args: Vec<(&str, &str)> = out.args.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(args, [("value", "11"), ("min", "0"), ("max", "10"), ("question", "Recommendation")]);
}

#[test]
fn faults_name_the_question_in_the_language_of_the_form() {
    let rejected = Answers::parse(&relationship(), &form(&[("recommend", "x")]), &Language::chinese()).unwrap_err();
    assert!(rejected.faults[0].args.contains(&("question", "推荐意愿".to_owned())));
}

#[test]
fn the_page_of_a_field_is_never_taken_for_an_answer() {
    let definition = shipped("nps");
    assert_eq!(
        codes(&parse(&definition, &[("_recommend", "9")]).unwrap_err()),
        [("recommend".to_owned(), Code::ValueMissing)]
    );
    let rejected = parse(&definition, &[("recommend", "9"), ("why.other", "x")]).unwrap_err();
    assert_eq!(codes(&rejected), [("why.other".to_owned(), Code::ValueUnknown)], "why has no choice to go with it");
}

#[test]
fn a_form_without_any_answer_is_no_response() {
    let text = shipped("nps").to_json().unwrap().replace(r#""required":true,"#, "");
    let open = Definition::from_json(&text).unwrap();
    let rejected = parse(&open, &[("why", " "), ("_token", "t")]).unwrap_err();
    assert_eq!(codes(&rejected), [("recommend".to_owned(), Code::ValueMissing)]);
    assert_eq!(parse(&open, &[("why", "So.")]).unwrap().0.len(), 1);
}

#[test]
fn own_words_go_with_the_choice_other() {
    let definition = relationship();
    let with = |more: &[(&str, &str)]| {
        let fields = [&[("recommend", "7"), ("overall", "4")], more].concat();
        let answers = parse(&definition, &fields).unwrap();
        (
            answers.choice("competitor").map(str::to_owned),
            answers.text("competitor.other").map(str::to_owned),
            values(&answers).len(),
        )
    };
    let other = || Some("other".to_owned());
    assert_eq!(with(&[("competitor", "other"), ("competitor.other", "stock")]), (other(), Some("stock".into()), 3));
    assert_eq!(with(&[("competitor.other", "stock")]), (other(), Some("stock".into()), 3), "written is chosen");
    assert_eq!(with(&[("competitor", "other")]), (other(), None, 3));
    assert_eq!(with(&[("competitor", "price"), ("competitor.other", "stock")]), (Some("price".into()), None, 3));
}

#[test]
fn several_choices_are_kept_in_the_order_of_the_survey() {
    let sample = crate::domain::survey::sample();
    let with = |more: &[(&str, &str)]| parse(&sample, &[&[("recommend", "7")], more].concat());
    let answers = with(&[("colours", "blue"), ("colours", "red")]).unwrap();
    assert_eq!(answers.get("colours"), Some(&Answer::Choices(vec!["red".into(), "blue".into()])));
    assert_eq!(Answers::parse(&sample, &answers.to_form(), &Language::english()).unwrap(), answers);
    for (more, code) in [
        (&[("colours", "red"), ("colours", "red")][..], Code::ValueTwice),
        (&[("colours", "green")], Code::ValueUnknown),
        (&[("colours", "red"), ("colours", "blue"), ("colours.other", "grey")], Code::ValueOutOfRange),
    ] {
        assert_eq!(codes(&with(more).unwrap_err()), [("colours".to_owned(), code)]);
    }
}

#[test]
fn a_link_fills_in_what_fits_and_nothing_else() {
    let partial = Answers::partial(&relationship(), &form(&[("recommend", "5"), ("overall", "9"), ("drop", "table")]));
    assert_eq!(partial.to_form(), form(&[("recommend", "5")]));
    assert!(Answers::partial(&relationship(), &form(&[("recommend", "55")])).is_empty());
}

#[test]
fn measurements_by_hand() {
    let answers = parse(
        &relationship(),
        &[
            ("recommend", "6"),
            ("overall", "4"),
            ("delivery", "2"),
            ("product_quality", "4"),
            ("technical_advice", "na"),
            ("complaint_handling", "2"),
            ("account_manager", "5"),
            ("price_tolerance", "1"),
        ],
    )
    .unwrap();
    let found = measurements(&relationship(), &answers);
    assert_eq!(get(&found, &Measure::Response), Some(1000));
    assert_eq!(get(&found, &Measure::Recommend), Some(-1000), "6 is a detractor");
    assert_eq!(get(&found, &Measure::RecommendScore), Some(6000));
    assert_eq!(get(&found, &Measure::Satisfied), Some(1000), "4 of 5 is in the two top boxes");
    assert_eq!(get(&found, &Measure::Effort), None);
    assert_eq!(get(&found, &Measure::Aspect("delivery".into())), Some(25_000));
    assert_eq!(get(&found, &Measure::Aspect("technical_advice".into())), None, "not applicable is never 0");
    // Four of eight items: (25 + 75 + 25 + 100) / 4.
    assert_eq!(get(&found, &Measure::SatisfactionIndex), Some(56_250));
    // Two of four items: (60 + 0) / 2.
    assert_eq!(get(&found, &Measure::LoyaltyIndex), Some(30_000));
}

#[test]
fn an_index_wants_half_of_its_items() {
    let three = [
        ("recommend", "9"),
        ("overall", "3"),
        ("delivery", "5"),
        ("hotline", "5"),
        ("ordering", "5"),
        ("product_quality", "na"),
    ];
    let found = measurements(&relationship(), &parse(&relationship(), &three).unwrap());
    assert_eq!(get(&found, &Measure::SatisfactionIndex), None, "three of eight");
    assert_eq!(get(&found, &Measure::LoyaltyIndex), None, "one of four");
    assert_eq!(get(&found, &Measure::Satisfied), Some(0));
    assert_eq!(get(&found, &Measure::Recommend), Some(1000));
    let nps = shipped("nps");
    let found = measurements(&nps, &parse(&nps, &[("recommend", "8")]).unwrap());
    let names: Vec<String> = found.iter().map(|one| one.measure.key()).collect();
    assert_eq!(names, ["response", "recommend", "recommend_score"], "one question makes no loyalty index");
    assert_eq!(get(&found, &Measure::Recommend), Some(0), "8 is passive");
}

#[test]
fn weights_and_polarity_count() {
    let sample = crate::domain::survey::sample();
    let answers = parse(&sample, &[("recommend", "10"), ("speed", "4"), ("burden", "2"), ("all", "4")]).unwrap();
    let found = measurements(&sample, &answers);
    assert_eq!(get(&found, &Measure::Effort), Some(75_000), "little burden is much ease");
    assert_eq!(get(&found, &Measure::Aspect("speed".into())), Some(75_000));
    assert_eq!(get(&found, &Measure::Satisfied), Some(0), "top = 1: only a 5 counts");
    let doubled =
        sample.to_json().unwrap().replacen(r#""measure":"effort""#, r#""measure":"satisfaction","aspect":"ease""#, 1);
    let doubled = Definition::from_json(&doubled).unwrap();
    let low = parse(&doubled, &[("recommend", "10"), ("speed", "1"), ("burden", "1")]).unwrap();
    // (1.5 x 0 + 1 x 100) / 2.5
    assert_eq!(get(&measurements(&doubled, &low), &Measure::SatisfactionIndex), Some(40_000));
}

/// A form for a survey out of numbers: each question takes one and leaves itself out for some.
fn form_out_of(definition: &Definition, numbers: &[u32], words: &str) -> Vec<(String, String)> {
    let mut numbers = numbers.iter().copied().cycle();
    let mut form = Vec::new();
    for question in definition.questions() {
        let number = numbers.next().unwrap_or_default();
        if number % 4 == 0 && !question.required {
            continue;
        }
        let pick = i64::from(number / 4);
        let value = match &question.body {
            Body::Rating { not_applicable: true, .. } if pick % 5 == 0 => NOT_APPLICABLE.to_owned(),
            Body::Recommend { scale } | Body::Rating { scale, .. } => (scale.from + pick % scale.points).to_string(),
            Body::Single { choices, .. } | Body::Multiple { choices, .. } => {
                choices[pick as usize % choices.len()].key.clone()
            }
            Body::Text { .. } => words.to_owned(),
            other => panic!("not among the shipped: {other:?}"),
        };
        form.push((question.key.clone(), value));
    }
    form
}

fn range(measure: &Measure) -> (i64, i64) {
    match measure {
        Measure::Response => (1000, 1000),
        Measure::Asked => (0, 1000),
        Measure::Recommend => (-1000, 1000),
        Measure::RecommendScore => (0, 10_000),
        Measure::Satisfied => (0, 1000),
        _ => (0, 100_000),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn answers_survive_the_store_and_measure_only_what_was_said(
        which in 0usize..18,
        numbers in prop::collection::vec(any::<u32>(), 8..24),
        words in "\\PC{0,60}",
    ) {
        let mut surveys = library().unwrap();
        surveys.push(crate::domain::survey::sample());
        let definition = &surveys[which];
        let words = if which == 17 { words.chars().take(40).collect() } else { words };
        let form = form_out_of(definition, &numbers, &words);
        let answers = Answers::parse(definition, &form, &Language::english()).unwrap();

        let kept: Answers = serde_json::from_str(&serde_json::to_string(&answers).unwrap()).unwrap();
        prop_assert_eq!(&kept, &answers);
        prop_assert_eq!(&Answers::parse(definition, &answers.to_form(), &Language::english()).unwrap(), &answers);
        prop_assert_eq!(&Answers::partial(definition, &form), &answers);

        let found = measurements(definition, &answers);
        for one in &found {
            let (least, most) = range(&one.measure);
            prop_assert!((least..=most).contains(&one.x), "{} = {}", one.measure, one.x);
        }

        // A question that says nothing, left out or not applicable, must not move any figure: with
        // all of them taken out of the survey's answers the measurements are the same.
        let mut said = answers.clone();
        said.0.retain(|_, answer| *answer != Answer::NotApplicable);
        prop_assert_eq!(&measurements(definition, &said), &found);
        // An aspect is measured if and only if half of its questions have a number, or more.
        for (aspect, _) in definition.aspects() {
            let all: Vec<_> = definition.questions().filter(|one| one.service_aspect() == Some(aspect)).collect();
            let scored = all.iter().filter(|one| answers.score(&one.key).is_some()).count();
            let found = get(&found, &Measure::Aspect(aspect.to_owned()));
            prop_assert_eq!(found.is_some(), scored > 0 && 2 * scored >= all.len());
        }
        // The index lies between the least and the greatest of the answers that it is made of.
        let items: Vec<f64> = definition
            .questions()
            .filter(|one| one.service_aspect().is_some())
            .filter_map(|one| one.item().unwrap().rescale(answers.score(&one.key)? as f64).ok())
            .collect();
        if let Some(index) = get(&found, &Measure::SatisfactionIndex) {
            let least = items.iter().copied().fold(f64::INFINITY, f64::min);
            let greatest = items.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let index = index as f64 / 1e3;
            prop_assert!(least - 1e-3 <= index && index <= greatest + 1e-3);
        }
    }

    #[test]
    fn any_form_at_all_is_taken_or_refused_with_places(
        fields in prop::collection::vec(("(recommend|overall|competitor|competitor.other|delivery|improve|\\PC{0,8})", "(\\PC{0,12}|[0-9]{1,20}|na|price|-1)"), 0..12),
    ) {
        let definition = relationship();
        match Answers::parse(&definition, &fields, &Language::english()) {
            Ok(answers) => {
                prop_assert!(answers.score("recommend").is_some_and(|x| (0..=10).contains(&x)));
                let measured = definition.questions().filter(|one| one.measure == Some(ItemMeasure::Recommendation)).count();
                prop_assert_eq!(measured, 1);
            }
            Err(rejected) => {
                prop_assert!(!rejected.faults.is_empty());
                prop_assert!(rejected.faults.iter().all(|fault| matches!(&fault.place, Place::Field(_))));
                let lost = fields.iter().filter(|(name, _)| definition.question(name).is_some() && !rejected.typed.iter().any(|(one, _)| one == name)).count();
                prop_assert_eq!(lost, 0);
            }
        }
    }
}
