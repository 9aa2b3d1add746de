//! `regstack sessions list`.

use crate::cli::named::Account;
use crate::cli::output::{Cell, Look, Row, Tone};
use crate::cli::paging::Paging;
use crate::cli::{Context, Result};
use crate::model::{SessionKey, SessionPublic};

/// List where an account is logged in, newest login first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The time of the last use is accurate to five minutes. Tokens of the Python
package, and of versions that didn't keep sessions, aren't listed.

Example:
  regstack sessions list ada@example.com")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    paging: Paging<SessionKey>,
}

impl Row for SessionPublic {
    const FIELDS: &'static str =
        "id,created_at,last_seen_at,expires_at,method,ip,browser,system,user_agent,is_current";
    const TITLES: &'static [&'static str] =
        &["id", "device", "from", "method", "logged in", "last used"];
    const SHRINK: &'static [usize] = &[1, 2];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        let device = match (self.browser, self.system, &self.user_agent) {
            (Some(browser), Some(system), _) => format!("{browser} on {system}").into(),
            (Some(name), None, _) | (None, Some(name), _) => name.into(),
            (None, None, Some(agent)) => agent.as_str().into(),
            (None, None, None) => Cell::toned("unknown", Tone::Faint),
        };
        let ip = self.ip.map(|ip| ip.to_string()).unwrap_or_default();
        vec![
            self.id.as_str().into(),
            device,
            ip.into(),
            self.method.name().into(),
            look.date(self.created_at).into(),
            look.date(self.last_seen_at).into(),
        ]
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let user = context.find(&app, args.account.get()?).await?;
    let fetch = async |after, limit| app.accounts.sessions(user.id, None, after, limit).await;
    let what = format!("the sessions of {}", user.email);
    if args.paging.list(context, &what, fetch).await? {
        let email = &user.email;
        context
            .output
            .say(&format!("{email} isn't logged in anywhere"));
    }
    Ok(())
}
