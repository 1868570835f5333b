//! The course of one account's level, and the decline in it.

use super::filter::{Filter, Step};
use super::{DeclineRule, Observation, TierModel, day_from_number, normal_cdf};
use chrono::NaiveDate;

/// A level as it was known on a day: nothing later has smoothed it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoursePoint {
    pub day: NaiveDate,
    /// 0 to 100, drawn toward the tier.
    pub level: f64,
    pub sd: f64,
    /// Which response moved the level here, if one did; else time alone has passed.
    pub observation: Option<usize>,
}

impl CoursePoint {
    /// The band that holds the level with a probability: 1.2816 standard deviations for 80 %,
    /// 1.96 for 95 %. Cut at the ends of the scale.
    pub fn band(&self, deviations: f64) -> (f64, f64) {
        ((self.level - deviations * self.sd).max(0.0), (self.level + deviations * self.sd).min(100.0))
    }
}

/// What one response did to the level since the day compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Contribution {
    /// The place of the response in the observations handed in.
    pub observation: usize,
    pub day: NaiveDate,
    pub value: f64,
    /// What this person was expected to answer: the level and their own leniency, as known before.
    pub expected: f64,
    /// Which share of value less expected went into the level, 0 to 1.
    pub weight: f64,
    /// weight x (value - expected).
    pub points: f64,
}

/// Today's level against the account's own past.
#[derive(Debug, Clone, PartialEq)]
pub struct Decline {
    /// The day compared with: the end of the account's best recent time.
    pub then_day: NaiveDate,
    /// The level on that day, as it was known on that day.
    pub level_then: f64,
    pub level_now: f64,
    /// Standard deviation of the level now: silence widens it.
    pub level_sd: f64,
    /// `level_then - level_now`; the contributions add up to its negative.
    pub fall: f64,
    /// The fall when the day compared with is seen in the light of all later answers too: what the
    /// probability is made of, and a little less than `fall` as a rule.
    pub fall_revised: f64,
    /// Standard deviation of `fall_revised`, from the joint distribution of both levels.
    pub sd: f64,
    /// P(level now < level then - delta), given all answers.
    pub probability: f64,
    /// One for each response since, in order: `level_then` plus their points is `level_now`.
    pub contributions: Vec<Contribution>,
}

/// The level as known on each day: after every response, and every `every_days` days between them
/// and up to `until`, where only the uncertainty grows. After the day that the rule compares with on
/// `until`, the level is followed as [`assess`] follows it, so that the course ends where the
/// decline does. Observations come in the order of their days.
pub fn course(
    seen: &[Observation],
    model: &TierModel,
    rule: &DeclineRule,
    until: i32,
    every_days: i32,
) -> Vec<CoursePoint> {
    let seen = upto(seen, until);
    let mut work = Workspace::default();
    work.levels(seen, model);
    let base = work.base(seen, rule, until);
    let mut filter = work.filter;
    filter.reset(model);
    let step = every_days.max(1);
    let mut points = Vec::new();
    let quiet = |from: i32, to: i32, (level, variance): (f64, f64), points: &mut Vec<CoursePoint>| {
        let mut day = from.saturating_add(step);
        while day < to {
            let sd = (variance + model.drift_variance(day - from)).sqrt();
            points.push(CoursePoint { day: day_from_number(day), level, sd, observation: None });
            day = day.saturating_add(step);
        }
    };
    let mut last = None;
    for (index, o) in seen.iter().enumerate() {
        if let Some(before) = last {
            quiet(before, o.day, filter.level(), &mut points);
        }
        filter.take(o, model);
        let (level, variance) = filter.level();
        points.push(CoursePoint { day: day_from_number(o.day), level, sd: variance.sqrt(), observation: Some(index) });
        if base == Some(index) {
            filter.mark(rule.shift);
        }
        last = Some(o.day);
    }
    if let Some(before) = last.filter(|day| *day < until) {
        let (level, variance) = filter.level();
        quiet(before, until, (level, variance), &mut points);
        let sd = (variance + model.drift_variance(until - before)).sqrt();
        points.push(CoursePoint { day: day_from_number(until), level, sd, observation: None });
    }
    points
}

