//! A new password, on the strength of the current one.

use super::login::MAX_ROUNDS;
use super::notice::SecurityChange;
use super::{Accounts, Error, Result, Session};
use crate::model::{EventKind, NewPassword, Origin, Password};
use crate::secret;
use crate::store::{Conditional, PasswordChange, PasswordProof};

impl Accounts {
    /// Changes the password of a session's account, and ends all its sessions, this one too.
    pub async fn change_password(
        &self,
        session: &Session,
        current: &Password,
        new: &NewPassword,
        origin: &Origin,
    ) -> Result<()> {
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
            let change = PasswordChange {
                user_id: confirmed.user.id,
                new_hash: self
                    .hasher(&confirmed.user.email, origin)
                    .hash(new.as_password())
                    .await?,
                proof: PasswordProof::Verified(confirmed.hash),
                attempt: confirmed.guess.attempt.as_ref().map(|attempt| attempt.id),
                now: self.now(),
            };
            let kind = EventKind::PasswordChanged;
            let effects = self.noticed(&confirmed.user, SecurityChange::Password, kind, origin)?;
            match self.store.change_password(change, effects).await? {
                Conditional::Done(_) => {
                    self.outbox.wake();
                    return Ok(());
                }
                // The hash changed since it was verified: a login upgraded it, or somebody else changed the password.
                Conditional::Stale => {
                    self.guess_withdrawn(&confirmed.guess).await?;
                }
            }
        }
        Err(Error::WrongPassword)
    }
}
