//! How things look when they leave the house.

pub mod chart;
pub mod look;
pub mod style;
pub mod survey;
pub mod template;
mod words;
