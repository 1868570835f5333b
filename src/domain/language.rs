//! Languages people read: a BCP 47 tag such as `en` or `zh-CN`.

use crate::error::{Code, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Languages that are written from right to left unless their tag says otherwise (CLDR).
const RIGHT_TO_LEFT: [&str; 11] = ["ar", "he", "iw", "fa", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"];
/// Scripts that are.
const RIGHT_TO_LEFT_SCRIPTS: [&str; 7] = ["Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"];

const OWN_NAMES: [(&str, &str); 24] = [
    ("ar", "العربية"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("en", "English"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ru", "Русский"),
    ("sv", "Svenska"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("ur", "اردو"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
];

/// The tag of a language. Which languages there are is a matter of files, not of this type.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    pub fn english() -> Self {
        Self("en".into())
    }

    pub fn chinese() -> Self {
        Self("zh-CN".into())
    }

    /// Reads a tag; case and underscores as systems write them are put right (`ZH_cn` is `zh-CN`).
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = || Error::new(Code::ValueMalformed).with("value", text);
        let mut parts = text.trim().split(['-', '_']);
        let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
        if !(2..=3).contains(&primary.len()) || !primary.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(bad());
        }
        let mut tag = primary;
        for part in parts {
            if part.is_empty() || part.len() > 8 || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(bad());
            }
            tag.push('-');
            match part.len() {
                2 => tag.push_str(&part.to_ascii_uppercase()),
                4 => {
                    let (head, rest) = part.split_at(1);
                    tag.push_str(&head.to_ascii_uppercase());
                    tag.push_str(&rest.to_ascii_lowercase());
                }
                _ => tag.push_str(&part.to_ascii_lowercase()),
            }
        }
        Ok(Self(tag))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The language without region or script: `zh` of `zh-CN`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }

    /// Whether it is written from right to left: by its script where the tag names one, else by the one it
    /// is written in.
    pub fn is_right_to_left(&self) -> bool {
        let script = self.0.split('-').skip(1).find(|part| part.len() == 4);
        match script {
            Some(script) => RIGHT_TO_LEFT_SCRIPTS.contains(&script),
            None => RIGHT_TO_LEFT.contains(&self.primary()),
        }
    }

    /// What people who speak it call it, for languages that surveys are often put into.
    pub fn own_name(&self) -> Option<&'static str> {
        OWN_NAMES.iter().find(|(tag, _)| *tag == self.primary()).map(|(_, name)| *name)
    }

    pub fn is_chinese(&self) -> bool {
        self.primary() == "zh"
    }

    /// The best of what is on offer for a reader of this language: the same tag, else the same
    /// primary language, else nothing.
    pub fn choose<'a>(&self, offered: impl IntoIterator<Item = &'a Language>) -> Option<&'a Language> {
        let mut near = None;
        for language in offered {
            if language == self {
                return Some(language);
            }
            if near.is_none() && language.primary() == self.primary() {
                near = Some(language);
            }
        }
        near
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Language {
    type Error = Error;
    fn try_from(text: String) -> Result<Self, Error> {
        Self::parse(&text)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}

/// One text in several languages.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(pub BTreeMap<Language, String>);

impl Texts {
    /// The text for a reader: in their language, else in English, else in whichever there is.
    pub fn for_reader(&self, reader: &Language) -> &str {
        reader
            .choose(self.0.keys())
            .and_then(|l| self.0.get(l))
            .or_else(|| self.0.get(&Language::english()))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Texts {
    /// For texts written in code; a tag that is none is left out.
    fn from(texts: [(&str, &str); N]) -> Self {
        Self(texts.into_iter().filter_map(|(tag, text)| Some((Language::parse(tag).ok()?, text.to_owned()))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_put_right() {
        for (from, to) in [("en", "en"), ("ZH_cn", "zh-CN"), ("zh-hans-cn", "zh-Hans-CN"), ("PT-br", "pt-BR")] {
            assert_eq!(Language::parse(from).unwrap().as_str(), to);
        }
        for bad in ["", "e", "english", "zh-", "en us", "en-../x", "12"] {
            assert!(Language::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_script_says_the_direction() {
        for (tag, right_to_left) in
            [("ar", true), ("he-IL", true), ("fa-AF", true), ("pa-Arab-PK", true), ("ar-Latn", false), ("zh-CN", false)]
        {
            assert_eq!(Language::parse(tag).unwrap().is_right_to_left(), right_to_left, "{tag}");
        }
    }

    #[test]
    fn a_reader_gets_the_nearest_text() {
        let texts = Texts::from([("en", "late"), ("zh-CN", "迟")]);
        assert_eq!(texts.for_reader(&Language::parse("zh-TW").unwrap()), "迟");
        assert_eq!(texts.for_reader(&Language::parse("de").unwrap()), "late");
        assert_eq!(Texts::default().for_reader(&Language::english()), "");
    }
}
