//! The file of an embedded database, and whether it still is the one that was opened.
//!
//! A process that holds a file open goes on writing into it when it has been deleted or another has been
//! put in its place: SQLite, with its log beside the file, does not notice, and what it commits then is
//! gone with the process. So the store asks before every use; it is one question to the kernel.

use crate::error::{Code, Error, Result};
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};

/// The file, and what tells it from any other.
pub(super) struct DatabaseFile {
    path: PathBuf,
    identity: Identity,
}

impl DatabaseFile {
    /// Finds the file, or makes it and its directory.
    ///
    /// # Errors
    /// `FileUnwritable` naming the file or its directory.
    pub(super) fn open_or_make(path: &str) -> Result<Self> {
        let path = PathBuf::from(path);
        let unwritable =
            |what: &Path, e: std::io::Error| Error::new(Code::FileUnwritable).with("file", what.display()).because(e);
        if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
            std::fs::create_dir_all(dir).map_err(|e| unwritable(dir, e))?;
        }
        let made = File::options().create(true).append(true).open(&path).and_then(|file| file.metadata());
        let identity = identity(&made.map_err(|e| unwritable(&path, e))?);
        Ok(Self { path, identity })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How SQLite is told to open the file, and to make none where it is gone.
    pub(super) fn uri(&self) -> String {
        let path = self.path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let start = if self.path.is_absolute() { "file://" } else { "file:" };
        format!("{start}{path}?mode=rw")
    }

    /// Is it still there, and the same?
    ///
    /// # Errors
    /// `DatabaseUnavailable` with what is the matter.
    pub(super) fn check(&self) -> Result<()> {
        let trouble = match std::fs::metadata(&self.path) {
            Ok(found) if identity(&found) == self.identity => return Ok(()),
            Ok(_) => "is another file than the one that was opened; start anew".to_owned(),
            Err(gone) => gone.to_string(),
        };
        Err(Error::new(Code::DatabaseUnavailable).because(format!("{}: {trouble}", self.path.display())))
    }
}

#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
fn identity(of: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (of.dev(), of.ino())
}

/// Elsewhere a file that is open cannot be taken away.
#[cfg(not(unix))]
type Identity = ();

#[cfg(not(unix))]
fn identity(_: &Metadata) -> Identity {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;

    #[test]
    fn names_that_mean_something_in_an_address_are_names_of_files() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a %20#b?mode=memory&c.db");
        let db = Db::open(&format!("sqlite://{}", file.display()), 1).unwrap();
        db.migrate().unwrap();
        for made in std::fs::read_dir(home.path()).unwrap() {
            assert!(made.unwrap().path().to_string_lossy().starts_with(&*file.to_string_lossy()));
        }
        assert!(Db::open(&format!("sqlite://{}", file.display()), 1).unwrap().check_schema_words().is_ok());
        assert_eq!(
            DatabaseFile { path: "data/x.db".into(), identity: identity(&std::fs::metadata("Cargo.toml").unwrap()) }
                .uri(),
            "file:data/x.db?mode=rw"
        );
    }

    #[test]
    fn a_file_that_is_not_the_one_opened_is_told() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("house.db");
        let file = DatabaseFile::open_or_make(path.to_str().unwrap()).unwrap();
        assert!(file.check().is_ok());
        let aside = home.path().join("aside.db");
        std::fs::rename(&path, &aside).unwrap();
        assert_eq!(file.check().unwrap_err().code(), Code::DatabaseUnavailable);
        std::fs::write(&path, b"").unwrap();
        assert!(format!("{:?}", file.check().unwrap_err()).contains("start anew"));
        std::fs::rename(&aside, &path).unwrap();
        assert!(file.check().is_ok());
    }
}
