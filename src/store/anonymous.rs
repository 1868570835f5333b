//! Anonymous answers that wait, and the marks that their invitations were used. A row of one table has nothing in common
//! with a row of the other but the moment at which both were written.

use super::batches;
use super::conn::{Conn, Wire, with_conn};
use super::db::Db;
use super::schema::{anonymous_box, anonymous_marks, anonymous_openings};
use crate::domain::ident::VersionId;
use crate::error::{Code, Error, Result};
use chrono::NaiveDate;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How often, and how long apart, the log is tried to be emptied.
const TRIES: usize = 200;
const PAUSE: Duration = Duration::from_millis(20);

/// One answer on its way into the box.
#[derive(Debug, Clone)]
pub struct Slip {
    /// Drawn at random.
    pub id: [u8; 16],
    pub version: VersionId,
    /// That its invitation is used; none where it answers no invitation.
    pub mark: Option<[u8; 16]>,
    pub sealed: Vec<u8>,
}

/// Puts an answer into the box: false, and nothing is put there, if its invitation is marked already.
pub fn put(conn: &mut Conn, slip: &Slip) -> Result<bool> {
    if let Wire::Sqlite(c) = &mut conn.held {
        // Rows that make room for others leave nothing where they lay.
        c.batch_execute("PRAGMA secure_delete = ON")?;
    }
    if let Some(mark) = &slip.mark {
        let values = (anonymous_marks::mark.eq(mark.as_slice()), anonymous_marks::version_id.eq(slip.version));
        let marked = with_conn!(conn, |c| diesel::insert_into(anonymous_marks::table)
            .values(values)
            .on_conflict_do_nothing()
            .execute(c))?;
        if marked == 0 {
            return Ok(false);
        }
    }
    let values = (
        anonymous_box::id.eq(slip.id.as_slice()),
        anonymous_box::version_id.eq(slip.version),
        anonymous_box::sealed.eq(slip.sealed.as_slice()),
    );
    with_conn!(conn, |c| diesel::insert_into(anonymous_box::table).values(values).execute(c))?;
    Ok(true)
}

/// Whether an invitation is marked whose answer waits.
pub fn is_marked(conn: &mut Conn, mark: &[u8; 16]) -> Result<bool> {
    let found: Option<Vec<u8>> = with_conn!(conn, |c| anonymous_marks::table
        .find(mark.as_slice())
        .select(anonymous_marks::mark)
        .first(c)
        .optional())?;
    Ok(found.is_some())
}

/// The versions of which answers wait.
pub fn versions(conn: &mut Conn) -> Result<Vec<VersionId>> {
    Ok(with_conn!(conn, |c| anonymous_box::table
        .select(anonymous_box::version_id)
        .distinct()
        .order(anonymous_box::version_id)
        .load(c))?)
}

/// Lets nobody put anything into the box until the open transaction ends, and what is taken out of it leave nothing
/// behind in a file of SQLite. That engine has one writer anyway.
pub fn hold(conn: &mut Conn) -> Result<()> {
    match &mut conn.held {
        Wire::Sqlite(c) => c.batch_execute("PRAGMA secure_delete = ON")?,
        Wire::Postgres(c) => {
            c.batch_execute("LOCK TABLE anonymous_box, anonymous_marks IN SHARE ROW EXCLUSIVE MODE")?;
        }
    }
    Ok(())
}

/// The sealed answers of a version, a chunk at a time, in the order of their random identifiers.
pub fn sealed_after(
    conn: &mut Conn,
    version: VersionId,
    after: Option<&[u8]>,
    limit: i64,
) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    Ok(with_conn!(conn, |c| anonymous_box::table
        .filter(anonymous_box::version_id.eq(version).and(anonymous_box::id.gt(after.unwrap_or_default())))
        .order(anonymous_box::id)
        .select((anonymous_box::id, anonymous_box::sealed))
        .limit(limit)
        .load(c))?)
}

