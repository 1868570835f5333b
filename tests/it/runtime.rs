//! The program as an operator runs it: a process with its settings, which is asked, stopped and killed.

use crate::sending::{AUTHORITY, Maildir, domain, real_server, sending};
use crate::support::long::{record, times};
use crate::support::served::{Client, Reply};
use crate::support::{Backend, TestDb, house_with, roster};
use bellwether::app::{App, outbox, responses, surveys, waves};
use bellwether::clock::{Clock, SystemClock};
use bellwether::config::MailTls;
use bellwether::domain::delivery::UnknownPolicy;
use bellwether::domain::ident::WaveId;
use bellwether::domain::permission::Reach;
use bellwether::domain::token::{Purpose, Token};
use bellwether::domain::wave::Audience;
use bellwether::jobs::send::drain;
use bellwether::store::{contacts, invitations, letters, responses as stored};
use chrono::TimeDelta;
use diesel::Connection;
use diesel::connection::SimpleConnection;
use mail_parser::MessageParser;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

on_both_backends! {
    no_acknowledged_response_is_lost_when_the_process_is_killed,
    a_wave_sends_each_mail_once_when_the_process_is_killed,
    a_real_server_gets_no_mail_twice_when_the_process_is_killed,
    the_schema_is_made_once_and_the_process_goes_down_in_order,
    what_an_operator_mistypes_is_said_with_what_would_do,
    a_schema_of_a_newer_program_is_left_alone,
}

/// The program with a database and the key that the tests' houses have, and nothing of the developer's own.
fn program(url: &str, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bellwether"));
    command
        .args(args)
        .env_clear()
        .env("DATABASE_URL", url)
        .env("BELLWETHER_SECRET_KEY", "5e".repeat(32))
        .env("BELLWETHER_LISTEN", "127.0.0.1:0")
        .env("BELLWETHER_LOG_LEVEL", "error")
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    command
}

pub fn run(url: &str, args: &[&str]) -> Output {
    program(url, args).output().unwrap()
}

pub fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A process that serves; it dies with this.
pub struct Serving {
    child: Child,
    pub client: Client,
    pub metrics: Option<Client>,
}

impl Serving {
    pub fn start(url: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = program(url, &["serve"]);
        command.envs(settings.iter().copied()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut next = || {
            let line = lines.next().expect("the process tells where it is").unwrap();
            let address = line.split("http://").nth(1).expect(&line);
            let end = address.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':').unwrap_or(address.len());
            Client { address: address[..end].trim_end_matches(['.', ':']).parse().expect(&line) }
        };
        let client = next();
        let metrics = settings.iter().any(|(name, _)| *name == "BELLWETHER_METRICS_LISTEN").then(&mut next);
        // What it prints when it goes must find somebody who reads.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, client, metrics }
    }

