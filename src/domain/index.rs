//! Indices: figures with their intervals, numbers of responses, and changes. Pure arithmetic on sums.
//!
//! A [`Figure`] is made of the sums that each account's responses add up to ([`figure`]). Which formula belongs to which
//! measure is decided here and nowhere else; the formulas themselves stand in the modules below, each with its source.

pub mod cluster;
pub mod compare;
pub mod composite;
pub mod csat;
pub mod mean;
pub mod nps;
mod quantile;

use super::measure::{Measure, Sums};
use cluster::{Clustered, Source};
pub use quantile::LEVEL;
use quantile::t_quantile;

/// From here to there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// The part of it that lies on a scale.
    #[must_use]
    pub fn clipped(self, min: f64, max: f64) -> Self {
        Self { low: self.low.clamp(min, max), high: self.high.clamp(min, max) }
    }
}

/// A centre and its variance, such as two figures are compared by. Not always the value that is shown: the centre of an
/// adjusted interval is drawn inward.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub centre: f64,
    /// Of the centre, in its unit squared.
    pub variance: f64,
}

impl Estimate {
    /// The centre and `z` standard errors to either side.
    pub fn interval(&self, z: f64) -> Interval {
        let half = z * self.variance.sqrt();
        Interval { low: self.centre - half, high: self.centre + half }
    }
}

/// How the interval of a figure was found. Shown beside it, and explained in `docs/statistics.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// A count: what was counted is known.
    Count,
    /// NPS: adjusted Wald on the effective number, [`nps::Counts::adjusted_wald`].
    AdjustedWald,
    /// Shares: Wilson on the effective number, [`csat::Share::wilson`].
    Wilson,
    /// Means: t with the variance clustered by account, [`mean::t_interval`].
    ClusteredT,
    /// Means of answers that are all the same: [`mean::uniform_interval`].
    Uniform,
    /// Means of one account's answers, which tell nothing about others: the whole scale.
    OneAccount,
}

impl Method {
    /// The stable name, for interfaces and as a key of texts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::AdjustedWald => "adjusted-wald",
            Self::Wilson => "wilson",
            Self::ClusteredT => "clustered-t",
            Self::Uniform => "uniform",
            Self::OneAccount => "one-account",
        }
    }
}

/// A figure as it may be shown: never without its interval and the number of responses behind it.
///
/// NPS is in points of -100 to 100, shares in per cent, indices 0 to 100, the recommendation score 0 to 10.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    pub measure: Measure,
    pub value: f64,
    /// Lower end of the interval of [`LEVEL`]; on the scale.
    pub low: f64,
    /// Upper end, likewise.
    pub high: f64,
    /// Responses.
    pub n: i64,
    /// How many independent responses these are worth, see [`Clustered::n_eff`].
    pub n_eff: f64,
    pub accounts: i64,
    /// Design effect as found; it may be below 1, where `n_eff` is n.
    pub deff: f64,
    pub method: Method,
    /// What [`compare::change`] works with; none for a count.
    pub estimate: Option<Estimate>,
    /// Degrees of freedom of the variance: infinite where the method takes the normal distribution.
    pub df: f64,
}

/// The ends of the scale that a measure is shown on; a count has none.
pub fn scale(measure: &Measure) -> Option<Interval> {
    let (low, high) = match measure {
        Measure::Response | Measure::Came(_) => return None,
        Measure::Recommend => (-100.0, 100.0),
        Measure::RecommendScore => (0.0, 10.0),
        Measure::Asked
        | Measure::Satisfied
        | Measure::Effort
        | Measure::SatisfactionIndex
        | Measure::LoyaltyIndex
        | Measure::Employee
        | Measure::Check
        | Measure::Aspect(_) => (0.0, 100.0),
    };
    Some(Interval { low, high })
}

