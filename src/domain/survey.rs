//! Surveys: what is asked, in which words, and what each answer measures.
//!
//! An instrument is a text file (`surveys/*.toml`, described in `docs/surveys.md`) that becomes a
//! [`Definition`]: either it is valid as a whole, or all of its faults come back with their lines.
//!
//! ```
//! use bellwether::domain::survey::Definition;
//!
//! let text = r#"
//! key = "pulse"
//! version = 1
//! kind = "thematic"
//! languages = ["en"]
//! title.en = "Pulse"
//!
//! [scale.likelihood]
//! from = 0
//! points = 11
//! low.en = "not at all likely"
//! high.en = "extremely likely"
//!
//! [[page]]
//! key = "only"
//! title.en = "Recommend"
//!
//! [[page.question]]
//! key = "recommend"
//! kind = "recommend"
//! scale = "likelihood"
//! text.en = "How likely are you to recommend {company}?"
//! "#;
//! let pulse = Definition::parse("pulse.toml", text).expect("it is valid");
//! assert_eq!(pulse.questions().count(), 1);
//!
//! let error = Definition::parse("pulse.toml", &text.replace("= 11", "= 10")).expect_err("it is not");
//! assert_eq!(error.faults()[0].place.to_string(), "pulse.toml:21:1");
//! ```

/// An enumeration whose members are words in survey files and in the store.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that files and the store use.
            pub fn as_str(self) -> &'static str { match self { $(Self::$variant => $word,)+ } }

            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

mod after;
mod body;
pub mod comparison;
mod library;
pub mod logic;
mod order;
mod parsing;
mod pattern;
mod programme;
mod reason;
mod source;

pub use after::{Gap, Group as ScoreGroup, Reference, Review, SameAs, Thanks, ThanksWhen};
pub use body::{Body, Choice, ContactPart, Display, Scale};
pub use library::{library, library_files};
pub use order::arrange;
pub use pattern::Pattern;
pub use reason::Reason;

use super::account::AccountKind;
use super::index::composite::{self, Item};
use super::language::{Language, Texts};
use crate::error::{Error, Fault};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The aspect of a question about everything together: what CSAT is taken from. It is no service
/// aspect and no item of the satisfaction index.
pub const OVERALL: &str = "overall";

/// What a text of a survey may stand open for; [`fill`] puts it in.
pub const PLACEHOLDERS: &[&str] = &["company"];

/// What is stored for an answer "not applicable"; no choice may have this key.
pub const NOT_APPLICABLE: &str = "na";

words! {
    /// What sort of survey an instrument is for.
    SurveyKind {
        /// The fixed, comprehensive questionnaire, once or twice a year.
        Relationship = "relationship",
        /// After an event: a delivery, a visit, a complaint closed.
        Transactional = "transactional",
        /// One subject, once or now and then.
        Thematic = "thematic",
        /// Fielded by an agency; responses are imported.
        ThirdParty = "third_party",
        /// Asked by telephone or on paper; entered on behalf of the contact.
        Assisted = "assisted",
        /// A visit that is not announced, by our own people.
        MysteryVisit = "mystery_visit",
        /// A check of a site or team, by our own people.
        SpotCheck = "spot_check",
        /// For employees.
        Internal = "internal",
        /// For suppliers and dealers.
        Partner = "partner",
    }
}

words! {
    /// What a question measures.
    ItemMeasure {
        Recommendation = "recommendation",
        Satisfaction = "satisfaction",
        Effort = "effort",
        Expectation = "expectation",
        /// Closeness to the ideal.
        Ideal = "ideal",
        /// Value for money.
        Value = "value",
        /// The pull of competitors, and value against theirs.
        Competition = "competition",
        Repurchase = "repurchase",
        CrossPurchase = "cross_purchase",
        PriceTolerance = "price_tolerance",
        ShareOfWallet = "share_of_wallet",
        SwitchingCost = "switching_cost",
        /// How a matter ended for the customer.
        Outcome = "outcome",
        /// The reason for a score.
        Reason = "reason",
        Improvement = "improvement",
        /// How the employee who looks after the account is rated: apart from all indices.
        Employee = "employee",
        /// The permission to get in touch about the answers.
        Contact = "contact",
    }
}

