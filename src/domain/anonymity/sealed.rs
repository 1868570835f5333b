//! How an anonymous answer waits: sealed, of one length, and beside a mark of which only the installation knows whose
//! invitation it is.
//!
//! The key is made from the installation's secret, which is not in the database. So a copy of the database, its log and
//! any number of earlier copies tell neither who has answered nor what.

use crate::domain::token::Token;
use crate::error::{Error, Result};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;

/// The length of what is sealed, in bytes: every answer is filled up to it, since a length tells whose a long one is.
pub const LENGTH: usize = 16 * 1024;

/// What seals, and what marks are made with. Prints as nothing.
pub struct BoxKey {
    marks: hmac::Key,
    seal: LessSafeKey,
}

impl std::fmt::Debug for BoxKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BoxKey")
    }
}

impl BoxKey {
    /// Makes the keys from the installation's secret: each an HMAC-SHA-256 of its own label, so that neither tells of the
    /// other.
    ///
    /// # Errors
    /// `Internal` if the cipher refuses a key of its own length.
    pub fn derive(secret: &[u8]) -> Result<Self> {
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let of = |label: &str| hmac::sign(&secret, label.as_bytes());
        let marks = hmac::Key::new(hmac::HMAC_SHA256, of("bellwether anonymous marks 1").as_ref());
        let seal = UnboundKey::new(&CHACHA20_POLY1305, of("bellwether anonymous box 1").as_ref());
        Ok(Self { marks, seal: LessSafeKey::new(seal.map_err(|_| Error::internal("no key"))?) })
    }

    /// That an invitation was used, for who has the key: 16 bytes, the same each time.
    pub fn mark(&self, token: &Token) -> [u8; 16] {
        let body = [&token.account_id.as_bytes()[..], &token.invitation_id.as_bytes()[..]].concat();
        let mut mark = [0; 16];
        for (to, from) in mark.iter_mut().zip(hmac::sign(&self.marks, &body).as_ref()) {
            *to = *from;
        }
        mark
    }

    /// Seals a text (RFC 8439). The nonce is drawn anew each time; with 96 bits, two of a billion texts share one with a
    /// probability of less than one in 10^11. `None` if the text is longer than what is sealed.
    pub fn seal(&self, nonce: [u8; NONCE_LEN], text: &[u8]) -> Option<Vec<u8>> {
        let length = u32::try_from(text.len()).ok().filter(|_| text.len() + 4 <= LENGTH)?;
        let mut sealed = [&length.to_be_bytes()[..], text].concat();
        sealed.resize(LENGTH, 0);
        self.seal.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed).ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// Opens what [`Self::seal`] made; `None` for anything else.
    pub fn open(&self, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_LEN)?;
        let mut body = body.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let text = self.seal.open_in_place(nonce, Aad::empty(), &mut body).ok()?;
        let (length, text) = text.split_at_checked(4)?;
        let length = u32::from_be_bytes(length.try_into().ok()?);
        text.get(..usize::try_from(length).ok()?).map(<[u8]>::to_vec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ident::{AccountId, InvitationId};

    #[test]
    fn what_is_sealed_opens_with_its_key_alone() {
        let (ours, theirs) = (BoxKey::derive(&[7; 32]).unwrap(), BoxKey::derive(&[8; 32]).unwrap());
        let (short, long) = (ours.seal([1; 12], b"no").unwrap(), ours.seal([2; 12], &[b'x'; LENGTH - 4]).unwrap());
        assert_eq!(short.len(), long.len(), "a length tells nothing");
        assert_eq!(ours.open(&short).unwrap(), b"no");
        assert_eq!(ours.open(&long).unwrap().len(), LENGTH - 4);
        assert_eq!(theirs.open(&short), None);
        let mut bent = short.clone();
        bent[40] ^= 1;
        assert_eq!(ours.open(&bent), None);
        assert_eq!(ours.open(&short[..8]), None);
        assert_eq!(ours.seal([3; 12], &[b'x'; LENGTH - 3]), None, "too long to hide");
        assert_eq!(format!("{ours:?}"), "BoxKey");
    }

    #[test]
    fn marks_are_known_to_the_installation_alone() {
        let token = |n: u128| Token {
            account_id: AccountId(uuid::Uuid::from_u128(n)),
            invitation_id: InvitationId(uuid::Uuid::from_u128(n + 1)),
        };
        let (ours, theirs) = (BoxKey::derive(&[7; 32]).unwrap(), BoxKey::derive(&[8; 32]).unwrap());
        assert_eq!(ours.mark(&token(1)), ours.mark(&token(1)));
        assert_ne!(ours.mark(&token(1)), ours.mark(&token(5)));
        assert_ne!(ours.mark(&token(1)), theirs.mark(&token(1)));
    }
}
