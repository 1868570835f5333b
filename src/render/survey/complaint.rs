//! What is said at a question whose answer is missing or cannot be taken: what to do, rather than what
//! was wrong.

use super::said::number;
use crate::domain::language::Language;
use crate::domain::survey::{Body, ContactPart, Question, fill};
use crate::error::{Code, Fault};
use crate::text::{Reader, Value};
use chrono::NaiveDate;

/// What is said where an answer is needed and there is none.
pub fn missing(reader: &Reader, question: &Question) -> String {
    if let Some(scale) = question.scale() {
        return reader.text("respond-missing-point", &[("min", scale.from.into()), ("max", scale.last().into())]);
    }
    match &question.body {
        Body::Text { .. } | Body::Line { .. } => reader.text("respond-missing-words", &[]),
        Body::Number { .. } => reader.text("respond-missing-number", &[]),
        Body::Date { .. } => reader.text("respond-missing-date", &[]),
        Body::Contact { .. } => reader.text("respond-missing-contact", &[]),
        Body::Consent { .. } => reader.text("respond-missing-consent", &[]),
        Body::Ranking { .. } => ranking(reader, question),
        Body::ConstantSum { total, .. } => reader.text("respond-missing-sum", &[("total", (*total).into())]),
        _ => reader.text("respond-missing-choice", &[]),
    }
}

/// What is said of an answer that was refused; nothing where the fault speaks for itself.
pub fn complaint(
    reader: &Reader,
    question: &Question,
    fault: &Fault,
    language: &Language,
    company: &str,
) -> Option<String> {
    let arg = |name: &str| fault.args.iter().find(|(one, _)| *one == name).map(|(_, value)| value.as_str());
    if fault.code == Code::ValueMissing && arg("part").is_none() {
        return Some(missing(reader, question));
    }
    match (&question.body, fault.code) {
        // Where there are only buttons, what to do says more than what was sent.
        (Body::Recommend { .. } | Body::Rating { .. } | Body::Differential { .. } | Body::YesNo { .. }, _)
        | (Body::Consent { .. }, _) => Some(missing(reader, question)),
        (Body::Multiple { choices, .. }, Code::ValueConflicting) => {
            let alone = choices.iter().find(|choice| Some(choice.key.as_str()) == arg("value"))?;
            let words = fill(alone.text.for_reader(language), company);
            Some(reader.text("respond-alone", &[("choice", words.into())]))
        }
        (Body::Multiple { choices, least, most, .. }, Code::ValueOutOfRange) => {
            let (least, most) = (count(least.unwrap_or(1)), count(most.unwrap_or(choices.len())));
            Some(reader.text("respond-choices-range", &[("min", least.into()), ("max", most.into())]))
        }
        (Body::Ranking { .. }, _) => Some(ranking(reader, question)),
        (Body::ConstantSum { total, .. }, Code::ValueOutOfRange) => {
            let sum = arg("value").and_then(|sum| sum.parse::<i64>().ok())?;
            Some(reader.text("respond-sum-off", &[("sum", sum.into()), ("total", (*total).into())]))
        }
        (Body::ConstantSum { .. }, _) => Some(missing(reader, question)),
        (Body::Number { step, .. }, Code::ValueMalformed) if arg("step").is_some() => {
            Some(reader.text("respond-number-step", &[("step", number(reader, *step).into())]))
        }
        (Body::Number { .. }, Code::ValueMalformed) => Some(missing(reader, question)),
        (Body::Number { min, max, .. }, Code::ValueOutOfRange) => {
            let end = |x: Option<i64>| x.map(|x| number(reader, x));
            outside(reader, range(reader, end(*min), end(*max)))
        }
        (Body::Date { .. }, Code::ValueMalformed) => Some(missing(reader, question)),
        (Body::Date { min, max }, Code::ValueOutOfRange) => outside(reader, days(reader, *min, *max)),
        (Body::Line { expected, .. }, Code::ValueMalformed) => {
            let words = fill(expected.for_reader(language), company);
            Some(reader.text("respond-line-expected", &[("expected", words.into())]))
        }
        (Body::Contact { .. }, code) => {
            let part = ContactPart::parse(arg("part")?)?.as_str();
            let what = if code == Code::ValueMissing { "missing" } else { "wrong" };
            Some(reader.text(&format!("respond-contact-{what}-{part}"), &[]))
        }
        _ => None,
    }
}

fn outside(reader: &Reader, range: Option<String>) -> Option<String> {
    range.map(|range| reader.text("respond-outside", &[("range", range.into())]))
}

/// A range of numbers in words; nothing where there is none.
pub(super) fn range(reader: &Reader, min: Option<String>, max: Option<String>) -> Option<String> {
    between(reader, ["respond-range", "respond-range-from", "respond-range-to"], min, max)
}

/// The same for days.
pub(super) fn days(reader: &Reader, min: Option<NaiveDate>, max: Option<NaiveDate>) -> Option<String> {
    let ids = ["respond-days", "respond-days-from", "respond-days-to"];
    between(reader, ids, min.map(|day| reader.date_long(day)), max.map(|day| reader.date_long(day)))
}

fn between(reader: &Reader, ids: [&str; 3], min: Option<String>, max: Option<String>) -> Option<String> {
    let [both, from, to] = ids;
    let (id, args): (&str, Vec<(&str, Value<'_>)>) = match (min, max) {
        (Some(min), Some(max)) => (both, vec![("min", min.into()), ("max", max.into())]),
        (Some(min), None) => (from, vec![("min", min.into())]),
        (None, Some(max)) => (to, vec![("max", max.into())]),
        (None, None) => return None,
    };
    Some(reader.text(id, &args))
}

fn ranking(reader: &Reader, question: &Question) -> String {
    let Body::Ranking { least, most, .. } = &question.body else { return String::new() };
    let args = [("least", count(*least).into()), ("most", count(*most).into())];
    reader.text(if least == most { "respond-rank-all" } else { "respond-rank-some" }, &args)
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
