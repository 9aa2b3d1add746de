//! Personal data: what is stored about a person, to show it to them, and how it is erased.

use std::collections::BTreeSet;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Serialize;

use super::Result;
use crate::model::{
    Actor, CapPurpose, CodeKind, Email, EventsNaming, Id, MessageKind, MessageState, PageKey,
    PhoneNumber, User,
};

/// Personal data besides the account itself.
#[async_trait]
pub trait PrivacyStore: Send + Sync + 'static {
    /// Returns what is stored about an account and not returned by any other operation. Includes its newest
    /// [`Held::MAX_MESSAGES`] messages.
    async fn held(&self, user: &User, now: Timestamp) -> Result<Held>;

    /// Reads a batch of events, oldest first, from a position. Returns the accounts in those that name an email address,
    /// and the next position. An event without an account counts as one.
    async fn events_naming(&self, email: &Email, after: Option<PageKey>) -> Result<EventsNaming>;

    /// Applies [`Erasure::fate`] to a batch of events, oldest first, from a position. Returns how many were removed and
    /// stripped, and the next position. May be repeated.
    async fn erase_events(
        &self,
        erasure: &Erasure,
        part: EventPart,
        after: Option<PageKey>,
    ) -> Result<ErasedEvents>;

    /// Removes what deleted accounts left behind, except events: failed logins, registrations, counters, messages,
    /// revocations. Queued webhooks stay, so that receivers learn of the deletion. May be repeated.
    async fn erase_traces(&self, erasure: &Erasure) -> Result<ErasedTraces>;

    /// Overwrites removed data that is still in the database's file, and returns whether that was possible. Does nothing
    /// and returns false on a database server, which manages its own files.
    async fn overwrite_removed(&self) -> Result<bool>;
}

/// The number of events in a batch.
pub(super) const EVENTS_AT_ONCE: u32 = 2000;

/// The person to erase. The accounts are already deleted.
#[derive(Debug, Clone, Default)]
pub struct Erasure {
    /// The accounts.
    pub ids: BTreeSet<Id>,
    /// Their email addresses, which no account has now.
    pub emails: BTreeSet<Email>,
    /// Their phone numbers, as far as they are known.
    pub numbers: Vec<PhoneNumber>,
    /// The email address by which a repetition finds the person.
    pub found_by: Option<Email>,
}

/// The events that a step handles. Steps run in this order, so that a repetition after a crash still finds the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventPart {
    /// Events without an account.
    Strays,
    /// Events that don't name the email address by which the person is found.
    Others,
    /// All.
    All,
}

/// What happens to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventFate {
    /// The person did it, or it isn't known who did. The event is removed.
    Remove,
    /// Somebody else did it to the account. The event stays, without the person.
    Strip,
    /// The person did it to another account. The event stays, without the actor.
    Unname,
}

/// The actor in events whose actor was erased.
pub(super) const ERASED: &str = "erased";

impl Erasure {
    /// Returns what happens to an event; `None` if it stays as it is.
    #[must_use]
    pub fn fate(
        &self,
        user_id: Option<Id>,
        email: Option<&Email>,
        actor: &str,
        part: EventPart,
    ) -> Option<EventFate> {
        let names = |email: &Email| self.emails.iter().any(|one| one.is_same_as(email));
        let is_stray = user_id.is_none() && email.is_some_and(names);
        let is_own_act = actor.strip_prefix("user:").is_some_and(|id| self.has(id));
        let is_about = is_stray || user_id.is_some_and(|id| self.ids.contains(&id));
        let is_found_by = match (&self.found_by, email) {
            (Some(one), Some(email)) => one.is_same_as(email),
            _ => false,
        };
        let is_of_part = match part {
            EventPart::Strays => is_stray,
            EventPart::Others => !is_about || !is_found_by,
            EventPart::All => true,
        };
        if !is_of_part {
            return None;
        }
        let is_by_others = !is_own_act && actor != Actor::Anonymous.to_string();
        match (is_about, is_by_others) {
            (true, true) => Some(EventFate::Strip),
            (true, false) => Some(EventFate::Remove),
            (false, _) => is_own_act.then_some(EventFate::Unname),
        }
    }

    fn has(&self, id: &str) -> bool {
        id.parse().is_ok_and(|id| self.ids.contains(&id))
    }

    /// Returns the email addresses in every spelling under which something may be stored.
    pub(super) fn spellings(&self) -> BTreeSet<String> {
        let emails = self.emails.iter();
        emails
            .flat_map(|email| [email.to_string(), email.key()])
            .collect()
    }

