//! Forms that are refused: each comes back on its own page, filled in with what was typed, and says at
//! the field what is wrong. A form that this file does not know fails the test: whoever adds one has to
//! say here how it is refused.

use crate::permissions::{Scene, allowed, fields, key_of, post, scene, wave};
use crate::support::TestDb;
use crate::support::served::{Client, Reply, Served};
use bellwether::domain::language::Language;
use bellwether::store::users::{self, User};
use bellwether::web::routes::{Access, table};

on_both_backends! {
    every_refused_form_comes_back_filled_in,
    who_was_slower_sees_what_stands_now,
    no_refused_form_gives_back_a_secret_or_a_tag,
}

/// How a form is refused.
struct Refusal {
    path: String,
    form: Vec<(&'static str, String)>,
    status: u16,
    /// The field at which the message stands; none where it concerns the whole.
    at: Option<&'static str>,
    /// What must be there again, as the page writes it.
    again: Vec<String>,
}

fn refusal(named: &str, scene: &Scene, draft: &str) -> Refusal {
    let of = &scene.theirs;
    let id = |name: &str| of.ids[name].as_str();
    let well = of.accounts[0].id.to_string();
    let path = named.strip_prefix("POST ").unwrap();
    let path = if path.starts_with("/warnings") { path.replace("{id}", id("warning")) } else { path.to_owned() };
    let path = if path.starts_with("/accounts") { path.replace("{id}", id("account")) } else { path };
    let path = if path.starts_with("/subjects") { path.replace("{id}", id("site")) } else { path };
    let path = if path.starts_with("/open-links") { path.replace("{id}", id("link")) } else { path };
    let path = path.replace("{id}", draft).replace("{account}", id("account")).replace("{case}", id("case"));
    let path = path.replace("{contact}", id("contact")).replace("{response}", id("response"));
    // A step has two holes of this name: that of a plan, and the word of a wave.
    let path =
        if path.starts_with("/waves") { path.replace("{step}", "pause") } else { path.replace("{step}", id("step")) };
    let long = "Far too long. ".repeat(600);
    let (version, number) = (id("version"), of.accounts[1].number.as_str());
    type How<'a> = (u16, Option<&'static str>, &'a [&'a str], Vec<(&'static str, &'a str)>);
    let (status, at, again, form): How<'_> = match named {
        "POST /me" => (
            422,
            Some("zone"),
            &["value=\"Mars/Olympus\"", "<option value=\"zh-CN\" selected>"],
            vec![("language", "zh-CN"), ("zone", "Mars/Olympus")],
        ),
        "POST /users" => (
            422,
            Some("email"),
            &["value=\"nobody at home\"", "value=\"Nora Vik\"", "<option value=\"auditor\" selected>"],
            vec![
                ("role", "auditor"),
                ("email", "nobody at home"),
                ("name", "Nora Vik"),
                ("password", "long enough for all"),
            ],
        ),
        "POST /accounts/new" => (
            422,
            Some("number"),
            &["value=\"Ruud &amp; Zonen\"", "value=\"Delft\""],
            vec![("name", "Ruud & Zonen"), ("number", ""), ("kind", "customer"), ("tier", "key"), ("region", "Delft")],
        ),
        "POST /accounts/{id}/edit" => (
            422,
            Some("name"),
            &["value=\"Delft\"", "<option value=\"potential\" selected>"],
            vec![
                ("name", ""),
                ("number", "1"),
                ("kind", "customer"),
                ("tier", "potential"),
                ("region", "Delft"),
                ("revision", "1"),
            ],
        ),
        "POST /accounts/{id}/contacts" | "POST /accounts/{id}/contacts/{contact}" => (
            422,
            Some("email"),
            &[
                "value=\"nobody at home\"",
                "value=\"Nora Vik\"",
                "value=\"Head of purchase\"",
                "name=\"consent\" value=\"1\" checked",
            ],
            vec![
                ("email", "nobody at home"),
                ("name", "Nora Vik"),
                ("language", "en"),
                ("role", "Head of purchase"),
                ("consent", "1"),
                ("revision", "1"),
            ],
        ),
        "POST /accounts/{id}/responses/{response}/exclude" => {
            (422, Some("why"), &["Far too long. Far too long."], vec![("why", &long)])
        }
        "POST /accounts/{id}/responses/{response}/reply" => {
            (422, Some("reply"), &["Far too long. Far too long."], vec![("reply", &long)])
        }
        "POST /follow-ups/{account}/{response}/close" => (
            422,
            Some("note"),
            &["Far too long. Far too long.", "name=\"told\" value=\"1\" checked"],
            vec![("note", &long), ("told", "1")],
        ),
        "POST /follow-ups/{account}/{response}/owner" => (422, Some("owner"), &[], vec![("owner", "nobody")]),
        "POST /accounts/{id}/responses/{response}/restore" => (409, None, &[], vec![]),
        "POST /doubts/{account}/{response}/exclude" => (
            422,
            Some("why"),
            &["Far too long. Far too long.", "name=\"flag\" value=\"no_sign\""],
            vec![("why", &long), ("flag", "no_sign")],
        ),
        "POST /doubts/{account}/{response}/restore" => (409, None, &[], vec![]),
        "POST /cases" => (
            422,
            Some("bound_until"),
            &[">\nThey asked for it</textarea>", "<option value=\"delivery\" selected>"],
            vec![
                ("account", &well),
                ("purpose", "win_back"),
                ("cause", "delivery"),
                ("reason", "They asked for it"),
                ("bound_until", "soon"),
            ],
        ),
        "POST /subjects/new" => (
            422,
            Some("number"),
            &["value=\"Yard &amp; Quay\"", "<option value=\"team\" selected>"],
            vec![("name", "Yard & Quay"), ("number", ""), ("kind", "team")],
        ),
        "POST /subjects/{id}/edit" => {
            (422, Some("name"), &["value=\"Delft\""], vec![("name", " "), ("region", "Delft"), ("revision", "1")])
        }
        // A site takes part in no training, so that its page has no form for one.
        "POST /subjects/{id}/trainings" => (409, None, &[], vec![("name", "Listening"), ("day", "2026-11-01")]),
        "POST /imports" => (
            422,
            Some("agency"),
            &["<option value=\"paper\" selected>", ">\naccount,day\n1,2026-11-01</textarea>"],
            vec![
                ("kind", "responses"),
                ("survey", "short@1"),
                ("channel", "paper"),
                ("csv", "account,day\n1,2026-11-01"),
            ],
        ),
        "POST /waves" => (
            422,
            Some("closes"),
            &["value=\"Winter\"", "value=\"2020-01-01\"", "name=\"tier\" value=\"key\" checked"],
            vec![("survey", version), ("name", "Winter"), ("closes", "2020-01-01"), ("tier", "key")],
        ),
        "POST /waves/{id}/start" => (
            422,
            Some("at"),
            &["value=\"2030-01-01T09:00\"", "value=\"later\" checked"],
            vec![("when", "later"), ("at", "2030-01-01T09:00")],
        ),
        // Whom the wave does not ask has no form on its page: what is wrong is told on top.
        "POST /waves/{id}/holds/{account}/{contact}" => (422, None, &[], vec![("reason", " ")]),
        "POST /waves/{id}/{step}" => (409, None, &[], vec![]),
        "POST /warnings/{account}/{id}/step" => (
            422,
            Some("note"),
            &["Far too long. Far too long."],
            vec![("to", "acknowledged"), ("note", &long), ("revision", "1")],
        ),
        "POST /warnings/{account}/{id}/owner" => {
            (422, Some("owner"), &[], vec![("owner", "nobody"), ("revision", "1")])
        }
        "POST /open-links/new" => (
            422,
            Some("source"),
            &["value=\"Counter 7\"", "value=\"account\" checked", "value=\"250\""],
            vec![
                ("name", "Counter 7"),
                ("source", " "),
                ("survey", version),
                ("whose", "account"),
                ("account", number),
                ("most", "250"),
            ],
        ),
        "POST /open-links/{id}/edit" => (
            422,
            Some("closes"),
            &["value=\"2026-12-24\"", "value=\"2026-12-01\"", "value=\"counter 7\""],
            vec![
                ("name", "Counter 7"),
                ("source", "counter 7"),
                ("survey", version),
                ("opens", "2026-12-24"),
                ("closes", "2026-12-01"),
                ("revision", "1"),
            ],
        ),
        "POST /open-links/{id}/close" => (409, None, &[], vec![("revision", "999")]),
        "POST /open-links/{id}/reopen" => (409, None, &[], vec![("revision", "1")]),
        case => match case.split("{case}").nth(1).unwrap_or_else(|| panic!("{named}: say here how it is refused")) {
            "/cause" => (
                422,
                Some("cause"),
                &[">\nThey said so</textarea>"],
                vec![("cause", "moon"), ("note", "They said so"), ("revision", "1")],
            ),
            "/figures" => (
                422,
                Some("probability"),
                &["value=\"2\"", "value=\"1000\"", ">\nMy guess</textarea>"],
                vec![
                    ("probability", "2"),
                    ("low", "0.1"),
                    ("high", "0.3"),
                    ("value", "1000"),
                    ("reason", "My guess"),
                    ("revision", "1"),
                ],
            ),
            "/ask" | "/steps/{step}/done" => (409, None, &[], vec![("revision", "999")]),
            "/steps" => (
                422,
                Some("due"),
                &["value=\"Call them\"", "value=\"2020-01-01\""],
                vec![("title", "Call them"), ("due", "2020-01-01"), ("revision", "1")],
            ),
            "/steps/{step}/move" => {
                (422, Some("due"), &["value=\"2020-01-01\""], vec![("due", "2020-01-01"), ("revision", "1")])
            }
            "/contacts" => (
                422,
                Some("note"),
                &["value=\"Ten per cent\"", "<option value=\"telephone\" selected>"],
                vec![("channel", "telephone"), ("note", " "), ("offer", "Ten per cent"), ("revision", "1")],
            ),
            "/owner" => (422, Some("owner"), &[], vec![("owner", "nobody"), ("revision", "1")]),
            "/end" => (
                422,
                Some("until"),
                &["value=\"2020-01-01\"", "value=\"deferred\" required checked", ">\nAfter the fair</textarea>"],
                vec![("outcome", "deferred"), ("until", "2020-01-01"), ("reason", "After the fair"), ("revision", "1")],
            ),
            // What is not deferred cannot be reopened, and there is no form for it: what was written is told.
            "/reopen" => (
                409,
                None,
                &["<blockquote class=\"wrap\">They called again</blockquote>"],
                vec![("reason", "They called again"), ("revision", "1")],
            ),
            _ => panic!("{named}: say here how it is refused"),
        },
    };
    assert!(!path.contains('{'), "{path}");
    Refusal { path, form: fields(&form), status, at, again: again.iter().map(|t| (*t).to_owned()).collect() }
}

