//! Visits to the links of invitations: how many are served, and what they leave behind.
//!
//! What a fetch says of a machine, and what somebody fills in before sending it, is told to a thread that
//! writes it down later, many together, behind the responses. Nobody waits for it. Where more comes in
//! than fits into its queue, the rest is dropped and counted: evidence may have gaps, answers may not.

mod limits;

pub use limits::{Limits, Use};

use super::App;
use crate::domain::answer::Answers;
use crate::domain::ident::WaveId;
use crate::domain::permission::{Action, Actor, Module, Operation, reach};
use crate::domain::survey::{Definition, Question};
use crate::domain::token::{self, Token};
use crate::domain::visit::{Agent, HumanSign, Sign, Visit, Watch};
use crate::error::{Code, Error, Result};
use crate::store::invitations::Invitation;
use crate::store::sent_forms;
use crate::store::visits::{self, Fate, Mark, Provisional, Settled, WaveVisits};
use crate::store::{Conn, Db};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender, TrySendError};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Who decides whether a response counts sees what speaks against it.
pub const VIEW: Action = Action::new(Module::Responses, Operation::Change);

/// How many visits wait to be looked at.
const QUEUE: usize = 4096;
/// How many rows wait to be written.
const MOST_PENDING: usize = 4096;
/// How many rows are written in one unit of work: a unit holds up the answers behind it.
const MOST_TOGETHER: usize = 64;
/// The most bytes that are kept of what is filled in and not sent.
const MOST_TYPED: usize = 64 * 1024;
/// How long a sending is remembered that may come again.
const REMEMBERED: TimeDelta = TimeDelta::days(90);
/// How long what was told waits for more.
const PAUSE: Duration = Duration::from_millis(500);

/// Takes down what visits leave behind, on a thread that begins with the first of them.
#[derive(Debug, Default)]
pub struct Witness(OnceLock<Option<SyncSender<Told>>>);

#[derive(Debug)]
enum Told {
    Visit(Visit),
    Provisional(Box<Provisional>),
    /// Let go of what was begun and is not written down yet, and say so.
    Forget(Token, tokio::sync::oneshot::Sender<()>),
    /// Write everything down now, and say so.
    Settle(mpsc::Sender<()>),
}

impl Witness {
    /// Tells of a fetch. Returns at once, whatever becomes of it.
    pub fn saw(&self, db: &Db, visit: Visit) {
        self.tell(db, Told::Visit(visit));
    }

    /// Waits until all that was told so far is written down, for going down in good order.
    pub fn settle(&self) {
        if let Some(Some(queue)) = self.0.get() {
            let (tell, told) = mpsc::channel();
            if queue.send(Told::Settle(tell)).is_ok() {
                // An error means that the thread is gone, and nothing is left to wait for.
                let _ = told.recv_timeout(Duration::from_secs(5));
            }
        }
    }

    /// Returns whether it was taken.
    fn tell(&self, db: &Db, told: Told) -> bool {
        let queue = self.0.get_or_init(|| start(db.clone()));
        let lost = match queue {
            Some(queue) => matches!(queue.try_send(told), Err(TrySendError::Full(_) | TrySendError::Disconnected(_))),
            None => true,
        };
        if lost {
            metrics::counter!("bellwether_visits_dropped_total").increment(1);
        }
        !lost
    }
}

fn start(db: Db) -> Option<SyncSender<Told>> {
    let (queue, told) = mpsc::sync_channel(QUEUE);
    let spawned = std::thread::Builder::new().name("witness".into()).spawn(move || serve(&db, &told));
    match spawned {
        Ok(_) => Some(queue),
        Err(error) => {
            tracing::error!(%error, "the thread that takes down visits did not start");
            None
        }
    }
}

/// What is to be written, each row once.
#[derive(Default)]
struct Pending {
    marks: BTreeMap<([u8; 16], Sign, Agent), Mark>,
    provisional: BTreeMap<[u8; 16], Provisional>,
}

impl Pending {
    fn len(&self) -> usize {
        self.marks.len() + self.provisional.len()
    }

    fn add(&mut self, visit: &Visit, (sign, times): (Sign, u32)) {
        let key = (*visit.token.invitation_id.as_bytes(), sign, visit.agent);
        if self.len() >= MOST_PENDING && !self.marks.contains_key(&key) {
            metrics::counter!("bellwether_visits_dropped_total").increment(1);
            return;
        }
        let mark = self.marks.entry(key).or_insert_with(|| Mark {
            account: visit.token.account_id,
            invitation: visit.token.invitation_id,
            sign,
            agent: visit.agent,
            times: 0,
            first_at: visit.at,
            last_at: visit.at,
        });
        mark.times += i64::from(times);
        mark.last_at = mark.last_at.max(visit.at);
    }

