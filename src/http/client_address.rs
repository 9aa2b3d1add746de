//! Where a request comes from: the client's IP address, and the request's id.
//!
//! Headers can claim both. An address counts only if a trusted proxy reports it; an id is accepted from anyone if it
//! has a harmless form.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::IpNet;

use crate::config::Identity;
use crate::model::client_network::{is_near, network};
use crate::random::{Random, public_id};

/// The header with a request's id, in requests and responses.
pub(super) const REQUEST_ID: &str = "x-request-id";
const FORWARDED_FOR: &str = "x-forwarded-for";
const MAX_REQUEST_ID_LENGTH: usize = 64;

/// Which peers may report the client's address.
#[derive(Debug)]
pub(super) enum Proxies {
    /// No peer.
    None,
    /// The direct peer, if it is on this machine or in a private network.
    OnePrivateHop,
    /// Peers in these networks.
    Listed(Vec<IpNet>),
}

impl Proxies {
    pub(super) fn new(identity: &Identity) -> Self {
        match (identity.trusted_proxies.as_slice(), identity.behind_proxy) {
            (_, false) => Self::None,
            ([], true) => Self::OnePrivateHop,
            (listed, true) => Self::Listed(listed.to_vec()),
        }
    }

    /// Returns the rightmost address that isn't trusted. The client can forge everything to the left of it.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut hops = headers
            .get_all(FORWARDED_FOR)
            .iter()
            .rev()
            .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
        let mut client = peer.to_canonical();
        let mut passed = 0;
        while self.trusts(client, passed) {
            let Some(hop) = hops.next().and_then(parse_hop) else {
                break;
            };
            client = hop;
            passed += 1;
        }
        client
    }

    /// Returns the network that a direct peer's connections count for. Returns `None` for a trusted proxy, which
    /// connects for many clients, and for a peer in a private network if no proxy is configured, because it could be a
    /// proxy.
    pub(super) fn counted_client(&self, peer: IpAddr) -> Option<IpNet> {
        let peer = peer.to_canonical();
        let is_unnamed_proxy = matches!(self, Self::None) && is_near(peer);
        (!is_unnamed_proxy && !self.trusts(peer, 0)).then(|| network(peer))
    }

    /// Returns whether the direct peer is a trusted proxy.
    pub(super) fn include(&self, peer: IpAddr) -> bool {
        self.trusts(peer.to_canonical(), 0)
    }

    fn trusts(&self, hop: IpAddr, passed: usize) -> bool {
        match self {
            Self::None => false,
            Self::OnePrivateHop => passed == 0 && is_near(hop),
            Self::Listed(networks) => networks.iter().any(|network| network.contains(&hop)),
        }
    }
}

/// Parses one entry of `X-Forwarded-For`: an IP address. Some proxies add a port, or put the address in brackets
/// without one.
fn parse_hop(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let address = text
        .parse()
        .or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()))
        .or_else(|_| {
            text.strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'))
                .unwrap_or_default()
                .parse::<Ipv6Addr>()
                .map(IpAddr::V6)
        })
        .ok()?;
    Some(IpAddr::to_canonical(&address))
}

/// Returns the client's request id if there is exactly one and it has 1 to 64 characters of `A-Z a-z 0-9 . _ -`,
/// otherwise a new one.
pub(super) fn request_id(headers: &HeaderMap, random: &dyn Random) -> String {
    let mut claims = headers.get_all(REQUEST_ID).iter();
    match (
        claims.next().and_then(|claim| claim.to_str().ok()),
        claims.next(),
    ) {
        (Some(claim), None) if is_sane(claim) => claim.to_owned(),
        _ => public_id::<12>(random),
    }
}

