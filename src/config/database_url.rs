//! The address of the database, checked before anything is opened or created.

use super::setting::{Setting, Wrong, quote};
use crate::error::{Code, Error};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::path::PathBuf;
use toml::Value;

/// Which engine keeps the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The URL of the database. It may hold a password: `Debug` and `Display` leave that out.
#[derive(Clone)]
pub struct DatabaseUrl {
    engine: Engine,
    url: SecretString,
}

const EXAMPLE: &str = "sqlite://data/bellwether.db, postgres://user:password@host/database";

impl DatabaseUrl {
    /// Reads `sqlite://path` or `postgres://user:password@host:port/database?parameters`.
    ///
    /// # Errors
    /// [`Code::DatabaseUrlUnknown`] for any other scheme, so that a slip of the pen never creates a file;
    /// [`Code::DatabaseTlsMissing`] where `sslmode` insists on TLS; [`Code::ValueMalformed`] for the rest.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let malformed = || Error::new(Code::ValueMalformed).with("expected", EXAMPLE);
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(Error::new(Code::DatabaseUrlUnknown).with("expected", EXAMPLE));
        };
        let engine = match scheme {
            "sqlite" => Engine::Sqlite,
            "postgres" | "postgresql" => Engine::Postgres,
            // The scheme is repeated only if it is one: a URL pasted wrongly may begin with its password.
            other => {
                let is_scheme = other.len() <= 20 && other.bytes().all(|b| b.is_ascii_alphabetic());
                let error = Error::new(Code::DatabaseUrlUnknown).with("expected", EXAMPLE);
                return Err(if is_scheme { error.with("scheme", other) } else { error });
            }
        };
        match engine {
            // A pool over `:memory:` would be as many databases as it has connections.
            Engine::Sqlite if rest.is_empty() || rest.ends_with('/') || rest.contains(['?', '#', '\0', ':']) => {
                return Err(malformed());
            }
            Engine::Sqlite => {}
            Engine::Postgres => {
                if rest.is_empty() || rest.chars().any(|c| c.is_whitespace() || c.is_control()) {
                    return Err(malformed());
                }
                for (name, value) in parameters(rest) {
                    let insists_early = name == "sslnegotiation" && value == "direct";
                    if name == "sslmode" || insists_early {
                        check_sslmode(if insists_early { "require" } else { &value })?;
                    }
                }
            }
        }
        Ok(Self { engine, url: text.to_owned().into() })
    }

    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// The whole URL, password included: for opening the database and for nothing else.
    pub fn expose(&self) -> &str {
        self.url.expose_secret()
    }

    /// The file of an SQLite database.
    pub fn path(&self) -> Option<PathBuf> {
        match self.engine {
            Engine::Sqlite => self.expose().split_once("://").map(|(_, path)| PathBuf::from(path)),
            Engine::Postgres => None,
        }
    }
}

/// Refuses the modes in which libpq insists on TLS, since this build has none.
pub(super) fn check_sslmode(mode: &str) -> Result<(), Error> {
    match mode {
        "disable" | "allow" | "prefer" => Ok(()),
        "require" | "verify-ca" | "verify-full" => Err(Error::new(Code::DatabaseTlsMissing).with("sslmode", mode)),
        _ => Err(Error::new(Code::ValueUnknown).with("known", "disable, allow, prefer")),
    }
}

/// The parameters behind the question mark, decoded as libpq decodes them.
fn parameters(rest: &str) -> impl Iterator<Item = (String, String)> {
    rest.split_once('?').map_or("", |(_, query)| query).split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some((decode(name), decode(value)))
    })
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.expose();
        if self.engine == Engine::Sqlite {
            return f.write_str(url);
        }
        let (scheme, rest) = url.split_once("://").unwrap_or_default();
        // Parameters may hold a password, too (`?password=`), so they all stay out. A password that was
        // not percent-encoded may itself hold any mark, a `?` too: what follows the last `@` is the host.
        let (user, host) = match rest.rsplit_once('@') {
            Some((login, host)) => (login.split(':').next().unwrap_or_default(), host),
            None => ("", rest),
        };
        let host = host.split('?').next().unwrap_or_default();
        write!(f, "{scheme}://{user}{}{host}", if user.is_empty() { "" } else { "@" })
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

impl Setting for DatabaseUrl {
    fn read(value: &Value) -> Result<Self, Wrong> {
        Ok(Self::parse(value.as_str().unwrap_or_default())?)
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines() {
        let sqlite = DatabaseUrl::parse("sqlite://data/bellwether.db").unwrap();
        assert_eq!((sqlite.engine(), sqlite.path()), (Engine::Sqlite, Some("data/bellwether.db".into())));
        assert_eq!(DatabaseUrl::parse("sqlite:///var/lib/b.db").unwrap().path(), Some("/var/lib/b.db".into()));
        let postgres = DatabaseUrl::parse("postgresql://b@%2Frun%2Fpg/bellwether?sslmode=prefer").unwrap();
        assert_eq!((postgres.engine(), postgres.path()), (Engine::Postgres, None));
    }

    #[test]
    fn other_schemes_are_refused() {
        for bad in ["mysql://x/y", "data/bellwether.db", "sqlite3://x.db", "file://x.db", "", "POSTGRES://h/d"] {
            assert_eq!(DatabaseUrl::parse(bad).unwrap_err().code(), Code::DatabaseUrlUnknown, "{bad}");
        }
        for bad in [
            "sqlite://",
            "sqlite://:memory:",
            "sqlite://x.db?mode=ro",
            "sqlite://data/",
            "postgres://",
            "postgres://h/a b",
        ] {
            assert_eq!(DatabaseUrl::parse(bad).unwrap_err().code(), Code::ValueMalformed, "{bad}");
        }
    }

    #[test]
    fn tls_is_refused_in_every_spelling() {
        for mode in [
            "sslmode=require",
            "sslmode=verify-full",
            "sslmode=verify%2Dca",
            "ssl%6Dode=%72equire",
            "sslnegotiation=direct",
        ] {
            let url = format!("postgres://u:p@h/d?connect_timeout=3&{mode}");
            assert_eq!(DatabaseUrl::parse(&url).unwrap_err().code(), Code::DatabaseTlsMissing, "{mode}");
        }
        assert_eq!(DatabaseUrl::parse("postgres://h/d?sslmode=maybe").unwrap_err().code(), Code::ValueUnknown);
    }

    #[test]
    fn the_password_is_never_shown() {
        for url in [
            "postgres://u:hunter2@h:5432/d",
            "postgres://u@h/d?password=hunter2",
            "postgres://u:a?hunter2@h/d",
            "postgres://u:p@hunter2@h/d",
            "postgres://u:a/hunter2@h/d",
        ] {
            let parsed = DatabaseUrl::parse(url).unwrap();
            let shown = format!("{parsed} {parsed:?} {:?}", parsed.print());
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(shown.contains("postgres://u@h"), "{shown}");
        }
        let refused = format!("{:?}", DatabaseUrl::parse("hunter2://x").unwrap_err());
        assert!(!refused.contains("hunter2"), "{refused}");
    }
}
