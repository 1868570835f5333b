//! Waves and the outbox on both engines: who is asked and why not, and each mail once.

use crate::support::{TestDb, house, house_with};
use bellwether::app::waves::{Asking, NewWave, Preview};
use bellwether::app::{App, outbox, surveys, waves};
use bellwether::clock::FixedClock;
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::contact::{Contact, EmailAddress};
use bellwether::domain::delivery::{Failure, Outcome, Reply, Stage, State, UnknownPolicy};
use bellwether::domain::ident::{AccountId, ContactId, WaveId};
use bellwether::domain::language::Language;
use bellwether::domain::permission::{Actor, Reach, Role};
use bellwether::domain::token::{Purpose, SealKey, Token};
use bellwether::domain::wave::{Audience, WaveState};
use bellwether::error::Code;
use bellwether::jobs::send::{Sender, drain};
use bellwether::store::mails::Mail;
use bellwether::store::suppressions::Reason;
use bellwether::store::{accounts, contacts, invitations, letters, mails, suppressions};
use chrono::{NaiveDate, TimeDelta};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

on_both_backends! {
    a_plan_counts_everybody_once,
    starting_twice_asks_nobody_twice,
    planning_goes_on_where_it_was_broken_off,
    a_paused_wave_sends_nothing_and_a_cancelled_one_never,
    two_claimers_never_get_the_same_mail,
    a_crash_between_yes_and_note_is_in_doubt_and_given_up,
    a_crash_between_yes_and_note_is_in_doubt_and_asked_again,
    a_claim_that_was_never_begun_comes_back,
    what_is_put_off_is_tried_again_until_it_is_too_late,
    a_dead_address_is_suppressed_and_a_bare_refusal_is_not,
    threads_send_each_mail_once_across_a_pause,
    a_wave_starts_and_ends_by_itself,
    an_unsubscribed_address_gets_nothing_more,
    a_region_bounds_whom_one_may_ask,
    who_is_held_back_is_not_asked_and_counts_as_silent,
    holds_end_where_the_rules_do,
    a_wave_that_asked_nobody_held_nobody_back,
    the_pages_open_and_their_buttons_work,
    whom_no_mail_speaks_to_is_counted_before_it_is_sent,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// An account of the tier `key`, with people of these addresses.
fn account(app: &App, number: usize, region: &str, people: &[(String, &str)]) -> AccountId {
    let now = app.now();
    let account = Account {
        id: app.chance.id(now),
        number: CustomerNumber::parse(&format!("C{number:05}")).unwrap(),
        name: format!("Works {number}"),
        kind: AccountKind::Customer,
        parent: None,
        tier: "key".into(),
        region: region.into(),
        product_line: "bearings".into(),
        manager: None,
        deputy: None,
        active: true,
        revision: 1,
    };
    let people: Vec<Contact> = people
        .iter()
        .enumerate()
        .map(|(i, (email, language))| Contact {
            id: app.chance.id::<ContactId>(now),
            account_id: account.id,
            email: EmailAddress::parse(email).unwrap(),
            name: format!("Person {i} of {number}"),
            salutation: None,
            phone: None,
            language: Language::parse(language).unwrap(),
            role: Some("purchasing".into()),
            consent: !email.starts_with("no-consent"),
            active: !email.starts_with("gone"),
            revision: 1,
        })
        .collect();
    app.db
        .write(|conn| {
            accounts::insert(conn, std::slice::from_ref(&account), None, now, app.today())?;
            contacts::insert(conn, &people, now)
        })
        .unwrap();
    account.id
}

/// So many accounts with one person each.
fn roster(app: &App, accounts: usize) {
    for n in 0..accounts {
        let language = if n % 3 == 0 { "zh-CN" } else { "en" };
        account(app, n, "north", &[(format!("p{n}@works.example"), language)]);
    }
}

fn draft(app: &App) -> WaveId {
    surveys::publish_shipped(app).unwrap();
    let version = surveys::named(app, "relationship@1").unwrap().version.id;
    let new = NewWave { name: "Winter".into(), version, audience: Audience::default(), last_day: day("2026-12-14") };
    waves::create(app, &app.service(), new).unwrap().id
}

fn started(app: &App) -> WaveId {
    let wave = draft(app);
    waves::start(app, &app.service(), wave, None).unwrap();
    assert!(waves::plan(app, wave).unwrap());
    wave
}

fn look(app: &App, wave: WaveId) -> Preview {
    let wave = waves::view(app, &app.service(), wave).unwrap().wave;
    waves::preview(app, &app.service(), Asking::of(&wave)).unwrap()
}

fn whom_no_mail_speaks_to_is_counted_before_it_is_sent(db: &TestDb) {
    let app = house(db);
    roster(&app, 3);
    let people = [("a@works.example", "ar"), ("b@works.example", "ar-EG"), ("c@works.example", "zh-TW")];
    account(&app, 90, "north", &people.map(|(address, language)| (address.to_owned(), language)));
    let found = look(&app, draft(&app));
    let language = |tag: &str| Language::parse(tag).unwrap();
    // Another sort of a language that we speak is read; English is said to the others.
    let unspoken = [("ar", 1), ("ar-EG", 1)].map(|(tag, count)| ((language(tag), Language::english()), count));
    assert_eq!(found.unspoken, BTreeMap::from(unspoken));
    let words = |reader: &str| {
        let told = [("count", 3i64.into()), ("language", "ar".into()), ("words", "English".into())];
        app.reader_of(&language(reader)).text("waves-unspoken", &told)
    };
    assert_eq!(words("en"), "3 contacts read ar; the mail’s own words go out in English");
    assert!(words("zh-CN").contains("有 3 位联系人使用 ar"), "{}", words("zh-CN"));
    let contacts = app.db.read(contacts::languages).unwrap();
    assert!(contacts.contains(&(language("ar"), 1)) && contacts.contains(&(Language::english(), 2)), "{contacts:?}");
}

fn states(app: &App, wave: WaveId) -> BTreeMap<String, i64> {
    waves::progress(app, &app.service(), wave).unwrap().mails
}

fn counts(pairs: &[(&str, i64)]) -> BTreeMap<String, i64> {
    pairs.iter().map(|(k, n)| ((*k).to_owned(), *n)).collect()
}

fn letters_of(app: &App) -> Vec<String> {
    let (heads, total) = app.db.read(|conn| letters::list(conn, &Reach::All, None, 0, 10_000)).unwrap();
    assert_eq!(heads.len(), usize::try_from(total).unwrap());
    heads.into_iter().map(|h| h.to_address).collect()
}

fn one(app: &App) -> Mail {
    let mut mails = outbox::claim(app, "test", 1).unwrap();
    assert_eq!(mails.len(), 1);
    mails.remove(0)
}

fn read(app: &App, mail: &Mail) -> Mail {
    app.db.read(|conn| mails::find(conn, mail.account, mail.id)).unwrap()
}

fn a_plan_counts_everybody_once(db: &TestDb) {
    let (app, clock) = house_with(db, |_| {});
    let people = |list: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
        list.iter().map(|(a, l)| ((*a).to_owned(), *l)).collect()
    };
    account(
        &app,
        1,
        "north",
        &people(&[("a@x.example", "en"), ("no-consent@x.example", "en"), ("gone@x.example", "en")]),
    );
    account(&app, 2, "south", &people(&[("A@x.example", "en"), ("stop@x.example", "en"), ("dead@x.example", "zh-CN")]));
    let crowd: Vec<_> = (0..8).map(|n| (format!("crowd{n}@x.example"), "zh-CN")).collect();
    account(&app, 3, "south", &crowd);
    let hash = |a: &str| outbox::address_hash(&app, &EmailAddress::parse(a).unwrap());
    app.db
        .write(|conn| {
            suppressions::add(conn, &hash("STOP@x.example"), Reason::Unsubscribed, app.now())?;
            suppressions::add(conn, &hash("dead@x.example"), Reason::Bounced, app.now())
        })
        .unwrap();
    let wave = draft(&app);
    let plan = look(&app, wave);
    assert_eq!((plan.summary.considered, plan.summary.asked, plan.summary.accounts_asked), (14, 7, 2));
    let expected = [
        ("account_asked_enough", 2),
        ("address_bounced", 1),
        ("already_invited", 1),
        ("inactive_account", 1),
        ("no_consent", 1),
        ("suppressed", 1),
    ];
    let found: Vec<_> = plan.summary.left_out.iter().map(|(k, n)| (k.as_str(), *n)).collect();
    assert_eq!(found, expected);
    assert_eq!(plan.left_out.len(), 7);
    assert_eq!(plan.asked_by_tier.get("key"), Some(&7));
    assert_eq!(plan.without_manager, 2);
    assert_eq!(plan.summary.asked_by_language.get(&Language::chinese()), Some(&6));

    // What is done is what was shown.
    waves::start(&app, &app.service(), wave, None).unwrap();
    assert!(waves::plan(&app, wave).unwrap());
    let progress = waves::progress(&app, &app.service(), wave).unwrap();
    assert_eq!(progress.mails, counts(&[("scheduled", 7)]));
    assert_eq!(progress.left_out, expected.iter().map(|(k, n)| ((*k).to_owned(), *n as i64)).collect());
    assert_eq!(waves::left_out(&app, &app.service(), wave, 0, 100).unwrap().len(), 7);
    assert_eq!(drain(&app).unwrap(), 7);
    assert_eq!(waves::view(&app, &app.service(), wave).unwrap().invitations.delivered, 7);

    // Whoever was asked is left alone until half a year has passed, at the other account as well.
    clock.advance(TimeDelta::days(40));
    let later = |app: &App| {
        let version = surveys::named(app, "relationship@1").unwrap().version.id;
        waves::preview(app, &app.service(), Asking::new(version, &Audience::default())).unwrap().summary
    };
    assert_eq!(later(&app).left_out_by("asked_recently_relationship"), 8);
    clock.advance(TimeDelta::days(141));
    assert_eq!(later(&app).left_out_by("asked_recently_relationship"), 0);
}

