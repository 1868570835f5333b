//! When something is due: five-field Unix cron expressions, read on the wall clock of a zone.
//!
//! The `cron` crate computes the wall times, but its own notation differs from what every operator
//! knows: it takes six fields, counts Sunday as 1, and joins the two day fields by *and*. So an
//! expression is read here into plain numbers, which are handed over in that crate's terms.
//!
//! What happens when clocks change follows the common cron daemons. An expression whose hour field
//! begins with `*` describes an interval and follows elapsed time: it fires in both passes of a
//! repeated hour, and not in an hour that does not exist. Any other expression names hours, and fires
//! once: in the first pass of a repeated hour, and at the end of a skipped one.

use crate::error::{Code, Error, Fault, Result};
use chrono::{DateTime, Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

/// A five-field cron expression: minute, hour, day of month, month, day of week.
///
/// Fields take `*`, numbers, ranges `1-5`, steps `*/15` and `8-18/2`, lists `1,15`, and English short
/// names of months and days in any case; Sunday is 0 and 7. Where both day fields are restricted,
/// either suffices. `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually`
/// stand for what they stand for in crontabs.
///
/// ```
/// use bellwether::domain::schedule::Schedule;
/// let mondays = Schedule::parse("0 8 * * 1")?;
/// let after = "2026-11-27T12:00:00Z".parse()?;
/// let next = mondays.next_after(after, chrono_tz::Europe::Stockholm);
/// assert_eq!(next, Some("2026-11-30T07:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Schedule {
    text: String,
    /// Two where both day fields are restricted: either may call.
    parts: Vec<cron::Schedule>,
    /// The hour field begins with `*`: elapsed time counts, not the name of the hour.
    interval: bool,
}

impl Schedule {
    /// Reads an expression.
    ///
    /// # Errors
    /// `value.malformed`, `value.unknown` or `value.out-of-range`, with the field (`minute`, `hour`,
    /// `day-of-month`, `month`, `day-of-week`, or `schedule` for the whole) as its place.
    pub fn parse(text: &str) -> Result<Self> {
        let written = text.trim();
        let expression = match written.strip_prefix('@') {
            Some(name) => {
                nickname(name).ok_or_else(|| Fault::field("schedule", Code::ValueUnknown).with("value", written))?
            }
            None => written,
        };
        let fields: Vec<&str> = expression.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields[..] else {
            return Err(Fault::field("schedule", Code::ValueMalformed)
                .with("value", written)
                .with("expected", "5 fields")
                .with("found", fields.len())
                .into());
        };
        let minutes = MINUTE.read(minute)?;
        let hours = HOUR.read(hour)?;
        let days = DAY.read(day)?;
        let months = MONTH.read(month)?;
        let weekdays = WEEKDAY.read(weekday)?.into_iter().map(|d| d % 7 + 1).collect();
        // A field that begins with a star does not restrict, even with a step: so do the crontabs.
        let either = !day.starts_with('*') && !weekday.starts_with('*');
        let build = |days: &str, weekdays: &str| {
            format!("0 {} {} {days} {} {weekdays}", join(&minutes), join(&hours), join(&months))
                .parse::<cron::Schedule>()
                .map_err(Error::internal)
        };
        let parts = if either {
            vec![build(&join(&days), "*")?, build("*", &join(&weekdays))?]
        } else {
            vec![build(&join(&days), &join(&weekdays))?]
        };
        let schedule = Self { text: written.to_owned(), parts, interval: hour.starts_with('*') };
        // Some dates, such as 30 February, stand in no year: better refused now than silent for ever.
        match schedule.next_wall(DateTime::UNIX_EPOCH.naive_utc()) {
            Some(_) => Ok(schedule),
            None => Err(Fault::field("day-of-month", Code::ValueOutOfRange)
                .with("value", day)
                .with("expected", "a day that exists in one of the months")
                .into()),
        }
    }

