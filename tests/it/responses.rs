//! Answering, over HTTP as a browser does it, and what becomes of a response later.

use crate::support::long::{record, times};
use crate::support::{Backend, House, TestDb, house};
use bellwether::app::{App, responses};
use bellwether::clock::FixedClock;
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::answer::{Answer, Answers};
use bellwether::domain::contact::{Contact, EmailAddress};
use bellwether::domain::ident::{ContactId, InvitationId, UserId, VersionId, WaveId};
use bellwether::domain::language::Language;
use bellwether::domain::permission::Role;
use bellwether::domain::survey::{Definition, library};
use bellwether::domain::token::{Purpose, Token};
use bellwether::error::Code;
use bellwether::store::invitations::{self, Invitation};
use bellwether::store::responses::{self as stored, State};
use bellwether::store::surveys::{self, Version};
use bellwether::store::users::{self, User};
use bellwether::store::{accounts, contacts, tallies};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use uuid::Uuid;

on_both_backends! {
    a_get_shows_the_form_and_records_nothing,
    the_whole_way_of_an_answer,
    a_wrong_answer_comes_back_with_what_was_typed,
    one_link_gives_one_response,
    a_link_that_leads_nowhere,
    what_is_hostile_is_shown_as_text,
    the_mails_stop_by_one_click,
    excluded_restored_erased,
    random_edits_leave_the_tallies_right,
    a_failing_unit_leaves_its_neighbours,
    a_broken_tally_is_found_and_mended,
    an_unreachable_database_loses_nothing,
}

/// A house with one account, its manager, a contact and invitations to the short survey.
pub struct Scene {
    pub app: Arc<App>,
    pub clock: Arc<FixedClock>,
    pub tokens: Vec<Token>,
    version: VersionId,
}

fn id<T: From<Uuid>>(n: u128) -> T {
    T::from(Uuid::from_u128(n))
}

pub fn scene(db: &TestDb, invited: u128, survey: &str) -> Scene {
    scene_in(house(db), db, invited, survey)
}

/// The same in a house that is there already.
pub fn scene_in(app: House, db: &TestDb, invited: u128, survey: &str) -> Scene {
    scene_of(app, db, invited, library().unwrap().into_iter().find(|one| one.key == survey).unwrap())
}

/// The same with a survey that need not be among the shipped.
pub fn scene_of(app: House, db: &TestDb, invited: u128, definition: Definition) -> Scene {
    let clock = Arc::clone(&app.clock);
    let now = app.now();
    let version: VersionId = id(50);
    let manager: UserId = id(60);
    app.db
        .write(|conn| {
            let user = User {
                id: manager,
                email: "marta@corvane.example".into(),
                name: "Marta <Ekholm>".into(),
                role: Role::AccountManager,
                language: Language::english(),
                zone: chrono_tz::UTC,
                region: None,
                active: true,
                digest: true,
                revision: 1,
            };
            users::insert(conn, &user, None, now)?;
            surveys::publish(
                conn,
                Version {
                    id: version,
                    survey: definition.key.clone(),
                    version: 1,
                    kind: definition.kind.as_str().into(),
                    definition: definition.to_json()?,
                    hash: definition.fingerprint()?.to_vec(),
                    published_at: now,
                },
            )
        })
        .unwrap();
    wave(db, 70, version);
    let mut tokens = Vec::new();
    for n in 1..=invited {
        let account = Account {
            id: id(1000 + n),
            number: CustomerNumber::parse(&format!("C{n}")).unwrap(),
            name: format!("Company {n}"),
            kind: AccountKind::Customer,
            parent: None,
            tier: if n % 2 == 0 { "key" } else { "general" }.into(),
            region: "north".into(),
            product_line: String::new(),
            manager: Some(manager),
            deputy: None,
            active: true,
            revision: 1,
        };
        let contact = Contact {
            id: id::<ContactId>(2000 + n),
            account_id: account.id,
            email: EmailAddress::parse(&format!("person{n}@customer.example")).unwrap(),
            name: "Ida Lindqvist".into(),
            salutation: Some("Ms Lindqvist".into()),
            phone: None,
            language: Language::english(),
            role: None,
            consent: true,
            active: true,
            revision: 1,
        };
        let invitation = Invitation {
            account: account.id,
            id: id::<InvitationId>(3000 + n),
            wave: id::<WaveId>(70),
            version,
            contact: contact.id,
            segment: account.segment().id(),
            kind: definition.kind.as_str().into(),
            language: Language::english(),
            state: invitations::State::Planned,
            created_at: now,
            delivered_at: None,
            delivered_day: None,
            answered_at: None,
            closes_at: "2026-12-15T00:00:00Z".parse().unwrap(),
        };
        app.db
            .write(|conn| {
                accounts::insert(conn, std::slice::from_ref(&account), None, now, app.today())?;
                contacts::insert(conn, std::slice::from_ref(&contact), now)?;
                invitations::insert(conn, std::slice::from_ref(&invitation))?;
                // Every third answers without our knowing of the delivery.
                if n % 3 != 0 {
                    let before = now - chrono::Duration::days(40);
                    invitations::mark_delivered(conn, &invitation, before, app.day_of(before))?;
                }
                Ok(())
            })
            .unwrap();
        tokens.push(Token { account_id: account.id, invitation_id: invitation.id });
    }
    Scene { app: Arc::clone(&app), clock, tokens, version }
}

