//! Every chart with figures like those of a working service, and with the worst that can be given to one.
//! `target/gallery.html` shows all of them in both themes and both widths.

use super::*;
use crate::domain::day::Month;
use chrono::Datelike;

/// The words of an English reader, for tests.
pub(crate) struct English;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

impl Words for English {
    fn number(&self, value: f64, decimals: usize) -> String {
        format!("{value:.decimals$}").replace('-', "−")
    }

    fn interval(&self, low: f64, high: f64, decimals: usize) -> String {
        format!("{} to {}", self.number(low, decimals), self.number(high, decimals))
    }

    fn month(&self, month: Month) -> String {
        MONTHS[month.number() as usize - 1].to_owned()
    }

    fn month_of_year(&self, month: Month) -> String {
        format!("{} {}", self.month(month), month.year())
    }

    fn day(&self, day: NaiveDate) -> String {
        format!("{} {}", day.day(), self.month(Month::of(day)))
    }

    fn nothing(&self) -> String {
        "no responses".to_owned()
    }
}

struct Chinese;

impl Words for Chinese {
    fn number(&self, value: f64, decimals: usize) -> String {
        English.number(value, decimals)
    }

    fn interval(&self, low: f64, high: f64, decimals: usize) -> String {
        format!("{} 至 {}", self.number(low, decimals), self.number(high, decimals))
    }

    fn month(&self, month: Month) -> String {
        format!("{}月", month.number())
    }

    fn month_of_year(&self, month: Month) -> String {
        format!("{}年{}月", month.year(), month.number())
    }

    fn day(&self, day: NaiveDate) -> String {
        format!("{}月{}日", day.month(), day.day())
    }

    fn nothing(&self) -> String {
        "没有答卷".to_owned()
    }
}

const TIERS: [&str; 4] = ["Strategic", "Key", "General", "Potential"];

/// NPS with its interval, three months up to each of 24.
#[rustfmt::skip]
const NPS: [[(i8, i8, i8); 24]; 4] = [
    [(41, 25, 54), (43, 27, 56), (41, 25, 54), (44, 28, 57), (41, 26, 53), (40, 25, 52), (37, 21, 49), (37, 21, 51), (39, 23, 52), (43, 28, 56), (44, 30, 56), (47, 33, 58), (46, 32, 58), (49, 34, 60), (44, 29, 57), (43, 28, 56), (40, 26, 52), (42, 28, 54), (42, 28, 54), (38, 22, 51), (34, 18, 47), (25, 9, 39), (23, 8, 37), (15, 0, 30)],
    [(31, 20, 41), (33, 22, 43), (31, 20, 41), (29, 18, 39), (27, 16, 37), (30, 19, 40), (33, 22, 42), (35, 25, 45), (35, 25, 45), (34, 23, 43), (32, 21, 42), (28, 17, 39), (30, 19, 40), (26, 14, 37), (30, 19, 40), (30, 19, 40), (35, 25, 44), (35, 25, 45), (37, 27, 46), (36, 25, 46), (34, 23, 44), (38, 28, 48), (38, 28, 47), (36, 26, 45)],
    [(28, 18, 38), (27, 16, 36), (24, 13, 34), (22, 12, 33), (21, 11, 31), (21, 11, 30), (16, 5, 26), (11, 0, 22), (14, 3, 25), (20, 9, 30), (24, 15, 34), (26, 16, 35), (27, 17, 36), (28, 18, 38), (26, 16, 36), (21, 11, 31), (16, 6, 25), (14, 4, 23), (18, 8, 28), (25, 15, 35), (28, 17, 37), (30, 20, 39), (30, 20, 39), (35, 26, 43)],
    [(28, -2, 52), (25, -5, 50), (20, -9, 45), (16, -12, 40), (12, -15, 36), (9, -17, 34), (6, -20, 32), (10, -18, 36), (17, -12, 43), (20, -9, 45), (18, -9, 41), (19, -6, 42), (17, -9, 40), (15, -12, 39), (15, -12, 39), (15, -12, 39), (17, -9, 40), (14, -12, 37), (14, -11, 36), (11, -14, 35), (9, -17, 33), (9, -17, 33), (8, -16, 30), (8, -16, 30)],
];

fn estimate((value, low, high): (i8, i8, i8)) -> Estimate {
    Estimate { value: value.into(), low: low.into(), high: high.into() }
}

fn point(figures: (i8, i8, i8)) -> Point {
    Point { estimate: estimate(figures), n: 120, founded: true }
}

fn tiers(names: &[&str]) -> Vec<Series> {
    let series = names.iter().enumerate().map(|(i, name)| {
        // Further tiers are the first ones, a little lower.
        let lower = 3.0 * (i / 4) as f64;
        let values = NPS[i % 4].iter().map(|&v| {
            let e = estimate(v);
            let estimate = Estimate { value: e.value - lower, low: e.low - lower, high: e.high - lower };
            Some(Point { estimate, ..point(v) })
        });
        Series { name: (*name).to_owned(), values: values.collect() }
    });
    series.collect()
}

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn waves(words: &[(&str, &str)]) -> Vec<Wave> {
    words.iter().map(|(m, name)| Wave { month: month(m), name: (*name).to_owned() }).collect()
}

