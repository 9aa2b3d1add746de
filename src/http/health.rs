//! Signs of life, for whoever supervises the process.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::error::ApiError;
use super::openapi::refusals;
use crate::app::App;

/// How long the database may take to give a sign of life.
const PATIENCE: Duration = Duration::from_secs(4);

/// A sign of life.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`, or `ready`.
    #[schema(value_type = String, example = "ok")]
    status: &'static str,
}

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "The process lives.", body = Health)))]
pub(super) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

refusals!(ReadinessRefusals: [] ApiError::unavailable("the database is out of reach"));

/// The server can do its work: the database answers.
#[utoipa::path(get, path = "/readyz", tag = "operations", responses(
    (status = 200, description = "The database answers.", body = Health),
    ReadinessRefusals,
))]
pub(super) async fn readyz(State(app): State<App>) -> Result<Json<Health>, ApiError> {
    match timeout(PATIENCE, app.store.ping()).await {
        Ok(Ok(())) => Ok(Json(Health { status: "ready" })),
        Ok(Err(cause)) => Err(ApiError::store("the database is out of reach", &cause)),
        Err(_) => Err(ApiError::unavailable(
            "the database did not answer within 4 seconds",
        )),
    }
}
