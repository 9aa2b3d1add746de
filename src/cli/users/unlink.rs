//! `regstack users unlink`.

use serde_json::json;

use crate::cli::delivery::send_notice;
use crate::cli::named;
use crate::cli::{Context, Failure, Result, progress};
use crate::model::ProviderId;

/// Unlink an account from another provider
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nobody can log in with that provider any more. Sessions stay, and the owner is
told by mail. `regstack users show` names the providers.

Example:
  regstack users unlink ada@example.com google")]
pub(in crate::cli) struct Args {
    /// Id, email address, or a part of it that no other has
    #[arg(value_name = "ACCOUNT", value_parser = named::name, required_unless_present = "email")]
    name: Option<String>,
    /// The provider's name, as `users show` has it
    #[arg(value_name = "PROVIDER", required_unless_present = "email")]
    provider: Option<String>,
    #[arg(long, value_name = "ACCOUNT", value_parser = named::name, hide = true)]
    email: Option<String>,
    /// Also if nobody can log in to the account without it
    #[arg(long)]
    force: bool,
}

impl Args {
    fn get(&self) -> Result<(&str, &str)> {
        match (&self.email, &self.name, &self.provider) {
            (None, Some(name), Some(provider)) => Ok((name, provider)),
            // The account stands in the option, so the only argument is the provider.
            (Some(email), Some(provider), None) => Ok((email, provider)),
            _ => Err(Failure::refused(
                "name one account and one provider: ACCOUNT PROVIDER",
            )),
        }
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let (account, provider) = args.get()?;
    let what = || format!("{account} cannot be unlinked from {provider}");
    let id = ProviderId::parse(provider).ok_or_else(|| {
        Failure::refused(what())
            .because("a provider is named by lower-case letters, digits, - and _, as google")
    })?;
    let app = context.open().await?;
    let user = context.find(&app, account).await?;
    let origin = context.origin();
    let unlinked = app.accounts.unlink_for(&user, &id, args.force, &origin);
    progress::waited(unlinked)
        .await
        .map_err(|error| Failure::act(what(), error))?;
    send_notice(context, &app, user.email.as_str()).await;
    let line = format!("{} is unlinked from {id}", user.email);
    let document = json!({ "user": user.public(), "provider": id });
    context.output.print_lines(&document, [line])
}
