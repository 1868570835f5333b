//! The net promoter score: what of a trinomial sample can be said of those who were not asked.
//!
//! Scores are on the scale of -100 (all detractors) to 100 (all promoters).

use super::quantile::{Z, normal_two_sided};
use super::{Estimate, Interval};

/// Bisections of the score interval: the bound is found to the last bit of a double.
const BISECTIONS: u32 = 60;

/// How many promoters, passives and detractors answered; at least one did.
///
/// Of an answer of 0 to 10, up to 6 is a detractor and from 9 a promoter (Reichheld 2003).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    promoters: u64,
    passives: u64,
    detractors: u64,
}

impl Counts {
    /// `None` when nobody answered: no score is better than one that is made up.
    pub fn new(promoters: u64, passives: u64, detractors: u64) -> Option<Self> {
        let n = promoters.checked_add(passives)?.checked_add(detractors)?;
        (n > 0).then_some(Self { promoters, passives, detractors })
    }

    pub fn n(&self) -> u64 {
        self.promoters + self.passives + self.detractors
    }

    /// Share of promoters less share of detractors, times 100.
    pub fn nps(&self) -> f64 {
        100.0 * (self.promoters as f64 - self.detractors as f64) / self.n() as f64
    }

    /// Variance of one answer recoded to 1, 0, -1: promoters' share plus detractors' share less the square of their
    /// difference (Rocks 2016, "Interval estimation for the net promoter score"), on the scale 0 to 1.
    pub fn variance(&self) -> f64 {
        self.plain().variance * self.n() as f64 / 1e4
    }

    /// Standard error of [`Self::nps`]: the root of variance / n, in points.
    pub fn standard_error(&self) -> f64 {
        self.plain().variance.sqrt()
    }

    /// The plain interval, score +- z standard errors. It may leave the scale, and has no width when all answers are
    /// of one class; it is here to be compared with, not to be shown.
    pub fn wald(&self) -> Interval {
        self.plain().interval(Z)
    }

    /// Adjusted Wald interval (Rocks 2016): three answers are added, 3/4 promoter, 3/2 passive, 3/4 detractor, and the
    /// plain interval of that is cut to the scale. With `n_eff` the same shares are taken to stand on that many
    /// independent answers, see [`super::cluster`]; without, on as many as were counted.
    pub fn adjusted_wald(&self, n_eff: Option<f64>) -> Interval {
        self.adjusted(n_eff).interval(Z).clipped(-100.0, 100.0)
    }

    /// Centre and variance that [`Self::adjusted_wald`] is made of, in points.
    pub fn adjusted(&self, n_eff: Option<f64>) -> Estimate {
        let n = self.n() as f64;
        let weight = n_eff.unwrap_or(n) / n;
        trinomial(self.promoters as f64 * weight + 0.75, self.detractors as f64 * weight + 0.75, n * weight + 3.0)
    }

    /// Score interval: every score that a score test of Tango (1998, Statistics in Medicine 17: 891-908) does not
    /// refuse. That test is for the difference of paired shares, which is the same problem: two counts of a trinomial
    /// and their difference. Never wider than the scale, never without width.
    pub fn score(&self) -> Interval {
        let (b, c, n) = (self.promoters as f64, self.detractors as f64, self.n() as f64);
        // Mirrored, the lower bound is an upper one: one search serves both, and serves them alike.
        Interval { low: -100.0 * score_upper(c, b, n), high: 100.0 * score_upper(b, c, n) }
    }

    fn plain(&self) -> Estimate {
        trinomial(self.promoters as f64, self.detractors as f64, self.n() as f64)
    }
}

/// The difference of two scores, and whether chance alone makes as large a one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    /// In points, -200 to 200.
    pub difference: f64,
    pub standard_error: f64,
    /// Difference over standard error; none where the latter is 0.
    pub z: Option<f64>,
    /// Two-sided; none where there is no `z`.
    pub p: Option<f64>,
    pub interval: Interval,
}

