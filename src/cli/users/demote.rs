//! `regstack users demote`.

use super::{bulk, name};
use crate::accounts::AccountPatch;
use crate::cli::context::Context;
use crate::cli::error::Result;

pub(super) const EXAMPLE: &str = "Example:\n  regstack users demote ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids, addresses, or parts of an address that no other has
    #[arg(value_name = "ACCOUNT", required = true, value_parser = name)]
    names: Vec<String>,
    /// Demote the last active superuser too
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let users = bulk::find(context, &app, &args.names).await?;
    let origin = context.origin();
    bulk::each(context, users, "demoted", async |id| {
        let patch = AccountPatch {
            is_superuser: Some(false),
            ..AccountPatch::default()
        };
        app.accounts.patch(id, patch, args.force, &origin).await
    })
    .await
}
