//! An organisation's own colours and logo: on every page that customers see, read by everybody, and harmless.

use super::axe::{self, Colours, Size, barriers};
use super::waits;
use crate::browser::driver::{Browser, Device, Driver};
use crate::browser::kinds::EVERY_KIND;
use crate::responses::{path, scene_of};
use crate::support::served::Served;
use crate::support::{TestDb, house_where};
use bellwether::app::App;
use bellwether::chance::Chance;
use bellwether::clock::SystemClock;
use bellwether::config::Config;
use bellwether::domain::language::Language;
use bellwether::domain::survey::Definition;
use bellwether::domain::theme::Colour;
use bellwether::domain::token::Purpose;
use bellwether::error::Code;
use bellwether::store::Db;
use bellwether::text::{self, Catalogue};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

const LOGO: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 36"><rect width="120" height="36" rx="6" fill="#8a1c3b"/></svg>"##;

async fn colour_of(browser: &Browser, css: &str, property: &str) -> String {
    let script = format!("getComputedStyle(document.querySelector({})).{property}", json!(css));
    browser.evaluate(&script).await.as_str().unwrap().to_owned()
}

fn rgb(hex: &str) -> String {
    let [r, g, b] = Colour::parse(hex).unwrap().0;
    format!("rgb({r}, {g}, {b})")
}

#[test]
fn a_theme_is_seen_and_read_on_the_pages_of_customers_and_in_the_console() {
    let db = TestDb::sqlite();
    let files = tempfile::tempdir().unwrap();
    let [light, dark]: [PathBuf; 2] = ["light.svg", "dark.svg"].map(|name| files.path().join(name));
    std::fs::write(&light, LOGO).unwrap();
    std::fs::write(&dark, LOGO.replace("#8a1c3b", "#f2a7bb")).unwrap();
    let house = house_where(&db, |config| {
        config.organisation.name = "Corvane & Sons".into();
        config.theme.accent = Colour::parse("#8a1c3b");
        config.theme.ground = Colour::parse("#faf6f2");
        config.theme.ground_dark = Colour::parse("#171214");
        (config.theme.logo, config.theme.logo_dark) = (Some(light.clone()), Some(dark.clone()));
    });
    let scene = scene_of(house, &db, 1, Definition::parse("every_kind.toml", EVERY_KIND).unwrap());
    let served = Served::start(&scene.app);
    let origin = format!("http://{}", served.client.address);
    let link = format!("{origin}{}", path(&scene, 0, Purpose::Answer));
    let driver = Driver::start();
    waits(async {
        let desk = driver.open(Device::DESK).await;
        desk.go(&link).await;
        desk.choose("recommend", "9").await;
        axe::size(&desk, Size::Desk).await;
        axe::colours(&desk, Colours::Light).await;
        for (css, property, hex) in [
            (".step.current .btn.main", "backgroundColor", "#8a1c3b"),
            (".pick input:checked + span", "backgroundColor", "#8a1c3b"),
            ("body", "backgroundColor", "#faf6f2"),
        ] {
            assert_eq!(colour_of(&desk, css, property).await, rgb(hex), "{css}");
        }
        let logo = "(() => { const i = document.querySelector('.sender img'); return [i.alt, i.naturalWidth > 0, i.currentSrc] })()";
        let by_day = desk.evaluate(logo).await;
        assert_eq!((&by_day[0], &by_day[1]), (&json!("Corvane & Sons"), &json!(true)));
        axe::colours(&desk, Colours::Dark).await;
        assert_eq!(colour_of(&desk, "body", "backgroundColor").await, rgb("#171214"));
        let button = colour_of(&desk, ".step.current .btn.main", "backgroundColor").await;
        assert_eq!(button, rgb(&theme_of(&scene.app)), "the accent is brightened for the dark");
        desk.evaluate("new Promise(done => setTimeout(done, 200))").await;
        assert_ne!(desk.evaluate(logo).await[2], by_day[2], "by night the other logo stands there");
        for (colours, name) in [(Colours::Light, "theme-light"), (Colours::Dark, "theme-dark")] {
            for (size, wide) in [(Size::Desk, "desk"), (Size::Phone, "phone")] {
                axe::size(&desk, size).await;
                axe::colours(&desk, colours).await;
                desk.keep_view(&format!("{name}-{wide}")).await;
            }
        }
        let mut found = Vec::new();
        for step in 1..=3 {
            found.extend(
                barriers(&desk, &format!("themed, step {step}"), &Colours::BOTH, &[Size::Phone, Size::Desk]).await,
            );
            if step < 3 {
                desk.click(".step.current [data-go=next]").await;
            }
        }
        desk.go(&format!("{origin}/sign-in")).await;
        axe::colours(&desk, Colours::Light).await;
        assert_eq!(colour_of(&desk, ".btn.main", "backgroundColor").await, rgb("#8a1c3b"));
        found.extend(barriers(&desk, "themed, signing in", &Colours::BOTH, &[Size::Desk]).await);
        assert!(found.is_empty(), "{found:#?}");
        let complaints = desk.complaints().await;
        assert!(complaints.iter().all(|text| !text.contains("Content Security Policy")), "{complaints:#?}");
        desk.close().await;
    });
    // The files: kept for ever under a name of their content, and a drawing in which nothing runs.
    for file in scene.app.look.files() {
        let reply = served.client.get(&file.path, &[]);
        assert_eq!(reply.status, 200, "{}", file.path);
        assert!(reply.head.contains("immutable") && reply.head.contains(file.kind), "{}", reply.head);
        if file.kind.starts_with("image/") {
            let policy = "content-security-policy: default-src 'none'; style-src 'unsafe-inline'; sandbox";
            assert!(reply.head.contains(policy), "{}", reply.head);
        }
    }
    assert_eq!(scene.app.look.files().count(), 3);
}

