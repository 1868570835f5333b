//! How large things are that one taps, and what becomes of a page whose letters are twice as large.

use super::axe::{self, Colours, Size};
use super::waits;
use crate::browser::driver::{Browser, Device, Driver};
use crate::browser::kinds;
use crate::support::TestDb;
use serde_json::{Value, json};

/// What can be tapped and is less than so wide or high: a field is tapped on its label, too. Links within a
/// sentence are as high as the sentence (WCAG 2.5.8 lets them).
fn smaller_than(width: u32, height: u32) -> String {
    format!(
        "Array.from(document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) \
         .filter(e => !e.closest('.unseen') && e.getClientRects().length && getComputedStyle(e).visibility === 'visible') \
         .filter(e => !(e.matches('p a, li a') && getComputedStyle(e).display === 'inline')).map(e => {{ \
         const box = (e.closest('label') || e).getBoundingClientRect(); \
         return [Math.round(box.width), Math.round(box.height), e.outerHTML.slice(0, 120)] }}) \
         .filter(([w, h]) => w < {width} || h < {height})"
    )
}

async fn steps(browser: &Browser) -> u64 {
    browser.evaluate("document.querySelectorAll('form > .step').length").await.as_u64().unwrap()
}

async fn show(browser: &Browser, step: u64) {
    let script = format!(
        "document.querySelectorAll('form > .step').forEach((s, n) => s.classList.toggle('current', n === {step})); 0"
    );
    browser.evaluate(&script).await;
}

#[test]
fn what_is_tapped_is_large_enough() {
    let db = TestDb::sqlite();
    let (_scene, _served, link) = kinds::open(&db);
    let driver = Driver::start();
    waits(async {
        let phone = driver.open(Device::PHONE).await;
        phone.go(&link).await;
        phone.see(".step.current .q").await;
        let mut small = Vec::new();
        // 24 is what WCAG 2.5.8 asks for on the least screen; 44 is what fingers like.
        for (size, width, height) in [(Size::Phone, 44, 44), (Size::Narrow, 32, 44), (Size::Desk, 36, 44)] {
            axe::size(&phone, size).await;
            for step in 0..steps(&phone).await {
                show(&phone, step).await;
                let found = phone.evaluate(&smaller_than(width, height)).await;
                small.extend(found.as_array().unwrap().iter().map(|one| format!("{size:?}, step {step}: {one}")));
            }
        }
        assert!(small.is_empty(), "{small:#?}");
        phone.close().await;
    });
}

/// Sets every text twice as large as it is, as the setting of a browser for its letters alone does.
const TWICE: &str = "(() => { const all = Array.from(document.querySelectorAll('body, body *')).filter(e => !e.closest('svg')); \
    const sizes = all.map(e => parseFloat(getComputedStyle(e).fontSize)); \
    all.forEach((e, n) => { e.style.fontSize = sizes[n] * 2 + 'px' }); return all.length })()";

/// Boxes that cut off the text within them, and all that sticks out of the page to the side.
const CUT: &str = "(() => { const wide = document.documentElement.clientWidth; \
    return Array.from(document.querySelectorAll('body *')).filter(e => !e.closest('svg, .unseen, [hidden]') && \
    e.getClientRects().length && !e.matches('input, select, textarea')).filter(e => { const s = getComputedStyle(e); \
    const cuts = s.overflowX === 'hidden' || s.overflowX === 'clip'; \
    return (cuts && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)) || \
    e.getBoundingClientRect().right > wide + 1 }).map(e => e.outerHTML.slice(0, 160)) })()";

#[test]
fn letters_of_twice_the_size_are_read_without_scrolling_sideways() {
    let db = TestDb::sqlite();
    let (_scene, _served, link) = kinds::open(&db);
    let driver = Driver::start();
    waits(async {
        let desk = driver.open(Device::DESK).await;
        let mut cut: Vec<Value> = Vec::new();
        for language in ["en", "zh-CN"] {
            desk.go(&format!("{link}?lang={language}")).await;
            desk.see(".step.current .q").await;
            axe::colours(&desk, Colours::Light).await;
            axe::size(&desk, Size::Desk).await;
            assert!(desk.evaluate(TWICE).await.as_u64().unwrap() > 100);
            for step in 0..steps(&desk).await {
                show(&desk, step).await;
                let found = desk.evaluate(CUT).await;
                cut.extend(found.as_array().unwrap().iter().map(|one| json!([language, step, one])));
            }
        }
        assert!(cut.is_empty(), "{cut:#?}");
        desk.close().await;
    });
}
