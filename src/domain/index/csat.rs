//! Shares, such as of satisfied customers (CSAT) or of answered invitations. In per cent, 0 to 100.

use super::quantile::{LEVEL, Z, beta_quantile};
use super::{Estimate, Interval};

/// So many of so many; at least one was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    hits: u64,
    n: u64,
}

impl Share {
    /// `None` when nobody was counted, or more hits than there were to hit.
    pub fn new(hits: u64, n: u64) -> Option<Self> {
        (n > 0 && hits <= n).then_some(Self { hits, n })
    }

    pub fn n(&self) -> u64 {
        self.n
    }

    /// The share itself, times 100.
    pub fn share(&self) -> f64 {
        100.0 * self.part()
    }

    /// Wilson's interval (1927, JASA 22: 209-212): every share that a score test does not refuse. With `n_eff` the
    /// share is taken to stand on that many independent answers, see [`super::cluster`].
    pub fn wilson(&self, n_eff: Option<f64>) -> Interval {
        let (p, n) = (self.part(), n_eff.unwrap_or(self.n as f64));
        let grown = 1.0 + Z * Z / n;
        let centre = (p + Z * Z / (2.0 * n)) / grown;
        let half = Z / grown * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        // At no hit the lower bound is 0 exactly, at all hits the upper one is 100; rounding must not move them.
        Interval {
            low: if self.hits == 0 { 0.0 } else { 100.0 * (centre - half).max(0.0) },
            high: if self.hits == self.n { 100.0 } else { 100.0 * (centre + half).min(1.0) },
        }
    }

    /// Jeffreys' interval: quantiles of the beta distribution with hits + 1/2 and misses + 1/2 (Brown, Cai and
    /// DasGupta 2001, Statistical Science 16: 101-133). Equal-tailed; at no or all hits it does not reach the end.
    pub fn jeffreys(&self) -> Interval {
        let (a, b) = (self.hits as f64 + 0.5, (self.n - self.hits) as f64 + 0.5);
        let tail = (1.0 - LEVEL) / 2.0;
        // The upper bound is the mirrored lower one: a quantile near 0 keeps its digits, one near 1 does not.
        Interval { low: 100.0 * beta_quantile(a, b, tail), high: 100.0 - 100.0 * beta_quantile(b, a, tail) }
    }

    /// Centre and variance to compare shares by, in points: one hit and one miss are added (Agresti and Caffo 2000,
    /// The American Statistician 54: 280-288), so that shares of 0 and 100 % can be compared as well.
    pub fn adjusted(&self, n_eff: Option<f64>) -> Estimate {
        let n = n_eff.unwrap_or(self.n as f64);
        let p = (self.part() * n + 1.0) / (n + 2.0);
        Estimate { centre: 100.0 * p, variance: 1e4 * p * (1.0 - p) / (n + 2.0) }
    }

    fn part(&self) -> f64 {
        self.hits as f64 / self.n as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn intervals_agree_with_the_reference() {
        let text = include_str!("../../../tests/reference/c3_scores/csat_intervals.csv");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        let mut rows = 0;
        for row in reader.records().map(Result::unwrap) {
            let cell = |name: &str| row[header.iter().position(|h| h == name).unwrap()].parse::<f64>().unwrap();
            let share = Share::new(cell("top2") as u64, cell("n") as u64).unwrap();
            for (name, got) in [
                ("csat", share.share()),
                ("wilson_lo", share.wilson(None).low),
                ("wilson_hi", share.wilson(None).high),
                ("jeffreys_lo", share.jeffreys().low),
                ("jeffreys_hi", share.jeffreys().high),
            ] {
                assert!((got - cell(name)).abs() <= 1e-9, "{share:?} {name}: {got} instead of {}", cell(name));
            }
            rows += 1;
        }
        assert_eq!(rows, 40);
    }

    /// The probability, summed over every number of hits among `n`, that the interval holds the true share.
    fn coverage(n: u64, p: f64, interval: impl Fn(Share) -> Interval) -> f64 {
        (0..=n)
            .filter(|&k| {
                let held = interval(Share::new(k, n).unwrap());
                held.low - 1e-9 <= 100.0 * p && 100.0 * p <= held.high + 1e-9
            })
            .map(|k| {
                let ways: f64 = (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product();
                ways * p.powi(k as i32) * (1.0 - p).powi((n - k) as i32)
            })
            .sum()
    }

    #[test]
    fn wilson_covers_what_it_is_known_to_cover() {
        // At shares as they occur among customers.
        for (n, want) in [(10, (0.914, 0.979)), (30, (0.930, 0.974))] {
            let all = [0.5, 0.7, 0.8, 0.9, 0.95].map(|p| coverage(n, p, |s| s.wilson(None)));
            let (low, high) = all.iter().fold((1.0_f64, 0.0_f64), |(low, high), &v| (low.min(v), high.max(v)));
            assert!((low - want.0).abs() < 6e-4 && (high - want.1).abs() < 6e-4, "n={n}: {low} to {high}");
        }
    }

    #[test]
    fn wilson_covers_95_per_cent_on_average() {
        for n in [10, 30] {
            let mean = (1..100).map(|i| coverage(n, f64::from(i) / 100.0, |s| s.wilson(None))).sum::<f64>() / 99.0;
            assert!((0.95..0.96).contains(&mean), "n={n}: {mean}");
        }
    }

    #[test]
    fn a_share_needs_somebody_and_no_more_hits_than_that() {
        assert_eq!(Share::new(0, 0), None);
        assert_eq!(Share::new(3, 2), None);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_share_and_narrows(n in 1..5000_u64, part in 0.0..=1.0_f64, deff in 1.01..50.0_f64) {
            let hits = (n as f64 * part).round() as u64;
            let share = Share::new(hits, n).unwrap();
            let wilson = share.wilson(None);
            prop_assert!(0.0 <= wilson.low && wilson.high <= 100.0);
            prop_assert!(wilson.low <= share.share() && share.share() <= wilson.high);
            prop_assert!(Share::new(4 * hits, 4 * n).unwrap().wilson(None).width() < wilson.width());
            let wider = share.wilson(Some(n as f64 / deff));
            prop_assert!(wider.width() > wilson.width());
            prop_assert!(wider.low <= share.share() && share.share() <= wider.high);
        }
    }
}
