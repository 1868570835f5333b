//! The key that signs links and hashes suppressed addresses. Whoever has it can forge links; without it
//! every link that was ever mailed is dead. So it is made once, kept in a file of its own, and never shown.

use crate::error::{Code, Error};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD, HEXLOWER_PERMISSIVE};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use sha2::{Digest, Sha256};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// As many bytes as HMAC-SHA-256 gives back; shorter keys weaken it (RFC 2104 section 3).
pub const LEAST_BYTES: usize = 32;

/// Reads a key written in hexadecimal digits or base64 (either alphabet, with or without padding).
///
/// # Errors
/// [`Code::ValueMalformed`], without the text, if it is neither or has fewer than 32 bytes.
pub fn parse(text: &SecretString) -> Result<SecretSlice<u8>, Error> {
    let text = text.expose_secret().trim().as_bytes();
    let bytes = [HEXLOWER_PERMISSIVE, BASE64, BASE64_NOPAD, BASE64URL, BASE64URL_NOPAD]
        .iter()
        .find_map(|encoding| encoding.decode(text).ok());
    match bytes {
        Some(bytes) if bytes.len() >= LEAST_BYTES => Ok(bytes.into()),
        _ => Err(Error::new(Code::ValueMalformed).with("expected", "openssl rand -hex 32").with("min", LEAST_BYTES)),
    }
}

/// Reads the key from its file. At the first start, when there is no file, `fresh` becomes the key and the
/// file is made, readable by its owner alone; if two processes start at once, both end up with one key.
///
/// # Errors
/// [`Code::FileUnreadable`] or [`Code::FileUnwritable`] with the file; [`Code::ValueMalformed`] if it holds no key.
pub fn load_or_create(path: &Path, fresh: [u8; LEAST_BYTES]) -> Result<SecretSlice<u8>, Error> {
    let file = path.display();
    let unwritable =
        |error: std::io::Error| Error::new(Code::FileUnwritable).with("file", path.display()).because(error);
    match fs::read_to_string(path) {
        Ok(text) => return parse(&text.into()).map_err(|error| error.with("file", file)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(Error::new(Code::FileUnreadable).with("file", file).because(error)),
    }
    if let Some(directory) = path.parent().filter(|d| !d.as_os_str().is_empty()) {
        fs::create_dir_all(directory).map_err(unwritable)?;
    }
    // The key is written whole under another name and then linked into place, which fails if somebody
    // else was first: nobody ever reads half a key.
    // Its name is drawn from the key's digest, since two containers on one volume may share a process id.
    let name: String = HEXLOWER_PERMISSIVE.encode(&Sha256::digest(fresh)).chars().take(16).collect();
    let draft = path.with_extension(format!("new-{name}"));
    let _ = fs::remove_file(&draft);
    let written = write_private(&draft, &HEXLOWER_PERMISSIVE.encode(&fresh)).and_then(|()| fs::hard_link(&draft, path));
    let _ = fs::remove_file(&draft);
    match written {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(unwritable(error)),
        _ => {
            let text = fs::read_to_string(path)
                .map_err(|error| Error::new(Code::FileUnreadable).with("file", path.display()).because(error))?;
            parse(&text.into()).map_err(|error| error.with("file", file))
        }
    }
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_in_both_writings() {
        let hex = "00".repeat(31) + "fF";
        assert_eq!(parse(&hex.into()).unwrap().expose_secret().len(), 32);
        let base64 = BASE64URL_NOPAD.encode(&[255; 40]);
        assert_eq!(parse(&base64.into()).unwrap().expose_secret(), &[255; 40]);
        for bad in ["", "short", &"00".repeat(31), "not base64 at all, but quite long enough to be a key"] {
            let error = parse(&bad.to_owned().into()).unwrap_err();
            assert!(bad.is_empty() || !format!("{error:?}").contains(bad));
        }
    }

    #[test]
    fn the_first_start_makes_the_key_and_later_ones_keep_it() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("data/secret.key");
        let first = load_or_create(&path, [1; 32]).unwrap();
        let second = load_or_create(&path, [2; 32]).unwrap();
        assert_eq!(first.expose_secret(), &[1; 32]);
        assert_eq!(second.expose_secret(), first.expose_secret());
        assert_eq!(fs::read_dir(home.path().join("data")).unwrap().count(), 1, "no draft is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_file_is_never_replaced() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("secret.key");
        fs::write(&path, "half a k").unwrap();
        assert_eq!(load_or_create(&path, [1; 32]).unwrap_err().code(), Code::ValueMalformed);
        assert_eq!(fs::read_to_string(&path).unwrap(), "half a k");
    }
}
