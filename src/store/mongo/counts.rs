//! Counts at a glance, kept for a moment: what is written here is seen at once, what others write within ten seconds.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use mongodb::bson::doc;

use super::db::Db;
use super::documents::date;
use crate::model::Counts;
use crate::store::Result;

/// How long counts are good for that others may have changed.
const LIFETIME: SignedDuration = SignedDuration::from_secs(10);

/// Counts as they were a moment ago.
#[derive(Default)]
pub(super) struct RecentCounts(Mutex<Option<(Timestamp, Counts)>>);

impl RecentCounts {
    /// The total is known to the server; the rest is counted over the partial indexes of the rarer values.
    pub(super) async fn get(&self, db: &Db, now: Timestamp) -> Result<Counts> {
        if let Some(counts) = self.kept(now) {
            return Ok(counts);
        }
        let of = |flag: &str, value: bool| db.read(db.users.count_documents(doc! { flag: value }));
        let living = doc! { "expires_at": { "$gt": date(now) } };
        let (total, disabled, unverified, superusers, pending) = tokio::try_join!(
            db.read(db.users.estimated_document_count()),
            of("is_active", false),
            of("is_verified", false),
            of("is_superuser", true),
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

/// Drops the recent counts when a write that changes them has ended, however it did.
pub(super) struct ResetOnDrop<'a>(pub(super) &'a RecentCounts);

impl Drop for ResetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}
