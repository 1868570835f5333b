//! Makes the monthly reports.
