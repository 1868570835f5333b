//! How things look: pages, charts and the style sheet that colours both.

pub mod chart;
pub mod style;