words! {
    /// Which end of a scale is the good one.
    Polarity {
        /// The highest point is the best answer.
        Positive = "positive",
        /// The lowest point is the best answer.
        Negative = "negative",
    }
}

/// A valid instrument. Its JSON form is lossless and is what the store keeps of a published version.
///
/// Fields that are left at their default do not appear in the JSON: a field added by a later
/// program therefore leaves the fingerprints of what was published before as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub key: String,
    pub version: i32,
    pub kind: SurveyKind,
    /// At least one; the first is the one to offer where nothing is known of the reader.
    pub languages: Vec<Language>,
    /// The kinds of accounts whose contacts it asks; empty: those of [`SurveyKind::asks`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<AccountKind>,
    /// Whether nobody may know whose answers are whose: see [`anonymity`](super::anonymity).
    #[serde(default, skip_serializing_if = "is_false")]
    pub anonymous: bool,
    pub title: Texts,
    /// What stands above the first question; may be empty.
    #[serde(default, skip_serializing_if = "is_blank")]
    pub intro: Texts,
    /// What is said when the answers are in; may be empty.
    #[serde(default, skip_serializing_if = "is_blank")]
    pub thanks: Texts,
    /// What is said instead for some answers; the first that holds counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub thanks_when: Vec<ThanksWhen>,
    /// Where people may write about us; asked of all or of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// Whether they would speak for us; asked of all or of none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// The language that stands in for texts which are not translated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<Language>,
    /// Those texts, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
    /// When to send it, and to whom; for those who choose. May be empty, as may the next two.
    #[serde(default, skip_serializing_if = "is_blank")]
    pub purpose: Texts,
    /// Where the idea of the questions comes from.
    #[serde(default, skip_serializing_if = "is_blank")]
    pub source: Texts,
    /// Under which terms its words may be used, and whose marks they touch.
    #[serde(default, skip_serializing_if = "is_blank")]
    pub licence: Texts,
    /// What aspects are called that several questions ask for; others are called like their question.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aspect_names: BTreeMap<String, Texts>,
    pub pages: Vec<Page>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quotas: Vec<logic::Quota>,
}

/// One step of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    pub key: String,
    /// A few words that stand beside "step 1 of 3".
    pub title: Texts,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<Group>,
    pub questions: Vec<Question>,
    #[serde(default, skip_serializing_if = "logic::PageRules::is_none")]
    pub logic: logic::PageRules,
}

/// Ratings on the same scale under one heading; on a page they stand next to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub key: String,
    pub text: Texts,
    #[serde(default, skip_serializing_if = "is_blank")]
    pub hint: Texts,
}

/// One item of an instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub key: String,
    pub text: Texts,
    /// A few words for lists and charts; empty where the text itself is short.
    #[serde(default, skip_serializing_if = "is_blank")]
    pub short: Texts,
    /// Small print inside the question: what belongs to the aspect.
    #[serde(default, skip_serializing_if = "is_blank")]
    pub about: Texts,
    /// How to answer.
    #[serde(default, skip_serializing_if = "is_blank")]
    pub hint: Texts,
    #[serde(default, skip_serializing_if = "is_false")]
    pub required: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<ItemMeasure>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aspect: Option<String>,
    #[serde(default = "positive", skip_serializing_if = "is_positive")]
    pub polarity: Polarity,
    /// In thousandths, so that equal definitions are equal bit for bit; 1000 unless set.
    #[serde(default = "unit_weight", skip_serializing_if = "is_unit_weight")]
    pub weight: i64,
    /// The [`Group`] of the same page that it stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// That its new words mean what those of an earlier version meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<SameAs>,
    #[serde(default, skip_serializing_if = "logic::Rules::is_none")]
    pub logic: logic::Rules,
    pub body: Body,
}

/// What is drawn as one piece on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block<'a> {
    Question(&'a Question),
    Group(&'a Group, Vec<&'a Question>),
}

