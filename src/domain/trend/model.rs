//! What is usual in a tier: how far accounts, people and answers lie apart, and how levels drift.

use super::Fleet;
use super::Observation;
use serde::{Deserialize, Serialize};

/// Days in a month, on average: drift is stated by month, since people think in months.
const MONTH: f64 = 30.4375;

/// Pairs of answers of one account that are looked at, by distance in order: near ones tell noise
/// from drift, and the number of pairs stays linear in that of the answers.
const NEIGHBOURS: usize = 8;

/// Upper ends, in days, of the classes into which pairs are sorted by their distance in time.
const LAGS: [i32; 5] = [45, 120, 240, 400, i32::MAX];

/// How many pairs, or accounts, the prior is worth. Weak: a tier of twenty accounts outweighs it.
const PRIOR_PAIRS: f64 = 60.0;
const PRIOR_ACCOUNTS: f64 = 5.0;

/// The usual spread of satisfaction in a tier, all in index points: see the formulas in [`super`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TierModel {
    /// The mean level of the tier's accounts.
    pub mean: f64,
    /// Standard deviation of the levels of accounts.
    pub between: f64,
    /// Standard deviation of the leniency of people within an account.
    pub person: f64,
    /// Standard deviation of the answers of one person around their own mean.
    pub within: f64,
    /// Standard deviation of the change of a level in a month.
    pub drift: f64,
}

impl Default for TierModel {
    /// The prior where nothing is known yet.
    fn default() -> Self {
        Self { mean: 72.0, between: 8.0, person: 7.0, within: 10.0, drift: 2.0 }
    }
}

impl TierModel {
    /// No spread is ever taken for smaller than this. A tier that happens to look uniform is not
    /// pooled completely.
    ///
    /// The floor of the drift is set by simulation. Most levels hardly move, so that the drift of a
    /// healthy fleet says that a slow fall by 20 points cannot happen; the rule is about the few to
    /// which it does. At 2 points a month slow and sudden declines are both found about as often as
    /// they can be for the false alarms that are stated; at 4, sudden ones are found much less often.
    pub const FLOOR: Self = Self { mean: 0.0, between: 3.0, person: 2.0, within: 3.0, drift: 2.0 };

    /// The variance that a level gathers in some days.
    pub fn drift_variance(&self, days: i32) -> f64 {
        self.drift * self.drift / MONTH * f64::from(days.max(0))
    }

    /// Fits the model to accounts, drawn toward a prior.
    ///
    /// The spreads within accounts come from the variogram (Cressie 1993, ch. 2.4): half the squared
    /// difference of two answers of one account, `d` days apart, has the expectation
    /// `within² + person² [two people] + drift² d / 60.9`. Each class of pairs is summed up by the
    /// estimator of Cressie and Hawkins (1980), which a few true declines do not carry away; the
    /// three variances are the least squares over the classes, with the prior as further pairs, and
    /// not below [`TierModel::FLOOR`]. `between` is the variance of the accounts' means less what
    /// their own answers explain (the moment estimate of DerSimonian and Laird 1986).
    pub fn fit<'a>(accounts: impl Iterator<Item = &'a [Observation]> + Clone, prior: &Self) -> Self {
        let [within, person, drift] = fit_variances(accounts.clone(), prior);
        let model =
            Self { within: within.sqrt(), person: person.sqrt(), drift: drift.sqrt().max(Self::FLOOR.drift), ..*prior };
        model.with_levels(accounts, prior)
    }

    fn with_levels<'a>(self, accounts: impl Iterator<Item = &'a [Observation]>, prior: &Self) -> Self {
        // The mean of each account and the variance that it has around the account's level.
        let means: Vec<(f64, f64)> = accounts
            .filter(|seen| !seen.is_empty())
            .map(|seen| {
                let n = seen.len() as f64;
                let mut people: Vec<u32> = seen.iter().map(|o| o.respondent).collect();
                people.sort_unstable();
                let squares: f64 = people.chunk_by(|a, b| a == b).map(|same| (same.len() as f64).powi(2)).sum();
                let mean = seen.iter().map(|o| o.value).sum::<f64>() / n;
                (mean, self.within.powi(2) / n + self.person.powi(2) * squares / (n * n))
            })
            .filter(|(mean, _)| mean.is_finite())
            .collect();
        let count = means.len() as f64;
        let mut variance = prior.between.powi(2);
        if count >= 2.0 {
            let mean = means.iter().map(|(m, _)| m).sum::<f64>() / count;
            let spread = means.iter().map(|(m, _)| (m - mean).powi(2)).sum::<f64>() / (count - 1.0);
            let explained = means.iter().map(|(_, v)| v).sum::<f64>() / count;
            let own = (spread - explained).max(0.0);
            variance = (own * (count - 1.0) + variance * PRIOR_ACCOUNTS) / (count - 1.0 + PRIOR_ACCOUNTS);
        }
        let variance = variance.max(Self::FLOOR.between.powi(2));
        // The prior mean stands like one further account.
        let (weights, sum) = means.iter().fold((1.0 / variance, prior.mean / variance), |(weights, sum), (m, v)| {
            (weights + 1.0 / (variance + v), sum + m / (variance + v))
        });
        Self { mean: sum / weights, between: variance.sqrt(), ..self }
    }
}

