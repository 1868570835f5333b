//! Every shipped survey, answered from one end to the other: asked by a wave or brought in, opened in each of its
//! languages, filled in at its best, at its worst, in the middle and with "not applicable", stored, measured,
//! tallied, and shown as a figure.

use crate::permissions::{fields, key_of, person, post, say};
use crate::support::account_book::Book;
use crate::support::served::{Client, Served};
use crate::support::{House, TestDb, house_where};
use bellwether::app::anonymous::open_box;
use bellwether::app::figures::{self, Slice};
use bellwether::app::responses::{Import, import_one};
use bellwether::app::surveys::{self, Instrument};
use bellwether::app::waves::{self, NewWave};
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::answer::Answers;
use bellwether::domain::contact::{Contact, EmailAddress};
use bellwether::domain::day::Month;
use bellwether::domain::ident::{AccountId, ContactId};
use bellwether::domain::language::Language;
use bellwether::domain::measure::{Measure, Milli};
use bellwether::domain::permission::Role;
use bellwether::domain::survey::{
    Body, Definition, ItemMeasure, NOT_APPLICABLE, Polarity, Question, SurveyKind, fill, library,
};
use bellwether::domain::tally::Segment;
use bellwether::domain::token::{Purpose, Token};
use bellwether::domain::wave::Audience;
use bellwether::error::Code;
use bellwether::jobs::send::drain;
use bellwether::store::responses::{self, Channel};
use bellwether::store::users::User;
use bellwether::store::{accounts, contacts, invitations};
use chrono::Duration;
use std::collections::BTreeMap;

on_both_backends! {
    every_instrument_is_answered_from_end_to_end,
    a_survey_that_nobody_is_sent_is_refused,
}

/// The ways in which one form is filled in; one account each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Best,
    Worst,
    Middle,
    /// "Not applicable" wherever it is offered, the best elsewhere.
    Spared,
}

const MOODS: [Mood; 4] = [Mood::Best, Mood::Worst, Mood::Middle, Mood::Spared];
const LOYALTY: [ItemMeasure; 4] =
    [ItemMeasure::Recommendation, ItemMeasure::Repurchase, ItemMeasure::CrossPurchase, ItemMeasure::PriceTolerance];

/// What somebody in this mood sends: nothing of it is taken from how the service scores.
fn filled_in(definition: &Definition, mood: Mood) -> Vec<(String, String)> {
    let value = |question: &Question| match &question.body {
        Body::Rating { not_applicable: true, .. } if mood == Mood::Spared => NOT_APPLICABLE.to_owned(),
        Body::Recommend { scale } | Body::Rating { scale, .. } => {
            let rising = question.polarity == Polarity::Positive;
            let x = match mood {
                Mood::Best | Mood::Spared if rising => scale.last(),
                Mood::Worst if !rising => scale.last(),
                Mood::Middle => scale.from + (scale.points - 1) / 2,
                _ => scale.from,
            };
            x.to_string()
        }
        Body::Single { choices, .. } | Body::Multiple { choices, .. } => {
            let last = if mood == Mood::Worst { choices.last() } else { choices.first() };
            last.unwrap().key.clone()
        }
        Body::Text { .. } => format!("{mood:?}, in words: 好 & <b>"),
        other => panic!("say here how {other:?} is answered"),
    };
    definition.questions().map(|question| (question.key.clone(), value(question))).collect()
}

/// What must be measured, said without the code that measures.
fn check(definition: &Definition, mood: Mood, found: &BTreeMap<Measure, Milli>) {
    let key = &definition.key;
    let asks = |wanted: ItemMeasure| definition.questions().any(|one| one.measure == Some(wanted));
    let rated: Vec<&Question> = definition.questions().filter(|one| one.service_aspect().is_some()).collect();
    let said = |one: &&&Question| mood != Mood::Spared || !one.allows_not_applicable();
    let mut expected: BTreeMap<Measure, Milli> = BTreeMap::new();
    let index = match mood {
        Mood::Best | Mood::Spared => 100_000,
        Mood::Worst => 0,
        Mood::Middle => 50_000,
    };
    let (score, class, satisfied) = match mood {
        Mood::Best | Mood::Spared => (10_000, 1000, 1000),
        Mood::Worst => (0, -1000, 0),
        Mood::Middle => (5000, -1000, 0),
    };
    if asks(ItemMeasure::Recommendation) {
        expected.extend([(Measure::RecommendScore, score), (Measure::Recommend, class)]);
    }
    if definition.overall().is_some() {
        expected.insert(Measure::Satisfied, satisfied);
    }
    if asks(ItemMeasure::Effort) {
        expected.insert(Measure::Effort, index);
    }
    if LOYALTY.into_iter().filter(|one| asks(*one)).count() >= 2 {
        expected.insert(Measure::LoyaltyIndex, index);
    }
    let answered = rated.iter().filter(said).count();
    if answered > 0 && 2 * answered >= rated.len() {
        expected.insert(Measure::SatisfactionIndex, index);
        if definition.kind == SurveyKind::SpotCheck {
            expected.insert(Measure::Check, index);
        }
    }
    for question in rated.iter().filter(said) {
        expected.insert(Measure::Aspect(question.service_aspect().unwrap().to_owned()), index);
    }
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{key}, {mood:?}");
    // A scale with an even number of points has no middle: half a step beside it is as near as one comes.
    let off = match (mood, definition.questions().any(|one| one.scale().is_some_and(|s| s.points % 2 == 0))) {
        (Mood::Middle, true) => 5_600,
        _ => 0,
    };
    for (measure, x) in found {
        let off = if matches!(measure, Measure::Recommend | Measure::RecommendScore) { 0 } else { off };
        assert!((x - expected[measure]).abs() <= off, "{key}, {mood:?}: {measure} is {x}");
    }
}

