//! `regstack tokens purge`.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::output::{Canvas, Report};
use crate::cli::progress;

pub(super) const EXAMPLE: &str = "\
What has expired is dead without being on the list; a server removes it every
minute. `regstack db purge` removes all else that has expired, too.

Example:
  regstack tokens purge";

#[derive(Serialize)]
struct Purged {
    /// Revocations.
    removed: u64,
}

impl Report for Purged {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.line(match self.removed {
            0 => "no revoked token has expired".to_owned(),
            1 => "removed 1 revoked token that has expired".to_owned(),
            count => format!("removed {count} revoked tokens that have expired"),
        });
    }
}

pub(super) async fn run(context: &Context) -> Result {
    let app = context.open().await?;
    let removed = progress::waited(app.accounts.purge_revocations())
        .await
        .map_err(|error| Failure::act("revoked tokens cannot be removed", error))?;
    context.output.print(&Purged { removed })
}
