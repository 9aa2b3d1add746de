//! `regstack users`: support's view of accounts, and what support does to them.

mod bulk;
mod create;
mod delete;
mod list;
mod lock;
mod show;
mod unlock;

use clap::Subcommand;

use super::context::Context;
use super::error::Result;
use super::output::{Cell, Tone};
use crate::model::UserPublic;

/// Find accounts, and lock, unlock, create or delete them
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
    #[command(after_help = lock::EXAMPLE)]
    Lock(lock::Args),
    /// Enable accounts again and clear their lockout; no session comes back
    #[command(after_help = unlock::EXAMPLE)]
    Unlock(unlock::Args),
    /// Delete accounts for good, with their sessions and queued mail
    #[command(after_help = delete::EXAMPLE)]
    Delete(delete::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Show(args) => show::run(args, context).await,
        Command::Create(args) => create::run(args, context).await,
        Command::Lock(args) => lock::run(args, context).await,
        Command::Unlock(args) => unlock::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
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
fn name(text: &str) -> Result<String, &'static str> {
    match text.trim() {
        "" => Err("expected an id, an address, or a part of one"),
        name => Ok(name.to_owned()),
    }
}
