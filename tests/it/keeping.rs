//! What is filled in and not sent: kept as one goes, shown again by the same link, and cleared. And forms
//! that come twice since no answer came through.

use crate::responses::{Scene, path, response_of, scene, scene_of};
use crate::support::served::{Client, Reply, Served};
use crate::support::{TestDb, house};
use bellwether::app::{responses, visits};
use bellwether::domain::survey::Definition;
use bellwether::domain::token::Purpose;
use bellwether::store::responses as stored;
use bellwether::store::visits::{self as kept, Provisional};
use chrono::Duration;

on_both_backends! {
    what_is_begun_is_shown_again_by_the_same_link,
    half_of_an_answer_is_kept_as_it_was_typed,
    a_score_of_the_mail_gives_way_to_the_page,
    who_starts_over_leaves_nothing,
    the_same_sending_twice_is_one_response,
    what_waited_for_a_connection_took_no_longer,
}

const EVERY_KIND: &str = include_str!("../surveys/every_kind.toml");
const ONCE: &str = "00112233445566778899aabbccddeeff";

fn later(scene: &Scene, by: Duration) {
    scene.clock.set(scene.app.now() + by);
}

fn value<'a>(page: &'a Reply, field: &str) -> &'a str {
    let after = page.body.split(&format!("name=\"{field}\" value=\"")).nth(1);
    after.and_then(|rest| rest.split('"').next()).unwrap_or_else(|| panic!("{field} in {}", page.body))
}

fn begin(client: Client, link: &str, page: &Reply, form: &[(&str, &str)]) -> Reply {
    let mut all = vec![("_shown", value(page, "_shown")), ("_sign", "key"), ("_lang", "en")];
    all.extend_from_slice(form);
    let reply = client.post(&format!("{link}/begin"), &[], &all);
    assert_eq!(reply.status, 204, "{}", reply.body);
    reply
}

fn row(scene: &Scene, n: usize) -> Option<Provisional> {
    scene.app.witness.settle();
    let token = scene.tokens[n];
    scene.app.db.read(|conn| kept::provisional(conn, token.account_id, token.invitation_id)).unwrap()
}

fn what_is_begun_is_shown_again_by_the_same_link(db: &TestDb) {
    let scene = scene(db, 2, "relationship");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let first = served.client.get(&link, &[]);
    assert!(first.body.contains(" data-keep=\"\"") && !first.body.contains("We have kept"), "{}", first.body);
    later(&scene, Duration::seconds(30));
    let reply = begin(served.client, &link, &first, &[("recommend", "3"), ("recommend_why", "Late <again>")]);
    let at = scene.app.now().timestamp_millis();
    assert!(reply.head.contains(&format!("x-kept: {at}\r")), "{}", reply.head);
    // It replaces itself, and counts nowhere.
    later(&scene, Duration::seconds(10));
    begin(served.client, &link, &first, &[("recommend", "2"), ("recommend_why", "Late <again>"), ("overall", "2")]);
    assert_eq!(row(&scene, 0).unwrap().answers.score("recommend"), Some(2));
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 0);
    assert!(responses::recount(&scene.app).unwrap().is_none());

    // Two days later, on another device.
    later(&scene, Duration::days(2));
    let again = served.client.get(&link, &[]);
    assert!(again.body.contains("We have kept what you filled in on 22 November 2026."), "{}", again.body);
    assert!(again.body.contains("name=\"recommend\" value=\"2\" checked") && again.body.contains("Late &lt;again&gt;"));
    assert!(again.body.contains("name=\"overall\" value=\"2\" checked"));
    assert!(again.body.contains(&format!("data-keep=\"{}\"", at + 10_000)));
    let step = again.body.split("class=\"step current\"").nth(1).expect("one step is open");
    assert!(step.split("</section>").next().unwrap().contains("name=\"overall\""), "the furthest step is open");
    assert_eq!(again.body.matches(" current\"").count(), 1);
    let chinese = served.client.get(&format!("{link}?lang=zh-CN"), &[]);
    assert!(chinese.body.contains("您在2026年11月22日填写的内容已为您保留。"), "{}", chinese.body);
    assert!(
        !served.client.get(&path(&scene, 1, Purpose::Answer), &[]).body.contains("We have kept"),
        "one's own alone"
    );

    // Sent at once: the time that was spent before is known, so nobody is taken for a machine.
    let all: Vec<(&str, &str)> = [
        ("recommend", "2"),
        ("overall", "2"),
        ("delivery", "1"),
        ("product_quality", "3"),
        ("technical_advice", "2"),
        ("complaint_handling", "1"),
        ("account_manager", "2"),
        ("hotline", "na"),
        ("ordering", "1"),
        ("repurchase", "2"),
        ("cross_purchase", "1"),
        ("price_tolerance", "1"),
        ("competitor", "delivery"),
    ]
    .into();
    later(&scene, Duration::seconds(1));
    let form = [vec![("_shown", value(&again, "_shown")), ("_sign", "touch")], all].concat();
    let sent = served.client.post(&link, &[], &form);
    assert_eq!(sent.status, 303, "{}", sent.body);
    let response = response_of(&scene, 0).unwrap();
    assert_eq!(response.took_seconds, Some(41), "forty seconds the first time, and one now");
    assert!(response.flags.is_empty(), "{:?}", response.flags);
    assert!(!served.client.get(&link, &[]).body.contains("We have kept"), "after that the response is shown");

    // What was kept too long ago, and what the night has discarded, is not shown.
    let other = path(&scene, 1, Purpose::Answer);
    begin(served.client, &other, &served.client.get(&other, &[]), &[("recommend", "9")]);
    assert!(row(&scene, 1).is_some());
    later(&scene, Duration::days(7));
    assert!(!served.client.get(&other, &[]).body.contains("We have kept"));
    visits::settle(&scene.app).unwrap();
    assert!(row(&scene, 1).unwrap().typed.is_empty(), "what was typed is gone");
}

