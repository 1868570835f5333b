//! Charts in the words of one reader: the bridge between what is drawn and how somebody reads.

use super::chart::Words;
use crate::domain::day::Month;
use crate::text::Reader;
use chrono::NaiveDate;

impl Words for Reader {
    fn number(&self, value: f64, decimals: usize) -> String {
        Self::number(self, value, few(decimals))
    }

    fn interval(&self, low: f64, high: f64, decimals: usize) -> String {
        Self::interval(self, low, high, few(decimals))
    }

    fn month(&self, month: Month) -> String {
        self.month_on_axis(month)
    }

    fn month_of_year(&self, month: Month) -> String {
        Self::month(self, month)
    }

    fn day(&self, day: NaiveDate) -> String {
        self.date_short(day)
    }

    fn nothing(&self) -> String {
        self.text("chart-nothing", &[])
    }
}

/// No figure of a chart has more decimals than a byte counts.
fn few(decimals: usize) -> u8 {
    u8::try_from(decimals).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::render::chart::Estimate;
    use crate::text::Catalogue;
    use std::sync::Arc;

    #[test]
    fn charts_speak_the_readers_language() {
        let catalogue = Arc::new(Catalogue::load(None).unwrap());
        let told = |language: &Language| {
            let reader = catalogue.reader(language, chrono_tz::Asia::Shanghai);
            let words: &dyn Words = &reader;
            let january = Month::parse("2026-01").unwrap();
            let day = NaiveDate::from_ymd_opt(2026, 4, 9).unwrap();
            [
                words.estimate(&Estimate { value: -4.0, low: -8.5, high: 1.0 }, 1),
                words.month(january),
                words.month_of_year(january.plus(3)),
                words.day(day),
                words.nothing(),
            ]
        };
        assert_eq!(
            told(&Language::english()),
            ["\u{2212}4.0 (\u{2212}8.5 to 1.0)", "Jan 2026", "Apr 2026", "9 Apr", "no responses"]
        );
        assert_eq!(
            told(&Language::chinese()),
            ["\u{2212}4.0 (\u{2212}8.5 至 1.0)", "2026年1月", "2026年4月", "4月9日", "没有答卷"]
        );
    }
}
