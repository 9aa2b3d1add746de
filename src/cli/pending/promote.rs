//! `regstack pending promote`.

use crate::cli::bulk::Done;
use crate::cli::named::Registrations;
use crate::cli::{Context, Failure, Result, bulk, progress};

/// Turn pending registrations into accounts without their link
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For people whose mail does not arrive and who are known otherwise: the email
address counts as proven.

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
                let what = format!("{pending} cannot be promoted");
                Failure::act_on(pending, what, error)
            })
    })
    .await
}
