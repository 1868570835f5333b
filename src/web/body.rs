//! Reading the body of a request, and refusing one that is too large so that the sender sees why.

use crate::error::{Code, Error, Result};
use actix_web::web::{Bytes, Query};
use futures_util::{Stream, StreamExt};

/// So much of what is too large is read and thrown away before it is answered: a browser that is hung up
/// on while it sends shows its own page of a broken connection, and not ours that says what is wrong.
const MOST_THROWN_AWAY: usize = 64 * 1024 * 1024;

/// The fields of a form of at most `limit` bytes, in their order.
///
/// # Errors
/// `BodyTooLarge` with the limit; `ValueMalformed` for what is no form.
pub(super) async fn fields<E: std::fmt::Display>(
    body: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    limit: usize,
) -> Result<Vec<(String, String)>> {
    let text = String::from_utf8(whole(body, limit).await?).map_err(|e| Error::new(Code::ValueMalformed).because(e))?;
    let fields = Query::<Vec<(String, String)>>::from_query(&text)
        .map_err(|e| Error::new(Code::ValueMalformed).because(e.to_string()))?;
    Ok(fields.into_inner())
}

async fn whole<E: std::fmt::Display>(
    mut body: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
    limit: usize,
) -> Result<Vec<u8>> {
    let (mut bytes, mut length) = (Vec::new(), 0_usize);
    while let Some(some) = body.next().await {
        let some = some.map_err(|e| Error::new(Code::ValueMalformed).because(e.to_string()))?;
        length += some.len();
        if length <= limit {
            bytes.extend_from_slice(&some);
        } else if length > limit.saturating_add(MOST_THROWN_AWAY) {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    if length > limit { Err(Error::new(Code::BodyTooLarge).with("limit", limit / 1024)) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&'static str], limit: usize) -> Result<Vec<(String, String)>> {
        let body =
            futures_util::stream::iter(pieces.iter().map(|text| Ok::<_, String>(Bytes::from_static(text.as_bytes()))));
        futures_util::FutureExt::now_or_never(fields(body, limit)).unwrap()
    }

    #[test]
    fn a_form_is_read_to_its_last_byte_and_not_a_byte_beyond_the_limit() {
        let form = read(&["a=1&b=", "x+y%0D%0Az&a=2"], 20).unwrap();
        let told: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(told, [("a", "1"), ("b", "x y\r\nz"), ("a", "2")]);
        let large = read(&["a=1&b=", "x+y%0D%0Az&a=2"], 19).unwrap_err();
        assert_eq!((large.code(), large.args()), (Code::BodyTooLarge, &[("limit", "0".to_owned())][..]));
        assert_eq!(read(&[], 0).unwrap(), []);
    }
}
