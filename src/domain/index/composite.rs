//! The index 0 to 100 of one response: several questions, one figure.

use crate::error::{Code, Error, Result};

/// Which end of an item's scale is the good one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Polarity {
    /// The higher the answer, the better.
    Rising,
    /// The higher the answer, the worse, as where effort or trouble is rated.
    Falling,
}

/// What an index has to know of one of its questions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Item {
    min: f64,
    max: f64,
    polarity: Polarity,
    weight: f64,
}

impl Item {
    /// An item whose answers go from `min` to `max`. An empty scale or a weight that is negative or no number is
    /// refused with [`Code::ValueOutOfRange`], naming which. Weight 0 keeps an item out of the index.
    pub fn new(min: f64, max: f64, polarity: Polarity, weight: f64) -> Result<Self> {
        let fault = |name: &'static str, value: f64| Error::new(Code::ValueOutOfRange).with(name, value);
        if !min.is_finite() {
            return Err(fault("min", min));
        }
        if !max.is_finite() || max <= min {
            return Err(fault("max", max).with("min", min));
        }
        if !weight.is_finite() || weight < 0.0 {
            return Err(fault("weight", weight));
        }
        Ok(Self { min, max, polarity, weight })
    }

    /// An answer on the scale 0 (worst) to 100 (best): (x - min) / (max - min) x 100, turned round where falling.
    /// An answer outside the item's scale is refused with [`Code::ValueOutOfRange`].
    pub fn rescale(&self, answer: f64) -> Result<f64> {
        if !(self.min..=self.max).contains(&answer) {
            return Err(Error::new(Code::ValueOutOfRange)
                .with("value", answer)
                .with("min", self.min)
                .with("max", self.max));
        }
        let part = match self.polarity {
            Polarity::Rising => answer - self.min,
            Polarity::Falling => self.max - answer,
        };
        Ok(100.0 * part / (self.max - self.min))
    }
}

/// The index of one response: the weighted mean of its rescaled answers, 0 to 100. An answer that is `None` was not
/// given or does not apply, and is left out with its weight. With fewer than half of the items answered, the index is
/// missing: `Ok(None)`. (The construction is that of Fornell et al. 1996, Journal of Marketing 60: 7-18, for one person.)
pub fn index(answers: impl IntoIterator<Item = (Item, Option<f64>)>) -> Result<Option<f64>> {
    let (mut items, mut answered) = (0_usize, 0_usize);
    let (mut sum, mut weights) = (0.0, 0.0);
    for (item, answer) in answers {
        // An answer off its scale is a fault even where it does not count.
        let scaled = answer.map(|x| item.rescale(x)).transpose()?;
        if item.weight == 0.0 {
            continue;
        }
        items += 1;
        if let Some(x) = scaled {
            answered += 1;
            sum += item.weight * x;
            weights += item.weight;
        }
    }
    if answered == 0 || 2 * answered < items {
        return Ok(None);
    }
    // Rounding may carry a mean of best answers a hair past the end.
    Ok(Some((sum / weights).clamp(0.0, 100.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item(min: f64, max: f64, weight: f64) -> Item {
        Item::new(min, max, Polarity::Rising, weight).unwrap()
    }

    #[test]
    fn three_items_of_ten_points_as_in_the_textbook() {
        // (X1 + X2 + X3 - 3) / 27 x 100.
        let ten = item(1.0, 10.0, 1.0);
        let got = index([(ten, Some(8.0)), (ten, Some(7.0)), (ten, Some(9.0))]).unwrap().unwrap();
        assert!((got - 100.0 * 21.0 / 27.0).abs() < 1e-12);
    }

    #[test]
    fn weights_polarity_and_scales_mix() {
        let falling = Item::new(1.0, 7.0, Polarity::Falling, 3.0).unwrap();
        // 100 x 3/4 with weight 1, and 100 x (7 - 2) / 6 with weight 3.
        let got = index([(item(1.0, 5.0, 1.0), Some(4.0)), (falling, Some(2.0))]).unwrap().unwrap();
        assert!((got - (75.0 + 250.0) / 4.0).abs() < 1e-12);
    }

    #[test]
    fn half_the_items_suffice_and_less_does_not() {
        let five = item(1.0, 5.0, 1.0);
        let given = |n: usize, of: usize| index((0..of).map(|i| (five, (i < n).then_some(5.0)))).unwrap();
        assert_eq!(given(2, 4), Some(100.0));
        assert_eq!(given(1, 3), None);
        assert_eq!(given(2, 3), Some(100.0));
        assert_eq!(given(1, 2), Some(100.0));
        assert_eq!(given(0, 1), None);
        assert_eq!(given(0, 0), None);
    }

    #[test]
    fn what_is_left_out_takes_its_weight_along() {
        let got = index([(item(0.0, 10.0, 9.0), None), (item(0.0, 10.0, 1.0), Some(3.0))]).unwrap();
        assert_eq!(got, Some(30.0));
        let unweighted = item(0.0, 10.0, 0.0);
        assert_eq!(index([(unweighted, Some(3.0)), (unweighted, Some(3.0))]).unwrap(), None);
        assert_eq!(
            index([(unweighted, None), (unweighted, None), (item(0.0, 10.0, 1.0), Some(5.0))]).unwrap(),
            Some(50.0)
        );
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (min, max, weight) in [(1.0, 1.0, 1.0), (5.0, 1.0, 1.0), (f64::NAN, 1.0, 1.0), (0.0, f64::INFINITY, 1.0)] {
            assert_eq!(Item::new(min, max, Polarity::Rising, weight).unwrap_err().code(), Code::ValueOutOfRange);
        }
        assert!(Item::new(0.0, 1.0, Polarity::Rising, -1.0).is_err());
        assert!(Item::new(0.0, 1.0, Polarity::Rising, f64::NAN).is_err());
        for answer in [0.0, 11.0, f64::NAN] {
            assert_eq!(index([(item(1.0, 10.0, 0.0), Some(answer))]).unwrap_err().code(), Code::ValueOutOfRange);
        }
    }

    proptest! {
        #[test]
        fn better_answers_never_lower_it(
            answers in prop::collection::vec((prop::option::of(1..=9_u8), 0.1..9.0_f64), 1..12), which in 0..12_usize,
        ) {
            let row = |raise: Option<usize>| {
                let items = answers.iter().enumerate().map(|(i, &(x, w))| {
                    (item(1.0, 10.0, w), x.map(|x| f64::from(x) + if raise == Some(i) { 1.0 } else { 0.0 }))
                });
                index(items).unwrap()
            };
            if let (Some(before), Some(after)) = (row(None), row(Some(which))) {
                prop_assert!((0.0..=100.0).contains(&before));
                prop_assert!(after >= before);
            }
        }
    }
}
