//! What a cell of a feed may hold: each form is one function from text to value.

use crate::error::{Args, Code, Error};
use chrono::NaiveDate;

/// What is wrong with the text of a cell; the place is the table's to say.
#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    pub code: Code,
    pub args: Args,
}

impl Wrong {
    pub fn new(code: Code) -> Self {
        Self { code, args: Vec::new() }
    }

    pub fn of(code: Code, value: &str) -> Self {
        Self::new(code).with("value", value)
    }

    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.args.push((name, value.to_string()));
        self
    }
}

impl From<Error> for Wrong {
    fn from(error: Error) -> Self {
        Self { code: error.code(), args: error.args().to_vec() }
    }
}

/// The largest amount of one order, in minor units: sums of millions of orders stay within 64 bits.
const MOST: i64 = 1_000_000_000_000;

/// Days before this are taken for a misread year.
const EARLIEST: NaiveDate = match NaiveDate::from_ymd_opt(1970, 1, 1) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
const LATEST: NaiveDate = match NaiveDate::from_ymd_opt(2199, 12, 31) {
    Some(day) => day,
    None => NaiveDate::MAX,
};

/// A text of at most `most` characters on one line. What it says is never interpreted: `=1+1` is three
/// signs and stays them. Controls and marks that turn the direction of the text around them are refused,
/// since they make a page or a mail say something else than is stored.
pub(super) fn line(text: &str, most: usize) -> Result<String, Wrong> {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    if text.chars().any(|c| c.is_control() || turns(c)) {
        return Err(Wrong::of(Code::TextUnprintable, text));
    }
    if text.chars().count() > most {
        return Err(Wrong::new(Code::ValueTooLong).with("max", most));
    }
    Ok(text.to_owned())
}

/// An amount with a point before its decimals, in minor units: `1234.5` of a currency with two decimals
/// is 123,450. Groups of thousands are refused: `1,234` means two things in two countries.
///
/// # Errors
/// `ValueMalformed` for other forms and for more decimals than the currency has (zeros aside),
/// `ValueOutOfRange` beyond a million million minor units either way.
pub(super) fn amount(text: &str, decimals: u8) -> Result<i64, Wrong> {
    let example = if decimals == 0 { "1234".to_owned() } else { format!("1234.{}", "5".repeat(decimals.into())) };
    let bad = || Wrong::of(Code::ValueMalformed, text).with("expected", &example);
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let part = part.trim_end_matches('0');
    if !plain(whole) || !(part.is_empty() || plain(part)) || part.len() > usize::from(decimals) || digits.ends_with('.')
    {
        return Err(bad());
    }
    let scale = 10_i64.pow(decimals.into());
    let parts: i64 = format!("{part:0<width$}", width = usize::from(decimals)).parse().unwrap_or(0);
    let minor = whole.parse::<i64>().ok().and_then(|w| w.checked_mul(scale)?.checked_add(parts)).filter(|m| *m <= MOST);
    match minor {
        Some(minor) => Ok(if negative { -minor } else { minor }),
        None => {
            let most = MOST / scale;
            Err(Wrong::of(Code::ValueOutOfRange, text).with("min", -most).with("max", most))
        }
    }
}

/// A day as `2026-09-03`, `2026/9/3`, `2026年9月3日` or `20260903`. Forms that begin with day or month are
/// refused: which of the two `3/9` begins with, nobody can know.
pub(super) fn day(text: &str) -> Result<NaiveDate, Wrong> {
    let bad = || Wrong::of(Code::ValueMalformed, text).with("expected", "2026-09-03, 2026/9/3, 20260903");
    let number = |s: &str, most: usize| {
        let plain = (1..=most).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_digit());
        if plain { s.parse::<u32>().ok() } else { None }
    };
    let parts: Option<(&str, &str, &str)> = if text.len() == 8 && text.is_ascii() {
        text.split_at_checked(4).and_then(|(year, rest)| rest.split_at_checked(2).map(|(m, d)| (year, m, d)))
    } else {
        None
    };
    let compact = parts.filter(|(y, m, d)| [y, m, d].iter().all(|s| s.bytes().all(|b| b.is_ascii_digit())));
    let (year, month, day) = compact
        .or_else(|| {
            ["-", "/", "."].iter().find_map(|sign| {
                let (year, rest) = text.split_once(sign)?;
                let (month, day) = rest.split_once(sign)?;
                Some((year, month, day))
            })
        })
        .or_else(|| {
            let (year, rest) = text.strip_suffix('日')?.split_once('年')?;
            let (month, day) = rest.split_once('月')?;
            Some((year, month, day))
        })
        .filter(|(year, ..)| year.len() == 4)
        .ok_or_else(bad)?;
    let found = (|| {
        let year = i32::try_from(number(year, 4)?).ok()?;
        NaiveDate::from_ymd_opt(year, number(month, 2)?, number(day, 2)?)
    })()
    .ok_or_else(bad)?;
    within(found, EARLIEST, LATEST)
}

