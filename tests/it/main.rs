//! Tests that need a database, a browser or a mail server, and tests of the house itself. `scripts/test`
//! starts what they need and says where it is; a test whose service is missing fails, and never passes unseen.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "in a test, what is not as it should be is a failure"
)]

#[macro_use]
mod support;

mod accessible;
mod accounts;
mod after;
mod anonymous;
mod branching;
mod browser;
mod cases;
mod docs;
mod doubts;
mod errors;
mod faults;
mod figures;
mod forms;
mod harness;
mod imports;
mod instruments;
mod keeping;
mod licences;
mod long;
mod mail;
mod metrics;
mod nobody;
mod open_links;
mod overview;
mod permissions;
mod programme;
mod reports;
mod responses;
mod runtime;
mod schema;
mod sending;
mod sign_in;
mod smtp;
mod structure;
mod thrown;
mod visits;
mod warnings;
mod waves;
mod weight;
