//! What went wrong, in the words of the person who reads it: what it is, where, and what to do.

use super::{Reader, Value};
use crate::domain::survey::Reason;
use crate::error::{Code, Error, Fault, Place};

/// How much of somebody's input is repeated to them.
const MOST_CHARS: usize = 80;

/// What a text is given for a variable that the error does not carry: its texts have a variant for it.
const ABSENT: &str = "absent";

/// The arguments that are quantities; a number among them decides the plural and is grouped.
const QUANTITIES: &[&str] = &["count", "limit", "min", "max", "seconds", "minutes", "expected", "found"];

/// The sentence for an error. An error with one fault names its place; one with many says how many there
/// are, and [`describe_fault`] says each.
pub fn describe(reader: &Reader, error: &Error) -> String {
    match error.faults() {
        [fault] => describe_fault(reader, fault),
        _ => sentence(reader, error.code(), error.args()),
    }
}

/// "Field “email”: ...", "survey.toml, line 3, column 5: ..."
pub fn describe_fault(reader: &Reader, fault: &Fault) -> String {
    let text = fault_text(reader, fault);
    reader.text("fault-at", &[("place", describe_place(reader, &fault.place).into()), ("text", text.into())])
}

/// What is wrong, without the place: for a page that shows it beside the field.
pub fn fault_text(reader: &Reader, fault: &Fault) -> String {
    sentence(reader, fault.code, &fault.args)
}

/// Where a fault lies. A field with a text `field-<name>` is called by that.
pub fn describe_place(reader: &Reader, place: &Place) -> String {
    match place {
        Place::Field(name) => {
            let label = format!("field-{}", name.replace(['.', '_'], "-"));
            if reader.catalogue().has(&reader.language, &label) {
                return reader.text(&label, &[]);
            }
            reader.text("place-field", &[("name", readable(name).into())])
        }
        Place::Setting(name) => reader.text("place-setting", &[("name", readable(name).into())]),
        Place::Line { file, line, column } => reader.text(
            "place-line",
            // As text: nobody looks for line 1,234.
            &[
                ("file", readable(file).into()),
                ("line", line.to_string().into()),
                ("column", column.to_string().into()),
            ],
        ),
        Place::Cell { row, column } => {
            reader.text("place-cell", &[("row", row.to_string().into()), ("column", readable(column).into())])
        }
    }
}

/// The id of the text of a code: `value.out-of-range` is `error-value-out-of-range`.
pub fn text_id(code: Code) -> String {
    format!("error-{}", code.as_str().replace('.', "-"))
}

