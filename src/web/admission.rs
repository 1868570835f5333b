//! Who comes in: the session behind a request, and whether its person may be here.

use super::Shared;
use super::errors::Failure;
use super::form::Fields;
use super::routes::Access;
use crate::app::{self, sign_in};
use crate::domain::permission::{Actor, require};
use crate::error::{Code, Error};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, ResponseError, web};
use std::future::{Ready, ready};

pub(super) const SESSION_COOKIE: &str = "bw_session";

/// The person behind a request, as handlers get them.
#[derive(Clone)]
pub struct Signed {
    pub actor: Actor,
    /// What every form of this session carries.
    pub form_key: String,
}

impl FromRequest for Signed {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let signed = req.extensions().get::<Self>().cloned();
        ready(signed.ok_or_else(|| Error::new(Code::SignInNeeded).into()))
    }
}

/// Lets a request through to its handler, or not.
pub(super) async fn admit(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let access = req.app_data::<Access>().copied();
    match access {
        Some(Access::Public) => next.call(req).await.map(ServiceResponse::map_into_boxed_body),
        Some(Access::Signed(action)) => {
            let found = match (req.cookie(SESSION_COOKIE), req.app_data::<Shared>().cloned()) {
                (Some(cookie), Some(shared)) => {
                    let token = cookie.value().to_owned();
                    match app::run(&shared, move |app| sign_in::session(app, &token)).await {
                        Ok(found) => found,
                        Err(error) => return Ok(held_up(req, error).await),
                    }
                }
                _ => None,
            };
            let Some((session, user)) = found else {
                if req.method() == Method::GET {
                    let to =
                        format!("/sign-in?next={}", encoded(req.uri().path_and_query().map_or("/", |p| p.as_str())));
                    let response = HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish();
                    return Ok(req.into_response(response));
                }
                return Ok(refused(req, Error::new(Code::SignInNeeded)));
            };
            let signed = Signed { actor: user.actor(), form_key: session.form_key };
            let allowed = require(&signed.actor, action, None);
            // Before the refusal, so that its page, too, knows in whose language to speak.
            req.extensions_mut().insert(signed);
            if let Err(error) = allowed {
                return Ok(refused(req, error));
            }
            next.call(req).await.map(ServiceResponse::map_into_boxed_body)
        }
        // The table gives every address its access; an address without one is nobody's.
        None => Ok(refused(req, Error::new(Code::Forbidden))),
    }
}

/// The answer to who cannot be known at the moment. A form that they sent from a page of ours is not lost.
async fn held_up(mut req: ServiceRequest, error: Error) -> ServiceResponse<BoxBody> {
    let mut failure = Failure::from(error);
    if req.method() == Method::POST
        && same_site(req.request())
        && let Ok(fields) = req.extract::<Fields>().await
    {
        failure = failure.holding(req.path(), &fields.0);
    }
    let response = failure.error_response();
    req.into_response(response)
}

/// The answer to who is not let through; it keeps the request, which says in whose language to speak.
fn refused(req: ServiceRequest, error: Error) -> ServiceResponse<BoxBody> {
    let response = Failure::from(error).error_response();
    req.into_response(response)
}

/// The cookie of a new session. Lax: links in mails lead in; forms of other sites do not.
pub(super) fn session_cookie(token: String, secure: bool) -> Cookie<'static> {
    Cookie::build(SESSION_COOKIE, token).path("/").http_only(true).secure(secure).same_site(SameSite::Lax).finish()
}

pub(super) fn ended_cookie(secure: bool) -> Cookie<'static> {
    let mut cookie = session_cookie(String::new(), secure);
    cookie.set_max_age(Duration::ZERO);
    cookie
}

/// Percent-encodes a text for use in a query.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// An address of our own that one may be sent on to: never another site's.
pub(super) fn own_path(text: &str) -> &str {
    let own = text.starts_with('/') && !text.starts_with("//") && !text.contains('\\') && !text.contains("/\\");
    if own && !text.chars().any(char::is_control) { text } else { "/" }
}

/// Is this form from a page of ours? Browsers say where a request comes from; what they say is checked
/// beside the form's key.
pub(super) fn same_site(req: &HttpRequest) -> bool {
    match req.headers().get("sec-fetch-site").and_then(|v| v.to_str().ok()) {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => true,
    }
}

pub(super) type Query<T> = web::Query<T>;
