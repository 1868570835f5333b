//! Lists end where the reach of their reader ends, and hold no pseudo-account.

/// The accounts that are somebody: all but the pseudo-accounts, which no list, count, choice, wave or warning is
/// about.
macro_rules! named {
    () => {
        $crate::store::schema::accounts::kind.ne($crate::domain::account::AccountKind::Nobody.as_str())
    };
}
pub(super) use named;

/// Narrows a boxed query that joins `accounts` to those that a [`Reach`] takes in and that are [`named`].
///
/// [`Reach`]: crate::domain::permission::Reach
///
/// Where a query is not boxed, each of the three is of a type of its own: `|query| query.load(c)` then says
/// what is done with it.
macro_rules! within {
    ($query:expr, $reach:expr) => {
        $crate::store::reach::within!($query, $reach, |query| query)
    };
    ($query:expr, $reach:expr, |$each:ident| $done:expr) => {
        $crate::store::reach::reached!($query.filter($crate::store::reach::named!()), $reach, |$each| $done)
    };
}
pub(super) use within;

/// As [`within`], with the pseudo-accounts: for what is about responses, or about no account at all.
macro_rules! reached {
    ($query:expr, $reach:expr, |$each:ident| $done:expr) => {{
        use $crate::domain::permission::Reach;
        let $each = $query;
        match $reach {
            Reach::All => $done,
            Reach::Region(region) => {
                let $each = $each.filter(accounts::region.eq(region));
                $done
            }
            Reach::Own(user) => {
                let $each = $each.filter(accounts::manager_id.eq(user).or(accounts::deputy_id.eq(user)));
                $done
            }
        }
    }};
}
pub(super) use reached;
