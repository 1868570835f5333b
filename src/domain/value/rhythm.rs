//! The rhythm an account buys in, by its own orders, and when it is late by that rhythm.
//!
//! Gaps between order days are taken as Gamma distributed: with shape 1 that is buying by chance, with
//! a large shape buying by the calendar, so one family holds both the spot buyer and the monthly call-off
//! of an agreement. Were the shape k known, the next gap divided by the mean of n gaps would follow an
//! F distribution with 2k and 2kn degrees of freedom: a ratio of two independent Gamma variables, each
//! over its mean (Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions, chapters 17, 27).
//!
//! k is not known, and a handful of equal gaps do not prove a clock. So the F distributions are averaged
//! over what the gaps leave open about k (its posterior, see [`Shapes`]): few gaps give a wide limit by
//! themselves, and the stated chance holds over all shapes that the prior deems likely.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, FisherSnedecor};
use statrs::function::gamma::ln_gamma;

/// What the reading of a rhythm takes from the settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Fewer gaps than this are no rhythm.
    pub least_gaps: usize,
    /// Only this many of the latest gaps count: rhythms change.
    pub most_gaps: usize,
    /// The limit that is shown: this share of gaps is shorter.
    pub share_within: f64,
    /// The coefficient of variation of the gaps (1 / sqrt k) expected before anything is known.
    pub prior_variation: f64,
    /// The standard deviation of ln k around that expectation.
    pub prior_spread: f64,
    /// A gap is a pause if it is longer than this many usual gaps.
    pub pause_factor: f64,
    /// Pauses of two years are the same season if their beginnings lie no further apart. Wide enough
    /// for the Lunar New Year, which wanders by a month.
    pub season_days: u64,
    /// A seasonal pause may last this much longer than the year before.
    pub season_grace_days: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            least_gaps: 5,
            most_gaps: 24,
            share_within: 0.95,
            prior_variation: 0.5,
            prior_spread: 1.2,
            pause_factor: 2.5,
            season_days: 45,
            season_grace_days: 14,
        }
    }
}

/// The time between two neighbouring order days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Gap {
    pub fn days(&self) -> i64 {
        (self.to - self.from).num_days()
    }
}

/// An account's own order rhythm, as known on the day of its last order.
#[derive(Debug, Clone, PartialEq)]
pub struct Rhythm {
    pub last_day: NaiveDate,
    /// How many gaps it rests on, seasonal pauses left out.
    pub gaps: usize,
    /// The median gap, in days.
    pub usual_gap: f64,
    pub mean_gap: f64,
    /// Coefficient of variation of the gaps, as far as they tell.
    pub variation: f64,
    /// The gap within which the set share of gaps ends, in days.
    pub limit_gap: f64,
    shapes: Shapes,
    history: Vec<Gap>,
    pause_factor: f64,
    season_days: u64,
    season_grace_days: u64,
}

/// How an account stands with its next order.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// The next order is not late yet.
    OnTime {
        next_expected: NaiveDate,
    },
    /// Late by the usual gap, but it paused at this time a year or two ago, too.
    Pausing {
        like: Gap,
        until: NaiveDate,
    },
    Overdue(Overdue),
}

/// An order that should have come.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Overdue {
    pub last_day: NaiveDate,
    pub next_expected: NaiveDate,
    pub days_since: i64,
    pub usual_gap: f64,
    pub limit_gap: f64,
    /// Days beyond the limit.
    pub days_overdue: i64,
    /// The chance that a gap of this account lasts as long as this one has.
    pub chance: f64,
    /// How often in a year chance alone makes this account as late as this.
    pub false_alarms_a_year: f64,
    /// How many gaps all this rests on.
    pub gaps: usize,
}

