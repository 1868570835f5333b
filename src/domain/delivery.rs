//! The life of one mail, as data and one pure step.
//!
//! SMTP cannot promise *exactly once*: when the connection breaks, or this process dies, between the
//! server's 250 and our commit, nobody on this side knows whether the mail was taken. That window, and
//! no other, is the state [`State::Unknown`]; what becomes of it is the operator's choice, an
//! [`UnknownPolicy`]. Everywhere else a mail goes out once.
//!
//! ```text
//!              claim            hand over          250
//!  Scheduled ────────> Claimed ────────> Sending ───────> Sent
//!    ^  ^  │              │                │ │ │
//!    │  │  │ too late     │ lease over     │ │ └─ 5xx, tries used up ──> Failed
//!    │  │  v              │                │ └─── 4xx, no connection ──> Scheduled, later
//!    │  │ TooLate <───────┤                │
//!    │  └─────────────────┘                └── lost after the last dot, lease over ──> Unknown
//!    └──────────────────────────── ask again ──────────────────────────────────────────┘ │
//!                                  give up ──> Failed <──────────────────────────────────┘
//! ```
//!
//! `Claimed` and `Sending` are two states so that a process may claim many mails at once: those it never
//! came to go back to the queue when its lease ends, and only the one in flight is in doubt.

mod reply;

pub use reply::{Enhanced, Failure, Outcome, Reply, Stage};

use crate::error::{Code, Error};
use chrono::{DateTime, TimeDelta, Utc};

/// Where a mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits until `due`.
    Scheduled { due: DateTime<Utc> },
    /// Some process has taken it, and has not begun to send it. Falls back when `until` is over.
    Claimed { until: DateTime<Utc> },
    /// It is being handed to the server. In doubt when `until` is over.
    Sending { until: DateTime<Utc> },
    /// The server has accepted it.
    Sent { at: DateTime<Utc> },
    /// It will not be sent, for this reason.
    Failed { at: DateTime<Utc>, why: Failure },
    /// The server may have accepted it or not.
    Unknown { since: DateTime<Utc> },
    /// Called off before it was sent.
    Cancelled { at: DateTime<Utc> },
    /// Its time had passed before it could be sent: a mail restored from a backup, or stuck for days,
    /// must not reach anybody after its survey is closed.
    TooLate { at: DateTime<Utc> },
}

impl State {
    /// The names of all states, as stored and as used in metrics.
    pub const NAMES: [&'static str; 8] =
        ["scheduled", "claimed", "sending", "sent", "failed", "unknown", "cancelled", "too_late"];

    /// The name it is stored under.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Scheduled { .. } => "scheduled",
            Self::Claimed { .. } => "claimed",
            Self::Sending { .. } => "sending",
            Self::Sent { .. } => "sent",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
            Self::Cancelled { .. } => "cancelled",
            Self::TooLate { .. } => "too_late",
        }
    }

    /// The one instant that belongs to the state: due, until, at or since.
    pub fn time(&self) -> DateTime<Utc> {
        match *self {
            Self::Scheduled { due } => due,
            Self::Claimed { until } | Self::Sending { until } => until,
            Self::Unknown { since } => since,
            Self::Sent { at } | Self::Failed { at, .. } | Self::Cancelled { at } | Self::TooLate { at } => at,
        }
    }

    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<Failure> {
        match self {
            Self::Failed { why, .. } => Some(*why),
            _ => None,
        }
    }

    /// Reads a state back from what [`State::as_str`], [`State::time`] and [`State::failure`] gave.
    pub fn parse(name: &str, time: DateTime<Utc>, why: Option<Failure>) -> Option<Self> {
        match (name, why) {
            ("failed", Some(why)) => Some(Self::Failed { at: time, why }),
            ("scheduled", None) => Some(Self::Scheduled { due: time }),
            ("claimed", None) => Some(Self::Claimed { until: time }),
            ("sending", None) => Some(Self::Sending { until: time }),
            ("sent", None) => Some(Self::Sent { at: time }),
            ("unknown", None) => Some(Self::Unknown { since: time }),
            ("cancelled", None) => Some(Self::Cancelled { at: time }),
            ("too_late", None) => Some(Self::TooLate { at: time }),
            _ => None,
        }
    }

    /// Is nothing more going to happen to it?
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Sent { .. } | Self::Failed { .. } | Self::Cancelled { .. } | Self::TooLate { .. })
    }
}