fn actions(words: &[(&str, &str)]) -> Vec<Action> {
    words.iter().map(|(m, name)| Action { month: month(m), name: (*name).to_owned() }).collect()
}

fn every_value(series: &[Series]) -> impl Iterator<Item = f64> {
    series.iter().flat_map(|s| s.values.iter().flatten()).flat_map(|Point { estimate: e, .. }| [e.low, e.value, e.high])
}

fn trend_of(series: &[Series], waves: &[Wave], actions: &[Action], words: &dyn Words) -> Figure {
    let trend = Trend {
        label: "NPS by tier",
        first: month("2024-12"),
        series,
        waves,
        wave_word: "wave",
        actions,
        breaks: &[],
        scale: Scale::nps(every_value(series)),
        decimals: 0,
        point: "Three months to",
    };
    trend.draw(words).unwrap()
}

fn usual_waves() -> Vec<Wave> {
    waves(&[("2025-04", "W1"), ("2025-10", "W2"), ("2026-04", "W3"), ("2026-10", "W4")])
}

fn usual_actions() -> Vec<Action> {
    actions(&[
        ("2026-01", "Hotline open until 22:00"),
        ("2026-07", "Northern depot moved"),
        ("2026-10", "Delivery task force"),
    ])
}

const ANSWERS: [(&str, &str, f64); 16] = [
    ("2024-12-09", "H. Solberg", 83.0),
    ("2025-01-20", "A. Lindqvist", 78.0),
    ("2025-03-11", "J. Wirth", 88.0),
    ("2025-04-24", "H. Solberg", 75.0),
    ("2025-06-03", "K. Amundsen", 80.0),
    ("2025-08-19", "A. Lindqvist", 86.0),
    ("2025-10-14", "J. Wirth", 79.0),
    ("2025-11-18", "H. Solberg", 84.0),
    ("2026-02-05", "K. Amundsen", 77.0),
    ("2026-04-21", "A. Lindqvist", 82.0),
    ("2026-05-28", "H. Solberg", 80.0),
    ("2026-08-12", "K. Amundsen", 54.0),
    ("2026-09-15", "J. Wirth", 58.0),
    ("2026-10-13", "H. Solberg", 40.0),
    ("2026-10-29", "K. Amundsen", 34.0),
    ("2026-11-19", "A. Lindqvist", 45.0),
];

fn responses() -> Vec<Response> {
    let title = |who: &str, value: f64| format!("{who}: {value}");
    ANSWERS.iter().map(|&(d, who, value)| Response { day: day(d), value, title: title(who, value) }).collect()
}

/// A local level that drifts by 4 a month, started from its tier.
fn known() -> Vec<Known> {
    let (first, last) = (day("2024-12-01"), day("2026-11-30"));
    let (mut mean, mut variance, mut before) = (75.0, 8.5 * 8.5, first);
    let mut known = Vec::new();
    for today in first.iter_days().take_while(|d| *d <= last) {
        let answer = ANSWERS.iter().find(|(d, ..)| day(d) == today);
        if answer.is_none() && (today - first).num_days() % 7 != 0 && today != last {
            continue;
        }
        variance += 16.0 * (today - before).num_days() as f64 / 30.4;
        before = today;
        if let Some((_, _, value)) = answer {
            let gain = variance / (variance + 100.0);
            mean += gain * (value - mean);
            variance *= 1.0 - gain;
        }
        let sd = f64::sqrt(variance);
        let within = |z: f64| (mean - z * sd, mean + z * sd);
        known.push(Known { day: today, level: mean, inner: within(1.28), outer: within(1.96) });
    }
    known
}

fn course_of(known: &[Known], responses: &[Response], words: &dyn Words) -> Figure {
    let turn = |d: &str, level, title: &str| Turn { day: day(d), level, title: title.to_owned() };
    let course = Course {
        label: "Satisfaction level of Aldersund Turbines",
        first: day("2024-12-01"),
        last: day("2026-11-30"),
        known,
        responses,
        turns: &[
            turn("2026-10-30", Level::Red, "red since 30 Oct"),
            turn("2026-09-15", Level::Yellow, "yellow since 15 Sep"),
            turn("2026-10-13", Level::Orange, "orange since 13 Oct"),
        ],
        breaks: &[],
        turn_words: "warning: yellow, orange, red",
        reference: Some(Reference { value: 75.0, text: "strategic tier 75".to_owned() }),
        level_word: "level",
        scale: Scale { low: 20.0, high: 100.0, step: 20.0 },
        decimals: 0,
        head: ["Day", "Level"],
    };
    course.draw(words).unwrap()
}

const ORDERS: [(&str, f64); 12] = [
    ("2025-12-04", 88.0),
    ("2025-12-29", 92.0),
    ("2026-01-21", 76.0),
    ("2026-02-17", 95.0),
    ("2026-03-12", 84.0),
    ("2026-04-03", 102.0),
    ("2026-04-28", 90.0),
    ("2026-05-22", 97.0),
    ("2026-06-16", 80.0),
    ("2026-07-08", 71.0),
    ("2026-07-29", 58.0),
    ("2026-08-21", 34.0),
];

