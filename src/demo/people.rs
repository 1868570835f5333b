//! Users, accounts and contacts of the model.
#![expect(clippy::indexing_slicing, reason = "places are drawn below the lengths of constant tables")]

use super::names::{CHINESE_FAMILY, CHINESE_GIVEN, CHINESE_STEMS, FAMILY, GIVEN, LATIN_STEMS, Stem, TRADES};
use super::{Account, Contact, PRODUCT_LINES, TIERS, Trouble, Truth, User};
use crate::domain::language::Language;
use chrono::{Days, NaiveDate};
use rand::Rng;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, StandardNormal};
use std::collections::BTreeSet;

/// The accounts that have a story. The rest is drawn.
struct Told {
    chinese: &'static str,
    latin: &'static str,
    tier: usize,
    region: usize,
    line: usize,
    /// What happens, how many days before the end, over how many days, and how many points it costs.
    story: Option<(Trouble, u64, i64, f64)>,
}

const fn told(
    chinese: &'static str,
    latin: &'static str,
    tier: usize,
    region: usize,
    line: usize,
    story: Option<(Trouble, u64, i64, f64)>,
) -> Told {
    Told { chinese, latin, tier, region, line, story }
}

/// Days before the end at which the northern depot moves, and at which the hotline opens longer.
pub(super) const DEPOT_MOVES: u64 = 152;
pub(super) const HOTLINE_OPENS: u64 = 330;

const TOLD: [Told; 28] = [
    told("", "Aldersund Turbines", 0, 3, 1, Some((Trouble::LateDelivery, 145, 30, 32.0))),
    told("泰岳矿机", "Taiyue Mining", 0, 1, 1, Some((Trouble::CompetitorPrice, 210, 150, 26.0))),
    told("", "Brandt & Okafor Rail", 0, 3, 0, Some((Trouble::LateDelivery, 110, 25, 22.0))),
    told("", "Hallvard Hydro", 0, 3, 0, Some((Trouble::StrictPerson, 170, 1, 0.0))),
    told("北屹重工", "Beiyi Heavy Industry", 0, 1, 0, None),
    told("沧澜船舶动力", "Canglan Marine", 0, 0, 0, None),
    told("盛棹港机", "Shengzhao Port Machinery", 0, 2, 1, None),
    told("云岫轨交装备", "Yunxiu Rail", 0, 0, 2, None),
    told("曜川风电", "Yaochuan Wind Power", 0, 1, 1, None),
    told("", "Vantoria Cranes", 0, 4, 1, None),
    told("", "Ferrowell Pumps", 1, 3, 2, Some((Trouble::LateDelivery, 140, 30, 24.0))),
    told("", "Norrhavn Marine", 1, 3, 0, Some((Trouble::LateDelivery, 148, 40, 24.0))),
    told("明皓包装机械", "Minghao Packaging", 1, 0, 3, Some((Trouble::ProductQuality, 190, 40, 26.0))),
    told("", "Lysander Spindles", 1, 3, 3, Some((Trouble::ProductQuality, 175, 40, 22.0))),
    told("苏禾农机", "Suhe Agri", 1, 0, 2, Some((Trouble::CompetitorPrice, 240, 150, 22.0))),
    told("", "Castellan Elevators", 1, 3, 2, Some((Trouble::StrictPerson, 160, 1, 0.0))),
    told("瑞临风电", "Ruilin Wind Power", 1, 1, 1, Some((Trouble::Silence, 200, 1, 0.0))),
    told("", "Prairie Gate Harvesters", 1, 4, 4, Some((Trouble::Season, 120, 1, 0.0))),
    told("", "Wendover Hoists", 2, 3, 4, Some((Trouble::LateDelivery, 140, 30, 24.0))),
    told("", "Tarnbeck Mills", 2, 3, 0, Some((Trouble::LateDelivery, 150, 30, 26.0))),
    told("宸峰机床", "Chenfeng Machine Tools", 2, 0, 3, Some((Trouble::ProductQuality, 210, 40, 26.0))),
    told("", "Osmund Grinding", 2, 3, 3, Some((Trouble::ProductQuality, 180, 40, 24.0))),
    told("", "Pellworth Conveyors", 2, 4, 4, Some((Trouble::CompetitorPrice, 230, 140, 24.0))),
    told("嘉禾原输送设备", "Jiaheyuan Conveyors", 2, 2, 4, Some((Trouble::StrictPerson, 180, 1, 0.0))),
    told("丰陇农机", "Fenglong Agri", 2, 1, 2, Some((Trouble::Season, 110, 1, 0.0))),
    told("", "Sandoval Presses", 2, 4, 0, Some((Trouble::Silence, 210, 1, 0.0))),
    told("昱衡泵业", "Yuheng Pumps", 3, 2, 2, Some((Trouble::CompetitorPrice, 220, 140, 24.0))),
    told("", "Milldene Fans", 3, 4, 4, None),
];

