//! Accounts: who sees which, how they are found and changed, their pages, and the digest about them.

use crate::support::account_book::Book;
use crate::support::{House, TestDb, house};
use bellwether::app::accounts::{self as book, AccountForm, ContactForm};
use bellwether::app::sign_in::{self, NewUser};
use bellwether::app::warnings::{Settings, look};
use bellwether::app::{digests, outbox};
use bellwether::domain::account::Account;
use bellwether::domain::ident::AccountId;
use bellwether::domain::language::Language;
use bellwether::domain::permission::{Actor, Role};
use bellwether::domain::trend::Level;
use bellwether::domain::value::rhythm::Standing;
use bellwether::error::Code;
use bellwether::store::accounts::Filter;
use bellwether::store::users::{self, User};
use chrono::{Duration, NaiveDate};
use std::io::{Read, Write};

on_both_backends! {
    each_sees_the_accounts_within_reach_and_no_other, the_list_is_narrowed_and_paged,
    an_account_is_opened_and_changed_and_its_tiers_stay, people_are_added_and_changed,
    a_dossier_holds_what_is_known_and_allowed, the_pages_show_it, a_digest_speaks_to_each_once_in_their_language
}

const PASSWORD: &str = "a long enough password";

/// An account whose satisfaction fell, which then stopped ordering; its manager; and somebody else's account.
struct Seeded {
    falling: Account,
    foreign: Account,
    manager: User,
    other: User,
}

fn seed(house: &House, db: &TestDb) -> Seeded {
    let book = Book::new(house, db);
    let manager = book.user("Marta Ekholm", Role::AccountManager, Language::english());
    let other = book.user("林望舒", Role::AccountManager, Language::chinese());
    let falling = book.account("Aldersund Turbines", "strategic", Some(manager.id));
    let foreign = book.account("瑞林风电", "general", Some(other.id));
    for (account, names) in [(&falling, ["H. Solberg", "J. Wirth"]), (&foreign, ["王敏", "李强"])] {
        let people = names.map(|n| {
            // Names that make an address, whatever they are written in.
            book.contact(account.id, n)
        });
        for (j, value) in [84.0, 82.0, 86.0, 83.0, 85.0, 82.0, 84.0, 86.0].into_iter().enumerate() {
            book.answer(account.id, people[j % 2], 220 + 50 * (8 - j as u64), value, 9);
        }
        for (j, value) in [58.0, 57.0, 60.0, 57.0, 56.0].into_iter().enumerate() {
            book.answer(account.id, people[j % 2], 120 - 25 * j as u64, value, 8);
        }
        for j in 0..14 {
            book.order(account.id, 100 + 24 * j, Some(0));
        }
    }
    book.write();
    look(house, &house.service(), &Settings::default()).unwrap();
    Seeded { falling, foreign, manager, other }
}

fn names(house: &House, actor: &Actor, filter: &Filter) -> Vec<String> {
    book::list(house, actor, filter, 0, 50).unwrap().lines.into_iter().map(|l| l.account.name).collect()
}

fn each_sees_the_accounts_within_reach_and_no_other(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    let all = Filter::default();
    assert_eq!(names(&house, &s.manager.actor(), &all), ["Aldersund Turbines"]);
    assert_eq!(names(&house, &house.service(), &all), ["Aldersund Turbines", "瑞林风电"]);
    let listed = book::list(&house, &s.manager.actor(), &all, 0, 50).unwrap();
    assert_eq!((listed.total, listed.lines[0].worst), (1, Some(Level::Red)));
    assert!(listed.lines[0].open_warnings >= 2, "the decline and the overdue order");
    let code = |id: AccountId| book::dossier(&house, &s.manager.actor(), id).unwrap_err().code();
    assert_eq!(code(s.foreign.id), Code::NotFound);
    assert_eq!(code(AccountId::default()), Code::NotFound);
    let form = AccountForm { name: "x".into(), kind: "customer".into(), tier: "key".into(), ..Default::default() };
    let error = book::change(&house, &s.manager.actor(), s.foreign.id, &form).unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
    let error = book::for_form(&house, &s.manager.actor(), Some(s.falling.id)).unwrap_err();
    assert_eq!(error.code(), Code::Forbidden, "a manager sees it, but others decide on tiers");
}

