//! `regstack users delete`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::app::App;
use crate::model::{Origin, User};

pub(super) const EXAMPLE: &str = "Asks first on a terminal; elsewhere it needs --yes.\n\nExample:\n  regstack users delete --unverified --before 30d";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Delete {
    /// Delete the last active superuser too
    #[arg(long)]
    force: bool,
}

impl Act for Delete {
    const DOES: &'static str = "deletes for good, with sessions and queued mail";
    const DONE: &'static str = "deleted";
    const DESTROYS: bool = true;

    async fn check_account(&self, app: &App, user: &User) -> accounts::Result<()> {
        if self.force {
            return Ok(());
        }
        app.accounts.check_deletion(user).await
    }

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        accounts.delete(user.id, self.force, origin).await?;
        Ok(Outcome::Done)
    }
}
