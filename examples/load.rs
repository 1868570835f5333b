//! How many customers can answer at once? Prepares a database, serves it, and lets many visitors open
//! their link and send their form over connections that are kept alive, each visitor with a link of its
//! own. Prints flows and forms a second, their waiting times, and how many single rows the same disk
//! commits in the same minute.
//!
//! ```text
//! cargo run --release --example load -- [--visitors 20000] [--stored 0] [--connections 32] [--dir DIR]
//!     [--keep DIR] [--rest 60]
//! cargo run --release --example load -- --scanners 300 [--seconds 10]
//! cargo run --example load -- --serve 8099 --survey relationship
//! ```
//!
//! `--keep` names a directory that keeps what was prepared, to measure again without preparing again;
//! `--rest` waits before it measures, since a disk that was written to goes on with it for a while.
//!
//! With `--scanners`, customers answer at an even pace, first among themselves, then while a mail gateway
//! loads so many pages a second of the same wave's links; prints how long an answer takes in both, and
//! makes sure that the gateway's loads have recorded nothing.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measuring program: what is not as it should be ends it"
)]

use bellwether::app::{App, responses};
use bellwether::chance::Chance;
use bellwether::clock::SystemClock;
use bellwether::config::Config;
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::answer::Answers;
use bellwether::domain::contact::{Contact, EmailAddress};
use bellwether::domain::ident::{AccountId, InvitationId, UserId, VersionId, WaveId};
use bellwether::domain::language::Language;
use bellwether::domain::permission::Role;
use bellwether::domain::survey::library;
use bellwether::domain::token::{Purpose, Token};
use bellwether::store::invitations::{self, Invitation, State};
use bellwether::store::responses::Channel;
use bellwether::store::surveys::{self, Version};
use bellwether::store::users::{self, User};
use bellwether::store::{Db, accounts, contacts};
use diesel::connection::SimpleConnection;
use diesel::{Connection, SqliteConnection};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What a visitor calls itself: one without a name would be taken down as a machine.
const BROWSER: &str =
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36";
/// How many invitations one account has.
const CONTACTS: usize = 4;

struct Wish {
    visitors: usize,
    stored: usize,
    connections: usize,
    dir: std::path::PathBuf,
    serve: Option<u16>,
    survey: String,
    /// Page loads a second by machines; 0 for the other measurements.
    scanners: usize,
    seconds: usize,
    /// Where what was prepared is kept, and taken from the next time.
    keep: Option<std::path::PathBuf>,
    /// Seconds between what is prepared and what is measured: disks go on writing for a while.
    rest: u64,
}

fn wish() -> Wish {
    let mut wish = Wish {
        visitors: 20_000,
        stored: 0,
        connections: 32,
        dir: std::env::temp_dir(),
        serve: None,
        survey: "short".into(),
        scanners: 0,
        seconds: 10,
        keep: None,
        rest: 0,
    };
    let mut words = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (words.next(), words.next()) {
        match name.as_str() {
            "--visitors" => wish.visitors = value.parse().expect("a number"),
            "--stored" => wish.stored = value.parse().expect("a number"),
            "--connections" => wish.connections = value.parse().expect("a number"),
            "--dir" => wish.dir = value.into(),
            "--serve" => wish.serve = Some(value.parse().expect("a port")),
            "--survey" => wish.survey = value,
            "--scanners" => wish.scanners = value.parse().expect("a number"),
            "--seconds" => wish.seconds = value.parse().expect("a number"),
            "--rest" => wish.rest = value.parse().expect("a number"),
            "--keep" => wish.keep = Some(value.into()),
            other => panic!("{other} is not known"),
        }
    }
    wish
}

