//! Is it a decline, or chance?
//!
//! An account's satisfaction is a level that nobody sees; what is seen are answers of single people,
//! now and then. This module says how well the level is known on each day ([`course`]), whether it
//! has fallen below the account's own past, and how probable that is ([`assess`], [`DeclineRule`]).
//!
//! The model of an account in a tier ([`TierModel`]):
//!
//! ```text
//! answer of person p on day t = level(t) + leniency(p) + noise          noise    ~ N(0, within²)
//! level(first day)            ~ N(mean, between²)                       leniency ~ N(0, person²)
//! level(t + d) - level(t)     ~ N(0, drift² d / 30.4)
//! ```
//!
//! It is a local-level model (Harvey 1989, ch. 2; Durbin & Koopman 2012, ch. 2) with uneven steps
//! and a random effect for each person, so that a strict person who joins is not taken for a level
//! that falls. The level starts at the tier's mean with a variance that is never 0: an account with
//! one angry answer is drawn toward its tier, and a strategic account can still decline alone.
//!
//! There is one rule. It compares today's level with that of the account's own best recent time,
//! both estimated together. How often it cries wolf is not read off a table for normal data but
//! simulated ([`simulate`]), with answers that are coarse, capped and now and then out of line.
//!
//! ```
//! use bellwether::domain::trend::{DeclineRule, Level, Observation, TierModel, assess};
//! let answers = [80.0, 84.0, 78.0, 82.0, 55.0, 50.0, 42.0, 40.0];
//! let seen: Vec<_> = (0..).zip(answers).map(|(i, x)| Observation::new(739_000 + 40 * i, i as u32 % 3, x)).collect();
//! let rule = DeclineRule::default();
//! let decline = assess(&seen, &TierModel::default(), &rule, 739_300).unwrap();
//! assert!(decline.fall > 20.0 && decline.probability > 0.95);
//! assert_eq!(rule.grade(decline.probability, 0), Some(Level::Red));
//! ```

pub mod simulate;

mod decline;
mod filter;
mod fleet;
mod level;
mod model;
mod rule;
mod series;

pub use decline::{Contribution, CoursePoint, Decline, assess, course};
pub use fleet::{Fleet, Verdict, score};
pub use level::Level;
pub use model::{TierModel, fit_tiers};
pub use rule::{DeclineRule, Thresholds};
pub use series::{course_of_parts, parts};

use chrono::{Datelike, NaiveDate};

/// One response of one person at the account, as the filter takes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// The civil day, counted as [`day_number`] does.
    pub day: i32,
    /// Who answered: any number that is the same for the same person of the account.
    pub respondent: u32,
    /// The satisfaction index of the response, 0 to 100.
    pub value: f64,
}

impl Observation {
    pub fn new(day: i32, respondent: u32, value: f64) -> Self {
        Self { day, respondent, value }
    }

    pub fn on(day: NaiveDate, respondent: u32, value: f64) -> Self {
        Self::new(day_number(day), respondent, value)
    }
}

/// Days since the first day of the year 1, so that days can be subtracted.
pub fn day_number(day: NaiveDate) -> i32 {
    day.num_days_from_ce()
}

/// The day behind a number of [`day_number`].
pub fn day_from_number(number: i32) -> NaiveDate {
    NaiveDate::from_num_days_from_ce_opt(number).unwrap_or_default()
}

/// Phi, the distribution function of the standard normal.
fn normal_cdf(z: f64) -> f64 {
    0.5 * statrs::function::erf::erfc(-z / std::f64::consts::SQRT_2)
}
