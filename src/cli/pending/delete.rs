//! `regstack pending delete`.

use crate::cli::bulk::Done;
use crate::cli::named::Registrations;
use crate::cli::{Context, Failure, Result, bulk, progress, prompt};

/// Delete pending registrations; their links stop working
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Asks first on a terminal. Without a terminal, it needs --yes.

Example:
  regstack pending delete mallory@example.com --yes")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    who: Registrations,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let registrations = bulk::unique(&args.who.get());
    let what = match registrations.as_slice() {
        [only] => format!("deletes the registration of {only}, and its link"),
        all => format!("deletes {} registrations, and their links", all.len()),
    };
    prompt::consent(context, &what).await?;
    bulk::each(context, registrations, async |pending| {
        let deleted = progress::waited(app.accounts.delete_pending(pending)).await;
        deleted.map(|()| Done::Did("deleted")).map_err(|error| {
            Failure::act(
                format!("the registration of {pending} can't be deleted"),
                error,
            )
        })
    })
    .await
}
