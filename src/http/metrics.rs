//! `/metrics`, on a separate address: it is for operators only, so the public address never serves it.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;

use super::error;
use crate::app::App;
use crate::metrics;

pub(super) fn router(app: &App) -> Router {
    Router::new()
        .route("/metrics", get(show))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
        .with_state(app.clone())
}

async fn show(State(app): State<App>) -> impl IntoResponse {
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], app.metrics().await)
}
