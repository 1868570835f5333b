//! Doubtful responses: which are listed, to whom, and what becomes of one that is taken out.

use crate::permissions::{self, fields, key_of, post, say};
use crate::responses::{Scene, path, response_of, scene};
use crate::support::TestDb;
use crate::support::served::Served;
use bellwether::app::doubts::{Asked, Board, board};
use bellwether::app::figures::{Slice, overview};
use bellwether::app::responses;
use bellwether::domain::answer::{Answer, Answers};
use bellwether::domain::day::Month;
use bellwether::domain::ident::{ResponseId, UserId};
use bellwether::domain::language::Language;
use bellwether::domain::permission::{Actor, Role};
use bellwether::domain::token::Purpose;
use bellwether::store::responses::doubts::Counts;
use bellwether::store::responses::{Channel, State};
use std::collections::BTreeSet;

on_both_backends! {
    flagged_and_excluded_are_listed_and_narrowed,
    pages_hold_each_once,
    the_page_takes_out_and_lets_in_again,
}

fn asked(scene: &Scene, asked: &Asked) -> Board {
    board(&scene.app, &scene.app.service(), asked, None).unwrap()
}

fn ids(board: &Board) -> Vec<ResponseId> {
    board.rows.iter().map(|row| row.response.id).collect()
}

fn answer(scene: &Scene, served: &Served, person: usize, recommend: &str, overall: &str) -> ResponseId {
    let form = [("_lang", "en"), ("recommend", recommend), ("overall", overall)];
    assert_eq!(served.client.post(&path(scene, person, Purpose::Answer), &[], &form).status, 303);
    response_of(scene, person).unwrap().id
}

fn flagged_and_excluded_are_listed_and_narrowed(db: &TestDb) {
    let scene = scene(db, 3, "short");
    let served = Served::start(&scene.app);
    let (doubtful, clean, other) = (
        answer(&scene, &served, 0, "10", "1"),
        answer(&scene, &served, 1, "9", "5"),
        answer(&scene, &served, 2, "8", "4"),
    );
    assert_eq!(ids(&asked(&scene, &Asked::default())), [doubtful]);
    let (app, service) = (&scene.app, scene.app.service());
    let account = |person: usize| scene.tokens[person].account_id;
    responses::exclude(app, &service, account(1), clean, "Asked twice").unwrap();
    let all = asked(&scene, &Asked::default());
    assert_eq!(ids(&all).into_iter().collect::<BTreeSet<_>>(), [doubtful, clean].into());
    assert_eq!(all.counts, Counts { counted: 1, excluded: 1 });
    assert!(!ids(&all).contains(&other) && all.rows.iter().all(|row| row.wave.as_deref() == Some("Autumn")));
    let narrowed = [
        (Asked { flag: Some("contradiction".into()), ..Asked::default() }, vec![doubtful]),
        (Asked { flag: Some("no_sign".into()), ..Asked::default() }, vec![]),
        (Asked { state: Some(State::Excluded), ..Asked::default() }, vec![clean]),
        (Asked { state: Some(State::Kept), ..Asked::default() }, vec![doubtful]),
        (Asked { survey: Some("relationship".into()), ..Asked::default() }, vec![]),
        (Asked { wave: Some(uuid::Uuid::from_u128(71).into()), ..Asked::default() }, vec![]),
    ];
    for (one, found) in narrowed {
        assert_eq!(ids(&asked(&scene, &one)), found, "{one:?}");
    }
    let both = Asked { survey: Some("short".into()), wave: Some(uuid::Uuid::from_u128(70).into()), ..Asked::default() };
    assert_eq!(asked(&scene, &both).rows.len(), 2);
    // Who owns the accounts sees them, who does not sees none, and neither may decide.
    let manager = |id: u128| Actor {
        user: Some(UserId::from(uuid::Uuid::from_u128(id))),
        role: Role::AccountManager,
        ..app.service()
    };
    let own = board(app, &manager(60), &Asked::default(), None).unwrap();
    assert!(own.rows.len() == 2 && !own.may_change);
    let none = board(app, &manager(61), &Asked::default(), None).unwrap();
    assert!(none.rows.is_empty() && none.counts == Counts::default());
    assert!(board(app, &manager(61), &Asked::default(), Some((account(1), clean))).is_err());
    let elsewhere = Actor { role: Role::QualityManager, region: Some("south".into()), ..app.service() };
    assert!(board(app, &elsewhere, &Asked::default(), None).unwrap().rows.is_empty());
    // They are counted beside the figures that they are part of, or would be.
    let slice = Slice::ending(Month::of(app.today()), 3);
    let beside = |actor: &Actor, slice: &Slice| overview(app, actor, slice, None).unwrap().doubts;
    assert_eq!(beside(&service, &slice), all.counts);
    assert_eq!((beside(&manager(60), &slice), beside(&manager(61), &slice)), (all.counts, Counts::default()));
    let elsewhere = Slice { region: Some("south".into()), ..slice.clone() };
    assert_eq!(beside(&service, &elsewhere), Counts::default());
    assert_eq!(beside(&service, &Slice::ending(Month::of(app.today()).plus(-3), 3)), Counts::default());
    // What counts again without a flag, and what is erased, is in doubt no more.
    responses::restore(app, &service, account(1), clean).unwrap();
    responses::erase(app, &service, account(0), doubtful).unwrap();
    let none = asked(&scene, &Asked::default());
    assert!(none.rows.is_empty() && none.counts == Counts::default());
    assert!(responses::recount(app).unwrap().is_none());
}

