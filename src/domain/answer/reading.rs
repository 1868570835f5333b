//! From the fields of one question to its answer, for each kind of question.

use super::fields::{Fields, clean, fault, only, quote};
use super::number::{Malformed, milli, plain};
use super::{Answer, Details, NO, OTHER_MOST, YES};
use crate::domain::contact::EmailAddress;
use crate::domain::language::Language;
use crate::domain::survey::{Body, Choice, ContactPart, NOT_APPLICABLE, Pattern, Question};
use crate::error::{Code, Fault};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// How many characters a name takes, and a telephone number.
const NAME_MOST: usize = 120;
const TELEPHONE_MOST: usize = 40;

/// How few digits make no telephone number, and how many none that exists (E.164 has 15, extensions
/// come on top).
const DIGITS: std::ops::RangeInclusive<usize> = 4..=20;

/// The choice "other" and the words behind it, if there are any.
type Other<'q> = (&'q Choice, String);

pub(super) fn other<'q>(question: &'q Question, fields: &mut Fields<'_>) -> Result<Option<Other<'q>>, Fault> {
    let Some(choice) = question.other_choice() else { return Ok(None) };
    let text = words(question, &fields.take(&question.other_field()), 0, OTHER_MOST)?;
    Ok(text.map(|text| (choice, text)))
}

/// The answer that the fields give, if they give any.
pub(super) fn read(
    question: &Question,
    fields: &mut Fields<'_>,
    other: Option<&Other<'_>>,
    language: &Language,
) -> Result<Option<Answer>, Fault> {
    match &question.body {
        Body::Ranking { choices, least, most, .. } => ranking(question, choices, *least, *most, fields),
        Body::ConstantSum { choices, total, .. } => shares(question, choices, *total, fields),
        Body::Contact { ask, need } => contact(question, ask, need, fields),
        body => one_field(question, body, &fields.take(&question.key), other, language),
    }
}

/// The kinds that have one field, which may have several values.
fn one_field(
    question: &Question,
    body: &Body,
    given: &[&str],
    other: Option<&Other<'_>>,
    language: &Language,
) -> Result<Option<Answer>, Fault> {
    match body {
        Body::Recommend { .. } | Body::Rating { .. } | Body::Differential { .. } => score(question, given),
        Body::Single { choices, .. } => single(question, choices, given, other),
        Body::Multiple { .. } => multiple(question, given, other),
        Body::YesNo { .. } => yes_or_no(question, given),
        Body::Number { min, max, step, .. } => number(question, given, *min, *max, *step),
        Body::Date { min, max } => date(question, given, *min, *max),
        Body::Line { least, most, pattern, .. } => line(question, given, *least, *most, pattern.as_deref()),
        Body::Text { least, most, .. } => Ok(words(question, given, *least, *most)?.map(Answer::Text)),
        Body::Consent { statement, statement_version } => match only(question, given)? {
            Some(YES) => {
                let words = statement.for_reader(language).to_owned();
                Ok(Some(Answer::Consent { version: *statement_version, words }))
            }
            Some(value) => Err(fault(question, Code::ValueUnknown).with("value", quote(value))),
            None => Ok(None),
        },
        Body::Ranking { .. } | Body::ConstantSum { .. } | Body::Contact { .. } | Body::Information => Ok(None),
    }
}

fn score(question: &Question, given: &[&str]) -> Result<Option<Answer>, Fault> {
    let Some(value) = only(question, given)? else { return Ok(None) };
    if value == NOT_APPLICABLE && question.allows_not_applicable() {
        return Ok(Some(Answer::NotApplicable));
    }
    let Some(scale) = question.scale() else { return Ok(None) };
    // One spelling for each number, so that a value is the same wherever it is counted.
    let number = value.parse::<i64>().ok().filter(|number| number.to_string() == value);
    let Some(x) = number else {
        return Err(fault(question, Code::ValueMalformed).with("value", quote(value)));
    };
    if scale.holds(x) {
        Ok(Some(Answer::Score(x)))
    } else {
        let out = fault(question, Code::ValueOutOfRange).with("value", x);
        Err(out.with("min", scale.from).with("max", scale.last()))
    }
}

fn single(
    question: &Question,
    choices: &[Choice],
    given: &[&str],
    other: Option<&Other<'_>>,
) -> Result<Option<Answer>, Fault> {
    match only(question, given)? {
        Some(value) => known(question, choices, value).map(|choice| Some(Answer::Choice(choice.key.clone()))),
        // Who writes on the line "other" and forgets the button beside it has chosen it.
        None => Ok(other.map(|(choice, _)| Answer::Choice(choice.key.clone()))),
    }
}

