//! `regstack pending`: manages registrations that are not verified yet.

mod delete;
mod list;
mod promote;

use clap::Subcommand;

use super::{Context, Result};

/// Manage registrations that aren't verified yet
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack pending list")]
pub(super) enum Command {
    List(list::Args),
    Promote(promote::Args),
    Delete(delete::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Promote(args) => promote::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    }
}
