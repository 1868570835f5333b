//! Second lifetime value: what a returning account is worth from the day it returns.
//!
//! What it cost to win the account the first time, and what it has earned since, are sunk: neither
//! enters, so neither can rank anybody.

use super::{Cents, Purchase, Source, Sourced, to_cents};
use crate::error::{Code, Fault, Result};
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// What the computation takes from the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The share of turnover that is margin, net of the cost to serve: 0 to 1.
    pub margin_share: f64,
    /// The chance that an account which buys at the start of a year still buys at its end: 0 to 1.
    pub retention: f64,
    /// The discount rate a year: above -1, commonly 0.05 to 0.15.
    pub discount: f64,
    /// How many years ahead are counted: 1 to 50.
    pub years: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { margin_share: 0.25, retention: 0.8, discount: 0.08, years: 5 }
    }
}

impl Settings {
    /// # Errors
    /// `value.out-of-range` for every figure outside its range, by name.
    pub fn check(&self) -> Result<()> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        let faults: Vec<Fault> = [
            ("margin_share", share(self.margin_share), self.margin_share),
            ("retention", share(self.retention), self.retention),
            ("discount", self.discount.is_finite() && self.discount > -1.0 && self.discount <= 10.0, self.discount),
            ("years", (1..=50).contains(&self.years), f64::from(self.years)),
        ]
        .into_iter()
        .filter(|(_, good, _)| !good)
        .map(|(name, _, value)| Fault::field(name, Code::ValueOutOfRange).with("value", value))
        .collect();
        if faults.is_empty() { Ok(()) } else { Err(crate::error::Error::faulty(faults)) }
    }

    /// Present value, at the return, of one unit of yearly margin:
    /// the sum over i = 1 … `years` of retention^(i-1) / (1 + discount)^i.
    ///
    /// Margins come in at the end of each year, and the account is there in its first year: that it
    /// returned is the condition. The geometric margin multiple of Gupta and Lehmann, Journal of
    /// Interactive Marketing 17(1), 2003, cut off at the horizon.
    pub fn years_worth(&self) -> f64 {
        (1..=self.years.min(50) as i32).map(|i| self.retention.powi(i - 1) / (1.0 + self.discount).powi(i)).sum()
    }
}

/// A second lifetime value opened into its terms, each with its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SecondLifetime {
    /// Turnover of twelve months while all was well.
    pub turnover: Sourced<Cents>,
    pub margin_share: Sourced<f64>,
    pub yearly_margin: Sourced<Cents>,
    pub retention: Sourced<f64>,
    pub discount: Sourced<f64>,
    pub years: Sourced<u32>,
    /// How many yearly margins the future is worth today.
    pub years_worth: Sourced<f64>,
    pub value: Sourced<Cents>,
}

impl SecondLifetime {
    /// Values an account by its own orders of the twelve months up to `healthy_until`: the day before
    /// the decline began, or the last order's where it simply stopped. Months of the decline itself
    /// would understate what there is to win back.
    ///
    /// An account known for less than a year is scaled up from the days since its first order, but
    /// not from fewer than [`SHORTEST_HISTORY`]. Credit notes (negative amounts) count against
    /// turnover; a turnover below 0 is taken as 0. `None` without an order in those months.
    pub fn of(orders: &[Purchase], healthy_until: NaiveDate, settings: &Settings) -> Option<Self> {
        let year_before = healthy_until.checked_sub_months(Months::new(12))?.succ_opt()?;
        let known_since = orders.iter().map(|o| o.day).min()?;
        let within = || orders.iter().filter(|o| (year_before..=healthy_until).contains(&o.day));
        let count = within().count();
        if count == 0 {
            return None;
        }
        let sum: i128 = within().map(|o| i128::from(o.amount)).sum();
        let year = (healthy_until - year_before).num_days() + 1;
        let known = ((healthy_until - known_since).num_days() + 1).clamp(SHORTEST_HISTORY.min(year), year);
        let turnover = to_cents(sum.max(0) as f64 * year as f64 / known as f64);
        let yearly_margin = to_cents(turnover as f64 * settings.margin_share);
        let years_worth = settings.years_worth();
        let setting = |name: &str| Source::setting(format!("cases.second_lifetime.{name}"));
        Some(Self {
            turnover: Sourced::new(
                turnover,
                Source::Orders { first: year_before.max(known_since), last: healthy_until, count },
            ),
            margin_share: Sourced::new(settings.margin_share, setting("margin_share")),
            yearly_margin: Sourced::new(yearly_margin, Source::Computed),
            retention: Sourced::new(settings.retention, setting("retention")),
            discount: Sourced::new(settings.discount, setting("discount")),
            years: Sourced::new(settings.years, setting("years")),
            years_worth: Sourced::new(years_worth, Source::Computed),
            value: Sourced::new(to_cents(yearly_margin as f64 * years_worth), Source::Computed),
        })
    }
}

