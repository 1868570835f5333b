//! axe-core on the open page, as people of different eyes and screens have it before them.

use crate::browser::driver::Browser;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The rules of WCAG 2.2 on the levels A and AA, and what is known to help beyond them.
const TAGS: [&str; 7] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/// axe-core itself, which `scripts/test` has fetched.
static AXE: LazyLock<String> = LazyLock::new(|| {
    let path = std::env::var_os("BELLWETHER_TEST_AXE").filter(|path| !path.is_empty()).unwrap_or_else(|| {
        panic!("BELLWETHER_TEST_AXE is not set: run scripts/test, which fetches axe-core, or name its axe.min.js in it")
    });
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
});

/// The colours that somebody has asked their system for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    Light,
    Dark,
    /// More contrast than pages are wont to have.
    More,
    /// The system's own few colours, and no others.
    Forced,
}

impl Colours {
    pub const BOTH: [Self; 2] = [Self::Light, Self::Dark];
    pub const ALL: [Self; 4] = [Self::Light, Self::Dark, Self::More, Self::Forced];

    fn features(self) -> Value {
        let (scheme, contrast, forced) = match self {
            Self::Light => ("light", "no-preference", "none"),
            Self::Dark => ("dark", "no-preference", "none"),
            Self::More => ("light", "more", "none"),
            Self::Forced => ("dark", "more", "active"),
        };
        json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-contrast", "value": contrast },
            { "name": "forced-colors", "value": forced },
            // Colours that are on their way from one to the other are neither.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ])
    }
}

/// How large things are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// The narrowest screen that WCAG 1.4.10 asks for; also 1280 at 400 %.
    Narrow,
    Phone,
    Desk,
    /// A window of 1280 at 200 %.
    Zoomed,
}

impl Size {
    fn metrics(self) -> Value {
        let (width, height, scale) = match self {
            Self::Narrow => (320, 640, 2),
            Self::Phone => (390, 844, 2),
            Self::Desk => (1280, 900, 1),
            Self::Zoomed => (640, 450, 2),
        };
        json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false })
    }
}

pub async fn colours(browser: &Browser, colours: Colours) {
    browser.ask("Emulation.setEmulatedMedia", json!({ "features": colours.features() })).await;
}

pub async fn size(browser: &Browser, size: Size) {
    browser.ask("Emulation.setDeviceMetricsOverride", size.metrics()).await;
}

/// What axe finds on the open page, in these colours and sizes: the rule, what it asks for, the element.
pub async fn barriers(browser: &Browser, name: &str, in_colours: &[Colours], in_sizes: &[Size]) -> Vec<String> {
    if browser.evaluate("typeof axe").await == json!("undefined") {
        browser.evaluate(&format!("{}; 0", *AXE)).await;
    }
    // Where the system's colours stand in, Chromium goes on telling scripts what the page had wished for
    // (in `-webkit-text-fill-color`, which axe reads), so there contrast is what `own_colours` looks at.
    let run = |contrast: bool| {
        format!(
            "axe.run(document, {{ runOnly: {{ type: 'tag', values: {} }}, rules: {{ 'target-size': {{ enabled: true }}, \
             'color-contrast': {{ enabled: {contrast} }} }}, resultTypes: ['violations'] }}).then(found => ({{ \
             passed: found.passes.length, violations: found.violations.map(v => ({{ id: v.id, help: v.help, \
             nodes: v.nodes.map(n => n.html.slice(0, 240) + ' — ' + n.failureSummary) }})) }}))",
            json!(TAGS)
        )
    };
    let mut all = Vec::new();
    for &screen in in_sizes {
        size(browser, screen).await;
        for &scheme in in_colours {
            colours(browser, scheme).await;
            let found = browser.evaluate(&run(scheme != Colours::Forced)).await;
            assert!(found["passed"].as_u64().unwrap() > 10, "{name}: axe has looked at nothing");
            for violation in found["violations"].as_array().unwrap() {
                for node in violation["nodes"].as_array().unwrap() {
                    all.push(format!(
                        "{name}, {scheme:?}, {screen:?}: {} ({}): {}",
                        violation["id"].as_str().unwrap(),
                        violation["help"].as_str().unwrap(),
                        node.as_str().unwrap()
                    ));
                }
            }
            if scheme == Colours::Forced {
                let own = own_colours(browser).await;
                assert_eq!(own, json!([]), "{name}: text keeps its own colours where the system's are asked for");
            }
        }
        let beyond = browser
            .evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await
            .as_i64()
            .unwrap();
        if beyond > 1 {
            all.push(format!("{name}, {screen:?}: scrolls sideways by {beyond} px: {}", sticking_out(browser).await));
        }
    }
    all
}

async fn sticking_out(browser: &Browser) -> Value {
    browser
        .evaluate(
            "Array.from(document.querySelectorAll('body *')).filter(e => e.getBoundingClientRect().right > \
             document.documentElement.clientWidth + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 160))",
        )
        .await
}

/// Text that does not take the system's colours.
async fn own_colours(browser: &Browser) -> Value {
    browser
        .evaluate(
            "Array.from(document.querySelectorAll('body *')).filter(e => !e.closest('svg') && \
             getComputedStyle(e).forcedColorAdjust !== 'auto' && \
             Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim())).map(e => e.outerHTML.slice(0, 160))",
        )
        .await
}