/// Somebody whose role allows it, and who may see the record.
fn somebody(scene: &Scene, access: Access) -> &User {
    let people = [&scene.theirs.manager, &scene.people["quality"], &scene.people["administrator"]];
    people.into_iter().find(|who| allowed(access, &who.actor())).expect("somebody may")
}

fn send(client: Client, who: &User, refusal: &Refusal) -> Reply {
    post(client, &refusal.path, who, Some(&key_of(who)), &refusal.form)
}

fn every_refused_form_comes_back_filled_in(db: &TestDb) {
    let scene = scene(db);
    let draft = wave(&scene.house, "Spring", false).to_string();
    let served = Served::start(&scene.house);
    let mut tried = 0;
    for route in table() {
        let named = format!("{} {}", route.method, route.path);
        let of_the_console = matches!(route.access, Access::Signed(_));
        // Leaving is never refused, nor is letting go of whom nobody holds.
        // A survey that is entered at the desk tells what is wrong at its questions, as its page does for customers:
        // `tests/it/programme.rs` refuses those.
        let at_desk = named.ends_with("/enter/form") || named.ends_with("/check");
        let granted = named == "POST /sign-out" || named.ends_with("/release") || at_desk;
        if route.method != "POST" || !of_the_console || granted {
            continue;
        }
        let refusal = refusal(&named, &scene, &draft);
        let who = somebody(&scene, route.access);
        let reply = send(served.client, who, &refusal);
        assert_eq!(reply.status, refusal.status, "{named}: {}", reply.body);
        assert!(reply.head.contains("cache-control: no-store"), "{named}: {}", reply.head);
        assert!(reply.body.contains("<nav "), "{named}: the page itself, not that of an error");
        match refusal.at {
            Some(field) => {
                let told = format!("<span class=\"error\" id=\"wrong-{field}\">");
                assert_eq!(reply.body.matches(&told).count(), 1, "{named}: {}", reply.body);
                let tied = format!("aria-invalid=\"true\" aria-describedby=\"wrong-{field}\"");
                assert!(reply.body.contains(&tied), "{named}: {}", reply.body);
                assert_eq!(reply.body.matches(" autofocus").count(), 1, "{named}");
            }
            None => assert!(
                reply.body.contains("<div class=\"flash wrong whole\" role=\"alert\">"),
                "{named}: {}",
                reply.body
            ),
        }
        for text in &refusal.again {
            assert!(reply.body.contains(text.as_str()), "{named} lacks {text}:\n{}", reply.body);
        }
        tried += 1;
    }
    assert!(tried >= 20, "{tried}");
}

