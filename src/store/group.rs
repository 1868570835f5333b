//! Group commit on SQLite: one thread takes what has queued up, runs it in one transaction and
//! acknowledges all of it after the one flush to disk.

use super::checkpoint::Checkpointer;
use super::conn::{Conn, Wire};
use super::db::Db;
use crate::error::{Code, Error, Result};
use diesel::connection::SimpleConnection;
use std::sync::mpsc;
use tokio::sync::oneshot;

/// The most units of work that share one commit: bounds how long the first of them waits.
const MOST_TOGETHER: usize = 512;

/// Runs a unit and hands back what to do once it is known whether the commit held.
type Unit = Box<dyn FnOnce(&mut Conn) -> Acknowledge + Send>;
type Acknowledge = Box<dyn FnOnce(Result<()>) + Send>;

pub(super) struct GroupWriter {
    queue: mpsc::Sender<Unit>,
}

impl GroupWriter {
    /// Starts the thread; it ends when the last clone of the database is gone.
    pub(super) fn start(db: Db) -> Self {
        let (queue, units) = mpsc::channel::<Unit>();
        let spawned = std::thread::Builder::new().name("group-writer".into()).spawn(move || serve(&db, &units));
        if let Err(error) = spawned {
            tracing::error!(%error, "the writing thread did not start");
        }
        Self { queue }
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let unit: Unit = Box::new(move |conn| {
            // A savepoint of its own: a unit that fails leaves its neighbours alone.
            let result = conn.transaction(work);
            Box::new(move |committed| {
                // Nobody may be listening any more: the answer is kept all the same.
                let _ = tell.send(result.and_then(|value| committed.map(|()| value)));
            })
        });
        self.queue.send(unit).map_err(|_| Error::new(Code::DatabaseUnavailable))?;
        told.await.map_err(|_| Error::new(Code::DatabaseUnavailable))?
    }
}

fn serve(db: &Db, units: &mpsc::Receiver<Unit>) {
    let mut writer = Writer { db: db.clone(), conn: None, checkpointer: Checkpointer::start(db.clone()) };
    while let Ok(first) = units.recv() {
        let mut batch = vec![first];
        while batch.len() < MOST_TOGETHER {
            match units.try_recv() {
                Ok(unit) => batch.push(unit),
                Err(_) => break,
            }
        }
        writer.commit(batch);
    }
}

struct Writer {
    db: Db,
    /// One connection for as long as it works: what it knows of the file stays true while nobody else
    /// writes, and its statements stay prepared.
    conn: Option<Conn>,
    checkpointer: Checkpointer,
}

impl Writer {
    fn commit(&mut self, batch: Vec<Unit>) {
        metrics::histogram!("bellwether_group_commit_units").record(batch.len() as f64);
        let mut acknowledgements = Vec::with_capacity(batch.len());
        let committed = self.conn().and_then(|conn| {
            conn.transaction(|conn| {
                for unit in batch {
                    acknowledgements.push(unit(conn));
                }
                Ok(())
            })
        });
        match &committed {
            Ok(()) => self.checkpointer.commit_was_made(),
            Err(error) => {
                self.conn = None;
                tracing::error!(code = error.code().as_str(), cause = ?error, "a group of responses was not saved");
            }
        }
        let code = committed.err().map(|e| e.code());
        for acknowledge in acknowledgements {
            acknowledge(code.map_or(Ok(()), |code| Err(Error::new(code))));
        }
    }

    fn conn(&mut self) -> Result<&mut Conn> {
        let conn = match self.conn.take() {
            Some(conn) => {
                self.db.check_file()?;
                conn
            }
            None => {
                let mut conn = self.db.conn()?;
                if let Wire::Sqlite(c) = &mut conn.held {
                    // The upper pages of all trees, of a database with millions of responses too.
                    c.batch_execute("PRAGMA cache_size = -32000;")?;
                    self.checkpointer.relieve(c)?;
                }
                conn
            }
        };
        Ok(self.conn.insert(conn))
    }
}