    fn put(&mut self, provisional: Provisional) {
        let key = *provisional.invitation.as_bytes();
        if self.len() >= MOST_PENDING && !self.provisional.contains_key(&key) {
            metrics::counter!("bellwether_visits_dropped_total").increment(1);
            return;
        }
        self.provisional.insert(key, provisional);
    }

    /// Takes out as much as is written in one unit of work.
    fn some(&mut self) -> (Vec<Mark>, Vec<Provisional>) {
        let (mut marks, mut given) = (Vec::new(), Vec::new());
        while given.len() < MOST_TOGETHER
            && let Some((_, one)) = self.provisional.pop_first()
        {
            given.push(one);
        }
        while marks.len() + given.len() < MOST_TOGETHER
            && let Some((_, one)) = self.marks.pop_first()
        {
            marks.push(one);
        }
        (marks, given)
    }
}

fn serve(db: &Db, told: &Receiver<Told>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "visits are not taken down");
            return;
        }
    };
    let write = |pending: &mut Pending| {
        let (marks, given) = pending.some();
        let lost = marks.len() + given.len();
        // With the responses, as one of their units: on SQLite they would else wait for our lock.
        let written = runtime.block_on(db.write_grouped(move |conn| {
            marks.iter().try_for_each(|mark| visits::add(conn, mark))?;
            given.iter().try_for_each(|one| visits::put(conn, one))
        }));
        if let Err(error) = written {
            tracing::warn!(code = error.code().as_str(), cause = ?error, "visits were not taken down");
            metrics::counter!("bellwether_visits_dropped_total").increment(lost as u64);
        }
    };
    let (mut watch, mut pending) = (Watch::default(), Pending::default());
    let mut due = Instant::now() + PAUSE;
    loop {
        let wait = due.saturating_duration_since(Instant::now());
        match told.recv_timeout(wait) {
            Ok(Told::Visit(visit)) => watch.look(&visit).into_iter().for_each(|sign| pending.add(&visit, sign)),
            Ok(Told::Provisional(given)) => pending.put(*given),
            Ok(Told::Forget(token, done)) => {
                pending.provisional.remove(token.invitation_id.as_bytes());
                // Who asked may have gone meanwhile.
                let _ = done.send(());
            }
            Ok(Told::Settle(done)) => {
                while pending.len() > 0 {
                    write(&mut pending);
                }
                // Who asked may have gone meanwhile.
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        if Instant::now() >= due {
            if pending.len() > 0 {
                write(&mut pending);
            }
            due = Instant::now() + PAUSE;
        }
    }
    while pending.len() > 0 {
        write(&mut pending);
    }
}

/// Whether anything is kept of what is filled in before it is sent, here or on the device of who fills it in.
/// Whatever forbids it for a whole survey is said here, and only here.
pub fn keeps_begun(definition: &Definition) -> bool {
    definition.asked().next().is_some() && !definition.anonymous
}

/// Whether the page may send what is filled in before its button is pressed: not in the first minutes after
/// the mail was accepted, in which scanners look at it with whole browsers, and not beside a response.
pub fn takes_provisional(app: &App, invitation: &Invitation, now: DateTime<Utc>) -> bool {
    let minutes = TimeDelta::minutes(i64::from(app.config.answering.button_minutes));
    invitation.answered_at.is_none() && invitation.delivered_at.is_some_and(|at| now - at >= minutes)
}

/// What somebody has filled in and not sent, to go on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// The fields as they were filled in.
    pub form: Vec<(String, String)>,
    pub at: DateTime<Utc>,
    /// How long they had the pages open so far.
    pub spent: TimeDelta,
}

/// What was begun by a link and waits to be sent. Records nothing.
///
/// # Errors
/// What the database fails with.
pub(super) fn begun(
    app: &App,
    conn: &mut Conn,
    token: Token,
    opened: &super::responses::Opened,
) -> Result<Option<Begun>> {
    if !keeps_begun(&opened.instrument.definition) || opened.asked.invitation.answered_at.is_some() {
        return Ok(None);
    }
    let stale = app.now() - TimeDelta::days(i64::from(app.config.answering.provisional_days));
    let found = visits::provisional(conn, token.account_id, token.invitation_id)?;
    let found = found.filter(|one| one.fate == Fate::Waiting && one.given_at > stale);
    Ok(found.map(|one| Begun {
        form: if one.typed.is_empty() { one.answers.to_form() } else { one.typed },
        at: one.given_at,
        spent: one.begun_at.map_or(TimeDelta::zero(), |begun| (one.given_at - begun).max(TimeDelta::zero())),
    }))
}

