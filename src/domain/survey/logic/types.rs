//! Which names a condition may use, and whether it compares like with like.

use super::super::{Body, NOT_APPLICABLE, Question, Reason};
use super::ANSWER;
use super::expression::{Comparison, Constant, Expr, Literal, Name, Term, Trouble};
use crate::domain::answer::{NO, YES};

/// What a name or value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    Number,
    Text,
    Date,
    /// One of the choices of a question.
    Choice,
    /// Any of them.
    Choices,
    /// There or not, and nothing to compare.
    Given,
}

impl Type {
    /// The word in messages, which is the one in the documentation.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Text => "text",
            Self::Date => "date",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Given => "given",
        }
    }
}

/// What the answer to a question is to a condition.
pub fn type_of(question: &Question) -> Type {
    match &question.body {
        Body::Recommend { .. } | Body::Rating { .. } | Body::Differential { .. } | Body::Number { .. } => Type::Number,
        Body::Single { .. } | Body::YesNo { .. } => Type::Choice,
        Body::Multiple { .. } | Body::Ranking { .. } => Type::Choices,
        Body::Date { .. } => Type::Date,
        Body::Text { .. } | Body::Line { .. } => Type::Text,
        Body::ConstantSum { .. } | Body::Contact { .. } | Body::Consent { .. } | Body::Information => Type::Given,
    }
}

/// The keys that can be chosen in a question.
pub fn keys(question: &Question) -> Vec<&str> {
    match &question.body {
        Body::YesNo { .. } => vec![YES, NO],
        _ => question.choices().iter().map(|choice| choice.key.as_str()).collect(),
    }
}

/// Which questions a condition may speak of, at the place where it stands.
pub struct Scope<'d> {
    /// All questions of the file.
    pub questions: Vec<&'d Question>,
    /// Whether the answer to one of them is known there.
    pub knows: &'d dyn Fn(&str) -> bool,
    /// The attributes that may be named.
    pub attributes: &'d [(&'static str, Type)],
}

