//! What makes the answers of one response doubtful. A flag says why and takes nothing away: whether a
//! response counts is for a person to decide.
//!
//! Each rule needs nothing but the survey, the answers and how they were sent, so that the same response
//! has the same flags whenever it is looked at:
//!
//! - *Too fast*: less than a second from the page to its sending for each answer that was clicked. Below
//!   that, answers do not agree with themselves any more (Wood, Harms, Lowman, DeSimone 2017, Social
//!   Psychological and Personality Science 8: 454-464). The survey's length counts as it was answered:
//!   questions left out and own words need no time here, so that nobody is suspected for being brief.
//! - *No sign of a person*: the page's script ran, and neither pointer nor key nor touch was seen.
//! - *Straight line*: the same point for five or more items of one group, some of which are turned round,
//!   so that it says both yes and no; or the same point for every rating of the survey, ten or more, which
//!   goes through questions of several kinds. A few aspects without turned items prove nothing: somebody
//!   may be equally content with all of them.
//! - *Contradiction*: two answers that hardly go together, as [`Contradiction`] lists them.

use super::{Answer, Answers};
use crate::domain::survey::{Definition, ItemMeasure, Polarity, Question, SurveyKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The least time for an answer that is clicked, in seconds.
const SECONDS_A_CLICK: i64 = 1;
/// The fewest equal answers that make a line through a group.
const LINE: usize = 5;
/// The fewest that make one through a whole survey.
const THROUGHOUT: usize = 10;
/// From this recommendation on somebody is a promoter.
const PROMOTER: i64 = 9;
/// Up to this recommendation somebody is as far from it as can be.
const FAR_FROM_IT: i64 = 2;
/// On 0 to 100, "dissatisfied" of five points, and "satisfied".
const DISSATISFIED: f64 = 25.0;
const SATISFIED: f64 = 75.0;
/// So many aspects have to agree before they contradict the whole.
const ASPECTS: usize = 3;

/// Why a response is doubtful.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Flag {
    TooFast {
        seconds: i64,
        /// The least that was to be expected.
        least: i64,
    },
    NoSign,
    StraightLine {
        /// The group of items; none where it is the whole survey.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        group: Option<String>,
        items: usize,
        point: i64,
    },
    Contradiction {
        rule: Contradiction,
    },
}

/// Answers that hardly go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    /// Recommends (9 or 10) and is dissatisfied overall.
    PromoterDissatisfied,
    /// Recommends not at all (0 to 2) and is as satisfied overall as can be.
    DetractorDelighted,
    /// Recommends (9 or 10) and would certainly not buy again.
    PromoterLeaves,
    /// Satisfied overall, and dissatisfied with every aspect that was rated, three or more.
    SatisfiedWithNothing,
    /// Dissatisfied overall, and satisfied with every aspect that was rated, three or more.
    DissatisfiedWithNothing,
}

impl Contradiction {
    pub const ALL: [Self; 5] = [
        Self::PromoterDissatisfied,
        Self::DetractorDelighted,
        Self::PromoterLeaves,
        Self::SatisfiedWithNothing,
        Self::DissatisfiedWithNothing,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::PromoterDissatisfied => "promoter_dissatisfied",
            Self::DetractorDelighted => "detractor_delighted",
            Self::PromoterLeaves => "promoter_leaves",
            Self::SatisfiedWithNothing => "satisfied_with_nothing",
            Self::DissatisfiedWithNothing => "dissatisfied_with_nothing",
        }
    }
}

impl Flag {
    /// The kinds of flags, as they are kept.
    pub const KINDS: [&'static str; 4] = ["too_fast", "no_sign", "straight_line", "contradiction"];

    /// Whether it is about how the form was sent, rather than about what it says: such a flag stays when
    /// answers are changed later.
    pub fn is_of_sending(&self) -> bool {
        matches!(self, Self::TooFast { .. } | Self::NoSign)
    }
}

/// How a form was sent, as far as that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sending {
    /// From the page to the form, in seconds.
    pub seconds: Option<i64>,
    /// The script ran and saw nobody.
    pub unseen: bool,
}

/// All flags of a response.
pub fn flags(definition: &Definition, answers: &Answers, sending: Sending) -> Vec<Flag> {
    let mut flags = of_sending(answers, sending);
    flags.extend(of_answers(definition, answers));
    flags
}

/// The flags of how it was sent.
pub fn of_sending(answers: &Answers, sending: Sending) -> Vec<Flag> {
    let clicked = answers.0.values().filter(|answer| !matches!(answer, Answer::Text(_))).count();
    let least = i64::try_from(clicked).unwrap_or(i64::MAX).saturating_mul(SECONDS_A_CLICK);
    let fast = sending.seconds.filter(|seconds| *seconds < least).map(|seconds| Flag::TooFast { seconds, least });
    fast.into_iter().chain(sending.unseen.then_some(Flag::NoSign)).collect()
}

