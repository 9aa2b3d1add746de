//! Sessions: who a token speaks for, and ending one.

use super::{Accounts, Error, Result, TokenRefusal};
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
    /// Refuses everybody but administrators, and with `require_mfa_for_admins` those whose login asks for no second factor.
    ///
    /// # Errors
    /// [`Error::NotAdmin`], [`Error::MfaRequired`].
    pub fn check_admin(&self, session: &Session) -> Result<()> {
        session.check_admin()?;
        let features = &self.settings.features;
        if features.require_mfa_for_admins && !self.asks_for_factor(&session.user) {
            return Err(Error::MfaRequired);
        }
        Ok(())
    }

    /// The session of a token, however it came; one store read.
    pub async fn authenticate(&self, token: &str) -> Result<Session> {
        let claims = self.session_claims(token).await?;
        let (user_id, id) = (claims.user_id, claims.session_id());
        let read = self.store.session(user_id, &claims.jti, id).await?;
        let user = check_account(&claims, read).map_err(|_| Error::NotAuthenticated)?;
        self.seen.note(id, self.now());
        Ok(Session { user, claims })
    }

    /// What a session's token says, whether or not its account still accepts it.
    pub(super) async fn session_claims(&self, token: &str) -> Result<Claims> {
        let check = || self.tokens.check(token, Purpose::Session, self.now());
        let claims = match check() {
            Err(_) if self.learn_key_of(token).await? => check(),
            checked => checked,
        };
        claims.map_err(|_| Error::NotAuthenticated)
    }

    /// Ends the session. A token revoked in the meantime is [`Error::NotAuthenticated`].
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

    /// Ends the session of a token; its revocation, unless it had ended before.
    pub(super) async fn revoke_session(
        &self,
        claims: &Claims,
        effects: Effects,
    ) -> Result<Option<Revocation>> {
        let of = |id: &str| Revocation {
            jti: id.to_owned(),
            user_id: Some(claims.user_id),
            expires_at: claims.expires_at,
        };
        if claims.sid.is_some() {
            // The Python package, which knows no session, refuses this very token at least.
            let token = of(&claims.jti);
            self.store.revoke_token(token, Effects::default()).await?;
        }
        let revocation = of(claims.session_id());
        let newly = self.store.revoke_token(revocation.clone(), effects).await?;
        Ok(newly.then_some(revocation))
    }

    /// What a mailed token, or one that waits for a code, says, and the account, which still accepts it. Whoever acts on it makes that a condition of
    /// the write: by then it may be dead.
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

/// The account, if it accepts a token that is in order. The one place where that is decided.
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

/// What is read for a token that cannot be revoked by itself: those of mailed links, and those that wait for a code.
pub(super) fn unrevocable(user: Option<User>) -> Option<SessionRead> {
    user.map(|user| SessionRead {
        user,
        revoked: false,
    })
}
