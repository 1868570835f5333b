//! The kinds of programme that no mail sends: files of agencies, talks and paper, checks of sites, ratings of people.

use crate::permissions::{Scene, key_of, post, scene};
use crate::support::account_book::Book;
use crate::support::served::Served;
use crate::support::{House, TestDb, house};
use bellwether::app::entries::{self, Entry, Outcome};
use bellwether::app::figures::{Slice, overview};
use bellwether::app::imports::{self, Feed, Kind, Options, Report, import_responses};
use bellwether::app::responses::{self, exclude, recount, restore};
use bellwether::app::subjects::{self, Filled, SubjectForm};
use bellwether::app::surveys;
use bellwether::domain::account::{Account, AccountKind};
use bellwether::domain::day::Month;
use bellwether::domain::ident::{AccountId, SubjectId};
use bellwether::domain::index::compare::Finding;
use bellwether::domain::language::Language;
use bellwether::domain::permission::Actor;
use bellwether::domain::survey::Definition;
use bellwether::error::Code;
use bellwether::store::responses::{Channel, Response};
use bellwether::store::surveys::Version;
use bellwether::store::{accounts, responses as kept, subjects as kept_subjects, surveys as kept_surveys, tallies};
use chrono::NaiveDate;
use std::collections::HashSet;
use std::io::Cursor;

on_both_backends! {
    a_file_of_an_agency_comes_in_once_and_is_marked,
    a_file_with_faults_tells_each_by_row_and_column_and_leaves_nothing,
    answers_to_what_is_not_asked_are_refused,
    what_is_corrected_by_file_turns_the_tallies,
    a_talk_is_entered_once_and_answers_the_invitation,
    nobody_enters_marks_about_themselves,
    a_refused_entry_comes_back_filled_in,
    a_check_is_scored_graded_and_kept_apart,
    sites_and_staff_come_in_by_file,
    how_an_employee_is_rated_is_shown_to_few_and_from_enough_on,
    those_who_are_no_customers_are_looked_at_by_themselves,
}

const REAL: Options = Options { dry_run: false, create_accounts: false };
const DRY: Options = Options { dry_run: true, create_accounts: false };

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn bring_as(house: &House, survey: &str, channel: Channel, text: &str, options: Options) -> Report {
    let feed = Feed { survey: survey.into(), agency: "Field & Co".into(), channel };
    import_responses(house, &house.service(), &feed, Cursor::new(text.as_bytes()), "field.csv", options).unwrap()
}

fn bring(house: &House, survey: &str, text: &str) -> Report {
    bring_as(house, survey, Channel::ThirdParty, text, REAL)
}

fn counts(report: &Report) -> (usize, usize, usize) {
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    (report.added, report.changed, report.unchanged)
}

fn told(report: &Report) -> HashSet<(String, Code)> {
    assert!(!report.saved);
    report.faults.iter().map(|fault| (fault.place.to_string(), fault.code)).collect()
}

fn of(house: &House, account: AccountId) -> Vec<Response> {
    house.db.read(|conn| kept::of_account(conn, account, 100)).unwrap()
}

fn all_well(house: &House) {
    let found = recount(house).unwrap();
    assert!(found.is_none(), "{found:?}");
}

/// A survey of our own, published.
fn publish(house: &House, text: &str) -> String {
    let definition = Definition::parse("own.toml", text).unwrap();
    let version = Version {
        id: house.chance.id(house.now()),
        survey: definition.key.clone(),
        version: definition.version,
        kind: definition.kind.as_str().into(),
        definition: definition.to_json().unwrap(),
        hash: definition.fingerprint().unwrap().to_vec(),
        published_at: house.now(),
    };
    house.db.write(|conn| kept_surveys::publish(conn, version)).unwrap();
    definition.key
}

const PULSE: &str = r#"
key = "pulse"
version = 1
kind = "relationship"
languages = ["en"]
title.en = "Pulse"