/// The accent for dark pages.
fn theme_of(app: &App) -> String {
    let wishes = app.config.theme.wishes();
    bellwether::domain::theme::Theme::new(&wishes).unwrap().dark.accent.to_string()
}

#[test]
fn a_logo_that_does_more_than_show_keeps_the_service_from_starting() {
    let db = TestDb::sqlite();
    let files = tempfile::tempdir().unwrap();
    let start = |logo: PathBuf| {
        let mut config = Config { secret_file: files.path().join("secret.key"), ..Config::default() };
        config.theme.logo = Some(logo);
        let store = Db::open(db.url(), 1).unwrap();
        App::build(Arc::new(config), store, Arc::new(SystemClock), Chance::seeded(7)).map(|_| ())
    };
    let file = |name: &str, text: &str| {
        let path = files.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    assert!(start(file("fine.svg", LOGO)).is_ok());
    let error = start(file("live.svg", "<svg><script>alert(1)</script></svg>")).unwrap_err();
    assert_eq!(error.code(), Code::LogoFaulty);
    let told = |name: &str| error.args().iter().find(|(n, _)| *n == name).map(|(_, value)| value.clone());
    assert_eq!(told("reason").as_deref(), Some("<script"));
    assert!(told("file").unwrap().ends_with("live.svg"));
    assert_eq!(start(file("words.txt", "words")).unwrap_err().code(), Code::LogoFaulty);
    assert_eq!(start(files.path().join("none.svg")).unwrap_err().code(), Code::FileUnreadable);
}

#[test]
fn a_colour_that_cannot_be_read_is_refused_in_words() {
    let flags = [("theme.accent".to_owned(), "#7fb2ff".to_owned())];
    let error = Config::default().with_flags(&flags).unwrap_err();
    let [fault] = error.faults() else { panic!("{error:?}") };
    let catalogue = Arc::new(Catalogue::load(None).unwrap());
    for (tag, said) in [
        (
            "en",
            "Text in #7fb2ff on #f0f0ec has a contrast of 1.89:1; 4.5:1 is needed, which #4f6e9e reaches, for instance.",
        ),
        ("zh-CN", "#f0f0ec 上的文字颜色 #7fb2ff 对比度仅为 1.89:1，至少需要 4.5:1，例如可改用 #4f6e9e。"),
    ] {
        let reader = catalogue.reader(&Language::parse(tag).unwrap(), chrono_tz::UTC);
        let text = text::error::describe_fault(&reader, fault);
        assert!(text.contains("theme.accent") && text.contains(said), "{text}");
    }
}
