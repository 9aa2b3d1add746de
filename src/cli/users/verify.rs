//! `regstack users verify`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::model::{Origin, User, UserChange};

pub(super) const EXAMPLE: &str = "Example:\n  regstack users verify ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Verify {}

impl Act for Verify {
    const DOES: &'static str = "takes as proven the addresses of";
    const DONE: &'static str = "verified";

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        let patch = UserChange {
            is_verified: Some(true),
            ..UserChange::default()
        };
        accounts.patch(user.id, patch, false, origin).await?;
        Ok(Outcome::Done)
    }
}
