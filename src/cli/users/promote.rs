//! `regstack users promote`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::model::{Origin, User, UserChange};

pub(super) const EXAMPLE: &str = "A new account is made an administrator by create-admin.\n\nExample:\n  regstack users promote ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Promote {}

impl Act for Promote {
    const DOES: &'static str = "makes superusers of";
    const DONE: &'static str = "promoted";

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        let patch = UserChange {
            is_superuser: Some(true),
            ..UserChange::default()
        };
        accounts.patch(user.id, patch, false, origin).await?;
        Ok(Outcome::Done)
    }
}
