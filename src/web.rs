//! The web: the customer's page ([`respond`]), the console for the people who work here ([`console`]),
//! and what both stand on. Handlers unpack, make one call into `app`, and wrap.
//!
//! Every address stands in one table, [`routes::table`], together with what one must be allowed to reach
//! it: a page without an entry cannot be served.

pub mod console;
pub mod errors;
pub mod respond;
pub mod routes;

mod admission;
mod assets;
mod body;
mod client;
mod form;
mod health;
mod metrics;
mod page;
mod server;

pub use server::{Doors, Server, serve};

use crate::app::App;
use std::sync::Arc;

/// What handlers share.
pub type Shared = actix_web::web::Data<Arc<App>>;
