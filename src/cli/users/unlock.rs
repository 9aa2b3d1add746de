//! `regstack users unlock`.

use super::{bulk, name};
use crate::cli::context::Context;
use crate::cli::error::Result;

pub(super) const EXAMPLE: &str = "Example:\n  regstack users unlock ada@example.com";

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
    bulk::each(context, users, "unlocked", async |id| {
        app.accounts.unlock(id, &origin).await
    })
    .await
}
