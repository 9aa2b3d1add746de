//! `regstack users set-name`.

use serde_json::json;

use crate::cli::named::AccountAndValue;
use crate::cli::{Context, Failure, Result, progress};
use crate::model::{FullName, UserChange};

/// Change the name of an account's holder
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An empty name (\"\") clears it.

Example:
  regstack users set-name ada@example.com \"Ada Lovelace\"")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    account: AccountAndValue,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let (account, name) = args.account.get()?;
    let what = || format!("{account} can't have this name");
    let full_name = FullName::parse(name).map_err(|rule| Failure::refused(what()).because(rule))?;
    let app = context.open().await?;
    let before = context.find(&app, account).await?;
    let change = UserChange {
        full_name: Some(full_name),
        ..UserChange::default()
    };
    let origin = context.origin();
    let changed = app.accounts.patch(before.id, change, false, &origin);
    let user = progress::waited(changed)
        .await
        .map_err(|error| Failure::act(what(), error))?;
    let email = &user.email;
    let line = match &user.full_name {
        _ if user.full_name == before.full_name => format!("unchanged {email}"),
        Some(name) => format!("{email} now has the name {name}"),
        None => format!("{email} now has no name"),
    };
    let document = json!({ "user": user.public() });
    context.output.print_lines(&document, [line])
}
