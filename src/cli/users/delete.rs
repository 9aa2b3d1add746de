//! `regstack users delete`.

use super::{bulk, name};
use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::cli::prompt;

pub(super) const EXAMPLE: &str = "Asks first on a terminal; elsewhere it needs --yes.\n\nExample:\n  regstack users delete mallory@example.com --yes";

/// So many accounts are named when consent is asked for.
const NAMED: usize = 10;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids, addresses, or parts of an address that no other has
    #[arg(value_name = "ACCOUNT", required = true, value_parser = name)]
    names: Vec<String>,
    /// Delete the last active superuser too
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let users = bulk::find(context, &app, &args.names).await?;
    let mut what: Vec<&str> = users
        .iter()
        .take(NAMED)
        .map(|user| user.email.as_str())
        .collect();
    let others = format!("{} more", users.len().saturating_sub(NAMED));
    if users.len() > NAMED {
        what.push(&others);
    }
    prompt::consent(
        context,
        &format!(
            "deletes for good, with sessions and queued mail: {}",
            what.join(", ")
        ),
    )
    .await?;
    let origin = context.origin();
    bulk::each(context, users, "deleted", async |id| {
        app.accounts.delete(id, args.force, &origin).await
    })
    .await
}
