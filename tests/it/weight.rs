//! What the survey's page weighs, with all that it refers to: it is opened on the road.

use crate::responses::{path, scene};
use crate::support::TestDb;
use crate::support::served::{Client, Served};
use bellwether::domain::survey::library;
use bellwether::domain::token::Purpose;
use std::collections::BTreeSet;

/// Uncompressed, all together.
const MOST_BYTES: usize = 60_000;
const MOST_REQUESTS: usize = 4;

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
            all.extend(between(tag, name, '"').into_iter().filter(|p| seen.insert(*p)).map(ToOwned::to_owned));
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
            let plain = weigh(served.client, &paths, &[]);
            let packed = weigh(served.client, &paths, &["Accept-Encoding: gzip".to_owned()]);
            let alone = weigh(served.client, &paths[..1], &[]);
            eprintln!(
                "{} {language}: {} requests, {plain} bytes, {packed} with gzip; the page alone {alone}",
                definition.key,
                paths.len()
            );
            assert!(paths.len() <= MOST_REQUESTS, "{} in {language}: {paths:?}", definition.key);
            assert!(plain < MOST_BYTES, "{} in {language}: {plain} bytes", definition.key);
            assert!(paths.iter().all(|p| p.starts_with('/')), "nothing comes from elsewhere: {paths:?}");
        }
    }
}
