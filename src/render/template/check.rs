//! What can be known to fail before a template is ever filled in.

use super::helper;
use crate::domain::language::Language;
use crate::error::{Code, Fault, Place};
use crate::text::Catalogue;
use handlebars::Handlebars;
use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, Template, TemplateElement};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Inside a partial that is used as a block, the place where the block goes.
const PARTIAL_BLOCK: &str = "@partial-block";

/// Looks through all templates of a registry: helpers, partials and texts must exist, texts must get the
/// values that they ask for, and partials must not include each other in a circle (rendering would not end).
pub(super) fn check(
    registry: &Handlebars<'_>,
    catalogue: &Catalogue,
    is_html: bool,
    file_of: &dyn Fn(&str) -> String,
) -> Vec<Fault> {
    let templates: BTreeMap<&str, &Template> =
        registry.get_templates().iter().map(|(name, template)| (name.as_str(), template)).collect();
    let mut inline = BTreeSet::new();
    for template in templates.values() {
        gather_inline(template, &mut inline);
    }
    let mut faults = Vec::new();
    let mut includes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (name, template) in &templates {
        let mut walk = Walk {
            file: file_of(name),
            catalogue,
            is_html,
            known: &|partial: &str| templates.contains_key(partial) || inline.contains(partial),
            includes: BTreeSet::new(),
            inline: Vec::new(),
            faults: Vec::new(),
        };
        walk.template(template, (1, 1));
        faults.append(&mut walk.faults);
        let own = ((*name).to_owned(), walk.includes);
        for (name, included) in walk.inline.into_iter().chain([own]) {
            files.insert(name.clone(), walk.file.clone());
            includes.entry(name).or_default().extend(included);
        }
    }
    for (name, file) in files {
        if reaches(&name, &includes) {
            let place = Place::Line { file, line: 1, column: 1 };
            let reason = "its partials include each other in a circle";
            faults.push(Fault::new(place, Code::TemplateFaulty).with("template", name).with("reason", reason));
        }
    }
    faults
}

/// Whether a template comes back to itself.
fn reaches(start: &str, includes: &BTreeMap<String, BTreeSet<String>>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&str> = vec![start];
    while let Some(name) = open.pop() {
        for next in includes.get(name).into_iter().flatten() {
            if next == start {
                return true;
            }
            if seen.insert(next.as_str()) {
                open.push(next);
            }
        }
    }
    false
}

/// The names of `{{#*inline "name"}}`: partials that a template brings itself.
fn gather_inline(template: &Template, names: &mut BTreeSet<String>) {
    for element in &template.elements {
        match element {
            TemplateElement::DecoratorBlock(block) | TemplateElement::PartialBlock(block) => {
                if let (TemplateElement::DecoratorBlock(_), Some(Parameter::Literal(Json::String(name)))) =
                    (element, block.params.first())
                {
                    names.insert(name.clone());
                }
                if let Some(inner) = &block.template {
                    gather_inline(inner, names);
                }
            }
            TemplateElement::HelperBlock(block) => {
                for inner in [&block.template, &block.inverse].into_iter().flatten() {
                    gather_inline(inner, names);
                }
            }
            _ => {}
        }
    }
}

struct Walk<'a> {
    file: String,
    catalogue: &'a Catalogue,
    is_html: bool,
    known: &'a dyn Fn(&str) -> bool,
    includes: BTreeSet<String>,
    /// The partials that the template brings itself, and what they include.
    inline: Vec<(String, BTreeSet<String>)>,
    faults: Vec<Fault>,
}

/// Line and column in the file.
type At = (usize, usize);

