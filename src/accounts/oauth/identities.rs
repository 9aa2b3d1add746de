//! Listing the identities of an account, and removing one.

use super::callback::note_provider;
use crate::accounts::notice::SecurityChange;
use crate::accounts::{Accounts, Error, Result, Session};
use crate::model::{
    Actor, EventKind, Id, Identity, IdentityPublic, OfferedMethods, Origin, Password, ProviderId,
    User,
};
use crate::store::{Effects, UnlinkIdentity};

impl Accounts {
    /// Returns the id and name of each provider that people can log in with, in the order of the configuration.
    #[must_use]
    pub fn providers(&self) -> Vec<(ProviderId, String)> {
        let all = self.providers.all().iter();
        all.map(|provider| (provider.id.clone(), provider.name.clone()))
            .collect()
    }

    /// What opens accounts besides passwords, as this installation is configured.
    pub(in crate::accounts) fn offered_methods(&self) -> OfferedMethods {
        let providers = self.providers.all().iter();
        let with_passkeys = self.settings.features.enable_passkeys;
        OfferedMethods {
            providers: providers.map(|provider| provider.id.clone()).collect(),
            rp_id: with_passkeys.then(|| self.settings.passkeys.rp_id.clone()),
        }
    }

    /// The identities of an account, the oldest first.
    pub async fn identities(&self, user_id: Id) -> Result<Vec<IdentityPublic>> {
        let found = self.store.identities(user_id).await?;
        Ok(found.into_iter().map(Identity::public).collect())
    }

    /// The identities of several accounts, as an export has them.
    pub async fn identities_of(&self, user_ids: &[Id]) -> Result<Vec<Identity>> {
        Ok(self.store.identities_of(user_ids).await?)
    }

    /// Takes an identity of a session's account away, whose login must be new, or whose password given.
    ///
    /// # Errors
    /// [`Error::NotLinked`], [`Error::LastLoginMethod`], [`Error::ReauthenticationRequired`].
    pub async fn unlink(
        &self,
        session: &Session,
        provider: &ProviderId,
        current: Option<&Password>,
        origin: &Origin,
    ) -> Result<()> {
        self.check_fresh(session, current, origin).await?;
        let owner = origin.acting_as(Actor::User(session.user.id));
        self.unlink_for(&session.user, provider, false, &owner)
            .await
    }

    /// Removes an identity from an account. With `force`, even if it is the last way to log in.
    ///
    /// # Errors
    /// [`Error::NotLinked`], [`Error::LastLoginMethod`].
    pub async fn unlink_for(
        &self,
        user: &User,
        provider: &ProviderId,
        force: bool,
        origin: &Origin,
    ) -> Result<()> {
        // An identity at a provider that is no longer configured can still be removed.
        let known = self.providers.get(provider);
        let name = known.map_or_else(|| provider.to_string(), |known| known.name.clone());
        let change = SecurityChange::ProviderUnlinked(name);
        let kind = EventKind::OauthAccountUnlinked;
        let mut effects: Effects = self.noticed(user, change, kind, origin)?;
        for event in &mut effects.events {
            note_provider(event, provider);
        }
        let unless_last = (!force).then(|| self.offered_methods());
        let unlinked = self
            .store
            .unlink_identity(user.id, provider, unless_last, effects)
            .await?;
        match unlinked {
            UnlinkIdentity::Done(_) => {
                self.outbox.wake();
                Ok(())
            }
            UnlinkIdentity::NotLinked => Err(Error::NotLinked),
            UnlinkIdentity::LastLoginMethod => Err(Error::LastLoginMethod),
        }
    }
}
