//! The rules that find something: pure functions from plain figures to a [`Finding`].
//!
//! Every rule has raising thresholds by tier and level, and a margin by which the evidence may ease
//! before it no longer holds a level that was reached (hysteresis). All of them are settings; the
//! defaults look more closely at higher tiers.

use super::evidence::Scale;
use super::{ByTier, Contribution, Evidence, Finding};
use crate::domain::ident::{ContactId, OrderId, ResponseId};
use crate::domain::trend::Level;
use crate::domain::value::rhythm::{Rhythm, Standing};
use crate::error::{Code, Error, Fault};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// The thresholds of the three levels; a level without one is never reached.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Steps {
    pub yellow: Option<f64>,
    pub orange: Option<f64>,
    pub red: Option<f64>,
}

impl Steps {
    pub const fn new(yellow: f64, orange: f64, red: f64) -> Self {
        Self { yellow: Some(yellow), orange: Some(orange), red: Some(red) }
    }

    /// Never red.
    pub const fn up_to_orange(yellow: f64, orange: f64) -> Self {
        Self { yellow: Some(yellow), orange: Some(orange), red: None }
    }

    fn named(&self) -> [(&'static str, Option<f64>); 3] {
        [("yellow", self.yellow), ("orange", self.orange), ("red", self.red)]
    }

    /// Do graver levels need lower figures, all of them within bounds? `tier` is its place, from 0.
    ///
    /// # Errors
    /// `ValueOutOfRange` on the tier, counted from 1, and the level, with the bounds it has there.
    pub fn check_falling(&self, tier: usize, low: f64, high: f64) -> Result<(), Error> {
        self.check(tier, (low, high), |(low, _), threshold| (low, threshold))
    }

    /// Do graver levels need higher figures, all of them within bounds?
    ///
    /// # Errors
    /// As [`Self::check_falling`].
    pub fn check_rising(&self, tier: usize, low: f64, high: f64) -> Result<(), Error> {
        self.check(tier, (low, high), |(_, high), threshold| (threshold, high))
    }

    fn check(
        &self,
        tier: usize,
        mut bounds: (f64, f64),
        narrow: impl Fn((f64, f64), f64) -> (f64, f64),
    ) -> Result<(), Error> {
        for (level, threshold) in self.named() {
            let Some(threshold) = threshold else { continue };
            let (low, high) = bounds;
            if !(low..=high).contains(&threshold) {
                let fault = Fault::field(format!("{}: {level}", tier + 1), Code::ValueOutOfRange);
                return Err(fault.with("value", threshold).with("min", low).with("max", high).into());
            }
            bounds = narrow(bounds, threshold);
        }
        Ok(())
    }

    /// The highest level whose threshold `meets`.
    fn highest(&self, meets: impl Fn(f64) -> bool) -> Option<Level> {
        [(self.red, Level::Red), (self.orange, Level::Orange), (self.yellow, Level::Yellow)]
            .into_iter()
            .find_map(|(threshold, level)| threshold.filter(|t| meets(*t)).map(|_| level))
    }
}

/// All rules.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    pub low_score: LowScoreRule,
    pub decline: DeclineRule,
    pub silence: SilenceRule,
    pub order_late: OrderLateRule,
    pub order_overdue: OrderOverdueRule,
}

/// A contact's latest answer is low.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LowScoreRule {
    /// How long a low score counts, in days.
    pub days: u32,
    /// Recommendation, 0 to 10: at or under.
    pub recommend: ByTier<Steps>,
    /// Satisfaction index, 0 to 100: at or under.
    pub satisfaction: ByTier<Steps>,
    /// By how many tenths of the scale a score may lie higher and still hold.
    pub margin_tenths: f64,
}

impl Default for LowScoreRule {
    fn default() -> Self {
        Self {
            days: 90,
            recommend: ByTier::new(
                Steps::new(6.0, 4.0, 2.0),
                [Steps::new(6.0, 3.0, 1.0), Steps::up_to_orange(5.0, 2.0), Steps::up_to_orange(3.0, 0.0)],
            ),
            satisfaction: ByTier::new(
                Steps::new(55.0, 40.0, 25.0),
                [Steps::new(50.0, 35.0, 20.0), Steps::up_to_orange(40.0, 25.0), Steps::up_to_orange(30.0, 10.0)],
            ),
            margin_tenths: 1.0,
        }
    }
}

