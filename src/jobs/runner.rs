//! Claims jobs that are due and runs them.
