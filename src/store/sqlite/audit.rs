//! The audit trail.

use rusqlite::{Connection, named_params};

use super::page;
use super::rows::{Details, Fields, Ip, Moment, all, execute};
use crate::model::Event;
use crate::store::{EventFilter, Page, PageKey, Result};

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
    // The beginning is before everything: one statement serves the first page as well as the later ones.
    let start = PageKey {
        at: jiff::Timestamp::MAX,
        id: crate::model::Id::from_bytes([u8::MAX; 12]),
    };
    let key = after.unwrap_or(start);
    let of_user = if filter.user_id.is_some() {
        "user_id = :user_id"
    } else {
        ":user_id is null"
    };
    let sql = format!(
        "select id, at, kind, user_id, email, actor, ip, request_id, data from events
         where {of_user} and (at, id) < (:at, :id)
         order by at desc, id desc limit :limit"
    );
    let params = named_params! {
        ":user_id": filter.user_id,
        ":at": Moment(key.at),
        ":id": key.id,
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
