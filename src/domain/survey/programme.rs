//! The survey programme: what each kind of survey is for, whom it asks, and how long it takes.

use super::{Definition, SurveyKind};
use crate::domain::account::AccountKind;

/// Seconds that one question takes to read and answer, own words and reading the introduction among them.
/// Ratings in a table take less and own words more; over the shipped instruments this comes out at what
/// their introductions promise.
const SECONDS_A_QUESTION: usize = 15;

impl SurveyKind {
    /// Whether a wave sends it. The others come in as a file, or are filled in by our own people.
    pub fn is_sent(self) -> bool {
        match self {
            Self::Relationship | Self::Transactional | Self::Thematic | Self::Internal | Self::Partner => true,
            Self::ThirdParty | Self::Assisted | Self::MysteryVisit | Self::SpotCheck => false,
        }
    }

    /// Whether it is customers who speak. What employees, suppliers and dealers say, and what our own
    /// people have found at a site, is no part of the figures on customers unless it is asked for.
    pub fn is_of_customers(self) -> bool {
        match self {
            Self::Relationship | Self::Transactional | Self::Thematic | Self::ThirdParty | Self::Assisted => true,
            Self::MysteryVisit | Self::SpotCheck | Self::Internal | Self::Partner => false,
        }
    }

    /// The kinds of accounts whose contacts it asks, unless the instrument names others. A check of our
    /// own sites asks nobody.
    pub fn asks(self) -> &'static [AccountKind] {
        match self {
            Self::Relationship | Self::Transactional | Self::Thematic | Self::ThirdParty | Self::Assisted => {
                &[AccountKind::Customer]
            }
            Self::Internal => &[AccountKind::Own],
            Self::Partner => &[AccountKind::Dealer, AccountKind::Supplier, AccountKind::Bank, AccountKind::Partner],
            Self::MysteryVisit | Self::SpotCheck => &[],
        }
    }
}

impl Definition {
    /// The kinds of accounts whose contacts a wave asks.
    pub fn asks(&self) -> &[AccountKind] {
        if self.accounts.is_empty() { self.kind.asks() } else { &self.accounts }
    }

    /// How many minutes answering takes: a quarter of a minute for each question, in whole minutes upward.
    pub fn minutes(&self) -> u32 {
        let seconds = self.questions().count() * SECONDS_A_QUESTION;
        u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_asked_and_who_counts_agree() {
        for &kind in SurveyKind::ALL {
            let asks_customers = kind.asks().contains(&AccountKind::Customer);
            assert_eq!(asks_customers, kind.is_of_customers(), "{kind:?}");
            assert!(!kind.is_sent() || !kind.asks().is_empty(), "{kind:?} is sent to nobody");
        }
        assert!(!SurveyKind::Internal.asks().iter().any(|kind| kind.is_buyer()));
    }
}
