//! `regstack users lock`.

use super::act::{Act, Outcome};
use crate::accounts;
use crate::app::App;
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

    async fn apply(&self, app: &App, user: &User, origin: &Origin) -> accounts::Result<Outcome> {
        app.accounts.lock(user.id, self.force, origin).await?;
        Ok(Outcome::Done)
    }
}
