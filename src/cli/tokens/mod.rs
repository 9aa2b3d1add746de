//! `regstack tokens`: what a token is worth, and which are dead before they expire.

mod inspect;
mod list;
mod purge;
mod revoke;

use clap::Subcommand;

use super::context::Context;
use super::error::Result;

/// See what a token is worth, and end tokens before they expire
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack tokens revoke --user ada@example.com")]
pub(super) enum Command {
    /// End one session, or all tokens of accounts
    #[command(after_help = revoke::EXAMPLE)]
    Revoke(revoke::Args),
    /// Explain a token: whose, for what, and whether it is accepted now
    #[command(after_help = inspect::EXAMPLE)]
    Inspect(inspect::Args),
    /// List the tokens that were revoked one by one
    #[command(after_help = list::EXAMPLE)]
    List(list::Args),
    /// Remove what was revoked and has expired since
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

/// A token among the arguments did its work, and was seen.
fn warn_of_argument(context: &Context) {
    context
        .output
        .warn("others on this machine can read a token given as an argument; pipe it in instead");
}