/// Somebody has changed the record while another one typed. Nothing is lost: neither what was typed nor
/// what stands now; and it is told in the language of who reads.
fn who_was_slower_sees_what_stands_now(db: &TestDb) {
    let scene = scene(db);
    let served = Served::start(&scene.house);
    let who = &scene.people["quality"];
    scene
        .house
        .db
        .write(|conn| {
            let mut user = users::find(conn, who.id)?;
            user.language = Language::parse("zh-CN")?;
            users::update(conn, &user)
        })
        .unwrap();
    let account = &scene.theirs.accounts[0];
    let path = format!("/accounts/{}/edit", account.id);
    let key = key_of(who);
    let send = |name: &str, region: &str, revision: &str| {
        let number = account.number.as_str();
        let form = fields(&[
            ("name", name),
            ("number", number),
            ("kind", "customer"),
            ("tier", "key"),
            ("region", region),
            ("active", "1"),
            ("revision", revision),
        ]);
        post(served.client, &path, who, Some(&key), &form)
    };
    assert_eq!(send("Brandtwerk Rail AG", "Nord", "1").status, 303);
    let slower = send(&account.name, "Süd", "1");
    assert_eq!(slower.status, 409, "{}", slower.body);
    assert!(slower.body.contains("他人在此期间已修改此记录"), "{}", slower.body);
    assert!(
        slower.body.contains("<span class=\"hint\" id=\"now-name\">现有内容：Brandtwerk Rail AG</span>"),
        "{}",
        slower.body
    );
    assert!(slower.body.contains("id=\"now-region\">现有内容：Nord<") && slower.body.contains("value=\"Süd\""));
    assert!(!slower.body.contains("now-tier"), "what is the same is not told");
    assert!(slower.body.contains("name=\"revision\" value=\"2\""), "it can be sent again");
    assert_eq!(send(&account.name, "Süd", "2").status, 303);
}

