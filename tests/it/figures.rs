//! Figures read from the tallies are those that one computes from the raw scores.

use crate::support::{TestDb, house};
use bellwether::app::App;
use bellwether::app::figures::{self, Compared, Slice, TierFigures};
use bellwether::demo::{self, Demo};
use bellwether::domain::account::{Account, AccountKind, CustomerNumber};
use bellwether::domain::answer::{measurements, values};
use bellwether::domain::day::Month;
use bellwether::domain::ident::UserId;
use bellwether::domain::index::compare::Finding;
use bellwether::domain::index::{figure, nps};
use bellwether::domain::language::Language;
use bellwether::domain::measure::{Measure, Measurement, Sums};
use bellwether::domain::permission::Role;
use bellwether::domain::survey::Definition;
use bellwether::domain::survey::library;
use bellwether::domain::tally::{Counted, Segment, delivered};
use bellwether::store::{Db, accounts, responses, surveys, tallies, users};
use chrono::NaiveDate;
use std::collections::BTreeMap;

on_both_backends! {
    figures_are_those_of_the_raw_scores, slices_and_reach_narrow, an_empty_house_has_no_figures,
    one_response_is_a_figure_and_everybody_sees_it
}

/// A score as it was given, with all that one can slice by.
pub struct Raw {
    account: usize,
    segment: Segment,
    kind: String,
    manager: UserId,
    day: NaiveDate,
    measurement: Measurement,
}

/// The made-up supplier: its accounts, and what it was answered.
pub fn supplied(app: &App) -> Vec<Raw> {
    let demo = Demo::generate(8, app.today());
    let now = app.now();
    let managers: Vec<UserId> = demo
        .users
        .iter()
        .map(|u| {
            let role = Role::parse(&u.role.replace('-', "_")).unwrap();
            add(app, &u.name, role, None)
        })
        .collect();
    let all: Vec<Account> = demo
        .accounts
        .iter()
        .map(|a| Account {
            id: app.chance.id(now),
            number: CustomerNumber::parse(&a.number).unwrap(),
            name: a.name.clone(),
            kind: AccountKind::Customer,
            parent: None,
            tier: a.tier.to_owned(),
            region: demo::REGIONS[a.region].0.to_owned(),
            product_line: format!("line {}", a.product_line),
            manager: Some(managers[a.manager]),
            deputy: None,
            active: true,
            revision: 1,
        })
        .collect();
    let versions: BTreeMap<String, (surveys::Version, Definition)> = library()
        .unwrap()
        .into_iter()
        .map(|definition| {
            let version = surveys::Version {
                id: app.chance.id(now),
                survey: definition.key.clone(),
                version: 1,
                kind: definition.kind.as_str().to_owned(),
                definition: definition.to_json().unwrap(),
                hash: definition.fingerprint().unwrap().to_vec(),
                published_at: now,
            };
            (definition.key.clone(), (version, definition))
        })
        .collect();
    let mut raw = Vec::new();
    app.db
        .write(|conn| {
            accounts::insert(conn, &all, None, now, app.today())?;
            for (version, _) in versions.values() {
                surveys::publish(conn, version.clone())?;
            }
            for invitation in demo.invitations.iter().filter(|i| !i.bounced) {
                let account = &all[demo.contacts[invitation.contact].account];
                let (version, _) = &versions[demo.waves[invitation.wave].survey];
                let day = invitation.sent.date();
                tallies::fold(conn, [delivered(account.id, account.segment().id(), &version.kind, day)])?;
            }
            for response in &demo.responses {
                let account = &all[response.account];
                let invitation = &demo.invitations[response.invitation];
                let (version, definition) = &versions[demo.waves[invitation.wave].survey];
                let measured = measurements(definition, &response.answers);
                let day = response.completed.date();
                let segment = account.segment();
                responses::insert(
                    conn,
                    &responses::Response {
                        account: account.id,
                        id: app.chance.id(now),
                        invitation: None,
                        contact: None,
                        wave: None,
                        version: version.id,
                        segment: segment.id(),
                        kind: version.kind.clone(),
                        channel: responses::Channel::Web,
                        state: responses::State::Kept,
                        why_excluded: None,
                        answers: response.answers.clone(),
                        language: demo.contacts[response.contact].language.clone(),
                        received_at: response.completed.and_utc(),
                        day,
                        changed_at: response.completed.and_utc(),
                        revision: 1,
                        took_seconds: None,
                        flags: Vec::new(),
                        source: None,
                        subject: None,
                        entered_by: None,
                        link: None,
                    },
                    &measured,
                )?;
                let counted = Counted {
                    account: account.id,
                    version: version.id,
                    segment: segment.id(),
                    kind: version.kind.clone(),
                    day,
                    values: values(&response.answers),
                    measurements: measured.clone(),
                    answers: Some((invitation.sent.date(), segment.id())),
                    subject: None,
                };
                tallies::fold(conn, counted.folds())?;
                raw.extend(measured.into_iter().map(|measurement| Raw {
                    account: response.account,
                    segment: segment.clone(),
                    kind: version.kind.clone(),
                    manager: account.manager.unwrap(),
                    day,
                    measurement,
                }));
            }
            Ok(())
        })
        .unwrap();
    raw
}

