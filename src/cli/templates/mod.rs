//! `regstack templates`: the built-in emails and pages, and files that override them.

mod check;
mod eject;
mod list;
mod preview;

use clap::Subcommand;

use super::{Context, Failure, Result};
use crate::config::Settings;
use crate::delivery::Templates;

/// Override emails and pages with your own templates
#[derive(Debug, Subcommand)]
#[command(
    after_help = "A file in a folder of extra_template_dirs replaces the built-in file of the same\nname.\n\nExample:\n  regstack templates eject verification --to templates"
)]
pub(super) enum Command {
    List(list::Args),
    Eject(eject::Args),
    /// Report every fault of the templates
    #[command(after_help = check::EXAMPLE)]
    Check,
    Preview(preview::Args),
}

pub(super) fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context),
        Command::Eject(args) => eject::run(args, context),
        Command::Check => check::run(context),
        Command::Preview(args) => preview::run(args, context),
    }
}

fn open(context: &Context) -> Result<(Templates, Settings)> {
    let settings = context.load()?.settings;
    let templates = Templates::open(&settings.pages.extra_template_dirs);
    let templates = templates
        .map_err(|error| Failure::configuration("the templates can't be used").because(error))?;
    Ok((templates, settings))
}
