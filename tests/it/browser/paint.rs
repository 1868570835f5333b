//! How soon something is seen on a slow line, on a slow phone.

use super::driver::{Device, Driver};
use crate::responses::{path, scene};
use crate::support::TestDb;
use crate::support::served::Served;
use bellwether::domain::token::Purpose;
use serde_json::json;

const MEASURED: &str = "
const paint = performance.getEntriesByName('first-contentful-paint')[0];
const page = performance.getEntriesByType('navigation')[0];
const files = performance.getEntriesByType('resource');
return { paint: paint ? paint.startTime : null, ready: page.domContentLoadedEventEnd, requests: files.length + 1,
  bytes: files.reduce((all, one) => all + one.transferSize, page.transferSize),
  elsewhere: files.filter((one) => !one.name.startsWith(location.origin)).length,
  moved: performance.getEntriesByType('layout-shift').length,
  blocking: files.filter((one) => one.renderBlockingStatus === 'blocking').map((one) => one.name.split('/').pop().split('.')[0]).sort() };";

#[test]
fn the_first_screen_is_there_after_two_ways_over_the_line() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "relationship");
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let phone = driver.open(Device::PHONE).await;
        phone.ask("Network.enable", json!({})).await;
        // The slow line of the browser's own tools: 400 kbit a second. Each way there and back takes 400 ms.
        let line =
            json!({ "offline": false, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000 });
        phone.ask("Network.emulateNetworkConditions", line).await;
        phone.ask("Emulation.setCPUThrottlingRate", json!({ "rate": 4 })).await;
        phone.go(&link).await;
        phone.see(".step.current #q-recommend").await;
        let found = phone.run(MEASURED).await;
        eprintln!("slow line, slow phone: {found}");
        let paint = found["paint"].as_f64().expect("something was painted");
        assert!(paint < 3_000.0, "{found}");
        assert_eq!(found["blocking"], json!(["first", "survey"]), "the style, and the script of one line: {found}");
        assert_eq!((&found["elsewhere"], &found["moved"]), (&json!(0), &json!(0)), "{found}");
        assert!(found["requests"].as_u64().unwrap() <= 5, "{found}");
        phone.close().await;
    });
}