impl Rhythm {
    /// Reads the rhythm of some order days, in any order; several orders of one day are one.
    ///
    /// `None` with fewer gaps than the settings ask for.
    pub fn of(order_days: &[NaiveDate], settings: &Settings) -> Option<Self> {
        let mut days = order_days.to_vec();
        days.sort_unstable();
        days.dedup();
        let last_day = *days.last()?;
        let history: Vec<Gap> = days.iter().zip(days.iter().skip(1)).map(|(a, b)| Gap { from: *a, to: *b }).collect();
        let all_median = median(history.iter().map(Gap::days).collect())?;
        let pauses: Vec<&Gap> =
            history.iter().filter(|g| g.days() as f64 > settings.pause_factor * all_median).collect();
        // A pause that comes back every year is a season, not an irregular rhythm. One long gap alone
        // may be anything, and stays in: the limit is then honestly wide.
        let is_season = |gap: &Gap| {
            pauses.contains(&gap)
                && pauses.iter().any(|p| *p != gap && same_season(p.from, gap.from, settings.season_days))
        };
        let mut lengths: Vec<i64> = history.iter().filter(|g| !is_season(g)).map(Gap::days).collect();
        lengths.drain(..lengths.len().saturating_sub(settings.most_gaps.max(2)));
        let n = lengths.len();
        if n < settings.least_gaps.max(2) {
            return None;
        }
        let mean_gap = lengths.iter().sum::<i64>() as f64 / n as f64;
        let shapes = Shapes::of(&lengths, settings);
        let limit_gap = mean_gap * shapes.upper_quantile(settings.share_within.clamp(0.5, 0.999));
        Some(Self {
            last_day,
            gaps: n,
            usual_gap: median(lengths)?,
            mean_gap,
            variation: shapes.variation(),
            limit_gap,
            shapes,
            history,
            pause_factor: settings.pause_factor,
            season_days: settings.season_days,
            season_grace_days: settings.season_grace_days,
        })
    }

    /// The day by which half of this account's orders come.
    pub fn next_expected(&self) -> NaiveDate {
        add_days(self.last_day, self.usual_gap.round())
    }

    /// The chance that a gap lasts longer than some days.
    pub fn chance_of_longer(&self, days: f64) -> f64 {
        self.shapes.chance_of_longer(days / self.mean_gap)
    }

    /// How the account stands on a day.
    pub fn standing(&self, today: NaiveDate) -> Standing {
        let days_since = (today - self.last_day).num_days();
        if days_since as f64 <= self.limit_gap {
            return Standing::OnTime { next_expected: self.next_expected() };
        }
        if let Some((like, until)) = self.season_of(today) {
            return Standing::Pausing { like, until };
        }
        let chance = self.chance_of_longer(days_since as f64);
        Standing::Overdue(Overdue {
            last_day: self.last_day,
            next_expected: self.next_expected(),
            days_since,
            usual_gap: self.usual_gap,
            limit_gap: self.limit_gap,
            days_overdue: (days_since as f64 - self.limit_gap).ceil() as i64,
            chance,
            false_alarms_a_year: chance * 365.25 / self.mean_gap,
            gaps: self.gaps,
        })
    }

    /// The pause of one or two years ago that the present one resembles, and how long it excuses:
    /// until its anniversary, or until it has lasted as long, whichever is later, and some grace.
    fn season_of(&self, today: NaiveDate) -> Option<(Gap, NaiveDate)> {
        self.history
            .iter()
            .filter(|gap| gap.days() as f64 > self.limit_gap.min(self.pause_factor * self.usual_gap))
            .filter_map(|gap| {
                let years = [1, 2]
                    .into_iter()
                    .find(|&y| later_by_years(gap.from, y).is_some_and(|d| near(d, self.last_day, self.season_days)))?;
                let anniversary = later_by_years(gap.to, years)?;
                let as_long = add_days(self.last_day, gap.days() as f64);
                let until = anniversary.max(as_long).checked_add_days(Days::new(self.season_grace_days))?;
                (today <= until).then_some((*gap, until))
            })
            .max_by_key(|(_, until)| *until)
    }
}

