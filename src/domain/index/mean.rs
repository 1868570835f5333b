//! Intervals of means of scores that have two ends.

use super::Interval;
use super::quantile::{LEVEL, t_quantile};

/// Mean +- t standard errors, t of `df` degrees of freedom (Student 1908). It may leave the scale; cut it there.
/// Without a degree of freedom nothing is known: the interval has no ends.
pub fn t_interval(mean: f64, standard_error: f64, df: f64) -> Interval {
    if df <= 0.0 || !standard_error.is_finite() {
        return Interval { low: f64::NEG_INFINITY, high: f64::INFINITY };
    }
    let half = t_quantile(df) * standard_error;
    Interval { low: mean - half, high: mean + half }
}

/// What is known of a mean when all `n` answers were `value`: their spread is 0, but that of those who were not asked
/// is not. A part of up to 1 - 0.05^(1/n) of all customers may answer otherwise without having been met (the exact form
/// of the "rule of three": Hanley and Lippman-Hand 1983, JAMA 249: 1743-1745), and that part may stand at either end.
pub fn uniform_interval(value: f64, n: f64, scale: Interval) -> Interval {
    let unmet = 1.0 - (1.0 - LEVEL).powf(1.0 / n);
    Interval { low: value - unmet * (value - scale.low), high: value + unmet * (scale.high - value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn student_by_hand() {
        // 1, 2, 3, 4, 5: mean 3, standard error sqrt(2.5 / 5), t of 4 degrees of freedom 2.776445.
        let got = t_interval(3.0, 0.5_f64.sqrt(), 4.0);
        assert!((got.low - 1.036_756_838_522).abs() < 1e-9 && (got.high - 4.963_243_161_478).abs() < 1e-9, "{got:?}");
    }

    #[test]
    fn without_a_second_account_there_are_no_ends() {
        assert_eq!(t_interval(3.0, f64::INFINITY, 0.0).width(), f64::INFINITY);
    }

    #[test]
    fn many_equal_answers_leave_little_room_few_leave_much() {
        let scale = Interval { low: 0.0, high: 100.0 };
        let few = uniform_interval(100.0, 2.0, scale);
        assert!((few.low - 100.0 * 0.05_f64.sqrt()).abs() < 1e-12 && few.high == 100.0);
        let many = uniform_interval(100.0, 300.0, scale);
        assert!((many.low - 99.0).abs() < 0.01, "three in three hundred: {many:?}");
        let middle = uniform_interval(25.0, 1.0, scale);
        assert!((middle.low - 1.25).abs() < 1e-12 && (middle.high - 96.25).abs() < 1e-12);
    }
}
