//! What servers say, and what it means for the mail and for the address.

use std::fmt;

/// Why a mail was not delivered, in the order of what it means for the recipient's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// There is no such mailbox, domain or host: the address is suppressed.
    Hard,
    /// The mailbox is there but does not take mail now (full, disabled), or the server kept putting us
    /// off. Counted; several within a month suppress the address.
    Soft,
    /// The server does not take *our* mail: reputation, content, authentication. Ours to mend.
    Policy,
    /// Refused without saying what for. Several large providers refuse content with a bare 550, so this
    /// never counts against the address.
    Unclear,
    /// No server took part in a whole conversation in any of the tries.
    Connection,
    /// Our server cannot carry it, for example an address outside ASCII without SMTPUTF8.
    Unsendable,
    /// It was in doubt whether it had been sent, and the policy is never to send twice.
    GivenUp,
}

impl Failure {
    pub const ALL: [Self; 7] =
        [Self::Hard, Self::Soft, Self::Policy, Self::Unclear, Self::Connection, Self::Unsendable, Self::GivenUp];

    /// The name it is stored under.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Policy => "policy",
            Self::Unclear => "unclear",
            Self::Connection => "connection",
            Self::Unsendable => "unsendable",
            Self::GivenUp => "given_up",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.as_str() == name)
    }

    /// Is the address itself dead, so that nothing may be sent there again?
    pub fn suppresses(self) -> bool {
        self == Self::Hard
    }
}

/// An enhanced status code: class, subject, detail (RFC 3463 section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Enhanced(pub u8, pub u16, pub u16);

impl Enhanced {
    /// Reads `5.1.1`: class 2, 4 or 5, the others of one to three digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let class = match parts.next()? {
            "2" => 2,
            "4" => 4,
            "5" => 5,
            _ => return None,
        };
        let mut number = || {
            let part = parts.next()?;
            ((1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let (subject, detail) = (number()?, number()?);
        parts.next().is_none().then_some(Self(class, subject, detail))
    }
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// What the server said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The basic code: 250, 451, 550.
    pub code: u16,
    /// The enhanced code, if the server gave one whose class agrees with the basic code's.
    pub enhanced: Option<Enhanced>,
    /// The server's words: one line, at most [`Reply::LONGEST`] characters, without controls.
    pub text: String,
}

impl Reply {
    /// What is kept of a server's words; they are foreign text, and some send whole pages.
    pub const LONGEST: usize = 400;

    /// Takes the words of a reply apart. RFC 2034 section 4: the enhanced code stands first and its
    /// class is that of the basic code; where the two contradict each other the basic code is believed.
    pub fn new(code: u16, text: &str) -> Self {
        let enhanced = text
            .split_whitespace()
            .next()
            .and_then(Enhanced::parse)
            .filter(|enhanced| u16::from(enhanced.0) == code / 100);
        let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty());
        let mut line = String::new();
        for word in words {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        Self { code, enhanced, text: line.chars().take(Self::LONGEST).collect() }
    }

    /// A refusal for good (5xx) in the light of the part of the conversation it answered. Subjects and
    /// details as RFC 3463 section 3 lists them, with RFC 7505 for 5.1.10.
    pub fn failure(&self, stage: Stage) -> Failure {
        if stage == Stage::Sender {
            // Nobody has been named yet: whatever is refused here is ours.
            return Failure::Policy;
        }
        match (self.enhanced, self.code) {
            // The sender's address stands under the same subject as the recipient's.
            (Some(Enhanced(_, 1, 7 | 8)), _) => Failure::Policy,
            (Some(Enhanced(_, 1, _)), _) => Failure::Hard,
            // Full, disabled, too long for it: the mailbox exists. So do system and route (3, 4).
            (Some(Enhanced(_, 2..=4, _)), _) => Failure::Soft,
            // Protocol, content, security.
            (Some(Enhanced(_, 5..=7, _)), _) => Failure::Policy,
            (Some(_), _) => Failure::Unclear,
            // 552 has only one meaning, exceeded storage (RFC 5321 section 4.2.3).
            (None, 552) => Failure::Soft,
            (None, _) => Failure::Unclear,
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.text)
    }
}

/// Which part of the conversation a reply answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, or the last dot.
    Content,
}

/// How one try to send went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The server answers for it from now on.
    Accepted { reply: Reply },
    /// 5xx: not this mail, now or later.
    Refused { stage: Stage, reply: Reply },
    /// 4xx: not now.
    Deferred { stage: Stage, reply: Reply },
    /// The conversation about this mail broke off. After the last dot went out, the server may have it.
    ConnectionLost { after_data: bool, why: String },
    /// There was no conversation about this mail: no connection, no TLS, no sign-in. Says nothing about
    /// the mail and costs it no try.
    Unreachable { why: String },
    /// The server cannot carry this mail, and was not asked.
    Unsendable { why: String },
}

