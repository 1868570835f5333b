//! What is counted about the service, for Prometheus, behind a door of its own; and a line of the log for
//! every request.
//!
//! A request is known by the *pattern* of its address alone, never by the address: the tokens of links
//! stand in it. No address, name or account ever becomes a label.

use super::{Server, Shared};
use crate::app::App;
use crate::error::{Code, Error, Result};
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, HttpServer, web};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};
use subtle::ConstantTimeEq;

const REQUEST_SECONDS: &str = "bellwether_http_request_seconds";
const GROUP_UNITS: &str = "bellwether_group_commit_units";

/// Begins to count, and builds the server that shows the counts. Until then counting costs nothing.
///
/// # Errors
/// `AddressUnavailable` naming `metrics.listen`; `Internal` if somebody else counts already.
pub(super) fn build(app: &Arc<App>, listen: SocketAddr) -> Result<Server> {
    let wrong = |e: std::io::Error| {
        Error::new(Code::AddressUnavailable).with("address", listen).with("setting", "metrics.listen").because(e)
    };
    let listener = TcpListener::bind(listen).map_err(wrong)?;
    let address = listener.local_addr().map_err(wrong)?;
    let shown = web::Data::new(install()?);
    let tidied = shown.clone();
    // What histograms have seen piles up until somebody asks, or this sums it up.
    actix_web::rt::spawn(async move {
        loop {
            actix_web::rt::time::sleep(Duration::from_secs(5)).await;
            tidied.run_upkeep();
        }
    });
    let shared: Shared = web::Data::new(Arc::clone(app));
    let running = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(shown.clone())
            .app_data(shared.clone())
            .route("/metrics", web::get().to(show))
            .default_service(web::to(HttpResponse::NotFound))
    })
    .workers(1)
    .shutdown_timeout(2)
    .disable_signals()
    .listen(listener)
    .map_err(wrong)?
    .run();
    Ok(Server { address, running })
}

fn install() -> Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Full(REQUEST_SECONDS.into()),
            &[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
        )
        .and_then(|b| {
            b.set_buckets_for_metric(
                Matcher::Full(GROUP_UNITS.into()),
                &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0],
            )
        })
        .and_then(PrometheusBuilder::install_recorder)
        .map_err(Error::internal)?;
    describe_counter!("bellwether_http_requests_total", "Requests answered, by method, pattern and status.");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "From a request's arrival to its answer, by pattern.");
    describe_counter!("bellwether_responses_kept_total", "Responses that were kept.");
    describe_counter!(
        "bellwether_provisional_answers_total",
        "Answers begun without being sent, by what became of them."
    );
    describe_counter!("bellwether_visits_dropped_total", "Visits of links that were not taken down for want of room.");
    describe_counter!("bellwether_sign_ins_total", "Tries to sign in, by outcome.");
    describe_counter!("bellwether_mails_total", "Mails handed over, by outcome.");
    describe_counter!("bellwether_jobs_total", "Runs of jobs, by job and outcome.");
    describe_histogram!(GROUP_UNITS, "How many units of work shared one flush to disk.");
    describe_gauge!("bellwether_database_connections", "Connections of the pool, by what they do.");
    Ok(handle)
}

/// The counts, for whoever has the token.
async fn show(req: HttpRequest, app: Shared, shown: web::Data<PrometheusHandle>) -> HttpResponse {
    if let Some(token) = &app.config.metrics.token {
        let given = req.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
        // Of hashes, so that not even the length of the token shows in the time this takes.
        let same = Sha256::digest(given).ct_eq(&Sha256::digest(format!("Bearer {}", token.expose_secret())));
        if !bool::from(same) {
            return HttpResponse::Unauthorized().insert_header((header::WWW_AUTHENTICATE, "Bearer")).finish();
        }
    }
    let pool = app.db.pool();
    gauge!("bellwether_database_connections", "state" => "idle").set(f64::from(pool.idle));
    gauge!("bellwether_database_connections", "state" => "used").set(f64::from(pool.used));
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(shown.render())
}

/// Counts a request, and writes its line into the log.
pub(super) async fn count<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> std::result::Result<ServiceResponse<B>, actix_web::Error> {
    let began = Instant::now();
    let method = req.method().clone();
    let answer = next.call(req).await;
    // Asked of the answer: a copy of the request in our hands would keep the router from working on it.
    let (route, status) = match &answer {
        Ok(response) => (response.request().match_pattern(), response.status()),
        Err(error) => (None, error.as_response_error().status_code()),
    };
    record(method.as_str(), route.unwrap_or_else(|| "nowhere".to_owned()), status, began.elapsed());
    answer
}

fn record(method: &str, route: String, status: StatusCode, took: Duration) {
    // A method that nobody serves could be any text; it does not become a label.
    let known = ["GET", "HEAD", "POST", "OPTIONS"].into_iter().find(|m| *m == method).unwrap_or("other");
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status.is_server_error() {
        tracing::warn!(method = known, route, status = status.as_u16(), ms, "answered");
    } else {
        tracing::info!(method = known, route, status = status.as_u16(), ms, "answered");
    }
    histogram!(REQUEST_SECONDS, "route" => route.clone()).record(took.as_secs_f64());
    counter!(
        "bellwether_http_requests_total",
        "method" => known, "route" => route, "status" => status.as_u16().to_string()
    )
    .increment(1);
}
