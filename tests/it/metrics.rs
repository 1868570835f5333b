//! What is counted moves by exactly what has happened, is shown to who has the token, and names nobody.

use crate::runtime::{Serving, beside, links, started};
use crate::support::served::Client;
use crate::support::{TestDb, roster};
use bellwether::app::sign_in::{NewUser, add_user};
use bellwether::app::waves;
use bellwether::domain::delivery::UnknownPolicy;
use bellwether::domain::ident::{JobId, VersionId};
use bellwether::domain::language::Language;
use bellwether::domain::permission::Role;
use bellwether::domain::survey::{Definition, library};
use bellwether::domain::wave::Audience;
use bellwether::jobs::send::drain;
use bellwether::store::surveys::{self as stored, Version};
use bellwether::store::{Db, jobs};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

on_both_backends! {
    counters_move_by_what_has_happened_and_name_nobody,
    counters_tell_nothing_of_an_anonymous_answer,
}

const TOKEN: &str = "opens-the-door";

/// All series by name and labels.
fn series(client: Client) -> BTreeMap<String, f64> {
    let shown = client.get("/metrics", &[format!("Authorization: Bearer {TOKEN}")]);
    assert_eq!(shown.status, 200);
    let lines = shown.body.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.rsplit_once(' ').expect(line);
            (name.to_owned(), value.parse().expect(line))
        })
        .collect()
}

/// The counters that have moved, and by how much; requests of any other kind than ours are left out.
fn moved(before: &BTreeMap<String, f64>, after: &BTreeMap<String, f64>) -> BTreeMap<String, i64> {
    after
        .iter()
        .filter(|(name, _)| name.split('{').next().unwrap().ends_with("_total"))
        .map(|(name, now)| (name.clone(), (now - before.get(name).copied().unwrap_or(0.0)).round() as i64))
        .filter(|(_, by)| *by != 0)
        .collect()
}

