//! What the tests lean on: a database of their own for each, and reference figures.

#[macro_use]
mod database;
pub mod reference;

pub use database::{Backend, TestDb};
