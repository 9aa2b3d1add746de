//! Deletion of an account by its holder.

use super::login::ROUNDS;
use super::{Accounts, Error, Result, Session};
use crate::model::{EventKind, Origin, Password};
use crate::store::{DeleteUser, Deletion, Effects};

impl Accounts {
    /// Deletes the account of a session with all that belongs to it. The last active superuser stays.
    pub async fn delete_own_account(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<()> {
        for _ in 0..ROUNDS {
            let proven = self.prove(session, current, origin).await?;
            self.guess_withdrawn(&proven.guess).await?;
            let deletion = Deletion {
                force: false,
                verified_hash: Some(proven.hash),
            };
            let effects = Effects {
                events: vec![self.event(EventKind::UserDeleted, origin)],
                ..Effects::default()
            };
            match self
                .0
                .store
                .delete_user(proven.user.id, deletion, effects)
                .await?
            {
                DeleteUser::Done(_) => return Ok(()),
                DeleteUser::LastSuperuser => return Err(Error::LastSuperuser),
                DeleteUser::NotFound => return Err(Error::NotAuthenticated),
                DeleteUser::Stale => {}
            }
        }
        Err(Error::WrongPassword)
    }
}
