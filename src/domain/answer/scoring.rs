//! From answers to the typed scores that are added up.

use super::Answers;
use crate::domain::index::composite::{Item, Polarity, index};
use crate::domain::measure::{Measure, Measurement, to_milli};
use crate::domain::survey::{Definition, ItemMeasure, Question, SurveyKind};

/// The items of the loyalty index.
const LOYALTY: [ItemMeasure; 4] =
    [ItemMeasure::Recommendation, ItemMeasure::Repurchase, ItemMeasure::CrossPurchase, ItemMeasure::PriceTolerance];

/// The measurements of one response: what the tallies keep of it.
///
/// - [`Measure::Response`]: always, 1.
/// - [`Measure::RecommendScore`] 0 to 10, and [`Measure::Recommend`]: 1 for 9 and 10, 0 for 7 and 8,
///   -1 below (Reichheld 2003, Harvard Business Review 81(12), 46-54).
/// - [`Measure::Satisfied`]: 1 if overall satisfaction is in the top boxes of its scale, else 0.
/// - The others are indices 0 to 100 as [`index`] makes them, rescaled, with polarity and weight:
///   [`Measure::Effort`] of the questions on effort, [`Measure::Aspect`] of those that feed the
///   aspect, [`Measure::SatisfactionIndex`] of those that feed any service aspect,
///   [`Measure::LoyaltyIndex`] of recommendation, repurchase, cross-purchase and price tolerance.
/// - Apart from all of these: [`Measure::Employee`] of the questions that rate who looks after the account, and
///   [`Measure::Check`] of a checklist, as [`check_score`] makes it.
///
/// A question that was left out, or answered "not applicable", is neither a 0 nor does its weight
/// count. An index of which fewer than half of the items are answered is missing, and so is every
/// measure without an answer. The loyalty index has its four items in every survey, asked or not,
/// so that an instrument that asks for one of them alone has no such index.
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
    let of = |belongs: &dyn Fn(&Question) -> bool| items(definition, answers, belongs);
    push(Measure::Effort, mean(of(&|one| one.measure == Some(ItemMeasure::Effort))));
    for (aspect, _) in definition.aspects() {
        push(Measure::Aspect(aspect.to_owned()), mean(of(&|one| one.service_aspect() == Some(aspect))));
    }
    push(Measure::SatisfactionIndex, mean(of(&|one| one.service_aspect().is_some())));
    push(Measure::Employee, mean(of(&|one| one.measure == Some(ItemMeasure::Employee))));
    if matches!(definition.kind, SurveyKind::MysteryVisit | SurveyKind::SpotCheck) {
        push(Measure::Check, check_score(definition, answers));
    }
    let mut loyalty = of(&|one| one.measure.is_some_and(|measure| LOYALTY.contains(&measure)));
    for measure in LOYALTY {
        if !definition.questions().any(|one| one.measure == Some(measure)) {
            // Any scale does for an item without an answer.
            loyalty.extend(Item::new(0.0, 1.0, Polarity::Rising, 1.0).ok().map(|item| (item, None)));
        }
    }
    push(Measure::LoyaltyIndex, mean(loyalty));
    measurements
}

/// What a checklist comes to, 0 to 100: each point rescaled to 0 to 100 with its polarity, and their mean weighted
/// with the weights of the survey: sum w x / sum w (the weighted index of one form, as in Fornell et al. 1996,
/// Journal of Marketing 60: 7-18). What does not apply at a place is left out with its weight, however much of the
/// list that is: unlike a customer's silence it is a finding. `None` where nothing applies.
pub fn check_score(definition: &Definition, answers: &Answers) -> Option<f64> {
    let (mut sum, mut weights) = (0.0, 0.0);
    for question in definition.questions() {
        let Some((item, x)) = question.item().zip(answers.score(&question.key)) else { continue };
        let weight = question.weight as f64;
        sum += weight * item.rescale(x as f64).ok()?;
        weights += weight;
    }
    (weights > 0.0).then(|| (sum / weights).clamp(0.0, 100.0))
}

/// Promoter 1, passive 0, detractor -1.
fn promotes(score: i64) -> f64 {
    match score {
        9.. => 1.0,
        7..=8 => 0.0,
        _ => -1.0,
    }
}

fn items(definition: &Definition, answers: &Answers, belongs: &dyn Fn(&Question) -> bool) -> Vec<(Item, Option<f64>)> {
    definition
        .questions()
        .filter(|question| belongs(question))
        .filter_map(|question| Some((question.item()?, answers.score(&question.key).map(|x| x as f64))))
        .collect()
}

/// Answers that were parsed lie on their scales. Should others come along, because they were stored
/// with another definition, then there is no figure rather than a wrong one.
fn mean(items: Vec<(Item, Option<f64>)>) -> Option<f64> {
    index(items).ok().flatten()
}