/// The id of the text of a fault in a survey file: each of its many reasons has a text of its own.
fn reason_id(code: Code, args: &[(&'static str, String)]) -> Option<String> {
    let (_, word) = args.iter().find(|(name, _)| code == Code::SurveyFaulty && *name == "reason")?;
    Some(format!("survey-fault-{}", Reason::parse(word)?.as_str()))
}

fn sentence(reader: &Reader, code: Code, args: &[(&'static str, String)]) -> String {
    let id = reason_id(code, args).unwrap_or_else(|| text_id(code));
    let names = reader.catalogue().variables(&reader.language, &id);
    let values: Vec<(&str, Value<'_>)> = names
        .into_iter()
        .map(|name| {
            let given = args.iter().find(|(n, _)| *n == name).map(|(_, value)| value);
            (name, given.map_or(Value::from(ABSENT), |value| value_of(reader, name, value)))
        })
        .collect();
    reader.text(&id, &values)
}

fn value_of(reader: &Reader, name: &str, value: &str) -> Value<'static> {
    // Days are picked, and read, as the reader writes them.
    if let ("min" | "max" | "value", Ok(day)) = (name, value.parse()) {
        return Value::from(reader.date(day));
    }
    if QUANTITIES.contains(&name)
        && let Ok(number) = value.parse::<f64>()
        && number.is_finite()
    {
        return Value::Number(number);
    }
    // A list of what is possible is ours, and of no use if it is cut short.
    if name == "known" {
        return Value::from(value.to_owned());
    }
    Value::from(readable(value))
}

/// Somebody's input made fit to be repeated: short, on one line, without characters that turn the text
/// around them.
fn readable(text: &str) -> String {
    let mut chars = text.trim().chars().map(|c| if c.is_control() || turns_text(c) { ' ' } else { c });
    let mut kept: String = chars.by_ref().take(MOST_CHARS).collect();
    if chars.next().is_some() {
        kept.push('…');
    }
    kept
}

/// Marks of writing direction (Unicode's Bidi_Control) and the separators of lines and paragraphs.
fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::text::Catalogue;
    use std::sync::Arc;

    fn readers() -> [Reader; 2] {
        let catalogue = Arc::new(Catalogue::load(None).unwrap());
        [Language::english(), Language::chinese()].map(|language| catalogue.reader(&language, chrono_tz::UTC))
    }

    #[track_caller]
    fn expect(error: &Error, en: &str, zh: &str) {
        let [english, chinese] = readers();
        assert_eq!((describe(&english, error).as_str(), describe(&chinese, error).as_str()), (en, zh));
    }

    #[test]
    fn every_code_has_a_sentence_in_both_languages() {
        for reader in readers() {
            let zh = reader.language.is_chinese();
            for code in Code::ALL {
                assert!(reader.catalogue().has(&reader.language, &text_id(*code)), "{}", text_id(*code));
                let bare = sentence(&reader, *code, &[]);
                let filled: Vec<(&'static str, String)> = [
                    "value", "count", "limit", "min", "max", "file", "reason", "known", "expected", "found", "name",
                    "version", "state", "setting", "column", "minutes", "figure", "template", "variable", "line",
                    "near", "other", "scheme", "example", "address", "seconds", "kind", "least", "ratio", "over",
                    "under", "what", "day",
                ]
                .map(|name| (name, "7".to_owned()))
                .to_vec();
                for name in reader.catalogue().variables(&reader.language, &text_id(*code)) {
                    assert!(filled.iter().any(|(n, _)| *n == name), "${name} of {} is tried", text_id(*code));
                }
                for text in [bare, sentence(&reader, *code, &filled)] {
                    assert_ne!(text, text_id(*code));
                    assert!(text.ends_with(if zh { ['。', '？'] } else { ['.', '?'] }), "{text}");
                    assert!(!text.contains("absent") && !text.contains('…'), "{text}");
                    assert!(!text.contains("  ") && !text.contains(['{', '}', '!', '！']), "{text}");
                    assert!(!zh || !text.contains([',', ';', '?']), "half-width punctuation: {text}");
                }
            }
        }
    }

    #[test]
    fn every_reason_of_a_survey_fault_has_a_sentence_that_uses_all_it_is_told() {
        for reader in readers() {
            for reason in Reason::ALL {
                let id = format!("survey-fault-{}", reason.as_str());
                assert!(reader.catalogue().has(&reader.language, &id), "{id}");
                let mut args = vec![("reason", reason.as_str().to_owned())];
                args.extend(reason.args().iter().map(|name| (*name, format!("<{name}>"))));
                let text = sentence(&reader, Code::SurveyFaulty, &args);
                assert!(text.ends_with(if reader.language.is_chinese() { '。' } else { '.' }), "{text}");
                for name in reason.args() {
                    assert!(text.contains(&format!("<{name}>")), "{}: {id} keeps {name} to itself", reader.language);
                }
            }
        }
    }

    #[test]
    fn a_fault_of_a_survey_file_says_what_to_write() {
        let error = crate::domain::survey::Definition::parse("a.toml", "key = \"A\"").unwrap_err();
        let [english, chinese] = readers();
        let told = |reader: &Reader| describe_fault(reader, &error.faults()[0]);
        assert_eq!(told(&english), "a.toml, line 1, column 1: The key “languages” is missing.");
        assert_eq!(told(&chinese), "a.toml 第 1 行第 1 列：缺少“languages”。");
    }

    #[test]
    fn a_fault_names_its_place() {
        expect(
            &Fault::field("xy", Code::AddressFaulty).with("value", "ab@").into(),
            "Field “xy”: “ab@” is not a valid e-mail address; it needs a form such as name@example.com.",
            "字段“xy”：“ab@”不是有效的电子邮件地址，应为 name@example.com 这样的形式。",
        );
        // A field that has a name of its own is called by it.
        expect(
            &Fault::field("email", Code::ValueMissing).into(),
            "E-mail address: A value is required here.",
            "邮箱地址：此处必须填写。",
        );
        let place = Place::Line { file: "survey.toml".into(), line: 1234, column: 5 };
        expect(
            &Fault::new(place, Code::ValueMissing).into(),
            "survey.toml, line 1234, column 5: A value is required here.",
            "survey.toml 第 1234 行第 5 列：此处必须填写。",
        );
        let place = Place::Cell { row: 3, column: "tier".into() };
        expect(
            &Fault::new(place, Code::ValueUnknown).with("value", "gold").with("known", "a, b").into(),
            "Row 3, column “tier”: “gold” is not known here. Possible: a, b.",
            "第 3 行“tier”列：“gold”不在可用的值之列。可用的值：a, b。",
        );
        expect(
            &Fault::new(Place::Setting("mail.port".into()), Code::ValueOutOfRange)
                .with("value", 70_000)
                .with("min", 1)
                .with("max", 65_535)
                .into(),
            "Setting “mail.port”: “70000” is outside the permitted range, 1 to 65,535.",
            "设置项“mail.port”：“70000”超出允许的范围（1 至 65,535）。",
        );
    }

    #[test]
    fn many_faults_are_counted() {
        let fault = || Fault::field("a", Code::ValueMissing);
        expect(
            &Error::faulty(vec![fault(), fault()]),
            "The input has 2 mistakes. Nothing was saved; correct them and try again.",
            "输入内容有 2 处错误，尚未保存。请改正后重试。",
        );
    }

    #[test]
    fn input_is_repeated_without_harm() {
        let [english, _] = readers();
        let error = Error::new(Code::ValueMalformed).with("value", format!("{{ $x }}\r\n\u{202e}{}", "y".repeat(200)));
        let text = describe(&english, &error);
        assert!(text.contains("{ $x }   yyy") && text.contains("y…”") && text.chars().count() < 200, "{text}");
        // Somebody whose value is our word for "none given" still gets a sentence.
        let text = describe(&english, &Error::new(Code::ValueMalformed).with("value", "absent"));
        assert!(text.ends_with('.'), "{text}");
    }
}
