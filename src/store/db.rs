//! Opening a database, the pool, migrations, and who may serve it.

use super::conn::{Conn, Wire};
use super::file::DatabaseFile;
use super::group::GroupWriter;
use crate::config::Engine;
use crate::error::{Code, Error, Result};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How long a unit of work waits: for a connection of the pool, and for what somebody else holds locked.
/// Longer than any unit of ours takes, shorter than a person waits before they press the button again.
const PATIENCE: Duration = Duration::from_secs(8);

/// A database. Cheap to clone; all clones share one pool.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    patience: Duration,
    /// On SQLite: the file, which nobody may take away unnoticed.
    file: Option<Arc<DatabaseFile>>,
    /// On SQLite: the one thread that commits responses, many at a time.
    writer: Option<Arc<GroupWriter>>,
}

#[derive(Clone)]
enum Pools {
    Sqlite(Pool<ConnectionManager<SqliteConnection>>),
    Postgres(Pool<ConnectionManager<PgConnection>>),
}

/// What the connections of the pool do at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    pub idle: u32,
    pub used: u32,
}

/// Held by the one process that serves an embedded database; released when dropped, or when the
/// process dies however it dies.
#[derive(Debug)]
pub struct ServeGuard {
    _lock: Option<File>,
}

impl Db {
    /// Opens by URL: `sqlite://PATH` (the file is made where it is missing) or `postgres://…`.
    ///
    /// Any other scheme is refused before anything is created.
    ///
    /// # Errors
    /// `DatabaseUnavailable`; `FileUnwritable` naming the file or its directory; `DatabaseUrlUnknown`.
    pub fn open(url: &str, connections: u32) -> Result<Self> {
        Self::open_patient(url, connections, PATIENCE)
    }

