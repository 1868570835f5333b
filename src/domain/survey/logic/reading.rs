//! The rules of a survey file: reading them, and checking them against everything else in the file.

use super::super::after::{self, ThanksWhen};
use super::super::source::{Source, Table};
use super::super::{Definition, Page, Question, Reason};
use super::expression::{Expr, Name, Trouble};
use super::reach::Reach;
use super::types::Scope;
use super::{ANSWER, ATTRIBUTES, COUNTED, End, PageRules, Quota, Rules, Skip, place};
use crate::domain::language::Language;
use std::collections::BTreeSet;
use std::fmt::Display;

/// Where the rules stand in the file.
#[derive(Default)]
pub struct Notes {
    conditions: Vec<(Spot, usize, String)>,
    /// Pages, questions and quotas by key, with where they begin.
    owners: Vec<(Owner, usize)>,
    /// Where a skip, a quota or a block names something.
    targets: Vec<(Spot, usize)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Owner {
    Page(String),
    Question(String),
    /// The survey as a whole, after its questions.
    Survey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Spot {
    PageShow(String),
    Show(String),
    Skip(String, usize),
    End(String, usize),
    Quota(String),
    Thanks(usize),
    PageBlock(String),
    Block(String),
}

impl Notes {
    fn place(&self, spot: &Spot) -> usize {
        let conditions = self.conditions.iter().map(|(one, at, _)| (one, *at));
        let mut all = self.targets.iter().map(|(one, at)| (one, *at)).chain(conditions);
        all.find(|(one, _)| *one == spot).map_or(0, |(_, at)| at)
    }

    /// Where the condition itself stands.
    fn when(&self, spot: &Spot) -> usize {
        self.conditions.iter().find(|(one, ..)| one == spot).map_or(self.place(spot), |(_, at, _)| *at)
    }

    /// Gives what a matrix says of when it is shown, and of its place, to a row that does not say
    /// otherwise.
    pub fn hand_down(&mut self, matrix: &Question, row: &mut Question) {
        let (from, to) = (&matrix.key, &row.key);
        if row.logic.show_if.is_none() && matrix.logic.show_if.is_some() {
            row.logic.show_if.clone_from(&matrix.logic.show_if);
            let same = self.conditions.iter().find(|(spot, ..)| *spot == Spot::Show(from.clone()));
            self.conditions.extend(same.map(|(_, at, text)| (Spot::Show(to.clone()), *at, text.clone())));
        }
        if row.logic.block.is_none() {
            row.logic.block.clone_from(&matrix.logic.block);
            self.note(Spot::Block(to.clone()), self.place(&Spot::Block(from.clone())));
        }
    }

    /// What is read from here on belongs to no question.
    pub fn begin_of_survey(&mut self, at: usize) {
        self.owners.push((Owner::Survey, at));
    }

    /// The page or question that something belongs to; empty, if to the survey.
    pub fn owner_of(&self, at: usize) -> &str {
        let owner = self.owners.iter().filter(|(_, from)| *from <= at).max_by_key(|(_, from)| *from);
        match owner {
            Some((Owner::Page(key) | Owner::Question(key), _)) => key,
            Some((Owner::Survey, _)) | None => "",
        }
    }

    /// Where a question begins.
    pub fn start_of(&self, question: &str) -> usize {
        let is = |owner: &Owner| matches!(owner, Owner::Question(key) if key == question);
        self.owners.iter().find(|(owner, _)| is(owner)).map_or(0, |(_, at)| *at)
    }

    fn note(&mut self, spot: Spot, at: usize) {
        self.targets.push((spot, at));
    }
}

/// The keys of questions and pages that are rules.
pub fn question_rules(
    source: &mut Source<'_>,
    table: &mut Table<'_>,
    languages: &[Language],
    key: &str,
    notes: &mut Notes,
) -> Rules {
    notes.owners.push((Owner::Question(key.to_owned()), table.at));
    let show_if = condition(source, table, "show_if", Spot::Show(key.to_owned()), notes);
    let mut skip_to = Vec::new();
    for (nth, mut one) in table.tables(source, "skip_to").into_iter().enumerate() {
        let spot = Spot::Skip(key.to_owned(), nth);
        let when = condition(source, &mut one, "if", spot.clone(), notes);
        let when = if one.has("if") { when } else { Some(Expr::Answered(Name::new(&format!("{ANSWER}{key}")))) };
        let to = one.name(source, "to");
        if let Some(to) = to {
            notes.note(spot, to.at);
        }
        one.close(source, "", &[]);
        skip_to.extend(when.zip(to).map(|(when, to)| Skip { when, to: to.value.to_owned() }));
    }
    let mut end_if = Vec::new();
    for (nth, mut one) in table.tables(source, "end_if").into_iter().enumerate() {
        one.require(source, "if");
        let when = condition(source, &mut one, "if", Spot::End(key.to_owned(), nth), notes);
        let thanks = one.texts_if_any(source, "thanks", languages);
        after::refuse_links(source, one.key_at("thanks"), "thanks", &thanks);
        one.close(source, "", &[]);
        end_if.extend(when.map(|when| End { when, thanks }));
    }
    let block = block(source, table, Spot::Block(key.to_owned()), notes);
    Rules { show_if, skip_to, end_if, block }
}

pub fn page_rules(source: &mut Source<'_>, table: &mut Table<'_>, key: &str, notes: &mut Notes) -> PageRules {
    notes.owners.push((Owner::Page(key.to_owned()), table.at));
    let show_if = condition(source, table, "show_if", Spot::PageShow(key.to_owned()), notes);
    let block = block(source, table, Spot::PageBlock(key.to_owned()), notes);
    PageRules { show_if, block }
}

fn block(source: &mut Source<'_>, table: &mut Table<'_>, spot: Spot, notes: &mut Notes) -> Option<String> {
    let found = table.name_if_any(source, "block")?;
    notes.note(spot, found.at);
    Some(found.value.to_owned())
}

/// Thanks that hang on answers.
pub fn thanks_when(
    source: &mut Source<'_>,
    root: &mut Table<'_>,
    languages: &[Language],
    notes: &mut Notes,
) -> Vec<ThanksWhen> {
    let mut all = Vec::new();
    for mut table in root.tables(source, "thanks_when") {
        notes.begin_of_survey(table.at);
        table.require(source, "if");
        let when = condition(source, &mut table, "if", Spot::Thanks(all.len()), notes);
        let thanks = table.texts(source, "thanks", languages);
        after::refuse_links(source, table.key_at("thanks"), "thanks", &thanks);
        table.close(source, "", &[]);
        all.extend(when.map(|when| ThanksWhen { when, thanks }));
    }
    all
}

pub fn quotas(source: &mut Source<'_>, root: &mut Table<'_>, languages: &[Language], notes: &mut Notes) -> Vec<Quota> {
    let mut all: Vec<Quota> = Vec::new();
    for mut table in root.tables(source, "quota") {
        let at = table.at;
        let key = table.name(source, "key").map_or("", |found| found.value).to_owned();
        table.require(source, "most");
        let most = table.integer(source, "most", 1..=1_000_000_000).map(|found| found.value);
        let group = condition(source, &mut table, "group", Spot::Quota(key.clone()), notes);
        let closes = table.name_if_any(source, "closes");
        if let Some(closes) = closes {
            notes.note(Spot::Quota(key.clone()), closes.at);
        }
        let message = table.texts_if_any(source, "message", languages);
        if table.has("closes") && table.has("message") {
            let at = table.key_at("message");
            source.fault(at, Reason::KeyUnfit, &[("key", &"message"), ("kind", &"closes")]);
        } else if !table.has("closes") {
            table.require(source, "message");
        }
        if !key.is_empty() && all.iter().any(|one| one.key == key) {
            source.fault(at, Reason::QuotaKeyTwice, &[("quota", &key)]);
        }
        table.close(source, "", &[]);
        if let Some(most) = most {
            let closes = closes.map(|found| found.value.to_owned());
            all.push(Quota { key, most, group, closes, message });
        }
    }
    all
}

/// Reads one condition; notes what is wrong with its form.
fn condition(
    source: &mut Source<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    spot: Spot,
    notes: &mut Notes,
) -> Option<Expr> {
    let found = table.string(source, key)?;
    notes.conditions.push((spot, found.at, found.value.to_owned()));
    Expr::parse(found.value).map_err(|trouble| tell(source, found.at, found.value, &trouble)).ok()
}

/// Notes what is wrong with a condition, at its line and column inside of the string.
fn tell(source: &mut Source<'_>, at: usize, text: &str, trouble: &Trouble) {
    let at = at + place::in_file(source.rest(at), text, trouble.at);
    let args: Vec<(&'static str, &dyn Display)> =
        trouble.args.iter().map(|(name, value)| (*name, value as &dyn Display)).collect();
    source.fault(at, trouble.reason, &args);
}

/// Checks the rules of a file that is without fault otherwise, and writes names out in full.
pub fn check(source: &mut Source<'_>, definition: &mut Definition, notes: &Notes) {
    let before = definition.clone();
    let survey = Survey { definition: &before };
    for (spot, at, text) in &notes.conditions {
        let Some(expr) = slot(definition, spot) else { continue };
        let attributes = if matches!(spot, Spot::Quota(_)) { COUNTED } else { ATTRIBUTES };
        let knows = |key: &str| survey.knows(spot, key);
        let scope = Scope { questions: survey.questions(), knows: &knows, attributes };
        if let Err(mut trouble) = scope.check(expr) {
            survey.name_circle(spot, &mut trouble);
            tell(source, *at, text, &trouble);
        }
    }
    if before.anonymous {
        check_anonymous(source, definition, notes);
    }
    check_blocks(source, &before, notes);
    check_targets(source, &survey, notes);
    check_pipes(source, &survey, notes);
    if source.is_clean() {
        check_reach(source, definition, notes);
    }
}

/// What is asked or said by who is asked would tell from an answer who gave it. Earlier answers alone may decide.
fn check_anonymous(source: &mut Source<'_>, definition: &mut Definition, notes: &Notes) {
    let mut found: Vec<(usize, String)> = Vec::new();
    for (spot, at, _) in &notes.conditions {
        let Some(expr) = slot(definition, spot) else { continue };
        expr.names(&mut |name| {
            // A name that is written out is an attribute's or an answer's; a bare one that is no question is one, too.
            if !name.text.starts_with(ANSWER) {
                found.push((*at, name.text.clone()));
            }
        });
    }
    super::piping::each(&mut definition.clone(), &mut |text| {
        for pipe in super::pipes(text) {
            if !pipe.name.starts_with(ANSWER) {
                found.push((0, pipe.name.to_owned()));
            }
        }
    });
    for (at, name) in found {
        source.fault(at, Reason::AnonymousAttribute, &[("name", &name)]);
    }
}

fn slot<'d>(definition: &'d mut Definition, spot: &Spot) -> Option<&'d mut Expr> {
    let Definition { pages, quotas, thanks_when, .. } = definition;
    match spot {
        Spot::Thanks(nth) => thanks_when.get_mut(*nth).map(|one| &mut one.when),
        Spot::PageShow(key) | Spot::PageBlock(key) => {
            pages.iter_mut().find(|page| page.key == *key)?.logic.show_if.as_mut()
        }
        Spot::Quota(key) => quotas.iter_mut().find(|quota| quota.key == *key)?.group.as_mut(),
        Spot::Show(key) | Spot::Skip(key, _) | Spot::End(key, _) | Spot::Block(key) => {
            let rules = &mut pages.iter_mut().flat_map(|page| &mut page.questions).find(|one| one.key == *key)?.logic;
            match spot {
                Spot::Skip(_, nth) => rules.skip_to.get_mut(*nth).map(|skip| &mut skip.when),
                Spot::End(_, nth) => rules.end_if.get_mut(*nth).map(|end| &mut end.when),
                _ => rules.show_if.as_mut(),
            }
        }
    }
}

/// The file as a whole, to look things up in.
struct Survey<'d> {
    definition: &'d Definition,
}

