//! Bringing customers in from CSV files.

use crate::support::{TestDb, house, reference};
use bellwether::app::App;
use bellwether::app::imports::{Kind, Options, Report, import};
use bellwether::domain::ident::UserId;
use bellwether::domain::language::Language;
use bellwether::domain::permission::{Actor, Role};
use bellwether::error::{Code, Fault};
use bellwether::store::users::{self, User};
use bellwether::store::{accounts, contacts, orders};
use bellwether::text::error::describe_fault;
use chrono::NaiveDate;
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::Arc;

on_both_backends! {
    accounts_come_in_and_are_brought_up_to_date,
    families_come_in_any_order_and_never_in_a_circle,
    contacts_come_in_with_what_they_agreed_to,
    orders_come_in_by_their_number,
    a_dry_run_says_all_and_writes_nothing,
    a_fault_in_the_last_row_leaves_nothing,
    only_who_reaches_all_accounts_may,
    the_transactions_of_cdnow_come_in_whole,
}

const REAL: Options = Options { dry_run: false, create_accounts: false };
const DRY: Options = Options { dry_run: true, create_accounts: false };
const CREATE: Options = Options { dry_run: false, create_accounts: true };

fn bring(app: &App, kind: Kind, text: &str, options: Options) -> Report {
    import(app, &app.service(), kind, text.as_bytes(), "feed.csv", options).unwrap()
}

fn counts(report: &Report) -> (usize, usize, usize) {
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    (report.added, report.changed, report.unchanged)
}

fn faults(report: &Report) -> Vec<(String, Code)> {
    assert!(!report.saved);
    report.faults.iter().map(|fault| (fault.place.to_string(), fault.code)).collect()
}

fn account(app: &App, number: &str) -> bellwether::domain::account::Account {
    let numbers: BTreeSet<String> = [number.to_owned()].into();
    app.db.read(|conn| accounts::by_numbers(conn, &numbers)).unwrap().remove(number).unwrap()
}

fn accounts_come_in_and_are_brought_up_to_date(db: &TestDb) {
    let app = house(db);
    let manager = User {
        id: app.chance.id::<UserId>(app.now()),
        email: "li@example.com".into(),
        name: "Li".into(),
        role: Role::AccountManager,
        language: Language::chinese(),
        zone: chrono_tz::UTC,
        region: None,
        active: true,
        digest: true,
        revision: 0,
    };
    app.db.write(|conn| users::insert(conn, &manager, None, app.now())).unwrap();
    let first = "\u{feff}客户编号,客户名称,等级,区域,客户经理\r\n00012,宝山钢构,战略,华东,Li@Example.com\r\n\
                 A-2,=1+1,key,,\r\n";
    assert_eq!(counts(&bring(&app, Kind::Accounts, first, REAL)), (2, 0, 0));
    assert_eq!(counts(&bring(&app, Kind::Accounts, first, REAL)), (0, 0, 2), "the same again changes nothing");
    let one = account(&app, "00012");
    assert_eq!((one.name.as_str(), one.tier.as_str(), one.manager), ("宝山钢构", "strategic", Some(manager.id)));
    assert_eq!(account(&app, "A-2").name, "=1+1", "a formula is a text");

    let second = "number,tier\n00012,general\nA-2,\n";
    assert_eq!(counts(&bring(&app, Kind::Accounts, second, REAL)), (0, 1, 1));
    let changed = account(&app, "00012");
    assert_eq!((changed.tier.as_str(), changed.region.as_str()), ("general", "华东"), "what is not said stays");
    assert_eq!(changed.manager, Some(manager.id));
    let tiers = app.db.read(|conn| accounts::tiers_of(conn, one.id)).unwrap();
    assert_eq!(tiers.last().unwrap().1, "general");

    let wrong = bring(
        &app,
        Kind::Accounts,
        "number,name,kind,tier,manager,active\nX1,,shop,gold,nobody@example.com,maybe\nA-2,x,,,,\nA-2,y,,,,\n,z,,,,\n",
        REAL,
    );
    let expected: Vec<(String, Code)> = [
        ("row 2, kind", Code::ValueUnknown),
        ("row 2, tier", Code::ValueUnknown),
        ("row 2, manager", Code::ValueUnknown),
        ("row 2, active", Code::ValueUnknown),
        ("row 2, name", Code::ValueMissing),
        ("row 4, number", Code::ValueTwice),
        ("row 5, number", Code::ValueMissing),
    ]
    .map(|(place, code)| (place.to_owned(), code))
    .into();
    assert_eq!(faults(&wrong), expected);
    assert_eq!(account(&app, "A-2").name, "=1+1");
}