pub fn add(app: &App, name: &str, role: Role, region: Option<&str>) -> UserId {
    let user = users::User {
        id: app.chance.id(app.now()),
        email: format!("{}@example.com", name.to_lowercase().replace(' ', ".")),
        name: name.to_owned(),
        role,
        language: Language::english(),
        zone: chrono_tz::UTC,
        region: region.map(ToOwned::to_owned),
        active: true,
        digest: true,
        revision: 1,
    };
    app.db.write(|conn| users::insert(conn, &user, None, app.now())).unwrap();
    user.id
}

fn actor(app: &App, id: UserId) -> bellwether::domain::permission::Actor {
    app.db.read(|conn| users::find(conn, id)).unwrap().actor()
}

/// The sums of each account, of the raw scores that one asks for.
fn sums(raw: &[Raw], slice: &Slice, measure: &Measure, before: bool, wanted: impl Fn(&Raw) -> bool) -> Vec<Sums> {
    let period = if before { slice.period.before() } else { slice.period };
    let mut by_account: BTreeMap<usize, Sums> = BTreeMap::new();
    for r in raw {
        if r.measurement.measure == *measure && period.contains(Month::of(r.day)) && wanted(r) {
            *by_account.entry(r.account).or_default() += Sums::of(r.measurement.x);
        }
    }
    by_account.into_values().collect()
}

fn of<'a>(tier: &'a TierFigures, measure: &Measure) -> &'a Compared {
    tier.of(measure).unwrap()
}

/// A half year that is over.
fn slice() -> Slice {
    Slice::ending(Month::parse("2026-10").unwrap(), 6)
}

const SCORED: [Measure; 5] =
    [Measure::Response, Measure::Recommend, Measure::Satisfied, Measure::SatisfactionIndex, Measure::LoyaltyIndex];

fn figures_are_those_of_the_raw_scores(db: &TestDb) {
    let app = house(db);
    let raw = supplied(&app);
    let slice = slice();
    let overview = figures::overview(&app, &app.service(), &slice, None).unwrap();
    assert_eq!(overview.tiers.len(), 4);
    for tier in &overview.tiers {
        for measure in SCORED {
            let here = |r: &Raw| r.segment.tier == tier.tier;
            let shown = of(tier, &measure);
            assert_eq!(shown.now, figure(&measure, sums(&raw, &slice, &measure, false, here)), "{measure}");
            assert_eq!(shown.before, figure(&measure, sums(&raw, &slice, &measure, true, here)), "{measure}");
        }
        // Once by hand: promoters, passives and detractors, adjusted Wald on the effective number.
        let of_tier = raw.iter().filter(|r| {
            r.measurement.measure == Measure::Recommend
                && r.segment.tier == tier.tier
                && slice.period.contains(Month::of(r.day))
        });
        let mut counts = [0, 0, 0];
        of_tier.for_each(|r| counts[(1 - r.measurement.x / 1000) as usize] += 1);
        let counted = nps::Counts::new(counts[0], counts[1], counts[2]).unwrap();
        let shown = of(tier, &Measure::Recommend).now.as_ref().unwrap();
        assert!((shown.value - counted.nps()).abs() < 1e-9);
        let interval = counted.adjusted_wald(Some(shown.n_eff));
        assert!((shown.low - interval.low).abs() < 1e-9 && (shown.high - interval.high).abs() < 1e-9);
    }
    let asked = of(&overview.all, &Measure::Asked).now.as_ref().unwrap();
    assert!(asked.value > 15.0 && asked.value < 60.0, "{asked:?}");
    // The course ends with the three months up to the last.
    let window = Slice::ending(slice.period.last, 3);
    for course in &overview.courses {
        let expected = figure(
            &Measure::Recommend,
            sums(&raw, &window, &Measure::Recommend, false, |r| r.segment.tier == course.tier),
        );
        assert_eq!(course.points.len(), 24);
        assert_eq!(course.points[23], expected);
    }
    // A change is called one only after all of the page are adjusted together.
    let tested: Vec<&Compared> = overview.tiers.iter().chain([&overview.all]).flat_map(|t| &t.measures).collect();
    for cell in tested {
        if let Finding::BeyondChance { .. } = cell.finding {
            assert!(cell.p.unwrap() < 0.05, "{cell:?}");
        }
    }
    let falls: Vec<f64> =
        overview.aspects.iter().filter_map(|(_, c)| Some(c.now.as_ref()?.value - c.before.as_ref()?.value)).collect();
    assert!(falls.len() > 3 && falls.is_sorted(), "the aspect that fell furthest first: {falls:?}");
}

