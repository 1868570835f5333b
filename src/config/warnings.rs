//! The settings of warnings: what counts as low, silent, late or overdue, and how patient the house is.

use super::setting::{Setting, Wrong, read_parts, settings};
use crate::domain::trend::{self, Thresholds};
use crate::domain::warning::detect::{
    DeclineRule, LowScoreRule, OrderLateRule, OrderOverdueRule, Rules, SilenceRule, Steps,
};
use crate::domain::warning::escalate::Patience;
use crate::domain::warning::{ByTier, Cause, reconcile};
use crate::error::{Error, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use toml::de::DeValue;
use toml::{Spanned, Value};

settings! {
    /// From when on an account is warned of. Thresholds stand by tier, from the highest down; tiers
    /// beyond the last row take that row, and a level that is left out of a row is never reached.
    pub struct Warnings {
        /// The latest answer of a contact counts as low for so many days.
        low_score_days: u32 = LowScoreRule::default().days, within 1..=1095;
        /// The likelihood to recommend (0 to 10) that is low: at or under.
        low_recommendation: ByTier<Steps> = LowScoreRule::default().recommend;
        /// The satisfaction index of one answer (0 to 100) that is low: at or under.
        low_satisfaction: ByTier<Steps> = LowScoreRule::default().satisfaction;
        /// By how many tenths of the scale an answer may lie higher before a level that was reached lets go.
        low_score_margin: f64 = LowScoreRule::default().margin_tenths, within 0.0..=5.0;
        /// The chance of a decline from which each level is reached. The false alarms that warnings
        /// state were found by simulation for these figures, so that others may only be stricter.
        decline_chance: ByTier<Thresholds> = ByTier::new(Thresholds::USUAL, []);
        /// By how much that chance may lie lower before a level that was reached lets go.
        decline_margin: f64 = DeclineRule::default().margin, within 0.0..=0.3;
        /// Days that a round of asking has to be answered before it counts as unanswered.
        silence_answer_days: u32 = SilenceRule::default().answer_days, within 1..=365;
        /// Fewer unanswered rounds in a row are no silence.
        silence_rounds: u32 = SilenceRule::default().least_rounds, within 1..=50;
        /// The chance of such a silence if nothing has changed: at or under.
        silence_chance: ByTier<Steps> = SilenceRule::default().chance;
        /// How many times larger that chance may be before a level that was reached lets go.
        silence_margin: f64 = SilenceRule::default().margin_factor, within 1.0..=10.0;
        /// Orders promised for the last so many days count as late or in time.
        late_days: u32 = OrderLateRule::default().days, within 1..=1095;
        /// An order is late if it comes more than so many days after the day it was promised for.
        late_grace_days: u32 = OrderLateRule::default().grace_days, within 0..=90;
        /// Of fewer orders than this the share of late ones says nothing.
        late_orders: u32 = OrderLateRule::default().least_orders, within 1..=1000;
        /// The share of late orders: at or above.
        late_share: ByTier<Steps> = OrderLateRule::default().share;
        /// By how much that share may lie lower before a level that was reached lets go.
        late_share_margin: f64 = OrderLateRule::default().share_margin, within 0.0..=1.0;
        /// By how many days the latest one is late, however many orders there are: at or above.
        late_worst_days: ByTier<Steps> = OrderLateRule::default().worst_days;
        /// The part of those days that still holds a level that was reached.
        late_worst_part: f64 = OrderLateRule::default().worst_factor, within 0.0..=1.0;
        /// How many false alarms a year one account may cause when no order comes: at or under.
        overdue_false_alarms: ByTier<Steps> = OrderOverdueRule::default().false_alarms_a_year;
        /// How many times as many still hold a level that was reached.
        overdue_margin: f64 = OrderOverdueRule::default().margin_factor, within 1.0..=10.0;
        /// Nothing is said of an overdue order for so many days: public holidays are shorter.
        overdue_grace_days: u32 = OrderOverdueRule::default().grace_days, within 0..=365;
        /// The days that a warning may wait to be acknowledged before it goes to the next in line; a
        /// level that is left out may wait.
        acknowledge_days: Patience = Patience::default();
        /// The days that the evidence has to stay away before a warning falls or lapses, and that the
        /// same cause then stays quiet.
        cool_down_days: u32 = reconcile::Settings::default().cool_down_days, within 0..=365;
        /// The same for an overdue order: that one has come is a fact.
        overdue_cool_down_days: u32 = overdue_cool_down(), within 0..=365;
    }
}

fn overdue_cool_down() -> u32 {
    let usual = reconcile::Settings::default();
    usual.cool_down_by_cause.get(&Cause::OrderOverdue).copied().unwrap_or(usual.cool_down_days)
}

impl Warnings {
    /// What the rules go by.
    pub fn rules(&self) -> Rules {
        Rules {
            low_score: LowScoreRule {
                days: self.low_score_days,
                recommend: self.low_recommendation.clone(),
                satisfaction: self.low_satisfaction.clone(),
                margin_tenths: self.low_score_margin,
            },
            decline: DeclineRule { margin: self.decline_margin },
            silence: SilenceRule {
                answer_days: self.silence_answer_days,
                least_rounds: self.silence_rounds,
                chance: self.silence_chance.clone(),
                margin_factor: self.silence_margin,
            },
            order_late: OrderLateRule {
                days: self.late_days,
                grace_days: self.late_grace_days,
                least_orders: self.late_orders,
                share: self.late_share.clone(),
                share_margin: self.late_share_margin,
                worst_days: self.late_worst_days.clone(),
                worst_factor: self.late_worst_part,
            },
            order_overdue: OrderOverdueRule {
                false_alarms_a_year: self.overdue_false_alarms.clone(),
                margin_factor: self.overdue_margin,
                grace_days: self.overdue_grace_days,
            },
        }
    }

    /// The rule of declines, which is calibrated as a whole: its thresholds alone may be made stricter.
    pub fn decline(&self) -> trend::DeclineRule {
        trend::DeclineRule {
            thresholds: self.decline_chance.iter().copied().collect(),
            ..trend::DeclineRule::default()
        }
    }

    pub fn reconcile(&self) -> reconcile::Settings {
        reconcile::Settings {
            cool_down_days: self.cool_down_days,
            cool_down_by_cause: BTreeMap::from([(Cause::OrderOverdue, self.overdue_cool_down_days)]),
        }
    }

    /// The name of each setting of several parts, and whether its parts go together.
    pub(super) fn checks(&self) -> [(&'static str, Result<()>); 8] {
        [
            ("warnings.low_recommendation", falling(&self.low_recommendation, 0.0, 10.0)),
            ("warnings.low_satisfaction", falling(&self.low_satisfaction, 0.0, 100.0)),
            ("warnings.decline_chance", self.decline().check_stated()),
            ("warnings.silence_chance", falling(&self.silence_chance, 0.0, 1.0)),
            ("warnings.late_share", rising(&self.late_share, 0.0, 1.0)),
            ("warnings.late_worst_days", rising(&self.late_worst_days, 1.0, 3650.0)),
            ("warnings.overdue_false_alarms", falling(&self.overdue_false_alarms, 0.0, 12.0)),
            ("warnings.acknowledge_days", self.acknowledge_days.check()),
        ]
    }
}

/// Graver levels need lower figures.
fn falling(steps: &ByTier<Steps>, low: f64, high: f64) -> Result<()> {
    gathered(steps.iter().enumerate().map(|(tier, steps)| steps.check_falling(tier, low, high)))
}

/// Graver levels need higher figures.
fn rising(steps: &ByTier<Steps>, low: f64, high: f64) -> Result<()> {
    gathered(steps.iter().enumerate().map(|(tier, steps)| steps.check_rising(tier, low, high)))
}

fn gathered(checked: impl Iterator<Item = Result<()>>) -> Result<()> {
    let faults: Vec<_> = checked.filter_map(Result::err).flat_map(|e| e.faults().to_vec()).collect();
    if faults.is_empty() { Ok(()) } else { Err(Error::faulty(faults)) }
}

/// Levels and their thresholds, as one inline table.
macro_rules! by_level {
    ($($name:ty = $example:literal),+ $(,)?) => {$(
        impl Setting for $name {
            fn read(value: &Value) -> Result<Self, Wrong> {
                Self::deserialize(value.clone())
                    .map_err(|error| Wrong::malformed($example).with("reason", error.message()))
            }
            fn read_spanned(value: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
                read_parts(value)
            }
            fn print(&self) -> Option<String> {
                let table = Value::try_from(self).ok()?;
                // By gravity, not by the alphabet.
                let level = |name: &str| table.get(name).map(|threshold| format!("{name} = {threshold}"));
                let levels: Vec<String> = ["yellow", "orange", "red"].into_iter().filter_map(level).collect();
                Some(format!("{{ {} }}", levels.join(", ")))
            }
        }
    )+};
}

by_level! {
    Steps = "{ yellow = 6.0, orange = 4.0, red = 2.0 }",
    Thresholds = "{ yellow = 0.85, orange = 0.92, red = 0.95 }",
    Patience = "{ orange = 2, red = 1 }",
}

impl<T: Setting + Clone> Setting for ByTier<T> {
    fn read(value: &Value) -> Result<Self, Wrong> {
        Vec::<T>::read(value).and_then(tiers)
    }
    fn read_spanned(value: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
        Vec::<T>::read_spanned(value).and_then(tiers)
    }
    fn print(&self) -> Option<String> {
        self.iter().cloned().collect::<Vec<T>>().print()
    }
}

fn tiers<T>(rows: Vec<T>) -> Result<ByTier<T>, Wrong> {
    ByTier::try_from(rows).map_err(|_| Wrong::new(crate::error::Code::ValueMissing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, Sources};
    use crate::error::{Code, Place};

    fn load(text: &str) -> Result<Config> {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("b.toml");
        std::fs::write(&file, text).unwrap();
        Config::load(&Sources { file: Some(file), ..Sources::default() })
    }

    #[test]
    fn the_defaults_are_those_of_the_rules() {
        let warnings = Warnings::default();
        assert_eq!(warnings.rules(), Rules::default());
        assert_eq!(warnings.decline(), trend::DeclineRule::default());
        assert_eq!(warnings.reconcile(), reconcile::Settings::default());
        assert!(warnings.checks().iter().all(|(_, checked)| checked.is_ok()));
    }

    #[test]
    fn what_is_set_reaches_the_rules() {
        let config = load(
            "[warnings]\nlow_score_days = 30\nlow_recommendation = [{ yellow = 7, red = 3.5 }, { orange = 1 }]\n\
             decline_chance = [{ yellow = 0.9, orange = 0.95, red = 0.99 }]\nacknowledge_days = { red = 2 }\n\
             overdue_cool_down_days = 3\nlate_share_margin = 0.2\n",
        )
        .unwrap();
        let rules = config.warnings.rules();
        assert_eq!((rules.low_score.days, rules.order_late.share_margin), (30, 0.2));
        assert_eq!(*rules.low_score.recommend.at(0), Steps { yellow: Some(7.0), orange: None, red: Some(3.5) });
        assert_eq!(*rules.low_score.recommend.at(5), Steps { yellow: None, orange: Some(1.0), red: None });
        assert_eq!(config.warnings.decline().thresholds(2).red, 0.99);
        assert_eq!(config.warnings.acknowledge_days, Patience { yellow: None, orange: None, red: Some(2) });
        assert_eq!(config.warnings.reconcile().cool_down(Cause::OrderOverdue).num_days(), 3);
    }

    #[test]
    fn what_does_not_go_together_is_named_with_its_line() {
        let error = load(
            "[warnings]\nlow_satisfaction = [{ yellow = 40, orange = 50 }]\n\n\
             late_share = [{ yellow = 0.2 }, { yellow = 0.5, orange = 0.4 }]\nsilence_chance = [{ red = 2.0 }]\n\
             decline_chance = [{ yellow = 0.7, orange = 0.92, red = 0.95 }]\nacknowledge_days = { red = 0 }\n",
        )
        .unwrap_err();
        let found: Vec<_> = error
            .faults()
            .iter()
            .map(|fault| {
                let Place::Line { line, .. } = fault.place else { panic!("{:?}", fault.place) };
                let because = fault.args.iter().find(|(name, _)| *name == "because").map(|(_, b)| b.clone());
                (line, fault.code, because.unwrap())
            })
            .collect();
        let wrong = |line, of: &str| (line, Code::ValueOutOfRange, of.to_owned());
        let expected =
            [wrong(2, "1: orange"), wrong(6, "1: yellow"), wrong(5, "1: red"), wrong(4, "2: orange"), wrong(7, "red")];
        assert_eq!(found, expected);
        for bad in [
            "low_recommendation = []",
            "low_recommendation = [{ pink = 1 }]",
            "low_recommendation = 6",
            "low_recommendation = [{ yellow = nan }]",
            "decline_chance = [{ yellow = 0.9 }]",
            "decline_margin = nan",
            "decline_margin = 0.5",
            "silence_rounds = 0",
        ] {
            let error = load(&format!("[warnings]\n{bad}\n")).unwrap_err();
            assert!(matches!(error.faults()[0].place, Place::Line { line: 2, .. }), "{bad}");
        }
    }
}