/// Do two days lie in the same season of different years?
fn same_season(a: NaiveDate, b: NaiveDate, tolerance: u64) -> bool {
    let (early, late) = (a.min(b), a.max(b));
    (1..=3).any(|years| later_by_years(early, years).is_some_and(|d| near(d, late, tolerance)))
}

fn near(a: NaiveDate, b: NaiveDate, tolerance: u64) -> bool {
    (a - b).num_days().unsigned_abs() <= tolerance
}

fn later_by_years(day: NaiveDate, years: u32) -> Option<NaiveDate> {
    day.checked_add_months(Months::new(12 * years))
}

fn add_days(day: NaiveDate, days: f64) -> NaiveDate {
    day.checked_add_days(Days::new(days.clamp(0.0, 1e6) as u64)).unwrap_or(NaiveDate::MAX)
}

fn median(mut days: Vec<i64>) -> Option<f64> {
    days.sort_unstable();
    let middle = days.len() / 2;
    let upper = *days.get(middle)? as f64;
    if days.len() % 2 == 1 {
        return Some(upper);
    }
    Some((*days.get(middle.checked_sub(1)?)? as f64 + upper) / 2.0)
}

/// The shapes that the gaps may have, each with its weight: a posterior on a grid of ln k.
///
/// The likelihood is that of the gaps' proportions, which do not depend on the scale: under Gamma(k) they
/// are Dirichlet(k, …, k), so ln L(k) = ln G(nk) - n ln G(k) + (k - 1) sum ln(x_i / sum x). The prior of
/// ln k is normal.
#[derive(Debug, Clone, PartialEq)]
struct Shapes(Vec<(f64, f64, FisherSnedecor)>);

impl Shapes {
    /// Points of the grid, from [`Self::LEAST`] to [`Self::MOST`]. Their distance in ln k is about the
    /// standard error that two dozen gaps leave.
    const POINTS: u32 = 24;
    const LEAST: f64 = 0.3;
    const MOST: f64 = 300.0;

    /// `lengths` are two gaps or more, each of a day or more.
    fn of(lengths: &[i64], settings: &Settings) -> Self {
        let n = lengths.len() as f64;
        let sum = lengths.iter().sum::<i64>() as f64;
        let log_shares: f64 = lengths.iter().map(|&x| (x as f64 / sum).ln()).sum();
        let centre = -2.0 * settings.prior_variation.clamp(0.06, 1.8).ln();
        let spread = settings.prior_spread.clamp(0.01, 10.0);
        let width = (Self::MOST / Self::LEAST).ln() / f64::from(Self::POINTS);
        let mut logs: Vec<(f64, f64)> = (0..=Self::POINTS)
            .map(|i| {
                let log_k = Self::LEAST.ln() + f64::from(i) * width;
                let k = log_k.exp();
                let likelihood = ln_gamma(n * k) - n * ln_gamma(k) + (k - 1.0) * log_shares;
                (k, likelihood - ((log_k - centre) / spread).powi(2) / 2.0)
            })
            .collect();
        let best = logs.iter().map(|(_, w)| *w).fold(f64::NEG_INFINITY, f64::max);
        for (_, weight) in &mut logs {
            *weight = (*weight - best).exp();
        }
        logs.retain(|(_, weight)| *weight > 1e-6);
        let total: f64 = logs.iter().map(|(_, weight)| weight).sum();
        Self(
            logs.into_iter()
                .filter_map(|(k, weight)| Some((k, weight / total, FisherSnedecor::new(2.0 * k, 2.0 * k * n).ok()?)))
                .collect(),
        )
    }

    fn variation(&self) -> f64 {
        self.0.iter().map(|(k, weight, _)| weight / k.sqrt()).sum()
    }

