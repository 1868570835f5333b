//! Cases from the gate to their end, on both engines.

use crate::support::{TestDb, house, house_with};
use bellwether::app::App;
use bellwether::app::cases::{
    At, Contact, NewCase, NewStep, Numbers, add_step, ask_waiting, close, consider, defer, dossier, finish_step,
    hand_to, open_by_hand, postpone_step, queue, reconsider, reopen, set_cause, set_numbers, touch,
};
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::ident::{CaseId, WarningId};
use bellwether::domain::language::Language;
use bellwether::domain::permission::{Actor, Reach, Role};
use bellwether::domain::trend::Level;
use bellwether::domain::value::Source;
use bellwether::domain::warning::Cause;
use bellwether::domain::winback::gate::Refusal;
use bellwether::domain::winback::{CaseCause, Outcome, Purpose, State};
use bellwether::error::Code;
use bellwether::store::cases::{self, Case, Filter};
use bellwether::store::users::{self, User};
use bellwether::store::{accounts, audit, orders};
use chrono::{Days, Duration, NaiveDate};
use std::collections::BTreeSet;
use std::sync::Barrier;

on_both_backends! {
    a_decline_opens_a_case_whose_figures_add_up,
    a_case_below_the_gate_is_kept_and_asked_again,
    an_account_has_one_open_case_whoever_is_first,
    the_queue_is_ordered_by_net_value_and_narrowed,
    who_read_an_older_case_is_told,
    managers_work_on_their_own_accounts_alone,
    an_outcome_teaches_the_next_probability,
    every_deed_leaves_an_event_and_a_line_in_the_trail,
    a_deferred_case_comes_back_on_its_day,
    ends_are_proposed_from_later_orders,
    own_figures_and_causes_go_through_the_gate,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn person(app: &App, name: &str, role: Role) -> User {
    let user = User {
        id: app.chance.id(app.now()),
        email: format!("{name}@example.com"),
        name: name.into(),
        role,
        language: Language::english(),
        zone: chrono_tz::Tz::UTC,
        region: None,
        active: true,
        digest: true,
        revision: 1,
    };
    app.db.write(|c| users::insert(c, &user, None, app.now())).unwrap();
    user
}

/// An account with an order of this size each month, the last on 2 November 2026.
fn account(app: &App, number: &str, tier: &str, manager: Option<&User>, monthly: i64) -> Account {
    let account = Account {
        id: app.chance.id(app.now()),
        number: CustomerNumber::parse(number).unwrap(),
        name: format!("Works {number}"),
        kind: AccountKind::Customer,
        parent: None,
        tier: tier.into(),
        region: "north".into(),
        product_line: "bearings".into(),
        manager: manager.map(|m| m.id),
        deputy: None,
        active: true,
        revision: 1,
    };
    app.db
        .write(|c| {
            accounts::insert(c, std::slice::from_ref(&account), None, app.now(), app.today())?;
            let new: Vec<_> = (0..24_u32)
                .map(|i| order(app, &account, i, day("2024-12-02") + chrono::Months::new(i), monthly))
                .collect();
            orders::upsert(c, &new, app.now())
        })
        .unwrap();
    account
}

fn order(app: &App, account: &Account, key: u32, on: NaiveDate, amount: i64) -> orders::Order {
    orders::Order {
        id: app.chance.id(app.now()),
        account: account.id,
        feed_key: format!("{}-{key}", account.number),
        number: None,
        ordered_on: on,
        amount,
        promised_on: None,
        delivered_on: None,
    }
}

fn warn(app: &App, account: &Account, cause: Cause, level: Level) -> Option<Case> {
    let warning: WarningId = app.chance.id(app.now());
    let id = app.db.write(|c| consider(app, c, account, warning, cause, level)).unwrap();
    id.map(|id| case(app, account, id))
}

fn case(app: &App, account: &Account, id: CaseId) -> Case {
    app.db.read(|c| cases::find(c, account.id, id)).unwrap()
}

fn at(case: &Case) -> At {
    At { account: case.account, case: case.id, revision: case.revision }
}

fn by_hand(account: &Account, cause: CaseCause, reason: &str) -> NewCase {
    NewCase { account: account.id, purpose: Purpose::WinBack, cause, reason: reason.into(), bound_until: None }
}

fn manager(app: &App, name: &str) -> (User, Actor) {
    let user = person(app, name, Role::AccountManager);
    let actor = user.actor();
    (user, actor)
}

/// A million a month, in hundredths.
const MILLION: i64 = 100_000_000;

fn a_decline_opens_a_case_whose_figures_add_up(db: &TestDb) {
    let app = house(db);
    let (marta, actor) = manager(&app, "marta");
    let works = account(&app, "1", "general", Some(&marta), MILLION);
    assert!(warn(&app, &works, Cause::Decline, Level::Yellow).is_none(), "yellow is too mild");
    assert!(warn(&app, &works, Cause::LowScore, Level::Red).is_none(), "no cause for a case");
    let case = warn(&app, &works, Cause::Decline, Level::Orange).unwrap();
    assert_eq!((case.state, case.purpose, case.owner), (State::Open, Purpose::WinBack, Some(marta.id)));

    // By hand: 12 orders of a million; a quarter of it is margin; five years at 0.8 and 8 % are worth
    // 1/1.08 + 0.8/1.08² + … + 0.8⁴/1.08⁵ = 2.775 yearly margins.
    let second = case.arithmetic.second.as_ref().unwrap();
    assert_eq!(second.turnover.value, 12 * MILLION);
    assert_eq!(second.turnover.source, Source::Orders { first: day("2025-11-03"), last: day("2026-11-02"), count: 12 });
    assert_eq!(second.yearly_margin.value, 3 * MILLION);
    let worth = (0..5).map(|i| 0.8_f64.powi(i) / 1.08_f64.powi(i + 1)).sum::<f64>();
    let unit = app.config.cases.gate.unit;
    let gate = &case.arithmetic.gate;
    assert_eq!(gate.value.value, (3.0 * MILLION as f64 * worth / unit as f64).round() as i64 * unit);
    // The cause is not known yet: 1.5 of 5, and 5,000 with a hundredth of the turnover.
    assert_eq!(gate.probability.value, 30);
    assert_eq!(gate.probability.source, Source::ClosedCases { cause: "unknown".into(), won: 0, closed: 0 });
    assert_eq!(gate.cost.value, 500_000 + 12 * MILLION / 100);
    assert_eq!(gate.cost.source, Source::setting("cases.causes.unknown"));
    assert_eq!(gate.net, gate.value.value * 30 / 100 - gate.cost.value);
    assert!(gate.passed && gate.net_low < gate.net && gate.net < gate.net_high);

    // The plan stands with the owner and days from today on.
    let file = dossier(&app, &actor, works.id, case.id).unwrap();
    assert_eq!(file.steps.len(), 5);
    assert!(file.steps.iter().all(|s| s.owner == Some(marta.id) && s.due > app.today()));
    assert_eq!(file.events.iter().map(|e| e.what.as_str()).collect::<Vec<_>>(), ["opened"]);
    assert_eq!(file.events[0].actor, None);

    // A second warning opens no second case; orange at a key account is a matter of keeping it.
    assert!(warn(&app, &works, Cause::OrderOverdue, Level::Red).is_none());
    let key = account(&app, "2", "key", None, MILLION);
    assert_eq!(warn(&app, &key, Cause::Decline, Level::Orange).unwrap().purpose, Purpose::Retention);
}

fn a_case_below_the_gate_is_kept_and_asked_again(db: &TestDb) {
    let app = house(db);
    // 1,000 a month: margin 3,000 a year, worth some 8,300, times 0.3, less more than 5,000.
    let small = account(&app, "1", "general", None, 100_000);
    let warning: WarningId = app.chance.id(app.now());
    let look = || app.db.write(|c| consider(&app, c, &small, warning, Cause::Decline, Level::Red)).unwrap();
    let refused = case(&app, &small, look().unwrap());
    assert_eq!((refused.state, refused.arithmetic.refusal), (State::Refused, Some(Refusal::BelowGate)));
    assert!(refused.arithmetic.gate.net < 0 && !refused.arithmetic.gate.passed);
    assert_eq!(look(), None, "the same warning asks once");
    let service = app.service();
    assert_eq!(dossier(&app, &service, small.id, refused.id).unwrap().steps, [], "nothing is planned for it");

    // Nothing has changed, so nothing happens; then a large order makes it worth while.
    assert_eq!(ask_waiting(&app).unwrap(), Default::default());
    let big = order(&app, &small, 99, day("2026-11-20"), 10 * MILLION);
    app.db.write(|c| orders::upsert(c, &[big], app.now())).unwrap();
    let round = ask_waiting(&app).unwrap();
    assert_eq!((round.changed, round.opened), (1, 1));
    let now = case(&app, &small, refused.id);
    assert_eq!((now.state, now.arithmetic.refusal), (State::Open, None));
    let file = dossier(&app, &service, small.id, refused.id).unwrap();
    assert_eq!(file.steps.len(), 5);
    let told: BTreeSet<&str> = file.events.iter().map(|e| e.what.as_str()).collect();
    assert_eq!(told, BTreeSet::from(["refused", "admitted", "asked"]));
    assert_eq!(ask_waiting(&app).unwrap(), Default::default());

    // Who has ordered nothing has nothing to win back, and says so.
    let empty = Account { number: CustomerNumber::parse("9").unwrap(), id: app.chance.id(app.now()), ..small };
    app.db.write(|c| accounts::insert(c, std::slice::from_ref(&empty), None, app.now(), app.today())).unwrap();
    let nothing = warn(&app, &empty, Cause::Decline, Level::Red).unwrap();
    assert_eq!((nothing.state, nothing.arithmetic.gate.value.value), (State::Refused, 0));
    assert!(matches!(nothing.arithmetic.gate.value.source, Source::Orders { count: 0, .. }));
}

fn an_account_has_one_open_case_whoever_is_first(db: &TestDb) {
    let app = house(db);
    let works = account(&app, "1", "general", None, MILLION);
    let service = app.service();
    let start = Barrier::new(4);
    let results: Vec<_> = std::thread::scope(|s| {
        let runs: Vec<_> = (0..4)
            .map(|_| {
                s.spawn(|| {
                    start.wait();
                    open_by_hand(&app, &service, by_hand(&works, CaseCause::Price, "")).map_err(|e| e.code())
                })
            })
            .collect();
        runs.into_iter().map(|r| r.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|r| r.is_ok()).count(), 1, "{results:?}");
    let lost = |r: &Result<Case, Code>| matches!(r, Err(Code::ChangedMeanwhile | Code::StepImpossible));
    assert_eq!(results.iter().filter(|r| lost(r)).count(), 3, "{results:?}");
    assert_eq!(app.db.read(|c| cases::count_open(c, &Reach::All)).unwrap(), 1);
    assert!(warn(&app, &works, Cause::Decline, Level::Red).is_none());
}

fn the_queue_is_ordered_by_net_value_and_narrowed(db: &TestDb) {
    let app = house(db);
    let (marta, _) = manager(&app, "marta");
    let service = app.service();
    for (number, tier, monthly) in
        [("1", "general", MILLION), ("2", "key", 5 * MILLION), ("3", "key", 3 * MILLION), ("4", "general", 1_000)]
    {
        let works = account(&app, number, tier, (number == "3").then_some(&marta), monthly);
        warn(&app, &works, Cause::Decline, Level::Red).unwrap();
    }
    let numbers = |filter: &Filter| -> Vec<String> {
        queue(&app, &service, filter).unwrap().iter().map(|l| l.account.number.to_string()).collect()
    };
    let of_tier = |tier: &str| accounts::Filter { tier: Some(tier.into()), ..accounts::Filter::default() };
    let all = Filter { states: vec![State::Open, State::Refused], ..Filter::default() };
    assert_eq!(numbers(&all), ["2", "3", "1", "4"]);
    assert_eq!(numbers(&Filter { states: vec![State::Refused], ..Filter::default() }), ["4"]);
    assert_eq!(numbers(&Filter { accounts: of_tier("key"), ..all.clone() }), ["2", "3"]);
    assert_eq!(numbers(&Filter { owner: Some(marta.id), ..all.clone() }), ["3"]);
    assert_eq!(numbers(&Filter { cause: Some(CaseCause::Price), ..all.clone() }), Vec::<String>::new());
    assert_eq!(numbers(&Filter { purpose: Some(Purpose::WinBack), ..all.clone() }).len(), 4);

    // The next step is the open one that is due first, and late once its day is over.
    let line = &queue(&app, &service, &all).unwrap()[0];
    let (next, late) = line.next.clone().unwrap();
    assert_eq!((next.due, late), (day("2026-11-25"), 0));
    assert!(queue(&app, &service, &all).unwrap()[3].next.is_none(), "nothing is planned below the gate");
}

fn who_read_an_older_case_is_told(db: &TestDb) {
    let app = house(db);
    let works = account(&app, "1", "general", None, MILLION);
    let service = app.service();
    let read = open_by_hand(&app, &service, by_hand(&works, CaseCause::Price, "")).unwrap();
    set_cause(&app, &service, at(&read), CaseCause::Delivery, "").unwrap();
    let late = set_cause(&app, &service, at(&read), CaseCause::Service, "").unwrap_err();
    assert_eq!(late.code(), Code::ChangedMeanwhile);
    assert_eq!(case(&app, &works, read.id).cause, CaseCause::Delivery);
    assert_eq!(dossier(&app, &service, works.id, read.id).unwrap().events.len(), 2, "nothing was told of it either");
}

fn managers_work_on_their_own_accounts_alone(db: &TestDb) {
    let app = house(db);
    let ((marta, of_marta), (daniel, of_daniel)) = (manager(&app, "marta"), manager(&app, "daniel"));
    let auditor = person(&app, "ada", Role::Auditor);
    let works = account(&app, "1", "general", Some(&marta), MILLION);
    account(&app, "2", "general", Some(&daniel), MILLION);
    let denied = open_by_hand(&app, &of_daniel, by_hand(&works, CaseCause::Price, "")).unwrap_err();
    assert_eq!(denied.code(), Code::NotFound, "what one may not see does not exist");
    let open = open_by_hand(&app, &of_marta, by_hand(&works, CaseCause::Price, "")).unwrap();
    assert_eq!(dossier(&app, &of_daniel, works.id, open.id).unwrap_err().code(), Code::NotFound);
    assert_eq!(set_cause(&app, &of_daniel, at(&open), CaseCause::Price, "").unwrap_err().code(), Code::NotFound);
    let looking = auditor.actor();
    assert!(!dossier(&app, &looking, works.id, open.id).unwrap().may_change);
    assert_eq!(close(&app, &looking, at(&open), Outcome::Lost, "x").unwrap_err().code(), Code::Forbidden);
    let all = Filter { states: vec![State::Open], ..Filter::default() };
    assert_eq!(queue(&app, &of_marta, &all).unwrap().len(), 1);
    assert_eq!(queue(&app, &of_daniel, &all).unwrap().len(), 0);
    // Nor is a case handed to somebody who could not work on it.
    let fault = hand_to(&app, &of_marta, at(&open), daniel.id).unwrap_err();
    assert_eq!(fault.faults()[0].place.to_string(), "owner");
}

fn an_outcome_teaches_the_next_probability(db: &TestDb) {
    let app = house(db);
    let service = app.service();
    for (i, outcome) in [Outcome::WonBack, Outcome::WonBack, Outcome::Lost, Outcome::NotPursued].iter().enumerate() {
        let works = account(&app, &format!("a{i}"), "general", None, MILLION);
        let open = open_by_hand(&app, &service, by_hand(&works, CaseCause::Service, "")).unwrap();
        let closed = close(&app, &service, at(&open), *outcome, "as told").unwrap();
        assert_eq!((closed.state, closed.outcome), (State::Closed, Some(*outcome)));
        let over = close(&app, &service, at(&closed), Outcome::Lost, "again").unwrap_err();
        assert_eq!(over.code(), Code::StepImpossible);
    }
    let works = account(&app, "b", "general", None, MILLION);
    let next = open_by_hand(&app, &service, by_hand(&works, CaseCause::Service, "")).unwrap();
    // Beta(2.5 + 2, 2.5 + 1): 4.5 of 8; what was not pursued teaches nothing.
    let gate = &next.arithmetic.gate;
    assert_eq!(gate.probability.value, 56);
    assert_eq!(gate.probability.source, Source::ClosedCases { cause: "service".into(), won: 2, closed: 3 });
    let other = account(&app, "c", "general", None, MILLION);
    let other = open_by_hand(&app, &service, by_hand(&other, CaseCause::Delivery, "")).unwrap();
    assert_eq!(other.arithmetic.gate.probability.value, 50, "other causes have learned nothing");
}

fn every_deed_leaves_an_event_and_a_line_in_the_trail(db: &TestDb) {
    let app = house(db);
    let (marta, actor) = manager(&app, "marta");
    let irene = person(&app, "irene", Role::QualityManager);
    let works = account(&app, "1", "general", Some(&marta), MILLION);
    let mut now = open_by_hand(&app, &actor, by_hand(&works, CaseCause::Unknown, "asked by sales")).unwrap();
    let first = dossier(&app, &actor, works.id, now.id).unwrap().steps[0].id;
    let day = |n| app.today() + Days::new(n);
    now = set_cause(&app, &actor, at(&now), CaseCause::Delivery, "five of eight were late").unwrap();
    now = add_step(&app, &actor, at(&now), &NewStep { title: "Call".into(), due: day(3), owner: None }).unwrap();
    now = postpone_step(&app, &actor, at(&now), first, day(9)).unwrap();
    now = finish_step(&app, &actor, at(&now), first).unwrap();
    assert_eq!(finish_step(&app, &actor, at(&now), first).unwrap_err().code(), Code::StepImpossible);
    assert_eq!(postpone_step(&app, &actor, at(&now), first, day(4)).unwrap_err().code(), Code::StepImpossible);
    let past = NewStep { title: "Call".into(), due: app.today() - Days::new(1), owner: None };
    assert_eq!(add_step(&app, &actor, at(&now), &past).unwrap_err().code(), Code::ValueOutOfRange);
    let contact = Contact { channel: "visit".into(), note: "Depot".into(), offer: "Stock on site".into() };
    now = touch(&app, &actor, at(&now), &contact).unwrap();
    let pigeon = Contact { channel: "pigeon".into(), ..contact };
    assert_eq!(touch(&app, &actor, at(&now), &pigeon).unwrap_err().code(), Code::ValueUnknown);
    now = hand_to(&app, &actor, at(&now), irene.id).unwrap();
    now = reconsider(&app, &actor, at(&now)).unwrap();
    assert_eq!(close(&app, &actor, at(&now), Outcome::Lost, " ").unwrap_err().code(), Code::ValueMissing);
    now = close(&app, &actor, at(&now), Outcome::Lost, "rival at half the price").unwrap();

    let file = dossier(&app, &actor, works.id, now.id).unwrap();
    let told: Vec<&str> = file.events.iter().rev().map(|e| e.what.as_str()).collect();
    let expected = ["opened", "cause", "step_added", "step_moved", "step_done", "touch", "owner", "asked", "ended"];
    assert_eq!(BTreeSet::from_iter(told.iter()), BTreeSet::from_iter(expected.iter()));
    assert_eq!(told.len(), expected.len());
    assert!(file.events.iter().all(|e| e.actor == Some(marta.id) && e.at == app.now()));
    let done = file.steps.iter().find(|s| s.id == first).unwrap();
    assert_eq!((done.done_at, done.done_by, done.due), (Some(app.now()), Some(marta.id), day(9)));
    assert!(file.steps.iter().all(|s| s.id == first || s.owner == Some(irene.id)), "open steps go with the case");
    assert_eq!(file.touches[0].offer.as_deref(), Some("Stock on site"));

    let trail = app.db.read(|c| audit::list(c, &Reach::All, None, 100)).unwrap();
    let of_case: Vec<_> = trail.iter().filter(|e| e.record == "case").collect();
    assert_eq!(of_case.len(), expected.len());
    assert!(of_case.iter().all(|e| e.actor.as_deref() == Some("marta") && e.record_id == now.id.to_string()));
    let cause = of_case.iter().find(|e| e.action == "cause").unwrap();
    assert!(cause.before.as_ref().unwrap().contains("unknown") && cause.after.as_ref().unwrap().contains("delivery"));
}

fn a_deferred_case_comes_back_on_its_day(db: &TestDb) {
    let (app, clock) = house_with(db, |_| {});
    let service = app.service();
    let works = account(&app, "1", "general", None, MILLION);
    let open = open_by_hand(&app, &service, by_hand(&works, CaseCause::Competitor, "")).unwrap();
    let until = app.today() + Days::new(10);
    assert_eq!(defer(&app, &service, at(&open), None, "agreement").unwrap_err().code(), Code::ValueMissing);
    let waiting = defer(&app, &service, at(&open), Some(until), "agreement").unwrap();
    assert_eq!((waiting.state, waiting.deferred_until), (State::Deferred, Some(until)));
    assert!(warn(&app, &works, Cause::Decline, Level::Red).is_none(), "it waits; no second one is opened");
    assert_eq!(ask_waiting(&app).unwrap().returned, 0);
    clock.advance(Duration::days(10));
    assert_eq!(ask_waiting(&app).unwrap().returned, 1);
    assert_eq!(ask_waiting(&app).unwrap().returned, 0);
    let back = case(&app, &works, open.id);
    assert_eq!((back.state, back.outcome, back.deferred_until), (State::Open, None, None));
    assert_eq!(reopen(&app, &service, at(&back), "").unwrap_err().code(), Code::StepImpossible);
}

fn ends_are_proposed_from_later_orders(db: &TestDb) {
    let (app, clock) = house_with(db, |_| {});
    let service = app.service();
    let works = account(&app, "1", "general", None, MILLION);
    let open = open_by_hand(&app, &service, by_hand(&works, CaseCause::Delivery, "")).unwrap();
    let proposal = || dossier(&app, &service, works.id, open.id).unwrap().proposal.map(|p| p.outcome);
    assert_eq!(proposal(), None);
    let later = [("2026-12-01", 50), ("2026-12-20", 51)];
    let new: Vec<_> = later.iter().map(|(d, key)| order(&app, &works, *key, day(d), MILLION)).collect();
    app.db.write(|c| orders::upsert(c, &new, app.now())).unwrap();
    assert_eq!(proposal(), None, "orders of the future have not come yet");
    clock.advance(Duration::days(40));
    assert_eq!(proposal(), Some(Outcome::WonBack));
    close(&app, &service, at(&open), Outcome::WonBack, "").unwrap();
    let events = dossier(&app, &service, works.id, open.id).unwrap().events;
    let ended = events.iter().find(|e| e.what == "ended").unwrap();
    assert_eq!((ended.from.as_deref(), ended.to.as_deref()), (Some("won_back"), Some("won_back")));
    assert_eq!(proposal(), None, "what is over needs no proposal");
}

fn own_figures_and_causes_go_through_the_gate(db: &TestDb) {
    let app = house(db);
    let (marta, actor) = manager(&app, "marta");
    let works = account(&app, "1", "general", Some(&marta), 100_000);
    let refused = open_by_hand(&app, &actor, by_hand(&works, CaseCause::Unknown, "")).unwrap();
    assert_eq!(refused.state, State::Refused);
    let own = Numbers { chance: Some((0.5, 0.3, 0.7)), value: Some(2 * MILLION), cost: None, reason: String::new() };
    assert_eq!(set_numbers(&app, &actor, at(&refused), &own).unwrap_err().code(), Code::ValueMissing);
    let wrong = Numbers { chance: Some((0.2, 0.3, 0.7)), reason: "x".into(), ..own.clone() };
    assert_eq!(set_numbers(&app, &actor, at(&refused), &wrong).unwrap_err().code(), Code::ValueOutOfRange);
    let own = Numbers { reason: "they build a second works".into(), ..own };
    let open = set_numbers(&app, &actor, at(&refused), &own).unwrap();
    let gate = &open.arithmetic.gate;
    assert_eq!((open.state, gate.probability.value, gate.value.value), (State::Open, 50, 2 * MILLION));
    let entered = Source::Entered { by: "marta".into(), reason: "they build a second works".into() };
    assert_eq!((&gate.probability.source, &gate.value.source), (&entered, &entered));
    assert_eq!(gate.net, MILLION - gate.cost.value);

    // Asked again, a person's figures stay; a new cause lets its own probability in, the value stays.
    let again = reconsider(&app, &actor, at(&open)).unwrap();
    assert_eq!(again.arithmetic.gate, open.arithmetic.gate);
    let involuntary = set_cause(&app, &actor, at(&again), CaseCause::Involuntary, "").unwrap();
    let gate = &involuntary.arithmetic.gate;
    assert_eq!((gate.probability.value, gate.value.value), (5, 2 * MILLION));
    assert_eq!(involuntary.arithmetic.refusal, Some(Refusal::NeedsReason));
    assert_eq!(involuntary.state, State::Open, "work that has begun is ended by a person");
}