impl Scope<'_> {
    /// Checks a condition, and writes every name in it out in full.
    ///
    /// # Errors
    /// The first fault that it has.
    pub fn check(&self, expr: &mut Expr) -> Result<(), Trouble> {
        match expr {
            Expr::Truth(_) => Ok(()),
            Expr::Not(inner) => self.check(inner),
            Expr::And(all) | Expr::Or(all) => all.iter_mut().try_for_each(|one| self.check(one)),
            Expr::Compare(left, how, right) => self.compare(left, *how, right),
            Expr::In(term, _, list) => {
                let found = self.term(term)?;
                list.iter().try_for_each(|one| self.alike(term, found, Some(one), kind_of(one), at_of(one)))
            }
            Expr::Answered(name) => self.resolve(name).map(drop),
            Expr::Chosen(name, choices) => {
                let found = self.resolve(name)?;
                let question = name.question().and_then(|key| self.question(key));
                let has_na = question.is_some_and(Question::allows_not_applicable);
                if !(matches!(found, Type::Choice | Type::Choices) || has_na) {
                    return Err(mismatch(name.at.0, found.as_str(), "choice, choices"));
                }
                choices.iter().try_for_each(|one| self.choice(name, one))
            }
        }
    }

    fn question(&self, key: &str) -> Option<&Question> {
        self.questions.iter().find(|question| question.key == key).copied()
    }

    fn term(&self, term: &mut Term) -> Result<Type, Trouble> {
        match term {
            Term::Name(name) => self.resolve(name),
            Term::Literal(literal) => Ok(kind_of(literal)),
        }
    }

    /// Finds what a name stands for. A question goes before an attribute of the same short name.
    fn resolve(&self, name: &mut Name) -> Result<Type, Trouble> {
        let key = name.text.strip_prefix(ANSWER).unwrap_or(&name.text);
        if let Some(question) = self.question(key) {
            if !(self.knows)(key) {
                let args = vec![("question", key.to_owned())];
                return Err(Trouble { at: name.at.0, reason: Reason::ExpressionLater, args });
            }
            name.text = format!("{ANSWER}{key}");
            return Ok(type_of(question));
        }
        // The part after the point will do, but for names, which people and companies have alike.
        let short = |full: &str| full.split_once('.').is_some_and(|(_, end)| end == name.text && end != "name");
        if let Some((full, found)) = self.attributes.iter().find(|(full, _)| *full == name.text || short(full)) {
            name.text = (*full).to_owned();
            return Ok(*found);
        }
        let known: Vec<&str> = (self.questions.iter().map(|one| one.key.as_str()).filter(|key| (self.knows)(key)))
            .chain(self.attributes.iter().map(|(full, _)| *full))
            .collect();
        let args = vec![("name", name.text.clone()), ("known", known.join(", "))];
        Err(Trouble { at: name.at.0, reason: Reason::ExpressionNameUnknown, args })
    }

    fn compare(&self, left: &mut Term, how: Comparison, right: &mut Term) -> Result<(), Trouble> {
        let (one, other) = (self.term(left)?, self.term(right)?);
        let ordered = matches!(one, Type::Number | Type::Date);
        if !ordered && !matches!(how, Comparison::Equal | Comparison::Unequal) {
            return Err(mismatch(place(left), one.as_str(), "number, date"));
        }
        match (&*left, &*right) {
            (Term::Literal(literal), Term::Name(_)) => self.alike(right, other, Some(literal), one, place(left)),
            (_, Term::Literal(literal)) => self.alike(left, one, Some(literal), other, place(right)),
            _ => self.alike(left, one, None, other, place(right)),
        }
    }

    /// Whether a term may be compared with something of another type; choices with their keys only.
    fn alike(&self, term: &Term, found: Type, with: Option<&Literal>, other: Type, at: usize) -> Result<(), Trouble> {
        match (found, other, term, with) {
            (Type::Choices | Type::Given, ..) => Err(mismatch(place(term), found.as_str(), "chosen(…), answered(…)")),
            (_, Type::Choices | Type::Given, ..) => Err(mismatch(at, other.as_str(), "chosen(…), answered(…)")),
            (Type::Choice, Type::Text, Term::Name(name), Some(literal)) => self.choice(name, literal),
            (Type::Choice | Type::Text, Type::Choice | Type::Text, ..) => Ok(()),
            (found, other, ..) if found == other => Ok(()),
            (found, other, ..) => Err(mismatch(at, other.as_str(), found.as_str())),
        }
    }

    /// Whether a text is the key of a choice.
    fn choice(&self, name: &Name, literal: &Literal) -> Result<(), Trouble> {
        let Constant::Text(key) = &literal.value else {
            return Err(mismatch(literal.at.0, kind_of(literal).as_str(), "text"));
        };
        let Some(question) = name.question().and_then(|key| self.question(key)) else { return Ok(()) };
        let mut known = keys(question);
        if question.allows_not_applicable() {
            known.push(NOT_APPLICABLE);
        }
        if known.contains(&key.as_str()) {
            return Ok(());
        }
        let args = vec![("question", question.key.clone()), ("choice", key.clone()), ("known", known.join(", "))];
        Err(Trouble { at: literal.at.0, reason: Reason::ExpressionChoiceUnknown, args })
    }
}

fn kind_of(literal: &Literal) -> Type {
    match literal.value {
        Constant::Number(_) => Type::Number,
        Constant::Text(_) => Type::Text,
        Constant::Date(_) => Type::Date,
    }
}

fn at_of(literal: &Literal) -> usize {
    literal.at.0
}

fn place(term: &Term) -> usize {
    match term {
        Term::Name(name) => name.at.0,
        Term::Literal(literal) => literal.at.0,
    }
}

fn mismatch(at: usize, found: &str, expected: &str) -> Trouble {
    let args = vec![("found", found.to_owned()), ("expected", expected.to_owned())];
    Trouble { at, reason: Reason::ExpressionType, args }
}