fn execute(db: &TestDb, statement: &str) {
    match db.backend() {
        Backend::Sqlite => {
            let path = db.url().strip_prefix("sqlite://").unwrap();
            SqliteConnection::establish(path).unwrap().batch_execute(statement).unwrap();
        }
        Backend::Postgres => PgConnection::establish(db.url()).unwrap().batch_execute(statement).unwrap(),
    }
}

fn wave(db: &TestDb, n: u128, version: VersionId) {
    let bytes = |uuid: Uuid| match db.backend() {
        Backend::Sqlite => format!("X'{}'", uuid.simple()),
        Backend::Postgres => format!("'\\x{}'", uuid.simple()),
    };
    execute(
        db,
        &format!(
            "INSERT INTO waves (id, name, version_id, state, audience, closes_at, created_at, revision)
             VALUES ({}, 'Autumn', {}, 'running', '{{}}', '2026-12-15 00:00:00', '2026-10-01 00:00:00', 1)",
            bytes(Uuid::from_u128(n)),
            bytes(version.0)
        ),
    );
}

/// A served house and a client that knows as much HTTP as is needed.
struct Served {
    address: SocketAddr,
    stop: Option<Box<dyn FnOnce() + Send + Sync>>,
}

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Served {
    fn start(app: &Arc<App>) -> Self {
        let (tell, told) = std::sync::mpsc::channel();
        let (end, ended) = tokio::sync::oneshot::channel::<()>();
        let app = Arc::clone(app);
        let thread = std::thread::spawn(move || {
            let doors = bellwether::web::Doors { pages: ([127, 0, 0, 1], 0).into(), metrics: None };
            let started = |doors: &bellwether::web::Doors| tell.send(doors.pages).unwrap();
            let stop = async { drop(ended.await) };
            bellwether::web::serve(app, &doors, started, stop).unwrap();
        });
        let address = told.recv().unwrap();
        let stop = Box::new(move || {
            drop(end);
            thread.join().unwrap();
        });
        Self { address, stop: Some(stop) }
    }

    fn send(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let headers: String = headers.iter().map(|h| format!("{h}\r\n")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: t\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // A server that has seen enough may hang up before all is sent.
        let _ = stream.write_all(body);
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text.as_str(), ""));
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).unwrap_or(0);
        Reply { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], b"")
    }

    fn post(&self, path: &str, form: &str) -> Reply {
        self.send("POST", path, &["Content-Type: application/x-www-form-urlencoded"], form.as_bytes())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop();
        }
    }
}

pub fn path(scene: &Scene, n: usize, purpose: Purpose) -> String {
    format!("/{}/{}", purpose.path(), scene.tokens[n].seal(scene.app.seal_key(), purpose))
}

pub fn response_of(scene: &Scene, n: usize) -> Option<stored::Response> {
    let token = scene.tokens[n];
    scene.app.db.read(|conn| stored::by_invitation(conn, token.account_id, token.invitation_id)).unwrap()
}

#[track_caller]
fn tallies_are_right(app: &App) {
    let found = responses::recount(app).unwrap();
    assert!(found.is_none(), "{found:#?}");
}

