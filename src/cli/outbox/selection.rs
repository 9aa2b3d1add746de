//! Selects the messages for an act: by id, or all with a state.

use crate::app::App;
use crate::cli::{Context, Failure, Result, bulk, progress};
use crate::model::{Id, MessageState};

/// How many messages are read at a time.
const PAGE: u32 = 200;

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
pub(super) struct Selection {
    /// Ids of messages, as `outbox list` shows them
    #[arg(value_name = "ID", conflicts_with_all = ["state", "all"])]
    ids: Vec<Id>,
    /// All waiting messages, or all failed ones
    #[arg(long, value_enum)]
    state: Option<MessageState>,
    /// All messages, or all of the --state
    #[arg(long)]
    all: bool,
}

impl Selection {
    /// Returns whether the messages were selected by id.
    pub(super) fn is_named(&self) -> bool {
        !self.ids.is_empty()
    }

    pub(super) async fn find(&self, context: &Context, app: &App) -> Result<Vec<Id>> {
        if self.is_named() {
            return Ok(bulk::unique(&self.ids));
        }
        let filter = self.state.into();
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = progress::waited(app.accounts.messages(&filter, after, PAGE)).await;
            let page = page.map_err(|error| Failure::act("the outbox can't be listed", error))?;
            found.extend(page.items.iter().map(|message| message.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if found.is_empty() {
            context.output.say("no matching messages");
        }
        Ok(found)
    }
}
