//! Waves, invitations and responses of the model, and how all parts come together.
#![expect(clippy::indexing_slicing, reason = "places are those of the lists just made")]

use super::comments::{ASPECTS, Blanks, Deck};
use super::past;
use super::people::{DEPOT_MOVES, HOTLINE_OPENS, Lived, Person, accounts, contacts, product, users};
use super::trade::{orders, working_day};
use super::{Demo, Invitation, Order, Response, TIERS, Trouble, Truth, Wave};
use crate::domain::answer::{Answer, Answers};
use chrono::{Days, Duration, NaiveDate, NaiveDateTime, NaiveTime};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1, StandardNormal};

/// Days of data before the end.
const SPAN: u64 = 730;
/// Nobody is asked about a delivery within so many days of any other question.
const REST_DAYS: i64 = 21;
/// Standard deviations: of a person's mood from one answer to the next, and of one rating around it.
const MOOD: f64 = 8.0;
const RATING: f64 = 9.0;

/// How much easier (+) or harder (-) an aspect is judged than the level. Each survey's add up to 0,
/// so that both measure the same level.
const RELATIONSHIP: [(&str, f64); 8] = [
    ("delivery", -3.0),
    ("product_quality", 6.0),
    ("technical_advice", 2.0),
    ("complaint_handling", -7.0),
    ("account_manager", 5.0),
    ("hotline", -2.0),
    ("value_for_money", -4.0),
    ("ordering", 3.0),
];
const AFTER_DELIVERY: [(&str, f64); 5] =
    [("on_time", -3.0), ("complete", 3.0), ("condition", 4.0), ("documents", 0.0), ("notice", -4.0)];

/// How strongly a trouble shows in an aspect, where 1 is the account's own fall. What is not named
/// suffers a little all the same: people who are annoyed rate everything lower.
fn weight(trouble: Trouble, aspect: &str) -> f64 {
    let named: &[&str] = match trouble {
        Trouble::LateDelivery => &["delivery", "on_time", "notice", "complaint_handling", "hotline"],
        Trouble::ProductQuality => {
            &["product_quality", "condition", "complaint_handling", "complete", "technical_advice"]
        }
        Trouble::CompetitorPrice => &["value_for_money", "account_manager", "technical_advice", "notice", "documents"],
        Trouble::StrictPerson | Trouble::Season | Trouble::Silence => return 0.0,
    };
    // Three of eight aspects and two of five are named: their mean is 1 in both surveys.
    if named.contains(&aspect) { 1.6 } else { 0.6 }
}

pub(super) fn generate(seed: u64, end: NaiveDate) -> Demo {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let start = end - Days::new(SPAN);
    let (lived, truths) = accounts(end, &mut rng);
    let people = contacts(&lived, &truths, start, end, &mut rng);
    let orders = orders(&lived, &truths, start, end, &mut rng);
    let (waves, invitations) = invite(&people, &orders, start, end, &mut rng);
    let mut field = Field {
        lived: &lived,
        truths: &truths,
        people: &people,
        orders: &orders,
        end,
        users: users(),
        deck: Deck::default(),
    };
    let mut responses: Vec<Response> = invitations
        .iter()
        .enumerate()
        .filter_map(|(place, i)| field.answer(place, i, &waves[i.wave], &mut rng))
        .collect();
    responses.sort_by_key(|r| (r.completed, r.invitation));
    let mut demo = Demo {
        seed,
        end,
        users: field.users,
        accounts: lived.into_iter().map(|l| l.account).collect(),
        contacts: people.into_iter().map(|p| p.contact).collect(),
        orders,
        waves,
        invitations,
        responses,
        truths,
        episodes: Vec::new(),
    };
    past::happen(&mut demo);
    demo
}

