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

    /// The first month of the business year that holds this one; `starts` is the number of its first
    /// month, 1 to 12.
    #[must_use]
    pub fn business_year(self, starts: u32) -> Self {
        let starts = i32::try_from(starts).unwrap_or(1) - 1;
        Self(self.0 - (self.0 - starts).rem_euclid(12))
    }

    /// The first month of the quarter of the business year that holds this one.
    #[must_use]
    pub fn business_quarter(self, starts: u32) -> Self {
        let within = self.0 - self.business_year(starts).0;
        Self(self.0 - within % 3)
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

    /// The same months, some months later or earlier.
    #[must_use]
    pub fn shifted(&self, months: i32) -> Self {
        Self { first: self.first.plus(months), last: self.last.plus(months) }
    }

    pub fn contains(&self, month: Month) -> bool {
        self.first <= month && month <= self.last
    }
}

/// How a period is asked for, seen from a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// So many months up to it.
    Months(i32),
    /// The quarter of the business year that it lies in, up to it.
    Quarter,
    /// The business year that it lies in, up to it.
    Year,
    /// The whole quarter before.
    QuarterBefore,
    /// The whole business year before.
    YearBefore,
}

impl Span {
    /// Those that follow the business year.
    pub const BUSINESS: [Self; 4] = [Self::Quarter, Self::QuarterBefore, Self::Year, Self::YearBefore];

    /// Reads `6` or `year`.
    pub fn parse(text: &str) -> Option<Self> {
        let named = Self::BUSINESS.into_iter().find(|span| span.to_string() == text);
        named.or_else(|| text.parse().ok().map(Self::Months))
    }

    /// The period, and the one it is compared with: for some months those just before them, for a quarter
    /// or a year to date the same part of the one before, so that like stands against like.
    pub fn periods(self, month: Month, year_starts: u32) -> (Period, Period) {
        let (quarter, year) = (month.business_quarter(year_starts), month.business_year(year_starts));
        let whole = |first: Month, months: i32| (Period::ending(first.plus(-1), months), -months);
        let (period, back) = match self {
            Self::Months(months) => {
                let period = Period::ending(month, months);
                (period, -period.months())
            }
            Self::Quarter => (Period { first: quarter, last: month }, -3),
            Self::Year => (Period { first: year, last: month }, -12),
            Self::QuarterBefore => whole(quarter, 3),
            Self::YearBefore => whole(year, 12),
        };
        (period, period.shifted(back))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Months(months) => write!(f, "{months}"),
            Self::Quarter => f.write_str("quarter"),
            Self::Year => f.write_str("year"),
            Self::QuarterBefore => f.write_str("quarter-before"),
            Self::YearBefore => f.write_str("year-before"),
        }
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

    #[test]
    fn business_years_begin_where_the_organisation_says() {
        let month = |text: &str| Month::parse(text).unwrap();
        for (starts, of, year, quarter) in [
            (1, "2026-11", "2026-01", "2026-10"),
            (4, "2026-11", "2026-04", "2026-10"),
            (4, "2026-03", "2025-04", "2026-01"),
            (4, "2026-04", "2026-04", "2026-04"),
            (12, "2026-11", "2025-12", "2026-09"),
            (12, "2026-12", "2026-12", "2026-12"),
        ] {
            assert_eq!(month(of).business_year(starts), month(year), "{starts} {of}");
            assert_eq!(month(of).business_quarter(starts), month(quarter), "{starts} {of}");
        }
    }

    #[test]
    fn spans_stand_against_their_like() {
        let november = Month::parse("2026-11").unwrap();
        let told = |span: &str, starts: u32| {
            let (now, before) = Span::parse(span).unwrap().periods(november, starts);
            [now.first, now.last, before.first, before.last].map(|m| m.to_string())
        };
        assert_eq!(told("6", 4), ["2026-06", "2026-11", "2025-12", "2026-05"]);
        assert_eq!(told("quarter", 4), ["2026-10", "2026-11", "2026-07", "2026-08"]);
        assert_eq!(told("year", 4), ["2026-04", "2026-11", "2025-04", "2025-11"]);
        assert_eq!(told("quarter-before", 4), ["2026-07", "2026-09", "2026-04", "2026-06"]);
        assert_eq!(told("year-before", 4), ["2025-04", "2026-03", "2024-04", "2025-03"]);
        assert_eq!(told("year-before", 1), ["2025-01", "2025-12", "2024-01", "2024-12"]);
        assert_eq!(Span::parse("decade"), None);
        for span in Span::BUSINESS {
            assert_eq!(Span::parse(&span.to_string()), Some(span));
        }
    }
}
