//! What is one client, as far as addresses tell.

use std::net::{IpAddr, Ipv6Addr};

/// Returns what stands for one client: an IPv4 address, or the first address of an IPv6 /64, which is what one subscriber has
/// at least.
#[must_use]
pub fn one_client(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
        }
        address @ IpAddr::V4(_) => address,
    }
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