[scale.likelihood]
from = 0
points = 11
low.en = "not at all"
high.en = "extremely"

[scale.five]
from = 1
points = 5
low.en = "poor"
high.en = "excellent"

[[page]]
key = "only"
title.en = "Pulse"

[[page.question]]
key = "recommend"
kind = "recommend"
scale = "likelihood"
required = true
text.en = "How likely are you to recommend {company}?"

[[page.question]]
key = "manager"
kind = "rating"
scale = "five"
measure = "employee"
not_applicable = true
text.en = "How do you rate who looks after you?"

[[page.question]]
key = "reasons"
kind = "multiple"
text.en = "What is wrong?"
show_if = "recommend <= 6"
choices = [
  { key = "price", text.en = "The price" },
  { key = "late", text.en = "It came late" },
]

[[page.question]]
key = "day"
kind = "text"
text.en = "Anything else?"
"#;

fn a_file_of_an_agency_comes_in_once_and_is_marked(db: &TestDb) {
    let house = house(db);
    let pulse = publish(&house, PULSE);
    let book = Book::reopen(&house, db);
    let account = book.account("Aldersund Turbines", "key", None);
    let (account, number) = (account.id, account.number);
    let contact = book.contact(account, "Astrid Vollan");
    let email = house.db.read(|conn| bellwether::store::contacts::find(conn, account, contact)).unwrap().email;
    let text = format!(
        "Customer Number,ID,Email,Date,recommend,manager,reasons,q.day\n\
         {number},R1,{},2026-10-02,9,5,,\n{number},R2,,2026-10-03,4,n/a,It came late; price,Too dear\n",
        email.as_str()
    );
    let dry = bring_as(&house, &pulse, Channel::ThirdParty, &text, DRY);
    assert_eq!((counts(&dry), dry.saved), ((2, 0, 0), false));
    assert!(of(&house, account).is_empty());
    assert_eq!(counts(&bring(&house, &pulse, &text)), (2, 0, 0));
    assert_eq!(counts(&bring(&house, &pulse, &text)), (0, 0, 2), "the same again changes nothing");
    let found = of(&house, account);
    let (late, early) = (&found[0], &found[1]);
    assert_eq!((early.channel, early.source.as_deref()), (Channel::ThirdParty, Some("Field & Co")));
    assert_eq!((early.contact, early.day, early.kind.as_str()), (Some(contact), day("2026-10-02"), "relationship"));
    assert_eq!(late.answers.text("day"), Some("Too dear"), "a question whose name every file has is told by q.");
    assert_eq!(early.flags, []);
    all_well(&house);
    // Without names of its own, a row is known by the file.
    let nameless = format!("account,day,recommend\n{number},2026-10-05,7\n");
    assert_eq!(counts(&bring(&house, &pulse, &nameless)), (1, 0, 0));
    assert_eq!(counts(&bring(&house, &pulse, &nameless)), (0, 0, 1));
    let shown = overview(&house, &house.service(), &Slice::ending(Month::of(house.today()), 6), None).unwrap();
    assert_eq!(shown.came, [(Channel::ThirdParty, 3)]);
    // A response counts where its account stood on that day.
    house
        .db
        .write(|conn| {
            let general = Account { tier: "general".into(), ..accounts::find(conn, account)? };
            accounts::update(conn, &general, None, house.now(), day("2026-10-20"))
        })
        .unwrap();
    let two = format!("account,day,recommend\n{number},2026-11-01,7\n{number},2026-11-22,7\n");
    assert_eq!(counts(&bring(&house, &pulse, &two)), (2, 0, 0));
    let segments = house.db.read(tallies::segments).unwrap();
    let tiers: Vec<&str> = of(&house, account).iter().take(2).map(|r| segments[&r.segment].tier.as_str()).collect();
    assert_eq!(tiers, ["key", "general"], "the latest first");
}