    /// The same, but makes no file.
    ///
    /// # Errors
    /// `DatabaseMissing` where there is no file; else as [`Db::open`].
    pub fn open_existing(url: &str, connections: u32) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite://").filter(|path| !Path::new(path).exists()) {
            return Err(Error::new(Code::DatabaseMissing).with("file", path));
        }
        Self::open(url, connections)
    }

    /// The same with another patience: how long a unit of work waits for a connection, and for what
    /// somebody else holds locked, before it gives up with `DatabaseUnavailable`.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn open_patient(url: &str, connections: u32, patience: Duration) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            Self::open_sqlite(path, connections, patience)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = Pool::builder()
                .max_size(connections.max(1))
                .min_idle(Some(1))
                .connection_timeout(patience)
                .connection_customizer(Box::new(Wait(patience)))
                .build(ConnectionManager::new(url))
                .map_err(|e| Error::new(Code::DatabaseUnavailable).because(e))?;
            Ok(Self { pools: Pools::Postgres(pool), patience, file: None, writer: None })
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            Err(Error::new(Code::DatabaseUrlUnknown).with("value", scheme))
        }
    }

    fn open_sqlite(path: &str, connections: u32, patience: Duration) -> Result<Self> {
        let file = DatabaseFile::open_or_make(path)?;
        let pool = Pool::builder()
            // One for the thread that commits responses, one for that which empties the log.
            .max_size(connections.max(1) + 2)
            .min_idle(Some(1))
            .connection_timeout(patience)
            // A file does not hang up: asking it before every use would cost as much as a small read.
            .test_on_check_out(false)
            .connection_customizer(Box::new(Wait(patience)))
            .build(ConnectionManager::new(file.uri()))
            .map_err(|e| Error::new(Code::DatabaseUnavailable).because(e))?;
        let mut db = Self { pools: Pools::Sqlite(pool), patience, file: Some(Arc::new(file)), writer: None };
        db.writer = Some(Arc::new(GroupWriter::start(db.clone())));
        Ok(db)
    }

    pub fn engine(&self) -> Engine {
        match self.pools {
            Pools::Sqlite(_) => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Brings the schema up to this program's; running it again does nothing. Returns what was applied.
    ///
    /// # Errors
    /// `SchemaMismatch` if a migration fails, or if a newer program has made the schema, which an older
    /// one would write into without knowing what it has come to mean.
    pub fn migrate(&self) -> Result<Vec<String>> {
        let mut conn = self.conn()?;
        let found = match &mut conn.held {
            Wire::Sqlite(c) => c.applied_migrations(),
            Wire::Postgres(c) => c.applied_migrations(),
        };
        let ours = migration_names(self.engine());
        let is_ours = |version: &str| ours.iter().any(|name| name.split('_').next() == Some(version));
        let found = found.map_err(|e| Error::new(Code::SchemaMismatch).because(e))?;
        if let Some(newer) = found.iter().map(ToString::to_string).find(|version| !is_ours(version)) {
            let why = format!("the migration {newer} is none of this program's");
            return Err(Error::new(Code::SchemaMismatch).because(why));
        }
        let names = |applied: Vec<_>| applied.iter().map(ToString::to_string).collect();
        let applied: Result<Vec<String>, _> = match &mut conn.held {
            Wire::Sqlite(c) => c.run_pending_migrations(SQLITE).map(names),
            Wire::Postgres(c) => {
                // A migration waits for whoever works as long as it takes: another process may migrate.
                c.batch_execute("SET lock_timeout = 0")?;
                let applied = c.run_pending_migrations(POSTGRES).map(names);
                Wait(self.patience).tell_postgres(c)?;
                applied
            }
        };
        applied.map_err(|e| Error::new(Code::SchemaMismatch).because(e))
    }

    /// Is the schema of an embedded database, word for word, what this program's migrations make of an
    /// empty file? Finds one that was made while the first migration could still be changed, which
    /// [`Db::check_schema`] cannot tell. Of PostgreSQL it says no more than that.
    ///
    /// # Errors
    /// What the database fails with.
    pub fn check_schema_words(&self) -> Result<()> {
        self.check_schema()?;
        if let Wire::Sqlite(c) = &mut self.conn()?.held {
            let mut empty = SqliteConnection::establish(":memory:").map_err(Error::internal)?;
            empty.run_pending_migrations(SQLITE).map_err(Error::internal)?;
            if schema_words(c)? != schema_words(&mut empty)? {
                return Err(Error::new(Code::SchemaMismatch));
            }
        }
        Ok(())
    }

    /// Is the schema the one this program was built for? Neither older nor newer.
    pub fn check_schema(&self) -> Result<()> {
        let mut conn = self.conn()?;
        let (pending, applied) = match &mut conn.held {
            Wire::Sqlite(c) => (c.has_pending_migration(SQLITE), c.applied_migrations().map(|a| a.len())),
            Wire::Postgres(c) => (c.has_pending_migration(POSTGRES), c.applied_migrations().map(|a| a.len())),
        };
        let wrong = |e| Error::new(Code::SchemaMismatch).because(e);
        if pending.map_err(wrong)? || applied.map_err(wrong)? != migration_names(self.engine()).len() {
            return Err(Error::new(Code::SchemaMismatch));
        }
        Ok(())
    }

    /// A connection from the pool.
    pub(super) fn conn(&self) -> Result<Conn> {
        self.check_file()?;
        let unavailable = |e| Error::new(Code::DatabaseUnavailable).because(e);
        Ok(Conn::new(match &self.pools {
            Pools::Sqlite(pool) => Wire::Sqlite(pool.get().map_err(unavailable)?),
            Pools::Postgres(pool) => Wire::Postgres(pool.get().map_err(unavailable)?),
        }))
    }

    /// Work that only the embedded engine knows.
    pub(super) fn on_sqlite<T: Default>(&self, work: impl FnOnce(&mut SqliteConnection) -> Result<T>) -> Result<T> {
        match &mut self.conn()?.held {
            Wire::Sqlite(c) => work(c),
            Wire::Postgres(_) => Ok(T::default()),
        }
    }

    /// What is written into a file that is no longer at its place would be acknowledged and lost.
    pub(super) fn check_file(&self) -> Result<()> {
        self.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    /// How many connections stand ready, and how many are at work.
    pub fn pool(&self) -> PoolUse {
        let state = match &self.pools {
            Pools::Sqlite(pool) => pool.state(),
            Pools::Postgres(pool) => pool.state(),
        };
        PoolUse { idle: state.idle_connections, used: state.connections.saturating_sub(state.idle_connections) }
    }

    /// Reads. Several queries see several moments unless they are put into a transaction.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        work(&mut self.conn()?)
    }

    /// Reads a little for an asynchronous caller. Of SQLite it reads here and now if a connection is
    /// idle: with a write-ahead log a reader waits for nobody, and the way to another thread and back
    /// costs more than the read. Else it waits on a thread that may.
    pub async fn glance<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if let Pools::Sqlite(pool) = &self.pools
            && let Some(held) = pool.try_get()
        {
            self.check_file()?;
            return work(&mut Conn::new(Wire::Sqlite(held)));
        }
        let db = self.clone();
        tokio::task::spawn_blocking(move || db.read(work)).await.map_err(Error::internal)?
    }

    /// One unit of work: all of it is saved, or nothing.
    pub fn write<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        self.conn()?.transaction(work)
    }

    /// One unit of work that shares its flush to disk with others which arrive at the same time. What
    /// comes back is durable. Must be short, and is for what many people do at once: answering.
    pub async fn write_grouped<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match &self.writer {
            Some(writer) => writer.write(work).await,
            None => {
                let db = self.clone();
                tokio::task::spawn_blocking(move || db.write(work)).await.map_err(Error::internal)?
            }
        }
    }

    /// Claims the embedded database for this process: several nodes mean PostgreSQL. The command line
    /// beside a running service takes no claim and works.
    pub fn claim_to_serve(&self) -> Result<ServeGuard> {
        let Some(path) = self.file.as_ref().map(|file| file.path()) else { return Ok(ServeGuard { _lock: None }) };
        let mut name = path.as_os_str().to_owned();
        name.push(".serving");
        let unwritable = |e| Error::new(Code::FileUnwritable).with("file", name.to_string_lossy()).because(e);
        let file = File::options().create(true).truncate(false).write(true).open(&name).map_err(unwritable)?;
        match file.try_lock() {
            Ok(()) => Ok(ServeGuard { _lock: Some(file) }),
            Err(std::fs::TryLockError::WouldBlock) => Err(Error::new(Code::AlreadyServed).with("file", path.display())),
            Err(std::fs::TryLockError::Error(e)) => {
                Err(Error::new(Code::FileUnwritable).with("file", name.to_string_lossy()).because(e))
            }
        }
    }
}

