//! Brings the log of SQLite into its file beside the writer.
//!
//! Left to itself, SQLite does this within a commit once the log is long enough, and everybody whose answer
//! waits for that commit waits for thousands of pages at their places all over the file. A thread of its own
//! does the same while the writer goes on; the writer is held up only for what was added meanwhile.

use super::db::Db;
use crate::error::Result;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::time::Duration;

/// From this many pages on (of 4 kB) the log is begun anew. Until then pages that are written again and
/// again go into the file once.
const LONG: i32 = 4_000;
/// A writer that tells this thread of its commits brings the log in by itself from this many pages on only:
/// what is left to hold the log when the thread cannot follow.
const LONGEST: i32 = 16 * LONG;
/// Between two looks, while there are commits.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) struct Checkpointer {
    written: SyncSender<()>,
}

impl Checkpointer {
    /// Starts the thread; it ends with what has started it.
    pub(super) fn start(db: Db) -> Self {
        let (written, commits) = mpsc::sync_channel(1);
        let spawned = std::thread::Builder::new().name("checkpoint".into()).spawn(move || {
            while commits.recv().is_ok() {
                std::thread::sleep(PAUSE);
                // What hinders it now, hinders commits too, and is told there; there is a next time.
                if let Err(error) = bring_in(&db) {
                    tracing::debug!(cause = ?error, "the log was not brought into the database");
                }
            }
        });
        if let Err(error) = spawned {
            tracing::error!(%error, "the thread that empties the log did not start");
        }
        Self { written }
    }

    /// Leaves the log of the writer's connection to this thread; without the thread that stays as it was.
    pub(super) fn relieve(&self, conn: &mut SqliteConnection) -> QueryResult<()> {
        if matches!(self.written.try_send(()), Err(TrySendError::Disconnected(()))) {
            return Ok(());
        }
        conn.batch_execute(&format!("PRAGMA wal_autocheckpoint = {LONGEST};"))
    }

    /// Says that there is more in the log.
    pub(super) fn commit_was_made(&self) {
        let _ = self.written.try_send(());
    }
}

/// What SQLite says of the log.
#[derive(QueryableByName)]
struct Log {
    /// Its pages; -1 where there is none.
    #[diesel(sql_type = Integer)]
    log: i32,
}

fn bring_in(db: &Db) -> Result<()> {
    db.on_sqlite(|conn| {
        // PASSIVE waits for nobody and holds nobody up.
        let found: Log = diesel::sql_query("PRAGMA wal_checkpoint(PASSIVE)").get_result(conn)?;
        if found.log >= LONG {
            // The little that came in meanwhile, so that the next commit writes from the beginning.
            conn.batch_execute("PRAGMA wal_checkpoint(RESTART)")?;
        }
        Ok(())
    })
}
