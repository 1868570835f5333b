//! Warnings: the nightly look, and what people do about what it finds.