/// The figure of a measure from the sums of each account, read once and in any order; answers of which nobody knows the
/// account count as one cluster each ([`Source::Apart`]).
///
/// `None` where nobody answered, or where the sums cannot be those of this measure (scores off its scale), which only
/// damaged tallies have.
///
/// What the interval is where data are thin: with one response, NPS and shares still have theirs, most of the scale; the
/// value shown always lies in it.
/// All responses from one account count as one, since nothing tells how far accounts differ; a mean then has the whole
/// scale for its interval. If all responses are the same, each account counts once, and a mean's interval allows for
/// those who answer otherwise and were not met. To describe a single account by itself, pass the sums of its contacts.
pub fn figure<S: Into<Source>>(measure: &Measure, sources: impl IntoIterator<Item = S>) -> Option<Figure> {
    // Counts are recovered from the sums of all; the variance needs those of each. One pass yields both.
    let mut total = Sums::default();
    let mut overflow = false;
    let found =
        cluster::clustered(sources.into_iter().map(Into::into).inspect(|source| match sum(total, source.sums()) {
            Some(both) => total = both,
            None => overflow = true,
        }))?;
    if overflow {
        return None;
    }
    match measure {
        Measure::Response | Measure::Came(_) => Some(count(measure, found)),
        Measure::Recommend => recommend(total, found),
        Measure::Asked | Measure::Satisfied => share(measure, total, found),
        Measure::RecommendScore
        | Measure::Effort
        | Measure::SatisfactionIndex
        | Measure::LoyaltyIndex
        | Measure::Employee
        | Measure::Check
        | Measure::Aspect(_) => average(measure, found),
    }
}

fn sum(a: Sums, b: Sums) -> Option<Sums> {
    Some(Sums { n: a.n.checked_add(b.n)?, sum: a.sum.checked_add(b.sum)?, sum_sq: a.sum_sq.checked_add(b.sum_sq)? })
}

fn count(measure: &Measure, found: Clustered) -> Figure {
    let n = found.n as f64;
    let known = Interval { low: n, high: n };
    Figure { deff: 1.0, n_eff: n, ..Figure::new(measure, n, known, found, Method::Count, None, f64::INFINITY) }
}

/// Scores are 1, 0 and -1, so their sum is promoters less detractors and the sum of their squares promoters plus
/// detractors: the three counts come back exactly.
fn recommend(total: Sums, found: Clustered) -> Option<Figure> {
    let (net, voiced) = (whole(total.sum, 1_000)?, whole(total.sum_sq, 1_000_000)?);
    let promoters = whole(voiced.checked_add(net)?, 2)?;
    let detractors = voiced - promoters;
    let passives = total.n - voiced;
    let [promoters, passives, detractors] = [promoters, passives, detractors].map(|k| u64::try_from(k).ok());
    let counts = nps::Counts::new(promoters?, passives?, detractors?)?;
    let n_eff = Some(found.n_eff());
    let (mut held, estimate) = (counts.adjusted_wald(n_eff), counts.adjusted(n_eff));
    // With little more than one effective answer the interval ends a point or two short of the score it belongs to.
    held = Interval { low: held.low.min(counts.nps()), high: held.high.max(counts.nps()) };
    let (value, method) = (counts.nps(), Method::AdjustedWald);
    Some(Figure::new(&Measure::Recommend, value, held, found, method, Some(estimate), f64::INFINITY))
}

fn share(measure: &Measure, total: Sums, found: Clustered) -> Option<Figure> {
    let (hits, squares) = (whole(total.sum, 1_000)?, whole(total.sum_sq, 1_000_000)?);
    if hits != squares {
        return None;
    }
    let share = csat::Share::new(u64::try_from(hits).ok()?, u64::try_from(total.n).ok()?)?;
    let n_eff = Some(found.n_eff());
    let (held, estimate) = (share.wilson(n_eff), share.adjusted(n_eff));
    Some(Figure::new(measure, share.share(), held, found, Method::Wilson, Some(estimate), f64::INFINITY))
}

fn average(measure: &Measure, found: Clustered) -> Option<Figure> {
    let ends = scale(measure)?;
    let value = found.mean;
    if !(ends.low..=ends.high).contains(&value) {
        return None;
    }
    let df = found.df();
    let (held, variance, method) = if found.accounts < 2 {
        (ends, f64::INFINITY, Method::OneAccount)
    } else if found.is_uniform() {
        let held = mean::uniform_interval(value, found.n_eff(), ends);
        // The standard error that this interval would have had: what one change is weighed against another by.
        let error = (value - held.low).max(held.high - value) / t_quantile(df);
        (held, error * error, Method::Uniform)
    } else {
        // As elsewhere, chance likeness between accounts does not make a mean surer than independent answers would.
        let variance = found.variance.max(found.simple_variance);
        (mean::t_interval(value, variance.sqrt(), df).clipped(ends.low, ends.high), variance, Method::ClusteredT)
    };
    let estimate = Estimate { centre: value, variance };
    Some(Figure::new(measure, value, held, found, method, Some(estimate), df))
}

/// The quotient, if it is whole.
fn whole(number: i64, by: i64) -> Option<i64> {
    (number % by == 0).then_some(number / by)
}