fn the_list_is_narrowed_and_paged(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    let service = house.service();
    let text = |text: &str| Filter { text: Some(text.into()), ..Filter::default() };
    assert_eq!(names(&house, &service, &text("ALDER")), ["Aldersund Turbines"]);
    assert_eq!(names(&house, &service, &text(s.foreign.number.as_str())), ["瑞林风电"]);
    assert!(names(&house, &service, &text("%")).is_empty(), "a sign that is typed means itself");
    let tier = Filter { tier: Some("general".into()), ..Filter::default() };
    assert_eq!(names(&house, &service, &tier), ["瑞林风电"]);
    let manager = Filter { manager: Some(s.manager.id), ..Filter::default() };
    assert_eq!(names(&house, &service, &manager), ["Aldersund Turbines"]);
    assert!(names(&house, &service, &Filter { region: Some("south".into()), ..Filter::default() }).is_empty());
    let second = book::list(&house, &service, &Filter::default(), 1, 1).unwrap();
    assert_eq!((second.total, second.lines.len()), (2, 1));
    assert_eq!(second.lines[0].account.id, s.foreign.id);
    assert_eq!(second.regions, ["north"]);
}

fn form_of(account: &Account) -> AccountForm {
    AccountForm {
        number: account.number.as_str().into(),
        name: account.name.clone(),
        kind: account.kind.as_str().into(),
        tier: account.tier.clone(),
        region: account.region.clone(),
        product_line: account.product_line.clone(),
        manager: account.manager,
        deputy: account.deputy,
        active: account.active,
        revision: account.revision,
    }
}

fn an_account_is_opened_and_changed_and_its_tiers_stay(db: &TestDb) {
    let house = house(db);
    let service = house.service();
    let form = AccountForm {
        number: "104417".into(),
        name: "Aldersund Turbines".into(),
        kind: "customer".into(),
        tier: "key".into(),
        active: true,
        ..AccountForm::default()
    };
    let account = book::create(&house, &service, &form).unwrap();
    let place = |form: &AccountForm| {
        let error = book::create(&house, &service, form).unwrap_err();
        (error.faults()[0].place.to_string(), error.code())
    };
    assert_eq!(place(&form), ("number".into(), Code::ValueTaken));
    let wrong = AccountForm { number: "1".into(), tier: "golden".into(), ..form.clone() };
    assert_eq!(place(&wrong), ("tier".into(), Code::ValueUnknown));
    house.clock.advance(Duration::days(2));
    let risen = AccountForm { tier: "strategic".into(), ..form_of(&account) };
    book::change(&house, &service, account.id, &risen).unwrap();
    let error = book::change(&house, &service, account.id, &risen).unwrap_err();
    assert_eq!(error.code(), Code::ChangedMeanwhile);
    let found = book::dossier(&house, &service, account.id).unwrap();
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let tiers = [(day("2026-11-22"), "key".to_owned()), (day("2026-11-24"), "strategic".to_owned())];
    assert_eq!(found.tiers, tiers);
    assert_eq!((found.account.revision, found.worst()), (2, None));
}

fn people_are_added_and_changed(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    let actor = s.manager.actor();
    let form = ContactForm {
        email: "e.haugen@aldersund.example".into(),
        name: "E. Haugen".into(),
        language: "en".into(),
        role: Some("managing director".into()),
        consent: true,
        active: true,
        ..ContactForm::default()
    };
    let added = book::save_contact(&house, &actor, s.falling.id, &form).unwrap();
    let code = |form: &ContactForm| book::save_contact(&house, &actor, s.falling.id, form).unwrap_err().code();
    assert_eq!(code(&form), Code::ValueTaken);
    assert_eq!(code(&ContactForm { email: "nobody".into(), ..form.clone() }), Code::AddressFaulty);
    let long = ContactForm { role: Some("x".repeat(201)), email: "f@aldersund.example".into(), ..form.clone() };
    assert_eq!(code(&long), Code::ValueTooLong);
    let left = ContactForm { id: Some(added.id), revision: 1, active: false, ..form.clone() };
    book::save_contact(&house, &actor, s.falling.id, &left).unwrap();
    assert_eq!(code(&left), Code::ChangedMeanwhile);
    let found = book::dossier(&house, &actor, s.falling.id).unwrap();
    assert!(found.contacts.iter().any(|c| c.id == added.id && !c.active));
    let error = book::save_contact(&house, &actor, s.foreign.id, &form).unwrap_err();
    assert_eq!(error.code(), Code::NotFound);
}

