//! `regstack users`: shows and manages accounts, for support.

pub(super) mod act;
mod create;
mod document;
mod erase;
mod export;
mod filter;
mod import;
mod list;
mod rows;
pub(super) mod selection;
mod set_email;
mod set_name;
mod set_password;
mod show;
mod unlink;

use clap::Subcommand;

use super::output::{Cell, Tone};
use super::{Context, Result};
use crate::model::UserPublic;
use act::Act;
use selection::Selection;

/// Find and manage accounts
#[derive(Debug, Subcommand)]
#[command(
    after_help = "Name an account by its id, its email address, or a unique part of the email\naddress. You can also use --email.\n\nExample:\n  regstack users show ada@example.com"
)]
pub(super) enum Command {
    List(list::Args),
    Show(show::Args),
    Create(create::Args),
    Import(import::Args),
    Export(export::Args),
    /// Disable accounts; their sessions end with their next request
    #[command(
        visible_alias = "disable",
        after_help = "Example:\n  regstack users lock mallory@example.com"
    )]
    Lock(Forced),
    /// Enable accounts again and clear their lockout
    #[command(
        visible_alias = "enable",
        after_help = "People have to log in again.\n\nExample:\n  regstack users unlock ada@example.com"
    )]
    Unlock(Selection),
    /// Make accounts administrators
    #[command(
        after_help = "To create a new account as an administrator, use create-admin.\n\nExample:\n  regstack users promote ada@example.com"
    )]
    Promote(Selection),
    /// Take administrator rights away from accounts
    #[command(after_help = "Example:\n  regstack users demote ada@example.com")]
    Demote(Forced),
    /// Mark the email addresses of accounts as verified
    #[command(after_help = "Example:\n  regstack users verify ada@example.com")]
    Verify(Selection),
    SetEmail(set_email::Args),
    SetName(set_name::Args),
    SetPassword(set_password::Args),
    Unlink(unlink::Args),
    /// Turn off all second factors of accounts
    #[command(after_help = "\
For a lost phone. Sessions stay, and people are notified by email.

Example:
  regstack users reset-mfa ada@example.com")]
    ResetMfa(Selection),
    /// Remove all passkeys of accounts
    #[command(after_help = "\
People are notified. Those without a password then need users send-reset.

Example:
  regstack users remove-passkeys ada@example.com")]
    RemovePasskeys(Selection),
    /// Send a new verification link to unverified accounts
    #[command(after_help = "\
Earlier links stop working. Without an account: `regstack pending`.

Example:
  regstack users resend-verification ada@example.com")]
    ResendVerification(Selection),
    /// Send accounts a password reset link
    #[command(after_help = "\
Nothing changes until the link is used; then all sessions end.

Example:
  regstack users send-reset ada@example.com")]
    SendReset(Selection),
    /// Delete accounts permanently; asks first, or needs --yes
    #[command(after_help = "\
Example:
  regstack users delete --unverified --before 30d")]
    Delete(Forced),
    Erase(erase::Args),
}

/// Which accounts an act is for that the last administrator is kept from.
#[derive(Debug, clap::Args)]
pub(super) struct Forced {
    /// Also apply it to the last active administrator
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    who: Selection,
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    let (act, who) = match command {
        Command::List(args) => return list::run(args, context).await,
        Command::Show(args) => return show::run(args, context).await,
        Command::Create(args) => return Box::pin(create::run(args, context)).await,
        Command::Import(args) => return Box::pin(import::run(args, context)).await,
        Command::Export(args) => return export::run(args, context).await,
        Command::SetEmail(args) => return Box::pin(set_email::run(args, context)).await,
        Command::SetName(args) => return set_name::run(args, context).await,
        Command::SetPassword(args) => return set_password::run(args, context).await,
        Command::Erase(args) => return Box::pin(erase::run(args, context)).await,
        Command::Unlink(args) => return unlink::run(args, context).await,
        &Command::Lock(Forced { ref who, force }) => (Act::Lock { force }, who),
        Command::Unlock(who) => (Act::Unlock, who),
        Command::Promote(who) => (Act::Promote, who),
        &Command::Demote(Forced { ref who, force }) => (Act::Demote { force }, who),
        Command::Verify(who) => (Act::Verify, who),
        Command::ResetMfa(who) => (Act::ResetMfa, who),
        Command::RemovePasskeys(who) => (Act::RemovePasskeys, who),
        Command::ResendVerification(who) => (Act::ResendVerification, who),
        Command::SendReset(who) => (Act::SendReset, who),
        &Command::Delete(Forced { ref who, force }) => (Act::Delete { force }, who),
    };
    act::run(act, who, context).await
}

/// Returns the words for the state of an account. The worst of them determines the tone.
fn state(user: &UserPublic) -> Cell {
    let mut words = vec![if user.is_active { "active" } else { "disabled" }];
    if !user.is_verified {
        words.push("unverified");
    }
    if user.is_superuser {
        words.push("admin");
    }
    let tone = match (user.is_active, user.is_verified) {
        (false, _) => Tone::Bad,
        (true, false) => Tone::Warn,
        (true, true) => Tone::Plain,
    };
    Cell::toned(words.join(", "), tone)
}
