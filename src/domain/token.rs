//! What stands in links and in envelope addresses: identifiers with a seal, so that nobody can guess
//! another person's link or forge a bounce.
//!
//! Everything is lower-case base32 and read in any case, since mail gateways change the case of links.
//! The seal is HMAC-SHA-256 (RFC 2104) cut to 64 bits: forging one takes 2^63 tries over the network on
//! average. Each purpose has its own seal, so that an unsubscribe link opens nothing else.
//!
//! ```
//! use bellwether::domain::ident::{AccountId, InvitationId};
//! use bellwether::domain::token::{Purpose, SealKey, Token};
//!
//! let key = SealKey::derive(b"a secret of the installation, long and random").unwrap();
//! let token = Token { account_id: AccountId::default(), invitation_id: InvitationId::default() };
//! let text = token.seal(&key, Purpose::Answer);
//! assert_eq!(text.len(), 64);
//! assert_eq!(Token::read(&key, Purpose::Answer, &text.to_uppercase()), Some(token));
//! assert_eq!(Token::read(&key, Purpose::Unsubscribe, &text), None);
//! ```

mod open;

pub use open::{LinkCode, Paper, Pass};

use crate::domain::ident::{AccountId, InvitationId, MailId};
use crate::error::{Code, Error};
use chrono::{DateTime, Utc};
use data_encoding::BASE32_NOPAD;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use uuid::Uuid;

const SEAL: usize = 8;

/// The key all seals are made with. Prints as nothing.
#[derive(Debug)]
pub struct SealKey(SecretBox<[u8; 32]>);

impl SealKey {
    /// The least length of a secret that is accepted, in bytes.
    pub const SHORTEST_SECRET: usize = 32;

    pub fn new(key: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(key)))
    }

    /// Makes the key from the installation's secret. The label keeps it apart from every other key that
    /// is made from the same secret.
    ///
    /// # Errors
    ///
    /// [`Code::ValueOutOfRange`] if the secret is shorter than [`SealKey::SHORTEST_SECRET`].
    pub fn derive(secret: &[u8]) -> Result<Self, Error> {
        if secret.len() < Self::SHORTEST_SECRET {
            return Err(Error::new(Code::ValueOutOfRange).with("min", Self::SHORTEST_SECRET));
        }
        Ok(Self::new(Sha256::new().chain_update(b"bellwether links 1\0").chain_update(secret).finalize().into()))
    }

    fn seal(&self, purpose: &[u8], body: &[u8]) -> [u8; SEAL] {
        // A key shorter than a block of the hash is filled up with zeros (RFC 2104 section 2); done here,
        // the length is right by its type and nothing can fail.
        let mut block = [0; 64];
        for (to, from) in block.iter_mut().zip(self.0.expose_secret()) {
            *to = *from;
        }
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        // The purpose is written with its length, so that no purpose and body run into another's.
        mac.update(&[u8::try_from(purpose.len()).unwrap_or(u8::MAX)]);
        mac.update(purpose);
        mac.update(body);
        let mut seal = [0; SEAL];
        for (to, from) in seal.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        seal
    }

    fn write(&self, purpose: &[u8], mut body: Vec<u8>) -> String {
        let seal = self.seal(purpose, &body);
        body.extend_from_slice(&seal);
        BASE32_NOPAD.encode(&body).to_ascii_lowercase()
    }

    /// Takes a sealed text of `N` identifiers apart, if the seal is right.
    fn read<const N: usize>(&self, purpose: &[u8], text: &str) -> Option<[Uuid; N]> {
        // The length comes first: nothing long is worked on for strangers.
        if text.len() != BASE32_NOPAD.encode_len(16 * N + SEAL) {
            return None;
        }
        let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
        let (body, seal) = bytes.split_at_checked(16 * N)?;
        if !bool::from(self.seal(purpose, body).as_slice().ct_eq(seal)) {
            return None;
        }
        let mut ids = [Uuid::nil(); N];
        for (id, part) in ids.iter_mut().zip(body.chunks_exact(16)) {
            *id = Uuid::from_slice(part).ok()?;
        }
        Some(ids)
    }
}

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// `/r/…`: fill in the survey.
    Answer,
    /// `/u/…`: no more mails.
    Unsubscribe,
    /// `/p/…`: the contact's own page.
    Private,
}

impl Purpose {
    /// Where links of this purpose stand under the public address of the service.
    pub fn path(self) -> &'static str {
        match self {
            Self::Answer => "r",
            Self::Unsubscribe => "u",
            Self::Private => "p",
        }
    }

    fn label(self) -> &'static [u8] {
        match self {
            Self::Answer => b"answer",
            Self::Unsubscribe => b"unsubscribe",
            Self::Private => b"private",
        }
    }
}

