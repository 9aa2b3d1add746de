//! What is written together with a change: messages into the outbox, lines into the audit trail.

use rusqlite::Connection;

use super::rows::execute;
use super::{audit, outbox};
use crate::model::{Email, Id, User};
use crate::store::{Effects, Result};

/// Whom a change concerned: fills the gaps in its messages and events.
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

    /// An address without an account.
    pub(super) fn address(email: &'a Email) -> Self {
        Self {
            user_id: None,
            email: Some(email),
        }
    }
}

pub(super) fn write_effects(
    connection: &Connection,
    effects: Effects,
    subject: &Subject<'_>,
) -> Result<()> {
    for mut message in effects.messages {
        message.user_id = message.user_id.or(subject.user_id);
        outbox::queue(connection, &message)?;
    }
    for mut event in effects.events {
        event.user_id = event.user_id.or(subject.user_id);
        event.email = event.email.or_else(|| subject.email.cloned());
        audit::record(connection, event)?;
    }
    Ok(())
}

/// Does the work of [`write_effects`] and undoes it: an answer that means "nobody" must not come sooner for it.
pub(super) fn pretend_effects(
    connection: &Connection,
    effects: Effects,
    subject: &Subject<'_>,
) -> Result<()> {
    let run = |sql| execute(connection, sql, []);
    run("savepoint pretence")?;
    let written = write_effects(connection, effects, subject);
    run("rollback to pretence")?;
    run("release pretence")?;
    written
}
