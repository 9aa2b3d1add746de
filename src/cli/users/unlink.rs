//! `regstack users unlink`.

use serde_json::json;

use crate::cli::delivery::send_notice;
use crate::cli::named;
use crate::cli::{Context, Failure, Result, progress};
use crate::model::ProviderId;

/// Unlink a provider from an account
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The owner can no longer log in with the provider and gets a notice by email.
Sessions continue. `regstack users show` lists the providers that are linked.

Example:
  regstack users unlink ada@example.com google")]
pub(in crate::cli) struct Args {
    /// ID, email address, or a unique part of it
    #[arg(value_name = "ACCOUNT", value_parser = named::name, required_unless_present = "email")]
    name: Option<String>,
    /// Provider, such as google
    #[arg(value_name = "PROVIDER", required_unless_present = "email")]
    provider: Option<String>,
    #[arg(long, value_name = "ACCOUNT", value_parser = named::name, hide = true)]
    email: Option<String>,
    /// Unlink it even if it is the only way to log in
    #[arg(long)]
    force: bool,
}

impl Args {
    fn get(&self) -> Result<(&str, &str)> {
        match (&self.email, &self.name, &self.provider) {
            (None, Some(name), Some(provider)) => Ok((name, provider)),
            // The account is in the option, so the only argument is the provider.
            (Some(email), Some(provider), None) => Ok((email, provider)),
            _ => Err(Failure::refused(
                "give one account and one provider: ACCOUNT PROVIDER",
            )),
        }
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let (account, provider) = args.get()?;
    let what = || format!("{provider} can't be unlinked from {account}");
    let id = ProviderId::parse(provider).ok_or_else(|| {
        Failure::refused(what()).because(
            "the name of a provider has lower-case letters, digits, - and _, such as google",
        )
    })?;
    let app = context.open().await?;
    let user = context.find(&app, account).await?;
    let origin = context.origin();
    let unlinked = app.accounts.unlink_for(&user, &id, args.force, &origin);
    progress::waited(unlinked)
        .await
        .map_err(|error| Failure::act(what(), error))?;
    send_notice(context, &app, user.email.as_str()).await;
    let line = format!("{id} is unlinked from {}", user.email);
    let document = json!({ "user": user.public(), "provider": id });
    context.output.print_lines(&document, [line])
}
