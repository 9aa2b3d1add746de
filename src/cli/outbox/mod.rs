//! `regstack outbox`: manages messages that are waiting or have failed. Never shows their content.

mod delete;
mod list;
mod retry;
mod selection;

use clap::Subcommand;

use super::{Context, Result};

/// Manage messages that are waiting or have failed
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack outbox list --state failed")]
pub(super) enum Command {
    List(list::Args),
    Retry(retry::Args),
    Delete(delete::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Retry(args) => retry::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    }
}
