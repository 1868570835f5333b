//! A code is drawn up, printed and scanned: from the console to the paper, and from there by a browser within
//! another program, as most people in China open what they scan.

use super::driver::{Browser, Device, Driver};
use crate::permissions::person;
use crate::responses::scene;
use crate::support::account_book::Book;
use crate::support::served::Served;
use crate::support::{House, TestDb};
use bellwether::app::open_links::{self, Binding, LinkForm};
use bellwether::domain::permission::Role;
use bellwether::domain::tally::Segment;
use bellwether::render::qr::{Correction, Qr};
use bellwether::store::responses as stored;
use data_encoding::BASE64;
use serde_json::json;

/// As it calls itself on phones with the oldest engine that it still runs on.
const WECHAT: &str = "Mozilla/5.0 (Linux; Android 10; MI 9 Build/QKQ1.190825.002; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
     Version/4.0 Chrome/86.0.4240.99 XWEB/4317 MMWEBSDK/20220903 Mobile Safari/537.36 MMWEBID/1 \
     MicroMessenger/8.0.28.2240(0x28001C35) WeChat/arm64 Weixin NetType/WIFI Language/zh_CN ABI/arm64";

/// A picture of the window, as grey values.
struct Picture {
    grey: Vec<u8>,
    width: usize,
    height: usize,
}

impl Picture {
    async fn of(browser: &Browser) -> Self {
        let picture = browser.ask("Page.captureScreenshot", json!({ "format": "png" })).await;
        let file = BASE64.decode(picture["data"].as_str().unwrap().as_bytes()).unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut bytes = vec![0; decoder.output_buffer_size().unwrap()];
        let info = decoder.next_frame(&mut bytes).unwrap();
        let (width, height, each) = (info.width as usize, info.height as usize, info.line_size / info.width as usize);
        let pixels = bytes[..width * height * each].chunks(each);
        let grey = pixels.map(|p| u8::try_from((u32::from(p[0]) + u32::from(p[1]) + u32::from(p[2])) / 3).unwrap());
        Self { grey: grey.collect(), width, height }
    }

    /// What a phone reads that is held over a part of it: left, top, width and height.
    fn scan(&self, [left, top, width, height]: [usize; 4]) -> Vec<String> {
        let grey = |x: usize, y: usize| {
            self.grey[(y + top).min(self.height - 1) * self.width + (x + left).min(self.width - 1)]
        };
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
        image.detect_grids().into_iter().filter_map(|grid| grid.decode().ok()).map(|(_, text)| text).collect()
    }
}

async fn scanned(browser: &Browser) -> Vec<String> {
    let picture = Picture::of(browser).await;
    picture.scan([0, 0, picture.width, picture.height])
}

