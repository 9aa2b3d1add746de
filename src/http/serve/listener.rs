//! Where connections come from: a TCP port, or a Unix socket for a proxy on the same machine.

use std::fs::{self, Permissions};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::os::unix::net;
use std::path::{Path, PathBuf};

use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio_util::either::Either;

use crate::config::Bind;

/// The owner and the group of a Unix socket may connect to it.
const SOCKET_MODE: u32 = 0o660;
/// The address of clients that connect through a Unix socket: they are on this machine.
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

/// A Unix socket, which is removed at the end if this process created it.
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
    /// Starts listening.
    ///
    /// # Errors
    /// The error of the operating system. If another server listens on a socket, it is [`io::ErrorKind::AddrInUse`]; a
    /// socket that was left behind is replaced.
    pub(super) async fn bind(bind: &Bind) -> io::Result<Self> {
        match bind {
            Bind::Tcp(address) => Ok(Self::Tcp(TcpListener::bind(address).await?)),
            Bind::Unix(path) => Ok(Self::Unix(UnixSocket::make(path)?)),
        }
    }

    /// Returns the address that it listens on.
    ///
    /// # Errors
    /// The error of the operating system.
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
                // Responses are small and written at once, so Nagle's algorithm would only delay them.
                if let Err(fault) = stream.set_nodelay(true) {
                    tracing::debug!(%fault, "setting TCP_NODELAY failed");
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

/// Returns whether the client closed the connection before it was accepted. The server doesn't need to wait then.
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

/// Returns whether there is a socket that nobody listens on any more.
fn is_left_behind(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket())
        && net::UnixStream::connect(path)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        let Some(made) = &self.made else { return };
        // Another server may have replaced it by now.
        if fs::symlink_metadata(&made.path).is_ok_and(|file| file.ino() == made.inode) {
            // If it can't be removed, the next start replaces it.
            let _ = fs::remove_file(&made.path);
        }
    }
}
