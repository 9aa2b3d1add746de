//! A wire that can be cut: it passes bytes on to a server, refuses, or swallows them.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    /// Bytes pass.
    Whole,
    /// Connections are closed at once, those there are too.
    Cut,
    /// Connections are taken, and nothing passes.
    Hanging,
}

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    wire: Arc<watch::Sender<Wire>>,
}

impl Proxy {
    pub(crate) async fn to(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let wire = Arc::new(watch::Sender::new(Wire::Whole));
        let watched = Arc::downgrade(&wire);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Some(wire) = watched.upgrade() else {
                    return;
                };
                tokio::spawn(pass(client, server.clone(), wire.subscribe()));
            }
        });
        Self { address, wire }
    }

    pub(crate) fn set(&self, wire: Wire) {
        self.wire.send_replace(wire);
    }
}

async fn pass(mut client: TcpStream, server: String, mut wire: watch::Receiver<Wire>) {
    let mut server = TcpStream::connect(server).await.unwrap();
    loop {
        let now = *wire.borrow_and_update();
        match now {
            Wire::Cut => return,
            Wire::Hanging => {
                if wire.changed().await.is_err() {
                    return;
                }
            }
            Wire::Whole => tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut client, &mut server) => return,
                changed = wire.changed() => if changed.is_err() { return },
            },
        }
    }
}
