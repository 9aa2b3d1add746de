//! What is one client, as far as addresses tell.

use std::net::IpAddr;

use ipnet::IpNet;

/// Returns what is counted as one client: an IPv4 address, or an IPv6 /64, which is what one subscriber has at least.
#[must_use]
pub fn network(address: IpAddr) -> IpNet {
    prefix(address, 32, 64)
}

/// Returns the network of the first so many bits of an address, at most 32 of an IPv4 and 128 of an IPv6 address.
#[must_use]
pub fn prefix(address: IpAddr, of_v4: u8, of_v6: u8) -> IpNet {
    let address = address.to_canonical();
    let bits = if address.is_ipv4() { of_v4 } else { of_v6 };
    IpNet::new_assert(address, bits).trunc()
}

/// Returns whether an address is this machine's or of a private network (RFC 1918, RFC 4193): if a proxy is not named,
/// everybody comes from such a one.
#[must_use]
pub fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}