fn multiple(question: &Question, given: &[&str], other: Option<&Other<'_>>) -> Result<Option<Answer>, Fault> {
    let Body::Multiple { choices, least, most, .. } = &question.body else { return Ok(None) };
    let mut chosen: Vec<&Choice> = Vec::new();
    for value in given {
        let choice = known(question, choices, value)?;
        if chosen.iter().any(|one| one.key == choice.key) {
            return Err(fault(question, Code::ValueTwice).with("value", quote(value)));
        }
        chosen.push(choice);
    }
    if let Some((choice, _)) = other
        && !chosen.iter().any(|one| one.key == choice.key)
    {
        chosen.push(choice);
    }
    let alone = chosen.iter().find(|choice| choice.exclusive);
    match alone {
        Some(alone) if chosen.len() > 1 => {
            return Err(fault(question, Code::ValueConflicting).with("value", &alone.key));
        }
        // "None of these" is a whole answer, however many others would have been wanted.
        Some(_) => {}
        None => {
            let (least, most) = (least.unwrap_or(0), most.unwrap_or(choices.len()));
            if !chosen.is_empty() && !(least..=most).contains(&chosen.len()) {
                let count = fault(question, Code::ValueOutOfRange).with("value", chosen.len());
                return Err(count.with("min", least).with("max", most));
            }
        }
    }
    let in_order = choices.iter().map(|choice| &choice.key);
    let ordered: Vec<String> = in_order.filter(|key| chosen.iter().any(|one| one.key == **key)).cloned().collect();
    Ok((!ordered.is_empty()).then_some(Answer::Choices(ordered)))
}

fn yes_or_no(question: &Question, given: &[&str]) -> Result<Option<Answer>, Fault> {
    match only(question, given)? {
        None => Ok(None),
        Some(word @ (YES | NO)) => Ok(Some(Answer::Choice(word.to_owned()))),
        Some(NOT_APPLICABLE) if question.allows_not_applicable() => Ok(Some(Answer::NotApplicable)),
        Some(value) => Err(fault(question, Code::ValueUnknown).with("value", quote(value))),
    }
}

fn known<'a>(question: &Question, choices: &'a [Choice], value: &str) -> Result<&'a Choice, Fault> {
    choices
        .iter()
        .find(|choice| choice.key == value)
        .ok_or_else(|| fault(question, Code::ValueUnknown).with("value", quote(value)))
}

/// Ranks that are given leave no choice unnamed twice and no rank twice; gaps between them are closed, for
/// the order is what was asked.
fn ranking(
    question: &Question,
    choices: &[Choice],
    least: usize,
    most: usize,
    fields: &mut Fields<'_>,
) -> Result<Option<Answer>, Fault> {
    let mut ranked: BTreeMap<usize, &Choice> = BTreeMap::new();
    for choice in choices {
        let given = fields.take(&question.part_field(&choice.key));
        let Some(value) = only(question, &given)? else { continue };
        let Ok(rank) = plain(value).parse::<usize>() else {
            return Err(fault(question, Code::ValueMalformed).with("value", quote(value)));
        };
        if !(1..=choices.len()).contains(&rank) {
            let out = fault(question, Code::ValueOutOfRange).with("value", rank);
            return Err(out.with("min", 1).with("max", most));
        }
        if ranked.insert(rank, choice).is_some() {
            return Err(fault(question, Code::ValueTwice).with("value", rank));
        }
    }
    if ranked.is_empty() {
        return Ok(None);
    }
    if !(least..=most).contains(&ranked.len()) {
        let count = fault(question, Code::ValueOutOfRange).with("value", ranked.len());
        return Err(count.with("min", least).with("max", most));
    }
    Ok(Some(Answer::Ranking(ranked.into_values().map(|choice| choice.key.clone()).collect())))
}

/// Shares of a total: what is left empty beside others is a 0.
fn shares(
    question: &Question,
    choices: &[Choice],
    total: i64,
    fields: &mut Fields<'_>,
) -> Result<Option<Answer>, Fault> {
    let mut shares: BTreeMap<String, i64> = BTreeMap::new();
    let mut answered = false;
    for choice in choices {
        let given = fields.take(&question.part_field(&choice.key));
        let share = match only(question, &given)? {
            None => 0,
            Some(value) => {
                answered = true;
                let share = plain(value).parse::<i64>().ok().filter(|share| *share >= 0);
                share.ok_or_else(|| fault(question, Code::ValueMalformed).with("value", quote(value)))?
            }
        };
        shares.insert(choice.key.clone(), share);
    }
    if !answered {
        return Ok(None);
    }
    let sum = shares.values().fold(0_i64, |sum, share| sum.saturating_add(*share));
    if sum != total {
        let off = fault(question, Code::ValueOutOfRange).with("value", sum);
        return Err(off.with("min", total).with("max", total));
    }
    Ok(Some(Answer::Shares(shares)))
}

fn number(
    question: &Question,
    given: &[&str],
    min: Option<i64>,
    max: Option<i64>,
    step: i64,
) -> Result<Option<Answer>, Fault> {
    let Some(value) = only(question, given)? else { return Ok(None) };
    let off_step =
        || fault(question, Code::ValueMalformed).with("value", quote(value)).with("step", super::decimal(step));
    let x = milli(value).map_err(|malformed| match malformed {
        Malformed::NoNumber => fault(question, Code::ValueMalformed).with("value", quote(value)),
        Malformed::TooFine => off_step(),
    })?;
    if min.is_some_and(|min| x < min) || max.is_some_and(|max| x > max) {
        let mut out = fault(question, Code::ValueOutOfRange).with("value", super::decimal(x));
        for (name, end) in [("min", min), ("max", max)] {
            if let Some(end) = end {
                out = out.with(name, super::decimal(end));
            }
        }
        return Err(out);
    }
    if step > 0 && (x - min.unwrap_or(0)) % step != 0 {
        return Err(off_step());
    }
    Ok(Some(Answer::Number(x)))
}

