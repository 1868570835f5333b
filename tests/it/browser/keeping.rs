//! What one fills in on a phone is there again on a desk, and what is sent in a tunnel arrives when the net
//! is back: once.

use super::driver::{Browser, Device, Driver};
use crate::responses::{Scene, path, response_of, scene};
use crate::support::TestDb;
use crate::support::served::Served;
use bellwether::domain::token::Purpose;
use bellwether::store::{responses as stored, visits};
use serde_json::json;
use std::time::Duration;

fn walk(steps: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(steps);
}

/// Waits until the service has kept so many answers.
async fn kept(scene: &Scene, count: usize) -> visits::Provisional {
    let token = scene.tokens[0];
    for _ in 0..100 {
        scene.app.witness.settle();
        let found = scene.app.db.read(|conn| visits::provisional(conn, token.account_id, token.invitation_id)).unwrap();
        if let Some(found) = found.filter(|found| found.typed.len() == count) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{count} answers were not kept");
}

/// Takes the net away, or gives it back.
async fn offline(browser: &Browser, away: bool) {
    browser.ask("Network.enable", json!({})).await;
    let with = json!({ "offline": away, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    browser.ask("Network.emulateNetworkConditions", with).await;
}

async fn stored_here(browser: &Browser) -> bool {
    browser.run("return localStorage.length > 0").await == json!(true)
}

#[test]
fn another_device_goes_on() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "relationship");
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    let driver = Driver::start();
    walk(async {
        let phone = driver.open(Device::PHONE).await;
        phone.go(&link).await;
        phone.choose("recommend", "2").await;
        kept(&scene, 1).await;
        phone.write("#f-recommend_why", "Twice this autumn").await;
        phone.click(".step.current [data-go=next]").await;
        phone.choose("delivery", "1").await;
        let found = kept(&scene, 3).await;
        assert_eq!(found.answers.text("recommend_why"), Some("Twice this autumn"));
        for _ in 0..50 {
            if !stored_here(&phone).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(!stored_here(&phone).await, "what the service has, the phone need not keep");

        let desk = driver.open(Device::DESK).await;
        desk.go(&link).await;
        desk.read(".kept", "We have kept what you filled in on 22 November 2026.").await;
        desk.read(".step.current .steps", "Step 2").await;
        assert!(desk.is_chosen("delivery", "1").await && desk.is_chosen("recommend", "2").await);
        desk.keep("kept").await;
        desk.choose("overall", "3").await;
        // Gone before anything was told: the page tells it as it goes.
        desk.go("about:blank").await;
        kept(&scene, 4).await;
        phone.go(&link).await;
        assert!(phone.is_chosen("overall", "3").await);
        phone.keep("kept").await;
        phone.click(".kept button").await;
        phone.arrive("the survey from its beginning", |p| p.contains("lang=en")).await;
        phone.see(".step.current #q-recommend").await;
        assert!(!phone.is_chosen("recommend", "2").await && !phone.has(".kept:not([hidden])").await);
        assert!(!stored_here(&phone).await);
        phone.close().await;
        desk.close().await;
    });
    assert!(response_of(&scene, 0).is_none());
}

#[test]
fn what_is_sent_in_a_tunnel_arrives_once() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "short");
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    let driver = Driver::start();
    walk(async {
        let phone = driver.open(Device::PHONE).await;
        phone.go(&link).await;
        phone.choose("recommend", "9").await;
        kept(&scene, 1).await;
        offline(&phone, true).await;
        phone.choose("overall", "4").await;
        phone.click("form button[type=submit]").await;
        phone.read(".waits", "They are kept on this device and are sent by themselves").await;
        phone.keep("waits").await;
        assert!(stored_here(&phone).await);
        // Somebody looks over it once more, and sends it again: still away.
        phone.click("[data-wait=back]").await;
        assert!(phone.is_chosen("overall", "4").await);
        phone.choose("overall", "5").await;
        phone.click("form button[type=submit]").await;
        phone.read(".waits", "Your answers are not lost.").await;
        assert!(response_of(&scene, 0).is_none());
        offline(&phone, false).await;
        phone.read("h1", "Thank you").await;
        assert!(!stored_here(&phone).await, "what is sent is kept here no longer");

        // A change, sent in a tunnel; the tab is closed there.
        phone.click("a[href*='change=1']").await;
        phone.choose("overall", "2").await;
        offline(&phone, true).await;
        phone.click("form button[type=submit]").await;
        phone.read(".waits", "Your answers are not lost.").await;
        phone.go("about:blank").await;
        offline(&phone, false).await;
        phone.go(&link).await;
        for _ in 0..100 {
            if response_of(&scene, 0).is_some_and(|response| response.answers.score("overall") == Some(2)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        phone.read("h1", "Thank you").await;
        phone.read(".said", "2").await;
        for _ in 0..100 {
            if !stored_here(&phone).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(!stored_here(&phone).await);
        phone.go(&link).await;
        phone.read("h1", "Thank you").await;
        phone.close().await;
    });
    let response = response_of(&scene, 0).unwrap();
    assert_eq!((response.answers.score("overall"), response.revision), (Some(2), 2));
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 1);
}

#[test]
fn the_device_alone_remembers_before_the_service_may() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "short");
    let token = scene.tokens[0];
    let find = |conn: &mut bellwether::store::Conn| {
        bellwether::store::invitations::find(conn, token.account_id, token.invitation_id)
    };
    // In the first minutes after the mail nothing is told before the button is pressed.
    scene.clock.set(scene.app.db.read(find).unwrap().delivered_at.unwrap() + chrono::Duration::minutes(1));
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    let driver = Driver::start();
    walk(async {
        let phone = driver.open(Device::PHONE).await;
        phone.go(&link).await;
        phone.choose("recommend", "6").await;
        phone.write("#f-why", "Half a sentence").await;
        phone.go("about:blank").await;
        phone.go(&format!("{link}?s=9")).await;
        phone.read(".kept", "What you had filled in on this device is here again.").await;
        assert!(phone.is_chosen("recommend", "6").await, "what was chosen here holds against the mail");
        assert!(!phone.has(".note.prefilled:not([hidden])").await);
        assert_eq!(phone.run("return document.getElementById('f-why').value").await, json!("Half a sentence"));
        // The page without its script is one long page, and sends itself.
        phone.close().await;
    });
    scene.app.witness.settle();
    let found = scene.app.db.read(|conn| visits::provisional(conn, token.account_id, token.invitation_id)).unwrap();
    assert_eq!(found, None);
}

#[test]
fn a_script_that_does_not_come_leaves_one_long_page() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "relationship");
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    let driver = Driver::start();
    walk(async {
        let desk = driver.open(Device::DESK).await;
        desk.ask("Network.enable", json!({})).await;
        desk.ask("Network.setBlockedURLs", json!({ "urls": ["*/assets/survey.*.js"] })).await;
        desk.go(&link).await;
        desk.wait_for("html:not(.paged) form button[type=submit]").await;
        desk.see("#q-competitor").await;
        assert!(
            !desk
                .run("return getComputedStyle(document.querySelector('[data-go]')).display")
                .await
                .as_str()
                .unwrap()
                .contains("flex")
        );
        desk.ask("Network.setBlockedURLs", json!({ "urls": [] })).await;
        desk.go(&link).await;
        desk.wait_for("html.paged").await;
        // The first thing that is painted is one step, not the long page: nothing moves afterwards.
        let moved = "return performance.getEntriesByType('layout-shift').reduce((all, one) => all + one.value, 0)";
        assert_eq!(desk.run(moved).await, json!(0));
        desk.close().await;
    });
}