/// A day between two others, both within.
pub(super) fn within(day: NaiveDate, first: NaiveDate, last: NaiveDate) -> Result<NaiveDate, Wrong> {
    if (first..=last).contains(&day) {
        return Ok(day);
    }
    Err(Wrong::of(Code::ValueOutOfRange, &day.to_string()).with("min", first).with("max", last))
}

/// Yes or no, in the words that spreadsheets write.
pub(super) fn yes_no(text: &str) -> Result<bool, Wrong> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "是" | "有" | "对" | "真" => Ok(true),
        "no" | "n" | "false" | "0" | "否" | "无" | "错" | "假" => Ok(false),
        _ => Err(Wrong::of(Code::ValueUnknown, text).with("known", "yes, no, true, false, 1, 0, 是, 否")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T: std::fmt::Debug>(result: Result<T, Wrong>) -> Code {
        result.unwrap_err().code
    }

    #[test]
    fn amounts_are_exact_in_minor_units() {
        for (text, decimals, minor) in [
            ("29.33", 2, 2_933),
            ("0", 2, 0),
            ("0.00", 2, 0),
            ("-12.5", 2, -1_250),
            ("\u{2212}12.50", 2, -1_250),
            ("+7", 2, 700),
            ("1234.500", 2, 123_450),
            ("1234", 0, 1_234),
            ("1234.0", 0, 1_234),
            ("1.234", 3, 1_234),
            ("10000000000", 2, 1_000_000_000_000),
        ] {
            assert_eq!(amount(text, decimals), Ok(minor), "{text}");
        }
        for text in ["", "-", "1,234.50", "1.234,50", "12.345", "1e5", ".5", "5.", "1 000", "¥5", "--5", "0x1F", "=1"]
        {
            assert_eq!(code(amount(text, 2)), Code::ValueMalformed, "{text}");
        }
        assert_eq!(code(amount("0.5", 0)), Code::ValueMalformed);
        for text in ["10000000000.01", "99999999999999999999", "-9223372036854775808"] {
            assert_eq!(code(amount(text, 2)), Code::ValueOutOfRange, "{text}");
        }
    }

    #[test]
    fn days_in_the_forms_that_begin_with_the_year() {
        let third = NaiveDate::from_ymd_opt(2026, 9, 3).unwrap();
        for text in ["2026-09-03", "2026-9-3", "2026/9/3", "2026.09.03", "20260903", "2026年9月3日"] {
            assert_eq!(day(text), Ok(third), "{text}");
        }
        for text in [
            "",
            "3/9/2026",
            "09/03/26",
            "2026-02-30",
            "20261301",
            "2026-9",
            "2026-09-03T00:00",
            "2026-+9-3",
            "٢٠٢٦-٠٩-٠٣",
        ] {
            assert_eq!(code(day(text)), Code::ValueMalformed, "{text}");
        }
        assert_eq!(code(day("0026-09-03")), Code::ValueOutOfRange);
        assert_eq!(code(day("1899-12-31")), Code::ValueOutOfRange);
    }

    #[test]
    fn a_text_is_data_whatever_it_says() {
        for text in ["=HYPERLINK(\"http://x\")", "<b>x</b>", "{{name}}", "'; DROP TABLE accounts; --", "宝钢 ★"] {
            assert_eq!(line(text, 200).as_deref(), Ok(text));
        }
        for text in ["a\0b", "a\nb", "a\u{202e}b", "a\u{7f}b"] {
            assert_eq!(code(line(text, 200)), Code::TextUnprintable, "{text:?}");
        }
        assert_eq!(line("四个汉字", 4).as_deref(), Ok("四个汉字"), "characters count, not bytes");
        assert_eq!(code(line("四个汉字", 3)), Code::ValueTooLong);
    }

    #[test]
    fn yes_and_no() {
        for (text, meant) in [("Yes", true), ("是", true), ("0", false), ("FALSE", false)] {
            assert_eq!(yes_no(text), Ok(meant));
        }
        assert_eq!(code(yes_no("maybe")), Code::ValueUnknown);
    }
}
