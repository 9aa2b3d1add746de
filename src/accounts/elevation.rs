//! Proof of who they are, which the console asks of administrators again before sensitive acts.
//!
//! A recent login is proof, and so is the password, entered again. The latter is remembered in a signed token for the
//! session: it ends with the session, and nothing else accepts it.

use jiff::SignedDuration;

use super::{Accounts, Result, Session};
use crate::model::{Claims, Origin, Password, Purpose};
use crate::secret::SecretString;

/// How long a login or an entered password counts as proof, in seconds.
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
    /// [`Self::prove_again`], whose token is `proof`.
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
    /// [`Error::WrongPassword`](super::Error::WrongPassword), [`Error::LockedOut`](super::Error::LockedOut).
    pub async fn prove_again(
        &self,
        session: &Session,
        current: &Password,
        origin: &Origin,
    ) -> Result<SecretString> {
        let (user, _) = self.confirm_password(session, current, origin).await?;
        let issued_at = user.next_issue_time(self.now());
        let claims = Claims {
            sid: Some(session.claims.session_id().to_owned()),
            ..self.claims(user.id, issued_at, PROOF_SECONDS, Purpose::ConsoleProof)
        };
        Ok(self.tokens.sign(&claims))
    }
}
