//! `regstack sessions`: lists and ends the sessions of accounts.

mod list;
mod revoke;

use crate::cli::{Context, Result};

/// List and end the sessions of accounts
#[derive(Debug, clap::Subcommand)]
#[command(after_help = "Example:\n  regstack sessions list ada@example.com")]
pub(super) enum Command {
    List(list::Args),
    Revoke(revoke::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Revoke(args) => revoke::run(args, context).await,
    }
}
