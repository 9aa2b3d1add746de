//! The most memory that a server can use with its settings.

use std::fmt;

use crate::app::App;
use crate::config::Settings;
use crate::http;

const MIB: u64 = 1024 * 1024;

/// The program with its templates and documents, its threads, and log lines that wait to be written.
const PROGRAM: u64 = 64 * MIB;

/// The most memory that a server uses, in bytes. Not included: imported password hashes that cost more than the
/// settings require, and what rate limits remember during a flood.
pub(super) struct Ceiling {
    hashes: u64,
    database: u64,
    connections: u64,
}

impl Ceiling {
    pub(super) fn of(settings: &Settings) -> Self {
        let password = &settings.password;
        Self {
            hashes: password.max_concurrent_hashes as u64 * u64::from(password.memory_kib) * 1024,
            database: App::cached_bytes(settings),
            connections: settings.server.max_connections as u64 * http::CONNECTION_BYTES,
        }
    }

    const fn total(&self) -> u64 {
        PROGRAM + self.hashes + self.database + self.connections
    }
}

impl fmt::Display for Ceiling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = |bytes: u64| bytes.div_ceil(MIB);
        write!(
            f,
            "memory: at most {} MiB ({} for password hashes, {} for the database, {} for connections), and 30 MiB for each rate \
             limit that is flooded",
            mib(self.total()),
            mib(self.hashes),
            mib(self.database),
            mib(self.connections),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_follows_the_settings() {
        let mut settings = Settings::default();
        settings.password.max_concurrent_hashes = 4;
        settings.password.memory_kib = 65_536;
        settings.server.max_connections = 1024;
        let said = Ceiling::of(&settings).to_string();
        assert!(said.contains("256 for password hashes"), "{said}");
        assert!(said.contains("192 for connections"), "{said}");
    }
}
