//! `regstack outbox list`.

use crate::cli::output::{Cell, Look, Row, Tone};
use crate::cli::paging::Paging;
use crate::cli::{Context, Result};
use crate::model::{MessageEntry, MessageState, PageKey};
use clap::ValueEnum;
use clap::builder::PossibleValue;

/// List messages, newest first
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Sent messages aren't listed. Failed ones are kept for a week.

Example:
  regstack outbox list --state failed --format csv")]
pub(in crate::cli) struct Args {
    /// Only waiting messages, or only failed ones
    #[arg(long, value_enum)]
    state: Option<MessageState>,
    #[command(flatten)]
    paging: Paging<PageKey>,
}

impl ValueEnum for MessageState {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

impl Row for MessageEntry {
    const FIELDS: &'static str = "id,kind,to,state,attempts,last_error,created_at,not_before";
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
            MessageState::Waiting => ("waiting".into(), look.date(self.not_before)),
            MessageState::Failed => (Cell::toned("failed", Tone::Bad), "never".to_owned()),
        };
        vec![
            self.id.to_string().into(),
            self.recipient.as_str().into(),
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
    let filter = args.state.into();
    let fetch = async |after, limit| app.accounts.messages(&filter, after, limit).await;
    if args.paging.list(context, "the outbox", fetch).await? {
        context.output.say(match args.state {
            None => "the outbox is empty: everything was sent",
            Some(MessageState::Waiting) => "no message is waiting",
            Some(MessageState::Failed) => "no message has failed",
        });
    }
    Ok(())
}
