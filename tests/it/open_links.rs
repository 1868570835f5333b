//! Open links: whoever finds the address may answer, once for each device; nobody who does harm by one shuts
//! anybody else out; and what came in by each can be told.

use crate::responses::{Scene, scene, scene_of};
use crate::support::served::{Client, Reply, Served};
use crate::support::{TestDb, house};
use bellwether::app::doubts;
use bellwether::app::open_links::{self, Binding, LinkForm, Listed};
use bellwether::app::responses::{self, exclude, restore};
use bellwether::app::surveys;
use bellwether::domain::answer::quality::Flag;
use bellwether::domain::ident::OpenLinkId;
use bellwether::domain::open_link::{LinkCounts, LinkState, OpenLink, Standing};
use bellwether::domain::permission::{Actor, Reach, Role};
use bellwether::domain::survey::Definition;
use bellwether::domain::tally::Segment;
use bellwether::error::Code;
use bellwether::store::accounts::{self, Filter};
use bellwether::store::responses::{self as stored, Channel, Response};
use bellwether::store::{open_links as kept, tallies};
use chrono::Duration;
use std::collections::BTreeSet;

on_both_backends! {
    a_look_leaves_nothing_behind,
    the_whole_way_of_a_visitor,
    two_hundred_visitors_from_one_address_all_get_through,
    a_form_that_is_sent_twice_is_one_response,
    a_password_keeps_out_who_guesses_and_nobody_else,
    closed_full_and_not_yet_open,
    no_more_than_so_many_even_at_once,
    forged_papers_open_nothing,
    a_refused_form_comes_back_and_an_order_holds_through_a_visit,
    figures_follow_and_nobody_knows_whose_they_are,
    hostile_texts_are_shown_as_text,
    a_newer_version_takes_the_place_of_the_older,
    who_may_draw_up_what,
    the_command_does_the_same,
    what_is_acknowledged_survives_a_kill,
}

const COUNTER: &str = "counter Hamburg";

fn segment() -> Segment {
    Segment { tier: "key".into(), region: "north".into(), product_line: String::new() }
}

fn form(scene: &Scene) -> LinkForm {
    LinkForm {
        name: "Hamburg".into(),
        source: COUNTER.into(),
        version: scene.app.db.read(bellwether::store::surveys::ids).unwrap()[0],
        language: None,
        password: String::new(),
        without_password: false,
        opens: None,
        last_day: None,
        most: None,
    }
}

fn link_with(scene: &Scene, binding: Binding, change: impl FnOnce(&mut LinkForm)) -> OpenLink {
    let mut form = form(scene);
    change(&mut form);
    open_links::create(&scene.app, &scene.app.service(), &form, &binding).unwrap()
}

fn link(scene: &Scene) -> OpenLink {
    link_with(scene, Binding::Segment(segment()), |_| {})
}

fn path(scene: &Scene, link: &OpenLink) -> String {
    format!("/o/{}", link.code.seal(scene.app.seal_key()))
}

fn listed(scene: &Scene, link: &OpenLink) -> Listed {
    open_links::view(&scene.app, &scene.app.service(), link.id).unwrap()
}

fn all(scene: &Scene, link: &OpenLink) -> Vec<Response> {
    scene.app.db.read(|conn| stored::of_account(conn, link.account, 1000)).unwrap()
}

/// The papers that a page gives to whoever opens it.
fn hidden(page: &Reply, name: &str) -> String {
    let after = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1);
    after.unwrap_or_else(|| panic!("{name}: {}", page.body)).split('"').next().unwrap().to_owned()
}

/// A visitor: one browser, that holds the cookie it was given.
struct Visitor {
    client: Client,
    cookie: Option<String>,
}

impl Visitor {
    fn new(served: &Served) -> Self {
        Self { client: served.client, cookie: None }
    }

    fn says(&self) -> Vec<String> {
        self.cookie.iter().map(|cookie| format!("Cookie: {cookie}")).collect()
    }

    fn get(&self, path: &str) -> Reply {
        self.client.get(path, &self.says())
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let reply = self.client.post(path, &self.says(), fields);
        if let Some(set) = reply.head.split("set-cookie: ").nth(1) {
            // The papers are all in small letters, so nothing is lost by reading the head so.
            self.cookie = set.split(';').next().map(str::to_owned);
        }
        reply
    }

    /// Opens the page and answers it.
    fn answer(&mut self, path: &str, recommend: &str) -> Reply {
        let shown = hidden(&self.get(path), "_shown");
        self.post(path, &[("_shown", &shown), ("recommend", recommend), ("overall", "4")])
    }
}

#[track_caller]
fn tallies_are_right(scene: &Scene) {
    let found = responses::recount(&scene.app).unwrap();
    assert!(found.is_none(), "{found:#?}");
}

