//! What is written together with a change: messages into the outbox, events into the audit trail.

use rusqlite::{Connection, named_params};

use super::rows::{Details, Ip, Moment, execute, run};
use super::threads::Writer;
use super::{caps, outbox, user_rows};
use crate::model::{Email, Event, Id, User};
use crate::store::{Effects, Result};

/// The account or email address that a change concerned, which fills the gaps in its messages and events.
#[derive(Default)]
pub(super) struct Subject<'a> {
    user_id: Option<Id>,
    email: Option<&'a Email>,
}

impl<'a> Subject<'a> {
    pub(super) fn user(user: &'a User) -> Self {
        Self {
            user_id: Some(user.id),
            email: Some(&user.email),
        }
    }

    /// An email address without an account.
    pub(super) fn address(email: &'a Email) -> Self {
        Self {
            user_id: None,
            email: Some(email),
        }
    }
}

pub(super) fn write_effects(
    connection: &Writer,
    mut effects: Effects,
    subject: &Subject<'_>,
) -> Result<()> {
    if let Some(cap) = effects.cap()
        && !caps::spend(connection, cap)?
    {
        effects = effects.without_messages();
    }
    for mut message in effects.messages {
        message.user_id = message.user_id.or(subject.user_id);
        outbox::queue(connection, &message)?;
    }
    for mut event in effects.events {
        event.user_id = event.user_id.or(subject.user_id);
        event.email = event.email.or_else(|| subject.email.cloned());
        record(connection, event)?;
    }
    Ok(())
}

/// Writes an event, and queues the messages that announce it.
pub(super) fn record(connection: &Writer, event: Event) -> Result<()> {
    if let Some(announcer) = connection.announcer_of(event.kind) {
        // Without an account, look up the event's own id, which no account has, so that the answer takes as long.
        let user = user_rows::by_id(connection, event.user_id.unwrap_or(event.id))?;
        for message in announcer.announce(&event, user.as_ref()) {
            outbox::queue(connection, &message)?;
        }
        connection.publish_later(event.clone(), user);
    }
    insert_event(connection, event)
}

/// Writes an event without announcing it.
pub(super) fn insert_event(connection: &Connection, event: Event) -> Result<()> {
    run(
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
    )
}

/// Does the work of [`write_effects`] and undoes it, so that an answer for an unknown email address takes as long.
pub(super) fn pretend_effects(
    connection: &Writer,
    effects: Effects,
    subject: &Subject<'_>,
) -> Result<()> {
    let run = |sql| execute(connection, sql, []);
    run("savepoint pretence")?;
    let unpublished = connection.unpublished();
    let written = write_effects(connection, effects, subject);
    connection.discard_from(unpublished);
    run("rollback to pretence")?;
    run("release pretence")?;
    written
}
