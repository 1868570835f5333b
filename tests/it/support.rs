//! What the tests lean on: a database of their own for each, and reference figures.

#[macro_use]
mod database;
pub mod reference;

pub use database::{Backend, TestDb};

use bellwether::app::App;
use bellwether::chance::Chance;
use bellwether::clock::FixedClock;
use bellwether::config::Config;
use bellwether::store::Db;
use std::sync::Arc;

/// A whole house on a migrated database: default settings, a clock that stands at 9 o'clock UTC on 22
/// November 2026, chance that repeats itself.
pub fn house(db: &TestDb) -> App {
    let home = tempfile::tempdir().unwrap();
    // The key is read while the house is built; its file is not needed after that.
    let config = Config { secret_file: home.path().join("secret.key"), ..Config::default() };
    let store = Db::open(db.url(), 4).unwrap();
    store.migrate().unwrap();
    let clock = Arc::new(FixedClock::at("2026-11-22T09:00:00Z"));
    App::build(Arc::new(config), store, clock, Chance::seeded(7)).unwrap()
}
