//! The Kalman filter behind a level: what is known of it after each answer.
#![expect(clippy::indexing_slicing, reason = "indices are built here, below the dimension of the state")]

use super::{Observation, TierModel};

/// Misses beyond this many standard deviations count as if they lay on it (Huber's psi; Cipra and
/// Romera 1991 put it into the Kalman filter): one answer out of line cannot carry a level away.
const CLIP: f64 = 2.5;

const LEVEL: usize = 0;
const THEN: usize = 1;
const PEOPLE: usize = 2;

/// What one answer did to the level.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// What this person was expected to answer: the level plus their leniency, as known before.
    pub expected: f64,
    /// The share of the miss that went into the level.
    pub weight: f64,
    /// weight x (value - expected).
    pub points: f64,
}

/// The joint state of one account: the level now, the level at a marked day (0 and known until one
/// is marked), and the leniency of everybody who has answered so far. Marking copies the level into
/// its place, after which later answers revise both: fixed-point smoothing by augmented state
/// (Anderson and Moore 1979, ch. 7.2).
///
/// The covariance is stored as a packed lower triangle, so that a new person is a row appended.
#[derive(Debug, Default)]
pub(super) struct Filter {
    day: Option<i32>,
    mean: Vec<f64>,
    covariance: Vec<f64>,
    people: Vec<u32>,
    pull: Vec<f64>,
}

/// The place of a pair in the packed lower triangle; `i` is not below `j`.
fn at(i: usize, j: usize) -> usize {
    i * (i + 1) / 2 + j
}

impl Filter {
    /// Starts afresh from the tier, keeping the memory.
    pub fn reset(&mut self, model: &TierModel) {
        self.day = None;
        self.people.clear();
        self.mean.clear();
        self.mean.extend([model.mean, 0.0]);
        self.covariance.clear();
        self.covariance.extend([model.between * model.between, 0.0, 0.0]);
    }

    /// Lets time pass: the level may have drifted.
    fn advance(&mut self, day: i32, model: &TierModel) {
        let days = self.day.map_or(0, |before| (day - before).max(0));
        self.covariance[at(LEVEL, LEVEL)] += model.drift_variance(days);
        self.day = Some(self.day.map_or(day, |before| before.max(day)));
    }

    /// The place of a person in the state; a new one starts at the tier's spread of leniency.
    fn place(&mut self, respondent: u32, model: &TierModel) -> usize {
        if let Some(known) = self.people.iter().position(|p| *p == respondent) {
            return PEOPLE + known;
        }
        self.people.push(respondent);
        let place = self.mean.len();
        self.mean.push(0.0);
        self.covariance.resize(self.covariance.len() + place, 0.0);
        self.covariance.push(model.person * model.person);
        place
    }

    /// Takes in one answer. Answers come in the order of their days; a value outside 0 to 100 is
    /// taken for the nearer end, and one that is no number changes nothing.
    pub fn take(&mut self, seen: &Observation, model: &TierModel) -> Step {
        self.advance(seen.day, model);
        let person = self.place(seen.respondent, model);
        let expected = self.mean[LEVEL] + self.mean[person];
        if seen.value.is_nan() {
            return Step { expected, weight: 0.0, points: 0.0 };
        }
        let size = self.mean.len();
        let mut pull = std::mem::take(&mut self.pull);
        pull.clear();
        pull.extend((0..size).map(|i| self.covariance[at(i, LEVEL)] + self.between(i, person)));
        let total = pull[LEVEL] + pull[person] + model.within * model.within;
        let miss = seen.value.clamp(0.0, 100.0) - expected;
        let bound = CLIP * total.sqrt();
        let counted = miss.clamp(-bound, bound);
        for i in 0..size {
            self.mean[i] += pull[i] / total * counted;
            for j in 0..=i {
                self.covariance[at(i, j)] -= pull[i] * pull[j] / total;
            }
        }
        let points = pull[LEVEL] / total * counted;
        let weight = if miss == 0.0 { pull[LEVEL] / total } else { points / miss };
        self.pull = pull;
        Step { expected, weight, points }
    }

    fn between(&self, i: usize, j: usize) -> f64 {
        self.covariance[at(i.max(j), i.min(j))]
    }

    /// Marks the level of this moment as the one to compare with; from here on it may have shifted,
    /// by a standard deviation of `shift` points.
    pub fn mark(&mut self, shift: f64) {
        self.mean[THEN] = self.mean[LEVEL];
        for i in PEOPLE..self.mean.len() {
            self.covariance[at(i, THEN)] = self.covariance[at(i, LEVEL)];
        }
        let variance = self.covariance[at(LEVEL, LEVEL)];
        self.covariance[at(THEN, LEVEL)] = variance;
        self.covariance[at(THEN, THEN)] = variance;
        self.covariance[at(LEVEL, LEVEL)] += shift * shift;
    }

