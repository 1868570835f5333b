//! The false alarms and the power of the decline rule in the tiers of the model, as a text for
//! `docs/statistics.md`. The figures there are from this module and nowhere else.

use super::{STRATEGIC, TIERS};
use crate::domain::trend::simulate::{Outcome, Shape, World, simulate};
use crate::domain::trend::{DeclineRule, Level};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Between these lines of the document stands what [`markdown`] writes.
pub const BEGIN: &str = "<!-- declines: written by bellwether::demo::rates -->";
pub const END: &str = "<!-- /declines -->";

/// Responses a year and account in the tiers of the model, about.
const ANSWERS: [f64; 4] = [28.0, 14.0, 6.0, 3.0];

/// The tiers of the model as worlds to simulate.
pub fn worlds() -> [World; 4] {
    std::array::from_fn(|tier| {
        let shape = TIERS.get(tier).copied().unwrap_or(STRATEGIC);
        World {
            mean: shape.mean,
            between: shape.between,
            person: 6.0,
            within: 8.0,
            answers_per_year: ANSWERS.get(tier).copied().unwrap_or(6.0),
            contacts: shape.contacts.round() as u32,
            ..World::default()
        }
    })
}

/// What the rule does in a world without declines, with sudden and with slow ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    pub flat: Outcome,
    pub sudden: Outcome,
    pub slow: Outcome,
}

/// Points lost in the simulated declines.
const SUDDEN: f64 = 20.0;
const SLOW: f64 = 24.0;

/// Simulates one world: `accounts` account-years without decline, a tenth of that with each kind.
pub fn rates(world: &World, rule: &DeclineRule, tier: usize, accounts: usize, threads: usize, seed: u64) -> Rates {
    let run = |shape, accounts, offset| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed.wrapping_add(offset));
        simulate(world, shape, rule, tier, accounts, threads, &mut rng)
    };
    let some = (accounts / 10).max(1);
    Rates {
        flat: run(Shape::Flat, accounts, 0),
        sudden: run(Shape::Sudden(SUDDEN), some, 1),
        slow: run(Shape::Slow(SLOW), some, 2),
    }
}

/// The part of the document that needs no simulation: the rule and its promise.
pub fn promise(rule: &DeclineRule) -> String {
    let thresholds = rule.thresholds(0);
    let mut text = format!(
        "A decline is raised when the chance that the level fell by {} points or more since the end of the account's\n\
         best time in the last {} days reaches the threshold of a level.\n\n\
         | level | chance from | stated false alarms |\n| --- | --- | --- |\n",
        rule.delta, rule.window_days
    );
    for level in Level::ALL {
        let stated = 1.0 / DeclineRule::stated_false_alarms(level);
        let from = 100.0 * thresholds.of(level);
        text.push_str(&format!("| {level} | {from:.0} % | at most 1 per {stated:.0} accounts a year |\n"));
    }
    text
}

/// The tables of the document, simulated.
pub fn markdown(rule: &DeclineRule, accounts: usize, threads: usize, seed: u64) -> String {
    let worlds = worlds();
    let all: Vec<(&str, f64, Rates)> = TIERS
        .iter()
        .zip(&worlds)
        .enumerate()
        .map(|(tier, (shape, world))| {
            (shape.key, world.answers_per_year, rates(world, rule, tier, accounts, threads, seed))
        })
        .collect();
    let mut text = format!(
        "New alarms a year and account where nothing declines, with their 95 % interval; {accounts} account-years a\n\
         row, looked at every night, seed {seed}:\n\n\
         | tier | responses a year | yellow | orange | red |\n| --- | ---: | ---: | ---: | ---: |\n"
    );
    for (tier, answers, rates) in &all {
        let cells: Vec<String> = Level::ALL
            .into_iter()
            .map(|level| {
                let (low, high) = rates.flat.rate_interval(level);
                format!("{:.4} ({low:.4} to {high:.4})", rates.flat.rate(level))
            })
            .collect();
        text.push_str(&format!("| {tier} | {answers:.0} | {} |\n", cells.join(" | ")));
    }
    text.push_str(&format!(
        "\nShare of true declines found within a year, and the days until half of those found were found: a fall by\n\
         {SUDDEN:.0} points in one day, and one by {SLOW:.0} points spread over the year.\n\n\
         | tier | responses a year | decline | yellow | orange | red |\n| --- | ---: | --- | ---: | ---: | ---: |\n"
    ));
    for (tier, answers, rates) in &all {
        for (kind, outcome) in [("sudden", &rates.sudden), ("slow", &rates.slow)] {
            let cells: Vec<String> = Level::ALL
                .into_iter()
                .map(|level| match outcome.median_delay(level) {
                    Some(days) => format!("{:.0} %, {days} days", 100.0 * outcome.share_found(level)),
                    None => "0 %".to_owned(),
                })
                .collect();
            text.push_str(&format!("| {tier} | {answers:.0} | {kind} | {} |\n", cells.join(" | ")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/statistics.md");

    #[test]
    fn the_stated_rates_hold_in_the_models_tiers() {
        let rule = DeclineRule::default();
        for (tier, world) in worlds().iter().enumerate().skip(1) {
            let flat = rates(world, &rule, tier, 400, 2, 9).flat;
            for level in Level::ALL {
                let stated = DeclineRule::stated_false_alarms(level);
                assert!(flat.rate_interval(level).0 <= stated, "{level} in tier {tier}: {}", flat.rate(level));
            }
            assert!(flat.rate(Level::Yellow) <= 1.5 * DeclineRule::stated_false_alarms(Level::Yellow), "tier {tier}");
        }
    }

    /// With `BELLWETHER_LONG` set, this simulates at length and writes the document.
    #[test]
    fn the_document_states_the_rule_as_it_is() {
        #[expect(clippy::disallowed_methods, reason = "a switch of the developer's, not a setting")]
        let long = std::env::var("BELLWETHER_LONG").is_ok();
        let rule = DeclineRule::default();
        let text = std::fs::read_to_string(DOCUMENT).unwrap();
        let (before, rest) = text.split_once(BEGIN).unwrap();
        let (inside, after) = rest.split_once(END).unwrap();
        if long {
            let tables = markdown(&rule, 40_000, 2, 2026);
            let text = format!("{before}{BEGIN}\n{}\n{tables}{END}{after}", promise(&rule));
            std::fs::write(DOCUMENT, text).unwrap();
        } else {
            assert!(inside.contains(&promise(&rule)), "set BELLWETHER_LONG=1 and run this test to write the document");
            // The simulated rates in the document keep the promise.
            for row in inside.lines().filter(|l| TIERS.iter().any(|t| l.starts_with(&format!("| {} |", t.key)))).take(4)
            {
                for (level, cell) in Level::ALL.into_iter().zip(row.split('|').skip(3)) {
                    let rate: f64 = cell.split_whitespace().next().unwrap().parse().unwrap();
                    assert!(rate <= DeclineRule::stated_false_alarms(level), "{row}");
                }
            }
        }
    }
}
