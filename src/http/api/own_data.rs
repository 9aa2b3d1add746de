//! `GET /me/export`

use axum::extract::State;
use axum::http::Method;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};

use crate::accounts::{Error, OwnDataPieces};
use crate::app::App;
use crate::http::chunks::{self, Source};
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
    method: Method,
    SignedIn { session, origin }: SignedIn,
) -> Result<Response, ApiError> {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (
            CONTENT_DISPOSITION,
            "attachment; filename=\"account-data.json\"",
        ),
    ];
    // Nothing is downloaded, so nothing is recorded.
    if method == Method::HEAD {
        return Ok(headers.into_response());
    }
    let mut pieces = app.accounts.export_own(&session, &origin).await?;
    // What fails by now is refused properly.
    let first = pieces.next().await?.unwrap_or_default();
    Ok((headers, chunks::body(first, pieces)).into_response())
}

impl Source for OwnDataPieces {
    async fn next(&mut self) -> Result<Option<String>, Error> {
        Self::next(self).await
    }
}
