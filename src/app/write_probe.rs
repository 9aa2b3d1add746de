//! Whether the database accepts writes: tried at most once every two seconds, however often the result is requested.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::store::{StoreError, UpkeepStore};

/// How long a result is reused.
const STANDS: Duration = Duration::from_secs(2);
/// How long a write may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// Why the database can't be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unwritable {
    /// The message for clients.
    pub(crate) detail: &'static str,
    /// The cause, for the log.
    pub(crate) cause: String,
}

/// The last attempt, which all callers share.
#[derive(Debug, Clone, Default)]
pub(crate) struct WriteProbe(Arc<Mutex<Option<Try>>>);

/// When the attempt was made, and why it failed, if it did.
type Try = (Instant, Option<Unwritable>);

impl WriteProbe {
    /// Returns whether a write is possible, based on an attempt that is at most two seconds old.
    pub(crate) async fn ask(&self, store: &(impl UpkeepStore + ?Sized)) -> Result<(), Unwritable> {
        let mut last = self.0.lock().await;
        let fresh = last.as_ref().filter(|(at, _)| at.elapsed() < STANDS);
        let found = if let Some((_, found)) = fresh {
            found.clone()
        } else {
            let found = attempt(store).await;
            // A failure that repeats in the same way is logged once.
            let before = last.as_ref().and_then(|(_, before)| before.as_ref());
            if let Some(found) = &found
                && before.map(|before| before.detail) != Some(found.detail)
            {
                tracing::error!(cause = found.cause, "{}", found.detail);
            }
            *last = Some((Instant::now(), found.clone()));
            found
        };
        found.map_or(Ok(()), Err)
    }
}

async fn attempt(store: &(impl UpkeepStore + ?Sized)) -> Option<Unwritable> {
    let error = match timeout(PATIENCE, store.try_write()).await {
        Ok(Ok(())) => return None,
        Ok(Err(error)) => error,
        Err(_) => {
            return Some(Unwritable {
                detail: "the database didn't accept a write within 3 seconds",
                cause: "another program may keep it locked".to_owned(),
            });
        }
    };
    let detail = match &error {
        StoreError::Denied(_) => "the database refused access, or the right to write",
        StoreError::Locked(_) => "another program keeps the database locked",
        StoreError::File { .. } => "the database file can't be written: see the server's log",
        _ => "the database accepts no writes: see the server's log",
    };
    let cause = match &error {
        StoreError::File { remedy, .. } => format!("{error}; {remedy}"),
        _ => error.to_string(),
    };
    Some(Unwritable { detail, cause })
}
