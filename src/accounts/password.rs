//! A new password, on the strength of the current one.

use super::login::ROUNDS;
use super::notice::Change;
use super::{Accounts, Error, Result, Session};
use crate::model::{EventKind, NewPassword, Origin, Password};
use crate::secret;
use crate::store::{Conditional, Effects, PasswordChange, PasswordProof};

impl Accounts {
    /// Changes the password of a session's account, and ends all its sessions, this one too.
    pub async fn change_password(
        &self,
        session: &Session,
        current: &Password,
        new: &NewPassword,
        origin: &Origin,
    ) -> Result<()> {
        for _ in 0..ROUNDS {
            let proven = self.prove(session, current, origin).await?;
            let (now, new_text) = (
                current.expose().as_bytes(),
                new.as_password().expose().as_bytes(),
            );
            let acceptable = if secret::equal(now, new_text) {
                Err(Error::PasswordUnchanged)
            } else {
                self.check_strength_for(new, &proven.user)
            };
            if let Err(refusal) = acceptable {
                self.guess_withdrawn(&proven.guess).await?;
                return Err(refusal);
            }
            let change = PasswordChange {
                user_id: proven.user.id,
                new_hash: self.0.passwords.hash(new.as_password()).await?,
                proof: PasswordProof::Verified(proven.hash),
                attempt: proven.guess.attempt.as_ref().map(|attempt| attempt.id),
                now: self.now(),
            };
            let effects = Effects {
                messages: self.notice(&proven.user, Change::Password, origin)?,
                events: vec![self.event(EventKind::PasswordChanged, origin)],
            };
            match self.0.store.change_password(change, effects).await? {
                Conditional::Done(_) => {
                    self.0.outbox.wake();
                    return Ok(());
                }
                // The hash changed since it was verified: a login upgraded it, or somebody else changed the password.
                Conditional::Stale => {
                    self.guess_withdrawn(&proven.guess).await?;
                }
            }
        }
        Err(Error::WrongPassword)
    }
}