fn a_look_leaves_nothing_behind(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let link = link(&scene);
    let served = Served::start(&scene.app);
    let address = path(&scene, &link);
    assert_eq!(address.len(), 3 + 24);
    let standing = || scene.app.db.read(|conn| Ok((stored::count(conn)?, tallies::standing(conn)?))).unwrap();
    let before = standing();
    let scanner = vec!["User-Agent: Mozilla/5.0 SafeLinks".to_owned()];
    for query in ["", "?lang=zh-CN", "?s=9", "?change=1", "/thanks"] {
        let page = served.client.get(&format!("{address}{query}"), &scanner);
        assert_eq!(page.status, 200, "{query}: {}", page.body);
        assert!(!page.head.contains("set-cookie"), "{query}: {}", page.head);
        assert!(page.head.contains("cache-control: no-store") && page.head.contains("noindex"));
        assert_eq!(served.client.send("HEAD", &format!("{address}{query}"), &scanner, "").status, 200);
    }
    let page = served.client.get(&address, &[]);
    assert!(page.body.contains(&format!("method=\"post\" action=\"{address}\"")), "{}", page.body);
    assert!(page.body.contains("You answer without giving your name"));
    assert!(!page.body.contains("data-begin") && !page.body.contains("/u/") && !page.body.contains("is open until"));
    // As some programs write what they have read.
    let shouted = served.client.get(&format!("{}?lang=zh-CN", address.to_uppercase()), &[]);
    assert_eq!(shouted.status, 308);
    assert!(shouted.head.contains(&format!("location: {address}?lang=zh-cn")), "{}", shouted.head);
    let chinese = served.client.get(&address, &["Accept-Language: de, zh-TW;q=0.8, en;q=0.1".to_owned()]);
    assert!(chinese.body.contains("<html lang=\"zh-CN\">"), "the first language that both speak");
    scene.app.witness.settle();
    assert_eq!(before, standing());
}

fn the_whole_way_of_a_visitor(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let link = link(&scene);
    let served = Served::start(&scene.app);
    let address = path(&scene, &link);
    let mut one = Visitor::new(&served);
    let shown = hidden(&one.get(&address), "_shown");
    scene.clock.set(scene.app.now() + Duration::seconds(50));
    let fields =
        [("_shown", &*shown), ("_sign", "touch"), ("recommend", "9"), ("overall", "4"), ("why", "Quick & kind.")];
    let sent = one.post(&address, &fields);
    assert_eq!(sent.status, 303, "{}", sent.body);
    assert!(sent.head.contains(&format!("location: {address}/thanks?lang=en")), "{}", sent.head);
    for part in ["httponly", "samesite=lax", &format!("path={address}"), "max-age=7776000"] {
        assert!(sent.head.contains(part), "{part}: {}", sent.head);
    }
    let kept = all(&scene, &link).remove(0);
    assert_eq!((kept.channel, kept.source.as_deref(), kept.link), (Channel::OpenLink, Some(COUNTER), Some(link.id)));
    assert_eq!((kept.contact, kept.invitation, kept.wave, kept.took_seconds), (None, None, None, Some(50)));
    assert!(kept.flags.is_empty(), "{:?}", kept.flags);
    // What they wrote stands on the page of the link.
    let service = scene.app.service();
    let shown_to = |actor: &Actor| {
        let view = open_links::view(&scene.app, &service, link.id).unwrap();
        open_links::said(&scene.app, actor, &view).unwrap().into_iter().map(|said| said.answers).collect::<Vec<_>>()
    };
    assert_eq!(shown_to(&service), std::slice::from_ref(&kept.answers));
    let stranger =
        Actor { role: Role::AccountManager, user: Some(uuid::Uuid::from_u128(99).into()), ..service.clone() };
    assert!(shown_to(&stranger).is_empty());
    for page in [one.get(&format!("{address}/thanks?lang=en")), one.get(&address)] {
        assert!(page.body.contains("Thank you. Your answers are recorded.") && page.body.contains("Quick &amp; kind."));
        assert!(page.body.contains("on this device") && page.body.contains(&format!("href=\"{address}?change=1")));
    }
    // Who takes no cookies is thanked, and told nothing of what anybody has said.
    let other = Visitor::new(&served);
    let thanks = other.get(&format!("{address}/thanks"));
    assert!(thanks.body.contains("Your answers are recorded") && !thanks.body.contains("Quick"), "{}", thanks.body);
    // Changed, in the same browser; another one begins anew.
    let form = one.get(&format!("{address}?change=1"));
    assert!(form.body.contains("name=\"recommend\" value=\"9\" checked"), "{}", form.body);
    let shown = hidden(&form, "_shown");
    assert_eq!(one.post(&address, &[("_shown", &shown), ("recommend", "3"), ("overall", "2")]).status, 303);
    let again = all(&scene, &link);
    assert_eq!((again.len(), again[0].id, again[0].answers.score("recommend")), (1, kept.id, Some(3)));
    let mut second = Visitor::new(&served);
    // Sent at once, and the script saw nobody: flagged as others are, and it counts.
    let shown = hidden(&second.get(&address), "_shown");
    let fields = [("_shown", &*shown), ("_sign", "none"), ("recommend", "10"), ("overall", "5")];
    assert_eq!(second.post(&address, &fields).status, 303);
    let flagged = all(&scene, &link).into_iter().find(|one| one.id != kept.id).unwrap();
    assert!(flagged.flags.iter().any(|flag| matches!(flag, Flag::TooFast { seconds: 0, .. })));
    assert!(flagged.flags.contains(&Flag::NoSign));
    let board = doubts::board(&scene.app, &service, &doubts::Asked::default(), None).unwrap();
    assert_eq!(
        board.rows.iter().map(|row| (row.response.id, row.link.is_some())).collect::<Vec<_>>(),
        [(flagged.id, true)]
    );
    assert!(shown_to(&service).is_empty(), "the words were taken back");
    // After the days for changes it stays; when the browser has forgotten, one may answer anew.
    scene.clock.set(scene.app.now() + Duration::days(60));
    let late = one.post(&address, &[("_shown", &shown), ("recommend", "8"), ("overall", "2")]);
    assert_eq!(late.status, 409, "{}", late.body);
    assert!(late.body.contains("The time for changes is over"), "{}", late.body);
    scene.clock.set(scene.app.now() + Duration::days(31));
    assert_eq!(one.answer(&address, "7").status, 303);
    assert_eq!(all(&scene, &link).len(), 3);
    tallies_are_right(&scene);
}

