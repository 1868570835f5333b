//! Texts that repeat an answer or a name: `{answer.recommend|…}`, `{contact.name|…}`, `{account.name}`.
//! What stands after the bar is said where there is nothing to repeat.

use super::super::{Body, Definition, Question, Scale};
use super::{ANSWER, Attributes};
use crate::domain::answer::{Answer, Answers, NO, YES, decimal};
use crate::domain::language::{Language, Texts};

/// The attributes that a text may repeat. Whether an account is named to its people is decided by who
/// writes the survey; how we rate and file it never is.
pub(in crate::domain::survey) const SPOKEN: &[&str] =
    &["account.name", "account.manager", "contact.name", "contact.salutation"];

/// The one of them that is always known.
pub(in crate::domain::survey) const ALWAYS: &str = "account.name";

/// How much of somebody's own words is repeated, in characters.
const REPEATED: usize = 200;

/// A place in a text that stands open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pipe<'t> {
    /// Where it begins and ends in the text, braces and all.
    pub from: usize,
    pub to: usize,
    pub name: &'t str,
    pub fallback: Option<&'t str>,
}

/// The open places of a text, in order. A name has a point in it; other braces are left alone.
pub fn pipes(text: &str) -> impl Iterator<Item = Pipe<'_>> {
    let dotted = |name: &str| {
        let fits = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        name.split_once('.').is_some_and(|(head, tail)| fits(head) && fits(tail))
    };
    text.match_indices('{').filter_map(move |(from, _)| {
        let inside = text.get(from + 1..)?;
        let inside = inside.get(..inside.find(['{', '}'])?)?;
        let to = from + inside.len() + 2;
        if text.get(to - 1..to) != Some("}") {
            return None;
        }
        let (name, fallback) = inside.split_once('|').map_or((inside, None), |(name, rest)| (name, Some(rest)));
        dotted(name).then_some(Pipe { from, to, name, fallback })
    })
}

