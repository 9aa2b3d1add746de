//! `regstack users set-password`.

use serde_json::json;

use crate::cli::delivery::send_notice;
use crate::cli::named::Account;
use crate::cli::{Context, Failure, Result, progress, prompt};

/// Set the password of an account; its sessions end
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Ends the account's sessions, mailed links and lockout. Its owner is notified by
email.

Example:
  regstack users set-password ada@example.com")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    account: Account,
    /// Read the password from stdin instead of asking
    #[arg(long)]
    password_stdin: bool,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let user = context.find(&app, args.account.get()?).await?;
    let password = prompt::new_password(args.password_stdin).await?;
    let origin = context.origin();
    let changed = app.accounts.set_password(user.id, &password, &origin);
    let user = progress::waited(changed).await.map_err(|error| {
        Failure::act(
            format!("the password of {} can't be set", user.email),
            error,
        )
    })?;
    send_notice(context, &app, user.email.as_str()).await;
    let line = format!("{} has a new password", user.email);
    let document = json!({ "user": user.public() });
    context.output.print_lines(&document, [line])
}
