use super::super::evidence::examples::day;
use super::*;
use crate::domain::value::rhythm;
use Level::{Orange, Red, Yellow};
use uuid::Uuid;

const STRATEGIC: usize = 0;
const GENERAL: usize = 2;

fn scored(n: u128, contact: u128, on: &str, recommend: Option<f64>, satisfaction: Option<f64>) -> Scored {
    Scored {
        response: ResponseId(Uuid::from_u128(n)),
        contact: (contact > 0).then(|| ContactId(Uuid::from_u128(contact))),
        day: day(on),
        recommend,
        satisfaction,
    }
}

#[test]
fn low_scores_by_tier() {
    let today = day("2026-11-30");
    for (tier, recommend, satisfaction, expected) in [
        (STRATEGIC, Some(8.0), Some(80.0), None),
        (STRATEGIC, Some(7.0), None, Some((None, Yellow))),
        (STRATEGIC, Some(6.0), None, Some((Some(Yellow), Yellow))),
        (STRATEGIC, Some(5.0), None, Some((Some(Yellow), Orange))),
        (STRATEGIC, Some(4.0), None, Some((Some(Orange), Orange))),
        (STRATEGIC, Some(0.0), None, Some((Some(Red), Red))),
        (STRATEGIC, Some(9.0), Some(20.0), Some((Some(Red), Red))),
        (STRATEGIC, None, Some(60.0), Some((None, Yellow))),
        (GENERAL, Some(6.0), None, Some((None, Yellow))),
        (GENERAL, Some(0.0), None, Some((Some(Orange), Orange))),
        (STRATEGIC, None, None, None),
    ] {
        let found = LowScoreRule::default().find(&[scored(1, 1, "2026-11-19", recommend, satisfaction)], tier, today);
        assert_eq!(found.map(|f| (f.reaches, f.holds)), expected, "{tier} {recommend:?} {satisfaction:?}");
    }
}

#[test]
fn only_the_latest_answer_of_a_contact_counts() {
    let rule = LowScoreRule::default();
    let today = day("2026-11-30");
    let low = scored(1, 1, "2026-10-13", Some(2.0), None);
    let better = scored(2, 1, "2026-11-10", Some(9.0), None);
    let other = scored(3, 2, "2026-11-12", Some(5.0), None);
    assert!(rule.find(std::slice::from_ref(&low), STRATEGIC, today).is_some_and(|f| f.reaches == Some(Red)));
    assert_eq!(rule.find(&[low.clone(), better.clone()], STRATEGIC, today), None);
    assert!(rule.find(&[low.clone(), better], STRATEGIC, day("2026-11-01")).is_some(), "what is to come is not known");
    assert_eq!(rule.find(std::slice::from_ref(&low), STRATEGIC, day("2027-01-11")), None, "90 days later");
    let both = rule.find(&[other, low], STRATEGIC, today).unwrap();
    let Evidence::LowScore { response, score, contacts, low_from, .. } = both.evidence else { panic!() };
    assert_eq!((response, score, contacts, low_from), (ResponseId(Uuid::from_u128(1)), 2.0, 2, 6.0));
    let anonymous = [scored(1, 0, "2026-11-01", Some(1.0), None), scored(2, 0, "2026-11-02", Some(9.0), None)];
    assert!(rule.find(&anonymous, STRATEGIC, today).is_some(), "without a name nobody has answered again");
}

#[test]
fn declines_by_probability() {
    let usual = Steps::new(0.86, 0.92, 0.95);
    let mild = Steps::up_to_orange(0.90, 0.95);
    for (steps, probability, expected) in [
        (usual, 0.80, None),
        (usual, 0.82, Some((None, Yellow))),
        (usual, 0.86, Some((Some(Yellow), Yellow))),
        (usual, 0.88, Some((Some(Yellow), Orange))),
        (usual, 0.92, Some((Some(Orange), Red))),
        (usual, 0.97, Some((Some(Red), Red))),
        (mild, 0.84, None),
        (mild, 1.0, Some((Some(Orange), Orange))),
    ] {
        let course = Course {
            level_then: 80.5,
            then_day: day("2026-05-28"),
            level_now: 48.1,
            low: 37.0,
            high: 60.0,
            fall: 8.0,
            probability,
            contributions: Vec::new(),
        };
        let found = DeclineRule::default().find(course, &steps).map(|f| (f.reaches, f.holds));
        assert_eq!(found, expected, "{steps:?} {probability}");
    }
}

fn round(on: &str, answered: bool) -> Round {
    Round { day: day(on), invitations: 4, contacts: 4, bounced: 0, answered: answered.then(|| day(on) + Days::new(3)) }
}

