//! What a mean is worth when answers come in bunches: contacts of one account are alike, so ten answers of one account
//! say less than ten answers of ten. The variance is that of a ratio, linearised and clustered by account (Kish and
//! Frankel 1974, J. Royal Statistical Society B 36: 1-37; Cochran 1977, Sampling Techniques, ch. 9).

use crate::domain::measure::Sums;

/// Where sums come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One account, whose answers are alike: one cluster.
    Account(Sums),
    /// People of whom nobody knows where they belong, as under a pseudo-account: each answer is a cluster of its own.
    /// Count, sum and sum of squares are all that the variance needs of clusters of one: the squares of their sums add
    /// up to the sum of squares, the products of sum and size to the sum.
    Apart(Sums),
}

impl Source {
    pub fn sums(self) -> Sums {
        match self {
            Self::Account(sums) | Self::Apart(sums) => sums,
        }
    }
}

impl From<Sums> for Source {
    fn from(sums: Sums) -> Self {
        Self::Account(sums)
    }
}

/// A mean over responses, and its variance by account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Clustered {
    /// Responses; at least one.
    pub n: i64,
    /// Accounts they came from; at least one.
    pub accounts: i64,
    /// In the unit of the measure, as are the variances (squared).
    pub mean: f64,
    /// Variance of the mean, clustered: sum over accounts of (s_a - n_a mean)^2, over n^2, times A / (A - 1). Infinite
    /// for a single account, which tells nothing about others.
    pub variance: f64,
    /// Variance of the mean, were all responses independent: sum of (x - mean)^2 over n (n - 1). 0 for one response.
    pub simple_variance: f64,
    /// Design effect: [`Self::variance`] over [`Self::simple_variance`], 1 where no account answered twice. It can fall
    /// below 1 by chance. Where it cannot be known, because there is one account only or all answers are the same, it is
    /// n / accounts: with nothing to show the contrary, every account counts once.
    pub deff: f64,
}

impl Clustered {
    /// How many independent responses the mean is worth: n / max(deff, 1), from 1 to n.
    pub fn n_eff(&self) -> f64 {
        let n = self.n as f64;
        (n / self.deff.max(1.0)).max(1.0)
    }

    /// Whether all responses were the same, so that their spread says nothing of the spread among all customers.
    pub fn is_uniform(&self) -> bool {
        self.simple_variance <= 0.0
    }

    /// Degrees of freedom of the clustered variance.
    pub fn df(&self) -> f64 {
        (self.accounts - 1) as f64
    }
}

/// Reads the sums of each account once, adds them up exactly, and returns mean and variances; `None` if nobody
/// answered. Accounts without responses are passed over. Negative counts, impossible squares and sums beyond any real
/// number of responses, which only damaged tallies have, give `None` too.
pub fn clustered<S: Into<Source>>(sources: impl IntoIterator<Item = S>) -> Option<Clustered> {
    let mut total = Moments::default();
    for source in sources {
        match source.into() {
            Source::Account(sums) => total.add(sums)?,
            Source::Apart(sums) => total.add_apart(sums)?,
        }
    }
    total.finish()
}

/// Correlation of the means of two periods that share accounts, for a change between waves that asked the same people:
/// the sum over accounts of (s_a - n_a mean)(t_a - m_a mean'), over the roots of the sums of their squares: from -1 to 1,
/// and 0 where no account answered in both. Takes the sums of each account in both periods (zero where it did not
/// answer). `None` where a period has no responses or no spread, or there is one account only.
pub fn correlation(per_account: impl IntoIterator<Item = (Sums, Sums)>) -> Option<f64> {
    let (mut one, mut other) = (Moments::default(), Moments::default());
    let (mut ss, mut sn, mut ns, mut nn) = (0_i128, 0_i128, 0_i128, 0_i128);
    let mut accounts = 0_i64;
    for (a, b) in per_account {
        one.add(a)?;
        other.add(b)?;
        accounts += i64::from(a.n > 0 || b.n > 0);
        let ((a_n, a_sum), (b_n, b_sum)) = ((i128::from(a.n), i128::from(a.sum)), (i128::from(b.n), i128::from(b.sum)));
        ss = ss.checked_add(a_sum * b_sum)?;
        sn = sn.checked_add(a_sum * b_n)?;
        ns = ns.checked_add(a_n * b_sum)?;
        nn = nn.checked_add(a_n * b_n)?;
    }
    let ((p, d), (q, e)) = (one.pivot()?, other.pivot()?);
    if accounts < 2 {
        return None;
    }
    // Exact about the whole pivots p and q, then moved by the fractions d and e to the true means.
    let about = ss
        .checked_sub(q.checked_mul(sn)?)?
        .checked_sub(p.checked_mul(ns)?)?
        .checked_add(p.checked_mul(q)?.checked_mul(nn)?)?;
    let left = sn.checked_sub(p.checked_mul(nn)?)? as f64;
    let right = ns.checked_sub(q.checked_mul(nn)?)? as f64;
    let products = about as f64 - e * left - d * right + d * e * nn as f64;
    let scale = one.squares()?.sqrt() * other.squares()?.sqrt();
    (scale > 0.0).then(|| (products / scale).clamp(-1.0, 1.0))
}

