//! People at accounts, and their addresses.

use crate::domain::ident::{AccountId, ContactId};
use crate::domain::language::Language;
use crate::error::{Code, Error};
use std::fmt;

/// An e-mail address that a mail server would take: one `@`, no spaces or controls, lengths within
/// RFC 5321 4.5.3.1. The domain is folded to lower case, the local part is kept as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EmailAddress(String);

impl EmailAddress {
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = || Error::new(Code::AddressFaulty).with("value", text);
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or_else(bad)?;
        let printable =
            |s: &str| !s.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"@".contains(c));
        let dotted = |s: &str| !s.starts_with('.') && !s.ends_with('.') && !s.contains("..");
        let labels =
            domain.split('.').all(|l| !l.is_empty() && l.len() <= 63 && !l.starts_with('-') && !l.ends_with('-'));
        let fits = (1..=64).contains(&local.len()) && (1..=255).contains(&domain.len());
        if fits && printable(local) && dotted(local) && printable(domain) && labels && domain.contains('.') {
            Ok(Self(format!("{local}@{}", domain.to_lowercase())))
        } else {
            Err(bad())
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole address folded: one person is one person however the address is typed.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, d)| d)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person at an account. Consent is the contact's; suppression is the address's and kept apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    pub id: ContactId,
    pub account_id: AccountId,
    pub email: EmailAddress,
    pub name: String,
    /// How to address them in a letter, if it is not simply the name: "Ms Lindqvist", "王经理".
    pub salutation: Option<String>,
    pub phone: Option<String>,
    pub language: Language,
    /// What they do there: purchasing, quality, plant engineering.
    pub role: Option<String>,
    /// May we ask them? Without consent they are never mailed a survey.
    pub consent: bool,
    /// Still works there, as far as we know.
    pub active: bool,
    /// Grows with every change: who saves an older one is told.
    pub revision: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["a@b.cn", "Anna.Lindqvist+x@Example.COM", "用户@例子.公司", " trimmed@x.org "] {
            assert!(EmailAddress::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "a",
            "@b.cn",
            "a@",
            "a@b",
            "a b@c.cn",
            "a@b..cn",
            "a@-b.cn",
            ".a@b.cn",
            "a@b.cn\r\nBcc: x@y.cn",
            "a,b@c.cn",
        ] {
            assert!(EmailAddress::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(EmailAddress::parse("Anna@Example.COM").unwrap().as_str(), "Anna@example.com");
    }
}