fn a_get_shows_the_form_and_records_nothing(db: &TestDb) {
    let scene = scene(db, 1, "relationship");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let page = served.get(&format!("{link}?s=7"));
    assert_eq!(page.status, 200);
    for header in ["cache-control: no-store", "x-robots-tag: noindex", "referrer-policy: no-referrer"] {
        assert!(page.head.contains(header), "{header}: {}", page.head);
    }
    assert!(!page.head.contains("set-cookie:"));
    assert!(page.body.contains("name=\"recommend\" value=\"7\" checked>"));
    assert_eq!(page.body.matches(" checked>").count(), 1);
    assert!(page.body.contains("Your 7 from the e-mail is filled in."));
    assert!(page.body.contains("Marta &lt;Ekholm&gt;") && !page.body.contains("<Ekholm>"));
    assert!(page.body.contains("is open until 14 December 2026."));
    assert!(!page.body.contains(['\u{1}', '\u{2}']), "every slot is filled");
    assert!(!served.get(&format!("{link}?s=11")).body.contains(" checked>"));
    let chinese = served.get(&format!("{link}?lang=zh-CN"));
    assert!(chinese.body.contains("<html lang=\"zh-CN\">") && chinese.body.contains("谁会看到您的回答"));
    let head = served.send("HEAD", &link, &[], b"");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(served.get(&link.to_uppercase().replace("/R/", "/r/")).status, 200, "gateways change the case");
    let css = page.body.split("href=\"/assets/").nth(1).unwrap().split('"').next().unwrap();
    // Behind the few lines that run before anything is painted.
    let js = page.body.split("src=\"/assets/").nth(2).unwrap().split('"').next().unwrap();
    let sizes = [css, js].map(|name| served.get(&format!("/assets/{name}")).body.len());
    let all = page.body.len() + sizes.iter().sum::<usize>();
    assert!(all < 64 * 1024 && sizes.iter().all(|size| *size > 1000), "{all}: {} {sizes:?}", page.body.len());
    assert!(response_of(&scene, 0).is_none());
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 0);
}

fn the_whole_way_of_an_answer(db: &TestDb) {
    let scene = scene(db, 3, "short");
    let served = Served::start(&scene.app);
    for n in 0..3 {
        let link = path(&scene, n, Purpose::Answer);
        let kept = served.post(&link, "_lang=en&recommend=9&overall=4&why=Good+work%0D%0Aand+%E5%A5%BD");
        assert_eq!(kept.status, 303, "{}", kept.body);
        assert!(kept.head.contains(&format!("location: {link}?lang=en")), "{}", kept.head);
        let thanks = served.get(&link).body;
        assert!(thanks.contains("Thank you, Ms Lindqvist. Your answers are recorded."), "{thanks}");
        assert!(thanks.contains("<dd>9 of 10</dd>") && thanks.contains("“Good work<br>and 好”"));
        assert!(thanks.contains("until 14 December 2026"));
        let response = response_of(&scene, n).unwrap();
        assert_eq!(response.answers.score("recommend"), Some(9));
        assert_eq!((response.revision, response.state), (1, State::Kept));
        let readings = scene.app.db.read(|conn| stored::readings_of_account(conn, response.account)).unwrap();
        assert_eq!(readings.len(), 3, "{readings:?}");
    }
    tallies_are_right(&scene.app);
    // A change: the form shows what was said, and the response stays one.
    let link = path(&scene, 0, Purpose::Answer);
    let form = served.get(&format!("{link}?change=1")).body;
    assert!(
        form.contains("name=\"recommend\" value=\"9\" checked>") && form.contains(">\nGood work\nand 好</textarea>")
    );
    assert_eq!(served.post(&link, "_lang=zh-CN&recommend=3&overall=2").status, 303);
    let response = response_of(&scene, 0).unwrap();
    assert_eq!((response.answers.score("recommend"), response.revision), (Some(3), 2));
    assert_eq!(response.answers.text("why"), None);
    assert!(served.get(&link).body.contains("您的回答已记录"), "the language they answered in stays");
    tallies_are_right(&scene.app);
    let key = bellwether::store::accounts::Filter { tier: Some("key".into()), ..Default::default() };
    let words = scene
        .app
        .db
        .read(|conn| stored::latest_comments(conn, &bellwether::domain::permission::Reach::All, &key, 10))
        .unwrap();
    assert_eq!(words.len(), 1);
    assert_eq!(words[0].response.answers.text("why"), Some("Good work\nand 好"));
    // When the survey is closed, the thanks stay and nothing changes any more.
    scene.clock.set("2026-12-15T00:00:00Z".parse().unwrap());
    let thanks = served.get(&format!("{link}?change=1")).body;
    assert!(thanks.contains("您的回答不再变动") && !thanks.contains("change=1"));
    assert_eq!(served.post(&link, "recommend=10&overall=5").status, 410);
    assert_eq!(response_of(&scene, 0).unwrap().revision, 2);
}

