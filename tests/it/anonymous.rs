//! Anonymous surveys, attacked. Whoever has the whole database, its files, its log, what the service logs and every
//! page of figures, and who knows in which order people answered, tries to tell whose answers are whose. The same attacks
//! are tried on a survey that is not anonymous, which they must break.

use crate::responses::{Scene, path, scene_of};
use crate::support::long::times;
use crate::support::served::Served;
use crate::support::{Backend, TestDb, house_drawn};
use bellwether::app::anonymous::{Opening, open_box};
use bellwether::app::doubts;
use bellwether::app::figures::{self, Slice, view};
use bellwether::app::{responses, waves};
use bellwether::domain::day::Month;
use bellwether::domain::ident::AccountId;
use bellwether::domain::measure::Measure;
use bellwether::domain::permission::Reach;
use bellwether::domain::survey::{Definition, library};
use bellwether::domain::tally::Segment;
use bellwether::domain::token::Purpose;
use bellwether::error::Code;
use bellwether::store::responses::State;
use bellwether::store::{audit, invitations, responses as stored, visits};
use chrono::{Duration, NaiveTime};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use rand::seq::SliceRandom;
use rand::{SeedableRng, rngs::StdRng};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::JoinHandle;

on_both_backends! {
    no_attack_finds_whose_answers_are_whose,
    figures_come_in_groups_and_no_two_differ_by_few,
    a_link_is_used_once_and_shows_nothing,
    what_is_excluded_leaves_exact_tallies,
}

const PEOPLE: usize = 24;

fn survey(anonymous: bool) -> Definition {
    let short = library().unwrap().into_iter().find(|one| one.key == "short").unwrap();
    Definition { anonymous, ..short }
}

fn invited(db: &TestDb, anonymous: bool) -> Scene {
    drawn(db, anonymous, 7)
}

fn drawn(db: &TestDb, anonymous: bool, seed: u64) -> Scene {
    scene_of(house_drawn(db, seed), db, PEOPLE as u128, survey(anonymous))
}

/// An order of answering that everybody knows, and that is none of the identifiers'.
fn order(seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..PEOPLE).collect();
    order.shuffle(&mut StdRng::seed_from_u64(20_261_122 + seed));
    order
}

/// What one person alone says.
fn word(person: usize) -> String {
    format!("kestrel{person:02}x")
}

fn answer(scene: &Scene, served: &Served, person: usize) {
    let (score, overall, why) = ((person % 11).to_string(), (person % 5 + 1).to_string(), word(person));
    let fields = [("_lang", "en"), ("recommend", &score), ("overall", &overall), ("why", &why)];
    let reply = served.client.post(&path(scene, person, Purpose::Answer), &[], &fields);
    assert_eq!(reply.status, 303, "{}", reply.body);
    scene.clock.set(scene.app.now() + Duration::seconds(61));
}

fn next_day(scene: &Scene) {
    scene.clock.set(scene.app.now() + Duration::days(1));
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every row of every table as it lies there, in small letters, with all that the engine tells of it.
fn dump(db: &TestDb) -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    match db.backend() {
        Backend::Sqlite => {
            let mut c = SqliteConnection::establish(db.url().strip_prefix("sqlite://").unwrap()).unwrap();
            let mut ask =
                move |text: &str| sql_query(text).load::<Line>(&mut c).map(|lines| lines.into_iter().map(|l| l.line));
            let tables: Vec<String> =
                ask("SELECT name AS line FROM sqlite_master WHERE type = 'table'").unwrap().collect();
            for table in tables {
                let columns: Vec<String> =
                    ask(&format!("SELECT name AS line FROM pragma_table_info('{table}')")).unwrap().collect();
                let all: Vec<String> = columns.iter().map(|c| format!("quote(\"{c}\")")).collect();
                let all = all.join("||'|'||");
                // Tables with a rowid tell the order in which their rows came.
                let lines = match ask(&format!("SELECT 'row '||rowid||'|'||{all} AS line FROM \"{table}\"")) {
                    Ok(lines) => lines.collect::<Vec<_>>(),
                    Err(_) => ask(&format!("SELECT {all} AS line FROM \"{table}\"")).unwrap().collect(),
                };
                found.insert(table, lines.into_iter().map(|l| l.to_lowercase()).collect());
            }
        }
        Backend::Postgres => {
            let mut c = PgConnection::establish(db.url()).unwrap();
            let mut ask = move |text: &str| -> Vec<String> {
                sql_query(text).load::<Line>(&mut c).unwrap().into_iter().map(|l| l.line).collect()
            };
            for table in ask("SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'") {
                let lines = ask(&format!(
                    "SELECT 'xmin '||xmin::text||'|xmax '||xmax::text||'|'||replace(t::text, ',', '|') AS line FROM \"{table}\" t ORDER BY ctid"
                ));
                found.insert(table, lines.into_iter().map(|l| l.to_lowercase()).collect());
            }
        }
    }
    found
}

