//! Surveys that branch: the server and the script of the page ask the same, progress never falls, and what
//! is kept is what was shown. And the way through one where no script runs.

use crate::browser::driver::{Device, Driver};
use crate::responses::{Scene, path, response_of, scene_of};
use crate::support::long::times;
use crate::support::served::Served;
use crate::support::{TestDb, house};
use bellwether::app::responses;
use bellwether::domain::answer::Answers;
use bellwether::domain::language::Language;
use bellwether::domain::survey::logic::{Attributes, Setting, Step, Words, arranged, flow, said, script};
use bellwether::domain::survey::{Body, Definition, Question};
use bellwether::domain::token::Purpose;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::fmt::Write;

const BRANCHING: &str = include_str!("../surveys/branching.toml");

/// A question of a drawn survey: its key and its kind.
type Drawn = (String, &'static str);

fn number(rng: &mut StdRng) -> String {
    [-1, 0, 3, 5, 7, 10, 11].choose(rng).unwrap().to_string()
}

/// A condition over these questions, which may well never hold.
fn condition(rng: &mut StdRng, known: &[Drawn], depth: u32) -> String {
    if depth > 0 && rng.random_bool(0.4) {
        let (one, two) = (condition(rng, known, depth - 1), condition(rng, known, depth - 1));
        return match rng.random_range(0..3) {
            0 => format!("({one}) and ({two})"),
            1 => format!("({one}) or ({two})"),
            _ => format!("not ({one})"),
        };
    }
    let Some((key, kind)) = known.choose(rng).filter(|_| rng.random_bool(0.9)) else {
        return [
            "tier == 'key'",
            "tier in ['general', 'potential']",
            "region != 'north'",
            "invitation.day < 2026-06-01",
        ]
        .choose(rng)
        .unwrap()
        .to_string();
    };
    let sign = ["==", "!=", "<", "<=", ">", ">="].choose(rng).unwrap();
    let choice = ["a", "b", "c"].choose(rng).unwrap();
    match (*kind, rng.random_range(0..3)) {
        (_, 0) => format!("answered({key})"),
        ("rating", 1) => format!("{key} not in [{}, {}]", number(rng), number(rng)),
        ("rating", _) if rng.random_bool(0.2) => format!("chosen({key}, 'na')"),
        ("rating" | "number", _) => format!("{key} {sign} {}", number(rng)),
        ("single", 1) => format!("{key} == '{choice}'"),
        ("single" | "multiple", _) => format!("chosen({key}, '{choice}')"),
        ("yes_no", _) => format!("{key} != 'yes'"),
        ("date", _) => format!("{key} {sign} 2026-03-0{}", rng.random_range(1..=3)),
        _ => format!("{key} {} 'x y'", ["==", "!="].choose(rng).unwrap()),
    }
}

/// A survey drawn at random, as a file.
fn survey(rng: &mut StdRng) -> String {
    let kinds = ["rating", "rating", "single", "multiple", "text", "line", "number", "date", "yes_no"];
    let pages: Vec<Vec<Drawn>> = (0..rng.random_range(2..5))
        .map(|page| (0..rng.random_range(1..4)).map(|n| (format!("q{page}{n}"), *kinds.choose(rng).unwrap())).collect())
        .collect();
    let mut text = String::from(
        "key = \"drawn\"\nversion = 1\nkind = \"thematic\"\nlanguages = [\"en\"]\ntitle.en = \"Drawn\"\n\
         [scale.ten]\nfrom = 0\npoints = 11\nlow.en = \"no\"\nhigh.en = \"yes\"\n",
    );
    let rated = pages.iter().flatten().any(|(_, kind)| *kind == "rating");
    if !rated {
        text = text.split("[scale").next().unwrap().to_owned();
    }
    let mut known: Vec<Drawn> = Vec::new();
    for (at, questions) in pages.iter().enumerate() {
        write!(text, "[[page]]\nkey = \"p{at}\"\ntitle.en = \"P\"\n").unwrap();
        if at > 0 && rng.random_bool(0.4) {
            writeln!(text, "show_if = \"\"\"{}\"\"\"", condition(rng, &known, 1)).unwrap();
        }
        let drawn = questions.len() > 1 && rng.random_bool(0.3);
        let before = known.clone();
        for (key, kind) in questions {
            write!(text, "[[page.question]]\nkey = \"{key}\"\nkind = \"{kind}\"\ntext.en = \"{key}\"\n").unwrap();
            let earlier: Vec<&Drawn> = known.iter().filter(|(one, _)| !one.starts_with(&format!("q{at}"))).collect();
            if let Some((one, _)) = earlier.choose(rng).filter(|_| rng.random_bool(0.5)) {
                writeln!(text, "about.en = \"You said {{answer.{one}|nothing}}.\"").unwrap();
            }
            match *kind {
                "rating" => text.push_str("scale = \"ten\"\nmeasure = \"effort\"\nnot_applicable = true\n"),
                "single" => text.push_str(
                    "choices = [{ key = \"a\", text.en = \"A\" }, { key = \"b\", text.en = \"B\" }, { key = \"c\", other = true, text.en = \"C\" }]\n",
                ),
                "multiple" => text.push_str(
                    "most = 2\nchoices = [{ key = \"a\", text.en = \"A\" }, { key = \"b\", exclusive = true, text.en = \"B\" }, { key = \"c\", other = true, text.en = \"C\" }]\n",
                ),
                "yes_no" if rng.random_bool(0.5) => text.push_str("yes.en = \"It is\"\nno.en = \"Not yet\"\n"),
                "number" => text.push_str("min = -1.5\nmax = 20\nstep = 0.5\n"),
                _ => {}
            }
            let reach = if drawn { &before } else { &known };
            if drawn {
                text.push_str("block = \"mixed\"\n");
            }
            if rng.random_bool(0.4) && !(reach.is_empty() && at == 0) {
                writeln!(text, "show_if = \"\"\"{}\"\"\"", condition(rng, reach, 2)).unwrap();
            }
            known.push((key.clone(), kind));
            let own = if drawn { [before.clone(), vec![(key.clone(), *kind)]].concat() } else { known.clone() };
            if at + 1 < pages.len() && rng.random_bool(0.3) {
                let to = rng.random_range(at + 1..pages.len());
                writeln!(text, "skip_to = [{{ if = \"\"\"{}\"\"\", to = \"p{to}\" }}]", condition(rng, &own, 1))
                    .unwrap();
            }
            if rng.random_bool(0.1) {
                writeln!(text, "end_if = [{{ if = \"\"\"{}\"\"\" }}]", condition(rng, &own, 1)).unwrap();
            }
        }
    }
    text
}

/// What somebody puts into the fields of a question; now and then nothing, or what is refused.
fn answer(rng: &mut StdRng, question: &Question) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut give = |name: &str, value: &str| fields.push((name.to_owned(), value.to_owned()));
    let key = question.key.as_str();
    if rng.random_bool(0.2) {
        return fields;
    }
    let any = |rng: &mut StdRng, all: &[&str]| (*all.choose(rng).unwrap()).to_owned();
    match &question.body {
        Body::Rating { .. } => give(key, &any(rng, &["0", "3", "5", "6", "7", "10", "na", "11"])),
        Body::Single { .. } => {
            if rng.random_bool(0.8) {
                give(key, &any(rng, &["a", "b", "c"]));
            }
            give(&question.other_field(), &any(rng, &["", " ", "own words"]));
        }
        Body::Multiple { .. } => {
            for choice in ["a", "b", "c"] {
                if rng.random_bool(0.4) {
                    give(key, choice);
                }
            }
            give(&question.other_field(), &any(rng, &["", "\u{feff}", "words"]));
        }
        Body::YesNo { .. } => give(key, &any(rng, &["yes", "no"])),
        Body::Number { .. } => {
            give(key, &any(rng, &["-1", "0", "3", "5.0", "7", "10,5", "１１", "0.3", "21", "−1.5", "x"]))
        }
        Body::Date { .. } => {
            give(key, &any(rng, &["2026-03-01", "2026-03-02", "2026-02-30", "2026-3-1", "1999-12-31"]))
        }
        _ => give(key, &any(rng, &["x y", " x\ty ", "x\r\ny", "x  y", "\u{200e}x y", "\u{1}", "else"])),
    }
    fields
}

