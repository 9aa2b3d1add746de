//! `regstack users unlock`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::model::{Origin, User};

pub(super) const EXAMPLE: &str =
    "Sessions that ended stay ended.\n\nExample:\n  regstack users unlock ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Unlock {}

impl Act for Unlock {
    const DOES: &'static str = "enables, and clears the lockout of";
    const DONE: &'static str = "unlocked";

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        accounts.unlock(user.id, origin).await?;
        Ok(Outcome::Done)
    }
}
