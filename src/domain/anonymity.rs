//! Anonymous surveys: under which segment answers may be counted, and which of them, so that no figure is about fewer
//! people than the threshold and no two figures subtracted are.
//!
//! Answers wait sealed ([`sealed`]) and are opened together, at most once a day for each survey. One opening puts them
//! into [groups](groups) of at least as many people as the threshold. Of a group, what fewer people than that have said
//! anything to is left out of all tallies ([`folds`]). So every tally is a sum of *atoms*, one for each group, opening
//! and question, of which each is about as many people as the threshold asks for, or more. Whatever a page adds up,
//! narrows or compares, and whenever it does, the difference of any two figures is made of whole atoms again.

pub mod sealed;

use super::tally::{Counted, Fold, Segment};
use std::collections::{BTreeMap, BTreeSet};

/// Which coarser segments a segment may be merged into, itself first: without the product line, then without the region,
/// then without the tier.
fn coarser(segment: &Segment) -> [Segment; 4] {
    let of = |tier: &str, region: &str, product_line: &str| Segment {
        tier: tier.to_owned(),
        region: region.to_owned(),
        product_line: product_line.to_owned(),
    };
    let Segment { tier, region, product_line } = segment;
    [of(tier, region, product_line), of(tier, region, ""), of(tier, "", ""), of("", "", "")]
}

/// Under which segment the answers of each segment are counted, if `waiting` people of it have answered: the finest
/// that at least `least` people share. A segment that is missing from the result waits on: with all that are left over,
/// there are fewer.
///
/// Segments that have enough of themselves stand alone; the rest is merged without the product line, what is left then
/// without the region, and what is left then without the tier.
pub fn groups(waiting: &BTreeMap<Segment, usize>, least: usize) -> BTreeMap<Segment, Segment> {
    let mut placed = BTreeMap::new();
    let mut left: BTreeMap<&Segment, usize> = waiting.iter().filter(|(_, n)| **n > 0).map(|(s, n)| (s, *n)).collect();
    for step in 0..4 {
        let mut merged: BTreeMap<Segment, (usize, Vec<&Segment>)> = BTreeMap::new();
        for (segment, n) in &left {
            let Some(into) = coarser(segment).into_iter().nth(step) else { continue };
            let (people, members) = merged.entry(into).or_default();
            *people += n;
            members.push(segment);
        }
        for (into, (_, members)) in merged.into_iter().filter(|(_, (people, _))| *people >= least.max(1)) {
            for member in members {
                left.remove(member);
                placed.insert(member.clone(), into.clone());
            }
        }
    }
    placed
}

