//! Forms that come back from our own pages.

use super::admission::{Signed, same_site};
use super::errors::Failure;
use crate::error::{Code, Error, Fault};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use subtle::ConstantTimeEq;

/// The fields of a form, in the order in which they came; a field may come several times.
#[derive(Debug, Clone, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    pub fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(n, v)| n == name && !v.trim().is_empty()).map(|(_, v)| v.trim()).collect()
    }

    /// # Errors
    /// `ValueMissing` with the name of the field.
    pub fn require(&self, name: &'static str) -> Result<&str, Error> {
        self.get(name).ok_or_else(|| Fault::field(name, Code::ValueMissing).into())
    }

    /// Reads a field; one that was left empty is `None`.
    ///
    /// # Errors
    /// `ValueMalformed` with the name of the field.
    pub fn parse<T: std::str::FromStr>(&self, name: &'static str) -> Result<Option<T>, Error> {
        self.get(name)
            .map(|text| text.parse().map_err(|_| Fault::field(name, Code::ValueMalformed).with("value", text).into()))
            .transpose()
    }
}

/// A form of somebody signed in, sent from a page of ours: its key is that of the session.
pub struct Posted {
    pub signed: Signed,
    pub fields: Fields,
}

impl FromRequest for Posted {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed = req.extensions().get::<Signed>().cloned();
        let from_us = same_site(req);
        let fields = read(req, payload);
        Box::pin(async move {
            let signed = signed.ok_or_else(|| Error::new(Code::SignInNeeded))?;
            let fields = fields.await?;
            let key = fields.get("_form").unwrap_or_default();
            if !from_us || !bool::from(key.as_bytes().ct_eq(signed.form_key.as_bytes())) {
                return Err(Error::new(Code::FormStale).into());
            }
            Ok(Self { signed, fields })
        })
    }
}

/// Any form, without asking where it is from.
impl FromRequest for Fields {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let fields = read(req, payload);
        Box::pin(async move { Ok(fields.await?) })
    }
}

fn read(req: &HttpRequest, payload: &mut Payload) -> LocalBoxFuture<'static, Result<Fields, Error>> {
    let form = web::Form::<Vec<(String, String)>>::from_request(req, payload);
    Box::pin(async move {
        match form.await {
            Ok(form) => Ok(Fields(form.into_inner())),
            Err(error) => Err(unreadable(&error)),
        }
    })
}

fn unreadable(error: &actix_web::Error) -> Error {
    use actix_web::error::UrlencodedError as U;
    match error.as_error::<U>() {
        Some(U::Overflow { limit, .. }) => Error::new(Code::BodyTooLarge).with("limit", limit / 1024),
        Some(U::UnknownLength) => Error::new(Code::BodyTooLarge).with("limit", 0),
        _ => Error::new(Code::ValueMalformed).with("value", ""),
    }
}
