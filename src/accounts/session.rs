//! Sessions: who a token speaks for, and ending one.

use jiff::Timestamp;

use super::{Accounts, Error, Result};
use crate::model::{Actor, Claims, EventKind, Origin, Purpose, Revocation, User};
use crate::store::{Effects, SessionRead};

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
        let read = self.0.store.session(claims.user_id, &claims.jti).await?;
        let user = honoured(&claims, read).map_err(|_| Error::NotAuthenticated)?;
        Ok(Session { user, claims })
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
            .revoke_token(revocation(&session.claims), effects)
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
        let user = honoured(&claims, unrevocable(user)).map_err(|_| Error::InvalidToken)?;
        Ok((claims, user))
    }
}

/// Why an account does not honour a token that is in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dishonoured {
    /// There is no such account.
    NoAccount,
    /// It was revoked.
    Revoked,
    /// The account is disabled.
    Disabled,
    /// All tokens of the account up to this moment were ended.
    CutOff(Timestamp),
}

/// The account, if it honours a token that is in order. The one place where that is decided.
pub(super) fn honoured(claims: &Claims, read: Option<SessionRead>) -> Result<User, Dishonoured> {
    let SessionRead { user, revoked } = read.ok_or(Dishonoured::NoAccount)?;
    if revoked {
        return Err(Dishonoured::Revoked);
    }
    match user.tokens_invalidated_after {
        _ if user.accepts(claims.issued_at) => Ok(user),
        Some(cut_off) if user.is_active => Err(Dishonoured::CutOff(cut_off)),
        _ => Err(Dishonoured::Disabled),
    }
}

/// What is read for a token that cannot be revoked by itself: those of mailed links, and those that wait for a code.
pub(super) fn unrevocable(user: Option<User>) -> Option<SessionRead> {
    user.map(|user| SessionRead {
        user,
        revoked: false,
    })
}

/// What makes a session's token dead until it expires.
pub(super) fn revocation(claims: &Claims) -> Revocation {
    Revocation {
        jti: claims.jti.clone(),
        user_id: Some(claims.user_id),
        expires_at: claims.expires_at,
    }
}
