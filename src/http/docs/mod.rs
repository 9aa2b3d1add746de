//! `GET /docs`: the API document for people, who can try it out there. Everything it loads comes from the binary: Swagger
//! UI's own files, unchanged, and a page and a start script of ours in place of those that come with it.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;

use super::error::ApiError;

/// What the page may load: this server's own files, the pictures that its style sheet holds, and this API.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// The files that the page needs, of all that the viewer brings.
const FILES: [&str; 3] = [
    "favicon-32x32.png",
    "swagger-ui-bundle.js",
    "swagger-ui.css",
];
/// They change with the program only.
const AN_HOUR: &str = "max-age=3600";

/// The files of the page.
pub(super) fn files<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/docs/start.js", get(start))
        .route("/docs/{file}", get(file))
}

/// Shows the API reference.
///
/// A page for people, who can try every route there.
#[utoipa::path(get, path = "/docs", operation_id = "docs", tag = "operations", responses(
    (status = 200, description = "A page that shows the API document.", body = String, content_type = "text/html"),
))]
pub(super) async fn page() -> Response {
    let page = Html(include_str!("page.html"));
    ([(CONTENT_SECURITY_POLICY, POLICY)], page).into_response()
}

async fn start() -> Response {
    let headers = [(CONTENT_TYPE, "text/javascript"), (CACHE_CONTROL, AN_HOUR)];
    (headers, include_str!("start.js")).into_response()
}

async fn file(name: Result<Path<String>, PathRejection>) -> Result<Response, ApiError> {
    let Path(name) = name.map_err(|_| ApiError::not_found())?;
    if !FILES.contains(&name.as_str()) {
        return Err(ApiError::not_found());
    }
    let configuration = Arc::new(utoipa_swagger_ui::Config::default());
    let file = utoipa_swagger_ui::serve(&name, configuration)
        .map_err(|cause| ApiError::internal(&cause))?
        .ok_or_else(ApiError::not_found)?;
    let headers = [
        (CONTENT_TYPE, file.content_type),
        (CACHE_CONTROL, AN_HOUR.to_owned()),
    ];
    let mut response = (headers, file.bytes.into_owned()).into_response();
    if file.gzpipped {
        let gzip = axum::http::HeaderValue::from_static("gzip");
        response.headers_mut().insert(CONTENT_ENCODING, gzip);
    }
    Ok(response)
}
