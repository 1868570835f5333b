//! From the tables of a survey file to a definition.

mod choices;
mod kinds;
mod matrix;
mod measures;
mod scales;

use super::after;
use super::logic::{self, Notes};
use super::source::{At, Source, Table};
use super::{
    Body, Definition, Gap, Group, ItemMeasure, Page, Polarity, Question, Reason, Scale, SurveyKind, unit_weight,
};
use crate::domain::account::AccountKind;
use crate::domain::language::{Language, Texts};
use crate::error::{Error, Fault, Place};
use std::collections::BTreeMap;
use std::fmt::Display;
use toml::de::DeTable;

/// The words for the kinds of questions.
pub(super) const KINDS: &[&str] = &[
    "recommend",
    "rating",
    "effort",
    "differential",
    "matrix",
    "single",
    "multiple",
    "ranking",
    "constant_sum",
    "yes_no",
    "number",
    "date",
    "line",
    "text",
    "contact",
    "consent",
    "information",
];

/// The kinds of questions whose answers name who gave them: a line of a form of its own is a number of an order, of an
/// employee, of a contract.
const NAMING: &[&str] = &["line", "contact", "consent"];

/// The keys that only some kinds of questions take.
pub(super) const KIND_KEYS: &[&str] = &[
    "short",
    "about",
    "required",
    "measure",
    "aspect",
    "scale",
    "display",
    "polarity",
    "weight",
    "not_applicable",
    "group",
    "left",
    "right",
    "points",
    "top",
    "rows",
    "choices",
    "random",
    "least",
    "most",
    "total",
    "unit",
    "yes",
    "no",
    "min",
    "max",
    "step",
    "pattern",
    "expected",
    "lines",
    "placeholder",
    "ask",
    "need",
    "statement",
    "statement_version",
];

pub(super) fn parse(file: &str, text: &str) -> Result<(Definition, Vec<Fault>), Error> {
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
    match File::read(&mut source, Table::new(document.get_ref(), 0)) {
        Some((mut definition, notes)) if source.is_clean() => {
            // Conditions speak of the rest of the file, so the rest has to be right first.
            logic::check(&mut source, &mut definition, &notes);
            let linked: Vec<(usize, String, String)> = after::links_to_some(&definition)
                .into_iter()
                .map(|(one, link)| (notes.start_of(&one.key), one.key.clone(), link.to_owned()))
                .collect();
            for (at, key, link) in linked {
                source.fault(at, Reason::LinkConditional, &[("key", &key), ("link", &link)]);
            }
            if !source.is_clean() {
                return Err(source.into_error());
            }
            let warnings = source.take_gaps();
            definition.gaps = warnings.iter().map(|(at, fault)| gap(&notes, *at, fault)).collect();
            Ok((definition, warnings.into_iter().map(|(_, fault)| fault).collect()))
        }
        _ => Err(source.into_error()),
    }
}

/// A text that is not translated, from the warning that tells of it.
fn gap(notes: &Notes, at: usize, fault: &Fault) -> Gap {
    let arg = |name: &str| fault.args.iter().find(|(one, _)| *one == name).map_or("", |(_, value)| value.as_str());
    let line = match fault.place {
        Place::Line { line, .. } => line,
        _ => 0,
    };
    let language = Language::parse(arg("language")).unwrap_or_else(|_| Language::english());
    Gap { language, of: notes.owner_of(at).to_owned(), key: arg("key").to_owned(), line }
}

