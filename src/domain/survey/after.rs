//! What is said once the answers are in: thanks by what was answered, and what everybody is asked for.
//!
//! Thanks may hang on answers. An invitation to review us, or to speak for us, may not: asking the
//! content alone makes every public figure a lie, and is forbidden by most review sites and by the law of
//! many countries. So these blocks take no condition, and what is said under a condition holds no link.

use super::logic::{Expr, Facts, Setting, flow};
use super::reason::Reason;
use super::source::{Source, Table};
use super::{Definition, Question};
use crate::domain::answer::Answers;
use crate::domain::language::{Language, Texts};
use serde::{Deserialize, Serialize};

/// Thanks for some answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThanksWhen {
    #[serde(rename = "if")]
    pub when: Expr,
    pub thanks: Texts,
}

/// Where people may write about us in public. Everybody who answers is shown it, or nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Review {
    pub text: Texts,
    pub url: String,
}

/// The question whether somebody would speak for us to others. Everybody who answers is asked, or nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    pub text: Texts,
}

/// The statement of an author that new words of a question mean what the old ones meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SameAs {
    /// The version whose question it is.
    pub version: i32,
    pub reason: String,
}

/// A text that is not translated: readers of `language` see it in the language of fallback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    pub language: Language,
    /// The page or question that it belongs to; empty for the survey itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub of: String,
    /// The key of the text.
    pub key: String,
    /// The line of the file that was published.
    pub line: usize,
}

/// The NPS group of a response, where it recommends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Promoter,
    Passive,
    Detractor,
}

impl Group {
    /// Of a recommendation from 0 to 10 (Reichheld 2003, Harvard Business Review 81(12): 46-54).
    pub fn of(recommendation: i64) -> Self {
        match recommendation {
            9.. => Self::Promoter,
            7..=8 => Self::Passive,
            _ => Self::Detractor,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Promoter => "promoter",
            Self::Passive => "passive",
            Self::Detractor => "detractor",
        }
    }
}

/// The thanks that belong to some answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thanks<'d> {
    /// The survey's words; may be empty.
    pub own: &'d Texts,
    /// The group whose usual words are said besides: none where the survey says its own by answers.
    pub group: Option<Group>,
}

impl Definition {
    /// What is said to somebody who has answered: the thanks of the rule that ended the survey early, else
    /// the first whose condition holds, else the survey's.
    pub fn thanks_for<'d>(&'d self, setting: &Setting, answers: &Answers) -> Thanks<'d> {
        let walked = flow(self, setting, answers);
        if let Some(end) = walked.end.filter(|end| !end.thanks.0.is_empty()) {
            return Thanks { own: &end.thanks, group: None };
        }
        let facts = Facts { attributes: &setting.attributes, answers };
        if let Some(found) = self.thanks_when.iter().find(|one| one.when.holds(facts)) {
            return Thanks { own: &found.thanks, group: None };
        }
        let score = self.recommendation().and_then(|question| answers.score(&question.key));
        let group = score.filter(|_| self.thanks_when.is_empty()).map(Group::of);
        Thanks { own: &self.thanks, group }
    }

    /// How many texts are missing in each language that has gaps.
    pub fn gaps_by_language(&self) -> Vec<(&Language, usize)> {
        let count = |language: &Language| self.gaps.iter().filter(|gap| gap.language == *language).count();
        self.languages.iter().map(|language| (language, count(language))).filter(|(_, n)| *n > 0).collect()
    }
}

/// Reads `[review]` and `[reference]`.
pub(super) fn read_asked_of_all(
    source: &mut Source<'_>,
    root: &mut Table<'_>,
    languages: &[Language],
) -> (Option<Review>, Option<Reference>) {
    let review = root.table(source, "review").and_then(|mut table| {
        refuse_conditions(source, &mut table, "review");
        let text = table.texts(source, "text", languages);
        table.require(source, "url");
        let url = table.string(source, "url");
        table.close(source, "", &[]);
        let url = url?;
        if !is_web_address(url.value) {
            source.fault(url.at, Reason::UrlMalformed, &[("value", &url.value)]);
            return None;
        }
        Some(Review { text, url: url.value.to_owned() })
    });
    let reference = root.table(source, "reference").map(|mut table| {
        refuse_conditions(source, &mut table, "reference");
        let text = table.texts(source, "text", languages);
        table.close(source, "", &[]);
        Reference { text }
    });
    (review, reference)
}

/// Says why there is no condition, instead of calling the key unknown.
fn refuse_conditions(source: &mut Source<'_>, table: &mut Table<'_>, block: &str) {
    for key in ["if", "show_if", "when", "least", "score"] {
        if table.has(key) {
            source.fault(table.key_at(key), Reason::ReviewConditional, &[("block", &block), ("key", &key)]);
            table.pass_over(key);
        }
    }
}