fn main() {
    let wish = wish();
    let home = tempfile::tempdir_in(&wish.dir).unwrap();
    let file = home.path().join("load.db");
    let kept = wish.keep.as_deref().filter(|keep| keep.join("load.db").exists());
    if let Some(keep) = kept {
        copy(keep, home.path());
    }
    let db = Db::open(&format!("sqlite://{}", file.display()), 8).unwrap();
    db.migrate().unwrap();
    let mut config = Config { secret_file: home.path().join("secret.key"), ..Config::default() };
    config.organisation.name = "Corvane".into();
    config.organisation.postal_address = Some("18 Taihu Road, Wuxi".into());
    let app = Arc::new(App::build(Arc::new(config), db, Arc::new(SystemClock), Chance::from_system()).unwrap());
    let count = match (wish.serve, wish.scanners) {
        (Some(_), _) => 8,
        (None, 0) => 2 * wish.visitors + wish.stored,
        (None, _) => 2 * wish.seconds * ANSWERS_A_SECOND + SCANNED + 1,
    };
    let mut tokens = kept.map_or_else(|| prepare(&app, &file, count, &wish.survey), read_tokens);
    assert_eq!(tokens.len(), count, "what was kept was prepared for other numbers");
    if let Some(port) = wish.serve {
        for token in &tokens {
            println!("http://127.0.0.1:{port}{}", path(&app, *token));
        }
        let doors = bellwether::web::Doors { pages: ([127, 0, 0, 1], port).into(), metrics: None };
        bellwether::web::serve(app, &doors, |_| {}, std::future::pending()).unwrap();
        return;
    }
    if wish.scanners > 0 {
        scanned(&app, &tokens, &wish);
        std::process::exit(0);
    }
    let answered = tokens.split_off(2 * wish.visitors);
    if kept.is_none() {
        store(&app, &answered);
    }
    settle(&file);
    if let Some(keep) = wish.keep.as_deref().filter(|_| kept.is_none()) {
        std::fs::create_dir_all(keep).unwrap();
        write_tokens(keep, &[&tokens[..], &answered].concat());
        copy(home.path(), keep);
    }
    std::thread::sleep(Duration::from_secs(wish.rest));
    single_rows(&wish.dir);
    let address = serve(&app);
    let before = app.db.read(bellwether::store::responses::count).unwrap();
    let paths: Vec<String> = tokens.iter().map(|token| path(&app, *token)).collect();
    let (flows, forms) = paths.split_at(wish.visitors);
    warm(address, flows);
    drive("flows (GET and POST)", address, &flows[1..], wish.connections, true);
    drive("forms (POST alone)", address, forms, wish.connections, false);
    let kept = app.db.read(bellwether::store::responses::count).unwrap() - before;
    assert_eq!(usize::try_from(kept).unwrap(), paths.len() - 1, "every form that was answered 303 is stored");
    println!("{kept} responses kept over {before}");
    single_rows(&wish.dir);
    assert!(responses::recount(&app).unwrap().is_none(), "the tallies are what the responses add up to");
    // The service would go on: it is ended with the program, and its database goes before.
    drop(home);
    std::process::exit(0);
}

