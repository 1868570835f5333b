//! Warnings in words: what was found, how sure that is, and what is due.

use super::{Due, Settings};
use crate::domain::day::{Month, day_of};
use crate::domain::trend::{DeclineRule, Level};
use crate::domain::warning::evidence::Scale;
use crate::domain::warning::{Cause, Evidence, Rung, State, Trend};
use crate::text::Reader;

/// "Satisfaction declines", "满意度下降".
pub fn cause(reader: &Reader, cause: Cause) -> String {
    reader.text(&format!("warning-cause-{}", cause.as_str()), &[])
}

/// "red", "红色".
pub fn level(reader: &Reader, level: Level) -> String {
    reader.text(&format!("level-{}", level.as_str()), &[])
}

/// "Red", as it stands alone.
pub fn level_alone(reader: &Reader, level: Level) -> String {
    reader.text(&format!("warning-level-{}", level.as_str()), &[])
}

pub fn state(reader: &Reader, state: State) -> String {
    reader.text(&format!("warning-state-{}", state.as_str()), &[])
}

pub fn trend(reader: &Reader, trend: Trend) -> String {
    reader.text(&format!("warning-trend-{}", trend.as_str()), &[])
}

pub fn rung(reader: &Reader, rung: Rung) -> String {
    reader.text(&format!("warning-rung-{}", rung.as_str()), &[])
}

/// What was found, in figures and words, with its doubt. The same on pages, in digests and in cases.
pub fn sentence(
    reader: &Reader,
    evidence: &Evidence,
    level_reached: Level,
    tier: usize,
    settings: &Settings,
) -> String {
    let whole = |x: f64| reader.number(x, 0);
    match evidence {
        Evidence::Decline { level_then, then_day, level_now, low, high, fall, probability, .. } => reader.text(
            "warning-says-decline",
            &[
                ("by", reader.number(*fall, u8::from(fall.fract() != 0.0)).into()),
                ("since", reader.month(Month::of(*then_day)).into()),
                ("chance", reader.chance(*probability).into()),
                ("level", level(reader, level_reached).into()),
                ("threshold", reader.percent(settings.decline.thresholds(tier).of(level_reached), 0).into()),
                ("then", whole(*level_then).into()),
                ("now", whole(*level_now).into()),
                ("interval", reader.interval(*low, *high, 0).into()),
            ],
        ),
        Evidence::LowScore { day, scale, score, low_from, contacts, .. } => {
            let (id, decimals) = match scale {
                Scale::Recommend => ("warning-says-low-recommend", 0),
                Scale::Satisfaction => ("warning-says-low-satisfaction", 1),
            };
            reader.text(
                id,
                &[
                    ("day", reader.date(*day).into()),
                    ("score", reader.number(*score, decimals).into()),
                    ("low", whole(*low_from).into()),
                    ("contacts", i64::from(*contacts).into()),
                ],
            )
        }
        Evidence::Silence { rounds, contacts, since, last_answer, rounds_before, answered_before, chance, .. } => {
            reader.text(
                "warning-says-silence",
                &[
                    ("rounds", i64::from(*rounds).into()),
                    ("contacts", i64::from(*contacts).into()),
                    ("since", reader.date(*since).into()),
                    ("last", reader.date(*last_answer).into()),
                    ("before", i64::from(*rounds_before).into()),
                    ("answered", i64::from(*answered_before).into()),
                    ("chance", reader.chance(*chance).into()),
                ],
            )
        }
        Evidence::OrderLate { first, n, late, late_share, mean_days, worst_days, undelivered, .. } => reader.text(
            "warning-says-order-late",
            &[
                ("late", i64::from(*late).into()),
                ("n", i64::from(*n).into()),
                ("share", reader.percent(*late_share, 0).into()),
                ("first", reader.date(*first).into()),
                ("mean", whole(*mean_days).into()),
                ("worst", reader.duration_days(*worst_days).into()),
                ("undelivered", i64::from(*undelivered).into()),
            ],
        ),
        Evidence::OrderOverdue(overdue) => reader.text(
            "warning-says-order-overdue",
            &[
                ("last", reader.date(overdue.last_day).into()),
                ("expected", reader.date(overdue.next_expected).into()),
                ("since", reader.duration_days(overdue.days_since).into()),
                ("usual", reader.duration_days(overdue.usual_gap.round() as i64).into()),
                ("overdue", reader.duration_days(overdue.days_overdue).into()),
                ("chance", reader.chance(overdue.chance).into()),
                ("gaps", i64::try_from(overdue.gaps).unwrap_or(i64::MAX).into()),
            ],
        ),
    }
}

/// How often a level is raised by chance alone, where that is known: the simulated rate of the decline
/// rule, as long as the rule is the one that was simulated.
pub fn false_alarms(reader: &Reader, evidence: &Evidence, reached: Level, settings: &Settings) -> Option<String> {
    if !matches!(evidence, Evidence::Decline { .. }) || !settings.decline.keeps_stated() {
        return None;
    }
    let accounts = (1.0 / DeclineRule::stated_false_alarms(reached)).round();
    Some(reader.text(
        "warning-false-alarms",
        &[("level", level(reader, reached).into()), ("accounts", reader.number(accounts, 0).into())],
    ))
}

/// "acknowledge by 1 Dec", "remedy due 27 Nov".
pub fn due(reader: &Reader, due: Due) -> String {
    match due {
        Due::Acknowledge(at) => {
            reader.text("warning-due-acknowledge", &[("day", reader.date_short(day_of(at, reader.zone)).into())])
        }
        Due::Remedy(day) => reader.text("warning-due-remedy", &[("day", reader.date_short(day).into())]),
    }
}

/// Terms that add up to a total, rounded to one decimal so that what is printed adds up, too (largest
/// remainder).
pub fn rounded_terms(terms: &[f64]) -> Vec<f64> {
    let fine: Vec<i64> = terms.iter().map(|t| (t * 1000.0).round() as i64).collect();
    crate::domain::value::round_terms(&fine, 100).into_iter().map(|t| t as f64 / 1000.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_terms_add_up() {
        let terms = [80.46, -11.74, -4.06, -8.55, -6.74, -1.27];
        let printed = rounded_terms(&terms);
        let sum: f64 = printed.iter().sum();
        assert_eq!(format!("{sum:.1}"), "48.1");
        assert!(printed.iter().zip(&terms).all(|(p, t)| (p - t).abs() < 0.1));
    }
}
