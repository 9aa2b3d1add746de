//! What is kept about a person, and how it is erased.

use async_trait::async_trait;
use jiff::Timestamp;
use mongodb::bson::{Bson, Document, doc};

use super::documents::{Fields, RECOVERY, TOTP, date, oid};
use super::message_documents::{FAILED, WAITING, message_kind};
use super::undos::UNDOS;
use super::user_documents::present;
use super::{Mongo, erase};
use crate::model::{CodeKind, Email, EventsNaming, MessageState, PageKey, User};
use crate::store::{
    ErasedEvents, ErasedTraces, Erasure, EventPart, Held, HeldMessage, HeldUndo, HeldWait,
    PrivacyStore, Result,
};

#[async_trait]
impl PrivacyStore for Mongo {
    async fn held(&self, user: &User, now: Timestamp) -> Result<Held> {
        let db = self.db().await?;
        let codes = doc! { "user_id": user.id.to_string(), "expires_at": { "$gt": date(now) } };
        let own = doc! { "user_id": oid(user.id) };
        let address = doc! { "$in": [user.email.as_str(), user.email.key()] };
        let to_address = doc! { "user_id": Bson::Null, "recipient": address };
        let queued = doc! {
            "$or": [own, to_address],
            "state": { "$in": [WAITING, FAILED] },
        };
        let newest = doc! { "created_at": -1, "_id": -1 };
        let codes = db.codes.find(codes).sort(doc! { "created_at": 1 });
        let queued = db.outbox.find(queued).projection(doc! { "payload": 0 });
        let queued = queued.sort(newest).limit(Held::MAX_MESSAGES.into());
        let (account, codes, queued) = tokio::try_join!(
            db.read(db.users.find_one(present(user.id))),
            db.all(codes),
            db.all(queued),
        )?;
        let account = account.unwrap_or_default();
        let fields = Fields::of("users", &account);
        let made_at = |part: Option<&Document>| {
            let part = part.map(|part| Fields::of("users", part).optional_moment("made_at"));
            part.transpose().map(Option::flatten)
        };
        let undos = fields.list(UNDOS)?.into_iter().map(undo);
        let mut undos = undos.collect::<Result<Vec<_>>>()?;
        undos.retain(|undo| undo.expires_at > now);
        Ok(Held {
            totp_since: made_at(fields.document(TOTP)?)?,
            recovery_codes_since: made_at(fields.document(RECOVERY)?)?,
            waits: codes.iter().map(wait).collect::<Result<_>>()?,
            undos,
            messages: queued.iter().map(message).collect::<Result<_>>()?,
        })
    }

    async fn events_naming(&self, email: &Email, after: Option<PageKey>) -> Result<EventsNaming> {
        erase::events_naming(self.db().await?, email, after).await
    }

    async fn erase_events(
        &self,
        erasure: &Erasure,
        part: EventPart,
        after: Option<PageKey>,
    ) -> Result<ErasedEvents> {
        erase::events(self.db().await?, erasure, part, after).await
    }

    async fn erase_traces(&self, erasure: &Erasure) -> Result<ErasedTraces> {
        erase::traces(self.db().await?, erasure).await
    }

    async fn overwrite_removed(&self) -> Result<bool> {
        Ok(false)
    }
}

fn undo(document: &Document) -> Result<HeldUndo> {
    let fields = Fields::of("users", document);
    Ok(HeldUndo {
        email: Email::from_stored(fields.text("email")?),
        changed_at: fields.moment("changed_at")?,
        expires_at: fields.moment("expires_at")?,
    })
}

fn wait(document: &Document) -> Result<HeldWait> {
    let fields = Fields::of("mfa_codes", document);
    Ok(HeldWait {
        kind: fields.named("kind", CodeKind::from_name)?,
        created_at: fields.moment("created_at")?,
        expires_at: fields.moment("expires_at")?,
    })
}

fn message(document: &Document) -> Result<HeldMessage> {
    let fields = Fields::of("regstack_outbox", document);
    Ok(HeldMessage {
        kind: message_kind(&fields)?,
        recipient: fields.text("recipient")?,
        state: MessageState::of(fields.text("state")? == FAILED),
        created_at: fields.moment("created_at")?,
    })
}
