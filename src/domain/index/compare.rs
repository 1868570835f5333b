//! Whether a figure has moved: the change against another, its probability by chance, and what may be said of it.

use super::Figure;
use super::quantile::t_two_sided;

/// Adjusted p below which a change is said to be beyond chance.
const BEYOND: f64 = 0.05;
/// Adjusted p below which a change is said to be there perhaps.
const PERHAPS: f64 = 0.20;

/// What became of a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Value now less value before, as shown.
    pub difference: f64,
    /// Probability of so large a difference, in either direction, had nothing changed. 1 where nothing can be said.
    pub p: f64,
    /// The smaller of the two numbers of responses: the one that limits what can be told.
    pub n: i64,
}

/// The change between independent samples; `None` if the figures are not of the same measure, or are counts.
///
/// The difference of the two [`Figure::estimate`]s over the root of the sum of their variances, clustered by account in
/// each. NPS by its adjusted counts, shares with a hit and a miss added, both against the normal distribution; means
/// against t with the degrees of freedom of Welch (1947, Biometrika 34: 28-35), accounts counting.
pub fn change(now: &Figure, before: &Figure) -> Option<Change> {
    compare(now, before, None)
}

/// The change between samples that share accounts, such as two waves that asked the same people: as [`change`], with the
/// variance less twice the covariance. `correlation` of the two is that of [`super::cluster::correlation`]; the answers
/// that an adjusted interval adds are shared by nobody and take from it. Against t with a degree of freedom less than
/// there are accounts in the smaller sample, since the correlation stands on no more than those.
///
/// Where it leaves no variance at all, everybody having moved by the same, it is left out: the samples are then compared
/// as if independent, which errs on the cautious side. So does a correlation that is no number.
pub fn change_of_same(now: &Figure, before: &Figure, correlation: f64) -> Option<Change> {
    compare(now, before, Some(correlation))
}

/// Adjusts p-values that are looked at together, so that among those called beyond chance the expected share of false
/// ones stays below the level (Benjamini and Hochberg 1995, J. Royal Statistical Society B 57: 289-300). In the order
/// given; what is no number counts as 1.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    let m = p.len() as f64;
    let mut order: Vec<(usize, f64)> =
        p.iter().map(|p| if p.is_nan() { 1.0 } else { p.clamp(0.0, 1.0) }).enumerate().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1));
    let mut least = 1.0_f64;
    let mut adjusted: Vec<(usize, f64)> = order
        .into_iter()
        .enumerate()
        .map(|(above, (place, p))| {
            least = least.min(p * (m / (m - above as f64)));
            (place, least)
        })
        .collect();
    adjusted.sort_by_key(|(place, _)| *place);
    adjusted.into_iter().map(|(_, p)| p).collect()
}

/// Which way a figure went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    Lower,
    Higher,
}

/// What may be said of a change. The words for it are the reader's language's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// "19 lower than 43, beyond chance"
    BeyondChance { direction: Direction, by: f64 },
    /// "perhaps 4 lower, may be chance"
    Perhaps { direction: Direction, by: f64 },
    /// "no change beyond chance"
    NoChange,
    /// "too few responses to tell"
    TooFew,
    /// "not comparable": something else was asked before
    NotComparable,
}

impl Finding {
    /// From the difference as shown, its p after [`benjamini_hochberg`] over all changes of the page, the number of
    /// responses, and the number from which silence of the test is taken for an answer (a setting, 100 as it comes).
    /// A p that is no number is taken for 1.
    pub fn of(difference: f64, adjusted_p: f64, n: i64, threshold: i64) -> Self {
        let direction = if difference < 0.0 { Direction::Lower } else { Direction::Higher };
        let by = difference.abs();
        let moved = by > 0.0;
        if moved && adjusted_p < BEYOND {
            Self::BeyondChance { direction, by }
        } else if n < threshold {
            Self::TooFew
        } else if moved && adjusted_p < PERHAPS {
            Self::Perhaps { direction, by }
        } else {
            Self::NoChange
        }
    }
}

fn compare(now: &Figure, before: &Figure, correlation: Option<f64>) -> Option<Change> {
    let (a, b) = (now.estimate?, before.estimate?);
    if now.measure != before.measure {
        return None;
    }
    let independent = a.variance + b.variance;
    let (mut variance, mut df) = (independent, welch(a.variance, now.df, b.variance, before.df));
    if let Some(correlation) = correlation.filter(|r| r.is_finite()) {
        let shared = correlation.clamp(-1.0, 1.0) * (now.answered() * before.answered()).sqrt();
        let together = independent - 2.0 * shared * (a.variance * b.variance).sqrt();
        // A remainder of rounding is no variance.
        if together > 1e-12 * independent {
            variance = together;
        }
        df = df.min((now.accounts.min(before.accounts) - 1) as f64);
    }
    Some(Change {
        difference: now.value - before.value,
        p: probability(a.centre - b.centre, variance, df),
        n: now.n.min(before.n),
    })
}