fn no_refused_form_gives_back_a_secret_or_a_tag(db: &TestDb) {
    let scene = scene(db);
    let served = Served::start(&scene.house);
    let who = &scene.people["administrator"];
    let form = fields(&[
        ("role", "auditor"),
        ("email", "\"><script>alert(1)</script>@"),
        ("name", "</form><b>Nora</b>"),
        ("password", "the secret of Nora"),
        ("shell", "<i>"),
        ("nowhere\"", "x"),
    ]);
    let reply = post(served.client, "/users", who, Some(&key_of(who)), &form);
    assert_eq!(reply.status, 422, "{}", reply.body);
    assert!(!reply.body.contains("the secret of Nora"));
    assert!(!reply.body.contains("<script>alert") && !reply.body.contains("<b>Nora"), "{}", reply.body);
    assert!(reply.body.contains("value=\"&lt;/form&gt;&lt;b&gt;Nora&lt;/b&gt;\""), "{}", reply.body);
    // A password that is too short is said at its field, with how long it must be.
    let form = fields(&[("role", "auditor"), ("email", "n@example.com"), ("name", "Nora"), ("password", "short")]);
    let reply = post(served.client, "/users", who, Some(&key_of(who)), &form);
    assert!(
        reply.body.contains("id=\"wrong-password\"") && reply.body.contains("at least 10 characters"),
        "{}",
        reply.body
    );
    assert!(!reply.body.contains("value=\"short\""));
}
