//! Taking out what names a person, and what the file still has of it.

use std::path::Path;
use std::thread;
use std::time::Duration;

use rusqlite::{Connection, named_params, params};

use super::rows::{Moment, all, execute, value};
use super::schema;
use crate::model::{Actor, Email, EventsNaming, Id, MessageKind, PageKey};
use crate::store::privacy::{ERASED, EVENTS_AT_ONCE};
use crate::store::{ErasedEvents, ErasedTraces, Erasure, EventFate, EventPart, Result};

/// How often emptying the log is tried while others read, and the pause in between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// An event as far as it may name somebody.
struct Named {
    key: PageKey,
    user_id: Option<Id>,
    email: Option<Email>,
    actor: String,
}

/// Some events behind a place, the oldest first, and the place to go on from.
fn named(connection: &Connection, after: Option<PageKey>) -> Result<(Vec<Named>, Option<PageKey>)> {
    let events = all(
        connection,
        "events",
        "select id, at, user_id, email, actor from events where (at, id) > (:at, :id)
         order by at, id limit :limit",
        named_params! {
            ":at": after.map_or(i64::MIN, |key| key.at.as_millisecond()),
            ":id": after.map_or_else(String::new, |key| key.id.to_string()),
            ":limit": EVENTS_AT_ONCE,
        },
        |fields| {
            let id = fields.take("id")?;
            Ok(Named {
                key: PageKey {
                    at: fields.moment("at")?,
                    id,
                },
                user_id: fields.take("user_id")?,
                email: fields.take("email")?,
                actor: fields.take("actor")?,
            })
        },
    )?;
    let is_full = events.len() == EVENTS_AT_ONCE as usize;
    let next = events.last().filter(|_| is_full).map(|event| event.key);
    Ok((events, next))
}

pub(super) fn events_naming(
    connection: &Connection,
    email: &Email,
    after: Option<PageKey>,
) -> Result<EventsNaming> {
    let (events, next) = named(connection, after)?;
    let events = events.into_iter();
    let events = events.map(|event| (event.user_id, event.email));
    Ok(EventsNaming::among(events, email, next))
}

pub(super) fn events(
    connection: &Connection,
    erasure: &Erasure,
    part: EventPart,
    after: Option<PageKey>,
) -> Result<ErasedEvents> {
    let (events, next) = named(connection, after)?;
    let mut erased = ErasedEvents {
        next,
        ..ErasedEvents::default()
    };
    for Named {
        key,
        user_id,
        email,
        actor,
    } in events
    {
        let key = (Moment(key.at), key.id);
        match erasure.fate(user_id, email.as_ref(), &actor, part) {
            None => {}
            Some(EventFate::Remove) => {
                execute(
                    connection,
                    "delete from events where at = ?1 and id = ?2",
                    key,
                )?;
                erased.removed += 1;
            }
            Some(EventFate::Strip) => {
                execute(
                    connection,
                    "update events set user_id = null, email = null, ip = null, request_id = null, data = '{}'
                     where at = ?1 and id = ?2",
                    key,
                )?;
                erased.stripped += 1;
            }
            Some(EventFate::Unname) => {
                execute(
                    connection,
                    "update events set actor = ?3, ip = null, request_id = null where at = ?1 and id = ?2",
                    (key.0, key.1, ERASED),
                )?;
                erased.stripped += 1;
            }
        }
    }
    Ok(erased)
}

pub(super) fn traces(connection: &Connection, erasure: &Erasure) -> Result<ErasedTraces> {
    let mut erased = ErasedTraces::default();
    let run = |count: &mut u64, sql: &str, params: &[&dyn rusqlite::ToSql]| {
        *count += execute(connection, sql, params)? as u64;
        Ok::<_, crate::store::StoreError>(())
    };
    for spelling in &erasure.spellings() {
        let logins = "delete from login_attempts where email_key = ?1";
        run(&mut erased.failed_logins, logins, params![spelling])?;
        let pending = "delete from pending_registrations where email_key = ?1";
        run(&mut erased.registrations, pending, params![spelling])?;
        let to = "delete from outbox where recipient = ?1 and kind <> ?2";
        run(
            &mut erased.messages,
            to,
            params![spelling, MessageKind::Webhook],
        )?;
    }
    let [first, end] = Erasure::BEHIND;
    for name in &erasure.counters() {
        let counters = "delete from recipient_caps where recipient = ?1 or recipient >= ?1 || ?2 and recipient < ?1 || ?3";
        run(&mut erased.counters, counters, params![name, first, end])?;
    }
    for id in &erasure.ids {
        let messages =
            "delete from outbox where user_id = ?1 and (kind <> ?2 or failed_at is not null)";
        run(
            &mut erased.messages,
            messages,
            params![id, MessageKind::Webhook],
        )?;
        // Nobody has a token of an account that is gone, so that nothing hangs on whose it was.
        for of_account in [
            "update revoked_tokens set user_id = null where user_id = ?1",
            "delete from email_undos where user_id = ?1",
            "delete from codes where user_id = ?1",
            "delete from wrong_codes where user_id = ?1",
            "delete from sessions where user_id = ?1",
        ] {
            run(&mut erased.others, of_account, params![id])?;
        }
        let keys = "update service_keys set created_by = ?2 where created_by = ?1";
        let actor = Actor::User(*id).to_string();
        run(&mut erased.others, keys, params![actor, ERASED])?;
        let waiting = "select count(*) from outbox where user_id = ?1";
        erased.webhooks_waiting += count(connection, waiting, *id)?;
    }
    Ok(erased)
}

fn count(connection: &Connection, sql: &str, id: Id) -> Result<u64> {
    Ok(value::<i64>(connection, sql, [id])?.unsigned_abs())
}

/// Rewrites the file and empties the log, so that removed data is in neither of them. Returns false if somebody reads for so
/// long that the log can't be emptied.
pub(super) fn overwrite_removed(path: &Path) -> Result<bool> {
    let connection = schema::open_existing(path)?;
    // The search keeps what was deleted until its parts are merged.
    connection.execute_batch(
        "insert into users_search (users_search) values ('optimize');
         vacuum",
    )?;
    for _ in 0..TRIES {
        let is_busy: bool =
            connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))?;
        if !is_busy {
            return Ok(true);
        }
        thread::sleep(PAUSE);
    }
    Ok(false)
}
