//! How near two spellings are, to name what was probably meant.

/// Of a longer text only so much is compared: it may be somebody's input, and is near to no name of ours.
const LONGEST: usize = 64;

/// How many characters have to be put in, taken out or changed to make one text of the other (Levenshtein
/// 1966), of their first 64.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(LONGEST).collect();
    // The distances of what was read of `a` so far to each beginning of `b`.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(LONGEST).enumerate() {
        let (mut left, mut diagonal) = (i + 1, i);
        for (y, cell) in b.iter().zip(row.iter_mut().skip(1)) {
            let best = (diagonal + usize::from(x != *y)).min(*cell + 1).min(left + 1);
            diagonal = std::mem::replace(cell, best);
            left = best;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn letters_put_in_taken_out_and_changed() {
        for (a, b, far) in [
            ("", "", 0),
            ("tier", "tier", 0),
            ("", "tier", 4),
            ("teir", "tier", 2),
            ("kitten", "sitting", 3),
            ("客户编号", "客户号", 1),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (far, far), "{a} {b}");
        }
        assert_eq!(distance(&"x".repeat(100_000), "tier"), 64);
    }
}
