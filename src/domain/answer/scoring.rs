//! From answers to the typed scores that are added up.

use super::{Answer, Answers};
use crate::domain::measure::{Measure, Measurement, to_milli};
use crate::domain::survey::{Definition, ItemMeasure, Question};

/// How many items the loyalty index has: recommendation, buying again, buying more, price tolerance.
const LOYALTY_ITEMS: usize = 4;

/// The measurements of one response: what the tallies keep of it.
///
/// - [`Measure::Response`]: always, 1.
/// - [`Measure::RecommendScore`] 0 to 10, and [`Measure::Recommend`]: 1 for 9 and 10, 0 for 7 and 8,
///   -1 below (Reichheld 2003, Harvard Business Review 81(12), 46-54).
/// - [`Measure::Satisfied`]: 1 if overall satisfaction is in the top boxes of its scale, else 0.
/// - [`Measure::Effort`], [`Measure::Aspect`]: weighted mean of the rescaled items ([`Question::rescale`]).
/// - [`Measure::SatisfactionIndex`]: weighted mean of the items of the service aspects;
///   [`Measure::LoyaltyIndex`]: of recommendation, repurchase, cross-purchase and price tolerance.
///
/// A question that was left out, or answered "not applicable", is no item of any mean: it is
/// neither a 0 nor does its weight count. An index of which fewer than half of the items are
/// answered is missing, and so is every measure without an answer. The loyalty index has its four
/// items in every survey, so that an instrument that asks for one of them alone has none.
pub fn measurements(definition: &Definition, answers: &Answers) -> Vec<Measurement> {
    let mut measurements = vec![Measurement { measure: Measure::Response, x: to_milli(1.0) }];
    let mut push = |measure, x: Option<f64>| {
        measurements.extend(x.map(|x| Measurement { measure, x: to_milli(x) }));
    };
    let recommended = definition.recommendation().and_then(|question| answers.score(&question.key));
    push(Measure::Recommend, recommended.map(promotes));
    push(Measure::RecommendScore, recommended.map(|x| x as f64));
    let satisfied = definition.overall().and_then(|overall| Some(overall.is_top_box(answers.score(&overall.key)?)));
    push(Measure::Satisfied, satisfied.map(|satisfied| if satisfied { 1.0 } else { 0.0 }));
    push(Measure::Effort, mean(items(definition, answers, |one| one.measure == Some(ItemMeasure::Effort)), 1));
    for (aspect, _) in definition.aspects() {
        let of_aspect = items(definition, answers, |one| one.service_aspect() == Some(aspect));
        push(Measure::Aspect(aspect.to_owned()), mean(of_aspect, 1));
    }
    let satisfaction = items(definition, answers, |one| one.service_aspect().is_some());
    let half = satisfaction.len().div_ceil(2);
    push(Measure::SatisfactionIndex, mean(satisfaction, half));
    let loyalty = items(definition, answers, |one| one.measure.is_some_and(ItemMeasure::is_loyalty));
    let half = loyalty.len().max(LOYALTY_ITEMS).div_ceil(2);
    push(Measure::LoyaltyIndex, mean(loyalty, half));
    measurements
}

/// Promoter 1, passive 0, detractor -1.
fn promotes(score: i64) -> f64 {
    match score {
        9.. => 1.0,
        7..=8 => 0.0,
        _ => -1.0,
    }
}

/// One item of an index: 0 to 100 if it was answered with a number.
struct Item {
    x: Option<f64>,
    weight: f64,
}

fn items(definition: &Definition, answers: &Answers, belongs: impl Fn(&Question) -> bool) -> Vec<Item> {
    let item = |question: &Question| Item {
        x: match answers.get(&question.key) {
            Some(Answer::Score(x)) => question.rescale(*x),
            _ => None,
        },
        weight: question.weight as f64,
    };
    definition.questions().filter(|question| question.scale().is_some() && belongs(question)).map(item).collect()
}

/// Weighted mean of the answered items, sum(w x) / sum(w); nothing if fewer than `least` are answered.
fn mean(items: Vec<Item>, least: usize) -> Option<f64> {
    let answered: Vec<(f64, f64)> = items.iter().filter_map(|item| Some((item.x?, item.weight))).collect();
    if answered.is_empty() || answered.len() < least {
        return None;
    }
    let weight: f64 = answered.iter().map(|(_, weight)| weight).sum();
    Some(answered.iter().map(|(x, weight)| x * weight).sum::<f64>() / weight)
}