fn a_file_with_faults_tells_each_by_row_and_column_and_leaves_nothing(db: &TestDb) {
    let house = house(db);
    let pulse = publish(&house, PULSE);
    let book = Book::reopen(&house, db);
    let account = book.account("Aldersund Turbines", "key", None);
    let (account, number) = (account.id, account.number);
    let text = format!(
        "account,id,email,day,recommend,manager,reasons\n\
         {number},1,nobody@example.com,2026-10-02,11,6,\n\
         none,2,,2026-10-02,9,,\n\
         {number},3,,2027-01-01,9,,\n\
         {number},1,,2026-10-02,,,\n\
         {number},4,,2026-10-02,3,,the weather\n"
    );
    let expected = [
        ("row 2, email", Code::ValueUnknown),
        ("row 2, recommend", Code::ValueOutOfRange),
        ("row 2, manager", Code::ValueOutOfRange),
        ("row 3, account", Code::AccountNumberUnknown),
        ("row 4, day", Code::ValueOutOfRange),
        ("row 5, recommend", Code::ValueMissing),
        ("row 6, reasons", Code::ValueUnknown),
    ];
    let expected: HashSet<_> = expected.map(|(place, code)| (place.to_owned(), code)).into();
    assert_eq!(told(&bring(&house, &pulse, &text)), expected);
    assert!(of(&house, account).is_empty());
    let plain = PULSE.replace("key = \"pulse\"", "key = \"plain\"").replace("show_if = \"recommend <= 6\"\n", "");
    let plain = publish(&house, &plain);
    let lacking =
        bring(&house, &plain, &format!("account,day,manager\n{number},2026-10-02,4\n{number},2026-10-02,5\n"));
    assert_eq!(told(&lacking), [("row 1, recommend".to_owned(), Code::ColumnMissing)].into(), "told once");
    let twice =
        bring(&house, &pulse, &format!("account,id,day,recommend\n{number},1,2026-10-02,4\n{number},1,2026-10-02,5\n"));
    assert_eq!(told(&twice), [("row 3, id".to_owned(), Code::ValueTwice)].into());
}

fn answers_to_what_is_not_asked_are_refused(db: &TestDb) {
    let house = house(db);
    let pulse = publish(&house, PULSE);
    let book = Book::reopen(&house, db);
    let account = book.account("Aldersund Turbines", "key", None);
    let number = account.number;
    let text = format!("account,day,recommend,reasons\n{number},2026-10-02,9,price\n");
    assert_eq!(told(&bring(&house, &pulse, &text)), [("row 2, reasons".to_owned(), Code::QuestionNotAsked)].into());
}

fn what_is_corrected_by_file_turns_the_tallies(db: &TestDb) {
    let house = house(db);
    let pulse = publish(&house, PULSE);
    let book = Book::reopen(&house, db);
    let account = book.account("Aldersund Turbines", "key", None);
    let (account, number) = (account.id, account.number);
    let row = |recommend: i64| format!("account,id,day,recommend\n{number},1,2026-10-02,{recommend}\n");
    assert_eq!(counts(&bring(&house, &pulse, &row(9))), (1, 0, 0));
    assert_eq!(counts(&bring(&house, &pulse, &row(3))), (0, 1, 0));
    assert_eq!(of(&house, account)[0].answers.score("recommend"), Some(3));
    all_well(&house);
    // What was erased does not come back with the file.
    let id = of(&house, account)[0].id;
    responses::erase(&house, &house.service(), account, id).unwrap();
    assert_eq!(counts(&bring(&house, &pulse, &row(9))), (0, 0, 1));
    assert!(of(&house, account)[0].answers.is_empty());
    all_well(&house);
}

fn quality(scene: &Scene) -> Actor {
    scene.people["quality"].actor()
}

