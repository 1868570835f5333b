//! Numbers as people type them.

use crate::domain::measure::Milli;

/// Why a text is no number that is taken.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    NoNumber,
    /// More decimals than three.
    TooFine,
}

/// The largest number that is taken, in whole units.
const LARGEST: i64 = 1_000_000_000_000;

/// A number of thousandths with a point, and without zeros that say nothing: `12.5`.
pub fn decimal(x: Milli) -> String {
    let (whole, rest) = ((x / 1000).abs(), (x % 1000).abs());
    let sign = if x < 0 { "-" } else { "" };
    let text = format!("{sign}{whole}.{rest:03}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// What somebody typed with the digits and marks of a Chinese keyboard, in ASCII, without spaces around it.
pub(super) fn plain(text: &str) -> String {
    let narrow = |c: char| match c {
        // The full-width forms stand at a fixed distance from ASCII.
        '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(c) - 0xfee0).map_or(c, char::from),
        '\u{2212}' => '-',
        '\u{3000}' | '\u{a0}' => ' ',
        '。' => '.',
        c => c,
    };
    text.trim().chars().map(narrow).collect::<String>().trim().to_owned()
}

/// A number in thousandths. A comma is taken for the decimal sign where it cannot be one of thousands: if
/// it is the only mark and not three digits stand behind it.
pub(super) fn milli(text: &str) -> Result<Milli, Malformed> {
    let text = plain(text);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(&text)),
    };
    let (whole, rest) = match digits.split_once([',', '.']) {
        Some((_, rest)) if digits.contains(',') && rest.len() == 3 => return Err(Malformed::NoNumber),
        Some((whole, rest)) => (whole, rest),
        None => (digits, "0"),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !(all_digits(whole) && all_digits(rest)) {
        return Err(Malformed::NoNumber);
    }
    let rest = rest.trim_end_matches('0');
    if rest.len() > 3 {
        return Err(Malformed::TooFine);
    }
    let whole = whole.parse::<i64>().ok().filter(|whole| *whole <= LARGEST).ok_or(Malformed::NoNumber)?;
    let rest = format!("{rest:0<3}").parse::<i64>().map_err(|_| Malformed::NoNumber)?;
    Ok(sign * (whole * 1000 + rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_as_people_type_them() {
        for (text, expected) in [
            ("12", Ok(12_000)),
            (" 12.50 ", Ok(12_500)),
            ("-0.125", Ok(-125)),
            ("+3", Ok(3000)),
            ("1,5", Ok(1500)),
            ("１２．５", Ok(12_500)),
            ("−4", Ok(-4000)),
            ("0.1000", Ok(100)),
            ("1,500", Err(Malformed::NoNumber)),
            ("1,500.00", Err(Malformed::NoNumber)),
            ("1.2345", Err(Malformed::TooFine)),
            ("", Err(Malformed::NoNumber)),
            (".5", Err(Malformed::NoNumber)),
            ("5.", Err(Malformed::NoNumber)),
            ("1e3", Err(Malformed::NoNumber)),
            ("99999999999999999999", Err(Malformed::NoNumber)),
            ("ten", Err(Malformed::NoNumber)),
        ] {
            assert_eq!(milli(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(x in -1_000_000_000_000_i64..=1_000_000_000_000) {
            prop_assert_eq!(milli(&decimal(x)), Ok(x));
        }
    }
}
