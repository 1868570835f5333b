//! The nightly look, and what people do with what it finds.

use crate::support::account_book::Book;
use crate::support::{House, TestDb, house};
use bellwether::app::warnings::{self as app, Look, Settings, Step, look};
use bellwether::domain::account::Account;
use bellwether::domain::language::Language;
use bellwether::domain::permission::{Actor, Reach, Role};
use bellwether::domain::trend::Level;
use bellwether::domain::warning::{Cause, Rung, State};
use bellwether::error::Code;
use bellwether::store::users::User;
use bellwether::store::warnings::{self, Kept};
use chrono::Duration;

on_both_backends! {
    the_look_finds_what_is_there_and_nothing_else, a_second_look_changes_nothing, looks_at_the_same_time_raise_once,
    a_level_holds_until_the_evidence_has_stayed_away, neglect_goes_up_the_line, people_move_it_on_step_by_step,
    only_those_may_act_whose_account_it_is
}

/// A house with accounts whose truth is known.
struct Seeded {
    falling: Account,
    dipping: Account,
    silent: Account,
    late: Account,
    overdue: Account,
    low: Account,
    manager: User,
    quality: User,
}

fn seed(house: &House, db: &TestDb) -> Seeded {
    let book = Book::new(house, db);
    let manager = book.user("Marta Ekholm", Role::AccountManager, Language::english());
    let quality = book.user("Irene Kwok", Role::QualityManager, Language::chinese());
    let account = |name: &str| book.account(name, "strategic", Some(manager.id));
    let seeded = Seeded {
        falling: account("Aldersund Turbines"),
        dipping: account("Brandt Rail"),
        silent: account("Ruilin Wind Power"),
        late: account("Okafor Mining"),
        overdue: account("Taiyue Presses"),
        low: account("Hollow Gears"),
        manager: manager.clone(),
        quality,
    };
    // A background of steady accounts, so that the tiers know what is usual.
    for i in 0..24_u64 {
        let steady = book.account(&format!("Steady {i}"), "general", None);
        let people = [book.contact(steady.id, "A"), book.contact(steady.id, "B")];
        for j in 0..8_u64 {
            let value = 74.0 + ((i * 7 + j * 5) % 13) as f64;
            book.answer(steady.id, people[(j % 2) as usize], 30 + 80 * j + i, value, 9);
        }
    }
    let people = |account: &Account| ["H. Solberg", "J. Wirth", "K. Amundsen"].map(|n| book.contact(account.id, n));
    let falling = people(&seeded.falling);
    let before = [84.0, 82.0, 86.0, 83.0, 85.0, 82.0, 84.0, 86.0, 83.0];
    for (j, value) in before.into_iter().enumerate() {
        book.answer(seeded.falling.id, falling[j % 3], 200 + 50 * (9 - j as u64), value, 9);
    }
    for (j, value) in [58.0, 57.0, 60.0, 57.0, 56.0].into_iter().enumerate() {
        book.answer(seeded.falling.id, falling[j % 3], 120 - 25 * j as u64, value, 8);
    }
    // One strict person has a bad day, then all is as it was.
    let dipping = people(&seeded.dipping);
    for (j, value) in [84.0, 82.0, 86.0, 83.0, 85.0, 82.0, 84.0, 63.0, 83.0, 85.0].into_iter().enumerate() {
        book.answer(seeded.dipping.id, dipping[j % 3], 40 + 45 * (9 - j as u64), value, 9);
    }
    let silent = people(&seeded.silent);
    for j in 0..10 {
        book.round(seeded.silent.id, &silent, 40 + 60 * j, j >= 4);
    }
    // Two waves that went unanswered, and one that was answered again, are no silence.
    for j in 0..10 {
        book.round(seeded.dipping.id, &dipping, 40 + 60 * j, j != 1 && j != 2);
    }
    for j in 0..8 {
        book.order(seeded.late.id, 8 + 10 * j, Some(if j % 2 == 0 { 4 } else { 0 }));
        book.order(seeded.dipping.id, 8 + 10 * j, Some(0));
    }
    for j in 0..14 {
        book.order(seeded.overdue.id, 100 + 24 * j, Some(0));
    }
    let low = people(&seeded.low);
    book.answer(seeded.low.id, low[0], 12, 70.0, 1);
    // What somebody said before they said better does not count.
    book.answer(seeded.dipping.id, dipping[0], 60, 70.0, 3);
    book.write();
    seeded
}