    /// The expression as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first instant after `after` at which the expression fires on the clocks of `zone`; none
    /// from the year 2100 on, where the tables end.
    pub fn next_after(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let wall = after.with_timezone(&zone).naive_local();
        if self.interval { self.next_elapsed(after, wall, zone) } else { self.next_named(after, wall, zone) }
    }

    /// The last time of the schedule up to an instant, itself included, if there was one within a span.
    pub fn last_until(&self, until: DateTime<Utc>, within: Duration, zone: Tz) -> Option<DateTime<Utc>> {
        // Near first: a schedule of every minute would else be walked through weeks for nothing.
        let near = [Duration::minutes(5), Duration::hours(6)].into_iter().filter(|near| *near < within);
        for back in near.chain([within]) {
            let mut slot = self.next_after(until - back, zone).filter(|slot| *slot <= until);
            while let Some(later) = slot.and_then(|slot| self.next_after(slot, zone)).filter(|later| *later <= until) {
                slot = Some(later);
            }
            if slot.is_some() {
                return slot;
            }
        }
        None
    }

    /// Instants grow with wall times here, since of a repeated hour only the first pass counts.
    fn next_named(&self, after: DateTime<Utc>, mut wall: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
        loop {
            wall = self.next_wall(wall)?;
            let fires = first_pass(wall, zone)?;
            if fires > after {
                return Some(fires);
            }
        }
    }

    /// Wall times do not grow with instants where an hour is repeated, so all that lie as near as a
    /// change of the clock can move them are compared.
    fn next_elapsed(&self, after: DateTime<Utc>, wall: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
        let mut best: Option<DateTime<Utc>> = None;
        let mut candidate = wall - LARGEST_REPEAT;
        loop {
            candidate = match self.next_wall(candidate) {
                Some(next) => next,
                None => return best,
            };
            if best.is_some_and(|b| candidate > b.with_timezone(&zone).naive_local() + LARGEST_REPEAT) {
                return best;
            }
            let local = zone.from_local_datetime(&candidate);
            let instants = [local.earliest(), local.latest()].into_iter().flatten().map(|t| t.to_utc());
            best = instants.filter(|t| *t > after).chain(best).min();
        }
    }

    fn next_wall(&self, wall: NaiveDateTime) -> Option<NaiveDateTime> {
        // Wall times are handed over as if they were UTC: the crate then sees no change of the clock.
        self.parts.iter().filter_map(|part| part.after(&wall.and_utc()).next()).map(|t| t.naive_utc()).min()
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Schedule {}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for Schedule {
    type Error = Error;
    fn try_from(text: String) -> Result<Self> {
        Self::parse(&text)
    }
}

impl From<Schedule> for String {
    fn from(schedule: Schedule) -> Self {
        schedule.text
    }
}

/// No clock in the tables was ever set back further at one stroke, save where the date line moved.
const LARGEST_REPEAT: Duration = Duration::hours(3);

/// The instant of a wall time: the first of two, or the end of the gap that swallowed it.
fn first_pass(wall: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    // A whole day is the longest gap there was (Samoa, 30 December 2011).
    (0..=25 * 60).find_map(|minutes| {
        let later = wall.checked_add_signed(Duration::minutes(minutes))?;
        Some(zone.from_local_datetime(&later).earliest()?.to_utc())
    })
}

fn nickname(name: &str) -> Option<&'static str> {
    Some(match name.to_ascii_lowercase().as_str() {
        "hourly" => "0 * * * *",
        "daily" | "midnight" => "0 0 * * *",
        "weekly" => "0 0 * * 0",
        "monthly" => "0 0 1 * *",
        "yearly" | "annually" => "0 0 1 1 *",
        _ => return None,
    })
}

fn join(numbers: &BTreeSet<u32>) -> String {
    let mut text = String::new();
    for number in numbers {
        // Writing to a string cannot fail.
        let _ = write!(text, "{}{number}", if text.is_empty() { "" } else { "," });
    }
    text
}

/// What one of the five fields takes.
struct Field {
    name: &'static str,
    min: u32,
    max: u32,
    /// Names of the numbers from `min` on.
    names: &'static [&'static str],
}

