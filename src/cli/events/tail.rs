//! `regstack events tail`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::signal::unix::{SignalKind, signal};

use super::Filter;
use crate::app::App;
use crate::cli::output::{Canvas, Report, Row as _, reader_has_left};
use crate::cli::{Context, Failure, Result, progress};
use crate::model::{Event, EventFilter, Id};

const PAUSE: Duration = Duration::from_secs(1);

/// How far back to look for late events: an event has the time at which its operation started, and another server's
/// clock may lag.
const LATE: SignedDuration = SignedDuration::from_secs(10);

const PART: u32 = 200;

/// Show the latest events, and new ones with --follow
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With --json, prints one document per line. --follow continues until you press
Ctrl-C or the reader of its output ends.

Example:
  regstack events tail --follow --type login_failed --json | jq -r .ip")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    filter: Filter,
    /// Number of latest events to start with, at most 200
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=200))]
    lines: u32,
    /// Continue with new events
    #[arg(short, long)]
    follow: bool,
    /// Dates in UTC instead of local time
    #[arg(long)]
    utc: bool,
}

impl Report for Event {
    fn draw(&self, canvas: &mut Canvas<'_>) {
        canvas.words(self.cells(canvas.look));
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let filter = args.filter.of(context, &app, args.utc).await?;
    let output = context.output.utc(args.utc);
    let mut seen = Seen::default();
    let mut latest = progress::waited(read(&app, &filter, args.lines.max(1))).await?;
    let newest = latest.first().map(|event| event.at);
    seen.since = newest.unwrap_or_else(|| context.clock.now());
    // Older events in the window that aren't shown don't count as new either.
    let before = seen.window(&filter);
    for event in read_all(&app, &before).await? {
        seen.is_new(&event);
    }
    latest.truncate(args.lines as usize);
    // From the first line on, Ctrl-C is a normal end.
    let mut interrupted = signal(SignalKind::interrupt())
        .map_err(|cause| Failure::failed("signals can't be received").because(cause))?;
    for event in latest.into_iter().rev() {
        seen.is_new(&event);
        if !output.print_item(&event)? {
            return Ok(());
        }
    }
    if !args.follow {
        return Ok(());
    }
    let mut ticks = tokio::time::interval(PAUSE);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = interrupted.recv() => return Ok(()),
        }
        if reader_has_left() {
            return Ok(());
        }
        for event in read_all(&app, &seen.window(&filter))
            .await?
            .into_iter()
            .rev()
        {
            if seen.is_new(&event) && !output.print_item(&event)? {
                return Ok(());
            }
        }
        seen.forget_old();
    }
}

/// The events that were shown recently, or existed before.
#[derive(Default)]
struct Seen {
    events: BTreeMap<Id, Timestamp>,
    /// The time of the newest event.
    since: Timestamp,
}

impl Seen {
    /// Returns whether an event is new, and remembers it.
    fn is_new(&mut self, event: &Event) -> bool {
        self.since = self.since.max(event.at);
        self.events.insert(event.id, event.at).is_none()
    }

    /// Returns the filter restricted to events that may be new.
    fn window(&self, filter: &EventFilter) -> EventFilter {
        let start = self.start();
        EventFilter {
            since: filter
                .since
                .map_or(Some(start), |since| Some(since.max(start))),
            ..filter.clone()
        }
    }

    fn start(&self) -> Timestamp {
        self.since.checked_sub(LATE).unwrap_or(self.since)
    }

    fn forget_old(&mut self) {
        let start = self.start();
        self.events.retain(|_, at| *at >= start);
    }
}

async fn read(app: &App, filter: &EventFilter, limit: u32) -> Result<Vec<Event>> {
    let page = app.accounts.events(filter, None, limit).await;
    Ok(page.map_err(unread)?.items)
}

async fn read_all(app: &App, filter: &EventFilter) -> Result<Vec<Event>> {
    let (mut events, mut after) = (Vec::new(), None);
    loop {
        let page = app
            .accounts
            .events(filter, after, PART)
            .await
            .map_err(unread)?;
        events.extend(page.items);
        after = page.next;
        if after.is_none() {
            return Ok(events);
        }
    }
}

fn unread(error: crate::accounts::Error) -> Failure {
    Failure::act("the events can't be read", error)
}
