//! Health checks, for whatever supervises the process.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::constant::constant;
use super::error::ApiError;
use super::openapi::refusals;
use crate::accounts::{self, StoreError};
use crate::app::App;
use crate::model::Backlog;

/// How long the database may take to respond.
const PATIENCE: Duration = Duration::from_secs(4);

/// The age of the oldest waiting message from which delivery counts as late.
const LATE: SignedDuration = SignedDuration::from_mins(10);

constant!(Alive = "ok");
constant!(Ready = "ready");

/// The process is running.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// Always `ok`.
    #[schema(inline)]
    status: Alive,
}

/// What the server can do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// Always `ready`.
    #[schema(inline)]
    status: Ready,
    /// Whether messages are being sent.
    outbox: OutboxHealth,
}

/// The size and age of the outbox, if messages are late. The numbers are rounded so that nobody can find out whether an
/// email address has an account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OutboxHealth {
    /// Whether a message has waited for ten minutes or more.
    late: bool,
    /// If so, how many wait, rounded down to 1, 10, 100 or 1000.
    waiting: Option<u32>,
    /// If so, for how many minutes the oldest has waited.
    oldest_minutes: Option<u64>,
}

impl OutboxHealth {
    fn of(outbox: &Backlog, now: Timestamp) -> Self {
        let waited = outbox.oldest.map(|oldest| now.duration_since(oldest));
        let late = waited.filter(|waited| *waited >= LATE);
        Self {
            late: late.is_some(),
            waiting: late.map(|_| 10_u32.pow(outbox.waiting.checked_ilog10().unwrap_or(0))),
            oldest_minutes: late.map(|waited| waited.as_mins().unsigned_abs()),
        }
    }
}

/// Checks that the process is running.
///
/// Checks nothing else. For a supervisor that restarts the process if it hangs.
#[utoipa::path(get, path = "/healthz", summary = "Check that the process is running", tag = "operations", responses(
    (status = 200, description = "The process is running.", body = Health),
))]
pub(super) async fn healthz() -> Json<Health> {
    Json(Health { status: Alive })
}

refusals!(ReadinessRefusals: ApiError::unavailable("the database can't be reached"));

/// Checks that the server can do its work.
///
/// The database answers and accepts writes. For a load balancer.
#[utoipa::path(get, path = "/readyz", summary = "Check that the server can do its work", tag = "operations", responses(
    (status = 200, description = "The database answers and accepts writes.", body = Readiness),
    ReadinessRefusals,
))]
pub(super) async fn readyz(State(app): State<App>) -> Result<Json<Readiness>, ApiError> {
    let asked = async {
        let outbox = app.accounts.backlog().await?;
        Ok((outbox, app.writable.ask(app.store.as_ref()).await))
    };
    match timeout(PATIENCE, asked).await {
        Ok(Ok((_, Err(unwritable)))) => Err(ApiError::store(unwritable.detail, &unwritable.cause)),
        Ok(Ok((outbox, Ok(())))) => Ok(Json(Readiness {
            status: Ready,
            outbox: OutboxHealth::of(&outbox, app.ambient.clock.now()),
        })),
        Ok(Err(accounts::Error::Store(cause))) => {
            // The log has the server and the exact cause.
            let detail = match &cause {
                StoreError::Denied(_) => "the database refused access",
                StoreError::Failed(_) | StoreError::Unconfirmed(_) => {
                    "the database answers with an error"
                }
                StoreError::File { .. } => "the database file can't be used: see the server's log",
                _ => "the database can't be reached",
            };
            Err(ApiError::store(detail, &cause))
        }
        Ok(Err(other)) => Err(other.into()),
        Err(_) => Err(ApiError::unavailable(
            "the database didn't respond within 4 seconds",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outbox_is_silent_while_messages_leave_and_coarse_when_they_do_not() {
        let now: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
        let seen = |waiting: u32, seconds: i64| {
            let state = Backlog {
                waiting,
                oldest: (waiting > 0).then(|| now - SignedDuration::from_secs(seconds)),
            };
            let health = OutboxHealth::of(&state, now);
            (health.late, health.waiting, health.oldest_minutes)
        };
        // One message more or less makes no difference.
        assert_eq!(seen(0, 0), (false, None, None));
        assert_eq!(seen(1, 0), seen(0, 0));
        assert_eq!(seen(900, 599), seen(0, 0));
        assert_eq!(seen(1, 600), (true, Some(1), Some(10)));
        assert_eq!(seen(9, 659), seen(1, 600));
        assert_eq!(seen(10, 3600), (true, Some(10), Some(60)));
        let most = Backlog::MAX;
        assert_eq!(seen(most, 3600), (true, Some(most), Some(60)));
    }
}
