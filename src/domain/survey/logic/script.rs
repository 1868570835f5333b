//! What the script of the page has to know to come to the same flow: conditions as small lists, and how
//! the fields of each question are read. Attributes are put in beforehand; nothing of them is in it.

use super::super::{Body, Definition, Question};
use super::expression::{Constant, Expr, Literal, Name, Term};
use super::flow::{arranged, places};
use super::piping::{Words, names, pipes};
use super::types::keys;
use super::{ANSWER, Setting, possible};
use crate::domain::language::Language;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The flow of one invitation for the script of the page; `words` are what the program says in texts that repeat.
pub fn script(definition: &Definition, setting: &Setting, language: &Language, company: &str, words: &Words) -> Value {
    let order = arranged(definition, setting.seed);
    let places = places(&order);
    let own = possible(definition, setting);
    let repeated = repeated(definition);
    let mut says = Map::new();
    let mut pages = Vec::new();
    for page in &own.pages {
        let at = order.iter().position(|(one, _)| one.key == page.key);
        let mut questions = Vec::new();
        for question in &page.questions {
            let rules = &question.logic;
            let place = |key: &str| places.get(key).copied().unwrap_or_default();
            let skips: Vec<Value> = rules.skip_to.iter().map(|one| json!([tree(&one.when), place(&one.to)])).collect();
            let mut told = read_as(question);
            told.insert("key".into(), json!(question.key));
            told.insert("place".into(), json!(place(&question.key)));
            told.insert("show".into(), json!(rules.show_if.as_ref().map(tree)));
            told.insert("end".into(), rules.end_if.iter().map(|one| tree(&one.when)).collect());
            told.insert("skip".into(), Value::Array(skips));
            questions.push(Value::Object(told));
            if repeated.contains(question.key.as_str()) {
                let names = names(question, language, company, words).into_iter();
                let texts = names.map(|(key, name)| (key, Value::String(name))).collect();
                says.insert(question.key.clone(), Value::Object(texts));
            }
        }
        let show = page.logic.show_if.as_ref().map(tree);
        pages.push(json!({ "key": page.key, "at": at, "show": show, "questions": questions }));
    }
    json!({ "pages": pages, "says": says, "gap": words.gap })
}

/// The questions whose answers are repeated in a text.
fn repeated(definition: &Definition) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    super::piping::each(&mut definition.clone(), &mut |text| {
        found.extend(pipes(text).filter_map(|pipe| pipe.name.strip_prefix(ANSWER)).map(str::to_owned));
    });
    found
}

/// How the fields of a question become an answer.
fn read_as(question: &Question) -> Map<String, Value> {
    let choices = keys(question);
    let na = question.allows_not_applicable();
    let other = question.other_choice().map(|choice| choice.key.as_str());
    let told = match &question.body {
        Body::Recommend { scale } | Body::Rating { scale, .. } | Body::Differential { scale, .. } => {
            json!({ "kind": "score", "from": scale.from, "last": scale.last(), "na": na })
        }
        Body::Single { .. } | Body::YesNo { .. } => {
            json!({ "kind": "choice", "choices": choices, "other": other, "na": na })
        }
        Body::Multiple { choices: all, least, most, .. } => {
            let alone: Vec<&str> = all.iter().filter(|one| one.exclusive).map(|one| one.key.as_str()).collect();
            let (least, most) = (least.unwrap_or(0), most.unwrap_or(all.len()));
            json!({ "kind": "choices", "choices": choices, "other": other, "alone": alone, "least": least, "most": most })
        }
        Body::Ranking { least, most, .. } => {
            json!({ "kind": "ranking", "choices": choices, "least": least, "most": most })
        }
        Body::ConstantSum { total, .. } => json!({ "kind": "shares", "choices": choices, "total": total }),
        Body::Number { min, max, step, .. } => json!({ "kind": "number", "min": min, "max": max, "step": step }),
        Body::Date { min, max } => json!({ "kind": "date", "min": min, "max": max }),
        Body::Line { least, most, .. } => json!({ "kind": "line", "least": least, "most": most }),
        Body::Text { least, most, .. } => json!({ "kind": "text", "least": least, "most": most }),
        Body::Contact { ask, need } => json!({ "kind": "contact", "ask": ask, "need": need }),
        Body::Consent { .. } => json!({ "kind": "consent" }),
        Body::Information => json!({ "kind": "none" }),
    };
    match told {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

/// A condition as the script reads it.
fn tree(expr: &Expr) -> Value {
    let trees = |all: &[Expr]| all.iter().map(tree).collect::<Vec<_>>();
    let values = |all: &[Literal]| all.iter().map(|one| constant(&one.value)).collect::<Vec<_>>();
    match expr {
        Expr::Truth(truth) => json!(["truth", truth]),
        Expr::Not(inner) => json!(["not", tree(inner)]),
        Expr::And(all) => json!(["and", trees(all)]),
        Expr::Or(any) => json!(["or", trees(any)]),
        Expr::Compare(left, how, right) => json!(["compare", term(left), how.as_str(), term(right)]),
        Expr::In(one, is, list) => json!(["in", term(one), is, values(list)]),
        Expr::Answered(name) => json!(["answered", key(name)]),
        Expr::Chosen(name, choices) => json!(["chosen", key(name), values(choices)]),
    }
}

fn key(name: &Name) -> &str {
    name.question().unwrap_or_default()
}

fn term(term: &Term) -> Value {
    match term {
        Term::Name(name) => json!({ "question": key(name) }),
        Term::Literal(literal) => constant(&literal.value),
    }
}

fn constant(constant: &Constant) -> Value {
    match constant {
        Constant::Number(thousandths) => json!({ "number": thousandths }),
        Constant::Text(text) => json!({ "text": text }),
        Constant::Date(day) => json!({ "date": day.format("%Y-%m-%d").to_string() }),
    }
}
