//! Waves: one fielding of a survey to an audience; who is asked, and why the others are not.

use crate::domain::ident::{AccountId, ContactId};
use crate::domain::language::Language;
use crate::error::{Code, Error, Result};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// Where a wave stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaveState {
    Draft,
    /// Approved; its invitations go out from a set instant on.
    Scheduled,
    Running,
    /// Nothing goes out; what has arrived can be answered.
    Paused,
    /// Given up; its links are closed.
    Cancelled,
    /// Over, at its end or by hand; its links are closed.
    Finished,
}

impl WaveState {
    pub const ALL: [Self; 6] =
        [Self::Draft, Self::Scheduled, Self::Running, Self::Paused, Self::Cancelled, Self::Finished];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Cancelled => "cancelled",
            Self::Finished => "finished",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// The states it may move to.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Draft => &[Self::Scheduled, Self::Cancelled],
            // Back to draft: an approval can be taken back as long as nothing went out.
            Self::Scheduled => &[Self::Running, Self::Draft, Self::Cancelled],
            Self::Running => &[Self::Paused, Self::Finished, Self::Cancelled],
            Self::Paused => &[Self::Running, Self::Finished, Self::Cancelled],
            Self::Cancelled | Self::Finished => &[],
        }
    }

    pub fn may_step(self, to: Self) -> bool {
        self.next().contains(&to)
    }

    /// # Errors
    /// `wave.state` where the table does not allow the step.
    pub fn step(self, to: Self) -> Result<Self> {
        if self.may_step(to) { Ok(to) } else { Err(Error::new(Code::WaveState).with("state", self.as_str())) }
    }

    /// May audience, version and text still be changed?
    pub fn is_editable(self) -> bool {
        self == Self::Draft
    }

    /// May contacts still be held back, or released?
    pub fn may_hold_back(self) -> bool {
        matches!(self, Self::Draft | Self::Scheduled)
    }

    /// May mails go out?
    pub fn sends(self) -> bool {
        self == Self::Running
    }

    /// Can its invitations be answered?
    pub fn takes_answers(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

/// What time by itself does to a wave: a scheduled one starts, a started one ends.
///
/// A wave that is found at or after its end without having started (the service was down, a backup was
/// restored) does not send anything: it is cancelled.
pub fn due_state(
    state: WaveState,
    starts: DateTime<Utc>,
    ends: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<WaveState> {
    let over = ends.is_some_and(|ends| now >= ends);
    match state {
        WaveState::Scheduled if over => Some(WaveState::Cancelled),
        WaveState::Scheduled if now >= starts => Some(WaveState::Running),
        WaveState::Running | WaveState::Paused if over => Some(WaveState::Finished),
        _ => None,
    }
}

/// Who a wave is meant for. An empty list restricts nothing; all that are filled must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Audience {
    /// Keys of tiers.
    pub tiers: BTreeSet<String>,
    pub regions: BTreeSet<String>,
    pub product_lines: BTreeSet<String>,
    /// Other dimensions by name, with the values that belong.
    pub dimensions: BTreeMap<String, BTreeSet<String>>,
    /// Languages by tag; `zh` takes in `zh-CN`.
    pub languages: Vec<Language>,
    /// Roles of contacts.
    pub roles: BTreeSet<String>,
    /// Only these accounts.
    pub accounts: BTreeSet<AccountId>,
}

/// What an audience asks about a contact and its account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'a> {
    pub account: AccountId,
    pub tier: &'a str,
    pub region: Option<&'a str>,
    pub product_line: Option<&'a str>,
    pub dimensions: &'a BTreeMap<String, String>,
    pub language: &'a Language,
    pub role: Option<&'a str>,
}

impl Audience {
    /// Does a contact belong? One whose value is unknown belongs only where nothing is asked of it.
    pub fn takes(&self, candidate: &Candidate<'_>) -> bool {
        let within = |set: &BTreeSet<String>, value: Option<&str>| {
            set.is_empty() || value.is_some_and(|value| set.contains(value))
        };
        within(&self.tiers, Some(candidate.tier))
            && within(&self.regions, candidate.region)
            && within(&self.product_lines, candidate.product_line)
            && within(&self.roles, candidate.role)
            && self.dimensions.iter().all(|(name, set)| within(set, candidate.dimensions.get(name).map(String::as_str)))
            && (self.languages.is_empty() || self.languages.iter().any(|l| speaks(candidate.language, l)))
            && (self.accounts.is_empty() || self.accounts.contains(&candidate.account))
    }
}

fn speaks(reader: &Language, asked: &Language) -> bool {
    reader == asked || (asked.as_str() == asked.primary() && reader.primary() == asked.primary())
}

