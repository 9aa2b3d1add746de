//! `regstack users promote`.

use super::{bulk, name};
use crate::accounts::AccountPatch;
use crate::cli::context::Context;
use crate::cli::error::Result;

pub(super) const EXAMPLE: &str = "A new account is made an administrator by create-admin.\n\nExample:\n  regstack users promote ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids, addresses, or parts of an address that no other has
    #[arg(value_name = "ACCOUNT", required = true, value_parser = name)]
    names: Vec<String>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let users = bulk::find(context, &app, &args.names).await?;
    let origin = context.origin();
    bulk::each(context, users, "promoted", async |id| {
        let patch = AccountPatch {
            is_superuser: Some(true),
            ..AccountPatch::default()
        };
        app.accounts.patch(id, patch, false, &origin).await
    })
    .await
}
