//! Bellwether 风向标 tells a company, early and honestly, which of its customers it is about to lose,
//! and what to do about it.
//!
//! The map, in the order in which data walks through the house:
//!
//! - [`domain`]: the rules of the trade, pure. Knows no database, no web, no clock.
//! - [`store`]: the one place that names the database engines.
//! - [`mail`], [`render`]: how things leave the house: as mail, as page, as chart.
//! - [`app`]: the use cases. Each loads, asks the domain, and saves in one unit of work.
//! - [`jobs`]: what happens without anybody asking: sending, the nightly look, digests.
//! - [`demo`]: a plausible supplier, drawn from a seed.
//! - [`web`], [`cli`]: the doors.
//! - [`error`], [`clock`], [`chance`], [`config`], [`telemetry`], [`text`]: what every room may use.
//!
//! Dependencies point one way: `cli -> {web, jobs} -> app -> {domain, store, mail, render}`;
//! `store, mail, render -> domain`. `tests/it/structure.rs` reads the `use` lines and fails when an
//! arrow points up. `ARCHITECTURE.md` lists the invariants.

pub mod app;
pub mod chance;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod domain;
pub mod error;
pub mod jobs;
pub mod mail;
pub mod render;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod web;