fn starting_twice_asks_nobody_twice(db: &TestDb) {
    let app = house(db);
    roster(&app, 5);
    let wave = started(&app);
    assert_eq!(waves::start(&app, &app.service(), wave, None).unwrap_err().code(), Code::WaveState);
    assert!(waves::plan(&app, wave).unwrap());
    assert_eq!(states(&app, wave), counts(&[("scheduled", 5)]));
    assert_eq!(drain(&app).unwrap(), 5);
    assert_eq!(drain(&app).unwrap(), 0);
    let mut to = letters_of(&app);
    to.sort();
    assert_eq!(
        to,
        ["p0@works.example", "p1@works.example", "p2@works.example", "p3@works.example", "p4@works.example"]
    );
    // Each letter holds the person's own links, in their language.
    let letter = app.db.read(|conn| letters::to(conn, "p0@works.example")).unwrap().remove(0);
    let link = letter.text.split("/r/").nth(1).unwrap().get(..64).unwrap();
    let token = Token::read(app.seal_key(), Purpose::Answer, link).unwrap();
    let invitation = app.db.read(|conn| invitations::find(conn, token.account_id, token.invitation_id)).unwrap();
    assert_eq!(invitation.state, invitations::State::Delivered);
    assert!(letter.subject.contains("分钟"), "{}", letter.subject);
    assert!(letter.html.contains(&format!("/r/{link}?s&#x3D;10")) && letter.html.contains("/u/"));
    assert!(Token::read(&SealKey::new([1; 32]), Purpose::Answer, link).is_none());
    let empty = draft(&app);
    assert_eq!(waves::start(&app, &app.service(), empty, None).unwrap_err().code(), Code::WaveEmpty);
}