fn a_dossier_holds_what_is_known_and_allowed(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    let found = book::dossier(&house, &s.manager.actor(), s.falling.id).unwrap();
    assert_eq!((found.responses.len(), found.answers.len(), found.orders.len()), (13, 13, 14));
    assert_eq!(found.worst(), Some(Level::Red));
    let latest = &found.responses[0];
    let scores = found.scores[&latest.id];
    assert_eq!((scores.recommend, scores.satisfaction), (Some(8.0), Some(56.0)));
    // The course ends today, where the warning says that the level is.
    let last = found.course.last().unwrap();
    assert_eq!(last.day, house.today());
    let decline = found.warnings.iter().find_map(|k| match &k.warning.evidence {
        bellwether::domain::warning::Evidence::Decline { level_now, .. } => Some(*level_now),
        _ => None,
    });
    assert!((decline.unwrap() - last.level).abs() < 1e-6, "{decline:?} {last:?}");
    assert!(matches!(found.standing, Some(Standing::Overdue(o)) if o.days_since == 100));
    let rights = found.rights;
    assert!(!rights.change && rights.see_contacts && rights.add_contact && rights.open_case);
    // Who looks on from above sees figures and no names.
    let executive = Book::reopen(&house, db).user("Executive", Role::Executive, Language::english());
    let found = book::dossier(&house, &executive.actor(), s.falling.id).unwrap();
    assert!(found.contacts.is_empty() && !found.rights.see_contacts && !found.rights.open_case);
    assert_eq!(found.responses.len(), 13);
}

/// A served house, and a browser that somebody has signed in with.
struct Browser {
    address: std::net::SocketAddr,
    token: String,
    key: String,
}

impl Browser {
    fn ask(&self, method: &str, path: &str, form: &str) -> (u16, String) {
        let mut stream = std::net::TcpStream::connect(self.address).unwrap();
        let body = if method == "POST" { format!("_form={}&{form}", self.key) } else { String::new() };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: bw_session={}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer[9..12].parse().unwrap(), answer)
    }
}

fn serving(house: &House, email: &str, work: impl FnOnce(&Browser)) {
    let (tell, told) = std::sync::mpsc::channel();
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let served = std::sync::Arc::clone(&house.app);
    let server = std::thread::spawn(move || {
        let doors = bellwether::web::Doors { pages: "127.0.0.1:0".parse().unwrap(), metrics: None };
        let ended = async { ended.await.unwrap_or_default() };
        bellwether::web::serve(served, &doors, |open| tell.send(open.pages).unwrap(), ended)
    });
    let signed = sign_in::sign_in(house, None, email, PASSWORD).unwrap();
    let key = sign_in::session(house, &signed.token).unwrap().unwrap().0.form_key;
    work(&Browser { address: told.recv().unwrap(), token: signed.token, key });
    drop(end);
    server.join().unwrap().unwrap();
}

fn the_pages_show_it(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    sign_in::set_password(&house, &house.service(), s.manager.id, PASSWORD).unwrap();
    let quality = NewUser {
        email: "qm@house.example".into(),
        name: "郭爱琳".into(),
        role: Role::QualityManager,
        password: PASSWORD.into(),
        region: None,
        language: Language::chinese(),
        zone: chrono_tz::Asia::Shanghai,
    };
    sign_in::add_user(&house, &house.service(), quality).unwrap();
    let own = format!("/accounts/{}", s.falling.id);
    serving(&house, &s.manager.email, |browser| {
        let (status, list) = browser.ask("GET", "/accounts", "");
        assert_eq!(status, 200, "{list}");
        assert!(list.contains("Aldersund Turbines") && !list.contains("瑞林风电") && list.contains("1 to 1 of 1"));
        assert!(!list.contains("/accounts/new"));
        let (_, none) = browser.ask("GET", "/accounts?q=%E7%91%9E%E6%9E%97", "");
        assert!(none.contains("No account fits."), "{none}");
        let (status, page) = browser.ask("GET", &own, "");
        assert_eq!(status, 200, "{page}");
        for part in [
            "Satisfaction has fallen from about 8",
            "Why it is red",
            "No order since 14 Aug 2026",
            "Deliveries come late.",
            "H. Solberg, purchasing",
            "recommends 8, satisfaction 56",
            "2 of 2 contacts have answered in the last 12 months",
            ">Case</a>",
            "Figures as a table",
        ] {
            assert!(page.contains(part), "{part} is missing in {page}");
        }
        assert!(!page.contains("/edit\""));
        assert_eq!(browser.ask("GET", &format!("/accounts/{}", s.foreign.id), "").0, 404);
        assert_eq!(browser.ask("GET", "/accounts/x", "").0, 404);
        assert_eq!(browser.ask("GET", "/accounts/new", "").0, 403);
        let person = "email=e.haugen%40aldersund.example&name=E.+Haugen&language=en&consent=1&role=director";
        let (status, answer) = browser.ask("POST", &format!("{own}/contacts"), person);
        assert_eq!(status, 303, "{answer}");
        assert!(browser.ask("GET", &own, "").1.contains("e.haugen@aldersund.example"));
        let foreign = format!("/accounts/{}/contacts", s.foreign.id);
        assert_eq!(browser.ask("POST", &foreign, person).0, 404);
    });
    serving(&house, "qm@house.example", |browser| {
        let (_, page) = browser.ask("GET", &own, "");
        for part in ["满意度从约 8", "没有订单；原预计在", "推荐分 8、满意度 56", "H. Solberg（purchasing）"]
        {
            assert!(page.contains(part), "{part} is missing in {page}");
        }
        let (status, form) = browser.ask("GET", &format!("{own}/edit"), "");
        assert!(status == 200 && form.contains("value=\"Aldersund Turbines\""), "{form}");
        let fields = "name=Aldersund+Wind&kind=customer&tier=key&region=north&product_line=bearings&active=1";
        let (status, _) = browser.ask("POST", &format!("{own}/edit"), &format!("{fields}&revision=1"));
        assert_eq!(status, 303);
        let (status, _) = browser.ask("POST", &format!("{own}/edit"), &format!("{fields}&revision=1"));
        assert_eq!(status, 409, "somebody else was first");
        assert!(browser.ask("GET", &own, "").1.contains("Aldersund Wind"));
        let (status, answer) = browser.ask("POST", "/accounts/new", &format!("{fields}&number=200417"));
        assert_eq!(status, 303, "{answer}");
        let (status, answer) = browser.ask("POST", "/accounts/new", &format!("{fields}&number=200417"));
        assert_eq!(status, 422, "{answer}");
        let (_, found) = browser.ask("GET", "/accounts?q=200417&tier=key", "");
        assert!(found.contains("共 1 个客户"), "{found}");
    });
}