fn is_sane(id: &str) -> bool {
    (1..=MAX_REQUEST_ID_LENGTH).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn headers(name: &'static str, lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name, line.parse().unwrap());
        }
        headers
    }

    fn client(proxies: &Proxies, peer: &str, forwarded: &[&str]) -> String {
        proxies
            .client(peer.parse().unwrap(), &headers(FORWARDED_FOR, forwarded))
            .to_string()
    }

    #[test]
    fn without_proxies_headers_change_nothing() {
        assert_eq!(
            client(&Proxies::None, "127.0.0.1", &["203.0.113.9"]),
            "127.0.0.1"
        );
        assert_eq!(client(&Proxies::None, "::ffff:10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn behind_a_proxy_one_private_hop_is_trusted() {
        let one = Proxies::OnePrivateHop;
        for peer in [
            "127.0.0.1",
            "::1",
            "10.1.2.3",
            "192.168.0.1",
            "fd00::1",
            "::ffff:127.0.0.1",
        ] {
            assert_eq!(
                client(&one, peer, &["6.6.6.6, 203.0.113.9"]),
                "203.0.113.9",
                "{peer}"
            );
        }
        assert_eq!(
            client(&one, "127.0.0.1", &["6.6.6.6", "203.0.113.9:4711"]),
            "203.0.113.9"
        );
        assert_eq!(
            client(&one, "127.0.0.1", &["203.0.113.9, 10.0.0.7"]),
            "10.0.0.7",
            "one hop, not two"
        );
        assert_eq!(
            client(&one, "198.51.100.1", &["203.0.113.9"]),
            "198.51.100.1",
            "a public peer is no proxy of ours"
        );
        assert_eq!(client(&one, "127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn with_a_list_the_right_most_unlisted_hop_is_the_client() {
        let listed = Proxies::Listed(vec![
            "198.51.100.0/24".parse().unwrap(),
            "2001:db8::/32".parse().unwrap(),
        ]);
        assert_eq!(
            client(
                &listed,
                "198.51.100.1",
                &["6.6.6.6, 203.0.113.9, 198.51.100.2"]
            ),
            "203.0.113.9"
        );
        assert_eq!(
            client(
                &listed,
                "198.51.100.1",
                &["203.0.113.9", "[2001:db8::5]:80"]
            ),
            "203.0.113.9"
        );
        assert_eq!(
            client(&listed, "127.0.0.1", &["203.0.113.9"]),
            "127.0.0.1",
            "loopback is not listed"
        );
        assert_eq!(
            client(&listed, "198.51.100.1", &["198.51.100.2"]),
            "198.51.100.2"
        );
    }

    #[test]
    fn connections_are_counted_but_for_proxies_and_the_neighbourhood() {
        let listed = Proxies::Listed(vec!["198.51.100.0/24".parse().unwrap()]);
        let counted = |proxies: &Proxies, peer: &str| {
            let counted = proxies.counted_client(peer.parse().unwrap());
            counted.map_or_else(|| "nobody".to_owned(), |client| client.to_string())
        };
        for near in ["127.0.0.1", "::1", "10.1.2.3", "fd00::1", "::ffff:10.0.0.1"] {
            assert_eq!(counted(&Proxies::None, near), "nobody", "{near}");
            assert_eq!(counted(&Proxies::OnePrivateHop, near), "nobody", "{near}");
            assert_ne!(counted(&listed, near), "nobody", "{near}");
        }
        assert_eq!(counted(&listed, "198.51.100.7"), "nobody");
        for proxies in [Proxies::None, Proxies::OnePrivateHop, listed] {
            assert_eq!(counted(&proxies, "203.0.113.9"), "203.0.113.9/32");
            assert_eq!(counted(&proxies, "2001:db8:0:1:2::3"), "2001:db8:0:1::/64");
        }
    }

    #[test]
    fn brackets_need_no_port() {
        let one = Proxies::OnePrivateHop;
        assert_eq!(client(&one, "::1", &["[2001:db8::1]"]), "2001:db8::1");
        for nonsense in ["[2001:db8::1", "2001:db8::1]", "[203.0.113.9]", "[]"] {
            assert_eq!(client(&one, "::1", &[nonsense]), "::1", "{nonsense}");
        }
    }

    #[test]
    fn what_is_no_address_ends_the_search() {
        let listed = Proxies::Listed(vec!["198.51.100.0/24".parse().unwrap()]);
        for nonsense in [
            "unknown",
            "",
            "203.0.113.9;drop",
            "_hidden",
            "203.0.113.9, ",
        ] {
            assert_eq!(
                client(&listed, "198.51.100.1", &[nonsense]),
                "198.51.100.1",
                "{nonsense:?}"
            );
        }
    }

    #[test]
    fn only_sane_request_ids_are_kept() {
        let random = SeededRandom::new(1);
        let id = |lines: &[&str]| request_id(&headers(REQUEST_ID, lines), &random);
        assert_eq!(id(&["a.B_9-z"]), "a.B_9-z");
        let long = "x".repeat(65);
        for bad in [
            &[][..],
            &[""],
            &["a b"],
            &["a\tb"],
            &["é"],
            &[long.as_str()],
            &["a", "b"],
        ] {
            let made = id(bad);
            assert!(
                is_sane(&made) && !bad.contains(&made.as_str()),
                "{bad:?} became {made}"
            );
        }
        assert_ne!(id(&[]), id(&[]));
    }
}
