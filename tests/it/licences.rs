//! Every crate that is built in comes under a licence that `deny.toml` allows, whether or not cargo-deny is here.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const HOUSE: &str = env!("CARGO_MANIFEST_DIR");

fn output(program: &str, args: &[&str]) -> String {
    let done = Command::new(program).args(args).current_dir(HOUSE).output().expect(program);
    assert!(done.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// Is there a way to keep to an expression (SPDX, or the older form with a slash) by allowed licences alone?
fn fits(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ").replace(" WITH ", "~WITH~");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (fits, rest) = any(&words, allowed);
    assert!(rest.is_empty(), "{expression}: cannot be read");
    fits
}

fn any<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut fits, mut rest) = all(words, allowed);
    while let ["OR", more @ ..] = rest {
        let (one, left) = all(more, allowed);
        (fits, rest) = (fits || one, left);
    }
    (fits, rest)
}

fn all<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    let (mut fits, mut rest) = one(words, allowed);
    while let ["AND", more @ ..] = rest {
        let (next, left) = one(more, allowed);
        (fits, rest) = (fits && next, left);
    }
    (fits, rest)
}

fn one<'a>(words: &'a [&'a str], allowed: &BTreeSet<String>) -> (bool, &'a [&'a str]) {
    match words {
        ["(", inner @ ..] => match any(inner, allowed) {
            (fits, [")", rest @ ..]) => (fits, rest),
            (_, rest) => panic!("a bracket stays open before {rest:?}"),
        },
        [name, rest @ ..] => (allowed.contains(&name.replace('~', " ")), rest),
        [] => panic!("a licence is missing"),
    }
}

#[test]
fn an_expression_is_read_as_it_is_meant() {
    let allowed: BTreeSet<String> = ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].map(Into::into).into();
    for good in
        ["MIT", "GPL-3.0 OR MIT", "MIT/Apache-2.0", "ISC AND (MIT OR GPL-2.0)", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(fits(good, &allowed), "{good}");
    }
    for bad in ["GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "(MIT OR ISC) AND AGPL-3.0-only"] {
        assert!(!fits(bad, &allowed), "{bad}");
    }
}

#[test]
fn every_crate_comes_under_a_licence_that_is_allowed() {
    let deny: toml::Table = std::fs::read_to_string(format!("{HOUSE}/deny.toml")).unwrap().parse().unwrap();
    let names = |value: &toml::Value| -> BTreeSet<String> {
        value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let allowed = names(&deny["licenses"]["allow"]);
    assert!(!allowed.iter().any(|name| name.contains("GPL")), "{allowed:?}");
    let exceptions: BTreeMap<String, BTreeSet<String>> = deny["licenses"]["exceptions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["crate"].as_str().unwrap().to_owned(), names(&one["allow"])))
        .collect();
    let versions = output("rustc", &["-vV"]);
    let host = versions.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // The crates that this very test was built with are here: nothing has to be fetched.
    let args = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&output(env!("CARGO"), &args)).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 200, "{}", packages.len());
    let wrong: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let name = package["name"].as_str().unwrap();
            let licence = package["license"].as_str().unwrap_or("(none)");
            let excepted = exceptions.get(name).is_some_and(|more| fits(licence, more));
            // MIT/X11 is one licence with two names.
            let good = licence == "MIT/X11" || licence != "(none)" && fits(licence, &allowed);
            (!good && !excepted).then(|| format!("{name}: {licence}"))
        })
        .collect();
    assert!(wrong.is_empty(), "not on the list of deny.toml: {wrong:#?}");
}
