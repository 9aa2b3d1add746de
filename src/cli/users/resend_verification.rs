//! `regstack users resend-verification`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::model::{Origin, User};

pub(super) const EXAMPLE: &str = "\
For accounts that exist; who registered and waits is in `regstack pending list`.
Older links die.

Example:
  regstack users resend-verification ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ResendVerification {}

impl Act for ResendVerification {
    const DOES: &'static str = "mails a link to prove their address to";
    const DONE: &'static str = "mailed";

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        let mailed = accounts.reverify(user.id, origin).await?;
        Ok(Outcome::Mailed(mailed))
    }
}
