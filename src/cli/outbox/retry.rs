//! `regstack outbox retry`.

use super::selection::Selection;
use crate::accounts::Error;
use crate::cli::delivery::{Sending, send};
use crate::cli::{Context, Failure, Result, bulk, progress, prompt};

/// Retry messages at once, including failed ones
#[derive(Debug, clap::Args)]
#[command(after_help = "\
This command sends them itself, unless mail is only logged (backend console):
then a server does. A message that was given up has a day more to live.

Example:
  regstack outbox retry --state failed --yes")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    which: Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let messages = args.which.find(context, &app).await?;
    if !args.which.is_named() && !messages.is_empty() {
        let what = format!("sends {} queued messages at once", messages.len());
        prompt::consent(context, &what).await?;
    }
    bulk::each(context, messages, async |message| {
        let what = || format!("message {message} cannot be tried again");
        let retried = progress::waited(app.accounts.retry_message(*message)).await;
        match retried {
            // Whatever is due leaves with the first of many.
            Err(Error::NoMessage) if !args.which.is_named() => return Ok("sent"),
            retried => retried.map_err(|error| Failure::act(what(), error))?,
        }
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
