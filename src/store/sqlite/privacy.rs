//! What is kept about a person, and how it is erased.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::rows::{Moment, all, first};
use super::{Sqlite, erase, open};
use crate::model::{Email, EventsNaming, FactorSecret, Id, MessageState, PageKey, User};
use crate::store::{
    ErasedEvents, ErasedTraces, Erasure, EventPart, Held, HeldMessage, HeldUndo, HeldWait,
    PrivacyStore, Result,
};

#[async_trait]
impl PrivacyStore for Sqlite {
    async fn held(&self, user: &User, now: Timestamp) -> Result<Held> {
        let user = user.clone();
        self.read(move |db| {
            Ok(Held {
                totp_since: made_at(db, user.id, FactorSecret::Totp)?,
                recovery_codes_since: made_at(db, user.id, FactorSecret::RecoveryKey)?,
                waits: waits(db, user.id, now)?,
                undos: undos(db, user.id, now)?,
                messages: messages(db, &user)?,
            })
        })
        .await
    }

    async fn events_naming(&self, email: &Email, after: Option<PageKey>) -> Result<EventsNaming> {
        let email = email.clone();
        self.read(move |db| erase::events_naming(db, &email, after))
            .await
    }

    async fn erase_events(
        &self,
        erasure: &Erasure,
        part: EventPart,
        after: Option<PageKey>,
    ) -> Result<ErasedEvents> {
        let erasure = erasure.clone();
        self.write(move |db| erase::events(db, &erasure, part, after))
            .await
    }

    async fn erase_traces(&self, erasure: &Erasure) -> Result<ErasedTraces> {
        let erasure = erasure.clone();
        self.write(move |db| erase::traces(db, &erasure)).await
    }

    async fn overwrite_removed(&self) -> Result<bool> {
        open::blocking(self.threads.path(), erase::overwrite_removed).await
    }
}

fn made_at(connection: &Connection, id: Id, kind: FactorSecret) -> Result<Option<Timestamp>> {
    let sql = "select user_id, made_at from factor_secrets where user_id = ?1 and kind = ?2";
    first(connection, "factor_secrets", sql, (id, kind), |fields| {
        fields.take::<Id>("user_id")?;
        fields.moment("made_at")
    })
}

fn waits(connection: &Connection, id: Id, now: Timestamp) -> Result<Vec<HeldWait>> {
    all(
        connection,
        "codes",
        "select user_id, kind, created_at, expires_at from codes
         where user_id = ?1 and expires_at > ?2 order by created_at, kind",
        (id, Moment(now)),
        |fields| {
            fields.take::<Id>("user_id")?;
            Ok(HeldWait {
                kind: fields.take("kind")?,
                created_at: fields.moment("created_at")?,
                expires_at: fields.moment("expires_at")?,
            })
        },
    )
}

fn undos(connection: &Connection, id: Id, now: Timestamp) -> Result<Vec<HeldUndo>> {
    all(
        connection,
        "email_undos",
        "select user_id, email, changed_at, expires_at from email_undos
         where user_id = ?1 and expires_at > ?2 order by changed_at",
        (id, Moment(now)),
        |fields| {
            fields.take::<Id>("user_id")?;
            Ok(HeldUndo {
                email: fields.take("email")?,
                changed_at: fields.moment("changed_at")?,
                expires_at: fields.moment("expires_at")?,
            })
        },
    )
}

fn messages(connection: &Connection, user: &User) -> Result<Vec<HeldMessage>> {
    all(
        connection,
        "outbox",
        "select id, kind, recipient, failed_at is not null, created_at from outbox
         where user_id = :user_id or (user_id is null and recipient in (:email, :key))
         order by created_at desc, id desc limit :limit",
        named_params! {
            ":user_id": user.id,
            ":email": user.email,
            ":key": user.email.key(),
            ":limit": Held::MAX_MESSAGES,
        },
        |fields| {
            fields.take::<Id>("id")?;
            Ok(HeldMessage {
                kind: fields.take("kind")?,
                recipient: fields.take("recipient")?,
                state: MessageState::of(fields.take("state")?),
                created_at: fields.moment("created_at")?,
            })
        },
    )
}