impl Definition {
    /// Reads a survey file.
    ///
    /// # Errors
    /// Every fault of the file in the order of its lines, each [`SurveyFaulty`](crate::error::Code::SurveyFaulty) with a
    /// [`Reason`] in its arguments and its line and column. A file that is not TOML has only the
    /// faults of its syntax.
    pub fn parse(file: &str, text: &str) -> Result<Self, Error> {
        Ok(Self::parse_with_warnings(file, text)?.0)
    }

    /// The same, with what is no fault and still worth telling: texts that are not translated, each with its
    /// line and column.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_with_warnings(file: &str, text: &str) -> Result<(Self, Vec<Fault>), Error> {
        parsing::parse(file, text)
    }

    /// The form that is kept of a published version.
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(Error::internal)
    }

    /// Reads what [`Self::to_json`] wrote.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        serde_json::from_str(json).map_err(Error::internal)
    }

    /// SHA-256 of the canonical form: what the store compares to see that a published version never
    /// changes. Layout, order of keys and comments of the file do not change it; every word that a
    /// customer reads and every number that counts does. Purpose, source and licence are not asked of
    /// anybody: they may be put right without a new version.
    pub fn fingerprint(&self) -> Result<[u8; 32], Error> {
        let (purpose, source, licence) = <(Texts, Texts, Texts)>::default();
        // Where a text stood in the file is not asked of anybody either.
        let asked = Self { purpose, source, licence, gaps: Vec::new(), ..self.clone() };
        Ok(Sha256::digest(asked.to_json()?.as_bytes()).into())
    }

    /// All questions in the order in which they are asked.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.pages.iter().flat_map(|page| &page.questions)
    }

    /// The questions that want an answer: all but information.
    pub fn asked(&self) -> impl Iterator<Item = &Question> {
        self.questions().filter(|question| question.is_asked())
    }

    pub fn question(&self, key: &str) -> Option<&Question> {
        self.questions().find(|question| question.key == key)
    }

    /// The question that NPS is taken from.
    pub fn recommendation(&self) -> Option<&Question> {
        self.questions().find(|question| question.measure == Some(ItemMeasure::Recommendation))
    }

    /// The question that CSAT is taken from.
    pub fn overall(&self) -> Option<&Question> {
        self.questions().find(|question| question.is_overall())
    }

    /// Whether it rates the employee who looks after the account.
    pub fn rates_employee(&self) -> bool {
        self.questions().any(|question| question.measure == Some(ItemMeasure::Employee))
    }

    /// The service aspects that the survey asks for, in order, each with its name: the one that the survey
    /// gives it, else the words of the first question that asks for it.
    pub fn aspects(&self) -> Vec<(&str, &Texts)> {
        let mut aspects: Vec<(&str, &Texts)> = Vec::new();
        for question in self.questions() {
            if let Some(aspect) = question.service_aspect()
                && !aspects.iter().any(|(known, _)| *known == aspect)
            {
                aspects.push((aspect, self.aspect_names.get(aspect).unwrap_or_else(|| question.label())));
            }
        }
        aspects
    }

    /// The language to show the survey in to a reader: theirs if it is there, else English, else
    /// the first of the survey.
    pub fn language_for(&self, reader: &Language) -> Language {
        reader
            .choose(&self.languages)
            .or_else(|| Language::english().choose(&self.languages))
            .or(self.languages.first())
            .cloned()
            .unwrap_or_else(Language::english)
    }
}

impl Page {
    /// The pieces of the page in order: questions that stand alone, and groups.
    pub fn blocks(&self) -> Vec<Block<'_>> {
        let mut blocks: Vec<Block<'_>> = Vec::new();
        for question in &self.questions {
            let group = question.group.as_deref().and_then(|key| self.groups.iter().find(|group| group.key == key));
            match (group, blocks.last_mut()) {
                (Some(group), Some(Block::Group(last, members))) if last.key == group.key => members.push(question),
                (Some(group), _) => blocks.push(Block::Group(group, vec![question])),
                (None, _) => blocks.push(Block::Question(question)),
            }
        }
        blocks
    }
}

