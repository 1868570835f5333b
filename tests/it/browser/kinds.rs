//! A question of each kind, answered on a phone: with scripts, which help, and without, where all works too.

use super::driver::{Device, Driver};
use crate::responses::{Scene, path, response_of, scene_of};
use crate::support::served::Served;
use crate::support::{TestDb, house};
use bellwether::domain::survey::Definition;
use bellwether::domain::token::Purpose;
use serde_json::{Value, json};

pub(crate) const EVERY_KIND: &str = include_str!("../../surveys/every_kind.toml");

pub(crate) const SCORES: [(&str, &str); 9] = [
    ("recommend", "9"),
    ("overall", "4"),
    ("visit", "na"),
    ("easy", "6"),
    ("manner", "2"),
    ("delivery", "5"),
    ("advice", "2"),
    ("distance", "7"),
    ("bureaucracy", "1"),
];

pub(crate) fn open(db: &TestDb) -> (Scene, Served, String) {
    let scene = scene_of(house(db), db, 1, Definition::parse("every_kind.toml", EVERY_KIND).unwrap());
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    (scene, served, link)
}

/// What must have been kept, whichever way it was given.
pub(crate) fn assert_kept(scene: &Scene) {
    let kept = response_of(scene, 0).expect("the response is kept");
    let mut expected = json!({
        "role": { "choice": "other" },
        "role.other": { "text": "I pay" },
        "channels": { "choices": ["hotline"] },
        "priorities": { "ranking": ["service", "price"] },
        "wallet": { "shares": { "us": 60, "largest": 0, "rest": 40 } },
        "solved": { "choice": "no" },
        "wait": { "number": 1500 },
        "last_visit": { "date": "2026-03-09" },
        "order": { "line": "AB-1234" },
        "words": { "text": "Late." },
        "call": { "contact": { "name": "Jo Berg", "telephone": "+47 22 12 34" } },
        "agree": { "consent": {
            "version": 2,
            "words": "{company} may call me about these answers. I can take this back at any time.",
        } },
    });
    for (question, score) in SCORES {
        expected[question] = score.parse::<i64>().map_or(json!("not_applicable"), |score| json!({ "score": score }));
    }
    let kept: Value = serde_json::to_value(&kept.answers).unwrap();
    assert_eq!(kept, expected);
}

#[test]
fn every_kind_of_question_is_answered_on_a_phone() {
    let db = TestDb::sqlite();
    let (scene, _served, link) = open(&db);
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let phone = driver.open(Device::PHONE).await;
        phone.go(&link).await;
        phone.read(".step.current .info", "There are no wrong answers.").await;
        for (question, score) in SCORES {
            phone.choose(question, score).await;
        }
        phone.keep("kinds-1").await;
        phone.click(".step.current [data-go=next]").await;
        phone.read(".step.current .steps", "Step 2").await;

        phone.write("input[name='role.other']", "I pay").await;
        assert!(phone.is_chosen("role", "other").await, "who writes on the line has chosen it");
        phone.choose("channels", "mail").await;
        phone.choose("channels", "none").await;
        assert!(!phone.is_chosen("channels", "mail").await, "“none” takes the others away");
        phone.choose("channels", "hotline").await;
        assert!(!phone.is_chosen("channels", "none").await, "and each of the others takes it away");

        // A tap on a choice gives it the next place; another takes it away, and those behind move up.
        for choice in ["delivery", "service", "price"] {
            phone.click(&format!("label[for='f-priorities.{choice}']")).await;
        }
        phone.see("select[name='priorities.price'] option[value='3']:checked").await;
        phone.click("label[for='f-priorities.delivery']").await;
        phone.see("select[name='priorities.service'] option[value='1']:checked").await;
        phone.see("select[name='priorities.price'] option[value='2']:checked").await;
        // A place that is selected anew is exchanged with who had it.
        phone.select("select[name='priorities.price']", "1").await;
        phone.see("select[name='priorities.service'] option[value='2']:checked").await;
        phone.select("select[name='priorities.service']", "1").await;

        phone.write("input[name='wallet.us']", "60").await;
        phone.read(".sum", "60 of 100").await;
        phone.write("input[name='wallet.rest']", "40").await;
        phone.read(".sum", "100 of 100").await;
        phone.choose("solved", "no").await;
        phone.keep("kinds-2").await;
        phone.click(".step.current [data-go=next]").await;
        phone.read(".step.current .steps", "Step 3").await;

        phone.write("#f-wait", "1,5").await;
        phone.pick("#f-last_visit", "2026-03-09").await;
        phone.write("#f-order", "1234").await;
        phone.write("#f-words", "Late.").await;
        phone.write("input[name='call.name']", "Jo Berg").await;
        phone.choose("agree", "yes").await;
        phone.click(".step.current button[type=submit]").await;
        phone.read("#wrong-order", "such as AB-1234").await;
        phone.read("#wrong-call", "Please give your telephone number.").await;
        phone.keep("kinds-3-wrong").await;
        assert!(response_of(&scene, 0).is_none(), "nothing is kept yet");
        phone.pick("#f-order", "AB-1234").await;
        phone.write("input[name='call.telephone']", "+47 22 12 34").await;
        phone.click(".step.current button[type=submit]").await;
        phone.read("h1", "Thank you").await;
        for words in [
            "1. Service, 2. Price",
            "Bellwether: 60, All others: 40",
            "1.5 hours",
            "9 March 2026",
            "Jo Berg",
            "agreed",
            "No, not yet",
        ] {
            phone.read(".said", words).await;
        }
        phone.keep("kinds-thanks").await;
        assert_kept(&scene);

        // What was said is filled in to be changed, in Chinese as well.
        phone.click("a[href*='change=1']").await;
        phone.see(".step.current [data-go=next]").await;
        phone.click("a.lang").await;
        phone.read(".step.current .info", "填写之前").await;
        assert!(phone.is_chosen("distance", "7").await);
        phone.keep("kinds-1-zh").await;
        phone.click(".step.current [data-go=next]").await;
        phone.see("select[name='priorities.service'] option[value='1']:checked").await;
        phone.read(".sum", "已分配 100，共 100").await;
        phone.keep("kinds-2-zh").await;
        phone.click(".step.current [data-go=next]").await;
        phone.keep("kinds-3-zh").await;
        phone.close().await;

        let desk = driver.open(Device::DESK).await;
        desk.go(&format!("{link}?change=1")).await;
        desk.keep("kinds-1").await;
        desk.click(".step.current [data-go=next]").await;
        desk.keep("kinds-2").await;
        desk.click(".step.current [data-go=next]").await;
        desk.keep("kinds-3").await;
        desk.close().await;
    });
}

