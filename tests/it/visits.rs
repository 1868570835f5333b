//! Answers that no human gave: what machines do with the links of a mail, and that it never counts.

use crate::responses::{Scene, path, response_of, scene};
use crate::support::TestDb;
use crate::support::served::{Client, Reply, Served};
use bellwether::app::{responses, visits};
use bellwether::domain::answer::quality::{Contradiction, Flag};
use bellwether::domain::permission::Reach;
use bellwether::domain::token::Purpose;
use bellwether::domain::visit::{Agent, Sign};
use bellwether::jobs::settle;
use bellwether::store::responses as stored;
use bellwether::store::visits::{self as kept, Fate, Mark, WaveVisits};
use chrono::{DateTime, Duration, Utc};

on_both_backends! {
    heads_and_all_scores_at_once_record_nothing,
    a_scanner_comes_first_and_the_person_later,
    a_wrapped_link_in_capitals_is_understood,
    the_mail_program_with_a_browser_in_it_is_a_person,
    the_hidden_link_marks_and_serves,
    two_tabs_the_back_button_and_the_link_again,
    after_the_window_the_answer_stands,
    what_is_begun_stays_apart_until_it_is_sent,
    nothing_is_begun_without_a_person_or_too_early,
    doubtful_responses_are_flagged_and_count,
    a_link_that_is_used_too_often_waits_alone,
    a_burst_over_many_links_records_nothing_and_locks_nobody_out,
}

const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36";
const WAVE: u128 = 70;

fn named(agent: &str) -> Vec<String> {
    vec![format!("User-Agent: {agent}")]
}

fn open(client: Client, path: &str) -> Reply {
    client.get(path, &named(BROWSER))
}

fn send(client: Client, path: &str, form: &[(&str, &str)]) -> Reply {
    client.post(path, &named(BROWSER), form)
}

/// The sealed time that stands in a page.
fn stamp(page: &Reply) -> String {
    let after = page.body.split("name=\"_shown\" value=\"").nth(1).unwrap_or_else(|| panic!("{}", page.body));
    after.split('"').next().unwrap().to_owned()
}

fn marks(scene: &Scene, n: usize) -> Vec<Mark> {
    scene.app.witness.settle();
    scene.app.db.read(|conn| kept::of_account(conn, scene.tokens[n].account_id, 50)).unwrap()
}

fn told(scene: &Scene, n: usize) -> Vec<(Sign, Agent, i64)> {
    marks(scene, n).iter().map(|m| (m.sign, m.agent, m.times)).collect()
}

fn of_wave(scene: &Scene) -> WaveVisits {
    scene.app.witness.settle();
    let wave = uuid::Uuid::from_u128(WAVE).into();
    scene.app.db.read(|conn| kept::of_wave(conn, wave, &Reach::All)).unwrap()
}

fn begun(scene: &Scene, n: usize) -> Option<kept::Provisional> {
    scene.app.witness.settle();
    let token = scene.tokens[n];
    scene.app.db.read(|conn| kept::provisional(conn, token.account_id, token.invitation_id)).unwrap()
}

fn later(scene: &Scene, by: Duration) {
    scene.clock.set(scene.app.now() + by);
}

/// The moment at which a mail was accepted.
pub fn delivered(scene: &Scene, n: usize) -> DateTime<Utc> {
    let token = scene.tokens[n];
    let find = |conn: &mut bellwether::store::Conn| {
        bellwether::store::invitations::find(conn, token.account_id, token.invitation_id)
    };
    scene.app.db.read(find).unwrap().delivered_at.unwrap()
}

#[track_caller]
fn nothing_counts(scene: &Scene) {
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 0);
    let found = responses::recount(&scene.app).unwrap();
    assert!(found.is_none(), "{found:#?}");
}

