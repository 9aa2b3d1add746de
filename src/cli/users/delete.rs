//! `regstack users delete`.

use super::bulk::{self, Meant};
use crate::accounts::{self};
use crate::app::App;
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::model::{User, UserFilter};

pub(super) const EXAMPLE: &str = "Asks first on a terminal; elsewhere it needs --yes.\n\nExample:\n  regstack users delete --unverified --before 30d";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Delete the last active superuser too
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    who: bulk::Selection,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = args.who.open(context).await?;
    let meant = args.who.meant(context, &app).await?;
    if let (Meant::Named(users), false) = (&meant, args.force)
        && let [user] = users.as_slice()
    {
        refuse_the_last_superuser(&app, user).await?;
    }
    if meant.total() > 0 {
        meant
            .consent(context, "deletes for good, with sessions and queued mail")
            .await?;
    }
    let origin = context.origin();
    bulk::each(context, &app, meant, "deleted", async |id| {
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