fn entry(scene: &Scene, recommend: &str) -> (Entry, Vec<(String, String)>) {
    let house = &scene.house;
    let account = scene.ours.accounts[0].id;
    let all = house.db.read(|conn| bellwether::store::invitations::of_account(conn, account, 10)).unwrap();
    let open = all.iter().find(|i| i.answered_at.is_none()).unwrap();
    let entry = Entry {
        account,
        id: house.chance.id(house.now()),
        contact: None,
        invitation: Some(open.id),
        version: None,
        channel: Channel::Telephone,
        day: house.today(),
    };
    let definition = &surveys::version(house, open.version).unwrap().definition;
    let question = definition.recommendation().unwrap();
    (entry, vec![(question.key.clone(), recommend.to_owned())])
}

fn a_talk_is_entered_once_and_answers_the_invitation(db: &TestDb) {
    let scene = scene(db);
    let (house, who) = (&scene.house, quality(&scene));
    let (entry, form) = entry(&scene, "8");
    let opened = entries::open(house, &who, &entry).unwrap();
    let mut form = form;
    for question in opened.instrument.definition.questions().filter(|q| q.required) {
        if let (Some(scale), false) = (question.scale(), form.iter().any(|(name, _)| *name == question.key)) {
            form.push((question.key.clone(), scale.last().to_string()));
        }
    }
    let keep = |entry: &Entry| entries::keep(house, &who, entry, &form, &Language::english());
    let Outcome::Kept(response) = keep(&entry).unwrap() else { panic!("refused") };
    assert_eq!((response.channel, response.entered_by), (Channel::Telephone, who.user));
    assert_eq!(response.invitation, entry.invitation);
    let Outcome::Kept(again) = keep(&entry).unwrap() else { panic!("refused") };
    assert_eq!(again.id, response.id, "a double click is one response");
    let doubled = Entry { id: house.chance.id(house.now()), ..entry.clone() };
    assert_eq!(keep(&doubled).err().map(|e| e.code()), Some(Code::StepImpossible), "it is answered");
    // Without the invitation named, it is found by who was asked what.
    let found = Entry { invitation: None, contact: response.contact, version: Some(response.version), ..doubled };
    assert_eq!(keep(&found).err().map(|e| e.code()), Some(Code::StepImpossible));
    all_well(house);
    let served = Served::start(house);
    let cookie = crate::permissions::say(&scene.people["quality"]);
    let page = served.client.get(&format!("/accounts/{}", entry.account), &cookie);
    assert!(page.body.contains("by telephone, entered by"), "{}", page.body);
}

fn nobody_enters_marks_about_themselves(db: &TestDb) {
    let scene = scene(db);
    let (entry, _) = entry(&scene, "8");
    let open = |actor: &Actor| entries::open(&scene.house, actor, &entry).err().map(|error| error.code());
    assert_eq!(open(&scene.ours.manager.actor()), Some(Code::Forbidden), "an account manager enters nothing");
    let mut both = quality(&scene);
    both.user = Some(scene.ours.manager.id);
    assert_eq!(open(&both), Some(Code::OwnAccount));
    assert_eq!(open(&quality(&scene)), None);
}

fn a_refused_entry_comes_back_filled_in(db: &TestDb) {
    let scene = scene(db);
    let who = &scene.people["quality"];
    let (entry, _) = entry(&scene, "8");
    let served = Served::start(&scene.house);
    let path = format!("/accounts/{}/enter/form", entry.account);
    let invitation = entry.invitation.unwrap().to_string();
    let form = |recommend: &str| {
        vec![
            ("_invitation", invitation.clone()),
            ("_channel", "paper".to_owned()),
            ("_day", scene.house.today().to_string()),
            ("recommend", recommend.to_owned()),
            ("nothing_of_the_kind", "x".to_owned()),
        ]
    };
    let reply = post(served.client, &path, who, Some(&key_of(who)), &form("11"));
    assert_eq!(reply.status, 422, "{}", reply.body);
    assert!(reply.body.contains("id=\"wrong-recommend\"") && reply.body.contains("value=\"paper\""), "{}", reply.body);
    let stale = post(served.client, &path, who, Some("of another session"), &form("9"));
    assert_eq!(stale.status, 403);
    assert!(stale.body.contains("value=\"9\" checked"), "what was typed is not lost: {}", stale.body);
    let checklist = surveys::named(&scene.house, "spot_check").unwrap().version.id.to_string();
    let path = format!("/subjects/{}/check", scene.ours.ids["site"]);
    let form = vec![("_survey", checklist), ("_day", "2026-11-20".to_owned()), ("exits", "7".to_owned())];
    let reply = post(served.client, &path, who, Some(&key_of(who)), &form);
    assert_eq!(reply.status, 422, "{}", reply.body);
    assert!(reply.body.contains("id=\"wrong-exits\"") && reply.body.contains("value=\"2026-11-20\""), "{}", reply.body);
}