impl Figure {
    /// Which part of the answers behind the estimate was given: an adjusted one adds two or three of its own.
    fn answered(&self) -> f64 {
        let added = match self.method {
            Method::AdjustedWald => 3.0,
            Method::Wilson => 2.0,
            Method::Count | Method::ClusteredT | Method::Uniform | Method::OneAccount => 0.0,
        };
        self.n_eff / (self.n_eff + added)
    }

    fn new(
        measure: &Measure,
        value: f64,
        held: Interval,
        found: Clustered,
        method: Method,
        estimate: Option<Estimate>,
        df: f64,
    ) -> Self {
        Self {
            measure: measure.clone(),
            value,
            low: held.low,
            high: held.high,
            n: found.n,
            n_eff: found.n_eff(),
            accounts: found.accounts,
            deff: found.deff,
            method,
            estimate,
            df,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::measure::to_milli;
    use proptest::prelude::*;

    fn account(xs: &[f64]) -> Sums {
        xs.iter().fold(Sums::default(), |mut sums, &x| {
            sums += Sums::of(to_milli(x));
            sums
        })
    }

    /// One response from each of so many accounts.
    fn singles(counts: &[(f64, usize)]) -> Vec<Sums> {
        counts.iter().flat_map(|&(x, k)| std::iter::repeat_n(account(&[x]), k)).collect()
    }

    #[test]
    fn nps_comes_back_from_the_sums() {
        let got = figure(&Measure::Recommend, singles(&[(1., 50), (0., 30), (-1., 20)])).unwrap();
        assert_eq!((got.value, got.n, got.accounts, got.n_eff), (30.0, 100, 100, 100.0));
        // The first row of the reference.
        assert!((got.low - 14.051_130_178_8).abs() < 1e-9 && (got.high - 44.201_297_005_7).abs() < 1e-9);
        assert_eq!(got.method.name(), "adjusted-wald");
    }

    #[test]
    fn accounts_of_one_mind_widen_the_interval() {
        let apart = figure(&Measure::Recommend, singles(&[(1., 100), (-1., 100)])).unwrap();
        let together = [account(&[1.; 5]), account(&[-1.; 5])].repeat(20);
        let together = figure(&Measure::Recommend, together).unwrap();
        assert_eq!((apart.value, apart.n), (together.value, together.n));
        // Forty accounts of five of one mind: the clustered variance is 1/39, the simple one 1/199.
        assert!((together.deff - 199.0 / 39.0).abs() < 1e-9, "{together:?}");
        let by_hand = nps::Counts::new(100, 0, 100).unwrap().adjusted_wald(Some(200.0 * 39.0 / 199.0));
        assert!((together.low - by_hand.low).abs() < 1e-9 && together.low < apart.low);
    }

    #[test]
    fn shares_are_in_per_cent() {
        for measure in [Measure::Satisfied, Measure::Asked] {
            let got = figure(&measure, singles(&[(1., 12), (0., 23)])).unwrap();
            assert!((got.value - 1200.0 / 35.0).abs() < 1e-12);
            // The row 12 of 35 of the reference.
            assert!((got.low - 20.831_694_987).abs() < 1e-9 && (got.high - 50.848_050_486).abs() < 1e-9);
            assert_eq!(got.method, Method::Wilson);
        }
    }

    #[test]
    fn a_mean_has_the_t_interval_of_its_accounts() {
        let got =
            figure(&Measure::Aspect("delivery".into()), [60., 70., 80., 90., 50.].map(|x| account(&[x]))).unwrap();
        // Mean 70, standard error sqrt(250 / 5), t of 4 degrees of freedom.
        let half = 2.776_445_105_198_655 * 50.0_f64.sqrt();
        assert!((got.low - (70.0 - half)).abs() < 1e-9 && (got.high - (70.0 + half)).abs() < 1e-9, "{got:?}");
        // Chance evenness of the accounts does not make it surer than independent answers would.
        let even = [account(&[40., 60.]), account(&[30., 70.]), account(&[50., 50.])];
        let even = figure(&Measure::Effort, even).unwrap();
        assert!(even.deff < 1e-9 && even.n_eff == 6.0 && even.high - even.low > 10.0, "{even:?}");
    }

    #[test]
    fn thin_data_are_shown_as_thin() {
        let one = figure(&Measure::Recommend, [account(&[1.])]).unwrap();
        assert!((one.low + 48.498_649_420_3).abs() < 1e-9, "{one:?}");
        assert_eq!((one.value, one.high), (100.0, 100.0), "widened by a point and a half to hold the score");
        let loud = figure(&Measure::Recommend, [account(&[1.; 30])]).unwrap();
        assert_eq!((loud.n, loud.n_eff, loud.low), (30, 1.0, one.low), "one account counts once, however loud");
        let mean = figure(&Measure::LoyaltyIndex, [account(&[90., 80.])]).unwrap();
        assert_eq!((mean.low, mean.high, mean.method), (0.0, 100.0, Method::OneAccount));
        let uniform = figure(&Measure::RecommendScore, singles(&[(10., 3)])).unwrap();
        assert_eq!((uniform.method, uniform.high), (Method::Uniform, 10.0));
        assert!((uniform.low - 10.0 * 0.05_f64.cbrt()).abs() < 1e-9);
    }

    #[test]
    fn a_count_is_what_was_counted() {
        let got = figure(&Measure::Response, [account(&[1., 1.]), account(&[1.])]).unwrap();
        assert_eq!((got.value, got.low, got.high, got.n, got.accounts), (3.0, 3.0, 3.0, 3, 2));
        assert_eq!((got.estimate, got.n_eff), (None, 3.0));
    }

    #[test]
    fn nothing_or_damage_gives_no_figure() {
        assert_eq!(figure::<Sums>(&Measure::Recommend, []), None);
        assert_eq!(figure(&Measure::Effort, [Sums::default()]), None);
        assert_eq!(figure(&Measure::Recommend, [account(&[0.5])]), None, "half a promoter");
        assert_eq!(figure(&Measure::Recommend, [account(&[2.])]), None);
        assert_eq!(figure(&Measure::Satisfied, [account(&[-1.])]), None);
        assert_eq!(figure(&Measure::Satisfied, [account(&[2., 0.])]), None);
        assert_eq!(figure(&Measure::Effort, [account(&[130., 140.]), account(&[90.])]), None, "a mean off its scale");
    }

    fn means() -> impl Strategy<Value = Vec<Vec<i64>>> {
        prop::collection::vec(prop::collection::vec(0..=100_000_i64, 1..6), 1..25)
    }

    fn of_three(kinds: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = Vec<Vec<i64>>> {
        prop::collection::vec(prop::collection::vec(kinds.prop_map(|x| 1000 * x), 1..6), 1..25)
    }

    fn sums(accounts: &[Vec<i64>]) -> Vec<Sums> {
        let of = |xs: &Vec<i64>| {
            xs.iter().fold(Sums::default(), |mut sums, &x| {
                sums += Sums::of(x);
                sums
            })
        };
        accounts.iter().map(of).collect()
    }

    fn holds(measure: &Measure, accounts: &[Vec<i64>]) -> Result<Figure, TestCaseError> {
        let ends = scale(measure).unwrap();
        let got = figure(measure, sums(accounts)).unwrap();
        prop_assert!(ends.low <= got.low && got.high <= ends.high, "{got:?}");
        prop_assert!(got.low <= got.value && got.value <= got.high, "{got:?}");
        prop_assert!(got.low < got.high, "an interval without width claims to know: {got:?}");
        prop_assert!(got.n_eff >= 1.0 && got.n_eff <= got.n as f64);
        Ok(got)
    }

    proptest! {
        #[test]
        fn every_figure_lies_in_its_interval_and_that_on_the_scale(
            voices in of_three(-1..=1), hits in of_three(0..=1), scores in means(),
        ) {
            holds(&Measure::Recommend, &voices)?;
            holds(&Measure::Satisfied, &hits)?;
            // Equal accounts of unequal people have no spread between accounts; the simple variance steps in.
            holds(&Measure::SatisfactionIndex, &scores)?;
        }

        #[test]
        fn four_times_the_accounts_narrow_it(voices in of_three(-1..=1), scores in means()) {
            prop_assume!(voices.len() > 1 && scores.len() > 1);
            for (measure, accounts) in [(Measure::Recommend, voices), (Measure::Effort, scores)] {
                let (few, many) = (holds(&measure, &accounts)?, holds(&measure, &vec![accounts; 4].concat())?);
                prop_assert!(many.high - many.low <= few.high - few.low + 1e-9, "{few:?} {many:?}");
                prop_assert!((many.value - few.value).abs() < 1e-9);
            }
        }

        #[test]
        fn the_order_of_accounts_does_not_matter(scores in means()) {
            let mut turned = sums(&scores);
            turned.reverse();
            prop_assert_eq!(figure(&Measure::Effort, sums(&scores)), figure(&Measure::Effort, turned));
        }
    }
}
