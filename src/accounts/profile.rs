//! What owners can change about their account without confirming it.

use super::{Accounts, Error, Result, Session};
use crate::model::{FullName, Language, User, UserChange};
use crate::store::{ChangeUser, Effects};

impl Accounts {
    /// Changes the profile: `None` keeps a value, `Some(None)` clears it.
    pub async fn update_profile(
        &self,
        session: &Session,
        full_name: Option<Option<FullName>>,
        language: Option<Option<Language>>,
    ) -> Result<User> {
        let change = UserChange {
            full_name,
            language,
            ..UserChange::default()
        };
        match self
            .store
            .change_user(
                session.user.id,
                change,
                false,
                self.now(),
                Effects::default(),
            )
            .await?
        {
            ChangeUser::Done(user) => Ok(user),
            // The account was deleted or changed since the token was checked.
            ChangeUser::NotFound
            | ChangeUser::LastSuperuser
            | ChangeUser::Overtaken
            | ChangeUser::Stale
            | ChangeUser::EmailTaken => Err(Error::NotAuthenticated),
        }
    }
}