fn half_of_an_answer_is_kept_as_it_was_typed(db: &TestDb) {
    let scene = scene_of(house(db), db, 1, Definition::parse("every_kind.toml", EVERY_KIND).unwrap());
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let page = served.client.get(&link, &[]);
    // Of a hundred only sixty are given out so far; and a field that no survey has.
    let form = [("recommend", "9"), ("wallet.us", "60"), ("call.name", "Jo"), ("colour", "red"), ("_page", "x")];
    begin(served.client, &link, &page, &form);
    let row = row(&scene, 0).unwrap();
    assert_eq!(row.answers.0.len(), 1, "what makes an answer: {:?}", row.answers);
    assert_eq!(row.typed.len(), 3, "{:?}", row.typed);
    let again = served.client.get(&link, &[]).body;
    assert!(
        again.contains("name=\"wallet.us\" inputmode=\"numeric\" autocomplete=\"off\" maxlength=\"8\" value=\"60\"")
    );
    assert!(again.contains("value=\"Jo\"") && !again.contains("value=\"red\""));
    // More than anybody types is kept as answers alone.
    let long = "x".repeat(70_000);
    begin(served.client, &link, &page, &[("recommend", "8"), ("words", &long)]);
    let row = self::row(&scene, 0).unwrap();
    assert!(row.typed.is_empty() && row.answers.score("recommend") == Some(8));
    assert!(served.client.get(&link, &[]).body.contains("name=\"recommend\" value=\"8\" checked"));
}

fn a_score_of_the_mail_gives_way_to_the_page(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let page = served.client.get(&link, &[]);
    begin(served.client, &link, &page, &[("overall", "4")]);
    scene.app.witness.settle();
    let clicked = served.client.get(&format!("{link}?s=9"), &[]).body;
    assert!(clicked.contains("name=\"recommend\" value=\"9\" checked"), "nothing was kept for this question");
    assert!(clicked.contains("name=\"overall\" value=\"4\" checked") && clicked.contains("Your 9 from the e-mail"));
    begin(served.client, &link, &page, &[("recommend", "6"), ("overall", "4")]);
    scene.app.witness.settle();
    let clicked = served.client.get(&format!("{link}?s=9"), &[]).body;
    assert!(clicked.contains("name=\"recommend\" value=\"6\" checked") && !clicked.contains("value=\"9\" checked"));
    assert!(clicked.contains("You had chosen 6 here; the link in the e-mail says 9."), "{clicked}");
    let same = served.client.get(&format!("{link}?s=6"), &[]).body;
    assert!(!same.contains("class=\"note prefilled\""), "{same}");
}

