//! `regstack outbox retry`.

use std::cell::RefCell;
use std::collections::HashSet;

use super::selection::Selection;
use crate::accounts::Error;
use crate::cli::bulk::Done;
use crate::cli::delivery::{Sending, became, send_all};
use crate::cli::{Context, Failure, Result, bulk, progress, prompt};
use crate::delivery::Delivery;

/// Retry messages at once, including failed ones
#[derive(Debug, clap::Args)]
#[command(after_help = "\
This command sends them itself. If email is only logged (backend console), a
server does. A failed message is retried for one more day.

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
    // The first of many retries sends all messages that are due.
    let sent = RefCell::new(HashSet::new());
    bulk::each(context, messages, async |message| {
        let what = || format!("message {message} can't be retried");
        let retried = progress::waited(app.accounts.retry_message(*message)).await;
        match retried {
            Err(Error::NoMessage) if sent.borrow().contains(message) => {
                return Ok(Done::Did("sent"));
            }
            // The message existed when they were listed; somebody else sent or deleted it.
            Err(Error::NoMessage) if !args.which.is_named() => return Ok(Done::Skipped("gone")),
            retried => retried.map_err(|error| Failure::act(what(), error))?,
        }
        let tried = send_all(&app).await?;
        let left = tried
            .iter()
            .filter(|tried| matches!(tried.delivery, Delivery::Sent))
            .map(|tried| tried.id);
        sent.borrow_mut().extend(left);
        match became(&tried, |tried| tried.id == *message) {
            Sending::Sent => Ok(Done::Did("sent")),
            Sending::Left => Ok(Done::Did("due")),
            // The purpose was to send it now, so a message that waits again counts as a failure.
            Sending::Queued(error) => {
                Err(Failure::failed(format!("message {message} wasn't sent"))
                    .because(format!("{error}; a server will retry")))
            }
            Sending::Failed(error) => {
                Err(Failure::failed(format!("message {message} wasn't sent")).because(error))
            }
        }
    })
    .await
}
