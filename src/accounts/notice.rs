//! Notices: mails that tell owners what changed in their account, sent to the email address the account had before the
//! change.

use jiff::SignedDuration;

use super::{Accounts, Result};
pub(super) use crate::delivery::templates::SecurityChange;
use crate::delivery::templates::{EmailChanged, RequestDetails, SecurityNotice};
use crate::model::{
    Actor, CapPurpose, Email, EventKind, Origin, QueuedMessage, RecipientCap, UNDO_LIFE, User,
};
use crate::store::Effects;

/// What became of a mail that an administrator asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailed {
    /// It waits in the outbox.
    Queued,
    /// Its recipient already got `mail_per_recipient_per_hour` messages: nothing changed, and the older link stays
    /// valid.
    CapSpent,
}

/// How long a notice may wait in the outbox.
pub(super) const LIFE: SignedDuration = SignedDuration::from_hours(24);

impl Accounts {
    /// Returns whether owners are told by mail about changes to their account.
    #[must_use]
    pub fn sends_notices(&self) -> bool {
        self.settings.features.notify_on_change
    }

    /// Returns one event and the notice about it.
    pub(super) fn noticed(
        &self,
        user: &User,
        change: SecurityChange,
        kind: EventKind,
        origin: &Origin,
    ) -> Result<Effects> {
        Ok(Effects {
            messages: self.notice(user, change, origin)?,
            messages_cap: Some(self.notice_cap(user)),
            ..self.recorded(kind, origin)
        })
    }

    /// Returns the limit for notices, so that repeated changes can't flood the owner's mailbox.
    pub(super) fn notice_cap(&self, user: &User) -> RecipientCap {
        self.mail_cap(&user.email, CapPurpose::Notice)
    }

    /// Returns when and from where a change was requested, as the owner is told. The IP address of an administrator is
    /// left out: it is not the owner's business.
    pub(super) fn request_details(&self, user: Option<&User>, origin: &Origin) -> RequestDetails {
        let by_administrator = match &origin.actor {
            Actor::Anonymous => false,
            Actor::User(id) => user.is_some_and(|user| user.id != *id),
            Actor::Operator(_) | Actor::Service(_) | Actor::Server => true,
        };
        RequestDetails {
            time: self.now(),
            ip: origin.ip.filter(|_| !by_administrator),
            by_administrator,
        }
    }

    /// Returns the notice of a change, to be written together with it under the [`Self::notice_cap`]. Empty if
    /// `notify_on_change` is off.
    pub(super) fn notice(
        &self,
        user: &User,
        change: SecurityChange,
        origin: &Origin,
    ) -> Result<Vec<QueuedMessage>> {
        if !self.sends_notices() {
            return Ok(Vec::new());
        }
        let now = self.now();
        let app_name = &self.settings.identity.app_name;
        let content = SecurityNotice::new(
            app_name,
            user.full_name.as_ref(),
            &user.email,
            change,
            self.request_details(Some(user), origin),
        );
        Ok(vec![self.outbox.mail(
            &user.email,
            Some(user.id),
            &content,
            &self.language_of(user.language.as_ref(), origin),
            now + LIFE,
        )?])
    }

    /// Returns the notice to the previous email address, with the link that undoes the change.
    pub(super) fn moved_notice(
        &self,
        before: &User,
        new_email: &Email,
        undo_url: Option<String>,
        origin: &Origin,
    ) -> Result<Vec<QueuedMessage>> {
        if !self.sends_notices() {
            return Ok(Vec::new());
        }
        let now = self.now();
        let life = if undo_url.is_some() { UNDO_LIFE } else { LIFE };
        let content = EmailChanged::new(
            &self.settings.identity.app_name,
            before.full_name.as_ref(),
            &before.email,
            new_email,
            undo_url,
            self.request_details(Some(before), origin),
        );
        Ok(vec![self.outbox.mail(
            &before.email,
            Some(before.id),
            &content,
            &self.language_of(before.language.as_ref(), origin),
            now + life,
        )?])
    }
}
