//! A survey in Arabic: the page runs from right to left, and what we say in English within it does not.

use super::driver::{Browser, Device, Driver};
use crate::responses::{path, response_of, scene_of};
use crate::support::served::Served;
use crate::support::{TestDb, house};
use bellwether::domain::survey::Definition;
use bellwether::domain::token::Purpose;
use serde_json::{Value, json};

const SURVEY: &str = include_str!("../../surveys/right_to_left.toml");

/// The left and the right edge of what is drawn of an element's words, or of the element.
async fn edges(browser: &Browser, css: &str) -> (f64, f64) {
    let script = "const range = document.createRange(); range.selectNodeContents(document.querySelector('CSS')); \
                  const box = range.getBoundingClientRect(); return [box.left, box.right]";
    let found: Value = browser.run(&script.replace("CSS", &css.replace('\'', "\\'"))).await;
    (found[0].as_f64().unwrap(), found[1].as_f64().unwrap())
}

#[test]
fn a_survey_in_arabic_runs_from_right_to_left() {
    let definition = Definition::parse("right_to_left.toml", SURVEY).expect("such languages are taken");
    let db = TestDb::sqlite();
    let scene = scene_of(house(&db), &db, 2, definition);
    let served = Served::start(&scene.app);
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        for (device, width) in [(Device::DESK, 1440.0), (Device::PHONE, 390.0)] {
            // Each has a link of its own: what one fills in would be there for the other.
            let n = usize::from(!device.phone);
            let link = format!("http://{}{}?lang=ar", served.client.address, path(&scene, n, Purpose::Answer));
            let browser = driver.open(device).await;
            browser.go(&link).await;
            browser.wait_for("html[lang=ar][dir=rtl].paged").await;
            browser.keep("right-to-left-1").await;
            let middle = width / 2.0;
            let (zero, ten) = (
                edges(&browser, "label:has([value=\"0\"]) span").await,
                edges(&browser, "label:has([value=\"10\"]) span").await,
            );
            let (low, high) = (edges(&browser, ".low-end").await, edges(&browser, ".high-end").await);
            assert!(zero.0 > middle && low.1 > middle && high.0 < middle, "{zero:?} {low:?} {high:?}");
            if !device.phone {
                assert!(ten.1 < middle, "{ten:?}");
                assert!((low.1 - high.0) > 500.0, "each word stands at its own end");
            }
            // The text of a question begins at the right; its field writes from there.
            let title = edges(&browser, "#q-recommend legend").await;
            assert!(title.1 > width - if device.phone { 40.0 } else { 420.0 }, "{title:?}");
            assert_eq!(
                browser.run("return getComputedStyle(document.getElementById('f-why')).direction").await,
                json!("rtl")
            );
            // Our own words are English, said to be, and run from left to right.
            browser.wait_for(".step.current [data-go=next] > bdi[lang=en][dir=ltr]").await;
            browser.wait_for(".survey-foot p > bdi[lang=en][dir=ltr]").await;
            browser.click(".step.current [data-go=next]").await;
            browser.read("#wrong-recommend span[lang=en]", "Please choose a number from 0 to 10.").await;
            browser.choose("recommend", "9").await;
            browser.click(".step.current [data-go=next]").await;
            let one = edges(&browser, "#q-delivery label:has([value=\"1\"]) span").await;
            let five = edges(&browser, "#q-delivery label:has([value=\"5\"]) span").await;
            let words = edges(&browser, "#q-delivery legend").await;
            assert!(one.0 > five.1, "{one:?} {five:?}");
            assert!(words.1 >= one.1, "the words stand before their points: {words:?} {one:?}");
            let (dot, choice) = (
                "const box = document.querySelector('CSS').getBoundingClientRect(); return box.left",
                "#q-channel .choice span",
            );
            let dot = browser.run(&dot.replace("CSS", "#q-channel .choice input")).await.as_f64().unwrap();
            assert!(dot > edges(&browser, choice).await.1, "the button stands to the right of its words");
            browser.keep("right-to-left-2").await;
            if device.phone {
                browser.click(".step.current button[type=submit]").await;
                browser.read("h1", "Thank you").await;
                browser.wait_for("html[dir=rtl] main[lang=en][dir=ltr] p[lang=ar][dir=rtl]").await;
                browser.keep("right-to-left-thanks").await;
            }
            browser.close().await;
        }
    });
    assert_eq!(response_of(&scene, 0).unwrap().answers.score("recommend"), Some(9));
}
