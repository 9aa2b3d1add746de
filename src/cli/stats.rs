//! `regstack stats`.

use serde::Serialize;

use super::output::{Canvas, Cell, Report, Tone};
use super::{Context, Failure, Result, progress};
use crate::model::{Counts, DayCounts};

pub(super) const EXAMPLE: &str = "\
Days are in UTC and include today.

Example:
  regstack stats --days 30";

/// Show totals and daily counts
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
pub(super) struct Args {
    /// How many days, 1 to 365
    #[arg(long, value_name = "COUNT", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=365))]
    days: u32,
}

#[derive(Serialize)]
struct Stats {
    #[serde(flatten)]
    counts: Counts,
    outbox_waiting: u64,
    outbox_failed: u64,
    days: Vec<DayCounts>,
}

impl Report for Stats {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        let counts = &self.counts;
        let accounts = format!(
            "{}: {} active, {} verified, {} {}",
            counts.total_users,
            counts.active_users,
            counts.verified_users,
            counts.superusers,
            if counts.superusers == 1 {
                "administrator"
            } else {
                "administrators"
            }
        );
        let tone = if self.outbox_failed > 0 {
            Tone::Warn
        } else {
            Tone::Plain
        };
        let outbox = format!(
            "{} waiting, {} failed",
            self.outbox_waiting, self.outbox_failed
        );
        canvas.fields(vec![
            ("accounts", accounts.into()),
            ("pending", counts.pending_registrations.to_string().into()),
            ("outbox", Cell::toned(outbox, tone)),
        ]);
        canvas.line("");
        let rows = self.days.iter().map(|day| {
            vec![
                day.date.to_string().into(),
                day.registered.to_string().into(),
                day.verified.to_string().into(),
                day.logins.to_string().into(),
                day.failures.to_string().into(),
            ]
        });
        let titles = ["day", "registered", "verified", "logins", "failed logins"];
        canvas.table(&titles, &[], rows.collect());
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let read = async {
        Ok::<_, crate::accounts::Error>((
            app.accounts.counts().await?,
            app.accounts.outbox().await?,
            app.accounts.series(args.days).await?,
        ))
    };
    let (counts, outbox, days) = progress::waited(read)
        .await
        .map_err(|error| Failure::act("the counts can't be read", error))?;
    context.output.print(&Stats {
        counts,
        outbox_waiting: outbox.waiting,
        outbox_failed: outbox.failed,
        days,
    })
}
