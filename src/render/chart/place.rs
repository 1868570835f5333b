//! Where things stand: labels that keep their distance, ticks that do not touch, text that fits.

use super::Words;
use crate::domain::day::Month;

/// The estimated width of a text. No font is at hand on the server, and the reader's is not known, so
/// every class of character has a share of the size that errs to the wide side: a full square for
/// Chinese, Japanese and Korean, a little over half for most Latin letters and for digits.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| size * share(c)).sum()
}

fn share(c: char) -> f64 {
    match c {
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0.0,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => 1.0,
        '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{3fffd}' => 1.0,
        ' ' | 'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.3,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.85,
        'A'..='Z' => 0.65,
        _ => 0.55,
    }
}

/// Shortens a text that is wider than the room for it, and says so with an ellipsis.
pub(crate) fn fit(text: &str, size: f64, room: f64) -> String {
    if text_width(text, size) <= room {
        return text.to_owned();
    }
    let mut used = text_width("…", size);
    let mut short = String::new();
    for c in text.chars() {
        used += size * share(c);
        if used > room {
            break;
        }
        short.push(c);
    }
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// Breaks a text that is wider than the room into two lines of like width; each is shortened to fit.
pub(crate) fn two_lines(text: &str, size: f64, room: f64) -> Vec<String> {
    let text = text.trim();
    let whole = text_width(text, size);
    if whole <= room * 0.72 {
        return vec![text.to_owned()];
    }
    let breaks = text.char_indices().filter_map(|(at, c)| {
        let wide = share(c) >= 1.0;
        (at > 0 && (c == ' ' || wide)).then(|| text.split_at(at))
    });
    let longer = |(a, b): &(&str, &str)| text_width(a.trim(), size).max(text_width(b.trim(), size));
    match breaks.min_by(|a, b| longer(a).total_cmp(&longer(b))) {
        Some((a, b)) => vec![fit(a.trim(), size, room), fit(b.trim(), size, room)],
        None => vec![fit(text, size, room)],
    }
}

/// Moves labels apart so that neighbours are at least `gap` from each other and all lie between `low`
/// and `high`, keeping their order and moving them as little as possible (least squares: with the gaps
/// taken off this is isotonic regression, solved by pooling adjacent violators; Barlow et al. 1972).
/// Where the room is too small for the gaps, the gaps shrink evenly.
pub(crate) fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = wanted.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    let spaces = wanted.len().saturating_sub(1) as f64;
    let gap = if spaces > 0.0 { gap.min((high - low).max(0.0) / spaces) } else { gap };
    // Each pool: the sum of its wishes, and how many there are.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (rank, (_, wish)) in order.iter().enumerate() {
        let mut pool = (wish - rank as f64 * gap, 1);
        while let Some(last) = pools.pop_if(|last| last.0 / last.1 as f64 > pool.0 / pool.1 as f64) {
            pool = (pool.0 + last.0, pool.1 + last.1);
        }
        pools.push(pool);
    }
    let top = (high - spaces * gap).max(low);
    let places = pools.iter().flat_map(|&(sum, n)| std::iter::repeat_n((sum / n as f64).clamp(low, top), n));
    let mut placed = vec![low; wanted.len()];
    for (rank, ((index, _), place)) in order.iter().zip(places).enumerate() {
        if let Some(slot) = placed.get_mut(*index) {
            *slot = place + rank as f64 * gap;
        }
    }
    placed
}

/// A text on a horizontal line: where it is anchored and what it says.
pub(crate) struct Tick {
    pub x: f64,
    pub label: String,
}

/// The months that get a label under an axis: as many as stand beside each other without touching,
/// always counted from January. The year is told at every January, or at the first label if none is.
pub(crate) fn month_ticks(months: &[(Month, f64)], size: f64, words: &dyn Words) -> Vec<Tick> {
    let mut ticks = Vec::new();
    for step in [1, 3, 6, 12, 24, 60, 120] {
        let chosen = || months.iter().filter(move |(month, _)| month.0.rem_euclid(step) == 0);
        let january = chosen().any(|(month, _)| month.number() == 1);
        ticks = chosen()
            .enumerate()
            .map(|(i, &(month, x))| {
                let dated = month.number() == 1 || (!january && i == 0);
                Tick { x, label: if dated { words.month_of_year(month) } else { words.month(month) } }
            })
            .collect();
        if apart(&ticks, size) {
            return ticks;
        }
    }
    ticks.truncate(1);
    ticks
}