/// The database at rest and the key of its links.
fn copy(from: &Path, to: &Path) {
    for name in ["load.db", "secret.key"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

fn write_tokens(keep: &Path, tokens: &[Token]) {
    let line = |token: &Token| format!("{} {}\n", token.account_id, token.invitation_id);
    std::fs::write(keep.join("tokens"), tokens.iter().map(line).collect::<String>()).unwrap();
}

fn read_tokens(keep: &Path) -> Vec<Token> {
    let kept = std::fs::read_to_string(keep.join("tokens")).unwrap();
    let token = |line: &str| {
        let (account, invitation) = line.split_once(' ')?;
        Some(Token { account_id: AccountId::parse(account)?, invitation_id: InvitationId::parse(invitation)? })
    };
    kept.lines().map(|line| token(line).expect("as it was written")).collect()
}

/// Brings what was prepared to rest: the system would otherwise write it to the disk while we measure.
fn settle(file: &Path) {
    let mut conn = SqliteConnection::establish(&file.display().to_string()).unwrap();
    conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    std::fs::File::open(file).unwrap().sync_all().unwrap();
}

fn path(app: &App, token: Token) -> String {
    format!("/r/{}", token.seal(app.seal_key(), Purpose::Answer))
}

fn prepare(app: &App, file: &Path, count: usize, survey: &str) -> Vec<Token> {
    let now = app.now();
    let definition = library().unwrap().into_iter().find(|one| one.key == survey).expect("a shipped survey");
    let (version, wave, manager): (VersionId, WaveId, UserId) =
        (app.chance.id(now), app.chance.id(now), app.chance.id(now));
    app.db
        .write(|conn| {
            let user = User {
                id: manager,
                email: "marta@corvane.example".into(),
                name: "Marta Ekholm".into(),
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
                    version: definition.version,
                    kind: definition.kind.as_str().into(),
                    definition: definition.to_json()?,
                    hash: definition.fingerprint()?.to_vec(),
                    published_at: now,
                },
            )
        })
        .unwrap();
    SqliteConnection::establish(file.to_str().unwrap())
        .unwrap()
        .batch_execute(&format!(
            "INSERT INTO waves (id, name, version_id, state, audience, closes_at, created_at, revision) VALUES
             (X'{}', 'Load', X'{}', 'running', '{{}}', '2099-01-01 00:00:00', '2026-01-01 00:00:00', 1)",
            wave.0.simple(),
            version.0.simple()
        ))
        .unwrap();
    let mut tokens = Vec::with_capacity(count);
    let mut number = 0;
    while tokens.len() < count {
        let (mut firms, mut people, mut asked) = (Vec::new(), Vec::new(), Vec::new());
        while firms.len() < 500 && tokens.len() < count {
            number += 1;
            let account = Account {
                id: app.chance.id(now),
                number: CustomerNumber::parse(&format!("C{number}")).unwrap(),
                name: format!("Company {number}"),
                kind: AccountKind::Customer,
                parent: None,
                tier: ["strategic", "key", "general", "potential"][number % 4].into(),
                region: ["north", "south", "east"][number % 3].into(),
                product_line: String::new(),
                manager: Some(manager),
                deputy: None,
                active: true,
                revision: 1,
            };
            for nth in 0..CONTACTS.min(count - tokens.len()) {
                let contact = Contact {
                    id: app.chance.id(now),
                    account_id: account.id,
                    email: EmailAddress::parse(&format!("p{nth}@c{number}.example")).unwrap(),
                    name: "Ida Lindqvist".into(),
                    salutation: Some("Ms Lindqvist".into()),
                    phone: None,
                    language: Language::english(),
                    role: None,
                    consent: true,
                    active: true,
                    revision: 1,
                };
                let delivered = now - chrono::Duration::days(2);
                asked.push(Invitation {
                    account: account.id,
                    id: app.chance.id(now),
                    wave,
                    version,
                    contact: contact.id,
                    segment: account.segment().id(),
                    kind: definition.kind.as_str().into(),
                    language: Language::english(),
                    state: State::Delivered,
                    created_at: delivered,
                    delivered_at: Some(delivered),
                    delivered_day: Some(app.day_of(delivered)),
                    answered_at: None,
                    closes_at: "2099-01-01T00:00:00Z".parse().unwrap(),
                });
                people.push(contact);
                let last = asked.last().unwrap();
                tokens.push(Token { account_id: last.account, invitation_id: last.id });
            }
            firms.push(account);
        }
        app.db
            .write(|conn| {
                accounts::insert(conn, &firms, None, now, app.today())?;
                contacts::insert(conn, &people, now)?;
                invitations::insert(conn, &asked)?;
                let folds = asked.iter().map(|i| {
                    bellwether::domain::tally::delivered(i.account, i.segment, &i.kind, i.delivered_day.unwrap())
                });
                bellwether::store::tallies::fold(conn, folds)
            })
            .unwrap();
    }
    tokens
}

/// Responses that are there beforehand.
fn store(app: &App, tokens: &[Token]) {
    let definition = library().unwrap().into_iter().find(|one| one.key == "short").expect("it is shipped");
    for some in tokens.chunks(2_000) {
        app.db
            .write(|conn| {
                for (n, token) in some.iter().enumerate() {
                    let invitation = invitations::find(conn, token.account_id, token.invitation_id)?;
                    let form =
                        [("recommend", n % 11), ("overall", n % 5 + 1)].map(|(k, v)| (k.to_owned(), v.to_string()));
                    let import = responses::Import {
                        account: token.account_id,
                        contact: Some(invitation.contact),
                        version: invitation.version,
                        invitation: Some(invitation.id),
                        answers: Answers::partial(&definition, &form),
                        received_at: app.now() - chrono::Duration::days((n % 400) as i64),
                        channel: Channel::Import,
                        language: Language::english(),
                        segment: None,
                    };
                    responses::import_one(app, conn, import)?;
                }
                Ok(())
            })
            .unwrap();
    }
}

fn serve(app: &Arc<App>) -> SocketAddr {
    let (tell, told) = std::sync::mpsc::channel();
    let app = Arc::clone(app);
    std::thread::spawn(move || {
        let doors = bellwether::web::Doors { pages: ([127, 0, 0, 1], 0).into(), metrics: None };
        bellwether::web::serve(app, &doors, |doors| tell.send(doors.pages).unwrap(), std::future::pending()).unwrap();
    });
    told.recv().unwrap()
}

fn warm(address: SocketAddr, paths: &[String]) {
    let mut visitor = Visitor::new(address);
    // No single link may be opened so often.
    for path in paths.iter().cycle().take(200) {
        assert_eq!(visitor.get(path), 200);
    }
}

/// How many customers answer in a second while a gateway loads pages.
const ANSWERS_A_SECOND: usize = 20;
/// How many invitations the gateway opens, with all scores of each.
const SCANNED: usize = 500;

/// Measures answers without and with a mail gateway that loads pages of the same wave.
fn scanned(app: &Arc<App>, tokens: &[Token], wish: &Wish) {
    let address = serve(app);
    let paths: Vec<String> = tokens.iter().map(|token| path(app, *token)).collect();
    let (machines, people) = paths.split_at(SCANNED + 1);
    warm(address, machines);
    let (quiet, loud) = people.split_at(people.len() / 2);
    let alone = answers("answers alone", address, quiet);
    let over = std::sync::atomic::AtomicBool::new(false);
    let (loads, beside) = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|nth| {
                let (over, machines) = (&over, &machines[1..]);
                scope.spawn(move || {
                    let mut visitor = Visitor::new(address);
                    let begun = Instant::now();
                    let mut loaded = 0;
                    while !over.load(Ordering::Relaxed) {
                        let at = loaded * 8 + nth;
                        wait_until(begun, at, wish.scanners);
                        let link = format!("{}?s={}", machines[at / 11 % machines.len()], at % 11);
                        assert_eq!(visitor.get(&link), 200);
                        loaded += 1;
                    }
                    loaded
                })
            })
            .collect();
        let beside = answers("answers beside the gateway", address, loud);
        over.store(true, Ordering::Relaxed);
        (threads.into_iter().map(|thread| thread.join().unwrap()).sum::<usize>(), beside)
    });
    app.witness.settle();
    let kept = app.db.read(bellwether::store::responses::count).unwrap();
    assert_eq!(usize::try_from(kept).unwrap(), people.len(), "only what people sent is a response");
    assert!(responses::recount(app).unwrap().is_none(), "the tallies are what the responses add up to");
    let wave = app.db.read(|conn| {
        let token = tokens[0];
        let wave = invitations::find(conn, token.account_id, token.invitation_id)?.wave;
        bellwether::store::visits::of_wave(conn, wave, &bellwether::domain::permission::Reach::All)
    });
    println!("{loads} pages loaded by the gateway, {} a second; {:?}", loads / wish.seconds.max(1), wave.unwrap());
    println!("an answer takes {:.2} times as long at the median", beside / alone);
}

