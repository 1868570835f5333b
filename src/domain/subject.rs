//! What checks and ratings are about: sites and teams of our own, and the people who look after customers.

use crate::domain::ident::{SubjectId, UserId};
use crate::domain::measure::Milli;
use crate::error::{Code, Error};
use std::fmt;

/// What sort of thing is judged. It stays what it was made as: what was said about a place is not said about a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SubjectKind {
    /// A shop, plant, service station.
    Site,
    /// A group of people, perhaps of one site: a hotline, a crew.
    Team,
    Employee,
}

impl SubjectKind {
    pub const ALL: [Self; 3] = [Self::Site, Self::Team, Self::Employee];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Team => "team",
            Self::Employee => "employee",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Whether our own people go there with a checklist.
    pub fn is_checked(self) -> bool {
        self != Self::Employee
    }
}

/// A site, team or employee.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    pub id: SubjectId,
    pub kind: SubjectKind,
    /// What it is called in feeds; no two share one.
    pub number: String,
    pub name: String,
    /// The site that a team or an employee belongs to.
    pub site: Option<SubjectId>,
    pub region: String,
    /// Who signs in as this employee.
    pub user: Option<UserId>,
    pub active: bool,
    pub revision: i64,
}

/// The grades of checks, the best first, each with the lowest score that earns it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grades(Vec<(String, Milli)>);

const EXAMPLE: &str = "A 90, B 75, C 60, D 0";

impl Grades {
    /// Reads `A 90, B 75, C 60, D 0`: names of at most ten characters with whole scores that fall, the last of them 0,
    /// so that every score has a grade.
    ///
    /// # Errors
    /// `ValueMalformed` with an example.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = || Error::new(Code::ValueMalformed).with("expected", EXAMPLE);
        let mut grades: Vec<(String, Milli)> = Vec::new();
        for part in text.split(',') {
            let (name, from) = part.trim().rsplit_once(' ').ok_or_else(bad)?;
            let (name, from) = (name.trim(), from.parse::<i64>().map_err(|_| bad())?);
            let well = !name.is_empty()
                && name.chars().count() <= 10
                && !name.contains([';', '\u{ff0c}', '\u{ff1b}'])
                && !name.chars().any(char::is_control);
            let falls = grades.last().is_none_or(|(_, last)| from * 1000 < *last);
            if !well || !falls || !(0..=100).contains(&from) || grades.iter().any(|(known, _)| known == name) {
                return Err(bad());
            }
            grades.push((name.to_owned(), from * 1000));
        }
        if grades.last().is_none_or(|(_, last)| *last != 0) {
            return Err(bad());
        }
        Ok(Self(grades))
    }

    /// The grade of a score of 0 to 100, in thousandths.
    pub fn of(&self, score: Milli) -> &str {
        let found = self.0.iter().find(|(_, from)| score >= *from).or(self.0.last());
        found.map_or("", |(name, _)| name.as_str())
    }
}

impl fmt::Display for Grades {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(|(name, from)| format!("{name} {}", from / 1000)).collect();
        f.write_str(&parts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_score_has_one_grade() {
        let grades = Grades::parse(" A 90, B 75 ,C 60, not passed 0").unwrap();
        for (score, grade) in [(100_000, "A"), (90_000, "A"), (89_999, "B"), (60_000, "C"), (0, "not passed")] {
            assert_eq!(grades.of(score), grade, "{score}");
        }
        assert_eq!(grades.to_string(), "A 90, B 75, C 60, not passed 0");
    }

    #[test]
    fn grades_that_leave_a_gap_or_run_the_wrong_way_are_refused() {
        for text in ["", "A", "A 90", "A 90, B 95, C 0", "A 90, A 0", "A 101, B 0", "A 90; B 0", "A x, B 0", "A -1"] {
            assert!(Grades::parse(text).is_err(), "{text}");
        }
    }
}
