//! `regstack secret`: generates and replaces secrets of the configuration.

mod rotate;

use clap::Subcommand;
use serde_json::json;

use super::{Context, Result};
use crate::random;

/// Generate or replace the signing secret
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack secret generate")]
pub(super) enum Command {
    /// Print a new secret of 64 characters
    #[command(
        after_help = "It isn't stored anywhere: put it in regstack.secrets.env, next to regstack.toml.\n\nExample:\n  (umask 077; echo \"REGSTACK_JWT_SECRET=$(regstack secret generate)\" \\\n    >> regstack.secrets.env)"
    )]
    Generate,
    Rotate(rotate::Args),
}

pub(super) fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::Generate => {
            let secret = generate(context);
            let document = json!({ "secret": secret });
            context.output.print_lines(&document, [secret])
        }
        Command::Rotate(args) => rotate::run(args, context),
    }
}

/// Generates 48 random bytes as 64 characters of base64url.
pub(super) fn generate(context: &Context) -> String {
    random::token::<48>(&*context.random)
}
