//! Does the harness do what the other tests believe it does?

use crate::support::{Backend, TestDb, reference};
use bellwether::config::{DatabaseUrl, Engine};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

on_both_backends! { a_database_is_empty_and_ones_own, its_url_is_one_that_the_settings_take }

fn execute(db: &TestDb, statement: &str) -> bool {
    match db.backend() {
        Backend::Sqlite => {
            let path = db.url().strip_prefix("sqlite://").unwrap();
            SqliteConnection::establish(path).unwrap().batch_execute(statement).is_ok()
        }
        Backend::Postgres => PgConnection::establish(db.url()).unwrap().batch_execute(statement).is_ok(),
    }
}

fn a_database_is_empty_and_ones_own(db: &TestDb) {
    let other = TestDb::new(db.backend());
    assert!(execute(db, "CREATE TABLE things (n INTEGER)"));
    assert!(execute(db, "INSERT INTO things VALUES (1)"));
    assert!(!execute(&other, "INSERT INTO things VALUES (1)"), "the table of one is not in the other");
}

fn its_url_is_one_that_the_settings_take(db: &TestDb) {
    let engine = match db.backend() {
        Backend::Sqlite => Engine::Sqlite,
        Backend::Postgres => Engine::Postgres,
    };
    assert_eq!(DatabaseUrl::parse(db.url()).unwrap().engine(), engine);
}

#[test]
fn a_database_is_gone_with_its_test() {
    let sqlite = TestDb::sqlite();
    let path = std::path::PathBuf::from(sqlite.url().strip_prefix("sqlite://").unwrap());
    assert!(execute(&sqlite, "CREATE TABLE things (n INTEGER)") && path.exists());
    drop(sqlite);
    assert!(!path.exists());

    let postgres = TestDb::postgres();
    let url = postgres.url().to_owned();
    // One that is still connected does not keep the database alive.
    let _connected = PgConnection::establish(&url).unwrap();
    drop(postgres);
    assert!(PgConnection::establish(&url).is_err());
}

#[test]
fn reference_figures_are_found_or_counted_as_not_run() {
    match reference::file("the list of figures", "README.md") {
        Some(list) => assert!(std::fs::read_to_string(list).unwrap().contains("tolerance")),
        None => assert!(reference::dir().is_none()),
    }
}
