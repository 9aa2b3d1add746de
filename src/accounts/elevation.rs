//! Proof of identity, which the console requires of administrators again before sensitive acts.
//!
//! A recent login counts as proof, and so does entering the password again or using a passkey. The latter two are
//! remembered in a signed token for the session, which ends with it and is valid for nothing else.

use jiff::SignedDuration;

use super::passkeys::{PasskeyWait, lifetime};
use super::{Accounts, Error, Result, Session};
use crate::auth::passkeys::Assertion;
use crate::model::{Claims, CredentialId, Origin, Password, Purpose, User};
use crate::secret::SecretString;
use crate::store::UsePasskey;

/// How long a login, an entered password or a passkey counts as proof, in seconds.
pub const PROOF_SECONDS: u32 = 600;

/// The same as a duration.
const LIFE: SignedDuration = SignedDuration::from_secs(PROOF_SECONDS as i64);

impl Accounts {
    /// Returns whether a session began so recently that its login still counts as proof.
    pub(super) async fn began_recently(&self, session: &Session) -> Result<bool> {
        let (user_id, id) = (session.user.id, session.claims.session_id());
        let row = self.store.user_session(user_id, id, self.now()).await?;
        let began = row.map_or(session.claims.issued_at, |row| row.created_at);
        // The absolute difference, because a clock may have been set back.
        Ok(self.now().duration_since(began).abs() <= LIFE)
    }

    /// Returns whether the holder of a session has proved recently who they are: with their login, or with
    /// [`Self::prove_again`] or [`Self::prove_by_passkey`], whose token is `proof`.
    pub async fn is_proven(&self, session: &Session, proof: Option<&str>) -> Result<bool> {
        if proof.is_some_and(|proof| self.accepts_proof(session, proof)) {
            return Ok(true);
        }
        self.began_recently(session).await
    }

    fn accepts_proof(&self, session: &Session, proof: &str) -> bool {
        let now = self.now();
        let claims = self.tokens.check(proof, Purpose::ConsoleProof, now);
        claims.is_ok_and(|claims| {
            claims.user_id == session.user.id
                && claims.sid.as_deref() == Some(session.claims.session_id())
                && session.user.accepts(claims.issued_at)
                && now.duration_since(claims.issued_at).abs() <= LIFE
        })
    }

    /// Checks the password of a session's account, and returns the token that proves it for the next
    /// [`PROOF_SECONDS`]. A wrong password counts like a failed login.
    ///
    /// # Errors
    /// [`Error::WrongPassword`], [`Error::LockedOut`].
    pub async fn prove_again(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<SecretString> {
        let (user, _) = self.confirm_password(session, current, origin).await?;
        Ok(self.proof_of(session, &user))
    }

    /// Returns the token of a proof.
    fn proof_of(&self, session: &Session, user: &User) -> SecretString {
        let issued_at = user.next_issue_time(self.now());
        let claims = Claims {
            sid: Some(session.claims.session_id().to_owned()),
            ..self.claims(user.id, issued_at, PROOF_SECONDS, Purpose::ConsoleProof)
        };
        self.tokens.sign(&claims)
    }

    /// Returns the passkeys with which the holder of a session can prove who they are.
    pub async fn proving_passkeys(&self, session: &Session) -> Result<Vec<CredentialId>> {
        if !self.settings.features.enable_passkeys {
            return Ok(Vec::new());
        }
        let passkeys = self.store.passkeys(session.user.id).await?.into_iter();
        let rp_id = &self.settings.passkeys.rp_id;
        let here = passkeys.filter(|passkey| passkey.rp_id == *rp_id);
        Ok(here.map(|passkey| passkey.credential_id).collect())
    }

    /// Begins a proof by passkey, for this session alone.
    #[must_use]
    pub fn start_proof_by_passkey(&self, session: &Session) -> PasskeyWait {
        let claims = Claims {
            sid: Some(session.claims.session_id().to_owned()),
            ..self.claims(
                session.user.id,
                self.now(),
                lifetime(),
                Purpose::ConsolePasskey,
            )
        };
        self.wait_for_passkey(&claims)
    }

    /// Checks a passkey of a session's account, and returns the token that proves it for the next [`PROOF_SECONDS`]. A
    /// passkey whose authenticator verified its user counts as two factors, as at the login.
    ///
    /// # Errors
    /// [`Error::InvalidPendingToken`], [`Error::PasskeyRefused`].
    pub async fn prove_by_passkey(
        &self,
        session: &Session,
        pending_token: &str,
        presented: &Assertion,
        origin: &Origin,
    ) -> Result<SecretString> {
        let claims = self.passkey_claims(pending_token, Purpose::ConsolePasskey)?;
        let asked = (claims.user_id, claims.sid.as_deref());
        if asked != (session.user.id, Some(session.claims.session_id())) {
            return Err(Error::InvalidPendingToken);
        }
        let found = self.store.passkey(&presented.credential_id).await?;
        // Somebody else's passkey proves nothing.
        let found = found.filter(|(owner, _)| {
            self.settings.features.enable_passkeys && owner.id == session.user.id
        });
        let (user, passkey) = found.ok_or(Error::PasskeyRefused)?;
        let (answer, went_back) = self
            .checked(&claims, &user, &passkey, presented, origin)
            .await?;
        match self.store.use_passkey(answer, went_back).await? {
            UsePasskey::Accepted(()) => Ok(self.proof_of(session, &user)),
            UsePasskey::ChallengeUsed => Err(Error::InvalidPendingToken),
            UsePasskey::CounterRefused | UsePasskey::Stale => Err(Error::PasskeyRefused),
        }
    }
}
