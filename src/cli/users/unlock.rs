//! `regstack users unlock`.

use super::bulk;
use crate::cli::context::Context;
use crate::cli::error::Result;

pub(super) const EXAMPLE: &str = "Example:\n  regstack users unlock ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    let meant = args
        .who
        .consented(context, &app, "enables, and clears the lockout of")
        .await?;
    let origin = context.origin();
    bulk::each(context, &app, meant, "unlocked", async |id| {
        app.accounts.unlock(id, &origin).await
    })
    .await
}
