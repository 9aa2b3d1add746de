//! `regstack users resend-verification`.

use super::bulk;
use crate::cli::context::Context;
use crate::cli::delivery::send_asked;
use crate::cli::error::{Failure, Result};
use crate::cli::progress;

pub(super) const EXAMPLE: &str = "\
For accounts that exist; who registered and waits is in `regstack pending list`.
Older links die.

Example:
  regstack users resend-verification ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    let meant = args
        .who
        .consented(context, &app, "mails a link to prove their address to")
        .await?;
    let origin = context.origin();
    bulk::each_as(context, &app, meant, async |user| {
        let mailed = progress::waited(app.accounts.reverify(user.id, &origin))
            .await
            .map_err(|error| Failure::act(format!("{} cannot be mailed", user.email), error))?;
        send_asked(context, &app, user.email.as_str(), mailed).await
    })
    .await
}
