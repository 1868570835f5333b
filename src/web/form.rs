//! Forms that come back from our own pages: reading them, and what becomes of one that is refused.

mod refill;

use super::Shared;
use super::admission::{Signed, same_site};
use super::errors::{self, Failure};
use super::page::{Answer, html_with, see_other};
use crate::app::{self, App};
use crate::domain::permission::Actor;
use crate::error::{Code, Error, Fault};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
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

    /// A password: every character of it counts, blanks at its ends, too.
    pub fn secret(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()).unwrap_or_default()
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

/// A form of somebody signed in, sent from a page of ours. Nothing is done for one whose key is not that
/// of the session: [`Posted::submit`] gives it back filled in, [`Posted::fresh`] refuses it.
pub struct Posted {
    signed: Signed,
    fields: Fields,
    /// The path that it was sent to.
    action: String,
    /// Whether its key is that of the session.
    fresh: bool,
}

impl Posted {
    /// Lets on only what was sent from a page of this session.
    ///
    /// # Errors
    /// `FormStale`.
    pub fn fresh(self) -> Result<Self, Error> {
        if self.fresh { Ok(self) } else { Err(Code::FormStale.into()) }
    }

    /// Takes the `step` that the form asks for, and leads on to the address that the step returns. When
    /// the step is refused, the form comes back on its own `page`, filled in with what was typed, with
    /// what is wrong at its field or on top, and with the status of the refusal. Only where the page
    /// itself cannot be shown (any more) is there the page of the error, with the form in it if sending
    /// it again may help.
    ///
    /// # Errors
    /// What the step was refused for.
    pub async fn submit(
        self,
        shared: &Shared,
        step: impl FnOnce(&App, &Actor, &Fields) -> Result<String, Error> + Send + 'static,
        page: impl FnOnce(&App, &Signed, &Fields) -> Result<String, Error> + Send + 'static,
    ) -> Answer {
        let Self { signed, fields, action, fresh } = self;
        let (status, text) = app::run(shared, move |app| {
            let taken = if fresh { step(app, &signed.actor, &fields) } else { Err(Code::FormStale.into()) };
            let error = match taken {
                Ok(to) => return Ok(Ok((None, to))),
                Err(error) => error,
            };
            let Ok(page) = page(app, &signed, &fields) else {
                return Ok(Err(Failure::from(error).holding(&action, &fields.0)));
            };
            errors::log(&action, &error);
            let reader = &app.reader(&signed.actor);
            let refused = refill::Refused { action: &action, fields: &fields, error: &error, reader };
            Ok(Ok((Some(errors::status(error.kind())), refill::refill(&page, &refused))))
        })
        .await??;
        Ok(match status {
            None => see_other(&text),
            Some(status) => html_with(status, text),
        })
    }
}

impl Posted {
    /// The person, the fields, and whether the form's key is that of the session: for pages that fill themselves in.
    pub fn parts(self) -> (Signed, Fields, bool) {
        (self.signed, self.fields, self.fresh)
    }
}

/// A page on which a form stands that was refused, with the form filled in again and what is wrong at its field.
pub(super) fn refused(app: &App, signed: &Signed, action: &str, fields: &Fields, error: &Error, page: &str) -> String {
    errors::log(action, error);
    let reader = &app.reader(&signed.actor);
    refill::refill(page, &refill::Refused { action, fields, error, reader })
}

impl FromRequest for Posted {
    type Error = Failure;
    type Future = LocalBoxFuture<'static, Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let signed = req.extensions().get::<Signed>().cloned();
        let from_us = same_site(req);
        let action = req.path().to_owned();
        let fields = read(req, payload);
        Box::pin(async move {
            let signed = signed.ok_or_else(|| Error::new(Code::SignInNeeded))?;
            let fields = fields.await?;
            if !from_us {
                return Err(Error::new(Code::FormStale).into());
            }
            let key = fields.get("_form").unwrap_or_default();
            let fresh = bool::from(key.as_bytes().ct_eq(signed.form_key.as_bytes()));
            Ok(Self { signed, fields, action, fresh })
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
    let limit = req.app_data::<Shared>().map_or(0, |app| app.config.web.body_limit_kb as usize * 1024);
    let is_form = req.content_type().eq_ignore_ascii_case("application/x-www-form-urlencoded");
    let body = payload.take();
    Box::pin(async move {
        let fields = super::body::fields(body, limit).await?;
        if is_form { Ok(Fields(fields)) } else { Err(Error::new(Code::ValueMalformed)) }
    })
}
