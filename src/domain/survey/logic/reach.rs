//! Whether a condition can hold at all. Looked at are the answers that each single question takes: what
//! is found never to hold never holds; what comes about only between several questions may pass.

use super::super::{NOT_APPLICABLE, Question};
use super::expression::{Comparison, Constant, Expr, Literal, Term};
use super::types::{Type, keys, type_of};
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
}

/// By question; what is not in it is not narrowed.
type Ranges<'e> = BTreeMap<&'e str, Range>;

impl Range {
    fn full(question: &Question) -> Self {
        let some = match (type_of(question), question.scale()) {
            (Type::Number, Some(scale)) => Given::Of((scale.from..=scale.last()).collect()),
            (Type::Choice, _) => Given::Of((0..).zip(keys(question)).map(|(nth, _)| nth).collect()),
            _ => Given::Any(true),
        };
        Self { nothing: true, na: question.allows_not_applicable(), some }
    }

    fn is_empty(&self) -> bool {
        let none = match &self.some {
            Given::Any(any) => !any,
            Given::Of(list) => list.is_empty(),
        };
        none && !self.nothing && !self.na
    }

    fn both(&self, other: &Self) -> Self {
        let some = match (&self.some, &other.some) {
            (Given::Of(one), Given::Of(two)) => Given::Of(one.iter().filter(|x| two.contains(x)).copied().collect()),
            (Given::Any(one), Given::Any(two)) => Given::Any(*one && *two),
            (Given::Of(list), Given::Any(any)) | (Given::Any(any), Given::Of(list)) => {
                Given::Of(if *any { list.clone() } else { Vec::new() })
            }
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
            (Given::Any(one), Given::Any(two)) => Given::Any(*one || *two),
            (_, Given::Any(true)) | (Given::Any(true), _) => Given::Any(true),
            (Given::Of(list), _) | (_, Given::Of(list)) => Given::Of(list.clone()),
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
                self.single(name.question(), truth, &|value| meets(value, *how, literal))
            }
            Expr::Compare(Term::Literal(literal), how, Term::Name(name)) => {
                self.single(name.question(), truth, &|value| meets(value, how.turned(), literal))
            }
            Expr::Compare(Term::Literal(left), how, Term::Literal(right)) => {
                let holds = meets(Point::of(&left.value), *how, right);
                (holds == truth).then(Ranges::new)
            }
            Expr::Compare(..) => Some(Ranges::new()),
            Expr::In(Term::Name(name), is, list) => self.single(name.question(), truth, &|value| {
                value != Point::Nothing
                    && value != Point::Na
                    && list.iter().any(|one| meets(value, Comparison::Equal, one)) == *is
            }),
            Expr::In(Term::Literal(literal), is, list) => {
                let found = list.iter().any(|one| one.value == literal.value);
                ((found == *is) == truth).then(Ranges::new)
            }
            Expr::Answered(name) => self.single(name.question(), truth, &|value| value != Point::Nothing),
            Expr::Chosen(name, choices) => self.single(name.question(), truth, &|value| match value {
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

    /// What a condition on one question leaves of it.
    fn single<'e>(
        &self,
        question: Option<&'e str>,
        truth: bool,
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
