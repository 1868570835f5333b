//! A whole house for a test: default settings, a clock that stands still, chance that repeats.

use super::TestDb;
use bellwether::app::App;
use bellwether::chance::Chance;
use bellwether::clock::FixedClock;
use bellwether::config::Config;
use bellwether::store::Db;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// An [`App`] and the directory that its key lies in.
pub struct House {
    pub app: Arc<App>,
    pub clock: Arc<FixedClock>,
    /// None where the house is somebody else's.
    _home: Option<tempfile::TempDir>,
}

impl House {
    /// A house that stands already, for what wants one.
    pub fn of(app: &Arc<App>, clock: &Arc<FixedClock>) -> Self {
        Self { app: Arc::clone(app), clock: Arc::clone(clock), _home: None }
    }
}

impl Deref for House {
    type Target = Arc<App>;
    fn deref(&self) -> &Arc<App> {
        &self.app
    }
}

/// The house on an empty, migrated database, on 22 November 2026 at 9 o'clock UTC.
pub fn house(db: &TestDb) -> House {
    house_where(db, |_| {})
}

/// The same with chance of its own.
pub fn house_drawn(db: &TestDb, seed: u64) -> House {
    house_from(Db::open(db.url(), 4).unwrap(), |_| {}, seed)
}

/// The same with other settings.
pub fn house_where(db: &TestDb, change: impl FnOnce(&mut Config)) -> House {
    house_over(Db::open(db.url(), 4).unwrap(), change)
}

/// The same with so many connections to the database, and so long a patience with it.
pub fn house_waiting(db: &TestDb, connections: u32, patience: Duration) -> House {
    house_over(Db::open_patient(db.url(), connections, patience).unwrap(), |_| {})
}

fn house_over(store: Db, change: impl FnOnce(&mut Config)) -> House {
    house_from(store, change, 7)
}

fn house_from(store: Db, change: impl FnOnce(&mut Config), seed: u64) -> House {
    let home = tempfile::tempdir().unwrap();
    let mut config = Config { secret_file: home.path().join("secret.key"), ..Config::default() };
    change(&mut config);
    let clock = Arc::new(FixedClock::new("2026-11-22T09:00:00Z".parse().unwrap()));
    store.migrate().unwrap();
    let app = App::build(Arc::new(config), store, Arc::clone(&clock) as _, Chance::seeded(seed)).unwrap();
    House { app: Arc::new(app), clock, _home: Some(home) }
}