/// An account of a kind with one contact, in a region of its own survey.
fn account(house: &House, n: usize, kind: AccountKind, region: &str) -> (AccountId, ContactId) {
    let now = house.now();
    let account = Account {
        id: house.chance.id(now),
        number: CustomerNumber::parse(&format!("{region}-{n}")).unwrap(),
        name: format!("{region} {n}"),
        kind,
        parent: None,
        tier: "key".into(),
        region: region.into(),
        product_line: String::new(),
        manager: None,
        deputy: None,
        active: true,
        revision: 1,
    };
    let contact = Contact {
        id: house.chance.id(now),
        account_id: account.id,
        email: EmailAddress::parse(&format!("p{n}@{}.example", region.replace('_', "-"))).unwrap(),
        name: "Ida Lindqvist".into(),
        salutation: None,
        phone: None,
        language: if n.is_multiple_of(2) { Language::english() } else { Language::chinese() },
        role: None,
        consent: true,
        active: true,
        revision: 1,
    };
    house
        .db
        .write(|conn| {
            accounts::insert(conn, std::slice::from_ref(&account), None, now, house.today())?;
            contacts::insert(conn, std::slice::from_ref(&contact), now)
        })
        .unwrap();
    (account.id, contact.id)
}

fn new_wave(house: &House, published: &Instrument) -> NewWave {
    NewWave {
        name: published.name(),
        version: published.version.id,
        audience: Audience { regions: [published.definition.key.clone()].into(), ..Audience::default() },
        last_day: house.today() + Duration::days(20),
    }
}

/// A page shows all that a survey asks in a language.
fn shows(page: &str, definition: &Definition, language: &Language, company: &str) {
    assert!(page.contains(&format!("<html lang=\"{language}\">")), "{}", definition.key);
    for question in definition.questions() {
        let text = fill(question.text.for_reader(language), company);
        let text = text.replace('&', "&amp;").replace('\'', "&#x27;");
        assert!(page.contains(&text), "{} in {language}: {text}", definition.key);
        assert!(page.contains(&format!("name=\"{}\"", question.key)), "{}: {}", definition.key, question.key);
    }
}

/// Asks four people by a wave; each opens the link in both languages and answers in one mood.
fn by_wave(house: &House, client: Client, published: &Instrument, people: &[(AccountId, ContactId)]) {
    let wave = waves::create(house, &house.service(), new_wave(house, published)).unwrap().id;
    waves::start(house, &house.service(), wave, None).unwrap();
    assert!(waves::plan(house, wave).unwrap());
    let left_out = waves::progress(house, &house.service(), wave).unwrap().left_out;
    assert!(left_out.is_empty(), "who is not meant is not considered: {left_out:?}");
    drain(house).unwrap();
    let definition = &published.definition;
    for (mood, (account, _)) in MOODS.into_iter().zip(people) {
        let asked = house.db.read(|conn| invitations::of_account(conn, *account, 10)).unwrap();
        assert_eq!(asked.len(), 1, "{}", definition.key);
        let token = Token { account_id: *account, invitation_id: asked[0].id };
        let link = format!("/{}/{}", Purpose::Answer.path(), token.seal(house.seal_key(), Purpose::Answer));
        for language in &definition.languages {
            let page = client.get(&format!("{link}?lang={language}"), &[]);
            assert_eq!(page.status, 200, "{}", definition.key);
            shows(&page.body, definition, language, &house.config.organisation.name);
        }
        let form = filled_in(definition, mood);
        let mut sent: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        sent.push(("_lang", if mood == Mood::Best { "en" } else { "zh-CN" }));
        let reply = client.post(&link, &[], &sent);
        assert_eq!(reply.status, 303, "{}, {mood:?}: {}", definition.key, reply.body);
        let thanks = client.get(&link, &[]);
        assert!(thanks.status == 200 && !thanks.body.contains("<b>"), "{}", definition.key);
    }
}