impl Question {
    /// The words for lists and charts.
    pub fn label(&self) -> &Texts {
        if is_blank(&self.short) { &self.text } else { &self.short }
    }

    pub fn scale(&self) -> Option<&Scale> {
        self.body.scale()
    }

    pub fn choices(&self) -> &[Choice] {
        self.body.choices()
    }

    /// Whether the question wants an answer; information does not.
    pub fn is_asked(&self) -> bool {
        self.body != Body::Information
    }

    pub fn allows_not_applicable(&self) -> bool {
        self.body.allows_not_applicable()
    }

    /// The choice that opens a line for own words.
    pub fn other_choice(&self) -> Option<&Choice> {
        self.choices().iter().find(|choice| choice.other)
    }

    /// The form field, and the key among the answers, of the words behind the choice "other".
    pub fn other_field(&self) -> String {
        self.part_field("other")
    }

    /// The form field of a part of an answer: of one choice of a ranking, of a telephone number.
    pub fn part_field(&self, part: &str) -> String {
        format!("{}.{part}", self.key)
    }

    /// All form fields of the question.
    pub fn fields(&self) -> Vec<String> {
        let parts: Vec<&str> = match &self.body {
            Body::Information => return Vec::new(),
            Body::Ranking { choices, .. } | Body::ConstantSum { choices, .. } => {
                choices.iter().map(|choice| choice.key.as_str()).collect()
            }
            Body::Contact { ask, .. } => ask.iter().map(|part| part.as_str()).collect(),
            _ => {
                let other = self.other_choice().map(|_| self.other_field());
                return std::iter::once(self.key.clone()).chain(other).collect();
            }
        };
        parts.into_iter().map(|part| self.part_field(part)).collect()
    }

    /// Whether CSAT is taken from it.
    pub fn is_overall(&self) -> bool {
        self.measure == Some(ItemMeasure::Satisfaction) && self.aspect.as_deref() == Some(OVERALL)
    }

    /// The service aspect whose score, and with it the satisfaction index, the question feeds:
    /// ratings of satisfaction or value that name an aspect other than [`OVERALL`].
    pub fn service_aspect(&self) -> Option<&str> {
        let feeds = matches!(self.measure, Some(ItemMeasure::Satisfaction | ItemMeasure::Value));
        self.aspect.as_deref().filter(|aspect| feeds && self.scale().is_some() && *aspect != OVERALL)
    }

    /// What an index has to know of the question; nothing where it is not answered with a number.
    pub fn item(&self) -> Option<Item> {
        let scale = self.scale()?;
        let polarity = match self.polarity {
            Polarity::Positive => composite::Polarity::Rising,
            Polarity::Negative => composite::Polarity::Falling,
        };
        Item::new(scale.from as f64, scale.last() as f64, polarity, self.weight as f64 / 1000.0).ok()
    }

    /// Whether a point is among the best ones, which count as satisfied.
    pub fn is_top_box(&self, x: i64) -> bool {
        self.scale().is_some_and(|scale| {
            scale.holds(x)
                && match self.polarity {
                    Polarity::Positive => x > scale.last() - scale.top,
                    Polarity::Negative => x < scale.from + scale.top,
                }
        })
    }
}

/// A text with the name of the asking company put in for `{company}`, and with what is said instead
/// where it would repeat an answer or a name ([`logic::personal`] puts those in beforehand).
pub fn fill(text: &str, company: &str) -> String {
    logic::unpiped(text).replace("{company}", company)
}

fn is_blank(texts: &Texts) -> bool {
    texts.0.is_empty()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_false(value: &bool) -> bool {
    !value
}

fn positive() -> Polarity {
    Polarity::Positive
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_positive(polarity: &Polarity) -> bool {
    *polarity == Polarity::Positive
}

fn unit_weight() -> i64 {
    1000
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_unit_weight(weight: &i64) -> bool {
    *weight == unit_weight()
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use tests::every_kind;
#[cfg(test)]
pub(in crate::domain) use tests::sample;
