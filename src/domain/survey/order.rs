//! The order in which one person sees choices that have none by themselves.

use super::Choice;
use sha2::{Digest, Sha256};

/// The places of the choices, as indices into them, for the person behind `seed`: the same at every
/// look, and for different seeds and questions as good as independent.
///
/// Each choice that may move draws a number, the digest of seed, question and choice, and they are
/// sorted by it: numbers that are independent and all different make every order equally likely.
/// Choices that [keep their place](Choice::keeps_its_place) do.
pub fn arrange(seed: u128, question: &str, choices: &[Choice]) -> Vec<usize> {
    let movable = choices.iter().enumerate().filter(|(_, choice)| !choice.keeps_its_place());
    let mut drawn: Vec<([u8; 32], usize)> = movable
        .map(|(at, choice)| {
            let mut digest = Sha256::new();
            digest.update(seed.to_be_bytes());
            // Names have no zero in them, so no two pairs run together.
            digest.update(question.as_bytes());
            digest.update([0]);
            digest.update(choice.key.as_bytes());
            (digest.finalize().into(), at)
        })
        .collect();
    drawn.sort_unstable();
    let mut drawn = drawn.into_iter().map(|(_, at)| at);
    let place = |(at, choice): (usize, &Choice)| {
        if choice.keeps_its_place() { at } else { drawn.next().unwrap_or(at) }
    };
    choices.iter().enumerate().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Texts;
    use std::collections::BTreeMap;

    fn choices(movable: usize) -> Vec<Choice> {
        let one = |key: String, other, exclusive| Choice {
            key,
            text: Texts::default(),
            about: Texts::default(),
            other,
            exclusive,
        };
        let mut all: Vec<Choice> = (0..movable).map(|n| one(format!("c{n}"), false, false)).collect();
        all.push(one("else".into(), true, false));
        all.push(one("none".into(), false, true));
        all
    }

    #[test]
    fn an_order_lasts_and_belongs_to_one_person() {
        let eight = choices(8);
        assert_eq!(arrange(7, "q", &eight), arrange(7, "q", &eight));
        assert_ne!(arrange(7, "q", &eight), arrange(8, "q", &eight));
        assert_ne!(arrange(7, "q", &eight), arrange(7, "p", &eight));
        let order = arrange(7, "q", &eight);
        assert_eq!(order[8..], [8, 9], "own words and “none” come last");
        let mut sorted = order;
        sorted.sort_unstable();
        assert_eq!(sorted, (0..10).collect::<Vec<_>>());
    }

    #[test]
    fn every_order_is_equally_likely() {
        let three = choices(3);
        let mut seen: BTreeMap<Vec<usize>, u32> = BTreeMap::new();
        for seed in 0..6000 {
            *seen.entry(arrange(seed, "q", &three)).or_default() += 1;
        }
        assert_eq!(seen.len(), 6);
        // Each is expected 1000 times with a standard deviation of 29: this is six of them.
        assert!(seen.values().all(|n| (825..=1175).contains(n)), "{seen:?}");
    }
}
