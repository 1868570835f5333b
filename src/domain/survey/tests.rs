mod every_kind;
mod schema;

pub(crate) use every_kind::every_kind;

use super::*;
use crate::error::{Code, Fault, Place};
use std::collections::BTreeSet;

/// A valid file with one of everything.
const SAMPLE: &str = r#"key = "sample"
version = 3
kind = "thematic"
languages = ["en", "zh-CN"]
title = { en = "Sample", zh-CN = "样例" }

[scale.likely]
from = 0
points = 11
low = { en = "no", zh-CN = "不" }
high = { en = "yes", zh-CN = "是" }

[scale.five]
points = 5
top = 1
labels.en = ["a", "b", "c", "d", "e"]
labels.zh-CN = ["甲", "乙", "丙", "丁", "戊"]

[[page]]
key = "one"
title = { en = "One", zh-CN = "一" }

[[page.group]]
key = "parts"
text = { en = "Parts", zh-CN = "各方面" }

[[page.question]]
key = "recommend"
kind = "recommend"
scale = "likely"
required = true
text = { en = "Recommend {company}?", zh-CN = "推荐{company}吗？" }

[[page.question]]
key = "speed"
kind = "rating"
group = "parts"
scale = "five"
measure = "satisfaction"
aspect = "speed"
weight = 1.5
not_applicable = true
text = { en = "Speed", zh-CN = "速度" }

[[page.question]]
key = "burden"
kind = "rating"
group = "parts"
scale = "five"
measure = "effort"
polarity = "negative"
text = { en = "Burden", zh-CN = "负担" }

[[page]]
key = "two"
title = { en = "Two", zh-CN = "二" }

[[page.question]]
key = "all"
kind = "rating"
scale = "five"
measure = "satisfaction"
aspect = "overall"
text = { en = "All in all", zh-CN = "总体" }

[[page.question]]
key = "colours"
kind = "multiple"
most = 2
text = { en = "Which?", zh-CN = "哪些？" }
choices = [
  { key = "red", text = { en = "Red", zh-CN = "红" } },
  { key = "blue", text = { en = "Blue", zh-CN = "蓝" } },
  { key = "else", other = true, text = { en = "Other", zh-CN = "其他" } },
]

[[page.question]]
key = "words"
kind = "text"
measure = "reason"
most = 40
text = { en = "Why?", zh-CN = "为什么？" }
"#;

pub(in crate::domain) fn sample() -> Definition {
    Definition::parse("sample.toml", SAMPLE).unwrap()
}

/// The faults after each of the edits, as `line:column reason`.
fn faults_after(edits: &[(&str, &str)]) -> Vec<String> {
    let mut text = SAMPLE.to_owned();
    for (from, to) in edits {
        assert!(text.contains(from), "nothing to edit: {from}");
        text = text.replacen(from, to, 1);
    }
    let error = Definition::parse("sample.toml", &text).expect_err("the edit is a fault");
    error.faults().iter().map(told).collect()
}

fn told(fault: &Fault) -> String {
    assert_eq!(fault.code, Code::SurveyFaulty);
    let Place::Line { file, line, column } = &fault.place else { panic!("{:?}", fault.place) };
    assert_eq!(file, "sample.toml");
    let reason = Reason::parse(&fault.args[0].1).unwrap();
    let names: Vec<&str> = fault.args[1..].iter().map(|(name, _)| *name).collect();
    assert_eq!(names, reason.args(), "{reason:?} tells what its text needs");
    format!("{line}:{column} {}", reason.as_str())
}

