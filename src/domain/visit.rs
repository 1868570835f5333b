//! Visits to the link of an invitation, and what tells a machine from a person.
//!
//! Mail gateways open every link before the mail is delivered, and again later. What they do is kept as
//! evidence and blocks nobody: people run into each of these signs, too.

use crate::domain::token::Token;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;

/// Fetches of one mail's links so close to each other belong together.
const TOGETHER: TimeDelta = TimeDelta::seconds(10);
/// So many different scores of one mail, opened together, are more than a slip of a finger.
const MANY_SCORES: u32 = 4;
/// The most invitations of one generation that are watched.
const MOST_WATCHED: usize = 20_000;

/// What the name that a program gives itself says of it. No more of the name is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Agent {
    Browser,
    /// A mail program that opens links itself; a person sits before it.
    MailProgram,
    /// It says itself that it scans or crawls.
    Scanner,
    /// A library or a tool for the command line.
    Tool,
    /// It gives no name.
    Nameless,
}

impl Agent {
    pub const ALL: [Self; 5] = [Self::Browser, Self::MailProgram, Self::Scanner, Self::Tool, Self::Nameless];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::MailProgram => "mail_program",
            Self::Scanner => "scanner",
            Self::Tool => "tool",
            Self::Nameless => "nameless",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// Sorts a `User-Agent`. Mail programs come first: `OneOutlook` is a person.
    pub fn of(header: Option<&str>) -> Self {
        let name = header.unwrap_or_default().trim().to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if name.is_empty() {
            Self::Nameless
        } else if has(&["outlook", "thunderbird", "applemail", "airmail", "foxmail", "mailmaster"]) {
            Self::MailProgram
        } else if has(&[
            "bot",
            "crawl",
            "spider",
            "scan",
            "safelinks",
            "urldefense",
            "proofpoint",
            "barracuda",
            "mimecast",
            "preview",
            "headless",
            "phantomjs",
        ]) {
            Self::Scanner
        } else if name.starts_with("mozilla/") || name.starts_with("opera/") {
            Self::Browser
        } else {
            Self::Tool
        }
    }

    /// Whether the name alone says that nobody reads the page.
    pub fn is_machine(self) -> bool {
        matches!(self, Self::Scanner | Self::Tool | Self::Nameless)
    }
}

/// What speaks for a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sign {
    /// Asked for the head of the page alone.
    Head,
    /// Gives a name that no browser has.
    Name,
    /// Opened several scores of one mail within seconds.
    Burst,
    /// Followed the link that nobody sees, or came within seconds of who did.
    HiddenLink,
}

impl Sign {
    pub const ALL: [Self; 4] = [Self::Head, Self::Name, Self::Burst, Self::HiddenLink];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Head => "head",
            Self::Name => "name",
            Self::Burst => "burst",
            Self::HiddenLink => "hidden_link",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// What a page sees only of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HumanSign {
    Pointer,
    Key,
    Touch,
}

impl HumanSign {
    pub const ALL: [Self; 3] = [Self::Pointer, Self::Key, Self::Touch];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pointer => "pointer",
            Self::Key => "key",
            Self::Touch => "touch",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// One fetch of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub token: Token,
    pub at: DateTime<Utc>,
    pub agent: Agent,
    pub head: bool,
    /// The score that the link carried.
    pub score: Option<u8>,
    /// It was the link that nobody sees.
    pub hidden: bool,
}

/// Looks at visits one after the other, and remembers those of the last seconds.
///
/// It keeps two generations. The younger one becomes the elder when its time is over or it is full, and
/// the elder one goes whole: what a visit costs does not depend on how many are remembered.
#[derive(Debug, Default)]
pub struct Watch {
    young: HashMap<Token, Recent>,
    elder: HashMap<Token, Recent>,
    /// When the younger generation began.
    since: DateTime<Utc>,
}

#[derive(Debug)]
struct Recent {
    since: DateTime<Utc>,
    fetches: u32,
    /// A bit for each score.
    scores: u32,
    /// The signs that this stretch of time bears.
    burst: bool,
    hidden: bool,
}

