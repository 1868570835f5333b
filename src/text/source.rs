//! Reading files of texts: which there are, what each message asks for, and where a mistake stands.

use crate::domain::language::Language;
use crate::error::{Code, Error, Fault, Place, Result};
use fluent_bundle::FluentResource;
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// One message or term of a file. Terms keep the hyphen before their name.
pub(super) struct Message {
    pub(super) id: String,
    pub(super) place: Place,
    variables: BTreeSet<String>,
    includes: BTreeSet<String>,
}

/// A file that has been read: its messages, and what is wrong with it.
pub(super) struct Resource {
    pub(super) fluent: FluentResource,
    pub(super) messages: Vec<Message>,
    pub(super) faults: Vec<Fault>,
}

impl Resource {
    pub(super) fn read(name: &str, text: String) -> Self {
        let mut faults = Vec::new();
        let fluent = match FluentResource::try_new(text) {
            Ok(fluent) => fluent,
            Err((fluent, errors)) => {
                for error in errors {
                    let place = place_at(name, fluent.source(), error.pos.start);
                    faults.push(Fault::new(place, Code::LocaleFaulty).with("reason", error.kind));
                }
                fluent
            }
        };
        let mut messages = Vec::new();
        let mut lines = Lines::of(fluent.source());
        for entry in fluent.entries() {
            let (id, pattern) = match entry {
                Entry::Message(message) => (message.id.name.to_owned(), message.value.as_ref()),
                Entry::Term(term) => (format!("-{}", term.id.name), Some(&term.value)),
                _ => continue,
            };
            let place = Place::Line { file: name.to_owned(), line: lines.next_of(&id), column: 1 };
            let Some(pattern) = pattern else {
                faults.push(Fault::new(place, Code::ValueMissing).with("value", &id));
                continue;
            };
            let mut message = Message { id, place, variables: BTreeSet::new(), includes: BTreeSet::new() };
            message.gather(pattern);
            messages.push(message);
        }
        Self { fluent, messages, faults }
    }
}

impl Message {
    fn gather(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.gather_expression(expression);
            }
        }
    }

    fn gather_expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.gather_inline(inline),
            Expression::Select { selector, variants } => {
                self.gather_inline(selector);
                for variant in variants {
                    self.gather(&variant.value);
                }
            }
        }
    }

    fn gather_inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference { id, .. } => {
                self.includes.insert(id.name.to_owned());
            }
            InlineExpression::TermReference { id, arguments, .. } => {
                self.includes.insert(format!("-{}", id.name));
                if let Some(arguments) = arguments {
                    self.gather_arguments(arguments);
                }
            }
            InlineExpression::FunctionReference { arguments, .. } => self.gather_arguments(arguments),
            InlineExpression::Placeable { expression } => self.gather_expression(expression),
            InlineExpression::StringLiteral { .. } | InlineExpression::NumberLiteral { .. } => {}
        }
    }

    fn gather_arguments(&mut self, arguments: &CallArguments<&str>) {
        for inline in &arguments.positional {
            self.gather_inline(inline);
        }
        for named in &arguments.named {
            self.gather_inline(&named.value);
        }
    }
}

/// For every message the variables it needs, those of the messages it includes among them. (A term sees
/// only what it is given by name, so its own variables are nobody else's.) A message that includes what
/// is not there is a fault.
pub(super) fn variables_of(
    messages: &BTreeMap<String, Message>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, BTreeSet<String>> {
    let mut needed = BTreeMap::new();
    for (id, message) in messages {
        for included in message.includes.iter().filter(|i| !messages.contains_key(*i)) {
            faults.push(Fault::new(message.place.clone(), Code::ValueUnknown).with("value", included));
        }
        if id.starts_with('-') {
            continue;
        }
        let mut variables = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            let Some(message) = messages.get(next).filter(|_| seen.insert(next)) else { continue };
            variables.extend(message.variables.iter().cloned());
            open.extend(message.includes.iter().filter(|i| !i.starts_with('-')));
        }
        needed.insert(id.clone(), variables);
    }
    needed
}

pub(super) fn is_fluent(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "ftl")
}

/// The files of a folder `<language>/*.ftl`, in the order of their names: language, name and text.
pub(super) fn files_of(dir: &Path) -> Result<Vec<(Language, String, String)>> {
    let mut files = Vec::new();
    for folder in sorted(dir)?.iter().filter(|p| p.is_dir()) {
        let tag = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let language = Language::parse(&tag)
            .map_err(|_| Error::new(Code::ValueMalformed).with("value", &tag).with("file", folder.display()))?;
        for path in sorted(folder)?.iter().filter(|p| is_fluent(p)) {
            let text = fs::read_to_string(path).map_err(|e| unreadable(path, e))?;
            files.push((language.clone(), path.display().to_string(), text));
        }
    }
    Ok(files)
}

fn sorted(dir: &Path) -> Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(dir).map_err(|e| unreadable(dir, e))?;
    let mut paths: Vec<_> =
        entries.map(|e| e.map(|e| e.path())).collect::<Result<_, _>>().map_err(|e| unreadable(dir, e))?;
    paths.sort();
    Ok(paths)
}

fn unreadable(path: &Path, error: std::io::Error) -> Error {
    Error::new(Code::FileUnreadable).with("file", path.display()).with("reason", &error).because(error)
}

/// Line and column, both from 1, of a byte of a text.
fn place_at(name: &str, text: &str, at: usize) -> Place {
    let before: &[u8] = text.as_bytes().get(..at).unwrap_or_default();
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let since = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    let column = String::from_utf8_lossy(since).chars().count() + 1;
    Place::Line { file: name.to_owned(), line, column }
}

/// Finds the line on which each message begins: the syntax tree does not say, but keeps their order, and
/// a message begins where its name begins a line.
struct Lines<'a> {
    rest: std::iter::Enumerate<std::str::Lines<'a>>,
}

impl<'a> Lines<'a> {
    fn of(text: &'a str) -> Self {
        Self { rest: text.lines().enumerate() }
    }

    fn next_of(&mut self, id: &str) -> usize {
        let begins = |line: &str| line.strip_prefix(id).is_some_and(|rest| rest.trim_start().starts_with('='));
        self.rest.find(|(_, line)| begins(line)).map_or(1, |(index, _)| index + 1)
    }
}
