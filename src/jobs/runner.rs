//! Puts what is due on the list, claims it, and runs it: once, whichever node does.
//!
//! A time of a schedule is a *slot*. Every node puts each slot on the list under the same name, and the
//! list takes it once. Whoever claims a job says again and again that it is alive; a job whose worker
//! has fallen silent is claimed by the next. So a job may be begun twice, and must be able to bear it.

use crate::app::App;
use crate::config::Jobs;
use crate::domain::schedule::Schedule;
use crate::error::{Code, Error, Result};
use crate::jobs::{anonymous, digest, nightly, report, settle};
use crate::store::jobs::{self, Job};
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use chrono_tz::Tz;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration as Span, Instant};

/// A claim that was not prolonged for so long has lost its worker.
const CLAIM: Duration = Duration::seconds(120);
const HEARTBEAT: Span = Span::from_secs(30);
/// How often the list is looked at.
const LOOK: Span = Span::from_secs(5);
/// How often a job is begun at most. The waits between are 1, 4, 16 and 64 minutes.
pub const MOST_ATTEMPTS: i32 = 5;
/// How long ended jobs are kept for those who wonder what happened.
const KEPT: Duration = Duration::days(92);

/// Something that is done regularly.
pub struct Regular {
    pub name: &'static str,
    pub schedule: Schedule,
    /// A slot that passed while nobody was running is caught up on within this time. Of several that
    /// passed, the last alone.
    pub catch_up: Duration,
    pub work: fn(&App, DateTime<Utc>) -> Result<()>,
}

/// All that this program does regularly.
pub fn regulars(settings: &Jobs) -> Vec<Regular> {
    vec![
        Regular {
            name: "nightly",
            schedule: settings.nightly.clone(),
            catch_up: Duration::days(1),
            work: |app, _| nightly::run(app).map(drop),
        },
        Regular {
            name: "settle",
            schedule: settings.settle.clone(),
            catch_up: Duration::days(1),
            work: |app, _| settle::run(app),
        },
        Regular {
            name: "anonymous",
            schedule: settings.anonymous.clone(),
            catch_up: Duration::days(1),
            work: |app, _| anonymous::run(app),
        },
        Regular { name: "digest", schedule: settings.digest.clone(), catch_up: Duration::days(3), work: digest::run },
        Regular { name: "report", schedule: settings.report.clone(), catch_up: Duration::days(7), work: report::run },
    ]
}

/// Puts every slot that is due on the list; returns how many were new there.
pub fn enqueue_due(app: &App, regulars: &[Regular]) -> Result<usize> {
    let (now, zone) = (app.now(), app.config.organisation.reporting_zone);
    let mut new = 0;
    for regular in regulars {
        let Some(slot) = regular.schedule.last_until(now, regular.catch_up, zone) else { continue };
        let id = app.chance.id(now);
        new += usize::from(app.db.write(|conn| jobs::enqueue(conn, id, regular.name, &slot_text(slot, zone), slot))?);
    }
    Ok(new)
}

/// Puts on the list what is due, and works until nothing that is due is left; returns how many jobs were
/// begun. What a job fails with is kept with it and does not keep the next from being done.
///
/// # Errors
/// Only what keeps us from the list itself.
pub fn run_due(app: &App, regulars: &[Regular], node: &str) -> Result<usize> {
    enqueue_due(app, regulars)?;
    let mut begun = 0;
    loop {
        let now = app.now();
        let Some(job) = app.db.write(|conn| jobs::claim(conn, node, now, now + CLAIM))? else { break };
        begun += 1;
        run_one(app, regulars, node, &job)?;
    }
    app.db.write(|conn| jobs::forget_ended(conn, app.now() - KEPT))?;
    Ok(begun)
}