/// Whom a link belongs to. The account stands in it because rows are found, and spread over machines, by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token {
    pub account_id: AccountId,
    pub invitation_id: InvitationId,
}

impl Token {
    /// The token as it stands in a link: 64 lower-case base32 characters.
    pub fn seal(&self, key: &SealKey, purpose: Purpose) -> String {
        let body = [*self.account_id.as_bytes(), *self.invitation_id.as_bytes()].concat();
        key.write(purpose.label(), body)
    }

    /// The whole link. `public_url` is where the service is reached, with or without a slash at its end.
    pub fn link(&self, key: &SealKey, purpose: Purpose, public_url: &str) -> String {
        format!("{}/{}/{}", public_url.trim_end_matches('/'), purpose.path(), self.seal(key, purpose))
    }

    /// Reads what stood in a link, in any case. Nothing, if it was not made by us for this purpose.
    pub fn read(key: &SealKey, purpose: Purpose, text: &str) -> Option<Self> {
        let [account, invitation] = key.read(purpose.label(), text)?;
        Some(Self { account_id: account.into(), invitation_id: invitation.into() })
    }
}

/// When the page of an invitation was given out, sealed, to stand in its form: what comes back says how
/// long answering took, and nobody can make it longer than it was. The seal holds the link it was made
/// for, so that it fits no other.
pub fn stamp(key: &SealKey, token: &Token, at: DateTime<Utc>) -> String {
    let seconds = at.timestamp().to_be_bytes();
    let seal = key.seal(STAMP, &stamped(token, &seconds));
    BASE32_NOPAD.encode(&[seconds, seal].concat()).to_ascii_lowercase()
}

/// Reads what [`stamp`] made, to the second.
pub fn read_stamp(key: &SealKey, token: &Token, text: &str) -> Option<DateTime<Utc>> {
    if text.len() != BASE32_NOPAD.encode_len(8 + SEAL) {
        return None;
    }
    let bytes = BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).ok()?;
    let (seconds, seal) = bytes.split_at_checked(8)?;
    let right = key.seal(STAMP, &stamped(token, seconds));
    if !bool::from(right.as_slice().ct_eq(seal)) {
        return None;
    }
    DateTime::from_timestamp(i64::from_be_bytes(seconds.try_into().ok()?), 0)
}

const STAMP: &[u8] = b"page";

fn stamped(token: &Token, seconds: &[u8]) -> Vec<u8> {
    [token.account_id.as_bytes(), token.invitation_id.as_bytes(), seconds].concat()
}

/// Which address of ours a mail carries, made for that one mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReturnAddress {
    /// `b+…`, the envelope sender: where a bounce goes (variable envelope return path, VERP).
    Bounce,
    /// `u+…`: an empty mail to it unsubscribes.
    Unsubscribe,
}

impl ReturnAddress {
    const ALL: [Self; 2] = [Self::Bounce, Self::Unsubscribe];

    fn prefix(self) -> &'static str {
        match self {
            Self::Bounce => "b+",
            Self::Unsubscribe => "u+",
        }
    }

    fn label(self) -> &'static [u8] {
        match self {
            Self::Bounce => b"bounce",
            Self::Unsubscribe => b"unsubscribe-by-mail",
        }
    }
}

/// The local part of an address of ours for one mail: 41 characters, where RFC 5321 allows 64.
pub fn verp(key: &SealKey, address: ReturnAddress, mail: MailId) -> String {
    format!("{}{}", address.prefix(), key.write(address.label(), mail.as_bytes().to_vec()))
}

