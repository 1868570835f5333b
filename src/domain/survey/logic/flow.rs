//! What is asked of one person: the one truth about it.

use super::super::{Definition, Page, Question};
use super::evaluation::Facts;
use super::{End, Setting};
use crate::domain::answer::Answers;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The pages that are shown, in order, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow<'d> {
    pub pages: Vec<Shown<'d>>,
    /// The rule that ended the survey early.
    pub end: Option<&'d End>,
}

/// A page with those of its questions that are shown; at least one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown<'d> {
    /// Its place among all pages in the order of this invitation.
    pub at: usize,
    pub page: &'d Page,
    pub questions: Vec<&'d Question>,
}

/// Where somebody goes from a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'d> {
    Page(&'d str),
    /// Everything is asked; what is left is to send it.
    Close,
}

/// All pages and their questions in the order in which one invitation goes through them.
///
/// Members of a block that stand next to each other are sorted by SHA-256 of seed, block and key: an
/// order that every machine and every version of the program draws alike, and in which each is equally
/// likely at each place.
pub fn arranged(definition: &Definition, seed: u128) -> Vec<(&Page, Vec<&Question>)> {
    let pages: Vec<&Page> = definition.pages.iter().collect();
    drawn(pages, seed, |page| (page.logic.block.as_deref(), &page.key))
        .into_iter()
        .map(|page| {
            let questions = page.questions.iter().collect();
            (page, drawn(questions, seed, |question| (question.logic.block.as_deref(), &question.key)))
        })
        .collect()
}

fn drawn<'d, T: Copy + 'd>(mut all: Vec<T>, seed: u128, told: impl Fn(T) -> (Option<&'d str>, &'d str)) -> Vec<T> {
    for run in all.chunk_by_mut(|one, next| told(*one).0 == told(*next).0) {
        run.sort_by_cached_key(|one| {
            let (block, key) = told(*one);
            // Sorting is stable: what is in no block has one key for all and stays where it is.
            block.map(|block| Sha256::digest(format!("{seed} {block} {key}").as_bytes()).to_vec())
        });
    }
    all
}

/// What is asked, by what was answered so far. Conditions see the answers to questions that are shown,
/// and no others. All references lead back, so one walk over the questions decides it.
pub fn flow<'d>(definition: &'d Definition, setting: &Setting, answers: &Answers) -> Flow<'d> {
    let order = arranged(definition, setting.seed);
    let places = places(&order);
    let mut known = Answers::default();
    let mut pages: Vec<Shown<'d>> = Vec::new();
    let mut end = None;
    let mut next = 0;
    let mut resume = 0;
    for (at, (page, questions)) in order.into_iter().enumerate() {
        let facts = Facts { attributes: &setting.attributes, answers: &known };
        let open = page.logic.show_if.as_ref().is_none_or(|when| when.holds(facts))
            && !is_full(definition, setting, &page.key);
        let mut shown = Vec::new();
        for question in questions {
            let here = next;
            next += 1;
            if !open || end.is_some() || here < resume || is_full(definition, setting, &question.key) {
                continue;
            }
            let rules = &question.logic;
            let facts = Facts { attributes: &setting.attributes, answers: &known };
            if !rules.show_if.as_ref().is_none_or(|when| when.holds(facts)) {
                continue;
            }
            shown.push(question);
            if let Some(answer) = answers.get(&question.key) {
                known.0.insert(question.key.clone(), answer.clone());
            }
            let facts = Facts { attributes: &setting.attributes, answers: &known };
            end = rules.end_if.iter().find(|one| one.when.holds(facts));
            let skip = rules.skip_to.iter().find(|one| one.when.holds(facts));
            if let Some(place) = skip.and_then(|skip| places.get(skip.to.as_str())) {
                resume = *place;
            }
        }
        if !shown.is_empty() {
            pages.push(Shown { at, page, questions: shown });
        }
    }
    Flow { pages, end }
}

/// The place of every question, and of every page by that of its first question.
pub(super) fn places<'d>(order: &[(&'d Page, Vec<&'d Question>)]) -> BTreeMap<&'d str, usize> {
    let mut places = BTreeMap::new();
    let mut next = 0;
    for (page, questions) in order {
        // A page and a question may have one key between them; then the question is meant.
        places.entry(page.key.as_str()).or_insert(next);
        for question in questions {
            places.insert(question.key.as_str(), next);
            next += 1;
        }
    }
    places
}

fn is_full(definition: &Definition, setting: &Setting, key: &str) -> bool {
    !setting.full.is_empty()
        && definition.quotas.iter().any(|one| one.closes.as_deref() == Some(key) && setting.full.contains(&one.key))
}

/// The survey as one invitation can meet it at all: in its order, without what its attributes and the
/// quotas rule out, and with the attributes put into every condition.
pub fn possible(definition: &Definition, setting: &Setting) -> Definition {
    let bind = |when: &super::Expr| when.bind(&setting.attributes);
    let ruled_out = |when: &Option<super::Expr>, key: &str| {
        is_full(definition, setting, key) || when.as_ref().is_some_and(|when| bind(when) == super::Expr::Truth(false))
    };
    let mut pages = Vec::new();
    for (page, questions) in arranged(definition, setting.seed) {
        if ruled_out(&page.logic.show_if, &page.key) {
            continue;
        }
        let mut kept = Vec::new();
        for question in questions.into_iter().filter(|one| !ruled_out(&one.logic.show_if, &one.key)) {
            let mut question = question.clone();
            let rules = &mut question.logic;
            rules.show_if = rules.show_if.as_ref().map(bind);
            rules.skip_to.iter_mut().for_each(|skip| skip.when = bind(&skip.when));
            rules.end_if.iter_mut().for_each(|end| end.when = bind(&end.when));
            rules.block = None;
            kept.push(question);
        }
        if kept.is_empty() {
            continue;
        }
        let mut page = Page { questions: kept, ..page.clone() };
        page.logic.show_if = page.logic.show_if.as_ref().map(bind);
        page.logic.block = None;
        pages.push(page);
    }
    Definition { pages, quotas: Vec::new(), ..definition.clone() }
}

impl<'d> Flow<'d> {
    pub fn questions(&self) -> impl Iterator<Item = &'d Question> {
        self.pages.iter().flat_map(|page| page.questions.iter().copied())
    }

    pub fn shows(&self, question: &str) -> bool {
        self.questions().any(|one| one.key == question)
    }

    pub fn page(&self, key: &str) -> Option<&Shown<'d>> {
        self.pages.iter().find(|shown| shown.page.key == key)
    }

    /// Where it begins.
    pub fn first(&self) -> Step<'d> {
        self.pages.first().map_or(Step::Close, |shown| Step::Page(&shown.page.key))
    }

    /// Where to go on from a page, given its place among all pages. It is the same page as long as it
    /// shows a question that was not `seen` there yet: an answer has called it forth.
    pub fn after(&self, place: usize, seen: impl Fn(&str) -> bool) -> Step<'d> {
        let next = self.pages.iter().find(|shown| {
            shown.at > place || shown.at == place && shown.questions.iter().any(|question| !seen(&question.key))
        });
        next.map_or(Step::Close, |shown| Step::Page(&shown.page.key))
    }

    /// Where to go back to.
    pub fn before(&self, place: usize) -> Step<'d> {
        let before = self.pages.iter().rev().find(|shown| shown.at < place);
        before.map_or(self.first(), |shown| Step::Page(&shown.page.key))
    }
}
