//! Reports: one self-contained charted page.
