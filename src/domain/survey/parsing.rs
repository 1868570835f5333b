//! From the tables of a survey file to a definition.

use super::logic::{self, Notes};
use super::source::{At, Source, Table};
use super::{Body, Choice, Definition, Group, ItemMeasure, NOT_APPLICABLE, Page, Polarity, Question, Reason};
use super::{Scale, SurveyKind, unit_weight};
use crate::domain::language::{Language, Texts};
use crate::error::Error;
use std::collections::BTreeMap;
use std::fmt::Display;
use toml::de::DeTable;

/// The words for the kinds of questions, and the keys that only some kinds take.
const KINDS: &[&str] = &["recommend", "rating", "single", "multiple", "text"];
const KIND_KEYS: &[&str] =
    &["scale", "polarity", "weight", "not_applicable", "group", "choices", "most", "lines", "placeholder"];

/// Nobody tells more points apart; a percentage has 101.
const POINTS_MOST: i64 = 101;

/// How many characters a text answer takes unless the file says otherwise, and at most.
const ANSWER_MOST: i64 = 2000;
const ANSWER_MOST_EVER: i64 = 10_000;

pub(super) fn parse(file: &str, text: &str) -> Result<Definition, Error> {
    let mut source = Source::new(file, text);
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let at = error.span().map_or(text.len(), |span| span.start);
        source.fault(at, Reason::Syntax, &[("detail", &error.message())]);
    }
    // What the parser made of a file that is not TOML says nothing about what its author meant.
    if !errors.is_empty() {
        return Err(source.into_error());
    }
    let mut notes = Notes::default();
    let mut read = File::read(&mut source, Table::new(document.get_ref(), 0), &mut notes);
    // Conditions speak of the rest of the file, so the rest has to be right first.
    if let Some(definition) = read.as_mut().filter(|_| source.is_clean()) {
        logic::check(&mut source, definition, &notes);
    }
    match read {
        Some(definition) if source.is_clean() => Ok(definition),
        _ => Err(source.into_error()),
    }
}

/// What the whole file has to agree on.
struct File {
    languages: Vec<Language>,
    scales: BTreeMap<String, NamedScale>,
    questions: Vec<String>,
    recommendation: Option<String>,
    overall: Option<String>,
}

/// A scale under its name; one with faults has no value but is known by name.
struct NamedScale {
    scale: Option<Scale>,
    at: usize,
    used: bool,
}

/// A question before it is known whether it fits its group.
struct Draft {
    question: Question,
    scale: Option<String>,
    /// Where it names its group.
    group_at: usize,
}