/// The bytes of the database and of its log, as they lie on the disk.
fn bytes(db: &TestDb) -> Vec<u8> {
    let Some(path) = db.url().strip_prefix("sqlite://") else { return Vec::new() };
    let mut all = std::fs::read(path).unwrap();
    all.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    all
}

fn log_length(db: &TestDb) -> u64 {
    let path = db.url().strip_prefix("sqlite://").unwrap_or_default();
    std::fs::metadata(format!("{path}-wal")).map_or(0, |found| found.len())
}

/// Somebody who brings the log of SQLite into its file again and again, until this is dropped.
struct Checkpoints {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    fn of(db: &TestDb) -> Option<Self> {
        let path = db.url().strip_prefix("sqlite://")?.to_owned();
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            let mut c = SqliteConnection::establish(&path).unwrap();
            while !told.load(Ordering::Relaxed) {
                c.batch_execute("PRAGMA wal_checkpoint(PASSIVE)").unwrap();
            }
        });
        Some(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    hay.windows(needle.len()).position(|window| window == needle)
}

/// The identifiers of a person as they stand in rows.
fn names(scene: &Scene, person: usize) -> [String; 3] {
    let token = scene.tokens[person];
    let contact = uuid::Uuid::from_u128(2001 + person as u128);
    [token.account_id.0, contact, token.invitation_id.0].map(|id| id.simple().to_string())
}

/// Attack by keys: answers are those of whoever shares with their rows a value that nobody else has.
fn by_shared_values(scene: &Scene, tables: &BTreeMap<String, Vec<String>>) -> BTreeSet<(usize, usize)> {
    let lines: Vec<&String> = tables.values().flatten().collect();
    let values = |line: &str| -> BTreeSet<String> {
        line.split('|')
            .map(|value| value.trim_matches(['(', ')', '"', '\'', 'x', '\\']).to_owned())
            .filter(|v| v.len() >= 6)
            .collect()
    };
    let mut owners: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
    for person in 0..PEOPLE {
        let names = names(scene, person);
        for line in lines.iter().filter(|line| names.iter().any(|name| line.contains(name))) {
            for value in values(line) {
                owners.entry(value).or_default().insert(person);
            }
        }
    }
    let mut found = BTreeSet::new();
    for said in 0..PEOPLE {
        for line in lines.iter().filter(|line| line.contains(&word(said))) {
            for owner in values(line).iter().filter_map(|v| owners.get(v)).filter(|owners| owners.len() == 1) {
                found.extend(owner.iter().map(|person| (said, *person)));
            }
        }
    }
    found
}

