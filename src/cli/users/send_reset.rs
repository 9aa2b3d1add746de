//! `regstack users send-reset`.

use super::bulk;
use crate::cli::context::Context;
use crate::cli::delivery::send_asked;
use crate::cli::error::{Failure, Result};
use crate::cli::progress;

pub(super) const EXAMPLE: &str = "\
Nothing changes until the link is used; then all sessions end.

Example:
  regstack users send-reset ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    if !app.settings.features.enable_password_reset {
        return Err(Failure::refused("a reset link would open nothing")
            .because("enable_password_reset is false"));
    }
    let meant = args
        .who
        .consented(context, &app, "mails a link to set a new password to")
        .await?;
    let origin = context.origin();
    bulk::each_as(context, &app, meant, async |user| {
        let mailed = progress::waited(app.accounts.send_password_reset(user.id, &origin))
            .await
            .map_err(|error| Failure::act(format!("{} cannot be mailed", user.email), error))?;
        send_asked(context, &app, user.email.as_str(), mailed).await
    })
    .await
}
