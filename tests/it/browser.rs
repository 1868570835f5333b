//! The whole way, as people go it: a wave is sent, a customer answers on a phone, the figures move, a
//! warning stands on the board the next morning, and its case is worked and closed. In a real browser.
//! Pictures of the pages, light and dark, are left in `target/screens`.

pub mod driver;
mod keeping;
pub mod kinds;
mod old;
mod paint;
mod policy;
mod right_to_left;
mod scriptless;
mod unmoved;

use crate::support::account_book::Book;
use crate::support::{House, TestDb, house_where};
use bellwether::app::responses::{Import, import_one};
use bellwether::app::warnings::{Settings, look};
use bellwether::app::{sign_in, surveys};
use bellwether::config::WebUrl;
use bellwether::domain::account::Account;
use bellwether::domain::answer::Answers;
use bellwether::domain::ident::ContactId;
use bellwether::domain::language::Language;
use bellwether::domain::permission::Role;
use bellwether::jobs::send;
use bellwether::store::responses::Channel;
use bellwether::store::users;
use bellwether::web::{Doors, serve};
use chrono::Duration;
use driver::{Browser, Device, Driver};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc;

const PASSWORD: &str = "a long way to the north";
/// Who answers.
const PERSON: &str = "H. Solberg";

/// The house with its doors open. Dropping it closes them.
struct Open {
    house: House,
    origin: String,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    serving: Option<std::thread::JoinHandle<()>>,
}

fn open(db: &TestDb) -> Open {
    // Links in mails hold the address, so it has to be known before the house is built.
    let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
    let origin = format!("http://{address}");
    let house = house_where(db, |config| {
        config.base_url = WebUrl::parse(&origin).unwrap();
        config.organisation.name = "Corvane Bearings".into();
    });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let (ready, started) = mpsc::channel::<SocketAddr>();
    let app = std::sync::Arc::clone(&house.app);
    let serving = std::thread::spawn(move || {
        let doors = Doors { pages: address, metrics: None };
        let told = move |doors: &Doors| ready.send(doors.pages).unwrap();
        serve(app, &doors, told, async { drop(stopped.await) }).unwrap();
    });
    started.recv().expect("the server starts");
    Open { house, origin, stop: Some(stop), serving: Some(serving) }
}

impl Drop for Open {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(serving) = self.serving.take() {
            drop(serving.join());
        }
    }
}

impl Open {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn look(&self) -> usize {
        look(&self.house, &self.house.service(), &Settings::default()).unwrap().raised
    }
}

/// Two years of answers: most customers are as content as ever, one has begun to slide.
fn seed(house: &House, db: &TestDb) -> Account {
    surveys::publish_shipped(house).unwrap();
    let book = Book::reopen(house, db);
    let hash = sign_in::hash_password(house, PASSWORD).unwrap();
    let quality = book.user("Irene Kwok", Role::QualityManager, Language::english());
    house.db.write(|conn| users::set_password(conn, quality.id, &hash)).unwrap();
    let manager = book.user("Marta Ekholm", Role::AccountManager, Language::english());
    let known = surveys::named(house, "relationship@1").unwrap();
    let answer = |account: &Account, contact: ContactId, ago: i64, level: u64, recommend: i64| {
        let mut form = vec![("recommend".to_owned(), recommend.to_string())];
        if ago % 3 == 0 {
            let words = if level > 70 {
                "The bearings hold what the catalogue says."
            } else {
                "Twice this spring the truck came a week late."
            };
            form.push(("improve".into(), words.into()));
        }
        // Points from 1 to 5 whose mean is about the level.
        let satisfied = known.definition.questions().filter(|q| q.service_aspect().is_some());
        let mut given = 0;
        for (place, question) in satisfied.enumerate() {
            let due = (place as u64 + 1) * level * 4 / 100;
            form.push((question.key.clone(), (due - given + 1).clamp(1, 5).to_string()));
            given = due;
        }
        form.extend(
            ["repurchase", "cross_purchase"].map(|key| (key.into(), if level > 70 { "5" } else { "3" }.into())),
        );
        let import = Import {
            account: account.id,
            contact: Some(contact),
            version: known.version.id,
            invitation: None,
            answers: Answers::partial(&known.definition, &form),
            received_at: house.now() - Duration::days(ago),
            channel: Channel::Web,
            language: Language::english(),
            segment: None,
        };
        house.db.write(|conn| import_one(house, conn, import)).unwrap();
    };
    for (i, name) in
        ["Brandt Rail", "Okafor Mining", "Hollow Gears", "Taiyue Presses", "Ruilin Wind Power", "Varga Pumps"]
            .into_iter()
            .enumerate()
    {
        let tier = ["key", "general", "potential"][i % 3];
        let account = book.account(name, tier, Some(manager.id));
        let people = ["A. Steady", "B. Steady"].map(|n| book.contact(account.id, &format!("{n} {i}")));
        for j in 0..10 {
            let (i, j) = (i as i64, j as i64);
            answer(
                &account,
                people[(j % 2) as usize],
                20 + 62 * j + i,
                74 + ((i * 7 + j * 5) % 13) as u64,
                7 + (i + j) % 4,
            );
        }
    }
    let sliding = book.account("Aldersund Turbines", "strategic", Some(manager.id));
    let people = [PERSON, "J. Wirth", "K. Amundsen"].map(|n| book.contact(sliding.id, n));
    for (j, level) in [84, 82, 86, 83, 85, 82, 84, 86, 83].into_iter().enumerate() {
        answer(&sliding, people[j % 3], 200 + 50 * (9 - j as i64), level, 9);
    }
    for (j, level) in [80, 78, 76].into_iter().enumerate() {
        answer(&sliding, people[1 + j % 2], 110 - 30 * j as i64, level, 8);
    }
    for j in 0..30 {
        book.order(sliding.id, 4 + 20 * j, Some(0));
    }
    book.write();
    sliding
}

