//! After the response: what is promised and kept, what everybody is asked, the person's own page, and the
//! series that break where something else is asked.

use crate::responses::{Scene, path, response_of, scene_of};
use crate::support::served::{Client, Served};
use crate::support::{TestDb, house};
use bellwether::app::figures::{Slice, overview};
use bellwether::app::{digests, follow_ups, private, responses};
use bellwether::domain::day::Month;
use bellwether::domain::follow_up::{State, Wish};
use bellwether::domain::ident::{UserId, VersionId};
use bellwether::domain::index::compare::Finding;
use bellwether::domain::measure::Measure;
use bellwether::domain::permission::{Actor, Role};
use bellwether::domain::survey::Definition;
use bellwether::domain::token::Purpose;
use bellwether::error::Code;
use bellwether::store::surveys::{self, Version};
use bellwether::store::warnings::{self, Event};
use bellwether::store::{accounts, contacts, follow_ups as stored, users};
use bellwether::text::Reader;
use uuid::Uuid;

on_both_backends! {
    a_detractor_is_told_who_calls_and_when,
    a_promise_goes_with_its_response,
    reviews_are_asked_of_all_alike,
    the_private_page_tells_what_became_of_it,
    a_change_of_words_breaks_the_series,
}

const SURVEY: &str = r#"key = "pulse"
version = 1
kind = "relationship"
languages = ["en", "zh-CN"]
fallback = "en"
title.en = "Pulse"
title.zh-CN = "脉搏"
thanks.en = "Thanks."

[review]
url = "https://reviews.example/us?x=1&y=2"
text.en = "Tell others about {company}."

[reference]
text.en = "May others ask you about us?"

[scale.likely]
from = 0
points = 11
low.en = "no"
high.en = "yes"

[[page]]
key = "one"
title.en = "One"

[[page.question]]
key = "recommend"
kind = "recommend"
scale = "likely"
text.en = "Would you recommend us?"

[[page.question]]
key = "why"
kind = "text"
text.en = "Why?"
"#;

fn survey() -> Definition {
    Definition::parse("pulse.toml", SURVEY).unwrap()
}

fn setting(db: &TestDb, invited: u128) -> Scene {
    scene_of(house(db), db, invited, survey())
}

fn answer(scene: &Scene, client: &Client, n: usize, score: &str, why: &str) {
    let sent =
        client.post(&path(scene, n, Purpose::Answer), &[], &[("recommend", score), ("why", why), ("_lang", "en")]);
    assert_eq!(sent.status, 303, "{}", sent.body);
}

fn promise(scene: &Scene, n: usize) -> Option<bellwether::domain::follow_up::FollowUp> {
    let response = response_of(scene, n).unwrap();
    scene.app.db.read(|conn| stored::find(conn, response.account, response.id)).unwrap()
}

fn thanks(scene: &Scene, client: &Client, n: usize) -> String {
    let page = client.get(&path(scene, n, Purpose::Answer), &[]);
    assert_eq!(page.status, 200);
    page.body
}

/// The manager of all accounts of the scene.
fn marta(scene: &Scene) -> Actor {
    scene.app.db.read(|conn| users::find(conn, UserId(Uuid::from_u128(60)))).unwrap().actor()
}

fn reader(scene: &Scene) -> Reader {
    scene.app.reader(&marta(scene))
}

