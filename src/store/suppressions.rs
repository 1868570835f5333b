//! Addresses that are never mailed again. Kept as keyed hashes, so that the list survives the person's
//! erasure and says nothing to who reads it.

use super::MOST_BINDS;
use super::conn::{Conn, with_conn};
use super::schema::suppressions;
use super::types::{Instant, word};
use crate::error::Result;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Why an address is never mailed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    Unsubscribed,
    Bounced,
    Complained,
    ByHand,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::ByHand => "by_hand",
        }
    }
}

impl Reason {
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Unsubscribed, Self::Bounced, Self::Complained, Self::ByHand].into_iter().find(|r| r.as_str() == text)
    }
}

/// Which of these addresses are suppressed, and why.
pub fn reasons_among(conn: &mut Conn, hashes: &[Vec<u8>]) -> Result<HashMap<Vec<u8>, Reason>> {
    let mut found = HashMap::new();
    for some in hashes.chunks(MOST_BINDS) {
        let some: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
        let rows: Vec<(Vec<u8>, String)> = with_conn!(conn, |c| suppressions::table
            .filter(suppressions::address_hash.eq_any(some))
            .select((suppressions::address_hash, suppressions::reason))
            .load(c))?;
        for (hash, reason) in rows {
            found.insert(hash, word(&reason, Reason::parse)?);
        }
    }
    Ok(found)
}

/// Suppresses an address; one that is suppressed already stays so for its first reason.
pub fn add(conn: &mut Conn, address_hash: &[u8], reason: Reason, now: DateTime<Utc>) -> Result<bool> {
    let added = with_conn!(conn, |c| {
        diesel::insert_into(suppressions::table)
            .values((
                suppressions::address_hash.eq(address_hash),
                suppressions::reason.eq(reason.as_str()),
                suppressions::since.eq(Instant::from(now)),
            ))
            .on_conflict_do_nothing()
            .execute(c)
    })?;
    Ok(added > 0)
}

pub fn contains(conn: &mut Conn, address_hash: &[u8]) -> Result<bool> {
    let found: i64 = with_conn!(conn, |c| suppressions::table.find(address_hash).count().get_result(c))?;
    Ok(found > 0)
}

/// Which of these addresses are suppressed.
pub fn among(conn: &mut Conn, hashes: &[Vec<u8>]) -> Result<HashSet<Vec<u8>>> {
    let mut found = HashSet::new();
    for some in hashes.chunks(MOST_BINDS) {
        let some: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
        let rows: Vec<Vec<u8>> = with_conn!(conn, |c| suppressions::table
            .filter(suppressions::address_hash.eq_any(some))
            .select(suppressions::address_hash)
            .load(c))?;
        found.extend(rows);
    }
    Ok(found)
}

/// How many addresses are suppressed.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(with_conn!(conn, |c| suppressions::table.count().get_result(c))?)
}
