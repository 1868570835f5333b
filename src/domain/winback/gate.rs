//! The gate: is a case worth what it costs?
//!
//! ```text
//! expected net value = probability of return x second lifetime value - cost
//! ```
//!
//! Priority is this and nothing else; neither past turnover nor generalised value ranks a case.

use super::{CaseCause, Chance};
use crate::domain::value::{Cents, Source, Sourced};
use crate::error::{Code, Error, Fault, Result};
use serde::{Deserialize, Serialize};

/// What the gate takes from the settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GateSettings {
    /// The expected net value a case must reach.
    pub threshold: Cents,
    /// Money on a case is stated in whole multiples of this; a multiple of 100.
    pub unit: Cents,
}

impl Default for GateSettings {
    fn default() -> Self {
        Self { threshold: 5_000_000, unit: 100_000 }
    }
}

impl GateSettings {
    /// # Errors
    /// `value.out-of-range` if the unit is not a positive multiple of 100.
    pub fn check(&self) -> Result<()> {
        if self.unit > 0 && self.unit % 100 == 0 {
            Ok(())
        } else {
            Err(Fault::field("unit", Code::ValueOutOfRange)
                .with("value", self.unit)
                .with("expected", "100, 200 …")
                .into())
        }
    }
}

/// What a line of the arithmetic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    /// Probability x second lifetime value.
    ExpectedReturn,
    /// The cost, as a negative amount.
    Cost,
}

/// A line of the arithmetic; the amounts of all lines add up to the net value exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Term {
    pub kind: TermKind,
    pub amount: Cents,
    pub source: Source,
}

/// A case's arithmetic as it was when the gate was asked.
///
/// The figures are rounded before they are multiplied: probabilities to hundredths, money to the unit.
/// So what is printed is what was computed, and whoever checks it on paper gets the same net value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// In hundredths.
    pub probability: Sourced<u8>,
    /// The ends of its 90 % interval, in hundredths.
    pub probability_low: u8,
    pub probability_high: u8,
    /// Second lifetime value.
    pub value: Sourced<Cents>,
    pub cost: Sourced<Cents>,
    pub net: Cents,
    /// The net value at either end of the probability's interval.
    pub net_low: Cents,
    pub net_high: Cents,
    pub threshold: Cents,
    pub passed: bool,
    pub terms: Vec<Term>,
}

/// Asks the gate. Amounts below 0 are taken as 0: an account worth less than nothing is worth no case.
///
/// # Errors
/// `figure.undefined` for a probability that is no number; `value.out-of-range` for a faulty unit, or
/// for money beyond the range (some 10^14 units of currency).
pub fn gate(chance: &Chance, value: Sourced<Cents>, cost: Sourced<Cents>, settings: &GateSettings) -> Result<Gate> {
    settings.check()?;
    let money = |name: &'static str, amount: Cents| {
        let amount = amount.max(0);
        if amount > LARGEST {
            return Err(Error::from(
                Fault::field(name, Code::ValueOutOfRange).with("value", amount).with("max", LARGEST),
            ));
        }
        Ok((amount + settings.unit / 2) / settings.unit * settings.unit)
    };
    let value = Sourced::new(money("value", value.value)?, value.source);
    let cost = Sourced::new(money("cost", cost.value)?, cost.source);
    let [low, mean, high] = [chance.low, chance.mean, chance.high].map(hundredths);
    let (low, mean, high) = (low?, mean?, high?);
    // Exact: the value is a multiple of 100.
    let gain = |percent: u8| value.value / 100 * Cents::from(percent);
    let net = gain(mean) - cost.value;
    let terms = vec![
        Term { kind: TermKind::ExpectedReturn, amount: gain(mean), source: Source::Computed },
        Term { kind: TermKind::Cost, amount: -cost.value, source: cost.source.clone() },
    ];
    Ok(Gate {
        probability: Sourced::new(mean, chance.source.clone()),
        probability_low: low,
        probability_high: high,
        net,
        net_low: gain(low) - cost.value,
        net_high: gain(high) - cost.value,
        threshold: settings.threshold,
        passed: net >= settings.threshold,
        terms,
        value,
        cost,
    })
}

const LARGEST: Cents = 10_000_000_000_000_000;

fn hundredths(share: f64) -> Result<u8> {
    if share.is_nan() {
        return Err(Error::new(Code::FigureUndefined).with("figure", "probability"));
    }
    Ok((share.clamp(0.0, 1.0) * 100.0).round() as u8)
}

/// Why a case is not entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The expected net value does not reach the threshold.
    BelowGate,
    /// The account was given up, or left without anybody's doing, and no reason was given to pursue it.
    NeedsReason,
}

impl Refusal {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BelowGate => "below_gate",
            Self::NeedsReason => "needs_reason",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::BelowGate, Self::NeedsReason].into_iter().find(|r| r.as_str() == text)
    }
}