fn words() -> Words {
    Words { gap: ", ".into(), yes: "Yes".into(), no: "No".into() }
}

fn name(step: Step<'_>) -> Option<String> {
    match step {
        Step::Page(key) => Some(key.to_owned()),
        Step::Close => None,
    }
}

/// The share of the questions of a page's survey that lie before it, as the page says it.
fn behind(pages: &[Value], key: Option<&str>) -> usize {
    let count = |page: &Value| page["questions"].as_array().unwrap().len();
    let all: usize = pages.iter().map(count).sum();
    pages.iter().take_while(|page| page["key"].as_str() != key).map(count).sum::<usize>() * 100 / all.max(1)
}

/// Goes through a survey, back now and then, and notes at each step what the server asks.
fn walk(rng: &mut StdRng, definition: &Definition, setting: &Setting, told: &Value) -> Vec<Value> {
    let pages = told["pages"].as_array().unwrap();
    let mut form: Vec<(String, String)> = Vec::new();
    let mut steps = Vec::new();
    let order = arranged(definition, setting.seed);
    let place = |key: &str| order.iter().position(|(page, _)| page.key == key).unwrap();
    let mut page = name(flow(definition, setting, &Answers::default()).first());
    while let Some(key) = page.clone() {
        let opened = flow(definition, setting, &Answers::partial(definition, &form));
        let seen: Vec<String> = opened.questions().map(|question| question.key.clone()).collect();
        for (_, questions) in &order[place(&key)..=place(&key)] {
            for question in questions {
                let fields = question.fields();
                form.retain(|(name, _)| !fields.contains(name));
                form.extend(answer(rng, question));
            }
        }
        let typed = Answers::partial(definition, &form);
        let now = flow(definition, setting, &typed);
        let shown: Vec<Vec<&str>> =
            now.pages.iter().map(|page| page.questions.iter().map(|one| one.key.as_str()).collect()).collect();
        let to = name(now.after(place(&key), |_| true));
        // Without scripts the same page may come again, once, with what an answer has called forth.
        let once = name(now.after(place(&key), |one| seen.iter().any(|known| known == one)));
        assert!(once == to || once.as_ref() == Some(&key), "{once:?} is neither {to:?} nor {key}");
        assert!(behind(pages, to.as_deref()) >= behind(pages, Some(&key)), "progress falls from {key} to {to:?}");
        let back = name(now.before(place(&key)));
        let repeated: Vec<(&String, Option<String>)> = (told["says"].as_object().unwrap().keys())
            .map(|key| {
                let question = definition.question(key).filter(|_| now.shows(key));
                let words = question.and_then(|one| said(one, &typed, &Language::english(), "Corvane", &words()));
                (key, words)
            })
            .collect();
        steps.push(json!({ "fields": form, "page": key, "shown": shown, "next": to, "back": back, "said": repeated }));
        page = if rng.random_bool(0.15) && steps.len() < 12 { back } else { to };
        if steps.len() > 30 {
            break;
        }
    }
    kept_is_what_was_shown(definition, setting, &form);
    steps
}

