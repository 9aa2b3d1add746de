//! `regstack users promote`.

use super::bulk;
use crate::accounts::AccountPatch;
use crate::cli::context::Context;
use crate::cli::error::Result;

pub(super) const EXAMPLE: &str = "A new account is made an administrator by create-admin.\n\nExample:\n  regstack users promote ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    let meant = args
        .who
        .consented(context, &app, "makes superusers of")
        .await?;
    let origin = context.origin();
    bulk::each(context, &app, meant, "promoted", async |id| {
        let patch = AccountPatch {
            is_superuser: Some(true),
            ..AccountPatch::default()
        };
        app.accounts.patch(id, patch, false, &origin).await
    })
    .await
}
