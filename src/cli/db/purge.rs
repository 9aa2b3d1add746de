//! `regstack db purge`.

use serde_json::json;

use crate::cli::{Context, Failure, Result, progress};

pub(super) const EXAMPLE: &str = "\
Expired data has no effect. A running server removes it every minute. Events
expire after events_retention_days, failed messages after a week.

Example:
  regstack db purge";

pub(super) async fn run(context: &Context) -> Result {
    let app = context.open().await?;
    let removed = progress::waited(app.sweep())
        .await
        .map_err(|cause| Failure::act("expired rows can't be removed", cause.into()))?;
    let line = match removed {
        0 => "nothing has expired".to_owned(),
        1 => "removed 1 expired row".to_owned(),
        count => format!("removed {count} expired rows"),
    };
    let document = json!({ "removed": removed });
    context.output.print_lines(&document, [line])
}
