//! What an account is worth: money, where each figure comes from, the rhythm it buys in, and what a
//! returning account would bring.

pub mod rhythm;
pub mod second_lifetime;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An amount of money in hundredths of the organisation's currency: whole numbers add up exactly.
pub type Cents = i64;

/// Where a figure on a case or an account comes from. Words are made from it in the reader's language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Source {
    /// The account's own orders of the days `first` to `last`, both within.
    Orders { first: NaiveDate, last: NaiveDate, count: usize },
    /// A setting, by its dotted name.
    Setting { name: String },
    /// The cause's row of the settings table, and what closed cases of that cause have taught.
    ClosedCases { cause: String, won: u32, closed: u32 },
    /// Worked out from other figures that stand beside it.
    Computed,
    /// Entered by a person, with the reason they gave.
    Entered { by: String, reason: String },
}

impl Source {
    pub fn setting(name: impl Into<String>) -> Self {
        Self::Setting { name: name.into() }
    }
}

/// A figure that carries its source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sourced<T> {
    pub value: T,
    pub source: Source,
}

impl<T> Sourced<T> {
    pub fn new(value: T, source: Source) -> Self {
        Self { value, source }
    }
}

/// One order as the domain sees it: when it was placed, and for how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purchase {
    pub day: NaiveDate,
    pub amount: Cents,
}

/// Turns an exact product into cents, half away from zero; out of range, at the end of the range.
pub(crate) fn to_cents(amount: f64) -> Cents {
    amount.round() as Cents
}

/// Rounds terms to multiples of `unit` so that they still add up to their rounded sum.
///
/// Largest remainder (Hamilton's method): every term is rounded down, and the units that are then
/// missing from the rounded sum go to the terms that lost most; of equals, to the earlier.
/// A `unit` below 1 leaves the terms as they are.
///
/// ```
/// use bellwether::domain::value::round_terms;
/// assert_eq!(round_terms(&[8_050, -1_170, -410], 100), [8_100, -1_200, -400]);
/// ```
pub fn round_terms(terms: &[Cents], unit: Cents) -> Vec<Cents> {
    if unit <= 1 {
        return terms.to_vec();
    }
    let sum: i128 = terms.iter().map(|t| i128::from(*t)).sum();
    let unit_wide = i128::from(unit);
    let magnitude = (2 * sum.abs() + unit_wide) / (2 * unit_wide);
    let target = magnitude * sum.signum();
    let floors: Vec<i64> = terms.iter().map(|t| t.div_euclid(unit)).collect();
    let missing = usize::try_from(target - floors.iter().map(|f| i128::from(*f)).sum::<i128>()).unwrap_or(0);
    let mut order: Vec<(usize, i64)> = terms.iter().map(|t| t.rem_euclid(unit)).enumerate().collect();
    order.sort_by_key(|&(at, lost)| (std::cmp::Reverse(lost), at));
    let raised: Vec<usize> = order.into_iter().take(missing).map(|(at, _)| at).collect();
    floors.iter().enumerate().map(|(at, floor)| (floor + i64::from(raised.contains(&at))) * unit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terms_round_to_their_sum() {
        for (terms, unit, expected) in [
            (&[333, 333, 334][..], 100, &[300, 300, 400][..]),
            (&[150, 150][..], 100, &[200, 100][..]),
            (&[-150, -150][..], 100, &[-100, -200][..]),
            (&[1, 2, 3][..], 0, &[1, 2, 3][..]),
            (&[][..], 100, &[][..]),
        ] {
            assert_eq!(round_terms(terms, unit), expected);
        }
    }

    proptest! {
        #[test]
        fn rounded_terms_add_up_and_stay_near(terms in prop::collection::vec(-1_000_000_i64..1_000_000, 0..12), unit in 1_i64..5_000) {
            let rounded = round_terms(&terms, unit);
            let (sum, shown): (i64, i64) = (terms.iter().sum(), rounded.iter().sum());
            prop_assert!((shown - sum).abs() * 2 <= unit);
            for (term, shown) in terms.iter().zip(&rounded) {
                prop_assert!((term - shown).abs() < unit && shown % unit == 0);
            }
        }
    }
}
