//! `regstack users create`.

use serde_json::json;

use crate::accounts::NewAccount;
use crate::cli::delivery::send_invitation;
use crate::cli::named::NewEmail;
use crate::cli::{Context, Failure, Result, progress, prompt};
use crate::model::FullName;

/// Create an account
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  regstack users create ada@example.com --name \"Ada Lovelace\" --verified"
)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    email: NewEmail,
    /// Name of its holder
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Make it an administrator
    #[arg(long)]
    admin: bool,
    /// Mark its email address as verified
    #[arg(long)]
    verified: bool,
    /// Read the password from stdin instead of asking
    #[arg(long, conflicts_with = "no_password")]
    password_stdin: bool,
    /// Create it without a password; nobody can log in until one is set
    #[arg(long)]
    no_password: bool,
    /// Send its holder a link to choose a password
    #[arg(long, conflicts_with_all = ["password_stdin", "no_password"])]
    invite: bool,
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let email = args.email.get()?;
    let what = || format!("{email} can't be created");
    let full_name = FullName::parse(args.name.as_deref().unwrap_or_default())
        .map_err(|rule| Failure::refused(what()).because(rule))?;
    let app = context.open_or_create().await?;
    if args.invite && !app.accounts.password_links_work() {
        return Err(Failure::refused("an invitation wouldn't work")
            .because("enable_password_reset is false"));
    }
    let password = if args.no_password || args.invite {
        None
    } else {
        Some(prompt::new_password(args.password_stdin).await?)
    };
    let account = NewAccount {
        email: email.clone(),
        password,
        full_name,
        is_superuser: args.admin,
        is_verified: args.verified,
        send_invite: args.invite,
    };
    let user = progress::waited(app.accounts.create_user(account, &context.origin()))
        .await
        .map_err(|error| Failure::act_on(email, what(), error))?;
    if args.invite {
        send_invitation(context, &app, user.email.as_str()).await;
    } else if app.accounts.must_verify(&user) {
        context.output.say(&format!(
            "{} can't log in until the email address is verified; use --verified to mark it as verified",
            user.email
        ));
    }
    let line = format!("created {} ({})", user.email, user.id);
    let document = json!({ "user": user.public() });
    context.output.print_lines(&document, [line])
}
