//! Uncertain figures in words: the same words for the same doubt, everywhere.
//!
//! Words come before p-values; an interval says "to", since its ends may be negative; what is not known
//! well enough is not made to look known.

use super::{Reader, Value};
use crate::domain::index::compare::Finding;
use crate::domain::index::{Figure, LEVEL};
use crate::domain::measure::Measure;

/// How many decimals a difference may be given so that it does not read as 0.
const MOST_DECIMALS: u8 = 3;

/// An estimate as it is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Told {
    pub value: f64,
    /// The interval of confidence, if there is one.
    pub interval: Option<(f64, f64)>,
    /// The probability with which the interval covers: 0.95.
    pub level: f64,
    pub responses: i64,
    /// The effective sample size, if it is known.
    pub effective: Option<f64>,
    pub unit: Unit,
}

/// What a figure is counted in, and so how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Points of a scale, with so many decimals.
    Points(u8),
    /// Per cent: 48.0 is "48 %".
    Percent,
}

impl Unit {
    /// NPS is told whole, indices with one decimal, shares in whole per cent.
    pub fn of(measure: &Measure) -> Self {
        match measure {
            Measure::Response | Measure::Recommend => Self::Points(0),
            Measure::Asked | Measure::Satisfied => Self::Percent,
            Measure::RecommendScore
            | Measure::Effort
            | Measure::SatisfactionIndex
            | Measure::LoyaltyIndex
            | Measure::Aspect(_) => Self::Points(1),
        }
    }

    /// A figure in this unit: "24", "48.1", "48 %".
    pub fn write(self, reader: &Reader, x: f64) -> String {
        match self {
            Self::Points(decimals) => reader.number(x, decimals),
            Self::Percent => reader.percent(x / 100.0, 0),
        }
    }

    /// How many decimals a figure of this unit is told with.
    pub fn decimals(self) -> u8 {
        match self {
            Self::Points(decimals) => decimals,
            Self::Percent => 0,
        }
    }
}

impl From<&Figure> for Told {
    fn from(figure: &Figure) -> Self {
        Self {
            value: figure.value,
            // A count is known; only an estimate has an interval.
            interval: figure.estimate.is_some().then_some((figure.low, figure.high)),
            level: LEVEL,
            responses: figure.n,
            effective: figure.estimate.is_some().then_some(figure.n_eff),
            unit: Unit::of(&figure.measure),
        }
    }
}

/// "24 (95 %: 13 to 34), 246 responses, effective 205".
pub fn figure(reader: &Reader, told: &Told) -> String {
    let figure = figure_with_interval(reader, told);
    let mut args = vec![("figure", Value::from(figure)), ("count", told.responses.into())];
    match told.effective.filter(|n| n.is_finite()) {
        Some(n) => {
            args.push(("effective", reader.number(n, 0).into()));
            reader.text("figure-with-effective", &args)
        }
        None => reader.text("figure-with-responses", &args),
    }
}

/// "24 (95 %: 13 to 34)"; the figure alone if it has no interval.
pub fn figure_with_interval(reader: &Reader, told: &Told) -> String {
    let value = told.unit.write(reader, told.value);
    let Some((low, high)) = told.interval else { return value };
    reader.text(
        "figure-interval",
        &[
            ("value", value.into()),
            ("level", reader.percent(told.level, 0).into()),
            ("low", told.unit.write(reader, low).into()),
            ("high", told.unit.write(reader, high).into()),
        ],
    )
}

/// What a comparison of a figure with an earlier one has come to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Change {
    /// Adjusted p below .05.
    BeyondChance { now: f64, before: f64 },
    /// Adjusted p from .05 to below .20.
    Perhaps { now: f64, before: f64 },
    /// Adjusted p of .20 or more.
    NoneSeen,
    /// Not significant, and from too few responses to say that nothing happened.
    TooFew,
    /// Something else was asked before.
    NotComparable,
}

impl Change {
    /// What a finding says of two figures; which way it went and by how much is taken from these.
    pub fn of(finding: &Finding, now: f64, before: f64) -> Self {
        match finding {
            Finding::BeyondChance { .. } => Self::BeyondChance { now, before },
            Finding::Perhaps { .. } => Self::Perhaps { now, before },
            Finding::NoChange => Self::NoneSeen,
            Finding::TooFew => Self::TooFew,
            Finding::NotComparable => Self::NotComparable,
        }
    }
}