fn site(house: &House, kind: &str, number: &str) -> SubjectId {
    let form = SubjectForm {
        kind: kind.into(),
        number: number.into(),
        name: format!("The {number}"),
        active: true,
        ..SubjectForm::default()
    };
    subjects::save(house, &house.service(), None, &form).unwrap().id
}

fn check(house: &House, site: SubjectId, on: &str, point: &str) -> kept_subjects::Check {
    let instrument = surveys::named(house, "spot_check").unwrap();
    let ratings = instrument.definition.questions().filter(|q| q.scale().is_some());
    // The first does not apply; the second, which weighs three times as much as others, is always met.
    let form: Vec<(String, String)> = ratings
        .enumerate()
        .map(|(at, q)| {
            let point = match at {
                0 => "na",
                1 => "2",
                _ => point,
            };
            (q.key.clone(), point.to_owned())
        })
        .collect();
    let form: Vec<_> = form.into_iter().chain([("grave".to_owned(), "no".to_owned())]).collect();
    let english = Language::english();
    let filled = Filled {
        id: house.chance.id(house.now()),
        version: instrument.version.id,
        day: day(on),
        form: &form,
        shown: &english,
    };
    match subjects::keep_check(house, &house.service(), site, &filled).unwrap() {
        subjects::Outcome::Kept(check) => check,
        subjects::Outcome::Rejected(_, rejected) => panic!("{rejected:?}"),
    }
}

fn a_check_is_scored_graded_and_kept_apart(db: &TestDb) {
    let house = house(db);
    surveys::publish_shipped(&house).unwrap();
    let yard = site(&house, "site", "yard");
    let quay = site(&house, "team", "quay");
    let first = check(&house, yard, "2026-10-01", "2");
    assert_eq!((first.score, first.grade.as_str(), first.grade_before), (100_000, "A", None));
    let second = check(&house, yard, "2026-11-01", "1");
    // By hand: weights of all points but the first; the second is met, the others in part.
    let instrument = surveys::named(&house, "spot_check").unwrap();
    let weights: Vec<i64> =
        instrument.definition.questions().filter(|q| q.scale().is_some()).skip(1).map(|q| q.weight).collect();
    let (all, met) = (weights.iter().sum::<i64>() as f64, weights[0] as f64);
    let expected = (100.0 * (met + (all - met) / 2.0) / all * 1000.0).round() as i64;
    assert_eq!((second.score, second.grade_before.as_deref()), (expected, Some("A")));
    let third = check(&house, quay, "2026-11-02", "2");
    let lines = subjects::list(&house, &house.service(), None, None).unwrap();
    assert_eq!(lines.iter().map(|line| line.subject.id).collect::<Vec<_>>(), [quay, yard], "the best first");
    assert_eq!(lines[1].checks.n, 2);
    let page = subjects::page(&house, &house.service(), yard).unwrap();
    assert_eq!(
        page.months.iter().map(|(month, sums)| (month.to_string(), sums.n)).collect::<Vec<_>>(),
        [("2026-10".to_owned(), 1), ("2026-11".to_owned(), 1)]
    );
    all_well(&house);
    // What does not count any more grades nobody, and comes back with the step taken back.
    exclude(&house, &house.service(), third.account, third.response, "on the wrong day").unwrap();
    let of_quay = || subjects::list(&house, &house.service(), None, Some("quay")).unwrap().remove(0);
    assert!(of_quay().latest.is_none() && of_quay().checks.n == 0);
    all_well(&house);
    restore(&house, &house.service(), third.account, third.response).unwrap();
    assert_eq!(of_quay().latest.unwrap().2, "A");
    // Nothing of it is a customer's word.
    let own = house.db.read(|conn| accounts::find(conn, third.account)).unwrap();
    assert_eq!(own.kind, AccountKind::Own);
    let shown = overview(&house, &house.service(), &Slice::ending(Month::of(house.today()), 6), None).unwrap();
    assert!(
        shown.all.measures.iter().all(|one| one.now.is_none()) && shown.aspects.is_empty() && shown.came.is_empty()
    );
}

