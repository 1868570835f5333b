//! What two versions of a survey have in common: which of their questions may stand in one series.
//!
//! Questions are linked by key. A figure may be compared over versions where what people were asked, on
//! which scale, and how the answers count are the same; where one of these is not, the series breaks.

use super::{Choice, Definition, Group, ItemMeasure, Question};
use crate::domain::language::{Language, Texts};
use crate::domain::measure::Measure;
use std::collections::BTreeSet;

/// What became of a question from one version to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// It is answered in another way: choices instead of a scale.
    Kind,
    /// Other points, other words for them, other choices.
    Scale,
    /// The other end of the scale is the good one.
    Polarity,
    /// It measures something else, or weighs another amount in its index.
    Measure,
    /// Other words.
    Wording,
    New,
    Gone,
}

impl Change {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Scale => "scale",
            Self::Polarity => "polarity",
            Self::Measure => "measure",
            Self::Wording => "wording",
            Self::New => "new",
            Self::Gone => "gone",
        }
    }
}

/// One question of either version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared<'d> {
    pub key: &'d str,
    /// As it is asked now, else as it was.
    pub question: &'d Question,
    /// Nothing where it is the same.
    pub changes: Vec<Change>,
    /// The languages whose words have changed.
    pub languages: Vec<&'d Language>,
    /// Why the new words mean what the old ones meant, where the author says so.
    pub same_because: Option<&'d str>,
}

impl Compared<'_> {
    /// Whether answers before and after may stand in one series.
    pub fn is_comparable(&self) -> bool {
        self.changes.iter().all(|change| *change == Change::Wording && self.same_because.is_some())
    }
}

/// The questions of both versions: those of the later one in its order, then those that are gone.
pub fn compare<'d>(earlier: &'d Definition, later: &'d Definition) -> Vec<Compared<'d>> {
    let now = later.asked().map(|question| match earlier.question(&question.key).filter(|one| one.is_asked()) {
        Some(was) => of_one(earlier, was, later, question),
        None => alone(question, Change::New),
    });
    let gone = earlier.asked().filter(|one| later.question(&one.key).is_none_or(|now| !now.is_asked()));
    now.chain(gone.map(|question| alone(question, Change::Gone))).collect()
}

fn alone(question: &Question, change: Change) -> Compared<'_> {
    Compared { key: &question.key, question, changes: vec![change], languages: Vec::new(), same_because: None }
}

fn of_one<'d>(earlier: &'d Definition, was: &'d Question, later: &'d Definition, now: &'d Question) -> Compared<'d> {
    let mut changes = Vec::new();
    if was.body.kind() != now.body.kind() {
        changes.push(Change::Kind);
    }
    if !same_points(was, now) || !same_choices(was.choices(), now.choices()) {
        changes.push(Change::Scale);
    }
    if was.polarity != now.polarity {
        changes.push(Change::Polarity);
    }
    if (was.measure, &was.aspect, was.weight) != (now.measure, &now.aspect, now.weight) {
        changes.push(Change::Measure);
    }
    let languages: Vec<&Language> = later
        .languages
        .iter()
        .filter(|language| earlier.languages.contains(language))
        .filter(|language| words(earlier, was, language) != words(later, now, language))
        .collect();
    if !languages.is_empty() {
        changes.push(Change::Wording);
    }
    // A statement concerns the version that it names: to one between, or before, it says nothing.
    let same = now.same_as.as_ref().filter(|same| same.version == earlier.version);
    Compared { key: &now.key, question: now, changes, languages, same_because: same.map(|same| same.reason.as_str()) }
}

/// All that a person reads of a question before they answer, with its spaces put right: the heading of its
/// group, the question, what belongs to it, how to answer.
fn words(definition: &Definition, question: &Question, language: &Language) -> Vec<String> {
    let plain = |texts: &Texts| {
        let text = texts.0.get(language).map_or("", String::as_str);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let group = group_of(definition, question).map(|group| plain(&group.text)).unwrap_or_default();
    vec![group, plain(&question.text), plain(&question.about), plain(&question.hint)]
}

fn group_of<'d>(definition: &'d Definition, question: &Question) -> Option<&'d Group> {
    let key = question.group.as_deref()?;
    let page = definition.pages.iter().find(|page| page.questions.iter().any(|one| one.key == question.key))?;
    page.groups.iter().find(|group| group.key == key)
}

