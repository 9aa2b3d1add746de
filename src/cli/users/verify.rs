//! `regstack users verify`.

use super::bulk;
use crate::accounts::AccountPatch;
use crate::cli::context::Context;
use crate::cli::error::Result;

pub(super) const EXAMPLE: &str = "Example:\n  regstack users verify ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    let meant = args
        .who
        .consented(context, &app, "takes as proven the addresses of")
        .await?;
    let origin = context.origin();
    bulk::each(context, &app, meant, "verified", async |id| {
        let patch = AccountPatch {
            is_verified: Some(true),
            ..AccountPatch::default()
        };
        app.accounts.patch(id, patch, false, &origin).await
    })
    .await
}
