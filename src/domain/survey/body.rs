//! What a question is answered with: the kinds of questions.
//!
//! Whole thousandths stand wherever a number may have decimals, so that equal definitions are equal bit
//! for bit. Fields added later do not appear in the JSON at their default.

use super::{is_blank, is_false};
use crate::domain::language::Texts;
use crate::domain::measure::Milli;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words! {
    /// How the points of a rating are drawn; the answer is the same number.
    Display {
        Numbers = "numbers",
        /// As many stars as the point is high.
        Stars = "stars",
        /// From a frown to a smile, the smile at the good end.
        Faces = "faces",
    }
}

words! {
    /// A line of contact details.
    ContactPart {
        Name = "name",
        Email = "email",
        Telephone = "telephone",
    }
}

/// What a question is answered with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// 0 to 10, as the net promoter score wants it.
    Recommend { scale: Scale },
    /// A point on a scale, or "not applicable" where that is allowed.
    Rating {
        scale: Scale,
        #[serde(default, skip_serializing_if = "is_false")]
        not_applicable: bool,
        #[serde(default = "numbers", skip_serializing_if = "is_numbers")]
        display: Display,
    },
    /// A point between two opposites, which are the words of the scale's ends (Osgood, Suci and
    /// Tannenbaum 1957, The Measurement of Meaning).
    Differential {
        scale: Scale,
        #[serde(default, skip_serializing_if = "is_false")]
        not_applicable: bool,
    },
    /// One of the choices.
    Single {
        choices: Vec<Choice>,
        #[serde(default, skip_serializing_if = "is_false")]
        random: bool,
    },
    /// Any of the choices; at least and at most so many where a limit is given.
    Multiple {
        choices: Vec<Choice>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        least: Option<usize>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most: Option<usize>,
        #[serde(default, skip_serializing_if = "is_false")]
        random: bool,
    },
    /// The choices put in order, the first before all; from `least` to `most` of them.
    Ranking {
        choices: Vec<Choice>,
        least: usize,
        most: usize,
        #[serde(default, skip_serializing_if = "is_false")]
        random: bool,
    },
    /// A total spread over the choices in whole numbers.
    ConstantSum {
        choices: Vec<Choice>,
        total: i64,
        #[serde(default, skip_serializing_if = "is_blank")]
        unit: Texts,
        #[serde(default, skip_serializing_if = "is_false")]
        random: bool,
    },
    /// Yes or no, in words of the survey where it has some.
    YesNo {
        #[serde(default, skip_serializing_if = "is_blank")]
        yes: Texts,
        #[serde(default, skip_serializing_if = "is_blank")]
        no: Texts,
        #[serde(default, skip_serializing_if = "is_false")]
        not_applicable: bool,
    },
    /// A number in steps that are counted from `min`, else from 0.
    Number {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Milli>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Milli>,
        step: Milli,
        #[serde(default, skip_serializing_if = "is_blank")]
        unit: Texts,
    },
    /// A day.
    Date {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<NaiveDate>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<NaiveDate>,
    },
    /// Words on one line; a pattern says how they are written, and `expected` tells people so.
    Line {
        #[serde(default, skip_serializing_if = "is_zero")]
        least: usize,
        most: usize,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<String>,
        #[serde(default, skip_serializing_if = "is_blank")]
        expected: Texts,
        #[serde(default, skip_serializing_if = "is_blank")]
        placeholder: Texts,
    },
    /// Words, at most `most` characters of them; the field shows `lines` lines.
    Text {
        #[serde(default, skip_serializing_if = "is_zero")]
        least: usize,
        most: usize,
        lines: usize,
        #[serde(default, skip_serializing_if = "is_blank")]
        placeholder: Texts,
    },
    /// How to reach somebody. Who gives anything gives at least what is in `need`.
    Contact {
        ask: Vec<ContactPart>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        need: Vec<ContactPart>,
    },
    /// A box to tick under a statement. The version of its words is kept with the answer.
    Consent { statement: Texts, statement_version: i64 },
    /// Words to read, without an answer.
    Information,
}

