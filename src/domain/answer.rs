//! Answers: what came back in a form, checked against the survey that asked.
//!
//! Nothing that a form says is believed: each value is looked up in the [`Definition`], and what
//! does not fit comes back in a [`Rejected`], together with everything that was typed. What gets
//! through is an [`Answers`], from which [`measurements`] and [`values`] are derived.

mod fields;
mod number;
pub mod quality;
mod reading;
mod scoring;

pub use number::decimal;
pub use scoring::{check_score, measurements};

use super::language::Language;
use super::measure::Milli;
use super::survey::logic::{self, Setting};
use super::survey::{ContactPart, Definition, ItemMeasure, NOT_APPLICABLE, Question};
use crate::error::{Code, Error, Fault};
use chrono::NaiveDate;
use fields::{Fields, fault, quote};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What stands for a yes: in the form and, as a choice, among the answers.
pub const YES: &str = "yes";
/// The same for a no.
pub const NO: &str = "no";

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
    /// The keys of the choices, the first before all.
    Ranking(Vec<String>),
    /// What each choice has of the total; all choices are there.
    Shares(BTreeMap<String, i64>),
    /// A number in thousandths.
    Number(Milli),
    Date(NaiveDate),
    /// A short text of a form of its own, such as a number of an order; not quoted as own words.
    Line(String),
    Contact(Details),
    /// A yes to a statement, with the version of the statement and its words in the language in which
    /// they were read.
    Consent {
        version: i64,
        words: String,
    },
}

/// How somebody wants to be reached; at least one of them is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub telephone: Option<String>,
}

impl Details {
    pub fn part(&self, part: ContactPart) -> Option<&str> {
        match part {
            ContactPart::Name => self.name.as_deref(),
            ContactPart::Email => self.email.as_deref(),
            ContactPart::Telephone => self.telephone.as_deref(),
        }
    }
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
    /// All but how an employee was rated: what may be shown to who may not know that.
    #[must_use]
    pub fn without_ratings(&self, definition: &Definition) -> Self {
        let mut told = self.clone();
        for question in definition.questions().filter(|one| one.measure == Some(ItemMeasure::Employee)) {
            // A grid has an answer for each of its rows.
            for field in question.fields() {
                told.0.remove(&field);
            }
            told.0.remove(&question.key);
        }
        told
    }

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
                let _hidden = fields.of_question(question);
                continue;
            }
            match answers.take(question, &mut fields, language) {
                Ok(true) => {}
                Ok(false) if question.required => faults.push(fault(question, Code::ValueMissing)),
                Ok(false) => {}
                Err(problem) => faults.push(problem),
            }
        }
        if answers.0.is_empty() && faults.is_empty() {
            // An empty form is not a response: it would count in the response rate and say nothing.
            let asked = |question: &&Question| shown.as_ref().is_none_or(|shown| shown.contains(question.key.as_str()));
            let first = definition.asked().find(asked).or(definition.asked().next());
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
    /// without what it would refuse. A link in a mail that carries a score ends here. A statement that is
    /// agreed to is kept in the language in which the survey is shown to somebody who reads English.
    pub fn partial(definition: &Definition, form: &[(String, String)]) -> Self {
        let mut fields = Fields::of(form);
        let mut answers = Self::default();
        let language = definition.language_for(&Language::english());
        for question in definition.questions() {
            // A value that does not fit leaves its question open: nobody has typed it.
            let _unfit = answers.take(question, &mut fields, &language);
        }
        answers
    }

    /// The form that parses to these answers: what a page shows when answers are changed.
    pub fn to_form(&self) -> Vec<(String, String)> {
        let mut form = Vec::new();
        for (key, answer) in &self.0 {
            let mut part = |name: &str, value: String| form.push((format!("{key}.{name}"), value));
            match answer {
                Answer::Ranking(ranked) => {
                    ranked.iter().zip(1..).for_each(|(one, rank): (_, usize)| part(one, rank.to_string()));
                }
                Answer::Shares(shares) => shares.iter().for_each(|(one, share)| part(one, share.to_string())),
                Answer::Contact(details) => {
                    for one in ContactPart::ALL {
                        details.part(*one).into_iter().for_each(|text| part(one.as_str(), text.to_owned()));
                    }
                }
                Answer::Choices(chosen) => form.extend(chosen.iter().map(|one| (key.clone(), one.clone()))),
                Answer::Score(x) => form.push((key.clone(), x.to_string())),
                Answer::NotApplicable => form.push((key.clone(), NOT_APPLICABLE.to_owned())),
                Answer::Choice(text) | Answer::Text(text) | Answer::Line(text) => {
                    form.push((key.clone(), text.clone()));
                }
                Answer::Number(x) => form.push((key.clone(), decimal(*x))),
                Answer::Date(day) => form.push((key.clone(), day.to_string())),
                Answer::Consent { .. } => form.push((key.clone(), YES.to_owned())),
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

    /// Whether somebody said yes to being called about the answers.
    pub fn permits_contact(&self, definition: &Definition) -> bool {
        definition.questions().filter(|question| question.measure == Some(ItemMeasure::Contact)).any(|question| {
            match self.get(&question.key) {
                Some(Answer::Choice(key)) => key == YES,
                Some(Answer::Consent { .. }) => true,
                _ => false,
            }
        })
    }

    /// Takes the answer to one question out of the fields; says whether there was one.
    fn take(&mut self, question: &Question, fields: &mut Fields<'_>, language: &Language) -> Result<bool, Fault> {
        // All of its fields, also where one of them is refused: none is left over as unknown.
        let mut own = fields.of_question(question);
        let other = reading::other(question, &mut own)?;
        let Some(answer) = reading::read(question, &mut own, other.as_ref(), language)? else { return Ok(false) };
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
/// words behind "other" add nothing of their own. Each choice of a ranking counts as `choice:rank`, each
/// of a constant sum as `choice:share`, so that mean ranks and shares can be had from the counts; a
/// number as it is written with a point, a day as in ISO 8601. Contact details and consent count as
/// `given`: who gave them stands with the response alone.
pub fn values(answers: &Answers) -> Vec<(String, String)> {
    let mut values = Vec::new();
    for (key, answer) in answers.0.iter().filter(|(key, _)| !key.contains('.')) {
        match answer {
            Answer::Score(x) => values.push((key.clone(), x.to_string())),
            Answer::NotApplicable => values.push((key.clone(), NOT_APPLICABLE.to_owned())),
            Answer::Choice(one) => values.push((key.clone(), one.clone())),
            Answer::Choices(chosen) => values.extend(chosen.iter().map(|one| (key.clone(), one.clone()))),
            Answer::Text(_) | Answer::Line(_) => values.push((key.clone(), "text".to_owned())),
            Answer::Ranking(ranked) => {
                values.extend(
                    ranked.iter().zip(1..).map(|(one, rank): (_, usize)| (key.clone(), format!("{one}:{rank}"))),
                );
            }
            Answer::Shares(shares) => {
                values.extend(shares.iter().map(|(one, share)| (key.clone(), format!("{one}:{share}"))));
            }
            Answer::Number(x) => values.push((key.clone(), decimal(*x))),
            Answer::Date(day) => values.push((key.clone(), day.to_string())),
            Answer::Contact(_) | Answer::Consent { .. } => values.push((key.clone(), "given".to_owned())),
        }
    }
    values
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
    let known: BTreeSet<String> = definition.questions().flat_map(Question::fields).collect();
    form.iter().filter(|(name, _)| known.contains(name)).cloned().collect()
}

#[cfg(test)]
pub(crate) mod tests;