impl<'d> Survey<'d> {
    fn questions(&self) -> Vec<&'d Question> {
        self.definition.questions().collect()
    }

    /// The page of a question, its number, and the question's number among all.
    fn find(&self, key: &str) -> Option<(usize, &'d Page, usize, &'d Question)> {
        let pages = self.definition.pages.iter().enumerate();
        let mut all = pages.flat_map(|(at, page)| page.questions.iter().map(move |question| (at, page, question)));
        all.by_ref()
            .enumerate()
            .find(|(_, (_, _, one))| one.key == key)
            .map(|(nth, (at, page, one))| (at, page, nth, one))
    }

    fn page(&self, key: &str) -> Option<(usize, &'d Page)> {
        self.definition.pages.iter().enumerate().find(|(_, page)| page.key == key)
    }

    /// Whether the answer to a question is settled, in every order, where a condition is looked at.
    fn knows(&self, spot: &Spot, key: &str) -> bool {
        let Some((at, page, nth, question)) = self.find(key) else { return false };
        let apart = |other: &Page| page.logic.block.is_none() || page.logic.block != other.logic.block;
        match spot {
            Spot::Quota(_) => false,
            Spot::Thanks(_) => true,
            Spot::PageShow(of) | Spot::PageBlock(of) => {
                self.page(of).is_some_and(|(here, other)| at < here && apart(other))
            }
            Spot::Show(of) | Spot::Skip(of, _) | Spot::End(of, _) | Spot::Block(of) => {
                let Some((here, other, mine, asking)) = self.find(of) else { return false };
                let own = nth == mine && !matches!(spot, Spot::Show(_));
                let blocks = (&question.logic.block, &asking.logic.block);
                let drawn = at == here && blocks.0.is_some() && blocks.0 == blocks.1;
                own || nth < mine && (at == here && !drawn || at != here && apart(other))
            }
        }
    }

    /// A condition that names a later question, on whose answer hangs the reverse, runs in a circle.
    fn name_circle(&self, spot: &Spot, trouble: &mut Trouble) {
        let (Reason::ExpressionLater, Spot::Show(of)) = (trouble.reason, spot) else { return };
        let Some((_, later)) = trouble.args.first().cloned() else { return };
        let mut seen = BTreeSet::new();
        let mut open = vec![later.clone()];
        while let Some(key) = open.pop() {
            if key == *of {
                trouble.reason = Reason::ExpressionCircle;
                trouble.args = vec![("question", of.clone()), ("other", later)];
                return;
            }
            if !seen.insert(key.clone()) {
                continue;
            }
            let Some((_, page, _, question)) = self.find(&key) else { continue };
            for when in question.logic.show_if.iter().chain(&page.logic.show_if) {
                when.names(&mut |name| {
                    open.push(name.text.strip_prefix(ANSWER).unwrap_or(&name.text).to_owned());
                });
            }
        }
    }
}

