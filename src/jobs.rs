//! What happens without anybody asking: sending, the nightly look, digests, reports.

pub mod anonymous;
pub mod digest;
pub mod nightly;
pub mod report;
pub mod runner;
pub mod send;
pub mod settle;
