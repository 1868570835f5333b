//! Whether a condition can hold at all. Looked at are the answers that each single question takes: what
//! is found never to hold never holds; what comes about only between several questions may pass.

use super::super::{Body, NOT_APPLICABLE, Question};
use super::expression::{Comparison, Constant, Expr, Literal, Term};
use super::types::{Type, keys, type_of};
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// The answers of a question under which something may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Range {
    /// Whether it may be without an answer.
    nothing: bool,
    /// "Not applicable".
    na: bool,
    some: Given,
}

/// The answers that are values.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Given {
    /// Whatever the question takes, or nothing of it; for answers that are not told apart here.
    Any(bool),
    /// Points, or places in the list of choices.
    Of(Vec<i64>),
    /// Numbers in thousandths, or days: stretches with both their ends, in order and apart.
    Within(Vec<Stretch>),
}

type Stretch = (i64, i64);

/// The values of a question that takes numbers or days.
#[derive(Clone, Copy)]
struct Grid {
    from: i64,
    to: i64,
    /// From one value to the next, counted from `origin`.
    step: i64,
    origin: i64,
    days: bool,
}

impl Grid {
    /// Far beyond any number or day that a question takes, and far from where sums overflow.
    const FAR: i64 = i64::MAX / 4;

    fn of(question: &Question) -> Option<Self> {
        let (far, day) = (Self::FAR, |day: &NaiveDate| i64::from(day.num_days_from_ce()));
        match &question.body {
            Body::Number { min, max, step, .. } => Some(Self {
                from: min.unwrap_or(-far),
                to: max.unwrap_or(far),
                step: (*step).max(1),
                origin: min.unwrap_or(0),
                days: false,
            }),
            Body::Date { min, max } => Some(Self {
                from: min.as_ref().map_or(-far, day),
                to: max.as_ref().map_or(far, day),
                step: 1,
                origin: 0,
                days: true,
            }),
            _ => None,
        }
    }

    /// What a stretch holds of the values, if it holds any.
    fn snapped(&self, (from, to): Stretch) -> Option<Stretch> {
        let above = from + (self.origin - from).rem_euclid(self.step);
        let below = to - (to - self.origin).rem_euclid(self.step);
        (above <= below).then_some((above, below))
    }

    fn whole(&self) -> Vec<Stretch> {
        self.snapped((self.from, self.to)).into_iter().collect()
    }

    /// The values that `keep`, which says the same of all values between two neighbouring `marks`.
    fn kept(&self, marks: &[i64], keep: impl Fn(i64) -> bool) -> Vec<Stretch> {
        let mut inside: Vec<i64> = marks.iter().copied().filter(|x| (self.from..=self.to).contains(x)).collect();
        inside.sort_unstable();
        inside.dedup();
        let mut pieces = Vec::new();
        let mut from = self.from;
        for mark in inside {
            pieces.extend([(from, mark - 1), (mark, mark)]);
            from = mark + 1;
        }
        pieces.push((from, self.to));
        pieces.into_iter().filter_map(|piece| self.snapped(piece)).filter(|(first, _)| keep(*first)).collect()
    }
}

/// What two lists of stretches have in common.
fn common(one: &[Stretch], two: &[Stretch]) -> Vec<Stretch> {
    let met = one.iter().flat_map(|a| two.iter().map(|b| (a.0.max(b.0), a.1.min(b.1))));
    met.filter(|(from, to)| from <= to).collect()
}

/// What is in one of them; stretches that touch become one.
fn joined(one: &[Stretch], two: &[Stretch]) -> Vec<Stretch> {
    let mut all: Vec<Stretch> = one.iter().chain(two).copied().collect();
    all.sort_unstable();
    let mut apart: Vec<Stretch> = Vec::new();
    for (from, to) in all {
        match apart.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => apart.push((from, to)),
        }
    }
    apart
}

/// Where a literal stands among numbers or days.
fn position(literal: &Literal) -> Option<i64> {
    match &literal.value {
        Constant::Number(x) => Some(*x),
        Constant::Date(day) => Some(i64::from(day.num_days_from_ce())),
        Constant::Text(_) => None,
    }
}

/// By question; what is not in it is not narrowed.
type Ranges<'e> = BTreeMap<&'e str, Range>;

impl Range {
    fn full(question: &Question) -> Self {
        let stretches = Grid::of(question).map(|grid| Given::Within(grid.whole()));
        let some = stretches.unwrap_or_else(|| match (type_of(question), question.scale()) {
            (Type::Number, Some(scale)) => Given::Of((scale.from..=scale.last()).collect()),
            (Type::Choice, _) => Given::Of((0..).zip(keys(question)).map(|(nth, _)| nth).collect()),
            _ => Given::Any(true),
        });
        Self { nothing: true, na: question.allows_not_applicable(), some }
    }

    fn is_empty(&self) -> bool {
        let none = match &self.some {
            Given::Any(any) => !any,
            Given::Of(list) => list.is_empty(),
            Given::Within(list) => list.is_empty(),
        };
        none && !self.nothing && !self.na
    }