/// Degrees of freedom of a difference whose variances have their own; infinite where both are.
fn welch(a: f64, a_df: f64, b: f64, b_df: f64) -> f64 {
    let df = (a + b).powi(2) / (a * a / a_df + b * b / b_df);
    if df.is_nan() { f64::INFINITY } else { df }
}

fn probability(difference: f64, variance: f64, df: f64) -> f64 {
    if !variance.is_finite() || variance <= 0.0 || df <= 0.0 {
        return 1.0;
    }
    t_two_sided(difference / variance.sqrt(), df)
}

#[cfg(test)]
mod tests {
    use super::super::{cluster, figure, nps};
    use super::*;
    use crate::domain::measure::{Measure, Sums, to_milli};
    use proptest::prelude::*;

    fn singles(counts: &[(f64, usize)]) -> Vec<Sums> {
        counts.iter().flat_map(|&(x, k)| std::iter::repeat_n(Sums::of(to_milli(x)), k)).collect()
    }

    fn of(measure: &Measure, counts: &[(f64, usize)]) -> Figure {
        figure(measure, singles(counts)).unwrap()
    }

    #[test]
    fn nps_is_compared_by_adjusted_counts() {
        let now = of(&Measure::Recommend, &[(1., 15), (0., 25), (-1., 60)]);
        let before = of(&Measure::Recommend, &[(1., 33), (0., 34), (-1., 33)]);
        let got = change(&now, &before).unwrap();
        assert_eq!((got.difference, got.n), (-45.0, 100));
        let want =
            nps::adjusted_difference(nps::Counts::new(15, 25, 60).unwrap(), nps::Counts::new(33, 34, 33).unwrap());
        assert!((got.p - want.p.unwrap()).abs() < 1e-15 && (got.p - 5.446_442_790_66e-5).abs() < 1e-12);
    }

    #[test]
    fn shares_are_compared_with_a_hit_and_a_miss_added() {
        let got = change(&of(&Measure::Satisfied, &[(1., 8), (0., 2)]), &of(&Measure::Satisfied, &[(1., 3), (0., 7)]));
        // (9 - 4) / 12 over the root of (9*3 + 4*8) / 12^3.
        let z = 5.0 / 12.0 / (59.0_f64 / 1728.0).sqrt();
        assert!((got.unwrap().p - super::super::quantile::normal_two_sided(z)).abs() < 1e-14);
    }

    #[test]
    fn means_are_compared_after_welch() {
        // Welch's t for (1, 2, 3, 4, 5) and (2, 4, 6, 8, 10): -3 / sqrt(2.5), df 6.25 / (0.0625 + 1) = 5.882.
        let now = of(&Measure::Effort, &[(1., 1), (2., 1), (3., 1), (4., 1), (5., 1)]);
        let before = of(&Measure::Effort, &[(2., 1), (4., 1), (6., 1), (8., 1), (10., 1)]);
        let got = change(&now, &before).unwrap();
        assert!((got.p - t_two_sided(3.0 / 2.5_f64.sqrt(), 6.25 / 1.0625)).abs() < 1e-12);
        assert!((got.p - 0.1075).abs() < 1e-3, "{got:?}");
    }

    #[test]
    fn no_spread_is_no_certainty_and_never_no_number() {
        for measure in [Measure::Recommend, Measure::Satisfied, Measure::RecommendScore] {
            let low = of(&measure, &[(0., 2)]);
            let high = of(&measure, &[(1., 2)]);
            assert_eq!(change(&low, &low).unwrap().p, 1.0);
            let moved = change(&high, &low).unwrap();
            assert!(moved.p > 0.05 && moved.p <= 1.0, "two answers against two: {moved:?}");
            let many = change(&of(&measure, &[(1., 900)]), &of(&measure, &[(0., 900)])).unwrap();
            assert!(measure == Measure::RecommendScore || many.p < 1e-9, "{measure}: {many:?}");
        }
        let one = figure(&Measure::Effort, [Sums::of(to_milli(5.0))]).unwrap();
        assert_eq!(change(&one, &of(&Measure::Effort, &[(90., 5), (80., 5)])).unwrap().p, 1.0);
    }

    #[test]
    fn unlike_things_are_not_compared() {
        let (nps, share) = (of(&Measure::Recommend, &[(1., 3)]), of(&Measure::Satisfied, &[(1., 3)]));
        assert_eq!(change(&nps, &share), None);
        let count = of(&Measure::Response, &[(1., 3)]);
        assert_eq!(change(&count, &count), None);
    }

