//! Chance as a parameter: whoever needs something random is handed a [`Chance`].

use crate::domain::ident::time_ordered;
use chrono::{DateTime, Utc};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use std::sync::{Arc, Mutex, PoisonError};
use uuid::Uuid;

/// A source of random bytes that many threads share. Cheap to clone.
#[derive(Clone)]
pub struct Chance(Arc<Mutex<ChaCha20Rng>>);

impl Chance {
    /// Seeded by the operating system: good enough for tokens and session keys.
    pub fn from_system() -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::from_os_rng())))
    }

    /// The same bytes every time: for tests and the demo.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(ChaCha20Rng::seed_from_u64(seed))))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// A number in `0..1`.
    pub fn unit(&self) -> f64 {
        (u64::from_be_bytes(self.bytes()) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A new identifier of any kind, ordered by time.
    pub fn id<T: From<Uuid>>(&self, now: DateTime<Utc>) -> T {
        T::from(time_ordered(now, self.bytes()))
    }
}

impl std::fmt::Debug for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chance")
    }
}
