//! How long the overview takes, from the request to the last byte, with few and with many responses.
//!
//! `cargo bench --bench overview` writes each size into a database of its own, serves it from this
//! process, and asks for the page over one kept connection, as a browser does. The sizes are those of
//! `BELLWETHER_BENCH_SIZES` (10000,1000000 where it is not set).

#![expect(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement, not a service")]

use bellwether::app::sign_in::{self, NewUser};
use bellwether::app::{App, surveys};
use bellwether::chance::Chance;
use bellwether::clock::FixedClock;
use bellwether::config::Config;
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::answer::{Answer, Answers, measurements, values};
use bellwether::domain::ident::VersionId;
use bellwether::domain::language::Language;
use bellwether::domain::permission::Role;
use bellwether::domain::survey::{Body, Definition};
use bellwether::domain::tally::{Counted, delivered};
use bellwether::store::responses::{self, Channel, Response, State};
use bellwether::store::{Db, accounts, tallies};
use bellwether::web::{Doors, serve};
use chrono::{Days, NaiveDate};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const ACCOUNTS: usize = 2_000;
const DAYS: usize = 730;
const CALLS: usize = 200;
/// How many responses share one unit of work.
const TOGETHER: usize = 20_000;

fn main() {
    #[expect(clippy::disallowed_methods, reason = "a bench is told by its environment how long it may take")]
    let sizes = std::env::var("BELLWETHER_BENCH_SIZES").unwrap_or_else(|_| "10000,1000000".into());
    let mut medians = Vec::new();
    for size in sizes.split(',').map(|s| s.trim().parse::<usize>().unwrap()) {
        let home = tempfile::tempdir().unwrap();
        let app = house(home.path());
        let began = Instant::now();
        generate(&app, size);
        println!("{size} responses written in {:.0} s", began.elapsed().as_secs_f64());
        medians.push(measure(app));
    }
    if let [first, .., last] = medians.as_slice() {
        println!("ratio of the medians, last size to first: {:.2}", last / first);
    }
}

fn house(home: &std::path::Path) -> Arc<App> {
    let config = Config { secret_file: home.join("secret.key"), ..Config::default() };
    let db = Db::open(&format!("sqlite://{}", home.join("bench.db").display()), 4).unwrap();
    db.migrate().unwrap();
    let app = App::build(Arc::new(config), db, Arc::new(FixedClock::at("2026-11-22T09:00:00Z")), Chance::seeded(7));
    Arc::new(app.unwrap())
}

/// Invents responses to the survey of the relationship, evenly over accounts and two years. Every fifth
/// holds own words. The single scores, which no page of figures reads, are left out.
fn generate(app: &App, size: usize) {
    surveys::publish_shipped(app).unwrap();
    let published = surveys::named(app, "relationship").unwrap();
    let (version, definition) = (published.version.id, &published.definition);
    let all = customers(app);
    let mut rng = StdRng::seed_from_u64(11);
    let first = app.today() - Days::new(DAYS as u64 - 1);
    let mut written = 0;
    while written < size {
        let count = TOGETHER.min(size - written);
        app.db
            .write(|conn| {
                let mut plan: Vec<(usize, usize)> =
                    (written..written + count).map(|i| (rng.random_range(0..ACCOUNTS), i * DAYS / size)).collect();
                plan.sort_unstable();
                for (account, day) in plan {
                    let day = first + Days::new(day as u64);
                    keep(app, conn, &all[account], version, definition, day, &mut rng)?;
                }
                Ok(())
            })
            .unwrap();
        written += count;
    }
}

fn customers(app: &App) -> Vec<Account> {
    let tiers: Vec<String> = app.config.tiers.iter().map(|t| t.key.clone()).collect();
    let all: Vec<Account> = (0..ACCOUNTS)
        .map(|i| Account {
            id: app.chance.id(app.now()),
            number: CustomerNumber::parse(&format!("C{i:05}")).unwrap(),
            name: format!("Customer {i}"),
            kind: AccountKind::Customer,
            parent: None,
            tier: tiers[i % tiers.len()].clone(),
            region: ["north", "south", "east"][i / 7 % 3].to_owned(),
            product_line: ["bearings", "drives"][i / 3 % 2].to_owned(),
            manager: None,
            deputy: None,
            active: true,
            revision: 1,
        })
        .collect();
    app.db.write(|conn| accounts::insert(conn, &all, None, app.now(), app.today())).unwrap();
    all
}

