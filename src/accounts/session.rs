//! Sessions: authenticating a token, and ending a session.

use super::{Accounts, Error, Result, TokenRefusal};
use crate::model::{Actor, Claims, EventKind, Origin, Purpose, Revocation, User};
use crate::store::{Effects, SessionRead};

/// A valid token and its account.
#[derive(Debug, Clone)]
pub struct Session {
    /// The account in its current state.
    pub user: User,
    /// The token's claims.
    pub claims: Claims,
}

impl Session {
    /// Refuses everybody but administrators.
    ///
    /// # Errors
    /// [`Error::NotAdmin`].
    pub fn check_admin(&self) -> Result<()> {
        if self.user.is_superuser {
            Ok(())
        } else {
            Err(Error::NotAdmin)
        }
    }
}

impl Accounts {
    /// Refuses everybody but administrators. With `require_mfa_for_admins`, also refuses administrators without a
    /// second factor, unless they logged in with a passkey, which is two factors in one.
    ///
    /// # Errors
    /// [`Error::NotAdmin`], [`Error::MfaRequired`].
    pub async fn check_admin(&self, session: &Session) -> Result<()> {
        session.check_admin()?;
        let is_asked = self.settings.features.require_mfa_for_admins;
        if is_asked
            && !self.needs_second_factor(&session.user)
            && !self.is_by_passkey(session).await?
        {
            return Err(Error::MfaRequired);
        }
        Ok(())
    }

    /// Returns the session of a token. This is one read of the store.
    pub async fn authenticate(&self, token: &str) -> Result<Session> {
        let claims = self.session_claims(token).await?;
        let (user_id, id) = (claims.user_id, claims.session_id());
        let read = self.store.session(user_id, &claims.jti, id).await?;
        let user = check_account(&claims, read).map_err(|_| Error::NotAuthenticated)?;
        self.seen.note(id, self.now());
        Ok(Session { user, claims })
    }

    /// Returns the claims of a session token, without checking its account.
    pub(super) async fn session_claims(&self, token: &str) -> Result<Claims> {
        let check = || self.tokens.check(token, Purpose::Session, self.now());
        let claims = match check() {
            Err(_) if self.learn_key_of(token).await? => check(),
            checked => checked,
        };
        claims.map_err(|_| Error::NotAuthenticated)
    }

    /// Ends the session. Fails with [`Error::NotAuthenticated`] if the token was revoked in the meantime.
    pub async fn log_out(&self, session: &Session, origin: &Origin) -> Result<()> {
        let mut event = self.event(
            EventKind::UserLoggedOut,
            &origin.acting_as(Actor::User(session.user.id)),
        );
        (event.user_id, event.email) = (Some(session.user.id), Some(session.user.email.clone()));
        let newly = self.revoke_session(&session.claims, Effects::of_events([event]));
        if newly.await?.is_some() {
            Ok(())
        } else {
            Err(Error::NotAuthenticated)
        }
    }

    /// Ends the session of a token. Returns the revocation, or `None` if the session had already ended.
    pub(super) async fn revoke_session(
        &self,
        claims: &Claims,
        effects: Effects,
    ) -> Result<Option<Revocation>> {
        let of = |id: &str| Revocation {
            jti: id.to_owned(),
            user_id: Some(claims.user_id),
            expires_at: self.listed_until(claims.expires_at),
        };
        if claims.sid.is_some() {
            // The Python package does not know sessions, so revoke this token for it too.
            let token = of(&claims.jti);
            self.store.revoke_token(token, Effects::default()).await?;
        }
        let revocation = of(claims.session_id());
        let newly = self.store.revoke_token(revocation.clone(), effects).await?;
        Ok(newly.then_some(revocation))
    }

    /// Returns the claims of a mailed or pending token, and the account, which still accepts it. Callers must make that
    /// a condition of their write, because the token may become invalid in between.
    pub(super) async fn open_link(&self, token: &str, purpose: Purpose) -> Result<(Claims, User)> {
        let claims = self
            .tokens
            .check(token, purpose, self.now())
            .map_err(|_| Error::InvalidToken)?;
        let user = self.store.user(claims.user_id).await?;
        let user = check_account(&claims, unrevocable(user)).map_err(|_| Error::InvalidToken)?;
        Ok((claims, user))
    }
}

/// Returns the account if it accepts a token that is otherwise valid. This is the only place where that is decided.
pub(super) fn check_account(
    claims: &Claims,
    read: Option<SessionRead>,
) -> Result<User, TokenRefusal> {
    let SessionRead { user, revoked } = read.ok_or(TokenRefusal::NoAccount)?;
    if revoked {
        return Err(TokenRefusal::Revoked);
    }
    match user.tokens_invalidated_after {
        _ if user.accepts(claims.issued_at) => match &user.others_ended {
            Some(ended) if user.has_ended_session(claims) => Err(TokenRefusal::CutOff(ended.at)),
            _ => Ok(user),
        },
        Some(cut_off) if user.is_active => Err(TokenRefusal::CutOff(cut_off)),
        _ => Err(TokenRefusal::Disabled),
    }
}

/// Returns what a read would give for a token that can't be revoked individually: a mailed link or a pending token.
pub(super) fn unrevocable(user: Option<User>) -> Option<SessionRead> {
    user.map(|user| SessionRead {
        user,
        revoked: false,
    })
}
