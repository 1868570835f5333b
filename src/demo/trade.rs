//! Orders and deliveries of the model.

use super::people::{DEPOT_MOVES, Lived};
use super::{Order, Trouble, Truth};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use rand::Rng;
use rand_distr::{Distribution, Gamma, StandardNormal};

/// How regular orders are: the shape of the Erlang distribution of gaps.
const REGULARITY: f64 = 6.0;
/// A season without orders, in days; it comes every year.
const SEASON_DAYS: i64 = 135;

/// The next working day, the day itself if it is one.
pub(super) fn working_day(mut day: NaiveDate) -> NaiveDate {
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day + Days::new(1);
    }
    day
}

/// The orders of all accounts, by day.
pub(super) fn orders(
    lived: &[Lived],
    truths: &[Truth],
    start: NaiveDate,
    end: NaiveDate,
    rng: &mut impl Rng,
) -> Vec<Order> {
    let mut orders = Vec::new();
    for (account, own) in lived.iter().enumerate() {
        let truth = truths.iter().find(|t| t.account == account);
        let mut time = rng.random_range(0.0..own.gap);
        loop {
            let ordered = working_day(start + Days::new(time as u64));
            if ordered > end {
                break;
            }
            // How much of the fall has come through, 0 to 1: buyers act on it with some delay.
            let gone = truth
                .filter(|t| t.trouble.is_decline())
                .map_or(0.0, |t| t.fallen(ordered.checked_sub_days(Days::new(30)).unwrap_or(ordered)) / t.points);
            if !out_of_season(truth, ordered) {
                orders.push(order(account, own, truth, ordered, end, gone, rng));
            }
            // A gap has the mean of the account, longer while it withdraws. Who has quite gone stops.
            let draw: f64 = Gamma::new(REGULARITY, own.gap / REGULARITY).map_or(own.gap, |g| g.sample(rng));
            time += draw.max(1.0) * (1.0 + 0.8 * gone);
            if gone >= 1.0 && rng.random_bool(0.6) {
                break;
            }
        }
    }
    orders.sort_by_key(|o| (o.ordered, o.account));
    for (place, order) in orders.iter_mut().enumerate() {
        order.number = format!("SO-{}-{:05}", order.ordered.year(), place + 1);
    }
    orders
}

fn out_of_season(truth: Option<&Truth>, day: NaiveDate) -> bool {
    truth.is_some_and(|t| t.trouble == Trouble::Season && (day - t.onset).num_days().rem_euclid(365) < SEASON_DAYS)
}

fn order(
    account: usize,
    own: &Lived,
    truth: Option<&Truth>,
    ordered: NaiveDate,
    end: NaiveDate,
    gone: f64,
    rng: &mut impl Rng,
) -> Order {
    let spread: f64 = StandardNormal.sample(rng);
    let promised = working_day(ordered + Days::new(rng.random_range(14..36)));
    let moved = end - Days::new(DEPOT_MOVES);
    let trouble = truth.is_some_and(|t| t.trouble == Trouble::LateDelivery && promised >= t.onset);
    // The depot that moved serves all of Europe, but not everybody suffers alike.
    let late = match (trouble, own.account.region == 3 && promised >= moved) {
        (true, _) => 0.65,
        (false, true) => 0.16,
        (false, false) => 0.09,
    };
    let delivered = if rng.random_bool(late) {
        promised + Days::new(if trouble { rng.random_range(4..14) } else { rng.random_range(1..6) })
    } else {
        promised - Days::new(rng.random_range(0..3))
    };
    let delivered = working_day(delivered);
    let value = own.value * (0.35 * spread - 0.06).exp() * (1.0 - 0.5 * gone);
    // One order in six is for something else than usual.
    let product_line = if rng.random_bool(1.0 / 6.0) {
        rng.random_range(0..super::PRODUCT_LINES.len())
    } else {
        own.account.product_line
    };
    Order {
        account,
        number: String::new(),
        product_line,
        ordered,
        promised,
        delivered: (delivered <= end).then_some(delivered),
        value: ((value / 100.0).round() as i64 * 100).max(1_000),
    }
}
