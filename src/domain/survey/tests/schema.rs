//! `docs/survey.schema.json`, which editors read, says what the parser says.

use super::super::{Definition, library_files};
use super::every_kind::EVERY_KIND;
use serde_json::Value;
use std::collections::BTreeSet;

const SCHEMA: &str = include_str!("../../../../docs/survey.schema.json");

/// What a value breaks: the keyword, and the property that it is about.
type Broken = BTreeSet<(String, String)>;

/// Knows the few keywords that the schema uses. Others fail the test, so that none is believed to hold
/// that nobody checks.
struct Schema(Value);

impl Schema {
    fn read() -> Self {
        Self(serde_json::from_str(SCHEMA).unwrap())
    }

    fn check(&self, value: &Value) -> Broken {
        let mut broken = Broken::new();
        self.hold(&self.0, value, "", &mut broken);
        broken
    }

    /// Holds the value of the property `name` to a schema.
    fn hold(&self, schema: &Value, value: &Value, name: &str, broken: &mut Broken) {
        for (keyword, rule) in schema.as_object().unwrap() {
            self.hold_to(keyword, rule, schema, value, name, broken);
        }
    }

    fn hold_to(&self, keyword: &str, rule: &Value, schema: &Value, value: &Value, name: &str, broken: &mut Broken) {
        let mut breaks = |property: &str| {
            broken.insert((keyword.to_owned(), property.to_owned()));
        };
        let number = value.as_f64();
        let members = || value.as_object().into_iter().flatten();
        let has = |key: &Value| value.get(key.as_str().unwrap()).is_some();
        let outside = match keyword {
            "$schema" | "$defs" | "title" | "description" | "format" | "then" => false,
            "const" => value != rule,
            "enum" => !rule.as_array().unwrap().contains(value),
            "minimum" => number.is_some_and(|n| n < rule.as_f64().unwrap()),
            "maximum" => number.is_some_and(|n| n > rule.as_f64().unwrap()),
            "exclusiveMinimum" => number.is_some_and(|n| n <= rule.as_f64().unwrap()),
            "minLength" => value.as_str().is_some_and(|text| text.chars().count() < rule.as_u64().unwrap() as usize),
            "minItems" => value.as_array().is_some_and(|list| list.len() < rule.as_u64().unwrap() as usize),
            "uniqueItems" => value.as_array().is_some_and(|list| (1..list.len()).any(|n| list[..n].contains(&list[n]))),
            "pattern" => {
                let pattern = regex_lite::Regex::new(rule.as_str().unwrap()).unwrap();
                value.as_str().is_some_and(|text| !pattern.is_match(text))
            }
            "type" => {
                let is = |kind: &Value| match kind.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    other => panic!("no type {other}"),
                };
                !rule.as_array().map_or_else(|| is(rule), |kinds| kinds.iter().any(is))
            }
            "required" => {
                let missing = rule.as_array().unwrap().iter().filter(|key| value.is_object() && !has(key));
                missing.for_each(|key| breaks(key.as_str().unwrap()));
                return;
            }
            "dependentRequired" => {
                let bound = rule.as_object().unwrap().iter().filter(|(key, _)| value.get(key).is_some());
                for need in bound.flat_map(|(_, needs)| needs.as_array().unwrap()).filter(|need| !has(need)) {
                    broken.insert(("required".to_owned(), need.as_str().unwrap().to_owned()));
                }
                return;
            }
            "propertyNames" => {
                for (key, _) in members() {
                    if !rule["enum"].as_array().unwrap().iter().any(|known| known == key.as_str()) {
                        breaks(key);
                    }
                }
                return;
            }
            "properties" => {
                for (key, inner) in rule.as_object().unwrap() {
                    value.get(key).into_iter().for_each(|value| self.hold(inner, value, key, broken));
                }
                return;
            }
            "additionalProperties" => {
                let known = |key: &String| schema.get("properties").is_some_and(|known| known.get(key).is_some());
                for (key, inner) in members().filter(|(key, _)| !known(key)) {
                    match rule {
                        Value::Bool(false) => {
                            broken.insert((keyword.to_owned(), key.clone()));
                        }
                        rule => self.hold(rule, inner, key, broken),
                    }
                }
                return;
            }
            "items" => {
                value.as_array().into_iter().flatten().for_each(|one| self.hold(rule, one, name, broken));
                return;
            }
            "allOf" => {
                rule.as_array().unwrap().iter().for_each(|one| self.hold(one, value, name, broken));
                return;
            }
            "if" => {
                let mut doubts = Broken::new();
                self.hold(rule, value, name, &mut doubts);
                if doubts.is_empty() {
                    self.hold(&schema["then"], value, name, broken);
                }
                return;
            }
            "$ref" => {
                let key = rule.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                self.hold(&self.0["$defs"][key], value, name, broken);
                return;
            }
            other => panic!("nobody checks {other}"),
        };
        if outside {
            breaks(name);
        }
    }
}

