//! Signing in where somebody tries passwords, and where a request tells lies about itself.

use crate::support::account_book::Book;
use crate::support::served::{Client, Reply, Served};
use crate::support::{House, TestDb, house_where};
use bellwether::app::sign_in;
use bellwether::domain::language::Language;
use bellwether::domain::permission::Role;
use bellwether::store::users;
use chrono::Duration;

on_both_backends! {
    one_place_cannot_try_for_ever,
    a_place_is_believed_from_a_trusted_proxy_alone,
    a_lock_tells_nobody_who_has_an_account,
    no_link_follows_what_a_request_says,
}

const PASSWORD: &str = "a long way to the north";

fn open(db: &TestDb, trusted: &[&str]) -> (House, Served) {
    let house = house_where(db, |config| {
        config.web.trusted_proxies = trusted.iter().map(|t| t.parse().unwrap()).collect();
    });
    let user = Book::reopen(&house, db).user("Irene Kwok", Role::QualityManager, Language::english());
    let hash = sign_in::hash_password(&house, PASSWORD).unwrap();
    house.db.write(|conn| users::set_password(conn, user.id, &hash)).unwrap();
    let served = Served::start(&house);
    (house, served)
}

fn enter(client: Client, from: &str, email: &str, password: &str, language: &str) -> Reply {
    let headers = [format!("X-Forwarded-For: {from}"), format!("Accept-Language: {language}")];
    client.post("/sign-in", &headers, &[("email", email), ("password", password), ("next", "/me")])
}

const IRENE: &str = "irene.kwok@example.com";

fn one_place_cannot_try_for_ever(db: &TestDb) {
    let (house, served) = open(db, &["127.0.0.1"]);
    let client = served.client;
    for i in 0..20 {
        let reply = enter(client, "203.0.113.9", &format!("{i}@example.com"), "guess", "en");
        assert_eq!(reply.status, 401, "{}", reply.body);
    }
    let reply = enter(client, "203.0.113.9", IRENE, PASSWORD, "en");
    assert_eq!(reply.status, 429, "even with the right password");
    assert!(reply.body.contains("Too many sign-ins have failed. Wait 1 minute before the next try."), "{}", reply.body);
    assert!(reply.body.contains("value=\"irene.kwok@example.com\"") && !reply.body.contains(PASSWORD));
    let reply = enter(client, "203.0.113.9", IRENE, PASSWORD, "zh-CN");
    assert!(reply.body.contains("登录失败次数过多，请等待 1 分钟后再试。"), "{}", reply.body);
    // Others are not kept waiting, and after a while nobody is.
    assert_eq!(enter(client, "203.0.113.10", IRENE, PASSWORD, "en").status, 303);
    house.clock.advance(Duration::seconds(31));
    for _ in 0..40 {
        // Who signs in rightly uses nothing up.
        assert_eq!(enter(client, "203.0.113.9", IRENE, PASSWORD, "en").status, 303);
    }
}

fn a_place_is_believed_from_a_trusted_proxy_alone(db: &TestDb) {
    // Behind a proxy that is trusted, what the client itself has put before is not believed …
    let (_house, served) = open(db, &["127.0.0.1", "10.0.0.0/8"]);
    for i in 0..20 {
        let from = format!("192.0.2.{i}, 203.0.113.9, 10.0.0.3");
        assert_eq!(enter(served.client, &from, &format!("{i}@example.com"), "guess", "en").status, 401);
    }
    assert_eq!(enter(served.client, "203.0.113.9", IRENE, PASSWORD, "en").status, 429);
    assert_eq!(enter(served.client, "192.0.2.1", IRENE, PASSWORD, "en").status, 303);
    // … and of somebody who is not, nothing is.
    let db = &match db.backend() {
        crate::support::Backend::Sqlite => TestDb::sqlite(),
        crate::support::Backend::Postgres => TestDb::postgres(),
    };
    let (_house, served) = open(db, &["10.0.0.0/8"]);
    for i in 0..20 {
        assert_eq!(
            enter(served.client, &format!("192.0.2.{i}"), &format!("{i}@example.com"), "guess", "en").status,
            401
        );
    }
    assert_eq!(enter(served.client, "192.0.2.77", IRENE, PASSWORD, "en").status, 429);
}

fn a_lock_tells_nobody_who_has_an_account(db: &TestDb) {
    let (_house, served) = open(db, &["127.0.0.1"]);
    let tried = |email: &str| -> Vec<(u16, bool)> {
        (0..7)
            .map(|i| {
                let reply = enter(served.client, &format!("192.0.2.{i}"), email, "guess", "en");
                (reply.status, reply.body.contains("Wait 1 minute"))
            })
            .collect()
    };
    let (known, unknown) = (tried(IRENE), tried("nobody@example.com"));
    assert_eq!(known, unknown);
    assert_eq!(known[5], (429, true), "{known:?}");
    assert_eq!(
        enter(served.client, "192.0.2.99", IRENE, PASSWORD, "en").status,
        429,
        "the account is locked everywhere"
    );
}

fn no_link_follows_what_a_request_says(db: &TestDb) {
    let (_house, served) = open(db, &["127.0.0.1"]);
    let lies: Vec<String> = [
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Port: 444",
        "X-Forwarded-Prefix: /evil",
        "Forwarded: for=1.2.3.4;proto=https;host=evil.example",
        "X-Original-URL: /evil",
    ]
    .map(ToOwned::to_owned)
    .to_vec();
    let away = served.client.get("/", &lies);
    assert_eq!(away.status, 303);
    assert!(away.head.contains("location: /sign-in?next=/\r\n") && !away.head.contains("evil"), "{}", away.head);
    for path in ["/sign-in", "/nowhere", "/r/damaged"] {
        let page = served.client.get(path, &lies);
        let plain = served.client.get(path, &[]);
        assert_eq!((page.status, &page.body), (plain.status, &plain.body), "{path}");
        assert!(!page.head.contains("evil") && !page.head.contains("strict-transport"), "{path}: {}", page.head);
    }
    let fields = [("email", IRENE), ("password", PASSWORD), ("next", "//evil.example/")];
    let inside = served.client.post("/sign-in", &lies, &fields);
    assert_eq!(inside.status, 303, "{}", inside.body);
    assert!(inside.head.contains("location: /\r\n"), "{}", inside.head);
    // The settings say that the pages are not behind https; a header does not make a cookie that would be lost.
    assert!(inside.head.contains("set-cookie: bw_session=") && !inside.head.contains("secure"), "{}", inside.head);
}