/// The kind of asking, as far as fatigue is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approach {
    /// The comprehensive questionnaire, yearly or half-yearly.
    Relationship,
    /// After an event.
    Transactional,
    /// Everything else that asks.
    Other,
}

impl Approach {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Relationship => "relationship",
            Self::Transactional => "transactional",
            Self::Other => "other",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Relationship, Self::Transactional, Self::Other].into_iter().find(|a| a.as_str() == text)
    }
}

/// How often people may be asked, whichever survey asks. Zero days, or no cap, restrict nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fatigue {
    /// Days between two relationship surveys to one person.
    pub relationship_days: u32,
    /// Days between two transactional surveys to one person.
    pub transactional_days: u32,
    /// Days between any two askings of one person.
    pub any_days: u32,
    /// How many persons of one account a wave may ask.
    pub persons_an_account: Option<u32>,
    /// The share of an audience that managers may hold back, in thousandths.
    pub held_back_permille: u32,
}

impl Default for Fatigue {
    fn default() -> Self {
        Self {
            relationship_days: 180,
            transactional_days: 90,
            any_days: 30,
            persons_an_account: Some(6),
            held_back_permille: 30,
        }
    }
}

impl Fatigue {
    /// How many of an audience may be held back: a share, but one at least, unless none may.
    pub fn most_held_back(&self, considered: u64) -> u64 {
        match u64::from(self.held_back_permille) {
            0 => 0,
            permille => (considered * permille / 1000).max(1),
        }
    }

    /// May so many of an audience be held back?
    ///
    /// # Errors
    /// `wave.held-back` with how many may.
    pub fn check_held_back(&self, held: u64, considered: u64) -> Result<()> {
        let most = self.most_held_back(considered);
        if held > most { Err(Error::new(Code::HeldBackEnough).with("max", most)) } else { Ok(()) }
    }
}

/// What is known about one contact when a wave is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub contact: ContactId,
    pub account: AccountId,
    pub account_active: bool,
    pub consent: bool,
    /// The address asked to be left alone, at whichever account.
    pub suppressed: bool,
    pub address: AddressState,
    /// The days this person was last asked: by relationship surveys, transactional ones, any.
    pub asked_relationship: Option<NaiveDate>,
    pub asked_transactional: Option<NaiveDate>,
    pub asked_any: Option<NaiveDate>,
    /// Is there an invitation in this wave, to this contact or to the same address?
    pub invited: bool,
    /// Did the account's manager hold this contact back?
    pub held_back: bool,
}

/// Whether mail can reach a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressState {
    Good,
    Missing,
    /// It does not have the form of an address.
    Invalid,
    /// The receiving server refused it for good.
    Bounced,
}

/// Why somebody is not asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum WhyNot {
    InactiveAccount,
    AlreadyInvited,
    NoConsent,
    Suppressed,
    NoAddress,
    InvalidAddress,
    AddressBounced,
    /// By the rule of which approach (`Other`: any asking), on which day, and from when on again.
    AskedRecently {
        rule: Approach,
        last: NaiveDate,
        until: NaiveDate,
    },
    /// So many persons of the account are asked already.
    AccountAskedEnough {
        most: u32,
    },
    /// Counted as non-response, so that figures cannot be groomed.
    HeldBack,
}

impl WhyNot {
    /// The rule, without the figures of the single case: what is counted.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::InactiveAccount => "inactive_account",
            Self::AlreadyInvited => "already_invited",
            Self::NoConsent => "no_consent",
            Self::Suppressed => "suppressed",
            Self::NoAddress => "no_address",
            Self::InvalidAddress => "invalid_address",
            Self::AddressBounced => "address_bounced",
            Self::AskedRecently { rule: Approach::Relationship, .. } => "asked_recently_relationship",
            Self::AskedRecently { rule: Approach::Transactional, .. } => "asked_recently_transactional",
            Self::AskedRecently { rule: Approach::Other, .. } => "asked_recently_any",
            Self::AccountAskedEnough { .. } => "account_asked_enough",
            Self::HeldBack => "held_back",
        }
    }

    /// All rules, in the order in which they are asked.
    pub const RULES: [&'static str; 12] = [
        "inactive_account",
        "already_invited",
        "no_consent",
        "suppressed",
        "no_address",
        "invalid_address",
        "address_bounced",
        "asked_recently_relationship",
        "asked_recently_transactional",
        "asked_recently_any",
        "account_asked_enough",
        "held_back",
    ];
}

