//! What stands in open links, which belong to nobody: a code that is short, since a picture that phones
//! read grows with it, and the papers of those who come by it.

use super::{SEAL, SealKey};
use crate::domain::ident::ResponseId;
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// How many bytes of chance tell one open link from the others.
const CODE: usize = 7;

/// What an open link is known by. It is no secret, since it hangs on a wall; the seal beside it keeps those
/// who guess from the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkCode(pub [u8; CODE]);

impl LinkCode {
    /// Where open links stand under the public address of the service.
    pub const PATH: &'static str = "o";

    /// The code as it stands in a link: 24 lower-case base32 characters.
    pub fn seal(&self, key: &SealKey) -> String {
        key.write(b"open", self.0.to_vec())
    }

    /// The whole link. `public_url` is where the service is reached, with or without a slash at its end.
    pub fn link(&self, key: &SealKey, public_url: &str) -> String {
        format!("{}/{}/{}", public_url.trim_end_matches('/'), Self::PATH, self.seal(key))
    }

    /// Reads what stood in a link, in any case. Nothing, if it was not made by us.
    pub fn read(key: &SealKey, text: &str) -> Option<Self> {
        if text.len() != BASE32_NOPAD.encode_len(CODE + SEAL) {
            return None;
        }
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
        let (body, seal) = bytes.split_at_checked(CODE)?;
        let right = key.seal(b"open", body);
        bool::from(right.as_slice().ct_eq(seal)).then(|| body.try_into().ok().map(Self)).flatten()
    }
}

/// What somebody holds who has come by an open link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Paper {
    /// Stands in the page that asks for the password: whose tries these are.
    Door,
    /// Stands in the page of the survey: that one may answer, and as whom.
    Page,
    /// Stands in the cookie: whose response it was.
    Visitor,
}

impl Paper {
    fn label(self) -> &'static [u8] {
        match self {
            Self::Door => b"open-door",
            Self::Page => b"open-page",
            Self::Visitor => b"open-visitor",
        }
    }
}

/// One visit to an open link. Its name is made by us when the page is given out and stands in it sealed, so
/// that nothing need be kept of visits from which nothing comes; a response bears the name of its visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pass {
    pub id: ResponseId,
    /// When the page or the cookie was first given out, to the second.
    pub at: DateTime<Utc>,
}

impl Pass {
    /// The pass as a paper of one link: 52 lower-case base32 characters. It fits no other link, and as
    /// no other paper.
    pub fn seal(&self, key: &SealKey, paper: Paper, code: LinkCode) -> String {
        let mut body = self.id.as_bytes().to_vec();
        body.extend_from_slice(&self.at.timestamp().to_be_bytes());
        let seal = key.seal(paper.label(), &[&code.0, body.as_slice()].concat());
        body.extend_from_slice(&seal);
        BASE32_NOPAD.encode(&body).to_ascii_lowercase()
    }

    /// Reads what [`Self::seal`] made.
    pub fn read(key: &SealKey, paper: Paper, code: LinkCode, text: &str) -> Option<Self> {
        if text.len() != BASE32_NOPAD.encode_len(24 + SEAL) {
            return None;
        }
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
        let (body, seal) = bytes.split_at_checked(24)?;
        let right = key.seal(paper.label(), &[&code.0, body].concat());
        if !bool::from(right.as_slice().ct_eq(seal)) {
            return None;
        }
        let (id, seconds) = body.split_at_checked(16)?;
        let at = DateTime::from_timestamp(i64::from_be_bytes(seconds.try_into().ok()?), 0)?;
        Some(Self { id: ResponseId(Uuid::from_slice(id).ok()?), at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SealKey {
        SealKey::new([7; 32])
    }

    #[test]
    fn a_link_is_short_and_opens_in_any_case() {
        let code = LinkCode([1, 2, 3, 4, 5, 6, 250]);
        let text = code.seal(&key());
        assert_eq!(text.len(), 24);
        assert_eq!(LinkCode::read(&key(), &text.to_uppercase()), Some(code));
        assert_eq!(code.link(&key(), "https://survey.corvane.example/").len(), 33 + 24);
        assert_eq!(LinkCode::read(&SealKey::new([8; 32]), &text), None);
        for i in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[i] = if bytes[i] == b'q' { b'a' } else { b'q' };
            assert_eq!(LinkCode::read(&key(), &String::from_utf8(bytes).unwrap()), None);
        }
        for bad in ["", "aaaaaaaaaaaaaaaaaaaaaaaa", "äöüäöüäöüäöü", &text[..23]] {
            assert_eq!(LinkCode::read(&key(), bad), None, "{bad}");
        }
    }

    #[test]
    fn a_pass_fits_its_link_and_its_paper_alone() {
        let (code, other) = (LinkCode([1; 7]), LinkCode([2; 7]));
        let pass = Pass { id: ResponseId(Uuid::from_u128(9)), at: "2026-11-22T09:00:07Z".parse().unwrap() };
        let papers = [Paper::Door, Paper::Page, Paper::Visitor];
        for made in papers {
            let text = pass.seal(&key(), made, code);
            assert_eq!(text.len(), 52);
            for read in papers {
                assert_eq!(Pass::read(&key(), read, code, &text), (made == read).then_some(pass));
                assert_eq!(Pass::read(&key(), read, other, &text), None);
            }
            assert_eq!(Pass::read(&key(), made, code, &text.replace(&text[..1], "7")), None);
        }
        assert_eq!(Pass::read(&key(), Paper::Page, code, "a'; drop table"), None);
    }
}
