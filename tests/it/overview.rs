//! The overview tells everybody of their own accounts alone, in each of its figures: what a manager reads there
//! is what the quality manager reads who asks for that manager's accounts.

use crate::permissions::{say, scene};
use crate::support::TestDb;
use crate::support::account_book::Book;
use crate::support::served::{Client, Served};
use bellwether::app::{surveys, waves};
use bellwether::domain::permission::Reach;
use bellwether::domain::survey::SurveyKind;
use bellwether::domain::wave::Audience;
use bellwether::jobs::send::drain;
use bellwether::store::accounts::Filter;
use bellwether::store::figures::wave_starts;
use bellwether::store::users::User;
use chrono::Duration;

on_both_backends! { a_managers_overview_is_the_quality_managers_of_the_same_accounts }

/// All that a page says below its form, and when it was made of how many responses.
fn figures(client: Client, path: &str, who: &User) -> String {
    let reply = client.get(path, &say(who));
    assert_eq!(reply.status, 200, "{path}: {}", reply.body);
    let between = |from: &str, to: &str| {
        let rest = reply.body.split_once(from).unwrap_or_else(|| panic!("{path} has {from}")).1;
        rest.split_once(to).unwrap_or_else(|| panic!("{path} has {to}")).0.to_owned()
    };
    format!("{}\n{}", between("<span class=\"tiny quiet\">", "</span>"), between("<p class=\"lede\">", "</main>"))
}

/// The numbers that stand behind a mark of the page.
fn numbers(page: &str, mark: &str) -> Vec<i64> {
    let behind = page.split(mark).skip(1);
    behind
        .map(|text| {
            let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap_or_else(|_| panic!("a number behind {mark}: {text:.80}"))
        })
        .collect()
}

fn a_managers_overview_is_the_quality_managers_of_the_same_accounts(db: &TestDb) {
    let scene = scene(db);
    let (marta, daniel) = (&scene.ours.manager, &scene.theirs.manager);
    // One has an account more, of another tier, with a wave that asked nobody else.
    let book = Book::reopen(&scene.house, db);
    let account = book.account("Bergvik Lifts", "strategic", Some(daniel.id));
    book.contact(account.id, "Bodil Aas");
    let version = surveys::named(&scene.house, "relationship@1").unwrap().version.id;
    let last_day = scene.house.today() + Duration::days(20);
    let audience = Audience { tiers: ["strategic".to_owned()].into(), ..Audience::default() };
    let new = waves::NewWave { name: "Strategic".into(), version, audience, last_day };
    let wave = waves::create(&scene.house, &scene.house.service(), new).unwrap().id;
    waves::start(&scene.house, &scene.house.service(), wave, None).unwrap();
    assert!(waves::plan(&scene.house, wave).unwrap());
    drain(&scene.house).unwrap();

    let served = Served::start(&scene.house);
    let quality = &scene.people["quality"];
    for question in ["", "&months=1", "&months=12&focus=2", "&kind=thematic", "&region=north", "&line=bearings"] {
        let mut own = Vec::new();
        for manager in [marta, daniel] {
            let theirs = figures(served.client, &format!("/?x={question}"), manager);
            let asked = figures(served.client, &format!("/?manager={}{question}", manager.id), quality);
            if theirs != asked {
                let differ = theirs.lines().zip(asked.lines()).find(|(a, b)| a != b);
                panic!("{question} of {}: {differ:?}", manager.name);
            }
            own.push(theirs);
        }
        assert!(own[0] != own[1], "{question}: the two have different accounts");
        let all = figures(served.client, &format!("/?x={question}"), quality);
        assert!(all != own[0] && all != own[1], "{question}");
        if !question.is_empty() {
            continue;
        }
        // The two have all accounts between them: what is counted adds up.
        for mark in ["<span class=\"value num\">", "<span class=\"end quiet\">"] {
            let (ours, theirs, both) = (numbers(&own[0], mark), numbers(&own[1], mark), numbers(&all, mark));
            let sums: Vec<i64> = ours.iter().zip(&theirs).map(|(a, b)| a + b).collect();
            assert_eq!(sums, both, "{mark}: {ours:?} and {theirs:?}");
            assert!(ours.iter().sum::<i64>() > 0 && theirs.iter().sum::<i64>() > 0, "{mark}: {ours:?} {theirs:?}");
        }
        assert_eq!(own[0].matches("<blockquote").count(), 4, "own words");
    }

    // A course is marked by the waves that asked somebody of the accounts it is of.
    let (from, to) = (scene.house.now() - Duration::days(1), scene.house.now() + Duration::days(1));
    let starts = |reach: &Reach, of: &Filter| {
        scene.house.db.read(|c| wave_starts(c, SurveyKind::Relationship, reach, of, from, to)).unwrap().len()
    };
    let of = |who: &User| Filter { manager: Some(who.id), ..Filter::default() };
    assert_eq!(starts(&Reach::All, &Filter::default()), 2);
    assert_eq!((starts(&Reach::Own(marta.id), &Filter::default()), starts(&Reach::All, &of(marta))), (1, 1));
    assert_eq!((starts(&Reach::Own(daniel.id), &Filter::default()), starts(&Reach::All, &of(daniel))), (2, 2));
}
