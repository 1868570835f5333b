//! What each kind of question is answered with.

use super::{File, Rated, Source, Table, word};
use crate::domain::survey::{Body, ContactPart, Display, Pattern, Polarity, Reason, Scale};
use std::fmt::Display as Show;
use std::ops::RangeInclusive;

/// How many characters a text answer takes unless the file says otherwise, and at most.
const TEXT_USUAL: usize = 2000;
const TEXT_MOST: usize = 10_000;
/// The same for one line.
const LINE_USUAL: usize = 200;
const LINE_MOST: usize = 500;

/// What a constant sum may be at most: nobody spreads more by hand.
const TOTAL_MOST: i64 = 1_000_000;

/// The numbers that are taken, in thousandths: up to a billion either way.
const NUMBERS: RangeInclusive<i64> = -1_000_000_000_000..=1_000_000_000_000;

impl File {
    pub(super) fn body(
        &mut self,
        source: &mut Source<'_>,
        table: &mut Table<'_>,
        question: &str,
        kind: &'static str,
        rated: &mut Rated,
    ) -> Option<Body> {
        match kind {
            "recommend" | "rating" | "effort" | "differential" => self.rated(source, table, question, kind, rated),
            "single" => {
                let choices = self.choices(source, table, question, kind);
                Some(Body::Single { choices, random: table.boolean(source, "random") })
            }
            "multiple" => {
                let choices = self.choices(source, table, question, kind);
                // What stands alone adds nothing to the number of those that stand together.
                let together = choices.iter().filter(|choice| !choice.exclusive).count().max(1);
                let most = count(source, table, "most", 1, together);
                let least = count(source, table, "least", 1, most.unwrap_or(together));
                Some(Body::Multiple { choices, least, most, random: table.boolean(source, "random") })
            }
            "ranking" => {
                let choices = self.choices(source, table, question, kind);
                let most = count(source, table, "most", 1, choices.len().max(1)).unwrap_or(choices.len());
                let least = count(source, table, "least", 1, most.max(1)).unwrap_or(most);
                Some(Body::Ranking { choices, least, most, random: table.boolean(source, "random") })
            }
            "constant_sum" => {
                let choices = self.choices(source, table, question, kind);
                let total = table.integer(source, "total", 1..=TOTAL_MOST).map_or(100, |found| found.value);
                let unit = table.texts_if_any(source, "unit", &self.languages);
                Some(Body::ConstantSum { choices, total, unit, random: table.boolean(source, "random") })
            }
            "yes_no" => Some(Body::YesNo {
                yes: table.texts_if_any(source, "yes", &self.languages),
                no: table.texts_if_any(source, "no", &self.languages),
                not_applicable: table.boolean(source, "not_applicable"),
            }),
            "number" => Some(self.number(source, table, question)),
            "date" => {
                let min = table.date(source, "min");
                let max = table.date(source, "max");
                check_order(source, table, question, min, max);
                Some(Body::Date { min, max })
            }
            "line" => Some(self.line(source, table, question)),
            "text" => {
                let most = count(source, table, "most", 1, TEXT_MOST).unwrap_or(TEXT_USUAL);
                Some(Body::Text {
                    least: count(source, table, "least", 1, most).unwrap_or(0),
                    most,
                    lines: count(source, table, "lines", 1, 20).unwrap_or(4),
                    placeholder: table.texts_if_any(source, "placeholder", &self.languages),
                })
            }
            "contact" => Some(contact(source, table)),
            _ => {
                let statement = table.texts(source, "statement", &self.languages);
                table.require(source, "statement_version");
                let version = table.integer(source, "statement_version", 1..=i64::from(i32::MAX));
                Some(Body::Consent { statement, statement_version: version?.value })
            }
        }
    }

