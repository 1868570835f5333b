//! The door for browsers and programs: handlers unpack, make one call, and wrap what comes back.

pub mod errors;