#[test]
fn silence_is_measured_by_what_was_usual() {
    let rule = SilenceRule::default();
    let asked = ["2024-01-10", "2024-07-10", "2025-01-10", "2025-07-10", "2026-01-10", "2026-07-10"];
    for (answers, today, tier, expected) in [
        // Four of four, then two missed: 1/6 x 2/7.
        ("yyyynn", "2026-11-30", 1, Some((2, Some(Orange)))),
        ("yyyynn", "2026-07-20", 1, None), // the last may still be answered
        ("yyyyyn", "2026-11-30", 1, None),
        ("yyyyyy", "2026-11-30", 1, None),
        ("nnnnnn", "2026-11-30", 0, None),
        // Two of four before: 3/6 x 4/7 is nothing unusual, though it would hold what was raised.
        ("nynynn", "2026-11-30", 0, Some((2, None))),
        ("ynnnnn", "2026-11-30", 0, Some((5, Some(Orange)))),
        ("yyynnn", "2026-11-30", 0, Some((3, Some(Orange)))),
        ("yyynnn", "2026-11-30", 2, Some((3, Some(Orange)))),
    ] {
        let rounds: Vec<Round> = asked.iter().zip(answers.chars()).map(|(on, a)| round(on, a == 'y')).collect();
        let found = rule.find(&rounds, tier, day(today));
        let summary = found.as_ref().map(|f| match &f.evidence {
            Evidence::Silence { rounds, .. } => (*rounds, f.reaches),
            _ => panic!(),
        });
        assert_eq!(summary, expected, "{answers} {today} {found:?}");
    }
    let rounds: Vec<Round> = asked.iter().zip("yyyynn".chars()).map(|(on, a)| round(on, a == 'y')).collect();
    let Evidence::Silence { chance, since, last_answer, invitations, contacts, .. } =
        rule.find(&rounds, 0, day("2026-11-30")).unwrap().evidence
    else {
        panic!()
    };
    assert!((chance - 1.0 / 21.0).abs() < 1e-12);
    assert_eq!((since, last_answer, invitations, contacts), (day("2026-01-10"), day("2025-07-13"), 8, 4));
}

fn delivery(n: u128, promised: &str, delivered: Option<&str>) -> Delivery {
    Delivery { order: OrderId(Uuid::from_u128(n)), promised: day(promised), delivered: delivered.map(day) }
}

#[test]
fn late_orders_by_share_and_by_the_worst() {
    let rule = OrderLateRule::default();
    let today = day("2026-11-30");
    let on_time = |n| delivery(n, "2026-10-01", Some("2026-10-01"));
    let late =
        |n, days| Delivery { delivered: Some(day("2026-10-05") + Days::new(days)), ..delivery(n, "2026-10-05", None) };
    for (deliveries, tier, expected) in [
        (vec![on_time(1), on_time(2), on_time(3), on_time(4)], 0, None),
        (vec![on_time(1), on_time(2), on_time(3), late(4, 2)], 0, Some((Some(Yellow), Yellow))),
        (vec![on_time(1), on_time(2), late(3, 2), late(4, 2)], 0, Some((Some(Orange), Red))),
        (vec![on_time(1), on_time(2), on_time(3), late(4, 2)], 2, None),
        (vec![late(1, 2)], 0, None),
        (vec![late(1, 4)], 0, Some((None, Yellow))),
        (vec![late(1, 7)], 0, Some((Some(Yellow), Yellow))),
        (vec![late(1, 46)], 0, Some((Some(Red), Red))),
        (vec![delivery(1, "2026-11-22", None)], 0, Some((Some(Yellow), Yellow))),
        (vec![delivery(1, "2026-06-01", None)], 0, Some((Some(Red), Red))),
        (vec![delivery(1, "2026-06-01", Some("2026-08-01"))], 0, None),
        (vec![delivery(1, "2026-12-24", None)], 0, None),
        (vec![], 0, None),
    ] {
        let found = rule.find(&deliveries, tier, today);
        assert_eq!(found.as_ref().map(|f| (f.reaches, f.holds)), expected, "{deliveries:?}");
    }
    let eight: Vec<Delivery> = (1..=8).map(|n| if n <= 5 { late(n, n as u64) } else { on_time(n) }).collect();
    let Evidence::OrderLate { n, late, mean_days, worst_order, worst_days, undelivered, .. } =
        rule.find(&eight, 0, today).unwrap().evidence
    else {
        panic!()
    };
    assert_eq!((n, late, mean_days, worst_days, undelivered), (8, 5, 3.0, 5, 0));
    assert_eq!(worst_order, OrderId(Uuid::from_u128(5)));
}

#[test]
fn overdue_orders_climb_with_time() {
    let start = day("2025-12-01");
    let days: Vec<NaiveDate> = (0..12).map(|i| start + Days::new(24 * i + i % 3)).collect();
    let rhythm = Rhythm::of(&days, &rhythm::Settings::default()).unwrap();
    let rule = OrderOverdueRule::default();
    let at = |tier, since: u64| rule.find(&rhythm, tier, rhythm.last_day + Days::new(since)).and_then(|f| f.reaches);
    assert_eq!(at(STRATEGIC, 24), None);
    assert_eq!(at(STRATEGIC, 29), None, "a week beyond the limit is a holiday");
    let levels: Vec<Option<Level>> = (20..200).map(|since| at(STRATEGIC, since)).collect();
    assert!(levels.is_sorted(), "it never gets better without an order");
    assert_eq!(at(STRATEGIC, 101), Some(Red));
    assert_eq!(at(3, 1_000), Some(Orange), "potential customers never turn red by this");
    assert!((20..200).all(|since| at(GENERAL, since) <= at(STRATEGIC, since)), "higher tiers are watched more closely");
}
