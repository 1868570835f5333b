//! Surveys: publishing definitions as versions that never change.
