//! Asking for the password again inside a session, before a sensitive change.

use super::attempt::Guess;
use super::{Accounts, Error, Result, Session};
use crate::model::{Origin, Password, PasswordHash, User};

/// The result of a right current password.
pub(super) struct Reauthenticated {
    /// The account as it was read for the check.
    pub(super) user: User,
    /// The hash that matched. Every change made on its strength is conditional on it.
    pub(super) hash: PasswordHash,
    /// The reservation, which is still to be settled.
    pub(super) guess: Guess,
}

impl Accounts {
    /// Verifies the current password of a session's account and settles the attempt. Returns the account and the hash
    /// that matched.
    pub(super) async fn confirm_password(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<(User, PasswordHash)> {
        let Reauthenticated { user, hash, guess } =
            self.reauthenticate(session, current, origin).await?;
        self.guess_withdrawn(&guess).await?;
        Ok((user, hash))
    }

    /// Verifies the current password of a session's account. A wrong one counts like a failed login.
    pub(super) async fn reauthenticate(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<Reauthenticated> {
        let guess = self.begin_guess(&session.user.email, origin).await?;
        let user = self
            .store
            .user(session.user.id)
            .await?
            .filter(|user| user.accepts(session.claims.issued_at));
        let Some(user) = user else {
            self.guess_withdrawn(&guess).await?;
            return Err(Error::NotAuthenticated);
        };
        let verdict = self
            .evaluate(&guess, current, user.hashed_password.as_ref())
            .await?;
        match (user.hashed_password.clone(), verdict.matches) {
            (Some(hash), true) => Ok(Reauthenticated { user, hash, guess }),
            _ => {
                self.guess_failed(&guess, Some(user.id), origin, Error::WrongPassword)
                    .await
            }
        }
    }
}
