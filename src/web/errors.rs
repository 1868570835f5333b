//! What an error becomes on its way out over HTTP. Everything below this room knows no status.

use crate::error::Kind;

/// The status of a reply to a request that failed in this way (RFC 9110 section 15, RFC 6585 for 429).
pub fn status(kind: Kind) -> u16 {
    match kind {
        Kind::Invalid => 422,
        Kind::NotFound => 404,
        Kind::Gone => 410,
        Kind::SignIn => 401,
        Kind::Forbidden => 403,
        Kind::Conflict => 409,
        Kind::TooLarge => 413,
        Kind::TooMany => 429,
        Kind::Unavailable => 503,
        Kind::Internal => 500,
    }
}
