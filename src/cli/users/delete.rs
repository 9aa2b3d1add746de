//! `regstack users delete`.

use super::{bulk, name};
use crate::accounts::{self, UserFilter};
use crate::app::App;
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::prompt;
use crate::model::User;

pub(super) const EXAMPLE: &str = "Asks first on a terminal; elsewhere it needs --yes.\n\nExample:\n  regstack users delete mallory@example.com --yes";

/// So many accounts are named when consent is asked for.
const NAMED: usize = 10;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Ids, addresses, or parts of an address that no other has
    #[arg(value_name = "ACCOUNT", required = true, value_parser = name)]
    names: Vec<String>,
    /// Delete the last active superuser too
    #[arg(long)]
    force: bool,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let users = bulk::find(context, &app, &args.names).await?;
    if let ([user], false) = (users.as_slice(), args.force) {
        refuse_the_last_superuser(&app, user).await?;
    }
    let mut what: Vec<&str> = users
        .iter()
        .take(NAMED)
        .map(|user| user.email.as_str())
        .collect();
    let others = format!("{} more", users.len().saturating_sub(NAMED));
    if users.len() > NAMED {
        what.push(&others);
    }
    prompt::consent(
        context,
        &format!(
            "deletes for good, with sessions and queued mail: {}",
            what.join(", ")
        ),
    )
    .await?;
    let origin = context.origin();
    bulk::each(context, users, "deleted", async |id| {
        app.accounts.delete(id, args.force, &origin).await
    })
    .await
}

/// Nobody is asked to consent to what would be refused. The deletion itself decides.
async fn refuse_the_last_superuser(app: &App, user: &User) -> Result {
    let what = || format!("{} cannot be deleted", user.email);
    let superusers = UserFilter {
        is_active: Some(true),
        is_superuser: Some(true),
        ..UserFilter::default()
    };
    let found = app.accounts.users(&superusers, None, 2).await;
    let found = found.map_err(|error| Failure::act(what(), error))?.items;
    match found.as_slice() {
        [last] if last.id == user.id => Err(Failure::act(what(), accounts::Error::LastSuperuser)),
        _ => Ok(()),
    }
}
