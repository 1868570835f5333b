//! Figures: indices per slice and period, read from the tallies.
