//! `regstack pending`: registrations that wait for their mailed link.

mod delete;
mod list;
mod promote;

use clap::Subcommand;

use super::context::Context;
use super::error::Result;

/// See registrations that wait for their link, and settle them
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack pending list")]
pub(super) enum Command {
    /// List registrations whose link still works, newest first
    #[command(after_help = list::EXAMPLE)]
    List(list::Args),
    /// Make registrations accounts without their link
    #[command(after_help = promote::EXAMPLE)]
    Promote(promote::Args),
    /// Delete registrations; their links open nothing from now on
    #[command(after_help = delete::EXAMPLE)]
    Delete(delete::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Promote(args) => promote::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    }
}
