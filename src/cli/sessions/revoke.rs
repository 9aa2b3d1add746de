//! `regstack sessions revoke`.

use serde_json::json;

use crate::cli::named::name;
use crate::cli::users::act::{self, Act};
use crate::cli::users::selection::Selected;
use crate::cli::{Context, Failure, Result, progress};
use crate::model::TokenId;

/// End sessions of an account
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true), after_help = "\
Takes effect with the next request, on every server. --all is the same as
`tokens revoke --user`: it also ends mailed links and logins that are waiting
for a code.

Example:
  regstack sessions revoke ada@example.com --all")]
pub(in crate::cli) struct Args {
    /// Id, email address, or a unique part of it
    #[arg(value_name = "ACCOUNT", value_parser = name)]
    account: String,
    /// Ids of sessions, as `sessions list` shows them
    #[arg(value_name = "SID", group = "which", value_parser = id)]
    sids: Vec<TokenId>,
    /// All sessions
    #[arg(long, group = "which")]
    all: bool,
}

fn id(text: &str) -> Result<TokenId, &'static str> {
    TokenId::parse(text).ok_or("expected the id of a session: 22 letters, digits, - and _")
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    if args.all {
        let users = Selected::named(context, &app, std::slice::from_ref(&args.account)).await?;
        return act::each(Act::RevokeTokens, context, &app, users).await;
    }
    let user = context.find(&app, &args.account).await?;
    let origin = context.origin();
    let mut revoked = Vec::new();
    for sid in &args.sids {
        let id = sid.as_str();
        let ended = progress::waited(app.accounts.end_session(&user, id, &origin)).await;
        if let Err(error) = ended {
            for done in &revoked {
                context.output.say(&format!("ended the session {done}"));
            }
            let what = format!("the session {id} of {} can't be ended", user.email);
            return Err(Failure::act(what, error));
        }
        revoked.push(id);
    }
    let lines = revoked.iter().map(|id| format!("ended the session {id}"));
    let lines: Vec<String> = lines.collect();
    context
        .output
        .print_lines(&json!({ "revoked": revoked }), lines)
}