    fn both(&self, other: &Self) -> Self {
        let some = match (&self.some, &other.some) {
            (Given::Of(one), Given::Of(two)) => Given::Of(one.iter().filter(|x| two.contains(x)).copied().collect()),
            (Given::Within(one), Given::Within(two)) => Given::Within(common(one, two)),
            (Given::Any(true), other) | (other, Given::Any(true)) => other.clone(),
            // One question is always looked at in one way.
            _ => Given::Any(false),
        };
        Self { nothing: self.nothing && other.nothing, na: self.na && other.na, some }
    }

    fn either(&self, other: &Self) -> Self {
        let some = match (&self.some, &other.some) {
            (Given::Of(one), Given::Of(two)) => {
                let mut all: Vec<i64> = one.iter().chain(two).copied().collect();
                all.sort_unstable();
                all.dedup();
                Given::Of(all)
            }
            (Given::Within(one), Given::Within(two)) => Given::Within(joined(one, two)),
            (Given::Any(false), other) | (other, Given::Any(false)) => other.clone(),
            _ => Given::Any(true),
        };
        Self { nothing: self.nothing || other.nothing, na: self.na || other.na, some }
    }
}

/// Looks at conditions over these questions.
pub struct Reach<'d>(pub Vec<&'d Question>);

impl Reach<'_> {
    /// Whether all of these can hold at once, as far as can be told.
    pub fn may_hold(&self, all: &[&Expr]) -> bool {
        let mut ranges = Ranges::new();
        all.iter().all(|one| match self.under(one, true) {
            Some(narrowed) => self.meet(&mut ranges, narrowed),
            None => false,
        })
    }

    /// Whether the condition holds whatever is answered.
    pub fn always_holds(&self, expr: &Expr) -> bool {
        self.under(expr, false).is_none()
    }

    fn question(&self, key: &str) -> Option<&Question> {
        self.0.iter().find(|one| one.key == key).copied()
    }

    /// The answers under which the condition may be `truth`; nothing if there are none.
    fn under<'e>(&self, expr: &'e Expr, truth: bool) -> Option<Ranges<'e>> {
        match expr {
            Expr::Truth(found) => (*found == truth).then(Ranges::new),
            Expr::Not(inner) => self.under(inner, !truth),
            Expr::And(all) if truth => self.every(all, truth),
            Expr::Or(any) if !truth => self.every(any, truth),
            Expr::And(any) | Expr::Or(any) => self.any(any, truth),
            Expr::Compare(Term::Name(name), how, Term::Literal(literal)) => {
                self.single(name.question(), truth, &[literal], &|value| meets(value, *how, literal))
            }
            Expr::Compare(Term::Literal(literal), how, Term::Name(name)) => {
                self.single(name.question(), truth, &[literal], &|value| meets(value, how.turned(), literal))
            }
            Expr::Compare(Term::Literal(left), how, Term::Literal(right)) => {
                let holds = meets(Point::of(&left.value), *how, right);
                (holds == truth).then(Ranges::new)
            }
            Expr::Compare(..) => Some(Ranges::new()),
            Expr::In(Term::Name(name), is, list) => {
                self.single(name.question(), truth, &list.iter().collect::<Vec<_>>(), &|value| {
                    value != Point::Nothing
                        && value != Point::Na
                        && list.iter().any(|one| meets(value, Comparison::Equal, one)) == *is
                })
            }
            Expr::In(Term::Literal(literal), is, list) => {
                let found = list.iter().any(|one| one.value == literal.value);
                ((found == *is) == truth).then(Ranges::new)
            }
            Expr::Answered(name) => self.single(name.question(), truth, &[], &|value| value != Point::Nothing),
            Expr::Chosen(name, choices) => self.single(name.question(), truth, &[], &|value| match value {
                Point::Na => choices.iter().any(|one| one.value == Constant::Text(NOT_APPLICABLE.to_owned())),
                value => choices.iter().any(|one| meets(value, Comparison::Equal, one)),
            }),
        }
    }

    fn every<'e>(&self, all: &'e [Expr], truth: bool) -> Option<Ranges<'e>> {
        let mut ranges = Ranges::new();
        for one in all {
            let narrowed = self.under(one, truth)?;
            if !self.meet(&mut ranges, narrowed) {
                return None;
            }
        }
        Some(ranges)
    }

    fn any<'e>(&self, any: &'e [Expr], truth: bool) -> Option<Ranges<'e>> {
        let mut found: Option<Ranges<'e>> = None;
        for ranges in any.iter().filter_map(|one| self.under(one, truth)) {
            found = Some(match found {
                None => ranges,
                // Only what both sides narrow is narrowed by either.
                Some(before) => before
                    .into_iter()
                    .filter_map(|(key, range)| ranges.get(key).map(|other| (key, range.either(other))))
                    .collect(),
            });
        }
        found
    }

    /// Narrows ranges by others; says whether every question is left with an answer.
    fn meet<'e>(&self, ranges: &mut Ranges<'e>, others: Ranges<'e>) -> bool {
        others.into_iter().all(|(key, range)| {
            let met = ranges.get(key).map_or_else(|| range.clone(), |before| before.both(&range));
            let left = !met.is_empty();
            ranges.insert(key, met);
            left
        })
    }

    /// What a condition on one question, which compares it with these literals, leaves of it.
    fn single<'e>(
        &self,
        question: Option<&'e str>,
        truth: bool,
        literals: &[&Literal],
        holds: &dyn Fn(Point<'_>) -> bool,
    ) -> Option<Ranges<'e>> {
        // What an attribute is can be anything.
        let Some(key) = question else { return Some(Ranges::new()) };
        let Some(question) = self.question(key) else { return Some(Ranges::new()) };
        let mut range = Range::full(question);
        range.nothing = holds(Point::Nothing) == truth;
        range.na = range.na && holds(Point::Na) == truth;
        if let Given::Of(list) = &mut range.some {
            list.retain(|x| {
                let key = usize::try_from(*x).ok().and_then(|nth| keys(question).get(nth).copied());
                let point = match key {
                    Some(key) => Point::Text(key),
                    None => Point::Number(x.saturating_mul(1000)),
                };
                holds(point) == truth
            });
        }
        if let (Given::Within(list), Some(grid)) = (&mut range.some, Grid::of(question)) {
            let marks: Vec<i64> = literals.iter().filter_map(|literal| position(literal)).collect();
            *list = grid.kept(&marks, |x| {
                let day = i32::try_from(x).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
                holds(if grid.days {
                    Point::Date(day.unwrap_or(if x < 0 { NaiveDate::MIN } else { NaiveDate::MAX }))
                } else {
                    Point::Number(x)
                }) == truth
            });
        }
        (!range.is_empty()).then(|| Ranges::from([(key, range)]))
    }
}

