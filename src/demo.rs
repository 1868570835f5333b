//! A plausible supplier and its customers, invented: what `bellwether demo` shows, and what the rules
//! are tried on, since here the truth is known.
//!
//! # The model
//!
//! Corvane Bearings sells spherical roller bearings, slewing rings, motor bearings, spindle bearings
//! and housings to 150 machine builders in four tiers, somewhat more than half of them in China. The
//! data end with a given day and reach 24 months back. The same seed and end date give the same data,
//! to the last comma.
//!
//! - **Accounts.** 10 strategic, 35 key, 80 general, 25 potential. An account's level of satisfaction
//!   is its tier's mean plus a normal deviate ([`TIERS`]) plus the tier's story: strategic accounts
//!   lose 5 points when the northern depot moves, general accounts gain 5 when the hotline stays open
//!   in the evening.
//! - **People.** Each account has some contacts with a role, a language and a leniency of their own
//!   (normal, 6 points). Some leave and are replaced; a few addresses bounce.
//! - **Orders.** Each account orders in its own rhythm: the gaps are Erlang distributed with shape 6
//!   (variance of gaps well below that of chance), values are log-normal around the account's own size.
//!   One delivery in ten is late by a few days.
//! - **Surveys.** A relationship wave every half year asks every contact who may be asked; after a
//!   delivery up to three of them are asked about it, nobody twice within 21 days. 45, 38, 28 and 20 %
//!   answer, by tier. A felt score is level + leniency + noise (8 points); each rating is the felt
//!   score with the offset and the trouble of its aspect and noise of its own, in boxes 1 to 5.
//! - **Comments** follow the ratings: who writes, writes about the aspects that were rated best or worst.
//! - **Troubles** ([`Trouble`]). Some accounts truly decline, of three causes that show in ratings,
//!   comments and orders: deliveries late since a depot moved, a batch problem of one product line, a
//!   competitor's price met by passive service. Some only look as if they did: a strict person joins, the
//!   season is over, nobody answers any more. [`Demo::truths`] lists them all.
//!
//! - **The past** ([`past`]). Two dozen accounts had a trouble before, each of one cause, which somebody
//!   noticed two months later and opened a case for. While it lasted, those who answered gave 3 points
//!   less of 10 and one box less of 5. Who was won back stopped ordering and came back 40 days after the
//!   case was opened; who was kept went on ordering; who was lost buys a quarter of half as often,
//!   half a year later. Those of little value are refused at the gate.
//! - **The work** (`work`). Every week somebody at Corvane Bearings works. Of warnings that nobody has taken on,
//!   70 % of red, 60 % of orange and 35 % of yellow ones that are older than a week are acknowledged, by
//!   whom they have escalated to; then a cause is named, a remedy promised with its day, done, and
//!   verified once the evidence has gone. In cases, the cause is set after a week; steps are done when
//!   due, but three in ten a week late; a contact is recorded with each visit. A case is closed as the
//!   later orders and answers propose it, never ahead of them. Accounts that truly decline stay open;
//!   what only looked like a decline ends as not pursued.
//!
//! - **Beside the mails** (`programme`). In the last half year one answer in eight to the relationship survey was taken down
//!   by telephone or from paper. Each of five sites and three teams is checked once a month for a year: a point of the
//!   checklist is met with the site's own chance, which falls at the depot that moved. Once a quarter an agency asks 78 accounts
//!   about visits, on scales with normal noise; from the third file on by a version with another question about effort, answered
//!   0.7 points higher. One account manager is trained 140 days before the end, and rated one point higher after it. For half
//!   a year, who is not content is promised a call; three calls in four are made within the week.
//!
//! Nothing here is tuned to the rule that is tried on it: some accounts in decline answer so seldom
//! that no rule could be sure of them.

mod comments;
mod model;
mod names;
mod notes;
pub mod past;
mod people;
mod programme;
pub mod rates;
pub mod seed;
mod trade;
mod work;

#[cfg(test)]
mod declines;

use crate::domain::answer::Answers;
use crate::domain::language::Language;
use chrono::{NaiveDate, NaiveDateTime};

/// The seed that the demonstration starts from unless another is asked for.
pub const USUAL_SEED: u64 = 8;

/// What Corvane Bearings sells, in English and Chinese.
pub const PRODUCT_LINES: [(&str, &str); 5] = [
    ("spherical roller bearings", "调心滚子轴承"),
    ("slewing rings", "回转支承"),
    ("motor bearings", "电机轴承"),
    ("spindle bearings", "主轴轴承"),
    ("housings", "轴承座"),
];

/// Where the accounts are, in English and Chinese.
pub const REGIONS: [(&str, &str); 5] = [
    ("East China", "华东"),
    ("North China", "华北"),
    ("South China", "华南"),
    ("Europe", "欧洲"),
    ("North America", "北美"),
];

/// What the accounts of a tier are like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TierShape {
    /// `strategic`, `key`, `general` or `potential`.
    pub key: &'static str,
    pub accounts: usize,
    /// Mean level of satisfaction, and the standard deviation between accounts.
    pub mean: f64,
    pub between: f64,
    /// Contacts per account, on average.
    pub contacts: f64,
    /// The share of delivered invitations that are answered.
    pub response_rate: f64,
    /// Days from order to order, on average.
    pub order_gap: f64,
    /// The usual value of one order, in CNY.
    pub order_value: f64,
}

/// The four tiers, in their order.
pub const TIERS: [TierShape; 4] = [STRATEGIC, KEY, GENERAL, POTENTIAL];

const STRATEGIC: TierShape = TierShape {
    key: "strategic",
    accounts: 10,
    mean: 80.0,
    between: 4.0,
    contacts: 9.0,
    response_rate: 0.45,
    order_gap: 14.0,
    order_value: 620_000.0,
};