fn two_hundred_visitors_from_one_address_all_get_through(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let link = link(&scene);
    let served = Served::start(&scene.app);
    let address = path(&scene, &link);
    std::thread::scope(|threads| {
        for part in 0..8 {
            let (served, address) = (&served, &address);
            threads.spawn(move || {
                for n in 0..25 {
                    let mut one = Visitor::new(served);
                    let reply = one.answer(address, &((part + n) % 11).to_string());
                    assert_eq!(reply.status, 303, "{}", reply.body);
                    let thanks = one.get(&format!("{address}/thanks"));
                    assert!(thanks.body.contains("What you told us"), "each sees their own");
                }
            });
        }
    });
    assert_eq!(all(&scene, &link).len(), 200);
    assert_eq!(listed(&scene, &link).counts.responses, 200);
    tallies_are_right(&scene);
}

fn a_form_that_is_sent_twice_is_one_response(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let link = link(&scene);
    let served = Served::start(&scene.app);
    let address = path(&scene, &link);
    // Without a cookie, as when the answer to the first never came: the page itself says that it is the same.
    let shown = hidden(&served.client.get(&address, &[]), "_shown");
    let fields = [("_shown", &*shown), ("recommend", "9"), ("overall", "4")];
    std::thread::scope(|threads| {
        for _ in 0..6 {
            threads.spawn(|| assert_eq!(served.client.post(&address, &[], &fields).status, 303));
        }
    });
    let kept = all(&scene, &link);
    assert_eq!((kept.len(), kept[0].revision), (1, 1));
    // In two tabs of one browser.
    let mut one = Visitor::new(&served);
    let tabs = [hidden(&one.get(&address), "_shown"), hidden(&one.get(&address), "_shown")];
    for (tab, recommend) in tabs.iter().zip(["2", "5"]) {
        assert_eq!(one.post(&address, &[("_shown", tab), ("recommend", recommend), ("overall", "4")]).status, 303);
    }
    let kept = all(&scene, &link);
    let scores: BTreeSet<_> = kept.iter().map(|one| one.answers.score("recommend")).collect();
    assert_eq!(scores, BTreeSet::from([Some(5), Some(9)]));
    tallies_are_right(&scene);
}

