//! Erasing a person: the account, and what a deletion leaves behind because it serves security.
//!
//! Each step may be repeated. After a crash, a repetition finds what is left.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Accounts, Error, Result};
use crate::model::{Email, EventFilter, EventKind, Id, Origin, PhoneNumber, User};
use crate::store::{ErasedTraces, Erasure, EventPart};

/// The number of events that are read at a time.
const PAGE: u32 = 500;

/// A person who can be erased.
#[derive(Debug, Clone)]
pub struct Erasable {
    /// The account, if it still exists.
    pub user: Option<User>,
    /// What names the person.
    erasure: Erasure,
}

/// What was erased.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Erased {
    /// Whether an account was deleted.
    pub account_deleted: bool,
    /// The ids of the accounts, which nothing names any more.
    pub ids: Vec<Id>,
    /// Events that were removed.
    pub events_removed: u64,
    /// Events that were kept without the person.
    pub events_stripped: u64,
    /// Everything else.
    #[serde(flatten)]
    pub traces: ErasedTraces,
}

impl Erased {
    /// Whether anything named the person.
    #[must_use]
    pub fn is_anything(&self) -> bool {
        let traces = ErasedTraces {
            webhooks_waiting: 0,
            ..self.traces
        };
        self.account_deleted
            || self.events_removed + self.events_stripped > 0
            || traces != ErasedTraces::default()
    }
}

impl Accounts {
    /// Returns the person with an id or a complete email address, even if their account is already deleted.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the text is neither, or nothing has this id.
    pub async fn find_erasable(&self, name: &str) -> Result<Erasable> {
        let (id, email) = match (name.parse::<Id>(), Email::parse(name)) {
            (Ok(id), _) => (Some(id), None),
            (_, Ok(email)) => (None, Some(email)),
            _ => return Err(Error::NotFound),
        };
        let user = match (id, &email) {
            (Some(id), _) => self.store.user(id).await?,
            (_, Some(email)) => self.store.user_by_email(email).await?,
            (None, None) => None,
        };
        let mut ids: BTreeSet<Id> = id.into_iter().collect();
        let mut emails: BTreeSet<Email> = email.iter().cloned().collect();
        if let Some(user) = &user {
            ids.insert(user.id);
            emails.insert(user.email.clone());
            let held = self.store.held(user, self.now()).await?;
            emails.extend(held.undos.into_iter().map(|undo| undo.email));
        }
        if let Some(email) = &email {
            ids.extend(self.past_accounts(email).await?);
        }
        let mut found_by = email.or_else(|| user.as_ref().map(|user| user.email.clone()));
        for id in &ids {
            let Some(addresses) = self.addresses_of(*id).await? else {
                if user.is_none() {
                    return Err(Error::NotFound);
                }
                continue;
            };
            found_by = found_by.or_else(|| addresses.first().cloned());
            emails.extend(addresses);
        }
        let emails = self.without_those_of_others(emails, &ids).await?;
        let number = user.as_ref().and_then(|user| user.phone_number.clone());
        Ok(Erasable {
            erasure: Erasure {
                ids,
                emails,
                numbers: number.into_iter().collect::<Vec<PhoneNumber>>(),
                found_by,
            },
            user,
        })
    }

    /// Returns the deleted accounts that had an email address.
    async fn past_accounts(&self, email: &Email) -> Result<Vec<Id>> {
        let (mut gone, mut seen, mut after) = (Vec::new(), BTreeSet::new(), None);
        loop {
            let found = self.store.events_naming(email, after).await?;
            for id in found.ids {
                if seen.insert(id) && self.store.user(id).await?.is_none() {
                    gone.push(id);
                }
            }
            after = found.next;
            if after.is_none() {
                return Ok(gone);
            }
        }
    }

    /// Returns the email addresses in the events of an account, newest first; `None` if there are no events.
    async fn addresses_of(&self, id: Id) -> Result<Option<Vec<Email>>> {
        let filter = EventFilter {
            user_id: Some(id),
            ..EventFilter::default()
        };
        let (mut addresses, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.events(&filter, after, PAGE).await?;
            if after.is_none() && page.items.is_empty() {
                return Ok(None);
            }
            for email in page.items.into_iter().filter_map(|event| event.email) {
                if !addresses.contains(&email) {
                    addresses.push(email);
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(Some(addresses));
            }
        }
    }

    /// Leaves out email addresses that other accounts have now.
    async fn without_those_of_others(
        &self,
        emails: BTreeSet<Email>,
        ids: &BTreeSet<Id>,
    ) -> Result<BTreeSet<Email>> {
        let mut own = BTreeSet::new();
        for email in emails {
            let holder = self.store.user_by_email(&email).await?;
            if holder.is_none_or(|holder| ids.contains(&holder.id)) {
                own.insert(email);
            }
        }
        Ok(own)
    }

    /// Erases a person: deletes the account if it exists, then removes everything that names them. One event says that
    /// somebody was erased, but not who. With `force`, even the last active administrator.
    ///
    /// # Errors
    /// [`Error::LastSuperuser`].
    pub async fn erase(&self, whom: &Erasable, force: bool, origin: &Origin) -> Result<Erased> {
        let erasure = &whom.erasure;
        let mut erased = Erased {
            ids: erasure.ids.iter().copied().collect(),
            ..Erased::default()
        };
        if let Some(user) = &whom.user {
            match self.delete(user.id, force, origin).await {
                Ok(_) => erased.account_deleted = true,
                // Somebody was faster.
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        erased.traces = self.store.erase_traces(erasure).await?;
        for part in [EventPart::Strays, EventPart::Others] {
            self.erase_events(erasure, part, &mut erased).await?;
        }
        // Before what a second try would find the person by.
        if erased.is_anything() || !erasure.ids.is_empty() {
            let event = self.event(EventKind::AccountErased, origin);
            self.store.record(event).await?;
        }
        self.erase_events(erasure, EventPart::All, &mut erased)
            .await?;
        Ok(erased)
    }

    async fn erase_events(
        &self,
        erasure: &Erasure,
        part: EventPart,
        erased: &mut Erased,
    ) -> Result<()> {
        let mut after = None;
        loop {
            let some = self.store.erase_events(erasure, part, after).await?;
            erased.events_removed += some.removed;
            erased.events_stripped += some.stripped;
            after = some.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    /// Overwrites removed data that is still in the database's file. Takes as long as copying the file, and other writes wait
    /// for it. Returns false if that wasn't possible, or if a database server manages the files.
    pub async fn overwrite_removed(&self) -> Result<bool> {
        Ok(self.store.overwrite_removed().await?)
    }
}