fn apart(ticks: &[Tick], size: f64) -> bool {
    const AIR: f64 = 7.0;
    ticks.windows(2).all(|pair| match pair {
        [a, b] => b.x - a.x >= (text_width(&a.label, size) + text_width(&b.label, size)) / 2.0 + AIR,
        _ => true,
    })
}

/// The least distance of the lines of a scale, so that their numbers do not touch.
pub(crate) const LINE_GAP: f64 = 17.0;

/// The range of an axis and the distance of its lines.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    pub step: f64,
}

impl Scale {
    /// The range of a Net Promoter Score: −20 to 60, widened in steps of 20 to hold every value, never
    /// beyond −100 and 100. Give it the values of everything that is to be compared.
    pub fn nps(values: impl IntoIterator<Item = f64>) -> Self {
        Self { low: -20.0, high: 60.0, step: 20.0 }.widened(values, -100.0, 100.0)
    }

    /// The range of an index of 100: 40 to 100, widened downward in steps of 20.
    pub fn index(values: impl IntoIterator<Item = f64>) -> Self {
        Self { low: 40.0, high: 100.0, step: 20.0 }.widened(values, 0.0, 100.0)
    }

    /// The range of amounts: from 0 (or the lowest, if one is below) to a round number above the highest,
    /// with at most four lines above the zero line.
    pub fn amounts(values: impl IntoIterator<Item = f64>) -> Self {
        let (low, high) = extent(values).map_or((0.0, 0.0), |(a, b)| (a.min(0.0), b.max(0.0)));
        if high <= low {
            return Self { low: 0.0, high: 1.0, step: 1.0 };
        }
        let span = (high - low).clamp(1e-9, 1e15);
        let power = 10_f64.powf((span / 4.0).log10().floor());
        let step =
            [1.0, 2.0, 4.0, 5.0].map(|s| s * power).into_iter().find(|s| s * 4.0 >= span).unwrap_or(10.0 * power);
        Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, step }
    }

    fn widened(self, values: impl IntoIterator<Item = f64>, least: f64, most: f64) -> Self {
        let (low, high) = extent(values).unwrap_or((self.low, self.high));
        let low = (low / self.step).floor() * self.step;
        let high = (high / self.step).ceil() * self.step;
        Self { low: low.min(self.low).max(least), high: high.max(self.high).min(most), step: self.step }
    }

    /// How many decimals the numbers of the lines need.
    pub(crate) fn decimals(&self) -> usize {
        let exact = |d: &i32| {
            let shifted = self.step * 10_f64.powi(*d);
            (shifted - shifted.round()).abs() < 1e-6
        };
        (0..6).find(exact).unwrap_or(6) as usize
    }

    /// The room that the numbers of the lines take beside the plot.
    pub(crate) fn numbers_width(&self, room: f64, size: f64, words: &dyn Words) -> f64 {
        let decimals = self.decimals();
        let widths = self.lines(room, LINE_GAP).into_iter().map(|v| text_width(&words.number(v, decimals), size));
        widths.fold(0.0, f64::max)
    }

    /// The values that have a line, from the lowest; every second or fifth only where `room` (the height in
    /// pixels) leaves less than `least` between them.
    pub(crate) fn lines(&self, room: f64, least: f64) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step).round().clamp(0.0, 1000.0);
        let each =
            [1.0, 2.0, 5.0, 10.0].into_iter().find(|e| count <= 0.0 || room / count * e >= least).unwrap_or(10.0);
        // Counted from zero, so that zero always has its line.
        let step = self.step * each;
        let first = (self.low / step).ceil();
        (0..=1000).map(|k| (first + f64::from(k)) * step).take_while(|v| *v <= self.high + step * 1e-9).collect()
    }
}

