//! The rule that turns a probability into a level, as settings.

use super::Level;
use crate::error::{Code, Error, Fault, Place};
use serde::{Deserialize, Serialize};

/// When is a decline raised? One rule for every account; only the probabilities differ by tier.
///
/// The level of today is compared with the level at the end of the account's best recent time: the
/// highest level, as it was known on the day, of the last `window_days` days. Levels within
/// `plateau` points of the highest count as equally good, and the latest of them is taken, so that
/// the day named is the one after which things went wrong.
///
/// The defaults are those whose false alarms `docs/statistics.md` states. With other values the
/// stated rates no longer hold; [`super::simulate`] finds the new ones.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeclineRule {
    /// A fall of fewer points than this is not worth a warning.
    pub delta: f64,
    /// How far back the account's own past reaches, in days.
    pub window_days: i32,
    /// Levels this close to the highest are as good as the highest, in points.
    pub plateau: f64,
    /// After the day compared with something may have happened: the standard deviation, in points,
    /// of the shift that the level may have made there, beside its slow drift. Without it a sudden
    /// fall would be taken for chance until drift could explain it.
    pub shift: f64,
    /// Responses, up to and including the day compared with, that make a past.
    pub min_before: usize,
    /// Responses since the day compared with; one answer alone is a low score, not a decline.
    pub min_after: usize,
    /// The probabilities from which a level holds, by order of the tiers; the last counts for all further tiers.
    pub thresholds: Vec<Thresholds>,
}

/// The probability of a fall by `delta` or more from which each level holds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    pub yellow: f64,
    pub orange: f64,
    pub red: f64,
}

impl Thresholds {
    /// What a tier has unless its settings say otherwise.
    pub const USUAL: Self = Self { yellow: 0.85, orange: 0.92, red: 0.95 };

    /// The probability from which a level holds.
    pub fn of(&self, level: Level) -> f64 {
        match level {
            Level::Yellow => self.yellow,
            Level::Orange => self.orange,
            Level::Red => self.red,
        }
    }
}

/// A chance beyond which nothing would ever be found.
const HIGHEST: f64 = 0.999;

/// The first level whose threshold lies under the calibrated one, under that of the level before, or out
/// of reach; with the threshold and the least that it may be.
fn lax(thresholds: &Thresholds) -> Option<(Level, f64, f64)> {
    let mut before = 0.0_f64;
    Level::ALL.into_iter().find_map(|level| {
        let (value, least) = (thresholds.of(level), Thresholds::USUAL.of(level).max(before));
        before = value;
        (!(least..=HIGHEST).contains(&value)).then_some((level, value, least))
    })
}

impl Default for DeclineRule {
    fn default() -> Self {
        Self {
            delta: 8.0,
            window_days: 365,
            plateau: 1.0,
            shift: 7.2,
            min_before: 3,
            min_after: 2,
            thresholds: vec![Thresholds::USUAL],
        }
    }
}

impl DeclineRule {
    /// False alarms a year and account that the default rule stays under, in any tier, for accounts
    /// of up to 30 responses a year: the figures that warnings print. `docs/statistics.md` shows
    /// the simulated rates; accounts that answer seldom stay far below.
    pub fn stated_false_alarms(level: Level) -> f64 {
        match level {
            Level::Yellow => 1.0 / 25.0,
            Level::Orange => 1.0 / 80.0,
            Level::Red => 1.0 / 200.0,
        }
    }

    /// The thresholds of a tier by its place in the order of tiers, from 0.
    pub fn thresholds(&self, tier_position: usize) -> Thresholds {
        self.thresholds.get(tier_position).or(self.thresholds.last()).copied().unwrap_or(Thresholds::USUAL)
    }

    /// The level that a probability of decline has in a tier, if any.
    pub fn grade(&self, probability: f64, tier_position: usize) -> Option<Level> {
        let thresholds = self.thresholds(tier_position);
        Level::ALL.into_iter().rev().find(|level| probability >= thresholds.of(*level))
    }

    /// Do the stated false alarms hold? They do for the rule that was simulated, and for thresholds
    /// that are as high or higher, which are passed no more often.
    pub fn keeps_stated(&self) -> bool {
        let usual = Self { thresholds: self.thresholds.clone(), ..Self::default() };
        *self == usual && self.thresholds.iter().all(|t| lax(t).is_none())
    }

