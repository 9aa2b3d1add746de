//! `regstack users list`.

use super::filter::Filter;
use super::state;
use crate::cli::output::{Cell, Look, Row};
use crate::cli::paging::Paging;
use crate::cli::{Context, Result};
use crate::model::{PageKey, UserPublic};

/// List accounts, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  regstack users list --locked --since 7d --format csv")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: Filter,
    #[command(flatten)]
    paging: Paging<PageKey>,
}

impl Row for UserPublic {
    const FIELDS: &'static str = "id,email,is_active,is_verified,is_superuser,full_name,phone_number,is_mfa_enabled,created_at,updated_at,last_login,tokens_invalidated_after,language";
    const TITLES: &'static [&'static str] = &["email", "name", "state", "created", "last login"];
    const SHRINK: &'static [usize] = &[1, 0];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        vec![
            self.email.as_str().into(),
            self.full_name.clone().unwrap_or_default().into(),
            state(self),
            look.date(self.created_at).into(),
            look.date_or(self.last_login, "never").into(),
        ]
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let filter = args
        .filter
        .of(context, &args.paging.output(context), &app)?;
    let fetch = async |after, limit| {
        let page = app.accounts.users(&filter, after, limit).await?;
        Ok(page.map(|user| user.public()))
    };
    if args.paging.list(context, "the accounts", fetch).await? {
        let counts = app.accounts.counts().await;
        let any = counts.is_ok_and(|counts| counts.total_users > 0);
        let output = &context.output;
        if any {
            output.say("no matching accounts");
        } else {
            output.say("there are no accounts yet");
            output.say("  -> regstack users create EMAIL");
        }
    }
    Ok(())
}
