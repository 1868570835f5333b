//! Who reaches what, asked of every address in the table. An address that this file does not know how to
//! fill in fails the tests: whoever adds a page has to say here what stands in its path.

use crate::support::account_book::Book;
use crate::support::served::{Client, Reply, Served};
use crate::support::{House, TestDb, house};
use bellwether::app::cases::{self, NewCase};
use bellwether::app::open_links::{self, Binding, LinkForm};
use bellwether::app::responses::{Import, import_one};
use bellwether::app::subjects::{self as book, SubjectForm};
use bellwether::app::waves::{self, NewWave};
use bellwether::app::{digests, reports, surveys, warnings};
use bellwether::domain::account::Account;
use bellwether::domain::answer::Answers;
use bellwether::domain::day::Month;
use bellwether::domain::follow_up::{self, FollowUp};
use bellwether::domain::ident::{ContactId, ResponseId, WaveId};
use bellwether::domain::language::Language;
use bellwether::domain::permission::{Actor, Module, Operation, Reach, Role, may};
use bellwether::domain::wave::Audience;
use bellwether::domain::winback::{CaseCause, Purpose};
use bellwether::jobs::send::drain;
use bellwether::store::responses::Channel;
use bellwether::store::users::{self, Session, User};
use bellwether::store::{cases as kept_cases, contacts, follow_ups, letters, responses, warnings as kept_warnings};
use bellwether::web::routes::{Access, Route, table};
use chrono::Duration;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

on_both_backends! {
    nobody_comes_in_unless_their_role_says_so,
    a_manager_sees_nothing_of_another_ones_accounts,
    figures_of_a_manager_are_those_of_their_own_accounts,
}

/// Addresses that are open to everybody. A further one has to be entered here, and thought about.
const PUBLIC: [&str; 26] = [
    "GET /healthz",
    "GET /readyz",
    "GET /assets/{name}",
    "GET /favicon.ico",
    "GET /r/{token}",
    "POST /r/{token}",
    "GET /u/{token}",
    "POST /u/{token}",
    "GET /R/{token}",
    "POST /R/{token}",
    "GET /U/{token}",
    "POST /U/{token}",
    "GET /r/{token}/more",
    "POST /r/{token}/begin",
    "GET /p/{token}",
    "GET /P/{token}",
    "POST /p/{token}/follow-up",
    "POST /p/{token}/reference",
    "POST /r/{token}/clear",
    "GET /sign-in",
    "GET /o/{token}",
    "POST /o/{token}",
    "GET /o/{token}/thanks",
    "GET /O/{token}",
    "POST /O/{token}",
    "GET /O/{token}/thanks",
];

