//! `regstack db`: the database itself, whichever engine it is of.

mod backup;
mod copy;
mod migrate;
mod purge;
mod restore;
mod status;

use clap::Subcommand;

use super::{Context, Result};

/// `regstack migrate` is the same, for the habits of those who know the Python package.
pub(super) const MIGRATE: &str = "Create the database, or update its schema";
pub(super) use migrate::EXAMPLE as MIGRATE_EXAMPLE;

/// Check and maintain the database
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack db status")]
pub(super) enum Command {
    /// Show the engine, location, schema and size; changes nothing
    #[command(after_help = status::EXAMPLE)]
    Status,
    #[command(about = MIGRATE, after_help = migrate::EXAMPLE)]
    Migrate,
    /// Remove expired registrations, revocations, failed logins and events
    #[command(after_help = purge::EXAMPLE)]
    Purge,
    Backup(backup::Args),
    Restore(restore::Args),
    Copy(copy::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::Status => status::run(context).await,
        Command::Migrate => migrate::run(context).await,
        Command::Purge => purge::run(context).await,
        Command::Backup(args) => backup::run(args, context).await,
        Command::Restore(args) => restore::run(args, context).await,
        Command::Copy(args) => copy::run(args, context).await,
    }
}