/// Whole numbers from `from`, `points` of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    pub from: i64,
    /// At least 2.
    pub points: i64,
    /// What the lowest point means.
    pub low: Texts,
    /// What the highest point means.
    pub high: Texts,
    /// What each point means, in order; empty where only the ends are named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Texts>,
    /// How many of the best points count as satisfied.
    pub top: i64,
}

/// One of the answers that a question offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub key: String,
    pub text: Texts,
    #[serde(default, skip_serializing_if = "is_blank")]
    pub about: Texts,
    /// Whether choosing it opens a line for own words.
    #[serde(default, skip_serializing_if = "is_false")]
    pub other: bool,
    /// Whether it stands alone among several: "none of these".
    #[serde(default, skip_serializing_if = "is_false")]
    pub exclusive: bool,
}

impl Body {
    /// The word for the kind, as survey files write it. Effort and the rows of a matrix are ratings.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Recommend { .. } => "recommend",
            Self::Rating { .. } => "rating",
            Self::Differential { .. } => "differential",
            Self::Single { .. } => "single",
            Self::Multiple { .. } => "multiple",
            Self::Ranking { .. } => "ranking",
            Self::ConstantSum { .. } => "constant_sum",
            Self::YesNo { .. } => "yes_no",
            Self::Number { .. } => "number",
            Self::Date { .. } => "date",
            Self::Line { .. } => "line",
            Self::Text { .. } => "text",
            Self::Contact { .. } => "contact",
            Self::Consent { .. } => "consent",
            Self::Information => "information",
        }
    }

    pub fn scale(&self) -> Option<&Scale> {
        match self {
            Self::Recommend { scale } | Self::Rating { scale, .. } | Self::Differential { scale, .. } => Some(scale),
            _ => None,
        }
    }

    /// What can be chosen, put in order or given a share, in the order of the file.
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Single { choices, .. }
            | Self::Multiple { choices, .. }
            | Self::Ranking { choices, .. }
            | Self::ConstantSum { choices, .. } => choices,
            _ => &[],
        }
    }

    pub fn allows_not_applicable(&self) -> bool {
        matches!(
            self,
            Self::Rating { not_applicable: true, .. }
                | Self::Differential { not_applicable: true, .. }
                | Self::YesNo { not_applicable: true, .. }
        )
    }

    /// Whether each person sees the choices in an order of their own.
    pub fn is_random(&self) -> bool {
        matches!(
            self,
            Self::Single { random: true, .. }
                | Self::Multiple { random: true, .. }
                | Self::Ranking { random: true, .. }
                | Self::ConstantSum { random: true, .. }
        )
    }
}

impl Choice {
    /// Whether it stays where the file has it when the others change places: it only makes sense
    /// after them.
    pub fn keeps_its_place(&self) -> bool {
        self.other || self.exclusive
    }
}

impl Scale {
    /// The highest point.
    pub fn last(&self) -> i64 {
        self.from + self.points - 1
    }

    pub fn holds(&self, x: i64) -> bool {
        (self.from..=self.last()).contains(&x)
    }

    /// The points with what each means, lowest first. Where only the ends are named, the points
    /// between them mean nothing but their number.
    pub fn values(&self) -> impl Iterator<Item = (i64, Option<&Texts>)> {
        (self.from..=self.last()).zip(0usize..).map(|(x, at)| (x, self.labels.get(at).or_else(|| self.end(x))))
    }

    fn end(&self, x: i64) -> Option<&Texts> {
        match x {
            x if x == self.from => Some(&self.low),
            x if x == self.last() => Some(&self.high),
            _ => None,
        }
    }
}

fn numbers() -> Display {
    Display::Numbers
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_numbers(display: &Display) -> bool {
    *display == Display::Numbers
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
