//! The style sheet, as the service hands it out.
//!
//! There is one sheet, in sections. A customer who answers on a phone gets the first three; the people
//! who work with the service get all. Both are made once, without the comments and the indentation.

use std::sync::LazyLock;

const SHEET: &str = include_str!("../../assets/bellwether.css");
/// The mark of the section at which the customer's part ends.
const CONSOLE_MARK: &str = "- 4 console */";

static SURVEY: LazyLock<String> = LazyLock::new(|| slim(survey_part(SHEET)));
static CONSOLE: LazyLock<String> = LazyLock::new(|| slim(SHEET));

/// The sheet of the customer's pages: tokens, base, survey.
pub fn survey_css() -> &'static str {
    &SURVEY
}

/// The whole sheet.
pub fn console_css() -> &'static str {
    &CONSOLE
}

fn survey_part(sheet: &str) -> &str {
    let end = sheet.find(CONSOLE_MARK).and_then(|at| sheet.get(..at)?.rfind("/*"));
    end.and_then(|end| sheet.get(..end)).unwrap_or(sheet)
}

/// Takes out comments, indentation, empty lines and blanks that say nothing; quoted text stays as it is.
fn slim(sheet: &str) -> String {
    let mut bare = String::with_capacity(sheet.len());
    let mut rest = sheet;
    let mut quote: Option<char> = None;
    while let Some(c) = rest.chars().next() {
        if quote.is_none() && rest.starts_with("/*") {
            rest = rest.split_once("*/").map_or("", |(_, after)| after);
            continue;
        }
        quote = match quote {
            None if c == '"' || c == '\'' => Some(c),
            Some(open) if open == c => None,
            other => other,
        };
        // The blank after a mark that ends a part says nothing.
        let idle = quote.is_none() && c == ' ' && bare.ends_with([':', ';', ',', '{', '}', '>']);
        if !idle {
            if quote.is_none() && matches!(c, '{' | '}') {
                bare.truncate(bare.trim_end_matches([' ', ';']).len());
            }
            bare.push(c);
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    let lines = bare.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut slim = String::with_capacity(bare.len());
    for line in lines {
        slim.push_str(line);
        // A line may end within a value, where the break keeps two words apart.
        if !line.ends_with(['{', '}', ';', ',']) {
            slim.push('\n');
        }
    }
    slim
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::theme::{Colour, Palette};
    use std::collections::BTreeMap;

    type Tokens<'a> = BTreeMap<&'a str, &'a str>;

    /// What stands between the braces that follow a selector.
    fn block<'a>(sheet: &'a str, selector: &str) -> &'a str {
        let from = sheet.find(selector).unwrap_or_else(|| panic!("no {selector}")) + selector.len();
        let body = sheet[from..].split_once('{').unwrap().1;
        body.split_once('}').unwrap().0
    }

    fn tokens(block: &str) -> Tokens<'_> {
        block.split(';').filter_map(|d| d.trim().split_once(':')).map(|(k, v)| (k.trim(), v.trim())).collect()
    }

    fn light(sheet: &str) -> Tokens<'_> {
        tokens(block(sheet, ":root,.paper"))
    }

    fn dark(sheet: &str) -> Tokens<'_> {
        let mut all = light(sheet);
        all.extend(tokens(block(sheet, ":root[data-theme=\"dark\"]")));
        all
    }

    #[test]
    fn both_dark_lists_are_the_same() {
        let sheet = console_css();
        let by_system = tokens(block(sheet, ":root:not([data-theme=\"light\"])"));
        let by_page = tokens(block(sheet, ":root[data-theme=\"dark\"]"));
        assert_eq!(by_system, by_page);
        assert!(by_page.len() > 40, "{}", by_page.len());
    }

    #[test]
    fn dark_names_no_token_that_light_lacks() {
        let sheet = console_css();
        let light = light(sheet);
        for name in dark(sheet).keys() {
            assert!(light.contains_key(name), "{name}");
        }
    }

    #[test]
    fn components_take_their_colours_from_tokens() {
        let sheet = console_css();
        let components = &sheet[sheet.find("*,*::before").unwrap()..];
        for line in components.split('}') {
            let hex = line
                .match_indices('#')
                .any(|(at, _)| line[at + 1..].chars().take_while(char::is_ascii_hexdigit).count() >= 3);
            let named =
                ["rgb(", "hsl(", "oklch(", ":white", ":black", ":red", ":gray"].iter().any(|c| line.contains(c));
            assert!(!hex && !named, "a colour that is no token: {line}");
        }
    }

    #[test]
    fn every_token_in_use_exists() {
        let sheet = console_css();
        let known = light(sheet);
        // Set by classes for what is inside: the colour of a series, the colours of a level, the sizes of a print sheet.
        let local = ["--c", "--lv", "--lm", "--ls", "--code", "--say"];
        for (at, _) in sheet.match_indices("var(") {
            let name = sheet[at + 4..].split([')', ',']).next().unwrap().trim();
            assert!(known.contains_key(name) || local.contains(&name), "{name}");
        }
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let colour = |hex| Colour::parse(hex).unwrap();
        colour(a).contrast(colour(b))
    }

    #[test]
    fn the_colours_that_a_theme_is_weighed_against_are_those_of_the_sheet() {
        for (tokens, palette) in [(light(console_css()), Palette::LIGHT), (dark(console_css()), Palette::DARK)] {
            for (name, colour) in [
                ("--ground", palette.ground),
                ("--surface", palette.surface),
                ("--sunk", palette.sunk),
                ("--ink", palette.ink),
                ("--ink-2", palette.ink_2),
                ("--ink-3", palette.ink_3),
                ("--control", palette.control),
                ("--worse", palette.worse),
                ("--accent", palette.accent),
                ("--accent-strong", palette.accent_strong),
                ("--on-accent", palette.on_accent),
                ("--accent-soft", palette.accent_soft),
            ] {
                assert_eq!(tokens[name], colour.to_string(), "{name}");
            }
        }
    }

    #[test]
    fn text_can_be_read_in_both_themes() {
        let sheet = console_css();
        let mut pairs: Vec<(&str, &str, f64)> = Vec::new();
        for ground in ["--ground", "--surface", "--sunk"] {
            for text in [
                "--ink",
                "--ink-2",
                "--ink-3",
                "--accent",
                "--accent-strong",
                "--better",
                "--worse",
                "--red",
                "--orange",
                "--yellow",
            ] {
                pairs.push((text, ground, 4.5));
            }
            pairs.push(("--control", ground, 3.0));
        }
        for (text, ground) in [
            ("--red", "--red-soft"),
            ("--orange", "--orange-soft"),
            ("--yellow", "--yellow-soft"),
            ("--calm", "--calm-soft"),
            ("--ink", "--red-soft"),
            ("--ink-2", "--red-soft"),
            ("--ink-2", "--orange-soft"),
            ("--ink-2", "--yellow-soft"),
            ("--on-accent", "--accent"),
            ("--on-accent", "--accent-strong"),
            ("--accent-strong", "--accent-soft"),
            ("--ink", "--accent-soft"),
            ("--better", "--accent-soft"),
            ("--worse", "--orange-soft"),
            ("--surface", "--ink-2"),
            ("--s-1", "--surface"),
            ("--s-2", "--surface"),
            ("--s-3", "--surface"),
            ("--s-4", "--surface"),
        ] {
            pairs.push((text, ground, 4.5));
        }
        let mut poor = Vec::new();
        for (theme, tokens) in [("light", light(sheet)), ("dark", dark(sheet))] {
            for &(text, ground, least) in &pairs {
                let ratio = contrast(tokens[text], tokens[ground]);
                if ratio < least {
                    poor.push(format!("{theme}: {text} on {ground} is {ratio:.2}, not {least}"));
                }
            }
        }
        assert!(poor.is_empty(), "{poor:#?}");
    }

    #[test]
    fn customers_get_only_their_part() {
        assert!(survey_css().contains(".survey") && survey_css().contains(":focus-visible"));
        assert!(!survey_css().contains(".app") && !survey_css().contains(".fig svg"));
        assert!(console_css().starts_with(survey_css()));
        assert!(survey_css().len() < 26_000, "{}", survey_css().len());
        let opened = |sheet: &str| sheet.matches('{').count();
        assert_eq!(opened(survey_css()), survey_css().matches('}').count());
        assert_eq!(opened(console_css()), console_css().matches('}').count());
    }

    #[test]
    fn slimming_keeps_quoted_text() {
        assert_eq!(slim("/* a */\n  b { content: \"/* \\00b7 */\"; }\n\n/* open"), "b{content:\"/* \\00b7 */\"}");
    }

    #[test]
    fn the_script_needs_no_loosened_policy() {
        const SCRIPT: &str = include_str!("../../assets/console.js");
        for forbidden in ["eval(", "innerHTML", "document.write", "new Function", ".style."] {
            assert!(!SCRIPT.contains(forbidden), "{forbidden}");
        }
        assert!(SCRIPT.len() < 5_000);
    }
}
