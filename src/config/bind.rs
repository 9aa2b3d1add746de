//! Where the server listens: an address and a port, or a Unix socket.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

/// The prefix of a Unix socket's path.
const UNIX: &str = "unix:";

/// Where the server listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bind {
    /// A TCP address and port.
    Tcp(SocketAddr),
    /// The path of a Unix socket.
    Unix(PathBuf),
}

impl Bind {
    /// Returns the TCP address, if it is one.
    #[must_use]
    pub fn tcp(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(address) => Some(*address),
            Self::Unix(_) => None,
        }
    }
}

impl fmt::Display for Bind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

/// The text doesn't have this form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotABind;

impl FromStr for Bind {
    type Err = NotABind;

    /// Parses `127.0.0.1:8000`, `[::1]:8000`, or `unix:` and an absolute path. A port alone, with or without a colon,
    /// and `localhost` mean the loopback address. To listen on a public address, it must be written out.
    fn from_str(text: &str) -> Result<Self, NotABind> {
        if let Some(path) = text.strip_prefix(UNIX) {
            let path = PathBuf::from(path);
            let is_file = path.is_absolute() && path.file_name().is_some();
            return is_file.then_some(Self::Unix(path)).ok_or(NotABind);
        }
        let port = text
            .strip_prefix("localhost")
            .filter(|port| port.starts_with(':'))
            .unwrap_or(text);
        let port = port.strip_prefix(':').unwrap_or(port);
        let is_number = !port.is_empty() && port.bytes().all(|c| c.is_ascii_digit());
        let address = if is_number {
            port.parse()
                .map(|port: u16| SocketAddr::from(([127, 0, 0, 1], port)))
                .ok()
        } else {
            text.parse().ok()
        };
        address.map(Self::Tcp).ok_or(NotABind)
    }
}
