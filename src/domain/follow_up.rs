//! What is promised to customers who are not content: who gets in touch with them, and by when.

use super::account::Account;
use super::answer::{self, Answers};
use super::ident::{AccountId, ContactId, ResponseId, UserId};
use super::measure::Measure;
use super::permission::Role;
use super::survey::Definition;
use super::warning::ByTier;
use super::warning::detect::{LowScoreRule, Scored};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc, Weekday};

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// It is owed.
    Open,
    /// Somebody got in touch.
    Done,
    /// The customer would rather not be called.
    Declined,
    /// It is not owed any more: the answer was changed for the better, or does not count.
    Withdrawn,
}

impl State {
    pub const ALL: [Self; 4] = [Self::Open, Self::Done, Self::Declined, Self::Withdrawn];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done => "done",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// How a customer wishes to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    Telephone,
    Mail,
    Meeting,
}

impl Wish {
    pub const ALL: [Self; 3] = [Self::Telephone, Self::Mail, Self::Meeting];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Telephone => "telephone",
            Self::Mail => "mail",
            Self::Meeting => "meeting",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// A promise to get in touch about one response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowUp {
    pub account: AccountId,
    pub response: ResponseId,
    pub contact: Option<ContactId>,
    /// Who keeps it.
    pub owner: UserId,
    /// The last day on which it is kept in time.
    pub due: NaiveDate,
    pub state: State,
    pub wish: Option<Wish>,
    pub promised_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_by: Option<UserId>,
    /// What came of it.
    pub note: Option<String>,
    /// Whether the customer reads the note on their own page.
    pub told: bool,
    pub revision: i64,
}

impl FollowUp {
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.state == State::Open && self.due < today
    }

    /// What becomes of it once the answer has changed. A promise that the customer has taken up by a wish
    /// is kept whatever they say later; one that nobody has touched is owed for a low score alone.
    #[must_use]
    pub fn after_change(mut self, owed: bool, due: NaiveDate, now: DateTime<Utc>) -> Self {
        match (self.state, owed) {
            (State::Open, false) if self.wish.is_none() => {
                self.state = State::Withdrawn;
                self.closed_at = Some(now);
            }
            (State::Withdrawn, true) => {
                self.state = State::Open;
                self.closed_at = None;
                self.due = due;
            }
            _ => {}
        }
        self
    }

    /// A response that does not count promises nothing; what was done stays on record.
    #[must_use]
    pub fn withdrawn(mut self, now: DateTime<Utc>) -> Self {
        if self.state == State::Open {
            self.state = State::Withdrawn;
            self.closed_at = Some(now);
        }
        self
    }
}

/// From when on, and how soon, the house gets in touch.
#[derive(Debug, Clone)]
pub struct Rule<'a> {
    /// A recommendation of so much or less is a detractor's.
    pub score: i64,
    /// The days that the house gives itself, by tier; none where it is 0.
    pub days: &'a ByTier<u32>,
    /// What warns of a low score.
    pub low_score: &'a LowScoreRule,
}

impl Rule<'_> {
    /// By when somebody gets in touch about these answers; nothing where nobody does.
    pub fn due(&self, definition: &Definition, answers: &Answers, tier: usize, day: NaiveDate) -> Option<NaiveDate> {
        let days = *self.days.at(tier);
        (days > 0 && promises(definition) && self.is_low(definition, answers, tier, day)).then(|| due(day, days))
    }

    fn is_low(&self, definition: &Definition, answers: &Answers, tier: usize, day: NaiveDate) -> bool {
        let measured = answer::measurements(definition, answers);
        let of = |measure: &Measure| measured.iter().find(|m| m.measure == *measure).map(|m| m.x as f64 / 1000.0);
        let (recommend, satisfaction) = (of(&Measure::RecommendScore), of(&Measure::SatisfactionIndex));
        let scored = Scored { response: ResponseId::default(), contact: None, day, recommend, satisfaction };
        let warns = self.low_score.find(&[scored], tier, day).is_some_and(|finding| finding.reaches.is_some());
        warns || recommend.is_some_and(|x| x <= self.score as f64)
    }
}

/// Whether answers to a survey promise anything at all: where customers speak for themselves, by name.
/// Behind an anonymous answer there is nobody whom one could call, and nobody may try.
pub fn promises(definition: &Definition) -> bool {
    definition.kind.is_of_customers()
}

/// So many days after a day; who would have to call on a weekend calls on the Monday after.
pub fn due(day: NaiveDate, days: u32) -> NaiveDate {
    let after = |day: NaiveDate, days: u64| day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
    let due = after(day, u64::from(days));
    match due.weekday() {
        Weekday::Sat => after(due, 2),
        Weekday::Sun => after(due, 1),
        _ => due,
    }
}

/// One of the people who work here now, as far as promises are concerned.
#[derive(Debug, Clone)]
pub struct Colleague {
    pub id: UserId,
    pub role: Role,
    pub region: Option<String>,
}