fn a_password_keeps_out_who_guesses_and_nobody_else(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let link = link_with(&scene, Binding::Segment(segment()), |form| form.password = "sesame & oil".into());
    assert!(link.password_hash.as_ref().is_some_and(|hash| hash.starts_with("$argon2id$")));
    let served = Served::start(&scene.app);
    let address = path(&scene, &link);
    let mut guesser = Visitor::new(&served);
    let page = guesser.get(&address);
    assert!(page.body.contains("name=\"password\"") && !page.body.contains("recommend"), "{}", page.body);
    let guess = hidden(&page, "_door");
    // What is answered without the password is not kept, whatever paper is given for one of the page.
    for shown in ["", &*guess] {
        let reply = guesser.post(&address, &[("_shown", shown), ("recommend", "9"), ("overall", "4")]);
        assert!(reply.status == 200 && reply.body.contains("name=\"password\""), "{}", reply.body);
    }
    for n in 0..5 {
        let wrong = guesser.post(&address, &[("_door", &guess), ("password", &format!("guess {n}"))]);
        assert_eq!(wrong.status, 422);
        assert!(wrong.body.contains("This is not the password") && !wrong.body.contains(&format!("guess {n}")));
    }
    let locked = guesser.post(&address, &[("_door", &guess), ("password", "sesame & oil")]);
    assert_eq!(locked.status, 429, "even the right one waits");
    assert!(locked.body.contains("too often"), "{}", locked.body);
    // Somebody else of the same address is not kept out.
    let mut guest = Visitor::new(&served);
    let door = hidden(&guest.get(&address), "_door");
    let page = guest.post(&address, &[("_door", &door), ("_lang", "zh-CN"), ("password", "sesame & oil")]);
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("<html lang=\"zh-CN\">"));
    let shown = hidden(&page, "_shown");
    assert_eq!(guest.post(&address, &[("_shown", &shown), ("recommend", "9"), ("overall", "4")]).status, 303);
    assert!(guest.get(&address).body.contains("Thank you"), "who has answered is known");
    assert_eq!(all(&scene, &link).len(), 1);
    // After its minute the first may try again.
    scene.clock.set(scene.app.now() + Duration::minutes(2));
    let page = guesser.post(&address, &[("_door", &guess), ("password", "sesame & oil")]);
    assert!(page.status == 200 && page.body.contains("name=\"recommend\""), "{}", page.body);
    // Without a password from now on.
    let mut plain = form(&scene);
    plain.without_password = true;
    open_links::alter(&scene.app, &scene.app.service(), link.id, 1, &plain).unwrap();
    assert!(Visitor::new(&served).get(&address).body.contains("name=\"recommend\""));
    plain.password = "short".into();
    let refused = open_links::alter(&scene.app, &scene.app.service(), link.id, 2, &plain).unwrap_err();
    assert_eq!(refused.faults()[0].code, Code::ValueTooShort);
}

fn closed_full_and_not_yet_open(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let served = Served::start(&scene.app);
    let service = scene.app.service();
    let today = scene.app.today();
    let one = link_with(&scene, Binding::Segment(segment()), |form| {
        form.opens = today.succ_opt();
        form.last_day = Some(today + Duration::days(3));
        form.most = Some(2);
    });
    let address = path(&scene, &one);
    let early = served.client.get(&address, &[]);
    assert_eq!(early.status, 410);
    assert!(early.body.contains("opens on 23 November 2026") && early.body.contains("link.not-yet"), "{}", early.body);
    scene.clock.set(scene.app.now() + Duration::days(1));
    let mut visitors: Vec<Visitor> = (0..3).map(|_| Visitor::new(&served)).collect();
    let slow = hidden(&visitors[2].get(&address), "_shown");
    for visitor in &mut visitors[..2] {
        assert_eq!(visitor.answer(&address, "9").status, 303);
    }
    assert_eq!(listed(&scene, &one).standing, Standing::Full);
    let full = visitors[2].post(&address, &[("_shown", &slow), ("recommend", "1"), ("overall", "1")]);
    assert!(full.status == 410 && full.body.contains("Enough people have answered"), "{}", full.body);
    assert_eq!(visitors[2].get(&address).status, 410);
    // Who has answered may still change it.
    assert!(visitors[0].get(&address).body.contains("Change an answer"));
    let shown = hidden(&visitors[0].get(&format!("{address}?change=1")), "_shown");
    assert_eq!(visitors[0].post(&address, &[("_shown", &shown), ("recommend", "4"), ("overall", "4")]).status, 303);
    scene.clock.set(scene.app.now() + Duration::days(4));
    for visitor in &visitors[..2] {
        assert!(visitor.get(&address).body.contains("The survey is closed, so they stay as they are"));
    }
    let over = visitors[0].post(&address, &[("_shown", &shown), ("recommend", "5"), ("overall", "4")]);
    assert_eq!(over.status, 409, "{}", over.body);
    assert!(visitors[2].get(&address).body.contains("link.closed"));
    // By hand, and again.
    let other = link(&scene);
    let address = path(&scene, &other);
    let closed = open_links::set_state(&scene.app, &service, other.id, 1, LinkState::Closed).unwrap();
    assert_eq!(served.client.get(&address, &[]).status, 410);
    let twice = open_links::set_state(&scene.app, &service, other.id, closed.revision, LinkState::Closed).unwrap_err();
    assert_eq!(twice.code(), Code::StepImpossible);
    let stale = open_links::set_state(&scene.app, &service, other.id, 1, LinkState::Open).unwrap_err();
    assert_eq!(stale.code(), Code::ChangedMeanwhile);
    open_links::set_state(&scene.app, &service, other.id, closed.revision, LinkState::Open).unwrap();
    assert_eq!(served.client.get(&address, &[]).status, 200);
    tallies_are_right(&scene);
}