/// Members of a block stand next to each other, and in one group or in none.
fn check_blocks(source: &mut Source<'_>, definition: &Definition, notes: &Notes) {
    let scattered = |source: &mut Source<'_>, spot: Spot, block: &str| {
        source.fault(notes.place(&spot), Reason::BlockScattered, &[("block", &block)]);
    };
    let mut done: Vec<&str> = Vec::new();
    for run in definition.pages.chunk_by(|one, next| one.logic.block == next.logic.block) {
        let Some((page, block)) = run.first().and_then(|page| Some((page, page.logic.block.as_deref()?))) else {
            continue;
        };
        if done.contains(&block) {
            scattered(source, Spot::PageBlock(page.key.clone()), block);
        }
        done.push(block);
    }
    for page in &definition.pages {
        let mut done: Vec<&str> = Vec::new();
        for run in page.questions.chunk_by(|one, next| one.logic.block == next.logic.block) {
            let Some((first, block)) = run.first().and_then(|one| Some((one, one.logic.block.as_deref()?))) else {
                continue;
            };
            if done.contains(&block) {
                scattered(source, Spot::Block(first.key.clone()), block);
            }
            done.push(block);
            if let Some(other) = run.iter().find(|one| one.group != first.group) {
                let at = notes.place(&Spot::Block(other.key.clone()));
                source.fault(at, Reason::BlockMixed, &[("block", &block), ("question", &other.key)]);
            }
        }
    }
}

