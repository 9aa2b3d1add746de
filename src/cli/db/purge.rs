//! `regstack db purge`.

use serde::Serialize;

use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::output::{Canvas, Report};
use crate::cli::progress;

pub(super) const EXAMPLE: &str = "\
What has expired has no effect any more; a server removes it every minute.
Events go after events_retention_days, messages that were given up after a week.

Example:
  regstack db purge";

#[derive(Serialize)]
struct Purged {
    /// Rows.
    removed: u64,
}

impl Report for Purged {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.line(match self.removed {
            0 => "nothing has expired".to_owned(),
            1 => "removed 1 expired row".to_owned(),
            rows => format!("removed {rows} expired rows"),
        });
    }
}

pub(super) async fn run(context: &Context) -> Result {
    let app = context.open().await?;
    let removed = progress::waited(app.sweep())
        .await
        .map_err(|cause| Failure::act("expired rows cannot be removed", cause.into()))?;
    context.output.print(&Purged { removed })
}
