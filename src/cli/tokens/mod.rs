//! `regstack tokens`: inspects tokens, and revokes them before they expire.

mod inspect;
mod list;
mod purge;
mod revoke;

use clap::Subcommand;

use super::{Context, Result};

/// Inspect and revoke tokens
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack tokens revoke --user ada@example.com")]
pub(super) enum Command {
    Revoke(revoke::Args),
    Inspect(inspect::Args),
    List(list::Args),
    /// Remove revoked tokens that have expired
    #[command(after_help = purge::EXAMPLE)]
    Purge,
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::Revoke(args) => revoke::run(args, context).await,
        Command::Inspect(args) => inspect::run(args, context).await,
        Command::List(args) => list::run(args, context).await,
        Command::Purge => purge::run(context).await,
    }
}

/// Warns that a token in an argument was visible to others.
fn warn_of_argument(context: &Context) {
    context
        .output
        .warn("others on this machine can read a token given as an argument; pipe it in instead");
}
