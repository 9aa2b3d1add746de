//! `regstack outbox retry`.

use crate::cli::delivery::{Sending, send};
use crate::cli::{Context, Failure, Result, bulk, progress};
use crate::model::Id;

/// Retry messages at once, including failed ones
#[derive(Debug, clap::Args)]
#[command(after_help = "\
This command sends them itself, unless mail is only logged (backend console):
then a server does. A message that was given up has a day more to live.

Example:
  regstack outbox retry 6741c3a08f2b5d1e9c7a4b62")]
pub(in crate::cli) struct Args {
    /// Ids of messages, as `outbox list` shows them
    #[arg(value_name = "ID", required = true)]
    ids: Vec<Id>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    bulk::each(context, bulk::unique(&args.ids), async |message| {
        let what = || format!("message {message} cannot be tried again");
        let retried = progress::waited(app.accounts.retry_message(*message)).await;
        retried.map_err(|error| Failure::act(what(), error))?;
        match send(&app, |tried| tried.id == *message).await? {
            Sending::Sent => Ok("sent"),
            Sending::Left => Ok("due"),
            // Here sending now was the point: a message that only waits again was not sent.
            Sending::Queued(error) => {
                Err(Failure::failed(format!("message {message} was not sent"))
                    .because(format!("{error}; a server tries again")))
            }
            Sending::Failed(error) => {
                Err(Failure::failed(format!("message {message} was not sent")).because(error))
            }
        }
    })
    .await
}
