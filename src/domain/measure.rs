//! What is measured: the typed scores that are derived from answers and added up in tallies.

use std::fmt;

/// A score in thousandths: 71.429 index points are 71 429. Whole numbers add up exactly, so that a
/// response that is folded into the tallies and taken out again leaves no trace.
///
/// Sums of squares stay below `i64::MAX` for 900 million responses of 100 points.
pub type Milli = i64;

/// Turns a score into thousandths, half away from zero.
pub fn to_milli(x: f64) -> Milli {
    (x * 1000.0).round() as Milli
}

/// A typed score of one response (or, for [`Measure::Asked`], of one delivered invitation).
///
/// The number behind each name is what `x` of a measurement means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Measure {
    /// 1 for every response that counts: its `n` is the number of responses.
    Response,
    /// One delivered invitation: 1 once it was answered, else 0. Dated by delivery.
    Asked,
    /// Recommendation as NPS takes it: promoter 1, passive 0, detractor -1.
    Recommend,
    /// Recommendation as it was answered: 0 to 10.
    RecommendScore,
    /// Overall satisfaction as CSAT takes it: 1 in the top boxes of its scale, else 0.
    Satisfied,
    /// Effort, 0 (hard) to 100 (easy).
    Effort,
    /// Satisfaction index of one response, 0 to 100.
    SatisfactionIndex,
    /// Loyalty index of one response, 0 to 100.
    LoyaltyIndex,
    /// How the employee who looks after the account is rated, 0 to 100. Part of no index.
    Employee,
    /// What a checklist about a site or team comes to, 0 to 100. Part of no index.
    Check,
    /// A service aspect, 0 to 100; the key is the aspect's.
    Aspect(String),
    /// 1 for a response that came another way than by the web page; the key is the channel's.
    Came(String),
}

impl Measure {
    /// The name it is stored under.
    pub fn key(&self) -> String {
        match self {
            Self::Aspect(aspect) => format!("aspect:{aspect}"),
            Self::Came(channel) => format!("came:{channel}"),
            other => other.fixed_key().to_owned(),
        }
    }

    fn fixed_key(&self) -> &'static str {
        match self {
            Self::Response => "response",
            Self::Asked => "asked",
            Self::Recommend => "recommend",
            Self::RecommendScore => "recommend_score",
            Self::Satisfied => "satisfied",
            Self::Effort => "effort",
            Self::SatisfactionIndex => "satisfaction_index",
            Self::LoyaltyIndex => "loyalty_index",
            Self::Employee => "employee",
            Self::Check => "check",
            Self::Aspect(_) => "aspect",
            Self::Came(_) => "came",
        }
    }

    pub fn parse(key: &str) -> Option<Self> {
        if let Some(aspect) = key.strip_prefix("aspect:") {
            return Some(Self::Aspect(aspect.to_owned()));
        }
        if let Some(channel) = key.strip_prefix("came:") {
            return Some(Self::Came(channel.to_owned()));
        }
        [
            Self::Response,
            Self::Asked,
            Self::Recommend,
            Self::RecommendScore,
            Self::Satisfied,
            Self::Effort,
            Self::SatisfactionIndex,
            Self::LoyaltyIndex,
            Self::Employee,
            Self::Check,
        ]
        .into_iter()
        .find(|m| m.fixed_key() == key)
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}

/// One typed score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measurement {
    pub measure: Measure,
    pub x: Milli,
}

/// What has to be kept of many scores to know their mean and spread: exact, and additive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    pub n: i64,
    /// Sum of x in thousandths.
    pub sum: i64,
    /// Sum of x squared, in millionths.
    pub sum_sq: i64,
}

impl Sums {
    pub fn of(x: Milli) -> Self {
        Self { n: 1, sum: x, sum_sq: x * x }
    }

    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    /// n, sum and sum of squares as plain numbers.
    pub fn as_f64(&self) -> (f64, f64, f64) {
        (self.n as f64, self.sum as f64 / 1e3, self.sum_sq as f64 / 1e6)
    }
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.n += other.n;
        self.sum += other.sum;
        self.sum_sq += other.sum_sq;
    }
}

impl std::ops::Neg for Sums {
    type Output = Self;
    fn neg(self) -> Self {
        Self { n: -self.n, sum: -self.sum, sum_sq: -self.sum_sq }
    }
}