    /// Returns the names of the counters of their messages. A name may be continued after [`Self::BEHIND`].
    pub(super) fn counters(&self) -> Vec<String> {
        let mailboxes = self.emails.iter().map(Email::mailbox);
        let numbers = self.numbers.iter().map(ToString::to_string);
        let ids = self.ids.iter().map(ToString::to_string);
        let recipients: Vec<String> = mailboxes.chain(numbers).chain(ids).collect();
        let names = CapPurpose::ALL.iter().flat_map(|purpose| {
            recipients
                .iter()
                .map(move |recipient| format!("{}:{recipient}", purpose.as_str()))
        });
        names
            .flat_map(|name| [format!("pretended:{name}"), name])
            .collect()
    }

    /// The separator between a counter's name and its continuation, and the first text that sorts after all continuations.
    pub(super) const BEHIND: [&str; 2] = [" for ", " for!"];
}

/// The result for a batch of events.
#[derive(Debug, Clone, Copy, Default)]
pub struct ErasedEvents {
    /// Removed.
    pub removed: u64,
    /// Kept without the person.
    pub stripped: u64,
    /// The next position; `None` at the end.
    pub next: Option<PageKey>,
}

/// How much was erased besides events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ErasedTraces {
    /// Failed logins.
    pub failed_logins: u64,
    /// Pending registrations.
    pub registrations: u64,
    /// Messages.
    pub messages: u64,
    /// Counters of messages.
    pub counters: u64,
    /// Revocations, keys and whatever else named an account.
    pub others: u64,
    /// Webhooks about them that still wait to be sent.
    pub webhooks_waiting: u64,
}

/// What is stored about an account besides its row, its lists and its events. Contains no secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Held {
    /// When its authenticator app was set up.
    pub totp_since: Option<Timestamp>,
    /// When its recovery codes were made.
    pub recovery_codes_since: Option<Timestamp>,
    /// Codes that are waited for, oldest first.
    pub waits: Vec<HeldWait>,
    /// Changes of its email address that can be undone, oldest first.
    pub undos: Vec<HeldUndo>,
    /// Its messages in the outbox, and those to its email address, newest first.
    pub messages: Vec<HeldMessage>,
}

impl Held {
    /// The maximum number of messages that are returned. Hourly caps keep the real number far below.
    pub const MAX_MESSAGES: u32 = 1000;
}

/// A code that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldWait {
    /// What it is for.
    pub kind: CodeKind,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

/// A change of the email address that can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldUndo {
    /// The old email address.
    pub email: Email,
    /// When it changed.
    pub changed_at: Timestamp,
    /// When it can no longer be undone.
    pub expires_at: Timestamp,
}

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldMessage {
    /// How it is sent.
    pub kind: MessageKind,
    /// The recipient: an email address or phone number, or the URL of a receiver of webhooks.
    pub recipient: String,
    /// Whether it waits or was given up.
    pub state: MessageState,
    /// When it was queued.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_goes_or_loses_the_person() {
        let id: Id = "6741c3a08f2b5d1e9c7a4b60".parse().unwrap();
        let other: Id = "6741c3a08f2b5d1e9c7a4b61".parse().unwrap();
        let email = |text: &str| Email::from_stored(text.into());
        let erasure = Erasure {
            ids: [id].into(),
            emails: [email("ada@example.com"), email("old@example.com")].into(),
            numbers: Vec::new(),
            found_by: Some(email("ada@example.com")),
        };
        let own = format!("user:{id}");
        let admin = format!("user:{other}");
        for (user_id, address, actor, fates) in [
            (
                Some(id),
                Some("ada@example.com"),
                &*own,
                [None, None, Some(EventFate::Remove)],
            ),
            (
                Some(id),
                Some("old@example.com"),
                "anonymous",
                [None, Some(EventFate::Remove), Some(EventFate::Remove)],
            ),
            (
                Some(id),
                Some("Ada@example.com"),
                &admin,
                [None, None, Some(EventFate::Strip)],
            ),
            (
                Some(id),
                None,
                "operator:grace",
                [None, Some(EventFate::Strip), Some(EventFate::Strip)],
            ),
            (
                None,
                Some("OLD@example.com"),
                "anonymous",
                [
                    Some(EventFate::Remove),
                    Some(EventFate::Remove),
                    Some(EventFate::Remove),
                ],
            ),
            (
                Some(other),
                Some("eve@example.com"),
                &own,
                [None, Some(EventFate::Unname), Some(EventFate::Unname)],
            ),
            // Somebody else has had the address.
            (Some(other), Some("ada@example.com"), "anonymous", [None; 3]),
            (None, None, "server", [None; 3]),
        ] {
            let address = address.map(email);
            let parts = [EventPart::Strays, EventPart::Others, EventPart::All];
            let found = parts.map(|part| erasure.fate(user_id, address.as_ref(), actor, part));
            assert_eq!(found, fates, "{user_id:?} {address:?} {actor}");
        }
    }
}