/// One response, as far as low scores are concerned.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    pub response: ResponseId,
    /// None if anonymous.
    pub contact: Option<ContactId>,
    pub day: NaiveDate,
    pub recommend: Option<f64>,
    pub satisfaction: Option<f64>,
}

impl LowScoreRule {
    /// Looks at each contact's latest response of the last days: who was dissatisfied and has since
    /// answered better warns no more.
    pub fn find(&self, responses: &[Scored], tier: usize, today: NaiveDate) -> Option<Finding> {
        let from = today.checked_sub_days(Days::new(u64::from(self.days))).unwrap_or(NaiveDate::MIN);
        let latest = responses.iter().filter(|r| {
            r.day > from
                && r.day <= today
                && !responses.iter().any(|o| {
                    r.contact.is_some()
                        && o.contact == r.contact
                        && o.day <= today
                        && (o.day, o.response) > (r.day, r.response)
                })
        });
        // Of one response, the graver of the two scales.
        let low: Vec<Low<'_>> = latest.filter_map(|r| self.grade(r, tier).into_iter().max_by(Low::compare)).collect();
        let worst = low.iter().max_by(|a, b| a.compare(b))?;
        let contacts = low.iter().filter(|l| l.reaches.is_some() || worst.reaches.is_none()).count();
        let evidence = Evidence::LowScore {
            response: worst.scored.response,
            contact: worst.scored.contact,
            day: worst.scored.day,
            scale: worst.scale,
            score: worst.score,
            low_from: worst.low_from,
            contacts: u32::try_from(contacts).unwrap_or(u32::MAX),
        };
        Finding::graded(worst.reaches, low.iter().map(|l| l.holds).max(), evidence)
    }

    /// Each scale of a response that is low enough to hold a level.
    fn grade<'a>(&self, scored: &'a Scored, tier: usize) -> Vec<Low<'a>> {
        [
            (Scale::Recommend, scored.recommend, self.recommend.at(tier), 1.0),
            (Scale::Satisfaction, scored.satisfaction, self.satisfaction.at(tier), 10.0),
        ]
        .into_iter()
        .filter_map(|(scale, score, steps, tenth)| {
            let score = score?;
            Some(Low {
                reaches: steps.highest(|t| score <= t),
                holds: steps.highest(|t| score <= t + self.margin_tenths * tenth)?,
                scored,
                scale,
                score,
                tenths: score / tenth,
                low_from: steps.yellow.or(steps.orange).or(steps.red)?,
            })
        })
        .collect()
    }
}

/// One low score, graded.
struct Low<'a> {
    reaches: Option<Level>,
    holds: Level,
    scored: &'a Scored,
    scale: Scale,
    score: f64,
    /// The score on a scale of 0 to 10, to compare scales by.
    tenths: f64,
    low_from: f64,
}

impl Low<'_> {
    /// By gravity: level, then score, then how fresh it is; the identifier makes it the same every night.
    fn compare(&self, other: &Self) -> Ordering {
        (self.reaches, self.holds)
            .cmp(&(other.reaches, other.holds))
            .then(other.tenths.total_cmp(&self.tenths))
            .then((self.scored.day, self.scored.response).cmp(&(other.scored.day, other.scored.response)))
    }
}

/// The level has probably fallen. From which probability on is the business of the trend's own rule,
/// whose thresholds are calibrated by simulation and handed in; here stands only when a level lets go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeclineRule {
    /// By how much the chance may lie lower and still hold.
    pub margin: f64,
}

impl Default for DeclineRule {
    fn default() -> Self {
        Self { margin: 0.05 }
    }
}

/// The course of an account's level, as the trend states it.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    pub level_then: f64,
    pub then_day: NaiveDate,
    pub level_now: f64,
    pub low: f64,
    pub high: f64,
    /// The fall asked about, in points.
    pub fall: f64,
    /// The chance that the level fell by that much or more: 0 to 1.
    pub probability: f64,
    pub contributions: Vec<Contribution>,
}

impl DeclineRule {
    /// `steps` are the probabilities from which each level holds in the account's tier.
    pub fn find(&self, course: Course, steps: &Steps) -> Option<Finding> {
        let p = course.probability;
        let (reaches, holds) = (steps.highest(|t| p >= t), steps.highest(|t| p >= t - self.margin));
        let Course { level_then, then_day, level_now, low, high, fall, probability, contributions } = course;
        let evidence =
            Evidence::Decline { level_then, then_day, level_now, low, high, fall, probability, contributions };
        Finding::graded(reaches, holds, evidence)
    }
}

