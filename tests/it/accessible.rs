//! Can everybody use the pages? What the customers see is looked at by axe-core in all colours and sizes,
//! answered by keyboard alone, and measured.

pub mod axe;
mod keyboard;
mod sizes;
mod themes;

use crate::browser::driver::{Browser, Device, Driver};
use crate::browser::kinds;
use crate::permissions;
use crate::responses::{path, scene_of};
use crate::support::served::Served;
use crate::support::{TestDb, house};
use axe::{Colours, Size, barriers};
use bellwether::domain::permission::Reach;
use bellwether::domain::survey::Definition;
use bellwether::domain::token::Purpose;
use bellwether::store::letters;
use bellwether::web::routes::{Access, table};
use serde_json::json;

const BRANCHING: &str = include_str!("../surveys/branching.toml");

pub fn waits<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn assert_none(found: Vec<String>) {
    assert!(found.is_empty(), "{} barriers:\n{}", found.len(), found.join("\n\n"));
}

async fn everywhere(browser: &Browser, name: &str) -> Vec<String> {
    // Where things stand hangs on the size, what they look like on the colours as well; on a desk zoomed in and
    // on the narrowest screen nothing takes another colour than on a phone.
    let mut found = barriers(browser, name, &Colours::ALL, &[Size::Phone, Size::Desk]).await;
    found.extend(barriers(browser, name, &[Colours::Light], &[Size::Narrow, Size::Zoomed]).await);
    found
}

/// For people to look at: every kind on a phone and on a desk, in all colours.
async fn pictures(browser: &Browser, name: &str) {
    for (size, wide) in [(Size::Phone, "390"), (Size::Desk, "1280")] {
        axe::size(browser, size).await;
        for colours in Colours::ALL {
            axe::colours(browser, colours).await;
            browser.keep_view(&format!("{name}-{wide}-{colours:?}")).await;
        }
    }
}

#[test]
fn no_barrier_stands_before_a_customer() {
    let db = TestDb::sqlite();
    let (scene, _served, link) = kinds::open(&db);
    let driver = Driver::start();
    waits(async {
        let desk = driver.open(Device::DESK).await;
        let mut found = Vec::new();
        for language in ["en", "zh-CN"] {
            desk.go(&format!("{link}?lang={language}")).await;
            for step in 1..=3 {
                desk.see(".step.current .q").await;
                pictures(&desk, &format!("kinds-{step}-{language}")).await;
                found.extend(everywhere(&desk, &format!("every kind, {language}, step {step}")).await);
                if step == 1 {
                    desk.choose("recommend", "9").await;
                    desk.choose("overall", "4").await;
                    desk.choose("visit", "na").await;
                    found.extend(barriers(&desk, "with answers", &Colours::ALL, &[Size::Phone]).await);
                }
                if step < 3 {
                    desk.click(".step.current [data-go=next]").await;
                }
            }
            // Without scripts all stands on one page.
            desk.run("document.documentElement.classList.remove('paged')").await;
            found.extend(everywhere(&desk, &format!("every kind, {language}, on one page")).await);
            desk.run("document.documentElement.classList.add('paged')").await;
        }

        // Refused answers, by the script and by the server.
        desk.go(&link).await;
        desk.click(".step.current [data-go=next]").await;
        desk.see("#wrong-recommend").await;
        found.extend(everywhere(&desk, "an answer is missing").await);
        desk.choose("recommend", "9").await;
        desk.click(".step.current [data-go=next]").await;
        desk.write("input[name='wallet.us']", "60").await;
        desk.click(".step.current [data-go=next]").await;
        desk.write("#f-order", "1234").await;
        desk.click(".step.current button[type=submit]").await;
        desk.see("#wrong-wallet").await;
        found.extend(everywhere(&desk, "shares are refused").await);
        desk.run("for (const f of document.querySelectorAll('[name^=wallet]')) f.value = ''").await;
        desk.click(".step.current [data-go=next]").await;
        desk.see("#wrong-order").await;
        found.extend(everywhere(&desk, "a line is refused").await);
        desk.pick("#f-order", "AB-1234").await;
        desk.click(".step.current button[type=submit]").await;
        desk.read("h1", "Thank you").await;
        found.extend(everywhere(&desk, "thanks").await);
        desk.go(&link).await;
        desk.see(".said").await;
        found.extend(everywhere(&desk, "answered already").await);
        desk.go(&format!("{}{}", origin(&link), path(&scene, 0, Purpose::Private))).await;
        desk.see("h1").await;
        found.extend(everywhere(&desk, "the private page").await);
        let unsubscribe = format!("{}{}", origin(&link), path(&scene, 0, Purpose::Unsubscribe));
        desk.go(&unsubscribe).await;
        found.extend(everywhere(&desk, "stopping the mails").await);
        desk.click("main button[type=submit]").await;
        desk.see(".done").await;
        found.extend(everywhere(&desk, "mails are stopped").await);
        desk.go(&format!("{}/r/damaged", origin(&link))).await;
        found.extend(everywhere(&desk, "a damaged link").await);
        assert_none(found);
        desk.close().await;
    });
}

