//! `regstack outbox delete`.

use super::selection::Selection;
use crate::accounts::Error;
use crate::cli::bulk::Done;
use crate::cli::{Context, Failure, Result, bulk, progress, prompt};

/// Delete messages without sending them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Asks first on a terminal. Without a terminal, it needs --yes.

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
        match deleted {
            Ok(()) => Ok(Done::Did("deleted")),
            // The message existed when they were listed.
            Err(Error::NoMessage) if !args.which.is_named() => Ok(Done::Skipped("gone")),
            Err(error) => {
                let what = format!("message {message} can't be deleted");
                Err(Failure::act(what, error))
            }
        }
    })
    .await
}
