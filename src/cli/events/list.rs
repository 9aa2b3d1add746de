//! `regstack events list`.

use super::Filter;
use crate::cli::paging::Paging;
use crate::cli::{Context, Result};
use crate::model::PageKey;

/// List events, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Events are kept for events_retention_days.

Example:
  regstack events list --user ada@example.com --type login_failed --since 7d")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    paging: Paging<PageKey>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let filter = args.filter.of(context, &app, args.paging.utc).await?;
    let fetch = async |after, limit| app.accounts.events(&filter, after, limit).await;
    if args.paging.list(context, "the events", fetch).await? {
        context.output.say("no matching events");
    }
    Ok(())
}