fn orders_of(orders: &[(&str, f64)], since: &str) -> Figure {
    let order = |&(d, value): &(&str, f64)| Order { day: day(d), value, title: format!("{d}: {value}") };
    let orders: Vec<Order> = orders.iter().map(order).collect();
    let chart = Orders {
        label: "Orders of Aldersund Turbines",
        first: day("2025-12-01"),
        last: day("2026-11-30"),
        orders: &orders,
        expected: Some((day("2026-09-14"), "next expected 14 Sep".to_owned())),
        overdue: Some(Overdue { since: day(since), words: ["overdue".to_owned(), "72 days".to_owned()] }),
        decimals: 0,
        head: ["Day", "10,000 CNY"],
    };
    chart.draw(&English).unwrap()
}

fn columns_of(days: i64) -> Figure {
    let pause = (day("2027-02-05"), day("2027-02-11"), "Spring Festival".to_owned());
    let all = (0..days).map(|i| day("2027-01-11") + chrono::Days::new(i as u64));
    let working = all.filter(|d| d.weekday().number_from_monday() < 6 && !(pause.0..=pause.1).contains(d));
    let columns: Vec<Column> =
        working.enumerate().map(|(i, day)| Column { day, value: 48.0 + (i % 5) as f64 * 2.0 }).collect();
    let chart =
        Columns { label: "Mails a day", columns: &columns, pauses: &[pause], decimals: 0, head: ["Day", "Mails"] };
    chart.draw(&English).unwrap()
}

fn multiple_of(series: usize, name: &str, values: &[Option<Point>]) -> String {
    let all = NPS.iter().flatten().flat_map(|&(_, low, high)| [f64::from(low), f64::from(high)]);
    let chart = Multiple {
        label: "NPS",
        name,
        series,
        first: month("2024-12"),
        values,
        cuts: &[],
        scale: Scale::nps(all),
        decimals: 0,
    };
    chart.draw(&English).unwrap()
}

/// Reads a drawing as XML: tags are balanced, attributes quoted and named once, text escaped, nothing left over.
pub(crate) fn assert_sound(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = svg;
    while let Some(at) = rest.find('<') {
        let text = &rest[..at];
        assert!(!text.contains('>'), "stray '>' in {text:?}");
        for (amp, _) in text.match_indices('&') {
            assert!(
                ["&amp;", "&lt;", "&gt;", "&quot;", "&#39;"].iter().any(|e| text[amp..].starts_with(e)),
                "{text:?}"
            );
        }
        let (tag, after) = rest[at + 1..].split_once('>').unwrap();
        rest = after;
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "in {svg}");
            continue;
        }
        let (tag, empty) = tag.strip_suffix('/').map_or((tag, false), |t| (t, true));
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        assert!(
            ["svg", "line", "rect", "circle", "polyline", "polygon", "text", "title", "use"].contains(&name),
            "<{name}>"
        );
        let mut seen = Vec::new();
        while !attributes.trim().is_empty() {
            let (key, value) = attributes.trim_start().split_once("=\"").unwrap();
            let (value, after) = value.split_once('"').unwrap();
            assert!(!value.contains(['<', '&']) || value.contains(';'), "{value}");
            assert!(!value.contains("NaN") && !value.contains("inf"), "{key}={value}");
            assert!(!seen.contains(&key), "{key} twice");
            seen.push(key);
            attributes = after;
        }
        for forbidden in ["style", "fill", "stroke", "onload", "onclick", "font-family"] {
            assert!(!seen.contains(&forbidden), "{forbidden} in {tag}");
        }
        if !empty {
            open.push(name);
        }
    }
    assert!(open.is_empty() && rest.trim().is_empty(), "{open:?} {rest:?}");
}

/// A text with the box that its letters take, as far as that can be told.
#[derive(Debug)]
struct Placed {
    text: String,
    left: f64,
    right: f64,
    base: f64,
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split_once('"').map(|(value, _)| value)
}

fn texts(svg: &str) -> Vec<Placed> {
    let each = svg.split("<text").skip(1).map(|piece| {
        let (tag, text) = piece.split_once('>').unwrap();
        let text = text.split_once("</text>").unwrap().0;
        let x: f64 = attribute(tag, "x").unwrap().parse().unwrap();
        let width = place::text_width(text, 12.0);
        let left = match attribute(tag, "text-anchor") {
            Some("end") => x - width,
            Some("middle") => x - width / 2.0,
            _ => x,
        };
        Placed { text: text.to_owned(), left, right: left + width, base: attribute(tag, "y").unwrap().parse().unwrap() }
    });
    each.collect()
}

/// No two texts of a drawing cover each other, and all lie within it.
fn assert_apart(svg: &str) {
    let view = attribute(svg, "viewBox").unwrap();
    let size: Vec<f64> = view.split(' ').map(|v| v.parse().unwrap()).collect();
    let all = texts(svg);
    for (i, a) in all.iter().enumerate() {
        assert!(a.left >= -1.0 && a.right <= size[2] + 4.0, "beyond the edge: {a:?} of {size:?}");
        assert!(a.base >= 8.0 && a.base <= size[3] + 1.0, "beyond the edge: {a:?} of {size:?}");
        for b in &all[i + 1..] {
            let beside = a.right <= b.left + 0.5 || b.right <= a.left + 0.5;
            assert!(beside || (a.base - b.base).abs() >= 11.0, "{a:?} covers {b:?}");
        }
    }
}

