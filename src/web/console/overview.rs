//! The overview: indices per tier, and their course.

use crate::web::routes::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