fn sites_and_staff_come_in_by_file(db: &TestDb) {
    let house = house(db);
    let bring = |text: &str| {
        imports::import(&house, &house.service(), Kind::Subjects, text.as_bytes(), "sites.csv", REAL).unwrap()
    };
    let text = "number,name,kind,site,region\nT1,Crew,team,S1,north\nS1,Yard,site,,north\nE1,Li,员工,S1,\n";
    assert_eq!(counts(&bring(text)), (3, 0, 0));
    assert_eq!(counts(&bring(text)), (0, 0, 3));
    assert_eq!(counts(&bring("number,name\nS1,The yard\n")), (0, 1, 0));
    let wrong = bring("number,name,kind,site\nS1,Yard,team,\nX,,site,\nT2,Crew,team,T1\nT2,Crew,team,\n");
    let expected = [
        ("row 2, kind", Code::ValueConflicting),
        ("row 3, name", Code::ValueMissing),
        ("row 4, site", Code::ValueUnknown),
        ("row 5, number", Code::ValueTwice),
    ];
    assert_eq!(told(&wrong), expected.map(|(place, code)| (place.to_owned(), code)).into());
}

fn how_an_employee_is_rated_is_shown_to_few_and_from_enough_on(db: &TestDb) {
    let scene = scene(db);
    let house = &scene.house;
    let pulse = publish(house, PULSE);
    let form = SubjectForm {
        kind: "employee".into(),
        number: "E1".into(),
        name: "Marta Ekholm".into(),
        user: Some(scene.ours.manager.id),
        active: true,
        ..SubjectForm::default()
    };
    let marta = subjects::save(house, &house.service(), None, &form).unwrap().id;
    let ratings = |actor: &Actor| subjects::page(house, actor, marta).unwrap().ratings;
    let rate = |numbers: &[(&str, i64, i64)]| {
        let mut text = "account,id,day,employee,recommend,manager\n".to_owned();
        for (at, (number, month, x)) in numbers.iter().enumerate() {
            text.push_str(&format!("{number},m{month}-{at},2026-{month:02}-15,E1,9,{x}\n"));
        }
        assert_eq!(counts(&bring(house, &pulse, &text)).0, numbers.len());
    };
    let numbers: Vec<&str> =
        scene.ours.accounts.iter().chain(&scene.theirs.accounts).map(|a| a.number.as_str()).collect();
    let poor: Vec<_> = (0..9).map(|at| (numbers[at % 4], 7, 2 + i64::try_from(at % 2).unwrap())).collect();
    rate(&poor);
    let few = ratings(&quality(&scene)).unwrap();
    assert!(few.figure.is_none() && few.n == 9, "nine are too few");
    rate(&[(numbers[0], 8, 3)]);
    let enough = ratings(&quality(&scene)).unwrap();
    let figure = enough.figure.unwrap();
    assert!(figure.n == 10 && figure.low < figure.value && figure.value < figure.high, "{figure:?}");
    let good: Vec<_> = (0..12).map(|at| (numbers[at % 4], 10, 4 + i64::try_from(at % 2).unwrap())).collect();
    rate(&good);
    subjects::add_training(house, &quality(&scene), marta, "Listening", day("2026-09-01")).unwrap();
    let compared = ratings(&quality(&scene)).unwrap().trainings.remove(0);
    assert_eq!((compared.n_before, compared.n_after), (10, 12));
    let found = compared.difference.unwrap();
    assert!(found.low < found.change.difference && found.change.difference < found.high, "{found:?}");
    assert!(found.low > 0.0 && matches!(compared.finding, Finding::BeyondChance { .. }), "{found:?}");
    // The person and those who lead see it; nobody else does.
    assert!(ratings(&scene.ours.manager.actor()).is_some());
    for other in [scene.theirs.manager.actor(), scene.people["executive"].actor(), scene.people["auditor"].actor()] {
        assert!(ratings(&other).is_none());
    }
    // A rating is part of no index of customers.
    let shown = overview(house, &house.service(), &Slice::ending(Month::of(house.today()), 6), None).unwrap();
    assert!(shown.aspects.iter().all(|(key, _)| key != "employee"));
    // A file that names nobody is about who looks after the account; what one customer gave is not in the trail.
    let known = ratings(&quality(&scene)).unwrap().n;
    let row =
        |x: i64| format!("account,id,day,recommend,manager\n{},n1,2026-11-01,9,{x}\n", scene.ours.accounts[0].number);
    assert_eq!(counts(&bring(house, &pulse, &row(5))), (1, 0, 0));
    assert_eq!(ratings(&quality(&scene)).unwrap().n, known + 1);
    assert_eq!(counts(&bring(house, &pulse, &row(2))), (0, 1, 0));
    let trail = house
        .db
        .read(|conn| bellwether::store::audit::list(conn, &bellwether::domain::permission::Reach::All, None, 50))
        .unwrap();
    let corrected: Vec<_> = trail.iter().filter(|entry| entry.action == "corrected by file").collect();
    let told = |entry: &bellwether::store::audit::Entry| format!("{:?} {:?}", entry.before, entry.after);
    assert_eq!(corrected.len(), 1);
    assert!(corrected.iter().all(|entry| told(entry).contains("recommend") && !told(entry).contains("manager")));
    all_well(house);
}

