//! What a person is told when something is wrong, and that nothing is lost by it. The faults, and the tests that
//! hold what is said of them, in the reader's language, each with its code:
//!
//! | fault | code | test |
//! | --- | --- | --- |
//! | a link that is not ours | `link.unknown` | `responses::a_link_that_leads_nowhere` |
//! | a survey that is closed | `link.closed` | `responses::a_link_that_leads_nowhere` |
//! | an answer out of range, or none | at its question | `responses::a_wrong_answer_comes_back_with_what_was_typed` |
//! | a survey file with a fault | `survey.faulty` | `runtime::faults_of_a_survey_file_are_told_with_their_lines` |
//! | a wrong column or cell of a CSV file | `import.*`, `value.*` | `imports::a_wrong_column_is_said_in_the_readers_language`, `imports::a_fault_in_the_last_row_leaves_nothing` |
//! | a wrong field of a form of the console | at its field | `forms::every_refused_form_comes_back_filled_in` |
//! | too large a body | `body.too-large` | here |
//! | the database is locked, gone, cut off or has no connection left | `database.unavailable` | here |
//! | the file of the database cannot be written or is full | `database.unavailable` | in `src/store.rs` |
//! | there is no database yet | `database.missing` | here |
//! | a setting that is none, or of no sense | `setting.*`, `value.*` | `runtime::a_setting_that_does_not_exist_is_named_with_its_line`, here |
//! | a mail server that refuses | `mail.refused`, `mail.unavailable` | `smtp::refusals_are_told_apart_by_stage_and_code`, `sending::a_server_with_bad_moments_gets_each_mail_once` |

use crate::permissions::{fields, key_of, person, post, say};
use crate::responses::{Scene, path, response_of, scene, scene_in};
use crate::runtime::run;
use crate::support::account_book::Book;
use crate::support::served::{Reply, Served};
use crate::support::{Backend, TestDb, house_waiting, house_where};
use bellwether::domain::language::Language;
use bellwether::domain::permission::Role;
use bellwether::domain::token::Purpose;
use bellwether::store::{responses as stored, users};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use std::sync::mpsc;
use std::time::{Duration, Instant};

on_both_backends! {
    what_another_holds_locked_costs_no_answer,
    a_database_that_goes_away_costs_no_answer,
    a_pool_without_a_connection_costs_no_answer,
    who_asks_for_another_language_while_the_database_is_away_loses_nothing,
    a_form_of_the_console_outlives_the_database,
    too_large_a_form_is_refused_in_the_readers_language,
    an_address_that_is_taken_is_said_to_be_in_use,
}

/// Long enough for a server that works, and short enough for one that waits for it.
const SOON: Duration = Duration::from_millis(400);

const WORDS: &str = "“late” again,\r\nand <again> & 又一次";

fn form(language: &str) -> Vec<(&str, &str)> {
    vec![("_lang", language), ("recommend", "4"), ("overall", "2"), ("why", WORDS)]
}

/// What the page sends when its button is pressed.
fn sent_again(page: &str) -> Vec<(String, String)> {
    let plain = |text: &str| {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&amp;", "&")]
            .iter()
            .fold(text.to_owned(), |text, (escaped, char)| text.replace(escaped, char))
    };
    page.split("<textarea name=\"")
        .skip(1)
        .map(|field| {
            let (name, rest) = field.split_once("\" hidden>\n").unwrap();
            (plain(name), plain(rest.split_once("</textarea>").unwrap().0))
        })
        .collect()
}

/// The page of an answer that could not be kept: it says so, holds all that was typed, and can be sent again.
#[track_caller]
fn keeps_what_was_typed(page: &Reply, typed: &[(&str, &str)]) {
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(page.head.contains("retry-after: ") && page.head.contains("cache-control: no-store"), "{}", page.head);
    assert!(page.body.contains("(database.unavailable)"), "{}", page.body);
    let chinese = typed.contains(&("_lang", "zh-CN"));
    let told = if chinese {
        ["您的回答尚未保存", "数据库暂时没有应答"]
    } else {
        ["Your answers are not saved yet.", "The database does not answer"]
    };
    for text in told {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let again = sent_again(&page.body);
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(again, typed);
}

/// The button of such a page is pressed, perhaps twice: one response, word for word.
#[track_caller]
fn is_taken_once(served: &Served, scene: &Scene, page: &Reply) {
    let again = sent_again(&page.body);
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let link = path(scene, 0, Purpose::Answer);
    for _ in 0..2 {
        let kept = served.client.post(&link, &[], &again);
        assert_eq!(kept.status, 303, "{}", kept.body);
    }
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 1);
    let response = response_of(scene, 0).unwrap();
    assert_eq!((response.revision, response.answers.score("recommend")), (1, Some(4)));
    assert_eq!(response.answers.text("why").unwrap(), WORDS.replace("\r\n", "\n"));
}

