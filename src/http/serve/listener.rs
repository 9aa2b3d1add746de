//! Where connections come from: a TCP port, or a Unix socket behind which a proxy of this machine stands.

use std::fs::{self, Permissions};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net;
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use crate::config::Bind;

/// Its owner and group may connect to a Unix socket.
const SOCKET_MODE: u32 = 0o660;
/// Whoever connects through a Unix socket is on this machine.
const UNIX_PEER: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// One connection.
pub(super) type Stream = Either<TcpStream, UnixStream>;

/// What a server accepts connections from.
#[derive(Debug)]
pub enum Listener {
    /// A TCP port.
    Tcp(TcpListener),
    /// A Unix socket. Peers count as 127.0.0.1.
    Unix(UnixSocket),
}

/// A Unix socket, which is removed at the end if this process made it.
#[derive(Debug)]
pub struct UnixSocket {
    listener: UnixListener,
    made: Option<Made>,
}

#[derive(Debug)]
struct Made {
    path: PathBuf,
    inode: u64,
}

impl From<TcpListener> for Listener {
    fn from(listener: TcpListener) -> Self {
        Self::Tcp(listener)
    }
}

impl From<UnixListener> for Listener {
    fn from(listener: UnixListener) -> Self {
        Self::Unix(UnixSocket {
            listener,
            made: None,
        })
    }
}

impl Listener {
    /// Listens.
    ///
    /// # Errors
    /// What the system says. A socket that a server listens on is [`io::ErrorKind::AddrInUse`]; one that was left behind
    /// gives way.
    pub(super) async fn bind(bind: &Bind) -> io::Result<Self> {
        match bind {
            Bind::Tcp(address) => Ok(Self::Tcp(TcpListener::bind(address).await?)),
            Bind::Unix(path) => Ok(Self::Unix(UnixSocket::make(path)?)),
        }
    }

    /// Returns where it listens.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<Bind> {
        match self {
            Self::Tcp(listener) => Ok(Bind::Tcp(listener.local_addr()?)),
            Self::Unix(socket) => {
                let address = socket.listener.local_addr()?;
                let path = address.as_pathname().unwrap_or(Path::new("(no path)"));
                Ok(Bind::Unix(path.to_owned()))
            }
        }
    }

    pub(super) async fn accept(&self) -> io::Result<(Stream, SocketAddr)> {
        match self {
            Self::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Answers are small and written at once: waiting for more only delays them.
                if let Err(fault) = stream.set_nodelay(true) {
                    tracing::debug!(%fault, "TCP_NODELAY cannot be set");
                }
                Ok((Either::Left(stream), peer))
            }
            Self::Unix(socket) => {
                let (stream, _) = socket.listener.accept().await?;
                Ok((Either::Right(stream), UNIX_PEER.into()))
            }
        }
    }
}

/// Whether a connection was gone before it was accepted: nothing to wait for.
pub(super) fn is_the_clients(fault: &io::Error) -> bool {
    matches!(
        fault.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}

impl UnixSocket {
    fn make(path: &Path) -> io::Result<Self> {
        let listener = UnixListener::bind(path).or_else(|error| {
            if error.kind() != io::ErrorKind::AddrInUse || !is_left_behind(path) {
                return Err(error);
            }
            fs::remove_file(path)?;
            UnixListener::bind(path)
        })?;
        fs::set_permissions(path, Permissions::from_mode(SOCKET_MODE))?;
        let made = Made {
            path: path.to_owned(),
            inode: fs::symlink_metadata(path)?.ino(),
        };
        Ok(Self {
            listener,
            made: Some(made),
        })
    }
}

/// Whether a socket is there that nobody listens on any more.
fn is_left_behind(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket())
        && net::UnixStream::connect(path)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        let Some(made) = &self.made else { return };
        // Another server may have taken its place by now.
        if fs::symlink_metadata(&made.path).is_ok_and(|file| file.ino() == made.inode) {
            // Left behind, it is taken over at the next start.
            let _ = fs::remove_file(&made.path);
        }
    }
}