fn a_wrong_answer_comes_back_with_what_was_typed(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let page = served.post(&link, "_lang=en&recommend=11&why=Three+late+deliveries");
    assert_eq!(page.status, 422);
    assert!(page.body.contains(">\nThree late deliveries</textarea>"));
    assert!(page.body.contains("2 answers need another look. Nothing you entered is lost."));
    assert!(page.body.contains("role=\"alert\"") && page.body.contains("aria-describedby=\"wrong-recommend\""));
    assert!(page.body.contains("Please choose a number from 1 to 5."), "{}", page.body);
    assert!(page.body.contains("Please choose a number from 0 to 10."));
    let chinese = served.post(&link, "_lang=zh-CN&overall=4").body;
    assert!(chinese.contains("有 1 处回答需要您再看一下") && chinese.contains("value=\"4\" checked"));
    assert!(chinese.contains("请在 0 至 10 之间选择一个数字。"));
    assert_eq!(served.post(&link, "").status, 422);
    assert_eq!(served.post(&link, "recommend=5&overall=3&colour=red").status, 422);
    let other = served.post(&link, "_lang=en&_show=zh-CN&recommend=6&why=so");
    assert_eq!(other.status, 200);
    assert!(other.body.contains("value=\"6\" checked") && other.body.contains("lang=\"zh-CN\""));
    let long = format!("recommend=5&overall=3&why={}", "x".repeat(300 * 1024));
    let large = served.send(
        "POST",
        &link,
        &["Content-Type: application/x-www-form-urlencoded", "Accept-Language: zh-CN"],
        long.as_bytes(),
    );
    assert_eq!(large.status, 413, "{}", large.body);
    assert!(response_of(&scene, 0).is_none());
    tallies_are_right(&scene.app);
}

fn one_link_gives_one_response(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let form = |n: usize| format!("recommend={}&overall=4", n % 11);
    std::thread::scope(|scope| {
        for n in 0..8 {
            let (served, link) = (&served, &link);
            scope.spawn(move || {
                let reply = served.post(link, &form(n / 2));
                assert_eq!(reply.status, 303, "{}", reply.body);
            });
        }
    });
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 1);
    let revision = response_of(&scene, 0).unwrap().revision;
    assert!(revision >= 2);
    tallies_are_right(&scene.app);
    let before = response_of(&scene, 0).unwrap();
    let same = format!("recommend={}&overall=4", before.answers.score("recommend").unwrap());
    assert_eq!(served.post(&link, &same).status, 303);
    assert_eq!(response_of(&scene, 0).unwrap().revision, revision, "the same again is no change");
}

fn a_link_that_leads_nowhere(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let damaged = format!("{}{}", &link[..link.len() - 2], if link.ends_with("aa") { "bb" } else { "aa" });
    let stranger = Token { account_id: id(1), invitation_id: id(2) };
    let unknown = format!("/r/{}", stranger.seal(scene.app.seal_key(), Purpose::Answer));
    let crossed = path(&scene, 0, Purpose::Unsubscribe).replace("/u/", "/r/");
    for wrong in [damaged.as_str(), "/r/short", &unknown, &crossed] {
        for reply in [served.get(wrong), served.post(wrong, "recommend=9&overall=4")] {
            assert_eq!(reply.status, 404, "{wrong}");
            assert!(reply.body.contains("link.unknown"), "{}", reply.body);
        }
    }
    let chinese = served.send("GET", &unknown, &["Accept-Language: zh-CN,zh;q=0.9"], b"");
    assert!(chinese.body.contains("链接"), "{}", chinese.body);
    scene
        .app
        .db
        .write(|conn| {
            let token = scene.tokens[2 - 1];
            let state = invitations::State::Cancelled;
            invitations::mark_undelivered(conn, token.account_id, token.invitation_id, state)
        })
        .unwrap();
    // The second invitation was delivered; what is delivered cannot be cancelled, and is answered.
    assert_eq!(served.get(&path(&scene, 1, Purpose::Answer)).status, 200);
    scene.clock.set("2027-01-01T00:00:00Z".parse().unwrap());
    let closed = served.get(&link);
    assert_eq!(closed.status, 410);
    assert!(closed.body.contains("This survey is closed.") && closed.body.contains("link.closed"));
    assert!(served.get(&format!("{link}?lang=zh-CN")).body.contains("link.closed"));
    assert_eq!(served.post(&link, "recommend=9&overall=4").status, 410);
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 0);
}

