//! Name resolution.

use crate::config::key::section;
use crate::config::name_server::NameServer;

section! {
    /// Name resolution.
    pub struct Dns at settings.dns, named "dns." field "" {
        resolver: Option<NameServer> = None, Any, "Name server to ask, with a port unless it's 53; the system's by default.";
    }
}
