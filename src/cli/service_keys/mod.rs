//! `regstack service-keys`: manages the keys of programs that check tokens or use the admin API.

mod create;
mod list;
mod revoke;

use clap::Subcommand;

use super::{Context, Result};

/// Manage the keys of other programs
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack service-keys create shop --scope introspect")]
pub(super) enum Command {
    Create(create::Args),
    List(list::Args),
    Revoke(revoke::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::Create(args) => create::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Revoke(args) => revoke::run(args, context).await,
    }
}
