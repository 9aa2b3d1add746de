//! `regstack tokens purge`.

use serde_json::json;

use crate::cli::{Context, Failure, Result, progress};

pub(super) const EXAMPLE: &str = "\
Expired tokens are rejected even if they aren't on the list. A running server
removes them every minute. `regstack db purge` removes other expired data too.

Example:
  regstack tokens purge";

pub(super) async fn run(context: &Context) -> Result {
    let app = context.open().await?;
    let removed = progress::waited(app.accounts.purge_revocations())
        .await
        .map_err(|error| Failure::act("revoked tokens can't be removed", error))?;
    let line = match removed {
        0 => "no revoked token has expired".to_owned(),
        1 => "removed 1 revoked token that has expired".to_owned(),
        count => format!("removed {count} revoked tokens that have expired"),
    };
    let document = json!({ "removed": removed });
    context.output.print_lines(&document, [line])
}
