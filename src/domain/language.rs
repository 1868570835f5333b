//! Languages people read: a BCP 47 tag such as `en` or `zh-CN`.

use crate::error::{Code, Error};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

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
    fn a_reader_gets_the_nearest_text() {
        let texts = Texts::from([("en", "late"), ("zh-CN", "迟")]);
        assert_eq!(texts.for_reader(&Language::parse("zh-TW").unwrap()), "迟");
        assert_eq!(texts.for_reader(&Language::parse("de").unwrap()), "late");
        assert_eq!(Texts::default().for_reader(&Language::english()), "");
    }
}