fn planning_goes_on_where_it_was_broken_off(db: &TestDb) {
    let app = house(db);
    roster(&app, 230);
    let wave = draft(&app);
    waves::start(&app, &app.service(), wave, None).unwrap();
    // A first run that ended after the unit of its first hundred accounts: all but those are unwritten.
    assert!(waves::plan(&app, wave).unwrap());
    let beyond = app.db.read(|conn| contacts::chunk_of_active(conn, None, 100)).unwrap();
    let last = beyond.iter().map(|c| c.account_id).max().unwrap();
    unplan(db, last);
    assert_eq!(states(&app, wave), counts(&[("scheduled", 100)]));
    assert!(waves::plan(&app, wave).unwrap());
    assert_eq!(states(&app, wave), counts(&[("scheduled", 230)]));
    assert_eq!(drain(&app).unwrap(), 230);
    let to = letters_of(&app);
    assert_eq!((to.len(), to.iter().collect::<HashSet<_>>().len()), (230, 230));
}

/// Makes the database what it is when planning has been killed after some accounts.
fn unplan(db: &TestDb, last: AccountId) {
    use diesel::Connection;
    use diesel::connection::SimpleConnection;
    let hex: String = last.as_bytes().iter().map(|b| format!("{b:02x}")).collect();
    let sql = |bytes: String| {
        format!(
            "DELETE FROM mails WHERE account_id > {bytes}; DELETE FROM invitations WHERE account_id > {bytes}; \
             UPDATE waves SET planned_at = NULL"
        )
    };
    match db.backend() {
        crate::support::Backend::Sqlite => {
            let path = db.url().strip_prefix("sqlite://").unwrap();
            diesel::SqliteConnection::establish(path).unwrap().batch_execute(&sql(format!("x'{hex}'"))).unwrap();
        }
        crate::support::Backend::Postgres => {
            diesel::PgConnection::establish(db.url())
                .unwrap()
                .batch_execute(&sql(format!("'\\x{hex}'::bytea")))
                .unwrap();
        }
    }
}

fn a_paused_wave_sends_nothing_and_a_cancelled_one_never(db: &TestDb) {
    let app = house(db);
    roster(&app, 6);
    let me = app.service();
    let wave = started(&app);
    let taken = outbox::claim(&app, "one", 2).unwrap();
    outbox::deliver(&app, &taken[0]).unwrap();
    waves::pause(&app, &me, wave).unwrap();
    // One was claimed before the pause and not begun: it does not leave.
    assert!(outbox::deliver(&app, &taken[1]).unwrap().is_none());
    assert_eq!(drain(&app).unwrap(), 0);
    assert_eq!(letters_of(&app).len(), 1);
    assert_eq!(states(&app, wave), counts(&[("scheduled", 5), ("sent", 1)]));
    waves::resume(&app, &me, wave).unwrap();
    assert_eq!(waves::resume(&app, &me, wave).unwrap_err().code(), Code::WaveState);
    let taken = outbox::claim(&app, "one", 2).unwrap();
    outbox::deliver(&app, &taken[0]).unwrap();
    waves::cancel(&app, &me, wave).unwrap();
    assert!(outbox::deliver(&app, &taken[1]).unwrap().is_none());
    assert_eq!(drain(&app).unwrap(), 0);
    assert_eq!(states(&app, wave), counts(&[("cancelled", 4), ("sent", 2)]));
    let shown = waves::view(&app, &me, wave).unwrap();
    assert_eq!((shown.invitations.delivered, shown.invitations.cancelled, shown.invitations.planned), (2, 4, 0));
    for step in [waves::pause, waves::resume, waves::cancel] {
        assert_eq!(step(&app, &me, wave).unwrap_err().code(), Code::WaveState);
    }
    // Who has the mail may answer for as long as it says, unless the survey is closed, too.
    let open = |app: &App| {
        let some = waves::view(app, &me, wave).unwrap().wave.closes_at;
        (some > app.now(), waves::is_open(&waves::view(app, &me, wave).unwrap().wave, app.now()))
    };
    assert_eq!(open(&app), (true, true));
    waves::close(&app, &me, wave).unwrap();
    assert_eq!(open(&app), (false, false));
    assert_eq!(waves::close(&app, &me, wave).unwrap_err().code(), Code::WaveState);
    assert_eq!(letters_of(&app).len(), 2);
}