/// One model for each tier: fitted to all accounts first, then tier by tier drawn toward that, so
/// that a tier of few accounts borrows from the others.
pub fn fit_tiers(fleet: &Fleet, tiers: usize) -> Vec<TierModel> {
    let all = TierModel::fit((0..fleet.len()).map(|a| fleet.account(a)), &TierModel::default());
    (0..tiers)
        .map(|tier| {
            let members = (0..fleet.len()).filter(move |a| fleet.tier(*a) == tier);
            TierModel::fit(members.map(|a| fleet.account(a)), &all)
        })
        .collect()
}

/// One class of pairs of answers.
#[derive(Debug, Clone, Copy, Default)]
struct Class {
    pairs: f64,
    /// Sum of the square roots of the absolute differences.
    roots: f64,
    /// Sum of the distances in months.
    months: f64,
}

impl Class {
    /// Half the expected squared difference (Cressie and Hawkins 1980, robust).
    fn semivariance(&self) -> f64 {
        (self.roots / self.pairs).powi(4) / (0.457 + 0.494 / self.pairs) / 2.0
    }
}

/// The variances of noise, of leniency and of a month's drift.
fn fit_variances<'a>(accounts: impl Iterator<Item = &'a [Observation]>, prior: &TierModel) -> [f64; 3] {
    let mut classes = [[Class::default(); LAGS.len()]; 2];
    for seen in accounts {
        for (i, a) in seen.iter().enumerate() {
            for b in seen.iter().skip(i + 1).take(NEIGHBOURS) {
                let days = b.day - a.day;
                let root = (b.value - a.value).abs().sqrt();
                let lag = LAGS.iter().position(|end| days <= *end).unwrap_or(0);
                let two = usize::from(a.respondent != b.respondent);
                if let Some(class) = classes.get_mut(two).and_then(|c| c.get_mut(lag)).filter(|_| root.is_finite()) {
                    class.pairs += 1.0;
                    class.roots += root;
                    class.months += f64::from(days) / MONTH;
                }
            }
        }
    }
    // Normal equations of: semivariance = within + person [two people] + drift months / 2.
    let start = [prior.within.powi(2), prior.person.powi(2), prior.drift.powi(2)];
    let scales = [1.0, 1.0, 3.0];
    let mut left = [[0.0; 3]; 3];
    let mut right = [0.0; 3];
    let mut add = |x: [f64; 3], y: f64, weight: f64| {
        for ((row, r), a) in left.iter_mut().zip(&mut right).zip(x) {
            *r += weight * a * y;
            for (cell, b) in row.iter_mut().zip(x) {
                *cell += weight * a * b;
            }
        }
    };
    for (two, row) in classes.iter().enumerate() {
        for class in row.iter().filter(|c| c.pairs > 0.0) {
            add([1.0, two as f64, class.months / class.pairs / 2.0], class.semivariance(), class.pairs);
        }
    }
    for (k, (value, scale)) in start.into_iter().zip(scales).enumerate() {
        let x = std::array::from_fn(|i| if i == k { scale } else { 0.0 });
        add(x, value * scale, PRIOR_PAIRS);
    }
    // Gauss-Seidel with the floors: the quadratic is convex, so that it ends at the one minimum.
    // The drift gets its floor at the end, lest it take from the noise what the floor adds.
    let floors = [TierModel::FLOOR.within.powi(2), TierModel::FLOOR.person.powi(2), 0.0];
    let mut beta = start;
    for _ in 0..500 {
        for (k, ((row, r), floor)) in left.iter().zip(right).zip(floors).enumerate() {
            let others: f64 = row.iter().zip(beta).enumerate().filter(|(i, _)| *i != k).map(|(_, (c, b))| c * b).sum();
            let own = row.get(k).copied().unwrap_or(1.0);
            if let Some(value) = beta.get_mut(k) {
                *value = ((r - others) / own).max(floor);
            }
        }
    }
    beta
}

#[cfg(test)]
mod tests {
    use super::super::simulate::World;
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn the_fit_finds_what_the_data_were_made_of() {
        let world = World {
            coarse: false,
            stray: 0.0,
            mean: 60.0,
            between: 7.0,
            person: 6.0,
            within: 9.0,
            answers_per_year: 6.0,
            ..World::default()
        };
        let fleet = world.flat_fleet(600, 730, &mut ChaCha8Rng::seed_from_u64(7));
        let model = fit_tiers(&fleet, 1)[0];
        assert!((model.mean - 60.0).abs() < 1.0, "{model:?}");
        assert!((model.between - 7.0).abs() < 0.7, "{model:?}");
        assert!((model.person - 6.0).abs() < 0.8, "{model:?}");
        assert!((model.within - 9.0).abs() < 0.6, "{model:?}");
        assert_eq!(model.drift, TierModel::FLOOR.drift, "levels stand still in this world");
    }

    #[test]
    fn nothing_gives_the_prior_and_equal_answers_do_not_pool_completely() {
        let none = TierModel::fit(std::iter::empty(), &TierModel::default());
        for (a, b) in
            [(none.mean, 72.0), (none.between, 8.0), (none.person, 7.0), (none.within, 10.0), (none.drift, 2.0)]
        {
            assert!((a - b).abs() < 1e-6, "{none:?}");
        }
        let same: Vec<_> = (0..20).map(|i| Observation::new(i * 30, i as u32 % 2, 80.0)).collect();
        let equal = TierModel::fit((0..200).map(|_| same.as_slice()), &TierModel::default());
        assert_eq!(equal.between, TierModel::FLOOR.between);
        assert_eq!(equal.within, TierModel::FLOOR.within);
        assert_eq!(equal.drift, TierModel::FLOOR.drift);
    }
}
