//! `GET /admin/stats`, `GET /admin/stats/series`

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::extract::{Admin, Number, Query, query};
use crate::http::openapi::refusals;
use crate::model::{Counts, DayCounts};
use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

/// The days of a series whose request does not say how many.
const USUAL_DAYS: u32 = 30;

/// Counts at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct StatsAnswer {
    /// All accounts.
    total_users: u64,
    /// Enabled ones.
    active_users: u64,
    /// Verified ones.
    verified_users: u64,
    /// Those that administer others.
    superusers: u64,
    /// Registrations whose link still lives.
    pending_registrations: u64,
}

impl From<Counts> for StatsAnswer {
    fn from(counts: Counts) -> Self {
        Self {
            total_users: counts.total_users,
            active_users: counts.active_users,
            verified_users: counts.verified_users,
            superusers: counts.superusers,
            pending_registrations: counts.pending_registrations,
        }
    }
}

refusals!(StatsRefusals: [always, admin]);

/// Counts at a glance.
#[utoipa::path(get, path = "/admin/stats", tag = "administration", operation_id = "get_stats", security(("bearer" = [])), responses(
    (status = 200, description = "The counts.", body = StatsAnswer),
    StatsRefusals,
))]
pub(super) async fn stats(State(app): State<App>, _: Admin) -> Result<Json<StatsAnswer>, ApiError> {
    Ok(Json(app.accounts.counts().await?.into()))
}

query! {
    /// How far back.
    SeriesQuery {
        /// How many days, the present one included; 30 unless given.
        days: Option<Number<1, 365>>,
    }
}

/// One day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DayAnswer {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    date: jiff::civil::Date,
    /// Accounts that came to be.
    registered: u64,
    /// Addresses that were proven.
    verified: u64,
    /// Sessions that were issued.
    logins: u64,
    /// Logins that failed.
    failures: u64,
}

impl From<DayCounts> for DayAnswer {
    fn from(day: DayCounts) -> Self {
        Self {
            date: day.date,
            registered: day.registered,
            verified: day.verified,
            logins: day.logins,
            failures: day.failures,
        }
    }
}

/// Day after day.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SeriesAnswer {
    /// Oldest first; days on which nothing happened are there too.
    days: Vec<DayAnswer>,
}

refusals!(SeriesRefusals: [always, admin, query]);

/// What happened on each of the last days.
#[utoipa::path(get, path = "/admin/stats/series", tag = "administration", operation_id = "get_stats_series", security(("bearer" = [])), params(SeriesQuery), responses(
    (status = 200, description = "The days.", body = SeriesAnswer),
    SeriesRefusals,
))]
pub(super) async fn series(
    State(app): State<App>,
    _: Admin,
    Query(wish): Query<SeriesQuery>,
) -> Result<Json<SeriesAnswer>, ApiError> {
    let days = wish.days.map_or(USUAL_DAYS, |days| days.0);
    let days = app.accounts.series(days).await?;
    Ok(Json(SeriesAnswer {
        days: days.into_iter().map(DayAnswer::from).collect(),
    }))
}