fn a_digest_speaks_to_each_once_in_their_language(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    let since = house.now() - Duration::days(7);
    let compose = |user: &User| digests::compose(&house, user, since).unwrap().unwrap();
    let english = compose(&s.manager);
    let chinese = compose(&s.other);
    assert_eq!((english.language, english.items.len(), english.accounts), (Language::english(), 1, 1));
    assert_eq!(english.items[0].account, "Aldersund Turbines");
    assert!(english.items[0].finding.contains("The chance that the level fell"), "{:?}", english.items);
    assert_eq!((chinese.language, chinese.items[0].account.as_str()), (Language::chinese(), "瑞林风电"));
    assert!(chinese.items[0].finding.contains("下降"), "{:?}", chinese.items);
    assert!(english.items[0].account_url.ends_with(&format!("/accounts/{}", s.falling.id)));
    // What nobody has counted yet is not shown; an executive gets none at all.
    assert!(english.tiers.is_none());
    let executive = Book::reopen(&house, db).user("Executive", Role::Executive, Language::english());
    assert!(digests::compose(&house, &executive, since).unwrap().is_none());
    let slot: NaiveDate = "2026-11-23".parse().unwrap();
    assert_eq!(digests::send(&house, since, slot).unwrap(), 2);
    assert_eq!(digests::send(&house, since, slot).unwrap(), 0, "once for a person and a slot");
    // The sender can fill it in and deliver it.
    for mail in outbox::claim(&house, "test", 2).unwrap() {
        let rendered = outbox::render(&house, &mail).unwrap();
        assert!(rendered.text.contains("/me#digest") && !rendered.subject.is_empty(), "{}", rendered.text);
        let outcome = format!("{:?}", outbox::deliver(&house, &mail).unwrap());
        assert!(outcome.starts_with("Some(Accepted"), "{outcome}");
    }
    assert_eq!(digests::send(&house, since, slot + Duration::days(7)).unwrap(), 2);
    // The next one comes when the schedule says, whatever day this one was written on.
    let next = english.next.clone().unwrap();
    assert_eq!((next.weekday.as_str(), next.date.as_str()), ("Monday", "23 November 2026"));
    assert!(english.settings_url.ends_with("/me#digest"));
    // Who wants none gets none, until they want it again; both are in the audit trail.
    let wants = |wanted: bool| sign_in::set_digest(&house, &s.manager.actor(), wanted).unwrap();
    wants(false);
    assert_eq!(digests::send(&house, since, slot + Duration::days(21)).unwrap(), 1);
    wants(true);
    wants(true);
    assert_eq!(digests::send(&house, since, slot + Duration::days(28)).unwrap(), 2);
    // Who has left gets none.
    let gone = User { active: false, ..s.other };
    house.db.write(|conn| users::update(conn, &gone)).unwrap();
    assert_eq!(digests::send(&house, since, slot + Duration::days(14)).unwrap(), 1);
}