/// A number as a page prints it.
fn number(text: &str) -> i64 {
    text.replace('\u{2212}', "-")
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .parse()
        .unwrap_or_else(|_| panic!("a number in “{text}”"))
}

async fn sign_in(browser: &Browser, open: &Open, path: &str) {
    browser.go(&open.at(path)).await;
    browser.arrive("the page to sign in", |p| p.starts_with("/sign-in")).await;
    browser.write("#email", "irene.kwok@example.com").await;
    browser.write("#password", PASSWORD).await;
    browser.click("button[type=submit]").await;
    browser.arrive(path, |p| p == path).await;
}

#[test]
fn from_a_wave_to_a_closed_case() {
    let db = TestDb::sqlite();
    let open = open(&db);
    let sliding = seed(&open.house, &db);
    let driver = Driver::start();
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let desk = driver.open(Device::DESK).await;
        let phone = driver.open(Device::PHONE).await;
        assert_eq!(open.look(), 0, "before the customer answers there is nothing to warn of");

        phone.go(&open.at("/sign-in")).await;
        phone.keep("sign-in").await;
        desk.go(&open.at("/sign-in")).await;
        desk.keep("sign-in").await;
        sign_in(&desk, &open, "/").await;
        let strategic = "[data-tier=strategic]";
        desk.go(&open.at("/?months=12")).await;
        let before = desk.text(&format!("{strategic} .main-figure")).await;
        let n_before = number(before.split("NPS, ").nth(1).unwrap());
        let nps_before = number(&desk.text(&format!("{strategic} .main-figure .value")).await);
        desk.go(&open.at("/warnings")).await;
        desk.read(".lede", "No warning is open").await;

        let link = send_a_wave(&desk, &open).await;
        answer_on_the_phone(&phone, &link).await;

        // The figures have moved.
        open.house.clock.advance(Duration::minutes(5));
        desk.go(&open.at("/?months=12")).await;
        let after = desk.text(&format!("{strategic} .main-figure")).await;
        assert_eq!(number(after.split("NPS, ").nth(1).unwrap()), n_before + 1, "{after}");
        let nps = number(&desk.text(&format!("{strategic} .main-figure .value")).await);
        assert!(nps < nps_before, "{nps} after {nps_before}");

        // So does the board, after the next night.
        open.house.clock.advance(Duration::hours(17));
        assert!(open.look() > 0, "the answer raises a warning");
        // Overnight the session has ended.
        sign_in(&desk, &open, "/").await;
        desk.keep("overview").await;
        work_the_warning(&desk, &open, &sliding).await;
        work_the_case(&desk, &open, &sliding).await;

        sign_in(&phone, &open, "/warnings").await;
        phone.keep("warnings").await;
        for (path, name) in
            [("/", "overview"), ("/cases?state=closed", "queue-closed"), ("/mailbox", "mailbox"), ("/waves", "waves")]
        {
            phone.go(&open.at(path)).await;
            phone.keep(name).await;
        }
        in_chinese(&desk, &phone, &open).await;
        desk.close().await;
        phone.close().await;
    });
}

