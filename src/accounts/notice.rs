//! Notices: whoever owns an account hears of what changed in it, at the address it had before the change.

use jiff::SignedDuration;

use super::{Accounts, Result};
use crate::delivery::templates::SecurityNotice;
use crate::model::{Origin, QueuedMessage, User};

/// What became of a mail that an administrator asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mailed {
    /// It waits in the outbox.
    Queued,
    /// Its recipient had `mail_per_recipient_per_hour` messages: nothing changed, the older link stays valid.
    CapSpent,
}

/// How long a notice is worth sending.
pub(super) const LIFE: SignedDuration = SignedDuration::from_hours(24);

/// What happened to an account.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    Password,
    Email,
    SecondFactorAdded,
    SecondFactorMoved,
    SecondFactorRemoved,
}

impl Change {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Password => "The password of your account was changed.",
            Self::Email => "The email address of your account was changed.",
            Self::SecondFactorAdded => "The second login step of your account was switched on.",
            Self::SecondFactorMoved => {
                "The second login step of your account was moved to another phone number."
            }
            Self::SecondFactorRemoved => "The second login step of your account was switched off.",
        }
    }
}

impl Accounts {
    /// Whether owners are told by mail of what changed in their account.
    #[must_use]
    pub fn sends_notices(&self) -> bool {
        self.0.settings.features.notify_on_change
    }

    /// The notice of a change, to be written together with it; none with `notify_on_change` off.
    pub(super) fn notice(
        &self,
        user: &User,
        change: Change,
        origin: &Origin,
    ) -> Result<Vec<QueuedMessage>> {
        if !self.sends_notices() {
            return Ok(Vec::new());
        }
        let now = self.now();
        let app_name = &self.0.settings.identity.app_name;
        let content = SecurityNotice::new(
            app_name,
            user.full_name.as_ref(),
            change.sentence(),
            now,
            origin.ip,
        );
        Ok(vec![self.0.outbox.mail(
            &user.email,
            Some(user.id),
            &content,
            now + LIFE,
        )?])
    }
}