/// What an address is filled in with: its path, and the fields of a form that would be taken.
pub type Request = (String, Vec<(&'static str, String)>);

/// Everything there is of the accounts of one manager.
pub struct Estate {
    pub manager: User,
    pub accounts: Vec<Account>,
    pub ids: BTreeMap<&'static str, String>,
    /// What must not be read by anybody else.
    words: BTreeSet<String>,
}

/// Two managers whose accounts have everything that an account can have, and a wave over all of them.
pub struct Scene {
    pub house: House,
    pub people: BTreeMap<&'static str, User>,
    pub ours: Estate,
    pub theirs: Estate,
}

pub fn fields(pairs: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
}

/// Fills an address with what belongs to one manager, as somebody else would to get at it.
pub fn fill(route: &Route, of: &Estate, asking: &User) -> Request {
    let id = |name: &str| of.ids[name].clone();
    let me = asking.id.to_string();
    let named = format!("{} {}", route.method, route.path);
    let mut path = route.path.to_owned();
    let mut put = |pairs: &[(&str, &str)]| {
        for (hole, name) in pairs {
            path = path.replace(hole, &of.ids[*name]);
        }
    };
    let revised = |pairs: &[(&'static str, &str)]| {
        let mut all = fields(pairs);
        all.push(("revision", "1".into()));
        all
    };
    let form = match named.as_str() {
        "GET /"
        | "GET /me"
        | "GET /users"
        | "GET /audit"
        | "GET /surveys"
        | "GET /reports"
        | "GET /reports/monthly"
        | "GET /reports/kept"
        | "GET /cases"
        | "GET /warnings"
        | "GET /waves"
        | "GET /waves/new"
        | "GET /mailbox"
        | "GET /accounts"
        | "GET /accounts/new"
        | "GET /subjects"
        | "GET /subjects/new"
        | "GET /imports"
        | "GET /doubts"
        | "POST /sign-out" => vec![],
        "POST /imports" => fields(&[("kind", "subjects"), ("csv", "number,name,kind\nX,X,site\n")]),
        "POST /subjects/new" => fields(&[("kind", "team"), ("number", &me), ("name", "New")]),
        "GET /subjects/{id}" | "GET /subjects/{id}/edit" | "GET /subjects/{id}/check" => {
            put(&[("{id}", "site")]);
            vec![]
        }
        "POST /subjects/{id}/edit" => {
            put(&[("{id}", "site")]);
            revised(&[("name", "Mine"), ("active", "1")])
        }
        "POST /subjects/{id}/trainings" => {
            put(&[("{id}", "site")]);
            fields(&[("name", "Listening"), ("day", "2026-11-01")])
        }
        "POST /subjects/{id}/check" => {
            put(&[("{id}", "site")]);
            fields(&[("_survey", &id("checklist")), ("_day", "2026-11-20")])
        }
        "GET /accounts/{id}/enter" | "GET /accounts/{id}/enter/form" => {
            put(&[("{id}", "account")]);
            if path.ends_with("/form") {
                path = format!("{path}?survey={}&day=2026-11-20", id("version"));
            }
            vec![]
        }
        "POST /accounts/{id}/enter/form" => {
            put(&[("{id}", "account")]);
            fields(&[("_survey", &id("version")), ("_day", "2026-11-20"), ("_channel", "telephone")])
        }
        "POST /me" => fields(&[("language", "en"), ("zone", "UTC")]),
        "POST /users" => fields(&[("role", "auditor"), ("email", "x@example.com"), ("name", "X")]),
        "POST /accounts/new" => fields(&[("name", "New")]),
        "GET /cases/new" => {
            path = format!("{path}?account={}", id("account"));
            vec![]
        }
        "POST /cases" => fields(&[("account", &id("account")), ("purpose", "win_back"), ("cause", "price")]),
        "POST /waves" => fields(&[("survey", &id("version")), ("name", "Spring"), ("closes", "2026-12-20")]),
        "GET /surveys/{id}" | "GET /surveys/{id}/preview" => {
            put(&[("{id}", "version")]);
            vec![]
        }
        "GET /waves/{id}" | "GET /waves/{id}/people.csv" | "GET /waves/{id}/mail/{language}" => {
            put(&[("{id}", "wave")]);
            path = path.replace("{language}", "en");
            vec![]
        }
        "POST /waves/{id}/holds/{account}/{contact}" | "POST /waves/{id}/holds/{account}/{contact}/release" => {
            put(&[("{id}", "wave"), ("{account}", "account"), ("{contact}", "contact")]);
            fields(&[("reason", "in dispute")])
        }
        "POST /waves/{id}/start" | "POST /waves/{id}/{step}" => {
            put(&[("{id}", "wave")]);
            path = path.replace("{step}", "pause");
            vec![]
        }
        "GET /open-links" | "GET /open-links/new" => vec![],
        "POST /open-links/new" => {
            fields(&[("name", "Counter"), ("source", "counter"), ("survey", &id("version")), ("whose", "segment")])
        }
        link if link.contains(" /open-links/{id}") => {
            put(&[("{id}", "link")]);
            revised(&[("name", "Counter"), ("source", "counter"), ("survey", &id("version"))])
        }
        "GET /mailbox/{account}/{letter}" | "GET /mailbox/{account}/{letter}/html" => {
            put(&[("{account}", "account"), ("{letter}", "letter")]);
            vec![]
        }
        "GET /warnings/{account}/{id}" => {
            put(&[("{account}", "account"), ("{id}", "warning")]);
            vec![]
        }
        "POST /warnings/{account}/{id}/step" => {
            put(&[("{account}", "account"), ("{id}", "warning")]);
            revised(&[("to", "acknowledged"), ("note", "x")])
        }
        "POST /warnings/{account}/{id}/owner" => {
            put(&[("{account}", "account"), ("{id}", "warning")]);
            revised(&[("owner", &me)])
        }
        "GET /accounts/{id}" | "GET /accounts/{id}/edit" => {
            put(&[("{id}", "account")]);
            vec![]
        }
        "POST /accounts/{id}/edit" => {
            put(&[("{id}", "account")]);
            revised(&[("name", "Mine"), ("number", "1"), ("kind", "customer"), ("tier", "key"), ("active", "1")])
        }
        "POST /accounts/{id}/responses/{response}/exclude" | "POST /accounts/{id}/responses/{response}/restore" => {
            put(&[("{id}", "account"), ("{response}", "response")]);
            fields(&[("why", "a test")])
        }
        "POST /doubts/{account}/{response}/exclude" | "POST /doubts/{account}/{response}/restore" => {
            put(&[("{account}", "account"), ("{response}", "response")]);
            fields(&[("why", "a test")])
        }
        "GET /follow-ups" => vec![],
        "POST /accounts/{id}/responses/{response}/reply" => {
            put(&[("{id}", "account"), ("{response}", "response")]);
            fields(&[("reply", "Hello")])
        }
        case if case.contains(" /follow-ups/{account}/{response}") => {
            put(&[("{account}", "account"), ("{response}", "response")]);
            fields(&[("note", "Called"), ("owner", &me)])
        }
        "POST /accounts/{id}/contacts" | "POST /accounts/{id}/contacts/{contact}" => {
            put(&[("{id}", "account"), ("{contact}", "contact")]);
            revised(&[("email", "mine@example.com"), ("name", "Mine"), ("language", "en"), ("active", "1")])
        }
        case if case.contains(" /cases/{account}/{case}") => {
            put(&[("{account}", "account"), ("{case}", "case"), ("{step}", "step")]);
            match case.split("{case}").nth(1).unwrap() {
                "" => vec![],
                "/cause" => revised(&[("cause", "product"), ("note", "x")]),
                "/figures" => revised(&[("value", "1000"), ("reason", "x")]),
                "/ask" | "/steps/{step}/done" => revised(&[]),
                "/steps" => revised(&[("title", "Call"), ("due", "2026-12-10")]),
                "/steps/{step}/move" => revised(&[("due", "2026-12-11")]),
                "/contacts" => revised(&[("channel", "telephone"), ("note", "x")]),
                "/owner" => revised(&[("owner", &me)]),
                "/end" => revised(&[("outcome", "lost"), ("reason", "x")]),
                "/reopen" => revised(&[("reason", "x")]),
                _ => panic!("{named}: say here how it is filled in"),
            }
        }
        _ => panic!("{named}: say here how it is filled in"),
    };
    assert!(!path.contains('{'), "{path}");
    (path, form)
}

/// Does the address lead to a record of one account?
fn is_of_an_account(route: &Route) -> bool {
    let path = route.path;
    path.contains("{account}")
        || path.starts_with("/open-links/{id}")
        || path.starts_with("/accounts/{id}")
        || path == "/cases/new"
        || (path == "/cases" && route.method == "POST")
}

pub fn say(who: &User) -> Vec<String> {
    vec![format!("Cookie: bw_session=session-of-{}", who.id)]
}

pub fn key_of(who: &User) -> String {
    format!("form-key-of-{}", who.id)
}

pub fn post(client: Client, path: &str, who: &User, key: Option<&str>, form: &[(&'static str, String)]) -> Reply {
    let mut all: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.extend(key.map(|key| ("_form", key)));
    client.post(path, &say(who), &all)
}

/// Somebody who is signed in.
pub fn person(book: &Book, name: &str, role: Role) -> User {
    let user = book.user(name, role, Language::english());
    let now = book.house.now();
    let session = Session {
        token_hash: Sha256::digest(format!("session-of-{}", user.id)).to_vec(),
        user: user.id,
        form_key: key_of(&user),
        created_at: now,
        expires_at: now + Duration::hours(8),
    };
    book.house.db.write(|conn| users::open_session(conn, &session)).unwrap();
    user
}

/// One answer to the short survey, through the use case, so that it counts in the figures.
fn answer(house: &House, account: &Account, contact: ContactId, ago: i64, recommend: i64, words: &str) -> String {
    let published = surveys::named(house, "short@1").unwrap();
    let overall = if recommend > 6 { "4" } else { "2" };
    let form: Vec<(String, String)> =
        [("recommend", recommend.to_string().as_str()), ("overall", overall), ("why", words)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
    let Ok(answers) = Answers::parse(&published.definition, &form, &Language::english()) else {
        panic!("the form fits")
    };
    let import = Import {
        account: account.id,
        contact: Some(contact),
        version: published.version.id,
        invitation: None,
        answers,
        received_at: house.now() - Duration::days(ago),
        channel: Channel::Web,
        language: Language::english(),
        segment: None,
    };
    house.db.write(|conn| import_one(house, conn, import)).unwrap().id.to_string()
}

/// A manager with two accounts: one that is well, and one that is not.
fn estate(book: &Book, manager: &User, names: [&str; 2], people: [&str; 3], said: &str) -> Estate {
    let house = book.house;
    let accounts = names.map(|name| book.account(name, "key", Some(manager.id)));
    let mut words = BTreeSet::new();
    let contacts = [(0, people[0]), (1, people[1])].map(|(n, name)| book.contact(accounts[n].id, name));
    for month in 0..6 {
        words.insert(answer(house, &accounts[0], contacts[0], 10 + 28 * month, 9, said));
        book.order(accounts[1].id, u64::try_from(40 + 25 * month).unwrap(), Some(0));
    }
    let last = answer(house, &accounts[1], contacts[1], 12, 1, said);
    words.insert(last.clone());
    let promise = FollowUp {
        account: accounts[1].id,
        response: ResponseId::parse(&last).unwrap(),
        contact: Some(contacts[1]),
        owner: manager.id,
        due: house.today(),
        state: follow_up::State::Open,
        wish: None,
        promised_at: house.now(),
        closed_at: None,
        closed_by: None,
        note: None,
        told: false,
        revision: 1,
    };
    house.db.write(|conn| follow_ups::insert(conn, &promise)).unwrap();
    words.extend([said.to_owned(), people[2].to_owned()]);
    for account in &accounts {
        words.extend([account.id.to_string(), account.number.as_str().to_owned(), account.name.clone()]);
        for contact in house.db.read(|conn| contacts::of_account(conn, account.id)).unwrap() {
            words.extend([contact.id.to_string(), contact.name, contact.email.as_str().to_owned()]);
        }
    }
    let ids = BTreeMap::from([
        ("account", accounts[1].id.to_string()),
        ("contact", contacts[1].to_string()),
        ("response", last),
    ]);
    Estate { manager: manager.clone(), accounts: accounts.to_vec(), ids, words }
}

/// The case and the warning of the account that is not well, and what the wave has brought there.
fn complete(house: &House, estate: &mut Estate, wave: WaveId) {
    let account = &estate.accounts[1];
    let new = NewCase {
        account: account.id,
        purpose: Purpose::WinBack,
        cause: CaseCause::Price,
        reason: "asked for".into(),
        bound_until: None,
    };
    let case = cases::open_by_hand(house, &estate.manager.actor(), new).unwrap();
    let (steps, warned, letter, version) = house
        .db
        .read(|conn| {
            let letters = letters::list(conn, &Reach::Own(estate.manager.id), None, 0, 10)?.0;
            let ours = letters.into_iter().find(|l| l.account == account.id).unwrap();
            let steps = kept_cases::steps_of(conn, account.id, case.id)?;
            Ok((
                steps,
                kept_warnings::of_account(conn, account.id)?,
                ours,
                surveys::named(house, "short@1")?.version.id,
            ))
        })
        .unwrap();
    let step = steps.first().map_or_else(|| case.id.to_string(), |s| s.id.to_string());
    // What lies on their delivery notes.
    let link = LinkForm {
        name: format!("Notes of {}", account.name),
        source: "delivery note".into(),
        version,
        language: None,
        password: String::new(),
        without_password: false,
        opens: None,
        last_day: None,
        most: None,
    };
    let binding = Binding::Account(account.number.as_str().to_owned());
    let link = open_links::create(house, &house.service(), &link, &binding).unwrap();
    let ids = [
        ("link", link.id.to_string()),
        ("case", case.id.to_string()),
        ("warning", warned[0].warning.id.to_string()),
        ("letter", letter.id.to_string()),
        ("step", step),
    ];
    for (name, id) in ids {
        estate.words.insert(id.clone());
        estate.ids.insert(name, id);
    }
    estate.ids.insert("wave", wave.to_string());
    estate.ids.insert("version", version.to_string());
    let checklist = surveys::named(house, "spot_check").unwrap().version.id;
    estate.ids.insert("checklist", checklist.to_string());
    let form = SubjectForm {
        kind: "site".into(),
        number: format!("yard-{}", estate.manager.name.len()),
        name: "Yard".into(),
        active: true,
        ..SubjectForm::default()
    };
    let site = book::save(house, &house.service(), None, &form).unwrap();
    estate.ids.insert("site", site.id.to_string());
}

pub fn wave(house: &House, name: &str, start: bool) -> WaveId {
    let version = surveys::named(house, "relationship@1").unwrap().version.id;
    let last_day = house.today() + Duration::days(20);
    let new = NewWave { name: name.into(), version, audience: Audience::default(), last_day };
    let id = waves::create(house, &house.service(), new).unwrap().id;
    if start {
        waves::start(house, &house.service(), id, None).unwrap();
        assert!(waves::plan(house, id).unwrap());
        drain(house).unwrap();
    }
    id
}

pub fn scene(db: &TestDb) -> Scene {
    let house = house(db);
    surveys::publish_shipped(&house).unwrap();
    let book = Book::reopen(&house, db);
    let people = BTreeMap::from(
        [
            ("administrator", Role::Administrator),
            ("quality", Role::QualityManager),
            ("executive", Role::Executive),
            ("auditor", Role::Auditor),
        ]
        .map(|(name, role)| (name, person(&book, name, role))),
    );
    let marta = person(&book, "Marta Ekholm", Role::AccountManager);
    let daniel = person(&book, "Daniel Osei", Role::AccountManager);
    // Theirs come first in every order of identifiers, so that a list without bounds shows them first.
    let mut theirs = estate(
        &book,
        &daniel,
        ["Brandtwerk Rail", "Borealis Gearing"],
        ["Bruno Castellan", "Birgit Nyhus", "Benedikta Lau"],
        "Cranes stand still for want of rollers.",
    );
    let mut ours = estate(
        &book,
        &marta,
        ["Aldersund Turbines", "Almere Pumps"],
        ["Astrid Vollan", "Anton Reuter", "Agnes Kovac"],
        "Seals are worn within a month.",
    );
    // Who has not agreed is left out of the wave, by name.
    for (estate, name) in [(&mut theirs, "Bertil Rask"), (&mut ours, "Aron Silfver")] {
        let account = estate.accounts[0].id;
        let id = book.contact(account, name);
        house
            .db
            .write(|conn| {
                let mut contact = contacts::find(conn, account, id)?;
                contact.consent = false;
                contacts::update(conn, &contact)
            })
            .unwrap();
        estate.words.insert(name.to_owned());
    }
    warnings::look(&house, &house.service(), &warnings::Settings::default()).unwrap();
    let wave = wave(&house, "Autumn", true);
    // Those who come now have not been asked.
    for (estate, name) in [(&mut theirs, "Benedikta Lau"), (&mut ours, "Agnes Kovac")] {
        book.contact(estate.accounts[0].id, name);
        complete(&house, estate, wave);
    }
    let last = Month::of(house.today()).plus(-1);
    reports::keep(&house, last).unwrap();
    reports::keep(&house, last.plus(1)).unwrap();
    Scene { house, people, ours, theirs }
}

pub fn allowed(access: Access, actor: &Actor) -> bool {
    match access {
        Access::Public => true,
        Access::Signed(action) => may(actor, action, None),
    }
}

fn nobody_comes_in_unless_their_role_says_so(db: &TestDb) {
    let scene = scene(db);
    let served = Served::start(&scene.house);
    let client = served.client;
    let admin = &scene.people["administrator"];
    let (mut public, mut forbidden) = (BTreeSet::new(), 0);
    for route in table() {
        let named = format!("{} {}", route.method, route.path);
        if route.access == Access::Public {
            public.insert(named);
            continue;
        }
        let (path, form) = fill(&route, &scene.theirs, admin);
        let is_get = route.method == "GET";
        let nobody = if is_get { client.get(&path, &[]) } else { client.post(&path, &[], &[]) };
        if is_get {
            assert_eq!(nobody.status, 303, "{named}");
            assert!(nobody.head.contains("location: /sign-in?next=/"), "{named}: {}", nobody.head);
        } else {
            assert_eq!(nobody.status, 401, "{named}");
            for key in [None, Some(""), Some("wrong"), Some(key_of(&scene.ours.manager).as_str())] {
                let stale = post(client, &path, admin, key, &form);
                assert_eq!(stale.status, 403, "{named} with the key {key:?}");
                // Where its page can be shown, the form comes back filled in; else there is the page of the error.
                let told = stale.body.contains("form.stale") || stale.body.contains("nothing was saved");
                assert!(told, "{named}: {}", stale.body);
            }
        }
        let forged = vec!["Cookie: bw_session=nobody's".to_owned()];
        assert_eq!(client.get(&path, &forged).status, if is_get { 303 } else { client.get(&path, &[]).status });
        let head = client.send("HEAD", &path, &[], "").status;
        assert!(head != 200, "{named}: HEAD without a session gives {head}");
        for who in scene.people.values().chain([&scene.ours.manager]) {
            if allowed(route.access, &who.actor()) {
                if is_get {
                    let status = client.get(&path, &say(who)).status;
                    assert!([200, 404, 422].contains(&status), "{named} as {}: {status}", who.name);
                }
                continue;
            }
            let key = key_of(who);
            let reply = if is_get { client.get(&path, &say(who)) } else { post(client, &path, who, Some(&key), &form) };
            assert_eq!(reply.status, 403, "{named} as {}", who.name);
            assert!(reply.body.contains("permission.denied"), "{named} as {}: {}", who.name, reply.body);
            forbidden += 1;
        }
    }
    let expected: BTreeSet<String> =
        PUBLIC.iter().map(|p| (*p).to_owned()).chain(["POST /sign-in".to_owned()]).collect();
    assert_eq!(public, expected);
    assert!(forbidden >= 40, "{forbidden}");
    let auditor = scene.people["auditor"].actor();
    assert!(!may(&auditor, bellwether::domain::permission::Action::new(Module::Cases, Operation::Change), None));
}

/// Ways to ask a page for more than one's own.
fn questions(path: &str, theirs: &Estate) -> Vec<String> {
    let them = theirs.manager.id.to_string();
    let more: Vec<String> = match path {
        "/" => vec![
            format!("?manager={them}"),
            "?months=24".into(),
            "?region=north&focus=2".into(),
            "?line=bearings&kind=thematic".into(),
        ],
        "/warnings" => {
            vec![format!("?manager={them}"), "?show=closed".into(), "?tier=key&page=2".into(), "?level=red".into()]
        }
        "/cases" => vec![format!("?owner={them}"), "?state=closed".into(), "?state=deferred".into()],
        // The box shows what was searched for: half a name finds the account and is none of its words.
        "/accounts" => {
            vec!["?q=Brandtw".into(), "?q=orealis".into(), format!("?manager={them}"), "?tier=key&page=1".into()]
        }
        "/reports/monthly" => vec![
            "?tier=key&period=2026-11".into(),
            "?period=2026-11&lang=zh-CN".into(),
            "?tier=key&period=2026-11&download=1".into(),
        ],
        "/reports/kept" => vec!["?tier=&period=2026-11&lang=en".into(), "?tier=key&period=2026-10&lang=zh-CN".into()],
        "/mailbox" => vec!["?to=birgitnyhus@customer.example".into()],
        _ => vec![],
    };
    std::iter::once(path.to_owned()).chain(more.into_iter().map(|q| format!("{path}{q}"))).collect()
}

#[track_caller]
fn tells_nothing(of: &Estate, what: &str, text: &str) {
    let told: Vec<&String> = of.words.iter().filter(|w| text.contains(w.as_str())).collect();
    assert!(told.is_empty(), "{what} tells of another manager's accounts: {told:?}");
}

fn a_manager_sees_nothing_of_another_ones_accounts(db: &TestDb) {
    let mut scene = scene(db);
    let draft = wave(&scene.house, "Winter", false).to_string();
    let served = Served::start(&scene.house);
    let client = served.client;
    let (marta, daniel) = (scene.ours.manager.clone(), scene.theirs.manager.clone());
    let admin = scene.people["administrator"].clone();
    let mut own_words = 0;
    for estate_wave in [None, Some(draft)] {
        if let Some(draft) = estate_wave {
            scene.ours.ids.insert("wave", draft.clone());
            scene.theirs.ids.insert("wave", draft);
        }
        for route in table().iter().filter(|r| r.method == "GET" && r.access != Access::Public) {
            if is_of_an_account(route) && route.path != "/accounts/{id}" {
                continue;
            }
            let path = fill(route, &scene.ours, &marta).0;
            for asked in questions(&path, &scene.theirs) {
                let reply = client.get(&asked, &say(&marta));
                assert!(allowed(route.access, &marta.actor()) == (reply.status != 403), "{asked}: {}", reply.status);
                assert!(reply.status < 500 && reply.status != 0, "{asked}: {}", reply.status);
                tells_nothing(&scene.theirs, &asked, &reply.body);
                own_words += scene.ours.words.iter().filter(|w| reply.body.contains(w.as_str())).count();
            }
        }
    }
    assert!(own_words > 20, "the pages tell of one's own accounts: {own_words}");
    // What is kept of them is there for those who may see all, so that the search above can find something.
    let mut theirs = BTreeSet::new();
    for path in ["/warnings", "/cases", "/mailbox", "/audit"] {
        let body = client.get(path, &say(&admin)).body;
        let found: Vec<_> = scene.theirs.words.iter().filter(|w| body.contains(w.as_str())).cloned().collect();
        assert!(!found.is_empty(), "{path}");
        theirs.extend(found);
    }
    assert!(theirs.len() > 5, "{theirs:?}");

    // Their records, by their addresses.
    let account = scene.theirs.accounts[1].id;
    let standing = || {
        scene
            .house
            .db
            .read(|conn| {
                Ok((
                    kept_warnings::of_account(conn, account)?,
                    kept_cases::of_account(conn, account)?,
                    contacts::of_account(conn, account)?,
                    responses::of_account(conn, account, 100)?,
                ))
            })
            .unwrap()
    };
    let before = standing();
    let (mut reads, mut writes) = (0, 0);
    for route in table().iter().filter(|r| is_of_an_account(r)) {
        let (path, form) = fill(route, &scene.theirs, &marta);
        let expected = if allowed(route.access, &marta.actor()) { 404 } else { 403 };
        let reply = if route.method == "GET" {
            reads += 1;
            client.get(&path, &say(&marta))
        } else {
            writes += 1;
            post(client, &path, &marta, Some(&key_of(&marta)), &form)
        };
        assert_eq!(reply.status, expected, "{} {path}", route.method);
        tells_nothing(&scene.theirs, &path, &reply.body.replace(&path, ""));
    }
    assert!(reads >= 5 && writes >= 12, "{reads} {writes}");
    assert!(standing() == before, "nothing of theirs was changed");
    // Its own manager does find what stands behind each of these addresses.
    for route in table().iter().filter(|r| is_of_an_account(r) && allowed(r.access, &daniel.actor())) {
        let (path, form) = fill(route, &scene.theirs, &daniel);
        let status = if route.method == "GET" {
            client.get(&path, &say(&daniel)).status
        } else {
            post(client, &path, &daniel, Some(&key_of(&daniel)), &form).status
        };
        assert!([200, 303, 409, 422].contains(&status), "{} {path}: {status}", route.method);
    }
    // Nor do the mails that managers get.
    let since = scene.house.now() - Duration::days(7);
    let digest = digests::compose(&scene.house, &marta, since).unwrap().expect("there is a warning to tell of");
    let tiers = digest.tiers.as_ref().expect("her accounts have answered");
    let shown = tiers.rows.iter().filter_map(|row| row.figure.as_ref());
    assert!(shown.clone().count() > 0 && shown.clone().all(|f| !f.nps.is_empty() && f.interval.contains(" to ")));
    let text = serde_json::to_string(&digest).unwrap();
    tells_nothing(&scene.theirs, "the digest", &text);
    assert!(text.contains("Almere Pumps"), "{text}");
}

fn figures_of_a_manager_are_those_of_their_own_accounts(db: &TestDb) {
    let house = house(db);
    surveys::publish_shipped(&house).unwrap();
    let book = Book::reopen(&house, db);
    let admin = person(&book, "Head", Role::Administrator);
    let marta = person(&book, "Marta Ekholm", Role::AccountManager);
    let daniel = person(&book, "Daniel Osei", Role::AccountManager);
    let names = ["Aldersund Turbines", "Almere Pumps"];
    estate(&book, &marta, names, ["Astrid Vollan", "Anton Reuter", "Agnes Kovac"], "Seals wear.");
    let served = Served::start(&house);
    let pages = ["/", "/?months=12&region=north&kind=thematic", "/reports/monthly?period=2026-11&tier=key"];
    let look = |who: &User| {
        pages.map(|page| {
            let reply = served.client.get(page, &say(who));
            assert_eq!(reply.status, 200, "{page}: {}", reply.body);
            reply.body
        })
    };
    let (own, all) = (look(&marta), look(&admin));
    let names = ["Brandtwerk Rail", "Borealis Gearing"];
    estate(&book, &daniel, names, ["Bruno Castellan", "Birgit Nyhus", "Benedikta Lau"], "Cranes stand still.");
    let (later, all_later) = (look(&marta), look(&admin));
    for ((page, before), after) in pages.iter().zip(own).zip(later) {
        assert!(before == after, "{page} changes with accounts of others");
    }
    for ((page, before), after) in pages.iter().zip(all).zip(all_later) {
        assert!(before != after, "{page} does not change with what it tells of");
    }
}
