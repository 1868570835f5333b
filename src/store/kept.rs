//! Statements that SQLite keeps prepared.
//!
//! diesel prepares every `UPDATE` and every upsert anew, since their text may depend on their values.
//! Where many customers answer at once, reading the same few texts again cost more than running them.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Integer;
use diesel::sqlite::Sqlite;
use std::marker::PhantomData;

/// A statement that is prepared once for a connection. `K` is its name: a type that belongs to no other
/// statement, and the text of the statement must be the same whatever its values. `S` is what it returns.
pub(super) struct Kept<K, Q, S> {
    statement: Q,
    name: PhantomData<(K, S)>,
}

impl<K, Q> Kept<K, Q, Integer> {
    /// One that returns nothing; the type is that of no rows. For [`Kept::run`].
    pub(super) fn new(statement: Q) -> Self {
        Self { statement, name: PhantomData }
    }
}

impl<K, Q: Query> Kept<K, Q, Q::SqlType> {
    /// One that returns rows. To be loaded by value: `execute` asks a reference to the statement whether
    /// it may be kept, and a reference does not know our answer.
    pub(super) fn returning(statement: Q) -> Self {
        Self { statement, name: PhantomData }
    }
}

impl<K: 'static, Q, S: 'static> QueryId for Kept<K, Q, S> {
    type QueryId = Kept<K, (), S>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<K, Q: QueryFragment<Sqlite>, S> QueryFragment<Sqlite> for Kept<K, Q, S> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.statement.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _: &Sqlite) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<K, Q, S> RunQueryDsl<SqliteConnection> for Kept<K, Q, S> {}

impl<K, Q, S> Query for Kept<K, Q, S> {
    type SqlType = S;
}

impl<K: 'static, Q: QueryFragment<Sqlite>> Kept<K, Q, Integer> {
    /// Runs it: as a query, for the same reason.
    pub(super) fn run(self, conn: &mut SqliteConnection) -> QueryResult<()> {
        let none: Vec<i32> = self.load(conn)?;
        debug_assert!(none.is_empty(), "it only writes");
        Ok(())
    }
}