#[test]
fn a_code_is_printed_scanned_in_wechat_and_answered() {
    let db = TestDb::sqlite();
    let scene = scene(&db, 1, "short");
    let house = House::of(&scene.app, &scene.clock);
    let irene = person(&Book::reopen(&house, &db), "Irene Kwok", Role::QualityManager);
    let form = LinkForm {
        name: "Counter Hamburg".into(),
        source: "counter Hamburg".into(),
        version: scene.app.db.read(bellwether::store::surveys::ids).unwrap()[0],
        language: None,
        password: String::new(),
        without_password: false,
        opens: None,
        last_day: None,
        most: None,
    };
    let of = Segment { tier: "key".into(), region: "north".into(), product_line: String::new() };
    let link = open_links::create(&scene.app, &irene.actor(), &form, &Binding::Segment(of)).unwrap();
    let locked = LinkForm { password: "sesame".into(), name: "Locked".into(), ..form };
    let locked = open_links::create(&scene.app, &irene.actor(), &locked, &Binding::Account("C1".into())).unwrap();
    let served = Served::start(&scene.app);
    let origin = format!("http://{}", served.client.address);
    let address = open_links::address(&scene.app, &link);
    let path = address.split_once("/o/").map(|(_, code)| format!("{origin}/o/{code}")).unwrap();
    let door = open_links::address(&scene.app, &locked).split_once("/o/").map(|(_, c)| format!("{origin}/o/{c}"));
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let desk = driver.open(Device::DESK).await;
        // The drawing by itself, at the sizes in which it is used.
        let svg = Qr::of(&address, Correction::Medium).unwrap().svg("x");
        for pixels in [120, 180, 260, 700] {
            let page = format!("<body style=\"margin:20px\"><div style=\"width:{pixels}px\">{svg}</div>");
            desk.go(&format!("data:text/html;base64,{}", BASE64.encode(page.as_bytes()))).await;
            assert_eq!(scanned(&desk).await, [address.as_str()], "{pixels}");
        }
        // The console, by day and by night; the code is read on both.
        let cookie = json!({ "name": "bw_session", "value": format!("session-of-{}", irene.id), "url": origin });
        desk.ask("Network.setCookie", cookie.clone()).await;
        let page = format!("{origin}/open-links/{}", link.id);
        desk.go(&page).await;
        desk.keep("open-link").await;
        assert_eq!(scanned(&desk).await, [address.as_str()]);
        desk.go(&format!("{origin}/open-links")).await;
        desk.keep("open-links").await;
        desk.go(&format!("{origin}/open-links/new")).await;
        desk.keep("open-link-new").await;
        // The sheets: every piece of the page is read, at the size of paper on a screen.
        // As fine as paper: three dots where a screen has one.
        let paper = json!({ "width": 1440, "height": 1300, "deviceScaleFactor": 3, "mobile": false });
        desk.ask("Emulation.setDeviceMetricsOverride", paper).await;
        for (size, pieces) in [(30, 20), (45, 12), (80, 4)] {
            desk.go(&format!("{page}/sheet?size={size}")).await;
            desk.keep_plain(&format!("open-link-sheet-{size}")).await;
            let all = desk.run("return document.querySelectorAll('.qr-piece').length").await;
            assert_eq!(all, json!(pieces));
            let cut = "return [...document.querySelectorAll('.qr-piece')].some((p) => \
                       p.scrollHeight > p.clientHeight + 1 || p.scrollWidth > p.clientWidth + 1)";
            assert_eq!(desk.run(cut).await, json!(false), "all of a piece is on the paper: {size}");
            let places = "return [...document.querySelectorAll('.qr-piece')].map((p) => p.getBoundingClientRect()) \
                          .map((r) => [r.left, r.top, r.width, r.height].map((x) => Math.round(x * 3)))";
            let places: Vec<[usize; 4]> = serde_json::from_value(desk.run(places).await).unwrap();
            let picture = Picture::of(&desk).await;
            for place in places {
                assert_eq!(picture.scan(place), [address.as_str()], "{size} mm at {place:?}");
            }
        }
        let phone = driver.open(Device { language: "zh-CN", ..Device::PHONE }).await;
        phone.ask("Network.setCookie", cookie).await;
        for (name, path) in [("open-link", &page), ("open-links", &format!("{origin}/open-links"))] {
            phone.go(path).await;
            phone.keep(name).await;
        }
        phone.close().await;
        desk.close().await;

        let wechat = driver.open(Device { language: "zh-CN", ..Device::PHONE }).await;
        wechat.ask("Network.setUserAgentOverride", json!({ "userAgent": WECHAT, "acceptLanguage": "zh-CN" })).await;
        wechat.go(&door.unwrap()).await;
        wechat.read("label[for=password]", "密码").await;
        wechat.keep("open-link-door").await;
        wechat.tap_and_write("#password", "sesame").await;
        wechat.tap("form button[type=submit]").await;
        wechat.wait_for("input[name=recommend]").await;
        wechat.go(&path).await;
        wechat.wait_for("html.paged[lang='zh-CN'] input[name=recommend]").await;
        wechat.keep("open-link-survey").await;
        wechat.tap_choice("recommend", "9").await;
        wechat.tap_choice("overall", "4").await;
        wechat.tap("form button[type=submit]").await;
        wechat.arrive("the thanks", |path| path.contains("/thanks?")).await;
        wechat.read("h1", "感谢").await;
        wechat.keep("open-link-thanks").await;
        // The code once more: what was said, and a way to change it.
        wechat.go(&path).await;
        wechat.tap(".go a.btn").await;
        wechat.wait_for("input[name=recommend][value='9']:checked").await;
        wechat.close().await;
    });
    let kept = scene.app.db.read(|conn| stored::of_account(conn, link.account, 10)).unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].language.as_str(), kept[0].answers.score("recommend")), ("zh-CN", Some(9)));
    assert!(!kept[0].flags.contains(&bellwether::domain::answer::quality::Flag::NoSign), "{:?}", kept[0].flags);
}
