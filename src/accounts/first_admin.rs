//! The first administrator, by a link that a server prints while its database has none.
//!
//! The link is in the memory of the server that printed it, as a hash: no other server accepts it, and neither does this
//! one after a restart. It ends when it is used, when it expires, and as soon as there is an administrator.

use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};

use super::{Accounts, Error, Result};
use crate::model::{Email, EventKind, FullName, NewPassword, Origin, ProofHash, ProofToken, User};
use crate::random;
use crate::store::CreateFirstAdmin;

/// How long a link works.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The link that this server accepts, if any.
#[derive(Default)]
pub(crate) struct FirstAdminLink(Mutex<Option<(ProofHash, Timestamp)>>);

impl FirstAdminLink {
    fn set(&self, link: Option<(ProofHash, Timestamp)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = link;
    }

    fn accepts(&self, token: &ProofToken, now: Timestamp) -> bool {
        let link = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let accepts =
            |(hash, until): &(ProofHash, Timestamp)| now < *until && hash.matches(&token.hash());
        link.as_ref().is_some_and(accepts)
    }
}

impl Accounts {
    /// Returns the token of a link with which somebody can become the first administrator, in place of any earlier one.
    /// Returns `None` if there is an administrator.
    pub async fn invite_first_admin(&self) -> Result<Option<ProofToken>> {
        if self.has_admin().await? {
            return Ok(None);
        }
        let token = ProofToken::from_bytes(random::bytes(&*self.random));
        self.first_admin
            .set(Some((token.hash(), self.now() + LIFE)));
        Ok(Some(token))
    }

    /// Returns whether the token of a link still works.
    pub async fn accepts_first_admin(&self, token: &ProofToken) -> Result<bool> {
        Ok(self.first_admin.accepts(token, self.now()) && !self.has_admin().await?)
    }

    /// Creates the first administrator, whose email address counts as verified.
    ///
    /// # Errors
    /// [`Error::InvalidToken`] if the link doesn't work or there is an administrator, [`Error::EmailTaken`], and those of a
    /// new password.
    pub async fn create_first_admin(
        &self,
        token: &ProofToken,
        email: Email,
        password: &NewPassword,
        full_name: Option<FullName>,
        origin: &Origin,
    ) -> Result<User> {
        if !self.accepts_first_admin(token).await? {
            return Err(Error::InvalidToken);
        }
        self.check_reach(&email).await?;
        let hash = self
            .hash_of_new(password, &email, full_name.as_ref(), origin)
            .await?;
        let user = User {
            is_verified: true,
            is_superuser: true,
            ..self.new_user(email, Some(hash), full_name)
        };
        let mut effects = self.recorded(EventKind::UserRegistered, origin);
        effects
            .events
            .push(self.event(EventKind::AdminGranted, origin));
        let created = self.store.create_first_admin(user.clone(), effects).await?;
        match created {
            CreateFirstAdmin::EmailTaken => Err(Error::EmailTaken),
            CreateFirstAdmin::NotFirst => {
                self.first_admin.set(None);
                Err(Error::InvalidToken)
            }
            CreateFirstAdmin::Created => {
                self.first_admin.set(None);
                self.outbox.wake();
                Ok(user)
            }
        }
    }

    async fn has_admin(&self) -> Result<bool> {
        Ok(self.counts().await?.superusers > 0)
    }
}
