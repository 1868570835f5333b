//! The console: the pages of the people who work with the service.

mod audit;
mod sign_in;
mod users;

use super::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(sign_in::routes());
    routes.extend(users::routes());
    routes.extend(audit::routes());
    routes
}
