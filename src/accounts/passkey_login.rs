//! Logging in with a passkey, without entering an email address.

use super::login::LoggedIn;
use super::login_metrics::log_account;
use super::passkeys::{PasskeyWait, challenge_of, lifetime};
use super::{Accounts, Error, Result};
use crate::auth::passkeys::Assertion;
use crate::metrics::LoginFactor;
use crate::model::{Claims, EventKind, Id, Origin, OwnMethod, Passkey, ProofToken, Purpose, User};
use crate::store::{Effects, PresentedPasskey, UsePasskey};

/// The account id in a challenge while the account is not yet known.
const NOBODY: Id = Id::from_bytes([0; 12]);

impl Accounts {
    /// Begins a login by passkey for an account not yet known. `browser` is the value that the browser keeps, if there
    /// is one.
    #[must_use]
    pub fn start_passkey_login(&self, browser: Option<&str>) -> PasskeyWait {
        let claims = Claims {
            browser: browser.map(hashed),
            ..self.claims(NOBODY, self.now(), lifetime(), Purpose::PasskeyLogin)
        };
        self.wait_for_passkey(&claims)
    }

    /// Completes a login by passkey in the browser that began it. A passkey whose authenticator verified its user
    /// counts as two factors, so no other is asked for. It can't be guessed: a lockout does not block it, and it ends
    /// one.
    pub async fn finish_passkey_login(
        &self,
        pending_token: &str,
        browser: Option<&str>,
        presented: &Assertion,
        origin: &Origin,
    ) -> Result<LoggedIn> {
        let proven = self
            .try_passkey(pending_token, browser, presented, origin)
            .await;
        self.count_proof(LoginFactor::Passkey, &proven);
        proven
    }

    async fn try_passkey(
        &self,
        pending_token: &str,
        browser: Option<&str>,
        presented: &Assertion,
        origin: &Origin,
    ) -> Result<LoggedIn> {
        let claims = self.passkey_claims(pending_token, Purpose::PasskeyLogin)?;
        if claims.browser != browser.map(hashed) {
            return Err(Error::InvalidPendingToken);
        }
        let found = self.store.passkey(&presented.credential_id).await?;
        let (user, passkey) = found.ok_or(Error::PasskeyRefused)?;
        log_account(user.id);
        let (answer, went_back) = self
            .checked(&claims, &user, &passkey, presented, origin)
            .await?;
        if !user.is_active {
            let refusal = Error::AccountDisabled;
            return self
                .passkey_failed(&user, &passkey, "disabled", refusal, origin)
                .await;
        }
        if self.must_verify(&user) {
            let refusal = Error::EmailUnverified;
            return self
                .passkey_failed(&user, &passkey, "unverified", refusal, origin)
                .await;
        }
        let session = self.new_session(OwnMethod::Passkey, origin);
        let id = session.id.clone();
        let effects = self.logged_in(user.id, origin);
        let outcome = self
            .store
            .issue_session_for_passkey(answer, session, went_back, effects);
        match outcome.await? {
            UsePasskey::Accepted(issued) => self.sign_session(id, issued).await,
            UsePasskey::ChallengeUsed => Err(Error::InvalidPendingToken),
            UsePasskey::CounterRefused | UsePasskey::Stale => Err(Error::PasskeyRefused),
        }
    }

    /// Checks the signature of a passkey. Returns what the store has to know of it, and what it records if the counter went
    /// back.
    pub(super) async fn checked(
        &self,
        claims: &Claims,
        user: &User,
        passkey: &Passkey,
        presented: &Assertion,
        origin: &Origin,
    ) -> Result<(PresentedPasskey, Effects)> {
        let party = self.relying_party();
        let sign_count = match party.authenticate(&claims.jti, passkey, user.id, presented) {
            Ok(sign_count) => sign_count,
            Err(fault) => {
                let reason = fault.to_string();
                let refusal = Error::PasskeyRefused;
                return self
                    .passkey_failed(user, passkey, &reason, refusal, origin)
                    .await;
            }
        };
        let answer = PresentedPasskey {
            user_id: user.id,
            credential_id: passkey.credential_id.clone(),
            sign_count,
            challenge: challenge_of(claims),
            now: self.now(),
        };
        let mut went_back = self.about_passkey(EventKind::PasskeyRefused, user, passkey, origin);
        let told = &mut went_back.data;
        told.insert("reason".into(), "counter".into());
        told.insert("stored".into(), passkey.sign_count.into());
        told.insert("presented".into(), sign_count.into());
        Ok((answer, Effects::of_events([went_back])))
    }

    async fn passkey_failed<T>(
        &self,
        user: &User,
        passkey: &Passkey,
        reason: &str,
        refusal: Error,
        origin: &Origin,
    ) -> Result<T> {
        let mut failed = self.about_passkey(EventKind::LoginFailed, user, passkey, origin);
        failed
            .data
            .insert("method".into(), OwnMethod::Passkey.as_str().into());
        failed.data.insert("reason".into(), reason.into());
        self.store.record(failed).await?;
        Err(refusal)
    }
}

/// Returns the hash of a value that only the client keeps, as the token stores it.
pub(super) fn hashed(kept: &str) -> String {
    let kept = ProofToken::presented(kept.to_owned().into());
    kept.hash().as_str().to_owned()
}
