//! Deletion of an account by its holder.

use super::login::ROUNDS;
use super::{Accounts, Error, Result, Session};
use crate::model::{EventKind, Origin, Password};
use crate::store::{Administer, Deletion, Effects};

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
                Administer::Done(_) => return Ok(()),
                Administer::LastSuperuser => return Err(Error::LastSuperuser),
                Administer::NotFound => return Err(Error::NotAuthenticated),
                Administer::Stale => {}
            }
        }
        Err(Error::WrongPassword)
    }
}
