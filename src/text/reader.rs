//! One person's way of reading: language and time zone.

use super::catalogue::{Catalogue, Value};
use super::forms::NO_FIGURE;
use crate::domain::day::Month;
use crate::domain::language::Language;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use std::sync::Arc;

/// Writes numbers, money, dates and texts as one person reads them. Cheap to make and to clone.
///
/// ```
/// use bellwether::domain::language::Language;
/// use bellwether::text::Catalogue;
/// use std::sync::Arc;
///
/// let catalogue = Arc::new(Catalogue::load(None)?);
/// let reader = catalogue.reader(&Language::chinese(), chrono_tz::Asia::Shanghai);
/// assert_eq!(reader.number(-1234.56, 1), "\u{2212}1,234.6");
/// assert_eq!(reader.interval(13.0, 34.0, 0), "13 至 34");
/// # Ok::<(), bellwether::error::Error>(())
/// ```
#[derive(Clone)]
pub struct Reader {
    /// A language there are texts in.
    pub language: Language,
    pub zone: Tz,
    catalogue: Arc<Catalogue>,
}

impl Reader {
    /// A reader who is served in the language nearest to `language` that there is.
    pub fn new(catalogue: &Arc<Catalogue>, language: &Language, zone: Tz) -> Self {
        Self { language: catalogue.nearest(language).clone(), zone, catalogue: Arc::clone(catalogue) }
    }

    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// See [`Catalogue::text`].
    pub fn text(&self, id: &str, args: &[(&str, Value<'_>)]) -> String {
        self.catalogue.text(&self.language, id, args)
    }

    /// A number with exactly `decimals` decimals, grouped, half away from zero, minus as U+2212. What
    /// is not finite is written as an en dash.
    pub fn number(&self, x: f64, decimals: u8) -> String {
        self.forms().number(x, decimals)
    }

    pub fn integer(&self, n: i64) -> String {
        self.forms().integer(n)
    }

    /// A number that shows its sign both ways: +3, −3, 0.
    pub fn signed(&self, x: f64, decimals: u8) -> String {
        self.forms().signed(x, decimals)
    }

    /// A share as percent: 0.48 is "48 %" in English (with a space that does not break), "48%" in Chinese.
    pub fn percent(&self, share: f64, decimals: u8) -> String {
        if !share.is_finite() {
            return NO_FIGURE.to_owned();
        }
        self.text("percent", &[("number", self.number(share * 100.0, decimals).into())])
    }

    /// An interval of shares: "44 to 52 %", "44% 至 52%".
    pub fn percent_interval(&self, low: f64, high: f64, decimals: u8) -> String {
        let end = |share: f64| Value::from(self.number(share * 100.0, decimals));
        self.text("percent-interval", &[("low", end(low)), ("high", end(high))])
    }

    /// A probability in whole percent that never claims certainty: 0.998 is "over 99 %", 0.002 "under 1 %".
    pub fn chance(&self, probability: f64) -> String {
        let bound = |id: &str, n: i64| self.text(id, &[("number", self.integer(n).into())]);
        if probability >= 0.995 {
            bound("percent-above", 99)
        } else if probability < 0.005 {
            bound("percent-below", 1)
        } else {
            self.percent(probability, 0)
        }
    }

    /// An interval: "13 to 34", "13 至 34".
    pub fn interval(&self, low: f64, high: f64, decimals: u8) -> String {
        let end = |x: f64| Value::from(self.number(x, decimals));
        self.text("interval", &[("low", end(low)), ("high", end(high))])
    }

    /// A number of days: "1 day", "72 days", "72 天".
    pub fn duration_days(&self, days: i64) -> String {
        self.text("days", &[("count", days.into())])
    }

    /// A day: "30 Sep 2026", "2026年9月30日".
    pub fn date(&self, day: NaiveDate) -> String {
        self.forms().date(day)
    }

    /// A day for running text: "30 September 2026", "2026年9月30日".
    pub fn date_long(&self, day: NaiveDate) -> String {
        self.forms().date_long(day)
    }

    /// A day whose year is plain: "15 Jan", "1月15日".
    pub fn date_short(&self, day: NaiveDate) -> String {
        self.forms().day(day)
    }

    /// "Wednesday", "星期三".
    pub fn weekday(&self, day: NaiveDate) -> String {
        self.forms().weekday(day)
    }

    /// "Sep 2026", "2026年9月".
    pub fn month(&self, month: Month) -> String {
        self.forms().month(month)
    }

    /// A month under an axis: with its year in January, when the year changes; else "Oct", "10月".
    pub fn month_on_axis(&self, month: Month) -> String {
        if month.number() == 1 { self.month(month) } else { self.forms().month_alone(month) }
    }

    /// An instant in the reader's time zone, to the minute: "1 Dec 2026, 06:00".
    pub fn instant(&self, instant: DateTime<Utc>) -> String {
        self.forms().instant(instant.with_timezone(&self.zone).naive_local())
    }

    /// The time of day of an instant in the reader's time zone: "06:00".
    pub fn time(&self, instant: DateTime<Utc>) -> String {
        self.forms().time(instant.with_timezone(&self.zone).naive_local())
    }

    /// An amount of money in the short form of running text. `minor` is in the currency's minor unit
    /// (fen, cents; yen have none), `currency` an ISO 4217 code.
    ///
    /// English: "14.0 million CNY", "1.4 billion CNY", whole units below a million ("340,000 CNY").
    /// Chinese, Japanese and Korean count by 10,000: "1,395 万元", "34.0 万元", "12.5 亿元" from a
    /// thousand million, "9,800 元" below ten thousand.
    pub fn money(&self, minor: i64, currency: &str) -> String {
        let scale: &[Step] =
            if matches!(self.language.primary(), "zh" | "ja" | "ko") { &BY_MYRIAD } else { &BY_THOUSAND };
        let units = i128::from(minor);
        let unit = 10_i128.pow(u32::from(minor_digits(currency)));
        for (i, step) in scale.iter().enumerate() {
            // As the next smaller form would show it, so that there is no "1,000.0 million".
            let grain = scale.get(i + 1).map_or(1, Step::grain);
            if divide_rounding(units, grain * unit).abs() * grain >= step.from {
                return self.money_of(step.id, divide_rounding(units, step.grain() * unit), step.decimals, currency);
            }
        }
        self.money_of("money", divide_rounding(units, unit), 0, currency)
    }

    /// An amount of money to the last minor unit: "13,950,000.00 CNY", "13,950,000.00 元".
    pub fn money_full(&self, minor: i64, currency: &str) -> String {
        self.money_of("money", i128::from(minor), minor_digits(currency), currency)
    }

    fn money_of(&self, id: &str, units: i128, decimals: u8, currency: &str) -> String {
        let amount = self.forms().scaled(units, decimals);
        self.text(id, &[("amount", amount.into()), ("currency", currency.into())])
    }

    fn forms(&self) -> &super::forms::Forms {
        self.catalogue.forms(&self.language)
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader({}, {})", self.language, self.zone)
    }
}

/// A short form of money, for amounts of at least `from` units of the currency.
struct Step {
    id: &'static str,
    worth: i128,
    from: i128,
    decimals: u8,
}

impl Step {
    /// The smallest difference that it shows.
    fn grain(&self) -> i128 {
        self.worth / 10_i128.pow(u32::from(self.decimals))
    }
}

const BY_THOUSAND: [Step; 2] = [
    Step { id: "money-huge", worth: 1_000_000_000, from: 1_000_000_000, decimals: 1 },
    Step { id: "money-large", worth: 1_000_000, from: 1_000_000, decimals: 1 },
];

const BY_MYRIAD: [Step; 3] = [
    Step { id: "money-huge", worth: 100_000_000, from: 1_000_000_000, decimals: 1 },
    Step { id: "money-large", worth: 10_000, from: 1_000_000, decimals: 0 },
    Step { id: "money-large", worth: 10_000, from: 10_000, decimals: 1 },
];

/// Decimals of a currency's minor unit: 2 but for those that ISO 4217 lists otherwise.
pub fn minor_digits(currency: &str) -> u8 {
    match currency {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// Rounds half away from zero. `by` is positive.
fn divide_rounding(n: i128, by: i128) -> i128 {
    let half = if n < 0 { -(by / 2) } else { by / 2 };
    (n + half) / by
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readers() -> (Reader, Reader) {
        let catalogue = Arc::new(Catalogue::load(None).unwrap());
        let zone = chrono_tz::Asia::Shanghai;
        (catalogue.reader(&Language::english(), zone), catalogue.reader(&Language::chinese(), zone))
    }

    fn both(form: impl Fn(&Reader) -> String) -> (String, String) {
        let (en, zh) = readers();
        (form(&en), form(&zh))
    }

    #[track_caller]
    fn expect(form: impl Fn(&Reader) -> String, en: &str, zh: &str) {
        assert_eq!(both(form), (en.to_owned(), zh.to_owned()));
    }

    #[test]
    fn numbers() {
        expect(|r| r.number(1_234_567.891, 1), "1,234,567.9", "1,234,567.9");
        expect(|r| r.number(-1234.0, 0), "\u{2212}1,234", "\u{2212}1,234");
        expect(|r| r.number(-0.04, 1), "0.0", "0.0");
        expect(|r| r.integer(i64::MIN), "\u{2212}9,223,372,036,854,775,808", "\u{2212}9,223,372,036,854,775,808");
        expect(|r| r.number(f64::NAN, 1), "–", "–");
        expect(|r| r.number(1e300, 0).len().to_string(), "401", "401");
        // Ties go away from zero in decimal digits; 1.005 is a little less than it says as a double.
        expect(
            |r| [0.25, 0.35, 2.5, -2.5].map(|x| r.number(x, u8::from(x.abs() < 1.0))).join(" "),
            "0.3 0.4 3 \u{2212}3",
            "0.3 0.4 3 \u{2212}3",
        );
        expect(|r| r.number(1.005, 2), "1.01", "1.01");
        expect(|r| [3.0, -3.0, 0.2].map(|x| r.signed(x, 0)).join(" "), "+3 \u{2212}3 0", "+3 \u{2212}3 0");
    }

    #[test]
    fn shares_and_intervals() {
        expect(|r| r.percent(0.48, 0), "48\u{a0}%", "48%");
        expect(|r| r.percent(0.1234, 1), "12.3\u{a0}%", "12.3%");
        expect(|r| r.percent(f64::INFINITY, 0), "–", "–");
        expect(|r| r.interval(13.0, 34.0, 0), "13 to 34", "13 至 34");
        expect(|r| r.interval(-3.25, 4.0, 1), "\u{2212}3.3 to 4.0", "\u{2212}3.3 至 4.0");
        expect(|r| r.percent_interval(0.44, 0.52, 0), "44 to 52\u{a0}%", "44% 至 52%");
    }

    #[test]
    fn a_chance_is_never_certain() {
        expect(|r| r.chance(0.97), "97\u{a0}%", "97%");
        expect(|r| r.chance(0.9951), "over 99\u{a0}%", "99% 以上");
        expect(|r| r.chance(0.001), "under 1\u{a0}%", "不足 1%");
    }

    #[test]
    fn days_and_months() {
        let day = NaiveDate::from_ymd_opt(2026, 9, 30).unwrap();
        expect(|r| r.date(day), "30 Sep 2026", "2026年9月30日");
        expect(|r| r.date_long(day), "30 September 2026", "2026年9月30日");
        expect(|r| r.date_short(day), "30 Sep", "9月30日");
        expect(|r| r.weekday(day), "Wednesday", "星期三");
        expect(|r| r.month(Month::of(day)), "Sep 2026", "2026年9月");
        expect(|r| r.month_on_axis(Month::of(day).plus(1)), "Oct", "10月");
        expect(|r| r.month_on_axis(Month::parse("2026-01").unwrap()), "Jan 2026", "2026年1月");
        expect(|r| r.duration_days(72), "72 days", "72 天");
        expect(|r| r.date(NaiveDate::MAX).is_empty().to_string(), "false", "false");
    }

    #[test]
    fn instants_stand_in_the_readers_zone() {
        let instant = DateTime::parse_from_rfc3339("2026-11-30T22:00:59Z").unwrap().to_utc();
        expect(|r| r.instant(instant), "1 Dec 2026, 06:00", "2026年12月1日 06:00");
        expect(|r| r.time(instant), "06:00", "06:00");
        let (mut en, _) = readers();
        en.zone = chrono_tz::Europe::Stockholm;
        assert_eq!(en.instant(instant), "30 Nov 2026, 23:00");
        // Midnight is 00:00, not 24:00 or 12:00.
        let midnight = DateTime::parse_from_rfc3339("2026-11-30T23:00:00Z").unwrap().to_utc();
        assert_eq!(en.instant(midnight), "1 Dec 2026, 00:00");
    }

    #[test]
    fn money_is_short_in_the_readers_units() {
        expect(|r| r.money(1_395_000_000, "CNY"), "14.0 million CNY", "1,395 万元");
        expect(|r| r.money(1_080_000_000, "CNY"), "10.8 million CNY", "1,080 万元");
        expect(|r| r.money(34_000_000, "CNY"), "340,000 CNY", "34.0 万元");
        expect(|r| r.money(980_049, "CNY"), "9,800 CNY", "9,800 元");
        expect(|r| r.money(-250_000_000, "EUR"), "\u{2212}2.5 million EUR", "\u{2212}250 万欧元");
        expect(|r| r.money(125_000_000_000, "USD"), "1.3 billion USD", "12.5 亿美元");
        expect(|r| r.money(5_000_000, "JPY"), "5.0 million JPY", "500 万日元");
        expect(|r| r.money(500_000_000, "XYZ"), "5.0 million XYZ", "500 万 XYZ");
        expect(|r| r.money(0, "CNY"), "0 CNY", "0 元");
        // What would be shown decides the unit.
        expect(|r| r.money(96_000_000_000, "CNY"), "960.0 million CNY", "96,000 万元");
        expect(|r| r.money(999_940, "CNY"), "9,999 CNY", "9,999 元");
        expect(|r| r.money(99_999_950, "CNY"), "1.0 million CNY", "100 万元");
        expect(|r| r.money(99_996_000_000, "CNY"), "1.0 billion CNY", "99,996 万元");
        expect(|r| r.money(i64::MIN, "CNY").is_empty().to_string(), "false", "false");
    }

    #[test]
    fn money_in_full_keeps_every_unit() {
        expect(|r| r.money_full(1_395_000_005, "CNY"), "13,950,000.05 CNY", "13,950,000.05 元");
        expect(|r| r.money_full(-7, "EUR"), "\u{2212}0.07 EUR", "\u{2212}0.07 欧元");
        expect(|r| r.money_full(1_234, "JPY"), "1,234 JPY", "1,234 日元");
        expect(|r| r.money_full(1_234, "KWD"), "1.234 KWD", "1.234 KWD");
    }
}