fn what_is_hostile_is_shown_as_text(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let evil = "why=%3C%2Ftextarea%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%01%02";
    for page in [
        served.post(&link, evil),
        served.post(&link, &format!("recommend=%3Cscript%3E&overall=4&{evil}")),
        served.get(&format!("{link}?s=%3Cscript%3E&lang=%3Cscript%3E")),
        served.post(&link, &format!("_lang=%22%3E%3Cscript%3E&{evil}")),
    ] {
        assert!(!page.body.contains("<script>") && !page.body.contains("</textarea><"), "{}", page.body);
    }
    assert_eq!(served.post(&link, &format!("recommend=1&overall=1&{evil}")).status, 303);
    let thanks = served.get(&link).body;
    assert!(thanks.contains("&lt;/textarea&gt;&lt;script&gt;alert(1)"), "{thanks}");
    assert!(!thanks.contains("<script>"));
    assert_eq!(served.send("POST", &link, &[], &[0xff, 0xfe]).status, 422);
}

fn the_mails_stop_by_one_click(db: &TestDb) {
    let scene = scene(db, 3, "short");
    let served = Served::start(&scene.app);
    let suppressed = || scene.app.db.read(bellwether::store::suppressions::count).unwrap();
    let ask = served.get(&path(&scene, 0, Purpose::Unsubscribe));
    assert!(ask.status == 200 && ask.body.contains("<button") && ask.body.contains("method=\"post\""));
    assert_eq!(served.send("HEAD", &path(&scene, 0, Purpose::Unsubscribe), &[], b"").status, 200);
    assert_eq!(suppressed(), 0, "a GET stops nothing");
    let click = served.post(&path(&scene, 0, Purpose::Unsubscribe), "List-Unsubscribe=One-Click");
    assert_eq!(click.status, 200);
    assert!(!click.head.contains("set-cookie:") && !click.head.contains("\nlocation:"));
    assert_eq!(suppressed(), 1);
    let part = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
    let kind = "Content-Type: multipart/form-data; boundary=b";
    assert_eq!(served.send("POST", &path(&scene, 1, Purpose::Unsubscribe), &[kind], part.as_bytes()).status, 200);
    let page = served.post(&format!("{}?lang=zh-CN", path(&scene, 2, Purpose::Unsubscribe)), "");
    assert!(page.body.contains("您不会再收到此类邮件"));
    assert_eq!(served.post(&path(&scene, 2, Purpose::Unsubscribe), "").status, 200, "twice is no trouble");
    assert_eq!(suppressed(), 3);
    assert_eq!(served.post(&path(&scene, 0, Purpose::Answer).replace("/r/", "/u/"), "").status, 404);
}

fn keep(scene: &Scene, n: usize, form: &[(&str, &str)]) -> bellwether::error::Result<responses::Outcome> {
    let form = form.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let kept = responses::keep(&scene.app, scene.tokens[n], form, None);
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(kept)
}

fn excluded_restored_erased(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let app = &scene.app;
    keep(&scene, 0, &[("recommend", "2"), ("overall", "1"), ("why", "secret words")]).unwrap();
    let kept = response_of(&scene, 0).unwrap();
    let (account, id) = (kept.account, kept.id);
    let service = app.service();
    assert_eq!(responses::exclude(app, &service, account, id, " ").unwrap_err().code(), Code::ValueMissing);
    let excluded = responses::exclude(app, &service, account, id, "a test by our own people").unwrap();
    assert_eq!(excluded.state, State::Excluded);
    tallies_are_right(app);
    assert!(app.db.read(|conn| stored::readings_of_account(conn, account)).unwrap().is_empty());
    assert_eq!(responses::exclude(app, &service, account, id, "again").unwrap_err().code(), Code::StepImpossible);
    // Who was excluded may still change what they said; it goes on not to count.
    keep(&scene, 0, &[("recommend", "10"), ("overall", "5"), ("why", "secret words")]).unwrap();
    tallies_are_right(app);
    assert_eq!(responses::restore(app, &service, account, id).unwrap().state, State::Kept);
    tallies_are_right(app);
    assert_eq!(app.db.read(|conn| stored::readings_of_account(conn, account)).unwrap().len(), 3);
    let mut other = service.clone();
    other.user = Some(super::responses::id(99));
    other.role = Role::AccountManager;
    assert_eq!(responses::exclude(app, &other, account, id, "x").unwrap_err().code(), Code::Forbidden);
    let erased = responses::erase(app, &service, account, id).unwrap();
    assert!(erased.answers.is_empty() && erased.contact.is_none());
    tallies_are_right(app);
    assert_eq!(keep(&scene, 0, &[("recommend", "1"), ("overall", "1")]).err().unwrap().code(), Code::ResponseFinal);
    assert_eq!(responses::restore(app, &service, account, id).unwrap_err().code(), Code::StepImpossible);
}

