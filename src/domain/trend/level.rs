//! The three levels of a warning.

use crate::error::{Code, Error};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How serious a warning is. Levels are ordered: yellow, orange, red.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Yellow,
    Orange,
    Red,
}

impl Level {
    /// From the mildest to the gravest.
    pub const ALL: [Self; 3] = [Self::Yellow, Self::Orange, Self::Red];

    /// The name it is stored and styled under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
        }
    }

    /// Reads what [`Level::as_str`] writes.
    pub fn parse(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| Error::new(Code::ValueUnknown).with("value", text))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_ordered_and_read_back() {
        assert!(Level::Yellow < Level::Orange && Level::Orange < Level::Red);
        for level in Level::ALL {
            assert_eq!(Level::parse(level.as_str()).unwrap(), level);
        }
        assert_eq!(Level::parse("Red").unwrap_err().code(), Code::ValueUnknown);
    }
}