/// Whether two scales have the same points, called the same in the languages of both.
fn same_points(was: &Question, now: &Question) -> bool {
    match (was.scale(), now.scale()) {
        (None, None) => true,
        (Some(was), Some(now)) => {
            (was.from, was.points, was.top) == (now.from, now.points, now.top)
                && was.labels.len() == now.labels.len()
                && same_texts(&was.low, &now.low)
                && same_texts(&was.high, &now.high)
                && was.labels.iter().zip(&now.labels).all(|(was, now)| same_texts(was, now))
        }
        _ => false,
    }
}

fn same_choices(was: &[Choice], now: &[Choice]) -> bool {
    was.len() == now.len()
        && was.iter().zip(now).all(|(was, now)| {
            (&was.key, was.other, was.exclusive) == (&now.key, now.other, now.exclusive)
                && same_texts(&was.text, &now.text)
        })
}

/// Whether two texts say the same in every language that both have.
fn same_texts(was: &Texts, now: &Texts) -> bool {
    was.0.iter().all(|(language, text)| now.0.get(language).is_none_or(|other| other.trim() == text.trim()))
}

/// The measures that a survey feeds, each with the keys of its questions.
pub fn measures(definition: &Definition) -> Vec<(Measure, BTreeSet<&str>)> {
    let keys = |which: &dyn Fn(&Question) -> bool| -> BTreeSet<&str> {
        definition.asked().filter(|one| which(one)).map(|one| one.key.as_str()).collect()
    };
    let feeds = |all: &'static [ItemMeasure]| {
        move |one: &Question| one.scale().is_some() && one.measure.is_some_and(|measure| all.contains(&measure))
    };
    let recommends = keys(&feeds(&[ItemMeasure::Recommendation]));
    let loyal = feeds(&[
        ItemMeasure::Recommendation,
        ItemMeasure::Repurchase,
        ItemMeasure::CrossPurchase,
        ItemMeasure::PriceTolerance,
    ]);
    let mut all = vec![
        (Measure::Recommend, recommends.clone()),
        (Measure::RecommendScore, recommends),
        (Measure::Satisfied, keys(&Question::is_overall)),
        (Measure::Effort, keys(&feeds(&[ItemMeasure::Effort]))),
        (Measure::SatisfactionIndex, keys(&|one| one.service_aspect().is_some())),
        (Measure::LoyaltyIndex, keys(&loyal)),
    ];
    for (aspect, _) in definition.aspects() {
        all.push((Measure::Aspect(aspect.to_owned()), keys(&|one| one.service_aspect() == Some(aspect))));
    }
    all.retain(|(_, questions)| !questions.is_empty());
    all
}