#[test]
fn every_kind_of_question_is_answered_without_scripts() {
    let db = TestDb::sqlite();
    let (scene, _served, link) = open(&db);
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let phone = driver.open(Device { scripts: false, ..Device::PHONE }).await;
        phone.go(&link).await;
        phone.wait_for("html:not(.paged) form button[type=submit]").await;
        for (question, score) in SCORES {
            phone.tap_choice(question, score).await;
        }
        phone.tap_and_write("input[name='role.other']", "I pay").await;
        phone.tap_choice("channels", "hotline").await;
        phone.tap_choice("channels", "none").await;
        // Without the script, a place may be given twice, and a sum may be off: the page comes back and says so.
        phone.press_keys("select[name='priorities.service']", "1").await;
        phone.press_keys("select[name='priorities.price']", "1").await;
        phone.tap_and_write("input[name='wallet.us']", "60").await;
        phone.tap_choice("solved", "no").await;
        phone.tap_and_write("#f-wait", "1,5").await;
        phone.press_keys("#f-last_visit", "03092026").await;
        phone.tap_and_write("#f-order", "AB-1234").await;
        phone.tap_and_write("#f-words", "Late.").await;
        phone.tap_and_write("input[name='call.name']", "Jo Berg").await;
        phone.tap_and_write("input[name='call.telephone']", "+47 22 12 34").await;
        phone.tap_choice("agree", "yes").await;
        phone.keep_plain("kinds-no-scripts").await;
        phone.tap("form button[type=submit]").await;
        phone.read("#wrong-wallet", "These add up to 60; together they have to make 100.").await;
        phone.read("#wrong-channels", "cannot stand together with other answers").await;
        phone.read("#wrong-priorities", "each once").await;
        assert!(response_of(&scene, 0).is_none(), "nothing is kept yet");
        phone.wait_for("select[name='priorities.service'] option[value='1'][selected]").await;
        phone.wait_for("input[name='last_visit'][value='2026-03-09']").await;
        phone.keep_plain("kinds-no-scripts-wrong").await;
        phone.tap("label:has(input[name=channels][value=none])").await;
        phone.press_keys("select[name='priorities.price']", "2").await;
        phone.tap_and_write("input[name='wallet.rest']", "40").await;
        phone.tap("form button[type=submit]").await;
        phone.read("h1", "Thank you").await;
        phone.close().await;
    });
    assert_kept(&scene);
}
