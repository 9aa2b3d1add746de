//! `regstack users send-reset`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::app::App;
use crate::cli::error::{Failure, Result};
use crate::model::{Origin, User};

pub(super) const EXAMPLE: &str = "\
Nothing changes until the link is used; then all sessions end.

Example:
  regstack users send-reset ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SendReset {}

impl Act for SendReset {
    const DOES: &'static str = "mails a link to set a new password to";
    const DONE: &'static str = "mailed";

    fn check(&self, app: &App) -> Result {
        if app.accounts.password_links_work() {
            Ok(())
        } else {
            Err(Failure::refused("a reset link would open nothing")
                .because("enable_password_reset is false"))
        }
    }

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        let mailed = accounts.send_password_reset(user.id, origin).await?;
        Ok(Outcome::Mailed(mailed))
    }
}
