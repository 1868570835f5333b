//! The store: the only room that names a database engine.
//!
//! One typed body serves both engines. [`Db`] hands out connections; a unit of work is a closure over
//! a [`Conn`], and a file for each noun holds the queries. Rows stay private: what comes out are types
//! of the domain or the plain structs that a file declares.
//!
//! ```
//! use bellwether::store::Db;
//! let dir = tempfile::tempdir().unwrap();
//! let db = Db::open(&format!("sqlite://{}/house.db", dir.path().display()), 2).unwrap();
//! db.migrate().unwrap();
//! let tiers = db.read(|conn| bellwether::store::accounts::count(conn)).unwrap();
//! assert_eq!(tiers, 0);
//! ```

pub mod accounts;
pub mod anonymous;
pub mod audit;
pub mod cases;
pub mod contacts;
pub mod figures;
pub mod holds;
pub mod invitations;
pub mod jobs;
pub mod letters;
pub mod mails;
pub mod orders;
pub mod reports;
pub mod responses;
pub mod sent_forms;
pub mod suppressions;
pub mod surveys;
pub mod tallies;
pub mod users;
pub mod visits;
pub mod warnings;
pub mod waves;

mod checkpoint;
mod conn;
mod db;
mod file;
mod group;
mod kept;
mod reach;
mod schema;
mod types;

pub use conn::Conn;
pub use db::{Db, PoolUse, ServeGuard};

use crate::error::{Code, Error};
use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// How many values one statement may bind; both engines take more, by different numbers.
const MOST_BINDS: usize = 30_000;

/// Cuts a batch so that no statement binds more than both engines take.
fn batches<T>(rows: &[T], columns: usize) -> impl Iterator<Item = &[T]> {
    rows.chunks((MOST_BINDS / columns.max(1)).max(1))
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match &error {
            Diesel::NotFound => Error::new(Code::NotFound),
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                let what = info.constraint_name().or(info.column_name()).unwrap_or_default().to_owned();
                Error::new(Code::ChangedMeanwhile).with("what", what).because(error)
            }
            Diesel::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::SerializationFailure,
                _,
            ) => Error::new(Code::DatabaseUnavailable).because(error),
            Diesel::DatabaseError(_, info) if is_trouble(info.message()) => {
                Error::new(Code::DatabaseUnavailable).because(error)
            }
            _ => Error::internal(error),
        }
    }
}

/// Messages with which the engines say that they cannot work now, rather than that we asked wrongly.
fn is_trouble(message: &str) -> bool {
    [
        "database is locked",
        "database table is locked",
        "disk I/O error",
        "database or disk is full",
        "unable to open database file",
        "attempt to write a readonly database",
        "lock timeout",
        "server closed the connection",
        "terminating connection",
        "the database system is",
        "no connection to the server",
        "deadlock detected",
    ]
    .iter()
    .any(|known| message.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::connection::SimpleConnection;
    use diesel::{Connection, SqliteConnection};

    fn refused(conn: &mut SqliteConnection, statement: &str) -> Error {
        conn.batch_execute(statement).unwrap_err().into()
    }

    /// A test cannot take away the rights of the one who runs everything, nor fill the disk: SQLite is
    /// brought to say the same by other means.
    #[test]
    fn a_file_that_cannot_be_written_or_has_no_room_is_a_database_that_cannot_work_now() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("a.db").display().to_string();
        let mut conn = SqliteConnection::establish(&path).unwrap();
        conn.batch_execute("CREATE TABLE things (text TEXT); PRAGMA max_page_count = 2").unwrap();
        let full = refused(&mut conn, "INSERT INTO things VALUES (hex(randomblob(100000)))");
        assert_eq!(full.code(), Code::DatabaseUnavailable, "{full:?}");
        let mut conn = SqliteConnection::establish(&format!("file:{path}?mode=ro")).unwrap();
        let readonly = refused(&mut conn, "INSERT INTO things VALUES ('a')");
        assert_eq!(readonly.code(), Code::DatabaseUnavailable, "{readonly:?}");
        let wrong = refused(&mut conn, "INSERT INTO nothing VALUES ('a')");
        assert_eq!(wrong.code(), Code::Internal, "what was asked wrongly is our own fault");
    }
}
