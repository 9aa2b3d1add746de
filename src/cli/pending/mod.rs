//! `regstack pending`: registrations that wait for their mailed link.

mod delete;
mod list;
mod promote;

use std::collections::HashSet;
use std::fmt;

use clap::Subcommand;
use serde::Serialize;

use super::context::Context;
use super::error::Result;
use crate::model::Email;

/// See registrations that wait for their link, and settle them
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack pending list")]
pub(super) enum Command {
    /// List registrations whose link still works, newest first
    #[command(after_help = list::EXAMPLE)]
    List(list::Args),
    /// Make registrations accounts without their link
    #[command(after_help = promote::EXAMPLE)]
    Promote(promote::Args),
    /// Delete registrations; their links open nothing from now on
    #[command(after_help = delete::EXAMPLE)]
    Delete(delete::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Promote(args) => promote::run(args, context).await,
        Command::Delete(args) => delete::run(args, context).await,
    }
}

/// A registration as it is named in a summary.
#[derive(Serialize)]
struct Registration {
    email: Email,
}

impl fmt::Display for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.email.as_str())
    }
}

/// The registrations of these addresses, each once.
fn registrations(emails: &[Email]) -> Vec<Registration> {
    let mut seen = HashSet::new();
    let new = emails.iter().filter(|email| seen.insert(email.as_str()));
    new.map(|email| Registration {
        email: email.clone(),
    })
    .collect()
}
