//! Addresses of web pages that stand in the settings.

use super::setting::{Setting, Wrong, quote};
use crate::error::{Code, Error};
use std::fmt;
use toml::Value;

/// An absolute http or https URL with a host, without user and password, in characters that may stand in a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebUrl(String);

const EXAMPLE: &str = "https://survey.example.com";

impl WebUrl {
    /// Reads a URL; slashes at its end are taken off, so that paths can be put behind it.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = || Error::new(Code::ValueMalformed).with("expected", EXAMPLE);
        let text = text.trim();
        let (scheme, rest) = text.split_once("://").ok_or_else(bad)?;
        if !["http", "https"].contains(&scheme) {
            return Err(bad());
        }
        // RFC 3986 2: all that is not reserved or unreserved has to be percent-encoded.
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !rest.chars().all(allowed) || authority.contains('@') || !is_host_and_port(authority) {
            return Err(bad());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Scheme, host and port: what browsers send as `Origin`.
    pub fn origin(&self) -> &str {
        let start = self.0.find("://").map_or(0, |at| at + 3);
        let end = self.0.get(start..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(self.0.len(), |at| start + at);
        self.0.get(..end).unwrap_or(&self.0)
    }

    /// The host without its port.
    pub fn host(&self) -> &str {
        let authority = self.origin().split_once("://").map_or("", |(_, authority)| authority);
        split_port(authority).0
    }

    /// The address of a page below this one; `path` starts with a slash.
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// May paths be put behind it?
    pub(super) fn is_base(&self) -> bool {
        !self.0.contains(['?', '#'])
    }
}

fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = split_port(authority);
    let is_port = port.is_none_or(|p| p.parse::<u16>().is_ok_and(|p| p > 0));
    let is_host = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host.split('.').all(|label| {
                    (1..=63).contains(&label.len())
                        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
                        && !label.starts_with('-')
                        && !label.ends_with('-')
                })
        }
    };
    is_host && is_port
}

impl fmt::Display for WebUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Setting for WebUrl {
    fn read(value: &Value) -> Result<Self, Wrong> {
        Ok(Self::parse(value.as_str().unwrap_or_default())?)
    }
    fn print(&self) -> Option<String> {
        Some(quote(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_pages() {
        let url = WebUrl::parse(" https://survey.example.com:8443/b/ ").unwrap();
        assert_eq!(url.join("/s/x"), "https://survey.example.com:8443/b/s/x");
        assert_eq!((url.origin(), url.host()), ("https://survey.example.com:8443", "survey.example.com"));
        assert_eq!(WebUrl::parse("http://[::1]:8080").unwrap().host(), "[::1]");
        assert_eq!(WebUrl::parse("http://localhost").unwrap().origin(), "http://localhost");
        for bad in [
            "",
            "survey.example.com",
            "ftp://x.org",
            "javascript://x.org/%0aalert(1)",
            "https://",
            "https:///path",
            "https://user:secret@x.org",
            "https://x.org:0",
            "https://x.org:99999",
            "https://x..org",
            "https://x.org/a b",
            "https://x.org/\"><script>",
            "https://x.org\r\nSet-Cookie: a=b",
            "https://[::1",
        ] {
            assert!(WebUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
