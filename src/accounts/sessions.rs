//! Stored sessions: listing, ending and renewing them.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::login::LoggedIn;
use super::{Accounts, Error, Result, Session};
use crate::model::{
    Actor, Claims, Event, EventKind, Id, NewSession, Origin, Page, Purpose, Revocation,
    SessionFilter, SessionKey, SessionMethod, SessionPublic, User, UserSession,
};
use crate::store::{Effects, EndOthers, RenewedSession, SessionRenewal};

impl Accounts {
    /// Returns the row for a session that is about to be issued.
    pub(super) fn new_session(
        &self,
        method: impl Into<SessionMethod>,
        origin: &Origin,
    ) -> NewSession {
        // Ids are typed on command lines, where a leading `-` would begin an option.
        let mut ids = std::iter::repeat_with(|| self.new_jti());
        let id = ids.find(|id| !id.starts_with('-')).unwrap_or_default();
        NewSession {
            id,
            method: method.into(),
            ip: origin.ip,
            user_agent: origin.user_agent.clone(),
            lifetime: self.session_lifetime(),
        }
    }

    pub(super) fn session_lifetime(&self) -> SignedDuration {
        SignedDuration::from_secs(self.settings.tokens.jwt_ttl_seconds.into())
    }

    /// Returns how long after its login a session may last, or `None` if sessions can't be renewed.
    fn longest_session(&self) -> Option<SignedDuration> {
        let seconds = self.settings.tokens.session_max_seconds;
        (seconds > 0).then(|| SignedDuration::from_secs(seconds.into()))
    }

    /// Returns until when a session that ends now has to be on the revocation list: until the last token expires that it may
    /// have been renewed with by now. The store extends the list too, but may be cut off before.
    pub(super) fn listed_until(&self, expires_at: Timestamp) -> Timestamp {
        match self.longest_session() {
            Some(_) => expires_at.max(self.now() + self.session_lifetime()),
            None => expires_at,
        }
    }

    /// Returns one page of the live sessions of an account, newest login first. Writes this process's recent uses
    /// first.
    pub async fn sessions(
        &self,
        user_id: Id,
        current: Option<&Session>,
        after: Option<SessionKey>,
        limit: u32,
    ) -> Result<Page<SessionPublic, SessionKey>> {
        self.note_sessions().await;
        let page = self.store.user_sessions(user_id, after, limit, self.now());
        let current = current.map(|session| session.claims.session_id());
        Ok(page.await?.map(|session| session.public(current)))
    }

    /// Returns one page of the live sessions of all accounts, each with its account, newest login first. Writes this
    /// process's recent uses first.
    pub async fn sessions_of_all(
        &self,
        filter: &SessionFilter,
        current: Option<&Session>,
        after: Option<SessionKey>,
        limit: u32,
    ) -> Result<Page<(SessionPublic, User), SessionKey>> {
        self.note_sessions().await;
        let page = self.store.sessions_of_all(filter, after, limit, self.now());
        let current = current.map(|session| session.claims.session_id());
        Ok(page
            .await?
            .map(|(session, user)| (session.public(current), user)))
    }

    /// Ends one session of an account. From the next request on, none of its tokens is accepted.
    pub async fn end_session(&self, user: &User, id: &str, origin: &Origin) -> Result<()> {
        let found = self.store.user_session(user.id, id, self.now()).await?;
        let session = found.ok_or(Error::NoSession)?;
        let mut event = Event {
            user_id: Some(user.id),
            email: Some(user.email.clone()),
            ..self.event(EventKind::SessionRevoked, origin)
        };
        event.data = about(&session);
        let revocation = Revocation {
            jti: session.id,
            user_id: Some(user.id),
            expires_at: self.listed_until(session.expires_at),
        };
        let effects = Effects::of_events([event]);
        if self.store.revoke_token(revocation, effects).await? {
            Ok(())
        } else {
            Err(Error::NoSession)
        }
    }

    /// Ends all sessions of an account except the one that asks, including those without a row. Fails with
    /// [`Error::NotAuthenticated`] if the asking token was ended in the meantime.
    pub async fn end_other_sessions(&self, session: &Session, origin: &Origin) -> Result<()> {
        let ending = EndOthers {
            user_id: session.user.id,
            kept: session.claims.session_id().to_owned(),
            issued_at: session.claims.issued_at,
            now: self.now(),
        };
        let origin = origin.acting_as(Actor::User(session.user.id));
        let details = json!({ "kept": ending.kept });
        let effects = self.recorded_with(EventKind::OtherSessionsRevoked, details, &origin);
        if self.store.end_other_sessions(ending, effects).await? {
            Ok(())
        } else {
            Err(Error::NotAuthenticated)
        }
    }

    /// Renews a session with a new token, at most until `session_max_seconds` after its login. The older token stays
    /// valid until it expires.
    pub async fn renew_session(&self, session: &Session) -> Result<LoggedIn> {
        let longest = self.longest_session().ok_or(Error::NotRenewable)?;
        let id = session.claims.session_id();
        let renewal = SessionRenewal {
            user_id: session.user.id,
            id: id.to_owned(),
            issued_at: session.claims.issued_at,
            lifetime: self.session_lifetime(),
            longest,
            now: self.now(),
        };
        let renewed = self.store.renew_session(renewal).await?;
        let RenewedSession {
            user,
            issued_at,
            expires_at,
        } = renewed.ok_or(Error::NotRenewable)?;
        let claims = Claims {
            sid: Some(id.to_owned()),
            ..Claims::new(
                user.id,
                self.new_jti(),
                issued_at,
                expires_at,
                Purpose::Session,
            )
        };
        let renewed = self.signed(&claims, user).await?;
        self.metrics.renewals.count();
        Ok(renewed)
    }

    /// Returns whether a session's token is past half of its lifetime and can be renewed.
    #[must_use]
    pub fn wants_renewal(&self, session: &Session) -> bool {
        let claims = &session.claims;
        let half = claims.expires_at.duration_since(claims.issued_at) / 2;
        self.longest_session().is_some() && self.now() >= claims.issued_at + half
    }

    /// Writes the session uses seen since the last call. A failure is only logged.
    pub async fn note_sessions(&self) {
        let ids = self.seen.take();
        if ids.is_empty() {
            return;
        }
        let noted = self.store.note_sessions_seen(ids, self.now()).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "recording the last use of sessions failed");
        }
    }
}

/// Returns the event details for a session that was ended.
fn about(session: &UserSession) -> serde_json::Map<String, serde_json::Value> {
    let details = json!({
        "sid": session.id,
        "method": session.method,
        "ip": session.ip,
        "user_agent": session.user_agent,
    });
    match details {
        serde_json::Value::Object(details) => details,
        _ => serde_json::Map::new(),
    }
}
