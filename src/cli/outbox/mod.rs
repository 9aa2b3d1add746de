//! `regstack outbox`: the messages that wait to be sent, and those that were given up. Never what is in them.

mod delete;
mod list;
mod retry;

use clap::Subcommand;

use super::context::Context;
use super::error::Result;

/// See messages that wait to be sent, or were given up
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack outbox list --state failed")]
pub(super) enum Command {
    /// List messages, newest first
    #[command(after_help = list::EXAMPLE)]
    List(list::Args),
    /// Try messages again at once, also those that were given up
    #[command(after_help = retry::EXAMPLE)]
    Retry(retry::Args),
    /// Delete messages unsent
    #[command(after_help = delete::EXAMPLE)]
    Delete(delete::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Retry(args) => retry::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    }
}
