//! `regstack users list`.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, civil};

use super::state;
use crate::accounts::{Page, PageKey, UserFilter};
use crate::cli::context::Context;
use crate::cli::error::{Failure, Result};
use crate::cli::output::{Cell, Look, Row};
use crate::cli::paging::Paging;
use crate::cli::progress;
use crate::model::{User, UserPublic};

pub(super) const EXAMPLE: &str = "Example:\n  regstack users list --locked --since 7d --format csv";

#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(in crate::cli) struct Args {
    /// Only those with this in their address or name
    #[arg(long, value_name = "PART")]
    q: Option<String>,
    /// Only enabled ones
    #[arg(long)]
    active: bool,
    /// Only disabled ones
    #[arg(long, conflicts_with = "active")]
    locked: bool,
    /// Only those locked out by failed logins at this moment
    #[arg(long)]
    throttled: bool,
    /// Only those whose address is not proven
    #[arg(long)]
    unverified: bool,
    /// Only superusers
    #[arg(long)]
    admins: bool,
    /// Only those created since a date (2026-01-31), or a time ago (7d, 12h)
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    since: Option<Since>,
    #[command(flatten)]
    paging: Paging<PageKey>,
}

/// A moment as people give it.
#[derive(Debug, Clone)]
enum Since {
    Moment(Timestamp),
    Day(civil::Date),
    Ago(Span),
}

impl Since {
    fn parse(text: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str =
            "expected a date such as 2026-01-31, or a time ago such as 7d or 12h";
        if let Ok(moment) = text.parse() {
            return Ok(Self::Moment(moment));
        }
        if text.len() == "2026-01-31".len()
            && let Ok(day) = text.parse()
        {
            return Ok(Self::Day(day));
        }
        match text.parse::<Span>() {
            Ok(span) if span.is_positive() => Ok(Self::Ago(span)),
            _ => Err(EXPECTED),
        }
    }

    fn moment(&self, now: Timestamp, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
        match self {
            Self::Moment(moment) => Ok(*moment),
            Self::Day(day) => Ok(day.to_zoned(zone.clone())?.timestamp()),
            Self::Ago(span) => Ok(now.to_zoned(zone.clone()).checked_sub(*span)?.timestamp()),
        }
    }
}

impl Row for UserPublic {
    const FIELDS: &'static [&'static str] = &[
        "id",
        "email",
        "is_active",
        "is_verified",
        "is_superuser",
        "full_name",
        "phone_number",
        "is_mfa_enabled",
        "created_at",
        "updated_at",
        "last_login",
        "tokens_invalidated_after",
    ];
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
    let output = args.paging.output(context);
    let since = match &args.since {
        Some(since) => {
            let moment = since.moment(context.clock.now(), output.zone());
            Some(moment.map_err(|cause| {
                Failure::refused("--since is no moment that can be").because(cause)
            })?)
        }
        None => None,
    };
    let app = context.open().await?;
    let filter = UserFilter {
        q: args.q.clone(),
        is_active: args.active.then_some(true).or(args.locked.then_some(false)),
        is_verified: args.unverified.then_some(false),
        is_superuser: args.admins.then_some(true),
        since,
        throttled: args.throttled.then(|| app.accounts.throttled_now()),
    };
    let Paging { after, limit, .. } = args.paging;
    let listed = async {
        let page = app.accounts.users(&filter, after, limit).await?;
        let any = !page.items.is_empty() || app.accounts.counts().await?.total_users > 0;
        Ok((page, any))
    };
    let (page, any) = progress::waited(listed)
        .await
        .map_err(|error| Failure::act("the accounts cannot be listed", error))?;
    let page = Page {
        items: page.items.iter().map(User::public).collect(),
        next: page.next,
    };
    let nothing: &[&str] = if any {
        &["no account is like that"]
    } else {
        &[
            "there are no accounts yet",
            "  -> regstack users create ADDRESS",
        ]
    };
    args.paging.print(context, page, nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn since_takes_dates_and_times_ago() {
        let now: Timestamp = "2026-03-10T12:00:00Z".parse().unwrap();
        for (text, moment) in [
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01T08:30:00Z", "2026-03-01T08:30:00Z"),
            ("7d", "2026-03-03T12:00:00Z"),
            ("12h", "2026-03-10T00:00:00Z"),
            ("2w", "2026-02-24T12:00:00Z"),
        ] {
            let moment: Timestamp = moment.parse().unwrap();
            assert_eq!(
                Since::parse(text)
                    .unwrap()
                    .moment(now, &TimeZone::UTC)
                    .unwrap(),
                moment,
                "{text}"
            );
        }
        for bad in ["", "yesterday", "7", "-7d", "2026-13-01", "2026-02-30"] {
            assert!(Since::parse(bad).is_err(), "{bad}");
        }
    }
}
