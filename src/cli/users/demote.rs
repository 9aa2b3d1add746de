//! `regstack users demote`.

use super::bulk;
use crate::accounts::AccountPatch;
use crate::cli::context::Context;
use crate::cli::error::Result;

pub(super) const EXAMPLE: &str = "Example:\n  regstack users demote ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Demote the last active superuser too
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    let meant = args
        .who
        .consented(context, &app, "makes ordinary accounts of")
        .await?;
    let origin = context.origin();
    bulk::each(context, &app, meant, "demoted", async |id| {
        let patch = AccountPatch {
            is_superuser: Some(false),
            ..AccountPatch::default()
        };
        app.accounts.patch(id, patch, args.force, &origin).await
    })
    .await
}