/// Four relationship waves, and one wave a half-year in which deliveries are followed up.
fn invite(
    people: &[Person],
    orders: &[Order],
    start: NaiveDate,
    end: NaiveDate,
    rng: &mut impl Rng,
) -> (Vec<Wave>, Vec<Invitation>) {
    let mut waves = Vec::new();
    let mut invitations = Vec::new();
    for half in 0..4u64 {
        let opens = working_day(start + Days::new(100 + 182 * half));
        let name = opens.format("R-%Y-%m").to_string();
        waves.push(Wave { name, survey: "relationship", opens, closes: opens + Days::new(41) });
        for (contact, person) in people.iter().enumerate() {
            let sent = morning(working_day(opens + Days::new(rng.random_range(0..20))), rng);
            if may_ask(person, sent.date()) {
                invitations.push(invitation(waves.len() - 1, contact, None, sent, person));
            }
        }
    }
    let first = waves.len();
    for half in 0..4u64 {
        let opens = start + Days::new(182 * half);
        let closes = if half == 3 { end + Days::new(30) } else { opens + Days::new(181) };
        let name = opens.format("D-%Y-%m").to_string();
        waves.push(Wave { name, survey: "after_delivery", opens, closes });
    }
    let mut asked: Vec<Vec<NaiveDate>> = vec![Vec::new(); people.len()];
    for i in &invitations {
        asked[i.contact].push(i.sent.date());
    }
    let mut by_account: Vec<Vec<usize>> = Vec::new();
    for (place, person) in people.iter().enumerate() {
        by_account.resize_with(by_account.len().max(person.contact.account + 1), Vec::new);
        by_account[person.contact.account].push(place);
    }
    let mut delivered: Vec<(NaiveDate, usize)> =
        orders.iter().enumerate().filter_map(|(place, o)| Some((o.delivered?, place))).collect();
    delivered.sort_unstable();
    for (day, order) in delivered {
        let sent = morning(working_day(day + Days::new(2)), rng);
        if sent.date() > end {
            continue;
        }
        let rested = |place: &usize| asked[*place].iter().all(|d| (*d - sent.date()).num_days().abs() >= REST_DAYS);
        let own = &by_account[orders[order].account];
        let mut free: Vec<usize> =
            own.iter().copied().filter(|p| may_ask(&people[*p], sent.date()) && rested(p)).collect();
        free.shuffle(rng);
        // Those who receive and buy know most about a delivery.
        free.sort_by_key(|p| !matches!(people[*p].contact.role, "logistics" | "purchasing"));
        let half = usize::try_from((sent.date() - start).num_days() / 182).unwrap_or(0).min(3);
        for contact in free.into_iter().take(3) {
            asked[contact].push(sent.date());
            invitations.push(invitation(first + half, contact, Some(order), sent, &people[contact]));
        }
    }
    invitations.retain(|i| i.sent.date() <= end);
    invitations.sort_by_key(|i| (i.sent, i.contact));
    (waves, invitations)
}

fn may_ask(person: &Person, day: NaiveDate) -> bool {
    // That somebody has left is known only when their mail comes back, once.
    let known_gone = person.contact.bounces_from.is_some_and(|from| day > from + Days::new(100));
    person.contact.consent && person.contact.from <= day && !known_gone
}

fn invitation(wave: usize, contact: usize, order: Option<usize>, sent: NaiveDateTime, person: &Person) -> Invitation {
    let bounced = person.contact.bounces_from.is_some_and(|from| from <= sent.date());
    Invitation { wave, contact, order, sent, bounced }
}

/// Half past nine, give or take what the sender's pace makes of it.
fn morning(day: NaiveDate, rng: &mut impl Rng) -> NaiveDateTime {
    day.and_time(NaiveTime::MIN) + Duration::minutes(9 * 60 + 30) + Duration::seconds(rng.random_range(0..2400))
}

/// Everything an answer depends on.
struct Field<'a> {
    lived: &'a [Lived],
    truths: &'a [Truth],
    people: &'a [Person],
    orders: &'a [Order],
    end: NaiveDate,
    users: Vec<super::User>,
    deck: Deck,
}

