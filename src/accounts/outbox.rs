//! Managing the outbox: messages that are waiting or were given up.

use super::{Accounts, Error, Result};
use crate::model::{Backlog, Id, MessageEntry, MessageFilter, OutboxState, Page, PageKey};
use crate::store::QueueDepth;

impl Accounts {
    /// Returns one page of queued messages, newest first, without their content.
    pub async fn messages(
        &self,
        filter: &MessageFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<MessageEntry>> {
        Ok(self.store.messages(filter, after, limit).await?)
    }

    /// Returns a queued message, without its content.
    pub async fn message(&self, id: Id) -> Result<MessageEntry> {
        let filter = MessageFilter {
            id: Some(id),
            ..MessageFilter::default()
        };
        let found = self.store.messages(&filter, None, 1).await?;
        found.items.into_iter().next().ok_or(Error::NoMessage)
    }

    /// Returns how many messages wait, by kind and receiver. Counts them all, so it can take a while.
    pub async fn waiting_by_queue(&self) -> Result<Vec<QueueDepth>> {
        Ok(self.store.waiting_by_queue().await?)
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
