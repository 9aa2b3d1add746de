//! `regstack service-keys list`.

use crate::cli::output::{Cell, Look, Row, Tone};
use crate::cli::paging::Paging;
use crate::cli::{Context, Result};
use crate::model::{PageKey, ServiceKey, ServiceKeyPublic};

/// List service keys, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Expired keys stay in the list for 30 days. Revoked keys disappear at once.

Example:
  regstack service-keys list")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    paging: Paging<PageKey>,
}

impl Row for ServiceKeyPublic {
    const FIELDS: &'static str = "id,name,scopes,created_by,created_at,expires_at,last_used_on";
    const TITLES: &'static [&'static str] =
        &["name", "scopes", "created by", "last used", "expires"];
    const SHRINK: &'static [usize] = &[2, 1];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        let last_used = match self.last_used_on {
            Some(day) => day.to_string().into(),
            None => Cell::toned("never", Tone::Faint),
        };
        vec![
            self.name.as_str().into(),
            self.scopes.to_string().into(),
            self.created_by.as_str().into(),
            last_used,
            look.date_or(self.expires_at, "never").into(),
        ]
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let fetch = async |after, limit| {
        let keys = app.accounts.service_keys(after, limit).await?;
        Ok(keys.map(|key| ServiceKey::public(&key)))
    };
    if args.paging.list(context, "the service keys", fetch).await? {
        context.output.say("there are no service keys");
    }
    Ok(())
}