/// Which mail, and which of its addresses, something was sent to. Takes a local part or a whole address,
/// in any case.
pub fn parse_verp(key: &SealKey, recipient: &str) -> Option<(ReturnAddress, MailId)> {
    let local = recipient.trim().split('@').next()?.to_ascii_lowercase();
    ReturnAddress::ALL.into_iter().find_map(|address| {
        let [mail] = key.read(address.label(), local.strip_prefix(address.prefix())?)?;
        Some((address, mail.into()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SealKey {
        SealKey::new([7; 32])
    }

    fn token() -> Token {
        Token { account_id: Uuid::from_u128(1 << 77).into(), invitation_id: Uuid::from_u128(u128::MAX - 5).into() }
    }

    #[test]
    fn a_purpose_opens_only_its_own_door() {
        let purposes = [Purpose::Answer, Purpose::Unsubscribe, Purpose::Private];
        for made in purposes {
            let text = token().seal(&key(), made);
            assert!(text.len() == 64 && !text.bytes().any(|b| b.is_ascii_uppercase()));
            for read in purposes {
                assert_eq!(Token::read(&key(), read, &text).is_some(), made == read);
            }
            assert_eq!(Token::read(&SealKey::new([8; 32]), made, &text), None, "another key");
        }
        let link = token().link(&key(), Purpose::Unsubscribe, "https://survey.corvane.example/");
        assert!(link.starts_with("https://survey.corvane.example/u/") && link.len() == 33 + 64);
    }

    /// Links in mails that are out must stay good: this one was computed with another implementation.
    #[test]
    fn a_link_once_made_stays_good() {
        let text = "aaaaaaaaaaqaaaaaaaaaaaaaad7777777777777777777777775c225cxipbtmo4";
        assert_eq!(token().seal(&key(), Purpose::Answer), text);
    }

    #[test]
    fn the_smallest_damage_is_seen() {
        let text = token().seal(&key(), Purpose::Answer);
        for i in 0..text.len() {
            for other in [b'a', b'q', b'7'] {
                let mut bytes = text.clone().into_bytes();
                if bytes[i] == other {
                    continue;
                }
                bytes[i] = other;
                let damaged = String::from_utf8(bytes).unwrap();
                assert_eq!(Token::read(&key(), Purpose::Answer, &damaged), None, "{damaged}");
            }
        }
        assert_eq!(Token::read(&key(), Purpose::Answer, &text[..63]), None);
        assert_eq!(Token::read(&key(), Purpose::Answer, &format!("{text}a")), None);
    }

    #[test]
    fn addresses_for_one_mail() {
        let mail = MailId(Uuid::from_u128(0xdead_beef));
        let bounce = verp(&key(), ReturnAddress::Bounce, mail);
        assert_eq!(bounce.len(), 41);
        assert_eq!(parse_verp(&key(), &bounce), Some((ReturnAddress::Bounce, mail)));
        let shouted = format!("{}@BOUNCE.EXAMPLE", bounce.to_uppercase());
        assert_eq!(parse_verp(&key(), &shouted), Some((ReturnAddress::Bounce, mail)));
        // The prefix is sealed with the rest: a bounce address does not unsubscribe anybody.
        assert_eq!(parse_verp(&key(), &bounce.replacen("b+", "u+", 1)), None);
        assert_eq!(parse_verp(&SealKey::new([8; 32]), &bounce), None);
        let leave = verp(&key(), ReturnAddress::Unsubscribe, mail);
        assert_eq!(parse_verp(&key(), &leave), Some((ReturnAddress::Unsubscribe, mail)));
    }

    #[test]
    fn a_stamp_tells_the_second_for_its_own_link_alone() {
        let at: DateTime<Utc> = "2026-11-22T09:00:07.5Z".parse().unwrap();
        let text = stamp(&key(), &token(), at);
        assert_eq!(text.len(), 26);
        let read = read_stamp(&key(), &token(), &text.to_uppercase()).unwrap();
        assert_eq!(read.to_rfc3339(), "2026-11-22T09:00:07+00:00");
        let other = Token { invitation_id: Uuid::from_u128(3).into(), ..token() };
        assert_eq!(read_stamp(&key(), &other, &text), None);
        assert_eq!(read_stamp(&SealKey::new([8; 32]), &token(), &text), None);
        let earlier = stamp(&key(), &token(), at - chrono::Duration::hours(1));
        let patched = format!("{}{}", &earlier[..13], &text[13..]);
        assert_eq!(read_stamp(&key(), &token(), &patched), None, "a time with another's seal");
        assert_eq!(read_stamp(&key(), &token(), ""), None);
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert_eq!(SealKey::derive(b"short").unwrap_err().code(), Code::ValueOutOfRange);
        let (a, b) = (SealKey::derive(&[1; 32]).unwrap(), SealKey::derive(&[2; 32]).unwrap());
        assert_ne!(token().seal(&a, Purpose::Answer), token().seal(&b, Purpose::Answer));
        assert!(!format!("{:?}", SealKey::new([77; 32])).contains("77"));
    }

    proptest! {
        #[test]
        fn strangers_texts_do_no_harm(text in "\\PC{0,80}") {
            prop_assert_eq!(Token::read(&key(), Purpose::Answer, &text), None);
            prop_assert_eq!(parse_verp(&key(), &text), None);
            prop_assert_eq!(read_stamp(&key(), &token(), &text), None);
        }
    }
}
