//! Service keys: creating and revoking them, and what programs that present one may do.

use jiff::Timestamp;
use serde_json::json;

use super::session::check_account;
use super::{Accounts, Error, Result, Session};
use crate::model::{
    EventKind, Id, Origin, Page, PageKey, PresentedServiceKey, Scope, Scopes, ServiceKey,
    ServiceKeyName, ServiceKeyText,
};
use crate::random;
use crate::store::Effects;

/// A new service key.
#[derive(Debug, Clone)]
pub struct NewServiceKey {
    /// Its name, which must be unique.
    pub name: ServiceKeyName,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it expires; `None` for never.
    pub expires_at: Option<Timestamp>,
}

/// A program that authenticated with a service key.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its key, in its current state.
    pub key: ServiceKey,
}

impl Service {
    /// Refuses a key that lacks the scope.
    ///
    /// # Errors
    /// [`Error::InsufficientScope`].
    pub fn check(&self, scope: Scope) -> Result<()> {
        if self.key.scopes.allow(scope) {
            Ok(())
        } else {
            Err(Error::InsufficientScope)
        }
    }
}

impl Accounts {
    /// Returns the program that presents a key. This is one read of the store on each call, so that a revocation takes
    /// effect at once.
    pub async fn authenticate_service(&self, presented: &PresentedServiceKey) -> Result<Service> {
        let found = self.store.service_key(presented.id).await?;
        self.proven(presented, found).await
    }

    /// Checks a presented key against what was found under its id. Unknown, revoked and expired keys are all refused in
    /// the same way.
    async fn proven(
        &self,
        presented: &PresentedServiceKey,
        found: Option<ServiceKey>,
    ) -> Result<Service> {
        let now = self.now();
        let key = found.filter(|key| presented.is(Some(key), now));
        let key = key.ok_or(Error::NotAuthenticated)?;
        if let Some(day) = key.first_use_on(now)
            && let Err(error) = self.store.note_service_key_use(key.id, day).await
        {
            // The key stays valid even if its use can't be recorded.
            tracing::warn!(%error, name = %key.name, "recording the use of a service key failed");
        }
        Ok(Service { key })
    }

    /// Returns the session of a token for a program with a service key (RFC 7662), or `None` if the token is not
    /// active. Key and session are read in one step.
    pub async fn introspect(
        &self,
        presented: &PresentedServiceKey,
        token: &str,
    ) -> Result<Option<Session>> {
        let claims = match self.session_claims(token).await {
            Ok(claims) => claims,
            Err(Error::NotAuthenticated) => {
                let service = self.authenticate_service(presented).await?;
                return service.check(Scope::Introspect).map(|()| None);
            }
            Err(other) => return Err(other),
        };
        let (user_id, id) = (claims.user_id, claims.session_id());
        let read = self
            .store
            .introspection(presented.id, user_id, &claims.jti, id);
        let (found, read) = read.await?;
        let service = self.proven(presented, found).await?;
        service.check(Scope::Introspect)?;
        let user = check_account(&claims, read).ok();
        if user.is_some() {
            self.seen.note(id, self.now());
        }
        Ok(user.map(|user| Session { user, claims }))
    }

    /// Creates a service key. Its text is shown only once.
    pub async fn create_service_key(
        &self,
        wanted: NewServiceKey,
        origin: &Origin,
    ) -> Result<(ServiceKey, ServiceKeyText)> {
        let now = self.now();
        if wanted
            .expires_at
            .is_some_and(|expires_at| expires_at <= now)
        {
            return Err(Error::ExpiryPassed);
        }
        let id = self.new_id();
        let text = ServiceKeyText::new(id, random::bytes(&*self.random));
        let key = ServiceKey {
            id,
            name: wanted.name,
            hash: text.hash(),
            scopes: wanted.scopes,
            created_by: origin.actor.to_string(),
            created_at: now,
            expires_at: wanted.expires_at,
            last_used_on: None,
        };
        let effects = self.about(EventKind::ServiceKeyCreated, &key, origin);
        if self.store.add_service_key(key.clone(), effects).await? {
            Ok((key, text))
        } else {
            Err(Error::NameTaken)
        }
    }

    /// Revokes a service key. From the next request on it is refused.
    pub async fn revoke_service_key(&self, key: &ServiceKey, origin: &Origin) -> Result<()> {
        let effects = self.about(EventKind::ServiceKeyRevoked, key, origin);
        if self.store.remove_service_key(key.id, effects).await? {
            Ok(())
        } else {
            Err(Error::NoServiceKey)
        }
    }

    /// Returns one page of service keys, expired ones included, newest first.
    pub async fn service_keys(
        &self,
        after: Option<PageKey>,
        limit: u32,
    ) -> Result<Page<ServiceKey>> {
        Ok(self.store.service_keys(after, limit).await?)
    }

    /// Returns the service key with an id.
    pub async fn service_key(&self, id: Id) -> Result<ServiceKey> {
        let found = self.store.service_key(id).await?;
        found.ok_or(Error::NoServiceKey)
    }

    /// Returns the service key with a name.
    pub async fn service_key_named(&self, name: &ServiceKeyName) -> Result<ServiceKey> {
        let found = self.store.service_key_named(name).await?;
        found.ok_or(Error::NoServiceKey)
    }

    fn about(&self, kind: EventKind, key: &ServiceKey, origin: &Origin) -> Effects {
        let details = json!({
            "id": key.id,
            "name": key.name,
            "scopes": key.scopes,
            "expires_at": key.expires_at,
        });
        self.recorded_with(kind, details, origin)
    }
}