fn families_come_in_any_order_and_never_in_a_circle(db: &TestDb) {
    let app = house(db);
    let family = "number,name,parent\nC,child,B\nB,mother,A\nA,grandmother,\n";
    assert_eq!(counts(&bring(&app, Kind::Accounts, family, REAL)), (3, 0, 0));
    assert_eq!(account(&app, "C").parent, Some(account(&app, "B").id));
    let circle = bring(&app, Kind::Accounts, "number,parent\nA,C\n", REAL);
    assert_eq!(faults(&circle), [("row 2, parent".to_owned(), Code::AccountCircle)]);
    let unknown = bring(&app, Kind::Accounts, "number,parent\nA,Z\n", REAL);
    assert_eq!(faults(&unknown), [("row 2, parent".to_owned(), Code::AccountNumberUnknown)]);
    assert_eq!(counts(&bring(&app, Kind::Accounts, "number,parent\nC,\n", REAL)), (0, 1, 0));
    assert_eq!(account(&app, "C").parent, None, "an empty cell empties the field");
}

fn contacts_come_in_with_what_they_agreed_to(db: &TestDb) {
    let app = house(db);
    bring(&app, Kind::Accounts, "number,name\nA,Anna's\n", REAL);
    let text =
        "account,email,name,language,consent,role\nA,Anna@Example.com,Anna,中文,是,采购\nA,bo@example.com,Bo,,,\n";
    let first = bring(&app, Kind::Contacts, text, REAL);
    assert_eq!((counts(&first), first.without_consent), ((2, 0, 0), 1));
    assert_eq!(counts(&bring(&app, Kind::Contacts, text, REAL)), (0, 0, 2));
    // One address is one person, however it is typed; only what the file says changes.
    let second = "account,email,consent\nA,anna@EXAMPLE.com,no\n";
    assert_eq!(counts(&bring(&app, Kind::Contacts, second, REAL)), (0, 1, 0));
    let people = app.db.read(|conn| contacts::of_account(conn, account(&app, "A").id)).unwrap();
    assert_eq!(people.len(), 2);
    assert_eq!((people[0].consent, people[0].role.as_deref()), (false, Some("采购")));
    assert_eq!(people[0].language, Language::chinese());
    let wrong = bring(
        &app,
        Kind::Contacts,
        "account,email,name\nA,nobody,x\nZ,c@example.com,C\nA,bo@example.com,a\0b\nA,d@example.com,D\nA,D@example.com,D\n",
        REAL,
    );
    let expected: Vec<(String, Code)> = [
        ("row 2, email", Code::AddressFaulty),
        ("row 3, account", Code::AccountNumberUnknown),
        ("row 4, name", Code::TextUnprintable),
        ("row 6, email", Code::ValueTwice),
    ]
    .map(|(place, code)| (place.to_owned(), code))
    .into();
    assert_eq!(faults(&wrong), expected);
}

fn orders_come_in_by_their_number(db: &TestDb) {
    let app = house(db);
    let first = "account,order,date,amount,promised,delivered\nA,1,2026-09-03,1234.5,2026-09-20,\nA,2,20260904,-10,,\n";
    let made = bring(&app, Kind::Orders, first, CREATE);
    assert_eq!((counts(&made), made.accounts_added), ((2, 0, 0), 1));
    assert_eq!(account(&app, "A").tier, "potential", "the lowest tier");
    assert_eq!(counts(&bring(&app, Kind::Orders, first, CREATE)), (0, 0, 2));
    let second = "account,order,date,amount,delivered\nA,1,2026/9/3,1234.50,2026/9/21\n";
    assert_eq!(counts(&bring(&app, Kind::Orders, second, REAL)), (0, 1, 0));
    let found = app
        .db
        .read(|conn| orders::of_account(conn, account(&app, "A").id, NaiveDate::from_ymd_opt(1900, 1, 1).unwrap()))
        .unwrap();
    assert_eq!(found.iter().map(|order| order.amount).collect::<Vec<_>>(), [123_450, -1_000]);
    assert_eq!(found[0].promised_on, NaiveDate::from_ymd_opt(2026, 9, 20), "what is not said stays");
    assert_eq!(found[0].delivered_on, NaiveDate::from_ymd_opt(2026, 9, 21));
    let wrong = bring(
        &app,
        Kind::Orders,
        "account,order,date,amount,delivered,currency\nA,5,3/9/2026,\"1,234\",,CNY\nA,6,2026-12-01,1,,USD\n\
         A,7,2026-09-03,1,2026-09-01,\nA,8,2026-09-03,1,,\nA,8,2026-09-03,1,,\nB,9,2026-09-03,1,,\nB,10\n",
        REAL,
    );
    let expected: Vec<(String, Code)> = [
        ("row 2, date", Code::ValueMalformed),
        ("row 2, amount", Code::ValueMalformed),
        ("row 3, date", Code::ValueOutOfRange),
        ("row 3, currency", Code::ValueUnknown),
        ("row 4, delivered", Code::ValueOutOfRange),
        ("row 6, order", Code::ValueTwice),
        ("row 7, account", Code::AccountNumberUnknown),
        ("row 8, 2", Code::RowRagged),
    ]
    .map(|(place, code)| (place.to_owned(), code))
    .into();
    assert_eq!(faults(&wrong), expected);
}