#[test]
fn the_sample_is_read_as_it_is_meant() {
    let sample = sample();
    assert_eq!((sample.key.as_str(), sample.version, sample.kind), ("sample", 3, SurveyKind::Thematic));
    let keys: Vec<&str> = sample.questions().map(|question| question.key.as_str()).collect();
    assert_eq!(keys, ["recommend", "speed", "burden", "all", "colours", "words"]);
    assert_eq!(sample.recommendation().unwrap().key, "recommend");
    assert_eq!(sample.overall().unwrap().key, "all");
    let aspects: Vec<&str> = sample.aspects().into_iter().map(|(aspect, _)| aspect).collect();
    assert_eq!(aspects, ["speed"], "overall is no service aspect");
    let speed = sample.question("speed").unwrap();
    assert_eq!((speed.weight, speed.polarity, speed.allows_not_applicable()), (1500, Polarity::Positive, true));
    let points: Vec<(i64, &str)> = speed
        .scale()
        .unwrap()
        .values()
        .map(|(x, label)| (x, label.unwrap().for_reader(&Language::chinese())))
        .collect();
    assert_eq!(points, [(1, "甲"), (2, "乙"), (3, "丙"), (4, "丁"), (5, "戊")]);
    let ends: Vec<bool> =
        sample.recommendation().unwrap().scale().unwrap().values().map(|(_, label)| label.is_some()).collect();
    assert_eq!(ends.iter().filter(|named| **named).count(), 2, "only the ends of 0 to 10 have a name");
    let blocks = sample.pages[0].blocks();
    assert!(matches!(blocks.as_slice(), [Block::Question(_), Block::Group(_, members)] if members.len() == 2));
    assert_eq!(
        fill(sample.recommendation().unwrap().text.for_reader(&Language::english()), "Corvane"),
        "Recommend Corvane?"
    );
}

#[test]
fn points_are_taken_with_their_polarity() {
    let sample = sample();
    let (speed, burden) = (sample.question("speed").unwrap(), sample.question("burden").unwrap());
    let rescaled = |question: &Question| [1.0, 2.0, 5.0].map(|x| question.item().unwrap().rescale(x).unwrap());
    assert_eq!(rescaled(speed), [0.0, 25.0, 100.0]);
    assert_eq!(rescaled(burden), [100.0, 75.0, 0.0]);
    assert!(sample.question("words").unwrap().item().is_none());
    assert_eq!([4, 5, 6].map(|x| speed.is_top_box(x)), [false, true, false], "top = 1");
    assert_eq!([0, 1, 2].map(|x| burden.is_top_box(x)), [false, true, false]);
}

