//! `regstack users reset-mfa`.

use super::act::{Act, Outcome};
use crate::accounts::{self, Accounts};
use crate::model::{Origin, User};

pub(super) const EXAMPLE: &str = "\
For people who have lost their phone: login asks for the password only. Their
sessions stay, and they are told by mail.

Example:
  regstack users reset-mfa ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct ResetMfa {}

impl Act for ResetMfa {
    const DOES: &'static str = "switches the second factor off of";
    const DONE: &'static str = "reset";

    fn failed(&self, user: &User) -> String {
        format!("the second factor of {} cannot be switched off", user.email)
    }

    async fn apply(
        &self,
        accounts: &Accounts,
        user: &User,
        origin: &Origin,
    ) -> accounts::Result<Outcome> {
        let removed = accounts.reset_second_factor(user, origin).await?;
        Ok(if removed {
            Outcome::Notified
        } else {
            Outcome::Unchanged
        })
    }
}