pub(super) fn users() -> Vec<User> {
    let user = |name: &str, mail: &str, role, chinese: bool| User {
        name: name.to_owned(),
        email: format!("{mail}@corvane.example"),
        role,
        language: if chinese { Language::chinese() } else { Language::english() },
    };
    vec![
        user("Marta Ekholm", "marta.ekholm", "account-manager", false),
        user("周敬之 Zhou Jingzhi", "zhou.jingzhi", "account-manager", true),
        user("Daniel Osei", "daniel.osei", "account-manager", false),
        user("陈若琳 Chen Ruolin", "chen.ruolin", "account-manager", true),
        user("林望舒 Lin Wangshu", "lin.wangshu", "account-manager", true),
        user("Rafael Monteiro", "rafael.monteiro", "account-manager", false),
        user("Irene Kwok", "irene.kwok", "quality-manager", false),
        user("Pauline Adeyemi", "pauline.adeyemi", "administrator", false),
        user("顾承远 Gu Chengyuan", "gu.chengyuan", "executive", true),
        user("Nils Hagström", "nils.hagstrom", "auditor", false),
    ]
}

/// Who owns an account and who stands in, by its region; Europe is shared by two.
fn managers(region: usize, turn: usize) -> (usize, usize) {
    match region {
        0 => (3, 4),
        1 => (1, 3),
        2 => (4, 3),
        3 if turn.is_multiple_of(2) => (0, 2),
        3 => (2, 0),
        _ => (5, 2),
    }
}

/// An account with what nobody at Corvane Bearings knows.
#[derive(Debug)]
pub(super) struct Lived {
    pub account: Account,
    /// The place of the tier in [`TIERS`].
    pub tier: usize,
    pub level: f64,
    /// Own mean gap of orders in days, and own usual value.
    pub gap: f64,
    pub value: f64,
    /// What stands in its mail addresses.
    domain: String,
}

/// All accounts in the order of tiers, and what is true of them.
pub(super) fn accounts(end: NaiveDate, rng: &mut impl Rng) -> (Vec<Lived>, Vec<Truth>) {
    let mut chinese: Vec<&Stem> = CHINESE_STEMS.iter().collect();
    let mut latin: Vec<&str> = LATIN_STEMS.to_vec();
    chinese.shuffle(rng);
    latin.shuffle(rng);
    let mut lived = Vec::new();
    let mut truths = Vec::new();
    let mut number = 104_000;
    for (tier, shape) in TIERS.iter().enumerate() {
        let named: Vec<&Told> = TOLD.iter().filter(|t| t.tier == tier).collect();
        for place in 0..shape.accounts {
            number += rng.random_range(3..31);
            let index = lived.len();
            // Eleven of twenty are Chinese, also where the names are drawn.
            let (name, latin_name, region, line) = if let Some(told) = named.get(place) {
                if let Some((trouble, before, ramp_days, points)) = told.story {
                    let onset = end - Days::new(before);
                    truths.push(Truth { account: index, trouble, onset, ramp_days, points });
                }
                (told.chinese.to_owned(), told.latin.to_owned(), told.region, told.line)
            } else {
                let trade = &TRADES[rng.random_range(0..TRADES.len())];
                let at_home = rng.random_bool(0.58) && !chinese.is_empty() || latin.is_empty();
                match (at_home, chinese.pop_if(|_| at_home)) {
                    (true, Some(stem)) => (
                        format!("{}{}", stem.name, trade.chinese),
                        format!("{} {}", stem.latin, trade.english),
                        [0, 0, 1, 2][rng.random_range(0..4)],
                        trade.line,
                    ),
                    _ => {
                        let stem = latin.pop().unwrap_or("Corner");
                        let region = [3, 3, 4][rng.random_range(0..3)];
                        (String::new(), format!("{stem} {}", trade.english), region, trade.line)
                    }
                }
            };
            let own: f64 = StandardNormal.sample(rng);
            let pace: f64 = StandardNormal.sample(rng);
            let size: f64 = StandardNormal.sample(rng);
            // Whoever has something to lose was content before.
            let story = truths.last().is_some_and(|t| t.account == index);
            let level = shape.mean + shape.between * if story { own.abs() * 0.5 } else { own };
            let (manager, deputy) = managers(region, place);
            lived.push(Lived {
                account: Account {
                    number: number.to_string(),
                    name: if name.is_empty() { latin_name.clone() } else { format!("{name} {latin_name}") },
                    tier: shape.key,
                    region,
                    product_line: line,
                    manager,
                    deputy,
                    language: if name.is_empty() { Language::english() } else { Language::chinese() },
                    customer_since: end - Days::new(rng.random_range(800..5200)),
                },
                tier,
                level,
                gap: shape.order_gap * (0.3 * pace).exp(),
                value: shape.order_value * (0.45 * size).exp(),
                domain: domain_of(&latin_name),
            });
        }
    }
    (lived, truths)
}

/// `Brandt & Okafor Rail` becomes `brandt-okafor-rail.example`.
fn domain_of(latin: &str) -> String {
    let words: Vec<String> = latin
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    format!("{}.example", words.join("-"))
}

