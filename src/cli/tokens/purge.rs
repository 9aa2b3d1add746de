//! `regstack tokens purge`.

use crate::cli::purge::Purged;
use crate::cli::{Context, Failure, Result, progress};

pub(super) const EXAMPLE: &str = "\
What has expired is dead without being on the list; a server removes it every
minute. `regstack db purge` removes all else that has expired, too.

Example:
  regstack tokens purge";

pub(super) async fn run(context: &Context) -> Result {
    let app = context.open().await?;
    let removed = progress::waited(app.accounts.purge_revocations())
        .await
        .map_err(|error| Failure::act("revoked tokens cannot be removed", error))?;
    context.output.print(&Purged {
        removed,
        nothing: "no revoked token has expired",
        one: "revoked token that has expired",
        several: "revoked tokens that have expired",
    })
}
