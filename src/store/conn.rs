//! One connection, whichever engine it is of, and the transaction on it.

use super::tallies::Folds;
use crate::error::Error;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, PooledConnection};
use diesel::sqlite::SqliteConnection;

type Held<C> = PooledConnection<ConnectionManager<C>>;

pub(super) enum Wire {
    Sqlite(Held<SqliteConnection>),
    Postgres(Held<PgConnection>),
}

/// A connection in use. Queries take `&mut Conn`; [`Conn::transaction`] makes several of them one.
pub struct Conn {
    pub(super) held: Wire,
    /// What responses of the open transaction add to the tallies, folded in just before it commits.
    pub(super) folds: Folds,
    depth: usize,
}

/// Runs one typed body on whichever engine the connection is of; it is checked once per engine.
/// Inside, `$c` is the engine's connection; a second name, where given, is its backend (for boxed queries).
macro_rules! with_conn {
    ($conn:expr, |$c:ident| $body:expr) => {
        match &mut $conn.held {
            $crate::store::conn::Wire::Sqlite($c) => {
                let $c: &mut diesel::sqlite::SqliteConnection = $c;
                $body
            }
            $crate::store::conn::Wire::Postgres($c) => {
                let $c: &mut diesel::pg::PgConnection = $c;
                $body
            }
        }
    };
    ($conn:expr, |$c:ident, $backend:ident| $body:expr) => {
        match &mut $conn.held {
            $crate::store::conn::Wire::Sqlite($c) => {
                type $backend = diesel::sqlite::Sqlite;
                let $c: &mut diesel::sqlite::SqliteConnection = $c;
                $body
            }
            $crate::store::conn::Wire::Postgres($c) => {
                type $backend = diesel::pg::Pg;
                let $c: &mut diesel::pg::PgConnection = $c;
                $body
            }
        }
    };
}
pub(super) use with_conn;

impl Conn {
    pub(super) fn new(held: Wire) -> Self {
        Self { held, folds: Folds::default(), depth: 0 }
    }

    /// One unit of work: all of it is saved, or nothing. Nested calls become savepoints, which can
    /// fail alone.
    ///
    /// On SQLite the transaction takes the write lock at once (`BEGIN IMMEDIATE`): one that reads first
    /// and writes later would fail with "database is locked" whatever the busy timeout.
    pub fn transaction<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.begin()?;
        let mark = self.folds.mark();
        self.depth += 1;
        let done = work(self).and_then(|value| {
            if self.depth == 1 {
                super::tallies::flush(self)?;
            }
            Ok(value)
        });
        self.depth -= 1;
        match done {
            Ok(value) => match self.commit() {
                Ok(()) => Ok(value),
                Err(error) => {
                    self.folds.forget_since(mark);
                    // A failed COMMIT leaves the transaction open on SQLite; the connection must not keep it.
                    let _ = self.rollback();
                    Err(error.into())
                }
            },
            Err(error) => {
                self.folds.forget_since(mark);
                match self.rollback() {
                    Ok(()) | Err(diesel::result::Error::BrokenTransactionManager) => Err(error),
                    Err(rollback) => Err(Error::from(rollback).because(error)),
                }
            }
        }
    }

    pub(super) fn in_transaction(&self) -> bool {
        self.depth > 0
    }

    /// Whether a transaction is open, and no savepoint within it.
    pub(super) fn in_outermost(&self) -> bool {
        self.depth == 1
    }

    fn begin(&mut self) -> QueryResult<()> {
        match &mut self.held {
            Wire::Sqlite(c) => {
                let c: &mut SqliteConnection = c;
                match AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE") {
                    Err(diesel::result::Error::AlreadyInTransaction) => AnsiTransactionManager::begin_transaction(c),
                    other => other,
                }
            }
            Wire::Postgres(c) => {
                let c: &mut PgConnection = c;
                AnsiTransactionManager::begin_transaction(c)
            }
        }
    }

    fn commit(&mut self) -> QueryResult<()> {
        match &mut self.held {
            Wire::Sqlite(c) => AnsiTransactionManager::commit_transaction(&mut **c as &mut SqliteConnection),
            Wire::Postgres(c) => AnsiTransactionManager::commit_transaction(&mut **c as &mut PgConnection),
        }
    }

    fn rollback(&mut self) -> QueryResult<()> {
        match &mut self.held {
            Wire::Sqlite(c) => AnsiTransactionManager::rollback_transaction(&mut **c as &mut SqliteConnection),
            Wire::Postgres(c) => AnsiTransactionManager::rollback_transaction(&mut **c as &mut PgConnection),
        }
    }
}
