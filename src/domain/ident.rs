//! Identifiers: made by the application, ordered by time, one type for each noun.

use data_encoding::{BASE32_NOPAD, Encoding};
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// Makes identifiers that sort by the time they were made at (UUID version 7, RFC 9562).
///
/// Time and chance are parameters: the caller hands in both.
pub fn time_ordered(now: chrono::DateTime<chrono::Utc>, random: [u8; 10]) -> Uuid {
    let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
}

/// Writes an identifier as it stands in addresses: 26 lower-case base32 characters, since mail
/// gateways change the case of links.
fn to_text(id: Uuid) -> String {
    BASE32_NOPAD.encode(id.as_bytes()).to_ascii_lowercase()
}

fn from_text(text: &str) -> Option<Uuid> {
    let base32: &Encoding = &BASE32_NOPAD;
    if text.len() != 26 {
        return None;
    }
    let bytes = base32.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
    Uuid::from_slice(&bytes).ok()
}

macro_rules! idents {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub Uuid);

        impl $name {
            pub fn parse(text: &str) -> Option<Self> { from_text(text).map(Self) }
            pub fn as_bytes(&self) -> &[u8; 16] { self.0.as_bytes() }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(&to_text(self.0)) }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;
            fn try_from(text: String) -> Result<Self, Self::Error> { Self::parse(&text).ok_or("not an identifier") }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self { id.to_string() }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self { Self(id) }
        }
    )+};
}

idents! {
    AccountId, ContactId, UserId, VersionId, WaveId, InvitationId, ResponseId, OrderId, MailId,
    WarningId, CaseId, StepId, TouchId, EventId, AuditId, JobId, SegmentId, LetterId, ReportId, SubjectId, TrainingId,
    OpenLinkId,
}

/// What the identifiers of pseudo-accounts begin with: of those whom nobody knows, and of those whom nobody may know.
const NOBODY: &[u8; 6] = b"nobody";
const ANONYMOUS: &[u8; 6] = b"anonym";

impl AccountId {
    /// The pseudo-account of a segment: an identifier of version 8 (RFC 9562) that follows from the segment's and tells
    /// what it is, so that who adds up figures need not ask.
    pub fn nobody(segment: SegmentId) -> Self {
        Self::pseudo(segment, NOBODY)
    }

    /// The pseudo-account of a segment for anonymous surveys. It is another one: of what stands under it, nothing may be
    /// shown that is about few.
    pub fn anonymous(segment: SegmentId) -> Self {
        Self::pseudo(segment, ANONYMOUS)
    }

    fn pseudo(segment: SegmentId, prefix: &[u8; 6]) -> Self {
        let mut bytes = *segment.as_bytes();
        for (byte, of) in bytes.iter_mut().zip(prefix) {
            *byte = *of;
        }
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// Whether it is a pseudo-account's: all others are of version 7.
    pub fn is_nobody(self) -> bool {
        self.0.get_version_num() == 8 && (self.as_bytes().starts_with(NOBODY) || self.is_anonymous())
    }

    /// Whether it is a pseudo-account of anonymous surveys.
    pub fn is_anonymous(self) -> bool {
        self.0.get_version_num() == 8 && self.as_bytes().starts_with(ANONYMOUS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back_in_any_case() {
        let id = AccountId(Uuid::from_u128(0x0192_0000_dead_beef_8123_4567_89ab_cdef));
        let text = id.to_string();
        assert_eq!(text.len(), 26);
        assert_eq!(AccountId::parse(&text), Some(id));
        assert_eq!(AccountId::parse(&text.to_ascii_uppercase()), Some(id));
        assert_eq!(AccountId::parse("short"), None);
        assert_eq!(AccountId::parse(&"0".repeat(26)), None, "0 and 1 are no base32 characters");
    }

    #[test]
    fn later_sorts_later() {
        let at = |ms| time_ordered(chrono::DateTime::from_timestamp_millis(ms).unwrap(), [7; 10]);
        assert!(at(1_000) < at(1_001));
    }
}