fn a_detractor_is_told_who_calls_and_when(db: &TestDb) {
    let scene = setting(db, 4);
    let served = Served::start(&scene.app);
    let client = &served.client;
    answer(&scene, client, 0, "9", "Good");
    assert_eq!(promise(&scene, 0), None);
    let glad = thanks(&scene, client, 0);
    assert!(!glad.contains("get in touch") && glad.contains("It is good to hear"), "{glad}");
    // 2026-11-22 is a Sunday; tiers without a row take the last: five days, a Friday.
    answer(&scene, client, 1, "2", "Late <b>again</b>");
    let kept = promise(&scene, 1).unwrap();
    assert_eq!(
        (kept.due.to_string().as_str(), kept.state, kept.owner),
        ("2026-11-25", State::Open, UserId(Uuid::from_u128(60)))
    );
    let page = thanks(&scene, client, 1);
    assert!(page.contains("Marta &lt;Ekholm&gt; will get in touch with you by 25 November"), "{page}");
    assert!(page.contains("We are sorry"), "{page}");
    let private = path(&scene, 1, Purpose::Private);
    assert!(page.contains(&private), "{page}");
    // A wish, then rather not, then after all.
    let say = |wish: &str| {
        let response = kept.response.to_string();
        client.post(
            &format!("{private}/follow-up?lang=en"),
            &[],
            &[("response", &response), ("from", "thanks"), ("wish", wish)],
        )
    };
    let sent = say("telephone");
    assert_eq!(sent.status, 303);
    assert!(sent.head.contains(&format!("location: {}?lang=en", path(&scene, 1, Purpose::Answer))), "{}", sent.head);
    assert!(thanks(&scene, client, 1).contains("will call you by"));
    assert_eq!(say("none").status, 303);
    assert_eq!(promise(&scene, 1).unwrap().state, State::Declined);
    assert!(thanks(&scene, client, 1).contains("nobody gets in touch"));
    assert_eq!(say("mail").status, 303);
    assert_eq!(promise(&scene, 1).unwrap().wish, Some(Wish::Mail));
    assert_eq!(say("shout").status, 422);
    // Another person's promise does not exist for one, and a score in the mail promises nothing by itself.
    let other = kept.response.to_string();
    let strange = client.post(
        &format!("{}/follow-up", path(&scene, 0, Purpose::Private)),
        &[],
        &[("response", &other), ("wish", "none")],
    );
    assert_eq!(strange.status, 404);
    let opened = client.get(&format!("{}?s=0", path(&scene, 2, Purpose::Answer)), &[]);
    assert_eq!((opened.status, response_of(&scene, 2).is_none()), (200, true));
    // Who owes it has it in the list and in the digest, and sees when it is overdue.
    let marta = marta(&scene);
    assert_eq!(follow_ups::board(&scene.app, &marta, true).unwrap().rows.len(), 1);
    let user = scene.app.db.read(|conn| users::find(conn, UserId(Uuid::from_u128(60)))).unwrap();
    let since = scene.app.now() - chrono::Duration::days(7);
    let digest = digests::compose(&scene.app, &user, since).unwrap().unwrap();
    assert!(!digest.promises[0].late && digest.promises[0].text.contains("by "), "{digest:?}");
    scene.clock.advance(chrono::Duration::days(8));
    let digest = digests::compose(&scene.app, &user, since).unwrap().unwrap();
    assert!(digest.promises[0].late && digest.promises[0].text.contains("overdue"), "{digest:?}");
    // It is closed with a note, once.
    let close = |note: &str| follow_ups::close(&scene.app, &marta, kept.account, kept.response, note, true);
    assert_eq!(close(" ").unwrap_err().code(), Code::ValueMissing);
    close("We <i>changed</i> the carrier.").unwrap();
    assert_eq!(close("Again.").unwrap_err().code(), Code::StepImpossible);
    let page = thanks(&scene, client, 1);
    assert!(page.contains("got in touch with you on 30 November") && page.contains("&lt;i&gt;changed"), "{page}");
    assert!(digests::compose(&scene.app, &user, scene.app.now()).unwrap().is_none());
    // Somebody else's accounts stay theirs.
    let stranger = Actor { user: Some(UserId(Uuid::from_u128(61))), role: Role::AccountManager, ..marta };
    assert_eq!(follow_ups::board(&scene.app, &stranger, false).unwrap().rows.len(), 0);
    let hidden = follow_ups::view(&scene.app, &stranger, kept.account, kept.response).err().unwrap();
    assert_eq!(hidden.code(), Code::NotFound);
}