/// The migrations this program carries for an engine; both trees have equal names.
pub fn migration_names(engine: Engine) -> Vec<String> {
    use diesel::migration::{Migration, MigrationSource};
    fn names<B: diesel::backend::Backend>(source: EmbeddedMigrations) -> Vec<String>
    where
        EmbeddedMigrations: MigrationSource<B>,
    {
        let migrations: Vec<Box<dyn Migration<B>>> = source.migrations().unwrap_or_default();
        migrations.iter().map(|m| m.name().to_string()).collect()
    }
    let mut names = match engine {
        Engine::Sqlite => names::<diesel::sqlite::Sqlite>(SQLITE),
        Engine::Postgres => names::<diesel::pg::Pg>(POSTGRES),
    };
    names.sort();
    names
}

/// What made the tables and indices of an embedded database.
fn schema_words(conn: &mut SqliteConnection) -> diesel::QueryResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Made {
        #[diesel(sql_type = diesel::sql_types::Text)]
        sql: String,
    }
    let made: Vec<Made> = diesel::sql_query(
        "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .load(conn)?;
    Ok(made.into_iter().map(|made| made.sql).collect())
}

/// What every connection is told when it is opened; among it, how long to wait for what is locked.
#[derive(Debug, Clone, Copy)]
struct Wait(Duration);

impl Wait {
    /// PostgreSQL waits for a lock for ever unless it is told otherwise, and with it the customer.
    fn tell_postgres(self, conn: &mut PgConnection) -> diesel::QueryResult<()> {
        conn.batch_execute(&format!("SET lock_timeout = {}", self.0.as_millis()))
    }
}

impl CustomizeConnection<PgConnection, diesel::r2d2::Error> for Wait {
    fn on_acquire(&self, conn: &mut PgConnection) -> Result<(), diesel::r2d2::Error> {
        self.tell_postgres(conn).map_err(diesel::r2d2::Error::QueryError)
    }
}

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Wait {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        // FULL: what is acknowledged survives a power cut, not only a crash of the process. The log is
        // brought into the file every 16 MB: pages that are written again and again go there once.
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout = {};
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 4000;
             PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -8000;
             PRAGMA temp_store = MEMORY;",
            self.0.as_millis()
        ))
        .map_err(diesel::r2d2::Error::QueryError)
    }
}
