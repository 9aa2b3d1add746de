//! `regstack tokens list`.

use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::cli::output::{Cell, Look, Row};
use crate::cli::paging::Paging;
use crate::model::{Id, Page, RevocationKey};
use jiff::Timestamp;
use serde::Serialize;

pub(super) const EXAMPLE: &str = "\
Those that last longest come first. Tokens that ended with all others of their
account (lock, set-password, tokens revoke --user) are not among them.

Example:
  regstack tokens list --all --format csv";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    paging: Paging<RevocationKey>,
}

#[derive(Serialize)]
struct Listed {
    jti: String,
    user_id: Option<Id>,
    email: Option<String>,
    expires_at: Timestamp,
}

impl Row for Listed {
    const FIELDS: &'static [&'static str] = &["jti", "user_id", "email", "expires_at"];
    const TITLES: &'static [&'static str] = &["token id", "expires", "user"];
    const SHRINK: &'static [usize] = &[2];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        let user = match (&self.email, self.user_id) {
            (Some(email), _) => email.clone(),
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
    let nothing = args
        .paging
        .list::<Listed, Listed>(
            context,
            "the revocations cannot be listed",
            async |after, limit| {
                let page = app.accounts.revocations(after, limit).await?;
                let mut items = Vec::with_capacity(page.items.len());
                for revocation in page.items {
                    let user = match revocation.user_id {
                        Some(id) => app.accounts.user(id).await.ok(),
                        None => None,
                    };
                    items.push(Listed {
                        jti: revocation.jti,
                        user_id: revocation.user_id,
                        email: user.map(|user| user.email.to_string()),
                        expires_at: revocation.expires_at,
                    });
                }
                Ok(Page {
                    items,
                    next: page.next,
                })
            },
        )
        .await?;
    if nothing {
        context
            .output
            .say("no token is revoked that would live otherwise");
    }
    Ok(())
}