    /// The level now, and its variance on the day of the last answer.
    pub fn level(&self) -> (f64, f64) {
        (self.mean[LEVEL], self.covariance[at(LEVEL, LEVEL)].max(0.0))
    }

    /// How far the level lies below the marked one, and the variance of that difference, on the
    /// day of the last answer.
    pub fn fall(&self) -> (f64, f64) {
        let variance = self.between(LEVEL, LEVEL) + self.between(THEN, THEN) - 2.0 * self.between(LEVEL, THEN);
        (self.mean[THEN] - self.mean[LEVEL], variance.max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Solves a x = b by Gauss-Seidel, which converges for a covariance; only to check the filter against.
    fn solve(a: &[Vec<f64>], b: &[f64]) -> Vec<f64> {
        let mut x = vec![0.0; b.len()];
        for _ in 0..20_000 {
            for (k, (row, right)) in a.iter().zip(b).enumerate() {
                let others: f64 =
                    row.iter().zip(&x).enumerate().filter(|(i, _)| *i != k).map(|(_, (c, v))| c * v).sum();
                x[k] = (right - others) / row[k];
            }
        }
        x
    }

    #[test]
    fn the_filter_equals_the_regression_on_all_answers_at_once() {
        // The model is Gaussian: level and fall given the answers follow from one big covariance.
        let model = TierModel { mean: 70.0, between: 8.0, person: 6.0, within: 10.0, drift: 3.0 };
        let rows =
            [(0, 1, 75.0), (30, 2, 66.0), (30, 1, 80.0), (95, 3, 71.0), (160, 2, 60.0), (220, 1, 64.0), (221, 4, 55.0)];
        let seen: Vec<_> = rows.iter().map(|&(d, p, x)| Observation::new(d, p, x)).collect();
        let (marked, shift): (usize, f64) = (3, 7.0);
        let mut filter = Filter::default();
        filter.reset(&model);
        for (i, o) in seen.iter().enumerate() {
            filter.take(o, &model);
            if i == marked {
                filter.mark(shift);
            }
        }
        let level = |s: i32, t: i32| {
            let shifted = if s.min(t) > 95 { shift.powi(2) } else { 0.0 };
            model.between.powi(2) + model.drift_variance(s.min(t)) + shifted
        };
        let n = seen.len();
        let k: Vec<Vec<f64>> = (0..n)
            .map(|i| {
                (0..n)
                    .map(|j| {
                        let person = if seen[i].respondent == seen[j].respondent { model.person.powi(2) } else { 0.0 };
                        let noise = if i == j { model.within.powi(2) } else { 0.0 };
                        level(seen[i].day, seen[j].day) + person + noise
                    })
                    .collect()
            })
            .collect();
        let cross = |day: i32| -> Vec<f64> { seen.iter().map(|o| level(day, o.day)).collect() };
        let fall: Vec<f64> = cross(95).iter().zip(cross(221)).map(|(a, b)| a - b).collect();
        let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(x, y)| x * y).sum() };
        let misses: Vec<f64> = seen.iter().map(|o| o.value - model.mean).collect();
        let beta = solve(&k, &misses);
        let prior = level(95, 95) + level(221, 221) - 2.0 * level(95, 221);
        let variance = prior - dot(&fall, &solve(&k, &fall));
        assert!((filter.level().0 - model.mean - dot(&cross(221), &beta)).abs() < 1e-9);
        assert!((filter.fall().0 - dot(&fall, &beta)).abs() < 1e-9);
        assert!((filter.fall().1 - variance).abs() < 1e-9);
    }

    #[test]
    fn one_answer_out_of_line_is_cut_and_no_number_is_ignored() {
        let model = TierModel { mean: 95.0, between: 3.0, person: 3.0, within: 5.0, drift: 1.0 };
        let mut filter = Filter::default();
        filter.reset(&model);
        let step = filter.take(&Observation::new(0, 0, 0.0), &model);
        let total: f64 = 9.0 + 9.0 + 25.0;
        assert!((step.points + 9.0 / total * CLIP * total.sqrt()).abs() < 1e-12);
        assert!((step.weight * (0.0 - step.expected) - step.points).abs() < 1e-12);
        let before = filter.level();
        assert_eq!(filter.take(&Observation::new(0, 0, f64::NAN), &model).points, 0.0);
        assert_eq!(filter.level(), before);
    }
}