/// Waits for the turn of the `nth` of so many a second.
fn wait_until(begun: Instant, nth: usize, a_second: usize) {
    let due = Duration::from_secs_f64(nth as f64 / a_second as f64);
    std::thread::sleep(due.saturating_sub(begun.elapsed()));
}

/// Customers open their page and answer, at an even pace; the median of the whole in milliseconds.
fn answers(what: &str, address: SocketAddr, paths: &[String]) -> f64 {
    let begun = Instant::now();
    let mut visitor = Visitor::new(address);
    let mut waits = Vec::new();
    for (n, path) in paths.iter().enumerate() {
        wait_until(begun, n, ANSWERS_A_SECOND);
        let start = Instant::now();
        assert_eq!(visitor.get(path), 200);
        let form = format!("_lang=en&recommend={}&overall={}&why=On+time.", n % 11, n % 5 + 1);
        assert_eq!(visitor.post(path, &form), 303);
        waits.push(start.elapsed());
    }
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{what}: {} of them; waiting p50 {:.1} ms, p90 {:.1} ms, p99 {:.1} ms",
        waits.len(),
        at(0.5),
        at(0.9),
        at(0.99)
    );
    at(0.5)
}

struct Visitor {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Visitor {
    fn new(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: vec![0; 1 << 16] }
    }

