//! `regstack users lock`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::model::{Origin, User};

pub(super) const EXAMPLE: &str = "Example:\n  regstack users lock mallory@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Lock {
    /// Disable the last active superuser too
    #[arg(long)]
    force: bool,
}

impl Act for Lock {
    const DOES: &'static str = "disables, and ends the sessions of";
    const DONE: &'static str = "locked";

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        accounts.lock(user.id, self.force, origin).await?;
        Ok(Outcome::Done)
    }
}
