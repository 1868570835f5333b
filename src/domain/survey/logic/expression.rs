//! Conditions as trees, and their one spelling.

use super::parser;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A condition over answers and attributes. Its text form is what [`fmt::Display`] prints and
/// [`Expr::parse`] reads; the two are inverse to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Expr {
    Truth(bool),
    Not(Box<Expr>),
    /// All of them hold; two or more.
    And(Vec<Expr>),
    /// One of them holds; two or more.
    Or(Vec<Expr>),
    Compare(Term, Comparison, Term),
    /// A value is, or with `false` is not, one of a list.
    In(Term, bool, Vec<Literal>),
    Answered(Name),
    /// One of these choices is (among) the chosen.
    Chosen(Name, Vec<Literal>),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    Name(Name),
    Literal(Literal),
}

/// What an expression speaks about: `recommend`, `answer.recommend`, `account.tier`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    pub text: String,
    pub at: Mark,
}

/// A value that is written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    pub value: Constant,
    pub at: Mark,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// In thousandths, so that equal numbers are equal on every machine.
    Number(i64),
    Text(String),
    Date(NaiveDate),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// The byte of the text at which something stands. Two expressions are equal wherever they stand.
#[derive(Debug, Clone, Copy, Default, Eq)]
pub struct Mark(pub usize);

impl PartialEq for Mark {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Comparison {
    pub const ALL: [Self; 6] = [Self::Equal, Self::Unequal, Self::Less, Self::AtMost, Self::More, Self::AtLeast];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::More => ">",
            Self::AtLeast => ">=",
        }
    }

    pub fn holds<T: PartialOrd>(self, left: &T, right: &T) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::More => left > right,
            Self::AtLeast => left >= right,
        }
    }

    /// The same comparison read from right to left.
    pub fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

/// Why a text is no condition, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub at: usize,
    pub reason: super::super::Reason,
    pub args: Vec<(&'static str, String)>,
}

impl Expr {
    /// Reads a condition. Which names there are is not looked at here.
    ///
    /// # Errors
    /// The first thing that does not fit, with its place in bytes.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        parser::parse(text)
    }

    /// Calls `look` with every name in it.
    pub fn names<'a>(&'a self, look: &mut dyn FnMut(&'a Name)) {
        match self {
            Self::Truth(_) => {}
            Self::Not(inner) => inner.names(look),
            Self::And(all) | Self::Or(all) => all.iter().for_each(|one| one.names(look)),
            Self::Compare(left, _, right) => [left, right].into_iter().filter_map(Term::name).for_each(look),
            Self::In(term, ..) => term.name().into_iter().for_each(look),
            Self::Answered(name) | Self::Chosen(name, _) => look(name),
        }
    }
}

impl Term {
    pub fn name(&self) -> Option<&Name> {
        match self {
            Self::Name(name) => Some(name),
            Self::Literal(_) => None,
        }
    }
}

impl Name {
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), at: Mark(0) }
    }

    /// The key of the question, once the name has been resolved; nothing for an attribute.
    pub fn question(&self) -> Option<&str> {
        self.text.strip_prefix(super::ANSWER)
    }
}

impl From<Constant> for Literal {
    fn from(value: Constant) -> Self {
        Self { value, at: Mark(0) }
    }
}

impl TryFrom<String> for Expr {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|trouble| format!("{text}: {} at {}", trouble.reason.as_str(), trouble.at))
    }
}

impl From<Expr> for String {
    fn from(expr: Expr) -> Self {
        expr.to_string()
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truth(truth) => write!(f, "{truth}"),
            Self::Not(inner) if matches!(**inner, Self::And(_) | Self::Or(_)) => write!(f, "not ({inner})"),
            Self::Not(inner) => write!(f, "not {inner}"),
            Self::And(all) => joined(f, all, " and ", |one| matches!(one, Self::And(_) | Self::Or(_))),
            Self::Or(all) => joined(f, all, " or ", |one| matches!(one, Self::Or(_))),
            Self::Compare(left, how, right) => write!(f, "{left} {} {right}", how.as_str()),
            Self::In(term, is, list) => {
                write!(f, "{term} {}in [", if *is { "" } else { "not " })?;
                joined(f, list, ", ", |_| false)?;
                f.write_str("]")
            }
            Self::Answered(name) => write!(f, "answered({})", name.text),
            Self::Chosen(name, choices) => {
                write!(f, "chosen({}, ", name.text)?;
                joined(f, choices, ", ", |_| false)?;
                f.write_str(")")
            }
        }
    }
}

fn joined<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    all: &[T],
    with: &str,
    wrapped: impl Fn(&T) -> bool,
) -> fmt::Result {
    for (nth, one) in all.iter().enumerate() {
        if nth > 0 {
            f.write_str(with)?;
        }
        if wrapped(one) {
            write!(f, "({one})")?;
        } else {
            write!(f, "{one}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => f.write_str(&name.text),
            Self::Literal(literal) => literal.fmt(f),
        }
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Constant::Number(thousandths) => {
                let sign = if *thousandths < 0 { "-" } else { "" };
                let (whole, part) = (thousandths.unsigned_abs() / 1000, thousandths.unsigned_abs() % 1000);
                match part {
                    0 => write!(f, "{sign}{whole}"),
                    part => write!(f, "{sign}{whole}.{}", format!("{part:03}").trim_end_matches('0')),
                }
            }
            Constant::Text(text) => write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            Constant::Date(day) => write!(f, "{}", day.format("%Y-%m-%d")),
        }
    }
}
