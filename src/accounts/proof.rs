//! The password prompt inside a session: who wants to change what matters proves again who they are.

use super::attempt::Guess;
use super::{Accounts, Error, Result, Session};
use crate::model::{Origin, Password, PasswordHash, User};

/// A current password that was just found right.
pub(super) struct Proven {
    /// The account, as it was read for the proof.
    pub(super) user: User,
    /// The hash that matched. Whatever is done on the strength of it is conditional on it.
    pub(super) hash: PasswordHash,
    /// The reservation, still to be settled.
    pub(super) guess: Guess,
}

impl Accounts {
    /// Verifies the current password of a session's account. A wrong one counts like a failed login.
    pub(super) async fn prove(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<Proven> {
        let guess = self.begin_guess(&session.user.email, origin).await?;
        let user = self
            .0
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
            (Some(hash), true) => Ok(Proven { user, hash, guess }),
            _ => {
                self.guess_failed(&guess, Some(user.id), origin, Error::WrongPassword)
                    .await
            }
        }
    }
}