fn keep(
    app: &App,
    conn: &mut bellwether::store::Conn,
    account: &Account,
    version: VersionId,
    definition: &Definition,
    day: NaiveDate,
    rng: &mut StdRng,
) -> bellwether::error::Result<()> {
    let mut answers = Answers::default();
    for question in definition.questions() {
        let answer = match &question.body {
            Body::Recommend { scale } | Body::Rating { scale, .. } => {
                // The better of two draws: scores lie in the upper half, as they do in life.
                let draw = |rng: &mut StdRng| rng.random_range(scale.from..=scale.last());
                Answer::Score(draw(rng).max(draw(rng)))
            }
            Body::Text { .. } if rng.random_range(0..5) == 0 => Answer::Text("Late twice, but they told us.".into()),
            _ => continue,
        };
        answers.0.insert(question.key.clone(), answer);
    }
    let at = day.and_hms_opt(9, 0, 0).unwrap_or_default().and_utc();
    let segment = account.segment().id();
    let counted = Counted {
        account: account.id,
        version,
        segment,
        kind: "relationship".into(),
        day,
        values: values(&answers),
        measurements: measurements(definition, &answers),
        answers: Some((day, segment)),
        subject: None,
    };
    let response = Response {
        account: account.id,
        id: app.chance.id(at),
        invitation: None,
        contact: None,
        wave: None,
        version,
        segment,
        kind: "relationship".into(),
        channel: Channel::Web,
        state: State::Kept,
        why_excluded: None,
        answers,
        language: Language::english(),
        received_at: at,
        day,
        changed_at: at,
        revision: 1,
        took_seconds: None,
        flags: Vec::new(),
        source: None,
        subject: None,
        entered_by: None,
        link: None,
    };
    responses::insert(conn, &response, &[])?;
    tallies::fold(conn, counted.folds().into_iter().chain([delivered(account.id, segment, "relationship", day)]))
}

/// Serves the house and asks for the page; the median in milliseconds.
fn measure(app: Arc<App>) -> f64 {
    let new = NewUser {
        email: "quality@bench.example".into(),
        name: "Quality".into(),
        role: Role::QualityManager,
        password: "measured twice".into(),
        region: None,
        language: Language::english(),
        zone: chrono_tz::Tz::UTC,
    };
    sign_in::add_user(&app, &app.service(), new).unwrap();
    let token = sign_in::sign_in(&app, None, "quality@bench.example", "measured twice").unwrap().token;
    let (told, address) = mpsc::channel();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serving = std::thread::spawn(move || {
        let doors = Doors { pages: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), metrics: None };
        let stopped = async {
            let _gone = stopped.await;
        };
        serve(app, &doors, |doors| told.send(doors.pages).unwrap(), stopped).unwrap();
    });
    let mut browser = Browser::open(address.recv().unwrap(), token);
    let (cold, bytes) = browser.load();
    println!("  first load, nothing in memory: {:.1} ms, {bytes} bytes as sent", ms(cold));
    let mut times: Vec<Duration> = (0..CALLS).map(|_| browser.load().0).collect();
    times.sort_unstable();
    let (median, p95) = (ms(times[CALLS / 2]), ms(times[CALLS * 95 / 100]));
    println!("  {CALLS} loads: median {median:.2} ms, p95 {p95:.2} ms");
    drop(browser);
    stop.send(()).unwrap();
    serving.join().unwrap();
    median
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// One kept connection of somebody who is signed in.
struct Browser {
    stream: BufReader<TcpStream>,
    request: String,
}

impl Browser {
    fn open(address: SocketAddr, token: String) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let request =
            format!("GET / HTTP/1.1\r\nHost: {address}\r\nCookie: bw_session={token}\r\nAccept-Encoding: gzip\r\n\r\n");
        Self { stream: BufReader::new(stream), request }
    }

    /// Loads the page: how long it took, and how many bytes came.
    fn load(&mut self) -> (Duration, usize) {
        let began = Instant::now();
        self.stream.get_mut().write_all(self.request.as_bytes()).unwrap();
        let status = self.line();
        assert!(status.starts_with("HTTP/1.1 200"), "{status}");
        let mut length = None;
        loop {
            let line = self.line().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(given) = line.strip_prefix("content-length:") {
                length = Some(given.trim().parse::<usize>().unwrap());
            }
        }
        let bytes = match length {
            Some(length) => self.take(length),
            None => self.chunks(),
        };
        (began.elapsed(), bytes)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    fn take(&mut self, length: usize) -> usize {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).unwrap();
        length
    }

    fn chunks(&mut self) -> usize {
        let mut all = 0;
        loop {
            let length = usize::from_str_radix(&self.line(), 16).unwrap();
            all += self.take(length);
            self.line();
            if length == 0 {
                return all;
            }
        }
    }
}
