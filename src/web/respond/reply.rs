//! How the customer's pages are sent: kept by nobody, found by no search engine, and without telling
//! other sites where the reader was.

use super::site;
use crate::app::App;
use crate::error::Error;
use crate::render::survey;
use crate::text::{self, Reader};
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, HttpResponseBuilder};

pub(super) fn quiet(status: StatusCode) -> HttpResponseBuilder {
    let mut response = HttpResponse::build(status);
    response
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-robots-tag", "noindex"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"));
    response
}

pub(super) fn page(status: u16, body: String) -> HttpResponse {
    quiet(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .body(body)
}

/// After a form that was kept: the page of thanks, which can be loaded again without sending again.
pub(super) fn see_other(token: &str, language: &str) -> HttpResponse {
    quiet(StatusCode::SEE_OTHER).insert_header((header::LOCATION, format!("/r/{token}?lang={language}"))).finish()
}

/// The same to a script that sent the form.
pub(super) fn sent(token: &str, language: &str) -> HttpResponse {
    quiet(StatusCode::NO_CONTENT).insert_header(("x-sent", format!("/r/{token}?lang={language}"))).finish()
}

/// The page of an error that the customer cannot mend.
pub(super) fn refused(app: &App, reader: &Reader, error: &Error) -> (u16, String) {
    let text = text::error::describe(reader, error);
    (super::super::errors::status(error.kind()), survey::closed(&site(app), reader, &text, error.code().as_str()))
}
