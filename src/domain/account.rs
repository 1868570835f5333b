//! Accounts: the customer companies.

use crate::domain::ident::{AccountId, UserId};
use crate::domain::permission::Standing;
use crate::domain::tally::Segment;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an account is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    Customer,
    Dealer,
    Supplier,
    Bank,
    Partner,
    /// Our own company: its contacts are our employees.
    Own,
    /// No account, but the place of responses of which nobody knows, or may know, whose they are: one for each
    /// segment, see [`Account::nobody`]. Only the program makes them.
    Nobody,
}

impl AccountKind {
    /// What an account may be: all that people choose from, so without [`Self::Nobody`].
    pub const ALL: [Self; 6] = [Self::Customer, Self::Dealer, Self::Supplier, Self::Bank, Self::Partner, Self::Own];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Dealer => "dealer",
            Self::Supplier => "supplier",
            Self::Bank => "bank",
            Self::Partner => "partner",
            Self::Own => "own",
            Self::Nobody => "nobody",
        }
    }

    /// Whether it buys from us, and can be lost: whom warnings and cases are about.
    pub fn is_buyer(self) -> bool {
        matches!(self, Self::Customer | Self::Dealer | Self::Partner)
    }

    /// Reads what somebody has written or chosen.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.as_str() == text)
    }

    /// Reads what the program has stored.
    pub fn stored(text: &str) -> Option<Self> {
        if text == Self::Nobody.as_str() { Some(Self::Nobody) } else { Self::parse(text) }
    }
}

/// What the numbers of pseudo-accounts begin with.
const NOBODY: char = '~';

/// The one external number that names an account in every feed (客户编号).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CustomerNumber(String);

impl CustomerNumber {
    /// Takes 1 to 64 characters without white space inside, controls or commas; trims the ends. Numbers that begin with
    /// `~` are those of [`Account::nobody`], and nobody else's.
    pub fn parse(text: &str) -> Option<Self> {
        Self::stored(text).filter(|number| !number.0.starts_with(NOBODY))
    }

    /// Reads what the program has stored.
    pub fn stored(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = (1..=64).contains(&text.chars().count());
        (fits && !text.chars().any(|c| c.is_whitespace() || c.is_control())).then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomerNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A customer company, and where it stands today.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub id: AccountId,
    pub number: CustomerNumber,
    pub name: String,
    pub kind: AccountKind,
    pub parent: Option<AccountId>,
    /// Key of a tier in the settings.
    pub tier: String,
    pub region: String,
    pub product_line: String,
    pub manager: Option<UserId>,
    pub deputy: Option<UserId>,
    pub active: bool,
    /// Grows with every change: who saves an older one is told.
    pub revision: i64,
}

impl Account {
    /// The pseudo-account of a segment: the place of responses whose account is not known, or must not be. It is
    /// excluded wherever accounts are listed, counted, asked or looked after. All of it follows from the segment, so
    /// whoever needs it first may make it.
    pub fn nobody(segment: &Segment) -> Self {
        Self::pseudo(segment, AccountId::nobody(segment.id()), "")
    }

    /// The same for anonymous surveys.
    pub fn anonymous(segment: &Segment) -> Self {
        Self::pseudo(segment, AccountId::anonymous(segment.id()), "~")
    }

    fn pseudo(segment: &Segment, id: AccountId, more: &str) -> Self {
        Self {
            id,
            number: CustomerNumber(format!("{NOBODY}{more}{}", segment.id())),
            name: String::new(),
            kind: AccountKind::Nobody,
            parent: None,
            tier: segment.tier.clone(),
            region: segment.region.clone(),
            product_line: segment.product_line.clone(),
            manager: None,
            deputy: None,
            active: true,
            revision: 1,
        }
    }

    /// The as-of dimensions as they stand today.
    pub fn segment(&self) -> Segment {
        Segment { tier: self.tier.clone(), region: self.region.clone(), product_line: self.product_line.clone() }
    }

    /// What permissions look at.
    pub fn standing(&self) -> Standing {
        Standing { manager: self.manager, deputy: self.deputy, region: self.region.clone() }
    }
}

/// A text as searches compare it: folded, without the white space at its ends.
pub fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customer_numbers() {
        assert_eq!(CustomerNumber::parse(" 00012 ").unwrap().as_str(), "00012", "leading zeros stay");
        for bad in ["", "  ", "a b", "a\u{0}", &"9".repeat(65), "~", " ~7"] {
            assert!(CustomerNumber::parse(bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn nobody_is_made_by_the_program_alone() {
        let segment = |region: &str| Segment { tier: "key".into(), region: region.into(), product_line: String::new() };
        let nobody = Account::nobody(&segment("north"));
        assert_eq!(nobody, Account::nobody(&segment("north")), "the same from everybody");
        assert_ne!(nobody.id, Account::nobody(&segment("south")).id);
        assert!(nobody.id.is_nobody() && !nobody.id.is_anonymous() && !nobody.kind.is_buyer());
        let anonymous = Account::anonymous(&segment("north"));
        assert!(anonymous.id.is_nobody() && anonymous.id.is_anonymous() && anonymous.number != nobody.number);
        assert_eq!(nobody.segment(), segment("north"));
        assert_eq!((AccountKind::parse("nobody"), AccountKind::stored("nobody")), (None, Some(AccountKind::Nobody)));
        let number = nobody.number.as_str();
        assert_eq!(
            (CustomerNumber::parse(number), CustomerNumber::stored(number)),
            (None, Some(nobody.number.clone()))
        );
    }
}
