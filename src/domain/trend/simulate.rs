//! How often the rule cries wolf, and how soon it finds a true decline: by simulation.
//!
//! Limits read off a table hold for normal data. Answers are coarse (a few boxes), capped (many
//! customers tick the best box), now and then out of line, and come from people who differ and
//! change. So a fleet is drawn from such a world, the tier's model is fitted to two years of it as
//! it would be in life, and the rule looks at every account on every night of the following year.

use super::decline::{Workspace, probability, upto};
use super::fleet::in_parallel;
use super::{DeclineRule, Fleet, Level, Observation, TierModel};
use rand::Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Days that lie behind an account when the watched year begins.
const HISTORY: i32 = 730;
/// Nights that are watched.
const WATCHED: i32 = 365;

/// What the answers of a simulated tier are made of: see the formulas in [`super`]. Levels stand
/// still here except for the [`Shape`] that is asked for, so that in a flat world every alarm is false.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct World {
    /// Mean level of the accounts.
    pub mean: f64,
    /// Standard deviation of the accounts' levels.
    pub between: f64,
    /// Standard deviation of the people's leniency.
    pub person: f64,
    /// Standard deviation of one person's answers.
    pub within: f64,
    /// Responses a year and account; they come at random (Poisson).
    pub answers_per_year: f64,
    /// People at an account who answer.
    pub contacts: u32,
    /// How many of them leave in a year, as a share; another comes in each one's place.
    pub turnover: f64,
    /// Share of answers that are out of line, 30 points too low.
    pub stray: f64,
    /// Are answers eight ratings of 1 to 5, rounded and capped, as on the forms? Else exact numbers.
    pub coarse: bool,
}

impl Default for World {
    fn default() -> Self {
        Self {
            mean: 75.0,
            between: 7.0,
            person: 6.0,
            within: 9.0,
            answers_per_year: 6.0,
            contacts: 4,
            turnover: 0.2,
            stray: 0.03,
            coarse: true,
        }
    }
}

/// What happens to every account's level when the watched year begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Shape {
    /// Nothing: every alarm is false.
    Flat,
    /// It falls by so many points at once.
    Sudden(f64),
    /// It falls by so many points, evenly over the year.
    Slow(f64),
}

impl Shape {
    fn fallen(self, day: i32) -> f64 {
        let since = f64::from(day - HISTORY);
        match self {
            Self::Flat => 0.0,
            Self::Sudden(points) => points * f64::from(u8::from(since > 0.0)),
            Self::Slow(points) => points * (since / f64::from(WATCHED)).clamp(0.0, 1.0),
        }
    }
}

/// What a watched year of many accounts brought.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The model that was fitted to the history.
    pub model: TierModel,
    watches: Vec<Watch>,
}

/// One account's watched year.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Watch {
    /// Nights at which each level was reached that had not been reached the night before.
    alarms: [u32; 3],
    /// The night of the first of them.
    first: [Option<i32>; 3],
    /// The highest probability of the year.
    peak: f64,
}

impl Outcome {
    pub fn account_years(&self) -> f64 {
        self.watches.len() as f64
    }

    /// How often a level was newly reached. No hysteresis: an account that wavers counts each time.
    pub fn alarms(&self, level: Level) -> u32 {
        self.watches.iter().filter_map(|w| w.alarms.get(level as usize)).sum()
    }

    /// New alarms a year and account.
    pub fn rate(&self, level: Level) -> f64 {
        f64::from(self.alarms(level)) / self.account_years().max(1.0)
    }

    /// The exact 95 % interval of the rate, taking alarms for Poisson (Garwood 1936).
    pub fn rate_interval(&self, level: Level) -> (f64, f64) {
        let count = f64::from(self.alarms(level));
        let quantile = |p: f64, freedom: f64| ChiSquared::new(freedom).map_or(0.0, |chi| chi.inverse_cdf(p) / 2.0);
        let low = if count > 0.0 { quantile(0.025, 2.0 * count) } else { 0.0 };
        let years = self.account_years().max(1.0);
        (low / years, quantile(0.975, 2.0 * count + 2.0) / years)
    }

