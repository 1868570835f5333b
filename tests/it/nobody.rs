//! Pseudo-accounts: the place of responses whose account nobody knows. They count in figures, each response for itself,
//! and are met nowhere else.

use crate::support::account_book::Book;
use crate::support::{TestDb, house};
use bellwether::app::App;
use bellwether::app::accounts as look;
use bellwether::app::figures::{self, Slice};
use bellwether::app::imports::{Kind, Options, import};
use bellwether::app::warnings::{Settings, look as look_at_all};
use bellwether::app::{responses, surveys};
use bellwether::domain::account::{Account, AccountKind};
use bellwether::domain::answer::{Answer, Answers};
use bellwether::domain::day::Month;
use bellwether::domain::ident::AccountId;
use bellwether::domain::language::Language;
use bellwether::domain::measure::Measure;
use bellwether::domain::permission::{Reach, Role};
use bellwether::domain::tally::Segment;
use bellwether::domain::wave::Audience;
use bellwether::error::Code;
use bellwether::store::accounts::{self, Filter};
use bellwether::store::responses::{Channel, State};
use bellwether::store::{contacts, waves};

on_both_backends! { nobody_is_met_nowhere, responses_of_nobody_count_each_for_itself, nobody_is_made_once }

fn segment() -> Segment {
    Segment { tier: "key".into(), region: "atlantis".into(), product_line: "seals".into() }
}

fn nobody(app: &App) -> AccountId {
    app.db.write(|conn| accounts::nobody_of(conn, &segment(), app.now(), app.today())).unwrap()
}

/// One response to the relationship survey, at whichever account.
fn answer(app: &App, account: AccountId, score: i64) -> bellwether::store::responses::Response {
    let survey = surveys::named(app, "relationship").unwrap();
    let answers = Answers([("recommend".to_owned(), Answer::Score(score))].into());
    let import = responses::Import {
        account,
        contact: None,
        version: survey.version.id,
        invitation: None,
        answers,
        received_at: app.now(),
        channel: Channel::Web,
        language: Language::english(),
        segment: None,
    };
    app.db.write(|conn| responses::import_one(app, conn, import)).unwrap()
}

fn nobody_is_made_once(db: &TestDb) {
    let app = house(db);
    let first = nobody(&app);
    assert_eq!(nobody(&app), first);
    let made = app.db.read(|conn| accounts::find_any(conn, first)).unwrap();
    assert_eq!(made, Account::nobody(&segment()));
    assert_eq!(made.kind, AccountKind::Nobody);
}

