//! Which language to speak to somebody whom we only know by what their browser says.

use crate::domain::language::Language;

/// More of a header is not read: an honest browser sends a handful of languages.
const MOST_BYTES: usize = 1000;
const MOST_WISHES: usize = 32;

/// The language of `available` that an `Accept-Language` header (RFC 9110, 12.5.4) asks for most.
///
/// `zh-TW` is served by `zh-CN` if there is nothing nearer; `*` and a header without a usable wish are
/// served in English, else in the first language there is. What the header refuses (`q=0`) is not
/// offered for a `*`. Malformed parts are passed over.
pub fn negotiate(accept_language: &str, available: &[Language]) -> Language {
    let end = (0..=MOST_BYTES.min(accept_language.len()))
        .rev()
        .find(|i| accept_language.is_char_boundary(*i))
        .unwrap_or_default();
    let header = accept_language.get(..end).unwrap_or_default();
    let mut wishes: Vec<(f32, &str)> = header.split(',').filter_map(wish).take(MOST_WISHES).collect();
    // Stable: of equal weights the first said comes first.
    wishes.sort_by(|a, b| b.0.total_cmp(&a.0));

    let refused: Vec<Language> =
        wishes.iter().filter(|(q, _)| *q == 0.0).filter_map(|(_, tag)| Language::parse(tag).ok()).collect();
    let acceptable = || available.iter().filter(|language| !refused.contains(language));
    for (_, tag) in wishes.iter().filter(|(q, _)| *q > 0.0) {
        if *tag == "*" {
            break;
        }
        if let Some(language) = Language::parse(tag).ok().and_then(|wish| wish.choose(acceptable()).cloned()) {
            return language;
        }
    }
    let english = Language::english();
    acceptable()
        .find(|language| **language == english)
        .or_else(|| acceptable().next())
        .or_else(|| available.first())
        .cloned()
        .unwrap_or(english)
}

/// One part of the header: its weight and its tag.
fn wish(part: &str) -> Option<(f32, &str)> {
    let mut pieces = part.split(';');
    let tag = pieces.next()?.trim();
    let mut weight = 1.0;
    for piece in pieces {
        if let Some(q) = piece.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.trim_start().strip_prefix('=')) {
            weight = q.trim().parse().ok().filter(|q| (0.0..=1.0).contains(q))?;
        }
    }
    (!tag.is_empty()).then_some((weight, tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(header: &str) -> String {
        negotiate(header, &[Language::english(), Language::chinese()]).to_string()
    }

    #[test]
    fn the_heaviest_wish_that_can_be_met_wins() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"),
            ("en;q=0.8, zh-TW", "zh-CN"),
            ("de, fr;q=0.9, zh;q=0.2, en;q=0.1", "zh-CN"),
            ("en-GB,en;q=0.9,zh;q=0.8", "en"),
            ("de", "en"),
            ("", "en"),
            ("*", "en"),
            ("en;q=0, *", "zh-CN"),
            ("en;q=0", "zh-CN"),
            ("*;q=0.5, zh;q=0.4", "en"),
            ("zh;q=0.5, en;q=0.5", "zh-CN"),
        ] {
            assert_eq!(choose(header), expected, "{header}");
        }
    }

    #[test]
    fn a_hostile_header_is_survived() {
        for header in [
            "zh;q=NaN",
            "zh;q=2",
            "zh;q=-1",
            "zh;q=",
            ";;;,,,;q=1",
            "../../etc/passwd",
            &"风".repeat(1000),
            &"de,".repeat(100_000),
        ] {
            assert_eq!(choose(header), "en", "{}", header.chars().take(20).collect::<String>());
        }
        assert_eq!(negotiate("zh", &[]), Language::english());
        assert_eq!(negotiate("fr", &[Language::chinese()]), Language::chinese());
    }
}