/// Skips lead forward, to a place that every order has; quotas close what there is.
fn check_targets(source: &mut Source<'_>, survey: &Survey<'_>, notes: &Notes) {
    let mut next = 0;
    for (at, page) in survey.definition.pages.iter().enumerate() {
        for question in &page.questions {
            for (nth, skip) in question.logic.skip_to.iter().enumerate() {
                let place = notes.place(&Spot::Skip(question.key.clone(), nth));
                let to = skip.to.as_str();
                let (forward, drawn) = match (survey.find(to), survey.page(to)) {
                    (Some((_, other, there, target)), _) => {
                        (there > next, target.logic.block.is_some() || other.logic.block.is_some())
                    }
                    (None, Some((there, other))) => (there > at, other.logic.block.is_some()),
                    (None, None) => {
                        source.fault(place, Reason::TargetUnknown, &[("target", &to)]);
                        continue;
                    }
                };
                if !forward {
                    source.fault(place, Reason::SkipBackward, &[("question", &question.key), ("target", &to)]);
                } else if drawn {
                    source.fault(place, Reason::SkipIntoBlock, &[("target", &to)]);
                }
            }
            next += 1;
        }
    }
    for quota in &survey.definition.quotas {
        if let Some(to) = quota.closes.as_deref().filter(|to| survey.find(to).is_none() && survey.page(to).is_none()) {
            source.fault(notes.place(&Spot::Quota(quota.key.clone())), Reason::TargetUnknown, &[("target", &to)]);
        }
    }
}

