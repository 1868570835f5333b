//! Time as a parameter: whoever needs to know the hour is handed a [`Clock`].
//!
//! ```
//! use bellwether::clock::{Clock, FixedClock};
//! let clock = FixedClock::at("2026-09-30T22:00:00Z");
//! clock.advance(chrono::Duration::hours(3));
//! assert_eq!(clock.now().to_string(), "2026-10-01 01:00:00 UTC");
//! ```

use chrono::{DateTime, Duration, DurationRound, Utc};
use std::sync::{Arc, Mutex, PoisonError};

/// Tells the time, in UTC, to the microsecond: the finest both database engines keep.
pub trait Clock: Send + Sync + std::fmt::Debug {
    fn now(&self) -> DateTime<Utc>;
}

/// A clock that many threads hold.
pub type SharedClock = Arc<dyn Clock>;

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    fn now(&self) -> DateTime<Utc> {
        to_microseconds(Utc::now())
    }
}

/// A clock that stands still until it is moved: for tests, simulations and the demo's past.
#[derive(Debug)]
pub struct FixedClock(Mutex<DateTime<Utc>>);

impl FixedClock {
    pub fn new(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(to_microseconds(now)))
    }

    /// A clock set by an RFC 3339 text; a text that is none leaves it at the epoch.
    pub fn at(text: &str) -> Self {
        Self::new(DateTime::parse_from_rfc3339(text).map(|t| t.to_utc()).unwrap_or_default())
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = to_microseconds(now);
    }

    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now = to_microseconds(*now + by);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn to_microseconds(t: DateTime<Utc>) -> DateTime<Utc> {
    t.duration_trunc(Duration::microseconds(1)).unwrap_or(t)
}