    /// The share of accounts that reached a level within the year.
    pub fn share_found(&self, level: Level) -> f64 {
        self.delays(level).len() as f64 / self.account_years().max(1.0)
    }

    /// Half of those that reached a level did so within this many days.
    pub fn median_delay(&self, level: Level) -> Option<i32> {
        let mut delays = self.delays(level);
        delays.sort_unstable();
        delays.get(delays.len() / 2).copied()
    }

    fn delays(&self, level: Level) -> Vec<i32> {
        self.watches.iter().filter_map(|w| w.first.get(level as usize).copied().flatten()).collect()
    }

    /// The lowest threshold at which at most `rate` accounts a year would have been raised here.
    pub fn threshold_for(&self, rate: f64) -> f64 {
        let mut peaks: Vec<f64> = self.watches.iter().map(|w| w.peak).collect();
        peaks.sort_unstable_by(|a, b| b.total_cmp(a));
        let raised = (rate * self.account_years()).floor() as usize;
        peaks.get(raised).copied().unwrap_or(0.0)
    }
}

/// Draws `accounts` accounts, fits the tier's model to two years of theirs, and looks at each by the
/// rule, as an account of the given tier, on every night of a third year.
pub fn simulate(
    world: &World,
    shape: Shape,
    rule: &DeclineRule,
    tier_position: usize,
    accounts: usize,
    threads: usize,
    rng: &mut impl Rng,
) -> Outcome {
    let fleet = world.fleet(accounts, HISTORY + WATCHED, shape, rng);
    let model = TierModel::fit((0..fleet.len()).map(|a| upto(fleet.account(a), HISTORY)), &TierModel::default());
    let watches = in_parallel(fleet.len(), threads, |account, work: &mut Workspace| {
        watch(fleet.account(account), &model, rule, tier_position, work)
    });
    Outcome { model, watches }
}

/// Looks at one account every night. What is compared changes only with a new answer or when the
/// window moves on; in between, time alone widens the difference, so that no night is left out.
fn watch(seen: &[Observation], model: &TierModel, rule: &DeclineRule, tier: usize, work: &mut Workspace) -> Watch {
    let mut result = Watch::default();
    let mut held = None;
    let mut compared = None;
    let mut difference = (0.0, 0.0);
    work.levels(seen, model);
    for night in HISTORY..=HISTORY + WATCHED {
        let known = upto(seen, night);
        let base = work.base(known, rule, night);
        let p = base.map_or(0.0, |base| {
            if compared != Some((known.len(), base)) {
                work.compare(known, model, rule, base);
                difference = work.filter.fall();
                compared = Some((known.len(), base));
            }
            let since = model.drift_variance(known.last().map_or(0, |o| night - o.day));
            probability(difference.0, difference.1 + since, rule.delta)
        });
        let level = rule.grade(p, tier);
        // What stands on the first night was raised before the year began.
        if night > HISTORY {
            result.peak = result.peak.max(p);
            for (new, (alarms, first)) in Level::ALL.iter().zip(result.alarms.iter_mut().zip(&mut result.first)) {
                if level >= Some(*new) && held < Some(*new) {
                    *alarms += 1;
                    first.get_or_insert(night - HISTORY);
                }
            }
        }
        held = level;
    }
    result
}

impl World {
    /// Accounts whose levels stand still, from day 0 on.
    pub fn flat_fleet(&self, accounts: usize, days: i32, rng: &mut impl Rng) -> Fleet {
        self.fleet(accounts, days, Shape::Flat, rng)
    }

    fn fleet(&self, accounts: usize, days: i32, shape: Shape, rng: &mut impl Rng) -> Fleet {
        let expected = self.answers_per_year * f64::from(days) / 365.25 * accounts as f64;
        let mut fleet = Fleet::with_capacity(accounts, expected as usize);
        let mut own = Vec::new();
        for _ in 0..accounts {
            own.clear();
            self.answers(days, shape, rng, &mut own);
            fleet.push(0, own.iter().copied());
        }
        fleet
    }

