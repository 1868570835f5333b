//! What the tests lean on: a database of their own for each, a whole house, and reference figures.

pub mod account_book;
#[macro_use]
mod database;
mod house;
pub mod reference;

pub use database::{Backend, TestDb};
pub use house::{House, house};