    /// SIGKILL: nothing is told, nothing is put away.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn stop(mut self) -> ExitStatus {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let until = Instant::now() + Duration::from_secs(25);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A house over the same database as the process, at the time of the world or after it.
pub fn beside(db: &TestDb, later: TimeDelta, policy: UnknownPolicy) -> App {
    let (app, clock) = house_with(db, |config| config.mail.unknown_policy = policy);
    clock.set(SystemClock.now() + later);
    app
}

/// So many accounts with one person each, and a wave that asks them all.
pub fn started(app: &App, people: usize, domain: &str) -> WaveId {
    surveys::publish_shipped(app).unwrap();
    roster(app, people, |n| format!("p{n}@{domain}"));
    let version = surveys::named(app, "short@1").unwrap().version.id;
    let last_day = app.today() + TimeDelta::days(20);
    let new = waves::NewWave { name: "Autumn".into(), version, audience: Audience::default(), last_day };
    let wave = waves::create(app, &app.service(), new).unwrap().id;
    waves::start(app, &app.service(), wave, None).unwrap();
    assert!(waves::plan(app, wave).unwrap());
    wave
}

pub fn links(app: &App) -> Vec<(Token, String)> {
    let all = app.db.read(invited).unwrap();
    all.into_iter().map(|token| (token, format!("/r/{}", token.seal(app.seal_key(), Purpose::Answer)))).collect()
}

fn invited(conn: &mut bellwether::store::Conn) -> Result<Vec<Token>, bellwether::error::Error> {
    let mut tokens = Vec::new();
    for contact in contacts::chunk_of_active(conn, None, 10_000)? {
        for one in invitations::of_account(conn, contact.account_id, 10)? {
            tokens.push(Token { account_id: one.account, invitation_id: one.id });
        }
    }
    Ok(tokens)
}

fn no_acknowledged_response_is_lost_when_the_process_is_killed(db: &TestDb) {
    let app = beside(db, TimeDelta::zero(), UnknownPolicy::GiveUp);
    let rounds = times(3, 12);
    started(&app, 80 * rounds, "works.example");
    drain(&app).unwrap();
    let links = links(&app);
    assert_eq!(links.len(), 80 * rounds);
    let mut chance = StdRng::seed_from_u64(20_261_122);
    let acknowledged: Mutex<BTreeSet<usize>> = Mutex::default();
    for round in 0..rounds {
        let serving = Serving::start(db.url(), &[]);
        let client = serving.client;
        let moment = Duration::from_millis(chance.random_range(30..500));
        std::thread::scope(|scope| {
            for worker in 0..4_usize {
                let (links, acknowledged) = (&links, &acknowledged);
                scope.spawn(move || {
                    for n in (round * 80..round * 80 + 80).filter(|n| n % 4 == worker) {
                        let form = [("_lang", "en"), ("recommend", "9"), ("overall", "4"), ("why", "so")];
                        let Reply { status, .. } = client.post(&links[n].1, &[], &form);
                        match status {
                            303 => drop(acknowledged.lock().unwrap().insert(n)),
                            // The process is gone.
                            0 => break,
                            other => panic!("{other}"),
                        }
                    }
                });
            }
            scope.spawn(move || {
                std::thread::sleep(moment);
                serving.kill();
            });
        });
    }
    let acknowledged = acknowledged.into_inner().unwrap();
    assert!(!acknowledged.is_empty());
    for n in &acknowledged {
        let token = links[*n].0;
        let kept = app.db.read(|c| stored::by_invitation(c, token.account_id, token.invitation_id)).unwrap();
        assert_eq!(kept.expect("what was acknowledged is kept").answers.score("recommend"), Some(9));
    }
    // What was kept and not acknowledged is one answer for each connection and kill at most.
    let kept = usize::try_from(app.db.read(stored::count).unwrap()).unwrap();
    assert!((acknowledged.len()..=acknowledged.len() + 4 * rounds).contains(&kept), "{kept} of {}", acknowledged.len());
    assert!(responses::recount(&app).unwrap().is_none());
    let checked = run(db.url(), &["check", "--tallies"]);
    assert!(checked.status.success(), "{}", text(&checked));
    let (engine, count) = (db.backend().name(), acknowledged.len());
    record(
        &format!("kill-answers-{engine}"),
        &format!("- answers, {engine}: {rounds} kills, {count} answers acknowledged, none lost, tallies right"),
    );
}

fn a_wave_sends_each_mail_once_when_the_process_is_killed(db: &TestDb) {
    let policy = match db.backend() {
        Backend::Sqlite => UnknownPolicy::GiveUp,
        Backend::Postgres => UnknownPolicy::AskAgain,
    };
    let app = beside(db, TimeDelta::zero(), policy);
    let (kills, people) = (times(3, 12), times(200, 800));
    let wave = started(&app, people, "works.example");
    let mut chance = StdRng::seed_from_u64(7);
    for _ in 0..kills {
        let serving = Serving::start(db.url(), &[]);
        std::thread::sleep(Duration::from_millis(chance.random_range(20..250)));
        serving.kill();
    }
    let cut = letters_of(&app).len();
    // When every lease is over: what was only claimed goes, and on what is in doubt the policy decides.
    for minutes in [16, 27, 60, 180] {
        let app = beside(db, TimeDelta::minutes(minutes), policy);
        outbox::reap(&app, None).unwrap();
        drain(&app).unwrap();
    }
    let app = beside(db, TimeDelta::minutes(200), policy);
    let progress = waves::progress(&app, &app.service(), wave).unwrap();
    let sent = usize::try_from(progress.mails.get("sent").copied().unwrap_or(0)).unwrap();
    let given_up = usize::try_from(progress.mails.get("failed").copied().unwrap_or(0)).unwrap();
    assert_eq!(sent + given_up, people, "{progress:?} after {cut}");
    let to = letters_of(&app);
    assert_eq!(to.len(), sent, "one letter for each mail that was sent");
    assert_eq!(to.iter().collect::<BTreeSet<_>>().len(), sent, "nobody has two");
    match policy {
        UnknownPolicy::GiveUp => assert_eq!(i64::try_from(given_up).unwrap(), progress.doubted, "{progress:?}"),
        UnknownPolicy::AskAgain => assert_eq!(given_up, 0, "{progress:?}"),
    }
    let (engine, doubted, policy) = (db.backend().name(), progress.doubted, policy.as_str());
    record(
        &format!("kill-mailbox-{engine}"),
        &format!(
            "- wave to the mailbox, {engine}, `{policy}`: {kills} kills among {people} mails, {doubted} in doubt, \
             {sent} sent once, none twice"
        ),
    );
}

fn a_real_server_gets_no_mail_twice_when_the_process_is_killed(db: &TestDb) {
    let (kills, people) = (times(2, 10), times(100, 400));
    let policy = match db.backend() {
        Backend::Sqlite => UnknownPolicy::AskAgain,
        Backend::Postgres => UnknownPolicy::GiveUp,
    };
    let ((host, port), domain) = (real_server(), domain("killed", db));
    let maildir = Maildir::of_the_server();
    let app = beside(db, TimeDelta::zero(), policy);
    let wave = started(&app, people, &domain);
    let port_text = port.to_string();
    let settings = [
        ("BELLWETHER_MAIL_TRANSPORT", "smtp"),
        ("BELLWETHER_MAIL_HOST", host.as_str()),
        ("BELLWETHER_MAIL_PORT", port_text.as_str()),
        ("BELLWETHER_MAIL_FROM", "survey@corvane.example"),
        ("BELLWETHER_MAIL_UNKNOWN_POLICY", policy.as_str()),
        ("BELLWETHER_ORGANISATION_POSTAL_ADDRESS", "18 Taihu Road, Wuxi"),
        ("BELLWETHER_ORGANISATION_PRIVACY_URL", "https://corvane.example/privacy"),
        // Whom the system trusts: the server's certificate is as good as one from a public authority.
        ("SSL_CERT_FILE", AUTHORITY),
    ];
    // Each falls when a further share of the mails has arrived.
    for least in (1..=kills).map(|kill| people * kill / (2 * kills + 1)) {
        let serving = Serving::start(db.url(), &settings);
        maildir.when(&domain, least);
        serving.kill();
    }
    let cut = maildir.to(&domain).len();
    assert!(cut < people, "killed in the middle");
    // When every lease is over, another process does the rest, and the policy decides on what is in doubt.
    for minutes in [16, 27, 60, 180] {
        let (app, clock) = sending(db, port, MailTls::StartTls, |config| config.mail.unknown_policy = policy);
        clock.set(SystemClock.now() + TimeDelta::minutes(minutes));
        outbox::reap(&app, None).unwrap();
        drain(&app).unwrap();
    }
    let progress = waves::progress(&app, &app.service(), wave).unwrap();
    let count = |state: &str| usize::try_from(progress.mails.get(state).copied().unwrap_or(0)).unwrap();
    let (sent, given_up, doubted) = (count("sent"), count("failed"), usize::try_from(progress.doubted).unwrap());
    assert_eq!(sent + given_up, people, "{progress:?} after {cut}");
    // Each kill cuts four connections.
    assert!(doubted <= 4 * kills, "{progress:?}");
    let mails = maildir.when(&domain, sent);
    // What the server has taken it may deliver a moment later.
    std::thread::sleep(Duration::from_millis(500));
    let mails = maildir.when(&domain, mails.len());
    let reached: BTreeSet<&str> = mails.iter().map(|(to, _)| to.as_str()).collect();
    let twice = mails.len() - reached.len();
    match policy {
        UnknownPolicy::GiveUp => {
            assert_eq!((twice, given_up), (0, doubted), "nobody has two: {progress:?}");
            assert!((sent..=people).contains(&reached.len()), "{progress:?}");
        }
        UnknownPolicy::AskAgain => {
            assert_eq!((reached.len(), given_up), (people, 0), "nobody is forgotten: {progress:?}");
            assert!(twice <= doubted, "{twice} have two: {progress:?}");
        }
    }
    // A second copy can be known by its Message-ID.
    let ids: BTreeSet<String> = mails
        .iter()
        .map(|(_, bytes)| {
            MessageParser::default().parse(bytes).unwrap().message_id().expect("every mail has one").to_owned()
        })
        .collect();
    assert_eq!(ids.len(), reached.len());
    let (engine, policy, reached) = (db.backend().name(), policy.as_str(), reached.len());
    record(
        &format!("kill-server-{engine}"),
        &format!(
            "- wave to a mail server, {engine}, `{policy}`: {kills} kills among {people} mails, {doubted} in doubt, \
             {reached} people have it, {twice} of them twice"
        ),
    );
}

fn letters_of(app: &App) -> Vec<String> {
    let (heads, _) = app.db.read(|conn| letters::list(conn, &Reach::All, None, 0, 10_000)).unwrap();
    heads.into_iter().map(|head| head.to_address).collect()
}

fn the_schema_is_made_once_and_the_process_goes_down_in_order(db: &TestDb) {
    for _ in 0..2 {
        let migrated = run(db.url(), &["migrate"]);
        assert!(migrated.status.success(), "{}", text(&migrated));
    }
    let settings = [("BELLWETHER_METRICS_LISTEN", "127.0.0.1:0"), ("BELLWETHER_METRICS_TOKEN", "opens-the-door")];
    let serving = Serving::start(db.url(), &settings);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(serving.client.get(path, &[]).status, 200, "{path}");
    }
    let metrics = serving.metrics.unwrap();
    assert_eq!(metrics.get("/metrics", &[]).status, 401);
    let shown = metrics.get("/metrics", &["Authorization: Bearer opens-the-door".into()]);
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("bellwether_http_requests_total"), "{}", shown.body);
    let listed = run(db.url(), &["user", "list"]);
    assert!(listed.status.success(), "{}", text(&listed));
    if db.backend() == Backend::Sqlite {
        let second = run(db.url(), &["serve"]);
        assert_eq!(second.status.code(), Some(1));
        assert!(text(&second).contains("already serves this database"), "{}", text(&second));
    }
    assert_eq!(serving.stop().code(), Some(0));
}