/// Who keeps the promises at an account: its manager, else the deputy, else a quality manager, of its region
/// before those of all. Nobody, where none of them works here.
pub fn owner(account: &Account, people: &[Colleague]) -> Option<UserId> {
    let works = |id: Option<UserId>| id.filter(|id| people.iter().any(|one| one.id == *id));
    let quality = |region: Option<&str>| {
        let of = |one: &&Colleague| one.role == Role::QualityManager && one.region.as_deref() == region;
        people.iter().find(of).map(|one| one.id)
    };
    works(account.manager)
        .or_else(|| works(account.deputy))
        .or_else(|| quality(Some(&account.region)))
        .or_else(|| quality(None))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::{AccountKind, CustomerNumber};
    use crate::domain::answer::Answer;
    use crate::domain::survey::{SurveyKind, library};
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn user(n: u128) -> UserId {
        Uuid::from_u128(n).into()
    }

    #[test]
    fn nobody_is_promised_a_weekend() {
        // 2026-11-20 is a Friday.
        for (days, expected) in
            [(1, "2026-11-23"), (2, "2026-11-23"), (3, "2026-11-23"), (4, "2026-11-24"), (5, "2026-11-25")]
        {
            assert_eq!(due(day("2026-11-20"), days), day(expected), "{days}");
        }
    }

    #[test]
    fn a_promise_is_for_those_who_are_not_content() {
        let survey = library().unwrap().into_iter().find(|one| one.key == "nps").unwrap();
        let low_score = LowScoreRule::default();
        let days = ByTier::new(2, [0]);
        let due = |survey: &Definition, score: i64, tier: usize, least: i64| {
            let rule = Rule { score: least, days: &days, low_score: &low_score };
            let answers = Answers([("recommend".to_owned(), Answer::Score(score))].into());
            rule.due(survey, &answers, tier, day("2026-11-23"))
        };
        assert_eq!(due(&survey, 6, 0, 6), Some(day("2026-11-25")));
        assert_eq!(due(&survey, 7, 0, 6), None);
        assert_eq!(due(&survey, 6, 0, 3), Some(day("2026-11-25")), "what is warned of is followed up");
        assert_eq!(due(&survey, 0, 1, 6), None, "a tier that is promised nothing");
        let of = |kind: SurveyKind| Definition { kind, ..survey.clone() };
        assert_eq!(due(&of(SurveyKind::Internal), 0, 0, 6), None);
    }

    #[test]
    fn somebody_who_works_here_keeps_it() {
        let person = |n: u128, role: Role, region: Option<&str>| Colleague {
            id: user(n),
            role,
            region: region.map(str::to_owned),
        };
        let people = [
            person(9, Role::QualityManager, None),
            person(8, Role::QualityManager, Some("north")),
            person(1, Role::AccountManager, None),
            person(2, Role::AccountManager, None),
        ];
        let account = |manager: Option<u128>, deputy: Option<u128>, region: &str| Account {
            id: AccountId::default(),
            number: CustomerNumber::parse("1").unwrap(),
            name: "A".into(),
            kind: AccountKind::Customer,
            parent: None,
            tier: "key".into(),
            region: region.into(),
            product_line: String::new(),
            manager: manager.map(user),
            deputy: deputy.map(user),
            active: true,
            revision: 1,
        };
        assert_eq!(owner(&account(Some(1), Some(2), "north"), &people), Some(user(1)));
        assert_eq!(owner(&account(Some(7), Some(2), "north"), &people), Some(user(2)), "who has left does not call");
        assert_eq!(owner(&account(None, None, "north"), &people), Some(user(8)));
        assert_eq!(owner(&account(None, None, "south"), &people), Some(user(9)));
        assert_eq!(owner(&account(None, None, "south"), &[]), None);
    }

    #[test]
    fn a_promise_that_was_taken_up_is_kept() {
        let now: DateTime<Utc> = "2026-11-22T09:00:00Z".parse().unwrap();
        let (first, later) = (day("2026-11-24"), day("2026-11-30"));
        let open = FollowUp {
            account: AccountId::default(),
            response: ResponseId::default(),
            contact: None,
            owner: user(1),
            due: first,
            state: State::Open,
            wish: None,
            promised_at: now,
            closed_at: None,
            closed_by: None,
            note: None,
            told: false,
            revision: 1,
        };
        assert_eq!(open.clone().after_change(true, later, now), open);
        let withdrawn = open.clone().after_change(false, later, now);
        assert_eq!((withdrawn.state, withdrawn.due), (State::Withdrawn, first));
        let again = withdrawn.after_change(true, later, now);
        assert_eq!((again.state, again.due, again.closed_at), (State::Open, later, None));
        let wished = FollowUp { wish: Some(Wish::Mail), ..open.clone() };
        assert_eq!(wished.clone().after_change(false, later, now), wished);
        let declined = FollowUp { state: State::Declined, ..open.clone() };
        assert_eq!(declined.clone().after_change(true, later, now), declined, "no is no");
        assert!(open.is_overdue(later) && !open.is_overdue(first) && !declined.is_overdue(later));
    }
}