fn run(house: &House) -> Look {
    look(house, &house.service(), &Settings::default()).unwrap()
}

fn open(house: &House) -> Vec<Kept> {
    let filter = warnings::Filter { open: Some(true), ..warnings::Filter::default() };
    house.db.read(|conn| warnings::list(conn, &Reach::All, &filter, 0, 100)).unwrap().0
}

fn only(house: &House, account: &Account) -> Kept {
    let mut found = house.db.read(|conn| warnings::open_of(conn, &[account.id])).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

fn the_look_finds_what_is_there_and_nothing_else(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    let done = run(&house);
    let mut found: Vec<_> = open(&house).iter().map(|k| (k.warning.account_id, k.warning.cause)).collect();
    let mut expected = vec![
        (s.falling.id, Cause::Decline),
        (s.silent.id, Cause::Silence),
        (s.late.id, Cause::OrderLate),
        (s.overdue.id, Cause::OrderOverdue),
        (s.low.id, Cause::LowScore),
    ];
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    // The decline and the overdue orders open a case each, in the same unit of work.
    assert_eq!(done, Look { accounts: 30, raised: 5, cases: 2, ..Look::default() });
    assert_eq!(only(&house, &s.low).warning.level, Level::Red);
    assert_eq!(only(&house, &s.falling).warning.level, Level::Red);
    assert_eq!(only(&house, &s.falling).owner, Some(s.manager.id));
    // The gravest stand first, and each has its event.
    let levels: Vec<_> = open(&house).iter().map(|k| k.warning.level).collect();
    assert!(levels.is_sorted_by_key(|l| std::cmp::Reverse(*l)), "{levels:?}");
    let events = house.db.read(|c| warnings::events_since(c, &Reach::All, house.now() - Duration::hours(1))).unwrap();
    assert_eq!(events.iter().filter(|e| e.what == "raised").count(), 5);
    let worse = house.db.read(|c| app::worse_since(c, house.now() - Duration::hours(1))).unwrap();
    assert_eq!(worse.len(), 5);
    assert!(house.db.read(|c| warnings::model_of(c, "strategic")).unwrap().is_some());
}

fn a_second_look_changes_nothing(db: &TestDb) {
    let house = house(db);
    seed(&house, db);
    run(&house);
    let before = open(&house);
    house.clock.advance(Duration::minutes(20));
    assert_eq!(run(&house), Look { accounts: 30, ..Look::default() });
    assert_eq!(open(&house), before);
}

fn looks_at_the_same_time_raise_once(db: &TestDb) {
    let house = house(db);
    seed(&house, db);
    let raised: usize = std::thread::scope(|scope| {
        let looks: Vec<_> = (0..2).map(|_| scope.spawn(|| run(&house).raised)).collect();
        looks.into_iter().map(|l| l.join().unwrap()).sum()
    });
    assert_eq!((raised, open(&house).len()), (5, 5));
}

fn a_level_holds_until_the_evidence_has_stayed_away(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    run(&house);
    // The dissatisfied contact answers well the next day: nobody is dissatisfied any more, but one good
    // answer is not yet good news.
    let book = Book::reopen(&house, db);
    let contact = house.db.read(|c| bellwether::store::contacts::of_account(c, s.low.id)).unwrap()[0].id;
    house.clock.advance(Duration::days(1));
    book.answer(s.low.id, contact, 0, 92.0, 10);
    book.write();
    for night in 0..14 {
        run(&house);
        assert_eq!(only(&house, &s.low).warning.level, Level::Red, "night {night}");
        house.clock.advance(Duration::days(1));
    }
    let done = run(&house);
    assert_eq!(done.closed, 1);
    assert!(house.db.read(|c| warnings::open_of(c, &[s.low.id])).unwrap().is_empty());
    let all = house.db.read(|c| warnings::of_account(c, s.low.id)).unwrap();
    assert_eq!((all[0].warning.state, all[0].closed_at), (State::Lapsed, Some(house.now())));
}

fn neglect_goes_up_the_line(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    run(&house);
    house.clock.advance(Duration::days(1) + Duration::minutes(1));
    let done = run(&house);
    assert!(done.escalated >= 1, "{done:?}");
    let red = only(&house, &s.low);
    assert_eq!((red.warning.escalated_to, red.escalated_to), (Some(Rung::QualityManager), Some(s.quality.id)));
    house.clock.advance(Duration::minutes(1));
    assert_eq!(run(&house).escalated, 0);
}

fn people_move_it_on_step_by_step(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    run(&house);
    let (actor, account) = (s.manager.actor(), s.late.id);
    let id = only(&house, &s.late).warning.id;
    let to = |state: State, step: Step| app::step(&house, &actor, account, id, state, &step);
    let with = |note: &str, revision: i64| Step { note: note.into(), revision, ..Step::default() };
    assert_eq!(to(State::Done, with("x", 1)).unwrap_err().code(), Code::StepImpossible);
    let kept = to(State::Acknowledged, with("", 1)).unwrap();
    assert_eq!((kept.revision, kept.acknowledged_at), (2, Some(house.now())));
    let error = to(State::CauseFound, with("depot moved", 1)).unwrap_err();
    assert_eq!(error.code(), Code::ChangedMeanwhile, "somebody else was first");
    assert_eq!(to(State::CauseFound, with(" ", 2)).unwrap_err().code(), Code::ValueMissing);
    to(State::CauseFound, with("depot moved", 2)).unwrap();
    let error = to(State::RemedyUnderWay, with("direct line", 3)).unwrap_err();
    assert_eq!(error.faults()[0].place.to_string(), "due");
    let remedy = Step {
        note: "direct line".into(),
        owing: vec!["Logistics".into()],
        due: Some(house.today() + Duration::days(3)),
        revision: 3,
        ..Step::default()
    };
    to(State::RemedyUnderWay, remedy).unwrap();
    // Evidence may change under the hands of those who work on it: they can still act.
    run(&house);
    to(State::Done, with("", 4)).unwrap();
    let long = Step { told: "x".repeat(4001), revision: 5, ..Step::default() };
    assert_eq!(to(State::Verified, long).unwrap_err().faults()[0].place.to_string(), "told");
    let told = Step { told: " A direct line runs. ".into(), ..with("on time for a month", 5) };
    let kept = to(State::Verified, told).unwrap();
    assert!(!kept.warning.is_open() && kept.closed_at.is_some());
    let kept = house.db.read(|c| warnings::find(c, account, id)).unwrap();
    assert_eq!(kept.real_cause.as_deref(), Some("depot moved"));
    assert_eq!(kept.remedy.unwrap().owing, ["Logistics"]);
    assert_eq!(run(&house).raised, 0, "what was just closed stays quiet");
    to(State::Reopened, with("late again", 6)).unwrap();
    assert_eq!(only(&house, &s.late).warning.state, State::Reopened);
    let given = app::assign(&house, &actor, account, id, s.quality.id, 7).unwrap();
    assert_eq!(given.owner, Some(s.quality.id));
    let told: Vec<String> =
        house.db.read(|c| warnings::events_of(c, account, id)).unwrap().into_iter().map(|e| e.what).collect();
    assert_eq!(told.iter().filter(|w| *w == "stepped").count(), 6);
    assert_eq!(told.iter().filter(|w| *w == "assigned").count(), 1);
    let read = |since| house.db.read(|c| warnings::told_to(c, account, since, 9)).unwrap();
    let words: Vec<_> = read(house.now() - Duration::days(1)).into_iter().map(|e| (e.note, e.actor)).collect();
    assert_eq!(words, [(Some("A direct line runs.".into()), actor.user)]);
    assert!(read(house.now() + Duration::seconds(1)).is_empty());
}

fn only_those_may_act_whose_account_it_is(db: &TestDb) {
    let house = house(db);
    let s = seed(&house, db);
    run(&house);
    let book = Book::reopen(&house, db);
    let other: Actor = book.user("Daniel Osei", Role::AccountManager, Language::english()).actor();
    let executive: Actor = book.user("Lin Wangshu", Role::Executive, Language::chinese()).actor();
    let kept = only(&house, &s.late);
    let code = |actor: &Actor| {
        let step = Step { revision: 1, ..Step::default() };
        app::step(&house, actor, s.late.id, kept.warning.id, State::Acknowledged, &step).unwrap_err().code()
    };
    assert_eq!(code(&other), Code::NotFound);
    assert_eq!(code(&executive), Code::Forbidden);
    let stranger = app::assign(&house, &s.quality.actor(), s.late.id, kept.warning.id, other.user.unwrap(), 1);
    assert_eq!(stranger.unwrap_err().code(), Code::ValueUnknown);
    assert_eq!(only(&house, &s.late), kept, "nothing was saved");
}
