//! `regstack events list`.

use super::{Filter, Line};
use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::cli::paging::Paging;
use crate::model::PageKey;

pub(super) const EXAMPLE: &str = "\
Events are kept for events_retention_days.

Example:
  regstack events list --user ada@example.com --type login_failed --since 7d";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    paging: Paging<PageKey>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let filter = args.filter.of(context, &app, args.paging.utc).await?;
    let list = args.paging.list::<Line, _>(
        context,
        "the events cannot be listed",
        async |after, limit| app.accounts.events(&filter, after, limit).await,
    );
    let nothing = list.await?;
    if nothing {
        context.output.say("no event is like that");
    }
    Ok(())
}
