//! `regstack users demote`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::model::{Origin, User, UserChange};

pub(super) const EXAMPLE: &str = "Example:\n  regstack users demote ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Demote {
    /// Demote the last active superuser too
    #[arg(long)]
    force: bool,
}

impl Act for Demote {
    const DOES: &'static str = "makes ordinary accounts of";
    const DONE: &'static str = "demoted";

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        let patch = UserChange {
            is_superuser: Some(false),
            ..UserChange::default()
        };
        let demoted = accounts.patch(user.id, patch, self.force, origin);
        demoted.await?;
        Ok(Outcome::Done)
    }
}