/// The measures whose series breaks from one version to another: a question that feeds it is not the same
/// any more, or it is made of others.
pub fn breaks(earlier: &Definition, later: &Definition) -> Vec<Measure> {
    let compared = compare(earlier, later);
    let before = measures(earlier);
    measures(later)
        .into_iter()
        .filter(|(measure, now)| {
            let Some((_, was)) = before.iter().find(|(one, _)| one == measure) else { return false };
            was != now || compared.iter().any(|one| now.contains(one.key) && !one.is_comparable())
        })
        .map(|(measure, _)| measure)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = r#"key = "c"
version = 1
kind = "thematic"
languages = ["en", "zh-CN"]
title = { en = "C", zh-CN = "C" }

[scale.likely]
from = 0
points = 11
low = { en = "no", zh-CN = "不" }
high = { en = "yes", zh-CN = "会" }

[scale.five]
points = 5
low = { en = "bad", zh-CN = "差" }
high = { en = "good", zh-CN = "好" }

[[page]]
key = "one"
title = { en = "One", zh-CN = "一" }

[[page.question]]
key = "recommend"
kind = "recommend"
scale = "likely"
text = { en = "Recommend us?", zh-CN = "推荐我们吗？" }

[[page.question]]
key = "speed"
kind = "rating"
scale = "five"
measure = "satisfaction"
aspect = "speed"
text = { en = "Speed", zh-CN = "速度" }

[[page.question]]
key = "advice"
kind = "rating"
scale = "five"
measure = "satisfaction"
aspect = "advice"
text = { en = "Advice", zh-CN = "建议" }
"#;

    fn first() -> Definition {
        Definition::parse("c.toml", FILE).unwrap()
    }

    fn after(edits: &[(&str, &str)]) -> Definition {
        let mut text = FILE.replacen("version = 1", "version = 2", 1);
        for (from, to) in edits {
            assert!(text.contains(from), "{from}");
            text = text.replacen(from, to, 1);
        }
        Definition::parse("c.toml", &text).unwrap()
    }

    fn told(edits: &[(&str, &str)]) -> (Vec<String>, Vec<String>) {
        let (was, now) = (first(), after(edits));
        let changed = compare(&was, &now)
            .iter()
            .filter(|one| !one.changes.is_empty())
            .map(|one| {
                let changes: Vec<&str> = one.changes.iter().map(|change| change.as_str()).collect();
                format!("{} {}{}", one.key, changes.join("+"), if one.is_comparable() { " as before" } else { "" })
            })
            .collect();
        (changed, breaks(&was, &now).iter().map(Measure::key).collect())
    }

    #[test]
    fn what_is_the_same_breaks_nothing() {
        assert_eq!(told(&[]), (vec![], vec![]));
        // Spaces, and what stands elsewhere on the page, are not the question.
        assert_eq!(told(&[("Recommend us?", "Recommend  us? "), ("en = \"One\"", "en = \"First\"")]), (vec![], vec![]));
    }

    #[test]
    fn each_change_is_told_and_breaks_what_it_feeds() {
        let (changed, broken) = told(&[("推荐我们吗？", "您会推荐我们吗？")]);
        assert_eq!(changed, ["recommend wording"]);
        assert_eq!(broken, ["recommend", "recommend_score", "loyalty_index"]);
        let (changed, broken) = told(&[("points = 5", "points = 7")]);
        assert_eq!(changed, ["speed scale", "advice scale"]);
        assert_eq!(broken, ["satisfaction_index", "aspect:speed", "aspect:advice"]);
        let (changed, broken) = told(&[("aspect = \"speed\"", "aspect = \"speed\"\npolarity = \"negative\"")]);
        assert_eq!((changed[0].as_str(), broken[0].as_str()), ("speed polarity", "satisfaction_index"));
        let (changed, broken) = told(&[("aspect = \"speed\"", "aspect = \"speed\"\nweight = 2")]);
        assert_eq!((changed[0].as_str(), broken[0].as_str()), ("speed measure", "satisfaction_index"));
        // An index of other items is another index; its aspects go on by themselves.
        let (changed, broken) = told(&[("key = \"advice\"", "key = \"counsel\"")]);
        assert_eq!(changed, ["counsel new", "advice gone"]);
        assert_eq!(broken, ["satisfaction_index", "aspect:advice"]);
    }

    #[test]
    fn an_author_may_say_that_new_words_mean_the_same() {
        let same = "scale = \"likely\"\nsame_as = { version = 1, reason = \"A typing error\" }";
        let words = ("Recommend us?", "Recommended us?");
        assert_eq!(
            told(&[words, ("scale = \"likely\"", same)]),
            (vec!["recommend wording as before".to_owned()], vec![])
        );
        // Of another version it says nothing, and of a scale it cannot say it.
        let mut later = after(&[words, ("scale = \"likely\"", same)]);
        later.version = 3;
        let second = Definition { version: 2, ..first() };
        assert_eq!(breaks(&second, &later).len(), 3);
        let (_, broken) = told(&[("points = 11\nlow", "points = 11\ntop = 1\nlow"), ("scale = \"likely\"", same)]);
        assert_eq!(broken.first().map(String::as_str), Some("recommend"));
    }
}
