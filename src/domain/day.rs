//! Days and months of the organisation's reporting zone. A civil date is not an instant: which day an
//! answer belongs to depends on where the organisation reports, never on UTC.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The day an instant falls on in a zone.
pub fn day_of(instant: DateTime<Utc>, zone: Tz) -> NaiveDate {
    instant.with_timezone(&zone).date_naive()
}

/// The first instant of a day in a zone; where clocks skip midnight, the first that exists.
pub fn start_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    (0..=3)
        .find_map(|hour| {
            let time = NaiveTime::from_hms_opt(hour, 0, 0)?;
            zone.from_local_datetime(&day.and_time(time)).earliest()
        })
        .map_or_else(|| day.and_time(NaiveTime::MIN).and_utc(), |t| t.to_utc())
}

/// A calendar month, counted from January of the year 0 so that months can be subtracted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Month(pub i32);

impl Month {
    pub fn of(day: NaiveDate) -> Self {
        Self(day.year() * 12 + day.month0() as i32)
    }

    /// Reads `2026-09`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        if year.len() != 4 || month.len() != 2 {
            return None;
        }
        let day = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)?;
        Some(Self::of(day))
    }

    pub fn year(self) -> i32 {
        self.0.div_euclid(12)
    }

    /// 1 to 12.
    pub fn number(self) -> u32 {
        self.0.rem_euclid(12) as u32 + 1
    }

    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.number(), 1).unwrap_or_default()
    }

    pub fn last_day(self) -> NaiveDate {
        self.first_day().checked_add_months(Months::new(1)).and_then(|d| d.pred_opt()).unwrap_or_default()
    }

    #[must_use]
    pub fn plus(self, months: i32) -> Self {
        Self(self.0 + months)
    }

    pub fn through(self, last: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.0..=last.0).map(Self)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year(), self.number())
    }
}

impl TryFrom<String> for Month {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a month such as 2026-09")
    }
}

impl From<Month> for String {
    fn from(month: Month) -> Self {
        month.to_string()
    }
}

/// Some whole months, both ends within.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Period {
    pub first: Month,
    pub last: Month,
}

impl Period {
    /// The `months` months that end with `last`.
    pub fn ending(last: Month, months: i32) -> Self {
        Self { first: last.plus(1 - months.max(1)), last }
    }

    pub fn months(&self) -> i32 {
        self.last.0 - self.first.0 + 1
    }

    /// The period of the same length just before.
    #[must_use]
    pub fn before(&self) -> Self {
        Self::ending(self.first.plus(-1), self.months())
    }

    pub fn contains(&self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_the_reporting_zones() {
        let late = DateTime::parse_from_rfc3339("2026-09-30T17:00:00Z").unwrap().to_utc();
        assert_eq!(day_of(late, chrono_tz::Asia::Shanghai).to_string(), "2026-10-01");
        assert_eq!(day_of(late, chrono_tz::Europe::Stockholm).to_string(), "2026-09-30");
    }

    #[test]
    fn a_day_without_midnight_starts_at_one() {
        // Clocks in Beirut went from 00:00 to 01:00 on 27 March 2022.
        let day = NaiveDate::from_ymd_opt(2022, 3, 27).unwrap();
        assert_eq!(start_of(day, chrono_tz::Asia::Beirut).to_string(), "2022-03-26 22:00:00 UTC");
    }

    #[test]
    fn months_count() {
        let month = Month::parse("2026-01").unwrap();
        assert_eq!(month.plus(-1).to_string(), "2025-12");
        assert_eq!(month.plus(1).last_day().to_string(), "2026-02-28");
        assert_eq!(Month::parse("2026-13"), None);
        assert_eq!(Month::parse("2026-1"), None);
        let half = Period::ending(Month::parse("2026-11").unwrap(), 6);
        assert_eq!((half.first.to_string(), half.before().first.to_string()), ("2026-06".into(), "2025-12".into()));
    }
}