fn no_more_than_so_many_even_at_once(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let one = link_with(&scene, Binding::Segment(segment()), |form| form.most = Some(10));
    let served = Served::start(&scene.app);
    let address = path(&scene, &one);
    let pages: Vec<String> = (0..40).map(|_| hidden(&served.client.get(&address, &[]), "_shown")).collect();
    let statuses: Vec<u16> = std::thread::scope(|threads| {
        let sending: Vec<_> = pages
            .iter()
            .map(|shown| {
                let (client, address) = (served.client, &address);
                threads.spawn(move || {
                    client.post(address, &[], &[("_shown", shown), ("recommend", "9"), ("overall", "4")]).status
                })
            })
            .collect();
        sending.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let kept = statuses.iter().filter(|status| **status == 303).count();
    assert_eq!((kept, all(&scene, &one).len()), (10, 10), "{statuses:?}");
    assert!(statuses.iter().all(|status| [303, 410].contains(status)), "{statuses:?}");
    tallies_are_right(&scene);
}

fn forged_papers_open_nothing(db: &TestDb) {
    let scene = scene(db, 1, "short");
    let (ours, theirs) = (link(&scene), link(&scene));
    let served = Served::start(&scene.app);
    let (address, elsewhere) = (path(&scene, &ours), path(&scene, &theirs));
    let mut one = Visitor::new(&served);
    let shown = hidden(&one.get(&address), "_shown");
    one.post(&address, &[("_shown", &shown), ("recommend", "9"), ("overall", "4"), ("why", "Known to one alone.")]);
    let cookie = one.cookie.clone().unwrap();
    assert!(one.get(&address).body.contains("Known to one alone."));
    // The paper of the page is none for the cookie; one of another link is none here; nor is a changed one.
    let mut flipped = cookie.clone().into_bytes();
    let last = flipped.len() - 9;
    flipped[last] = if flipped[last] == b'a' { b'b' } else { b'a' };
    let forged = [
        format!("bw_visitor={shown}"),
        String::from_utf8(flipped).unwrap(),
        "bw_visitor=".into(),
        format!("bw_visitor={}", "a".repeat(5000)),
        "bw_visitor=a'; DROP TABLE responses".into(),
    ];
    for held in forged {
        let page = served.client.get(&address, &[format!("Cookie: {held}")]);
        assert!(page.status == 200 && page.body.contains("name=\"recommend\""), "{held}: {}", page.status);
        assert!(!page.body.contains("Known to one alone."), "{held}");
    }
    let page = served.client.get(&elsewhere, &[format!("Cookie: {cookie}")]);
    assert!(!page.body.contains("Known to one alone.") && page.body.contains("name=\"recommend\""));
    // A page of one link is none of another: what was typed is shown again, to be sent from there.
    let again = served.client.post(&elsewhere, &[], &[("_shown", &shown), ("recommend", "3"), ("overall", "1")]);
    assert_eq!(again.status, 422);
    assert!(again.body.contains("name=\"recommend\" value=\"3\" checked"), "{}", again.body);
    assert!(all(&scene, &theirs).len() == 1, "both links count for the same place, and there is one response");
    let fresh = hidden(&again, "_shown");
    assert_eq!(
        served.client.post(&elsewhere, &[], &[("_shown", &fresh), ("recommend", "3"), ("overall", "1")]).status,
        303
    );
    for wrong in ["/o/", "/o/aaaaaaaaaaaaaaaaaaaaaaaa", &format!("{}a", &address[..address.len() - 1])] {
        assert_eq!(served.client.get(wrong, &[]).status, 404, "{wrong}");
        assert_eq!(served.client.post(wrong, &[], &[("recommend", "3")]).status, 404, "{wrong}");
    }
}

fn a_refused_form_comes_back_and_an_order_holds_through_a_visit(db: &TestDb) {
    let source = std::fs::read_to_string("tests/surveys/branching.toml").unwrap();
    let definition = Definition::parse("branching.toml", &source).unwrap();
    let scene = scene_of(house(db), db, 1, definition);
    let one = link(&scene);
    let served = Served::start(&scene.app);
    let address = path(&scene, &one);
    let page = served.client.get(&address, &[]);
    assert_eq!(page.status, 200, "{}", page.body);
    let order = |body: &str| -> Vec<String> {
        body.split("data-q=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let (shown, first) = (hidden(&page, "_shown"), order(&page.body));
    assert!(first.len() > 3, "{first:?}");
    let other = served.client.get(&address, &[]);
    assert_ne!(hidden(&other, "_shown"), shown);
    // The pages of one visit agree, whichever way they come.
    for extra in [("_go", "back"), ("_show", "en"), ("_go", "next")] {
        let again = served.client.post(&address, &[], &[("_shown", &*shown), ("_page", ""), extra]);
        assert!([200, 422].contains(&again.status), "{extra:?}: {}", again.body);
        assert_eq!(order(&again.body), first, "{extra:?}");
    }
    // A form that lacks what is needed is given back with what was typed, for the same visit.
    scene.clock.set(scene.app.now() + Duration::seconds(30));
    let refused = served.client.post(&address, &[], &[("_shown", &*shown), ("_page", "")]);
    assert_eq!(refused.status, 422, "{}", refused.body);
    assert_eq!(hidden(&refused, "_shown"), shown, "neither the visit nor its time begins anew");
    assert_eq!(all(&scene, &one).len(), 0);
}

fn figures_follow_and_nobody_knows_whose_they_are(db: &TestDb) {
    let scene = scene(db, 2, "short");
    let (anybody, delivery) = (link(&scene), link_with(&scene, Binding::Account("C1".into()), |_| {}));
    let served = Served::start(&scene.app);
    for (link, scores) in [(&anybody, &["10", "9", "2", "7"][..]), (&delivery, &["0", "10"])] {
        for score in scores {
            assert_eq!(Visitor::new(&served).answer(&path(&scene, link), score).status, 303);
        }
    }
    let of = |link: &OpenLink| {
        let one = listed(&scene, link);
        (one.counts, one.nps.map(|figure| (figure.value, figure.n)))
    };
    let expected = LinkCounts { responses: 4, promoters: 2, passives: 1, detractors: 1 };
    assert_eq!(of(&anybody), (expected, Some((25.0, 4))));
    assert_eq!(of(&delivery).1, Some((0.0, 2)));
    let figure = listed(&scene, &anybody).nps.unwrap();
    assert!(figure.low < 25.0 && figure.high > 25.0 && figure.n_eff > 3.0, "{figure:?}");
    assert_eq!(listed(&scene, &anybody).last, Some(scene.app.now()));
    // On the customer's file there are those of its own link alone; the other place is none of the book.
    let of_account = scene.app.db.read(|conn| stored::of_account(conn, delivery.account, 10)).unwrap();
    assert!(of_account.len() == 2 && of_account.iter().all(|one| one.contact.is_none()));
    assert!(anybody.of_segment && anybody.account.is_nobody() && !delivery.account.is_nobody());
    let book = scene.app.db.read(|conn| accounts::list(conn, &Reach::All, &Filter::default(), 0, 50)).unwrap();
    assert_eq!(book.1, 2);
    // Excluded and restored, as any other.
    let service = scene.app.service();
    let worst = all(&scene, &anybody).into_iter().find(|one| one.answers.score("recommend") == Some(2)).unwrap();
    exclude(&scene.app, &service, worst.account, worst.id, "a test of our own").unwrap();
    let without = LinkCounts { responses: 3, promoters: 2, passives: 1, detractors: 0 };
    assert_eq!(of(&anybody).0, without);
    tallies_are_right(&scene);
    restore(&scene.app, &service, worst.account, worst.id).unwrap();
    assert_eq!(of(&anybody).0, expected);
    tallies_are_right(&scene);
}

fn hostile_texts_are_shown_as_text(db: &TestDb) {
    use crate::permissions::{key_of, person, post, say};
    let scene = scene(db, 1, "short");
    let evil = "<script>alert(1)</script>\"'&{{x}}";
    let one = link_with(&scene, Binding::Segment(segment()), |form| {
        form.name = evil.into();
        form.source = evil.into();
    });
    let house = crate::support::House::of(&scene.app, &scene.clock);
    let book = crate::support::account_book::Book::reopen(&house, db);
    let irene = person(&book, "Irene Kwok", Role::QualityManager);
    let served = Served::start(&scene.app);
    assert_eq!(Visitor::new(&served).answer(&path(&scene, &one), "9").status, 303);
    assert_eq!(all(&scene, &one)[0].source.as_deref(), Some(evil));
    let of = |rest: &str| format!("/open-links/{}{rest}", one.id);
    for page in ["/open-links".to_owned(), of(""), of("/edit"), of("/sheet?size=45"), of("/code.svg")] {
        let reply = served.client.get(&page, &say(&irene));
        assert_eq!(reply.status, 200, "{page}");
        assert!(!reply.body.contains("<script>alert") && reply.body.contains("&lt;script&gt;"), "{page}");
    }
    let picture = served.client.get(&of("/code.png?scale=6"), &say(&irene));
    assert!(picture.status == 200 && picture.head.contains("content-type: image/png"), "{}", picture.head);
    assert!(picture.head.contains("nosniff"));
    // Another source, through the form; and a control character is refused.
    let version = form(&scene).version.to_string();
    let fields = |source: &str| {
        vec![
            ("name", "Hamburg".to_owned()),
            ("source", source.to_owned()),
            ("survey", version.clone()),
            ("revision", "1".into()),
        ]
    };
    let key = key_of(&irene);
    let refused = post(served.client, &of("/edit"), &irene, Some(&key), &fields("a\u{7}b"));
    assert_eq!(refused.status, 422, "{}", refused.body);
    let taken = post(served.client, &of("/edit"), &irene, Some(&key), &fields("counter Altona"));
    assert_eq!(taken.status, 303, "{}", taken.body);
    assert_eq!(listed(&scene, &one).link.source, "counter Altona");
    assert_eq!(all(&scene, &one)[0].source.as_deref(), Some(evil), "what was kept with a response stays");
}

fn a_newer_version_takes_the_place_of_the_older(db: &TestDb) {
    let scene = scene(db, 1, "short");
    surveys::publish_shipped(&scene.app).unwrap();
    let one = link(&scene);
    let served = Served::start(&scene.app);
    let address = path(&scene, &one);
    let mut early = Visitor::new(&served);
    let other = surveys::named(&scene.app, "nps").unwrap();
    let short = surveys::named(&scene.app, "short").unwrap();
    let mut form = LinkForm { version: short.version.id, ..form(&scene) };
    open_links::alter(&scene.app, &scene.app.service(), one.id, 1, &form).unwrap();
    assert_eq!(early.answer(&address, "9").status, 303);
    form.version = other.version.id;
    let changed = open_links::alter(&scene.app, &scene.app.service(), one.id, 2, &form).unwrap();
    assert_eq!((changed.code, changed.version), (one.code, other.version.id), "what is printed stays good");
    // Who has answered the older one sees and changes that.
    let page = early.get(&format!("{address}?change=1"));
    assert!(page.body.contains("name=\"overall\" value=\"4\" checked"), "{}", page.body);
    let fresh = Visitor::new(&served).get(&address);
    assert!(!fresh.body.contains("name=\"overall\""), "{}", fresh.body);
    // What nobody answers by themselves is asked by no link.
    form.version = surveys::named(&scene.app, "spot_check").unwrap().version.id;
    let refused = open_links::alter(&scene.app, &scene.app.service(), one.id, 3, &form).unwrap_err();
    assert_eq!(
        (refused.faults()[0].code, refused.faults()[0].place.to_string()),
        (Code::SurveyNotSent, "survey".into())
    );
    // Nor is what promises that nobody can tell where an answer came from.
    form.version = surveys::named(&scene.app, "employee").unwrap().version.id;
    let refused = open_links::alter(&scene.app, &scene.app.service(), one.id, 3, &form).unwrap_err();
    assert_eq!(refused.faults()[0].code, Code::SurveyNotOpen);
    tallies_are_right(&scene);
}

fn who_may_draw_up_what(db: &TestDb) {
    use crate::permissions::person;
    let scene = scene(db, 2, "short");
    let house = crate::support::House::of(&scene.app, &scene.clock);
    let book = crate::support::account_book::Book::reopen(&house, db);
    let [quality, foreign, executive] =
        [("Irene Kwok", Role::QualityManager), ("Daniel Osei", Role::AccountManager), ("Eva Brandt", Role::Executive)]
            .map(|(name, role)| person(&book, name, role).actor());
    let own = scene.app.db.read(bellwether::store::users::all).unwrap();
    let marta = own.iter().find(|user| user.name.starts_with("Marta")).unwrap().actor();
    let of_account = Binding::Account("C1".into());
    let create = |actor: &_, binding: &_| open_links::create(&scene.app, actor, &form(&scene), binding);
    let made = create(&quality, &of_account).unwrap();
    let anybodys = create(&quality, &Binding::Segment(segment())).unwrap();
    for actor in [&marta, &foreign, &executive] {
        assert_eq!(create(actor, &of_account).unwrap_err().code(), Code::Forbidden);
        let close = open_links::set_state(&scene.app, actor, made.id, 1, LinkState::Closed).unwrap_err();
        assert_eq!(close.code(), Code::Forbidden);
    }
    let seen = |actor: &_| -> BTreeSet<OpenLinkId> {
        open_links::list(&scene.app, actor).unwrap().iter().map(|one| one.link.id).collect()
    };
    assert_eq!(seen(&quality), BTreeSet::from([made.id, anybodys.id]));
    assert_eq!(seen(&marta), BTreeSet::from([made.id]), "of one's own accounts");
    assert_eq!(seen(&foreign), BTreeSet::new());
    assert_eq!(open_links::view(&scene.app, &foreign, made.id).err().unwrap().code(), Code::NotFound);
    // Who is bound to a region draws up links for that alone.
    let north = bellwether::domain::permission::Actor { region: Some("north".into()), ..quality.clone() };
    create(&north, &Binding::Segment(segment())).unwrap();
    let south = Binding::Segment(Segment { region: "south".into(), ..segment() });
    assert!(create(&north, &south).is_err());
    // What is wrong is said at its field; and each step has its line in the trail.
    for (binding, field) in [
        (Binding::Account("C999".into()), "account"),
        (Binding::Segment(Segment { tier: "gold".into(), ..segment() }), "tier"),
    ] {
        assert_eq!(create(&quality, &binding).unwrap_err().faults()[0].place.to_string(), field);
    }
    open_links::set_state(&scene.app, &quality, made.id, 1, LinkState::Closed).unwrap();
    let entries = scene
        .app
        .db
        .read(|conn| bellwether::store::audit::list(conn, &Reach::All, None, 100))
        .unwrap()
        .into_iter()
        .filter(|entry| entry.record == "open link")
        .count();
    assert_eq!(entries, 4);
    assert!(scene.app.db.read(|conn| kept::find(conn, made.id)).unwrap().state == LinkState::Closed);
}

fn the_command_does_the_same(db: &TestDb) {
    use crate::runtime::{run, text};
    let app =
        crate::runtime::beside(db, chrono::TimeDelta::zero(), bellwether::domain::delivery::UnknownPolicy::GiveUp);
    let added = run(
        db.url(),
        &[
            "link", "add", "--survey", "short", "--name", "Gate 3", "--source", "gate 3", "--region", "north",
            "--most", "5",
        ],
    );
    assert!(added.status.success(), "{}", text(&added));
    let listed = text(&run(db.url(), &["link", "list"]));
    assert!(listed.contains("Gate 3") && listed.contains("http://localhost:8080/o/"), "{listed}");
    assert_eq!(text(&added), listed);
    let id = listed.split_whitespace().next().unwrap();
    let link = app.db.read(|conn| kept::find(conn, OpenLinkId::parse(id).unwrap())).unwrap();
    assert_eq!((link.most, link.of_segment, link.created_by), (Some(5), true, None));
    let home = tempfile::tempdir().unwrap();
    for (name, begins) in [("code.svg", &b"<svg "[..]), ("code.png", b"\x89PNG")] {
        let file = home.path().join(name);
        let written = run(db.url(), &["link", "qr", id, "--out", file.to_str().unwrap()]);
        assert!(written.status.success(), "{}", text(&written));
        assert!(std::fs::read(file).unwrap().starts_with(begins), "{name}");
    }
    assert!(!run(db.url(), &["link", "qr", id, "--out", "code.gif"]).status.success());
    assert!(run(db.url(), &["link", "close", id]).status.success());
    let again = run(db.url(), &["link", "close", id]);
    assert!(!again.status.success() && text(&again).starts_with("bellwether: "), "{}", text(&again));
    for wrong in [
        &["link", "add", "--survey", "short", "--name", "x", "--source", "x", "--account", "none"][..],
        &["link", "add", "--survey", "nothing", "--name", "x", "--source", "x"],
        &["link", "close", "nothing"],
    ] {
        assert_eq!(run(db.url(), wrong).status.code(), Some(1), "{wrong:?}");
    }
}

fn what_is_acknowledged_survives_a_kill(db: &TestDb) {
    use crate::runtime::Serving;
    let app =
        crate::runtime::beside(db, chrono::TimeDelta::zero(), bellwether::domain::delivery::UnknownPolicy::GiveUp);
    surveys::publish_shipped(&app).unwrap();
    let form = LinkForm {
        name: "Gate".into(),
        source: "gate".into(),
        version: surveys::named(&app, "short").unwrap().version.id,
        language: None,
        password: String::new(),
        without_password: false,
        opens: None,
        last_day: None,
        most: None,
    };
    let link = open_links::create(&app, &app.service(), &form, &Binding::Segment(segment())).unwrap();
    let address = format!("/o/{}", link.code.seal(app.seal_key()));
    let mut unsure = Vec::new();
    let mut acknowledged = 0;
    for pause in [150, 400] {
        let serving = Serving::start(db.url(), &[]);
        let client = serving.client;
        let (done, open): (Vec<usize>, Vec<Option<String>>) = std::thread::scope(|threads| {
            let senders: Vec<_> = (0..4)
                .map(|_| {
                    let address = &address;
                    threads.spawn(move || {
                        let mut done = 0;
                        loop {
                            let page = client.get(address, &[]);
                            if page.status == 0 {
                                return (done, None);
                            }
                            let shown = hidden(&page, "_shown");
                            let form = [("_shown", &*shown), ("recommend", "9"), ("overall", "4")];
                            match client.post(address, &[], &form).status {
                                303 => done += 1,
                                // The process is gone; whether this one was kept, nobody knows.
                                _ => return (done, Some(shown)),
                            }
                        }
                    })
                })
                .collect();
            threads.spawn(move || {
                std::thread::sleep(std::time::Duration::from_millis(pause));
                serving.kill();
            });
            senders.into_iter().map(|one| one.join().unwrap()).unzip()
        });
        acknowledged += done.into_iter().sum::<usize>();
        unsure.extend(open.into_iter().flatten());
    }
    assert!(acknowledged > 0);
    // Those who pressed the button again, from the page that they still have, are one response each.
    let serving = Serving::start(db.url(), &[]);
    for shown in &unsure {
        let form = [("_shown", shown.as_str()), ("recommend", "9"), ("overall", "4")];
        assert_eq!(serving.client.post(&address, &[], &form).status, 303);
    }
    let kept = app.db.read(stored::count).unwrap();
    assert_eq!(usize::try_from(kept).unwrap(), acknowledged + unsure.len());
    let one = open_links::view(&app, &app.service(), link.id).unwrap();
    assert_eq!(one.counts.responses, kept);
    assert!(responses::recount(&app).unwrap().is_none());
}