fn a_dry_run_says_all_and_writes_nothing(db: &TestDb) {
    let app = house(db);
    let options = Options { dry_run: true, create_accounts: true };
    let report = bring(&app, Kind::Orders, "account,date,amount\nA,2026-09-03,1\nB,2026-09-03,1\n", options);
    assert_eq!((counts(&report), report.accounts_added, report.saved), ((2, 0, 0), 2, false));
    assert_eq!(counts(&bring(&app, Kind::Accounts, "number,name\nA,x\n", DRY)), (1, 0, 0));
    assert_eq!(app.db.read(accounts::count).unwrap(), 0);
    assert_eq!(app.db.read(orders::count).unwrap(), 0);
}

fn a_fault_in_the_last_row_leaves_nothing(db: &TestDb) {
    let app = house(db);
    let mut text = String::from("account,date,amount\n");
    for n in 0..5_000 {
        text += &format!("N{n},2026-09-03,1\n");
    }
    text += "N1,2026-09-03,\n";
    let report = bring(&app, Kind::Orders, &text, CREATE);
    assert_eq!(faults(&report), [("row 5002, amount".to_owned(), Code::ValueMissing)]);
    assert_eq!(app.db.read(accounts::count).unwrap() + app.db.read(orders::count).unwrap(), 0);
}

fn only_who_reaches_all_accounts_may(db: &TestDb) {
    let app = house(db);
    let person = |role, region: Option<&str>| Actor { role, region: region.map(Into::into), ..app.service() };
    let try_as = |actor: &Actor, kind| import(&app, actor, kind, &b"number,name\nA,x\n"[..], "f.csv", DRY).is_ok();
    assert!(try_as(&person(Role::QualityManager, None), Kind::Accounts));
    assert!(!try_as(&person(Role::QualityManager, Some("north")), Kind::Accounts));
    for role in [Role::AccountManager, Role::Executive, Role::Auditor] {
        for kind in [Kind::Accounts, Kind::Contacts, Kind::Orders] {
            assert!(!try_as(&person(role, None), kind), "{role:?} {kind:?}");
        }
    }
}

/// 6,919 purchases of 2,357 customers, January 1997 to June 1998; they have no order ids.
fn the_transactions_of_cdnow_come_in_whole(db: &TestDb) {
    let Some(path) = reference::file("CDNOW as a feed of orders", "c1_clv/cdnow_sample_transactions_input.csv") else {
        return;
    };
    let app = house(db);
    let mut text = String::new();
    std::fs::File::open(path).unwrap().read_to_string(&mut text).unwrap();
    let first = bring(&app, Kind::Orders, &text, CREATE);
    assert_eq!((counts(&first), first.accounts_added, first.rows), ((6_919, 0, 0), 2_357, 6_919));
    assert_eq!(app.db.read(accounts::count).unwrap(), 2_357);
    assert_eq!(app.db.read(orders::count).unwrap(), 6_919);
    let kept = app.db.read(|conn| orders::briefs_since(conn, NaiveDate::from_ymd_opt(1900, 1, 1).unwrap())).unwrap();
    assert_eq!(kept.iter().filter(|order| order.amount == 0).count(), 8);
    // The quantity, which is not kept, tells some rows apart; the file's own lines are counted for that.
    let lines: BTreeSet<&str> = text.lines().skip(1).collect();
    assert_eq!(kept.len() - lines.len(), 21, "identical rows are purchases of their own");
    let again = bring(&app, Kind::Orders, &text, CREATE);
    assert_eq!((counts(&again), again.accounts_added), ((0, 0, 6_919), 0));
}

#[test]
fn a_wrong_column_is_said_in_the_readers_language() {
    let db = TestDb::sqlite();
    let app = house(&db);
    let say = |fault: &Fault, language: Language| {
        describe_fault(&Arc::clone(&app.catalogue).reader(&language, chrono_tz::UTC), fault)
    };
    let report = bring(&app, Kind::Accounts, "number,name,regoin\nA,x,y\n", REAL);
    assert_eq!(faults(&report), [("row 1, regoin".to_owned(), Code::ColumnFaulty)]);
    let english = say(&report.faults[0], Language::english());
    assert!(english.starts_with("Row 1, column “regoin”: The column “regoin” is not known. Is “region” meant?"));
    let chinese = say(&report.faults[0], Language::chinese());
    assert!(chinese.contains("无法识别列“regoin”。是否应为“region”？"), "{chinese}");
    // 名称 in GBK.
    let gbk: &[u8] = b"number,name\nA,\xc3\xfb\xb3\xc6\n";
    let report = import(&app, &app.service(), Kind::Accounts, gbk, "f.csv", REAL).unwrap();
    assert_eq!(faults(&report), [("row 2, name".to_owned(), Code::EncodingUnknown)]);
    assert!(say(&report.faults[0], Language::chinese()).contains("UTF-8"));
}
