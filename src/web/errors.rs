//! How errors look over HTTP: a status by their kind, and a page or a line in the reader's language.

use super::Shared;
use super::admission::Signed;
use crate::domain::language::Language;
use crate::error::{Code, Error, Kind};
use crate::render::survey;
use crate::text::{self, Reader, negotiate};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};
use serde_json::json;
use std::fmt;
use std::sync::Arc;

/// The status that a kind of error is answered with.
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

/// An error on its way out of a handler, and the form that must not be lost by it.
#[derive(Debug, Clone)]
pub struct Failure {
    error: Arc<Error>,
    held: Option<Arc<Held>>,
}

/// A form that could not be taken for a trouble of ours: the page of the error has it in it, to be sent again.
#[derive(Debug)]
struct Held {
    action: String,
    fields: Vec<(String, String)>,
}

impl Failure {
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Keeps a form that was sent to `action`, if sending it again may help. Passwords are not given back.
    #[must_use]
    pub(super) fn holding(mut self, action: &str, fields: &[(String, String)]) -> Self {
        if matches!(self.error.kind(), Kind::Unavailable | Kind::Internal) {
            let fields = fields.iter().filter(|(name, _)| !name.contains("password")).cloned().collect();
            self.held = Some(Arc::new(Held { action: action.to_owned(), fields }));
        }
        self
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error: Arc::new(error), held: None }
    }
}

impl From<crate::error::Code> for Failure {
    fn from(code: crate::error::Code) -> Self {
        Error::new(code).into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.error)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(status(self.error.kind())).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The bare answer; [`explain`] turns it into a page, since only there the reader is known.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = HttpResponse::build(self.status_code()).finish();
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// The language of a request: the signed-in person's, else what the address asks for (`?lang=`), else
/// what the browser prefers.
pub(super) fn reader(req: &HttpRequest, app: &crate::app::App) -> Reader {
    if let Some(signed) = req.extensions().get::<Signed>() {
        return app.reader(&signed.actor);
    }
    let asked = req.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="));
    if let Some(language) = asked.and_then(|tag| Language::parse(tag).ok()) {
        return app.reader_of(app.catalogue.nearest(&language));
    }
    let header = req.headers().get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    match header {
        Some(header) => app.reader_of(&negotiate(header, &app.catalogue.languages())),
        None => app.reader_of(&app.config.organisation.language),
    }
}

/// Gives every error its page, in the reader's language, and logs what is ours to mend.
pub(super) async fn explain(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // Whoever holds a clone of the request while it is routed makes routing panic: the request is taken
    // from the response. Admission and handlers give their errors as responses, so that there is one.
    let response = next.call(req).await?.map_into_boxed_body();
    let request = response.request().clone();
    let failure = response.response().extensions().get::<Failure>().cloned();
    let Some(failure) = failure else { return Ok(response) };
    let error = failure.error();
    log(&request.match_pattern().unwrap_or_default(), error);
    let Some(shared) = request.app_data::<Shared>().cloned() else { return Ok(response) };
    let reader = reader(&request, &shared);
    let page = page(&shared, &reader, &failure);
    let (request, mut response) = response.into_parts();
    if error.kind() == Kind::Unavailable {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("10"));
    }
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=utf-8"));
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(page))))
}

/// Tells those who run the service of what is theirs to mend.
pub(super) fn log(path: &str, error: &Error) {
    if matches!(error.kind(), Kind::Internal | Kind::Unavailable) {
        tracing::error!(path, code = error.code().as_str(), cause = ?error, "a request failed");
    }
}

/// The page of an error: what happened, where, and what can be done; the code for whoever is asked.
fn page(app: &crate::app::App, reader: &Reader, failure: &Failure) -> String {
    let error = failure.error();
    // Whoever has a link that leads nowhere is a customer, and reads it in the look of the survey.
    if matches!(error.code(), Code::LinkUnknown | Code::LinkClosed) {
        let text = text::error::describe(reader, error);
        return survey::closed(&super::respond::site(app), reader, &text, error.code().as_str());
    }
    let held = failure.held.as_ref().map(|held| {
        let fields: Vec<_> = held.fields.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        json!({ "action": held.action, "fields": fields })
    });
    let faults: Vec<String> = match error.faults() {
        [_] | [] => Vec::new(),
        many => many.iter().take(50).map(|fault| text::error::describe_fault(reader, fault)).collect(),
    };
    let data = json!({
        "text": text::error::describe(reader, error),
        "faults": faults,
        "code": error.code().as_str(),
        "css": super::assets::console_css_path(),
        "theme": app.look.sheet(),
        "organisation": app.config.organisation.name,
        "held": held,
        "sign_in": error.kind() == Kind::SignIn,
    });
    app.templates.render("error", &data, reader).unwrap_or_else(|broken| {
        tracing::error!(cause = ?broken, "the error page itself failed");
        format!("<!doctype html><title>Bellwether</title><p>{}</p>", error.code().as_str())
    })
}