    fn get(&mut self, path: &str) -> u16 {
        self.ask(format!("GET {path} HTTP/1.1\r\nHost: load\r\nUser-Agent: {BROWSER}\r\n\r\n").as_bytes())
    }

    fn post(&mut self, path: &str, body: &str) -> u16 {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: load\r\nUser-Agent: {BROWSER}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.ask(head.as_bytes())
    }

    /// Sends one request and reads the whole of its answer.
    fn ask(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).unwrap();
        let mut got = 0;
        loop {
            let n = self.stream.read(&mut self.buffer[got..]).unwrap();
            assert!(n > 0, "the server hung up");
            got += n;
            let head = self.buffer[..got].windows(4).position(|w| w == b"\r\n\r\n");
            if let Some(end) = head {
                let text = std::str::from_utf8(&self.buffer[..end]).unwrap().to_ascii_lowercase();
                let length =
                    text.split("content-length: ").nth(1).and_then(|t| t.split('\r').next()?.parse::<usize>().ok());
                let whole = end + 4 + length.unwrap_or(0);
                while got < whole {
                    got += self.stream.read(&mut self.buffer[got..]).unwrap();
                }
                return text.split(' ').nth(1).unwrap().parse().unwrap();
            }
        }
    }
}

fn drive(what: &str, address: SocketAddr, paths: &[String], connections: usize, open_first: bool) {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    let worked = processor_time();
    let mut waits: Vec<Duration> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|_| {
                scope.spawn(|| {
                    let mut visitor = Visitor::new(address);
                    let mut waits = Vec::new();
                    while let Some((n, path)) = paths.get(next.fetch_add(1, Ordering::Relaxed)).map(|p| (p.len(), p)) {
                        let n = n + waits.len();
                        let start = Instant::now();
                        if open_first {
                            assert_eq!(visitor.get(path), 200);
                        }
                        let form = format!(
                            "_lang=en&recommend={}&overall={}&why=The+last+delivery+came+two+days+late.",
                            n % 11,
                            n % 5 + 1
                        );
                        assert_eq!(visitor.post(path, &form), 303);
                        waits.push(start.elapsed());
                    }
                    waits
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let seconds = begun.elapsed().as_secs_f64();
    let worked = worked.zip(processor_time()).map(|(before, after)| after - before);
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{what}: {:.0} a second; {} in {seconds:.2} s; waiting p50 {:.1} ms, p99 {:.1} ms",
        waits.len() as f64 / seconds,
        waits.len(),
        at(0.5),
        at(0.99)
    );
    if let Some(worked) = worked {
        // Tells more than the clock where others use the same processors.
        println!("  processor time, visitors included: {:.0} µs each", worked * 1e6 / waits.len() as f64);
    }
}

/// The processor time that this process has used so far, in seconds; where the system tells it.
fn processor_time() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold spaces; what is counted begins behind it.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace().skip(11);
    let ticks = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
    // In hundredths of a second, whatever the kernel counts in itself.
    Some(ticks / 100.0)
}

/// How many rows the disk takes a second if each is committed alone.
fn single_rows(dir: &Path) {
    let home = tempfile::tempdir_in(dir).unwrap();
    let mut conn = SqliteConnection::establish(home.path().join("rows.db").to_str().unwrap()).unwrap();
    conn.batch_execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (n INTEGER)").unwrap();
    let begun = Instant::now();
    let mut n = 0;
    while begun.elapsed() < Duration::from_secs(2) {
        conn.batch_execute("INSERT INTO rows VALUES (1)").unwrap();
        n += 1;
    }
    println!("single rows committed: {:.0} a second", f64::from(n) / begun.elapsed().as_secs_f64());
}
