//! A survey file as a tree of tables that remembers where everything stands and collects faults.

use super::PLACEHOLDERS;
use super::logic;
use super::reason::Reason;
use crate::domain::language::{Language, Texts};
use crate::error::{Code, Error, Fault, Place};
use chrono::NaiveDate;
use std::fmt::Display;
use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

/// Longer texts than this are read by nobody.
const TEXT_MOST: usize = 2000;

/// The file, and what was found wrong with it so far.
pub(super) struct Source<'t> {
    file: &'t str,
    text: &'t str,
    line_starts: Vec<usize>,
    faults: Vec<(usize, Fault)>,
    /// Texts that repeat an answer: where, under which key, and its name.
    pipes: Vec<(usize, String, String)>,
    /// The language that stands in for texts which are not translated, and where it does.
    fallback: Option<Language>,
    gaps: Vec<(usize, Fault)>,
}

/// A value and the byte at which it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<T> {
    pub value: T,
    pub at: usize,
}

/// A table of the file, and which of its keys have been asked for.
pub(super) struct Table<'t> {
    entries: &'t DeTable<'t>,
    /// Where it begins: the place of what is missing in it.
    pub at: usize,
    asked: Vec<&'static str>,
}

impl<'t> Source<'t> {
    pub fn new(file: &'t str, text: &'t str) -> Self {
        let line_starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file, text, line_starts, faults: Vec::new(), pipes: Vec::new(), fallback: None, gaps: Vec::new() }
    }

    /// Notes a fault at a byte of the file.
    pub fn fault(&mut self, at: usize, reason: Reason, args: &[(&'static str, &dyn Display)]) {
        let mut fault = Fault::new(self.place(at), Code::SurveyFaulty).with("reason", reason.as_str());
        for (name, value) in args {
            fault = fault.with(name, value);
        }
        self.faults.push((at, fault));
    }

    /// From now on a text may be missing in any language but this one.
    pub fn fall_back_to(&mut self, language: Option<Language>) {
        self.fallback = language;
    }

    /// The texts that are not translated, in the order of the file.
    pub fn take_gaps(&mut self) -> Vec<(usize, Fault)> {
        let mut gaps = std::mem::take(&mut self.gaps);
        gaps.sort_by_key(|(at, _)| *at);
        gaps
    }

    fn gap(&mut self, at: usize, key: &str, language: &Language, fallback: &Language) {
        let fault = Fault::new(self.place(at), Code::SurveyFaulty)
            .with("reason", Reason::TranslationFallback.as_str())
            .with("key", key)
            .with("language", language)
            .with("fallback", fallback);
        self.gaps.push((at, fault));
    }

    pub fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    /// The faults in the order of the file.
    pub fn into_error(mut self) -> Error {
        self.faults.sort_by_key(|(at, _)| *at);
        Error::faulty(self.faults.into_iter().map(|(_, fault)| fault).collect())
    }

    /// The file from a byte on.
    pub fn rest(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or_default()
    }

    /// The texts that repeat an answer, which is looked up when all questions are read.
    pub fn take_pipes(&mut self) -> Vec<(usize, String, String)> {
        std::mem::take(&mut self.pipes)
    }

    /// Looks at what a text repeats. Answers stand where the page can change what it says, and not in
    /// headings and labels.
    fn check_pipes(&mut self, at: usize, key: &str, text: &str) {
        for pipe in logic::pipes(text) {
            let answers = pipe.name.starts_with(logic::ANSWER);
            if !answers && !logic::SPOKEN.contains(&pipe.name) {
                let known: Vec<&str> = PLACEHOLDERS.iter().chain(logic::SPOKEN).copied().chain(["answer.…"]).collect();
                let known = known.join(", ");
                let args: &[(&'static str, &dyn Display)] =
                    &[("key", &key), ("placeholder", &pipe.name), ("known", &known)];
                self.fault(at, Reason::PlaceholderUnknown, args);
            } else if pipe.fallback.is_none() && pipe.name != logic::ALWAYS {
                let args: &[(&'static str, &dyn Display)] = &[("key", &key), ("placeholder", &pipe.name)];
                self.fault(at, Reason::PlaceholderFallback, args);
            } else if answers && !["text", "about", "hint", "thanks"].contains(&key) {
                let args: &[(&'static str, &dyn Display)] = &[("key", &key), ("placeholder", &pipe.name)];
                self.fault(at, Reason::PlaceholderUnfit, args);
            } else if answers {
                self.pipes.push((at, key.to_owned(), pipe.name.to_owned()));
            }
        }
    }

    /// Line and column count from 1, and columns are characters as an editor counts them.
    fn place(&self, at: usize) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|before| self.line_starts.get(before)).copied().unwrap_or(0);
        let before = self.text.get(start..at).unwrap_or_default();
        Place::Line { file: self.file.to_owned(), line, column: before.chars().count() + 1 }
    }

    fn check_text(&mut self, at: usize, key: &str, language: &Language, text: &str) {
        let count = text.chars().count();
        if text.trim().is_empty() {
            self.fault(at, Reason::TextEmpty, &[("key", &key), ("language", language)]);
        } else if count > TEXT_MOST {
            let args: &[(&'static str, &dyn Display)] =
                &[("key", &key), ("language", language), ("count", &count), ("max", &TEXT_MOST)];
            self.fault(at, Reason::TextTooLong, args);
        } else if text.chars().any(|c| c.is_control() && c != '\n') {
            self.fault(at, Reason::TextControl, &[("key", &key), ("language", language)]);
        }
        self.check_pipes(at, key, text);
        for placeholder in placeholders(text).filter(|name| !PLACEHOLDERS.contains(name)) {
            let known = PLACEHOLDERS.join(", ");
            let args: &[(&'static str, &dyn Display)] =
                &[("key", &key), ("placeholder", &placeholder), ("known", &known)];
            self.fault(at, Reason::PlaceholderUnknown, args);
        }
    }
}

/// The names between braces; braces around anything but a name are plain characters.
fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).filter(|name| is_name(name))
}

/// What names questions, choices, aspects: a lower-case letter, then letters, digits, underscores.
fn is_name(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl<'t> Table<'t> {
    pub fn new(entries: &'t DeTable<'t>, at: usize) -> Self {
        Self { entries, at, asked: Vec::new() }
    }

    pub fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// The names and positions of the entries of a table whose keys are free, in the order of the file.
    pub fn names(&self) -> Vec<At<&'t str>> {
        let mut names: Vec<_> =
            self.entries.keys().map(|key| At { value: key.get_ref().as_ref(), at: key.span().start }).collect();
        names.sort_by_key(|name| name.at);
        names
    }

    /// Notes a key that must be there and is not.
    pub fn require(&self, source: &mut Source<'_>, key: &'static str) {
        if !self.has(key) {
            source.fault(self.at, Reason::KeyMissing, &[("key", &key)]);
        }
    }

    /// Takes a key as known whose fault is told already.
    pub fn pass_over(&mut self, key: &'static str) {
        self.asked.push(key);
    }

    /// Notes every key that nobody has asked for. `elsewhere` are keys that would be right for
    /// another kind of question than `kind`.
    pub fn close(self, source: &mut Source<'_>, kind: &str, elsewhere: &[&str]) {
        for name in self.names().into_iter().filter(|name| !self.asked.contains(&name.value)) {
            if elsewhere.contains(&name.value) {
                source.fault(name.at, Reason::KeyUnfit, &[("key", &name.value), ("kind", &kind)]);
            } else {
                let known = self.asked.join(", ");
                source.fault(name.at, Reason::KeyUnknown, &[("key", &name.value), ("known", &known)]);
            }
        }
    }

    pub fn string(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<At<&'t str>> {
        self.value(source, key, "string", |value| value.as_str())
    }

    pub fn boolean(&mut self, source: &mut Source<'_>, key: &'static str) -> bool {
        self.value(source, key, "boolean", |value| value.as_bool()).is_some_and(|found| found.value)
    }

    /// A name that must be there.
    pub fn name(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<At<&'t str>> {
        self.require(source, key);
        self.name_if_any(source, key)
    }

    pub fn name_if_any(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<At<&'t str>> {
        let found = self.string(source, key)?;
        if is_name(found.value) {
            return Some(found);
        }
        source.fault(found.at, Reason::NameMalformed, &[("key", &key), ("value", &found.value)]);
        None
    }

    pub fn integer(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<At<i64>> {
        let found = self.value(source, key, "integer", |value| value.as_integer())?;
        let number = i64::from_str_radix(found.value.as_str(), found.value.radix()).ok();
        match number.filter(|number| range.contains(number)) {
            Some(value) => Some(At { value, at: found.at }),
            None => {
                let (least, most) = range.into_inner();
                let args: &[(&'static str, &dyn Display)] =
                    &[("key", &key), ("value", found.value), ("min", &least), ("max", &most)];
                source.fault(found.at, Reason::NumberOutOfRange, args);
                None
            }
        }
    }

    /// A decimal of at most three places, in thousandths.
    pub fn thousandths(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<i64> {
        let found = self.value(source, key, "number", |value| match value {
            DeValue::Integer(number) => Some(number.to_string()),
            DeValue::Float(number) => Some(number.to_string()),
            _ => None,
        })?;
        let scaled = found.value.parse::<f64>().unwrap_or(f64::NAN) * 1000.0;
        let rounded = scaled.round();
        if (scaled - rounded).abs() < 1e-6 && rounded.abs() < 1e15 && range.contains(&(rounded as i64)) {
            return Some(rounded as i64);
        }
        let (least, most) = (*range.start() as f64 / 1000.0, *range.end() as f64 / 1000.0);
        let args: &[(&'static str, &dyn Display)] =
            &[("key", &key), ("value", &found.value), ("min", &least), ("max", &most)];
        source.fault(found.at, Reason::NumberOutOfRange, args);
        None
    }

    /// A day without a time.
    pub fn date(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<NaiveDate> {
        let found = self.value(source, key, "date", |value| match value {
            DeValue::Datetime(Datetime { date: Some(date), time: None, offset: None }) => {
                NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day))
            }
            _ => None,
        });
        found.map(|found| found.value)
    }

    pub fn table(&mut self, source: &mut Source<'_>, key: &'static str) -> Option<Table<'t>> {
        let found = self.value(source, key, "table", |value| value.as_table())?;
        Some(Table::new(found.value, self.key_at(key)))
    }

    /// A table under a free key.
    pub fn entry(&self, source: &mut Source<'_>, name: At<&'t str>) -> Option<Table<'t>> {
        let value = self.entries.get(name.value)?;
        match value.get_ref().as_table() {
            Some(entries) => Some(Table::new(entries, name.at)),
            None => {
                wrong_type(source, name.value, "table", value);
                None
            }
        }
    }

    /// A list of tables; nothing is the empty list.
    pub fn tables(&mut self, source: &mut Source<'_>, key: &'static str) -> Vec<Table<'t>> {
        let mut tables = Vec::new();
        for value in self.list(source, key) {
            match value.get_ref().as_table() {
                Some(entries) => tables.push(Table::new(entries, value.span().start)),
                None => wrong_type(source, key, "table", value),
            }
        }
        tables
    }

    /// A list of strings; nothing is the empty list.
    pub fn strings(&mut self, source: &mut Source<'_>, key: &'static str) -> Vec<At<&'t str>> {
        let mut strings = Vec::new();
        for value in self.list(source, key) {
            match value.get_ref().as_str() {
                Some(text) => strings.push(At { value: text, at: value.span().start }),
                None => wrong_type(source, key, "string", value),
            }
        }
        strings
    }

    /// A text that must be there, in all languages of the survey.
    pub fn texts(&mut self, source: &mut Source<'_>, key: &'static str, languages: &[Language]) -> Texts {
        self.require(source, key);
        self.texts_if_any(source, key, languages)
    }

    /// A text that may be left out; if it is there, then in all languages of the survey.
    pub fn texts_if_any(&mut self, source: &mut Source<'_>, key: &'static str, languages: &[Language]) -> Texts {
        let mut texts = Texts::default();
        let Some(table) = self.table(source, key) else { return texts };
        for (language, value) in table.by_language(source, key, languages) {
            match value.get_ref().as_str() {
                Some(text) => {
                    source.check_text(value.span().start, key, &language, text);
                    texts.0.insert(language, text.trim().to_owned());
                }
                None => wrong_type(source, key, "string", value),
            }
        }
        if let Some(instead) = source.fallback.as_ref().and_then(|language| texts.0.get(language)).cloned() {
            languages.iter().for_each(|language| {
                texts.0.entry(language.clone()).or_insert_with(|| instead.clone());
            });
        }
        texts
    }

    /// Lists of texts, one list for each language of the survey.
    pub fn text_lists(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        languages: &[Language],
    ) -> Vec<(Language, At<Vec<String>>)> {
        let mut lists = Vec::new();
        let Some(table) = self.table(source, key) else { return lists };
        for (language, value) in table.by_language(source, key, languages) {
            let Some(array) = value.get_ref().as_array() else {
                wrong_type(source, key, "array", value);
                continue;
            };
            let mut list = Vec::new();
            for item in array.iter() {
                match item.get_ref().as_str() {
                    Some(text) => {
                        source.check_text(item.span().start, key, &language, text);
                        list.push(text.trim().to_owned());
                    }
                    None => wrong_type(source, key, "string", item),
                }
            }
            lists.push((language, At { value: list, at: value.span().start }));
        }
        let instead = source.fallback.as_ref().and_then(|fallback| lists.iter().find(|(one, _)| one == fallback));
        if let Some(instead) = instead.map(|(_, list)| list.clone()) {
            for language in languages {
                if !lists.iter().any(|(one, _)| one == language) {
                    lists.push((language.clone(), instead.clone()));
                }
            }
        }
        lists
    }

    /// Where a key of this table stands; the table's own place if it is not there.
    pub fn key_at(&self, key: &str) -> usize {
        self.entries.get_key_value(key).map_or(self.at, |(key, _)| key.span().start)
    }

    /// The entries of a text by language; notes languages that are missing or do not belong.
    fn by_language(
        &self,
        source: &mut Source<'_>,
        key: &'static str,
        languages: &[Language],
    ) -> Vec<(Language, &'t Spanned<DeValue<'t>>)> {
        let mut found = Vec::new();
        for name in self.names() {
            let language = Language::parse(name.value).ok().filter(|language| languages.contains(language));
            match (language, self.entries.get(name.value)) {
                (Some(language), _) if found.iter().any(|(one, _)| *one == language) => {
                    source.fault(name.at, Reason::LanguageTwice, &[("language", &name.value)]);
                }
                (Some(language), Some(value)) => found.push((language, value)),
                // A survey without valid languages has been told so; its texts are not at fault.
                _ if languages.is_empty() => {}
                _ => source.fault(name.at, Reason::TranslationExtra, &[("key", &key), ("language", &name.value)]),
            }
        }
        for language in languages.iter().filter(|language| !found.iter().any(|(one, _)| one == *language)) {
            match source.fallback.clone().filter(|fallback| fallback != language) {
                Some(fallback) => source.gap(self.at, key, language, &fallback),
                None => source.fault(self.at, Reason::TranslationMissing, &[("key", &key), ("language", language)]),
            }
        }
        found
    }

    fn list(&mut self, source: &mut Source<'_>, key: &'static str) -> &'t [Spanned<DeValue<'t>>] {
        self.value(source, key, "array", |value| value.as_array()).map_or(&[], |found| found.value)
    }

    fn value<T>(
        &mut self,
        source: &mut Source<'_>,
        key: &'static str,
        expected: &'static str,
        read: impl Fn(&'t DeValue<'t>) -> Option<T>,
    ) -> Option<At<T>> {
        self.asked.push(key);
        let value = self.entries.get(key)?;
        let read = read(value.get_ref());
        if read.is_none() {
            wrong_type(source, key, expected, value);
        }
        read.map(|read| At { value: read, at: value.span().start })
    }
}

fn wrong_type(source: &mut Source<'_>, key: &str, expected: &'static str, found: &Spanned<DeValue<'_>>) {
    let args: &[(&'static str, &dyn Display)] =
        &[("key", &key), ("expected", &expected), ("found", &found.get_ref().type_str())];
    source.fault(found.span().start, Reason::TypeWrong, args);
}
