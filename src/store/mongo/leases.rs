//! Leases for operations that must run one at a time across all processes: only the holder proceeds, everybody else
//! waits.
//!
//! A dead holder is detected by watching: a lease that has not changed for its whole lifetime is taken over. This way
//! clocks of different machines are never compared. A holder stops writing long before that ([`Lease::is_safe`]).

use std::time::Duration;

use mongodb::bson::oid::ObjectId;
use mongodb::bson::{Bson, doc};
use tokio::time::{Instant, sleep};

use super::db::Db;
use super::error::{DEADLINE, timed_out};
use crate::store::Result;

/// The lifetime of a lease: several times as long as any write.
const LEASE: Duration = Duration::from_secs(6 * DEADLINE.as_secs());
/// How often to check while waiting.
const LOOK: Duration = Duration::from_millis(10);

/// A lease that is held.
pub(super) struct Lease {
    name: &'static str,
    holder: ObjectId,
    since: Instant,
}

impl Lease {
    /// Waits for the lease, no longer than any operation may take, unless a dead holder has to be waited for.
    pub(super) async fn take(db: &Db, name: &'static str) -> Result<Self> {
        let holder = ObjectId::new();
        let started = Instant::now();
        let mut watched: Option<(ObjectId, Instant)> = None;
        loop {
            let lease = doc! { "_id": name, "holder": holder };
            let tried = Instant::now();
            let inserted = db.write_unique(db.leases.insert_one(lease)).await;
            if matches!(inserted, Ok(Some(_))) {
                return Ok(Self::held(name, holder, tried));
            }
            let found = db.read(db.leases.find_one(doc! { "_id": name })).await?;
            let other = found.and_then(|lease| lease.get_object_id("holder").ok());
            // Our lease, although the insert failed: only its confirmation was lost.
            if other == Some(holder) {
                return Ok(Self::held(name, holder, tried));
            }
            inserted?;
            match (other, watched) {
                (Some(other), Some((seen, since))) if other == seen => {
                    if since.elapsed() >= LEASE
                        && let Some(lease) = Self::take_over(db, name, other, holder).await?
                    {
                        return Ok(lease);
                    }
                }
                (Some(other), _) => watched = Some((other, Instant::now())),
                (None, _) => {}
            }
            if started.elapsed() >= LEASE + DEADLINE {
                return Err(timed_out());
            }
            sleep(LOOK).await;
        }
    }

    fn held(name: &'static str, holder: ObjectId, since: Instant) -> Self {
        Self {
            name,
            holder,
            since,
        }
    }

    async fn take_over(
        db: &Db,
        name: &'static str,
        dead: ObjectId,
        holder: ObjectId,
    ) -> Result<Option<Self>> {
        let update = doc! { "$set": { "holder": holder } };
        let tried = Instant::now();
        let taken = db
            .leases
            .update_one(doc! { "_id": name, "holder": dead }, update);
        if matches!(db.write(taken).await, Ok(taken) if taken.modified_count == 1) {
            return Ok(Some(Self::held(name, holder, tried)));
        }
        // It may be ours although that was not confirmed.
        let mine = doc! { "_id": name, "holder": holder };
        let found = db.read(db.leases.find_one(mine)).await?;
        Ok(found.map(|_| Self::held(name, holder, tried)))
    }

    /// Returns whether a write that starts now ends before anybody could take over the lease.
    pub(super) fn is_safe(&self) -> bool {
        self.since.elapsed() + 2 * DEADLINE < LEASE
    }

    /// Releases the lease. If that fails, the others wait until it expires.
    pub(super) async fn release(self, db: &Db) {
        let held = doc! { "_id": self.name, "holder": Bson::ObjectId(self.holder) };
        if let Err(error) = db.again(|| db.leases.delete_one(held.clone())).await {
            tracing::warn!(%error, lease = self.name, "releasing a lease failed; it will expire");
        }
    }
}
