//! The audit trail, and the counts per day.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Document, doc};

use super::documents::{Fields, behind, date, event, oid};
use super::{Mongo, relay};
use crate::model::{DayCounts, Event, EventFilter, Page, PageKey};
use crate::store::page;
use crate::store::{AuditStore, Result, StoreError};

#[async_trait]
impl AuditStore for Mongo {
    async fn record(&self, event: Event) -> Result<()> {
        relay::record(self.db().await?, &event).await.map(drop)
    }

    async fn record_again(&self, event: Event, times: u64) -> Result<()> {
        let db = self.db().await?;
        let more = async || {
            let update = doc! {
                "$inc": { "data.count": i64::try_from(times).unwrap_or(i64::MAX) },
                "$set": { "data.last_at": event.at.to_string() },
            };
            let counted = db.events.update_one(doc! { "_id": oid(event.id) }, update);
            Ok::<_, StoreError>(db.write(counted).await?.matched_count > 0)
        };
        // If two processes write the first one at the same time, one is recorded and the other is counted.
        if !more().await? && !relay::record(db, &event.clone().counted(times)).await? {
            more().await?;
        }
        Ok(())
    }

    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>> {
        let db = self.db().await?;
        let mut condition = after.map_or_else(Document::new, |key| behind("at", key));
        if let Some(since) = filter.since {
            // The start of the page is already a condition on `at`.
            condition = doc! { "$and": [condition, { "at": { "$gte": date(since) } }] };
        }
        if let Some(user_id) = filter.user_id {
            condition.insert("user_id", oid(user_id));
        }
        if let Some(kind) = filter.kind {
            condition.insert("kind", kind.as_str());
        }
        if let Some(ip) = filter.ip {
            condition.insert("ip", ip.to_string());
        }
        if let Some(request_id) = &filter.request_id {
            condition.insert("request_id", request_id);
        }
        let found = db.events.find(condition);
        let newest_first = found.sort(doc! { "at": -1, "_id": -1 });
        let documents = db.all(newest_first.limit(page::rows(limit))).await?;
        let events = documents.iter().map(event).collect::<Result<_>>()?;
        Ok(page::of(events, limit, |event: &Event| PageKey {
            at: event.at,
            id: event.id,
        }))
    }

    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>> {
        let names: Vec<String> = DayCounts::days(days, now)
            .map(|day| day.date().to_string())
            .collect();
        let db = self.db().await?;
        let counted = db
            .all(db.days.find(doc! { "_id": { "$in": names } }))
            .await?;
        let counts = |day: &Document| {
            let fields = Fields::of("regstack_days", day);
            let date = fields.optional("_id", |date| date.as_str()?.parse().ok())?;
            Ok(DayCounts {
                date: fields.required("_id", date)?,
                registered: fields.count("registered")?,
                verified: fields.count("verified")?,
                logins: fields.count("logins")?,
                failures: fields.count("failures")?,
            })
        };
        let counted: Vec<_> = counted.iter().map(counts).collect::<Result<_>>()?;
        Ok(DayCounts::series(days, now, &counted))
    }
}