fn kept_is_what_was_shown(definition: &Definition, setting: &Setting, form: &[(String, String)]) {
    let given = Answers::partial(definition, form);
    let shown = flow(definition, setting, &given);
    let Ok(kept) = Answers::parse_shown(definition, setting, form, &Language::english()) else { return };
    for question in definition.questions() {
        let expected = given.get(&question.key).filter(|_| shown.shows(&question.key));
        assert_eq!(kept.get(&question.key), expected, "{}", question.key);
    }
}

fn cases(rng: &mut StdRng, count: usize) -> Vec<Value> {
    let mut cases = Vec::new();
    let mut refused = 0;
    while cases.len() < count {
        let text = survey(rng);
        let Ok(definition) = Definition::parse("drawn.toml", &text) else {
            refused += 1;
            assert!(refused < 20 * (count + 5), "too many are refused:\n{text}\n{:?}", Definition::parse("d", &text));
            continue;
        };
        if !definition.branches() {
            continue;
        }
        let tier = ["key", "general"].choose(rng).unwrap();
        let attributes = Attributes::default()
            .with_text("account.tier", Some(tier))
            .with_text("account.region", Some("north").filter(|_| rng.random_bool(0.5)));
        let setting = Setting { attributes, seed: rng.random(), ..Setting::default() };
        let told = script(&definition, &setting, &Language::english(), "Corvane", &words());
        let steps: Vec<Value> = (0..4).flat_map(|_| walk(rng, &definition, &setting, &told)).collect();
        cases.push(json!({ "flow": told, "steps": steps, "file": text }));
    }
    cases
}