/// A text with its open places filled by `say`.
pub(super) fn piped(text: &str, say: &dyn Fn(&Pipe<'_>) -> String) -> String {
    let mut full = String::with_capacity(text.len());
    let mut done = 0;
    for pipe in pipes(text) {
        full.push_str(text.get(done..pipe.from).unwrap_or_default());
        full.push_str(&say(&pipe));
        done = pipe.to;
    }
    full.push_str(text.get(done..).unwrap_or_default());
    full
}

/// A text as it reads where nothing is known: with what is said instead.
pub fn unpiped(text: &str) -> String {
    piped(text, &|pipe| pipe.fallback.unwrap_or_default().to_owned())
}

/// The survey with the attributes put into its texts; `answer` says what stands for an answer.
pub fn personal(definition: &Definition, attributes: &Attributes, answer: &dyn Fn(&Pipe<'_>) -> String) -> Definition {
    let mut own = definition.clone();
    each(&mut own, &mut |text| {
        if pipes(text).next().is_none() {
            return;
        }
        *text = piped(text, &|pipe| match attributes.text(pipe.name) {
            _ if pipe.name.starts_with(ANSWER) => answer(pipe),
            // Names come from files of others; a control character in one would break the page.
            Some(known) => known.chars().filter(|c| !c.is_control()).collect(),
            None => pipe.fallback.unwrap_or_default().to_owned(),
        });
    });
    own
}

/// What the program itself says where answers are repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Between choices.
    pub gap: String,
    /// Where a survey has no words of its own for yes and no.
    pub yes: String,
    pub no: String,
}

/// The keys that can be chosen in a question, each with what a text says for it.
pub(super) fn names(question: &Question, language: &Language, company: &str, words: &Words) -> Vec<(String, String)> {
    let own = |texts: &Texts| super::super::fill(texts.for_reader(language), company);
    let word = |texts: &Texts, ours: &str| if texts.0.is_empty() { ours.to_owned() } else { own(texts) };
    match &question.body {
        Body::YesNo { yes, no, .. } => {
            vec![(YES.to_owned(), word(yes, &words.yes)), (NO.to_owned(), word(no, &words.no))]
        }
        _ => question.choices().iter().map(|choice| (choice.key.clone(), own(&choice.text))).collect(),
    }
}

/// The answer to a question as a text repeats it; nothing where there is nothing to repeat.
pub fn said(
    question: &Question,
    answers: &Answers,
    language: &Language,
    company: &str,
    words: &Words,
) -> Option<String> {
    let names = names(question, language, company, words);
    let named = |key: &str| {
        let is_other = question.other_choice().is_some_and(|choice| choice.key == key);
        let own = answers.text(&question.other_field()).filter(|_| is_other).map(cut);
        own.or_else(|| names.iter().find(|(one, _)| one == key).map(|(_, name)| name.clone()))
    };
    match answers.get(&question.key)? {
        Answer::Score(x) => Some(x.to_string()),
        Answer::NotApplicable => None,
        Answer::Choice(key) => named(key),
        Answer::Choices(keys) | Answer::Ranking(keys) => {
            Some(keys.iter().filter_map(|key| named(key)).collect::<Vec<_>>().join(&words.gap))
        }
        Answer::Text(own) | Answer::Line(own) => Some(cut(own)),
        Answer::Number(x) => Some(decimal(*x)),
        Answer::Date(day) => Some(day.to_string()),
        Answer::Shares(_) | Answer::Contact(_) | Answer::Consent { .. } => None,
    }
}

/// Whether a text can repeat the answer to a question: what has words of its own.
pub(super) fn can_be_said(question: &Question) -> bool {
    !matches!(question.body, Body::ConstantSum { .. } | Body::Contact { .. } | Body::Consent { .. } | Body::Information)
}

fn cut(words: &str) -> String {
    if words.chars().count() <= REPEATED {
        return words.to_owned();
    }
    words.chars().take(REPEATED).chain(['…']).collect()
}

/// Calls `change` with every text of a survey in every language.
pub(super) fn each(definition: &mut Definition, change: &mut dyn FnMut(&mut String)) {
    let mut all = |texts: &mut Texts| texts.0.values_mut().for_each(&mut *change);
    let Definition { title, intro, thanks, thanks_when, review, reference, pages, quotas, .. } = definition;
    [title, intro, thanks].into_iter().for_each(&mut all);
    thanks_when.iter_mut().for_each(|one| all(&mut one.thanks));
    review.iter_mut().for_each(|one| all(&mut one.text));
    reference.iter_mut().for_each(|one| all(&mut one.text));
    quotas.iter_mut().for_each(|quota| all(&mut quota.message));
    for page in pages {
        all(&mut page.title);
        for group in &mut page.groups {
            all(&mut group.text);
            all(&mut group.hint);
        }
        for question in &mut page.questions {
            let Question { text, short, about, hint, body, logic, .. } = question;
            [text, short, about, hint].into_iter().for_each(&mut all);
            logic.end_if.iter_mut().for_each(|end| all(&mut end.thanks));
            match body {
                Body::Recommend { scale } | Body::Rating { scale, .. } | Body::Differential { scale, .. } => {
                    let Scale { low, high, labels, .. } = scale;
                    [low, high].into_iter().chain(labels).for_each(&mut all);
                }
                Body::Single { choices, .. } | Body::Multiple { choices, .. } | Body::Ranking { choices, .. } => {
                    choices
                        .iter_mut()
                        .for_each(|choice| [&mut choice.text, &mut choice.about].into_iter().for_each(&mut all));
                }
                Body::ConstantSum { choices, unit, .. } => {
                    choices
                        .iter_mut()
                        .for_each(|choice| [&mut choice.text, &mut choice.about].into_iter().for_each(&mut all));
                    all(unit);
                }
                Body::YesNo { yes, no, .. } => [yes, no].into_iter().for_each(&mut all),
                Body::Number { unit, .. } => all(unit),
                Body::Line { expected, placeholder, .. } => [expected, placeholder].into_iter().for_each(&mut all),
                Body::Text { placeholder, .. } => all(placeholder),
                Body::Consent { statement, .. } => all(statement),
                Body::Date { .. } | Body::Contact { .. } | Body::Information => {}
            }
        }
    }
}
