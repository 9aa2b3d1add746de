//! Converting values of the model to fields of documents and back.
//!
//! The layout is the Python package's where it has one. Empty fields are absent, and unknown fields are left alone.
//! regstack's own fields on the package's documents start with `regstack_`.

use std::net::IpAddr;

use jiff::Timestamp;
use mongodb::bson::oid::ObjectId;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Bson, DateTime, Document, doc};

use crate::clock::from_millis;
pub(super) use crate::model::moment::after;
use crate::model::{
    Email, Event, EventKind, ForeignId, FullName, Id, Language, OthersEnded, PageKey, PasswordHash,
    PendingRegistration, PhoneNumber, ProofHash, User,
};
use crate::store::{Result, StoreError};

/// The language for messages to the owner.
pub(super) const LANGUAGE: &str = "regstack_language";
/// The account's id in the system that it was imported from.
pub(super) const FOREIGN_ID: &str = "regstack_foreign_id";
/// regstack's own field of an account that records when all sessions but one were ended.
pub(super) const OTHERS_ENDED: &str = "regstack_others_ended";

/// Takes the place of a phone number if an authenticator app is the only second factor. The Python package, and older
/// versions of regstack, know no apps: they send a code to the number, and let people in at once if there is none. With
/// this value they ask for a code that they can't send, so nobody can get around the app by logging in there.
pub(super) const NO_NUMBER: &str = "-";

/// regstack's own field for the authenticator app.
pub(super) const TOTP: &str = "regstack_totp";
/// regstack's own field for the recovery codes.
pub(super) const RECOVERY: &str = "regstack_recovery";
/// regstack's own field for the passkeys. It is absent if there are none.
pub(super) const PASSKEYS: &str = "regstack_passkeys";

/// Returns the phone number as it is stored.
pub(super) fn stored_number(user: &User) -> Option<&str> {
    let number = user.phone_number.as_ref().map(PhoneNumber::as_str);
    number.or_else(|| user.uses_totp().then_some(NO_NUMBER))
}

/// Converts an id to the server's type.
pub(super) fn oid(id: Id) -> ObjectId {
    ObjectId::from_bytes(id.bytes())
}

/// Converts a moment to the server's type.
pub(super) fn date(moment: Timestamp) -> DateTime {
    DateTime::from_millis(moment.as_millisecond())
}

/// Converts a date of the server to a moment.
pub(super) fn moment(date: DateTime) -> Timestamp {
    from_millis(date.timestamp_millis())
}

/// Returns the condition for everything after a position in a list by time and id, newest first.
pub(super) fn behind(moment: &str, key: PageKey) -> Document {
    let (at, id) = (date(key.at), oid(key.id));
    doc! { moment: { "$lte": at }, "$or": [{ moment: { "$lt": at } }, { "_id": { "$lt": id } }] }
}

/// Converts bytes to the server's type.
pub(super) fn binary(bytes: Vec<u8>) -> Binary {
    let subtype = BinarySubtype::Generic;
    Binary { subtype, bytes }
}

/// Wraps a value for an update pipeline, where a text that begins with `$` would be the name of a field.
pub(super) fn literal(value: impl Into<Bson>) -> Document {
    doc! { "$literal": value.into() }
}

/// The fields of one document, by name.
pub(super) struct Fields<'a> {
    collection: &'static str,
    document: &'a Document,
}

impl<'a> Fields<'a> {
    pub(super) fn of(collection: &'static str, document: &'a Document) -> Self {
        Self {
            collection,
            document,
        }
    }

    fn unreadable(&self, field: &'static str) -> StoreError {
        StoreError::Unreadable {
            table: self.collection,
            id: match self.document.get("_id") {
                Some(Bson::ObjectId(id)) => id.to_hex(),
                Some(Bson::String(text)) => text.clone(),
                _ => "without a key".to_owned(),
            },
            field,
        }
    }

