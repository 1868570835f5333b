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

/// A house on an empty database: default settings, a clock that stands at 2026-11-22T09:00Z, seeded chance.
pub fn house(db: &TestDb) -> App {
    house_with(db, |_| {}).0
}

/// The same with other settings, and the clock to be moved.
pub fn house_with(db: &TestDb, change: impl FnOnce(&mut Config)) -> (App, Arc<FixedClock>) {
    let mut config = Config { secret_key: Some("5e".repeat(32).into()), ..Config::default() };
    change(&mut config);
    let store = Db::open(db.url(), 8).expect("the database opens");
    store.migrate().expect("the schema is made");
    let clock = Arc::new(FixedClock::at("2026-11-22T09:00:00Z"));
    let app = App::build(Arc::new(config), store, Arc::clone(&clock) as _, Chance::seeded(7)).expect("the house stands");
    (app, clock)
}