fn heads_and_all_scores_at_once_record_nothing(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    for _ in 0..20 {
        assert_eq!(served.client.send("HEAD", &link, &named(BROWSER), "").status, 200);
    }
    later(&scene, Duration::minutes(3));
    for score in 0..=10 {
        assert_eq!(open(served.client, &format!("{link}?s={score}")).status, 200);
    }
    assert_eq!(told(&scene, 0), [(Sign::Burst, Agent::Browser, 11), (Sign::Head, Agent::Browser, 20)]);
    let mark = &marks(&scene, 0)[0];
    assert_eq!((mark.first_at, mark.last_at), (scene.app.now(), scene.app.now()));
    assert!(marks(&scene, 1).is_empty());
    nothing_counts(&scene);
    let visits = of_wave(&scene);
    assert_eq!((visits.marked, visits.signs.len(), visits.waiting), (1, 2, 0));
    // The next day's burst is added to the first.
    later(&scene, Duration::days(1));
    for score in 0..=10 {
        open(served.client, &format!("{link}?s={score}"));
    }
    let burst = &marks(&scene, 0)[0];
    assert_eq!((burst.sign, burst.times, burst.last_at - burst.first_at), (Sign::Burst, 22, Duration::days(1)));
}

fn a_scanner_comes_first_and_the_person_later(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    scene.clock.set(delivered(&scene, 0) + Duration::seconds(22));
    let scanned = open(served.client, &format!("{link}?s=0"));
    assert!(scanned.body.contains("value=\"0\" checked") && !scanned.body.contains("data-begin"));
    // It even moves a pointer, and posts what its script would.
    let form = [("_shown", &*stamp(&scanned)), ("_sign", "pointer"), ("recommend", "0")];
    assert_eq!(send(served.client, &format!("{link}/begin"), &form).status, 204);
    assert_eq!(begun(&scene, 0), None);
    nothing_counts(&scene);
    later(&scene, Duration::minutes(4));
    let page = open(served.client, &format!("{link}?s=9"));
    let shown = stamp(&page);
    later(&scene, Duration::seconds(40));
    let form = [("_shown", &*shown), ("_sign", "touch"), ("recommend", "9"), ("overall", "4")];
    assert_eq!(send(served.client, &link, &form).status, 303);
    let response = response_of(&scene, 0).unwrap();
    assert_eq!((response.answers.score("recommend"), response.took_seconds), (Some(9), Some(40)));
    assert!(response.flags.is_empty(), "{:?}", response.flags);
    assert!(responses::recount(&scene.app).unwrap().is_none());
}

fn a_wrapped_link_in_capitals_is_understood(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let wrapped = format!("{}?S=9&LANG=ZH-CN&data=05%7C02%7C%zz&s=3&sdata=x%3D&reserved=0&&=", link.to_uppercase());
    assert!(wrapped.starts_with("/R/"));
    let page = open(served.client, &wrapped);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("value=\"9\" checked") && page.body.contains("<html lang=\"zh-CN\">"));
    assert!(page.body.contains(&format!("action=\"{link}\"")), "the form is sent to the link as it was made");
    assert_eq!(send(served.client, &link.to_uppercase(), &[("recommend", "9"), ("overall", "4")]).status, 303);
    assert_eq!(open(served.client, &path(&scene, 0, Purpose::Unsubscribe).to_uppercase()).status, 200);
}

fn the_mail_program_with_a_browser_in_it_is_a_person(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let headers = named(&format!("{BROWSER} OneOutlook/1.2024.619.100"));
    let link = path(&scene, 0, Purpose::Answer);
    let page = served.client.get(&format!("{link}?s=8"), &headers);
    assert!(page.body.contains("data-begin="), "more than minutes after the mail");
    let form = [("_shown", &*stamp(&page)), ("_sign", "pointer"), ("recommend", "8")];
    assert_eq!(served.client.post(&format!("{link}/begin"), &headers, &form).status, 204);
    assert_eq!(begun(&scene, 0).unwrap().answers.score("recommend"), Some(8));
    assert!(marks(&scene, 0).is_empty());
    let other = path(&scene, 1, Purpose::Answer);
    served.client.get(&other, &named("Mozilla/5.0 (compatible; LinkScanner/2.1)"));
    assert_eq!(told(&scene, 1), [(Sign::Name, Agent::Scanner, 1)]);
}

fn the_hidden_link_marks_and_serves(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    open(served.client, &format!("{link}?s=3"));
    let page = open(served.client, &format!("{link}/more"));
    assert!(page.status == 200 && page.body.contains(&format!("action=\"{link}\"")), "people run into it, too");
    assert_eq!(told(&scene, 0), [(Sign::HiddenLink, Agent::Browser, 2)]);
    assert_eq!(send(served.client, &link, &[("recommend", "9"), ("overall", "4")]).status, 303, "nobody is blocked");
    assert_eq!(of_wave(&scene).signs, [(Sign::HiddenLink, 1, 2)]);
}