    #[test]
    fn the_same_people_tell_more_about_a_change() {
        // Fifty accounts, each a promoter or a detractor before; five promoters have become passive.
        let before: Vec<f64> = (0..50).map(|i| if i < 30 { 1.0 } else { -1.0 }).collect();
        let now: Vec<f64> = before.iter().enumerate().map(|(i, &x)| if i < 5 { 0.0 } else { x }).collect();
        let sums = |xs: &[f64]| xs.iter().map(|&x| Sums::of(to_milli(x))).collect::<Vec<_>>();
        let (a, b) = (sums(&now), sums(&before));
        let correlation = cluster::correlation(a.iter().copied().zip(b.iter().copied())).unwrap();
        let (now, before) = (figure(&Measure::Recommend, a).unwrap(), figure(&Measure::Recommend, b).unwrap());
        let (apart, same) = (change(&now, &before).unwrap(), change_of_same(&now, &before, correlation).unwrap());
        assert_eq!(apart.difference, same.difference);
        assert!(apart.p > 0.4 && same.p < 0.15, "{apart:?} {same:?}");
        let unknown = change_of_same(&now, &before, f64::NAN).unwrap();
        assert_eq!(unknown, apart, "a correlation that is not known");
    }

    #[test]
    fn when_all_move_alike_the_number_decides() {
        let moved = |n: usize| {
            let before: Vec<Sums> = (0..n).map(|i| Sums::of(to_milli((i % 2) as f64))).collect();
            let now: Vec<Sums> = (0..n).map(|i| Sums::of(to_milli((i % 2) as f64 - 1.0))).collect();
            let correlation = cluster::correlation(now.iter().copied().zip(before.iter().copied())).unwrap();
            assert!((correlation - 1.0).abs() < 1e-12);
            let of = |sums| figure(&Measure::Recommend, sums).unwrap();
            change_of_same(&of(now), &of(before), correlation).unwrap().p
        };
        assert!(moved(2) > 0.2 && moved(100) < 1e-6, "{} {}", moved(2), moved(100));
    }

    #[test]
    fn benjamini_and_hochberg_by_hand() {
        let got = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.005, 0.5]);
        for (got, want) in got.iter().zip([0.025, 0.05, 0.05, 0.025, 0.5]) {
            assert!((got - want).abs() < 1e-15, "{got} instead of {want}");
        }
        assert_eq!(benjamini_hochberg(&[]), Vec::<f64>::new());
        assert_eq!(benjamini_hochberg(&[f64::NAN, 0.01]), vec![1.0, 0.02]);
    }

    #[test]
    fn words_follow_the_table() {
        use Direction::{Higher, Lower};
        assert_eq!(Finding::of(-19.0, 0.049, 246, 100), Finding::BeyondChance { direction: Lower, by: 19.0 });
        assert_eq!(Finding::of(19.0, 0.049, 12, 100), Finding::BeyondChance { direction: Higher, by: 19.0 });
        assert_eq!(Finding::of(-4.0, 0.05, 246, 100), Finding::Perhaps { direction: Lower, by: 4.0 });
        assert_eq!(Finding::of(4.0, 0.199, 100, 100), Finding::Perhaps { direction: Higher, by: 4.0 });
        assert_eq!(Finding::of(4.0, 0.20, 100, 100), Finding::NoChange);
        assert_eq!(Finding::of(4.0, 0.1, 99, 100), Finding::TooFew);
        assert_eq!(Finding::of(0.0, 0.01, 500, 100), Finding::NoChange);
        assert_eq!(Finding::of(9.0, f64::NAN, 500, 100), Finding::NoChange);
    }

    proptest! {
        #[test]
        fn adjusting_keeps_the_order_and_never_helps(p in prop::collection::vec(0.0..=1.0_f64, 0..40)) {
            let adjusted = benjamini_hochberg(&p);
            prop_assert_eq!(adjusted.len(), p.len());
            for (i, &a) in adjusted.iter().enumerate() {
                prop_assert!(a >= p[i] && a <= 1.0);
                for (j, &b) in adjusted.iter().enumerate() {
                    prop_assert!(p[i] > p[j] || a <= b);
                }
            }
        }

        #[test]
        fn there_and_back_is_the_same_distance(
            a in prop::collection::vec(0..=100_000_i64, 1..20), b in prop::collection::vec(0..=100_000_i64, 1..20),
        ) {
            let of = |xs: &[i64]| figure(&Measure::Effort, xs.iter().map(|&x| Sums::of(x))).unwrap();
            let (there, back) = (change(&of(&a), &of(&b)).unwrap(), change(&of(&b), &of(&a)).unwrap());
            prop_assert!((0.0..=1.0).contains(&there.p));
            prop_assert_eq!(there.difference, -back.difference);
            prop_assert!((there.p - back.p).abs() < 1e-12);
        }
    }
}
