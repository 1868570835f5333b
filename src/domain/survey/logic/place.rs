//! From a byte of a value to the byte of the file where it is written.

/// Where in `raw`, which begins with the quotes of a TOML string, the byte `offset` of its value stands.
/// A place that cannot be told is the beginning of the string.
pub(super) fn in_file(raw: &str, value: &str, offset: usize) -> usize {
    walk(raw, value, offset).unwrap_or(0)
}

fn walk(raw: &str, value: &str, offset: usize) -> Option<usize> {
    let (quotes, escapes) = if raw.starts_with("\"\"\"") {
        (3, true)
    } else if raw.starts_with("'''") {
        (3, false)
    } else if raw.starts_with('"') {
        (1, true)
    } else if raw.starts_with('\'') {
        (1, false)
    } else {
        return None;
    };
    let mut rest = raw.get(quotes..)?;
    if quotes == 3 {
        // The line end right after the quotes does not count.
        rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest);
    }
    let mut done = 0;
    for c in value.chars() {
        if escapes {
            rest = after_line_joint(rest);
        }
        if done >= offset {
            break;
        }
        done += c.len_utf8();
        rest = match rest.strip_prefix('\\') {
            Some(escape) if escapes => {
                let length = match escape.chars().next()? {
                    'u' => 5,
                    'U' => 9,
                    'x' => 3,
                    _ => 1,
                };
                escape.get(length..)?
            }
            _ => rest.strip_prefix(c).or_else(|| rest.strip_prefix("\r\n").filter(|_| c == '\n'))?,
        };
    }
    Some(raw.len() - rest.len())
}

/// Steps over backslashes that join lines.
fn after_line_joint(mut rest: &str) -> &str {
    while let Some(after) = rest.strip_prefix('\\') {
        let blank = after.trim_start_matches([' ', '\t']);
        if !blank.starts_with(['\n', '\r']) {
            break;
        }
        rest = blank.trim_start();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::in_file;

    #[test]
    fn bytes_of_a_value_are_found_in_every_kind_of_string() {
        for (raw, value) in [
            (r#""ab cd" # x"#, "ab cd"),
            ("'ab cd'", "ab cd"),
            ("\"\"\"\nab cd\"\"\"", "ab cd"),
            ("'''ab cd'''", "ab cd"),
            (r#""a\u0062 cd""#, "ab cd"),
            ("\"\"\"a\\\n   b cd\"\"\"", "ab cd"),
            ("\"\"\"ab \\  \r\n\r\n  cd\"\"\"", "ab cd"),
        ] {
            assert_eq!(&raw[in_file(raw, value, 3)..][..2], "cd", "{raw}");
            assert_eq!(raw[in_file(raw, value, 5)..].trim_end_matches(" # x").trim_matches(['"', '\'']), "", "{raw}");
        }
        assert_eq!(in_file(r#""\"x\" é = y""#, "\"x\" é = y", 7), 10, "quotes and letters of two bytes");
        assert_eq!(in_file("nothing", "ab", 1), 0);
    }
}
