//! How near two spellings are, to name what was probably meant.

/// Of a longer text only so much is compared: it may be somebody's input, and is near to no name of ours.
const LONGEST: usize = 64;

/// How many characters have to be put in, taken out, changed or swapped with their neighbour to make one
/// text of the other (Damerau 1964, no part edited twice), of their first 64.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(LONGEST).collect();
    let at = |row: &[usize], place: usize| row.get(place).copied().unwrap_or(usize::MAX / 2);
    // The distances of what was read of `a` so far to each beginning of `b`, and those one character before.
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut above = Vec::new();
    let mut x_before = None;
    for (i, x) in a.chars().take(LONGEST).enumerate() {
        let mut next = vec![i + 1];
        let mut y_before = None;
        for (j, &y) in b.iter().enumerate() {
            let mut best = (at(&row, j) + usize::from(x != y)).min(at(&row, j + 1) + 1).min(at(&next, j) + 1);
            if x_before == Some(y) && y_before == Some(x) {
                best = best.min(at(&above, j.saturating_sub(1)) + 1);
            }
            next.push(best);
            y_before = Some(y);
        }
        above = std::mem::replace(&mut row, next);
        x_before = Some(x);
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn letters_put_in_taken_out_changed_and_swapped() {
        for (a, b, far) in [
            ("", "", 0),
            ("tier", "tier", 0),
            ("", "tier", 4),
            ("teir", "tier", 1),
            ("prot", "port", 1),
            ("prot", "from", 2),
            ("ca", "abc", 3),
            ("kitten", "sitting", 3),
            ("客户编号", "客户号", 1),
            ("flaw", "lawn", 2),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (far, far), "{a} {b}");
        }
        assert_eq!(distance(&"x".repeat(100_000), "tier"), 64);
    }
}