fn two_claimers_never_get_the_same_mail(db: &TestDb) {
    let app = Arc::new(house(db));
    roster(&app, 120);
    started(&app);
    let threads: Vec<_> = (0..6)
        .map(|n| {
            let app = Arc::clone(&app);
            std::thread::spawn(move || {
                let (mut mine, mut empty) = (Vec::new(), 0);
                // Two that choose the same rows leave one of them with nothing: that is not the end.
                while empty < 20 {
                    let got = outbox::claim(&app, &format!("t{n}"), 5).unwrap();
                    empty = if got.is_empty() { empty + 1 } else { 0 };
                    mine.extend(got.into_iter().map(|m| m.id));
                }
                mine
            })
        })
        .collect();
    let all: Vec<_> = threads.into_iter().flat_map(|t| t.join().unwrap()).collect();
    assert_eq!(all.len(), 120);
    assert_eq!(all.iter().collect::<HashSet<_>>().len(), 120);
}

/// A process that dies when the server has said yes and the note of it is not committed.
fn crash(app: &App, clock: &FixedClock) -> Mail {
    let sending = outbox::hand_over(app, &one(app)).unwrap().unwrap();
    assert!(matches!(read(app, &sending).delivery.state, State::Sending { .. }));
    assert_eq!(outbox::reap(app, None).unwrap(), 0, "its lease is not over");
    clock.advance(TimeDelta::minutes(16));
    assert_eq!(outbox::reap(app, None).unwrap(), 1);
    let doubted = read(app, &sending);
    assert!(matches!(doubted.delivery.state, State::Unknown { .. }));
    assert_eq!(drain(app).unwrap(), 0, "what is in doubt is not sent");
    clock.advance(TimeDelta::minutes(11));
    assert_eq!(outbox::reap(app, None).unwrap(), 1);
    doubted
}

fn a_crash_between_yes_and_note_is_in_doubt_and_given_up(db: &TestDb) {
    let (app, clock) = house_with(db, |_| {});
    roster(&app, 1);
    let wave = started(&app);
    let mail = crash(&app, &clock);
    assert!(matches!(read(&app, &mail).delivery.state, State::Failed { why: Failure::GivenUp, .. }));
    clock.advance(TimeDelta::hours(1));
    assert_eq!(drain(&app).unwrap(), 0);
    let progress = waves::progress(&app, &app.service(), wave).unwrap();
    assert_eq!((progress.doubted, progress.troubled.len()), (1, 1));
    // It may have arrived, so this person counts as asked.
    let next = waves::view(&app, &app.service(), wave).unwrap().wave;
    let next = Asking { wave: None, ..Asking::of(&next) };
    let next = waves::preview(&app, &app.service(), next).unwrap().summary;
    assert_eq!(next.left_out_by("asked_recently_relationship"), 1);
}

fn a_crash_between_yes_and_note_is_in_doubt_and_asked_again(db: &TestDb) {
    let (app, clock) = house_with(db, |c| c.mail.unknown_policy = UnknownPolicy::AskAgain);
    roster(&app, 1);
    let wave = started(&app);
    let mail = crash(&app, &clock);
    assert!(matches!(read(&app, &mail).delivery.state, State::Scheduled { .. }));
    clock.advance(TimeDelta::hours(1));
    assert_eq!(drain(&app).unwrap(), 1);
    assert_eq!(letters_of(&app).len(), 1);
    assert_eq!(read(&app, &mail).dated_at, mail.dated_at, "the second try is the same mail");
    assert_eq!(waves::progress(&app, &app.service(), wave).unwrap().doubted, 1);
    // An answer that comes late, after the policy has decided, changes nothing.
    let accepted = Outcome::Accepted { reply: Reply::new(250, "2.0.0 ok") };
    let settled = outbox::settle(&app, &mail, &accepted, None).unwrap();
    assert!(matches!(settled.delivery.state, State::Sent { .. }));
    assert_eq!(waves::view(&app, &app.service(), wave).unwrap().invitations.delivered, 1);
}

fn a_claim_that_was_never_begun_comes_back(db: &TestDb) {
    let (app, clock) = house_with(db, |_| {});
    roster(&app, 3);
    let wave = started(&app);
    assert_eq!(outbox::claim(&app, "dies", 2).unwrap().len(), 2);
    assert_eq!(drain(&app).unwrap(), 1);
    clock.advance(TimeDelta::minutes(11));
    assert_eq!(drain(&app).unwrap(), 2);
    assert_eq!(outbox::claim(&app, "ends", 1).unwrap().len(), 0);
    assert_eq!(states(&app, wave), counts(&[("sent", 3)]));
    assert_eq!(waves::progress(&app, &app.service(), wave).unwrap().doubted, 0);
}

