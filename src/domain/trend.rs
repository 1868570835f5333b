//! How figures move with time.

pub mod level;

pub use level::Level;