/// Kish's design effect of unequal weights, n sum(w^2) / (sum w)^2 (Kish 1965, Survey Sampling, 11.7): what weighting
/// costs. n over it is the effective number. `None` unless all weights are finite and not negative, one being positive.
pub fn kish_deff(weights: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for w in weights {
        if !w.is_finite() || w < 0.0 {
            return None;
        }
        n += 1.0;
        sum += w;
        squares += w * w;
    }
    let deff = n * squares / (sum * sum);
    deff.is_finite().then_some(deff)
}

/// Whole-number sums over accounts, in thousandths: nothing is rounded until the last step, so that means of 80 with
/// small differences between accounts do not drown in the squares.
#[derive(Default)]
struct Moments {
    n: i128,
    sum: i128,
    sum_sq: i128,
    accounts: i64,
    /// Sums over accounts of s_a^2, s_a n_a and n_a^2.
    ss: i128,
    sn: i128,
    nn: i128,
}

impl Moments {
    fn add(&mut self, sums: Sums) -> Option<()> {
        if sums.n == 0 {
            return sums.is_zero().then_some(());
        }
        if sums.n < 0 || sums.sum_sq < 0 {
            return None;
        }
        let (n, s) = (i128::from(sums.n), i128::from(sums.sum));
        self.n += n;
        self.sum += s;
        self.sum_sq += i128::from(sums.sum_sq);
        self.accounts += 1;
        self.ss = self.ss.checked_add(s * s)?;
        self.sn = self.sn.checked_add(s * n)?;
        self.nn = self.nn.checked_add(n * n)?;
        Some(())
    }

    /// Adds answers each of which is a cluster: with n_a = 1, s_a^2 is the square of the answer and s_a n_a the answer.
    fn add_apart(&mut self, sums: Sums) -> Option<()> {
        if sums.n == 0 {
            return sums.is_zero().then_some(());
        }
        if sums.n < 0 || sums.sum_sq < 0 {
            return None;
        }
        let (n, s, sq) = (i128::from(sums.n), i128::from(sums.sum), i128::from(sums.sum_sq));
        self.n += n;
        self.sum += s;
        self.sum_sq += sq;
        self.accounts = self.accounts.checked_add(sums.n)?;
        self.ss = self.ss.checked_add(sq)?;
        self.sn = self.sn.checked_add(s)?;
        self.nn = self.nn.checked_add(n)?;
        Some(())
    }

    /// The whole number of thousandths next to the mean, and what the mean lies above it.
    fn pivot(&self) -> Option<(i128, f64)> {
        if self.n == 0 {
            return None;
        }
        let pivot = self.sum.div_euclid(self.n);
        Some((pivot, self.sum.rem_euclid(self.n) as f64 / self.n as f64))
    }

    /// Sum over accounts of (s_a - n_a mean)^2, in thousandths squared.
    fn squares(&self) -> Option<f64> {
        let (pivot, fraction) = self.pivot()?;
        let about = self
            .ss
            .checked_sub(pivot.checked_mul(2)?.checked_mul(self.sn)?)?
            .checked_add(pivot.checked_mul(pivot)?.checked_mul(self.nn)?)?;
        let across = self.sn.checked_sub(pivot.checked_mul(self.nn)?)? as f64;
        Some((about as f64 - 2.0 * fraction * across + fraction * fraction * self.nn as f64).max(0.0))
    }