const KEY: TierShape = TierShape {
    key: "key",
    accounts: 35,
    mean: 77.5,
    between: 6.0,
    contacts: 6.0,
    response_rate: 0.38,
    order_gap: 20.0,
    order_value: 210_000.0,
};

const GENERAL: TierShape = TierShape {
    key: "general",
    accounts: 80,
    mean: 73.0,
    between: 7.0,
    contacts: 3.3,
    response_rate: 0.28,
    order_gap: 33.0,
    order_value: 58_000.0,
};

const POTENTIAL: TierShape = TierShape {
    key: "potential",
    accounts: 25,
    mean: 70.0,
    between: 7.0,
    contacts: 2.6,
    response_rate: 0.20,
    order_gap: 60.0,
    order_value: 24_000.0,
};

/// Everything the model makes. Things refer to each other by their place in these lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Demo {
    pub seed: u64,
    /// The last day of the data.
    pub end: NaiveDate,
    pub users: Vec<User>,
    pub accounts: Vec<Account>,
    pub contacts: Vec<Contact>,
    /// By the day they were placed.
    pub orders: Vec<Order>,
    /// By the day they open.
    pub waves: Vec<Wave>,
    /// By the time they were sent.
    pub invitations: Vec<Invitation>,
    /// By the time they were completed.
    pub responses: Vec<Response>,
    pub truths: Vec<Truth>,
    /// What happened earlier, and the case that it became.
    pub episodes: Vec<past::Episode>,
}

impl Demo {
    /// Makes the data for a seed, up to and including a day.
    pub fn generate(seed: u64, end: NaiveDate) -> Self {
        model::generate(seed, end)
    }

    /// What is true of an account, if anything is.
    pub fn truth(&self, account: usize) -> Option<&Truth> {
        self.truths.iter().find(|t| t.account == account)
    }
}

/// Somebody at Corvane Bearings.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    pub name: String,
    pub email: String,
    /// `administrator`, `quality-manager`, `account-manager`, `executive` or `auditor`.
    pub role: &'static str,
    pub language: Language,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The customer number, six digits.
    pub number: String,
    /// As it is shown: a Chinese name has its Latin form behind it.
    pub name: String,
    /// One of the keys of [`TIERS`].
    pub tier: &'static str,
    /// The place in [`REGIONS`].
    pub region: usize,
    /// The place in [`PRODUCT_LINES`] of what it mostly buys.
    pub product_line: usize,
    /// The user who owns it, and the one who stands in.
    pub manager: usize,
    pub deputy: usize,
    pub language: Language,
    pub customer_since: NaiveDate,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    pub account: usize,
    pub name: String,
    pub salutation: Option<String>,
    pub email: String,
    pub phone: String,
    pub language: Language,
    /// `purchasing`, `logistics`, `quality`, `engineering`, `maintenance` or `management`.
    pub role: &'static str,
    /// May be asked from this day, and until that one.
    pub from: NaiveDate,
    pub until: Option<NaiveDate>,
    pub consent: bool,
    /// From this day on, mail to the address comes back.
    pub bounces_from: Option<NaiveDate>,
}

/// An order of one account, and its delivery.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub account: usize,
    /// Our number of the order, unique.
    pub number: String,
    pub product_line: usize,
    pub ordered: NaiveDate,
    pub promised: NaiveDate,
    /// Nothing while the goods are under way.
    pub delivered: Option<NaiveDate>,
    /// In whole CNY.
    pub value: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Wave {
    pub name: String,
    /// `relationship` or `after_delivery`, both version 1.
    pub survey: &'static str,
    pub opens: NaiveDate,
    /// Its last day; may lie after the end of the data.
    pub closes: NaiveDate,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Invitation {
    pub wave: usize,
    pub contact: usize,
    /// The delivery that it asks about.
    pub order: Option<usize>,
    /// Civil time at Corvane Bearings.
    pub sent: NaiveDateTime,
    pub bounced: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    pub invitation: usize,
    pub contact: usize,
    pub account: usize,
    pub completed: NaiveDateTime,
    /// As the survey's form would have given them.
    pub answers: Answers,
}

/// What happens to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trouble {
    /// True decline: deliveries are late since the depot moved.
    LateDelivery,
    /// True decline: batches of one product line are faulty.
    ProductQuality,
    /// True decline, slow: a competitor quotes lower, and service is passive.
    CompetitorPrice,
    /// No decline: a person joins who rates everything harshly.
    StrictPerson,
    /// No decline: it orders nothing in this season, every year.
    Season,
    /// No decline that anybody could see: nobody answers any more.
    Silence,
}

impl Trouble {
    /// Does the account's satisfaction truly fall?
    pub fn is_decline(self) -> bool {
        matches!(self, Self::LateDelivery | Self::ProductQuality | Self::CompetitorPrice)
    }

    /// The name it is told by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LateDelivery => "late delivery",
            Self::ProductQuality => "product quality",
            Self::CompetitorPrice => "competitor's price",
            Self::StrictPerson => "a strict person joined",
            Self::Season => "season",
            Self::Silence => "silence",
        }
    }
}

/// What is true of one account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Truth {
    pub account: usize,
    pub trouble: Trouble,
    pub onset: NaiveDate,
    /// Days from the onset until the whole fall is reached.
    pub ramp_days: i64,
    /// Points of satisfaction lost in the end; 0 where nothing truly falls.
    pub points: f64,
}

impl Truth {
    /// The points lost by a day.
    pub fn fallen(&self, day: NaiveDate) -> f64 {
        let since = (day - self.onset).num_days() as f64;
        self.points * (since / self.ramp_days.max(1) as f64).clamp(0.0, 1.0)
    }
}
