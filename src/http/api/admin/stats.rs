//! `GET /admin/stats`, `GET /admin/stats/series`

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Administration, Number, Query, query};
use crate::model::{Counts, DayCounts};

/// The number of days in a series if the request doesn't say.
const DEFAULT_DAYS: u32 = 30;

/// Gets totals.
#[utoipa::path(get, path = "/admin/stats", summary = "Get totals", tag = "administration", operation_id = "get_stats", security(("bearer" = [])), responses(
    (status = 200, description = "The counts.", body = Counts)))]
pub(super) async fn stats(
    State(app): State<App>,
    _: Administration,
) -> Result<Json<Counts>, ApiError> {
    Ok(Json(app.accounts.counts().await?))
}

query! {
    /// How many days.
    SeriesQuery {
        /// The number of days, including today; 30 by default.
        days: Option<Number<1, 365>>,
    }
}

/// Counts by day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SeriesAnswer {
    /// Oldest first, including days without events.
    days: Vec<DayCounts>,
}

/// Gets daily counts.
///
/// Registrations, verifications, logins and failed logins for each of the last days.
#[utoipa::path(get, path = "/admin/stats/series", summary = "Get daily counts", tag = "administration", operation_id = "get_stats_series", security(("bearer" = [])), params(SeriesQuery), responses(
    (status = 200, description = "The days.", body = SeriesAnswer)))]
pub(super) async fn series(
    State(app): State<App>,
    _: Administration,
    Query(query): Query<SeriesQuery>,
) -> Result<Json<SeriesAnswer>, ApiError> {
    let days = query.days.map_or(DEFAULT_DAYS, |days| days.0);
    let days = app.accounts.series(days).await?;
    Ok(Json(SeriesAnswer { days }))
}