/// Rounds of asking stay unanswered, though the account used to answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SilenceRule {
    /// Days a round has to be answered before it counts as unanswered.
    pub answer_days: u32,
    /// Fewer unanswered rounds in a row are no silence.
    pub least_rounds: u32,
    /// The chance of such a silence if nothing has changed: at or under.
    pub chance: ByTier<Steps>,
    /// How many times larger the chance may be and still hold.
    pub margin_factor: f64,
}

impl Default for SilenceRule {
    fn default() -> Self {
        Self {
            answer_days: 21,
            least_rounds: 2,
            chance: ByTier::new(
                Steps::new(0.20, 0.06, 0.015),
                [Steps::new(0.15, 0.05, 0.01), Steps::new(0.10, 0.03, 0.005), Steps::up_to_orange(0.05, 0.01)],
            ),
            margin_factor: 1.5,
        }
    }
}

/// One time an account was asked: all invitations of one wave to its contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Round {
    /// The day the last invitation went out.
    pub day: NaiveDate,
    pub invitations: u32,
    pub contacts: u32,
    pub bounced: u32,
    /// The day of the latest response to it, if there is one.
    pub answered: Option<NaiveDate>,
}

impl SilenceRule {
    /// Rounds, not invitations, are counted: contacts of one account fall silent together. The chance
    /// of k unanswered rounds after a answered and b unanswered ones is beta-binomial with a uniform
    /// prior: the product over i < k of (b + 1 + i) / (a + b + 2 + i). An account that has never
    /// answered is not silent: it never spoke.
    pub fn find(&self, rounds: &[Round], tier: usize, today: NaiveDate) -> Option<Finding> {
        let settled = today.checked_sub_days(Days::new(u64::from(self.answer_days)))?;
        let mut counted: Vec<Round> = rounds
            .iter()
            .filter(|r| r.invitations > 0 && (r.answered.is_some() || r.day <= settled))
            .copied()
            .collect();
        counted.sort_by_key(|r| r.day);
        let split = counted.iter().rposition(|r| r.answered.is_some())? + 1;
        let (before, silent) = counted.split_at(split);
        let k = u32::try_from(silent.len()).ok()?;
        if k < self.least_rounds.max(1) {
            return None;
        }
        let rounds_before = u32::try_from(before.len()).ok()?;
        let answered_before = u32::try_from(before.iter().filter(|r| r.answered.is_some()).count()).ok()?;
        let (all, missed) = (f64::from(rounds_before), f64::from(rounds_before - answered_before));
        let chance: f64 = (0..k).map(f64::from).map(|i| (missed + 1.0 + i) / (all + 2.0 + i)).product();
        let steps = self.chance.at(tier);
        let evidence = Evidence::Silence {
            rounds: k,
            invitations: silent.iter().map(|r| r.invitations).sum(),
            contacts: silent.iter().map(|r| r.contacts).max()?,
            bounced: silent.iter().map(|r| r.bounced).sum(),
            since: silent.first()?.day,
            last_answer: before.iter().filter_map(|r| r.answered).max()?,
            rounds_before,
            answered_before,
            chance,
        };
        let margin = self.margin_factor.max(1.0);
        Finding::graded(steps.highest(|t| chance <= t), steps.highest(|t| chance <= t * margin), evidence)
    }
}

/// Orders reach the account late.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderLateRule {
    /// Orders promised for the last so many days count.
    pub days: u32,
    /// An order is late if it comes more than so many days after the promised one.
    pub grace_days: u32,
    /// Under so many orders their share says nothing.
    pub least_orders: u32,
    /// The share of late orders: at or above.
    pub share: ByTier<Steps>,
    /// By how much the share may lie lower and still hold.
    pub share_margin: f64,
    /// The lateness of the latest one, in days: at or above, however many orders there are.
    pub worst_days: ByTier<Steps>,
    /// The part of that lateness that still holds.
    pub worst_factor: f64,
}