/// Forgets what was begun by a link, as somebody asks who wants to start over.
///
/// # Errors
/// What the database fails with.
pub async fn clear(app: &std::sync::Arc<App>, token: Token) -> Result<()> {
    let (tell, told) = tokio::sync::oneshot::channel();
    app.witness.tell(&app.db, Told::Forget(token, tell));
    // Where the thread took no word of it, nothing of this link waits with it that it had taken.
    let _ = told.await;
    app.db.write_grouped(move |conn| visits::forget(conn, token.account_id, token.invitation_id)).await
}

/// What a page posted by itself after it saw a person.
pub struct Given {
    pub token: Token,
    pub form: Vec<(String, String)>,
}

/// Takes down what somebody has begun to fill in, in place of what they had before. It stays apart from
/// responses: no figure knows of it, and a job forgets it unless the form is sent. Returns when it was
/// taken, if it was.
///
/// # Errors
/// `LinkUnknown` if there is no such invitation.
pub async fn begin(app: &std::sync::Arc<App>, given: Given) -> Result<Option<DateTime<Utc>>> {
    let field = |name: &str| given.form.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let now = app.now();
    let Some(sign) = field("_sign").and_then(HumanSign::parse) else { return Ok(None) };
    let Some(shown) = field("_shown").and_then(|text| token::read_stamp(app.seal_key(), &given.token, text)) else {
        return Ok(None);
    };
    let opened = super::responses::open(app, given.token).await?;
    let definition = &opened.instrument.definition;
    let invitation = &opened.asked.invitation;
    // The page must have been opened after the first minutes, not merely have waited for their end.
    let late_enough = takes_provisional(app, invitation, shown) && takes_provisional(app, invitation, now);
    if !keeps_begun(definition) || opened.response.is_some() || !opened.is_open(now) || !late_enough {
        return Ok(None);
    }
    let answers = Answers::partial(definition, &given.form);
    if answers.is_empty() {
        return Ok(None);
    }
    let provisional = Provisional {
        account: invitation.account,
        invitation: invitation.id,
        answers,
        sign,
        fate: Fate::Waiting,
        given_at: now,
        typed: typed(definition, &given.form),
        begun_at: Some(shown),
    };
    Ok(app.witness.tell(&app.db, Told::Provisional(Box::new(provisional))).then_some(now))
}

/// The fields of a form that the survey has, as far as they are of a sensible length together; all of them,
/// or none.
fn typed(definition: &Definition, form: &[(String, String)]) -> Vec<(String, String)> {
    let known: BTreeSet<String> = definition.questions().flat_map(Question::fields).collect();
    let own: Vec<(String, String)> =
        form.iter().filter(|(name, value)| !value.trim().is_empty() && known.contains(name)).cloned().collect();
    let length: usize = own.iter().map(|(name, value)| name.len() + value.len()).sum();
    if length <= MOST_TYPED { own } else { Vec::new() }
}

/// Settles provisional answers: those that were sent are confirmed, those that are old or whose survey is
/// closed are discarded; of either only its fate is kept. Safe to run again.
///
/// # Errors
/// What the database fails with.
pub fn settle(app: &App) -> Result<Settled> {
    let now = app.now();
    let stale = now - TimeDelta::days(i64::from(app.config.answering.provisional_days));
    let mut all = Settled::default();
    loop {
        let some = app.db.write(|conn| {
            sent_forms::forget_before(conn, now - REMEMBERED)?;
            visits::settle(conn, now, stale)
        })?;
        all.confirmed += some.confirmed;
        all.discarded += some.discarded;
        if !some.more {
            return Ok(all);
        }
    }
}

/// What visits to a wave's links left behind, at accounts within reach.
///
/// # Errors
/// `Forbidden` for who may not decide whether responses count.
pub fn of_wave(app: &App, actor: &Actor, wave: WaveId) -> Result<WaveVisits> {
    let within = reach(actor, VIEW)?;
    app.db.read(|conn| visits::of_wave(conn, wave, &within))
}

/// The refusal of what comes too often, with the seconds to wait.
fn throttled(seconds: i64) -> Error {
    Error::new(Code::LinkThrottled).with("seconds", seconds.max(1))
}

/// Guards what several threads count together. Whoever panicked while counting has at worst left one
/// count behind.
fn unpoisoned<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}
