//! The fields of a form, and what can be said of a value before it is known what it means.

use crate::domain::survey::Question;
use crate::error::{Code, Fault};
use std::collections::BTreeMap;

/// How much of a value that is refused is repeated in the fault.
const QUOTED_MOST: usize = 60;

/// The fields of a form that nobody has read yet, without those of the page and the empty ones.
pub(super) struct Fields<'a>(BTreeMap<&'a str, Vec<&'a str>>);

impl<'a> Fields<'a> {
    pub fn of(form: &'a [(String, String)]) -> Self {
        let mut fields: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in form.iter().filter(|(name, _)| !name.starts_with('_')) {
            let values = fields.entry(name).or_default();
            if !value.trim().is_empty() {
                values.push(value);
            }
        }
        Self(fields)
    }

    /// The fields of one question, taken out of these.
    pub fn of_question(&mut self, question: &Question) -> Self {
        let mut own = BTreeMap::new();
        for name in question.fields() {
            own.extend(self.0.remove_entry(name.as_str()));
        }
        Self(own)
    }

    pub fn take(&mut self, name: &str) -> Vec<&'a str> {
        self.0.remove(name).unwrap_or_default()
    }

    pub fn left(&self) -> impl Iterator<Item = &'a str> {
        self.0.keys().copied()
    }
}

pub(super) fn fault(question: &Question, code: Code) -> Fault {
    Fault::field(&question.key, code)
}

/// The one value of a field that takes one.
pub(super) fn only<'a>(question: &Question, given: &[&'a str]) -> Result<Option<&'a str>, Fault> {
    match given {
        [] => Ok(None),
        [one] => Ok(Some(one)),
        [first, ..] => Err(fault(question, Code::ValueTwice).with("value", quote(first))),
    }
}

/// Own words as they are kept: line ends of one kind, tabs as spaces, no other control characters,
/// and none of the marks that turn the direction of what stands after them (UAX 9), since answers
/// are shown between words of ours.
pub(super) fn clean(text: &str) -> String {
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
pub(super) fn quote(value: &str) -> String {
    clean(value).chars().take(QUOTED_MOST).collect()
}