fn extent(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    values.into_iter().filter(|v| v.is_finite()).fold(None, |seen, v| match seen {
        None => Some((v, v)),
        Some((low, high)) => Some((low.min(v), high.max(v))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::chart::gallery::English;
    use proptest::prelude::*;

    #[test]
    fn chinese_takes_full_squares() {
        assert_eq!(text_width("客户", 12.0), 24.0);
        assert!(text_width("Strategic", 12.0) < 70.0);
        assert_eq!(fit("Strategic", 12.0, 200.0), "Strategic");
        assert_eq!(fit("战略客户名单", 12.0, 36.0), "战略…");
        assert!(text_width(&fit("a very long name of a tier", 12.0, 60.0), 12.0) <= 60.0);
    }

    #[test]
    fn long_names_break_into_two_lines() {
        assert_eq!(two_lines("Hotline open until 22:00", 12.0, 110.0), ["Hotline open", "until 22:00"]);
        assert_eq!(two_lines("交付专项小组成立", 12.0, 90.0), ["交付专项", "小组成立"]);
        assert_eq!(two_lines("Short", 12.0, 110.0), ["Short"]);
    }

    #[test]
    fn labels_already_apart_stay() {
        assert_eq!(spread(&[10.0, 60.0, 30.0], 15.0, 0.0, 100.0), [10.0, 60.0, 30.0]);
        assert_eq!(spread(&[50.0, 50.0], 20.0, 0.0, 100.0), [40.0, 60.0]);
        assert_eq!(spread(&[], 20.0, 0.0, 100.0), [0.0; 0]);
    }

    proptest! {
        #[test]
        fn labels_keep_their_distance(wanted in prop::collection::vec(-50.0..400.0f64, 0..12), gap in 1.0..40.0f64) {
            let placed = spread(&wanted, gap, 10.0, 330.0);
            let gap = gap.min(320.0 / (wanted.len().max(2) - 1) as f64);
            let mut sorted = placed.clone();
            sorted.sort_by(f64::total_cmp);
            for pair in sorted.windows(2) {
                prop_assert!(pair[1] - pair[0] >= gap - 1e-6);
            }
            prop_assert!(placed.iter().all(|p| (10.0 - 1e-6..=330.0 + 1e-6).contains(p)));
            for (i, a) in wanted.iter().enumerate() {
                for (j, b) in wanted.iter().enumerate() {
                    prop_assert!(!(a < b && placed[i] > placed[j]));
                }
            }
        }

        #[test]
        fn amounts_hold_every_value(values in prop::collection::vec(-1e7..1e9f64, 0..20)) {
            let scale = Scale::amounts(values.iter().copied());
            prop_assert!(scale.high > scale.low && scale.low <= 0.0);
            prop_assert!(values.iter().all(|v| *v <= scale.high + 1e-6 && *v >= scale.low - 1e-6));
            prop_assert!(scale.lines(200.0, 1.0).len() <= 8);
        }
    }

    #[test]
    fn the_common_range_widens_in_steps() {
        assert_eq!(Scale::nps([0.0, 35.0]), Scale { low: -20.0, high: 60.0, step: 20.0 });
        assert_eq!(Scale::nps([-21.0, 60.5]), Scale { low: -40.0, high: 80.0, step: 20.0 });
        assert_eq!(Scale::nps([-250.0, f64::NAN, 100.0]), Scale { low: -100.0, high: 100.0, step: 20.0 });
        assert_eq!(Scale::nps([]), Scale { low: -20.0, high: 60.0, step: 20.0 });
        assert_eq!(Scale::amounts([102.0, 34.0]), Scale { low: 0.0, high: 120.0, step: 40.0 });
        assert_eq!(Scale::amounts([0.0]).lines(100.0, 10.0), [0.0, 1.0]);
        assert_eq!(Scale::amounts([-3.0]), Scale { low: -3.0, high: 0.0, step: 1.0 });
        assert_eq!(Scale::nps([-100.0, 100.0]).lines(110.0, 14.0), [-80.0, -40.0, 0.0, 40.0, 80.0]);
    }

    #[test]
    fn month_labels_never_touch() {
        for length in [1, 2, 5, 12, 24, 36, 90, 300] {
            for width in [120.0, 220.0, 590.0] {
                let first = Month::parse("2024-12").unwrap();
                let months: Vec<(Month, f64)> =
                    (0..length).map(|i| (first.plus(i), width * f64::from(i) / f64::from(length.max(2) - 1))).collect();
                let ticks = month_ticks(&months, 12.0, &English);
                assert!(apart(&ticks, 12.0), "{length} months on {width}");
                assert!(length < 24 || !ticks.is_empty());
            }
        }
    }
}