/// What the responses of one group and opening add to the tallies: only measures that at least `least` of them have, and
/// only questions that at least `least` of them answered. All of `group` are of one version, account, segment and day.
pub fn folds(group: &[Counted], least: usize) -> Vec<Fold> {
    let (mut measures, mut questions) = (BTreeMap::<String, usize>::new(), BTreeMap::<String, usize>::new());
    for response in group {
        let has: BTreeSet<String> = response.measurements.iter().map(|m| m.measure.key()).collect();
        has.into_iter().for_each(|key| *measures.entry(key).or_default() += 1);
        let has: BTreeSet<&String> = response.values.iter().map(|(question, _)| question).collect();
        has.into_iter().for_each(|key| *questions.entry(key.clone()).or_default() += 1);
    }
    let enough = |of: &BTreeMap<String, usize>, key: &str| of.get(key).is_some_and(|n| *n >= least.max(1));
    let mut folds = Vec::new();
    for response in group {
        let mut counted = response.clone();
        counted.values.retain(|(question, _)| enough(&questions, question));
        counted.measurements.retain(|m| enough(&measures, &m.measure.key()));
        counted.answers = None;
        folds.extend(counted.folds());
    }
    folds
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ident::{AccountId, VersionId};
    use crate::domain::measure::{Measure, Measurement, Sums};
    use proptest::prelude::*;
    use uuid::Uuid;

    fn segment(tier: &str, region: &str, line: &str) -> Segment {
        Segment { tier: tier.into(), region: region.into(), product_line: line.into() }
    }

    #[test]
    fn who_is_few_is_merged_step_by_step() {
        let waiting = [
            (segment("key", "north", "a"), 6),
            (segment("key", "north", "b"), 3),
            (segment("key", "north", "c"), 2),
            (segment("key", "south", "a"), 4),
            (segment("key", "west", "a"), 1),
            (segment("general", "south", "a"), 2),
        ];
        let placed = groups(&waiting.clone().into(), 5);
        let under = |nth: usize| placed.get(&waiting[nth].0).cloned();
        assert_eq!(under(0), Some(segment("key", "north", "a")), "enough of themselves");
        assert_eq!(under(1), Some(segment("key", "north", "")));
        assert_eq!(under(2), under(1));
        assert_eq!(under(3), Some(segment("key", "", "")));
        assert_eq!(under(4), under(3));
        assert_eq!(under(5), None, "two are left over, and wait");
        assert!(groups(&[(segment("key", "north", "a"), 4)].into(), 5).is_empty());
        let all = [(segment("a", "", ""), 2), (segment("b", "", ""), 3)];
        assert_eq!(groups(&all.into(), 5).values().next(), Some(&segment("", "", "")));
    }

    /// A response to question `n` of five, for each that it has an answer to.
    fn response(segment: &Segment, day: u32, answered: &[(usize, i64)]) -> Counted {
        Counted {
            account: AccountId::nobody(segment.id()),
            version: VersionId(Uuid::from_u128(1)),
            segment: segment.id(),
            kind: "internal".into(),
            day: chrono::NaiveDate::from_ymd_opt(2026, 11, day).unwrap(),
            values: answered.iter().map(|(q, x)| (format!("q{q}"), x.to_string())).collect(),
            measurements: answered
                .iter()
                .map(|(q, x)| Measurement { measure: Measure::Aspect(format!("q{q}")), x: 1000 * x })
                .collect(),
            answers: None,
            subject: None,
        }
    }

    #[test]
    fn what_few_answered_is_counted_nowhere() {
        let here = segment("key", "", "");
        let group: Vec<Counted> =
            (0..6).map(|n| response(&here, 1, if n < 4 { &[(0, 3), (1, 2)] } else { &[(0, 3)] })).collect();
        let folds = folds(&group, 5);
        let told = |key: &str| {
            folds.iter().filter(|fold| matches!(fold, Fold::Account(at, _) if at.measure.ends_with(key))).count()
        };
        assert_eq!((told("q0"), told("q1")), (6, 0));
        assert!(folds.iter().all(|fold| !matches!(fold, Fold::Day(at, _) if at.question == "q1")));
    }

    fn tiers() -> impl Strategy<Value = Segment> {
        (0..3_usize, 0..3_usize, 0..3_usize)
            .prop_map(|(t, r, l)| segment(["a", "b", "c"][t], ["n", "s", ""][r], ["x", "y", ""][l]))
    }

    proptest! {
        #[test]
        fn every_group_is_of_enough_people_and_no_finer_one_would_do(
            people in prop::collection::vec(tiers(), 0..80), least in 2..8_usize,
        ) {
            let mut waiting: BTreeMap<Segment, usize> = BTreeMap::new();
            people.iter().for_each(|one| *waiting.entry(one.clone()).or_default() += 1);
            let placed = groups(&waiting, least);
            let mut size: BTreeMap<&Segment, usize> = BTreeMap::new();
            for (own, into) in &placed {
                prop_assert!(coarser(own).contains(into));
                prop_assert!(waiting[own] < least || own == into, "who is enough is not merged");
                *size.entry(into).or_default() += waiting[own];
            }
            prop_assert!(size.values().all(|n| *n >= least), "{size:?}");
            let left: usize = waiting.iter().filter(|(own, _)| !placed.contains_key(own)).map(|(_, n)| n).sum();
            prop_assert!(left < least, "{left} wait");
        }

        /// Two pages, each of whatever slices and as of whatever opening: the figures of one less those of the other are
        /// about nobody, or about enough.
        #[test]
        fn no_two_figures_subtracted_are_about_few(
            openings in prop::collection::vec(
                prop::collection::vec((tiers(), prop::collection::vec((0..5_usize, 0..4_i64), 0..5)), 0..40), 1..4,
            ),
            least in 2..7_usize,
            cut in (0..4_usize, 0..4_usize), slices in (0..64_u8, 0..64_u8),
        ) {
            let mut waiting: Vec<(Segment, Vec<(usize, i64)>)> = Vec::new();
            let mut atoms: Vec<(usize, Segment, Vec<Fold>)> = Vec::new();
            for (nth, arrived) in openings.into_iter().enumerate() {
                waiting.extend(arrived);
                let mut counts: BTreeMap<Segment, usize> = BTreeMap::new();
                waiting.iter().for_each(|(own, _)| *counts.entry(own.clone()).or_default() += 1);
                let placed = groups(&counts, least);
                let mut by_group: BTreeMap<Segment, Vec<Counted>> = BTreeMap::new();
                waiting.retain(|(own, answers)| match placed.get(own) {
                    None => true,
                    Some(into) => {
                        let mut answers = answers.clone();
                        answers.sort_unstable();
                        answers.dedup_by_key(|(q, _)| *q);
                        let nth = u32::try_from(nth).unwrap() + 1;
                        by_group.entry(into.clone()).or_default().push(response(into, nth, &answers));
                        false
                    }
                });
                for (into, group) in by_group {
                    atoms.push((nth, into, folds(&group, least)));
                }
            }
            // What a page shows of a question: the sums of the slices it takes in, as of an opening.
            let takes = |mask: u8, one: &Segment| {
                let tier = ["", "a", "b", "c"].iter().position(|t| *t == one.tier).unwrap();
                mask >> tier & 1 == 1 && (mask >> 4 & 1 == 1 || one.region.is_empty() || one.region == "n")
            };
            let page = |until: usize, mask: u8| {
                let mut shown: BTreeMap<String, Sums> = BTreeMap::new();
                for (_, _, folds) in atoms.iter().filter(|(nth, into, _)| *nth < until && takes(mask, into)) {
                    for fold in folds {
                        if let Fold::Account(key, sums) = fold {
                            *shown.entry(key.measure.clone()).or_default() += *sums;
                        }
                    }
                }
                shown
            };
            let (one, other) = (page(cut.0, slices.0), page(cut.1, slices.1));
            let least = i64::try_from(least).unwrap();
            for (question, sums) in &one {
                prop_assert!(sums.n >= least, "{question}: {sums:?}");
            }
            // Where one page holds all that the other does, what is left is that of a group.
            if cut.0 >= cut.1 && slices.0 & slices.1 == slices.1 {
                for (question, sums) in &one {
                    let left = sums.n - other.get(question).map_or(0, |sums| sums.n);
                    prop_assert!(left == 0 || left >= least, "{question}: {left}");
                }
            }
        }
    }
}
