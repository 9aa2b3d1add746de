//! `regstack keys`: manages the key pairs that sign session tokens if `jwt_algorithm` is EdDSA or ES256.

mod list;
mod remove;
mod rotate;

use clap::Subcommand;

use super::{Context, Result};

/// See and replace the keys that sign session tokens (EdDSA, ES256)
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack keys list")]
pub(super) enum Command {
    List(list::Args),
    Rotate(rotate::Args),
    Remove(remove::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Rotate(args) => rotate::run(args, context).await,
        Command::Remove(args) => remove::run(args, context).await,
    }
}
