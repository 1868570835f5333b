//! Every kind of question answered without a pointer: Tab, arrows, space, Enter, and what is typed. Wherever
//! the focus is, it is seen.

use super::waits;
use crate::browser::driver::{Browser, Device, Driver};
use crate::browser::kinds;
use crate::responses::response_of;
use crate::support::TestDb;
use fantoccini::key::Key;
use serde_json::{Value, json};

/// More stops than any page has.
const MOST_STOPS: usize = 60;

fn key(key: Key) -> char {
    char::from(key)
}

/// How the focus shows where it is now: the colour of the ring, and what it is seen against.
const RING: &str = "(() => { const e = document.activeElement; if (!e || e === document.body) return null; \
    const drawn = e.matches('.pick input') ? e.nextElementSibling : e; const s = getComputedStyle(drawn); \
    const box = drawn.getBoundingClientRect(); const [top, end] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)]; \
    const hit = document.elementFromPoint(box.left + box.width / 2, (top + end) / 2); \
    return { what: e.outerHTML.slice(0, 160), width: s.outlineStyle === 'none' ? 0 : parseFloat(s.outlineWidth), \
    color: s.outlineColor, seen: box.width > 1 && end - top > 1, \
    covered: !(hit && (drawn.contains(hit) || hit.contains(drawn) || (hit.closest('label') || 0) === e.closest('label'))) } })()";

/// Who types and sees where.
struct Hands<'a> {
    desk: &'a Browser,
    rings: Vec<Value>,
}

impl Hands<'_> {
    async fn press(&self, which: Key) {
        self.desk.press(key(which)).await;
    }

    async fn write(&self, text: &str) {
        for c in text.chars() {
            self.desk.press(c).await;
        }
    }

    async fn is_at(&self, css: &str) -> bool {
        let is = format!("!!document.activeElement && document.activeElement.matches({})", json!(css));
        self.desk.evaluate(&is).await == json!(true)
    }

    /// Goes from stop to stop until it is there.
    async fn tab_to(&mut self, css: &str) {
        for _ in 0..MOST_STOPS {
            self.press(Key::Tab).await;
            self.rings.push(self.desk.evaluate(RING).await);
            if self.is_at(css).await {
                return;
            }
        }
        panic!("Tab does not lead to {css}; the last stops were {:#?}", &self.rings[self.rings.len() - 5..]);
    }

    /// Chooses a point: into the row of points with Tab, along it with the arrows.
    async fn choose(&mut self, name: &str, value: &str) {
        self.tab_to(&format!("input[name='{name}']")).await;
        self.press(Key::Space).await;
        for _ in 0..12 {
            if self.is_at(&format!("input[name='{name}'][value='{value}']:checked")).await {
                self.rings.push(self.desk.evaluate(RING).await);
                return;
            }
            self.press(Key::Right).await;
        }
        panic!("the arrows do not lead to {value} of {name}");
    }

    async fn tick(&mut self, name: &str, value: &str) {
        self.tab_to(&format!("input[name='{name}'][value='{value}']")).await;
        self.press(Key::Space).await;
        assert!(self.desk.is_chosen(name, value).await, "{name} has {value}");
    }

    async fn fill(&mut self, css: &str, text: &str) {
        self.tab_to(css).await;
        self.write(text).await;
    }

    /// Goes to a button and presses it.
    async fn go(&mut self, css: &str) {
        self.tab_to(css).await;
        self.press(Key::Enter).await;
    }
}

#[test]
fn every_kind_of_question_is_answered_by_keyboard_alone() {
    let db = TestDb::sqlite();
    let (scene, _served, link) = kinds::open(&db);
    let driver = Driver::start();
    waits(async {
        let desk = driver.open(Device { width: 1280, height: 800, ..Device::DESK }).await;
        desk.go(&link).await;
        desk.see(".step.current .info").await;
        let mut hands = Hands { desk: &desk, rings: Vec::new() };
        for (question, score) in kinds::SCORES {
            hands.choose(question, score).await;
        }
        hands.go(".step.current [data-go=next]").await;
        desk.read(".step.current .steps", "Step 2").await;

        hands.fill("input[name='role.other']", "I pay").await;
        assert!(desk.is_chosen("role", "other").await);
        // The order of the choices is each person's own: the one that is wanted may come before or after.
        hands.tick("channels", "hotline").await;
        for (choice, rank) in in_order(&desk, "priorities", [("service", "1"), ("price", "2")]).await {
            hands.fill(&format!("select[name='priorities.{choice}']"), rank).await;
        }
        hands.fill("input[name='wallet.us']", "60").await;
        hands.fill("input[name='wallet.rest']", "40").await;
        desk.read(".sum", "100 of 100").await;
        hands.choose("solved", "no").await;
        hands.go(".step.current [data-go=next]").await;
        desk.read(".step.current .steps", "Step 3").await;

        hands.fill("#f-wait", "1,5").await;
        hands.fill("#f-last_visit", "03092026").await;
        hands.fill("#f-order", "AB-1234").await;
        hands.fill("#f-words", "Late.").await;
        hands.fill("input[name='call.name']", "Jo Berg").await;
        hands.fill("input[name='call.telephone']", "+47 22 12 34").await;
        hands.tick("agree", "yes").await;
        assert!(response_of(&scene, 0).is_none(), "nothing is kept yet");
        hands.go(".step.current button[type=submit]").await;
        desk.read("h1", "Thank you").await;
        kinds::assert_kept(&scene);

        assert!(hands.rings.len() > 40, "{}", hands.rings.len());
        let unseen: Vec<&Value> = hands
            .rings
            .iter()
            .filter(|ring| {
                ring["width"].as_f64().unwrap_or(0.0) < 2.0 || ring["seen"] != true || ring["covered"] != false
            })
            .collect();
        assert!(unseen.is_empty(), "the focus is not seen: {unseen:#?}");
        desk.close().await;
    });
}

/// These in the order in which the page has them.
async fn in_order<const N: usize>(
    desk: &Browser,
    question: &str,
    mut these: [(&'static str, &'static str); N],
) -> [(&'static str, &'static str); N] {
    let names = format!("Array.from(document.querySelectorAll(\"[name^='{question}.']\")).map(e => e.name)");
    let names = desk.evaluate(&names).await;
    let place = |choice: &str| names.as_array().unwrap().iter().position(|n| n == &format!("{question}.{choice}"));
    these.sort_by_key(|(choice, _)| place(choice));
    these
}