    fn rated(
        &mut self,
        source: &mut Source<'_>,
        table: &mut Table<'_>,
        question: &str,
        kind: &'static str,
        rated: &mut Rated,
    ) -> Option<Body> {
        let scale = if kind == "differential" {
            let (name, scale) = self.poles(source, table, question);
            rated.scale = Some(name);
            scale
        } else {
            let (name, scale) = self.scale_of(source, table, question);
            rated.scale = name;
            scale
        };
        if let Some(weight) = weight(source, table) {
            rated.weight = weight;
        }
        let ends = match kind {
            "recommend" => Some((0, 10, Reason::RecommendScale)),
            "effort" => Some((1, 7, Reason::EffortScale)),
            _ => None,
        };
        if let (Some((from, last, reason)), Some(scale)) = (ends, &scale)
            && (scale.from, scale.last()) != (from, last)
        {
            let found = scale.last();
            let args: &[(&'static str, &dyn Show)] =
                &[("question", &question), ("from", &scale.from), ("last", &found)];
            source.fault(table.key_at("scale"), reason, args);
        }
        if kind == "recommend" {
            return scale.map(|scale| Body::Recommend { scale });
        }
        if let Some(polarity) = polarity(source, table) {
            rated.polarity = polarity;
        }
        rated.group = table.name_if_any(source, "group").map(|found| found.value.to_owned());
        let not_applicable = table.boolean(source, "not_applicable");
        if kind == "differential" {
            return scale.map(|scale| Body::Differential { scale, not_applicable });
        }
        let display = if kind == "rating" { display(source, table) } else { Display::Numbers };
        scale.map(|scale: Scale| Body::Rating { scale, not_applicable, display })
    }

    fn number(&self, source: &mut Source<'_>, table: &mut Table<'_>, question: &str) -> Body {
        let min = table.thousandths(source, "min", NUMBERS);
        let max = table.thousandths(source, "max", NUMBERS);
        check_order(source, table, question, min, max);
        let step = table.thousandths(source, "step", 1..=*NUMBERS.end()).unwrap_or(1000);
        Body::Number { min, max, step, unit: table.texts_if_any(source, "unit", &self.languages) }
    }

    fn line(&self, source: &mut Source<'_>, table: &mut Table<'_>, question: &str) -> Body {
        let most = count(source, table, "most", 1, LINE_MOST).unwrap_or(LINE_USUAL);
        let least = count(source, table, "least", 1, most).unwrap_or(0);
        let pattern = table.string(source, "pattern");
        if let Some(pattern) = pattern
            && let Err(detail) = Pattern::parse(pattern.value)
        {
            let args: &[(&'static str, &dyn Show)] = &[("question", &question), ("detail", &detail)];
            source.fault(pattern.at, Reason::PatternMalformed, args);
        }
        // Who is refused for a pattern has to be told what it asks for, and in words.
        match (table.has("pattern"), table.has("expected")) {
            (true, false) => table.require(source, "expected"),
            (false, true) => table.require(source, "pattern"),
            _ => {}
        }
        Body::Line {
            least,
            most,
            pattern: pattern.map(|found| found.value.to_owned()),
            expected: table.texts_if_any(source, "expected", &self.languages),
            placeholder: table.texts_if_any(source, "placeholder", &self.languages),
        }
    }
}

pub(super) fn polarity(source: &mut Source<'_>, table: &mut Table<'_>) -> Option<Polarity> {
    word(source, table, "polarity", Reason::PolarityUnknown, Polarity::ALL, Polarity::as_str).map(|found| found.value)
}

pub(super) fn weight(source: &mut Source<'_>, table: &mut Table<'_>) -> Option<i64> {
    table.thousandths(source, "weight", 1..=100_000)
}

pub(super) fn display(source: &mut Source<'_>, table: &mut Table<'_>) -> Display {
    word(source, table, "display", Reason::DisplayUnknown, Display::ALL, Display::as_str)
        .map_or(Display::Numbers, |found| found.value)
}

/// A number of things or of characters.
fn count(
    source: &mut Source<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    least: usize,
    most: usize,
) -> Option<usize> {
    let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let found = table.integer(source, key, whole(least)..=whole(most))?;
    usize::try_from(found.value).ok()
}

/// A range whose ends are the wrong way round takes nothing.
fn check_order<T: PartialOrd>(
    source: &mut Source<'_>,
    table: &Table<'_>,
    question: &str,
    min: Option<T>,
    max: Option<T>,
) {
    if let (Some(min), Some(max)) = (min, max)
        && min > max
    {
        source.fault(table.key_at("max"), Reason::RangeEmpty, &[("question", &question)]);
    }
}

fn contact(source: &mut Source<'_>, table: &mut Table<'_>) -> Body {
    let (ask, words) = contact_parts(source, table, "ask");
    let (need, _) = contact_parts(source, table, "need");
    if table.has("ask") && words == 0 {
        source.fault(table.key_at("ask"), Reason::ListEmpty, &[("key", &"ask")]);
    }
    let ask = if table.has("ask") { ask } else { ContactPart::ALL.to_vec() };
    if let Some(part) = need.iter().find(|part| !ask.contains(part)) {
        source.fault(table.key_at("need"), Reason::ContactPartUnasked, &[("value", &part.as_str())]);
    }
    Body::Contact { ask, need }
}

/// The lines of contact details that a list names, and how many words there are in it, known or not.
fn contact_parts(source: &mut Source<'_>, table: &mut Table<'_>, key: &'static str) -> (Vec<ContactPart>, usize) {
    let mut parts = Vec::new();
    let words = table.strings(source, key);
    let count = words.len();
    for word in words {
        match ContactPart::parse(word.value) {
            Some(part) if parts.contains(&part) => {
                source.fault(word.at, Reason::ContactPartTwice, &[("value", &word.value)]);
            }
            Some(part) => parts.push(part),
            None => {
                let known = ContactPart::ALL.iter().map(|part| part.as_str()).collect::<Vec<_>>().join(", ");
                source.fault(word.at, Reason::ContactPartUnknown, &[("value", &word.value), ("known", &known)]);
            }
        }
    }
    (parts, count)
}
