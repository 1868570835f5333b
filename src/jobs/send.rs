//! Sending: threads that take mails out of the outbox and hand them over, and one that keeps the house:
//! starts and ends waves, and takes up what dead processes have left behind.
//!
//! Each thread uses one connection to the mail server; `mail.concurrency` says how many there are, and
//! `mail.per_hour` how many mails this process hands over in an hour. Several processes may send at the
//! same time on PostgreSQL, each at its own pace.

use crate::app::{App, outbox, waves};
use crate::config::Engine;
use crate::domain::ident::UserId;
use crate::error::{Code, Error, Result};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a thread that has nothing to do sleeps, unless it is woken.
const NAP: Duration = Duration::from_secs(1);
/// Mails that a thread takes at once: few enough to be given back quickly.
const BATCH: i64 = 8;

/// The sending threads of a process. Dropping it stops them, too.
pub struct Sender {
    bell: Arc<Bell>,
    threads: Vec<JoinHandle<()>>,
    app: Arc<App>,
}

/// Wakes all threads, and tells them when to go home.
#[derive(Default)]
struct Bell {
    state: Mutex<BellState>,
    rung: Condvar,
}

#[derive(Default)]
struct BellState {
    stopped: bool,
    rings: u64,
}

impl Bell {
    fn lock(&self) -> MutexGuard<'_, BellState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopped(&self) -> bool {
        self.lock().stopped
    }

    fn ring(&self) {
        self.lock().rings += 1;
        self.rung.notify_all();
    }

    fn stop(&self) {
        self.lock().stopped = true;
        self.rung.notify_all();
    }

    /// Sleeps until the time is over, the bell rings, or it is time to stop.
    fn sleep(&self, time: Duration) {
        let state = self.lock();
        let rings = state.rings;
        drop(self.rung.wait_timeout_while(state, time, |s| !s.stopped && s.rings == rings));
    }

    /// Sleeps the whole time, unless it is time to stop.
    fn wait(&self, time: Duration) {
        drop(self.rung.wait_timeout_while(self.lock(), time, |s| !s.stopped));
    }
}

/// Whether the database is away. Every thread meets it every few seconds; the log hears of it once.
#[derive(Default)]
struct Outage(AtomicBool);

impl Outage {
    /// Tells of an error, unless it is the outage that was told of already.
    fn tell(&self, error: &Error, what: &str) {
        let away = error.code() == Code::DatabaseUnavailable;
        if away && self.0.swap(true, Ordering::Relaxed) {
            tracing::debug!(cause = ?error, "{what}");
        } else {
            tracing::error!(cause = ?error, "{what}");
        }
    }

    /// The database has answered.
    fn is_over(&self) {
        // Reading alone, nearly always: all threads pass here all the time.
        if self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed) {
            tracing::info!("the outbox reaches the database again");
        }
    }
}

/// Spreads the mails of an hour evenly, over all threads of the process.
struct Pace {
    gap: Option<Duration>,
    /// When the next mail may leave. Whoever waits for that moment holds the lock, so that one mail at
    /// most is claimed ahead of its turn.
    next: Mutex<Option<Instant>>,
}

impl Pace {
    fn new(per_hour: Option<u32>) -> Self {
        let gap = per_hour.filter(|n| *n > 0).map(|n| Duration::from_secs(3600) / n);
        Self { gap, next: Mutex::new(None) }
    }

    /// Waits for the next turn and takes it, if there is something to take it for.
    fn turn<T>(&self, gap: Duration, wait: impl Fn(Duration), take: impl FnOnce() -> Result<Vec<T>>) -> Result<Vec<T>> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = *next {
            wait(at.saturating_duration_since(Instant::now()));
        }
        let taken = take()?;
        if !taken.is_empty() {
            // Time that was not used is not made up for in a burst.
            *next = Some(Instant::now() + gap);
        }
        Ok(taken)
    }
}

impl Sender {
    /// Starts the threads.
    ///
    /// # Errors
    /// `Internal` if the system gives no thread; what the database fails with.
    pub fn start(app: &Arc<App>) -> Result<Self> {
        if app.db.engine() == Engine::Sqlite {
            // One process serves an embedded database: whatever is held was held by one that is dead.
            while outbox::reap(app, Some(""))? > 0 {}
        }
        let bell = Arc::new(Bell::default());
        let mut sender = Self { bell: Arc::clone(&bell), threads: Vec::new(), app: Arc::clone(app) };
        let pace = Arc::new(Pace::new(app.config.mail.per_hour));
        let process: UserId = app.chance.id(app.now());
        let outage = Arc::new(Outage::default());
        {
            let (app, bell, outage) = (Arc::clone(app), Arc::clone(&bell), Arc::clone(&outage));
            sender.spawn("outbox-keeper", move || keep(&app, &bell, &outage))?;
        }
        for number in 1..=app.config.mail.concurrency {
            let (app, bell) = (Arc::clone(app), Arc::clone(&bell));
            let (pace, outage) = (Arc::clone(&pace), Arc::clone(&outage));
            let name = format!("{process}-{number}");
            sender.spawn(&format!("outbox-{number}"), move || send(&app, &bell, &pace, &outage, &name))?;
        }
        Ok(sender)
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = std::thread::Builder::new().name(name.into()).spawn(work).map_err(Error::internal)?;
        self.threads.push(thread);
        Ok(())
    }