fn assert_good(figure: &Figure) {
    for svg in [&figure.svg_wide, &figure.svg_narrow] {
        assert_sound(svg);
        assert_apart(svg);
    }
    assert!(figure.table.rows.iter().all(|row| row.len() == figure.table.head.len()));
}

#[test]
fn the_trend_shows_every_tier_with_its_interval() {
    let figure = trend_of(&tiers(&TIERS), &usual_waves(), &usual_actions(), &English);
    assert_good(&figure);
    for n in 1..=4 {
        assert!(figure.svg_wide.contains(&format!("<polyline class=\"ln c{n} t{n}\"")));
        assert!(figure.svg_wide.contains(&format!("<polygon class=\"band c{n} t{n}\"")));
    }
    assert!(figure.svg_wide.contains(">Strategic 15</text>") && figure.svg_wide.contains(">0 to 30</text>"));
    assert!(figure.svg_wide.contains("text-anchor=\"end\">Hotline open</text>"));
    assert!(
        figure
            .svg_wide
            .starts_with("<svg class=\"wide\" viewBox=\"0 0 740 424\" role=\"img\" aria-label=\"NPS by tier\">")
    );
    assert_eq!(figure.svg_wide.matches("class=\"mark-w\"").count(), 4);
    assert_eq!(figure.svg_wide.matches("class=\"axis-l\" x1=\"38\"").count(), 1, "one zero line");
    assert_eq!(figure.svg_narrow.matches("class=\"badge\"").count(), 3);
    assert_eq!(figure.key.len(), 3);
    assert!(!figure.key_always);
    assert_eq!(figure.table.rows.len(), 24);
    assert_eq!(
        figure.table.rows[23],
        ["Nov 2026", "15 (0 to 30) · n 120", "36 (26 to 45) · n 120", "35 (26 to 43) · n 120", "8 (−16 to 30) · n 120"]
    );
}

#[test]
fn a_month_without_a_value_is_a_gap() {
    let mut series = tiers(&TIERS[..1]);
    series[0].values[10] = None;
    series[0].values[12] = None;
    let figure = trend_of(&series, &[], &[], &English);
    assert_good(&figure);
    assert_eq!(figure.svg_wide.matches("<polyline class=\"ln").count(), 2);
    // The month between the two gaps stands alone: a dot, with a band of its own.
    assert_eq!(figure.svg_wide.matches("<polygon class=\"band").count(), 3);
    assert_eq!(figure.svg_wide.matches("<circle class=\"pt").count(), 2);
    assert_eq!(figure.table.rows[10][1], "–");
}

#[test]
fn trends_of_any_shape_are_sound() {
    let names =
        ["战略客户", "重点客户", "一般客户", "潜在客户", "经销商", "A tier with a name as long as a sentence can be"];
    let six = tiers(&names);
    let figure = trend_of(&six, &usual_waves(), &usual_actions(), &Chinese);
    assert_good(&figure);
    assert!(figure.svg_wide.contains("ln c1 again t5"));
    assert!(figure.svg_wide.contains('…'));

    let mut empty = tiers(&TIERS);
    empty.iter_mut().for_each(|s| s.values.fill(None));
    let figure = trend_of(&empty, &usual_waves(), &[], &English);
    assert_good(&figure);
    assert!(figure.svg_wide.contains(">no responses</text>"));

    let figure = trend_of(&[], &[], &usual_actions(), &English);
    assert_good(&figure);
    assert!(figure.table.rows.is_empty());

    let one = Series { name: "Key".into(), values: vec![Some(point((100, 100, 100)))] };
    assert_good(&trend_of(&[one], &waves(&[("2024-12", "W1")]), &[], &English));

    let ends = [(-100, -100, -90), (100, 90, 100)];
    let extreme = Series { name: "All".into(), values: ends.iter().map(|&e| Some(point(e))).collect() };
    let figure = trend_of(&[extreme], &[], &[], &English);
    assert_good(&figure);
    assert!(figure.svg_wide.contains(">−100</text>") && figure.svg_wide.contains(">100</text>"));

    let broken = Estimate { value: f64::NAN, low: f64::NEG_INFINITY, high: 1.0 };
    let broken = Point { estimate: broken, ..point((0, 0, 0)) };
    let series = Series { name: "Key".into(), values: vec![Some(broken), Some(point((1, 0, 2))), Some(broken)] };
    assert_good(&trend_of(&[series], &[], &[], &English));

    // Ten tiers that end at the same value.
    let same: Vec<Series> =
        (0..10).map(|i| Series { name: format!("Tier {i}"), values: tiers(&TIERS[..1])[0].values.clone() }).collect();
    assert_good(&trend_of(&same, &usual_waves(), &usual_actions(), &English));
}

