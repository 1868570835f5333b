//! Browsers inside other programs, such as WeChat's, are years behind. The scripts use nothing that came
//! after ES5, ask for what may be missing, and the style sheet falls back.

use super::driver::{Browser, Device, Driver};
use crate::responses::{path, response_of, scene_of};
use crate::support::served::Served;
use crate::support::{TestDb, house};
use bellwether::domain::survey::{Definition, library};
use bellwether::domain::token::Purpose;
use bellwether::render::style;
use serde_json::json;

const SCRIPTS: [(&str, &str); 3] = [
    ("first.js", include_str!("../../../assets/first.js")),
    ("survey.js", include_str!("../../../assets/survey.js")),
    ("flow.js", include_str!("../../../assets/flow.js")),
];

/// The code of a script without its texts, comments and patterns.
fn code(script: &str) -> String {
    let mut code = String::new();
    for line in script.lines() {
        let mut rest = line;
        while let Some(at) = rest.find(['"', '\'', '/']) {
            let (before, from) = rest.split_at(at);
            code.push_str(before);
            let mark = from.chars().next().unwrap();
            if from.starts_with("//") {
                rest = "";
                break;
            }
            // A stroke begins a pattern only where a value may stand.
            let value =
                before.trim_end().ends_with(['(', '=', ',', ':', '!', '&', '|', '+']) || before.trim_end().is_empty();
            let comment = from.starts_with("/*");
            if mark == '/' && !value && !comment && !before.trim_end().ends_with("return") {
                code.push('/');
                rest = &from[1..];
                continue;
            }
            let mut escaped = false;
            let mut class = false;
            let end = from.char_indices().skip(1).find(|(n, c)| {
                if comment {
                    return *n > 2 && from[..=*n].ends_with("*/");
                }
                let plain = !escaped;
                escaped = plain && *c == '\\';
                class = mark == '/' && plain && (*c == '[' || (class && *c != ']'));
                plain && *c == mark && !class
            });
            rest = end.map_or("", |(n, c)| &from[n + c.len_utf8()..]);
            code.push('0');
        }
        code.push_str(rest);
        code.push('\n');
    }
    code
}

/// What of a script is newer than ES5.
fn newer(script: &str) -> Vec<String> {
    let code = code(script);
    let marks = ["=>", "`", "...", "?.", "??", "**"];
    let words = [
        "const",
        "let",
        "class",
        "async",
        "await",
        "yield",
        "of",
        "import",
        "export",
        "super",
        "Symbol",
        "Promise",
        "fetch",
        "Map",
        "Set",
        "includes",
        "padEnd",
        "padStart",
        "flatMap",
        "matchAll",
        "replaceAll",
        "prepend",
        "append",
        "entries",
        "startsWith",
        "endsWith",
        "URLSearchParams",
        "FormData",
        "IntersectionObserver",
        "finally",
    ];
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let used: Vec<&str> = code.split(|c| !is_word(c)).collect();
    let found = marks.iter().filter(|mark| code.contains(*mark)).map(|mark| (*mark).to_owned());
    found.chain(words.iter().filter(|word| used.contains(word)).map(|word| (*word).to_owned())).collect()
}

#[test]
fn scripts_of_the_survey_are_es5() {
    assert_eq!(
        newer("var a = list.map((one) => one?.b ?? `c`); // let\nconst x = /let/.test('const');"),
        ["=>", "`", "?.", "??", "const"]
    );
    assert_eq!(newer("var let_it = \"const\" + '=>' + /`/.source; /* class */ f(/[/`]/);"), Vec::<String>::new());
    for (name, script) in SCRIPTS {
        assert_eq!(newer(script), Vec::<String>::new(), "{name}");
        for forbidden in ["eval(", "innerHTML", "document.write", "new Function", ".style."] {
            assert!(!script.contains(forbidden), "{name}: {forbidden}");
        }
    }
}

#[test]
fn the_style_sheet_of_the_survey_falls_back() {
    let css = style::survey_css();
    let from = css.find("@supports not (inset:0)").expect("what is for old browsers");
    let fallback = css[from..].split("}}").next().unwrap();
    for rule in css[..from].split('}') {
        let Some((selectors, body)) = rule.rsplit_once('{') else { continue };
        let selectors = selectors.trim();
        // A list with one selector that is not known is passed over as a whole.
        for new in [":has(", ":focus-visible", ":is(", ":where("] {
            assert!(
                !(selectors.contains(new) && selectors.contains(',')),
                "{selectors} is lost where {new} is not known"
            );
        }
        let says = |what: &[&str]| body.split(';').any(|one| what.iter().any(|what| one.trim().starts_with(what)));
        let in_line = says(&["display:flex", "display:inline-flex"]);
        let gap = says(&["gap:", "column-gap:"]);
        let column = says(&["flex-direction:column"]);
        if in_line && gap && !column {
            for selector in selectors.split(',') {
                let selector = selector.trim();
                assert!(
                    fallback.contains(&format!("{selector} >* + *")),
                    "{selector} needs a gap where there are none"
                );
            }
        }
    }
    assert!(!css.contains("url("), "no font and no picture is loaded");
}