fn who_starts_over_leaves_nothing(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let page = served.client.get(&link, &[]);
    begin(served.client, &link, &page, &[("recommend", "6"), ("why", "typed")]);
    // At once, while the thread that writes may still hold it.
    let cleared = served.client.post(&format!("{link}/clear"), &[], &[("_lang", "zh-CN")]);
    assert_eq!(cleared.status, 303);
    assert!(cleared.head.contains(&format!("location: {link}?lang=zh-cn")), "{}", cleared.head);
    assert_eq!(row(&scene, 0), None);
    begin(served.client, &link, &page, &[("recommend", "6")]);
    assert!(row(&scene, 0).is_some());
    assert_eq!(served.client.post(&format!("{link}/clear"), &[], &[]).status, 303);
    assert_eq!(row(&scene, 0), None);
    assert!(!served.client.get(&link, &[]).body.contains(" checked"));
    assert_eq!(served.client.post(&format!("{}/clear", link.replace("/r/", "/r/x")), &[], &[]).status, 404);
}

fn the_same_sending_twice_is_one_response(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let form = [("recommend", "9"), ("overall", "4"), ("_once", ONCE)];
    let by_script = [form.as_slice(), &[("_by", "script")]].concat();
    let sent = served.client.post(&link, &[], &by_script);
    assert_eq!(sent.status, 204, "{}", sent.body);
    assert!(sent.head.contains(&format!("x-sent: {link}?lang=en\r")), "{}", sent.head);
    // The acknowledgement was lost; meanwhile somebody has changed the answers on another device.
    later(&scene, Duration::minutes(1));
    assert_eq!(
        served
            .client
            .post(&link, &[], &[("recommend", "3"), ("overall", "2"), ("_once", &ONCE.replace('0', "a"))])
            .status,
        303
    );
    later(&scene, Duration::minutes(1));
    for _ in 0..3 {
        assert_eq!(served.client.post(&link, &[], &by_script).status, 204);
    }
    let response = response_of(&scene, 0).unwrap();
    assert_eq!((response.answers.score("recommend"), response.revision), (Some(3), 2), "the newer one stands");
    // The same answers under another key, or under none, are no change either.
    assert_eq!(served.client.post(&link, &[], &[("recommend", "3"), ("overall", "2")]).status, 303);
    assert_eq!(response_of(&scene, 0).unwrap().revision, 2);
    // Under no key of ours it is what it was: another form.
    assert_eq!(served.client.post(&link, &[], &[("recommend", "9"), ("overall", "4"), ("_once", "short")]).status, 303);
    assert_eq!(response_of(&scene, 0).unwrap().revision, 3);
    // A key is good for one link.
    let other = path(&scene, 1, Purpose::Answer);
    assert_eq!(served.client.post(&other, &[], &form).status, 303);
    assert_eq!(response_of(&scene, 1).unwrap().answers.score("recommend"), Some(9));
    // After the survey has closed it is still told that the first one arrived; a new one is too late.
    later(&scene, Duration::days(60));
    assert_eq!(served.client.post(&link, &[], &by_script).status, 204);
    assert_eq!(served.client.post(&link, &[], &[("recommend", "1"), ("overall", "1"), ("_by", "script")]).status, 410);
    assert_eq!(scene.app.db.read(stored::count).unwrap(), 2);
    assert!(responses::recount(&scene.app).unwrap().is_none());
    // Who is erased leaves no key behind, and gets nothing back by an old one.
    let response = response_of(&scene, 0).unwrap();
    responses::erase(&scene.app, &scene.app.service(), response.account, response.id).unwrap();
    assert_eq!(served.client.post(&link, &[], &by_script).status, 410);
}

fn what_waited_for_a_connection_took_no_longer(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let link = path(&scene, 0, Purpose::Answer);
    let page = served.client.get(&link, &[]);
    later(&scene, Duration::hours(3));
    let shown = value(&page, "_shown").to_owned();
    let form = [("_shown", &*shown), ("recommend", "9"), ("overall", "4"), ("_waited", "10770"), ("_sign", "touch")];
    assert_eq!(served.client.post(&link, &[], &form).status, 303);
    assert_eq!(response_of(&scene, 0).unwrap().took_seconds, Some(30));
}
