//! Whether a condition holds.
//!
//! The rule, in full: a question that was not answered, that is not shown, or an attribute that is not
//! known has no value, and an answer "not applicable" has none that can be compared. Every comparison,
//! `in` and `not in` with what has no value is false. `answered` is false of what has no value, and
//! true of "not applicable". `chosen` is false of it, but for `chosen(question, "na")`. `not`, `and`
//! and `or` are those of two truths; so `not (x == 1)` holds where `x` has no value, and `x != 1` does
//! not.

use super::expression::{Comparison, Constant, Expr, Literal, Term};
use super::{ANSWER, Attribute, Attributes};
use crate::domain::answer::{Answer, Answers};
use crate::domain::survey::NOT_APPLICABLE;
use chrono::NaiveDate;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    Nothing,
    /// In thousandths.
    Number(i64),
    /// Own words, an attribute, or the key of the one choice.
    Text(&'a str),
    Date(NaiveDate),
    Choices(&'a [String]),
    NotApplicable,
    /// Something that is there, and that nothing compares with.
    Given,
}

/// What conditions are held against.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    pub attributes: &'a Attributes,
    /// Those of questions that are shown.
    pub answers: &'a Answers,
}

impl<'a> Facts<'a> {
    pub fn value(&self, name: &str) -> Value<'a> {
        let Some(question) = name.strip_prefix(ANSWER) else {
            return match self.attributes.get(name) {
                Some(Attribute::Text(text)) => Value::Text(text),
                Some(Attribute::Date(day)) => Value::Date(*day),
                None => Value::Nothing,
            };
        };
        match self.answers.get(question) {
            None => Value::Nothing,
            Some(answer) => value_of(answer),
        }
    }
}

/// An answer as conditions see it.
fn value_of(answer: &Answer) -> Value<'_> {
    match answer {
        Answer::Score(x) => Value::Number(x.saturating_mul(1000)),
        Answer::NotApplicable => Value::NotApplicable,
        Answer::Choice(key) => Value::Text(key),
        Answer::Choices(keys) | Answer::Ranking(keys) => Value::Choices(keys),
        Answer::Text(words) | Answer::Line(words) => Value::Text(words),
        Answer::Number(x) => Value::Number(*x),
        Answer::Date(day) => Value::Date(*day),
        Answer::Shares(_) | Answer::Contact(_) | Answer::Consent { .. } => Value::Given,
    }
}

impl Constant {
    fn value(&self) -> Value<'_> {
        match self {
            Self::Number(x) => Value::Number(*x),
            Self::Text(text) => Value::Text(text),
            Self::Date(day) => Value::Date(*day),
        }
    }
}

impl Expr {
    /// Whether the condition holds. The tree is at most [`super::parser::DEEPEST`] deep.
    pub fn holds(&self, facts: Facts<'_>) -> bool {
        match self {
            Self::Truth(truth) => *truth,
            Self::Not(inner) => !inner.holds(facts),
            Self::And(all) => all.iter().all(|one| one.holds(facts)),
            Self::Or(any) => any.iter().any(|one| one.holds(facts)),
            Self::Compare(left, how, right) => compare(term(left, facts), *how, term(right, facts)),
            Self::In(one, is, list) => is_in(term(one, facts), *is, list),
            Self::Answered(name) => facts.value(&name.text) != Value::Nothing,
            Self::Chosen(name, choices) => is_chosen(facts.value(&name.text), choices),
        }
    }

    /// The same condition with the attributes put in: what is left speaks of answers alone. What a
    /// browser gets, so that nobody can read there what we know of them.
    #[must_use]
    pub fn bind(&self, attributes: &Attributes) -> Self {
        let none = Answers::default();
        let facts = Facts { attributes, answers: &none };
        match self {
            Self::Truth(_) => self.clone(),
            Self::Not(inner) => match inner.bind(attributes) {
                Self::Truth(truth) => Self::Truth(!truth),
                open => Self::Not(Box::new(open)),
            },
            Self::And(all) => joined(all, attributes, false, Self::And),
            Self::Or(any) => joined(any, attributes, true, Self::Or),
            Self::Compare(left, how, right) => match (bound(left, attributes), bound(right, attributes)) {
                (Some(left), Some(right)) if left.name().is_none() && right.name().is_none() => {
                    Self::Truth(compare(term(&left, facts), *how, term(&right, facts)))
                }
                (Some(left), Some(right)) => Self::Compare(left, *how, right),
                _ => Self::Truth(false),
            },
            Self::In(one, is, list) => match bound(one, attributes) {
                Some(Term::Name(_)) => self.clone(),
                Some(literal) => Self::Truth(is_in(term(&literal, facts), *is, list)),
                None => Self::Truth(false),
            },
            Self::Answered(name) | Self::Chosen(name, _) if name.question().is_none() => Self::Truth(self.holds(facts)),
            Self::Answered(_) | Self::Chosen(..) => self.clone(),
        }
    }
}

/// Binds the parts of `and` (`settles` is false) or `or` (true).
fn joined(parts: &[Expr], attributes: &Attributes, settles: bool, join: fn(Vec<Expr>) -> Expr) -> Expr {
    let mut open = Vec::new();
    for part in parts {
        match part.bind(attributes) {
            Expr::Truth(truth) if truth == settles => return Expr::Truth(settles),
            Expr::Truth(_) => {}
            part => open.push(part),
        }
    }
    match open.len() {
        0 => Expr::Truth(!settles),
        1 => open.remove(0),
        _ => join(open),
    }
}

/// A term without attributes; nothing where the attribute has no value.
fn bound(term: &Term, attributes: &Attributes) -> Option<Term> {
    match term {
        Term::Name(name) if name.question().is_none() => {
            let value = match attributes.get(&name.text)? {
                Attribute::Text(text) => Constant::Text(text.clone()),
                Attribute::Date(day) => Constant::Date(*day),
            };
            Some(Term::Literal(value.into()))
        }
        open => Some(open.clone()),
    }
}

fn term<'a>(term: &'a Term, facts: Facts<'a>) -> Value<'a> {
    match term {
        Term::Name(name) => facts.value(&name.text),
        Term::Literal(literal) => literal.value.value(),
    }
}

fn compare(left: Value<'_>, how: Comparison, right: Value<'_>) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => how.holds(&left, &right),
        (Value::Text(left), Value::Text(right)) => how.holds(&left, &right),
        (Value::Date(left), Value::Date(right)) => how.holds(&left, &right),
        _ => false,
    }
}

fn is_in(value: Value<'_>, is: bool, list: &[Literal]) -> bool {
    match value {
        Value::Nothing | Value::NotApplicable | Value::Choices(_) | Value::Given => false,
        value => list.iter().any(|one| one.value.value() == value) == is,
    }
}

fn is_chosen(value: Value<'_>, choices: &[Literal]) -> bool {
    let named = |key: &str| choices.iter().any(|one| one.value.value() == Value::Text(key));
    match value {
        Value::Text(key) => named(key),
        Value::Choices(keys) => keys.iter().any(|key| named(key)),
        Value::NotApplicable => named(NOT_APPLICABLE),
        Value::Nothing | Value::Number(_) | Value::Date(_) | Value::Given => false,
    }
}