#[test]
fn a_few_answers_are_no_course() {
    let few = |figures| Some(Point { n: 4, founded: false, ..point(figures) });
    let values = vec![few((100, -20, 100)), few((-60, -90, 10)), Some(point((20, 5, 35))), Some(point((24, 9, 39)))];
    let series = [Series { name: "Potential".into(), values }];
    // The axis is that of what is well founded.
    assert_eq!(nps_scale(series.iter()), Scale { low: -20.0, high: 60.0, step: 20.0 });
    let trend = Trend {
        label: "NPS by tier",
        first: month("2024-12"),
        series: &series,
        waves: &[],
        wave_word: "wave",
        actions: &[],
        breaks: &[],
        scale: nps_scale(series.iter()),
        decimals: 0,
        point: "Three months to",
    };
    let figure = trend.draw(&English).unwrap();
    assert_good(&figure);
    let count = |what: &str| figure.svg_wide.matches(what).count();
    assert_eq!((count("\"ln c1 t1\""), count("\"whisker thin c1 t1\"")), (1, 2), "{}", figure.svg_wide);
    // Both lie beyond the axis, and say where.
    assert!(figure.svg_wide.contains("Dec 2024 · 100 (−20 to 100) · n 4"), "{}", figure.svg_wide);
    assert_eq!(figure.table.rows[1][1], "−60 (−90 to 10) · n 4");

    // A tier of which nothing is well founded has an axis all the same.
    let all = [Series { name: "Potential".into(), values: vec![few((80, -20, 100)), few((-30, -90, 10))] }];
    assert_eq!(nps_scale(all.iter()), Scale { low: -40.0, high: 80.0, step: 20.0 });
    assert_sound(&multiple_of(0, "Potential", &all[0].values));
}

#[test]
fn hostile_names_stay_text() {
    let evil = "<script>alert(\"1\")</script>&amp;'\u{0}\u{202e}";
    let figure = trend_of(&tiers(&[evil]), &waves(&[("2025-04", evil)]), &actions(&[("2026-01", evil)]), &English);
    for svg in [&figure.svg_wide, &figure.svg_narrow] {
        assert_sound(svg);
        assert!(!svg.contains("<script") && !svg.contains('\u{0}'));
    }
    let response = Response { day: day("2025-04-24"), value: 75.0, title: evil.to_owned() };
    assert_sound(&course_of(&known(), &[response], &English).svg_wide);
    assert_sound(&multiple_of(0, evil, &[]));
    let share = Share { count: 1, tone: 0, title: evil.to_owned() };
    assert_sound(&distribution(evil, &[share], &English).unwrap());
}

#[test]
fn many_actions_get_numbers_and_a_key() {
    let crowd: Vec<(String, String)> =
        (1..=9).map(|m| (format!("2026-{:02}", 1 + m % 3), format!("Improvement number {m}"))).collect();
    let crowd: Vec<(&str, &str)> = crowd.iter().map(|(m, n)| (m.as_str(), n.as_str())).collect();
    let figure = trend_of(&tiers(&TIERS), &usual_waves(), &actions(&crowd), &English);
    assert!(figure.key_always);
    assert_eq!(figure.key.len(), 9);
    assert_good(&figure);
    // The numbers follow time.
    assert!(figure.key[0].text.ends_with("number 3"), "{:?}", figure.key);
}

#[test]
fn labels_keep_their_distance() {
    let figure = trend_of(&tiers(&TIERS), &[], &[], &English);
    for (svg, gap) in [(&figure.svg_wide, 33.9), (&figure.svg_narrow, 15.9)] {
        let mut heights: Vec<f64> =
            texts(svg).into_iter().filter(|t| TIERS.iter().any(|n| t.text.starts_with(n))).map(|t| t.base).collect();
        heights.sort_by(f64::total_cmp);
        assert_eq!(heights.len(), 4);
        assert!(heights.windows(2).all(|pair| pair[1] - pair[0] >= gap), "{heights:?}");
    }
}

#[test]
fn the_course_shows_each_response_and_each_warning() {
    let figure = course_of(&known(), &responses(), &English);
    assert_good(&figure);
    assert_eq!(figure.svg_wide.matches("<circle class=\"pt hollow c4\"").count(), 16);
    assert!(figure.svg_wide.contains("<title>A. Lindqvist: 45</title>"));
    for level in ["red", "orange", "yellow"] {
        assert!(figure.svg_wide.contains(&format!("<use class=\"lvl-{level}\" href=\"#lv-{level}\"")));
    }
    assert!(figure.svg_wide.contains(">level 48</text>") && figure.svg_wide.contains(">37 to 60</text>"));
    assert_eq!(figure.table.rows.len(), 17);
    // A step: on the day of a response the line falls straight down.
    let line = figure.svg_wide.split("class=\"ln c1\" points=\"").nth(1).unwrap().split('"').next().unwrap();
    let points: Vec<(f64, f64)> = line
        .split(' ')
        .map(|p| p.split_once(',').unwrap())
        .map(|(x, y)| (x.parse().unwrap(), y.parse().unwrap()))
        .collect();
    assert!(points.windows(2).all(|p| p[0].0 == p[1].0 || p[0].1 == p[1].1), "{line}");
}