    fn finish(&self) -> Option<Clustered> {
        let (pivot, fraction) = self.pivot()?;
        let n = self.n as f64;
        let a = self.accounts as f64;
        let mean = (pivot as f64 + fraction) / 1e3;

        // n sum(x^2) - (sum x)^2 in whole numbers: whether all answers are the same is no matter of rounding.
        let spread = self.n.checked_mul(self.sum_sq)?.checked_sub(self.sum.checked_mul(self.sum)?)?;
        if spread < 0 {
            return None;
        }
        let simple_variance = if self.n > 1 { spread as f64 / (n * n * (n - 1.0)) / 1e6 } else { 0.0 };

        let squares = self.squares()?;
        let variance = if self.accounts > 1 { squares / (n * n) * a / (a - 1.0) / 1e6 } else { f64::INFINITY };

        let deff = if self.accounts < 2 || spread == 0 {
            n / a
        } else if self.n == i128::from(self.accounts) {
            1.0
        } else {
            variance / simple_variance
        };
        let (n, accounts) = (i64::try_from(self.n).ok()?, self.accounts);
        Some(Clustered { n, accounts, mean, variance, simple_variance, deff })
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

    /// The formulas as written, on the answers themselves.
    fn by_definition(accounts: &[Vec<f64>]) -> (f64, f64, f64) {
        let all: Vec<f64> = accounts.iter().flatten().copied().collect();
        let n = all.len() as f64;
        let mean = all.iter().sum::<f64>() / n;
        let simple = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n * (n - 1.0));
        let a = accounts.len() as f64;
        let between: f64 = accounts.iter().map(|xs| xs.iter().map(|x| x - mean).sum::<f64>().powi(2)).sum();
        (mean, between / (n * n) * a / (a - 1.0), simple)
    }

    #[test]
    fn a_case_by_hand() {
        // Three accounts: (1, 1), (0), (-1, 0, 1); mean 2/6.
        let got = clustered([account(&[1., 1.]), account(&[0.]), account(&[-1., 0., 1.])]).unwrap();
        // Residual sums 4/3, -1/3, -1; squares 16/9 + 1/9 + 1 = 26/9; over 36, times 3/2.
        assert!((got.mean - 1.0 / 3.0).abs() < 1e-15);
        assert!((got.variance - 26.0 / 9.0 / 36.0 * 1.5).abs() < 1e-15);
        // Sum of squares 4 less 6/9 = 10/3, over 6 * 5.
        assert!((got.simple_variance - 1.0 / 9.0).abs() < 1e-15);
        assert!((got.deff - 26.0 / 9.0 / 36.0 * 1.5 * 9.0).abs() < 1e-12);
        assert_eq!((got.n, got.accounts), (6, 3));
        assert!((got.n_eff() - 6.0 / got.deff).abs() < 1e-12);
    }

    #[test]
    fn one_answer_each_has_no_design_effect() {
        let got = clustered([3., 4., 4., 9.].map(|x| account(&[x]))).unwrap();
        assert_eq!(got.deff, 1.0);
        assert!((got.variance - got.simple_variance).abs() < 1e-15);
        assert_eq!(got.n_eff(), 4.0);
    }

    #[test]
    fn accounts_of_one_mind_count_once_each() {
        let got = clustered([account(&[1.; 10]), account(&[0.; 10]), account(&[1.; 10]), account(&[0.; 10])]).unwrap();
        assert!((got.deff - 13.0).abs() < 1e-12, "{got:?}");
        assert!((got.n_eff() - 40.0 / 13.0).abs() < 1e-12);
    }

    #[test]
    fn where_the_design_effect_cannot_be_known_each_account_counts_once() {
        let one = clustered([account(&[1., 0., 1., 1.])]).unwrap();
        assert_eq!((one.variance, one.deff, one.n_eff()), (f64::INFINITY, 4.0, 1.0));
        let same = clustered([account(&[80.; 3]), account(&[80.; 5])]).unwrap();
        assert!(same.is_uniform());
        assert_eq!((same.variance, same.n_eff()), (0.0, 2.0));
        let single = clustered([account(&[7.])]).unwrap();
        assert_eq!((single.n_eff(), single.simple_variance), (1.0, 0.0));
    }

    #[test]
    fn answers_of_nobody_known_are_a_cluster_each() {
        let (xs, known) = ([3., 4., 4., 9.], [account(&[1., 1.]), account(&[0.])]);
        let apart = clustered([Source::Apart(account(&xs))]).unwrap();
        assert_eq!(Some(apart), clustered(xs.map(|x| account(&[x]))), "as if each had an account");
        assert_eq!((apart.accounts, apart.deff), (4, 1.0));
        let together = clustered([Source::Account(account(&xs))]).unwrap();
        assert!(together.n_eff() < apart.n_eff(), "one account of four answers is worth less");
        let mixed = known.map(Source::from).into_iter().chain([Source::Apart(account(&xs))]);
        assert_eq!(clustered(mixed), clustered(known.into_iter().chain(xs.map(|x| account(&[x])))));
    }

