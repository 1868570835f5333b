//! The monthly report: what it says, to whom, and that it stands for itself.

use crate::figures::{add, supplied};
use crate::support::{TestDb, house};
use bellwether::app::App;
use bellwether::app::reports::{self, Request};
use bellwether::domain::day::Month;
use bellwether::domain::language::Language;
use bellwether::domain::measure::Measure;
use bellwether::domain::permission::Role;
use bellwether::error::Code;
use bellwether::jobs;
use bellwether::store::users;
use chrono::{DateTime, Utc};

on_both_backends! {
    a_report_stands_for_itself, the_job_keeps_last_months_reports_once, a_manager_reads_of_their_own,
    a_house_without_responses_has_a_report
}

fn request(tier: Option<&str>, language: Language) -> Request {
    Request { tier: tier.map(ToOwned::to_owned), month: Month::parse("2026-10").unwrap(), language }
}

/// Makes a report; where a directory is named, it is laid there to be looked at.
fn made(app: &App, tier: Option<&str>, language: Language) -> String {
    let wanted = request(tier, language);
    let page = reports::monthly(app, &app.service(), &wanted).unwrap();
    if let Some(dir) = std::env::var_os("BELLWETHER_REPORTS") {
        std::fs::write(std::path::Path::new(&dir).join(wanted.file_name()), &page).unwrap();
    }
    page
}

fn a_report_stands_for_itself(db: &TestDb) {
    let app = house(db);
    supplied(&app);
    let english = made(&app, None, Language::english());
    let chinese = made(&app, None, Language::chinese());
    let key = made(&app, Some("key"), Language::chinese());
    for page in [&english, &chinese, &key] {
        for foreign in ["<script", "<link", "<img", "<a ", "@import", "url(", "src="] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        assert_eq!(page.matches("<article").count(), 1);
    }
    assert!(english.contains("<h1>Oct 2026</h1>") || english.contains("<h1>October 2026</h1>"));
    for tier in ["Strategic", "Key", "General", "Potential"] {
        assert!(english.contains(tier), "{tier}");
    }
    assert_eq!(english.matches("class=\"tier-tag").count(), 4);
    assert_eq!(key.matches("class=\"tier-tag").count(), 1, "one tier alone");
    assert!(chinese.contains("各级客户指数") && chinese.contains("lang=\"zh-CN\""));
    assert!(!chinese.contains("Indices by tier"));
    // The same figures stand on the report as on the overview.
    let slice = bellwether::app::figures::Slice::ending(Month::parse("2026-10").unwrap(), 6);
    let overview = bellwether::app::figures::overview(&app, &app.service(), &slice, None).unwrap();
    let reader = app.reader(&app.service());
    for tier in &overview.tiers {
        for measure in [Measure::Recommend, Measure::SatisfactionIndex] {
            let cell = bellwether::app::figures::view::cell(&reader, tier.of(&measure).unwrap(), "");
            assert!(english.contains(&cell.value) && english.contains(&cell.interval), "{cell:?}");
            assert!(english.contains(&cell.change), "{cell:?}");
        }
    }
}

fn the_job_keeps_last_months_reports_once(db: &TestDb) {
    let app = house(db);
    supplied(&app);
    let slot: DateTime<Utc> = "2026-11-01T06:00:00Z".parse().unwrap();
    jobs::report::run(&app, slot).unwrap();
    let first = reports::kept(&app, &app.service()).unwrap();
    assert_eq!(first.len(), 5 * app.catalogue.languages().len(), "all tiers together and each, in every language");
    assert!(first.iter().all(|k| k.key.month == Month::parse("2026-10").unwrap()));
    jobs::report::run(&app, slot).unwrap();
    assert_eq!(reports::kept(&app, &app.service()).unwrap(), first);
    let wanted = request(Some("key"), Language::english());
    let page = reports::kept_page(&app, &app.service(), &wanted).unwrap();
    assert_eq!(page, reports::monthly(&app, &app.service(), &wanted).unwrap());
    let never = Request { month: Month::parse("2026-09").unwrap(), ..wanted };
    assert_eq!(reports::kept_page(&app, &app.service(), &never).unwrap_err().code(), Code::NotFound);
}

fn a_manager_reads_of_their_own(db: &TestDb) {
    let app = house(db);
    supplied(&app);
    jobs::report::run(&app, "2026-11-01T06:00:00Z".parse().unwrap()).unwrap();
    let new = add(&app, "New Manager", Role::AccountManager, None);
    let new = app.db.read(|conn| users::find(conn, new)).unwrap().actor();
    let page = reports::monthly(&app, &new, &request(None, Language::english())).unwrap();
    assert!(page.contains("No responses in this period."), "nothing is theirs yet");
    assert!(reports::kept(&app, &new).unwrap().is_empty());
    let kept = reports::kept_page(&app, &new, &request(None, Language::english()));
    assert_eq!(kept.unwrap_err().code(), Code::NotFound, "a kept report tells of all customers");
}

fn a_house_without_responses_has_a_report(db: &TestDb) {
    let app = house(db);
    let page = made(&app, None, Language::english());
    assert!(page.contains("No responses in this period."));
    let read = |tier, period, lang| Request::read(&app, &app.service(), tier, period, lang);
    let usual = read(None, None, None).unwrap();
    assert_eq!((usual.month.to_string(), usual.tier), ("2026-10".into(), None));
    for (tier, period, lang, field) in [
        (Some("golden"), None, None, "tier"),
        (None, Some("2026-13"), None, "period"),
        (None, Some("2026-12"), None, "period"),
        (None, None, Some("tlh"), "lang"),
    ] {
        let error = read(tier, period, lang).unwrap_err();
        assert_eq!(error.faults()[0].place.to_string(), field);
    }
}