/// What is not sent by mail comes in as a file does.
fn by_import(house: &House, published: &Instrument, people: &[(AccountId, ContactId)]) {
    for (mood, (account, contact)) in MOODS.into_iter().zip(people) {
        let form = filled_in(&published.definition, mood);
        let answers = Answers::parse(&published.definition, &form, &Language::english()).unwrap();
        let import = Import {
            account: *account,
            contact: Some(*contact),
            version: published.version.id,
            invitation: None,
            answers,
            received_at: house.now(),
            channel: Channel::Import,
            language: Language::english(),
            segment: None,
        };
        house.db.write(|conn| import_one(house, conn, import)).unwrap();
    }
}

fn every_instrument_is_answered_from_end_to_end(db: &TestDb) {
    let house = house_where(db, |config| {
        config.fatigue.any_days = 0;
        config.fatigue.relationship_days = 0;
        config.fatigue.transactional_days = 0;
        // As few as answer each survey here.
        config.figures.anonymity_minimum = 3;
    });
    surveys::publish_shipped(&house).unwrap();
    let irene = person(&Book::reopen(&house, db), "Irene Kwok", Role::QualityManager);
    let served = Served::start(&house);
    for definition in library().unwrap() {
        let published = surveys::named(&house, &definition.key).unwrap();
        let kind = definition.asks().first().copied().unwrap_or(AccountKind::Customer);
        let people: Vec<_> = (0..MOODS.len()).map(|n| account(&house, n, kind, &definition.key)).collect();
        let other = AccountKind::ALL.into_iter().find(|kind| !definition.asks().contains(kind)).unwrap();
        account(&house, MOODS.len(), other, &definition.key);

        let before = house.db.read(responses::count).unwrap();
        preview(&house, served.client, &irene, &published);
        assert_eq!(house.db.read(responses::count).unwrap(), before, "looking is no answer");
        if definition.kind.is_sent() {
            by_wave(&house, served.client, &published, &people);
        } else {
            by_import(&house, &published, &people);
        }

        let segment = Segment { tier: "key".into(), region: definition.key.clone(), product_line: String::new() };
        if definition.anonymous {
            assert_eq!(open_box(&house).unwrap().opened, MOODS.len(), "{}", definition.key);
        }
        let mut sums: BTreeMap<Measure, Vec<Milli>> = BTreeMap::new();
        for (mood, (account, _)) in MOODS.into_iter().zip(&people) {
            let account = if definition.anonymous { AccountId::anonymous(segment.id()) } else { *account };
            let mut kept = house.db.read(|conn| responses::of_account(conn, account, 10)).unwrap();
            let answers = Answers::parse(&definition, &filled_in(&definition, mood), &Language::english()).unwrap();
            kept.retain(|one| !definition.anonymous || one.answers == answers);
            assert_eq!(kept.len(), 1);
            assert_eq!(kept[0].answers, answers);
            let mut readings = house.db.read(|conn| responses::readings_of_account(conn, account)).unwrap();
            readings.retain(|one| one.response == kept[0].id);
            let found: BTreeMap<Measure, Milli> = readings.into_iter().map(|one| (one.measure, one.x)).collect();
            check(&definition, mood, &found);
            for (measure, x) in found {
                sums.entry(measure).or_default().push(x);
            }
        }
        figures_are_those(&house, &definition, &sums);
        let shown = served
            .client
            .get(&format!("/?months=1&region={}&kind={}", definition.key, definition.kind.as_str()), &say(&irene));
        assert_eq!(shown.status, 200);
        assert!(shown.body.contains("4 responses"), "{}", definition.key);
        for (aspect, name) in definition.aspects() {
            let name = name.for_reader(&Language::english()).replace('&', "&amp;");
            assert!(shown.body.contains(&name), "{}: {aspect} is shown as {name}", definition.key);
        }
    }
}

