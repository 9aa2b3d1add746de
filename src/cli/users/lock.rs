//! `regstack users lock`.

use super::bulk;
use crate::cli::context::Context;
use crate::cli::error::Result;

pub(super) const EXAMPLE: &str = "Example:\n  regstack users lock mallory@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Lock the last active superuser too
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    let meant = args
        .who
        .consented(context, &app, "disables, and ends the sessions of")
        .await?;
    let origin = context.origin();
    bulk::each(context, &app, meant, "locked", async |id| {
        app.accounts.lock(id, args.force, &origin).await
    })
    .await
}