/// The marks of a version.
pub fn marks(conn: &mut Conn, version: VersionId) -> Result<BTreeSet<Vec<u8>>> {
    let marks: Vec<Vec<u8>> = with_conn!(conn, |c| anonymous_marks::table
        .filter(anonymous_marks::version_id.eq(version))
        .select(anonymous_marks::mark)
        .load(c))?;
    Ok(marks.into_iter().collect())
}

/// Takes answers out of the box, and all marks of their version.
pub fn remove(conn: &mut Conn, version: VersionId, ids: &[Vec<u8>]) -> Result<()> {
    for some in batches(ids, 1) {
        with_conn!(conn, |c| diesel::delete(anonymous_box::table.filter(anonymous_box::id.eq_any(some))).execute(c))?;
    }
    with_conn!(conn, |c| diesel::delete(anonymous_marks::table.filter(anonymous_marks::version_id.eq(version)))
        .execute(c))?;
    Ok(())
}

/// Notes that answers to a version are opened on a day, in groups of at least so many people: false, and nothing is noted,
/// if that was done already.
pub fn open_on(conn: &mut Conn, version: VersionId, day: NaiveDate, least: usize) -> Result<bool> {
    use anonymous_openings::dsl;
    let values =
        (dsl::version_id.eq(version), dsl::day.eq(day), dsl::least.eq(i32::try_from(least).unwrap_or(i32::MAX)));
    let noted = with_conn!(conn, |c| diesel::insert_into(dsl::anonymous_openings)
        .values(values)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(noted > 0)
}

/// The days on which answers to a version were opened, and of how many people a group had to be.
pub fn openings(conn: &mut Conn, version: VersionId) -> Result<BTreeMap<NaiveDate, usize>> {
    use anonymous_openings::dsl;
    let rows: Vec<(NaiveDate, i32)> = with_conn!(conn, |c| dsl::anonymous_openings
        .filter(dsl::version_id.eq(version))
        .select((dsl::day, dsl::least))
        .load(c))?;
    Ok(rows.into_iter().map(|(day, least)| (day, usize::try_from(least).unwrap_or(usize::MAX))).collect())
}

/// Takes away what the engine keeps of rows that were deleted, or moved from page to page: what still waits is written
/// anew, and with it SQLite empties all old pages and its log, PostgreSQL the old file.
pub fn scrub(db: &Db) -> Result<()> {
    db.write(|conn| {
        if let Wire::Sqlite(c) = &mut conn.held {
            for table in ["anonymous_box", "anonymous_marks"] {
                c.batch_execute(&format!(
                    "PRAGMA secure_delete = ON;
                     CREATE TEMP TABLE waiting AS SELECT * FROM {table};
                     DELETE FROM {table};
                     INSERT INTO {table} SELECT * FROM waiting ORDER BY 1;
                     DROP TABLE waiting;"
                ))?;
            }
        }
        Ok(())
    })?;
    db.read(|conn| {
        match &mut conn.held {
            Wire::Sqlite(c) => empty_log(c)?,
            Wire::Postgres(c) => {
                for table in ["anonymous_box", "anonymous_marks"] {
                    c.batch_execute(&format!("VACUUM FULL {table}"))?;
                }
            }
        }
        Ok(())
    })
}

/// What SQLite says of a checkpoint.
#[derive(QueryableByName)]
struct Checkpoint {
    /// 1 where it came to nothing, since somebody else held what it needs.
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
}

/// Brings the log into the file and empties it. One checkpoint does not wait for another, whatever the patience: who comes
/// second is told that nothing was done, and asks again.
fn empty_log(conn: &mut SqliteConnection) -> Result<()> {
    for _ in 0..TRIES {
        let found: Checkpoint = diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(conn)?;
        if found.busy == 0 {
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    // The job says that it has failed, and does this again when it runs next.
    Err(Error::new(Code::DatabaseUnavailable).because("the log could not be emptied"))
}