fn random_edits_leave_the_tallies_right(db: &TestDb) {
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    let scene = scene(db, 6, "relationship");
    let app = &scene.app;
    let service = app.service();
    let step = (0_usize..6, 0_u8..10, 0_i64..=10, 1_i64..=5, 0_i64..45);
    let (cases, edits) = (times(6, 300), std::cell::Cell::new(0));
    let mut runner = TestRunner::new(Config { cases: cases as u32, failure_persistence: None, ..Config::default() });
    runner
        .run(&prop::collection::vec(step, 1..25), |steps| {
            let count = steps.len();
            for (n, what, score, point, days) in steps {
                scene.clock.set(
                    "2026-10-01T20:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()
                        + chrono::Duration::days(days),
                );
                let token = scene.tokens[n];
                let there = response_of(&scene, n);
                // Steps that are not possible fail, and must leave everything as it is.
                match (what, there) {
                    (6, Some(r)) => drop(responses::exclude(app, &service, r.account, r.id, "chance")),
                    (7, Some(r)) => drop(responses::restore(app, &service, r.account, r.id)),
                    (8, Some(r)) if score == 0 => drop(responses::erase(app, &service, r.account, r.id)),
                    (9, _) => {
                        let mut answers = Answers::default();
                        answers.0.insert("recommend".into(), Answer::Score(score));
                        let import = responses::Import {
                            account: token.account_id,
                            contact: None,
                            version: scene.version,
                            invitation: None,
                            answers,
                            received_at: app.now(),
                            channel: stored::Channel::Telephone,
                            language: Language::chinese(),
                            segment: None,
                        };
                        app.db.write(|conn| responses::import_one(app, conn, import)).unwrap();
                    }
                    _ => {
                        let (score, point) = (score.to_string(), point.to_string());
                        let form = [
                            ("recommend", &*score),
                            ("overall", &*point),
                            ("delivery", &*point),
                            ("hotline", "na"),
                            ("competitor", "price"),
                        ];
                        drop(keep(&scene, n, &form[..2 + usize::from(what % 4)]));
                    }
                }
            }
            edits.set(edits.get() + count);
            let found = responses::recount(app).unwrap();
            prop_assert!(found.is_none(), "{:#?}", found);
            Ok(())
        })
        .unwrap();
    assert!(responses::recount(app).unwrap().responses > 0);
    let (engine, edits) = (db.backend().name(), edits.get());
    record(
        &format!("edits-{engine}"),
        &format!("- {engine}: {cases} rows of edits, {edits} edits in all, tallies right after each row"),
    );
}

fn a_failing_unit_leaves_its_neighbours(db: &TestDb) {
    let scene = scene(db, 12, "short");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let outcomes = runtime.block_on(async {
        let mut pending = Vec::new();
        for (n, token) in scene.tokens.iter().enumerate() {
            let form = vec![("recommend".to_owned(), "8".to_owned()), ("overall".to_owned(), "4".to_owned())];
            let (app, token) = (Arc::clone(&scene.app), *token);
            pending.push(async move {
                if n == 5 {
                    let failing = app.db.write_grouped(move |conn| {
                        let invitation = invitations::find(conn, token.account_id, token.invitation_id)?;
                        invitations::mark_delivered(
                            conn,
                            &invitation,
                            "2026-11-01T00:00:00Z".parse().unwrap(),
                            "2026-11-01".parse().unwrap(),
                        )?;
                        Err::<(), _>(bellwether::error::Error::new(Code::Internal))
                    });
                    return failing.await.is_ok();
                }
                responses::keep(&app, token, form, None).await.is_ok()
            });
        }
        futures_util::future::join_all(pending).await
    });
    for (n, kept) in outcomes.into_iter().enumerate() {
        assert_eq!(kept, n != 5, "{n}");
    }
    tallies_are_right(&scene.app);
    // Acknowledged is on disk: another opening of the same database finds it.
    let again = bellwether::store::Db::open(db.url(), 1).unwrap();
    assert_eq!(again.read(stored::count).unwrap(), 11);
}

