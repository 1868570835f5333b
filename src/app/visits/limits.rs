//! How often a link may be used. What counts is the link: a whole company stands behind one address, and
//! its mail gateway with it, so that an address alone must lock nobody out.
//!
//! 1. A link has its own allowance, one for opening it and one for sending. Whoever uses it up waits.
//! 2. An address has a very high allowance. Beyond it, links that have been used lately as well are put
//!    off; one that is used now and then is served all the same, however busy its address is.
//! 3. Links that are none of ours count for their address alone.
//! 4. An open link is one for all, so its allowance is generous, and who holds a page of it already has one of
//!    their own. Where it is used up, addresses that took little of it are served all the same: whoever floods
//!    a link does not shut out the company next door, and a busy company does not shut out itself.
//!
//! Each allowance is one instant (the generic cell rate algorithm of ITU-T I.371), kept in memory; every
//! process counts for itself.

use super::{throttled, unpoisoned};
use crate::domain::ident::ResponseId;
use crate::domain::token::{LinkCode, Token};
use crate::error::Result;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Mutex;

/// How often a minute a form may be sent with one link.
const SENDINGS: u32 = 30;
/// How often a minute an address may try links that are none of ours.
const STRANGE: u32 = 600;
/// A link that was used less often within its minute is served however busy its address is.
const FREE: u32 = 20;
/// How often a minute an open link may be opened, by all together.
const OPENINGS: u32 = 6_000;
/// How often a minute a form may be sent by an open link, by all together.
const OPEN_SENDINGS: u32 = 3_000;
/// How often a minute one visitor of an open link may look at their page.
const LOOKS: u32 = 120;
/// What one address may have of an open link whose allowance is used up.
const SHARE: u32 = 60;
/// The most links, and the most addresses, that are remembered. Who comes when all is full is let in.
const MOST: usize = 50_000;

/// What somebody does with a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Use {
    Open,
    Send,
}

/// See the text of the module.
#[derive(Debug, Default)]
pub struct Limits {
    links: Mutex<HashMap<(Token, Use), DateTime<Utc>>>,
    addresses: Mutex<HashMap<u128, DateTime<Utc>>>,
    strangers: Mutex<HashMap<u128, DateTime<Utc>>>,
    open_links: Mutex<HashMap<(LinkCode, Use), DateTime<Utc>>>,
    visitors: Mutex<HashMap<(ResponseId, Use), DateTime<Utc>>>,
    shares: Mutex<HashMap<(LinkCode, u128), DateTime<Utc>>>,
}

impl Limits {
    /// Somebody uses a link of ours, `link_a_minute` times a minute at most, from an address with
    /// `address_a_minute`.
    ///
    /// # Errors
    /// `LinkThrottled` with the seconds to wait.
    pub fn admit(
        &self,
        (token, how): (Token, Use),
        address: Option<IpAddr>,
        (link_a_minute, address_a_minute): (u32, u32),
        now: DateTime<Utc>,
    ) -> Result<()> {
        let allowance = if how == Use::Send { SENDINGS } else { link_a_minute };
        let used = spend(&mut unpoisoned(&self.links), (token, how), allowance, now)?;
        let Some(address) = address else { return Ok(()) };
        match spend(&mut unpoisoned(&self.addresses), network(address), address_a_minute, now) {
            Err(refused) if used > FREE.min(allowance / 2) => Err(refused),
            _ => Ok(()),
        }
    }

