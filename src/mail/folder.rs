//! Mails as files: for trying the service out, and for handing mails to another program.

use crate::domain::delivery::{Outcome, Reply};
use crate::error::{Code, Error};
use crate::mail::Composed;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A folder that takes `<mail id>.eml` files. A mail that is written twice is one file.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Opens the folder, and makes it if it is not there.
    ///
    /// # Errors
    ///
    /// [`Code::FileUnwritable`] with `file`.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, Error> {
        let path = path.into();
        fs::create_dir_all(&path)
            .map_err(|e| Error::new(Code::FileUnwritable).with("file", path.display()).because(e))?;
        Ok(Self { path })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn send(&self, mail: &Composed) -> Outcome {
        match self.write(mail) {
            Ok(path) => Outcome::Accepted { reply: Reply::new(250, &format!("2.0.0 {}", path.display())) },
            Err(error) => Outcome::Unreachable { why: format!("{}: {error}", self.path.display()) },
        }
    }

    /// Writes beside and renames, so that whoever watches the folder never sees half a mail.
    fn write(&self, mail: &Composed) -> io::Result<PathBuf> {
        let path = self.path.join(format!("{}.eml", mail.mail_id));
        let beside = self.path.join(format!(".{}.part", mail.mail_id));
        let mut file = create_private(&beside)?;
        file.write_all(&mail.bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        Ok(path)
    }
}

/// Whoever can read a mail can answer with its link: the file is the owner's alone.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::contact::EmailAddress;
    use crate::domain::ident::MailId;

    fn mail(bytes: &[u8]) -> Composed {
        Composed {
            mail_id: MailId(uuid::Uuid::from_u128(5)),
            message_id: "<x@example.org>".into(),
            sender: EmailAddress::parse("b@example.org").unwrap(),
            recipient: EmailAddress::parse("c@example.org").unwrap(),
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn one_mail_is_one_file_however_often_it_is_written() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::open(directory.path().join("new/out")).unwrap();
        for text in [b"first".as_slice(), b"again"] {
            assert!(matches!(folder.send(&mail(text)), Outcome::Accepted { .. }));
        }
        let files: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path()).collect();
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(files[0].extension().is_some_and(|e| e == "eml"));
        assert_eq!(fs::read(&files[0]).unwrap(), b"again");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn a_folder_that_is_gone_is_unreachable() {
        let directory = tempfile::tempdir().unwrap();
        let folder = Folder::open(directory.path().join("out")).unwrap();
        fs::remove_dir(folder.path()).unwrap();
        assert!(matches!(folder.send(&mail(b"x")), Outcome::Unreachable { .. }));
        let file = directory.path().join("file");
        fs::write(&file, "").unwrap();
        assert_eq!(Folder::open(file.join("below")).unwrap_err().code(), Code::FileUnwritable);
    }
}