/// What becomes of a mail of which nobody knows whether it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum UnknownPolicy {
    /// Never send it again: nobody is asked twice, somebody may not be asked.
    #[default]
    GiveUp,
    /// Send it again: nobody is forgotten, somebody may be asked twice.
    AskAgain,
}

impl UnknownPolicy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GiveUp => "give_up",
            Self::AskAgain => "ask_again",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::GiveUp, Self::AskAgain].into_iter().find(|p| p.as_str() == name)
    }
}

/// What happens to a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A process takes it for itself until then.
    Claim { until: DateTime<Utc> },
    /// The process is about to talk to the server about it; committed *before* the first word.
    HandOver { until: DateTime<Utc> },
    /// The process lets go of it untried: it shuts down, or the sender brakes.
    Release,
    /// The try is over.
    Tried(Outcome),
    /// The process that held it has not been heard of until its lease ended.
    LeaseOver,
    /// The policy is applied to a mail in doubt.
    Settle,
    /// The wave was stopped, the contact unsubscribed, the address is suppressed.
    Cancel,
}

impl Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Claim { .. } => "claim",
            Self::HandOver { .. } => "hand_over",
            Self::Release => "release",
            Self::Tried(_) => "tried",
            Self::LeaseOver => "lease_over",
            Self::Settle => "settle",
            Self::Cancel => "cancel",
        }
    }
}

/// One mail on its way: the state and what it has been through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    pub state: State,
    /// How often a server has been asked to take it.
    pub attempts: u32,
    /// How often it was in doubt whether it had been taken. Whatever the policy made of it, every mail
    /// with a doubt is counted and listed.
    pub doubts: u32,
    /// After this it is too late to send: the end of the wave, or [`Settings::deadline`].
    pub not_after: DateTime<Utc>,
}

impl Delivery {
    /// A new mail, to be sent at `due` or soon after.
    pub fn scheduled(due: DateTime<Utc>, not_after: DateTime<Utc>) -> Self {
        Self { state: State::Scheduled { due }, attempts: 0, doubts: 0, not_after }
    }
}

/// How patient the outbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Tries, the first included, before a mail that is put off each time counts as failed.
    pub max_attempts: u32,
    /// The wait after the first try that was put off; it doubles with each.
    pub first_wait: TimeDelta,
    /// No wait is longer than this.
    pub longest_wait: TimeDelta,
    /// The wait after the server could not be reached at all.
    pub unreachable_wait: TimeDelta,
    /// How long after its time a mail may still be sent, if nothing ends it earlier.
    pub send_within: TimeDelta,
    /// What becomes of mails in doubt.
    pub unknown: UnknownPolicy,
}

impl Default for Settings {
    /// Twelve tries in about a day and a half, as RFC 5321 section 4.5.4.1 has senders wait half an
    /// hour or more between most of them; no mail later than three days.
    fn default() -> Self {
        Self {
            max_attempts: 12,
            first_wait: TimeDelta::minutes(5),
            longest_wait: TimeDelta::hours(6),
            unreachable_wait: TimeDelta::minutes(2),
            send_within: TimeDelta::days(3),
            unknown: UnknownPolicy::default(),
        }
    }
}