    /// Somebody uses an open link; `visitor` is who, if a paper of ours says so.
    ///
    /// # Errors
    /// `LinkThrottled` with the seconds to wait.
    pub fn admit_open(
        &self,
        (code, how): (LinkCode, Use),
        visitor: Option<ResponseId>,
        address: Option<IpAddr>,
        address_a_minute: u32,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if let Some(visitor) = visitor {
            let allowance = if how == Use::Send { SENDINGS } else { LOOKS };
            return spend(&mut unpoisoned(&self.visitors), (visitor, how), allowance, now).map(drop);
        }
        let allowance = if how == Use::Send { OPEN_SENDINGS } else { OPENINGS };
        let link = spend(&mut unpoisoned(&self.open_links), (code, how), allowance, now);
        let Some(address) = address.map(network) else { return link.map(drop) };
        let share = spend(&mut unpoisoned(&self.shares), (code, address), SHARE, now);
        let place = spend(&mut unpoisoned(&self.addresses), address, address_a_minute, now);
        match (link, share, place) {
            (Err(refused), Err(_), _) => Err(refused),
            (Ok(used), _, Err(refused)) if used > allowance / 2 => Err(refused),
            _ => Ok(()),
        }
    }

    /// Somebody uses a link that is none of ours.
    ///
    /// # Errors
    /// `LinkThrottled` with the seconds to wait.
    pub fn admit_stranger(&self, address: Option<IpAddr>, now: DateTime<Utc>) -> Result<()> {
        let Some(address) = address else { return Ok(()) };
        spend(&mut unpoisoned(&self.strangers), network(address), STRANGE, now).map(drop)
    }
}

/// Takes one from an allowance; returns how many of it are taken now.
fn spend<K: Eq + Hash>(
    known: &mut HashMap<K, DateTime<Utc>>,
    key: K,
    a_minute: u32,
    now: DateTime<Utc>,
) -> Result<u32> {
    let each = TimeDelta::microseconds(60_000_000 / i64::from(a_minute.max(1)));
    // Nothing is taken for longer than a minute: what says so is from before the clock was set back.
    let taken = known.get(&key).filter(|at| **at - now <= TimeDelta::minutes(1) + TimeDelta::milliseconds(1));
    let free_at = taken.map_or(now, |at| (*at).max(now)) + each;
    let beyond = free_at - now - TimeDelta::minutes(1);
    // The last of a minute's allowance does not always divide evenly.
    if beyond > TimeDelta::milliseconds(1) {
        return Err(throttled((beyond.num_milliseconds() + 999) / 1000));
    }
    if known.len() >= MOST && !known.contains_key(&key) {
        known.retain(|_, at| *at > now);
        if known.len() >= MOST {
            return Ok(0);
        }
    }
    known.insert(key, free_at);
    let taken = (free_at - now).num_microseconds().unwrap_or(i64::MAX) / each.num_microseconds().unwrap_or(1).max(1);
    Ok(u32::try_from(taken).unwrap_or(u32::MAX))
}

