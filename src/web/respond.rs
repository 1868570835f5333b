//! The customer's page: answering, and stopping the mails.

use super::routes::Route;

/// What the page can do more where scripts run.
pub(super) const SCRIPT: &str = "";

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