fn two_tabs_the_back_button_and_the_link_again(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let tabs = [open(served.client, &format!("{link}?s=9")), open(served.client, &format!("{link}?s=6"))];
    later(&scene, Duration::minutes(1));
    let answer = |page: &Reply, recommend: &str| {
        send(served.client, &link, &[("_shown", &stamp(page)), ("recommend", recommend), ("overall", "4")])
    };
    assert_eq!(answer(&tabs[0], "9").status, 303);
    assert_eq!(answer(&tabs[1], "6").status, 303);
    let response = response_of(&scene, 0).unwrap();
    assert_eq!((response.answers.score("recommend"), response.revision), (Some(6), 2), "the later one holds");
    assert_eq!(answer(&tabs[1], "6").status, 303, "the back button, and sent again");
    assert_eq!(response_of(&scene, 0).unwrap().revision, 2);
    let again = open(served.client, &link);
    assert!(again.status == 200 && again.body.contains("<dd>6 of 10</dd>") && again.body.contains("change=1"));
    let score = open(served.client, &format!("{link}?s=10"));
    assert!(score.body.contains("<dd>6 of 10</dd>"), "a click on another score in the mail changes nothing");
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 1);
    assert!(responses::recount(&scene.app).unwrap().is_none());
}

fn after_the_window_the_answer_stands(db: &TestDb) {
    let scene = scene(db, 1, "short");
    // The survey is open for three weeks; changes are taken for two days.
    let app = crate::support::house_where(db, |config| config.answering.change_days = 2);
    app.clock.set(scene.app.now());
    let served = Served::start(&app);
    let link = path(&scene, 0, Purpose::Answer);
    assert_eq!(send(served.client, &link, &[("recommend", "9"), ("overall", "4")]).status, 303);
    assert!(open(served.client, &link).body.contains("You can change them until 24 November 2026"));
    app.clock.set(app.now() + Duration::days(1));
    assert_eq!(send(served.client, &link, &[("recommend", "7"), ("overall", "4")]).status, 303);
    app.clock.set(app.now() + Duration::days(1));
    let thanks = open(served.client, &format!("{link}?change=1")).body;
    assert!(thanks.contains("The time for changes is over") && !thanks.contains("change=1"), "{thanks}");
    assert!(thanks.contains("<dd>7 of 10</dd>"));
    let late = send(served.client, &format!("{link}?lang=zh-CN"), &[("recommend", "1"), ("overall", "1")]);
    assert_eq!(late.status, 409);
    assert!(late.body.contains("修改期限已过") && !late.body.contains("_sign"), "{}", late.body);
    assert_eq!(
        send(served.client, &link, &[("recommend", "7"), ("overall", "4")]).status,
        303,
        "the same is no change"
    );
    assert_eq!(response_of(&scene, 0).unwrap().answers.score("recommend"), Some(7));
}

fn what_is_begun_stays_apart_until_it_is_sent(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let begin = |n: usize, form: &[(&str, &str)]| {
        let link = path(&scene, n, Purpose::Answer);
        let shown = stamp(&open(served.client, &link));
        let mut all = vec![("_shown", &*shown), ("_sign", "key")];
        all.extend_from_slice(form);
        assert_eq!(send(served.client, &format!("{link}/begin"), &all).status, 204);
    };
    begin(0, &[("recommend", "2"), ("why", "Late again"), ("overall", "99"), ("colour", "red")]);
    begin(1, &[("recommend", "9")]);
    let first = begun(&scene, 0).unwrap();
    assert_eq!((first.answers.score("recommend"), first.answers.0.len()), (Some(2), 2), "what fits is kept");
    nothing_counts(&scene);
    assert_eq!(of_wave(&scene).waiting, 2);
    assert!(
        open(served.client, &path(&scene, 0, Purpose::Answer)).body.contains("value=\"2\" checked"),
        "to go on with"
    );
    // Sent, it is confirmed; what counts is what was sent.
    assert_eq!(
        send(served.client, &path(&scene, 0, Purpose::Answer), &[("recommend", "3"), ("overall", "2")]).status,
        303
    );
    assert_eq!(response_of(&scene, 0).unwrap().answers.score("recommend"), Some(3));
    let counts = |visits: WaveVisits| (visits.waiting, visits.confirmed, visits.discarded);
    assert_eq!(counts(of_wave(&scene)), (1, 1, 0));
    settle::run(&scene.app).unwrap();
    assert_eq!(counts(of_wave(&scene)), (1, 1, 0));
    let settled = begun(&scene, 0).unwrap();
    assert!(settled.fate == Fate::Confirmed && settled.answers.is_empty(), "{settled:?}");
    // Never sent, it is discarded, and nothing but the count is left.
    later(&scene, Duration::days(7));
    let done = visits::settle(&scene.app).unwrap();
    assert_eq!((done.confirmed, done.discarded), (0, 1));
    assert_eq!(counts(of_wave(&scene)), (0, 1, 1));
    assert!(begun(&scene, 1).unwrap().answers.is_empty());
    assert_eq!(visits::settle(&scene.app).unwrap(), kept::Settled::default(), "again is no trouble");
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 1);
    assert!(responses::recount(&scene.app).unwrap().is_none());
    // Who is erased leaves nothing begun behind.
    let response = response_of(&scene, 0).unwrap();
    responses::erase(&scene.app, &scene.app.service(), response.account, response.id).unwrap();
    assert_eq!(begun(&scene, 0), None);
}

