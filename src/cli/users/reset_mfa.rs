//! `regstack users reset-mfa`.

use super::bulk;
use crate::cli::context::Context;
use crate::cli::delivery::send_notice;
use crate::cli::error::{Failure, Result};
use crate::cli::progress;

pub(super) const EXAMPLE: &str = "\
For people who have lost their phone: login asks for the password only. Their
sessions stay, and they are told by mail.

Example:
  regstack users reset-mfa ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    let meant = args
        .who
        .consented(context, &app, "switches the second factor off of")
        .await?;
    let origin = context.origin();
    bulk::each_as(context, &app, meant, async |user| {
        if !user.is_mfa_enabled && user.phone_number.is_none() {
            return Ok("unchanged");
        }
        let removed = app.accounts.remove_second_factor(user.id, &origin);
        progress::waited(removed).await.map_err(|error| {
            let what = format!("the second factor of {} cannot be switched off", user.email);
            Failure::act(what, error)
        })?;
        if app.settings.features.notify_on_change {
            send_notice(context, &app, user.email.as_str()).await;
        }
        Ok("reset")
    })
    .await
}
