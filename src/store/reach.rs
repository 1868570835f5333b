//! Lists end where the reach of their reader ends.

/// Narrows a boxed query that joins `accounts` to those that a [`Reach`] takes in.
///
/// [`Reach`]: crate::domain::permission::Reach
macro_rules! within {
    ($query:expr, $reach:expr) => {{
        use $crate::domain::permission::Reach;
        match $reach {
            Reach::All => $query,
            Reach::Region(region) => $query.filter(accounts::region.eq(region)),
            Reach::Own(user) => $query.filter(accounts::manager_id.eq(user).or(accounts::deputy_id.eq(user))),
        }
    }};
}
pub(super) use within;
