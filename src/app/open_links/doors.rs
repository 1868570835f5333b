//! Passwords of open links that were tried, kept in memory for a while. Whose tries they are is told by the paper
//! in the page, so that who fails locks nobody else out. A page is had for the asking, though, so what one address
//! fails at one link has a bound, too: far beyond what the people of one company get wrong, and soon forgiven.
//! Every process counts for itself.

use crate::app::sign_in::tries::{key_of, locked_until, make_room};
use crate::domain::ident::{OpenLinkId, ResponseId};
use crate::error::{Code, Error, Result};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many may fail at one link from one place at once.
const FREE_FROM_A_PLACE: i32 = 60;
/// After this time one more may fail there.
const PLACE_SECONDS: i64 = 10;

/// See the text of the module.
#[derive(Default)]
pub struct Doors(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    visits: BTreeMap<ResponseId, Tried>,
    /// When all that failed from a place will be forgiven.
    places: BTreeMap<(OpenLinkId, u128), DateTime<Utc>>,
}

struct Tried {
    failures: i32,
    until: Option<DateTime<Utc>>,
    last: DateTime<Utc>,
}

impl Doors {
    /// A try begins. It counts until it is forgiven, so that many at once cannot slip through.
    ///
    /// # Errors
    /// `LinkPasswordThrottled` with the minutes to wait.
    pub(super) fn begin(
        &self,
        link: OpenLinkId,
        visit: ResponseId,
        place: Option<IpAddr>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let mut kept = self.kept();
        if let Some(until) = kept.visits.get(&visit).and_then(|tried| tried.until).filter(|until| *until > now) {
            return Err(throttled(until - now));
        }
        if let Some(place) = place {
            let key = (link, key_of(place));
            let each = TimeDelta::seconds(PLACE_SECONDS);
            let forgiven = kept.places.get(&key).map_or(now, |at| (*at).max(now)) + each;
            let beyond = forgiven - now - each * FREE_FROM_A_PLACE;
            if beyond > TimeDelta::zero() {
                return Err(throttled(beyond));
            }
            make_room(&mut kept.places, |at| *at, now);
            kept.places.insert(key, forgiven);
        }
        // A day after the last try even the longest lock is over.
        make_room(&mut kept.visits, |tried| tried.last + TimeDelta::days(1), now);
        let tried = kept.visits.entry(visit).or_insert(Tried { failures: 0, until: None, last: now });
        tried.failures += 1;
        tried.until = locked_until(tried.failures, now);
        tried.last = now;
        Ok(())
    }

    /// The try did not fail after all.
    pub(super) fn forgive(&self, link: OpenLinkId, visit: ResponseId, place: Option<IpAddr>) {
        let mut kept = self.kept();
        kept.visits.remove(&visit);
        if let Some(at) = place.and_then(|place| kept.places.get_mut(&(link, key_of(place)))) {
            *at -= TimeDelta::seconds(PLACE_SECONDS);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Whoever panicked while counting has at worst left one count behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The refusal, with the time to wait in begun minutes.
fn throttled(wait: TimeDelta) -> Error {
    let minutes = (wait.num_seconds().max(0) + 59) / 60;
    Error::new(Code::LinkPasswordThrottled).with("minutes", minutes.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn who_fails_locks_nobody_else_and_new_pages_do_not_help() {
        let doors = Doors::default();
        let (link, office) = (OpenLinkId::default(), Some("203.0.113.9".parse().unwrap()));
        let visit = |n: u128| ResponseId(Uuid::from_u128(n));
        for _ in 0..5 {
            doors.begin(link, visit(1), office, at(0)).unwrap();
        }
        assert_eq!(doors.begin(link, visit(1), office, at(0)).unwrap_err().code(), Code::LinkPasswordThrottled);
        doors.begin(link, visit(2), office, at(0)).unwrap();
        doors.forgive(link, visit(2), office);
        doors.begin(link, visit(1), office, at(61)).unwrap();
        let guessed = (10..500).filter(|n| doors.begin(link, visit(*n), office, at(61)).is_ok()).count();
        // After a minute all is forgiven, and the first visitor has tried once more.
        assert_eq!(guessed, 59);
        doors.begin(link, visit(3), Some("203.0.113.10".parse().unwrap()), at(61)).unwrap();
        doors.begin(OpenLinkId(Uuid::from_u128(8)), visit(4), office, at(61)).unwrap();
        doors.begin(link, visit(5), office, at(71)).unwrap();
    }
}