/// A file as editors see it: days are strings there.
fn as_json(value: &toml::Value) -> Value {
    match value {
        toml::Value::Datetime(day) => Value::String(day.to_string()),
        toml::Value::Array(list) => list.iter().map(as_json).collect(),
        toml::Value::Table(table) => table.iter().map(|(key, value)| (key.clone(), as_json(value))).collect(),
        plain => serde_json::to_value(plain).unwrap(),
    }
}

/// What the parser says of a file: reason and key of each fault that is about a key.
fn parsed(document: &toml::Value) -> Vec<(String, String)> {
    let text = toml::to_string(document).unwrap();
    let Err(error) = Definition::parse("changed.toml", &text) else { return Vec::new() };
    let arg = |fault: &crate::error::Fault, name: &str| {
        fault.args.iter().find(|(one, _)| *one == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    error.faults().iter().map(|fault| (arg(fault, "reason"), arg(fault, "key"))).collect()
}

/// The tables of a document whose keys are fixed, by the way to each: all but texts and the list of scales.
fn tables(value: &toml::Value, way: &[String], found: &mut Vec<Vec<String>>) {
    match value {
        toml::Value::Table(table) => {
            let texts = table.keys().all(|key| matches!(key.as_str(), "en" | "zh-CN"));
            if !texts && way.last().is_none_or(|last| !matches!(last.as_str(), "scale" | "aspect")) {
                found.push(way.to_vec());
            }
            for (key, inner) in table {
                tables(inner, &[way, std::slice::from_ref(key)].concat(), found);
            }
        }
        toml::Value::Array(list) => {
            for (n, inner) in list.iter().enumerate() {
                tables(inner, &[way, &[n.to_string()]].concat(), found);
            }
        }
        _ => {}
    }
}

fn at<'a>(document: &'a mut toml::Value, way: &[String]) -> &'a mut toml::Table {
    let mut value = document;
    for step in way {
        value = match value {
            toml::Value::Array(list) => &mut list[step.parse::<usize>().unwrap()],
            value => &mut value[step.as_str()],
        };
    }
    value.as_table_mut().unwrap()
}

/// What the one with every kind leaves out; together they use every key of the language.
const EVERY_KEY: &str = include_str!("../../../../tests/surveys/every_key.toml");
const BRANCHING: &str = include_str!("../../../../tests/surveys/branching.toml");
const RIGHT_TO_LEFT: &str = include_str!("../../../../tests/surveys/right_to_left.toml");

/// A way without numbers; scales and aspects have names of their own, which are left out, too.
fn shape_of(way: &[String]) -> String {
    let plain: Vec<&str> = way.iter().map(String::as_str).filter(|step| step.parse::<usize>().is_err()).collect();
    match plain.as_slice() {
        [one @ ("scale" | "aspect"), _] => (*one).to_owned(),
        all => all.join("."),
    }
}

/// One table of each shape of the files that use every key: a question of each kind, one choice for each of these.
/// The file, the way to the table, and the way without numbers.
fn shapes() -> Vec<(toml::Value, Vec<String>, String)> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for text in [EVERY_KIND, EVERY_KEY] {
        let whole: toml::Value = toml::from_str(text).unwrap();
        let mut ways = Vec::new();
        tables(&whole, &[], &mut ways);
        for way in ways {
            let shape = shape_of(&way);
            let kind = match way.iter().position(|step| step == "question") {
                Some(at_question) => at(&mut whole.clone(), &way[..at_question + 2])["kind"].to_string(),
                None => String::new(),
            };
            if seen.insert((shape.clone(), kind)) {
                found.push((whole.clone(), way, shape));
            }
        }
    }
    found
}