fn those_who_are_no_customers_are_looked_at_by_themselves(db: &TestDb) {
    let house = house(db);
    surveys::publish_shipped(&house).unwrap();
    let book = Book::reopen(&house, db);
    let steel = book.account("Steelworks", "key", None).id;
    let number = house
        .db
        .write(|conn| {
            let mut account = accounts::find(conn, steel)?;
            account.kind = AccountKind::Supplier;
            accounts::update(conn, &account, None, house.now(), house.today())?;
            Ok(account.number)
        })
        .unwrap();
    let pulse = publish(&house, PULSE);
    let refused = bring(&house, &pulse, &format!("account,day,recommend\n{number},2026-10-02,9\n"));
    assert_eq!(told(&refused), [("row 2, account".to_owned(), Code::AccountKindNotAsked)].into());
    let partner = PULSE.replace("key = \"pulse\"", "key = \"partners\"").replace("\"relationship\"", "\"partner\"");
    let partners = publish(&house, &partner);
    let text = format!("account,day,recommend\n{number},2026-10-02,9\n");
    assert_eq!(counts(&bring(&house, &partners, &text)), (1, 0, 0));
    let n = |audience: Option<AccountKind>| {
        let slice = Slice { audience, ..Slice::ending(Month::of(house.today()), 6) };
        let shown = overview(&house, &house.service(), &slice, None).unwrap();
        shown.all.measures[0].now.as_ref().map_or(0, |figure| figure.n)
    };
    assert_eq!([None, Some(AccountKind::Supplier), Some(AccountKind::Dealer)].map(n), [0, 1, 0]);
}