/// A contact with what nobody knows: how kindly they judge, and how readily they answer.
#[derive(Debug)]
pub(super) struct Person {
    pub contact: Contact,
    pub leniency: f64,
    pub readiness: f64,
}

const ROLES: [&str; 9] = [
    "purchasing",
    "logistics",
    "quality",
    "engineering",
    "purchasing",
    "maintenance",
    "management",
    "engineering",
    "logistics",
];

/// The people of all accounts, the account's one behind the other.
pub(super) fn contacts(
    lived: &[Lived],
    truths: &[Truth],
    start: NaiveDate,
    end: NaiveDate,
    rng: &mut impl Rng,
) -> Vec<Person> {
    let mut people = Vec::new();
    for (index, account) in lived.iter().enumerate() {
        let mean = TIERS[account.tier].contacts;
        let drawn = ((mean + rng.random_range(-0.35..0.35) * mean).round() as usize).max(1);
        // Where there is a story there are people to tell it.
        let count = if truths.iter().any(|t| t.account == index) { drawn.max(mean.ceil() as usize) } else { drawn };
        let mut taken = BTreeSet::new();
        for place in 0..count {
            let role = ROLES[place % ROLES.len()];
            let person = person(index, account, role, start, &mut taken, rng);
            // One in ten leaves; another comes in the same place and starts anew.
            if rng.random_bool(0.08) {
                let left = start + Days::new(rng.random_range(150..600));
                let mut leaving = person;
                leaving.contact.until = Some(left);
                leaving.contact.bounces_from = Some(left + Days::new(20));
                people.push(leaving);
                let mut next = self::person(index, account, role, start, &mut taken, rng);
                next.contact.from = left + Days::new(30);
                people.push(next);
            } else {
                people.push(person);
            }
        }
        if let Some(truth) = truths.iter().find(|t| t.account == index && t.trouble == Trouble::StrictPerson) {
            let mut strict = person(index, account, "quality", start, &mut taken, rng);
            strict.contact.from = truth.onset;
            strict.contact.consent = true;
            strict.contact.bounces_from = None;
            strict.leniency = -24.0;
            // Strict people like to answer.
            strict.readiness = 2.0;
            people.push(strict);
        }
    }
    debug_assert!(people.iter().all(|p| p.contact.from <= end));
    people
}

fn person(
    index: usize,
    lived: &Lived,
    role: &'static str,
    start: NaiveDate,
    taken: &mut BTreeSet<String>,
    rng: &mut impl Rng,
) -> Person {
    let chinese = lived.account.language.is_chinese();
    let (name, salutation, local) = loop {
        let (name, salutation, local) = if chinese { chinese_name(role, rng) } else { latin_name(rng) };
        if taken.insert(local.clone()) {
            break (name, salutation, local);
        }
    };
    let kind: f64 = StandardNormal.sample(rng);
    let ready: f64 = StandardNormal.sample(rng);
    let phone = match lived.account.region {
        // Numbers that are set aside for fiction where there are such, and of no valid form elsewhere.
        4 => format!("+1 555 01{:02}", rng.random_range(0..100)),
        3 => format!("+44 1632 960{:03}", rng.random_range(0..1000)),
        _ => format!("+86 000 {:04} {:04}", rng.random_range(0..10_000), rng.random_range(0..10_000)),
    };
    Person {
        contact: Contact {
            account: index,
            name,
            salutation,
            email: format!("{local}@{}", lived.domain),
            phone,
            language: lived.account.language.clone(),
            role,
            from: start,
            until: None,
            consent: !rng.random_bool(0.05),
            bounces_from: rng.random_bool(0.02).then(|| start + Days::new(rng.random_range(60..650))),
        },
        leniency: 6.0 * kind,
        // Log-normal with mean 1.
        readiness: (0.4 * ready - 0.08).exp(),
    }
}

fn chinese_name(role: &str, rng: &mut impl Rng) -> (String, Option<String>, String) {
    let family = &CHINESE_FAMILY[rng.random_range(0..CHINESE_FAMILY.len())];
    let given = &CHINESE_GIVEN[rng.random_range(0..CHINESE_GIVEN.len())];
    let title = match role {
        "management" => "总",
        "engineering" | "quality" | "maintenance" => "工",
        _ => "经理",
    };
    let local = format!("{}.{}", given.latin, family.latin).to_ascii_lowercase();
    (format!("{}{}", family.name, given.name), Some(format!("{}{title}", family.name)), local)
}

fn latin_name(rng: &mut impl Rng) -> (String, Option<String>, String) {
    let given = GIVEN[rng.random_range(0..GIVEN.len())];
    let family = FAMILY[rng.random_range(0..FAMILY.len())];
    let initial = given.get(..1).unwrap_or("x");
    let local = format!("{initial}.{}", family.replace(' ', "")).to_ascii_lowercase();
    (format!("{given} {family}"), None, local)
}

/// The name of a product line for a sentence.
pub(super) fn product(line: usize, chinese: bool) -> &'static str {
    let (english, chinese_name) = PRODUCT_LINES[line];
    if chinese { chinese_name } else { english }
}