/// A text repeats answers of earlier pages; what is said after the last question, all.
fn check_pipes(source: &mut Source<'_>, survey: &Survey<'_>, notes: &Notes) {
    for (at, key, name) in source.take_pipes() {
        let Some(question) = name.strip_prefix(ANSWER) else { continue };
        let owner = notes.owners.iter().filter(|(_, from)| *from <= at).max_by_key(|(_, from)| *from);
        let here = owner.and_then(|(owner, _)| match owner {
            Owner::Page(page) => survey.page(page),
            Owner::Question(question) => survey.find(question).map(|(at, page, ..)| (at, page)),
            Owner::Survey => None,
        });
        let known = match (survey.find(question), here) {
            (Some((.., found)), _) if !super::piping::can_be_said(found) => {
                source.fault(at, Reason::PlaceholderUnfit, &[("key", &key), ("placeholder", &name)]);
                continue;
            }
            (Some((there, ..)), Some((here, _))) if key == "thanks" => there <= here,
            (Some(_), None) => key == "thanks",
            (Some((there, other, ..)), Some((here, page))) => {
                there < here && (page.logic.block.is_none() || page.logic.block != other.logic.block)
            }
            (None, _) => {
                let known: Vec<&str> = survey.definition.questions().map(|one| one.key.as_str()).collect();
                let known = known.iter().map(|key| format!("{ANSWER}{key}")).collect::<Vec<_>>().join(", ");
                source.fault(
                    at,
                    Reason::PlaceholderUnknown,
                    &[("key", &key), ("placeholder", &name), ("known", &known)],
                );
                continue;
            }
        };
        if !known {
            source.fault(at, Reason::PlaceholderLater, &[("key", &key), ("placeholder", &name)]);
        }
    }
}

/// Notes conditions that never hold, and rules that always hold and leave something unreached.
fn check_reach(source: &mut Source<'_>, definition: &Definition, notes: &Notes) {
    let reach = Reach(definition.questions().collect());
    let mut never = |spot: Spot, all: &[&Expr]| {
        let fine = reach.may_hold(all);
        if !fine {
            let told = all.last().map_or(String::new(), |when| when.to_string());
            source.fault(notes.when(&spot), Reason::ExpressionNever, &[("expression", &told)]);
        }
        fine
    };
    let mut over = None;
    // Behind a skip, or beside a quota, nobody knows who comes by.
    let mut straight = definition.quotas.is_empty();
    for page in &definition.pages {
        let page_show = page.logic.show_if.as_ref();
        let mut fine = true;
        if let Some(when) = page_show {
            fine = never(Spot::PageShow(page.key.clone()), &[when]);
        }
        for question in &page.questions {
            let rules = &question.logic;
            let shown: Vec<&Expr> = page_show.filter(|_| fine).into_iter().chain(&rules.show_if).collect();
            let reached = rules.show_if.is_none() || never(Spot::Show(question.key.clone()), &shown);
            let ends =
                rules.end_if.iter().enumerate().map(|(nth, end)| (Spot::End(question.key.clone(), nth), &end.when));
            let skips =
                rules.skip_to.iter().enumerate().map(|(nth, skip)| (Spot::Skip(question.key.clone(), nth), &skip.when));
            for (spot, when) in ends.chain(skips) {
                let all: Vec<&Expr> = shown.iter().copied().filter(|_| reached).chain([when]).collect();
                never(spot, &all);
            }
            let everyone = page_show.is_none() && rules.show_if.is_none() && page.logic.block.is_none();
            if straight && everyone && rules.block.is_none() {
                let always = rules.end_if.iter().position(|end| reach.always_holds(&end.when));
                over = over.or(always.map(|nth| (question.key.clone(), nth)));
            }
            straight = straight && rules.skip_to.is_empty();
        }
    }
    for (nth, one) in definition.thanks_when.iter().enumerate() {
        never(Spot::Thanks(nth), &[&one.when]);
    }
    let last = definition.questions().last().map(|one| one.key.clone());
    if let Some((question, nth)) = over.filter(|(question, _)| Some(question) != last.as_ref()) {
        let at = notes.place(&Spot::End(question.clone(), nth));
        source.fault(at, Reason::EndAlways, &[("question", &question)]);
    }
}