impl Watch {
    /// What a visit speaks for, and of how many fetches: who is found out is found out for the fetches of
    /// the seconds before, too.
    pub fn look(&mut self, visit: &Visit) -> Vec<(Sign, u32)> {
        let mut signs = Vec::new();
        if visit.head {
            signs.push((Sign::Head, 1));
        } else if visit.agent.is_machine() {
            signs.push((Sign::Name, 1));
        }
        if (visit.at - self.since).abs() > TOGETHER || self.young.len() >= MOST_WATCHED {
            self.elder = std::mem::take(&mut self.young);
            self.since = visit.at;
        }
        let elder = self.elder.remove(&visit.token).filter(|recent| (visit.at - recent.since).abs() <= TOGETHER);
        let new = || Recent { since: visit.at, fetches: 0, scores: 0, burst: false, hidden: false };
        let recent = self.young.entry(visit.token).or_insert_with(|| elder.unwrap_or_else(new));
        if (visit.at - recent.since).abs() > TOGETHER {
            *recent = new();
        }
        recent.fetches = recent.fetches.saturating_add(1);
        recent.scores |= visit.score.and_then(|score| 1_u32.checked_shl(score.into())).unwrap_or_default();
        let many = recent.scores.count_ones() >= MANY_SCORES;
        for (sign, is_now, was) in
            [(Sign::Burst, many, &mut recent.burst), (Sign::HiddenLink, visit.hidden, &mut recent.hidden)]
        {
            if *was {
                signs.push((sign, 1));
            } else if is_now {
                *was = true;
                signs.push((sign, recent.fetches));
            }
        }
        signs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn visit(n: u128, seconds: i64, score: Option<u8>) -> Visit {
        Visit {
            token: Token { account_id: Uuid::from_u128(1).into(), invitation_id: Uuid::from_u128(n).into() },
            at: DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap(),
            agent: Agent::Browser,
            head: false,
            score,
            hidden: false,
        }
    }

    #[test]
    fn names_are_sorted() {
        let browser = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36";
        let of = |text: &str| Agent::of(Some(text));
        assert_eq!(of(browser), Agent::Browser);
        assert_eq!(of(&format!("{browser} OneOutlook/1.2024.619.100")), Agent::MailProgram, "a person");
        assert!(!of(&format!("{browser} OneOutlook/1.2024.619.100")).is_machine());
        assert_eq!(of("Mozilla/5.0 (compatible; Microsoft Outlook 16.0.10411; ms-office)"), Agent::MailProgram);
        assert_eq!(of("Mozilla/5.0 (compatible; Barracuda Sentinel (EE))"), Agent::Scanner);
        assert_eq!(of("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/126.0"), Agent::Scanner);
        assert_eq!(of("curl/8.5.0"), Agent::Tool);
        assert_eq!((of("  "), Agent::of(None)), (Agent::Nameless, Agent::Nameless));
        for agent in Agent::ALL {
            assert_eq!(Agent::parse(agent.as_str()), Some(agent));
        }
        for sign in Sign::ALL {
            assert_eq!(Sign::parse(sign.as_str()), Some(sign));
        }
        for sign in HumanSign::ALL {
            assert_eq!(HumanSign::parse(sign.as_str()), Some(sign));
        }
    }

    #[test]
    fn all_scores_at_once_are_a_burst() {
        let mut watch = Watch::default();
        let marks: u32 = (0..=10)
            .flat_map(|s| watch.look(&visit(1, 0, Some(s))))
            .map(|(sign, n)| {
                assert_eq!(sign, Sign::Burst);
                n
            })
            .sum();
        assert_eq!(marks, 11, "the first three are found out with the fourth");
        assert!(watch.look(&visit(1, 240, Some(9))).is_empty(), "the person who comes later");
    }

    #[test]
    fn who_corrects_a_click_is_no_burst() {
        let mut watch = Watch::default();
        for (at, score) in [(0, 7), (1, 8), (2, 8), (3, 7), (4, 9)] {
            assert!(watch.look(&visit(1, at, Some(score))).is_empty());
        }
        // Many customers at once share nothing.
        for n in 2..40 {
            assert!(watch.look(&visit(n, 4, Some((n % 11) as u8))).is_empty());
        }
    }

    #[test]
    fn the_hidden_link_marks_what_is_around_it() {
        let mut watch = Watch::default();
        assert!(watch.look(&visit(1, 0, None)).is_empty());
        let hit = Visit { hidden: true, ..visit(1, 2, None) };
        assert_eq!(watch.look(&hit), [(Sign::HiddenLink, 2)]);
        assert_eq!(watch.look(&visit(1, 5, None)), [(Sign::HiddenLink, 1)]);
        assert!(watch.look(&visit(2, 5, None)).is_empty(), "another person's link");
        assert!(watch.look(&visit(1, 60, None)).is_empty());
    }

    #[test]
    fn heads_and_names_speak_for_themselves() {
        let mut watch = Watch::default();
        for _ in 0..3 {
            assert_eq!(watch.look(&Visit { head: true, ..visit(1, 0, None) }), [(Sign::Head, 1)]);
        }
        assert_eq!(watch.look(&Visit { agent: Agent::Tool, ..visit(2, 0, None) }), [(Sign::Name, 1)]);
    }

    #[test]
    fn no_flood_fills_the_memory() {
        let mut watch = Watch::default();
        for n in 0..5 * MOST_WATCHED as u128 {
            watch.look(&visit(n, 0, None));
        }
        assert!(watch.young.len() + watch.elder.len() <= 2 * MOST_WATCHED);
        watch.look(&visit(7_000_000, 60, None));
        watch.look(&visit(7_000_001, 120, None));
        assert_eq!(watch.young.len() + watch.elder.len(), 2, "what is long past is forgotten");
    }

    #[test]
    fn a_burst_across_two_generations_is_one() {
        let mut watch = Watch::default();
        for (n, at) in [(9, 0), (1, 8), (1, 9), (1, 12)] {
            assert!(watch.look(&visit(n, at, Some(at as u8 % 11))).is_empty());
        }
        assert_eq!(watch.look(&visit(1, 13, Some(5))), [(Sign::Burst, 4)]);
    }
}
