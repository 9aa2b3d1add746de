//! `regstack users unlock`.

use super::act::{Act, Outcome};
use crate::accounts;
use crate::app::App;
use crate::model::{Origin, User};

pub(super) const EXAMPLE: &str =
    "Sessions that ended stay ended.\n\nExample:\n  regstack users unlock ada@example.com";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Unlock {}

impl Act for Unlock {
    const DOES: &'static str = "enables, and clears the lockout of";
    const DONE: &'static str = "unlocked";

    async fn apply(&self, app: &App, user: &User, origin: &Origin) -> accounts::Result<Outcome> {
        app.accounts.unlock(user.id, origin).await?;
        Ok(Outcome::Done)
    }
}