#[test]
fn each_fault_is_told_with_its_line_and_column() {
    let cases: &[(&str, &str, &str)] = &[
        ("version = 3", "version =", "2:10 syntax"),
        ("version = 3", "version = 3\nverison = 4", "3:1 key-unknown"),
        ("[[page]]\nkey = \"one\"", "[[page]]\nsubtitle = 1\nkey = \"one\"", "20:1 key-unknown"),
        ("version = 3\n", "", "1:1 key-missing"),
        ("key = \"speed\"\n", "", "34:1 key-missing"),
        ("version = 3", "version = \"3\"", "2:11 type-wrong"),
        ("version = 3", "version = 0", "2:11 number-out-of-range"),
        ("version = 3", "version = 99999999999999999999", "2:11 number-out-of-range"),
        ("weight = 1.5", "weight = 0.0001", "41:10 number-out-of-range"),
        ("weight = 1.5", "weight = nan", "41:10 number-out-of-range"),
        ("most = 2", "most = 4", "69:8 number-out-of-range"),
        ("top = 1", "top = 5", "15:7 number-out-of-range"),
        ("\"sample\"", "\"Sample One\"", "1:7 name-malformed"),
        ("kind = \"thematic\"", "kind = \"quiz\"", "3:8 kind-unknown"),
        ("kind = \"multiple\"", "kind = \"quiz\"", "68:8 question-kind-unknown"),
        ("measure = \"effort\"", "measure = \"joy\"", "50:11 measure-unknown"),
        ("version = 3", "version = 3\naccounts = [\"customer\", \"rival\"]", "3:25 account-kind-unknown"),
        (
            "[scale.likely]",
            "[aspect.pace]\nname = { en = \"Pace\", zh-CN = \"节奏\" }\n\n[scale.likely]",
            "7:9 aspect-unused",
        ),
        ("\"negative\"", "\"upside down\"", "51:12 polarity-unknown"),
        ("[\"en\", \"zh-CN\"]", "[\"en\", \"zh-CN\", \"?\"]", "4:29 language-malformed"),
        ("[\"en\", \"zh-CN\"]", "[\"en\", \"zh-CN\", \"EN\"]", "4:29 language-twice"),
        (", zh-CN = \"样例\"", "", "5:1 translation-missing"),
        ("en = \"Sample\"", "en = \"Sample\", de = \"Muster\"", "5:26 translation-extra"),
        ("\"样例\"", "\" \"", "5:34 text-empty"),
        ("\"样例\"", "\"\\u0007\"", "5:34 text-control"),
        ("推荐{company}吗", "推荐{firm}吗", "32:47 placeholder-unknown"),
        ("languages = [\"en\", \"zh-CN\"]", "languages = []", "4:1 list-empty"),
        ("key = \"two\"", "key = \"one\"", "54:1 page-key-twice"),
        ("key = \"words\"", "key = \"speed\"", "78:1 question-key-twice"),
        ("measure = \"effort\"\n", "", "45:1 measure-missing"),
        ("measure = \"reason\"", "measure = \"effort\"", "80:11 measure-unfit"),
        ("measure = \"effort\"", "measure = \"recommendation\"", "50:11 measure-unfit"),
        ("aspect = \"speed\"\n", "", "34:1 aspect-missing"),
        ("aspect = \"speed\"", "aspect = \"overall\"", "58:1 overall-twice"),
        ("scale = \"likely\"", "scale = \"likley\"", "30:9 scale-unknown"),
        ("from = 0\npoints = 11", "from = 1\npoints = 10", "30:1 recommend-scale"),
        ("from = 0\n", "", "29:1 recommend-scale"),
        ("points = 5", "points = 1", "14:10 scale-points"),
        ("points = 5", "points = -7", "14:10 scale-points"),
        ("\"d\", \"e\"]", "\"d\"]", "16:13 scale-labels"),
        ("low = { en = \"no\", zh-CN = \"不\" }\n", "", "7:8 scale-ends"),
        ("most = 40", "choices = []", "81:1 key-unfit"),
        ("key = \"blue\"", "key = \"red\"", "73:3 choice-key-twice"),
        ("key = \"blue\"", "key = \"na\"", "73:3 choice-key-reserved"),
        ("key = \"blue\"", "other = true, key = \"blue\"", "74:3 other-twice"),
        (
            "group = \"parts\"\nscale = \"five\"\nmeasure = \"effort\"",
            "group = \"parst\"\nscale = \"five\"\nmeasure = \"effort\"",
            "48:1 group-unknown",
        ),
        ("scale = \"five\"\nmeasure = \"effort\"", "scale = \"likely\"\nmeasure = \"effort\"", "48:1 group-mixed"),
        ("version = 3", "anonymous = \"yes\"\nversion = 3", "2:13 type-wrong"),
    ];
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (from, to, expected) in cases {
        let faults = faults_after(&[(from, to)]);
        if !faults.contains(&(*expected).to_owned()) {
            wrong.push(format!("{from} -> {to}: {faults:?}, not {expected}"));
        }
        seen.extend(faults.iter().filter_map(|fault| Some(fault.split_once(' ')?.1.to_owned())));
    }
    let more: &[(&[(&str, &str)], &str)] = &[
        (&[("\"样例\"", &format!("\"{}\"", "长".repeat(2001)))], "5:34 text-too-long"),
        (
            &[(
                "[scale.five]",
                "[scale.six]\npoints = 6\nlow = {en=\"a\",zh-CN=\"b\"}\nhigh = {en=\"a\",zh-CN=\"b\"}\n\n[scale.five]",
            )],
            "13:8 scale-unused",
        ),
        (
            &[(
                "key = \"all\"\nkind = \"rating\"\nscale = \"five\"\nmeasure = \"satisfaction\"\naspect = \"overall\"",
                "key = \"all\"\nkind = \"recommend\"\nscale = \"likely\"",
            )],
            "58:1 recommend-twice",
        ),
        (
            &[(
                "[[page.group]]",
                "[[page.group]]\nkey = \"parts\"\ntext = { en = \"P\", zh-CN = \"P\" }\n\n[[page.group]]",
            )],
            "27:1 group-key-twice",
        ),
        (
            &[(
                "[[page.group]]",
                "[[page.group]]\nkey = \"idle\"\ntext = { en = \"P\", zh-CN = \"P\" }\n\n[[page.group]]",
            )],
            "23:1 group-unused",
        ),
        (
            &[(
                "[[page.question]]\nkey = \"burden\"",
                "[[page.question]]\nkey = \"between\"\nkind = \"text\"\ntext = { en = \"P\", zh-CN = \"P\" }\n\n[[page.question]]\nkey = \"burden\"",
            )],
            "53:1 group-scattered",
        ),
        (
            &[
                ("  { key = \"red\", text = { en = \"Red\", zh-CN = \"红\" } },\n", ""),
                ("  { key = \"blue\", text = { en = \"Blue\", zh-CN = \"蓝\" } },\n", ""),
                ("most = 2\n", ""),
            ],
            "70:1 choices-few",
        ),
        (
            &[
                ("version = 3", "version = 3\nanonymous = true"),
                (
                    "[[page.question]]\nkey = \"all\"",
                    "[[page.question]]\nkey = \"order\"\nkind = \"line\"\ntext = { en = \"P\", zh-CN = \"P\" }\n\n[[page.question]]\nkey = \"all\"",
                ),
            ],
            "59:1 anonymous-unfit",
        ),
        (
            &[
                ("version = 3", "version = 3\nanonymous = true"),
                (
                    "[[page.question]]\nkey = \"burden\"",
                    "[[page.question]]\nshow_if = \"account.tier == \\\"key\\\"\"\nkey = \"burden\"",
                ),
            ],
            "47:11 anonymous-attribute",
        ),
    ];
    for (edits, expected) in more {
        let faults = faults_after(edits);
        if faults != [*expected] {
            wrong.push(format!("{edits:?}: {faults:?}, not {expected}"));
        }
        seen.extend(faults.iter().filter_map(|fault| Some(fault.split_once(' ')?.1.to_owned())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // Those have their cases where every kind of question has.
    let elsewhere = concat!(include_str!("tests/every_kind.rs"), include_str!("after.rs"));
    let unseen: Vec<&str> = Reason::ALL
        .iter()
        .filter(|one| !super::logic::is_of_rules(**one))
        .map(|reason| reason.as_str())
        .filter(|one| !seen.contains(*one) && !elsewhere.contains(&format!(" {one}\"")))
        .filter(|one| *one != Reason::NothingAsked.as_str())
        .collect();
    assert!(unseen.is_empty(), "no case for {unseen:?}");
}

#[test]
fn all_faults_come_at_once_in_the_order_of_the_file() {
    let faults = faults_after(&[
        ("kind = \"thematic\"", "kind = \"quiz\""),
        ("points = 5", "points = 1"),
        ("measure = \"effort\"", "measure = \"joy\""),
        ("key = \"words\"", "key = \"speed\""),
    ]);
    assert_eq!(
        faults,
        ["3:8 kind-unknown", "14:10 scale-points", "50:11 measure-unknown", "78:1 question-key-twice"],
        "and no fault only follows from another",
    );
}

#[test]
fn one_fault_is_told_once() {
    for (edit, expected) in [
        (("kind = \"multiple\"", "kind = \"quiz\""), "68:8 question-kind-unknown"),
        (("languages = [\"en\", \"zh-CN\"]", "languages = []"), "4:1 list-empty"),
        (("scale = \"likely\"", "scale = 7"), "30:9 type-wrong"),
    ] {
        let faults = faults_after(&[edit]);
        assert!(faults.iter().filter(|fault| !fault.ends_with("scale-unused")).eq([expected].iter()), "{faults:?}");
    }
}

#[test]
fn hostile_files_are_faults_and_never_panics() {
    let deep = format!("a = {}", "[".repeat(5000));
    for text in [
        "",
        "\u{feff}",
        "\0",
        "=",
        "[[page]]",
        "page = 1",
        "page = [1]",
        "scale = 3",
        "[scale]\nx = 1",
        "languages = \"en\"",
        &deep,
    ] {
        assert!(Definition::parse("sample.toml", text).is_err(), "{text:.20}");
    }
    for cut in (0..SAMPLE.len()).filter(|cut| SAMPLE.is_char_boundary(*cut)) {
        // Whatever is left is either valid or told with places inside the file.
        if let Err(error) = Definition::parse("sample.toml", &SAMPLE[..cut]) {
            assert!(!error.faults().is_empty());
            let lines = SAMPLE[..cut].matches('\n').count() + 1;
            for fault in error.faults() {
                assert!(
                    matches!(&fault.place, Place::Line { line, column, .. } if (1..=lines).contains(line) && *column >= 1)
                );
            }
        }
    }
}

#[test]
fn the_kept_form_is_lossless_and_has_a_lasting_fingerprint() {
    let sample = sample();
    assert_eq!(Definition::from_json(&sample.to_json().unwrap()).unwrap(), sample);
    let relaid = SAMPLE.replace("version = 3\nkind = \"thematic\"", "# a remark\nkind   = \"thematic\"\nversion = 3");
    let relaid = Definition::parse("elsewhere.toml", &relaid).unwrap();
    assert_eq!(relaid.fingerprint().unwrap(), sample.fingerprint().unwrap());
    // If this fails, every published version of every installation would seem to have changed.
    let fingerprint = data_encoding::HEXLOWER.encode(&sample.fingerprint().unwrap());
    assert_eq!(fingerprint, "ab5936b9db2b1000b754dc8dea74b3b1e9d3d9451bcec2a71fb643ff605c8992");
}

#[test]
fn every_word_and_number_changes_the_fingerprint() {
    let published = sample().fingerprint().unwrap();
    for (from, to) in [
        ("\"Why?\"", "\"Why then?\""),
        ("\"为什么？\"", "\"为何？\""),
        ("weight = 1.5", "weight = 1.501"),
        ("required = true", "required = false"),
        ("\"negative\"", "\"positive\""),
        ("version = 3", "version = 4"),
        ("top = 1", "top = 2"),
        ("most = 40", "most = 41"),
    ] {
        let changed = Definition::parse("sample.toml", &SAMPLE.replacen(from, to, 1)).unwrap();
        assert_ne!(changed.fingerprint().unwrap(), published, "{from} -> {to}");
    }
}

#[test]
fn a_reader_gets_a_language_of_the_survey() {
    let sample = sample();
    for (reader, expected) in [("zh-TW", "zh-CN"), ("en-GB", "en"), ("de", "en")] {
        assert_eq!(sample.language_for(&Language::parse(reader).unwrap()).as_str(), expected);
    }
}

#[test]
fn the_shipped_instruments_are_whole() {
    let library = library().unwrap();
    let keys: Vec<&str> = library.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(
        keys,
        [
            "after_complaint",
            "after_delivery",
            "after_installation",
            "dealer",
            "effort",
            "employee",
            "exit",
            "nps",
            "onboarding",
            "order_lost",
            "relationship",
            "satisfaction_model",
            "service_quality",
            "short",
            "spot_check",
            "supplier",
            "value_competitors",
        ]
    );
    for ((file, _), one) in library_files().zip(&library) {
        assert_eq!(file, format!("{}.toml", one.key));
        assert_eq!(one.version, 1);
        assert_eq!(one.languages, [Language::english(), Language::chinese()]);
        assert_eq!(Definition::from_json(&one.to_json().unwrap()).unwrap(), *one);
        for text in [&one.intro, &one.thanks, &one.purpose, &one.source, &one.licence] {
            assert!(!is_blank(text), "{file}");
        }
        assert!(one.questions().any(|question| question.required), "{file}: an empty form says nothing");
        for question in one.questions() {
            let words = matches!(question.body, Body::Text { .. } | Body::Single { .. } | Body::Multiple { .. });
            assert!(question.measure.is_some() || words, "{file}: {}", question.key);
            let label = question.label();
            for language in &one.languages {
                let count = label.0[language].chars().count();
                assert!(count <= 30, "{file}: {} is too long for a list", question.key);
            }
        }
    }
}

/// All texts that a file shows in a language.
fn texts_of<'a>(one: &'a Definition, language: &Language) -> Vec<&'a str> {
    let mut texts = vec![&one.title, &one.intro, &one.thanks, &one.purpose, &one.source, &one.licence];
    texts.extend(one.aspect_names.values());
    for page in &one.pages {
        texts.push(&page.title);
        texts.extend(page.groups.iter().flat_map(|group| [&group.text, &group.hint]));
        for question in &page.questions {
            texts.extend([&question.text, &question.short, &question.about, &question.hint]);
            texts.extend(question.choices().iter().flat_map(|choice| [&choice.text, &choice.about]));
            texts.extend(question.scale().iter().flat_map(|scale| [&scale.low, &scale.high]));
            texts.extend(question.scale().iter().flat_map(|scale| &scale.labels));
        }
    }
    texts.into_iter().filter_map(|texts| texts.0.get(language)).map(String::as_str).collect()
}

#[test]
fn the_shipped_texts_are_set_as_their_language_is() {
    let is_han = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for one in library().unwrap() {
        for text in texts_of(&one, &Language::english()) {
            assert!(!text.contains(is_han), "{}: {text}", one.key);
            assert!(!text.contains(|c| "!！，。？：；（）".contains(c)), "{}: {text}", one.key);
        }
        for text in texts_of(&one, &Language::chinese()) {
            // References keep the signs of the journals they are printed in.
            assert!(text.contains(is_han) || text.ends_with('%'), "{}: {text}", one.key);
            assert!(!text.contains(|c| "!！,;?你".contains(c)), "{}: {text}", one.key);
        }
        for question in one.questions() {
            let asked = [Language::english(), Language::chinese()].map(|l| question.text.0[&l].clone());
            let ends = [asked[0].ends_with('?'), asked[1].ends_with('？')];
            assert_eq!(ends[0], ends[1], "{}: {asked:?}", one.key);
        }
    }
}

#[test]
fn what_is_protected_is_said_to_be_ours_in_words_and_whose_in_name() {
    for one in library().unwrap() {
        let said = |texts: &Texts| [Language::english(), Language::chinese()].map(|l| texts.0[&l].clone());
        let [licence, licence_zh] = said(&one.licence);
        let [source, _] = said(&one.source);
        assert!(licence.contains("Own words") && licence_zh.contains("自行编写"), "{}", one.key);
        let mut marks = Vec::new();
        if one.recommendation().is_some() {
            marks.push(("Net Promoter", "Net Promoter"));
        }
        if source.contains("Fornell") {
            marks.push(("ACSI", "ACSI"));
        }
        if source.contains("Parasuraman") {
            marks.push(("SERVQUAL", "SERVQUAL"));
        }
        if one.questions().any(|one| one.measure == Some(ItemMeasure::Effort) && one.scale().unwrap().points == 7) {
            marks.push(("Customer Effort Score", "Customer Effort Score"));
        }
        for (mark, mark_zh) in marks {
            assert!(licence.contains(mark) && licence_zh.contains(mark_zh), "{} says nothing of {mark}", one.key);
        }
    }
}

#[test]
fn an_aspect_means_the_same_wherever_it_is_asked() {
    let library = library().unwrap();
    let mut names: std::collections::BTreeMap<&str, (&str, &Texts)> = std::collections::BTreeMap::new();
    for one in &library {
        for (aspect, name) in one.aspects() {
            let (first, known) = names.entry(aspect).or_insert((&one.key, name));
            assert_eq!(*known, name, "{aspect} of {first} and of {}", one.key);
        }
    }
    assert!(names.len() > 50, "{}", names.len());
    let quality = library.iter().find(|one| one.key == "service_quality").unwrap();
    let dimensions: Vec<&str> = quality.aspects().into_iter().map(|(aspect, _)| aspect).collect();
    assert_eq!(dimensions, ["reliability", "responsiveness", "assurance", "empathy", "tangibles"]);
    let english = Language::english();
    assert_eq!(quality.aspects()[0].1.for_reader(&english), "Reliability", "not its first statement");
}

#[test]
fn what_an_introduction_promises_is_what_is_reckoned() {
    let numbers = ["", "one", "two", "three", "four", "five", "six"];
    let chinese = ["", "一", "两", "三", "四", "五", "六"];
    for one in library().unwrap() {
        let minutes = one.minutes() as usize;
        assert_eq!(minutes, one.questions().count().div_ceil(4));
        let intro = one.intro.for_reader(&Language::english()).to_lowercase();
        let intro_zh = one.intro.for_reader(&Language::chinese()).to_owned();
        if !intro.contains("half a minute") && !intro.contains("about a minute") {
            assert!(intro.contains(&format!("{} minute", numbers[minutes])), "{}: {minutes}, {intro}", one.key);
            assert!(intro_zh.contains(&format!("{}分钟", chinese[minutes])), "{}: {minutes}, {intro_zh}", one.key);
        }
    }
}

#[test]
fn provenance_may_be_put_right_without_a_new_version() {
    let with = |lines: &str| {
        let text = SAMPLE.replacen("[scale.likely]", &format!("{lines}\n[scale.likely]"), 1);
        Definition::parse("sample.toml", &text).unwrap()
    };
    let plain = sample();
    assert!(!plain.to_json().unwrap().contains("licence"), "what is not said is not kept");
    let told = with("licence = { en = \"Ours\", zh-CN = \"自行编写\" }");
    assert_eq!(told.fingerprint().unwrap(), plain.fingerprint().unwrap());
    assert!(told.to_json().unwrap().contains("自行编写"));
    let asked = with("accounts = [\"supplier\", \"dealer\", \"supplier\"]");
    assert_eq!(asked.asks(), [AccountKind::Supplier, AccountKind::Dealer]);
    assert_eq!(plain.asks(), [AccountKind::Customer]);
    assert_ne!(asked.fingerprint().unwrap(), plain.fingerprint().unwrap(), "whom it asks is part of it");
    let named = with("[aspect.speed]\nname = { en = \"Pace\", zh-CN = \"节奏\" }");
    assert_eq!(named.aspects()[0].1.for_reader(&Language::english()), "Pace");
}

#[test]
fn the_relationship_survey_has_the_questions_that_reports_rely_on() {
    let library = library().unwrap();
    let find = |key: &str| library.iter().find(|one| one.key == key).unwrap();
    let relationship = find("relationship");
    let mut keys: Vec<&str> = relationship.questions().map(|question| question.key.as_str()).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "account_manager",
            "competitor",
            "complaint_handling",
            "contact_me",
            "cross_purchase",
            "delivery",
            "expectation",
            "hotline",
            "ideal",
            "improve",
            "ordering",
            "overall",
            "price_tolerance",
            "product_quality",
            "recommend",
            "recommend_why",
            "repurchase",
            "technical_advice",
            "value_for_money",
        ]
    );
    let asked = relationship.questions().filter(|question| question.measure != Some(ItemMeasure::Contact)).count();
    assert!((12..=18).contains(&asked), "{asked} questions beside the permission to be contacted");
    let aspects: Vec<&str> = relationship.aspects().into_iter().map(|(aspect, _)| aspect).collect();
    assert_eq!(
        aspects,
        [
            "delivery",
            "product_quality",
            "technical_advice",
            "complaint_handling",
            "account_manager",
            "hotline",
            "ordering",
            "value_for_money"
        ]
    );
    assert!(relationship.questions().filter(|one| one.service_aspect().is_some()).all(Question::allows_not_applicable));
    let has = |key: &str, questions: &[&str]| questions.iter().all(|question| find(key).question(question).is_some());
    assert!(has(
        "after_delivery",
        &["recommend", "overall", "on_time", "complete", "condition", "documents", "notice", "improve"]
    ));
    assert!(has(
        "after_complaint",
        &["outcome", "overall", "speed", "informed", "fairness", "effort", "recommend", "improve"]
    ));
    assert!(has("nps", &["recommend", "why"]) && has("short", &["recommend", "overall", "why"]));
    let choices: Vec<&str> =
        relationship.question("competitor").unwrap().choices().iter().map(|one| one.key.as_str()).collect();
    assert_eq!(choices, ["none", "price", "delivery", "quality", "service", "other"]);
}

