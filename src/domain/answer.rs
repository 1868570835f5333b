//! Answers: what came back in a form, checked against the survey that asked.
//!
//! Nothing that a form says is believed: each value is looked up in the [`Definition`], and what
//! does not fit comes back in a [`Rejected`], together with everything that was typed. What gets
//! through is an [`Answers`], from which [`measurements`] and [`values`] are derived.

mod scoring;

pub use scoring::measurements;

use super::language::Language;
use super::survey::logic::{self, Setting};
use super::survey::{Body, Choice, Definition, NOT_APPLICABLE, Question};
use crate::error::{Code, Error, Fault};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How much of a value that is refused is repeated in the fault.
const QUOTED_MOST: usize = 60;

/// How many characters the line behind the choice "other" takes.
pub const OTHER_MOST: usize = 200;

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A point on the question's scale.
    Score(i64),
    /// Nothing to judge by; never a number.
    NotApplicable,
    /// The key of the choice.
    Choice(String),
    /// The keys of the choices in the order of the survey; at least one.
    Choices(Vec<String>),
    /// Own words: trimmed, free of control characters, not empty.
    Text(String),
}

/// The answers of one response by the key of the question. Questions that were left out are not in
/// it. The words behind a choice "other" stand under [`Question::other_field`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub BTreeMap<String, Answer>);

/// A form that could not be taken: what was typed, to show it again, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The fields of the survey as they came, in the order in which they came.
    pub typed: Vec<(String, String)>,
    /// In the order of the questions; the place is the question's key.
    pub faults: Vec<Fault>,
}

impl Answers {
    /// Reads a form. A field is named like its question; `key.other` is the line behind the choice
    /// "other"; fields that begin with an underscore belong to the page and are passed over. An
    /// empty value is no answer.
    ///
    /// `language` is the one that the form was shown in: faults name the question in it.
    ///
    /// # Errors
    /// All faults together: a required question without an answer, a value that the question does
    /// not offer, a text that is too long, two values where one is taken, a field that the survey
    /// does not have, and a form without a single answer.
    pub fn parse(definition: &Definition, form: &[(String, String)], language: &Language) -> Result<Self, Rejected> {
        Self::parse_shown(definition, &Setting::default(), form, language)
    }