/// The flags of what it says. A checklist that finds the same everywhere says no more than that all is well.
pub fn of_answers(definition: &Definition, answers: &Answers) -> Vec<Flag> {
    let checks = matches!(definition.kind, SurveyKind::SpotCheck | SurveyKind::MysteryVisit);
    let mut flags = if checks { Vec::new() } else { lines(definition, answers) };
    flags.extend(contradictions(definition, answers).into_iter().map(|rule| Flag::Contradiction { rule }));
    flags
}

fn lines(definition: &Definition, answers: &Answers) -> Vec<Flag> {
    let rated: Vec<(&Question, i64)> = definition
        .questions()
        .filter(|question| question.measure != Some(ItemMeasure::Recommendation))
        .filter_map(|question| Some((question, answers.score(&question.key)?)))
        .collect();
    let mut groups: BTreeMap<&str, Vec<(&Question, i64)>> = BTreeMap::new();
    for (question, x) in &rated {
        if let Some(group) = &question.group {
            groups.entry(group).or_default().push((question, *x));
        }
    }
    let mut flags: Vec<Flag> = groups
        .iter()
        .filter_map(|(group, items)| {
            let turned = items.iter().filter(|(question, _)| question.polarity == Polarity::Negative).count();
            let point = same(items, LINE).filter(|_| turned > 0 && turned < items.len())?;
            Some(Flag::StraightLine { group: Some((*group).to_owned()), items: items.len(), point })
        })
        .collect();
    if flags.is_empty()
        && let Some(point) = same(&rated, THROUGHOUT)
    {
        flags.push(Flag::StraightLine { group: None, items: rated.len(), point });
    }
    flags
}

/// The point that all of enough items were given.
fn same(items: &[(&Question, i64)], least: usize) -> Option<i64> {
    let ((_, first), rest) = items.split_first()?;
    (items.len() >= least && rest.iter().all(|(_, x)| x == first)).then_some(*first)
}