/// Compares an account's level on a day with its own past by the rule. `None` where there is no
/// past to compare with, or too little since. Observations come in the order of their days; those
/// after `today` are not looked at.
pub fn assess(seen: &[Observation], model: &TierModel, rule: &DeclineRule, today: i32) -> Option<Decline> {
    let mut work = Workspace::default();
    let seen = upto(seen, today);
    work.levels(seen, model);
    let base = work.base(seen, rule, today)?;
    let steps = work.compare(seen, model, rule, base);
    let (level_now, variance) = work.filter.level();
    let since = model.drift_variance(today - seen.last()?.day);
    let (fall_revised, fall_variance) = work.filter.fall();
    let level_then = *work.known.get(base)?;
    let contributions = steps
        .into_iter()
        .map(|(observation, step)| {
            let (day, value) = seen.get(observation).map_or((0, f64::NAN), |o| (o.day, o.value));
            let Step { expected, weight, points } = step;
            Contribution { observation, day: day_from_number(day), value, expected, weight, points }
        })
        .collect();
    Some(Decline {
        then_day: day_from_number(seen.get(base)?.day),
        level_then,
        level_now,
        level_sd: (variance + since).sqrt(),
        fall: level_then - level_now,
        fall_revised,
        sd: (fall_variance + since).sqrt(),
        probability: probability(fall_revised, fall_variance + since, rule.delta),
        contributions,
    })
}

/// The part of ordered observations up to and including a day.
pub(super) fn upto(seen: &[Observation], today: i32) -> &[Observation] {
    seen.get(..seen.partition_point(|o| o.day <= today)).unwrap_or(seen)
}

/// P(fall > delta) for a normal fall.
pub(super) fn probability(fall: f64, variance: f64, delta: f64) -> f64 {
    if variance > 0.0 { normal_cdf((fall - delta) / variance.sqrt()) } else { f64::from(u8::from(fall > delta)) }
}

/// Memory that is kept from account to account.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    pub filter: Filter,
    /// The level as known after each answer.
    pub known: Vec<f64>,
}

impl Workspace {
    /// Runs the filter over all answers and keeps the level after each.
    pub fn levels(&mut self, seen: &[Observation], model: &TierModel) {
        self.filter.reset(model);
        self.known.clear();
        for o in seen {
            self.filter.take(o, model);
            self.known.push(self.filter.level().0);
        }
    }

    /// The response after which the account stood best, by the rule: see [`DeclineRule`].
    /// `seen` may be the beginning of what [`Workspace::levels`] was run over, since a level as
    /// known on a day does not depend on later answers.
    pub fn base(&self, seen: &[Observation], rule: &DeclineRule, today: i32) -> Option<usize> {
        let start = today.saturating_sub(rule.window_days);
        // The level as it stood when the window opened belongs to the window.
        let first = seen.partition_point(|o| o.day <= start).saturating_sub(1).max(rule.min_before.saturating_sub(1));
        let end = seen.len().checked_sub(rule.min_after)?;
        let candidates = self.known.get(first..end)?;
        let highest = candidates.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        candidates.iter().rposition(|level| *level >= highest - rule.plateau).map(|place| first + place)
    }