/// What the whole file has to agree on.
struct File {
    languages: Vec<Language>,
    anonymous: bool,
    scales: BTreeMap<String, NamedScale>,
    questions: Vec<String>,
    recommendation: Option<String>,
    overall: Option<String>,
    /// How many questions want an answer.
    asked: usize,
    /// Where a question is said to be that of an earlier version, and of which.
    same_as: Vec<(usize, i32)>,
    notes: Notes,
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

/// What every question has that wants an answer.
struct Asked {
    short: Texts,
    about: Texts,
    required: bool,
    measure: Option<At<ItemMeasure>>,
    aspect: Option<String>,
}

impl Asked {
    fn read(source: &mut Source<'_>, table: &mut Table<'_>, languages: &[Language]) -> Self {
        Self {
            short: table.texts_if_any(source, "short", languages),
            about: table.texts_if_any(source, "about", languages),
            required: table.boolean(source, "required"),
            measure: measures::read(source, table),
            aspect: table.name_if_any(source, "aspect").map(|found| found.value.to_owned()),
        }
    }
}

/// What only questions with a scale have.
struct Rated {
    polarity: Polarity,
    weight: i64,
    /// A name of the scale that all questions of one group share.
    scale: Option<String>,
    group: Option<String>,
}

impl Default for Rated {
    fn default() -> Self {
        Self { polarity: Polarity::Positive, weight: unit_weight(), scale: None, group: None }
    }
}

impl File {
    fn read(source: &mut Source<'_>, mut root: Table<'_>) -> Option<(Definition, Notes)> {
        let mut file = File {
            languages: read_languages(source, &mut root),
            anonymous: root.boolean(source, "anonymous"),
            scales: BTreeMap::new(),
            questions: Vec::new(),
            recommendation: None,
            overall: None,
            asked: 0,
            same_as: Vec::new(),
            notes: Notes::default(),
        };
        let fallback = read_fallback(source, &mut root, &file.languages);
        source.fall_back_to(fallback.clone());
        let key = root.name(source, "key");
        root.require(source, "version");
        let version = root.integer(source, "version", 1..=i64::from(i32::MAX));
        let kind = word(source, &mut root, "kind", Reason::KindUnknown, SurveyKind::ALL, SurveyKind::as_str);
        root.require(source, "kind");
        let accounts = read_accounts(source, &mut root);
        let title = root.texts(source, "title", &file.languages);
        let intro = root.texts_if_any(source, "intro", &file.languages);
        let thanks = root.texts_if_any(source, "thanks", &file.languages);
        let thanks_when = logic::thanks_when(source, &mut root, &file.languages, &mut file.notes);
        file.notes.begin_of_survey(root.key_at("review"));
        file.notes.begin_of_survey(root.key_at("reference"));
        let (review, reference) = after::read_asked_of_all(source, &mut root, &file.languages);
        let purpose = root.texts_if_any(source, "purpose", &file.languages);
        let origin = root.texts_if_any(source, "source", &file.languages);
        let licence = root.texts_if_any(source, "licence", &file.languages);
        file.read_scales(source, &mut root);
        let aspect_names = file.read_aspect_names(source, &mut root);
        root.require(source, "page");
        let mut pages: Vec<Page> = Vec::new();
        for table in root.tables(source, "page") {
            let at = table.at;
            let page = file.page(source, table);
            if let Some(twice) = pages.iter().find(|one| one.key == page.key && !page.key.is_empty()) {
                source.fault(at, Reason::PageKeyTwice, &[("page", &twice.key)]);
            }
            pages.push(page);
        }
        if root.has("page") && pages.is_empty() {
            source.fault(root.key_at("page"), Reason::ListEmpty, &[("key", &"page")]);
        }
        if file.asked == 0 && source.is_clean() {
            source.fault(root.key_at("page"), Reason::NothingAsked, &[]);
        }
        let quotas = logic::quotas(source, &mut root, &file.languages, &mut file.notes);
        root.close(source, "", &[]);
        // Questions that were left out for their faults may have asked for it.
        let complete = pages.iter().map(|page| page.questions.len()).sum::<usize>() == file.questions.len();
        let asked = |aspect: &str| {
            pages.iter().flat_map(|page| &page.questions).any(|one| one.service_aspect() == Some(aspect))
        };
        for (aspect, (_, at)) in aspect_names.iter().filter(|(aspect, _)| complete && !asked(aspect)) {
            source.fault(*at, Reason::AspectUnused, &[("aspect", aspect)]);
        }
        for (name, scale) in file.scales.iter().filter(|(_, scale)| !scale.used) {
            source.fault(scale.at, Reason::ScaleUnused, &[("scale", name)]);
        }
        let version = i32::try_from(version?.value).ok()?;
        for (at, later) in file.same_as.iter().filter(|(_, same)| *same >= version) {
            source.fault(*at, Reason::SameAsLater, &[("version", later)]);
        }
        let definition = Definition {
            key: key?.value.to_owned(),
            version,
            kind: kind?.value,
            languages: file.languages,
            accounts,
            anonymous: file.anonymous,
            title,
            intro,
            thanks,
            thanks_when,
            review,
            reference,
            fallback,
            gaps: Vec::new(),
            purpose,
            source: origin,
            licence,
            aspect_names: aspect_names.into_iter().map(|(aspect, (name, _))| (aspect, name)).collect(),
            pages,
            quotas,
        };
        Some((definition, file.notes))
    }

    /// What aspects are called, and where it is said.
    fn read_aspect_names(&self, source: &mut Source<'_>, root: &mut Table<'_>) -> BTreeMap<String, (Texts, usize)> {
        let mut names = BTreeMap::new();
        let Some(table) = root.table(source, "aspect") else { return names };
        for name in table.names() {
            if let Some(mut entry) = table.entry(source, name) {
                let texts = entry.texts(source, "name", &self.languages);
                entry.close(source, "", &[]);
                names.insert(name.value.to_owned(), (texts, name.at));
            }
        }
        names
    }

