//! `regstack pending list`.

use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::cli::output::{Cell, Look, Row};
use crate::cli::paging::Paging;
use crate::model::{PendingKey, PendingRegistration};
use jiff::Timestamp;
use serde::Serialize;

pub(super) const EXAMPLE: &str = "\
The mail with the link may still wait: see `regstack outbox list`.

Example:
  regstack pending list --format csv";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    paging: Paging<PendingKey>,
}

#[derive(Serialize)]
struct Listed {
    email: String,
    full_name: Option<String>,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl From<PendingRegistration> for Listed {
    fn from(pending: PendingRegistration) -> Self {
        Self {
            email: pending.email.to_string(),
            full_name: pending.full_name.map(|name| name.to_string()),
            created_at: pending.created_at,
            expires_at: pending.expires_at,
        }
    }
}

impl Row for Listed {
    const FIELDS: &'static [&'static str] = &["email", "full_name", "created_at", "expires_at"];
    const TITLES: &'static [&'static str] = &["email", "name", "registered", "link works until"];
    const SHRINK: &'static [usize] = &[1, 0];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        vec![
            self.email.as_str().into(),
            self.full_name.clone().unwrap_or_default().into(),
            look.date(self.created_at).into(),
            look.date(self.expires_at).into(),
        ]
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let list = args.paging.list::<Listed, _>(
        context,
        "the registrations cannot be listed",
        async |after, limit| app.accounts.pending(after, limit).await,
    );
    let nothing = list.await?;
    if nothing {
        context.output.say("no registration waits for its link");
    }
    Ok(())
}
