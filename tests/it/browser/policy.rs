//! No page breaks its own content security policy: the browser would say so.

use super::driver::{Browser, Device, Driver};
use crate::permissions::{fill, scene};
use crate::support::TestDb;
use crate::support::served::Served;
use bellwether::domain::permission::Reach;
use bellwether::store::letters;
use bellwether::web::routes::{Access, table};
use serde_json::json;

/// What is no page: a file to be taken along.
const FILES: [&str; 1] = ["/waves/{id}/people.csv"];

async fn complaints(browser: &Browser) -> Vec<String> {
    browser.complaints().await.into_iter().filter(|text| text.contains("Content Security Policy")).collect()
}

#[test]
fn no_page_breaks_its_policy() {
    let db = TestDb::sqlite();
    let scene = scene(&db);
    let served = Served::start(&scene.house);
    let origin = format!("http://{}", served.client.address);
    let admin = &scene.people["administrator"];
    let mut paths = vec!["/sign-in".to_owned(), "/nowhere".into(), "/r/damaged".into()];
    for route in table().into_iter().filter(|r| r.method == "GET" && matches!(r.access, Access::Signed(_))) {
        if !FILES.contains(&route.path) {
            paths.push(fill(&route, &scene.theirs, admin).0);
        }
    }
    // The customer's pages, as the mail leads to them.
    let letters = scene.house.db.read(|conn| letters::list(conn, &Reach::All, None, 0, 1)).unwrap().0;
    let letter =
        scene.house.db.read(|conn| letters::find(conn, &Reach::All, letters[0].account, letters[0].id)).unwrap();
    for part in ["/r/", "/u/"] {
        let at = letter.text.find(part).unwrap_or_else(|| panic!("{part} in {}", letter.text));
        paths.push(letter.text[at..].split(|c: char| c.is_whitespace() || c == '>').next().unwrap().to_owned());
    }
    assert!(paths.len() >= 28, "{paths:#?}");
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let desk = driver.open(Device::DESK).await;
        desk.go(&format!("{origin}/sign-in")).await;
        let cookie = json!({ "name": "bw_session", "value": format!("session-of-{}", admin.id), "url": origin });
        desk.ask("Network.setCookie", cookie).await;
        let mut found = Vec::new();
        for path in &paths {
            desk.go(&format!("{origin}{path}")).await;
            // Styled by what the policy lets through: the text is not the browser's own serif.
            if !path.ends_with("/html") && !path.contains("/mail/") {
                let font = desk.run("return getComputedStyle(document.body).fontFamily").await;
                assert!(!font.as_str().unwrap().starts_with("\"Times"), "{path} has no style: {font}");
            }
            found.extend(complaints(&desk).await.into_iter().map(|text| format!("{path}: {text}")));
        }
        assert!(found.is_empty(), "{found:#?}");

        // A refused form comes back, with the caret in the field that is wrong, and says it there.
        desk.go(&format!("{origin}/me")).await;
        desk.run("document.getElementById('zone').value = ''").await;
        desk.write("#zone", "Mars/Olympus").await;
        desk.click("main form button[type=submit]").await;
        desk.read("#wrong-zone", "“Mars/Olympus” does not have the form expected here.").await;
        assert_eq!(desk.run("return document.activeElement.id").await, "zone");
        assert_eq!(desk.run("return document.getElementById('zone').value").await, "Mars/Olympus");
        desk.keep("me-refused").await;
        assert_eq!(complaints(&desk).await, Vec::<String>::new());

        // The browser does complain where there is a reason.
        desk.run("document.body.setAttribute('style', 'color: red')").await;
        assert_eq!(complaints(&desk).await.len(), 1);
        desk.close().await;
    });
}