fn nothing_is_begun_without_a_person_or_too_early(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let (link, other) = (path(&scene, 0, Purpose::Answer), path(&scene, 1, Purpose::Answer));
    let at = format!("{link}/begin");
    let shown = stamp(&open(served.client, &link));
    let foreign = stamp(&open(served.client, &other));
    let forms: [&[(&str, &str)]; 5] = [
        &[("_shown", &shown), ("_sign", "none"), ("recommend", "9")],
        &[("_shown", &shown), ("recommend", "9")],
        &[("_shown", &foreign), ("_sign", "key"), ("recommend", "9")],
        &[("_sign", "key"), ("recommend", "9")],
        &[("_shown", &shown), ("_sign", "key"), ("recommend", "eleven")],
    ];
    for form in forms {
        assert_eq!(send(served.client, &at, form).status, 204, "{form:?}");
        assert_eq!(begun(&scene, 0), None, "{form:?}");
    }
    // A page that was opened too early does not become a person's by waiting.
    scene.clock.set(delivered(&scene, 0) + Duration::minutes(4));
    let early = stamp(&open(served.client, &link));
    later(&scene, Duration::hours(1));
    send(served.client, &at, &[("_shown", &early), ("_sign", "key"), ("recommend", "9")]);
    assert_eq!(begun(&scene, 0), None);
    // Beside a response nothing is begun.
    assert_eq!(send(served.client, &link, &[("recommend", "9"), ("overall", "4")]).status, 303);
    let change = open(served.client, &format!("{link}?change=1"));
    assert!(!change.body.contains("data-begin"));
    send(served.client, &at, &[("_shown", &stamp(&change)), ("_sign", "key"), ("recommend", "1")]);
    assert_eq!(begun(&scene, 0), None);
    assert_eq!(send(served.client, &at.replace("/r/", "/r/x"), &[]).status, 404);
}

fn doubtful_responses_are_flagged_and_count(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let shown = stamp(&open(served.client, &link));
    later(&scene, Duration::seconds(1));
    let form = [("_shown", &*shown), ("_sign", "none"), ("recommend", "10"), ("overall", "1")];
    // First it is refused for a missing answer; the time goes on from the first page.
    let refused = send(served.client, &link, &form[..3]);
    assert_eq!((refused.status, stamp(&refused)), (422, shown.clone()));
    assert_eq!(send(served.client, &link, &form).status, 303);
    let response = response_of(&scene, 0).unwrap();
    let doubts = [
        Flag::TooFast { seconds: 1, least: 2 },
        Flag::NoSign,
        Flag::Contradiction { rule: Contradiction::PromoterDissatisfied },
    ];
    assert_eq!(response.flags, doubts);
    assert_eq!((response.took_seconds, response.state), (Some(1), stored::State::Kept), "it counts until excluded");
    assert!(responses::recount(&scene.app).unwrap().is_none());
    // A change takes back what was said, not how it was sent first.
    later(&scene, Duration::minutes(5));
    assert_eq!(send(served.client, &link, &[("recommend", "10"), ("overall", "5")]).status, 303);
    assert_eq!(response_of(&scene, 0).unwrap().flags, doubts[..2]);
    responses::exclude(&scene.app, &scene.app.service(), response.account, response.id, "nobody sent it").unwrap();
    assert_eq!(response_of(&scene, 0).unwrap().flags, doubts[..2], "the reason stays with it");
    assert!(responses::recount(&scene.app).unwrap().is_none());
    // A time that somebody made up is no time.
    let other = path(&scene, 1, Purpose::Answer);
    assert_eq!(send(served.client, &other, &[("_shown", &shown), ("recommend", "7"), ("overall", "4")]).status, 303);
    let response = response_of(&scene, 1).unwrap();
    assert!(response.took_seconds.is_none() && response.flags.is_empty());
}