/// "19 lower than 43, beyond chance", "perhaps 4 lower, may be chance", "no change beyond chance"...
///
/// The difference is that of the figures as they are shown, so that a reader can add them up; where these
/// are equal or would say the opposite, all are shown with more decimals.
pub fn change(reader: &Reader, change: &Change, decimals: u8) -> String {
    let (id_lower, id_higher, now, before) = match *change {
        Change::BeyondChance { now, before } => ("finding-lower-beyond", "finding-higher-beyond", now, before),
        Change::Perhaps { now, before } => ("finding-lower-perhaps", "finding-higher-perhaps", now, before),
        Change::NoneSeen => return reader.text("finding-none", &[]),
        Change::TooFew => return reader.text("finding-too-few", &[]),
        Change::NotComparable => return reader.text("finding-not-comparable", &[]),
    };
    let (by, decimals) = shown_difference(now, before, decimals);
    let by = Value::from(reader.number(by, decimals));
    let id = if now < before { id_lower } else { id_higher };
    match change {
        Change::BeyondChance { .. } => reader.text(id, &[("by", by), ("than", reader.number(before, decimals).into())]),
        _ => reader.text(id, &[("by", by)]),
    }
}

/// The size of the difference of two figures as shown, and the decimals that show it.
fn shown_difference(now: f64, before: f64, decimals: u8) -> (f64, u8) {
    for decimals in decimals..=MOST_DECIMALS {
        let scale = 10_f64.powi(i32::from(decimals));
        let shown = ((now * scale).round() - (before * scale).round()) / scale;
        if shown != 0.0 && (shown < 0.0) == (now < before) {
            return (shown.abs(), decimals);
        }
    }
    ((now - before).abs(), decimals.max(MOST_DECIMALS))
}

/// What to know before reading a list of drivers.
pub fn driver_caution(reader: &Reader) -> String {
    reader.text("driver-caution", &[])
}

/// The grades of a warning, as figures speak of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    Yellow,
    Orange,
    Red,
}

impl Grade {
    /// "red", "红色".
    pub fn word(self, reader: &Reader) -> String {
        reader.text(
            match self {
                Self::Yellow => "level-yellow",
                Self::Orange => "level-orange",
                Self::Red => "level-red",
            },
            &[],
        )
    }
}

/// "the chance that it fell by 8 or more is 97 %; red from 95 %". Both chances are probabilities.
pub fn warning(reader: &Reader, by: f64, chance: f64, grade: Grade, threshold: f64) -> String {
    let decimals = if by.fract() == 0.0 { 0 } else { 1 };
    reader.text(
        "warning-chance",
        &[
            ("by", reader.number(by, decimals).into()),
            ("chance", reader.chance(chance).into()),
            ("level", grade.word(reader).into()),
            ("threshold", reader.percent(threshold, 0).into()),
        ],
    )
}

/// "about 1 false red per 200 accounts a year", from the expected number for one account and year. It is
/// told as whole false warnings among a round number of accounts; nothing if there is no such rate.
pub fn false_reds(reader: &Reader, per_account_year: f64) -> Option<String> {
    if !per_account_year.is_finite() || per_account_year <= 0.0 {
        return None;
    }
    let (count, accounts) = if per_account_year < 0.1 {
        (1.0, two_digits(1.0 / per_account_year))
    } else {
        ((per_account_year * 100.0).round(), 100.0)
    };
    Some(reader.text("false-alarms-red", &[("count", count.into()), ("accounts", accounts.into())]))
}

