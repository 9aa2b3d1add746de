//! A neighbor that answers without end, or drop by drop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What it says, and then says again and again.
#[derive(Clone)]
pub(crate) struct Flood {
    pub(crate) port: u16,
    /// Connections so far.
    pub(crate) taken: Arc<AtomicUsize>,
    /// What the system took of all that was said, in bytes.
    pub(crate) said: Arc<AtomicU64>,
}

impl Flood {
    /// A mail server that answers with `again` for ever from the moment that it reads `after`, and properly before; at once
    /// if that is empty.
    pub(crate) async fn smtp(after: &'static str, again: &'static [u8]) -> Self {
        Self::start(move |mut stream, flood| async move {
            if !after.is_empty() {
                stream.write_all(b"220 here\r\n").await.ok()?;
                let mut heard = Vec::new();
                while !ends_with_line(&heard, after) {
                    let in_data = String::from_utf8_lossy(&heard).contains("DATA\r\n");
                    let mut more = [0; 1024];
                    let read = stream.read(&mut more).await.ok().filter(|read| *read > 0)?;
                    heard.extend_from_slice(&more[..read]);
                    if ends_with_line(&heard, after) {
                        break;
                    }
                    if heard.ends_with(b"DATA\r\n") {
                        stream.write_all(b"354 go on\r\n").await.ok()?;
                    } else if !in_data {
                        stream.write_all(b"250 yes\r\n").await.ok()?;
                    }
                }
            }
            flood.pour(stream, again).await
        })
        .await
    }

    /// An HTTP server that answers every request with `first` and then with `again` for ever.
    pub(crate) async fn http(first: &'static [u8], again: &'static [u8]) -> Self {
        Self::start(move |mut stream, flood| async move {
            flood.heard_request(&mut stream).await?;
            stream.write_all(first).await.ok()?;
            flood.pour(stream, again).await
        })
        .await
    }

    /// The same over TLS, with this certificate and its key; a mail server, unless it waits for a request.
    pub(crate) async fn tls(
        certificate: &rcgen::CertifiedKey<rcgen::KeyPair>,
        is_asked: bool,
        first: &'static [u8],
        again: &'static [u8],
    ) -> Self {
        let key = PrivateKeyDer::try_from(certificate.signing_key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::start(move |stream, flood| {
            let acceptor = acceptor.clone();
            async move {
                let mut stream = acceptor.accept(stream).await.ok()?;
                if is_asked {
                    flood.heard_request(&mut stream).await?;
                }
                stream.write_all(first).await.ok()?;
                flood.pour(stream, again).await
            }
        })
        .await
    }

    /// A server that says `first`, once it heard something if `is_asked`, and then a byte every so often.
    pub(crate) async fn dripping(is_asked: bool, first: &'static [u8], pause: Duration) -> Self {
        Self::start(move |mut stream, flood| async move {
            if is_asked {
                flood.heard_request(&mut stream).await?;
            }
            stream.write_all(first).await.ok()?;
            loop {
                stream.write_all(b"x").await.ok()?;
                tokio::time::sleep(pause).await;
            }
        })
        .await
    }

    async fn start<T>(talk: impl Fn(TcpStream, Self) -> T + Send + Sync + 'static) -> Self
    where
        T: Future<Output = Option<()>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let flood = Self {
            port: listener.local_addr().unwrap().port(),
            taken: Arc::default(),
            said: Arc::default(),
        };
        let serving = flood.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.taken.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(talk(stream, serving.clone()));
            }
        });
        flood
    }

    async fn heard_request(&self, stream: &mut (impl AsyncRead + Unpin)) -> Option<()> {
        let mut request = vec![0; 16 * 1024];
        let read = stream.read(&mut request).await.ok()?;
        (read > 0).then_some(())
    }

    async fn pour(&self, mut stream: impl AsyncWrite + Unpin, again: &[u8]) -> Option<()> {
        let many = again.repeat(1 + 4096 / again.len());
        loop {
            stream.write_all(&many).await.ok()?;
            let length = u64::try_from(many.len()).unwrap();
            self.said.fetch_add(length, Ordering::SeqCst);
        }
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Asserts that of what was said no more was taken for each connection than the system keeps by itself.
    pub(crate) fn was_left_unread(&self) {
        let taken = u64::try_from(self.taken.load(Ordering::SeqCst)).unwrap();
        let said = self.said.load(Ordering::SeqCst);
        assert!(taken > 0, "nobody came");
        assert!(said < taken * 16 * 1024 * 1024, "{said} B over {taken}");
    }
}

fn ends_with_line(heard: &[u8], line: &str) -> bool {
    let wanted = format!("{line}\r\n");
    heard.ends_with(wanted.as_bytes()) || {
        // Of a command, the beginning is enough.
        let text = String::from_utf8_lossy(heard);
        let last = text.trim_end().lines().next_back().unwrap_or_default();
        heard.ends_with(b"\r\n") && line != "." && last.starts_with(line)
    }
}