fn date(
    question: &Question,
    given: &[&str],
    min: Option<NaiveDate>,
    max: Option<NaiveDate>,
) -> Result<Option<Answer>, Fault> {
    let Some(value) = only(question, given)? else { return Ok(None) };
    let value = value.trim();
    // One spelling for each day, as browsers send it.
    let day = value.parse::<NaiveDate>().ok().filter(|day| value.len() == 10 && day.to_string() == value);
    let Some(day) = day else {
        return Err(fault(question, Code::ValueMalformed).with("value", quote(value)));
    };
    if min.is_some_and(|min| day < min) || max.is_some_and(|max| day > max) {
        let mut out = fault(question, Code::ValueOutOfRange).with("value", day);
        for (name, end) in [("min", min), ("max", max)] {
            if let Some(end) = end {
                out = out.with(name, end);
            }
        }
        return Err(out);
    }
    Ok(Some(Answer::Date(day)))
}

fn line(
    question: &Question,
    given: &[&str],
    least: usize,
    most: usize,
    pattern: Option<&str>,
) -> Result<Option<Answer>, Fault> {
    let Some(value) = only(question, given)? else { return Ok(None) };
    let Some(text) = of_length(question, on_one_line(value), least, most)? else { return Ok(None) };
    let fits = |pattern: &str| Pattern::parse(pattern).is_ok_and(|pattern| pattern.matches(&text));
    if pattern.is_some_and(|pattern| !fits(pattern)) {
        return Err(fault(question, Code::ValueMalformed).with("value", quote(&text)));
    }
    Ok(Some(Answer::Line(text)))
}

fn words(question: &Question, given: &[&str], least: usize, most: usize) -> Result<Option<String>, Fault> {
    let Some(value) = only(question, given)? else { return Ok(None) };
    of_length(question, clean(value), least, most)
}

/// A text, if there is one, whose length is held to its limits.
fn of_length(question: &Question, text: String, least: usize, most: usize) -> Result<Option<String>, Fault> {
    let count = text.chars().count();
    if count > most {
        return Err(fault(question, Code::ValueTooLong).with("max", most).with("count", count));
    }
    if text.is_empty() {
        return Ok(None);
    }
    if count < least {
        return Err(fault(question, Code::ValueTooShort).with("min", least).with("count", count));
    }
    Ok(Some(text))
}

/// Words without line ends and with single spaces.
fn on_one_line(text: &str) -> String {
    clean(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Contact details: what is needed must be there as soon as anything is.
fn contact(
    question: &Question,
    ask: &[ContactPart],
    need: &[ContactPart],
    fields: &mut Fields<'_>,
) -> Result<Option<Answer>, Fault> {
    let mut details = Details::default();
    for part in ask {
        let of_part = |fault: Fault| fault.with("part", part.as_str());
        let given = fields.take(&question.part_field(part.as_str()));
        let most = if *part == ContactPart::Telephone { TELEPHONE_MOST } else { NAME_MOST };
        let most = if *part == ContactPart::Email { 320 } else { most };
        let text = match only(question, &given).map_err(of_part)? {
            Some(value) => of_length(question, on_one_line(value), 0, most).map_err(of_part)?,
            None => None,
        };
        let malformed = |text: &str| of_part(fault(question, Code::ValueMalformed).with("value", quote(text)));
        match (part, text) {
            (_, None) => {}
            (ContactPart::Name, text) => details.name = text,
            (ContactPart::Email, Some(text)) => {
                let address = EmailAddress::parse(&text).map_err(|_| malformed(&text))?;
                details.email = Some(address.as_str().to_owned());
            }
            (ContactPart::Telephone, Some(text)) => {
                details.telephone = Some(telephone(&text).ok_or_else(|| malformed(&text))?);
            }
        }
    }
    if details == Details::default() {
        return Ok(None);
    }
    match need.iter().find(|part| details.part(**part).is_none()) {
        Some(part) => Err(fault(question, Code::ValueMissing).with("part", part.as_str())),
        None => Ok(Some(Answer::Contact(details))),
    }
}

/// A telephone number as people write it: digits, the marks between them, an extension.
fn telephone(text: &str) -> Option<String> {
    let text = plain(text);
    let allowed = |c: char| c.is_ascii_digit() || " +-()./".contains(c);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let (number, extension) = match text.split_once(['x', '#', '转']) {
        Some((number, extension)) => (number, Some(extension)),
        None => (text.as_str(), None),
    };
    let extension_fits =
        extension.is_none_or(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || c == ' '));
    let plus_leads = !number.chars().skip(1).any(|c| c == '+');
    (number.chars().all(allowed) && plus_leads && extension_fits && DIGITS.contains(&digits)).then_some(text)
}