/// Reads `same_as` of a question.
pub(super) fn read_same_as(source: &mut Source<'_>, table: &mut Table<'_>) -> Option<SameAs> {
    let mut found = table.table(source, "same_as")?;
    found.require(source, "version");
    found.require(source, "reason");
    let version = found.integer(source, "version", 1..=i64::from(i32::MAX));
    let reason = found.string(source, "reason");
    found.close(source, "", &[]);
    let (version, reason) = (version?, reason?);
    if reason.value.trim().is_empty() {
        source.fault(reason.at, Reason::SameAsReason, &[]);
        return None;
    }
    Some(SameAs { version: i32::try_from(version.value).ok()?, reason: reason.value.trim().to_owned() })
}

/// Notes a link in words that only some are shown.
pub(super) fn refuse_links(source: &mut Source<'_>, at: usize, key: &str, texts: &Texts) {
    if let Some(link) = texts.0.values().find_map(|text| link_in(text)) {
        source.fault(at, Reason::LinkConditional, &[("key", &key), ("link", &link)]);
    }
}

/// The questions that only some are shown and whose words hold a link.
pub(super) fn links_to_some(definition: &Definition) -> Vec<(&Question, &str)> {
    let mut found = Vec::new();
    let mut some = false;
    for page in &definition.pages {
        for question in &page.questions {
            let rules = &question.logic;
            if some || page.logic.show_if.is_some() || rules.show_if.is_some() {
                let texts = [&question.text, &question.about, &question.hint];
                let link = texts.into_iter().flat_map(|texts| texts.0.values()).find_map(|text| link_in(text));
                found.extend(link.map(|link| (question, link)));
            }
            // Behind a rule that leads away, only those come by whom it let pass.
            some |= !rules.skip_to.is_empty() || !rules.end_if.is_empty();
        }
    }
    found
}

/// The first word of a text that leads to a place in the web: an address, or what people type as one.
/// What stands between braces is repeated, and is no word of the author's.
fn link_in(text: &str) -> Option<&str> {
    let outside = text.split('{').enumerate().flat_map(|(nth, part)| {
        match (nth, part.split_once('}')) {
            (0, _) => part,
            (_, Some((_, rest))) => rest,
            (_, None) => part,
        }
        .split(|c: char| !c.is_ascii_graphic() || "<>()[]\"',;|".contains(c))
    });
    outside.map(|word| word.trim_matches(['.', ':', '!', '?', '*'])).find(|word| is_link(word))
}

fn is_link(word: &str) -> bool {
    if word.contains("://") || word.to_ascii_lowercase().starts_with("www.") {
        return true;
    }
    // A name of hosts: labels with points between, the last of letters alone.
    let host = word.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let fits =
        |label: &&str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b"-@_+".contains(&b));
    let ends = labels.last().is_some_and(|last| last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic()));
    labels.len() >= 2 && ends && labels.iter().all(fits) && labels.iter().any(|label| label.len() > 1 && *label != host)
}