fn origin(link: &str) -> &str {
    link.split("/r/").next().unwrap()
}

#[test]
fn no_barrier_stands_in_a_survey_that_branches() {
    let db = TestDb::sqlite();
    let scene = scene_of(house(&db), &db, 2, Definition::parse("branching.toml", BRANCHING).unwrap());
    let served = Served::start(&scene.app);
    let at = |n: usize| format!("http://{}{}", served.client.address, path(&scene, n, Purpose::Answer));
    let driver = Driver::start();
    waits(async {
        let desk = driver.open(Device::DESK).await;
        desk.go(&at(0)).await;
        let mut found = everywhere(&desk, "branching, step 1").await;
        desk.choose("recommend", "3").await;
        desk.see("[data-q=reasons]").await;
        found.extend(everywhere(&desk, "branching, more is asked").await);
        desk.click(".step.current [data-go=next]").await;
        found.extend(everywhere(&desk, "branching, step 2").await);
        while desk.run("return document.querySelector('.step.last.current') === null").await == json!(true) {
            desk.click(".step.current [data-go=next]").await;
        }
        found.extend(everywhere(&desk, "branching, all is asked").await);
        // A survey whose time is over.
        scene.clock.advance(chrono::Duration::days(60));
        desk.go(&at(1)).await;
        found.extend(everywhere(&desk, "the survey is over").await);
        assert_none(found);
        desk.close().await;
    });
}

/// What is no page of the console: a file to be taken along, the mail in its frame, and a letter's own HTML.
const NO_PAGES: [&str; 3] =
    ["/waves/{id}/people.csv", "/waves/{id}/mail/{language}", "/mailbox/{account}/{letter}/html"];

#[test]
fn no_barrier_stands_in_the_console() {
    let db = TestDb::sqlite();
    let scene = permissions::scene(&db);
    let served = Served::start(&scene.house);
    let origin = format!("http://{}", served.client.address);
    let admin = &scene.people["administrator"];
    let mut paths = vec!["/sign-in".to_owned(), "/nowhere".into()];
    for route in table().into_iter().filter(|r| r.method == "GET" && matches!(r.access, Access::Signed(_))) {
        if !NO_PAGES.contains(&route.path) {
            paths.push(permissions::fill(&route, &scene.theirs, admin).0);
        }
    }
    assert!(scene.house.db.read(|conn| letters::list(conn, &Reach::All, None, 0, 1)).unwrap().1 > 0);
    let driver = Driver::start();
    waits(async {
        let desk = driver.open(Device::DESK).await;
        desk.go(&format!("{origin}/sign-in")).await;
        let cookie = json!({ "name": "bw_session", "value": format!("session-of-{}", admin.id), "url": origin });
        desk.ask("Network.setCookie", cookie).await;
        let mut found = Vec::new();
        for path in &paths {
            desk.go(&format!("{origin}{path}")).await;
            found.extend(barriers(&desk, path, &Colours::ALL, &[Size::Desk]).await);
            found.extend(barriers(&desk, path, &[Colours::Light], &[Size::Zoomed, Size::Phone, Size::Narrow]).await);
        }
        assert_none(found);
        desk.close().await;
    });
}
