//! Sessions: who a token speaks for, and ending one.

use super::{Accounts, Error, Result};
use crate::model::{Actor, Claims, EventKind, Origin, Purpose, User};
use crate::store::Effects;

/// A live token and its account.
#[derive(Debug, Clone)]
pub struct Session {
    /// The account, as it is now.
    pub user: User,
    /// What the token says.
    pub claims: Claims,
}

impl Accounts {
    /// The session of a token, however it came; one store read.
    pub async fn authenticate(&self, token: &str) -> Result<Session> {
        let claims = self
            .0
            .tokens
            .check(token, Purpose::Session, self.now())
            .map_err(|_| Error::NotAuthenticated)?;
        let read = self
            .0
            .store
            .session(claims.user_id, &claims.jti)
            .await?
            .ok_or(Error::NotAuthenticated)?;
        if read.revoked || !claims.outlives(&read.user) {
            return Err(Error::NotAuthenticated);
        }
        Ok(Session {
            user: read.user,
            claims,
        })
    }

    /// Ends the session. A token revoked in the meantime is [`Error::NotAuthenticated`].
    pub async fn log_out(&self, session: &Session, origin: &Origin) -> Result<()> {
        let mut event = self.event(
            EventKind::UserLoggedOut,
            &origin.acting_as(Actor::User(session.user.id)),
        );
        (event.user_id, event.email) = (Some(session.user.id), Some(session.user.email.clone()));
        let effects = Effects {
            events: vec![event],
            ..Effects::default()
        };
        let newly = self
            .0
            .store
            .revoke_token(&session.claims.jti, session.claims.expires_at, effects)
            .await?;
        if newly {
            Ok(())
        } else {
            Err(Error::NotAuthenticated)
        }
    }

    /// What a mailed token, or one that waits for a code, says, and the account, which still honours it. Whoever acts on it makes that a condition of
    /// the write: by then it may be dead.
    pub(super) async fn open_link(&self, token: &str, purpose: Purpose) -> Result<(Claims, User)> {
        let claims = self
            .0
            .tokens
            .check(token, purpose, self.now())
            .map_err(|_| Error::InvalidToken)?;
        let user = self.0.store.user(claims.user_id).await?;
        let user = user
            .filter(|user| claims.outlives(user))
            .ok_or(Error::InvalidToken)?;
        Ok((claims, user))
    }
}