/// What a browser of 2017 lacks, and what one that keeps nothing does.
const OLD: &str = "
delete window.fetch; delete window.IntersectionObserver; delete window.ResizeObserver; delete window.PointerEvent;
delete Navigator.prototype.sendBeacon; delete window.URLSearchParams; delete window.FormData; delete window.Promise;
delete window.Map; delete window.Set; delete Array.from; delete Array.prototype.includes; delete Array.prototype.find;
delete Array.prototype.findIndex; delete Array.prototype.flatMap; delete String.prototype.includes;
delete String.prototype.startsWith; delete String.prototype.padEnd; delete Element.prototype.closest;
delete Element.prototype.append; delete Element.prototype.prepend; delete Element.prototype.before;
delete Element.prototype.remove; delete NodeList.prototype.forEach; delete Object.entries; delete Object.assign;
Object.defineProperty(window, 'localStorage', { get() { throw new Error('not here'); } });";
const WECHAT: &str = "Mozilla/5.0 (Linux; Android 7.1.1; OPPO R11 Build/NMF26X; wv) AppleWebKit/537.36 (KHTML, like Gecko) \
    Version/4.0 Chrome/57.0.2987.132 MQQBrowser/6.2 TBS/044033 Mobile Safari/537.36 MicroMessenger/6.6.6.1300(0x26060636) \
    NetType/4G Language/zh_CN";

const SATISFIED: [&str; 8] = [
    "overall",
    "delivery",
    "product_quality",
    "technical_advice",
    "complaint_handling",
    "account_manager",
    "hotline",
    "ordering",
];

/// Waits until these words stand there. Asks the browser by its own protocol: the scripts of its driver want
/// what this page has not.
async fn says(phone: &Browser, css: &str, words: &str) {
    let mut html = String::new();
    for _ in 0..200 {
        let root = phone.ask("DOM.getDocument", json!({ "depth": 0 })).await["root"]["nodeId"].take();
        if let Ok(found) = phone.try_ask("DOM.querySelector", json!({ "nodeId": root, "selector": css })).await
            && let Ok(outer) = phone.try_ask("DOM.getOuterHTML", json!({ "nodeId": found["nodeId"] })).await
        {
            html = outer["outerHTML"].as_str().unwrap_or_default().to_owned();
            if html.contains(words) {
                return;
            }
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("waited for “{words}” in {css}: {html}");
}

#[test]
fn a_survey_is_answered_in_an_old_browser_of_another_program() {
    let shipped = library().unwrap().into_iter().find(|one| one.key == "relationship").unwrap();
    let branching = Definition::parse("branching.toml", include_str!("../../surveys/branching.toml")).unwrap();
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        for (definition, branches) in [(shipped, false), (branching, true)] {
            let db = TestDb::sqlite();
            let scene = scene_of(house(&db), &db, 1, definition);
            let served = Served::start(&scene.app);
            let link = format!("http://{}{}?lang=zh-CN", served.client.address, path(&scene, 0, Purpose::Answer));
            let phone = driver.open(Device { language: "zh-CN", ..Device::PHONE }).await;
            phone.ask("Network.setUserAgentOverride", json!({ "userAgent": WECHAT })).await;
            phone.ask("Page.addScriptToEvaluateOnNewDocument", json!({ "source": OLD })).await;
            phone.go(&link).await;
            phone.wait_for("html.paged").await;
            phone.tap_choice("recommend", "4").await;
            let next = ".step.current [data-go=next]";
            if branches {
                phone.wait_for("#q-reasons:not([hidden])").await;
                phone.tap(next).await;
                says(&phone, ".step.current [data-pipe=recommend]", "4").await;
                phone.tap(next).await;
                says(&phone, ".step.current .steps", "100").await;
            } else {
                phone.tap(next).await;
                phone.wait_for(".step.current #q-overall").await;
                phone.tap(next).await;
                says(&phone, "#wrong-overall", "请在 1 至 5 之间选择一个数字。").await;
                for question in SATISFIED {
                    phone.tap_choice(question, "3").await;
                }
                phone.tap(next).await;
                for question in ["repurchase", "cross_purchase", "price_tolerance"] {
                    phone.tap_choice(question, "3").await;
                }
                phone.tap_choice("competitor", "delivery").await;
                phone.tap(next).await;
                phone.tap_and_write("#f-improve", "请提前一天通知").await;
            }
            phone.tap(".step.current button.main").await;
            says(&phone, "h1", "感谢您").await;
            let complaints = phone.complaints().await;
            assert!(complaints.is_empty(), "{complaints:?}");
            phone.close().await;
            let kept = response_of(&scene, 0).expect("the response is kept");
            assert_eq!(kept.answers.score("recommend"), Some(4));
        }
    });
}