impl Settings {
    /// When a mail that is due at `due` is too late, unless its wave ends before.
    pub fn deadline(&self, due: DateTime<Utc>) -> DateTime<Utc> {
        due.checked_add_signed(self.send_within).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The wait after so many tries (from 1): doubling, capped, spread by `jitter` (0 to 1) over three
    /// quarters to five quarters, so that mails put off together do not come back together.
    pub fn wait(&self, attempts: u32, jitter: f64) -> TimeDelta {
        let doublings = i32::try_from(attempts.saturating_sub(1)).unwrap_or(i32::MAX).min(40);
        let seconds = self.first_wait.num_seconds() as f64 * 2_f64.powi(doublings);
        spread(seconds.min(self.longest_wait.num_seconds() as f64), jitter)
    }
}

fn spread(seconds: f64, jitter: f64) -> TimeDelta {
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 0.5 };
    TimeDelta::seconds((seconds.max(1.0) * (0.75 + 0.5 * jitter)).round() as i64)
}

/// What an event makes of a mail. `now` is the clock's, `jitter` a number from 0 to 1 drawn by the caller.
///
/// # Errors
///
/// [`Code::StepImpossible`] with `state` and `event`, when the event cannot befall a mail in this state;
/// nothing has changed then.
pub fn step(
    mail: &Delivery,
    event: &Event,
    settings: &Settings,
    now: DateTime<Utc>,
    jitter: f64,
) -> Result<Delivery, Error> {
    let impossible =
        || Err(Error::new(Code::StepImpossible).with("state", mail.state.as_str()).with("event", event.name()));
    let too_late = now > mail.not_after;
    let mut next = *mail;
    next.state = match (mail.state, event) {
        (State::Scheduled { .. }, Event::Claim { .. }) if too_late => State::TooLate { at: now },
        (State::Scheduled { due }, Event::Claim { until }) if due <= now => State::Claimed { until: *until },

        (State::Claimed { .. }, Event::HandOver { .. }) if too_late => State::TooLate { at: now },
        (State::Claimed { .. }, Event::HandOver { until }) => {
            next.attempts += 1;
            State::Sending { until: *until }
        }
        (State::Claimed { .. }, Event::Release | Event::LeaseOver) => State::Scheduled { due: now },

        (State::Sending { .. }, Event::Tried(outcome)) => return Ok(tried(next, outcome, settings, now, jitter)),
        (State::Sending { .. }, Event::LeaseOver) => {
            next.doubts += 1;
            State::Unknown { since: now }
        }

        // The process was slow, not dead: what it has heard ends the doubt.
        (State::Unknown { .. }, Event::Tried(outcome)) => return Ok(tried(next, outcome, settings, now, jitter)),
        (State::Unknown { .. }, Event::Settle) => match settings.unknown {
            UnknownPolicy::GiveUp => State::Failed { at: now, why: Failure::GivenUp },
            // A server that drops every connection after the last dot must not be fed for ever.
            UnknownPolicy::AskAgain if mail.attempts >= settings.max_attempts => {
                State::Failed { at: now, why: Failure::GivenUp }
            }
            UnknownPolicy::AskAgain => again(now, settings.wait(mail.attempts, jitter)),
        },

        (State::Scheduled { .. } | State::Claimed { .. } | State::Unknown { .. }, Event::Cancel) => {
            State::Cancelled { at: now }
        }
        _ => return impossible(),
    };
    Ok(next)
}

fn tried(mut mail: Delivery, outcome: &Outcome, settings: &Settings, now: DateTime<Utc>, jitter: f64) -> Delivery {
    let used_up = mail.attempts >= settings.max_attempts;
    let later = again(now, settings.wait(mail.attempts, jitter));
    mail.state = match outcome {
        Outcome::Accepted { .. } => State::Sent { at: now },
        Outcome::Refused { stage, reply } => State::Failed { at: now, why: reply.failure(*stage) },
        Outcome::Deferred { .. } if used_up => State::Failed { at: now, why: Failure::Soft },
        Outcome::ConnectionLost { after_data: true, .. } => {
            mail.doubts += 1;
            State::Unknown { since: now }
        }
        Outcome::ConnectionLost { after_data: false, .. } if used_up => {
            State::Failed { at: now, why: Failure::Connection }
        }
        Outcome::Deferred { .. } | Outcome::ConnectionLost { after_data: false, .. } => later,
        Outcome::Unreachable { .. } => {
            mail.attempts = mail.attempts.saturating_sub(1);
            again(now, spread(settings.unreachable_wait.num_seconds() as f64, jitter))
        }
        Outcome::Unsendable { .. } => State::Failed { at: now, why: Failure::Unsendable },
    };
    mail
}

