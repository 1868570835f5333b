//! The outbox: claiming mails that are due, sending each once, and what becomes of it.

use super::App;
use crate::domain::contact::EmailAddress;
use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The keyed hash under which an address is suppressed: HMAC-SHA-256 of the folded address, under the
/// secret of the installation. However the address is typed, it is one address.
pub(crate) fn address_hash(app: &App, address: &EmailAddress) -> Vec<u8> {
    // The secret is hashed to the length of a block's half first, so that no length of key can fail.
    let mut block = [0_u8; 64];
    for (to, from) in block.iter_mut().zip(<Sha256 as sha2::Digest>::digest(app.secret())) {
        *to = from;
    }
    let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
    mac.update(b"suppress\0");
    mac.update(address.folded().as_bytes());
    mac.finalize().into_bytes().to_vec()
}
