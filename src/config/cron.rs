//! Times that come round, written as in a crontab and read in a time zone.
//!
//! ```
//! use bellwether::config::CronTime;
//! let mondays: CronTime = "0 7 * * 1".parse()?;
//! let friday = "2026-10-02T00:00:00Z".parse()?;
//! let next = mondays.next(friday, chrono_tz::Asia::Shanghai).unwrap();
//! assert_eq!(next.to_string(), "2026-10-04 23:00:00 UTC", "Monday 7 o'clock in Shanghai");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use super::setting::{Setting, Wrong, quote, read_with};
use chrono::{DateTime, Duration, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use toml::Value;

/// Five fields as crontab(5) has them: minute, hour, day of the month, month, day of the week (0 or 7 is Sunday).
///
/// A local time that the clock skips comes at the first moment after the gap; one that it shows twice
/// comes once, the first time. Nothing that is due each night is missed or done twice.
#[derive(Debug, Clone)]
pub struct CronTime {
    text: String,
    schedule: cron::Schedule,
}

impl CronTime {
    /// The first time after `after` in this zone; nothing if it never comes (30 February).
    pub fn next(&self, after: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let local = after.with_timezone(&zone).naive_local();
        // The schedule is asked in local time alone; only its answers are put into the zone.
        self.schedule
            .after(&local.and_utc())
            .map_while(|time| first_instant(time.naive_utc(), zone))
            .take(100)
            .find(|instant| *instant > after)
    }
}

/// The moment a local time stands for: the first if the clock shows it twice, the end of the gap if never.
fn first_instant(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    // Zones have skipped a whole day at most (Samoa in 2011), and change on the minute since 1972.
    (0..=26 * 60).find_map(|minutes| {
        let later = local.checked_add_signed(Duration::minutes(minutes))?;
        zone.from_local_datetime(&later).earliest().map(|t| t.to_utc())
    })
}

impl FromStr for CronTime {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const FORM: &str = "not five fields such as 30 2 * * *";
        let fields: Vec<&str> = text.split_ascii_whitespace().collect();
        let [minute, hour, day, month, weekday] = fields.as_slice() else {
            return Err(FORM);
        };
        let allowed = |c: char| c.is_ascii_alphanumeric() || "*,/-".contains(c);
        if !fields.iter().all(|field| field.chars().all(allowed)) {
            return Err(FORM);
        }
        // crontab(5) joins these two by "or", others by "and": who writes both cannot know what comes.
        if *day != "*" && *weekday != "*" {
            return Err("a day of the month and a day of the week cannot both be given");
        }
        let weekdays = weekdays(weekday).ok_or(FORM)?;
        let schedule =
            cron::Schedule::from_str(&format!("0 {minute} {hour} {day} {month} {weekdays}")).map_err(|_| FORM)?;
        Ok(Self { text: fields.join(" "), schedule })
    }
}

/// Days of the week by name: crontab(5) counts Sunday as 0 or 7, the schedule beneath counts it as 1.
fn weekdays(field: &str) -> Option<String> {
    const NAMES: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    if field == "*" {
        return Some("*".into());
    }
    let number = |text: &str| -> Option<usize> {
        let named = NAMES.iter().position(|name| name.eq_ignore_ascii_case(text));
        named.or_else(|| text.parse().ok().filter(|n| *n <= 7))
    };
    let mut days = BTreeSet::new();
    for part in field.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|s| (1..=7).contains(s))?),
            None => (part, 1),
        };
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (number(first)?, number(last)?),
            None if range == "*" => (0, 6),
            None => (number(range)?, number(range)?),
        };
        // "FRI-SUN" names Sunday as an end, where it is the seventh day.
        let last = if last == 0 && first > 0 { 7 } else { last };
        if first > last {
            return None;
        }
        days.extend((first..=last).step_by(step).map(|day| day % 7));
    }
    let names: Vec<&str> = days.into_iter().filter_map(|day| NAMES.get(day).copied()).collect();
    Some(names.join(","))
}

impl fmt::Display for CronTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Setting for CronTime {
    fn read(value: &Value) -> Result<Self, Wrong> {
        read_with(value, "30 2 * * *", str::parse)
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Shanghai;
    use chrono_tz::Europe::Stockholm;

    fn after(cron: &str, from: &str, zone: Tz, count: usize) -> Vec<String> {
        let cron: CronTime = cron.parse().unwrap();
        let mut now: DateTime<Utc> = from.parse().unwrap();
        (0..count)
            .map(|_| {
                now = cron.next(now, zone).unwrap();
                now.with_timezone(&zone).format("%a %d %H:%M %z").to_string()
            })
            .collect()
    }

    #[test]
    fn monday_is_monday() {
        for monday in ["0 7 * * 1", "0 7 * * MON", "0 7 * * mon"] {
            assert_eq!(after(monday, "2026-10-01T00:00:00Z", Shanghai, 1), ["Mon 05 07:00 +0800"], "{monday}");
        }
        for sunday in ["0 7 * * 0", "0 7 * * 7", "0 7 * * SUN"] {
            assert_eq!(after(sunday, "2026-10-01T00:00:00Z", Shanghai, 1), ["Sun 04 07:00 +0800"], "{sunday}");
        }
        let days = after("0 7 * * 5-7", "2026-10-01T00:00:00Z", Shanghai, 4);
        assert_eq!(days, ["Fri 02 07:00 +0800", "Sat 03 07:00 +0800", "Sun 04 07:00 +0800", "Fri 09 07:00 +0800"]);
        assert_eq!(
            after("0 7 * * MON-FRI/2", "2026-10-01T00:00:00Z", Shanghai, 2),
            ["Fri 02 07:00 +0800", "Mon 05 07:00 +0800"]
        );
    }

    #[test]
    fn when_clocks_go_forward_nothing_is_missed() {
        // 29 March 2026: 02:00 is followed by 03:00.
        assert_eq!(
            after("30 2 * * *", "2026-03-28T12:00:00Z", Stockholm, 2),
            ["Sun 29 03:00 +0200", "Mon 30 02:30 +0200"]
        );
    }

    #[test]
    fn when_clocks_go_back_nothing_is_done_twice() {
        // 25 October 2026: 03:00 is followed by 02:00.
        assert_eq!(
            after("30 2 * * *", "2026-10-24T12:00:00Z", Stockholm, 2),
            ["Sun 25 02:30 +0200", "Mon 26 02:30 +0100"]
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 8",
            "* * * * 5-1",
            "* * * * */0",
            "0 7 1 * 1",
            "@daily",
            "* * L * *",
        ] {
            assert!(bad.parse::<CronTime>().is_err(), "{bad}");
        }
        let never: CronTime = "0 0 30 2 *".parse().unwrap();
        assert_eq!(never.next("2026-01-01T00:00:00Z".parse().unwrap(), Shanghai), None);
    }
}
