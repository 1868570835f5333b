//! The forms of numbers and dates in one language, from the tables of the Unicode CLDR.

use crate::domain::day::Month;
use crate::error::{Error, Result};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};
use icu_calendar::{Date, Gregorian};
use icu_datetime::FixedCalendarDateTimeFormatter as Formatter;
use icu_datetime::fieldsets::{E, M, MD, T, YM, YMD, YMDT};
use icu_datetime::input::{DateTime, Time};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_locale_core::Locale;

/// What stands for a figure that there is not.
pub(super) const NO_FIGURE: &str = "–";

/// The minus of figures; a hyphen is too short beside digits and breaks at the end of a line.
const MINUS: char = '\u{2212}';

/// More decimals than a double carries are noise.
const MOST_DECIMALS: u8 = 15;

/// The formatters of one language, built once: building one reads many tables.
pub(crate) struct Forms {
    decimal: DecimalFormatter,
    date: Formatter<Gregorian, YMD>,
    date_long: Formatter<Gregorian, YMD>,
    day: Formatter<Gregorian, MD>,
    month: Formatter<Gregorian, YM>,
    month_alone: Formatter<Gregorian, M>,
    weekday: Formatter<Gregorian, E>,
    instant: Formatter<Gregorian, YMDT>,
    time: Formatter<(), T>,
}

impl Forms {
    /// The forms of a locale such as `en-GB`, short dates as another has them; says why when a tag is none.
    pub(super) fn new(tag: &str, short_tag: &str) -> Result<Self, String> {
        // People read our times across borders: 24 hours, whatever the country prefers.
        let parse = |tag: &str| -> Result<Locale, String> {
            format!("{tag}-u-hc-h23").parse().map_err(|_| format!("not a locale: {tag}"))
        };
        let (locale, short) = (parse(tag)?, parse(short_tag)?);
        let say = |e: icu_datetime::DateTimeFormatterLoadError| e.to_string();
        let prefs = || (&locale).into();
        let short = || (&short).into();
        Ok(Self {
            decimal: DecimalFormatter::try_new((&locale).into(), Default::default()).map_err(|e| e.to_string())?,
            date: Formatter::try_new(short(), YMD::medium()).map_err(say)?,
            date_long: Formatter::try_new(prefs(), YMD::long()).map_err(say)?,
            day: Formatter::try_new(short(), MD::medium()).map_err(say)?,
            month: Formatter::try_new(short(), YM::medium()).map_err(say)?,
            month_alone: Formatter::try_new(short(), M::medium()).map_err(say)?,
            weekday: Formatter::try_new(prefs(), E::long()).map_err(say)?,
            instant: Formatter::try_new(
                short(),
                YMDT::medium().with_time_precision(icu_datetime::options::TimePrecision::Minute),
            )
            .map_err(say)?,
            time: icu_datetime::NoCalendarFormatter::try_new(prefs(), T::hm()).map_err(say)?,
        })
    }

    pub(super) fn english() -> Result<Self> {
        Self::new("en-GB", "en-GB").map_err(Error::internal)
    }

    /// A number with exactly so many decimals, rounded half away from zero as it is written in decimal
    /// digits, so that 0.25 and 0.35 both go up.
    pub(super) fn number(&self, x: f64, decimals: u8) -> String {
        match Figure::of(x, decimals) {
            Some(figure) => self.signed_by(&figure, if figure.negative { Some(MINUS) } else { None }),
            None => NO_FIGURE.to_owned(),
        }
    }

    /// A number that says its sign both ways; zero has none.
    pub(super) fn signed(&self, x: f64, decimals: u8) -> String {
        match Figure::of(x, decimals) {
            Some(figure) if figure.negative => self.signed_by(&figure, Some(MINUS)),
            Some(figure) if figure.zero => self.signed_by(&figure, None),
            Some(figure) => self.signed_by(&figure, Some('+')),
            None => NO_FIGURE.to_owned(),
        }
    }