    #[test]
    fn nothing_and_nonsense_have_no_mean() {
        assert_eq!(clustered::<Sums>([]), None);
        assert_eq!(clustered([Source::Apart(Sums { n: -1, sum: 0, sum_sq: 0 })]), None);
        assert_eq!(clustered([Sums::default()]), None);
        assert_eq!(clustered([Sums { n: -1, sum: 0, sum_sq: 0 }]), None);
        assert_eq!(clustered([Sums { n: 0, sum: 5, sum_sq: 25 }]), None);
        assert_eq!(clustered([Sums { n: 2, sum: 10, sum_sq: 1 }]), None, "a square that is less than it can be");
        assert_eq!(clustered([Sums { n: 1, sum: i64::MAX, sum_sq: i64::MAX }; 9]), None);
    }

    #[test]
    fn a_shift_that_all_share_leaves_the_spread_alone() {
        let xs = [vec![0.001, 0.0, 0.002], vec![0.003], vec![0.0, 0.001]];
        let sums = |by: f64| xs.clone().map(|a| account(&a.iter().map(|x| x + by).collect::<Vec<_>>()));
        let (near, far) = (clustered(sums(0.0)).unwrap(), clustered(sums(99_000.0)).unwrap());
        assert!((near.variance / far.variance - 1.0).abs() < 1e-12);
        assert!((near.simple_variance / far.simple_variance - 1.0).abs() < 1e-12);
    }

    #[test]
    fn correlation_by_hand() {
        let accounts = [account(&[90., 70.]), account(&[20.]), account(&[55., 60., 65.])];
        assert!((correlation(accounts.map(|s| (s, s))).unwrap() - 1.0).abs() < 1e-12);
        // Residuals 2/3, -1/3, -1/3 and 1/3, 1/3, -2/3: products 3/9, squares 6/9 and 6/9.
        let pairs = [(1., 1.), (0., 1.), (0., 0.)].map(|(a, b)| (account(&[a]), account(&[b])));
        assert!((correlation(pairs).unwrap() - 0.5).abs() < 1e-12);
        // No account answered both times.
        let apart = [1., 2., 3., 5.].map(|x| account(&[x]));
        let none = Sums::default();
        assert_eq!(correlation([(apart[0], none), (none, apart[1]), (apart[2], none), (none, apart[3])]), Some(0.0));
    }

    #[test]
    fn without_spread_or_company_there_is_no_correlation() {
        let (one, two, none) = (account(&[1.]), account(&[2.]), Sums::default());
        assert_eq!(correlation([(one, two)]), None);
        assert_eq!(correlation([(one, none), (two, none)]), None);
        assert_eq!(correlation([(one, one), (one, two)]), None);
        assert_eq!(correlation([]), None);
    }

    #[test]
    fn unequal_weights_cost() {
        assert_eq!(kish_deff([2.0; 7]), Some(1.0));
        assert!((kish_deff([1.0, 3.0]).unwrap() - 20.0 / 16.0).abs() < 1e-15);
        for bad in [&[][..], &[0.0], &[1.0, -1.0], &[f64::NAN]] {
            assert_eq!(kish_deff(bad.iter().copied()), None);
        }
    }

    proptest! {
        #[test]
        fn one_pass_agrees_with_the_definition(
            accounts in prop::collection::vec(prop::collection::vec(0..=100_000_i64, 1..8), 2..30),
        ) {
            let accounts: Vec<Vec<f64>> =
                accounts.into_iter().map(|xs| xs.into_iter().map(|x| x as f64 / 1e3).collect()).collect();
            let got = clustered(accounts.iter().map(|xs| account(xs))).unwrap();
            let (mean, variance, simple) = by_definition(&accounts);
            prop_assert!((got.mean - mean).abs() < 1e-9);
            prop_assert!((got.variance - variance).abs() <= 1e-9 * (1.0 + variance));
            prop_assert!((got.simple_variance - simple).abs() <= 1e-9 * (1.0 + simple));
            prop_assert!(got.n_eff() >= 1.0 && got.n_eff() <= got.n as f64);
        }
    }
}
