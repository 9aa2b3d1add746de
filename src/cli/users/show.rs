//! `regstack users show`.

use super::state;
use crate::accounts::Overview;
use crate::cli::named::Account;
use crate::cli::output::{Canvas, Cell, Report, Row as _, Tone};
use crate::cli::{Context, Failure, Result};
use crate::model::Event;

/// Show an account with its lockout and latest events
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  regstack users show ada@example.com")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    account: Account,
    /// Dates in UTC instead of local time
    #[arg(long)]
    utc: bool,
}

impl Report for Overview {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let look = canvas.look;
        let user = &self.user;
        let lockout = match (self.lockout.locked_until, self.lockout.failures) {
            (Some(until), failures) => Cell::toned(
                format!(
                    "locked out until {} after {failures} failed logins",
                    look.date(until)
                ),
                Tone::Bad,
            ),
            (None, 0) => "no failed logins".into(),
            (None, failures) => Cell::toned(format!("{failures} recent failed logins"), Tone::Warn),
        };
        let second_factor = self.second_factor();
        canvas.fields(vec![
            ("id", user.id.as_str().into()),
            ("email", user.email.as_str().into()),
            ("name", user.full_name.clone().unwrap_or_default().into()),
            (
                "language",
                user.language
                    .clone()
                    .unwrap_or_else(|| "none set".into())
                    .into(),
            ),
            ("state", state(user)),
            ("lockout", lockout),
            ("second factor", second_factor.into()),
            ("passkeys", self.passkeys().into()),
            ("providers", self.linked().into()),
            ("created", look.date(user.created_at).into()),
            ("changed", look.date(user.updated_at).into()),
            ("last login", look.date_or(user.last_login, "never").into()),
            (
                "sessions ended",
                look.date_or(user.tokens_invalidated_after, "never").into(),
            ),
        ]);
        if !self.events.is_empty() {
            canvas.line("");
            let rows = self.events.iter().map(|event| event.cells(look));
            canvas.table(Event::TITLES, Event::SHRINK, rows.collect());
        }
    }
}

impl Overview {
    /// Returns the names of the passkeys.
    fn passkeys(&self) -> String {
        if self.passkeys.is_empty() {
            return "none".to_owned();
        }
        let names = self.passkeys.iter().map(|passkey| passkey.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    }

    /// Returns the linked providers as text.
    fn linked(&self) -> String {
        let named = self.identities.iter().map(|identity| {
            let email = identity.email.as_ref();
            let email = email.map(|email| format!(" ({email})")).unwrap_or_default();
            format!("{}{email}", identity.provider)
        });
        let named: Vec<String> = named.collect();
        if named.is_empty() {
            return "none".to_owned();
        }
        named.join(", ")
    }

    /// Returns the second factors as text.
    fn second_factor(&self) -> String {
        let factors = &self.second_factors;
        let number = self.user.phone_number.as_deref().unwrap_or_default();
        let mut on = Vec::new();
        if factors.totp {
            on.push("authenticator app".to_owned());
        }
        if factors.sms {
            on.push(format!("SMS to {number}"));
        }
        match (on.is_empty(), factors.recovery_codes_left) {
            (true, _) if number.is_empty() => return "off".to_owned(),
            (true, _) => return format!("off (number {number})"),
            (false, 0) => {}
            (false, 1) => on.push("1 recovery code left".to_owned()),
            (false, left) => on.push(format!("{left} recovery codes left")),
        }
        on.join(", ")
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let user = context.find(&app, args.account.get()?).await?;
    let overview = app
        .accounts
        .overview(user.id)
        .await
        .map_err(|error| Failure::act(format!("{} can't be shown", user.email), error))?;
    context.output.utc(args.utc).print(&overview)
}