fn contradictions(definition: &Definition, answers: &Answers) -> Vec<Contradiction> {
    // From 0 (the worst) to 100, whatever the scale and whichever way it runs.
    let level = |question: &Question| {
        let x = answers.score(&question.key)?;
        question.item()?.rescale(x as f64).ok()
    };
    let recommends = definition.recommendation().and_then(|question| answers.score(&question.key));
    let overall = definition.questions().find(|question| question.is_overall()).and_then(level);
    let stays = definition.questions().find(|q| q.measure == Some(ItemMeasure::Repurchase)).and_then(level);
    let aspects: Vec<f64> = definition.questions().filter(|q| q.service_aspect().is_some()).filter_map(level).collect();
    let all = |holds: fn(f64) -> bool| aspects.len() >= ASPECTS && aspects.iter().all(|x| holds(*x));
    let promoter = recommends.is_some_and(|x| x >= PROMOTER);
    let at_most = |level: Option<f64>, most: f64| level.is_some_and(|x| x <= most);
    let at_least = |level: Option<f64>, least: f64| level.is_some_and(|x| x >= least);
    let found = |rule: Contradiction| match rule {
        Contradiction::PromoterDissatisfied => promoter && at_most(overall, DISSATISFIED),
        Contradiction::DetractorDelighted => recommends.is_some_and(|x| x <= FAR_FROM_IT) && at_least(overall, 100.0),
        Contradiction::PromoterLeaves => promoter && at_most(stays, 0.0),
        Contradiction::SatisfiedWithNothing => at_least(overall, SATISFIED) && all(|x| x <= DISSATISFIED),
        Contradiction::DissatisfiedWithNothing => at_most(overall, DISSATISFIED) && all(|x| x >= SATISFIED),
    };
    Contradiction::ALL.into_iter().filter(|rule| found(*rule)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::survey::library;

    fn relationship() -> Definition {
        library().unwrap().into_iter().find(|one| one.key == "relationship").unwrap()
    }

    fn answers(scores: &[(&str, i64)]) -> Answers {
        Answers(scores.iter().map(|(key, x)| ((*key).to_owned(), Answer::Score(*x))).collect())
    }

    fn rules(scores: &[(&str, i64)]) -> Vec<Contradiction> {
        contradictions(&relationship(), &answers(scores))
    }

    #[test]
    fn a_checklist_may_find_the_same_everywhere() {
        let all = library().unwrap();
        for (key, flagged) in [("spot_check", false), ("relationship", true)] {
            let definition = all.iter().find(|one| one.key == key).unwrap();
            let asked = definition.questions().filter(|one| one.measure != Some(ItemMeasure::Recommendation));
            let scales: Vec<(&str, i64)> =
                asked.filter_map(|one| Some((one.key.as_str(), one.scale()?.last()))).collect();
            let most = scales.iter().map(|(_, last)| *last).min().unwrap();
            let same: Vec<(&str, i64)> = scales.iter().map(|(key, _)| (*key, most)).collect();
            let lines =
                of_answers(definition, &answers(&same)).iter().any(|one| matches!(one, Flag::StraightLine { .. }));
            assert_eq!(lines, flagged, "{key}");
        }
    }

    #[test]
    fn a_second_for_each_click_and_none_for_words() {
        let mut given = answers(&[("recommend", 9), ("overall", 4)]);
        given.0.insert("recommend_why".into(), Answer::Text("a long story ".repeat(50)));
        given.0.insert("hotline".into(), Answer::NotApplicable);
        let of = |seconds| of_sending(&given, Sending { seconds, unseen: false });
        assert_eq!(of(Some(2)), [Flag::TooFast { seconds: 2, least: 3 }]);
        assert!(of(Some(3)).is_empty() && of(None).is_empty(), "what is not known is no ground for doubt");
        assert_eq!(of_sending(&given, Sending { seconds: None, unseen: true }), [Flag::NoSign]);
    }

    #[test]
    fn a_line_through_turned_items_is_flagged() {
        let mut definition = relationship();
        let aspects: Vec<String> =
            definition.questions().filter(|q| q.group.is_some()).map(|q| q.key.clone()).take(6).collect();
        let group = definition.question(&aspects[0]).unwrap().group.clone();
        let line: Vec<(&str, i64)> = aspects.iter().map(|key| (key.as_str(), 4)).collect();
        let mut mixed = answers(&line);
        mixed.0.insert("overall".into(), Answer::Score(3));
        assert!(lines(&definition, &mixed).is_empty(), "content with all aspects alike");
        let turned = definition.pages.iter_mut().flat_map(|p| &mut p.questions).find(|q| q.key == aspects[1]).unwrap();
        turned.polarity = Polarity::Negative;
        assert_eq!(lines(&definition, &mixed), [Flag::StraightLine { group, items: 6, point: 4 }]);
        mixed.0.insert(aspects[5].clone(), Answer::Score(5));
        assert!(lines(&definition, &mixed).is_empty());
        let four = answers(&line[..4]);
        assert!(lines(&definition, &four).is_empty(), "four are no line");
    }

    #[test]
    fn the_same_point_throughout_is_flagged() {
        let definition = relationship();
        let every: Vec<(&str, i64)> =
            definition.questions().filter(|q| q.scale().is_some()).map(|q| (q.key.as_str(), 3)).collect();
        let all = answers(&every);
        let items = every.len() - 1;
        assert_eq!(of_answers(&definition, &all), [Flag::StraightLine { group: None, items, point: 3 }]);
        let mut one_off = all.clone();
        one_off.0.insert("overall".into(), Answer::Score(2));
        assert!(of_answers(&definition, &one_off).is_empty());
        let few = answers(&every.iter().filter(|(key, _)| *key != "recommend").copied().take(9).collect::<Vec<_>>());
        assert!(lines(&definition, &few).is_empty(), "nine may well be alike");
    }

    #[test]
    fn what_hardly_goes_together() {
        use Contradiction::*;
        assert_eq!(rules(&[("recommend", 9), ("overall", 2)]), [PromoterDissatisfied]);
        assert!(rules(&[("recommend", 8), ("overall", 1)]).is_empty());
        assert!(rules(&[("recommend", 10), ("overall", 3)]).is_empty());
        assert_eq!(rules(&[("recommend", 2), ("overall", 5)]), [DetractorDelighted]);
        assert!(rules(&[("recommend", 2), ("overall", 4)]).is_empty(), "many may not recommend by rule");
        assert_eq!(rules(&[("recommend", 10), ("repurchase", 1)]), [PromoterLeaves]);
        let aspects = |overall: i64, x: i64, count: usize| {
            let all = [("delivery", x), ("product_quality", x), ("technical_advice", x)];
            let mut given = vec![("overall", overall)];
            given.extend(&all[..count]);
            rules(&given)
        };
        assert_eq!(aspects(4, 2, 3), [SatisfiedWithNothing]);
        assert_eq!(aspects(2, 4, 3), [DissatisfiedWithNothing]);
        assert!(aspects(4, 2, 2).is_empty() && aspects(3, 2, 3).is_empty());
        assert!(rules(&[]).is_empty());
    }

    #[test]
    fn flags_are_kept_as_words() {
        let all = [
            Flag::TooFast { seconds: 1, least: 9 },
            Flag::NoSign,
            Flag::StraightLine { group: None, items: 7, point: 3 },
            Flag::Contradiction { rule: Contradiction::PromoterLeaves },
        ];
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(
            text,
            r#"[{"kind":"too_fast","seconds":1,"least":9},{"kind":"no_sign"},{"kind":"straight_line","items":7,"point":3},{"kind":"contradiction","rule":"promoter_leaves"}]"#
        );
        assert_eq!(serde_json::from_str::<Vec<Flag>>(&text).unwrap(), all);
        for flag in &all {
            assert!(Flag::KINDS.iter().any(|kind| *kind == serde_json::to_value(flag).unwrap()["kind"]));
        }
        for rule in Contradiction::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.as_str());
        }
        assert_eq!(all.map(|f| f.is_of_sending()), [true, true, false, false]);
    }
}