fn pages_hold_each_once(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let app = &scene.app;
    let version = app.db.read(|conn| app.surveys.all(conn)).unwrap()[0].version.id;
    let mut kept = BTreeSet::new();
    for n in 0..120 {
        let import = responses::Import {
            account: scene.tokens[0].account_id,
            contact: None,
            version,
            invitation: None,
            answers: Answers(
                [("recommend".to_owned(), Answer::Score(10)), ("overall".to_owned(), Answer::Score(1))].into(),
            ),
            received_at: app.now() - chrono::Duration::hours(n * 7),
            channel: Channel::Paper,
            language: Language::english(),
            segment: None,
        };
        kept.insert(app.db.write(|conn| responses::import_one(app, conn, import)).unwrap().id);
    }
    let (mut seen, mut next, mut pages) = (Vec::new(), Asked::default(), 0);
    loop {
        let page = asked(&scene, &next);
        assert!(page.rows.is_sorted_by_key(|row| std::cmp::Reverse(row.response.day)) && page.rows.len() <= 50);
        assert_eq!(page.counts.counted, 120, "all of them, on whatever page");
        seen.extend(ids(&page));
        pages += 1;
        match page.next {
            Some(after) => next.after = Some(after),
            None => break,
        }
    }
    assert_eq!((pages, seen.len(), seen.into_iter().collect::<BTreeSet<_>>()), (3, 120, kept));
}

fn the_page_takes_out_and_lets_in_again(db: &TestDb) {
    let scene = permissions::scene(db);
    let served = Served::start(&scene.house);
    let who = &scene.people["quality"];
    let (account, response) = (&scene.theirs.ids["account"], &scene.theirs.ids["response"]);
    let step = |name: &str| format!("/doubts/{account}/{response}/{name}");
    let see = || served.client.get("/doubts?state=excluded", &say(who)).body;
    assert!(!see().contains(&format!("response-{response}")));
    let form = fields(&[("why", "Sent <by> a machine"), ("state", "excluded"), ("flag", "\"&x")]);
    let done = post(served.client, &step("exclude"), who, Some(&key_of(who)), &form);
    assert_eq!(done.status, 303, "{}", done.body);
    assert!(done.head.contains("location: /doubts?state=excluded\r"), "{}", done.head);
    let page = see();
    assert!(page.contains("Excluded: Sent &lt;by&gt; a machine") && page.contains(&step("restore")), "{page}");
    assert!(page.contains("name=\"state\" value=\"excluded\""), "the list stays narrowed");
    assert!(served.client.get("/", &say(who)).body.contains("1 response is excluded"));
    let again = post(served.client, &step("exclude"), who, Some(&key_of(who)), &form);
    assert!(again.status == 409 && again.body.contains(&format!("response-{response}")), "{}", again.body);
    assert_eq!(post(served.client, &step("restore"), who, Some(&key_of(who)), &[]).status, 303);
    assert!(!see().contains(&format!("response-{response}")));
    let trail = served.client.get("/audit", &say(&scene.people["administrator"])).body;
    assert!(trail.contains("excluded") && trail.contains("Sent &lt;by&gt; a machine"), "{trail}");
}