/// Days of history below which turnover is not scaled up any further: one large first order does not
/// make a large account.
pub const SHORTEST_HISTORY: i64 = 90;

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn monthly(from: &str, count: u32, amount: Cents) -> Vec<Purchase> {
        (0..count).map(|i| Purchase { day: day(from) + Months::new(i), amount }).collect()
    }

    #[test]
    fn the_multiple_is_the_geometric_sum() {
        let years =
            |retention, discount, years| Settings { margin_share: 0.5, retention, discount, years }.years_worth();
        // By hand: 1/1.1 + 0.5/1.21 = 0.909091 + 0.413223.
        assert!((years(0.5, 0.1, 2) - 1.322_314_049_586_777).abs() < 1e-12);
        assert!((years(1.0, 0.0, 7) - 7.0).abs() < 1e-12, "nobody leaves and money costs nothing");
        assert!((years(0.0, 0.25, 9) - 0.8).abs() < 1e-12, "only the first year, discounted once");
        // The limit 1 / (1 + d - r) is approached from below.
        let far = years(0.8, 0.08, 50);
        assert!(far < 1.0 / 0.28 && far > 1.0 / 0.28 - 1e-5);
    }

    #[test]
    fn own_orders_before_the_decline_count() {
        // A hundred a month for three years; nothing of the fall after May 2026 is seen.
        let mut orders = monthly("2023-06-15", 36, 10_000);
        orders.extend(monthly("2026-06-15", 4, 100));
        let settings = Settings { margin_share: 0.25, retention: 0.5, discount: 0.1, years: 2 };
        let found = SecondLifetime::of(&orders, day("2026-05-31"), &settings).unwrap();
        assert_eq!(found.turnover.value, 120_000);
        assert_eq!(
            found.turnover.source,
            Source::Orders { first: day("2025-06-01"), last: day("2026-05-31"), count: 12 }
        );
        assert_eq!(found.yearly_margin.value, 30_000);
        assert_eq!(found.value.value, 39_669);
        assert_eq!(found.retention.source, Source::setting("cases.second_lifetime.retention"));
    }

    #[test]
    fn short_histories_are_scaled_with_restraint() {
        let settings = Settings::default();
        let turnover = |orders: &[Purchase], until: &str| {
            SecondLifetime::of(orders, day(until), &settings).map(|v| v.turnover.value)
        };
        let half_year = monthly("2026-01-01", 6, 10_000);
        assert_eq!(turnover(&half_year, "2026-06-30"), Some(to_cents(60_000.0 * 365.0 / 181.0)));
        let one = [Purchase { day: day("2026-06-30"), amount: 9_000 }];
        assert_eq!(turnover(&one, "2026-06-30"), Some(36_500), "as if it were 90 days, not one");
        assert_eq!(turnover(&one, "2026-06-29"), None, "not yet a customer");
        assert_eq!(turnover(&one, "2028-06-29"), None, "gone for longer than a year");
        assert_eq!(turnover(&[], "2026-06-29"), None);
        let credited = [one[0], Purchase { day: day("2026-06-30"), amount: -20_000 }];
        assert_eq!(turnover(&credited, "2026-06-30"), Some(0));
    }

    #[test]
    fn settings_out_of_range_are_named() {
        let bad = Settings { margin_share: 1.2, retention: -0.1, discount: f64::NAN, years: 0 };
        let error = bad.check().unwrap_err();
        let places: Vec<String> = error.faults().iter().map(|f| f.place.to_string()).collect();
        assert_eq!(places, ["margin_share", "retention", "discount", "years"]);
        assert!(Settings::default().check().is_ok());
    }
}