    /// A number with as many decimals as it has, at least and at most so many.
    pub(super) fn number_between(&self, x: f64, least: u8, most: u8) -> String {
        let Some(mut figure) = Figure::of(x, most.max(least)) else { return NO_FIGURE.to_owned() };
        figure.digits.absolute.trim_end();
        figure.digits.absolute.pad_end(-i16::from(least.min(MOST_DECIMALS)));
        self.signed_by(&figure, if figure.negative { Some(MINUS) } else { None })
    }

    pub(super) fn integer(&self, n: i64) -> String {
        self.scaled(i128::from(n), 0)
    }

    /// A number given in whole tenths, hundredths, thousandths...: exact, where a double might not be.
    pub(super) fn scaled(&self, units: i128, decimals: u8) -> String {
        let mut digits = Decimal::from(units.unsigned_abs());
        digits.multiply_pow10(-i16::from(decimals));
        digits.absolute.pad_end(-i16::from(decimals));
        let figure = Figure { digits, negative: units < 0, zero: units == 0 };
        self.signed_by(&figure, if figure.negative { Some(MINUS) } else { None })
    }

    fn signed_by(&self, figure: &Figure, sign: Option<char>) -> String {
        let digits = self.decimal.format(&figure.digits);
        match sign {
            Some(sign) => format!("{sign}{digits}"),
            None => digits.to_string(),
        }
    }

    pub(super) fn date(&self, day: NaiveDate) -> String {
        written(day, |d| self.date.format(d).to_string())
    }

    pub(super) fn date_long(&self, day: NaiveDate) -> String {
        written(day, |d| self.date_long.format(d).to_string())
    }

    pub(super) fn day(&self, day: NaiveDate) -> String {
        written(day, |d| self.day.format(d).to_string())
    }

    pub(super) fn weekday(&self, day: NaiveDate) -> String {
        written(day, |d| self.weekday.format(d).to_string())
    }

    pub(super) fn month(&self, month: Month) -> String {
        written(month.first_day(), |d| self.month.format(d).to_string())
    }

    pub(super) fn month_alone(&self, month: Month) -> String {
        written(month.first_day(), |d| self.month_alone.format(d).to_string())
    }

    pub(super) fn instant(&self, local: NaiveDateTime) -> String {
        match time_of(local) {
            Some(time) => written(local.date(), |d| self.instant.format(&DateTime { date: *d, time }).to_string()),
            None => local.to_string(),
        }
    }

    pub(super) fn time(&self, local: NaiveDateTime) -> String {
        match time_of(local) {
            Some(time) => self.time.format(&time).to_string(),
            None => local.to_string(),
        }
    }
}

/// A rounded number without its sign.
struct Figure {
    digits: Decimal,
    negative: bool,
    zero: bool,
}

impl Figure {
    /// Nothing for what is no number. The shortest digits that give the same double are rounded, not
    /// the double itself, whose binary tail would decide ties at random.
    fn of(x: f64, decimals: u8) -> Option<Self> {
        if !x.is_finite() {
            return None;
        }
        let places = -i16::from(decimals.min(MOST_DECIMALS));
        let mut digits = Decimal::try_from_str(&x.abs().to_string()).ok()?;
        digits.absolute.round_with_mode(places, fixed_decimal::UnsignedRoundingMode::HalfExpand);
        digits.absolute.pad_end(places);
        let zero = digits.absolute.is_zero();
        Some(Self { digits, negative: x < 0.0 && !zero, zero })
    }
}

/// Writes a day; one outside the calendar of the tables is written as ISO 8601 has it.
fn written(day: NaiveDate, form: impl FnOnce(&Date<Gregorian>) -> String) -> String {
    let month = u8::try_from(day.month()).unwrap_or_default();
    let of_month = u8::try_from(day.day()).unwrap_or_default();
    Date::try_new_gregorian(day.year(), month, of_month).map_or_else(|_| day.to_string(), |date| form(&date))
}

fn time_of(local: NaiveDateTime) -> Option<Time> {
    let part = |n: u32| u8::try_from(n).ok();
    Time::try_new(part(local.hour())?, part(local.minute())?, part(local.second())?, 0).ok()
}
