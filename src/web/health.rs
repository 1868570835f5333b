//! Is the service alive, is it ready?

use super::routes::{Access, Route, get};
use super::{Shared, errors::Failure};
use crate::app;
use actix_web::{HttpResponse, web};

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/healthz", Access::Public, || web::get().to(alive)),
        get("/readyz", Access::Public, || web::get().to(ready)),
    ]
}

/// The process answers.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("alive\n")
}

/// The database answers, too, and has the schema of this program.
async fn ready(shared: Shared) -> Result<HttpResponse, Failure> {
    app::run(&shared, |app| app.db.check_schema()).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"))
}