impl Outcome {
    /// The name under which outcomes are counted.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::Deferred { .. } => "deferred",
            Self::ConnectionLost { .. } => "connection_lost",
            Self::Unreachable { .. } => "unreachable",
            Self::Unsendable { .. } => "unsendable",
        }
    }

    /// What the server said, or what went wrong, for the log and the list of failures.
    pub fn text(&self) -> String {
        match self {
            Self::Accepted { reply } | Self::Refused { reply, .. } | Self::Deferred { reply, .. } => reply.to_string(),
            Self::ConnectionLost { why, .. } | Self::Unreachable { why } | Self::Unsendable { why } => why.clone(),
        }
    }

    /// Does it speak against the server or our access to it, rather than against this one mail? The
    /// sender brakes after several of these in a row.
    pub fn is_trouble(&self) -> bool {
        match self {
            Self::Accepted { .. } | Self::Unsendable { .. } => false,
            Self::ConnectionLost { .. } | Self::Unreachable { .. } => true,
            Self::Refused { stage, reply } => reply.failure(*stage) == Failure::Policy,
            Self::Deferred { stage, reply } => *stage != Stage::Recipient || reply.code == 421,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(code: u16, text: &str) -> Reply {
        Reply::new(code, text)
    }

    #[test]
    fn replies_are_judged_by_code_and_stage() {
        for (code, text, stage, expected) in [
            (550, "5.1.1 no such user", Stage::Recipient, Failure::Hard),
            (550, "5.1.1 no such user", Stage::Content, Failure::Hard),
            (556, "5.1.10 null MX", Stage::Recipient, Failure::Hard),
            (553, "5.1.8 bad sender domain", Stage::Recipient, Failure::Policy),
            (550, "5.1.1 sender unknown", Stage::Sender, Failure::Policy),
            (552, "5.2.2 mailbox full", Stage::Recipient, Failure::Soft),
            (552, "quota exceeded", Stage::Recipient, Failure::Soft),
            (550, "5.2.1 disabled", Stage::Recipient, Failure::Soft),
            (550, "5.4.4 no route", Stage::Recipient, Failure::Soft),
            (554, "5.6.0 bad content", Stage::Content, Failure::Policy),
            (550, "5.7.1 blocked", Stage::Recipient, Failure::Policy),
            (550, "Mail content denied", Stage::Recipient, Failure::Unclear),
            (550, "User not found: anna@qq.com", Stage::Recipient, Failure::Unclear),
            (550, "4.1.1 contradicts itself", Stage::Recipient, Failure::Unclear),
            (550, "5.1 is no code", Stage::Recipient, Failure::Unclear),
            (550, "5.0.0 other", Stage::Recipient, Failure::Unclear),
        ] {
            let failure = reply(code, text).failure(stage);
            assert_eq!(failure, expected, "{code} {text}");
            assert_eq!(failure.suppresses(), expected == Failure::Hard);
        }
    }

    #[test]
    fn a_servers_words_are_tamed() {
        let reply = reply(550, &format!("5.1.1\r\n\u{1b}[31m {}", "x".repeat(2000)));
        assert_eq!(reply.enhanced, Some(Enhanced(5, 1, 1)));
        assert_eq!(reply.text.chars().count(), Reply::LONGEST);
        assert!(!reply.text.chars().any(char::is_control));
    }

    #[test]
    fn trouble_is_ours_or_the_servers() {
        let refused = |stage, code, text| Outcome::Refused { stage, reply: reply(code, text) };
        let deferred = |stage, code| Outcome::Deferred { stage, reply: reply(code, "later") };
        for (outcome, trouble) in [
            (Outcome::Accepted { reply: reply(250, "ok") }, false),
            (refused(Stage::Recipient, 550, "5.1.1 unknown"), false),
            (refused(Stage::Recipient, 550, "bare"), false),
            (refused(Stage::Content, 554, "5.7.1 blocked"), true),
            (refused(Stage::Sender, 550, "bare"), true),
            // Greylisting is the recipient's affair and everyday.
            (deferred(Stage::Recipient, 450), false),
            (deferred(Stage::Recipient, 421), true),
            (deferred(Stage::Content, 451), true),
            (Outcome::Unreachable { why: "x".into() }, true),
            (Outcome::ConnectionLost { after_data: true, why: "x".into() }, true),
            (Outcome::Unsendable { why: "x".into() }, false),
        ] {
            assert_eq!(outcome.is_trouble(), trouble, "{outcome:?}");
        }
    }
}
