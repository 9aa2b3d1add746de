//! `regstack users`: support's view of accounts, and what support does to them.

pub(super) mod act;
mod create;
mod delete;
mod demote;
mod filter;
mod list;
mod lock;
mod promote;
mod resend_verification;
mod reset_mfa;
pub(super) mod selection;
mod send_reset;
mod set_password;
mod show;
mod unlock;
mod verify;

use clap::Subcommand;

use super::context::Context;
use super::error::Result;
use super::output::{Cell, Tone};
use crate::model::UserPublic;
use act::Args;

/// Find accounts, and do to them what support does
#[derive(Debug, Subcommand)]
#[command(
    after_help = "An account is named by its id, its address, or a part of the address that no other has.\n\nExample:\n  regstack users show ada@example.com"
)]
pub(super) enum Command {
    /// List accounts, newest first
    #[command(after_help = list::EXAMPLE)]
    List(list::Args),
    /// Show an account, its lockout and its latest events
    #[command(after_help = show::EXAMPLE)]
    Show(show::Args),
    /// Create an account
    #[command(after_help = create::EXAMPLE)]
    Create(create::Args),
    /// Disable accounts; their sessions end with their next request
    #[command(visible_alias = "disable", after_help = lock::EXAMPLE)]
    Lock(Args<lock::Lock>),
    /// Enable accounts again and clear their lockout
    #[command(visible_alias = "enable", after_help = unlock::EXAMPLE)]
    Unlock(Args<unlock::Unlock>),
    /// Make accounts superusers, who administer others
    #[command(after_help = promote::EXAMPLE)]
    Promote(Args<promote::Promote>),
    /// Make superusers ordinary accounts again
    #[command(after_help = demote::EXAMPLE)]
    Demote(Args<demote::Demote>),
    /// Take the addresses of accounts as proven
    #[command(after_help = verify::EXAMPLE)]
    Verify(Args<verify::Verify>),
    /// Set the password of an account; its sessions end
    #[command(after_help = set_password::EXAMPLE)]
    SetPassword(set_password::Args),
    /// Switch the second factor of accounts off
    #[command(after_help = reset_mfa::EXAMPLE)]
    ResetMfa(Args<reset_mfa::ResetMfa>),
    /// Mail a new link to accounts whose address is not proven
    #[command(after_help = resend_verification::EXAMPLE)]
    ResendVerification(Args<resend_verification::ResendVerification>),
    /// Mail accounts a link that sets a new password
    #[command(after_help = send_reset::EXAMPLE)]
    SendReset(Args<send_reset::SendReset>),
    /// Delete accounts for good, with their sessions and queued mail
    #[command(after_help = delete::EXAMPLE)]
    Delete(Args<delete::Delete>),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Create(args) => create::run(args, context).await,
        Command::Lock(args) => args.run(context).await,
        Command::Unlock(args) => args.run(context).await,
        Command::Promote(args) => args.run(context).await,
        Command::Demote(args) => args.run(context).await,
        Command::Verify(args) => args.run(context).await,
        Command::SetPassword(args) => set_password::run(args, context).await,
        Command::ResetMfa(args) => args.run(context).await,
        Command::ResendVerification(args) => args.run(context).await,
        Command::SendReset(args) => args.run(context).await,
        Command::Delete(args) => args.run(context).await,
    }
}

/// The words for the state of an account, the worst of them setting the tone.
fn state(user: &UserPublic) -> Cell {
    let mut words = vec![if user.is_active { "active" } else { "locked" }];
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

/// A name that stands for accounts: an empty one would stand for all of them.
pub(super) fn name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("expected an id, an address, or a part of one"),
        name => Ok(name.to_owned()),
    }
}