#[test]
fn courses_of_any_shape_are_sound() {
    assert_good(&course_of(&[], &[], &English));
    assert_good(&course_of(&known()[..1], &[], &English));
    assert_good(&course_of(&known()[..2], &responses()[..1], &Chinese));
    let mut wild = known();
    wild[3].level = f64::NAN;
    wild[4].outer = (-500.0, 900.0);
    let mut rings = responses();
    rings[0].value = f64::INFINITY;
    rings[1].day = day("1999-01-01");
    assert_good(&course_of(&wild, &rings, &English));
}

#[test]
fn orders_stand_on_zero() {
    let figure = orders_of(&ORDERS, "2026-09-19");
    assert_good(&figure);
    assert_eq!(figure.svg_wide.matches("class=\"whisker c1\"").count(), 12);
    let stems: Vec<&str> = figure.svg_wide.lines().filter(|l| l.contains("whisker")).collect();
    assert!(stems.iter().all(|stem| attribute(stem, "y1") == Some("232")), "every stem starts at the zero line");
    assert!(figure.svg_wide.contains("class=\"wash-red\"") && figure.svg_wide.contains(">72 days</text>"));
    assert_good(&orders_of(&ORDERS, "2026-11-29"));
    assert_good(&orders_of(&[], "2030-01-01"));
    assert_good(&orders_of(&[("2026-01-21", -40.0), ("2026-03-21", 900.0)], "2026-01-01"));
    assert_good(&orders_of(&[("2026-01-21", 0.0)], "2026-09-19"));
    assert_good(&orders_of(&[("2026-01-21", 12_345_678.0)], "2026-09-19"));
}

#[test]
fn columns_name_their_pauses() {
    let figure = columns_of(38);
    assert_good(&figure);
    assert!(figure.svg_wide.contains(">Spring</text>") && figure.svg_wide.contains("class=\"shade\""));
    assert_good(&columns_of(1));
    assert_good(&columns_of(400));
    let none = Columns { label: "", columns: &[], pauses: &[], decimals: 0, head: ["", ""] };
    assert_good(&none.draw(&English).unwrap());
}

#[test]
fn small_multiples_share_their_scale() {
    for (i, name) in TIERS.iter().enumerate() {
        let values: Vec<Option<Point>> = NPS[i].iter().map(|&v| Some(point(v))).collect();
        let svg = multiple_of(i, name, &values);
        assert_sound(&svg);
        assert!(
            svg.contains(&format!("band c{}", i + 1)) && svg.contains(">60</text>") && svg.contains(">2026</text>")
        );
    }
    assert_sound(&multiple_of(7, "Key", &[]));
    assert_sound(&multiple_of(0, "Key", &[None, Some(point((5, -100, 100))), None]));
}

#[test]
fn rows_stretch_in_percent() {
    let now = Some(estimate((24, 13, 34)));
    let scale = Scale::nps([]);
    let svg = strip(&Strip { label: "NPS", series: 0, now, before: None, scale }, &English).unwrap();
    assert_sound(&svg);
    assert!(svg.contains("<circle class=\"pt c1\" cx=\"55%\" cy=\"20\" r=\"5\"/>"), "{svg}");
    assert!(svg.contains("class=\"whisker thick c1\" x1=\"41.3%\" x2=\"67.5%\""), "{svg}");
    assert_sound(&strip(&Strip { label: "", series: 9, now: None, before: now, scale }, &English).unwrap());

    let bar = Bar {
        kind: BarKind::Share,
        from: 0.0,
        to: 31.0,
        interval: Some((25.0, 37.0)),
        step: None,
        scale: Scale { low: 0.0, high: 40.0, step: 10.0 },
    };
    let svg = bar_row(&bar).unwrap();
    assert_sound(&svg);
    assert!(svg.contains("class=\"bar\" x=\"0%\" y=\"5\" width=\"77.5%\" height=\"6\" rx=\"3\""), "{svg}");
    assert!(svg.contains("class=\"over\" x1=\"62.5%\" x2=\"92.5%\""), "{svg}");
    assert!(!bar_row(&Bar { to: 0.0, interval: None, ..bar }).unwrap().contains("class=\"bar\""));
    assert!(bar_row(&Bar { to: 0.001, ..bar }).unwrap().contains("width=\"0.6%\""));
    assert_sound(&bar_row(&Bar { to: f64::NAN, scale: Scale { low: 0.0, high: 0.0, step: 0.0 }, ..bar }).unwrap());
}