/// May this person be asked on a day? The first rule that says no is the reason. `account_asked` is how
/// many persons of the account this wave asks already.
///
/// # Errors
/// The reason why not.
pub fn decide(
    facts: &Facts,
    approach: Approach,
    account_asked: u32,
    today: NaiveDate,
    fatigue: &Fatigue,
) -> Result<(), WhyNot> {
    let refused = [
        (!facts.account_active, WhyNot::InactiveAccount),
        (facts.invited, WhyNot::AlreadyInvited),
        (!facts.consent, WhyNot::NoConsent),
        (facts.suppressed, WhyNot::Suppressed),
        (facts.address == AddressState::Missing, WhyNot::NoAddress),
        (facts.address == AddressState::Invalid, WhyNot::InvalidAddress),
        (facts.address == AddressState::Bounced, WhyNot::AddressBounced),
    ];
    if let Some((_, why)) = refused.into_iter().find(|(holds, _)| *holds) {
        return Err(why);
    }
    let own = match approach {
        Approach::Relationship => Some((Approach::Relationship, facts.asked_relationship, fatigue.relationship_days)),
        Approach::Transactional => {
            Some((Approach::Transactional, facts.asked_transactional, fatigue.transactional_days))
        }
        Approach::Other => None,
    };
    let any = facts.asked_any.max(facts.asked_relationship).max(facts.asked_transactional);
    for (rule, last, days) in own.into_iter().chain([(Approach::Other, any, fatigue.any_days)]) {
        if let Some(last) = last {
            let until = last.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX);
            if today < until {
                return Err(WhyNot::AskedRecently { rule, last, until });
            }
        }
    }
    match fatigue.persons_an_account {
        Some(most) if account_asked >= most => Err(WhyNot::AccountAskedEnough { most }),
        _ if facts.held_back => Err(WhyNot::HeldBack),
        _ => Ok(()),
    }
}

/// A wave's plan as it is drawn up, contact by contact: nothing but counts is kept, and how many persons
/// of each account are asked, so that a roster of any size can stream through.
#[derive(Debug, Clone)]
pub struct Plan {
    approach: Approach,
    today: NaiveDate,
    fatigue: Fatigue,
    asked_at: HashMap<AccountId, u32>,
    accounts: HashSet<AccountId>,
    summary: Summary,
}

/// A plan in figures: `considered = asked + the sum of left_out`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Contacts of the audience, and their accounts.
    pub considered: u64,
    pub accounts: u64,
    pub asked: u64,
    /// Accounts of which at least one person is asked.
    pub accounts_asked: u64,
    pub asked_by_language: BTreeMap<Language, u64>,
    /// By [`WhyNot::rule`]; a contact is counted at the first rule that applies.
    pub left_out: BTreeMap<String, u64>,
}

impl Plan {
    pub fn new(approach: Approach, today: NaiveDate, fatigue: Fatigue) -> Self {
        Self {
            approach,
            today,
            fatigue,
            asked_at: HashMap::new(),
            accounts: HashSet::new(),
            summary: Summary::default(),
        }
    }

    /// Decides on one contact of the audience, and counts it. Who comes first is asked first where an
    /// account has more persons than may be asked.
    ///
    /// # Errors
    /// The reason why this contact is not asked.
    pub fn consider(&mut self, facts: &Facts, language: &Language) -> Result<(), WhyNot> {
        let asked_here = self.asked_at.get(&facts.account).copied().unwrap_or(0);
        self.summary.considered += 1;
        if self.accounts.insert(facts.account) {
            self.summary.accounts += 1;
        }
        let decision = decide(facts, self.approach, asked_here, self.today, &self.fatigue);
        match &decision {
            Ok(()) => {
                self.summary.asked += 1;
                self.summary.accounts_asked += u64::from(asked_here == 0);
                *self.summary.asked_by_language.entry(language.clone()).or_default() += 1;
                self.asked_at.insert(facts.account, asked_here + 1);
            }
            Err(why) => *self.summary.left_out.entry(why.rule().to_owned()).or_default() += 1,
        }
        decision
    }

    pub fn summary(&self) -> &Summary {
        &self.summary
    }
}

impl Summary {
    pub fn left_out_by(&self, rule: &str) -> u64 {
        self.left_out.get(rule).copied().unwrap_or(0)
    }

    /// Can a wave be approved on this plan?
    ///
    /// # Errors
    /// `wave.empty` if nobody is asked; `wave.held-back` if managers hold back more than the cap.
    pub fn check(&self, fatigue: &Fatigue) -> Result<()> {
        if self.asked == 0 {
            return Err(Error::new(Code::WaveEmpty).with("considered", self.considered));
        }
        fatigue.check_held_back(self.left_out_by("held_back"), self.considered)
    }
}

#[cfg(test)]
mod tests;
