//! Where a request comes from.

use crate::config::Network;
use actix_web::HttpRequest;
use std::net::{IpAddr, SocketAddr};

/// The address of the client: of whoever speaks to us, unless that is a proxy of ours; then of whoever
/// spoke to that.
pub(super) fn address(req: &HttpRequest, trusted: &[Network]) -> Option<IpAddr> {
    let peer = req.peer_addr()?.ip();
    let said = req.headers().get_all("x-forwarded-for").map(|line| line.to_str().unwrap_or_default());
    Some(behind(peer, said, trusted))
}

/// Goes back from hop to hop, as long as who tells of the one before is trusted. Each hop adds, on the
/// right, whom it was spoken to by; everything further left may be made up.
fn behind<'a>(peer: IpAddr, said: impl Iterator<Item = &'a str>, trusted: &[Network]) -> IpAddr {
    let hops: Vec<&str> = said.flat_map(|line| line.split(',')).collect();
    let mut known = peer.to_canonical();
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|network| network.contains(known)) {
            break;
        }
        // What is no address was not written by a proxy as we know them.
        let Some(before) = read(hop) else { break };
        known = before;
    }
    known
}

/// An address, with its port if need be: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn read(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(hop);
    let alone = bare.parse().ok();
    alone.or_else(|| hop.parse::<SocketAddr>().ok().map(|with_port| with_port.ip())).map(|ip: IpAddr| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(peer: &str, said: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<Network> = trusted.iter().map(|t| t.parse().unwrap()).collect();
        behind(peer.parse().unwrap(), said.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        assert_eq!(of("198.51.100.7", &["10.0.0.1"], &[]), "198.51.100.7");
        assert_eq!(of("198.51.100.7", &["10.0.0.1"], &["127.0.0.1"]), "198.51.100.7");
        assert_eq!(of("127.0.0.1", &[], &["127.0.0.1"]), "127.0.0.1");
        assert_eq!(of("::ffff:198.51.100.7", &[], &[]), "198.51.100.7");
    }

    #[test]
    fn trusted_hops_are_gone_back_from_the_right() {
        let ours = ["127.0.0.1", "10.0.0.0/8"];
        assert_eq!(of("127.0.0.1", &["198.51.100.7"], &ours), "198.51.100.7");
        assert_eq!(of("127.0.0.1", &["198.51.100.7, 10.1.2.3"], &ours), "198.51.100.7");
        // What the client itself has sent stands further left.
        assert_eq!(of("127.0.0.1", &["1.2.3.4, 198.51.100.7, 10.1.2.3"], &ours), "198.51.100.7");
        assert_eq!(of("127.0.0.1", &["1.2.3.4, 10.9.9.9", "198.51.100.7"], &ours), "198.51.100.7");
        // All are ours: the first of them.
        assert_eq!(of("127.0.0.1", &["10.0.0.9, 10.1.2.3"], &ours), "10.0.0.9");
        assert_eq!(of("::ffff:127.0.0.1", &["[2001:db8::1]:443"], &ours), "2001:db8::1");
        assert_eq!(of("127.0.0.1", &["198.51.100.7:5555"], &ours), "198.51.100.7");
    }

    #[test]
    fn what_is_no_address_ends_the_way() {
        let ours = ["127.0.0.1", "10.0.0.0/8"];
        for said in ["unknown", "", ",", "198.51.100.7, ", "1.2.3.4.5", "[::1", "a'; drop", "_hidden"] {
            assert_eq!(of("127.0.0.1", &[said], &ours), "127.0.0.1", "{said}");
        }
        assert_eq!(of("127.0.0.1", &["198.51.100.7, nonsense, 10.1.2.3"], &ours), "10.1.2.3");
    }
}
