//! `regstack events`: the audit trail.

mod list;
mod tail;

use std::net::IpAddr;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser as _;

use super::named::name;
use super::output::{Cell, Look, Row, Tone};
use super::since::Since;
use super::{Context, Result};
use crate::app::App;
use crate::model::{Event, EventFilter, EventKind, Id};

/// Show what happened to accounts
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  regstack events tail --follow")]
pub(super) enum Command {
    List(list::Args),
    Tail(tail::Args),
}

pub(super) async fn run(command: &Command, context: &Context) -> Result {
    match command {
        Command::List(args) => list::run(args, context).await,
        Command::Tail(args) => tail::run(args, context).await,
    }
}

#[derive(Debug, clap::Args)]
struct Filter {
    /// Only those of this account; for a deleted account, use its id
    #[arg(long, alias = "email", value_name = "ACCOUNT", value_parser = name)]
    user: Option<String>,
    // Without Markdown, because the type's name is shown as it is in the help.
    #[arg(long = "type", help = "Only those of this type, such as login_failed", value_name = "TYPE", value_parser = kind(), hide_possible_values = true)]
    kind: Option<EventKind>,
    /// Only those since a date (2026-01-31), a day (yesterday), or a time ago (2h)
    #[arg(long, value_name = "WHEN", value_parser = Since::parse)]
    since: Option<Since>,
    /// Only those from this address
    #[arg(long, value_name = "ADDRESS")]
    ip: Option<IpAddr>,
    /// Only those of the request with this x-request-id
    #[arg(long, value_name = "ID")]
    request_id: Option<String>,
}

fn kind() -> impl clap::builder::TypedValueParser<Value = EventKind> {
    let names = EventKind::ALL.iter().map(|kind| kind.as_str());
    PossibleValuesParser::new(names)
        .try_map(|name| EventKind::from_name(&name).ok_or("expected an event type"))
}

impl Filter {
    async fn of(&self, context: &Context, app: &App, utc: bool) -> Result<EventFilter> {
        let user_id = match &self.user {
            None => None,
            Some(name) => match name.parse::<Id>() {
                // An account's events are kept after its deletion, so its id need not exist.
                Ok(id) => Some(id),
                Err(_) => Some(context.find(app, name).await?.id),
            },
        };
        let output = context.output.utc(utc);
        let since = self.since.as_ref();
        Ok(EventFilter {
            user_id,
            kind: self.kind,
            since: since.map(|since| since.at(context, &output)).transpose()?,
            ip: self.ip.map(|ip| ip.to_canonical()),
            request_id: self.request_id.clone(),
        })
    }
}

impl Row for Event {
    const FIELDS: &'static str = "id,at,type,user_id,email,actor,ip,request_id,data";
    const TITLES: &'static [&'static str] = &["at", "event", "account", "by", "from", "request"];
    const SHRINK: &'static [usize] = &[3, 2, 5];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        let id = || self.user_id.map(|id| id.to_string());
        let kind = match self.times() {
            1 => self.kind.to_string(),
            times => format!("{} ({times} times)", self.kind),
        };
        let account = self.email.as_ref().map(ToString::to_string).or_else(id);
        vec![
            look.second(self.at).into(),
            Cell::toned(kind, tone(self.kind)),
            account.unwrap_or_default().into(),
            self.actor.as_str().into(),
            self.ip.map(|ip| ip.to_string()).unwrap_or_default().into(),
            self.request_id.as_deref().unwrap_or_default().into(),
        ]
    }
}

/// Returns the tone for an event. Security-relevant events stand out.
fn tone(kind: EventKind) -> Tone {
    match kind {
        EventKind::LoginFailed | EventKind::LoginRefused => Tone::Warn,
        EventKind::LoginLocked | EventKind::UserDisabled | EventKind::UserDeleted => Tone::Bad,
        _ => Tone::Plain,
    }
}