/// First score less second, of independent samples: z = difference / sqrt(V1/n1 + V2/n2) (Rocks 2016).
pub fn difference(first: Counts, second: Counts) -> Difference {
    between(first.plain(), second.plain())
}

/// The same with three answers added to each sample as in [`Counts::adjusted_wald`]: the one to decide by, since it
/// never divides by zero and holds its level in small samples.
pub fn adjusted_difference(first: Counts, second: Counts) -> Difference {
    between(first.adjusted(None), second.adjusted(None))
}

fn between(first: Estimate, second: Estimate) -> Difference {
    let gap = Estimate { centre: first.centre - second.centre, variance: first.variance + second.variance };
    let standard_error = gap.variance.sqrt();
    let z = (standard_error > 0.0).then(|| gap.centre / standard_error);
    Difference { difference: gap.centre, standard_error, z, p: z.map(normal_two_sided), interval: gap.interval(Z) }
}

/// Score and variance of the score, in points, of counts that need not be whole.
fn trinomial(promoters: f64, detractors: f64, n: f64) -> Estimate {
    let score = (promoters - detractors) / n;
    let variance = ((promoters + detractors) / n - score * score).max(0.0);
    Estimate { centre: 100.0 * score, variance: 1e4 * variance / n }
}

/// The largest score in -1..1 that the score test does not refuse: the statistic falls as the score rises.
fn score_upper(b: f64, c: f64, n: f64) -> f64 {
    let kept = |score: f64| score_statistic(b, c, n, score) >= -Z;
    if kept(1.0) {
        return 1.0;
    }
    let (mut inside, mut outside) = ((b - c) / n, 1.0);
    for _ in 0..BISECTIONS {
        let middle = 0.5 * (inside + outside);
        if kept(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    0.5 * (inside + outside)
}

/// Tango's statistic of `b` promoters and `c` detractors among `n`, were `score` true: `q` is the most likely share
/// of detractors then, the positive root of 2n q^2 + (-b - c + (2n - b + c) score) q - c score (1 - score) = 0.
fn score_statistic(b: f64, c: f64, n: f64, score: f64) -> f64 {
    let gap = b - c - n * score;
    let linear = -b - c + (2.0 * n - b + c) * score;
    let constant = -c * score * (1.0 - score);
    let root = (linear * linear - 8.0 * n * constant).max(0.0).sqrt();
    // The textbook root loses its digits where `linear` is large and positive; its conjugate does not.
    let q = if linear > 0.0 { -2.0 * constant / (root + linear) } else { (root - linear) / (4.0 * n) };
    let variance = n * (2.0 * q + score * (1.0 - score));
    if variance > 0.0 {
        gap / variance.sqrt()
    } else if gap.abs() < 1e-9 {
        0.0
    } else {
        gap.signum() * f64::INFINITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Table {
        header: csv::StringRecord,
        rows: Vec<csv::StringRecord>,
    }

    fn table(text: &str) -> Table {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header = reader.headers().unwrap().clone();
        Table { header, rows: reader.records().map(Result::unwrap).collect() }
    }

    impl Table {
        fn cell(&self, row: usize, name: &str) -> Option<f64> {
            let column = self.header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column {name}"));
            let text = &self.rows[row][column];
            (!text.is_empty()).then(|| text.parse().unwrap())
        }

        fn counts(&self, row: usize, names: [&str; 3]) -> Counts {
            let [a, b, c] = names.map(|name| self.cell(row, name).unwrap() as u64);
            Counts::new(a, b, c).unwrap()
        }

        fn check(&self, row: usize, name: &str, got: f64, tolerance: f64) {
            let want = self.cell(row, name).unwrap();
            assert!((got - want).abs() <= tolerance, "row {row} {name}: {got} instead of {want}");
        }
    }

    #[test]
    fn intervals_agree_with_the_reference() {
        let t = table(include_str!("../../../tests/reference/c3_scores/nps_intervals.csv"));
        assert_eq!(t.rows.len(), 40);
        for row in 0..t.rows.len() {
            let counts = t.counts(row, ["promoters", "passives", "detractors"]);
            assert_eq!(Some(counts.n() as f64), t.cell(row, "n"));
            t.check(row, "nps", counts.nps(), 1e-9);
            t.check(row, "variance", counts.variance(), 1e-9);
            t.check(row, "se", counts.standard_error(), 1e-9);
            t.check(row, "wald_lo", counts.wald().low, 1e-9);
            t.check(row, "wald_hi", counts.wald().high, 1e-9);
            t.check(row, "adjwald_centre", counts.adjusted(None).centre, 1e-9);
            t.check(row, "adjwald_lo_unclipped", counts.adjusted(None).interval(Z).low, 1e-9);
            t.check(row, "adjwald_hi_unclipped", counts.adjusted(None).interval(Z).high, 1e-9);
            t.check(row, "adjwald_lo", counts.adjusted_wald(None).low, 1e-9);
            t.check(row, "adjwald_hi", counts.adjusted_wald(None).high, 1e-9);
            t.check(row, "score_lo", counts.score().low, 1e-7);
            t.check(row, "score_hi", counts.score().high, 1e-7);
        }
    }

    #[test]
    fn differences_agree_with_the_reference() {
        let t = table(include_str!("../../../tests/reference/c3_scores/nps_two_sample.csv"));
        assert_eq!(t.rows.len(), 20);
        for row in 0..t.rows.len() {
            let a = t.counts(row, ["a_pro", "a_pas", "a_det"]);
            let b = t.counts(row, ["b_pro", "b_pas", "b_det"]);
            let (plain, adjusted) = (difference(a, b), adjusted_difference(a, b));
            t.check(row, "diff", plain.difference, 1e-9);
            t.check(row, "wald_se", plain.standard_error, 1e-9);
            t.check(row, "wald_lo", plain.interval.low, 1e-9);
            t.check(row, "wald_hi", plain.interval.high, 1e-9);
            assert_eq!(plain.z.is_some(), t.cell(row, "wald_z").is_some());
            if let (Some(z), Some(p)) = (plain.z, plain.p) {
                t.check(row, "wald_z", z, 1e-9);
                t.check(row, "wald_p", p, 1e-9);
            }
            t.check(row, "adj_diff", adjusted.difference, 1e-9);
            t.check(row, "adj_se", adjusted.standard_error, 1e-9);
            t.check(row, "adj_z", adjusted.z.unwrap(), 1e-9);
            t.check(row, "adj_p", adjusted.p.unwrap(), 1e-9);
            t.check(row, "adj_lo", adjusted.interval.low, 1e-9);
            t.check(row, "adj_hi", adjusted.interval.high, 1e-9);
        }
    }

    /// The probability, summed over every outcome of `n` answers, that the interval holds the true score.
    fn coverage(n: u64, promoters: f64, detractors: f64, interval: impl Fn(Counts) -> Interval) -> f64 {
        let truth = 100.0 * (promoters - detractors);
        let ways = |n: u64, k: u64| (0..k).map(|i| (n - i) as f64 / (k - i) as f64).product::<f64>();
        let mut covered = 0.0;
        for b in 0..=n {
            for c in 0..=n - b {
                let held = interval(Counts::new(b, n - b - c, c).unwrap());
                if held.low - 1e-9 <= truth && truth <= held.high + 1e-9 {
                    covered += ways(n, b)
                        * ways(n - b, c)
                        * promoters.powi(b as i32)
                        * detractors.powi(c as i32)
                        * (1.0 - promoters - detractors).max(0.0).powi((n - b - c) as i32);
                }
            }
        }
        covered
    }

    /// Shares of promoters and detractors as they occur: good, very good, excellent, indifferent, bad.
    const LIFELIKE: [(f64, f64); 5] = [(0.5, 0.2), (0.8, 0.05), (0.9, 0.1), (0.2, 0.2), (0.1, 0.6)];

    fn range(values: impl IntoIterator<Item = f64>) -> (f64, f64) {
        values.into_iter().fold((1.0, 0.0), |(low, high), v| (v.min(low), v.max(high)))
    }

    #[test]
    fn the_adjusted_interval_covers_what_it_is_known_to_cover() {
        for (n, want) in [(5, (0.919, 0.990)), (10, (0.930, 0.983))] {
            let (low, high) = range(LIFELIKE.map(|(p, d)| coverage(n, p, d, |c| c.adjusted_wald(None))));
            assert!((low - want.0).abs() < 6e-4 && (high - want.1).abs() < 6e-4, "n={n}: {low} to {high}");
        }
    }

    #[test]
    fn the_adjusted_interval_covers_95_per_cent_on_average() {
        // Over the grid of twentieths where each class has at least a tenth.
        for n in [5, 10] {
            let points = (2..=16).flat_map(|i| (2..=18 - i).map(move |j| (f64::from(i) / 20.0, f64::from(j) / 20.0)));
            let all: Vec<f64> = points.map(|(p, d)| coverage(n, p, d, |c| c.adjusted_wald(None))).collect();
            let mean = all.iter().sum::<f64>() / all.len() as f64;
            assert!((0.94..0.97).contains(&mean), "n={n}: {mean}");
            let plain = coverage(n, 0.8, 0.05, |c| c.wald());
            assert!(plain < 0.89, "the plain interval was thought to fail here: {plain}");
        }
    }

    #[test]
    fn nobody_asked_no_score() {
        assert_eq!(Counts::new(0, 0, 0), None);
        assert_eq!(Counts::new(u64::MAX, 1, 0), None);
    }

    #[test]
    fn the_interval_holds_the_score_for_every_small_sample() {
        for n in 1..=60_u64 {
            for b in 0..=n {
                for c in 0..=n - b {
                    let counts = Counts::new(b, n - b - c, c).unwrap();
                    for held in [counts.adjusted_wald(None), counts.score()] {
                        assert!(held.low < held.high && held.low >= -100.0 && held.high <= 100.0);
                        // The adjusted interval of one answer alone ends 1.5 points short of it.
                        let short = if n == 1 { 1.51 } else { 1e-9 };
                        assert!(held.low <= counts.nps() + short && counts.nps() <= held.high + short, "{counts:?}");
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn more_answers_of_the_same_kind_narrow_the_interval(b in 0..500_u64, a in 0..500_u64, c in 0..500_u64) {
            prop_assume!(a + b + c > 0);
            let one = Counts::new(b, a, c).unwrap();
            let four = Counts::new(4 * b, 4 * a, 4 * c).unwrap();
            prop_assert!(four.adjusted(None).variance < one.adjusted(None).variance);
            prop_assert!(four.score().width() < one.score().width());
            prop_assert!((four.nps() - one.nps()).abs() < 1e-9);
        }

        #[test]
        fn fewer_effective_answers_widen_it(
            b in 0..500_u64, a in 0..500_u64, c in 0..500_u64, deff in 1.01..20.0_f64,
        ) {
            prop_assume!(a + b + c > 0);
            let counts = Counts::new(b, a, c).unwrap();
            let n_eff = counts.n() as f64 / deff;
            prop_assert!(counts.adjusted(Some(n_eff)).variance > counts.adjusted(None).variance);
        }

        #[test]
        fn promoters_and_detractors_are_mirror_images(b in 0..900_u64, a in 0..900_u64, c in 0..900_u64) {
            prop_assume!(a + b + c > 0);
            let (one, other) = (Counts::new(b, a, c).unwrap(), Counts::new(c, a, b).unwrap());
            prop_assert_eq!(one.nps(), -other.nps());
            for (x, y) in [(one.adjusted_wald(None), other.adjusted_wald(None)), (one.score(), other.score())] {
                prop_assert!((x.low + y.high).abs() < 1e-9 && (x.high + y.low).abs() < 1e-9);
            }
        }
    }
}