const MINUTE: Field = Field { name: "minute", min: 0, max: 59, names: &[] };
const HOUR: Field = Field { name: "hour", min: 0, max: 23, names: &[] };
const DAY: Field = Field { name: "day-of-month", min: 1, max: 31, names: &[] };
const MONTH: Field = Field {
    name: "month",
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
const WEEKDAY: Field =
    Field { name: "day-of-week", min: 0, max: 7, names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"] };

impl Field {
    fn read(&self, text: &str) -> Result<BTreeSet<u32>> {
        let mut numbers = BTreeSet::new();
        for item in text.split(',') {
            let (range, step) = match item.split_once('/') {
                Some((range, step)) => (range, Some(self.step(step, text)?)),
                None => (item, None),
            };
            let (first, last) = match range.split_once('-') {
                _ if range == "*" => (self.min, self.max),
                Some((first, last)) => (self.number(first, text)?, self.number(last, text)?),
                None => {
                    let first = self.number(range, text)?;
                    // As crontabs do: a start with a step runs to the end of the field.
                    (first, if step.is_some() { self.max } else { first })
                }
            };
            if first > last {
                return Err(self
                    .fault(Code::ValueMalformed, text)
                    .with("expected", "a range that runs forward")
                    .into());
            }
            numbers.extend((first..=last).step_by(step.unwrap_or(1)));
        }
        Ok(numbers)
    }

    fn number(&self, text: &str, whole: &str) -> Result<u32> {
        let named = self.names.iter().zip(self.min..).find(|(name, _)| name.eq_ignore_ascii_case(text));
        if let Some((_, number)) = named {
            return Ok(number);
        }
        let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let number: u32 = text
            .parse()
            .ok()
            .filter(|_| digits)
            .ok_or_else(|| self.fault(Code::ValueMalformed, whole).with("part", text))?;
        if (self.min..=self.max).contains(&number) {
            Ok(number)
        } else {
            Err(self.fault(Code::ValueOutOfRange, whole).with("min", self.min).with("max", self.max).into())
        }
    }

    fn step(&self, text: &str, whole: &str) -> Result<usize> {
        let digits = (1..=4).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let step: usize = text
            .parse()
            .ok()
            .filter(|_| digits)
            .ok_or_else(|| self.fault(Code::ValueMalformed, whole).with("part", text))?;
        if (1..=self.max as usize).contains(&step) {
            Ok(step)
        } else {
            Err(self.fault(Code::ValueOutOfRange, whole).with("min", 1).with("max", self.max).into())
        }
    }

    fn fault(&self, code: Code, text: &str) -> Fault {
        Fault::field(self.name, code).with("value", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Place;
    use chrono_tz::{America, Asia, Europe};

    fn runs(expression: &str, after: &str, zone: Tz, count: usize) -> Vec<String> {
        let schedule = Schedule::parse(expression).unwrap();
        let mut now: DateTime<Utc> = after.parse().unwrap();
        (0..count)
            .map(|_| {
                now = schedule.next_after(now, zone).unwrap();
                now.with_timezone(&zone).format("%a %Y-%m-%d %H:%M %Z").to_string()
            })
            .collect()
    }

    #[test]
    fn expressions_fire_when_crontabs_say() {
        let utc = chrono_tz::UTC;
        for (expression, after, expected) in [
            ("0 8 * * 1", "2026-11-27T12:00:00Z", ["Mon 2026-11-30 08:00 UTC", "Mon 2026-12-07 08:00 UTC"]),
            ("0 8 * * mon", "2026-11-30T08:00:00Z", ["Mon 2026-12-07 08:00 UTC", "Mon 2026-12-14 08:00 UTC"]),
            ("*/15 * * * *", "2026-11-30T07:59:59.5Z", ["Mon 2026-11-30 08:00 UTC", "Mon 2026-11-30 08:15 UTC"]),
            ("30 2 * * 0", "2026-11-30T00:00:00Z", ["Sun 2026-12-06 02:30 UTC", "Sun 2026-12-13 02:30 UTC"]),
            ("30 2 * * 7", "2026-11-30T00:00:00Z", ["Sun 2026-12-06 02:30 UTC", "Sun 2026-12-13 02:30 UTC"]),
            ("0 0 * * 5-7", "2026-11-30T00:00:00Z", ["Fri 2026-12-04 00:00 UTC", "Sat 2026-12-05 00:00 UTC"]),
            ("0 8-18/5 * * MON-fri", "2026-11-30T08:00:00Z", ["Mon 2026-11-30 13:00 UTC", "Mon 2026-11-30 18:00 UTC"]),
            ("5,35 6 1,15 * *", "2026-11-30T00:00:00Z", ["Tue 2026-12-01 06:05 UTC", "Tue 2026-12-01 06:35 UTC"]),
            ("0 0 1 Jan,jul *", "2026-11-30T00:00:00Z", ["Fri 2027-01-01 00:00 UTC", "Thu 2027-07-01 00:00 UTC"]),
            // Both day fields: the 13th, and every Friday.
            ("0 0 13 * 5", "2026-12-05T00:00:00Z", ["Fri 2026-12-11 00:00 UTC", "Sun 2026-12-13 00:00 UTC"]),
            // A star with a step restricts nothing, so both must hold: odd days that are Mondays.
            ("0 0 */2 * 1", "2026-11-30T00:00:00Z", ["Mon 2026-12-07 00:00 UTC", "Mon 2026-12-21 00:00 UTC"]),
            ("0 0 29 2 *", "2026-01-01T00:00:00Z", ["Tue 2028-02-29 00:00 UTC", "Sun 2032-02-29 00:00 UTC"]),
            ("@weekly", "2026-11-30T00:00:00Z", ["Sun 2026-12-06 00:00 UTC", "Sun 2026-12-13 00:00 UTC"]),
            (" @Hourly ", "2026-11-30T00:00:00Z", ["Mon 2026-11-30 01:00 UTC", "Mon 2026-11-30 02:00 UTC"]),
            ("10/20 * * * *", "2026-11-30T00:00:00Z", ["Mon 2026-11-30 00:10 UTC", "Mon 2026-11-30 00:30 UTC"]),
        ] {
            assert_eq!(runs(expression, after, utc, 2), expected, "{expression}");
        }
    }

    #[test]
    fn the_wall_clock_of_the_zone_counts() {
        assert_eq!(runs("0 8 * * 1", "2026-11-29T23:59:00Z", Asia::Shanghai, 1), ["Mon 2026-11-30 08:00 CST"]);
        assert_eq!(runs("0 8 * * 1", "2026-11-30T00:00:00Z", Asia::Shanghai, 1), ["Mon 2026-12-07 08:00 CST"]);
        assert_eq!(
            runs("0 8 * * *", "2026-03-28T00:00:00Z", Europe::Stockholm, 2),
            ["Sat 2026-03-28 08:00 CET", "Sun 2026-03-29 08:00 CEST"]
        );
    }

    #[test]
    fn a_skipped_hour_fires_once_at_its_end() {
        // 29 March 2026, 02:00 to 03:00 does not exist in Stockholm.
        assert_eq!(
            runs("15,45 2 * * *", "2026-03-28T00:00:00Z", Europe::Stockholm, 4),
            [
                "Sat 2026-03-28 02:15 CET",
                "Sat 2026-03-28 02:45 CET",
                "Sun 2026-03-29 03:00 CEST",
                "Mon 2026-03-30 02:15 CEST"
            ]
        );
        // By interval nothing is missing: a quarter past the change comes a quarter after it.
        assert_eq!(
            runs("*/30 * * * *", "2026-03-29T00:29:00Z", Europe::Stockholm, 3),
            ["Sun 2026-03-29 01:30 CET", "Sun 2026-03-29 03:00 CEST", "Sun 2026-03-29 03:30 CEST"]
        );
        // Samoa had no 30 December 2011.
        assert_eq!(
            runs("0 8 * * *", "2011-12-29T10:00:00Z", chrono_tz::Pacific::Apia, 3),
            ["Thu 2011-12-29 08:00 -10", "Sat 2011-12-31 00:00 +14", "Sat 2011-12-31 08:00 +14"]
        );
    }

    #[test]
    fn a_repeated_hour_fires_once_by_name_and_twice_by_interval() {
        // 25 October 2026, 02:00 to 03:00 comes twice in Stockholm, 1 November 01:00 in New York.
        assert_eq!(
            runs("30 2 * * *", "2026-10-24T12:00:00Z", Europe::Stockholm, 2),
            ["Sun 2026-10-25 02:30 CEST", "Mon 2026-10-26 02:30 CET"]
        );
        assert_eq!(
            runs("30 1 * * *", "2026-11-01T06:10:00Z", America::New_York, 1),
            ["Mon 2026-11-02 01:30 EST"],
            "asked in the second pass"
        );
        assert_eq!(
            runs("*/30 * * * *", "2026-10-25T00:00:00Z", Europe::Stockholm, 4),
            [
                "Sun 2026-10-25 02:30 CEST",
                "Sun 2026-10-25 02:00 CET",
                "Sun 2026-10-25 02:30 CET",
                "Sun 2026-10-25 03:00 CET"
            ]
        );
    }

    #[test]
    fn bad_expressions_name_the_field() {
        for (expression, field, code) in [
            ("", "schedule", Code::ValueMalformed),
            ("0 8 * *", "schedule", Code::ValueMalformed),
            ("0 0 8 * * 1", "schedule", Code::ValueMalformed),
            ("@reboot", "schedule", Code::ValueUnknown),
            ("60 8 * * 1", "minute", Code::ValueOutOfRange),
            ("x 8 * * 1", "minute", Code::ValueMalformed),
            ("*/0 8 * * 1", "minute", Code::ValueOutOfRange),
            ("*/ 8 * * 1", "minute", Code::ValueMalformed),
            ("0 24 * * 1", "hour", Code::ValueOutOfRange),
            ("0 18-8 * * 1", "hour", Code::ValueMalformed),
            ("0 -8 * * 1", "hour", Code::ValueMalformed),
            ("0 +8 * * 1", "hour", Code::ValueMalformed),
            ("0 8 0 * 1", "day-of-month", Code::ValueOutOfRange),
            ("0 8 31 2 *", "day-of-month", Code::ValueOutOfRange),
            ("0 8 1,,2 * *", "day-of-month", Code::ValueMalformed),
            ("0 8 * foo *", "month", Code::ValueMalformed),
            ("0 8 * 13 *", "month", Code::ValueOutOfRange),
            ("0 8 * * 8", "day-of-week", Code::ValueOutOfRange),
            ("0 8 * * fri-mon", "day-of-week", Code::ValueMalformed),
            ("0 8 * * 99999999999", "day-of-week", Code::ValueMalformed),
            ("0 8 * * 周一", "day-of-week", Code::ValueMalformed),
        ] {
            let error = Schedule::parse(expression).unwrap_err();
            assert_eq!(error.code(), code, "{expression}");
            assert_eq!(error.faults()[0].place, Place::Field(field.into()), "{expression}");
        }
    }

    #[test]
    fn settings_read_and_write_the_expression() {
        let schedule: Schedule = serde_json::from_str("\"0 3 * * *\"").unwrap();
        assert_eq!(serde_json::to_string(&schedule).unwrap(), "\"0 3 * * *\"");
        assert!(serde_json::from_str::<Schedule>("\"0 25 * * *\"").is_err());
    }
}
