//! Deletion of an account by its owner.

use super::login::MAX_ROUNDS;
use super::{Accounts, Error, Result, Session};
use crate::model::{EventKind, Origin, Password};
use crate::store::{DeleteUser, Deletion};

impl Accounts {
    /// Deletes the account of a session and all its data. The last active administrator can't be deleted.
    pub async fn delete_own_account(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<()> {
        for _ in 0..MAX_ROUNDS {
            let (user, hash) = self.confirm_password(session, current, origin).await?;
            let deletion = Deletion {
                force: false,
                verified_hash: Some(hash),
                only_if: None,
            };
            let effects = self.recorded(EventKind::UserDeleted, origin);
            match self.store.delete_user(user.id, deletion, effects).await? {
                DeleteUser::Done(_) => return Ok(()),
                DeleteUser::LastSuperuser => return Err(Error::LastSuperuser),
                DeleteUser::NotFound => return Err(Error::NotAuthenticated),
                DeleteUser::Stale | DeleteUser::Overtaken => {}
            }
        }
        Err(Error::WrongPassword)
    }
}
