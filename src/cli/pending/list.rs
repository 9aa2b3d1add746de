//! `regstack pending list`.

use crate::cli::output::{Cell, Look, Row};
use crate::cli::paging::Paging;
use crate::cli::{Context, Result};
use crate::model::{FullName, PendingKey, PendingPublic};

/// List registrations whose link still works, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The email with the link may not have been sent yet: see `regstack outbox list`.

Example:
  regstack pending list --q example.com --format csv")]
pub(in crate::cli) struct Args {
    /// Only those with this in the email address or name
    #[arg(long, value_name = "PART")]
    q: Option<String>,
    #[command(flatten)]
    paging: Paging<PendingKey>,
}

impl Row for PendingPublic {
    const FIELDS: &'static str = "email,full_name,created_at,expires_at";
    const TITLES: &'static [&'static str] = &["email", "name", "registered", "link works until"];
    const SHRINK: &'static [usize] = &[1, 0];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        vec![
            self.email.as_str().into(),
            self.full_name.as_ref().map_or("", FullName::as_str).into(),
            look.date(self.created_at).into(),
            look.date(self.expires_at).into(),
        ]
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let fetch = async |after, limit| app.accounts.pending(args.q.as_deref(), after, limit).await;
    if args
        .paging
        .list(context, "the registrations", fetch)
        .await?
    {
        context.output.say(match args.q {
            None => "no registration is pending",
            Some(_) => "no matching registrations",
        });
    }
    Ok(())
}
