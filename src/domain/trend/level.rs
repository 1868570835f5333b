//! The three levels of a warning.

use serde::{Deserialize, Serialize};
use std::fmt;

/// How grave a finding is. Levels are ordered: yellow is less than orange, orange less than red.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Yellow,
    Orange,
    Red,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Yellow, Self::Orange, Self::Red];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.as_str() == text)
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
            assert_eq!(Level::parse(level.as_str()), Some(level));
        }
        assert_eq!(Level::parse("Red"), None);
    }
}
