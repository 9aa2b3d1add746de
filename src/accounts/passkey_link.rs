//! Adding a passkey instead of a password, through a mailed link: an invitation, or a link to reset the password.
//!
//! This is allowed only if nothing else protects the account. A link that recovers an account must end what somebody
//! else may know: a new password does that, but a passkey would leave the old password valid. And a passkey counts as
//! two factors: on an account with a second factor, access to the mailbox would be enough to get around it.

use super::notice::SecurityChange;
use super::passkey_login::hashed;
use super::passkeys::lifetime;
use super::{Accounts, Error, PasskeySetup, Result};
use crate::auth::passkeys::Attestation;
use crate::model::{Claims, EventKind, Origin, Passkey, PasskeyName, Purpose, User};
use crate::store::PasskeyProof;

impl Accounts {
    /// Begins to add a passkey through a mailed link. The link stays valid.
    pub async fn start_passkey_by_link(&self, link: &str) -> Result<PasskeySetup> {
        let link = self.without_return(link)?;
        let (_, user) = self.open_passkey_link(link).await?;
        let issued_at = user.next_issue_time(self.now());
        let claims = Claims {
            browser: Some(hashed(link)),
            ..self.claims(user.id, issued_at, lifetime(), Purpose::PasskeyByLink)
        };
        self.passkey_setup(user, &claims).await
    }

    /// Adds the new passkey, and uses up the link that asked for it. The email address counts as verified, all sessions
    /// and a lockout end, and the owner is told. A refusal does not use up the link.
    pub async fn finish_passkey_by_link(
        &self,
        link: &str,
        pending_token: &str,
        name: PasskeyName,
        made: &Attestation,
        origin: &Origin,
    ) -> Result<(User, Passkey)> {
        let link = self.without_return(link)?;
        let (opened, user) = self.open_passkey_link(link).await?;
        let claims = self.passkey_claims(pending_token, Purpose::PasskeyByLink)?;
        if (claims.user_id, &claims.browser) != (user.id, &Some(hashed(link))) {
            return Err(Error::InvalidPendingToken);
        }
        let passkey = self.passkey_made(&claims, name, made)?;
        let (change, kind) = (SecurityChange::PasskeyAdded, EventKind::PasskeyAdded);
        let mut effects = self.noticed_of_passkey(&user, change, kind, &passkey, origin)?;
        for event in &mut effects.events {
            event.data.insert("by".into(), "link".into());
        }
        if !user.is_verified {
            let verified = self.event(EventKind::UserVerified, origin);
            effects.events.push(verified);
        }
        let proof = PasskeyProof::Link(opened.issued_at);
        let added = self.write_passkey(&claims, passkey, proof, effects).await?;
        Ok((user, added))
    }

    /// Returns the claims of a link that may add a passkey, and its account.
    async fn open_passkey_link(&self, link: &str) -> Result<(Claims, User)> {
        let opened = self.open_link(link, Purpose::PasswordReset).await?;
        if opened.1.takes_passkey_by_link() {
            Ok(opened)
        } else {
            Err(Error::PasswordOnly)
        }
    }
}