    /// The chance that the next gap is longer than `ratio` mean gaps.
    fn chance_of_longer(&self, ratio: f64) -> f64 {
        if ratio <= 0.0 {
            return 1.0;
        }
        self.0.iter().map(|(_, weight, law)| weight * law.sf(ratio)).sum::<f64>().clamp(0.0, 1.0)
    }

    /// The ratio to the mean gap within which a share of gaps ends; by bisection.
    fn upper_quantile(&self, share: f64) -> f64 {
        let (mut low, mut high) = (0.0, 2.0);
        while self.chance_of_longer(high) > 1.0 - share && high < 1e6 {
            low = high;
            high *= 2.0;
        }
        for _ in 0..36 {
            let middle = (low + high) / 2.0;
            if self.chance_of_longer(middle) > 1.0 - share {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use rand_distr::{Distribution, Gamma};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn from_gaps(start: &str, gaps: &[u64]) -> Vec<NaiveDate> {
        let mut days = vec![day(start)];
        for gap in gaps {
            days.push(*days.last().unwrap() + Days::new(*gap));
        }
        days
    }

    fn read(days: &[NaiveDate]) -> Option<Rhythm> {
        Rhythm::of(days, &Settings::default())
    }

    #[test]
    fn orders_of_one_day_are_one() {
        let mut days = from_gaps("2026-01-05", &[24, 22, 26, 24, 25, 23, 24, 24]);
        let once = read(&days).unwrap();
        days.extend(days.clone());
        days.reverse();
        assert_eq!(read(&days).unwrap(), once);
        assert_eq!((once.gaps, once.usual_gap, once.mean_gap), (8, 24.0, 24.0));
    }

    #[test]
    fn few_orders_are_no_rhythm() {
        assert_eq!(read(&[]), None);
        assert_eq!(read(&from_gaps("2026-01-01", &[30, 30, 30, 30])), None);
        assert!(read(&from_gaps("2026-01-01", &[30, 30, 30, 30, 30])).is_some());
    }

    #[test]
    fn a_known_shape_gives_the_tabled_limit() {
        // With k held at 4 and 5 gaps: F with 8 and 40 degrees of freedom, 95 % point 2.180.
        let settings = Settings { prior_spread: 0.01, ..Settings::default() };
        let found = Rhythm::of(&from_gaps("2026-01-01", &[10, 20, 30, 40, 50]), &settings).unwrap();
        assert!((found.limit_gap / 30.0 - 2.180).abs() < 0.06, "{}", found.limit_gap / 30.0);
        assert!((found.chance_of_longer(found.limit_gap) - 0.05).abs() < 1e-6);
        assert_eq!(found.chance_of_longer(0.0), 1.0);
    }

    #[test]
    fn the_steadier_and_the_longer_known_the_closer_the_limit() {
        let ratio = |gaps: &[u64]| {
            let found = read(&from_gaps("2024-01-01", gaps)).unwrap();
            found.limit_gap / found.mean_gap
        };
        let (loose, steady) = (ratio(&[5, 80, 20, 40, 9, 61]), ratio(&[30, 31, 30, 29, 30, 30]));
        let known = ratio(&[30, 31, 30, 29, 30, 30, 30, 31, 30, 29, 30, 30, 30, 31, 30, 29, 30, 30]);
        assert!(loose > 2.0 && (1.1..1.5).contains(&steady) && known < steady, "{loose} {steady} {known}");
    }

    #[test]
    fn overdue_counts_from_the_limit() {
        let days = from_gaps("2026-01-05", &[24, 22, 26, 24, 25, 23, 24, 24, 24, 24, 24]);
        let rhythm = read(&days).unwrap();
        let last = *days.last().unwrap();
        assert_eq!(rhythm.next_expected(), last + Days::new(24));
        let limit = rhythm.limit_gap.floor() as u64;
        assert!((26..=31).contains(&limit), "{limit}");
        assert!(matches!(rhythm.standing(last + Days::new(limit)), Standing::OnTime { .. }));
        let Standing::Overdue(late) = rhythm.standing(last + Days::new(limit + 10)) else { panic!() };
        assert_eq!((late.days_since, late.days_overdue, late.gaps), (limit as i64 + 10, 10, 11));
        assert!(late.chance < 0.005 && late.false_alarms_a_year < 0.05);
    }

    #[test]
    fn a_winter_pause_is_no_alarm_and_no_noise() {
        // Every two weeks from March to October, nothing in winter, for three seasons.
        let season: Vec<u64> = [vec![14; 16], vec![141]].concat();
        let three = [season.clone(), season.clone(), vec![14; 16]].concat();
        let days = from_gaps("2023-03-06", &three);
        let rhythm = read(&days).unwrap();
        assert_eq!((rhythm.usual_gap, rhythm.mean_gap), (14.0, 14.0), "known winters are left out");
        let last = *days.last().unwrap();
        for after in [30, 90, 141, 150] {
            assert!(matches!(rhythm.standing(last + Days::new(after)), Standing::Pausing { .. }), "{after}");
        }
        assert!(
            matches!(rhythm.standing(last + Days::new(170)), Standing::Overdue(_)),
            "spring came, the orders did not"
        );
        // In mid season the same account is watched as closely as any.
        let in_summer = from_gaps("2023-03-06", &[season.clone(), season, vec![14; 8]].concat());
        let rhythm = read(&in_summer).unwrap();
        assert!(matches!(rhythm.standing(*in_summer.last().unwrap() + Days::new(40)), Standing::Overdue(_)));
    }

    #[test]
    fn one_winter_is_enough_to_excuse_the_next() {
        let days = from_gaps("2024-03-04", &[vec![14; 16], vec![141], vec![14; 16]].concat());
        let rhythm = read(&days).unwrap();
        let standing = rhythm.standing(*days.last().unwrap() + Days::new(120));
        assert!(!matches!(standing, Standing::Overdue(_)), "{standing:?}");
    }

    /// Whatever way an account buys, the stated chances are about those that come true: not far above
    /// for the spot buyer whom few gaps flatter, below for the clock whom few gaps do not prove.
    #[test]
    fn late_by_chance_is_as_rare_as_stated() {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        // Shape, number of gaps, and how often 20,000 runs were later than a stated 5 % and 0.5 %.
        for (shape, gaps, at_5, at_half) in [
            (1.0, 6, 0.0712, 0.0114),
            (1.0, 20, 0.0576, 0.0069),
            (4.0, 6, 0.0518, 0.0048),
            (4.0, 20, 0.0482, 0.0050),
            (40.0, 6, 0.0104, 0.0002),
            (40.0, 20, 0.0378, 0.0025),
        ] {
            let law = Gamma::<f64>::new(shape, 300.0 / shape).unwrap();
            let (mut late, mut very_late) = (0_u32, 0_u32);
            let runs = 1_500_u32;
            for _ in 0..runs {
                let lengths: Vec<u64> = (0..gaps).map(|_| law.sample(&mut rng).ceil() as u64).collect();
                // Without the seasons, which only excuse.
                let settings = Settings { pause_factor: f64::INFINITY, ..Settings::default() };
                let rhythm = Rhythm::of(&from_gaps("2000-01-01", &lengths), &settings).unwrap();
                let chance = rhythm.chance_of_longer(law.sample(&mut rng));
                late += u32::from(chance < 0.05);
                very_late += u32::from(chance < 0.005);
            }
            for (count, expected) in [(late, at_5), (very_late, at_half)] {
                let share = f64::from(count) / f64::from(runs);
                // Four standard errors of this run, and a little for the rarest.
                let chance = 4.0 * (expected * (1.0 - expected) / f64::from(runs)).sqrt() + 0.001;
                assert!((share - expected).abs() <= chance, "shape {shape}, {gaps} gaps: {share} for {expected}");
            }
        }
    }
}