/// The keys that the parser asks for in a table: it tells them of a key that it does not know.
fn known_to_the_parser(document: &toml::Value, way: &[String]) -> BTreeSet<String> {
    let mut changed = document.clone();
    at(&mut changed, way).insert("no_such_key".to_owned(), toml::Value::Boolean(true));
    let text = toml::to_string(&changed).unwrap();
    let error = Definition::parse("changed.toml", &text).expect_err("there is no such key");
    let arg = |fault: &crate::error::Fault, name: &str| {
        fault.args.iter().find(|(one, _)| *one == name).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let told = error.faults().iter().find(|fault| arg(fault, "key") == "no_such_key");
    let known = arg(told.unwrap_or_else(|| panic!("{way:?}: {:?}", error.faults())), "known");
    known.split(", ").map(str::to_owned).collect()
}

/// All keys that a schema names anywhere, and those of the parser.
fn all_keys(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            let named = map.get("properties").and_then(Value::as_object).into_iter().flat_map(|keys| keys.keys());
            found.extend(named.cloned());
            map.values().for_each(|inner| all_keys(inner, found));
        }
        Value::Array(list) => list.iter().for_each(|inner| all_keys(inner, found)),
        _ => {}
    }
}

#[test]
fn every_valid_file_is_valid_to_an_editor() {
    let schema = Schema::read();
    let ours = [
        ("every_kind.toml", EVERY_KIND),
        ("every_key.toml", EVERY_KEY),
        ("branching.toml", BRANCHING),
        ("right_to_left.toml", RIGHT_TO_LEFT),
    ];
    for (file, text) in library_files().chain(ours) {
        let document: toml::Value = toml::from_str(text).unwrap();
        assert_eq!(schema.check(&as_json(&document)), Broken::new(), "{file}");
        if let Err(error) = Definition::parse(file, text) {
            panic!("{file}: {:?}", error.faults());
        }
    }
}

