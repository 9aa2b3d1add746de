//! Overseeing the outbox: what waits, what was given up.

use super::{Accounts, Error, Result};
use crate::model::{Backlog, Id, MessageEntry, MessageState, OutboxState, Page, PageKey};

impl Accounts {
    /// One page of queued messages, newest first; never their content.
    pub async fn messages(
        &self,
        state: Option<MessageState>,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>> {
        Ok(self.store.messages(state, after, limit).await?)
    }

    /// Depth and age of the outbox.
    pub async fn outbox(&self) -> Result<OutboxState> {
        Ok(self.store.outbox().await?)
    }

    /// What waits in the outbox, at a glance.
    pub async fn backlog(&self) -> Result<Backlog> {
        Ok(self.store.backlog().await?)
    }

    /// Tries a message again at once.
    pub async fn retry_message(&self, id: Id) -> Result<()> {
        if !self.store.retry_message(id, self.now()).await? {
            return Err(Error::NoMessage);
        }
        self.outbox.wake();
        Ok(())
    }

    /// Removes a message unsent.
    pub async fn delete_message(&self, id: Id) -> Result<()> {
        if self.store.delete_message(id).await? {
            Ok(())
        } else {
            Err(Error::NoMessage)
        }
    }
}