/// One of the answers that are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point<'a> {
    Nothing,
    Na,
    Number(i64),
    Text(&'a str),
    Date(chrono::NaiveDate),
}

impl<'a> Point<'a> {
    fn of(constant: &'a Constant) -> Self {
        match constant {
            Constant::Number(x) => Self::Number(*x),
            Constant::Text(text) => Self::Text(text),
            Constant::Date(day) => Self::Date(*day),
        }
    }
}

fn meets(value: Point<'_>, how: Comparison, literal: &Literal) -> bool {
    match (value, Point::of(&literal.value)) {
        (Point::Number(left), Point::Number(right)) => how.holds(&left, &right),
        (Point::Text(left), Point::Text(right)) => how.holds(&left, &right),
        (Point::Date(left), Point::Date(right)) => how.holds(&left, &right),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::Definition;
    use super::*;

    fn survey() -> Definition {
        let text = r#"
key = "reach"
version = 1
kind = "thematic"
languages = ["en"]
title.en = "Reach"

[[page]]
key = "one"
title.en = "One"

[[page.question]]
key = "years"
kind = "number"
min = 0
max = 60
step = 0.5
text.en = "How many years?"

[[page.question]]
key = "since"
kind = "date"
min = 2020-01-01
max = 2026-12-31
text.en = "Since when?"

[[page.question]]
key = "any"
kind = "number"
step = 1
text.en = "Any number"
"#;
        Definition::parse("reach.toml", text).unwrap()
    }

    #[test]
    fn numbers_and_days_are_narrowed() {
        let survey = survey();
        let reach = Reach(survey.questions().collect());
        let may = |all: &[&str]| {
            let all: Vec<Expr> = all.iter().map(|text| Expr::parse(text).unwrap()).collect();
            reach.may_hold(&all.iter().collect::<Vec<_>>())
        };
        for (conditions, truth) in [
            (&["answer.years > 60"][..], false),
            (&["answer.years >= 60"], true),
            (&["answer.years < 0"], false),
            (&["answer.years > 10 and answer.years < 10.5"], false),
            (&["answer.years > 10 and answer.years < 11"], true),
            (&["answer.years == 10.25"], false),
            (&["answer.years in [10.25, 7.5]"], true),
            (&["answer.years > 20", "answer.years < 10"], false),
            (&["answer.years > 20 or answer.years < 10", "answer.years > 15"], true),
            (&["answer.years > 20 or answer.years < 10", "answer.years >= 10 and answer.years <= 20"], false),
            (&["not answered(answer.years)", "answer.years >= 0"], false),
            (&["not (answer.years <= 60) and answered(answer.years)"], false),
            (&["answer.since < 2020-01-01"], false),
            (&["answer.since <= 2020-01-01"], true),
            (&["answer.since > 2024-05-01", "answer.since < 2024-05-03"], true),
            (&["answer.since > 2024-05-01", "answer.since < 2024-05-02"], false),
            (&["answer.any > 1000000"], true),
            (&["answer.any > 4 and answer.any < 5"], false),
        ] {
            assert_eq!(may(conditions), truth, "{conditions:?}");
        }
        assert!(reach.always_holds(&Expr::parse("not (answer.years > 60)").unwrap()));
        assert!(!reach.always_holds(&Expr::parse("answer.years <= 60").unwrap()), "there may be no answer");
    }
}
