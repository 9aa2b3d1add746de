//! `regstack pending promote`.

use crate::cli::bulk::Done;
use crate::cli::named::Registrations;
use crate::cli::{Context, Failure, Result, bulk, progress};

/// Create the accounts of pending registrations without verification
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For people you know whose email doesn't arrive. The email address is marked as
verified.

Example:
  regstack pending promote ada@example.com")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    who: Registrations,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let origin = context.origin();
    bulk::each(context, bulk::unique(&args.who.get()), async |pending| {
        let promoted = progress::waited(app.accounts.promote_pending(pending, &origin));
        promoted
            .await
            .map(|_| Done::Did("promoted"))
            .map_err(|error| {
                let what = format!("{pending} can't be promoted");
                Failure::act_on(pending, what, error)
            })
    })
    .await
}
