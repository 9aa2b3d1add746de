//! `regstack outbox list`.

use crate::cli::context::Context;
use crate::cli::error::Result;
use crate::cli::output::{Cell, Look, Row, Tone};
use crate::cli::paging::Paging;
use crate::model::{Id, MessageEntry, MessageState, PageKey};
use clap::ValueEnum;
use jiff::Timestamp;
use serde::Serialize;

pub(super) const EXAMPLE: &str = "\
Sent messages are gone; those that were given up stay for a week.

Example:
  regstack outbox list --state failed --format csv";

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Only those that wait, or only those that were given up
    #[arg(long, value_enum)]
    state: Option<State>,
    #[command(flatten)]
    paging: Paging<PageKey>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Waiting,
    Failed,
}

#[derive(Serialize)]
struct Listed {
    id: Id,
    kind: &'static str,
    to: String,
    state: State,
    attempts: u32,
    last_error: Option<String>,
    created_at: Timestamp,
    not_before: Timestamp,
}

impl From<MessageEntry> for Listed {
    fn from(entry: MessageEntry) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind.as_str(),
            to: entry.recipient,
            state: match entry.state {
                MessageState::Waiting => State::Waiting,
                MessageState::Failed => State::Failed,
            },
            attempts: entry.attempts,
            last_error: entry.last_error,
            created_at: entry.created_at,
            not_before: entry.not_before,
        }
    }
}

impl Row for Listed {
    const FIELDS: &'static [&'static str] = &[
        "id",
        "kind",
        "to",
        "state",
        "attempts",
        "last_error",
        "created_at",
        "not_before",
    ];
    const TITLES: &'static [&'static str] = &[
        "id",
        "to",
        "state",
        "tries",
        "queued",
        "next try",
        "last error",
    ];
    const SHRINK: &'static [usize] = &[6, 1];

    fn cells(&self, look: &Look) -> Vec<Cell> {
        let (state, next) = match self.state {
            State::Waiting => ("waiting".into(), look.date(self.not_before)),
            State::Failed => (Cell::toned("failed", Tone::Bad), "never".to_owned()),
        };
        vec![
            self.id.to_string().into(),
            self.to.as_str().into(),
            state,
            self.attempts.to_string().into(),
            look.date(self.created_at).into(),
            next.into(),
            self.last_error.clone().unwrap_or_default().into(),
        ]
    }
}

pub(super) async fn run(args: &Args, context: &Context) -> Result {
    let app = context.open().await?;
    let state = args.state.map(|state| match state {
        State::Waiting => MessageState::Waiting,
        State::Failed => MessageState::Failed,
    });
    let list = args.paging.list::<Listed, _>(
        context,
        "the outbox cannot be listed",
        async |after, limit| app.accounts.messages(state, after, limit).await,
    );
    let nothing = list.await?;
    if nothing {
        context.output.say(match args.state {
            None => "the outbox is empty: everything was sent",
            Some(State::Waiting) => "no message waits",
            Some(State::Failed) => "no message was given up",
        });
    }
    Ok(())
}