/// Draws up a wave, looks at who would be asked, starts it, and reads the letter that it has sent.
/// Returns the link behind the 2.
async fn send_a_wave(desk: &Browser, open: &Open) -> String {
    desk.go(&open.at("/waves")).await;
    desk.click("a[href='/waves/new']").await;
    desk.arrive("the form", |p| p == "/waves/new").await;
    desk.write("#name", "Autumn 2026").await;
    let version = surveys::named(&open.house, "relationship@1").unwrap().version.id;
    desk.select("#survey", &version.to_string()).await;
    desk.choose("tier", "strategic").await;
    desk.pick("#closes", "2026-12-13").await;
    desk.keep("wave-new").await;
    desk.click("main button[type=submit]").await;
    desk.arrive("the preview", |p| p.starts_with("/waves/") && p != "/waves/new").await;
    desk.read(".lede", "Of 3 contacts at one account, 3 would be asked and 0 left out.").await;
    desk.keep("wave-preview").await;
    desk.click("form[action$='/start'] button").await;
    desk.read("h1", "Autumn 2026").await;
    desk.read(".page-head .chip", "Running").await;
    assert_eq!(send::drain(&open.house).unwrap(), 3, "each of the three gets a mail");
    let wave = desk.path().await;
    desk.go(&open.at(&wave)).await;
    desk.read(".table.rules", "Sent").await;
    desk.keep("wave").await;

    desk.go(&open.at("/mailbox?to=hsolberg")).await;
    desk.click(".mails a").await;
    desk.arrive("the letter", |p| p.starts_with("/mailbox/")).await;
    desk.see("iframe.letter").await;
    let framed = desk.link_in_frame("iframe.letter", "a[href$='s=2']").await;
    desk.keep("mailbox").await;
    framed.expect("the letter holds a link for the 2")
}

/// Follows the link out of the mail and answers, one step after the other.
async fn answer_on_the_phone(phone: &Browser, link: &str) {
    phone.go(link).await;
    phone.arrive("the survey", |p| p.starts_with("/r/")).await;
    assert!(phone.is_chosen("recommend", "2").await, "the score from the mail is filled in");
    phone.read(".step.current", "It counts once you press the button").await;
    phone.choose("recommend", "2").await;
    phone.write("#f-recommend_why", "Twice this autumn the truck came a week late.").await;
    phone.keep("survey-1").await;
    phone.click(".step.current [data-go=next]").await;
    phone.read(".step.current .steps", "Step 2").await;
    // Without an answer that is needed there is no next step, and the page says why.
    phone.click(".step.current [data-go=next]").await;
    phone.read("#wrong-overall", "Please choose a number from 1 to 5.").await;
    phone.keep("survey-2-missing").await;
    for (question, score) in [
        ("overall", "2"),
        ("delivery", "1"),
        ("product_quality", "3"),
        ("technical_advice", "2"),
        ("complaint_handling", "1"),
        ("account_manager", "2"),
        ("hotline", "na"),
        ("ordering", "1"),
    ] {
        phone.choose(question, score).await;
    }
    phone.keep("survey-2").await;
    phone.click(".step.current [data-go=next]").await;
    phone.read(".step.current .steps", "Step 3").await;
    for (question, answer) in
        [("repurchase", "2"), ("cross_purchase", "1"), ("price_tolerance", "1"), ("competitor", "delivery")]
    {
        phone.choose(question, answer).await;
    }
    phone.keep("survey-3").await;
    phone.click(".step.current [data-go=next]").await;
    phone.read(".step.current .steps", "Step 4").await;
    phone.write("#f-improve", "Tell us the day before when a lorry will be late.").await;
    phone.choose("contact_me", "yes").await;
    phone.keep("survey-4").await;
    phone.click(".step.current button[type=submit]").await;
    phone.read("h1", "Thank you, H. Solberg. Your answers are recorded.").await;
    phone.keep("survey-thanks").await;
    // The same link tells what was said, and offers to change it.
    phone.go(link).await;
    phone.read(".said", "Tell us the day before when a lorry will be late.").await;
    phone.read(".said", "2 of 10").await;
    phone.click("a[href*='change=1']").await;
    phone.see(".step.current [data-go=next]").await;
    assert!(phone.is_chosen("recommend", "2").await, "what was said is filled in to be changed");
}

