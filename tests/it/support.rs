//! What the tests lean on: a database of their own for each, a whole house, and reference figures.

pub mod account_book;
#[macro_use]
mod database;
mod house;
pub mod long;
pub mod reference;
mod roster;
pub mod served;

pub use database::{Backend, TestDb};
pub use house::{House, house, house_drawn, house_waiting, house_where};
pub use roster::roster;

use bellwether::app::App;
use bellwether::chance::Chance;
use bellwether::clock::FixedClock;
use bellwether::config::Config;
use bellwether::store::Db;
use std::sync::Arc;

/// A house with other settings, and the clock to be moved.
pub fn house_with(db: &TestDb, change: impl FnOnce(&mut Config)) -> (App, Arc<FixedClock>) {
    let mut config = Config { secret_key: Some("5e".repeat(32).into()), ..Config::default() };
    change(&mut config);
    let store = Db::open(db.url(), 8).expect("the database opens");
    store.migrate().expect("the schema is made");
    let clock = Arc::new(FixedClock::at("2026-11-22T09:00:00Z"));
    let app =
        App::build(Arc::new(config), store, Arc::clone(&clock) as _, Chance::seeded(7)).expect("the house stands");
    (app, clock)
}