#[test]
fn shares_fill_the_width() {
    let share = |count, tone| Share { count, tone, title: format!("{tone}: {count}") };
    let svg = distribution("Delivery", &[share(1, 0), share(1, 1), share(1, 2)], &English).unwrap();
    assert_sound(&svg);
    let widths: Vec<f64> = svg
        .split("<rect")
        .skip(1)
        .map(|r| attribute(r, "width").unwrap().trim_end_matches('%').parse().unwrap())
        .collect();
    assert!((widths.iter().sum::<f64>() - 100.0).abs() < 0.11, "{widths:?}");
    assert!(svg.contains("class=\"answer a-1\"") && svg.contains("<title>0: 1</title>"));
    assert!(distribution("", &[share(0, 0)], &English).unwrap().contains(">no responses</text>"));
    assert_eq!((1..=5).map(|v| tone(v, 1, 5)).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    assert_eq!((0..=10).map(|v| tone(v, 0, 10)).collect::<Vec<_>>(), [0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 4]);
}

#[test]
fn the_partial_shows_drawings_key_and_table() {
    let mut templates = handlebars::Handlebars::new();
    templates.set_strict_mode(true);
    templates.register_partial("figure", include_str!("../../../web-templates/partials/figure.hbs")).unwrap();
    let mut figure =
        trend_of(&tiers(&TIERS), &usual_waves(), &actions(&[("2026-01", "Hotline <b>open</b>")]), &English);
    let show = |figure: &Figure| {
        let data = serde_json::json!({ "chart": figure });
        templates.render_template("{{> figure chart summary=\"Figures\"}}", &data).unwrap()
    };
    let page = show(&figure);
    assert!(page.contains(&figure.svg_wide) && page.contains(&figure.svg_narrow));
    assert!(
        page.contains("<p class=\"key-text narrow\"><span><b>1</b> Hotline &lt;b&gt;open&lt;/b&gt;</span>"),
        "{page}"
    );
    assert!(page.contains("<summary>Figures</summary>") && page.contains("<td>15 (0 to 30) · n 120</td>"));
    figure.key_always = true;
    assert!(show(&figure).contains("<p class=\"key-text\">"));
    figure.key.clear();
    assert!(!show(&figure).contains("key-text"));
}

fn shown(figure: &Figure) -> String {
    let cells = |row: &Vec<String>| row.iter().map(|c| format!("<td>{}</td>", svg::Escaped(c))).collect::<String>();
    let rows: String = figure.table.rows.iter().map(|r| format!("<tr>{}</tr>", cells(r))).collect();
    let narrow = if figure.key_always { "" } else { " narrow" };
    let key: String =
        figure.key.iter().map(|k| format!("<span><b>{}</b> {}</span> ", k.number, svg::Escaped(&k.text))).collect();
    format!(
        "{}{}<p class=\"key-text{narrow}\">{key}</p><details><summary>Figures as a table</summary><table><tbody>{rows}</tbody></table></details>",
        figure.svg_wide, figure.svg_narrow
    )
}

#[test]
fn the_gallery_holds_every_chart() {
    let card = |class: &str, title: &str, body: String| {
        format!("<section class=\"card {class}\"><header><h2>{title}</h2></header>{body}</section>")
    };
    let trend = |figure: &Figure| format!("<figure class=\"fig trend\" data-focus=\"1\">{}</figure>", shown(figure));
    let fig = |figure: &Figure| format!("<figure class=\"fig\">{}</figure>", shown(figure));
    let six = ["战略客户", "重点客户", "一般客户", "潜在客户", "经销商", "海外直供"];
    let multiples: String = TIERS
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let values: Vec<Option<Point>> = NPS[i].iter().map(|&v| Some(point(v))).collect();
            format!("<div class=\"fig\">{}</div>", multiple_of(i, name, &values))
        })
        .collect();
    let scale = Scale::nps([]);
    let strips: String = (0..4)
        .map(|i| {
            let (now, before) = (Some(estimate(NPS[i][23])), Some(estimate(NPS[i][17])));
            let svg = strip(&Strip { label: "NPS", series: i, now, before, scale }, &English).unwrap();
            format!("<div class=\"fig strip\">{svg}</div>")
        })
        .collect();
    let bars: String = [(31.0, 25.0, 37.0), (8.0, 4.0, 12.0)]
        .map(|(to, low, high)| {
            let scale = Scale { low: 0.0, high: 40.0, step: 10.0 };
            let bar = Bar { kind: BarKind::Share, from: 0.0, to, interval: Some((low, high)), step: None, scale };
            format!("<div class=\"row\"><span class=\"name\">Delivery</span><span class=\"fig-v\"><b>{to} %</b></span><div class=\"fig\">{}</div></div>", bar_row(&bar).unwrap())
        })
        .concat();
    let mut run = 0.0;
    let water: String =
        [(64.0, BarKind::Plus), (782.0, BarKind::Plus), (-46.0, BarKind::Minus), (800.0, BarKind::Total)]
            .map(|(v, kind)| {
                let from = if kind == BarKind::Total { 0.0 } else { run };
                run = from + v;
                let bar = Bar {
                    kind,
                    from,
                    to: run,
                    interval: None,
                    step: Some(run),
                    scale: Scale { low: 0.0, high: 900.0, step: 1.0 },
                };
                format!(
                    "<tr><td>Term</td><td class=\"plot\"><div class=\"fig\">{}</div></td></tr>",
                    bar_row(&bar).unwrap()
                )
            })
            .concat();
    let shares: String = [(1, 5), (0, 10)]
        .map(|(low, high)| {
            let shares: Vec<Share> = (low..=high)
                .map(|v| Share { count: 3 + v as u64 * 2, tone: tone(v, low, high), title: v.to_string() })
                .collect();
            format!("<div class=\"fig answers\">{}</div><br>", distribution("Answers", &shares, &English).unwrap())
        })
        .concat();
    let mut gappy = tiers(&TIERS);
    for gap in [3, 4, 9, 11] {
        gappy[0].values[gap] = None;
        gappy[3].values[gap + 2] = None;
    }
    let crowd = actions(&[
        ("2026-01", "Hotline open until 22:00"),
        ("2026-01", "Price list"),
        ("2026-02", "Northern depot moved"),
        ("2026-02", "New portal for orders"),
    ]);
    let cards = [
        card("w8", "Trend", trend(&trend_of(&tiers(&TIERS), &usual_waves(), &usual_actions(), &English))),
        card(
            "w4",
            "Rows",
            format!("{strips}<div class=\"bars\">{bars}</div><table class=\"table water\">{water}</table>{shares}"),
        ),
        card(
            "w6",
            "六个等级",
            trend(&trend_of(
                &tiers(&six),
                &usual_waves(),
                &actions(&[("2026-07", "北方仓搬迁"), ("2026-10", "交付专项小组成立")]),
                &Chinese,
            )),
        ),
        card("w6", "Gaps, many actions", trend(&trend_of(&gappy, &usual_waves(), &crowd, &English))),
        card("w8", "Course", fig(&course_of(&known(), &responses(), &English))),
        card("w4", "Nothing yet", trend(&trend_of(&[], &[], &[], &English))),
        card("w7", "Orders", fig(&orders_of(&ORDERS, "2026-09-19"))),
        card("w5", "Columns", fig(&columns_of(38))),
        card(
            "w12",
            "Multiples",
            format!("<div class=\"paper\" style=\"height:60mm\"><div class=\"multiples\">{multiples}</div></div>"),
        ),
    ];
    let symbols = include_str!("../../../web-templates/partials/symbols.hbs").split_once("}}").unwrap().1;
    let page = |theme: &str| {
        format!(
            "<!doctype html><html lang=\"en\" data-theme=\"{theme}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Charts</title><style>{}</style><body>{symbols}<main class=\"page\"><div class=\"grid\">{}</div></main></body></html>",
            super::super::style::console_css(),
            cards.concat()
        )
    };
    let target = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    std::fs::create_dir_all(&target).unwrap();
    for (name, theme) in [("gallery.html", "light"), ("gallery-dark.html", "dark")] {
        std::fs::write(target.join(name), page(theme)).unwrap();
    }
    for class in ["ln c4", "again", "lvl-red", "wash-red", "bar up", "answer a-5", "badge", "whisker thick", "shade"] {
        assert!(page("light").contains(class), "{class}");
    }
}