fn again(now: DateTime<Utc>, wait: TimeDelta) -> State {
    State::Scheduled { due: now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + minute * 60, 0).unwrap()
    }

    fn mail(state: State, attempts: u32) -> Delivery {
        Delivery { state, attempts, doubts: 0, not_after: at(1000) }
    }

    fn reply(code: u16, text: &str) -> Reply {
        Reply::new(code, text)
    }

    const SCHEDULED: fn() -> State = || State::Scheduled { due: at(0) };
    const CLAIMED: fn() -> State = || State::Claimed { until: at(5) };
    const SENDING: fn() -> State = || State::Sending { until: at(5) };
    const UNKNOWN: fn() -> State = || State::Unknown { since: at(0) };

    /// Name, before, event, settings; state, attempts and doubts after it, or the error.
    type Row<'a> = (&'a str, Delivery, Event, &'a Settings, Result<(State, u32, u32), Code>);

    #[test]
    fn the_table() {
        let now = at(10);
        let claim = Event::Claim { until: at(15) };
        let hand_over = Event::HandOver { until: at(15) };
        let deferred =
            || Event::Tried(Outcome::Deferred { stage: Stage::Recipient, reply: reply(450, "4.2.0 greylisted") });
        let refused = |text| Event::Tried(Outcome::Refused { stage: Stage::Recipient, reply: reply(550, text) });
        let lost = |after_data| Event::Tried(Outcome::ConnectionLost { after_data, why: "reset".into() });
        let accepted = Event::Tried(Outcome::Accepted { reply: reply(250, "2.0.0 queued") });
        let unreachable = Event::Tried(Outcome::Unreachable { why: "no route".into() });
        let unsendable = Event::Tried(Outcome::Unsendable { why: "no SMTPUTF8".into() });
        let failed = |why| State::Failed { at: at(10), why };
        let ask_again = Settings { unknown: UnknownPolicy::AskAgain, ..Settings::default() };
        let give_up = Settings::default();
        // Jitter 0.5 is the plain wait: 5, 10, 20 minutes; 2 where nothing was reached.
        let rows: Vec<Row> = vec![
            ("due", mail(SCHEDULED(), 0), claim.clone(), &give_up, Ok((State::Claimed { until: at(15) }, 0, 0))),
            ("not due", mail(State::Scheduled { due: at(11) }, 0), claim.clone(), &give_up, Err(Code::StepImpossible)),
            ("claimed twice", mail(CLAIMED(), 0), claim.clone(), &give_up, Err(Code::StepImpossible)),
            (
                "hand over",
                mail(CLAIMED(), 0),
                hand_over.clone(),
                &give_up,
                Ok((State::Sending { until: at(15) }, 1, 0)),
            ),
            ("unclaimed", mail(SCHEDULED(), 0), hand_over.clone(), &give_up, Err(Code::StepImpossible)),
            ("released", mail(CLAIMED(), 2), Event::Release, &give_up, Ok((State::Scheduled { due: now }, 2, 0))),
            (
                "lease over, untried",
                mail(CLAIMED(), 2),
                Event::LeaseOver,
                &ask_again,
                Ok((State::Scheduled { due: now }, 2, 0)),
            ),
            (
                "lease over, in flight",
                mail(SENDING(), 1),
                Event::LeaseOver,
                &give_up,
                Ok((State::Unknown { since: now }, 1, 1)),
            ),
            ("accepted", mail(SENDING(), 1), accepted.clone(), &give_up, Ok((State::Sent { at: now }, 1, 0))),
            ("deferred", mail(SENDING(), 1), deferred(), &give_up, Ok((State::Scheduled { due: at(15) }, 1, 0))),
            ("deferred again", mail(SENDING(), 3), deferred(), &give_up, Ok((State::Scheduled { due: at(30) }, 3, 0))),
            ("deferred for good", mail(SENDING(), 12), deferred(), &give_up, Ok((failed(Failure::Soft), 12, 0))),
            ("no such user", mail(SENDING(), 1), refused("5.1.1 unknown"), &give_up, Ok((failed(Failure::Hard), 1, 0))),
            (
                "bare 550",
                mail(SENDING(), 1),
                refused("Mail content denied"),
                &give_up,
                Ok((failed(Failure::Unclear), 1, 0)),
            ),
            ("lost early", mail(SENDING(), 1), lost(false), &give_up, Ok((State::Scheduled { due: at(15) }, 1, 0))),
            (
                "lost early, last try",
                mail(SENDING(), 12),
                lost(false),
                &give_up,
                Ok((failed(Failure::Connection), 12, 0)),
            ),
            (
                "lost after the dot",
                mail(SENDING(), 1),
                lost(true),
                &ask_again,
                Ok((State::Unknown { since: now }, 1, 1)),
            ),
            ("unreachable", mail(SENDING(), 12), unreachable, &give_up, Ok((State::Scheduled { due: at(12) }, 11, 0))),
            ("unsendable", mail(SENDING(), 1), unsendable, &give_up, Ok((failed(Failure::Unsendable), 1, 0))),
            ("heard after all", mail(UNKNOWN(), 1), accepted.clone(), &give_up, Ok((State::Sent { at: now }, 1, 0))),
            ("give up", mail(UNKNOWN(), 1), Event::Settle, &give_up, Ok((failed(Failure::GivenUp), 1, 0))),
            ("ask again", mail(UNKNOWN(), 1), Event::Settle, &ask_again, Ok((State::Scheduled { due: at(15) }, 1, 0))),
            ("asked enough", mail(UNKNOWN(), 12), Event::Settle, &ask_again, Ok((failed(Failure::GivenUp), 12, 0))),
            ("cancel", mail(SCHEDULED(), 0), Event::Cancel, &give_up, Ok((State::Cancelled { at: now }, 0, 0))),
            ("cancel in flight", mail(SENDING(), 1), Event::Cancel, &give_up, Err(Code::StepImpossible)),
            (
                "sent is sent",
                mail(State::Sent { at: at(0) }, 1),
                Event::LeaseOver,
                &ask_again,
                Err(Code::StepImpossible),
            ),
            ("answer to nothing", mail(SCHEDULED(), 1), accepted, &give_up, Err(Code::StepImpossible)),
        ];
        for (name, before, event, settings, expected) in rows {
            let after = step(&before, &event, settings, now, 0.5);
            let after = after.map(|m| (m.state, m.attempts, m.doubts)).map_err(|e| e.code());
            assert_eq!(after, expected, "{name}");
        }
    }

    #[test]
    fn too_late_is_never_sent() {
        let late = at(1001);
        for (state, event) in
            [(SCHEDULED(), Event::Claim { until: at(1005) }), (CLAIMED(), Event::HandOver { until: at(1005) })]
        {
            let after = step(&mail(state, 0), &event, &Settings::default(), late, 0.5).unwrap();
            assert_eq!(after.state, State::TooLate { at: late });
        }
        let due = at(0);
        assert_eq!(Settings::default().deadline(due), due + TimeDelta::days(3));
    }

    #[test]
    fn names_are_read_back() {
        let states = [
            SCHEDULED(),
            CLAIMED(),
            SENDING(),
            UNKNOWN(),
            State::Sent { at: at(0) },
            State::Failed { at: at(0), why: Failure::Soft },
            State::Cancelled { at: at(0) },
            State::TooLate { at: at(0) },
        ];
        assert_eq!(states.len(), State::NAMES.len());
        for state in states {
            assert!(State::NAMES.contains(&state.as_str()));
            assert_eq!(State::parse(state.as_str(), state.time(), state.failure()), Some(state));
        }
        assert_eq!(State::parse("failed", at(0), None), None);
        assert_eq!(State::parse("sent", at(0), Some(Failure::Hard)), None);
        for failure in Failure::ALL {
            assert_eq!(Failure::parse(failure.as_str()), Some(failure));
        }
        for policy in [UnknownPolicy::GiveUp, UnknownPolicy::AskAgain] {
            assert_eq!(UnknownPolicy::parse(policy.as_str()), Some(policy));
        }
    }

    /// A world that knows what the sender cannot: how often the server really took the mail.
    fn play(choices: &[u8], settings: &Settings) -> (Delivery, u32) {
        let (mut mail, mut taken, mut now) = (Delivery::scheduled(at(0), at(1_000_000)), 0, at(0));
        for choice in choices {
            let event = match mail.state {
                State::Scheduled { due } => {
                    now = now.max(due);
                    Event::Claim { until: now }
                }
                State::Claimed { .. } if choice % 4 == 0 => Event::LeaseOver,
                State::Claimed { .. } if choice % 4 == 1 => Event::Release,
                State::Claimed { .. } => Event::HandOver { until: now },
                State::Sending { .. } => match choice % 7 {
                    0 => {
                        taken += 1;
                        Event::LeaseOver
                    }
                    1 => Event::LeaseOver,
                    2 => {
                        taken += 1;
                        Event::Tried(Outcome::ConnectionLost { after_data: true, why: String::new() })
                    }
                    3 => Event::Tried(Outcome::ConnectionLost { after_data: false, why: String::new() }),
                    4 => Event::Tried(Outcome::Deferred { stage: Stage::Content, reply: reply(451, "4.3.0") }),
                    5 => Event::Tried(Outcome::Unreachable { why: String::new() }),
                    _ => {
                        taken += 1;
                        Event::Tried(Outcome::Accepted { reply: reply(250, "ok") })
                    }
                },
                State::Unknown { .. } => Event::Settle,
                _ => break,
            };
            mail = step(&mail, &event, settings, now, f64::from(*choice) / 255.0).unwrap();
        }
        (mail, taken)
    }

    proptest! {
        #[test]
        fn giving_up_never_doubles(choices in prop::collection::vec(any::<u8>(), 0..120)) {
            let (mail, taken) = play(&choices, &Settings::default());
            prop_assert!(taken <= 1, "taken {taken} times");
            prop_assert!(mail.doubts <= 1);
        }

        #[test]
        fn asking_again_never_forgets(choices in prop::collection::vec(any::<u8>(), 0..120)) {
            let settings = Settings { unknown: UnknownPolicy::AskAgain, max_attempts: 1000, ..Settings::default() };
            let (mail, taken) = play(&choices, &settings);
            match mail.state {
                State::Sent { .. } => prop_assert!(taken >= 1),
                state => prop_assert!(!state.is_settled(), "{state:?}"),
            }
            // It can only have been taken more often than once if it was in doubt, and that is counted.
            prop_assert!(taken <= 1 + mail.doubts);
        }

        #[test]
        fn waits_grow_and_stay_within_bounds(attempts in 0_u32.., jitter in 0.0..1.0_f64) {
            let settings = Settings::default();
            let wait = settings.wait(attempts, jitter);
            prop_assert!(wait >= settings.first_wait * 3 / 4);
            prop_assert!(wait <= settings.longest_wait * 5 / 4);
            prop_assert!(settings.wait(attempts.saturating_add(1), jitter) >= wait);
        }
    }
}
