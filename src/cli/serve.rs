//! `bellwether serve`: the pages, the senders, the jobs, until somebody asks for the end.

use super::{reader, unwritable};
use crate::app::{App, surveys};
use crate::chance::Chance;
use crate::clock::SystemClock;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::jobs::runner::{Runner, ended_within};
use crate::jobs::send::Sender;
use crate::store::{Db, ServeGuard};
use crate::telemetry;
use crate::web::{self, Doors};
use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// What shells call a process that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

/// The whole way down may take this long. The web takes up to twenty seconds of it for its last answers.
const LONGEST_STOP: Duration = Duration::from_secs(24);

pub(super) fn run(config: Config, out: &mut dyn Write) -> Result<()> {
    telemetry::start(&config.log)?;
    let db = Db::open(config.database_url.expose(), config.database_pool)?;
    let claim = db.claim_to_serve()?;
    for migration in db.migrate()? {
        tracing::info!(migration, "schema brought up");
    }
    let app = Arc::new(App::build(Arc::new(config), db, Arc::new(SystemClock), Chance::from_system())?);
    for survey in surveys::publish_shipped(&app)? {
        tracing::info!(survey, "survey published");
    }
    serve(&app, claim, &[], out)
}

/// Serves a house that is ready, and goes down in good order: no new requests, the last answers, then
/// the senders give back what they have claimed and the job at hand comes to its end. `greeting` is
/// printed before the line that says where the pages are.
pub(super) fn serve(app: &Arc<App>, claim: ServeGuard, greeting: &[String], out: &mut dyn Write) -> Result<()> {
    let words = reader(app);
    let doors = Doors { pages: app.config.listen, metrics: app.config.metrics.listen };
    let asked = listen_for_the_end(words.text("cli-stopping", &[]))?;
    let began = std::cell::Cell::new(Instant::now());
    let sender = Sender::start(app)?;
    let runner = Runner::start(Arc::clone(app))?;
    let served = web::serve(
        Arc::clone(app),
        &doors,
        |open| {
            let mut lines = greeting.to_vec();
            let address = format!("http://{}", open.pages);
            lines.push(words.text("cli-serving", &[("address", address.into())]));
            if let Some(metrics) = open.metrics {
                let address = format!("http://{metrics}/metrics");
                lines.push(words.text("cli-serving-metrics", &[("address", address.into())]));
            }
            // Who started us may have hung up; that is no reason not to serve.
            let _ = writeln!(out, "{}", lines.join("\n")).and_then(|()| out.flush());
            tracing::info!(listen = %open.pages, "serving");
        },
        async {
            // An error means that the waiting thread is gone; nobody could stop us in order any more.
            let _ = asked.await;
            began.set(Instant::now());
        },
    );
    let left = || LONGEST_STOP.saturating_sub(began.get().elapsed());
    // On a thread of its own: a mail server that takes its time must not keep us from going.
    let leaving =
        std::thread::Builder::new().name("leaving".into()).spawn(|| sender.stop()).map_err(Error::internal)?;
    let jobs_ended = runner.stop(left());
    let mails_ended = ended_within(&leaving, left());
    app.witness.settle();
    tracing::info!(jobs_ended, mails_ended, "stopped");
    drop(claim);
    served?;
    writeln!(out, "{}", words.text("cli-stopped", &[])).map_err(unwritable)
}

/// Waits, on a thread of its own, for SIGINT or SIGTERM: the first is passed on, the second ends the
/// process at once, whatever else it is doing.
fn listen_for_the_end(notice: String) -> Result<oneshot::Receiver<()>> {
    let (tell, told) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::internal)?;
    let waiting = move || {
        runtime.block_on(async move {
            if asked_to_end().await.is_err() {
                return;
            }
            // Whether anybody reads this or not, we stop.
            let _ = writeln!(std::io::stderr(), "{notice}");
            let _ = tell.send(());
            if asked_to_end().await.is_ok() {
                std::process::exit(INTERRUPTED);
            }
        });
    };
    std::thread::Builder::new().name("signals".into()).spawn(waiting).map_err(Error::internal)?;
    Ok(told)
}

#[cfg(unix)]
async fn asked_to_end() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

#[cfg(not(unix))]
async fn asked_to_end() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
