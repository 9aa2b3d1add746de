//! `GET /me/export`

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use tokio::sync::mpsc;

use crate::accounts::{Error, OwnDataPieces};
use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::SignedIn;
use crate::model::OwnData;

/// Downloads everything that is kept about your account.
///
/// One JSON document, without passwords, hashes and other secrets, and without the names of other people. Its first fields
/// are there at once; `sessions` and `events` follow as they are read. docs/privacy.md describes what is in it.
#[utoipa::path(get, path = "/me/export", summary = "Download your data", operation_id = "export_data", tag = "accounts", security(("bearer" = [])), responses(
    (status = 200, description = "Everything that is kept about the account.", body = OwnData, content_type = "application/json", headers(
        ("Content-Disposition" = String, description = "Suggests a file name.")))))]
pub(super) async fn export(
    State(app): State<App>,
    SignedIn { session, origin }: SignedIn,
) -> Result<Response, ApiError> {
    let mut pieces = app.accounts.export_own(&session, &origin).await?;
    // What fails by now is refused properly.
    let first = pieces.next().await?.unwrap_or_default();
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"account-data.json\"",
        ),
    ];
    let body = Body::new(Pieces::of(first, pieces));
    Ok((headers, body).into_response())
}

/// The pieces of a document as the body of an answer. They are read while the client takes them, and no longer.
struct Pieces(mpsc::Receiver<Result<Bytes, Error>>);

impl Pieces {
    fn of(first: String, mut pieces: OwnDataPieces) -> Self {
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
                next = pieces.next().await;
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