#[test]
fn a_setting_that_does_not_exist_is_named_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("bellwether.toml");
    std::fs::write(&file, "[mail]\nport = 25\ncolour = \"red\"\n").unwrap();
    let name = file.to_str().unwrap();
    let refused = run(TestDb::sqlite().url(), &["--config", name, "migrate"]);
    assert_eq!(refused.status.code(), Some(1));
    let said = text(&refused);
    assert!(said.contains("bellwether.toml") && said.contains('3') && said.contains("colour"), "{said}");
}

#[test]
fn faults_of_a_survey_file_are_told_with_their_lines() {
    let db = TestDb::sqlite();
    assert!(run(db.url(), &["migrate"]).status.success());
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("odd.toml");
    std::fs::write(&file, "key = \"odd\"\nversion = 1\nkind = \"whatever\"\nlanguages = [\"en\"]\n").unwrap();
    let checked = run(db.url(), &["check", "surveys", file.to_str().unwrap()]);
    assert_eq!(checked.status.code(), Some(1), "{}", text(&checked));
    assert!(text(&checked).contains("odd.toml") && text(&checked).contains('3'), "{}", text(&checked));
}

fn what_an_operator_mistypes_is_said_with_what_would_do(db: &TestDb) {
    assert!(run(db.url(), &["migrate"]).status.success());
    for (args, told) in [
        (&["wave", "preview", "--survey", "short", "--tier", "gold"][..], "strategic, key, general, potential"),
        (
            &["wave", "start", "--survey", "short", "--name", "Late", "--closes", "2020-12-15"][..],
            "“15 Dec 2020” is outside the permitted range; at least ",
        ),
        (
            &["report", "monthly", "--period", "2026-13"][..],
            "“2026-13” does not have the form expected here. Expected: 20",
        ),
        (&["import", "orders", "no-such.csv"][..], "“no-such.csv” cannot be read"),
    ] {
        let output = run(db.url(), args);
        assert!(text(&output).contains(told), "{args:?}: {}", text(&output));
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    assert_eq!(run(db.url(), &["wave", "--nonsense"]).status.code(), Some(2));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = program(db.url(), &["serve"]).env("BELLWETHER_LISTEN", &address).output().unwrap();
    assert!(text(&output).contains(&format!("Nobody can be served at {address}")), "{}", text(&output));
    assert_eq!(output.status.code(), Some(1));
}

/// Who goes back to an older program is told so before it writes into what it does not know.
fn a_schema_of_a_newer_program_is_left_alone(db: &TestDb) {
    assert!(run(db.url(), &["migrate"]).status.success());
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')";
    match db.backend() {
        Backend::Sqlite => {
            let path = db.url().strip_prefix("sqlite://").unwrap();
            diesel::SqliteConnection::establish(path).unwrap().batch_execute(newer).unwrap();
        }
        Backend::Postgres => diesel::PgConnection::establish(db.url()).unwrap().batch_execute(newer).unwrap(),
    }
    for command in [&["migrate"][..], &["serve"], &["wave", "list"], &["doctor"]] {
        let output = run(db.url(), command);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {}", text(&output));
        assert!(!text(&output).contains("http://127.0.0.1"), "{command:?}: {}", text(&output));
    }
    assert!(text(&run(db.url(), &["serve"])).contains("does not fit this version"));
}

/// The demo speaks two languages, and says which.
#[test]
fn the_demo_refuses_a_language_that_it_does_not_speak() {
    let output = run(TestDb::sqlite().url(), &["demo", "--lang", "fr"]);
    assert!(text(&output).contains("'fr'") && text(&output).contains("en, zh-CN"), "{}", text(&output));
    assert_eq!(output.status.code(), Some(2));
}

/// Data that a program with another schema has invented are not gone on with.
#[test]
fn the_demo_says_that_its_data_are_of_another_version() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("demo");
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join(".bellwether-demo"), "seeded\n").unwrap();
    let url = format!("sqlite://{}", dir.join("bellwether.db").display());
    assert!(run(&url, &["migrate"]).status.success());
    let mut conn = diesel::SqliteConnection::establish(url.strip_prefix("sqlite://").unwrap()).unwrap();
    conn.batch_execute("ALTER TABLE mails DROP COLUMN reply").unwrap();
    let output = run(&url, &["demo", "--port", "0", "--dir", dir.to_str().unwrap()]);
    assert!(
        text(&output).contains("another version of the program") && text(&output).contains("--reset"),
        "{}",
        text(&output)
    );
    assert_eq!(output.status.code(), Some(1));
}

/// A port that is taken is said at once, not after everything has been invented; nothing is left behind.
#[test]
fn the_demo_says_at_once_that_its_port_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("demo");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let args = ["demo", "--port", &port, "--lang", "zh-CN", "--dir"].map(str::to_owned);
    let output = Command::new(env!("CARGO_BIN_EXE_bellwether")).args(args).arg(&dir).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("--port") && text(&output).contains("占用"), "{}", text(&output));
    assert!(!dir.exists());
}
