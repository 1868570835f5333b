use super::*;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn account(n: u128) -> AccountId {
    AccountId(Uuid::from_u128(n))
}

fn facts() -> Facts {
    Facts {
        contact: ContactId::default(),
        account: account(1),
        account_active: true,
        consent: true,
        suppressed: false,
        address: AddressState::Good,
        asked_relationship: None,
        asked_transactional: None,
        asked_any: None,
        invited: false,
        held_back: false,
    }
}

#[test]
fn the_whole_table_of_states() {
    let allowed = [
        "draft scheduled",
        "draft cancelled",
        "scheduled running",
        "scheduled draft",
        "scheduled cancelled",
        "running paused",
        "running finished",
        "running cancelled",
        "paused running",
        "paused finished",
        "paused cancelled",
    ];
    for from in WaveState::ALL {
        assert_eq!(WaveState::parse(from.as_str()), Some(from));
        for to in WaveState::ALL {
            let name = format!("{} {}", from.as_str(), to.as_str());
            assert_eq!(from.may_step(to), allowed.contains(&name.as_str()), "{name}");
            assert_eq!(from.step(to).is_ok(), from.may_step(to));
        }
    }
    let error = WaveState::Finished.step(WaveState::Running).unwrap_err();
    assert_eq!(error.code(), Code::WaveState);
}

#[test]
fn time_starts_and_ends_waves() {
    use WaveState::{Cancelled, Draft, Finished, Paused, Running, Scheduled};
    let at = |h: u32| format!("2027-01-11T{h:02}:00:00Z").parse::<DateTime<Utc>>().unwrap();
    for (state, now, expected) in [
        (Draft, 23, None),
        (Scheduled, 8, None),
        (Scheduled, 9, Some(Running)),
        (Scheduled, 20, Some(Cancelled)),
        (Running, 19, None),
        (Running, 20, Some(Finished)),
        (Paused, 20, Some(Finished)),
        (Cancelled, 20, None),
        (Finished, 23, None),
    ] {
        let found = due_state(state, at(9), Some(at(20)), at(now));
        assert_eq!(found, expected, "{state:?} at {now}");
        assert!(found.is_none_or(|to| state.may_step(to)));
    }
    assert_eq!(due_state(Running, at(9), None, at(23)), None, "without an end it ends by hand");
}

