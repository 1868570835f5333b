//! Every address of the service, and who may reach it.

use super::{assets, console, health, respond};
use crate::domain::permission::Action;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};

/// What one must be to reach an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody: the page itself says what it needs (a link's token, for instance).
    Public,
    /// Somebody signed in whose role allows this action on something; which records is the use case's
    /// to decide.
    Signed(Action),
}

/// One address.
pub struct Route {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    handler: fn() -> actix_web::Route,
}

pub(super) const fn get(path: &'static str, access: Access, handler: fn() -> actix_web::Route) -> Route {
    Route { method: Method::GET, path, access, handler }
}

pub(super) const fn post(path: &'static str, access: Access, handler: fn() -> actix_web::Route) -> Route {
    Route { method: Method::POST, path, access, handler }
}

/// The table.
pub fn table() -> Vec<Route> {
    let mut table = Vec::new();
    // An address is compared with one pattern after the other: what most people open stands first.
    table.extend(respond::routes());
    table.extend(health::routes());
    table.extend(assets::routes());
    table.extend(console::routes());
    table
}

/// Mounts the table; each address behind its admission.
pub(super) fn mount(service: &mut ServiceConfig) {
    for route in table() {
        // HEAD is asked by link checkers and mail scanners; it is answered as GET is, without the body.
        let guard = match route.method {
            Method::GET => actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()),
            ref method => actix_web::guard::Any(actix_web::guard::Method(method.clone())),
        };
        service.service(
            web::resource(route.path)
                .guard(guard)
                .app_data(route.access)
                .wrap(actix_web::middleware::from_fn(super::admission::admit))
                .route((route.handler)()),
        );
    }
}