/// Attack by order: the answers in some order are those of the people in the order in which they answered. How many
/// are right, and how alike the orders are (Spearman).
fn by_order(seen: &[usize], order: &[usize]) -> (usize, f64) {
    let hits = seen.iter().zip(order).filter(|(said, person)| said == person).count();
    let place = |person: usize| order.iter().position(|one| *one == person).unwrap() as f64;
    let n = seen.len() as f64;
    let squares: f64 = seen.iter().enumerate().map(|(at, said)| (at as f64 - place(*said)).powi(2)).sum();
    (hits, 1.0 - 6.0 * squares / (n * (n * n - 1.0)))
}

/// In which orders the answers can be seen: as rows lie, by each column, by their place in the file.
fn orders(db: &TestDb, tables: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<usize>> {
    let said = |line: &str| (0..PEOPLE).find(|person| line.contains(&word(*person)));
    let rows: Vec<&String> = tables["responses"].iter().filter(|line| said(line).is_some()).collect();
    let of = |rows: &[&String]| rows.iter().filter_map(|line| said(line)).collect::<Vec<_>>();
    let mut orders = BTreeMap::from([("rows".to_owned(), of(&rows))]);
    for column in 0..rows[0].split('|').count() {
        let mut sorted = rows.clone();
        sorted.sort_by_key(|line| line.split('|').nth(column).unwrap_or_default().to_owned());
        let values: BTreeSet<_> = rows.iter().map(|line| line.split('|').nth(column).unwrap_or_default()).collect();
        // What is the same in all rows orders nothing, and the answers themselves are what is to be found.
        if values.len() > 1
            && !rows.iter().all(|line| line.split('|').nth(column).is_some_and(|v| v.contains("kestrel")))
        {
            orders.insert(format!("column {column}"), of(&sorted));
        }
    }
    let bytes = bytes(db);
    if !bytes.is_empty() {
        let mut places: Vec<(usize, usize)> =
            (0..PEOPLE).filter_map(|person| Some((find(&bytes, word(person).as_bytes())?, person))).collect();
        places.sort_unstable();
        orders.insert("file".to_owned(), places.into_iter().map(|(_, person)| person).collect());
    }
    orders
}

/// What the process logs, from the first test on that asks for it.
fn log() -> &'static Mutex<Vec<u8>> {
    static LOG: OnceLock<Mutex<Vec<u8>>> = OnceLock::new();
    struct Into;
    impl io::Write for Into {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            log().lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut first = false;
    let log = LOG.get_or_init(|| {
        first = true;
        Mutex::default()
    });
    if first {
        let level = tracing::Level::DEBUG;
        let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(|| Into).finish();
        tracing::subscriber::set_global_default(subscriber).unwrap();
    }
    log
}

fn no_attack_finds_whose_answers_are_whose(db: &TestDb) {
    // By each way of seeing an order: how many answers were taken for those of the right person, and how alike the orders
    // were, over all seeds.
    let mut found: BTreeMap<String, (usize, f64)> = BTreeMap::new();
    let seeds = times(3, 50);
    attack(db, 1, &mut found);
    for seed in 2..=seeds as u64 {
        attack(&TestDb::new(db.backend()), seed, &mut found);
    }
    for (by, (hits, alike)) in found {
        // By chance one in each is right, about as often as Poisson's law says, and likeness varies by 1/23 about nothing.
        let n = seeds as f64;
        assert!((hits as f64) < n + 5.0 * n.sqrt() + 3.0, "by {by}: {hits} right in {n} rounds");
        assert!((alike / n).abs() < 4.5 / (23.0 * n).sqrt(), "by {by}: likeness {}", alike / n);
    }

    // The control: the same attacks break a survey that is not anonymous.
    let other = TestDb::new(db.backend());
    let scene = invited(&other, false);
    let served = Served::start(&scene.app);
    let order = order(1);
    order.iter().for_each(|person| answer(&scene, &served, *person));
    let tables = dump(&other);
    let all: BTreeSet<(usize, usize)> = (0..PEOPLE).map(|person| (person, person)).collect();
    assert_eq!(by_shared_values(&scene, &tables), all);
    let seen = orders(&other, &tables).into_iter();
    let broken: Vec<String> = seen.filter(|(_, seen)| by_order(seen, &order).0 == PEOPLE).map(|(by, _)| by).collect();
    assert!(!broken.is_empty(), "times and identifiers tell the order");
}

/// One round of all attacks, with chance of its own.
fn attack(db: &TestDb, seed: u64, found: &mut BTreeMap<String, (usize, f64)>) {
    let logged = log();
    let scene = drawn(db, true, seed);
    let order = order(seed);
    let served = Served::start(&scene.app);
    let mut waiting = Vec::new();
    for &person in &order {
        let page = served.client.get(&path(&scene, person, Purpose::Answer), &[]);
        assert!(page.body.contains("This survey is anonymous"), "{}", page.body);
        assert!(!page.body.contains("data-begin"), "nothing is kept of what is begun");
        answer(&scene, &served, person);
        // Whoever copies the database after each answer finds no word of it, nor who it was.
        let now = dump(db);
        let lines: Vec<&String> = now.values().flatten().collect();
        assert!(!lines.iter().any(|line| line.contains("kestrel")));
        for table in ["anonymous_box", "anonymous_marks", "responses", "measurements", "provisional_answers", "audit"] {
            assert!(
                !now[table].iter().any(|line| names(&scene, person).iter().any(|name| line.contains(name))),
                "{table}"
            );
        }
        waiting.push(now);
    }
    assert!(find(&bytes(db), b"kestrel").is_none(), "not in the file, nor in its log");
    let last = waiting.last().unwrap();
    assert_eq!((last["anonymous_box"].len(), last["anonymous_marks"].len()), (PEOPLE, PEOPLE));
    let lengths: BTreeSet<usize> =
        last["anonymous_box"].iter().map(|line| line.split('|').next_back().unwrap().len()).collect();
    assert_eq!(lengths.len(), 1, "all of one length");
    assert_eq!(waiting[0]["invitations"].len(), PEOPLE);
    let strip = |lines: &Vec<String>| lines.clone();
    assert_eq!(
        strip(&waiting[0]["invitations"]),
        strip(&last["invitations"]),
        "no row of a person moves while it waits"
    );
    assert_eq!(waiting[0]["tally_accounts"], last["tally_accounts"]);

    next_day(&scene);
    {
        // Whoever empties the log in the same moment hinders nothing of what is cleared away.
        let _busy = Checkpoints::of(db);
        assert_eq!(open_box(&scene.app).unwrap(), Opening { opened: PEOPLE, waiting: 0 });
    }
    let after = dump(db);
    assert_eq!(after["responses"].len(), PEOPLE);
    assert!(by_shared_values(&scene, &after).is_empty(), "{:?}", by_shared_values(&scene, &after));
    for (by, seen) in orders(db, &after) {
        assert_eq!(seen.len(), PEOPLE, "{by}");
        let (hits, alike) = by_order(&seen, &order);
        // In one round all may be alike by chance, but not so.
        assert!(hits < 9 && alike.abs() < 0.85, "by {by}: {hits} right, likeness {alike}");
        let total = found.entry(by).or_default();
        *total = (total.0 + hits, total.1 + alike);
    }
    // Nothing leads from what waited to what was opened, and nothing of it is left.
    assert!(after["anonymous_box"].is_empty() && after["anonymous_marks"].is_empty());
    let bytes = bytes(db);
    for line in last["anonymous_box"].iter().chain(&last["anonymous_marks"]) {
        let value = line.split('|').find(|value| value.contains("x'") || value.contains("\\x")).unwrap();
        let hex: String =
            value.chars().skip_while(|c| *c != 'x').skip(1).filter(char::is_ascii_hexdigit).take(32).collect();
        assert_eq!(hex.len(), 32, "{value}");
        assert!(!after.values().flatten().any(|line| line.contains(&hex)));
        let raw = data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
        let place = find(&bytes, &raw);
        assert!(
            place.is_none(),
            "left in the file: {line:.40} at {place:?} of {}, {} of them log",
            bytes.len(),
            log_length(db)
        );
    }
    // Every response and every used invitation comes from the one unit of work, and no time is any person's.
    for invitation in invitations_of(&scene) {
        assert_eq!(invitation.answered_at, Some(invitation.closes_at), "a flag without a time");
    }
    if db.backend() == Backend::Postgres {
        let of = |table: &str| -> BTreeSet<String> {
            after[table].iter().map(|line| line.split('|').next().unwrap().to_owned()).collect()
        };
        assert_eq!((of("responses").len(), of("invitations").len()), (1, 1), "{:?}", of("invitations"));
    }
    for response in responses_of(&scene) {
        assert_eq!((response.contact, response.invitation, response.wave), (None, None, None));
        assert_eq!((response.took_seconds, response.received_at.time()), (None, NaiveTime::MIN));
        assert_eq!(response.id.0.get_version_num(), 4, "no time in it");
        assert!(response.account.is_anonymous());
    }
    // The trail tells of the opening alone; the log of requests, and of nobody.
    let trail = scene.app.db.read(|conn| audit::list(conn, &Reach::All, None, 100)).unwrap();
    let told: Vec<&str> =
        trail.iter().filter(|line| line.record.contains("anonymous")).map(|l| l.action.as_str()).collect();
    assert_eq!((trail.len(), told), (1, vec!["opened"]), "{trail:?}");
    let text = String::from_utf8_lossy(&logged.lock().unwrap()).into_owned();
    assert!(text.contains("answered"), "the log is read: {}", text.len());
    assert!(!text.contains("kestrel"));
    for person in 0..PEOPLE {
        let token = scene.tokens[person];
        let seal = token.seal(scene.app.seal_key(), Purpose::Answer);
        for name in [seal, token.account_id.to_string(), token.invitation_id.to_string()] {
            assert!(!text.contains(&name), "{name}");
        }
    }
    assert!(responses::recount(&scene.app).unwrap().is_none());
}

fn invitations_of(scene: &Scene) -> Vec<invitations::Invitation> {
    let find = |token: &bellwether::domain::token::Token| {
        scene.app.db.read(|conn| invitations::find(conn, token.account_id, token.invitation_id)).unwrap()
    };
    scene.tokens.iter().map(find).collect()
}

fn group(tier: &str) -> AccountId {
    AccountId::anonymous(Segment { tier: tier.into(), region: "north".into(), product_line: String::new() }.id())
}

fn responses_of(scene: &Scene) -> Vec<stored::Response> {
    let of = |tier: &str| scene.app.db.read(|conn| stored::of_account(conn, group(tier), 100)).unwrap();
    [of("key"), of("general")].concat()
}

/// How many answers each figure of the page is about: of each tier and of all.
fn shown(scene: &Scene) -> BTreeMap<(String, String), i64> {
    let slice = Slice::ending(Month::of(scene.app.today()), 6);
    let page = figures::overview(&scene.app, &scene.app.service(), &slice, None).unwrap();
    let mut shown = BTreeMap::new();
    for row in page.tiers.iter().chain([&page.all]) {
        for cell in row.measures.iter().filter(|cell| cell.measure != Measure::Asked) {
            shown.insert((row.tier.clone(), cell.measure.key()), cell.now.as_ref().map_or(0, |figure| figure.n));
        }
    }
    shown
}

/// What a page says of the responses and figures of each tier.
fn words(scene: &Scene) -> BTreeMap<String, Vec<String>> {
    let slice = Slice::ending(Month::of(scene.app.today()), 6);
    let service = scene.app.service();
    let found = figures::overview(&scene.app, &service, &slice, None).unwrap();
    let view = view::view(&scene.app, &scene.app.reader(&service), &found, &[], 0, ToOwned::to_owned).unwrap();
    let said = |row: &view::Row| {
        let cells = row.measures.iter().filter(|cell| cell.key != Measure::Asked.key());
        let cells = cells.map(|cell| cell.change.clone());
        row.few.clone().into_iter().chain([row.nps.change.clone()]).chain(cells).collect()
    };
    view.rows.iter().map(|row| (row.key.clone(), said(row))).collect()
}

fn figures_come_in_groups_and_no_two_differ_by_few(db: &TestDb) {
    let scene = invited(db, true);
    let served = Served::start(&scene.app);
    let mut pages = vec![shown(&scene)];
    let nothing = words(&scene);
    assert!(nothing.iter().all(|(_, said)| said.contains(&"fewer than 5 answers".to_owned())), "{nothing:?}");
    // Even numbers are of one tier, odd ones of the other. So many more answer each day, some of them not everything.
    let days: [&[usize]; 6] =
        [&[0, 2, 4], &[6, 1], &[8], &[10, 12, 14, 16, 18, 3, 5, 7, 9], &[11], &[13, 15, 17, 19, 20, 21]];
    let mut answered = 0;
    for day in days {
        for person in day {
            answer(&scene, &served, *person);
            answered += 1;
            assert_eq!(shown(&scene), *pages.last().unwrap(), "nothing moves when somebody answers");
            if pages.len() == 1 {
                assert_eq!(words(&scene), nothing, "nobody is told whether there are four or none");
            }
        }
        next_day(&scene);
        open_box(&scene.app).unwrap();
        assert_eq!(open_box(&scene.app).unwrap().opened, 0, "once a day");
        pages.push(shown(&scene));
    }
    for (earlier, one) in pages.iter().enumerate() {
        for two in pages.iter().skip(earlier) {
            for (figure, n) in two {
                let more = n - one[figure];
                assert!(more == 0 || more >= 5, "{figure:?}: {more} more");
            }
        }
        // All tiers less those that are shown.
        for (key, all) in one.iter().filter(|((tier, _), _)| tier.is_empty()) {
            let tiers: Vec<i64> =
                one.iter().filter(|((t, m), _)| !t.is_empty() && *m == key.1).map(|(_, n)| *n).collect();
            let rest = all - tiers.iter().sum::<i64>();
            assert!((*all == 0 || *all >= 5) && (rest == 0 || rest >= 5), "{key:?}: {rest}");
            assert!(tiers.iter().all(|n| *n == 0 || *n >= 5), "{tiers:?}");
        }
    }
    let last = &pages.last().unwrap()[&(String::new(), Measure::Response.key())];
    assert!(*last <= answered && answered - last < 5, "{last} of {answered}: fewer than a group wait");
    assert!(responses::recount(&scene.app).unwrap().is_none());
}

fn a_link_is_used_once_and_shows_nothing(db: &TestDb) {
    let scene = invited(db, true);
    let served = Served::start(&scene.app);
    let link = |person: usize| path(&scene, person, Purpose::Answer);
    let first = served.client.get(&format!("{}?s=7", link(0)), &[]);
    assert!(!first.body.contains(" checked>"), "no score stands in an address");
    assert!(!first.body.contains("Ekholm"), "no manager sees them");
    let begin = served.client.post(&format!("{}/begin", link(0)), &[], &[("_sign", "key"), ("recommend", "3")]);
    assert_eq!(begin.status, 204);
    let wrong = served.client.post(&link(0), &[], &[("recommend", "77")]);
    assert_eq!(wrong.status, 422);
    let long = "长".repeat(1500);
    assert_eq!(served.client.post(&link(0), &[], &[("recommend", "7"), ("overall", "1"), ("why", &long)]).status, 303);
    (1..6).for_each(|person| answer(&scene, &served, person));
    for after_opening in [false, true] {
        if after_opening {
            next_day(&scene);
            assert_eq!(open_box(&scene.app).unwrap().opened, 6);
        }
        for query in ["", "?change=1", "?s=3&lang=zh-CN"] {
            let page = served.client.get(&format!("{}{query}", link(1)), &[]);
            assert_eq!(page.status, 200);
            let used = if query.contains("zh-CN") { "此链接已使用" } else { "This link has been used" };
            assert!(page.body.contains(used) && !page.body.contains("kestrel"), "{}", page.body);
        }
        let again = served.client.post(&link(1), &[], &[("recommend", "0"), ("overall", "1"), ("why", "again")]);
        assert_eq!(again.status, 303);
    }
    next_day(&scene);
    assert_eq!(open_box(&scene.app).unwrap(), Opening::default(), "nobody counts twice");
    let kept = scene.app.db.read(stored::count).unwrap();
    assert_eq!(kept, 6);
    scene.app.witness.settle();
    for table in ["machine_visits", "provisional_answers"] {
        assert!(dump(db)[table].is_empty(), "{table}");
    }
    let wave = uuid::Uuid::from_u128(70).into();
    let progress = scene.app.db.read(|conn| invitations::counts_of_wave(conn, wave)).unwrap();
    assert_eq!(progress.answered, 6);
    assert_eq!(scene.app.db.read(|conn| visits::of_wave(conn, wave, &Reach::All)).unwrap().marked, 0);
    assert!(responses::recount(&scene.app).unwrap().is_none());
    let _ = waves::list(&scene.app, &scene.app.service()).unwrap();
}

fn what_is_excluded_leaves_exact_tallies(db: &TestDb) {
    let scene = invited(db, true);
    let served = Served::start(&scene.app);
    // Five of one tier, and one too many of the other.
    [0, 2, 4, 6, 8, 1, 3, 5, 7, 9, 11].into_iter().for_each(|person| answer(&scene, &served, person));
    next_day(&scene);
    open_box(&scene.app).unwrap();
    let before = shown(&scene);
    assert_eq!(before[&(String::new(), Measure::Response.key())], 11);
    let actor = scene.app.service();
    let one = responses_of(&scene).into_iter().find(|one| one.account == group("general")).unwrap();
    let out = responses::exclude(&scene.app, &actor, one.account, one.id, "Nonsense").unwrap();
    assert_eq!(out.state, State::Excluded);
    assert!(responses::recount(&scene.app).unwrap().is_none());
    // It stands among the doubtful ones by its day and segment alone, and beside the figures.
    let board = doubts::board(&scene.app, &actor, &doubts::Asked::default(), None).unwrap();
    let listed = board.rows.iter().find(|row| row.response.id == one.id).unwrap();
    assert_eq!((listed.place.tier.as_str(), listed.wave.as_ref(), listed.response.contact), ("general", None, None));
    assert!(board.rows.iter().all(|row| row.response.account.is_anonymous()));
    let slice = Slice::ending(Month::of(scene.app.today()), 6);
    assert_eq!(figures::overview(&scene.app, &actor, &slice, None).unwrap().doubts, board.counts);
    let counted = shown(&scene)[&(String::new(), Measure::Response.key())];
    assert!(counted == 6 || counted == 10, "a group of four is counted no more: {counted}");
    responses::restore(&scene.app, &actor, one.account, one.id).unwrap();
    assert_eq!(shown(&scene), before);
    responses::erase(&scene.app, &actor, one.account, one.id).unwrap();
    assert!(responses::recount(&scene.app).unwrap().is_none());
    // By another way than its links, nothing comes in.
    let import = responses::Import {
        account: scene.tokens[0].account_id,
        contact: None,
        version: one.version,
        invitation: None,
        answers: one.answers.clone(),
        received_at: scene.app.now(),
        channel: stored::Channel::Paper,
        language: one.language.clone(),
        segment: None,
    };
    let refused = scene.app.db.write(|conn| responses::import_one(&scene.app, conn, import)).unwrap_err();
    assert_eq!(refused.code(), Code::SurveyAnonymous);
}