    /// Runs the filter again with the level after answer `base` carried along; returns what each
    /// later answer did.
    pub fn compare(
        &mut self,
        seen: &[Observation],
        model: &TierModel,
        rule: &DeclineRule,
        base: usize,
    ) -> Vec<(usize, Step)> {
        self.filter.reset(model);
        let mut steps = Vec::with_capacity(seen.len().saturating_sub(base + 1));
        for (i, o) in seen.iter().enumerate() {
            let step = self.filter.take(o, model);
            if i == base {
                self.filter.mark(rule.shift);
            } else if i > base {
                steps.push((i, step));
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn every(days: i32, people: u32, values: &[f64]) -> Vec<Observation> {
        (0..).zip(values).map(|(i, x)| Observation::new(739_000 + days * i, i as u32 % people, *x)).collect()
    }

    #[test]
    fn a_fall_is_found_and_dated() {
        let seen = every(45, 3, &[82.0, 79.0, 84.0, 80.0, 81.0, 83.0, 50.0, 47.0, 52.0]);
        let today = seen[8].day + 5;
        let decline = assess(&seen, &TierModel::default(), &DeclineRule::default(), today).unwrap();
        assert_eq!(decline.then_day, day_from_number(seen[5].day));
        assert_eq!(decline.contributions.len(), 3);
        assert!(decline.fall > 15.0, "{decline:?}");
        assert!(decline.probability > 0.92, "{decline:?}");
    }

    #[test]
    fn a_strict_person_who_joins_is_not_a_decline() {
        let mut seen = every(30, 3, &[82.0, 79.0, 84.0, 80.0, 81.0, 83.0, 80.0, 82.0]);
        let last = seen[7].day;
        for (i, x) in [52.0, 82.0, 50.0, 81.0, 51.0, 80.0].into_iter().enumerate() {
            let who = if x < 60.0 { 9 } else { i as u32 % 3 };
            seen.push(Observation::new(last + 20 * (i as i32 + 1), who, x));
        }
        let rule = DeclineRule::default();
        let strict = assess(&seen, &TierModel::default(), &rule, last + 130).unwrap();
        for o in seen.iter_mut().filter(|o| o.respondent == 9) {
            o.respondent = 0;
        }
        let same_people = assess(&seen, &TierModel::default(), &rule, last + 130).unwrap();
        assert!(strict.probability < 0.5, "{strict:?}");
        assert!(same_people.probability > strict.probability);
    }

    #[test]
    fn silence_widens_the_band_and_never_raises_an_alarm() {
        let seen = every(60, 2, &[80.0, 82.0, 78.0, 81.0, 66.0, 64.0]);
        let (model, rule) = (TierModel::default(), DeclineRule::default());
        let last = seen[5].day;
        let now = assess(&seen, &model, &rule, last).unwrap();
        let later = assess(&seen, &model, &rule, last + 120).unwrap();
        assert!(later.level_sd > now.level_sd);
        assert_eq!(later.level_now, now.level_now);
        assert!((later.probability - 0.5).abs() < (now.probability - 0.5).abs());
        let points = course(&seen, &model, &rule, last + 120, 7);
        assert!(points.windows(2).all(|w| w[0].day <= w[1].day));
        assert_eq!(points.iter().filter(|p| p.observation.is_some()).count(), 6);
        let end = points.last().unwrap();
        assert!((end.sd - later.level_sd).abs() < 1e-12 && (end.level - later.level_now).abs() < 1e-12);
        let (low, high) = points[0].band(1.96);
        assert!(low < points[0].level && high <= 100.0);
    }

    #[test]
    fn too_few_answers_are_no_verdict() {
        let (model, rule) = (TierModel::default(), DeclineRule::default());
        for n in 0..5 {
            let seen = every(40, 2, &[90.0, 90.0, 90.0, 10.0][..n.min(4)]);
            assert!(assess(&seen, &model, &rule, 740_000).is_none(), "{n}");
        }
        // One angry answer out of one is not a 0.
        let lone = course(&every(1, 1, &[0.0]), &model, &rule, 739_001, 7);
        assert!(lone[0].level > 40.0, "{lone:?}");
        // Answers of the future are not looked at.
        let seen = every(40, 2, &[80.0, 82.0, 81.0, 30.0, 30.0]);
        assert!(assess(&seen, &model, &rule, seen[3].day).is_none());
    }

    proptest! {
        #[test]
        fn the_contributions_add_up_to_the_change(
            rows in prop::collection::vec((0i32..60, 0u32..6, 0.0f64..100.0), 5..40), quiet in 0i32..200,
        ) {
            let mut day = 739_000;
            let seen: Vec<_> = rows.iter().map(|&(gap, who, x)| { day += gap; Observation::new(day, who, x) }).collect();
            if let Some(d) = assess(&seen, &TierModel::default(), &DeclineRule::default(), day + quiet) {
                let sum: f64 = d.contributions.iter().map(|c| c.points).sum();
                prop_assert!((d.level_then + sum - d.level_now).abs() < 1e-9);
                prop_assert!((d.fall + sum).abs() < 1e-9);
                prop_assert!((0.0..=1.0).contains(&d.probability) && d.sd >= 0.0);
                for c in &d.contributions {
                    prop_assert!((c.weight * (c.value - c.expected) - c.points).abs() < 1e-9);
                    prop_assert!((0.0..=1.0).contains(&c.weight));
                }
            }
        }
    }
}
