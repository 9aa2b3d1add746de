//! Signed tokens for an account, and the mails with a link that contains one.

use jiff::{SignedDuration, Timestamp};

use super::{Accounts, Result};
use crate::config::MailLink;
use crate::delivery::MailTemplate;
use crate::model::{Claims, Email, Id, Language, Purpose, QueuedMessage};
use crate::secret::ExposeSecret as _;

impl Accounts {
    /// Returns the claims of a new token.
    pub(super) fn claims(
        &self,
        user_id: Id,
        issued_at: Timestamp,
        ttl_seconds: u32,
        purpose: Purpose,
    ) -> Claims {
        let expires_at = issued_at + SignedDuration::from_secs(ttl_seconds.into());
        Claims::new(user_id, self.new_jti(), issued_at, expires_at, purpose)
    }

    /// Returns the link to a page, with a signed token.
    pub(super) fn link(&self, page: MailLink, claims: &Claims) -> String {
        let token = self.tokens.sign_link(claims);
        let token = self.with_return(token.expose_secret());
        self.settings.link(page, &token)
    }

    /// Returns a mail with an account's link. It is dropped from the outbox when the account's password or email
    /// address changes.
    pub(super) fn link_mail<T: MailTemplate>(
        &self,
        to: &Email,
        user_id: Option<Id>,
        content: &T,
        language: &Language,
        expires_at: Timestamp,
    ) -> Result<QueuedMessage> {
        let message = self
            .outbox
            .mail(to, user_id, content, language, expires_at)?;
        Ok(QueuedMessage {
            dies_with_change: true,
            ..message
        })
    }
}