#[test]
fn editors_and_the_page_know_the_same_keys_as_the_parser() {
    let schema = Schema::read();
    let page = include_str!("../../../../docs/surveys.md");
    let shapes = shapes();
    assert!(shapes.len() > 35, "{}", shapes.len());
    let known: Vec<BTreeSet<String>> = shapes.iter().map(|(whole, way, _)| known_to_the_parser(whole, way)).collect();
    let mut all = known.iter().flatten().cloned().collect();
    all_keys(&schema.0, &mut all);
    for ((whole, way, _), known) in shapes.iter().zip(&known) {
        let table = at(&mut whole.clone(), way).clone();
        for key in &all {
            let mut changed = whole.clone();
            if table.contains_key(key) {
                at(&mut changed, way).remove(key);
                // A page without questions is told to be empty.
                let said = parsed(&changed)
                    .iter()
                    .any(|(reason, of)| matches!(reason.as_str(), "key-missing" | "list-empty") && of == key);
                let broken = schema.check(&as_json(&changed)).contains(&("required".into(), key.clone()));
                assert_eq!(said, broken, "{way:?}: whether {key} is needed (left the parser, right the schema)");
                continue;
            }
            at(&mut changed, way).insert(key.clone(), toml::Value::Boolean(true));
            let found = schema.check(&as_json(&changed));
            let allowed = ["additionalProperties", "propertyNames"]
                .iter()
                .all(|keyword| !found.contains(&((*keyword).into(), key.clone())));
            // What it asks for only to say why it does not belong is no key of the table.
            let asked = known.contains(key)
                && (allowed || !parsed(&changed).iter().any(|(reason, of)| reason == "key-unfit" && of == key));
            assert_eq!(asked, allowed, "{way:?}: whether {key} belongs (left the parser, right the schema)");
        }
    }
    // Every key of the language is in these files and on the reference page.
    let mut used: BTreeSet<(String, String)> = BTreeSet::new();
    for text in [EVERY_KIND, EVERY_KEY] {
        let whole: toml::Value = toml::from_str(text).unwrap();
        let mut ways = Vec::new();
        tables(&whole, &[], &mut ways);
        for way in ways {
            let keys: Vec<String> = at(&mut whole.clone(), &way).keys().cloned().collect();
            used.extend(keys.into_iter().map(|key| (shape_of(&way), key)));
        }
    }
    let mut lacking = Vec::new();
    for ((.., shape), known) in shapes.iter().zip(&known) {
        for key in known.iter().filter(|key| !key.is_empty()) {
            if !used.contains(&(shape.clone(), key.clone())) {
                lacking.push(format!("no file uses {key} in {shape}"));
            }
            let told = page.contains(&format!("`{key}`")) || page.contains(&format!("[{key}."));
            let told = told || page.contains(&format!("`[[{key}]]`")) || page.contains(&format!("`[{key}]`"));
            if !(told || page.contains(&format!("`[[page.{key}]]`"))) {
                lacking.push(format!("{key} of {shape} is not explained"));
            }
        }
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}

#[test]
fn editors_know_the_same_words_as_the_parser() {
    let schema = Schema::read();
    let words = |pointer: &str| -> BTreeSet<String> {
        let list = schema.0.pointer(pointer).and_then(Value::as_array).unwrap_or_else(|| panic!("no {pointer}"));
        list.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let set = |all: &[&str]| -> BTreeSet<String> { all.iter().map(|word| (*word).to_owned()).collect() };
    macro_rules! all {
        ($name:ident) => {
            set(&super::super::$name::ALL.iter().map(|one| one.as_str()).collect::<Vec<_>>())
        };
    }
    let of_question = "/$defs/question/properties";
    assert_eq!(words("/properties/kind/enum"), all!(SurveyKind));
    let kinds = crate::domain::account::AccountKind::ALL.map(crate::domain::account::AccountKind::as_str);
    assert_eq!(words("/properties/accounts/items/enum"), set(&kinds));
    assert_eq!(words(&format!("{of_question}/measure/enum")), all!(ItemMeasure));
    assert_eq!(words(&format!("{of_question}/display/enum")), all!(Display));
    assert_eq!(words(&format!("{of_question}/polarity/enum")), all!(Polarity));
    assert_eq!(words(&format!("{of_question}/ask/items/enum")), all!(ContactPart));
    assert_eq!(words(&format!("{of_question}/kind/enum")), set(super::super::parsing::KINDS));
    let keys: BTreeSet<String> = schema.0.pointer(of_question).unwrap().as_object().unwrap().keys().cloned().collect();
    let parser = set(super::super::parsing::KIND_KEYS);
    let common = set(&["key", "kind", "text", "hint", "show_if", "skip_to", "end_if", "block", "same_as"]);
    assert_eq!(keys, &parser | &common);
}

#[test]
fn wrong_values_are_wrong_to_both() {
    let schema = Schema::read();
    let change = |from: &str, to: &str| {
        assert!(EVERY_KIND.contains(from), "nothing to change: {from}");
        let text = EVERY_KIND.replacen(from, to, 1);
        let said = Definition::parse("changed.toml", &text).is_err();
        (said, !schema.check(&as_json(&toml::from_str(&text).unwrap())).is_empty())
    };
    for (from, to) in [
        ("version = 1", "version = \"1\""),
        ("version = 1", "version = 0"),
        ("key = \"every_kind\"", "key = \"Every kind\""),
        ("kind = \"thematic\"", "kind = \"quiz\""),
        ("points = 7", "points = 1"),
        ("points = 5\ntext", "points = 6\ntext"),
        ("display = \"stars\"", "display = \"hearts\""),
        ("weight = 2", "weight = 0"),
        ("random = true", "random = \"yes\""),
        ("least = 1", "least = 0"),
        ("total = 100", "total = 0"),
        ("min = 0", "min = 2020-01-01"),
        ("min = 2020-01-01", "min = 0"),
        ("step = 0.5", "step = 0"),
        ("expected.en", "# expected.en"),
        ("ask = [\"name\"", "ask = [\"fax\""),
        ("ask = [\"name\"", "ask = [\"email\""),
        ("statement_version = 2", "statement_version = \"two\""),
        ("kind = \"information\"", "kind = \"advice\""),
    ] {
        let both = if to.starts_with("# ") { (true, false) } else { (true, true) };
        assert_eq!(change(from, to), both, "{from} -> {to} (left the parser, right the schema)");
    }
}
