//! Sign-ins that have failed, kept in memory for a while: how many came from one place, and how many were
//! made with an e-mail address that nobody has. Where an address is somebody's, its failures are kept
//! with the person in the database; strangers are treated alike, so that a lock tells nobody who has
//! an account. Every process counts for itself.

use crate::error::{Code, Error, Result};
use chrono::{DateTime, Duration, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// After this many failures in a row, every further one locks an e-mail address for longer.
const FREE_FAILURES: i32 = 5;
/// The longest lock.
const LONGEST_LOCK_MINUTES: i64 = 60;
/// So many may fail from one place at once; an office has one address for all of its people.
const FREE_FROM_A_PLACE: i32 = 20;
/// After this time one more may fail from there.
const PLACE_SECONDS: i64 = 30;
/// The most places, and the most strangers, that are remembered. Beyond, those go that are nearest to
/// being forgotten.
const MOST: usize = 10_000;

/// See the text of the module.
#[derive(Default)]
pub struct Tries(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    /// When all that came from a place will be forgiven, a failure after the other (the generic cell rate
    /// algorithm of ITU-T I.371: one instant stands for the whole count).
    places: BTreeMap<u128, DateTime<Utc>>,
    strangers: BTreeMap<[u8; 16], Stranger>,
}

struct Stranger {
    failures: i32,
    until: Option<DateTime<Utc>>,
    last: DateTime<Utc>,
}

impl Tries {
    /// A try begins. It counts until it is forgiven, so that many at once cannot slip through.
    ///
    /// # Errors
    /// `SignInThrottled` while too many from this place have failed.
    pub(super) fn begin(&self, place: IpAddr, now: DateTime<Utc>) -> Result<()> {
        let mut kept = self.kept();
        let key = key_of(place);
        let forgiven = kept.places.get(&key).map_or(now, |at| (*at).max(now)) + Duration::seconds(PLACE_SECONDS);
        let beyond = forgiven - now - Duration::seconds(PLACE_SECONDS * i64::from(FREE_FROM_A_PLACE));
        if beyond > TimeDelta::zero() {
            return Err(throttled(beyond));
        }
        make_room(&mut kept.places, |at| *at, now);
        kept.places.insert(key, forgiven);
        Ok(())
    }

    /// The try did not fail after all.
    pub(super) fn forgive(&self, place: IpAddr) {
        if let Some(at) = self.kept().places.get_mut(&key_of(place)) {
            *at -= Duration::seconds(PLACE_SECONDS);
        }
    }

    /// Somebody signs in with an e-mail address that nobody has: the same happens as to one of ours.
    pub(super) fn stranger(&self, email: &str, now: DateTime<Utc>) -> Error {
        let mut kept = self.kept();
        let digest = Sha256::digest(email.trim().to_lowercase().as_bytes());
        let mut key = [0; 16];
        key.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        // A day after the last try even the longest lock is over.
        make_room(&mut kept.strangers, |s| s.last + Duration::days(1), now);
        let stranger = kept.strangers.entry(key).or_insert(Stranger { failures: 0, until: None, last: now });
        if let Some(until) = stranger.until.filter(|until| *until > now) {
            return throttled(until - now);
        }
        stranger.failures += 1;
        stranger.until = locked_until(stranger.failures, now);
        stranger.last = now;
        Error::new(Code::SignInFailed)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Whoever panicked while counting has at worst left one count behind.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long an e-mail address is locked after so many failures in a row: not at all, then twice as long
/// with each.
pub(in crate::app) fn locked_until(failures: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let over = failures - FREE_FAILURES;
    (over >= 0).then(|| now + Duration::minutes((1_i64 << over.min(6)).min(LONGEST_LOCK_MINUTES)))
}

/// The refusal, with the time to wait in begun minutes.
pub(in crate::app) fn throttled(wait: TimeDelta) -> Error {
    let minutes = (wait.num_seconds().max(0) + 59) / 60;
    Error::new(Code::SignInThrottled).with("minutes", minutes.max(1))
}

/// An address of version 4; of version 6 the network of one customer, who may use all of it.
pub(in crate::app) fn key_of(place: IpAddr) -> u128 {
    match place.to_canonical() {
        IpAddr::V4(four) => u128::from(four.to_ipv6_mapped()),
        IpAddr::V6(six) => u128::from(six) >> 64 << 64,
    }
}

/// Forgets what is over, and where that is not enough, what is over next.
pub(in crate::app) fn make_room<K: Ord + Copy, V>(
    map: &mut BTreeMap<K, V>,
    over: impl Fn(&V) -> DateTime<Utc>,
    now: DateTime<Utc>,
) {
    if map.len() < MOST {
        return;
    }
    map.retain(|_, value| over(value) > now);
    while map.len() >= MOST {
        let Some(next) = map.iter().min_by_key(|(_, value)| over(value)).map(|(key, _)| *key) else { return };
        map.remove(&next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn place(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn minutes(error: &Error) -> i64 {
        assert_eq!(error.code(), Code::SignInThrottled);
        error.args()[0].1.parse().unwrap()
    }

    #[test]
    fn a_place_may_fail_twenty_times_at_once_and_then_every_half_minute() {
        let tries = Tries::default();
        let (bad, good) = (place("203.0.113.9"), place("203.0.113.10"));
        for _ in 0..20 {
            tries.begin(bad, at(0)).unwrap();
        }
        assert_eq!(minutes(&tries.begin(bad, at(0)).unwrap_err()), 1);
        assert_eq!(minutes(&tries.begin(place("::ffff:203.0.113.9"), at(29)).unwrap_err()), 1);
        tries.begin(good, at(0)).unwrap();
        tries.begin(bad, at(30)).unwrap();
        assert!(tries.begin(bad, at(31)).is_err(), "a refused try costs nothing, but gives nothing either");
        tries.forgive(bad);
        tries.begin(bad, at(31)).unwrap();
        for _ in 0..20 {
            tries.begin(bad, at(31 + 600)).unwrap();
        }
    }

    #[test]
    fn who_owns_a_network_of_version_six_is_one_place() {
        let tries = Tries::default();
        for i in 0..20 {
            tries.begin(place(&format!("2001:db8:1:2::{i:x}")), at(0)).unwrap();
        }
        assert!(tries.begin(place("2001:db8:1:2:ffff::1"), at(0)).is_err());
        tries.begin(place("2001:db8:1:3::1"), at(0)).unwrap();
    }

    #[test]
    fn a_stranger_is_locked_as_one_of_ours_would_be() {
        let tries = Tries::default();
        for _ in 0..5 {
            assert_eq!(tries.stranger("a@example.com", at(0)).code(), Code::SignInFailed);
        }
        assert_eq!(minutes(&tries.stranger(" A@Example.com", at(0))), 1);
        assert_eq!(tries.stranger("a@example.com", at(60)).code(), Code::SignInFailed);
        assert_eq!(minutes(&tries.stranger("a@example.com", at(60))), 2);
        assert_eq!(locked_until(4, at(0)), None);
        assert_eq!(locked_until(100, at(0)), Some(at(3600)));
    }

    #[test]
    fn no_flood_of_places_or_strangers_fills_the_memory() {
        let tries = Tries::default();
        let bad = place("203.0.113.9");
        for _ in 0..20 {
            tries.begin(bad, at(0)).unwrap();
        }
        for i in 0..u32::try_from(MOST).unwrap() + 500 {
            tries.begin(IpAddr::V4((0x0a00_0000 + i).into()), at(1)).unwrap();
            tries.stranger(&format!("{i}@example.com"), at(1));
        }
        let kept = tries.kept();
        assert!(kept.places.len() <= MOST && kept.strangers.len() <= MOST);
        drop(kept);
        assert!(tries.begin(bad, at(2)).is_err(), "the worst are forgotten last");
    }
}
