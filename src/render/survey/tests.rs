use super::*;
use crate::domain::answer::Answers;
use crate::domain::answer::tests::generated::{definition, filled};
use crate::domain::survey::every_kind;
use crate::text::Catalogue;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

static CATALOGUE: LazyLock<Arc<Catalogue>> = LazyLock::new(|| Arc::new(Catalogue::load(None).unwrap()));

fn page(definition: &Definition, language: &Language, values: &[(String, String)], seed: u128) -> String {
    let look = Look::default();
    let site = Site {
        company: "Corvane & Sons",
        postal_address: None,
        privacy_url: None,
        css: "/c",
        first_js: "/1",
        js: "/j",
        flow_js: "/f",
        look: &look,
    };
    let reader = Reader::new(&CATALOGUE, language, chrono_tz::UTC);
    let variant = Variant { language: language.clone(), manager: false };
    let form = Form::build(definition, &variant, &site, &reader);
    form.write(&Fill { values, seed, ..Fill::default() })
}

/// What a browser would send if somebody pressed the button at once.
fn sent(page: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(plain(rest.split_once('"')?.0))
    };
    let mut fields = Vec::new();
    let mut selecting = String::new();
    for piece in page.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap();
        let tag = format!("{} ", tag.replace('\n', " "));
        let name = attribute(&tag, "name").unwrap_or_default();
        let value = attribute(&tag, "value").unwrap_or_default();
        match tag.split(' ').next().unwrap() {
            "input" => {
                let choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
                if !choice || tag.contains(" checked ") {
                    fields.push((name, value));
                }
            }
            "textarea" => fields.push((name, plain(text.strip_prefix('\n').unwrap_or(text)))),
            "select" => selecting = name,
            "option" if tag.contains(" selected ") => fields.push((selecting.clone(), value)),
            _ => {}
        }
    }
    fields.retain(|(name, value)| !name.starts_with('_') && !value.is_empty());
    fields.sort();
    fields
}

/// Escaped text as it is read.
fn plain(html: &str) -> String {
    let marks = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#x60;", "`"), ("&#x3D;", "=")];
    marks.iter().fold(html.to_owned(), |text, (from, to)| text.replace(from, to)).replace("&amp;", "&")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_page_of_any_survey_is_filled_in_with_what_was_kept(
        definition in definition(),
        numbers in prop::collection::vec(any::<u32>(), 6..12),
        words in "[a-c<&\"' ]{1,12}",
        seed in any::<u128>(),
    ) {
        let form = filled(&definition, &numbers, &words);
        // What fits is kept; of the rest only so much is known as was typed.
        let mut values = Answers::partial(&definition, &form).to_form();
        for language in [Language::english(), Language::chinese()] {
            let page = page(&definition, &language, &values, seed);
            values.sort();
            prop_assert_eq!(&sent(&page), &values);
            prop_assert!(!page.contains(EDGE) && !page.contains(PART), "every slot is filled");
        }
    }
}

#[test]
fn every_field_and_every_reference_of_a_page_is_there() {
    let whole = every_kind();
    for language in &whole.languages {
        let page = page(&whole, language, &[], 1);
        let ids: Vec<&str> = page.split(" id=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect();
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "no identifier is there twice");
        for name in ["for", "aria-describedby", "aria-labelledby"] {
            for rest in page.split(&format!(" {name}=\"")).skip(1) {
                for id in rest.split_once('"').unwrap().0.split(' ') {
                    assert!(unique.contains(id), "{name} names {id}");
                }
            }
        }
        for field in whole.questions().flat_map(crate::domain::survey::Question::fields) {
            assert!(page.contains(&format!(" name=\"{field}\"")), "{field}");
        }
        for text in [&whole.title].into_iter().chain(whole.questions().map(|question| &question.text)) {
            let words = escape(&fill(text.for_reader(language), "Corvane & Sons"));
            assert!(page.contains(&words), "{words}");
        }
    }
}

#[test]
fn each_person_has_an_order_of_choices_that_lasts() {
    let whole = every_kind();
    let order = |seed: u128| {
        let page = page(&whole, &Language::english(), &[], seed);
        let (_, rest) = page.split_once("id=\"q-role\"").unwrap();
        let (role, _) = rest.split_once("</fieldset>").unwrap();
        role.split(" value=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order(3), order(3));
    let orders: BTreeSet<Vec<String>> = (0..60).map(order).collect();
    assert_eq!(orders.len(), 6, "three choices move");
    for order in orders {
        assert_eq!(order[3..], ["other", ""], "own words, with their line, come last");
    }
}

#[test]
fn what_is_said_of_refused_answers_tells_what_to_do() {
    let whole = every_kind();
    let company = "Corvane";
    for language in &whole.languages {
        let reader = Reader::new(&CATALOGUE, language, chrono_tz::UTC);
        let refused = |fields: &[(&str, &str)]| {
            let form: Vec<(String, String)> = fields.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
            let rejected = Answers::parse(&whole, &form, language).unwrap_err();
            let fault = rejected.faults.iter().find(|fault| fault.place.to_string() != "recommend").unwrap();
            let question = whole.question(&fault.place.to_string()).unwrap();
            complaint(&reader, question, fault, language, company)
        };
        let chinese = language.is_chinese();
        let told = |fields: &[(&str, &str)], english: &str, chinese_text: &str| {
            assert_eq!(refused(fields).as_deref(), Some(if chinese { chinese_text } else { english }), "{fields:?}");
        };
        told(
            &[("wallet.us", "60")],
            "These add up to 60; together they have to make 100.",
            "目前合计为 60，合计应为 100。",
        );
        told(
            &[("channels", "none"), ("channels", "mail")],
            "“None of these” cannot stand together with other answers. Please choose one or the other.",
            "“都没有”不能与其他选项同时选择，请保留其中之一。",
        );
        told(
            &[("channels", "portal"), ("channels", "mail"), ("channels", "hotline")],
            "Please choose at most 2.",
            "最多可选 2 项。",
        );
        told(
            &[("priorities.price", "1")],
            "Please give places from 1 to 3, each once, and at least 2 of them.",
            "请在 1 至 3 名中选择，每个名次只用一次，至少选 2 项。",
        );
        told(
            &[("wait", "99")],
            "This lies outside of what is possible here: 0 to 72.",
            "超出了可填写的范围：0 至 72。",
        );
        told(&[("wait", "0.25")], "Please write a number in steps of 0.5.", "请填写以 0.5 为间隔的数字。");
        told(&[("call.name", "Jo")], "Please give your telephone number.", "请填写电话号码。");
        told(&[("easy", "9")], "Please choose a number from 1 to 7.", "请在 1 至 7 之间选择一个数字。");
        assert!(refused(&[("order", "x")]).unwrap().contains("AB-1234"));
        assert!(refused(&[("last_visit", "2001-01-01")]).unwrap().contains("2020"));
        assert_eq!(refused(&[("words", "a")]), None, "the fault says it well enough");
    }
}
