//! A series that breaks: which answers of an account may be compared with each other.
//!
//! Where a later version of a survey asks something else, its answers are not held against those of the
//! version before: a level that moves with the words is no decline. Each part of the series is followed by
//! itself, from the tier's mean on, and a decline is looked for in the last one alone.

use super::decline::course;
use super::{CoursePoint, DeclineRule, Observation, TierModel, day_number};

/// The answers of an account in the parts of its series: their places, in order. `asked` names survey and
/// version of each answer, in the order of days; `breaks` says whether the series breaks between two versions
/// of a survey, the earlier one first.
///
/// The first answer to a newer version that breaks with the newest one answered so far begins a part, for the
/// answers to other surveys, too, since all of them make one level. Who answers the older version after
/// that is in no part.
pub fn parts<S: Ord + Copy>(asked: &[(S, i32)], breaks: impl Fn(S, i32, i32) -> bool) -> Vec<Vec<usize>> {
    let mut newest = std::collections::BTreeMap::new();
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for (place, (survey, version)) in asked.iter().enumerate() {
        let known = *newest.entry(*survey).or_insert(*version);
        if *version < known && breaks(*survey, *version, known) {
            continue;
        }
        let begins = *version > known && breaks(*survey, known, *version);
        newest.insert(*survey, known.max(*version));
        match parts.last_mut().filter(|_| !begins) {
            Some(part) => part.push(place),
            None => parts.push(vec![place]),
        }
    }
    parts
}

/// The level as known on each day, each part by itself: see [`course`]. A part ends on the day before the
/// next one begins.
pub fn course_of_parts(
    seen: &[Observation],
    parts: &[Vec<usize>],
    model: &TierModel,
    rule: &DeclineRule,
    until: i32,
    every_days: i32,
) -> Vec<CoursePoint> {
    let mut points = Vec::new();
    for (nth, part) in parts.iter().enumerate() {
        let own: Vec<Observation> = part.iter().filter_map(|place| seen.get(*place)).copied().collect();
        let next = parts.get(nth + 1).and_then(|next| seen.get(*next.first()?));
        let last = own.last().map_or(until, |one| one.day);
        let end = next.map_or(until, |next| (next.day - 1).max(last)).min(until);
        points.extend(course(&own, model, rule, end, every_days).into_iter().map(|point| {
            let observation = point.observation.and_then(|own| part.get(own).copied());
            debug_assert!(day_number(point.day) <= end, "a part ends before the next one begins");
            CoursePoint { observation, ..point }
        }));
    }
    points
}

#[cfg(test)]
mod tests {
    use super::super::assess;
    use super::*;

    /// Version 3 of each survey breaks with all before it.
    fn third(_: char, was: i32, now: i32) -> bool {
        was < 3 && now >= 3
    }

    #[test]
    fn a_newer_version_that_breaks_begins_a_part() {
        assert!(parts::<char>(&[], third).is_empty());
        assert_eq!(parts(&[('a', 1), ('a', 2), ('b', 1), ('a', 1)], third), [vec![0, 1, 2, 3]], "comparable");
        let asked = [('a', 1), ('b', 1), ('a', 3), ('b', 1), ('a', 2), ('a', 4), ('b', 3)];
        // The other survey goes on in the new part; who is late with the older version is left out.
        assert_eq!(parts(&asked, third), [vec![0, 1], vec![2, 3, 5], vec![6]]);
        assert_eq!(parts(&[('a', 3), ('a', 1), ('a', 3)], third), [vec![0, 2]], "nothing goes back");
    }

    #[test]
    fn a_change_of_wording_is_no_decline() {
        let (model, rule, today) = (TierModel::default(), DeclineRule::default(), 739_420);
        let values = [80.0, 84.0, 78.0, 82.0, 81.0, 52.0, 50.0, 48.0, 51.0];
        let seen: Vec<Observation> =
            (0..).zip(values).map(|(i, x)| Observation::new(739_000 + 40 * i, i as u32 % 3, x)).collect();
        let asked: Vec<(char, i32)> = (0..seen.len()).map(|i| ('a', if i < 5 { 1 } else { 3 })).collect();
        assert!(rule.grade(assess(&seen, &model, &rule, today).unwrap().probability, 0).is_some(), "without a break");
        let split = parts(&asked, third);
        let last: Vec<Observation> = split.last().unwrap().iter().map(|place| seen[*place]).collect();
        let grade = assess(&last, &model, &rule, today).and_then(|found| rule.grade(found.probability, 0));
        assert_eq!(grade, None);
        // A real fall after the break is found as ever.
        let mut fell = last.clone();
        fell.extend((0..5).map(|i| Observation::new(739_340 + 12 * i, i as u32 % 3, 12.0)));
        let found = assess(&fell, &model, &rule, today).unwrap();
        assert!(rule.grade(found.probability, 0).is_some(), "{}", found.probability);
    }

    #[test]
    fn the_course_begins_anew_with_each_part() {
        let (model, rule) = (TierModel::default(), DeclineRule::default());
        let values = [90.0, 92.0, 91.0, 30.0, 28.0];
        let seen: Vec<Observation> = (0..).zip(values).map(|(i, x)| Observation::new(739_000 + 40 * i, 1, x)).collect();
        let split = vec![vec![0, 1, 2], vec![3, 4]];
        let points = course_of_parts(&seen, &split, &model, &rule, 739_200, 10);
        let second: Vec<_> = points.iter().filter(|point| day_number(point.day) >= 739_120).copied().collect();
        // As if nothing had been answered before.
        let alone = course(&seen[3..], &model, &rule, 739_200, 10);
        assert_eq!(second.len(), alone.len());
        for (one, other) in second.iter().zip(&alone) {
            assert_eq!((one.day, one.level, one.sd), (other.day, other.level, other.sd));
            assert_eq!(one.observation, other.observation.map(|place| place + 3));
        }
        assert_eq!(points.iter().filter_map(|point| point.observation).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
        assert!(points.is_sorted_by_key(|point| point.day));
        let whole = vec![(0..seen.len()).collect()];
        assert_eq!(
            course_of_parts(&seen, &whole, &model, &rule, 739_200, 10),
            course(&seen, &model, &rule, 739_200, 10)
        );
    }
}