#[test]
fn audiences_take_and_leave() {
    let dimensions = BTreeMap::from([("segment".to_owned(), "wind".to_owned())]);
    let chinese = Language::chinese();
    let candidate = Candidate {
        account: account(1),
        tier: "strategic",
        region: Some("north"),
        product_line: None,
        dimensions: &dimensions,
        language: &chinese,
        role: Some("purchasing"),
    };
    for (audience, expected) in [
        ("{}", true),
        (r#"{"tiers":["strategic","key"]}"#, true),
        (r#"{"tiers":["general"]}"#, false),
        (r#"{"tiers":["strategic"],"regions":["south"]}"#, false),
        (r#"{"product_lines":["bearings"]}"#, false),
        (r#"{"dimensions":{"segment":["wind","sea"]}}"#, true),
        (r#"{"dimensions":{"channel":["dealer"]}}"#, false),
        (r#"{"languages":["zh"]}"#, true),
        (r#"{"languages":["zh-CN","en"]}"#, true),
        (r#"{"languages":["zh-TW"]}"#, false),
        (r#"{"roles":["purchasing"]}"#, true),
        (r#"{"roles":["quality"]}"#, false),
    ] {
        let read: Audience = serde_json::from_str(audience).unwrap();
        assert_eq!(read.takes(&candidate), expected, "{audience}");
    }
    let only = Audience { accounts: BTreeSet::from([account(2)]), ..Audience::default() };
    assert!(!only.takes(&candidate));
    assert!(serde_json::from_str::<Audience>(r#"{"tier":["key"]}"#).is_err(), "a misspelt rule must not ask everybody");
}

#[test]
fn the_first_rule_that_applies_is_the_reason() {
    let today = day("2027-01-11");
    let recently = |rule, last, until| WhyNot::AskedRecently { rule, last: day(last), until: day(until) };
    use Approach::{Other, Relationship, Transactional};
    for (change, approach, expected) in [
        ((|_| ()) as fn(&mut Facts), Relationship, Ok(())),
        (|f| f.account_active = false, Relationship, Err(WhyNot::InactiveAccount)),
        (|f| f.invited = true, Relationship, Err(WhyNot::AlreadyInvited)),
        (|f| f.consent = false, Relationship, Err(WhyNot::NoConsent)),
        (|f| f.suppressed = true, Relationship, Err(WhyNot::Suppressed)),
        (|f| f.address = AddressState::Missing, Relationship, Err(WhyNot::NoAddress)),
        (|f| f.address = AddressState::Invalid, Relationship, Err(WhyNot::InvalidAddress)),
        (|f| f.address = AddressState::Bounced, Relationship, Err(WhyNot::AddressBounced)),
        (|f| f.held_back = true, Relationship, Err(WhyNot::HeldBack)),
        (|f| (f.consent, f.suppressed) = (false, true), Relationship, Err(WhyNot::NoConsent)),
        (
            |f| f.asked_relationship = Some(day("2026-10-13")),
            Relationship,
            Err(recently(Relationship, "2026-10-13", "2027-04-11")),
        ),
        (|f| f.asked_relationship = Some(day("2026-07-15")), Relationship, Ok(())),
        (|f| f.asked_relationship = Some(day("2026-10-13")), Transactional, Ok(())),
        (
            |f| f.asked_relationship = Some(day("2026-12-31")),
            Transactional,
            Err(recently(Other, "2026-12-31", "2027-01-30")),
        ),
        (
            |f| f.asked_transactional = Some(day("2026-11-01")),
            Transactional,
            Err(recently(Transactional, "2026-11-01", "2027-01-30")),
        ),
        (|f| f.asked_any = Some(day("2026-12-13")), Relationship, Err(recently(Other, "2026-12-13", "2027-01-12"))),
        (|f| f.asked_any = Some(day("2026-12-12")), Relationship, Ok(())),
        (|f| f.asked_any = Some(day("2026-12-13")), Other, Err(recently(Other, "2026-12-13", "2027-01-12"))),
    ] {
        let mut facts = facts();
        change(&mut facts);
        let found = decide(&facts, approach, 0, today, &Fatigue::default());
        assert_eq!(found, expected, "{facts:?} {approach:?}");
        if let Err(why) = found {
            assert!(WhyNot::RULES.contains(&why.rule()));
        }
    }
}

#[test]
fn settings_that_restrict_nothing_restrict_nothing() {
    let none = Fatigue {
        relationship_days: 0,
        transactional_days: 0,
        any_days: 0,
        persons_an_account: None,
        held_back_permille: 0,
    };
    let today = day("2027-01-11");
    let facts = Facts { asked_relationship: Some(today), asked_any: Some(today), ..facts() };
    assert_eq!(decide(&facts, Approach::Relationship, 10_000, today, &none), Ok(()));
}

#[test]
fn a_plan_counts_everybody_once() {
    let fatigue = Fatigue { persons_an_account: Some(2), ..Fatigue::default() };
    let mut plan = Plan::new(Approach::Relationship, day("2027-01-11"), fatigue.clone());
    let (english, chinese) = (Language::english(), Language::chinese());
    for n in 0..5 {
        let language = if n == 0 { &chinese } else { &english };
        let decision = plan.consider(&facts(), language);
        assert_eq!(decision.err(), (n >= 2).then_some(WhyNot::AccountAskedEnough { most: 2 }));
    }
    let _ = plan.consider(&Facts { account: account(2), consent: false, ..facts() }, &english);
    assert_eq!(plan.consider(&Facts { account: account(3), ..facts() }, &english), Ok(()));
    let summary = plan.summary();
    assert_eq!((summary.considered, summary.asked), (7, 3));
    assert_eq!((summary.accounts, summary.accounts_asked), (3, 2));
    assert_eq!(summary.asked + summary.left_out.values().sum::<u64>(), summary.considered);
    assert_eq!(summary.left_out_by("account_asked_enough"), 3);
    assert_eq!(summary.asked_by_language, BTreeMap::from([(english, 2), (chinese, 1)]));
    assert!(summary.check(&fatigue).is_ok());
}

#[test]
fn plans_that_cannot_be_approved() {
    let fatigue = Fatigue { persons_an_account: None, ..Fatigue::default() };
    let plan = |asked: u64, held: u64| {
        let mut plan = Plan::new(Approach::Relationship, day("2027-01-11"), fatigue.clone());
        for n in 0..asked + held {
            let _ = plan.consider(&Facts { held_back: n >= asked, ..facts() }, &Language::english());
        }
        plan.summary().check(&fatigue).map_err(|e| e.code())
    };
    assert_eq!(plan(0, 0), Err(Code::WaveEmpty));
    assert_eq!(plan(0, 3), Err(Code::WaveEmpty));
    assert_eq!(plan(97, 3), Ok(()));
    assert_eq!(plan(96, 4), Err(Code::HeldBackEnough));
    assert_eq!(plan(4, 1), Ok(()), "one at least, however small the audience");
    assert_eq!(plan(4, 2), Err(Code::HeldBackEnough));
}

#[test]
fn nobody_is_held_back_where_none_may_be() {
    let strict = Fatigue { held_back_permille: 0, ..Fatigue::default() };
    assert_eq!(strict.most_held_back(1_000_000), 0);
    assert!(strict.check_held_back(0, 10).is_ok() && strict.check_held_back(1, 10).is_err());
    assert_eq!(Fatigue::default().most_held_back(5_000), 150);
}