/// Rounds to two digits: 213 is 210.
fn two_digits(x: f64) -> f64 {
    let scale = 10_f64.powf(x.log10().floor() - 1.0);
    (x / scale).round() * scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::Language;
    use crate::text::Catalogue;
    use std::sync::Arc;

    #[track_caller]
    fn expect(form: impl Fn(&Reader) -> String, en: &str, zh: &str) {
        let catalogue = Arc::new(Catalogue::load(None).unwrap());
        let said = |language| form(&catalogue.reader(&language, chrono_tz::UTC)).replace('\u{a0}', " ");
        assert_eq!((said(Language::english()).as_str(), said(Language::chinese()).as_str()), (en, zh));
    }

    const NPS: Told = Told {
        value: 24.2,
        interval: Some((13.4, 34.4)),
        level: 0.95,
        responses: 246,
        effective: Some(205.3),
        unit: Unit::Points(0),
    };

    #[test]
    fn figures() {
        expect(
            |r| figure(r, &NPS),
            "24 (95 %: 13 to 34), 246 responses, effective 205",
            "24（95% 区间 13 至 34），246 份答卷，有效样本 205",
        );
        let one = Told { interval: None, effective: None, responses: 1, unit: Unit::Points(1), ..NPS };
        expect(|r| figure(r, &one), "24.2, 1 response", "24.2，1 份答卷");
        let share = Told { value: 48.2, interval: Some((44.0, 52.0)), unit: Unit::Percent, ..NPS };
        expect(|r| figure_with_interval(r, &share), "48 % (95 %: 44 % to 52 %)", "48%（95% 区间 44% 至 52%）");
        let negative = Told { value: -3.0, interval: Some((-12.0, 5.0)), level: 0.8, ..NPS };
        expect(
            |r| figure_with_interval(r, &negative),
            "\u{2212}3 (80 %: \u{2212}12 to 5)",
            "\u{2212}3（80% 区间 \u{2212}12 至 5）",
        );
    }

    #[test]
    fn changes() {
        let fell = Change::BeyondChance { now: 24.0, before: 43.0 };
        expect(|r| change(r, &fell, 0), "19 lower than 43, beyond chance", "比 43 低 19，超出偶然波动");
        let rose = Change::BeyondChance { now: 43.0, before: 24.0 };
        expect(|r| change(r, &rose, 0), "19 higher than 24, beyond chance", "比 24 高 19，超出偶然波动");
        let perhaps = Change::Perhaps { now: 40.0, before: 44.0 };
        expect(|r| change(r, &perhaps, 0), "perhaps 4 lower, may be chance", "可能低 4，也可能是偶然");
        let perhaps = Change::Perhaps { now: 44.0, before: 40.0 };
        expect(|r| change(r, &perhaps, 0), "perhaps 4 higher, may be chance", "可能高 4，也可能是偶然");
        expect(|r| change(r, &Change::NoneSeen, 0), "no change beyond chance", "看不出超出偶然的变化");
        expect(
            |r| change(r, &Change::NotComparable, 0),
            "not comparable: the question was changed",
            "题目已更改，不可比较",
        );
        expect(|r| change(r, &Change::TooFew, 0), "too few responses to tell", "答卷太少，无法判断");
    }

    #[test]
    fn findings_of_the_domain_are_told() {
        let told = |difference: f64, p: f64, n: i64| Change::of(&Finding::of(difference, p, n, 100), 24.0, 43.0);
        assert_eq!(told(-19.0, 0.01, 246), Change::BeyondChance { now: 24.0, before: 43.0 });
        assert_eq!(told(-19.0, 0.1, 246), Change::Perhaps { now: 24.0, before: 43.0 });
        assert_eq!(told(-19.0, 0.5, 246), Change::NoneSeen);
        assert_eq!(told(-19.0, 0.5, 46), Change::TooFew);
    }

    #[test]
    fn a_difference_adds_up_with_what_is_shown() {
        // 24 and 43 are shown, so the difference is 19, though it is 19.8 before rounding.
        let fell = Change::BeyondChance { now: 23.6, before: 43.4 };
        expect(|r| change(r, &fell, 0), "19 lower than 43, beyond chance", "比 43 低 19，超出偶然波动");
        // A true difference is never told as 0.
        let little = Change::BeyondChance { now: 23.6, before: 23.9 };
        expect(|r| change(r, &little, 0), "0.3 lower than 23.9, beyond chance", "比 23.9 低 0.3，超出偶然波动");
    }

    #[test]
    fn warnings_and_drivers() {
        expect(
            |r| warning(r, 8.0, 0.97, Grade::Red, 0.95),
            "the chance that it fell by 8 or more is 97 %; red from 95 %",
            "下降 8 分以上的概率为 97%；95% 起为红色",
        );
        expect(
            |r| warning(r, 7.5, 0.9999, Grade::Orange, 0.8),
            "the chance that it fell by 7.5 or more is over 99 %; orange from 80 %",
            "下降 7.5 分以上的概率为 99% 以上；80% 起为橙色",
        );
        expect(
            |r| false_reds(r, 0.005).unwrap(),
            "about 1 false red per 200 accounts a year",
            "每 200 个客户每年约 1 次误报红色",
        );
        expect(
            |r| false_reds(r, 1.0 / 2134.0).unwrap(),
            "about 1 false red per 2,100 accounts a year",
            "每 2,100 个客户每年约 1 次误报红色",
        );
        expect(
            |r| false_reds(r, 0.12).unwrap(),
            "about 12 false reds per 100 accounts a year",
            "每 100 个客户每年约 12 次误报红色",
        );
        expect(|r| false_reds(r, 0.0).is_none().to_string(), "true", "true");
        expect(
            driver_caution,
            "separates satisfied from dissatisfied; seen together, not proof of cause",
            "与满意度关系最大；仅为相关，不等于原因",
        );
    }
}
