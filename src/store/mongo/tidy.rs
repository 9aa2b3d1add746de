//! Cleanup that waits until after the response: entries that were copied out of documents (`relay`) are removed from them,
//! in batches.
//!
//! If a process ends before that, the entries stay where they are. Any worker then copies them once more, finds that they
//! were already copied, and removes them (`repair`).

use std::sync::{Arc, Mutex, PoisonError};

use mongodb::Collection;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, Document, doc};

use super::error::timed;

/// The maximum number of documents that one command cleans up.
const AT_ONCE: usize = 200;

/// Documents with entries that were copied.
#[derive(Clone)]
pub(super) struct Tidy(Arc<State>);

struct State {
    without: Without,
    waiting: Mutex<Vec<Copied>>,
    /// Held by the task that cleans up.
    turn: tokio::sync::Mutex<()>,
    #[cfg(test)]
    failpoint: Arc<super::failpoint::Failpoint>,
}

/// Entries of one document.
struct Copied {
    collection: Collection<Document>,
    document: Bson,
    entries: Vec<ObjectId>,
}

/// Makes the update that takes entries out of documents.
type Without = fn(Vec<ObjectId>) -> Vec<Document>;

impl Tidy {
    pub(super) fn by(
        without: Without,
        #[cfg(test)] failpoint: Arc<super::failpoint::Failpoint>,
    ) -> Self {
        Self(Arc::new(State {
            without,
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            #[cfg(test)]
            failpoint,
        }))
    }

    /// Takes entries out of a document soon. Nobody waits for it.
    pub(super) fn later(
        &self,
        collection: &Collection<Document>,
        document: Bson,
        entries: Vec<ObjectId>,
    ) {
        let waiting = {
            let mut waiting = self
                .0
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            waiting.push(Copied {
                collection: collection.clone(),
                document,
                entries,
            });
            waiting.len()
        };
        // The first entry in an empty list starts the cleanup, which includes all entries that are added before it runs. Now
        // and then another entry starts it too, because a task may have ended with its runtime.
        if waiting % AT_ONCE == 1 {
            let tidy = self.clone();
            tokio::spawn(async move { tidy.work().await });
        }
    }

    /// Cleans up everything, and waits for a cleanup that is already running.
    pub(super) async fn work(&self) {
        let _turn = self.0.turn.lock().await;
        let waiting = {
            let mut waiting = self
                .0
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            std::mem::take(&mut *waiting)
        };
        let mut waiting = waiting.into_iter().peekable();
        while let Some(first) = waiting.next() {
            let collection = first.collection.clone();
            let mut together = vec![first];
            while together.len() < AT_ONCE
                && let Some(next) =
                    waiting.next_if(|next| next.collection.name() == collection.name())
            {
                together.push(next);
            }
            self.take_out(&collection, together).await;
        }
    }

    async fn take_out(&self, collection: &Collection<Document>, copied: Vec<Copied>) {
        #[cfg(test)]
        if self.0.failpoint.pass().is_err() {
            return;
        }
        let (mut documents, mut entries) = (Vec::new(), Vec::new());
        for copied in copied {
            documents.push(copied.document);
            entries.extend(copied.entries);
        }
        let key = doc! { "_id": { "$in": &documents } };
        let update = (self.0.without)(entries);
        // The driver sends an update of one document again if its answer is lost.
        let done = match documents.len() {
            1 => timed(collection.update_one(key, update)).await,
            _ => timed(collection.update_many(key, update)).await,
        };
        if let Err(error) = done {
            tracing::debug!(%error, "tidying up after copies failed; a worker will do it");
        }
    }
}