fn slices_and_reach_narrow(db: &TestDb) {
    let app = house(db);
    let raw = supplied(&app);
    let service = app.service();
    let measure = Measure::SatisfactionIndex;
    let all =
        |slice: &Slice, who: &_| of(&figures::overview(&app, who, slice, None).unwrap().all, &measure).now.clone();
    let region = demo::REGIONS[0].0;
    let managers: std::collections::BTreeSet<UserId> = raw.iter().map(|r| r.manager).collect();
    let (one, two) = (*managers.first().unwrap(), *managers.last().unwrap());
    assert_ne!(one, two);
    let naive = |wanted: &dyn Fn(&Raw) -> bool| figure(&measure, sums(&raw, &slice(), &measure, false, wanted));

    let by_region = Slice { region: Some(region.into()), ..slice() };
    assert_eq!(all(&by_region, &service), naive(&|r| r.segment.region == region));
    let line = raw[0].segment.product_line.clone();
    let by_line = Slice { product_line: Some(line.clone()), ..slice() };
    assert_eq!(all(&by_line, &service), naive(&|r| r.segment.product_line == line));
    let by_kind = Slice { kind: Some("relationship".into()), ..slice() };
    assert_eq!(all(&by_kind, &service), naive(&|r| r.kind == "relationship"));
    assert_eq!(all(&Slice { kind: Some("no such kind".into()), ..slice() }, &service), None);
    let by_manager = Slice { manager: Some(two), ..slice() };
    assert_eq!(all(&by_manager, &service), naive(&|r| r.manager == two));

    // What a manager sees is their own, whatever they ask for.
    for manager in [one, two] {
        let who = actor(&app, manager);
        assert_eq!(who.role, Role::AccountManager);
        assert_eq!(all(&slice(), &who), naive(&|r| r.manager == manager));
        let other = Slice { manager: Some(if manager == one { two } else { one }), ..slice() };
        assert_eq!(all(&other, &who), None, "another's figures cannot be had by asking for them");
    }
    let bound = actor(&app, add(&app, "Bound", Role::QualityManager, Some(region)));
    assert_eq!(all(&slice(), &bound), naive(&|r| r.segment.region == region));
    let elsewhere = Slice { region: Some(demo::REGIONS[1].0.into()), ..slice() };
    assert_eq!(all(&elsewhere, &bound), None);
}

fn an_empty_house_has_no_figures(db: &TestDb) {
    let app = house(db);
    let overview = figures::overview(&app, &app.service(), &slice(), None).unwrap();
    assert!(overview.tiers.iter().flat_map(|t| &t.measures).all(|c| c.now.is_none() && c.finding == Finding::TooFew));
    assert!(overview.courses.iter().all(|c| c.points.len() == 24 && c.points.iter().all(Option::is_none)));
    assert!(overview.aspects.is_empty());
}

fn one_response_is_a_figure_and_everybody_sees_it(db: &TestDb) {
    let app = house(db);
    let other = house_beside(db);
    let now = app.now();
    let segment = Segment { tier: "key".into(), region: "North".into(), product_line: "Bearings".into() };
    let (account, version) = (app.chance.id(now), app.chance.id(now));
    let nps = |app: &App| {
        let slice = Slice::ending(Month::of(app.today()), 6);
        let overview = figures::overview(app, &app.service(), &slice, None).unwrap();

        of(&overview.tiers[1], &Measure::Recommend).now.as_ref().map(|f| (f.value, f.n))
    };
    let answer = |x: i64| {
        let counted = Counted {
            account,
            version,
            segment: segment.id(),
            kind: "relationship".into(),
            day: app.today(),
            values: Vec::new(),
            measurements: vec![Measurement { measure: Measure::Recommend, x }],
            answers: None,
            subject: None,
        };
        app.db
            .write(|conn| {
                tallies::ensure_segment(conn, &segment)?;
                tallies::fold(conn, counted.folds())
            })
            .unwrap();
    };
    assert_eq!((nps(&app), nps(&other)), (None, None));
    answer(1000);
    assert_eq!((nps(&app), nps(&other)), (Some((100.0, 1)), Some((100.0, 1))));
    answer(-1000);
    assert_eq!((nps(&app), nps(&other)), (Some((0.0, 2)), Some((0.0, 2))));
}

/// Another process on the same database.
fn house_beside(db: &TestDb) -> super::support::House {
    let beside = house(db);
    assert!(Db::open(db.url(), 1).unwrap().check_schema().is_ok());
    beside
}
