//! The survey where no script runs: as some companies have their phones set.

use super::driver::{Device, Driver};
use crate::responses::{path, response_of, scene};
use crate::support::TestDb;
use crate::support::served::Served;
use bellwether::domain::token::Purpose;
use std::collections::BTreeMap;

#[test]
fn a_whole_survey_is_answered_on_a_phone_without_scripts() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "relationship");
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let phone = driver.open(Device { scripts: false, ..Device::PHONE }).await;
        phone.go(&link).await;
        // With scripts the page shows one step alone, and says so at its root.
        phone.wait_for("html:not(.paged) form button[type=submit]").await;
        phone.tap_choice("recommend", "2").await;
        phone.tap_and_write("#f-recommend_why", "Twice this autumn the truck came a week late.").await;
        for (question, score) in [
            ("delivery", "1"),
            ("product_quality", "3"),
            ("technical_advice", "2"),
            ("complaint_handling", "1"),
            ("account_manager", "2"),
            ("hotline", "na"),
            ("ordering", "1"),
        ] {
            phone.tap_choice(question, score).await;
        }
        phone.keep_plain("survey-no-scripts").await;
        // One question was passed over. The page comes back with all that was given.
        phone.tap("form button[type=submit]").await;
        phone.read("#wrong-overall", "Please choose a number from 1 to 5.").await;
        assert!(response_of(&scene, 0).is_none(), "nothing is kept yet");
        phone.wait_for("input[name=recommend][value=\"2\"]:checked").await;
        phone.wait_for("input[name=hotline][value=na]:checked").await;
        phone.read("#f-recommend_why", "Twice this autumn").await;
        phone.keep_plain("survey-no-scripts-wrong").await;
        // The summary on top leads to the question.
        phone.tap(".summary a[href='#q-overall']").await;
        phone.wait_for("#q-overall:target").await;
        phone.tap_choice("overall", "2").await;
        for (question, answer) in
            [("repurchase", "2"), ("cross_purchase", "1"), ("price_tolerance", "1"), ("competitor", "delivery")]
        {
            phone.tap_choice(question, answer).await;
        }
        phone.tap_and_write("#f-improve", "Tell us the day before.").await;
        phone.tap("form button[type=submit]").await;
        phone.read("h1", "Thank you").await;
        phone.keep_plain("survey-no-scripts-thanks").await;
        phone.close().await;
    });
    let kept = response_of(&scene, 0).expect("the response is kept");
    let form: BTreeMap<String, String> = kept.answers.to_form().into_iter().collect();
    for (question, answer) in [
        ("recommend", "2"),
        ("recommend_why", "Twice this autumn the truck came a week late."),
        ("overall", "2"),
        ("delivery", "1"),
        ("hotline", "na"),
        ("repurchase", "2"),
        ("competitor", "delivery"),
        ("improve", "Tell us the day before."),
    ] {
        assert_eq!(form.get(question).map(String::as_str), Some(answer), "{question}: {form:?}");
    }
}
