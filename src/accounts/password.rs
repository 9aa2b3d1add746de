//! Changing the password, with the current one.

use super::login::{LoggedIn, MAX_ROUNDS};
use super::notice::SecurityChange;
use super::{Accounts, Error, Result, Session};
use crate::model::{
    EventKind, Id, NewPassword, Origin, OwnMethod, Password, PasswordHash, SessionMethod,
};
use crate::secret;
use crate::store::{Conditional, Effects, PasswordChange, PasswordProof, SessionIssue};

impl Accounts {
    /// Changes the password of a session's account, and ends all its sessions. The person just proved who they are and
    /// gets a new session. Returns `None` if issuing it failed: the password is changed all the same.
    pub async fn change_password(
        &self,
        session: &Session,
        current: &Password,
        new: &NewPassword,
        origin: &Origin,
    ) -> Result<Option<LoggedIn>> {
        let (user_id, id) = (session.user.id, session.claims.session_id());
        let acting = self.store.user_session(user_id, id, self.now()).await?;
        let method = acting.map_or(OwnMethod::Password.into(), |acting| acting.method);
        for _ in 0..MAX_ROUNDS {
            let confirmed = self.reauthenticate(session, current, origin).await?;
            let (now, new_text) = (
                current.expose().as_bytes(),
                new.as_password().expose().as_bytes(),
            );
            let acceptable = if secret::equal(now, new_text) {
                Err(Error::PasswordUnchanged)
            } else {
                let user = &confirmed.user;
                self.check_strength(new, &user.email, user.full_name.as_ref(), origin)
                    .await
            };
            if let Err(refusal) = acceptable {
                self.guess_withdrawn(&confirmed.guess).await?;
                return Err(refusal);
            }
            let hasher = self.hasher(&confirmed.user.email, origin);
            let new_hash = hasher.hash(new.as_password()).await?;
            let change = PasswordChange {
                user_id: confirmed.user.id,
                new_hash: new_hash.clone(),
                proof: PasswordProof::Verified(confirmed.hash),
                attempt: confirmed.guess.attempt_id(),
                now: self.now(),
            };
            let kind = EventKind::PasswordChanged;
            let effects = self.noticed(&confirmed.user, SecurityChange::Password, kind, origin)?;
            match self.store.change_password(change, effects).await? {
                Conditional::Done(user) => {
                    self.outbox.wake();
                    return Ok(self
                        .session_in_place(user.id, new_hash, method, origin)
                        .await);
                }
                // The hash changed since it was verified: a login upgraded it, or somebody else changed the password.
                Conditional::Stale => {
                    self.guess_withdrawn(&confirmed.guess).await?;
                }
            }
        }
        Err(Error::WrongPassword)
    }

    /// Issues a session in place of the one that ended with the change.
    async fn session_in_place(
        &self,
        user_id: Id,
        verified_hash: PasswordHash,
        method: SessionMethod,
        origin: &Origin,
    ) -> Option<LoggedIn> {
        let issue = SessionIssue {
            user_id,
            verified_hash,
            upgraded_hash: None,
            attempt: None,
            session: self.new_session(method, origin),
            now: self.now(),
        };
        let session = self.issue_session(issue, Effects::default()).await;
        // The password is already changed, so a failure here must not look like a failed change.
        session.unwrap_or_else(|error| {
            tracing::warn!(%error, "issuing a new session after a password change failed");
            None
        })
    }
}