impl Field<'_> {
    fn truth(&self, account: usize) -> Option<&Truth> {
        self.truths.iter().find(|t| t.account == account)
    }

    /// The level of an account on a day, without its own trouble.
    fn level(&self, account: usize, day: NaiveDate) -> f64 {
        let own = &self.lived[account];
        let since = |before: u64| ((day - (self.end - Days::new(before))).num_days() as f64 / 60.0).clamp(0.0, 1.0);
        own.level
            + match own.tier {
                0 => -5.0 * since(DEPOT_MOVES),
                2 => 5.0 * since(HOTLINE_OPENS),
                _ => 0.0,
            }
    }

    /// The answer to an invitation, if there is one by the end.
    fn answer(&mut self, place: usize, invitation: &Invitation, wave: &Wave, rng: &mut impl Rng) -> Option<Response> {
        let person = &self.people[invitation.contact];
        let account = person.contact.account;
        let truth = self.truth(account).copied();
        let silent = truth.is_some_and(|t| t.trouble == Trouble::Silence && t.onset <= invitation.sent.date());
        let rate = TIERS[self.lived[account].tier].response_rate * person.readiness;
        // The draws are made for everybody, so that one answer more does not change all others.
        let answers = rng.random_bool(rate.min(0.95));
        let wait: f64 = Exp1.sample(rng);
        let hour = rng.random_range(8 * 60..18 * 60);
        let completed = completed(invitation.sent, wait, hour);
        if !answers || silent || invitation.bounced || completed.date() > self.end {
            return None;
        }
        if person.contact.until.is_some_and(|gone| gone < completed.date()) {
            return None;
        }
        let day = completed.date();
        let mood: f64 = StandardNormal.sample(rng);
        let felt = self.level(account, day) + person.leniency + MOOD * mood;
        let fallen = |aspect: &str| truth.map_or(0.0, |t| t.fallen(day) * weight(t.trouble, aspect));
        let lost = truth.map_or(0.0, |t| t.fallen(day));
        let items: &[(&str, f64)] = if wave.survey == "relationship" { &RELATIONSHIP } else { &AFTER_DELIVERY };
        let late = invitation.order.is_some_and(|o| self.orders[o].delivered > Some(self.orders[o].promised));
        let mut ratings: Vec<(&'static str, u8)> = Vec::new();
        let mut passed = Vec::new();
        for &(aspect, offset) in items {
            let noise: f64 = StandardNormal.sample(rng);
            // Not everybody rings the hotline or has ever complained.
            let skip = if matches!(aspect, "hotline" | "complaint_handling") { 0.3 } else { 0.04 };
            if rng.random_bool(skip) {
                if matches!(aspect, "hotline" | "complaint_handling") {
                    passed.push(aspect);
                }
                continue;
            }
            let shock = if late && matches!(aspect, "on_time" | "notice") { 12.0 } else { 0.0 };
            ratings.push((aspect, boxed(felt + offset - fallen(aspect) - shock + RATING * noise)));
        }
        let whole = felt - lost;
        let mut near = |offset: f64| {
            let noise: f64 = StandardNormal.sample(rng);
            whole + offset + 7.0 * noise
        };
        let recommend = (near(5.0) / 10.0).round().clamp(0.0, 10.0) as u8;
        let overall = boxed(near(2.0));
        let mut all: Vec<(&'static str, Answer)> =
            passed.into_iter().map(|aspect| (aspect, Answer::NotApplicable)).collect();
        all.extend([
            ("recommend", Answer::Score(i64::from(recommend))),
            ("overall", Answer::Score(i64::from(overall))),
        ]);
        all.extend(ratings.iter().map(|&(aspect, x)| (aspect, Answer::Score(i64::from(x)))));
        if wave.survey == "relationship" {
            for (question, offset) in [
                ("ideal", -4.0),
                ("expectation", 0.0),
                ("repurchase", 4.0),
                ("cross_purchase", -6.0),
                ("price_tolerance", -14.0),
            ] {
                // A better price elsewhere shows first in what people mean to do.
                let drawn =
                    truth.filter(|t| t.trouble == Trouble::CompetitorPrice).map_or(0.0, |t| t.fallen(day) * 0.4);
                all.push((question, Answer::Score(i64::from(boxed(near(offset - drawn))))));
            }
            let open = if recommend <= 6 { 0.45 } else { 0.06 };
            let contact = if rng.random_bool(open) { "yes" } else { "no" };
            all.push(("competitor", Answer::Choice(rival(truth.as_ref(), lost, rng).to_owned())));
            all.push(("contact_me", Answer::Choice(contact.to_owned())));
        }
        self.write(&mut all, &ratings, recommend, account, invitation, rng);
        let answers = Answers(all.into_iter().map(|(question, answer)| (question.to_owned(), answer)).collect());
        Some(Response { invitation: place, contact: invitation.contact, account, completed, answers })
    }

    /// Adds what the person writes: about what they rated worst or best, of what can be written about.
    fn write(
        &mut self,
        all: &mut Vec<(&'static str, Answer)>,
        ratings: &[(&'static str, u8)],
        recommend: u8,
        account: usize,
        invitation: &Invitation,
        rng: &mut impl Rng,
    ) {
        let own = &self.lived[account].account;
        let chinese = self.people[invitation.contact].contact.language.is_chinese();
        let line = invitation.order.map_or(own.product_line, |o| self.orders[o].product_line);
        let manager = self.users[own.manager].name.clone();
        let manager = if chinese {
            manager.split(' ').next().unwrap_or_default()
        } else {
            manager.trim_start_matches(|c: char| !c.is_ascii()).trim()
        };
        let blanks = Blanks { product: product(line, chinese), manager };
        // What is better or worse than that aspect usually is gets written about.
        let usual = |aspect: &str| {
            RELATIONSHIP
                .iter()
                .chain(&AFTER_DELIVERY)
                .find(|(a, _)| *a == aspect)
                .map_or(0, |(_, offset)| *offset as i32)
        };
        let mut about: Vec<(&'static str, u8)> = ratings.to_vec();
        about.shuffle(rng);
        about.sort_by_key(|&(aspect, x)| i32::from(x) * 25 - usual(aspect));
        let about: Vec<(&'static str, u8)> = about.into_iter().map(|(a, x)| (topic(a), x)).collect();
        let worst = about.first().copied().filter(|(_, x)| *x <= 3);
        let best = about.last().copied().filter(|(_, x)| *x >= 4);
        let unhappy = recommend <= 6;
        let join = |parts: Vec<String>| parts.join(if chinese { "" } else { " " });
        if all.iter().any(|(q, _)| *q == "repurchase") && rng.random_bool(if unhappy { 0.65 } else { 0.3 }) {
            let main = if unhappy { worst.or(best) } else { best.or(worst) };
            let mut parts: Vec<String> = main
                .and_then(|(a, x)| self.deck.deal(account, (a, x >= 4), chinese, blanks, rng))
                .into_iter()
                .collect();
            // Some add what speaks for the other side.
            let other = if unhappy { best } else { worst };
            if let Some((a, x)) = other.filter(|o| Some(*o) != main && rng.random_bool(0.35)) {
                parts.extend(self.deck.deal(account, (a, x >= 4), chinese, blanks, rng));
            }
            if !parts.is_empty() {
                all.push(("recommend_why", Answer::Text(join(parts))));
            }
        }
        if let Some((a, _)) = worst
            && rng.random_bool(if unhappy { 0.6 } else { 0.2 })
            && let Some(text) = self.deck.deal(account, (a, false), chinese, blanks, rng)
        {
            all.push(("improve", Answer::Text(text)));
        }
    }
}

/// What people write about when they rate an aspect.
fn topic(aspect: &'static str) -> &'static str {
    match aspect {
        "on_time" | "notice" => "delivery",
        "complete" | "documents" => "ordering",
        "condition" => "product_quality",
        named => ASPECTS.into_iter().find(|a| *a == named).unwrap_or("delivery"),
    }
}

/// Why they would buy elsewhere.
fn rival(truth: Option<&Truth>, lost: f64, rng: &mut impl Rng) -> &'static str {
    if lost > 8.0 && rng.random_bool(0.6) {
        return match truth.map(|t| t.trouble) {
            Some(Trouble::LateDelivery) => "delivery",
            Some(Trouble::ProductQuality) => "quality",
            _ => {
                if rng.random_bool(0.75) {
                    "price"
                } else {
                    "service"
                }
            }
        };
    }
    match rng.random_range(0..100) {
        0..=79 => "none",
        80..=89 => "price",
        90..=93 => "delivery",
        94..=95 => "quality",
        96..=97 => "service",
        _ => "other",
    }
}

/// A feeling of 0 to 100 in boxes of 1 to 5.
fn boxed(felt: f64) -> u8 {
    (1.0 + felt / 25.0).round().clamp(1.0, 5.0) as u8
}

/// When the form came back: most within a day or two, at working hours of a working day.
fn completed(sent: NaiveDateTime, wait: f64, minute: i64) -> NaiveDateTime {
    let days = (wait * 2.2).min(13.0) as u64;
    if days == 0 {
        return sent + Duration::minutes(5 + (wait * 300.0) as i64);
    }
    working_day(sent.date() + Days::new(days)).and_time(NaiveTime::MIN) + Duration::minutes(minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_same_seed_and_day_give_the_same_data() {
        let one = generate(7, day("2026-11-30"));
        assert_eq!(one, generate(7, day("2026-11-30")));
        assert_ne!(one.responses, generate(8, day("2026-11-30")).responses);
        assert_ne!(one.orders, generate(7, day("2026-12-01")).orders);
    }

    #[test]
    fn everything_hangs_together_and_nothing_lies_ahead() {
        let surveys = crate::domain::survey::library().unwrap();
        for end in ["2026-11-30", "2024-02-29", "2025-01-01", "2026-08-02"] {
            let end = day(end);
            let demo = generate(3, end);
            let start = end - Days::new(SPAN);
            assert_eq!(demo.accounts.len(), 150);
            let distinct = |values: Vec<&str>| values.iter().collect::<BTreeSet<_>>().len() == values.len();
            assert!(distinct(demo.accounts.iter().map(|a| a.number.as_str()).collect()));
            assert!(distinct(demo.accounts.iter().map(|a| a.name.as_str()).collect()));
            assert!(distinct(demo.contacts.iter().map(|c| c.email.as_str()).collect()));
            assert!(distinct(demo.orders.iter().map(|o| o.number.as_str()).collect()));
            assert!(distinct(demo.waves.iter().map(|w| w.name.as_str()).collect()));
            for c in &demo.contacts {
                assert!(crate::domain::contact::EmailAddress::parse(&c.email).is_ok(), "{}", c.email);
                assert!(c.from <= end && c.account < 150);
            }
            for o in &demo.orders {
                assert!(start <= o.ordered && o.ordered <= end && o.ordered < o.promised && o.value > 0, "{o:?}");
                assert!(o.delivered.is_none_or(|d| o.ordered < d && d <= end), "{o:?}");
            }
            for i in &demo.invitations {
                assert!(i.sent.date() <= end && i.wave < demo.waves.len());
                assert!(demo.contacts[i.contact].consent && demo.contacts[i.contact].from <= i.sent.date());
                let wave = &demo.waves[i.wave];
                assert_eq!(i.order.is_some(), wave.survey == "after_delivery");
                assert!(wave.opens <= i.sent.date() && i.sent.date() <= wave.closes, "{i:?} {wave:?}");
            }
            let answered: BTreeSet<_> = demo.responses.iter().map(|r| r.invitation).collect();
            assert_eq!(answered.len(), demo.responses.len(), "one response to an invitation");
            for r in &demo.responses {
                let invitation = &demo.invitations[r.invitation];
                assert!(invitation.sent < r.completed && r.completed.date() <= end && !invitation.bounced);
                assert_eq!((r.contact, r.account), (invitation.contact, demo.contacts[r.contact].account));
                let survey = demo.waves[invitation.wave].survey;
                let definition = surveys.iter().find(|d| d.key == survey && d.version == 1).unwrap();
                // What the survey's own form would take, and nothing else.
                let language = &demo.contacts[r.contact].language;
                assert_eq!(Answers::parse(definition, &r.answers.to_form(), language).unwrap(), r.answers);
                for answer in r.answers.0.values() {
                    assert!(!matches!(answer, Answer::Text(text) if text.contains('{')), "{answer:?}");
                }
            }
        }
    }

    #[test]
    fn the_figures_are_those_the_model_promises() {
        let demo = generate(7, day("2026-11-30"));
        assert!((2_500..=4_000).contains(&demo.responses.len()), "{}", demo.responses.len());
        assert!((550..=750).contains(&demo.contacts.len()), "{}", demo.contacts.len());
        let chinese = demo.accounts.iter().filter(|a| a.language.is_chinese()).count();
        assert!((75..=95).contains(&chinese), "{chinese}");
        let tier_of = |contact: usize| demo.accounts[demo.contacts[contact].account].tier;
        for shape in &TIERS {
            let delivered = demo.invitations.iter().filter(|i| !i.bounced && tier_of(i.contact) == shape.key).count();
            let answered = demo.responses.iter().filter(|r| tier_of(r.contact) == shape.key).count();
            let rate = answered as f64 / delivered as f64;
            assert!((rate - shape.response_rate).abs() < 0.06, "{} {rate}", shape.key);
        }
        let texts: Vec<_> =
            demo.responses.iter().flat_map(|r| r.answers.0.values()).filter(|a| matches!(a, Answer::Text(_))).collect();
        assert!(texts.len() > 500, "{}", texts.len());
        // NPS by tier before and after the stories, in the words of the model.
        let nps = |tier: &str, from: u64, to: u64| {
            let (from, to) = (demo.end - Days::new(from), demo.end - Days::new(to));
            let votes: Vec<f64> = demo
                .responses
                .iter()
                .filter(|r| tier_of(r.contact) == tier && r.completed.date() > from && r.completed.date() <= to)
                .filter_map(|r| r.answers.score("recommend"))
                .map(|x| {
                    if x >= 9 {
                        100.0
                    } else if x <= 6 {
                        -100.0
                    } else {
                        0.0
                    }
                })
                .collect();
            votes.iter().sum::<f64>() / votes.len() as f64
        };
        assert!(nps("strategic", 120, 0) < nps("strategic", 700, DEPOT_MOVES) - 15.0);
        assert!(nps("general", 240, 0) > nps("general", 730, HOTLINE_OPENS) + 8.0);
    }

    #[test]
    fn declines_show_in_the_orders_and_seasons_come_back() {
        let demo = generate(7, day("2026-11-30"));
        let count = |of: &dyn Fn(&Truth) -> bool, from: u64, to: u64| {
            let (from, to) = (demo.end - Days::new(from), demo.end - Days::new(to));
            let told: Vec<usize> = demo.truths.iter().filter(|t| of(t)).map(|t| t.account).collect();
            demo.orders.iter().filter(|o| told.contains(&o.account) && o.ordered > from && o.ordered <= to).count()
        };
        let declining = |t: &Truth| t.trouble.is_decline();
        assert!(count(&declining, 60, 0) * 2 < count(&declining, 425, 365), "orders thin out");
        let season = |t: &Truth| t.trouble == Trouble::Season;
        assert_eq!(count(&season, 100, 0), 0);
        assert_eq!(count(&season, 465, 365), 0, "a year before, too");
        assert!(count(&season, 330, 130) > 3);
        for trouble in [Trouble::LateDelivery, Trouble::ProductQuality, Trouble::CompetitorPrice] {
            let tiers: BTreeSet<_> =
                demo.truths.iter().filter(|t| t.trouble == trouble).map(|t| demo.accounts[t.account].tier).collect();
            assert!(tiers.len() >= 2, "{trouble:?} {tiers:?}");
        }
    }

    #[test]
    fn who_suffers_from_late_deliveries_writes_about_them() {
        let demo = generate(7, day("2026-11-30"));
        let (mut about, mut all) = (0, 0);
        for r in &demo.responses {
            let late = demo
                .truth(r.account)
                .is_some_and(|t| t.trouble == Trouble::LateDelivery && t.onset < r.completed.date());
            for answer in r.answers.0.values().filter(|_| late) {
                if let Answer::Text(text) = answer {
                    all += 1;
                    let words = [
                        "deliver",
                        "late",
                        "truck",
                        "depot",
                        "date",
                        "line for a shift",
                        "Lead",
                        "complaint",
                        "hotline",
                    ];
                    about += usize::from(words.iter().any(|w| text.contains(w)));
                }
            }
        }
        assert!(all >= 10 && about * 2 > all, "{about} of {all}");
    }
}