const RUN: &str = "const cases = CASES; const wrong = []; let steps = 0; let repeated = 0;
for (const one of cases) for (const step of one.steps) {
  steps += 1;
  const asked = Flow.shown(one.flow, step.fields);
  const found = { shown: asked.pages.map((page) => page.questions), next: Flow.after(one.flow, asked, step.page),
    back: Flow.before(one.flow, asked, step.page), said: step.said.map(([key]) => [key, Flow.said(one.flow, asked, key)]) };
  const meant = { shown: step.shown, next: step.next, back: step.back, said: step.said };
  repeated += step.said.filter(([, words]) => words !== null).length;
  if (JSON.stringify(found) !== JSON.stringify(meant)) wrong.push({ file: one.file, step, found });
}
return { steps, repeated, wrong: wrong.slice(0, 2) };";

#[test]
fn server_and_script_ask_the_same() {
    let db = TestDb::sqlite();
    let scene = scene_of(house(&db), &db, 1, Definition::parse("branching.toml", BRANCHING).unwrap());
    let served = Served::start(&scene.app);
    let link = format!("http://{}{}", served.client.address, path(&scene, 0, Purpose::Answer));
    let mut rng = StdRng::seed_from_u64(2026);
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let browser = driver.open(Device::DESK).await;
        browser.go(&link).await;
        for _ in 0..times(1, 20) {
            let cases = cases(&mut rng, 150);
            let found = browser.run(&RUN.replacen("CASES", &json!(cases).to_string(), 1)).await;
            assert!(found["steps"].as_u64().unwrap() > 1_000, "{}", found["steps"]);
            assert!(found["repeated"].as_u64().unwrap() > 500, "{}", found["repeated"]);
            assert_eq!(found["wrong"], json!([]), "{}", found["wrong"][0]["file"].as_str().unwrap_or_default());
        }
        // On the page itself: what an answer calls forth is there at once, and what texts repeat is put in.
        browser.choose("recommend", "4").await;
        browser.see("#q-reasons").await;
        browser.choose("recommend", "9").await;
        assert!(browser.run("return document.getElementById('q-reasons').hidden").await == json!(true));
        browser.choose("recommend", "4").await;
        browser.keep("branching-1").await;
        browser.click(".step.current [data-go=next]").await;
        browser.read(".step.current [data-pipe=recommend]", "4").await;
        browser.keep("branching-2").await;
        browser.write("#f-why", "Late trucks").await;
        browser.click(".step.current [data-go=next]").await;
        browser.read(".step.current .steps", "100").await;
        browser.keep("branching-close").await;
        browser.click(".step.current button[value=send]").await;
        browser.read("h1", "Thank you").await;
        browser.close().await;
    });
    let kept = response_of(&scene, 0).expect("the response is kept");
    assert_eq!(kept.answers.score("recommend"), Some(4));
    assert_eq!(kept.answers.text("why"), Some("Late trucks"));
}

/// Sends a page of the form and returns what came.
fn send(served: &Served, scene: &Scene, n: usize, fields: &[(&str, &str)]) -> (u16, String) {
    let reply = served.client.post(&path(scene, n, Purpose::Answer), &[], fields);
    (reply.status, reply.body)
}

/// The page that is open in a reply.
fn open_page(body: &str) -> &str {
    body.split("name=\"_page\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none")
}