impl File {
    fn read<'t>(source: &mut Source<'_>, mut root: Table<'t>, notes: &mut Notes<'t>) -> Option<Definition> {
        let mut file = File {
            languages: read_languages(source, &mut root),
            scales: BTreeMap::new(),
            questions: Vec::new(),
            recommendation: None,
            overall: None,
        };
        let key = root.name(source, "key");
        root.require(source, "version");
        let version = root.integer(source, "version", 1..=i64::from(i32::MAX));
        let kind = word(source, &mut root, "kind", Reason::KindUnknown, SurveyKind::ALL, SurveyKind::as_str);
        root.require(source, "kind");
        let title = root.texts(source, "title", &file.languages);
        let intro = root.texts_if_any(source, "intro", &file.languages);
        let thanks = root.texts_if_any(source, "thanks", &file.languages);
        file.read_scales(source, &mut root);
        root.require(source, "page");
        let mut pages: Vec<Page> = Vec::new();
        for table in root.tables(source, "page") {
            let at = table.at;
            let page = file.page(source, table, notes);
            if let Some(twice) = pages.iter().find(|one| one.key == page.key && !page.key.is_empty()) {
                source.fault(at, Reason::PageKeyTwice, &[("page", &twice.key)]);
            }
            pages.push(page);
        }
        if root.has("page") && pages.is_empty() {
            source.fault(root.key_at("page"), Reason::ListEmpty, &[("key", &"page")]);
        }
        let quotas = logic::quotas(source, &mut root, &file.languages, notes);
        root.close(source, "", &[]);
        for (name, scale) in file.scales.iter().filter(|(_, scale)| !scale.used) {
            source.fault(scale.at, Reason::ScaleUnused, &[("scale", name)]);
        }
        Some(Definition {
            key: key?.value.to_owned(),
            version: i32::try_from(version?.value).ok()?,
            kind: kind?.value,
            languages: file.languages,
            title,
            intro,
            thanks,
            pages,
            quotas,
        })
    }

    fn read_scales(&mut self, source: &mut Source<'_>, root: &mut Table<'_>) {
        let Some(table) = root.table(source, "scale") else { return };
        for name in table.names() {
            let scale = table.entry(source, name).and_then(|entry| self.scale(source, name, entry));
            self.scales.insert(name.value.to_owned(), NamedScale { scale, at: name.at, used: false });
        }
    }

    fn scale(&self, source: &mut Source<'_>, name: At<&str>, mut table: Table<'_>) -> Option<Scale> {
        let languages = &self.languages;
        let from = table.integer(source, "from", -100..=100).map(|found| found.value);
        let from = if table.has("from") { from } else { Some(1) };
        table.require(source, "points");
        let points = table.integer(source, "points", i64::MIN..=i64::MAX).and_then(|found| {
            if (2..=POINTS_MOST).contains(&found.value) {
                return Some(found.value);
            }
            let args: &[(&'static str, &dyn Display)] =
                &[("scale", &name.value), ("points", &found.value), ("max", &POINTS_MOST)];
            source.fault(found.at, Reason::ScalePoints, args);
            None
        });
        let lists = table.text_lists(source, "labels", languages);
        for (language, list) in &lists {
            let count = list.value.len();
            if let Some(points) = points.filter(|points| usize::try_from(*points) != Ok(count)) {
                let args: &[(&'static str, &dyn Display)] =
                    &[("scale", &name.value), ("language", language), ("points", &points), ("count", &count)];
                source.fault(list.at, Reason::ScaleLabels, args);
            }
        }
        let labels = by_point(&lists);
        let mut low = table.texts_if_any(source, "low", languages);
        let mut high = table.texts_if_any(source, "high", languages);
        if let ([first, ..], [.., last]) = (labels.as_slice(), labels.as_slice()) {
            // Labels name the ends too; words of their own for the ends go before.
            if !table.has("low") {
                low = first.clone();
            }
            if !table.has("high") {
                high = last.clone();
            }
        } else if !(table.has("labels") || table.has("low") && table.has("high")) {
            source.fault(name.at, Reason::ScaleEnds, &[("scale", &name.value)]);
        }
        let usual = if points.unwrap_or(2) >= 4 { 2 } else { 1 };
        let top =
            table.integer(source, "top", 1..=points.unwrap_or(POINTS_MOST) - 1).map_or(usual, |found| found.value);
        table.close(source, "", &[]);
        Some(Scale { from: from?, points: points?, low, high, labels, top })
    }

    fn page<'t>(&mut self, source: &mut Source<'_>, mut table: Table<'t>, notes: &mut Notes<'t>) -> Page {
        let key = table.name(source, "key").map_or("", |found| found.value).to_owned();
        let title = table.texts(source, "title", &self.languages);
        let logic = logic::page_rules(source, &mut table, &key, notes);
        let mut groups: Vec<(Group, usize)> = Vec::new();
        for group in table.tables(source, "group") {
            let at = group.at;
            let group = self.group(source, group);
            if !group.key.is_empty() && groups.iter().any(|(one, _)| one.key == group.key) {
                source.fault(at, Reason::GroupKeyTwice, &[("group", &group.key)]);
            }
            groups.push((group, at));
        }
        let tables = table.tables(source, "question");
        if tables.is_empty() {
            source.fault(table.at, Reason::ListEmpty, &[("key", &"question")]);
        }
        let count = tables.len();
        let drafts: Vec<Draft> =
            tables.into_iter().filter_map(|question| self.question(source, question, notes)).collect();
        check_groups(source, &groups, &drafts, drafts.len() == count);
        table.close(source, "", &[]);
        Page {
            key,
            title,
            groups: groups.into_iter().map(|(group, _)| group).collect(),
            questions: drafts.into_iter().map(|draft| draft.question).collect(),
            logic,
        }
    }

    fn group(&self, source: &mut Source<'_>, mut table: Table<'_>) -> Group {
        let key = table.name(source, "key").map_or("", |found| found.value).to_owned();
        let text = table.texts(source, "text", &self.languages);
        let hint = table.texts_if_any(source, "hint", &self.languages);
        table.close(source, "", &[]);
        Group { key, text, hint }
    }

    fn question<'t>(&mut self, source: &mut Source<'_>, mut table: Table<'t>, notes: &mut Notes<'t>) -> Option<Draft> {
        let at = table.at;
        let key = table.name(source, "key").map_or("", |found| found.value).to_owned();
        if self.questions.contains(&key) && !key.is_empty() {
            source.fault(table.key_at("key"), Reason::QuestionKeyTwice, &[("question", &key)]);
        }
        self.questions.push(key.clone());
        let languages = self.languages.clone();
        let text = table.texts(source, "text", &languages);
        let short = table.texts_if_any(source, "short", &languages);
        let about = table.texts_if_any(source, "about", &languages);
        let hint = table.texts_if_any(source, "hint", &languages);
        let required = table.boolean(source, "required");
        let logic = logic::question_rules(source, &mut table, &languages, &key, notes);
        let measure =
            word(source, &mut table, "measure", Reason::MeasureUnknown, ItemMeasure::ALL, ItemMeasure::as_str);
        let aspect = table.name_if_any(source, "aspect").map(|found| found.value.to_owned());
        table.require(source, "kind");
        let kind = word(source, &mut table, "kind", Reason::QuestionKindUnknown, KINDS, |kind| kind);
        let Some(kind) = kind else {
            // Which other keys belong here depends on the kind: they are left alone.
            if let Some(scale) = table.string(source, "scale").and_then(|name| self.scales.get_mut(name.value)) {
                scale.used = true;
            }
            return None;
        };
        let mut polarity = Polarity::Positive;
        let mut weight = unit_weight();
        let mut scale_name = None;
        let mut group = None;
        let body = match kind.value {
            "recommend" | "rating" => {
                let (name, scale) = self.scale_of(source, &mut table, &key);
                scale_name = name;
                weight = table.thousandths(source, "weight", 1..=100_000).unwrap_or(weight);
                if kind.value == "recommend" {
                    recommend_body(source, &table, &key, scale)
                } else {
                    polarity =
                        word(source, &mut table, "polarity", Reason::PolarityUnknown, Polarity::ALL, Polarity::as_str)
                            .map_or(polarity, |found| found.value);
                    group = table.name_if_any(source, "group").map(|found| found.value.to_owned());
                    let not_applicable = table.boolean(source, "not_applicable");
                    scale.map(|scale| Body::Rating { scale, not_applicable })
                }
            }
            "single" => Some(Body::Single { choices: self.choices(source, &mut table, &key) }),
            "multiple" => {
                let choices = self.choices(source, &mut table, &key);
                let count = i64::try_from(choices.len()).unwrap_or(i64::MAX).max(1);
                let most = table.integer(source, "most", 1..=count).and_then(|found| usize::try_from(found.value).ok());
                Some(Body::Multiple { choices, most })
            }
            _ => self.text_body(source, &mut table),
        };
        let measure = measure_of(source, &table, &key, kind.value, measure);
        let group_at = table.key_at("group");
        table.close(source, kind.value, KIND_KEYS);
        let question = Question {
            key,
            text,
            short,
            about,
            hint,
            required,
            measure,
            aspect,
            polarity,
            weight,
            group,
            logic,
            body: body?,
        };
        self.count_once(source, at, &question);
        Some(Draft { question, scale: scale_name, group_at })
    }

    /// Notes a second recommendation and a second overall satisfaction: the indices take one each.
    fn count_once(&mut self, source: &mut Source<'_>, at: usize, question: &Question) {
        let (first, reason) = if question.measure == Some(ItemMeasure::Recommendation) {
            (&mut self.recommendation, Reason::RecommendTwice)
        } else if question.is_overall() {
            (&mut self.overall, Reason::OverallTwice)
        } else {
            return;
        };
        match first {
            Some(first) => source.fault(at, reason, &[("question", &question.key), ("first", first)]),
            None => *first = Some(question.key.clone()),
        }
    }

    fn scale_of(
        &mut self,
        source: &mut Source<'_>,
        table: &mut Table<'_>,
        question: &str,
    ) -> (Option<String>, Option<Scale>) {
        table.require(source, "scale");
        let Some(name) = table.string(source, "scale") else { return (None, None) };
        match self.scales.get_mut(name.value) {
            Some(named) => {
                named.used = true;
                (Some(name.value.to_owned()), named.scale.clone())
            }
            None => {
                source.fault(name.at, Reason::ScaleUnknown, &[("question", &question), ("scale", &name.value)]);
                (None, None)
            }
        }
    }

    fn choices(&self, source: &mut Source<'_>, table: &mut Table<'_>, question: &str) -> Vec<Choice> {
        table.require(source, "choices");
        let tables = table.tables(source, "choices");
        if table.has("choices") && tables.len() < 2 {
            source.fault(table.key_at("choices"), Reason::ChoicesFew, &[("question", &question)]);
        }
        let mut choices: Vec<Choice> = Vec::new();
        for mut one in tables {
            let at = one.at;
            let key = one.name(source, "key").map_or("", |found| found.value).to_owned();
            let choice = Choice {
                text: one.texts(source, "text", &self.languages),
                about: one.texts_if_any(source, "about", &self.languages),
                other: one.boolean(source, "other"),
                key,
            };
            one.close(source, "", &[]);
            let key = &choice.key;
            if key == NOT_APPLICABLE {
                source.fault(at, Reason::ChoiceKeyReserved, &[("question", &question), ("choice", key)]);
            } else if !key.is_empty() && choices.iter().any(|one| one.key == *key) {
                source.fault(at, Reason::ChoiceKeyTwice, &[("question", &question), ("choice", key)]);
            }
            if choice.other && choices.iter().any(|one| one.other) {
                source.fault(at, Reason::OtherTwice, &[("question", &question)]);
            }
            choices.push(choice);
        }
        choices
    }

    fn text_body(&self, source: &mut Source<'_>, table: &mut Table<'_>) -> Option<Body> {
        let most = table.integer(source, "most", 1..=ANSWER_MOST_EVER).map_or(ANSWER_MOST, |found| found.value);
        let lines = table.integer(source, "lines", 1..=20).map_or(4, |found| found.value);
        let placeholder = table.texts_if_any(source, "placeholder", &self.languages);
        Some(Body::Text { most: usize::try_from(most).ok()?, lines: usize::try_from(lines).ok()?, placeholder })
    }
}

/// A word out of a fixed set.
fn word<T: Copy>(
    source: &mut Source<'_>,
    table: &mut Table<'_>,
    key: &'static str,
    reason: Reason,
    all: &[T],
    as_str: impl Fn(T) -> &'static str,
) -> Option<At<T>> {
    let found = table.string(source, key)?;
    let one = all.iter().copied().find(|one| as_str(*one) == found.value);
    if one.is_none() {
        let known = all.iter().map(|one| as_str(*one)).collect::<Vec<_>>().join(", ");
        source.fault(found.at, reason, &[("value", &found.value), ("known", &known)]);
    }
    one.map(|value| At { value, at: found.at })
}

fn read_languages(source: &mut Source<'_>, root: &mut Table<'_>) -> Vec<Language> {
    root.require(source, "languages");
    let mut languages = Vec::new();
    let tags = root.strings(source, "languages");
    if root.has("languages") && tags.is_empty() {
        source.fault(root.key_at("languages"), Reason::ListEmpty, &[("key", &"languages")]);
    }
    for tag in tags {
        match Language::parse(tag.value) {
            Ok(language) if languages.contains(&language) => {
                source.fault(tag.at, Reason::LanguageTwice, &[("language", &language)]);
            }
            Ok(language) => languages.push(language),
            Err(_) => source.fault(tag.at, Reason::LanguageMalformed, &[("value", &tag.value)]),
        }
    }
    languages
}

/// From a list of labels in each language to the texts of each point.
fn by_point(lists: &[(Language, At<Vec<String>>)]) -> Vec<Texts> {
    let points = lists.iter().map(|(_, list)| list.value.len()).max().unwrap_or(0);
    let mut labels = vec![Texts::default(); points];
    for (language, list) in lists {
        for (texts, label) in labels.iter_mut().zip(&list.value) {
            texts.0.insert(language.clone(), label.clone());
        }
    }
    labels
}

fn recommend_body(source: &mut Source<'_>, table: &Table<'_>, question: &str, scale: Option<Scale>) -> Option<Body> {
    let scale = scale?;
    if (scale.from, scale.last()) != (0, 10) {
        let last = scale.last();
        let args: &[(&'static str, &dyn Display)] = &[("question", &question), ("from", &scale.from), ("last", &last)];
        source.fault(table.key_at("scale"), Reason::RecommendScale, args);
    }
    Some(Body::Recommend { scale })
}

/// Questions of a group are ratings on one scale that stand next to each other: they are drawn as
/// one table with one head. `complete` says that no question of the page was left out for its faults.
fn check_groups(source: &mut Source<'_>, groups: &[(Group, usize)], drafts: &[Draft], complete: bool) {
    let mut before: Option<&str> = None;
    let mut scales: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for draft in drafts {
        let question = &draft.question.key;
        let Some(group) = draft.question.group.as_deref() else {
            before = None;
            continue;
        };
        let args: &[(&'static str, &dyn Display)] = &[("question", question), ("group", &group)];
        if !groups.iter().any(|(one, _)| one.key == group) {
            source.fault(draft.group_at, Reason::GroupUnknown, args);
            continue;
        }
        match scales.get(group) {
            Some(_) if before != Some(group) => source.fault(draft.group_at, Reason::GroupScattered, args),
            Some(scale) if *scale != draft.scale.as_deref() => {
                source.fault(draft.group_at, Reason::GroupMixed, args);
            }
            _ => {}
        }
        scales.entry(group).or_insert(draft.scale.as_deref());
        before = Some(group);
    }
    for (group, at) in groups.iter().filter(|(group, _)| complete && !scales.contains_key(group.key.as_str())) {
        source.fault(*at, Reason::GroupUnused, &[("group", &group.key)]);
    }
}

/// What the question measures, if it says so rightly. A recommendation says it by its kind.
fn measure_of(
    source: &mut Source<'_>,
    table: &Table<'_>,
    question: &str,
    kind: &str,
    given: Option<At<ItemMeasure>>,
) -> Option<ItemMeasure> {
    let Some(found) = given else {
        if kind == "rating" && !table.has("measure") {
            source.fault(table.at, Reason::MeasureMissing, &[("question", &question)]);
        }
        return (kind == "recommend").then_some(ItemMeasure::Recommendation);
    };
    if !fits(found.value, kind) {
        let args: &[(&'static str, &dyn Display)] =
            &[("question", &question), ("measure", &found.value.as_str()), ("kind", &kind)];
        source.fault(found.at, Reason::MeasureUnfit, args);
    } else if found.value == ItemMeasure::Satisfaction && !table.has("aspect") {
        source.fault(table.at, Reason::AspectMissing, &[("question", &question)]);
    }
    Some(found.value)
}

/// Which measures each kind of question can feed: a number is needed for what becomes an index, and
/// the recommendation is asked in one way only, since its classes are defined on 0 to 10.
fn fits(measure: ItemMeasure, kind: &str) -> bool {
    use ItemMeasure as M;
    match measure {
        M::Recommendation => kind == "recommend",
        M::Satisfaction
        | M::Effort
        | M::Expectation
        | M::Ideal
        | M::Value
        | M::Repurchase
        | M::CrossPurchase
        | M::PriceTolerance
        | M::ShareOfWallet
        | M::SwitchingCost => kind == "rating",
        M::Competition | M::Outcome => kind != "recommend",
        M::Reason | M::Improvement => matches!(kind, "single" | "multiple" | "text"),
        M::Contact => kind == "single",
    }
}
