//! Surveys that branch: who is asked what, in which order, and in which words.
//!
//! A condition is a small typed expression ([`Expr`]) that is checked when the file is read. [`flow`]
//! is the one truth about what is asked: the server shows and keeps by it, and the script of the page
//! (`assets/flow.js`) comes to the same result from [`script`].

mod evaluation;
mod expression;
mod flow;
mod lexer;
mod parser;
mod piping;
mod place;
mod reach;
mod reading;
mod script;
mod types;

pub use evaluation::{Facts, Value};
pub use expression::{Comparison, Constant, Expr, Literal, Name, Term, Trouble};
pub use flow::{Flow, Shown, Step, arranged, flow, possible};
pub use lexer::LONGEST;
pub use parser::DEEPEST;
pub use piping::{Pipe, Words, personal, pipes, said, unpiped};
pub use script::script;
pub use types::Type;

pub(super) use piping::{ALWAYS, SPOKEN};
pub(super) use reading::{Notes, check, page_rules, question_rules, quotas, thanks_when};

use super::Definition;
use crate::domain::language::Texts;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the name of a question begins with, written out in full.
pub const ANSWER: &str = "answer.";

/// What conditions may know of whom they ask, beside the answers.
pub const ATTRIBUTES: &[(&str, Type)] = &[
    ("account.name", Type::Text),
    ("account.tier", Type::Text),
    ("account.region", Type::Text),
    ("account.product_line", Type::Text),
    ("account.manager", Type::Text),
    ("contact.name", Type::Text),
    ("contact.salutation", Type::Text),
    ("contact.role", Type::Text),
    ("contact.language", Type::Text),
    ("invitation.day", Type::Date),
];

/// Those by which tallies are kept, so that the members of a quota can be counted.
pub const COUNTED: &[(&str, Type)] =
    &[("account.tier", Type::Text), ("account.region", Type::Text), ("account.product_line", Type::Text)];

/// The name under which tallies count what fills a quota; no question can be called so.
pub const QUOTA: &str = "_quota";

/// When a question is asked, and what follows its answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Expr>,
    /// The first that holds counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub skip_to: Vec<Skip>,
    /// The first that holds counts, and goes before every skip.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub end_if: Vec<End>,
    /// Those of one block that stand next to each other are asked in an order drawn for each invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
}

/// When a page is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageRules {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub show_if: Option<Expr>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub block: Option<String>,
}

/// Passes over everything up to a later question or page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skip {
    #[serde(rename = "if")]
    pub when: Expr,
    pub to: String,
}

/// Asks nothing more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct End {
    #[serde(rename = "if")]
    pub when: Expr,
    /// What is said in place of the survey's own thanks; may be empty.
    #[serde(default, skip_serializing_if = "super::is_blank")]
    pub thanks: Texts,
}

/// Closes a question, a page or the whole survey for a group once enough have answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    pub key: String,
    /// How many responses fill it.
    pub most: i64,
    /// Whom it counts and closes for; everybody, if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Expr>,
    /// The question or page that it closes; the whole survey, if it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closes: Option<String>,
    /// What those read who come after a survey was closed.
    #[serde(default, skip_serializing_if = "super::is_blank")]
    pub message: Texts,
}

/// What is known of one attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attribute {
    Text(String),
    Date(NaiveDate),
}

/// What is known of whom is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attributes(BTreeMap<&'static str, Attribute>);

/// All that decides what is asked, beside the answers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Setting {
    pub attributes: Attributes,
    /// The quotas that are full and hold for this account, by key.
    pub full: BTreeSet<String>,
    /// Draws the order within blocks; the same for one invitation for ever.
    pub seed: u128,
}

impl Attributes {
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        self.0.get(name)
    }

    /// Notes a text; an empty one is nothing.
    #[must_use]
    pub fn with_text(mut self, name: &'static str, text: Option<&str>) -> Self {
        if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
            self.0.insert(name, Attribute::Text(text.to_owned()));
        }
        self
    }

    #[must_use]
    pub fn with_date(mut self, name: &'static str, day: NaiveDate) -> Self {
        self.0.insert(name, Attribute::Date(day));
        self
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Attribute::Text(text)) => Some(text),
            _ => None,
        }
    }
}

impl Rules {
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl PageRules {
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Quota {
    /// Whether it counts, and closes for, an account with these attributes.
    pub fn concerns(&self, attributes: &Attributes) -> bool {
        let none = crate::domain::answer::Answers::default();
        self.group.as_ref().is_none_or(|group| group.holds(Facts { attributes, answers: &none }))
    }
}

impl Definition {
    /// Whether what is asked depends on anything. A survey that does not is one page for everybody.
    pub fn branches(&self) -> bool {
        !self.quotas.is_empty()
            || self
                .pages
                .iter()
                .any(|page| !page.logic.is_none() || page.questions.iter().any(|question| !question.logic.is_none()))
    }

    /// Whether a text of it stands open for an answer or a name.
    pub fn pipes(&self) -> bool {
        let mut found = false;
        // The one list of all texts changes them; here nothing is kept of it.
        piping::each(&mut self.clone(), &mut |text| found = found || pipes(text).next().is_some());
        found
    }

    /// Which quotas one response counts for: those of the whole survey, and those of a question or page
    /// that it answers.
    pub fn fills<'d>(&'d self, answers: &'d crate::domain::answer::Answers) -> impl Iterator<Item = &'d Quota> {
        self.quotas.iter().filter(|quota| match &quota.closes {
            None => true,
            Some(key) => {
                let page = self.pages.iter().find(|page| page.key == *key).into_iter();
                page.flat_map(|page| &page.questions).any(|one| answers.get(&one.key).is_some())
                    || answers.get(key).is_some()
            }
        })
    }
}

/// The reasons whose cases stand in the tests of this module.
#[cfg(test)]
pub(super) fn is_of_rules(reason: super::Reason) -> bool {
    tests::REASONS.contains(&reason)
}

#[cfg(test)]
pub(in crate::domain::survey) mod generate;
#[cfg(test)]
mod tests;