fn a_promise_goes_with_its_response(db: &TestDb) {
    let scene = setting(db, 3);
    let served = Served::start(&scene.app);
    let client = &served.client;
    answer(&scene, client, 0, "3", "");
    answer(&scene, client, 0, "9", "");
    assert_eq!(promise(&scene, 0).unwrap().state, State::Withdrawn, "nobody has touched it");
    assert!(!thanks(&scene, client, 0).contains("get in touch with you by"));
    answer(&scene, client, 0, "1", "");
    assert_eq!(promise(&scene, 0).unwrap().state, State::Open);
    let service = scene.app.service();
    let of = |n: usize| response_of(&scene, n).unwrap();
    responses::exclude(&scene.app, &service, of(0).account, of(0).id, "a test").unwrap();
    assert_eq!(promise(&scene, 0).unwrap().state, State::Withdrawn);
    responses::restore(&scene.app, &service, of(0).account, of(0).id).unwrap();
    assert_eq!(promise(&scene, 0).unwrap().state, State::Open);
    responses::erase(&scene.app, &service, of(0).account, of(0).id).unwrap();
    assert_eq!(promise(&scene, 0), None);
    // What the customer has taken up is kept, whatever they answer later.
    answer(&scene, client, 1, "4", "");
    let response = of(1).id.to_string();
    let wish = format!("{}/follow-up", path(&scene, 1, Purpose::Private));
    assert_eq!(client.post(&wish, &[], &[("response", &response), ("wish", "meeting")]).status, 303);
    answer(&scene, client, 1, "10", "");
    assert_eq!(promise(&scene, 1).unwrap().state, State::Open);
    // Where nobody works who could keep it, nothing is promised.
    scene
        .app
        .db
        .write(|conn| {
            let user = users::find(conn, UserId(Uuid::from_u128(60)))?;
            users::update(conn, &users::User { active: false, ..user })
        })
        .unwrap();
    answer(&scene, client, 2, "0", "");
    assert_eq!(promise(&scene, 2), None);
}

fn reviews_are_asked_of_all_alike(db: &TestDb) {
    let scene = setting(db, 2);
    let served = Served::start(&scene.app);
    let client = &served.client;
    answer(&scene, client, 0, "0", "");
    answer(&scene, client, 1, "10", "");
    let asked = |n: usize| {
        let page = thanks(&scene, client, n);
        let from = page.find("<div class=\"promise review\">").unwrap();
        let block = &page[from..page.find("</section>").unwrap()];
        // Who they are stands in the form that takes their answer, and nowhere else.
        let own = [
            scene.tokens[n].seal(scene.app.seal_key(), Purpose::Private),
            scene.tokens[n].seal(scene.app.seal_key(), Purpose::Answer),
            response_of(&scene, n).unwrap().id.to_string(),
        ];
        own.iter().fold(block.to_owned(), |block, own| block.replace(own, "…"))
    };
    assert_eq!(asked(0), asked(1));
    assert!(asked(0).contains("https://reviews.example/us?x&#x3D;1&amp;y&#x3D;2"), "{}", asked(0));
    let response = response_of(&scene, 0).unwrap();
    let to = format!("{}/reference", path(&scene, 0, Purpose::Private));
    let id = response.id.to_string();
    assert_eq!(client.post(&to, &[], &[("response", &id), ("willing", "no")]).status, 303);
    assert_eq!(client.post(&to, &[], &[("response", &id), ("willing", "yes")]).status, 303);
    let said = scene.app.db.read(|conn| stored::willing_of(conn, response.account)).unwrap();
    assert_eq!((said.len(), said[0].willing), (1, true), "the last word counts, once");
    assert!(thanks(&scene, client, 0).contains("You said that we may ask you"));
}

