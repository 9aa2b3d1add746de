//! `regstack create-admin`: creates the first administrator, or another one. Running it again changes nothing.

use serde_json::json;

use super::named::NewEmail;
use super::{Context, Failure, Result, progress, prompt};
use crate::accounts::CreateAdmin;
use crate::model::User;
use crate::secret::SecretString;

/// Create an administrator
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Promotes an existing account, which keeps its password. Running it again changes\nnothing.\n\nExample:\n  regstack create-admin --email ada@example.com"
)]
pub(super) struct Args {
    #[command(flatten)]
    email: NewEmail,
    /// Read the password from stdin instead of asking
    #[arg(long)]
    password_stdin: bool,
    // Exists in the Python package. It works, but is hidden because it isn't recommended.
    #[arg(long, hide = true, conflicts_with = "password_stdin")]
    password: Option<SecretString>,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let email = args.email.get()?;
    let what = || format!("{email} can't be made an administrator");
    if args.password.is_some() {
        context.output.warn(
            "others on this machine can read a password given as an argument; use --password-stdin",
        );
    }
    let app = context.open_or_create().await?;
    let known = app
        .accounts
        .user_by_email(email)
        .await
        .map_err(|error| Failure::act(what(), error))?;
    let password = match (&known, &args.password) {
        (Some(_), _) => None,
        (None, Some(password)) => Some(prompt::checked(password.clone())?),
        (None, None) => Some(prompt::new_password(args.password_stdin).await?),
    };
    let given = args.password.is_some() || args.password_stdin;
    if known.is_some() && given {
        context.output.say(&format!(
            "{email} already has an account: its password stays the same"
        ));
    }
    let origin = context.origin();
    let made = progress::waited(app.accounts.create_admin(email.clone(), password, &origin))
        .await
        .map_err(|error| Failure::act(what(), error))?;
    let (outcome, user) = outcome(made);
    let line = match outcome {
        "created" => format!("created the administrator {}", user.email),
        "promoted" => format!(
            "{} is now an administrator; the password stays the same",
            user.email
        ),
        _ => format!("{} is already an administrator", user.email),
    };
    let document = json!({ "outcome": outcome, "user": user.public() });
    context.output.print_lines(&document, [line])
}

/// Returns the word for what was done, and the account.
pub(super) fn outcome(made: CreateAdmin) -> (&'static str, User) {
    match made {
        CreateAdmin::Created(user) => ("created", user),
        CreateAdmin::Promoted(user) => ("promoted", user),
        CreateAdmin::Unchanged(user) => ("unchanged", user),
    }
}