    /// Refuses thresholds for which the stated false alarms do not hold.
    ///
    /// # Errors
    /// `ValueOutOfRange` on the tier, counted from 1, and the level, with the bounds it has there.
    pub fn check_stated(&self) -> Result<(), Error> {
        for (tier, thresholds) in self.thresholds.iter().enumerate() {
            if let Some((level, value, least)) = lax(thresholds) {
                let fault = Fault::field(format!("{}: {}", tier + 1, level.as_str()), Code::ValueOutOfRange);
                return Err(fault.with("value", value).with("min", least).with("max", HIGHEST).into());
            }
        }
        Ok(())
    }

    /// Refuses settings that mean nothing, each named by its place under `declines`.
    pub fn check(&self) -> Result<(), Error> {
        let mut faults = Vec::new();
        let mut demand = |holds: bool, name: String, value: String| {
            if !holds {
                faults.push(Fault::new(Place::Setting(name), Code::ValueOutOfRange).with("value", value));
            }
        };
        demand(self.delta > 0.0 && self.delta < 100.0, "declines.delta".into(), self.delta.to_string());
        demand((28..=3660).contains(&self.window_days), "declines.window_days".into(), self.window_days.to_string());
        demand((0.0..=20.0).contains(&self.plateau), "declines.plateau".into(), self.plateau.to_string());
        demand((0.0..=30.0).contains(&self.shift), "declines.shift".into(), self.shift.to_string());
        demand(self.min_before >= 1, "declines.min_before".into(), self.min_before.to_string());
        demand(self.min_after >= 1, "declines.min_after".into(), self.min_after.to_string());
        demand(!self.thresholds.is_empty(), "declines.thresholds".into(), "[]".into());
        for (i, t) in self.thresholds.iter().enumerate() {
            // Below one half, uncertainty that grows in silence would raise an alarm by itself.
            let rising = 0.5 < t.yellow && t.yellow <= t.orange && t.orange <= t.red && t.red < 1.0;
            demand(rising, format!("declines.thresholds[{i}]"), format!("{}, {}, {}", t.yellow, t.orange, t.red));
        }
        if faults.is_empty() { Ok(()) } else { Err(Error::faulty(faults)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_holds_from_its_threshold_on() {
        let strict = Thresholds { yellow: 0.9, orange: 0.96, red: 0.99 };
        let rule = DeclineRule {
            thresholds: vec![Thresholds { yellow: 0.8, orange: 0.9, red: 0.95 }, strict],
            ..Default::default()
        };
        assert_eq!(rule.grade(0.95, 0), Some(Level::Red));
        assert_eq!(rule.grade(0.949, 0), Some(Level::Orange));
        assert_eq!(rule.grade(0.79, 0), None);
        assert_eq!(rule.grade(0.95, 1), Some(Level::Yellow));
        assert_eq!(rule.grade(0.95, 7), Some(Level::Yellow), "further tiers take the last entry");
    }

    #[test]
    fn stricter_thresholds_keep_what_is_stated() {
        let of = |yellow, orange, red| DeclineRule {
            thresholds: vec![Thresholds::USUAL, Thresholds { yellow, orange, red }],
            ..Default::default()
        };
        assert!(DeclineRule::default().keeps_stated());
        assert!(of(0.9, 0.95, 0.99).keeps_stated() && of(0.9, 0.95, 0.99).check_stated().is_ok());
        for lax in [of(0.8, 0.92, 0.95), of(0.85, 0.92, 0.94), of(0.96, 0.95, 0.99), of(0.9, f64::NAN, 0.99)] {
            assert!(!lax.keeps_stated() && lax.check_stated().is_err(), "{lax:?}");
        }
        assert!(!DeclineRule { delta: 3.0, ..Default::default() }.keeps_stated(), "another rule altogether");
        let error = of(0.96, 0.95, 0.99).check_stated().unwrap_err();
        assert_eq!(error.faults()[0].place.to_string(), "2: orange");
    }

    #[test]
    fn settings_that_mean_nothing_are_named() {
        let thresholds = vec![Thresholds { yellow: 0.4, orange: 0.9, red: 0.95 }];
        let error = DeclineRule { delta: -1.0, thresholds, ..Default::default() }.check().unwrap_err();
        let places: Vec<_> = error.faults().iter().map(|f| f.place.to_string()).collect();
        assert_eq!(places, ["declines.delta", "declines.thresholds[0]"]);
        assert!(DeclineRule::default().check().is_ok());
        assert!(toml::from_str::<DeclineRule>("delta = 8.0\ndleta = 3.0").is_err(), "unknown keys are refused");
    }
}