    /// Wakes the threads: there is something new to do.
    pub fn ring(&self) {
        self.bell.ring();
    }

    /// Lets the mails that are being sent end, gives back those that were not begun, and says goodbye to
    /// the server.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.bell.stop();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a sending thread broke down");
            }
        }
        self.app.mailer.close();
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        self.end();
    }
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sender({} threads)", self.threads.len())
    }
}

fn keep(app: &App, bell: &Bell, outage: &Outage) {
    while !bell.stopped() {
        match waves::tick(app).and_then(|()| outbox::reap(app, None)) {
            Ok(0) => {}
            Ok(_) => bell.ring(),
            Err(error) => outage.tell(&error, "the outbox could not be kept in order"),
        }
        bell.wait(NAP);
    }
}

fn send(app: &App, bell: &Bell, pace: &Pace, outage: &Outage, name: &str) {
    while !bell.stopped() {
        if app.brake.resting(app.now()).is_some() {
            bell.wait(NAP);
            continue;
        }
        match batch(app, bell, pace, name) {
            Ok(taken) => {
                outage.is_over();
                if taken == 0 {
                    bell.sleep(NAP);
                }
            }
            Err(error) => {
                outage.tell(&error, "a mail could not be taken on its way");
                bell.wait(NAP);
            }
        }
        if let Err(error) = outbox::release(app, name) {
            outage.tell(&error, "mails that were not begun could not be given back");
        }
    }
}

/// Takes a few mails and sends them; returns how many there were.
fn batch(app: &App, bell: &Bell, pace: &Pace, name: &str) -> Result<usize> {
    let mails = match pace.gap {
        None => outbox::claim(app, name, BATCH)?,
        Some(gap) => {
            let claim = || if bell.stopped() { Ok(Vec::new()) } else { outbox::claim(app, name, 1) };
            pace.turn(gap, |time| bell.wait(time), claim)?
        }
    };
    for mail in &mails {
        if bell.stopped() || app.brake.resting(app.now()).is_some() {
            break;
        }
        if let Some(outcome) = outbox::deliver(app, mail)?
            && outcome.is_trouble()
        {
            tracing::info!(mail = %mail.id, outcome = %outcome.text(), "a mail is put off");
        }
    }
    Ok(mails.len())
}

/// Sends, in this thread, all that is due now: for the command line, the demo and tests. Returns how many
/// mails a server took.
///
/// # Errors
/// What the database fails with.
pub fn drain(app: &App) -> Result<usize> {
    waves::tick(app)?;
    outbox::reap(app, None)?;
    let name: UserId = app.chance.id(app.now());
    let name = name.to_string();
    let mut sent = 0;
    while app.brake.resting(app.now()).is_none() {
        let mails = outbox::claim(app, &name, BATCH)?;
        if mails.is_empty() {
            break;
        }
        for mail in &mails {
            let outcome = outbox::deliver(app, mail)?;
            sent += usize::from(matches!(outcome, Some(crate::domain::delivery::Outcome::Accepted { .. })));
        }
    }
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_shared_out_evenly() {
        let pace = Pace::new(Some(3600));
        let waited = Mutex::new(Vec::new());
        let turn = |mails: Vec<u8>| {
            pace.turn(pace.gap.unwrap(), |time| waited.lock().unwrap().push(time), || Ok(mails)).unwrap();
        };
        turn(vec![1]);
        assert!(waited.lock().unwrap().is_empty(), "the first goes at once");
        turn(vec![]);
        turn(vec![2]);
        let waits = waited.lock().unwrap().clone();
        assert_eq!(waits.len(), 2, "a turn that nothing was there for is not lost");
        assert!(waits.iter().all(|w| *w <= Duration::from_secs(1) && *w > Duration::from_millis(500)), "{waits:?}");
        assert!(Pace::new(None).gap.is_none());
    }

    #[test]
    fn a_stopped_bell_wakes_every_sleeper() {
        let bell = Arc::new(Bell::default());
        let other = Arc::clone(&bell);
        let sleeper = std::thread::spawn(move || other.wait(Duration::from_secs(60)));
        bell.stop();
        let began = Instant::now();
        sleeper.join().unwrap();
        assert!(began.elapsed() < Duration::from_secs(10));
    }
}
