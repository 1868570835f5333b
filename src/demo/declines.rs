//! The decline rule tried on the model, where the truth is known.

use super::*;
use crate::domain::answer::measurements;
use crate::domain::measure::Measure;
use crate::domain::survey::library;
use crate::domain::trend::{DeclineRule, Fleet, Level, Observation, assess, day_number, fit_tiers, score};

fn demo(seed: u64) -> Demo {
    Demo::generate(seed, NaiveDate::from_ymd_opt(2026, 11, 30).unwrap())
}

fn fleet(demo: &Demo) -> Fleet {
    let mut own = vec![Vec::new(); demo.accounts.len()];
    let surveys = library().unwrap();
    for r in &demo.responses {
        let survey = demo.waves[demo.invitations[r.invitation].wave].survey;
        let definition = surveys.iter().find(|d| d.key == survey).unwrap();
        let found = measurements(definition, &r.answers);
        if let Some(index) = found.iter().find(|m| m.measure == Measure::SatisfactionIndex) {
            own[r.account].push(Observation::on(r.completed.date(), r.contact as u32, index.x as f64 / 1e3));
        }
    }
    let mut fleet = Fleet::default();
    for (account, answers) in own.into_iter().enumerate() {
        let tier = TIERS.iter().position(|t| t.key == demo.accounts[account].tier).unwrap();
        fleet.push(tier as u8, answers);
    }
    fleet
}

/// The gravest level of each account on any evening of the last eight months, looked at twice a week.
fn gravest(demo: &Demo) -> Vec<Option<Level>> {
    let fleet = fleet(demo);
    let models = fit_tiers(&fleet, TIERS.len());
    let end = day_number(demo.end);
    let mut gravest = vec![None; fleet.len()];
    for today in (end - 240..=end).rev().step_by(3) {
        for (held, verdict) in gravest.iter_mut().zip(score(&fleet, &models, &DeclineRule::default(), today, 2)) {
            *held = (*held).max(verdict.decline.and_then(|d| d.grade));
        }
    }
    gravest
}

#[test]
fn the_rule_finds_the_true_declines_and_leaves_the_others_alone() {
    // How many there were, how many were found, and how many of these were red: by what is true.
    let mut tried = std::collections::BTreeMap::<&str, [usize; 3]>::new();
    for seed in [1, 2, 3, 7] {
        let demo = demo(seed);
        for (account, level) in gravest(&demo).into_iter().enumerate() {
            let tier = demo.accounts[account].tier;
            let kind = match demo.truth(account).map(|t| t.trouble) {
                Some(trouble) if trouble.is_decline() => tier,
                // What every strategic account lost is true, if small: the others there count as neither.
                _ if tier == "strategic" => continue,
                // Something was true earlier, and may well be found in the first of these months.
                _ if demo.episodes.iter().any(|e| e.account == account) => continue,
                Some(_) => "looks alike",
                None => "nothing",
            };
            let row = tried.entry(kind).or_default();
            row[0] += 1;
            row[1] += usize::from(level.is_some());
            row[2] += usize::from(level == Some(Level::Red));
        }
    }
    let row = |kind: &str| tried[kind];
    let [strategic, found, red] = row("strategic");
    assert!((strategic, found) == (12, 12) && red >= 11, "{tried:?}");
    assert!(row("key")[1] >= 15 && row("key")[2] >= 12, "of 20: {tried:?}");
    // Six answers a year are not much to see by: some are found, most are not yet.
    assert!(row("general")[1] >= 5, "of 20: {tried:?}");
    assert!(row("looks alike")[1] <= 2 && row("looks alike")[2] <= 1, "of 24: {tried:?}");
    // Some 410 accounts for eight months, at 1 in 25 a year, would be 11.
    assert!(row("nothing")[1] <= 12 && row("nothing")[2] <= 1, "{tried:?}");
}

#[test]
fn a_decline_is_explained_to_the_last_point() {
    let demo = demo(7);
    let fleet = fleet(&demo);
    let models = fit_tiers(&fleet, TIERS.len());
    let aldersund = demo.accounts.iter().position(|a| a.name == "Aldersund Turbines").unwrap();
    let (rule, today) = (DeclineRule::default(), day_number(demo.end));
    let decline = assess(fleet.account(aldersund), &models[0], &rule, today).unwrap();
    assert_eq!(rule.grade(decline.probability, 0), Some(Level::Red));
    let sum: f64 = decline.contributions.iter().map(|c| c.points).sum();
    assert!((decline.level_then + sum - decline.level_now).abs() < 1e-9);
    let truth = demo.truth(aldersund).unwrap();
    assert!(decline.then_day < truth.onset + chrono::Days::new(60), "{} {}", decline.then_day, truth.onset);
    assert!((decline.fall - truth.points).abs() < 12.0, "{} of {}", decline.fall, truth.points);
}
