//! Opening a database, the pool, migrations, and who may serve it.

use super::conn::{Conn, Wire};
use super::group::GroupWriter;
use crate::config::Engine;
use crate::error::{Code, Error, Result};
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ConnectionManager, CustomizeConnection, Pool};
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// A database. Cheap to clone; all clones share one pool.
#[derive(Clone)]
pub struct Db {
    pools: Pools,
    path: Option<Arc<PathBuf>>,
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
    pub fn open(url: &str, connections: u32) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite://") {
            Self::open_sqlite(path, connections)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = Pool::builder()
                .max_size(connections.max(1))
                .min_idle(Some(1))
                .connection_timeout(Duration::from_secs(10))
                .build(ConnectionManager::new(url))
                .map_err(|e| Error::new(Code::DatabaseUnavailable).because(e))?;
            Ok(Self { pools: Pools::Postgres(pool), path: None, writer: None })
        } else {
            let scheme = url.split(':').next().unwrap_or_default();
            Err(Error::new(Code::DatabaseUrlUnknown).with("value", scheme))
        }
    }

    fn open_sqlite(path: &str, connections: u32) -> Result<Self> {
        let file = Path::new(path);
        if let Some(dir) = file.parent().filter(|d| !d.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir)
                .map_err(|e| Error::new(Code::FileUnwritable).with("file", dir.display()).because(e))?;
        }
        let pool = Pool::builder()
            .max_size(connections.max(1) + 1)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(10))
            // A file does not hang up: asking it before every use would cost as much as a small read.
            .test_on_check_out(false)
            .connection_customizer(Box::new(Pragmas))
            .build(ConnectionManager::new(path))
            .map_err(|e| Error::new(Code::DatabaseUnavailable).because(e))?;
        let mut db = Self { pools: Pools::Sqlite(pool), path: Some(Arc::new(file.to_owned())), writer: None };
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
    pub fn migrate(&self) -> Result<Vec<String>> {
        let mut conn = self.conn()?;
        let applied = match &mut conn.held {
            Wire::Sqlite(c) => c.run_pending_migrations(SQLITE),
            Wire::Postgres(c) => c.run_pending_migrations(POSTGRES),
        };
        let applied = applied.map_err(|e| Error::new(Code::SchemaMismatch).because(e))?;
        Ok(applied.iter().map(ToString::to_string).collect())
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
        let unavailable = |e| Error::new(Code::DatabaseUnavailable).because(e);
        Ok(Conn::new(match &self.pools {
            Pools::Sqlite(pool) => Wire::Sqlite(pool.get().map_err(unavailable)?),
            Pools::Postgres(pool) => Wire::Postgres(pool.get().map_err(unavailable)?),
        }))
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
        let Some(path) = &self.path else { return Ok(ServeGuard { _lock: None }) };
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

/// What every SQLite connection is told when it is opened.
#[derive(Debug)]
struct Pragmas;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Pragmas {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        // FULL: what is acknowledged survives a power cut, not only a crash of the process. The log is
        // brought into the file every 16 MB: pages that are written again and again go there once.
        conn.batch_execute(
            "PRAGMA busy_timeout = 8000;
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA wal_autocheckpoint = 4000;
             PRAGMA foreign_keys = ON;
             PRAGMA cache_size = -16000;
             PRAGMA temp_store = MEMORY;",
        )
        .map_err(diesel::r2d2::Error::QueryError)
    }
}
