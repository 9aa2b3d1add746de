//! Which client addresses count as one client.

use std::net::IpAddr;

use ipnet::IpNet;

/// Returns the network that counts as one client: an IPv4 address, or an IPv6 /64, which is the least that a
/// subscriber gets.
#[must_use]
pub fn network(address: IpAddr) -> IpNet {
    prefix(address, 32, 64)
}

/// Returns the network of the first `of_v4` bits of an IPv4 address (at most 32) or the first `of_v6` bits of an IPv6
/// address (at most 128).
#[must_use]
pub fn prefix(address: IpAddr, of_v4: u8, of_v6: u8) -> IpNet {
    let address = address.to_canonical();
    let bits = if address.is_ipv4() { of_v4 } else { of_v6 };
    IpNet::new_assert(address, bits).trunc()
}

/// Returns whether an address is loopback or private (RFC 1918, RFC 4193). If a proxy isn't configured, all clients
/// seem to come from such an address.
#[must_use]
pub fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}
