//! A condition as a row of words and signs.

use super::super::Reason;
use super::expression::{Comparison, Trouble};
use chrono::NaiveDate;

/// Nobody reads a longer condition; in characters.
pub const LONGEST: usize = 1000;

/// How many digits stand before the point of a number, and after it.
const DIGITS: (usize, usize) = (12, 3);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name, or a word of the language.
    Word(String),
    /// In thousandths.
    Number(i64),
    Text(String),
    Date(NaiveDate),
    Sign(Comparison),
    /// One of `( ) [ ] ,`.
    Mark(char),
    End,
}

/// Cuts a text into tokens, each with the byte at which it begins; the last is [`Token::End`].
pub(super) fn cut(text: &str) -> Result<Vec<(usize, Token)>, Trouble> {
    if text.chars().count() > LONGEST {
        let args = vec![("max", LONGEST.to_string())];
        return Err(Trouble { at: 0, reason: Reason::ExpressionTooLong, args });
    }
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let at = text.len() - rest.len();
        let Some(first) = rest.chars().next() else {
            tokens.push((at, Token::End));
            return Ok(tokens);
        };
        let (token, length) = match first {
            'a'..='z' | 'A'..='Z' | '_' => word(rest),
            '0'..='9' | '-' => number(rest, at)?,
            '"' | '\'' => quoted(rest, first, at)?,
            '(' | ')' | '[' | ']' | ',' => (Token::Mark(first), 1),
            _ => sign(rest, at)?,
        };
        tokens.push((at, token));
        rest = rest.get(length..).unwrap_or_default();
    }
}

fn unexpected(at: usize, found: &str, expected: &str) -> Trouble {
    let args = vec![("found", found.to_owned()), ("expected", expected.to_owned())];
    Trouble { at, reason: Reason::ExpressionSyntax, args }
}

fn word(rest: &str) -> (Token, usize) {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let length = rest.find(|c: char| !fits(c)).unwrap_or(rest.len());
    (Token::Word(rest.get(..length).unwrap_or_default().to_owned()), length)
}

/// A number or a date: both begin with a digit.
fn number(rest: &str, at: usize) -> Result<(Token, usize), Trouble> {
    let length = 1 + rest
        .get(1..)
        .unwrap_or_default()
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .unwrap_or(rest.len() - 1);
    let all = rest.get(..length).unwrap_or_default();
    if let Some(day) = day(all) {
        return Ok((Token::Date(day), length));
    }
    thousandths(all).map(|x| (Token::Number(x), length)).ok_or_else(|| unexpected(at, all, "0.000, 2026-01-31"))
}

/// A day as four, two and two digits: other spellings would not sort like their days do.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10
        && text.bytes().enumerate().all(|(nth, b)| if nth == 4 || nth == 7 { b == b'-' } else { b.is_ascii_digit() });
    shaped.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

/// A decimal with at most three places.
pub(super) fn thousandths(text: &str) -> Option<i64> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let fits = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if !(fits(whole, DIGITS.0) && fits(part, DIGITS.1)) {
        return None;
    }
    let part: i64 = format!("{part:0<3}").parse().ok()?;
    Some(sign * (whole.parse::<i64>().ok()? * 1000 + part))
}

fn quoted(rest: &str, quote: char, at: usize) -> Result<(Token, usize), Trouble> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((here, c)) = chars.next() {
        match c {
            c if c == quote => return Ok((Token::Text(text), here + 1)),
            '\\' => match chars.next() {
                Some((_, c @ ('\\' | '"' | '\''))) => text.push(c),
                Some((_, c)) => return Err(unexpected(at + here, &format!("\\{c}"), "\\\\, \\\", \\'")),
                None => break,
            },
            c => text.push(c),
        }
    }
    Err(unexpected(at, &rest.chars().take(20).collect::<String>(), &format!("{quote}…{quote}")))
}

fn sign(rest: &str, at: usize) -> Result<(Token, usize), Trouble> {
    // The longer ones go first: `<=` begins like `<`.
    let mut all = Comparison::ALL;
    all.sort_by_key(|one| std::cmp::Reverse(one.as_str().len()));
    match all.into_iter().find(|one| rest.starts_with(one.as_str())) {
        Some(one) => Ok((Token::Sign(one), one.as_str().len())),
        None => {
            let found: String = rest.chars().take(1).collect();
            Err(unexpected(at, &found, "==, !=, <, <=, >, >="))
        }
    }
}
