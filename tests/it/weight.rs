//! What the survey's page weighs, with all that it refers to: it is opened on the road.

use crate::responses::{path, scene};
use crate::support::TestDb;
use crate::support::served::{Client, Served};
use bellwether::domain::survey::library;
use bellwether::domain::token::Purpose;
use std::collections::BTreeSet;

/// Unpacked, all together.
const MOST_BYTES: usize = 70_000;
/// The same on its way, as gzip.
const MOST_SENT: usize = 24_000;
/// The page, its style and two scripts; a survey that branches has a script more.
const MOST_REQUESTS: usize = 4;
/// So much a server sends before it waits for the first acknowledgement: ten segments (RFC 6928), less the
/// heads of the answers.
const FIRST_FLIGHT: usize = 14_000;

/// The values of an attribute of some tag, or what a style sheet names.
fn between<'a>(text: &'a str, before: &str, after: char) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(after).next()).collect()
}

/// All that a browser loads for a page: itself first.
fn loads(client: Client, page: &str) -> Vec<String> {
    let body = client.get(page, &[]).body;
    let mut all = vec![page.to_owned()];
    let mut seen = BTreeSet::new();
    for tag in body.split('<').filter(|tag| ["link ", "script ", "img "].iter().any(|name| tag.starts_with(name))) {
        let tag = tag.split('>').next().unwrap_or_default();
        for name in [" href=\"", " src=\""] {
            let named = between(tag, name, '"').into_iter().filter(|p| !p.starts_with("data:"));
            all.extend(named.filter(|p| seen.insert(*p)).map(ToOwned::to_owned));
        }
    }
    for style in all.clone().iter().filter(|p| p.ends_with(".css")) {
        let css = client.get(style, &[]).body;
        all.extend(between(&css, "url(", ')').into_iter().map(ToOwned::to_owned));
        assert!(!css.contains("@import"), "{style}");
    }
    all
}

fn weigh(client: Client, paths: &[String], headers: &[String]) -> usize {
    paths
        .iter()
        .map(|path| {
            let reply = client.get(path, headers);
            assert_eq!(reply.status, 200, "{path}");
            assert_eq!(reply.head.contains("content-encoding: gzip"), !headers.is_empty(), "{path}: {}", reply.head);
            reply.bytes
        })
        .sum()
}

#[test]
fn the_page_of_every_shipped_survey_is_light() {
    for definition in library().unwrap() {
        let db = TestDb::sqlite();
        let scene = scene(&db, 1, &definition.key);
        let served = Served::start(&scene.app);
        for language in &definition.languages {
            let page = format!("{}?lang={language}", path(&scene, 0, Purpose::Answer));
            let paths = loads(served.client, &page);
            let packed = ["Accept-Encoding: gzip".to_owned()];
            let all = weigh(served.client, &paths, &[]);
            let all_packed = weigh(served.client, &paths, &packed);
            // What stands in the way of the first screen: the page, its style, and the script of one line.
            let first: Vec<String> = paths
                .iter()
                .filter(|path| path.starts_with("/r/") || path.ends_with(".css") || path.contains("/first."))
                .cloned()
                .collect();
            assert_eq!(first.len(), 3, "{paths:?}");
            let first = weigh(served.client, &first, &packed);
            let name = &definition.key;
            eprintln!("| `{name}` | {language} | {} | {all} | {all_packed} | {first} |", paths.len());
            let most = MOST_REQUESTS + usize::from(definition.branches() || definition.pipes());
            assert!(paths.len() <= most, "{name} in {language}: {paths:?}");
            assert!(all < MOST_BYTES, "{name} in {language}: {all} bytes");
            assert!(all_packed < MOST_SENT, "{name} in {language}: {all_packed} bytes on their way");
            assert!(first <= FIRST_FLIGHT, "{name} in {language}: {first} bytes before the first screen");
            assert!(paths.iter().all(|p| p.starts_with('/')), "nothing comes from elsewhere: {paths:?}");
            let body = served.client.get(&page, &[]).body;
            let scripts: Vec<&str> = between(&body, "<script ", '>');
            assert!(scripts.iter().all(|tag| tag.starts_with("defer ") || tag.contains("/first.")), "{scripts:?}");
            let styles: String =
                paths.iter().filter(|path| path.ends_with(".css")).map(|p| served.client.get(p, &[]).body).collect();
            assert!(!styles.contains("@font-face"), "no font is loaded");
        }
    }
}