impl Default for OrderLateRule {
    fn default() -> Self {
        Self {
            days: 90,
            grace_days: 0,
            least_orders: 4,
            share: ByTier::new(
                Steps::new(0.25, 0.40, 0.60),
                [Steps::new(0.30, 0.50, 0.70), Steps::new(0.40, 0.60, 0.80), Steps::up_to_orange(0.50, 0.80)],
            ),
            share_margin: 0.10,
            worst_days: ByTier::new(
                Steps::new(7.0, 21.0, 45.0),
                [Steps::new(10.0, 30.0, 60.0), Steps::up_to_orange(21.0, 45.0)],
            ),
            worst_factor: 0.5,
        }
    }
}

/// One order with the day it was promised for, and the day it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub order: OrderId,
    pub promised: NaiveDate,
    pub delivered: Option<NaiveDate>,
}

impl OrderLateRule {
    /// An order that has not come yet is as late as it is today.
    pub fn find(&self, deliveries: &[Delivery], tier: usize, today: NaiveDate) -> Option<Finding> {
        let from = today.checked_sub_days(Days::new(u64::from(self.days))).unwrap_or(NaiveDate::MIN);
        // What is still outstanding does not age out of sight.
        let due: Vec<&Delivery> = deliveries
            .iter()
            .filter(|d| d.promised <= today && (d.promised > from || d.delivered.is_none_or(|came| came > today)))
            .collect();
        let came = |d: &Delivery| d.delivered.filter(|came| *came <= today);
        let lateness = |d: &Delivery| (came(d).unwrap_or(today) - d.promised).num_days();
        let late: Vec<&Delivery> = due.iter().copied().filter(|d| lateness(d) > i64::from(self.grace_days)).collect();
        let worst = late.iter().copied().max_by_key(|d| (lateness(d), d.order))?;
        let worst_days = lateness(worst);
        let (n, count) = (u32::try_from(due.len()).ok()?, u32::try_from(late.len()).ok()?);
        let late_share = f64::from(count) / f64::from(n);
        let evidence = Evidence::OrderLate {
            first: due.iter().map(|d| d.promised).min()?,
            last: due.iter().map(|d| d.promised).max()?,
            n,
            late: count,
            late_share,
            mean_days: late.iter().map(|d| lateness(d) as f64).sum::<f64>() / f64::from(count),
            worst_order: worst.order,
            worst_days,
            undelivered: u32::try_from(late.iter().filter(|d| came(d).is_none()).count()).ok()?,
        };
        let shares = self.share.at(tier);
        let by_share =
            |margin: f64| (n >= self.least_orders).then(|| shares.highest(|t| late_share >= t - margin)).flatten();
        let lengths = self.worst_days.at(tier);
        let by_worst = |factor: f64| lengths.highest(|t| worst_days as f64 >= t * factor);
        Finding::graded(
            by_share(0.0).max(by_worst(1.0)),
            by_share(self.share_margin).max(by_worst(self.worst_factor.clamp(0.0, 1.0))),
            evidence,
        )
    }
}

/// No order has come, though by the account's own rhythm one should have.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrderOverdueRule {
    /// How many false alarms a year one account may cause at each level: at or under.
    pub false_alarms_a_year: ByTier<Steps>,
    /// How many times as many still hold.
    pub margin_factor: f64,
    /// Days beyond the limit before anything is said: public holidays are shorter.
    pub grace_days: u32,
}

impl Default for OrderOverdueRule {
    fn default() -> Self {
        Self {
            false_alarms_a_year: ByTier::new(
                Steps::new(0.5, 0.1, 0.02),
                [Steps::new(0.25, 0.05, 0.01), Steps::new(0.12, 0.03, 0.005), Steps::up_to_orange(0.08, 0.01)],
            ),
            margin_factor: 1.5,
            grace_days: 7,
        }
    }
}

impl OrderOverdueRule {
    pub fn find(&self, rhythm: &Rhythm, tier: usize, today: NaiveDate) -> Option<Finding> {
        let Standing::Overdue(overdue) = rhythm.standing(today) else { return None };
        if overdue.days_overdue < i64::from(self.grace_days) {
            return None;
        }
        let steps = self.false_alarms_a_year.at(tier);
        let alarms = overdue.false_alarms_a_year;
        let margin = self.margin_factor.max(1.0);
        Finding::graded(
            steps.highest(|t| alarms <= t),
            steps.highest(|t| alarms <= t * margin),
            Evidence::OrderOverdue(overdue),
        )
    }
}

#[cfg(test)]
mod tests;
