//! `regstack tokens inspect`.

use jiff::Timestamp;
use serde::Serialize;

use crate::accounts::{TokenInspection, TokenRefusal};
use crate::cli::output::{Canvas, Cell, Report, Tone};
use crate::cli::{Context, Failure, Result, progress, prompt};
use crate::model::{Id, Purpose};
use crate::secret::{ExposeSecret as _, SecretString};

/// Show whose token it is, what for, and whether it's accepted
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Asks for the token, or reads it from stdin. Changes nothing, and doesn't store
the token.

Example:
  regstack tokens inspect < token.txt")]
pub(in crate::cli) struct Args {
    // Works, but is hidden because it isn't recommended.
    #[arg(hide = true)]
    token: Option<SecretString>,
    /// Dates in UTC instead of local time
    #[arg(long)]
    utc: bool,
}

#[derive(Serialize)]
struct Inspected {
    accepted: bool,
    reason: Option<&'static str>,
    /// The reason in words.
    detail: Option<String>,
    purpose: Option<Purpose>,
    user_id: Option<Id>,
    email: Option<String>,
    jti: Option<String>,
    issued_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    audience: Vec<String>,
    algorithm: Option<String>,
    #[serde(skip)]
    ended_until: Option<Timestamp>,
}

impl From<TokenInspection> for Inspected {
    fn from(inspection: TokenInspection) -> Self {
        let TokenInspection {
            said,
            user,
            refusal,
        } = inspection;
        Self {
            accepted: refusal.is_none(),
            reason: refusal.as_ref().map(TokenRefusal::name),
            detail: refusal.as_ref().map(ToString::to_string),
            ended_until: match refusal {
                Some(TokenRefusal::CutOff(moment)) => Some(moment),
                _ => None,
            },
            purpose: said.purpose,
            user_id: said.user_id,
            email: user.map(|user| user.email.to_string()),
            jti: said.jti,
            issued_at: said.issued_at,
            expires_at: said.expires_at,
            audience: said.audience,
            algorithm: said.algorithm,
        }
    }
}

impl Report for Inspected {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let look = canvas.look;
        let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let id = self.user_id.map(|id| id.to_string());
        let user = match (&self.email, id) {
            (Some(email), Some(id)) => format!("{email} ({id})"),
            (None, Some(id)) => format!("{id}, which has no account here"),
            (_, None) => "none".to_owned(),
        };
        let audience = match self.audience.as_slice() {
            [] => "none".to_owned(),
            names => names.join(", "),
        };
        let verdict = match (&self.detail, self.ended_until) {
            (None, _) => Cell::toned("yes", Tone::Good),
            (Some(_), Some(moment)) => {
                let moment = look.date(moment);
                let why =
                    format!("no: all tokens of its account issued up to {moment} were revoked");
                Cell::toned(why, Tone::Bad)
            }
            (Some(why), None) => Cell::toned(format!("no: {why}"), Tone::Bad),
        };
        canvas.fields(vec![
            ("purpose", purpose(self.purpose).into()),
            ("user", user.into()),
            ("token id", text(&self.jti).into()),
            ("issued", look.date_or(self.issued_at, "unknown").into()),
            ("expires", look.date_or(self.expires_at, "unknown").into()),
            ("audience", audience.into()),
            ("algorithm", text(&self.algorithm).into()),
            ("accepted now", verdict),
        ]);
    }
}

fn purpose(purpose: Option<Purpose>) -> &'static str {
    match purpose {
        None => "unknown",
        Some(Purpose::Session) => "session",
        Some(Purpose::PasswordReset) => "password_reset: the link to set a password, not a session",
        Some(Purpose::EmailChange) => {
            "email_change: the link to confirm an email address, not a session"
        }
        Some(Purpose::TotpSetup) => "totp_setup: setting up an authenticator app, not a session",
        Some(Purpose::PasskeySetup) => "passkey_setup: adding a passkey, not a session",
        Some(Purpose::PasskeyByLink) => {
            "passkey_by_link: adding a passkey with a mailed link, not a session"
        }
        Some(Purpose::PasskeyLogin) => {
            "passkey_login: a login that is waiting for a passkey, not a session yet"
        }
        Some(Purpose::ConsoleProof) => {
            "console_proof: an administrator who proved again who they are, not a session"
        }
        Some(Purpose::ConsolePasskey) => {
            "console_passkey: an administrator's proof that is waiting for a passkey, not a session"
        }
        Some(Purpose::PhoneSetup) => "phone_setup: setting up a phone, not a session",
        Some(Purpose::LoginMfa) => {
            "login_mfa: a login that is waiting for a code, not a session yet"
        }
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let token = if let Some(token) = &args.token {
        super::warn_of_argument(context);
        prompt::token_of(token.expose_secret())
    } else {
        prompt::token().await?
    };
    let inspected = progress::waited(app.accounts.inspect_token(token.expose_secret()))
        .await
        .map_err(|error| Failure::act("the token can't be inspected", error))?;
    let output = context.output.utc(args.utc);
    output.print(&Inspected::from(inspected))
}