#[test]
fn the_reference_page_knows_every_word_and_its_example_is_valid() {
    let page = include_str!("../../../docs/surveys.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (example, _) = rest.split_once("```").unwrap();
    Definition::parse("example.toml", example).unwrap();
    // Each example of a kind is valid in a file with the scales that the page names.
    let scales = [("likelihood", 0, 11), ("satisfaction", 1, 5), ("agreement", 1, 7)].map(|(name, from, points)| {
        let text =
            format!("[scale.{name}]\nfrom = {from}\npoints = {points}\nlow.en = \"low\"\nhigh.en = \"high\"\n\n");
        (name, text)
    });
    let head = "key = \"e\"\nversion = 3\nkind = \"thematic\"\ntitle.en = \"E\"\n";
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    for example in rest.split("```toml\n").skip(1).map(|rest| rest.split_once("```").unwrap().0) {
        let languages = if example.contains("languages =") { "" } else { "languages = [\"en\"]\n" };
        // What an example speaks of is there, and something is asked: information alone is no survey.
        let mut asks = "[[page]]\nkey = \"first\"\ntitle.en = \"P\"\n\n[[page.question]]\nkey = \"remarks\"\nkind = \"text\"\ntext.en = \"And?\"\n".to_owned();
        if example.contains("\"recommend >") {
            asks.push_str("[[page.question]]\nkey = \"recommend\"\nkind = \"recommend\"\nscale = \"likelihood\"\ntext.en = \"R?\"\n");
        }
        if example.contains("[aspect.") {
            asks.push_str("[[page.question]]\nkey = \"delivery\"\nkind = \"rating\"\nscale = \"satisfaction\"\nmeasure = \"satisfaction\"\naspect = \"delivery\"\ntext.en = \"D?\"\n");
        }
        // Questions and pages come after what is asked above; what is said of the survey comes before.
        let at = if example.starts_with("[[page") { 0 } else { example.find("[[page]]").unwrap_or(example.len()) };
        let (before, after) = example.split_at(at);
        let used: String = scales
            .iter()
            .filter(|(name, _)| format!("{example}{asks}").contains(&format!("\"{name}\"")))
            .map(|(_, text)| text.as_str())
            .collect();
        let text = format!("{head}{languages}{before}\n{used}{asks}\n{after}");
        if let Err(error) = Definition::parse("example.toml", &text) {
            panic!("{text}\n{:?}", error.faults());
        }
        kinds.extend(parsing::KINDS.iter().filter(|kind| example.contains(&format!("kind = \"{kind}\""))));
    }
    assert_eq!(kinds.len(), parsing::KINDS.len(), "each kind has its example: {kinds:?}");
    assert!(!page.contains("```text"), "an example that nobody reads");
    for key in parsing::KIND_KEYS.iter().chain(parsing::KINDS) {
        assert!(page.contains(&format!("`{key}`")), "{key} is not explained");
    }
    let words = (SurveyKind::ALL.iter().map(|one| one.as_str()))
        .chain(ItemMeasure::ALL.iter().map(|one| one.as_str()))
        .chain(Polarity::ALL.iter().map(|one| one.as_str()))
        .chain(Reason::ALL.iter().map(|one| one.as_str()));
    for word in words {
        assert!(page.contains(&format!("`{word}`")), "{word} is not explained");
    }
    for kind in AccountKind::ALL {
        assert!(page.contains(&format!("`{}`", kind.as_str())), "{kind:?} is not explained");
    }
}
