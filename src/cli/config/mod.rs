//! `regstack config`: shows the configuration, its sources and its faults.

mod check;
mod path;
mod show;

use clap::Subcommand;

use super::{Context, Result};

/// Show and check the configuration
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack config check --config /etc/regstack")]
pub(super) enum Command {
    Show(show::Args),
    /// Report every fault and warning of the configuration
    #[command(after_help = check::EXAMPLE)]
    Check,
    /// Print the files that are read, one per line
    #[command(after_help = path::EXAMPLE)]
    Path,
}

pub(super) fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::Show(args) => show::run(args, context),
        Command::Check => check::run(context),
        Command::Path => path::run(context),
    }
}