/// Somebody else at the same database.
enum Other {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Other {
    fn at(db: &TestDb) -> Self {
        match db.backend() {
            Backend::Sqlite => Self::Sqlite(SqliteConnection::establish(&file_of(db)).unwrap()),
            Backend::Postgres => Self::Postgres(PgConnection::establish(db.url()).unwrap()),
        }
    }

    fn hold(&mut self) {
        match self {
            Self::Sqlite(c) => c.batch_execute("BEGIN EXCLUSIVE"),
            Self::Postgres(c) => c.batch_execute("BEGIN; LOCK TABLE responses IN EXCLUSIVE MODE"),
        }
        .unwrap();
    }

    fn release(&mut self) {
        match self {
            Self::Sqlite(c) => c.batch_execute("ROLLBACK"),
            Self::Postgres(c) => c.batch_execute("ROLLBACK"),
        }
        .unwrap();
    }
}

fn file_of(db: &TestDb) -> String {
    db.url().strip_prefix("sqlite://").unwrap().to_owned()
}

fn what_another_holds_locked_costs_no_answer(db: &TestDb) {
    let scene = scene_in(house_waiting(db, 4, SOON), db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let mut other = Other::at(db);
    other.hold();
    assert_eq!(served.client.get(&link, &[]).status, 200, "who reads waits for nobody");
    let began = Instant::now();
    let pages = ["en", "zh-CN"].map(|language| served.client.post(&link, &[], &form(language)));
    assert!(began.elapsed() >= 2 * SOON, "it waited its time");
    keeps_what_was_typed(&pages[0], &form("en"));
    keeps_what_was_typed(&pages[1], &form("zh-CN"));
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 0);
    other.release();
    is_taken_once(&served, &scene, &pages[1]);
}

/// Takes the database away while it is served; what comes back puts it there again.
fn take_away(db: &TestDb) -> Box<dyn FnOnce() + '_> {
    match db.backend() {
        Backend::Sqlite => {
            let (file, aside) = (file_of(db), format!("{}.aside", file_of(db)));
            std::fs::rename(&file, &aside).unwrap();
            Box::new(move || {
                assert!(!std::path::Path::new(&file).exists(), "no empty database was put in its place");
                std::fs::rename(&aside, &file).unwrap();
            })
        }
        Backend::Postgres => {
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ";
            db.run_outside(|name| {
                vec![format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"), format!("{cut}'{name}'")]
            });
            Box::new(move || db.run_outside(|name| vec![format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true")]))
        }
    }
}

fn a_database_that_goes_away_costs_no_answer(db: &TestDb) {
    let scene = scene_in(house_waiting(db, 2, SOON), db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    assert_eq!(served.client.get("/readyz", &[]).status, 200);
    let put_back = take_away(db);
    let page = served.client.post(&link, &[], &form("en"));
    keeps_what_was_typed(&page, &form("en"));
    let opened = served.client.get(&link, &["Accept-Language: zh-CN".to_owned()]);
    assert_eq!(opened.status, 503);
    assert!(
        opened.body.contains("数据库暂时没有应答") && opened.body.contains("database.unavailable"),
        "{}",
        opened.body
    );
    assert_eq!(served.client.get("/readyz", &[]).status, 503);
    assert_eq!(served.client.get("/healthz", &[]).status, 200);
    put_back();
    is_taken_once(&served, &scene, &page);
    assert_eq!(served.client.get("/readyz", &[]).status, 200);
}

/// A file that was deleted for good and made anew is not written into as if it were the old one, nor is
/// the old one, which nobody could ever read again.
#[test]
fn a_file_that_was_replaced_takes_no_answer() {
    let db = TestDb::sqlite();
    let scene = scene_in(house_waiting(&db, 2, SOON), &db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    std::fs::copy(file_of(&db), format!("{}.copy", file_of(&db))).unwrap();
    std::fs::rename(format!("{}.copy", file_of(&db)), file_of(&db)).unwrap();
    keeps_what_was_typed(&served.client.post(&link, &[], &form("en")), &form("en"));
}

/// The server ends the connection in the middle of the unit of work.
#[test]
fn a_connection_that_is_cut_costs_no_answer() {
    let db = TestDb::postgres();
    let scene = scene_in(house_waiting(&db, 4, Duration::from_secs(20)), &db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let mut other = Other::at(&db);
    other.hold();
    let waiting =
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = ";
    let page = std::thread::scope(|scope| {
        let posted = scope.spawn(|| served.client.post(&link, &[], &form("en")));
        let until = Instant::now() + Duration::from_secs(15);
        while !posted.is_finished() && Instant::now() < until {
            db.run_outside(|name| vec![format!("{waiting}'{name}'")]);
            std::thread::sleep(Duration::from_millis(50));
        }
        posted.join().unwrap()
    });
    keeps_what_was_typed(&page, &form("en"));
    other.release();
    is_taken_once(&served, &scene, &page);
}

fn a_pool_without_a_connection_costs_no_answer(db: &TestDb) {
    let scene = scene_in(house_waiting(db, 1, SOON), db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    // A pool of one has two more on SQLite, for the thread that writes and the one that empties the log.
    let all = if db.backend() == Backend::Sqlite { 3 } else { 1 };
    let page = std::thread::scope(|scope| {
        let (tell, told) = mpsc::channel();
        let holders: Vec<_> = (0..all)
            .map(|_| {
                let (end, ended) = mpsc::channel::<()>();
                let (tell, app) = (tell.clone(), &scene.app);
                scope.spawn(move || {
                    app.db
                        .read(|_| {
                            tell.send(()).unwrap();
                            let _ = ended.recv();
                            Ok(())
                        })
                        .unwrap();
                });
                end
            })
            .collect();
        holders.iter().for_each(|_| told.recv().unwrap());
        let page = served.client.post(&link, &[], &form("en"));
        drop(holders);
        page
    });
    keeps_what_was_typed(&page, &form("en"));
    is_taken_once(&served, &scene, &page);
}

fn who_asks_for_another_language_while_the_database_is_away_loses_nothing(db: &TestDb) {
    let scene = scene_in(house_waiting(db, 2, SOON), db, 1, "short");
    let served = Served::start(&scene.app);
    let put_back = take_away(db);
    let mut typed = form("en");
    typed.push(("_show", "zh-CN"));
    let page = served.client.post(&path(&scene, 0, Purpose::Answer), &[], &typed);
    assert_eq!(page.status, 503);
    assert!(page.body.contains("您的回答尚未保存"), "{}", page.body);
    let again = sent_again(&page.body);
    assert!(again.contains(&("why".to_owned(), WORDS.to_owned())), "{}", page.body);
    put_back();
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let shown = served.client.post(&path(&scene, 0, Purpose::Answer), &[], &again);
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("lang=\"zh-CN\"") && shown.body.contains("又一次</textarea>"), "{}", shown.body);
    assert!(response_of(&scene, 0).is_none());
}

/// A form of the console, too, is in the page that says that the database is away; passwords are not.
fn a_form_of_the_console_outlives_the_database(db: &TestDb) {
    let house = house_waiting(db, 2, SOON);
    let book = Book::new(&house, db);
    let who = person(&book, "Nora Lind", Role::Administrator);
    let served = Served::start(&house);
    let form = [("role", "auditor"), ("email", "n@example.com"), ("name", "Nils <Berg> & Co")];
    let mut typed = fields(&form);
    typed.push(("password", "a long one indeed".to_owned()));
    let put_back = take_away(db);
    let page = post(served.client, "/users", &who, Some(&key_of(&who)), &typed);
    assert_eq!(page.status, 503, "{}", page.body);
    assert!(page.head.contains("retry-after: "), "{}", page.head);
    assert!(page.body.contains("What you typed is not saved yet.") && page.body.contains("database.unavailable"));
    assert!(page.body.contains("<form method=\"post\" action=\"/users\">"), "{}", page.body);
    assert!(!page.body.contains("a long one indeed") && !page.body.contains("<Berg>"), "{}", page.body);
    let mut again = sent_again(&page.body);
    let mut expected: Vec<(String, String)> = form.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    expected.push(("_form".into(), key_of(&who)));
    assert_eq!(again, expected);
    // From a page of somebody else nothing is held, so that nobody is talked into sending it.
    let mut headers = say(&who);
    headers.push("Sec-Fetch-Site: cross-site".into());
    let stranger = served.client.post("/users", &headers, &form);
    assert!(stranger.status == 503 && !stranger.body.contains("<form"), "{}", stranger.body);
    put_back();
    again.push(("password".into(), "a long one indeed".into()));
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(served.client.post("/users", &say(&who), &again).status, 303);
    assert_eq!(served.client.get("/users", &say(&who)).body.matches("n@example.com").count(), 1);
}

fn too_large_a_form_is_refused_in_the_readers_language(db: &TestDb) {
    let chinese = ["Accept-Language: zh-CN,zh;q=0.9".to_owned()];
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    // More than any buffer on the way holds: the answer must reach who is still sending.
    let huge = "x".repeat(8 * 1024 * 1024);
    let refused = |reply: &Reply, told: &str| {
        assert_eq!(reply.status, 413, "{}", reply.body);
        assert!(reply.body.contains(told) && reply.body.contains("body.too-large"), "{}", reply.body);
        assert!(!reply.body.contains("xxxxx"));
    };
    let typed = [("recommend", "4"), ("overall", "2"), ("why", huge.as_str())];
    refused(&served.client.post(&link, &[], &typed), "at most 256 kB are accepted");
    refused(&served.client.post(&link, &chinese, &typed), "最多接受 256 kB");
    assert!(response_of(&scene, 0).is_none());
    drop(served);

    let other = TestDb::new(db.backend());
    let house = house_where(&other, |config| config.web.body_limit_kb = 64);
    let book = Book::new(&house, &other);
    let who = person(&book, "Nora Lind", Role::Administrator);
    let served = Served::start(&house);
    let sent = |words: &str| {
        let form = fields(&[
            ("role", "auditor"),
            ("email", "n@example.com"),
            ("name", words),
            ("password", "a long one indeed"),
        ]);
        post(served.client, "/users", &who, Some(&key_of(&who)), &form)
    };
    refused(&sent(&huge), "at most 64 kB are accepted");
    house
        .db
        .write(|conn| {
            let mut user = users::find(conn, who.id)?;
            user.language = Language::chinese();
            users::update(conn, &user)
        })
        .unwrap();
    refused(&sent(&huge), "最多接受 64 kB");
    // Nobody is signed in: the browser says what it reads.
    refused(&served.client.post("/sign-in", &chinese, &[("password", &huge)]), "最多接受 64 kB");
    assert_eq!(served.client.get("/users", &say(&who)).body.matches("n@example.com").count(), 0);
    assert_eq!(sent("Nils").status, 303);
}

fn an_address_that_is_taken_is_said_to_be_in_use(db: &TestDb) {
    assert!(run(db.url(), &["migrate"]).status.success());
    let add = ["user", "add", "olaf@example.com", "--name", "Olaf Berg", "--role", "auditor"];
    assert!(run(db.url(), &add).status.success());
    let again = run(db.url(), &add);
    let said = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(said.contains("“olaf@example.com” is already in use") && !said.contains("twice"), "{said}");
    assert_eq!(again.status.code(), Some(1));
    let nobody = run(db.url(), &["user", "password", "nobody@example.com"]);
    let said = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(said.contains("E-mail address: “nobody@example.com” is not known here."), "{said}");
}

/// A command, and the doctor, say that there is no database and how one comes to be, and make none.
#[test]
fn a_database_that_is_missing_is_said_to_be() {
    let db = TestDb::sqlite();
    for args in [&["user", "list"][..], &["doctor"], &["check", "--tallies"], &["wave", "list"]] {
        let output = run(db.url(), args);
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("There is no database “") && said.contains("bellwether migrate"), "{args:?}: {said}");
        assert!(!said.contains("UTF-8"), "{said}");
        assert_eq!(output.status.code(), Some(1));
        assert!(!std::path::Path::new(&file_of(&db)).exists());
    }
}

/// A number that is none is answered with the range that would do.
#[test]
fn a_number_that_is_none_is_told_what_would_do() {
    let db = TestDb::sqlite();
    for (set, would_do) in [
        ("mail.port=smtp", "1–65535"),
        ("web.session_hours=long", "1–720"),
        ("mail.port=0", "outside the permitted range, 1 to 65,535"),
        ("mail.prot=587", "Is “mail.port” meant?"),
    ] {
        let output = run(db.url(), &["--set", set, "migrate"]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(would_do) && !said.contains("Expected: 10"), "{set}: {said}");
        assert_eq!(output.status.code(), Some(1), "{set}");
    }
}
