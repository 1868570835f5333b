//! What the figures and the decline rule promise, counted: in a short form in every run, and at length for the
//! tables of `docs/long-checks.md`.

use crate::support::long::{documented, long, record, times};
use bellwether::demo::rates::worlds;
use bellwether::domain::index::csat::Share;
use bellwether::domain::index::nps::Counts;
use bellwether::domain::index::{Interval, figure};
use bellwether::domain::measure::{Measure, Sums};
use bellwether::domain::trend::simulate::{Shape, simulate};
use bellwether::domain::trend::{DeclineRule, Level};
use rand::{Rng, SeedableRng, rngs::StdRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma};
use std::fmt::Write;

fn ways(n: u64, k: u64) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product()
}

fn holds(interval: Interval, truth: f64) -> bool {
    interval.low - 1e-9 <= truth && truth <= interval.high + 1e-9
}

/// The chance that the NPS interval of `n` answers holds the true score, summed over every outcome.
fn nps_coverage(n: u64, promoters: f64, detractors: f64) -> f64 {
    let passives = (1.0 - promoters - detractors).max(0.0);
    let outcomes = (0..=n).flat_map(|b| (0..=n - b).map(move |c| (b, c)));
    outcomes
        .filter(|(b, c)| {
            let interval = Counts::new(*b, n - b - c, *c).unwrap().adjusted_wald(None);
            holds(interval, 100.0 * (promoters - detractors))
        })
        .map(|(b, c)| {
            let powers = promoters.powi(b as i32) * detractors.powi(c as i32) * passives.powi((n - b - c) as i32);
            ways(n, b) * ways(n - b, c) * powers
        })
        .sum()
}

fn share_coverage(n: u64, share: f64) -> f64 {
    let outcomes = (0..=n).filter(|k| holds(Share::new(*k, n).unwrap().wilson(None), 100.0 * share));
    outcomes.map(|k| ways(n, k) * share.powi(k as i32) * (1.0 - share).powi((n - k) as i32)).sum()
}