fn the_private_page_tells_what_became_of_it(db: &TestDb) {
    let scene = setting(db, 2);
    let served = Served::start(&scene.app);
    let client = &served.client;
    answer(&scene, client, 0, "3", "Late <script>alert(1)</script>");
    let response = response_of(&scene, 0).unwrap();
    let marta = marta(&scene);
    follow_ups::reply(&scene.app, &marta, response.account, response.id, "We heard & acted.").unwrap();
    let link = path(&scene, 0, Purpose::Private);
    let page = client.get(&link, &[]);
    assert_eq!(page.status, 200);
    for head in ["cache-control: no-store", "x-robots-tag: noindex", "referrer-policy: no-referrer"] {
        assert!(page.head.contains(head), "{head}: {}", page.head);
    }
    for part in [
        "Pulse",
        "3 of 10",
        "Late &lt;script&gt;",
        "We heard &amp; acted.",
        "Marta &lt;Ekholm&gt;",
        "22 November 2026",
        "You get surveys",
    ] {
        assert!(page.body.contains(part), "{part}: {}", page.body);
    }
    assert!(!page.body.contains("<script>alert"));
    let chinese = client.get(&format!("{link}?lang=zh-CN"), &[]).body;
    assert!(chinese.contains("脉搏") && chinese.contains("后来怎样了"), "{chinese}");
    // A note that is not ticked stays ours.
    follow_ups::close(&scene.app, &marta, response.account, response.id, "He shouted.", false).unwrap();
    assert!(!client.get(&link, &[]).body.contains("shouted"));
    // What is told of a warning at the account is what somebody wrote for the customer, for those who had answered.
    let (account, at) = (response.account, scene.app.now());
    let event = |what: &str, words: &str| Event {
        account,
        id: scene.app.chance.id(at),
        warning: scene.app.chance.id(at),
        at,
        actor: marta.user,
        what: what.into(),
        from: None,
        to: None,
        note: Some(words.into()),
    };
    let events = [event("told", "Deliveries leave on <Mondays>."), event("stepped", "They threatened to leave.")];
    scene.app.db.write(|conn| warnings::add_events(conn, &events)).unwrap();
    let page = client.get(&link, &[]).body;
    assert!(
        page.contains("What we have done since") && page.contains("Deliveries leave on &lt;Mondays&gt;."),
        "{page}"
    );
    assert!(!page.contains("threatened"), "{page}");
    assert!(!client.get(&path(&scene, 1, Purpose::Private), &[]).body.contains("Mondays"), "they have said nothing");
    // Neither does another purpose open it, nor does reading leave a trace.
    let wrong = format!("/p/{}", scene.tokens[0].seal(scene.app.seal_key(), Purpose::Answer));
    assert_eq!(client.get(&wrong, &[]).status, 404);
    assert_eq!(client.get(&path(&scene, 1, Purpose::Private), &[]).status, 200, "who has not answered has a page, too");
    assert!(response_of(&scene, 1).is_none());
    assert_eq!(client.post(&path(&scene, 0, Purpose::Unsubscribe), &[], &[]).status, 200);
    assert!(client.get(&link, &[]).body.contains("You get no more surveys"));
    // It ends with the contact.
    scene
        .app
        .db
        .write(|conn| {
            let contact = contacts::find(conn, response.account, response.contact.unwrap())?;
            contacts::update(conn, &bellwether::domain::contact::Contact { active: false, ..contact })
        })
        .unwrap();
    assert_eq!(private::open(&scene.app, scene.tokens[0]).err().unwrap().code(), Code::LinkClosed);
    assert_eq!(client.get(&link, &[]).status, 410);
    assert!(!thanks(&scene, client, 0).contains("/p/"));
}

