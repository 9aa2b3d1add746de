//! Managing the outbox: messages that are waiting or were given up.

use super::{Accounts, Error, Result};
use crate::model::{Backlog, Id, MessageEntry, MessageState, OutboxState, Page, PageKey};

impl Accounts {
    /// Returns one page of queued messages, newest first, without their content.
    pub async fn messages(
        &self,
        state: Option<MessageState>,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>> {
        Ok(self.store.messages(state, after, limit).await?)
    }

    /// Returns the depth and age of the outbox.
    pub async fn outbox(&self) -> Result<OutboxState> {
        Ok(self.store.outbox().await?)
    }

    /// Returns a summary of what waits in the outbox.
    pub async fn backlog(&self) -> Result<Backlog> {
        Ok(self.store.backlog().await?)
    }

    /// Retries a message at once.
    pub async fn retry_message(&self, id: Id) -> Result<()> {
        if !self.store.retry_message(id, self.now()).await? {
            return Err(Error::NoMessage);
        }
        self.outbox.wake();
        Ok(())
    }

    /// Deletes a message without sending it.
    pub async fn delete_message(&self, id: Id) -> Result<()> {
        if self.store.delete_message(id).await? {
            Ok(())
        } else {
            Err(Error::NoMessage)
        }
    }
}