fn nobody_is_met_nowhere(db: &TestDb) {
    let app = house(db);
    surveys::publish_shipped(&app).unwrap();
    let book = Book::new(&app, db);
    let chief = book.user("Irene Kwok", Role::QualityManager, Language::english()).actor();
    let somebody = book.account("Somebody", "key", None);
    let id = nobody(&app);
    for _ in 0..12 {
        answer(&app, id, 0);
    }
    let number = Account::nobody(&segment()).number;
    app.db
        .read(|conn| {
            let (listed, total) = accounts::list(conn, &Reach::All, &Filter::default(), 0, 100)?;
            assert_eq!((listed, total), (vec![somebody.clone()], 1), "lists and their counts");
            let there = Filter { text: Some("~".into()), ..Filter::default() };
            assert_eq!(accounts::list(conn, &Reach::All, &there, 0, 100)?.1, 0, "searches");
            let region = Reach::Region("atlantis".into());
            assert_eq!(accounts::list(conn, &region, &Filter::default(), 0, 100)?.1, 0, "who is bound to its region");
            assert_eq!(accounts::ids_within(conn, &Reach::All, &Filter::default())?, [somebody.id]);
            assert_eq!(accounts::count_by_tier(conn, &Reach::All, &Filter::default())?, [("key".into(), 1)].into());
            assert_eq!(accounts::count(conn)?, 1);
            let (regions, lines) = accounts::dimension_values(conn, &Reach::All)?;
            assert_eq!((regions, lines), (vec!["north".to_owned()], vec!["bearings".to_owned()]), "choices");
            assert!(accounts::by_numbers(conn, &[number.as_str().to_owned()].into())?.is_empty(), "feeds");
            assert!(accounts::find_many(conn, &[id])?.is_empty());
            assert_eq!(accounts::find(conn, id).unwrap_err().code(), Code::NotFound);
            assert!(contacts::chunk_of_active(conn, None, 100)?.is_empty());
            let every = [&AccountKind::ALL[..], &[AccountKind::Nobody]].concat();
            let asked = waves::accounts_after(conn, &Audience::default(), &every, &Reach::All, None, 100)?;
            assert_eq!(asked, [somebody.id], "audiences");
            Ok(())
        })
        .unwrap();
    assert_eq!(look::list(&app, &chief, &Filter::default(), 0, 100).unwrap().total, 1);
    assert_eq!(look::dossier(&app, &chief, id).map(drop).unwrap_err().code(), Code::NotFound, "its page");
    assert_eq!(look::for_form(&app, &chief, Some(id)).map(drop).unwrap_err().code(), Code::NotFound, "its form");

    // A file can neither change one nor make one.
    for text in [format!("number,name\n{number},Mine\n"), "number,name,kind\nA1,Mine,nobody\n".to_owned()] {
        let report =
            import(&app, &app.service(), Kind::Accounts, text.as_bytes(), "f.csv", Options::default()).unwrap();
        assert_eq!(report.faults.len(), 1, "{text}");
    }

    // Twelve detractors in a row warn nobody and open no case.
    let found = look_at_all(&app, &app.service(), &Settings::of(&app.config)).unwrap();
    assert_eq!(found.accounts, 1, "{found:?}");
    assert!(app.db.read(|conn| bellwether::store::warnings::of_account(conn, id)).unwrap().is_empty());
}

fn responses_of_nobody_count_each_for_itself(db: &TestDb) {
    let app = house(db);
    surveys::publish_shipped(&app).unwrap();
    let book = Book::new(&app, db);
    let chief = book.user("Irene Kwok", Role::QualityManager, Language::english()).actor();
    let manager = book.user("Marta Ekholm", Role::AccountManager, Language::english());
    let somebody = book.account("Somebody", "key", Some(manager.id));
    let id = nobody(&app);
    for score in [10, 9, 10, 3] {
        answer(&app, id, score);
    }
    let last = answer(&app, id, 0);
    for score in [10, 9] {
        answer(&app, somebody.id, score);
    }
    let slice = Slice::ending(Month::of(app.today()), 6);
    let overview = figures::overview(&app, &chief, &slice, None).unwrap();
    let nps = overview.all.of(&Measure::Recommend).unwrap().now.clone().unwrap();
    assert_eq!((nps.n, nps.accounts), (7, 6), "five people and one account");
    assert!((nps.value - 100.0 * 3.0 / 7.0).abs() < 1e-9, "{nps:?}");
    let responses_ = overview.all.of(&Measure::Response).unwrap().now.clone().unwrap();
    assert_eq!(responses_.n, 7);
    assert!(overview.all.of(&Measure::Asked).unwrap().now.is_none(), "nobody was invited, so there is no rate");
    assert_eq!(overview.all.accounts, 1);
    let own = figures::overview(&app, &manager.actor(), &slice, None).unwrap();
    assert_eq!(own.all.of(&Measure::Recommend).unwrap().now.as_ref().unwrap().n, 2, "a manager's own accounts alone");

    // A quality manager may take one out and let it count again; an account manager finds none.
    assert!(responses::exclude(&app, &manager.actor(), id, last.id, "no").is_err());
    let out = responses::exclude(&app, &chief, id, last.id, "A test of our own").unwrap();
    assert_eq!(out.state, State::Excluded);
    let overview = figures::overview(&app, &chief, &slice, None).unwrap();
    assert_eq!(overview.all.of(&Measure::Recommend).unwrap().now.as_ref().unwrap().n, 6);
    assert!(responses::recount(&app).unwrap().is_none());
    let trail = app.db.read(|conn| bellwether::store::audit::list(conn, &Reach::All, None, 10)).unwrap();
    assert!(trail.iter().any(|line| line.action == "excluded"), "on record");
}
