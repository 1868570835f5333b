//! The nightly look at all accounts.
