//! The HTTP server: middleware, listening, and going down gracefully.

use super::{Shared, errors, metrics, routes};
use crate::app::App;
use crate::error::{Code, Error, Result};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::{Compress, Next, from_fn};
use actix_web::{HttpServer, web};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

/// A server that listens already and waits to be run.
pub struct Server {
    pub address: SocketAddr,
    pub(super) running: actix_web::dev::Server,
}

impl Server {
    /// Binds to the configured address; port 0 takes any free one.
    ///
    /// # Errors
    /// `AddressUnavailable` naming `listen` when the address cannot be had.
    pub fn build(app: Arc<App>, listen: SocketAddr) -> Result<Self> {
        let wrong = |e: std::io::Error| {
            Error::new(Code::AddressUnavailable).with("address", listen).with("setting", "listen").because(e)
        };
        let listener = TcpListener::bind(listen).map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        let limit = app.config.web.body_limit_kb as usize * 1024;
        let shared: Shared = web::Data::new(app);
        let running = HttpServer::new(move || {
            actix_web::App::new()
                .app_data(shared.clone())
                .app_data(web::PayloadConfig::new(limit))
                .wrap(from_fn(errors::explain))
                .wrap(from_fn(secure))
                .wrap(Compress::default())
                .wrap(from_fn(metrics::count))
                .configure(routes::mount)
                .default_service(web::to(nowhere))
        })
        // A page goes out in several writes; the last must not wait for the browser to confirm the one before,
        // which browsers put off by 40 ms.
        .tcp_nodelay(true)
        // Handlers wait on their own threads for the database, so few of these are enough.
        .workers(std::thread::available_parallelism().map_or(2, usize::from).min(8))
        .shutdown_timeout(20)
        .disable_signals()
        .listen(listener)
        .map_err(wrong)?
        .run();
        Ok(Self { address, running })
    }

    /// Stops it from elsewhere: `stop(true)` answers what has come in already.
    pub fn handle(&self) -> ServerHandle {
        self.running.handle()
    }

    /// Serves until it is stopped.
    ///
    /// # Errors
    /// `Internal` when the listener breaks.
    pub async fn run(self) -> Result<()> {
        self.running.await.map_err(Error::internal)
    }
}

/// Where the service listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doors {
    pub pages: SocketAddr,
    /// An address of its own, so that a proxy that shows the pages to the world does not show these.
    pub metrics: Option<SocketAddr>,
}

/// Serves until `stop` completes, then takes no more requests and answers what has come in already.
/// `started` is told, before the first request, where it really listens (port 0 takes any free one).
///
/// # Errors
/// As [`Server::build`] and [`Server::run`].
pub fn serve(app: Arc<App>, doors: &Doors, started: impl FnOnce(&Doors), stop: impl Future<Output = ()>) -> Result<()> {
    actix_web::rt::System::new().block_on(async move {
        let counted = doors.metrics.map(|listen| metrics::build(&app, listen)).transpose()?;
        let pages = Server::build(app, doors.pages)?;
        started(&Doors { pages: pages.address, metrics: counted.as_ref().map(|c| c.address) });
        let handles: Vec<ServerHandle> = counted.iter().chain([&pages]).map(Server::handle).collect();
        let counting = counted.map(|server| actix_web::rt::spawn(server.run()));
        let serving = pages.run();
        futures_util::pin_mut!(serving, stop);
        match futures_util::future::select(serving, stop).await {
            futures_util::future::Either::Left((broken, _)) => broken,
            futures_util::future::Either::Right(((), serving)) => {
                for handle in handles {
                    // The returned future need not be polled: the order has been given.
                    drop(handle.stop(true));
                }
                let served = serving.await;
                if let Some(counting) = counting {
                    counting.await.map_err(Error::internal)??;
                }
                served
            }
        }
    })
}

async fn nowhere() -> Result<actix_web::HttpResponse, errors::Failure> {
    Err(Code::PageUnknown.into())
}

/// What a page may load and run: what comes from us, and nothing that is written into the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'; frame-src 'self'";

/// Headers that every answer carries: nothing from elsewhere runs or is loaded, nobody frames us, and
/// nobody is told where a person came from.
async fn secure(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> std::result::Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let https = req.app_data::<Shared>().is_some_and(|app| app.config.secure_cookies());
    let mut response = next.call(req).await?.map_into_boxed_body();
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &'static str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set("content-security-policy", POLICY);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "no-referrer");
    set("x-frame-options", "SAMEORIGIN");
    set("permissions-policy", "camera=(), microphone=(), geolocation=()");
    set("cross-origin-opener-policy", "same-origin");
    if https {
        set("strict-transport-security", "max-age=31536000");
    }
    Ok(response)
}
