//! What somebody has told us, said back.

use crate::domain::answer::{Answer, Answers, NO, YES};
use crate::domain::language::{Language, Texts};
use crate::domain::survey::{Body, ContactPart, Definition, Question, fill};
use crate::text::Reader;

/// One answer as it is said back.
#[derive(Debug, PartialEq, Eq)]
pub enum Said {
    /// A question in a few words, and the answer.
    Line(String, String),
    /// Own words.
    Words(String),
}

/// What somebody has told us, in the order of the questions.
pub fn said(
    definition: &Definition,
    answers: &Answers,
    language: &Language,
    company: &str,
    reader: &Reader,
) -> Vec<Said> {
    said_where(definition, answers, language, company, reader, &|_| true)
}

/// The same of some questions alone.
pub fn said_where(
    definition: &Definition,
    answers: &Answers,
    language: &Language,
    company: &str,
    reader: &Reader,
    which: &dyn Fn(&Question) -> bool,
) -> Vec<Said> {
    let voice = Voice { language, company, reader };
    definition
        .questions()
        .filter(|question| which(question))
        .filter_map(|question| {
            let value = match answers.get(&question.key)? {
                Answer::Text(words) => return Some(Said::Words(words.clone())),
                answer => voice.say(question, answer, answers),
            };
            Some(Said::Line(voice.text(question.label()), value))
        })
        .collect()
}

struct Voice<'a> {
    language: &'a Language,
    company: &'a str,
    reader: &'a Reader,
}

impl Voice<'_> {
    /// A text of the survey.
    fn text(&self, texts: &Texts) -> String {
        fill(texts.for_reader(self.language), self.company)
    }

    /// A text of ours without anything in it.
    fn ours(&self, id: &str) -> String {
        self.reader.text(id, &[])
    }

    fn say(&self, question: &Question, answer: &Answer, answers: &Answers) -> String {
        match answer {
            Answer::Score(x) => {
                let last = question.scale().map_or(0, |scale| scale.last());
                self.reader.text("respond-points", &[("x", (*x).into()), ("last", last.into())])
            }
            Answer::NotApplicable => self.ours("respond-na"),
            Answer::Choice(key) => match &question.body {
                Body::YesNo { yes, .. } if key == YES => self.word(yes, "respond-yes"),
                Body::YesNo { no, .. } if key == NO => self.word(no, "respond-no"),
                _ => self.chosen(question, std::slice::from_ref(key), answers),
            },
            Answer::Choices(keys) => self.chosen(question, keys, answers),
            Answer::Text(words) | Answer::Line(words) => words.clone(),
            Answer::Ranking(ranked) => {
                let one = |(key, rank): (&String, i64)| {
                    let words = self.choice(question, key);
                    self.reader.text("respond-ranked", &[("rank", rank.into()), ("choice", words.into())])
                };
                self.join(ranked.iter().zip(1..).map(one))
            }
            Answer::Shares(shares) => {
                let given = question.choices().iter().filter_map(|choice| {
                    let share = shares.get(&choice.key).filter(|share| **share > 0)?;
                    Some(self.pair(&self.text(&choice.text), &self.reader.integer(*share)))
                });
                self.join(given)
            }
            Answer::Number(x) => {
                let number = number(self.reader, *x);
                match &question.body {
                    Body::Number { unit, .. } if !unit.0.is_empty() => {
                        let unit = self.text(unit);
                        self.reader.text("respond-with-unit", &[("x", number.into()), ("unit", unit.into())])
                    }
                    _ => number,
                }
            }
            Answer::Date(day) => self.reader.date_long(*day),
            Answer::Contact(details) => {
                self.join(ContactPart::ALL.iter().filter_map(|part| details.part(*part)).map(ToOwned::to_owned))
            }
            Answer::Consent { .. } => self.ours("respond-agreed"),
        }
    }

    fn word(&self, own: &Texts, ours: &str) -> String {
        if own.0.is_empty() { self.ours(ours) } else { self.text(own) }
    }

    fn chosen(&self, question: &Question, keys: &[String], answers: &Answers) -> String {
        self.join(question.choices().iter().filter(|choice| keys.contains(&choice.key)).map(|choice| {
            match answers.text(&question.other_field()).filter(|_| choice.other) {
                Some(words) => self.pair(&self.text(&choice.text), words),
                None => self.text(&choice.text),
            }
        }))
    }

    fn choice(&self, question: &Question, key: &str) -> String {
        question.choices().iter().find(|choice| choice.key == key).map_or_else(String::new, |one| self.text(&one.text))
    }

    fn pair(&self, name: &str, value: &str) -> String {
        format!("{name}{}{value}", self.ours("respond-colon"))
    }

    fn join(&self, parts: impl Iterator<Item = String>) -> String {
        parts.collect::<Vec<_>>().join(&self.ours("respond-list-gap"))
    }
}

/// A number of thousandths with as many decimals as it has.
pub(super) fn number(reader: &Reader, x: i64) -> String {
    let decimals = match x {
        x if x % 1000 == 0 => 0,
        x if x % 100 == 0 => 1,
        x if x % 10 == 0 => 2,
        _ => 3,
    };
    reader.number(x as f64 / 1000.0, decimals)
}
