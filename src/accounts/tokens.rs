//! Tokens for administrators: inspecting one, listing revocations, and revoking one.

use jiff::SignedDuration;

use super::session::{check_account, unrevocable};
use super::{Accounts, Result, TokenRefusal};
use crate::auth::UnverifiedClaims;
use crate::config::MAX_SESSION_SECONDS;
use crate::model::{
    Event, EventKind, Origin, Page, Purpose, Revocation, RevocationKey, RevokedToken, User,
};
use crate::store::Effects;

/// The result of inspecting a token.
#[derive(Debug, Clone)]
pub struct TokenInspection {
    /// What the token claims. Proven only if the token is accepted, or refused because of its account.
    pub said: UnverifiedClaims,
    /// The account that the token names, if it exists.
    pub user: Option<User>,
    /// Why it is not accepted now for its purpose; `None` if it is accepted.
    pub refusal: Option<TokenRefusal>,
}

/// The outcome of revoking a token.
#[derive(Debug, Clone)]
pub enum RevokeToken {
    /// The token is invalid from now on.
    Revoked(RevokedToken),
    /// The token was already invalid, for this reason. Nothing was done.
    Dead(TokenRefusal),
    /// The token is not a session token but a link or a pending token. Those end with all tokens of the account.
    NoSession(Purpose),
}

impl Accounts {
    /// Checks a token of any purpose as the endpoint that accepts it would, and returns the reason that clients are not
    /// told.
    pub async fn inspect_token(&self, token: &str) -> Result<TokenInspection> {
        self.learn_key_of(token).await?;
        let said = UnverifiedClaims::read(token);
        let user = match said.user_id {
            Some(id) => self.store.user(id).await?,
            None => None,
        };
        let refusal = match self.tokens.examine_claimed(token, self.now()) {
            Err(fault) => Some(TokenRefusal::Fault(fault)),
            Ok(claims) => {
                let read = match claims.purpose {
                    Purpose::Session | Purpose::ConsoleProof => {
                        let (user_id, id) = (claims.user_id, claims.session_id());
                        self.store.session(user_id, &claims.jti, id).await?
                    }
                    Purpose::PasswordReset
                    | Purpose::EmailChange
                    | Purpose::PhoneSetup
                    | Purpose::LoginMfa
                    | Purpose::TotpSetup
                    | Purpose::PasskeySetup
                    | Purpose::PasskeyByLink
                    | Purpose::PasskeyLogin
                    | Purpose::ConsolePasskey => unrevocable(user.clone()),
                };
                check_account(&claims, read).err()
            }
        };
        Ok(TokenInspection {
            said,
            user,
            refusal,
        })
    }

    /// Revokes a session's token.
    pub async fn revoke_token(&self, token: &str, origin: &Origin) -> Result<RevokeToken> {
        self.learn_key_of(token).await?;
        let claims = match self.tokens.examine_claimed(token, self.now()) {
            Err(fault) => return Ok(RevokeToken::Dead(TokenRefusal::Fault(fault))),
            Ok(claims) if claims.purpose != Purpose::Session => {
                return Ok(RevokeToken::NoSession(claims.purpose));
            }
            Ok(claims) => claims,
        };
        let read = self
            .store
            .session(claims.user_id, &claims.jti, claims.session_id());
        let read = read.await?;
        let email = read.as_ref().map(|read| read.user.email.clone());
        match check_account(&claims, read) {
            // A disabled account may accept it again once it is enabled.
            Ok(_) | Err(TokenRefusal::Disabled) => {}
            Err(dead) => return Ok(RevokeToken::Dead(dead)),
        }
        let mut event = Event {
            user_id: Some(claims.user_id),
            email,
            ..self.event(EventKind::TokensRevoked, origin)
        };
        event.data.insert("jti".into(), claims.session_id().into());
        let newly = self.revoke_session(&claims, Effects::of_events([event]));
        Ok(match newly.await? {
            Some(revocation) => RevokeToken::Revoked(self.revoked_token(revocation).await),
            None => RevokeToken::Dead(TokenRefusal::Revoked),
        })
    }

    /// Revokes the token with an id, whether or not such a token exists, for as long as a session may last.
    pub async fn revoke_token_id(&self, jti: &str, origin: &Origin) -> Result<RevokeToken> {
        let longest = SignedDuration::from_secs(MAX_SESSION_SECONDS.into());
        let revocation = Revocation {
            jti: jti.to_owned(),
            user_id: None,
            expires_at: self.now() + longest,
        };
        let event = self.event(EventKind::TokensRevoked, origin);
        self.revoke(revocation, event).await
    }

    async fn revoke(&self, revocation: Revocation, mut event: Event) -> Result<RevokeToken> {
        event
            .data
            .insert("jti".into(), revocation.jti.clone().into());
        let effects = Effects::of_events([event]);
        let newly = self.store.revoke_token(revocation.clone(), effects).await?;
        Ok(if newly {
            RevokeToken::Revoked(self.revoked_token(revocation).await)
        } else {
            RevokeToken::Dead(TokenRefusal::Revoked)
        })
    }

    /// Returns one page of revocations that still have an effect, longest-lasting first.
    pub async fn revocations(
        &self,
        after: Option<RevocationKey>,
        limit: u32,
    ) -> Result<Page<RevokedToken, RevocationKey>> {
        let page = self.store.revocations(after, limit, self.now()).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for revocation in page.items {
            items.push(self.revoked_token(revocation).await);
        }
        Ok(Page {
            items,
            next: page.next,
        })
    }

    /// Adds the account's email address to a revocation, if it can be read.
    async fn revoked_token(&self, revocation: Revocation) -> RevokedToken {
        let user = match revocation.user_id {
            Some(id) => self.user(id).await.ok(),
            None => None,
        };
        RevokedToken {
            jti: revocation.jti,
            user_id: revocation.user_id,
            email: user.map(|user| user.email),
            expires_at: revocation.expires_at,
        }
    }

    /// Deletes revocations of expired tokens. Returns how many.
    pub async fn purge_revocations(&self) -> Result<u64> {
        Ok(self.store.purge_revocations(self.now()).await?)
    }
}