/// An address of version 4; of version 6 the network of one customer, who may use all of it.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(four) => u128::from(four.to_ipv6_mapped()),
        IpAddr::V6(six) => u128::from(six) >> 64 << 64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use uuid::Uuid;

    const USUAL: (u32, u32) = (120, 30_000);

    fn at(ms: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + ms).unwrap()
    }

    fn token(n: u128) -> Token {
        Token { account_id: Uuid::from_u128(1).into(), invitation_id: Uuid::from_u128(n).into() }
    }

    fn gateway() -> Option<IpAddr> {
        Some("203.0.113.9".parse().unwrap())
    }

    #[test]
    fn fifteen_thousand_loads_from_one_address_lock_nobody_out() {
        let limits = Limits::default();
        // A gateway opens the links of a wave, eleven scores and the plain link of each, within fifty seconds.
        for n in 0..15_000_i64 {
            limits.admit((token(n as u128 / 12), Use::Open), gateway(), USUAL, at(n * 50 / 15)).unwrap();
        }
        for how in [Use::Open, Use::Send] {
            limits.admit((token(900_000), how), gateway(), USUAL, at(50_000)).unwrap();
            limits.admit((token(3), how), gateway(), USUAL, at(50_000)).unwrap();
        }
    }

    #[test]
    fn an_address_beyond_every_bound_still_lets_a_quiet_link_in() {
        let limits = Limits::default();
        // One link after the other is opened a hundred times at once: the address is soon beyond its bound.
        let refused: usize = (0..400)
            .map(|n| (0..100).filter(|_| limits.admit((token(n), Use::Open), gateway(), USUAL, at(0)).is_err()).count())
            .sum();
        assert!(refused > 5_000, "{refused}");
        assert_eq!(
            limits.admit((token(1), Use::Open), gateway(), USUAL, at(0)).unwrap_err().code(),
            Code::LinkThrottled
        );
        limits.admit((token(5_000), Use::Open), gateway(), USUAL, at(0)).unwrap();
        limits.admit((token(1), Use::Send), gateway(), USUAL, at(0)).unwrap();
        limits.admit((token(1), Use::Open), gateway(), USUAL, at(60_000)).unwrap();
    }

    #[test]
    fn one_link_has_its_own_bound_wherever_it_is_opened() {
        let limits = Limits::default();
        for n in 0..120_u8 {
            let from = Some(IpAddr::from([198, 51, 100, n]));
            limits.admit((token(1), Use::Open), from, USUAL, at(0)).unwrap();
        }
        let error = limits.admit((token(1), Use::Open), None, USUAL, at(0)).unwrap_err();
        assert_eq!((error.code(), error.args()[0].1.as_str()), (Code::LinkThrottled, "1"));
        limits.admit((token(1), Use::Send), None, USUAL, at(0)).unwrap();
        limits.admit((token(1), Use::Open), None, USUAL, at(500)).unwrap();
        for _ in 0..119 {
            limits.admit((token(1), Use::Open), None, USUAL, at(240_000)).unwrap();
        }
    }

    #[test]
    fn a_flood_of_an_open_link_shuts_out_no_company_and_no_company_itself() {
        let limits = Limits::default();
        let code = LinkCode([1; 7]);
        let company = Some("198.51.100.7".parse().unwrap());
        let open = |visitor, from, ms| limits.admit_open((code, Use::Open), visitor, from, 30_000, at(ms));
        // All of a company come at once.
        for _ in 0..2_000 {
            open(None, company, 0).unwrap();
        }
        let refused = (0..20_000).filter(|_| open(None, gateway(), 0).is_err()).count();
        assert!(refused > 15_000, "{refused}");
        let third = Some("192.0.2.77".parse().unwrap());
        for _ in 0..50 {
            open(None, third, 0).unwrap();
        }
        let send = |n: u128| {
            let visitor = Some(Uuid::from_u128(n).into());
            limits.admit_open((code, Use::Send), visitor, gateway(), 30_000, at(0))
        };
        assert_eq!((0..40).filter(|_| send(7).is_ok()).count(), SENDINGS as usize, "one visitor has a bound");
        send(8).unwrap();
        let other = limits.admit_open((LinkCode([2; 7]), Use::Open), None, gateway(), 30_000, at(0));
        other.unwrap();
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limits = Limits::default();
        for _ in 0..130 {
            let _full = limits.admit((token(1), Use::Open), gateway(), USUAL, at(3_600_000));
        }
        limits.admit((token(1), Use::Open), gateway(), USUAL, at(0)).unwrap();
    }

    #[test]
    fn who_guesses_links_is_put_off() {
        let limits = Limits::default();
        let refused = (0..2_000).filter(|_| limits.admit_stranger(gateway(), at(0)).is_err()).count();
        assert_eq!(refused, 2_000 - STRANGE as usize);
        limits.admit((token(1), Use::Open), gateway(), USUAL, at(0)).unwrap();
    }

    #[test]
    fn no_flood_fills_the_memory() {
        let limits = Limits::default();
        for n in 0..MOST as u128 + 10 {
            limits.admit((token(n), Use::Open), None, USUAL, at(0)).unwrap();
        }
        assert_eq!(limits.links.lock().unwrap().len(), MOST);
        limits.admit((token(7), Use::Open), None, USUAL, at(61_000)).unwrap();
        limits.admit((token(9_000_000), Use::Open), None, USUAL, at(61_000)).unwrap();
        assert!(limits.links.lock().unwrap().len() < 10);
    }
}
