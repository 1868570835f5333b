//! What a setting is: a type that reads itself from a file or from the environment, and prints itself.
//!
//! The [`settings!`] macro makes a struct out of a list of settings and keeps their doc comments, so that the
//! example file says exactly what the code says.

use crate::domain::contact::EmailAddress;
use crate::domain::delivery::UnknownPolicy;
use crate::domain::language::Language;
use crate::domain::schedule::Schedule;
use crate::domain::subject::Grades;
use crate::domain::theme::Colour;
use crate::error::{Args, Code, Error};
use chrono_tz::Tz;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt::Display;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use toml::de::{DeValue, ValueDeserializer};
use toml::{Spanned, Value};

/// Why a value is not taken. Never carries the value itself: it may be a secret.
#[derive(Debug)]
pub struct Wrong {
    pub code: Code,
    pub args: Args,
    /// Where in the settings file, when that is more exact than the whole value.
    pub span: Option<Range<usize>>,
}

impl Wrong {
    pub fn new(code: Code) -> Self {
        Self { code, args: Args::new(), span: None }
    }

    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }

    /// Says of a number that is none what would do, in place of an example.
    #[must_use]
    pub fn expecting(mut self, low: impl Display, high: impl Display) -> Self {
        if self.code == Code::ValueMalformed {
            self.args = vec![("expected", format!("{low}–{high}"))];
        }
        self
    }

    /// A value of another form than, for instance, `example`.
    pub fn malformed(example: &str) -> Self {
        Self::new(Code::ValueMalformed).with("expected", example)
    }
}

/// A type that settings can have.
pub trait Setting: Sized {
    /// Reads a value of a settings file.
    fn read(value: &Value) -> Result<Self, Wrong>;

    /// Reads a value of a settings file whose places are known.
    fn read_spanned(value: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
        let value = Value::deserialize(ValueDeserializer::from(value))
            .map_err(|error| Wrong { span: error.span(), ..Wrong::new(Code::ValueMalformed) })?;
        Self::read(&value)
    }

    /// Reads the text of an environment variable or a flag: the bare text, or what would stand in the file.
    fn read_text(text: &str) -> Result<Self, Wrong> {
        Self::read(&Value::String(text.to_owned())).or_else(|wrong| match text.trim().parse::<Value>() {
            Ok(literal) if !literal.is_str() => Self::read(&literal),
            _ => Err(wrong),
        })
    }

    /// The value as it stands in a settings file; nothing for a value that is not set, or secret.
    fn print(&self) -> Option<String>;
}

/// A value on its way into a setting.
pub enum Given<'a> {
    File(Spanned<DeValue<'a>>),
    Text(&'a str),
}

impl Given<'_> {
    pub fn read<T: Setting>(self) -> Result<T, Wrong> {
        match self {
            Self::File(value) => T::read_spanned(value),
            Self::Text(text) => T::read_text(text),
        }
    }
}

/// What the example file says about one setting.
pub struct Described {
    pub name: &'static str,
    pub docs: &'static [&'static str],
    pub range: Option<String>,
    /// The default as it stands in a settings file, or an example where there is no default.
    pub value: String,
}