fn seen(body: &str) -> &str {
    body.split("name=\"_seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("none")
}

fn the_server_leads_from_page_to_page(db: &TestDb) {
    let scene = scene_of(house(db), db, 3, Definition::parse("branching.toml", BRANCHING).unwrap());
    let served = Served::start(&scene.app);
    let first = served.client.get(&path(&scene, 0, Purpose::Answer), &[]).body;
    assert_eq!((open_page(&first), seen(&first)), ("score", "recommend words"), "{first}");
    assert!(first.contains("Ms Lindqvist") && !first.contains("{contact"), "names are put in");
    assert!(!first.contains("for_key_accounts"), "what this account is never asked is not on its page");
    // A page is refused where something that is needed is missing.
    let (status, body) = send(&served, &scene, 0, &[("_go", "next"), ("_page", "score"), ("_seen", seen(&first))]);
    assert_eq!((status, open_page(&body)), (422, "score"));
    // An answer calls a question forth: the same page comes with it, then the next one.
    let typed = [("recommend", "4"), ("_page", "score")];
    let (_, body) = send(&served, &scene, 0, &[&typed[..], &[("_go", "next"), ("_seen", seen(&first))]].concat());
    assert_eq!((open_page(&body), seen(&body).contains("reasons")), ("score", true));
    let again = seen(&body).to_owned();
    let (status, body) = send(&served, &scene, 0, &[&typed[..], &[("_go", "next"), ("_seen", &again)]].concat());
    assert_eq!((status, open_page(&body)), (200, "cause"));
    assert!(body.contains(">4</span>"), "the answer is repeated: {body}");
    let typed = [("recommend", "4"), ("why", "<b>Late"), ("_page", "cause"), ("_seen", seen(&body))];
    let (_, back) = send(&served, &scene, 0, &[&typed[..], &[("_go", "back")]].concat());
    assert_eq!(open_page(&back), "score");
    assert!(back.contains("&lt;b&gt;Late"), "what was typed on other pages is kept in the form");
    let (_, end) = send(&served, &scene, 0, &[&typed[..], &[("_go", "next")]].concat());
    assert_eq!(open_page(&end), "", "all is asked: {end}");
    assert!(response_of(&scene, 0).is_none(), "nothing is recorded on the way");
    // What was typed where it is not shown any more is not kept.
    let (status, _) = send(
        &served,
        &scene,
        0,
        &[("recommend", "4"), ("why", "Late"), ("praise", "hidden"), ("_go", "send"), ("_page", "")],
    );
    assert_eq!(status, 303);
    let kept = response_of(&scene, 0).expect("it is kept");
    assert_eq!(kept.answers.to_form(), [("recommend".into(), "4".into()), ("why".into(), "Late".into())]);
    // Whoever scores 0 is sent off with words of their own.
    let (status, _) = send(&served, &scene, 1, &[("recommend", "0"), ("why", "x"), ("_go", "send")]);
    assert_eq!(status, 303);
    let thanks = served.client.get(&path(&scene, 1, Purpose::Answer), &[]).body;
    assert!(thanks.contains("We will call you, Ms Lindqvist. You gave us 0."), "{thanks}");
    // Two responses fill the quota of the region; the third is told so, whatever it sends.
    let closed = served.client.get(&path(&scene, 2, Purpose::Answer), &[]).body;
    assert!(closed.contains("Enough have answered from your region."), "{closed}");
    let (_, closed) = send(&served, &scene, 2, &[("recommend", "9"), ("_go", "send")]);
    assert!(closed.contains("Enough have answered"));
    assert!(response_of(&scene, 2).is_none());
    // Who has answered may still change it.
    assert!(
        served.client.get(&format!("{}?change=1", path(&scene, 0, Purpose::Answer)), &[]).body.contains("data-flow")
    );
    assert_eq!(send(&served, &scene, 0, &[("recommend", "10"), ("_go", "send")]).0, 303);
    let found = responses::recount(&scene.app).unwrap();
    assert!(found.is_none(), "{found:#?}");
}

on_both_backends!(the_server_leads_from_page_to_page);