impl Walk<'_> {
    fn template(&mut self, template: &Template, outer: At) {
        for (i, element) in template.elements.iter().enumerate() {
            // A chain of else-branches has no position of its own.
            let at = template.mapping.get(i).map_or(outer, |m| (m.0, m.1));
            match element {
                TemplateElement::Expression(call) => self.call(call, at),
                TemplateElement::HtmlExpression(call) => {
                    self.raw_text(call, at);
                    self.call(call, at);
                }
                TemplateElement::HelperBlock(call) => {
                    self.call(call, at);
                    for inner in [&call.template, &call.inverse].into_iter().flatten() {
                        self.template(inner, at);
                    }
                }
                TemplateElement::PartialExpression(partial) | TemplateElement::PartialBlock(partial) => {
                    self.partial(partial, at);
                }
                TemplateElement::DecoratorExpression(decorator) | TemplateElement::DecoratorBlock(decorator) => {
                    self.decorator(decorator, at);
                }
                _ => {}
            }
        }
    }

    fn decorator(&mut self, decorator: &DecoratorTemplate, at: At) {
        let (Some("inline"), Some(Parameter::Literal(Json::String(name))), Some(inner)) =
            (decorator.name.as_name(), decorator.params.first(), &decorator.template)
        else {
            self.unknown(decorator.name.as_name().unwrap_or_default(), at);
            return;
        };
        // What it includes is included where it is called, not where it stands.
        let outer = std::mem::take(&mut self.includes);
        self.template(inner, at);
        let included = std::mem::replace(&mut self.includes, outer);
        self.inline.push((name.clone(), included));
    }

    fn call(&mut self, call: &HelperTemplate, at: At) {
        let is_call = call.block || !call.params.is_empty() || !call.hash.is_empty();
        let name = call.name.as_name();
        if is_call && let Some(name) = name {
            if !helper::is_known(name) {
                self.unknown(name, at);
            }
            if name == "t" {
                self.text(&call.params, &call.hash, at);
            }
        }
        self.parameters(&call.params, &call.hash, at);
    }

    fn parameters(&mut self, params: &[Parameter], hash: &HashMap<String, Parameter>, at: At) {
        for param in params.iter().chain(hash.values()) {
            if let Parameter::Subexpression(inner) = param
                && let TemplateElement::Expression(call) = inner.as_element()
            {
                self.call(call, at);
            }
        }
    }

    fn text(&mut self, params: &[Parameter], hash: &HashMap<String, Parameter>, at: At) {
        let Some(Parameter::Literal(Json::String(id))) = params.first() else { return };
        // What a language needs beyond English is refused when the texts are loaded.
        let english = Language::english();
        if !self.catalogue.has(&english, id) {
            self.unknown(id, at);
            return;
        }
        for variable in self.catalogue.variables(&english, id) {
            if !hash.contains_key(variable) {
                self.fault(at, |f| f.with("variable", variable));
            }
        }
    }

    /// A text that is not escaped may hold markup, but values in it would come through unescaped too.
    fn raw_text(&mut self, call: &HelperTemplate, at: At) {
        let from_outside = |p: &Parameter| !matches!(p, Parameter::Literal(_));
        if self.is_html && call.name.as_name() == Some("t") && call.hash.values().any(from_outside) {
            self.fault(at, |f| f.with("reason", "values in an unescaped text are not escaped"));
        }
    }

    fn partial(&mut self, partial: &DecoratorTemplate, at: At) {
        match partial.name.as_name() {
            Some(PARTIAL_BLOCK) => {}
            Some(name) => {
                // A block of its own may stand for a partial that does not exist.
                if !(self.known)(name) && partial.template.is_none() {
                    self.unknown(name, at);
                }
                self.includes.insert(name.to_owned());
            }
            None => self.fault(at, |f| f.with("reason", "a partial must be called by its name")),
        }
        self.parameters(&partial.params, &partial.hash, at);
        if let Some(inner) = &partial.template {
            self.template(inner, at);
        }
    }

    fn unknown(&mut self, name: &str, at: At) {
        let place = self.place(at);
        self.faults.push(Fault::new(place, Code::ValueUnknown).with("value", name));
    }

    fn fault(&mut self, at: At, with: impl FnOnce(Fault) -> Fault) {
        let place = self.place(at);
        self.faults.push(with(Fault::new(place, Code::TemplateFaulty)));
    }

    fn place(&self, (line, column): At) -> Place {
        Place::Line { file: self.file.clone(), line, column }
    }
}