fn what_is_put_off_is_tried_again_until_it_is_too_late(db: &TestDb) {
    let (app, clock) = house_with(db, |_| {});
    roster(&app, 2);
    let wave = started(&app);
    let sending = outbox::hand_over(&app, &one(&app)).unwrap().unwrap();
    let later = Outcome::Deferred { stage: Stage::Recipient, reply: Reply::new(451, "4.7.1 greylisted") };
    let mail = outbox::settle(&app, &sending, &later, None).unwrap();
    assert_eq!(mail.reply.as_deref(), Some("451 4.7.1 greylisted"));
    assert_eq!(drain(&app).unwrap(), 1, "the other one");
    assert_eq!(drain(&app).unwrap(), 0, "it is not its time yet");
    clock.advance(TimeDelta::minutes(8));
    let again = one(&app);
    assert_eq!((again.id, again.delivery.attempts), (mail.id, 1));
    outbox::release_one(&app, &again).unwrap();
    clock.advance(TimeDelta::hours(73));
    assert_eq!(drain(&app).unwrap(), 0);
    assert_eq!(states(&app, wave), counts(&[("sent", 1), ("too_late", 1)]));
    assert_eq!(waves::view(&app, &app.service(), wave).unwrap().invitations.cancelled, 1);
}

fn a_dead_address_is_suppressed_and_a_bare_refusal_is_not(db: &TestDb) {
    let app = house(db);
    roster(&app, 2);
    let wave = started(&app);
    for (reply, why, suppressed) in [("5.1.1 no such user", Failure::Hard, true), ("go away", Failure::Unclear, false)]
    {
        let sending = outbox::hand_over(&app, &one(&app)).unwrap().unwrap();
        let refused = Outcome::Refused { stage: Stage::Recipient, reply: Reply::new(550, reply) };
        let mail = outbox::settle(&app, &sending, &refused, None).unwrap();
        assert_eq!(mail.delivery.state.failure(), Some(why));
        let hash = outbox::address_hash(&app, &EmailAddress::parse(&mail.to_address).unwrap());
        assert_eq!(app.db.read(|conn| suppressions::contains(conn, &hash)).unwrap(), suppressed);
    }
    assert_eq!(waves::view(&app, &app.service(), wave).unwrap().invitations.failed, 2);
    assert_eq!(states(&app, wave), counts(&[("failed", 2)]));
}

