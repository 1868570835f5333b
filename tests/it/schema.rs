//! The two trees of migrations make the same schema: every table, column, key and index of one engine stands
//! in the other, by name.

use crate::support::{Backend, TestDb};
use bellwether::store::Db;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use std::collections::BTreeSet;

/// One fact about a schema.
#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Each query gives lines of the same form on both engines.
const SQLITE: [&str; 4] = [
    "SELECT 'column ' || t.name || '.' || c.name || ': ' || lower(c.type) || iif(c.\"notnull\", ' not null', '') \
     || iif(c.dflt_value IS NULL, '', ' default ' || c.dflt_value) AS line \
     FROM sqlite_master t JOIN pragma_table_info(t.name) c WHERE t.type = 'table'",
    // Those that constraints have made bear names that are the engine's own.
    "SELECT CASE i.origin WHEN 'c' THEN 'index ' || i.name WHEN 'pk' THEN 'key' ELSE 'constraint' END \
     || iif(i.\"unique\", ' unique', '') || iif(i.partial, ' partial', '') || ' on ' || t.name || ' (' || \
     (SELECT group_concat(name || iif(\"desc\", ' desc', ''), ', ') FROM \
      (SELECT * FROM pragma_index_xinfo(i.name) WHERE key = 1 ORDER BY seqno)) || ')' AS line \
     FROM sqlite_master t JOIN pragma_index_list(t.name) i WHERE t.type = 'table'",
    "SELECT 'reference ' || t.name || ' (' || group_concat(f.\"from\", ', ') || ') to ' || f.\"table\" || \
     ' (' || group_concat(f.\"to\", ', ') || ') on delete ' || lower(f.on_delete) AS line \
     FROM sqlite_master t JOIN (SELECT name AS of, p.* FROM sqlite_master, pragma_foreign_key_list(name) p \
     WHERE type = 'table' ORDER BY p.id, p.seq) f ON f.of = t.name GROUP BY t.name, f.id",
    "SELECT 'check ' || name || char(10) || sql AS line FROM sqlite_master WHERE type = 'table'",
];

const POSTGRES: [&str; 4] = [
    "SELECT 'column ' || c.relname || '.' || a.attname || ': ' || CASE format_type(a.atttypid, a.atttypmod) \
     WHEN 'bytea' THEN 'blob' WHEN 'timestamp without time zone' THEN 'timestamp' \
     WHEN 'double precision' THEN 'double' ELSE format_type(a.atttypid, a.atttypmod) END \
     || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END \
     || COALESCE(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS line \
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
     LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
    "SELECT CASE WHEN i.indisprimary THEN 'key' WHEN k.oid IS NOT NULL THEN 'constraint' ELSE 'index ' || n.relname END \
     || CASE WHEN i.indisunique THEN ' unique' ELSE '' END \
     || CASE WHEN i.indpred IS NOT NULL THEN ' partial' ELSE '' END || ' on ' || c.relname || ' (' || \
     (SELECT string_agg(pg_get_indexdef(i.indexrelid, s, false) \
      || CASE WHEN i.indoption[s - 1] & 1 = 1 THEN ' desc' ELSE '' END, ', ' ORDER BY s) \
      FROM generate_series(1, i.indnkeyatts) s) || ')' AS line \
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class n ON n.oid = i.indexrelid \
     LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u') \
     WHERE c.relnamespace = 'public'::regnamespace",
    "SELECT 'reference ' || c.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY n) \
      FROM unnest(k.conkey) WITH ORDINALITY u(num, n) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.num) \
     || ') to ' || r.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY n) \
      FROM unnest(k.confkey) WITH ORDINALITY u(num, n) JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = u.num) \
     || ') on delete ' || CASE k.confdeltype WHEN 'a' THEN 'no action' WHEN 'c' THEN 'cascade' \
     WHEN 'n' THEN 'set null' ELSE k.confdeltype::text END AS line \
     FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid \
     WHERE k.contype = 'f'",
    "SELECT 'check ' || c.relname || chr(10) || COALESCE((SELECT string_agg(pg_get_constraintdef(k.oid), ' ') \
     FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'), '') AS line \
     FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace",
];

/// What is known of the schema of a database after all migrations.
fn facts(db: &TestDb) -> BTreeSet<String> {
    Db::open(db.url(), 2).unwrap().migrate().unwrap();
    let lines: Vec<Line> = match db.backend() {
        Backend::Sqlite => {
            let path = db.url().strip_prefix("sqlite://").unwrap();
            let mut conn = SqliteConnection::establish(path).unwrap();
            conn.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
            SQLITE.iter().flat_map(|query| sql_query(*query).load::<Line>(&mut conn).expect(query)).collect()
        }
        Backend::Postgres => {
            let mut conn = PgConnection::establish(db.url()).unwrap();
            POSTGRES.iter().flat_map(|query| sql_query(*query).load::<Line>(&mut conn).expect(query)).collect()
        }
    };
    let ours =
        lines.into_iter().map(|line| line.line).filter(|line| !line.contains("__diesel") && !line.contains("sqlite_"));
    ours.map(|line| match line.split_once('\n') {
        // The engines write the same check in their own ways; the words that it allows are the same.
        Some((table, check)) => format!("{table}: {:?}", quoted(check)),
        None => line,
    })
    .collect()
}

/// The words in single quotes.
fn quoted(text: &str) -> BTreeSet<&str> {
    text.split('\'').skip(1).step_by(2).collect()
}

#[test]
fn both_trees_of_migrations_make_the_same_schema() {
    let (sqlite, postgres) = (facts(&TestDb::sqlite()), facts(&TestDb::postgres()));
    let listed = |lines: Vec<&String>| lines.into_iter().map(|line| format!("  {line}\n")).collect::<String>();
    let (only_sqlite, only_postgres) =
        (listed(sqlite.difference(&postgres).collect()), listed(postgres.difference(&sqlite).collect()));
    assert!(
        only_sqlite.is_empty() && only_postgres.is_empty(),
        "the schemas differ\nonly on SQLite:\n{only_sqlite}only on PostgreSQL:\n{only_postgres}"
    );
    for (sort, least) in [("column ", 200), ("key ", 25), ("index ", 20), ("reference ", 20), ("check ", 25)] {
        let found = sqlite.iter().filter(|line| line.starts_with(sort)).count();
        assert!(found >= least, "{found} of {sort}");
    }
}
