//! The page of a survey that branches. All of it is in the page; what is not shown is hidden, so that
//! nothing typed is lost and the script can show it at once. Which part is seen is the server's to say
//! where no script runs, a page at a time, and nothing is recorded before the last button.

use super::{Fill, Form, Piece, Site, Variant, escape, slot};
use crate::domain::answer::Answers;
use crate::domain::survey::Definition;
use crate::domain::survey::logic::{self, ANSWER, Flow, Pipe, Setting, Step, Words};
use crate::text::Reader;
use std::collections::{BTreeMap, BTreeSet};

/// What the program says where a text repeats an answer.
pub fn spoken(reader: &Reader) -> Words {
    let text = |id| reader.text(id, &[]);
    Words { gap: text("respond-list-gap"), yes: text("respond-yes"), no: text("respond-no") }
}

/// Which part of such a survey one page shows.
#[derive(Debug, Default)]
pub struct Branch {
    /// The page that is open; nothing is the end, where everything is sent.
    pub page: Option<String>,
    /// The questions that are shown, on any page.
    pub shown: BTreeSet<String>,
    /// The answers that texts repeat, by question.
    pub said: BTreeMap<String, String>,
}

impl Branch {
    /// What is shown at a step of the flow.
    pub fn new(
        definition: &Definition,
        flow: &Flow<'_>,
        step: Step<'_>,
        answers: &Answers,
        variant: &Variant,
        company: &str,
        reader: &Reader,
    ) -> Self {
        let words = spoken(reader);
        let said = |key: &str| {
            let question = definition.question(key).filter(|_| flow.shows(key))?;
            Some((key.to_owned(), logic::said(question, answers, &variant.language, company, &words)?))
        };
        Self {
            page: match step {
                Step::Page(key) => Some(key.to_owned()),
                Step::Close => None,
            },
            shown: flow.questions().map(|question| question.key.clone()).collect(),
            said: answers.0.keys().filter_map(|key| said(key)).collect(),
        }
    }
}

impl Form {
    /// Builds the page of a survey that branches, for one invitation.
    pub fn branching(
        definition: &Definition,
        setting: &Setting,
        variant: &Variant,
        site: &Site<'_>,
        reader: &Reader,
    ) -> Self {
        let attributes = &setting.attributes;
        let open = |pipe: &Pipe<'_>| format!("{{{}|{}}}", pipe.name, pipe.fallback.unwrap_or_default());
        let named = logic::personal(definition, attributes, &open);
        let script = logic::script(&named, setting, &variant.language, site.company, &spoken(reader)).to_string();
        let own = logic::personal(&logic::possible(&named, setting), attributes, &|pipe| {
            slot(&["pipe", pipe.name.strip_prefix(ANSWER).unwrap_or_default(), pipe.fallback.unwrap_or_default()])
        });
        Self::build_with(&own, variant, site, reader, Some(&script))
    }

    /// The place of the page that is open among the steps of the form.
    pub(super) fn step_of(&self, branch: &Branch) -> usize {
        let at = branch.page.as_ref().and_then(|key| self.pages.iter().position(|one| one == key));
        at.unwrap_or(self.pages.len())
    }

    /// Writes one of the pieces that only such a form has.
    pub(super) fn write_branch(&self, page: &mut String, piece: &Piece, fill: &Fill<'_>) {
        let none = Branch::default();
        let branch = fill.branch.unwrap_or(&none);
        let hidden = |page: &mut String, hidden: bool| {
            if hidden {
                page.push_str(" hidden");
            }
        };
        match piece {
            Piece::Hidden { question } => hidden(page, !branch.shown.contains(question)),
            Piece::HiddenGroup { questions } => hidden(page, !questions.iter().any(|one| branch.shown.contains(one))),
            Piece::HiddenStep { step } => hidden(page, *step != self.step_of(branch)),
            Piece::OpenPage => page.push_str(&escape(branch.page.as_deref().unwrap_or_default())),
            Piece::Seen => {
                let all: Vec<&str> = branch.shown.iter().map(String::as_str).collect();
                page.push_str(&escape(&all.join(" ")));
            }
            Piece::Go => page.push_str(if branch.page.is_some() { "next" } else { "send" }),
            Piece::Pipe { question, fallback } => {
                // The fallback was escaped together with the text in which it stands.
                let said = branch.said.get(question).map_or_else(|| fallback.clone(), |said| escape(said));
                page.push_str(&format!(
                    "<span data-pipe=\"{}\" data-else=\"{fallback}\">{said}</span>",
                    escape(question)
                ));
            }
            _ => {}
        }
    }
}