    fn answers(&self, days: i32, shape: Shape, rng: &mut impl Rng, own: &mut Vec<Observation>) {
        struct Person {
            id: u32,
            leniency: f64,
            leaves: f64,
        }
        let level = self.mean + self.between * normal(rng);
        let mut next = 0;
        let mut arrive = |from: f64, rng: &mut dyn rand::RngCore| {
            next += 1;
            let stays: f64 = Exp1.sample(rng);
            Person {
                id: next,
                leniency: self.person * normal(rng),
                leaves: from + 365.25 * stays / self.turnover.max(1e-9),
            }
        };
        let mut people: Vec<Person> = (0..self.contacts.max(1)).map(|_| arrive(0.0, rng)).collect();
        let gap = 365.25 / self.answers_per_year;
        let mut time = 0.0;
        loop {
            let wait: f64 = Exp1.sample(rng);
            time += gap * wait;
            if time >= f64::from(days) {
                return;
            }
            let day = time as i32;
            let chosen = rng.random_range(0..people.len());
            let Some(person) = people.get_mut(chosen) else { return };
            while person.leaves < time {
                *person = arrive(person.leaves, rng);
            }
            let stray = if rng.random_bool(self.stray) { 30.0 } else { 0.0 };
            let felt = level - shape.fallen(day) + person.leniency + self.within * normal(rng) - stray;
            let value = if self.coarse { coarse(felt, rng) } else { felt };
            own.push(Observation::new(day, person.id, value));
        }
    }
}

fn normal(rng: &mut (impl Rng + ?Sized)) -> f64 {
    StandardNormal.sample(rng)
}

/// What eight ratings of 1 to 5 make of a feeling between 0 and 100.
fn coarse(felt: f64, rng: &mut impl Rng) -> f64 {
    let boxes: f64 = (0..8).map(|_| ((felt + 8.0 * normal(rng)) / 25.0).round().clamp(0.0, 4.0)).sum();
    boxes / 8.0 * 25.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn run(shape: Shape, answers_per_year: f64, accounts: usize, seed: u64) -> Outcome {
        let world = World { answers_per_year, ..World::default() };
        simulate(&world, shape, &DeclineRule::default(), 0, accounts, 2, &mut ChaCha8Rng::seed_from_u64(seed))
    }

    #[test]
    fn false_alarms_stay_under_the_stated_rate() {
        for answers in [2.0, 6.0, 12.0] {
            let flat = run(Shape::Flat, answers, 700, 11);
            for level in Level::ALL {
                // The rate itself is stated from many more account-years; here the data must not contradict it.
                let stated = DeclineRule::stated_false_alarms(level);
                assert!(flat.rate_interval(level).0 <= stated, "{level} at {answers} a year: {}", flat.rate(level));
            }
            assert!(flat.rate(Level::Yellow) <= 1.5 * DeclineRule::stated_false_alarms(Level::Yellow), "{answers}");
        }
    }

    #[test]
    fn true_declines_are_found() {
        let sudden = run(Shape::Sudden(25.0), 12.0, 150, 5);
        assert!(sudden.share_found(Level::Yellow) > 0.85, "{}", sudden.share_found(Level::Yellow));
        assert!(sudden.share_found(Level::Red) <= sudden.share_found(Level::Orange));
        assert!(sudden.median_delay(Level::Yellow).unwrap() < 180);
        let slow = run(Shape::Slow(25.0), 12.0, 150, 5);
        assert!(slow.median_delay(Level::Yellow) > sudden.median_delay(Level::Yellow));
    }

    #[test]
    fn a_threshold_for_a_rate_gives_that_rate() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        let world = World { answers_per_year: 4.0, ..World::default() };
        let rule = DeclineRule::default();
        let t = simulate(&world, Shape::Flat, &rule, 0, 300, 2, &mut rng).threshold_for(0.05);
        let own = super::super::Thresholds { yellow: t.max(0.51), orange: 0.99, red: 0.995 };
        let rule = DeclineRule { thresholds: vec![own], ..rule };
        let again = simulate(&world, Shape::Flat, &rule, 0, 300, 2, &mut rng);
        assert!(again.rate(Level::Yellow) < 0.12, "{t} {}", again.rate(Level::Yellow));
    }
}