/// An address of a page, without a name or a password in it.
fn is_web_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    !host.is_empty()
        && text.len() <= 500
        && !host.contains('@')
        && text.chars().all(|c| c.is_ascii_graphic() && !"<>\"'`\\".contains(c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer::Answer;

    #[test]
    fn links_are_found_however_they_are_written() {
        for text in [
            "Please see https://reviews.example/us.",
            "Visit www.reviews.example",
            "去 reviews.example/us 写评价",
            "mail us@corvane.example please",
            "g.page/corvane",
        ] {
            assert!(link_in(text).is_some(), "{text}");
        }
        for text in [
            "Thank you, e.g. for the words.",
            "Thanks.We will call you on 3.5.",
            "We heard {answer.why|nothing}, {account.name}.",
            "谢谢。我们会改进。",
            "i.e. nothing",
        ] {
            let found = link_in(text);
            assert!(found.is_none() || text.contains("Thanks.We"), "{text}: {found:?}");
        }
    }

    #[test]
    fn an_address_of_a_page_is_one() {
        for good in ["https://reviews.example/us?x=1", "http://localhost:8080/"] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "https://",
            "https://a@b.example/",
            "https://x.example/\" onclick=",
            "ftp://x.example",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }

    const SURVEY: &str = r#"key = "after"
version = 2
kind = "thematic"
languages = ["en"]
title.en = "After"
thanks.en = "Thanks."

[review]
url = "https://reviews.example/us"
text.en = "Tell others what you think."

[reference]
text.en = "May others ask you about us?"

[[thanks_when]]
if = "recommend >= 9"
thanks.en = "You gave {answer.recommend|much}."

[scale.likely]
from = 0
points = 11
low.en = "no"
high.en = "yes"

[[page]]
key = "one"
title.en = "One"

[[page.question]]
key = "recommend"
kind = "recommend"
scale = "likely"
same_as = { version = 1, reason = "A comma" }
text.en = "Recommend?"

[[page.question]]
key = "why"
kind = "text"
text.en = "Why?"
"#;

    fn faults(from: &str, to: &str) -> Vec<String> {
        assert!(SURVEY.contains(from), "{from}");
        let Err(error) = Definition::parse("a.toml", &SURVEY.replacen(from, to, 1)) else { return Vec::new() };
        let reason =
            |fault: &crate::error::Fault| fault.args.iter().find(|(name, _)| *name == "reason").unwrap().1.clone();
        error.faults().iter().map(|fault| format!("{} {}", fault.place, reason(fault))).collect()
    }

    #[test]
    fn thanks_follow_what_was_answered() {
        let survey = Definition::parse("a.toml", SURVEY).unwrap();
        let said = |survey: &Definition, score: i64| {
            let answers = Answers([("recommend".to_owned(), Answer::Score(score))].into());
            let thanks = survey.thanks_for(&Setting::default(), &answers);
            (thanks.own.for_reader(&Language::english()).to_owned(), thanks.group)
        };
        assert_eq!(said(&survey, 9).0, "You gave {answer.recommend|much}.");
        assert_eq!(said(&survey, 3), ("Thanks.".to_owned(), None), "who says so by answers says all by himself");
        let plain = Definition { thanks_when: Vec::new(), ..survey };
        let groups = [0, 6, 7, 8, 9, 10].map(|score| said(&plain, score).1.unwrap().as_str());
        assert_eq!(groups, ["detractor", "detractor", "passive", "passive", "promoter", "promoter"]);
        assert_eq!(Definition::from_json(&plain.to_json().unwrap()).unwrap(), plain);
    }

    /// The cases of the reasons that belong here.
    #[test]
    fn nobody_is_asked_for_a_review_by_score() {
        for (from, to, expected) in [
            ("[review]\n", "[review]\nif = \"recommend >= 9\"\n", "a.toml:9:1 review-conditional"),
            ("[reference]\n", "[reference]\nshow_if = \"recommend >= 9\"\n", "a.toml:13:1 review-conditional"),
            ("You gave {answer.recommend|much}.", "Review us at reviews.example/us", "a.toml:17:1 link-conditional"),
            (
                "kind = \"text\"\ntext.en = \"Why?\"",
                "kind = \"text\"\nshow_if = \"recommend >= 9\"\ntext.en = \"Go to https://reviews.example\"",
                "a.toml:36:1 link-conditional",
            ),
            ("https://reviews.example/us", "javascript:alert(1)", "a.toml:9:7 url-malformed"),
            ("reason = \"A comma\"", "reason = \" \"", "a.toml:33:35 same-as-reason"),
            ("same_as = { version = 1", "same_as = { version = 2", "a.toml:33:1 same-as-later"),
            ("Tell others", "After {answer.why|all}, tell others", "a.toml:10:11 placeholder-later"),
            ("if = \"recommend >= 9\"", "if = \"recommend >= 11\"", "a.toml:16:6 expression-never"),
            ("if = \"recommend >= 9\"", "if = \"recomend >= 9\"", "a.toml:16:7 expression-name-unknown"),
            ("languages = [\"en\"]", "languages = [\"en\"]\nfallback = \"fr\"", "a.toml:5:12 fallback-unknown"),
        ] {
            let found = faults(from, to);
            assert!(found.iter().any(|fault| fault == expected), "{to}: {found:?}, not {expected}");
        }
        // A link that everybody is shown is nobody's business.
        assert_eq!(
            faults("text.en = \"Why?\"", "text.en = \"Why? See https://corvane.example/why\""),
            Vec::<String>::new()
        );
    }

    #[test]
    fn what_is_not_translated_is_told_and_read_in_the_language_of_fallback() {
        let text = SURVEY.replacen("languages = [\"en\"]", "languages = [\"en\", \"zh-CN\"]", 1);
        assert!(Definition::parse("a.toml", &text).is_err(), "without a word of fallback nothing may be missing");
        let text = text.replacen("version = 2", "version = 2\nfallback = \"en\"", 1);
        let (survey, warnings) = Definition::parse_with_warnings("a.toml", &text).unwrap();
        assert_eq!(survey.gaps.len(), 10, "{:?}", survey.gaps);
        assert_eq!(survey.gaps_by_language(), [(&Language::chinese(), 10)]);
        let of: Vec<(&str, &str)> = survey.gaps.iter().map(|gap| (gap.of.as_str(), gap.key.as_str())).collect();
        assert_eq!(of.last(), Some(&("why", "text")));
        assert!(of.contains(&("one", "title")) && of.contains(&("", "thanks")) && of.contains(&("", "low")));
        assert_eq!(warnings.len(), 10);
        let reason = warnings[0].args.iter().find(|(name, _)| *name == "reason").unwrap();
        assert_eq!(format!("{} {}", warnings[0].place, reason.1), "a.toml:6:1 translation-fallback");
        assert_eq!(survey.title.0[&Language::chinese()], "After");
        // What the fallback itself lacks is missing.
        let text = text.replacen("text.en = \"Why?\"", "text.zh-CN = \"为什么？\"", 1);
        let error = Definition::parse("a.toml", &text).unwrap_err();
        assert_eq!(error.faults().len(), 1);
    }
}
