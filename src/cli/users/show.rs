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
            (None, failures) => {
                Cell::toned(format!("{failures} failed logins of late"), Tone::Warn)
            }
        };
        let second_factor = match (&user.phone_number, user.is_mfa_enabled) {
            (Some(number), true) => format!("SMS to {number}"),
            (Some(number), false) => format!("off (number {number})"),
            (None, _) => "off".to_owned(),
        };
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

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let user = context.find(&app, args.account.get()?).await?;
    let overview = app
        .accounts
        .overview(user.id)
        .await
        .map_err(|error| Failure::act(format!("{} cannot be shown", user.email), error))?;
    context.output.utc(args.utc).print(&overview)
}