/// A struct of settings: the top of the file, or one of its `[tables]`.
pub trait Group {
    fn docs(&self) -> &'static [&'static str];
    /// Reads a value into the setting of this name; nothing if there is none.
    fn set(&mut self, name: &str, given: Given<'_>) -> Option<Result<(), Wrong>>;
    fn describe(&self) -> Vec<Described>;
    fn section(&mut self, name: &str) -> Option<&mut dyn Group>;
    fn sections(&self) -> Vec<(&'static str, &dyn Group)>;
}

/// Makes a struct of settings. After the default may follow `within 1..=9` (the range that is taken) and
/// `such_as "…"` (what the example file shows where there is no default); after the fields, the tables.
macro_rules! settings {
    (
        $(#[doc = $group_doc:literal])+
        pub struct $group:ident {
            $(
                $(#[doc = $doc:literal])+
                $name:ident: $type:ty = $default:expr
                    $(, within $low:literal ..= $high:literal)? $(, such_as $sample:literal)?;
            )+
        }
        $(tables { $($(#[doc = $table_doc:literal])+ $table:ident: $table_type:ident,)+ })?
    ) => {
        $(#[doc = $group_doc])+
        #[derive(Debug, Clone)]
        pub struct $group {
            $($(#[doc = $doc])+ pub $name: $type,)+
            $($($(#[doc = $table_doc])+ pub $table: $table_type,)+)?
        }

        impl Default for $group {
            fn default() -> Self {
                Self { $($name: $default,)+ $($($table: $table_type::default(),)+)? }
            }
        }

        impl $crate::config::setting::Group for $group {
            fn docs(&self) -> &'static [&'static str] {
                &[$($group_doc),+]
            }

            fn set(
                &mut self,
                name: &str,
                given: $crate::config::setting::Given<'_>,
            ) -> Option<Result<(), $crate::config::setting::Wrong>> {
                Some(match name {
                    $(stringify!($name) => given.read::<$type>()$(.map_err(|w| w.expecting($low, $high)))?.and_then(|value| {
                        $(if !($low..=$high).contains(&value) {
                            return Err($crate::config::setting::Wrong::new($crate::error::Code::ValueOutOfRange)
                                .with("min", $low)
                                .with("max", $high));
                        })?
                        self.$name = value;
                        Ok(())
                    }),)+
                    _ => return None,
                })
            }

            fn describe(&self) -> Vec<$crate::config::setting::Described> {
                let samples: &[&[&str]] = &[$(&[$($sample)?]),+];
                let ranges: Vec<Vec<String>> = vec![$(vec![$(format!("{} to {}", $low, $high))?]),+];
                let printed = [$((
                    stringify!($name),
                    &[$($doc),+] as &'static [&'static str],
                    $crate::config::setting::Setting::print(&self.$name),
                )),+];
                printed
                    .into_iter()
                    .zip(samples.iter().zip(ranges))
                    .map(|((name, docs, value), (sample, range))| $crate::config::setting::Described {
                        name,
                        docs,
                        range: range.into_iter().next(),
                        value: value.unwrap_or_else(|| sample.first().copied().unwrap_or("\"\"").to_owned()),
                    })
                    .collect()
            }

            fn section(&mut self, name: &str) -> Option<&mut dyn $crate::config::setting::Group> {
                $($(if name == stringify!($table) {
                    return Some(&mut self.$table);
                })+)?
                let _ = name;
                None
            }

            fn sections(&self) -> Vec<(&'static str, &dyn $crate::config::setting::Group)> {
                vec![$($((stringify!($table), &self.$table as &dyn $crate::config::setting::Group)),+)?]
            }
        }
    };
}
pub(super) use settings;

/// Makes an enum whose values are chosen by a word.
macro_rules! choices {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[doc = $doc:literal])+ $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[doc = $doc])+ $variant,)+ }

        impl $name {
            /// The word that stands in the settings.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }

        impl $crate::config::setting::Setting for $name {
            fn read(value: &toml::Value) -> Result<Self, $crate::config::setting::Wrong> {
                match value.as_str() {
                    $(Some($word) => Ok(Self::$variant),)+
                    _ => Err($crate::config::setting::Wrong::new($crate::error::Code::ValueUnknown)
                        .with("known", [$($word),+].join(", "))),
                }
            }

            fn print(&self) -> Option<String> {
                Some($crate::config::setting::quote(self.as_str()))
            }
        }
    };
}
pub(super) use choices;

/// A text as it stands in a settings file.
pub fn quote(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// Reads a text with the function of the type itself.
pub fn read_with<T, E>(value: &Value, example: &str, read: impl FnOnce(&str) -> Result<T, E>) -> Result<T, Wrong> {
    value.as_str().and_then(|text| read(text).ok()).ok_or_else(|| Wrong::malformed(example))
}

/// Reads a value of several parts (a table, a list of tables) as serde does, with the place of the part that is wrong.
pub fn read_parts<T: DeserializeOwned>(value: Spanned<DeValue<'_>>) -> Result<T, Wrong> {
    T::deserialize(ValueDeserializer::from(value)).map_err(|error| Wrong {
        span: error.span(),
        ..Wrong::new(Code::ValueMalformed).with("reason", error.message())
    })
}

impl Setting for String {
    fn read(value: &Value) -> Result<Self, Wrong> {
        value.as_str().map(str::to_owned).ok_or_else(|| Wrong::malformed("\"…\""))
    }
    fn print(&self) -> Option<String> {
        Some(quote(self))
    }
}

impl Setting for SecretString {
    fn read(value: &Value) -> Result<Self, Wrong> {
        match value.as_str() {
            Some(text) if !text.is_empty() => Ok(text.into()),
            _ => Err(Wrong::malformed("\"…\"")),
        }
    }
    fn print(&self) -> Option<String> {
        None
    }
}

impl Setting for bool {
    fn read(value: &Value) -> Result<Self, Wrong> {
        value.as_bool().ok_or_else(|| Wrong::new(Code::ValueUnknown).with("known", "true, false"))
    }
    fn print(&self) -> Option<String> {
        Some(self.to_string())
    }
}

macro_rules! whole_numbers {
    ($($type:ty),+) => {$(
        impl Setting for $type {
            fn read(value: &Value) -> Result<Self, Wrong> {
                let number = value.as_integer().ok_or_else(|| Wrong::malformed("10"))?;
                Self::try_from(number).map_err(|_| {
                    Wrong::new(Code::ValueOutOfRange).with("min", Self::MIN).with("max", Self::MAX)
                })
            }
            fn print(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    )+};
}
whole_numbers!(u16, u32);

/// A number that need not be whole; what is neither finite nor a number is none.
impl Setting for f64 {
    fn read(value: &Value) -> Result<Self, Wrong> {
        let whole = || value.as_integer().and_then(|n| i32::try_from(n).ok()).map(Self::from);
        let number = value.as_float().or_else(whole).filter(|number| number.is_finite());
        number.ok_or_else(|| Wrong::malformed("0.5"))
    }
    fn print(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
}

impl Setting for PathBuf {
    fn read(value: &Value) -> Result<Self, Wrong> {
        match value.as_str() {
            Some(path) if !path.is_empty() && !path.contains('\0') => Ok(path.into()),
            _ => Err(Wrong::malformed("\"data/file\"")),
        }
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.to_string_lossy()))
    }
}

impl Setting for SocketAddr {
    fn read(value: &Value) -> Result<Self, Wrong> {
        read_with(value, "127.0.0.1:8080", str::parse)
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.to_string()))
    }
}

impl Setting for Tz {
    fn read(value: &Value) -> Result<Self, Wrong> {
        read_with(value, "Asia/Shanghai", str::parse)
    }
    fn print(&self) -> Option<String> {
        Some(quote(self.name()))
    }
}

impl Setting for Language {
    fn read(value: &Value) -> Result<Self, Wrong> {
        read_with(value, "zh-CN", Self::parse)
    }
    fn print(&self) -> Option<String> {
        Some(quote(self.as_str()))
    }
}

impl Setting for Colour {
    fn read(value: &Value) -> Result<Self, Wrong> {
        value.as_str().and_then(Self::parse).ok_or_else(|| Wrong::malformed("#0b5a94"))
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.to_string()))
    }
}

impl Setting for EmailAddress {
    fn read(value: &Value) -> Result<Self, Wrong> {
        read_with(value, "survey@example.com", Self::parse)
    }
    fn print(&self) -> Option<String> {
        Some(quote(self.as_str()))
    }
}

impl Setting for Schedule {
    fn read(value: &Value) -> Result<Self, Wrong> {
        read_with(value, "30 2 * * *", Self::parse)
    }
    fn print(&self) -> Option<String> {
        Some(quote(self.as_str()))
    }
}

impl Setting for Grades {
    fn read(value: &Value) -> Result<Self, Wrong> {
        read_with(value, "A 90, B 75, C 60, D 0", Self::parse)
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.to_string()))
    }
}

impl Setting for UnknownPolicy {
    fn read(value: &Value) -> Result<Self, Wrong> {
        let stored = value.as_str().map(|word| word.replace('-', "_"));
        stored
            .and_then(|word| Self::parse(&word))
            .ok_or_else(|| Wrong::new(Code::ValueUnknown).with("known", "give-up, ask-again"))
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.as_str().replace('_', "-")))
    }
}

/// A setting that may be left out. An empty variable of the environment leaves it out, too.
impl<T: Setting> Setting for Option<T> {
    fn read(value: &Value) -> Result<Self, Wrong> {
        T::read(value).map(Some)
    }
    fn read_spanned(value: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
        T::read_spanned(value).map(Some)
    }
    fn read_text(text: &str) -> Result<Self, Wrong> {
        if text.is_empty() { Ok(None) } else { T::read_text(text).map(Some) }
    }
    fn print(&self) -> Option<String> {
        self.as_ref().and_then(T::print)
    }
}

/// A list; in the environment its values are parted by commas.
impl<T: Setting> Setting for Vec<T> {
    fn read(value: &Value) -> Result<Self, Wrong> {
        value.as_array().ok_or_else(|| Wrong::malformed("[\"…\", \"…\"]"))?.iter().map(T::read).collect()
    }
    fn read_spanned(value: Spanned<DeValue<'_>>) -> Result<Self, Wrong> {
        let DeValue::Array(parts) = value.into_inner() else {
            return Err(Wrong::malformed("[\"…\", \"…\"]"));
        };
        let part = |part: Spanned<DeValue<'_>>| {
            let span = part.span();
            T::read_spanned(part).map_err(|wrong| Wrong { span: wrong.span.clone().or(Some(span)), ..wrong })
        };
        parts.into_iter().map(part).collect()
    }
    fn read_text(text: &str) -> Result<Self, Wrong> {
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(T::read_text).collect()
    }
    fn print(&self) -> Option<String> {
        let parts: Vec<String> = self.iter().filter_map(T::print).collect();
        Some(format!("[{}]", parts.join(", ")))
    }
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self { code: error.code(), args: error.args().to_vec(), span: None }
    }
}