fn counters_move_by_what_has_happened_and_name_nobody(db: &TestDb) {
    Db::open(db.url(), 2).unwrap().migrate().unwrap();
    let never = "0 0 29 2 *";
    let settings = [
        ("BELLWETHER_METRICS_LISTEN", "127.0.0.1:0"),
        ("BELLWETHER_METRICS_TOKEN", TOKEN),
        // No job is due by itself while this runs.
        ("BELLWETHER_JOBS_NIGHTLY", never),
        ("BELLWETHER_JOBS_ANONYMOUS", never),
        ("BELLWETHER_JOBS_DIGEST", never),
        ("BELLWETHER_JOBS_REPORT", never),
        ("BELLWETHER_JOBS_SETTLE", never),
    ];
    let serving = Serving::start(db.url(), &settings);
    let (client, metrics) = (serving.client, serving.metrics.unwrap());
    for headers in [vec![], vec!["Authorization: Bearer wrong".to_owned()], vec![format!("Authorization: {TOKEN}")]] {
        let refused = metrics.get("/metrics", &headers);
        assert_eq!((refused.status, refused.body.as_str()), (401, ""), "{headers:?}");
    }
    assert_eq!(client.get("/metrics", &[format!("Authorization: Bearer {TOKEN}")]).status, 404, "not among the pages");
    let before = series(metrics);

    // One mail and one job, which the process finds by itself.
    let app = beside(db, TimeDelta::zero(), UnknownPolicy::GiveUp);
    let boss = NewUser {
        email: "irene@house.example".into(),
        name: "Irene Kwok".into(),
        role: Role::QualityManager,
        password: "a long enough password".into(),
        region: None,
        language: Language::english(),
        zone: chrono_tz::UTC,
    };
    add_user(&app, &app.service(), boss).unwrap();
    started(&app, 1, "works.example");
    let id: JobId = app.chance.id(app.now());
    let due = app.now() - TimeDelta::minutes(1);
    assert!(app.db.write(|conn| jobs::enqueue(conn, id, "nightly", "once", due)).unwrap());
    let began = Instant::now();
    loop {
        let done = moved(&before, &series(metrics));
        if done.keys().any(|k| k.contains("mails_total")) && done.keys().any(|k| k.contains("jobs_total")) {
            break;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{done:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    // One answer, twice, which is one response; one sign-in that fails and one that does not.
    let (_, link) = links(&app).remove(0);
    for score in ["9", "8"] {
        let form = [("_lang", "en"), ("recommend", score), ("overall", "4"), ("why", "so")];
        assert_eq!(client.post(&link, &[], &form).status, 303);
    }
    let sign_in = |password: &str| {
        let fields = [("email", "irene@house.example"), ("password", password)];
        client.post("/sign-in", &[], &fields).status
    };
    let (refused, done) = (sign_in("wrong"), sign_in("a long enough password"));
    assert_eq!(done, 303);
    // Nothing more comes after it.
    std::thread::sleep(Duration::from_millis(1500));
    let after = series(metrics);
    let request = |method: &str, route: &str, status: u16| {
        format!("bellwether_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}")
    };
    let expected: BTreeMap<String, i64> = [
        ("bellwether_mails_total{outcome=\"accepted\"}".to_owned(), 1),
        ("bellwether_jobs_total{job=\"nightly\",outcome=\"done\"}".to_owned(), 1),
        ("bellwether_responses_kept_total".to_owned(), 1),
        ("bellwether_sign_ins_total{outcome=\"refused\"}".to_owned(), 1),
        ("bellwether_sign_ins_total{outcome=\"done\"}".to_owned(), 1),
        (request("POST", "/r/{token}", 303), 2),
        (request("POST", "/sign-in", refused), 1),
        (request("POST", "/sign-in", done), 1),
    ]
    .into();
    assert_eq!(moved(&before, &after), expected);

    // Labels are few and known, and nothing of what they count of stands in them.
    let labels: BTreeSet<&str> = after
        .keys()
        .filter_map(|name| name.split_once('{'))
        .flat_map(|(_, labels)| labels.trim_end_matches('}').split("\","))
        .map(|label| label.split('=').next().unwrap())
        .collect();
    let known = ["job", "le", "method", "outcome", "quantile", "route", "state", "status"];
    assert!(labels.iter().all(|label| known.contains(label)), "{labels:?}");
    let shown = metrics.get("/metrics", &[format!("Authorization: Bearer {TOKEN}")]).body;
    let token = link.rsplit('/').next().unwrap();
    for told in ["@", "works.example", "irene", "Irene", "Works 0", "C00000", "127.0.0.1", token] {
        assert!(!shown.contains(told), "{told}");
    }
    assert_eq!(serving.stop().code(), Some(0));
}

/// Whoever looks at the metrics before and after each answer, and knows who answers next, learns that a form was sent.
fn counters_tell_nothing_of_an_anonymous_answer(db: &TestDb) {
    let app = beside(db, TimeDelta::zero(), UnknownPolicy::GiveUp);
    let short = library().unwrap().into_iter().find(|one| one.key == "short").unwrap();
    let asked = Definition { key: "silent".into(), anonymous: true, ..short };
    let version: VersionId = app.chance.id(app.now());
    let published = Version {
        id: version,
        survey: asked.key.clone(),
        version: 1,
        kind: asked.kind.as_str().into(),
        definition: asked.to_json().unwrap(),
        hash: asked.fingerprint().unwrap().to_vec(),
        published_at: app.now(),
    };
    app.db.write(|conn| stored::publish(conn, published)).unwrap();
    roster(&app, 6, |n| format!("p{n}@works.example"));
    let last_day = app.today() + TimeDelta::days(20);
    let new = waves::NewWave { name: "Silent".into(), version, audience: Audience::default(), last_day };
    let wave = waves::create(&app, &app.service(), new).unwrap().id;
    waves::start(&app, &app.service(), wave, None).unwrap();
    assert!(waves::plan(&app, wave).unwrap());
    drain(&app).unwrap();
    let never = "0 0 29 2 *";
    let settings = [
        ("BELLWETHER_METRICS_LISTEN", "127.0.0.1:0"),
        ("BELLWETHER_METRICS_TOKEN", TOKEN),
        ("BELLWETHER_JOBS_NIGHTLY", never),
        ("BELLWETHER_JOBS_ANONYMOUS", never),
        ("BELLWETHER_JOBS_DIGEST", never),
        ("BELLWETHER_JOBS_REPORT", never),
        ("BELLWETHER_JOBS_SETTLE", never),
    ];
    let serving = Serving::start(db.url(), &settings);
    let (client, metrics) = (serving.client, serving.metrics.unwrap());
    let links = links(&app);
    assert_eq!(links.len(), 6);
    let sent = BTreeMap::from([(
        "bellwether_http_requests_total{method=\"POST\",route=\"/r/{token}\",status=\"303\"}".to_owned(),
        1,
    )]);
    for (n, (_, link)) in links.iter().enumerate() {
        let before = series(metrics);
        let score = (n * 2).to_string();
        let form = [("_lang", "en"), ("recommend", &*score), ("overall", "4"), ("why", "words of their own")];
        assert_eq!(client.post(link, &[], &form).status, 303);
        let after = series(metrics);
        assert_eq!(moved(&before, &after), sent, "the same for everybody, whatever they say");
        let names = |all: &BTreeMap<String, f64>| all.keys().cloned().collect::<BTreeSet<_>>();
        let new: Vec<String> = names(&after).difference(&names(&before)).cloned().collect();
        // The first form makes the series of its address, and that of what is committed together.
        let first = |name: &String| name.contains("route=\"/r/{token}\"") || name.contains("_group_commit_units");
        assert!(new.iter().all(|name| n == 0 && first(name)), "{new:?}");
    }
    assert_eq!(serving.stop().code(), Some(0));
}
