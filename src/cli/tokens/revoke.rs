//! `regstack tokens revoke`.

use jiff::Timestamp;
use serde::Serialize;

use crate::accounts::{self, RevokeToken};
use crate::cli::named::name;
use crate::cli::output::{Canvas, Report};
use crate::cli::users::act::{self, Act};
use crate::cli::users::selection::Selected;
use crate::cli::{Context, Failure, Result, progress, prompt};
use crate::model::TokenId;
use crate::secret::{ExposeSecret as _, SecretString};

/// End one session, or all tokens of accounts
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("which").required(true), after_help = "\
Takes effect with the next request. --user ends sessions, mailed links and
logins that are waiting for a code. An id stays on the list for 30 days, even if
no token has it: regstack can't check that.

Example:
  regstack tokens revoke --user ada@example.com")]
pub(in crate::cli) struct Args {
    /// A token's id (jti), or - to read or ask for the token itself
    #[arg(value_name = "JTI", group = "which", allow_hyphen_values = true)]
    token: Option<SecretString>,
    /// All tokens of an account: its id, email address or a part of it; may repeat
    #[arg(long, alias = "email", value_name = "ACCOUNT", group = "which", value_parser = name)]
    user: Vec<String>,
}

#[derive(Serialize)]
struct Revoked {
    /// `revoked`, or `dead` if the token was already invalid.
    outcome: &'static str,
    reason: Option<&'static str>,
    jti: Option<String>,
    email: Option<String>,
    /// How long the token stays on the list.
    expires_at: Option<Timestamp>,
}

impl Report for Revoked {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let whose = self.email.as_deref().map(|email| format!(" of {email}"));
        let whose = whose.unwrap_or_default();
        match (&self.jti, self.expires_at) {
            (Some(jti), Some(expires_at)) => {
                let until = canvas.look.date(expires_at);
                canvas.line(format!("revoked {jti}{whose}, until {until}"));
            }
            _ => canvas.line("nothing to do: the token was already invalid"),
        }
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let given = args.token.as_ref().map(SecretString::expose_secret);
    if given
        .is_some_and(|text| text != "-" && !text.contains('.') && TokenId::parse(text).is_none())
    {
        return Err(
            Failure::refused("this is neither a token nor the id of one")
                .because("an id (jti) has 22 characters: letters, digits, - and _")
                .next("regstack tokens inspect shows the id of a token"),
        );
    }
    let app = context.open().await?;
    let origin = context.origin();
    let Some(given) = given else {
        let users = Selected::named(context, &app, &args.user).await?;
        return act::each(Act::RevokeTokens, context, &app, users).await;
    };
    let revoked = if TokenId::parse(given).is_some() {
        progress::waited(app.accounts.revoke_token_id(given, &origin)).await
    } else {
        let token = if given == "-" {
            prompt::token().await?
        } else {
            super::warn_of_argument(context);
            prompt::token_of(given)
        };
        let revoked = app.accounts.revoke_token(token.expose_secret(), &origin);
        progress::waited(revoked).await
    };
    answer(context, revoked)
}

fn answer(context: &Context, revoked: accounts::Result<RevokeToken>) -> Result {
    const WHAT: &str = "the token can't be revoked";
    let revoked = match revoked.map_err(|error| Failure::act(WHAT, error))? {
        RevokeToken::Revoked(token) => Revoked {
            outcome: "revoked",
            reason: None,
            jti: Some(token.jti),
            email: token.email.map(|email| email.to_string()),
            expires_at: Some(token.expires_at),
        },
        RevokeToken::NoSession(purpose) => {
            return Err(Failure::refused(WHAT)
                .because(format!(
                    "it isn't a session token, but a {}",
                    purpose.as_str()
                ))
                .next("regstack tokens revoke --user ACCOUNT ends it with all others"));
        }
        // This token is not from this installation, so the person probably meant another one.
        RevokeToken::Dead(refusal) if refusal.is_foreign() => {
            return Err(Failure::failed(WHAT).because(refusal));
        }
        RevokeToken::Dead(refusal) => Revoked {
            outcome: "dead",
            reason: Some(refusal.name()),
            jti: None,
            email: None,
            expires_at: None,
        },
    };
    context.output.print(&revoked)
}
