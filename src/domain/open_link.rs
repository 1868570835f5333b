//! Open links: a survey that anybody may answer who finds its address, on a counter, a delivery note or a
//! poster. Nobody is invited, so nothing is known of who answers but the link by which they came.

use crate::domain::ident::{AccountId, OpenLinkId, SubjectId, UserId, VersionId};
use crate::domain::language::Language;
use crate::domain::token::LinkCode;
use chrono::{DateTime, Utc};

/// The name under which tallies count the responses of a link; no question can be called so.
pub const LINK: &str = "_link";

/// Whether somebody has closed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LinkState {
    Open,
    Closed,
}

impl LinkState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Open, Self::Closed].into_iter().find(|state| state.as_str() == text)
    }
}

/// One open link.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenLink {
    pub id: OpenLinkId,
    pub code: LinkCode,
    /// What we call it.
    pub name: String,
    /// Where it hangs, in our words; kept with each response.
    pub source: String,
    /// What is asked. A newer version may take its place: what is printed stays good.
    pub version: VersionId,
    /// The language of who asks for none.
    pub language: Language,
    pub password_hash: Option<String>,
    /// Under whom its responses count.
    pub account: AccountId,
    /// Whether that is no customer, but a place in the book for a segment of them.
    pub of_segment: bool,
    /// The site or team that is judged.
    pub subject: Option<SubjectId>,
    pub opens_at: Option<DateTime<Utc>>,
    pub closes_at: Option<DateTime<Utc>>,
    pub state: LinkState,
    /// The most responses that it takes.
    pub most: Option<i64>,
    pub created_by: Option<UserId>,
    pub created_at: DateTime<Utc>,
    pub revision: i64,
}

/// Whether a link takes answers at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    Open,
    NotYet(DateTime<Utc>),
    /// Closed by somebody, or by its day.
    Over,
    /// It has all the responses that it takes.
    Full,
}

impl Standing {
    /// The word for it, as texts are named.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::NotYet(_) => "not-yet",
            Self::Over => "over",
            Self::Full => "full",
        }
    }
}

impl OpenLink {
    /// How it stands at a moment; `taken` is how many responses it has.
    pub fn standing(&self, now: DateTime<Utc>, taken: i64) -> Standing {
        if self.state == LinkState::Closed || self.closes_at.is_some_and(|at| now >= at) {
            return Standing::Over;
        }
        match self.opens_at {
            Some(at) if now < at => Standing::NotYet(at),
            _ if self.most.is_some_and(|most| taken >= most) => Standing::Full,
            _ => Standing::Open,
        }
    }
}

/// Where in the tallies a response of a link is counted, beside its own answers: with all of the link, and
/// with those of its class of recommendation (1 promoter, 0 passive, -1 detractor).
pub fn counted_as(link: OpenLinkId, recommends: Option<i64>) -> Vec<String> {
    let class = recommends.map(|x| format!("{link} {}", x.signum()));
    std::iter::once(link.to_string()).chain(class).collect()
}

/// How many responses of a link count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LinkCounts {
    pub responses: i64,
    pub promoters: i64,
    pub passives: i64,
    pub detractors: i64,
}

/// One of the numbers of [`LinkCounts`].
pub type Count = fn(&mut LinkCounts) -> &mut i64;

impl LinkCounts {
    /// Adds what the tallies hold under one of the names of [`counted_as`]; says whose it is.
    pub fn read(value: &str) -> Option<(OpenLinkId, Count)> {
        let (link, class) = value.split_once(' ').map_or((value, ""), |parts| parts);
        let place: Count = match class {
            "" => |counts| &mut counts.responses,
            "1" => |counts| &mut counts.promoters,
            "0" => |counts| &mut counts.passives,
            "-1" => |counts| &mut counts.detractors,
            _ => return None,
        };
        Some((OpenLinkId::parse(link)?, place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn link() -> OpenLink {
        OpenLink {
            id: OpenLinkId::default(),
            code: LinkCode([0; 7]),
            name: String::new(),
            source: String::new(),
            version: VersionId::default(),
            language: Language::english(),
            password_hash: None,
            account: AccountId::default(),
            of_segment: false,
            subject: None,
            opens_at: Some(at("2026-11-01T00:00:00Z")),
            closes_at: Some(at("2026-12-01T00:00:00Z")),
            state: LinkState::Open,
            most: Some(10),
            created_by: None,
            created_at: at("2026-10-01T00:00:00Z"),
            revision: 1,
        }
    }

    #[test]
    fn a_link_is_open_between_its_days_until_it_is_full() {
        let one = link();
        let (before, within, after) =
            (at("2026-10-31T23:59:59Z"), at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z"));
        assert_eq!(one.standing(before, 0), Standing::NotYet(within));
        assert_eq!(one.standing(within, 9), Standing::Open);
        assert_eq!(one.standing(within, 10), Standing::Full);
        assert_eq!(one.standing(after, 0), Standing::Over);
        let closed = OpenLink { state: LinkState::Closed, ..link() };
        assert_eq!(closed.standing(within, 0), Standing::Over);
        let endless = OpenLink { opens_at: None, closes_at: None, most: None, ..link() };
        assert_eq!(endless.standing(after, i64::MAX), Standing::Open);
    }

    #[test]
    fn what_is_counted_is_read_back() {
        let id = OpenLinkId(uuid::Uuid::from_u128(7));
        let mut counts = LinkCounts::default();
        for x in [Some(1000), Some(-1000), Some(0), Some(1000), None] {
            for value in counted_as(id, x) {
                let (of, place) = LinkCounts::read(&value).unwrap();
                assert_eq!(of, id);
                *place(&mut counts) += 1;
            }
        }
        assert_eq!(counts, LinkCounts { responses: 5, promoters: 2, passives: 1, detractors: 1 });
        assert!(LinkCounts::read("nonsense 1").is_none() && LinkCounts::read(&format!("{id} 7")).is_none());
    }
}
