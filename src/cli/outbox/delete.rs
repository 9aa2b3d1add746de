//! `regstack outbox delete`.

use super::selection::Selection;
use crate::cli::{Context, Failure, Result, bulk, progress, prompt};

/// Delete messages without sending them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Asks first on a terminal; elsewhere it needs --yes.

Example:
  regstack outbox delete 6741c3a08f2b5d1e9c7a4b62 --yes")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    which: Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let messages = args.which.find(context, &app).await?;
    let what = match messages.as_slice() {
        [only] => format!("deletes message {only}, unsent"),
        all => format!("deletes {} messages, unsent", all.len()),
    };
    if !messages.is_empty() {
        prompt::consent(context, &what).await?;
    }
    bulk::each(context, messages, async |message| {
        let deleted = progress::waited(app.accounts.delete_message(*message)).await;
        deleted
            .map(|()| "deleted")
            .map_err(|error| Failure::act(format!("message {message} cannot be deleted"), error))
    })
    .await
}