/// The board shows the account; its manager's deputy takes note.
async fn work_the_warning(desk: &Browser, open: &Open, account: &Account) {
    desk.go(&open.at("/warnings")).await;
    desk.read("main table", &account.name).await;
    desk.read("main table", "Low score").await;
    desk.keep("warnings").await;
    desk.click("main table a[href^='/warnings/']").await;
    desk.arrive("the warning", |p| p.starts_with(&format!("/warnings/{}/", account.id))).await;
    desk.read(".flow .now", "Open").await;
    desk.keep("warning").await;
    desk.write("#note-acknowledged", "I call Mr Solberg tomorrow.").await;
    desk.click("form:has(input[name=to][value=acknowledged]) button").await;
    desk.read(".flow .now", "Acknowledged").await;
    desk.read(".timeline", "I call Mr Solberg tomorrow.").await;
}

/// Finds the case that the decline has opened, and works it to its end.
async fn work_the_case(desk: &Browser, open: &Open, account: &Account) {
    desk.go(&open.at("/cases")).await;
    desk.keep("queue").await;
    if desk.has(".queue a.name").await {
        desk.click(".queue a.name").await;
    } else {
        // The decline was not yet grave enough to open a case by itself.
        desk.go(&open.at(&format!("/cases/new?account={}", account.id))).await;
        desk.select("#purpose", "retention").await;
        desk.click("form[action='/cases'] button").await;
    }
    desk.arrive("the case", |p| p.starts_with(&format!("/cases/{}/", account.id))).await;
    desk.keep("case").await;
    desk.select("#cause", "delivery").await;
    desk.write("#note", "Two lorries a week late, and nobody told them.").await;
    desk.click("form[action$='/cause'] button").await;
    desk.read("main", "Cause · delivery").await;
    desk.click("details:has(form[action$='/steps']) > summary").await;
    desk.write("#title", "Agree on a notice a day ahead").await;
    desk.pick("form[action$='/steps'] [name=due]", "2026-12-01").await;
    desk.click("form[action$='/steps'] button").await;
    desk.read(".tasks", "Agree on a notice a day ahead").await;
    desk.click("details:has(form[action$='/contacts']) > summary").await;
    desk.select("#channel", "telephone").await;
    desk.write("#contact-note", "He wants to be told the day before.").await;
    desk.click("form[action$='/contacts'] button").await;
    desk.read("main", "He wants to be told the day before.").await;
    desk.keep("case-worked").await;
    let outcome = if desk.has("input[name=outcome][value=kept]").await { "kept" } else { "won_back" };
    desk.choose("outcome", outcome).await;
    desk.write("#end-reason", "Ordered again for the spring.").await;
    desk.click("form[action$='/end'] button").await;
    desk.read(".flash.done", "Ordered again for the spring.").await;
    desk.keep("case-closed").await;
    desk.go(&open.at("/cases?state=closed")).await;
    desk.read(".queue", &account.name).await;
}

/// The same pages for somebody who reads Chinese.
async fn in_chinese(desk: &Browser, phone: &Browser, open: &Open) {
    desk.go(&open.at("/me")).await;
    desk.keep("me").await;
    desk.select("#language", "zh-CN").await;
    desk.click("main form button").await;
    desk.read(".side", "概览").await;
    for (path, name) in [
        ("/", "overview"),
        ("/warnings", "warnings"),
        ("/cases?state=closed", "queue"),
        ("/waves/new", "wave-new"),
        ("/mailbox", "mailbox"),
    ] {
        desk.go(&open.at(path)).await;
        desk.keep(&format!("{name}-zh")).await;
    }
    phone.go(&open.at("/")).await;
    phone.keep("overview-zh").await;
}