fn a_broken_tally_is_found_and_mended(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let app = &scene.app;
    keep(&scene, 0, &[("recommend", "9"), ("overall", "4")]).unwrap();
    let check = |mend: &[&str]| {
        use clap::{Args as _, FromArgMatches as _};
        let command = bellwether::cli::check::Args::augment_args(clap::Command::new("check"));
        let given = command.try_get_matches_from(["check", "--tallies"].iter().chain(mend)).unwrap();
        let args = bellwether::cli::check::Args::from_arg_matches(&given).unwrap();
        let mut out = Vec::new();
        let done = bellwether::cli::check::run(app, &args, &mut out).is_ok();
        (done, String::from_utf8(out).unwrap())
    };
    assert!(check(&[]).0);
    execute(
        db,
        "UPDATE tally_days SET n = n + 3 WHERE question = 'recommend'; DELETE FROM tally_accounts WHERE measure = 'satisfied'",
    );
    let (right, told) = check(&[]);
    assert!(!right && told.contains("recommend=9") && told.contains("stands at 4, should be 1"), "{told}");
    assert!(told.contains("differ: 2 of"), "{told}");
    let (mended, told) = check(&["--mend"]);
    assert!(mended && told.contains("in their place"), "{told}");
    assert!(check(&[]).0);
    let month = bellwether::domain::day::Month::of(app.today());
    assert_eq!(app.db.read(|c| tallies::month(c, month)).unwrap()["satisfied"].len(), 1);
}

fn an_unreachable_database_loses_nothing(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    assert_eq!(served.get(&link).status, 200);
    execute(db, "ALTER TABLE responses RENAME TO responses_away");
    let page = served.post(&link, "_lang=en&recommend=4&overall=2&why=late+%22again%22%0Aand+again");
    assert!(page.status >= 500, "{}", page.status);
    assert!(page.body.contains("Your answers are not saved yet."), "{}", page.body);
    assert!(page.body.contains("late &quot;again&quot;\nand again</textarea>") && page.head.contains("retry-after"));
    execute(db, "ALTER TABLE responses_away RENAME TO responses");
    let again = "_lang=en&recommend=4&overall=2&why=late+%22again%22%0Aand+again";
    assert_eq!(served.post(&link, again).status, 303);
    assert_eq!(response_of(&scene, 0).unwrap().answers.text("why"), Some("late \"again\"\nand again"));
}

#[test]
fn survey_files_are_checked_with_their_lines() {
    let db = TestDb::sqlite();
    let app = house(&db);
    let dir = tempfile::tempdir().unwrap();
    let (good, bad) = (dir.path().join("good.toml"), dir.path().join("bad.toml"));
    let text = bellwether::domain::survey::library_files().find(|(file, _)| *file == "short.toml").unwrap().1;
    std::fs::write(&good, text).unwrap();
    std::fs::write(&bad, text.replace("points = 11", "points = 10")).unwrap();
    let check = |files: &[&std::path::Path]| {
        use clap::{Args as _, FromArgMatches as _};
        let command = bellwether::cli::check::Args::augment_args(clap::Command::new("check"));
        let words = ["check", "surveys"].map(std::ffi::OsString::from);
        let given = command.try_get_matches_from(words.into_iter().chain(files.iter().map(Into::into))).unwrap();
        let args = bellwether::cli::check::Args::from_arg_matches(&given).unwrap();
        let mut out = Vec::new();
        let done = bellwether::cli::check::run(&app, &args, &mut out).is_ok();
        (done, String::from_utf8(out).unwrap())
    };
    let (valid, told) = check(&[&good]);
    assert!(valid && told.contains("Survey short, version 1, questions: 3."), "{told}");
    let (valid, told) = check(&[&good, &bad]);
    assert!(!valid && told.contains("bad.toml, line") && told.contains("must run from 0 to 10"), "{told}");
    assert!(!check(&[&dir.path().join("none.toml")]).0);
}