fn a_change_of_words_breaks_the_series(db: &TestDb) {
    let scene = setting(db, 2);
    let months = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    let publish = |n: u128, version: i32, words: &str, same: &str| {
        let text = SURVEY
            .replace("version = 1", &format!("version = {version}"))
            .replace("Would you recommend us?", words)
            .replace("key = \"recommend\"", &format!("key = \"recommend\"{same}"));
        let definition = Definition::parse("pulse.toml", &text).unwrap();
        let id = VersionId(Uuid::from_u128(n));
        scene
            .app
            .db
            .write(|conn| {
                surveys::publish(
                    conn,
                    Version {
                        id,
                        survey: "pulse".into(),
                        version,
                        kind: "relationship".into(),
                        definition: definition.to_json()?,
                        hash: definition.fingerprint()?.to_vec(),
                        published_at: scene.app.now(),
                    },
                )
            })
            .unwrap();
        id
    };
    let first = VersionId(Uuid::from_u128(50));
    let typo = publish(51, 2, "Would you recommend us ?", "\nsame_as = { version = 1, reason = \"A space\" }");
    let reworded = publish(52, 3, "Do you recommend us?", "");
    let take = |version: VersionId, day: &str, score: i64| {
        let answers = bellwether::domain::answer::Answers(
            [("recommend".to_owned(), bellwether::domain::answer::Answer::Score(score))].into(),
        );
        let account = scene.tokens[0].account_id;
        scene
            .app
            .db
            .write(|conn| {
                let segment = accounts::find(conn, account)?.segment();
                responses::import_one(
                    &scene.app,
                    conn,
                    responses::Import {
                        account,
                        contact: None,
                        version,
                        invitation: None,
                        answers: answers.clone(),
                        received_at: months(day).and_hms_opt(9, 0, 0).unwrap().and_utc(),
                        channel: bellwether::store::responses::Channel::Import,
                        language: bellwether::domain::language::Language::english(),
                        segment: Some(segment),
                    },
                )
            })
            .unwrap()
    };
    for day in ["2026-01-10", "2026-02-10", "2026-03-10"] {
        take(first, day, 9);
    }
    for day in ["2026-04-10", "2026-05-10", "2026-06-10"] {
        take(typo, day, 9);
    }
    let actor = scene.app.service();
    let slice = Slice::ending(Month::of(months("2026-06-01")), 3);
    let whole = overview(&scene.app, &actor, &slice, None).unwrap();
    assert!(whole.breaks.is_empty(), "{:?}", whole.breaks);
    assert_ne!(whole.all.of(&Measure::Recommend).unwrap().finding, Finding::NotComparable);
    // The first answers to other words come in the middle of July; one of the old ones follows in August.
    for day in ["2026-07-15", "2026-08-10", "2026-09-10"] {
        take(reworded, day, 0);
    }
    take(typo, "2026-08-12", 9);
    let slice = Slice::ending(Month::of(months("2026-09-01")), 3);
    let broken = overview(&scene.app, &actor, &slice, None).unwrap();
    let told: Vec<(String, String, i32)> =
        broken.breaks.iter().map(|one| (one.measure.key(), one.day.to_string(), one.version)).collect();
    assert!(told.contains(&("recommend".into(), "2026-07-15".into(), 3)), "{told:?}");
    assert_eq!(broken.all.of(&Measure::Recommend).unwrap().finding, Finding::NotComparable);
    assert_ne!(broken.all.of(&Measure::Response).unwrap().finding, Finding::NotComparable, "counts go on");
    // The point of July takes in July alone; that of June all that was asked alike.
    let course = broken.courses.iter().find(|course| course.points.iter().any(Option::is_some)).unwrap();
    let at = |day: &str| {
        let nth = Month::of(months(day)).0 - broken.first_month.0;
        course.points[usize::try_from(nth).unwrap()].as_ref().map_or(0, |figure| figure.n)
    };
    assert_eq!((at("2026-06-01"), at("2026-07-01"), at("2026-08-01")), (3, 1, 3));
    // The page says it: a mark in the chart, a note at its table, words in place of the change.
    let reader = reader(&scene);
    let view =
        bellwether::app::figures::view::view(&scene.app, &reader, &broken, &[], 0, |key| key.to_owned()).unwrap();
    assert!(view.trend.svg_wide.contains("wording changed, v3"), "{}", view.trend.svg_wide);
    assert_eq!(view.trend.table.notes, ["Jul 2026 · wording changed, v3"]);
    assert!(view.rows.iter().any(|row| row.nps.change.contains("not comparable")));
    // Both periods after the break compare again.
    let slice = Slice::ending(Month::of(months("2026-12-01")), 3);
    let after = overview(&scene.app, &actor, &slice, None).unwrap();
    assert_ne!(after.all.of(&Measure::Recommend).unwrap().finding, Finding::NotComparable);
}
