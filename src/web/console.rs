//! The console: the pages of the people who work with the service.

mod accounts;
mod audit;
mod cases;
mod desk;
mod doubts;
mod entries;
mod follow_ups;
mod imports;
mod mailbox;
mod open_links;
mod overview;
mod reports;
mod sign_in;
mod subjects;
mod surveys;
mod users;
mod warnings;
mod waves;

use super::routes::Route;

pub(super) use sign_in::instead_of;

pub(super) fn routes() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(accounts::routes());
    routes.extend(audit::routes());
    routes.extend(cases::routes());
    routes.extend(doubts::routes());
    routes.extend(entries::routes());
    routes.extend(imports::routes());
    routes.extend(follow_ups::routes());
    routes.extend(mailbox::routes());
    routes.extend(open_links::routes());
    routes.extend(overview::routes());
    routes.extend(reports::routes());
    routes.extend(sign_in::routes());
    routes.extend(subjects::routes());
    routes.extend(surveys::routes());
    routes.extend(users::routes());
    routes.extend(warnings::routes());
    routes.extend(waves::routes());
    routes
}
