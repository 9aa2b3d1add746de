//! A long document as the body of a response, piece by piece, so that memory use doesn't depend on its length.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use hyper::body::Frame;
use tokio::sync::mpsc;

use crate::accounts::Error;

/// Where the pieces come from.
pub(super) trait Source: Send + 'static {
    /// Returns the next piece, or `None` at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<String>, Error>> + Send;
}

/// Returns the body. Its pieces are read while the client takes them, and no longer. The caller has read the first one, so
/// that it could still refuse the request.
pub(super) fn body(first: String, source: impl Source) -> Body {
    Body::new(Pieces::of(first, source))
}

struct Pieces(mpsc::Receiver<Result<Bytes, Error>>);

impl Pieces {
    fn of(first: String, mut source: impl Source) -> Self {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(async move {
            let mut next = Ok(Some(first));
            while let Some(piece) = next.transpose() {
                let is_over = piece.is_err();
                if let Err(error) = &piece {
                    tracing::error!(%error, "an export broke off");
                }
                if sender.send(piece.map(Bytes::from)).await.is_err() || is_over {
                    return;
                }
                next = source.next().await;
            }
        });
        Self(receiver)
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let piece = self.0.poll_recv(context);
        piece.map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
