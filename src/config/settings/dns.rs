//! Name resolution.

use std::net::SocketAddr;

use crate::config::key::section;
use crate::config::value::Resolver;

section! {
    /// Name resolution as configured; becomes [`Dns`].
    pub(in crate::config) struct DnsKeys at dns, named "dns." field "" {
        resolver: Option<Resolver> = None, Any, "The name server to ask, with a port unless it is 53; the system's when not set.";
    }
}

/// Name resolution.
#[derive(Debug, Clone, Default)]
pub struct Dns {
    /// The name server to ask; the system's when none.
    pub resolver: Option<SocketAddr>,
}
