//! Every text of the service, in every language there are files for.
//!
//! The texts are Fluent files (`locales/<language>/*.ftl`) inside the program. A folder beside it may
//! hold more of them: `de/common.ftl` there adds German, `en/mail.ftl` changes single English texts.
//! English is whole by construction, so what another language lacks is said in English.

use super::Reader;
use super::forms::Forms;
use super::source::{self, Message, Resource};
use crate::domain::language::Language;
use crate::error::{Code, Error, Fault, Place, Result};
use chrono_tz::Tz;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use include_dir::{Dir, include_dir};
use intl_memoizer::Memoizable;
use intl_memoizer::concurrent::IntlLangMemoizer;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use unic_langid::LanguageIdentifier;

static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/locales");

/// The messages by which a language names the locale whose numbers and dates it follows, and the one for
/// dates with shortened months, where its own tag is not enough. No language must have them.
const FORMAT_LOCALE: &str = "format-locale";
const FORMAT_LOCALE_SHORT: &str = "format-locale-short";

/// What stands in a text for a value that nobody gave.
const ABSENT: &str = "…";

/// How many faults of texts are told once each before the log stays quiet about them.
const MOST_NOTES: usize = 10_000;

/// A value that is set into a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Stands as it is.
    Text(Cow<'a, str>),
    /// Is written in the form of the language and decides the plural; at most three decimals. A figure
    /// whose decimals matter is written by a [`Reader`] and given as text.
    Number(f64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

macro_rules! numbers {
    ($($kind:ty),+) => { $(impl From<$kind> for Value<'_> {
        fn from(n: $kind) -> Self {
            Self::Number(n as f64)
        }
    })+ };
}
numbers!(i32, u32, i64, u64, usize, f64);

/// The texts and forms of all languages. Loaded once, shared by everybody.
pub struct Catalogue {
    english: Voice,
    others: BTreeMap<Language, Voice>,
    noted: Mutex<HashSet<(Language, String)>>,
}

impl Catalogue {
    /// Loads the texts inside the program and, over them, those of a folder of `<language>/*.ftl`.
    ///
    /// Every mistake in a file is named with its line: what cannot be parsed, what is said twice, what
    /// refers to nothing, and a variable that the English text does not have (nobody would fill it).
    pub fn load(override_dir: Option<&Path>) -> Result<Self> {
        let mut sources: BTreeMap<Language, Source> = BTreeMap::new();
        for (language, name, text) in shipped_files()? {
            sources.entry(language).or_default().shipped.push((name, text));
        }
        if let Some(dir) = override_dir {
            for (language, name, text) in source::files_of(dir)? {
                sources.entry(language).or_default().own.push((name, text));
            }
        }
        let mut faults = Vec::new();
        let english_source = sources.remove(&Language::english()).unwrap_or_default();
        let english = Voice::build(Language::english(), english_source, &mut faults)?;
        let mut others = BTreeMap::new();
        for (language, source) in sources {
            let voice = Voice::build(language.clone(), source, &mut faults)?;
            voice.compare(&english, &mut faults);
            others.insert(language, voice);
        }
        if !faults.is_empty() {
            return Err(Error::faulty(faults));
        }
        Ok(Self { english, others, noted: Mutex::default() })
    }

    /// Every language there are texts in, English first.
    pub fn languages(&self) -> Vec<Language> {
        self.voices().map(|v| v.language.clone()).collect()
    }

    /// The language in which a reader of `wish` is served: the nearest there is, else English.
    pub fn nearest(&self, wish: &Language) -> &Language {
        &self.voice(wish).language
    }

    /// How a person of this language and time zone reads.
    pub fn reader(self: &Arc<Self>, language: &Language, zone: Tz) -> Reader {
        Reader::new(self, language, zone)
    }

    /// A text in the reader's language, else in English, else its id: a person never sees the braces of
    /// a text that could not be filled. What is amiss is logged once.
    pub fn text(&self, language: &Language, id: &str, args: &[(&str, Value<'_>)]) -> String {
        let own = self.voice(language);
        let english = (own.language != self.english.language).then_some(&self.english);
        for voice in [Some(own), english].into_iter().flatten() {
            match voice.say(id, args) {
                Ok((text, None)) => return text,
                Ok((text, Some(missing))) => {
                    self.note(&voice.language, id, &format!("no value for ${missing}"));
                    return text;
                }
                Err(reason) => self.note(&voice.language, id, &reason),
            }
        }
        id.to_owned()
    }

    /// Whether there is such a text in the reader's language or in English.
    pub fn has(&self, language: &Language, id: &str) -> bool {
        self.voice(language).variables.contains_key(id) || self.english.variables.contains_key(id)
    }

    /// The variables that a text may ask for, in the reader's language and in English.
    pub fn variables(&self, language: &Language, id: &str) -> BTreeSet<&str> {
        [self.voice(language), &self.english]
            .into_iter()
            .filter_map(|v| v.variables.get(id))
            .flatten()
            .map(String::as_str)
            .collect()
    }

    /// The ids of all texts.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.english.variables.keys().map(String::as_str)
    }

    /// What each language lacks and is therefore said in English.
    pub fn missing(&self) -> Vec<(Language, String)> {
        self.others
            .values()
            .flat_map(|voice| {
                self.ids()
                    .filter(|id| {
                        ![FORMAT_LOCALE, FORMAT_LOCALE_SHORT].contains(id) && !voice.variables.contains_key(*id)
                    })
                    .map(|id| (voice.language.clone(), id.to_owned()))
            })
            .collect()
    }

    /// Whether the program has no texts at all in a language: what it says itself is English then.
    pub fn lacks(&self, language: &Language) -> bool {
        self.voices().all(|voice| voice.language != *language)
    }

    /// How many of its texts are missing in each language that is there in part.
    pub fn missing_by_language(&self) -> BTreeMap<Language, usize> {
        let mut counts = BTreeMap::new();
        for (language, _) in self.missing() {
            *counts.entry(language).or_insert(0) += 1;
        }
        counts
    }

    pub(super) fn forms(&self, language: &Language) -> &Forms {
        &self.voice(language).forms
    }

    fn voices(&self) -> impl Iterator<Item = &Voice> {
        std::iter::once(&self.english).chain(self.others.values())
    }

    fn voice(&self, wish: &Language) -> &Voice {
        let offered = self.voices().map(|v| &v.language);
        wish.choose(offered).and_then(|chosen| self.others.get(chosen)).unwrap_or(&self.english)
    }

    fn note(&self, language: &Language, id: &str, reason: &str) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.len() < MOST_NOTES && noted.insert((language.clone(), id.to_owned())) {
            tracing::warn!(%language, id, reason, "a text is not as it should be");
        }
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue").field("languages", &self.languages()).finish_non_exhaustive()
    }
}

/// The files of one language: name and text of each.
#[derive(Default)]
struct Source {
    shipped: Vec<(String, String)>,
    own: Vec<(String, String)>,
}

/// One language: its texts, what each asks for, and its forms.
struct Voice {
    language: Language,
    bundle: FluentBundle<Arc<FluentResource>>,
    /// For every text the variables it needs, those of texts that it includes among them.
    variables: BTreeMap<String, BTreeSet<String>>,
    /// Where the texts stand that the operator's folder brought.
    own: BTreeMap<String, Place>,
    forms: Forms,
}

impl Voice {
    fn build(language: Language, source: Source, faults: &mut Vec<Fault>) -> Result<Self> {
        let tag: LanguageIdentifier = language.as_str().parse().map_err(Error::internal)?;
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        // Isolation marks around every value would travel into mails, files and attributes.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(form_of));
        bundle.add_builtins().map_err(Error::internal)?;

        let mut messages: BTreeMap<String, Message> = BTreeMap::new();
        let mut own = BTreeMap::new();
        for (layer, files) in [(Layer::Shipped, source.shipped), (Layer::Own, source.own)] {
            let mut seen: BTreeSet<String> = BTreeSet::new();
            for (name, text) in files {
                let Resource { fluent, messages: found, faults: wrong } = Resource::read(&name, text);
                faults.extend(wrong);
                for message in found {
                    if !seen.insert(message.id.clone()) {
                        faults.push(Fault::new(message.place, Code::ValueTwice).with("value", &message.id));
                        continue;
                    }
                    if layer == Layer::Own {
                        own.insert(message.id.clone(), message.place.clone());
                    }
                    messages.insert(message.id.clone(), message);
                }
                bundle.add_resource_overriding(Arc::new(fluent));
            }
        }
        let variables = source::variables_of(&messages, faults);
        let mut voice = Self { forms: Forms::english()?, language, bundle, variables, own };
        let named = |id: &str| voice.say(id, &[]).ok().map(|(tag, _)| tag);
        let locale = named(FORMAT_LOCALE).unwrap_or_else(|| voice.language.to_string());
        let short = named(FORMAT_LOCALE_SHORT).unwrap_or_else(|| locale.clone());
        match Forms::new(&locale, &short) {
            Ok(forms) => voice.forms = forms,
            Err(reason) => {
                let place = messages
                    .get(FORMAT_LOCALE)
                    .map_or_else(|| Place::Field(voice.language.to_string()), |m| m.place.clone());
                faults.push(Fault::new(place, Code::LocaleFaulty).with("reason", reason));
            }
        }
        Ok(voice)
    }

    /// The operator's texts may only ask for what the English ones ask for. (That the shipped texts agree
    /// is tested when the program is built.)
    fn compare(&self, english: &Voice, faults: &mut Vec<Fault>) {
        for (id, place) in &self.own {
            let (Some(mine), Some(theirs)) = (self.variables.get(id), english.variables.get(id)) else { continue };
            for variable in mine.difference(theirs) {
                faults.push(Fault::new(place.clone(), Code::ValueUnknown).with("value", format!("${variable}")));
            }
        }
    }

    /// The text, and the first variable that got no value; or why there is no text.
    fn say(&self, id: &str, args: &[(&str, Value<'_>)]) -> Result<(String, Option<String>), String> {
        let pattern = self.bundle.get_message(id).and_then(|m| m.value()).ok_or("there is no such text")?;
        let mut given = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            given.set(
                *name,
                match value {
                    Value::Text(text) => FluentValue::from(text.as_ref()),
                    Value::Number(n) => FluentValue::from(*n),
                },
            );
        }
        let mut missing = None;
        for name in self.variables.get(id).into_iter().flatten() {
            if given.get(name.as_str()).is_none() {
                given.set(name.clone(), ABSENT);
                missing.get_or_insert_with(|| name.clone());
            }
        }
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(&given), &mut errors);
        match errors.first() {
            None => Ok((text.into_owned(), missing)),
            Some(error) => Err(error.to_string()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Shipped,
    Own,
}

fn shipped_files() -> Result<Vec<(Language, String, String)>> {
    let mut files = Vec::new();
    for dir in SHIPPED.dirs() {
        let tag = dir.path().to_string_lossy();
        let language = Language::parse(&tag)?;
        for file in dir.files().filter(|f| source::is_fluent(f.path())) {
            let name = format!("locales/{}", file.path().display());
            let text = file.contents_utf8().ok_or_else(|| Error::new(Code::FileUnreadable).with("file", &name))?;
            files.push((language.clone(), name, text.to_owned()));
        }
    }
    Ok(files)
}

/// The numbers of one language as Fluent keeps them beside its plural rules.
struct Numbers(Forms);

impl Memoizable for Numbers {
    type Args = ();
    type Error = String;

    fn construct(language: LanguageIdentifier, (): ()) -> Result<Self, String> {
        let tag = language.to_string();
        Forms::new(&tag, &tag).map(Self)
    }
}

/// Writes a number inside a text: grouped, with the minus of figures and the decimals that the text asks
/// for, else at most three.
fn form_of(value: &FluentValue<'_>, known: &IntlLangMemoizer) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    let decimals = |n: Option<usize>| n.map(|n| u8::try_from(n).unwrap_or(u8::MAX));
    let least = decimals(number.options.minimum_fraction_digits).unwrap_or(0);
    let most = decimals(number.options.maximum_fraction_digits).unwrap_or(3).max(least);
    known.with_try_get::<Numbers, _, _>((), |numbers| numbers.0.number_between(number.value, least, most)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn shipped() -> Catalogue {
        Catalogue::load(None).unwrap()
    }

    fn language(tag: &str) -> Language {
        Language::parse(tag).unwrap()
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    #[test]
    fn it_is_shared_between_threads() {
        fn shared<T: Send + Sync>(_: &T) {}
        shared(&shipped());
    }

    #[test]
    fn the_shipped_languages_say_the_same_things() {
        let catalogue = shipped();
        assert_eq!(catalogue.languages(), [Language::english(), Language::chinese()]);
        assert_eq!(catalogue.missing(), []);
        let chinese = catalogue.voice(&Language::chinese());
        let extra: Vec<_> =
            chinese.variables.keys().filter(|id| !catalogue.english.variables.contains_key(*id)).collect();
        assert_eq!(extra, Vec::<&String>::new(), "texts that only Chinese has");
        for (id, variables) in &catalogue.english.variables {
            assert_eq!(chinese.variables.get(id), Some(variables), "the variables of {id}");
        }
    }

    #[test]
    fn every_shipped_text_can_be_said() {
        let catalogue = shipped();
        for language in catalogue.languages() {
            for id in catalogue.ids() {
                let names = catalogue.variables(&language, id);
                for value in [Value::from("x"), Value::from(1), Value::from(5)] {
                    let args: Vec<_> = names.iter().map(|name| (*name, value.clone())).collect();
                    let (text, missing) = catalogue.voice(&language).say(id, &args).unwrap();
                    assert_eq!(missing, None);
                    assert!(!text.contains(['{', '}']), "{language} {id}: {text}");
                }
            }
        }
    }

    #[test]
    fn numbers_in_texts_take_the_readers_form_and_plural() {
        let catalogue = shipped();
        let days = |tag: &str, n: i64| catalogue.text(&language(tag), "days", &[("count", n.into())]);
        assert_eq!(days("en", 1), "1 day");
        assert_eq!(days("en", 1234), "1,234 days");
        assert_eq!(days("en", -3), "\u{2212}3 days");
        assert_eq!(days("zh-CN", 1), "1 天");
        assert_eq!(catalogue.text(&language("en"), "days", &[("count", 0.25.into())]), "0.25 days");
    }

    #[test]
    fn what_is_not_there_is_said_without_braces() {
        let catalogue = shipped();
        assert_eq!(catalogue.text(&Language::english(), "no-such-text", &[]), "no-such-text");
        assert_eq!(catalogue.text(&Language::english(), "interval", &[("low", "1".into())]), "1 to …");
        assert_eq!(catalogue.noted.lock().unwrap().len(), 2);
        catalogue.text(&Language::english(), "no-such-text", &[]);
        assert_eq!(catalogue.noted.lock().unwrap().len(), 2, "told once");
        let args = [("low", Value::from("{ $x }")), ("high", Value::from("2")), ("unused", Value::from("3"))];
        assert_eq!(catalogue.text(&Language::english(), "interval", &args), "{ $x } to 2");
    }

    #[test]
    fn a_folder_adds_a_language_and_changes_texts() {
        let dir = folder(&[
            ("de/common.ftl", "interval = { $low } bis { $high }\n"),
            ("en/own.ftl", "level-red = crimson\n"),
            ("README.md", "not a language"),
        ]);
        let catalogue = Catalogue::load(Some(dir.path())).unwrap();
        let german = language("de-AT");
        let ends = [("low", Value::from("1")), ("high", Value::from("2"))];
        assert_eq!(catalogue.text(&german, "interval", &ends), "1 bis 2");
        assert_eq!(catalogue.text(&german, "level-red", &[]), "crimson", "in English, as the folder has it");
        assert_eq!(catalogue.nearest(&german), &language("de"));
        let reader = Arc::new(catalogue).reader(&german, Tz::UTC);
        assert_eq!(reader.number(1234.5, 1), "1.234,5");
        assert_eq!(reader.language, language("de"));
        let missing = Catalogue::load(Some(dir.path())).unwrap().missing();
        assert!(missing.contains(&(language("de"), "level-red".to_owned())));
        assert!(missing.iter().all(|(l, id)| *l == language("de") && id != "interval"));
    }

    #[test]
    fn mistakes_are_named_with_their_lines() {
        let dir = folder(&[
            ("de/a.ftl", "days = { $count } Tage\n\ninterval = { $von } bis { $high }\n"),
            ("de/b.ftl", "ok = gut\nthis is no message\ndays = { $count } Tage\n"),
            ("de/c.ftl", "reference = siehe { nowhere }\n"),
        ]);
        let error = Catalogue::load(Some(dir.path())).unwrap_err();
        let found: Vec<(Code, String)> = error
            .faults()
            .iter()
            .map(|f| (f.code, f.place.to_string().rsplit('/').next().unwrap().to_owned()))
            .collect();
        for expected in [
            (Code::LocaleFaulty, "b.ftl:2:6"),
            (Code::ValueTwice, "b.ftl:3:1"),
            (Code::ValueUnknown, "c.ftl:1:1"),
            (Code::ValueUnknown, "a.ftl:3:1"),
        ] {
            assert!(found.contains(&(expected.0, expected.1.to_owned())), "{expected:?} in {found:?}");
        }
        assert_eq!(found.len(), 4, "{found:?}");
    }

    #[test]
    fn a_folder_that_is_none_is_an_error() {
        let error = Catalogue::load(Some(Path::new("/no/such/folder"))).unwrap_err();
        assert_eq!(error.code(), Code::FileUnreadable);
        let dir = folder(&[("english/common.ftl", "a = b\n")]);
        assert!(Catalogue::load(Some(dir.path())).is_err(), "a folder whose name is no language");
        let dir = folder(&[("de/common.ftl", "format-locale = ???\n")]);
        assert_eq!(Catalogue::load(Some(dir.path())).unwrap_err().code(), Code::LocaleFaulty);
    }
}