    fn page(&mut self, source: &mut Source<'_>, mut table: Table<'_>) -> Page {
        let key = table.name(source, "key").map_or("", |found| found.value).to_owned();
        let title = table.texts(source, "title", &self.languages);
        let logic = logic::page_rules(source, &mut table, &key, &mut self.notes);
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
        let mut complete = true;
        let mut drafts: Vec<Draft> = Vec::new();
        for question in tables {
            let found = self.question(source, question, &mut groups);
            complete &= found.is_some();
            drafts.extend(found.unwrap_or_default());
        }
        check_groups(source, &groups, &drafts, complete);
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

    /// One question, or all rows of a matrix, which is a group written short; nothing where its faults
    /// leave none.
    fn question(
        &mut self,
        source: &mut Source<'_>,
        mut table: Table<'_>,
        groups: &mut Vec<(Group, usize)>,
    ) -> Option<Vec<Draft>> {
        table.require(source, "kind");
        let kind = word(source, &mut table, "kind", Reason::QuestionKindUnknown, KINDS, |kind| kind);
        let key = self.question_key(source, &mut table);
        match kind.map(|kind| kind.value) {
            Some("matrix") => self.matrix(source, table, key, groups),
            Some("information") => {
                let mut question = self.words(source, &mut table, key);
                question.about = table.texts_if_any(source, "about", &self.languages);
                table.close(source, "information", KIND_KEYS);
                Some(vec![Draft { question, scale: None, group_at: 0 }])
            }
            Some(kind) => {
                self.asked += 1;
                Some(vec![self.asked_question(source, table, key, kind)?])
            }
            None => {
                self.words(source, &mut table, key);
                Asked::read(source, &mut table, &self.languages);
                // Which other keys belong here depends on the kind: they are left alone.
                if let Some(scale) = table.string(source, "scale").and_then(|name| self.scales.get_mut(name.value)) {
                    scale.used = true;
                }
                None
            }
        }
    }

    /// The key of a question or of a row; no two of a survey share one.
    fn question_key(&mut self, source: &mut Source<'_>, table: &mut Table<'_>) -> String {
        let key = table.name(source, "key").map_or("", |found| found.value).to_owned();
        if self.questions.contains(&key) && !key.is_empty() {
            source.fault(table.key_at("key"), Reason::QuestionKeyTwice, &[("question", &key)]);
        }
        self.questions.push(key.clone());
        key
    }

    /// What every question has, and the rest at its default.
    fn words(&mut self, source: &mut Source<'_>, table: &mut Table<'_>, key: String) -> Question {
        let logic = logic::question_rules(source, table, &self.languages, &key, &mut self.notes);
        let same_as = after::read_same_as(source, table);
        self.same_as.extend(same_as.iter().map(|same| (table.key_at("same_as"), same.version)));
        Question {
            key,
            logic,
            text: table.texts(source, "text", &self.languages),
            short: Texts::default(),
            about: Texts::default(),
            hint: table.texts_if_any(source, "hint", &self.languages),
            required: false,
            measure: None,
            aspect: None,
            polarity: Polarity::Positive,
            weight: unit_weight(),
            group: None,
            same_as,
            body: Body::Information,
        }
    }

    fn asked_question(
        &mut self,
        source: &mut Source<'_>,
        mut table: Table<'_>,
        key: String,
        kind: &'static str,
    ) -> Option<Draft> {
        let at = table.at;
        let words = self.words(source, &mut table, key);
        if self.anonymous && NAMING.contains(&kind) {
            source.fault(at, Reason::AnonymousUnfit, &[("question", &words.key), ("kind", &kind)]);
        }
        let asked = Asked::read(source, &mut table, &self.languages);
        let mut rated = Rated::default();
        let body = self.body(source, &mut table, &words.key, kind, &mut rated);
        let named = table.has("measure");
        let of = measures::Of { at, question: &words.key, kind, named, has_aspect: table.has("aspect") };
        let measure = of.measure(source, asked.measure);
        let group_at = table.key_at("group");
        table.close(source, kind, KIND_KEYS);
        let question = Question {
            short: asked.short,
            about: asked.about,
            required: asked.required,
            measure,
            aspect: asked.aspect,
            polarity: rated.polarity,
            weight: rated.weight,
            group: rated.group,
            body: body?,
            ..words
        };
        self.count_once(source, at, &question);
        Some(Draft { question, scale: rated.scale, group_at })
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

/// The language that stands in for texts which are not translated.
fn read_fallback(source: &mut Source<'_>, root: &mut Table<'_>, languages: &[Language]) -> Option<Language> {
    let found = root.string(source, "fallback")?;
    let language = Language::parse(found.value).ok().filter(|language| languages.contains(language));
    if language.is_none() {
        let known = languages.iter().map(Language::as_str).collect::<Vec<_>>().join(", ");
        source.fault(found.at, Reason::FallbackUnknown, &[("value", &found.value), ("known", &known)]);
    }
    language
}

/// The kinds of accounts that are asked, each once.
fn read_accounts(source: &mut Source<'_>, root: &mut Table<'_>) -> Vec<AccountKind> {
    let mut accounts = Vec::new();
    for word in root.strings(source, "accounts") {
        match AccountKind::parse(word.value) {
            Some(kind) if accounts.contains(&kind) => {}
            Some(kind) => accounts.push(kind),
            None => {
                let known = AccountKind::ALL.map(AccountKind::as_str).join(", ");
                source.fault(word.at, Reason::AccountKindUnknown, &[("value", &word.value), ("known", &known)]);
            }
        }
    }
    accounts
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