/// The tallies give what the responses gave; and customers' figures hold customers' words alone.
fn figures_are_those(house: &House, definition: &Definition, sums: &BTreeMap<Measure, Vec<Milli>>) {
    let any = Slice { region: Some(definition.key.clone()), ..Slice::ending(Month::of(house.today()), 1) };
    let of_kind = Slice { kind: Some(definition.kind.as_str().into()), ..any.clone() };
    let overview = figures::overview(house, &house.service(), &of_kind, None).unwrap();
    let figure = |measure: &Measure| match measure {
        Measure::Aspect(key) => overview.aspects.iter().find(|(k, _)| k == key).and_then(|(_, c)| c.now.clone()),
        measure => overview.all.of(measure).and_then(|c| c.now.clone()),
    };
    let shown = |measure: &Measure| figures::MEASURES.contains(measure) || matches!(measure, Measure::Aspect(_));
    for (measure, xs) in sums.iter().filter(|(measure, _)| shown(measure)) {
        let figure = figure(measure).unwrap_or_else(|| panic!("{}: no figure of {measure}", definition.key));
        assert_eq!(figure.n, i64::try_from(xs.len()).unwrap(), "{}: {measure}", definition.key);
        let mean = xs.iter().sum::<i64>() as f64 / 1e3 / xs.len() as f64;
        if matches!(measure, Measure::SatisfactionIndex | Measure::LoyaltyIndex | Measure::Aspect(_)) {
            assert!((figure.value - mean).abs() < 1e-9, "{}: {measure} {} {mean}", definition.key, figure.value);
        }
    }
    let responses = figure(&Measure::Response).map_or(0, |figure| figure.n);
    assert_eq!(responses, 4, "{}", definition.key);
    let all = figures::overview(house, &house.service(), &any, None).unwrap();
    let counted = all.all.of(&Measure::Response).and_then(|c| c.now.as_ref()).map_or(0, |figure| figure.n);
    assert_eq!(counted, if definition.kind.is_of_customers() { 4 } else { 0 }, "{}", definition.key);
}

/// A value as an address holds it.
fn escaped(value: &str) -> String {
    value
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// The preview shows the page in each language, tells what is missing, and keeps nothing.
fn preview(house: &House, client: Client, who: &User, published: &Instrument) {
    let definition = &published.definition;
    let path = format!("/surveys/{}", published.version.id);
    let detail = client.get(&format!("{path}?lang=zh-CN"), &say(who));
    assert_eq!(detail.status, 200, "{}", detail.body);
    let licence = definition.licence.for_reader(&Language::english()).replace('&', "&amp;");
    assert!(detail.body.contains(&format!("{path}/preview?lang=zh-CN")) && detail.body.contains(&licence));
    for language in &definition.languages {
        let page = client.get(&format!("{path}/preview?lang={language}"), &say(who));
        assert_eq!(page.status, 200, "{}", page.body);
        shows(&page.body, definition, language, &house.config.organisation.name);
        assert!(page.body.contains(&format!("<form method=\"get\" action=\"{path}/preview\"")), "{}", page.body);
        assert!(!page.body.contains("\"/r/") && !page.body.contains("\"/u/"), "it leads to no answer");
        let empty = client.get(&format!("{path}/preview?_lang={language}"), &say(who));
        assert!(empty.body.contains("class=\"note wrong\""), "{}: what is required is missed", definition.key);
    }
    let form: Vec<String> =
        filled_in(definition, Mood::Best).iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    let full = client.get(&format!("{path}/preview?_lang=en&{}", form.join("&")), &say(who));
    assert!(full.body.contains("nothing was kept") && !full.body.contains("class=\"note wrong\""), "{}", full.body);
}

fn a_survey_that_nobody_is_sent_is_refused(db: &TestDb) {
    let house = house_where(db, |_| {});
    surveys::publish_shipped(&house).unwrap();
    let irene = person(&Book::reopen(&house, db), "Irene Kwok", Role::QualityManager);
    let check = surveys::named(&house, "spot_check").unwrap();
    assert_eq!(check.definition.kind, SurveyKind::SpotCheck);
    let error = waves::create(&house, &house.service(), new_wave(&house, &check)).unwrap_err();
    assert_eq!((error.faults()[0].code, error.faults()[0].place.to_string()), (Code::SurveyNotSent, "survey".into()));

    let served = Served::start(&house);
    let version = check.version.id.to_string();
    let form = fields(&[("survey", &version), ("name", "Winter"), ("closes", "2026-12-20")]);
    let reply = post(served.client, "/waves", &irene, Some(&key_of(&irene)), &form);
    assert_eq!(reply.status, 422);
    assert!(reply.body.contains("A spot check is not sent to anybody"), "{}", reply.body);
    let page = served.client.get("/waves/new", &say(&irene)).body;
    assert!(!page.contains(&version), "it is not offered");
    for kind in ["Relationship", "After an event", "One subject", "Employees", "Partners"] {
        assert!(page.contains(&format!("<optgroup label=\"{kind}\">")), "{kind}: {page}");
    }
    let list = served.client.get("/surveys", &say(&irene)).body;
    let mut last = 0;
    for kind in ["Relationship", "After an event", "One subject", "Spot check", "Employees", "Partners"] {
        let at = list.find(&format!("<h2>{kind}</h2>")).unwrap_or_else(|| panic!("{kind}: {list}"));
        assert!(at > last, "{kind} stands in its place");
        last = at;
    }
}