    /// The same for a survey that branches: what was typed into questions which are not shown is
    /// dropped before anything is looked at, and only what is shown can be required.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_shown(
        definition: &Definition,
        setting: &Setting,
        form: &[(String, String)],
        language: &Language,
    ) -> Result<Self, Rejected> {
        let shown: Option<BTreeSet<&str>> = definition.branches().then(|| {
            let given = Self::partial(definition, form);
            logic::flow(definition, setting, &given).questions().map(|question| question.key.as_str()).collect()
        });
        let mut fields = Fields::of(form);
        let mut answers = Self::default();
        let mut faults = Vec::new();
        for question in definition.questions() {
            if shown.as_ref().is_some_and(|shown| !shown.contains(question.key.as_str())) {
                let _hidden = Self::default().take(question, &mut fields);
                continue;
            }
            match answers.take(question, &mut fields) {
                Ok(true) => {}
                Ok(false) if question.required => faults.push(fault(question, Code::ValueMissing)),
                Ok(false) => {}
                Err(problem) => faults.push(problem),
            }
        }
        if answers.0.is_empty() && faults.is_empty() {
            // An empty form is not a response: it would count in the response rate and say nothing.
            let asked = |question: &&Question| shown.as_ref().is_none_or(|shown| shown.contains(question.key.as_str()));
            let first = definition.questions().find(asked).or(definition.questions().next());
            faults.extend(first.map(|first| fault(first, Code::ValueMissing)));
        }
        for fault in &mut faults {
            name_question(definition, fault, language);
        }
        faults
            .extend(fields.left().map(|name| Fault::field(quote(name), Code::ValueUnknown).with("value", quote(name))));
        if faults.is_empty() {
            return Ok(answers);
        }
        Err(Rejected { typed: typed(definition, form), faults })
    }

    /// What of a form can be filled in beforehand: everything that [`Self::parse`] would take,
    /// without what it would refuse. A link in a mail that carries a score ends here.
    pub fn partial(definition: &Definition, form: &[(String, String)]) -> Self {
        let mut fields = Fields::of(form);
        let mut answers = Self::default();
        for question in definition.questions() {
            // A value that does not fit leaves its question open: nobody has typed it.
            let _unfit = answers.take(question, &mut fields);
        }
        answers
    }

    /// The form that parses to these answers: what a page shows when answers are changed.
    pub fn to_form(&self) -> Vec<(String, String)> {
        let mut form = Vec::new();
        for (key, answer) in &self.0 {
            match answer {
                Answer::Score(x) => form.push((key.clone(), x.to_string())),
                Answer::NotApplicable => form.push((key.clone(), NOT_APPLICABLE.to_owned())),
                Answer::Choice(text) | Answer::Text(text) => form.push((key.clone(), text.clone())),
                Answer::Choices(chosen) => form.extend(chosen.iter().map(|one| (key.clone(), one.clone()))),
            }
        }
        form
    }

    pub fn get(&self, question: &str) -> Option<&Answer> {
        self.0.get(question)
    }

    /// Whether somebody has written anything in words of their own.
    pub fn has_words(&self) -> bool {
        self.0.values().any(|answer| matches!(answer, Answer::Text(_)))
    }

    pub fn score(&self, question: &str) -> Option<i64> {
        match self.get(question) {
            Some(Answer::Score(x)) => Some(*x),
            _ => None,
        }
    }

    pub fn choice(&self, question: &str) -> Option<&str> {
        match self.get(question) {
            Some(Answer::Choice(key)) => Some(key),
            _ => None,
        }
    }

    pub fn text(&self, question: &str) -> Option<&str> {
        match self.get(question) {
            Some(Answer::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the answer to one question out of the fields; says whether there was one.
    fn take(&mut self, question: &Question, fields: &mut Fields<'_>) -> Result<bool, Fault> {
        let given = fields.take(&question.key);
        let other = match question.other_choice() {
            Some(choice) => {
                words(question, fields.take(&question.other_field()), OTHER_MOST)?.map(|text| (choice, text))
            }
            None => None,
        };
        let answer = match &question.body {
            Body::Recommend { .. } | Body::Rating { .. } => score(question, given)?,
            Body::Single { choices } => single(question, choices, given, other.as_ref())?,
            Body::Multiple { choices, most } => multiple(question, choices, *most, given, other.as_ref())?,
            Body::Text { most, .. } => words(question, given, *most)?.map(Answer::Text),
        };
        let Some(answer) = answer else { return Ok(false) };
        if let Some((choice, text)) = other
            && answer.names(&choice.key)
        {
            self.0.insert(question.other_field(), Answer::Text(text));
        }
        self.0.insert(question.key.clone(), answer);
        Ok(true)
    }
}

impl Answer {
    /// Whether a choice is (among) the chosen.
    pub fn names(&self, choice: &str) -> bool {
        match self {
            Self::Choice(key) => key == choice,
            Self::Choices(keys) => keys.iter().any(|key| key == choice),
            _ => false,
        }
    }
}

impl Rejected {
    /// The faults of one question.
    pub fn faults_of<'a>(&'a self, question: &'a str) -> impl Iterator<Item = &'a Fault> {
        self.faults.iter().filter(move |fault| place_is(fault, question))
    }

    /// What was typed into one field.
    pub fn typed_in<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        self.typed.iter().filter(move |(name, _)| name == field).map(|(_, value)| value.as_str())
    }
}

impl From<Rejected> for Error {
    fn from(rejected: Rejected) -> Self {
        Self::faulty(rejected.faults)
    }
}

/// What a response adds to the counts of its questions: question and value. A score counts as its
/// number, "not applicable" as [`NOT_APPLICABLE`], each choice by its key, own words as `text`; the
/// words behind "other" add nothing of their own.
pub fn values(answers: &Answers) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for (key, answer) in answers.0.iter().filter(|(key, _)| !key.contains('.')) {
        match answer {
            Answer::Score(x) => values.push((key.clone(), x.to_string())),
            Answer::NotApplicable => values.push((key.clone(), NOT_APPLICABLE.to_owned())),
            Answer::Choice(one) => values.push((key.clone(), one.clone())),
            Answer::Choices(chosen) => values.extend(chosen.iter().map(|one| (key.clone(), one.clone()))),
            Answer::Text(_) => values.push((key.clone(), "text".to_owned())),
        }
    }
    values
}

/// The fields of a form that nobody has read yet, without those of the page and the empty ones.
struct Fields<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Fields<'a> {
    fn of(form: &'a [(String, String)]) -> Self {
        let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in form.iter().filter(|(name, _)| !name.starts_with('_')) {
            let values = fields.entry(name).or_default();
            if !value.trim().is_empty() {
                values.push(value);
            }
        }
        Self(fields)
    }

    fn take(&mut self, name: &str) -> Vec<&'a str> {
        self.0.remove(name).unwrap_or_default()
    }

    fn left(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().copied()
    }
}

