//! The audit trail, and the counts per day.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::named_params;

use super::rows::{Details, Fields, Ip, Moment, all, execute};
use super::{Sqlite, effects};
use crate::model::{Day, DayCounts, Event, EventFilter, Page, PageKey};
use crate::store::page;
use crate::store::{AuditStore, Result, StoreError};

#[async_trait]
impl AuditStore for Sqlite {
    async fn record(&self, event: Event) -> Result<()> {
        self.write(move |db| effects::record(db, event)).await
    }

    async fn record_again(&self, event: Event, times: u64) -> Result<()> {
        self.write(move |db| {
            let counted = execute(
                db,
                "update events set data = json_set(data,
                     '$.count', coalesce(json_extract(data, '$.count'), 1) + :times, '$.last_at', :at)
                 where id = :id",
                named_params! {
                    ":times": i64::try_from(times).unwrap_or(i64::MAX),
                    ":at": event.at.to_string(),
                    ":id": event.id,
                },
            )?;
            if counted == 0 {
                effects::record(db, event.counted(times))?;
            }
            Ok(())
        })
        .await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>> {
        let filter = filter.clone();
        let start = page::start(after);
        // A single condition that matches any value would prevent the use of the column's index.
        let of_user = match filter.user_id {
            Some(_) => "user_id = :user_id",
            None => ":user_id is null",
        };
        let of_kind = match filter.kind {
            Some(_) => "kind = :kind",
            None => ":kind is null",
        };
        let sql = format!(
            "select id, at, kind, user_id, email, actor, ip, request_id, data from events
             where {of_user} and {of_kind} and at >= :since and (at, id) < (:at, :id)
                 and (:ip is null or ip = :ip) and (:request_id is null or request_id = :request_id)
             order by at desc, id desc limit :limit"
        );
        let events = self.read(move |db| {
            let params = named_params! {
                ":user_id": filter.user_id,
                ":kind": filter.kind,
                ":since": filter.since.map_or(i64::MIN, Timestamp::as_millisecond),
                ":ip": filter.ip.map(Ip),
                ":request_id": filter.request_id,
                ":at": Moment(start.at),
                ":id": start.id,
                ":limit": page::rows(limit),
            };
            all(db, "events", &sql, params, read)
        });
        Ok(page::of(events.await?, limit, |event| PageKey {
            at: event.at,
            id: event.id,
        }))
    }

    /// Triggers count per day when an account or an event is written.
    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>> {
        let counted = self.read(move |db| {
            let mut span = DayCounts::days(days, now);
            let Some(Day(first_day)) = span.next() else {
                return Ok(Vec::new());
            };
            all(
                db,
                "daily_counts",
                "select day, registered, verified, logins, failures from daily_counts where day between ?1 and ?2",
                [first_day, Day::of(now).0],
                |fields| {
                    let day = Day(fields.take("day")?);
                    let mut count =
                        |field| Ok::<_, StoreError>(fields.take::<i64>(field)?.unsigned_abs());
                    Ok(DayCounts {
                        date: day.date(),
                        registered: count("registered")?,
                        verified: count("verified")?,
                        logins: count("logins")?,
                        failures: count("failures")?,
                    })
                },
            )
        });
        Ok(DayCounts::series(days, now, &counted.await?))
    }
}

fn read(fields: &mut Fields<'_>) -> Result<Event> {
    Ok(Event {
        id: fields.take("id")?,
        at: fields.moment("at")?,
        kind: fields.take("kind")?,
        user_id: fields.take("user_id")?,
        email: fields.take("email")?,
        actor: fields.take("actor")?,
        ip: fields.take::<Option<Ip>>("ip")?.map(|ip| ip.0),
        request_id: fields.take("request_id")?,
        data: fields.take::<Details>("data")?.0,
    })
}
