//! An outbox in memory that fails on demand.

use super::*;
use crate::model::OutboxState;

#[derive(Default)]
pub(super) struct Memory {
    pub(super) rows: Mutex<Vec<Row>>,
    pub(super) down: AtomicBool,
    pub(super) refused: AtomicUsize,
}

pub(super) struct Row {
    pub(super) message: QueuedMessage,
    pub(super) lease: Option<(Id, Timestamp)>,
    pub(super) failed: Option<String>,
    pub(super) last_error: Option<String>,
}

impl Memory {
    fn up(&self) -> Result<()> {
        if self.down.load(SeqCst) {
            self.refused.fetch_add(1, SeqCst);
            return Err(StoreError::Unavailable("it is down".into()));
        }
        Ok(())
    }

    pub(super) fn put(&self, message: QueuedMessage) -> Id {
        let id = message.id;
        self.rows.lock().unwrap().push(Row {
            message,
            lease: None,
            failed: None,
            last_error: None,
        });
        id
    }
}

fn is_in(queue: MessageQueue<'_>, message: &QueuedMessage) -> bool {
    queue.kinds().contains(&message.kind)
        && (queue.receiver().is_empty() || queue.receiver() == message.recipient)
}

#[rustfmt::skip]
#[async_trait]
impl MessageStore for Memory {
    async fn claim_messages(&self, queue: MessageQueue<'_>, lease: Id, lease_until: Timestamp, now: Timestamp, limit: u32) -> Result<Vec<ClaimedMessage>> {
        self.up()?;
        let mut rows = self.rows.lock().unwrap();
        let due = |row: &&mut Row| row.failed.is_none() && is_in(queue, &row.message) && row.message.not_before <= now && row.lease.is_none_or(|(_, until)| until <= now);
        Ok(rows.iter_mut().filter(due).take(limit as usize).map(|row| {
            row.lease = Some((lease, lease_until));
            row.message.attempts += 1;
            ClaimedMessage { message: row.message.clone(), lease }
        }).collect())
    }

    async fn renew_lease(&self, message: Id, lease: Id, lease_until: Timestamp) -> Result<bool> {
        self.up()?;
        let mut rows = self.rows.lock().unwrap();
        let held = rows.iter_mut().find(|row| row.message.id == message && row.lease.is_some_and(|(held, _)| held == lease));
        Ok(held.map(|row| row.lease = Some((lease, lease_until))).is_some())
    }

    async fn settle_message(&self, message: Id, lease: Id, delivery: Delivery) -> Result<bool> {
        self.up()?;
        let mut rows = self.rows.lock().unwrap();
        let Some(at) = rows.iter().position(|row| row.message.id == message && row.lease.is_some_and(|(held, _)| held == lease)) else { return Ok(false) };
        match delivery {
            Delivery::Sent => { rows.remove(at); }
            Delivery::Retry { not_before, error } => { rows[at].lease = None; rows[at].message.not_before = not_before; rows[at].last_error = Some(error); }
            Delivery::Failed { error, .. } => rows[at].failed = Some(error),
        }
        Ok(true)
    }

    async fn next_due(&self, queue: MessageQueue<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
        self.up()?;
        let rows = self.rows.lock().unwrap();
        let later = rows.iter().filter(|row| row.failed.is_none() && is_in(queue, &row.message) && row.message.not_before > now);
        Ok(later.map(|row| row.message.not_before).min())
    }

    async fn outbox(&self) -> Result<OutboxState> {
        unreachable!("a worker counts nothing")
    }
}