fn a_link_that_is_used_too_often_waits_alone(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let (link, other) = (path(&scene, 0, Purpose::Answer), path(&scene, 1, Purpose::Answer));
    let headers = [named(BROWSER), vec!["Accept-Language: zh-CN,zh;q=0.9".to_owned()]].concat();
    let replies: Vec<_> = (0..140).map(|_| served.client.get(&link, &headers)).collect();
    let refused = replies.iter().rfind(|r| r.status != 200).unwrap();
    assert_eq!(refused.status, 429);
    assert!(refused.head.contains("retry-after: 1\r") && refused.head.contains("cache-control: no-store"));
    assert!(
        refused.body.contains("<html lang=\"zh-CN\">") && refused.body.contains("请等待 1 秒后再试"),
        "{}",
        refused.body
    );
    assert!(refused.body.contains("link.throttled") && refused.body.contains("survey"), "in the look of the survey");
    assert_eq!(open(served.client, &other).status, 200, "nobody else behind the address waits");
    // The one whose link a scanner wears out can still answer.
    assert_eq!(send(served.client, &link, &[("recommend", "9"), ("overall", "4")]).status, 303);
    let flood: Vec<_> = (0..40)
        .map(|n| {
            let score = (n % 11).to_string();
            send(served.client, &link, &[("recommend", &score), ("overall", "4"), ("why", "typed <words>")])
        })
        .collect();
    let last = flood.last().unwrap();
    assert_eq!(last.status, 429);
    assert!(last.body.contains("typed &lt;words&gt;</textarea>") && last.head.contains("retry-after"), "{}", last.body);
    later(&scene, Duration::minutes(1));
    assert_eq!(open(served.client, &link).status, 200);
    let guesses = (0..700).map(|n| served.client.get(&format!("/r/guess{n}"), &headers).status);
    assert_eq!(guesses.filter(|status| *status == 429).count(), 100);
    assert_eq!(open(served.client, &other).status, 200);
}

/// A gateway was seen to load 15,000 pages in fifty seconds. A tenth of that at once, from one address, over the links of
/// one wave; and behind the same address sits somebody who answers.
fn a_burst_over_many_links_records_nothing_and_locks_nobody_out(db: &TestDb) {
    let scene = scene(db, 31, "short");
    let served = Served::start(&scene.app);
    let links: Vec<String> = (0..30).map(|n| path(&scene, n, Purpose::Answer)).collect();
    let person = path(&scene, 30, Purpose::Answer);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let loads = |worker: usize| {
            let (links, client) = (&links, served.client);
            scope.spawn(move || {
                let load = |n: usize| open(client, &format!("{}?s={}", links[n % 30], n % 11)).status;
                (0..1_500).filter(|n| n % 4 == worker).map(load).collect::<Vec<_>>()
            })
        };
        let workers: Vec<_> = (0..4).map(loads).collect();
        assert_eq!(open(served.client, &format!("{person}?s=9")).status, 200, "in the midst of it");
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect()
    });
    assert_eq!(statuses.len(), 1_500);
    assert!(statuses.iter().all(|status| matches!(status, 200 | 429)), "{statuses:?}");
    nothing_counts(&scene);
    assert!((0..31).all(|n| begun(&scene, n).is_none() && response_of(&scene, n).is_none()));
    assert!(told(&scene, 0).iter().any(|(sign, ..)| *sign == Sign::Burst), "it is kept as evidence");
    assert_eq!(open(served.client, &person).status, 200);
    assert_eq!(send(served.client, &person, &[("recommend", "9"), ("overall", "4")]).status, 303);
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 1);
    // Nor is any of the burst's own people locked out.
    assert_eq!(send(served.client, &links[0], &[("recommend", "3"), ("overall", "2")]).status, 303);
}
