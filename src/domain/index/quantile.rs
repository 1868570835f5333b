//! The few values of the normal, t and beta distributions that the figures need.

use statrs::function::beta::{beta_reg, inv_beta_reg};
use statrs::function::erf::erfc;

/// The share of intervals that are meant to hold the true value. Every figure is shown with this one.
pub const LEVEL: f64 = 0.95;

/// The normal quantile of [`LEVEL`], two-sided: Phi^-1(0.975).
pub(crate) const Z: f64 = 1.959_963_984_540_054;

/// Above this the quantile of t is taken from its expansion in 1/df, which is exact to 1e-12 there, while the
/// continued fraction of the incomplete beta function needs ever more terms.
const LARGE_DF: f64 = 400.0;

/// The probability of a standard normal value at least as far from 0 as `z`, in either direction.
pub(crate) fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / std::f64::consts::SQRT_2).clamp(0.0, 1.0)
}

/// The two-sided quantile of Student's t for [`LEVEL`] at `df` > 0 degrees of freedom.
///
/// Below [`LARGE_DF`] by the inverse of the incomplete beta function; above it by the expansion in 1/df of
/// Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.5.
pub(crate) fn t_quantile(df: f64) -> f64 {
    if df < LARGE_DF {
        let y = inv_beta_reg(0.5 * df, 0.5, 1.0 - LEVEL);
        return (df * (1.0 - y) / y).sqrt();
    }
    let x2 = Z * Z;
    let g1 = (x2 + 1.0) * Z / 4.0;
    let g2 = ((5.0 * x2 + 16.0) * x2 + 3.0) * Z / 96.0;
    let g3 = (((3.0 * x2 + 19.0) * x2 + 17.0) * x2 - 15.0) * Z / 384.0;
    let g4 = ((((79.0 * x2 + 776.0) * x2 + 1482.0) * x2 - 1920.0) * x2 - 945.0) * Z / 92_160.0;
    let u = 1.0 / df;
    Z + u * (g1 + u * (g2 + u * (g3 + u * g4)))
}

/// The probability of a t value at least as far from 0 as `t`, in either direction. An infinite `df` is the
/// normal distribution, and so in effect is one of a million.
pub(crate) fn t_two_sided(t: f64, df: f64) -> f64 {
    if df > 1e6 {
        return normal_two_sided(t);
    }
    let x = df / (df + t * t);
    beta_reg(0.5 * df, 0.5, x.clamp(0.0, 1.0)).clamp(0.0, 1.0)
}

/// The value below which a beta variable with shapes `a`, `b` > 0 lies with probability `p`.
pub(crate) fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    inv_beta_reg(a, b, p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_t_are_those_of_the_tables() {
        // From the closed forms at 1, 2 and 4 degrees of freedom and published tables beyond.
        for (df, want) in [
            (1.0, 12.706_204_736_432_095),
            (2.0, 4.302_652_729_911_275),
            (4.0, 2.776_445_105_198_655),
            (10.0, 2.228_138_851_964_939),
            (30.0, 2.042_272_456_301_238),
            (100.0, 1.983_971_518_523_552),
        ] {
            assert!((t_quantile(df) - want).abs() < 1e-9, "{df}: {}", t_quantile(df));
        }
    }

    #[test]
    fn both_ways_to_the_quantile_of_t_meet() {
        let below = t_quantile(LARGE_DF - 1e-7);
        assert!((below - t_quantile(LARGE_DF)).abs() < 1e-9, "{below}");
        assert!((t_quantile(1e9) - Z).abs() < 1e-8);
    }

    #[test]
    fn the_quantile_of_t_leaves_five_per_cent_outside() {
        for df in [1.0, 2.0, 3.5, 9.0, 40.0, 399.0, 1000.0, 50_000.0, 999_999.0] {
            assert!((t_two_sided(t_quantile(df), df) - 0.05).abs() < 1e-9, "{df}: {}", t_two_sided(t_quantile(df), df));
        }
        assert!((t_two_sided(t_quantile(2e6), 2e6) - 0.05).abs() < 1e-6, "the normal distribution is near enough");
        assert_eq!(t_two_sided(0.0, 3.0), 1.0);
        assert!((normal_two_sided(Z) - 0.05).abs() < 1e-10, "{}", normal_two_sided(Z));
    }
}
