//! A browser that runs scripts and before which nobody sits: it leaves nothing behind, until somebody does.

use super::driver::{Device, Driver};
use crate::responses::{path, response_of, scene};
use crate::support::TestDb;
use crate::support::served::Served;
use crate::visits::delivered;
use bellwether::domain::answer::quality::Flag;
use bellwether::domain::token::Purpose;
use bellwether::store::visits;
use std::time::Duration;

#[test]
fn what_is_preselected_is_begun_by_a_hand_alone() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "short");
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}?s=9", served.client.address, path(&scene, 0, Purpose::Answer));
    let token = scene.tokens[0];
    let begun = || {
        scene.app.witness.settle();
        scene.app.db.read(|conn| visits::provisional(conn, token.account_id, token.invitation_id)).unwrap()
    };
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let desk = driver.open(Device::DESK).await;
        desk.go(&link).await;
        desk.wait_for("html.paged form[data-begin] input[name=_sign][value=none]").await;
        // What a scanner's script may do: it chooses, makes events of its own, and waits.
        desk.run(
            "const choice = document.querySelector('input[name=overall]'); choice.click(); \
             for (const type of ['pointermove', 'pointerdown', 'keydown', 'touchstart']) \
               window.dispatchEvent(new Event(type, { bubbles: true })); return null",
        )
        .await;
        tokio::time::sleep(Duration::from_millis(800)).await;
        desk.wait_for("input[name=_sign][value=none]").await;
        assert_eq!(begun(), None, "nobody was there");
        // A hand.
        desk.choose("overall", "4").await;
        desk.wait_for("input[name=_sign]:not([value=none])").await;
        let mut found = None;
        for _ in 0..40 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            found = begun();
            if found.is_some() {
                break;
            }
        }
        let found = found.expect("what was begun is taken down");
        assert_eq!((found.answers.score("recommend"), found.fate), (Some(9), visits::Fate::Waiting));
        assert!(response_of(&scene, 0).is_none(), "it is no response");
        desk.click("form button[type=submit]").await;
        desk.read("h1", "Thank you").await;
        desk.close().await;
    });
    let kept = response_of(&scene, 0).expect("the response is kept");
    assert_eq!(kept.answers.score("recommend"), Some(9));
    assert!(!kept.flags.contains(&Flag::NoSign), "{:?}", kept.flags);
}

#[test]
fn a_scanner_with_a_browser_is_early_and_the_person_comes_later() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "short");
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    let token = scene.tokens[0];
    let begun = || {
        scene.app.witness.settle();
        scene.app.db.read(|conn| visits::provisional(conn, token.account_id, token.invitation_id)).unwrap()
    };
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let desk = driver.open(Device::DESK).await;
        // 22 seconds after the mail was accepted: scripts run, nobody moves, and the worst score is opened.
        scene.clock.set(delivered(&scene, 0) + chrono::Duration::seconds(22));
        desk.go(&format!("{link}?s=0")).await;
        desk.wait_for("html.paged input[name=recommend][value='0']:checked").await;
        desk.wait_for("form:not([data-begin])").await;
        // Even a hand that it moves begins nothing so early.
        desk.choose("overall", "1").await;
        tokio::time::sleep(Duration::from_millis(800)).await;
        assert!(begun().is_none() && response_of(&scene, 0).is_none());
        desk.close().await;
        // Four minutes later the person.
        scene.clock.set(scene.app.now() + chrono::Duration::minutes(4));
        let desk = driver.open(Device::DESK).await;
        desk.go(&format!("{link}?s=9")).await;
        desk.wait_for("input[name=recommend][value='9']:checked").await;
        desk.choose("overall", "4").await;
        desk.click("form button[type=submit]").await;
        desk.read("h1", "Thank you").await;
        desk.close().await;
    });
    let kept = response_of(&scene, 0).expect("the response is kept");
    assert_eq!((kept.answers.score("recommend"), kept.answers.score("overall")), (Some(9), Some(4)));
    assert!(!kept.flags.contains(&Flag::NoSign), "{:?}", kept.flags);
}
