//! The audit trail, and the days that it adds up to.

use super::Sqlite;
use super::effects;
use async_trait::async_trait;
use jiff::Timestamp;
use jiff::tz::Offset;
use rusqlite::{Connection, named_params};

use super::rows::{Details, Fields, Ip, Moment, all, execute};
use crate::clock::from_millis;
use crate::model::{DayCounts, Event, EventFilter, Page, PageKey};
use crate::store::page;
use crate::store::{AuditStore, Result, StoreError};

#[async_trait]
impl AuditStore for Sqlite {
    async fn record(&self, event: Event) -> Result<()> {
        self.threads
            .write(move |db| effects::record(db, event))
            .await
    }

    async fn events(
        &self,
        filter: &EventFilter,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<Event>> {
        let filter = filter.clone();
        self.threads
            .read(move |db| list(db, &filter, after, limit))
            .await
    }

    async fn series(&self, days: u32, now: Timestamp) -> Result<Vec<DayCounts>> {
        self.threads.read(move |db| series(db, days, now)).await
    }
}

const DAY_MILLIS: i64 = 86_400_000;

pub(super) fn record(connection: &Connection, event: Event) -> Result<()> {
    execute(
        connection,
        "insert into events (id, at, kind, user_id, email, actor, ip, request_id, data)
         values (:id, :at, :kind, :user_id, :email, :actor, :ip, :request_id, :data)",
        named_params! {
            ":id": event.id,
            ":at": Moment(event.at),
            ":kind": event.kind,
            ":user_id": event.user_id,
            ":email": event.email,
            ":actor": event.actor,
            ":ip": event.ip.map(Ip),
            ":request_id": event.request_id,
            ":data": Details(event.data),
        },
    )?;
    Ok(())
}

pub(super) fn list(
    connection: &Connection,
    filter: &EventFilter,
    after: Option<PageKey>,
    limit: u32,
) -> Result<Page<Event>> {
    let start = page::start(after);
    let of_user = if filter.user_id.is_some() {
        "user_id = :user_id"
    } else {
        ":user_id is null"
    };
    let of_kind = if filter.kind.is_some() {
        "kind = :kind"
    } else {
        ":kind is null"
    };
    let since = filter.since.map_or(i64::MIN, Timestamp::as_millisecond);
    let sql = format!(
        "select id, at, kind, user_id, email, actor, ip, request_id, data from events
         where {of_user} and {of_kind} and at >= :since and (at, id) < (:at, :id)
         order by at desc, id desc limit :limit"
    );
    let params = named_params! {
        ":user_id": filter.user_id,
        ":kind": filter.kind,
        ":since": since,
        ":at": Moment(start.at),
        ":id": start.id,
        ":limit": page::rows(limit),
    };
    let events = all(connection, "events", &sql, params, read)?;
    Ok(page::of(events, limit, |event| PageKey {
        at: event.at,
        id: event.id,
    }))
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

/// Days are counted by triggers, when an account or an event is written.
pub(super) fn series(connection: &Connection, days: u32, now: Timestamp) -> Result<Vec<DayCounts>> {
    let today = now.as_millisecond().div_euclid(DAY_MILLIS);
    let first_day = today - i64::from(days) + 1;
    let mut series: Vec<DayCounts> = (first_day..=today).map(day_without_events).collect();
    all(
        connection,
        "daily_counts",
        "select day, registered, verified, logins, failures from daily_counts where day between ?1 and ?2",
        [first_day, today],
        |fields| {
            let day = fields.take::<i64>("day")?;
            let mut count = |field| Ok::<_, StoreError>(fields.take::<i64>(field)?.unsigned_abs());
            let counts = DayCounts {
                registered: count("registered")?,
                verified: count("verified")?,
                logins: count("logins")?,
                failures: count("failures")?,
                ..day_without_events(day)
            };
            if let Some(slot) = usize::try_from(day - first_day)
                .ok()
                .and_then(|at| series.get_mut(at))
            {
                *slot = counts;
            }
            Ok(())
        },
    )?;
    Ok(series)
}

fn day_without_events(day: i64) -> DayCounts {
    let midnight = from_millis(day.saturating_mul(DAY_MILLIS));
    DayCounts {
        date: Offset::UTC.to_datetime(midnight).date(),
        registered: 0,
        verified: 0,
        logins: 0,
        failures: 0,
    }
}