/// The jobs of a process, on a thread of their own.
pub struct Runner {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Runner {
    /// # Errors
    /// `Internal` if there is no thread to be had.
    pub fn start(app: Arc<App>) -> Result<Self> {
        let (stop, stopped) = mpsc::channel();
        let node = data_encoding::HEXLOWER.encode(&app.chance.bytes::<8>());
        let work = move || {
            let regulars = regulars(&app.config.jobs);
            loop {
                if let Err(error) = run_due(&app, &regulars, &node) {
                    tracing::warn!(code = error.code().as_str(), cause = ?error, "the list of jobs is out of reach");
                }
                match stopped.recv_timeout(LOOK) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        };
        let thread = std::thread::Builder::new().name("jobs".into()).spawn(work).map_err(Error::internal)?;
        Ok(Self { stop, thread })
    }

    /// Takes no further job and waits for the one at hand, but not for longer than `patience`: its claim
    /// then runs out by itself, and it is begun again at the next start. True if it ended in time.
    pub fn stop(self, patience: Span) -> bool {
        // An error means that the thread has ended already.
        let _ = self.stop.send(());
        ended_within(&self.thread, patience)
    }
}

/// Waits for a thread, but not for ever.
pub fn ended_within(thread: &JoinHandle<()>, patience: Span) -> bool {
    let began = Instant::now();
    while !thread.is_finished() {
        if began.elapsed() >= patience {
            return false;
        }
        std::thread::sleep(Span::from_millis(20));
    }
    true
}

fn run_one(app: &App, regulars: &[Regular], node: &str, job: &Job) -> Result<()> {
    let began = Instant::now();
    let done = work(app, regulars, node, job);
    let now = app.now();
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let name = job.name.clone();
    let outcome = match done {
        Ok(()) => {
            app.db.write(|conn| jobs::finish(conn, job.id, node, now))?;
            tracing::info!(job = name, slot = job.slot, ms, "job done");
            "done"
        }
        Err(error) => {
            let retry_at = (job.attempt < MOST_ATTEMPTS).then(|| now + wait_after(job.attempt));
            app.db.write(|conn| jobs::fail(conn, job.id, node, &format!("{error:?}"), now, retry_at))?;
            tracing::error!(job = name, slot = job.slot, ms, code = error.code().as_str(), cause = ?error, "job failed");
            if retry_at.is_some() { "put off" } else { "given up" }
        }
    };
    metrics::counter!("bellwether_jobs_total", "job" => name, "outcome" => outcome).increment(1);
    Ok(())
}

/// Does the work while a second thread says that we are alive.
fn work(app: &App, regulars: &[Regular], node: &str, job: &Job) -> Result<()> {
    if job.attempt > MOST_ATTEMPTS {
        // Its workers have died so often that the job may be what kills them.
        return Err(Error::internal("begun too often without coming to an end"));
    }
    let regular = regulars.iter().find(|r| r.name == job.name);
    let regular = regular.ok_or_else(|| Error::new(Code::NotFound).with("what", &job.name))?;
    std::thread::scope(|scope| {
        let (over, is_over) = mpsc::channel::<()>();
        scope.spawn(move || {
            while is_over.recv_timeout(HEARTBEAT) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = app.db.write(|conn| jobs::prolong(conn, job.id, node, app.now() + CLAIM)) {
                    tracing::warn!(cause = ?error, "a claim could not be prolonged");
                }
            }
        });
        let done = catch_unwind(AssertUnwindSafe(|| (regular.work)(app, instant_of(job))));
        drop(over);
        done.unwrap_or_else(|_| Err(Error::internal("the job panicked")))
    })
}

/// Four times as long after every attempt, from a minute on.
fn wait_after(attempt: i32) -> Duration {
    Duration::minutes(4_i64.pow(u32::try_from(attempt - 1).unwrap_or_default().min(3)))
}

/// The wall time of a slot with its distance from UTC: an hour that comes twice makes two slots.
fn slot_text(slot: DateTime<Utc>, zone: Tz) -> String {
    slot.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// The instant that a job is for; when it is due moves with every failure.
fn instant_of(job: &Job) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&job.slot).map_or(job.due_at, |slot| slot.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Stockholm;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_slot_is_found_and_no_older_one() {
        let night = Schedule::parse("30 2 * * *").unwrap();
        let day = Duration::days(1);
        assert_eq!(night.last_until(at("2026-11-22T09:00:00Z"), day, Tz::UTC), Some(at("2026-11-22T02:30:00Z")));
        assert_eq!(night.last_until(at("2026-11-22T02:30:00Z"), day, Tz::UTC), Some(at("2026-11-22T02:30:00Z")));
        assert_eq!(night.last_until(at("2026-11-22T02:29:59Z"), day, Tz::UTC), Some(at("2026-11-21T02:30:00Z")));
        assert_eq!(night.last_until(at("2026-11-22T09:00:00Z"), Duration::hours(1), Tz::UTC), None);
        let minutes = Schedule::parse("* * * * *").unwrap();
        assert_eq!(minutes.last_until(at("2026-11-22T09:00:30Z"), day, Tz::UTC), Some(at("2026-11-22T09:00:00Z")));
    }

    #[test]
    fn an_hour_that_comes_twice_makes_two_slots() {
        let first = slot_text(at("2026-10-25T00:30:00Z"), Stockholm);
        let second = slot_text(at("2026-10-25T01:30:00Z"), Stockholm);
        assert_eq!((first.as_str(), second.as_str()), ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00"));
    }

    #[test]
    fn waits_grow() {
        let minutes: Vec<i64> = (1..=4).map(|attempt| wait_after(attempt).num_minutes()).collect();
        assert_eq!(minutes, [1, 4, 16, 64]);
    }
}
