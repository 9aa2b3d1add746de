//! `regstack tokens list`.

use crate::cli::output::{Cell, Look, Row};
use crate::cli::paging::Paging;
use crate::cli::{Context, Result};
use crate::model::{RevocationKey, RevokedToken};

/// List tokens that were revoked individually
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The last to expire comes first. Tokens that ended together with all others of
their account (lock, set-password, tokens revoke --user) aren't listed.

Example:
  regstack tokens list --all --format csv")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    paging: Paging<RevocationKey>,
}

impl Row for RevokedToken {
    const FIELDS: &'static str = "jti,user_id,email,expires_at";
    const TITLES: &'static [&'static str] = &["token id", "expires", "user"];
    const SHRINK: &'static [usize] = &[2];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        let user = match (&self.email, self.user_id) {
            (Some(email), _) => email.to_string(),
            (None, Some(id)) => format!("{id} (gone)"),
            (None, None) => "unknown".to_owned(),
        };
        vec![
            self.jti.as_str().into(),
            look.date(self.expires_at).into(),
            user.into(),
        ]
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let fetch = async |after, limit| app.accounts.revocations(after, limit).await;
    if args.paging.list(context, "the revocations", fetch).await? {
        context.output.say("no revoked tokens");
    }
    Ok(())
}
