//! Cached counts: this process's writes show at once, those of others within ten seconds.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use mongodb::bson::doc;
use mongodb::options::Hint;

use super::db::Db;
use super::documents::date;
use super::layout::{DISABLED, SUPERUSERS, UNVERIFIED};
use crate::model::Counts;
use crate::store::{Result, StoreError};

/// How long counts are cached while others may change them.
const LIFETIME: SignedDuration = SignedDuration::from_secs(10);

/// How long counting the exact total may take.
const TOTAL_LIMIT: Duration = Duration::from_secs(1);

/// Returns the number of accounts.
pub(super) async fn total(db: &Db) -> Result<u64> {
    let exact = db.users.count_documents(doc! {}).max_time(TOTAL_LIMIT);
    let exact = exact.hint(Hint::Keys(doc! { "_id": 1 }));
    match db.read(exact).await {
        Err(StoreError::TooBroad | StoreError::Failed(_)) => {
            db.read(db.users.estimated_document_count()).await
        }
        exact => exact,
    }
}

/// The cached counts.
#[derive(Default)]
pub(super) struct RecentCounts(Mutex<Option<(Timestamp, Counts)>>);

impl RecentCounts {
    /// Returns the counts. Flags are counted over the partial indexes of their rarer values, the total over the index
    /// of the keys. If a total takes too long, it is the server's estimate, which can be wrong after an unclean
    /// shutdown or on a sharded cluster.
    pub(super) async fn get(&self, db: &Db, now: Timestamp) -> Result<Counts> {
        if let Some(counts) = self.kept(now) {
            return Ok(counts);
        }
        let of = async |flag: &str, value: bool, index: &str| {
            let count = || db.users.count_documents(doc! { flag: value });
            db.hinted(|| count().hint(Hint::Name(index.to_owned())), count)
                .await
        };
        let living = doc! { "expires_at": { "$gt": date(now) } };
        let (total, disabled, unverified, superusers, pending) = tokio::try_join!(
            total(db),
            of("is_active", false, DISABLED),
            of("is_verified", false, UNVERIFIED),
            of("is_superuser", true, SUPERUSERS),
            db.read(db.pending.count_documents(living)),
        )?;
        let counts = Counts {
            total_users: total,
            active_users: total.saturating_sub(disabled),
            verified_users: total.saturating_sub(unverified),
            superusers,
            pending_registrations: pending,
        };
        self.set(Some((now, counts)));
        Ok(counts)
    }

    fn kept(&self, now: Timestamp) -> Option<Counts> {
        let recent = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted_at, counts) = recent?;
        let age = now.duration_since(counted_at).abs();
        (age < LIFETIME).then_some(counts)
    }

    fn set(&self, counts: Option<(Timestamp, Counts)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = counts;
    }
}

/// Drops the cached counts when a write that changes them has ended, whatever its outcome.
pub(super) struct ResetOnDrop<'a>(pub(super) &'a RecentCounts);

impl Drop for ResetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}