/// What is asked otherwise is another series: no line leads across, a mark says why, and so does the table.
#[test]
fn a_line_does_not_lead_across_other_words() {
    let values: Vec<Option<Point>> = (0..6).map(|_| Some(point((20, 10, 30)))).collect();
    let series = [Series { name: "Strategic".into(), values: values.clone() }];
    let broken = [Action { month: month("2025-03"), name: "wording changed, v3".into() }];
    let drawn = |breaks: &[Action]| {
        let trend = Trend {
            label: "NPS by tier",
            first: month("2024-12"),
            series: &series,
            waves: &[],
            wave_word: "wave",
            actions: &[],
            breaks,
            scale: nps_scale(series.iter()),
            decimals: 0,
            point: "Three months to",
        };
        trend.draw(&English).unwrap()
    };
    let lines = |figure: &Figure| figure.svg_wide.matches("\"ln c1 t1\"").count();
    let (whole, cut) = (drawn(&[]), drawn(&broken));
    assert_good(&cut);
    assert_eq!((lines(&whole), lines(&cut)), (1, 2), "{}", cut.svg_wide);
    assert!(cut.svg_wide.contains("wording changed, v3") && cut.svg_narrow.contains("badge"), "{}", cut.svg_narrow);
    assert_eq!(cut.table.notes, ["Mar 2025 · wording changed, v3"]);
    assert_eq!(cut.key[0].text, "wording changed, v3");
    let (known, responses) = (known(), responses());
    let parts = |breaks: &[(NaiveDate, String)]| {
        let course = Course {
            label: "Satisfaction",
            first: day("2024-12-01"),
            last: day("2026-11-30"),
            known: &known,
            responses: &responses,
            turns: &[],
            breaks,
            turn_words: "",
            reference: None,
            level_word: "level",
            scale: Scale { low: 20.0, high: 100.0, step: 20.0 },
            decimals: 0,
            head: ["Day", "Level"],
        };
        let figure = course.draw(&English).unwrap();
        let count = |what: &str| figure.svg_wide.matches(what).count();
        (count("<polyline class=\"ln c1\""), count("<polygon class=\"band outer c1\""), figure.table.notes.len())
    };
    // The level and its intervals begin anew.
    assert_eq!(parts(&[]), (1, 1, 0));
    assert_eq!(parts(&[(day("2026-01-15"), "wording changed, v3".into())]), (2, 2, 1));
}