fn fault(question: &Question, code: Code) -> Fault {
    Fault::field(&question.key, code)
}

fn place_is(fault: &Fault, question: &str) -> bool {
    matches!(&fault.place, crate::error::Place::Field(name) if name == question)
}

/// Adds the words of the question to a fault, in the reader's language.
fn name_question(definition: &Definition, fault: &mut Fault, language: &Language) {
    if let Some(question) = definition.questions().find(|question| place_is(fault, &question.key)) {
        fault.args.push(("question", question.label().for_reader(language).to_owned()));
    }
}

/// The fields of the form that belong to the survey.
fn typed(definition: &Definition, form: &[(String, String)]) -> Vec<(String, String)> {
    let known = |name: &str| definition.questions().any(|one| one.key == name || one.other_field() == name);
    form.iter().filter(|(name, _)| known(name)).cloned().collect()
}

/// The one value of a field that takes one.
fn only<'a>(question: &Question, given: &[&'a str]) -> Result<Option<&'a str>, Fault> {
    match given {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        [first, ..] => Err(fault(question, Code::ValueTwice).with("value", quote(first))),
    }
}

fn score(question: &Question, given: Vec<&str>) -> Result<Option<Answer>, Fault> {
    let Some(value) = only(question, &given)? else { return Ok(None) };
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
    given: Vec<&str>,
    other: Option<&(&Choice, String)>,
) -> Result<Option<Answer>, Fault> {
    match only(question, &given)? {
        Some(value) => known(question, choices, value).map(|choice| Some(Answer::Choice(choice.key.clone()))),
        // Who writes on the line "other" and forgets the button beside it has chosen it.
        None => Ok(other.map(|(choice, _)| Answer::Choice(choice.key.clone()))),
    }
}

fn multiple(
    question: &Question,
    choices: &[Choice],
    most: Option<usize>,
    given: Vec<&str>,
    other: Option<&(&Choice, String)>,
) -> Result<Option<Answer>, Fault> {
    let mut chosen: Vec<&str> = Vec::new();
    for value in given {
        let key = known(question, choices, value)?.key.as_str();
        if chosen.contains(&key) {
            return Err(fault(question, Code::ValueTwice).with("value", quote(value)));
        }
        chosen.push(key);
    }
    if let Some((choice, _)) = other
        && !chosen.contains(&choice.key.as_str())
    {
        chosen.push(&choice.key);
    }
    if let Some(most) = most.filter(|most| chosen.len() > *most) {
        let many = fault(question, Code::ValueOutOfRange).with("value", chosen.len());
        return Err(many.with("min", 0).with("max", most));
    }
    let ordered: Vec<String> =
        choices.iter().map(|choice| &choice.key).filter(|key| chosen.contains(&key.as_str())).cloned().collect();
    Ok((!ordered.is_empty()).then_some(Answer::Choices(ordered)))
}

fn known<'a>(question: &Question, choices: &'a [Choice], value: &str) -> Result<&'a Choice, Fault> {
    choices
        .iter()
        .find(|choice| choice.key == value)
        .ok_or_else(|| fault(question, Code::ValueUnknown).with("value", quote(value)))
}

fn words(question: &Question, given: Vec<&str>, most: usize) -> Result<Option<String>, Fault> {
    let Some(value) = only(question, &given)? else { return Ok(None) };
    let text = clean(value);
    let count = text.chars().count();
    if count > most {
        return Err(fault(question, Code::ValueTooLong).with("max", most).with("count", count));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// Own words as they are kept: line ends of one kind, tabs as spaces, no other control characters,
/// and none of the marks that turn the direction of what stands after them (UAX 9), since answers
/// are shown between words of ours.
fn clean(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    let kept: String = text
        .replace("\r\n", "\n")
        .chars()
        .map(|c| match c {
            '\r' | '\u{2028}' | '\u{2029}' => '\n',
            '\t' => ' ',
            c => c,
        })
        .filter(|c| *c == '\n' || !(c.is_control() || turns(*c)))
        .collect();
    kept.trim().to_owned()
}

/// The beginning of a hostile value, fit for a message.
fn quote(value: &str) -> String {
    clean(value).chars().take(QUOTED_MOST).collect()
}

#[cfg(test)]
mod tests;
