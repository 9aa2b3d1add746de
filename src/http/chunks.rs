//! A long document as the body of a response, chunk by chunk, so that memory use doesn't depend on its length.

use std::fs::File;
use std::io::Read as _;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::Frame;
use tokio::sync::mpsc;

use crate::accounts::{Error, StoreError};

/// Where the chunks come from.
pub(super) trait Source: Send + 'static {
    /// Returns the next chunk, or `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<String>, Error>> + Send;
}

/// Returns the body. Its chunks are read while the client takes them, and no longer. The caller has read the first one, so
/// that it could still refuse the request.
pub(super) fn body(first: String, source: impl Source) -> Body {
    Body::new(Chunks::of(first, source))
}

/// The size of the chunks of a file, in bytes.
const CHUNK: u64 = 256 * 1024;

/// Returns the body with the content of a file, from its start.
pub(super) fn of_file(file: File) -> Body {
    let (sender, receiver) = mpsc::channel(1);
    tokio::task::spawn_blocking(move || {
        let mut file = file;
        loop {
            let mut bytes = Vec::new();
            let chunk = match file.by_ref().take(CHUNK).read_to_end(&mut bytes) {
                Ok(0) => return,
                Ok(_) => Ok(Bytes::from(bytes)),
                Err(cause) => {
                    tracing::error!(%cause, "sending a file broke off");
                    Err(Error::Store(StoreError::Unavailable(Box::new(cause))))
                }
            };
            let is_over = chunk.is_err();
            if sender.blocking_send(chunk).is_err() || is_over {
                return;
            }
        }
    });
    Body::new(Chunks(receiver))
}

struct Chunks(mpsc::Receiver<Result<Bytes, Error>>);

impl Chunks {
    fn of(first: String, mut source: impl Source) -> Self {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut next = Ok(Some(first));
            while let Some(chunk) = next.transpose() {
                let is_over = chunk.is_err();
                if let Err(error) = &chunk {
                    tracing::error!(%error, "an export broke off");
                }
                if sender.send(chunk.map(Bytes::from)).await.is_err() || is_over {
                    return;
                }
                next = source.next().await;
            }
        });
        Self(receiver)
    }
}

impl hyper::body::Body for Chunks {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let chunk = self.0.poll_recv(context);
        chunk.map(|chunk| chunk.map(|chunk| chunk.map(Frame::data)))
    }
}
