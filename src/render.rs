//! How things look when they leave the house.

pub mod template;