    /// Reads a field that may be absent or null.
    pub(super) fn optional<T>(
        &self,
        field: &'static str,
        read: impl FnOnce(&'a Bson) -> Option<T>,
    ) -> Result<Option<T>> {
        match self.document.get(field) {
            None | Some(Bson::Null) => Ok(None),
            Some(value) => read(value).map(Some).ok_or_else(|| self.unreadable(field)),
        }
    }

    pub(super) fn required<T>(&self, field: &'static str, value: Option<T>) -> Result<T> {
        value.ok_or_else(|| self.unreadable(field))
    }

    pub(super) fn optional_id(&self, field: &'static str) -> Result<Option<Id>> {
        self.optional(field, |value| {
            value.as_object_id().map(|id| Id::from_bytes(id.bytes()))
        })
    }

    pub(super) fn id(&self, field: &'static str) -> Result<Id> {
        let id = self.optional_id(field)?;
        self.required(field, id)
    }

    pub(super) fn optional_text(&self, field: &'static str) -> Result<Option<String>> {
        self.optional(field, |value| value.as_str().map(ToOwned::to_owned))
    }

    /// Reads a text as a type of the model; `None` if it is absent.
    pub(super) fn optional_as<T>(
        &self,
        field: &'static str,
        read: fn(String) -> T,
    ) -> Result<Option<T>> {
        Ok(self.optional_text(field)?.map(read))
    }

    pub(super) fn text(&self, field: &'static str) -> Result<String> {
        let text = self.optional_text(field)?;
        self.required(field, text)
    }

    pub(super) fn optional_moment(&self, field: &'static str) -> Result<Option<Timestamp>> {
        self.optional(field, |value| {
            Timestamp::from_millisecond(value.as_datetime()?.timestamp_millis()).ok()
        })
    }

    pub(super) fn moment(&self, field: &'static str) -> Result<Timestamp> {
        let moment = self.optional_moment(field)?;
        self.required(field, moment)
    }

    pub(super) fn flag(&self, field: &'static str, absent: bool) -> Result<bool> {
        Ok(self.optional(field, Bson::as_bool)?.unwrap_or(absent))
    }

    /// Reads a count; zero if it is absent.
    pub(super) fn count(&self, field: &'static str) -> Result<u64> {
        let number = self.optional(field, |value| match value {
            Bson::Int32(number) => Some(i64::from(*number)),
            Bson::Int64(number) => Some(*number),
            _ => None,
        })?;
        Ok(number.unwrap_or_default().unsigned_abs())
    }

    /// Reads an array of documents; empty if it is absent.
    pub(super) fn list(&self, field: &'static str) -> Result<Vec<&'a Document>> {
        let list = self.optional(field, |value| {
            value.as_array()?.iter().map(Bson::as_document).collect()
        })?;
        Ok(list.unwrap_or_default())
    }

    pub(super) fn bytes(&self, field: &'static str) -> Result<Vec<u8>> {
        let bytes = self.optional(field, |value| match value {
            Bson::Binary(binary) => Some(binary.bytes.clone()),
            _ => None,
        })?;
        self.required(field, bytes)
    }

    pub(super) fn document(&self, field: &'static str) -> Result<Option<&'a Document>> {
        self.optional(field, Bson::as_document)
    }

    /// Reads a name that stands for a value of the model.
    pub(super) fn named<T>(
        &self,
        field: &'static str,
        of: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T> {
        let value = of(&self.text(field)?);
        self.required(field, value)
    }
}

/// Returns what was read, or `None` if it is unreadable, which is logged. One damaged document, or one of a newer
/// version, must not stop the work on all others.
pub(super) fn if_readable<T>(read: Result<T>) -> Result<Option<T>> {
    match read {
        Err(error @ StoreError::Unreadable { .. }) => {
            tracing::warn!(%error, "unreadable document skipped");
            Ok(None)
        }
        read => read.map(Some),
    }
}

/// Returns a document without its null fields.
pub(super) fn without_nulls(document: Document) -> Document {
    let fields = document.into_iter();
    fields.filter(|(_, value)| *value != Bson::Null).collect()
}

pub(super) fn user_document(user: &User) -> Document {
    without_nulls(doc! {
        "_id": oid(user.id),
        "email": user.email.as_str(),
        "hashed_password": user.hashed_password.as_ref().map(PasswordHash::as_phc),
        "is_active": user.is_active,
        "is_verified": user.is_verified,
        "is_superuser": user.is_superuser,
        "full_name": user.full_name.as_ref().map(FullName::as_str),
        "phone_number": stored_number(user),
        "is_mfa_enabled": user.is_mfa_enabled,
        "created_at": date(user.created_at),
        "updated_at": date(user.updated_at),
        "last_login": user.last_login.map(date),
        "tokens_invalidated_after": user.tokens_invalidated_after.map(date),
        LANGUAGE: user.language.as_ref().map(Language::as_str),
        FOREIGN_ID: user.foreign_id.as_ref().map(ForeignId::as_str),
        OTHERS_ENDED: user.others_ended.as_ref().map(|ended| doc! { "at": date(ended.at), "kept": &ended.kept }),
    })
}

/// Reads an account. Fields that other programs left out have the meaning that they have for the Python package.
pub(super) fn user(document: &Document) -> Result<User> {
    let fields = Fields::of("users", document);
    let id = fields.id("_id")?;
    let made = || {
        document
            .get_object_id("_id")
            .map_or(0, |id| id.timestamp().timestamp_millis())
    };
    let created_at = fields.optional_moment("created_at")?;
    let created_at = created_at.unwrap_or_else(|| from_millis(made()));
    let number = fields.optional_text("phone_number")?;
    let is_mfa_enabled = fields.flag("is_mfa_enabled", false)?;
    Ok(User {
        id,
        email: Email::from_stored(fields.text("email")?),
        hashed_password: fields.optional_as("hashed_password", PasswordHash::from_phc)?,
        is_active: fields.flag("is_active", true)?,
        is_verified: fields.flag("is_verified", false)?,
        is_superuser: fields.flag("is_superuser", false)?,
        full_name: fields.optional_as("full_name", FullName::from_stored)?,
        phone_number: number
            .filter(|number| number != NO_NUMBER)
            .map(PhoneNumber::from_stored),
        is_mfa_enabled,
        // A program that knows no apps may have turned the second factor off.
        has_totp: is_mfa_enabled && fields.document(TOTP)?.is_some(),
        created_at,
        updated_at: fields.optional_moment("updated_at")?.unwrap_or(created_at),
        last_login: fields.optional_moment("last_login")?,
        tokens_invalidated_after: fields.optional_moment("tokens_invalidated_after")?,
        language: fields.optional_as(LANGUAGE, Language::from_stored)?,
        others_ended: others_ended(&fields)?,
        foreign_id: fields.optional_as(FOREIGN_ID, ForeignId::from_stored)?,
    })
}

fn others_ended(fields: &Fields<'_>) -> Result<Option<OthersEnded>> {
    let Some(ended) = fields.document(OTHERS_ENDED)? else {
        return Ok(None);
    };
    let ended = Fields::of("users", ended);
    Ok(Some(OthersEnded {
        at: ended.moment("at")?,
        kept: ended.text("kept")?,
    }))
}

/// Returns the fields of a pending registration, without a key.
pub(super) fn pending_document(pending: &PendingRegistration) -> Document {
    without_nulls(doc! {
        "email": pending.email.key(),
        "hashed_password": pending.hashed_password.as_ref().map(PasswordHash::as_phc),
        "full_name": pending.full_name.as_ref().map(FullName::as_str),
        "token_hash": pending.token_hash.as_str(),
        "created_at": date(pending.created_at),
        "expires_at": date(pending.expires_at),
        LANGUAGE: pending.language.as_ref().map(Language::as_str),
    })
}

pub(super) fn pending(document: &Document) -> Result<PendingRegistration> {
    let fields = Fields::of("pending_registrations", document);
    Ok(PendingRegistration {
        email: Email::from_stored(fields.text("email")?),
        hashed_password: fields.optional_as("hashed_password", PasswordHash::from_phc)?,
        full_name: fields.optional_as("full_name", FullName::from_stored)?,
        token_hash: ProofHash::from_stored(fields.text("token_hash")?),
        created_at: fields.moment("created_at")?,
        expires_at: fields.moment("expires_at")?,
        language: fields.optional_as(LANGUAGE, Language::from_stored)?,
    })
}

pub(super) fn event_document(event: &Event) -> Result<Document> {
    let data = mongodb::bson::serialize_to_document(&event.data)
        .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    Ok(without_nulls(doc! {
        "_id": oid(event.id),
        "at": date(event.at),
        "kind": event.kind.as_str(),
        "user_id": event.user_id.map(oid),
        "email": event.email.as_ref().map(Email::as_str),
        "actor": &event.actor,
        "ip": event.ip.map(|ip| ip.to_string()),
        "request_id": event.request_id.as_deref(),
        "data": data,
    }))
}

pub(super) fn event(document: &Document) -> Result<Event> {
    let fields = Fields::of("regstack_events", document);
    let data = fields.document("data")?.cloned().unwrap_or_default();
    let ip = fields.optional("ip", |value| value.as_str()?.parse::<IpAddr>().ok())?;
    Ok(Event {
        id: fields.id("_id")?,
        at: fields.moment("at")?,
        kind: fields.named("kind", EventKind::from_name)?,
        user_id: fields.optional_id("user_id")?,
        email: fields.optional_as("email", Email::from_stored)?,
        actor: fields.text("actor")?,
        ip,
        request_id: fields.optional_text("request_id")?,
        data: mongodb::bson::deserialize_from_document(data)
            .map_err(|_| fields.unreadable("data"))?,
    })
}