/// May a case be entered? The arithmetic decides; but no arithmetic pursues an account that was given up
/// or left involuntarily unless a person says why.
///
/// # Errors
/// The refusal, to be recorded with the gate's arithmetic.
pub fn admit(gate: &Gate, cause: CaseCause, reason: Option<&str>) -> Result<(), Refusal> {
    let has_reason = reason.is_some_and(|r| !r.trim().is_empty());
    if cause.needs_reason() && !has_reason {
        Err(Refusal::NeedsReason)
    } else if !gate.passed {
        Err(Refusal::BelowGate)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sourced(amount: Cents) -> Sourced<Cents> {
        Sourced::new(amount, Source::Computed)
    }

    fn chance(low: f64, mean: f64, high: f64) -> Chance {
        Chance { mean, low, high, source: Source::setting("cases.causes.delivery") }
    }

    /// 10,000 units of currency, as Chinese pages state money.
    const WAN: Cents = 1_000_000;

    #[test]
    fn worked_cases() {
        for (value, low, mean, high, cost, net, net_low, net_high, passed) in [
            // 860 x 0.46 - 28 = 367.6, 860 x 0.31 - 28 = 238.6, 860 x 0.62 - 28 = 505.2
            (860 * WAN, 0.31, 0.46, 0.62, 28 * WAN, 367_600_000, 238_600_000, 505_200_000, true),
            (31 * WAN, 0.08, 0.18, 0.33, 52 * WAN / 10, 380_000, -2_720_000, 5_030_000, false),
            (40 * WAN, 0.01, 0.03, 0.10, 3 * WAN, -1_800_000, -2_600_000, 1_000_000, false),
            // At the threshold is in.
            (10 * WAN, 0.5, 0.5, 0.5, 0, 5_000_000, 5_000_000, 5_000_000, true),
            // Rounded before it is multiplied: 0.456 counts as 0.46, 1,004.99 as 1,000.
            (100_499, 0.0, 0.456, 1.0, 0, 46_000, 0, 100_000, false),
            (-5, 0.1, 0.2, 0.3, -5, 0, 0, 0, false),
        ] {
            let found =
                gate(&chance(low, mean, high), sourced(value), sourced(cost), &GateSettings::default()).unwrap();
            assert_eq!((found.net, found.net_low, found.net_high), (net, net_low, net_high), "{value}");
            assert_eq!(found.passed, passed, "{value}");
        }
    }

    #[test]
    fn faulty_figures_are_refused() {
        let settings = GateSettings::default();
        let error = gate(&chance(0.0, f64::NAN, 1.0), sourced(1), sourced(1), &settings).unwrap_err();
        assert_eq!(error.code(), Code::FigureUndefined);
        let error = gate(&chance(0.0, 0.5, 1.0), sourced(Cents::MAX), sourced(1), &settings).unwrap_err();
        assert_eq!(error.faults()[0].place.to_string(), "value");
        for unit in [0, -100, 150] {
            assert!(GateSettings { unit, ..settings.clone() }.check().is_err(), "{unit}");
        }
    }

    #[test]
    fn given_up_and_involuntary_want_a_reason() {
        let good = gate(&chance(0.4, 0.5, 0.6), sourced(100 * WAN), sourced(WAN), &GateSettings::default()).unwrap();
        let bad = gate(&chance(0.0, 0.0, 0.1), sourced(100 * WAN), sourced(WAN), &GateSettings::default()).unwrap();
        for (gate, cause, reason, expected) in [
            (&good, CaseCause::Price, None, Ok(())),
            (&bad, CaseCause::Price, Some("pity"), Err(Refusal::BelowGate)),
            (&good, CaseCause::Involuntary, None, Err(Refusal::NeedsReason)),
            (&good, CaseCause::GivenUp, Some("  "), Err(Refusal::NeedsReason)),
            (&good, CaseCause::GivenUp, Some("new owner asked"), Ok(())),
            (&bad, CaseCause::Involuntary, Some("new works opens"), Err(Refusal::BelowGate)),
        ] {
            assert_eq!(admit(gate, cause, reason), expected, "{cause:?} {reason:?}");
        }
    }

    proptest! {
        #[test]
        fn the_arithmetic_adds_up_as_printed(
            mut shares in prop::array::uniform3(0.0_f64..=1.0),
            value in 0_i64..LARGEST, cost in 0_i64..LARGEST, threshold in -1_000_000_i64..1_000_000_000, unit in 1_i64..10_000,
        ) {
            shares.sort_by(f64::total_cmp);
            let settings = GateSettings { threshold, unit: unit * 100 };
            let found = gate(&chance(shares[0], shares[1], shares[2]), sourced(value), sourced(cost), &settings).unwrap();
            prop_assert_eq!(found.terms.iter().map(|t| t.amount).sum::<Cents>(), found.net);
            let printed = i128::from(found.probability.value) * i128::from(found.value.value) - 100 * i128::from(found.cost.value);
            prop_assert_eq!(printed, 100 * i128::from(found.net));
            prop_assert!(found.net_low <= found.net && found.net <= found.net_high);
            prop_assert_eq!(found.passed, found.net >= threshold);
            prop_assert!((found.value.value - value).abs() * 2 <= settings.unit);
        }
    }
}
