//! How a line of text has to be written.

use regex_lite::{Regex, RegexBuilder};

/// How large a pattern may become when it is taken apart, in bytes: what a person writes to describe
/// a number of an order needs a few thousand.
const LARGEST: usize = 64 * 1024;

/// A regular expression that a whole line must match. It is searched in time linear in the line,
/// whatever it looks like: back references and looking around do not exist in it.
#[derive(Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// Reads a pattern; the error is the reason in the words of the parser.
    pub fn parse(text: &str) -> Result<Self, String> {
        // A pattern that closes a bracket of ours would not be held to the whole line.
        let built = |text: &str| RegexBuilder::new(text).size_limit(LARGEST).nest_limit(20).build();
        built(text).map_err(|error| error.to_string())?;
        built(&format!("^(?:{text})$")).map(Self).map_err(|error| error.to_string())
    }

    pub fn matches(&self, line: &str) -> bool {
        self.0.is_match(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn the_whole_line_matches() {
        let order = Pattern::parse("[A-Z]{2}-[0-9]{4}|none").unwrap();
        for (line, fits) in
            [("AB-1234", true), ("none", true), ("AB-12345", false), ("xAB-1234", false), ("nonesuch", false)]
        {
            assert_eq!(order.matches(line), fits, "{line}");
        }
    }

    #[test]
    fn what_cannot_be_searched_in_linear_time_is_refused() {
        for text in ["(a", "a)(b", r"(a)\1", "(?=a)", "[z-a]", "a{9999}{9999}", r"\p{Han}", &"(".repeat(3000)] {
            assert!(Pattern::parse(text).is_err(), "{text:.20}");
        }
        let started = Instant::now();
        let line = format!("{}b", "a".repeat(5000));
        assert!(!Pattern::parse("(a+)+(a|aa)*").unwrap().matches(&line));
        assert!(started.elapsed() < Duration::from_secs(5), "a backtracking search would not end");
    }
}
