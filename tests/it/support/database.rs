//! An empty database of its own for every test, on either engine.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use std::sync::atomic::{AtomicU32, Ordering};

/// Which engine a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

impl Backend {
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// An empty database that is gone when the test is over.
#[derive(Debug)]
pub struct TestDb {
    backend: Backend,
    url: String,
    keep: Keep,
}

/// What has to be cleared away.
#[derive(Debug)]
enum Keep {
    Directory { _home: tempfile::TempDir },
    Database { server: String, name: String },
}

impl TestDb {
    pub fn new(backend: Backend) -> Self {
        match backend {
            Backend::Sqlite => Self::sqlite(),
            Backend::Postgres => Self::postgres(),
        }
    }

    /// A file that does not exist yet, in a directory of its own.
    pub fn sqlite() -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let url = format!("sqlite://{}", home.path().join("test.db").display());
        Self { backend: Backend::Sqlite, url, keep: Keep::Directory { _home: home } }
    }

    /// A new database on the server that BELLWETHER_TEST_POSTGRES names.
    pub fn postgres() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = server();
        let name = format!("t_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        // Databases of an earlier process that had the same number and was killed are in the way.
        run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        run(&server, &format!("CREATE DATABASE {name}"));
        let url = url_of(&server, &name);
        Self { backend: Backend::Postgres, url, keep: Keep::Database { server, name } }
    }

    /// The URL that the store opens.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Runs statements from outside the database: what `statements` says of its name.
    pub fn run_outside(&self, statements: impl FnOnce(&str) -> Vec<String>) {
        let Keep::Database { server, name } = &self.keep else { panic!("a file has nothing around it") };
        statements(name).iter().for_each(|statement| run(server, statement));
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        if let Keep::Database { server, name } = &self.keep {
            // A second panic while a failed test unwinds would hide the first, so trouble is only told.
            let dropped = PgConnection::establish(server).map_err(|error| error.to_string()).and_then(|mut c| {
                c.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).map_err(|e| e.to_string())
            });
            if let Err(error) = dropped {
                eprintln!("the database {name} is left behind: {error}");
            }
        }
    }
}

fn server() -> String {
    std::env::var_os("BELLWETHER_TEST_POSTGRES")
        .and_then(|url| url.into_string().ok())
        .filter(|url| !url.is_empty())
        .expect(
            "BELLWETHER_TEST_POSTGRES is not set: run scripts/test, which starts a server, or name one (postgres://…)",
        )
}

fn run(server: &str, statement: &str) {
    let mut connection = PgConnection::establish(server).expect("the server of BELLWETHER_TEST_POSTGRES answers");
    connection.batch_execute(statement).expect(statement);
}

/// The URL of another database of the same server.
pub(super) fn url_of(server: &str, database: &str) -> String {
    let (base, query) = match server.split_once('?') {
        Some((base, query)) => (base, format!("?{query}")),
        None => (server, String::new()),
    };
    let (scheme, rest) = base.split_once("://").expect("a URL such as postgres://host/postgres");
    let authority = rest.split('/').next().unwrap_or_default();
    format!("{scheme}://{authority}/{database}{query}")
}

/// Runs each body on both engines: for `fn name(db: &TestDb)`, the tests `name::sqlite` and `name::postgres`.
macro_rules! on_both_backends {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                super::$name(&$crate::support::TestDb::sqlite());
            }

            #[test]
            fn postgres() {
                super::$name(&$crate::support::TestDb::postgres());
            }
        }
    )+};
}