fn threads_send_each_mail_once_across_a_pause(db: &TestDb) {
    let app = Arc::new(house(db));
    roster(&app, 150);
    let wave = draft(&app);
    let sender = Sender::start(&app).unwrap();
    waves::start(&app, &app.service(), wave, None).unwrap();
    let until = |enough: &dyn Fn() -> bool| {
        let began = Instant::now();
        while !enough() {
            assert!(began.elapsed() < Duration::from_secs(60), "{:?}", states(&app, wave));
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until(&|| states(&app, wave).get("sent").copied().unwrap_or(0) >= 20);
    waves::pause(&app, &app.service(), wave).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let (before, planned) = (letters_of(&app).len(), states(&app, wave));
    std::thread::sleep(Duration::from_millis(1300));
    assert_eq!(letters_of(&app).len(), before, "nothing leaves during a pause: {planned:?}");
    // The process ends in an orderly way and another goes on.
    sender.stop();
    assert!(!states(&app, wave).contains_key("claimed"));
    waves::resume(&app, &app.service(), wave).unwrap();
    let sender = Sender::start(&app).unwrap();
    until(&|| states(&app, wave) == counts(&[("sent", 150)]));
    sender.stop();
    let to = letters_of(&app);
    assert_eq!((to.len(), to.iter().collect::<HashSet<_>>().len()), (150, 150));
    assert_eq!(waves::progress(&app, &app.service(), wave).unwrap().doubted, 0);
}

fn a_wave_starts_and_ends_by_itself(db: &TestDb) {
    let (app, clock) = house_with(db, |_| {});
    roster(&app, 2);
    let me = app.service();
    let wave = draft(&app);
    let at = app.now() + TimeDelta::days(2);
    let state = |app: &App| waves::view(app, &me, wave).unwrap().wave.state;
    waves::start(&app, &me, wave, Some(at)).unwrap();
    assert_eq!(drain(&app).unwrap(), 0);
    assert_eq!(state(&app), WaveState::Scheduled);
    waves::unschedule(&app, &me, wave).unwrap();
    waves::start(&app, &me, wave, Some(at)).unwrap();
    clock.advance(TimeDelta::days(2));
    assert_eq!(drain(&app).unwrap(), 2);
    assert_eq!(state(&app), WaveState::Running);
    clock.advance(TimeDelta::days(30));
    drain(&app).unwrap();
    assert_eq!(state(&app), WaveState::Finished);
    // One that was asleep over its whole time sends nothing to anybody.
    let version = surveys::named(&app, "nps").unwrap().version.id;
    let new = NewWave { name: "Missed".into(), version, audience: Audience::default(), last_day: day("2027-01-31") };
    let missed = waves::create(&app, &me, new).unwrap().id;
    waves::start(&app, &me, missed, Some(app.now() + TimeDelta::days(1))).unwrap();
    clock.advance(TimeDelta::days(100));
    assert_eq!(drain(&app).unwrap(), 0);
    assert_eq!(waves::view(&app, &me, missed).unwrap().wave.state, WaveState::Cancelled);
}

fn an_unsubscribed_address_gets_nothing_more(db: &TestDb) {
    let app = house(db);
    roster(&app, 1);
    let wave = started(&app);
    let hash = outbox::address_hash(&app, &EmailAddress::parse("P0@works.example").unwrap());
    app.db.write(|conn| suppressions::add(conn, &hash, Reason::Unsubscribed, app.now())).unwrap();
    assert_eq!(drain(&app).unwrap(), 0);
    assert_eq!(states(&app, wave), counts(&[("cancelled", 1)]));
    assert!(letters_of(&app).is_empty());
}

fn a_region_bounds_whom_one_may_ask(db: &TestDb) {
    let app = house(db);
    account(&app, 1, "north", &[("n@x.example".into(), "en")]);
    account(&app, 2, "south", &[("s@x.example".into(), "en")]);
    surveys::publish_shipped(&app).unwrap();
    let version = surveys::named(&app, "relationship").unwrap().version.id;
    let north = Actor { role: Role::QualityManager, region: Some("north".into()), ..app.service() };
    let new = |regions: &[&str]| NewWave {
        name: "x".into(),
        version,
        audience: Audience { regions: regions.iter().map(|r| (*r).to_owned()).collect(), ..Audience::default() },
        last_day: day("2026-12-14"),
    };
    assert_eq!(waves::create(&app, &north, new(&["south"])).unwrap_err().code(), Code::Forbidden);
    let everywhere = waves::create(&app, &app.service(), new(&[])).unwrap().id;
    assert_eq!(waves::start(&app, &north, everywhere, None).unwrap_err().code(), Code::Forbidden);
    let own = waves::create(&app, &north, new(&[])).unwrap();
    assert_eq!(waves::preview(&app, &north, Asking::of(&own)).unwrap().summary.asked, 1);
    waves::start(&app, &north, own.id, None).unwrap();
    assert_eq!(drain(&app).unwrap(), 1);
    assert_eq!(letters_of(&app), ["n@x.example"]);
    let looks_on = Actor { role: Role::Executive, ..app.service() };
    assert_eq!(waves::pause(&app, &looks_on, own.id).unwrap_err().code(), Code::Forbidden);
}

/// Every page of waves, surveys and the mailbox, over HTTP, in both languages.
/// Two managers, each with an account of two people, and those people.
fn managed(app: &App) -> Vec<(Actor, AccountId, Vec<ContactId>)> {
    use bellwether::app::sign_in::{NewUser, add_user};
    [("Marta Ekholm", 1), ("Daniel Osei", 2)]
        .map(|(name, n)| {
            let user = NewUser {
                email: format!("manager{n}@house.example"),
                name: name.into(),
                role: Role::AccountManager,
                password: "a long enough password".into(),
                region: None,
                language: Language::english(),
                zone: chrono_tz::Asia::Shanghai,
            };
            let user = add_user(app, &app.service(), user).unwrap();
            let people = [(format!("a{n}@x.example"), "en"), (format!("b{n}@x.example"), "zh-CN")];
            let id = account(app, n, "north", &people);
            let people = app.db.write(|conn| {
                let account = accounts::find(conn, id)?;
                let now = app.now();
                accounts::update(conn, &Account { manager: Some(user.id), ..account }, None, now, app.today())?;
                contacts::of_account(conn, id)
            });
            (user.actor(), id, people.unwrap().iter().map(|c| c.id).collect())
        })
        .to_vec()
}

/// Delivered or held back, and answered, as the overview counts them for a kind of survey.
fn asked_in_figures(app: &App) -> i64 {
    use bellwether::app::figures::{Slice, overview};
    use bellwether::domain::day::Month;
    use bellwether::domain::measure::Measure;
    let slice = Slice::ending(Month::of(app.today()), 1);
    let all = overview(app, &app.service(), &slice, None).unwrap().all;
    all.of(&Measure::Asked).unwrap().now.as_ref().map_or(0, |figure| figure.n)
}

fn who_is_held_back_is_not_asked_and_counts_as_silent(db: &TestDb) {
    let (app, _) = house_with(db, |config| config.fatigue.held_back_permille = 500);
    let people = managed(&app);
    let (marta, works, contacts) = &people[0];
    let wave = draft(&app);
    let own = waves::preview(&app, marta, Asking::of(&waves::view(&app, marta, wave).unwrap().wave)).unwrap().own;
    assert_eq!(
        own.iter().map(|(a, c)| (a.id, c.id)).collect::<Vec<_>>(),
        [(*works, contacts[0]), (*works, contacts[1])]
    );

    waves::hold(&app, marta, wave, *works, contacts[0], " a claim is open ").unwrap();
    waves::hold(&app, marta, wave, *works, contacts[0], "twice").unwrap();
    let plan = look(&app, wave);
    assert_eq!((plan.summary.asked, plan.summary.left_out_by("held_back")), (3, 1));
    let held = waves::held(&app, marta, wave).unwrap();
    assert_eq!((held.len(), held[0].hold.reason.as_str(), held[0].by.as_str()), (1, "a claim is open", "Marta Ekholm"));
    assert_eq!(waves::held(&app, &people[1].0, wave).unwrap().len(), 0, "another manager's accounts are not shown");
    assert_eq!(waves::held(&app, &app.service(), wave).unwrap().len(), 1);

    // A released one is asked after all; who is held back once more is not.
    waves::release(&app, marta, wave, *works, contacts[0]).unwrap();
    assert_eq!(look(&app, wave).summary.asked, 4);
    waves::release(&app, marta, wave, *works, contacts[0]).unwrap();
    waves::hold(&app, marta, wave, *works, contacts[1], "on leave").unwrap();

    waves::start(&app, &app.service(), wave, None).unwrap();
    assert!(waves::plan(&app, wave).unwrap());
    assert_eq!(drain(&app).unwrap(), 3);
    let mut sent = letters_of(&app);
    sent.sort();
    assert_eq!(sent, ["a1@x.example", "a2@x.example", "b2@x.example"]);
    let shown = waves::view(&app, &app.service(), wave).unwrap().invitations;
    assert_eq!((shown.delivered, shown.held_back, shown.rate()), (3, 1, Some(0.0)));
    assert_eq!(waves::view(&app, &people[1].0, wave).unwrap().invitations.held_back, 0);
    assert_eq!(asked_in_figures(&app), 4);
    let recounted = bellwether::app::responses::recount(&app).unwrap();
    assert!(recounted.is_none(), "{recounted:?}");

    let trail =
        app.db.read(|conn| bellwether::store::audit::list(conn, &Reach::Own(marta.user.unwrap()), None, 100)).unwrap();
    let mut told: Vec<_> = trail.iter().filter(|e| e.record == "wave").map(|e| e.action.as_str()).collect();
    told.sort_unstable();
    assert_eq!(told, ["held back", "held back", "released"]);
}

fn holds_end_where_the_rules_do(db: &TestDb) {
    let (app, _) = house_with(db, |_| {});
    let people = managed(&app);
    let (marta, works, contacts) = &people[0];
    let (daniel, others, theirs) = &people[1];
    let wave = draft(&app);
    let hold = |actor: &Actor, account: AccountId, contact: ContactId, reason: &str| {
        waves::hold(&app, actor, wave, account, contact, reason).map_err(|e| e.code())
    };
    assert_eq!(hold(marta, *others, theirs[0], "not mine"), Err(Code::NotFound));
    assert_eq!(hold(marta, *works, theirs[0], "not there"), Err(Code::NotFound));
    assert_eq!(hold(marta, *works, contacts[0], "  "), Err(Code::ValueMissing));
    assert_eq!(hold(marta, *works, contacts[0], &"x".repeat(501)), Err(Code::ValueTooLong));
    let looks_on = Actor { role: Role::Executive, ..marta.clone() };
    assert_eq!(hold(&looks_on, *works, contacts[0], "no"), Err(Code::Forbidden));
    assert_eq!(waves::release(&app, marta, wave, *others, theirs[0]).unwrap_err().code(), Code::NotFound);

    // Of four people one may be held back, by whomever.
    hold(marta, *works, contacts[0], "a claim is open").unwrap();
    assert_eq!(hold(marta, *works, contacts[1], "so is this"), Err(Code::HeldBackEnough));
    assert_eq!(hold(daniel, *others, theirs[0], "me too"), Err(Code::HeldBackEnough));
    waves::release(&app, marta, wave, *works, contacts[0]).unwrap();
    hold(daniel, *others, theirs[0], "now it fits").unwrap();

    // Who would not be asked anyway is not held back.
    waves::release(&app, daniel, wave, *others, theirs[0]).unwrap();
    let email = EmailAddress::parse("a1@x.example").unwrap();
    let hash = outbox::address_hash(&app, &email);
    app.db.write(|conn| suppressions::add(conn, &hash, Reason::Unsubscribed, app.now())).unwrap();
    assert_eq!(hold(marta, *works, contacts[0], "gone"), Err(Code::NotAsked));

    waves::start(&app, &app.service(), wave, None).unwrap();
    assert_eq!(hold(marta, *works, contacts[1], "too late"), Err(Code::WaveState));
    assert_eq!(waves::release(&app, marta, wave, *works, contacts[1]).unwrap_err().code(), Code::WaveState);
}

fn a_wave_that_asked_nobody_held_nobody_back(db: &TestDb) {
    let app = house(db);
    let people = managed(&app);
    let (marta, works, contacts) = &people[0];
    let wave = draft(&app);
    waves::hold(&app, marta, wave, *works, contacts[0], "a claim is open").unwrap();
    waves::start(&app, &app.service(), wave, None).unwrap();
    assert!(waves::plan(&app, wave).unwrap());
    assert_eq!(asked_in_figures(&app), 1);
    waves::cancel(&app, &app.service(), wave).unwrap();
    assert_eq!(asked_in_figures(&app), 0);
    assert!(bellwether::app::responses::recount(&app).unwrap().is_none());
}

fn the_pages_open_and_their_buttons_work(db: &TestDb) {
    use bellwether::app::sign_in::{NewUser, add_user};
    use bellwether::web::serve;
    let app = Arc::new(house(db));
    roster(&app, 9);
    surveys::publish_shipped(&app).unwrap();
    let boss = NewUser {
        email: "qm@house.example".into(),
        name: "Irene Kwok".into(),
        role: Role::QualityManager,
        password: "a long enough password".into(),
        region: None,
        language: Language::english(),
        zone: chrono_tz::Asia::Shanghai,
    };
    add_user(&app, &app.service(), boss).unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    let served = Arc::clone(&app.app);
    let (end, ended) = tokio::sync::oneshot::channel::<()>();
    let server = std::thread::spawn(move || {
        let doors = bellwether::web::Doors { pages: "127.0.0.1:0".parse().unwrap(), metrics: None };
        let ended = async { ended.await.unwrap_or_default() };
        serve(served, &doors, |open| tell.send(open.pages).unwrap(), ended)
    });
    let address = told.recv().unwrap();
    let signed = bellwether::app::sign_in::sign_in(&app, None, "qm@house.example", "a long enough password").unwrap();
    let key = bellwether::app::sign_in::session(&app, &signed.token).unwrap().unwrap().0.form_key;
    let ask = |method: &str, path: &str, form: &str| -> (u16, String) {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        let body = if method == "POST" { format!("_form={key}&{form}") } else { String::new() };
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: bw_session={}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            signed.token,
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer[9..12].parse().unwrap(), answer)
    };
    let location = |answer: &str| {
        let line = answer.lines().find(|l| l.to_lowercase().starts_with("location:")).unwrap();
        line.split_once(':').unwrap().1.trim().to_owned()
    };
    let version = surveys::named(&app, "relationship").unwrap().version.id;
    let new = format!("name=Winter&survey={version}&tier=key&region=north&closes=2026-12-14");
    let (status, answer) = ask("POST", "/waves", &new);
    assert_eq!(status, 303, "{answer}");
    let wave = location(&answer);
    assert_eq!(ask("POST", "/waves", &new.replace("2026-12-14", "2026-11-01")).0, 422);
    for language in [Language::english(), Language::chinese()] {
        let actor = signed.user.actor();
        bellwether::app::sign_in::set_preferences(&app, &actor, language, chrono_tz::Asia::Shanghai).unwrap();
        for path in ["/waves", "/waves/new", "/surveys", "/mailbox", &format!("/surveys/{version}"), &wave] {
            let (status, answer) = ask("GET", path, "");
            assert_eq!(status, 200, "{path}: {answer}");
        }
        assert_eq!(ask("GET", &format!("{wave}/people.csv"), "").0, 200);
        let (status, mail) = ask("GET", &format!("{wave}/mail/zh-CN"), "");
        assert!(status == 200 && mail.contains("sandbox") && mail.contains("您"), "{mail}");
    }
    let (account, contact) = app
        .db
        .read(|conn| {
            let one = contacts::by_email(conn, &EmailAddress::parse("p1@works.example").unwrap())?.remove(0);
            Ok((one.account_id, one.id))
        })
        .unwrap();
    let hold = format!("{wave}/holds/{account}/{contact}");
    assert_eq!(ask("POST", &hold, "reason=").0, 422);
    assert_eq!(ask("POST", &hold, "reason=a+claim+is+open").0, 303);
    let (_, page) = ask("GET", &wave, "");
    assert!(page.contains("a claim is open") && page.contains(&format!("{hold}/release")), "{page}");
    assert_eq!(ask("POST", &format!("{hold}/release"), "").0, 303);
    assert!(!ask("GET", &wave, "").1.contains("a claim is open"));
    assert_eq!(ask("POST", &format!("{wave}/start"), "when=later").0, 422);
    assert_eq!(ask("POST", &format!("{wave}/start"), "when=now").0, 303);
    assert_eq!(ask("POST", &format!("{wave}/pause"), "").0, 303);
    assert_eq!(ask("POST", &format!("{wave}/pause"), "").0, 409);
    assert_eq!(ask("POST", &format!("{wave}/resume"), "").0, 303);
    drain(&app).unwrap();
    assert_eq!(ask("GET", &wave, "").0, 200);
    let (status, mailbox) = ask("GET", "/mailbox?to=P1%40", "");
    assert!(status == 200 && mailbox.contains("p1@works.example") && !mailbox.contains("p2@works.example"));
    let letter = mailbox.split("href=\"/mailbox/").nth(1).unwrap().split(['?', '"']).next().unwrap().to_owned();
    assert_eq!(ask("GET", &format!("/mailbox/{letter}"), "").0, 200);
    assert_eq!(ask("GET", &format!("/mailbox/{letter}?view=text"), "").0, 200);
    assert!(ask("GET", &format!("/mailbox/{letter}/html"), "").1.contains("frame-ancestors"));
    assert_eq!(ask("POST", &format!("{wave}/cancel"), "").0, 303);
    assert_eq!(ask("POST", &format!("{wave}/nonsense"), "").0, 404);
    drop(end);
    server.join().unwrap().unwrap();
}