#[test]
fn intervals_of_independent_answers_cover_what_is_stated() {
    let mut text = String::from(
        "| answers | NPS .50/.30/.20 | .80/.15/.05 | .90/0/.10 | .20/.60/.20 | .10/.30/.60 | share .50 | .70 | .80 | .90 | .95 |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    let sizes: &[u64] = if long() { &[3, 5, 10, 20, 30, 50, 100, 200] } else { &[3, 5, 10, 20, 30] };
    for n in sizes {
        let nps = [(0.5, 0.2), (0.8, 0.05), (0.9, 0.1), (0.2, 0.2), (0.1, 0.6)].map(|(p, d)| nps_coverage(*n, p, d));
        let shares = [0.5, 0.7, 0.8, 0.9, 0.95].map(|p| share_coverage(*n, p));
        let cells: String = nps.iter().chain(&shares).map(|c| format!(" {c:.4} |")).collect();
        let row = format!("| {n} |{cells}\n");
        if !long() {
            assert!(documented("coverage").contains(&row), "docs/long-checks.md does not say {row}");
        }
        text.push_str(&row);
        let least = if *n < 5 {
            0.78
        } else if *n < 30 {
            0.85
        } else {
            0.92
        };
        assert!(nps.iter().chain(&shares).all(|c| (least..=1.0 + 1e-9).contains(c)), "{row}");
    }
    record("coverage", &text);
}

/// Answers of one account that are alike: a share of promoters and detractors of its own.
fn nps_account(rng: &mut StdRng) -> Sums {
    // Dirichlet of mean .50/.30/.20 and concentration 2.
    let [p, n, d] = [1.0, 0.6, 0.4].map(|shape| Gamma::new(shape, 1.0).unwrap().sample(rng));
    let (p, d) = (p / (p + n + d), d / (p + n + d));
    (0..rng.random_range(1..=15)).fold(Sums::default(), |mut sums, _| {
        let u: f64 = rng.random();
        sums += Sums::of(if u < p {
            1_000
        } else if u < p + d {
            -1_000
        } else {
            0
        });
        sums
    })
}

/// The same for an index: a level of its own, and answers about it.
fn index_account(rng: &mut StdRng) -> Sums {
    let level = rng.random_range(50_000..=90_000);
    (0..rng.random_range(1..=15)).fold(Sums::default(), |mut sums, _| {
        sums += Sums::of(level + rng.random_range(-10_000..=10_000_i64));
        sums
    })
}

#[test]
fn intervals_of_accounts_whose_answers_are_alike_cover_what_is_stated() {
    let samples = times(600, 20_000);
    let mut text = format!(
        "{samples} samples a cell, one to fifteen answers an account:\n\n\
         | accounts | NPS | mean of an index |\n| ---: | ---: | ---: |\n"
    );
    for accounts in [5, 10, 20, 50] {
        let covered = |measure: &Measure, truth: f64, draw: fn(&mut StdRng) -> Sums| {
            let mut rng = StdRng::seed_from_u64(2026 + accounts);
            let hits = (0..samples)
                .filter(|_| {
                    let sums: Vec<Sums> = (0..accounts).map(|_| draw(&mut rng)).collect();
                    let figure = figure(measure, sums).unwrap();
                    holds(Interval { low: figure.low, high: figure.high }, truth)
                })
                .count();
            hits as f64 / samples as f64
        };
        let nps = covered(&Measure::Recommend, 30.0, nps_account);
        let mean = covered(&Measure::SatisfactionIndex, 70.0, index_account);
        writeln!(text, "| {accounts} | {nps:.3} | {mean:.3} |").unwrap();
        if !long() {
            let all = documented("clusters");
            let row = all.lines().find(|l| l.starts_with(&format!("| {accounts} |"))).expect("a row");
            let stated: Vec<f64> = row.split('|').skip(2).filter_map(|c| c.trim().parse().ok()).collect();
            for (found, stated) in [nps, mean].into_iter().zip(stated) {
                // Four standard errors of so many samples.
                let slack = 4.0 * (stated * (1.0 - stated) / samples as f64).sqrt();
                assert!((found - stated).abs() < slack, "{accounts} accounts: {found}, and {stated} is stated");
            }
        }
    }
    record("clusters", &text);
}

#[test]
fn false_alarms_of_the_decline_rule_keep_its_promise_with_every_seed() {
    let (seeds, accounts) = (times(2, 10), times(150, 4_000));
    let rule = DeclineRule::default();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    let mut text = format!(
        "{accounts} account-years a seed and row, {seeds} seeds; in brackets the lowest and the highest of one seed:\n\n\
         | tier | yellow | orange | red |\n| --- | ---: | ---: | ---: |\n"
    );
    for (tier, world) in worlds().iter().enumerate() {
        let outcomes: Vec<_> = (0..seeds)
            .map(|seed| {
                let mut rng = ChaCha8Rng::seed_from_u64(7_000 + seed as u64);
                simulate(world, Shape::Flat, &rule, tier, accounts, threads, &mut rng)
            })
            .collect();
        let cells = Level::ALL.map(|level| {
            let stated = DeclineRule::stated_false_alarms(level);
            let rates: Vec<f64> = outcomes.iter().map(|o| o.rate(level)).collect();
            let (low, high) = rates.iter().fold((f64::MAX, 0.0_f64), |(l, h), r| (l.min(*r), h.max(*r)));
            let mean = rates.iter().sum::<f64>() / rates.len() as f64;
            // One seed may lie above it by chance, not beyond chance; all together may not at length.
            for outcome in &outcomes {
                assert!(outcome.rate_interval(level).0 <= stated, "{level} in tier {tier}: {}", outcome.rate(level));
            }
            assert!(!long() || mean <= stated, "{level} in tier {tier}: {mean}, stated {stated}");
            format!(" {mean:.4} ({low:.4} to {high:.4}) |")
        });
        let name = ["strategic", "key", "general", "potential"][tier];
        writeln!(text, "| {name} |{}", cells.concat()).unwrap();
    }
    record("false-alarms", &text);
}
